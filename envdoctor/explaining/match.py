"""Which known symptoms are in a log, on which lines, and how often?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Iterable, Mapping, Pattern, Sequence

from ..symptoms import Symptom
from .patterns import literals

#: The block of a line: so many lines above and below it.
ABOVE, BELOW = 60, 15
#: So many lines are asked at once which literals they hold at all.
_WINDOW = 2000
#: Of one symptom so many different texts are kept; forty failing workers say the same one.
_DIFFERENT = 20
_NO_DIGITS = str.maketrans("", "", "0123456789")
_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass
class Hit:
    """A symptom on a line.  times: how often the same text was seen, numbers aside."""

    symptom: Symptom
    number: int
    text: str
    groups: Mapping[str, str] = field(default_factory=dict)
    times: int = 1


@lru_cache(maxsize=None)
def compiled(pattern: str) -> Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=None)
def compiled_block(pattern: str) -> Pattern[str]:
    return re.compile(pattern, re.M)


class Index:
    """Finds the few patterns that can match a line by the texts that they must hold."""

    def __init__(self, symptoms: Iterable[Symptom]) -> None:
        self.exact: dict[str, list[tuple[Symptom, str]]] = {}
        self.folded: dict[str, list[tuple[Symptom, str]]] = {}
        for symptom in symptoms:
            for pattern in symptom.match:
                texts, folded = literals(pattern)
                for text in texts:
                    (self.folded if folded else self.exact).setdefault(text, []).append((symptom, pattern))

        self.shapes = {one: one.translate(_NO_DIGITS) for one in (*self.exact, *self.folded)}

    def present(self, lines: Sequence[str]) -> tuple[list[str], list[str]]:
        """The literals that lines may hold: exact ones, and those in lower case.

        The lines of a training differ in their figures only, so they are looked at without these, and once.
        """
        text = "\n".join({line.translate(_NO_DIGITS) for line in lines})
        lower = text.lower() if self.folded else ""
        return (
            [one for one in self.exact if self.shapes[one] in text],
            [one for one in self.folded if self.shapes[one] in lower],
        )

    def speaks_of(self, lines: Sequence[str]) -> list[bool]:
        """Of each line: does it hold any literal?"""
        exact, folded = self.present(lines)
        if not exact and not folded:
            return [False] * len(lines)
        return [
            any(one in line for one in exact) or (bool(folded) and any(one in line.lower() for one in folded))
            for line in lines
        ]

    def hits(self, lines: Sequence[str]) -> list[Hit]:
        """Every symptom that a line shows and whose block agrees, in the order of the lines."""
        found: dict[tuple[str, str], Hit] = {}
        numbers: dict[str, int] = {}
        for start in range(0, len(lines), _WINDOW):
            window = lines[start : start + _WINDOW]
            exact, folded = self.present(window)
            if not exact and not folded:
                continue
            for number, line in enumerate(window, start):
                lower = line.lower() if folded else ""
                asked = [pair for one in exact if one in line for pair in self.exact[one]]
                asked += [pair for one in folded if one in lower for pair in self.folded[one]]
                for symptom, pattern in _pairs(asked) if asked else ():
                    _note(found, numbers, symptom, pattern, lines, number)
        return list(found.values())


def _pairs(asked: list[tuple[Symptom, str]]) -> list[tuple[Symptom, str]]:
    """Each once; two literals of one pattern may be in a line."""
    return list({(symptom.id, pattern): (symptom, pattern) for symptom, pattern in asked}.values())


def _note(
    found: dict[tuple[str, str], Hit],
    numbers: dict[str, int],
    symptom: Symptom,
    pattern: str,
    lines: Sequence[str],
    number: int,
) -> None:
    line = lines[number]
    match = compiled(pattern).search(line.strip()) or (compiled(pattern).search(line) if line[:1] in " \t" else None)
    if match is None:
        return
    key = symptom.id, _NUMBERS.sub("#", match.group())
    if key in found:
        found[key].times += 1
        return
    if numbers.get(symptom.id, 0) >= _DIFFERENT:
        return
    around = block(lines, number)
    if any(search(one, around) for one in symptom.none):
        return
    groups = {name: text for name, text in match.groupdict().items() if text is not None}
    if symptom.nearby:
        beside = next((one for one in (search(text, around) for text in symptom.nearby) if one), None)
        if beside is None:
            return
        groups = {**{name: text for name, text in beside.groupdict().items() if text is not None}, **groups}
    numbers[symptom.id] = numbers.get(symptom.id, 0) + 1
    found[key] = Hit(symptom, number, line.strip(), groups)


def block(lines: Sequence[str], number: int) -> str:
    """The neighbourhood of a line, without indents, lest a `^` miss one."""
    around = lines[max(0, number - ABOVE) : number + BELOW + 1]
    return "\n".join(line.strip() for line in around)


def search(pattern: str, text: str) -> re.Match[str] | None:
    return compiled_block(pattern).search(text)
