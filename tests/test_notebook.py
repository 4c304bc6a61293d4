"""Does %envdoctor examine the kernel's own environment, and say what a notebook can do about it?"""

import ast
import json
import os
import subprocess
import sys

import pytest

import envdoctor
from envdoctor import consult, notebook, rulebook
from envdoctor.renderers import Console, names

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOOK = rulebook.load()
SICK = ("keras=2.1.5", "h5py=3.8.0", "tensorflow=1.13.2", "python=3.7.16", "os=linux")
#: `%load_ext envdoctor` needs the function in the package itself.
EXTENSION = "envdoctor" if hasattr(envdoctor, "load_ipython_extension") else "envdoctor.notebook"


def report(assumptions=SICK):
    request = consult.Request(probe=False, assumptions=assumptions)
    return consult.judge(consult.see(request, None), BOOK, request)


def answer(lang="en", own=True, **words):
    return notebook.Answer(report(), lang, Console(80, False, "utf-8"), own, **words)


@pytest.fixture
def elsewhere(monkeypatch):
    monkeypatch.setattr(notebook, "pip_environment", lambda: "/opt/base")
    monkeypatch.setattr(notebook, "server_environment", lambda: "/opt/hub")


@pytest.fixture
def here(monkeypatch):
    for name in ("pip_environment", "server_environment"):
        monkeypatch.setattr(notebook, name, lambda: sys.prefix)


# ---------------------------------------------------------------- what is shown


def test_cures_are_lines_of_a_notebook(here):
    text = repr(answer())
    assert "%pip install h5py==2.10.0" in text and "python -m pip" not in text
    assert "restart the kernel" in text
    assert answer().verdict == "problems" and answer().report.plan.commands[0][:3] == ("python", "-m", "pip")


def test_another_patient_keeps_its_own_commands(elsewhere):
    text = repr(answer(own=False))
    assert "python -m pip install" in text and "%pip" not in text
    assert "/opt/base" not in text and "restart the kernel" not in text


def test_a_new_environment_is_not_made_from_within():
    from dataclasses import replace

    sick = report()
    plan = replace(sick.plan, new_environment=True)
    first = sick.findings[0]
    treated = replace(first, remedy=replace(first.remedy, new_environment=True))
    shown = notebook.for_notebook(replace(sick, findings=(treated,), plan=plan))
    assert shown.plan == plan and shown.findings == (treated,)


@pytest.mark.parametrize("lang, words", [("en", "installs into another environment"), ("zh", "会装到另一个环境")])
def test_the_classic_trap_is_named(lang, words, elsewhere):
    bundle = answer(lang)._repr_mimebundle_()
    for text in bundle.values():
        joined = " ".join(text.split()) if lang == "en" else "".join(text.split())
        assert words in joined and "/opt/base" in text and "/opt/hub" in text and sys.prefix in text


def test_nothing_is_said_where_all_is_one(here):
    assert "another environment" not in repr(answer())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_bundle(lang, elsewhere, monkeypatch):
    monkeypatch.setattr(notebook, "pip_environment", lambda: "/opt/<script>alert(1)</script>")
    bundle = answer(lang)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "<script>alert" not in bundle["text/html"] and "<pre" in bundle["text/html"]
    assert ("<iframe" in bundle["text/html"]) == ("html" in names())


def test_a_poor_console_is_enough(here):
    shown = notebook.Answer(report(), "zh", Console(80, True, "ascii"), True)
    repr(shown).encode("ascii")
    assert "\x1b" not in shown._repr_mimebundle_()["text/html"]


# ---------------------------------------------------------------- where pip and the server are


@pytest.mark.parametrize(
    "head, found",
    [
        ("#!/opt/envs/tf/bin/python\nimport re\n", "/opt/envs/tf"),
        ("#!/usr/bin/python3\n# -*-\n", "/usr"),
        ('#!"/opt/my envs/tf/bin/python3.7"\nimport re\n', "/opt/my envs/tf"),
        ("#!/bin/sh\n'''exec' \"/very/long/bin/python3.9\" \"$0\" \"$@\"\n' '''\n", "/very/long"),
        ("#!/bin/sh\n'''exec' /very/long/bin/python3.9 \"$0\" \"$@\"\n' '''\n", "/very/long"),
        ("#!/usr/bin/env bash\nset -e\n", ""),  # pyenv's shim: which Python it runs, only pyenv knows
        ("\x7fELF", ""),
    ],
)
def test_where_pip_installs(head, found, tmp_path, monkeypatch):
    if os.name != "posix":
        pytest.skip("Windows has an .exe there, and its folder tells")
    pip = tmp_path / "pip"
    pip.write_text(head, encoding="utf-8")
    pip.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert notebook.pip_environment() == found


def test_pip_on_windows(monkeypatch):
    monkeypatch.setattr(notebook.shutil, "which", lambda name: "/envs/tf/Scripts/pip.EXE")
    assert notebook.pip_environment() == "/envs/tf"
    monkeypatch.setattr(notebook.shutil, "which", lambda name: None)
    assert notebook.pip_environment() == ""


def test_the_server_is_a_parent_that_is_called_so():
    assert list(notebook.servers([["/opt/a/bin/python", "-m", "ipykernel_launcher", "-f", "jupyter.json"]])) == []
    assert list(notebook.servers([["/opt/a/bin/python3.11", "-m", "jupyterlab"], [], ["bash"]])) == ["/opt/a"]
    assert list(notebook.servers([["jupyter-lab"]])) == []
    assert isinstance(notebook.server_environment(), str)


# ---------------------------------------------------------------- in IPython


def test_python_36_can_read_it():
    """It says there that it needs 3.7; a SyntaxError would say nothing."""
    if sys.version_info < (3, 8):
        pytest.skip("ast.parse has no feature_version before 3.8")
    source = open(notebook.__file__, encoding="utf-8").read()
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source


CELLS = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext {extension}")
for line in sys.argv[1:]:
    done = shell.run_cell("answer = %envdoctor " + line)
    assert done.error_in_exec is None or type(done.error_in_exec).__name__ == "UsageError", done.error_in_exec
    shown = shell.user_ns.pop("answer", None)
    python = shown and shown.report.chart.patient.get("python")
    print("SHOWN" + json.dumps(shown and dict(shown._repr_mimebundle_(), python=python)))
print("LOADED" + json.dumps(sorted(sys.modules)))
"""


def in_ipython(*lines, **variables):
    """(what was printed, bundles or None for each line, modules that were loaded)."""
    pytest.importorskip("IPython")
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG", "COV"))}
    done = subprocess.run(
        [sys.executable, "-c", CELLS.format(extension=EXTENSION), *lines],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**clean, "PYTHONPATH": ROOT, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **variables},
        timeout=120,
    )
    printed = done.stdout.decode("utf-8") + done.stderr.decode("utf-8")
    assert done.returncode == 0, printed
    rows = printed.split("\n")
    shown = [json.loads(row[len("SHOWN") :]) for row in rows if row.startswith("SHOWN")]
    (loaded,) = [json.loads(row[len("LOADED") :]) for row in rows if row.startswith("LOADED")]
    return "\n".join(row for row in rows if not row.startswith("LOADED")), shown, set(loaded)


def test_the_kernels_interpreter_is_the_patient():
    printed, (plain, checked), loaded = in_ipython("", "check --no-project --expect cpu", VIRTUAL_ENV="/nowhere")
    assert plain["python"] == checked["python"] == sys.executable
    assert sys.executable in plain["text/plain"] and "<pre" in plain["text/html"]
    assert not {"torch", "tensorflow", "jax"} & loaded


def test_options_are_those_of_check():
    lines = ["--lang zh", "-h", "--format json --no-project", "--no-probe --assume keras=2.1.5 --assume 'h5py = 3.8.0'"]
    printed, shown, _ = in_ipython(*lines)
    assert "检查对象" in shown[0]["text/plain"] and shown[1] is None and shown[2] is None
    assert "--expect" in printed and '"schema": 1' in printed
    assert "h5py 3.8.0" in shown[3]["text/plain"]


@pytest.mark.parametrize(
    "line, words",
    [
        ("gpu", "for `gpu` use a terminal"),
        ("--formt json", "--formt"),
        ("--python /nowhere/python", "/nowhere/python"),
        ("--ignore nothing/such", "nothing/such"),
        ("--from -", "use a terminal"),
        ("--project 'a", "the quotes do not match"),
    ],
)
def test_a_mistake_is_one_sentence(line, words):
    printed, shown, _ = in_ipython(line)
    assert shown == [None] and "Traceback" not in printed
    (said,) = [row for row in printed.split("\n") if "UsageError" in row]
    assert words in said


def test_a_file_is_written(tmp_path):
    file = tmp_path / "report.txt"
    _, shown, _ = in_ipython(f"--no-project --output '{file}'")
    assert shown == [None] and sys.executable in file.read_text(encoding="utf-8")


def test_in_an_executed_notebook(tmp_path, monkeypatch):
    """The real thing: a kernel of this Python, started as a notebook server starts one."""
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", ROOT)
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(text) for text in (f"%load_ext {EXTENSION}", "%envdoctor --no-project")]
    client = nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    (output,) = book.cells[1].outputs
    assert output.output_type == "execute_result" and set(output.data) == {"text/plain", "text/html"}
    assert "envdoctor " + envdoctor.__version__ in output.data["text/plain"]
