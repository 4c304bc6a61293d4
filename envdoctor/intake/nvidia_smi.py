"""What does nvidia-smi say: its table, `-L`, `-q`, a CSV query, or why it fails?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from .collect_env import cards_of
from .lines import Line
from .observation import LISTED, LOGGED, Observation, told
from .page import Page

SOURCE = "nvidia-smi"
#: The first number is nvidia-smi's own, the second the driver's: under WSL they differ.  From driver 610 on the words
#: are "KMD Version" and "CUDA UMD Version".
_HEADER = re.compile(r"(?:Driver|KMD) Version\s*:\s*(\d{3}(?:\.\d{1,3}){0,2})(?![\d.])")
_CUDA = re.compile(r"(?<!nvcc )CUDA (?:UMD )?Version\s*:\s*(\d{1,2}\.\d)(?![\d.])", re.I)
_ROW = re.compile(
    r"^\|?\s*(\d{1,2})\s+(\S.{0,60}?)\s+(On|Off|N/A|TCC|WDDM|MCDM|ERR!)\s*\|"
    r"\s*[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}"
)
_MEMORY = re.compile(r"(\d{1,6}|N/A)(?:MiB)?\s*/\s*(\d{2,6})MiB")
_LISTED = re.compile(r"^GPU\s+(\d{1,2})\s*:\s*(\S.{0,80}?)\s*\(UUID:\s*(GPU-[\w-]*)")
_MIG = re.compile(r"^MIG\s+\d\w?g?\.\d+gb\S*\s+Device\s+\d+|^\|\s*Enabled\s*\|?$|\|\s+Enabled\s+\|$")
_FAILURES = (
    ("driver/library version mismatch", "version-mismatch"),
    ("couldn't communicate with the nvidia driver", "driver-not-loaded"),
    ("insufficient permissions", "no-permission"),
    ("gpu access blocked by the operating system", "blocked-by-system"),
    ("couldn't find libnvidia-ml", "library-not-found"),
    ("nvml shared library not found", "library-not-found"),
    ("unable to determine the device handle", "gpu-lost"),
    ("gpu is lost", "gpu-lost"),
    ("failed to initialize nvml: unknown error", "unknown-error"),
    ("failed to initialize nvml: driver not loaded", "driver-not-loaded"),
)
_ABOUT_NVML = re.compile(r"nvml|nvidia-smi|gpu access blocked|unable to determine the device handle", re.I)


def read(page: Page) -> Iterator[Observation]:
    for place, line in enumerate(page.lines):
        text = line.text
        if "Version" in text or "version" in text:
            yield from _header(line)
        low = text.lower()
        if _ABOUT_NVML.search(text):
            for words, error in _FAILURES:
                if words in low:
                    yield Observation("nvml.error", error, LOGGED, line.number, SOURCE, text[:60])
                    break
            named = re.search(r"NVML library version:\s*(\d{3}(?:\.\d{1,3}){1,2})", text)
            if named:
                yield Observation("driver", named.group(1), LISTED, line.number, SOURCE, "NVML library version")
        if low.replace(" ", "").startswith("name,") or ",driver_version" in low.replace(" ", ""):
            yield from _csv(page.lines, place)
    yield from _table(page.lines)
    yield from _list(page.lines)


def _header(line: Line) -> Iterator[Observation]:
    text = line.text
    driver = _HEADER.search(text)
    if driver and ("NVIDIA-SMI" in text or "CUDA" in text or text.strip("| ").startswith(("Driver Version", "KMD"))):
        yield Observation("driver", driver.group(1), LISTED, line.number, SOURCE, "Driver Version")
        if "NVIDIA-SMI" in text:
            yield Observation("nvml.error", None, LISTED, line.number, SOURCE, "NVIDIA-SMI")
    cuda = _CUDA.search(text)
    if cuda and (driver or "nvidia-smi" in text.lower() or re.match(r"^\|\s*CUDA Version\s*:\s*\d+\.\d\s*\|?$", text)):
        yield Observation("driver.cuda", cuda.group(1), LISTED, line.number, SOURCE, "CUDA Version")


def _table(lines: tuple[Line, ...]) -> Iterator[Observation]:
    names: dict[int, str] = {}
    memory: dict[int, int] = {}
    models, number, first = set(), -1, 0
    for line in lines:
        text = line.text
        if "|" not in text:
            continue
        if "Persistence-M" in text:
            yield Observation("os", "linux", LISTED, line.number, SOURCE, "Persistence-M")
        elif re.search(r"TCC/WDDM|Driver-Model", text):
            yield Observation("os", "windows", LISTED, line.number, SOURCE, "Driver-Model")
        row = _ROW.match(text)
        if row:
            number = int(row.group(1))
            if number in names:  # printed again: nvidia-smi -l, or a second look at the same machine
                names, memory = {}, {}
            names[number] = row.group(2).strip()
            first = first or line.number
            if row.group(3) in ("TCC", "WDDM", "MCDM"):
                models.add(row.group(3))
            continue
        size = _MEMORY.search(text)
        if size and number >= 0 and number not in memory:
            memory[number] = int(size.group(2))
        if _MIG.search(text) and names:
            yield Observation("gpu.mig", "yes", LISTED, line.number, SOURCE, "MIG M.")
    if names:
        order = sorted(names)
        facts = [*cards_of([names[one] for one in order]), ("gpu.found_by", "nvidia-smi")]
        if set(order) <= set(memory):
            facts.append(("gpu.memory", [memory[one] for one in order]))
        yield from told(facts, LISTED, first, SOURCE, "GPU Name")
    if models:
        yield Observation("driver.model", "+".join(sorted(models)), LISTED, first, SOURCE, "Driver-Model")


def _list(lines: tuple[Line, ...]) -> Iterator[Observation]:
    """`nvidia-smi -L`, and the names of `nvidia-smi -q`."""
    names: dict[int, tuple[str, str]] = {}
    first, queried = 0, []
    for line in lines:
        found = _LISTED.match(line.text)
        if found:
            names[int(found.group(1))] = (found.group(2), found.group(3))
            first = first or line.number
        elif line.text.startswith("Product Name"):
            queried.append(line.text.partition(":")[2].strip())
            first = first or line.number
    if names:
        order = sorted(names)
        uuids = [names[one][1] for one in order]
        facts: list[tuple[str, Any]] = [*cards_of([names[one][0] for one in order]), ("gpu.found_by", "nvidia-smi")]
        yield from told(facts, LISTED, first, SOURCE, "nvidia-smi -L")
        if all(len(uuid) > 12 for uuid in uuids):
            yield Observation("gpu.uuid", uuids, LISTED, first, SOURCE, "UUID")
    elif queried and all(queried):
        yield from told([*cards_of(queried), ("gpu.found_by", "nvidia-smi")], LISTED, first, SOURCE, "Product Name")


_COLUMNS = {"name": "gpu", "gpu_name": "gpu", "compute_cap": "gpu.capability", "memory.total": "gpu.memory"}


def _csv(lines: tuple[Line, ...], place: int) -> Iterator[Observation]:
    """`nvidia-smi --query-gpu=name,compute_cap,driver_version --format=csv`: a line of names, then the rows."""
    heads = [re.sub(r"\s*\[.*?\]", "", cell).strip() for cell in lines[place].text.split(",")]
    if not set(heads) & set(_COLUMNS) or len(heads) < 2:
        return
    rows = []
    for line in lines[place + 1 :]:
        cells = [cell.strip() for cell in line.text.split(",")]
        if len(cells) != len(heads):
            break
        rows.append(cells)
    for index, head in enumerate(heads):
        column = [row[index] for row in rows]
        if not column or any(not cell or cell.startswith("[") or cell == "N/A" for cell in column):
            continue
        number, label = lines[place].number, head
        if head == "driver_version" and re.match(r"^\d{3}(\.\d+)*$", column[0]):
            yield Observation("driver", column[0], LISTED, number, SOURCE, label)
        elif head == "memory.total":
            sizes = [re.match(r"^(\d{2,6})(?:\s*MiB)?$", cell) for cell in column]
            if all(sizes):
                yield Observation(
                    "gpu.memory", [int(size.group(1)) for size in sizes if size], LISTED, number, SOURCE, label
                )
        elif head == "compute_cap" and all(re.match(r"^\d{1,2}\.\d$", cell) for cell in column):
            yield Observation("gpu.capability", column, LISTED, number, SOURCE, label)
        elif _COLUMNS.get(head) == "gpu":
            yield from told([*cards_of(column), ("gpu.found_by", "nvidia-smi")], LISTED, number, SOURCE, label)
