"""In which revision is a conda environment, and which command brings it back to one?

conda numbers the states of an environment in conda-meta/history and returns to one with `--revision`.  Written from
conda's documentation and tried with a stand-in for conda, not with a real one.
"""

from __future__ import annotations

import os
import re
from typing import Tuple

from .plan import CONDA, CurePlan

_REVISION = re.compile(r"^==> .* <==\s*$")


def revision(prefix: str) -> int | None:
    """The number of the newest revision, counted from 0 as conda does; None where there is no history."""
    try:
        with open(os.path.join(prefix, "conda-meta", "history"), encoding="utf-8", errors="replace") as file:
            count = sum(1 for line in file if _REVISION.match(line))
    except OSError:
        return None
    return count - 1 if count else None


def returning(plan: CurePlan, prefix: str, wanted: int) -> Tuple[str, ...]:
    """The command that brings the environment back, with the very conda that has changed it."""
    conda = next(step.command[0] for step in plan.steps if step.tool == CONDA)
    return (conda, "install", "-y", "-p", prefix, "--revision", str(wanted))


def used(plan: CurePlan) -> bool:
    return any(step.tool == CONDA for step in plan.steps)
