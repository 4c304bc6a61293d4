"""How does a user see that something long is still going on?  On stderr, and only once it takes long."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from types import TracebackType
from typing import Callable

import click

from ..sheet import cut
from ..words import encodable

#: Silence up to here, in seconds (our choice: shorter waits need no word).
PATIENCE = 2.0
_TICK = 0.5


class Progress:
    """A line that says what is being done and for how long: one that changes in a terminal, else one for each step.

    told: (what, seconds) -> the line, in the user's language.
    """

    def __init__(self, told: Callable[[str, int], str]) -> None:
        self._told = told
        self._what, self._begun = "", time.monotonic()
        self._shown = ""
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._moves = sys.stderr.isatty()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
        self.clear()

    def step(self, what: str) -> None:
        """From here on, this is being done."""
        with self._lock:
            self._what, self._begun = what, time.monotonic()

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        with self._lock:
            if self._shown and self._moves:
                self._write("\r\x1b[K")
            self._shown = ""

    def _run(self) -> None:
        while not self._end.wait(_TICK):
            with self._lock:
                passed = time.monotonic() - self._begun
                if self._what and passed >= PATIENCE:
                    self._show(int(passed))

    def _show(self, seconds: int) -> None:
        if self._moves:
            line = self._told(self._what, seconds)
            if line != self._shown:
                self._write("\r\x1b[K" + cut(line, max(20, shutil.get_terminal_size((80, 24)).columns - 1)))
                self._shown = line
        elif self._what != self._shown:
            self._write(self._what + "\n")
            self._shown = self._what

    @staticmethod
    def _write(text: str) -> None:
        click.echo(encodable(text, getattr(sys.stderr, "encoding", None) or "utf-8"), nl=False, err=True, color=True)
