#!/usr/bin/env python3
"""What does the package index say that rules/matrix/ does not say yet?

    python tools/refresh/refresh.py torch tensorflow            the tables that these packages have rows in
    python tools/refresh/refresh.py h5py --table wheels         one table only
    python tools/refresh/refresh.py torch --releases ">=2.14"   read these again completely, not only newer ones

Prints rows that are ready to paste, and writes nothing into rules/.  The index is the one that pip asks here; see
README.md.  Exit status: 0 nothing new, 1 differences, 2 something could not be read.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import Any, Callable, Iterable, Iterator, Mapping

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: E402
from packaging.version import Version  # noqa: E402

from envdoctor import rulebook  # noqa: E402
from envdoctor.rulebook import Table  # noqa: E402
from tools.refresh import tables, wheels  # noqa: E402
from tools.refresh.index import Index, NoAnswer  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    ours = rulebook.load(options.rules).tables
    try:
        asked = _asked(options.packages, options.table, ours)
    except NoAnswer as error:
        print(error, file=sys.stderr)
        return 2
    different, failed = False, False
    with Index(options.answers, options.index_url, not options.offline) as index:
        for name, package in asked:
            title = f"{name} ({package})" if package else name
            try:
                if package:
                    found = list(compare_wheels(index, package, ours[name]))
                else:
                    found = list(compare(index, name, ours[name], options.releases))
            except NoAnswer as error:
                print(f"{title}: {error}", file=sys.stderr)
                failed = True
                continue
            different = different or bool(found)
            print(f"{title}, last checked {ours[name].checked}: {len(found) or 'no'} row(s) to look at")
            print("".join(f"  {line}\n" for line in found), end="")
    print("When a table has been compared, write today's date behind its `checked`.")
    return 2 if failed else 1 if different else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n")[0], epilog="See tools/refresh/README.md.", prog="refresh.py"
    )
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--table", action="append", default=[], metavar="NAME", help="only this table of rules/matrix")
    parser.add_argument(
        "--releases", type=_specifier, metavar="SPEC", help="read these completely (default: newer ones)"
    )
    parser.add_argument("--index-url", default="", metavar="URL", help="as for pip (default: the index that pip asks)")
    parser.add_argument("--answers", default="", metavar="DIR", help="keep the answers of the index here, and use them")
    parser.add_argument("--offline", action="store_true", help="use kept answers only")
    parser.add_argument("--rules", default=os.path.join(ROOT, "rules"), metavar="DIR", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _specifier(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _asked(packages: Iterable[str], only: list[str], ours: Mapping[str, Table]) -> list[tuple[str, str]]:
    """(table, package) pairs to compare; the package is "" where a table is compared as a whole."""
    asked: dict[tuple[str, str], None] = {}
    for package in packages:
        mine = {(name, ""): None for name, source in tables.SOURCES.items() if package in source.packages}
        if any(row["package"] == package for row in ours.get("wheels", ())):
            mine["wheels", package] = None
        mine = {pair: None for pair in mine if pair[0] in ours and (not only or pair[0] in only)}
        if not mine:
            raise NoAnswer(f"{package}: no row of {', '.join(only) or 'the known tables'} comes from it")
        asked.update(mine)
    return list(asked)


# ---------------------------------------------------------------- a table against the index


def compare(index: Index, name: str, table: Table, again: SpecifierSet | None = None) -> Iterator[str]:
    """Lines to paste: rows that are missing, and rows of which a cell has changed."""
    source = tables.SOURCES[name]
    for row in source.rows(index, wanted(table, source.column, again)):
        known = [one for one in table if all(one.get(column) == row.cells[column] for column in row.key)]
        if not known and row.whole:
            note = [f"not read: {', '.join(row.open)}"] if row.open else []
            yield line(row.cells, ["new", *note])
        for one in known[:1]:
            changed = {
                column: cell
                for column, cell in row.cells.items()
                if column not in row.open and not same(str(one.get(column, "")), str(cell))
            }
            if changed:
                yield line({**one, **changed}, [f"{column} was {one.get(column, 'missing')}" for column in changed])


def wanted(table: Table, column: str, again: SpecifierSet | None) -> Callable[[str], bool]:
    """Which releases are worth several questions each: those newer than the newest row, or those asked for."""
    if again is not None:
        return lambda version: again.contains(version, prereleases=True)
    newest = max((_first_version(row.get(column, "")) for row in table), default=Version("0"))
    return lambda version: Version(version) > newest


def _first_version(cell: str) -> Version:
    """
    >>> str(_first_version(">=2.21,<2.22"))
    '2.21'
    """
    found = re.search(r"\d[\w.]*", cell)
    return Version(found.group() if found else "0")


def same(left: str, right: str) -> bool:
    """The same text, or the same set of versions in another order.

    >>> same("<2,>=1", ">=1,<2"), same("3.9 3.10", "3.10 3.9"), same("==1.0", "==1.1")
    (True, False, False)
    """
    try:
        return left == right or (bool(left and right) and SpecifierSet(left) == SpecifierSet(right))
    except InvalidSpecifier:
        return False


def compare_wheels(index: Index, package: str, table: Table) -> Iterator[str]:
    """The same for the table of wheels, whose rows hold several releases each."""
    rows = [row for row in table if row["package"] == package]
    every = {release.version: release for release in tables.releases(index.project(package))}
    columns = wheels.columns_of(rows)
    for row in rows:
        ours = wheels.shelf_of_row(row)
        there = [every[version] for version in wheels.releases_of_row(row) if version in every]
        strange = [release for release in there if wheels.shelf_of_release(release, columns) != ours]
        gone = [version for version in wheels.releases_of_row(row) if version not in every]
        yanked = wheels.short([release.version for release in there if release.yanked])
        if gone:
            yield f"# no longer on the index: {package} {wheels.short(gone)}"
        if strange:
            changed = wheels.short([release.version for release in strange])
            for group in wheels.grouped(there):
                yield line(wheels.row(package, group, columns), [f"changed: {changed}"])
        elif yanked != wheels.short(wheels.written_out(row.get("yanked", ""))):
            yield line({**row, "yanked": yanked}, [f"yanked was {row.get('yanked', 'missing')}"])
    newest = max(Version(version) for row in rows for version in wheels.releases_of_row(row))
    last = rows[-1]
    for number, group in enumerate(wheels.grouped(one for one in every.values() if Version(one.version) > newest)):
        if number == 0 and wheels.shelf_of_row(last) == wheels.shelf_of_release(group[0], columns):
            versions = wheels.releases_of_row(last) + [release.version for release in group]
            yield line({**last, "releases": wheels.short(versions)}, [f"releases was {last['releases']}"])
        else:
            yield line(wheels.row(package, group, columns), ["new"])


def line(cells: Mapping[str, Any], notes: Iterable[str]) -> str:
    """A row as TOML; what a person should know stands behind it.

    >>> line({"torch": "2.16.0", "triton": "", "seen": True}, ["new"])
    '{ torch = "2.16.0", seen = true },  # new'
    """
    written = [f"{column} = {json.dumps(cell, ensure_ascii=False)}" for column, cell in cells.items() if cell != ""]
    return f"{{ {', '.join(written)} }},  # {'; '.join(notes)}"


if __name__ == "__main__":
    sys.exit(main())
