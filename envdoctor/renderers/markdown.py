"""How does a report read when it is pasted into an issue, or into a forum that knows no Markdown?"""

from __future__ import annotations

import re
from typing import Any, Iterable, Sequence

from .. import __version__
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, is_distribution
from ..overview import gib, ignored, overview, reason
from ..report import SEVERITIES, Finding, Remedy, Report
from ..share import spelled
from ..sheet import MARKS, Sheet, cut
from ..words import fact_name, harmless, origin_text, readable, say, width
from . import Console
from .text import who

SUFFIX = "md"

#: An issue of GitHub holds 65536 characters; what is folded away is cut, the last part first.
ROOM = 60000
#: Columns of a cell, of a value among all facts, and of a finding's paragraph (our choice).
_CELL, _VALUE, _DETAIL = 300, 400, 700
#: Variables that a helper asks for when they are set.
VARIABLES = (
    "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONPATH", "PYTHONHOME",
    "PYTHONNOUSERSITE", "KERAS_BACKEND", "TF_USE_LEGACY_KERAS", "XLA_FLAGS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL",
)  # fmt: skip


def render(report: Report, lang: str, console: Any = None) -> str:
    """The report as GitHub's Markdown.  `lang` is "en" or "zh"; ASCII consoles get English."""
    lang = readable(lang, getattr(console, "encoding", "utf-8"))
    chart = report.chart
    parts = ["## " + inline(say("share.title", lang, doctor=__version__, verdict=verdict(report, lang).rstrip(".。")))]
    for number, found in enumerate(report.findings, 1):
        parts += _finding(found, number, chart, lang)
    parts += _plan(report, lang)
    parts.append("### " + say("share.environment", lang))
    parts.append(table(_rows(report, lang), [say("share.row", lang), say("share.column", lang)]))
    room = ROOM - sum(len(part) + 2 for part in parts)
    for summary, lines in (_distributions(chart, lang), _facts(chart, lang), _doubts(report, lang)):
        if lines and room > 0:
            folded = _folded(summary, lines, room, lang)
            parts.append(folded)
            room -= len(folded) + 2
    return "\n\n".join(filter(None, parts)) + "\n"


# ---------------------------------------------------------------- words of the report, for the page as well


def counts(report: Report, lang: str) -> str:
    """`2 errors, 1 warning`; "" for none."""
    texts = []
    for severity, name in zip(SEVERITIES, ("errors", "warnings", "notes")):
        number = sum(found.severity == severity for found in report.findings)
        if number:
            texts.append(say(f"report.{name}-{'one' if number == 1 else 'many'}", lang, number=number))
    return say("report.and", lang).join(texts)


def is_blind(report: Report, lang: str) -> bool:
    """Whether something could not be seen: silence is not health."""
    return bool(report.doubts) or any(line.mark == "unknown" for line in overview(report, lang))


def verdict(report: Report, lang: str) -> str:
    """The report in one sentence."""
    text = counts(report, lang)
    if not text:
        return say("report.healthy-doubts" if is_blind(report, lang) else "report.healthy", lang)
    if report.verdict == "healthy":
        return say("report.healthy-notes", lang, counts=text)
    return text


def severity(found: Finding, lang: str) -> str:
    """`error`, or `error (likely)`."""
    text = say("report." + found.severity, lang)
    return text if found.certainty == "certain" else say("report.certainty-" + found.certainty, lang, severity=text)


def examined(chart: Chart, lang: str) -> str:
    """Who was examined, and why: `conda environment "tf113" (Python 3.7.16), because CONDA_PREFIX is set`."""
    chosen_by = str(chart.patient.get("chosen_by") or "")
    try:
        because = say("report.chosen-by-" + chosen_by.strip("-").lower().replace("_", "-"), lang)
    except KeyError:
        because = f" ({chosen_by})" if chosen_by else ""
    return who(Sheet(Console(), lang), chart.patient) + because


def heading(found: Finding, remedy: Remedy) -> str:
    """The id of what stands above a cure."""
    if remedy.risk == "machine":
        return "cure-machine"
    if remedy.new_environment:
        return "cure-new-environment"
    return "cure-check-first" if found.certainty == "possible" else "cure"


def curable(report: Report) -> bool:
    """Whether there is more than one cure, so that a plan for all of them is worth something."""
    cures = [found for found in report.findings if found.remedy is not None and found.remedy.commands]
    return len(cures) > 1 and bool(report.plan.commands)


def told(value: Any) -> str:
    """A fact's value for people."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {told(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        nested = any(isinstance(item, (dict, list, tuple)) for item in value)
        return ("; " if nested else ", ").join(map(told, value))
    return str(value)


def facts(chart: Chart, lang: str, columns: int = _VALUE) -> list[tuple[str, str, str]]:
    """(name, value, origin) of every fact that is no distribution and not absent."""
    seen = []
    for name in sorted(chart.facts):
        fact = chart.facts[name]
        if not is_distribution(name) and fact.state != ABSENT:
            seen.append((name, _value(fact, lang, columns), origin_text(str(fact.origin), lang)))
    return seen


def _value(fact: Fact, lang: str, columns: int) -> str:
    if fact.state == UNKNOWN:
        return say("report.unknown", lang, reason=reason(fact.why, fact.detail, lang))
    text = told(fact.value)
    shown = cut(text, columns)
    many = isinstance(fact.value, (dict, list, tuple)) and len(fact.value) > 1
    return say("report.shortened", lang, text=shown, number=len(fact.value)) if many and shown != text else shown


def absent_facts(chart: Chart) -> list[str]:
    """The names of what was looked for and is not there; a variable that is not set is not worth its name."""
    missing = sorted(name for name, fact in chart.facts.items() if fact.state == ABSENT)
    return [name for name in missing if not is_distribution(name) and not name.startswith("env.")]


def machine(chart: Chart, lang: str) -> str:
    """Processor, memory and disk, as far as they are known."""
    parts = [str(chart.value("cpu.model"))] if chart.value("cpu.model") else []
    for fact, name in (("cpu.count", "threads"), ("ram.total_mib", "ram"), ("disk.free_mib", "disk")):
        number = chart.value(fact)
        if number:
            parts.append(say("share." + name, lang, count=number, gib=gib(number)))
    return say("report.beside", lang).join(parts)


# ---------------------------------------------------------------- the parts


def _finding(found: Finding, number: int, chart: Chart, lang: str) -> list[str]:
    title = say("report.finding", lang, severity=severity(found, lang), title=found.title[lang])
    parts = [f"### {number}. {inline(title)}", inline(_short(found.detail[lang]))]
    seen = [f"{fact_name(one.fact, lang)} {one.value}" for one in found.evidence]
    if seen:
        text = say("report.then", lang).join(inline(cut(one, _CELL)) for one in seen)
        parts.append(say("share.seen", lang, evidence=text))
    after = [inline(say("report.consequence", lang, title=child.title[lang])) for child in found.consequences]
    if after:
        parts.append("\n".join("- " + one for one in after))
    return [*parts, *_cure(found, chart, lang), code(f"envdoctor rules show {found.rule}")]


def _short(text: str) -> str:
    """As many whole sentences as there is room for."""
    if width(text) <= _DETAIL:
        return text
    ends = [match.end() for match in re.finditer(r"[.?!](?=\s)|[。？！]", text)]
    fitting = [end for end in ends if width(text[:end]) <= _DETAIL]
    return text[: fitting[-1]] if fitting else cut(text, _DETAIL)


def _cure(found: Finding, chart: Chart, lang: str) -> list[str]:
    remedy = found.remedy
    if remedy is None:
        return [] if found.severity == "info" else [say("report.cure-none", lang)]
    parts = [say("report." + heading(found, remedy), lang)]
    parts += _commands(remedy.commands, chart)
    if remedy.note:
        parts.append(inline(remedy.note[lang]))
    if remedy.commands and remedy.verified in ("rehearsed", "resolved"):
        parts.append(say(f"report.verified-{remedy.verified}", lang))
    return parts


def _commands(commands: Iterable[tuple[str, ...]], chart: Chart) -> list[str]:
    lines = [harmless(spelled(command, chart)).replace("\n", " ") for command in commands]
    return [fenced(lines, "bat" if chart.value("os") == "windows" else "sh")] if lines else []


def _plan(report: Report, lang: str) -> list[str]:
    plan = report.plan
    if not curable(report):
        return []
    title = say("report.together-new-environment" if plan.new_environment else "report.together", lang)
    parts = ["### " + title.rstrip(":："), *_commands(plan.commands, report.chart)]
    if plan.verified in ("rehearsed", "resolved"):
        parts.append(say(f"report.verified-{plan.verified}", lang))
    if plan.left_out:
        parts.append(inline(say("report.left-out", lang, rules=say("report.and", lang).join(plan.left_out))))
    return parts


def _rows(report: Report, lang: str) -> list[tuple[str, str]]:
    """What everybody asks for who is to help."""
    chart, patient = report.chart, report.chart.patient
    rows = [(say("share.examined", lang).lower(), inline(examined(chart, lang)))]
    if patient.get("python"):
        rows.append((say("share.interpreter", lang).lower(), code(str(patient["python"]))))
    trouble = chart.fact("python.trouble")
    if trouble.state == KNOWN:
        why = reason(str(trouble.value), trouble.detail, lang)
        rows.append((say("share.trouble", lang).lower(), inline(say("report.not-questioned", lang, reason=why))))
    if report.expect != "any":
        rows.append((say("share.judged", lang).lower(), inline(say(f"report.expect-{report.expect}", lang))))
    for line in overview(report, lang):
        text = cut(line.text, 3 * _CELL)
        text = code(text) if line.area == "project" else inline(text)
        mark = MARKS[line.mark][0] + " " if line.mark in ("error", "warning") else ""
        rows.append((mark + inline(line.label), text))
    if machine(chart, lang):
        rows.append((say("share.machine", lang), inline(machine(chart, lang))))
    values = [(name, chart.value("env." + name)) for name in VARIABLES]
    told = [code(cut(f"{name}={value}", _CELL)) for name, value in values if value is not None]
    if told:
        rows.append((say("share.variables", lang), say("report.and", lang).join(told)))
    return rows


# ---------------------------------------------------------------- what is folded away


def _distributions(chart: Chart, lang: str) -> tuple[str, list[str]]:
    installed = chart.distributions()
    number = len(installed)
    summary = say(f"share.distributions-{'one' if number == 1 else 'many'}", lang, number=number)
    return summary, [f"{name}=={version}" for name, version in sorted(installed.items())]


def _facts(chart: Chart, lang: str) -> tuple[str, list[str]]:
    lines = [
        f"{name}: {value}" + (f" ({say('report.fact-from', lang, origin=origin)})" if origin else "")
        for name, value, origin in facts(chart, lang)
    ]
    missing = absent_facts(chart)
    if missing:
        lines.append(say("report.facts-absent", lang, names=say("report.and", lang).join(missing)))
    for name, clock in sorted(chart.probes.items()):
        trouble = clock.get("trouble") if isinstance(clock, dict) else ""
        if trouble:
            lines.append(f"{name}: {trouble}")
    return say("share.facts", lang), lines


def _doubts(report: Report, lang: str) -> tuple[str, list[str]]:
    number = len(report.doubts)
    lines = [
        say("report.doubt", lang, rule=doubt.rule, missing=say("report.and", lang).join(doubt.missing),
            reason=reason(doubt.why, doubt.detail, lang))
        for doubt in report.doubts
    ]  # fmt: skip
    if report.ignored:
        lines.append(say("report.ignored", lang, rules=say("report.and", lang).join(ignored(report, lang))))
    return say(f"share.doubts-{'one' if number == 1 else 'many'}", lang, number=number), lines


def _folded(summary: str, lines: list[str], room: int, lang: str) -> str:
    kept: list[str] = []
    size = len(summary) + 120
    for line in lines:
        line = harmless(line).replace("\n", " ")
        size += len(line) + 1
        if size > room:
            kept.append(say("share.more-lines", lang, number=len(lines) - len(kept)))
            break
        kept.append(line)
    inner = fenced(kept, "text")
    return f"<details>\n<summary>{inline(summary)}</summary>\n\n{inner}\n\n</details>"


# ---------------------------------------------------------------- Markdown

#: What GitHub would take for something else.  Within a word an underscore is none, and as little as possible is marked,
#: for the text is also read as it is.
_MARK = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)|[*`<$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<!\s)~|~(?![/\\])|\](?=[(\[:])|&(?=#?\w{1,40};)"
    r"|^(?:#{1,6}(?=\s|$)|[+-](?=\s|$)|-(?=[-\s]*$)|[>|]|\d{1,9}(?=[.)](?:\s|$)))"
)
#: What it would make a link of, or a picture: somebody's name, an issue, an emoji.
_LINKED = re.compile(r"(?<![A-Za-z0-9])@(?=[A-Za-z0-9])|#(?=\d)|(?i:\bGH-)(?=\d)|:(?=[a-z][a-z0-9_+-]{0,60}:)")
_STOP = "\\s`<>\"'|\\\\，。；：！？、（）"
#: What stands as code: what our own words have between backticks, and addresses, which as links would leave a trace on
#: the issues that they lead to.
_CODE = re.compile(rf"`([^`]+)`|((?:https?://|ftp://|(?<![A-Za-z0-9])(?i:www\.))[^{_STOP}]*[^{_STOP}.,;:!?)\]*_~&])")
_UNSEEN = "\u200b"


def inline(text: str) -> str:
    """A text as one line of Markdown that shows just this text; what stands between backticks is code.

    >>> inline("see #12 of @li: a*b <i> `x_y`")
    'see #\\u200b12 of @\\u200bli: a\\\\*b \\\\<i> `x_y`'
    """
    text = _one_line(text)
    written, done = "", 0
    for found in _CODE.finditer(text):
        written += _marked(text[done : found.start()])
        touching = found.start() == done and written
        written += (_UNSEEN if touching else "") + code(found.group(1) or found.group(2))
        done = found.end()
    return written + _marked(text[done:])


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", harmless(text)).strip()


def _marked(text: str) -> str:
    text = _MARK.sub(lambda mark: _escaped(mark.group()), text)
    return _LINKED.sub(lambda mark: mark.group() + _UNSEEN, text)


def _escaped(mark: str) -> str:
    return mark + _UNSEEN if mark.isdigit() else "\\" + mark


def code(text: str) -> str:
    """A command, a path or a name as it is.

    >>> code("a|b"), code("x`y")
    ('`a|b`', '``x`y``')
    """
    text = _one_line(text)
    if not text:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def fenced(lines: Sequence[str], language: str) -> str:
    """Lines as they are."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence + language, *lines, fence])


def table(rows: Iterable[Sequence[str]], head: Sequence[str]) -> str:
    """A table of cells that are Markdown already."""
    written = [list(head), ["---"] * len(head), *map(list, rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in written)
