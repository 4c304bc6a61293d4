"""What must be changed so that the findings go, and nothing new comes?  Pure: remedies in, one goal out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Iterable, Mapping, Sequence, Tuple

from .. import clause
from ..chart import Chart, canonical, is_distribution
from ..conclusions import Tables, derive, wheels
from ..diagnose import diagnose
from ..report import Finding, Remedy
from ..rulebook import Rulebook
from ..versions import exact, meets, name_of, specifier_of
from .after import after
from .plan import ANY

#: Never moved for the sake of a side package.
FRAMEWORKS = frozenset(
    """torch torchvision torchaudio tensorflow tensorflow-gpu tensorflow-cpu tensorflow-intel tensorflow-rocm keras
    tf-keras jax jaxlib mxnet paddlepaddle paddlepaddle-gpu transformers pytorch-lightning mmcv mmcv-full""".split()
)
#: How often a goal is looked at again with what came of it (our choice; remedies that call for each other are few).
_ROUNDS = 5


@dataclass(frozen=True)
class Goal:
    """pins: canonical name -> the requirement, as pip takes it (`h5py==2.10.0`, `jax[cuda12]==0.4.30`).

    limits: what must hold of versions afterwards.  gone: distributions to remove.  again: name -> version to put back
    with all its files.  rules: name -> the rules for whose sake it is changed.  pages: name -> the index page that its
    pin comes from, where that is not the installer's own.
    mended: the findings that this mends; left: those that it does not.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    limits: Tuple[str, ...] = ()
    gone: Tuple[str, ...] = ()
    again: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Tuple[str, ...]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    mended: Tuple[Finding, ...] = ()
    left: Tuple[Finding, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.pins, *self.gone, *self.again))


def changes_something(remedy: Remedy | None) -> bool:
    """Does it hold more than advice?  What needs another environment is no change of this one."""
    if remedy is None or remedy.new_environment:
        return False
    return bool(remedy.pins or remedy.uninstall or remedy.reinstall)


# ---------------------------------------------------------------- one goal out of all remedies


def merge(findings: Iterable[Finding]) -> Goal:
    """All remedies as one goal.  Where two want different versions, the one that meets every limit is kept; if none
    does, the remedy of the finding that comes first counts, and the others are left.
    """
    mended: list[Finding] = []
    left: list[Finding] = []
    goal = Goal()
    for found in findings:
        remedy = found.remedy
        if remedy is None or not changes_something(remedy):
            left.append(found)
            continue
        joined = _joined(goal, found.rule, remedy)
        if joined is None:
            left.append(found)
        else:
            goal, mended = joined, [*mended, found]
    return replace(goal, mended=tuple(mended), left=tuple(left))


def _joined(goal: Goal, rule: str, remedy: Remedy) -> Goal | None:
    """The goal with one more remedy, or None where they contradict each other."""
    own = {name_of(limit) for limit in remedy.constraints}
    alone = [pin for pin in remedy.pins if name_of(pin) not in own]
    limits = tuple(dict.fromkeys((*goal.limits, *remedy.constraints, *alone)))
    pins = dict(goal.pins)
    for pin in remedy.pins:
        name = name_of(pin)
        chosen = next((one for one in (pins.get(name, pin), pin) if all(meets(one, limit) for limit in limits)), None)
        if chosen is None:
            return None
        pins[name] = chosen
    if not all(meets(pin, limit) for pin in pins.values() for limit in limits):
        return None
    gone = tuple(dict.fromkeys((*goal.gone, *map(canonical, remedy.uninstall))))
    again = {**goal.again, **{name_of(one): specifier_of(one)[2:] for one in remedy.reinstall}}
    if set(gone) & set(pins):
        return None
    rules = dict(goal.rules)
    for name in (*map(name_of, remedy.pins), *map(canonical, remedy.uninstall), *map(name_of, remedy.reinstall)):
        rules[name] = tuple(dict.fromkeys((*rules.get(name, ()), rule)))
    return Goal(
        pins=pins,
        limits=limits,
        gone=gone,
        again={name: version for name, version in again.items() if name not in pins and name not in gone},
        rules=rules,
        pages={**goal.pages, **{name_of(pin): remedy.index for pin in remedy.pins if remedy.index}},
    )


# ---------------------------------------------------------------- until nothing new comes of it


def settle(chart: Chart, book: Rulebook, findings: Sequence[Finding], expect: str, ignore: Iterable[str] = ()) -> Goal:
    """The goal for these findings, with the remedies of whatever it would bring about, as far as rules foretell.

    A remedy that would bring a new fault which nobody can mend is left out.  chart: as the probes wrote it.
    """
    known = {key(found) for found in (*findings, *loud(foreseen(chart, book, {}, expect, ignore)))}
    more: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    for _ in range(_ROUNDS):
        goal = merge((*findings, *more))
        new = [found for found in foretold(chart, book, goal, expect, ignore) if key(found) not in known]
        if not new and not set(map(key, more)) & set(map(key, goal.left)):
            return replace(goal, left=(*(found for found in goal.left if found not in more), *left))
        if new and all(changes_something(found.remedy) for found in new):
            more += tuple(new)
            known |= {key(found) for found in new}
            continue
        kept = _without_the_culprit(chart, book, findings, known, expect, ignore)
        left += tuple(found for found in findings if found not in kept)
        findings, more = kept, ()
    return Goal(left=(*findings, *left))


def foretold(chart: Chart, book: Rulebook, goal: Goal, expect: str, ignore: Iterable[str]) -> tuple[Finding, ...]:
    """What the rules would find once the goal is reached: errors, and warnings that are more than possible."""
    return loud(foreseen(chart, book, expected(goal, chart, book.tables), expect, ignore))


def foreseen(
    chart: Chart, book: Rulebook, changes: Mapping[str, str], expect: str, ignore: Iterable[str]
) -> tuple[Finding, ...]:
    """All that the rules would find after these changes."""
    return diagnose(derive(after(chart, changes, book.tables), book.tables), book, expect, ignore)[0]


def loud(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of which nobody wants to be the reason."""
    return tuple(one for one in findings if one.severity == "error" or (one.severity, one.certainty) in _LOUD)


_LOUD = frozenset([("warning", "certain"), ("warning", "likely")])


def expected(goal: Goal, chart: Chart, tables: Tables) -> dict[str, str]:
    """The versions that the goal leads to, as far as they are known without asking a resolver: name -> version."""
    changes = dict.fromkeys(goal.gone, "")
    changes.update(goal.again)
    for name, pin in goal.pins.items():
        changes[name] = version_for(name, specifier_of(pin), chart, tables) or ANY
    return changes


def version_for(name: str, specifier: str, chart: Chart, tables: Tables, newest: bool = True) -> str:
    """The version that a specifier leads to: the exact one, or the newest (or oldest) with a wheel; "" if unknown."""
    if exact(specifier):
        return exact(specifier)
    python, system = str(chart.value("python", "")), str(chart.value("os", ""))
    machine = str(chart.value("cpu.arch", "x86_64"))
    if not python or not system:
        return ""
    fitting = wheels.candidates(name, specifier, tables)
    for version in reversed(fitting) if newest else fitting:
        if wheels.wheel_exists(name, version, python, system, machine, tables):
            return version
    return ""


def key(found: Finding) -> tuple[str, tuple[str, ...]]:
    return found.rule, found.packages


def _without_the_culprit(
    chart: Chart,
    book: Rulebook,
    findings: Sequence[Finding],
    known: set[tuple[str, tuple[str, ...]]],
    expect: str,
    ignore: Iterable[str],
) -> tuple[Finding, ...]:
    """The findings without the last one whose remedy brings about what is new; none of them if that is several."""
    for one in reversed(findings):
        if changes_something(one.remedy):
            others = tuple(found for found in findings if found is not one)
            coming = foretold(chart, book, merge(others), expect, ignore)
            if all(key(found) in known for found in coming):
                return others
    return tuple(found for found in findings if not changes_something(found.remedy))


# ---------------------------------------------------------------- the other way round


def alternative(found: Finding, chart: Chart, book: Rulebook) -> Finding | None:
    """The finding with another remedy: instead of what its rule would move, move what does not go with that.

    An opencv-python below 4.10 does not go with NumPy 2: if NumPy has to stay, opencv-python goes to 4.10 or newer.
    Only where the rule says so in so many words, by a limit for each of the packages in question.
    """
    rules = book.get(found.rule)
    if len(rules) != 1 or not found.remedy or not rules[0].any or rules[0].each:
        return None
    concluded = derive(chart, book.tables)
    clauses = [clause.parse(text) for text in rules[0].any]
    firing = [one for one in clauses if one.meets(concluded) is clause.Verdict.YES]
    pins = []
    for one in firing:
        limit = re.match(r"^\s*<\s*([\w.]+)\s*$", one.operand) if one.operator == "set" else None
        if limit is None or not is_distribution(one.fact) or one.fact in FRAMEWORKS:
            return None
        nearest = version_for(one.fact, f">={limit.group(1)}", chart, book.tables, newest=False)
        pins.append(f"{one.fact}=={nearest}" if nearest else f"{one.fact}>={limit.group(1)}")
    if not pins or {name_of(pin) for pin in pins} & {name_of(pin) for pin in found.remedy.pins}:
        return None
    return replace(found, remedy=Remedy(pins=tuple(pins)))
