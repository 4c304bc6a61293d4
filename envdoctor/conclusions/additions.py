"""Which release of a missing package fits what is installed?

Named as it comes, a package may bring a NumPy that breaks what works.  So the newest release is named that has a
wheel here and takes the installed NumPy and framework, where the tables know them; otherwise the name alone.
"""

from __future__ import annotations

from typing import Any, Mapping

from .. import versions
from ..chart import KNOWN, Chart, Fact, known
from . import Tables
from .wheels import Place, doubt_of, releases

FACTS = {
    "project.missing_known_pins": "project.missing_known as requirements",
    "project.missing_elsewhere_pins": "project.missing_elsewhere as requirements",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {name: _pins(chart, tables, chart.fact(name[: -len("_pins")])) for name in FACTS}


def _pins(chart: Chart, tables: Tables, missing: Fact) -> Fact:
    if missing.state != KNOWN:
        return missing
    return known([name + _release(chart, tables, name) for name in missing.value], missing.origin)


def _release(chart: Chart, tables: Tables, name: str) -> str:
    """ "==4.5.5.64", or "" where the tables do not tell."""
    numpy = chart.value("numpy")
    rows = [row for row in tables.get("pulled-in", ()) if name in row["package"].split()]
    if not numpy or not rows or doubt_of(chart) or name == "numpy":
        return ""
    place, limits = Place(chart), _limits(chart, tables, name)
    for version in reversed(releases(name, tables)):
        if not all(versions.within(version, limit) for limit in limits):
            continue
        served = place.served_by_registry(name, version, tables)
        takes = _takes(rows, version, place.python, str(numpy))
        if served is None or takes is None:
            return ""
        if served and takes:
            return "==" + version
    return ""


def _limits(chart: Chart, tables: Tables, name: str) -> list[str]:
    """What the installed framework asks of this distribution, and what its code reads (rules/issues/h5py)."""
    tensorflow, keras = chart.value("tensorflow.version"), chart.value("keras")
    rows = [row for row in tables.get("tensorflow-releases", ()) if row["tensorflow"] == tensorflow]
    limits = [str(row[name]) for row in rows if name in row]
    if name == "h5py":
        old = (tensorflow and versions.within(tensorflow, "<2.5")) or (keras and versions.within(keras, "<2.4"))
        limits += ["<3"] if old else []
    return limits


def _takes(rows: list[Mapping[str, Any]], version: str, python: str, numpy: str) -> bool | None:
    """Does this release take the installed NumPy?  None where no row speaks of it."""
    answer: bool | None = None
    for row in rows:
        if not versions.within(version, row["versions"]):
            continue
        if "for_python" in row and not versions.within(python.rstrip("t"), row["for_python"]):
            continue
        for want in row.get("wants", "").split():
            if want.startswith("numpy"):
                answer = (answer is not False) and bool(versions.within(numpy, want[len("numpy") :] or ">=0"))
    return answer
