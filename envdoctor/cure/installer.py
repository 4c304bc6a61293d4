"""Who installs here, and which commands make that installer do it?  Pure: the chart in, argument lists out.

Whoever installed a distribution changes it: conda what conda installed, a uv project its own lock, pip (or uv in its
place) the rest.  Where nobody may install, there is no command, and a sentence says what to do instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Sequence, Tuple

from ..chart import ABSENT, KNOWN, UNKNOWN, Chart
from ..report import Remedy, Words
from ..versions import name_of
from ..words import both
from .plan import CONDA, INSTALL, PIP, REINSTALL, UNINSTALL, UV, Step

#: A uv project: its commands change the lock, and the environment with it.
PROJECT = "uv-project"
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?P<extras>\[[^\]]*\])?\s*(?P<specifier>.*)$")
#: Channels that need no naming: what conda asks when it is told nothing.
_DEFAULTS = frozenset(["defaults", "pkgs/main", "pkgs/r", "pkgs/free", "pkgs/msys2", "<unknown>"])


@dataclass(frozen=True)
class Orders:
    """steps: the commands in their order.  notes: what cannot be ordered here, and what to do instead.

    closed: nothing may be changed in this environment, and another one is needed.
    """

    steps: Tuple[Step, ...] = ()
    notes: Tuple[Words, ...] = ()
    closed: bool = False

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        return tuple(step.command for step in self.steps)

    @property
    def verified(self) -> str | None:
        """The tables know the registry; what the channels of conda hold, they do not know."""
        return "known" if self.steps and all(step.tool != CONDA for step in self.steps) else None


@dataclass(frozen=True)
class Wish:
    """What is to be done, whoever does it.  pins with an index come from that page, told to pip by `option`."""

    pins: Tuple[str, ...] = ()
    uninstall: Tuple[str, ...] = ()
    reinstall: Tuple[str, ...] = ()
    index: str = ""
    option: str = "--index-url"


def index_of(chart: Chart, pins: Iterable[str]) -> str:
    """The page that pins with a local version come from: it lies on no registry, and was concluded with them."""
    named = (chart.value(f"{name_of(pin)}.cure_index") for pin in pins if "+" in pin)
    return str(next((page for page in named if page), ""))


def wish_of(remedy: Remedy, chart: Chart) -> Wish:
    """What a remedy wants done."""
    told = (chart.value(f"{name_of(pin)}.cure_option") for pin in remedy.pins if "+" in pin)
    option = str(next((one for one in told if one), "--index-url"))
    return Wish(remedy.pins, remedy.uninstall, remedy.reinstall, remedy.index, option)


def order(chart: Chart, *wishes: Wish) -> Orders:
    """The commands for all wishes together: removals first, then installations, then repairs; conda before pip."""
    gone = tuple(dict.fromkeys(name for wish in wishes for name in wish.uninstall))
    again = tuple(dict.fromkeys(pin for wish in wishes for pin in wish.reinstall))
    pages: dict[tuple[str, str], list[str]] = {}
    for wish in sorted(wishes, key=lambda one: not one.index):  # what lies in the registry has the last word
        pages.setdefault((wish.option, wish.index) if wish.index else ("", ""), []).extend(wish.pins)
    pins = [pin for ones in pages.values() for pin in ones]
    if not (gone or again or pins):
        return Orders()
    closed, nobody = _closed(chart, pins), _nobody(chart)
    if closed or nobody:
        return Orders(notes=tuple(one for one in (closed or nobody,) if one), closed=closed is not None)
    steps: list[Step] = []
    notes: list[Words] = []
    default = tool_of(chart)
    conda = _Conda(chart)
    for action, words in ((UNINSTALL, gone), (INSTALL, tuple(pins)), (REINSTALL, again)):
        theirs = tuple(word for word in words if owner(chart, word) == CONDA)
        steps += conda.steps(action, theirs)
        notes += conda.notes(action, theirs)
        groups = [(("", ""), list(words))] if action != INSTALL else list(pages.items())
        for (option, page), ones in groups:
            mine = tuple(dict.fromkeys(one for one in ones if one not in theirs))
            if mine:
                found = _ordered(chart, default, action, mine, option, page)
                steps += found.steps
                notes += found.notes
    if any(step.tool == PIP for step in steps):
        steps = [*_first(chart), *steps]
    return Orders(tuple(steps), tuple(notes))


# ---------------------------------------------------------------- who


def owner(chart: Chart, requirement: str) -> str:
    """Who changes this distribution here: CONDA, PROJECT, UV or PIP."""
    by_conda, name = chart.fact("packages.by_conda"), name_of(requirement)
    if by_conda.state == UNKNOWN and chart.patient.get("kind") == "conda" and chart.value(name):
        return CONDA  # its records cannot be read: then nothing that is there is laid over
    return CONDA if by_conda.state == KNOWN and name in by_conda.value else tool_of(chart)


def tool_of(chart: Chart) -> str:
    """Who installs what is not there yet."""
    if chart.fact("installers.uv_project").state == KNOWN:
        return PROJECT
    return UV if _has_no_pip(chart) and chart.fact("installers.uv").state == KNOWN else PIP


def _has_no_pip(chart: Chart) -> bool:
    """Only of an environment that was really looked at: an imagined one has the pip of whoever makes it."""
    return bool(chart.patient.get("python")) and chart.fact("pip").state == ABSENT


def _first(chart: Chart) -> tuple[Step, ...]:
    """How pip comes into an environment that has none."""
    if not _has_no_pip(chart):
        return ()
    if chart.patient.get("kind") == "conda":
        return tuple(_Conda(chart).steps(INSTALL, ("pip",)))
    return (Step(PIP, INSTALL, (_python(chart), "-m", "ensurepip"), ("pip",)),)


def _nobody(chart: Chart) -> Words | None:
    """Why no installer can be told to do it."""
    tool = tool_of(chart)
    if tool == PROJECT and chart.fact("installers.uv").state == ABSENT:
        return both("installer.no-uv", folder=chart.value("installers.uv_project"))
    if tool == PIP and _has_no_pip(chart) and chart.patient.get("kind") != "conda":
        if chart.value("installers.ensurepip") != "yes":
            return both("installer.no-pip", python=_python(chart))
    return None


def _closed(chart: Chart, pins: Sequence[str]) -> Words | None:
    """Why nothing is to be changed here, with the lines that make an environment in its place."""
    windows = chart.value("os") == "windows"
    inside = ".venv\\Scripts\\python.exe" if windows else ".venv/bin/python"
    quoted = [f'"{pin}"' if re.search(r"[<>\[]", pin) else pin for pin in pins]
    words = {
        "venv": f"{_python(chart)} -m venv .venv",
        "install": f"{inside} -m pip install " + " ".join(quoted or ["…"]),
    }
    if chart.value("python.externally_managed") == "yes":
        missing = chart.value("os") == "linux" and chart.value("installers.ensurepip") == "no"
        return both("installer.system-no-venv" if missing else "installer.system", **words)
    if chart.value("installers.writable") == "no":
        return both("installer.read-only", **words)
    return None


def _python(chart: Chart) -> str:
    return str(chart.patient.get("python") or "python")


# ---------------------------------------------------------------- pip, and uv in its place


def _ordered(chart: Chart, tool: str, action: str, words: Tuple[str, ...], option: str = "", page: str = "") -> Orders:
    names = tuple(map(name_of, words))
    if tool == PROJECT:
        return _of_project(chart, action, words, page)
    python = _python(chart)
    end = (option, page) if page else ()
    guard = _guard(chart, words) if action == INSTALL and not page else ()
    if tool == UV:
        commands = {
            UNINSTALL: ("uv", "pip", "uninstall", "--python", python, *words),
            INSTALL: ("uv", "pip", "install", "--python", python, *words, *guard, *end),
            REINSTALL: ("uv", "pip", "install", "--python", python, "--reinstall", "--no-deps", *words),
        }
    else:
        commands = {
            UNINSTALL: (python, "-m", "pip", "uninstall", "-y", *words),
            INSTALL: (python, "-m", "pip", "install", *words, *guard, *end),
            REINSTALL: (python, "-m", "pip", "install", "--force-reinstall", "--no-deps", *words),
        }
    return Orders((Step(tool, action, commands[action], names),))


def _guard(chart: Chart, pins: Iterable[str]) -> tuple[str, ...]:
    """The installed NumPy, where an installer is free to choose a release that would bring another one.

    What works was compiled against this NumPy, and a package that is only added has no reason to change it.  (An
    imagined environment has nothing yet that could break.)
    """
    numpy = chart.value("numpy") if chart.patient.get("python") else None
    names = {name_of(pin) for pin in pins}
    is_open = any("==" not in pin for pin in pins)
    if not numpy or not is_open or "numpy" in names or not re.match(r"^[\d.]+$", str(numpy)):
        return ()
    return (f"numpy=={numpy}",)


# ---------------------------------------------------------------- a uv project


def _of_project(chart: Chart, action: str, words: Tuple[str, ...], page: str) -> Orders:
    """uv changes what the project asks for, then its lock, then the environment; all else would be undone by it."""
    folder = str(chart.value("installers.uv_project"))
    where = ("--project", folder)
    names = tuple(map(name_of, words))
    if page:
        return Orders(notes=(both("installer.uv-index", pins=", ".join(words), page=page),))
    if action == INSTALL:
        return Orders((Step(UV, action, ("uv", "add", *where, *words), names),))
    if action == REINSTALL:
        again = tuple(part for name in names for part in ("--reinstall-package", name))
        # Without --inexact, uv would remove whatever the lock does not name.
        return Orders((Step(UV, action, ("uv", "sync", *where, "--inexact", *again), names),))
    requires = chart.value("project.requires", {})
    direct = tuple(
        word for word in words if str(requires.get(name_of(word), {}).get("where", "")).startswith("pyproject")
    )
    others = tuple(word for word in words if word not in direct)
    steps: tuple[Step, ...] = ()
    if direct:
        gone = tuple(map(name_of, direct))
        # In two steps: `uv remove` alone would also remove whatever the lock does not name.
        steps = (
            Step(UV, action, ("uv", "remove", *where, "--no-sync", *direct), gone),
            Step(UV, action, ("uv", "pip", "uninstall", "--python", _python(chart), *direct), gone),
        )
    return Orders(steps, (both("installer.uv-not-direct", names=", ".join(others)),) if others else ())


# ---------------------------------------------------------------- conda


class _Conda:
    """conda's commands for one environment, in the words of the program that is there."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        path = str(chart.value("installers.conda", "conda"))
        self.program = re.split(r"[\\/]", path)[-1].partition(".")[0]
        name = chart.value("conda.name")
        prefix = str(chart.value("conda.prefix", chart.patient.get("prefix", "")))
        self.where = ("-n", str(name)) if name else ("-p", prefix)

    def steps(self, action: str, words: Sequence[str]) -> list[Step]:
        done = [(word, self.spelled(word, action)) for word in words]
        good = [(word, spelled) for word, spelled in done if spelled]
        if not good:
            return []
        head = {
            # --force leaves what asks for it in place, as pip does; without, conda would remove that as well
            UNINSTALL: ("remove", *self.where, "--force"),
            INSTALL: ("install", *self.where),
            REINSTALL: ("install", *self.where, "--force-reinstall"),
        }[action]
        channels = () if action == UNINSTALL else self.channels([word for word, _ in good])
        command = (self.program, *head, *channels, *(spelled for _, spelled in good))
        return [Step(CONDA, action, command, tuple(name_of(word) for word, _ in good))]

    def notes(self, action: str, words: Sequence[str]) -> list[Words]:
        bad = [word for word in words if not self.spelled(word, action)]
        return [both("installer.conda-unknown", pins=", ".join(bad))] if bad else []

    def spelled(self, word: str, action: str) -> str:
        """A requirement in conda's spelling; "" where it has none, or conda's name is not known.

        conda has no extras and no local versions: such builds are other packages there.
        """
        match = _REQUIREMENT.match(word)
        if match is None or match.group("extras") or "+" in word or "===" in word:
            return ""
        name = name_of(word)
        package = self.package(name)
        specifier = match.group("specifier").replace(" ", "")
        if not package or action == UNINSTALL:
            return package
        exact = re.match(r"^==([\w.]+)$", specifier)
        return f"{package}={exact.group(1)}" if exact else package + specifier

    def package(self, name: str) -> str:
        if name == "pip":
            return "pip"
        names = self.chart.value("packages.by_conda", {}).get(name) or []
        return str(names[0]) if names else ""

    def channels(self, words: Sequence[str]) -> tuple[str, ...]:
        """The channels that these packages came from: another one would mix what was built differently."""
        records = self.chart.value("conda.packages", {})
        found = [str((records.get(self.package(name_of(word))) or {}).get("channel") or "") for word in words]
        named = dict.fromkeys(channel for channel in found if channel and channel not in _DEFAULTS)
        return tuple(part for channel in named for part in ("-c", channel))
