"""Which lines does a paste have, once the dress of forums, mails and terminals is taken off?

Every step only takes away what is no part of what the program printed: nothing here joins or invents words.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, NamedTuple

from ..words import harmless

#: Of a longer text only this much of its beginning and of its end is read (characters, our choice): reports of
#: environments have some kB; what is longer is a log, which says where it runs in its head and what broke at its end.
LONGEST = 2_000_000
#: A longer line is cut; no line of any format is half as long (the flags of a processor have about 2 kB).
LONGEST_LINE = 6000

_STEERING = re.compile(r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\-_])")
#: Colour codes whose escape character was lost on the way.
_LOST_STEERING = re.compile(r"\[(?:\d{1,3};){0,3}\d{1,3}m")
_QUOTE = re.compile(r"^(?:\s{0,40}>(?!>>)\s?){1,8}")
_TAG = re.compile(
    r"</?(?:details|summary|pre|code|br|b|i|p|u|em|strong|div|span|table|thead|tbody|tr|td|th|li|ul|ol|"
    r"blockquote|font|"
    r"kbd|samp|sub|sup|h[1-6])(?:\s[^<>]{0,200})?/?>",
    re.I,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w+-]*\s*$")
_BULLET = re.compile(r"^(\s*)(?:[-*+•·▪●○]|\d{1,2}[.)](?=\s+\D))\s+(?:\[[ xX]\]\s+)?")
#: Where somebody has ticked a box, what stands beside an empty one is not so.
_TICKED = re.compile(r"^[ >]{0,20}[-*+] \[[xX]\] ", re.M)
_UNTICKED = re.compile(r"^[ >]{0,20}[-*+] \[ \] ")
_CI_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\s")
_CONTAINER = re.compile(r"^[\w-]{1,40}[-_]\d+\s+\|\s")
#: Punctuation of Chinese keyboards, blanks that are none, and typographic signs.
_PLAIN = str.maketrans(
    {
        **{"：": ": ", "，": ", ", "；": "; ", "（": " (", "）": ") ", "＝": "=", "、": ", ", "。": ". ", "＋": "+"},
        **{"－": "-", "／": "/", "．": ".", "【": "[", "】": "]", "“": '"', "”": '"', "‘": "'", "’": "'", "„": '"'},
        **dict.fromkeys("\u00a0\u3000\u2002\u2003\u2009\u202f", " "),
        **dict.fromkeys("\u200b\ufeff\u200e\u200f", ""),
        **{"\t": "  ", "\u2013": "-", "\u2011": "-", "│": "|", "┃": "|"},
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    }
)


class Line(NamedTuple):
    """number: counted from 1, as an editor does.  indent: blanks before the text, within quotes and bullets.

    bullet: the sign of a list before it ("-", "*", "+"), else "".
    """

    number: int
    text: str
    indent: int = 0
    bullet: str = ""


def lines(text: str, longest: int = LONGEST) -> tuple[Line, ...]:
    """All lines, bare; those that hold nothing stay, because an empty line ends a block.

    >>> [line.text for line in lines("> - **Python version**: 3.7")]
    ['Python version: 3.7']
    >>> [line.text for line in lines("- [x] WSL 2\\n- [ ] WSL 1")]
    ['WSL 2', '']
    """
    if "\x00" in text:  # UTF-16 that was read as something else
        text = text.replace("\x00", "")
    ticked = _TICKED.search(text) is not None
    return tuple(
        Line(number, "") if ticked and _UNTICKED.match(line) else _bare(number, line)
        for number, line in _numbered(text, longest)
    )


def _numbered(text: str, longest: int) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; of a very long text its beginning and its end."""
    if len(text) <= longest:
        yield from enumerate(text.split("\n"), 1)
        return
    half = longest // 2
    head, tail = text[:half].split("\n")[:-1], text[-half:].split("\n")[1:]
    yield from enumerate(head, 1)
    yield len(head) + 1, ""  # whatever stood open there has ended
    yield from enumerate(tail, text.count("\n") + 2 - len(tail))


def _bare(number: int, line: str) -> Line:
    line = line[:LONGEST_LINE].rstrip("\r")
    if "\r" in line:  # a bar that was drawn again and again: its last state
        line = next((part for part in reversed(line.split("\r")) if part.strip()), "")
    if "\x1b" in line:
        line = _STEERING.sub("", line)
    line = _LOST_STEERING.sub("", line).translate(_PLAIN)
    if "&" in line:
        line = html.unescape(line).translate(_PLAIN)
    line = _TAG.sub(" ", line) if "<" in line else line
    line = _CI_TIME.sub("", _QUOTE.sub("", line))
    if _FENCE.match(line):
        return Line(number, "")
    line = _CONTAINER.sub("", line)
    bullet = ""
    found = _BULLET.match(line)
    if found:
        bullet = line[found.end(1)]
        line = found.group(1) + line[found.end() :]
    line = line.replace("**", "").replace("`", "")
    if not line.isprintable():
        line = harmless(line)
    bare = line.strip()
    if bare.startswith("__") and bare.endswith("__") and len(bare) > 4:
        bare = bare[2:-2]
    return Line(number, bare, len(line) - len(line.lstrip()), bullet)
