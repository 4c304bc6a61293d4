"""How does a consultation go, from the words of a command line to a report?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping

from . import __version__, probes
from .assume import PRESUMED, assume
from .chart import KIND, VARIABLES, Chart, ChartError, from_json
from .conclusions import derive
from .diagnose import diagnose
from .patient import find
from .prescribe import prescribe
from .report import Report
from .rulebook import Rulebook

if TYPE_CHECKING:
    from .config import Config


@dataclass(frozen=True)
class Request:
    """Who is to be examined, and how; the fields are the options of the command line, or the repository's settings.

    ignored_reasons: rules that the settings ignore -> why.  config: these settings, where there are any.
    """

    python: str | None = None
    name: str | None = None
    chart_text: str | None = None
    assumptions: tuple[str, ...] = ()
    probe: bool = True
    project: str = ""
    expect: str = "any"
    ignore: tuple[str, ...] = ()
    verbose: bool = False
    strict: bool = False
    #: Which environment of a pasted text that speaks of several is meant (1: the first); 0: the one that it is about.
    environment: int = 0
    ignored_reasons: Mapping[str, str] = field(default_factory=dict)
    config: Config | None = None


def see(request: Request, ask: Any) -> Chart:
    """The chart of the patient: read from text, or taken by the probes.  Raises Complaint."""
    if request.chart_text is not None:
        chart = read_chart(request.chart_text, request.environment)
        chart = chart._replace(patient={**chart.patient, "chosen_by": "--from"})
    elif request.probe:
        patient = find(ask, python=request.python, name=request.name, project=request.project)
        chart = probes.examine(patient, ask)
    else:
        chart = Chart(
            {"kind": "assumed", "chosen_by": "--assume"}, PRESUMED, frozenset([VARIABLES]), doctor=__version__
        )
    return assume(chart, request.assumptions) if request.assumptions else chart


def judge(chart: Chart, book: Rulebook, request: Request) -> Report:
    """The report on a chart.  Raises ChartError for one that somebody handed in and whose facts have no sense."""
    try:
        return _judge(chart, book, request)
    except (TypeError, AttributeError, KeyError, IndexError, ValueError):
        if request.chart_text is None:
            raise  # a fault of ours
        raise ChartError("damaged", key="facts") from None


def _judge(chart: Chart, book: Rulebook, request: Request) -> Report:
    chart = derive(chart, book.tables)
    findings, doubts = diagnose(chart, book, request.expect, request.ignore)
    return Report(
        chart=chart,
        findings=findings,
        doubts=doubts,
        plan=prescribe(chart, findings),
        ignored=request.ignore,
        expect=request.expect,
        verbose=request.verbose,
        ignored_reasons=request.ignored_reasons,
    )


def read_chart(text: str, environment: int = 0) -> Chart:
    """The chart that a text is, or else what a pasted text says.  Raises ChartError, IntakeError."""
    data: Any = None
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            data = json.loads(text.lstrip("\ufeff"))
        except ValueError:
            if f'"{KIND}"' in text:
                raise ChartError("damaged", key="JSON") from None
    if isinstance(data, dict):
        inner = data.get("chart")  # a report in JSON holds its chart
        return from_json(inner if isinstance(inner, dict) and "kind" not in data else data)
    from .intake.told import chart_of

    return chart_of(text, environment)
