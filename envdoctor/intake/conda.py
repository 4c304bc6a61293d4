"""What do conda and mamba say: list, info, and an exported environment?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from .lines import Line
from .observation import LISTED, LOGGED, RECORDED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "conda"
_HEAD = re.compile(r"^#?\s*(?:packages in environment at|List of packages in environment:)\s*\"?(.+?)\"?\s*:?$")
_COLUMNS = re.compile(r"^#?\s*Name\s+Version\s+Build\s+Channel$")
_ROW = re.compile(r"^([a-z0-9_][\w.-]{0,80})\s+(\d[\w.!+-]{0,60})(?:\s+(\S+)(?:\s+(?:\[[\w,]+\]\s+)?(\S+))?)?$")
_EXPORTED = re.compile(r"^([a-z0-9_][\w.-]{0,80})=(\d[\w.!+-]{0,60})=([\w.]{3,60})$")
_PYTHON_BUILD = re.compile(r"py\d|pyh|pypi|<pip>|_py")
_VIRTUAL = re.compile(r"(?:^|\s)__(cuda|glibc|linux|win|osx)=?([\d.]*)(?:=\w*)?")


def read(page: Page) -> Iterator[Observation]:
    lines = page.lines
    place = 0
    while place < len(lines):
        head, columns = _HEAD.match(lines[place].text), _COLUMNS.match(lines[place].text)
        if head or columns:
            prefix = head.group(1) if head else ""
            rows, end = _rows(lines, place + 1)
            if rows:
                yield from _environment(lines, prefix, rows, end)
            place = max(end, place + 1)
            continue
        place += 1
    yield from _exported(page)
    yield from _info(page)


def _rows(lines: tuple[Line, ...], place: int) -> tuple[list[tuple[Line, tuple[str, str, str, str]]], int]:
    rows = []
    while place < len(lines):
        text = lines[place].text
        found = _ROW.match(text)
        if found:
            name, version, build, channel = (part or "" for part in found.groups())
            rows.append((lines[place], (name, version, build, channel)))
        elif not (text.startswith(("#", "───", "---", "Name ")) or (not text and not rows)):
            break
        place += 1
    return rows, place


def _environment(
    lines: tuple[Line, ...], prefix: str, rows: list[tuple[Line, tuple[str, str, str, str]]], end: int
) -> Iterator[Observation]:
    first = rows[0][0].number
    names = [row[0] for _, row in rows]
    if prefix:
        name = re.split(r"[/\\]", prefix.rstrip("/\\"))[-1]
        about: list[tuple[str, Any]] = [("conda.prefix", prefix)]
        if re.search(r"[/\\]envs[/\\]", prefix):
            about.append(("conda.name", name))
        yield from told(about, LISTED, first, SOURCE, "packages in environment at")
    whole = "python" in names and len(names) >= 8 and (end < len(lines) or names[-1] >= "x")
    packages = {
        name: {"version": version, "build": build, "channel": channel or None}
        for _, (name, version, build, channel) in rows
        if build not in ("<pip>", "pypi_0") and channel not in ("pypi", "<pip>")
    }
    strength = LISTED if whole else RECORDED
    yield Observation("conda.packages", packages, strength, first, SOURCE, "conda list")
    if whole:
        yield Observation("distributions", True, LISTED, first, SOURCE, "conda list")
    for line, (name, version, build, _) in rows:
        facts = [fact for fact in installed(name, version, build) if _is_python(name, build) or "." in fact[0]]
        own = LISTED if build in ("pypi_0", "<pip>") else RECORDED
        yield from told(facts, own, line.number, SOURCE, f"conda list, {name}")


def _is_python(name: str, build: str) -> bool:
    """Does the build hold a Python distribution?"""
    return name in ("python", "pytorch") or not build or bool(_PYTHON_BUILD.search(build))


def _exported(page: Page) -> Iterator[Observation]:
    """An exported environment with builds is what somebody had; one without builds is what somebody wants."""
    packages: dict[str, Any] = {}
    first = 0
    for line in page.lines:
        found = _EXPORTED.match(line.text) if "=" in line.text else None
        if found:
            name, version, build = found.groups()
            first = first or line.number
            packages[name] = {"version": version, "build": build, "channel": None}
            facts = [fact for fact in installed(name, version, build) if _is_python(name, build) or "." in fact[0]]
            yield from told(facts, RECORDED, line.number, "environment file", name)
    if len(packages) > 3:
        yield Observation("conda.packages", packages, LOGGED, first, "environment file", "dependencies")


def _info(page: Page) -> Iterator[Observation]:
    """`conda info`: what conda itself found; its own Python is not the environment's."""
    if not any(field.key == "conda version" for field in page.fields):
        return
    for field in page.fields:
        if field.key == "active env location" and not field.value.lower().startswith("none"):
            yield Observation("conda.prefix", field.value, LISTED, field.line.number, SOURCE, field.label)
        elif field.key == "platform" and "-" in field.value:
            system = {"linux": "linux", "win": "windows", "osx": "macos"}.get(field.value.split("-")[0])
            if system:
                yield Observation("os", system, LISTED, field.line.number, SOURCE, field.label)
    for line in page.lines:
        for what, version in _VIRTUAL.findall(line.text) if "__" in line.text else ():
            if what == "cuda" and version:
                yield Observation("driver.cuda", version, LISTED, line.number, SOURCE, "__cuda")
            elif what == "glibc" and version:
                yield Observation("os.glibc", version, LISTED, line.number, SOURCE, "__glibc")
