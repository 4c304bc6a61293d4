"""What follows from the facts that were seen?  Pure functions, facts in, facts out, each three-valued.

Rules stay declarative because the few judgements that need more than a comparison are made here.  A module has
FACTS (fact name -> what it means) and conclude(chart, tables) -> facts; later ones see what earlier ones concluded.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from ..chart import KNOWN, UNKNOWN, Chart, Fact

#: Reasons for which a fact stays unknown, whatever could be concluded from others: this very thing was asked for.
FINAL = frozenset(["build-not-told"])
#: The rulebook's data: table name -> rows.
Tables = Mapping[str, Any]


class Undecided(Exception):
    """A fact that decides is unknown; so is all that would follow from it."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(fact.why)
        self.fact = fact


def need(chart: Chart, name: str, default: Any = None) -> Any:
    """The value of a fact that decides, or the default where it is absent.  Raises Undecided where it is unknown."""
    fact = chart.fact(name)
    if fact.state == UNKNOWN:
        raise Undecided(fact)
    return fact.value if fact.state == KNOWN else default


def decided(conclude: Callable[[], Fact]) -> Fact:
    """What `conclude` concludes, or the unknown fact that keeps it from deciding."""
    try:
        return conclude()
    except Undecided as stop:
        return stop.fact


def undecided(names: Iterable[str], conclude: Callable[[], Mapping[str, Fact]]) -> dict[str, Fact]:
    """What `conclude` concludes, or all of `names` unknown when it is undecided."""
    try:
        return dict(conclude())
    except Undecided as stop:
        return {name: stop.fact for name in names}


def _modules() -> tuple[Any, ...]:
    from . import (
        additions,
        builds,
        copies,
        cuda,
        declared,
        extensions,
        frameworks,
        host,
        kernels,
        memory,
        owners,
        pairs,
        pins,
        project,
        wheels,
    )

    seen = (owners, frameworks, kernels, extensions, cuda, host, memory, project, declared, wheels, pairs, pins, copies)
    return (*seen, builds, additions)


def facts() -> dict[str, str]:
    """Every fact that can be concluded -> what it means."""
    return {name: text for module in _modules() for name, text in module.FACTS.items()}


def derive(chart: Chart, tables: Tables) -> Chart:
    """The chart with everything that follows from it; what was seen is never replaced by what was concluded."""
    for module in _modules():
        before = chart
        concluded = undecided(module.FACTS, lambda: module.conclude(before, tables))  # noqa: B023 (called at once)
        chart = chart.with_facts(
            {
                name: fact
                for name, fact in concluded.items()
                if name not in chart.facts or (_is_open(chart.facts[name]) and fact.state != UNKNOWN)
            }
        )
    return chart


def _is_open(fact: Fact) -> bool:
    return fact.state == UNKNOWN and fact.why not in FINAL
