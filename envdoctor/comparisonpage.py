"""How does a comparison of two environments read, as text and as JSON?  Pure."""

from __future__ import annotations

import json
from typing import Any, Iterable

from . import __version__
from .chart import Chart
from .comparison import Comparison, Difference
from .renderers import Console
from .renderers.json import finding_as_json
from .renderers.text import who
from .sheet import BOLD, DIM, STYLES, Sheet, cut
from .words import fact_name, pad, readable, width

SCHEMA = 1
#: So many differences that no rule speaks of are listed without -v (our choice).
_FEW = 12
#: Of each value at most so many columns stand in the table (our choice).
_COLUMNS = 28


def as_data(comparison: Comparison, lang: str) -> str:
    """JSON; its fields only ever grow."""
    data = {
        "schema": SCHEMA,
        "envdoctor": __version__,
        "verdict": verdict(comparison),
        "left": _side(comparison.left),
        "right": _side(comparison.right),
        "matters": [
            {
                "side": matter.side,
                "finding": finding_as_json(matter.finding, lang),
                "differences": [_one(each) for each in matter.differences],
            }
            for matter in comparison.matters
        ],
        "others": [_one(each) for each in comparison.others],
        "unseen": list(comparison.unseen),
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def verdict(comparison: Comparison) -> str:
    """ "matters", "differs" (but no rule speaks of it) or "same"."""
    return "matters" if comparison.matters else "differs" if comparison.others else "same"


def _side(chart: Chart) -> dict[str, Any]:
    return {key: chart.patient.get(key) or None for key in ("kind", "name", "python", "prefix", "version")}


def _one(difference: Difference) -> dict[str, Any]:
    return {
        "fact": difference.fact,
        "kind": difference.kind,
        "left": difference.left,
        "right": difference.right,
    }


# ---------------------------------------------------------------- for people


def as_text(comparison: Comparison, names: tuple[str, str], lang: str, console: Console, verbose: bool = False) -> str:
    """names: what the user has called the two sides."""
    page = Sheet(console, readable(lang, console.encoding), "diff")
    report = page.of("report")
    for letter, name, chart in zip("AB", names, (comparison.left, comparison.right)):
        page.add(page.say("side", letter=letter, name=name, who=who(report, chart.patient)), style=BOLD)
    for matter in comparison.matters:
        page.blank()
        letter = "A" if matter.side == "left" else "B"
        severity = report.say(matter.finding.severity)
        head = page.say("only", letter=letter, severity=severity)
        page.add(matter.finding.title[page.lang], "", "  ", STYLES[matter.finding.severity], head)
        page.add(matter.finding.detail[page.lang], "  ")
        _table(page, matter.differences, "  ")
        page.add(report.say("more", rule=matter.finding.rule), "  ", "    ", DIM)
    shown = comparison.others if verbose or len(comparison.others) <= _FEW else comparison.others[:_FEW]
    if shown:
        page.blank()
        page.add(page.say("others" if comparison.matters else "others-only"))
        _table(page, shown, "  ")
        hidden = len(comparison.others) - len(shown)
        if hidden:
            page.add(page.say("hidden", count=hidden), "  ", style=DIM)
    page.blank()
    if comparison.unseen:
        names_unseen = [fact_name(name, page.lang) for name in comparison.unseen]
        listed = names_unseen if verbose else names_unseen[:_FEW]
        text = page.say("comma").join(listed)
        key = "unseen-more" if len(listed) < len(names_unseen) else "unseen"
        page.add(page.say(key, names=text, count=len(names_unseen) - len(listed)), style=DIM)
    page.add(page.say(f"end-{verdict(comparison)}", count=len(comparison.matters)))
    return page.text()


def _table(page: Sheet, differences: Iterable[Difference], indent: str) -> None:
    rows = [
        (page.fit(fact_name(one.fact, page.lang)), _value(page, one.left), _value(page, one.right))
        for one in differences
    ]
    if not rows:
        return
    widths = [max(width(row[column]) for row in rows) for column in (0, 1)]
    for name, left, right in rows:
        page.add_whole(f"{indent}{pad(name, widths[0])}  A {pad(left, widths[1])}  B {right}".rstrip())


def _value(page: Sheet, value: str | None) -> str:
    return page.say("none") if value is None else cut(page.fit(value), _COLUMNS)
