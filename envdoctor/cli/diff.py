"""envdoctor diff: in what do two environments differ, and what of it matters?"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..complaint import Complaint
from ..words import say
from . import HEALTHY, PROBLEMS, Command, _options, spoken

if TYPE_CHECKING:
    from ..consult import Request
    from ..report import Report


class DiffError(Complaint):
    """What was named cannot be compared (sentences: texts/diff.py)."""

    area = "diff"


@click.command("diff", cls=Command, help=say("diff.help", spoken()), epilog=say("diff.help-examples", spoken()))
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option(
    "--expect", type=click.Choice(["gpu", "cpu", "any"]), default="any", help=say("cli.help-expect", spoken())
)
@click.option("--ignore", multiple=True, metavar="RULE", help=say("cli.help-ignore", spoken()))
@_options.output("text", "json")
def command(left: str, right: str, **words: Any) -> int:
    if left == right == "-":
        raise DiffError("two-inputs")

    from .. import comparison, comparisonpage, rulebook
    from ..ask import Ask
    from . import _console

    book = rulebook.load()
    _options.known_rules(book, words["ignore"])
    ask = Ask()
    reports = [_report(what, words, ask, book) for what in (left, right)]
    found = comparison.compare(*reports)
    if words["form"] == "json":
        _console.deliver(comparisonpage.as_data(found, spoken()), words["output"])
    else:
        console = _console.console(words["no_color"], bool(words["output"]))
        text = comparisonpage.as_text(found, (left, right), spoken(), console, words["verbose"])
        _console.deliver(text, words["output"])
    return PROBLEMS if found.matters else HEALTHY


def _report(what: str, words: dict[str, Any], ask: Any, book: Any) -> Report:
    """The environment that one side names, examined and judged.  Raises Complaint."""
    from .. import consult

    request = replace(_side(what), expect=words["expect"], ignore=words["ignore"])
    chart = consult.see(request, ask)
    if request.chart_text is not None and chart.patient.get("kind") == "paste":
        from .. import pasted

        return pasted.judge(chart, book, request)
    return consult.judge(chart, book, request)


def _side(what: str) -> Request:
    from ..consult import Request
    from ..explaining.excerpt import text_of

    if what == ".":
        from ..ask import Ask
        from ..environments import python_in

        here = os.getcwd()
        return Request(python=here) if python_in(Ask(), here) else Request()
    if what == "-":
        return Request(chart_text=text_of(sys.stdin.buffer))
    number = re.match(r"^(.+)#(\d{1,3})$", what)
    file, environment = (number.group(1), int(number.group(2))) if number and not os.path.exists(what) else (what, 0)
    if os.path.isdir(file) or re.match(r"^python[\d.]*w?(?:\.exe)?$", os.path.basename(file)):
        return Request(python=file)
    if os.path.isfile(file):
        try:
            with open(file, "rb") as stream:
                return Request(chart_text=text_of(stream), environment=environment)
        except OSError as error:
            raise DiffError("unreadable", file=file, problem=error.strerror or str(error)) from None
    if re.search(r"[/\\]|\.(?:json|txt|log|md)$", file):
        raise DiffError("no-such-side", what=what)
    return Request(name=what)
