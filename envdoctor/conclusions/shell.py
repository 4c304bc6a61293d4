"""What have the words `python` and `pip` of the user's shell to do with the patient?"""

from __future__ import annotations

from ..chart import KNOWN, UNKNOWN, Chart, Fact, absent, known, unknown
from . import Tables

FACTS = {
    "patient.prefix": "the folder of the environment that is examined",
    "patient.python": "its interpreter",
    "patient.kind": "conda, venv or system",
    "patient.active": "yes when the user's shell works in this environment: a variable names it, or PATH leads to it",
    "shell.python.serves_patient": "yes when the shell's `python` is the patient's interpreter",
    "shell.pip.serves_patient": "yes when the shell's `pip` installs into the patient",
    "shell.also_active": "the other environment, where CONDA_PREFIX and VIRTUAL_ENV name two",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
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
