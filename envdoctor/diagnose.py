"""Which faults does this chart show?  A pure function from facts and rules to findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterable

from . import clause
from .chart import KNOWN, UNKNOWN, Chart, known
from .clause import Verdict, all_of, any_of
from .finding import finding
from .report import CERTAINTIES, SEVERITIES, STAGES, Doubt, Finding
from .rulebook import Rule, Rulebook

#: Areas that do not concern somebody who wants to train on the CPU.
GPU_AREAS = frozenset(["gpu", "driver", "cuda", "cudnn"])
EXPECT = "user.expect"


def judge(rule: Rule, chart: Chart) -> Verdict:
    """Does the rule fire?"""

    def verdicts(texts: Iterable[str]) -> list[Verdict]:
        return [clause.parse(text).meets(chart) for text in texts]

    parts = [all_of(verdicts(rule.when)), ~any_of(verdicts(rule.none))]
    if rule.each:
        parts.append(clause.parse("each.name present").meets(chart))
    if rule.any:
        parts.append(any_of(verdicts(rule.any)))
    if rule.unless:
        parts.append(~all_of(verdicts(rule.unless)))
    return all_of(parts)


def diagnose(
    chart: Chart, book: Rulebook, expect: str = "any", ignore: Iterable[str] = ()
) -> tuple[tuple[Finding, ...], tuple[Doubt, ...]]:
    """Findings, root causes first, and the rules that could not be judged.

    `expect` is "gpu", "cpu" or "any"; `ignore` holds ids of rules (or "package/" for all of a folder).
    """
    chart = chart.with_facts({EXPECT: known(expect)})
    fired: list[Finding] = []
    generic: list[Finding] = []
    doubts: dict[str, Doubt] = {}
    for rule in book.rules:
        if is_ignored(rule.id, ignore) or (expect == "cpu" and rule.area in GPU_AREAS):
            continue
        for one in charts_for(rule, chart):
            verdict = judge(rule, one)
            if verdict is Verdict.YES:
                (generic if rule.generic else fired).append(finding(rule, one))
                if not rule.each:
                    break
            elif verdict is Verdict.UNKNOWN:
                doubts.setdefault(rule.id, _doubt(rule, one))
    fired = _first_rows(fired, book)
    blamed = {name for found in fired for name in found.packages}
    fired += [found for found in generic if not blamed & set(found.packages)]
    for found in fired:
        doubts.pop(found.rule, None)
    return _fold(book, fired), tuple(doubts.values())


def charts_for(rule: Rule, chart: Chart) -> list[Chart]:
    """The chart itself, or, for a rule about each entry of a table, one chart for every entry."""
    if not rule.each:
        return [chart]
    table = chart.fact(rule.each)
    if table.state != KNOWN or not isinstance(table.value, dict):
        return [] if table.state != UNKNOWN else [chart.with_facts({"each.name": table})]
    return [
        chart.with_facts(
            {
                "each.name": known(key, table.origin),
                "each.version": chart.fact(key),
                **{f"each.{field}": known(text, table.origin) for field, text in _fields(entry).items()},
            }
        )
        for key, entry in table.value.items()
    ]


def _fields(entry: Any) -> dict[str, Any]:
    if isinstance(entry, dict):
        return entry
    return {"first": entry[0] if isinstance(entry, list) and entry else entry, "last": entry[-1:] and entry[-1]}


def _first_rows(fired: list[Finding], book: Rulebook) -> list[Finding]:
    """Of a table one row is enough; a rule about each entry speaks of all of them."""
    seen: set[str] = set()
    kept = []
    for found in fired:
        if found.rule not in seen or book.get(found.rule)[0].each:
            kept.append(found)
        seen.add(found.rule)
    return kept


def is_ignored(rule_id: str, ignore: Iterable[str]) -> bool:
    return any(rule_id == entry or (entry.endswith("/") and rule_id.startswith(entry)) for entry in ignore)


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    return (
        SEVERITIES.index(finding.severity),
        STAGES.index(finding.stage),
        CERTAINTIES.index(finding.certainty),
        finding.rule,
    )


def _fold(book: Rulebook, fired: list[Finding]) -> tuple[Finding, ...]:
    """Put every finding under the first of its rule's causes that fired too."""
    ids = {found.rule for found in fired}
    under: dict[str, list[Finding]] = {}
    top: list[Finding] = []
    for found in fired:
        roots = [root for root in book.get(found.rule)[0].follows if root in ids and root != found.rule]
        if roots:
            under.setdefault(roots[0], []).append(found)
        else:
            top.append(found)

    def with_consequences(found: Finding) -> Finding:
        below = tuple(with_consequences(child) for child in sorted(under.pop(found.rule, []), key=_rank))
        return replace(found, consequences=below) if below else found

    return tuple(with_consequences(found) for found in sorted(top, key=_rank))


def _doubt(rule: Rule, chart: Chart) -> Doubt:
    names = dict.fromkeys(name for text in rule.clauses for name in clause.parse(text).facts)
    missing = tuple(name for name in names if chart.fact(name).state == UNKNOWN)
    if not missing:  # all facts are there, but one could not be read as a version
        return Doubt(rule.id, tuple(names), "not-a-version")
    fact = chart.fact(missing[0])
    return Doubt(rule.id, missing, fact.why, fact.detail)
