"""How does text come to stand on a console: harmless, encodable, wrapped, coloured?  Pure."""

from __future__ import annotations

import re
from typing import Any

from .renderers import Console
from .words import encodable, harmless, say, width, wrap

#: Lines longer than this are hard to read, however wide the window is (our choice).
WIDEST = 100
NARROWEST = 40
#: mark of an area -> what stands for it, and the same in ASCII.  A console that lacks one gets all in ASCII.
MARKS = {
    "ok": ("✓", "OK"),
    "warning": ("!", "!!"),
    "error": ("✗", "XX"),
    "nothing": ("–", "--"),
    "unknown": ("?", "??"),
}
RED, YELLOW, GREEN, CYAN, BOLD, DIM = "1;31", "1;33", "32", "36", "1", "2"
STYLES = {"ok": GREEN, "warning": YELLOW, "error": RED, "nothing": DIM, "unknown": YELLOW, "info": CYAN}


class Sheet:
    """Lines as they are written: made harmless and encodable first, then broken into lines, then coloured.

    area: the file of texts/ that its sentences come from.
    """

    def __init__(self, console: Console, lang: str, area: str = "report") -> None:
        self.lang, self._area = lang, area
        self.columns = max(NARROWEST, min(console.columns, WIDEST))
        self._console = console
        self._lines: list[str] = []

    def of(self, area: str) -> Sheet:
        """The same sheet, with sentences from another file of texts/."""
        other = Sheet(self._console, self.lang, area)
        other._lines = self._lines
        return other

    def say(self, text_id: str, **words: Any) -> str:
        return self.fit(say(f"{self._area}.{text_id}", self.lang, **words))

    def fit(self, text: str) -> str:
        return encodable(harmless(text), self._console.encoding)

    def add(self, text: str, indent: str = "", hang: str | None = None, style: str = "", head: str = "") -> None:
        """A wrapped paragraph; `head` stands before it in the first line, and where there is one, the style is its."""
        text, head = "\u00a0".join(map(self.fit, text.split("\u00a0"))), self.fit(head)
        start = indent + head
        lines = wrap(text, self.columns, start, " " * width(start) if hang is None else hang) or [start.rstrip()]
        if head and style:
            lines[0] = indent + self._paint(head, style) + lines[0][len(start) :]
        elif style:
            lines = [self._paint(line, style) for line in lines]
        self._lines += lines

    def add_command(self, command: str, indent: str) -> None:
        """A command alone on its line and whole, so that it can be copied."""
        self._lines.append(indent + self._paint(self.fit(command).replace("\n", " "), CYAN))

    def add_whole(self, line: str, style: str = "") -> None:
        """A line that holds a path and is not broken, whatever its width."""
        self._lines.append(self._paint(self.fit(line), style))

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def shorten(self, path: str, columns: int) -> str:
        return shorten(self.fit(path), columns, self.fit("…"))

    def cut(self, text: str) -> str:
        """As much of a text as fits on one line."""
        return cut(self.fit(text), self.columns)

    def mark(self, name: str) -> str:
        fancy = all(encodable(sign, self._console.encoding) == sign for sign, _ in MARKS.values())
        return MARKS[name][0 if fancy else 1]

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._console.color and text else text

    def text(self) -> str:
        return "\n".join(self._lines).rstrip("\n") + "\n"


# ---------------------------------------------------------------- shortening


def shorten(path: str, columns: int, ellipsis: str = "…") -> str:
    """The path with its middle left out, if it is wider: the end says most, then the beginning.

    >>> shorten("/home/li/anaconda3/envs/tf113/lib/python3.7/site-packages/h5py-3.8.0.dist-info/METADATA", 60)
    '/home/li/anaconda3/envs/…/h5py-3.8.0.dist-info/METADATA'
    """
    if width(path) <= columns:
        return path
    parts = re.split(r"(?<=[\\/])", path)
    for after in (2, 1):
        for before in range(len(parts) - after - 1, -1, -1):
            separator = parts[before][-1:]
            shorter = "".join(parts[:before]) + ellipsis + separator + "".join(parts[-after:])
            if len(parts) > before + after and separator in ("/", "\\") and width(shorter) <= columns:
                return shorter
    return path


def cut(text: str, columns: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis; a long one costs no more than what is shown.

    >>> cut("显卡显卡显卡", 8), cut("显卡显卡", 8)
    ('显卡显…', '显卡显卡')
    """
    total = kept = 0
    for character in text:
        total += width(character)
        if total > columns:
            return text[:kept] + "…"
        kept += total < columns
    return text
