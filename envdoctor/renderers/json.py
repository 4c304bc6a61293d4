"""How do scripts read the report?  As JSON; its fields only ever grow (see docs for the shape)."""

from __future__ import annotations

import json
from typing import Any

from .. import __version__
from ..overview import reason
from ..report import Finding, Remedy, Report

SUFFIX = "json"
SCHEMA = 1


def render(report: Report, lang: str, console: Any = None) -> str:
    chart, plan = report.chart, report.plan
    about = chart.patient
    return json.dumps(
        {
            "schema": SCHEMA,
            "envdoctor": __version__,
            "patient": {
                "kind": about.get("kind"),
                "python": about.get("python") or None,
                "prefix": about.get("prefix") or None,
                "chosen_by": about.get("chosen_by"),
                "name": about.get("name") or None,
                "version": about.get("version") or None,
                "passed_over": about.get("passed_over") or [],
            },
            "expect": report.expect,
            "verdict": report.verdict,
            "findings": [finding_as_json(found, lang) for found in report.findings],
            "unknown": [
                {"rule": doubt.rule, "missing": list(doubt.missing), "why": reason(doubt.why, doubt.detail, lang)}
                for doubt in report.doubts
            ],
            "ignored": list(report.ignored),
            "ignored_reasons": dict(report.ignored_reasons),
            "plan": {
                "commands": [list(command) for command in plan.commands],
                "verified": plan.verified,
                "new_environment": plan.new_environment,
                "left_out": list(plan.left_out),
            },
            "chart": chart.as_json(),
        },
        ensure_ascii=False,
        indent=1,
    )


def finding_as_json(found: Finding, lang: str) -> dict[str, Any]:
    """A finding with all its consequences, as the contract of the JSON has it."""
    return {
        "rule": found.rule,
        "cause": found.cause,
        "severity": found.severity,
        "certainty": found.certainty,
        "area": found.area,
        "title": found.title[lang],
        "detail": found.detail[lang],
        "packages": list(found.packages),
        "evidence": [{"fact": one.fact, "value": one.value, "from": one.origin or None} for one in found.evidence],
        "sources": list(found.sources),
        "checked": found.checked,
        "fix": _fix(found.remedy, lang) if found.remedy else None,
        "consequences": [finding_as_json(child, lang) for child in found.consequences],
        **_printed(found, lang),
    }


def _printed(found: Finding, lang: str) -> dict[str, Any]:
    """Of a finding about lines that somebody pasted: those lines, and what else may be behind them."""
    if not found.quote:
        return {}
    return {
        "quote": list(found.quote),
        "times": found.times,
        "look": found.look[lang] if found.look else None,
        "possibilities": [
            {**finding_as_json(one, lang), "look": one.look[lang] if one.look else None} for one in found.possibilities
        ],
    }


def _fix(remedy: Remedy, lang: str) -> dict[str, Any]:
    return {
        "commands": [list(command) for command in remedy.commands],
        "constraints": list(remedy.constraints),
        "risk": remedy.risk,
        "verified": remedy.verified,
        "note": remedy.note[lang] if remedy.note else None,
        "new_environment": remedy.new_environment,
    }
