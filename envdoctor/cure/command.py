"""How is one command of a plan run, so that its words are kept and nothing of it goes on when we stop?"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Callable, Iterator, Mapping, Sequence

from ..ask import _kill
from .lock import Lock

#: A command is stopped after this many seconds (ours; building a large package from source takes half an hour).
SECONDS = 7200.0
#: How much of a command's output is read back for its cause.
_WORDS_BYTES = 1 << 20
_TICK_S = 1.0
#: What a shell says of a program that is not there.
NOT_THERE = 127


@dataclass(frozen=True)
class Ran:
    """status: the exit code, negative for a signal.  output: stdout and stderr as they came."""

    status: int
    output: str


def run(
    command: Sequence[str],
    log: str,
    environ: Mapping[str, str],
    folder: str | None,
    lock: Lock,
    guard: Guard,
    tick: Callable[[float], None],
    seconds: float = SECONDS,
) -> Ran:
    """Run it in `folder` (None: where we are), its output at the end of the file `log`; `tick` hears the seconds.

    The output goes straight into the file and not through us: if we are killed, the command ends its work in peace.
    However this is left, by an exception as well, the command and all its children are gone.
    """
    options: dict[str, Any] = {}
    if os.name == "nt":
        options["creationflags"] = 0x08000000 | 0x00000200  # CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True  # Ctrl-C is for us: we stop it, and put everything back
        options["pass_fds"] = (lock.descriptor,)
    note(log, "$ " + " ".join(command) + "\n")
    with open(log, "ab") as file:
        start = file.tell()
        child = None
        try:
            with guard.hold():  # else we could be stopped between its start and the moment in which we know of it
                child = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env=dict(environ),
                    cwd=folder,
                    **options,
                )
            began = time.monotonic()
            lock.names(child.pid)
            status: int | None = None
            while status is None:
                try:
                    status = child.wait(_TICK_S)
                except subprocess.TimeoutExpired:
                    passed = time.monotonic() - began
                    if passed > seconds:
                        return Ran(-1, f"stopped after {seconds:.0f} s\n")
                    tick(passed)
        except OSError as error:
            if child is not None:
                raise
            return Ran(NOT_THERE, f"{command[0]}: {error.strerror or error}\n")
        finally:
            if child is not None and child.poll() is None:
                _kill(child)
                child.wait()
            lock.names()
    with open(log, "rb") as written:
        written.seek(max(start, os.path.getsize(log) - _WORDS_BYTES))
        return Ran(status, written.read().decode("utf-8", "replace"))


def note(log: str, text: str) -> None:
    """Write a line of ours into the log.  On a full disk the log ends there; the work is what matters."""
    try:
        with open(log, "ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError:
        return


class Guard:
    """Ctrl-C, SIGTERM and a closed terminal stop the work, once; when it is being put back they wait.

    They come as KeyboardInterrupt.  Only a program's main thread hears signals; elsewhere this does nothing.
    """

    _NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

    def __init__(self) -> None:
        self._open, self._held, self._late = True, False, False
        self._former: list[tuple[int, Any]] = []

    def close(self) -> None:
        self._open = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """A moment in which nothing stops us; what came meanwhile stops us at its end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._late and self._open:
            self._open = False
            raise KeyboardInterrupt

    def __enter__(self) -> Guard:
        if threading.current_thread() is threading.main_thread():
            for name in self._NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._former.append((number, signal.signal(number, self._stop)))
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._former:
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._held:
            self._late = True
        elif self._open:
            self._open = False
            raise KeyboardInterrupt
