"""Which environment is to be examined, and why this one?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
"""
from typing import Any, Dict, NamedTuple, Tuple


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
