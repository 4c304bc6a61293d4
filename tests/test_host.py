"""Is the machine told right, and what it hides called unknown?"""

import pytest

from envdoctor.ask import Answer, Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes.host import FACTS, probe
from envdoctor.texts.reason import TEXTS

from .tape import Tape


def patient(machine="x86_64", **inside):
    return Patient("venv", "/a/bin/python", "/a", "PATH", inside=dict(inside, machine=machine))


def facts(machine, who=None):
    seen = probe(patient() if who is None else who, machine)
    assert set(seen.facts) == set(FACTS)
    assert all(fact.why in TEXTS for fact in seen.facts.values() if fact.state == UNKNOWN)
    return seen.facts


UBUNTU = 'PRETTY_NAME="Ubuntu 22.04.4 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n'
VERSION = "Linux version 5.15.0-91-generic (buildd@x) (gcc 11.4.0) #101-Ubuntu SMP\n"
PROCESSOR = "processor\t: %d\nmodel name\t: Intel(R) Core(TM) i7-9700\nflags\t\t: fpu sse4_2 avx f16c avx2\n\n"
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm\nCPU implementer\t: 0x41\n\n"
MEMORY = "MemTotal:       32780240 kB\nMemFree:         1000000 kB\n"


def linux(files=None, **more):
    every = {
        "/etc/os-release": UBUNTU,
        "/proc/version": VERSION,
        "/proc/cpuinfo": PROCESSOR % 0 + PROCESSOR % 1,
        "/proc/meminfo": MEMORY,
        "/proc/1/cgroup": "0::/init.scope\n",
    }
    every.update(files or {})
    more.setdefault("folders", ["/dev/shm"])
    return Tape(files={path: text for path, text in every.items() if text != "gone"}, **more)


def test_a_lab_server():
    seen = facts(linux(glibc="2.35", free_mib=1234))
    assert {name: fact.value for name, fact in seen.items() if fact.state == KNOWN} == {
        "os": "linux",
        "os.name": "Ubuntu 22.04.4 LTS",
        "os.distribution": "ubuntu",
        "os.version": "22.04",
        "os.kernel": "5.15.0-91-generic",
        "os.glibc": "2.35",
        "cpu.arch": "x86_64",
        "cpu.model": "Intel(R) Core(TM) i7-9700",
        "cpu.count": 2,
        "cpu.avx": "yes",
        "cpu.avx2": "yes",
        "ram.total_mib": 32011,
        "disk.free_mib": 1234,
        "shm.free_mib": 1234,
    }
    assert {name for name, fact in seen.items() if fact.state == ABSENT} == {"os.wsl", "os.container", "ram.limit_mib"}


@pytest.mark.parametrize(
    ("flags", "avx", "avx2"),
    [("fpu sse2 ssse3", "no", "no"), ("fpu avx", "yes", "no"), ("fpu avx avx2 avx512f", "yes", "yes")],
)
def test_flags_of_the_processor(flags, avx, avx2):
    seen = facts(linux({"/proc/cpuinfo": "processor : 0\nflags : %s\n" % flags}))
    assert (seen["cpu.avx"].value, seen["cpu.avx2"].value) == (avx, avx2)


def test_the_question_of_avx_does_not_arise_on_arm():
    seen = facts(linux({"/proc/cpuinfo": ARM}), patient("aarch64"))
    assert [seen[name].state for name in ("cpu.avx", "cpu.avx2", "cpu.model")] == [ABSENT, ABSENT, UNKNOWN]
    assert (seen["cpu.arch"].value, seen["cpu.count"].value) == ("aarch64", 1)


def test_what_cannot_be_read_is_unknown():
    closed = {path: None for path in ("/etc/os-release", "/proc/version", "/proc/cpuinfo", "/proc/meminfo")}
    closed.update({"/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/memory.max": None, "/usr/lib/os-release": "gone"})
    seen = facts(linux(closed, free_mib=None), patient(""))
    doubtful = {name for name, fact in seen.items() if fact.state == UNKNOWN}
    assert doubtful == set(FACTS) - {"os", "os.container", "os.glibc"}


def test_flags_that_are_not_shown():
    assert facts(linux({"/proc/cpuinfo": "processor : 0\n"}))["cpu.avx"].state == UNKNOWN


@pytest.mark.parametrize(
    ("version", "wsl"),
    [
        ("Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc 5.4.0) #1237-Microsoft", "1"),
        ("Linux version 4.19.104-microsoft-standard (oe-user@oe-host)", "2"),
        ("Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)", "2"),
        ("Linux version 6.1.21-custom-WSL2 (me@home)", "2"),
        ("Linux version 5.15.0-1057-azure (buildd@lcy02) #65-Ubuntu", None),
    ],
)
def test_wsl(version, wsl):
    seen = facts(linux({"/proc/version": version}))
    assert (seen["os"].value, seen["os.wsl"].value) == ("linux", wsl)


@pytest.mark.parametrize(
    ("files", "environ", "kind"),
    [
        ({"/.dockerenv": ""}, {}, "docker"),
        ({"/run/.containerenv": 'engine="podman-4"'}, {}, "podman"),
        ({"/.dockerenv": "", "/proc/1/cgroup": "0::/kubepods.slice/pod1\n"}, {}, "kubernetes"),
        ({"/.dockerenv": ""}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes"),
        ({"/proc/1/cgroup": "12:memory:/docker/0123abc\n"}, {}, "docker"),
        ({"/proc/1/cgroup": "0::/system.slice/docker-0123.scope\n"}, {}, "docker"),
        ({"/proc/1/cgroup": "4:cpu:/lxc/box\n"}, {}, "lxc"),
        ({"/run/systemd/container": "systemd-nspawn\n"}, {}, "systemd-nspawn"),
        ({}, {"SINGULARITY_CONTAINER": "/x.sif"}, "singularity"),
        ({}, {"APPTAINER_CONTAINER": "/x.sif", "SINGULARITY_CONTAINER": ""}, "apptainer"),
        ({"/proc/1/cgroup": "0::/user.slice\n"}, {}, None),
    ],
)
def test_containers(files, environ, kind):
    assert facts(linux(files, environ=environ))["os.container"].value == kind


def test_without_proc_nobody_can_tell_a_container():
    assert facts(Tape())["os.container"].state == UNKNOWN


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "8589934592\n"}, 8192),
        ({"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n"}, None),
        (
            {
                "/proc/self/cgroup": "0::/user.slice/job.scope\n",
                "/sys/fs/cgroup/user.slice/job.scope/memory.max": "max\n",
                "/sys/fs/cgroup/user.slice/memory.max": "4294967296\n",
            },
            4096,
        ),
        (
            {
                "/proc/self/cgroup": "11:cpuset:/\n9:memory:/slurm/uid_1/job_2\n",
                "/sys/fs/cgroup/memory/slurm/uid_1/job_2/memory.limit_in_bytes": "2147483648\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            2048,
        ),
        ({"/sys/fs/cgroup/memory.max": "1073741824\n"}, 1024),
        ({}, None),
    ],
)
def test_limits_of_control_groups(files, limit):
    seen = facts(linux(files))["ram.limit_mib"]
    assert (seen.state, seen.value) == (ABSENT if limit is None else KNOWN, limit)


def test_another_c_library_and_a_rolling_distribution():
    seen = facts(linux({"/etc/os-release": "ID=arch\nPRETTY_NAME='Arch Linux'\n"}, folders=[]))
    assert [seen[name].state for name in ("os.glibc", "os.version", "shm.free_mib")] == [ABSENT] * 3
    assert seen["os.name"].value == "Arch Linux"


# ---------------------------------------------------------------- Windows and macOS


@pytest.mark.parametrize(
    ("features", "build", "avx", "avx2"),
    [
        ({39: True, 40: True}, 19045, "yes", "yes"),
        ({39: True, 40: False}, 22631, "yes", "no"),
        ({39: False, 40: False}, 18363, None, None),
        ({39: True, 40: True}, 18363, "yes", "yes"),
        ({}, 22631, None, None),
    ],
)
def test_windows_and_avx(features, build, avx, avx2):
    seen = facts(Tape(os="windows", cpu_features=features), patient("AMD64", windows=[10, 0, build]))
    assert (seen["cpu.avx"].value, seen["cpu.avx2"].value) == (avx, avx2)
    assert all(seen[name].state in (KNOWN, UNKNOWN) for name in ("cpu.avx", "cpu.avx2"))


def test_windows():
    environ = {
        "NUMBER_OF_PROCESSORS": "8",
        "PROCESSOR_IDENTIFIER": "Intel64 Family 6",
        "PROCESSOR_ARCHITECTURE": "AMD64",
    }
    seen = facts(Tape(os="windows", environ=environ, ram_mib=16000), patient("", windows=[10, 0, 22631]))
    assert (seen["os"].value, seen["os.name"].value, seen["os.version"].value) == (
        "windows",
        "Windows 11",
        "10.0.22631",
    )
    assert (seen["cpu.arch"].value, seen["cpu.count"].value, seen["ram.total_mib"].value) == ("x86_64", 8, 16000)
    assert [seen[name].state for name in ("os.glibc", "os.wsl", "os.container", "shm.free_mib")] == [ABSENT] * 4
    bare = facts(Tape(os="windows"), patient(""))
    assert [bare[name].state for name in ("os.version", "cpu.arch", "cpu.count", "ram.total_mib")] == [UNKNOWN] * 4


PLIST = "<dict><key>ProductVersion</key>\n\t<string>14.5</string></dict>"
MAC_PATH = "/System/Library/CoreServices/SystemVersion.plist"
INTEL_MAC = (
    "machdep.cpu.brand_string: Intel(R) Core(TM) i5\nmachdep.cpu.features: FPU SSE4.2 AVX1.0\n"
    "machdep.cpu.leaf7_features: BMI1 AVX2\nhw.ncpu: 4\nhw.memsize: 8589934592\n"
)
APPLE_MAC = "machdep.cpu.brand_string: Apple M2\nhw.ncpu: 8\nhw.memsize: 17179869184\nhw.optional.arm64: 1\n"


def test_macs():
    tape = Tape(os="macos", files={MAC_PATH: PLIST}, commands={"sysctl": Answer(1, INTEL_MAC, "unknown oid")})
    seen = facts(tape, patient("x86_64", uname=["Darwin", "23.5.0", ""]))
    assert (seen["os.version"].value, seen["os.kernel"].value) == ("14.5", "23.5.0")
    assert (seen["cpu.avx"].value, seen["cpu.avx2"].value, seen["ram.total_mib"].value) == ("yes", "yes", 8192)
    rosetta = facts(Tape(os="macos", commands={"sysctl": Answer(1, APPLE_MAC, "")}), patient("x86_64"))
    assert (rosetta["cpu.arch"].value, rosetta["cpu.avx"].state, rosetta["cpu.model"].value) == (
        "aarch64",
        ABSENT,
        "Apple M2",
    )
    assert rosetta["os.version"].state == UNKNOWN


def test_an_unheard_of_system():
    seen = facts(Tape(os="freebsd13"))
    assert (seen["os"].value, seen["cpu.avx"].state) == ("freebsd13", UNKNOWN)


def test_this_machine_whatever_it_is():
    seen = facts(Ask(), patient()._replace(prefix="."))
    assert seen["disk.free_mib"].value > 0
    assert seen["ram.total_mib"].value > 0
    assert seen["cpu.count"].value > 0
