"""envdoctor chart: what was seen, in one file that any machine can read?"""

from __future__ import annotations

import json
from typing import Any

import click

from . import HEALTHY, Command, _options, sentence


@click.command("chart", cls=Command, help=sentence("help-chart"))
@_options.patient
@click.option("--no-redact", is_flag=True, help=sentence("help-no-redact"))
@_options.output()
def command(no_redact: bool, **words: Any) -> int:
    request = _options.request(words)

    from .. import consult
    from ..ask import Ask
    from ..redact import of_this_machine, redacted
    from . import _console

    ask = Ask()
    chart = consult.see(request, ask)
    if not no_redact:
        chart = redacted(chart, of_this_machine(ask))
    _console.deliver(json.dumps(chart.as_json(), ensure_ascii=False, indent=1), words["output"])
    return HEALTHY
