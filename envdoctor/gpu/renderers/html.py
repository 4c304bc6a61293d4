"""How does an answer about the GPU look as one HTML page, to be kept or sent to somebody?"""

from __future__ import annotations

from typing import Any, Sequence

from ... import __version__, page
from ...page import Markup, element, joined, markup, prose
from ...renderers import Console
from ...renderers.html import finding_card
from ...renderers.text import who
from ...sheet import Sheet, cut
from ...words import say
from ..answer import Answer
from ..evidence import Reason, Tenant, Trial, short_command
from ..sentences import card_line, figures, headline, sentence
from ..timeline import timeline
from ..verdict import USED, of_trial
from .text import mark_of

SUFFIX = "html"

#: Columns of a command in a title (our choice).
_TITLE = 60
_STAGE_MARKS = {"done": "ok", "failed": "error", "cut": "error", "crashed": "error", "skipped": "nothing"}
#: Evidence longer than this is cut, as on a console (our choice).
_VALUE_COLUMNS = 160


def render(answer: Answer, lang: str, console: Any = None) -> str:
    """The whole page.  `lang` is "en" or "zh"."""
    parts = [
        _head(answer, lang),
        _verdict(answer, lang),
        _causes(answer, lang),
        _trials(answer, lang),
        _figures(answer, lang),
        _cards(answer, lang),
        _others(answer, lang),
    ]
    return page.page(_title(answer, lang), joined(filter(None, parts), "\n\n"), lang)


# ---------------------------------------------------------------- who


def _subject(answer: Answer, lang: str) -> str:
    """What was examined: the environment, or the program as it was called."""
    if answer.how == "test":
        patient = answer.report.chart.patient if answer.report is not None else {}
        return who(Sheet(Console(), lang), patient)
    if answer.command:
        return cut(" ".join(answer.command).replace("\n", " "), _TITLE)
    return short_command(answer.process) if answer.process is not None else say("gpu.a-process", lang)


def _title(answer: Answer, lang: str) -> str:
    subject = _subject(answer, lang)
    pid = answer.process.pid if answer.process is not None else "?"
    words = {"who": subject, "command": subject, "pid": pid, "seconds": f"{answer.took_s:.0f}"}
    return say("gpu.title-" + answer.how, lang, doctor=__version__, **words)


def _head(answer: Answer, lang: str) -> Markup:
    subject = _subject(answer, lang)
    about: list[tuple[str, str]] = []
    if answer.how == "test":
        about.append((say("page.gpu-examined", lang), subject))
        title = markup(say("page.gpu-test", lang))
        python = answer.report.chart.patient.get("python") if answer.report is not None else ""
    else:
        title = page.command(subject)
        python = ""
        if answer.process is not None:
            about.append((say("page.gpu-pid", lang), f"PID {answer.process.pid}"))
            python = answer.process.python
        unit, length = ("s", 1) if answer.took_s < 120 else ("min", 60)
        took = say("page.time-" + unit, lang, number=f"{answer.took_s / length:.0f}")
        about.append((say("page.gpu-watched", lang), took))
    if python:
        about.append((say("page.gpu-python", lang), page.path(str(python))))
    if answer.driver:
        about.append((say("page.gpu-driver", lang), f"NVIDIA {answer.driver}"))
    return page.header(title, f"envdoctor {__version__}", about)


# ---------------------------------------------------------------- the verdict


def _verdict(answer: Answer, lang: str) -> Markup:
    reasons = [sentence(one, lang) for one in answer.verdict.reasons]
    if answer.status:
        reasons.append(say("gpu.exit", lang, status=answer.status))
    detail = element("p", prose(reasons[0])) if len(reasons) == 1 else page.bullets(reasons)
    mark = mark_of(answer.verdict.verdict)
    return page.banner(mark, headline(answer.verdict, answer.how, lang), detail, lang)


# ---------------------------------------------------------------- why


def _causes(answer: Answer, lang: str) -> Markup:
    if not answer.causes or answer.report is None:
        return Markup()
    found = [finding_card(one, answer.report.chart, lang) for one in answer.causes]
    return page.section(say("page.gpu-why", lang), joined(found, "\n"))


# ---------------------------------------------------------------- the self-test


def _trials(answer: Answer, lang: str) -> Markup:
    told = answer.verdict.reasons
    parts = [part for trial in answer.trials for part in _trial(trial, told, lang)]
    return page.section(say("page.gpu-trials", lang), joined(parts, "\n")) if parts else Markup()


def _trial(trial: Trial, told: Sequence[Reason], lang: str) -> list[Markup]:
    """A framework's stages with their marks and times, what the verdict does not tell of it, and what it printed."""
    verdict = of_trial(trial)
    name = f"{trial.framework} {trial.found('version') or ''}".strip()
    parts = []
    if trial.stages:
        rows = []
        for stage in trial.stages:
            seconds = "" if stage.seconds is None else f"{stage.seconds:.1f}"
            label = element("span", say("gpu.stage-" + stage.name, lang), class_="label")
            took = say("gpu.stage-" + stage.state, lang, seconds=seconds)
            rows.append((joined([page.mark(_STAGE_MARKS[stage.state], lang), label]), took))
        parts.append(page.table(rows, (), name, numbers=(1,)))
    parts.append(page.bullets(sentence(one, lang) for one in verdict.reasons if one not in told))
    if trial.words and trial.outcome != "gpu":
        parts.append(page.fold(say("page.gpu-printed", lang, framework=trial.framework), page.printed(trial.words)))
    if not any(parts):
        return []
    head = [page.mark(mark_of(verdict.verdict), lang), element("span", name, class_="label")]
    return [element("h3", joined(head)), *filter(None, parts)]


# ---------------------------------------------------------------- figures


def _figures(answer: Answer, lang: str) -> Markup:
    found = figures(answer, lang)
    if not found or len(answer.samples) < 2 or (answer.how == "test" and answer.verdict.verdict not in USED):
        return Markup()
    title = say("page.gpu-figures", lang)
    picture = timeline(answer.samples, lang)
    shown = element("div", picture, class_="picture") if picture else Markup()
    rows = [(element("span", label, class_="whole"), text) for label, text, _ in found]
    return page.section(title, joined([shown, page.table(rows, (), title)], "\n"))


# ---------------------------------------------------------------- the cards


def _cards(answer: Answer, lang: str) -> Markup:
    used = set(answer.scene.used) if answer.scene is not None else set()
    lines = []
    for number, card in enumerate(answer.cards):
        line = markup(card_line(number, card, lang))
        ours = page.badge(say("page.gpu-ours", lang), "info")
        lines.append(joined([line, ours], " ") if card.uuid in used else line)
    body = page.bullets(lines) or element("p", say("gpu.no-cards", lang), class_="soft")
    return page.section(say("page.gpu-cards", lang), joined([body, _guide(answer, lang)], "\n"))


def _guide(answer: Answer, lang: str) -> Markup:
    """Which networks the largest card has memory for."""
    between = say("report.and", lang)
    told = []
    if answer.fits or answer.too_large:
        told.append(say("gpu.memory-guide", lang, fits=between.join(answer.fits) or "-"))
    if answer.too_large:
        told.append(say("gpu.memory-short", lang, names=between.join(answer.too_large)))
    return element("p", " ".join(told)) if told else Markup()


def _others(answer: Answer, lang: str) -> Markup:
    """Who else holds memory of the cards."""
    others = answer.scene.others if answer.scene is not None else ()
    if not others:
        return Markup()
    numbers = {card.uuid: str(number) for number, card in enumerate(answer.cards)}
    head = [say("page.gpu-" + name, lang) for name in ("card", "pid", "user", "memory", "command")]
    title = say("page.gpu-others", lang)
    rows = [_tenant(one, numbers.get(one.card, "?"), lang) for one in others]
    return page.section(title, page.table(rows, head, title, numbers=(3,)))


def _tenant(one: Tenant, card: str, lang: str) -> tuple[str, ...]:
    memory = say("page.gpu-nobody", lang) if one.memory_mib is None else f"{one.memory_mib} MiB"
    command = page.path(one.command) if one.command else markup("?")
    return (markup(card), str(one.pid), markup(one.user or "?"), memory, command)
