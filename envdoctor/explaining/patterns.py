"""Which text must a line hold for a pattern to match it, and can the pattern run away on a long line?"""

from __future__ import annotations

import re
import sys
from typing import Any, FrozenSet, Iterator, List, Tuple

if sys.version_info >= (3, 11):
    from re import _parser  # type: ignore[attr-defined]
else:
    import sre_parse as _parser

#: So many characters must be fixed in a pattern that stands alone; where others must be nearby, fewer will do.
ALONE, WITH_NEARBY = 4, 2
_REPEATS = frozenset(str(name) for name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"))
_MANY = 200
#: In a line of a few thousand characters two free gaps cost a moment, more cost minutes (measured).
_GAPS = 3


def literals(pattern: str) -> Tuple[FrozenSet[str], bool]:
    """Texts of which every match holds at least one, and whether only in lower case; none: an empty set.

    >>> sorted(literals(r"No module named '?(?P<mod>\\w+)")[0])
    ['No module named ']
    """
    parsed = _parse(pattern)
    state = getattr(parsed, "state", None) or parsed.pattern  # its name until Python 3.7
    folded = bool(state.flags & re.IGNORECASE) or _folds(parsed)
    found = _required(parsed)
    if folded:
        found = frozenset(text.lower() for text in found)
    return found, folded


def shortest(texts: FrozenSet[str]) -> int:
    """The length of the shortest, 0 where there is none."""
    return min(map(_length, texts), default=0)


def _length(text: str) -> int:
    """A Chinese character says as much as two letters."""
    return sum(1 if character < "\u1100" else 2 for character in text)


def _parse(pattern: str) -> Any:
    return _parser.parse(pattern)


def _required(sequence: Any) -> FrozenSet[str]:
    """The best choice among the parts of a sequence: the one whose shortest text is longest."""
    choices: List[FrozenSet[str]] = []
    run = ""
    for op, value in sequence:
        name = str(op)
        if name == "LITERAL":
            run += chr(value)
            continue
        if run:
            choices.append(frozenset([run]))
            run = ""
        if name == "SUBPATTERN":
            choices.append(_required(value[-1]))
        elif name == "ATOMIC_GROUP":
            choices.append(_required(value))
        elif name == "BRANCH":
            parts = [_required(part) for part in value[1]]
            if all(parts):
                choices.append(frozenset().union(*parts))
        elif name in _REPEATS and value[0] >= 1:
            choices.append(_required(value[2]))
        elif name == "ASSERT" and value[0] == 1:
            choices.append(_required(value[1]))
    if run:
        choices.append(frozenset([run]))
    return max((one for one in choices if one), key=_worth, default=frozenset())


def _worth(texts: FrozenSet[str]) -> Tuple[int, int]:
    return min(map(_length, texts)), -len(texts)


def _folds(sequence: Any) -> bool:
    return any(
        str(op) == "SUBPATTERN" and len(value) == 4 and bool(value[1] & re.IGNORECASE) for op, value in _walk(sequence)
    )


def _walk(sequence: Any) -> Iterator[Tuple[Any, Any]]:
    for op, value in sequence:
        yield op, value
        for part in _parts(str(op), value):
            yield from _walk(part)


def _parts(name: str, value: Any) -> List[Any]:
    if name == "SUBPATTERN":
        return [value[-1]]
    if name == "ATOMIC_GROUP":
        return [value]
    if name == "BRANCH":
        return list(value[1])
    if name in _REPEATS:
        return [value[2]]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [value[1]]
    return []


# ---------------------------------------------------------------- safety


def dangers(pattern: str) -> List[str]:
    """What makes a pattern slow on a hostile line: nested or neighbouring free repeats, too many gaps, references."""
    try:
        re.compile(pattern)
    except re.error as error:
        return [f"no regular expression: {error}"]
    parsed = _parse(pattern)
    found: List[str] = []
    if any(str(op) in ("GROUPREF", "GROUPREF_EXISTS") for op, _ in _walk(parsed)):
        found.append("refers to a group of its own")
    for op, value in _walk(parsed):
        if _is_free(op, value) and _tangled(list(value[2])):
            found.append("a repeat within a repeat")
            break
    if _begins_free(parsed):
        found.append("begins with a free repeat, which is tried from every character on (a bound like {1,80} helps)")
    if _neighbours(parsed):
        found.append("two repeats beside each other that take the same characters")
    if sum(_is_gap(op, value) for op, value in _walk(parsed)) > _GAPS:
        found.append(f"more than {_GAPS} gaps of any length")
    return found


def _is_free(op: Any, value: Any) -> bool:
    """A repeat whose number is not fixed within narrow bounds."""
    return str(op) in _REPEATS and value[1] > _MANY


def _tangled(body: Any) -> bool:
    """A repeat within a repeat, and no separator that tells where one round ends: `(\\.\\w+)*` has one."""
    inner = [value[2] for op, value in _walk(body) if _is_free(op, value)]
    ends = [part for part in (body[:1], body[-1:]) if part and str(part[0][0]) in ("LITERAL", "IN")]
    return bool(inner) and not any(not any(_overlap(end, one) for one in inner) for end in ends)


def _begins_free(sequence: Any) -> bool:
    """A pattern, or one of its alternatives, whose first part is a free repeat; behind an anchor it is tried once."""
    for op, value in sequence:
        name = str(op)
        if _is_free(op, value):
            return True
        if name in ("SUBPATTERN", "BRANCH", "ATOMIC_GROUP"):
            return any(_begins_free(part) for part in _parts(name, value))
        if name in _REPEATS:
            if _begins_free(value[2]):
                return True
            if value[0] == 0:
                continue  # what may be missing is no beginning
        return False
    return False


def _is_gap(op: Any, value: Any) -> bool:
    """`.*` and its like: a free repeat of nearly any character."""
    if not _is_free(op, value):
        return False
    return any(str(inner) in ("ANY", "NOT_LITERAL") or _is_negated(inner, what) for inner, what in value[2])


def _is_negated(op: Any, value: Any) -> bool:
    return str(op) == "IN" and str(value[0][0]) == "NEGATE"


def _neighbours(sequence: Any) -> bool:
    items = list(sequence)
    for (op, value), (next_op, next_value) in zip(items, items[1:]):
        if _is_free(op, value) and _is_free(next_op, next_value) and _overlap(value[2], next_value[2]):
            return True
    return any(_neighbours(part) for op, value in items for part in _parts(str(op), value))


#: Characters by which two classes are compared: letters, digits, blanks and the signs of paths and messages.
_SAMPLE = "aZ_é中09 \t.,:;/\\-'\"()[]{}<>=+*|"


def _overlap(one: Any, other: Any) -> bool:
    """Can both begin with the same character?"""
    return any(_takes(one, character) and _takes(other, character) for character in _SAMPLE)


def _takes(sequence: Any, character: str) -> bool:
    """Can this part of a pattern begin with the character?  Judged for its first item."""
    for op, value in sequence:
        name = str(op)
        if name == "ANY":
            return True
        if name == "LITERAL":
            return bool(chr(value) == character)
        if name == "NOT_LITERAL":
            return bool(chr(value) != character)
        if name == "IN":
            return _in_class(value, character)
        parts = _parts(name, value)
        return any(_takes(part, character) for part in parts) if parts else True
    return True


def _in_class(items: Any, character: str) -> bool:
    negated, inside = False, False
    for op, value in items:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            inside = inside or chr(value) == character
        elif name == "RANGE":
            inside = inside or value[0] <= ord(character) <= value[1]
        elif name == "CATEGORY":
            inside = inside or _in_category(str(value), character)
    return inside != negated


def _in_category(name: str, character: str) -> bool:
    shape = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[name.split("_")[-1]]
    return bool(re.match(shape, character)) != ("_NOT_" in name)
