"""What do the log lines of TensorFlow, JAX and XLA tell of the machine?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from .observation import IMPORTED, LISTED, LOGGED, Observation, told
from .page import Page

SOURCE = "TensorFlow log"
_LOADED = re.compile(r"Loaded (?:runtime )?CuDNN library:\s*(\d+(?:\.\d+){1,3}|\d{4,5})", re.I)
_PROPERTIES = re.compile(r"\bname:\s*(\S.{1,60}?)\s+(?:computeCapability:\s*(\d+\.\d)|major:\s*(\d+)\s+minor:\s*(\d+))")
_DEVICE = re.compile(
    r"physical GPU \(device:\s*(\d+), name:\s*(\S.{1,60}?), pci bus id:.{0,40}?compute capability:\s*(\d+\.\d)\)"
)
_SIZE = re.compile(r"(?:deviceMemorySize|totalMemory):\s*(\d{1,3}\.\d{1,2})GiB")
#: The libraries of CUDA and cuDNN; libcuda and nvcuda are the driver's, nvinfer is TensorRT, which nobody needs.
_LIBRARY = r"(?:lib)?(?:cudart|cublas|cublasLt|cufft|curand|cusolver|cusparse|cudnn)(?:64_\d+\.dll|\.so[\d.]*)"
_MISSING = re.compile(r"(?:Could not (?:load dynamic|dlopen) library|Couldn't open CUDA library) '?(" + _LIBRARY + ")")
_OPENED = re.compile(r"uccessfully opened (?:dynamic|CUDA) library (" + _LIBRARY + ")")
_CARD_AGAIN = re.compile(r"Found device (\d{1,2}) with properties")
_HEAD = re.compile(
    r"\b(?:tensorflow|xla|tsl|cuda_driver|cuda_dnn|cuda_executor|gpu_device|external/local_\w+)\S*\.(?:cc|h):\d+\]"
)


def read(page: Page) -> Iterator[Observation]:
    names: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}
    number, first, size_of = "0", 0, "0"
    facts: list[tuple[str, Any]] = []
    missing: dict[str, int] = {}
    opened: dict[str, int] = {}
    for line in page.lines:
        text = line.text
        if "CuDNN library" in text or "CUDNN library" in text:
            found = _LOADED.search(text)
            if found:
                yield Observation(
                    "cudnn", _dotted(found.group(1)), LISTED, line.number, SOURCE, "Loaded runtime CuDNN library"
                )
            continue
        if "library" in text:
            for pattern, libraries in ((_MISSING, missing), (_OPENED, opened)):
                found = pattern.search(text)
                if found:
                    libraries.setdefault(found.group(1).rstrip("."), line.number)
        if "Found device" in text:
            again = _CARD_AGAIN.search(text)
            number = again.group(1) if again else number
        if "name:" in text:
            found = _DEVICE.search(text)
            if found:
                names[found.group(1)] = (found.group(2), found.group(3))
                first = first or line.number
            else:
                found = _PROPERTIES.search(text)
                if found:
                    names[number] = (found.group(1), found.group(2) or f"{found.group(3)}.{found.group(4)}")
                    size_of = number
                    first = first or line.number
        if "emory" in text and names:
            size = _SIZE.search(text)
            if size:
                sizes[size_of] = int(float(size.group(1)) * 1024)
        if "hostname:" not in text and _HEAD.search(text):
            yield from _platform(line.number, text)
    if missing:
        place = next(iter(missing.values()))
        facts = [("tensorflow.missing_library", next(iter(missing))), ("tensorflow.missing_libraries", list(missing))]
        yield from told(facts, IMPORTED, place, SOURCE, "Could not load dynamic library")
    elif any("cudnn" in name for name in opened):  # the last that it opens
        nothing = [("tensorflow.missing_library", None), ("tensorflow.missing_libraries", None)]
        yield from told(nothing, IMPORTED, next(iter(opened.values())), SOURCE, "Successfully opened dynamic library")
    if names:
        order = sorted(names, key=int)
        facts = [
            ("gpu", [names[one][0] for one in order]),
            ("gpu.capability", [names[one][1] for one in order]),
            ("gpu.vendors", ["nvidia"]),
        ]
        if set(order) <= set(sizes):
            facts.append(("gpu.memory", [sizes[one] for one in order]))
        yield from told(facts, LISTED, first, SOURCE, "name")


def _platform(number: int, text: str) -> Iterator[Observation]:
    """A Windows path or a library's name tells the system."""
    if re.search(r"\w+64_\d+\.dll|\\\\", text):
        yield Observation("os", "windows", LOGGED, number, SOURCE, ".dll")
    elif re.search(r"lib\w+\.so\b", text):
        yield Observation("os", "linux", LOGGED, number, SOURCE, ".so")
    found = re.search(r"TensorFlow binary .{0,60}?version (\d+\.\d+\.\d+)", text)
    if found:
        yield Observation("tensorflow", found.group(1), IMPORTED, number, SOURCE, "TensorFlow binary")


def _dotted(text: str) -> str:
    """
    >>> _dotted("8005"), _dotted("8.1.0"), _dotted("90100")
    ('8.0.5', '8.1.0', '9.1.0')
    """
    if "." in text:
        return text
    major, rest = (text[:1], text[1:]) if len(text) == 4 else (text[:-4], text[-4:])
    minor, patch = (rest[:1], rest[1:]) if len(text) == 4 else (rest[:2], rest[2:])
    return f"{int(major)}.{int(minor)}.{int(patch)}"
