"""Which copies and look-alikes does Python find in place of what belongs to the environment?"""

from __future__ import annotations

import re

from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known
from . import Tables

FACTS = {
    "packages.overshadowed": "other versions from outside that win over the environment's own: name -> [theirs ≠ own]",
    "packages.overshadowed_from": "the folders that they lie in",
    "packages.recorded_twice": "distributions of which one folder holds two records: name -> [version, version]",
    "project.look_alikes": "installed, and found in place of what is wanted: name -> {module, wanted, where}",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {**_copies(chart), "project.look_alikes": _look_alikes(chart, tables)}


def _copies(chart: Chart) -> dict[str, Fact]:
    """Copies from the user site or PYTHONPATH.  The same version twice harms nobody."""
    twice, user = chart.fact("packages.duplicates"), chart.fact("packages.user_site")
    names = [name for name in FACTS if name.startswith("packages.")]
    if twice.state != KNOWN:
        return {name: twice for name in names}
    extra = [_spelled(folder) for folder in _entries(str(chart.value("env.PYTHONPATH", "")))]
    from_user = set(user.value) if user.state == KNOWN else set()
    hidden: dict[str, list[str]] = {}
    folders: dict[str, None] = {}
    doubled: dict[str, list[str]] = {}
    for name, records in twice.value.items():
        first = records[0]
        home = _home(first["path"])
        other = [one for one in records[1:] if one["version"] != first["version"]]
        beside = [one["version"] for one in other if _home(one["path"]) == home]
        if beside:
            doubled[name] = [first["version"], *beside]
        behind = [one for one in records[1:] if _home(one["path"]) != home]
        outside = name in from_user or any(_spelled(home) == folder for folder in extra)
        if outside and behind and behind[0]["version"] != first["version"]:
            hidden[name] = [f"{first['version']} ≠ {behind[0]['version']}"]
            folders[home] = None
    doubts = [fact for fact in (user, chart.fact("env.PYTHONPATH")) if fact.state == UNKNOWN]
    nothing = doubts[0] if doubts else absent()
    return {
        "packages.overshadowed": known(hidden) if hidden else nothing,
        "packages.overshadowed_from": known(list(folders)) if hidden else nothing,
        "packages.recorded_twice": known(doubled) if doubled else absent(),
    }


def _entries(path: str) -> list[str]:
    """The folders of a search path; on Windows, where they may hold a colon, they are separated by semicolons."""
    separator = ";" if ";" in path or re.match(r"^[A-Za-z]:[\\/]", path) else ":"
    return [entry for entry in path.split(separator) if entry]


def _home(path: str) -> str:
    """The folder that holds a distribution's metadata: `…/name.dist-info/METADATA` or `…/name.egg-info`."""
    parts = re.split(r"([\\/])", path)
    while parts and not parts[-1].endswith((".dist-info", ".egg-info", ".egg")):
        parts.pop()
    return "".join(parts[:-2])


def _spelled(folder: str) -> str:
    plain = folder.replace("\\", "/").rstrip("/")
    return plain.lower() if plain[1:2] == ":" else plain


def _look_alikes(chart: Chart, tables: Tables) -> Fact:
    """The module is found, but it belongs to a distribution that only sounds right."""
    imports, modules = chart.fact("project.imports"), chart.fact("packages.modules")
    if imports.state != KNOWN:
        return imports
    if modules.state != KNOWN:
        return modules
    found, unsure = {}, None
    for row in tables.get("import-names", ()):
        module = row["module"]
        if "trap" not in row or module not in imports.value or module not in modules.value:
            continue
        trap = chart.fact(canonical(row["trap"]))
        right = [chart.fact(canonical(one)) for one in [row["distribution"], *row.get("also", "").split()]]
        if trap.state == ABSENT or any(fact.state == KNOWN for fact in right):
            continue
        doubtful = [fact for fact in [trap, *right] if fact.state == UNKNOWN]
        if doubtful:
            unsure = doubtful[0]
            continue
        where = imports.value[module]
        found[canonical(row["trap"])] = {
            "module": module,
            "wanted": canonical(row["distribution"]),
            "where": str(where[0]) if where else "",
        }
    return known(found, imports.origin) if found else unsure or absent()
