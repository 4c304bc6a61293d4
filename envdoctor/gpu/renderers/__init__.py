"""In which formats can an answer about the GPU be written?  As in envdoctor/renderers: every module is one."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def names() -> list[str]:
    """The formats there are, by being in this folder."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def renderer(name: str) -> Any:
    """The module that writes this format: SUFFIX and render(answer, lang, console) -> str."""
    return importlib.import_module(f"{__name__}.{name}")
