"""Of which environments does a paste speak, and what does it say of each?

The chart that comes out holds the facts that a live patient's chart would hold, under the same names, so that it is
judged in the same way.  What stands nowhere is unknown, except what an imagined machine is taken for (assume.PRESUMED).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Iterable, Mapping

from .. import __version__
from ..assume import PRESUMED, alone
from ..chart import DISTRIBUTIONS, VARIABLES, Chart, Fact, absent, canonical, is_distribution, known, unknown
from ..versions import compare
from . import (
    collect_env,
    conda,
    detectron2,
    framework_logs,
    issue_form,
    messages,
    nvidia_smi,
    openmmlab,
    pip_list,
    prose,
    python_session,
    toolkit,
    transformers_env,
    ultralytics,
    variables,
)
from .cards import identify
from .lines import Line, lines
from .observation import FILLED_IN, IMPORTED, LISTED, LOGGED, WRITTEN, Observation
from .page import page
from .sections import Section, sections

_READERS = (collect_env, nvidia_smi, toolkit, pip_list, conda, framework_logs, transformers_env, detectron2)
READERS = (*_READERS, openmmlab, ultralytics, python_session, issue_form, messages, variables)
#: Observations that are no facts of their own: conda was seen (or looked for in vain); a list was complete.
_CONDA, _EVERYTHING = "conda", "distributions"


@dataclass(frozen=True)
class Contradiction:
    """One fact, told differently: (value, origin) of each, the one that counts first; chosen: None where none does."""

    fact: str
    told: tuple[tuple[str, str], ...]
    chosen: str | None


@dataclass(frozen=True)
class Environment:
    """name: the heading above it, or "".  broken: what the heading says of it (None: nothing)."""

    chart: Chart
    name: str
    broken: bool | None
    contradictions: tuple[Contradiction, ...]
    observations: tuple[Observation, ...]
    first: int = 1


@dataclass(frozen=True)
class Intake:
    """environments: in the order of the paste.  main: place of the one that is meant (the broken, else the last)."""

    environments: tuple[Environment, ...]
    main: int = 0

    @property
    def chart(self) -> Chart:
        return self.environments[self.main].chart

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        return self.environments[self.main].contradictions

    @property
    def lines(self) -> tuple[int, ...]:
        """The numbers of the lines that told something."""
        return tuple(sorted({one.line for found in self.environments for one in found.observations}))


def read(text: str, tables: Mapping[str, Any] | None = None) -> Intake:
    """What a paste says; an environment without facts where it says nothing.  `tables`: the rulebook's."""
    if tables is None:
        from ..rulebook import load

        tables = load().tables
    split = sections(lines(text))
    shared = _observe(split.shared)
    found = [_environment(part, shared, tables) for part in split.parts]
    telling = [one for one in found if any(seen not in shared for seen in one.observations)] or found[:1]
    telling = _without_repetitions(telling)
    return Intake(tuple(telling), _main(telling))


def _main(environments: list[Environment]) -> int:
    """The one that is called broken; else the last that is not called working."""
    places = range(len(environments))
    broken = [place for place in places if environments[place].broken]
    others = [place for place in places if environments[place].broken is None]
    return (broken or others or list(places))[-1]


def _without_repetitions(environments: list[Environment]) -> list[Environment]:
    """The same report pasted twice is one environment."""
    kept: list[Environment] = []
    for one in environments:
        values = {(name, repr(fact.value)) for name, fact in one.chart.facts.items()}
        if all(values != {(name, repr(fact.value)) for name, fact in other.chart.facts.items()} for other in kept):
            kept.append(one)
    return kept


def _observe(part: tuple[Line, ...]) -> tuple[Observation, ...]:
    if not part:
        return ()
    one = page(part)
    told = [observation for reader in READERS for observation in reader.read(one)]
    printed = {observation.line for observation in told if observation.strength > FILLED_IN}
    filled = {(observation.line, observation.fact) for observation in told}
    written = (one for one in prose.read(one) if one.line not in printed and (one.line, one.fact) not in filled)
    return (*told, *written)


def _environment(part: Section, shared: tuple[Observation, ...], tables: Mapping[str, Any]) -> Environment:
    own = _observe(part.lines)
    told_here = {one.fact for one in own}
    seen = (*own, *(one for one in shared if one.fact not in told_here))
    facts, contradictions = resolve(seen)
    first = part.lines[0].number if part.lines else 1
    return Environment(chart_of(facts, seen, tables), part.name, part.broken, contradictions, seen, first)


# ---------------------------------------------------------------- several words about one thing


def resolve(seen: Iterable[Observation]) -> tuple[dict[str, Fact], tuple[Contradiction, ...]]:
    """One fact out of all that was told of it; the stronger origin wins, the more exact of two that agree."""
    by_fact: dict[str, list[Observation]] = {}
    for one in seen:
        if one.fact not in (_CONDA, _EVERYTHING, "conda.packages"):
            by_fact.setdefault(one.fact, []).append(one)
    facts: dict[str, Fact] = {}
    contradictions: list[Contradiction] = []
    _settle_wsl(by_fact)
    for name, told in by_fact.items():
        fact, dispute = _one(name, told)
        facts[name] = fact
        if dispute is not None:
            contradictions.append(dispute)
    return facts, tuple(contradictions)


def _settle_wsl(by_fact: dict[str, list[Observation]]) -> None:
    """Who writes "Windows 11, WSL2" runs Linux; the Windows beneath is no other system."""
    wsl = [one for one in by_fact.get("os.wsl", ()) if one.value is not None]
    if wsl:
        by_fact["os"] = [one for one in by_fact.get("os", ()) if one.value == "linux"] or by_fact.get("os", [])
        by_fact["os.wsl"] = wsl
        told = by_fact.get("os.version", [])
        windows = [one for one in told if re.match(r"10\.0\.\d{5}", str(one.value))]
        if windows:
            by_fact["os.windows"] = [replace(one, fact="os.windows") for one in windows]
            by_fact["os.version"] = [one for one in told if one not in windows]
            if compare(str(windows[0].value), "<", _FIRST_WITH_WSL_2):
                by_fact["os.wsl"] = [replace(one, value="1") for one in wsl]
    for name in [name for name, seen in by_fact.items() if not seen]:
        del by_fact[name]


def _one(name: str, told: list[Observation]) -> tuple[Fact, Contradiction | None]:
    strongest = max(one.strength for one in told)
    top = [one for one in told if one.strength == strongest]
    machine = strongest > FILLED_IN
    chosen = top[-1] if machine else top[0]
    disputed = [one for one in told if not _agree(name, chosen.value, one.value)]
    agreeing = [one for one in told if _agree(name, chosen.value, one.value)]
    value = chosen.value
    for one in agreeing:
        value = _finer(name, value, one.value)
    best = next((one for one in agreeing if one.value == value), chosen)
    fact = absent(best.origin) if value is None else known(value, best.origin)
    if not disputed or name in _NOT_DISPUTED:
        return fact, None
    words = tuple(dict.fromkeys((_text(one.value), one.origin) for one in [best, *disputed]))
    if not machine and any(one.strength == strongest for one in disputed):
        detail = "; ".join(f"{text} ({origin})" for text, origin in words)
        return unknown("told-differently", detail), Contradiction(name, words, None)
    return fact, Contradiction(name, words, _text(value))


#: Windows 10 version 1903; an older one has WSL 1 alone (learn.microsoft.com/windows/wsl/install-manual).
_FIRST_WITH_WSL_2 = "10.0.18362"
#: Descriptions of a system differ from tool to tool, and a card's memory by what the driver keeps for itself.
_NOT_DISPUTED = frozenset(
    ["os.name", "os.version", "os.distribution", "os.kernel", "cpu.model", "gpu.memory", "gpu.vendors"]
)
_NOT_DISPUTED |= frozenset(["gpu.capability", "cpu.arch", "gpu.uuid", "nvml.error", "torch.source_build", "os.glibc"])


def _text(value: Any) -> str:
    return "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _agree(name: str, left: Any, right: Any) -> bool:
    """
    >>> _agree("torch", "1.7.1", "1.7.1+cu110"), _agree("torch", "1.7+cu110", "1.7.1"), _agree("torch", "1.7.1", "1.8")
    (True, True, False)
    >>> _agree("gpu", ["RTX 3090"], ["NVIDIA GeForce RTX 3090", "RTX 2080 Ti"])
    True
    """
    if left == right:
        return True
    if left is None or right is None:
        return False
    if name == "gpu":
        few, many = sorted((left, right), key=len)
        return all(any(_same_card(str(one), str(other)) for other in many) for one in few)
    if isinstance(left, list) or isinstance(right, list):
        return False
    if name.startswith(VARIABLES + "."):
        return False
    (public, local), (other, its) = (str(value).partition("+")[::2] for value in (left, right))
    return _begins(public, other) and (not local or not its or _begins(local, its))


def _begins(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return long == short or (long.startswith(short) and not long[len(short)].isalnum()) or long == short + ".0"


def _same_card(left: str, right: str) -> bool:
    def bare(name: str) -> str:
        return re.sub(r"nvidia|geforce|tesla|quadro|[\s_-]|\(.*?\)", "", name.lower())

    one, other = sorted((bare(left).rstrip(". …"), bare(right).rstrip(". …")), key=len)
    cut = "..." in left + right
    return (
        one == other
        or (cut and other.startswith(one))
        or (len(one) >= 4 and other.startswith(one) and "-" in left + right)
    )


def _finer(name: str, left: Any, right: Any) -> Any:
    """The more exact of two values that agree."""
    if left is None or right is None or left == right:
        return left
    if name == "gpu":
        return left if len(left) >= len(right) and not any("..." in str(one) for one in left) else _fuller(left, right)
    if isinstance(left, list):
        return left
    (public, local), (other, its) = (str(value).partition("+")[::2] for value in (left, right))
    exact, tag = max(public, other, key=len), max(local, its, key=len)
    return exact + ("+" + tag if tag else "")


def _fuller(left: list[Any], right: list[Any]) -> list[Any]:
    if len(left) != len(right):
        return left if len(left) > len(right) else right
    return right if any("..." in str(one) for one in left) else left


# ---------------------------------------------------------------- the chart


def chart_of(facts: Mapping[str, Fact], seen: Iterable[Observation], tables: Mapping[str, Any]) -> Chart:
    """The chart of one environment, with what a machine is taken for of which nobody says otherwise."""
    seen = tuple(seen)
    known_facts = {**facts, **_cards(facts, tables)}
    presumed = dict(PRESUMED)
    presumed.update(_conda(seen))
    if "conda.prefix" in known_facts:
        presumed["conda.prefix"] = known_facts["conda.prefix"]
    known_facts.update(_framework_builds(known_facts))
    known_facts.update(_tensorflow_build(known_facts, seen, tables))
    names = known_facts.get("gpu", absent()).value or []
    if any(re.search(r"jetson|\borin\b|\bxavier\b|tegra", str(name), re.I) for name in names):
        presumed["gpu.tegra"] = known("yes", known_facts["gpu"].origin)
    for name in ("cuda.toolkit", "cudnn"):
        if name in known_facts and known_facts[name].value is not None:
            presumed.update(alone(name, str(known_facts[name].value)))
    complete = {VARIABLES}
    if any(one.fact == _EVERYTHING for one in seen):
        complete.add(DISTRIBUTIONS)
    patient: dict[str, Any] = {"kind": "paste", "chosen_by": "--from"}
    if "python" in known_facts and known_facts["python"].value:
        patient["version"] = known_facts["python"].value
    merged = {**presumed, **{_name(name): fact for name, fact in known_facts.items()}}
    return Chart(patient, merged, frozenset(complete), doctor=__version__)


def _framework_builds(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What a version without the tag of its build leaves open, where other words say that it is not the usual build."""
    torch = facts.get("torch")
    found: dict[str, Fact] = {}
    if torch is None or not torch.value or "+" in str(torch.value) or "torch.cuda" in facts:
        return found
    works = facts.get("torch.driver_ok")
    if re.search(r"dev|a\d|rc\d", str(torch.value)) or (works is not None and works.value and _os(facts) != "linux"):
        found["torch.cuda"] = unknown("build-not-told", "", torch.origin)
    return found


def _tensorflow_build(
    facts: Mapping[str, Fact], seen: tuple[Observation, ...], tables: Mapping[str, Any]
) -> dict[str, Fact]:
    """TensorFlow 1.14 may be tensorflow or tensorflow-gpu: a form, a session and a sentence name the release alone."""
    release, system = facts.get("tensorflow"), _os(facts)
    if release is None or not release.value or "tensorflow.gpu_build" in facts:
        return {}
    words = [one for one in seen if one.fact == "tensorflow" and one.value is not None]
    if any(_names_the_distribution(one) for one in words):
        return {}
    version = str(release.value)
    rows = [row for row in tables.get("tensorflow-releases", ()) if compare(version, "==", row["tensorflow"])]
    twins = [row for row in rows if any(row.get(f"gpu_{one}") != "yes" for one in _twin_systems(row, system))]
    if not twins:
        return {}
    row, origin = twins[0], release.origin
    if any(one.fact.startswith("tensorflow.missing_librar") and one.value for one in seen):  # only that build loads any
        found = {"gpu_build": "yes", **{name: row[name] for name in ("cuda", "cudnn") if name in row}}
        return {f"tensorflow.{name}": known(value, origin) for name, value in found.items()}
    return {f"tensorflow.{name}": unknown("build-not-told", "", origin) for name in ("gpu_build", "cuda", "cudnn")}


def _twin_systems(row: Mapping[str, Any], system: Any) -> list[str]:
    """Where there is a tensorflow-gpu of this release, among the systems that it may be."""
    return [one for one in str(row.get("tensorflow_gpu", "")).split() if system in (None, one)]


def _names_the_distribution(one: Observation) -> bool:
    """A list of packages does; what `tf.__version__` or "TensorFlow version" gives is the release."""
    if one.strength in (WRITTEN, LOGGED, IMPORTED):
        return False
    return re.search(r"tensor ?flow\b.*version|^tf version", one.label, re.I) is None


def _os(facts: Mapping[str, Fact]) -> Any:
    return facts["os"].value if "os" in facts else None


def _name(name: str) -> str:
    return canonical(name) if is_distribution(name) else name


def _cards(facts: Mapping[str, Fact], tables: Mapping[str, Any]) -> dict[str, Fact]:
    """The cards with their whole names, and the capability of those that a name leaves no doubt about."""
    cards = facts.get("gpu")
    if cards is None or not cards.value:
        # A driver that answers drives a card, even where nobody has named it.
        driver = next((facts[name] for name in ("driver", "driver.cuda") if name in facts and facts[name].value), None)
        makers = facts.get("gpu.vendors", known([])).value or []
        if driver is None or (cards is not None and cards.value is None and not makers):
            return {}
        return {"gpu.vendors": known(sorted({*makers, "nvidia"}), driver.origin)}
    rows = tables.get("gpus", ())
    pairs = [identify(str(name), rows) for name in cards.value]
    count = len(pairs)
    found: dict[str, Fact] = {"gpu": known([name for name, _ in pairs], cards.origin)}
    for column in ("gpu.memory", "gpu.capability", "gpu.uuid"):
        fact = facts.get(column)
        if fact is None or not fact.value or len(fact.value) == count:
            continue
        alike = len(set(cards.value)) == 1 and len(fact.value) == 1 and column != "gpu.uuid"
        found[column] = known(list(fact.value) * count, fact.origin) if alike else unknown("nobody-looked")
    stated = found.get("gpu.capability", facts.get("gpu.capability", absent()))
    if not stated.value and all(capability for _, capability in pairs):
        found["gpu.capability"] = known([capability for _, capability in pairs], "the table of cards")
    makers = facts.get("gpu.vendors", known([])).value or []
    found["gpu.vendors"] = known(sorted({*makers, "nvidia"}), cards.origin)
    return found


def _conda(seen: tuple[Observation, ...]) -> dict[str, Fact]:
    """Is the environment one of conda: a list of its packages, a word of it, or nothing that hints at it?"""
    told = [one for one in seen if one.fact == "conda.packages"]
    rows = [one for one in told if _holds_conda(one.value)]
    hints = [one for one in seen if one.fact in (_CONDA, "conda.prefix") and one.value is not None]
    listed = [one for one in told if one.strength >= LISTED]
    if rows or listed:
        packages: dict[str, Any] = {}
        for one in sorted(told, key=lambda one: one.strength):
            packages.update({name: row for name, row in one.value.items() if not _is_pips(row)})
        channels = sorted({str(row["channel"]) for row in packages.values() if row.get("channel")})
        origin = (listed or rows)[0].origin
        facts = {"conda.packages": known(packages, origin), "conda.prefix": unknown("nobody-looked", "", origin)}
        return {**facts, "conda.channels": known(channels, origin)} if channels else facts
    if any(one.fact == "tensorflow.missing_library" and one.value for one in seen) and not told:
        # conda's own TensorFlow brings the libraries that it loads; one that misses them is the registry's
        return {"conda.prefix": unknown("nobody-looked")} if hints else {}
    if hints or told:
        doubt = unknown("nobody-looked", "", (hints or told)[0].origin)
        return {"conda.packages": doubt, "conda.prefix": doubt}
    return {}


def _is_pips(row: Mapping[str, Any]) -> bool:
    return row.get("build") in ("<pip>", "pypi_0") or row.get("channel") in ("pypi", "<pip>")


def _holds_conda(packages: Mapping[str, Any]) -> bool:
    return any(not _is_pips(row) for row in packages.values())


def chosen(intake: Intake, number: int) -> Intake:
    """The same with another environment as the one that is meant (1: the first)."""
    return replace(intake, main=number - 1)
