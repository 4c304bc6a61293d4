"""What machine is this: system, processor, memory, disk, and is it a machine or a guest of one?"""

import re
from typing import Any, Dict, List, Optional, Tuple

from ..ask import MISSING
from ..chart import KNOWN, Fact, Seen, absent, known, unknown
from ..patient import Patient

FACTS = {
    "os": "linux, windows or macos; WSL is linux",
    "os.name": "the system as it calls itself",
    "os.distribution": "id of the Linux distribution (ubuntu, centos, ...)",
    "os.version": "version of the distribution (22.04), of Windows (10.0.22631) or of macOS (14.5)",
    "os.kernel": "release of the kernel",
    "os.wsl": "1 or 2 inside the Windows Subsystem for Linux",
    "os.container": "what kind of container this is: docker, podman, kubernetes, lxc, singularity, ...",
    "os.glibc": "version of the GNU C library; absent where the C library is another one",
    "cpu.arch": "x86_64, aarch64, x86, ...",
    "cpu.model": "name of the processor",
    "cpu.count": "number of logical processors",
    "cpu.avx": "yes or no; absent on processors that are not of the x86 family",
    "cpu.avx2": "as for cpu.avx",
    "ram.total_mib": "memory of the machine, MiB",
    "ram.limit_mib": "memory that the control group (container, job of a cluster) allows, MiB",
    "disk.free_mib": "free space where the environment lies, MiB",
    "shm.free_mib": "free space in /dev/shm, through which data-loader workers pass batches, MiB (Linux)",
}

_ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "i386": "x86", "i586": "x86", "i686": "x86"}
_X86 = ("x86_64", "x86")
#: Where Windows keeps what IsProcessorFeaturePresent is asked for (winnt.h: PF_AVX_INSTRUCTIONS_AVAILABLE, ...AVX2...).
_WINDOWS_FEATURES = {"cpu.avx": 39, "cpu.avx2": 40}
#: Windows 10 2004: its SDK introduced both numbers, and an older system answers "no" to a number unknown to it.
_WINDOWS_KNOWS_AVX = 19041


def probe(patient: Patient, ask: Any) -> Seen:
    facts = {name: unknown("host-does-not-tell") for name in FACTS}
    facts["os"] = known(ask.os, "")
    for name in ("os.wsl", "os.container", "os.glibc", "os.distribution", "shm.free_mib", "ram.limit_mib"):
        facts[name] = absent()
    facts["cpu.arch"] = _architecture(patient, ask)
    look = {"linux": _linux, "windows": _windows, "macos": _macos}.get(ask.os)
    if look:
        facts.update(look(patient, ask, str(facts["cpu.arch"].value or "")))
    if facts["cpu.arch"].state == KNOWN and facts["cpu.arch"].value not in _X86:
        facts["cpu.avx"] = facts["cpu.avx2"] = absent()
    facts["disk.free_mib"] = _free(ask, patient.prefix)
    return Seen(facts)


def _architecture(patient: Patient, ask: Any) -> Fact:
    machine = str(patient.inside.get("machine") or "").lower()
    if not machine and ask.os == "windows":
        machine = (ask.environ.get("PROCESSOR_ARCHITEW6432") or ask.environ.get("PROCESSOR_ARCHITECTURE", "")).lower()
    if not machine:
        return unknown(patient.trouble or "host-does-not-tell", patient.trouble_detail)
    return known(_ARCHITECTURES.get(machine, machine), patient.python)


def _free(ask: Any, folder: str) -> Fact:
    free = ask.free_mib(folder) if folder else None
    return unknown("host-does-not-tell", "", folder) if free is None else known(free, folder)


def _number(text: str) -> Optional[int]:
    return int(text) if text.strip().isdigit() else None


# ---------------------------------------------------------------- Linux


def _linux(patient: Patient, ask: Any, architecture: str) -> Dict[str, Fact]:
    facts = _distribution(ask)
    version = ask.read("/proc/version", 4096)
    release = re.match(r"Linux version (\S+)", version.text)
    closed = unknown("host-file-closed", version.trouble, "/proc/version")
    facts["os.kernel"] = known(release.group(1), "/proc/version") if release else closed
    wsl = wsl_of(version.text)
    facts["os.wsl"] = known(wsl, "/proc/version") if wsl else absent("/proc/version") if version.text else closed
    facts["os.container"] = _container(ask)
    glibc = ask.glibc()
    facts["os.glibc"] = known(glibc, "confstr") if glibc else absent("confstr")
    facts.update(_cpuinfo(ask, architecture))
    memory = ask.read("/proc/meminfo", 4096)
    total = re.search(r"^MemTotal:\s+(\d+) kB", memory.text, re.M)
    facts["ram.total_mib"] = (
        known(int(total.group(1)) // 1024, "/proc/meminfo")
        if total
        else unknown("host-file-closed", memory.trouble, "/proc/meminfo")
    )
    facts["ram.limit_mib"] = _memory_limit(ask)
    shared = "/dev/shm"
    facts["shm.free_mib"] = _free(ask, shared) if ask.is_dir(shared) else absent(shared)
    return facts


def wsl_of(version: str) -> str:
    """
    >>> wsl_of("Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)")
    '2'
    >>> wsl_of("Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)"), wsl_of("Linux version 6.1.0-18-amd64")
    ('1', '')
    """
    release = version.split()[2] if len(version.split()) > 2 else ""
    if re.match(r"4\.4\.\d+-\d+-Microsoft", release):
        return "1"
    return "2" if "microsoft" in release.lower() or "WSL2" in version else ""


def _distribution(ask: Any) -> Dict[str, Fact]:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        reading = ask.read(path, 20000)
        if not reading.trouble:
            break
    names = {"os.name": "PRETTY_NAME", "os.distribution": "ID", "os.version": "VERSION_ID"}
    if reading.trouble:
        return dict.fromkeys(names, unknown("host-file-closed", reading.trouble, path))
    values = os_release(reading.text)
    return {name: known(values[key], path) if values.get(key) else absent(path) for name, key in names.items()}


def os_release(text: str) -> Dict[str, str]:
    """
    >>> sorted(os_release('NAME="Ubuntu"\\nVERSION_ID="22.04"\\nID=ubuntu\\n# no\\n').items())
    [('ID', 'ubuntu'), ('NAME', 'Ubuntu'), ('VERSION_ID', '22.04')]
    """
    pairs = re.findall(r"^\s*([A-Z_0-9]+)=(.*?)\s*$", text, re.M)
    return {key: value[1:-1] if value[:1] in ("'", '"') else value for key, value in pairs}


#: A word in the path of the first process's control group -> the container that it is of.
_GROUPS = (
    ("kubepods", "kubernetes"),
    ("docker", "docker"),
    ("libpod", "podman"),
    ("containerd", "containerd"),
    ("lxc", "lxc"),
)


def _container(ask: Any) -> Fact:
    """The most telling sign first: an image of docker may run in Kubernetes, or in Singularity."""
    for name in ("SINGULARITY_CONTAINER", "APPTAINER_CONTAINER", "SINGULARITY_NAME", "APPTAINER_NAME"):
        if ask.environ.get(name):
            return known("singularity" if name.startswith("S") else "apptainer", name)
    if ask.environ.get("KUBERNETES_SERVICE_HOST"):
        return known("kubernetes", "KUBERNETES_SERVICE_HOST")
    group = ask.read("/proc/1/cgroup", 20000)
    if "kubepods" in group.text:
        return known("kubernetes", "/proc/1/cgroup")
    for path, kind in (("/run/.containerenv", "podman"), ("/.dockerenv", "docker")):
        if ask.is_file(path):
            return known(kind, path)
    stated = ask.read("/run/systemd/container", 100).text.strip() or ask.environ.get("container", "")
    if stated:
        return known({"oci": "docker"}.get(stated, stated), "/run/systemd/container")
    for word, kind in _GROUPS:
        if re.search(r"[/:-]" + word, group.text):
            return known(kind, "/proc/1/cgroup")
    if group.trouble == MISSING and not ask.is_dir("/proc/1"):  # no /proc, so nothing was really looked at
        return unknown("host-file-closed", group.trouble, "/proc/1/cgroup")
    return absent("/proc/1/cgroup")


def _cpuinfo(ask: Any, architecture: str) -> Dict[str, Fact]:
    path = "/proc/cpuinfo"
    reading = ask.read(path, 8000000)  # 1.5 kB for each logical processor
    blind = unknown("host-file-closed", reading.trouble, path)
    if reading.trouble:
        return dict.fromkeys(("cpu.model", "cpu.count", "cpu.avx", "cpu.avx2"), blind)
    text = reading.text
    silent = unknown("host-does-not-tell", "", path)
    model = re.search(r"^(?:model name|Model|cpu model|cpu)\s*:\s*(\S.*?)\s*$", text, re.M)
    processors = len(re.findall(r"^processor\s*:", text, re.M))
    flags = re.search(r"^flags\s*:(.*)$", text, re.M)
    words = flags.group(1).split() if flags else []
    facts = {
        "cpu.model": known(model.group(1), path) if model else silent,
        "cpu.count": known(processors, path) if processors else silent,
    }
    for name, flag in (("cpu.avx", "avx"), ("cpu.avx2", "avx2")):
        facts[name] = known("yes" if flag in words else "no", path) if words else silent
    return facts


def _memory_limit(ask: Any) -> Fact:
    """The narrowest limit from this process's control group up to the root; version 2, else 1."""
    limits = []  # type: List[Tuple[int, str]]
    closed = ""
    for folder, group, name in _groups(ask.read("/proc/self/cgroup", 20000).text):
        parts = [part for part in group.split("/") if part and part != ".."]
        for depth in range(len(parts), -1, -1):
            path = "/".join([folder] + parts[:depth] + [name])
            reading = ask.read(path, 100)
            closed = path if reading.trouble not in ("", MISSING) else closed
            limit = _number(reading.text)
            if limit is not None and limit < 2**60:  # version 1 writes 2^63 less a page for "no limit"
                limits.append((limit // 2**20, path))
    if limits:
        return known(*min(limits))
    return unknown("host-file-closed", closed, closed) if closed else absent("/sys/fs/cgroup")


def _groups(text: str) -> List[Tuple[str, str, str]]:
    """(folder, group below it, file) for each hierarchy that limits memory."""
    groups = []
    for line in text.splitlines():
        _, controllers, group = (line.split(":", 2) + ["", ""])[:3]
        if not controllers:
            groups.append(("/sys/fs/cgroup", group, "memory.max"))
        elif "memory" in controllers.split(","):
            groups.append(("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
    return groups or [("/sys/fs/cgroup", "", "memory.max")]


# ---------------------------------------------------------------- Windows


def _windows(patient: Patient, ask: Any, architecture: str) -> Dict[str, Fact]:
    facts = {}  # type: Dict[str, Fact]
    numbers = list(patient.inside.get("windows") or ())[:3]
    if len(numbers) == 3:
        version = ".".join(map(str, numbers))
        facts["os.version"] = facts["os.kernel"] = known(version, patient.python)
        facts["os.name"] = known(windows_name(numbers[0], numbers[1], numbers[2]), patient.python)
    for name, number in _WINDOWS_FEATURES.items():
        present = ask.has_cpu_feature(number)
        if present:
            facts[name] = known("yes", "IsProcessorFeaturePresent")
        elif present is not None:
            knows = len(numbers) == 3 and tuple(numbers) >= (10, 0, _WINDOWS_KNOWS_AVX)
            facts[name] = known("no", "IsProcessorFeaturePresent") if knows else unknown("cpu-question-too-new")
    model, count = ask.environ.get("PROCESSOR_IDENTIFIER", ""), _number(ask.environ.get("NUMBER_OF_PROCESSORS", ""))
    if model:
        facts["cpu.model"] = known(model, "PROCESSOR_IDENTIFIER")
    if count:
        facts["cpu.count"] = known(count, "NUMBER_OF_PROCESSORS")
    memory = ask.ram_mib()
    if memory is not None:
        facts["ram.total_mib"] = known(memory, "GlobalMemoryStatusEx")
    return facts


def windows_name(major: int, minor: int, build: int) -> str:
    """Windows 11 still calls itself 10.0; its builds begin at 22000.

    >>> windows_name(10, 0, 19045), windows_name(10, 0, 22631), windows_name(6, 1, 7601)
    ('Windows 10', 'Windows 11', 'Windows 7')
    """
    if (major, minor) == (10, 0):
        return "Windows 11" if build >= 22000 else "Windows 10"
    return "Windows " + {(6, 1): "7", (6, 2): "8", (6, 3): "8.1"}.get((major, minor), "{}.{}".format(major, minor))


# ---------------------------------------------------------------- macOS

_SYSCTL = ("machdep.cpu.brand_string", "machdep.cpu.features", "machdep.cpu.leaf7_features", "hw.ncpu", "hw.memsize")


def _macos(patient: Patient, ask: Any, architecture: str) -> Dict[str, Fact]:
    facts = {}  # type: Dict[str, Fact]
    path = "/System/Library/CoreServices/SystemVersion.plist"
    version = re.search(r"<key>ProductVersion</key>\s*<string>([\d.]+)</string>", ask.read(path, 20000).text)
    if version:
        facts["os.version"] = known(version.group(1), path)
        facts["os.name"] = known("macOS " + version.group(1), path)
    uname = list(patient.inside.get("uname") or ())
    if len(uname) > 1:
        facts["os.kernel"] = known(uname[1], patient.python)
    # One call for all: names that this Mac lacks are complained of on stderr, and the others are answered.
    answer = ask.run(("/usr/sbin/sysctl",) + _SYSCTL + ("hw.optional.arm64",))
    values = dict(re.findall(r"^([\w.]+): (.*)$", answer.out, re.M))
    if values.get("hw.optional.arm64") == "1":  # a Python under Rosetta believes that it runs on x86_64
        facts["cpu.arch"] = known("aarch64", "sysctl")
    if values.get(_SYSCTL[0]):
        facts["cpu.model"] = known(values[_SYSCTL[0]], "sysctl")
    count, memory = _number(values.get("hw.ncpu", "")), _number(values.get("hw.memsize", ""))
    if count:
        facts["cpu.count"] = known(count, "sysctl")
    if memory:
        facts["ram.total_mib"] = known(memory // 2**20, "sysctl")
    for name, key, word in (("cpu.avx", _SYSCTL[1], "AVX1.0"), ("cpu.avx2", _SYSCTL[2], "AVX2")):
        if values.get(key):
            facts[name] = known("yes" if word in values[key].split() else "no", "sysctl")
        elif name == "cpu.avx2" and values.get(_SYSCTL[1]):  # a processor too old to have such features at all
            facts[name] = known("no", "sysctl")
    return facts
