"""Would this repository run on the machines that it is meant for, as far as its files tell?

Judged before anything is installed: the chart of a target holds what its machine is said to be, what the repository's
code and dependency files say, and what an installer would bring (arrivals.py).  Nothing else of this machine is looked
at.  A finding that rests on a version that is not pinned is likely at most.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import Any, Iterable, Mapping, Sequence

from . import __version__, versions
from .arrivals import BEST_OF_SEVERAL, More, arrivals
from .assume import PRESUMED, assume
from .chart import KNOWN, UNKNOWN, VARIABLES, Chart, Fact, absent, known, unknown
from .conclusions import derive, wheels
from .config import ConfigError, Target
from .dependencies import more_of
from .diagnose import diagnose
from .overview import every
from .patient import Patient
from .report import CERTAINTIES, SEVERITIES, STAGES, Doubt, Finding, Remedy, Report, Words
from .rulebook import Rulebook
from .words import both

#: Of the standard library once, and of some target's Python perhaps still.
_GONE = """aifc asynchat asyncore audioop binhex cgi cgitb chunk crypt distutils dummy_threading formatter imghdr imp
lib2to3 macpath mailcap msilib nis nntplib ossaudiodev parser pipes smtpd sndhdr spwd sunau symbol telnetlib uu
xdrlib""".split()
#: A project that does not say which Python it wants is not given one that is newer than this (our choice: what
#: frameworks of the last two years have wheels for).
_NEWEST_GIVEN = "3.12"


@dataclass(frozen=True)
class Judged:
    """A target and what was found for it."""

    target: Target
    report: Report


# ---------------------------------------------------------------- what the repository says


def look(root: str, ask: Any) -> tuple[Chart, More]:
    """What the repository's code and dependency files say, on a chart without a machine."""
    from .probes import project

    inside = {
        "stdlib_modules": sorted({*getattr(sys, "stdlib_module_names", ()), *_GONE} if _knows_its_library() else ()),
        "builtin_modules": list(sys.builtin_module_names),
        "stdlib": os.path.dirname(os.__file__),
        "base_prefix": sys.base_prefix,
    }
    seen = project.probe(Patient("target", "", "", "--targets", inside=inside, project=root), ask)
    chart = Chart({"kind": "target", "project": root}, dict(seen.facts), seen.complete, {}, __version__)
    return chart, more_of(chart, root, ask)


def _knows_its_library() -> bool:
    """Since 3.10; before, the probe lists the folder."""
    return hasattr(sys, "stdlib_module_names")


def python_for(chart: Chart, system: str, book: Rulebook) -> str:
    """The Python that the project asks for; "" where it does not say.

    Of several the newest for which there is everything that it pins, and not newer than most of what is published.
    """
    asked = chart.fact("project.python_requires")
    if asked.state != KNOWN:
        return ""
    fitting = [python for python in pythons_of(chart, system, book) if _within(python, str(asked.value))]
    tried = [python for python in wheels.PYTHONS if _within(python, str(asked.value))]
    usual = [python for python in fitting or tried if versions.compare(python, "<=", _NEWEST_GIVEN)]
    return (usual or fitting or tried or [""])[-1]


def pythons_of(chart: Chart, system: str, book: Rulebook) -> list[str]:
    """The Pythons, oldest first, for which there is a wheel of everything that the project asks for with a limit."""
    place = wheels.Place(chart.with_facts({"python": known("3"), "os": known(system)}))
    left = [python for python in wheels.PYTHONS if python != "2.7"]
    for name, want in (chart.value("project.requires") or {}).items():
        specifier = str(want.get("specifier", ""))
        if not specifier or want.get("url") or want.get("tool") == "conda" or want.get("marker"):
            continue
        if not wheels.is_open(name, specifier, book.tables):
            pythons = place.pythons(name, wheels.candidates(name, specifier, book.tables), book.tables)
            left = [python for python in left if python in pythons] if pythons else left
    return left


def _within(python: str, specifier: str) -> bool:
    """Some patch release of this Python is wanted."""
    try:
        return any(versions.within(f"{python}.{patch}", specifier) for patch in (0, 99)) or bool(
            versions.within(python, specifier)
        )
    except ValueError:
        return False


# ---------------------------------------------------------------- one target


def judge(
    targets: Sequence[Target], seen: tuple[Chart, More], book: Rulebook, request: Any, words: Sequence[str] = ()
) -> tuple[Judged, ...]:
    """What is found for each target.  `words` are facts of the command line, for all of them.  Raises ConfigError."""
    return tuple(_judged(target, *seen, book=book, request=request, words=words) for target in targets)


def _judged(target: Target, project: Chart, more: More, book: Rulebook, request: Any, words: Sequence[str]) -> Judged:
    machine = machine_of(target, project, book, words)
    coming = arrivals(machine, book.tables, more)
    # Said here, because a chart that holds what comes no longer tells what would.
    odds = {name: dict(entry) for name, entry in coming.at_odds.items()}
    machine = machine.with_facts({"project.pins_at_odds": known(odds) if odds else absent()})
    expect = target.expect or request.expect
    chart = _concluded(machine, coming.pinned, book)
    findings, doubts = sure, _ = diagnose(chart, book, expect, request.ignore)
    if coming.newest and not chart.value("project.no_wheel_blocking"):  # where nothing can be installed, nothing comes
        chart = _concluded(machine, {**coming.pinned, **coming.newest}, book)
        findings, doubts = diagnose(chart, book, expect, request.ignore)
    settled = {_key(found) for found in every(sure)}
    told = tuple(_told(found, settled) for found in findings)
    report = Report(
        chart=chart,
        findings=tuple(sorted(told, key=_rank)),
        doubts=doubts,
        ignored=request.ignore,
        ignored_reasons=request.ignored_reasons,
        expect=expect,
        verbose=request.verbose,
    )
    return Judged(target, report)


def machine_of(target: Target, project: Chart, book: Rulebook, words: Sequence[str] = ()) -> Chart:
    """The chart of the target's machine with the repository on it.  Without a word about a GPU it has none."""
    said = {word.partition("=")[0] for word in (*target.words, *words)}
    where = f"targets.{target.name}"
    facts: dict[str, Fact] = {**PRESUMED, "gpu": absent(where), **project.facts}
    if "driver" not in said and "driver.cuda" not in said and not said & {"gpu", "gpu.capability"}:
        facts["driver"] = absent(where)
    patient = {**project.patient, "kind": "target", "name": target.name, "chosen_by": "--targets"}
    chart = Chart(patient, facts, frozenset([VARIABLES]), doctor=__version__)
    chart = assume(assume(chart, target.words), words)
    if "gpu" not in said and "gpu.capability" in said:
        chart = chart.with_facts({"gpu": unknown("nobody-looked")})
    if "python" not in said:
        python = python_for(project, str(chart.value("os")), book)
        if not python:
            why = "assume-python" if target.where == "--assume" else "target-python"
            raise ConfigError(why, file=target.where, target=target.name)
        chart = chart.with_facts({"python": known(python, project.fact("project.python_requires").origin)})
    facts = {
        name: fact._replace(origin=where) if fact.origin in ("--assume", "assumed", "presumed") else fact
        for name, fact in chart.facts.items()
    }
    about = {**patient, "version": str(chart.value("python", ""))}
    return chart._replace(patient=about, facts=facts)


def _concluded(machine: Chart, coming: Mapping[str, Fact], book: Rulebook) -> Chart:
    """The chart with what comes and all that follows; a build that stands for several proves only that none will do."""
    before = machine.with_facts({name: fact for name, fact in coming.items() if name not in machine.distributions()})
    chart = derive(before, book.tables)
    cuda = before.facts.get("torch.cuda")
    if cuda is not None and cuda.origin == BEST_OF_SEVERAL and chart.value("torch.runs_on_gpu") != "no":
        chart = derive(before.with_facts({"torch.cuda": unknown("build-not-told")}), book.tables)
    return chart


def strange_cards(judged: Judged) -> str:
    """The cards of a target that no table knows, "" where there are none."""
    chart = judged.report.chart
    told = chart.fact("gpu.capability")
    unknown_card = told.state == UNKNOWN and told.why == "card-not-in-table"
    return ", ".join(map(str, chart.value("gpu", ()))) if unknown_card else ""


# ---------------------------------------------------------------- one finding


def _key(found: Finding) -> tuple[str, tuple[str, ...]]:
    return found.rule, found.packages


def _rank(found: Finding) -> tuple[int, int, int, str]:
    return (
        SEVERITIES.index(found.severity),
        STAGES.index(found.stage),
        CERTAINTIES.index(found.certainty),
        found.rule,
    )


def _told(found: Finding, settled: set[tuple[str, tuple[str, ...]]]) -> Finding:
    """The finding as it is told of a target: no surer than what it rests on, its cure written into files."""
    return replace(
        found,
        certainty="likely" if found.certainty == "certain" and _key(found) not in settled else found.certainty,
        remedy=_written_down(found.remedy) if found.remedy else None,
        consequences=tuple(_told(child, settled) for child in found.consequences),
    )


def _written_down(remedy: Remedy) -> Remedy:
    """There is no environment in which a command could run: what it would install is written into a file instead."""
    pins: list[str] = []
    gone: list[str] = []
    for command in remedy.commands:
        words = [word for word in command[4:] if not word.startswith("-")]
        (gone if "uninstall" in command else pins).extend(words)
    notes: list[Words] = [both("config.write-down", pins=_quoted(pins))] if pins else []
    notes += [both("config.take-out", names=_quoted(gone))] if gone else []
    notes += [remedy.note] if remedy.note else []
    note = {lang: _BETWEEN[lang].join(one[lang] for one in notes) for lang in notes[0]} if notes else None
    limits = tuple(dict.fromkeys((*remedy.constraints, *pins)))
    return replace(remedy, commands=(), constraints=limits, note=note, new_environment=False)


#: Between two sentences.
_BETWEEN = {"en": " ", "zh": ""}


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in dict.fromkeys(words))


# ---------------------------------------------------------------- all targets


def worst(reports: Iterable[Report]) -> str:
    order = ("problems", "warnings", "healthy")
    return min((report.verdict for report in reports), key=order.index, default="healthy")


def merged(judged: Sequence[Judged], apart: bool = False) -> Report:
    """The findings of all targets as one report, the names of the targets in the titles.

    A finding that several targets share, by rule and distributions (with `apart`, by its title, too), is told once and
    as the worst of them.  On the chart is what is so on all of them.
    """
    groups: dict[Any, list[tuple[str, Finding]]] = {}
    for one in judged:
        for found in one.report.findings:
            key = (*_key(found), found.title["en"]) if apart else _key(found)
            groups.setdefault(key, []).append((one.target.name, found))
    findings = [_shared(group, len(judged)) for group in groups.values()]
    first = judged[0].report
    found_rules = {found.rule for found in every(findings)}
    doubts: dict[str, Doubt] = {}
    for one in judged:
        for doubt in one.report.doubts:
            if doubt.rule not in found_rules:
                doubts.setdefault(doubt.rule, doubt)
    return replace(
        first,
        chart=_common([one.report.chart for one in judged]),
        findings=tuple(sorted(findings, key=_rank)),
        doubts=tuple(doubts.values()),
        expect=first.expect if len({one.report.expect for one in judged}) == 1 else "any",
    )


def _shared(group: Sequence[tuple[str, Finding]], number: int) -> Finding:
    found = min((found for _, found in group), key=_rank)
    if number == 1:
        return found
    names = ", ".join(dict.fromkeys(name for name, _ in group))
    title = {lang: f"{text} [{names}]" for lang, text in found.title.items()}
    return replace(found, title=title)


def _common(charts: Sequence[Chart]) -> Chart:
    """What is the same on all charts; their patient is all of them."""
    first, *others = charts
    facts = {
        name: fact
        for name, fact in first.facts.items()
        if all(
            other.facts.get(name) is not None
            and (other.facts[name].state, other.facts[name].value) == (fact.state, fact.value)
            for other in others
        )
    }
    complete = first.complete.intersection(*(other.complete for other in others))
    names = ", ".join(str(chart.patient.get("name", "")) for chart in charts)
    version = first.patient.get("version", "") if "python" in facts else ""
    return first._replace(patient={**first.patient, "name": names, "version": version}, facts=facts, complete=complete)


def coming_of(judged: Judged) -> Mapping[str, Fact]:
    """The versions that the report rests on."""
    chart = judged.report.chart
    return {name: chart.facts[name] for name in sorted(chart.distributions())}
