"""Which distributions lie in these folders, which version, and where did each come from?

Read from the folders' own files, so it works where pip is broken or half gone; what a killed pip leaves behind
(`~umpy-1.0.dist-info`, a folder without METADATA) is no distribution.
"""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Tuple

from packaging.version import InvalidVersion, Version

from ..chart import canonical
from .plan import ANY

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


@dataclass(frozen=True)
class Installed:
    """One distribution.  path: its metadata folder or file.  origin: what direct_url.json says, or where an editable
    one lies.  stamp: changes when it is installed anew, even in the same version.
    """

    name: str
    version: str
    path: str
    installer: str = ""
    origin: str = ""
    stamp: str = ""


def inventory(folders: Iterable[str]) -> Tuple[Installed, ...]:
    """All distributions, sorted."""
    found = []
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            one = _read(os.path.join(folder, name), name)
            if one is not None:
                found.append(one)
    return tuple(sorted(found, key=lambda one: (one.name, one.version, one.path)))


def _read(path: str, filename: str) -> Installed | None:
    stem, ending = os.path.splitext(filename)
    if ending == ".dist-info":
        head, stamped = _head(os.path.join(path, "METADATA")), "RECORD"
    elif ending == ".egg-info":
        inner = os.path.join(path, "PKG-INFO")
        head, stamped = (_head(inner), "PKG-INFO") if os.path.isdir(path) else (_head(path), "")
    elif ending == ".egg" and os.path.isdir(path):
        head, stamped = _head(os.path.join(path, "EGG-INFO", "PKG-INFO")), os.path.join("EGG-INFO", "PKG-INFO")
    elif ending == ".egg-link":
        target = _text(path).splitlines()[:1]
        where = target[0].strip() if target else ""
        head = _head(os.path.join(where, stem.replace("-", "_") + ".egg-info", "PKG-INFO"))
        head = head or {"name": stem, "version": ""}
        return _installed(head, path, "", where, path)
    else:
        return None
    origin = _origin(_text(os.path.join(path, "direct_url.json"))) if ending == ".dist-info" else ""
    installer = _text(os.path.join(path, "INSTALLER")).strip()
    return _installed(head, path, installer, origin, os.path.join(path, stamped) if stamped else path)


def _installed(head: Mapping[str, str], path: str, installer: str, origin: str, stamped: str) -> Installed | None:
    if not _NAME.match(head.get("name", "")):
        return None
    try:
        status = os.stat(stamped)
        stamp = f"{status.st_size}-{status.st_mtime_ns}"
    except OSError:
        stamp = ""
    return Installed(canonical(head["name"]), head.get("version", ""), path, installer, origin, stamp)


def _head(path: str) -> dict[str, str]:
    """Name and version as a metadata file states them."""
    found: dict[str, str] = {}
    for line in _text(path, 20000).splitlines():
        key, sign, value = line.partition(":")
        if not line.strip():
            break
        if sign and key.lower() in ("name", "version"):
            found.setdefault(key.lower(), value.strip())
    return found


def _text(path: str, limit: int = 1000000) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""


def _origin(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return ""
    return json.dumps(told, sort_keys=True) if isinstance(told, dict) else ""


# ---------------------------------------------------------------- its files


def files_of(one: Installed) -> Tuple[str, ...]:
    """The absolute paths that its own record names; none where it keeps no record."""
    base, name = os.path.split(one.path)
    if name.endswith(".dist-info"):
        rows = csv.reader(_text(os.path.join(one.path, "RECORD"), 1 << 26).splitlines())
        return recorded((row[0] for row in rows if row), base)
    return recorded(_text(os.path.join(one.path, "installed-files.txt"), 1 << 26).splitlines(), one.path)


def recorded(names: Iterable[str], base: str) -> Tuple[str, ...]:
    """Where the files of a record really are; its names are relative to `base`, in the spelling of POSIX."""
    found: list[str] = []
    real: dict[str, str] = {}
    for name in names:
        folder, last = os.path.split(os.path.normpath(os.path.join(base, *name.split("/"))))
        if folder not in real:
            real[folder] = os.path.realpath(folder)
        if name:
            found.append(os.path.join(real[folder], last))
    return tuple(found)


# ---------------------------------------------------------------- comparing


def same_version(one: str, other: str) -> bool:
    """
    >>> same_version("1.0", "1.0.0"), same_version("1.2.0+cu100", "1.2.0")
    (True, False)
    """
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def fits(wanted: str, there: Iterable[str]) -> bool:
    """Are these the versions that a plan wants of a distribution?  "": none.  ANY: whichever.

    >>> fits("", []), fits("", ["1.0"]), fits("*", ["1.0"]), fits("2.0", ["1.0", "2"])
    (True, False, True, True)
    """
    there = list(there)
    if wanted in ("", ANY):
        return bool(there) == bool(wanted)
    return any(same_version(one, wanted) for one in there)


def versions(have: Iterable[Installed]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in have:
        found.setdefault(one.name, []).append(one.version)
    return found


def differing(one: Iterable[Installed], other: Iterable[Installed]) -> set[str]:
    """The names of which not everything is the same in both."""
    first, second = set(one), set(other)
    return {entry.name for entry in first ^ second}


def data_of(have: Iterable[Installed]) -> list[dict[str, str]]:
    return [vars(one) for one in have]


def inventory_of(data: Iterable[Mapping[str, Any]]) -> Tuple[Installed, ...]:
    return tuple(Installed(**one) for one in data)
