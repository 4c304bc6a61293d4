"""Which tracebacks are in a log: their frames, their last line, and which of a chain is the root?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Sequence

HEADER = "Traceback (most recent call last)"
_FRAMES = tuple(
    re.compile(pattern)
    for pattern in (
        r'^\s*File "(?P<file>[^"]{1,500})", line (?P<line>\d+)(?:, in (?P<name>.+))?$',
        r"^\s*File (?P<file>[^\s\"].{0,400}?):(?P<line>\d+),? in (?P<name>[\w.<>]+)",  # IPython 8
        r"^(?:Cell|Input) In ?\[(?P<cell>\d+)\],? (?:line (?P<line>\d+)|in (?P<name>.+))",
        r"^(?P<file>[^\s\"'].{0,400}?\.pyx?|<ipython-input-[\w-]+>|/tmp/ipykernel_[\w/.]+) in (?P<name>[\w.<>]+)\(?",
        r"^(?P<file>(?:/|~/|[A-Za-z]:[\\/]|\./)[^\"]{0,400}?\.py):(?P<line>\d+) in (?P<name>[\w.<>]+)$",  # rich
    )
)
_ARROW = re.compile(r"^\s*-{2,}>\s*(?P<line>\d+)\s?(?P<code>.*)$")
#: The line that ends a traceback.  Its kind may have any name, which then must look like one of a class.
_LAST = re.compile(
    r"^\s*(?:[Uu]ncaught exception: )?(?P<kind>(?:[A-Za-z_]\w*\.)*"
    r"(?:[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Failure)"
    r"|[A-Z]\w*(?:NotFound|Timeout|Unavailable|Refused|Abort|Failed|OOM|Death)\w*|error|timeout|[gh]\w*error|CondaError))"
    r"(?::(?: (?P<message>.*)|$)|$)"
)
_ANY_KIND = re.compile(r"^(?P<kind>(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::(?: (?P<message>.*)|$)|$)")
_CHAINED = re.compile(
    r"During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception"
)
_ORIGINAL = re.compile(r"Original Traceback \(most recent call last\)")
_LIBRARY = re.compile(
    r"[\\/](?:site|dist)-packages[\\/]|[\\/]lib(?:64)?[\\/]python\d(?:\.\d+)?[\\/]|\.egg[\\/]|^<frozen "
    r"|(?:conda|python)\w*[\\/](?:envs[\\/][^\\/]+[\\/])?lib[\\/]|Python\d+(?:-32)?[\\/]lib[\\/]"
    r"|^<(?!ipython|stdin|string|module|cell)",
    re.I,
)
_PACKAGE = re.compile(r"[\\/](?:site|dist)-packages[\\/](?:[\w.-]+\.egg[\\/])?(?P<module>\w+)")
_PYTHON = re.compile(r"python(?P<version>[23]\.\d{1,2})[\\/]|[\\/]Python(?P<packed>[23]\d{1,2})(?:-32)?[\\/]", re.I)


@dataclass(frozen=True)
class Frame:
    file: str
    line: int
    name: str
    code: str = ""

    @property
    def is_library(self) -> bool:
        return bool(_LIBRARY.search(self.file))

    @property
    def module(self) -> str:
        """The top-level module of an installed package; "" for others."""
        found = _PACKAGE.search(self.file)
        return found.group("module") if found else ""


@dataclass(frozen=True)
class Trace:
    """start, end: the numbers of its first and its last line.  chain: traces with the same number tell of one error.

    kind: the class of the exception without its modules; "" where the text is cut before it.
    """

    start: int
    end: int
    frames: tuple[Frame, ...]
    kind: str = ""
    message: str = ""
    chain: int = 0

    @property
    def last(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    @property
    def own(self) -> Frame | None:
        """The last frame in a file of the user's own."""
        return next((frame for frame in reversed(self.frames) if not frame.is_library), None)


def find(lines: Sequence[str]) -> list[Trace]:
    """All tracebacks, also those that are cut at their beginning or are nothing but a last line."""
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, line)
    reader.close()
    return reader.traces


def python_of(trace: Trace) -> str:
    """The Python that the paths of library frames speak of ("3.8"), or ""."""
    for frame in trace.frames:
        found = _PYTHON.search(frame.file)
        if found and found.group("version"):
            return found.group("version")
        if found:
            return found.group("packed")[0] + "." + found.group("packed")[1:]
    return ""


class _Reader:
    """Goes through the lines once.  A root of a chain comes first among its traces."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []
        self.start = -1
        self.frames: list[Frame] = []
        self.open_frame = False
        self.last_number = 0
        self.chain = 0
        self.joined = False
        self.original = False

    def take(self, number: int, line: str) -> None:
        if not line:
            return
        if line[0] not in " \t" or "File" in line or "Traceback" in line or "exception" in line:
            if HEADER in line or "Traceback (innermost last)" in line:
                return self.begin(number, bool(_ORIGINAL.search(line)))
            if "exception" in line and _CHAINED.search(line):
                self.close()
                self.joined = True
                return
            frame = self.frame_of(line)
            if frame is not None:
                return self.add(number, frame)
        if self.open_frame:
            arrow = _ARROW.match(line)
            if arrow:
                last = self.frames[-1]
                self.frames[-1] = Frame(last.file, int(arrow.group("line")), last.name, arrow.group("code").strip())
                return
            if line[0] in " \t" and not _LAST.match(line):
                last = self.frames[-1]
                if not last.code and not set(line.strip()) <= set("^~"):
                    self.frames[-1] = Frame(last.file, last.line, last.name, line.strip())
                return
            if line[0] in "0123456789" or number - self.last_number > 40:
                return
        self.end(number, line)

    def frame_of(self, line: str) -> Frame | None:
        for pattern in _FRAMES:
            found = pattern.match(line)
            if found:
                groups = found.groupdict()
                file = groups.get("file") or f"<cell {groups.get('cell')}>"
                return Frame(file, int(groups.get("line") or 0), (groups.get("name") or "").strip())
        return None

    def begin(self, number: int, original: bool) -> None:
        if self.frames:
            self.close()
        self.start, self.original = number, original

    def add(self, number: int, frame: Frame) -> None:
        if self.start < 0:
            self.start = number
        self.frames.append(frame)
        self.open_frame, self.last_number = True, number

    def end(self, number: int, line: str) -> None:
        found = _LAST.match(line)
        if not found and self.frames and line[0] not in " \t":
            found = _ANY_KIND.match(line)
        if not found:
            return
        if not self.frames and (self.start < 0 or number - self.start > 60) and not found.group("kind")[:1].isalpha():
            return
        self.store(number, found.group("kind").rpartition(".")[2], found.group("message") or "")

    def close(self) -> None:
        if self.frames:
            self.store(self.last_number, "", "")

    def store(self, number: int, kind: str, message: str) -> None:
        former = self.traces[-1] if self.traces else None
        worker = self.original and former is not None and self.start - former.end <= 4
        if not (self.joined or worker):
            self.chain += 1
        trace = Trace(self.start if self.start >= 0 else number, number, tuple(self.frames), kind, message, self.chain)
        if worker:  # what the worker saw is the root, what the parent says of it comes behind
            first = next(place for place, one in enumerate(self.traces) if one.chain == self.chain)
            self.traces.insert(first, trace)
        else:
            self.traces.append(trace)
        self.start, self.frames, self.open_frame = -1, [], False
        self.joined = self.original = False
