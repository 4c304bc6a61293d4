"""Do uv and pip get the right question, and is their answer read right?"""

import os
import shutil
import sys

import pytest

from envdoctor import versions
from envdoctor.ask import Answer, Ask
from envdoctor.cure.resolver import (
    CONFLICT,
    FAILED,
    NO_RESOLVER,
    PIP_REPORTS,
    TIMEOUT,
    Question,
    Resolver,
    find_uv,
)
from envdoctor.cure.surroundings import places_for_uv
from tests.cure_patients import Patient, bundled_pip, make_venv, wheel

UV = find_uv(Ask())


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A venv with pip; alpha 1.0 is installed; alpha 2.0 needs beta, gamma 1.0 is there alone."""
    folder = tmp_path_factory.mktemp("shop")
    pip = bundled_pip(folder / "pip")
    if not pip:
        pytest.skip("this Python comes without pip")
    links = folder / "links"
    for name, version in (("alpha", "1.0"), ("alpha", "2.0"), ("beta", "1.0"), ("gamma", "1.0")):
        wheel(links, name, version)
    patient = make_venv(folder / "env", pip=pip)
    patient.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(links), UV_NO_INDEX="1", UV_FIND_LINKS=str(links))
    patient.environ["PATH"] = os.path.dirname(shutil.which("true") or "/bin/true")
    patient.pip("install", "alpha==1.0")
    return patient


class WithUv(Ask):
    def which(self, name, path=None):
        return UV if name == "uv" else super().which(name, path)


class WithoutUv(Ask):
    def which(self, name, path=None):
        return "" if name == "uv" else super().which(name, path)

    def is_file(self, path):
        return False if os.path.basename(path).startswith("uv") else super().is_file(path)


def hands(patient, kind):
    if kind is WithUv and not UV:
        pytest.skip("no uv here")
    ask = kind(patient.environ)
    pip = ask.run([patient.python, "-m", "pip", "--version"]).out.split()[1]
    if kind is WithoutUv and versions.compare(pip, "<", PIP_REPORTS):
        pytest.skip(f"pip {pip} does not tell what it would install")
    return ask


BOTH = pytest.mark.parametrize("kind", [WithUv, WithoutUv])


@BOTH
def test_what_is_installed_is_kept_and_what_is_asked_for_comes(shop, kind):
    question = Question(("alpha==1.0", "gamma"), python=shop.python, installed={"alpha": "1.0"})
    answer = Resolver(hands(shop, kind))(question)
    assert answer.trouble == "" and answer.pins == {"alpha": "1.0", "gamma": "1.0"}
    assert answer.solver.split()[0] == ("uv" if kind is WithUv else "pip") and answer.solver.split()[1][:1].isdigit()


@BOTH
def test_a_contradiction_is_a_conflict_with_the_resolver_s_own_words(shop, kind):
    for requirements, constraints in ((("alpha==1.0", "alpha==2.0"), ()), (("alpha==2.0",), ("alpha<2",))):
        answer = Resolver(hands(shop, kind))(Question(requirements, constraints, python=shop.python))
        assert answer.trouble == CONFLICT and "alpha" in answer.log and not answer.pins


@BOTH
def test_what_nobody_offers_is_a_conflict_too(shop, kind):
    assert Resolver(hands(shop, kind))(Question(("delta==1.0",), python=shop.python)).trouble == CONFLICT


@BOTH
def test_settings_of_the_user_do_not_lead_the_resolver_astray(shop, tmp_path, kind):
    """With a target, pip takes nothing for installed, and answers with what is there already."""
    away = str(tmp_path / "away")
    astray = {"PIP_TARGET": away, "PIP_USER": "1", "PIP_IGNORE_INSTALLED": "1", "PIP_REPORT": away, "PIP_LOG": away}
    astray.update(PIP_REQUIREMENT=away, PYTHONWARNINGS="error", UV_SYSTEM_PYTHON="1", UV_PYTHON=away)
    ask = kind({**hands(shop, kind).environ, **astray})
    question = Question(("alpha==1.0",), python=shop.python, installed={"alpha": "1.0", "gamma": "1.0"})
    answer = Resolver(ask)(question)
    assert (answer.trouble, answer.pins) == ("", question.installed), answer.log
    assert not os.path.exists(away)


def test_a_python_without_pip_and_no_uv_is_no_resolver(tmp_path):
    patient = make_venv(tmp_path / "env")
    assert Resolver(WithoutUv(patient.environ))(Question(("alpha",), python=patient.python)).trouble == NO_RESOLVER


def test_another_python_can_only_be_asked_of_uv(shop):
    question = Question(("gamma",), python=shop.python, version="3.7", platform="linux")
    assert Resolver(WithoutUv(shop.environ))(question).trouble == NO_RESOLVER
    if UV:
        answer = Resolver(hands(shop, WithUv))(question)
        assert (answer.trouble, answer.pins) == ("", {"gamma": "1.0"}), answer.log


class Recorded:
    """Answers of commands as they were given elsewhere."""

    path, os = os.path, "linux"

    def __init__(self, answers, environ=(), folders=(), files=()):
        self.answers, self.environ, self.folders, self.files = answers, dict(environ), folders, files
        self.asked = []

    def which(self, name):
        return "/bin/" + name if name == "uv" else ""

    def is_dir(self, path):
        return path in self.folders

    def is_file(self, path):
        return path in self.files

    def run(self, command, seconds=0.0, environ=None):
        self.asked.append((list(command), dict(environ or {})))
        for words, answer in self.answers:
            if words in " ".join(command):
                return answer
        return Answer(0, "", "")


def test_a_resolver_that_hangs_or_dies_is_told_apart():
    for answer, trouble in (
        (Answer(None, "", "", "timeout"), TIMEOUT),
        (Answer(2, "", "error: Failed to fetch: `https://mirror/simple/alpha/`"), FAILED),
        (Answer(None, "", "killed", "crashed"), FAILED),
    ):
        ask = Recorded([("--version", Answer(0, "uv 0.9.1 (x)", "")), ("pip install", answer)])
        told = Resolver(ask)(Question(("alpha",), python="/env/bin/python"))
        assert (told.trouble, told.solver, told.pins) == (trouble, "uv 0.9.1", {})


def test_uv_looks_where_pip_is_set_to_look():
    """uv reads no pip.conf; who installs from a mirror would wait for the far registry in vain."""
    settings = (
        "global.extra-index-url='file:///gone/simple https://other.example/simple'\n"
        "global.find-links='/wheels'\n"
        "global.index-url='https://mirror.example/simple'\n"
    )
    ask = Recorded([("config list", Answer(0, settings, ""))], folders=("/wheels",), files=("/env/bin/python",))
    environ = places_for_uv(ask, "/env/bin/python")
    assert environ["UV_INDEX_URL"] == "https://mirror.example/simple"
    assert environ["UV_EXTRA_INDEX_URL"] == "https://other.example/simple"
    assert environ["UV_FIND_LINKS"] == "/wheels" and environ["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    own = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    environ = places_for_uv(Recorded([("config list", Answer(0, settings, ""))], own), "/env/bin/python")
    assert "UV_INDEX_URL" not in environ


def test_the_question_becomes_arguments(tmp_path):
    ask = Recorded([("--version", Answer(0, "uv 0.9.1", ""))])
    ask.read = lambda path: type("Reading", (), {"text": "alpha==1.0\nbeta==2.0 ; python_version < '3.8'\n"})
    question = Question(
        ("alpha",), ("beta<3",), version="3.7", platform="windows", wheels_only=("alpha",), indexes=("https://p/cu118",)
    )
    answer = Resolver(ask)(question)
    assert answer.pins == {"alpha": "1.0", "beta": "2.0"}
    words = next(command for command, _ in ask.asked if "compile" in command)
    for pair in (["--python-version", "3.7"], ["--python-platform", "windows"], ["--only-binary", "alpha"]):
        assert pair == words[words.index(pair[0]) : words.index(pair[0]) + 2]
    assert "--index" in words and sys.executable not in words


def test_the_environment_is_as_it_was(shop):
    before = Patient(shop.prefix).state()
    Resolver(hands(shop, WithoutUv))(Question(("alpha==2.0", "gamma"), python=shop.python))
    assert Patient(shop.prefix).state() == before
