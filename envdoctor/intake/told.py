"""Which chart does a pasted text stand for, with a word on the other environments and on what contradicts itself?"""

from __future__ import annotations

from typing import Any

from ..chart import Chart
from ..complaint import Complaint
from .paste import Contradiction, Intake, chosen, read


class IntakeError(Complaint):
    """What was pasted cannot be judged (sentences: texts/intake.py)."""

    area = "intake"


def chart_of(text: str, environment: int = 0) -> Chart:
    """The chart of the environment that is meant (0: the one that the text is about).  Raises IntakeError."""
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise IntakeError("empty")
    intake = read(text)
    count = len(intake.environments)
    if environment > count or environment < 0:
        raise IntakeError("no-such-environment", number=environment, count=count)
    return noted(chosen(intake, environment) if environment else intake)


def noted(intake: Intake) -> Chart:
    """The chart of the one that is meant; its patient says what else the paste told."""
    chart = intake.chart
    about: dict[str, Any] = dict(chart.patient)
    if len(intake.environments) > 1:
        about["environment"] = intake.main + 1
        about["environments"] = [
            {"name": one.name, "line": one.first, "broken": one.broken} for one in intake.environments
        ]
        name = intake.environments[intake.main].name
        if name:
            about["name"] = name
    if intake.contradictions:
        about["contradictions"] = [_as_data(one) for one in intake.contradictions]
    return chart._replace(patient=about)


def _as_data(one: Contradiction) -> dict[str, Any]:
    told = [{"value": value, "from": origin} for value, origin in one.told]
    return {"fact": one.fact, "told": told, "chosen": one.chosen}


def facts_told(chart: Chart) -> int:
    """How many facts of a chart stand in the paste itself."""
    return sum(fact.origin.startswith("line ") for fact in chart.facts.values())
