"""Which running process does a script's name mean?"""

from __future__ import annotations

import os
import re
from typing import Any, Iterable

import psutil

from ..complaint import Complaint
from .evidence import short_command
from .processes import witness_of


def running(name: str) -> int:
    """The PID of the one process, or the first of one family, that runs a script or program of this name.

    Raises Complaint where there is none, or several that do not belong together.
    """
    own = _with_parents(os.getpid())
    found = {
        int(process.pid): int(process.info["ppid"] or 0)
        for process in psutil.process_iter(["ppid", "name", "cmdline"])
        if process.pid not in own and fits(name, process.info["name"] or "", process.info["cmdline"] or ())
    }
    heads = [pid for pid, parent in found.items() if not _has_ancestor(parent, found)]
    if not heads:
        raise Complaint("gpu-nothing-runs", name=name)
    if len(heads) > 1:
        raise Complaint("gpu-several-run", name=name, number=len(heads), pids=", ".join(map(str, sorted(heads)[:8])))
    return heads[0]


def fits(name: str, program: str, command: Iterable[str]) -> bool:
    """Whether a process is called so, or one of its words is a file of this name.

    >>> fits("train.py", "python3.7", ["python", "/home/li/yolo/train.py", "--lr", "1"]), fits("train", "python", ["a"])
    (True, False)
    """
    return program == name or any(re.split(r"[\\/]", word)[-1] == name for word in command)


def _with_parents(pid: int) -> set[int]:
    """We, and the shell that has the name on its command line."""
    try:
        return {pid, *(parent.pid for parent in psutil.Process(pid).parents())}
    except psutil.Error:
        return {pid}


def _has_ancestor(parent: int, found: dict[int, int]) -> bool:
    """Whether a process descends from one that was found, too."""
    try:
        return parent in found or any(one.pid in found for one in psutil.Process(parent).parents())
    except psutil.Error:
        return False


def described(pid: int, ask: Any) -> str:
    """What a process is called in a sentence."""
    return short_command(witness_of(pid, ask))
