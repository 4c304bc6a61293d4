"""How is a patient examined?  Every module of this folder is a probe: one question, the facts that it can fill.

A probe has FACTS (fact name -> what it means; a name may end in `*`) and probe(patient, ask) -> Seen.
It never judges, prints, or knows a rule.  Runs on Python 3.6, like all that looks at a machine.
"""

import importlib
import pkgutil
import threading
import time
from typing import Any, Dict, List, Set, Tuple

from .. import __version__
from ..chart import Chart, Fact, Seen, unknown
from ..patient import Patient

#: A probe that has not come home after this many seconds is given up (our choice; see docs/ARCHITECTURE.md).
PROBE_SECONDS = 20.0


def names() -> List[str]:
    """The probes there are, by being in this folder."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def facts() -> Dict[str, str]:
    """Every fact that some probe can fill -> what it means."""
    every: Dict[str, str] = {}
    for name in names():
        every.update(importlib.import_module(__name__ + "." + name).FACTS)
    return every


def examine(patient: Patient, ask: Any, seconds: float = PROBE_SECONDS) -> Chart:
    """Send every probe, all at once, each with its own clock; what fails becomes "unknown", with the reason."""
    errands = [_Errand(name, patient, ask) for name in names()]
    for errand in errands:
        errand.start()
    end = time.monotonic() + seconds
    collected: Dict[str, Fact] = {}
    complete: Set[str] = set()
    clocks = {}
    for errand in errands:
        errand.join(max(0.0, end - time.monotonic()))
        seen, trouble = errand.result()
        collected.update(seen.facts)
        complete |= seen.complete
        clocks[errand.name] = {"ms": round(errand.ms, 1), "trouble": trouble}
    about = {
        "kind": patient.kind,
        "python": patient.python,
        "prefix": patient.prefix,
        "name": patient.name,
        "chosen_by": patient.chosen_by,
        "version": patient.inside.get("version", ""),
        "project": patient.project,
        "passed_over": list(patient.passed_over),
    }
    return Chart(about, collected, frozenset(complete), clocks, __version__)


class _Errand(threading.Thread):
    """One probe on its way."""

    def __init__(self, name: str, patient: Patient, ask: Any) -> None:
        super().__init__(name=name, daemon=True)  # a probe that hangs must not keep the doctor from leaving
        self._parts = (patient, ask)
        self._seen = None  # type: Any
        self._trouble = ""
        self._facts = {}  # type: Dict[str, str]
        self.ms = 0.0

    def run(self) -> None:
        start = time.monotonic()
        try:
            module = importlib.import_module(__name__ + "." + self.name)
            self._facts = module.FACTS
            self._seen = module.probe(*self._parts)
        except Exception as error:  # fail forward: a broken probe is a fact, and the others go on
            self._trouble = "{}: {}".format(type(error).__name__, error)
        self.ms = (time.monotonic() - start) * 1000

    def result(self) -> Tuple[Seen, str]:
        if self._seen is not None:
            return self._seen, ""
        why, detail = ("probe-failed", self._trouble) if self._trouble else ("probe-too-slow", self.name)
        lost = {name: unknown(why, detail) for name in self._facts if not name.endswith("*")}
        return Seen(lost), detail
