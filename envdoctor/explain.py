"""What do the errors in a log mean, on this chart?  Pure: cleaned lines, a chart and the books make findings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Iterable, Sequence

from . import symptoms
from .chart import Chart
from .explaining import generic, tracebacks
from .explaining.decide import decide
from .explaining.match import Hit, Index
from .explaining.tracebacks import Trace
from .intake import clean
from .report import CERTAINTIES, SEVERITIES, STAGES, Finding
from .rulebook import Rulebook
from .symptoms import Signatures

#: Hits outside of tracebacks belong together when no more lines than this lie between them (our choice).
_TOGETHER = 25
#: A message may go on below the line that begins it.
_MESSAGE_LINES = 40
#: Release notes and READMEs name errors that nobody has.
_NOTE = re.compile(
    r"\s*[-*\u2022]\s+(?:(?:fix|docs?|feat|chore|test|refactor|perf|ci)(?:\([\w-]+\))?!?: "
    r"|Fix(?:e[sd])?\b|Known issues?:)"
)


def findings(
    text: str, chart: Chart, book: Rulebook, expect: str = "any", signatures: Signatures | None = None
) -> tuple[Finding, ...]:
    """The findings of a pasted text, the root first.  The chart is one from which conclusions were drawn."""
    return of_lines(lines_of(text), chart, book, signatures)


def lines_of(text: str) -> list[str]:
    """A text as the engine reads it: cleaned, and joined where a terminal cut."""
    return clean.unwrap(list(clean.clean(text.split("\n"))))


def of_lines(
    lines: Sequence[str], chart: Chart, book: Rulebook, signatures: Signatures | None = None
) -> tuple[Finding, ...]:
    """The findings of lines that are cleaned already."""
    known = signatures if signatures is not None else symptoms.own()
    traces = tracebacks.find(lines)
    chains: dict[int, list[Trace]] = {}
    for trace in traces:
        chains.setdefault(trace.chain, []).append(trace)
    hits = [hit for hit in index_of(known).hits(lines) if not _NOTE.match(lines[hit.number])]
    told: list[_Told] = []
    for event in _events(hits, chains, lines):
        told += _of_event(event, chart, book, lines)
    told = _without_echoes(told)
    explained = {one.chain for one in told if one.chain}
    told += [
        _Told(found, number, -1, chain)
        for found, number, chain in generic.explain(lines, chains, explained, bool(told), chart, book)
    ]
    return _ranked(told)


_indexes: dict[int, tuple[Signatures, Index]] = {}


def index_of(signatures: Signatures) -> Index:
    """The index of these signatures; made once, as it takes longer than most logs."""
    found = _indexes.get(id(signatures))
    if found is None:
        _indexes.clear()
        found = _indexes[id(signatures)] = (signatures, Index(signatures.symptoms))
    return found[1]


# ---------------------------------------------------------------- one error, several symptoms


@dataclass(frozen=True)
class _Event:
    """Hits that tell of one error.  chain: that of its traceback, 0 for lines outside of tracebacks."""

    hits: tuple[Hit, ...]
    chain: int = 0


@dataclass(frozen=True)
class _Told:
    finding: Finding
    number: int
    rank: int
    chain: int


def _events(hits: Iterable[Hit], chains: dict[int, list[Trace]], lines: Sequence[str]) -> list[_Event]:
    spans = [
        (trace.start, _end_of_message(trace, lines), chain) for chain, traces in chains.items() for trace in traces
    ]
    inside: dict[int, list[Hit]] = {}
    loose: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda one: one.number):
        chain = next((chain for start, end, chain in spans if start <= hit.number <= end), 0)
        if chain:
            inside.setdefault(chain, []).append(hit)
        elif loose and hit.number - loose[-1][-1].number <= _TOGETHER:
            loose[-1].append(hit)
        else:
            loose.append([hit])
    return [_Event(tuple(ones), chain) for chain, ones in inside.items()] + [_Event(tuple(ones)) for ones in loose]


def _end_of_message(trace: Trace, lines: Sequence[str]) -> int:
    end = trace.end
    while end + 1 < len(lines) and end - trace.end < _MESSAGE_LINES:
        following = lines[end + 1]
        if not following.strip() or tracebacks.HEADER in following:
            break
        if following[0] not in " \t" and end - trace.end >= 12:
            break
        end += 1
    return end


def _of_event(event: _Event, chart: Chart, book: Rulebook, lines: Sequence[str]) -> list[_Told]:
    """The finding of the symptom that knows most; what else was seen of the same error goes below it."""
    told = [
        _Told(found, hit.number, hit.symptom.rank, event.chain)
        for hit, found in ((hit, decide(hit, chart, book, lines)) for hit in event.hits)
        if found is not None
    ]
    if not told:
        return []
    told.sort(key=_importance)
    first = told[0]
    others = [one for one in told[1:] if one.rank >= 0]
    below: dict[str, Finding] = {}
    for one in others:
        if one.finding.cause != first.finding.cause and one.finding.cause not in below:
            below[one.finding.cause] = replace(one.finding, possibilities=(), look=None)
    return [
        replace(first, finding=replace(first.finding, consequences=first.finding.consequences + tuple(below.values())))
    ]


def _importance(one: _Told) -> tuple[int, int, int]:
    """An error before a warning, what knows more before what knows less, what was printed first before its echoes."""
    return SEVERITIES.index(one.finding.severity), -one.rank, one.number


def _without_echoes(told: list[_Told]) -> list[_Told]:
    """One fault, one finding; a generic symptom is silent where a loud one was understood outside of its traceback."""
    kept: dict[tuple[str, tuple[str, ...]], _Told] = {}
    understood = any(one.rank >= 0 and one.finding.severity != "info" for one in told)
    for one in told:
        if one.rank < 0 and understood and not one.chain:
            continue
        key = one.finding.cause, one.finding.packages
        former = kept.get(key)
        if former is None:
            kept[key] = one
        elif _importance(one) < _importance(former):
            kept[key] = replace(one, finding=_together(one.finding, former.finding))
        else:
            kept[key] = replace(former, finding=_together(former.finding, one.finding))
    return list(kept.values())


def _together(first: Finding, second: Finding) -> Finding:
    lines = tuple(dict.fromkeys(first.quote + second.quote))[:3]
    return replace(first, quote=lines, times=first.times + second.times)


def _ranked(told: list[_Told]) -> tuple[Finding, ...]:
    def order(one: _Told) -> tuple[int, int, int, int]:
        return (
            SEVERITIES.index(one.finding.severity),
            -one.rank,
            STAGES.index(one.finding.stage),
            one.number,
        )

    return tuple(one.finding for one in sorted(told, key=order))


# ---------------------------------------------------------------- beside what a chart shows


def merge(seen: Iterable[Finding], printed: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of a chart and those of a log of the same machine: one fault, one finding.

    What was printed and is seen on the chart comes first, then what was only printed, then what is only seen.
    """
    rest = list(seen)
    confirmed: list[Finding] = []
    alone: list[Finding] = []
    for one in printed:
        if one.rule in generic.NOTHING:
            continue
        place = next((number for number, found in enumerate(rest) if _same_below(found, one)), None)
        if place is None:
            if not any(_same_below(found, one) for found in confirmed):
                alone.append(one)
            continue
        found = rest.pop(place)
        confirmed.append(_confirmed(found, one))
    loud = [one for one in alone if one.severity != "info"]
    return (*confirmed, *loud, *rest, *(one for one in alone if one.severity == "info"))


def _same_below(found: Finding, one: Finding) -> bool:
    return _same(found, one) or any(_same_below(child, one) for child in found.consequences)


def _same(found: Finding, one: Finding) -> bool:
    if found.rule == one.rule:
        return True
    shared = not found.packages or not one.packages or bool(set(found.packages) & set(one.packages))
    return found.cause == one.cause and shared


def _confirmed(found: Finding, one: Finding) -> Finding:
    """The chart knows versions and the cure, the log has the words; who is surer and who is louder counts."""
    severity = min(found.severity, one.severity, key=SEVERITIES.index)
    certainty = min(found.certainty, one.certainty, key=CERTAINTIES.index)
    return replace(found, severity=severity, certainty=certainty, quote=one.quote, times=one.times)
