"""Which error texts are known, and which causes may be behind each?

rules/symptoms/<area>/<slug>.toml   one text that programs print; its id is "symptoms/<area>/<slug>"
rules/causes.toml                   the vocabulary of causes

Only `explain` reads them; the format is told in rules/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Mapping

from .report import AREAS, CERTAINTIES, SEVERITIES, STAGES, Words
from .rulebook import REMEDY_KEYS, SIGNATURES, RulebookError, RuleFile, Treatment, compiled, treatment

PREFIX = "symptoms/"


@dataclass(frozen=True)
class Cause:
    """One kind of fault.  area: the field it belongs to, for readers; no area of the report."""

    id: str
    area: str
    name: Words


@dataclass(frozen=True)
class Candidate:
    """A possible cause of a symptom.

    when: conditions on the chart; one that fails takes the candidate away, all that hold raise it.
    nearby: text in the block that raises it.  needs: texts without which it is not considered.
    rules: rules that say the same; where one fires, its finding is told.  look: what decides, while it is undecided.
    """

    cause: str
    title: Words
    detail: Words
    when: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    certainty: str = "likely"
    look: Words | None = None
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True)
class SymptomCase:
    """A log, the facts beside it, and the cause that must come first of it; "silent": this symptom must not speak."""

    log: str
    expect: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Symptom:
    """It speaks where a line matches one of `match`, one of `nearby` (if any) and none of `none` is in the block.

    rank: among symptoms of one error the highest is told; those below 0 only where nothing else is known.
    """

    id: str
    match: tuple[str, ...]
    severity: str
    area: str
    stage: str
    sources: tuple[str, ...]
    checked: str
    candidates: tuple[Candidate, ...]
    nearby: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    rank: int = 0
    cases: tuple[SymptomCase, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Signatures:
    """All symptoms, and the causes by id."""

    symptoms: tuple[Symptom, ...] = ()
    causes: Mapping[str, Cause] = field(default_factory=dict)

    def get(self, symptom_id: str) -> Symptom | None:
        return next((symptom for symptom in self.symptoms if symptom.id == symptom_id), None)


@lru_cache(maxsize=1)
def own() -> Signatures:
    """Those of this installation.  Raises RulebookError."""
    return load()


def load(folder: str | None = None) -> Signatures:
    """Those of a folder, or of this installation.  Raises RulebookError."""
    return read(compiled(SIGNATURES, folder))


def read(data: Mapping[str, Any]) -> Signatures:
    """Check the shape of every file and make records of them.  Raises RulebookError."""
    symptoms = tuple(_symptom(name, entries) for name, entries in data.get("symptoms", {}).items())
    return Signatures(symptoms, _causes(data.get("causes", {})))


_KEYS = frozenset("match nearby none severity stage area rank source checked candidate case".split())
_CANDIDATE_KEYS = frozenset("cause when nearby needs rules packages certainty title detail look remedy".split())
_CASE_KEYS = frozenset("log facts absent expect packages name".split())
_CAUSE_KEYS = frozenset(["id", "area", "name"])


def _causes(data: Mapping[str, Any]) -> dict[str, Cause]:
    file = RuleFile("causes.toml", data, frozenset(["cause"]))
    found: dict[str, Cause] = {}
    for entry in file.tables("cause", _CAUSE_KEYS):
        cause = Cause(entry.text("id"), entry.text("area"), entry.words("name"))
        if cause.id in found:
            raise RulebookError(file.file, entry.where + "id", f"{cause.id!r} is there twice")
        found[cause.id] = cause
    return found


def _symptom(name: str, data: Mapping[str, Any]) -> Symptom:
    file = RuleFile(f"symptoms/{name}.toml", data, _KEYS)
    if name.count("/") != 1:
        raise RulebookError(file.file, "", "must lie in a folder: symptoms/<area>/<slug>.toml")
    rank = data.get("rank", 0)
    if not isinstance(rank, int) or isinstance(rank, bool):
        raise RulebookError(file.file, "rank", "whole number expected")
    found = Symptom(
        id=PREFIX + name,
        match=file.texts("match"),
        nearby=file.texts("nearby"),
        none=file.texts("none"),
        severity=file.text("severity", SEVERITIES),
        area=file.text("area", AREAS),
        stage=file.text("stage", STAGES),
        rank=rank,
        sources=file.texts("source"),
        checked=file.text("checked"),
        candidates=tuple(_candidate(table) for table in file.tables("candidate", _CANDIDATE_KEYS)),
        cases=tuple(_case(table) for table in file.tables("case", _CASE_KEYS)),
        file=file.file,
    )
    for key, present in (("match", found.match), ("candidate", found.candidates), ("source", found.sources)):
        if not present:
            raise RulebookError(file.file, key, "missing")
    return found


def _candidate(file: RuleFile) -> Candidate:
    # One remedy may be written as a table, several as a list of tables.
    remedy = file.data.get("remedy", [])
    listed = {"remedy": [remedy] if isinstance(remedy, Mapping) else remedy}
    remedies = RuleFile(file.file, listed, frozenset(["remedy"]), file.where)
    return Candidate(
        cause=file.text("cause"),
        when=file.texts("when"),
        nearby=file.texts("nearby"),
        needs=file.texts("needs"),
        rules=file.texts("rules"),
        packages=file.texts("packages"),
        certainty=file.text("certainty", CERTAINTIES, "likely"),
        title=file.words("title"),
        detail=file.words("detail"),
        look=file.words("look") if "look" in file.data else None,
        treatments=tuple(treatment(table) for table in remedies.tables("remedy", REMEDY_KEYS)),
    )


def _case(file: RuleFile) -> SymptomCase:
    facts = file.data.get("facts", {})
    if not isinstance(facts, Mapping):
        raise RulebookError(file.file, file.where + "facts", "table expected")
    return SymptomCase(
        log=file.text("log"),
        expect=file.text("expect"),
        facts=facts,
        absent=file.texts("absent"),
        packages=file.texts("packages"),
        name=file.text("name", default=""),
    )
