"""Of how many environments does a paste speak, and which lines belong to which?

A second banner of the same tool begins a second environment; so do headings such as "Working environment:" and
"Broken environment:".  What stands before the first of them (the machine, mostly) belongs to all.
"""

from __future__ import annotations

import re
from typing import Callable, List, Mapping, NamedTuple, Tuple

from .lines import Line

_ADJECTIVES = (
    r"working|broken|failing|failed|good|bad|old|new|first|second|my|teacher'?s|student'?s|other|another|local|"
    r"remote|"
    r"previous|current|not working|colleague'?s|friend'?s|original|healthy|faulty|problematic"
)
_NOUNS = r"environments?|env|machine|setup|computer|pc|server|laptop|config(?:uration)?|installation|system|report"
_HEADING = re.compile(
    rf"^(?:#+\s*)?(?:the |on |in |from )?(?:{_ADJECTIVES})\b[\w' -]{{0,24}}\b(?:{_NOUNS})\b[^:.]{{0,40}}:?$|"
    rf"^(?:#+\s*)?(?:environment|env|machine|setup)\s+(?:\d|[A-D]|one|two)\b[^:.]{{0,50}}:?$|"
    rf"^(?:#+\s*)?(?:{_NOUNS})\s*\(?(?:{_ADJECTIVES}|works?|fails?|does(?:n't| not) work)\)?\s*:?$|"
    r"^(?:#+\s*)?(?:before|after)(?: the (?:upgrade|update))?\s*:$|"
    r"^(?:#+\s*)?(?:能用|正常|可用|成功|可以运行|能跑|出错|报错|失败|有问题|不能用|老师|同学|我|原来|旧|新|"
    r"本地|服务器)的?.{0,6}(?:环境|电脑|机器|服务器|配置|主机)\s*:?$|"
    r"^(?:#+\s*)?(?:环境|机器|电脑)\s*(?:\d|[A-D一二三])\s*.{0,20}:?$",
    re.I,
)
_BROKEN = re.compile(
    r"not working|broken|fail|\bbad\b|does(?:n't| not)|error|crash|faulty|problem|\bnew\b|after|\bmy\b|student|"
    r"current|second|"
    r"出错|报错|失败|有问题|不能|我|新",
    re.I,
)
_WORKING = re.compile(
    r"working|\bgood\b|works|healthy|\bold\b|before|teacher|previous|original|first|colleague|friend|能用|正常|"
    r"可用|成功|可以|能跑|老师|同学|原来|旧",
    re.I,
)


class Section(NamedTuple):
    """name: its heading, where it has one.  broken: True, False, or None where nothing tells."""

    name: str
    broken: "bool | None"
    lines: Tuple[Line, ...]


class Sections(NamedTuple):
    shared: Tuple[Line, ...]
    parts: Tuple[Section, ...]


def _collect_env(line: Line) -> str:
    return "env" if line.text.startswith("Collecting environment information") else ""


def _torch_report(line: Line) -> str:
    return "torch" if re.match(r"^PyTorch version\s*:", line.text) else ""


def _conda(line: Line) -> str:
    found = re.match(r"^#?\s*(?:packages in environment at|List of packages in environment:)\s*(\S.*?):?$", line.text)
    return found.group(1) if found else ""


def _pip(line: Line) -> str:
    return "pip" if re.match(r"^Package\s+Version(?:\s|$)", line.text) else ""


def _huggingface(line: Line) -> str:
    found = re.match(r"^(transformers|diffusers) version\s*:", line.text)
    return found.group(1) if found else ""


def _platform(line: Line) -> str:
    return "platform" if line.text.startswith("sys.platform") else ""


def _yolo(line: Line) -> str:
    found = re.search(r"\btorch[- ](\d[\w.+]*) (?:CPU|MPS|CUDA:\d)", line.text)
    return found.group(0) if found and re.search(r"Ultralytics|YOLO", line.text) else ""


#: What a tool prints once in each of its reports -> what must differ for it to be another environment ("": nothing).
_BANNERS: Mapping[str, Tuple[Callable[[Line], str], bool]] = {
    "collect_env": (_collect_env, False),
    "torch": (_torch_report, False),
    "platform": (_platform, False),
    "transformers": (_huggingface, False),
    "conda": (_conda, True),
    "pip": (_pip, False),
    "yolo": (_yolo, True),
}


def sections(lines: Tuple[Line, ...]) -> Sections:
    starts = [place for place, line in enumerate(lines) if len(line.text) < 80 and _HEADING.match(line.text)]
    if len(starts) < 2:
        starts = _repeated(lines)
    if len(starts) < 2:
        return Sections((), (Section("", None, lines),))
    parts: List[Section] = []
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        head = _title(lines, start)
        parts.append(Section(head, _state(head), lines[start:end]))
    return Sections(lines[: starts[0]], tuple(parts))


def _repeated(lines: Tuple[Line, ...]) -> List[int]:
    """Where the reports of the first tool begin that has written more than one."""
    for banner, by_identity in _BANNERS.values():
        found = [(place, banner(line)) for place, line in enumerate(lines) if line.text]
        places = [(place, identity) for place, identity in found if identity]
        if len(places) > 1 and (not by_identity or len({identity for _, identity in places}) > 1):
            return [_above(lines, place) for place, _ in places]
    return []


def _above(lines: Tuple[Line, ...], place: int) -> int:
    """A line or two above may say which environment this is: "with the new env:"."""
    for above in range(place - 1, max(-1, place - 4), -1):
        text = lines[above].text
        if (
            text
            and len(text) < 80
            and (_BROKEN.search(text) or _WORKING.search(text))
            and not re.search(r"[=\d]{3}", text)
        ):
            return above
        if text and not text.startswith("$"):
            break
    return place


def _title(lines: Tuple[Line, ...], start: int) -> str:
    text = lines[start].text.strip("#: ")
    return text if len(text) < 80 and (_BROKEN.search(text) or _WORKING.search(text) or _HEADING.match(text)) else ""


def _state(title: str) -> "bool | None":
    """
    >>> _state("Working environment"), _state("This one is not working"), _state("Environment 2")
    (False, True, None)
    """
    if re.search(r"not working|does(?:n't| not)|不能", title, re.I):
        return True
    if _WORKING.search(title) and not re.search(r"broken|fail|error|报错|出错|失败", title, re.I):
        return False
    return True if _BROKEN.search(title) else None
