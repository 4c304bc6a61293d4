"""What follows from the facts that were seen?  Pure functions, facts in, facts out, each three-valued.

Rules stay declarative because the few judgements that need more than a comparison are made here.  A module has
FACTS (fact name -> what it means) and conclude(chart, tables) -> facts; later ones see what earlier ones concluded.
"""

from __future__ import annotations

from typing import Any, Mapping

from ..chart import UNKNOWN, Chart

#: The rulebook's data: table name -> rows.
Tables = Mapping[str, Any]


def _modules() -> tuple[Any, ...]:
    from . import declared, frameworks, kernels, project

    return frameworks, kernels, project, declared


def facts() -> dict[str, str]:
    """Every fact that can be concluded -> what it means."""
    return {name: text for module in _modules() for name, text in module.FACTS.items()}


def derive(chart: Chart, tables: Tables) -> Chart:
    """The chart with everything that follows from it; what was seen is never replaced by what was concluded."""
    for module in _modules():
        concluded = module.conclude(chart, tables)
        chart = chart.with_facts(
            {
                name: fact
                for name, fact in concluded.items()
                if name not in chart.facts or (chart.facts[name].state == UNKNOWN and fact.state != UNKNOWN)
            }
        )
    return chart
