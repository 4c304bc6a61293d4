"""Which Python is the patient, and where does it look for packages?"""

from typing import Any, Dict

from ..chart import Fact, Seen, absent, known, unknown
from ..patient import Patient

FACTS = {
    "python": "version of the patient's Python, like 3.7.16",
    "python.release_level": "alpha, beta or candidate; absent for a final release",
    "python.bits": "64 or 32",
    "python.implementation": "cpython, pypy, …",
    "python.free_threaded": "yes if this build runs without the global lock",
    "python.base_prefix": "the installation that a venv was made from; the prefix itself elsewhere",
    "python.path": "sys.path of a plain start, without the current folder",
    "python.user_site_enabled": "yes if packages of `pip install --user` are seen",
    "python.encoding": "encoding of file names",
    "python.externally_managed": "yes if the system forbids pip to install here (PEP 668)",
    "patient.prefix": "the folder of the environment that is examined",
    "patient.python": "its interpreter",
    "patient.kind": "conda, venv or system",
    "python.trouble": "why the interpreter could not be questioned; absent when it answered",
}


def probe(patient: Patient, ask: Any) -> Seen:
    inside, origin = patient.inside, patient.python
    facts: Dict[str, Fact] = {}

    def fill(name: str, key: str) -> None:
        value = inside.get(key)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if value is None or value == "":
            facts[name] = unknown(patient.trouble or "python-silent", patient.trouble_detail, origin)
        else:
            facts[name] = known(list(value) if isinstance(value, (list, tuple)) else value, origin)

    fill("python", "version")
    fill("python.bits", "bits")
    fill("python.implementation", "implementation")
    fill("python.free_threaded", "free_threaded")
    fill("python.base_prefix", "base_prefix")
    fill("python.path", "path")
    fill("python.user_site_enabled", "user_site_enabled")
    fill("python.encoding", "file_system_encoding")
    fill("python.release_level", "release_level")
    if inside.get("release_level") == "final":
        facts["python.release_level"] = absent(origin)
    facts["python.externally_managed"] = _externally_managed(patient, ask)
    facts["python.trouble"] = known(patient.trouble, origin) if patient.trouble else absent(origin)
    facts["patient.prefix"] = known(patient.prefix)
    facts["patient.python"] = known(patient.python)
    facts["patient.kind"] = known(patient.kind)
    return Seen(facts)


def _externally_managed(patient: Patient, ask: Any) -> Fact:
    if patient.kind == "venv":  # pip does not look at the marker inside a venv
        return known("no", patient.prefix)
    stdlib = patient.inside.get("stdlib")
    if not stdlib:
        return unknown(patient.trouble or "python-silent", patient.trouble_detail, patient.python)
    marker = ask.path.join(stdlib, "EXTERNALLY-MANAGED")
    return known("yes" if ask.is_file(marker) else "no", marker)
