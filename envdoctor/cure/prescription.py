"""How do findings become one complete plan, with its commands and with what must work afterwards?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Iterable, Mapping, Sequence

from ..chart import Chart
from ..conclusions.declared import demands_of
from ..report import Finding, Remedy, Words
from ..rulebook import Rulebook
from ..words import LANGUAGES, both, say
from . import resolver
from .checks import checks_for
from .goal import FRAMEWORKS, foreseen, key
from .install_log import condense
from .installer import PROJECT, Orders, order, tool_of, wish_of
from .plan import CONDA, INSTALL, Change, CurePlan, Step
from .solve import Solution, solve


def prescription(
    chart: Chart,
    book: Rulebook,
    findings: Sequence[Finding],
    ask: Any,
    expect: str = "any",
    ignore: Iterable[str] = (),
    resolve: Callable[[resolver.Question], resolver.Resolution] | None = None,
) -> CurePlan:
    """The plan for these findings.  chart: as the probes wrote it, not yet concluded from.

    resolve: asks a resolver; by default uv or pip (resolver.py), for an environment of this machine alone.
    """

    solution = solve(chart, book, findings, resolve or _of_this_machine(ask), expect, ignore)
    goal, resolution = solution.goal, solution.resolution
    later = {change.name: change.after for change in solution.changes}
    stays = {key(found) for found in foreseen(chart, book, later, expect, ignore)}
    left = tuple(found for found in goal.left if key(found) in stays)
    plan = CurePlan(
        mended=goal.mended,
        left=left,
        solver=resolution.solver or "rules",
        log=resolution.log,
        new_environment=any(found.remedy is not None and found.remedy.new_environment for found in left),
    )
    if resolution.trouble == resolver.CONFLICT:
        return replace(plan, mended=(), left=tuple(findings), obstacle=_conflict(resolution))
    if not solution.changes:
        return plan
    orders = _orders(chart, solution)
    if not orders.steps:
        return replace(plan, mended=(), left=(*goal.mended, *left), obstacle=_joined(orders.notes))
    changes = _changed_by(solution.changes, orders.steps)
    unordered = {change.name for change in solution.changes} - {change.name for change in changes}
    not_mended = tuple(one for one in goal.mended if any(one.rule in goal.rules.get(name, ()) for name in unordered))
    return replace(
        plan,
        mended=tuple(found for found in goal.mended if found not in not_mended),
        left=(*not_mended, *left),
        notes=orders.notes,
        changes=changes,
        steps=orders.steps,
        checks=checks_for(changes, goal.mended, book, chart),
        verified=_verified(resolution, orders.steps, chart),
        keep=() if not resolution.trouble else _keep(chart, solution),
        doubt=_doubt(resolution) if resolution.trouble else None,
    )


def _of_this_machine(ask: Any) -> Callable[[resolver.Question], resolver.Resolution]:
    """Asks uv or pip, for interpreters that are here; of an environment that is only described nobody can ask them."""
    here = resolver.Resolver(ask)

    def asked(question: resolver.Question) -> resolver.Resolution:
        if not question.python or not ask.is_file(question.python):
            return resolver.Resolution({}, trouble=resolver.NO_RESOLVER)
        return here(question)

    return asked


def _orders(chart: Chart, solution: Solution) -> Orders:
    """The commands.  What a resolver has found is complete, so pip and uv need not look for dependencies again;
    a uv project and conda solve themselves, and are told the goal alone.
    """
    goal, complete = solution.goal, not solution.resolution.trouble and tool_of(chart) != PROJECT
    moved = {change.name: change.after for change in solution.changes if change.after and change.name not in goal.again}
    pins = dict(goal.pins)
    if complete:
        pins = {name: f"{name}=={version}" for name, version in moved.items()}
    wishes = [
        wish_of(
            Remedy(
                pins=tuple(pin for name, pin in sorted(pins.items()) if goal.pages.get(name, "") == page), index=page
            ),
            chart,
        )
        for page in dict.fromkeys(("", *goal.pages.values()))
    ]
    again = tuple(f"{name}=={version}" for name, version in goal.again.items())
    removed = tuple(change.name for change in solution.changes if not change.after)
    orders = order(chart, wish_of(Remedy(uninstall=removed, reinstall=again), chart), *wishes)
    return replace(orders, steps=tuple(_alone(step) for step in orders.steps)) if complete else orders


def _alone(step: Step) -> Step:
    """The step without a look at dependencies: they are all named."""
    words = list(step.command)
    if step.tool == CONDA or step.action != INSTALL or "install" not in words or "--no-deps" in words:
        return step
    words.insert(words.index("install") + 1, "--no-deps")
    return replace(step, command=tuple(words))


def _changed_by(changes: Iterable[Change], steps: Iterable[Step]) -> tuple[Change, ...]:
    """The changes that a step makes, each with its tool."""
    tools: Mapping[str, str] = {name: step.tool for step in steps for name in step.names}
    return tuple(replace(change, tool=tools[change.name]) for change in changes if change.name in tools)


def _verified(resolution: resolver.Resolution, steps: Iterable[Step], chart: Chart) -> str:
    """conda and uv projects solve in their own way, which nobody has asked."""
    apart = tool_of(chart) == PROJECT or any(step.tool == CONDA for step in steps)
    return "known" if resolution.trouble or apart else "resolved"


def _keep(chart: Chart, solution: Solution) -> tuple[str, ...]:
    """What must not move when the installer looks for dependencies on its own.

    What a changed distribution asks for may have to move with it (TensorFlow's own tensorboard), frameworks never.
    """
    changed = solution.goal.names
    requires = chart.value("packages.requires") or {}
    along = {name for one in changed for name, _, _ in demands_of(requires.get(one, []))} - FRAMEWORKS
    fixed = (name for name in sorted(chart.distributions()) if name not in changed and name not in along)
    return tuple(f"{name}=={chart.value(name)}" for name in fixed)


def _doubt(resolution: resolver.Resolution) -> Words:
    if resolution.trouble == resolver.FAILED:
        said = condense(resolution.log).words
        return {lang: say("fix.why-failed", lang, said=said[lang]) for lang in LANGUAGES}
    return both(f"fix.why-{resolution.trouble}")


def _conflict(resolution: resolver.Resolution) -> Words:
    said = condense(resolution.log).words
    return {
        lang: say("fix.conflict", lang)
        + (" " if lang == "en" else "")
        + say("fix.resolver-said", lang, solver=resolution.solver, said=said[lang])
        for lang in LANGUAGES
    }


def _joined(notes: Sequence[Words]) -> Words:
    return {lang: (" " if lang == "en" else "").join(note[lang] for note in notes) for lang in LANGUAGES}
