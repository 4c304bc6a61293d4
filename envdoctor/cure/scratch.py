"""How is an environment cloned without copying it, so that installers may change the clone and never the original?

Installers replace files: they remove a name and write a new file under it.  So a hard link to everything that they
treat like that costs no space, and the original keeps its content.  What is edited in place (start-up lists of
site-packages, settings, conda's history, metadata) and scripts are copied; they are small.

pip before 10 also writes through existing files, so an environment with such a pip is copied as a whole.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import sys
import tempfile
from typing import Any, Sequence

from ..account import account_of
from ..chart import canonical
from ..complaint import Complaint
from ..environments import python_in
from .checks import last_words

#: The doctor's own folder in an environment; never part of a clone.
HOME = ".envdoctor"
#: An environment with more files than this is not cloned (ours; a full Anaconda has about 150000).
MOST_FILES = 500000
#: MiB that must stay free when files have to be copied: for what the plan installs (ours).
SPARE_MIB = 1000
#: Seconds for `python -m venv` (ours; it copies nothing and takes less than one).
VENV_SECONDS = 60.0

#: What belongs to a venv; a user's project may lie in the same folder.
_OF_A_VENV = frozenset(
    "bin lib lib64 libs include share etc local man scripts dlls tcl pyvenv.cfg pip.conf pip.ini".split()
)
#: What lies in a conda prefix and belongs to others: further environments and the packages of all.
_NOT_OF_CONDA = frozenset(["envs", "pkgs", "conda-bld", ".trash", HOME])
_EDITED = frozenset(
    ".pth .egg-link .cfg .conf .ini .toml .lock .log .pickle .pkl .db .sqlite .sqlite3 .nbi .nbc .condarc".split()
)
_SITES = ("site-packages", "dist-packages")
_OLD_PIP = re.compile(r"^pip-(\d+)\..*-info$")
#: A metadata folder or file of a distribution.
METADATA = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*?)-(?P<version>\d[^-]*)(?:-py\d.*)?\.(?:dist|egg)-info$")
_SCRATCH = re.compile(r"^scratch-(\d+)-(\d+)-(.*)-\w+$")


class CannotClone(Complaint):
    """There can be no clone, and why (sentences: texts/rehearsal.py)."""

    area = "rehearsal"
    status = 3


# ---------------------------------------------------------------- where clones lie


def homes(prefix: str) -> list[str]:
    """The folders in which scratch folders of this environment may lie, the better first.

    In the environment itself, because hard links stay on one disk; in the system's temporary folder where the
    environment cannot be written to, or is a system's.
    """
    return ([os.path.join(prefix, HOME)] if is_environment(prefix) else []) + [
        os.path.join(tempfile.gettempdir(), f"envdoctor-{os.getuid() if hasattr(os, 'getuid') else 'user'}")
    ]


def is_environment(prefix: str) -> bool:
    """Is the folder an environment of its own (conda, venv, virtualenv), and no system's?"""
    return (
        os.path.isdir(os.path.join(prefix, "conda-meta"))
        or os.path.isfile(os.path.join(prefix, "pyvenv.cfg"))
        or any(os.path.isfile(os.path.join(lib, "orig-prefix.txt")) for lib in _stdlibs(prefix))
    )


def _stdlibs(prefix: str) -> list[str]:
    lib = os.path.join(prefix, "lib")
    try:
        names = [name for name in os.listdir(lib) if name.startswith(("python", "pypy"))]
    except OSError:
        names = []
    return [os.path.join(lib, name) for name in names] + [lib, os.path.join(prefix, "Lib")]


def make_folder(prefix: str) -> str:
    """A new scratch folder whose name tells which process it belongs to.  Raises CannotClone."""
    problem = ""
    for home in homes(prefix):
        try:
            os.makedirs(home, mode=0o700, exist_ok=True)
            _private(home)
            return tempfile.mkdtemp(prefix=f"scratch-{os.getpid()}-{_born(os.getpid())}-{_host()}-", dir=home)
        except OSError as error:
            problem = str(error)
    raise CannotClone("no-folder", problem=problem)


def _private(home: str) -> None:
    """A folder in the common temporary folder must be ours: what runs in it was put there by us."""
    if hasattr(os, "getuid") and os.lstat(home).st_uid != os.getuid():
        raise PermissionError(f"{home} belongs to somebody else")


def sweep(prefix: str) -> int:
    """Remove the scratch folders of processes that are no more; how many there were."""
    count = 0
    for home in homes(prefix):
        try:
            names = os.listdir(home)
        except OSError:
            continue
        for name in names:
            match = _SCRATCH.match(name)
            if match and match.group(3) == _host() and not _lives(int(match.group(1)), int(match.group(2))):
                remove(os.path.join(home, name))
                count += 1
        leave(home)
    return count


def leave(home: str) -> None:
    """Remove the doctor's folder when nothing is left in it."""
    try:
        os.rmdir(home)
    except OSError:  # something is left, or it is gone
        return


def remove(folder: str) -> None:
    """Remove a clone.  Modes of its files are never touched: a hard link shares them with the original."""

    def unlock(function: Any, path: str, error: Any) -> None:
        parent = os.path.dirname(path)
        try:
            for one in {parent, path}:
                if os.path.isdir(one) and not os.path.islink(one) and one.startswith(folder):
                    os.chmod(one, stat.S_IRWXU)
            function(path)
        except OSError:  # in use, or gone: the next call tries again
            return

    shutil.rmtree(folder, onerror=unlock)
    if os.path.isdir(folder):  # a folder that could not be listed at first can now
        shutil.rmtree(folder, ignore_errors=True)


def _host() -> str:
    return re.sub(r"\W", "_", socket.gethostname())[:40] or "_"


def _born(pid: int) -> int:
    """When a process was started, in seconds; 0 where nobody can tell: numbers of processes are given again."""
    try:
        import psutil
    except ImportError:  # a broken installation
        return 0
    try:
        return int(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0


def _lives(pid: int, born: int) -> bool:
    try:
        import psutil
    except ImportError:
        return True  # better a folder too many than one that is in use
    return bool(psutil.pid_exists(pid)) and (not born or abs(_born(pid) - born) <= 2)


# ---------------------------------------------------------------- the clone


def clone(python: str, prefix: str, folder: str, ask: Any) -> str:
    """Make a clone of the environment in `folder` (empty); the clone's interpreter.  Raises CannotClone."""
    prefix = os.path.abspath(prefix)
    try:
        if is_environment(prefix):
            return _clone_tree(python, prefix, folder, ask)
        return _clone_system(python, folder, ask)
    except OSError as error:
        raise CannotClone("clone-failed", problem=str(error)) from None


def _clone_tree(python: str, prefix: str, folder: str, ask: Any) -> str:
    is_conda = os.path.isdir(os.path.join(prefix, "conda-meta"))
    with os.scandir(prefix) as entries:
        chosen = [
            entry
            for entry in entries
            if (entry.name not in _NOT_OF_CONDA if is_conda else entry.name.lower() in _OF_A_VENV)
        ]
    copier = _Copier(prefix, folder, _links_are_safe(prefix) and _can_link(prefix, folder))
    if not copier.links:
        _check_space([entry.path for entry in chosen], folder, ask)
    for entry in chosen:
        copier.entry(entry, os.path.join(folder, entry.name), (entry.name,))
    inside = os.path.relpath(os.path.abspath(python), prefix)
    mine = os.path.join(folder, inside)
    if inside.startswith(os.pardir) or not os.path.exists(mine):
        mine = python_in(ask, folder)
    if not mine:
        raise CannotClone("clone-without-python", prefix=prefix)
    return mine


def _clone_system(python: str, folder: str, ask: Any) -> str:
    """A venv of the same interpreter that holds everything that its site-packages hold."""
    account, _, detail = account_of(ask, python, "", 20.0)
    if not account:
        raise CannotClone("clone-failed", problem=detail)
    made = ask.run([python, "-m", "venv", "--without-pip", folder], seconds=VENV_SECONDS)
    mine = python_in(ask, folder)
    if made.status != 0 or not mine:
        raise CannotClone("clone-no-venv", python=python, problem=last_words(made.out + made.err) or made.trouble)
    site = next(iter(sites(folder)), "")
    if not site:
        raise CannotClone("clone-no-venv", python=python, problem="site-packages")
    paths = map(str, account.get("path", ()))
    sources = [path for path in paths if os.path.basename(path) in _SITES and os.path.isdir(path)]
    can_link = all(_links_are_safe_in([source]) and _can_link(source, folder) for source in sources)
    if not can_link:
        _check_space(sources, folder, ask)
    seen: set[str] = set()
    for source in sources:
        copier = _Copier(source, site, can_link)
        mine_here: set[str] = set()
        with os.scandir(source) as entries:
            for entry in entries:
                match = METADATA.match(entry.name)
                name = canonical(match.group("name")) if match else ""
                target = os.path.join(site, entry.name)
                if name in seen or (os.path.lexists(target) and not _is_namespace(target)):
                    continue  # the folder that stands earlier on the search path wins
                mine_here.add(name)
                copier.entry(entry, target, ("site-packages", entry.name))
        seen |= mine_here - {""}
    return mine


def _is_namespace(folder: str) -> bool:
    return os.path.isdir(folder) and not os.path.exists(os.path.join(folder, "__init__.py"))


class _Copier:
    """Makes a tree again: links where they are safe, copies elsewhere."""

    def __init__(self, source: str, target: str, links: bool) -> None:
        self.links = links
        self._source, self._target = source, target
        self._roots = sorted({source, os.path.realpath(source)}, key=len, reverse=True)
        self._count = 0
        self._open: set[str] = set()  # real paths of folders that are being walked: links may go in circles

    def entry(self, entry: Any, target: str, parts: tuple[str, ...]) -> None:
        self._count += 1
        if self._count > MOST_FILES:
            raise CannotClone("clone-too-large", count=MOST_FILES)
        if entry.is_symlink():
            self._symlink(entry.path, target, parts)
        elif entry.is_dir(follow_symlinks=False):
            self._folder(entry.path, target, parts)
        elif entry.is_file(follow_symlinks=False):
            self._file(entry.path, target, parts)

    def _folder(self, source: str, target: str, parts: tuple[str, ...]) -> None:
        real = os.path.realpath(source)
        if real in self._open:
            return
        self._open.add(real)
        os.makedirs(target, exist_ok=True)
        with os.scandir(source) as entries:
            for entry in entries:
                mine = os.path.join(target, entry.name)
                if not os.path.lexists(mine) or entry.is_dir():
                    self.entry(entry, mine, (*parts, entry.name))
        self._open.discard(real)

    def _file(self, source: str, target: str, parts: tuple[str, ...]) -> None:
        if self.links and not _is_edited(source, parts):
            try:
                os.link(source, target, follow_symlinks=False)
                return
            except OSError:  # too many links to one file, another disk, not allowed for files of others
                pass
        shutil.copy2(source, target)
        if parts[0].lower() in ("bin", "scripts"):
            self._point_script(target)

    def _symlink(self, source: str, target: str, parts: tuple[str, ...]) -> None:
        text = os.readlink(source)
        aim = os.path.normpath(os.path.join(os.path.dirname(source), text))
        root = next((root for root in self._roots if aim == root or aim.startswith(root + os.sep)), "")
        if root:  # within the environment: the same place in the clone
            there = os.path.join(self._target, os.path.relpath(aim, root))
            text = there if os.path.isabs(text) else os.path.relpath(there, os.path.dirname(target))
        elif os.path.isdir(source) and _holds_packages(parts):
            self._folder(os.path.realpath(source), target, parts)  # else an installer would remove the files behind it
            return
        elif os.path.isfile(source) and (not self.links or _is_edited(source, parts)):
            if not _is_interpreter(parts):
                shutil.copy2(source, target)
                return
            text = aim
        else:
            text = aim
        try:
            os.symlink(text, target)
        except OSError:  # Windows gives this right to few
            if os.path.isfile(source):
                shutil.copy2(source, target)

    def _point_script(self, path: str) -> None:
        """Let a script start the clone's interpreter: its first two lines name the original's."""
        with open(path, "rb") as file:
            head, rest = file.readline(4096) + file.readline(4096), b""
            if not head.startswith(b"#!") or not any(os.fsencode(root) in head for root in self._roots):
                return
            rest = file.read()
        for root in self._roots:
            head = head.replace(os.fsencode(root + os.sep), os.fsencode(self._target + os.sep))
        with open(path, "r+b") as file:  # our own copy: opened for writing, its mode stays
            file.write(head + rest)
            file.truncate()


def _is_edited(path: str, parts: Sequence[str]) -> bool:
    """Is the file one that some tool writes to in place, or a script?"""
    if "." + parts[-1].rpartition(".")[2].lower() in _EDITED or parts[0] in ("conda-meta", "etc"):
        return True
    if any(part.endswith((".dist-info", ".egg-info")) for part in parts[-3:]):
        return True
    if sys.platform == "win32" and not os.access(path, os.W_OK):
        return True  # to remove it, its attribute is changed, which the original shares
    if parts[0].lower() in ("bin", "scripts") and len(parts) == 2:
        return sys.platform == "win32" or _starts_with(path, b"#!")
    return False


def _starts_with(path: str, mark: bytes) -> bool:
    with open(path, "rb") as file:
        return file.read(len(mark)) == mark


def _is_interpreter(parts: Sequence[str]) -> bool:
    """In a venv it is a link to the base interpreter, which finds its own library behind the link."""
    return parts[0].lower() in ("bin", "scripts") and parts[-1].lower().startswith(("python", "pypy"))


def _holds_packages(parts: Sequence[str]) -> bool:
    """Is this the way to site-packages, or something in it?"""
    if any(part in _SITES for part in parts):
        return True
    return parts[0].lower() in ("lib", "lib64") and (len(parts) == 1 or (len(parts) == 2 and "py" in parts[1]))


def sites(prefix: str) -> list[str]:
    """The site-packages of an environment."""
    found = [os.path.join(lib, "site-packages") for lib in _stdlibs(prefix)]
    return [site for site in found if os.path.isdir(site)]


def _links_are_safe(prefix: str) -> bool:
    return _links_are_safe_in(sites(prefix))


def _links_are_safe_in(sites: Sequence[str]) -> bool:
    """pip before 10 writes into a file that is already there (tried: 9.0.3 does; 18.1 to 26.3 and uv do not)."""
    for site in sites:
        try:
            names = os.listdir(site)
        except OSError:
            continue
        for match in filter(None, map(_OLD_PIP.match, names)):
            if int(match.group(1)) < 10:
                return False
    return True


def _can_link(source: str, folder: str) -> bool:
    """Whether a hard link from one folder's files to the other can be made: tried with the first file."""
    trial = os.path.join(folder, ".link")
    for parent, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name != HOME]
        for name in names:
            path = os.path.join(parent, name)
            if os.path.islink(path):
                continue
            try:
                os.link(path, trial)
            except OSError:
                return False
            os.unlink(trial)
            return True
    return False


def _check_space(sources: Sequence[str], folder: str, ask: Any) -> None:
    free = ask.free_mib(folder)
    if free is None:
        return
    total = 0
    for source in sources:
        for parent, _, names in os.walk(source):
            for name in names:
                try:
                    total += os.lstat(os.path.join(parent, name)).st_size
                except OSError:
                    continue
    need = total // 2**20 + SPARE_MIB
    if free < need:
        raise CannotClone("clone-no-space", need=need, free=free)
