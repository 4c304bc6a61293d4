"""What do the meters of the NVIDIA cards show at this moment?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from ..chart import KNOWN
from ..nvidia import Opened, begin, call, driver_model, pci_place, text_of
from .evidence import Card

#: The driver tells of processes that ran kernels since a moment that the caller names.  A second back, as its own
#: samples are up to a second old (nvmlUtilization_t: 1/6 s to 1 s); where it samples more rarely, further back.
_BACK_S, _BACK_MOST_S = 1.0, 3.0
#: Microseconds of the wall clock are more than this (it was passed in 2001).
_OUR_CLOCK_US = 10**15
#: Answers that will not change while we watch.
_FINAL = ("nvml-not-supported", "nvml-function-not-found", "nvml-binding-broken")
#: nvml.h, nvmlClocksEventReasons: software and hardware thermal slowdown; hardware slowdown and power brake.
_HEAT, _BRAKE = 0x20 | 0x40, 0x08 | 0x80
#: nvmlGpuVirtualizationMode_t: a virtual GPU, as its guest sees it.
_VGPU = 2


@dataclass(frozen=True)
class Gauge:
    """One look at one card.

    util: % of the last moments in which any kernel ran.  used_mib, free_mib: memory of the card, MiB.
    tenants: PID -> MiB (None: not told) of the processes with a compute context.  sm: PID -> % of the last moments in
    which its kernels ran; who ran none is not in it.  None instead of a table or a number: the driver does not tell.
    """

    card: Card
    util: float | None = None
    used_mib: int | None = None
    free_mib: int | None = None
    tenants: Mapping[int, int | None] | None = None
    sm: Mapping[int, float] | None = None


class Meter:
    """NVML, opened once and read often.  `error` is "" when it answers, else its id (nvidia.ERRORS), and `detail`.

    cards: those that answer, in the order of the bus.  driver: its version, "" when nothing tells.  lost: whether a
    card fell off the bus, or needs a reset, since then.

    Every call is guarded by itself: what one card does not tell is None, and nothing raises.
    """

    def __init__(self, ask: Any, now: Callable[[], float] = time.time) -> None:
        self._opened: Opened = begin(ask)
        self._nvml, self._now = self._opened.module, now
        self.error, self.detail = self._opened.error, self._opened.detail
        self.driver = self._opened.driver
        self.lost = False
        self._never: set[tuple[str, int]] = set()
        self._newest: dict[int, int] = {}
        self._back_s = _BACK_S
        self._gpm: dict[int, Any] = {}
        self._handles: list[Any] = []
        self.cards: tuple[Card, ...] = ()
        if not self.error:
            self._list_cards(ask.os)

    def _list_cards(self, system: str) -> None:
        count, doubt = call(self._nvml, "nvmlDeviceGetCount")
        if doubt is not None:
            self.error, self.detail = doubt.why[len("nvml-") :], doubt.detail
            return
        version, _ = call(self._nvml, "nvmlSystemGetDriverVersion")
        self.driver = text_of(version) if version else self.driver
        cards = []
        for index in range(count):
            handle, doubt = call(self._nvml, "nvmlDeviceGetHandleByIndex", index)
            if doubt is not None:
                self._notice(doubt)
                continue
            self._handles.append(handle)
            at = len(self._handles) - 1
            name, uuid = (self._ask(one, at) for one in ("nvmlDeviceGetName", "nvmlDeviceGetUUID"))
            place, memory = self._ask("nvmlDeviceGetPciInfo", at), self._ask("nvmlDeviceGetMemoryInfo", at)
            cards.append(
                Card(
                    name=text_of(name) if name else "NVIDIA GPU",
                    uuid=text_of(uuid) if uuid else f"#{index}",
                    pci=pci_place(text_of(place.busId)) if place else "",
                    memory_mib=int(memory.total) // 2**20 if memory else 0,
                )
            )
        self.cards = tuple(cards)
        self.divided = any((self._ask("nvmlDeviceGetMigMode", at) or [0])[0] for at in range(len(cards)))
        self.virtual = any(self._ask("nvmlDeviceGetVirtualizationMode", at) == _VGPU for at in range(len(cards)))
        models = [driver_model(self._nvml, handle) for handle in self._handles] if system == "windows" else []
        self.wddm = any(model.state == KNOWN and model.value == "WDDM" for model in models)

    #: Whether a card is divided into MIG instances, is a virtual one, or is driven by Windows' display model.
    divided = virtual = wddm = False

    def close(self) -> None:
        """End the session with NVML; what comes after is a mistake."""
        for sample in self._gpm.values():
            call(self._nvml, "nvmlGpmSampleFree", sample)
        if self._nvml is not None:
            call(self._nvml, "nvmlShutdown")
        self._nvml, self._handles, self._gpm = None, [], {}

    # ------------------------------------------------------------ asking

    def _ask(self, name: str, at: int, *arguments: Any) -> Any:
        """The answer of one call about one card, or None."""
        if (name, at) in self._never:
            return None
        answer, doubt = call(self._nvml, name, self._handles[at], *arguments)
        if doubt is None:
            return answer
        if doubt.why in _FINAL:
            self._never.add((name, at))
        self._notice(doubt)
        return None

    def _notice(self, doubt: Any) -> None:
        if doubt.why in ("nvml-gpu-lost", "nvml-reset-required"):
            self.lost = True

    def read(self) -> tuple[Gauge, ...]:
        """One look at every card."""
        return tuple(self._gauge(at) for at in range(len(self._handles)))

    def _gauge(self, at: int) -> Gauge:
        rates, memory = self._ask("nvmlDeviceGetUtilizationRates", at), self._ask("nvmlDeviceGetMemoryInfo", at)
        return Gauge(
            card=self.cards[at],
            util=float(rates.gpu) if rates is not None else None,
            used_mib=int(memory.used) // 2**20 if memory is not None else None,
            free_mib=int(memory.free) // 2**20 if memory is not None else None,
            tenants=self._tenants(at),
            sm=self._kernels(at),
        )

    def _tenants(self, at: int) -> dict[int, int | None] | None:
        """Drivers of the 450 branch lack what pynvml asks for first; their own function is tried then."""
        for name in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetComputeRunningProcesses_v2"):
            processes = self._ask(name, at)
            if processes is not None:
                return {int(one.pid): _mib(one.usedGpuMemory) for one in processes}
        return None

    def _kernels(self, at: int) -> dict[int, float] | None:
        name = "nvmlDeviceGetProcessUtilization"
        if (name, at) in self._never:
            return None
        since = int((self._now() - self._back_s) * 1e6)
        answer, doubt = call(self._nvml, name, self._handles[at], since)
        if doubt is not None and _says_nobody(doubt):
            answer, doubt = call(self._nvml, name, self._handles[at], 0)
            # All that is left of before; what counts by another clock than ours cannot be too old.
            answer = [one for one in answer or () if one.timeStamp < _OUR_CLOCK_US]
        if doubt is not None:
            if _says_nobody(doubt):
                return {}
            # Any other trouble, such as a sample that came between pynvml's two calls, is no answer for this time.
            if doubt.why in _FINAL:
                self._never.add((name, at))
            self._notice(doubt)
            return None
        newest: dict[int, Any] = {}
        for one in answer:
            if one.pid not in newest or one.timeStamp > newest[one.pid].timeStamp:
                newest[int(one.pid)] = one
        self._learn_pace({pid: int(one.timeStamp) for pid, one in newest.items()})
        return {pid: float(min(one.smUtil, 100)) for pid, one in newest.items()}

    def _learn_pace(self, stamps: Mapping[int, int]) -> None:
        """Where the driver's own samples lie further apart than a second, look further back for them."""
        for pid, stamp in stamps.items():
            apart = (stamp - self._newest.get(pid, stamp)) / 1e6
            if self._back_s < apart * 1.5 <= 2 * _BACK_MOST_S:
                self._back_s = min(_BACK_MOST_S, apart * 1.5)
        self._newest = dict(stamps)

    # ------------------------------------------------------------ asked now and then

    def slowed(self) -> frozenset[str]:
        """Why the driver slows a card down at this moment: "heat", "brake"; idle clocks and power caps are normal."""
        found = set()
        for at in range(len(self._handles)):
            mask = self._ask("nvmlDeviceGetCurrentClocksEventReasons", at)
            if mask is None:
                mask = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons", at)
            if mask:
                found |= {"heat"} if mask & _HEAT else {"brake"} if mask & _BRAKE else set()
        return frozenset(found)

    def sm_active(self, uuid: str) -> float | None:
        """% of a card's multiprocessors that were busy since the last call (Hopper and newer), or None."""
        at = next((place for place, card in enumerate(self.cards) if card.uuid == uuid), None)
        if at is None or ("gpm", at) in self._never:
            return None
        support = None if at in self._gpm else self._ask("nvmlGpmQueryDeviceSupport", at)
        if at not in self._gpm and not getattr(support, "isSupportedDevice", 0):
            self._never.add(("gpm", at))
            return None
        sample, doubt = call(self._nvml, "nvmlGpmSampleAlloc")
        if doubt is None:
            _, doubt = call(self._nvml, "nvmlGpmSampleGet", self._handles[at], sample)
        if doubt is not None:
            self._never.add(("gpm", at))
            return None
        before, self._gpm[at] = self._gpm.get(at), sample
        if before is None:
            return None
        share = self._between(before, sample)
        call(self._nvml, "nvmlGpmSampleFree", before)
        return share

    def _between(self, before: Any, after: Any) -> float | None:
        query = self._nvml.c_nvmlGpmMetricsGet_t()
        query.version = self._nvml.NVML_GPM_METRICS_GET_VERSION
        query.numMetrics, query.sample1, query.sample2 = 1, before, after
        query.metrics[0].metricId = self._nvml.NVML_GPM_METRIC_SM_UTIL
        _, doubt = call(self._nvml, "nvmlGpmMetricsGet", query)
        if doubt is not None or query.metrics[0].nvmlReturn:
            return None
        return float(query.metrics[0].value)


def _says_nobody(doubt: Any) -> bool:
    """ "Not found", and in some drivers "success" without a sample, both mean: nobody ran a kernel."""
    return doubt.why == "nvml-not-found" or str(doubt.detail).endswith("(0)")


def _mib(memory: int | None) -> int | None:
    return None if memory is None else int(memory) // 2**20
