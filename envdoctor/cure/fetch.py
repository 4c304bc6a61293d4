"""How does everything that a plan needs arrive before anything is changed?

So that a dead network, a wrong hash, a full disk or a failing build strike while the environment is still whole.  pip
fetches wheels (it builds them from sources where there are none) into a folder, and later installs from that folder
alone; uv installs into a scratch folder once, which fills its cache, and later installs without the network.
"""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from typing import Iterator, List, Tuple

from ..chart import canonical
from .ground import Ground
from .inventory import recorded
from .plan import PIP, UNINSTALL, UV, Step

#: Options of `pip install` that say how to put files into the environment, and mean nothing to `pip wheel`.
_OF_INSTALL = frozenset(
    "--force-reinstall --upgrade -U --ignore-installed -I --no-warn-script-location --no-warn-conflicts --user "
    "--no-user --no-compile --compile --break-system-packages --upgrade-strategy=only-if-needed "
    "--upgrade-strategy=eager -y --yes".split()
)
#: Options, with their value, that say where to look; the folder of what was fetched stands in for all of them.
_PLACES = ("--index-url", "-i", "--extra-index-url", "--find-links", "-f", "--trusted-host")
#: Options that take the next word as their value.
_WITH_VALUE = frozenset(
    [*_PLACES, "-c", "--constraint", "-r", "--requirement", "--no-binary", "--only-binary", "--progress-bar"]
    + ["--python", "-p", "--config-settings", "-C", "--global-option", "--index", "--default-index"]
    + ["--index-strategy", "--exclude-newer", "--reinstall-package", "--timeout", "--retries", "--proxy", "--cert"]
    + ["--upgrade-strategy", "--link-mode", "--cache-dir", "--build-constraint", "-b"]
)
_PLAIN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[^\]]*\])?\s*([<>=!~;].*)?$")
#: Old pips refuse `pip wheel` where the package "wheel" is missing; fresh venvs of 3.6 miss it.
NO_WHEEL_PACKAGE = "requires the 'wheel' package"


@dataclass(frozen=True)
class Fetch:
    """command fills the cache or the folder; second is tried where the first says that it cannot build wheels."""

    command: Tuple[str, ...]
    second: Tuple[str, ...] = ()


def fetching(step: Step, folder: str, scratch: str) -> Fetch | None:
    """How to get what the step will install; None where nothing can or need be fetched first."""
    if step.action == UNINSTALL or not _only_names(step.command):
        return None
    if step.tool == UV and "install" in step.command:
        return Fetch((*step.command, "--prefix", scratch))
    if step.tool == PIP and "install" in step.command:
        at = step.command.index("install")
        before, words = step.command[:at], [word for word in step.command[at + 1 :] if word not in _OF_INSTALL]
        return Fetch((*before, "wheel", "-w", folder, *words), (*before, "download", "-d", folder, *words))
    return None


def installing(step: Step, folder: str) -> Tuple[str, ...]:
    """The step's command, changed so that it takes what was fetched."""
    if step.tool == UV:
        return (*step.command, "--offline")
    files = [name for name in os.listdir(folder) if not name.startswith(".")]
    at = step.command.index("install") + 1
    if not all(name.endswith(".whl") for name in files):  # a source may ask for more while it is built
        return (*step.command[:at], "--find-links", folder, *step.command[at:])
    words: List[str] = []
    skip = False
    for word in step.command[at:]:
        if skip or word == "--no-index":
            skip = False
        elif word in _PLACES:
            skip = True
        elif not word.startswith(tuple(place + "=" for place in _PLACES if place.startswith("--"))):
            words.append(word)
    return (*step.command[:at], "--no-index", "--find-links", folder, *words)


def _only_names(command: Tuple[str, ...]) -> bool:
    """Are all requirements plain names with versions?  A folder or an address is installed as the step says."""
    words = command[command.index("install") + 1 :] if "install" in command else ()
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("-e", "--editable") or word.startswith("--editable="):
            return False
        elif word in _WITH_VALUE:
            skip = True
        elif not word.startswith("-") and not _PLAIN.match(word):
            return False
    return bool(words)


# ---------------------------------------------------------------- what the fetched will bring


def names(folder: str) -> Tuple[str, ...]:
    """The distributions that lie in a folder of fetched files."""
    return tuple(sorted({canonical(name.split("-")[0]) for name in _listed(folder) if name.endswith(".whl")}))


def unpacked_bytes(folder: str) -> int:
    """What the fetched files take once they are installed, compiled modules included (a third more: ours)."""
    size = 0
    for name in _listed(folder):
        path = os.path.join(folder, name)
        if name.endswith(".whl"):
            with zipfile.ZipFile(path) as wheel:
                size += sum(one.file_size for one in wheel.infolist())
        else:
            size += 4 * os.path.getsize(path)
    return size * 4 // 3


def outside(folder: str, scratch: str, ground: Ground) -> Tuple[str, ...]:
    """Paths beyond the folders of packages that the fetched may write: data files, headers, scripts."""
    found: List[str] = []
    for name in _listed(folder):
        if name.endswith(".whl"):
            with zipfile.ZipFile(os.path.join(folder, name)) as wheel:
                found += _outside_of_wheel(wheel, name.split("-")[0], ground)
    for path, _, files in os.walk(scratch):
        beside = os.path.relpath(path, scratch)
        if "site-packages" not in beside and "dist-packages" not in beside:
            found += [os.path.normpath(os.path.join(ground.prefix, beside, name)) for name in files]
    return tuple(dict.fromkeys(found))


def _outside_of_wheel(wheel: zipfile.ZipFile, project: str, ground: Ground) -> Iterator[str]:
    for name in wheel.namelist():
        first, _, rest = name.partition("/")
        if first.endswith(".data") and not name.endswith("/"):
            kind, _, rest = rest.partition("/")
            if kind == "data":
                yield from recorded([rest], ground.prefix)
            elif kind == "scripts":
                yield from recorded([rest], ground.scripts)
            elif kind == "headers":
                # pip puts the headers of a venv beside those of Python, under a name of the venv's own.
                beside = os.path.join(ground.prefix, "include", "site", "python" + ground.version)
                for include in (beside, ground.include):
                    yield from recorded([rest], os.path.join(include, project))
        elif name.endswith(".dist-info/entry_points.txt"):
            yield from _scripts(wheel.read(name).decode("utf-8", "replace"), ground.scripts)


def _scripts(entry_points: str, folder: str) -> Iterator[str]:
    section = ""
    for line in entry_points.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif section in ("console_scripts", "gui_scripts") and "=" in line:
            script = os.path.join(folder, line.partition("=")[0].strip())
            yield script
            if os.name == "nt":
                yield from (script + ".exe", script + "-script.py", script + "-script.pyw")


def _listed(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
