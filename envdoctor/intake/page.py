"""Which label stands beside which value in a stretch of a paste?

Labels come as `key: value`, `key = value`, `| key | value |`, padded to a column, or as the heading of an issue form
with the value below it.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple

from .lines import Line

_FIELD = re.compile(r"^([A-Za-z\u4e00-\u9fff][^:=|<>!~]{0,79}?)\s*(?::(?!//|\\)|=(?!=))\s*(.*)$")
_CELLS = re.compile(r"^\|?\s*([^|]{1,60}?)\s*\|\s*([^|]{1,300}?)\s*\|?$")
_HEADING = re.compile(r"^#{1,6}\s*(.{2,80}?)\s*:?$")
_ASIDE = re.compile(r"\([^()]{0,120}\)|\[[^\[\]]{0,120}\]")
#: So many lines below a heading belong to it (our choice; forms have one).
_BELOW = 3


class Field(NamedTuple):
    """key: in small letters, without what stands in brackets.  label: as it stands there.  place: index of its line."""

    key: str
    value: str
    label: str
    line: Line
    place: int


class Page(NamedTuple):
    """A stretch of a paste that speaks of one environment.

    wanted: numbers of lines that name packages which somebody wants or has removed, not what is there.
    """

    lines: tuple[Line, ...]
    fields: tuple[Field, ...]
    wanted: frozenset[int]


#: Above the content of a file that asks for packages.
_ASKS = re.compile(
    r"(?:requirements[\w.-]{0,20}|environment|env|setup|pyproject|Pipfile)[\w-]{0,20}\.(?:txt|ya?ml|cfg|toml|"
    r"in)\b.{0,40}$|"
    r"^(?:dependencies|install_requires|requirements|channels|pip|conda)\s*(?::|=\s*\[)\s*$",
    re.I,
)
_ASKED = re.compile(
    r"^[\"']?[A-Za-z0-9][\w.-]{0,60}(?:\[[\w,-]{0,60}\])?"
    r"\s*(?:[=<>~!]{1,2}\s*[\w.*+!,<>=~ -]{1,60})?(?:;.{0,80})?[\"']?,?$|"
    r"^(?:pip|dependencies|channels|name):"
)
_EXACT = re.compile(r"^([A-Za-z0-9][\w.-]{0,80})==\d")


def page(lines: tuple[Line, ...]) -> Page:
    return Page(lines, tuple(_fields(lines)), frozenset(_wanted(lines)) | frozenset(_removed(lines)))


def _wanted(lines: tuple[Line, ...]) -> Iterator[int]:
    """The lines of a requirements file or of an environment file, below the line that names it."""
    inside = False
    for line in lines:
        text = line.text
        if _ASKS.search(text) and not re.search(r"pip3? (?:list|freeze)", text):
            inside = True
        elif inside and text and _ASKED.match(text):
            yield line.number
        elif text:
            inside = False


def _removed(lines: tuple[Line, ...]) -> Iterator[int]:
    """uv's removals: ` - name==1` beside ` + name==2`, or under "Uninstalled n packages"."""
    added = {found.group(1) for line in lines if line.bullet == "+" for found in [_EXACT.match(line.text)] if found}
    below = False
    for line in lines:
        if re.match(r"^Uninstalled \d+ package", line.text):
            below = True
        elif line.bullet == "-":
            found = _EXACT.match(line.text)
            if found and (below or found.group(1) in added):
                yield line.number
        elif line.bullet != "+" and not line.text.startswith("Installed "):
            below = False


def key_of(label: str) -> str:
    """
    >>> key_of("PyTorch version (GPU?)"), key_of("TensorFlow version (use command below)"), key_of("OS (e.g., Linux)")
    ('pytorch version', 'tensorflow version', 'os')
    """
    return " ".join(_ASIDE.sub(" ", label).lower().replace("_", " ").strip(" ?:*-\"'").split())


def _fields(lines: tuple[Line, ...]) -> Iterator[Field]:
    for place, line in enumerate(lines):
        text = line.text
        if not text or len(text) > 2000:
            continue
        heading = _HEADING.match(text) if text[0] == "#" else None
        if heading:
            label = heading.group(1)
            yield from (Field(key_of(label), below.text, label, below, at) for at, below in _below(lines, place))
            continue
        found = _FIELD.match(text)
        if not found and "|" in text:
            found = _CELLS.match(text)
        if found:
            label = found.group(1).strip()
            yield Field(key_of(label), found.group(2).strip(), label, line, place)


def _below(lines: tuple[Line, ...], place: int) -> Iterator[tuple[int, Line]]:
    """The lines under a heading, up to the next one or the first empty line behind them."""
    seen = 0
    for at in range(place + 1, min(place + 8, len(lines))):
        text = lines[at].text
        if text.startswith("#") or seen == _BELOW or (seen and not text):
            return
        if text:
            seen += 1
            yield at, lines[at]
