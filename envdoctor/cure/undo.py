"""What was there before the last fix, and may it come back?

The newest fix that still stands is undone; called again, the one before it, and so on, as far as journals are kept.
It needs no network.  A distribution that somebody has changed since the fix stays as it is, unless the fix had changed
it, too: then nothing is done, unless it is forced.
"""

from __future__ import annotations

import os
import time
from typing import Any, Mapping, Tuple

from . import conda, journal, snapshot
from .ground import ground_of, refuse_if_closed
from .inventory import Installed, differing, files_of, inventory, inventory_of
from .journal import Journal
from .outcome import CureError, Outcome, Tell, silent
from .work import Work, at_work, disk_troubles, refused


def undoable(prefix: str) -> Tuple[Journal, ...]:
    """The fixes that can be undone, in that order.  Reads only."""
    return tuple(
        one for one in journal.journals(prefix) if one.data["what"] == journal.FIX and one.state == journal.DONE
    )


def undo(prefix: str, ask: Any, *, force: bool = False, tell: Tell = silent) -> Outcome:
    """Bring back exactly the distributions that the newest standing fix has changed."""
    began = time.monotonic()
    try:
        if not undoable(prefix) and journal.opened(prefix) is None:
            raise CureError("nothing-to-undo")
        with at_work(prefix) as (guard, lock):
            if journal.opened(prefix) is not None:
                raise CureError("pending-first")
            journal.tidy(prefix)
            standing = undoable(prefix)
            if not standing:
                raise CureError("nothing-to-undo")
            former = standing[0]
            ground = ground_of(former.data["ground"])
            refuse_if_closed(ground)
            try:
                change = snapshot.load_change(former.store)[1]
            except (OSError, ValueError, KeyError):
                raise CureError("snapshot-gone", path=former.store) from None
            now = inventory(ground.sites)
            strange = _overlap(former, now, change, ground.sites)
            revised = conda.used(former.plan) and _revised(former, prefix)
            if (strange or revised) and not force:
                raise CureError("changed-since", names=", ".join(sorted(strange)) or "conda")
            extra = [
                path for one in now if one.name in strange for path in (*files_of(one), os.path.realpath(one.path))
            ]
            facts: Mapping[str, Any] = {
                "python": former.data["python"],
                "plan": former.data["plan"],
                "ground": former.data["ground"],
                "found": [],
                "undoes": os.path.basename(former.folder),
                "undone_revision": former.data.get("revision"),
                "strange": extra,
            }
            with disk_troubles():
                record = journal.create(prefix, journal.UNDO, **facts)
            work = Work(record, ask, guard, lock, tell, None, began)
            try:
                with disk_troubles():
                    work.need(0)
                    outside = [path for path in (*change.added, *change.gone) if not os.path.isdir(path)]
                    names = set(former.data["names"])
                    work.save(names, outside, revision=conda.revision(prefix))
            except KeyboardInterrupt:
                raise CureError("stopped-before") from None
            finally:
                if record.state == journal.PREPARING:
                    record.drop("snapshot", "reserve")
            return work.through(work.carry_out)
    except CureError as error:
        return refused(error, began=began)


def _overlap(
    former: Journal, now: Tuple[Installed, ...], change: snapshot.Difference, sites: Tuple[str, ...]
) -> set[str]:
    """Distributions, or else files, that the fix has changed and that somebody has changed since."""
    after = inventory_of(former.data["after"])
    fixed = differing(inventory_of(former.data["before"]), after)
    strange = differing(after, now) & fixed
    if strange:
        return strange
    for path, (size, written) in change.after.items():
        if os.path.basename(os.path.dirname(path)) == "__pycache__":
            continue  # Python's own, and made anew whenever it likes
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if (status.st_size, status.st_mtime_ns) != (size, written):
            strange.add(_short(path, sites))
    for path in change.gone:
        if path not in change.after and os.path.lexists(path) and not os.path.isdir(path):
            strange.add(_short(path, sites))
    return strange


def _short(path: str, sites: Tuple[str, ...]) -> str:
    for site in sites:
        if path.startswith(os.path.join(site, "")):
            return os.path.relpath(path, site)
    return path


def _revised(former: Journal, prefix: str) -> bool:
    """Has conda changed the environment since the fix?"""
    return bool(former.data.get("after_revision") != conda.revision(prefix))
