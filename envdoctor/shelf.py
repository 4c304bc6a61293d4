"""Where on the patient's search path does a package lie, and what do its files state?

Runs on Python 3.6.  Files are read, and only their heads; nothing is imported or executed.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .ask import MISSING
from .chart import Fact, absent, canonical, known, unknown

#: Version files are below 5 KB, release_version.h has its numbers in the first 2 KB (our choice, with room to spare).
_HEAD_BYTES = 20000
_DISTRIBUTION = re.compile(
    r"^([A-Za-z0-9][\w.]*(?:-[A-Za-z][\w.]*)*)-(\d[^-]*)(?:-py\d.*)?\.(?:dist-info|egg-info|egg)$"
)


class Record(NamedTuple):
    """One package as the name of its file in conda-meta tells it."""

    version: str
    build: str
    path: str


class Shelf:
    """The patient's search path: one look into each folder, the first folder that holds a package wins."""

    def __init__(self, path: List[str], prefix: str, ask: Any) -> None:
        self.ask = ask
        self.folders = []  # type: List[Tuple[str, List[str]]]
        self.closed = ""
        seen = set()
        for folder in path:
            key = ask.path.normcase(ask.path.normpath(folder))
            if key in seen:
                continue
            seen.add(key)
            names = ask.names(folder)
            trouble = "" if names else ask.trouble(folder)
            if trouble and trouble != MISSING and not self.closed:
                self.closed = "{}: {}".format(folder, trouble)
            self.folders.append((folder, names))
        self.owners = self._distributions()
        self.prefix = prefix
        self.conda = conda_packages(prefix, ask)

    def find(self, module: str) -> Tuple[str, bool]:
        """(folder of a package, whether `import` finds a package in it); ("", False) when there is none.

        A folder without __init__.py yields to a later one that has it, as it does for Python.
        """
        remains = ""
        for folder, names in self.folders:
            if module not in names:
                continue
            found = self.ask.path.join(folder, module)
            if self.ask.is_file(self.ask.path.join(found, "__init__.py")):
                return found, True
            if not remains and self.ask.is_dir(found):
                remains = found
        return remains, False

    def nowhere(self) -> Fact:
        """What a package is that no folder holds: absent, unless a folder could not be opened."""
        return unknown("framework-path-closed", self.closed) if self.closed else absent("sys.path")

    def _distributions(self) -> List[Tuple[str, str, str]]:
        """(canonical name, version, path) of all metadata folders, by their names alone."""
        found = []
        for folder, names in self.folders:
            places = [(name, self.ask.path.join(folder, name)) for name in names if name.endswith("-info")]
            places.append((self.ask.path.basename(folder), folder))  # an egg is an entry of the search path by itself
            for name, path in places:
                match = _DISTRIBUTION.match(name)
                if match:
                    found.append((canonical(match.group(1)), match.group(2), path))
        return found

    def text(self, *parts: str) -> Tuple[str, str, str]:
        """(path, text, trouble) of the head of a file."""
        path = self.ask.path.join(*parts)
        text, trouble = self.ask.read(path, _HEAD_BYTES)
        return path, text, trouble


def owner_version(shelf: Shelf, folder: str, names: Any) -> Fact:
    """The version of the distribution that put a package where it is; `names` matches the names it may have."""
    parent = shelf.ask.path.dirname(folder)
    mine = [
        owner for owner in shelf.owners if names(owner[0]) and parent in (shelf.ask.path.dirname(owner[2]), owner[2])
    ]
    versions = sorted({version for _, version, _ in mine})
    if len(versions) == 1:
        return known(versions[0], mine[0][2])
    if versions:
        detail = ", ".join("{} {}".format(name, version) for name, version, _ in mine)
        return unknown("framework-several-versions", detail, folder)
    return unknown("framework-version-not-recorded", "", folder)


def version_of(shelf: Shelf, module: str, folder: str, files: List[Tuple[str, ...]]) -> Fact:
    """A package's own `__version__`, or else the version of its distribution."""
    for parts in files:
        path, text, trouble = shelf.text(folder, *parts)
        if trouble and trouble != MISSING:
            return unknown("framework-file-closed", "{}: {}".format(path, trouble), path)
        values = assignments(text)
        for name in ("__version__", "_release_version", "_version", "full_version"):
            if isinstance(values.get(name), str) and values[name]:
                return known(values[name], path)
    return owner_version(shelf, folder, re.compile("^" + module + "(-nightly|-gpu|-cu.*)?$").match)


def conda_packages(prefix: str, ask: Any) -> Dict[str, Record]:
    """What conda installed in a prefix, from the file names of conda-meta alone: name -> record."""
    folder = ask.path.join(prefix, "conda-meta") if prefix else ""
    found = {}
    for name in ask.names(folder) if folder else []:
        parts = name[:-5].rsplit("-", 2) if name.endswith(".json") else []
        if len(parts) == 3:
            found[parts[0]] = Record(parts[1], parts[2], ask.path.join(folder, name))
    return found


def conda_record(shelf: Shelf, names: Tuple[str, ...], folder: str, version: str) -> Optional[Record]:
    """The conda package that a package's folder comes from, as far as place and version tell.

    A wheel may have been laid over it since, or lie in the user's own site-packages.
    """
    real, join = shelf.ask.real, shelf.ask.path.join
    for name in names:
        record = shelf.conda.get(name)
        if record and record.version == version.split("+")[0]:
            home = join(real(shelf.prefix), "")
            return record if real(folder).startswith(home) else None
    return None


def assignments(text: str) -> Dict[str, Any]:
    """The plain values that a module gives to names at its left margin: name -> value.  Nothing is executed.

    >>> assignments("cuda: Optional[str] = '11.3'\\ndebug = False\\nif x:\\n    cuda = f()\\nhip = g()\\n")
    {'cuda': '11.3', 'debug': False}
    """
    from ast import literal_eval

    found = {}
    for name, value in re.findall(r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=[ \t]*([^=\s].*)$", text, re.M):
        try:
            found[name] = literal_eval(value.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return found


def build_info(text: str) -> Dict[str, Any]:
    """What TensorFlow's build_info.py records, in each form that releases have had: key -> value.

    Names of their own until 2.2 (`is_cuda_build = True`), one dict (`build_info = {...}`) or one OrderedDict after.
    """
    from ast import literal_eval

    found = assignments(text)
    for literal in re.findall(r"^\w*build_info\s*=[^\[{\n]*([\[{].*[\]}])", text, re.M):
        try:
            found.update(dict(literal_eval(literal)))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return found


def dotted(text: str) -> str:
    """A CUDA version written without dots, as tags and DLL names have it.

    >>> [dotted(text) for text in ("118", "92", "12", "64_112", "64_8", "10.0.130")]
    ['11.8', '9.2', '12', '11.2', '8', '10.0.130']
    """
    text = text[3:] if text.startswith("64_") else text
    # there has been no CUDA 20 or newer: two digits from 20 on are a major and a minor version
    return text[:-1] + "." + text[-1] if text.isdigit() and int(text) >= 20 else text


def cuda_of_build(build: str) -> str:
    """The CUDA version in a conda build string or a local version: py3.7_cuda11.0.221_..., cuda112py39h..., cu110."""
    match = re.search(r"cu(?:da)?[-_]?(\d+(?:\.\d+)*)", build)
    return dotted(match.group(1)) if match else ""
