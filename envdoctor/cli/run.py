"""envdoctor run: does a command run, and if it crashes, why?"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..complaint import Complaint
from ..words import say
from . import Command, _options, spoken

if TYPE_CHECKING:
    from ..consult import Request
    from ..gpu.answer import Answer
    from ..report import Report


class RunError(Complaint):
    """Sentences: texts/run.py."""

    area = "run"


@click.command("run", cls=Command, help=say("run.help", spoken()), epilog=say("run.help-examples", spoken()))
@click.option("--no-check", is_flag=True, help=say("run.help-no-check", spoken()))
@_options.patient
@_options.judgement
@_options.output("text", "json")
@click.argument("command_line", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(command_line: tuple[str, ...], **words: Any) -> int:
    if not command_line:
        raise RunError("no-command")
    if words["source"] is not None or words["no_probe"] or words["assumptions"]:
        raise RunError("looks-now")
    if words["form"] == "json" and not words["output"]:
        raise RunError("json-needs-file")
    request = _options.request(words)

    from .. import consult, crash, rulebook
    from ..ask import Ask
    from ..gpu import session
    from . import _foreground
    from ._tail import Tail

    ask, book = Ask(), rulebook.load()
    _options.known_rules(book, words["ignore"])
    before = None
    if not words["no_check"]:
        before = consult.judge(consult.see(request, ask), book, request)
        _tell_before(before, words)
    starved = crash.starvations(ask)
    with Tail() as tail:

        def start() -> Any:
            child = _foreground.start(command_line, stderr=tail.line)
            tail.started()
            return child

        with _foreground.shielded():
            answer, status = session.watch_command(start, _foreground.wait, None, ask)
    end = crash.crash(status, crash.starvations(ask) > starved)
    explained = None
    if status and not end.meant:
        report = _report_on(answer, before, request, ask, book)
        explained = crash.explained(end, tail.text(), report, book)
    _deliver(replace(answer, command=command_line), explained, before, end, words)
    return status


def _report_on(answer: Answer, before: Report | None, request: Request, ask: Any, book: Any) -> Report:
    """On the environment that the command ran in: its own interpreter's, where it had one."""
    from .. import consult

    python = answer.process.python if answer.process is not None else ""
    if python and (before is None or not _same_file(python, str(before.chart.patient.get("python", "")))):
        request = replace(request, python=python, name=None)
    elif before is not None:
        return before
    return consult.judge(consult.see(request, ask), book, request)


def _same_file(one: str, other: str) -> bool:
    """A link in an environment leads to the base interpreter, so the folders count, too."""
    return os.path.dirname(os.path.abspath(one)) == os.path.dirname(os.path.abspath(other)) and (
        os.path.realpath(one) == os.path.realpath(other)
    )


# ---------------------------------------------------------------- what is told


def _deliver(answer: Answer, explained: Report | None, before: Report | None, end: Any, words: dict[str, Any]) -> None:
    """Why it crashed, and the last line: was the GPU used?"""
    from .. import runpage
    from . import _console

    if words["form"] == "json":
        _console.deliver(runpage.as_data(answer, explained, before, end, spoken()), words["output"])
        return
    console = _console.console(words["no_color"], bool(words["output"]), stream=sys.stderr)
    _console.deliver(runpage.as_text(answer, explained, end, spoken(), console), words["output"], to_stderr=True)


def _tell_before(report: Report, words: dict[str, Any]) -> None:
    from .. import runpage
    from . import _console

    text = runpage.before(report, spoken(), _console.console(words["no_color"], False, stream=sys.stderr))
    if text:
        _console.deliver(text, None, to_stderr=True)
