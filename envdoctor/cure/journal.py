"""What was being done to this environment, and how far had it got?

One folder for each fix or undo, `<prefix>/.envdoctor/<number>-<time>/`: journal.json, log.txt (the full output of every
command), snapshot/ (see snapshot.py), fetched/ (what pip has fetched).  The state is on the disk before what it speaks
of begins, so a kill or a power cut at any moment leaves a journal that tells the truth:

    preparing -> prepared -> applying -> verifying -> done -> undone
                                 \\            \\-> rolling-back -> rolled-back

Up to `prepared` the environment has not been touched.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from typing import Any, Mapping

from .. import __version__
from ..report import Words
from .outcome import CureError
from .plan import Change, Check, CurePlan, Step

FOLDER = ".envdoctor"
PREPARING, PREPARED, APPLYING, VERIFYING = "preparing", "prepared", "applying", "verifying"
DONE, UNDONE, ROLLING_BACK, ROLLED_BACK = "done", "undone", "rolling-back", "rolled-back"
#: In these states a killed doctor has left an environment that is neither the old nor the new one.
OPEN = (APPLYING, VERIFYING, ROLLING_BACK)
#: How many fixes can be undone, and how many logs of other journals are kept (ours).
KEPT = 3
#: Bytes kept aside, so that on a full disk there is room to write down that we roll back, and to do it (ours).
RESERVE_BYTES = 1 << 20
SCHEMA = 1
FIX, UNDO = "fix", "undo"


class Journal:
    """The journal in one folder.  data: what journal.json holds."""

    def __init__(self, folder: str, data: dict[str, Any]) -> None:
        self.folder, self.data = folder, data

    @property
    def state(self) -> str:
        return str(self.data["state"])

    @property
    def log(self) -> str:
        return os.path.join(self.folder, "log.txt")

    @property
    def store(self) -> str:
        """Where the snapshot lies."""
        return os.path.join(self.folder, "snapshot")

    @property
    def fetched(self) -> str:
        return os.path.join(self.folder, "fetched")

    @property
    def plan(self) -> CurePlan:
        return plan_of(self.data["plan"])

    def write(self, state: str, **more: Any) -> None:
        """Go on to a state.  It is on the disk when this returns."""
        self.data = {**self.data, **more, "state": state}
        write_json(os.path.join(self.folder, "journal.json"), self.data)

    def reserve(self) -> None:
        with open(os.path.join(self.folder, "reserve"), "wb") as file:
            file.write(b"\0" * RESERVE_BYTES)

    def release(self) -> None:
        try:
            os.remove(os.path.join(self.folder, "reserve"))
        except OSError:
            return  # released before

    def drop(self, *names: str) -> None:
        """Delete parts of the folder, or all of it.  What cannot be deleted is only in the way, and is left."""
        for path in [os.path.join(self.folder, name) for name in names] or [self.folder]:
            shutil.rmtree(path, ignore_errors=True)


# ---------------------------------------------------------------- on disk


def write_json(path: str, data: Any) -> None:
    """Write a whole file or nothing, and wait until the disk has it."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(json.dumps(data))
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    settle(os.path.dirname(path))


def settle(folder: str) -> None:
    """Wait until the disk has the names in a folder (Windows has no such call and needs none)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_all(folder: str) -> None:
    """Wait until the disk of a folder has everything, many files at once."""
    if os.name == "nt":
        return  # there every copy has waited for itself
    if sys.platform == "linux":
        import ctypes

        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if getattr(ctypes.CDLL(None), "syncfs", lambda number: -1)(descriptor) == 0:
                return
        finally:
            os.close(descriptor)
    os.sync()


def home(prefix: str) -> str:
    return os.path.join(prefix, FOLDER)


def make_home(prefix: str) -> str:
    """The folder of all journals, made where it is not there.  Raises CureError."""
    folder = home(prefix)
    try:
        os.makedirs(folder, exist_ok=True)
        ignored = os.path.join(folder, ".gitignore")  # an environment often lies in its repository
        if not os.path.exists(ignored):
            with open(ignored, "w", encoding="ascii") as file:
                file.write("*\n")
    except OSError as error:
        raise CureError("not-writable", path=prefix, problem=error.strerror or str(error)) from None
    return folder


def create(prefix: str, what: str, **facts: Any) -> Journal:
    """A new journal in the state `preparing`."""
    taken = [int(name.split("-")[0]) for name in os.listdir(home(prefix)) if name.split("-")[0].isdigit()]
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    folder = os.path.join(home(prefix), f"{max(taken, default=0) + 1:04d}-{stamp}")  # a clock may be set back
    os.mkdir(folder)
    journal = Journal(folder, {"schema": SCHEMA, "doctor": __version__, "what": what, "prefix": real(prefix), **facts})
    journal.write(PREPARING)
    return journal


def journals(prefix: str) -> list[Journal]:
    """All that can be read and that speak of this very prefix, the newest first.

    A copied environment brings the journals of the original along; they would change the original's files.
    """
    found = []
    try:
        names = sorted(os.listdir(home(prefix)), reverse=True)
    except OSError:
        return []
    for name in names:
        folder = os.path.join(home(prefix), name)
        try:
            with open(os.path.join(folder, "journal.json"), encoding="utf-8") as file:
                data = json.load(file)
        except (OSError, ValueError):
            continue
        if not isinstance(data, dict) or not {"state", "what", "plan"} <= set(data):
            continue  # not ours
        if data.get("schema") == SCHEMA and data.get("prefix") == real(prefix):
            found.append(Journal(folder, data))
    return found


def opened(prefix: str) -> Journal | None:
    """The journal that a killed doctor has left open, if any."""
    return next((journal for journal in journals(prefix) if journal.state in OPEN), None)


def tidy(prefix: str) -> None:
    """Delete what no later call needs: journals that changed nothing, and all but the last few.  Hold the lock."""
    for name in os.listdir(home(prefix)):
        folder = os.path.join(home(prefix), name)
        if os.path.isdir(folder) and not os.path.exists(os.path.join(folder, "journal.json")):
            shutil.rmtree(folder, ignore_errors=True)  # killed before its first line
    standing = others = 0
    for journal in journals(prefix):
        if journal.state in OPEN:
            continue
        if journal.state in (PREPARING, PREPARED):
            journal.drop()
        elif journal.state == DONE and journal.data["what"] == FIX:
            standing += 1
            journal.drop(*(() if standing > KEPT else ("fetched", "scratch")))
        else:  # kept for its log
            others += 1
            journal.drop(*(() if others > KEPT else ("snapshot", "fetched", "scratch")))


def real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


# ---------------------------------------------------------------- a plan as data


def data_of(plan: CurePlan) -> dict[str, Any]:
    """What of a plan is needed to carry it out."""
    return {
        "changes": [vars(change) for change in plan.changes],
        "steps": [vars(step) for step in plan.steps],
        "checks": [{**vars(check), "title": dict(check.title)} for check in plan.checks],
        "solver": plan.solver,
        "verified": plan.verified,
        "keep": list(plan.keep),
    }


def plan_of(data: Mapping[str, Any]) -> CurePlan:
    return CurePlan(
        changes=tuple(
            Change(**{**change, "rules": tuple(change["rules"]), "by": tuple(change["by"])})
            for change in data["changes"]
        ),
        steps=tuple(
            Step(**{**step, "command": tuple(step["command"]), "names": tuple(step["names"])}) for step in data["steps"]
        ),
        checks=tuple(Check(_words(check["title"]), check["code"], check["rule"]) for check in data["checks"]),
        solver=data["solver"],
        verified=data["verified"],
        keep=tuple(data.get("keep", ())),
    )


def _words(data: Mapping[str, str]) -> Words:
    return {str(lang): str(text) for lang, text in data.items()}
