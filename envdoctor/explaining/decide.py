"""Which cause is behind a symptom on this chart?

A candidate whose conditions fail is out; conditions and texts that hold raise one above the others; a rule that fires
on the chart speaks for its candidate, with its own cure.  What stays undecided is told with what would decide it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable, Mapping, Sequence

from .. import clause
from ..cases import finding_of
from ..chart import KNOWN, Chart
from ..clause import Verdict, all_of
from ..finding import finding, split
from ..report import Finding, Words
from ..rulebook import Rule, Rulebook, Treatment
from ..symptoms import Candidate, Symptom
from . import match
from .modules import distribution_of

#: A group of a pattern is told up to this many characters.
_GROUP = 120
_PLACES = {"rule": 4, "facts": 2, "text": 1}


@dataclass(frozen=True)
class Weighed:
    """A candidate that is still possible, and what speaks for it."""

    candidate: Candidate
    weight: int
    ruled: Finding | None


def decide(hit: match.Hit, chart: Chart, book: Rulebook, lines: Sequence[str]) -> Finding | None:
    """The finding of the likeliest candidate, with the others inside; None where the facts rule out all of them."""
    around = match.block(lines, hit.number)
    candidates = hit.symptom.candidates
    weighed = [one for one in (_weigh(one, chart, book, around, hit.groups) for one in candidates) if one]
    if not weighed:
        return None
    ranked = sorted(weighed, key=lambda one: -one.weight)
    first, others = ranked[0], _others(ranked)
    told = _told(hit.symptom, first, hit.groups, chart, book)
    if others and first.ruled is None and told.certainty == "certain":
        told = replace(told, certainty="likely")
    if told.certainty == "possible" and told.severity == "error":
        told = replace(told, severity="warning")
    return replace(
        told,
        quote=(hit.text,),
        times=hit.times,
        look=_look(first, hit.groups) if others else None,
        possibilities=tuple(
            replace(
                _told(hit.symptom, one, hit.groups, chart, book),
                severity="info",
                certainty="possible",
                look=_look(one, hit.groups),
            )
            for one in others
        ),
    )


def _others(ranked: Sequence[Weighed]) -> list[Weighed]:
    """What is worth telling beside the first: other causes; none where a rule has decided."""
    if ranked[0].ruled is not None:
        return []
    seen = {ranked[0].candidate.cause}
    others = []
    for one in ranked[1:]:
        if one.candidate.cause not in seen:
            seen.add(one.candidate.cause)
            others.append(one)
    return others


def _weigh(
    candidate: Candidate, chart: Chart, book: Rulebook, around: str, groups: Mapping[str, str]
) -> Weighed | None:
    if not all(match.search(text, around) for text in candidate.needs):
        return None
    verdict = all_of(clause.parse(text).meets(chart) for text in candidate.when)
    if verdict is Verdict.NO:
        return None
    packages = _packages(candidate.packages, groups, book)
    if candidate.cause == "package-missing" and packages and all(chart.fact(one).state == KNOWN for one in packages):
        return None  # what is installed is not missing
    ruled = next((one for one in (_ruled(rule_id, chart, book) for rule_id in candidate.rules) if one), None)
    weight = _PLACES["rule"] if ruled else 0
    weight += _PLACES["facts"] if candidate.when and verdict is Verdict.YES else 0
    weight += _PLACES["text"] if any(match.search(text, around) for text in candidate.nearby) else 0
    return Weighed(candidate, weight, ruled)


def _ruled(rule_id: str, chart: Chart, book: Rulebook) -> Finding | None:
    return finding_of(rule_id, chart, book) if book.get(rule_id) else None


# ---------------------------------------------------------------- words


def _told(symptom: Symptom, one: Weighed, groups: Mapping[str, str], chart: Chart, book: Rulebook) -> Finding:
    if one.ruled is not None:
        return one.ruled
    candidate = one.candidate
    rule = Rule(
        id=symptom.id,
        severity=symptom.severity,
        certainty=candidate.certainty,
        cause=candidate.cause,
        area=symptom.area,
        stage=symptom.stage,
        title=_words(candidate.title, groups),
        detail=_words(candidate.detail, groups),
        sources=symptom.sources,
        checked=symptom.checked,
        when=candidate.when,
        packages=tuple(_packages(candidate.packages, groups, book)),
        treatments=tuple(_treatment(one, groups) for one in candidate.treatments),
    )
    return finding(rule, chart)


def _packages(templates: Iterable[str], groups: Mapping[str, str], book: Rulebook) -> list[str]:
    """Names of distributions; a group that holds a module's name is mapped to what brings it."""
    names = []
    for template in templates:
        text = _fill(template, groups)
        if "{" in template:
            text = distribution_of(text, book.tables) if "?" not in text and text else ""
        if text:
            names.append(_escaped(text))
    return names


def _treatment(one: Treatment, groups: Mapping[str, str]) -> Treatment:
    def each(templates: Iterable[str]) -> tuple[str, ...]:
        return tuple(_fill(template, groups) for template in templates)

    return replace(
        one,
        pip=each(one.pip),
        uninstall=each(one.uninstall),
        reinstall=each(one.reinstall),
        constraints=each(one.constraints),
        note=_words(one.note, groups) if one.note else None,
    )


def _look(one: Weighed, groups: Mapping[str, str]) -> Words | None:
    words = one.candidate.look
    return {lang: _unescaped(text) for lang, text in _words(words, groups).items()} if words else None


def _words(words: Words, groups: Mapping[str, str]) -> Words:
    return {lang: _fill(text, groups) for lang, text in words.items()}


def _fill(template: str, groups: Mapping[str, str]) -> str:
    """Groups are filled in, facts stay as they are for the chart to fill in."""
    pieces = []
    for literal, name in split(template):
        pieces.append(_escaped(literal))
        if name is not None:
            pieces.append(_escaped(groups[name][:_GROUP]) if name in groups else "{" + name + "}")
    return "".join(pieces)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _unescaped(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")
