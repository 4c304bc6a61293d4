"""What is to be changed in an environment, why, and by which commands in which order?  Frozen records.

A plan is complete: it names every distribution that is added, changed, put back or removed, those that are only
pulled along included.  So its commands install without looking for dependencies again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Tuple

from ..report import Finding, Words

#: Who changes a distribution.
PIP, UV, CONDA = "pip", "uv", "conda"
#: A version that only the installer will choose.
ANY = "*"
UNINSTALL, INSTALL, REINSTALL = "uninstall", "install", "reinstall"


@dataclass(frozen=True)
class Change:
    """One distribution.  before: installed version, "" where it is not there.  after: "" where it is removed, ANY
    where no resolver was asked and the rules name no version.

    before == after: the same version is put back with all its files.  rules: the findings that it mends; none where
    it only follows from other changes, and then `by` names these.
    """

    name: str
    before: str
    after: str
    rules: Tuple[str, ...] = ()
    by: Tuple[str, ...] = ()
    tool: str = PIP


@dataclass(frozen=True)
class Step:
    """One command, complete with the interpreter or environment that it is for.  names: what it changes."""

    tool: str
    action: str
    command: Tuple[str, ...]
    names: Tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """Something that must work afterwards, tried in a child of the patient's interpreter.

    code: Python, run with `-c`; it must exit 0.  title: what is tried.  rule: the rule that brought it, "" for imports.
    """

    title: Words
    code: str
    rule: str = ""


@dataclass(frozen=True)
class CurePlan:
    """All changes as one.

    solver: "uv 0.9.1", "pip 24.0", or "rules" where no resolver could be asked.  verified: "resolved", "known" or None.
    keep: where no resolver was asked, what must not move when the installer looks for dependencies (`numpy==1.21.6`).
    left: findings that no command of this plan mends (a driver, a file of the user's, contradicting demands).
    obstacle: why there is no plan although something could be changed.  doubt: why no resolver confirmed it.
    notes: what cannot be ordered from the installers that are here.  log: what the resolver said.
    """

    changes: Tuple[Change, ...] = ()
    steps: Tuple[Step, ...] = ()
    checks: Tuple[Check, ...] = ()
    solver: str = "rules"
    verified: str | None = None
    keep: Tuple[str, ...] = ()
    mended: Tuple[Finding, ...] = ()
    left: Tuple[Finding, ...] = ()
    obstacle: Words | None = None
    doubt: Words | None = None
    notes: Tuple[Words, ...] = ()
    log: str = ""
    new_environment: bool = False

    @property
    def empty(self) -> bool:
        return not self.steps


def freeze_after(before: Mapping[str, str], plan: CurePlan) -> dict[str, str]:
    """Installed distributions (canonical name -> version) once the plan has been applied to `before`."""
    after = dict(before)
    for change in plan.changes:
        if change.after:
            after[change.name] = change.after
        else:
            after.pop(change.name, None)
    return after
