"""Which versions would an installer bring for these dependency files, as far as the tables know?

Asked before anything is installed.  An exact pin is what it says.  Of a distribution that is named without one, or
that another one asks for, comes the newest release that fits this Python, this system and what the others ask for.
What no table knows stays unknown.  What is not pinned is told apart from what is: a later release, or a limit set by a
distribution of which the tables know nothing, may change it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, Mapping

from packaging.version import Version

from . import versions
from .chart import KNOWN, Chart, Fact, absent, canonical, known, unknown
from .conclusions import Tables, wheels
from .conclusions.declared import applies, markers_of

#: An environment has these already, and an installer leaves alone what fits.
_THERE_BEFORE = frozenset(["pip", "setuptools", "wheel", "python"])
#: Columns of tensorflow-releases that are demands.
_OF_TENSORFLOW = ("numpy", "scipy", "protobuf", "h5py", "keras", "gast", "wrapt", "typing-extensions", "ml-dtypes")
_TENSORFLOWS = frozenset(["tensorflow", "tensorflow-gpu", "tensorflow-cpu"])
#: They come from the index of PyTorch, too, where their builds have a tag.
_TAGGED = frozenset(["torch", "torchvision", "torchaudio"])
#: From here on the table of torch releases tells the torch that a partner asks for (read in their metadata).
_PARTNERS = {"torchvision": ("0.4", "0.29.1"), "torchaudio": ("0.7", "2.10")}
_CONDA_CUDA = ("cudatoolkit", "pytorch-cuda", "cuda-version")
#: Rounds after which versions that still change are given up (our choice; three are usual).
_ROUNDS = 12


@dataclass(frozen=True)
class More:
    """What dependency files say besides their demands (read by dependencies.py).

    constraints: name -> ((specifier, where), …).  locks: where a demand stands -> the lock file that settles it.
    locked: name -> version in the lock file, "" where it has several.  indexes: ("only" or "also", tag of a folder of
    PyTorch's index such as cu118, or "" for a page with builds of all kinds).
    """

    constraints: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    locks: Mapping[str, str] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    indexes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Arrivals:
    """pinned: what surely comes, and what is known of its build.  newest: what comes as things are today.

    at_odds: pins that another pin refuses: name -> {version, where, by, by_where, wanted}.
    """

    pinned: Mapping[str, Fact] = field(default_factory=dict)
    newest: Mapping[str, Fact] = field(default_factory=dict)
    at_odds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Root:
    """A distribution that the project names.  exact: its pin.  open: why its version cannot be told, else ""."""

    name: str
    specifiers: tuple[str, ...]
    where: str
    exact: str = ""
    open: str = ""
    conda: bool = False


@dataclass(frozen=True)
class _Demand:
    """by: `tensorflow 1.13.2`, with the distribution in between.  sure: that one is pinned itself."""

    specifier: str
    by: str
    sure: bool


def arrivals(chart: Chart, tables: Tables, more: More | None = None) -> Arrivals:
    """What an installation of the project would bring to the machine of this chart; {} without Python and system."""
    requires = chart.fact("project.requires")
    if requires.state != KNOWN or wheels.doubt_of(chart):
        return Arrivals()
    return _Installer(chart, tables, more or More()).arrivals(requires.value)


class _Installer:
    def __init__(self, chart: Chart, tables: Tables, more: More) -> None:
        self.tables, self.more = tables, more
        self.place = wheels.Place(chart)
        self.markers = markers_of(chart)
        self.given = {name for name in chart.distributions()}
        self._releases: dict[str, list[str]] = {}
        self._newest: dict[tuple[str, tuple[str, ...]], str] = {}

    def arrivals(self, requires: Mapping[str, Mapping[str, Any]]) -> Arrivals:
        roots = {root.name: root for root in filter(None, (self._root(name, want) for name, want in requires.items()))}
        pins = {name: root.exact for name, root in roots.items() if root.exact and not root.open}
        by_pip = {name for name in pins if not roots[name].conda}
        origins = {name: roots[name].where for name in pins}
        for name, demand in self._exact_demands(by_pip, pins):
            if name not in roots and name not in pins:
                pins[name] = demand.specifier.lstrip("=")
                origins[name] = f"asked for by {demand.by}"
                by_pip.add(name)
        picks = self._picks(roots, pins, by_pip)
        facts = {name: known(version, origins[name]) for name, version in pins.items()}
        for name, root in roots.items():
            if root.open:
                facts[name] = unknown(root.open, root.where)
            elif name not in facts:
                facts[name] = unknown("not-pinned", root.where)
        builds = self._builds(roots, requires, pins)
        newest = {name: known(version, origin) for name, (version, origin) in picks.items()}
        if "torch" in picks and "torch.cuda" not in builds:
            newest.update(self._torch_build(picks["torch"][0]))
        return Arrivals({**facts, **builds}, newest, self._at_odds(roots, pins, by_pip))

    # ------------------------------------------------------------ what the project names

    def _root(self, name: str, want: Mapping[str, Any]) -> _Root | None:
        """What the first demand that holds here says, and others of the same file; None where none holds."""
        entries = [want, *(want.get("also") or ())]
        entries = [one for one in entries if one.get("tool") == "conda" or applies(one.get("marker", ""), self.markers)]
        if not entries or name in self.given or name in _THERE_BEFORE:
            return None
        first = entries[0]
        where, conda = str(first.get("where", "")), first.get("tool") == "conda"
        file = where.rpartition(":")[0]
        same = [one for one in entries if str(one.get("where", "")).rpartition(":")[0] == file]
        specifiers = [str(one.get("specifier", "")) for one in same]
        specifiers += [specifier for specifier, _ in self.more.constraints.get(name, ())]
        given = tuple(dict.fromkeys(filter(None, specifiers)))
        root = _Root(name, given, where, _exact(given), "", conda)
        if conda:
            exact = root.exact or self._of_conda(name, given)
            return _Root(name, given, where, exact, "" if exact else "chosen-by-conda", True)
        if first.get("url") and not root.exact:
            return _opened(root, "from-an-address")
        lock = self.more.locks.get(file, "")
        if lock:
            version = self.more.locked.get(name, "")
            root = _Root(name, given, f"{where}, {lock}", version)
            return root if version else _opened(root, "not-pinned")
        if root.exact and self._cannot_come(name, root.exact):
            return _opened(root, "nothing-to-install")
        return root

    def _of_conda(self, name: str, specifiers: tuple[str, ...]) -> str:
        """conda's `=1.7.1` is that release, and `=2.10` the only one of its kind; else conda chooses."""
        whole = re.match(r"==(\d+(?:\.\d+){2,})\.\*$", specifiers[0]) if len(specifiers) == 1 else None
        if whole:
            return whole.group(1)
        taken = wheels.candidates(name, specifiers[0], self.tables) if len(specifiers) == 1 else []
        return taken[0] if len(taken) == 1 else ""

    def _cannot_come(self, name: str, version: str) -> bool:
        """Neither wheel nor source for this Python."""
        return (
            self.place.served(name, [version], self.tables) is False
            and wheels.has_source(name, version, self.place.python, self.tables) is False
        )

    # ------------------------------------------------------------ what they bring along

    def _demands(self, name: str, version: str) -> Iterator[tuple[str, str, str]]:
        """(distribution, specifier, the one in between or "") of a release."""
        for row in self._rows(name, version):
            for word in row.get("wants", "").split():
                wanted, specifier = _split(word)
                yield wanted, specifier, row.get("through", "")
        if name in _TENSORFLOWS:
            for row in self.tables.get("tensorflow-releases", ()):
                if versions.compare(version, "==", row["tensorflow"]):
                    yield from ((wanted, row[wanted], "") for wanted in _OF_TENSORFLOW if wanted in row)
        if name in _PARTNERS and versions.within(version, ">={},<{}".format(*_PARTNERS[name])):
            public = version.partition("+")[0]
            torches = [row["torch"] for row in self.tables["torch-releases"] if public in row.get(name, "").split()]
            if len(torches) == 1:
                yield "torch", "==" + torches[0], ""

    def _rows(self, name: str, version: str) -> Iterator[Mapping[str, str]]:
        """Rows about this release; without a version, those about any release of it."""
        for row in self.tables.get("pulled-in", ()):
            if name in row["package"].split() and (not version or versions.within(version, row["versions"])):
                if versions.within(self.place.python.rstrip("t"), row.get("for_python", ">=0")):
                    yield row

    def _exact_demands(self, by_pip: Iterable[str], pins: Mapping[str, str]) -> list[tuple[str, _Demand]]:
        return [
            (wanted, _Demand(specifier, _by(name, pins[name], through), True))
            for name in sorted(by_pip)
            for wanted, specifier, through in self._demands(name, pins[name])
            if _exact((specifier,)) and wanted not in self.given
        ]

    # ------------------------------------------------------------ which release of what is not pinned

    def _picks(
        self, roots: Mapping[str, _Root], pins: Mapping[str, str], by_pip: Iterable[str]
    ) -> dict[str, tuple[str, str]]:
        """name -> (version, origin): chosen again and again until every choice fits what the other choices ask for."""
        mixed = any(root.conda for root in roots.values())
        closed = {name for name, root in roots.items() if root.open} | set(pins) | self.given | _THERE_BEFORE
        sure = self._collected({name: pins[name] for name in by_pip}, True)
        for root in roots.values():  # what the project says itself holds for everybody
            limits = [*root.specifiers, *(limit for limit, _ in self.more.constraints.get(root.name, ()))]
            sure.setdefault(root.name, []).extend(_Demand(limit, root.where, True) for limit in limits)
        picks: dict[str, str] = {}
        history: list[dict[str, str]] = []
        for _ in range(_ROUNDS):
            demands = _joined(sure, self._collected(picks, False))
            unsure = self._unsure([*roots, *picks], {**pins, **picks})
            names = [name for name in roots if name not in closed]
            names += [name for name in demands if name not in closed and name not in roots and not mixed]
            chosen = {}
            for name in names:
                if name not in unsure:
                    version = self._pick(name, roots.get(name), demands.get(name, []), sure, pins)
                    if version:
                        chosen[name] = version
            history.append(chosen)
            if chosen == picks:
                break
            picks = chosen
        else:
            last = history[-4:]
            picks = {name: version for name, version in picks.items() if all(one.get(name) == version for one in last)}
        demands = _joined(sure, self._collected(picks, False))
        python = ".".join(self.place.python.split(".")[:2])
        origins = {
            name: roots[name].where if name in roots else f"asked for by {demands[name][0].by}"
            for name in picks
            if name in roots or name in demands
        }
        return {name: (picks[name], f"{origin}, newest for Python {python}") for name, origin in origins.items()}

    def _collected(self, chosen: Mapping[str, str], sure: bool) -> dict[str, list[_Demand]]:
        demands: dict[str, list[_Demand]] = {}
        for name, version in chosen.items():
            for wanted, specifier, through in self._demands(name, version):
                demands.setdefault(wanted, []).append(_Demand(specifier, _by(name, version, through), sure))
        return demands

    def _unsure(self, names: Iterable[str], chosen: Mapping[str, str]) -> set[str]:
        return {
            word
            for name in dict.fromkeys(names)
            for row in self._rows(name, chosen.get(name, ""))
            for word in row.get("unsure", "").split()
        }

    def _pick(
        self,
        name: str,
        root: _Root | None,
        demands: list[_Demand],
        sure: Mapping[str, list[_Demand]],
        pins: Mapping[str, str],
    ) -> str:
        """The newest release that fits everything; else everything that is sure; else what the project itself says."""
        own = [*(root.specifiers if root else ()), *(limit for limit, _ in self.more.constraints.get(name, ()))]
        by_pins = [demand.specifier for demand in demands if demand.sure]
        for limits in ([*own, *(demand.specifier for demand in demands)], [*own, *by_pins], own if root else None):
            if limits is not None:
                version = self._newest_of(name, limits, sure, pins)
                if version:
                    return version
        return ""

    def _newest_of(
        self, name: str, limits: Iterable[str], sure: Mapping[str, list[_Demand]], pins: Mapping[str, str]
    ) -> str:
        wanted = tuple(sorted(set(filter(None, limits))))
        key = (name, wanted)
        if key not in self._newest:
            fitting = (one for one in self._fitting(name, wanted) if self._gets_on(name, one, sure, pins))
            self._newest[key] = next(fitting, "")
        return self._newest[key]

    def _fitting(self, name: str, limits: tuple[str, ...]) -> Iterator[str]:
        """Releases for this Python and system within the limits, newest first."""
        if name not in self._releases:
            self._releases[name] = wheels.releases(name, self.tables)[::-1]
        for version in self._releases[name]:
            if all(_meets(version, limit) for limit in limits) and self._comes(name, version):
                yield version

    def _comes(self, name: str, version: str) -> bool:
        """An installer takes the newest that its Python may have, as a wheel or as source."""
        python = self.place.python
        return bool(
            self.place.served_by_registry(name, version, self.tables)
            or wheels.has_source(name, version, python, self.tables)
        )

    def _gets_on(self, name: str, version: str, sure: Mapping[str, list[_Demand]], pins: Mapping[str, str]) -> bool:
        """Can what this release asks for be had beside what is pinned, and beside what the pinned ones ask for?"""
        for wanted, specifier, _ in self._demands(name, version):
            if wanted in pins:
                if not _meets(pins[wanted], specifier):
                    return False
            elif wanted in sure and wheels.releases(wanted, self.tables):
                limits = (specifier, *(demand.specifier for demand in sure[wanted]))
                if not any(True for _ in self._fitting(wanted, limits)):
                    return False
        return True

    # ------------------------------------------------------------ which build

    def _builds(
        self, roots: Mapping[str, _Root], requires: Mapping[str, Mapping[str, Any]], pins: Mapping[str, str]
    ) -> dict[str, Fact]:
        """What is known of the builds, beyond the version."""
        facts: dict[str, Fact] = {}
        by_conda = {name: pins[name] for name, root in roots.items() if root.conda and name in pins}
        if any(root.conda for root in roots.values()):
            record = {name: {"version": version, "build": "", "channel": None} for name, version in by_conda.items()}
            facts["conda.packages"] = known(record, "environment.yml")
        if _TENSORFLOWS & set(by_conda):
            facts.update({f"tensorflow.{key}": unknown("build-not-told") for key in ("gpu_build", "cuda", "cudnn")})
        if "torch" in by_conda:
            cuda = next(filter(None, (_exact((_specifier(requires, name),)) for name in _CONDA_CUDA)), "")
            if "cpuonly" in requires:
                facts["torch.cuda"] = absent(str(requires["cpuonly"].get("where", "")))
            else:
                facts["torch.cuda"] = known(cuda, "environment.yml") if cuda else unknown("build-not-told")
        elif "torch" in pins:
            facts.update(self._torch_build(pins["torch"]))
        return facts

    def _torch_build(self, version: str) -> dict[str, Fact]:
        """Which CUDA a torch without a tag in its number is built for.

        The registry's build where only the registry is asked; that of a named folder of PyTorch's index.  Where any of
        several may come, the one for the newest CUDA counts if even that has no code for the cards; else nobody knows.
        """
        if "+" in version or self.place.system not in ("linux", "windows"):
            return {}
        rows = [
            row
            for row in self.tables.get("torch-builds", ())
            if versions.compare(version, "==", row["torch"]) and self.place.system in row.get("os", "").split()
        ]
        tags = {tag for _, tag in self.more.indexes}
        if not tags:
            on_registry = self.place.system == "linux" or versions.compare(version, ">=", "1.7")
            return {} if on_registry else self._best_build(rows)
        if len(tags) == 1 and "" not in tags:
            tag = tags.pop()
            if tag == "cpu":
                return {"torch.cuda": absent(f"the folder {tag} of PyTorch's index")}
            built = [row["cuda"] for row in rows if row["tag"] == tag]
            if built:
                return {"torch.cuda": known(built[0], f"the folder {tag} of PyTorch's index")}
            return {"torch.cuda": unknown("build-not-told")}
        return self._best_build(rows)

    def _best_build(self, rows: list[Mapping[str, str]]) -> dict[str, Fact]:
        best = max(rows, key=lambda row: Version(row["cuda"]), default=None)
        if best is None:
            return {"torch.cuda": unknown("build-not-told")}
        return {"torch.cuda": known(best["cuda"], BEST_OF_SEVERAL)}

    # ------------------------------------------------------------ what cannot come together

    def _at_odds(
        self, roots: Mapping[str, _Root], pins: Mapping[str, str], by_pip: Iterable[str]
    ) -> dict[str, dict[str, str]]:
        """Pins of the project that a release which it pins as well does not accept."""
        found: dict[str, dict[str, str]] = {}
        for name in sorted(by_pip):
            if name not in roots:
                continue
            for wanted, specifier, through in self._demands(name, pins[name]):
                if wanted in roots and wanted in by_pip and not _meets(pins[wanted], specifier):
                    found.setdefault(
                        wanted,
                        {
                            "version": pins[wanted],
                            "where": roots[wanted].where,
                            "by": _by(name, pins[name], through),
                            "demander": name,
                            "by_where": roots[name].where,
                            "wanted": specifier,
                        },
                    )
        return found


#: The origin of a build that stands for all that may come (see _torch_build).
BEST_OF_SEVERAL = "the build for the newest CUDA among those that may come"


def _opened(root: _Root, why: str) -> _Root:
    return _Root(root.name, root.specifiers, root.where, "", why, root.conda)


def _exact(specifiers: Iterable[str]) -> str:
    """The version that a specifier names exactly, or "".

    >>> _exact(["==1.2.0+cu92"]), _exact([">=1.0", "!=1.5,==1.4"]), _exact(["==1.19.*"])
    ('1.2.0+cu92', '1.4', '')
    """
    for specifier in specifiers:
        for clause in specifier.split(","):
            match = re.match(r"\s*={2,3}\s*([^\s*]+)$", clause)
            if match:
                return match.group(1)
    return ""


def _specifier(requires: Mapping[str, Mapping[str, Any]], name: str) -> str:
    want = requires.get(name, {})
    specifier = str(want.get("specifier", "")) if want.get("tool") == "conda" else ""
    return specifier[:-2] if specifier.endswith(".*") else specifier  # cudatoolkit=10.2 is 10.2.x, and that is 10.2


def _split(word: str) -> tuple[str, str]:
    match = re.match(r"[A-Za-z0-9._-]*[A-Za-z0-9]", word)
    name = match.group() if match else word
    return canonical(name), word[len(name) :]


def _meets(version: str, specifier: str) -> bool:
    """An unreadable demand or version is no conflict; a local part is nobody's demand."""
    try:
        return versions.accepted(_public(version), _public(specifier)) is not False
    except ValueError:
        return True


def _public(text: str) -> str:
    return re.sub(r"\+[\w.]+", "", text)


def _by(name: str, version: str, through: str) -> str:
    return f"{name} {version} (through {through})" if through else f"{name} {version}"


def _joined(*parts: Mapping[str, list[_Demand]]) -> dict[str, list[_Demand]]:
    joined: dict[str, list[_Demand]] = {}
    for part in parts:
        for name, demands in part.items():
            joined.setdefault(name, []).extend(demands)
    return joined
