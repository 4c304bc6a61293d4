"""How do GitHub's code scanning and other tools for findings read the report?  As SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and, for what GitHub wants beyond it,
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..places import Outside, Place, fingerprints
from ..report import Finding, Report
from .github import code, markdown

SUFFIX = "sarif"

_LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}
_PRECISIONS = {"certain": "very-high", "likely": "high", "possible": "medium"}
#: What the addresses of files are relative to.  Where that is, only who reads the file knows.
_BASE = "%SRCROOT%"
#: Who wrote the file: an identifier, for the project has no address of its own yet.
_HOME = "urn:envdoctor:home"
_PAGE = re.compile(r"https?://[^\s<>]+")
#: The name of our fingerprint, with the version of what it is made from.
_FINGERPRINT = "envdoctor/v1"


def render(report: Report, lang: str, console: Any = None) -> str:
    outside = Outside(report, lang, console)
    rules: dict[str, Finding] = {}
    for found in report.findings:
        rules.setdefault(found.rule, found)
    numbers = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "envdoctor",
                "informationUri": _HOME,
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(outside, found) for found in rules.values()],
            }
        },
        "automationDetails": {"id": "envdoctor/"},
        "language": _LANGUAGES[lang],
        "originalUriBaseIds": {_BASE: {"description": {"text": outside.say("ci.repository")}}},
        "results": [
            _result(outside, found, numbers[found.rule], key)
            for found, key in zip(report.findings, fingerprints(report.findings))
        ],
        "columnKind": "utf16CodeUnits",
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1) + "\n"  # in ASCII: no console and no redirection can spoil it


def _rule(outside: Outside, found: Finding) -> dict[str, Any]:
    """What there is to say of a rule, in the words of its first finding."""
    detail, cure = outside.detail(found), outside.cure(found)
    sources = [source.encode("utf-8", "replace").decode("utf-8") for source in found.sources]
    told = outside.say("report.sources", checked=found.checked) if sources else ""
    blocks = [
        markdown(detail),
        markdown(cure.heading),
        "\n".join("- " + code(command) for command in cure.commands),
        markdown(cure.note),
        markdown(told),
        "\n".join("- " + (f"<{source}>" if _PAGE.fullmatch(source) else markdown(source)) for source in sources),
    ]
    rule: dict[str, Any] = {
        "id": found.rule,
        "shortDescription": {"text": outside.title(found)},
        "fullDescription": {"text": detail},
        "defaultConfiguration": {"level": _LEVELS[found.severity]},
        "help": {
            "text": "\n".join(filter(None, [detail, *cure.lines(), told, *sources])),
            "markdown": "\n\n".join(filter(None, blocks)),
        },
        "properties": {
            "tags": list(dict.fromkeys([found.area, found.stage, "deep-learning"])),
            "precision": _PRECISIONS[found.certainty],
            "problem.severity": _PROBLEMS[found.severity],
        },
    }
    pages = [match.group() for match in map(_PAGE.match, sources) if match]
    if pages:
        rule["helpUri"] = quote(pages[0], safe="!#$%&'()*+,/:;=?@[]~")
    return rule


def _result(outside: Outside, found: Finding, number: int, key: str) -> dict[str, Any]:
    """A finding; what follows from it is related to it, and GitHub shows that where the message refers to it."""
    lines = [outside.sentence(_plain(outside.title(found)))]
    if found.certainty != "certain":
        lines.append(outside.sentence(outside.severity(found)))
    below = outside.consequences(found)
    for place, child in enumerate(below, 1):
        title = re.sub(r"([\\\[\]])", r"\\\1", outside.title(child))
        lines.append(outside.sentence(outside.say("report.consequence", title=f"[{title}]({place})")))
    lines += map(_plain, outside.cure(found).lines())
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": number,
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [_location(outside.place(found))],
        "partialFingerprints": {_FINGERPRINT: key},
    }
    if below:
        result["relatedLocations"] = [
            {"id": place, "message": {"text": outside.title(child)}, **_location(outside.place(child))}
            for place, child in enumerate(below, 1)
        ]
    return result


def _location(place: Place) -> dict[str, Any]:
    address = {"uri": quote(place.file, safe="/~!$&'()*+,;=@"), "uriBaseId": _BASE}
    return {"physicalLocation": {"artifactLocation": address, "region": {"startLine": place.line}}}


def _plain(text: str) -> str:
    """A text in which nothing is a reference to a location: `[…](1)` is one."""
    return text.replace("](", "] (")
