"""What does a renderer get to see?  Frozen records; everything in them is already decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Tuple

from .chart import Chart

#: Text in every language of the house: {"en": …, "zh": …}, placeholders filled.
Words = Mapping[str, str]

SEVERITIES = ("error", "warning", "info")
CERTAINTIES = ("certain", "likely", "possible")
#: The order in which the report speaks of the patient, and the only areas that a rule may belong to.
AREAS = ("gpu", "driver", "cuda", "cudnn", "frameworks", "packages", "environment", "project")
#: What a fault stops, worst first: an earlier stage hides the later ones, so it is named before them.
STAGES = ("machine", "environment", "install", "import", "run")


@dataclass(frozen=True)
class Evidence:
    """A fact as the finding quotes it; `value` is text for people."""

    fact: str
    value: str
    origin: str = ""


@dataclass(frozen=True)
class Remedy:
    """What mends a finding.  `commands` are argument lists, complete with the patient's interpreter.

    risk: "none", "env" or "machine".  verified: "rehearsed", "resolved", "known", or None.
    pins, uninstall, reinstall: what the commands do, as requirements and names, whoever installs here.
    index: the page that the pins come from, "" where the installer's own will do.
    """

    commands: Tuple[Tuple[str, ...], ...] = ()
    constraints: Tuple[str, ...] = ()
    risk: str = "env"
    verified: str | None = "known"
    note: Words | None = None
    new_environment: bool = False
    pins: Tuple[str, ...] = ()
    uninstall: Tuple[str, ...] = ()
    reinstall: Tuple[str, ...] = ()
    index: str = ""


@dataclass(frozen=True)
class Finding:
    rule: str
    cause: str
    area: str
    stage: str
    severity: str
    certainty: str
    title: Words
    detail: Words
    packages: Tuple[str, ...]
    evidence: Tuple[Evidence, ...]
    sources: Tuple[str, ...]
    checked: str
    remedy: Remedy | None = None
    consequences: Tuple[Finding, ...] = ()
    #: The reader's own lines that it is about, as they were printed, and how often such a line was there.
    quote: Tuple[str, ...] = ()
    times: int = 1
    #: What else may be behind the same lines, while that is undecided; what to look at then.
    possibilities: Tuple[Finding, ...] = ()
    look: Words | None = None


@dataclass(frozen=True)
class Doubt:
    """A rule that could not be judged: which facts are missing, and why the first of them is."""

    rule: str
    missing: Tuple[str, ...]
    why: str
    detail: str = ""


@dataclass(frozen=True)
class Plan:
    """All remedies as one: what to run, in this order.  `left_out` are the rules whose remedy contradicts another's."""

    commands: Tuple[Tuple[str, ...], ...] = ()
    verified: str | None = None
    new_environment: bool = False
    left_out: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    chart: Chart
    findings: Tuple[Finding, ...] = ()
    doubts: Tuple[Doubt, ...] = ()
    plan: Plan = field(default_factory=Plan)
    ignored: Tuple[str, ...] = ()
    expect: str = "any"
    verbose: bool = False
    #: Rules that the repository's settings ignore -> why; "" where nobody said.
    ignored_reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """ "problems" (an error), "warnings" (none, but a warning), or "healthy"."""
        severities = {finding.severity for finding in self.findings}
        return "problems" if "error" in severities else "warnings" if "warning" in severities else "healthy"
