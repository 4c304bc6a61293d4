"""Which faults does this chart show?  A pure function from facts and rules to findings."""

from __future__ import annotations

from string import Formatter
from typing import Any, Iterable

from . import clause
from .chart import DISTRIBUTIONS, KNOWN, UNKNOWN, Chart, Fact, known
from .clause import Verdict, all_of, any_of
from .report import CERTAINTIES, SEVERITIES, STAGES, Doubt, Evidence, Finding, Remedy, Words
from .rulebook import Rule, Rulebook

#: Areas that do not concern somebody who wants to train on the CPU.
GPU_AREAS = frozenset(["gpu", "driver", "cuda", "cudnn"])
EXPECT = "user.expect"


def judge(rule: Rule, chart: Chart) -> Verdict:
    """Does the rule fire?"""

    def verdicts(texts: Iterable[str]) -> list[Verdict]:
        return [clause.parse(text).meets(chart) for text in texts]

    parts = [all_of(verdicts(rule.when)), ~any_of(verdicts(rule.none))]
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
    fired: dict[str, Finding] = {}
    doubts: dict[str, Doubt] = {}
    for rule in book.rules:
        if is_ignored(rule.id, ignore) or (expect == "cpu" and rule.area in GPU_AREAS):
            continue
        verdict = judge(rule, chart)
        if verdict is Verdict.YES and rule.id not in fired:
            fired[rule.id] = finding(rule, chart)
        elif verdict is Verdict.UNKNOWN:
            doubts.setdefault(rule.id, _doubt(rule, chart))
    for rule_id in fired:
        doubts.pop(rule_id, None)
    return _fold(book, fired), tuple(doubts.values())


def is_ignored(rule_id: str, ignore: Iterable[str]) -> bool:
    return any(rule_id == entry or (entry.endswith("/") and rule_id.startswith(entry)) for entry in ignore)


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    return (
        SEVERITIES.index(finding.severity),
        STAGES.index(finding.stage),
        CERTAINTIES.index(finding.certainty),
        finding.rule,
    )


def _fold(book: Rulebook, fired: dict[str, Finding]) -> tuple[Finding, ...]:
    """Put every finding under the first of its rule's causes that fired too."""
    under: dict[str, list[Finding]] = {}
    top: list[Finding] = []
    for rule_id, found in fired.items():
        roots = [root for root in book.get(rule_id)[0].follows if root in fired and root != rule_id]
        if roots:
            under.setdefault(roots[0], []).append(found)
        else:
            top.append(found)

    def with_consequences(found: Finding) -> Finding:
        below = tuple(with_consequences(child) for child in sorted(under.pop(found.rule, []), key=_rank))
        return _replace(found, consequences=below) if below else found

    return tuple(with_consequences(found) for found in sorted(top, key=_rank))


def _replace(found: Finding, **changes: Any) -> Finding:
    from dataclasses import replace

    return replace(found, **changes)


# ---------------------------------------------------------------- one finding


def finding(rule: Rule, chart: Chart) -> Finding:
    """The finding of a rule that fires on this chart."""
    met = [
        clause.parse(text)
        for text in rule.when + rule.any + rule.unless
        if text in rule.unless or clause.parse(text).meets(chart) is Verdict.YES
    ]
    names = list(dict.fromkeys([*(name for one in met for name in one.facts), *rule.evidence]))
    fill = _Filling(rule, chart)
    return Finding(
        rule=rule.id,
        cause=rule.cause,
        area=rule.area,
        stage=rule.stage,
        severity=rule.severity,
        certainty=rule.certainty,
        title=fill.words(rule.title),
        detail=fill.words(rule.detail),
        packages=tuple(dict.fromkeys(fill.text(name) for name in rule.packages)),
        evidence=tuple(
            Evidence(name, text_of(chart.fact(name)), chart.fact(name).origin)
            for name in names
            if name != EXPECT and chart.fact(name).state == KNOWN
        ),
        sources=rule.sources,
        checked=rule.checked,
        remedy=_remedy(rule, chart, fill),
    )


def _remedy(rule: Rule, chart: Chart, fill: _Filling) -> Remedy | None:
    """The first treatment whose own conditions hold; none is better than a guess."""
    for treatment in rule.treatments:
        verdict = all_of(clause.parse(text).meets(chart) for text in treatment.when)
        if verdict is Verdict.UNKNOWN:
            return None
        if verdict is Verdict.YES:
            python = str(chart.patient.get("python") or "python")
            commands: list[tuple[str, ...]] = []
            if treatment.uninstall:
                gone = tuple(map(fill.text, treatment.uninstall))
                commands.append((python, "-m", "pip", "uninstall", "-y", *gone))
            if treatment.pip:
                commands.append((python, "-m", "pip", "install", *map(fill.text, treatment.pip)))
            if treatment.reinstall:
                again = tuple(map(fill.text, treatment.reinstall))
                commands.append((python, "-m", "pip", "install", "--force-reinstall", "--no-deps", *again))
            return Remedy(
                commands=tuple(commands),
                constraints=tuple(map(fill.text, treatment.constraints)),
                risk=treatment.risk,
                verified="known" if commands else None,
                note=fill.words(treatment.note) if treatment.note else None,
                new_environment=treatment.new_environment,
            )
    return None


def text_of(fact: Fact) -> str:
    """A fact's value as people read it: lists with commas, tables as `key (first value)`."""
    value = fact.value
    if isinstance(value, dict):
        return ", ".join(f"{key} ({_first(item)})" if item else str(key) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_first(item) for item in value)
    return _first(value)


def _first(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return str(value[0]) if value else ""
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return str(value)


#: How a derived fact is called in a sentence.
_NAMES = {"tensorflow.version": "TensorFlow", "torch.version": "torch", "python": "Python"}


class _Filling:
    """Fills the placeholders of one rule: {fact}, {any} (the alternative that fits), {wanted} (a table's cells).

    `{project.uses:torch.Tensor.bool}` is the first entry of a table's key: where the code uses it.
    """

    def __init__(self, rule: Rule, chart: Chart) -> None:
        self.chart = chart
        self.special = {"wanted": rule.wanted, "any": self._any(rule)}

    def _any(self, rule: Rule) -> str:
        for text in rule.any:
            one = clause.parse(text)
            if one.meets(self.chart) is Verdict.YES:
                if one.operator == "has":
                    return one.operand
                return f"{_NAMES.get(one.fact, one.fact)} {text_of(self.chart.fact(one.fact))}"
        return ""

    def text(self, template: str) -> str:
        parts = []
        for literal, name, _, _ in split(template):
            parts.append(literal)
            if name is not None:
                parts.append(self._value(name))
        return "".join(parts)

    def words(self, words: Words) -> Words:
        return {language: self.text(text) for language, text in words.items()}

    def _value(self, name: str) -> str:
        if name in self.special:
            return self.special[name]
        name, _, key = name.partition(":")
        fact = self.chart.fact(name)
        if fact.state != KNOWN:
            return "?"
        if key and isinstance(fact.value, dict):
            return _first(fact.value.get(key.replace("any", self.special["any"]), "?"))
        return text_of(fact)


def split(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """(literal, placeholder, "", "") pieces; a placeholder may hold one colon, which str.format would take away."""
    pieces: list[tuple[str, str | None, str | None, str | None]] = []
    for literal, name, extra, conversion in Formatter().parse(template):
        pieces.append((literal, f"{name}:{extra}" if name is not None and extra else name, "", conversion))
    return pieces


def placeholders(template: str) -> set[str]:
    """The names in braces, without their keys.  Raises ValueError for a lone brace."""
    return {name.partition(":")[0] for _, name, _, _ in split(template) if name is not None}


def _doubt(rule: Rule, chart: Chart) -> Doubt:
    names = dict.fromkeys(name for text in rule.clauses for name in clause.parse(text).facts)
    missing = tuple(name for name in names if chart.fact(name).state == UNKNOWN)
    if not missing:  # all facts are there, but one could not be read as a version
        return Doubt(rule.id, tuple(names), "not-a-version")
    fact = chart.fact(missing[0])
    return Doubt(rule.id, missing, fact.why, fact.detail)


def assumed(facts: dict[str, Any], absent_names: Iterable[str] = ()) -> Chart:
    """A chart of assumed facts alone: distributions that are not named count as nobody's knowledge."""
    from .chart import absent

    every: dict[str, Fact] = {name: known(value, "assumed") for name, value in facts.items()}
    every.update({name: absent("assumed") for name in absent_names})
    return Chart({"kind": "assumed"}, every)


__all__ = ["DISTRIBUTIONS", "assumed", "diagnose", "finding", "judge", "placeholders"]
