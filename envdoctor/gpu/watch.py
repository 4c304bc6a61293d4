"""How is a process watched: which looks, how often, and what is kept of them?"""

from __future__ import annotations

import time
from typing import Any, Callable, Sequence

from ..chart import ABSENT, KNOWN, Fact
from ..patient import Patient
from ..probes import gpu as gpu_probe
from .devices import Wish, wish
from .evidence import Sample, Scene, Tenant, Witness, short_command
from .meter import Gauge, Meter
from .processes import Activity, Tree, witness_of

#: Looks per second, and the share of one core that they may take: a dearer look is followed by a longer pause (ours).
PER_SECOND, SHARE = 4.0, 0.012
_LONGEST_PAUSE_S = 5.0
#: So many samples are kept, ten minutes of them in full; after that every second one, every fourth one, and so on.
#: Leaving samples out, instead of averaging them, leaves the share of zeros and the median what they are.
KEPT = 2400
#: A card is slowed down when it was so in this share of the looks (ours).
_OFTEN = 0.3
#: The first PID namespace of a Linux machine (PROC_PID_INIT_INO, include/linux/proc_ns.h): 0xEFFFFFFC.
_FIRST_NAMESPACE = "pid:[4026531836]"


class Film:
    """Samples of a watch of any length, in bounded memory, evenly spread over it."""

    def __init__(self, most: int = KEPT) -> None:
        self._most, self._step, self._seen = most, 1, 0
        self.samples: list[Sample] = []

    def add(self, sample: Sample) -> None:
        if self._seen % self._step == 0:
            self.samples.append(sample)
            if len(self.samples) >= self._most:
                del self.samples[1::2]
                self._step *= 2
        self._seen += 1


class Surroundings:
    """What is told once, before the watch: are there cards, and can the lists of processes be believed?"""

    def __init__(self, ask: Any, meter: Meter) -> None:
        facts = gpu_probe.probe(Patient("system", "", "", ""), ask).facts
        cards, vendors = facts["gpu"], facts["gpu.vendors"]
        others = set(vendors.value or ()) - {"nvidia", "intel", "other"} if vendors.state == KNOWN else set()
        self.no_card = not meter.cards and cards.state == ABSENT and not others
        self.doubt, self.detail = _doubt(ask, meter, facts["gpu.tegra"], facts["nvml.error"])


def _doubt(ask: Any, meter: Meter, tegra: Fact, error: Fact) -> tuple[str, str]:
    """(why a process that NVML does not list may use a card all the same, details); the id "" where it cannot."""
    if tegra.value == "yes":
        return "tegra", ""
    if gpu_probe.in_wsl(ask):
        return "wsl", ""
    if meter.error:
        return "nvml-" + str(error.value if error.state == KNOWN else meter.error), meter.detail
    if ask.os == "linux" and ask.link("/proc/self/ns/pid") not in ("", _FIRST_NAMESPACE):
        return "container", ""
    if meter.divided:
        return "mig", ""
    if meter.virtual:
        return "vgpu", ""
    return ("wddm", "") if meter.wddm else ("", "")


class Watch:
    """Looks at a process tree and at the cards, and keeps what a verdict needs.

    how: "pid" or "command" (see evidence.Scene).  clock: seconds, monotonic.
    """

    def __init__(self, ask: Any, meter: Meter, how: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self.meter, self.how, self._clock = ask, meter, how, clock
        self.around = Surroundings(ask, meter)
        self.film = Film()
        self.tree: Tree | None = None
        self.began = clock()
        self._counters = _windows_counters(ask)
        self._engines: Any = None
        self._engines_at = 0.0
        self.before: Sample | None = None
        self.after: Sample | None = None
        self._used: dict[str, None] = {}
        self._others: dict[tuple[str, int], Tenant] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._slowed: dict[str, int] = {}
        self._looks = 0
        self._sm_active: list[float] = []
        self._no_lists = False
        self._first: Witness | None = None
        self.gauges: tuple[Gauge, ...] = ()

    # ------------------------------------------------------------ its moments

    def look_before(self) -> None:
        """The cards just before the command starts."""
        self.before = self._sample(self.meter.read(), Activity())

    def follow(self, pid: int) -> None:
        """From now on this process and its children are ours.  Raises psutil.NoSuchProcess."""
        self.tree = Tree(pid, self._ask, self._clock)
        self.began = self._clock()

    def look(self) -> float:
        """One look; the seconds to wait until the next one."""
        began, cost = self._clock(), time.thread_time()
        activity = self.tree.look() if self.tree is not None else Activity()
        self.gauges = self.meter.read()
        self._notice(self.gauges, activity)
        if self.tree is None or activity.pids:
            self.film.add(self._sample(self.gauges, activity))
        self._now_and_then()
        cost = time.thread_time() - cost
        pause = max(1 / PER_SECOND, cost / SHARE) - (self._clock() - began)
        return min(_LONGEST_PAUSE_S, max(0.0, pause))

    def end(self) -> None:
        """The process has ended; nobody needs to look."""
        if self.tree is not None:
            self.tree.alive = False

    def look_after(self) -> None:
        """The cards after the command's end."""
        self.after = self._sample(self.meter.read(), Activity())

    def close(self) -> None:
        """End the sessions with NVML and Windows' counters."""
        self.meter.close()
        if self._counters is not None:
            self._counters.__exit__(None, None, None)

    @property
    def alive(self) -> bool:
        """Whether the process that was named still runs."""
        return self.tree is not None and self.tree.alive

    # ------------------------------------------------------------ one look

    def _ours(self, gauges: Sequence[Gauge], pids: frozenset[int]) -> list[Gauge]:
        """The cards on which we hold a context; else those that were asked for; else all."""
        holding = [one for one in gauges if pids & (set(one.tenants or ()) | set(one.sm or ()))]
        if holding:
            return holding
        wanted = self.wish().uuids
        return [one for one in gauges if one.card.uuid in (wanted or ())] or list(gauges)

    def _sample(self, gauges: Sequence[Gauge], activity: Activity) -> Sample:
        pids = activity.pids
        ours = self._ours(gauges, pids)
        told = [one for one in gauges if one.tenants is not None]
        held = [one.tenants[pid] for one in told for pid in pids & set(one.tenants or ())]  # type: ignore[index]
        ran = [sum(one.sm.get(pid, 0.0) for pid in pids) for one in ours if one.sm is not None]
        util = [one.util for one in ours if one.util is not None]
        used = [one.used_mib for one in ours if one.used_mib is not None]
        ours_told = held and None not in held
        compute, copies, memory, seen = self._by_windows(pids)
        return Sample(
            t=round(self._clock() - self.began, 3),
            gpu_util=max(util, default=None),
            sm_util=min(100.0, max(ran)) if ran and compute is None else compute,
            memory_mib=float(sum(filter(None, held))) if ours_told else memory if memory else _sum(used),
            cpu=None if activity.cpu is None else round(activity.cpu, 1),
            context=bool(held) or any(ran) or seen if told else None,
            worker_cpu=None if activity.worker_cpu is None else round(activity.worker_cpu, 1),
            runnable=activity.runnable,
            disk_wait=activity.disk_wait,
            copy_util=copies,
        )

    def _by_windows(self, pids: frozenset[int]) -> tuple[float | None, float | None, float | None, bool]:
        """Engine time of our processes where Windows drives the display: (compute %, copies %, MiB, any at all)."""
        if self._counters is None or not self.around.doubt == "wddm":
            return None, None, None, False
        from .pdh import SECONDS_BETWEEN, engines, memory

        if self._engines is None or self._clock() - self._engines_at >= SECONDS_BETWEEN:
            self._engines, self._engines_at = self._counters.collect(), self._clock()
        if self._engines.trouble:
            return None, None, None, False
        use = engines(self._engines.engines, pids)
        return use.compute, use.copy, memory(self._engines.memory, pids), use.compute > 0

    def _notice(self, gauges: Sequence[Gauge], activity: Activity) -> None:
        pids = activity.pids
        self._no_lists = bool(gauges) and all(one.tenants is None for one in gauges)
        others: dict[tuple[str, int], Tenant] = {}
        for gauge in gauges:
            listed = gauge.tenants or {}
            if pids & (set(listed) | set(gauge.sm or ())):
                self._used[gauge.card.uuid] = None
            for pid, mib in listed.items():
                if pid not in pids:
                    user, command = self._name(pid)
                    others[gauge.card.uuid, pid] = Tenant(pid, gauge.card.uuid, mib, user, command)
        self._others = others or self._others if self.alive else self._others
        listed_now = {pid for gauge in gauges for pid in gauge.tenants or ()}
        self._names = {pid: name for pid, name in self._names.items() if pid in listed_now}

    def _name(self, pid: int) -> tuple[str, str]:
        """(user, command) of a foreign process, asked for once."""
        if pid not in self._names:
            seen = witness_of(pid, self._ask)
            self._names[pid] = seen.user, short_command(seen)
        return self._names[pid]

    def _now_and_then(self) -> None:
        """Once a second: what is slow to ask and slow to change."""
        self._looks += 1
        if self._first is None and self.tree is not None and self.tree.alive and self._looks > 2:
            self._first = witness_of(self.tree.root.pid, self._ask)
        if self._looks % int(PER_SECOND):
            return
        for why in self.meter.slowed():
            self._slowed[why] = self._slowed.get(why, 0) + 1
        for uuid in list(self._used)[:1]:
            active = self.meter.sm_active(uuid)
            if active is not None:
                self._sm_active = [*self._sm_active[-KEPT:], active]

    # ------------------------------------------------------------ what came of it

    def process(self) -> Witness | None:
        """The process that the verdict speaks of: the Python that worked most, else the one that was named."""
        chief = self.tree.chief() if self.tree is not None else None
        return chief or self._first

    def wish(self) -> Wish:
        """Which cards the watched program's environment asks for."""
        process = self.process()
        return wish(process.environ if process is not None else {}, self.meter.cards)

    def scene(self) -> Scene:
        """All that a verdict needs besides the samples."""
        wanted = self.wish()
        doubt, detail = self.around.doubt, self.around.detail
        if self.meter.lost:
            doubt = "nvml-gpu-lost"
        elif self.tree is not None and self.tree.amd:
            doubt = "amd"
        elif not doubt and self._no_lists:
            doubt = "nvml-no-permission"
        looks = max(1, self._looks // int(PER_SECOND))
        return Scene(
            how=self.how,
            cards=self.meter.cards,
            no_card=self.around.no_card and not (self.tree is not None and self.tree.amd),
            doubt=doubt,
            doubt_detail=detail,
            mapped=self.tree.mapped if self.tree is not None else None,
            used=tuple(self._used),
            wanted=wanted.uuids,
            wanted_by=wanted.by,
            wanted_surely=wanted.surely,
            hidden=wanted.by if wanted.hides and self.meter.cards else "",
            others=tuple(sorted(self._others.values(), key=lambda one: -(one.memory_mib or 0))),
            before=self.before,
            after=self.after,
            age_s=self.tree.started_s_ago if self.tree is not None else 0.0,
            ended=self.tree is not None and not self.tree.alive,
            throttled=tuple(sorted(why for why, times in self._slowed.items() if times / looks >= _OFTEN)),
            sm_active=_mean(self._sm_active),
        )

    # ------------------------------------------------------------ what the live view shows

    def seconds(self) -> float:
        """How long it has been watched."""
        return self._clock() - self.began

    def pids(self) -> frozenset[int]:
        """Our processes that are alive."""
        return self.tree.pids() if self.tree is not None else frozenset()

    def tenants(self) -> tuple[Tenant, ...]:
        """Everybody who holds a context now, with us."""
        return tuple(
            Tenant(pid, gauge.card.uuid, mib, *self._name(pid))
            for gauge in self.gauges
            for pid, mib in (gauge.tenants or {}).items()
        )


def _sum(values: Sequence[int]) -> float | None:
    return float(sum(values)) if values else None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _windows_counters(ask: Any) -> Any:
    if ask.os != "windows":
        return None
    from .pdh import Counters

    return Counters().__enter__()


def watch_for(
    watch: Watch,
    seconds: float | None,
    wait: Callable[[float], bool],
    clock: Callable[[], float] = time.monotonic,
    each: Callable[[Watch], None] | None = None,
) -> None:
    """Look until the seconds have passed, the process has ended, or `wait` says that it is enough.

    wait: waits so many seconds; true: stop now.  each: called after each look.
    """
    end = None if seconds is None else clock() + seconds
    while True:
        pause = watch.look()
        if each is not None:
            each(watch)
        left = None if end is None else end - clock()
        if (left is not None and left <= 0) or (watch.tree is not None and not watch.alive):
            return
        if wait(pause if left is None else min(pause, left)):
            return
