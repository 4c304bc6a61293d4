"""Are the symptoms and causes fit to ship, safe to match, and does the linter notice when they are not?"""

from __future__ import annotations

import json
import os
import re

import pytest

from envdoctor import lint, rulebook, symptoms
from envdoctor.explaining.match import Index
from envdoctor.explaining.patterns import ALONE, dangers, literals, shortest
from envdoctor.rulebook import RulebookError

RULES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")
KNOWN = symptoms.load(RULES)

GOOD = """
match    = [\'\'\'ImportError: libalpha\\.so\\.(?P<number>\\d+): cannot open\'\'\']
severity = "error"
stage    = "import"
area     = "packages"
source   = ["https://docs.example/alpha"]
checked  = 2026-11-27

[[candidate]]
cause    = "alpha-missing"
packages = ["alpha"]
title.en = "Library {number} of alpha is missing"
title.zh = "缺少 alpha 的库 {number}"
detail.en = "It is not there."
detail.zh = "库不存在。"
[candidate.remedy]
pip  = ["alpha==1.0"]
risk = "env"

[[case]]
log    = "ImportError: libalpha.so.3: cannot open shared object file"
expect = "alpha-missing"

[[case]]
log    = "libalpha.so.3 is loaded"
expect = "silent"
"""
CAUSES = """
[[cause]]
id = "alpha-missing"
area = "linux"
name.en = "alpha is missing"
name.zh = "缺少 alpha"
"""


def folder_with(tmp_path, text=GOOD, causes=CAUSES):
    place = tmp_path / "symptoms" / "linux"
    place.mkdir(parents=True)
    (place / "alpha.toml").write_text(text, encoding="utf-8")
    (tmp_path / "causes.toml").write_text(causes, encoding="utf-8")
    return str(tmp_path)


def problems(folder):
    import datetime

    return [f"{one.key}: {one.problem}" for one in lint.lint(folder, datetime.date(2026, 12, 1))]


def test_a_good_symptom_has_no_problems(tmp_path):
    folder = folder_with(tmp_path)
    assert problems(folder) == []
    (symptom,) = symptoms.load(folder).symptoms
    assert symptom.id == "symptoms/linux/alpha"
    assert symptom.candidates[0].treatments[0].pip == ("alpha==1.0",)


def test_the_compiled_symptoms_are_those_of_the_folder(tmp_path):
    folder = folder_with(tmp_path)
    text = json.loads(json.dumps(rulebook.compile_folder(folder)))
    assert isinstance(text["symptoms"], str), "only `explain` takes it apart"
    data = {kind: json.loads(text[kind]) for kind in rulebook.SIGNATURES}
    assert symptoms.read(data) == symptoms.load(folder)


@pytest.mark.parametrize(
    "old, new, said",
    [
        (r"libalpha\.so\.(?P<number>\d+)", r"(?P<number>(\d+)+)alpha", "a repeat within a repeat"),
        (r"(?P<number>\d+): cannot", r"(?P<number>\d+).*.*cannot", "two repeats beside each other"),
        (r"ImportError: libalpha\.so\.(?P<number>\d+): cannot open", r"n(?P<number>\d+): \w+", "fixed text"),
        (r"cannot open'''", r"cannot open (?P=number)'''", "refers to a group"),
        ('cause    = "alpha-missing"', 'cause    = "beta-missing"', "not in causes.toml"),
        ('packages = ["alpha"]', 'packages = ["alpha"]\nrules = ["alpha/none"]', "no rule 'alpha/none'"),
        ('packages = ["alpha"]', 'packages = ["alpha"]\nwhen = ["alpha >> 3"]', "candidate[1].when"),
        ('packages = ["alpha"]', 'packages = ["{mod}"]', "{mod} is no named group"),
        ('title.zh = "缺少 alpha 的库 {number}"', 'title.zh = "缺少 alpha 的库"', "placeholders differ"),
        ('detail.zh = "库不存在。"', 'detail.zh = "missing"', "holds no Chinese"),
        ('detail.en = "It is not there."', 'detail.en = "It is not there!"', "exclamation mark"),
        ("checked  = 2026-11-27", "checked  = 2020-01-01", "last compared"),
        ("libalpha.so.3: cannot open shared", "libalpha.so.3: can open shared", "expected: alpha-missing; said:"),
        ("libalpha.so.3 is loaded", "ImportError: libalpha.so.3: cannot open", "expected: silent; it speaks"),
        ('expect = "silent"', 'expect = "alpha-missing"', "no case in which it stays silent"),
    ],
)
def test_the_linter_says_what_is_wrong(tmp_path, old, new, said):
    assert old in GOOD
    assert any(said in problem for problem in problems(folder_with(tmp_path, GOOD.replace(old, new))))


@pytest.mark.parametrize(
    "old, new, key",
    [
        ('severity = "error"', 'severity = "bad"', "severity"),
        ('area     = "packages"', 'area     = "linux"', "area"),
        ('source   = ["https://docs.example/alpha"]', "", "source"),
        ("[[candidate]]", "[[candidate]]\ncolour = 3", "candidate[1].colour"),
        ('stage    = "import"', 'stage = "import"\nrank = "high"', "rank"),
    ],
)
def test_a_file_of_the_wrong_shape_is_named(tmp_path, old, new, key):
    with pytest.raises(RulebookError) as caught:
        symptoms.load(folder_with(tmp_path, GOOD.replace(old, new)))
    assert caught.value.file == "symptoms/linux/alpha.toml" and caught.value.key == key


def test_no_cause_is_there_twice(tmp_path):
    with pytest.raises(RulebookError):
        symptoms.load(folder_with(tmp_path, causes=CAUSES + CAUSES))


def test_causes_of_the_house_are_named_in_both_languages():
    assert len(KNOWN.causes) >= 113
    assert len({cause.name["en"] for cause in KNOWN.causes.values()}) == len(KNOWN.causes)


# ---------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    "pattern, texts",
    [
        (r"No module named '?(?P<mod>\w+)", ["No module named "]),
        (r"alpha|beta gamma", ["alpha", "beta gamma"]),
        (r"(?:one|two)+ three four", [" three four"]),
        (r"\w+: \d+", [": "]),
        (r"(?i)CUDA Out", ["cuda out"]),
        (r"x?longer text(?= behind)", ["longer text"]),
    ],
)
def test_literals_of_a_pattern(pattern, texts):
    assert sorted(literals(pattern)[0]) == sorted(texts)


@pytest.mark.parametrize(
    "pattern", [r"(a+)+b", r".*.*x", r"\w+Error: x", r"x|(?P<a>\S+) y", r"(?:\w+\s*)*x", r"\w+\d+", r"(a)\1", r"("]
)
def test_dangerous_patterns(pattern):
    assert dangers(pattern)


@pytest.mark.parametrize(
    "pattern", [r"kind: (?:\w+\.)*Error", r"\b\w+Error: x", r"a\s+\d+", r"x.{0,80}y.*z", r"x(?:\.\w+)*", r"^.*x"]
)
def test_harmless_patterns(pattern):
    assert dangers(pattern) == []


def all_patterns():
    for symptom in KNOWN.symptoms:
        yield from symptom.match + symptom.nearby + symptom.none
        for candidate in symptom.candidates:
            yield from candidate.nearby + candidate.needs


def test_every_pattern_of_the_house_is_safe():
    assert [(one, dangers(one)) for one in sorted(set(all_patterns())) if dangers(one)] == []


def test_the_literals_of_a_pattern_are_in_what_it_matches():
    for symptom in KNOWN.symptoms:
        for case in symptom.cases:
            for line in case.log.split("\n"):
                for pattern in symptom.match:
                    if re.search(pattern, line):
                        texts, folded = literals(pattern)
                        assert any(text in (line.lower() if folded else line) for text in texts), pattern


def test_hostile_lines_do_not_stop_the_doctor():
    """Long repeats of what the patterns look for; one that runs away would take hours, not a moment."""
    index = Index(KNOWN.symptoms)
    pieces = sorted({text for symptom in KNOWN.symptoms for one in symptom.match for text in literals(one)[0]})
    lines = [piece * (1000 // len(piece)) for piece in pieces] + [piece + " a.b/c-1, " * 100 for piece in pieces]
    assert index.hits(lines) is not None


@pytest.mark.parametrize("symptom", KNOWN.symptoms, ids=lambda one: one.id)
def test_each_symptom_can_be_found_by_its_texts(symptom):
    for pattern in symptom.match:
        assert shortest(literals(pattern)[0]) >= (2 if symptom.nearby else ALONE)
