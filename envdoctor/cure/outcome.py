"""How did a change of the environment end, and what is told on the way?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Tuple

from ..complaint import Complaint
from ..report import Words
from ..words import LANGUAGES, say

#: How it ends.  DONE: changed and proven.  ROLLED_BACK: changed, and put back.  REFUSED: nothing was touched.
#: UNFINISHED: neither the old nor the new set; the next call can finish it or put the old one back.
DONE, ROLLED_BACK, REFUSED, UNFINISHED = "done", "rolled-back", "refused", "unfinished"

#: What an event is about, in the order in which it happens (sentences: cure.stage-… in texts/cure.py).
FETCH, SAVE, STEP, CHECK, DIAGNOSE, RESTORE = "fetch", "save", "step", "check", "diagnose", "restore"
START, SLOW, END = "start", "slow", "end"


class CureError(Complaint):
    """The environment cannot be changed or put back (sentences: texts/cure.py).  Nothing was touched meanwhile."""

    area = "cure"
    status = 3


@dataclass(frozen=True)
class Moment:
    """What just happened.

    event: START, END, or SLOW (once a second while a command runs).  number, count: which of how many steps or checks.
    names: the distributions that a step changes.  seconds: for how long the stage has run.
    """

    event: str
    stage: str
    number: int = 0
    count: int = 0
    names: Tuple[str, ...] = ()
    seconds: float = 0.0


Tell = Callable[[Moment], None]


def silent(moment: Moment) -> None:
    return


@dataclass(frozen=True)
class Outcome:
    """The end of `apply`, `finish`, `roll_back` or `undo`.

    why: the id of the sentence (cure.<why>), "" where all went as planned.  said: that sentence in both languages.
    cause: what pip or uv said, condensed, where one of them failed.  log: the full output of every command, "" where
    none ran.  failing: titles of the checks that fail as they did before.
    """

    status: str
    why: str = ""
    said: Words = field(default_factory=dict)
    cause: Words | None = None
    log: str = ""
    seconds: float = 0.0
    failing: Tuple[Words, ...] = ()


def sentence(why: str, words: Mapping[str, Any]) -> Words:
    """The text cure.<why> in both languages; a word may itself be one text per language."""
    return {
        lang: say(
            "cure." + why,
            lang,
            **{name: word[lang] if isinstance(word, dict) else word for name, word in words.items()},
        )
        for lang in LANGUAGES
    }
