"""What do the one-liners of Ultralytics and YOLOv5 say, and `yolo checks`?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import values
from .observation import IMPORTED, LISTED, Observation, told
from .packages import installed
from .page import Page

SOURCE = "Ultralytics"
_TORCH = re.compile(r"(?:Python-(\d\.\d+(?:\.\d+)?\+?)\s+)?torch[- ](\d[\w.+]*)\s+(CPU|MPS|CUDA:\d+)\b")
_YOLO = re.compile(r"\b(?:Ultralytics|YOLOv?\d|YOLO)\b")
_OWN = re.compile(r"Ultralytics (?:YOLOv?)?(\d+\.\d+\.\d+)")
_DEVICE = re.compile(r"CUDA:\d+ \((.{2,70}?), ?(\d{3,6}(?:\.\d)?)Mi?B\)")
_MORE = re.compile(r"^\s*CUDA:\d+ \(")
#: `yolo checks`: "torchvision   ok 0.16.1>=0.9.0"; the mark is a character that may have been mangled.
_CHECKED = re.compile(r"^([A-Za-z][\w.-]{1,40})\s+\S{1,4}\s+(\d[\w.+]*)(?:[<>=!]=?\S+)$")


def read(page: Page) -> Iterator[Observation]:
    for place, line in enumerate(page.lines):
        text = line.text
        found = _TORCH.search(text) if "torch" in text else None
        if found and _YOLO.search(text):
            yield from _banner(page, place, found)
    yield from _checks(page)


def _banner(page: Page, place: int, found: "re.Match[str]") -> Iterator[Observation]:
    line = page.lines[place]
    facts: list[tuple[str, Any]] = []
    own = _OWN.search(line.text)
    if own:
        facts += installed("ultralytics", own.group(1))
    if found.group(1):
        facts += values.python(found.group(1))
    facts += installed("torch", found.group(2))
    devices = _DEVICE.findall(line.text)
    for below in page.lines[place + 1 : place + 17]:
        if not _MORE.match(below.text):
            break
        devices += _DEVICE.findall(below.text)
    if devices:
        facts += [("gpu", [name for name, _ in devices]), ("gpu.vendors", ["nvidia"])]
        facts.append(("gpu.memory", [int(float(size)) for _, size in devices]))
    elif found.group(3) == "MPS":
        facts.append(("os", "macos"))
    yield from told(facts, IMPORTED, line.number, SOURCE, own.group(0) if own else "YOLOv5")


def _checks(page: Page) -> Iterator[Observation]:
    start = next((place for place, line in enumerate(page.lines) if "Setup complete" in line.text), None)
    if start is None:
        return
    for line in page.lines[start + 1 : start + 60]:
        key, _, value = line.text.partition(" ")
        value = value.strip()
        number = line.number
        checked = _CHECKED.match(line.text)
        if checked:
            yield from told(installed(*checked.groups()), LISTED, number, SOURCE, checked.group(1))
        elif key == "OS":
            yield from told(values.system(value), LISTED, number, SOURCE, key)
        elif key == "Python":
            yield from told(values.python(value), LISTED, number, SOURCE, key)
        elif key == "CUDA":
            yield from told(values.torch_build(value), LISTED, number, SOURCE, key)
        elif key == "GPU" and not value.startswith("count"):
            size = re.search(r",\s*(\d{3,6})Mi?B$", value)
            name = value[: size.start()] if size else value
            if not values.says_nothing(name):
                yield from told([("gpu", [name])], LISTED, number, SOURCE, key)
