"""Which environment is to be examined, and why this one?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
"""

import re
import sys
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from .account import CANNOT_START, CRASHES, HANGS, SILENT, account_of
from .ask import DENIED
from .complaint import Complaint
from .environments import (
    conda_environments,
    conda_name,
    expanded,
    home,
    is_path,
    is_shim,
    is_store_alias,
    marked_prefix,
    prefix_of,
    programs,
    python_in,
    python_places,
    variable,
)

#: One try to question an interpreter is stopped after this many seconds (our choice; a cold start from a network
#: disk takes 1 to 3 s).
PYTHON_SECONDS = 10.0


class Patient(NamedTuple):
    """An environment that may be questioned but never entered.

    kind: "conda", "venv" or "system".  python: the interpreter's path as its user would type it.
    chosen_by: "--python", "--name", "CONDA_PREFIX", "VIRTUAL_ENV", "PATH" or "own".
    inside: what the interpreter said of itself (see inside.py); where it could not be asked, the same keys as far
    as files tell, and `trouble` says why ("" when it answered).
    project: the folder of the repository that will be run there, or "".
    """

    kind: str
    python: str
    prefix: str
    chosen_by: str
    name: str = ""
    inside: Dict[str, Any] = {}
    trouble: str = ""
    trouble_detail: str = ""
    project: str = ""
    passed_over: Tuple[str, ...] = ()


class PatientError(Complaint):
    """There is no such patient (sentences: texts/patient.py)."""

    area = "patient"


def find(
    ask: Any,
    python: Optional[str] = None,
    name: Optional[str] = None,
    project: str = "",
    own: Optional[str] = sys.executable,
    seconds: float = PYTHON_SECONDS,
) -> Patient:
    """The environment that the user means.  Raises PatientError for a mistake of the user's.

    python: an interpreter, the folder of an environment, or a command on PATH.  name: a conda environment.
    Neither: CONDA_PREFIX, VIRTUAL_ENV, the `python` of PATH, the doctor's own interpreter `own`, in this order.
    seconds: the time limit of one try to question the interpreter; there are at most two.
    """
    if python is not None and name is not None:
        raise PatientError("python-and-name")
    if python is not None:
        choices = [("--python", python, _interpreter(ask, python))]
    elif name is not None:
        prefix, others = _environment(ask, name)
        found = python_in(ask, prefix)
        if not found:
            raise _no_python(ask, prefix)
        patient = _question(ask, found, "--name", own or "", seconds)
        return patient._replace(project=project, passed_over=tuple("--name=" + other for other in others))
    else:
        choices = list(_candidates(ask, own or ""))
    passed_over: List[str] = []
    for chosen_by, shown, found in choices:
        if found:
            try:
                patient = _question(ask, found, chosen_by, own or "", seconds)
                return patient._replace(project=project, passed_over=tuple(passed_over))
            except PatientError:
                if python is not None:
                    raise
        passed_over.append("{}={}".format(chosen_by, shown))
    raise PatientError("nothing-found", tried=", ".join(passed_over) or "-")


_PROJECT_FILES = ("requirements.txt", "environment.yml", "environment.yaml", "pyproject.toml", "setup.py", "setup.cfg")


def project_here(ask: Any) -> str:
    """The current folder when it looks like a repository, else "".  A home folder and a root never do."""
    here = ask.here()
    if ask.real(here) in (ask.real(home(ask)), ask.real(ask.path.dirname(here))):
        return ""
    names = ask.names(here)
    looks = any(name in _PROJECT_FILES or name.endswith((".py", ".ipynb")) for name in names)
    return here if looks and "pyvenv.cfg" not in names and "conda-meta" not in names else ""


def _candidates(ask: Any, own: str) -> Iterator[Tuple[str, str, str]]:
    """(chosen_by, what was named, the interpreter or "") in the order of preference."""
    for variable_name in ("CONDA_PREFIX", "VIRTUAL_ENV"):
        prefix = variable(ask, variable_name)
        if prefix:
            yield variable_name, prefix, python_in(ask, prefix)
    for command in ("python", "python3"):
        for program in programs(ask, command):
            if is_store_alias(ask, program):
                yield "PATH", program, ""
                continue
            yield "PATH", program, program
            break
    if own:
        yield "own", own, own


def _interpreter(ask: Any, text: str) -> str:
    """The interpreter that `--python TEXT` means."""
    path = expanded(ask, text) if text else ""
    is_folder = bool(path) and ask.is_dir(path)
    if is_folder:
        found = python_in(ask, path)
        if found:
            return found
    bare = not is_path(ask, text)
    if bare and text:
        for program in programs(ask, text):
            if not is_store_alias(ask, program):
                return program
    if is_folder:
        raise _no_python(ask, path)
    for candidate in [path, path + ".exe"] if ask.os == "windows" else [path]:
        if path and ask.is_file(candidate):
            return candidate
    if path and ask.link(path):
        raise PatientError("python-link-broken", path=path, target=ask.link(path))
    if ask.trouble(path) == DENIED:
        raise PatientError("python-denied", path=path)
    raise PatientError("python-command-missing" if bare else "python-missing", path=text)


def _no_python(ask: Any, prefix: str) -> PatientError:
    for place in python_places(ask):
        path = ask.path.join(prefix, place)
        if ask.link(path):
            return PatientError("python-link-broken", path=path, target=ask.link(path))
    if ask.trouble(prefix) == DENIED:
        return PatientError("python-denied", path=prefix)
    return PatientError("folder-without-python", path=prefix, looked=", ".join(python_places(ask)))


def _environment(ask: Any, name: str) -> Tuple[str, List[str]]:
    """The prefix that `--name NAME` means, and the others of the same name."""
    if is_path(ask, name):
        prefix = expanded(ask, name)
        if not ask.is_dir(prefix):
            raise PatientError("python-missing", path=name)
        return prefix, []
    every = conda_environments(ask)
    wanted = "base" if name == "root" else name
    fits = [prefix for known, prefix in every if ask.path.normcase(known) == ask.path.normcase(wanted)]
    if fits:
        return fits[0], fits[1:]
    if not every:
        raise PatientError("no-environments", name=name)
    import difflib

    names = list(dict.fromkeys(known for known, _ in every))
    folded = {known.lower(): known for known in names}
    near = [folded[match] for match in difflib.get_close_matches(name.lower(), list(folded), 3)]
    if near:
        raise PatientError("environment-unknown-near", name=name, count=len(every), near=", ".join(near))
    raise PatientError("environment-unknown", name=name, count=len(every))


_PYTHON_NAME = re.compile(r"(?i)py|ython")
_NO_ACCOUNT = {
    HANGS: "python-hangs",
    CRASHES: "python-crashes",
    SILENT: "not-a-python",
    CANNOT_START: "python-cannot-start",
}


def _question(ask: Any, python: str, chosen_by: str, own: str, seconds: float) -> Patient:
    """The patient behind an interpreter.  Raises PatientError when it neither answers nor is known by its files."""
    if not _PYTHON_NAME.search(ask.path.basename(python)) and not _PYTHON_NAME.search(
        ask.path.basename(ask.real(python))
    ):
        raise PatientError("not-a-python", path=python)  # text for Python must not be handed to just any program
    account, trouble, detail = account_of(ask, python, own, seconds)
    if not account:
        raise PatientError(_NO_ACCOUNT[trouble], path=python, detail=detail or "-")
    if not trouble and account.get("executable") and _is_wrapper(ask, python):
        python = account["executable"]
    base = account.get("base_prefix", "")
    prefix = marked_prefix(ask, python) or account.get("prefix") or prefix_of(ask, python)
    kind, name = "system", ""
    if ask.is_dir(ask.path.join(prefix, "conda-meta")):
        kind, name = "conda", conda_name(ask, prefix)
    elif ask.is_file(ask.path.join(prefix, "pyvenv.cfg")) or _is_old_virtualenv(ask, prefix, base, account):
        kind, name = "venv", ask.path.basename(prefix.rstrip("/\\"))
    return Patient(kind, python, prefix, chosen_by, name, account, trouble, detail)


def _is_wrapper(ask: Any, python: str) -> bool:
    """Is this a script or launcher that starts an interpreter elsewhere, rather than an interpreter?"""
    name = ask.path.basename(python).lower()
    if name in ("py", "py.exe", "pyw.exe") or name.endswith((".bat", ".cmd")) or is_shim(ask, python):
        return True
    return bool(ask.read(python, 2).text == "#!")


def _is_old_virtualenv(ask: Any, prefix: str, base: str, account: Mapping[str, Any]) -> bool:
    if base and ask.path.normcase(base) != ask.path.normcase(prefix):
        return True
    stdlib = account.get("stdlib", "")
    return bool(stdlib) and ask.is_file(ask.path.join(stdlib, "orig-prefix.txt"))
