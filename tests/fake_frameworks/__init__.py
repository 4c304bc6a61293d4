"""Where do frameworks that only pretend lie, ready to be imported by a child?

torch.py, tensorflow.py, jax.py and numpy.py here have as much of the interface as the self-test uses, on any Python
from 3.6 on.  An array is one number that stands for all its elements.  What a framework plays is told by the variable
FAKE_PLAY, and listed at the top of each file.
"""

import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))


def lay_out(folder, *names):
    """Copy the frameworks into a folder of their own; returns it, for PYTHONPATH."""
    for name in names:
        shutil.copy(os.path.join(HERE, name + ".py"), str(folder))
    return str(folder)
