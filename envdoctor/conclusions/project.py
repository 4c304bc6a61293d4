"""Which modules that the project imports does the patient not find, and where are they instead?"""

from __future__ import annotations

from typing import Any, Mapping

from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known, unknown
from . import Tables

FACTS = {
    "project.missing": "modules that the project imports and this Python cannot find: module -> where",
    "project.missing_known": "the same, by the distribution that provides the module",
    "project.missing_unknown": "the same, where no distribution is known to provide the module",
    "project.missing_elsewhere": "the same, where another environment of this user has it: distribution -> environment",
    "project.hidden": "folders of the project that an installed distribution of the same name hides",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {**_missing(chart, tables), **_hidden(chart)}


def _missing(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """Which required imports does this Python not find, what provides them, and where are they?"""
    names = [name for name in FACTS if name.startswith("project.missing")]
    imports, modules = chart.fact("project.imports"), chart.fact("packages.modules")
    if imports.state == ABSENT:
        return {name: absent() for name in names}
    if imports.state == UNKNOWN or modules.state != KNOWN:
        doubt = imports if imports.state == UNKNOWN else modules
        return {name: doubt._replace(state=UNKNOWN, value=None) for name in names}
    found = set(modules.value)
    own = set(chart.value("project.modules", {}))
    elsewhere = set(chart.value("project.elsewhere", {}))
    missing = {
        module: where
        for module, where in imports.value.items()
        if module not in found and module not in own and module not in elsewhere
    }
    rows = {row["module"]: row for row in tables.get("import-names", ()) if "warn" not in row}
    by_distribution: dict[str, Any] = {}
    orphans: dict[str, Any] = {}
    in_other: dict[str, Any] = {}
    for module, where in missing.items():
        row = rows.get(module)
        if row is None:
            orphans[module] = where
            continue
        distribution = canonical(row["distribution"])
        if any(chart.fact(canonical(name)).state == KNOWN for name in _all_providers(row)):
            continue  # installed, yet not importable: that is another fault than "not installed"
        home = _other_environment(chart, module)
        if home:
            in_other[distribution] = [home]
        by_distribution.setdefault(distribution, []).extend(where)

    def some(value: dict[str, Any]) -> Fact:
        return known(value, imports.origin) if value else absent(imports.origin)

    return {
        "project.missing": some(missing),
        "project.missing_known": some({k: v for k, v in by_distribution.items() if k not in in_other}),
        "project.missing_unknown": some(orphans),
        "project.missing_elsewhere": some(in_other),
    }


def _all_providers(row: Mapping[str, str]) -> list[str]:
    return [row["distribution"], *row.get("also", "").split()]


def _other_environment(chart: Chart, module: str) -> str:
    for prefix, about in chart.value("neighbours", {}).items():
        if module in about.get("modules", ()):
            return str(prefix)
    return ""


def _hidden(chart: Chart) -> dict[str, Fact]:
    """A folder without __init__.py loses against an installed package of the same name, wherever it lies."""
    own, modules = chart.fact("project.modules"), chart.fact("packages.modules")
    if own.state != KNOWN:
        return {"project.hidden": own}
    if modules.state != KNOWN:
        return {"project.hidden": unknown(modules.why or "nobody-looked", modules.detail)}
    installed = set(modules.value)
    hidden = {
        name: [name]
        for name, kind in own.value.items()
        if kind == "folder" and name in installed and chart.fact(canonical(name)).state == KNOWN
    }
    return {"project.hidden": known(hidden) if hidden else absent()}
