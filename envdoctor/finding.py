"""How does a rule that fires become words, evidence and commands about this patient?"""

from __future__ import annotations

from string import Formatter
from typing import Any

from . import clause
from .chart import KNOWN, Chart, Fact
from .clause import Verdict, all_of
from .report import Evidence, Finding, Remedy, Words
from .rulebook import Rule


def finding(rule: Rule, chart: Chart) -> Finding:
    """The finding of a rule that fires on this chart."""
    met = [
        clause.parse(text)
        for text in rule.when + rule.any + rule.unless
        if text in rule.unless or clause.parse(text).meets(chart) is Verdict.YES
    ]
    names = rule.evidence or tuple(dict.fromkeys(name for one in met for name in one.facts))
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
            python = str(chart.patient.get("python") or "python")
            commands: list[tuple[str, ...]] = []
            for words, templates in (
                (("uninstall", "-y"), treatment.uninstall),
                (("install",), treatment.pip),
                (("install", "--force-reinstall", "--no-deps"), treatment.reinstall),
            ):
                if templates:
                    commands.append((python, "-m", "pip", *words, *fill.each(templates)))
            return Remedy(
                commands=tuple(commands),
                constraints=fill.each(treatment.constraints),
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
_NAMES = {"tensorflow.version": "TensorFlow", "torch.version": "torch", "python": "Python", "keras": "Keras"}


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

    def each(self, templates: tuple[str, ...]) -> tuple[str, ...]:
        """Every template filled, once; one that is nothing but a list's name stands for each of its elements."""
        filled: list[str] = []
        for template in templates:
            fact = self.chart.fact(template[1:-1]) if template[:1] == "{" and template[-1:] == "}" else None
            if fact is None:
                filled.append(self.text(template))
            elif fact.state == KNOWN:
                filled += (
                    [str(item) for item in fact.value] if isinstance(fact.value, (list, dict)) else [str(fact.value)]
                )
        return tuple(dict.fromkeys(filled))

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
