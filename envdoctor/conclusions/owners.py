"""Which installed distributions are conda's, and what does conda call them?

Who installed last is written beside the metadata (INSTALLER); packages of conda from before that was usual are known by
their record of the same name and version.  What pip put over a package of conda is pip's from then on.
"""

from __future__ import annotations

from typing import Any, Mapping

from ..chart import Chart, Fact, absent, canonical, known
from . import Tables, need, undecided

FACTS = {
    "packages.by_conda": "distributions that conda installed: name -> [conda's name for it, none if not known]",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return undecided(FACTS, lambda: {"packages.by_conda": _by_conda(chart, tables)})


def _by_conda(chart: Chart, tables: Tables) -> Fact:
    records: Mapping[str, Any] = need(chart, "conda.packages", {})
    if not records:
        return absent(chart.fact("conda.packages").origin)
    installers: Mapping[str, Any] = chart.value("packages.installers", {})
    told = {name: who for who, names in installers.items() for name in names}
    found: dict[str, list[str]] = {}
    for name, version in chart.distributions().items():
        package = package_of(name, records, tables)
        recorded = package and _plain(records[package].get("version")) == _plain(version)
        if told.get(name) == "conda" or (name not in told and recorded):
            found[name] = [package] if package else []
    return known(found, chart.fact("conda.packages").origin) if found else absent()


def package_of(name: str, records: Mapping[str, Any], tables: Tables) -> str:
    """What conda calls a distribution in this environment; "" where none of the names that are known is installed."""
    others = [row["conda"] for row in tables.get("conda-names", ()) if row["distribution"] == name]
    same = [one for one in records if canonical(one) == name]
    return next((str(one) for one in (*others, *same) if one in records), "")


def _plain(text: Any) -> str:
    """conda writes no local part, and a dash as an underscore."""
    return str(text).partition("+")[0].replace("_", "-")
