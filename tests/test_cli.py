"""Does the command line do what the contract says: exit codes, streams, formats, languages, mistakes?

Real processes: what counts is what a shell sees.
"""

import json
import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SICK = ["--no-probe", "--assume", "h5py=3.8.0", "--assume", "keras=2.1.5", "--assume", "python=3.7.16"]
HEALTHY = ["--no-probe", "--assume", "h5py=2.10.0", "--assume", "keras=2.1.5"]


def envdoctor(*arguments, cwd=None, stdin=None, **variables):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NO_COLOR"))}
    environ.update(PYTHONPATH=ROOT, PYTHONIOENCODING="utf-8", **variables)
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", *arguments],
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd or ROOT,
        env=environ,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.mark.parametrize(
    "arguments, status",
    [
        (["check", *SICK], 1),
        (["check", *SICK, "--format", "json"], 1),
        (["check", *SICK, "--ignore", "h5py/"], 0),
        (["check", *HEALTHY], 0),
        (["check", *HEALTHY, "--strict"], 0),
        (["check", "--no-project", "--expect", "cpu"], 0),
        (["--version"], 0),
        (["--help"], 0),
        (["check", "--help"], 0),
        (["rules", "list"], 0),
        (["rules", "show", "h5py/old-keras-cannot-read-h5py-3"], 0),
    ],
)
def test_exit_codes(arguments, status):
    code, out, err = envdoctor(*arguments)
    assert code == status and out and not err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["check", "--python", "/nowhere/python"], "/nowhere/python"),
        (["check", "--python", ROOT], "no Python"),
        (["check", "-n", "no-such-environment"], "no-such-environment"),
        (["check", "--python", "a", "--name", "b"], "only one"),
        (["check", "--no-probe"], "--assume"),
        (["check", "--assume", "torch"], "FACT=VALUE"),
        (["check", "--assume", "gpu.colour=red"], "gpu.colour"),
        (["check", "--from", "/nowhere.json"], "/nowhere.json"),
        (["check", "--project", "/nowhere"], "/nowhere"),
        (["check", "--ignore", "h5py/old-keras"], "h5py/old-keras-cannot-read-h5py-3"),
        (["check", "--format", "poem"], "text, json"),
        (["check", "--colour"], "--colour"),
        (["chekc"], "check"),
        (["check", "--python"], "--python"),
        (["rules", "shw"], "show"),
        (["rules", "show"], "RULE"),
        (["rules", "show", "h5py/none"], "h5py/"),
        (["check", *SICK, "--output", "/nowhere/report.txt"], "/nowhere/report.txt"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mistake_is_one_sentence(arguments, words, lang):
    code, out, err = envdoctor(*arguments, LC_ALL="zh_CN.UTF-8" if lang == "zh" else "C.UTF-8")
    assert (code, out) == (2, "")
    assert words in err or lang == "zh"
    assert err.startswith("envdoctor: ") and err.count("\n") == 1 and "Traceback" not in err


def test_the_json_is_what_was_agreed():
    report = json.loads(envdoctor("check", *SICK, "--format", "json")[1])
    assert report["schema"] == 1 and report["verdict"] == "problems"
    assert set(report) >= {"envdoctor", "patient", "findings", "unknown", "plan", "chart"}
    (found,) = report["findings"]
    assert found["rule"] == "h5py/old-keras-cannot-read-h5py-3" and found["packages"] == ["h5py"]
    assert found["fix"]["commands"][0][-2:] == ["install", "h5py==2.10.0"] and found["fix"]["constraints"] == ["h5py<3"]
    assert set(found) >= {"cause", "severity", "certainty", "title", "detail", "evidence", "sources", "fix"}
    assert report["plan"]["commands"] == found["fix"]["commands"]
    assert all(set(doubt) == {"rule", "missing", "why"} for doubt in report["unknown"])


def test_a_chart_travels(tmp_path):
    file = str(tmp_path / "chart.json")
    assert envdoctor("chart", "--output", file, "--no-project")[0] == 0
    code, out, _ = envdoctor("check", "--from", file, "--format", "json")
    assert code in (0, 1) and json.loads(out)["patient"]["chosen_by"] == "--from"
    piped = envdoctor("check", "--from", "-", "--format", "json", stdin=open(file, "rb").read())
    assert json.loads(piped[1])["findings"] == json.loads(out)["findings"]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[1]", b"not json", b"\xff\xfe\x00", b'{"kind": "envdoctor-chart", "schema": 9}']
)
def test_what_is_no_chart(text):
    code, out, err = envdoctor("check", "--from", "-", stdin=text)
    assert (code, out) == (2, "") and err.count("\n") == 1


@pytest.mark.parametrize(
    "variables, arguments, chinese",
    [
        ({"LANG": "zh_CN.UTF-8"}, [], True),
        ({"LANG": "en_US.UTF-8"}, [], False),
        ({"LANG": "zh_CN.UTF-8"}, ["--lang", "en"], False),
        ({"LC_ALL": "C"}, ["--lang=zh"], True),
    ],
)
def test_language(variables, arguments, chinese):
    out = envdoctor("check", *SICK, *arguments, **variables)[1]
    assert ("解决办法" in out) is chinese


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_console_is_too_poor(encoding, lang):
    environ = {**os.environ, "PYTHONPATH": ROOT, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", *SICK, "--lang", lang],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environ,
    )
    assert done.returncode == 1 and not done.stderr
    assert "h5py" in done.stdout.decode(encoding)


def test_colour_only_where_it_is_wanted():
    assert "\x1b" not in envdoctor("check", *SICK)[1]
    assert "\x1b" in envdoctor("check", *SICK, FORCE_COLOR="1")[1]
    assert "\x1b" not in envdoctor("check", *SICK, "--no-color", FORCE_COLOR="1")[1]
    assert "\x1b" not in envdoctor("check", *SICK, FORCE_COLOR="1", NO_COLOR="1")[1]


def test_the_users_files_are_never_imported(tmp_path):
    for name in ("json", "click", "random", "os", "platform", "packaging", "re"):
        (tmp_path / (name + ".py")).write_text("raise SystemExit('imported ' + __name__)\n")
    code, out, err = envdoctor("check", "--format", "json", cwd=str(tmp_path))
    assert code in (0, 1), err
    assert json.loads(out)["schema"] == 1


def test_output_goes_to_the_file(tmp_path):
    file = tmp_path / "报告.txt"
    code, out, _ = envdoctor("check", *SICK, "--lang", "zh", "--output", str(file))
    assert (code, out) == (1, "") and "解决办法" in file.read_text(encoding="utf-8")


def test_a_closed_pipe_is_no_error():
    program = f"{sys.executable} -m envdoctor rules list | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    if os.name == "posix":
        done = subprocess.run(["bash", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        assert done.stdout.strip() == b"0" and not done.stderr


def test_a_broken_rule_file_is_named_with_its_key(tmp_path):
    """The doctor cannot do its work then: exit code 3, and still no traceback."""
    import shutil

    shutil.copytree(os.path.join(ROOT, "envdoctor"), str(tmp_path / "envdoctor"))
    shutil.copytree(os.path.join(ROOT, "rules"), str(tmp_path / "rules"))
    file = tmp_path / "rules" / "issues" / "h5py" / "old-keras-cannot-read-h5py-3.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('severity  = "error"', 'severity  = "loud"'), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", *HEALTHY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    err = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (3, b"")
    assert "h5py/old-keras-cannot-read-h5py-3.toml: severity" in err and err.count("\n") == 1
    linted = envdoctor("rules", "lint", str(tmp_path / "rules"))
    assert linted[0] == 1 and "severity" in linted[1]
