"""How does a rule that fires become words, evidence and commands about this patient?"""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter
from typing import Any

from . import clause
from .chart import KNOWN, Chart, Fact
from .clause import Verdict, all_of
from .cure.installer import index_of, order, wish_of
from .report import Evidence, Finding, Remedy, Words
from .rulebook import Rule
from .words import fact_name

#: What stands between two sentences.
_GAP = {"en": " ", "zh": ""}


def finding(rule: Rule, chart: Chart) -> Finding:
    """The finding of a rule that fires on this chart."""
    met = [
        clause.parse(text)
        for text in rule.when + rule.any + rule.unless
        if text in rule.unless or clause.parse(text).meets(chart) is Verdict.YES
    ]
    fill = _Filling(rule, chart)
    asked = dict.fromkeys(name for one in met for name in one.facts)
    # A bare yes or no is a conclusion; what it was concluded from is what people want to read.
    names = fill.each(rule.evidence) or tuple(name for name in asked if chart.value(name) not in ("yes", "no"))
    return Finding(
        rule=rule.id,
        cause=rule.cause,
        area=rule.area,
        stage=rule.stage,
        severity=rule.severity,
        certainty=rule.certainty,
        title=fill.words(rule.title),
        detail=fill.words(rule.detail),
        packages=fill.each(rule.packages),
        evidence=tuple(
            Evidence(name, text_of(chart.fact(name)), chart.fact(name).origin)
            for name in names
            if not name.startswith("user.") and chart.fact(name).state == KNOWN
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
            pins = fill.each(treatment.pip)
            remedy = Remedy(
                constraints=fill.each(treatment.constraints),
                risk=treatment.risk,
                new_environment=treatment.new_environment,
                pins=pins,
                uninstall=fill.each(treatment.uninstall),
                reinstall=fill.each(treatment.reinstall),
                index=index_of(chart, pins),
            )
            orders = order(chart, wish_of(remedy, chart))
            notes = orders.notes + ((fill.words(treatment.note),) if treatment.note else ())
            return replace(
                remedy,
                commands=orders.commands,
                new_environment=remedy.new_environment or orders.closed,
                verified=orders.verified,
                note={lang: _GAP[lang].join(note[lang] for note in notes) for lang in _GAP} if notes else None,
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


_PLACEHOLDER = re.compile(r"^\{([\w.-]+)\}$")


class _Filling:
    """Fills the placeholders of one rule's texts.

    {fact}: its value.  {project.uses:torch.Tensor.bool}: the first entry of a table's key, so: where the code uses it.
    {any}: the alternative of the rule that fits; `{project.uses:any}`: where the code uses that one.
    {wanted}: what the row of a table demands and does not get.
    """

    def __init__(self, rule: Rule, chart: Chart) -> None:
        self.rule, self.chart = rule, chart

    def text(self, template: str, lang: str = "en") -> str:
        return "".join(literal + ("" if name is None else self._value(name, lang)) for literal, name in split(template))

    def words(self, words: Words) -> Words:
        return {lang: self.text(text, lang) for lang, text in words.items()}

    def each(self, templates: tuple[str, ...]) -> tuple[str, ...]:
        """Every template filled, once; one that is nothing but a fact's name stands for each element of its list."""
        filled: list[str] = []
        for template in templates:
            alone = _PLACEHOLDER.match(template)
            if not alone:
                filled.append(self.text(template))
            elif self.chart.fact(alone.group(1)).state == KNOWN:
                value = self.chart.value(alone.group(1))
                filled += map(str, value) if isinstance(value, (list, dict)) else [str(value)]
        return tuple(dict.fromkeys(filled))

    def _value(self, name: str, lang: str) -> str:
        if name == "any":
            one = self._fitting()
            if one is None or one.operator == "has":
                return one.operand if one else "?"
            return f"{fact_name(one.fact, lang)} {text_of(self.chart.fact(one.fact))}"
        if name == "wanted":
            demands = map(clause.parse, self.rule.unless)
            lacking = [one for one in demands if one.meets(self.chart) is not Verdict.YES]
            return ", ".join(f"{fact_name(one.fact, lang)} {one.operand}" for one in lacking)
        name, _, key = name.partition(":")
        fact = self.chart.fact(name)
        if fact.state != KNOWN:
            return "?"
        if key and isinstance(fact.value, dict):
            one = self._fitting() if key == "any" else None
            return _first(fact.value.get(one.operand if one else key, "?"))
        return text_of(fact)

    def _fitting(self) -> clause.Clause | None:
        """The first alternative that holds."""
        return next((one for one in map(clause.parse, self.rule.any) if one.meets(self.chart) is Verdict.YES), None)


def split(template: str) -> list[tuple[str, str | None]]:
    """(literal, placeholder) pieces; a placeholder may hold one colon, which str.format would take away."""
    pieces: list[tuple[str, str | None]] = []
    for literal, name, extra, _ in Formatter().parse(template):
        pieces.append((literal, f"{name}:{extra}" if name is not None and extra else name))
    return pieces


def placeholders(template: str) -> set[str]:
    """The names in braces, without their keys.  Raises ValueError for a lone brace."""
    return {name.partition(":")[0] for _, name in split(template) if name is not None}
