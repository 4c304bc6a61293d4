"""What do people paste, and what does it say?  clean: the lines themselves; paste: facts about environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

if TYPE_CHECKING:
    from .paste import Intake


def read(text: str, tables: Mapping[str, Any] | None = None) -> Intake:
    """What a paste says of environments (see paste.py, whose readers are only loaded for that)."""
    from . import paste

    return paste.read(text, tables)
