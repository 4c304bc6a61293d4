#!/usr/bin/env python3
"""Does any pattern of rules/symptoms take more than its share of time on a hostile line?

python benchmarks/hostile_lines.py [CHARACTERS]

Every pattern is searched in lines that repeat each of its own fixed texts, alone and with words, blanks and brackets
between them, at a length and at twice that length (default: 50,000 and 100,000 characters, although the doctor cuts
lines at 4,000).  Linear patterns take twice as long; printed are those that take more than three times.
"""

from __future__ import annotations

import os
import re
import sys
import time
from typing import Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from envdoctor import symptoms  # noqa: E402
from envdoctor.explaining.patterns import literals  # noqa: E402

#: A growth that is measured in less than this says nothing (seconds).
_NOTICEABLE = 0.02


def lines(text: str, length: int) -> Iterator[str]:
    for between in ("", " ", "a", " a.b/c-1, ", "'x' (", "0123 ", "::"):
        unit = text + between
        yield (unit * (length // len(unit) + 1))[:length]
    yield (text + "a" * length)[:length]
    yield (text + " " * length)[:length]


def seconds(pattern: re.Pattern[str], line: str) -> float:
    start = time.perf_counter()
    pattern.search(line)
    return time.perf_counter() - start


def main() -> int:
    length = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    slow, slowest = 0, 0.0
    known = symptoms.load(os.path.join(ROOT, "rules"))
    for symptom in known.symptoms:
        for text in symptom.match:
            pattern = re.compile(text)
            for literal in literals(text)[0]:
                for short, long in zip(lines(literal, length), lines(literal, 2 * length)):
                    one = seconds(pattern, short)
                    if one > 5:
                        print(f"{symptom.file}: {one:.1f} s: {text}")
                        slow += 1
                        break
                    other = seconds(pattern, long)
                    slowest = max(slowest, other)
                    if other > max(_NOTICEABLE, 3 * one):
                        print(f"{symptom.file}: {1000 * one:.0f} ms -> {1000 * other:.0f} ms: {text}")
                        slow += 1
                        break
    print(f"{len(known.symptoms)} symptoms; longest search {1000 * slowest:.0f} ms; {slow} grow faster than the line")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
