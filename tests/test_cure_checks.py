# ruff: noqa: E501 (a row of a table stays on one line)
"""Is what must work after a change really tried, and only what can be tried without a GPU, a display or a network?"""

import ast
import os
import subprocess
import sys

import pytest

from envdoctor import rulebook
from envdoctor.ask import TIMEOUT, Answer, Ask
from envdoctor.chart import Chart, known
from envdoctor.cure.checks import NOT_IMPORTED, check_environ, checks_for, is_imported, last_words, run_check
from envdoctor.cure.plan import Change, Check
from envdoctor.report import Evidence, Finding
from tests.tape import Tape

BOOK = rulebook.load()
VERIFIED = sorted({rule.id: rule for rule in BOOK.rules if rule.verify}.items())


def chart(**versions):
    return Chart({}, {name.replace("_", "-"): known(version) for name, version in versions.items()}, frozenset())


def finding(rule, *packages, facts=()):
    words = {"en": "x", "zh": "x"}
    evidence = tuple(Evidence(fact, "1") for fact in facts)
    return Finding(rule, "c", "packages", "run", "error", "certain", words, words, packages, evidence, (), "")


def titles(checks):
    return [check.title["en"] for check in checks]


def test_what_is_at_fault_is_imported_then_the_rules_own_probe():
    found = finding("h5py/old-keras-cannot-read-h5py-3", "h5py", facts=("h5py", "keras", "tensorflow.version"))
    checks = checks_for(
        [Change("h5py", "3.8.0", "2.10.0", (found.rule,))],
        [found],
        BOOK,
        chart(h5py="3.8.0", keras="2.1.5", tensorflow="1.13.2"),
    )
    assert titles(checks) == [
        "import of tensorflow",
        "import of keras",
        "import of h5py",
        "saving and loading a model as .h5",
    ] or titles(checks)[-1] == "saving and loading a model as .h5" and set(titles(checks)[:3]) == {"import of keras", "import of tensorflow", "import of h5py"}  # fmt: skip
    assert [check.rule for check in checks][-1] == found.rule and not checks[0].rule


@pytest.mark.parametrize(
    "changes, present, expected",
    [
        # two names of one module are imported once
        ([Change("tensorflow", "2.0.0", ""), Change("tensorflow-gpu", "2.0.0", "2.0.0", ("x/y",))], {"tensorflow": "2.0.0", "tensorflow_gpu": "2.0.0"}, ["tensorflow-gpu"]),
        # what is only pulled along is tried all at once
        ([Change("torch", "1.1.0", "1.2.0", ("x/y",)), Change("six", "", "1.16.0"), Change("future", "", "1.0.0")], {"torch": "1.1.0"}, ["torch", "future, six"]),
        # what is gone cannot be imported, and what needs a GPU is not
        ([Change("utils", "1.0", "", ("x/y",)), Change("cupy-cuda11x", "", "12.0"), Change("nvidia-cublas-cu12", "", "12.1")], {}, []),
        ([Change("tensorflow", "2.0.0", "", ("x/y",))], {"tensorflow": "2.0.0"}, []),
    ],
)  # fmt: skip
def test_which_imports(changes, present, expected):
    checks = checks_for(changes, [finding("x/y", *(change.name for change in changes))], BOOK, chart(**present))
    assert titles(checks) == ["import of " + name for name in expected]


def test_names_of_distributions_become_modules():
    changes = [
        Change(name, "", "1", ("x/y",)) for name in ("opencv-python-headless", "pillow", "protobuf", "scikit-learn")
    ]
    codes = [check.code for check in checks_for(changes, [], BOOK, chart())]
    assert [module for module in ("cv2", "PIL", "google.protobuf", "sklearn") if any(repr(module) in code for code in codes)] == [
        "cv2", "PIL", "google.protobuf", "sklearn",
    ]  # fmt: skip


def test_a_probe_of_a_consequence_is_tried_too_and_each_once():
    from dataclasses import replace

    inner = finding("pillow/8-3-0-arrays-take-no-dtype", "pillow")
    outer = replace(finding("x/y", "pillow"), consequences=(inner,))
    checks = checks_for([Change("pillow", "8.3.0", "8.2.0", ("x/y",))], [outer, inner], BOOK, chart())
    assert [check.rule for check in checks if check.rule] == [inner.rule]


@pytest.mark.parametrize("name, imported", [("numpy", True), ("torch", True), ("cupy-cuda101", False), ("nvidia-cudnn-cu12", False), ("types-pyyaml", False), ("pyqt5-sip", False)])  # fmt: skip
def test_what_is_never_imported(name, imported):
    assert is_imported(name) is imported
    assert all(name == name.lower() and "_" not in name for name in NOT_IMPORTED)


# ---------------------------------------------------------------- trying


def check(code):
    return Check({"en": "x", "zh": "x"}, code)


@pytest.mark.parametrize(
    "code, cause",
    [
        ("print(1)", None),
        ("raise SystemExit(0)", None),
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("assert 1 == 2, 'sums'", "AssertionError: sums"),
        ("raise SystemExit(4)", "exit status 4"),
        ("def", "SyntaxError: invalid syntax"),
    ],
)
def test_a_check(code, cause):
    tried = run_check(sys.executable, check(code), Ask())
    assert tried.works is (cause is None)
    assert cause is None or tried.cause == {"en": cause, "zh": cause}


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_crash_is_told():
    tried = run_check(sys.executable, check("os.kill(os.getpid(), 4)"), Ask())
    assert tried.cause["en"] == "the interpreter crashed (signal or status 4)"


def test_a_hang_is_told():
    tape = Tape(commands={"/e/python": Answer(None, "", "", TIMEOUT)})
    assert run_check("/e/python", check("x"), tape).cause["en"] == "no end after 300 s"


def test_a_check_leaves_nothing_and_sees_nothing_of_the_user(tmp_path):
    """Not the file random.py beside him, not his home; the folder that it may write into is gone afterwards."""
    (tmp_path / "random.py").write_text("raise RuntimeError('the file of the user')\n")
    code = (
        "import random, json\n"
        "open('written', 'w').write('x')\n"
        "open(os.path.join(os.path.expanduser('~'), 'at home'), 'w').write('x')\n"
        "assert os.environ['CUDA_VISIBLE_DEVICES'] == '' and sys.dont_write_bytecode\n"
        "print(json.dumps([os.getcwd()]))\n"
    )
    ask = Ask({**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)})
    here = os.getcwd()
    os.chdir(str(tmp_path))
    try:
        tried = run_check(sys.executable, check(code), ask)
    finally:
        os.chdir(here)
    assert tried.works, tried.log
    folder = ast.literal_eval(tried.log)[0]
    assert not os.path.exists(folder) and os.listdir(str(tmp_path)) == ["random.py"]


def test_the_backend_that_the_user_has_chosen_for_keras_is_kept(tmp_path):
    (tmp_path / "home" / ".keras").mkdir(parents=True)
    (tmp_path / "home" / ".keras" / "keras.json").write_text('{"backend": "theano"}')
    (tmp_path / "check").mkdir()
    variables = check_environ({"HOME": str(tmp_path / "home")}, str(tmp_path / "check"), "linux")
    assert variables["HOME"] == str(tmp_path / "check")
    assert variables["PYTHONUSERBASE"] == os.path.join(str(tmp_path / "home"), ".local")
    assert (tmp_path / "check" / ".keras" / "keras.json").read_text() == '{"backend": "theano"}'
    assert "HOME" not in check_environ({}, str(tmp_path / "check"), "linux")
    assert check_environ({"HOME": "/Users/x"}, str(tmp_path / "check"), "macos")["HOME"] == "/Users/x"


def test_modules_of_a_distribution_are_found_in_its_own_files(tmp_path):
    """top_level.txt, RECORD, names that are no modules, and private ones."""
    for name, files in {
        "one-1.0.dist-info": {"top_level.txt": "first\n_private\ntests\nmissing\n"},
        "Two_Parts-2.0.dist-info": {"RECORD": "second/__init__.py,,\nthird.py,,\nTwo_Parts-2.0.dist-info/METADATA,,\n../../bin/x,,\n"},
        "other-1.0.dist-info": {"top_level.txt": "untouched\n"},
    }.items():  # fmt: skip
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
    for module in ("first", "_private", "tests", "second", "untouched"):
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("print('loaded', __name__)\n")
    (tmp_path / "third.py").write_text("print('loaded', __name__)\n")
    [one] = checks_for([Change("one", "", "1.0"), Change("two-parts", "", "2.0")], [], BOOK, chart())
    ask = Ask({**os.environ, "PYTHONPATH": str(tmp_path)})
    tried = run_check(sys.executable, one, ask)
    assert tried.works and sorted(tried.log.split("\n"))[1:] == ["loaded first", "loaded second", "loaded third"]
    (tmp_path / "third.py").write_text("raise ImportError('libfoo.so is missing')\n")
    assert run_check(sys.executable, one, ask).cause["en"] == "ImportError: libfoo.so is missing"


@pytest.mark.parametrize(
    "text, line",
    [
        ("Traceback (most recent call last):\n  File x\nValueError: no\n", "ValueError: no"),
        ("pkg.errors.OddError: deep\nWARNING: later\n", "pkg.errors.OddError: deep"),
        ("nothing special\n\n", "nothing special"),
        ("", ""),
    ],
)
def test_last_words(text, line):
    assert last_words(text) == line


# ---------------------------------------------------------------- the probes of the rules


def test_there_are_probes():
    assert len(VERIFIED) >= 25


@pytest.mark.parametrize("rule_id, rule", VERIFIED)
def test_a_probe_touches_nothing_beyond_its_folder(rule_id, rule):
    tree = ast.parse(rule.verify.code)
    names = {node.module if isinstance(node, ast.ImportFrom) else alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}  # fmt: skip
    assert not {"subprocess", "socket", "shutil", "urllib.request", "requests"} & names
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)] if sys.version_info >= (3, 8) else []  # fmt: skip
    assert not [text for text in texts if text.startswith(("/", "~", "http"))]


@pytest.mark.parametrize("rule_id, rule", VERIFIED)
def test_a_probe_fails_cleanly_where_its_package_is_missing(rule_id, rule):
    """In an interpreter that sees the standard library alone: an error that names what is missing, no crash of its own."""
    if rule_id in MAY_PASS:
        pytest.skip("it looks only at what is there")
    environ = {**os.environ, "PYTHONPATH": ""}
    command = [sys.executable, "-I", "-S", "-c", rule.verify.code]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"ModuleNotFoundError" in done.stderr or b"ImportError" in done.stderr


#: Probes that try several packages, each where it is installed, and one of a module that older Pythons have.
MAY_PASS = {
    "protobuf/too-new-for-tensorboard",
    "numpy/2-breaks-modules-built-for-1",
    "python/distutils-gone-for-packages",
}
