"""envdoctor rules: what does the doctor know, and from where?"""

from __future__ import annotations

from typing import Any

import click

from . import HEALTHY, PROBLEMS, Group, _options, sentence, spoken

command = Group("rules", help=sentence("help-rules"))


@command.command("list", help=sentence("help-rules-list"))
@_options.output()
def list_rules(**words: Any) -> int:
    from .. import rulebook
    from . import _console

    book = rulebook.load()
    lines = []
    for rule_id in book.ids():
        rule = book.get(rule_id)[0]
        lines.append(f"{rule.severity:8} {rule_id}")
    _console.deliver("\n".join(lines), words["output"])
    return HEALTHY


@command.command("show", help=sentence("help-rules-show"))
@click.argument("rule_id", metavar="RULE")
@_options.output()
def show(rule_id: str, **words: Any) -> int:
    from .. import rulebook
    from ..rulepage import page
    from . import _console

    book = rulebook.load()
    _options.known_rules(book, (rule_id,))
    _console.deliver(page(rule_id, book, spoken()), words["output"])
    return HEALTHY


@command.command("lint", help=sentence("help-rules-lint"))
@click.argument("folder", required=False, metavar="[DIR]")
@_options.output()
def lint(folder: str | None, **words: Any) -> int:
    from .. import lint as linter
    from . import _console

    complaints = linter.lint(folder)
    lines = [f"{found.level}: {found.file}: {found.key}: {found.problem}" for found in complaints]
    errors = sum(found.level == "error" for found in complaints)
    lines.append(sentence("lint-sum", errors=errors, warnings=len(complaints) - errors))
    _console.deliver("\n".join(lines), words["output"])
    return PROBLEMS if errors else HEALTHY
