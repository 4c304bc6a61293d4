"""How does an answer about the GPU read on a console?"""

from __future__ import annotations

from typing import Sequence

from ... import __version__
from ...renderers import Console
from ...renderers.text import who, write_finding
from ...sheet import BOLD, DIM, STYLES, Sheet, cut
from ...words import encodable, pad, readable, width
from ..answer import Answer
from ..evidence import Trial, short_command
from ..sentences import card_line, figures, headline, sentence
from ..verdict import OPEN, USED

SUFFIX = "txt"

_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = ".:-=+*#@"
#: Columns of a sparkline (our choice: label and figures still fit beside it on 80 columns).
_SPARK = 24


def render(answer: Answer, lang: str, console: Console) -> str:
    """The answer as text that ends in a line end.  `lang` is "en" or "zh"; ASCII consoles get English."""
    sheet = Sheet(console, readable(lang, console.encoding), "gpu")
    _write_title(sheet, answer)
    _write_cards(sheet, answer)
    for trial in answer.trials:
        _write_stages(sheet, trial, answer.verbose)
    _write_verdict(sheet, answer)
    _write_figures(sheet, answer, console)
    _write_causes(sheet, answer)
    return sheet.text()


def mark_of(verdict: str) -> str:
    """Which mark stands before a verdict."""
    if verdict in OPEN:
        return "unknown"
    return "warning" if verdict in USED[1:] else "ok" if verdict in USED else "error"


def _write_title(sheet: Sheet, answer: Answer) -> None:
    seconds = f"{answer.took_s:.0f}"
    if answer.how == "test":
        patient = answer.report.chart.patient if answer.report is not None else {}
        sheet.add(sheet.say("title-test", doctor=__version__, who=who(sheet.of("report"), patient)))
        if patient.get("python"):
            sheet.add_whole("  " + str(patient["python"]), DIM)
        return
    seen = answer.process
    command = short_command(seen) if seen is not None else sheet.say("a-process")
    if answer.command:
        command = cut(" ".join(answer.command).replace("\n", " "), 60)
    pid = seen.pid if seen is not None else "?"
    sheet.add(sheet.say("title-" + answer.how, doctor=__version__, command=command, pid=pid, seconds=seconds))
    if seen is not None and seen.python:
        sheet.add_whole("  " + sheet.say("python-of", path=seen.python), DIM)


def _write_cards(sheet: Sheet, answer: Answer) -> None:
    used = set(answer.scene.used) if answer.scene is not None else set()
    for number, card in enumerate(answer.cards):
        line = card_line(number, card, sheet.lang)
        sheet.add(sheet.say("card-ours", card=line) if card.uuid in used else line, "  ", "    ")
    if not answer.cards:
        sheet.add(sheet.say("no-cards"), "  ", "    ", DIM)


_STAGE_MARKS = {"done": "ok", "failed": "error", "cut": "error", "crashed": "error", "skipped": "nothing"}


def _write_stages(sheet: Sheet, trial: Trial, verbose: bool) -> None:
    sheet.blank()
    sheet.add(f"{trial.framework} {trial.found('version') or ''}".strip(), style=BOLD)
    labels = [sheet.say("stage-" + stage.name) for stage in trial.stages]
    room = max(map(width, labels), default=0)
    for stage, label in zip(trial.stages, labels):
        mark = _STAGE_MARKS[stage.state]
        seconds = "" if stage.seconds is None else f"{stage.seconds:.1f}"
        head = f"{sheet.mark(mark)} {pad(label, room)}  "
        sheet.add(sheet.say("stage-" + stage.state, seconds=seconds), "  ", style=STYLES[mark], head=head)
    if verbose and trial.words:
        sheet.add(sheet.say("words"), "  ")
        for line in trial.words.splitlines():
            sheet.add_whole("    " + line, DIM)


def _write_verdict(sheet: Sheet, answer: Answer) -> None:
    sheet.blank()
    mark = mark_of(answer.verdict.verdict)
    sheet.add(headline(answer.verdict, answer.how, sheet.lang), style=STYLES[mark], head=sheet.mark(mark) + " ")
    for one in answer.verdict.reasons:
        sheet.add(sentence(one, sheet.lang), "  - ", "    ")
    if answer.fits or answer.too_large:
        sheet.add(sheet.say("memory-guide", fits=_names(sheet, answer.fits)), "  - ", "    ")
        if answer.too_large:
            sheet.add(sheet.say("memory-short", names=_names(sheet, answer.too_large)), "    ")
    if answer.status:
        sheet.add(sheet.say("exit", status=answer.status), "  - ", "    ")


def _names(sheet: Sheet, names: Sequence[str]) -> str:
    return sheet.of("report").say("and").join(names) or "-"


def sparkline(values: Sequence[float], most: float, columns: int = _SPARK, encoding: str = "utf-8") -> str:
    """The values as a row of bars, each the mean of those that share its column.

    >>> sparkline([0, 50, 100], 100, 3), sparkline([0, 50, 100], 100, 3, "ascii")
    ('▁▅█', '.+@')
    """
    bars = _BARS if encodable(_BARS, encoding) == _BARS else _PLAIN_BARS
    columns = min(columns, len(values))
    line = ""
    for column in range(columns):
        part = values[column * len(values) // columns : (column + 1) * len(values) // columns]
        share = sum(part) / len(part) / most if most > 0 else 0.0
        line += bars[min(len(bars) - 1, max(0, round(share * (len(bars) - 1))))]
    return line


def _write_figures(sheet: Sheet, answer: Answer, console: Console) -> None:
    found = figures(answer, sheet.lang)
    if not found or len(answer.samples) < 2 or (answer.how == "test" and answer.verdict.verdict not in USED):
        return
    sheet.blank()
    room = max(width(sheet.fit(label)) for label, _, _ in found)
    for label, text, values in found:
        percent = label in (sheet.say("figure-gpu"), sheet.say("figure-sm"))
        line = sparkline(values, 100.0 if percent else max(values), _SPARK, console.encoding)
        head = f"  {pad(sheet.fit(label), room)}  {pad(line, _SPARK)}  "
        sheet.add(text, "", " " * (room + 4), head=head)


def _write_causes(sheet: Sheet, answer: Answer) -> None:
    if not answer.causes or answer.report is None:
        return
    sheet.blank()
    sheet.add(sheet.say("why"), style=BOLD)
    for number, found in enumerate(answer.causes, 1):
        write_finding(sheet.of("report"), answer.report, found, number)
