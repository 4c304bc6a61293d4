"""Is the answer of a resolver turned into the smallest set of changes that mends?"""

import pytest

from envdoctor import rulebook
from envdoctor.assume import PRESUMED
from envdoctor.chart import DISTRIBUTIONS, Chart, known
from envdoctor.conclusions import derive
from envdoctor.cure.prescription import prescription
from envdoctor.cure.resolver import CONFLICT, FAILED, NO_RESOLVER, Resolution
from envdoctor.cure.solve import question_of, solve
from envdoctor.diagnose import diagnose
from envdoctor.report import Finding, Remedy

BOOK = rulebook.load()
SEED = {
    "tensorflow": "1.13.2",
    "keras": "2.1.5",
    "h5py": "3.8.0",
    "numpy": "1.21.6",
    "protobuf": "3.20.3",
    "scipy": "1.7.3",
    "six": "1.17.0",
}


def chart_of(installed, python="3.7.16", **facts):
    told = {
        **PRESUMED,
        "python": known(python),
        "os": known("linux"),
        "cpu.arch": known("x86_64"),
        **{name: known(version) for name, version in installed.items()},
        **{name: known(value) for name, value in facts.items()},
    }
    return Chart({"kind": "venv", "python": "/env/bin/python"}, told, frozenset([DISTRIBUTIONS, "env"]))


def found_on(chart):
    return diagnose(derive(chart, BOOK.tables), BOOK)[0]


class Recorded:
    """A resolver that gives one answer after the other, and keeps the questions."""

    def __init__(self, *answers):
        self.answers, self.questions = list(answers), []

    def __call__(self, question):
        self.questions.append(question)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(question) if callable(answer) else answer


def agrees(question):
    """Everything as it is, and exactly what is asked for."""
    pins = dict(question.installed)
    for line in question.requirements:
        name, equals, version = line.partition("==")
        if equals:
            pins[name] = version
    return Resolution(pins, "uv 1.0")


def no(question):
    return Resolution({}, "uv 1.0", CONFLICT, "Because a needs b, no.")


def test_nothing_moves_but_what_is_at_fault():
    chart = chart_of(SEED)
    ask = Recorded(agrees)
    solution = solve(chart, BOOK, found_on(chart), ask)
    assert [(one.name, one.before, one.after) for one in solution.changes] == [("h5py", "3.8.0", "2.10.0")]
    assert solution.changes[0].rules == ("h5py/old-keras-cannot-read-h5py-3",)
    [question] = ask.questions
    assert set(question.requirements) == {"h5py==2.10.0"} | {f"{n}=={v}" for n, v in SEED.items() if n != "h5py"}
    assert question.python == "/env/bin/python" and "h5py" in question.wheels_only


def test_side_packages_move_before_frameworks_do():
    chart = chart_of(SEED)
    ask = Recorded(no, agrees)
    solve(chart, BOOK, found_on(chart), ask)
    assert "numpy" in ask.questions[1].requirements and "keras==2.1.5" in ask.questions[1].requirements
    ask = Recorded(no, no, agrees)
    solve(chart, BOOK, found_on(chart), ask)
    assert {"numpy", "keras", "tensorflow"} <= set(ask.questions[2].requirements)
    assert "h5py==2.10.0" in ask.questions[2].requirements


def test_what_the_project_pins_stays_as_long_as_frameworks_do():
    wants = {"scipy": {"specifier": "==1.7.3", "where": "requirements.txt:1"}}
    chart = chart_of(SEED, **{"project.requires": wants})
    ask = Recorded(no, agrees)
    solve(chart, BOOK, found_on(chart), ask)
    assert "scipy==1.7.3" in ask.questions[1].requirements and "numpy" in ask.questions[1].requirements


def test_what_comes_along_is_judged_by_the_rules_too():
    """The resolver brings a NumPy that this TensorFlow cannot bear: asked again, with the rule's limit."""
    installed = {**SEED, "tensorflow": "2.10.0", "keras": "2.10.0", "h5py": "3.7.0", "protobuf": "3.19.6"}
    chart = chart_of({**installed, "pillow": "8.3.0"}, python="3.10.13")
    pillow = tuple(one for one in found_on(chart) if "pillow" in one.packages)
    assert pillow

    def brings_numpy_2(question):
        answer = agrees(question)
        pins = dict(answer.pins)
        if not any("numpy<2" in line for line in question.constraints):
            pins["numpy"] = "2.2.6"
        return Resolution(pins, "uv 1.0")

    ask = Recorded(brings_numpy_2)
    solution = solve(chart, BOOK, pillow, ask)
    assert len(ask.questions) > 1
    later = {one.name: one.after for one in solution.changes}
    assert not later.get("numpy", "1").startswith("2"), solution.changes


def test_of_findings_that_do_not_go_together_the_worst_are_mended():
    chart = chart_of({**SEED, "protobuf": "4.24.4"})
    findings = found_on(chart)
    assert {"protobuf", "h5py"} <= {name for one in findings for name in one.packages}

    def either(question):
        both = {"h5py==2.10.0", "protobuf==3.20.3"} <= set(question.requirements)
        return no(question) if both else agrees(question)

    solution = solve(chart, BOOK, findings, Recorded(either))
    first = findings[0].packages[0]
    assert [one.name for one in solution.changes] == [first]
    assert {one.packages[0] for one in solution.goal.left} >= {"h5py", "protobuf"} - {first}


def test_when_nothing_goes_the_conflict_is_told():
    chart = chart_of(SEED)
    solution = solve(chart, BOOK, found_on(chart), Recorded(no))
    assert solution.resolution.trouble == CONFLICT and not solution.changes


@pytest.mark.parametrize("trouble", [NO_RESOLVER, FAILED])
def test_without_a_resolver_the_rules_alone_decide(trouble):
    chart = chart_of(SEED)
    solution = solve(chart, BOOK, found_on(chart), Recorded(Resolution({}, "", trouble, "…")))
    assert [(one.name, one.after) for one in solution.changes] == [("h5py", "2.10.0")]
    assert solution.resolution.trouble == trouble


def test_without_a_resolver_the_installer_may_move_what_the_changed_one_brought_along():
    demands = {"tensorflow": ["tensorflow-estimator>=2.0,<2.1", "numpy>=1.16", "keras>=2"], "keras": ["numpy"]}
    installed = {**SEED, "tensorflow": "2.0.0", "tensorflow-estimator": "2.0.1", "h5py": "2.10.0", "pip": "22.0.4"}
    chart = chart_of(installed, **{"packages.requires": demands})
    findings = [one for one in found_on(chart) if one.rule == "keras/knows-only-tensorflow-1"]
    plan = prescription(chart, BOOK, findings, None, resolve=Recorded(Resolution({}, "", NO_RESOLVER)))
    assert [(one.name, one.after) for one in plan.changes] == [("tensorflow", "1.13.2")] and plan.verified == "known"
    kept = {line.partition("==")[0] for line in plan.keep}
    assert kept == {"keras", "h5py", "protobuf", "scipy", "six", "pip"}  # frameworks stay in any case


def test_who_is_already_at_odds_with_its_own_demands_hinders_nobody():
    demands = {"keras": ["numpy>=1.9"], "scipy": ["numpy<1.20"], "tensorflow": ["six"]}
    chart = chart_of(SEED, **{"packages.requires": demands})
    solution = solve(chart, BOOK, [one for one in found_on(chart) if "h5py" in one.packages], Recorded(agrees))
    question = question_of(chart, solution.goal, sorted(SEED), BOOK.tables)
    assert "scipy==1.7.3" not in question.requirements and "keras==2.1.5" in question.requirements


def test_a_remedy_that_brings_a_fault_without_cure_is_left():
    """Removing what the project imports would only make another error of it."""
    chart = chart_of({"numpy": "1.26.4", "torch": "2.2.0"}, python="3.11.7")
    wrong = Finding(
        "test/x", "x", "packages", "run", "error", "certain", {"en": "x", "zh": "x"}, {"en": "", "zh": ""}, ("torch",),
        (), (), "", Remedy(uninstall=("torch",)),
    )  # fmt: skip
    kept = chart.with_facts(
        {
            "project.imports": known({"torch": ["train.py:1"]}),
            "project.entries": known(["train.py"]),
            "project.needed_by": known({"torch": ["train.py"]}),
            "packages.modules": known(["torch", "numpy"]),
            "project.modules": known({}),
            "neighbours": known({}),
        }
    )
    solution = solve(kept, BOOK, [wrong], Recorded(agrees))
    assert not solution.changes and wrong in solution.goal.left


def test_if_what_a_rule_would_move_has_to_stay_the_other_side_moves():
    """NumPy 2 is demanded by others, so the OpenCV that was built for NumPy 1 goes to the next release for 2."""
    chart = chart_of(
        {"numpy": "2.1.3", "opencv-python": "4.8.1.78", "scipy": "1.17.1"},
        python="3.11.7",
        **{"packages.requires": {"scipy": ["numpy>=2.0.2"]}},
    )
    findings = found_on(chart)
    assert [one.rule for one in findings] == ["numpy/2-breaks-modules-built-for-1"]
    solution = solve(chart, BOOK, findings, Recorded(agrees))
    assert [(one.name, one.after) for one in solution.changes] == [("opencv-python", "4.10.0.84")]
    assert not solution.goal.left
