"""What is the answer about a GPU's use?  One frozen record, all that a renderer may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from ..report import Finding, Report
from .evidence import Card, Sample, Scene, Trial, Verdict, Witness


@dataclass(frozen=True)
class Answer:
    """Everything that a renderer of this command may see.

    how: "test", "pid" or "command".  command: what was run, as it was typed, and status: its exit code.  report: the
    check of that environment (None: it was not needed, or there is none); causes: the findings in it that explain the
    verdict.  process: the one that the verdict speaks of.  took_s: seconds that were watched.
    fits, too_large: networks of the memory guide that the largest card holds, and those that want more.
    """

    how: str
    verdict: Verdict
    command: Tuple[str, ...] = ()
    cards: Tuple[Card, ...] = ()
    report: Report | None = None
    causes: Tuple[Finding, ...] = ()
    samples: Tuple[Sample, ...] = ()
    scene: Scene | None = None
    process: Witness | None = None
    trials: Tuple[Trial, ...] = ()
    status: int | None = None
    took_s: float = 0.0
    driver: str = ""
    verbose: bool = False
    fits: Tuple[str, ...] = ()
    too_large: Tuple[str, ...] = ()
