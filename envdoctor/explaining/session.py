"""How does an explanation go, from the lines of a log to a report?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Sequence

from .. import __version__, consult, explain
from ..assume import assume
from ..chart import KNOWN, Chart, known
from ..conclusions import derive
from ..diagnose import EXPECT, is_ignored
from ..prescribe import prescribe
from ..report import Report
from ..rulebook import Rulebook
from . import tracebacks

#: Programs tell when they start where they run, and people paste reports below a log; the middle of it has neither.
_HEAD, _TAIL = 1500, 1500
#: Facts of which a log and a machine must not have different ones, else the log is another machine's.
_TELLING = ("os", "python", "torch", "tensorflow", "keras", "numpy")


def run(lines: Sequence[str], request: consult.Request, ask: Any, book: Rulebook) -> Report:
    """The report on a log: its errors, judged by the facts of the machine that it came from.  Raises Complaint."""
    chart = derive(_chart(lines, request, ask, book), book.tables).with_facts({EXPECT: known(request.expect)})
    found = explain.of_lines(lines, chart, book)
    found = tuple(one for one in found if not is_ignored(one.rule, request.ignore))
    return Report(
        chart=chart,
        findings=found,
        plan=prescribe(chart, found),
        ignored=request.ignore,
        expect=request.expect,
        verbose=request.verbose,
        ignored_reasons=request.ignored_reasons,
    )


def _chart(lines: Sequence[str], request: consult.Request, ask: Any, book: Rulebook) -> Chart:
    """The patient's facts; where the log plainly comes from another machine, the facts that the log itself has."""
    printed = facts_of(lines, book.tables)
    if not request.probe:
        return assume(printed, request.assumptions) if request.assumptions else printed
    seen = consult.see(replace(request, assumptions=()), ask)
    chart = seen if _agree(printed, seen) else printed._replace(patient={**printed.patient, "chosen_by": "log"})
    return assume(chart, request.assumptions) if request.assumptions else chart


def facts_of(lines: Sequence[str], tables: Mapping[str, Any]) -> Chart:
    """What the lines themselves say of the environment that they come from."""
    from ..intake import paste

    told = lines if len(lines) <= _HEAD + _TAIL else [*lines[:_HEAD], *lines[-_TAIL:]]
    chart = paste.read("\n".join(told), tables).chart
    python = next(filter(None, map(tracebacks.python_of, tracebacks.find(lines))), "")
    if python and chart.fact("python").state != KNOWN:
        chart = chart.with_facts({"python": known(python, "traceback")})
    return chart._replace(patient={**chart.patient, "kind": "paste", "chosen_by": "log"}, doctor=__version__)


def _agree(printed: Chart, seen: Chart) -> bool:
    return all(_alike(printed, seen, name) for name in _TELLING)


def _alike(printed: Chart, seen: Chart, name: str) -> bool:
    one, other = printed.fact(name), seen.fact(name)
    if one.state != KNOWN or other.state != KNOWN:
        return True
    first, second = str(one.value).split("+")[0].split("."), str(other.value).split("+")[0].split(".")
    return first[:2] == second[:2]
