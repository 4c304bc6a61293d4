"""envdoctor undo: what was there before the last fix, and how does it come back?"""

from __future__ import annotations

from typing import Any

import click

from . import Command, _cure, _options, sentence


@click.command("undo", cls=Command, help=sentence("help-undo"), epilog=sentence("help-undo-examples"))
@click.option("--force", is_flag=True, help=sentence("help-force"))
@click.option("--resume", is_flag=True, help=sentence("help-resume"))
@click.option("--roll-back", is_flag=True, help=sentence("help-roll-back"))
@_options.environment
@_options.output("text", "json")
def command(**words: Any) -> int:
    from .. import rulebook
    from ..ask import Ask

    request = _options.request(words)
    with _cure.Work(request, rulebook.load(), Ask(), words) as work:
        return work.undo()
