"""How does a command of the user's run in our place, with its terminal, signals and exit code untouched?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from types import FrameType
from typing import Any, Callable, Iterator, Sequence

from ..complaint import Complaint

#: The terminal sends these to the whole group, so the command has them already; we only must not die of them.
_SHARED = ("SIGINT", "SIGQUIT", "SIGBREAK")
#: These are sent to us alone, by whoever takes us for the command.
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")


def start(command: Sequence[str], stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Start it with our own standard streams, in our process group.  Raises Complaint where it cannot be started.

    stderr: the file descriptor that it writes its errors to, where that is not ours.
    """
    program = shutil.which(command[0])
    if program is None:
        raise Complaint("no-such-program", program=command[0])
    try:
        return subprocess.Popen([program, *command[1:]] if os.name == "nt" else list(command), stderr=stderr)
    except OSError as error:
        raise Complaint("program-cannot-start", program=command[0], problem=error.strerror or str(error)) from None


@contextmanager
def shielded() -> Iterator[None]:
    """What the terminal sends to all of us is the command's alone, from before it starts until it has ended."""

    def leave(number: int, frame: FrameType | None) -> None:
        return

    with _handled(_SHARED, leave):
        yield


def wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for its end; the exit code, as a shell tells it: 128 and the number of the signal that ended it."""

    def forward(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    with _handled(_FORWARDED, forward):
        status = child.wait()
    return 128 - status if status < 0 else status


@contextmanager
def _handled(names: Sequence[str], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    former = _handle(names, handler)
    try:
        yield
    finally:
        for number, before in former:
            signal.signal(number, before)


def _handle(names: Sequence[str], handler: Callable[[int, FrameType | None], None]) -> list[tuple[int, Any]]:
    """Set the handler for the signals that this system has; (number, former handler) of each.

    One that is ignored (nohup) stays so, as the command has inherited that.  With a handler of Python's, and not
    SIG_IGN, the command itself starts with the default.
    """
    former = []
    for name in names:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            former.append((number, signal.signal(number, handler)))
    return former
