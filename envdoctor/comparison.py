"""In what do two environments differ, and which difference matters?  Pure.

A difference matters when it is behind a finding that one side has and the other has not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from .chart import ABSENT, KNOWN, UNKNOWN, VARIABLES, Chart, Fact, is_distribution
from .overview import every
from .report import Finding, Report

#: Facts that people compare, in this order; then distributions and variables, by name.
_FACTS = (
    "os", "os.version", "os.wsl", "os.container", "os.glibc", "cpu.arch", "cpu.avx", "python", "python.bits",
    "gpu", "gpu.memory", "gpu.capability", "gpu.mig", "driver", "driver.kernel", "driver.cuda", "cuda.toolkit", "cudnn",
    "torch.version", "torch.cuda", "torch.cudnn", "tensorflow.version", "tensorflow.cuda", "tensorflow.cudnn",
    "tensorflow.gpu_build", "jax.version", "jax.cuda", "keras.version", "conda.prefix", "conda.channels",
    "packages.user_site", "packages.duplicates",
)  # fmt: skip
#: Of these only whether they are there at all is worth comparing: the paths of two machines always differ.
_PRESENCE = frozenset(["conda.prefix"])
#: Where somebody stands and what his shell is called says nothing of the environment.
_OWN = frozenset(
    f"{VARIABLES}.{name}"
    for name in (
        *("PATH", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "CONDA_EXE", "CONDA_PYTHON_EXE"),
        *("VIRTUAL_ENV", "LANG", "LC_ALL", "LC_CTYPE"),
    )
)


@dataclass(frozen=True)
class Difference:
    """left, right: the values as text; None: not there; kind: fact, distribution or variable."""

    fact: str
    kind: str
    left: str | None
    right: str | None


@dataclass(frozen=True)
class Matter:
    """A finding that only one side has, and the differences behind it.  side: "left" or "right"."""

    side: str
    finding: Finding
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """matters: worst first.  others: the rest.  unseen: what only one side was asked about, by name."""

    left: Chart
    right: Chart
    matters: tuple[Matter, ...]
    others: tuple[Difference, ...]
    unseen: tuple[str, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        behind = dict.fromkeys(one for matter in self.matters for one in matter.differences)
        return (*behind, *self.others)


def compare(left: Report, right: Report) -> Comparison:
    differences, unseen = differences_of(left.chart, right.chart)
    matters = [*_matters("left", left, right, differences), *_matters("right", right, left, differences)]
    order = {"error": 0, "warning": 1, "info": 2}
    matters.sort(key=lambda one: order[one.finding.severity])
    behind = {one for matter in matters for one in matter.differences}
    return Comparison(left.chart, right.chart, tuple(matters), tuple(d for d in differences if d not in behind), unseen)


def differences_of(left: Chart, right: Chart) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """What is told of both and differs; and the names at which only one side was looked."""
    names = [*_FACTS]
    found = {name for chart in (left, right) for name, fact in chart.facts.items() if fact.state != UNKNOWN}
    names += sorted(name for name in found if is_distribution(name))
    names += sorted(name for name in found if name.startswith(VARIABLES + ".") and name not in _OWN)
    differences, unseen = [], []
    for name in names:
        one, other = left.fact(name), right.fact(name)
        if one.state == UNKNOWN or other.state == UNKNOWN:
            if one.state == KNOWN or other.state == KNOWN:
                unseen.append(name)
            continue
        first, second = _text(name, one), _text(name, other)
        if first != second and not _alike(first, second):
            kind = "distribution" if is_distribution(name) else "variable" if name.startswith(VARIABLES) else "fact"
            differences.append(Difference(name, kind, first, second))
    return _without_echoes(differences), tuple(unseen)


def _text(name: str, fact: Fact) -> str | None:
    if fact.state == ABSENT:
        return None
    if name in _PRESENCE:
        return "yes"
    value = fact.value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _alike(first: str | None, second: str | None) -> bool:
    """A card has "NVIDIA" before its name under newer drivers; "3.8" does not contradict "3.8.10"."""
    if first is None or second is None:
        return False
    one, other = (text.replace("NVIDIA ", "") for text in (first, second))
    short, long = sorted((one, other), key=len)
    return one == other or (short[:1].isdigit() and long.startswith(short + "."))


def _without_echoes(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """`torch.version` says nothing beside `torch`; a card's memory nothing beside another card."""
    found = list(differences)
    facts = {one.fact for one in found}
    echoes = {f"{name}.version" for name in ("torch", "tensorflow", "keras", "jax") if name in facts}
    if "gpu" in facts:
        echoes |= {"gpu.memory", "gpu.capability"}
    return tuple(one for one in found if one.fact not in echoes)


def _matters(side: str, here: Report, there: Report, differences: tuple[Difference, ...]) -> list[Matter]:
    """Findings of this side that the other one has not."""
    theirs = {(one.rule, one.packages) for one in every(there.findings)}
    matters = []
    for found in here.findings:
        if (found.rule, found.packages) in theirs or found.severity == "info":
            continue
        facts = {piece.fact for one in every([found]) for piece in one.evidence}
        facts |= {name for one in every([found]) for name in one.packages}
        facts |= {name.partition(".")[0] for name in facts}
        behind = tuple(one for one in differences if one.fact in facts)
        matters.append(Matter(side, found, behind))
    return matters
