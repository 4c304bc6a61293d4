"""Are findings ordered, folded, worded and evidenced as a reader needs them?"""

import pytest

from envdoctor import rulebook
from envdoctor.chart import DISTRIBUTIONS, Chart, absent, known, unknown
from envdoctor.diagnose import diagnose
from envdoctor.finding import placeholders, split, text_of

RULE = {
    "severity": "error",
    "cause": "made-up",
    "area": "packages",
    "stage": "run",
    "when": ["alpha >=2"],
    "packages": ["alpha"],
    "source": ["https://example.org"],
    "checked": "2026-11-23",
    "title": {"en": "alpha {alpha} is too new", "zh": "alpha {alpha} 太新"},
    "detail": {"en": "It breaks.", "zh": "会出错。"},
}


def book(**issues):
    return rulebook.read(
        {"issues": {name.replace("__", "/"): {**RULE, **more} for name, more in issues.items()}, "matrix": {}}
    )


def chart(**facts):
    facts.setdefault("pip", "24.0")
    given = {name.replace("__", "."): known(value, "from " + name) for name, value in facts.items()}
    return Chart({"python": "/env/bin/python"}, given, frozenset([DISTRIBUTIONS]))


def test_a_finding_quotes_its_facts():
    (found,), doubts = diagnose(chart(alpha="2.1"), book(a__new={}))
    assert found.title == {"en": "alpha 2.1 is too new", "zh": "alpha 2.1 太新"}
    assert [(one.fact, one.value, one.origin) for one in found.evidence] == [("alpha", "2.1", "from alpha")]
    assert found.packages == ("alpha",) and found.remedy is None and doubts == ()


def test_the_alternative_that_fits_is_named():
    rules = book(
        a__any={"any": ["beta <1", "gamma <3"], "title": {"en": "{alpha} with {any}", "zh": "{alpha} 与 {any}"}}
    )
    (found,), _ = diagnose(chart(alpha="2", beta="5", gamma="1"), rules)
    assert found.title["en"] == "2 with gamma 1"


def test_order_is_severity_then_what_is_stopped_first():
    rules = book(
        z__run={},
        a__warn={"severity": "warning", "stage": "machine"},
        m__import={"stage": "import"},
        b__likely={"stage": "import", "certainty": "likely"},
    )
    findings, _ = diagnose(chart(alpha="2"), rules)
    assert [found.rule for found in findings] == ["m/import", "b/likely", "z/run", "a/warn"]


def test_consequences_are_folded_under_their_cause():
    rules = book(
        a__cause={},
        b__after={"follows": ["a/cause"]},
        c__later={"follows": ["b/after"]},
        d__own={"follows": ["x/none"]},
    )
    findings, _ = diagnose(chart(alpha="2"), rules)
    assert [found.rule for found in findings] == ["a/cause", "d/own"]
    assert [child.rule for child in findings[0].consequences] == ["b/after"]
    assert [child.rule for child in findings[0].consequences[0].consequences] == ["c/later"]


def test_what_cannot_be_judged_is_a_doubt_with_its_reason():
    rules = book(a__gpu={"when": ["alpha >=2", "driver <400"]})
    blind = chart(alpha="2").with_facts({"driver": unknown("denied", "/dev/nvidia0")})
    findings, (doubt,) = diagnose(blind, rules)
    assert findings == () and (doubt.rule, doubt.missing, doubt.why) == ("a/gpu", ("driver",), "denied")
    _, (odd,) = diagnose(chart(alpha="2", driver="new"), rules)
    assert odd.why == "not-a-version"


@pytest.mark.parametrize(
    "expect, ignore, count",
    [
        ("any", (), 2),
        ("gpu", (), 2),
        ("cpu", (), 1),
        ("any", ("a/new",), 1),
        ("any", ("a/", "b/"), 0),
        ("any", ("a",), 2),
    ],
)
def test_expect_and_ignore(expect, ignore, count):
    rules = book(a__new={}, b__gpu={"area": "gpu"})
    findings, _ = diagnose(chart(alpha="2"), rules, expect, ignore)
    assert len(findings) == count


REMEDIES = [
    {"when": ["python <3.9"], "pip": ["alpha==1.9"], "constraints": ["alpha<2"], "risk": "env"},
    {"when": ["python >=3.9"], "risk": "env", "note": {"en": "none for {python}", "zh": "{python} 没有"}},
]


@pytest.mark.parametrize(
    "python, commands, note",
    [
        ("3.7.1", (("/env/bin/python", "-m", "pip", "install", "alpha==1.9"),), None),
        ("3.9.1", (), "none for 3.9.1"),
    ],
)
def test_the_first_treatment_that_holds(python, commands, note):
    (found,), _ = diagnose(chart(alpha="2", python=python), book(a__new={"remedy": REMEDIES}))
    assert found.remedy.commands == commands
    assert (found.remedy.note or {}).get("en") == note


def test_no_treatment_is_guessed_where_its_condition_is_unknown():
    (found,), _ = diagnose(chart(alpha="2"), book(a__new={"remedy": REMEDIES}))
    assert found.remedy is None


def test_a_list_stands_for_its_elements():
    facts = chart(alpha="2", project__missing_known={"opencv-python": ["a.py:1"], "pillow": ["b.py:2"]})
    rule = {
        "when": ["alpha >=2", "project.missing_known present"],
        "packages": ["{project.missing_known}"],
        "remedy": [{"pip": ["{project.missing_known}"], "risk": "env"}],
    }
    (found,), _ = diagnose(facts, book(a__new=rule))
    assert found.packages == ("opencv-python", "pillow")
    assert found.remedy.commands[0][-2:] == ("opencv-python", "pillow")


def test_several_placeholders_are_one_text():
    rule = {
        "remedy": [{"reinstall": ["{each.name}=={each.version}"], "risk": "env"}],
        "each": "packages.hollow",
        "when": [],
    }
    facts = chart(numpy="1.26.4", packages__hollow={"numpy": ["numpy/__init__.py"]})
    (found,), _ = diagnose(facts, book(a__gone={**rule, "title": {"en": "{each.name}", "zh": "{each.name} 没了"}}))
    assert found.remedy.commands[0][-1] == "numpy==1.26.4" and found.title["en"] == "numpy"


def test_where_the_code_uses_it():
    facts = chart(alpha="2", project__uses={"numpy.int": ["a.py:3", "b.py:4"]})
    rule = {
        "title": {"en": "{project.uses:numpy.int}", "zh": "{project.uses:numpy.int} 处"},
        "evidence": ["project.uses"],
    }
    (found,), _ = diagnose(facts, book(a__new=rule))
    assert found.title["en"] == "a.py:3"


def test_text_of_values():
    assert text_of(known(["a", "b"])) == "a, b"
    assert text_of(known({"x": ["a.py:1", "b.py:2"], "y": ""})) == "x (a.py:1), y"
    assert text_of(known(64)) == "64" and text_of(absent()) == "None"


def test_placeholders_may_hold_a_colon():
    assert placeholders("{a} {b.c:d.e} {{x}}") == {"a", "b.c"}
    assert split("{a:b}")[0][1] == "a:b"
