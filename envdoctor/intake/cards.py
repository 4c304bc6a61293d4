"""Which card of the table does a name mean that people write, or that nvidia-smi has cut to its column?"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, Tuple

_CUT = re.compile(r"\.\.\.?$|…$")


def identify(name: str, rows: Iterable[Mapping[str, Any]]) -> Tuple[str, str]:
    """(the name to write down, the compute capability or "" where the name stands for several or for none).

    A complete name gets the table's spelling; a cut one, and one that lacks the form of the card, stays as it is.

    >>> rows = [{"name": n, "cc": c} for n, c in (("GeForce GTX 1050", "6.1"), ("GeForce GTX 1050 Ti", "6.1"),
    ...         ("Tesla V100-PCIE-16GB", "7.0"), ("Quadro RTX 4000", "7.5"), ("NVIDIA RTX 4000 Ada Generation", "8.9"))]
    >>> identify("1050 ti", rows), identify("GeForce GTX 105...", rows), identify("GeForce ...", rows)
    (('GeForce GTX 1050 Ti', '6.1'), ('GeForce GTX 105...', '6.1'), ('GeForce ...', ''))
    >>> identify("V100", rows), identify("RTX 4000", rows)
    (('V100', '7.0'), ('RTX 4000', ''))
    """
    table = [row for row in rows if "name" in row]
    cut = bool(_CUT.search(name))
    wanted = _words(_CUT.sub("", name))
    if not wanted or (cut and not re.search(r"\d", name)):
        return name, ""
    same = [row for row in table if wanted in (_words(row["name"]), _words(str(row.get("alias", ""))))]
    if same and not cut:
        return (name if _is_spelled(name, same[0]) else str(same[0]["name"])), _capability(same)
    short = _bare(wanted)
    near = [row for row in table if _begins(_words(row["name"]), wanted, cut)]
    exact = [row for row in near if _bare(_words(row["name"])) == short]
    if exact and not cut and len(near) > len(exact) and _capability(near) == "":
        # "RTX 3080" is the desktop card and not the laptop's; "RTX 4000" is the Quadro or the one of the Ada generation
        geforce = [row for row in exact if row["name"].startswith("GeForce")]
        near = exact if geforce else near
    if exact and not cut and len({_capability([row]) for row in near}) == 1:
        return str(exact[0]["name"]), _capability(exact)
    if not near:
        return name, ""
    capability = _capability(near)
    return name, capability


def _begins(full: Tuple[str, ...], wanted: Tuple[str, ...], cut: bool) -> bool:
    if cut:
        return " ".join(full).startswith(" ".join(wanted))
    short = _bare(wanted)
    return _bare(full)[: len(short)] == short


def _is_spelled(name: str, row: Mapping[str, Any]) -> bool:
    """Only the case, or the maker before it, differs."""
    short = re.sub(r"^nvidia ", "", name.lower())
    return short == re.sub(r"^nvidia ", "", str(row["name"]).lower())


def _capability(rows: Iterable[Mapping[str, Any]]) -> str:
    found = {str(row["cc"]) if "also_cc" not in row else "" for row in rows}
    return found.pop() if len(found) == 1 else ""


def _words(name: str) -> Tuple[str, ...]:
    """
    >>> _words("NVIDIA GeForce RTX2080Ti"), _words("Tesla V100-PCIE-16GB")
    (('geforce', 'rtx', '2080', 'ti'), ('tesla', 'v100', 'pcie', '16gb'))
    """
    text = name.lower().replace("(tm)", "").replace("(r)", "").replace("max-q", "maxq")
    text = re.sub(r"\b(rtx|gtx|gt|mx)(?=\d)", r"\1 ", re.sub(r"(?<=\d)(ti|super)\b", r" \1", text))
    text = re.sub(r"(\d+)\s*gi?b\b", r"\1gb", text)
    words = [word for word in re.split(r"[\s_-]+", text) if word and word not in ("nvidia", "graphics")]
    return tuple(words)


def _bare(words: Tuple[str, ...]) -> Tuple[str, ...]:
    """Without the family, which people leave out: "A6000", "V100", "1080 Ti"."""
    families = ("geforce", "tesla", "quadro")
    kept = tuple(word for word in words if word not in families)
    if kept[:1] and kept[0] in ("rtx", "gtx", "gt") and len(kept) > 1 and re.match(r"^(a?\d{3,4}m?)$", kept[1]):
        number = kept[1]
        if re.match(r"^(10[5-8]0|16[0-6]0|[2-5]0[5-9]0|a\d{3,4})", number):  # the family follows from the number
            kept = kept[1:]
    return kept
