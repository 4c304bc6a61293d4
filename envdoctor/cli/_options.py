"""Which options do all commands that have a patient share?"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable

import click

from ..complaint import Complaint
from ..words import say
from . import sentence, speak, spoken

if TYPE_CHECKING:
    from ..config import Config
    from ..consult import Request

#: config.FILES; a folder that has none of them needs no reader of settings.
_CONFIG_FILES = ("envdoctor.toml", "pyproject.toml", "setup.cfg")


def environment(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which environment of this machine."""
    options = [
        click.option("--python", metavar="PATH", help=sentence("help-python")),
        click.option("-n", "--name", metavar="NAME", help=sentence("help-name")),
    ]
    return _all(options, command)


def patient(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who is examined."""
    options = [
        click.option("--from", "source", metavar="FILE|-", help=sentence("help-from")),
        click.option("--assume", "assumptions", multiple=True, metavar="FACT=VALUE", help=sentence("help-assume")),
        click.option("--no-probe", is_flag=True, help=sentence("help-no-probe")),
        click.option("--project", metavar="DIR", help=sentence("help-project")),
        click.option("--no-project", is_flag=True, help=sentence("help-no-project")),
    ]
    return environment(_all(options, command))


def judgement(command: Callable[..., Any]) -> Callable[..., Any]:
    """How it is judged."""
    options = [
        click.option("--expect", type=click.Choice(["gpu", "cpu", "any"]), help=sentence("help-expect")),
        click.option("--ignore", multiple=True, metavar="RULE", help=sentence("help-ignore")),
        click.option("--strict/--no-strict", default=None, help=sentence("help-strict")),
    ]
    return _all(options, command)


def output(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Where the answer goes, and how it looks; without formats there is only one."""
    options = [
        click.option("--output", metavar="FILE", help=sentence("help-output")),
        click.option("--lang", type=click.Choice(["en", "zh"]), help=sentence("help-lang")),
        click.option("-v", "--verbose", is_flag=True, help=sentence("help-verbose")),
        click.option("--no-color", is_flag=True, help=sentence("help-no-color")),
    ]
    if formats:
        options.append(click.option("--no-redact", is_flag=True, help=sentence("help-no-redact-formats")))
        options.insert(
            0,
            click.option("--format", "form", type=click.Choice(formats), default="text", help=sentence("help-format")),
        )
    return lambda command: _all(options, command)


def _all(options: list[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


# ---------------------------------------------------------------- from words to a request


def request(words: dict[str, Any]) -> Request:
    """The request that the options make, with the repository's settings behind them.  Raises Complaint."""
    from ..consult import Request

    python, name, source, assumptions = (
        words["python"],
        words["name"],
        words.get("source"),
        words.get("assumptions", ()),
    )
    if sum(choice is not None for choice in (python, name, source)) > 1:
        raise Complaint("two-patients")
    no_probe = words.get("no_probe", False)
    if no_probe and (python or name or source):
        raise Complaint("no-probe-with-patient")
    if no_probe and not assumptions:
        raise Complaint("no-probe-without-assume")
    project = _project(words.get("project"), words.get("no_project", False) or source is not None or no_probe)
    config = _settings(project) if project else None
    expect, strict, ignore = words.get("expect"), words.get("strict"), words.get("ignore", ())
    reasons: dict[str, str] = {}
    if config is not None:
        expect = expect or config.expect
        strict = config.strict if strict is None else strict
        reasons = config.reasons()
    return Request(
        python=python,
        name=name,
        chart_text=None if source is None else _text_of(source),
        assumptions=assumptions,
        probe=not no_probe,
        project=project,
        expect=expect or "any",
        ignore=(*ignore, *(rule for rule in reasons if rule not in ignore)),
        verbose=words.get("verbose", False),
        strict=bool(strict),
        ignored_reasons=reasons,
        config=config,
    )


def _settings(folder: str) -> Config | None:
    """What the repository has set; a second file with settings is named, lest somebody wonder.  Raises Complaint."""
    if not any(os.path.isfile(os.path.join(folder, name)) for name in _CONFIG_FILES):
        return None
    from .. import config
    from ..ask import Ask

    found = config.load(folder, Ask())
    if found is not None:
        speak(found.lang)
        if found.passed_over:
            others = ", ".join(found.passed_over)
            click.echo(say("config.passed-over", spoken(), file=found.file, others=others), err=True)
    return found


def _text_of(source: str) -> str:
    """What was handed in, whatever its encoding.  Raises Complaint."""
    from ..explaining.excerpt import text_of

    try:
        if source == "-":
            return text_of(sys.stdin.buffer)
        with open(source, "rb") as file:
            return text_of(file)
    except OSError as error:
        from ..chart import ChartError

        raise ChartError("unreadable", file=source, problem=error.strerror or str(error)) from None


def _project(folder: str | None, without: bool) -> str:
    """The repository: the folder that was named, else the current one when it looks like one."""
    if folder is not None:
        if without:
            raise Complaint("project-and-none")
        if not os.path.isdir(folder):
            raise Complaint("no-such-folder", folder=folder)
        return os.path.abspath(folder)
    if without:
        return ""
    from ..ask import Ask
    from ..patient import project_here

    here = project_here(Ask())
    return here or (os.getcwd() if os.path.isfile(_CONFIG_FILES[0]) else "")


def known_rules(book: Any, ids: Any) -> None:
    """Raises Complaint, with the near ones, when an id is no rule's (a folder's name with a slash stands for all)."""
    every = book.ids()
    for rule_id in ids:
        if rule_id in every or (rule_id.endswith("/") and any(known.startswith(rule_id) for known in every)):
            continue
        from difflib import get_close_matches

        near = get_close_matches(rule_id, every, 3, 0.5)
        raise Complaint("no-such-rule-near" if near else "no-such-rule", rule=rule_id, near=", ".join(near))
