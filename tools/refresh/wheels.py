"""Which wheels does a release have, in the words of rules/matrix/wheels.toml?"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from .tables import Release, pythons

#: Columns of the table -> systems of tables.py; the first five are those that `all` stands for.
_COLUMNS = {
    "linux": "linux", "linux_arm": "aarch64", "windows": "windows", "mac": "mac", "mac_arm": "mac_arm",
    "win32": "win32", "any": "any",
}  # fmt: skip
_OF_ALL = ("linux", "linux_arm", "windows", "mac", "mac_arm")

#: Column -> Pythons, in order; columns without a wheel are left out.
Shelf = Dict[str, Tuple[str, ...]]


def shelf_of_row(row: Mapping[str, Any]) -> Shelf:
    """What a row of the table says, `all` and ranges written out."""
    shelf: Shelf = {}
    for column in _COLUMNS:
        cell = str(row.get(column, row.get("all", "") if column in _OF_ALL else ""))
        if cell and cell != "-":
            shelf[column] = tuple(sorted(written_out(cell), key=_order))
    return shelf


def shelf_of_release(release: Release, columns: Iterable[str]) -> Shelf:
    shelf = {column: pythons(release, _COLUMNS[column]).split() for column in columns}
    return {column: tuple(sorted(found, key=_order)) for column, found in shelf.items() if found}


def releases_of_row(row: Mapping[str, Any]) -> List[str]:
    """
    >>> releases_of_row({"releases": "2.9.0 3.0.0-3.0.2"})
    ['2.9.0', '3.0.0', '3.0.1', '3.0.2']
    """
    return written_out(str(row["releases"]))


def written_out(cell: str) -> List[str]:
    """Its words, each range as all that it stands for.

    >>> written_out("2.7 3.9-3.11 3.13t 3.7+ py3")
    ['2.7', '3.9', '3.10', '3.11', '3.13t', '3.7+', 'py3']
    """
    every: List[str] = []
    for word in cell.split():
        found = re.match(r"((?:\d+\.)+)(\d+)-\1(\d+)$", word)
        if found:
            every += [found.group(1) + str(number) for number in range(int(found.group(2)), int(found.group(3)) + 1)]
        else:
            every.append(word)
    return every


def _order(python: str) -> Tuple[bool, bool, int, int, str]:
    major, _, minor = python.lstrip("py").rstrip("t+").partition(".")
    return python.startswith("py"), python.endswith("t"), int(major), int(minor or 0), python


def short(words: List[str]) -> str:
    """Runs of three and more as a range, as the table has them; two Pythons are a range too.

    >>> short(["3.9", "3.10", "3.11", "3.13t"]), short(["3.0.0", "3.0.1", "3.1.0"])
    ('3.9-3.11 3.13t', '3.0.0 3.0.1 3.1.0')
    """
    runs: List[List[str]] = []
    for word in words:
        stem, _, last = word.rpartition(".")
        before = runs[-1][-1].rpartition(".") if runs else ("", "", "")
        if last.isdigit() and before[2].isdigit() and before[0] == stem and int(last) == int(before[2]) + 1:
            runs[-1].append(word)
        else:
            runs.append([word])
    least = 2 if all(word.count(".") <= 1 for word in words) else 3
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) >= least else " ".join(run) for run in runs)


def columns_of(rows: Iterable[Mapping[str, Any]]) -> List[str]:
    """The columns that the rows of a package speak of; torch's tell of macOS alone, for it has a table of its own."""
    named = {column for row in rows for column in row}
    return [column for column in _COLUMNS if column in named or ("all" in named and column in _OF_ALL)]


def row(package: str, group: List[Release], columns: List[str]) -> Dict[str, Any]:
    """The row of releases that have the same wheels, as far as these columns go."""
    shelf = shelf_of_release(group[0], columns)
    cells = {column: short(list(found)) for column, found in shelf.items()}
    made: Dict[str, Any] = {"package": package, "releases": short([release.version for release in group])}
    common = [cells.get(column, "-") for column in _OF_ALL]
    every = max(common, key=common.count)
    if every != "-" and common.count(every) >= 3:
        made["all"] = every
        made.update({column: cell for column, cell in zip(_OF_ALL, common) if cell != every})
    else:
        made.update({column: cells[column] for column in _OF_ALL if column in cells})
    made.update({column: cells[column] for column in ("win32", "any") if column in cells})
    if group[0].needs:
        made["needs"] = group[0].needs
    if not group[0].sdist:
        made["sdist"] = "no"
    yanked = [release.version for release in group if release.yanked]
    if yanked:
        made["yanked"] = short(yanked)
    return made


def alike(release: Release) -> Tuple[Any, ...]:
    """Releases with the same answer can share a row."""
    return shelf_of_release(release, _COLUMNS), release.needs, release.sdist


def grouped(releases: Iterable[Release]) -> List[List[Release]]:
    """Neighbours with the same wheels together."""
    groups: List[List[Release]] = []
    for release in releases:
        if groups and alike(groups[-1][0]) == alike(release):
            groups[-1].append(release)
        else:
            groups.append([release])
    return groups
