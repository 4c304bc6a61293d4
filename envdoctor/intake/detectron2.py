"""What does detectron2's collect_env say (a table of two columns between rules of dashes)?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import values
from .collect_env import cards_of
from .observation import IMPORTED, LISTED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "detectron2 collect_env"
#: The columns are two or more blanks apart, or a single one where a forum has collapsed them.
_ROW = re.compile(
    r"^(sys\.platform|Python|numpy|Numpy|detectron2(?:\._C| arch flags)?|CUDA compiler|PyTorch(?: debug build)?|"
    r"GPU available|CUDA available|GPU \d+(?:,\d+)*|Driver version|CUDA_HOME|NVCC|Pillow|torchvision(?: arch flags)?|"
    r"fvcore|iopath|cv2|TORCH_CUDA_ARCH_LIST)\s+(\S.*)$"
)
_CARDS = re.compile(r"^GPU \d+(?:,\d+)*$")


def read(page: Page) -> Iterator[Observation]:
    rows = [
        (line, found.group(1), found.group(2))
        for line in page.lines
        for found in [_ROW.match(line.text)]
        if found is not None
    ]
    keys = {key for _, key, _ in rows}
    if not {"detectron2", "PyTorch"} <= keys and not {"detectron2._C", "PyTorch"} <= keys:
        return
    names: list[str] = []
    capabilities: list[str] = []
    for line, key, value in rows:
        number = line.number
        if key == "sys.platform":
            yield from told(values.system(value), LISTED, number, SOURCE, key)
        elif key == "Python":
            yield from told(values.python(value), IMPORTED, number, SOURCE, key)
        elif key in ("PyTorch", "torchvision"):
            yield from told(installed(key, value.split()[0]), IMPORTED, number, SOURCE, key)
        elif key in ("numpy", "Numpy", "detectron2", "Pillow", "fvcore", "iopath", "cv2"):
            yield from told(installed(key, value.split()[0]), LISTED, number, SOURCE, key)
        elif _CARDS.match(key):
            name, _, arch = value.partition(" (arch=")
            count = len(key.split()[1].split(","))
            names += [name.strip()] * count
            capabilities += [arch.rstrip(")")] * count if arch else []
        elif key == "Driver version" and re.match(r"^\d{3}(\.\d+)*$", value):
            yield Observation("driver", value, LISTED, number, SOURCE, key)
        elif key == "NVCC":
            yield from told(values.toolkit(value), LISTED, number, SOURCE, key)
        elif key == "CUDA_HOME" and not value.startswith(("None", "<")):
            yield Observation("env.CUDA_HOME", value.split(" - ")[0], LISTED, number, SOURCE, key)
    if names:
        first = next(line.number for line, key, _ in rows if _CARDS.match(key))
        facts: list[tuple[str, Any]] = list(cards_of(names))
        if len(capabilities) == len(names):
            facts.append(("gpu.capability", capabilities))
        yield from told(facts, LISTED, first, SOURCE, "GPU")
