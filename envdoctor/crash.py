"""How did a command end, and what do its last words mean?"""

from __future__ import annotations

import io
import signal
from dataclasses import dataclass, replace
from typing import Any, Sequence

from . import explain
from .chart import known
from .complaint import Complaint
from .diagnose import EXPECT
from .explaining.excerpt import excerpt
from .explaining.generic import NOTHING
from .prescribe import prescribe
from .report import Report
from .rulebook import Rulebook

#: Signals that somebody sends on purpose: no crash.
_MEANT = frozenset(["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGQUIT"])
#: What a shell prints for a signal, and what the signatures know.
_WORDS = {
    "SIGKILL": "Killed",
    "SIGSEGV": "Segmentation fault (core dumped)",
    "SIGBUS": "Bus error (core dumped)",
    "SIGABRT": "Aborted (core dumped)",
    "SIGILL": "Illegal instruction (core dumped)",
    "SIGFPE": "Floating point exception (core dumped)",
}
#: Where Linux counts the processes that it has ended for lack of memory: for this group of processes, and for all.
_COUNTS = (("/sys/fs/cgroup/memory.events", "oom_kill"), ("/proc/vmstat", "oom_kill"))


@dataclass(frozen=True)
class Crash:
    """status: the exit code as a shell tells it.  name: the signal, "" where there was none.

    starved: the system has ended a process for lack of memory meanwhile.
    """

    status: int
    name: str = ""
    starved: bool = False

    @property
    def meant(self) -> bool:
        """Did somebody end it on purpose?"""
        return self.name in _MEANT


def starvations(ask: Any) -> int:
    """How many processes the system has ended for lack of memory so far; 0 where nothing tells."""
    count = 0
    for path, key in _COUNTS:
        for line in ask.read(path, 65536).text.splitlines():
            words = line.split()
            if words[:1] == [key] and words[1:2] and words[1].isdigit():
                count = max(count, int(words[1]))
    return count


def crash(status: int, starved: bool = False) -> Crash:
    """
    >>> crash(1), crash(137).name, crash(130).meant
    (Crash(status=1, name='', starved=False), 'SIGKILL', True)
    """
    name = ""
    if status > 128:
        try:
            name = signal.Signals(status - 128).name
        except ValueError:
            name = ""
    return Crash(status, name, starved and name == "SIGKILL")


def explained(crash: Crash, words: bytes, report: Report, book: Rulebook) -> Report:
    """The report on the last words.  report: what a check of the environment has found in which they were written."""
    lines = _lines(words)
    if crash.name in _WORDS:
        lines.append(_WORDS[crash.name])
    chart = report.chart.with_facts({EXPECT: known(report.expect)})
    found = tuple(one for one in explain.of_lines(lines, chart, book) if one.rule not in NOTHING)
    return replace(report, findings=found, plan=prescribe(report.chart, found))


def _lines(words: bytes) -> list[str]:
    try:
        return excerpt(io.BytesIO(words)) if words.strip() else []
    except Complaint:  # no text: whatever the command wrote there, it was not meant for people
        return []


def quoted(words: Sequence[str]) -> str:
    """The command, short enough for a sentence."""
    text = " ".join(words).replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"
