"""Would the framework that the project pins run on this machine, as far as its published builds tell?

Asked before anything is installed: the pinned build is imagined here and goes through the same conclusions as an
installed one.  Where the pinned version is installed, the rules about what is installed have said it already.
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known
from . import Tables, frameworks, kernels
from .declared import applies, markers_of
from .wheels import Place, candidates, doubt_of, family, installed, is_open

FACTS = {
    "project.pinned_lacks_card": (
        "pinned builds without code for any of the cards, nothing of them installed: "
        "name -> {version, where, cuda, cards, cards_are, code}"
    ),
    "project.pinned_lacks_driver": "pinned builds that need a newer driver: name -> {version, where, cuda, driver}",
    "project.pinned_without_gpu": "pinned TensorFlow without GPU support on native Windows: name -> {version, where}",
    "project.pin_outlived": (
        "pinned builds that could not use this machine's card, another version being installed: "
        "name -> {version, where, cuda, installed}"
    ),
    "project.pins_at_odds": (
        "pins that another pin of the project refuses, judged before anything is installed: "
        "name -> {version, where, by, demander, by_where, wanted}"
    ),
}

_FRAMEWORKS = {"torch": "torch", "tensorflow": "tensorflow", "tensorflow-gpu": "tensorflow"}
_CONDA_CUDA = ("cudatoolkit", "pytorch-cuda", "cuda-version")


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    requires = chart.fact("project.requires")
    if requires.state != KNOWN:
        return {name: requires for name in FACTS}
    doubt = doubt_of(chart)
    if doubt:
        return {name: doubt for name in FACTS}
    told: dict[str, dict[str, Any]] = {name: {} for name in FACTS}
    unsure: dict[str, Fact] = {}
    for name, framework in _FRAMEWORKS.items():
        want = requires.value.get(name)
        build = _pinned(chart, tables, name, want, requires.value) if want else None
        if build is None:
            continue
        version, cuda = build
        there = installed(chart, tables, name)
        if there.state == KNOWN and versions.compare(str(there.value), "==", version):
            continue
        if there.state == UNKNOWN:
            unsure = dict.fromkeys(FACTS, there)
            continue
        imagined = _imagine(chart, tables, name, framework, version, cuda)
        entry = {
            "version": version,
            "where": str(want.get("where", "")),
            "cuda": str(imagined.value(f"{framework}.cuda", "")),
        }
        for key, verdict, more in _verdicts(imagined, framework, version):
            if there.state == KNOWN and key == "project.pinned_lacks_driver":
                continue  # a driver can be updated; a card cannot
            if verdict.state == UNKNOWN:
                unsure.setdefault(key if there.state == ABSENT else "project.pin_outlived", verdict)
            elif verdict.value != "yes" or verdict.state == ABSENT:
                continue
            elif there.state == ABSENT:
                told[key][name] = {**entry, **more}
            else:
                told["project.pin_outlived"][name] = {**entry, "installed": str(there.value)}
    odds = _at_odds(chart, tables)
    return {
        **{name: known(told[name], requires.origin) if told[name] else unsure.get(name, absent()) for name in FACTS},
        "project.pins_at_odds": known(odds, requires.origin) if odds else absent(),
    }


def _pinned(
    chart: Chart, tables: Tables, name: str, want: Mapping[str, Any], every: Mapping[str, Any]
) -> tuple[str, str] | None:
    """(version, its CUDA where the project names one) that an installer would take, or None where that is open."""
    specifier = str(want.get("specifier", ""))
    if not specifier or want.get("url") or is_open(name, specifier, tables):
        return None
    if not applies(want.get("marker", ""), markers_of(chart)):
        return None
    taken = candidates(name, specifier, tables)
    if want.get("tool") == "conda":  # its builds are chosen by a second package, and are there for other Pythons
        cuda = _conda_cuda(every) if name == "torch" else ""
        return (taken[-1], cuda) if taken and cuda else None
    place = Place(chart)
    taken = [one for one in taken if place.served(name, [one], tables)]
    local = re.search(r"===?\s*[\w.]+(\+[\w.]+)", specifier)
    return (taken[-1] + (local.group(1) if local else ""), "") if taken else None


def _at_odds(chart: Chart, tables: Tables) -> dict[str, Any]:
    """Only where nothing is installed yet: an environment that exists has settled it in one way or another."""
    if chart.patient.get("kind") not in ("target", "assumed"):
        return {}
    from ..arrivals import arrivals

    return dict(arrivals(chart, tables).at_odds)


def _conda_cuda(every: Mapping[str, Any]) -> str:
    for name in _CONDA_CUDA:
        match = re.match(r"==(\d+\.\d+)", str(every.get(name, {}).get("specifier", "")))
        if match and every[name].get("tool") == "conda":
            return match.group(1)
    return ""


def _imagine(chart: Chart, tables: Tables, name: str, framework: str, version: str, cuda: str) -> Chart:
    """The chart of this machine with the pinned build in place of what is installed."""
    others = family(tables, name)
    facts = {
        key: fact for key, fact in chart.facts.items() if not key.startswith(framework + ".") and key not in others
    }
    facts.update({one: absent() for one in others})
    facts[name] = known(version)
    if cuda:
        facts["torch.cuda"] = known(cuda)
    imagined = chart._replace(facts=facts)
    for module in (frameworks, kernels):
        concluded = module.conclude(imagined, tables)
        imagined = imagined.with_facts({key: fact for key, fact in concluded.items() if key not in imagined.facts})
    return imagined


def _verdicts(imagined: Chart, framework: str, version: str) -> list[tuple[str, Fact, dict[str, str]]]:
    """(fact, "yes" where it holds, what more there is to say)."""
    nvidia, system = imagined.fact("gpu.nvidia"), imagined.value("os")
    if nvidia.state == KNOWN and nvidia.value != "yes":
        return []
    cards = ", ".join(map(str, imagined.value(f"{framework}.gpus_without_code", [])))
    code = ", ".join(map(str, imagined.value(f"{framework}.capabilities", [])))
    verdicts = [
        (
            "project.pinned_lacks_card",
            _no(imagined.fact(f"{framework}.runs_on_gpu")),
            {"cards": cards, "code": code, "cards_are": str(imagined.value(f"{framework}.gpu_is", "other"))},
        ),
        (
            "project.pinned_lacks_driver",
            _no(imagined.fact(f"{framework}.driver_ok")),
            {"driver": str(imagined.value(f"{framework}.driver_min", ""))},
        ),
    ]
    if framework == "tensorflow" and system == "windows" and versions.compare(version, ">=", "2.11"):
        verdicts.append(("project.pinned_without_gpu", nvidia, {}))
    return verdicts


def _no(fact: Fact) -> Fact:
    return known("yes" if fact.value == "no" else "no") if fact.state == KNOWN else fact
