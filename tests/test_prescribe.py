"""Do many remedies become one plan, and does a command reach the patient from the user's shell?"""

import pytest

from envdoctor.chart import Chart, known
from envdoctor.prescribe import prescribe, quote, spell
from envdoctor.report import Finding, Remedy

PY = "/env/bin/python"
WORDS = {"en": "x", "zh": "某"}


def finding(rule, command="", constraints=(), new_environment=False, index=""):
    """command: "uninstall …", "install …" or "reinstall …" with what it is for."""
    action, *words = command.split() or [""]
    fields = {"uninstall": "uninstall", "install": "pins", "reinstall": "reinstall"}
    changes = {fields[action]: tuple(words)} if action else {}
    remedy = Remedy(constraints=constraints, new_environment=new_environment, index=index, **changes)
    return Finding(rule, "c", "packages", "run", "error", "certain", WORDS, WORDS, (), (), (), "", remedy)


def planned(*findings):
    plan = prescribe(Chart({"python": PY}, {}), findings)
    return [" ".join(command[3:]) for command in plan.commands], plan


@pytest.mark.parametrize(
    "findings, commands, left_out",
    [
        ([], [], ()),
        (
            [finding("a", "install h5py==2.10.0"), finding("b", "install protobuf==3.20.3")],
            ["install h5py==2.10.0 protobuf==3.20.3"],
            (),
        ),
        ([finding("a", "install x==1"), finding("b", "install x==1")], ["install x==1"], ()),
        (
            [
                finding("a", "install numpy==1.23.5", constraints=("numpy<1.24",)),
                finding("b", "install numpy==1.26.4", constraints=("numpy<2",)),
            ],
            ["install numpy==1.23.5"],
            (),
        ),
        (
            [finding("a", "install x==1", constraints=("x<2",)), finding("b", "install x==3", constraints=("x>=3",))],
            [],
            ("a", "b"),
        ),
        (
            [
                finding("a", "reinstall cv==4"),
                finding("b", "uninstall utils"),
                finding("c", "install x==1"),
            ],
            ["uninstall -y utils", "install x==1", "install --force-reinstall --no-deps cv==4"],
            (),
        ),
        (
            [finding("a", "install x==1"), finding("b", "install torch==2.0.1+cu118", index="https://p/cu118")],
            ["install torch==2.0.1+cu118 --index-url https://p/cu118", "install x==1"],
            (),
        ),
        (
            [finding("a", "install v==0.16.0"), finding("b", "install v==0.16.0+cu118", index="https://p/cu118")],
            ["install v==0.16.0+cu118 --index-url https://p/cu118"],
            (),
        ),
    ],
)
def test_plan(findings, commands, left_out):
    got, plan = planned(*findings)
    assert got == commands and plan.left_out == left_out
    assert plan.verified == ("known" if commands else None)


def test_a_new_environment_is_said():
    assert planned(finding("a", new_environment=True))[1].new_environment


def shell(python=PY, pip="no", path="no", os="linux"):
    facts = {"os": os, "shell.pip.serves_patient": pip, "shell.python.serves_patient": path}
    return Chart({"python": python}, {name: known(value) for name, value in facts.items()})


INSTALL = ("-m", "pip", "install", "h5py==2.10.0")


@pytest.mark.parametrize(
    "chart, text",
    [
        (shell(pip="yes"), "pip install h5py==2.10.0"),
        (shell(path="yes"), "python -m pip install h5py==2.10.0"),
        (shell(), PY + " -m pip install h5py==2.10.0"),
        (Chart({"python": PY}, {}), PY + " -m pip install h5py==2.10.0"),
        (shell("C:\\env 1\\python.exe", os="windows"), '"C:\\env 1\\python.exe" -m pip install h5py==2.10.0'),
        (shell("C:\\Env\\python.exe", pip="yes", os="windows"), "pip install h5py==2.10.0"),
    ],
)
def test_spelling(chart, text):
    assert spell((chart.patient["python"], *INSTALL), chart) == text


@pytest.mark.parametrize(
    "word, posix, windows",
    [
        ("h5py==2.10.0", "h5py==2.10.0", "h5py==2.10.0"),
        ("h5py<3", '"h5py<3"', '"h5py<3"'),
        ("/a b/python", '"/a b/python"', '"/a b/python"'),
        ("$HOME", "'$HOME'", '"$HOME"'),
        ("it's", '"it\'s"', '"it\'s"'),
        ("", '""', '""'),
    ],
)
def test_quoting(word, posix, windows):
    assert quote(word) == posix and quote(word, windows=True) == windows
