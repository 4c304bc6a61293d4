"""How does a text stay in one place of the terminal while it changes, and leave it clean?"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Sequence

import click

from ..words import encodable

_HIDE, _SHOW, _UP, _CLEAR = "\x1b[?25l", "\x1b[?25h", "\x1b[{}A", "\x1b[J"


class Live:
    """Lines that replace each other.  Where stdout is no terminal, `final` lines alone are written.

    lines: how many the window holds; what does not fit is left out at the end, as it could not be taken back.
    """

    def __init__(self, lines: int) -> None:
        self.moves = sys.stdout.isatty()
        self._most, self._shown = max(3, lines - 1), 0

    def __enter__(self) -> Live:
        self._write(_HIDE if self.moves else "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write(_SHOW if self.moves else "")

    def show(self, lines: Sequence[str]) -> None:
        """Put these lines in the place of the former ones."""
        if not self.moves:
            return
        lines = list(lines)[: self._most]
        back = _UP.format(self._shown) if self._shown else ""
        self._write(back + "\r" + _CLEAR + "".join(line + "\n" for line in lines))
        self._shown = len(lines)

    def final(self, text: str) -> None:
        """Put this text there for good."""
        self.show(())
        self._write(text)
        self._shown = 0

    @staticmethod
    def _write(text: str) -> None:
        if text:
            click.echo(encodable(text, getattr(sys.stdout, "encoding", None) or "utf-8"), nl=False, color=True)
            sys.stdout.flush()
