"""Is every symptom and every cause fit to ship: safe patterns, both languages, known names, true to its own cases?"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, Tuple

from . import clause, explain
from .cases import chart_of
from .chart import canonical
from .explaining.patterns import ALONE, WITH_NEARBY, dangers, literals, shortest
from .finding import placeholders
from .report import Finding, Words
from .rulebook import Case, Rulebook
from .symptoms import Candidate, Signatures, Symptom, SymptomCase

SILENT = "silent"
#: (level, file, key, problem), as lint.Problem has them.
Row = Tuple[str, str, str, str]


def check(known: Signatures, book: Rulebook) -> Iterator[Row]:
    """Everything but the dates, which the linter of the rules knows how to judge."""
    for symptom in known.symptoms:
        yield from _patterns(symptom)
        for number, candidate in enumerate(symptom.candidates, 1):
            yield from _candidate(symptom, candidate, f"candidate[{number}].", known, book)
        yield from _cases(symptom, known, book)
    yield from _causes(known, book)


def _patterns(symptom: Symptom) -> Iterator[Row]:
    several = [("match", symptom.match), ("nearby", symptom.nearby), ("none", symptom.none)]
    for number, candidate in enumerate(symptom.candidates, 1):
        several += [(f"candidate[{number}].nearby", candidate.nearby), (f"candidate[{number}].needs", candidate.needs)]
    for key, patterns in several:
        for pattern in patterns:
            for danger in dangers(pattern):
                yield "error", symptom.file, key, f"{danger}: {pattern}"
    for pattern in symptom.match:
        least = WITH_NEARBY if symptom.nearby else ALONE
        if not dangers(pattern) and shortest(literals(pattern)[0]) < least:
            yield (
                "error",
                symptom.file,
                "match",
                f"no fixed text of 4 characters or more in each alternative: {pattern}",
            )


def _groups(symptom: Symptom) -> set[str]:
    found: set[str] = set()
    for pattern in symptom.match + symptom.nearby:
        try:
            found |= set(re.compile(pattern).groupindex)
        except re.error:
            continue
    return found


def _candidate(symptom: Symptom, candidate: Candidate, where: str, known: Signatures, book: Rulebook) -> Iterator[Row]:
    file = symptom.file
    if candidate.cause not in known.causes:
        yield "error", file, where + "cause", f"{candidate.cause!r} is not in causes.toml"
    for rule_id in candidate.rules:
        if not book.get(rule_id):
            yield "error", file, where + "rules", f"no rule {rule_id!r}"
    facts: set[str] = set()
    for text in candidate.when + tuple(text for one in candidate.treatments for text in one.when):
        try:
            facts.update(clause.check(text).facts)
        except ValueError as error:
            yield "error", file, where + "when", str(error)
    legal = _groups(symptom) | facts
    told = [("title", candidate.title), ("detail", candidate.detail)]
    told += [("look", candidate.look)] if candidate.look else []
    told += [("remedy.note", one.note) for one in candidate.treatments if one.note]
    for key, words in told:
        yield from _words(file, where + key, words, legal)
    templates = [*candidate.packages, *(text for one in candidate.treatments for text in one.pip + one.constraints)]
    for template in templates:
        for name in sorted(placeholders(template) - legal):
            yield "error", file, where + "packages", f"{{{name}}} is no named group of the patterns"
    if len(candidate.title["en"]) > 110:
        yield "warning", file, where + "title.en", "longer than 110 characters"


def _words(file: str, key: str, words: Words, legal: set[str]) -> Iterator[Row]:
    try:
        used = {language: placeholders(text) for language, text in words.items()}
    except ValueError as error:
        yield "error", file, key, str(error)
        return
    if used["en"] != used["zh"]:
        yield "error", file, key, f"placeholders differ: {sorted(used['en'] ^ used['zh'])}"
    for name in sorted(used["en"] - legal):
        yield "error", file, key, f"{{{name}}} is no named group of the patterns"
    if not re.search(r"[\u4e00-\u9fff]", words["zh"]):
        yield "error", file, key + ".zh", "holds no Chinese"
    if "!" in words["en"].replace("!=", "") or "！" in words["zh"]:
        yield "error", file, key, "exclamation mark"


# ---------------------------------------------------------------- cases


def _cases(symptom: Symptom, known: Signatures, book: Rulebook) -> Iterator[Row]:
    if not any(case.expect != SILENT for case in symptom.cases):
        yield "error", symptom.file, "case", "no case in which it speaks"
    if not any(case.expect == SILENT for case in symptom.cases):
        yield "error", symptom.file, "case", "no case in which it stays silent"
    for number, case in enumerate(symptom.cases, 1):
        key = f"case[{number}]"
        if case.expect != SILENT and case.expect not in known.causes:
            yield "error", symptom.file, key, f"{case.expect!r} is not in causes.toml"
            continue
        try:
            found = judged(case, known, book)
        except (ValueError, re.error):
            continue  # a pattern or a condition that cannot be read: said already
        yield from _compare(symptom, case, found, key)


def judged(case: SymptomCase, known: Signatures, book: Rulebook) -> Tuple[Finding, ...]:
    """What all symptoms together say of a case."""
    chart = chart_of(Case(case.facts, "", case.absent), book)
    return explain.findings(case.log, chart, book, signatures=known)


def _compare(symptom: Symptom, case: SymptomCase, found: Tuple[Finding, ...], key: str) -> Iterator[Row]:
    if case.expect == SILENT:
        if any(one.rule == symptom.id for one in _all(found)):
            yield "error", symptom.file, key, "expected: silent; it speaks"
        return
    first = found[0] if found else None
    said = f"{first.cause} ({first.rule})" if first else "nothing"
    if first is None or first.cause != case.expect:
        yield "error", symptom.file, key, f"expected: {case.expect}; said: {said}"
    elif case.packages and not set(map(canonical, case.packages)) & set(map(canonical, first.packages)):
        yield "error", symptom.file, key, f"expected packages: {case.packages}; said: {first.packages}"
    elif "?" in first.title["en"].replace('?"', ""):
        yield "error", symptom.file, key, f"a placeholder of the title stays empty: {first.title['en']}"


def _all(found: Iterable[Finding]) -> Iterator[Finding]:
    for one in found:
        yield one
        yield from _all(one.consequences)


# ---------------------------------------------------------------- causes


def _causes(known: Signatures, book: Rulebook) -> Iterator[Row]:
    file = "causes.toml"
    for cause in known.causes.values():
        if not re.match(r"^[a-z0-9]+(-[a-z0-9]+)*$", cause.id):
            yield "error", file, cause.id, "must be words of small letters with hyphens between them"
        if not re.search(r"[\u4e00-\u9fff]", cause.name["zh"]):
            yield "error", file, cause.id, "its Chinese name holds no Chinese"
        if "!" in cause.name["en"] or "！" in cause.name["zh"]:
            yield "error", file, cause.id, "exclamation mark"
    for rule in {rule.file: rule for rule in book.rules}.values():
        if rule.cause not in known.causes:
            yield "error", rule.file, "cause", f"{rule.cause!r} is not in causes.toml"


def ages(known: Signatures) -> Iterator[Tuple[str, str]]:
    """File and date of every symptom."""
    for symptom in known.symptoms:
        yield symptom.file, symptom.checked
