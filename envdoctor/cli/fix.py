"""envdoctor fix: which changes mend it, and shall they be made?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..words import say
from . import HEALTHY, INCOMPLETE, PROBLEMS, Command, _cure, _options, sentence, spoken
from ._cure import FixError

if TYPE_CHECKING:
    from ..consult import Request
    from ..cure.plan import CurePlan
    from ..report import Finding, Report


@click.command("fix", cls=Command, help=sentence("help-fix"), epilog=sentence("help-fix-examples"))
@click.option("-y", "--yes", is_flag=True, help=sentence("help-yes"))
@click.option("--dry-run", is_flag=True, help=sentence("help-dry-run"))
@click.option("--rehearse", is_flag=True, help=sentence("help-rehearse"))
@click.option("--only", multiple=True, metavar="RULE", help=sentence("help-only"))
@click.option("--resume", is_flag=True, help=sentence("help-resume"))
@click.option("--roll-back", is_flag=True, help=sentence("help-roll-back"))
@_options.patient
@_options.judgement
@_options.output("text", "json")
def command(**words: Any) -> int:
    if words["yes"] and words["dry_run"]:
        raise FixError("yes-and-dry-run")
    request = _options.request(words)

    from .. import consult, rulebook
    from ..ask import Ask

    book, ask = rulebook.load(), Ask()
    _options.known_rules(book, (*words["ignore"], *words["only"]))
    live = request.probe and request.chart_text is None and not request.assumptions
    if not live and not words["dry_run"]:
        raise FixError("only-dry-run")
    work = _cure.Work(request, book, ask, words)
    with work:
        work.doing("examine")
        chart = consult.see(request, ask)
        if live:
            pending = work.pending(str(chart.patient["prefix"]))
            if pending is not None:
                return pending
        report = consult.judge(chart, book, request)
        found = _chosen(report, words["only"])
        work.doing("resolve")
        plan = work.plan(chart, found)
        work.doing("")
        return _carry_out(work, plan, report, request, words)


def _carry_out(work: Any, plan: CurePlan, report: Report, request: Request, words: dict[str, Any]) -> int:
    """Show the plan, ask, rehearse, apply; each only as far as the user wants."""
    work.show(plan)
    status = _status(report, request)
    if plan.empty:
        return int(work.end("nothing", status))
    if words["rehearse"] and not work.rehearsed():
        return int(work.end("rehearsal-failed", INCOMPLETE))
    if words["dry_run"]:
        return int(work.end("planned", status))
    if not words["yes"] and not _agreed(work):
        return int(work.end("declined", status))
    return int(work.apply(report))


def _chosen(report: Report, only: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings of these rules; all where none is named.  Raises FixError."""
    for rule in only:
        if not any(found.rule == rule for found in report.findings):
            raise FixError("no-such-finding", rule=rule, found=", ".join(one.rule for one in report.findings) or "-")
    return tuple(found for found in report.findings if not only or found.rule in only)


def _status(report: Report, request: Request) -> int:
    severities = {found.severity for found in report.findings}
    bad = {"error", "warning"} if request.strict else {"error"}
    return PROBLEMS if severities & bad else HEALTHY


def _agreed(work: Any) -> bool:
    """Raises FixError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise FixError("no-terminal")
    work.show_beside()
    return bool(click.confirm(say("fix.ask", spoken()), default=False, err=True))
