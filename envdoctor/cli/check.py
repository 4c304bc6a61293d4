"""envdoctor check: what is wrong here, and what mends it?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping

import click

from ..renderers import names
from ..words import fact_name, harmless, say
from . import HEALTHY, PROBLEMS, Command, _options, sentence, spoken

if TYPE_CHECKING:
    from ..config import Target
    from ..consult import Request
    from ..report import Report


@click.command("check", cls=Command, help=sentence("help-check"), epilog=sentence("help-check-examples"))
@_options.patient
@click.option("--targets", is_flag=True, help=sentence("help-targets"))
@click.option("--target", "chosen", multiple=True, metavar="TARGET", help=sentence("help-target"))
@click.option("--environment", type=click.IntRange(min=1), metavar="N", help=say("intake.help-environment", spoken()))
@_options.judgement
@_options.output("text", "json", *(name for name in names() if name not in ("text", "json")))
def command(**words: Any) -> int:
    if words["environment"] and words["source"] is None:
        from ..intake.told import IntakeError

        raise IntakeError("environment-without-paste")
    if words["targets"] or words["chosen"]:
        return _targets(words)
    request = replace(_options.request(words), environment=words["environment"] or 0)

    from .. import consult, rulebook
    from ..ask import Ask

    ask, book = Ask(), rulebook.load()
    _known_rules(book, request, words)
    chart = consult.see(request, ask)
    if request.chart_text is not None and chart.patient.get("kind") == "paste":
        from .. import pasted

        report = pasted.judge(chart, book, request)
        _what_else_was_told(report.chart.patient, words["form"])
    else:
        report = consult.judge(chart, book, request)
    _deliver(report, words, request, ask)
    return _status(report.verdict, request)


def _what_else_was_told(patient: Mapping[str, Any], form: str) -> None:
    """Other environments of the same text, and what contradicts itself in it; formats for programs hold it as data."""
    if form != "text":
        return
    lang = spoken()
    others = patient.get("environments") or ()
    if others:
        number = patient["environment"]
        named = say("intake.named", lang, name=patient["name"]) if patient.get("name") else ""
        listed = [
            say("intake.other-named" if one["name"] else "intake.other", lang, number=place, **one)
            for place, one in enumerate(others, 1)
            if place != number
        ]
        text = say("intake.judged-one", lang, count=len(others), number=number, named=named, others=", ".join(listed))
        click.echo(harmless(text), err=True)
    for one in patient.get("contradictions") or ():
        values = "; ".join(f"{told['value']} ({told['from']})" for told in one["told"])
        why = "intake.contradiction" if one["chosen"] else "intake.contradiction-open"
        fact = fact_name(one["fact"], lang)
        click.echo(harmless(say(why, lang, fact=fact, values=values, chosen=one["chosen"])), err=True)


def _deliver(report: Report, words: dict[str, Any], request: Request, ask: Any) -> None:
    """Write the report in the format that was asked for, without names where others will read it."""
    from .. import share
    from ..renderers import renderer
    from . import _console

    if share.for_format(words["form"]) and not words["no_redact"]:
        from ..redact import of_this_machine

        report = share.redacted_report(report, of_this_machine(ask))
    console = _console.console(words["no_color"], bool(words["output"]), request.project)
    form = renderer(words["form"])
    _console.deliver(form.render(report, spoken(), console), words["output"])
    if hasattr(form, "summary"):
        _console.summarize(form.summary(report, spoken()))


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
    from . import _console

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
    ask = Ask()
    judged = targets.judge(
        _chosen(words, request), targets.look(request.project, ask), book, request, request.assumptions
    )
    for one in judged:
        cards = targets.strange_cards(one)
        if cards:
            click.echo(say("config.unknown-card", spoken(), target=one.target.name, cards=cards), err=True)
    if words["form"] == "text":
        console = _console.console(words["no_color"], bool(words["output"]))
        _console.deliver(
            targetreport.as_text(judged, spoken(), console, book.tables["wheels"].checked), words["output"]
        )
    elif words["form"] == "json":
        _console.deliver(targetreport.as_data(judged, spoken()), words["output"])
    else:
        _deliver(targets.merged(judged), words, request, ask)
    return _status(targets.worst(one.report for one in judged), request)


def _chosen(words: dict[str, Any], request: Request) -> tuple[Target, ...]:
    """The targets of the settings, or one made of --assume; what the command line expects holds for all."""
    from ..config import ConfigError, Target, choose

    config = request.config
    found = config.targets if config is not None else ()
    if not found and request.assumptions and not words["chosen"]:
        found = (Target("--assume", ("os=linux",), "", "--assume"),)
    if config is None or not found:
        if not found:
            raise ConfigError("no-targets")
    else:
        found = choose(found, words["chosen"], lambda: config.file)
    return tuple(replace(one, expect=words["expect"] or one.expect or request.expect) for one in found)
