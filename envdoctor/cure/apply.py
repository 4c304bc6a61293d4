"""How is a plan carried out so that the environment is afterwards either the planned one or the former one?

Everything is fetched first and the files are saved (see fetch.py, snapshot.py); then come the steps, then the proof:
the planned versions are there, the checks pass, and the diagnosis has found nothing new.  Whatever goes wrong on the
way, the files are put back.  A kill leaves an open journal: `pending` tells of it, `finish` and `roll_back` close it.

What is not covered: data files beside the folders of packages that an old pip's `setup.py install` writes before it is
killed, as nobody has told their names by then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Tuple

from ..report import Words
from . import journal
from .ground import refuse_if_closed, survey
from .outcome import CureError, Outcome, Tell, sentence, silent
from .plan import CurePlan
from .work import Failure, Found, Work, at_work, disk_troubles, refused


@dataclass(frozen=True)
class Pending:
    """What a killed doctor has left.  what: "fix" or "undo".  state: of the journal.  step, count: which step of how
    many was under way.  said: all that as a sentence.
    """

    what: str
    state: str
    step: int
    count: int
    names: Tuple[str, ...]
    log: str
    said: Words


# ---------------------------------------------------------------- what the command line calls


def apply(
    plan: CurePlan,
    python: str,
    prefix: str,
    ask: Any,
    *,
    found: Found = frozenset(),
    diagnose: Callable[[], Found] | None = None,
    tell: Tell = silent,
) -> Outcome:
    """Carry the plan out.  found: the errors that were diagnosed before; diagnose: finds those of afterwards.

    Raises what `diagnose` and `tell` raise, once everything has been put back.
    """
    began = time.monotonic()
    try:
        if plan.empty:
            raise CureError("nothing-to-do")
        ground = survey(python, ask)
        refuse_if_closed(ground)
        with at_work(prefix) as (guard, lock):
            if journal.opened(prefix) is not None:
                raise CureError("pending-first")
            journal.tidy(prefix)
            facts = {"python": python, "plan": journal.data_of(plan), "ground": vars(ground), "found": sorted(found)}
            with disk_troubles():
                record = journal.create(prefix, journal.FIX, **facts)
            work = Work(record, ask, guard, lock, tell, diagnose, began)
            try:
                with disk_troubles():
                    work.prepare()
            except KeyboardInterrupt:
                raise CureError("stopped-before") from None
            except CureError as error:
                return refused(error, record.log, work)
            finally:
                if record.state == journal.PREPARING:
                    record.drop("snapshot", "fetched", "scratch", "reserve")
            return work.through(work.carry_out)
    except CureError as error:
        return refused(error, began=began)


def pending(prefix: str) -> Pending | None:
    """What was under way when an earlier doctor was killed; None where nothing was.  Reads only."""
    record = journal.opened(prefix)
    if record is None:
        return None
    plan = record.plan
    step = int(record.data.get("step", 0))
    names = tuple(record.data.get("names", ()))
    words = {"step": step, "count": len(plan.steps), "names": ", ".join(names), "log": record.log}
    what = record.data["what"]
    return Pending(
        what, record.state, step, len(plan.steps), names, record.log, sentence(f"pending-{what}-{record.state}", words)
    )


def finish(prefix: str, ask: Any, *, diagnose: Callable[[], Found] | None = None, tell: Tell = silent) -> Outcome:
    """Carry out what was interrupted, from the saved state on, so that nothing half done stays."""
    return _closed(prefix, ask, tell, diagnose, forward=True)


def roll_back(prefix: str, ask: Any, *, tell: Tell = silent) -> Outcome:
    """Put everything back as it was before what was interrupted.  Distributions that were changed by somebody else
    since, and that the plan does not name, stay as they are.
    """
    return _closed(prefix, ask, tell, None, forward=False)


def _closed(prefix: str, ask: Any, tell: Tell, diagnose: Callable[[], Found] | None, *, forward: bool) -> Outcome:
    began = time.monotonic()
    try:
        if journal.opened(prefix) is None:
            raise CureError("nothing-pending")
        with at_work(prefix) as (guard, lock):
            record = journal.opened(prefix)
            if record is None:  # another one has closed it while we looked
                raise CureError("nothing-pending")
            work = Work(record, ask, guard, lock, tell, diagnose, began)
            refuse_if_closed(work.ground)
            work.load()
            work.spare_strangers()
            if not forward:
                return work.put_back(Failure("put-back", {}))
            return work.through(work.carry_on)
    except CureError as error:
        return refused(error, began=began)
