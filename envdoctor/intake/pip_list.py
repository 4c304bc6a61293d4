"""What do pip and uv say: list, freeze, show, and what they have just installed?"""

from __future__ import annotations

import re
from typing import Iterator

from .lines import Line
from .observation import LISTED, LOGGED, RECORDED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "pip"
#: An area that was looked at completely stands among the observations under this name.
EVERYTHING = "distributions"
_HEAD = re.compile(r"^Package\s+Version(?:\s+(?:Editable project location|Location|Latest).*)?$")
_RULE = re.compile(r"^-{3,}(?:\s+-{3,})*$")
_ROW = re.compile(r"^([A-Za-z0-9][\w.-]{0,80})\s+(\d[\w.!+-]{0,60})(?:\s+(?:\S.*)?)?$")
_LEGACY = re.compile(r"^([A-Za-z0-9][\w.-]{0,80})\s+\((\d[\w.!+-]{0,60})(?:,\s.*)?\)$")
_FROZEN = re.compile(r"^([A-Za-z0-9][\w.-]{0,80})(?:\[[\w,-]{1,60}\])?\s*==\s*(\d[\w.!+-]{0,60})(?:\s*;.*|\s+#.*)?$")
_WHEEL = re.compile(
    r"^([A-Za-z0-9][\w.-]{0,80})\s+@\s+\S*/([A-Za-z0-9_.]+)-(\d[\w.!+%]{0,60})-[\w.]+-[\w.]+-[\w.]+\.whl"
)
_SATISFIED = re.compile(
    r"^Requirement already (?:satisfied|"
    r"up-to-date): ([A-Za-z0-9][\w.-]{0,80})\S*.{0,300}\((?:from .{0,80}\()?(\d[\w.!+-]{0,60})\)$"
)
_ITEM = re.compile(r"^([A-Za-z0-9][\w.]*(?:-[A-Za-z_][\w.]*)*)-(\d[\w.!+]*)$")
#: `pip list --format=json`
_PAIR = re.compile(r'"name": ?"([A-Za-z0-9][\w.-]{0,80})", ?"version": ?"(\d[\w.!+-]{0,60})"')


def read(page: Page) -> Iterator[Observation]:
    rows: list[tuple[Line, str, str, str]] = []
    lines = page.lines
    place = 0
    while place < len(lines):
        if _HEAD.match(lines[place].text):
            taken, place = _columns(lines, place + 1)
            rows += taken
            yield from _complete(lines, taken, place)
            continue
        place += 1
    yield from _each(rows)
    yield from _frozen(page)
    yield from _json(lines)
    yield from _shown(page)
    yield from _installed(lines)


def _each(rows: list[tuple[Line, str, str, str]]) -> Iterator[Observation]:
    for line, name, version, label in rows:
        yield from told(installed(name, version), LISTED, line.number, SOURCE, label)


def _columns(lines: tuple[Line, ...], place: int) -> tuple[list[tuple[Line, str, str, str]], int]:
    """The rows below the head, up to the first line that is none."""
    rows = []
    while place < len(lines):
        text = lines[place].text
        found = _ROW.match(text)
        if found:
            rows.append((lines[place], found.group(1), found.group(2), f"pip list, {found.group(1)}"))
        elif not _RULE.match(text):
            break
        place += 1
    return rows, place


def _complete(lines: tuple[Line, ...], rows: list[tuple[Line, str, str, str]], end: int) -> Iterator[Observation]:
    """pip lists itself, and in order: a list with both, that something follows or that reaches the end of the
    alphabet, has not been cut."""
    names = [name.lower().replace("_", "-") for _, name, _, _ in rows]
    if "pip" not in names or len(names) < 8:
        return
    ended = end < len(lines) and lines[end].text not in ("...", "…")
    if ended or names[-1] >= "w":
        yield Observation(EVERYTHING, True, LISTED, rows[0][0].number, SOURCE, "pip list")


def _frozen(page: Page) -> Iterator[Observation]:
    """`name==1.0` lines, unless they are what a requirements file wants."""
    lines = page.lines
    for line in lines:
        if (
            line.number in page.wanted
            or not line.text
            or "=" not in line.text
            and "(" not in line.text
            and "@" not in line.text
        ):
            continue
        found = _FROZEN.match(line.text) or _LEGACY.match(line.text)
        wheel = None if found else _WHEEL.match(line.text)
        if found:
            label = f"pip list, {found.group(1)}"
            yield from told(installed(found.group(1), found.group(2)), LISTED, line.number, SOURCE, label)
        elif wheel:
            version = wheel.group(3).replace("%2B", "+")
            yield from told(installed(wheel.group(1), version), LISTED, line.number, SOURCE, wheel.group(1))


def _json(lines: tuple[Line, ...]) -> Iterator[Observation]:
    for line in lines:
        for name, version in _PAIR.findall(line.text) if '"version"' in line.text else ():
            yield from told(installed(name, version), LISTED, line.number, SOURCE, f"pip list, {name}")


def _shown(page: Page) -> Iterator[Observation]:
    """`pip show`: Name and Version, one below the other."""
    for one, other in zip(page.fields, page.fields[1:]):
        if one.label == "Name" and other.label == "Version" and other.place == one.place + 1:
            facts = installed(one.value, other.value)
            yield from told(facts, LISTED, other.line.number, SOURCE, f"pip show {one.value[:40]}")


def _installed(lines: tuple[Line, ...]) -> Iterator[Observation]:
    for line in lines:
        if line.text.startswith("Successfully installed "):
            for item in line.text.split()[2:]:
                found = _ITEM.match(item)
                if found:
                    label = "Successfully installed"
                    yield from told(installed(found.group(1), found.group(2)), RECORDED, line.number, SOURCE, label)
        elif line.text.startswith("Requirement already "):
            satisfied = _SATISFIED.match(line.text)
            if satisfied:
                label = "Requirement already satisfied"
                yield from told(installed(*satisfied.groups()), LOGGED, line.number, SOURCE, label)
