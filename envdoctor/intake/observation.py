"""What does one place of a paste say of an environment, and how much is its word worth?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Tuple

#: How much a word is worth, the least first.  IMPORTED: what `import` found, said by the running program itself.
#: LISTED: an installer's list, or a tool that asked the machine.  RECORDED: another tool's list of the same thing.
#: LOGGED: between the lines of a log or an error message.  FILLED_IN: a form.  WRITTEN: somebody's own sentence.
WRITTEN, FILLED_IN, LOGGED, RECORDED, LISTED, IMPORTED = range(1, 7)

#: What a value says: (fact, value); the value None means "looked for and not there".
Pairs = Iterable[Tuple[str, Any]]


@dataclass(frozen=True)
class Observation:
    """fact: its name on the chart.  value: JSON data, or None: looked for and not there.

    strength: one of the words above.  source: the format that it was read in.  label: what stands beside it there.
    """

    fact: str
    value: Any
    strength: int
    line: int
    source: str
    label: str = ""

    @property
    def origin(self) -> str:
        """
        >>> Observation("driver", "460.32", LISTED, 12, "nvidia-smi", "Driver Version").origin
        'line 12: Driver Version'
        """
        return f"line {self.line}: {self.label or self.source}"


def told(pairs: Pairs, strength: int, line: int, source: str, label: str = "") -> Iterator[Observation]:
    """The same place says all of this."""
    for fact, value in pairs:
        yield Observation(fact, value, strength, line, source, label)
