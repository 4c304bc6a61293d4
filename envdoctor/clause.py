"""Does a condition hold on a chart: yes, no, or unknown?

The language is closed and small; every rule uses it and nothing else:

    h5py >=3.0                     the version lies in this PEP 440 set; `|` separates alternatives
    os is linux                    the value is this word (`is linux|macos`: one of them), `is not` the contrary
    torch present · torch absent
    project.uses has numpy.int     a list holds the word, or a table the key
    driver >= cuda.driver_min      against another fact
    gpu.archs within torch.archs   every element of one list is in the other

A list of versions lies in a set when any of its elements does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Iterable

from . import versions
from .chart import ABSENT, UNKNOWN, Chart


class Verdict(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __invert__(self) -> Verdict:
        return {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES}.get(self, self)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene's "and": one no decides, whatever is unknown."""
    result = Verdict.YES
    for verdict in verdicts:
        if verdict is Verdict.NO:
            return verdict
        if verdict is Verdict.UNKNOWN:
            result = verdict
    return result


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene's "or": one yes decides, whatever is unknown."""
    return ~all_of(~verdict for verdict in verdicts)


def _verdict(answer: bool | None) -> Verdict:
    return Verdict.UNKNOWN if answer is None else Verdict.YES if answer else Verdict.NO


_SHAPE = re.compile(r"^(?P<fact>[A-Za-z0-9][\w.-]*)\s+(?P<rest>\S.*)$")
_AGAINST_FACT = frozenset(["within", "<", "<=", ">", ">=", "==", "!="])
_FACT = re.compile(r"^[A-Za-z][\w.-]*$")
_COMPARISON = re.compile(r"^(<=|>=|==|!=|<|>)\s*([A-Za-z][\w.-]*)$")


@dataclass(frozen=True)
class Clause:
    """One condition.  operator: set, is, is not, present, absent, has, within, or a comparison sign."""

    fact: str
    operator: str
    operand: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it asks for."""
        return (self.fact, self.operand) if self.operator in _AGAINST_FACT else (self.fact,)

    def meets(self, chart: Chart) -> Verdict:
        fact = chart.fact(self.fact)
        if fact.state == UNKNOWN:
            return Verdict.UNKNOWN
        if self.operator in ("present", "absent"):
            return _verdict((fact.state == ABSENT) == (self.operator == "absent"))
        if fact.state == ABSENT:
            return _verdict(self.operator == "is not")
        if self.operator in ("is", "is not"):
            return _verdict((_text(fact.value) in self.operand.split("|")) == (self.operator == "is"))
        if self.operator == "has":
            return _verdict(self.operand in fact.value if isinstance(fact.value, (list, dict)) else None)
        if self.operator == "set":
            return any_of(_verdict(versions.within(item, self.operand)) for item in _texts(fact.value))
        other = chart.fact(self.operand)
        if other.state == UNKNOWN:
            return Verdict.UNKNOWN
        if other.state == ABSENT:
            return Verdict.NO
        if self.operator == "within":
            return _verdict(set(_texts(fact.value)) <= set(_texts(other.value)))
        return any_of(
            _verdict(versions.compare(left, self.operator, right))
            for left in _texts(fact.value)
            for right in _texts(other.value)
        )

    def __str__(self) -> str:
        gap = {"set": "", "present": " present", "absent": " absent"}.get(self.operator, f" {self.operator} ")
        return f"{self.fact}{' ' if not gap else ''}{gap}{self.operand}"


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, (list, tuple)) else [_text(value)]


@lru_cache(maxsize=4096)
def parse(text: str) -> Clause:
    """Read one condition.  Raises ValueError with what is wrong."""
    shape = _SHAPE.match(text.strip())
    if not shape:
        raise ValueError(f"not a condition: {text!r}")
    fact, rest = shape.group("fact"), " ".join(shape.group("rest").split())
    if rest in ("present", "absent"):
        return Clause(fact, rest)
    for operator in ("is not", "is", "has", "within"):
        if rest.startswith(operator + " "):
            operand = rest[len(operator) + 1 :]
            if " " in operand or (operator == "within" and not _FACT.match(operand)):
                raise ValueError(f"one word expected after `{operator}` in {text!r}")
            return Clause(fact, operator, operand)
    comparison = _COMPARISON.match(rest)
    if comparison:
        return Clause(fact, comparison.group(1), comparison.group(2))
    if rest[0] not in "<>=!~":
        raise ValueError(f"unknown condition {rest!r} in {text!r}")
    return Clause(fact, "set", rest)


def check(text: str) -> Clause:
    """Read one condition and its set of versions, too.  Raises ValueError."""
    clause = parse(text)
    if clause.operator == "set":
        versions.check(clause.operand)
    return clause
