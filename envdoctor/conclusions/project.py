"""Which modules that the project imports does the patient not find, and where are they instead?"""

from __future__ import annotations

import re
from typing import Any, Mapping

from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known, unknown
from . import Tables

FACTS = {
    "project.missing": "modules that the project imports and this Python cannot find: module -> where",
    "project.missing_known": "those that the project's main scripts need, by distribution: name -> where",
    "project.missing_frameworks": "torch, tensorflow and keras among them: name -> where",
    "project.missing_unknown": "those of which no distribution is known: module -> where",
    "project.missing_some": "those that only side scripts need, by distribution: name -> where",
    "project.missing_elsewhere": "those that another environment of this user has: distribution -> environment",
    "project.wrong_folder": "imported names that only a folder above or below the project has: name -> path",
    "project.hidden": "folders of the project that an installed distribution of the same name hides",
    "project.stack": "what the code is written for: keras-tf1, tf1, tf2 or torch",
    "project.cuda_flag": "where the code asks for the GPU with a constant",
}

FRAMEWORKS = frozenset(["torch", "tensorflow", "keras"])
#: Scripts that a user of the repository runs; others (summaries, exporters, converters) are somebody's side work.
_MAIN_SCRIPT = re.compile(r"^(train|main|predict|run|demo|detect|infer|eval|app|test)", re.I)
#: Interfaces that went with TensorFlow 1 (https://www.tensorflow.org/guide/migrate, "API symbols map").
_TF1 = frozenset(
    """placeholder Session InteractiveSession ConfigProto GPUOptions get_default_graph global_variables_initializer
    contrib app flags variable_scope get_variable layers reset_default_graph set_random_seed""".split()
)


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {**_missing(chart, tables), **_folders(chart), **_intent(chart)}


def _missing(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """Which required imports does this Python not find, what provides them, and where are they?"""
    names = [name for name in FACTS if name.startswith("project.missing")]
    imports, modules = chart.fact("project.imports"), chart.fact("packages.modules")
    if imports.state == ABSENT:
        return {name: absent() for name in names}
    if imports.state == UNKNOWN or modules.state != KNOWN:
        doubt = imports if imports.state == UNKNOWN else modules
        return {name: doubt._replace(state=UNKNOWN, value=None) for name in names}
    found = set(modules.value) | set(chart.value("project.modules", {}))
    missing = {module: where for module, where in imports.value.items() if module not in found}
    rows = {row["module"]: row for row in tables.get("import-names", ()) if "warn" not in row}
    told: dict[str, dict[str, Any]] = {name: {} for name in names}
    told["project.missing"] = missing
    for module, where in missing.items():
        row = rows.get(module)
        if row is None:
            if _is_essential(chart, module):
                told["project.missing_unknown"][module] = where
            continue
        if any(chart.fact(canonical(name)).state == KNOWN for name in _all_providers(row)):
            continue  # installed, yet not importable: that is another fault than "not installed"
        distribution = canonical(row["distribution"])
        home = _other_environment(chart, module)
        if home:
            told["project.missing_elsewhere"][distribution] = [home]
        elif not _is_essential(chart, module):
            told["project.missing_some"].setdefault(distribution, []).extend(where)
        elif distribution in FRAMEWORKS:
            told["project.missing_frameworks"][distribution] = where
        else:
            told["project.missing_known"].setdefault(distribution, []).extend(where)
    return {name: known(value, imports.origin) if value else absent(imports.origin) for name, value in told.items()}


def _is_essential(chart: Chart, module: str) -> bool:
    """Is a main script, or at least half of all scripts, unable to start without it?"""
    entries = chart.value("project.entries", [])
    needing = chart.value("project.needed_by", {}).get(module, [])
    return len(needing) * 2 >= len(entries) or any(_MAIN_SCRIPT.match(path.rpartition("/")[2]) for path in needing)


def _all_providers(row: Mapping[str, str]) -> list[str]:
    return [row["distribution"], *row.get("also", "").split()]


def _other_environment(chart: Chart, module: str) -> str:
    for prefix, about in chart.value("neighbours", {}).items():
        if module in about.get("modules", ()):
            return str(prefix)
    return ""


def _folders(chart: Chart) -> dict[str, Fact]:
    """What stands where it is not found: own modules elsewhere, own folders that an installed distribution hides.

    A folder without __init__.py loses against an installed package of the same name, wherever either lies.
    """
    own, modules, elsewhere = (
        chart.fact(name) for name in ("project.modules", "packages.modules", "project.elsewhere")
    )
    facts: dict[str, Fact] = {}
    installed = set(modules.value) if modules.state == KNOWN else set()
    doubt = unknown(modules.why or "nobody-looked", modules.detail)
    for name, fact in (("project.wrong_folder", elsewhere), ("project.hidden", own)):
        if fact.state != KNOWN:
            facts[name] = fact
        elif modules.state != KNOWN:
            facts[name] = doubt
    if "project.wrong_folder" not in facts:
        lost = {name: [path] for name, path in elsewhere.value.items() if name not in installed}
        facts["project.wrong_folder"] = known(lost) if lost else absent()
    if "project.hidden" not in facts:
        used = {dotted.partition(".")[0] for dotted in chart.value("project.local_imports", {})}
        hidden = {
            name: [name + "/"]
            for name, kind in own.value.items()
            if kind == "folder" and name in installed & used and chart.fact(canonical(name)).state == KNOWN
        }
        facts["project.hidden"] = known(hidden) if hidden else absent()
    return facts


def _intent(chart: Chart) -> dict[str, Fact]:
    """What the code is written for, as far as it shows."""
    imports, flags = chart.fact("project.imports"), chart.fact("project.cuda_flags")
    flag = known(f"{flags.value[0]['where']} ({flags.value[0]['name']})") if flags.state == KNOWN else flags
    if imports.state != KNOWN:
        return {"project.stack": imports, "project.cuda_flag": flag}
    uses = set(chart.value("project.uses", {}))
    old = any(f"tensorflow.{name}" in uses for name in _TF1) or "keras.backend.tensorflow_backend" in uses
    stack = ""
    if "tensorflow" in imports.value or "keras" in imports.value:
        stack = ("keras-tf1" if "keras" in imports.value else "tf1") if old else ""
        stack = stack or ("tf2" if "keras" not in imports.value else "")
    elif "torch" in imports.value:
        stack = "torch"
    return {"project.stack": known(stack) if stack else absent(), "project.cuda_flag": flag}
