"""What does `--assume FACT=VALUE` put in place of what was seen?"""

from __future__ import annotations

import re
from typing import Iterable

from .chart import BARE_FACTS, Chart, Fact, absent, canonical, is_distribution, known
from .complaint import Complaint

#: Dotted facts that may be assumed; every distribution, every `env.NAME` and the bare facts may be, too.
DOTTED = frozenset(
    "gpu.memory gpu.capability driver.cuda cuda.toolkit torch.cuda cpu.avx os.wsl os.container os.glibc python.bits "
    "conda.name torch.version tensorflow.version".split()
)
#: A machine that is only imagined (--no-probe, the cases of rules) is a plain one, unless it is told otherwise.
PRESUMED: dict[str, Fact] = {
    "conda.packages": absent("presumed"),
    "conda.prefix": absent("presumed"),
    "gpu.found_by": absent("presumed"),
    "gpu.tegra": known("no", "presumed"),
}
_LISTS = frozenset(["gpu", "gpu.memory", "gpu.capability"])
_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*(mib|gib|mb|gb|m|g)?$", re.I)


def assume(chart: Chart, words: Iterable[str]) -> Chart:
    """The chart with the assumed facts; what was seen of the same thing is dropped, lest the two contradict.

    `FACT=none` means "looked for and not there".  Raises Complaint.
    """
    lists: dict[str, list[str | int]] = {}
    fresh: dict[str, Fact] = {}
    beside: dict[str, Fact] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value:
            raise Complaint("assume-shape", word=word)
        if "." not in name:
            name = name if name in BARE_FACTS else canonical(name)
        elif not name.startswith("env.") and name not in DOTTED:
            raise Complaint("assume-unknown", name=name, names=", ".join(sorted(DOTTED)))
        if value.lower() == "none":
            fresh[name] = absent("--assume")
        elif name == "os":
            fresh.update(_system(value.lower()))
        elif name in _LISTS:
            lists.setdefault(name, []).append(_mib(value) if name == "gpu.memory" else value)
        else:
            fresh[name] = known(value, "--assume")
            beside.update(alone(name, value))
    fresh.update({name: known(items, "--assume") for name, items in lists.items()})
    if "gpu" in lists:
        beside.update({name: fact for name, fact in PRESUMED.items() if name.startswith("gpu.")})
        beside["gpu.vendors"] = known(["nvidia"], "--assume")
    fresh = {**beside, **fresh}
    kept = {name: fact for name, fact in chart.facts.items() if not _speaks_of(name, fresh)}
    return chart._replace(facts={**kept, **fresh})


def alone(name: str, value: str) -> dict[str, Fact]:
    """Who names one toolkit or one cuDNN means that the machine has no other, nor loose libraries beside it."""
    found = known([{"version": value, "path": "", "found_by": "assumed"}], "assumed")
    if name == "cudnn":
        return {"cudnn.found": found}
    if name == "cuda.toolkit":
        nothing = absent("assumed")
        return {"cuda.toolkits": found, "cuda.library_path": nothing, "frameworks.cuda_libraries": nothing}
    return {}


def _speaks_of(name: str, fresh: dict[str, Fact]) -> bool:
    """`torch.cuda` was read from the torch that is now assumed to be another."""
    thing = name.partition(".")[0]
    return "." in name and thing in fresh and (is_distribution(thing) or thing in ("gpu", "driver"))


def _system(value: str) -> dict[str, Fact]:
    if value == "wsl":
        return {"os": known("linux", "--assume"), "os.wsl": known("2", "--assume")}
    if value not in ("linux", "windows", "macos"):
        raise Complaint("assume-os", value=value)
    return {"os": known(value, "--assume"), "os.wsl": absent("--assume")}


def _mib(text: str) -> int:
    """Memory in MiB; a plain number is MiB.  Card sizes in GB are meant as GiB.

    >>> _mib("10GiB"), _mib("8 GB"), _mib("6144")
    (10240, 8192, 6144)
    """
    match = _SIZE.match(text)
    if not match:
        raise Complaint("assume-size", value=text)
    return int(float(match.group(1)) * (1024 if (match.group(2) or "m").lower().startswith("g") else 1))
