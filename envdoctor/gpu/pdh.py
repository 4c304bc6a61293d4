r"""What do the performance counters of Windows say of GPU engines?

Under WDDM the driver does not tell NVML what each process does; the scheduler of Windows counts it for every process
and engine, whichever library the work came from, and publishes it as performance counters (Task Manager shows the
same ones).  Two of them are read, by their English paths, so the language of Windows does not matter:

    \GPU Engine(*)\Utilization Percentage     % of time in which an engine worked for a process, since the last look
    \GPU Process Memory(*)\Dedicated Usage    bytes of the card's own memory that a process holds

**They may prove use; their silence proves nothing.**  The author of System Informer found that they often fail and may
be wrong per vendor (winsiderss/systeminformer, issues 514 and 847), and a process that did something between two looks
may be missing.  Like every figure of this kind it is a share of time, not a load: one small kernel in a loop reads 100.

The first half is pure: names and values in, figures out.  `Counters` is the thin half that asks pdh.dll.
"""

from __future__ import annotations

import ctypes
import math
import os
import re
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, NamedTuple, Tuple

#: An instance of a counter and its value.
Pair = Tuple[str, float]

# ---------------------------------------------------------------- pure: what do names and values mean?

#: "pid_4312_luid_0x00000000_0x0000D503_phys_0_eng_5_engtype_Compute 0"; an adapter may leave parts out.  The type runs
#: to the end: it has blanks and underscores of its own.  "#1" marks a name that occurs twice.
_NAME = re.compile(
    r"pid_(?P<pid>[0-9]{1,10})(?:_luid_(?P<luid>0x[0-9a-f]+(?:_0x[0-9a-f]+)?))?(?:_phys_(?P<phys>[0-9]+))?"
    r"(?:_part_[0-9]+)?(?:_eng_(?P<number>[0-9]+))?(?:_engtype_(?P<type>.+?))?(?:#[0-9]+)?",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile("[a-z0-9]+")
#: More bytes than this, on one card, are a counter gone wrong (our choice: 64 TiB).
_MOST_BYTES_OF_A_CARD = 2.0**46


class _Engine(NamedTuple):
    """One engine of one adapter.  The type is part of it for adapters that do not number their engines."""

    luid: str
    phys: str
    number: str
    type: str


@dataclass(frozen=True)
class EngineUse:
    """How busy the engines were, for our processes and for all.  Every figure is a % from 0 to 100.

    compute: the busiest single engine that computes, our processes on it taken together (as Task Manager does it);
    engine: the type of that engine as Windows names it, "" where compute is 0.  Where CUDA work lands differs with
    driver and scheduling mode, so the types Cuda, Compute* and 3D all count.  3D is also what draws windows, and on
    any adapter: a figure from there says less.
    copy: the busiest single Copy engine, likewise.
    has_cuda_engines: whether an engine of type Cuda is there at all, for any process; without it this driver does not
    show CUDA work apart from the rest.
    others: the PID, not ours, that is busiest on a single engine that computes, with its %; None where none is busy.
    device: the busiest single engine that computes, over all processes.
    """

    compute: float = 0.0
    engine: str = ""
    copy: float = 0.0
    has_cuda_engines: bool = False
    others: Tuple[int, float] | None = None
    device: float = 0.0


def engines(pairs: Iterable[Pair], pids: Iterable[int]) -> EngineUse:
    r"""What `\GPU Engine(*)\Utilization Percentage` says of the processes `pids`, and of all.

    A name that is no instance of an engine is passed over.  So is a value that is no number, endless or negative: a
    process that ended between two looks leaves such ones.  Timer noise carries a value, or a sum over processes, a
    little above 100; both are cut there, since one engine cannot work more than all the time.
    """
    ours = frozenset(pids)
    compute: Dict[Tuple[int, _Engine], float] = {}
    copy: Dict[Tuple[int, _Engine], float] = {}
    has_cuda = False
    for name, value in pairs:
        pid, engine = _instance(name)
        if engine is None:
            continue
        words = _WORD.findall(engine.type.lower())
        has_cuda = has_cuda or any(word.startswith("cuda") for word in words)
        if any(word == "3d" or word.startswith(("cuda", "compute")) for word in words):
            table = compute
        elif "copy" in words:
            table = copy
        else:
            continue
        if math.isfinite(value) and value >= 0:
            table[pid, engine] = table.get((pid, engine), 0.0) + min(value, 100.0)
    mine, engine_of_mine = _busiest((engine, share) for (pid, engine), share in compute.items() if pid in ours)
    return EngineUse(
        compute=mine,
        engine=engine_of_mine,
        copy=_busiest((engine, share) for (pid, engine), share in copy.items() if pid in ours)[0],
        has_cuda_engines=has_cuda,
        others=_busiest_of_others((pid, share) for (pid, _), share in compute.items() if pid not in ours),
        device=_busiest((engine, share) for (_, engine), share in compute.items())[0],
    )


def memory(pairs: Iterable[Pair], pids: Iterable[int]) -> float | None:
    r"""MiB of all cards' own memory that the processes `pids` hold, by `\GPU Process Memory(*)\Dedicated Usage`.

    None where no value can be used for any of them: values that are no number, negative or above 64 TiB are passed
    over.  Believe it only so far: the counter was seen to give one process 14 GB where Task Manager showed 312 MB
    (winsiderss/systeminformer, issue 2389).
    """
    ours = frozenset(pids)
    found = None
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match and not match["type"] and int(match["pid"]) in ours and 0 <= value <= _MOST_BYTES_OF_A_CARD:
            found = (found or 0.0) + value / 2**20
    return found


def _instance(name: str) -> Tuple[int, _Engine | None]:
    """The process and the engine that an instance is about; no engine where it is not about one."""
    match = _NAME.fullmatch(name)
    if not match or not match["type"]:
        return 0, None
    luid = (match["luid"] or "").lower()
    return int(match["pid"]), _Engine(luid, match["phys"] or "", match["number"] or "", match["type"])


def _busiest(shares: Iterable[Tuple[_Engine, float]]) -> Tuple[float, str]:
    """The % of the busiest engine, all shares of it added, and its type; 0 and "" where none worked."""
    sums: Dict[_Engine, float] = {}
    for engine, share in shares:
        sums[engine] = sums.get(engine, 0.0) + share
    most, kind = 0.0, ""
    for engine, share in sums.items():
        if share > most:
            most, kind = share, engine.type
    return min(most, 100.0), kind


def _busiest_of_others(shares: Iterable[Tuple[int, float]]) -> Tuple[int, float] | None:
    """The process with the largest share of any engine; the smallest PID of several."""
    found = None
    for pid, share in shares:
        if share > 0 and (found is None or (-share, pid) < (-found[1], found[0])):
            found = (pid, share)
    return None if found is None else (found[0], min(found[1], 100.0))


# ---------------------------------------------------------------- impure: ask pdh.dll

ENGINES = "\\GPU Engine(*)\\Utilization Percentage"
MEMORY = "\\GPU Process Memory(*)\\Dedicated Usage"
#: A rate needs two looks that are at least so far apart (Microsoft, "Collecting Performance Data").
SECONDS_BETWEEN = 1.0

#: PDH_FMT_DOUBLE | PDH_FMT_NOCAP100 (pdh.h): without the second, PDH itself would cut every value at 100.
_FORMAT = 0x00000200 | 0x00008000
_SUCCESS = 0
_MORE_DATA = 0x800007D2
_INVALID_ARGUMENT = 0xC0000BBD
_NO_INSTANCE = 0x800007D1
#: PDH_CSTATUS_VALID_DATA and PDH_CSTATUS_NEW_DATA: a value with any other status must not be used.
_VALID = (0, 1)
#: Not a status of PDH: the call itself broke off (ctypes turns an access violation on Windows into an OSError).
_BROKE_OFF = -1

#: What a status means to us (numbers: pdhmsg.h; Microsoft, "Performance Data Helper Error Codes").
TROUBLES = {
    0x800007D1: "no-instance",  # PDH_CSTATUS_NO_INSTANCE: no process uses a GPU now
    0x800007D2: "more-data",  # PDH_MORE_DATA: the list grew each time we made room for it
    0x800007D5: "no-data",  # PDH_NO_DATA: also for a user without the right to read counters
    0x800007D6: "negative",  # PDH_CALC_NEGATIVE_DENOMINATOR
    0x800007D7: "negative",  # PDH_CALC_NEGATIVE_TIMEBASE
    0x800007D8: "negative",  # PDH_CALC_NEGATIVE_VALUE: a process ended between two looks; the next look is fine
    0xC0000BB8: "no-object",  # PDH_CSTATUS_NO_OBJECT: no GPU with a driver of WDDM 2, or a Windows before 2017
    0xC0000BB9: "no-counter",  # PDH_CSTATUS_NO_COUNTER
    0xC0000BBA: "invalid-data",  # PDH_CSTATUS_INVALID_DATA
    0xC0000BC6: "invalid-data",  # PDH_INVALID_DATA: only one look so far, or as for "negative"
    0xC0000BDB: "denied",  # PDH_ACCESS_DENIED
    _BROKE_OFF: "crashed",
}

#: How often room is made for a list that grows meanwhile, and how much at most (one instance takes about 200 bytes).
_ATTEMPTS = 4
_MOST_BYTES_OF_A_LIST = 64 * 2**20


class _Number(ctypes.Union):
    _fields_ = [("long", ctypes.c_int32), ("double", ctypes.c_double), ("large", ctypes.c_int64)]


class Value(ctypes.Structure):
    """PDH_FMT_COUNTERVALUE: 16 bytes; four of padding follow the status, on 32-bit Windows, too."""

    _fields_ = [("status", ctypes.c_uint32), ("number", _Number)]


class Item(ctypes.Structure):
    """PDH_FMT_COUNTERVALUE_ITEM_W: 24 bytes with pointers of 8 and of 4 bytes (there is padding after the latter)."""

    _fields_ = [("name", ctypes.c_wchar_p), ("value", Value)]


_HANDLE = ctypes.c_void_p
_DWORD = ctypes.c_uint32
#: The functions that are called and their arguments; each returns a status.  DWORD_PTR is as wide as a pointer.
_FUNCTIONS: Dict[str, Tuple[Any, ...]] = {
    "PdhOpenQueryW": (ctypes.c_wchar_p, ctypes.c_size_t, ctypes.POINTER(_HANDLE)),
    "PdhAddEnglishCounterW": (_HANDLE, ctypes.c_wchar_p, ctypes.c_size_t, ctypes.POINTER(_HANDLE)),
    "PdhCollectQueryData": (_HANDLE,),
    "PdhGetFormattedCounterArrayW": (
        _HANDLE, _DWORD, ctypes.POINTER(_DWORD), ctypes.POINTER(_DWORD), ctypes.c_void_p,
    ),
    "PdhCloseQuery": (_HANDLE,),
}  # fmt: skip


@dataclass(frozen=True)
class Readings:
    """One look at the counters: the instances of each with a value that can be used.

    trouble: why there is nothing in `engines`: "first" (the first look; a rate needs two), an id of TROUBLES,
    "no-pdh" (no Windows, or its library does not load), "closed", or "pdh-c0000bbc" with the status; "" where there is
    something.  memory_trouble: the same of `memory`, which has values from the first look on.
    """

    engines: Tuple[Pair, ...] = ()
    memory: Tuple[Pair, ...] = ()
    trouble: str = ""
    memory_trouble: str = ""


class Counters:
    """The two counters, open: look with `collect`, wait SECONDS_BETWEEN, look again.  No method raises.

        with Counters() as counters:
            counters.collect()  # its trouble is "first"
            time.sleep(SECONDS_BETWEEN)
            use = engines(counters.collect().engines, pids)

    It does not wait by itself, and a call may take long where the counters of a Windows are in disorder: keep a clock.
    library: what offers the functions of pdh.dll (default: that of this Windows).
    """

    def __init__(self, library: Any = None) -> None:
        self._library = library
        self._query = _HANDLE()
        self._counters: Dict[str, Any] = {}
        self._missing: Dict[str, str] = {}
        self._trouble = "closed"
        self._looked = False

    def __enter__(self) -> Counters:
        if self._library is None:
            self._library = _pdh_of_windows()
        self._counters, self._missing, self._looked = {}, {}, False
        self._trouble = self._open()
        return self

    def __exit__(self, *_: object) -> None:
        if self._query:
            self._call("PdhCloseQuery", self._query)  # its counters go with it
        self._query = _HANDLE()
        self._trouble = "closed"

    def collect(self) -> Readings:
        """Look now.  A rate tells of the time since the last look."""
        trouble = self._trouble or _trouble_of(self._call("PdhCollectQueryData", self._query))
        if trouble:
            return Readings(trouble=trouble, memory_trouble=trouble)
        # PDH would answer the first time with PDH_INVALID_DATA, which later means something else.
        first, self._looked = not self._looked, True
        rates, trouble = ((), "first") if first and ENGINES in self._counters else self._list(ENGINES)
        sizes, memory_trouble = self._list(MEMORY)
        return Readings(rates, sizes, trouble, memory_trouble)

    def _open(self) -> str:
        """Open the query with its counters: the trouble with that, "" where one of them is there."""
        if self._library is None or not _declare(self._library):
            return "no-pdh"
        status = self._call("PdhOpenQueryW", None, 0, ctypes.byref(self._query))
        if status != _SUCCESS:
            self._query = _HANDLE()
            return _trouble_of(status)
        for path in (ENGINES, MEMORY):
            counter = _HANDLE()
            status = self._call("PdhAddEnglishCounterW", self._query, path, 0, ctypes.byref(counter))
            # A counter without instances is added all the same (Microsoft, "Checking Counter Data Status Codes").
            if status == _SUCCESS or (status == _NO_INSTANCE and counter):
                self._counters[path] = counter
            else:
                self._missing[path] = _trouble_of(status)
        return "" if self._counters else self._missing[ENGINES]

    def _list(self, path: str) -> Tuple[Tuple[Pair, ...], str]:
        """The instances of a counter with their values, or the trouble with them.

        PDH is asked for the size first, then with room for it.  Where that was too little it is asked anew: a size
        that it names beside a buffer is not to be relied on, and some releases then say PDH_INVALID_ARGUMENT.
        """
        if path in self._missing:
            return (), self._missing[path]
        for _ in range(_ATTEMPTS):
            size, count = _DWORD(0), _DWORD(0)
            answer = (self._counters[path], _FORMAT, ctypes.byref(size), ctypes.byref(count))
            status = self._call("PdhGetFormattedCounterArrayW", *answer, None)
            if status == _SUCCESS:  # nothing needs no room
                return (), "no-instance"
            if status != _MORE_DATA:
                return (), _trouble_of(status)
            if size.value > _MOST_BYTES_OF_A_LIST:
                break
            room = ctypes.create_string_buffer(size.value)
            status = self._call("PdhGetFormattedCounterArrayW", *answer, room)
            if status in (_MORE_DATA, _INVALID_ARGUMENT):
                continue
            if status != _SUCCESS:
                return (), _trouble_of(status)
            return _usable(room, count.value)
        return (), TROUBLES[_MORE_DATA]

    def _call(self, name: str, *arguments: Any) -> int:
        """The status that a function of PDH returns."""
        try:
            return int(getattr(self._library, name)(*arguments))
        except OSError:
            return _BROKE_OFF


def _usable(room: Any, count: int) -> Tuple[Tuple[Pair, ...], str]:
    """What stands in a buffer: `count` items, behind them their names, which they point to."""
    if not count:
        return (), "no-instance"
    if count * ctypes.sizeof(Item) > len(room):  # believing it would mean to read what is not ours
        return (), "invalid-data"
    items = (Item * count).from_buffer(room)
    pairs = tuple(_pairs(items))
    return pairs, "" if pairs else _trouble_of(items[0].value.status) or "invalid-data"


def _pairs(items: Iterable[Any]) -> Iterator[Pair]:
    for item in items:
        if item.value.status in _VALID and item.name:
            yield item.name, item.value.number.double


def _trouble_of(status: int) -> str:
    return "" if status == _SUCCESS else TROUBLES.get(status, "pdh-{:08x}".format(status))


def _pdh_of_windows() -> Any:
    """pdh.dll, or None where there is none."""
    loader = getattr(ctypes, "WinDLL", None)
    if loader is None:
        return None
    folder = os.path.join(os.environ.get("SystemRoot", "C:\\Windows"), "System32")  # never one that lies elsewhere
    try:
        return loader(os.path.join(folder, "pdh.dll"))
    except OSError:
        return None


def _declare(library: Any) -> bool:
    """Tell ctypes the arguments of the functions; False where the library lacks one."""
    for name, arguments in _FUNCTIONS.items():
        function = getattr(library, name, None)
        if function is None:
            return False
        function.argtypes = arguments
        function.restype = ctypes.c_uint32  # PDH_STATUS is a LONG; its values are written as unsigned numbers
    return True
