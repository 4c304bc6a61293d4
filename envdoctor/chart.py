"""What is known about the patient, what is known to be absent, and what could not be learnt?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors") and imports nothing that touches a machine.
"""

import re
from typing import Any, Dict, FrozenSet, Iterable, Mapping, NamedTuple, Optional

from .complaint import Complaint

SCHEMA = 1
KIND = "envdoctor-chart"

KNOWN, ABSENT, UNKNOWN = "known", "absent", "unknown"

#: Names without a dot that are facts of their own; any other name without a dot is a distribution.
BARE_FACTS = frozenset(["python", "os", "gpu", "driver", "cudnn"])
#: Tables of probes whose names look like a distribution's.
_TABLES = frozenset(["neighbours"])

#: Areas in which a name that is not on the chart is absent, once the probe has looked at all of it.
DISTRIBUTIONS, VARIABLES = "distributions", "env"


class Fact(NamedTuple):
    """One answer. `value` is JSON data; `why` is the id of a sentence in texts.py; `detail` is quoted as it came."""

    state: str
    value: Any = None
    origin: str = ""
    why: str = ""
    detail: str = ""


def known(value: Any, origin: str = "") -> Fact:
    return Fact(KNOWN, value, origin)


def absent(origin: str = "") -> Fact:
    return Fact(ABSENT, None, origin)


def unknown(why: str, detail: str = "", origin: str = "") -> Fact:
    return Fact(UNKNOWN, None, origin, why, detail)


class Seen(NamedTuple):
    """What one probe brings home: its facts, and the areas that it has looked at completely."""

    facts: Mapping[str, Fact]
    complete: FrozenSet[str] = frozenset()


class ChartError(Complaint):
    """The text is no chart, or a chart that this version cannot read (sentences: texts/chart.py)."""

    area = "chart"


def canonical(name: str) -> str:
    """The registry's spelling of a distribution name (PEP 503).

    >>> canonical("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def is_distribution(name: str) -> bool:
    return "." not in name and name not in BARE_FACTS


def area_of(name: str) -> Optional[str]:
    """The area to which a fact belongs, when that area can be looked at completely."""
    if is_distribution(name):
        return DISTRIBUTIONS
    return VARIABLES if name.startswith("env.") else None


class Chart(NamedTuple):
    """Everything that was seen of one patient.

    patient: kind, python, prefix, name, chosen_by and version, all text.
    facts: fact name -> Fact.  complete: areas in which a missing name means "absent".
    probes: probe name -> {"ms": milliseconds, "trouble": text}.
    """

    patient: Mapping[str, Any]
    facts: Mapping[str, Fact]
    complete: FrozenSet[str] = frozenset()
    probes: Mapping[str, Any] = {}
    doctor: str = ""

    def fact(self, name: str) -> Fact:
        found = self.facts.get(name)
        if found is not None:
            return found
        if area_of(name) in self.complete:
            return absent()
        return unknown("nobody-looked")

    def value(self, name: str, default: Any = None) -> Any:
        found = self.fact(name)
        return found.value if found.state == KNOWN else default

    def distributions(self) -> Dict[str, str]:
        """Installed distributions: canonical name -> version."""
        return {
            name: fact.value
            for name, fact in self.facts.items()
            if is_distribution(name) and name not in _TABLES and fact.state == KNOWN
        }

    def with_facts(self, facts: Mapping[str, Fact], complete: Iterable[str] = ()) -> "Chart":
        merged = dict(self.facts)
        merged.update(facts)
        return self._replace(facts=merged, complete=self.complete | frozenset(complete))

    def as_json(self) -> Dict[str, Any]:
        facts: Dict[str, Dict[str, Any]] = {}
        for name in sorted(self.facts):
            fact = self.facts[name]
            if fact.state == KNOWN:
                entry: Dict[str, Any] = {"value": fact.value}
            elif fact.state == ABSENT:
                entry = {"absent": True}
            else:
                entry = {"unknown": fact.why}
                if fact.detail:
                    entry["detail"] = fact.detail
            if fact.origin:
                entry["from"] = fact.origin
            facts[name] = entry
        return {
            "schema": SCHEMA,
            "kind": KIND,
            "envdoctor": self.doctor,
            "patient": dict(self.patient),
            "complete": sorted(self.complete),
            "probes": dict(self.probes),
            "facts": facts,
        }


def from_json(data: Any) -> Chart:
    """Read what `Chart.as_json` wrote.  Raises ChartError."""
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise ChartError("not-a-chart")
    schema = data.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool):
        raise ChartError("not-a-chart")
    if schema > SCHEMA:
        raise ChartError("too-new", schema=schema, known=SCHEMA, doctor=str(data.get("envdoctor", "?")))
    facts, patient = data.get("facts"), data.get("patient")
    if not isinstance(facts, dict) or not isinstance(patient, dict):
        raise ChartError("damaged", key="facts" if not isinstance(facts, dict) else "patient")
    read: Dict[str, Fact] = {}
    for name, entry in facts.items():
        if not isinstance(entry, dict):
            raise ChartError("damaged", key="facts." + str(name))
        origin = str(entry.get("from", ""))
        if "value" in entry:
            read[name] = known(entry["value"], origin)
        elif "absent" in entry:
            read[name] = absent(origin)
        elif "unknown" in entry:
            read[name] = unknown(str(entry["unknown"]), str(entry.get("detail", "")), origin)
        else:
            raise ChartError("damaged", key="facts." + str(name))
    complete, probes = data.get("complete", []), data.get("probes", {})
    if not isinstance(complete, list) or not isinstance(probes, dict):
        raise ChartError("damaged", key="complete" if not isinstance(complete, list) else "probes")
    return Chart(patient, read, frozenset(map(str, complete)), probes, str(data.get("envdoctor", "")))
