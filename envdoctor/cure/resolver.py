"""Which versions, all together, do uv or pip find for an environment, or for a Python and a platform?

Their solving, not ours: this file writes their arguments and reads their answers.  Nothing is installed.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Any, Mapping, Tuple

from .. import versions
from ..chart import canonical
from .surroundings import for_solving, places_for_uv

#: A resolution is stopped after this many seconds (our choice: sources that must be built to tell what they need).
SECONDS = 240.0
#: The first pip that tells what it would install (`--dry-run --report`, pip's changelog of 22.2).
PIP_REPORTS = "22.2"

#: What is read of pip's report, in bytes: it holds the whole metadata of everything that would come.
REPORT_BYTES = 50000000

NO_RESOLVER, CONFLICT, TIMEOUT, FAILED = "no-resolver", "conflict", "timeout", "failed"


@dataclass(frozen=True)
class Question:
    """requirements: what must hold, as pip takes it.  constraints: what must hold of whatever comes.

    python: an interpreter.  Without `version` the question is about its environment: what is installed is kept where
    nothing speaks against it, and `installed` (canonical name -> version) says what that is.
    version: "3.7" and platform: "linux", "windows" or "macos", where it is about another machine or a new environment.
    prefer: versions to choose where nothing speaks against them.
    wheels_only: distributions that must not be built from source (those that need a compiler).
    indexes: index pages that are looked at beside the configured ones (that of PyTorch, for CUDA builds).
    """

    requirements: Tuple[str, ...]
    constraints: Tuple[str, ...] = ()
    python: str = ""
    installed: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    platform: str = ""
    prefer: Mapping[str, str] = field(default_factory=dict)
    wheels_only: Tuple[str, ...] = ()
    indexes: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolution:
    """pins: canonical name -> version of everything that is there afterwards.

    solver: "uv 0.9.1" or "pip 24.0"; "" where there is none.
    trouble: "" or why there is no answer: "no-resolver", "conflict", "timeout", "failed"; `log` is what the resolver
    said, in its own words.
    """

    pins: Mapping[str, str]
    solver: str = ""
    trouble: str = ""
    log: str = ""


class Resolver:
    """uv where it is found, else the pip (22.2 or newer) of the question's Python; asked once what they are."""

    def __init__(self, ask: Any, seconds: float = SECONDS) -> None:
        self._ask, self._seconds = ask, seconds
        self.uv = find_uv(ask)
        self._versions: dict[tuple[str, ...], str] = {}
        self._environs: dict[str, dict[str, str]] = {}

    def __call__(self, question: Question) -> Resolution:
        with tempfile.TemporaryDirectory(prefix="envdoctor-") as folder:
            if self.uv:
                return self._by_uv(question, folder)
            pip = "" if question.version else self._version(question.python, "-m", "pip")
            if pip and versions.compare(pip, ">=", PIP_REPORTS):
                return self._by_pip("pip " + pip, question, folder)
        return Resolution({}, trouble=NO_RESOLVER)

    def _version(self, *command: str) -> str:
        if command not in self._versions and command[0]:
            words = self._ask.run([*command, "--version"]).out.split()
            self._versions[command] = words[1] if words[:1] in (["pip"], ["uv"]) else ""
        return self._versions.get(command, "")

    def _environ(self, python: str) -> dict[str, str]:
        if python not in self._environs:
            places = places_for_uv(self._ask, python) if self.uv else {}
            self._environs[python] = {**for_solving(self._ask.environ), **places}
        return self._environs[python]

    def _by_uv(self, question: Question, folder: str) -> Resolution:
        solver = "uv " + self._version(self.uv)
        wanted = _written(folder, "requirements.txt", question.requirements)
        arguments = ["-r", wanted] if not question.version else [wanted]
        if question.constraints:
            arguments += ["-c", _written(folder, "constraints.txt", question.constraints)]
        for name in question.wheels_only:
            arguments += ["--only-binary", name]
        for index in question.indexes:
            arguments += ["--index", index]
        if question.version:
            # What stands in the output file already is preferred.
            out = _written(folder, "solved.txt", [f"{name}=={version}" for name, version in question.prefer.items()])
            where = ["--python-version", question.version, "--output-file", out]
            where += ["--python-platform", question.platform] if question.platform else []
            where += ["--python", question.python] if question.python else []
            command = [self.uv, "pip", "compile", "--no-header", "--no-annotate", "--quiet", *where, *arguments]
        else:
            command = [self.uv, "pip", "install", "--dry-run", "--python", question.python, *arguments]
        answer = self._ask.run(command, seconds=self._seconds, environ=self._environ(question.python or sys.executable))
        trouble = _trouble(answer)
        if trouble:
            return Resolution({}, solver, trouble, answer.err)
        if question.version:
            return Resolution(_compiled(self._ask.read(out).text), solver)
        return Resolution({**question.installed, **dict(_dry_run(answer.err))}, solver, log=answer.err)

    def _by_pip(self, solver: str, question: Question, folder: str) -> Resolution:
        report = os.path.join(folder, "report.json")
        arguments = ["-r", _written(folder, "requirements.txt", question.requirements)]
        if question.constraints:
            arguments += ["-c", _written(folder, "constraints.txt", question.constraints)]
        if question.wheels_only:
            arguments += ["--only-binary", ",".join(question.wheels_only)]
        for index in question.indexes:
            arguments += ["--extra-index-url", index]
        command = [question.python, "-m", "pip", "install", "--dry-run", "--quiet", "--report", report, *arguments]
        answer = self._ask.run(command, seconds=self._seconds, environ=self._environ(""))
        trouble = _trouble(answer)
        if trouble:
            return Resolution({}, solver, trouble, answer.err or answer.out)
        entries = json.loads(self._ask.read(report, REPORT_BYTES).text or "{}").get("install", ())
        coming = {canonical(entry["metadata"]["name"]): str(entry["metadata"]["version"]) for entry in entries}
        return Resolution({**question.installed, **coming}, solver, log=answer.err)


def resolve(question: Question, ask: Any) -> Resolution:
    """One question alone."""
    return Resolver(ask)(question)


def find_uv(ask: Any) -> str:
    """uv on PATH, beside the doctor's own interpreter, or where its installer puts it; "" where there is none."""
    found: str = ask.which("uv")
    name = "uv.exe" if ask.os == "windows" else "uv"
    home = ask.environ.get("USERPROFILE" if ask.os == "windows" else "HOME", "")
    places = [ask.path.dirname(sys.executable), *(ask.path.join(home, *way) for way in _UV_PLACES if home)]
    others = (ask.path.join(folder, name) for folder in places)
    return found or next((place for place in others if ask.is_file(place)), "")


_UV_PLACES = ((".local", "bin"), (".cargo", "bin"))


# ---------------------------------------------------------------- uv

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)", re.M)
_COMING = re.compile(r"^ [+~] ([A-Za-z0-9][\w.-]*)==(\S+)", re.M)


def _compiled(text: str) -> dict[str, str]:
    r"""
    >>> _compiled("h5py==2.10.0\n    # via x\nnumpy==1.19.5 ; python_version < '3.8'\n")
    {'h5py': '2.10.0', 'numpy': '1.19.5'}
    """
    return {canonical(name): version for name, version in _PIN.findall(text)}


def _dry_run(text: str) -> list[tuple[str, str]]:
    r"""
    >>> _dry_run("Would install 1 package\n - h5py==3.8.0\n + h5py==2.10.0\n ~ Mock==1.0 (from file:///x)\n")
    [('h5py', '2.10.0'), ('mock', '1.0')]
    """
    return [(canonical(name), version) for name, version in _COMING.findall(text)]


# ---------------------------------------------------------------- both


def _written(folder: str, name: str, lines: Any) -> str:
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))
    return path


_CONFLICTS = ("No solution found", "ResolutionImpossible", "No matching distribution", "Could not find a version")


def _trouble(answer: Any) -> str:
    if answer.trouble == "timeout":
        return TIMEOUT
    if answer.status == 0:
        return ""
    said = answer.err + answer.out
    return CONFLICT if any(phrase in said for phrase in _CONFLICTS) else FAILED
