"""What did the program really print, behind colours, bars, prefixes, quotes, boxes and wrong encodings?

Bytes become raw lines (`raw_lines`, a stream of any length), raw lines become cleaned lines (`clean`, line by line),
and lines that a terminal has cut are joined again (`unwrap`, for a text that is in memory).
"""

from __future__ import annotations

import html
import re
from typing import BinaryIO, Iterable, Iterator, List

from ..complaint import Complaint
from ..words import width

#: A line is kept up to this many characters: its head and its tail (our choice; pip lists fill thousands).
LONGEST, _HEAD = 4000, 3000
#: So many bytes are read at a time, and looked at to find out what the text is.
_CHUNK, _SAMPLE = 1 << 18, 1 << 16
#: More bytes than this share that no text has (control characters) make a file binary (our choice).
_BINARY_SHARE = 0.05


class NoText(Complaint):
    """What was handed in holds no text."""

    area = "explain"


# ---------------------------------------------------------------- bytes


def raw_lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream of bytes, without their ends; memory is bounded, whatever its length.  Raises NoText."""
    first = stream.read(_SAMPLE)
    encoding = _utf16(first)
    if encoding is None and _is_binary(first):
        raise NoText("binary")
    pending, chunk = b"", first
    feed, step = (b"\n", 1) if encoding is None else ("\n".encode(encoding), 2)
    while chunk:
        pending += chunk
        start = 0
        end = _find(pending, feed, step, start)
        while end >= 0:
            yield _text(pending[start:end], encoding)
            start = end + len(feed)
            end = _find(pending, feed, step, start)
        pending = pending[start:]
        if len(pending) > 16 * _CHUNK:  # no line end in 4 MiB: what such a line ends with is all that counts
            pending = pending[: 4 * LONGEST] + pending[-4 * LONGEST :]
        chunk = stream.read(_CHUNK)
    if pending:
        yield _text(pending, encoding)


def _find(data: bytes, feed: bytes, step: int, start: int) -> int:
    end = data.find(feed, start)
    while step == 2 and end >= 0 and end % 2:  # the halves of two characters
        end = data.find(feed, end + 1)
    return end


def _utf16(sample: bytes) -> str | None:
    """UTF-16 by its mark, or, as PowerShell may leave it out, by its zeros."""
    if sample[:2] == b"\xff\xfe":
        return "utf-16-le"
    if sample[:2] == b"\xfe\xff":
        return "utf-16-be"
    if len(sample) < 4:
        return None
    even, odd = sample[0:512:2], sample[1:512:2]
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})


def _is_binary(sample: bytes) -> bool:
    # A NUL or two are what interrupted writes leave in logs.
    return bool(sample) and len(sample) - len(sample.translate(None, _CONTROL)) > max(3, _BINARY_SHARE * len(sample))


def _text(line: bytes, encoding: str | None) -> str:
    """One line as text: UTF-8, else what a Chinese Windows writes, else Latin-1.  Logs mix them: each is asked."""
    if encoding is not None:
        return line.decode(encoding, "replace")
    for name in ("utf-8", "gb18030"):
        try:
            return line.decode(name)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


# ---------------------------------------------------------------- lines

_ANSI = re.compile(
    r"\x1b\[[0-?]{0,40}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b]{0,400}(?:\x1b\\)?"
    r"|\x1b[ -/]{0,3}[0-~]|\x9b[0-?]{0,40}[@-~]"
)
#: What is left of colours where the escape character was lost on the way.
_BARE_COLOR = re.compile(r"(?:\^\[|\u241b)?\[(?:\d{1,3}(?:;\d{1,3}){0,5})?m(?![\w\]])|\^\[\[\d{0,3}[A-HJK]")
_BARE_MARK = re.compile(r"\[(?:0|1|22|3[0-7]|39|9[0-7]|\d{1,3};\d{1,3}(?:;\d{1,3}){0,4})m")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffc]")
_BACKSPACES = re.compile(r"[^\x08]\x08")
_BAR = re.compile(r"\d+%\||\b(?:it/s|s/it|B/s|ETA|eta)\b|━|█|#{5}|={5,}>|\d+%")

#: What stands before the line that a program printed, as other programs put it there; tried again and again.
_PREFIX = re.compile(
    r"""
    \s*>(?!>)[ ]?                                                    # quoted in a mail or an issue
    |\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[ ]?[+-]\d\d:?\d\d)?\]?
        (?::[ ]|[ ]-[ ]|[ ]\|[ ]|[ ]|$|(?=\S)(?<=\]))
    |\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]?[ ](?=\s*(?:Traceback|File[ ]"|[\w.]{1,80}(?:Error|Exception)\b|[ ]|\|))
    |\[\s{0,8}\d{1,9}\.\d{3,6}\][ ]                                   # dmesg
    |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ ]{1,2}\d{1,2}[ ]
        \d\d:\d\d:\d\d[ ][\w.-]{1,60}[ ][\w./-]{1,60}(?:\[\d+\])?:[ ]
    |\[(?:default)?rank\d{1,4}\]:[ ]?
    |\[\d{1,4}(?:,\d{1,4})?\](?:<std(?:out|err)>)?:[ ]?                # mpirun, deepspeed
    |\((?:\w[\w.<>:+-]{0,60}[ ])?pid=\d+(?:,[ ]ip=[\d.]+)?\)[ ]?       # ray
    |\[pod/[\w./-]{1,120}\][ ]
    |[\w.-]{1,60}[-_]\d{1,3}\s{1,30}\|[ ]?                             # docker compose
    |\#\d{1,3}[ ]\d{1,5}\.\d{1,3}[ ]                                   # docker build
    |\d{1,4}:[ ](?=\s*(?:Traceback|File[ ]"|[\w.]{1,80}(?:Error|Exception)\b))
    |(?:ERROR|CRITICAL|INFO|WARNING|DEBUG)\s{0,8}\|[ ][\w.<>-]{1,80}:[\w.<>-]{1,80}:\d+[ ]-[ ]  # loguru
    |(?:std(?:out|err))[ ]?(?:\||F[ ]|P[ ])[ ]?                         # kubernetes' own files
    """,
    re.X,
)
_MAY_HAVE_PREFIX = frozenset(" >[(#0123456789JFMASONDECIWds-") | frozenset("abcdefghijklmnopqrstuvwxyz")
_TAG = re.compile(
    r"</?(?:details|summary|pre|code|br|p|blockquote|b|strong|span|div|sub|em|tt|font)(?: [^<>]{0,200})?/?>"
)
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[\w+ -]{0,30}$")
_BOX = re.compile("^[ ]{0,12}[│┃╭╰├╞└┌─━╮╯▶❱ ]*[│┃╭╰├└┌]")
_BOX_LEAD = re.compile("^[ ]{0,12}[│┃╭╮╰╯├└┌─━▶❱» ]+(?:(?<=─)> )?")
_BOX_TAIL = re.compile("[ ]*[│┃╮╯]?[─━]*[│┃╮╯]?[ ]*$")
_BOX_TITLE = re.compile("^[ ]{0,12}[╭┌][─━]+[ ]?(Traceback \\(most recent call last\\))[ ]?[─━]*[╮┐]?[ ]*$")
_BOX_CODE = re.compile("^[ ❱]{0,4}[ ]{0,6}\\d{1,6}[ ]+│(?P<code>.*)$")
_BOX_FRAME = re.compile(
    r"^(?P<file>(?:/|~|[A-Za-z]:[\\/]|<)[^\n]{0,400}?):(?P<line>\d{1,7}) in (?P<name>[\w.<>]{1,120})$"
)
_TRACEBACK = "Traceback (most recent call last)"
#: Prose in which the words stand, and a parent that tells of its child's.
_ORIGINAL = re.compile(r"(?:Original|Remote|^\W*|[\w.]{1,40}(?:Traceback|Error)[: ]*)$")


def clean(lines: Iterable[str]) -> Iterator[str]:
    """The lines as the program printed them; one raw line may become several, or none."""
    for raw in lines:
        if not raw:
            yield ""
            continue
        for part in _states(raw):
            text = _bare(part)
            place = text.find(_TRACEBACK)
            if place > 0 and text[:place].strip() and not _ORIGINAL.search(text[:place].rstrip()):
                # A bar that was not yet at its end stands before it.
                yield text[:place].rstrip()
                text = text[place:]
            yield text


def _states(raw: str) -> List[str]:
    """What a line shows at last: of a bar that is drawn again and again only its last state."""
    raw = raw.rstrip("\r\n")
    if len(raw) > LONGEST and "\r" not in raw:
        raw = raw[:_HEAD] + " … " + raw[-(LONGEST - _HEAD) :]
    if "\x08" in raw:
        before = ""
        while before != raw:
            before, raw = raw, _BACKSPACES.sub("", raw)
    if "\r" not in raw:
        return [raw]
    parts = [part for part in raw.split("\r") if part.strip()]
    kept = [part for number, part in enumerate(parts) if number == len(parts) - 1 or not _BAR.search(part[:400])]
    return [part if len(part) <= LONGEST else part[:_HEAD] + " … " + part[-(LONGEST - _HEAD) :] for part in kept]


def _bare(text: str) -> str:
    if "\x1b" in text or "\x9b" in text:
        text = _ANSI.sub("", text)
    if "m" in text and "[" in text:
        text = _BARE_MARK.sub("", text)
        if "^[" in text or "\u241b" in text:
            text = _BARE_COLOR.sub("", text)
    if not text.isascii():
        text = _unscrambled(text).replace("\u00a0", " ").replace("\u3000", " ")
    text = _UNSEEN.sub("", text)
    if "&" in text and ";" in text:
        text = html.unescape(text).replace("\u00a0", " ")
    if "<" in text:
        text = _TAG.sub("", text)
    for _ in range(5):
        found = _PREFIX.match(text) if text[:1] in _MAY_HAVE_PREFIX else None
        if not found or not found.end():
            break
        text = text[found.end() :]
    if not text.isascii():
        text = _unboxed(text)
    if "`" in text or "~" in text:
        text = "" if _FENCE.match(text) else text
    return text.rstrip()


def _unboxed(text: str) -> str:
    """A line of rich's boxes, of pip's and uv's trees, without what is drawn around it."""
    title = _BOX_TITLE.match(text)
    if title:
        return title.group(1) + ":"
    if not _BOX.match(text):
        return text
    inner = _BOX_TAIL.sub("", _BOX_LEAD.sub("", text, count=1))
    numbered = _BOX_CODE.match(text[text.find("│") + 1 :]) if "│" in text else None
    if numbered:
        return "    " + numbered.group("code").replace("│", " ").strip()
    frame = _BOX_FRAME.match(inner)
    if frame:
        return f'  File "{frame.group("file")}", line {frame.group("line")}, in {frame.group("name")}'
    return inner


# ---------------------------------------------------------------- wrong encodings


def _unscrambled(text: str) -> str:
    """A line that was read in another encoding than it was written in, read again; others as they are.

    >>> _unscrambled("Õ\\u00d2²»µ½Ö¸¶¨µÄÄ£¿é")
    '找不到指定的模块'
    """
    for wrong, right in (("latin-1", "gb18030"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("gb18030", "utf-8")):
        try:
            # A last byte without its other half has become a replacement sign.
            again = text.replace("\ufffd", "").encode(wrong).decode(right, "ignore" if "\ufffd" in text else "strict")
        except UnicodeError:
            continue
        before, after = _chinese(text), _chinese(again)
        if after >= 2 and (wrong != "gb18030" or 2 * after >= before > after) and _foreign(again) == after:
            return again
    return text


def _chinese(text: str) -> int:
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def _foreign(text: str) -> int:
    """Characters beyond ASCII that are no punctuation of Chinese."""
    return sum(character > "\x7f" and character not in "，。：；！？、（）“”‘’《》…—" for character in text)


# ---------------------------------------------------------------- lines that a terminal cut

_NARROWEST, _WIDEST = 40, 240
#: Widths at which one single cut line is believed; any other must be seen twice.
_USUAL = frozenset([80, 100, 120, 132, 160])
_STARTS = re.compile(
    r'\s{2}|\s*File "|Traceback |[\w.]{1,80}(?:Error|Exception|Warning)\b|\d{4}-\d\d|Epoch|[-=+|*#]{3}|\s*$|[$>(]'
    r"|\[?(?:INFO|ERROR)|(?:Cell|Input) In"
)
_RULE = re.compile(r"[-=+|*#_~─━]{2}$|\|$|\(most recent call last\):?$")


def unwrap(lines: List[str]) -> List[str]:
    """Lines that a terminal or PowerShell cut at its last column, joined again.

    >>> len(unwrap(["x" * 80, "y z"]))
    1
    """
    cut = _cut_at(lines)
    if not cut:
        return lines
    joined: List[str] = []
    open_end = False
    for line in lines:
        if open_end and not _STARTS.match(line):
            joined[-1] += line
        else:
            joined.append(line)
        open_end = width(line) == cut and not _RULE.search(line) and len(joined[-1]) < LONGEST
    return joined


def _cut_at(lines: List[str]) -> int:
    """The column at which lines were cut, or 0: the widest lines all end there, and what follows goes on."""
    widths = [len(line) if line.isascii() else width(line) for line in lines]
    widest = max(widths, default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    full = [number for number, columns in enumerate(widths) if columns == widest]
    going_on = [
        number
        for number in full
        if number + 1 < len(lines) and not _RULE.search(lines[number]) and not _STARTS.match(lines[number + 1])
    ]
    if not going_on or len(full) > max(2, 0.4 * len(lines)):
        return 0
    return widest if len(going_on) >= 2 or widest in _USUAL else 0
