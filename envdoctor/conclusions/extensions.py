"""Do the GPU extensions beside torch (xformers, flash-attn, bitsandbytes) fit this torch and these cards?

Only the table `extensions` speaks; a release past its edge, and triton, which torch brings itself, are not judged.
"""

from __future__ import annotations

from typing import Any, Mapping

from .. import versions
from ..chart import KNOWN, Chart, Fact, absent, known
from . import Tables, need, undecided

FACTS = {
    "extensions.other_torch": "extensions made for another torch: name -> {version, wanted, torch, fit}",
    "extensions.old_cards": "extensions that serve none of the cards: name -> {version, capability, cards}",
}

#: Releases of these follow one another, so that one without a row of its own is like the last row before it.
_IN_STEPS = ("flash-attn", "bitsandbytes")
_EXACT = ("xformers",)


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {
        **undecided(["extensions.other_torch"], lambda: _other_torch(chart, tables)),
        **undecided(["extensions.old_cards"], lambda: _old_cards(chart, tables)),
    }


def _row(tables: Tables, name: str, version: str) -> Mapping[str, str] | None:
    """The row of a release."""
    rows = [row for row in tables.get("extensions", ()) if row["package"] == name and "version" in row]
    exact = [row for row in rows if row["version"] == version.partition("+")[0]]
    if exact or name in _EXACT:
        return exact[0] if exact else None
    before = [row for row in rows if versions.compare(row["version"], "<=", version)]
    return before[-1] if before else None


def _installed(chart: Chart, tables: Tables) -> dict[str, tuple[str, Mapping[str, str]]]:
    found = {}
    for name in _EXACT + _IN_STEPS:
        version = chart.value(name)
        row = _row(tables, name, str(version)) if version else None
        if row is not None:
            found[name] = (str(version), row)
    return found


def _told(chart: Chart, faults: Mapping[str, Any]) -> Fact:
    """The faults; none is only certain when nobody failed to look for one of the extensions."""
    if faults:
        return known(dict(faults))
    for name in _EXACT + _IN_STEPS:
        need(chart, name)
    return absent()


def _other_torch(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """Another patch release of the wanted torch is let pass: it warns, and mostly works."""
    misfits: dict[str, Any] = {}
    installed = _installed(chart, tables)
    torch = str(need(chart, "torch.version", "")) if installed else ""
    for name, (version, row) in installed.items():
        wanted = row.get("torch", "")
        if not torch or not wanted or versions.within(torch, wanted) is not False:
            continue
        if wanted.startswith("==") and wanted[2:].split(".")[:2] == torch.split(".")[:2]:
            continue
        entry = {"version": version, "wanted": wanted, "torch": torch}
        fits = [
            one["version"]
            for one in tables.get("extensions", ())
            if one["package"] == name and one.get("torch", "").startswith("==") and versions.within(torch, one["torch"])
        ]
        python = ".".join(str(chart.value("python", "")).split(".")[:2])
        served = [one["python"].split() for one in tables["extensions"] if one.get("version") == (fits or [""])[-1]]
        if fits and served and python in served[0]:
            entry["fit"] = fits[-1]
        misfits[name] = entry
    return {"extensions.other_torch": _told(chart, misfits)}


def _old_cards(chart: Chart, tables: Tables) -> dict[str, Fact]:
    old: dict[str, Any] = {}
    installed = {name: both for name, both in _installed(chart, tables).items() if "cc_min" in both[1]}
    capabilities = need(chart, "gpu.capability", []) if installed else []
    cards = chart.fact("gpu")
    labels = [str(card) for card in cards.value] if cards.state == KNOWN else ["GPU"] * len(capabilities)
    for name, (version, row) in installed.items():
        if capabilities and all(versions.compare(str(one), "<", row["cc_min"]) for one in capabilities):
            shown = ", ".join(f"{label} ({capability})" for label, capability in zip(labels, capabilities))
            old[name] = {"version": version, "capability": row["cc_min"], "cards": shown}
    return {"extensions.old_cards": _told(chart, old)}
