"""How does a report read on a console, for a tired student and in at most a screenful?"""

from __future__ import annotations

import re
from typing import Any, Iterable

from .. import __version__
from ..chart import ABSENT, KNOWN, Chart, Fact, is_distribution
from ..overview import overview, reason
from ..report import Evidence, Finding, Remedy, Report
from ..words import encodable, fact_name, harmless, pad, readable, say, width, wrap
from . import Console

SUFFIX = "txt"

#: Lines longer than this are hard to read, however wide the window is (our choice).
WIDEST = 100
NARROWEST = 40
#: A value that is quoted as evidence is cut after this many columns unless the report is verbose (our choice).
_VALUE_COLUMNS = 160
#: A list of so many items is shown whole in a verbose report, of a longer one two lines (our choice).
_ITEMS = 12

#: mark of an area -> what stands for it, and the same in ASCII.  A console that lacks one gets all in ASCII.
_MARKS = {
    "ok": ("✓", "OK"),
    "warning": ("!", "!!"),
    "error": ("✗", "XX"),
    "nothing": ("–", "--"),
    "unknown": ("?", "??"),
}
_RED, _YELLOW, _GREEN, _CYAN, _BOLD, _DIM = "1;31", "1;33", "32", "36", "1", "2"
_STYLES = {"ok": _GREEN, "warning": _YELLOW, "error": _RED, "nothing": _DIM, "unknown": _YELLOW, "info": _CYAN}


def render(report: Report, lang: str, console: Console) -> str:
    """The report as text that ends in a line end.  `lang` is "en" or "zh"; ASCII consoles get English."""
    page = _Page(console, readable(lang, console.encoding))
    _write_patient(page, report)
    _write_overview(page, report)
    for number, found in enumerate(report.findings, 1):
        _write_finding(page, report, found, number)
    _write_together(page, report)
    if report.verbose:
        _write_details(page, report)
    _write_end(page, report)
    return page.text()


class _Page:
    """Lines as they are written: made harmless and encodable first, then broken into lines, then coloured."""

    def __init__(self, console: Console, lang: str) -> None:
        self.lang = lang
        self.columns = max(NARROWEST, min(console.columns, WIDEST))
        self._console = console
        self._lines: list[str] = []

    def say(self, text_id: str, **words: Any) -> str:
        return self.fit(say(f"report.{text_id}", self.lang, **words))

    def fit(self, text: str) -> str:
        return encodable(harmless(text), self._console.encoding)

    def add(self, text: str, indent: str = "", hang: str | None = None, style: str = "", head: str = "") -> None:
        """A wrapped paragraph; `head` stands before it in the first line, and where there is one, the style is its."""
        text, head = "\u00a0".join(map(self.fit, text.split("\u00a0"))), self.fit(head)
        start = indent + head
        lines = wrap(text, self.columns, start, " " * width(start) if hang is None else hang) or [start.rstrip()]
        if head and style:
            lines[0] = indent + self._paint(head, style) + lines[0][len(start) :]
        elif style:
            lines = [self._paint(line, style) for line in lines]
        self._lines += lines

    def add_command(self, command: str, indent: str) -> None:
        """A command alone on its line and whole, so that it can be copied."""
        self._lines.append(indent + self._paint(self.fit(command).replace("\n", " "), _CYAN))

    def add_whole(self, line: str, style: str = "") -> None:
        """A line that holds a path and is not broken, whatever its width."""
        self._lines.append(self._paint(self.fit(line), style))

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def shorten(self, path: str, columns: int) -> str:
        return shorten(self.fit(path), columns, self.fit("…"))

    def mark(self, name: str) -> str:
        fancy = all(encodable(sign, self._console.encoding) == sign for sign, _ in _MARKS.values())
        return _MARKS[name][0 if fancy else 1]

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._console.color and text else text

    def text(self) -> str:
        return "\n".join(self._lines).rstrip("\n") + "\n"


# ---------------------------------------------------------------- who


def _write_patient(page: _Page, report: Report) -> None:
    patient = report.chart.patient
    page.add(page.say("headline", doctor=__version__, who=_who(page, patient), because=_because(page, patient)))
    if patient.get("python"):
        page.add_whole("  " + str(patient["python"]), _DIM)
    for candidate in patient.get("passed_over") or ():
        _write_candidate(page, str(candidate))
    trouble = report.chart.fact("python.trouble")
    if trouble.state == KNOWN:
        page.add(page.say("not-questioned", reason=reason(str(trouble.value), trouble.detail, page.lang)), "  ", "    ")
    if report.expect != "any":
        page.add(page.say(f"expect-{report.expect}"), "  ", "    ")


def _who(page: _Page, patient: Any) -> str:
    kind, name = str(patient.get("kind") or "?"), str(patient.get("name") or "")
    quoted = page.say("quoted", text=name) if name else ""
    try:
        who = page.say(f"kind-{kind}", name=quoted).strip()
    except KeyError:
        who = f"{kind} {quoted}".strip()
    return who + (page.say("version", version=patient["version"]) if patient.get("version") else "")


def _because(page: _Page, patient: Any) -> str:
    chosen_by = str(patient.get("chosen_by") or "")
    try:
        return page.say("chosen-by-" + chosen_by.strip("-").lower().replace("_", "-"))
    except KeyError:
        return f" ({chosen_by})" if chosen_by else ""


def _write_candidate(page: _Page, candidate: str) -> None:
    """`CONDA_PREFIX=/path`: no Python there.  `--name=/path`: it would have done as well."""
    name, equals, path = candidate.partition("=")
    text_id, name = ("same-name", "") if name == "--name" else ("passed-over", name + equals)
    room = page.columns - width("  " + page.say(text_id, what=name))
    page.add_whole("  " + page.say(text_id, what=name + page.shorten(path, room)))


# ---------------------------------------------------------------- what was seen


def _write_overview(page: _Page, report: Report) -> None:
    page.blank()
    lines = overview(report, page.lang)
    labels = max(width(page.fit(line.label)) for line in lines)
    for line in lines:
        indent = page.mark(line.mark) + " " + (pad(page.fit(line.label), labels) + "  " if line.label else "")
        text = page.shorten(line.text, page.columns - width(indent)) if line.area == "project" else line.text
        page.add(text, "", " " * width(indent), _STYLES[line.mark], indent)


# ---------------------------------------------------------------- what is wrong


def _write_finding(page: _Page, report: Report, found: Finding, number: int) -> None:
    page.blank()
    severity = page.say(found.severity)
    if found.certainty != "certain":
        severity = page.say(f"certainty-{found.certainty}", severity=severity)
    head = f"{number}. " + page.say("finding", severity=severity, title="")
    indent = " " * len(f"{number}. ")
    page.add(found.title[page.lang], "", indent, _STYLES[found.severity], head)
    page.add(found.detail[page.lang], indent)
    for one in found.evidence:
        _write_evidence(page, report, one, indent)
    for child in found.consequences:
        _write_consequence(page, child, indent)
    if found.remedy is not None:
        _write_remedy(page, report, found, found.remedy, indent)
    elif found.severity != "info":
        page.blank()
        page.add(page.say("cure-none"), indent)
    if report.verbose:
        _write_sources(page, found, indent)
    page.add(page.say("more", rule=found.rule), indent, indent + "  ", _DIM)


def _write_evidence(page: _Page, report: Report, one: Evidence, indent: str) -> None:
    head = f"{indent}- "
    value = page.fit(f"{fact_name(one.fact, page.lang)} {one.value}")
    if not report.verbose:
        value = cut(value, _VALUE_COLUMNS)
    origin = page.fit(one.origin)
    if not origin:
        return page.add(value, head, indent + "  ")
    room = page.columns - width(head + value) - len(" ()")
    if not report.verbose:
        # on the line of its value if a fair part of it can be read there
        origin = page.shorten(origin, room if room >= min(width(origin), 30) else page.columns - len(indent) - 4)
    if width(origin) <= room:
        page.add_whole(f"{head}{value} ({origin})")
    else:
        page.add(value, head, indent + "  ")
        page.add_whole(f"{indent}  ({origin})")


def _write_consequence(page: _Page, found: Finding, indent: str) -> None:
    page.add(page.say("consequence", title=found.title[page.lang]), f"{indent}- ", indent + "  ")
    for child in found.consequences:
        _write_consequence(page, child, indent)


def _write_remedy(page: _Page, report: Report, found: Finding, remedy: Remedy, indent: str) -> None:
    heading = "cure"
    if remedy.risk == "machine":
        heading = "cure-machine"
    elif remedy.new_environment:
        heading = "cure-new-environment"
    elif found.certainty == "possible":
        heading = "cure-check-first"
    page.blank()
    page.add(page.say(heading), indent, style=_BOLD)
    _write_commands(page, report.chart, remedy.commands, indent + "    ")
    if remedy.note:
        page.add(remedy.note[page.lang], indent if remedy.commands else indent + "    ")
    if remedy.commands and remedy.verified in ("rehearsed", "resolved"):
        page.add(page.say(f"verified-{remedy.verified}"), indent)


def _write_commands(page: _Page, chart: Chart, commands: Iterable[tuple[str, ...]], indent: str) -> None:
    from ..prescribe import spell  # rules and versions come with it; a healthy patient needs none of them

    for command in commands:
        page.add_command(spell(command, chart), indent)


def _write_sources(page: _Page, found: Finding, indent: str) -> None:
    if found.sources:
        page.add(page.say("sources", checked=found.checked), indent)
        for source in found.sources:
            page.add(source, indent + "  ")


def _write_together(page: _Page, report: Report) -> None:
    curable = [found for found in report.findings if found.remedy is not None and found.remedy.commands]
    plan = report.plan
    if len(curable) < 2 or not plan.commands:
        return
    page.blank()
    page.add(page.say("together-new-environment" if plan.new_environment else "together"), style=_BOLD)
    _write_commands(page, report.chart, plan.commands, "    ")
    if plan.verified in ("rehearsed", "resolved"):
        page.add(page.say(f"verified-{plan.verified}"))
    if plan.left_out:
        page.add(page.say("left-out", rules=page.say("and").join(plan.left_out)))


# ---------------------------------------------------------------- the end


def _write_end(page: _Page, report: Report) -> None:
    number = len(report.doubts)
    page.blank()
    if number and not report.verbose:
        page.add(page.say("doubts-one" if number == 1 else "doubts-many", number=number), style=_DIM)
    counts = _counts(page, report)
    if not counts:  # silence is not health
        blind = number or any(line.mark == "unknown" for line in overview(report, page.lang))
        return page.add(page.say("healthy-doubts" if blind else "healthy"), style=_GREEN)
    if report.verdict == "healthy":
        return page.add(page.say("healthy-notes", counts=counts), style=_GREEN)
    curable = any(found.remedy is not None for found in report.findings)
    step = page.say("next-one" if len(report.findings) == 1 else "next-first") if curable else ""
    page.add(page.say("count", counts=counts, next=step), style=_BOLD)


def _counts(page: _Page, report: Report) -> str:
    texts = []
    for severity, name in (("error", "errors"), ("warning", "warnings"), ("info", "notes")):
        number = sum(found.severity == severity for found in report.findings)
        if number:
            texts.append(page.say(f"{name}-one" if number == 1 else f"{name}-many", number=number))
    return page.say("and").join(texts)


# ---------------------------------------------------------------- verbose


def _write_details(page: _Page, report: Report) -> None:
    chart = report.chart
    facts = [(name, chart.facts[name]) for name in sorted(chart.facts) if not is_distribution(name)]
    page.blank()
    page.add(page.say("facts"), style=_BOLD)
    for name, fact in facts:
        if fact.state != ABSENT:
            _write_fact(page, name, fact)
    not_there = [name for name, fact in facts if fact.state == ABSENT]
    if not_there:
        page.blank()
        page.add(page.say("facts-absent", names=page.say("and").join(not_there)))
    installed = chart.distributions()
    if installed:
        page.blank()
        page.add(page.say("distributions"), style=_BOLD)
        page.add(", ".join(f"{name}\u00a0{version}" for name, version in sorted(installed.items())), "  ")
    if chart.probes:
        page.blank()
        page.add(page.say("probes"), style=_BOLD)
        for name, clock in sorted(chart.probes.items()):
            trouble = str(clock.get("trouble") or "")
            text = page.say("probe", name=name, ms=clock.get("ms", "?"))
            page.add(f"{text} ({trouble})" if trouble else text, "  ", "    ")
    if report.doubts:
        page.blank()
        page.add(page.say("doubts"), style=_BOLD)
        for doubt in report.doubts:
            why, missing = reason(doubt.why, doubt.detail, page.lang), page.say("and").join(doubt.missing)
            page.add(page.say("doubt", rule=doubt.rule, missing=missing, reason=why), "  ", "    ")
    if report.ignored:
        page.blank()
        page.add(page.say("ignored", rules=page.say("and").join(report.ignored)))


def _write_fact(page: _Page, name: str, fact: Fact) -> None:
    if fact.state == KNOWN:
        text = _value(page, fact.value)
    else:
        text = page.say("unknown", reason=reason(fact.why, fact.detail, page.lang))
    text = f"{name}: {text}"
    origin = page.say("fact-from", origin=fact.origin) if fact.origin else ""
    if width(page.fit(text)) + width(origin) + 5 <= page.columns:
        page.add_whole(f"  {text} ({origin})" if origin else f"  {text}")
    else:
        page.add(text, "  ", "    ")
        if origin:
            page.add_whole(f"    ({origin})", _DIM)


def _value(page: _Page, value: Any) -> str:
    """A fact's value for people; of a long list or table only the beginning, and how long it is."""
    if isinstance(value, dict):
        items = [f"{key}={_value(page, item)}" for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [_value(page, item) for item in value]
    else:
        return str(value)
    text = ", ".join(items)
    if len(items) <= _ITEMS or width(text) <= 2 * WIDEST:
        return text
    return page.say("shortened", text=cut(text, 2 * WIDEST), number=len(items))


# ---------------------------------------------------------------- shortening


def shorten(path: str, columns: int, ellipsis: str = "…") -> str:
    """The path with its middle left out, if it is wider: the end says most, then the beginning.

    >>> shorten("/home/li/anaconda3/envs/tf113/lib/python3.7/site-packages/h5py-3.8.0.dist-info/METADATA", 60)
    '/home/li/anaconda3/envs/…/h5py-3.8.0.dist-info/METADATA'
    """
    if width(path) <= columns:
        return path
    parts = re.split(r"(?<=[\\/])", path)
    for after in (2, 1):
        for before in range(len(parts) - after - 1, -1, -1):
            separator = parts[before][-1:]
            shorter = "".join(parts[:before]) + ellipsis + separator + "".join(parts[-after:])
            if len(parts) > before + after and separator in ("/", "\\") and width(shorter) <= columns:
                return shorter
    return path


def cut(text: str, columns: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis.

    >>> cut("显卡显卡显卡", 8)
    '显卡显…'
    """
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…"
