"""In which formats can a report be written?  Every module of this folder is one.

A renderer has SUFFIX (of a file in its format, without the dot) and render(report, lang, console) -> str: a pure
function, for everything about the place where the text will be shown is in the console.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Console:
    """Where the text will be shown.

    columns: its width.  color: whether it understands ANSI colours.  encoding: what it can show, as Python names it.
    below: the folder of the project in its repository, "" where they are the same.
    """

    columns: int = 80
    color: bool = False
    encoding: str = "utf-8"
    below: str = ""


def names() -> list[str]:
    """The formats there are, by being in this folder."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def renderer(name: str) -> Any:
    """The module that writes this format.  Raises KeyError when there is none."""
    if name not in names():
        raise KeyError(name)
    return importlib.import_module(f"{__name__}.{name}")
