"""Which builds of its framework may a project be run with, and in which order of preference?

First what the project itself pins, then what the courses' repositories were written for, then what the tables hold:
of torch the newest first, of TensorFlow the one that is nearest to what the code was written for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping

from .. import versions
from ..chart import KNOWN, Chart, canonical, known
from ..conclusions import Tables, frameworks, kernels, wheels

#: Who wants a build: the project's own files (or --assume), the recommended stacks, the tables of releases.
PINNED, RECOMMENDED, TABLE = "pinned", "recommended", "table"
#: The distributions whose versions a build settles.
TORCH = ("torch", "torchvision", "torchaudio")
TENSORFLOW = ("tensorflow", "tensorflow-gpu", "tensorflow-cpu")
FIND_LINKS, EXTRA_INDEX = "--find-links", "--extra-index-url"
#: From here on CUDA comes as wheels beside TensorFlow when it is asked for with this extra (Linux).
_AND_CUDA, _EXTRA = "2.14", "[and-cuda]"
#: Code that wants TensorFlow 1.
OLD_STACKS = ("keras-tf1", "tf1")


@dataclass(frozen=True)
class Page:
    """A page with builds that the registry lacks.  option: how pip, uv and requirements.txt are told of it."""

    option: str
    address: str


@dataclass(frozen=True)
class Build:
    """One build of the framework and what belongs to it.

    framework: torch, tensorflow, or "" where the project uses neither.  pins: name -> version, with the tag of a build
    from a page.  cuda, cudnn: what it is made for, "" for a CPU build.  bundled: its CUDA libraries come as wheels.
    python: the Pythons that the recommendation holds for.  where: what pins it, as file:line.
    """

    framework: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)
    origin: str = TABLE
    where: str = ""
    python: str = ""
    cuda: str = ""
    cudnn: str = ""
    bundled: bool = False
    page: Page | None = None

    @property
    def label(self) -> str:
        """
        >>> Build("torch", {"torch": "1.7.0+cu110", "torchvision": "0.8.1+cu110"}).label
        'torch 1.7.0+cu110'
        """
        return next((f"{name} {version}" for name, version in self.pins.items()), "")

    @property
    def family(self) -> tuple[str, ...]:
        """The distributions of which nothing but this build's own may be there."""
        return {"torch": TORCH, "tensorflow": TENSORFLOW}.get(self.framework, ())

    def requirement(self, name: str) -> str:
        """What an installer is asked for."""
        extra = _EXTRA if self.bundled and name == "tensorflow" else ""
        return f"{name}{extra}=={self.pins[name]}"


def framework_of(chart: Chart) -> str:
    """What the code is written for, else what the project's files ask for."""
    stack = str(chart.value("project.stack", ""))
    imports, wants = chart.value("project.imports") or {}, chart.value("project.requires") or {}
    if stack == "torch":
        return "torch"
    if stack or "tensorflow" in imports or "keras" in imports or any(name in wants for name in TENSORFLOW):
        return "tensorflow"
    return "torch" if "torch" in imports or "torch" in wants else ""


def builds(chart: Chart, tables: Tables, gpu: bool) -> Iterator[Build]:
    """All builds that come into question for this project on this machine; what they are worth is for the rules.

    chart: the project on the machine.  gpu: a card is to be used.
    """
    framework = framework_of(chart)
    if not framework:
        yield Build()
        return
    seen = set()
    several = _torches(chart, tables, gpu) if framework == "torch" else _tensorflows(chart, tables, gpu)
    for build in several:
        key = tuple(sorted(build.pins.items()))
        if key not in seen:
            seen.add(key)
            yield build


def imagined(machine: Chart, build: Build, tables: Tables) -> Chart:
    """The machine with this build on it and what follows for its cards and driver."""
    left = {name: fact for name, fact in machine.facts.items() if not name.startswith(("torch.", "tensorflow."))}
    chart = machine._replace(facts={**left, **{name: known(version) for name, version in build.pins.items()}})
    for module in (frameworks, kernels):
        concluded = module.conclude(chart, tables)
        chart = chart.with_facts({name: fact for name, fact in concluded.items() if name not in chart.facts})
    return chart


# ---------------------------------------------------------------- torch


def _torches(chart: Chart, tables: Tables, gpu: bool) -> Iterator[Build]:
    system = str(chart.value("os"))
    every = [row["torch"] for row in tables.get("torch-releases", ())][::-1]
    rows = {row["torch"]: row for row in tables.get("torch-releases", ())}
    wanted, where = _wanted(chart, ("torch",))
    names = _companions(chart)
    for version in _allowed(every, wanted) if wanted else ():
        yield from _builds_of_torch(tables, rows[version], system, gpu, PINNED, where, names, "")
    for pins, python in _recommended(chart, tables, gpu):
        if pins.get("torch") in rows:
            row = rows[pins["torch"]]
            yield from _builds_of_torch(tables, row, system, gpu, RECOMMENDED, "", names, python, pins)
    oldest = "1.2"  # where the courses' code begins
    for version in every:
        if versions.compare(version, ">=", oldest):
            yield from _builds_of_torch(tables, rows[version], system, gpu, TABLE, "", names, "")


def _companions(chart: Chart) -> list[str]:
    imports, wants = chart.value("project.imports") or {}, chart.value("project.requires") or {}
    return [name for name in TORCH[1:] if name in imports or name in wants]


def _builds_of_torch(
    tables: Tables,
    row: Mapping[str, str],
    system: str,
    gpu: bool,
    origin: str,
    where: str,
    names: list[str],
    python: str,
    pins: Mapping[str, str] | None = None,
) -> Iterator[Build]:
    version = row["torch"]
    companions = {name: row[name].split()[-1] for name in names if name in row}
    companions.update({name: one for name, one in (pins or {}).items() if name in TORCH[1:]})
    for tag, cuda, cudnn, page in _tags(tables, row, system, gpu):
        tagged = _page_row(tables, version).get("tagged", "").split() if page is not None else []
        chosen = {"torch": version, **companions}
        chosen = {name: one + (f"+{tag}" if name in tagged else "") for name, one in chosen.items()}
        yield Build("torch", chosen, origin, where, python, cuda, cudnn, bool(cuda), page)


def _tags(
    tables: Tables, row: Mapping[str, str], system: str, gpu: bool
) -> Iterator[tuple[str, str, str, Page | None]]:
    """(tag, CUDA, cuDNN, page) of the builds of a release; no page: what a plain installation gives.

    The registry's own first: it needs no further page, and a resolver can prove it anywhere.
    """
    version = row["torch"]
    if not gpu:
        page = None if system != "windows" or "python_windows" in row else _page(tables, version, "cpu")
        built = [one["cuda"] for one in _built(tables, version, system) if one.get("default") == system]
        if page is not None or system != "windows" or "python_windows" in row:
            yield ("cpu" if page is not None else ""), (built[0] if built else ""), "", page
        return
    for one in sorted(_built(tables, version, system), key=lambda one: _order(one, system)):
        if one.get("default") == system:
            yield one["tag"], one["cuda"], one.get("cudnn", ""), None
            continue
        page = _page(tables, version, one["tag"])
        plain = "plain" in _page_row(tables, version) and one["tag"] == row.get("default_tag")
        if page is not None and not plain:
            yield one["tag"], one["cuda"], one.get("cudnn", ""), page


def _built(tables: Tables, version: str, system: str) -> list[Mapping[str, str]]:
    return [
        row for row in tables.get("torch-builds", ()) if row["torch"] == version and system in row.get("os", "").split()
    ]


def _order(row: Mapping[str, str], system: str) -> tuple[bool, list[int]]:
    return row.get("default") != system, [-int(part) for part in row["cuda"].split(".")]


def _page_row(tables: Tables, version: str) -> Mapping[str, str]:
    rows = [row for row in tables.get("package-indexes", ()) if versions.compare(version, ">=", row["since"])]
    return dict(rows[-1]) if rows else {}


def _page(tables: Tables, version: str, tag: str) -> Page | None:
    """The project needs other distributions, too; so an index is always one beside the installer's own."""
    row = _page_row(tables, version)
    if not row:
        return None
    option = FIND_LINKS if row["option"] == "-f" else EXTRA_INDEX
    return Page(option, row["page"].replace("{tag}", tag))


# ---------------------------------------------------------------- TensorFlow


def _tensorflows(chart: Chart, tables: Tables, gpu: bool) -> Iterator[Build]:
    rows = {row["tensorflow"]: row for row in tables.get("tensorflow-releases", ())}
    stack = str(chart.value("project.stack", ""))
    wants = chart.value("project.requires") or {}
    own_keras = "keras" in (chart.value("project.imports") or {}) or "keras" in wants
    wanted, where = _wanted(chart, TENSORFLOW)
    name = next((one for one in TENSORFLOW if one in wants), "")
    recommended = _recommended(chart, tables, gpu)
    for version in _allowed(list(rows)[::-1], wanted) if wanted else ():
        pins, python = next((one for one in recommended if one[0].get("tensorflow") == version), ({}, ""))
        beside = {one: pin for one, pin in pins.items() if one not in TENSORFLOW and not _said(wants, one)}
        if "keras" in beside and not own_keras:
            beside.pop("keras")
        yield _build_of_tensorflow(chart, rows[version], gpu, PINNED, where, beside, python, name)
    for pins, python in recommended:
        if pins.get("tensorflow") in rows:
            beside = {one: version for one, version in pins.items() if one not in TENSORFLOW}
            if stack == "tf1" and not own_keras:
                beside.pop("keras", None)
            yield _build_of_tensorflow(chart, rows[pins["tensorflow"]], gpu, RECOMMENDED, "", beside, python)
    old = stack in OLD_STACKS
    floor = "1.13.1" if old else "2.2"
    nearest = [one for one in rows if versions.compare(one, ">=", floor) and (one.startswith("1.") if old else True)]
    for version in nearest if stack else nearest[::-1]:
        yield _build_of_tensorflow(chart, rows[version], gpu, TABLE, "")


def _said(wants: Mapping[str, Any], name: str) -> bool:
    """Has the project a limit of its own for this one?"""
    return bool(wants.get(name, {}).get("specifier"))


def _build_of_tensorflow(
    chart: Chart,
    row: Mapping[str, str],
    gpu: bool,
    origin: str,
    where: str,
    beside: Mapping[str, str] | None = None,
    python: str = "",
    name: str = "",
) -> Build:
    """The release under the name that brings a GPU build here, where one is wanted; else under the plain name."""
    version, system = row["tensorflow"], str(chart.value("os"))
    usable = gpu and (row.get(f"gpu_{system}") == "yes" or system in row.get("tensorflow_gpu", "").split())
    if usable:
        name = "tensorflow" if row.get(f"gpu_{system}") == "yes" else "tensorflow-gpu"
    elif name != "tensorflow-cpu" or gpu:
        name = "tensorflow"
    bundled = usable and system == "linux" and bool(versions.compare(version, ">=", _AND_CUDA))
    cuda = row.get("cuda", "") if usable else ""
    cudnn = row.get(f"cudnn_{system}", row.get("cudnn", "")) if usable else ""
    return Build("tensorflow", {name: version, **(beside or {})}, origin, where, python, cuda, cudnn, bundled)


# ---------------------------------------------------------------- what is asked for


def _wanted(chart: Chart, names: tuple[str, ...]) -> tuple[str, str]:
    """(specifier, where it stands) of the first of these that --assume or the project's files name with a limit."""
    for name in names:
        fact = chart.fact(name)
        if fact.state == KNOWN and fact.origin == "--assume":
            return f"=={str(fact.value).partition('+')[0]}", "--assume"
    wants = chart.value("project.requires") or {}
    for name in names:
        specifier = re.sub(r"\+[\w.]+", "", str(wants.get(name, {}).get("specifier", "")))
        if specifier:
            return specifier, str(wants[name].get("where", ""))
    return "", ""


def _allowed(releases: list[str], specifier: str) -> list[str]:
    """Those that a specifier lets in; none where nobody can read it."""
    try:
        return [one for one in releases if versions.within(one, specifier)]
    except ValueError:
        return []


def _recommended(chart: Chart, tables: Tables, gpu: bool) -> list[tuple[dict[str, str], str]]:
    """(pins, Pythons) of the recommended stacks: that for these cards, that for any, then those for other cards.

    The last are still nearer to what the code was written for than what the tables hold beside them.
    """
    stack = str(chart.value("project.stack", "")) or ("keras-tf1" if framework_of(chart) == "tensorflow" else "torch")
    stack = "keras-tf1" if stack == "tf1" else stack
    cards = [str(one) for one in chart.value("gpu.capability") or ()] if gpu else []
    found: list[tuple[int, dict[str, str], str]] = []
    for row in tables.get("recommended-stacks", ()):
        if row["stack"] != f"is {stack}":
            continue
        limit = row.get("card", "")
        fits = not limit or any(versions.within(card, limit) for card in cards)
        pins = {canonical(name): version for name, version in re.findall(r"([\w.-]+)==([\w.]+)", row["pins"])}
        found.append((2 if not fits else 0 if limit else 1, pins, row.get("python", "")))
    return [(pins, python) for _, pins, python in sorted(found, key=lambda one: one[0])]


# ---------------------------------------------------------------- Pythons


def pythons(chart: Chart, build: Build, tables: Tables) -> list[str]:
    """The Pythons for which the build has wheels on this system, newest first, within what its recommendation says."""
    place = wheels.Place(chart.with_facts({"python": known("3")}))
    left = [one for one in wheels.PYTHONS if one != "2.7" and not (build.python and not _minor(one, build.python))]
    for name, version in build.pins.items():
        public = version.partition("+")[0]
        found = place.pythons(name, [public], tables)
        left = [one for one in left if one in found] if found else left
    return left[::-1]


def _minor(python: str, specifier: str) -> bool:
    """Is some patch release of this Python in the set?"""
    return any(versions.within(f"{python}.{patch}", specifier) for patch in (0, 99))


def fits_python(python: str, specifier: str) -> bool:
    """The same; a specifier that nobody can read lets everything in.

    >>> fits_python("3.7", ">=3.7.2"), fits_python("3.7", "<3.7"), fits_python("3.7", "newest")
    (True, False, True)
    """
    try:
        return _minor(python, specifier)
    except ValueError:
        return True


def gpu_wanted(chart: Chart, expect: str) -> bool:
    """Is a card to be used?  With `any` where there is an NVIDIA card."""
    return expect == "gpu" or (expect == "any" and chart.value("gpu.nvidia") == "yes")


def card_label(chart: Chart) -> str:
    """The cards as a sentence names them."""
    cards: Any = chart.value("gpu") or [f"compute capability {one}" for one in chart.value("gpu.capability") or ()]
    return ", ".join(dict.fromkeys(map(str, cards)))
