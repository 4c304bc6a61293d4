"""Is every rule file fit to ship: complete, tested, sourced, fresh, and true to its own cases?"""

from __future__ import annotations

import ast
import datetime
import fnmatch
import re
import sys
from dataclasses import dataclass, replace
from typing import Iterator

from . import clause, conclusions, diagnose, probes, rulebook, symptomlint, symptoms, versions
from .assume import DOTTED
from .cases import EXPECTED, chart_of, finding_of, verdict_of
from .chart import Chart, canonical, is_distribution
from .clause import Clause, Verdict
from .conclusions import wheels
from .finding import placeholders
from .rulebook import Case, Rule, Rulebook, RulebookError, Table

#: A row is stale after this many days: about 18 months (our choice; support tables change about twice a year).
STALE_DAYS = 548
#: The Pythons for which remedies must be installable; older ones are hardly anybody's (our choice).
_CLAIMED = tuple(python for python in wheels.PYTHONS if python not in ("2.7", "3.4"))
#: Placeholders that are no facts.
_SPECIAL = frozenset(["any", "wanted"])


@dataclass(frozen=True)
class Problem:
    """level is "error" or "warning"; key is the place in the file."""

    level: str
    file: str
    key: str
    problem: str


def lint(folder: str | None = None, today: datetime.date | None = None) -> list[Problem]:
    """All problems of the rules in a folder (default: this installation's own)."""
    try:
        book = rulebook.load(folder)
        known = symptoms.load(folder)
    except RulebookError as error:
        return [Problem("error", error.file, error.key, error.problem)]
    legal = {**probes.facts(), **conclusions.facts(), **dict.fromkeys([*DOTTED, diagnose.EXPECT, "each.*"], "")}
    found: list[Problem] = []
    seen: set[str] = set()
    for rule in book.rules:
        if rule.file not in seen:
            seen.add(rule.file)
            found += _check_words(rule)
            found += _check_age(rule.file, rule.checked, today or datetime.date.today())
            found += _check_cases(rule, book)
            found += _check_wheels(rule, book)
            found += _check_verify(rule)
        found += _check_facts(rule, legal)
        found += [
            Problem("error", rule.file, "follows", f"no rule {cause!r}")
            for cause in rule.follows
            if not book.get(cause)
        ]
    for name, table in book.tables.items():
        if not table.judged:  # the rows of the others are rules
            found += _check_data(f"matrix/{name}.toml", table, today or datetime.date.today())
    if known.symptoms or known.causes:  # a folder may hold rules alone
        found += [Problem(*row) for row in symptomlint.check(known, book)]
        for file, checked in symptomlint.ages(known):
            found += _check_age(file, checked, today or datetime.date.today())
    return found


def _check_data(file: str, table: Table, today: datetime.date) -> Iterator[Problem]:
    """A table that only holds facts: they are as good as their source and their date."""
    if not table:
        yield Problem("error", file, "rows", "missing")
    if not table.sources:
        yield Problem("error", file, "source", "missing")
    yield from _check_age(file, table.checked, today)


def _check_facts(rule: Rule, legal: dict[str, str]) -> Iterator[Problem]:
    named: set[str] = set()
    for key, texts in (
        ("when", rule.when),
        ("any", rule.any),
        ("none", rule.none),
        ("rows", rule.unless),
        ("remedy.when", tuple(text for treatment in rule.treatments for text in treatment.when)),
    ):
        for text in texts:
            try:
                named.update(clause.check(text).facts)
            except ValueError as error:
                yield Problem("error", rule.file, key, str(error))
    for name in sorted(
        named | {name for name in rule.evidence if "{" not in name} | ({rule.each} if rule.each else set())
    ):
        if not is_distribution(name) and not any(fnmatch.fnmatch(name, pattern) for pattern in legal):
            yield Problem("error", rule.file, "when", f"no probe and no conclusion fills the fact {name!r}")


def _check_words(rule: Rule) -> Iterator[Problem]:
    known_names = (
        _SPECIAL
        | {name for text in rule.clauses for name in clause.parse(text).facts}
        | {name for name in rule.evidence if "{" not in name}
    )
    notes = [treatment.note for treatment in rule.treatments if treatment.note]
    for key, words in [("title", rule.title), ("detail", rule.detail), *(("remedy.note", note) for note in notes)]:
        try:
            used = {language: placeholders(text) for language, text in words.items()}
        except ValueError as error:
            yield Problem("error", rule.file, key, str(error))
            continue
        if used["en"] != used["zh"]:
            yield Problem("error", rule.file, key, f"placeholders differ: {sorted(used['en'] ^ used['zh'])}")
        for name in sorted(name for name in used["en"] - known_names if not (rule.each and name.startswith("each."))):
            if name not in {fact for t in rule.treatments for text in t.when for fact in clause.parse(text).facts}:
                yield Problem("error", rule.file, key, f"{{{name}}} is no fact of the conditions")
        if not re.search(r"[\u4e00-\u9fff]", words["zh"]):
            yield Problem("error", rule.file, key + ".zh", "holds no Chinese")
        if "!" in words["en"].replace("!=", "") or "！" in words["zh"]:
            yield Problem("error", rule.file, key, "exclamation mark")
    if len(rule.title["en"]) > 110:
        yield Problem("warning", rule.file, "title.en", "longer than 110 characters")
    if rule.severity == "error" and rule.certainty == "possible":
        yield Problem("error", rule.file, "certainty", "only a certain or likely fault may be an error")


def _check_age(file: str, checked: str, today: datetime.date) -> Iterator[Problem]:
    try:
        day = datetime.date(*map(int, checked.split("-")))
    except (ValueError, TypeError):
        yield Problem("error", file, "checked", f"{checked!r} is no date" if checked else "missing")
        return
    if (today - day).days > STALE_DAYS:
        yield Problem("warning", file, "checked", f"last compared with its source on {checked}")


def _check_verify(rule: Rule) -> Iterator[Problem]:
    """The probe runs in the patient: in Python 3.6 and newer."""
    if rule.verify is None:
        return
    title, code = rule.verify.title, rule.verify.code
    if not re.search(r"[\u4e00-\u9fff]", title["zh"]):
        yield Problem("error", rule.file, "verify.title.zh", "holds no Chinese")
    if any("{" in text for text in title.values()):
        yield Problem("error", rule.file, "verify.title", "has no placeholders")
    if "!" in title["en"] or "！" in title["zh"]:
        yield Problem("error", rule.file, "verify.title", "exclamation mark")
    try:
        if sys.version_info >= (3, 8):
            ast.parse(code, feature_version=(3, 6))
        else:
            ast.parse(code)
    except (SyntaxError, ValueError) as error:
        yield Problem("error", rule.file, "verify.code", f"no Python 3.6: {error}")
    else:
        if not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(ast.parse(code))):
            yield Problem("error", rule.file, "verify.code", "tries nothing: it imports no module")
    if not any(treatment.pip or treatment.uninstall or treatment.reinstall for treatment in rule.treatments):
        yield Problem("error", rule.file, "verify", "there is no remedy that could be tried")


# ---------------------------------------------------------------- cases


def _check_cases(rule: Rule, book: Rulebook) -> Iterator[Problem]:
    for needed in ("fires", "silent"):
        if not any(case.expect == needed for case in rule.cases):
            yield Problem("error", rule.file, "case", f"no case that {needed if needed == 'fires' else 'stays silent'}")
    for number, case in enumerate(rule.cases, 1):
        key = f"case[{number}]"
        chart = chart_of(case, book)
        try:
            verdict = verdict_of(rule.id, chart, book)
        except ValueError:
            continue  # a clause that cannot be read: said already
        if verdict is not EXPECTED[case.expect]:
            yield Problem("error", rule.file, key, f"expected: {case.expect}; judged: {verdict.value}")
        elif case.expect == "fires":
            yield from _check_cure(rule, case, chart, key, book)


def _check_cure(rule: Rule, case: Case, chart: Chart, key: str, book: Rulebook) -> Iterator[Problem]:
    """The remedy, applied to the case that fires, must silence the rule."""
    found = finding_of(rule.id, chart, book)
    assert found is not None, "the case fires"
    if "?" in found.title["en"]:
        yield Problem("error", rule.file, key, f"a placeholder of the title stays empty: {found.title['en']}")
    if found.remedy is None or not found.remedy.commands:
        return
    for command in found.remedy.commands:
        if command[-1].startswith("-") or command[-1] in ("install", "uninstall"):
            yield Problem("error", rule.file, key, f"its command names no distribution: {' '.join(command)}")
    changing = [command for command in found.remedy.commands if "--force-reinstall" not in command]
    pins = [word for command in changing for word in command if "==" in word]
    cured = dict(case.facts)
    for pin in pins:
        name, _, version = pin.partition("==")
        cured[canonical(name)] = version
    yield from _without_wheel(rule, key, pins, [str(chart.value("python", ""))], _systems(case.facts.get("os")), book)
    gone = [
        word
        for command in found.remedy.commands
        if "uninstall" in command
        for word in command[command.index("-y") + 1 :]
    ]
    kept = {name: value for name, value in cured.items() if name not in gone}
    missing = tuple(name for name in (*case.absent, *gone) if name not in kept)
    after = chart_of(replace(case, facts=kept, absent=missing), book)
    if (pins or gone) and verdict_of(rule.id, after, book) is Verdict.YES:
        yield Problem("error", rule.file, key, f"its own remedy does not silence it: {', '.join([*pins, *gone])}")
    for pin in pins:
        name, _, version = pin.partition("==")
        for limit in found.remedy.constraints:
            if canonical(re.split(r"[<>=!~\[ ]", limit)[0]) == canonical(name):
                if not versions.within(version, limit[len(re.split(r"[<>=!~\[ ]", limit)[0]) :]):
                    yield Problem("error", rule.file, "remedy", f"{pin} does not meet {limit}")


# ---------------------------------------------------------------- can the remedy be installed?


def _check_wheels(rule: Rule, book: Rulebook) -> Iterator[Problem]:
    """A remedy that names the Pythons that it is for must be installable on all of them that can show the fault."""
    for number, treatment in enumerate(rule.treatments, 1):
        clauses = [clause.parse(text) for text in (*rule.when, *treatment.when)]
        sets = [one for one in clauses if one.operator == "set"]
        named = [one.operand for one in clauses if one.fact == "os" and one.operator == "is"]
        pins = [pin for pin in treatment.pip if "{" not in pin]
        if pins and any(one.fact == "python" for one in sets):
            for system in _systems(*named):
                pythons = set(_CLAIMED).intersection(*(_possible(limit, system, book) for limit in sets))
                ordered = [python for python in _CLAIMED if python in pythons]
                yield from _without_wheel(rule, f"remedy[{number}]", pins, ordered, [system], book)


def _possible(limit: Clause, system: str, book: Rulebook) -> list[str]:
    """The Pythons that may have what a condition speaks of; a release that they cannot have is no patient's."""
    if limit.fact == "python":
        return [python for python in _CLAIMED if versions.within(python, limit.operand)]
    name = limit.fact.partition(".version")[0]
    fitting = wheels.candidates(name, limit.operand, book.tables)
    return wheels.pythons_for(name, fitting, system, "x86_64", book.tables) if fitting else list(_CLAIMED)


def _systems(*named: str | None) -> list[str]:
    """The systems that are spoken of: those named, or the two that most people have."""
    told = [system for text in named if text for system in text.split("|")]
    return told or ["linux", "windows"]


def _without_wheel(
    rule: Rule, key: str, pins: list[str], pythons: list[str], systems: list[str], book: Rulebook
) -> Iterator[Problem]:
    """Exact pins that pip would have to compile, or would not find at all."""
    for pin in pins:
        name, equals, version = pin.partition("==")
        bad = [
            f"{python} on {system}"
            for python in pythons
            for system in systems
            if python and equals and _must_be_built(name, version, python, system, book)
        ]
        if bad:
            yield Problem("error", rule.file, key, f"no wheel of {pin} for Python {', '.join(bad)}")


def _must_be_built(name: str, version: str, python: str, system: str, book: Rulebook) -> bool:
    """A release that has no wheel for any Python is its source, and pure Python mostly."""
    machine = "x86_64"
    return wheels.wheel_exists(name, version, python, system, machine, book.tables) is False and bool(
        wheels.pythons_for(name, [version], system, machine, book.tables)
        or not wheels.has_source(name, version, python, book.tables)
    )
