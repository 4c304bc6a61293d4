"""How does a report read on a console, for a tired student and in at most a screenful?"""

from __future__ import annotations

from typing import Any, Iterable

from .. import __version__
from ..chart import ABSENT, KNOWN, Chart, Fact, is_distribution
from ..overview import ignored, overview, reason
from ..report import Evidence, Finding, Remedy, Report
from ..sheet import BOLD, DIM, GREEN, STYLES, WIDEST, Sheet, cut
from ..words import fact_name, origin_text, pad, readable, width
from . import Console

SUFFIX = "txt"

#: A value that is quoted as evidence is cut after this many columns unless the report is verbose (our choice).
_VALUE_COLUMNS = 160
#: A list of so many items is shown whole in a verbose report, of a longer one two lines (our choice).
_ITEMS = 12


def render(report: Report, lang: str, console: Console) -> str:
    """The report as text that ends in a line end.  `lang` is "en" or "zh"; ASCII consoles get English."""
    page = Sheet(console, readable(lang, console.encoding))
    _write_patient(page, report)
    _write_overview(page, report)
    for number, found in enumerate(report.findings, 1):
        write_finding(page, report, found, number)
    _write_together(page, report)
    if report.verbose:
        _write_details(page, report)
    write_ignored(page, report)
    _write_end(page, report)
    return page.text()


def explanation(report: Report, lang: str, console: Console) -> str:
    """What a log means: its findings, each under its lines; who asks for that wants to read nothing else."""
    page = Sheet(console, readable(lang, console.encoding))
    words = page.of("explain")
    who = _who_decided(words, report)
    if who:
        page.add(who, style=DIM)
    for number, found in enumerate(report.findings, 1):
        write_finding(page, report, found, number if len(report.findings) > 1 else 0)
    _write_together(page, report)
    write_ignored(page, report)
    return page.text()


def _who_decided(page: Sheet, report: Report) -> str:
    """Whose facts chose between the causes; of a log alone there is nothing to tell."""
    patient = report.chart.patient
    if patient.get("kind") == "paste":
        return page.say("by-log") if report.chart.facts else ""
    return page.say("by-patient", who=who(page.of("report"), patient), because=_because(page.of("report"), patient))


# ---------------------------------------------------------------- who


def _write_patient(page: Sheet, report: Report) -> None:
    patient = report.chart.patient
    page.add(page.say("headline", doctor=__version__, who=who(page, patient), because=_because(page, patient)))
    if patient.get("python"):
        page.add_whole("  " + str(patient["python"]), DIM)
    for candidate in patient.get("passed_over") or ():
        _write_candidate(page, str(candidate))
    trouble = report.chart.fact("python.trouble")
    if trouble.state == KNOWN:
        page.add(page.say("not-questioned", reason=reason(str(trouble.value), trouble.detail, page.lang)), "  ", "    ")
    if report.expect != "any":
        page.add(page.say(f"expect-{report.expect}"), "  ", "    ")


def who(page: Sheet, patient: Any) -> str:
    """The patient in words: `conda environment "tf113" (Python 3.7.16)`."""
    kind, name = str(patient.get("kind") or "?"), str(patient.get("name") or "")
    quoted = page.say("quoted", text=name) if name else ""
    try:
        who = page.say(f"kind-{kind}", name=quoted).strip()
    except KeyError:
        who = f"{kind} {quoted}".strip()
    return who + (page.say("version", version=patient["version"]) if patient.get("version") else "")


def _because(page: Sheet, patient: Any) -> str:
    chosen_by = str(patient.get("chosen_by") or "")
    try:
        return page.say("chosen-by-" + chosen_by.strip("-").lower().replace("_", "-"))
    except KeyError:
        return f" ({chosen_by})" if chosen_by else ""


def _write_candidate(page: Sheet, candidate: str) -> None:
    """`CONDA_PREFIX=/path`: no Python there.  `--name=/path`: it would have done as well."""
    name, equals, path = candidate.partition("=")
    text_id, name = ("same-name", "") if name == "--name" else ("passed-over", name + equals)
    room = page.columns - width("  " + page.say(text_id, what=name))
    page.add_whole("  " + page.say(text_id, what=name + page.shorten(path, room)))


# ---------------------------------------------------------------- what was seen


def _write_overview(page: Sheet, report: Report) -> None:
    page.blank()
    lines = overview(report, page.lang)
    labels = max(width(page.fit(line.label)) for line in lines)
    for line in lines:
        indent = page.mark(line.mark) + " " + (pad(page.fit(line.label), labels) + "  " if line.label else "")
        text = page.shorten(line.text, page.columns - width(indent)) if line.area == "project" else line.text
        page.add(text, "", " " * width(indent), STYLES[line.mark], indent)


# ---------------------------------------------------------------- what is wrong


def write_finding(page: Sheet, report: Report, found: Finding, number: int) -> None:
    page.blank()
    severity = page.say(found.severity)
    if found.certainty != "certain":
        severity = page.say(f"certainty-{found.certainty}", severity=severity)
    count = f"{number}. " if number else ""
    head = count + page.say("finding", severity=severity, title="")
    indent = " " * len(count)
    page.add(found.title[page.lang], "", indent, STYLES[found.severity], head)
    _write_quote(page, found, indent)
    page.add(found.detail[page.lang], indent)
    for one in found.evidence:
        _write_evidence(page, report, one, indent)
    for child in found.consequences:
        _write_consequence(page, child, indent)
    _write_undecided(page, found, indent)
    if found.remedy is not None:
        _write_remedy(page, report, found, found.remedy, indent)
    elif found.severity != "info" and found.cause != "user-code":
        page.blank()
        page.add(page.say("cure-none"), indent)
    if report.verbose:
        _write_sources(page, found, indent)
    name = page.say("more", rule=found.rule) if not found.quote else page.of("explain").say("more", cause=found.cause)
    page.add(name, indent, indent + "  ", DIM)


def _write_quote(page: Sheet, found: Finding, indent: str) -> None:
    """The reader's own lines, which no language changes, lest they cannot be searched for."""
    for line in found.quote:
        page.add_whole(indent + "  > " + cut(page.fit(line), _VALUE_COLUMNS), DIM)
    if found.times > 1:
        page.add(page.of("explain").say("times", times=found.times), indent + "  ", style=DIM)


def _write_undecided(page: Sheet, found: Finding, indent: str) -> None:
    """What else it may be, and what to look at to know."""
    words = page.of("explain")
    if found.look is not None:
        page.add(words.say("look", look=found.look[page.lang]), indent, indent + "  ")
    if found.possibilities:
        page.add(words.say("possibilities"), indent)
        for one in found.possibilities:
            page.add(one.title[page.lang], f"{indent}  - ", indent + "    ")
            if one.look is not None:
                page.add(words.say("look", look=one.look[page.lang]), indent + "    ", indent + "      ")


def _write_evidence(page: Sheet, report: Report, one: Evidence, indent: str) -> None:
    head = f"{indent}- "
    value = page.fit(f"{fact_name(one.fact, page.lang)} {one.value}")
    if not report.verbose:
        value = cut(value, _VALUE_COLUMNS)
    origin = page.fit(origin_text(one.origin, page.lang))
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


def _write_consequence(page: Sheet, found: Finding, indent: str) -> None:
    page.add(page.say("consequence", title=found.title[page.lang]), f"{indent}- ", indent + "  ")
    for child in found.consequences:
        _write_consequence(page, child, indent)


def _write_remedy(page: Sheet, report: Report, found: Finding, remedy: Remedy, indent: str) -> None:
    heading = "cure"
    if remedy.risk == "machine":
        heading = "cure-machine"
    elif remedy.new_environment:
        heading = "cure-new-environment"
    elif found.certainty == "possible":
        heading = "cure-check-first"
    page.blank()
    page.add(page.say(heading), indent, style=BOLD)
    _write_commands(page, report.chart, remedy.commands, indent + "    ")
    if remedy.note:
        page.add(remedy.note[page.lang], indent if remedy.commands else indent + "    ")
    if remedy.commands and remedy.verified in ("rehearsed", "resolved"):
        page.add(page.say(f"verified-{remedy.verified}"), indent)


def _write_commands(page: Sheet, chart: Chart, commands: Iterable[tuple[str, ...]], indent: str) -> None:
    from ..prescribe import spell  # rules and versions come with it; a healthy patient needs none of them

    for command in commands:
        page.add_command(spell(command, chart), indent)


def _write_sources(page: Sheet, found: Finding, indent: str) -> None:
    if found.sources:
        page.add(page.say("sources", checked=found.checked), indent)
        for source in found.sources:
            page.add(source, indent + "  ")


def _write_together(page: Sheet, report: Report) -> None:
    curable = [found for found in report.findings if found.remedy is not None and found.remedy.commands]
    plan = report.plan
    if len(curable) < 2 or not plan.commands:
        return
    page.blank()
    page.add(page.say("together-new-environment" if plan.new_environment else "together"), style=BOLD)
    _write_commands(page, report.chart, plan.commands, "    ")
    if plan.verified in ("rehearsed", "resolved"):
        page.add(page.say(f"verified-{plan.verified}"))
    if plan.left_out:
        page.add(page.say("left-out", rules=page.say("and").join(plan.left_out)))


# ---------------------------------------------------------------- the end


def _write_end(page: Sheet, report: Report) -> None:
    number = len(report.doubts)
    page.blank()
    if number and not report.verbose:
        page.add(page.say("doubts-one" if number == 1 else "doubts-many", number=number), style=DIM)
    counts = _counts(page, report)
    if not counts:  # silence is not health
        blind = number or any(line.mark == "unknown" for line in overview(report, page.lang))
        return page.add(page.say("healthy-doubts" if blind else "healthy"), style=GREEN)
    if report.verdict == "healthy":
        return page.add(page.say("healthy-notes", counts=counts), style=GREEN)
    curable = any(found.remedy is not None for found in report.findings)
    step = page.say("next-one" if len(report.findings) == 1 else "next-first") if curable else ""
    who_is_meant = words_for_patient(report)
    if report.plan.commands and who_is_meant is not None:
        step += page.say("fix", words=who_is_meant)
    page.add(page.say("count", counts=counts, next=step), style=BOLD)


def words_for_patient(report: Report) -> str | None:
    """The options that lead another command to the same patient; None where it is no environment of this machine."""
    patient = report.chart.patient
    if patient.get("kind") not in ("conda", "venv", "system") or patient.get("chosen_by") in ("--from", "kernel"):
        return None
    from ..prescribe import quote

    windows = report.chart.value("os") == "windows"
    if patient.get("chosen_by") == "--python":
        return " --python " + quote(str(patient.get("python")), windows)
    if patient.get("chosen_by") == "--name" and patient.get("name"):
        return " -n " + quote(str(patient["name"]), windows)
    return ""


def _counts(page: Sheet, report: Report) -> str:
    texts = []
    for severity, name in (("error", "errors"), ("warning", "warnings"), ("info", "notes")):
        number = sum(found.severity == severity for found in report.findings)
        if number:
            texts.append(page.say(f"{name}-one" if number == 1 else f"{name}-many", number=number))
    return page.say("and").join(texts)


# ---------------------------------------------------------------- verbose


def _write_details(page: Sheet, report: Report) -> None:
    chart = report.chart
    facts = [(name, chart.facts[name]) for name in sorted(chart.facts) if not is_distribution(name)]
    page.blank()
    page.add(page.say("facts"), style=BOLD)
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
        page.add(page.say("distributions"), style=BOLD)
        page.add(", ".join(f"{name}\u00a0{version}" for name, version in sorted(installed.items())), "  ")
    if chart.probes:
        page.blank()
        page.add(page.say("probes"), style=BOLD)
        for name, clock in sorted(chart.probes.items()):
            trouble = str(clock.get("trouble") or "")
            text = page.say("probe", name=name, ms=clock.get("ms", "?"))
            page.add(f"{text} ({trouble})" if trouble else text, "  ", "    ")
    if report.doubts:
        page.blank()
        page.add(page.say("doubts"), style=BOLD)
        for doubt in report.doubts:
            why, missing = reason(doubt.why, doubt.detail, page.lang), page.say("and").join(doubt.missing)
            page.add(page.say("doubt", rule=doubt.rule, missing=missing, reason=why), "  ", "    ")


def write_ignored(page: Sheet, report: Report) -> None:
    """What the settings leave out is said in every report, with the reason; who typed --ignore knows it."""
    if not report.ignored or not (report.verbose or report.ignored_reasons):
        return
    page.blank()
    page.add(page.say("ignored", rules=page.say("then").join(ignored(report, page.lang))), style=DIM)


def _write_fact(page: Sheet, name: str, fact: Fact) -> None:
    if fact.state == KNOWN:
        text = _value(page, fact.value)
    else:
        text = page.say("unknown", reason=reason(fact.why, fact.detail, page.lang))
    text = f"{name}: {text}"
    origin = page.say("fact-from", origin=origin_text(fact.origin, page.lang)) if fact.origin else ""
    if width(page.fit(text)) + width(origin) + 5 <= page.columns:
        page.add_whole(f"  {text} ({origin})" if origin else f"  {text}")
    else:
        page.add(text, "  ", "    ")
        if origin:
            page.add_whole(f"    ({origin})", DIM)


def _value(page: Sheet, value: Any) -> str:
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
