"""envdoctor: what is wrong with this deep-learning environment, and what mends it?"""

__version__ = "0.1.0"
