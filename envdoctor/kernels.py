"""Does a build hold code that a card can run?

CUDA C++ Programming Guide, "Application Compatibility": a cubin for X.Y runs on X.Z with Z >= Y and on no other
major; PTX for X.Y is compiled by the driver for any capability from X.Y on; targets with a suffix run on exactly
theirs (`a`) or on their family (`f`).  PTX alone is not enough: the libraries beside it (cuBLAS, cuDNN) hold no code
for a major that their toolkit does not know, which is why torch 1.2 (CUDA 10.0, PTX 3.7) fails on an RTX 30.
"""

from __future__ import annotations

from typing import Iterable


def _number(capability: str) -> tuple[int, int, str]:
    """
    >>> _number("8.6"), _number("9.0a"), _number("12")
    ((8, 6, ''), (9, 0, 'a'), (12, 0, ''))
    """
    suffix = capability[-1] if capability[-1:].isalpha() else ""
    major, _, minor = capability.rstrip("abcdefghijklmnopqrstuvwxyz").partition(".")
    return int(major), int(minor or 0), suffix


def has_cubin(card: str, cubins: Iterable[str]) -> bool:
    """
    >>> has_cubin("8.6", ["7.5", "8.0"]), has_cubin("8.0", ["8.6"]), has_cubin("9.0", ["9.0a"]), has_cubin("7.5", ["6.1"])
    (True, False, True, False)
    """
    major, minor, _ = _number(card)
    for cubin in cubins:
        its_major, its_minor, suffix = _number(cubin)
        if its_major == major and (its_minor == minor if suffix == "a" else its_minor <= minor):
            return True
    return False


def can_compile(card: str, ptx: Iterable[str], newest_of_toolkit: str) -> bool:
    """Is there PTX for the card, and does the toolkit's newest architecture reach its major?

    >>> can_compile("8.6", ["3.7"], "7.5"), can_compile("8.9", ["8.6"], "8.6"), can_compile("7.5", ["9.0"], "9.0")
    (False, True, False)
    """
    major, minor, _ = _number(card)
    if major > _number(newest_of_toolkit)[0]:
        return False
    return any(_number(target)[:2] <= (major, minor) and not _number(target)[2] for target in ptx)


def runs(card: str, cubins: Iterable[str], ptx: Iterable[str], newest_of_toolkit: str) -> bool:
    return has_cubin(card, cubins) or can_compile(card, ptx, newest_of_toolkit)
