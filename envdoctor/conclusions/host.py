"""Can programs reach the card at all: driver, environment variables, container, WSL, and the processor beneath?"""

from __future__ import annotations

import re

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known, unknown
from . import Tables, decided, need

FACTS = {
    "gpu.count": "number of NVIDIA cards",
    "gpu.hidden": "the value of CUDA_VISIBLE_DEVICES where it hides every card on purpose",
    "gpu.wrong_device": "the first entry of CUDA_VISIBLE_DEVICES that names no card here",
    "gpu.devices_left": "number of entries before that one; CUDA ignores it and all after it",
    "gpu.order_matters": "yes when CUDA_VISIBLE_DEVICES chooses among different models by a number",
    "gpu.usable": "yes when a framework here can use a card, no when none can",
    "driver.mismatch": "versions of the driver's files and of the loaded kernel module, where they differ",
    "driver.dropped_gpus": "cards that this branch of the driver no longer supports",
    "os.windows": "the Windows around a WSL, where a pasted text tells it",
    "wsl.linux_driver": "a Linux driver inside WSL2, which hides the one of Windows",
    "tensorflow.needs_avx": "yes when this TensorFlow uses AVX without asking the processor",
    "frameworks.wanted": "frameworks that the project imports or asks for",
}

_FRAMEWORKS = ("torch", "tensorflow", "tensorflow-gpu", "tensorflow-cpu", "jax", "jaxlib", "keras")


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"gpu.count": _count(chart)}
    if chart.fact("gpu.count").state == UNKNOWN:
        chart = chart.with_facts(facts)
    facts.update(_visible(chart))
    facts["gpu.order_matters"] = _order_matters(chart)
    facts["driver.mismatch"] = _mismatch(chart)
    facts["driver.dropped_gpus"] = decided(lambda: _dropped(chart, tables))
    facts["wsl.linux_driver"] = _linux_driver(chart)
    facts["os.windows"] = unknown("nobody-looked") if chart.fact("os.wsl").state != ABSENT else absent()
    facts["tensorflow.needs_avx"] = decided(lambda: _needs_avx(chart))
    facts["frameworks.wanted"] = _wanted(chart)
    richer = chart.with_facts({name: fact for name, fact in facts.items() if name != "gpu.count"})
    facts["gpu.usable"] = decided(lambda: _usable(richer))
    return facts


def _yes(answer: bool) -> Fact:
    return known("yes" if answer else "no")


# ---------------------------------------------------------------- CUDA_VISIBLE_DEVICES


def _count(chart: Chart) -> Fact:
    cards = chart.fact("gpu")
    return known(len(cards.value), cards.origin) if cards.state == KNOWN else cards


def _order_matters(chart: Chart) -> Fact:
    """CUDA counts from the fastest card on, nvidia-smi by place on the bus, unless CUDA_DEVICE_ORDER says so."""
    cards, chosen, order = (chart.fact(name) for name in ("gpu", "env.CUDA_VISIBLE_DEVICES", "env.CUDA_DEVICE_ORDER"))
    for fact in (cards, chosen, order):
        if fact.state == UNKNOWN:
            return fact
    numbers = [entry for entry in str(chosen.value or "").split(",") if entry.strip().isdigit()]
    return _yes(len(set(cards.value or ())) > 1 and bool(numbers) and order.value != "PCI_BUS_ID")


def _visible(chart: Chart) -> dict[str, Fact]:
    """What CUDA makes of the variable: it reads up to the first entry that names no card.

    https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html
    """
    names = ("gpu.hidden", "gpu.wrong_device", "gpu.devices_left")
    variable = chart.fact("env.CUDA_VISIBLE_DEVICES")
    if variable.state != KNOWN:
        return dict.fromkeys(names, variable)
    value, nothing = str(variable.value).strip(), absent(variable.origin)
    facts = dict.fromkeys(names, nothing)
    entries = [entry.strip() for entry in value.split(",")]
    for place, entry in enumerate(entries):
        verdict = _names_a_card(chart, entry)
        if verdict.state == UNKNOWN:
            return {**facts, "gpu.wrong_device": verdict, "gpu.devices_left": verdict}
        if verdict.value == "ends":
            if place == 0:
                facts["gpu.hidden"] = known(value or '""', variable.origin)
            return facts
        if verdict.value == "no":
            facts["gpu.wrong_device"] = known(entry, variable.origin)
            facts["gpu.devices_left"] = known(place, variable.origin)
            return facts
    return facts


def _names_a_card(chart: Chart, entry: str) -> Fact:
    """yes, no, or "ends": nothing, a negative number and NoDevFiles (of batch systems) are ways to hide cards."""
    if entry in ("", "NoDevFiles") or re.match(r"-\d+$", entry):
        return known("ends")
    count, uuids, divided = (chart.fact(name) for name in ("gpu.count", "gpu.uuid", "gpu.mig"))
    if entry.isdigit():
        if count.state != KNOWN or divided.value == "yes":
            return known("yes") if divided.value == "yes" else _doubt(count)
        return known("yes" if int(entry) < int(count.value) else "no")
    if entry.startswith("GPU-"):
        if uuids.state != KNOWN:
            return _doubt(uuids)
        return known("yes" if any(str(uuid).startswith(entry) for uuid in uuids.value) else "no")
    if entry.startswith("MIG-"):
        return known("no") if divided.value == "no" else known("yes") if divided.state == KNOWN else _doubt(divided)
    return unknown("device-not-understood", entry)


def _doubt(fact: Fact) -> Fact:
    """Where there is no card, its number or UUID is no question."""
    return fact if fact.state == UNKNOWN else unknown("nobody-looked")


# ---------------------------------------------------------------- the driver


def _mismatch(chart: Chart) -> Fact:
    files, module, error = (chart.fact(name) for name in ("driver", "driver.kernel", "nvml.error"))
    if files.state == KNOWN and module.state == KNOWN:
        left, right = (re.findall(r"\d+", str(fact.value)) for fact in (files, module))
        shared = min(len(left), len(right))
        if [int(part) for part in left[:shared]] != [int(part) for part in right[:shared]]:
            return known(f"{files.value} / {module.value}", module.origin)
    if error.state == KNOWN and error.value == "version-mismatch":
        versions_seen = [str(fact.value) for fact in (files, module) if fact.state == KNOWN]
        return known(" / ".join(dict.fromkeys(versions_seen)) or "NVML", error.origin)
    if files.state == KNOWN and module.state == KNOWN:
        return absent(module.origin)
    return next((fact for fact in (error, files, module) if fact.state == UNKNOWN), absent(error.origin))


def _dropped(chart: Chart, tables: Tables) -> Fact:
    """A driver that names the card itself drives it; what a branch has dropped, later ones do not take up again."""
    driver, capabilities = chart.fact("driver"), chart.fact("gpu.capability")
    for fact in (driver, capabilities):
        if fact.state != KNOWN:
            return fact
    if need(chart, "gpu.found_by") in ("NVML", "nvidia-smi") or need(chart, "gpu.tegra") == "yes":
        return absent(chart.fact("gpu.found_by").origin)
    branch = re.match(r"\d+", str(driver.value))
    rows = [row for row in tables.get("driver-branches", ()) if branch and int(row["branch"]) <= int(branch.group())]
    if not rows:
        return unknown("not-a-version", str(driver.value))
    oldest = max(rows, key=lambda row: int(row["branch"]))["cc_min"]
    names = chart.value("gpu") or ["GPU"] * len(capabilities.value)
    lost = [
        f"{name} ({capability})"
        for name, capability in zip(names, capabilities.value)
        if versions.compare(str(capability), "<", oldest)
    ]
    return known(lost, driver.origin) if lost else absent(driver.origin)


def _linux_driver(chart: Chart) -> Fact:
    """The driver of Windows lies in /usr/lib/wsl; a driver package of the distribution puts another before it."""
    wsl = chart.fact("os.wsl")
    if wsl.state != KNOWN or str(wsl.value) != "2":
        return wsl if wsl.state == UNKNOWN else absent(wsl.origin)
    if chart.fact("driver.kernel").state == KNOWN:
        return known(chart.fact("driver.kernel").origin or "/proc/driver/nvidia", "driver.kernel")
    facts = [chart.fact(name) for name in ("nvml.error", "driver")]
    for fact in facts:
        if re.match(r"/usr/(lib|lib64|local/lib)/(?!wsl/).*libnvidia-ml\.so", fact.origin):
            return known(fact.origin, fact.origin)
    return next((fact for fact in facts if fact.state == UNKNOWN and fact.why == "nobody-looked"), absent())


# ---------------------------------------------------------------- processor and plans


def _needs_avx(chart: Chart) -> Fact:
    """The registry's builds do from 1.6 on; those of conda are compiled for any x86-64."""
    version = chart.fact("tensorflow.version")
    if version.state != KNOWN:
        return version
    if any(name in need(chart, "conda.packages", {}) for name in ("tensorflow", "tensorflow-base", "tensorflow-gpu")):
        return known("no", "conda")
    old = versions.within(str(version.value), "<1.6")
    return unknown("not-a-version", str(version.value)) if old is None else known("no" if old else "yes")


def _wanted(chart: Chart) -> Fact:
    wants, imports = chart.fact("project.requires"), chart.fact("project.imports")
    found = [
        name
        for name in _FRAMEWORKS
        if (wants.state == KNOWN and name in wants.value) or (imports.state == KNOWN and name in imports.value)
    ]
    if found:
        return known(found)
    return next((fact for fact in (wants, imports) if fact.state == UNKNOWN), absent())


# ---------------------------------------------------------------- all of it together


def _usable(chart: Chart) -> Fact:
    """Can a framework use a card?  Other makers' cards with builds for them are left alone: unknown."""
    nvidia, system = chart.fact("gpu.nvidia"), chart.fact("os")
    if system.state != KNOWN:
        return system
    if system.value == "macos" or need(chart, "gpu.tegra") == "yes" or _serves_other_makers(chart):
        return unknown("other-maker")
    if nvidia.state == KNOWN and nvidia.value == "no":
        return known("no", nvidia.origin)
    if nvidia.state != KNOWN:
        return nvidia if nvidia.state == UNKNOWN else known("no")
    if chart.fact("driver").state == ABSENT or chart.fact("gpu.hidden").state == KNOWN:
        return known("no", chart.fact("driver").origin)
    if chart.fact("gpu.wrong_device").state == KNOWN and chart.value("gpu.devices_left") == 0:
        return known("no", chart.fact("gpu.wrong_device").origin)
    verdicts = [_framework(chart, name) for name in ("torch", "tensorflow", "jax")]
    if "yes" in verdicts:
        return known("yes")
    if None in verdicts or "no" not in verdicts:
        return unknown("nobody-looked") if None in verdicts else absent()
    return known("no")


def _framework(chart: Chart, name: str) -> str | None:
    """yes, no, "" where it is not installed, None where nobody knows."""
    version, cuda = chart.fact(f"{name}.version"), chart.fact(f"{name}.cuda")
    if version.state != KNOWN:
        return "" if version.state == ABSENT else None
    if cuda.state != KNOWN:
        return "no" if cuda.state == ABSENT else None
    needs = [chart.fact(f"{name}.driver_ok")] + ([chart.fact(f"{name}.runs_on_gpu")] if name != "jax" else [])
    if any(fact.value == "no" for fact in needs):
        return "no"
    if name == "tensorflow":
        if chart.fact("tensorflow.missing_libraries").state == KNOWN or chart.value("tensorflow.cudnn_ok") == "no":
            return "no"
    return "yes" if all(fact.value == "yes" for fact in needs) else None


def _serves_other_makers(chart: Chart) -> bool:
    """ROCm, XPU, DirectML and Metal builds."""
    local = str(chart.value("torch.version", "")).partition("+")[2]
    return (
        chart.fact("torch.hip").state == KNOWN
        or local.startswith(("rocm", "xpu"))
        or chart.value("tensorflow.rocm_build") == "yes"
        or any(
            chart.fact(name).state == KNOWN
            for name in ("torch-directml", "tensorflow-directml", "tensorflow-directml-plugin", "tensorflow-metal")
            + ("tensorflow-rocm", "intel-extension-for-pytorch", "intel-extension-for-tensorflow")
        )
    )
