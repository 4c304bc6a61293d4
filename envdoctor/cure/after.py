"""What will the chart say once these distributions are changed?  Pure.

Only what is sure is foretold: versions, what is gone, what was asked for by what is gone.  Whatever lay in the files of
a changed framework is concluded from its version, as for a machine that is only described, or stays unknown.
"""

from __future__ import annotations

from typing import Iterator, Mapping

from ..chart import KNOWN, Chart, Fact, absent, canonical, known, unknown
from ..conclusions import Tables
from ..conclusions.wheels import family
from .plan import ANY

ORIGIN = "plan"
#: Tables of faults that lie in a distribution's own files: whoever is installed anew has them no longer.
_OF_FILES = (
    "packages.hollow",
    "packages.duplicates",
    "packages.recorded_twice",
    "packages.other_python",
    "packages.requires",
)
#: Frameworks of whose files the chart tells: prefix of the facts -> the distributions that decide them.
_FRAMEWORKS = {
    "torch": ("torch",),
    "torchvision": ("torchvision",),
    "torchaudio": ("torchaudio",),
    "tensorflow": ("tensorflow",),
    "keras": ("keras",),
    "jax": ("jax", "jaxlib", "jax-cuda12-plugin", "jax-cuda13-plugin"),
    "jaxlib": ("jaxlib",),
    "onnxruntime": ("onnxruntime",),
    "paddle": ("paddlepaddle",),
    "mxnet": ("mxnet",),
}
#: Of these the version is a fact of its own that no conclusion gives.
_TOLD_APART = frozenset(["torchvision", "torchaudio", "keras", "jax", "jaxlib"])


def after(chart: Chart, changes: Mapping[str, str], tables: Tables) -> Chart:
    """The chart (as the probes wrote it, nothing concluded yet) with these versions: canonical name -> version.

    "" : removed.  ANY: there, in a version that nobody knows yet.  A name that keeps its version is put back with all
    its files.
    """
    facts: dict[str, Fact] = {}
    for name, version in changes.items():
        if version == ANY:
            facts[name] = unknown("not-installed-yet", "", ORIGIN)
        else:
            facts[name] = known(version, ORIGIN) if version else absent(ORIGIN)
    for name in _OF_FILES:
        facts.update(_without(chart, name, changes))
    facts.update(_modules(chart, changes, tables))
    kept = {name: fact for name, fact in chart.facts.items() if not _is_stale(name, changes, tables)}
    for prefix in _TOLD_APART.intersection(changes):
        if f"{prefix}.version" in chart.facts:
            facts[f"{prefix}.version"] = facts[prefix]
    return chart._replace(facts=kept).with_facts(facts)


def _without(chart: Chart, name: str, changes: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    table = chart.fact(name)
    if table.state == KNOWN and isinstance(table.value, dict) and any(key in table.value for key in changes):
        left = {key: entry for key, entry in table.value.items() if key not in changes}
        yield name, known(left, table.origin) if left or name == "packages.requires" else absent(table.origin)


def _is_stale(name: str, changes: Mapping[str, str], tables: Tables) -> bool:
    """Was the fact read in files that are changed?"""
    prefix, dot, _ = name.partition(".")
    if not dot:
        return False
    if name in ("frameworks.cuda_libraries", "frameworks.half_removed"):
        return any(one in changes for one in ("torch", *family(tables, "tensorflow"))) or any(
            one.startswith("nvidia-") for one in changes
        )
    deciding = _FRAMEWORKS.get(prefix, ())
    return any(one in changes for decided in deciding for one in (decided, *family(tables, decided)))


def _modules(chart: Chart, changes: Mapping[str, str], tables: Tables) -> Iterator[tuple[str, Fact]]:
    """What `import` will find: more for what is added, less for what is removed and nobody else brings."""
    modules = chart.fact("packages.modules")
    if modules.state != KNOWN:
        return
    found = dict.fromkeys(modules.value)
    gone = {name for name, version in changes.items() if not version}
    there = set(chart.distributions()).union(changes) - gone
    for name, version in changes.items():
        for module, providers in _provided(name, tables):
            if version:
                found[module] = None
            elif not there.intersection(providers):
                found.pop(module, None)
    yield "packages.modules", known(sorted(found), modules.origin)


def _provided(name: str, tables: Tables) -> list[tuple[str, list[str]]]:
    """The modules of a distribution, each with all distributions that bring it."""
    rows: list[tuple[str, list[str]]] = []
    for row in tables.get("import-names", ()):
        if "distribution" in row and "warn" not in row:
            names = [canonical(one) for one in (row["distribution"], *row.get("also", "").split())]
            if name in names:
                rows.append((row["module"], names))
    return rows or [(name.replace("-", "_"), [name])]
