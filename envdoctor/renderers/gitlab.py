"""How does GitLab show the report in a merge request?  As a Code Quality report.

https://docs.gitlab.com/ci/testing/code_quality/ (no schema is published; tests/schemas has one of ours)
"""

from __future__ import annotations

import json
from typing import Any

from ..places import Outside, fingerprints
from ..report import Finding, Report

SUFFIX = "json"


def render(report: Report, lang: str, console: Any = None) -> str:
    outside = Outside(report, lang, console)
    entries = [_entry(outside, found, key) for found, key in zip(report.findings, fingerprints(report.findings))]
    return json.dumps(entries, indent=1) + "\n"  # in ASCII: no console and no redirection can spoil it


def _entry(outside: Outside, found: Finding, key: str) -> dict[str, Any]:
    place, cure = outside.place(found), outside.cure(found)
    commands = [f"`{command}`" for command in cure.commands]  # one line, so what is to be typed needs its ends
    parts = filter(None, [outside.sentence(outside.title(found)), cure.heading, *commands, cure.note])
    return {
        "description": " ".join(" ".join(parts).split()),
        "check_name": found.rule,
        "fingerprint": key,
        "severity": _severity(found),
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }


def _severity(found: Finding) -> str:
    """GitLab has five; "blocker" is for nothing that we know."""
    if found.severity == "error":
        return "critical" if found.certainty == "certain" else "major"
    return "minor" if found.severity == "warning" else "info"
