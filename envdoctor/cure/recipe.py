"""Which Python, which framework build and which pins, all together, does a project need on a machine?

Pure but for one question: `solve` asks a resolver for all that the project does not name.  One build after another is
put on the chart of the machine and goes through the same rules as an installed one; what a finding prescribes becomes
a limit, and the question is asked again.  The first build that is left without an error is the recipe.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Iterator, Mapping, Sequence

from .. import versions
from ..arrivals import arrivals
from ..chart import DISTRIBUTIONS, KNOWN, Chart, Fact, canonical, is_distribution, known
from ..conclusions import derive, wheels
from ..conclusions.declared import applies, markers_of
from ..diagnose import diagnose
from ..overview import every
from ..report import Finding, Words
from ..rulebook import Rulebook
from ..words import both
from . import candidates
from .candidates import PINNED, RECOMMENDED, TABLE, Build
from .install_log import NOTHING, UNKNOWN, condense
from .resolver import Question, Resolution

Solve = Callable[[Question], Resolution]

#: Questions asked for one build and one Python before it is given up, and Pythons tried for one build (our choices).
_ROUNDS, _PYTHONS = 8, 3
#: A project that does not say which Python it wants gets none that is newer, as long as an older one will do.
_NEWEST_GIVEN = "3.12"
#: Faults of these areas are mended on the machine, beside any environment.
_BESIDE = frozenset(["cuda", "cudnn"])
#: Of the patient that was looked at, only its machine is of interest.
_MACHINE = frozenset(["os", "gpu", "driver", "nvml", "cpu", "ram", "shm", "cuda", "cudnn", "wsl"])
#: What belongs to one CUDA and comes along with a build of torch, not pinned where that build could not be read.
_OF_CUDA = ("nvidia-", "cuda-", "pytorch-triton")
#: In environment.yml, and no distribution of the registry.
_CONDA_ONLY = frozenset("python pip cudatoolkit cudnn pytorch-cuda cuda-version cuda cpuonly mkl blas".split())


@dataclass(frozen=True)
class Wish:
    """A distribution that the recipe holds for the project's sake.  specifier: "" where any will do.

    where: file:line that asks for it or imports it; "" where the stack brings it.
    own: the project wrote the specifier.
    """

    name: str
    specifier: str = ""
    where: str = ""
    own: bool = False


@dataclass(frozen=True)
class GivenUp:
    """What the project asks for and does not get.  instead: what it gets, "" where nothing."""

    name: str
    wanted: str
    where: str
    instead: str
    why: Words


@dataclass(frozen=True)
class Rejected:
    """A build that will not do: what stands against it.  driver: the oldest that it would run with."""

    build: str
    python: str
    origin: str
    why: Words
    finding: Finding | None = None
    driver: str = ""
    log: str = ""


@dataclass(frozen=True)
class Recipe:
    """obstacle: why there is no recipe; None where there is one.  ways: what could be done instead.

    pins: all distributions -> version.  direct: those that the project itself needs.  limits: what the rules allow,
    as requirements.  gpu: "yes" (the build runs on the card), "no" (for the CPU), "unknown".  verified: "resolved"
    (by `solver`) or "known".  findings: what the rules still have to say of it.
    """

    chart: Chart
    framework: str = ""
    stack: str = ""
    system: str = ""
    python: str = ""
    build: Build = field(default_factory=Build)
    pins: Mapping[str, str] = field(default_factory=dict)
    direct: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    gpu: str = "no"
    cards: str = ""
    verified: str | None = None
    solver: str = ""
    notes: tuple[Words, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    obstacle: Words | None = None
    ways: tuple[Words, ...] = ()
    log: str = ""

    @property
    def possible(self) -> bool:
        return self.obstacle is None


# ---------------------------------------------------------------- the machine and the project


def machine_alone(seen: Chart) -> dict[str, Fact]:
    """What a chart says of the machine, without anything of the environment that was looked at."""
    return {
        name: fact
        for name, fact in seen.facts.items()
        if name.partition(".")[0] in _MACHINE
        or (name.startswith("env.") and name.startswith(("env.CUDA_VISIBLE", "env.NVIDIA_", "env.LD_LIBRARY_PATH")))
    }


def wishes_of(chart: Chart, book: Rulebook, build: Build) -> tuple[list[Wish], list[Words]]:
    """What the project's files ask for and what its scripts import, but for the framework; and what cannot be had."""
    requires = chart.value("project.requires") or {}
    markers = markers_of(chart)
    found: dict[str, Wish] = {}
    notes: list[Words] = []
    by_hand: set[str] = set()
    for name, want in requires.items():
        where = str(want.get("where", ""))
        if name in build.family or (name in _CONDA_ONLY and want.get("tool") == "conda"):
            continue
        if name in build.pins and (build.origin != PINNED or not want.get("specifier")):
            continue  # keras and its kind belong to the stack
        if want.get("url"):
            by_hand.add(name)
            notes.append(both("plan.from-an-address", name=name, where=where))
        elif want.get("tool") == "conda" or applies(str(want.get("marker", "")), markers):
            found[name] = Wish(name, str(want.get("specifier", "")), where, True)
    own = set(chart.value("project.modules") or {})
    rows = {row["module"]: row for row in book.tables.get("import-names", ())}
    for module, places in (chart.value("project.imports") or {}).items():
        row = rows.get(module)
        if module in own:
            continue
        if row is None or "distribution" not in row:
            if row is None or row.get("warn") in ("registry-name-is-another-project", "not-on-the-registry"):
                notes.append(both("plan.unknown-module", module=module, where=places[0]))
            continue
        names = [canonical(one) for one in (row["distribution"], *row.get("also", "").split())]
        names += [one for name in names for one in wheels.family(book.tables, name)]
        if not any(name in found or name in by_hand or name in build.pins or name in build.family for name in names):
            found[names[0]] = Wish(names[0], "", places[0])
    for name in build.pins:
        if name not in build.family:
            found.pop(name, None)
    return list(found.values()), notes


# ---------------------------------------------------------------- the search


def find(chart: Chart, book: Rulebook, expect: str, solve: Solve | None, python: str = "") -> Recipe:
    """The recipe for the project on the machine of this chart (no distribution on it), or why there is none.

    python: the Python that must be kept, as `--assume python=` gives it; "" leaves the choice.
    """
    told = derive(chart, book.tables)
    gpu = candidates.gpu_wanted(told, expect)
    plain = Recipe(
        chart=told,
        framework=candidates.framework_of(told),
        stack=str(told.value("project.stack", "")),
        system=str(told.value("os", "")),
        cards=candidates.card_label(told),
    )
    if gpu and told.value("gpu.nvidia") == "no":
        return replace(plain, obstacle=both("plan.no-card"), ways=_ways(chart, book, (), python))
    search = _Search(chart, told, book, expect, solve, python, gpu)
    found = search.first()
    if found is not None:
        return replace(found, framework=plain.framework, stack=plain.stack, system=plain.system, cards=plain.cards)
    obstacle = search.obstacle(plain)
    # A way out of TensorFlow 1 is another code or another vendor's build; all else has been looked at here.
    told_by = search.rejected if plain.stack in candidates.OLD_STACKS else ()
    ways = _ways(chart, book, told_by, python) if gpu else ()
    log = next((one.log for one in search.rejected if one.log), "")
    return replace(plain, obstacle=obstacle, ways=ways, rejected=tuple(search.rejected), log=log)


def _ways(chart: Chart, book: Rulebook, rejected: Sequence[Rejected], python: str) -> tuple[Words, ...]:
    """What could be done instead: what the rules say of it, and the CPU where that was seen to work."""
    ways: list[Words] = []
    for one in rejected:
        remedy = one.finding.remedy if one.finding is not None else None
        if remedy is not None and remedy.note is not None and remedy.note not in ways:
            ways.append(remedy.note)
    by_cpu = find(chart, book, "cpu", None, python)
    if by_cpu.possible:
        words = {"build": by_cpu.build.label or "-", "python": by_cpu.python}
        ways.append(both("plan.way-cpu" if by_cpu.build.label else "plan.way-cpu-plain", **words))
    return tuple(ways)


class _Search:
    """One build after another.  `rejected` is what it has learnt on its way."""

    def __init__(
        self, chart: Chart, told: Chart, book: Rulebook, expect: str, solve: Solve | None, python: str, gpu: bool
    ) -> None:
        self.chart, self.told, self.book, self.expect, self.solve = chart, told, book, expect, solve
        self.python, self.gpu = python, gpu
        self.cards = candidates.card_label(told)
        self.rejected: list[Rejected] = []
        #: Errors that are there whatever is installed: nothing that a choice of versions could mend.
        self.standing = {one.rule for one in self.findings(chart) if one.severity == "error"}

    def findings(self, chart: Chart) -> tuple[Finding, ...]:
        return diagnose(derive(chart, self.book.tables), self.book, self.expect)[0]

    def first(self) -> Recipe | None:
        unsure: list[Build] = []
        for build in candidates.builds(self.told, self.book.tables, self.gpu):
            if not self.gpu or not build.framework:
                runs = "yes"
            else:
                runs = self._runs(build)
            if runs == "unknown":
                unsure.append(build)
            elif runs == "yes":
                found = self._with_some_python(build, "yes" if self.gpu and build.framework else "no")
                if found is not None:
                    return found
        for build in unsure:
            found = self._with_some_python(build, "unknown")
            if found is not None:
                return replace(found, notes=(*found.notes, both("plan.card-unknown", cards=self.cards)))
        return None

    def _runs(self, build: Build) -> str:
        """Does the build hold code for the card, and is the driver new enough?  "no" has been written down."""
        seen = candidates.imagined(self.told, build, self.book.tables)
        framework = build.framework
        runs, driver_ok = seen.value(f"{framework}.runs_on_gpu"), seen.value(f"{framework}.driver_ok")
        words = {"build": build.label, "cards": self.cards, "cuda": build.cuda}
        if runs == "no" or not build.cuda:
            why = both("plan.build-lacks-card" if build.cuda else "plan.build-for-cpu", **words)
            self.rejected.append(Rejected(build.label, "", build.origin, why, self._first_error(build)))
            return "no"
        if driver_ok == "no":
            needed = str(seen.value(f"{framework}.driver_min", ""))
            why = both("plan.build-needs-driver", driver=needed, **words)
            self.rejected.append(
                Rejected(build.label, "", build.origin, why, self._first_error(build), needed if runs == "yes" else "")
            )
            return "no"
        return "yes" if runs == "yes" else "unknown"

    def _first_error(self, build: Build) -> Finding | None:
        """What the rules say against it, for those that somebody asked for."""
        if build.origin == TABLE:
            return None
        chart = self.chart.with_facts({name: known(version) for name, version in build.pins.items()})
        found = [one for one in self.findings(chart) if one.severity == "error" and one.rule not in self.standing]
        return next((one for one in found if one.area in ("gpu", "driver", "frameworks")), None)

    def _with_some_python(self, build: Build, gpu: str) -> Recipe | None:
        tried = 0
        for python in self._pythons(build):
            attempt = _Attempt(self, build, python, gpu)
            found = attempt.recipe()
            if isinstance(found, Recipe):
                return found
            self.rejected.append(found)
            tried += 1
            if tried == _PYTHONS:
                return None
        if not tried:
            why = _about(build, "no-python", python=self._python_asked())
            self.rejected.append(Rejected(build.label, "", build.origin, why))
        return None

    def _python_asked(self) -> str:
        return self.python or str(self.chart.value("project.python_requires", "")) or "-"

    def _pythons(self, build: Build) -> Iterator[str]:
        """For which the build and what the project pins have wheels, the usual ones first, newest first."""
        every = candidates.pythons(self.told, build, self.book.tables)
        asked = str(self.chart.value("project.python_requires", ""))
        if self.python:
            every = [one for one in every if one == ".".join(self.python.split(".")[:2])]
        elif asked:
            every = [one for one in every if candidates.fits_python(one, asked)]
        usual = [one for one in every if versions.compare(one, "<=", _NEWEST_GIVEN)]
        several = usual or every[::-1]
        wishes, _ = wishes_of(self.chart.with_facts({"python": known("3")}), self.book, build)
        limited = [wish for wish in wishes if wish.specifier]
        fitting = [one for one in several if self._has_wheels(one, limited, build)]
        yield from fitting or several

    def _has_wheels(self, python: str, wishes: Sequence[Wish], build: Build) -> bool:
        place = wheels.Place(self.told.with_facts({"python": known(python)}))
        for wish in wishes:
            wanted = wheels.candidates(wish.name, wish.specifier, self.book.tables)
            if wanted and not wheels.is_open(wish.name, wish.specifier, self.book.tables):
                if place.served(wish.name, wanted, self.book.tables) is False:
                    return False
        return True

    def obstacle(self, plain: Recipe) -> Words:
        """Why none of them will do, as one sentence."""
        drivers = [one for one in self.rejected if one.driver]
        asked = next((one for one in self.rejected if one.origin != TABLE), None)
        if drivers:
            least = min(drivers, key=lambda one: [int(part) for part in one.driver.split(".")])
            driver = str(self.told.value("driver.label", "?"))
            return both("plan.driver-too-old", driver=driver, needed=least.driver, build=least.build)
        if self.gpu and self.rejected and all(not one.python for one in self.rejected):
            first = asked or self.rejected[0]
            words = {
                "cards": plain.cards or "GPU",
                "framework": plain.framework,
                "number": len({one.build for one in self.rejected}),
            }
            if plain.stack in candidates.OLD_STACKS:
                return both("plan.tensorflow-1-lacks-card", build=first.build, **words)
            return both("plan.no-build-for-card", **words)
        tried = asked or (self.rejected[0] if self.rejected else None)
        if tried is None:
            return both("plan.no-candidate", framework=plain.framework or "-")
        why = {lang: text.rstrip(".。") for lang, text in tried.why.items()}
        name = "plan.no-set" if tried.build else "plan.no-set-plain"
        return {lang: both(name, build=tried.build, why=why[lang])[lang] for lang in tried.why}


def _about(build: Build, name: str, **more: str) -> Words:
    """What stands against a build; of a project without a framework there is none to name."""
    return both("plan." + name, build=build.label, **more) if build.label else both(f"plan.{name}-plain", **more)


def _conflict(build: Build, python: str, log: str) -> Words:
    """That a resolver finds nothing, and why where its log tells."""
    why, told = _about(build, "conflict", python=python), condense(log, "uv")
    if told.kind in (NOTHING, UNKNOWN):
        return why
    return {lang: both("plan.because", why=why[lang], said=told.words[lang])[lang] for lang in why}


# ---------------------------------------------------------------- one build with one Python


class _Attempt:
    def __init__(self, search: _Search, build: Build, python: str, gpu: str) -> None:
        self.search, self.build, self.python, self.gpu = search, build, python, gpu
        self.book = search.book
        self.chart = search.chart.with_facts({"python": known(python)})
        wishes, self.notes = wishes_of(self.chart, self.book, build)
        self.wishes = {wish.name: wish for wish in wishes}
        self.stack_pins = {name: version for name, version in build.pins.items()}
        #: name -> (specifier, the finding that asks for it)
        self.limits: dict[str, dict[str, Finding]] = {}
        self.given_up: dict[str, GivenUp] = {}
        self.relaxed = False
        self._foretold: dict[str, dict[str, str]] = {}

    def recipe(self) -> Recipe | Rejected:
        self._replaced_framework()
        blocked = self._settle_by_tables()
        if blocked is not None:
            return blocked
        if self.search.solve is None:
            return self._told(self._predicted(), None)
        for _ in range(_ROUNDS):
            resolution, proven = self._ask(self.search.solve)
            if resolution.trouble == "conflict":
                if not self._relax():
                    why = _conflict(self.build, self.python, resolution.log)
                    return Rejected(self.build.label, self.python, self.build.origin, why, None, "", resolution.log)
                continue
            if resolution.trouble:
                unproven = both(f"plan.unresolved-{resolution.trouble}")
                return replace(self._told(self._predicted(), None, unproven), log=resolution.log)
            pins = self._pinned(resolution)
            findings = self.search.findings(self._with(pins))
            fatal = self._fatal(findings)
            if self._learn(findings):
                continue
            if fatal is not None:
                return self._rejected(fatal)
            return self._told(pins, resolution if proven else None, None if proven else both("plan.other-page"))
        return Rejected(self.build.label, self.python, self.build.origin, both("plan.no-end"))

    # ------------------------------------------------------------ by the tables alone

    def _settle_by_tables(self) -> Rejected | None:
        for _ in range(_ROUNDS):
            findings = self.search.findings(self._with(self._predicted(), complete=False))
            if not self._learn(findings):
                fatal = self._fatal(findings)
                return None if fatal is None else self._rejected(fatal)
        return Rejected(self.build.label, self.python, self.build.origin, both("plan.no-end"))

    def _predicted(self) -> dict[str, str]:
        """What an installer would bring as far as the tables know."""
        asking = self._asking()
        key = repr(asking.value("project.requires"))
        if key in self._foretold:
            return dict(self._foretold[key])
        coming = arrivals(asking, self.book.tables)
        pins = {
            name: str(fact.value)
            for facts in (coming.newest, coming.pinned)
            for name, fact in facts.items()
            if is_distribution(name) and fact.state == KNOWN
        }
        pins.update(self.stack_pins)
        self._foretold[key] = pins
        return dict(pins)

    def _asking(self) -> Chart:
        """The chart of the project as if it asked for what the recipe asks for."""
        entries = {}
        for name in [*self.stack_pins, *self.wishes, *self.limits]:
            specifier = self._specifier(name)
            where = self.wishes[name].where if name in self.wishes else self.build.where
            entries[name] = {"specifier": specifier, "where": where, "marker": "", "tool": "pip"}
        return self.chart.with_facts({"project.requires": known(entries)})

    def _specifier(self, name: str) -> str:
        parts = [f"=={self.stack_pins[name]}"] if name in self.stack_pins else []
        if name in self.wishes and self.wishes[name].specifier:
            parts.append(self.wishes[name].specifier)
        parts += list(self.limits.get(name, ()))
        return ",".join(dict.fromkeys(parts))

    def _with(self, pins: Mapping[str, str], complete: bool = True) -> Chart:
        facts = {name: known(version) for name, version in pins.items()}
        return self._asking().with_facts(facts, [DISTRIBUTIONS] if complete else ())

    # ------------------------------------------------------------ by the resolver

    def _ask(self, solve: Solve) -> tuple[Resolution, bool]:
        """The answer, and whether it is about this very build."""
        page = self.build.page
        question = self._question({})
        if page is None:
            return solve(question), True
        if page.option == candidates.EXTRA_INDEX:
            asked = solve(replace(question, indexes=(page.address,)))
            if not asked.trouble or asked.trouble == "conflict":
                return asked, True
        public = {name: version.partition("+")[0] for name, version in self.stack_pins.items()}
        asked = solve(self._question(public))
        if asked.trouble == "conflict":
            alone = self._question({}, without=self.build.family)
            extra = tuple(name for name in ("numpy", "pillow") if name not in self.wishes)
            asked = solve(replace(alone, requirements=(*alone.requirements, *extra)))
        return asked, False

    def _question(self, instead: Mapping[str, str], without: Sequence[str] = ()) -> Question:
        requirements = []
        prefer = {}
        for name, version in self.stack_pins.items():
            if name not in without:
                requirement = self.build.requirement(name)
                requirements.append(requirement.replace(version, instead.get(name, version)))
        for name, wish in self.wishes.items():
            exact = wish.specifier.startswith("==") and "*" not in wish.specifier and "," not in wish.specifier
            if self.relaxed and wish.own and exact:
                prefer[name] = wish.specifier[2:].strip()
                requirements.append(name)
            else:
                requirements.append(name + wish.specifier)
        compiled = {row["package"] for row in self.book.tables.get("wheels", ())} - {"setuptools"}
        return Question(
            requirements=tuple(requirements),
            constraints=self._limits(),
            prefer=prefer,
            wheels_only=tuple(sorted({*compiled, *self.build.family})),
            version=self.python,
            platform=str(self.chart.value("os", "")),
        )

    def _limits(self) -> tuple[str, ...]:
        return tuple(name + ",".join(limits) for name, limits in sorted(self.limits.items()))

    def _pinned(self, resolution: Resolution) -> dict[str, str]:
        pins = dict(resolution.pins)
        if self.build.page is not None:
            tagged = any("+" in version for version in self.stack_pins.values())
            if tagged and "+" not in pins.get("torch", ""):
                pins = {name: one for name, one in pins.items() if not name.startswith(_OF_CUDA)}
            pins.update(self.stack_pins)
        return pins

    def _relax(self) -> bool:
        """After a conflict: the project's pins become preferences, once."""
        if self.relaxed or not any(wish.own and wish.specifier.startswith("==") for wish in self.wishes.values()):
            return False
        self.relaxed = True
        return True

    # ------------------------------------------------------------ what the findings ask for

    def _learn(self, findings: Sequence[Finding]) -> bool:
        """Limits out of the remedies of errors and warnings; whether there is anything new."""
        new = False
        for found in every(findings):
            if found.severity == "info" or found.remedy is None:
                continue
            bounded = {_split(text)[0] for text in found.remedy.constraints}
            texts = [*found.remedy.constraints]
            texts += [text for text in found.remedy.pins if _split(text)[0] not in bounded]
            for text in texts:
                name, specifier = _split(text)
                if name in self.build.family or name in ("python", "pip") or not specifier:
                    continue
                new = self._limit(name, specifier, found) or new
            for name in map(canonical, found.remedy.uninstall):
                if name in self.wishes and name not in self.build.family:
                    wish = self.wishes.pop(name)
                    self._give_up(wish, "", found.title)
                    new = True
        return new

    def _limit(self, name: str, specifier: str, found: Finding) -> bool:
        mine = self.limits.setdefault(name, {})
        if specifier in mine:
            return False
        pinned = self.stack_pins.get(name)
        if pinned is not None and not versions.within(pinned, specifier):
            if name not in self.build.pins or self.build.origin == RECOMMENDED or found.severity != "error":
                return False
            del self.stack_pins[name]
        wish = self.wishes.get(name)
        if wish is not None and wish.specifier and not self._meets(wish, specifier):
            if found.severity != "error":
                return False  # the project's own word stands against advice
            self._give_up(wish, specifier, found.title)
            self.wishes[name] = replace(wish, specifier="", own=False)
        mine[specifier] = found
        return True

    def _meets(self, wish: Wish, specifier: str) -> bool:
        """Can both be had at once?  An open wish can be, as far as anybody knows."""
        if wish.specifier.startswith("==") and "*" not in wish.specifier and "," not in wish.specifier:
            return bool(versions.within(wish.specifier[2:].strip(), specifier))
        releases = wheels.candidates(wish.name, wish.specifier, self.book.tables)
        return not releases or any(versions.within(one, specifier) for one in releases)

    def _give_up(self, wish: Wish, instead: str, why: Words) -> None:
        if wish.own:
            gone = GivenUp(wish.name, wish.specifier, wish.where, instead, why)
            self.given_up.setdefault(wish.name, gone)

    def _fatal(self, findings: Sequence[Finding]) -> Finding | None:
        for found in findings:
            if found.severity == "error" and found.rule not in self.search.standing and found.area not in _BESIDE:
                return found
        return None

    def _rejected(self, found: Finding) -> Rejected:
        return Rejected(self.build.label, self.python, self.build.origin, found.title, found)

    # ------------------------------------------------------------ what is told

    def _replaced_framework(self) -> None:
        """The project names another build of its framework than the recipe has."""
        requires = self.chart.value("project.requires") or {}
        for name, want in requires.items():
            specifier, where = str(want.get("specifier", "")), str(want.get("where", ""))
            if name not in {*self.build.family, *self.build.pins} or not specifier:
                continue
            version = self.build.pins.get(name, "")
            try:
                if version and versions.accepted(version.partition("+")[0], _public(specifier)) is not False:
                    continue
            except ValueError:
                continue
            instead = next((one for one in self.build.pins if one in self.build.family), "")
            told = f"{name}=={version}" if version else f"{instead}=={self.build.pins[instead]}" if instead else ""
            self.given_up[name] = GivenUp(name, specifier, where, told, self._why_replaced(name))

    def _why_replaced(self, name: str) -> Words:
        for one in self.search.rejected:
            if one.origin == PINNED:
                return one.why
        if name == "tensorflow-gpu" and self.gpu == "no":
            return both("plan.no-gpu-package")
        return both("plan.belongs-to-build", build=self.build.label)

    def _told(self, pins: Mapping[str, str], resolution: Resolution | None, unproven: Words | None = None) -> Recipe:
        self._changed_by_preference(pins)
        chart = derive(self._with(pins, complete=resolution is not None), self.book.tables)
        findings = tuple(diagnose(chart, self.book, self.search.expect)[0])
        direct = tuple(dict.fromkeys([*(name for name in self.build.pins), *self.wishes]))
        wanted = [self.build.requirement(name) for name in self.stack_pins]
        wanted += [name + wish.specifier for name, wish in self.wishes.items()]
        notes = [self._why_this(), *self.notes]
        if self.build.origin == TABLE and self.search.told.value("project.stack"):
            notes.append(both("plan.code-may-change", build=self.build.label))
        if self.build.cuda and self.build.framework == "tensorflow" and not self.build.bundled:
            notes.append(both("plan.needs-cuda", build=self.build.label, cuda=self.build.cuda, cudnn=self.build.cudnn))
        if unproven is not None:
            notes.append(unproven)
        return Recipe(
            chart=chart,
            python=self.python,
            build=self.build,
            pins=dict(sorted(pins.items())),
            direct=tuple(name for name in direct if name in pins or name in self.wishes),
            requirements=tuple(wanted),
            limits=self._limits(),
            gpu=self.gpu,
            verified="resolved" if resolution is not None else "known",
            solver=resolution.solver if resolution is not None else "",
            notes=tuple(notes),
            given_up=tuple(self.given_up.values()),
            findings=findings,
            rejected=tuple(self.search.rejected),
        )

    def _changed_by_preference(self, pins: Mapping[str, str]) -> None:
        for name, wish in self.wishes.items():
            if self.relaxed and wish.own and wish.specifier.startswith("==") and name in pins:
                if versions.accepted(pins[name], _public(wish.specifier)) is False:
                    self._give_up(wish, f"=={pins[name]}", both("plan.pin-conflicts"))

    def _why_this(self) -> Words:
        build = self.build
        if not build.framework:
            return both("plan.why-no-framework")
        stack = str(self.search.told.value("project.stack", "")) or build.framework
        words = {"build": build.label, "where": build.where, "stack": stack, "cards": self.search.cards}
        cpu = "-cpu" if build.origin == TABLE and self.gpu == "no" else ""
        return both(f"plan.why-{build.origin}{cpu}", **words)


def _split(requirement: str) -> tuple[str, str]:
    """
    >>> _split("h5py<3"), _split("protobuf==3.20.3"), _split("pip")
    (('h5py', '<3'), ('protobuf', '==3.20.3'), ('pip', ''))
    """
    end = next((place for place, sign in enumerate(requirement) if sign in "=<>!~[; "), len(requirement))
    specifier = requirement[end:].strip()
    if specifier.startswith("["):
        specifier = specifier.partition("]")[2].strip()
    return canonical(requirement[:end]), specifier.partition(";")[0].strip()


def _public(specifier: str) -> str:
    """
    >>> _public("==1.7.0+cu110"), _public(">=1.2,<2")
    ('==1.7.0', '>=1.2,<2')
    """
    return ",".join(part.partition("+")[0] for part in specifier.split(","))
