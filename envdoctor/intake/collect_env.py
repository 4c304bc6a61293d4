"""What does torch's collect_env say (`python -m torch.utils.collect_env`, old, new, and vLLM's copy)?"""

from __future__ import annotations

import re
from typing import Callable, Iterator, Mapping

from . import values
from .observation import IMPORTED, LISTED, RECORDED, Observation, Pairs, told
from .packages import installed
from .page import Field, Page

SOURCE = "collect_env"
#: The labels that no other format has; two of them make a report of this kind.
_OWN = frozenset(
    ["cuda used to build pytorch", "is cuda available", "cuda runtime version", "gpu models and configuration"]
    + ["nvidia driver version", "cmake version", "is debug build", "rocm used to build pytorch", "libc version"]
)
_LIBRARY = re.compile(r"^\[(pip3?|conda)\]\s+(\S+?)(?:\s*==\s*|\s+)\(?([\w.+!-]+)\)?(?:\s+(\S+))?(?:\s+(.*))?$")
_CARD = re.compile(r"^GPU\s+(\d{1,2})\s*:\s*(.+)$")
_SILENT = ("Could not collect", "No CUDA", "N/A")


def read(page: Page) -> Iterator[Observation]:
    if _is_one(page):
        for field in page.fields:
            tell = _LABELS.get(field.key)
            if tell is not None:
                strength = IMPORTED if field.key in _SELF else LISTED
                yield from told(tell(field.value), strength, field.line.number, SOURCE, field.label)
        yield from _cards(page)
        yield from _cudnn(page)
    yield from _libraries(page)


def _is_one(page: Page) -> bool:
    if any(line.text.startswith("Collecting environment information") for line in page.lines):
        return True
    return len({field.key for field in page.fields} & _OWN) > 1


#: What torch says of itself; the rest it has asked others.
_SELF = frozenset(["pytorch version", "cuda used to build pytorch", "rocm used to build pytorch", "is debug build"])


def _torch(value: str) -> Pairs:
    found = values.version(value)
    if not found:
        return []
    source = "yes" if re.search(r"\+git|\da0(\+|$)", found) else "no"
    return [("torch", found), ("torch.source_build", source)]


def _rocm(value: str) -> Pairs:
    found = re.match(r"^\d+\.\d+(?:\.\d+)?", value)
    return [("torch.hip", found.group(0))] if found else []


def _debug(value: str) -> Pairs:
    low = value.lower()
    return [("torch.debug", "yes" if low in ("yes", "true") else "no")] if low in ("yes", "no", "true", "false") else []


def _driver(value: str) -> Pairs:
    found = re.match(r"^(\d{3}(?:\.\d{1,3}){0,2})\b", value)
    return [("driver", found.group(1))] if found else []


def _libc(value: str) -> Pairs:
    found = re.match(r"glibc-(\d\.\d+)", value)
    return [("os.glibc", found.group(1))] if found else []


def _flags(value: str) -> Pairs:
    """A list of flags that was cut tells only what is in it."""
    flags = value.split()
    if len(flags) < 8:
        return []
    return [(f"cpu.{name}", "yes") for name in ("avx", "avx2") if name in flags]


_LABELS: Mapping[str, Callable[[str], Pairs]] = {
    "pytorch version": _torch,
    "is debug build": _debug,
    "cuda used to build pytorch": values.torch_build,
    "rocm used to build pytorch": _rocm,
    "os": values.system,
    "libc version": _libc,
    "python version": values.python,
    "python platform": values.system,
    "cuda runtime version": values.toolkit,
    "nvidia driver version": _driver,
    "model name": values.processor,
    "flags": _flags,
}


def _cards(page: Page) -> Iterator[Observation]:
    """The cards behind "GPU models and configuration:", on its own line or on those below."""
    start = next((field for field in page.fields if field.key == "gpu models and configuration"), None)
    if start is None or start.value in _SILENT:
        return
    texts = [start.value] if start.value else []
    for line in page.lines[start.place + 1 :]:
        if line.text.startswith("MIG "):
            yield from told([("gpu.mig", "yes")], LISTED, line.number, SOURCE, "MIG")
        elif _CARD.match(line.text) and (not texts or not start.value):
            texts.append(line.text)
        elif not (line.text == "" and not texts):
            break
    names = []
    for text in texts:
        found = _CARD.match(text)
        names.append((found.group(2) if found else text).strip())
    names = [re.sub(r"\s*\(UUID: [^)]*\)$", "", name) for name in names if name and not values.says_nothing(name)]
    yield from told(cards_of(names), LISTED, start.line.number, SOURCE, start.label)


def cards_of(names: list[str]) -> Pairs:
    """Names that a tool printed for the cards it found: those of NVIDIA are cards, others are makers.

    >>> cards_of(["NVIDIA GeForce RTX 2060", "Intel UHD Graphics 630"])
    [('gpu', ['NVIDIA GeForce RTX 2060']), ('gpu.vendors', ['intel', 'nvidia'])]
    """
    others = [maker for name in names for maker in ("amd", "intel", "apple") if _is_of(maker, name)]
    mine = [name for name in names if not any(_is_of(maker, name) for maker in ("amd", "intel", "apple"))]
    facts: list[tuple[str, object]] = [("gpu", mine)] if mine else []
    makers = sorted({*others, *(["nvidia"] if mine else [])})
    return facts + ([("gpu.vendors", makers)] if makers else [])


def _is_of(maker: str, name: str) -> bool:
    words = {"amd": r"\b(amd|radeon)\b", "intel": r"\bintel\b", "apple": r"\bapple\b"}
    return bool(re.search(words[maker], name, re.I))


def _cudnn(page: Page) -> Iterator[Observation]:
    """A version, a file, or "Probably one of the following:" and files, which all tell the same version or none."""
    start = next((field for field in page.fields if field.key == "cudnn version"), None)
    if start is None:
        return
    texts = [start.value]
    if "one of the following" in start.value:
        texts = []
        for line in page.lines[start.place + 1 :]:
            if "cudnn" not in line.text.lower() or ":" in line.text[3:]:
                break
            texts.append(line.text)
    found = {value for text in texts for _, value in values.cudnn(text)}
    exact = {value for value in found if not any(other != value and other.startswith(value + ".") for other in found)}
    if len(exact) == 1:
        yield Observation("cudnn", exact.pop(), LISTED, start.line.number, SOURCE, start.label)


def _libraries(page: Page) -> Iterator[Observation]:
    """`[pip3] torch==2.0.1`, `[pip] numpy (1.15.2)`, `[conda] pytorch  1.3.0  py3.7_cuda10.1_cudnn7_0  pytorch`."""
    for line in page.lines:
        if not line.text.startswith("["):
            continue
        if line.text.startswith("[conda] Could not collect"):
            yield Observation("conda", None, LISTED, line.number, SOURCE, "[conda]")
            continue
        found = _LIBRARY.match(line.text)
        if not found or not re.match(r"^\d", found.group(3)):
            continue
        tool, name, version, third, fourth = found.groups()
        label = f"[{tool}] {name}"
        if tool == "conda":
            channel = (fourth or "").split()[-1:] or [""]
            pairs = [("conda.packages", {name: {"version": version, "build": third, "channel": channel[0] or None}})]
            yield from told(pairs, RECORDED, line.number, SOURCE, label)
            yield from told(installed(name, version, third or ""), RECORDED, line.number, SOURCE, label)
        else:
            yield from told(installed(name, version), LISTED, line.number, SOURCE, label)


def starts(field: Field) -> bool:
    """Does a report begin here?"""
    return field.key == "pytorch version"
