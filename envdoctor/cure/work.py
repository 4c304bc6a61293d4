"""How is what a journal names carried out, proven, and put back where it fails?"""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, FrozenSet, Iterator, Mapping, Tuple

from ..report import Words
from . import conda, fetch, journal, snapshot
from .checks import run_check
from .command import Guard, Ran, note, run
from .ground import ground_of
from .install_log import cause_of
from .inventory import (
    Installed,
    data_of,
    differing,
    files_of,
    fits,
    inventory,
    inventory_of,
    recorded,
    versions,
)
from .journal import Journal
from .lock import Lock, held
from .outcome import (
    CHECK,
    DIAGNOSE,
    DONE,
    END,
    FETCH,
    REFUSED,
    RESTORE,
    ROLLED_BACK,
    SAVE,
    SLOW,
    START,
    STEP,
    UNFINISHED,
    CureError,
    Moment,
    Outcome,
    Tell,
    sentence,
)
from .plan import INSTALL, PIP, UV, Step
from .surroundings import for_installing

#: What must be free on the disk beside what is counted, in bytes; and bytes for each saved file (both ours).
LEAST_BYTES, ENTRY_BYTES = 16 << 20, 400

#: What a diagnosis found, as far as two are compared: the rule and the distributions of every error.
Found = FrozenSet[Tuple[str, Tuple[str, ...]]]


@dataclass(frozen=True)
class Failure:
    """Why it does not stay as it was changed: a sentence and its words, and what the tool said."""

    why: str
    words: Mapping[str, Any]
    cause: Words | None = None


class Work:
    """One journal being carried out, or put back."""

    def __init__(
        self,
        record: Journal,
        ask: Any,
        guard: Guard,
        lock: Lock,
        tell: Tell,
        diagnose: Callable[[], Found] | None,
        began: float,
    ) -> None:
        self.journal, self.ask, self.guard, self.lock, self.tell = record, ask, guard, lock, tell
        self.diagnose, self.began = diagnose, began
        self.plan = record.plan
        self.python = str(record.data["python"])
        self.prefix = str(record.data["prefix"])
        self.ground = ground_of(record.data["ground"])
        self.cause: Words | None = None
        self.spared: FrozenSet[str] = frozenset()
        self.failing: Tuple[Words, ...] = ()
        self.saved = self.changed = snapshot.Snapshot(record.store, (), {})
        self.before: Tuple[Installed, ...] = ()

    # ------------------------------------------------------------ before anything is changed

    def prepare(self) -> None:
        """Fetch, and save.  Raises CureError, OSError, KeyboardInterrupt; the environment is untouched then."""
        self.need(0)
        failing: list[str] = []
        trying = threading.Thread(target=self._try_imports, args=(failing,), daemon=True)
        trying.start()  # meanwhile the network is waited for
        self._fetch()
        trying.join()
        new = fetch.unpacked_bytes(self.journal.fetched) + snapshot.weigh([self._scratch])[1]
        self.need(new)
        outside = list(fetch.outside(self.journal.fetched, self._scratch, self.ground))
        shutil.rmtree(self._scratch, ignore_errors=True)
        names = {change.name for change in self.plan.changes}.union(*(step.names for step in self.plan.steps))
        names |= set(fetch.names(self.journal.fetched))
        self.save(names, outside, failing=failing, revision=conda.revision(self.prefix))

    def save(self, names: set[str], outside: list[str], **more: Any) -> None:
        """Write down what is there, and keep its files."""
        self._tell(START, SAVE)
        self.before = inventory(self.ground.sites)
        for one in self.before:
            if one.name in names:
                outside += files_of(one)
        self.saved = snapshot.take(self.ground.trees, outside, self.journal.store, os.path.realpath(self.prefix))
        self.journal.reserve()
        self.journal.write(journal.PREPARED, names=sorted(names), before=data_of(self.before), **more)
        self._tell(END, SAVE)

    def need(self, new: int) -> None:
        """Is there room on the disk?  Raises CureError."""
        count, size = snapshot.weigh(self.ground.trees)
        wanted = LEAST_BYTES + new + ENTRY_BYTES * count
        if not all(snapshot.linkable(tree, self.journal.folder) for tree in self.ground.trees if os.path.isdir(tree)):
            wanted += size
        free = shutil.disk_usage(self.journal.folder).free
        if free < wanted:
            raise CureError("disk-too-full", need=-(-wanted >> 20), free=free >> 20)

    @property
    def _scratch(self) -> str:
        return os.path.join(self.journal.folder, "scratch")

    def _fetch(self) -> None:
        os.mkdir(self.journal.fetched)
        for number, step in enumerate(self.plan.steps, 1):
            ways = self._way(step)
            if ways is None:
                continue
            self._tell(START, FETCH, number, step.names)
            ran = self._run(ways.command, FETCH, number, step.names, step.tool)
            if ran.status and ways.second and fetch.NO_WHEEL_PACKAGE in ran.output:
                ran = self._run(ways.second, FETCH, number, step.names, step.tool)
            if ran.status:
                self.cause = cause_of(ran.output, ran.status, step.tool)
                raise CureError("fetch-failed", names=", ".join(step.names))
            self._tell(END, FETCH, number, step.names)

    def _way(self, step: Step) -> fetch.Fetch | None:
        """How to fetch what the step installs; None where that cannot be done beforehand.

        Who installs without a complete plan looks at what is installed to know what else is needed; and where pip
        itself comes with the plan, there is none yet to fetch with.
        """
        if self._is_open(step) or (step.tool == PIP and any("pip" in one.names for one in self.plan.steps)):
            return None
        return fetch.fetching(step, self.journal.fetched, self._scratch)

    def _is_open(self, step: Step) -> bool:
        """Does the installer look for dependencies on its own, among what must not move?"""
        alone = step.tool in (PIP, UV) and step.action == INSTALL and "--no-deps" not in step.command
        return alone and bool(self.plan.keep) and "install" in step.command

    def _kept(self) -> str:
        """The file of constraints with what must not move."""
        path = os.path.join(self.journal.folder, "keep.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in self.plan.keep))
        return path

    def _try_imports(self, failing: list[str]) -> None:
        """Which imports fail as it is?  A fix is not to blame for these."""
        for check in self.plan.checks:
            if not check.rule and not run_check(self.python, check, self.ask).works:
                failing.append(check.code)

    # ------------------------------------------------------------ all of it, or nothing

    def through(self, work: Callable[[], Failure | None]) -> Outcome:
        """Do it; whatever goes wrong, put everything back."""
        try:
            failure = work()
            if failure is None:
                self.guard.close()
                self.settle()
                self.tidy_up()
                return Outcome(DONE, log=self.journal.log, seconds=time.monotonic() - self.began, failing=self.failing)
        except KeyboardInterrupt:
            failure = Failure("stopped", {})
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            failure = Failure("disk-filled" if full else "disk-failed", {"problem": str(error)})
        except BaseException:
            self.put_back(Failure("stopped", {}))
            raise
        return self.put_back(failure)

    def carry_out(self) -> Failure | None:
        if self.journal.data["what"] == journal.UNDO:
            return self._undo()
        return self._steps() or self._verify()

    def carry_on(self) -> Failure | None:
        """The same after a kill.  What the killed one has left is cleared away first."""
        if self.journal.state == journal.VERIFYING:
            return self._verify()
        if self.journal.data["what"] == journal.FIX:
            self.journal.write(journal.APPLYING, step=0)
            failure = self._conda_back()
            if failure is not None:
                return failure
            self._restore_files()
        return self.carry_out()

    def _steps(self) -> Failure | None:
        for number, step in enumerate(self.plan.steps, 1):
            self.journal.write(journal.APPLYING, step=number)
            self._tell(START, STEP, number, step.names)
            command = step.command
            if self._way(step) is not None:
                command = fetch.installing(step, self.journal.fetched)
            elif self._is_open(step):
                command = (*command, "-c", self._kept())
            ran = self._run(command, STEP, number, step.names, step.tool)
            if ran.status:
                words = {"number": number, "count": len(self.plan.steps), "names": ", ".join(step.names)}
                return Failure("step-failed", words, cause_of(ran.output, ran.status, step.tool))
            self._tell(END, STEP, number, step.names)
        return None

    def _undo(self) -> Failure | None:
        """Put back what a fix has changed."""
        former, revision = undone_by(self.journal), self.journal.data["undone_revision"]
        self.journal.write(journal.APPLYING, step=1)
        self._tell(START, RESTORE)
        former_plan = former.plan
        if conda.used(former_plan) and revision is not None and conda.revision(self.prefix) != revision:
            ran = self._run(conda.returning(former_plan, self.prefix, revision), RESTORE, 1, (), "conda")
            if ran.status:
                return Failure("conda-failed", {"revision": revision}, cause_of(ran.output, ran.status, "conda"))
        try:
            kept, change = snapshot.load_change(former.store)
        except (OSError, ValueError, KeyError):
            return Failure("snapshot-gone", {"path": former.store})
        extra = [path for path in self.journal.data["strange"] if path not in kept.entries]
        lost = snapshot.put_back(kept, snapshot.Difference((*change.added, *extra), change.gone))
        if lost:
            return Failure("snapshot-spoiled", {"path": lost[0], "count": len(lost)})
        self.journal.write(journal.VERIFYING)
        before = inventory_of(former.data["before"])
        names = differing(before, inventory_of(former.data["after"]))
        wanted = {one for one in before if one.name in names}
        have = {one for one in inventory(self.ground.sites) if one.name in names}
        if wanted != have:
            return Failure("not-as-before", {"names": ", ".join(sorted(differing(wanted, have)))})
        former.write(journal.UNDONE)
        self._tell(END, RESTORE)
        return None

    # ------------------------------------------------------------ the proof

    def _verify(self) -> Failure | None:
        self.journal.write(journal.VERIFYING)
        if self.journal.data["what"] == journal.UNDO:
            return self._undo()
        return self._versions() or self._checks() or self._diagnosis()

    def _versions(self) -> Failure | None:
        have = versions(inventory(self.ground.sites))
        for change in self.plan.changes:
            there = have.get(change.name, [])
            if fits(change.after, there):
                continue
            if not change.after:
                return Failure("still-there", {"name": change.name, "version": there[0]})
            words = {"name": change.name, "version": change.after, "found": ", ".join(there)}
            return Failure("other-version" if there else "not-there", words)
        return None

    def _checks(self) -> Failure | None:
        known = self.journal.data.get("failing", [])
        for number, check in enumerate(self.plan.checks, 1):
            self._tell(START, CHECK, number)
            tried = run_check(self.python, check, self.ask)
            self._tell(END, CHECK, number)
            if tried.cause is None:
                continue
            note(self.journal.log, f"# {check.title.get('en', '')}: {tried.cause['en']}\n{tried.log}\n")
            if check.rule or check.code not in known:
                return Failure("check-failed", {"title": dict(check.title), "complaint": dict(tried.cause)})
            self.failing += (check.title,)
        return None

    def _diagnosis(self) -> Failure | None:
        if self.diagnose is None:
            return None
        self._tell(START, DIAGNOSE)
        former = {(rule, tuple(packages)) for rule, packages in self.journal.data["found"]}
        new = sorted({rule for rule, packages in self.diagnose() - former})
        self._tell(END, DIAGNOSE)
        return Failure("worse", {"rules": ", ".join(new)}) if new else None

    def settle(self) -> None:
        """It stays so: keep what undo needs, and no more."""
        if self.journal.data["what"] == journal.UNDO:
            self.journal.write(journal.DONE)
        else:
            self.changed = snapshot.shrink(self.saved, snapshot.difference(self.saved))
            after = data_of(inventory(self.ground.sites))
            self.journal.write(journal.DONE, after=after, after_revision=conda.revision(self.prefix))

    def tidy_up(self) -> None:
        """What is not needed any more goes; where it cannot, it is in nobody's way.  Nothing is put back from now."""
        try:
            if self.journal.data["what"] == journal.FIX:
                snapshot.sweep(self.changed)
            self.journal.release()
            journal.tidy(self.prefix)
        except OSError as error:
            note(self.journal.log, f"# {error}\n")

    # ------------------------------------------------------------ and back

    def put_back(self, failure: Failure) -> Outcome:
        """Make everything as it was before, and say why."""
        self.guard.close()
        try:
            self._tell(START, RESTORE)
        finally:  # even where nobody can be told any more, as the terminal is gone
            outcome = self._back(failure)
        self._tell(END, RESTORE)
        return outcome

    def _back(self, failure: Failure) -> Outcome:
        self.journal.release()
        try:
            self.journal.write(journal.ROLLING_BACK)
        except OSError:
            pass  # what is written there is an open state, too, so a kill from here on is noticed all the same
        try:
            trouble = self._conda_back() or self._files_back()
        except OSError as error:
            trouble = Failure("not-put-back", {"problem": str(error)})
        if trouble is not None:
            words = {"why": sentence(failure.why, failure.words)}
            said = sentence(trouble.why, {**words, **trouble.words})
            return self._end(UNFINISHED, trouble.why, said, trouble.cause or failure.cause)
        return self._end(ROLLED_BACK, failure.why, sentence(failure.why, failure.words), failure.cause)

    def _end(self, status: str, why: str, said: Words, cause: Words | None) -> Outcome:
        return Outcome(status, why, said, cause, self.journal.log, time.monotonic() - self.began)

    def _conda_back(self) -> Failure | None:
        wanted = self.journal.data.get("revision")
        if not conda.used(self.plan) or wanted is None or conda.revision(self.prefix) == wanted:
            return None
        ran = self._run(conda.returning(self.plan, self.prefix, wanted), RESTORE, 1, (), "conda")
        if ran.status:
            return Failure("conda-failed", {"revision": wanted}, cause_of(ran.output, ran.status, "conda"))
        return None

    def _files_back(self) -> Failure | None:
        lost = self._restore_files()
        differ = differing(self.before, inventory(self.ground.sites)) - self._strangers()
        if lost:
            failure = Failure("snapshot-spoiled", {"path": lost[0], "count": len(lost)})
        elif differ:
            failure = Failure("not-as-before", {"names": ", ".join(sorted(differ))})
        else:
            failure = None
        if self.journal.data["what"] == journal.UNDO:
            undone_by(self.journal).write(journal.DONE)
        self.journal.write(journal.ROLLED_BACK)  # nothing more can be done by trying again
        self.journal.drop("snapshot", "fetched", "scratch")
        return failure

    def _restore_files(self) -> Tuple[str, ...]:
        return snapshot.restore(self.saved, self.spared)

    def load(self) -> None:
        """What an earlier process has saved.  Raises CureError."""
        try:
            self.saved = snapshot.load(self.journal.store)
        except (OSError, ValueError, KeyError):
            raise CureError("snapshot-gone", path=self.journal.store) from None
        self.before = inventory_of(self.journal.data["before"])

    def _strangers(self) -> set[str]:
        """Distributions that somebody else has changed since, as the plan does not name them."""
        if not self.spared:
            return set()
        return differing(self.before, inventory(self.ground.sites)) - set(self.journal.data["names"])

    def spare_strangers(self) -> None:
        if conda.used(self.plan):  # conda changes what the plan does not name
            return
        now = inventory(self.ground.sites)
        names = differing(self.before, now) - set(self.journal.data["names"])
        spared: set[str] = set()
        for one in now:
            if one.name in names:
                spared.update([os.path.realpath(one.path), *files_of(one)])
        for one in self.before:
            if one.name in names:
                spared.update([os.path.realpath(one.path), *self._files_then(one)])
        self.spared = frozenset(spared)

    def _files_then(self, one: Installed) -> Tuple[str, ...]:
        """The files of a distribution that may be gone by now, from its saved record."""
        record = os.path.join(os.path.realpath(one.path), "RECORD")
        entry = self.saved.entries.get(record)
        if entry is None or entry.place < 0:
            return ()
        with open(self.saved.kept(entry), encoding="utf-8", errors="replace") as file:
            return recorded(
                [line.rpartition(",")[0].rpartition(",")[0].strip('"') for line in file], os.path.dirname(one.path)
            )

    # ------------------------------------------------------------ commands

    def _run(self, command: Tuple[str, ...], stage: str, number: int, names: Tuple[str, ...], tool: str) -> Ran:
        # `python -m pip` looks for modules in the current folder first: a folder of our own, which has none.
        folder = self.journal.folder if tool == PIP else None
        return run(
            command,
            self.journal.log,
            for_installing(self.ask.environ),
            folder,
            self.lock,
            self.guard,
            lambda seconds: self._tell(SLOW, stage, number, names, seconds),
        )

    def _tell(self, event: str, stage: str, number: int = 0, names: Tuple[str, ...] = (), seconds: float = 0.0) -> None:
        count = {CHECK: len(self.plan.checks), STEP: len(self.plan.steps), FETCH: len(self.plan.steps)}.get(stage, 0)
        self.tell(Moment(event, stage, number, count, names, seconds))


def undone_by(record: Journal) -> Journal:
    """The journal of the fix that an undo takes back.  Raises CureError."""
    name = record.data["undoes"]
    for one in journal.journals(record.data["prefix"]):
        if os.path.basename(one.folder) == name:
            return one
    raise CureError("snapshot-gone", path=name)


# ---------------------------------------------------------------- around the work


@contextmanager
def at_work(prefix: str) -> Iterator[Tuple[Guard, Lock]]:
    with Guard() as guard, held(journal.make_home(prefix)) as lock:
        yield guard, lock


def refused(error: CureError, log: str = "", work: Work | None = None, began: float = 0.0) -> Outcome:
    return Outcome(
        REFUSED,
        error.why,
        sentence(error.why, error.words),
        cause=work.cause if work else None,
        log=log if log and os.path.exists(log) else "",
        seconds=time.monotonic() - (work.began if work else began),
    )


@contextmanager
def disk_troubles() -> Iterator[None]:
    """Before anything is changed, a disk that cannot take our files is a reason to refuse."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CureError("disk-full") from None
        raise CureError("disk-trouble", problem=str(error)) from None
