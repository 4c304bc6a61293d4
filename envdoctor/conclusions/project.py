"""Which modules that the project imports does the patient not find, and where are they instead?"""

from __future__ import annotations

import re
from typing import Any, Mapping

from ..chart import KNOWN, Chart, Fact, absent, canonical, known
from . import Tables, need, undecided

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
    missing = [name for name in FACTS if name.startswith("project.missing")]
    return {
        **undecided(missing, lambda: _missing(chart, tables, missing)),
        **undecided(["project.wrong_folder"], lambda: _wrong_folder(chart)),
        **undecided(["project.hidden"], lambda: _hidden(chart)),
        **undecided(["project.stack"], lambda: _stack(chart)),
        "project.cuda_flag": _cuda_flag(chart),
    }


def _some(value: dict[str, Any], origin: str = "") -> Fact:
    return known(value, origin) if value else absent(origin)


def _missing(chart: Chart, tables: Tables, names: list[str]) -> dict[str, Fact]:
    """Which required imports does this Python not find, what provides them, and where are they?"""
    imports = need(chart, "project.imports", {})
    found = set(need(chart, "packages.modules", ())) | set(need(chart, "project.modules", {})) if imports else set()
    missing = {module: where for module, where in imports.items() if module not in found}
    rows = {row["module"]: row for row in tables.get("import-names", ()) if "warn" not in row}
    told: dict[str, dict[str, Any]] = {name: {} for name in names}
    told["project.missing"] = missing
    for module, where in missing.items():
        row = rows.get(module)
        if row is None:
            if _is_essential(chart, module):
                told["project.missing_unknown"][module] = where
            continue
        if any(need(chart, canonical(name)) for name in _all_providers(row)):
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
    return {name: _some(value, chart.fact("project.imports").origin) for name, value in told.items()}


def _is_essential(chart: Chart, module: str) -> bool:
    """Is a main script, or at least half of all scripts, unable to start without it?"""
    entries = need(chart, "project.entries", [])
    needing = need(chart, "project.needed_by", {}).get(module, [])
    return len(needing) * 2 >= len(entries) or any(_MAIN_SCRIPT.match(path.rpartition("/")[2]) for path in needing)


def _all_providers(row: Mapping[str, str]) -> list[str]:
    return [row["distribution"], *row.get("also", "").split()]


def _other_environment(chart: Chart, module: str) -> str:
    for prefix, about in need(chart, "neighbours", {}).items():
        if module in about.get("modules", ()):
            return str(prefix)
    return ""


def _wrong_folder(chart: Chart) -> dict[str, Fact]:
    """Own modules that lie elsewhere, unless an installed package of that name is found."""
    elsewhere = need(chart, "project.elsewhere", {})
    installed = set(need(chart, "packages.modules", ())) if elsewhere else set()
    return {"project.wrong_folder": _some({name: [path] for name, path in elsewhere.items() if name not in installed})}


def _hidden(chart: Chart) -> dict[str, Fact]:
    """A folder without __init__.py loses against an installed package of the same name, wherever either lies."""
    folders = [name for name, kind in need(chart, "project.modules", {}).items() if kind == "folder"]
    if not folders:
        return {"project.hidden": absent()}
    installed = set(need(chart, "packages.modules", ()))
    used = {dotted.partition(".")[0] for dotted in need(chart, "project.local_imports", {})}
    hidden = {
        name: [name + "/"] for name in folders if name in installed & used and need(chart, canonical(name)) is not None
    }
    return {"project.hidden": _some(hidden)}


def _stack(chart: Chart) -> dict[str, Fact]:
    """What the code is written for, as far as it shows."""
    imports = need(chart, "project.imports", {})
    stack = ""
    if "tensorflow" in imports or "keras" in imports:
        uses = set(need(chart, "project.uses", {}))
        old = any(f"tensorflow.{name}" in uses for name in _TF1) or "keras.backend.tensorflow_backend" in uses
        stack = ("keras-tf1" if "keras" in imports else "tf1") if old else "" if "keras" in imports else "tf2"
    elif "torch" in imports:
        stack = "torch"
    return {"project.stack": known(stack) if stack else absent()}


def _cuda_flag(chart: Chart) -> Fact:
    flags = chart.fact("project.cuda_flags")
    return known(f"{flags.value[0]['where']} ({flags.value[0]['name']})") if flags.state == KNOWN else flags
