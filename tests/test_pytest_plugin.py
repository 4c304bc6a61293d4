"""Does the pytest plugin skip with reasons, stop where it is told to, and cost nothing where it is not asked?"""

import ast
import json
import os
import subprocess
import sys

import pytest

from envdoctor import consult, rulebook
from envdoctor import pytest_plugin as plugin
from envdoctor.chart import absent, known
from envdoctor.pytest_plugin import why_not

pytest_plugins = "pytester"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOOK = rulebook.load()
#: A patient of files alone would need a whole environment; an old machine's chart says the same.
SICK = ["keras=2.1.5", "h5py=3.8.0", "tensorflow=1.13.2", "python=3.7.16", "os=linux"]
HEALTHY = ["keras=2.1.5", "h5py=2.10.0", "python=3.7.16", "os=linux"]


@pytest.fixture
def session(pytester, monkeypatch):
    """Runs pytest in a process of its own, with the plugin loaded by its entry point's name and nothing else of ours.

    words: facts to assume in place of what this machine is; none: the machine itself.
    """
    monkeypatch.setenv("PYTHONPATH", ROOT)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the plugin itself may be installed, too
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, words=None, options=("-p", "envdoctor.pytest_plugin")):
        if words is not None:
            pytester.makeconftest(
                "import envdoctor.pytest_plugin as plugin\n"
                "from envdoctor import consult, rulebook\n"
                "def examine(project):\n"
                "    with open('looked.txt', 'a') as file:\n"
                "        file.write('x')\n"
                f"    request = consult.Request(probe=False, assumptions={tuple(words)!r})\n"
                "    return consult.judge(consult.see(request, None), rulebook.load(), request)\n"
                "plugin._examine = examine\n"
            )
        return pytester.runpytest_subprocess(*options, "-p", "no:cacheprovider", *arguments)

    looked = pytester.path / "looked.txt"
    run.looked = lambda: len(looked.read_text()) if looked.exists() else 0
    return run


MARKED = """
    import pytest

    @pytest.fixture
    def costly():
        raise AssertionError("the fixture of a skipped test was made")

    @pytest.mark.requires_gpu
    def test_any(costly): pass

    @pytest.mark.requires_gpu(min_cc="8.0", framework="torch")
    def test_torch(costly): pass

    def test_plain(): pass
"""


# ---------------------------------------------------------------- the marker


def test_a_test_is_skipped_with_the_reason_in_words(pytester, session):
    pytester.makepyfile(MARKED)
    result = session("-rs", "--strict-markers", words=["os=linux", "gpu=none"])
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED*test_a_test_is_skipped*.py:*no NVIDIA GPU here"])
    assert session.looked() == 1, "one examination for all tests"


def test_a_test_runs_where_the_gpu_can_be_used(pytester, session):
    pytester.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.requires_gpu

        @pytest.mark.requires_gpu(min_cc=8.0, framework="torch")
        def test_torch(): pass

        @pytest.mark.requires_gpu(min_cc=(9, 0))
        def test_newer(): pass
        """
    )
    usable = ["os=linux", "gpu=GeForce RTX 3080", "driver=535.104.05", "torch=2.1.0", "torch.cuda=12.1"]
    result = session("-rs", words=usable)
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*needs compute capability 9.0, and this GPU has 8.6"])


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ("memory=4", "requires_gpu knows min_cc and framework, not memory"),
        ("'torch'", "requires_gpu knows min_cc and framework, not 'torch'"),
        ("framework='pytorch'", "framework is one of torch, tensorflow, jax, not pytorch"),
        ("min_cc='sm_80'", 'min_cc is a compute capability such as "8.0", not sm_80'),
    ],
)
def test_a_mistake_in_the_marker_fails_the_test(arguments, sentence, pytester, session):
    pytester.makepyfile(f"import pytest\n\n@pytest.mark.requires_gpu({arguments})\ndef test_it(): pass\n")
    result = session(words=["gpu=none"])
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{sentence.replace('[', '[[]')}"])


def test_this_machine_is_examined_when_the_first_marked_test_starts(pytester, session):
    """The real examination, in a real process: it passes or it is skipped, and the framework is not imported."""
    pytester.makepyfile(
        MARKED.replace('raise AssertionError("the fixture of a skipped test was made")', "pass")
        + """
    def test_nothing_heavy_was_imported():
        import sys
        assert not {"torch", "tensorflow", "jax"} & set(sys.modules)
        assert "envdoctor.consult" in sys.modules
    """
    )
    outcomes = session("-rs").parseoutcomes()
    assert outcomes.get("passed", 0) + outcomes.get("skipped", 0) == 4 and outcomes.get("passed", 0) >= 2, outcomes


# ---------------------------------------------------------------- why not

CARD = ["os=linux", "gpu=GeForce RTX 3080", "driver=535.104.05"]


@pytest.mark.parametrize(
    "facts, words, why",
    [
        (["os=linux", "gpu=none"], {}, "no NVIDIA GPU here"),
        (["os=macos"], {}, "macOS has no CUDA"),
        (["os=linux"], {}, "cannot tell whether there is an NVIDIA GPU"),
        (["os=linux", "gpu=GeForce RTX 3080", "driver=none"], {}, "driver"),
        ([*CARD, "env.CUDA_VISIBLE_DEVICES=-1"], {}, "CUDA_VISIBLE_DEVICES=-1 hides every GPU"),
        ([*CARD, "env.CUDA_VISIBLE_DEVICES=3"], {}, "the GPU cannot be used: CUDA_VISIBLE_DEVICES names the card 3"),
        (CARD, {}, ""),
        (CARD, {"min_cc": "8.6"}, ""),
        (CARD, {"min_cc": "8.9"}, "needs compute capability 8.9, and this GPU has 8.6"),
        (["os=linux", "gpu=Some Card 1", "driver=535.104.05"], {"min_cc": "8.9"}, "cannot tell what this GPU has"),
        ([*CARD, "torch=none"], {"framework": "torch"}, "torch is not installed"),
        (CARD, {"framework": "jax"}, "cannot tell whether jax is installed"),
        ([*CARD, "torch=2.1.0", "torch.cuda=none"], {"framework": "torch"}, "torch 2.1.0 is a CPU build"),
        ([*CARD, "torch=2.1.0", "torch.cuda=none"], {}, "torch 2.1.0 is a CPU build"),
        ([*CARD, "torch=1.2.0", "torch.cuda=10.0"], {"framework": "torch"}, "holds no code for GeForce RTX 3080 (8.6)"),
        ([*CARD, "torch=2.1.0", "torch.cuda=12.1"], {"framework": "torch", "min_cc": "8.0"}, ""),
        (
            ["os=linux", "gpu=GeForce RTX 3080", "driver=450.80.02", "torch=2.1.0", "torch.cuda=12.1"],
            {"framework": "torch"},
            "the driver 450.80.02 is too old for torch 2.1.0 (CUDA 12.1)",
        ),
        ([*CARD, "torch=99.0", "torch.cuda=12.1"], {"framework": "torch"}, ""),  # newer than every table: let it try
    ],
)
def test_why_not(facts, words, why):
    request = consult.Request(probe=False, assumptions=tuple(facts))
    report = consult.judge(consult.see(request, None), BOOK, request)
    english, chinese = (why_not(report, lang=lang, **words) for lang in ("en", "zh"))
    if not why:
        assert (english, chinese) == ("", "")
    else:
        assert why in english and english.isascii() and chinese and not chinese.isascii()


def test_a_build_for_another_makers_card_is_left_alone():
    request = consult.Request(probe=False, assumptions=("os=linux", "gpu=none", "torch=2.1.0+rocm5.6"))
    chart = consult.see(request, None).with_facts({"torch.hip": known("5.6"), "gpu.tegra": known("no")})
    beside_amd = consult.judge(chart.with_facts({"gpu.vendors": known(["amd"])}), BOOK, request)
    beside_nothing = consult.judge(chart.with_facts({"gpu.vendors": absent()}), BOOK, request)
    assert why_not(beside_amd, framework="torch") == ""
    assert why_not(beside_nothing, framework="torch") == "no NVIDIA GPU here"


# ---------------------------------------------------------------- the option

PLAIN = "def test_plain(): pass\n"


def test_without_the_option_nobody_looks(pytester, session):
    pytester.makepyfile(PLAIN)
    result = session(words=SICK)
    result.assert_outcomes(passed=1)
    assert session.looked() == 0 and "envdoctor" not in result.stdout.str().replace(str(pytester.path), "")


def test_warn_says_it_at_both_ends(pytester, session):
    pytester.makepyfile(PLAIN)
    result = session("--envdoctor=warn", words=SICK)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "envdoctor: 1 error in *",
            "*= envdoctor =*",
            "error: h5py 3.8.0 returns text where Keras 2.1.5 expects bytes",
            "  cure: python -m pip install h5py==2.10.0",
            "*envdoctor check*",
        ]
    )
    assert result.ret == 0 and session.looked() == 1


def test_a_healthy_environment_gets_one_line(pytester, session):
    pytester.makepyfile(PLAIN)
    result = session("--envdoctor=warn", words=HEALTHY)
    result.stdout.fnmatch_lines(["envdoctor: no problem found in what could be seen of *"])
    result.stdout.no_fnmatch_line("*= envdoctor =*")


def test_fail_runs_no_test(pytester, session):
    pytester.makepyfile(PLAIN)
    result = session("--envdoctor=fail", words=SICK)
    assert result.ret == 1 and "passed" not in result.stdout.str()
    said = result.stdout.str() + result.stderr.str()
    assert "envdoctor: 1 error in " in said and "expects bytes" in said and "h5py==2.10.0" in said


def test_fail_lets_a_healthy_environment_pass(pytester, session):
    pytester.makepyfile(PLAIN)
    result = session("--envdoctor=fail", words=HEALTHY)
    result.assert_outcomes(passed=1)
    assert result.ret == 0


def test_chinese(pytester, session, monkeypatch):
    pytester.makepyfile(PLAIN)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    monkeypatch.setenv("PYTHONUTF8", "1")
    result = session("--envdoctor=warn", words=SICK)
    result.stdout.fnmatch_lines(["envdoctor：*1 个错误*", "错误：*"])


@pytest.mark.parametrize("mode, status", [("warn", 0), ("fail", 3)])
def test_a_doctor_that_fails_breaks_no_test(mode, status, pytester, session):
    pytester.makepyfile(MARKED)
    result = session(f"--envdoctor={mode}", "-rs", words=["no fact"])
    assert result.ret == status
    said = result.stdout.str() + result.stderr.str()
    assert "envdoctor could not examine this environment: --assume wants FACT=VALUE" in said
    if not status:
        result.assert_outcomes(passed=1, skipped=2)


@pytest.mark.parametrize("mode", ["off", "warn", "fail"])
def test_under_xdist(mode, pytester, session):
    pytest.importorskip("xdist")
    pytester.makepyfile(MARKED)
    facts = SICK if mode == "warn" else HEALTHY
    options = ("-p", "envdoctor.pytest_plugin", "-p", "xdist", "-n", "2")
    result = session(f"--envdoctor={mode}", words=[*facts, "gpu=none"], options=options)
    result.assert_outcomes(passed=1, skipped=2)
    assert result.ret == 0 and result.stdout.str().count("= envdoctor =") == (mode == "warn")


def test_fail_under_xdist(pytester, session):
    pytest.importorskip("xdist")
    pytester.makepyfile(MARKED)
    options = ("-p", "envdoctor.pytest_plugin", "-p", "xdist", "-n", "2")
    result = session("--envdoctor=fail", words=SICK, options=options)
    assert result.ret == 1 and "expects bytes" in result.stdout.str() + result.stderr.str()


# ---------------------------------------------------------------- what it costs


def test_importing_it_loads_next_to_nothing():
    program = (
        "import json, sys\nimport pytest\nbefore = set(sys.modules)\n"
        "import envdoctor.pytest_plugin\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "PYTHONPATH": ROOT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    loaded = {name for name in json.loads(done.stdout.decode("utf-8")) if not name.startswith("__editable__")}
    own = {name for name in loaded if name.partition(".")[0] == "envdoctor"}
    wanted = {"envdoctor", "envdoctor.pytest_plugin", "envdoctor.chart", "envdoctor.complaint", "envdoctor.words"}
    assert own <= wanted and loaded - own <= {"unicodedata", "typing", "importlib"}


def test_python_36_can_load_it():
    """Where it is installed there, every run of pytest loads it."""
    if sys.version_info < (3, 8):
        pytest.skip("ast.parse has no feature_version before 3.8")
    source = open(plugin.__file__, encoding="utf-8").read()
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source
