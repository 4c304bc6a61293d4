"""Are the cards and their driver told right, whoever has to tell?"""

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from envdoctor.ask import DENIED, MISSING, TIMEOUT, UNREADABLE, Adapter, Answer, Ask, Nvml
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN, Fact
from envdoctor.nvidia import ERRORS
from envdoctor.patient import Patient
from envdoctor.probes.gpu import FACTS, probe
from envdoctor.texts.reason import TEXTS

from . import fake_nvml
from .tape import Tape

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATIENT = Patient("system", "/usr/bin/python3", "/usr", "PATH", inside={"machine": "x86_64"})
UUID = "GPU-1f2e3d4c-0000-0000-0000-000000000000"
NO_BINDING = Nvml(None, "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.535.104.05", "no-binding", "ImportError: pynvml")


def facts(machine, patient=PATIENT):
    seen = probe(patient, machine)
    assert set(seen.facts) == set(FACTS)
    assert all(fact.why in TEXTS for fact in seen.facts.values() if fact.state == UNKNOWN)
    json.dumps([fact.value for fact in seen.facts.values()])
    return seen.facts


def told(seen):
    """The facts that are known, by value; absent and unknown ones are left out."""
    return {name: fact.value for name, fact in seen.items() if fact.state == KNOWN}


def states(seen, *names):
    return [seen[name].state for name in names]


def linux(files=None, bus=(), **more):
    """A Linux machine with a PCI bus of (place, class, vendor, device, kernel driver)."""
    files = dict(files or {})
    links = dict(more.pop("links", {}))
    for place, kind, vendor, device, driver in bus:
        folder = "/sys/bus/pci/devices/" + place
        files.update(
            {folder + "/class": kind + "\n", folder + "/vendor": vendor + "\n", folder + "/device": device + "\n"}
        )
        if driver:
            links[folder + "/driver"] = "../../../../bus/pci/drivers/" + driver
    files.setdefault("/proc/version", "Linux version 5.15.0-91-generic (buildd) #101-Ubuntu SMP\n")
    return Tape(files=files, links=links, folders=["/sys/bus/pci/devices", "/proc"], **more)


NVIDIA_CARD = ("0000:01:00.0", "0x030000", "0x10de", "0x2206", "")
INTEL_CARD = ("0000:00:02.0", "0x030000", "0x8086", "0x9bc5", "i915")
NETWORK = ("0000:02:00.0", "0x020000", "0x10ec", "0x8168", "r8169")
VERSION = (
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc 11\n"
)
OPEN_VERSION = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build  (dvs-builder@U16)\n"
INFORMATION = (
    "Model: \t\t NVIDIA GeForce RTX 3080\nIRQ:   \t\t 142\nGPU UUID: \t " + UUID + "\nBus Type: \t PCIe\n"
    "Bus Location: \t 0000:01:00.0\nDevice Minor: \t 0\n"
)


# ---------------------------------------------------------------- nobody but the bus tells


def test_no_nvidia_card_is_something_that_was_seen():
    seen = facts(linux(bus=[INTEL_CARD, ("0000:03:00.0", "0x038000", "0x1002", "0x73bf", "amdgpu"), NETWORK]))
    assert states(seen, "gpu", "gpu.count", "gpu.memory", "driver", "driver.cuda") == [ABSENT] * 5
    assert seen["gpu.vendors"].value == ["amd", "intel"]
    assert seen["nvml.error"].value == "library-not-found"


def test_no_display_adapter_at_all():
    assert states(facts(linux(bus=[NETWORK])), "gpu", "gpu.vendors", "driver") == [ABSENT] * 3


def test_a_bus_that_cannot_be_seen():
    seen = facts(Tape(folders=["/proc"]))
    assert states(seen, "gpu", "gpu.vendors", "gpu.count", "gpu.capability") == [UNKNOWN] * 4
    assert seen["driver"].state == ABSENT


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        (None, "NVIDIA 10de:2206"),
        ("10de  NVIDIA Corporation\n\t2204  GA102 [GeForce RTX 3090]\n", "NVIDIA 10de:2206"),
        ("1002  AMD\n\t2206  X\n10de  NVIDIA\n\t2206  GA102 [GeForce RTX 3080]\n\t\t1043 8  TUF\n", "GeForce RTX 3080"),
        ("10de  NVIDIA Corporation\n\t2216  GA102\n10df  Emulex\n\t2206  Other\n", "NVIDIA 10de:2206"),
        ("10de  NVIDIA Corporation\n\t2206  GA102 [GeForce RTX 3080 Lite Hash Rate]\n", "GeForce RTX 3080"),
    ],
)  # fmt: skip
def test_a_card_without_a_driver(ids, name):
    files = {"/usr/share/misc/pci.ids": "#\n# List of PCI ID's\n#\n" + ids} if ids else {}
    seen = facts(linux(files, bus=[NVIDIA_CARD[:4] + ("nouveau",), INTEL_CARD]))
    assert (seen["gpu"].value, seen["gpu.count"].value, seen["gpu.found_by"].value) == ([name], 1, "sysfs")
    assert seen["gpu.pci"].value == ["0000:01:00.0"]
    assert seen["gpu.vendors"].value == ["intel", "nvidia"]
    assert seen["gpu.kernel_driver"].value == ["nouveau"]
    assert seen["driver"].state == ABSENT
    assert (seen["gpu.memory"].state, seen["gpu.memory"].why) == (UNKNOWN, "nvml-library-not-found")


# ---------------------------------------------------------------- files of the kernel module


@pytest.mark.parametrize(("text", "version"), [(VERSION, "535.104.05"), (OPEN_VERSION, "560.35.03")])
def test_a_container_that_was_given_no_gpu(text, version):
    files = {"/proc/driver/nvidia/version": text, "/proc/driver/nvidia/gpus/0000:01:00.0/information": INFORMATION}
    seen = facts(linux(files, bus=[NVIDIA_CARD]))
    assert (seen["driver"].value, seen["driver.kernel"].value) == (version, version)
    assert (seen["gpu"].value, seen["gpu.uuid"].value) == (["NVIDIA GeForce RTX 3080"], [UUID])
    assert seen["gpu.found_by"].value == "/proc"
    assert seen["nvml.error"].value == "library-not-found"
    assert seen["driver.cuda"].state == UNKNOWN


def test_a_uuid_that_the_driver_has_not_read_yet():
    text = INFORMATION.replace(UUID, "GPU-????????-????-????-????-????????????")
    files = {"/proc/driver/nvidia/version": VERSION, "/proc/driver/nvidia/gpus/0000:01:00.0/information": text}
    assert facts(linux(files))["gpu.uuid"].state == UNKNOWN


@pytest.mark.parametrize(
    ("text", "why"), [(None, "gpu-file-closed"), ("NVRM something new\n", "gpu-file-not-understood")]
)
def test_a_version_file_that_says_nothing(text, why):
    seen = facts(linux({"/proc/driver/nvidia/version": text}))
    assert (seen["driver.kernel"].why, seen["driver"].why) == (why, why)


def test_a_jetson_is_never_without_a_driver():
    files = {
        "/proc/device-tree/model": "NVIDIA Jetson AGX Orin Developer Kit\0",
        "/etc/nv_tegra_release": "# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref\n",
    }
    seen = facts(linux(files))
    assert seen["gpu"].value == ["NVIDIA Jetson AGX Orin Developer Kit"]
    assert (seen["gpu.tegra"].value, seen["gpu.vendors"].value) == ("yes", ["nvidia"])
    assert (seen["driver"].state, seen["driver"].why) == (UNKNOWN, "gpu-tegra-driver")
    assert "R35" in seen["driver"].detail
    assert facts(linux({"/etc/nv_tegra_release": "# R32"}))["gpu"].value == ["NVIDIA Jetson"]
    assert facts(linux({"/proc/device-tree/model": "Raspberry Pi 4 Model B\0"}))["gpu.tegra"].value == "no"


def test_wsl_shows_no_card_when_the_driver_is_silent():
    files = {"/proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2 (root@x)\n"}
    seen = facts(linux(files, bus=[("8a3f:00:00.0", "0x030200", "0x1414", "0x008e", "dxgkrnl")]))
    assert states(seen, "gpu", "gpu.vendors") == [UNKNOWN] * 2
    assert seen["driver"].state == ABSENT


# ---------------------------------------------------------------- nvidia-smi

QUERY = ("--query-gpu=name,uuid,memory.total,driver_version,compute_cap", "--format=csv,noheader,nounits")
OLD_QUERY = ("--query-gpu=name,uuid,memory.total,driver_version", "--format=csv,noheader,nounits")
SMI = "/usr/bin/nvidia-smi"
WSL_SMI = "/usr/lib/wsl/lib/nvidia-smi"
BANNER = "| NVIDIA-SMI 535.104.05   Driver Version: 535.104.05   CUDA Version: 12.2     |\n"
NEW_BANNER = "| NVIDIA-SMI 610.43       KMD Version: 610.43       CUDA UMD Version: 13.3     |\n"
REFUSED = Answer(2, 'Field "compute_cap" is not a valid field to query.\n\n', "")


def smi(rows, banner=BANNER, path=SMI, old=False):
    answer = Answer(0, rows, "")
    commands = {(path,): Answer(0, banner, "")}
    commands.update({(path,) + QUERY: REFUSED, (path,) + OLD_QUERY: answer} if old else {(path,) + QUERY: answer})
    return {"commands": commands}


def with_smi(rows, nvml=NO_BINDING, path=SMI, files=None, **more):
    return linux({path: "\x7fELF", **(files or {})}, bus=[NVIDIA_CARD], nvml=nvml, **smi(rows, path=path, **more))


def test_nvidia_smi_in_place_of_pynvml():
    seen = facts(with_smi("NVIDIA GeForce RTX 3080, " + UUID + ", 10240, 535.104.05, 8.6\n"))
    assert told(seen) == {
        "gpu": ["NVIDIA GeForce RTX 3080"],
        "gpu.count": 1,
        "gpu.memory": [10240],
        "gpu.capability": ["8.6"],
        "gpu.uuid": [UUID],
        "gpu.found_by": "nvidia-smi",
        "gpu.vendors": ["nvidia"],
        "gpu.tegra": "no",
        "driver": "535.104.05",
        "driver.cuda": "12.2",
    }
    assert seen["nvml.error"].state == ABSENT
    assert seen["gpu.mig"].why == "nvml-no-binding"


def test_a_driver_that_does_not_know_compute_cap():
    rows = "GeForce GTX 1080, GPU-a, 8119, 450.80.02\nGeForce GTX 1070, GPU-b, 8117, 450.80.02\n"
    machine = with_smi(rows, old=True)
    seen = facts(machine)
    assert seen["gpu"].value == ["GeForce GTX 1080", "GeForce GTX 1070"]
    assert seen["gpu.memory"].value == [8119, 8117]
    assert seen["gpu.capability"].state == UNKNOWN
    assert [argv[1:] for argv in machine.asked] == [QUERY, OLD_QUERY, ()]


def test_the_banner_of_driver_610():
    seen = facts(with_smi("NVIDIA H100, GPU-a, 81559, [N/A], 9.0\n", banner=NEW_BANNER))
    assert (seen["driver"].value, seen["driver.cuda"].value) == ("610.43", "13.3")


@pytest.mark.parametrize("cell", ["[N/A]", "[Not Supported]", "N/A", "[Unknown Error]", "much"])
def test_a_cell_without_an_answer(cell):
    seen = facts(with_smi("NVIDIA Thor, GPU-a, " + cell + ", 580.1, 11.0\n"))
    assert seen["gpu.memory"].state == UNKNOWN
    assert seen["gpu.capability"].value == ["11.0"]


def test_nvidia_smi_of_wsl():
    files = {"/proc/version": "Linux version 5.15.153.1-microsoft-standard-WSL2\n"}
    rows = "NVIDIA GeForce RTX 4060, GPU-a, 8188, 560.94, 8.9\n"
    seen = facts(
        with_smi(rows, Nvml(None, "", MISSING), WSL_SMI, files, banner="Driver Version: 560.94 CUDA Version: 12.6")
    )
    assert (seen["gpu"].value, seen["driver"].value, seen["driver.cuda"].value) == (
        ["NVIDIA GeForce RTX 4060"],
        "560.94",
        "12.6",
    )
    assert seen["nvml.error"].value == "library-not-found"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550", "version-mismatch"),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make", "driver-not-loaded"),
        ("Failed to initialize NVML: Insufficient Permissions\n", "no-permission"),
        ("Failed to initialize NVML: Unknown Error\n", "unknown-error"),
        ("Failed to initialize NVML: GPU access blocked by the operating system\n", "blocked-by-system"),
        ("Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system", "gpu-lost"),
    ],
)  # fmt: skip
def test_what_nvidia_smi_complains_of(words, error):
    machine = linux({SMI: "\x7fELF"}, bus=[NVIDIA_CARD], nvml=NO_BINDING, commands={"nvidia-smi": Answer(9, words, "")})
    seen = facts(machine)
    assert seen["nvml.error"].value == error
    assert seen["driver.cuda"].why == "nvml-" + error
    assert seen["gpu"].value == ["NVIDIA 10de:2206"]
    assert seen["driver"].value == "535.104.05"
    assert len(machine.asked) == 1


def test_the_version_that_nvidia_smi_names_for_a_stale_module():
    words = "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.107\n"
    native = Nvml(Broken(18), "/usr/lib/wsl/lib/libnvidia-ml.so.1")
    seen = facts(
        linux({SMI: "x", "/proc/driver/nvidia/version": VERSION}, nvml=native, commands={SMI: Answer(9, words, "")})
    )
    assert (seen["driver"].value, seen["driver.kernel"].value) == ("550.107", "535.104.05")
    assert seen["nvml.error"].value == "version-mismatch"


def test_nvidia_smi_that_finds_no_devices():
    answer = Answer(6, "No devices were found\n", "")
    seen = facts(linux({SMI: "x"}, nvml=NO_BINDING, commands={"nvidia-smi": answer}))
    assert states(seen, "gpu", "nvml.error") == [ABSENT, ABSENT]


def test_nvidia_smi_that_hangs_is_not_asked_again():
    machine = linux({SMI: "x"}, bus=[NVIDIA_CARD], commands={"nvidia-smi": Answer(None, "", "", TIMEOUT)})
    seen = facts(machine)
    assert len(machine.asked) == 1
    assert seen["driver"].state == UNKNOWN
    assert seen["gpu"].state == KNOWN


def test_nvidia_smi_is_not_started_for_nothing():
    assert not Tape().asked
    for code in (4, 9, 15, 17, 999):
        machine = linux({SMI: "x"}, bus=[NVIDIA_CARD], nvml=Nvml(Broken(code), "/usr/lib/libnvidia-ml.so.535.54.03"))
        facts(machine)
        assert machine.asked == []


# ---------------------------------------------------------------- other packages called pynvml


class CodeError(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value


class NVMLLibraryMismatchError(Exception):
    pass


class Broken:
    """A pynvml that does not get further than nvmlInit."""

    def __init__(self, error):
        self.error = error

    def nvmlInit(self):
        raise CodeError(self.error) if isinstance(self.error, int) else self.error


class Ancient:
    """The nvidia-ml-py3 of 2017: bytes, and none of the newer functions."""

    def __init__(self):
        self.open = 0

    def nvmlInit(self):
        self.open += 1

    def nvmlShutdown(self):
        self.open -= 1

    def nvmlSystemGetDriverVersion(self):
        return b"440.33.01"

    def nvmlDeviceGetCount(self):
        return 1

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetName(self, handle):
        return b"Tesla V100-SXM2-16GB"

    def nvmlDeviceGetMemoryInfo(self, handle):
        return type("Memory", (), {"total": 16160 * 2**20})

    def nvmlDeviceGetPciInfo(self, handle):
        return type("Pci", (), {"busId": b"00000000:3B:00.0"})

    def nvmlDeviceGetUUID(self, handle):
        raise NVMLLibraryMismatchError("Unversioned function called")


def test_an_ancient_binding():
    binding = Ancient()
    seen = facts(linux(nvml=Nvml(binding, "")))
    assert (seen["driver"].value, seen["gpu"].value) == ("440.33.01", ["Tesla V100-SXM2-16GB"])
    assert (seen["gpu.memory"].value, seen["gpu.pci"].value) == ([16160], ["0000:3b:00.0"])
    assert seen["gpu.uuid"].why == "nvml-function-not-found"
    assert seen["gpu.capability"].why == seen["driver.cuda"].why == "nvml-binding-broken"
    assert seen["nvml.error"].state == ABSENT
    assert binding.open == 0


@pytest.mark.parametrize("error", [AttributeError("nvmlInit"), TypeError(), OSError("x"), CodeError("three")])
def test_a_stranger_called_pynvml(error):
    seen = facts(linux(bus=[NVIDIA_CARD], nvml=Nvml(Broken(error), "")))
    assert (seen["nvml.error"].state, seen["nvml.error"].why) == (UNKNOWN, "nvml-binding-broken")
    assert seen["driver"].state == UNKNOWN
    assert seen["gpu"].state == KNOWN


@pytest.mark.parametrize("code", sorted(ERRORS) + [5, 4711])
def test_every_error_code_has_its_own_words(code):
    seen = facts(linux(bus=[NVIDIA_CARD], nvml=Nvml(Broken(code), "/lib/libnvidia-ml.so.1")))
    assert seen["nvml.error"].value == ERRORS.get(code, "other-error")
    assert "nvml-" + seen["nvml.error"].value in TEXTS
    assert seen["driver.cuda"].state == UNKNOWN and str(code) in seen["driver.cuda"].detail
    assert seen["driver"].state == UNKNOWN


def test_the_toolkits_stub_is_not_even_started():
    path = "/usr/local/cuda-11.2/targets/x86_64-linux/lib/stubs/libnvidia-ml.so"
    copy = "/opt/lib/libnvidia-ml.so"
    for where, files in (
        (path, {}),
        (copy, {copy: "\x7fELF ... WARNING:\n\nYou should always run with libnvidia-ml.so"}),
    ):
        seen = facts(linux(files, nvml=Nvml(Broken(AssertionError()), where)))
        assert (seen["nvml.error"].value, seen["nvml.error"].origin) == ("stub-library", where)
        assert seen["driver"].state == UNKNOWN


def test_a_library_that_cannot_be_loaded():
    seen = facts(linux(bus=[NVIDIA_CARD], nvml=Nvml(None, "", UNREADABLE, "libnvidia-ml.so.1: wrong ELF class")))
    assert (seen["nvml.error"].value, seen["driver"].state) == ("library-broken", UNKNOWN)
    assert "wrong ELF class" in seen["driver"].detail


# ---------------------------------------------------------------- Windows and macOS

RTX = Adapter("NVIDIA GeForce RTX 3060 Laptop GPU", "PCI\\VEN_10DE&DEV_2520&SUBSYS_0A81\\4&1&0&0008", "31.0.15.3623")
UHD = Adapter("Intel(R) UHD Graphics", "PCI\\VEN_8086&DEV_9BC4&SUBSYS_0A81\\3&1&0&10", "27.20.100.9664")
BASIC = Adapter("Microsoft Basic Display Adapter", "PCI\\VEN_10DE&DEV_2520\\4&1&0&0008", "10.0.19041.1")
REMOTE = Adapter("Microsoft Remote Display Adapter", "SWD\\REMOTEDISPLAYENUM\\RDPIDD_INDIRECTDISPLAY", "10.0.1")


def test_windows_without_nvml():
    seen = facts(Tape(os="windows", adapters=[UHD, RTX, REMOTE]))
    assert (seen["gpu"].value, seen["gpu.found_by"].value) == (
        ["NVIDIA GeForce RTX 3060 Laptop GPU"],
        "windows devices",
    )
    assert seen["gpu.vendors"].value == ["intel", "nvidia"]
    assert (seen["driver"].value, seen["driver.cuda"].state) == ("536.23", UNKNOWN)
    assert seen["driver.model"].state == UNKNOWN
    assert states(seen, "driver.kernel", "gpu.kernel_driver") == [ABSENT] * 2


def test_windows_with_its_own_driver_for_the_card():
    seen = facts(Tape(os="windows", adapters=[BASIC]))
    assert (seen["gpu"].value, seen["driver"].state) == (["NVIDIA 10de:2520"], ABSENT)


def test_windows_without_an_nvidia_card_or_without_an_answer():
    assert states(facts(Tape(os="windows", adapters=[UHD])), "gpu", "driver") == [ABSENT, ABSENT]
    assert states(facts(Tape(os="windows", adapters=[])), "gpu", "gpu.vendors") == [ABSENT, ABSENT]
    assert states(facts(Tape(os="windows")), "gpu", "gpu.vendors", "driver") == [UNKNOWN, UNKNOWN, ABSENT]


def test_the_model_of_a_windows_driver():
    class Model(Ancient):
        def nvmlDeviceGetDriverModel(self, handle):
            raise CodeError(13)

        def nvmlDeviceGetDriverModel_v1(self, handle):
            return [0, 0]

    native = Nvml(Model(), "C:\\Windows\\System32\\nvml.dll")
    seen = facts(Tape(os="windows", nvml=native, adapters=[UHD]))
    assert seen["driver.model"].value == "WDDM"
    assert seen["gpu.vendors"].value == ["intel", "nvidia"]
    assert facts(linux(nvml=native))["driver.model"].state == ABSENT


@pytest.mark.parametrize("folder", ["C:\\Windows\\System32", "C:\\Program Files\\NVIDIA Corporation\\NVSMI"])
def test_nvidia_smi_of_windows(folder):
    path = folder + "\\nvidia-smi.exe"
    rows = "NVIDIA GeForce RTX 3060 Laptop GPU, GPU-a, 6144, 536.23, 8.6\n"
    seen = facts(
        Tape(
            os="windows", files={path: "MZ"}, adapters=[RTX], nvml=Nvml(None, "x", "no-binding"), **smi(rows, path=path)
        )
    )
    assert (seen["gpu.memory"].value, seen["gpu.found_by"].value) == ([6144], "nvidia-smi")
    assert seen["driver.model"].state == UNKNOWN


PROFILE = """Graphics/Displays:

    NVIDIA GeForce GT 750M:

      Chipset Model: NVIDIA GeForce GT 750M
      Type: GPU
      VRAM (Total): 2 GB
      Vendor: NVIDIA (0x10de)
"""


def test_macs():
    apple = Patient("system", "/usr/bin/python3", "/usr", "PATH", inside={"machine": "arm64"})
    seen = facts(Tape(os="macos"), apple)
    assert (seen["gpu.vendors"].value, seen["gpu"].state, seen["driver"].state) == (["apple"], ABSENT, ABSENT)
    rosetta = {("/usr/sbin/sysctl", "-n", "hw.optional.arm64"): Answer(0, "1\n", "")}
    assert facts(Tape(os="macos", commands=rosetta))["gpu.vendors"].value == ["apple"]
    seen = facts(Tape(os="macos", commands={"system_profiler": Answer(0, PROFILE, "")}))
    assert (seen["gpu"].value, seen["gpu.vendors"].value) == (["NVIDIA GeForce GT 750M"], ["nvidia"])
    assert (seen["gpu.memory"].state, seen["driver"].state) == (UNKNOWN, ABSENT)
    intel = PROFILE.replace("NVIDIA GeForce GT 750M", "Intel Iris Pro").replace("NVIDIA (0x10de)", "Intel (0x8086)")
    seen = facts(Tape(os="macos", commands={"system_profiler": Answer(0, intel, "")}))
    assert (seen["gpu"].state, seen["gpu.vendors"].value) == (ABSENT, ["intel"])
    assert facts(Tape(os="macos", commands={"system_profiler": Answer(None, "", "", DENIED)}))["gpu"].state == UNKNOWN


# ---------------------------------------------------------------- the real pynvml on the fake library

CHILD = """
import json, sys
from envdoctor.ask import Ask
from envdoctor.patient import Patient
from envdoctor.probes.gpu import probe
from tests.tape import Tape
native = Ask().nvml()
files = json.loads(sys.argv[1])
machine = Tape(files=files, folders=["/sys/bus/pci/devices", "/proc"], nvml=native)
seen = probe(Patient("system", "", "", ""), machine)
print(json.dumps({"facts": {name: list(fact) for name, fact in seen.facts.items()}, "path": native.path}))
"""
DEVICE = """
device.{index}.name = NVIDIA GeForce RTX 3080
device.{index}.uuid = GPU-1f2e3d4c-0000-0000-0000-00000000000{index}
device.{index}.pci = 00000000:0{place}:00.0
device.{index}.memory = 10240
device.{index}.capability = 8.6
"""
HEALTHY = "driver = 535.104.05\ncuda = 12020\ndevices = 1\n" + DEVICE.format(index=0, place=1)
PAIR = HEALTHY.replace("devices = 1", "devices = 2") + DEVICE.format(index=1, place=2)
PAIR = PAIR.replace("device.1.name = NVIDIA GeForce RTX 3080", "device.1.name = NVIDIA GeForce GTX 1080 Ti")
PAIR = PAIR.replace("device.1.memory = 10240", "device.1.memory = 11264").replace(
    "device.1.capability = 8.6", "device.1.capability = 6.1"
)


@pytest.fixture(scope="session")
def libraries(tmp_path_factory):
    """The fake library as a driver of today, as one of the 450 branch, and as the toolkit's stub."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the fake NVML is a library for Linux")
    if importlib.util.find_spec("pynvml") is None:
        pytest.skip("pynvml (nvidia-ml-py) is not installed")
    root = tmp_path_factory.mktemp("nvml")
    return {
        "driver": fake_nvml.build(str(root / "driver"), "libnvidia-ml.so.535.104.05"),
        "unnamed": fake_nvml.build(str(root / "unnamed")),
        "old": fake_nvml.build(str(root / "old"), "libnvidia-ml.so.450.80.02", ["-DFAKE_NVML_OLD"]),
        "stub": fake_nvml.build(str(root / "lib" / "stubs")),
    }


@pytest.fixture
def play(libraries, tmp_path):
    def play(scenario, library="driver", files=()):
        (tmp_path / "scenario.txt").write_text(scenario)
        environ = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
        environ["LD_LIBRARY_PATH"] = libraries[library]
        environ["FAKE_NVML"] = str(tmp_path / "scenario.txt")
        environ["FAKE_NVML_TRACE"] = str(tmp_path / "trace.txt")
        done = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps(dict(files))],
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
            env=environ,
        )
        answer = json.loads(done.stdout.decode("utf-8"))
        assert answer["path"].startswith(libraries[library])
        seen = {name: Fact(*fact) for name, fact in answer["facts"].items()}
        assert set(seen) == set(FACTS)
        assert all(fact.why in TEXTS for fact in seen.values() if fact.state == UNKNOWN)
        trace = tmp_path / "trace.txt"
        calls = trace.read_text().split() if trace.exists() else []
        opened = calls.count("nvmlInit") if seen["driver"].origin == "NVML" else 0
        assert calls.count("nvmlShutdown") == opened
        return seen

    return play


@pytest.mark.parametrize("library", ["driver", "unnamed", "old"])
def test_a_healthy_card(play, library):
    assert told(play(HEALTHY, library)) == {
        "gpu": ["NVIDIA GeForce RTX 3080"],
        "gpu.count": 1,
        "gpu.memory": [10240],
        "gpu.capability": ["8.6"],
        "gpu.uuid": [UUID],
        "gpu.pci": ["0000:01:00.0"],
        "gpu.mig": "no",
        "gpu.found_by": "NVML",
        "gpu.vendors": ["nvidia"],
        "gpu.tegra": "no",
        "driver": "535.104.05",
        "driver.cuda": "12.2",
    }


def test_two_cards(play):
    seen = play(PAIR)
    assert seen["gpu"].value == ["NVIDIA GeForce RTX 3080", "NVIDIA GeForce GTX 1080 Ti"]
    assert (seen["gpu.memory"].value, seen["gpu.capability"].value) == ([10240, 11264], ["8.6", "6.1"])
    assert (seen["gpu.count"].value, seen["gpu.pci"].value) == (2, ["0000:01:00.0", "0000:02:00.0"])
    assert seen["nvml.error"].state == ABSENT


def test_mig(play):
    assert play(PAIR + "device.1.mig = 1\n")["gpu.mig"].value == "yes"
    assert play(PAIR + "device.0.mig = 0\n")["gpu.mig"].value == "no"


@pytest.mark.parametrize("code", [4, 9, 12, 17, 18, 999])
@pytest.mark.parametrize("library", ["driver", "unnamed"])
def test_a_library_that_does_not_start(play, code, library):
    seen = play("init = %d\n" % code, library)
    assert seen["nvml.error"].value == ERRORS[code]
    assert (seen["driver.cuda"].state, seen["driver.cuda"].why) == (UNKNOWN, "nvml-" + ERRORS[code])
    assert seen["gpu"].state == (ABSENT if code in (9, 12) else UNKNOWN)
    if library == "driver":
        assert seen["driver"].value == "535.104.05"
    else:
        assert seen["driver"].state == UNKNOWN


def test_files_and_kernel_module_of_different_drivers(play):
    loaded = {"/proc/driver/nvidia/version": VERSION.replace("535.104.05", "535.86.10")}
    seen = play("init = 18\n", files=loaded)
    assert seen["nvml.error"].value == "version-mismatch"
    assert (seen["driver"].value, seen["driver.kernel"].value) == ("535.104.05", "535.86.10")


@pytest.mark.parametrize("line", ["device.1.error = 15", "device.1.error.nvmlDeviceGetHandleByIndex_v2 = 15"])
def test_a_lost_card_does_not_hide_the_other(play, line):
    seen = play(PAIR + line + "\n")
    assert (seen["gpu"].value, seen["gpu.count"].value) == (["NVIDIA GeForce RTX 3080"], 2)
    assert (seen["gpu.memory"].value, seen["gpu.capability"].value) == ([10240], ["8.6"])
    assert seen["nvml.error"].value == "gpu-lost"
    assert "GPU 1" in seen["nvml.error"].origin
    assert seen["driver.cuda"].value == "12.2"


def test_the_only_card_is_lost(play):
    seen = play(HEALTHY + "device.0.error = 15\n")
    assert (seen["nvml.error"].value, seen["gpu"].state, seen["gpu"].why) == ("gpu-lost", UNKNOWN, "nvml-gpu-lost")
    assert seen["driver"].value == "535.104.05"


def test_a_card_that_is_lost_while_it_answers(play):
    seen = play(HEALTHY + "device.0.error.nvmlDeviceGetMemoryInfo = 15\n")
    assert (seen["gpu"].value, seen["nvml.error"].value) == (["NVIDIA GeForce RTX 3080"], "gpu-lost")
    assert seen["gpu.memory"].state == UNKNOWN


def test_what_one_card_does_not_tell_is_all_that_is_missing(play):
    seen = play(HEALTHY + "device.0.error.nvmlDeviceGetCudaComputeCapability = 3\n")
    assert (seen["gpu.capability"].state, seen["gpu.capability"].why) == (UNKNOWN, "nvml-not-supported")
    assert seen["gpu.memory"].value == [10240]
    assert seen["nvml.error"].state == ABSENT
    seen = play(PAIR + "device.1.error.nvmlDeviceGetCudaComputeCapability = 3\n")
    assert "GPU 1" in seen["gpu.capability"].detail
    seen = play(HEALTHY + "error.nvmlSystemGetCudaDriverVersion_v2 = 13\n")
    assert (seen["driver.cuda"].why, seen["gpu"].state) == ("nvml-function-not-found", KNOWN)


def test_a_driver_without_cards(play):
    seen = play("driver = 535.104.05\ncuda = 12020\n")
    assert (seen["gpu"].state, seen["gpu.count"].state, seen["driver"].value) == (ABSENT, ABSENT, "535.104.05")
    bus = {"/sys/bus/pci/devices/0000:01:00.0/" + name: text for name, text in
           (("class", "0x030000\n"), ("vendor", "0x10de\n"), ("device", "0x2206\n"))}  # fmt: skip
    seen = play("driver = 535.104.05\ncuda = 12020\n", files=bus)
    assert (seen["gpu"].value, seen["gpu.memory"].why, seen["gpu.mig"].why) == (
        ["NVIDIA 10de:2206"],
        "gpu-not-listed",
        "gpu-not-listed",
    )


def test_a_stub_on_the_library_path(play):
    seen = play(HEALTHY, "stub")
    assert seen["nvml.error"].value == "stub-library"
    assert seen["gpu"].state == ABSENT


def test_this_machine_whatever_it_has():
    seen = facts(Ask())
    native = Ask().nvml()
    if native.trouble == MISSING:
        pytest.skip("no NVIDIA driver on this machine")
    assert seen["driver"].state != ABSENT
