"""What do mmcv, mmdetection and mmengine say of their environment, and what does torch's build settings line tell?"""

from __future__ import annotations

import re
from typing import Iterator

from . import values
from .collect_env import cards_of
from .observation import IMPORTED, LISTED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "mmcv collect_env"
_PACKAGES = {
    "pytorch": "torch", "torchvision": "torchvision", "mmcv": "mmcv", "mmdetection": "mmdet", "mmengine": "mmengine",
    "mmsegmentation": "mmsegmentation", "mmclassification": "mmcls", "mmpose": "mmpose", "mmrotate": "mmrotate",
    "opencv": "opencv-python", "mmaction2": "mmaction2", "mmdet3d": "mmdet3d", "mmpretrain": "mmpretrain",
}  # fmt: skip
_CARDS = re.compile(r"^gpu \d+(?:,\d+)*$")
_RUNTIME = re.compile(r"^CUDA Runtime (\d+\.\d+)$")


def read(page: Page) -> Iterator[Observation]:
    keys = {field.key for field in page.fields}
    mine = "sys.platform" in keys or "system environment" in keys
    for field in page.fields if mine else ():
        key, value, number = field.key, field.value, field.line.number
        if key == "sys.platform":
            yield from told(values.system(value), LISTED, number, SOURCE, field.label)
        elif key == "python":
            yield from told(values.python(value), IMPORTED, number, SOURCE, field.label)
        elif key in _PACKAGES:
            found = re.match(r"^(\d[\w.!-]*)(\+\w+)?", value)
            if found:
                build = found.group(2) or ""  # torch's is part of its version, mmdetection's a commit
                version = found.group(1) + (build if key in ("pytorch", "torchvision") else "")
                strength = IMPORTED if key in ("pytorch", "torchvision") else LISTED
                yield from told(installed(_PACKAGES[key], version), strength, number, SOURCE, field.label)
        elif _CARDS.match(key):
            yield from told(_cards(key, value), LISTED, number, SOURCE, field.label)
        elif key == "nvcc":
            yield from told(values.toolkit(value), LISTED, number, SOURCE, field.label)
        elif key == "cuda home" and not values.says_nothing(value) and value != "None":
            yield Observation("env.CUDA_HOME", value, LISTED, number, SOURCE, field.label)
    yield from _built_with(page)


def _cards(key: str, value: str) -> list[tuple[str, object]]:
    """`GPU 0,1,2` and one name for all of them; several kinds of cards have a line each.

    >>> _cards("gpu 0,1", "Tesla V100-PCIE-32GB (arch=7.0)")[0]
    ('gpu', ['Tesla V100-PCIE-32GB', 'Tesla V100-PCIE-32GB'])
    """
    name = re.sub(r"\s*\(arch=[\d.]+\)$", "", value).strip()
    if not name or values.says_nothing(name):
        return []
    return list(cards_of([name] * len(key.split()[1].split(","))))


def _built_with(page: Page) -> Iterator[Observation]:
    """The bullets of torch.__config__.show(): `CUDA Runtime 11.3`; a CPU build has no such bullet."""
    for place, line in enumerate(page.lines):
        if not line.text.endswith("PyTorch built with:"):
            continue
        block = []
        for below in page.lines[place + 1 : place + 16]:
            if not below.text:
                break
            block.append(below)
        for below in block:
            found = _RUNTIME.match(below.text)
            if found:
                yield Observation("torch.cuda", found.group(1), LISTED, below.number, SOURCE, "CUDA Runtime")
            dnn = re.match(r"^CuDNN (\d+(?:\.\d+)+)", below.text)
            if dnn:
                yield Observation("torch.cudnn", dnn.group(1), LISTED, below.number, SOURCE, "CuDNN")
        settings = next((below for below in block if below.text.startswith("Build settings:")), None)
        if settings and "USE_CUDA=0" in settings.text or (settings and "USE_CUDA=OFF" in settings.text):
            yield Observation("torch.cuda", None, LISTED, settings.number, SOURCE, "USE_CUDA")
