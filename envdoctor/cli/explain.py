"""envdoctor explain: what does this error mean, and what mends it?"""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..complaint import Complaint
from ..renderers import names
from ..words import say
from . import HEALTHY, Command, _options, check, spoken

if TYPE_CHECKING:
    from ..consult import Request


class ExplainError(Complaint):
    """What was handed in cannot be explained (sentences: texts/explain.py)."""

    area = "explain"


@click.command(
    "explain", cls=Command, help=say("explain.help", spoken()), epilog=say("explain.help-examples", spoken())
)
@click.argument("what", required=False, metavar="[FILE|-|ID]")
@_options.patient
@_options.judgement
@_options.output("text", "json", *(name for name in names() if name not in ("text", "json")))
def command(what: str | None, **words: Any) -> int:
    if what is not None and what != "-" and not os.path.exists(what):
        return _page(what, words)
    if words["source"] == "-" and what in (None, "-"):
        raise ExplainError("two-inputs")
    request = _request(words)
    lines = _lines(what)

    from .. import rulebook
    from ..ask import Ask
    from ..explaining import session

    ask, book = Ask(), rulebook.load()
    _options.known_rules(book, words["ignore"])
    report = session.run(lines, request, ask, book)
    _deliver(report, words, request, ask)
    return check._status(report.verdict, request)


def _request(words: dict[str, Any]) -> Request:
    """As everywhere, but nothing need be assumed where nothing is looked at: the text has facts of its own."""
    alone = words["no_probe"]
    if alone and (words["python"] or words["name"] or words["source"]):
        raise Complaint("no-probe-with-patient")
    without = words["no_project"] or (alone and not words["project"])
    return replace(_options.request({**words, "no_probe": False, "no_project": without}), probe=not alone)


def _lines(what: str | None) -> list[str]:
    """The cleaned lines of what was handed in.  Raises Complaint."""
    from ..explaining.excerpt import excerpt

    if what is None and sys.stdin.isatty():
        click.echo(say("explain.paste-now", spoken()), err=True)
    if what is None or what == "-":
        lines = excerpt(sys.stdin.buffer)
    elif os.path.isdir(what):
        raise ExplainError("folder", folder=what)
    else:
        try:
            with io.open(what, "rb") as file:
                lines = excerpt(file)
        except OSError as error:
            raise ExplainError("unreadable", file=what, problem=error.strerror or str(error)) from None
    if not any(line.strip() for line in lines):
        raise ExplainError("empty")
    return lines


def _deliver(report: Any, words: dict[str, Any], request: Request, ask: Any) -> None:
    if words["form"] != "text":
        return check._deliver(report, words, request, ask)
    from ..renderers.text import explanation
    from . import _console

    console = _console.console(words["no_color"], bool(words["output"]), request.project)
    _console.deliver(explanation(report, spoken(), console), words["output"])
    return None


def _page(name: str, words: dict[str, Any]) -> int:
    """The page of a rule, a cause or a symptom.  Raises Complaint, with near names."""
    from .. import rulebook, symptoms
    from ..explaining import pages
    from . import _console

    book, signatures = rulebook.load(), symptoms.own()
    text = pages.page(name, book, signatures, spoken())
    if text is None:
        near = pages.near(name, book, signatures)
        why = "no-such-near" if near else "no-such"
        raise ExplainError(why, name=name, near=" / ".join(near))
    _console.deliver(text, words["output"])
    return HEALTHY
