"""Are the facts about the interpreter those that it told, and is silence told from "no"?"""

import pytest

from envdoctor.ask import Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient, find
from envdoctor.probes.interpreter import FACTS, probe

from .tape import Tape

TOLD = {
    "version": "3.7.16",
    "release_level": "final",
    "bits": 64,
    "implementation": "cpython",
    "free_threaded": False,
    "base_prefix": "/usr",
    "path": ["/usr/lib/python3.7"],
    "user_site_enabled": True,
    "file_system_encoding": "utf-8",
    "stdlib": "/usr/lib/python3.7",
}
MARKER = {"/usr/lib/python3.7/EXTERNALLY-MANAGED": "[externally-managed]"}


def facts(patient, machine):
    seen = probe(patient, machine).facts
    assert set(seen) == set(FACTS)
    return seen


def test_an_interpreter_that_answered():
    seen = facts(Patient("system", "/usr/bin/python3", "/usr", "PATH", inside=TOLD), Tape())
    assert {name: fact.value for name, fact in seen.items() if fact.state == KNOWN} == {
        "python": "3.7.16",
        "python.bits": 64,
        "python.implementation": "cpython",
        "python.free_threaded": "no",
        "python.base_prefix": "/usr",
        "python.path": ["/usr/lib/python3.7"],
        "python.user_site_enabled": "yes",
        "python.encoding": "utf-8",
        "python.externally_managed": "no",
        "patient.kind": "system",
        "patient.prefix": "/usr",
        "patient.python": "/usr/bin/python3",
    }
    assert {name for name, fact in seen.items() if fact.state == ABSENT} == {"python.trouble", "python.release_level"}
    assert seen["python"].origin == "/usr/bin/python3"


@pytest.mark.parametrize(("kind", "files", "expected"), [("system", MARKER, "yes"), ("venv", MARKER, "no")])
def test_the_marker_of_the_system_counts_outside_a_venv(kind, files, expected):
    seen = facts(Patient(kind, "python", "/p", "PATH", inside=TOLD), Tape(files=files))
    assert seen["python.externally_managed"].value == expected


def test_a_release_candidate_says_so():
    patient = Patient("system", "python", "/usr", "PATH", inside=dict(TOLD, release_level="candidate"))
    assert facts(patient, Tape())["python.release_level"].value == "candidate"


def test_what_files_could_not_tell_is_unknown_with_the_reason():
    patient = Patient(
        "system", "/v/bin/python", "/v", "--python", inside={"version": "3.7", "path": []},
        trouble="python-crashes", trouble_detail="Fatal Python error",
    )  # fmt: skip
    seen = facts(patient, Tape())
    assert (seen["python"].value, seen["python.path"].value) == ("3.7", [])
    assert seen["python.trouble"].value == "python-crashes"
    missing = {name for name, fact in seen.items() if fact.state == UNKNOWN}
    assert missing == {name for name in FACTS if name.startswith("python")} - {
        "python",
        "python.path",
        "python.trouble",
    }
    assert all((seen[name].why, seen[name].detail) == ("python-crashes", "Fatal Python error") for name in missing)


def test_the_interpreter_of_this_test():
    ask = Ask()
    seen = facts(find(ask), ask)
    assert not [name for name, fact in seen.items() if fact.state == UNKNOWN]
