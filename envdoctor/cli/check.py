"""envdoctor check: what is wrong here, and what mends it?"""

from __future__ import annotations

from typing import Any

import click

from . import HEALTHY, PROBLEMS, Command, _options, sentence


@click.command("check", cls=Command, help=sentence("help-check"), epilog=sentence("help-check-examples"))
@_options.patient
@_options.judgement
@_options.output("text", "json")
def command(**words: Any) -> int:
    request = _options.request(words)

    from .. import consult, rulebook
    from ..ask import Ask
    from ..renderers import renderer
    from . import _console, spoken

    book = rulebook.load()
    _options.known_rules(book, request.ignore)
    report = consult.judge(consult.see(request, Ask()), book, request)
    console = _console.console(words["no_color"], bool(words["output"]))
    _console.deliver(renderer(words["form"]).render(report, spoken(), console), words["output"])
    bad = ("problems", "warnings") if words["strict"] else ("problems",)
    return PROBLEMS if report.verdict in bad else HEALTHY
