"""Where in a repository does a finding point, and what of it may be told where its CI is read?

Pure.  A finding is about an environment, and what shows findings beside code wants a file and a line for each.  Who may
read a repository may read what its CI says of it, so nothing here names a folder, a user or a host of the machine.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Iterable, Iterator, Match, Pattern, Tuple

from .chart import KNOWN, Chart, canonical
from .overview import every, overview
from .redact import Redaction
from .report import SEVERITIES, Finding, Report
from .words import harmless, say


@dataclass(frozen=True)
class Place:
    """A file of the repository, relative to it and with "/", and one of its lines, from 1 on."""

    file: str
    line: int = 1


#: Where a finding is put when the project has no dependency file: at the file in which its cure would be written down.
ANCHOR = Place("requirements.txt", 1)

#: How far before its line number the name of a file may begin (our choice).
_LONGEST = 300
#: More lines has no file; more digits no reader of these formats.
_LINES = 10**8
_WHERE = re.compile(r"(?P<file>.+?)(?::(?:cell )?(?P<line>\d+)(?::\d+)?)?(?P<rest>: .*| \(.*\))?", re.S | re.A)


def place(found: Finding, chart: Chart, below: str = "") -> Place:
    """The one place to which a finding points.

    In this order: a place that its own words name or that it has as evidence; the line that asks for a distribution
    which it blames or quotes; the first dependency file; where the code imports that distribution; ANCHOR.
    `below` is the folder of the project in its repository ("" where they are the same).
    """
    here = next(filter(None, map(_place, _wheres(found, chart))), ANCHOR)
    folder = _clean(below.rstrip("\\/"))
    return Place(f"{folder}/{here.file}", here.line) if folder else here


def _place(where: str) -> Place | None:
    """A place as the project's probe writes it; None for a folder and for what is not in the project.

    >>> _place("nets\\\\draw.py:12"), _place("./nb.ipynb:3"), _place("../utils/x.py:1"), _place("C:/x.py:1")
    (Place(file='nets/draw.py', line=12), Place(file='nb.ipynb', line=1), None, None)
    """
    match = _WHERE.fullmatch(where)
    file = _clean(match.group("file")) if match else ""
    if not match or not file:
        return None
    # A notebook's number is that of a cell, and in its file that cell lies anywhere.
    line = 1 if file.endswith(".ipynb") else int((match.group("line") or "1")[:9])
    return Place(file, line if 0 < line < _LINES else 1)


def _clean(file: str) -> str:
    """A relative path without "." and with "/"; "" for a folder, for what leaves the project, and for what no format
    can hold."""
    path = file.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    clean = "/".join(parts)
    if ".." in parts or path.startswith("/") or path.endswith(("/", "/.")) or re.match(r"~|[A-Za-z]:|\w+:/", clean):
        return ""
    return clean if _writable(clean) == clean and "\n" not in clean else ""


def _writable(text: str) -> str:
    """The text without what steers, what ends a line somewhere, and what UTF-8 cannot hold."""
    return re.sub("[\u2028\u2029]", " ", harmless(text)).encode("utf-8", "replace").decode("utf-8")


# ---------------------------------------------------------------- the places of a finding


def _wheres(found: Finding, chart: Chart) -> Iterator[str]:
    """Places of a finding, the nearest first."""
    yield from _named(found, chart)
    yield from _shown(found, chart)
    requires = _table(chart, "project.requires")
    names = tuple(dict.fromkeys(_distributions(found, chart)))
    for name in names:
        yield from (where for wanted, entry in requires.items() if wanted == name for where in _in(entry))
        yield from (
            where for wanted, entry in requires.items() if _family(wanted) == _family(name) for where in _in(entry)
        )
    for where in _dependency_files(chart):
        anchor = _place(where)
        if anchor:
            yield anchor.file
    for fact in ("project.imports", "project.optional_imports"):
        for module, entry in _table(chart, fact).items():
            if canonical(module) in names:
                yield from _in(entry)


def _named(found: Finding, chart: Chart) -> Iterator[str]:
    """Places that the finding's own words name; what they say beside places may look like one."""
    known = {
        where
        for name, fact in chart.facts.items()
        if name.startswith("project.") and fact.state == KNOWN
        for where in _in(fact.value)
    }
    note = found.remedy.note if found.remedy else None
    for words in (found.title, found.detail, note or {}):
        text = words.get("en", "")
        for number in re.finditer(r":\d+", text, re.A):
            for start in range(max(0, number.start() - _LONGEST), number.start()):
                if text[start : number.end()] in known:
                    yield text[start : number.end()]


def _shown(found: Finding, chart: Chart) -> Iterator[str]:
    """Places among the facts that the finding quotes, those of what it blames first."""
    for one in found.evidence:
        value = chart.value(one.fact) if one.fact.startswith("project.") else None
        if one.fact in ("project.hidden", "project.wrong_folder"):  # a folder is no place, but who imports it is
            for fact in ("project.local_imports", "project.local_missing", "project.imports"):
                for module, entry in _table(chart, fact).items():
                    if module.partition(".")[0] in (value or ()):
                        yield from _in(entry)
        elif isinstance(value, dict):
            blamed = [entry for key, entry in value.items() if canonical(str(key)) in found.packages]
            yield from (where for entry in [*blamed, *value.values()] for where in _in(entry) if _is_file(where))
        else:
            yield from filter(_is_file, _in(value))
    if found.cause == "name-shadowed":
        for name, entry in _table(chart, "project.shadows").items():
            if name in found.packages and isinstance(entry, dict):
                yield str(entry.get("path")) + ("/__init__.py" if entry.get("kind") == "package" else "")


def _in(value: Any) -> Iterator[str]:
    """The places in a fact's value, whatever its shape."""
    if isinstance(value, str):
        match = _WHERE.fullmatch(value) if len(value) < 1000 else None  # a longer one is somebody's joke
        if match and match.group("line"):
            yield value[: match.start("rest")] if match.group("rest") else value
        else:
            yield value
    elif isinstance(value, dict):
        yield from (
            where for entry in ([value["where"]] if "where" in value else value.values()) for where in _in(entry)
        )
    elif isinstance(value, (list, tuple)):
        yield from (where for entry in value for where in _in(entry))


def _is_file(where: str) -> bool:
    """Most texts among the facts are no places: a version, a specifier, the name of a stack."""
    return bool(re.search(r"\.(py|ipynb)$|[^/\\]:(cell )?\d+(:\d+)?$", where, re.A))


def _distributions(found: Finding, chart: Chart) -> Iterator[str]:
    """Distributions that a finding blames, those that follow from it, and those that it quotes."""
    yield from map(canonical, found.packages)
    for child in found.consequences:
        yield from map(canonical, child.packages)
    for one in found.evidence:
        value = chart.value(one.fact) if one.fact.startswith("project.") else None
        yield from map(canonical, filter(_is_text, value if isinstance(value, list) else ()))
        yield canonical(one.fact.partition(".")[0])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _family(name: str) -> str:
    """Builds of one distribution that go by several names.

    >>> _family("tensorflow-gpu") == _family("tensorflow"), _family("opencv-python-headless")
    (True, 'opencv-python')
    """
    return re.sub(r"-(gpu|cpu|intel|macos|headless)$", "", canonical(name))


def _dependency_files(chart: Chart) -> Iterator[str]:
    """The files that were read for what the project asks for, the most binding first."""
    yield from _in(list(_table(chart, "project.requires").values()))
    yield from _in(chart.value("project.requires_unreadable"))
    if chart.fact("project.python_requires").state == KNOWN:
        yield chart.fact("project.python_requires").origin


def _table(chart: Chart, name: str) -> dict[str, Any]:
    value = chart.value(name)
    return value if isinstance(value, dict) else {}


# ---------------------------------------------------------------- the words of a finding

_STOP = "\\s`\"'<>|,;()\\[\\]，。；：！？、（）《》「」『』【】〔〕〈〉“”‘’"
_PATH = re.compile(
    rf"\bfile:/+[^{_STOP}]*"
    rf"|\\\\+[^{_STOP}\\]+\\[^{_STOP}]*"  # a share, with the name of its host
    rf"|(?<![A-Za-z0-9])[A-Za-z]:[\\/][^{_STOP}]*"
    rf"|(?<![A-Za-z0-9_./\\~…<-])/(?!/)[^{_STOP}]+"
)
_HOME = re.compile(
    r"(?<![\w.~-])(?:[A-Za-z]:)?(?:[\\/][^\\/:;]+)*?[\\/](?:home|Users|Documents and Settings)[\\/]([^\\/:;]+)"
    r"|(?<![\w.~/-])/root(?![\w.-])"
)


def public(chart: Chart) -> Callable[[str], str]:
    """What makes of a text one that anybody may read.

    The project's own files become relative, homes become `~`, other folders lose where they lie (`…/tf113`); addresses
    lose their logins, and no token stays.
    """
    roots: list[tuple[str, str]] = []
    users: set[str] = set()
    for text in _texts([dict(chart.patient), [[fact.origin, fact.value] for fact in chart.facts.values()]]):
        if len(text) < 10000 and re.search("home|Users|Documents|/root", text):
            for home in _HOME.finditer(text):
                roots.append((home.group(), "~"))
                users.add(home.group(1) or "root")
    prefix = str(chart.patient.get("prefix") or "")
    roots.append((prefix, "…/" + re.split(r"[\\/]", prefix.rstrip("\\/"))[-1]))
    for root in (chart.patient.get("project"), chart.value("project.root")):
        roots.append((str(root or ""), ""))
    covers = [
        (_spelled(root), cover)
        for root, cover in sorted(set(roots), key=lambda pair: (-len(pair[0]), pair))
        if len(root.strip("\\/")) > 2
    ]
    secrets = Redaction()

    def covered(text: str) -> str:
        text = _writable(text)
        for pattern, cover in covers:
            text = pattern.sub(partial(_inside, cover), text)
        return secrets.text(_PATH.sub(lambda match: _last(match.group(), users), text))

    return covered


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for entry in pair for text in _texts(entry))
    elif isinstance(value, (list, tuple)):
        yield from (text for entry in value for text in _texts(entry))


def _spelled(root: str) -> Pattern[str]:
    """A folder in each of the ways in which it is written, and the separator after it."""
    parts = [re.escape(part) for part in re.split(r"[\\/]+", root.rstrip("\\/"))]
    windows = bool(re.match(r"[A-Za-z]:", root))
    between = r"(?:\\\\|[\\/])" if windows or "\\" in root else "/"
    return re.compile(rf"(?<![A-Za-z0-9_.\\/~-]){between.join(parts)}(?:([\\/])+|(?![\w.-]))", re.I if windows else 0)


def _inside(cover: str, root: Match[str]) -> str:
    separator = root.group(1)
    return cover + separator if cover and separator else cover or ("" if separator else ".")


def _last(path: str, users: Iterable[str]) -> str:
    """What is left of an absolute path: of the system's own folders all, else its last name unless that is a user's."""
    if re.match(r"/(dev|etc|proc|sys|usr)/", path):
        return "…" + path
    parts = [part for part in re.split(r"[\\/]+", path) if part and not part.endswith(":")]
    return "…/" + parts[-1] if len(parts) > 1 and parts[-1] not in users and not path.startswith("\\\\") else "…"


@dataclass(frozen=True)
class Cure:
    """What to do, in one language.

    heading: "Cure:", or what must be said before the commands; "" where nothing is to be cured.
    """

    heading: str
    commands: Tuple[str, ...] = ()
    note: str = ""

    def lines(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.heading, *self.commands, self.note)))


class Outside:
    """A report in one language, for those who read its CI.

    The console may say (`below`) in which folder of the repository the project lies, where that is not its root.
    """

    def __init__(self, report: Report, lang: str, console: Any = None) -> None:
        self.report, self.chart, self.lang = report, report.chart, lang
        self.text = public(report.chart)
        self._below = str(getattr(console, "below", ""))

    def say(self, text_id: str, **words: Any) -> str:
        return say(text_id, self.lang, **words)

    def place(self, found: Finding) -> Place:
        return place(found, self.chart, self._below)

    def title(self, found: Finding) -> str:
        return self.text(found.title[self.lang])

    def detail(self, found: Finding) -> str:
        return self.text(found.detail[self.lang])

    def sentence(self, text: str) -> str:
        """A title as a sentence."""
        return text if text.endswith((".", "。", "?", "？")) else text + self.say("ci.stop")

    def severity(self, found: Finding) -> str:
        """`error`, or `error (likely)`."""
        text = self.say(f"report.{found.severity}")
        return text if found.certainty == "certain" else self.say(f"report.certainty-{found.certainty}", severity=text)

    def consequences(self, found: Finding) -> tuple[Finding, ...]:
        """All that follows from a finding, and from that."""
        return tuple(every(found.consequences))

    def cure(self, found: Finding) -> Cure:
        remedy = found.remedy
        if remedy is None:
            return Cure("" if found.severity == "info" else self.say("report.cure-none"))
        heading = "cure"
        if remedy.risk == "machine":
            heading = "cure-machine"
        elif remedy.new_environment:
            heading = "cure-new-environment"
        elif found.certainty == "possible":
            heading = "cure-check-first"
        note = self.text(remedy.note[self.lang]) if remedy.note else ""
        return Cure(self.say(f"report.{heading}"), self.commands(remedy.commands), note)

    def commands(self, commands: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
        """Command lines for a shell in which the patient is active: its interpreter is called `python`."""
        from .prescribe import quote  # rules and versions come with it; a healthy patient needs none of them

        python, windows = self.chart.patient.get("python"), self.chart.value("os") == "windows"
        return tuple(
            " ".join(quote("python" if python and word == python else self.text(word), windows) for word in command)
            for command in commands
        )

    def counts(self, findings: Iterable[Finding]) -> str:
        """`2 errors, 1 warning`; "" for none."""
        severities = [found.severity for found in findings]
        texts = []
        for name, words in zip(SEVERITIES, ("errors", "warnings", "notes")):
            number = severities.count(name)
            if number:
                texts.append(self.say(f"report.{words}-{'one' if number == 1 else 'many'}", number=number))
        return self.say("report.and").join(texts)

    def verdict(self) -> str:
        """The report in one sentence."""
        counts = self.counts(self.report.findings)
        if not counts:  # silence is not health
            blind = self.report.doubts or any(line.mark == "unknown" for line in overview(self.report, self.lang))
            return self.say("report.healthy-doubts" if blind else "report.healthy")
        if self.report.verdict == "healthy":
            return self.say("report.healthy-notes", counts=counts)
        return self.say("report.count", counts=counts, next="")


def fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What tells one finding from another, and the same one again tomorrow: rule and distributions, but no version and
    no line."""
    seen: dict[str, int] = {}
    told = []
    for found in findings:
        key = "|".join([found.rule, *sorted({canonical(name) for name in found.packages})])
        seen[key] = seen.get(key, 0) + 1
        text = key if seen[key] == 1 else f"{key}|{seen[key]}"
        told.append(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32])
    return tuple(told)
