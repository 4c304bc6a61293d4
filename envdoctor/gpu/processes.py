"""What do the watched process and its children do at this moment?"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping

import psutil

from .evidence import Witness

#: Looking for new children means looking at every process of the machine: at least this many seconds lie between two
#: such looks, and so many that they take at most this share of the time (ours).
_CHILDREN_S, _CHILDREN_SHARE = 1.0, 0.005
#: What changes rarely and is dear to ask is asked again after twice the time, up to this (seconds; ours).
_PAUSE_MOST_S = 16.0
_MAPS_BYTES = 8 * 2**20
#: So many processes of one tree are looked at each time; data loaders start a few dozen (ours).
MOST = 256

#: The library of the CUDA driver; whoever uses the GPU through CUDA has it loaded.
_CUDA = re.compile(r"[\\/](libcuda\.so|nvcuda\.dll|nvcuda64\.dll)")
#: The same of AMD's runtime, which NVML knows nothing of.
_AMD = re.compile(r"[\\/](libamdhip64\.so|amdhip64)")
#: The device that the CUDA driver opens in a process that uses it; the others of /dev/nvidia* are opened by NVML, too.
_CUDA_DEVICE = "/dev/nvidia-uvm"


@dataclass(frozen=True)
class Activity:
    """One look at a process tree.  cpu, worker_cpu: % of one core.  mapped, amd: None where nobody may look."""

    pids: frozenset[int] = frozenset()
    cpu: float | None = None
    worker_cpu: float | None = None
    runnable: bool = False
    disk_wait: bool = False
    mapped: bool | None = None
    amd: bool = False


class _Member:
    """A process of the tree; psutil tells it from a later one of the same PID by the time of its start."""

    def __init__(self, process: Any, cpu_s: float) -> None:
        self.process, self.cpu_s, self.cpu = process, cpu_s, 0.0
        self.witness: Witness | None = None
        self.mapped: bool | None = None
        self.look_at_maps = self.maps_pause_s = 0.0
        self.look_at_name = self.name_pause_s = 0.0


class Tree:
    """A process with all its descendants, looked at often.  A child stays in it when its parent dies.

    Raises psutil.NoSuchProcess when there is no such process at the start.
    """

    def __init__(self, pid: int, ask: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self.root = psutil.Process(pid)
        self.started_s_ago = max(0.0, time.time() - self.root.create_time())
        self._members: dict[int, _Member] = {}
        self._last = clock()
        self._next_children = 0.0
        self.alive = True
        self.mapped: bool | None = None
        self.amd = False
        self._chief: Witness | None = None
        self._join(self.root, born_before=True)

    def _join(self, process: Any, born_before: bool) -> None:
        if process.pid in self._members or len(self._members) >= MOST:
            return
        try:
            times = process.cpu_times()
        except psutil.Error:
            return
        self._members[process.pid] = _Member(process, times.user + times.system if born_before else 0.0)

    # ------------------------------------------------------------ one look

    def look(self) -> Activity:
        """What they did since the last look."""
        now = self._clock()
        passed = now - self._last
        self._last = now
        self._find_children(now)
        worked = workers = 0.0
        runs = waits = False
        for pid, member in list(self._members.items()):
            try:
                with member.process.oneshot():
                    times, status = member.process.cpu_times(), member.process.status()
            except psutil.NoSuchProcess:
                self._leave(pid)
                continue
            except psutil.Error:
                continue
            if status == psutil.STATUS_ZOMBIE:
                self._leave(pid)
                continue
            cpu_s = times.user + times.system
            member.cpu, member.cpu_s = max(0.0, cpu_s - member.cpu_s), cpu_s
            worked += member.cpu
            if pid != self.root.pid:
                workers = max(workers, member.cpu)
            runs = runs or status == psutil.STATUS_RUNNING
            waits = waits or status == psutil.STATUS_DISK_SLEEP
            self._look_inside(member, now)
        self.mapped = self._loaded()
        percent = 100.0 / passed if passed > 0 else 0.0
        self._remember(now)
        return Activity(
            pids=frozenset(self._members),
            cpu=worked * percent,
            worker_cpu=workers * percent if len(self._members) > 1 else None,
            runnable=runs,
            disk_wait=waits,
            mapped=self.mapped,
            amd=self.amd,
        )

    def _find_children(self, now: float) -> None:
        if now < self._next_children:
            return
        began = time.thread_time()
        # When the first process has gone, those that it left behind have children of their own.
        for parent in [self.root] if self.alive else [member.process for member in self._members.values()]:
            try:
                for child in parent.children(recursive=True):
                    self._join(child, born_before=False)
            except psutil.Error:
                continue
        took = time.thread_time() - began
        self._next_children = now + max(_CHILDREN_S, took / _CHILDREN_SHARE)

    def _leave(self, pid: int) -> None:
        del self._members[pid]
        if pid == self.root.pid:
            self.alive = False

    # ------------------------------------------------------------ what is loaded in them

    def _look_inside(self, member: _Member, now: float) -> None:
        """Is the CUDA driver's library loaded, or one of its devices open?  Once yes, it stays yes."""
        if self.mapped or now < member.look_at_maps:
            return
        member.maps_pause_s = min(_PAUSE_MOST_S, member.maps_pause_s * 2 or 0.5)
        member.look_at_maps = now + member.maps_pause_s
        member.mapped = self._has_cuda(member)

    def _loaded(self) -> bool | None:
        """Yes in one of them is yes; where one of them is closed to us, the others prove nothing."""
        answers = [member.mapped for member in self._members.values()]
        if self.mapped or True in answers:
            return True
        return self.mapped if not answers else None if None in answers else False

    def _has_cuda(self, member: _Member) -> bool | None:
        if self._ask.os == "windows":
            return _mapped_on_windows(member.process)
        folder = f"/proc/{member.process.pid}"
        devices = [self._ask.link(f"{folder}/fd/{name}") for name in self._ask.names(folder + "/fd")]
        if _CUDA_DEVICE in devices:
            return True
        self.amd = self.amd or "/dev/kfd" in devices
        maps = self._ask.read(folder + "/maps", _MAPS_BYTES)
        if maps.trouble or not maps.text:
            return None
        self.amd = self.amd or bool(_AMD.search(maps.text))
        return bool(_CUDA.search(maps.text))

    # ------------------------------------------------------------ who they are

    def _remember(self, now: float) -> None:
        """The Python that works most is the one that trains; it is remembered beyond its end.

        Asked again after twice the time: a child is at first the image of its parent, and a shell script may become
        the Python that it starts.
        """
        for member in self._members.values():
            if now >= member.look_at_name:
                member.name_pause_s = min(_PAUSE_MOST_S, member.name_pause_s * 2 or 0.2)
                member.look_at_name = now + member.name_pause_s
                member.witness = witness_of(member.process.pid, self._ask)  # afresh: psutil keeps exe() for good
            if member.witness is not None and member.witness.python:
                seen = member.witness
                if self._chief is None or member.cpu_s >= self._chief.cpu_s or self._chief.pid == seen.pid:
                    self._chief = replace(seen, cpu_s=member.cpu_s)

    def pids(self) -> frozenset[int]:
        """Those that were alive at the last look."""
        return frozenset(self._members)

    def chief(self) -> Witness | None:
        """The Python process that worked most, as it was when it was last seen; None when there was no Python."""
        return self._chief


def _mapped_on_windows(process: Any) -> bool | None:
    try:
        return any(_CUDA.search(one.path) for one in process.memory_maps(grouped=True))
    except (psutil.Error, OSError):
        return None


def _told(question: Callable[[], Any], otherwise: Any) -> Any:
    """One question about a process that may have gone, or that belongs to somebody else."""
    try:
        return question()
    except (psutil.Error, OSError):
        return otherwise


def witness(process: Any, ask: Any) -> Witness:
    """What a process tells of itself; what it does not tell stays empty."""
    command = tuple(_told(process.cmdline, ()))
    environ = dict(_told(process.environ, {}))
    folder = _told(process.cwd, "")
    return Witness(
        pid=process.pid,
        name=_told(process.name, ""),
        command=command,
        user=_told(process.username, ""),
        folder=folder,
        python=_interpreter(command, environ, folder, _told(process.exe, ""), ask),
        environ=environ,
    )


def witness_of(pid: int, ask: Any) -> Witness:
    """The same of a process that may have gone."""
    try:
        return witness(psutil.Process(pid), ask)
    except psutil.Error:
        return Witness(pid)


_PYTHON = re.compile(r"(?i)^(?:python|pypy)[\d.]*t?w?(?:\.exe)?$")


def _interpreter(command: tuple[str, ...], environ: Mapping[str, str], folder: str, program: str, ask: Any) -> str:
    """The interpreter as it was called: a venv's own name leads to the venv, the program behind it does not."""
    if not _PYTHON.match(ask.path.basename(program) or ask.path.basename(command[0] if command else "")):
        return ""
    called = command[0] if command else ""
    if called and _PYTHON.match(ask.path.basename(called)):
        if ask.path.isabs(called):
            path = called
        elif ask.path.dirname(called):
            path = ask.path.normpath(ask.path.join(folder, called)) if folder else ""
        else:
            path = ask.which(called, environ.get("PATH", ""))
        if path and ask.is_file(path):
            return str(path)
    return program
