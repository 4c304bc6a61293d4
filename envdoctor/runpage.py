"""How is the end of a command told: why it crashed, and whether the GPU was used?  Pure."""

from __future__ import annotations

import json

from . import __version__
from .crash import Crash, quoted
from .gpu.answer import Answer
from .gpu.renderers import json as gpu_json
from .gpu.renderers.text import mark_of
from .gpu.sentences import headline
from .renderers import Console
from .renderers.json import finding_as_json
from .renderers.text import write_finding
from .report import Report
from .sheet import DIM, STYLES, Sheet
from .words import readable


def before(report: Report, lang: str, console: Console) -> str:
    """The errors that are known before anything runs, a line each with its cure; "" where there are none."""
    from .prescribe import spell

    errors = [found for found in report.findings if found.severity == "error"]
    page = Sheet(console, readable(lang, console.encoding), "run")
    for found in errors:
        page.add(page.say("before", title=found.title[page.lang]), "", "  ", STYLES["error"])
        for command in found.remedy.commands if found.remedy is not None else ():
            page.add_command(page.say("before-cure", command=spell(command, report.chart)), "  ")
    if errors:
        page.add(page.say("before-more"), "", "", DIM)
    return page.text() if errors else ""


def as_text(answer: Answer, explained: Report | None, end: Crash, lang: str, console: Console) -> str:
    """What is known of the crash, then one line about the GPU.  explained: None where nothing crashed."""
    page = Sheet(console, readable(lang, console.encoding), "run")
    if explained is not None:
        how = page.say("by-signal", signal=end.name) if end.name else page.say("by-code", code=end.status)
        page.add(page.say("crashed", command=quoted(answer.command), how=how), "", "  ", STYLES["error"])
        if end.starved:
            page.add(page.say("killed-by-system"), "  ", "  ")
        for number, found in enumerate(explained.findings, 1):
            write_finding(page.of("report"), explained, found, number if len(explained.findings) > 1 else 0)
        if not explained.findings:
            page.add(page.say("unexplained"), "  ", "  ")
        page.blank()
    mark = mark_of(answer.verdict.verdict)
    page.add(headline(answer.verdict, answer.how, page.lang), style=STYLES[mark], head=page.mark(mark) + " ")
    return page.text()


def as_data(answer: Answer, explained: Report | None, before: Report | None, end: Crash, lang: str) -> str:
    """The same for programs."""
    known = before.findings if before is not None else ()
    return json.dumps(
        {
            "schema": 1,
            "envdoctor": __version__,
            "command": list(answer.command),
            "exit_code": end.status,
            "signal": end.name or None,
            "out_of_memory": end.starved,
            "before": [finding_as_json(found, lang) for found in known if found.severity == "error"],
            "findings": [finding_as_json(found, lang) for found in explained.findings] if explained else [],
            "gpu": json.loads(gpu_json.render(answer, lang)),
        },
        ensure_ascii=False,
        indent=1,
    )
