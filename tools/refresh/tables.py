"""What would the rows of a support table be, by what the package index says?  Pure but for the index it is given.

A cell that package metadata cannot tell is left out, and named in `Row.open`, so that nobody takes it for read.
"""

from __future__ import annotations

import ast
import datetime
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from .index import Index, NoAnswer

Cells = Dict[str, Any]


class Row(NamedTuple):
    """cells: what was read, "" where there is nothing.  key: the columns that name the row.
    open: columns that stay unread, or are our guess.  whole: metadata was read, too; else file names and dates alone.
    """

    cells: Cells
    key: Tuple[str, ...]
    open: Tuple[str, ...] = ()
    whole: bool = True


class Wheel(NamedTuple):
    file: Dict[str, Any]
    pythons: Tuple[str, ...]
    systems: Tuple[str, ...]


class Release(NamedTuple):
    """date: YYYY-MM-DD of its first file, "" where the index tells none.  needs: its Requires-Python."""

    version: str
    date: str
    wheels: Tuple[Wheel, ...]
    sdist: bool
    needs: str
    yanked: bool


# ---------------------------------------------------------------- releases and their wheels


def releases(project: Dict[str, Any]) -> List[Release]:
    """The stable releases of a project, oldest first."""
    files: Dict[Version, List[Dict[str, Any]]] = {}
    for file in project["files"]:
        version = _version_of(file["filename"])
        if version and not version.is_prerelease:
            files.setdefault(version, []).append(file)
    return [
        Release(
            version=str(version),
            date=min((str(file.get("upload-time") or "") for file in files[version]), default="")[:10],
            wheels=tuple(_wheel(file) for file in files[version] if file["filename"].endswith(".whl")),
            sdist=any(not file["filename"].endswith(".whl") for file in files[version]),
            needs=next((str(file["requires-python"]) for file in files[version] if file.get("requires-python")), ""),
            yanked=all(file.get("yanked") for file in files[version]),
        )
        for version in sorted(files)
    ]


def _version_of(filename: str) -> Optional[Version]:
    """None for installers and eggs of old days, and for names that follow no rule."""
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[1]
        return parse_sdist_filename(filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def _wheel(file: Dict[str, Any]) -> Wheel:
    """The Pythons and systems of a wheel, from its name.

    >>> _wheel({"filename": "a-1-cp313-cp313t-manylinux_2_28_x86_64.whl"})[1:]
    (('3.13t',), ('linux',))
    >>> _wheel({"filename": "a-1-cp38-abi3-macosx_11_0_universal2.whl"})[1:]
    (('3.8+',), ('mac', 'mac_arm'))
    >>> _wheel({"filename": "a-1-py2.py3-none-any.whl"})[1:]
    (('py2', 'py3'), ('any',))
    """
    pythons: Set[str] = set()
    systems: Set[str] = set()
    for tag in parse_wheel_filename(file["filename"])[3]:
        found = re.match(r"(cp|py)(\d)(\d*)$", tag.interpreter)
        if found:
            kind, major, minor = found.groups()
            suffix = "+" if tag.abi == "abi3" else "t" if re.match(r"cp\d+t$", tag.abi) else ""
            pythons.add(f"{major}.{minor}{suffix}" if kind == "cp" and minor else f"py{major}")
        systems.update(system for system, pattern in _PLATFORMS.items() if re.match(pattern, tag.platform))
    return Wheel(file, tuple(sorted(pythons, key=_by_number)), tuple(sorted(systems)))


#: Names of the columns -> platform tags.
_PLATFORMS = {
    "linux": r"(manylinux.*|linux)_x86_64$",
    "aarch64": r"(manylinux.*|linux)_aarch64$",
    "windows": r"win_amd64$",
    "win32": r"win32$",
    "mac": r"macosx_.*_(x86_64|universal2|intel)$",
    "mac_arm": r"macosx_.*_(arm64|universal2)$",
    "any": r"any$",
}


def _by_number(python: str) -> Tuple[int, int, str]:
    major, _, minor = python.lstrip("py").rstrip("t+").partition(".")
    return int(major), int(minor or 0), python


def pythons(release: Release, system: str) -> str:
    """Pythons with a wheel of a release: "3.9 3.10 3.10t"."""
    found = {python for wheel in release.wheels if system in wheel.systems for python in wheel.pythons}
    return " ".join(sorted(found, key=_by_number))


def wheel_for(release: Release, system: str) -> Optional[Wheel]:
    """The wheel for the newest Python on a system (not a free-threaded one)."""
    fitting = [
        wheel
        for wheel in release.wheels
        if {system, "any"} & set(wheel.systems) and wheel.pythons and not wheel.pythons[-1].endswith("t")
    ]
    return max(fitting, key=lambda wheel: _by_number(wheel.pythons[-1]), default=None)


# ---------------------------------------------------------------- what a wheel asks for


def requirements(index: Index, release: Release, extra: str = "", system: str = "linux") -> Dict[str, Requirement]:
    """What the metadata of its newest Linux wheel asks for there: canonical name -> requirement.  {} without one.

    Where it depends on the Python, the oldest that the release has a wheel for decides.
    """
    wheel = wheel_for(release, system)
    if wheel is None:
        return {}
    oldest = (pythons(release, system).split() or wheel.pythons)[0].rstrip("+t")
    number = oldest if "." in oldest else "3.8"
    environment: Dict[str, str] = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": number,
        "python_full_version": number + ".0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "os_name": "posix",
        "extra": extra,
    }
    asked: Dict[str, Requirement] = {}
    for text in re.findall(r"^Requires-Dist: (.*?)\s*$", index.metadata(wheel.file).split("\n\n")[0], re.M):
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue
        if one.marker is None or one.marker.evaluate(environment):
            asked.setdefault(canonicalize_name(one.name), one)
    return asked


def specifier_text(specifier: SpecifierSet) -> str:
    """In the order of the versions, as the tables have it.

    >>> specifier_text(SpecifierSet("<8.0.0,>=6.31.1,!=7.0"))
    '>=6.31.1,!=7.0,<8.0.0'
    """
    parts = [str(part) for part in specifier]
    return ",".join(sorted(parts, key=lambda part: (Version(re.sub(r"^[<>=!~]+|\.\*$", "", part)), part)))


def floor(asked: Dict[str, Requirement], *names: str) -> str:
    """The lowest version that the first of these requirements admits, or ""."""
    for name in names:
        for part in asked[name].specifier if name in asked else ():
            if part.operator in (">=", "==", "~="):
                return part.version.replace(".*", "")
    return ""


def below(asked: Dict[str, Requirement], *names: str) -> str:
    """The version that the first of these requirements stays below, or "" ("10.0" as "10")."""
    for name in names:
        for part in asked[name].specifier if name in asked else ():
            if part.operator == "<":
                return re.sub(r"\.0$", "", part.version)
    return ""


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


# ---------------------------------------------------------------- torch


def torch_releases(index: Index, wanted: Callable[[str], bool]) -> Iterator[Row]:
    companions: Dict[str, List[Tuple[str, SpecifierSet]]] = {}
    for release in releases(index.project("torch")):
        cells: Cells = {"torch": release.version, "date": release.date}
        for system in ("linux", "windows", "aarch64"):
            cells[f"python_{system}"] = pythons(release, system)
        if not wanted(release.version):
            yield Row(cells, ("torch",), whole=False)
            continue
        unread = [f"numpy_abi_{system}" for system in ("linux", "windows") if cells[f"python_{system}"]]
        for name in ("torchvision", "torchaudio"):
            if name not in companions:
                companions[name] = _companions(index, name, release.date)
            fitting = [(version, asked) for version, asked in companions[name] if asked.contains(release.version)]
            cells[name] = " ".join(version for version, asked in fitting if _is_pin(asked))
            if fitting and not cells[name]:
                unread.append(name)  # made for this torch, or for a later one as well: its metadata does not tell
        asked = requirements(index, release)
        cells["triton"] = specifier_text(asked["triton"].specifier) if "triton" in asked else ""
        built = _torch_build(index, release, "linux")
        cells["default_tag"] = built.get("tag", "")
        on_windows = _torch_build(index, release, "windows")
        cells["default_windows"] = on_windows.get("tag", "")
        yield Row(cells, ("torch",), tuple(unread))


def _companions(index: Index, name: str, since: str) -> List[Tuple[str, SpecifierSet]]:
    """Releases of torchvision or torchaudio made since a day (some come a few days before their torch): torch asked."""
    found = []
    for release in releases(index.project(name)):
        if release.date >= _week_before(since):
            asked = requirements(index, release).get("torch")
            if asked:
                found.append((release.version, asked.specifier))
    return found


def _is_pin(specifier: SpecifierSet) -> bool:
    return any(part.operator == "==" for part in specifier)


def _week_before(day: str) -> str:
    """An index without dates is asked about everything."""
    return str(datetime.date(*map(int, day.split("-"))) - datetime.timedelta(days=7)) if day else ""


def _torch_build(index: Index, release: Release, system: str) -> Cells:
    """tag and cuda of the wheel that a plain installation gives, from torch/version.py inside it."""
    wheel = wheel_for(release, system)
    if wheel is None:
        return {}
    text = index.inside(wheel.file, "torch/version.py")
    version = re.search(r"^__version__ = '([^']+)'", text, re.M)
    cuda = re.search(r"^cuda\b[^=]*= '([\d.]+)'", text, re.M)
    tag = version.group(1).partition("+")[2] if version else ""
    if not tag:  # the local part is cut off where the registry wants none
        tag = "cu" + _short(cuda.group(1)).replace(".", "") if cuda else "cpu"
    return {"tag": tag, "cuda": cuda.group(1) if cuda else ""}


def torch_builds(index: Index, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """The registry's own build of a release; the others lie on the project's index."""
    for release in releases(index.project("torch")):
        if not wanted(release.version):
            continue
        built = _torch_build(index, release, "linux")
        if built.get("cuda"):
            asked = requirements(index, release)
            major = built["cuda"].split(".")[0]
            cells = {
                "torch": release.version,
                "tag": built["tag"],
                "cuda": _short(built["cuda"]),
                "os": "linux",
                "default": "linux",
                "cudnn": floor(asked, f"nvidia-cudnn-cu{major}"),
            }
            yield Row(cells, ("torch", "tag"), ("os", "sm_linux", "ptx_linux", "basis"))


# ---------------------------------------------------------------- TensorFlow and Keras

#: Companions that the table of TensorFlow releases has a column for.
_OF_TENSORFLOW = (
    "numpy", "scipy", "protobuf", "h5py", "keras", "keras-nightly", "gast", "wrapt", "typing-extensions", "ml-dtypes",
)  # fmt: skip


def tensorflow_releases(index: Index, wanted: Callable[[str], bool]) -> Iterator[Row]:
    apart = {release.version: release for release in releases(index.project("tensorflow-gpu"))}
    for release in releases(index.project("tensorflow")):
        cells: Cells = {"tensorflow": release.version, "date": release.date}
        for system in ("linux", "windows", "mac", "mac_arm", "aarch64"):
            cells[f"python_{system}"] = pythons(release, system)
        if release.version in apart:
            there = apart[release.version]
            cells["tensorflow_gpu"] = " ".join(system for system in ("linux", "windows") if pythons(there, system))
        if not wanted(release.version):
            yield Row(cells, ("tensorflow",), whole=False)
            continue
        built = _tensorflow_build(index, release, "linux")
        cells["gpu_linux"] = built.pop("gpu", "")
        cells["gpu_windows"] = _tensorflow_build(index, release, "windows").pop("gpu", "")
        cells.update(built)
        asked = requirements(index, release)
        for name in _OF_TENSORFLOW:
            cells[name] = specifier_text(asked[name].specifier) if name in asked else ""
        missing = [name for name in ("gpu_linux", "gpu_windows", "cuda", "cudnn", "sm", "ptx") if not cells.get(name)]
        yield Row(cells, ("tensorflow",), tuple(missing))


def _tensorflow_build(index: Index, release: Release, system: str) -> Cells:
    """gpu, cuda, cudnn, sm and ptx from the wheel's own build notes and the pins of its extra "and-cuda"."""
    wheel = wheel_for(release, system)
    if wheel is None:
        return {}
    try:
        notes = build_notes(index.inside(wheel.file, "tensorflow/python/platform/build_info.py"))
    except NoAnswer:
        return {}
    if "is_cuda_build" not in notes:
        return {}
    cells = {"gpu": "yes" if notes["is_cuda_build"] else "no"}
    if cells["gpu"] == "no" or system != "linux":
        return cells
    asked = requirements(index, release, "and-cuda")
    majors = [name.rpartition("-cu")[2] for name in asked if re.match(r"nvidia-cudnn-cu\d+$", name)]
    cells["cuda"] = _short(
        floor(asked, *(f"nvidia-cuda-runtime-cu{major}" for major in majors)) or str(notes.get("cuda_version", ""))
    )
    cells["cudnn"] = _short(floor(asked, *(f"nvidia-cudnn-cu{major}" for major in majors)))
    targets = [str(target) for target in notes.get("cuda_compute_capabilities", [])]
    both = [_dotted(target[len("compute_") :]) for target in targets if target.startswith("compute_")]
    if targets:
        cells["sm"] = " ".join([_dotted(target[3:]) for target in targets if target.startswith("sm_")] + both)
        cells["ptx"] = " ".join(both)
        cells["basis"] = "recorded"
    return cells


def build_notes(text: str) -> Cells:
    """The list of pairs in TensorFlow's build_info.py; {} where there is none.  Nothing is executed."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "OrderedDict" and node.args:
            return dict(ast.literal_eval(node.args[0]))
    return {}


def _dotted(target: str) -> str:
    """
    >>> _dotted("86"), _dotted("120"), _dotted("90a")
    ('8.6', '12.0', '9.0a')
    """
    return re.sub(r"(\d)(\D?)$", r".\1\2", target)


def keras_pairs(index: Index, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """One row for each minor of TensorFlow, by its newest patch; tf-keras by what it asks for itself."""
    newest = {_short(release.version): release for release in releases(index.project("tensorflow"))}
    for minor, release in newest.items():
        if wanted(release.version):
            asked = requirements(index, release).get("keras")
            if asked:
                text = specifier_text(asked.specifier)
                cells = {"package": "keras", "versions": text, "tensorflow": _minor_range(minor)}
                cells.update(family="keras-3", declared="tensorflow", asks=text)
                yield Row(cells, ("package", "tensorflow"), ("family",))
    for release in releases(index.project("tf-keras")):
        if wanted(release.version):
            asked = requirements(index, release).get("tensorflow")
            if asked:
                cells = {"package": "tf-keras", "versions": "==" + release.version}
                cells.update(tensorflow=specifier_text(asked.specifier), family="tf-keras", declared="keras")
                yield Row(cells, ("package", "versions"))


def _minor_range(minor: str) -> str:
    """
    >>> _minor_range("2.22")
    '>=2.22,<2.23'
    """
    major, _, number = minor.partition(".")
    return f">={minor},<{major}.{int(number) + 1}"


# ---------------------------------------------------------------- JAX


def jax(index: Index, wanted: Callable[[str], bool]) -> Iterator[Row]:
    """One row for each release and CUDA plugin, but only where something changed against the release before."""
    of_jaxlib = {release.version: release for release in releases(index.project("jaxlib"))}
    for variant in ("cuda12", "cuda13"):
        before: Cells = {}
        for release in releases(index.project(f"jax-{variant}-plugin")):
            if release.yanked or not wanted(release.version):
                continue
            asked = requirements(index, release, "with-cuda")
            suffixes = ("-" + variant.replace("cuda", "cu"), "")
            beside = requirements(index, of_jaxlib[release.version]) if release.version in of_jaxlib else {}
            cells = {
                "cuda_min": _short(floor(asked, *("nvidia-cuda-runtime" + suffix for suffix in suffixes))),
                "nvcc_min": floor(asked, *("nvidia-cuda-nvcc" + suffix for suffix in suffixes)),
                "cudnn_min": floor(asked, *("nvidia-cudnn" + suffix for suffix in suffixes)),
                "cudnn_below": below(asked, *("nvidia-cudnn" + suffix for suffix in suffixes)),
                "python": " ".join(one for one in pythons(release, "linux").split() if not one.endswith("t")),
                "numpy_min": floor(beside, "numpy"),
            }
            if cells != before:
                read = {"jax": release.version, "variant": variant, **cells}
                yield Row(read, ("jax", "variant"), ("driver_linux", "cc_min"))
            before = cells


# ---------------------------------------------------------------- all of them


class Source(NamedTuple):
    """How a table is read.  packages: whose names call for it.  column: where its rows have the release."""

    packages: Tuple[str, ...]
    column: str
    rows: Callable[[Index, Callable[[str], bool]], Iterable[Row]]


SOURCES = {
    "torch-releases": Source(("torch", "torchvision", "torchaudio"), "torch", torch_releases),
    "torch-builds": Source(("torch",), "torch", torch_builds),
    "tensorflow-releases": Source(("tensorflow", "tensorflow-gpu"), "tensorflow", tensorflow_releases),
    "keras-pairs": Source(("keras", "tf-keras", "tensorflow"), "tensorflow", keras_pairs),
    "jax": Source(("jax", "jaxlib"), "jax", jax),
}
