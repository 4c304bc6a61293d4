"""Does a Python older than the house end in a report, or in a chart and the line that reads it?"""

import glob
import json
import os
import subprocess
import sys

import pytest

from envdoctor import porch
from envdoctor.ask import Answer
from envdoctor.chart import from_json

from .tape import Tape

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
YES, NO = Answer(0, "True\n", ""), Answer(1, "", "No module named envdoctor")


@pytest.mark.parametrize(
    "machine, found",
    [
        (
            dict(environ={"CONDA_PYTHON_EXE": "/opt/conda/bin/python"}, commands={"/opt/conda/bin/python": YES}),
            ["/opt/conda/bin/python"],
        ),
        (
            dict(
                environ={"PATH": "/usr/bin:/opt/bin"},
                files={"/usr/bin/python3": "", "/opt/bin/python3.11": "", "/opt/bin/python3.9": ""},
                commands={"/opt/bin/python3.11": NO, "/opt/bin/python3.9": YES, "/usr/bin/python3": YES},
            ),
            ["/opt/bin/python3.9"],
        ),
        (
            dict(
                os="windows",
                environ={"PATH": "C:\\Windows"},
                files={"C:\\Windows\\py.exe": ""},
                commands={"C:\\Windows\\py.exe": YES},
            ),
            ["C:\\Windows\\py.exe", "-3"],
        ),
        (dict(environ={"PATH": "/env/bin"}, files={"/env/bin/python3": ""}, commands={"/env/bin/python3": YES}), []),
        (dict(environ={"PATH": "/usr/bin"}, files={"/usr/bin/python3": ""}, commands={"/usr/bin/python3": NO}), []),
        (
            dict(
                environ={"PATH": "/env/bin:/usr/bin"},
                files={"/env/bin/python3": "", "/usr/bin/python3": ""},
                commands={"/usr/bin/python3": YES},
            ),
            ["/usr/bin/python3"],
        ),
        (dict(), []),
    ],
)
def test_a_newer_python_with_envdoctor_is_found(machine, found):
    assert porch.find_newer(Tape(**machine), "/env/bin/python3") == found


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["check"], ["check", "--python", "/old/python"]),
        (["check", "--format", "json"], ["check", "--python", "/old/python", "--format", "json"]),
        (["chart", "--output", "x"], ["chart", "--python", "/old/python", "--output", "x"]),
        (["check", "--python", "/other"], ["check", "--python", "/other"]),
        (["check", "-n", "tf"], ["check", "-n", "tf"]),
        (["check", "--from=-"], ["check", "--from=-"]),
        (["rules", "list"], ["rules", "list"]),
        (["--help"], ["--help"]),
        (["gpu"], ["gpu", "--python", "/old/python"]),
        (["gpu", "--", "tool", "-n", "3"], ["gpu", "--python", "/old/python", "--", "tool", "-n", "3"]),
    ],
)
def test_the_patient_is_named_for_the_newer_python(arguments, told):
    assert (
        porch.with_patient(arguments, next((a for a in arguments if not a.startswith("-")), ""), "/old/python") == told
    )


# ---------------------------------------------------------------- for real

OLD = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.6.*/bin/python")))
needs_old = pytest.mark.skipif(not OLD, reason="no Python 3.6 on this machine")


@pytest.fixture(scope="module")
def old_environment(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("old") / "env")
    subprocess.run([OLD[-1], "-m", "venv", "--without-pip", folder], check=True)
    return os.path.join(folder, "bin", "python")


def on_the_porch(python, *arguments, path, cwd):
    environ = {"PATH": path, "PYTHONPATH": ROOT, "HOME": str(cwd), "LC_ALL": "C"}
    done = subprocess.run(
        [python, "-m", "envdoctor", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=str(cwd),
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@needs_old
def test_without_a_newer_python_the_chart_is_taken(old_environment, tmp_path):
    code, out, err = on_the_porch(old_environment, "check", path="/usr/bin-none", cwd=tmp_path)
    assert (code, out) == (3, "") and "check --from envdoctor-chart.json" in err
    chart = from_json(json.loads((tmp_path / porch.CHART_FILE).read_text(encoding="utf-8")))
    assert chart.value("python").startswith("3.6") and chart.patient["kind"] == "venv"
    assert chart.value("os") == "linux"
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", "--from", str(tmp_path / porch.CHART_FILE)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert done.returncode == 0 and b"3.6" in done.stdout


@needs_old
def test_with_a_newer_python_the_report_is_complete(old_environment, tmp_path):
    probe = "import sys; sys.path[:] = [p for p in sys.path if p]; import envdoctor"
    if subprocess.run([sys.executable, "-E", "-c", probe], cwd=str(tmp_path), stderr=subprocess.DEVNULL).returncode:
        pytest.skip("envdoctor is not installed in the Python that runs the tests")
    folder = tmp_path / "bin"
    folder.mkdir()
    newer = folder / "python3.9"  # a script, because a link would leave the environment of the tests behind
    newer.write_text('#!/bin/sh\nexec "{}" "$@"\n'.format(sys.executable))
    newer.chmod(0o755)
    code, out, err = on_the_porch(old_environment, "check", "--no-project", path=str(folder), cwd=tmp_path)
    assert code == 0, err
    assert "3.6." in out and "--python" in out


@needs_old
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_other_commands_say_that_they_need_more(old_environment, tmp_path, lang):
    code, out, err = on_the_porch(old_environment, "rules", "list", "--lang", lang, path="/usr/bin-none", cwd=tmp_path)
    assert (code, out) == (2, "") and "3.7" in err and err.count("\n") == 1 and "Traceback" not in err


@needs_old
def test_a_missing_interpreter_is_a_sentence_there_too(old_environment, tmp_path):
    code, out, err = on_the_porch(old_environment, "check", "--python", "/nowhere", path="/usr/bin-none", cwd=tmp_path)
    assert (code, out) == (2, "") and "/nowhere" in err and "Traceback" not in err
