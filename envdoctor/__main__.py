"""Which half of the house can this Python enter?

3.7 and newer: all of it.  3.6: the porch, which hands over to a newer Python that has envdoctor, and where there is
none takes the chart and says how to read it.  This file runs on 3.6.
"""

import os
import sys


def main() -> int:
    """The console script."""
    if sys.version_info >= (3, 7):
        from .cli import main as enter

        return enter()
    from .porch import receive

    return receive(sys.argv[1:])


if __name__ == "__main__":
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # `python -m` puts the user's folder first, where a stray click.py or json.py may lie
    sys.exit(main())
