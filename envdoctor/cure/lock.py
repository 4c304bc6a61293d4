"""Is another fix or undo at work on this environment?

The lock is held by an open file, so a dead process holds none, wherever it was killed.  A pip that was started by a
doctor who has been killed since inherits the file (POSIX) and so keeps the lock until it is done: nobody puts files
back under its hands.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import IO, Any, Iterator

from .outcome import CureError

NAME = "lock"


class Lock:
    """The held lock.  descriptor: what a child must inherit, None where files are not inherited (Windows)."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.descriptor = file.fileno() if os.name == "posix" else None

    def names(self, child: int | None = None) -> None:
        """Write down who is at work, for the sentence of whoever comes second."""
        self._file.seek(0)
        self._file.truncate()
        text = json.dumps({"pid": os.getpid(), "child": child}).encode("ascii")
        # The first byte is the locked one, and on Windows nobody else can read it.
        try:
            self._file.write(b" " + text)
            self._file.flush()
        except OSError:
            return  # a full disk: the lock holds without a name on it


@contextmanager
def held(folder: str) -> Iterator[Lock]:
    """Hold the lock in this folder, which is there.  Raises CureError("busy") where another process has it."""
    path = os.path.join(folder, NAME)
    try:
        file = open(path, "r+b" if os.path.exists(path) else "w+b", buffering=0)
    except OSError as error:
        raise CureError("not-writable", path=folder, problem=error.strerror or str(error)) from None
    try:
        if not _locked(file):
            raise CureError("busy", pid=_holder(path))
        lock = Lock(file)
        lock.names()
        yield lock
    finally:
        file.close()


def _locked(file: IO[bytes]) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            locking: Any = msvcrt
            locking.locking(file.fileno(), locking.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(path: str) -> str:
    """The process to name: the doctor's, or that of the pip which outlived it; "?" where nothing tells."""
    try:
        with open(path, "rb") as file:
            file.seek(1)
            told = json.loads(file.read(1000).decode("ascii"))
    except (OSError, ValueError):
        return "?"
    alive = [str(told[key]) for key in ("pid", "child") if told.get(key) and _alive(told[key])]
    return alive[0] if alive else "?"


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # os.kill would end it there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and belongs to another user
        return True
    return True
