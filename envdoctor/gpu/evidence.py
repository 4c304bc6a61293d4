"""What is seen of a GPU's use?  Frozen records: what watcher and self-test write, and all that a verdict reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Tuple


@dataclass(frozen=True)
class Card:
    """One NVIDIA GPU as NVML lists it (in the order of the PCI bus).  memory_mib: MiB, 0 when not told."""

    name: str
    uuid: str = ""
    pci: str = ""
    memory_mib: int = 0


@dataclass(frozen=True)
class Tenant:
    """A process that holds a compute context on a card.  memory_mib: MiB, None where the driver does not tell."""

    pid: int
    card: str
    memory_mib: int | None = None
    user: str = ""
    command: str = ""


@dataclass(frozen=True)
class Sample:
    """One look at the processes that are watched, and at the cards they use.

    t: seconds since the watch began.  gpu_util: % of time in which any kernel of anybody ran (the busiest of the cards
    that count).  sm_util: the same of our processes alone; 0.0: the driver says that they ran none; None: it does not
    say.  memory_mib: MiB of GPU memory that our processes hold; where the driver does not tell, what the cards hold.
    cpu: % of one core, all of our processes together.  context: whether one of them holds a compute context (None: not
    known).  worker_cpu: % of one core of the busiest child.  runnable: whether one of them ran, or would have if the
    machine had let it.  disk_wait: whether one of them waited for the disk.
    copy_util: % of time in which data was copied and nothing else (Windows only).
    """

    t: float
    gpu_util: float | None = None
    sm_util: float | None = None
    memory_mib: float | None = None
    cpu: float | None = None
    context: bool | None = None
    worker_cpu: float | None = None
    runnable: bool = False
    disk_wait: bool = False
    copy_util: float | None = None


@dataclass(frozen=True)
class Scene:
    """What is known around the samples.

    how: "pid" (a process that was running already) or "command" (started by us, watched from its first moment).
    doubt: why a process that is missing in NVML's lists proves nothing: "container", "wsl", "mig", "wddm", "vgpu",
    "tegra" or "nvml-<error>"; "" where the lists can be believed.  cards: all that NVML lists.
    no_card: this machine has no NVIDIA GPU; somebody looked.
    mapped: whether the CUDA driver's library is loaded in one of our processes (None: nobody could look).
    used: UUIDs of the cards on which one of them holds a context.  wanted: UUIDs that were asked for (None: any would
    do, or nobody knows which), wanted_by: what asked for them, wanted_surely: False where CUDA numbers the cards in an
    order that is not NVML's.  hidden: the variable that hides every card, as it is set; "" where none does.
    others: processes of others on the cards.  before, after: the cards just before the command began and after its end.
    age_s: seconds for which the process had been running when the watch began.  ended: it ended while it was watched.
    throttled: why the driver slowed a card down ("heat", "brake").  sm_active: % of the chip that was busy (Hopper and
    newer).
    """

    how: str
    cards: Tuple[Card, ...] = ()
    no_card: bool = False
    doubt: str = ""
    doubt_detail: str = ""
    mapped: bool | None = None
    used: Tuple[str, ...] = ()
    wanted: Tuple[str, ...] | None = None
    wanted_by: str = ""
    wanted_surely: bool = True
    hidden: str = ""
    others: Tuple[Tenant, ...] = ()
    before: Sample | None = None
    after: Sample | None = None
    age_s: float = 0.0
    ended: bool = False
    throttled: Tuple[str, ...] = ()
    sm_active: float | None = None


# ---------------------------------------------------------------- who


@dataclass(frozen=True)
class Witness:
    """A process as it was when it was seen.  python: its interpreter, "" when it is none.  cpu_s: seconds of CPU."""

    pid: int
    name: str = ""
    command: tuple[str, ...] = ()
    user: str = ""
    folder: str = ""
    python: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    cpu_s: float = 0.0


def short_command(seen: Witness) -> str:
    """What a process is called in a sentence: its program and the first word after it that is no option."""
    if not seen.command:
        return seen.name
    words = [word for word in seen.command[1:] if not re.search(r"^-|\s", word)]  # the text after -c is no name
    return " ".join([re.split(r"[\\/]", seen.command[0])[-1], *words[:1]])


# ---------------------------------------------------------------- the self-test

#: The stages of a self-test, in their order.
STAGES = ("import", "devices", "context", "first", "warm", "check", "speed")


@dataclass(frozen=True)
class Stage:
    """One stage of a self-test.

    state: "done", "failed" (it raised), "cut" (stopped by the clock), "crashed" (the process died in it) or "skipped".
    seconds: how long it took, None when it never ran.  found: what it learnt.  error: the last line of what it raised.
    """

    name: str
    state: str
    seconds: float | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Trial:
    """What became of the small work that one framework was given in the patient's interpreter.

    framework: "torch", "tensorflow" or "jax".  outcome:
    "gpu"           it computed on a GPU, and the values are right
    "cpu"           it found no GPU that it can use
    "wrong-values"  it computed on a GPU, and the values are not those of the CPU
    "failed"        a GPU was there, and working with it raised an error
    "full"          there is no room on the GPU for the test
    "not-imported"  the framework itself could not be imported
    "crashed"       the process died; `signal` says by which signal (0: it exited by itself)
    "cut"           it took longer than the hard limit
    words: what the framework printed on stderr, its end (at most 8 KiB).
    """

    framework: str
    outcome: str
    stages: Tuple[Stage, ...] = ()
    signal: int = 0
    words: str = ""
    limit_s: float = 0.0

    def stage(self, name: str) -> Stage:
        """The stage of this name; "skipped" when it never began."""
        return next((stage for stage in self.stages if stage.name == name), Stage(name, "skipped"))

    def found(self, name: str, default: Any = None) -> Any:
        """What any stage learnt under this name."""
        return next((stage.found[name] for stage in self.stages if name in stage.found), default)


# ---------------------------------------------------------------- the answer

VERDICTS = (
    "used", "underfed", "input-bound", "idle", "compiling", "cpu-only", "not-yet", "wrong-gpu", "other-process",
    "cannot-tell",
)  # fmt: skip
CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True)
class Reason:
    """One sentence of an answer: its id in texts/gpu.py and the words that fill it."""

    text: str
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """verdict: one of VERDICTS.  confidence: one of CONFIDENCES.  reasons: why, the weightiest first."""

    verdict: str
    confidence: str
    reasons: Tuple[Reason, ...] = ()
