"""Who may install into the patient: pip, uv or conda, and may anybody?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").  Whether pip is there is a distribution like any other.
"""

from typing import Any, Dict, List

from ..chart import Fact, Seen, absent, known, unknown
from ..environments import programs, variable
from ..patient import Patient

FACTS = {
    "installers.uv": "the uv that the user's shell would run",
    "installers.conda": "the conda, else mamba, else micromamba that the user's shell would run",
    "installers.ensurepip": "yes if the patient's Python can install pip out of itself",
    "installers.uv_project": "the folder of the uv project whose environment the patient is",
    "installers.writable": "yes if this user may write where pip would install to",
}

#: Programs that change a conda environment, the usual one first, each with the variable in which its shell function
#: keeps its path: `conda init` and `mamba shell init` put a function before the program.
_CONDA = (("conda", "CONDA_EXE"), ("mamba", ""), ("micromamba", "MAMBA_EXE"))
#: `test -w` is answered at once; a dead network disk is left behind after this many seconds (our choice).
_SECONDS = 2.0


def probe(patient: Patient, ask: Any) -> Seen:
    return Seen(
        {
            "installers.uv": _program(ask, "uv"),
            "installers.conda": _conda(ask),
            "installers.ensurepip": _ensurepip(patient, ask),
            "installers.uv_project": _uv_project(patient, ask),
            "installers.writable": _writable(patient, ask),
        }
    )


def _program(ask: Any, name: str) -> Fact:
    for program in programs(ask, name):
        return known(program, "PATH")
    return absent("PATH")


def _conda(ask: Any) -> Fact:
    for name, told_by in _CONDA:
        found = _program(ask, name)
        if found.value is not None:
            return found
        path = variable(ask, told_by) if told_by else ""
        if path and ask.is_file(path):
            return known(path, told_by)
    return absent("PATH")


def _ensurepip(patient: Patient, ask: Any) -> Fact:
    """Debian takes the module out of its Python, or leaves it without the wheels that it unpacks."""
    stdlib = patient.inside.get("stdlib")
    if not stdlib:
        return unknown(patient.trouble or "python-silent", patient.trouble_detail, patient.python)
    folder = ask.path.join(stdlib, "ensurepip")
    bundled = ask.names(ask.path.join(folder, "_bundled"))
    there = ask.is_file(ask.path.join(folder, "__main__.py")) and any(name.startswith("pip-") for name in bundled)
    return known("yes" if there else "no", folder)


def _uv_project(patient: Patient, ask: Any) -> Fact:
    """uv keeps a project's environment in .venv beside uv.lock, and makes it equal to the lock again at every sync."""
    folder = ask.path.dirname(patient.prefix.rstrip("/\\"))
    lock = ask.path.join(folder, "uv.lock")
    if patient.kind == "venv" and ask.path.basename(patient.prefix.rstrip("/\\")) == ".venv" and ask.is_file(lock):
        return known(folder, lock)
    return absent(lock)


def _writable(patient: Patient, ask: Any) -> Fact:
    """Asked of the system, which knows of owners, lists of rights and disks that are mounted read-only."""
    folders = _site_packages(patient, ask)
    if not folders:
        return unknown(patient.trouble or "python-silent", patient.trouble_detail, patient.python)
    if ask.os == "windows":  # there an attempt alone would tell, and nothing is attempted
        return unknown("nobody-looked", "", folders[0])
    for program in programs(ask, "test"):
        answer = ask.run([program, "-w", folders[0]], _SECONDS)
        if not answer.trouble and answer.status in (0, 1):
            return known("no" if answer.status else "yes", folders[0])
    return unknown("nobody-looked", "", folders[0])


def _site_packages(patient: Patient, ask: Any) -> List[str]:
    """The folders of the search path that packages are installed to, below the patient's own prefix."""
    inside: Dict[str, Any] = patient.inside
    below = ask.path.normcase(patient.prefix.rstrip("/\\")) + ask.path.sep
    return [
        folder
        for folder in inside.get("path") or []
        if ask.path.basename(folder.rstrip("/\\")) in ("site-packages", "dist-packages")
        and ask.path.normcase(folder).startswith(below)
    ]
