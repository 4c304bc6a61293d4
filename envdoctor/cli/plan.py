"""envdoctor plan: which Python, framework build and pins does this project need on a machine?"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from ..complaint import Complaint
from ..words import say
from . import HEALTHY, PROBLEMS, Command, _options, sentence, spoken
from ._cure import check_writable

if TYPE_CHECKING:
    from ..chart import Chart
    from ..cure.recipe import Recipe

FORMATS = ("text", "json", "venv", "conda", "requirements", "environment")
#: Who assumes one of these describes another machine, of which nothing is seen here.
_ANOTHER = ("os", "gpu", "driver", "cpu")


#: What these say is about the shell that the command was typed in; nobody has entered the new environment yet.
_OF_THE_SHELL = (
    "environment/pip-serves-another-environment",
    "environment/python-on-path-is-another",
    "environment/two-environments-active",
)


class PlanError(Complaint):
    """What cannot be planned as asked (sentences: texts/plan.py)."""

    area = "plan"


def _help(name: str) -> str:
    return say("plan." + name, spoken())


@click.command("plan", cls=Command, help=_help("help"), epilog=_help("help-examples"))
@click.option("--project", metavar="DIR", help=sentence("help-project"))
@click.option("--assume", "assumptions", multiple=True, metavar="FACT=VALUE", help=_help("help-assume"))
@click.option("--no-probe", is_flag=True, help=_help("help-no-probe"))
@click.option("--expect", type=click.Choice(["gpu", "cpu", "any"]), help=sentence("help-expect"))
@click.option("--create", "folder", metavar="FOLDER", help=_help("help-create"))
@click.option("-n", "--name", metavar="NAME", help=_help("help-name"))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help=_help("help-format"))
@click.option("--output", metavar="FILE", help=sentence("help-output"))
@click.option("--lang", type=click.Choice(["en", "zh"]), help=sentence("help-lang"))
@click.option("--no-color", is_flag=True, help=sentence("help-no-color"))
def command(**words: Any) -> int:
    if words["folder"] is not None and words["name"] is not None:
        raise PlanError("two-places")
    check_writable(words["output"])
    request = _options.request(
        {**words, "python": None, "name": None, "source": None, "no_project": False, "no_probe": False}
    )
    if not request.project:
        raise PlanError("need-project")
    for word in request.assumptions:
        fact, _, value = word.partition("=")
        if fact == "python" and not re.match(r"^\d+(\.\d+)*$", value):
            raise PlanError("not-a-python", value=value)

    from .. import rulebook
    from ..ask import Ask
    from ..cure import create, recipe

    ask, book = Ask(), rulebook.load()
    with _progress() as progress:
        progress.step(say("plan.looking", spoken()))
        chart, python = _chart(request, words["no_probe"], book, ask)
        if words["folder"] is not None:
            create.check_folder(words["folder"], ask)
        if words["name"] is not None:
            create.check_name(words["name"], ask)
        making = words["folder"] is not None or words["name"] is not None
        if making and chart.value("os") != ask.os:
            raise PlanError("create-elsewhere", system=chart.value("os"))
        found = recipe.find(chart, book, request.expect, _solver(ask, progress), python)
        made = _make(found, words, request, book, ask, progress) if making and found.possible else None
    _deliver(found, words, request.project)
    if made is not None:
        _tell_made(made, found)
    return HEALTHY if found.possible else PROBLEMS


def _chart(request: Any, no_probe: bool, book: Any, ask: Any) -> tuple[Chart, str]:
    """The project on the machine that is meant, with no distribution on it; and the Python that was demanded."""
    from .. import targets
    from ..assume import PRESUMED, assume
    from ..chart import VARIABLES, absent, is_distribution, known
    from ..config import Target

    project, _ = targets.look(request.project, ask)
    said = {word.partition("=")[0] for word in request.assumptions}
    if no_probe or any(name.partition(".")[0] in _ANOTHER for name in said):
        words = ("python=3", *request.assumptions)  # which Python is for the recipe to say
        words = words if "os" in said else (f"os={ask.os}", *words)
        chart = targets.machine_of(Target("plan", words, "", "--assume"), project, book)
    else:
        chart = project.with_facts({**PRESUMED, **_seen(ask)}, [VARIABLES])
        chart = chart._replace(patient={**project.patient, "kind": "target", "name": "plan"})
        chart = assume(chart.with_facts({"os": known(ask.os)}), request.assumptions)
    python = next((word.partition("=")[2] for word in request.assumptions if word.startswith("python=")), "")
    wished = {name: fact for name, fact in chart.facts.items() if is_distribution(name)}
    facts = {name: fact for name, fact in chart.facts.items() if name not in wished and name != "python"}
    facts = {name: fact for name, fact in facts.items() if not name.startswith("python.")}
    facts["project.requires"] = _with_wishes(chart, wished)
    if facts["project.requires"].value == {}:
        facts["project.requires"] = absent(facts["project.requires"].origin)
    return chart._replace(facts=facts), python


def _with_wishes(chart: Chart, wished: Any) -> Any:
    """`--assume torch=1.7.1` in a plan is a demand, before those of the project's files."""
    from ..chart import KNOWN, known

    requires = dict(chart.value("project.requires") or {})
    for name, fact in wished.items():
        if fact.state == KNOWN:
            public = str(fact.value).partition("+")[0]
            requires[name] = {"specifier": f"=={public}", "where": "--assume", "marker": "", "tool": "pip"}
    return known(requires, chart.fact("project.requires").origin)


def _seen(ask: Any) -> Any:
    """What the probes see of this machine, from the doctor's own interpreter."""
    from .. import probes
    from ..cure.recipe import machine_alone
    from ..patient import find

    return machine_alone(probes.examine(find(ask, python=sys.executable), ask))


def _progress() -> Any:
    from ._progress import Progress

    return Progress(lambda what, seconds: say("plan.waiting", spoken(), what=what, seconds=seconds))


def _solver(ask: Any, progress: Any) -> Any:
    """The resolver, with a word to the user for what takes long; the same question is asked once."""
    from ..cure.resolver import Resolver

    resolver = Resolver(ask)
    answers: dict[Any, Any] = {}

    def solve(question: Any) -> Any:
        key = repr(question)
        if key not in answers:
            what = ", ".join(question.requirements[:2]) + f", Python {question.version}"
            progress.step(say("plan.asking", spoken(), question=what))
            answers[key] = resolver(question)
        return answers[key]

    return solve


# ---------------------------------------------------------------- what comes of it


def _make(found: Recipe, words: dict[str, Any], request: Any, book: Any, ask: Any, progress: Any) -> Any:
    from .. import consult
    from ..cure import create

    def tell(step: str, **more: Any) -> None:
        progress.step(say(f"plan.step-{step}", spoken(), **more))

    def examine(python: str) -> Any:
        own = consult.Request(python=python, project=request.project, expect=request.expect, ignore=_OF_THE_SHELL)
        report = consult.judge(consult.see(own, ask), book, own)
        return [one for one in report.findings if one.severity == "error"]

    if words["name"] is not None:
        return create.create_conda(found, words["name"], ask, tell, spoken(), examine)
    return create.create_venv(found, words["folder"], ask, tell, spoken(), examine)


def _deliver(found: Recipe, words: dict[str, Any], project: str) -> None:
    from ..cure import recipe_files
    from . import _console

    form = words["form"]
    console = _console.console(words["no_color"], bool(words["output"]))
    readable = form in ("text", "json") or found.possible
    text = recipe_files.render(found, form if readable else "text", spoken(), console, os.path.basename(project))
    # A file for a tool must not hold an apology.
    _console.deliver(text, words["output"] if readable else None, to_stderr=not readable)


def _tell_made(made: Any, found: Recipe) -> None:
    lang = spoken()
    tried = say("plan.tried-imports", lang, modules=", ".join(made.modules)) if made.modules else ""
    facts = {"place": made.place, "python": found.python, "number": len(found.pins), "tried": tried}
    click.echo(say("plan.made", lang, **facts).rstrip(), err=True)
    click.echo(say("plan.made-activate", lang, command=made.activate), err=True)
