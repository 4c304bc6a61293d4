"""Which demands of the installed distributions, and of the project, does the environment not meet?

What `pip check` does, from the metadata that was read, with markers evaluated for the patient.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known
from . import Tables

FACTS = {
    "packages.conflicts": "installed versions that others do not accept: name -> {installed, wanted, by, where}",
    "packages.missing": "distributions that lack what they need: name -> {by, needs, where}; `needs` as pip takes them",
    "project.unmet": "installed versions that the project's own pins exclude: name -> {installed, wanted, where}",
}

_REQUIREMENT = re.compile(
    r"^\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?(?P<specifier>[^;)@]*)\)?\s*(?:;\s*(?P<marker>.*))?$"
)
_SYSTEMS = {
    "linux": ("posix", "linux", "Linux"),
    "windows": ("nt", "win32", "Windows"),
    "macos": ("posix", "darwin", "Darwin"),
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    requires = chart.fact("packages.requires")
    facts = {"project.unmet": _unmet(chart)}
    if requires.state != KNOWN:
        return {**facts, "packages.conflicts": requires, "packages.missing": requires}
    environment = markers_of(chart)
    conflicts: dict[str, dict[str, str]] = {}
    missing: dict[str, dict[str, Any]] = {}
    doubt: Fact | None = None
    for by, demands in requires.value.items():
        if by == "envdoctor":
            continue  # the doctor may lie in the patient, half installed on a Python older than the house
        for name, specifier, marker in demands_of(demands):
            installed = chart.fact(name)
            if installed.state == ABSENT:
                installed = _twin(chart, tables, name)
            if installed.state == KNOWN and (not specifier or _meets(str(installed.value), specifier)):
                continue
            if marker and environment is None:
                doubt = doubt or _unknown_marker(chart)
                continue
            if not applies(marker, environment):
                continue
            if installed.state == UNKNOWN:
                doubt = doubt or installed
                continue
            entry = {"by": f"{by} {chart.value(by, '')}".strip(), "where": chart.fact(by).origin}
            if installed.state == KNOWN:
                told = {"installed": str(installed.value), "wanted": specifier, "demander": by}
                conflicts.setdefault(name, {**told, **entry})
            else:
                missing.setdefault(by, {**entry, "needs": [], "names": []})
                missing[by]["needs"].append(name + specifier)
                missing[by]["names"].append(name)

    def some(value: dict[str, Any]) -> Fact:
        return known(value) if value else doubt or absent()

    return {**facts, "packages.conflicts": some(conflicts), "packages.missing": some(missing)}


def demands_of(texts: list[str]) -> Iterator[tuple[str, str, str]]:
    for text in texts:
        match = _REQUIREMENT.match(text)
        if match:
            yield canonical(match.group("name")), match.group("specifier").strip(), match.group("marker") or ""


def _meets(version: str, specifier: str) -> bool:
    """An unreadable demand or version is no conflict."""
    try:
        return versions.accepted(version, specifier) is not False
    except ValueError:
        return True


def _twin(chart: Chart, tables: Tables, name: str) -> Fact:
    """Another distribution that provides the same module does as well (opencv-python-headless for opencv-python)."""
    for row in tables.get("providers", ()):
        family = [canonical(one) for one in row["distributions"].split()]
        if name in family:
            facts = [chart.fact(one) for one in family]
            for state in (KNOWN, UNKNOWN):
                for fact in facts:
                    if fact.state == state:
                        return known("", fact.origin) if state == KNOWN else fact
    return absent()


def markers_of(chart: Chart) -> dict[str, str] | None:
    """The patient's markers, or None where they are not known."""
    python, system = chart.value("python"), _SYSTEMS.get(str(chart.value("os")))
    if not python or not system:
        return None
    implementation = str(chart.value("python.implementation", "cpython"))
    machine = str(chart.value("cpu.arch", ""))
    return {
        "python_version": ".".join(str(python).split(".")[:2]),
        "python_full_version": str(python),
        "os_name": system[0],
        "sys_platform": system[1],
        "platform_system": system[2],
        "platform_machine": {"x86_64": "AMD64"}.get(machine, machine) if system[1] == "win32" else machine,
        "platform_release": "",
        "platform_version": "",
        "implementation_name": implementation,
        "implementation_version": str(python),
        "platform_python_implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(implementation, implementation),
        "extra": "",
    }


def applies(marker: str, environment: dict[str, str] | None) -> bool:
    """Does the marker hold for the patient?  A marker that cannot be evaluated raises no alarm."""
    if not marker:
        return True
    if environment is None:
        return False
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison

    try:
        return bool(Marker(marker).evaluate(environment))
    except (InvalidMarker, UndefinedComparison):
        return False


def _unmet(chart: Chart) -> Fact:
    """Pins of the project (requirements.txt and its kin) that the installed versions do not meet."""
    wants = chart.fact("project.requires")
    if wants.state != KNOWN:
        return wants
    environment = markers_of(chart)
    found = {}
    doubt: Fact | None = None
    for name, want in wants.value.items():
        installed, specifier, marker = chart.fact(name), want.get("specifier", ""), want.get("marker", "")
        if not specifier or want.get("tool") == "conda" or want.get("url") or installed.state == ABSENT:
            continue
        if installed.state == KNOWN and _meets(str(installed.value), specifier):
            continue
        if marker and environment is None:
            doubt = doubt or _unknown_marker(chart)
        elif applies(marker, environment):
            if installed.state == UNKNOWN:
                doubt = doubt or installed
            else:
                found[name] = {"installed": str(installed.value), "wanted": specifier, "where": want.get("where", "")}
    return known(found, wants.origin) if found else doubt or absent()


def _unknown_marker(chart: Chart) -> Fact:
    """The fact for lack of which no marker can be evaluated."""
    return next(chart.fact(name) for name in ("python", "os") if chart.value(name) is None)
