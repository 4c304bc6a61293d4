"""Which graphics cards are there, and which driver drives them?

NVML is asked first.  Where it is missing or fails, files of the kernel module, nvidia-smi and the PCI bus (on Windows
the device list) tell the rest.  CUDA_VISIBLE_DEVICES concerns none of them.
"""

import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ..ask import MISSING, TIMEOUT
from ..chart import ABSENT, KNOWN, UNKNOWN, Fact, Seen, absent, known, unknown
from ..nvidia import NOT_ASKED, Card, Nvidia, first_line, nvidia_smi, nvml, pci_place, silent, with_nvidia_smi
from ..patient import Patient

FACTS = {
    "gpu": "names of the NVIDIA cards; absent: somebody looked, and there is none",
    "gpu.count": "number of NVIDIA cards, those included that no longer answer",
    "gpu.memory": "memory of each card of `gpu`, MiB",
    "gpu.capability": 'compute capability of each card of `gpu` ("8.6")',
    "gpu.uuid": "UUID of each card of `gpu`",
    "gpu.pci": 'place of each card of `gpu` on the PCI bus ("0000:01:00.0")',
    "gpu.mig": "yes when a card is divided into MIG instances",
    "gpu.found_by": "NVML, nvidia-smi, /proc, device-tree, sysfs, windows devices or system_profiler",
    "gpu.vendors": "makers of the display adapters and GPUs: nvidia, amd, intel, apple, other",
    "gpu.kernel_driver": "kernel drivers that hold the NVIDIA cards on the PCI bus (nvidia, nouveau, vfio-pci)",
    "gpu.tegra": "yes on a Jetson, whose driver is part of its system image",
    "driver": "version of the NVIDIA driver",
    "driver.cuda": "newest CUDA that the driver supports",
    "driver.kernel": "version of the loaded NVIDIA kernel module (Linux)",
    "driver.model": "WDDM, TCC or MCDM (Windows)",
    "nvml.error": "why NVML, or one card behind it, does not answer",
}

#: Each column of the cards -> its fact.
_COLUMNS = {"memory": "gpu.memory", "capability": "gpu.capability", "uuid": "gpu.uuid", "pci": "gpu.pci"}


_VENDORS = {"10de": "nvidia", "1002": "amd", "8086": "intel", "106b": "apple"}


class Display(NamedTuple):
    """A display adapter or GPU on the PCI bus.  `driver` is the kernel driver (Linux) or a driver version (Windows)."""

    vendor: str
    device: str
    place: str
    driver: str = ""
    name: str = ""


def probe(patient: Patient, ask: Any) -> Seen:
    if ask.os == "macos":
        return Seen(_macos(patient, ask))
    nvidia = nvml(ask)
    if nvidia.error in NOT_ASKED or (nvidia.error == "version-mismatch" and nvidia.driver.state != KNOWN):
        nvidia = with_nvidia_smi(ask, nvidia)
    kernel = _kernel_module(ask)
    displays, looked_at = _displays(ask)
    tegra = _tegra(ask)
    facts = _cards(ask, nvidia, kernel, displays, looked_at, tegra)
    facts["gpu.tegra"] = known("yes", tegra.origin) if tegra else known("no")
    facts["gpu.vendors"] = _vendors(ask, facts["gpu"], displays, looked_at)
    facts["gpu.kernel_driver"] = _kernel_drivers(ask, displays, looked_at)
    facts["driver"] = driver = _driver(ask, nvidia, kernel, displays, tegra)
    facts["driver.kernel"] = kernel
    facts["driver.cuda"] = absent(driver.origin) if driver.state == ABSENT else nvidia.cuda
    facts["driver.model"] = nvidia.model or (silent(nvidia) if ask.os == "windows" else absent())
    facts["nvml.error"] = _error(nvidia)
    return Seen(facts)


def _error(nvidia: Nvidia) -> Fact:
    if nvidia.error in ("no-binding", "binding-broken"):  # says nothing of the machine
        return silent(nvidia)
    return known(nvidia.error, nvidia.origin) if nvidia.error else absent(nvidia.origin)


# ---------------------------------------------------------------- files of the kernel


def _kernel_module(ask: Any) -> Fact:
    """The version of the loaded kernel module.

    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ..."
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build ..."
    """
    path = "/proc/driver/nvidia/version"
    if ask.os != "linux":
        return absent()
    reading = ask.read(path, 4096)
    if reading.trouble:
        gone = reading.trouble == MISSING and ask.is_dir("/proc")
        return absent(path) if gone else unknown("gpu-file-closed", reading.trouble, path)
    found = re.search(r"^NVRM version:.*?\s(\d{2,4}\.\d+(?:\.\d+)?)\b", reading.text, re.M)
    return known(found.group(1), path) if found else unknown("gpu-file-not-understood", first_line(reading.text), path)


def _cards_of_kernel_module(ask: Any, why: Fact) -> List[Card]:
    """/proc/driver/nvidia/gpus/<place>/information; it can be read in a container that was given no GPU, too."""
    cards = []
    folder = "/proc/driver/nvidia/gpus"
    for name in ask.names(folder):
        path = ask.path.join(folder, name, "information")
        fields = dict(re.findall(r"^([^:\n]+):[ \t]*(.*?)\s*$", ask.read(path, 4096).text, re.M))
        model, uuid = fields.get("Model", ""), fields.get("GPU UUID", "")
        if not model or model == "Unknown":
            continue
        cards.append(
            {
                "name": known(model, path),
                "uuid": known(uuid, path) if uuid and "?" not in uuid else why,
                "memory": why,
                "capability": why,
                "pci": known(pci_place(fields.get("Bus Location", name)), path),
            }
        )
    return cards


def _tegra(ask: Any) -> Optional[Fact]:
    """The name of a Jetson; None on any other machine."""
    if ask.os != "linux":
        return None
    path = "/proc/device-tree/model"
    model = ask.read(path, 200).text.strip("\0 \n")
    if re.search(r"jetson|nvidia|tegra", model, re.I):
        return known(model, path)
    path = "/etc/nv_tegra_release"
    return known("NVIDIA Jetson", path) if ask.is_file(path) else None


def in_wsl(ask: Any) -> bool:
    return ask.os == "linux" and "microsoft" in ask.read("/proc/version", 4096).text.lower()


# ---------------------------------------------------------------- the bus


def _displays(ask: Any) -> Tuple[Optional[List[Display]], str]:
    """(display adapters or None where nobody can look, where they were looked for)."""
    if ask.os == "windows":
        adapters = ask.adapters()
        if adapters is None:
            return None, "windows devices"
        found = []
        for adapter in adapters:
            ids = re.search(r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", adapter.device, re.I)
            if ids:
                found.append(Display(ids.group(1).lower(), ids.group(2).lower(), "", adapter.driver, adapter.name))
        return found, "windows devices"
    bus = "/sys/bus/pci/devices"
    if ask.os != "linux" or not ask.names("/sys/bus"):
        return None, bus
    found = []
    for place in ask.names(bus):
        folder = ask.path.join(bus, place)
        if ask.read(ask.path.join(folder, "class"), 32).text.startswith("0x03"):
            vendor, device = (
                ask.read(ask.path.join(folder, name), 32).text.strip()[2:] for name in ("vendor", "device")
            )
            driver = ask.path.basename(ask.link(ask.path.join(folder, "driver")))
            found.append(Display(vendor.lower(), device.lower(), place, driver))
    return found, bus


def _name_of_device(ask: Any, device: str) -> str:
    """The card's name in the system's list of PCI ids, without the chip: "GA102 [GeForce RTX 3080]"."""
    for path in ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"):
        text = ask.read(path, 3000000).text
        start = text.find("\n10de  ")
        if start >= 0:
            after = re.search(r"\n(?![\t#\n])", text[start + 1 :])
            section = text[start : start + 1 + after.start()] if after else text[start:]
            line = re.search(r"^\t" + re.escape(device) + r"  (.*)$", section, re.M)
            if line:
                return re.sub(r".*\[(.*)\].*", r"\1", line.group(1)).replace(" Lite Hash Rate", "").strip()
    return ""


def _cards_of_bus(ask: Any, displays: List[Display], origin: str, why: Fact) -> List[Card]:
    """NVIDIA's adapters.  Without a driver the bus tells a number and no name; a number is better than nothing."""
    cards = []
    for display in displays:
        if display.vendor == "10de":
            name = display.name if "nvidia" in display.name.lower() else ""
            if not name and ask.os == "linux":
                name = _name_of_device(ask, display.device)
            cards.append(
                {
                    "name": known(name or "NVIDIA 10de:" + display.device, origin),
                    "uuid": why,
                    "memory": why,
                    "capability": why,
                    "pci": known(display.place, origin) if display.place else why,
                }
            )
    return cards


# ---------------------------------------------------------------- all of it together


def _cards(
    ask: Any, nvidia: Nvidia, kernel: Fact, displays: Optional[List[Display]], looked_at: str, tegra: Optional[Fact]
) -> Dict[str, Fact]:
    """The facts of the cards from the best source that names any."""
    cards, found_by, why = nvidia.cards, nvidia.found_by, silent(nvidia)
    if not cards and kernel.state == KNOWN:
        cards, found_by = _cards_of_kernel_module(ask, why), "/proc"
    if not cards and tegra:
        cards, found_by = [dict.fromkeys(_COLUMNS, why)], "device-tree"
        cards[0]["name"] = tegra
    if not cards and displays:
        cards = _cards_of_bus(ask, displays, looked_at, why)
        found_by = "windows devices" if ask.os == "windows" else "sysfs"
    if cards:
        facts = {fact: _column(cards, column) for column, fact in _COLUMNS.items()}
        facts["gpu"] = _column(cards, "name")
        facts["gpu.count"] = known(max(len(cards), nvidia.number), facts["gpu"].origin)
        facts["gpu.found_by"] = known(found_by, facts["gpu"].origin)
        facts["gpu.mig"] = nvidia.mig or why
        return facts
    nothing = _no_cards(ask, nvidia, displays, looked_at)
    return {name: nothing for name in ("gpu", "gpu.count", "gpu.found_by", "gpu.mig") + tuple(_COLUMNS.values())}


def _column(cards: List[Card], column: str) -> Fact:
    """One list for all cards, in the order of `gpu`; a list with holes would not fit it, so one hole is enough."""
    for index, card in enumerate(cards):
        fact = card[column]
        if fact.state != KNOWN:
            return fact._replace(detail="GPU {}: {}".format(index, fact.detail)) if len(cards) > 1 else fact
    return known([card[column].value for card in cards], cards[0][column].origin)


def _no_cards(ask: Any, nvidia: Nvidia, displays: Optional[List[Display]], looked_at: str) -> Fact:
    """Nobody named a card: is there none, or could nobody look?"""
    if nvidia.error and nvidia.error not in NOT_ASKED + ("driver-not-loaded",):
        return silent(nvidia)  # a loaded driver that fails has a card somewhere, whatever the bus shows
    if not nvidia.error and nvidia.found_by in ("NVML", "nvidia-smi"):
        return absent(nvidia.found_by)
    if in_wsl(ask):
        return unknown("gpu-behind-wsl", "", looked_at)
    return unknown("gpu-bus-hidden", "", looked_at) if displays is None else absent(looked_at)


def _vendors(ask: Any, cards: Fact, displays: Optional[List[Display]], looked_at: str) -> Fact:
    # The adapter that WSL shows is Microsoft's own and says nothing of the cards behind it.
    vendors = {_VENDORS.get(display.vendor, "other") for display in displays or () if display.vendor != "1414"}
    if cards.state == KNOWN:
        vendors.add("nvidia")
    if vendors:
        return known(sorted(vendors), cards.origin if displays is None else looked_at)
    if in_wsl(ask):
        return unknown("gpu-behind-wsl", "", looked_at)
    return unknown("gpu-bus-hidden", "", looked_at) if displays is None else absent(looked_at)


def _kernel_drivers(ask: Any, displays: Optional[List[Display]], looked_at: str) -> Fact:
    if ask.os != "linux":
        return absent()
    if displays is None:
        return unknown("gpu-bus-hidden", "", looked_at)
    names = sorted({display.driver for display in displays if display.vendor == "10de" and display.driver})
    return known(names, looked_at) if names else absent(looked_at)


def _driver(ask: Any, nvidia: Nvidia, kernel: Fact, displays: Optional[List[Display]], tegra: Optional[Fact]) -> Fact:
    """The driver's version from whoever knows it; with a stale kernel module it is that of the files on disk."""
    if nvidia.driver.state == KNOWN:
        return nvidia.driver
    if kernel.state == KNOWN:
        return kernel
    for display in displays or ():
        if ask.os == "windows" and display.vendor == "10de":
            version = windows_driver(display.driver)
            if version and "nvidia" in display.name.lower():
                return known(version, "windows devices")
    if tegra:
        return unknown("gpu-tegra-driver", ask.read("/etc/nv_tegra_release", 200).text.strip(), tegra.origin)
    if nvidia.error != "library-not-found" or nvidia.origin != "NVML" or nvidia_smi(ask):
        return nvidia.driver  # there is something of a driver, and it does not tell its version
    if kernel.state == UNKNOWN:
        return kernel
    if ask.os == "windows":
        return absent("nvml.dll, nvidia-smi.exe")
    if ask.os == "linux":
        return absent("libnvidia-ml.so.1, /proc/driver/nvidia, nvidia-smi")
    return nvidia.driver


def windows_driver(version: str) -> str:
    """NVIDIA's number from that of Windows: its last five digits.

    >>> windows_driver("31.0.15.3623"), windows_driver("27.21.14.5671"), windows_driver("10.0")
    ('536.23', '456.71', '')
    """
    digits = "".join(version.split(".")[2:])
    return "{}.{}".format(digits[-5:-2], digits[-2:]) if len(digits) >= 5 and digits.isdigit() else ""


# ---------------------------------------------------------------- macOS


def _macos(patient: Patient, ask: Any) -> Dict[str, Fact]:
    """NVIDIA's last driver with CUDA was for macOS 10.13, so no Mac has a driver; an old one may have a card."""
    facts = dict.fromkeys(FACTS, absent("macos"))
    facts.update({"gpu.tegra": known("no"), "nvml.error": known("library-not-found", "macos")})
    if apple_silicon(patient, ask):
        facts["gpu.vendors"] = known(["apple"], "hw.optional.arm64")
        return facts
    program = "/usr/sbin/system_profiler"
    answer = ask.run([program, "SPDisplaysDataType"])
    vendors = re.findall(r"^\s*Vendor:.*?\(?0x([0-9a-f]{4})\)?\s*$", answer.out, re.M | re.I)
    if answer.trouble or not vendors:
        blind = unknown("gpu-bus-hidden", answer.trouble, program)
        facts.update({name: blind for name in FACTS if name.startswith("gpu") and name != "gpu.tegra"})
        return facts
    facts["gpu.vendors"] = known(sorted({_VENDORS.get(vendor.lower(), "other") for vendor in vendors}), program)
    names = re.findall(r"^\s*Chipset Model:\s*(.*?)\s*$", answer.out, re.M)
    names = [name for name in names if "nvidia" in name.lower()]
    if names:
        why = unknown("gpu-driver-needed", "", program)
        facts.update({fact: why for fact in _COLUMNS.values()})
        facts.update({"gpu": known(names, program), "gpu.count": known(len(names), program)})
        facts["gpu.found_by"] = known("system_profiler", program)
    return facts


def apple_silicon(patient: Patient, ask: Any) -> bool:
    """A program under Rosetta believes that it runs on x86_64; the kernel knows better."""
    if patient.inside.get("machine") == "arm64":
        return True
    return str(ask.run(["/usr/sbin/sysctl", "-n", "hw.optional.arm64"]).out).strip() == "1"
