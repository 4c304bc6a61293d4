"""What follows from the facts that were seen?  Pure functions, facts in, facts out, each three-valued.

Rules stay declarative because the few judgements that need more than a comparison are made here.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known, unknown

Tables = Mapping[str, Any]

#: Every derived fact -> what it means (docs/facts.md and the linter read this).
FACTS = {
    "tensorflow.version": "TensorFlow's version, whichever distribution brings it",
    "tensorflow.distribution": "the distribution that brings TensorFlow",
    "tensorflow.distributions": "all installed distributions that bring TensorFlow",
    "torch.version": "torch's version with its local part",
    "torch.cuda": "the CUDA that torch was built with; absent in a CPU build",
    "project.missing": "modules that the project imports and this Python cannot find: module -> where",
    "project.missing_known": "the same, by the distribution that provides the module",
    "project.missing_unknown": "the same, where no distribution is known to provide the module",
    "project.missing_elsewhere": "the same, where another environment of this user has it: distribution -> environment",
    "project.hidden": "folders of the project that an installed distribution of the same name hides",
    "patient.prefix": "the folder of the environment that is examined",
    "patient.python": "its interpreter",
    "patient.kind": "conda, venv or system",
    "patient.active": "yes when the user's shell works in this environment: a variable names it, or PATH leads to it",
    "shell.python.serves_patient": "yes when the shell's `python` is the patient's interpreter",
    "shell.pip.serves_patient": "yes when the shell's `pip` installs into the patient",
    "shell.also_active": "the other environment, where CONDA_PREFIX and VIRTUAL_ENV name two",
}


def derive(chart: Chart, tables: Tables) -> Chart:
    """The chart with everything that follows from it; what was seen is never replaced by what was concluded."""
    for conclude in _CONCLUSIONS:
        fresh = {
            name: fact
            for name, fact in conclude(chart, tables).items()
            if chart.fact(name).state == UNKNOWN or name not in chart.facts
        }
        chart = chart.with_facts(fresh)
    return chart


# ---------------------------------------------------------------- frameworks


def _tensorflow(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """TensorFlow under any of its names."""
    family = _family(tables, "tensorflow")
    seen = [(name, chart.fact(name)) for name in family]
    installed = [(name, fact) for name, fact in seen if fact.state == KNOWN]
    if installed:
        name, fact = installed[0]
        return {
            "tensorflow.version": fact,
            "tensorflow.distribution": known(name, fact.origin),
            "tensorflow.distributions": known([name for name, _ in installed]),
        }
    missing = _first_unknown(fact for _, fact in seen)
    names = ("tensorflow.version", "tensorflow.distribution", "tensorflow.distributions")
    return {name: missing or absent() for name in names}


def _family(tables: Tables, module: str) -> list[str]:
    """The distributions that provide a module, the usual one first."""
    for row in tables.get("providers", ()):
        if row.get("module") == module:
            return [canonical(name) for name in row["distributions"].split()]
    return [module]


def _first_unknown(facts: Any) -> Fact | None:
    return next((fact for fact in facts if fact.state == UNKNOWN), None)


def _torch(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """What torch's version tells of its build: `+cu118`, `+cpu`, or the build that the registry ships."""
    version = chart.fact("torch.version") if "torch.version" in chart.facts else chart.fact("torch")
    if version.state != KNOWN:
        return {"torch.version": version, "torch.cuda": version}
    local = str(version.value).partition("+")[2]
    facts = {"torch.version": version}
    if local.startswith("cpu"):
        facts["torch.cuda"] = absent(version.origin)
    elif local.startswith("cu") and local[2:].isdigit():
        facts["torch.cuda"] = known(f"{local[2:-1]}.{local[-1]}", version.origin)
    return facts


# ---------------------------------------------------------------- the shell against the patient


def _patient(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """What the shell's words `python` and `pip` have to do with the patient."""
    facts = {}
    for key in ("prefix", "python", "kind"):
        value = chart.patient.get(key)
        facts[f"patient.{key}"] = known(value) if value else unknown("nobody-looked")
    prefix, python = str(chart.patient.get("prefix") or ""), str(chart.patient.get("python") or "")
    environments = chart.fact("shell.environments")
    for word, fact in (("python", chart.fact("shell.python")), ("pip", chart.fact("shell.pip.python"))):
        name = f"shell.{word}.serves_patient"
        if fact.state == KNOWN and python:
            same = _folder(str(fact.value)) == _folder(python) or _same(str(fact.value), python)
            facts[name] = known("yes" if same else "no", fact.origin)
        else:
            facts[name] = fact if fact.state != KNOWN else unknown("nobody-looked")
    if environments.state == UNKNOWN or not prefix:
        facts["patient.active"] = facts["shell.also_active"] = unknown("nobody-looked")
        return facts
    named = [str(entry) for entry in environments.value or ()]
    others = [entry for entry in named if not _same(entry, prefix)]
    by_path = not named and facts["shell.python.serves_patient"].value == "yes"
    active = len(others) < len(named) or by_path
    facts["patient.active"] = known("yes" if active else "no")
    facts["shell.also_active"] = known(others[0]) if others and active else absent()
    return facts


def _same(left: str, right: str) -> bool:
    """The same path, as far as spelling tells: case counts for nothing where a drive letter leads."""
    a, b = (path.replace("\\", "/").rstrip("/") for path in (left, right))
    return a.lower() == b.lower() if a[1:2] == ":" else a == b


def _folder(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]


# ---------------------------------------------------------------- the project against the environment


def _project(chart: Chart, tables: Tables) -> dict[str, Fact]:
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


def _hidden(chart: Chart, tables: Tables) -> dict[str, Fact]:
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


_CONCLUSIONS: tuple[Callable[[Chart, Tables], Mapping[str, Fact]], ...] = (
    _patient,
    _tensorflow,
    _torch,
    _project,
    _hidden,
)
