"""envdoctor check: what is wrong here, and what mends it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..renderers import names
from . import HEALTHY, PROBLEMS, Command, _options, sentence

if TYPE_CHECKING:
    from ..config import Target
    from ..consult import Request


@click.command("check", cls=Command, help=sentence("help-check"), epilog=sentence("help-check-examples"))
@_options.patient
@click.option("--targets", is_flag=True, help=sentence("help-targets"))
@click.option("--target", "chosen", multiple=True, metavar="TARGET", help=sentence("help-target"))
@_options.judgement
@_options.output("text", "json", *(name for name in names() if name not in ("text", "json")))
def command(**words: Any) -> int:
    if words["targets"] or words["chosen"]:
        return _targets(words)
    request = _options.request(words)

    from .. import consult, rulebook
    from ..ask import Ask
    from ..renderers import renderer
    from . import _console, spoken

    book = rulebook.load()
    _known_rules(book, request, words)
    report = consult.judge(consult.see(request, Ask()), book, request)
    console = _console.console(words["no_color"], bool(words["output"]))
    _console.deliver(renderer(words["form"]).render(report, spoken(), console), words["output"])
    return _status(report.verdict, request)


def _status(verdict: str, request: Request) -> int:
    return PROBLEMS if verdict in (("problems", "warnings") if request.strict else ("problems",)) else HEALTHY


def _known_rules(book: Any, request: Request, words: dict[str, Any]) -> None:
    """Raises Complaint; for a rule of the settings with their file."""
    _options.known_rules(book, words["ignore"])
    if request.config is not None and request.config.ignore:
        from ..config import check_rules

        check_rules(request.config, book.ids())


# ---------------------------------------------------------------- before anything is installed


def _targets(words: dict[str, Any]) -> int:
    from .. import rulebook, targetreport, targets
    from ..ask import Ask
    from ..config import ConfigError
    from ..renderers import renderer
    from . import _console, spoken

    named = {"--python": "python", "--name": "name", "--from": "source"}
    named.update({"--no-probe": "no_probe", "--no-project": "no_project"})
    refused = [option for option, name in named.items() if words[name]]
    if refused:
        raise ConfigError("targets-with-patient", options=", ".join(refused))
    request = _options.request(words)
    if not request.project:
        raise ConfigError("targets-need-project")
    book = rulebook.load()
    _known_rules(book, request, words)
    judged = targets.judge(
        _chosen(words, request), targets.look(request.project, Ask()), book, request, request.assumptions
    )
    for one in judged:
        cards = targets.strange_cards(one)
        if cards:
            click.echo(_options.say("config.unknown-card", spoken(), target=one.target.name, cards=cards), err=True)
    console = _console.console(words["no_color"], bool(words["output"]))
    if words["form"] == "text":
        text = targetreport.as_text(judged, spoken(), console, book.tables["wheels"].checked)
    elif words["form"] == "json":
        text = targetreport.as_data(judged, spoken())
    else:
        text = renderer(words["form"]).render(targets.merged(judged), spoken(), console)
    _console.deliver(text, words["output"])
    return _status(targets.worst(one.report for one in judged), request)


def _chosen(words: dict[str, Any], request: Request) -> tuple[Target, ...]:
    """The targets of the settings, or one made of --assume; what the command line expects holds for all."""
    from ..config import ConfigError, Target, choose

    config = request.config
    found = config.targets if config is not None else ()
    if not found and request.assumptions and not words["chosen"]:
        found = (Target("--assume", (), "", "--assume"),)
    if config is None or not found:
        if not found:
            raise ConfigError("no-targets")
    else:
        found = choose(found, words["chosen"], lambda: config.file)
    return tuple(replace(one, expect=words["expect"] or one.expect or request.expect) for one in found)
