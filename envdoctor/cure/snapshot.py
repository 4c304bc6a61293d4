"""Of which files did the environment consist, and how do they all come back?

Every file is kept as a hard link: that costs no space and hardly any time, needs no network to come back, and survives
whatever a killed pip does, because pip and uv replace files instead of writing into them.  What is written in place
(lists that tools append to, scripts of old pips) is kept as a copy, and so is everything where links are impossible.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from dataclasses import dataclass, field
from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, Tuple

from .journal import FOLDER, settle_all, write_json

#: Files of these kinds are copied up to this size (ours): tools append to them, or people edit them in place.
_COPIED = (".pth", ".egg-link", ".cfg", ".ini", ".conf", ".json", ".txt", ".toml", ".yaml", ".yml")
_COPIED_BYTES = 65536
#: Files in one folder of the store; old file systems are slow beyond some thousands.
_SHELF = 2000
#: What a file is called until it takes its place.
_FRESH = ".envdoctor-new"
FILE, LINK, DIRECTORY = "file", "link", "folder"
#: The list of everything that was kept, and that of what undo needs.  Two files, as a kill may come between them, and
#: whoever took the second for the first would delete the environment.
WHOLE, CHANGED = "manifest.json", "changed.json"


@dataclass(frozen=True)
class Entry:
    """One name that was there.  place: the number of the kept file, -1 for links and folders.  target: of a link."""

    kind: str
    mode: int
    size: int = 0
    mtime: int = 0
    inode: int = 0
    owner: Tuple[int, int] = (0, 0)
    place: int = -1
    copied: bool = False
    target: str = ""


@dataclass(frozen=True)
class Snapshot:
    """entries: path -> what was there.  absent: paths outside of the trees that were not there and may be made.

    beside: folders outside of the trees -> the names in them with a `~`: pip moves a folder of data files aside so.
    """

    store: str
    trees: Tuple[str, ...]
    entries: Mapping[str, Entry]
    absent: Tuple[str, ...] = ()
    beside: Mapping[str, Tuple[str, ...]] = field(default_factory=dict)

    def kept(self, entry: Entry) -> str:
        return kept(self.store, entry.place)


@dataclass(frozen=True)
class Difference:
    """What has changed since: paths that are new, and paths that are gone or hold something else.

    after: what the new and the other ones are like now (size and time), to notice later if somebody changes them.
    """

    added: Tuple[str, ...]
    gone: Tuple[str, ...]
    after: Mapping[str, Tuple[int, int]] = field(default_factory=dict)


def kept(store: str, place: int) -> str:
    return os.path.join(store, str(place // _SHELF), str(place))


# ---------------------------------------------------------------- taking it


def weigh(trees: Iterable[str]) -> Tuple[int, int]:
    """(number of files, their bytes)."""
    count = size = 0
    for tree in trees:
        for _, status in walk(tree):
            count += 1
            size += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return count, size


def linkable(tree: str, folder: str) -> bool:
    """Can a file of the tree be kept in the folder as a hard link?  Tried with the first one."""
    target = os.path.join(folder, "link")
    for path, status in walk(tree):
        if stat.S_ISREG(status.st_mode):
            try:
                os.link(path, target)
                os.remove(target)
            except OSError:
                return False
            return True
    return True


def take(trees: Tuple[str, ...], outside: Iterable[str], store: str, top: str) -> Snapshot:
    """Keep everything in the trees, and the files outside of them.  top: the folder of the environment.

    Raises OSError (a full disk).

    The trees are only read.
    """
    entries: Dict[str, Entry] = {}
    os.makedirs(store)
    for tree in trees:
        for path, status in walk(tree):
            entries[path] = _keep(path, status, store, len(entries))
    absent: List[str] = []
    beside: Dict[str, Tuple[str, ...]] = {}
    for path in outside:
        if path in entries or any(_inside(path, tree) for tree in trees):
            continue
        for folder in _folders_of(path, top):
            beside.setdefault(folder, tuple(_aside(folder)))
        try:
            status = os.lstat(path)
        except OSError:
            absent += [one for one in _missing(path) if one not in absent]
            continue
        if not stat.S_ISDIR(status.st_mode):
            entries[path] = _keep(path, status, store, len(entries))
    snapshot = Snapshot(store, tuple(trees), entries, tuple(absent), beside)
    settle_all(store)
    _write(snapshot, WHOLE)
    return snapshot


def walk(folder: str) -> Iterator[Tuple[str, os.stat_result]]:
    """Everything below a folder, and the folder itself, outer names first; nothing behind links, no journals."""
    try:
        status = os.lstat(folder)
    except OSError:
        return
    yield folder, status
    if not stat.S_ISDIR(status.st_mode):
        return
    for name in sorted(os.listdir(folder)):
        if name != FOLDER:
            yield from walk(os.path.join(folder, name))


def _missing(path: str) -> Iterator[str]:
    """The path and those of its folders that are not there."""
    while path and not os.path.lexists(path) and path != os.path.dirname(path):
        yield path
        path = os.path.dirname(path)


def _folders_of(path: str, top: str) -> Iterator[str]:
    """The folder of a file and those around it, as far as they are there and lie in the environment."""
    folder = os.path.dirname(path)
    while True:
        if os.path.isdir(folder):
            yield folder
        if not _inside(folder, top):
            return
        folder = os.path.dirname(folder)


def _aside(folder: str) -> List[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith("~"))
    except OSError:
        return []


def _inside(path: str, folder: str) -> bool:
    return os.path.normcase(path).startswith(os.path.normcase(os.path.join(folder, "")))


def _keep(path: str, status: os.stat_result, store: str, place: int) -> Entry:
    mode, owner = stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid)
    if stat.S_ISDIR(status.st_mode):
        return Entry(DIRECTORY, mode, owner=owner)
    if stat.S_ISLNK(status.st_mode):
        return Entry(LINK, mode, owner=owner, target=os.readlink(path))
    if not stat.S_ISREG(status.st_mode):  # a socket, a pipe: nothing that pip makes or removes
        return Entry("other", mode)
    target = kept(store, place)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    copied = _written_in_place(path, status)
    if not copied:
        try:
            os.link(path, target)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS):
                raise
            copied = True  # another disk, too many links, a file system or a rule that knows no links
    if copied:
        _copy(path, target)
    return Entry(FILE, mode, status.st_size, status.st_mtime_ns, status.st_ino, owner, place, copied)


def _written_in_place(path: str, status: os.stat_result) -> bool:
    if status.st_size > _COPIED_BYTES:
        return False
    return path.endswith(_COPIED) or os.path.basename(os.path.dirname(path)) in ("bin", "Scripts")


def _copy(source: str, target: str) -> None:
    with open(source, "rb") as reader, open(target, "wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        if os.name == "nt":  # elsewhere all copies are waited for together
            writer.flush()
            os.fsync(writer.fileno())
    shutil.copystat(source, target)


# ---------------------------------------------------------------- on disk


def _write(snapshot: Snapshot, name: str, difference: Difference | None = None) -> None:
    data: Dict[str, Any] = {
        "trees": snapshot.trees,
        "absent": snapshot.absent,
        "beside": snapshot.beside,
        "entries": {path: list(vars(entry).values()) for path, entry in snapshot.entries.items()},
    }
    if difference is not None:
        data["difference"] = vars(difference)
    write_json(os.path.join(snapshot.store, name), data)


def load(store: str) -> Snapshot:
    """All that was kept.  Raises OSError or ValueError where there is none that is whole."""
    return _read(store, WHOLE)[0]


def load_change(store: str) -> Tuple[Snapshot, Difference]:
    """What `shrink` has left: what a fix has changed, and the files that bring it back.  Raises OSError, ValueError."""
    snapshot, told = _read(store, CHANGED)
    after = {path: (size, time) for path, (size, time) in told["after"].items()}
    return snapshot, Difference(tuple(told["added"]), tuple(told["gone"]), after)


def _read(store: str, name: str) -> Tuple[Snapshot, Any]:
    with open(os.path.join(store, name), encoding="utf-8") as file:
        data = json.load(file)
    entries = {}
    for path, row in data["entries"].items():
        row[5] = (row[5][0], row[5][1])
        entries[path] = Entry(*row)
    beside = {folder: tuple(names) for folder, names in data["beside"].items()}
    return Snapshot(store, tuple(data["trees"]), entries, tuple(data["absent"]), beside), data.get("difference")


# ---------------------------------------------------------------- comparing


def difference(snapshot: Snapshot) -> Difference:
    """What is not as it was."""
    now = dict(_now(snapshot))
    added = [path for path in now if path not in snapshot.entries]
    gone = [
        path for path, entry in snapshot.entries.items() if path not in now or not _same(snapshot, path, entry, now)
    ]
    after = {
        path: (now[path].st_size, now[path].st_mtime_ns)
        for path in [*added, *gone]
        if path in now and not stat.S_ISDIR(now[path].st_mode)
    }
    return Difference(tuple(added), tuple(gone), after)


def _now(snapshot: Snapshot) -> Iterator[Tuple[str, os.stat_result]]:
    for tree in snapshot.trees:
        yield from walk(tree)
    outside = [path for path in snapshot.entries if not any(_inside(path, tree) for tree in snapshot.trees)]
    half_done = [path + _FRESH for path in [*outside, *snapshot.absent]]
    for path in [*outside, *half_done, *snapshot.absent]:
        if path not in snapshot.trees and os.path.lexists(path):
            yield path, os.lstat(path)
    for folder, names in snapshot.beside.items():
        for name in _aside(folder):
            if name not in names:
                yield from walk(os.path.join(folder, name))


def _same(snapshot: Snapshot, path: str, entry: Entry, now: Mapping[str, os.stat_result]) -> bool:
    status = now[path]
    if entry.kind == DIRECTORY:
        return stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == entry.mode
    if entry.kind == LINK:
        return stat.S_ISLNK(status.st_mode) and os.readlink(path) == entry.target
    if entry.kind != FILE:
        return True
    if not stat.S_ISREG(status.st_mode) or stat.S_IMODE(status.st_mode) != entry.mode:
        return False
    if (status.st_size, status.st_mtime_ns) != (entry.size, entry.mtime):
        return False
    # Times alone prove nothing: many installers give every file the same one.
    if entry.copied:
        return _equal(path, snapshot.kept(entry))
    return status.st_ino == entry.inode


def _equal(one: str, other: str) -> bool:
    with open(one, "rb") as first, open(other, "rb") as second:
        while True:
            block = first.read(1 << 20)
            if block != second.read(1 << 20):
                return False
            if not block:
                return True


def spoiled(snapshot: Snapshot, paths: Iterable[str]) -> Tuple[str, ...]:
    """Those of the kept files that are no longer what was kept: somebody wrote into a linked file."""
    found = []
    for path in paths:
        entry = snapshot.entries.get(path)
        if entry is None or entry.kind != FILE:
            continue
        try:
            status = os.stat(snapshot.kept(entry))
        except OSError:
            found.append(path)
            continue
        if (status.st_size, status.st_mtime_ns) != (entry.size, entry.mtime):
            found.append(path)
    return tuple(found)


# ---------------------------------------------------------------- putting it back


def restore(snapshot: Snapshot, spared: Collection[str] = ()) -> Tuple[str, ...]:
    """Make everything as it was, but for the spared paths; what could not be made so, because the kept file is not
    what it was.  Raises OSError.  It may be killed and begun again at any moment.
    """
    change = difference(snapshot)
    added = tuple(path for path in change.added if path not in spared)
    gone = tuple(path for path in change.gone if path not in spared)
    if spared:  # a folder in which nothing but spared files were stays away, too
        filled = {os.path.dirname(path) for path in gone if snapshot.entries[path].kind != DIRECTORY}
        emptied = {os.path.dirname(path) for path in spared} - filled
        gone = tuple(path for path in gone if path not in emptied)
    return put_back(snapshot, Difference(added, gone))


def put_back(snapshot: Snapshot, change: Difference) -> Tuple[str, ...]:
    """Undo a difference: first what is new is removed (that also makes room), then what is gone is put back."""
    folders = [path for path in change.added if os.path.isdir(path) and not os.path.islink(path)]
    for path in sorted(set(change.added) - set(folders)):
        _remove(path)
        for compiled in _compiled_from(path):
            if compiled not in snapshot.entries:
                _remove(compiled)
    for path in sorted(folders, key=len, reverse=True):
        _remove_folder(path)
    lost = spoiled(snapshot, change.gone)
    for path in sorted(change.gone, key=len):
        entry = snapshot.entries.get(path)
        if entry is not None:
            _place(snapshot, path, entry)
    for tree in snapshot.trees:  # before anybody deletes what was kept
        if os.path.isdir(tree):
            settle_all(tree)
    return lost


def _compiled_from(path: str) -> List[str]:
    """What Python has compiled from a module, perhaps long after the difference was written down."""
    folder, name = os.path.split(path)
    if not name.endswith(".py"):
        return []
    cache = os.path.join(folder, "__pycache__")
    try:
        return [os.path.join(cache, one) for one in os.listdir(cache) if one.startswith(name[:-2])]
    except OSError:
        return []


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except FileNotFoundError:
        return
    except PermissionError:
        if os.name != "nt":
            raise
        os.chmod(path, stat.S_IWRITE)  # a read-only file, which Windows does not remove
        os.remove(path)


def _remove_folder(path: str) -> None:
    """A folder that was not there before, unless somebody has put something else into it."""
    try:
        cache = os.path.join(path, "__pycache__")
        if not [name for name in os.listdir(path) if name != "__pycache__"]:
            shutil.rmtree(cache, ignore_errors=True)  # compiled since, from files that are gone
        os.rmdir(path)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
            raise


def _place(snapshot: Snapshot, path: str, entry: Entry) -> None:
    if entry.kind == DIRECTORY:
        if not os.path.isdir(path) or os.path.islink(path):
            _clear(path)
            os.makedirs(path, exist_ok=True)
            _own(path, entry)
        os.chmod(path, entry.mode)
        return
    if entry.kind not in (FILE, LINK):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.isdir(path) and not os.path.islink(path):
        _clear(path)
    fresh = path + _FRESH
    _remove(fresh)
    if entry.kind == LINK:
        os.symlink(entry.target, fresh)
    else:
        source = snapshot.kept(entry)
        linked = False
        if not entry.copied:
            try:
                os.link(source, fresh)
                linked = True
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS):
                    raise
        if not linked:
            _copy(source, fresh)
            _own(fresh, entry)
        elif os.path.exists(path) and os.path.samefile(fresh, path):
            os.remove(fresh)  # replacing a file by another name of itself would leave both names
            os.chmod(path, entry.mode)
            return
    if os.path.lexists(path) and os.name == "nt":
        os.chmod(path, stat.S_IWRITE)
    os.replace(fresh, path)
    if entry.kind == FILE:
        os.chmod(path, entry.mode)


def _own(path: str, entry: Entry) -> None:
    """A copy that root makes must not become root's."""
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(path, *entry.owner)


def _clear(path: str) -> None:
    """Whatever stands where something else belongs."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        _remove(path)


# ---------------------------------------------------------------- what undo needs


def shrink(snapshot: Snapshot, change: Difference) -> Snapshot:
    """Write down what undo needs; it is on the disk when this returns.  `sweep` deletes the rest."""
    smaller = Snapshot(
        snapshot.store,
        snapshot.trees,
        {path: snapshot.entries[path] for path in change.gone if path in snapshot.entries},
        snapshot.absent,
    )
    _write(smaller, CHANGED, change)
    return smaller


def sweep(smaller: Snapshot) -> None:
    """Delete the kept files that it does not name, and the list of them."""
    needed = {entry.place for entry in smaller.entries.values()}
    _remove(os.path.join(smaller.store, WHOLE))
    for shelf in os.listdir(smaller.store):
        folder = os.path.join(smaller.store, shelf)
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if int(name) not in needed:
                    _remove(os.path.join(folder, name))
