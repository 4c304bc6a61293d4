"""What did a command last write on stderr, without anything of it being kept back from the terminal?"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from types import TracebackType
from typing import Any

#: What is kept of the end, in bytes (our choice: tracebacks of a worker behind a worker stay below a tenth of it).
KEPT_BYTES = 262144
#: Once the command has ended, a child of its that still holds the line is waited for so many seconds (our choice).
LINGER_S = 0.2
_BLOCK = 65536


class Tail:
    """A line for the stderr of a command: what comes is passed on at once, and its end is kept.

    Where our own stderr is a terminal the command gets one, too, of the same size: colours and progress bars stay.
    On Windows it gets a pipe (there is no terminal to be had without another program), so some programs will not
    write colours there.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self._own = sys.stderr.fileno()
        self._terminal = os.name == "posix" and os.isatty(self._own)
        self._ours, self.line = self._open()
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._ended = threading.Event()
        self._former: Any = None

    def __enter__(self) -> Tail:
        if self._terminal and threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGWINCH, lambda number, frame: self._resize())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._former is not None:
            signal.signal(signal.SIGWINCH, self._former)
        self.close()

    def started(self) -> None:
        """The command holds the line now; ours of it is given up, so that its end is seen."""
        os.close(self.line)
        self.line = -1
        self._reader.start()

    def close(self) -> None:
        """Wait for what is still on the way."""
        self._ended.set()
        if self.line >= 0:
            os.close(self.line)
            self.line = -1
        if self._reader.ident is not None:
            self._reader.join()
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1

    def text(self) -> bytes:
        """The end of what was written, whole lines as far as there are any."""
        kept = bytes(self._kept)
        if len(kept) >= KEPT_BYTES:
            kept = kept[kept.find(b"\n") + 1 :]
        return kept

    # ------------------------------------------------------------ the line

    def _open(self) -> tuple[int, int]:
        if not self._terminal:
            return os.pipe()
        import pty
        import termios

        ours, theirs = pty.openpty()
        attributes = termios.tcgetattr(theirs)
        attributes[1] &= ~termios.OPOST  # the real terminal does that
        attributes[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(theirs, termios.TCSANOW, attributes)
        self._ours = ours
        self._resize()
        return ours, theirs

    def _resize(self) -> None:
        """The size of the real terminal is that of ours."""
        import fcntl
        import termios

        try:
            size = fcntl.ioctl(self._own, termios.TIOCGWINSZ, b"\0" * 8)
            fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)
        except OSError:  # a terminal without a size
            return

    def _pass_on(self) -> None:
        while True:
            block = self._next()
            if not block:
                return
            self._keep(block)
            while block:
                try:
                    block = block[os.write(self._own, block) :]
                except OSError:  # whoever read our stderr is gone; the command shall not stand still for that
                    break

    def _next(self) -> bytes:
        """What comes next; b"" at the end."""
        try:
            if os.name == "posix":
                while not select.select([self._ours], [], [], LINGER_S)[0]:
                    if self._ended.is_set():
                        return b""
            return os.read(self._ours, _BLOCK)
        except OSError:  # EIO: nobody holds the other end of the terminal any more
            return b""

    def _keep(self, block: bytes) -> None:
        self._kept += block
        if len(self._kept) > 2 * KEPT_BYTES:
            del self._kept[:-KEPT_BYTES]
