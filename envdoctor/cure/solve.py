"""Which smallest set of changes reaches the goal, resolves, and raises no new finding?

The goal comes from the rules (goal.py), the versions from uv or pip (resolver.py), and what comes of it is judged by
the rules again (after.py), until nothing new is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterable, Iterator, Mapping, Sequence

from .. import versions
from ..chart import KNOWN, Chart
from ..conclusions import Tables, wheels
from ..conclusions.declared import applies, demands_of, markers_of
from ..report import Finding
from ..rulebook import Rulebook
from .goal import FRAMEWORKS, Goal, alternative, changes_something, expected, foreseen, key, loud, settle
from .plan import Change
from .resolver import CONFLICT, Question, Resolution

#: Compiled parts that are optional: these install from source without a compiler.
_BUILDS_ANYWHERE = frozenset(["wrapt", "protobuf", "setuptools"])
_ROUNDS = 4

Ask = Callable[[Question], Resolution]


@dataclass(frozen=True)
class Solution:
    """changes: all of them, or, where no resolver could be asked (`resolution.trouble`), those of the goal alone."""

    goal: Goal
    changes: tuple[Change, ...]
    resolution: Resolution


def solve(
    chart: Chart,
    book: Rulebook,
    findings: Sequence[Finding],
    resolve: Ask,
    expect: str = "any",
    ignore: Iterable[str] = (),
) -> Solution:
    """The changes that mend as many of the findings as go together, those that come first before others.

    chart: as the probes wrote it.  resolve: asks a resolver (resolver.py), or a recorded answer.
    """
    solution = _attempt(chart, book, findings, resolve, expect, ignore)
    if _mends_all(solution, findings):
        return solution
    # Not all together: so one after the other, the worst first; what does not go with those before is mended the
    # other way round, or left.
    accepted: list[Finding] = []
    left: list[Finding] = []
    best = None
    for found in findings:
        ways = [way for way in (found, alternative(found, chart, book)) if way and changes_something(way.remedy)]
        for way in ways:
            tried = _attempt(chart, book, [*accepted, way], resolve, expect, ignore)
            if _mends_all(tried, [*accepted, way]):
                accepted.append(way)
                best = tried
                break
        else:
            left.append(found)
    if best is None:
        return solution
    return replace(best, goal=replace(best.goal, left=tuple(left)))


def _mends_all(solution: Solution, findings: Iterable[Finding]) -> bool:
    """Is there an answer, and is everything mended that holds more than advice?"""
    mended = {key(found) for found in solution.goal.mended}
    wanted = {key(found) for found in findings if changes_something(found.remedy)}
    return solution.resolution.trouble != CONFLICT and wanted <= mended


def _attempt(
    chart: Chart,
    book: Rulebook,
    findings: Sequence[Finding],
    resolve: Ask,
    expect: str,
    ignore: Iterable[str],
) -> Solution:
    known = {key(found) for found in (*findings, *loud(foreseen(chart, book, {}, expect, ignore)))}
    goal = settle(chart, book, findings, expect, ignore)
    for _ in range(_ROUNDS):
        if not goal.names:
            return Solution(goal, (), Resolution({}))
        resolution = _resolved(chart, goal, book.tables, resolve)
        if resolution.trouble == CONFLICT:
            return Solution(goal, (), resolution)
        if resolution.trouble:
            return Solution(goal, _changes(chart, goal, expected(goal, chart, book.tables)), resolution)
        changes = _changes(chart, goal, _moved(chart, goal, resolution))
        later = {change.name: change.after for change in changes}
        new = [found for found in loud(foreseen(chart, book, later, expect, ignore)) if key(found) not in known]
        if not any(changes_something(found.remedy) for found in new):
            return Solution(goal, changes, resolution)
        findings = (*findings, *new)
        known |= {key(found) for found in new}
        goal = settle(chart, book, findings, expect, ignore)
    return Solution(goal, (), Resolution({}, resolution.solver, CONFLICT, resolution.log))


def _resolved(chart: Chart, goal: Goal, tables: Tables, resolve: Ask) -> Resolution:
    """The answer for the fewest changes that have one: nothing else moves; no framework moves; whatever must."""
    answer = Resolution({}, trouble=CONFLICT)
    asked: set[tuple[str, ...]] = set()
    for kept in _kept(chart, goal):
        question = question_of(chart, goal, kept, tables)
        if question.requirements in asked:
            continue
        asked.add(question.requirements)
        answer = resolve(question)
        if answer.trouble != CONFLICT:
            return answer
    return answer


def _kept(chart: Chart, goal: Goal) -> Iterator[list[str]]:
    """What may not move, in three steps of less and less."""
    installed = [name for name in sorted(chart.distributions()) if name not in goal.names]
    wanted = chart.value("project.requires") or {}
    yield installed
    yield [name for name in installed if name in FRAMEWORKS or (wanted.get(name) or {}).get("specifier")]
    yield []


def question_of(chart: Chart, goal: Goal, kept: Sequence[str], tables: Tables) -> Question:
    """The goal as requirements, with everything that is installed: `kept` as it is, the rest as it may come.

    A distribution whose own demands are not met today is left out, lest nothing could be changed any more.
    """
    installed = {
        name: version for name, version in chart.distributions().items() if versions.parse(version) is not None
    }
    broken = _unmet(chart, goal, tables)
    lines = list(goal.pins.values())
    for name, version in sorted(installed.items()):
        if name not in goal.names and name not in broken:
            lines.append(f"{name}=={version}" if name in kept else name)
    lines += [f"{name}=={version}" for name, version in goal.again.items() if name not in broken]
    return Question(
        requirements=tuple(dict.fromkeys(lines)),
        constraints=tuple(limit for limit in goal.limits if limit not in lines),
        python=str(chart.patient.get("python") or ""),
        installed={name: version for name, version in installed.items() if name not in goal.gone},
        wheels_only=wheels_only(chart, tables),
        indexes=tuple(dict.fromkeys(goal.pages.values())),
    )


def wheels_only(chart: Chart, tables: Tables) -> tuple[str, ...]:
    """The distributions that need a compiler where there is no wheel, and that have wheels for this Python."""
    place = wheels.Place(chart)
    names = dict.fromkeys(row["package"] for row in tables.get("wheels", ()))
    names.update(dict.fromkeys(FRAMEWORKS & {"torch", "tensorflow", "tensorflow-gpu", "torchvision", "torchaudio"}))
    fitting = (name for name in names if name not in _BUILDS_ANYWHERE)
    return tuple(name for name in fitting if place.served(name, reversed(wheels.releases(name, tables)), tables))


def _unmet(chart: Chart, goal: Goal, tables: Tables) -> set[str]:
    """Who demands what is not so today, and will not be so afterwards."""
    requires, environment = chart.fact("packages.requires"), markers_of(chart)
    if requires.state != KNOWN:
        return set()
    today = chart.distributions()
    later = {**today, **expected(goal, chart, tables)}
    bad = set()
    for by, demands in requires.value.items():
        for name, specifier, marker in demands_of(demands):
            if applies(marker, environment) and not _met(today, name, specifier) and not _met(later, name, specifier):
                bad.add(by)
    return bad


def _met(there: Mapping[str, str], name: str, specifier: str) -> bool:
    version = there.get(name)
    if not version:
        return False
    try:
        return not specifier or versions.accepted(version, specifier) is not False
    except ValueError:
        return True


# ---------------------------------------------------------------- from versions to changes


def _moved(chart: Chart, goal: Goal, resolution: Resolution) -> dict[str, str]:
    """What the answer changes: name -> version, "" where it is removed."""
    today = chart.distributions()
    moved = {name: version for name, version in resolution.pins.items() if today.get(name) != version}
    moved.update(goal.again)
    moved.update(dict.fromkeys((name for name in goal.gone if name in today), ""))
    return moved


def _changes(chart: Chart, goal: Goal, moved: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes, those that mend something first."""
    today = chart.distributions()
    changes = [
        Change(
            name=name,
            before=today.get(name, ""),
            after=version,
            rules=goal.rules.get(name, ()),
            by=() if name in goal.rules else tuple(sorted(goal.pins)),
        )
        for name, version in moved.items()
    ]
    return tuple(sorted(changes, key=lambda change: (not change.rules, change.name)))
