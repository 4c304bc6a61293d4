"""Which cards does a process's environment ask for?  Pure.

CUDA reads CUDA_VISIBLE_DEVICES up to the first entry that names no card, and counts from the fastest card on unless
CUDA_DEVICE_ORDER is PCI_BUS_ID; NVML and nvidia-smi go by place on the bus and heed neither.
https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping, Sequence, Tuple

from .evidence import Card

_VARIABLE = "CUDA_VISIBLE_DEVICES"
#: How an empty value is shown.
_EMPTY = '""'


@dataclass(frozen=True)
class Wish:
    """uuids: the cards that were asked for (None: nothing chooses, or nobody knows which).  by: what asked for them.

    surely: False where a number may mean another card to CUDA than to nvidia-smi.  hides: `by` leaves no card at all.
    """

    uuids: Tuple[str, ...] | None = None
    by: str = ""
    surely: bool = True
    hides: bool = False


def wish(environ: Mapping[str, str], cards: Sequence[Card]) -> Wish:
    """
    >>> pair = [Card("A", "GPU-aa"), Card("B", "GPU-bb")]
    >>> wish({"CUDA_VISIBLE_DEVICES": "GPU-b,0"}, pair)
    Wish(uuids=('GPU-bb', 'GPU-aa'), by='CUDA_VISIBLE_DEVICES=GPU-b,0', surely=False, hides=False)
    >>> wish({"CUDA_VISIBLE_DEVICES": "7,0"}, pair).hides, wish({}, pair).uuids
    (True, None)
    """
    value = environ.get(_VARIABLE)
    if value is None:
        return Wish()
    chosen = []
    for entry in (part.strip() for part in value.split(",")):
        if entry.startswith("MIG-"):
            return Wish(by=f"{_VARIABLE}={value}")
        card = _named(entry, cards)
        if card is None:
            break
        chosen.append(card)
    numbered = any(part.strip().isdigit() for part in value.split(",")[: len(chosen)])
    alike = len({card.name for card in cards}) < 2 or environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
    by = f"{_VARIABLE}={value or _EMPTY}"
    return Wish(tuple(card.uuid for card in chosen), by, alike or not numbered, not chosen)


def _named(entry: str, cards: Sequence[Card]) -> Card | None:
    if re.match(r"\d+$", entry, re.ASCII):
        return cards[int(entry)] if int(entry) < len(cards) else None
    if not entry.startswith("GPU-"):
        return None
    return next((card for card in cards if card.uuid.startswith(entry)), None)
