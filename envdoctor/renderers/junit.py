"""How do test reports show the report?  As JUnit's XML: a suite for each area, a case for each rule that has an answer.

There is no standard; this is what the schema of Jenkins' xUnit plugin allows, with which pytest tests its own.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, Iterator

from ..chart import is_distribution
from ..overview import overview, reason
from ..places import Outside
from ..report import AREAS, Doubt, Finding, Report

SUFFIX = "xml"

#: All that XML 1.0 can hold; not even a reference may name another character.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Which area a missing fact belongs to, by the first part of its name.
_FRAMEWORKS = frozenset("torch torchvision torchaudio tensorflow keras jax jaxlib onnxruntime paddle mxnet".split())


def render(report: Report, lang: str, console: Any = None) -> str:
    outside = Outside(report, lang, console)
    suites = [_suite(outside, area) for area in AREAS]
    top = ET.Element("testsuites", {"name": "envdoctor", **_totals(suites)})
    top.extend(suites)
    # In ASCII, with references for all else: no console and no redirection can spoil it.
    return bytes(ET.tostring(top, "us-ascii")).decode("ascii") + "\n"


def _totals(suites: list[ET.Element]) -> dict[str, str]:
    names = ("tests", "failures", "errors")  # the schema has no more of them here
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in names}


def _suite(outside: Outside, area: str) -> ET.Element:
    """What is found in an area, what follows there from another finding, and what could not be told."""
    suite = ET.Element("testsuite", name=f"envdoctor.{area}")
    names: dict[str, int] = {}

    def case(name: str) -> ET.Element:
        names[name] = names.get(name, 0) + 1
        name = name if names[name] == 1 else f"{name} ({names[name]})"
        return ET.SubElement(suite, "testcase", classname=f"envdoctor.{area}", name=_legal(name))

    for found in outside.report.findings:
        if found.area == area:
            _write(outside, case(_name(outside, found)), found)
    for root, child in _consequences(outside.report.findings):
        if child.area == area:  # counted where its cause is, and yet no success
            text = outside.say("ci.follows-from", rule=root.rule)
            _part(case(child.rule), "skipped", outside.title(child), message=text)
    if not names:
        _write_area(outside, case(outside.say("ci.nothing-found")), area)
    for doubt in outside.report.doubts:
        if _area(doubt) == area:
            why = outside.text(reason(doubt.why, doubt.detail, outside.lang))
            missing = outside.say("report.and").join(doubt.missing)
            _part(case(doubt.rule), "skipped", message=outside.say("ci.lacks", missing=missing, reason=why))
    kinds = [child.tag for one in suite for child in one]
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(kinds.count("failure")))
    suite.set("errors", "0")
    suite.set("skipped", str(kinds.count("skipped")))
    return suite


def _name(outside: Outside, found: Finding) -> str:
    """The rule; where it speaks of several things, with what it blames."""
    again = sum(one.rule == found.rule for one in outside.report.findings) > 1
    return f"{found.rule} ({', '.join(found.packages)})" if again and found.packages else found.rule


def _write(outside: Outside, case: ET.Element, found: Finding) -> None:
    place, title = outside.place(found), outside.title(found)
    lines = [outside.say("report.finding", severity=outside.severity(found), title=title)]
    lines.append(outside.say("ci.place", place=f"{place.file}:{place.line}"))
    lines += ["", outside.detail(found)]
    lines += ["- " + outside.text(f"{one.fact} {one.value}") for one in found.evidence]
    lines += ["- " + outside.say("report.consequence", title=outside.title(one)) for one in outside.consequences(found)]
    lines += ["", *outside.cure(found).lines(), outside.say("report.more", rule=found.rule)]
    if found.severity == "info":
        _part(case, "system-out", "\n".join(lines))
    else:
        _part(case, "failure", "\n".join(lines), type=found.severity, message=title)


def _write_area(outside: Outside, case: ET.Element, area: str) -> None:
    """An area without findings has passed, unless nobody could look at it: silence is not health."""
    line = next((line for line in overview(outside.report, outside.lang) if line.area == area), None)
    if line is None:
        _part(case, "skipped", message=reason("nobody-looked", "", outside.lang))
    elif line.mark == "unknown":
        _part(case, "skipped", message=outside.text(line.text))


def _part(case: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    part = ET.SubElement(case, tag, {name: _legal(value) for name, value in attributes.items()})
    part.text = _legal(text) or None


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _consequences(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, Finding]]:
    """(what it follows from, the consequence), all the way down."""
    for found in findings:
        for child in found.consequences:
            yield found, child
        yield from _consequences(found.consequences)


def _area(doubt: Doubt) -> str:
    """The area of the first fact that is missing; rules that could not be judged have none of their own."""
    name = doubt.missing[0] if doubt.missing else ""
    first = name.partition(".")[0]
    if first in _FRAMEWORKS:
        return "frameworks"
    if first in AREAS:
        return first
    return "packages" if name and is_distribution(name) else "environment"
