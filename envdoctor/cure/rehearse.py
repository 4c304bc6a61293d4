"""Does the plan work?  It is carried out in a clone of the environment, which is gone afterwards.

Nothing outside of the scratch folder is changed but the caches of pip, uv and conda, also when this process is
killed: what is left of a clone is removed by the next call.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping, Sequence, Tuple

from .. import words
from ..ask import TIMEOUT
from ..complaint import Complaint
from ..report import Words
from . import scratch
from .checks import Tried, run_check
from .install_log import cause_of
from .inventory import fits, inventory, versions
from .plan import CONDA, UNINSTALL, CurePlan, Step
from .surroundings import for_installing

#: One step is stopped after this many seconds (ours; torch with its CUDA wheels are 3 GB).
STEP_SECONDS = 3600.0
#: What is kept of one step's output, in bytes.
LOG_BYTES = 20000000
#: So many logs of failed rehearsals are kept (ours).
LOGS = 5

#: Variables that name the environment itself and would send an installer to it.
_OF_THE_ORIGINAL = frozenset(["VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"])


@dataclass(frozen=True)
class Begun:
    """What begins now.  event: "clone", "step", "check" or "clean"; number of `of` within its kind."""

    event: str
    what: Words
    number: int = 1
    of: int = 1


@dataclass(frozen=True)
class Rehearsed:
    """What became of a rehearsal.

    works: the plan was carried out and every check passed.  failed: where it stopped ("clone", "step" or "check"; "" if
    it works), what: that step or check, cause: why.  log: the path of all that was printed; "" if it works.
    tried: the checks so far.  known: checks that fail in the original environment in the same way, and so are no
    fault of the plan.
    """

    works: bool
    failed: str = ""
    what: Words | None = None
    cause: Words | None = None
    log: str = ""
    tried: Tuple[Tried, ...] = ()
    known: Tuple[Tried, ...] = ()


def _silent(moment: Begun) -> None:
    return


def rehearse(
    plan: CurePlan, python: str, prefix: str, ask: Any, tell: Callable[[Begun], None] = _silent, name: str = ""
) -> Rehearsed:
    """Carry the plan out in a clone of the environment at `prefix`.

    python: the environment's interpreter, as the plan's commands spell it.  name: the environment's name, where
    commands of conda use it.  tell: called before everything that may take its time.
    """
    scratch.sweep(prefix)
    try:
        folder = scratch.make_folder(prefix)
    except Complaint as complaint:
        return Rehearsed(False, "clone", None, sentence(complaint))
    home = os.path.dirname(folder)
    log: list[str] = []
    try:
        told = _rehearse(plan, python, prefix, name, os.path.join(folder, "env"), ask, tell, log)
        if not told.works and log:
            told = _with_log(told, _keep(home, log))
        return told
    finally:
        tell(Begun("clean", words.both("rehearsal.cleaning")))
        scratch.remove(folder)
        scratch.leave(home)


def sentence(complaint: Complaint) -> Words:
    return words.both(f"{complaint.area}.{complaint.why}", **complaint.words)


def _rehearse(
    plan: CurePlan,
    python: str,
    prefix: str,
    name: str,
    folder: str,
    ask: Any,
    tell: Callable[[Begun], None],
    log: list[str],
) -> Rehearsed:
    tell(Begun("clone", words.both("rehearsal.cloning")))
    try:
        os.mkdir(folder)
        mine = scratch.clone(python, prefix, folder, ask)
    except scratch.CannotClone as complaint:
        return Rehearsed(False, "clone", None, sentence(complaint))
    environ = step_environ(ask.environ, mine)
    for number, step in enumerate(plan.steps, 1):
        what = describe(step)
        tell(Begun("step", what, number, len(plan.steps)))
        command = for_clone(step, python, prefix, name, mine, folder)
        if not command:
            shown = " ".join(step.command)
            return Rehearsed(False, "step", what, words.both("rehearsal.step-elsewhere", command=shown))
        answer = ask.run(command, seconds=STEP_SECONDS, limit=LOG_BYTES, environ=environ)
        log += ["$ " + " ".join(step.command), answer.out, answer.err]
        cause = _cause(step, answer) or _missing(plan, step, folder)
        if cause:
            return Rehearsed(False, "step", what, cause)
    tried: list[Tried] = []
    known: list[Tried] = []
    for number, check in enumerate(plan.checks, 1):
        title = {lang: words.say("rehearsal.checking", lang, title=check.title[lang]) for lang in words.LANGUAGES}
        tell(Begun("check", title, number, len(plan.checks)))
        one = run_check(mine, check, ask, _variables_of_clone(ask.environ, prefix, folder))
        if one.works:
            tried.append(one)
            continue
        before = None if check.rule else run_check(python, check, ask)
        if before is not None and before.cause is not None and _same(before.cause, one.cause, prefix, folder):
            known.append(one)
            continue
        log += ["# " + check.title["en"], one.log]
        return Rehearsed(False, "check", check.title, one.cause, "", (*tried, one), tuple(known))
    return Rehearsed(True, tried=tuple(tried), known=tuple(known))


def describe(step: Step) -> Words:
    """What a step does, as people read it."""
    shown = ", ".join(step.names[:6]) + (", …" if len(step.names) > 6 else "")
    return words.both(f"rehearsal.step-{step.action}", names=shown)


def step_environ(environ: Mapping[str, str], python: str) -> dict[str, str]:
    """The user's variables, without those that would lead an installer out of the clone."""
    variables = {name: value for name, value in for_installing(environ).items() if name not in _OF_THE_ORIGINAL}
    variables.update(
        CONDA_REGISTER_ENVS="false",  # else the clone would be listed among the user's environments
        PATH=os.path.dirname(python) + os.pathsep + environ.get("PATH", ""),  # scripts that builds call
    )
    return variables


def for_clone(step: Step, python: str, prefix: str, name: str, mine: str, folder: str) -> tuple[str, ...]:
    """The step's command for the clone; none where it would not reach the clone and nothing else."""
    found: list[str] = []
    reached = False
    command = list(step.command)
    while command:
        word = command.pop(0)
        option, equals, value = word.partition("=")
        if step.tool == CONDA and word in ("-n", "--name") and command:
            if command.pop(0) != name or not name:
                return ()
            found += ["-p", folder]
            reached = True
        elif word == python or (equals and option.startswith("-") and value == python):
            found.append(mine if word == python else f"{option}={mine}")
            reached = True
        elif _same_path(word, prefix) or (equals and option.startswith("-") and _same_path(value, prefix)):
            found.append(f"{option}={folder}" if equals else folder)
            reached = True
        elif not _is_within(word, folder) and _is_within(word, prefix) and found:
            return ()
        else:
            found.append(word)
    return tuple(found) if reached else ()


def _same_path(word: str, path: str) -> bool:
    return bool(path) and os.path.normcase(word.rstrip("/\\")) == os.path.normcase(path.rstrip("/\\"))


def _is_within(word: str, folder: str) -> bool:
    return os.path.normcase(word).startswith(os.path.normcase(os.path.join(folder, "")))


def _variables_of_clone(environ: Mapping[str, str], prefix: str, folder: str) -> dict[str, str]:
    """Where a variable leads into the environment, let it lead into the clone."""
    variables = {}
    for name, value in environ.items():
        parts = [
            os.path.join(folder, os.path.relpath(part, prefix)) if _is_within(part, prefix) else part
            for part in value.split(os.pathsep)
        ]
        variables[name] = os.pathsep.join(parts) if _within_any(value, prefix) else value
    return variables


def _within_any(value: str, prefix: str) -> bool:
    return any(_is_within(part, prefix) for part in value.split(os.pathsep))


def _cause(step: Step, answer: Any) -> Words | None:
    """Why a step failed; None where it did not."""
    if not answer.trouble and answer.status == 0:
        return None
    if answer.trouble == TIMEOUT:
        return words.both("rehearsal.step-timeout", seconds=int(STEP_SECONDS))
    if answer.status is None and not answer.out and not answer.err:
        return words.both("rehearsal.step-cannot-start", command=step.command[0])
    return cause_of(answer.out + "\n" + answer.err, answer.status, step.tool)


def _missing(plan: CurePlan, step: Step, folder: str) -> Words | None:
    """pip ends well although it did not do what it was told, for what lies outside of the environment."""
    if step.tool == CONDA:
        return None
    found = versions(inventory(scratch.sites(folder)))
    later = {name for other in plan.steps[plan.steps.index(step) + 1 :] for name in other.names}
    for change in plan.changes:
        if change.name not in step.names or change.name in later:
            continue
        there = found.get(change.name, [])
        if fits(change.after, there) or (change.after and step.action == UNINSTALL):
            continue
        if not change.after:
            return words.both("rehearsal.step-not-removed", name=change.name)
        return {
            lang: words.say(
                "rehearsal.step-missing",
                lang,
                name=change.name,
                wanted=change.after,
                found=", ".join(there) or words.say("rehearsal.nothing", lang),
            )
            for lang in words.LANGUAGES
        }
    return None


def _same(one: Words, other: Words | None, prefix: str, folder: str) -> bool:
    """The same words, but for the place."""
    return other is not None and all(text == other[lang].replace(folder, prefix) for lang, text in one.items())


# ---------------------------------------------------------------- the log


def _keep(home: str, log: Sequence[str]) -> str:
    """Write all that was printed beside the scratch folders; the path, "" where that fails."""
    folder = os.path.join(home, "logs")
    path = os.path.join(folder, time.strftime("rehearsal-%Y%m%d-%H%M%S") + f"-{os.getpid()}.log")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(log))
        older = sorted(name for name in os.listdir(folder) if name.startswith("rehearsal-"))[:-LOGS]
        for name in older:
            os.unlink(os.path.join(folder, name))
    except OSError:  # the disk is full, perhaps just that is the cause
        return path if os.path.isfile(path) else ""
    return path


def _with_log(told: Rehearsed, path: str) -> Rehearsed:
    return replace(told, log=path)
