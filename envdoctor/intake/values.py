"""What does a value say: a version, a system, a Python, graphics cards, memory?

Each takes the text behind a label, whichever format it stands in, and gives (fact, value) pairs, or nothing where the
text says nothing.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, List, Tuple

Pair = Tuple[str, Any]

_NOTHING = re.compile(
    r"^(?:[-\u2013./]+|n\s?/?\s?a|na|nan|nil|none|null|unknown|no ?t? ?(?:sure|applicable|available|installed|"
    r"found|set)|"
    r"<?not set>?|could not collect|not available|_?no response_?|no idea|idk|tbd|todo|x+|\?+|"
    r"无|没有|未知|未安装|不知道|不清楚|暂无)?[.!]?$",
    re.I | re.A,
)
_VERSION = (
    r"\d+(?:\.\d+)+(?:[-._]?(?:alpha|beta|rc|a|b)[-._]?\d{0,8}(?![A-Za-z])|[-.]post\d{1,9}|\.dev\d{0,12})*"
    r"(?:\+[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*)?"
)
VERSION = re.compile(r"(?a)(?<![\w.])[vV=]?(" + _VERSION + r")")
_WHOLE_NUMBER = re.compile(r"^[vV]?(\d{1,4})$")
GIT_AND_RELEASE = re.compile(r"^(?:v\d\S*-g[0-9a-f]{6,}|unknown)\s+(" + _VERSION + r")")


def says_nothing(text: str) -> bool:
    """
    >>> [says_nothing(text) for text in ("N/A", "_No response_", "无", "", "1.2", "No CUDA")]
    [True, True, True, True, False, False]
    """
    return bool(_NOTHING.match(text.strip()))


def version(text: str) -> str:
    """The first version of a text, or "".

    >>> [version(text) for text in ("v2.0.1+cu117 (True)", "2.5.0.dev20240720+cu124", "1.13.0a0+git15b560a", "not yet")]
    ['2.0.1+cu117', '2.5.0.dev20240720+cu124', '1.13.0a0+git15b560a', '']
    >>> version("v2.12.0-rc1-12-g0db597d0d75 2.12.0"), version("8"), version("1.4.0 py3.7_cpu_0")
    ('2.12.0', '8', '1.4.0')
    """
    text = text.strip().strip("\"'()[]")
    if says_nothing(text) or "://" in text:
        return ""
    git = GIT_AND_RELEASE.match(text)
    if git:
        return git.group(1)
    found = VERSION.search(text)
    if found:
        return found.group(1)
    whole = _WHOLE_NUMBER.match(text)
    return whole.group(1) if whole else ""


def numbers(text: str) -> str:
    """The first bare number with dots (a driver, a toolkit), or "".

    >>> numbers("460.32.03, installed last week"), numbers("CUDA 11.2"), numbers("V10.0.130"), numbers("12")
    ('460.32.03', '11.2', '10.0.130', '12')
    """
    found = re.search(r"(?a)(?<![\w.])[vV]?(\d{1,4}(?:\.\d{1,4}){1,3})(?![\w.]*\w)", text)
    whole = None if found else _WHOLE_NUMBER.match(text.strip())
    return found.group(1) if found else whole.group(1) if whole else ""


# ---------------------------------------------------------------- Python


_PYTHON = re.compile(
    r"(?a)(?<![\w.])(?:[Pp]y(?:thon)?[ -]?v?)?([23]\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d|\+)?)(?![\d.]*\w)"
)


def python(text: str) -> List[Pair]:
    """
    >>> python("3.9.5 (default, May 18 2021, 14:42:02) [MSC v.1916 64 bit (AMD64)] (64-bit runtime)")
    [('python', '3.9.5'), ('python.bits', '64'), ('os', 'windows')]
    >>> python("3.7 (32-bit runtime)"), python("Miniconda 3")
    ([('python', '3.7'), ('python.bits', '32')], [])
    """
    found = _PYTHON.search(text)
    if not found:
        return []
    facts: List[Pair] = [("python", found.group(1).rstrip("+"))]
    bits = re.search(r"\b(32|64)[- ]?bit\b", text, re.I | re.A)
    if bits:
        facts.append(("python.bits", bits.group(1)))
    if "[MSC v" in text:
        facts.append(("os", "windows"))
    if "Anaconda" in text or "conda-forge" in text:
        facts.append(("conda", "seen"))
    return facts


# ---------------------------------------------------------------- the system

_LINUXES = {
    "ubuntu": "ubuntu", "debian": "debian", "centos": "centos", "fedora": "fedora", "arch linux": "arch",
    "archlinux": "arch", "manjaro": "manjaro",
    "red hat": "rhel", "rhel": "rhel", "rocky": "rocky", "almalinux": "almalinux", "opensuse": "opensuse",
    "suse": "suse", "mint": "linuxmint", "pop!_os": "pop", "pop os": "pop", "popos": "pop", "zorin": "zorin",
    "kali": "kali", "gentoo": "gentoo", "nixos": "nixos", "oracle linux": "ol", "amazon linux": "amzn",
    "scientific linux": "scientific", "deepin": "deepin", "uos": "uos", "kylin": "kylin", "cachyos": "cachyos",
    "elementary": "elementary", "endeavouros": "endeavouros", "unraid": "unraid", "alpine": "alpine",
    "openeuler": "openeuler", "jetpack": "ubuntu", "l4t": "ubuntu", "colab": "ubuntu", "kaggle": "",
}  # fmt: skip
_LINUX = re.compile(
    r"(?a)(?<![\w])(?:" + "|".join(re.escape(name) for name in sorted(_LINUXES, key=len, reverse=True)) + r")(?![a-z])"
)
_WINDOWS = re.compile(
    r"(?<![a-z])(?:microsoft\s+)?win(?:dows)?[\s_-]*(?:nt|server|11|10|8\.1|8|7|xp|vista)?(?![a-z])|win32|"
    r"win64|win_amd64"
)
_MAC = re.compile(
    r"mac\s?os\s?x?|(?<![a-z])os\s?x(?![a-z])|darwin|macbook|(?<![a-z])imac|big sur|monterey|ventura|sonoma"
)
_WINDOWS_NUMBER = re.compile(r"10\.0\.\d{5}(?:\.\d{1,5})?")
_RELEASE = re.compile(r"(?a)(?<![\d.])(\d{1,2}(?:\.\d{1,2}){0,2})(?![\w.]*\d)")


def system(text: str) -> List[Pair]:
    """What a text tells of the operating system.

    >>> system("Ubuntu 20.04.2 LTS")[1:]
    [('os.name', 'Ubuntu 20.04.2 LTS'), ('os.distribution', 'ubuntu'), ('os.version', '20.04.2')]
    >>> system("Linux-5.15.153.1-microsoft-standard-WSL2-x86_64-with-glibc2.35")[:2]
    [('os', 'linux'), ('os.wsl', '2')]
    >>> system("Microsoft Windows 11 Home")
    [('os', 'windows'), ('os.name', 'Microsoft Windows 11 Home')]
    >>> system("I use arch2vec"), system("follow these steps")
    ([], [])
    """
    low = text.lower()
    facts: List[Pair] = []
    wsl = re.search(r"wsl\s?-?([12])?|windows subsystem for linux|microsoft-standard|\d-microsoft\b", low)
    linux = _LINUX.search(low)
    if wsl:
        found = re.findall(r"wsl\s?-?([12])", low)
        old = "1" in found or bool(re.search(r"\d-microsoft(?!-standard)", low))
        facts += [("os", "linux"), ("os.wsl", "1" if old else "2")]
    elif linux or re.search(r"(?<![a-z])(?:gnu/)?linux", low):
        facts.append(("os", "linux"))
    elif _MAC.search(low):
        facts.append(("os", "macos"))
    elif _WINDOWS.search(low):
        facts.append(("os", "windows"))
    elif re.match(r"^(?:kernel|glibc)\s*[\d.]+", low):
        facts.append(("os", "linux"))
    else:
        return []
    facts.extend(_platform(text))
    if not any(name == "os.kernel" for name, _ in facts):
        facts.append(("os.name", text.strip().split(", ")[0][:120]))
    if linux and _LINUXES[linux.group(0)]:
        facts.append(("os.distribution", _LINUXES[linux.group(0)]))
        release = _RELEASE.search(text, linux.end())
        if release and release.start() - linux.end() < 20:
            facts.append(("os.version", release.group(1)))
    elif facts[0][1] == "windows":
        number = _WINDOWS_NUMBER.search(text)
        facts += [("os.version", number.group(0))] if number else []
    elif facts[0][1] == "macos":
        release = re.search(r"(?a)(?<![\w.])1[0-9](?:\.\d{1,2}){1,2}(?![\w.])", text)
        facts += [("os.version", release.group(0))] if release else []
    if re.search(r"container|docker|podman", low):
        facts.append(("os.container", "docker"))
    return facts


def _platform(text: str) -> Iterator[Pair]:
    """Python's platform.platform(): Linux-5.4.0-150-generic-x86_64-with-glibc2.31, Windows-10-10.0.22631-SP0."""
    found = re.search(r"Linux-(\d+\.\d+\.\d+[\w.+-]*?)-(x86_64|aarch64|ppc64le|i686)", text)
    if found:
        yield "os.kernel", found.group(1)
        yield "cpu.arch", found.group(2)
        if "microsoft" not in text.lower():
            yield "os.wsl", None
    glibc = re.search(r"glibc-?\s?(\d\.\d{1,2})", text)
    if glibc:
        yield "os.glibc", glibc.group(1)
    if not found:
        arch = re.search(r"\b(x86_64|amd64|aarch64|arm64)\b", text, re.I | re.A)
        if arch:
            yield "cpu.arch", {"amd64": "x86_64"}.get(arch.group(1).lower(), arch.group(1).lower())


# ---------------------------------------------------------------- CUDA and cuDNN


def torch_build(text: str) -> List[Pair]:
    """What "CUDA used to build PyTorch" says; two ways of saying that there is none.

    >>> torch_build("10.1.243"), torch_build("Could not collect"), torch_build("None"), torch_build("N/A")
    ([('torch.cuda', '10.1.243')], [('torch.cuda', None)], [('torch.cuda', None)], [])
    """
    found = numbers(text)
    if found:
        return [("torch.cuda", found)]
    low = text.strip().lower()
    return [("torch.cuda", None)] if low in ("none", "could not collect", "no cuda", "cpu", "not available") else []


def toolkit(text: str) -> List[Pair]:
    """
    >>> toolkit("11.6.55"), toolkit("No CUDA"), toolkit("CUDA 11.2.0 (nvcc)")
    ([('cuda.toolkit', '11.6.55')], [], [('cuda.toolkit', '11.2.0')])
    >>> toolkit("Cuda compilation tools, release 10.0, V10.0.130")
    [('cuda.toolkit', '10.0.130')]
    """
    release = re.search(r"release\s+(\d+\.\d+)(?:,\s*V(\d+\.\d+\.\d+))?", text)
    if release:
        return [("cuda.toolkit", release.group(2) or release.group(1))]
    build = re.search(r"[Bb]uild cuda_(\d+\.\d+)", text)
    if build:
        return [("cuda.toolkit", build.group(1))]
    found = re.search(r"(?a)(?<![\w.])[vV]?(\d{1,2}\.\d(?:\.\d{1,3})?)(?![\w.]*\d)", text)
    return (
        [("cuda.toolkit", found.group(1))] if found and 6 <= float(".".join(found.group(1).split(".")[:2])) < 20 else []
    )


def cudnn(text: str) -> List[Pair]:
    """A version, or the name of a file of it.

    >>> cudnn("/usr/lib/x86_64-linux-gnu/libcudnn.so.8.5.0"), cudnn("8.1"), cudnn("8600"), cudnn("could not collect")
    ([('cudnn', '8.5.0')], [('cudnn', '8.1')], [('cudnn', '8.6.0')], [])
    >>> cudnn(r"C:\\\\CUDA\\\\v11.7\\\\bin\\\\cudnn_ops_train64_8.dll"), cudnn("cudnn-windows-x86_64-8.6.0.163_cuda11")
    ([('cudnn', '8')], [('cudnn', '8.6.0.163')])
    """
    file = re.search(r"libcudnn(?:_\w{1,40})?\.so\.(\d+(?:\.\d+){0,3})", text)
    if file:
        return [("cudnn", file.group(1))]
    dll = re.search(r"cudnn(?:_\w{1,40}?)?64_(\d+)\.dll", text)
    if dll:
        return [("cudnn", dll.group(1))]
    archive = re.search(r"cudnn-[a-z]+-[\w]+-(\d+(?:\.\d+){2,3})_cuda", text)
    if archive:
        return [("cudnn", archive.group(1))]
    if "/" in text.strip() and " " not in text.strip() and not re.match(r"^[\d./]+$", text.strip()):
        return []
    packed = re.match(r"^\s*([5-9])(\d)(\d\d)\s*$", text) or re.match(r"^\s*([1-9])(\d\d)(\d\d)\s*$", text)
    if packed:
        return [("cudnn", ".".join(str(int(part)) for part in packed.groups()))]
    found = re.search(r"(?a)(?<![\w.])[vV]?(\d{1,2}(?:\.\d{1,3}){1,3})(?![\w.]*\d)", text)
    whole = re.match(r"^\s*(?:cudnn)?\s*[vV]?([4-9])\s*$", text, re.I | re.A)
    if found:  # 10 and more are CUDA's numbers
        return [("cudnn", found.group(1))] if int(found.group(1).split(".")[0]) < 10 else []
    return [("cudnn", whole.group(1))] if whole else []


def cuda_and_cudnn(text: str) -> List[Pair]:
    """The answer in the form of TensorFlow: "11.8/8.6", "CUDA 11.2, CUDNN 8.1.0"; the CUDA there is the toolkit.

    >>> cuda_and_cudnn("11.8/8.6"), cuda_and_cudnn("CUDA: 10.1, cuDNN: 7.6.5")
    ([('cuda.toolkit', '11.8'), ('cudnn', '8.6')], [('cuda.toolkit', '10.1'), ('cudnn', '7.6.5')])
    >>> cuda_and_cudnn("cuda_11.8.0_522.06_windows / cudnn-windows-x86_64-8.6.0.163_cuda11")
    [('cuda.toolkit', '11.8.0'), ('cudnn', '8.6.0.163')]
    >>> cuda_and_cudnn("CUDA 11.2"), cuda_and_cudnn("10.2, 8.0.2"), cuda_and_cudnn("N/A")
    ([('cuda.toolkit', '11.2')], [('cuda.toolkit', '10.2'), ('cudnn', '8.0.2')], [])
    """
    low = text.lower()
    place = low.find("cudnn")
    if place >= 0:
        if low[:place].strip(" ,;/&+-"):
            left, right = text[:place], text[place:]
        else:  # "cuDNN 8.1 / CUDA 11.2"
            cut = low.find("cuda", place + 5)
            left, right = (text[cut:], text[place:cut]) if cut > 0 else ("", text[place:])
    else:
        left, _, right = text.partition("/")
        for between in (" and ", ","):
            if not right:
                left, _, right = text.partition(between)
    installer = re.search(r"cuda_(\d+\.\d+(?:\.\d+)?)_", left)
    facts = [("cuda.toolkit", installer.group(1))] if installer else toolkit(left)
    return facts + cudnn(re.sub(r"(?i)^cudnn(?=[\s:=v\d])\s*(?:version)?\s*[:=]?\s*", "", right) if right else "")


# ---------------------------------------------------------------- graphics cards

#: "RTX 3080 Ti", "GeForce GTX 1080", "Tesla V100-PCIE-32GB", "NVIDIA A100 80GB PCIe", "Quadro RTX 5000", "TITAN Xp".
_CARD = re.compile(
    r"(?<![\w-])(?:nvidia\s+)?(?:"
    r"(?:geforce\s*)?(?:rtx|gtx|gts|gt)[\s_-]*(?:a\d{3,4}|pro\s*\d{4}|titan(?:\s*(?:black|x|z))?|\d{3,4})m?"
    r"(?:[\s_-]*(?:ti|super|max-?q|d|boost)(?![\w]))*"
    r"|geforce\s*(?:mx\s*)?\d{3}(?:mx?)?|mx\s?\d{3}(?![\w])"
    r"|quadro\s+(?:rtx\s+)?[a-z]{0,2}\s?\d{3,4}[mc]?|titan\s*(?:rtx|xp|x|v|black|z)?(?![\w])"
    r"|tesla\s+[kmptv]\d{1,3}\w{0,2}|jetson\s+(?:agx\s+)?(?:orin|xavier|nano|tx\d|thor)(?:\s+(?:nx|nano))?"
    r"|(?:a100|a800|h100|h200|h800|h20|v100|p100|b200|gb200|gh200|l40s?|a40|a30|a10g?|k80|p40|t4|"
    r"l4)(?=[\s_-](?:sxm|pcie|nvl|\d{2,3}\s?g))"
    r")(?:[\s_-]+(?:sxm\d|pcie?|nvl|hbm\d\w?|\d{1,3}\s?gi?b(?![\w/])|ada|generation|blackwell|workstation|"
    r"server|edition|laptop|gpu"
    r"|with|max-q|design|mobile|super|ti))*",
    re.I | re.A,
)
_DATACENTRE = re.compile(
    r"(?<![\w-])(?:nvidia\s+)?(a100|a800|h100|h200|h800|h20|v100|p100|b200|b300|gb200|l40s|l40|a40|a30|a10g?|"
    r"k80|p40|t4|l4)(?![\w-])",
    re.I | re.A,
)
_SIZE_BEHIND = re.compile(r"\s\d{1,3}\s?gi?b$", re.I | re.A)
_SOLD_BY_SIZE = re.compile(r"a100|a800|h100|h200|gh200|gtx 1060|a2000|m40|m6000", re.I | re.A)
_OTHER_MAKERS = re.compile(
    r"\b(?:(amd|radeon|ati)|(intel|uhd graphics|iris)|(apple|m[1-4](?:\s(?:pro|max|ultra))?))\b", re.I | re.A
)
_MEMORY = re.compile(r"(?a)(?<![\w.])(\d{1,6}(?:\.\d{1,2})?)\s*(gib|mib|gb|mb|g|m)(?![a-z/])", re.I | re.A)
_COUNT = re.compile(r"(?a)(?<![\w.])(\d{1,2})\s*[x×*]\s*$|^\s*[x×*]\s*(\d{1,2})(?![\w.])", re.I | re.A)


def mib(text: str) -> int:
    """
    >>> mib("8GB"), mib("11264MiB"), mib("11.77GiB"), mib("none")
    (8192, 11264, 12052, 0)
    """
    found = _MEMORY.search(text)
    if not found:
        return 0
    size, unit = float(found.group(1)), found.group(2).lower()
    amount = int(size * 1024) if unit.startswith("g") else int(size)
    return amount if 256 <= amount <= 512 * 1024 else 0


def cards(text: str, loose: bool = False) -> List[Tuple[str, int]]:
    """(name, memory in MiB or 0) of every NVIDIA card that a text names; loose: "A100" alone is one, too.

    >>> cards("NVIDIA GeForce RTX 3090, RTX 2080 Ti 11GB")
    [('NVIDIA GeForce RTX 3090', 0), ('RTX 2080 Ti', 11264)]
    >>> cards("2 x Tesla V100-PCIE-32GB"), cards("GTX 1080 x 2"), cards("Intel UHD Graphics 630")
    ([('Tesla V100-PCIE-32GB', 0), ('Tesla V100-PCIE-32GB', 0)], [('GTX 1080', 0), ('GTX 1080', 0)], [])
    >>> cards("one A100"), cards("one A100", loose=True), cards("3080ti显卡")
    ([], [('A100', 0)], [('RTX 3080 Ti', 0)])
    """
    found: List[Tuple[str, int]] = []
    spans = []
    for match in _CARD.finditer(text):
        name = match.group(0).strip()
        size = _SIZE_BEHIND.search(name)
        if size and not _SOLD_BY_SIZE.search(name):  # "RTX 2080 Ti 11GB": the memory is no part of the name
            name = name[: size.start()].strip()
        spans.append((match.start(), match.start() + len(name), name))
    if loose:
        taken = [(start, end) for start, end, _ in spans]
        for match in _DATACENTRE.finditer(text):
            if not any(start <= match.start() < end for start, end in taken):
                spans.append((match.start(), match.end(), match.group(0).strip()))
    if not spans:
        short = re.search(r"(?a)(?<![\w.])([1-5]0[5-9]0|16[356]0)\s*(ti|super|d)?(?![\w.%])", text, re.I | re.A)
        if short and (
            short.group(2) or loose or re.search(r"显卡|显存|单卡|[双多四]卡|gpu|graphics card", text, re.I | re.A)
        ):
            family = "GTX" if short.group(1)[0] == "1" else "RTX"
            ending = {"ti": " Ti", "super": " SUPER", "d": " D"}.get((short.group(2) or "").lower(), "")
            spans.append((short.start(), short.end(), f"{family} {short.group(1)}{ending}"))
    spans.sort()
    for place, (start, end, name) in enumerate(spans):
        following = spans[place + 1][0] if place + 1 < len(spans) else len(text)
        previous = spans[place - 1][1] if place else 0
        before, after = text[previous:start], text[end:following]
        count = _COUNT.search(before) or _COUNT.match(after)
        times = int(next(group for group in count.groups() if group)) if count else 1
        memory = mib(after[:40]) if not re.search(r"\b(?:ram|memory)\b", before[-12:], re.I | re.A) else 0
        found += [(name, memory)] * (times if 1 <= times <= 16 else 1)
    return found


def card_facts(text: str, loose: bool = False) -> List[Pair]:
    """The cards of a text as facts; with those of other makers."""
    found = cards(text, loose)
    facts: List[Pair] = []
    vendors = ["nvidia"] if found else []
    for match in _OTHER_MAKERS.finditer(text):
        vendors.append("amd" if match.group(1) else "intel" if match.group(2) else "apple")
    if found:
        facts.append(("gpu", [name for name, _ in found]))
        if all(memory for _, memory in found):
            facts.append(("gpu.memory", [memory for _, memory in found]))
    elif re.match(
        r"^\s*(?:no(?:ne)?(?:\s+(?:nvidia\s+)?gpus?)?|cpu(?: only)?|no gpu.{0,20}|无显卡|没有显卡|无\s?gpu)\s*$",
        text,
        re.I | re.A,
    ):
        facts += [("gpu", None)] if not re.match(r"^\s*none?\s*$", text, re.I | re.A) else []
    elif vendors and not re.search(r"nvidia|geforce|tesla|quadro|rtx|gtx", text, re.I | re.A):
        facts.append(("gpu", None))
    if vendors:
        facts.append(("gpu.vendors", sorted(set(vendors))))
    return facts


# ---------------------------------------------------------------- the processor

#: Intel's before Sandy Bridge (2011) and AMD's before Bulldozer: no AVX.  Three digits behind i3, i5 and i7 are the
#: first generation; Xeons of that time have one letter and four digits, those after it a dash and a v.
_BEFORE_AVX = re.compile(
    r"\bi[357][- ]\d{3}(?:[A-Z]{1,2})?\b(?!\d)|\bcore\s?\(?(?:tm|r)?\)?\s?2\b|"
    r"\bxeon(?:\(r\))?\s+(?:cpu\s+)?[elwx][3-7][1-6]\d\d\b(?!\s?v\d)"
    r"|\bphenom\b|\bathlon\s?(?:\(tm\))?\s?(?:ii|64)\b|\bpentium\s?(?:4|d|iii)\b|\bopteron\D{0,10}(?:23|24|61|"
    r"83|84)\d\d\b",
    re.I | re.A,
)


def processor(text: str) -> List[Pair]:
    """
    >>> processor("Intel Core i7 920"), processor("Intel Xeon X5450")
    ([('cpu.model', 'Intel Core i7 920'), ('cpu.avx', 'no')], [('cpu.model', 'Intel Xeon X5450'), ('cpu.avx', 'no')])
    >>> processor("Intel(R) Core(TM) i7-9700K CPU @ 3.60GHz"), processor("Intel Xeon E5-2680 v4")[1:]
    ([('cpu.model', 'Intel(R) Core(TM) i7-9700K CPU @ 3.60GHz')], [])
    """
    if not text or says_nothing(text) or not re.search(r"[A-Za-z]", text):
        return []
    return [("cpu.model", text[:120]), *([("cpu.avx", "no")] if _BEFORE_AVX.search(text) else [])]


# ---------------------------------------------------------------- builds of conda

_BUILD = re.compile(r"cuda_?(\d{1,2}(?:\.\d{1,3}){1,2}|\d{2,3})(?![\d.])")


def build(package: str, text: str) -> List[Pair]:
    """What conda's build string of a framework tells.

    >>> build("pytorch", "py3.7_cuda10.1.243_cudnn7.6.3_0"), build("pytorch", "py3.8_cpu_0")
    ([('torch.cuda', '10.1.243'), ('torch.cudnn', '7.6.3')], [('torch.cuda', None)])
    >>> build("pytorch", "cuda112py39h3ad47f5_1"), build("pytorch", "cpu_mkl_py311h2c5cc64_101")
    ([('torch.cuda', '11.2')], [('torch.cuda', None)])
    >>> build("tensorflow", "gpu_py37h7db9008_0"), build("tensorflow", "mkl_py37h80a91df_0")
    ([('tensorflow.gpu_build', 'yes')], [('tensorflow.gpu_build', 'no'), ('tensorflow.cuda', None)])
    """
    name = {"pytorch": "torch", "pytorch-gpu": "torch", "libtorch": "torch"}.get(package, package)
    if name == "tensorflow-base":
        name = "tensorflow"
    if name not in ("torch", "torchvision", "tensorflow"):
        return []
    found = _BUILD.search(text)
    facts: List[Pair] = []
    if found:
        number = found.group(1)
        facts.append((f"{name}.cuda", number if "." in number else f"{number[:-1]}.{number[-1]}"))
        if name == "tensorflow":
            facts.insert(0, ("tensorflow.gpu_build", "yes"))
        dnn = re.search(r"cudnn(\d+(?:\.\d+)*)", text)
        if dnn and name == "torch":
            facts.append(("torch.cudnn", dnn.group(1)))
    elif re.search(r"(?:^|_)cpu(?:_|py|$)|(?:^|_)(?:mkl|eigen)_py", text):
        if name == "tensorflow":
            facts.append(("tensorflow.gpu_build", "no"))
        if name != "torchvision":
            facts.append((f"{name}.cuda", None))
    elif name == "tensorflow" and text.startswith("gpu_"):
        facts.append(("tensorflow.gpu_build", "yes"))
    return facts
