"""How do the verdicts on several machines read, as text and as JSON?  Pure functions from reports to words.

The formats for CI get one merged report (targets.merged), so that their renderers see what they always see.
"""

from __future__ import annotations

import json
from typing import Sequence

from . import __version__
from .chart import KNOWN
from .renderers import Console
from .renderers import json as as_json
from .renderers.text import write_finding, write_ignored
from .sheet import BOLD, DIM, STYLES, Sheet
from .targets import Judged, coming_of, merged, worst
from .words import pad, readable, width

SCHEMA = 1
_MARKS = {"problems": "error", "warnings": "warning", "healthy": "ok"}
#: A card's name is cut after this many columns of the table (our choice).
_GPU_COLUMNS = 26


def as_data(judged: Sequence[Judged], lang: str) -> str:
    """{"schema", "envdoctor", "verdict": the worst, "targets": [{"name", and a report as always}]}."""
    targets = [
        {"name": one.target.name, **json.loads(as_json.render(one.report, lang))}  # each with its own chart
        for one in judged
    ]
    verdict = worst(one.report for one in judged)
    data = {"schema": SCHEMA, "envdoctor": __version__, "verdict": verdict, "targets": targets}
    return json.dumps(data, ensure_ascii=False, indent=1)


def as_text(judged: Sequence[Judged], lang: str, console: Console, checked: str = "") -> str:
    """A table of the targets, then the findings, what several targets share told once."""
    page = Sheet(console, readable(lang, console.encoding))
    own = page.of("config")
    report = merged(judged, apart=True)
    project = str(report.chart.patient.get("project") or "").replace("\\", "/").rstrip("/").rpartition("/")[2]
    count = "one" if len(judged) == 1 else "many"
    page.add(own.say(f"headline-{count}", doctor=__version__, project=project, number=len(judged)))
    page.blank()
    _write_table(page, own, judged)
    for number, found in enumerate(report.findings, 1):
        write_finding(page, report, found, number)
    if report.verbose:
        _write_versions(page, own, judged)
    page.blank()
    if report.chart.fact("project.requires").state != KNOWN:
        page.add(own.say("no-requirements"))
    elif any(fact.origin.partition(", newest for")[1] for one in judged for fact in coming_of(one).values()):
        page.add(own.say("not-pinned", checked=checked), style=DIM)
    page.add(own.say("only-files"), style=DIM)
    write_ignored(page, report)
    return page.text()


def _write_table(page: Sheet, own: Sheet, judged: Sequence[Judged]) -> None:
    head = [own.say(f"column-{name}") for name in ("target", "os", "python", "gpu", "verdict")]
    rows = [[own.fit(text) for text in _row(page, own, one)] for one in judged]
    widths = [max(width(row[place]) for row in [head, *rows]) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(pad(cell, columns) for cell, columns in zip(cells, widths)).rstrip()

    page.add_whole("   " + line(head), DIM)
    for one, row in zip(judged, rows):
        mark = _MARKS[one.report.verdict]
        page.add_whole(f"{page.mark(mark)}  {line(row)}", STYLES[mark])
        if one.report.findings:
            page.add(one.report.findings[0].title[page.lang], "     ", "     ")


def _row(page: Sheet, own: Sheet, one: Judged) -> list[str]:
    chart = one.report.chart
    cards = chart.value("gpu")
    gpu = ", ".join(map(str, cards)) if cards else own.say("no-gpu")
    system = "wsl" if chart.value("os.wsl") else str(chart.value("os", "?"))
    return [
        one.target.name,
        system,
        str(chart.value("python", "?")),
        gpu if width(gpu) <= _GPU_COLUMNS else gpu[: _GPU_COLUMNS - 1] + page.fit("…"),
        _verdict(page, own, one),
    ]


def _verdict(page: Sheet, own: Sheet, one: Judged) -> str:
    texts = []
    for severity, name in (("error", "errors"), ("warning", "warnings"), ("info", "notes")):
        number = sum(found.severity == severity for found in one.report.findings)
        if number:
            texts.append(page.say(f"{name}-one" if number == 1 else f"{name}-many", number=number))
    return page.say("and").join(texts) or own.say("healthy")


def _write_versions(page: Sheet, own: Sheet, judged: Sequence[Judged]) -> None:
    for one in judged:
        coming = coming_of(one)
        if coming:
            page.blank()
            page.add(own.say("versions", target=one.target.name), style=BOLD)
            for name, fact in coming.items():
                page.add(f"{name}\u00a0{fact.value} ({fact.origin})", "  ", "    ")
