"""Which facts about the environment stand inside error messages and warnings?"""

from __future__ import annotations

import re
from typing import Iterator

from . import values
from .observation import IMPORTED, LOGGED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "message"
_CARD_AND_CAPABILITY = re.compile(
    r"(?:^|[:\s])((?:NVIDIA |GeForce |Tesla |Quadro |TITAN |A100|H100|RTX |GTX )[^:]{0,60}?|"
    r"[A-Z][\w-]{2,30}) with CUDA capability sm_(\d{2,3}) is not compatible"
)
_FOUND = re.compile(r"Found GPU(\d{1,2}) (\S.{2,50}?) which is of cuda capability (\d{1,2}\.\d)")
#: A later line of the same warning, where the first was cut off.
_WANTED_CARD = re.compile(r"If you want to use the (\S.{2,60}?) GPU with PyTorch, please check the instructions")
_DRIVER_CUDA = re.compile(r"driver on your system is too old \(found version (\d{4,5})\)")
_MISMATCH = re.compile(
    r"detected CUDA version \((\d+\.\d+)\) (?:mismatches|"
    r"has a minor version mismatch with) the version that was used to compile"
    r"(?:\s+PyTorch \((\d+\.\d+)\))?"
)
_XFORMERS = re.compile(r"PyTorch\s+(\d[\w.+]*)(?: with CUDA \d+)? \(you have (\d[\w.+]*)\)")
_XFORMERS_PYTHON = re.compile(r"^Python\s+(\d\.\d+(?:\.\d+)?) \(you have (\d\.\d+(?:\.\d+)?)\)$")
_NUMPY = re.compile(r"compiled using NumPy 1\.x cannot be run in\s+NumPy (\d+\.\d+(?:\.\d+)?)(?![\w.])")
_PATH = re.compile(
    r"[/\\]python(3\.\d{1,2})[/\\](?:site|dist)-packages\b|[/\\]cpython-(3\d{1,2})-|"
    r"\.cpython-(3\d{1,2})-[\w-]*\.so|\.cp(3\d{1,2})-win_amd64\.pyd",
    re.I,
)
_WINDOWS = re.compile(
    r"\[WinError \d{1,5}\]|(?:^|[\s\"'(])[A-Za-z]:\\(?:Users|Program|Windows|Anaconda|miniconda|ProgramData|Python)",
    re.I,
)
_CONFLICT = re.compile(
    r"(?:^|: )([A-Za-z0-9][\w.-]{0,60}) (\d[\w.+!]{0,40}) (?:requires|has requirement) .{1,120}?, but you(?:'ll)? have "
    r"([A-Za-z0-9][\w.-]{0,60}) (\d[\w.+!]{0,40}\w)(?= which|\.?$|\.\s)"
)
_DLL = re.compile(
    r"\b(?:cudart|cudnn|cublas|cublasLt|cufft|curand|cusolver|cusparse|nvcuda|fbgemm|c10|torch_cuda|"
    r"torch_cpu)\w*\.dll\b"
)
_SHARED_OBJECT = re.compile(r"\blib(?:cu|nv|c10|torch|stdc)\w{0,20}\.so(?:\.\d{1,3}){0,3}\b|-linux-gnu\.so\b")
_CONDA = re.compile(
    r"[/\\](?:\.?ana|\.?mini|mamba|micromamba|miniforge|mambaforge)(?:conda|"
    r"forge)?\d?[/\\](?:envs[/\\]([\w.-]+)[/\\])?(?:lib|Lib|bin|python)",
    re.I,
)


def read(page: Page) -> Iterator[Observation]:
    for line in page.lines:
        text, number = line.text, line.number
        if len(text) < 12:
            continue
        if "apability" in text:
            found = _CARD_AND_CAPABILITY.search(text)
            if found:
                name, digits = found.groups()
                facts = [("gpu.capability", [f"{digits[:-1]}.{digits[-1]}"])]
                cards = values.cards(name, loose=True)
                if len(cards) == 1:
                    facts.append(("gpu", [name.strip()]))
                yield from told(facts, LOGGED, number, SOURCE, "CUDA capability")
            found = _FOUND.search(text)
            if found and "%" not in found.group(2):
                facts = [("gpu", [found.group(2)]), ("gpu.capability", [found.group(3)])]
                yield from told(facts, LOGGED, number, SOURCE, "Found GPU")
        if "If you want to use the" in text:
            found = _WANTED_CARD.search(text)
            if found and len(values.cards(found.group(1), loose=True)) == 1:
                yield Observation("gpu", [found.group(1)], LOGGED, number, SOURCE, "GPU with PyTorch")
        if "too old" in text:
            found = _DRIVER_CUDA.search(text)
            if found:
                newest = int(found.group(1))
                value = f"{newest // 1000}.{newest % 1000 // 10}"
                yield Observation("driver.cuda", value, LOGGED, number, SOURCE, "found version")
        if "detected CUDA version" in text:
            found = _MISMATCH.search(text)
            if found:
                yield Observation("cuda.toolkit", found.group(1), LOGGED, number, SOURCE, "detected CUDA version")
                if found.group(2):
                    yield Observation("torch.cuda", found.group(2), LOGGED, number, SOURCE, "used to compile PyTorch")
        if "you have" in text:
            found = _XFORMERS.search(text)
            if found:
                yield from told(installed("torch", found.group(2)), IMPORTED, number, SOURCE, "you have")
            found = _XFORMERS_PYTHON.match(text)
            if found:
                yield from told(values.python(found.group(2)), LOGGED, number, SOURCE, "you have")
        if "but you" in text:
            found = _CONFLICT.search(text)
            if found:
                facts = [*installed(found.group(1), found.group(2)), *installed(found.group(3), found.group(4))]
                yield from told(facts, LOGGED, number, SOURCE, "but you have")
        if "NumPy" in text:
            found = _NUMPY.search(text)
            if found:
                yield from told(installed("numpy", found.group(1)), IMPORTED, number, SOURCE, "NumPy")
        yield from _places(text, number)


def _places(text: str, number: int) -> Iterator[Observation]:
    """What paths tell: the Python, conda, and Windows."""
    if "python" in text or "Python" in text or ".cp3" in text:
        found = _PATH.search(text)
        if found and not text.startswith(("[conda]", "- ")):
            dotted = found.group(1)
            if not dotted:
                digits = next(group for group in found.groups()[1:] if group)
                dotted = f"{digits[0]}.{digits[1:]}"
            yield Observation("python", dotted, LOGGED, number, SOURCE, "path")
    if ("\\" in text or "WinError" in text) and _WINDOWS.search(text):
        yield Observation("os", "windows", LOGGED, number, SOURCE, "path")
    elif ".dll" in text and _DLL.search(text):
        yield Observation("os", "windows", LOGGED, number, SOURCE, ".dll")
    elif ".so" in text and _SHARED_OBJECT.search(text):
        yield Observation("os", "linux", LOGGED, number, SOURCE, ".so")
    if "conda" in text or "forge" in text or "mamba" in text:
        if _CONDA.search(text):
            yield Observation("conda", "seen", LOGGED, number, SOURCE, "path")
