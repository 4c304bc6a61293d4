"""Which networks does the memory of the card hold, and which one does the project train?

The table `memory-for-networks` names the least memory of a card as it is sold ("6 GB").  A driver reports a little
less: it keeps some for itself, and ECC takes a sixteenth (a GTX 1660 Ti: 5944 MiB, a Tesla T4: 15109 MiB).  So a card
counts as the smallest size in which any card of the table `gpus` is sold and that holds what was reported.
"""

from __future__ import annotations

import math

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known
from . import Tables
from .kernels import spelled

FACTS = {
    "gpu.memory": "memory of each card by its name, where the driver does not say and it is sold in one size (MiB)",
    "gpu.memory_largest": "memory of the largest card as it is sold, GB",
    "project.network": "the network that the project trains, as people write it",
    "project.memory": "the least GPU memory for its training in the memory guide, GB",
}

_TABLE = "memory-for-networks"
_NAMES = ("name", "alias")


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    memory = chart.fact("gpu.memory")
    if memory.state == UNKNOWN:
        memory = _by_name(chart, tables)
    largest = memory
    if memory.state == KNOWN:
        largest = known(size_as_sold(max(memory.value), tables), memory.origin)
    return {"gpu.memory": memory, "gpu.memory_largest": largest, **_network(chart, tables)}


def _by_name(chart: Chart, tables: Tables) -> Fact:
    cards = chart.fact("gpu")
    if cards.state != KNOWN:
        return absent(cards.origin) if cards.state == ABSENT else chart.fact("gpu.memory")
    sizes = {spelled(row[key]): row["memory"].split() for row in tables.get("gpus", ()) for key in _NAMES if key in row}
    found = [sizes.get(spelled(str(name)), []) for name in cards.value]
    if not found or any(len(one) != 1 for one in found):
        return chart.fact("gpu.memory")
    return known([int(float(one[0]) * 1024) for one in found], "the table of cards")


def _network(chart: Chart, tables: Tables) -> dict[str, Fact]:
    fact = chart.fact("project.networks")
    if fact.state == KNOWN and isinstance(fact.value, dict) and len(fact.value) == 1:
        for row in tables.get(_TABLE, ()):
            if row["network"] == f"has {next(iter(fact.value))}":
                least = row["memory"].lstrip(">=")
                return {
                    "project.network": known(row["name"], fact.origin),
                    "project.memory": known(least, "the memory guide"),
                }
    nothing = fact if fact.state == UNKNOWN else absent(fact.origin)
    return {"project.network": nothing, "project.memory": nothing}


def size_as_sold(memory_mib: float, tables: Tables) -> float | int:
    """The size in GB by which a card is sold that reports this much.

    >>> cards = {"gpus": [{"memory": "6 12"}, {"memory": "8"}]}
    >>> [size_as_sold(mib, cards) for mib in (5926, 6144, 7618, 8192, 11441, 24564)]
    [6, 6, 8, 8, 12, 24]
    """
    sizes = sorted({float(size) for row in tables.get("gpus", ()) for size in row["memory"].split()})
    size = next((size for size in sizes if size * 1024 >= memory_mib), math.ceil(memory_mib / 1024))
    return int(size) if size == int(size) else size


def networks_that_fit(memory_mib: int, tables: Tables) -> tuple[list[str], list[str]]:
    """The networks of the memory guide that can be trained on a card with this much memory, and those that want more.

    The batch sizes of their repositories are meant; with smaller ones more of them fit.
    """
    size = str(size_as_sold(memory_mib, tables))
    fit: list[str] = []
    too_large: list[str] = []
    for row in tables.get(_TABLE, ()):
        (fit if versions.within(size, row["memory"]) else too_large).append(row["name"])
    return fit, too_large
