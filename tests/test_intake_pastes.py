"""What do pasted environments say?  tests/pastes: each file is a paste, a line, and the facts that must come of it."""

import glob
import json
import os

import pytest

from envdoctor import rulebook
from envdoctor.chart import ABSENT, DISTRIBUTIONS, KNOWN, UNKNOWN
from envdoctor.intake.paste import read

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pastes")
TABLES = rulebook.load().tables
RULER = "\n=== expected ===\n"


def sample(name):
    """(the paste, what is expected): "?fact": must not be known; capitals: about the whole."""
    with open(os.path.join(FOLDER, name + ".txt"), encoding="utf-8", newline="") as file:
        paste, _, expected = file.read().replace("\r\n=== expected", "\n=== expected").partition(RULER)
    return paste, json.loads(expected)


NAMES = sorted(os.path.basename(path)[: -len(".txt")] for path in glob.glob(os.path.join(FOLDER, "*.txt")))


@pytest.mark.parametrize("name", NAMES)
def test_a_paste_says_what_it_says(name):
    paste, expected = sample(name)
    intake = read(paste, TABLES)
    chart = intake.chart
    for fact, value in expected.items():
        if fact.isupper():
            continue
        state = chart.fact(fact.lstrip("?"))
        if fact.startswith("?"):
            assert state.state != KNOWN, fact
        elif value is None:
            assert state.state == ABSENT, (fact, state)
        else:
            assert (state.state, state.value) == (KNOWN, value), (fact, state)
    assert len(intake.environments) == expected.get("ENVIRONMENTS", 1)
    assert intake.main + 1 == expected.get("MAIN", len(intake.environments))
    if "COMPLETE" in expected:
        assert (DISTRIBUTIONS in chart.complete) == expected["COMPLETE"]
    for package, version in expected.get("CONDA", {}).items():
        assert chart.value("conda.packages")[package]["version"] == version
    assert sorted(one.fact for one in intake.contradictions) == sorted(expected.get("CONTRADICTIONS", []))


def test_there_are_many():
    assert len(NAMES) >= 60


def test_what_nobody_said_is_unknown():
    chart = read("RTX 3080, driver 460.32", TABLES).chart
    assert {chart.fact(name).state for name in ("torch", "python", "os", "cudnn", "nvml.error")} == {UNKNOWN}
    assert chart.fact("conda.packages").state == ABSENT and chart.fact("env.CUDA_VISIBLE_DEVICES").state == ABSENT
