"""How does a report look as one HTML page, to be kept or sent to somebody?"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, Iterable, Sequence

from .. import __version__, page
from ..chart import KNOWN, Chart
from ..overview import gib, ignored, overview, reason
from ..page import Markup, element, joined, markup, prose
from ..report import Evidence, Finding, Report
from ..share import spelled
from ..sheet import cut
from ..words import fact_name, origin_text, say
from .markdown import absent_facts, curable, examined, facts, heading, is_blind, machine, severity, verdict

SUFFIX = "html"

#: Evidence longer than this is cut, as on a console; a value among all facts has more room (our choice).
_EVIDENCE, _VALUE = 160, 400
#: Where the scale of a card's memory may end, GiB: the sizes of cards, so that a small one looks small.
_SCALES = (24, 48, 96, 192, 384)


def render(report: Report, lang: str, console: Any = None) -> str:
    """The whole page.  `lang` is "en" or "zh"."""
    parts = [
        _head(report, lang),
        _verdict(report, lang),
        _overview(report, lang),
        _findings(report, lang),
        _plan(report, lang),
        _cards(report.chart, lang),
        _details(report, lang),
    ]
    title = say("share.title", lang, doctor=__version__, verdict=verdict(report, lang).rstrip(".。"))
    return page.page(title, joined(filter(None, parts), "\n\n"), lang)


# ---------------------------------------------------------------- who, and the verdict


def _head(report: Report, lang: str) -> Markup:
    chart, patient = report.chart, report.chart.patient
    about: list[tuple[str, str]] = [(say("share.examined", lang), examined(chart, lang))]
    if patient.get("python"):
        about.append((say("share.interpreter", lang), page.path(str(patient["python"]))))
    if patient.get("project"):
        about.append((say("share.project", lang), page.path(str(patient["project"]))))
    for candidate in patient.get("passed_over") or ():
        about.append((say("share.passed-over", lang), page.path(str(candidate))))
    if report.expect != "any":
        about.append((say("share.judged", lang), prose(say(f"report.expect-{report.expect}", lang))))
    trouble = chart.fact("python.trouble")
    if trouble.state == KNOWN:
        why = reason(str(trouble.value), trouble.detail, lang)
        about.append((say("share.trouble", lang), prose(say("report.not-questioned", lang, reason=why))))
    return page.header(say("share.page-title", lang), f"envdoctor {__version__}", about)


def _verdict(report: Report, lang: str) -> Markup:
    mark = {"problems": "error", "warnings": "warning"}.get(report.verdict, "ok")
    if mark == "ok" and not report.findings and any(line.mark == "unknown" for line in overview(report, lang)):
        mark = "unknown"
    told = []
    if any(found.remedy is not None for found in report.findings) and mark != "ok":
        told.append(say("report.next-one" if len(report.findings) == 1 else "report.next-first", lang).strip())
    number = len(report.doubts)
    if number and (report.findings or is_blind(report, lang)):
        told.append(
            say(f"share.doubts-{'one' if number == 1 else 'many'}", lang, number=number) + say("share.stop", lang)
        )
    return page.banner(mark, verdict(report, lang), joined([element("p", prose(one)) for one in told]), lang)


def _overview(report: Report, lang: str) -> Markup:
    rows = []
    for line in overview(report, lang):
        label = element("span", line.label, class_="label whole") if line.label else Markup()
        text = page.path(line.text) if line.area == "project" else markup(line.text)
        rows.append((element("span", joined([page.mark(line.mark, lang), label]), class_="whole"), text))
    title = say("share.overview", lang)
    return page.section(title, page.table(rows, (), title))


# ---------------------------------------------------------------- what is wrong


def _findings(report: Report, lang: str) -> Markup:
    if not report.findings:
        return Markup()
    only_notes = all(found.severity == "info" for found in report.findings)
    cards = [finding_card(found, report.chart, lang, number) for number, found in enumerate(report.findings, 1)]
    return page.section(say("share.notes" if only_notes else "share.findings", lang), joined(cards, "\n"))


def finding_card(found: Finding, chart: Chart, lang: str, number: int = 0) -> Markup:
    """One finding with its evidence, what follows from it, its cure and its sources."""
    title = joined([Markup(f"{number}. ") if number else Markup(), prose(found.title[lang])])
    told = [_evidence(one, lang) for one in found.evidence]
    told += [prose(say("report.consequence", lang, title=child)) for child in _followers(found, lang)]
    parts = [
        page.badge(severity(found, lang), found.severity),
        element("h3", title),
        page.paragraphs(found.detail[lang]),
        page.bullets(told, "small"),
        _cure(found, chart, lang),
        _sources(found, lang),
    ]
    return page.card(joined(parts, "\n"), found.severity)


def _followers(found: Finding, lang: str) -> list[str]:
    """The titles of all that follows from a finding."""
    return [title for one in found.consequences for title in (one.title[lang], *_followers(one, lang))]


def _evidence(one: Evidence, lang: str) -> Markup:
    value = prose(cut(f"{fact_name(one.fact, lang)} {one.value}", _EVIDENCE))
    if not one.origin:
        return value
    return joined([value, Markup(" "), element("span", page.path(origin_text(one.origin, lang)), class_="soft")])


def _cure(found: Finding, chart: Chart, lang: str) -> Markup:
    remedy = found.remedy
    if remedy is None:
        return Markup() if found.severity == "info" else element("p", say("report.cure-none", lang))
    parts = [element("h4", say("report." + heading(found, remedy), lang).rstrip(":："))]
    parts += _commands(remedy.commands, chart, lang)
    if remedy.note:
        parts.append(page.paragraphs(remedy.note[lang]))
    if remedy.commands and remedy.verified in ("rehearsed", "resolved"):
        parts.append(element("p", say(f"report.verified-{remedy.verified}", lang)))
    return joined(parts, "\n")


def _commands(commands: Iterable[tuple[str, ...]], chart: Chart, lang: str) -> list[Markup]:
    return [page.command_block(spelled(command, chart), lang) for command in commands]


def _sources(found: Finding, lang: str) -> Markup:
    parts = []
    if found.sources:
        links = joined((element("li", page.link(source)) for source in found.sources), "\n")
        head = say("report.sources", lang, checked=found.checked)
        parts.append(element("div", joined([markup(head), element("ul", links)], "\n"), class_="small"))
    more = say("share.more", lang, rule=found.rule)
    return joined([*parts, element("p", prose(more), class_="small")], "\n")


def _plan(report: Report, lang: str) -> Markup:
    plan = report.plan
    if not curable(report):
        return Markup()
    about = say("share.plan-new-environment" if plan.new_environment else "share.plan-about", lang)
    parts = [element("p", about), *_commands(plan.commands, report.chart, lang)]
    if plan.verified in ("rehearsed", "resolved"):
        parts.append(element("p", say(f"report.verified-{plan.verified}", lang)))
    if plan.left_out:
        rules = say("report.and", lang).join(plan.left_out)
        parts.append(element("p", say("report.left-out", lang, rules=rules)))
    return page.section(say("share.plan", lang), page.card(joined(parts, "\n")))


# ---------------------------------------------------------------- the cards


def _cards(chart: Chart, lang: str) -> Markup:
    groups: dict[tuple[str, float | None, str], list[int]] = {}
    columns = [_column(chart, name) for name in ("gpu", "gpu.memory", "gpu.capability")]
    for number, (name, memory, capability) in enumerate(list(zip_longest(*columns))[: len(columns[0])]):
        alike = (str(name), _number(memory), "" if capability is None else str(capability))
        groups.setdefault(alike, []).append(number)
    if not groups:
        return Markup()
    need = _number(chart.value("project.memory"))
    largest = max([(size or 0.0) / 1024 for _, size, _ in groups] + [need or 0.0])
    scale = next((end for end in _SCALES if end >= largest), largest)
    shown = [_card(*about, numbers, scale, need, lang) for about, numbers in groups.items()]
    if need and chart.value("project.network"):
        network = str(chart.value("project.network"))
        shown.append(element("p", say("share.card-needs", lang, network=network, gib=f"{need:g}"), class_="soft"))
    return page.section(say("share.cards", lang), joined(shown, "\n"))


def _column(chart: Chart, name: str) -> list[Any]:
    value = chart.value(name)
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 < number < 1e9 else None


def _card(
    name: str, size: float | None, capability: str, numbers: Sequence[int], scale: float, need: float | None, lang: str
) -> Markup:
    """A card, or several that are alike, with its memory (MiB) as a bar."""
    about = [say("share.card-memory", lang, gib=gib(size)) if size else say("share.card-no-memory", lang)]
    if capability:
        about.append(say("share.card-capability", lang, capability=capability))
    which = say("share.card", lang, number=say("report.and", lang).join(map(str, numbers)))
    parts = [
        page.badge(which, "nothing"),
        element("h3", name),
        element("p", say("report.beside", lang).join(about)),
    ]
    if size:
        ticks = [(place / 4, f"{scale * place / 4:g}" + (" GiB" if place == 4 else "")) for place in range(5)]
        label = say("share.card-bar", lang, gib=gib(size), most=f"{scale:g}")
        if need:
            label += say("report.beside", lang) + say("share.card-mark", lang, gib=f"{need:g}")
        parts.append(page.gauge(size / 1024 / scale, ticks, label, need / scale if need else None))
    return page.card(joined(parts, "\n"))


# ---------------------------------------------------------------- what only some want to see


def _details(report: Report, lang: str) -> Markup:
    chart = report.chart
    parts = [_distributions(chart, lang), _facts(chart, lang), _doubts(report, lang)]
    if report.ignored:
        rules = say("report.and", lang).join(ignored(report, lang))
        parts.append(element("p", say("share.ignored", lang, rules=rules), class_="small"))
    body = joined(filter(None, parts), "\n")
    return page.section(say("share.details", lang), body) if body else Markup()


def _distributions(chart: Chart, lang: str) -> Markup:
    installed = chart.distributions()
    if not installed:
        return Markup()
    number = len(installed)
    title = say(f"share.distributions-{'one' if number == 1 else 'many'}", lang, number=number)
    return page.fold(
        title, page.printed("\n".join(f"{name}=={version}" for name, version in sorted(installed.items())))
    )


def _facts(chart: Chart, lang: str) -> Markup:
    title = say("share.facts", lang)
    rows: list[tuple[str, str]] = []
    for name, value, origin in facts(chart, lang, _VALUE):
        below = [element("div", page.torn(origin), class_="soft small")] if origin else []
        rows.append((page.torn(name), joined([page.torn(value), *below])))
    missing = absent_facts(chart)
    if missing:
        rows.append((markup(say("share.facts-absent", lang)), page.torn(say("report.and", lang).join(missing))))
    if machine(chart, lang):
        rows.insert(0, (markup(say("share.machine", lang)), markup(machine(chart, lang))))
    head = (say("share.fact", lang), say("share.value", lang))
    return page.fold(title, page.table(rows, head, title)) if rows else Markup()


def _doubts(report: Report, lang: str) -> Markup:
    number = len(report.doubts)
    if not number:
        return Markup()
    title = say(f"share.doubts-{'one' if number == 1 else 'many'}", lang, number=number)
    rows = []
    for doubt in report.doubts:
        why = element("div", reason(doubt.why, doubt.detail, lang), class_="soft small")
        missing = page.torn(say("report.and", lang).join(doubt.missing))
        rows.append((page.torn(doubt.rule), joined([missing, why])))
    return page.fold(title, page.table(rows, (say("share.rule", lang), say("share.missing", lang)), title))
