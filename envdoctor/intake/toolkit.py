"""What do nvcc, the kernel's file about the driver, and package managers say of the toolkit and the driver?"""

from __future__ import annotations

import re
from typing import Iterator

from .observation import LISTED, LOGGED, RECORDED, Observation
from .page import Page

SOURCE = "nvcc"
_NVCC = re.compile(r"Cuda compilation tools,? release (\d{1,2}\.\d)(\.\d{1,3})?(?:,\s*V(\d{1,2}\.\d\.\d{1,3}))?", re.I)
#: "Kernel Module  550.90.07", "Open Kernel Module for x86_64  570.86.10"
_MODULE = re.compile(
    r"NVRM version:\s*NVIDIA UNIX .{0,40}?Kernel Module(?: for \S+)?\s+(\d{3}(?:\.\d{1,3}){0,2})(?![\d.])"
)
_DPKG = re.compile(r"\bnvidia-(?:driver|utils|dkms)-\d{3}(?:-\w+)?(?::\w+)?\s+(\d{3}(?:\.\d{1,3}){1,2})-\d")
_CUDNN_HEADER = re.compile(r"#define CUDNN_(MAJOR|MINOR|PATCHLEVEL)\s+(\d{1,2})$")
_CUDNN_FILE = re.compile(r"\blibcudnn\.so\.(\d+\.\d+\.\d+)\b")


def read(page: Page) -> Iterator[Observation]:
    header: dict[str, str] = {}
    for line in page.lines:
        text = line.text
        if "elease" in text:
            found = _NVCC.search(text)
            if found:
                value = found.group(3) or found.group(1) + (found.group(2) or "")
                yield Observation("cuda.toolkit", value, LISTED, line.number, SOURCE, "nvcc")
        elif "nvcc" in text.lower():
            found = re.search(
                r"(?<![\w-])nvcc(?: --?\w+)?(?:\s+version)?\s*(?:is|为|是|:|=|->)?\s*[vV]?(\d{1,2}\.\d)(?![\w.]*\w)",
                text,
                re.I,
            )
            if found:
                yield Observation("cuda.toolkit", found.group(1), RECORDED, line.number, SOURCE, "nvcc")
        if "NVRM version" in text:
            found = _MODULE.search(text)
            if found:
                yield Observation("driver.kernel", found.group(1), LISTED, line.number, SOURCE, "NVRM version")
        elif "nvidia-" in text:
            found = _DPKG.search(text)
            if found:
                yield Observation("driver", found.group(1), RECORDED, line.number, "dpkg", "nvidia-driver")
        if "CUDNN_" in text:
            found = _CUDNN_HEADER.search(text)
            if found:
                header[found.group(1)] = found.group(2)
                if set(header) == {"MAJOR", "MINOR", "PATCHLEVEL"}:
                    value = ".".join(header[part] for part in ("MAJOR", "MINOR", "PATCHLEVEL"))
                    yield Observation("cudnn", value, LISTED, line.number, "cudnn.h", "CUDNN_MAJOR")
        for what, value in re.findall(r"(libcuda|kernel) reported version is: (\d{3}(?:\.\d{1,3}){1,2})", text):
            fact = "driver" if what == "libcuda" else "driver.kernel"
            yield Observation(fact, value, LOGGED, line.number, SOURCE, f"{what} reported version")
