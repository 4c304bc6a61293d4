"""What does a case that a rule brings along say, and what does the rule say of it?"""

from __future__ import annotations

from typing import Iterable

from . import clause, conclusions, diagnose
from .assume import PRESUMED, alone
from .chart import DISTRIBUTIONS, Chart, Fact, absent, canonical, is_distribution, known, unknown
from .clause import Verdict
from .finding import finding
from .report import Finding
from .rulebook import Case, Rulebook

EXPECTED = {"fires": Verdict.YES, "silent": Verdict.NO, "unknown": Verdict.UNKNOWN}


def chart_of(case: Case, book: Rulebook, forget: Iterable[str] = ()) -> Chart:
    """The chart that a case describes, with what follows from it; `forget` names facts at which nobody looked."""
    return conclusions.derive(described(case, forget), book.tables)


def described(case: Case, forget: Iterable[str] = ()) -> Chart:
    """The same, nothing concluded yet."""
    facts: dict[str, Fact] = {diagnose.EXPECT: known("any", "case"), **PRESUMED}
    for name, value in case.facts.items():
        facts.update(alone(name, str(value)))
    facts.update({_name(name): known(value, "case") for name, value in case.facts.items()})
    facts.update({_name(name): absent("case") for name in case.absent})
    facts.update({_name(name): unknown("nobody-looked") for name in (*case.unknown, *forget)})
    complete = frozenset([DISTRIBUTIONS] if case.complete else [])
    return Chart({"kind": "assumed"}, facts, complete)


def _name(name: str) -> str:
    return canonical(name) if is_distribution(name) else name


def verdict_of(rule_id: str, chart: Chart, book: Rulebook) -> Verdict:
    """What the rule, or all the rows of its table together, say of a chart."""
    return clause.any_of(
        diagnose.judge(rule, one) for rule in book.get(rule_id) for one in diagnose.charts_for(rule, chart)
    )


def example(rule_id: str, book: Rulebook) -> Finding | None:
    """The finding of the rule's first case that fires."""
    for case in book.get(rule_id)[0].cases:
        if case.expect == "fires":
            return finding_of(rule_id, chart_of(case, book), book)
    return None


def finding_of(rule_id: str, chart: Chart, book: Rulebook) -> Finding | None:
    """What the rule finds on this chart, or None."""
    for rule in book.get(rule_id):
        for one in diagnose.charts_for(rule, chart):
            if diagnose.judge(rule, one) is Verdict.YES:
                return finding(rule, one)
    return None
