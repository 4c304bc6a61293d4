"""What is wrong according to a pasted text: its facts and its error lines together?  Pure."""

from __future__ import annotations

from dataclasses import replace

from . import consult, explain
from .chart import UNKNOWN, Chart, known
from .conclusions import derive
from .diagnose import EXPECT, diagnose, is_ignored
from .intake.told import IntakeError, facts_told
from .prescribe import prescribe
from .report import Finding, Report
from .rulebook import Rulebook
from .words import say

#: What a machine with an NVIDIA card runs, where nobody says what it runs.
_SYSTEMS = ("linux", "windows")


def judge(chart: Chart, book: Rulebook, request: consult.Request) -> Report:
    """The report on a paste.  Raises IntakeError where it tells nothing at all."""
    report = consult.judge(chart, book, request)
    findings = report.findings
    if chart.fact("os").state == UNKNOWN:
        findings += _on_either(chart, book, request, findings)
    text = request.chart_text or ""
    seen = report.chart.with_facts({EXPECT: known(request.expect)})
    printed = explain.findings(text, seen, book, request.expect)
    printed = tuple(one for one in printed if not is_ignored(one.rule, request.ignore))
    merged = tuple(explain.merge(findings, printed))
    if not merged and not facts_told(chart):
        raise IntakeError("nothing-told")
    return replace(report, findings=merged, plan=prescribe(report.chart, merged))


def _on_either(
    chart: Chart, book: Rulebook, request: consult.Request, found: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """What would be found on Linux and on Windows alike: true whichever it is."""
    already = {one.rule for one in found}
    sets: list[dict[tuple[str, tuple[str, ...]], Finding]] = []
    for system in _SYSTEMS:
        supposed = derive(chart.with_facts({"os": known(system, "")}), book.tables)
        findings, _ = diagnose(supposed, book, request.expect, request.ignore)
        sets.append({(one.rule, one.packages): one for one in findings if one.rule not in already})
    common = []
    for key, one in sets[0].items():
        other = sets[1].get(key)
        if other is not None and other.severity == one.severity:
            same = one.remedy == other.remedy
            evidence = tuple(piece for piece in one.evidence if piece.fact != "os")
            note = {lang: one.detail[lang] + " " + say("intake.either-system", lang) for lang in one.detail}
            common.append(
                replace(one, remedy=one.remedy if same else None, evidence=evidence, detail=note, consequences=())
            )
    return tuple(common)


def is_paste(chart: Chart) -> bool:
    return chart.patient.get("kind") == "paste"
