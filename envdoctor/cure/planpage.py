"""How is a plan told: as a table for people, as data for programs?  Pure."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..chart import Chart
from ..prescribe import spell
from ..renderers import Console
from ..sheet import BOLD, DIM, GREEN, STYLES, Sheet
from ..words import pad, readable, width
from .plan import ANY, Change, CurePlan


def as_text(plan: CurePlan, chart: Chart, lang: str, console: Console) -> str:
    """The plan for a console; "" for the parts that it has not."""
    page = Sheet(console, readable(lang, console.encoding), "fix")
    if plan.obstacle is not None:
        page.add(page.say("obstacle", why=plan.obstacle[page.lang]), "", "  ", STYLES["error"])
    elif plan.empty:
        page.add(page.say("nothing" if plan.left else "healthy"), "", "  ")
    else:
        _write_changes(page, plan)
        _write_commands(page, plan, chart)
    _write_left(page, plan)
    return page.text()


def _write_changes(page: Sheet, plan: CurePlan) -> None:
    page.add(page.say("plan"), "", "", BOLD)
    page.add(page.say(f"plan-{plan.verified}", solver=plan.solver, why=(plan.doubt or {}).get(page.lang, "")), "  ")
    page.blank()
    heads = [page.say(f"column-{name}") for name in ("package", "from", "to")]
    rows = [_cells(page, change) for change in plan.changes]
    widths = [max(width(row[column]) for row in [heads, *rows]) for column in range(3)]
    start = "  " + "".join(pad(text, room) + "  " for text, room in zip(heads, widths))
    page.add(page.say("column-why"), "", None, DIM, start)
    for change, row in zip(plan.changes, rows):
        start = "  " + "".join(pad(text, room) + "  " for text, room in zip(row, widths))
        page.add(_why(page, plan, change), "", " " * width(start), GREEN if change.rules else DIM, start)


def _cells(page: Sheet, change: Change) -> list[str]:
    if not change.after:
        later = page.say("removed")
    elif change.before == change.after:
        later = page.say("again", version=change.after)
    else:
        later = page.say("any") if change.after == ANY else change.after
    return [page.fit(change.name), page.fit(change.before or page.say("not-there")), page.fit(later)]


def _why(page: Sheet, plan: CurePlan, change: Change) -> str:
    titles = [found.title[page.lang] for found in plan.mended if found.rule in change.rules]
    names = ", ".join(change.by)
    return "; ".join(dict.fromkeys(titles)) if titles else page.say("follows", names=names) if names else ""


def _write_commands(page: Sheet, plan: CurePlan, chart: Chart) -> None:
    page.blank()
    page.add(page.say("commands"))
    for step in plan.steps:
        page.add_command(spell(step.command, chart), "    ")


def _write_left(page: Sheet, plan: CurePlan) -> None:
    for note in plan.notes:
        page.blank()
        page.add(note[page.lang])
    loud = [found for found in plan.left if found.severity != "info"]
    if loud:
        page.blank()
        page.add(page.say("left"))
    for found in loud:
        page.add(found.title[page.lang], "  ", "    ", STYLES[found.severity], page.mark(found.severity) + " ")
        if found.remedy is not None and found.remedy.note:
            page.add(found.remedy.note[page.lang], "    ")
    if plan.new_environment:
        page.blank()
        page.add(page.say("new-environment"))


def as_data(plan: CurePlan, chart: Chart) -> dict[str, Any]:
    """The plan as JSON data; it may grow, its keys stay."""
    return {
        "schema": 1,
        "envdoctor": __version__,
        "patient": dict(chart.patient),
        "changes": [
            {
                "name": change.name,
                "from": change.before or None,
                "to": change.after or None,
                "rules": list(change.rules),
                "by": list(change.by),
                "tool": change.tool,
            }
            for change in plan.changes
        ],
        "commands": [list(step.command) for step in plan.steps],
        "solver": plan.solver,
        "verified": plan.verified,
        "mended": [found.rule for found in plan.mended],
        "left": [found.rule for found in plan.left],
        "obstacle": dict(plan.obstacle) if plan.obstacle else None,
        "new_environment": plan.new_environment,
    }
