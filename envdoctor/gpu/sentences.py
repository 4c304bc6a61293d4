"""How do the parts of an answer read in one language?  Pure."""

from __future__ import annotations

from statistics import median
from typing import Any, Sequence

from ..overview import gib, reason
from ..words import say
from .answer import Answer
from .evidence import Card, Reason, Sample, Verdict


def sentence(one: Reason, lang: str) -> str:
    """A reason in words; what fills it may itself have a name in this language."""
    words = dict(one.words)
    if "why" in words:
        words["reason"] = reason(words["why"], words.get("detail", ""), lang)
    if "verdict" in words:
        words["verdict"] = say("gpu.verdict-" + words["verdict"], lang).rstrip(".。")
    if "stage" in words:
        words["stage"] = say("gpu.stage-" + words["stage"], lang)
    return say("gpu." + one.text, lang, **words)


def headline(verdict: Verdict, how: str, lang: str) -> str:
    """The verdict in one sentence."""
    for name in (f"gpu.verdict-{how}-{verdict.verdict}", f"gpu.verdict-{verdict.verdict}"):
        try:
            text = say(name, lang)
            break
        except KeyError:
            continue
    if verdict.verdict == "cannot-tell":
        return text
    sure = say("gpu.confidence-" + verdict.confidence, lang)
    return say("gpu.headline", lang, headline=text.rstrip(".。"), confidence=sure)


def card_line(number: int, card: Card, lang: str) -> str:
    """`GPU 0: NVIDIA GeForce RTX 3080, 10 GiB`"""
    if card.memory_mib:
        return say("gpu.card", lang, number=number, name=card.name, gib=gib(card.memory_mib))
    return say("gpu.card-no-size", lang, number=number, name=card.name)


# ---------------------------------------------------------------- figures


def series(samples: Sequence[Sample], name: str) -> list[float]:
    """What was measured under this name, without the looks that told nothing."""
    return [value for value in (getattr(one, name) for one in samples) if value is not None]


#: Figures of a watch: name of the field, id of its label, id of its summary.
FIGURES = (
    ("gpu_util", "figure-gpu", "figures-percent"),
    ("sm_util", "figure-sm", "figures-percent"),
    ("memory_mib", "figure-memory", "figures-mib"),
    ("cpu", "figure-cpu", "figures-core"),
)


def figures(answer: Answer, lang: str) -> list[tuple[str, str, list[float]]]:
    """(label, summary in words, values) of everything that was measured."""
    found = []
    for name, label, text in FIGURES:
        values = series(answer.samples, name)
        if values:
            words = {"middle": round(median(values)), "most": round(max(values)), "last": round(values[-1])}
            found.append((say("gpu." + label, lang), say("gpu." + text, lang, **words), values))
    return found


def summary(answer: Answer) -> dict[str, Any]:
    """The same for scripts: name -> median, maximum, share of zeros."""
    found: dict[str, Any] = {"seconds": answer.took_s, "samples": len(answer.samples)}
    for name, _, _ in FIGURES:
        values = series(answer.samples, name)
        found[name] = (
            {
                "median": round(median(values), 1),
                "max": round(max(values), 1),
                "zero_share": round(sum(value <= 0 for value in values) / len(values), 3),
            }
            if values
            else None
        )
    return found
