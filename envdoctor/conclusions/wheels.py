"""For which Python and system does a release have a ready-made wheel, and is there one for what is wanted here?

The tables know the package registry.  conda builds for Pythons that the registry never had, and anybody may build from
source: so what is installed is believed, and only what is asked for, or merely imagined, is judged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Iterable, Iterator, Mapping

from packaging.version import InvalidVersion, Version

from .. import versions
from ..chart import KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known, unknown
from . import Tables, need, undecided
from .declared import applies, markers_of

FACTS = {
    "project.no_wheel": (
        "wanted releases without a wheel for this Python: name -> {wanted, python, pythons, where, source, installed}"
    ),
    "project.no_wheel_blocking": "those that cannot be built either, nothing of them installed: name -> [wanted]",
    "project.no_wheel_building": "those that would have to be built, nothing of them installed: name -> [wanted]",
    "project.no_wheel_pythons": "the Pythons that those have wheels for: name -> [Pythons]",
    "project.no_wheel_replaced": "those in whose place another version is installed: name -> its entry",
    "project.python_fitting": "the newest Python that has wheels of everything that the project pins",
    "assumed.no_wheel": "imagined installations without a wheel for the Python: name -> {version, python, pythons}",
}

#: Every Python that a wheel of the tables is for (tests hold it to that); 3.3 and older are nobody's any more.
PYTHONS = ("2.7", *(f"3.{minor}" for minor in range(4, 16)))
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "i386": "x86", "i686": "x86"}
_COLUMNS = {
    ("linux", "x86_64"): "linux",
    ("linux", "aarch64"): "linux_arm",
    ("windows", "x86_64"): "windows",
    ("windows", "x86"): "win32",
    ("macos", "x86_64"): "mac",
    ("macos", "aarch64"): "mac_arm",
}
#: The frameworks' own tables: distribution -> (table, {column of wheels: column there}).
_OWN = {
    "torch": ("torch-releases", "torch", "linux linux_arm windows win32"),
    "tensorflow": ("tensorflow-releases", "tensorflow", "linux linux_arm windows win32 mac mac_arm"),
    "tensorflow-gpu": ("tensorflow-releases", "tensorflow", "linux linux_arm windows win32 mac mac_arm"),
}
_OWN_NAMES = {"linux_arm": "python_aarch64"}
#: These have wheels on the index of PyTorch that the registry lacks (Windows before 1.7, CUDA builds): a Python for
#: which neither Linux nor Windows has one on the registry has none there either.
_OTHER_INDEX = frozenset(["torch", "torchvision", "torchaudio"])
#: Their compiled part is optional: without a compiler they install all the same.
_NEVER_BLOCKING = frozenset(["wrapt", "protobuf", "setuptools"])


# ---------------------------------------------------------------- what the tables say


def wheel_exists(package: str, version: str, python: str, system: str, arch: str, tables: Tables) -> bool | None:
    """Has this very release a wheel on the registry?  None where no table knows.

    python: "3.7", "3.7.16" or, without the global lock, "3.13t".  system: linux, windows or macos.  arch: x86_64,
    aarch64 (or arm64), x86 for a 32-bit Python.  A local part of the version ("+cu118") is set aside: such builds lie
    on another index, for the Pythons of the registry's.
    """
    column = _COLUMNS.get((system, _MACHINES.get(arch.lower(), arch.lower())), "")
    row = _row(canonical(package), version, column, tables)
    if row is None:
        return None
    if not _within_minor(python, row.get("needs", "")):
        return False
    if fits(row.get("any", ""), python):
        return True
    return fits(_cell(row, column), python) if column else None


def pythons_for(package: str, wanted: Iterable[str], system: str, arch: str, tables: Tables) -> list[str]:
    """The Pythons, oldest first, for which at least one of the releases has a wheel."""
    column = _COLUMNS.get((system, _MACHINES.get(arch.lower(), arch.lower())), "")
    rows = []
    for version in wanted:
        row = _row(canonical(package), version, column, tables)
        if row is not None and row not in rows:
            rows.append(row)
    return [
        python
        for python in PYTHONS
        if any(
            _within_minor(python, row.get("needs", ""))
            and (fits(row.get("any", ""), python) or bool(column and fits(_cell(row, column), python)))
            for row in rows
        )
    ]


def has_source(package: str, version: str, python: str, tables: Tables) -> bool | None:
    """Would an installer try to build this release for this Python?  None where no table knows."""
    name = canonical(package)
    if name in _OWN:
        return False if _own_row(name, version, tables) is not None else None
    row = _wheels_row(name, version, tables)
    if row is None:
        return None
    return row.get("sdist") != "no" and _within_minor(python, row.get("needs", ""))


def releases(package: str, tables: Tables, yanked: bool = False) -> list[str]:
    """All final releases that the tables know, oldest first; withdrawn ones only if `yanked`."""
    name = canonical(package)
    if name in _OWN:
        table, key, _ = _OWN[name]
        return [row[key] for row in tables.get(table, ()) if name != "tensorflow-gpu" or "tensorflow_gpu" in row]
    found: list[str] = []
    for row in _rows_of(name, tables):
        gone = set(expand(row.get("yanked", ""))) if not yanked else set()
        found += [version for version in expand(row["releases"]) if version not in gone]
    return sorted(found, key=Version)


@lru_cache(maxsize=4096)
def expand(cell: str) -> tuple[str, ...]:
    """
    >>> list(expand("1.0 3.8-3.10 2.0.0.post1"))
    ['1.0', '3.8', '3.9', '3.10', '2.0.0.post1']
    """
    words: list[str] = []
    for word in cell.split():
        first, dash, last = word.partition("-")
        stem, _, number = first.rpartition(".")
        if not dash:
            words.append(word)
        else:
            words += [f"{stem}.{between}" for between in range(int(number), int(last.rpartition(".")[2]) + 1)]
    return tuple(words)


def fits(cell: str, python: str) -> bool:
    """Is there a wheel for this Python among those of a cell?

    >>> [fits("2.7 3.6-3.9 3.13t", one) for one in ("2.7.18", "3.8.1", "3.10", "3.13", "3.13t")]
    [True, True, False, False, True]
    >>> fits("3.7+", "3.12"), fits("3.7+", "3.13t"), fits("py3", "3.13t"), fits("py2 py3", "2.7")
    (True, False, True, True)
    """
    free = "t" if python.endswith("t") else ""
    major, minor = (int(part) for part in (python.rstrip("t") + ".0").split(".")[:2])
    for word in cell.split():
        if word.startswith("py"):
            if word[2:] in (str(major), f"{major}{minor}"):
                return True
        elif word.endswith("+"):
            if not free and major == int(word.split(".")[0]) and minor >= int(word[:-1].split(".")[1]):
                return True
        elif f"{major}.{minor}{free}" in expand(word):
            return True
    return False


def spell(pythons: Iterable[str]) -> str:
    """
    >>> spell(["2.7", "3.5", "3.6", "3.7"]), spell(["3.11"])
    ('2.7, 3.5-3.7', '3.11')
    """
    runs: list[list[str]] = []
    for python in pythons:
        if runs and PYTHONS.index(python) == PYTHONS.index(runs[-1][-1]) + 1 and python != "3.4":
            runs[-1].append(python)
        else:
            runs.append([python])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _within_minor(python: str, needs: str) -> bool:
    """Does the demand let any patch release of this Python in, when only its minor is given?"""
    plain = python.rstrip("t")
    if not needs or versions.within(plain, needs):
        return True
    return plain.count(".") < 2 and bool(versions.within(plain + ".99", needs))


def _cell(row: Mapping[str, str], column: str) -> str:
    cell = row.get(column, row.get("all", "") if column != "win32" else "")
    return "" if cell == "-" else cell


def _row(name: str, version: str, column: str, tables: Tables) -> Mapping[str, str] | None:
    """The row that speaks of this release on this system, its cells named as in the table of wheels."""
    if name in _OWN and column in _OWN[name][2].split():
        row = _own_row(name, version, tables)
        if row is None:
            return None
        cell = row.get(_OWN_NAMES.get(column, "python_" + column), "")
        if name == "tensorflow-gpu" and column not in row.get("tensorflow_gpu", "").split():
            cell = ""
        return {column: cell}
    return _wheels_row(name, version, tables)


def _own_row(name: str, version: str, tables: Tables) -> Mapping[str, str] | None:
    table, key, _ = _OWN[name]
    wanted = _final(version)
    for row in tables.get(table, ()):
        if wanted is not None and wanted == Version(row[key]):
            return dict(row) if name != "tensorflow-gpu" or "tensorflow_gpu" in row else None
    return None


def _rows_of(name: str, tables: Tables) -> list[Mapping[str, str]]:
    """The rows of one distribution in the table of wheels, which is long and asked often."""
    table = tables.get("wheels", ())
    if hasattr(table, "grouped"):
        return list(table.grouped("package").get(name, ()))
    return [row for row in table if row["package"] == name]


def _wheels_row(name: str, version: str, tables: Tables) -> Mapping[str, str] | None:
    wanted = _final(version)
    if wanted is None:
        return None
    rows = _rows_of(name, tables)
    for row in rows:
        if str(wanted) in expand(row["releases"]):
            return row
    return next((row for row in rows if any(wanted == Version(one) for one in expand(row["releases"]))), None)


def _final(version: str) -> Version | None:
    """The release that is meant, without its local part; None for a pre-release and for what is no version."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        return None
    return None if parsed.is_prerelease else Version(parsed.public)


# ---------------------------------------------------------------- what is wanted here


class Place:
    """The Python and the systems for which a wheel would do."""

    def __init__(self, chart: Chart) -> None:
        free = "t" if chart.value("python.free_threaded") == "yes" else ""
        self.python = str(chart.value("python")) + free
        self.system = str(chart.value("os"))
        machine = str(chart.value("cpu.arch", ""))
        if str(chart.value("python.bits", "")) == "32":
            machine = "x86"
        usual = ["x86_64"] if self.system == "windows" else ["x86_64", "aarch64"]
        self.machines = [machine] if machine else usual

    def systems(self, name: str) -> list[tuple[str, str]]:
        names = [self.system]
        if name in _OTHER_INDEX:
            names += [other for other in ("linux", "windows") if other != self.system]
        return [(system, machine) for system in names for machine in self.machines]

    def served(self, name: str, wanted: Iterable[str], tables: Tables) -> bool | None:
        """Has one of the releases a wheel here?  None where that is not known of one and not so of the others."""
        answer: bool | None = False
        for version in wanted:
            for system, machine in self.systems(name):
                one = wheel_exists(name, version, self.python, system, machine, tables)
                if one:
                    return True
                answer = None if one is None and system == self.system else answer
        return answer

    def served_by_registry(self, name: str, version: str, tables: Tables) -> bool | None:
        """The same, for one release and this system alone."""
        answers = [wheel_exists(name, version, self.python, self.system, one, tables) for one in self.machines]
        return True if True in answers else None if None in answers else False

    def pythons(self, name: str, wanted: list[str], tables: Tables) -> list[str]:
        found = {
            python
            for system, machine in self.systems(name)
            for python in pythons_for(name, wanted, system, machine, tables)
        }
        return [python for python in PYTHONS if python in found]


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {
        **_project(chart, tables),
        **undecided(["assumed.no_wheel"], lambda: {"assumed.no_wheel": _assumed(chart, tables)}),
    }


def doubt_of(chart: Chart) -> Fact | None:
    """Why nothing can be said of wheels here."""
    for name in ("python", "os"):
        fact = chart.fact(name)
        if fact.state != KNOWN:
            return unknown(fact.why or "nobody-looked", fact.detail)
    if chart.value("python.implementation", "cpython") != "cpython":
        return unknown("wheels-of-cpython-only", str(chart.value("python.implementation")))
    return None


def candidates(name: str, specifier: str, tables: Tables) -> list[str]:
    """The releases that a specifier lets in, oldest first; a withdrawn one only where it is named exactly."""
    return list(_newest_first(name, specifier, tables))[::-1]


def _newest_first(name: str, specifier: str, tables: Tables) -> Iterator[str]:
    """The same the other way round, and no further than somebody asks: most demands are met by the newest."""
    plain = re.sub(r"\+[\w.]+", "", specifier)
    exact = "==" in plain and "*" not in plain
    try:
        yield from (one for one in reversed(releases(name, tables, yanked=exact)) if versions.within(one, plain))
    except ValueError:
        return


def is_open(name: str, specifier: str, tables: Tables) -> bool:
    """Would a release newer than all that the tables know be taken, too?"""
    known_ones = releases(name, tables)
    newer = f"{int(known_ones[-1].split('.')[0]) + 1000}.0" if known_ones else "0"
    try:
        return bool(versions.within(newer, re.sub(r"\+[\w.]+", "", specifier)))
    except ValueError:
        return True


def _project(chart: Chart, tables: Tables) -> dict[str, Fact]:
    names = [name for name in FACTS if name.startswith("project.")]
    requires, doubt = chart.fact("project.requires"), doubt_of(chart)
    if requires.state != KNOWN:
        return {name: requires for name in names}
    if doubt:
        return {name: doubt for name in names}
    place = Place(chart)
    lacking: dict[str, dict[str, str]] = {}
    asked = {name: want for name, want in requires.value.items() if _is_for_the_registry(chart, want)}
    for name, want in asked.items():
        if place.served(name, _newest_first(name, want["specifier"], tables), tables) is not False:
            continue
        wanted = candidates(name, want["specifier"], tables)
        pythons = place.pythons(name, wanted, tables)
        if not pythons or _may_come(place, name, want, pythons, tables):
            continue  # nobody has a wheel of it on this system, or a later release may
        source = any(has_source(name, one, place.python, tables) for one in wanted)
        lacking[name] = {
            "wanted": str(want["specifier"]),
            "python": _minor(place.python),
            "pythons": spell(pythons),
            "where": str(want.get("where", "")),
            "source": "yes" if source else "no",
        }
    facts = _by_what_is_installed(chart, tables, lacking, requires.value)
    fitting = _fitting(place, asked, tables) if lacking else ""
    facts["project.python_fitting"] = known(fitting, "the table of wheels") if fitting else absent()
    return facts


def _fitting(place: Place, asked: Mapping[str, Mapping[str, Any]], tables: Tables) -> str:
    """The newest Python that has a wheel of everything that is asked for with an upper bound, or ""."""
    left = list(PYTHONS)
    for name, want in asked.items():
        if is_open(name, want["specifier"], tables):
            continue
        pythons = place.pythons(name, candidates(name, want["specifier"], tables), tables)
        if pythons:
            left = [python for python in left if python in pythons]
    return left[-1] if left else ""


def _is_for_the_registry(chart: Chart, want: Mapping[str, Any]) -> bool:
    """Is this a demand for certain releases, by pip, on this system?"""
    if want.get("tool") == "conda" or want.get("url") or not want.get("specifier"):
        return False
    return applies(want.get("marker", ""), markers_of(chart))


def _may_come(place: Place, name: str, want: Mapping[str, Any], pythons: list[str], tables: Tables) -> bool:
    """A release that is newer than the tables may have a wheel for a Python that is newer than all they know."""
    if not is_open(name, want["specifier"], tables):
        return False
    own = _minor(place.python)
    return own not in PYTHONS or PYTHONS.index(own) > PYTHONS.index(pythons[-1])


def _by_what_is_installed(
    chart: Chart, tables: Tables, lacking: dict[str, dict[str, str]], requires: Mapping[str, Any]
) -> dict[str, Fact]:
    """Nothing there (as on a machine that is only a target), another version there, or nobody knows."""
    nothing_yet = chart.patient.get("kind") == "target"
    told: dict[str, dict[str, Any]] = {"blocking": {}, "building": {}, "pythons": {}, "replaced": {}}
    kept, unsure = {}, None
    for name, entry in lacking.items():
        there = absent() if nothing_yet else installed(chart, tables, name)
        if there.state == KNOWN:
            if versions.within(str(there.value), re.sub(r"\+[\w.]+", "", entry["wanted"])):
                continue  # conda had it, or somebody built it
            kept[name] = {**entry, "installed": str(there.value)}
            if entry["source"] == "no":
                told["replaced"][name] = kept[name]
        elif there.state == UNKNOWN:
            unsure = there
            kept[name] = entry
        else:
            kept[name] = {**entry, "installed": ""}
            told["pythons"][name] = [entry["pythons"]]
            if entry["source"] == "no":
                told["blocking"][name] = [entry["wanted"]]
            elif name not in _NEVER_BLOCKING:
                told["building"][name] = [entry["wanted"]]
    empty = unsure or absent()
    facts = {f"project.no_wheel_{key}": known(value) if value else empty for key, value in told.items()}
    facts["project.no_wheel"] = known(kept) if kept else absent()
    return facts


def family(tables: Tables, name: str) -> list[str]:
    """The distributions of which one does as well as another."""
    for row in tables.get("providers", ()):
        names = [canonical(one) for one in row["distributions"].split()]
        if name in names:
            return [name, *(one for one in names if one != name)]
    return [name]


def installed(chart: Chart, tables: Tables, name: str) -> Fact:
    """The version of the distribution, or of one that does as well; absent only when none of them is there."""
    names = family(tables, name)
    if "tensorflow" in names:
        return chart.fact("tensorflow.version")
    found = [chart.fact(one) for one in names]
    for state in (KNOWN, UNKNOWN):
        for fact in found:
            if fact.state == state:
                return fact
    return found[0]


def _minor(python: str) -> str:
    return ".".join(python.rstrip("t").split(".")[:2]) + ("t" if python.endswith("t") else "")


# ---------------------------------------------------------------- what is only imagined


def _assumed(chart: Chart, tables: Tables) -> Fact:
    """Of an environment that somebody imagines: installations that no installer could have made for this Python.

    What a machine really has was built somewhere, by conda or from source; so there nothing is judged.
    """
    imagined = chart.patient.get("kind") == "assumed"
    judged = [name for name in _judged(tables) if imagined or chart.fact(name).origin == "--assume"]
    if not judged:
        return absent()
    doubt = doubt_of(chart)
    if doubt:
        return doubt
    by_conda = need(chart, "conda.packages", {})
    place = Place(chart)
    found: dict[str, dict[str, str]] = {}
    unsure = None
    for name in judged:
        fact = chart.fact(name)
        unsure = fact if fact.state == UNKNOWN else unsure
        if fact.state != KNOWN or name in by_conda:
            continue
        version = str(fact.value)
        pythons = place.pythons(name, [version], tables)
        if not pythons or place.served(name, [version], tables) is not False:
            continue
        if has_source(name, version, place.python, tables) is False:
            found[name] = {"version": version, "python": _minor(place.python), "pythons": spell(pythons)}
    return known(found) if found else unsure or absent()


def _judged(tables: Tables) -> list[str]:
    return [*_OWN, *dict.fromkeys(row["package"] for row in tables.get("wheels", ()) if row["package"] not in _OWN)]
