"""What becomes of a small work that a framework is given in the patient's interpreter?

The parent's half of selftest.py: it starts the child, follows what it says, and leaves no process of it behind.
"""

from __future__ import annotations

import base64
import json
import os
import pkgutil
import queue
import subprocess
import sys
import threading
import time
import zlib
from dataclasses import dataclass
from typing import IO, Any, Callable, Mapping

from ..ask import _kill
from .evidence import STAGES, Stage, Trial

#: MiB that must be free on a card for the test (ours).
LEAST_MIB = 500
#: What is kept of stderr, its end; the longest message; and how many messages are heard (all bounds are ours).
WORDS_BYTES, LINE_BYTES, MESSAGES = 8192, 65536, 200
#: Seconds that a child has for leaving once it has told the outcome, and for being gone once it is killed (ours).
GRACE_S = 5.0
#: A variable that every process of one trial inherits: its value finds them, wherever they have moved.
MARK = "ENVDOCTOR_TRIAL"
#: Windows: the program travels in this variable.
PROGRAM = "ENVDOCTOR_SELFTEST_PROGRAM"
OUTCOMES = ("gpu", "cpu", "wrong-values", "failed", "full", "not-imported")


@dataclass(frozen=True)
class Moment:
    """What just happened.

    event: "start" (a stage began), "end" (it is over) or "slow" (it has run longer than the soft limit; once a stage).
    seconds: for how long the stage has run.  state: at its end, that of evidence.Stage.
    """

    event: str
    stage: str
    seconds: float = 0.0
    state: str = ""


def _silent(moment: Moment) -> None:
    return


def run(
    python: str,
    framework: str,
    environ: Mapping[str, str],
    *,
    soft_s: float = 30.0,
    hard_s: float = 120.0,
    tell: Callable[[Moment], None] = _silent,
    started: Callable[[int], None] | None = None,
) -> Trial:
    """Let `python` (3.6 or newer) try "torch", "tensorflow" or "jax", with the variables of `environ`.

    soft_s: seconds after which a stage is called slow.  hard_s: seconds after which a stage is cut and the trial is
    over; starting the interpreter counts towards the first.  tell: called with every Moment.  started: called with the
    child's process id.  Both are called in this thread.

    An interpreter that cannot be started is a crash in the first stage.  Raises only what `tell` and `started` raise,
    and KeyboardInterrupt.  However it ends, all processes of the trial have been killed.
    """
    mark = os.urandom(8).hex()
    command, variables = _launch(python, framework, environ, windows=os.name == "nt")
    variables[MARK] = mark
    options: dict[str, Any] = {}
    if os.name == "nt":
        options["creationflags"] = 0x08000000 | 0x00000200  # CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=variables,
            **options,
        )
    except (OSError, ValueError) as error:  # missing, not allowed, no program; a NUL in the path
        stage = Stage(STAGES[0], "crashed", error=f"{type(error).__name__}: {error}")
        return Trial(framework, "crashed", (stage,), limit_s=hard_s)
    mail: queue.Queue[Any] = queue.Queue()
    words = bytearray()
    waiter = threading.Thread(target=lambda: mail.put(child.wait()), daemon=True)
    readers = [
        threading.Thread(target=_read_messages, args=(child.stdout, mail), daemon=True),
        threading.Thread(target=_keep_the_end, args=(child.stderr, words), daemon=True),
    ]
    course = _Course(soft_s, hard_s, tell)
    try:
        for thread in (waiter, *readers):
            thread.start()
        course.begin()
        if started is not None:
            started(child.pid)
        status = course.follow(mail)
    finally:
        _end(child, mark)
        end = time.monotonic() + GRACE_S  # what hangs in a driver cannot be killed, and is left to these threads
        for thread in (waiter, *readers):
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))
        for stream, reader in zip((child.stdout, child.stderr), readers):
            if stream is not None and not reader.is_alive():
                stream.close()
    course.read_the_rest(mail)
    outcome, signal = course.close(status)
    text = bytes(words).decode("utf-8", "replace")
    return Trial(framework, outcome, tuple(course.stages), signal, text, hard_s)


# ---------------------------------------------------------------- the start


def _launch(
    python: str, framework: str, environ: Mapping[str, str], *, windows: bool
) -> tuple[list[str], dict[str, str]]:
    """The command, and the variables of its process."""
    variables = dict(environ)
    variables.update(
        TF_FORCE_GPU_ALLOW_GROWTH="true",  # else TensorFlow takes the whole card
        XLA_PYTHON_CLIENT_PREALLOCATE="false",  # else JAX takes three quarters of it
        PYTHONIOENCODING="utf-8",
    )
    variables.pop("TF_CPP_MIN_LOG_LEVEL", None)  # TensorFlow says why there is no GPU in its log, and nowhere else
    variables.pop("__PYVENV_LAUNCHER__", None)  # the doctor's own venv, which the child would take for its own
    text = (pkgutil.get_data(__package__, "selftest.py") or b"").decode("utf-8")
    if windows:
        # A command line is limited there (32767 characters, 8191 in a .bat), and so is a variable: it is packed.
        variables[PROGRAM] = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
        text = (
            "import sys; sys.path[:1] = [entry for entry in sys.path[:1] if entry]; import os, zlib, binascii; "
            f"exec(zlib.decompress(binascii.a2b_base64(os.environ.pop('{PROGRAM}'))).decode('utf-8'))"
        )
    # -B: nothing is written into the environment.  -u: what was printed before a crash is not lost with a buffer.
    return [python, "-B", "-u", "-c", text, framework, "--least-mib", str(LEAST_MIB)], variables


# ---------------------------------------------------------------- the pipes


def _read_messages(stream: IO[bytes], mail: queue.Queue[Any]) -> None:
    """Put every message into the mail; what is no message, or too long for one, is dropped."""
    rest, count, too_long = b"", 0, False
    while True:
        block = stream.read(65536)
        if not block:
            return
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            message = None if too_long or len(line) > LINE_BYTES else _message(line)
            too_long = False
            if message is not None and count < MESSAGES:
                count += 1
                mail.put(message)
        if len(rest) > LINE_BYTES:
            rest, too_long = b"", True


def _message(line: bytes) -> dict[str, Any] | None:
    """
    >>> _message(b'{"stage": "import"}'), _message(b'{"stage": "imp'), _message(b"[1]"), _message(b"Welcome!")
    ({'stage': 'import'}, None, None, None)
    """
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and message else None


def _keep_the_end(stream: IO[bytes], words: bytearray) -> None:
    while True:
        block = stream.read(65536)
        if not block:
            return
        words += block
        del words[:-WORDS_BYTES]


# ---------------------------------------------------------------- what happens in between


class _Course:
    """The stages so far, from what the child says and from the clock."""

    def __init__(self, soft_s: float, hard_s: float, tell: Callable[[Moment], None]) -> None:
        self.stages: list[Stage] = []
        self.outcome = ""
        self._soft_s, self._hard_s, self._tell = soft_s, hard_s, tell
        self._stage = STAGES[0]  # "" between two stages
        self._since = 0.0
        self._is_slow = False

    def begin(self) -> None:
        """The interpreter starts: that is part of the first stage, and can hang like it."""
        self._start(STAGES[0])

    def follow(self, mail: queue.Queue[Any]) -> int | None:
        """Hear everything until the child's end.  Returns its exit status, None when the clock ran out."""
        while True:
            try:
                heard = mail.get(timeout=self._patience())
            except queue.Empty:
                if self._is_over():
                    return None
                continue
            if not isinstance(heard, dict):
                status: int = heard
                return status
            self._hear(heard)

    def read_the_rest(self, mail: queue.Queue[Any]) -> None:
        """What the child had said before its end and was still on its way."""
        while not mail.empty():
            heard = mail.get()
            if isinstance(heard, dict):
                self._hear(heard)

    def close(self, status: int | None) -> tuple[str, int]:
        """(the outcome, the signal that ended the child), once nothing more can come."""
        if self.outcome:
            return self.outcome, 0
        if status is None:
            self._finish("cut")
            return "cut", 0
        signal = -status if os.name != "nt" and status < 0 else 0
        self._finish("crashed", error="" if signal else f"exit status {exit_code(status)}")
        return "crashed", signal

    def _patience(self) -> float:
        """Seconds until the clock has something to say."""
        ran = time.monotonic() - self._since
        limit = GRACE_S if self.outcome else self._hard_s
        if not self.outcome and not self._is_slow:
            limit = min(limit, self._soft_s)
        wait = max(0.0, limit - ran)
        return min(wait, 1.0) if sys.platform == "win32" else wait  # there a waiting thread does not hear Ctrl-C

    def _is_over(self) -> bool:
        """Whether the clock has run out; says that a stage is slow."""
        ran = time.monotonic() - self._since
        if self.outcome:
            return ran >= GRACE_S
        if self._stage and not self._is_slow and ran >= self._soft_s:
            self._is_slow = True
            self._tell(Moment("slow", self._stage, ran))
        return ran >= self._hard_s

    def _hear(self, message: Mapping[str, Any]) -> None:
        if self.outcome:
            return
        found = message.get("found")
        found = found if isinstance(found, dict) else {}
        stage = message.get("stage")
        if stage in STAGES and stage != self._stage:
            self._start(str(stage))
        elif self._stage and message.get("done") == self._stage:
            self._finish("skipped" if "skipped" in found else "done", found, _seconds(message))
        elif self._stage and message.get("failed") == self._stage:
            self._finish("failed", found, _seconds(message), str(message.get("error", "")))
        elif message.get("outcome") in OUTCOMES:
            self.outcome = message["outcome"]
            self._since = time.monotonic()

    def _start(self, stage: str) -> None:
        self._stage, self._since, self._is_slow = stage, time.monotonic(), False
        self._tell(Moment("start", stage))

    def _finish(
        self, state: str, found: Mapping[str, Any] | None = None, seconds: float | None = None, error: str = ""
    ) -> None:
        if not self._stage:
            return
        stage, self._stage = self._stage, ""
        now = time.monotonic()
        ran, self._since, self._is_slow = now - self._since, now, True  # nobody is told that a pause is slow
        seconds = ran if seconds is None else seconds
        self.stages.append(Stage(stage, state, round(seconds, 3), found or {}, error))
        self._tell(Moment("end", stage, seconds, state))


def _seconds(message: Mapping[str, Any]) -> float | None:
    seconds = message.get("seconds")
    return float(seconds) if isinstance(seconds, (int, float)) else None


def exit_code(status: int) -> str:
    """An exit status as people look it up: that of Windows for a crash is a number of 32 bits.

    >>> exit_code(3), exit_code(3221225477)
    ('3', '0xC0000005')
    """
    return str(status) if status < 256 else f"0x{status:08X}"


# ---------------------------------------------------------------- the end


def _end(child: subprocess.Popen[bytes], mark: str) -> None:
    """Kill every process of the trial that is still there.

    Descendants are looked up before their parent dies, because then the tie is gone.  Those that have left earlier, or
    were born meanwhile, carry the mark among their variables.
    """
    try:
        import psutil
    except ImportError:  # a broken installation: what can be done without it
        _kill(child)
        return
    family = []
    if child.returncode is None:
        try:
            family = psutil.Process(child.pid).children(recursive=True)
        except psutil.Error:  # it has ended this moment
            family = []
        _kill(child)
    for _ in range(int(GRACE_S / 0.1)):  # until no more are found; the bound is for what cannot be killed
        family += _marked(psutil, mark)
        if not family:
            return
        for process in family:
            try:
                process.kill()
            except psutil.Error:  # gone, or not ours to end
                continue
        psutil.wait_procs(family, timeout=0.1)
        family = []


def _marked(psutil: Any, mark: str) -> list[Any]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):  # of another user, or gone
            continue
    return found
