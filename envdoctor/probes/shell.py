"""Which python and pip would the user's shell run, and do they serve the patient?"""

import re
from typing import Any, Dict, List, Optional

from ..chart import KNOWN, Fact, Seen, absent, known, unknown
from ..environments import is_shim, is_store_alias, marked_prefix, prefix_of, programs, variable
from ..patient import Patient

FACTS = {
    "shell.python": "the python (else python3) that the user's shell would run",
    "shell.python.prefix": "the environment to which that python belongs",
    "shell.python.serves_patient": "yes when it is the patient's interpreter",
    "shell.pip": "the pip (else pip3) that the user's shell would run",
    "shell.pip.python": "the interpreter into which that pip installs",
    "shell.pip.serves_patient": "yes when that is the patient's",
    "shell.environments": "the environments that CONDA_PREFIX and VIRTUAL_ENV name, as a list",
    "shell.also_active": "the other environment, where these two name two and one is the patient",
    "patient.active": "yes when the user's shell works in the patient: a variable names it, or PATH leads to it",
}


def probe(patient: Patient, ask: Any) -> Seen:
    facts: Dict[str, Fact] = {}
    facts["shell.python"] = python = _command(ask, "python")
    facts["shell.python.prefix"] = absent("PATH") if python.value is None else _prefix(ask, python.value)
    facts["shell.pip"] = pip = _command(ask, "pip")
    facts["shell.pip.python"] = served = absent("PATH") if pip.value is None else pip_python(ask, pip.value)
    runs = facts["shell.python.prefix"] if facts["shell.python.prefix"].state != KNOWN else python
    facts["shell.python.serves_patient"] = runs_here = _serves(ask, patient, runs)
    facts["shell.pip.serves_patient"] = _serves(ask, patient, served)
    named = [prefix for prefix in (variable(ask, name) for name in ("CONDA_PREFIX", "VIRTUAL_ENV")) if prefix]
    others = [prefix for prefix in named if _real(ask, prefix) != _real(ask, patient.prefix)]
    active = len(others) < len(named) or (not named and runs_here.value == "yes")
    facts["shell.environments"] = known(named, "CONDA_PREFIX, VIRTUAL_ENV")
    facts["shell.also_active"] = known(others[0]) if others and active else absent()
    facts["patient.active"] = known("yes" if active else "no")
    return Seen(facts)


def _serves(ask: Any, patient: Patient, python: Fact) -> Fact:
    """Is it the patient's interpreter?  python and python3.7 in one folder are names of one; links are followed."""
    if python.state != KNOWN:
        return python
    folders = [_real(ask, ask.path.dirname(path)) for path in (python.value, patient.python)]
    same = folders[0] == folders[1] or _real(ask, python.value) == _real(ask, patient.python) and _alone(ask, patient)
    return known("yes" if same else "no", python.origin)


def _alone(ask: Any, patient: Patient) -> bool:
    """A venv's python is a link to that of its base: only without a venv does the same file mean the same Python."""
    return patient.kind != "venv"


def _real(ask: Any, path: str) -> str:
    return str(ask.path.normcase(ask.real(path)))


def _command(ask: Any, name: str) -> Fact:
    for command in (name, name + "3"):
        for program in programs(ask, command):
            return known(program, "PATH (" + command + ")")
    return absent("PATH")


def _prefix(ask: Any, python: str) -> Fact:
    if is_store_alias(ask, python):
        return unknown("python-is-a-store-alias", "", python)
    if is_shim(ask, python):
        return unknown("python-is-a-shim", "", python)
    marked = marked_prefix(ask, python)
    if marked:
        return known(marked, python)
    if ask.read(python, 2).text == "#!":
        return unknown("python-is-a-script", "", python)
    prefix = prefix_of(ask, python)
    library = ask.path.join(prefix, "Lib" if ask.os == "windows" else "lib")
    names = ask.names(library) if prefix else []
    if any(name.lower() == "os.py" or re.match(r"(python|pypy)\d\.\d+", name) for name in names):
        return known(prefix, python)
    return unknown("python-place-unknown", "", python)


# ---------------------------------------------------------------- which interpreter does this pip serve?


def pip_python(ask: Any, pip: str) -> Fact:
    """The interpreter that a pip program starts: known, or unknown with the reason.  Nothing is run."""
    if is_shim(ask, pip):
        return unknown("pip-is-a-shim", "", pip)
    found = _of_launcher(ask, pip) if ask.os == "windows" else _of_script(ask, ask.read(pip, 4096).text, pip)
    return known(found, pip) if found else unknown("pip-says-nothing", "", pip)


def _of_script(ask: Any, text: str, pip: str) -> str:
    """The interpreter in the first lines of a script, or ""."""
    words = shebang(text)
    if words is None:
        return ""
    if words and words[0] == "":  # relative to the script itself, as `uv venv --relocatable` writes it
        return str(ask.path.join(ask.path.dirname(ask.real(pip)), words[1]))
    if not words or not re.search(r"(?i)py|ython", ask.path.basename(words[0])):
        return ""
    if ask.path.isabs(words[0]):
        return str(words[0])
    for program in programs(ask, words[0]):  # `env python3`
        return program
    return ""


def shebang(text: str) -> Optional[List[str]]:
    """[interpreter] of a script that is written for Python; ["", name] when it stands beside the script; else None.

    >>> shebang("#!/opt/conda/bin/python -s\\n")
    ['/opt/conda/bin/python']
    >>> shebang("#!/usr/bin/env -S LANG=C python3 -I\\n")
    ['python3']
    >>> shebang("#!/bin/sh\\n'''exec' /a/very/long/path/python \\"$0\\" \\"$@\\"\\n' '''\\n")
    ['/a/very/long/path/python']
    >>> shebang("#!/bin/sh\\n'''exec' \\"/home/my work/bin/python3\\" \\"$0\\" \\"$@\\"\\n' '''\\n")
    ['/home/my work/bin/python3']
    >>> shebang("#!/bin/sh\\n'''exec' \\"$(dirname -- \\"$(realpath -- \\"$0\\")\\")\\"/'python3' \\"$0\\" \\"$@\\"\\n")
    ['', 'python3']
    >>> shebang("ELF")
    """
    lines = text.splitlines()
    if not lines or not lines[0].startswith("#!"):
        return None
    words = lines[0][2:].split()
    command = words[0].rsplit("/", 1)[-1] if words else ""
    if command == "env":
        return [word for word in words[1:] if not word.startswith("-") and "=" not in word][:1] or None
    if command not in ("sh", "bash", "dash", "zsh"):
        return words[:1] or None
    for line in lines[1:4]:
        match = re.match(r"""(?:'''exec'|["']exec["']|exec)\s+(.*)$""", line)
        if not match:
            continue
        rest = match.group(1)
        beside = re.match(r"""["'`]?.*dirname.*[/]["']?([\w.]+)["']?\s+"\$0\"""", rest)
        if beside:
            return ["", beside.group(1)]
        quoted = re.match(r"""(["'])(.+?)\1""", rest)
        return [quoted.group(2) if quoted else rest.split()[0]]
    return None


def _of_launcher(ask: Any, pip: str) -> str:
    """The interpreter that a launcher in Scripts starts, or "": what it says itself, else the Python beside it."""
    join, folder = ask.path.join, ask.path.dirname(pip)
    stem = ask.path.splitext(pip)[0]
    script = ask.read(stem + "-script.py", 4096).text  # conda's and old setuptools' launchers read this file
    told = launcher_target(script) or launcher_target(ask.tail(pip, 65536).text)
    if told:
        return told if ask.path.isabs(told) else str(ask.path.normpath(join(folder, told)))
    for place in (join(folder, "python.exe"), join(ask.path.dirname(folder), "python.exe")):
        if ask.is_file(place):
            return str(place)
    return ""


def launcher_target(tail: str) -> str:
    """The interpreter written at the end of a launcher of Windows: a shebang line before the zip, or ""."""
    found = re.findall(r"#!\s*(?:\"([^\"\r\n]{1,1000})\"|([^\r\n\"]{1,1000}?\.exe))[^\r\n]{0,200}\r?\n", tail)
    for quoted, plain in reversed(found):
        target = (quoted or plain).replace("<launcher_dir>\\", "")
        if re.search(r"(?i)py[^\\/]*\.exe$", target):
            return str(target)
    return ""
