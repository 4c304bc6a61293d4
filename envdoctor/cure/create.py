"""How does a recipe become an environment, which is tried before anybody is told that it is there?

Only what was not there before is touched: a new or empty folder, or a name that conda does not have.  What could not
be finished is taken away again; what is finished and does not pass its trial is kept, for somebody may mend it (a
library of the system that is missing, mostly).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from ..ask import Answer
from ..complaint import Complaint
from ..environments import conda_environments, programs, python_in
from ..report import Finding
from ..words import say
from . import recipe_files
from .install_log import cause_of
from .recipe import Recipe
from .resolver import find_uv
from .surroundings import for_installing, places_for_uv

#: An installation is stopped after this many seconds (our choice: gigabytes over a slow line).
SECONDS = 3600.0
#: Imports of a framework on a busy machine with a cold disk.
_IMPORT_SECONDS = 300.0
_CONDAS = ("conda", "mamba", "micromamba")

Tell = Callable[..., None]
#: The interpreter of the new environment -> the errors that the rules find there.
Examine = Callable[[str], Sequence[Finding]]


class CreateError(Complaint):
    """No environment can be made as it was asked for (sentences: texts/plan.py)."""

    area = "plan"


class CannotCreate(CreateError):
    """The environment could not be made, and nobody has asked for anything wrong."""

    status = 3


@dataclass(frozen=True)
class Made:
    """place: the folder or name.  python: its interpreter.  modules: what was imported in it."""

    place: str
    python: str
    modules: tuple[str, ...]
    activate: str


# ---------------------------------------------------------------- before anything is done


def check_folder(folder: str, ask: Any) -> str:
    """The folder as a full path, if an environment may be made there.  Raises CreateError."""
    if not folder:
        raise CreateError("no-folder-named")
    path = os.path.abspath(os.path.expanduser(folder))
    if ask.is_dir(path) and not ask.trouble(path) and not ask.names(path):
        return path
    trouble = ask.trouble(path)
    if trouble != "missing":
        raise CreateError("folder-not-empty", folder=folder)
    above = os.path.dirname(path)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above) or not os.access(above, os.W_OK):
        problem = os.strerror(errno.EACCES if os.path.isdir(above) else errno.ENOTDIR)
        raise CreateError("folder-cannot-be-made", folder=folder, problem=problem)
    return path


def check_name(name: str, ask: Any) -> str:
    """The program that makes conda environments, if this name is free.  Raises CreateError."""
    if not name or name.startswith("-") or any(sign in name for sign in "/\\ :#"):
        raise CreateError("not-a-name", name=name)
    for known, prefix in conda_environments(ask):
        if ask.path.normcase(known) == ask.path.normcase(name):
            raise CreateError("name-taken", name=name, prefix=prefix)
    told = ask.environ.get("CONDA_EXE", "")
    found = [told] if told and ask.is_file(told) else []
    found += [path for path in map(ask.which, _CONDAS) if path]
    if not found:
        raise CannotCreate("no-conda-here")
    return str(found[0])


def interpreter(version: str, ask: Any) -> str:
    """An interpreter of this version (3.7) on this machine, "" where there is none."""
    names = [f"python{version}", "python3", "python"]
    found = [path for name in names for path in programs(ask, name)]
    home = ask.environ.get("USERPROFILE" if ask.os == "windows" else "HOME", "")
    root = ask.path.join(ask.environ.get("PYENV_ROOT") or ask.path.join(home, ".pyenv"), "versions")
    found += [python_in(ask, ask.path.join(root, name)) for name in ask.names(root) if name.startswith(version + ".")]
    for path in filter(None, dict.fromkeys(found)):
        if _version(path, ask) == version:
            return str(path)
    if ask.os == "windows" and ask.which("py"):
        said = ask.run([ask.which("py"), f"-{version}", "-c", "import sys; print(sys.executable)"])
        if said.status == 0:
            return str(said.out.strip())
    return ""


def _version(python: str, ask: Any) -> str:
    said = ask.run([python, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"])
    return str(said.out.strip()) if said.status == 0 else ""


# ---------------------------------------------------------------- the work


class _Work:
    """Steps with one log; what fails is told with its cause, and what was made is taken away."""

    def __init__(self, ask: Any, tell: Tell, lang: str) -> None:
        self.ask, self.tell, self.lang = ask, tell, lang
        self.environ = for_installing({**ask.environ, **places_for_uv(ask, sys.executable)})
        handle, self.log = tempfile.mkstemp(prefix="envdoctor-plan-", suffix=".log")
        os.close(handle)

    def run(self, step: str, command: Sequence[str], seconds: float = SECONDS, kept: str = "", **words: Any) -> Answer:
        """kept: the environment, where it is there already.  Raises CreateError."""
        self.tell(step, **words)
        answer: Answer = self.ask.run(list(command), seconds=seconds, limit=20000000, environ=self.environ)
        with open(self.log, "a", encoding="utf-8") as file:
            file.write("$ " + " ".join(command) + "\n" + answer.out + answer.err + "\n")
        if answer.status != 0 or answer.trouble:
            raise self.failed(step, self._cause(command, answer, seconds), kept, **words)
        return answer

    def _cause(self, command: Sequence[str], answer: Answer, seconds: float) -> str:
        if answer.trouble == "timeout":
            return say("plan.cause-timeout", self.lang, minutes=int(seconds // 60))
        tool = os.path.splitext(os.path.basename(command[0]))[0]
        said = cause_of(answer.out + "\n" + answer.err, answer.status, "pip" if "python" in tool else tool)
        return said[self.lang]

    def failed(self, step: str, cause: str, kept: str = "", **words: Any) -> CannotCreate:
        told = say(f"plan.step-{step}", self.lang, **words)
        why = "create-failed-kept" if kept else "create-failed"
        return CannotCreate(why, step=told, cause=cause, log=self.log, place=kept)

    def done(self) -> None:
        os.unlink(self.log)


def create_venv(recipe: Recipe, folder: str, ask: Any, tell: Tell, lang: str, examine: Examine) -> Made:
    """A virtual environment in a folder that is new or empty.  Raises CreateError."""
    path = check_folder(folder, ask)
    uv, own = find_uv(ask), interpreter(recipe.python, ask)
    if not own and not uv:
        ways = f"uv venv --python {recipe.python}\n  conda create -n env python={recipe.python}"
        raise CannotCreate("no-python-here", python=recipe.python, ways=ways)
    existed = ask.is_dir(path)
    work = _Work(ask, tell, lang)
    try:
        if uv:
            command = [uv, "venv", "--seed", "--python", own or recipe.python, path]
        else:
            command = [own, "-m", "venv", path]
        work.run("environment", command, python=recipe.python)
        python = python_in(ask, path)
        _install(work, recipe, python, [uv, "pip", "install", "--python", python] if uv else [])
    except BaseException:
        _take_away(path, existed)
        raise
    modules = _tried(work, recipe, python, path, examine)
    work.done()
    windows = ask.os == "windows"
    activate = (
        ask.path.join(path, "Scripts", "activate") if windows else "source " + ask.path.join(path, "bin", "activate")
    )
    return Made(path, python, modules, activate)


def create_conda(recipe: Recipe, name: str, ask: Any, tell: Tell, lang: str, examine: Examine) -> Made:
    """A conda environment of a new name.  Raises CreateError."""
    conda = check_name(name, ask)
    work = _Work(ask, tell, lang)
    try:
        create = [conda, "create", "-y", "-n", name, f"python={recipe.python}", "pip"]
        work.run("environment", create, python=recipe.python)
        prefix = next((prefix for known, prefix in conda_environments(ask) if known == name), "")
        python = python_in(ask, prefix) if prefix else ""
        if not python:
            raise work.failed("environment", f"conda: {name}?", python=recipe.python)
        _install(work, recipe, python, [])
    except BaseException:
        ask.run([conda, "env", "remove", "-y", "-n", name], seconds=SECONDS)
        raise
    modules = _tried(work, recipe, python, name, examine)
    work.done()
    return Made(name, python, modules, f"conda activate {name}")


def _install(work: _Work, recipe: Recipe, python: str, by_uv: Sequence[str]) -> None:
    if not recipe_files.pinned(recipe):
        return
    with tempfile.TemporaryDirectory(prefix="envdoctor-") as folder:
        wanted = os.path.join(folder, "requirements.txt")
        with open(wanted, "w", encoding="utf-8") as file:
            file.write(recipe_files.requirements(recipe))
        command = [*by_uv, "-r", wanted] if by_uv else [python, "-m", "pip", "install", "-r", wanted]
        work.run("install", command, number=len(recipe_files.pinned(recipe)))


#: Runs in the new environment: which of these modules cannot be imported, and why?
_IMPORTS = """
import importlib, json, sys
failed = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed[name] = type(error).__name__ + ": " + str(error)
print("\\n" + json.dumps(failed))
"""


def modules_of(recipe: Recipe) -> tuple[str, ...]:
    """The modules from outside that the project's scripts need, as far as their distributions are in the recipe."""
    own = set(recipe.chart.value("project.modules") or {})
    imports = [name for name in recipe.chart.value("project.imports") or {} if name not in own]
    return tuple(imports)


def _tried(work: _Work, recipe: Recipe, python: str, place: str, examine: Examine) -> tuple[str, ...]:
    """What the repository imports, imported in the new environment, and what the rules say.  Raises CreateError."""
    modules = modules_of(recipe)
    if modules:
        # A library may print while it is loaded, so ours is the last line.
        answer = work.run("verify", [python, "-c", _IMPORTS, *modules], _IMPORT_SECONDS, place)
        failed = json.loads(answer.out.strip().splitlines()[-1])
        if failed:
            told = "; ".join(f"{name} ({why.splitlines()[0]})" for name, why in failed.items())
            raise work.failed("verify", say("plan.cause-imports", work.lang, modules=told), place)
    work.tell("examine")
    expected = {found.rule for found in recipe.findings}
    errors = [found.title[work.lang] for found in examine(python) if found.rule not in expected]
    if errors:
        raise work.failed("examine", say("plan.cause-findings", work.lang, titles="; ".join(errors)), place)
    return modules


def _take_away(path: str, existed: bool) -> None:
    """What this call has made: the folder, or all that is in one that was empty."""
    if not existed:
        shutil.rmtree(path, ignore_errors=True)
        return
    for name in os.listdir(path):
        inner = os.path.join(path, name)
        if os.path.isdir(inner) and not os.path.islink(inner):
            shutil.rmtree(inner, ignore_errors=True)
        else:
            os.unlink(inner)
