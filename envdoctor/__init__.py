"""envdoctor: what is wrong with this deep-learning environment, and what mends it?"""

__version__ = "0.1.0"


def load_ipython_extension(ipython: object) -> None:
    """`%load_ext envdoctor` in a notebook."""
    from .notebook import load_ipython_extension as load

    load(ipython)
