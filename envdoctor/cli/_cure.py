"""How do fix and undo show what they do, and how does their end become words, data and an exit code?"""

from __future__ import annotations

import json
import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from ..complaint import Complaint
from ..words import say
from . import HEALTHY, INCOMPLETE, PROBLEMS, _console, spoken
from ._progress import Progress

if TYPE_CHECKING:
    from ..chart import Chart
    from ..consult import Request
    from ..cure.outcome import Moment, Outcome
    from ..cure.plan import CurePlan
    from ..cure.work import Found
    from ..report import Finding, Report
    from ..rulebook import Rulebook


class FixError(Complaint):
    """Sentences: texts/fix.py."""

    area = "fix"


class Work:
    """One consultation with a cure: what was seen, what was planned, and how it ended."""

    def __init__(self, request: Request, book: Rulebook, ask: Any, words: dict[str, Any]) -> None:
        self.request, self.book, self.ask, self.words = request, book, ask, words
        self.lang, self.json = spoken(), words["form"] == "json"
        self.data: dict[str, Any] = {}
        self._text: list[str] = []
        if words["resume"] and words["roll_back"]:
            raise FixError("resume-and-roll-back")
        check_writable(words["output"])
        self._progress = Progress(lambda what, seconds: say("fix.progress", self.lang, what=what, seconds=seconds))

    def __enter__(self) -> Work:
        self._progress.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.__exit__(kind, error, trace)

    # ------------------------------------------------------------ what is told

    def doing(self, what: str, **words: Any) -> None:
        self._progress.step(say("fix.doing-" + what, self.lang, **words) if what else "")

    def tell(self, text: str) -> None:
        """A part of the answer: at once in a terminal, at the end into a file."""
        self._progress.clear()
        text = text if text.endswith("\n") else text + "\n"
        if self.json:
            return
        if self.words["output"]:
            self._text.append(text)
        else:
            _console.deliver(text, None)

    def say(self, name: str, **words: Any) -> None:
        self.tell(say("fix." + name, self.lang, **words))

    def end(self, status: str, code: int) -> int:
        """The last word, and the exit code."""
        if status == "planned":
            self.say("dry-run", words=self._patient_words())
        elif status == "declined":
            self.say("declined")
        self.data["status"] = status
        if self.json:
            text = json.dumps(self.data, ensure_ascii=False, indent=1)
            _console.deliver(text, self.words["output"])
        elif self.words["output"]:
            _console.deliver("".join(self._text), self.words["output"])
        return code

    # ------------------------------------------------------------ the plan

    def plan(self, chart: Chart, found: tuple[Finding, ...]) -> CurePlan:
        from ..cure.prescription import prescription

        self._chart = chart
        self._plan = prescription(chart, self.book, found, self.ask, self.request.expect, self.request.ignore)
        return self._plan

    def show(self, plan: CurePlan) -> None:
        from ..cure import planpage

        self.data.update(planpage.as_data(plan, self._chart))
        console = _console.console(self.words["no_color"], bool(self.words["output"]))
        self._page = planpage.as_text(plan, self._chart, self.lang, console) + ("" if plan.empty else "\n")
        self.tell(self._page)

    def show_beside(self) -> None:
        """Whoever is asked must see the plan, also where the answer goes into a file or is data."""
        if self.json or self.words["output"]:
            _console.deliver(self._page, None, to_stderr=True)

    @property
    def _place(self) -> tuple[str, str]:
        return str(self._chart.patient["python"]), str(self._chart.patient["prefix"])

    def rehearsed(self) -> bool:
        """Does the plan work in a scratch copy?"""
        from ..cure import rehearse

        python, prefix = self._place
        name = str(self._chart.value("conda.name", ""))
        told = rehearse.rehearse(
            self._plan, python, prefix, self._hands(), lambda moment: self._progress.step(moment.what[self.lang]), name
        )
        self._progress.step("")
        self.data["rehearsal"] = {"works": told.works, "cause": dict(told.cause) if told.cause else None}
        if told.works:
            self.data["verified"] = "rehearsed"
            self.say("rehearsed")
            return True
        what = told.what[self.lang] + ": " if told.what else ""
        self.say("rehearsal-failed", why=what + (told.cause[self.lang] if told.cause else "?"))
        self._tell_log(told.log)
        return False

    def _hands(self) -> Any:
        """The machine, with the index pages that uv is to look at."""
        from ..ask import Ask
        from ..cure.plan import UV
        from ..cure.surroundings import places_for_uv

        uses_uv = any(step.tool == UV for step in self._plan.steps)
        return Ask({**self.ask.environ, **(places_for_uv(self.ask, self._place[0]) if uses_uv else {})})

    # ------------------------------------------------------------ the change

    def apply(self, report: Report) -> int:
        from ..cure import apply

        python, prefix = self._place
        outcome = apply.apply(
            self._plan,
            python,
            prefix,
            self._hands(),
            found=errors_of(report),
            diagnose=self._errors,
            tell=self.moment,
        )
        return self._ended(outcome)

    def _errors(self) -> Found:
        """The errors of the environment as it is now."""
        from .. import consult

        return errors_of(consult.judge(consult.see(self.request, self.ask), self.book, self.request))

    def moment(self, moment: Moment) -> None:
        """What happens, as a line that says so."""
        names = ", ".join(moment.names[:4]) + (", …" if len(moment.names) > 4 else "")
        if moment.event == "start":
            words = {"names": names, "number": moment.number, "count": moment.count}
            self._progress.step(say("cure.stage-" + moment.stage, self.lang, **words))

    def _ended(self, outcome: Outcome) -> int:
        self._keep(outcome)
        if outcome.status != "done":
            return self._failed(outcome)
        self.say("done", count=len(self._plan.changes), seconds=f"{outcome.seconds:.0f}")
        left = len(self._errors())
        self.say("done-left" if left else "done-healthy", count=left)
        self.data["errors_left"] = left
        self.say("undo-hint", words=self._patient_words())
        return self.end("done", PROBLEMS if left else HEALTHY)

    def _keep(self, outcome: Outcome) -> None:
        self._progress.step("")
        self.data["outcome"] = {
            "status": outcome.status,
            "why": dict(outcome.said) or None,
            "cause": dict(outcome.cause) if outcome.cause else None,
            "log": outcome.log or None,
            "seconds": round(outcome.seconds, 1),
        }

    def _failed(self, outcome: Outcome) -> int:
        self.tell(outcome.said.get(self.lang, outcome.status))
        if outcome.cause:
            self.tell("  " + outcome.cause[self.lang])
        self._tell_log(outcome.log)
        return self.end(outcome.status, INCOMPLETE)

    def _patient_words(self) -> str:
        """The options that lead undo to the same patient."""
        from ..prescribe import quote

        named = {"--python": self.words["python"], "-n": self.words["name"]}
        windows = self.ask.os == "windows"
        return "".join(f" {option} {quote(value, windows)}" for option, value in named.items() if value)

    def _tell_log(self, path: str) -> None:
        if path:
            self.say("log", path=path)

    def undo(self) -> int:
        """Bring back what was there before the last fix."""
        from ..cure.undo import undo
        from ..patient import find

        prefix = find(self.ask, python=self.request.python, name=self.request.name).prefix
        pending = self.pending(prefix)
        if pending is not None:
            return pending
        outcome = undo(prefix, self.ask, force=self.words["force"], tell=self.moment)
        self._keep(outcome)
        if outcome.status != "done":
            return self._failed(outcome)
        self.say("undone")
        return self.end("undone", HEALTHY)

    # ------------------------------------------------------------ what an earlier one has left

    def pending(self, prefix: str) -> int | None:
        """Deal with a change that was cut off; None where there is none."""
        from ..cure import apply

        left = apply.pending(prefix)
        if left is None:
            if self.words["resume"] or self.words["roll_back"]:
                raise FixError("nothing-pending")
            return None
        self._progress.step("")
        self.tell(left.said[self.lang])
        if not self.words["roll_back"] and (self.words["resume"] or _asked_to_resume(self.lang)):
            outcome = apply.finish(prefix, self.ask, diagnose=self._errors, tell=self.moment)
            self._keep(outcome)
            if outcome.status != "done":
                return self._failed(outcome)
            self.say("finished")
            return self.end("done", HEALTHY)
        outcome = apply.roll_back(prefix, self.ask, tell=self.moment)
        self._keep(outcome)
        if outcome.status != "rolled-back":
            return self._failed(outcome)
        self.say("rolled-back")
        return self.end("rolled-back", HEALTHY)


def _asked_to_resume(lang: str) -> bool:
    """Raises FixError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise FixError("pending-needs-answer")
    answer = click.prompt(say("fix.pending-ask", lang), type=click.Choice(["b", "f"]), err=True)
    return bool(answer == "f")


def check_writable(output: str | None) -> None:
    """Before anything is changed: can the answer be written there afterwards?  Raises Complaint."""
    if not output or output == "-":
        return
    there = os.path.lexists(output)
    try:
        with open(output, "ab"):
            pass
        if not there:
            os.unlink(output)
    except OSError as error:
        raise Complaint("cannot-write", file=output, problem=error.strerror or str(error)) from None


def errors_of(report: Report) -> Found:
    """The errors, as far as two diagnoses are compared."""
    return frozenset((found.rule, found.packages) for found in report.findings if found.severity == "error")
