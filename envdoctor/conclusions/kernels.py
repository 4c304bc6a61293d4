"""Does a build hold code that a card can run?

CUDA C++ Programming Guide, "Application Compatibility": a cubin for X.Y runs on X.Z with Z >= Y and on no other
major; PTX for X.Y is compiled by the driver for any capability from X.Y on; targets with a suffix run on exactly
theirs (`a`) or on their family (`f`).  PTX alone is not enough: the libraries beside it (cuBLAS, cuDNN) hold no code
for a major that their toolkit does not know, which is why torch 1.2 (CUDA 10.0, PTX 3.7) fails on an RTX 30.
"""

from __future__ import annotations

import re
from typing import Iterable, Mapping

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known, unknown
from . import Tables
from .frameworks import past_the_table, same_cuda

FACTS = {
    "gpu.nvidia": "yes when there is an NVIDIA card",
    "gpu.capability": "compute capability of each card, by its name where the driver does not say",
    "driver.label": "the driver as a sentence names it",
    "torch.runs_on_gpu": "yes when this torch holds code for at least one of the cards",
    "torch.gpus_without_code": "cards for which it holds none: name and capability",
    "torch.gpus_by_ptx": "cards that run it only after the driver has compiled it for them, which takes minutes",
    "torch.gpu_is": "newer or older than the cards that the build knows, where it holds code for none",
    "torch.capabilities": "compute capabilities that the build holds code for",
    "torch.driver_min": "the oldest NVIDIA driver for its CUDA",
    "torch.driver_ok": "yes when the driver is new enough for its CUDA",
    "tensorflow.runs_on_gpu": "as for torch",
    "tensorflow.gpus_without_code": "as for torch",
    "tensorflow.gpus_by_ptx": "as for torch",
    "tensorflow.gpu_is": "as for torch",
    "tensorflow.capabilities": "as for torch",
    "tensorflow.driver_min": "as for torch",
    "tensorflow.driver_ok": "as for torch",
}


def _number(capability: str) -> tuple[int, int, str]:
    """
    >>> _number("8.6"), _number("9.0a"), _number("12")
    ((8, 6, ''), (9, 0, 'a'), (12, 0, ''))
    """
    suffix = capability[-1] if capability[-1:].isalpha() else ""
    major, _, minor = capability.rstrip("abcdefghijklmnopqrstuvwxyz").partition(".")
    return int(major), int(minor or 0), suffix


def has_cubin(card: str, cubins: Iterable[str]) -> bool:
    """
    >>> has_cubin("8.6", ["7.5", "8.0"]), has_cubin("8.0", ["8.6"]), has_cubin("9.0", ["9.0a"])
    (True, False, True)
    """
    major, minor, _ = _number(card)
    for cubin in cubins:
        its_major, its_minor, suffix = _number(cubin)
        if its_major == major and (its_minor == minor if suffix == "a" else its_minor <= minor):
            return True
    return False


def can_compile(card: str, ptx: Iterable[str], newest_of_toolkit: str) -> bool:
    """Is there PTX for the card, and does the toolkit's newest architecture reach its major?

    >>> can_compile("8.6", ["3.7"], "7.5"), can_compile("8.9", ["8.6"], "8.6"), can_compile("7.5", ["9.0"], "9.0")
    (False, True, False)
    """
    major, minor, _ = _number(card)
    if major > _number(newest_of_toolkit)[0]:
        return False
    return any(_number(target)[:2] <= (major, minor) and not _number(target)[2] for target in ptx)


def runs(card: str, cubins: Iterable[str], ptx: Iterable[str], newest_of_toolkit: str) -> bool:
    return has_cubin(card, cubins) or can_compile(card, ptx, newest_of_toolkit)


# ---------------------------------------------------------------- the cards of this machine


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    facts = _cards(chart, tables)
    chart = chart.with_facts({name: fact for name, fact in facts.items() if chart.fact(name).state == UNKNOWN})
    for framework in ("torch", "tensorflow"):
        facts.update(_framework(chart, tables, framework))
    return facts


def _cards(chart: Chart, tables: Tables) -> dict[str, Fact]:
    cards, driver = chart.fact("gpu"), chart.fact("driver")
    vendors = chart.fact("gpu.vendors")
    facts: dict[str, Fact] = {}
    if cards.state == KNOWN or (vendors.state == KNOWN and "nvidia" in vendors.value):
        facts["gpu.nvidia"] = known("yes", cards.origin or vendors.origin)
    elif cards.state == ABSENT:
        facts["gpu.nvidia"] = known("no", cards.origin)
    else:
        facts["gpu.nvidia"] = cards
    if cards.state == KNOWN:
        capabilities = [capability_of(str(name), tables) for name in cards.value]
        strange = [str(name) for name, found in zip(cards.value, capabilities) if not found]
        facts["gpu.capability"] = (
            unknown("card-not-in-table", ", ".join([*strange, getattr(tables.get("gpus"), "checked", "")]))
            if strange
            else known(capabilities, "the table of cards")
        )
    else:
        facts["gpu.capability"] = cards
    if driver.state == KNOWN:
        facts["driver.label"] = driver
    elif chart.fact("driver.cuda").state == KNOWN:
        facts["driver.label"] = known(f"(CUDA {chart.value('driver.cuda')})", chart.fact("driver.cuda").origin)
    else:
        facts["driver.label"] = driver
    return facts


def spelled(name: str) -> str:
    """
    >>> spelled("NVIDIA GeForce RTX 2070 SUPER"), spelled("geforce rtx 2070 Super")
    ('geforce rtx 2070 super', 'geforce rtx 2070 super')
    """
    words = name.lower().replace("(tm)", "").replace("(r)", "").split()
    return " ".join(words[1:] if words[:1] == ["nvidia"] else words)


def capability_of(name: str, tables: Tables) -> str | None:
    """The compute capability of a card, or None where its name is not listed or stands for several chips."""
    wanted = spelled(name)
    for row in tables.get("gpus", ()):
        if wanted in (spelled(row["name"]), spelled(row.get("alias", ""))):
            return None if "also_cc" in row else str(row["cc"])
    return None


# ---------------------------------------------------------------- a framework's build against them


def _framework(chart: Chart, tables: Tables, framework: str) -> dict[str, Fact]:
    names = [name for name in FACTS if name.startswith(framework + ".")]
    version, cuda = chart.fact(f"{framework}.version"), chart.fact(f"{framework}.cuda")
    if version.state != KNOWN or cuda.state != KNOWN:  # not there, a CPU build, or nobody knows
        doubt = version if version.state != KNOWN else cuda
        return {name: doubt for name in names}
    toolkit = next((row for row in tables.get("cuda-toolkits", ()) if same_cuda(str(cuda.value), row["cuda"])), None)
    if toolkit is None:
        doubt = past_the_table(tables, "cuda-toolkits", "cuda", str(cuda.value))
        return {name: doubt for name in names}
    system = _driver_system(chart)
    return {
        **_driver(chart, toolkit, system, framework, str(cuda.value)),
        **_code(chart, tables, framework, toolkit),
    }


def _driver_system(chart: Chart) -> str:
    """Inside WSL2 the driver is that of Windows."""
    return "windows" if chart.fact("os.wsl").state == KNOWN else str(chart.value("os", ""))


def _driver(chart: Chart, toolkit: Mapping[str, str], system: str, framework: str, cuda: str) -> dict[str, Fact]:
    """A driver suffices from the toolkit's own on, or from the floor of its major on (minor-version compatibility)."""
    floors = [toolkit[key] for key in (f"driver_{system}", f"minor_{system}") if key in toolkit]
    facts: dict[str, Fact] = {}
    driver, newest = chart.fact("driver"), chart.fact("driver.cuda")
    lowest = min(floors, key=lambda text: [int(part) for part in text.split(".")]) if floors else ""
    facts[f"{framework}.driver_min"] = (
        known(lowest, "the table of CUDA toolkits") if lowest else unknown("nobody-looked")
    )
    if driver.state == KNOWN and lowest:
        enough = versions.compare(str(driver.value), ">=", lowest)
        if enough is False and newest.state == KNOWN:  # a datacentre card with NVIDIA's forward-compatibility package
            enough = bool(versions.compare(str(newest.value), ">=", ".".join(cuda.split(".")[:2])))
        facts[f"{framework}.driver_ok"] = (
            unknown("not-a-version", str(driver.value)) if enough is None else _yes(enough)
        )
    elif driver.state == KNOWN:
        facts[f"{framework}.driver_ok"] = facts[f"{framework}.driver_min"]
    elif newest.state == KNOWN:
        same_major = str(newest.value).split(".")[0] == cuda.split(".")[0] and int(cuda.split(".")[0]) >= 11
        short = ".".join(cuda.split(".")[:2])
        facts[f"{framework}.driver_ok"] = _yes(same_major or bool(versions.compare(str(newest.value), ">=", short)))
    else:
        facts[f"{framework}.driver_ok"] = driver if driver.state == UNKNOWN else absent()
    return facts


def _yes(answer: bool) -> Fact:
    return known("yes" if answer else "no")


def _code(chart: Chart, tables: Tables, framework: str, toolkit: Mapping[str, str]) -> dict[str, Fact]:
    """Which of the cards this build holds code for."""
    names = ("runs_on_gpu", "gpus_without_code", "gpus_by_ptx", "gpu_is", "capabilities")
    targets = _targets(chart, tables, framework)
    cards, capabilities = chart.fact("gpu"), chart.fact("gpu.capability")
    table = "torch-builds" if framework == "torch" else "tensorflow-releases"
    doubt = past_the_table(tables, table, framework, str(chart.value(f"{framework}.version")))
    if targets is None:
        return {f"{framework}.{name}": doubt for name in names}
    cubins, ptx = targets
    facts = {f"{framework}.capabilities": known(cubins + [f"{target}+PTX" for target in ptx or ()])}
    if capabilities.state != KNOWN:
        return {**facts, **{f"{framework}.{name}": capabilities for name in names[:-1]}}
    if ptx is None and not all(has_cubin(str(capability), cubins) for capability in capabilities.value):
        return {**facts, **{f"{framework}.{name}": doubt for name in names[:-1]}}
    labels = [str(name) for name in cards.value] if cards.state == KNOWN else ["GPU"] * len(capabilities.value)
    without = [
        (label, str(capability))
        for label, capability in zip(labels, capabilities.value)
        if not runs(str(capability), cubins, ptx or (), toolkit["sm_max"])
    ]
    facts[f"{framework}.gpus_without_code"] = (
        known([f"{label} ({capability})" for label, capability in without]) if without else absent()
    )
    compiled = [
        f"{label} ({capability})"
        for label, capability in zip(labels, capabilities.value)
        if (label, str(capability)) not in without and not has_cubin(str(capability), cubins)
    ]
    facts[f"{framework}.gpus_by_ptx"] = known(compiled) if compiled else absent()
    all_lost = len(without) == len(capabilities.value)
    facts[f"{framework}.runs_on_gpu"] = _yes(not all_lost)
    if all_lost and without and cubins:
        newest = max(_number(target)[:2] for target in cubins)
        newer = all(_number(capability)[:2] > newest for _, capability in without)
        facts[f"{framework}.gpu_is"] = known("newer" if newer else "older")
    else:
        facts[f"{framework}.gpu_is"] = absent()
    return facts


def _targets(chart: Chart, tables: Tables, framework: str) -> tuple[list[str], list[str] | None] | None:
    """(machine code, PTX) of the build; None where no table has it, or has no word about its PTX."""
    version, cuda, system = (
        str(chart.value(f"{framework}.version")),
        str(chart.value(f"{framework}.cuda")),
        chart.value("os"),
    )
    if framework == "torch":
        if chart.value("torch.source_build") == "yes" or "+git" in version or re.search(r"\da\d", version):
            return None
        for row in tables.get("torch-builds", ()):
            if versions.compare(version, "==", row["torch"]) and same_cuda(cuda, row["cuda"]):
                if f"sm_{system}" in row:
                    ptx = row.get(f"ptx_{system}")
                    return row[f"sm_{system}"].split(), None if ptx is None else ptx.split()
        return None
    recorded = chart.value("tensorflow.compute_capabilities")
    if recorded:
        cubins = [entry[3:] for entry in recorded if entry.startswith("sm_")]
        both = [entry[len("compute_") :] for entry in recorded if entry.startswith("compute_")]
        return _dotted(cubins + both), _dotted(both)
    minor = version.split(".")[:2]  # patch releases come from the build scripts of their minor
    for row in tables.get("tensorflow-releases", ()):
        if row["tensorflow"].split(".")[:2] == minor and "sm" in row:
            return row["sm"].split(), row["ptx"].split() if "ptx" in row else None
    return None


def _dotted(targets: Iterable[str]) -> list[str]:
    """
    >>> _dotted(["35", "8.0", "120", "90a"])
    ['3.5', '8.0', '12.0', '9.0a']
    """
    return [
        text if "." in text else f"{text[:-1]}.{text[-1]}" if text[-1].isdigit() else f"{text[:-2]}.{text[-2:]}"
        for text in targets
    ]
