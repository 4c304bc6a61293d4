"""Which lines of a log of any length are worth keeping in memory?"""

from __future__ import annotations

import io
import re
from collections import deque
from typing import BinaryIO, Callable, Deque, Iterable, Iterator, List, Sequence, cast

from ..intake import clean
from .match import ABOVE, BELOW

#: A log up to so many characters is kept whole (our choice); of a longer one the places that speak of errors.
WHOLE = 4_000_000
#: So many lines of its beginning and of its end are kept in any case: what is told of the machine, and how it ended.
_HEAD, _TAIL = 1500, 3000
#: The same message, numbers aside, is kept with its neighbourhood so many times; together at most so many lines.
_SAME, _MOST = 2, 30_000
_WINDOW = 2000
_MASKED = re.compile(r"0x[0-9a-fA-F]+|\d+")
_ERROR = re.compile(r"Error\b|Exception\b|Traceback|error:|ERROR|FATAL|fatal|Killed|Segmentation|Aborted|core dumped")


def excerpt(stream: BinaryIO, speaks: Callable[[Sequence[str]], List[bool]] | None = None) -> list[str]:
    """The cleaned lines of a log, or of a very long one the lines around its errors; in bounded memory.

    speaks: of each of these lines, is it a known text?  Default: the symptoms of this installation.  Raises NoText.
    """
    source = clean.clean(clean.raw_lines(stream))
    whole: list[str] = []
    size = 0
    for line in source:
        whole.append(line)
        size += len(line) + 1
        if size > WHOLE:
            return clean.unwrap(_parts(whole, source, speaks or _own()))
    return clean.unwrap(whole)


def text_of(stream: BinaryIO) -> str:
    """What was handed in to be judged: a chart whole, a paste whole, of a very long log what `excerpt` keeps.

    Raises NoText.
    """
    first = stream.read(WHOLE)
    if first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return (first + stream.read()).decode("utf-8-sig", "replace")
    if len(first) < WHOLE:
        return "\n".join(clean.raw_lines(io.BytesIO(first)))
    return "\n".join(excerpt(cast(BinaryIO, _Joined(first, stream))))


class _Joined(io.RawIOBase):
    """What was read of a stream already, and then the rest of it."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = io.BytesIO(first), rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._first.read(size) or self._rest.read(size)


def _own() -> Callable[[Sequence[str]], List[bool]]:
    from .. import explain, symptoms

    return explain.index_of(symptoms.own()).speaks_of


def _parts(read: list[str], source: Iterator[str], speaks: Callable[[Sequence[str]], List[bool]]) -> list[str]:
    kept: list[str] = read[:_HEAD]
    before: Deque[str] = deque(maxlen=ABOVE)
    tail: Deque[str] = deque(maxlen=_TAIL)
    seen: dict[str, int] = {}
    open_until = 0
    for window in _windows(_chained(read[_HEAD:], source)):
        for line, known in zip(window, speaks(window)):
            tail.append(line)
            wanted = (known or _ERROR.search(line) is not None) and _is_new(line, seen)
            if wanted and len(kept) < _MOST:
                kept += before
                before.clear()
                open_until = BELOW + 1
            if open_until and len(kept) < _MOST:
                kept.append(line)
                open_until -= 1
                if not open_until:
                    kept.append("")  # what is left out separates
            else:
                before.append(line)
    # The end was partly kept already: a line that is there twice is one error all the same.
    return [*kept, "", *tail]


def _is_new(line: str, seen: dict[str, int]) -> bool:
    key = _MASKED.sub("#", line)[:300]
    if len(seen) < 20_000 or key in seen:
        seen[key] = seen.get(key, 0) + 1
        return seen[key] <= _SAME
    return False


def _chained(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from second


def _windows(lines: Iterator[str]) -> Iterator[list[str]]:
    window: list[str] = []
    for line in lines:
        window.append(line)
        if len(window) == _WINDOW:
            yield window
            window = []
    if window:
        yield window
