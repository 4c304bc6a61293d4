"""Does `envdoctor init` write files that their readers accept, in both languages, and leave alone what is there?"""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from envdoctor import config
from envdoctor.ask import Ask

try:
    import tomllib
except ImportError:
    import tomli as tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORKFLOW = ".github/workflows/envdoctor.yml"


def envdoctor(*arguments, cwd, **variables):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NO_COLOR"))}
    environ.update(PYTHONPATH=ROOT, PYTHONIOENCODING="utf-8", LC_ALL="C.UTF-8", **variables)
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=str(cwd),
        env=environ,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def repository(folder, **files):
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def content(folder):
    found = {}
    for parent, _, names in os.walk(str(folder)):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, str(folder)).replace(os.sep, "/")] = file.read().decode("utf-8")
    return found


def test_a_configuration_and_a_workflow(tmp_path):
    repository(tmp_path, requirements__txt="tensorflow==1.13.2\nkeras==2.1.5\n")
    code, out, err = envdoctor("init", cwd=tmp_path)
    assert code == 0 and not err
    assert set(content(tmp_path)) == {"requirements.txt", "envdoctor.toml", WORKFLOW}
    assert "envdoctor.toml" in out and WORKFLOW in out and "envdoctor check --targets" in out
    found = config.load(str(tmp_path), Ask())
    assert [target.name for target in found.targets] == ["linux", "windows"]
    assert [target.told("python") for target in found.targets] == ["3.7", "3.7"]
    assert envdoctor("check", "--targets", "--format", "json", cwd=tmp_path)[0] == 1


@pytest.mark.parametrize(
    "files, python",
    [
        ({"requirements__txt": "torch\nnumpy\n"}, "3.10"),
        ({"requirements__txt": "torch==1.2.0\n"}, "3.7"),
        ({"requirements__txt": "torch==2.15.0\n"}, "3.15"),
        ({"setup__py": "from setuptools import setup\nsetup(python_requires='>=3.8,<3.10')\n"}, "3.9"),
        ({"pyproject__toml": '[project]\nname = "x"\nrequires-python = ">=3.9"\n'}, "3.12"),
        ({"environment__yml": "dependencies:\n  - python=3.7\n"}, "3.7"),
        ({"train__py": "import tensorflow as tf\nimport keras\ntf.Session()\n"}, "3.7"),
        ({}, "3.10"),
    ],
)
def test_the_python_that_the_repository_seems_to_want(tmp_path, files, python):
    repository(tmp_path, **files)
    assert envdoctor("init", "--ci", "none", cwd=tmp_path)[0] == 0
    assert config.load(str(tmp_path), Ask()).targets[0].told("python") == python


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_both_languages(tmp_path, ci, lang):
    code, out, _ = envdoctor("init", "--ci", ci, "--lang", lang, cwd=tmp_path)
    files = content(tmp_path)
    assert code == 0 and ("已写入" in out) == (lang == "zh")
    assert len(files) == {"github": 2, "gitlab": 3, "none": 1}[ci]
    for name, text in files.items():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text) == (lang == "zh"), name
        assert "$about" not in text and "$$" not in text and "\r" not in text and text.endswith("\n")
        assert all(len(line) <= 120 for line in text.splitlines())
    tomllib.loads(files["envdoctor.toml"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_commented_out_is_right_as_well(tmp_path, lang):
    assert envdoctor("init", "--lang", lang, cwd=tmp_path)[0] == 0
    path = tmp_path / "envdoctor.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [re.sub(r"^# (?=\S+ = |\[|\]|  \{)", "", line) for line in lines]
    path.write_text("\n".join(said), encoding="utf-8")
    found = config.load(str(tmp_path), Ask())
    assert (found.expect, found.strict, found.lang) == ("gpu", True, lang)
    assert found.ignore[0][0] == "h5py/old-keras-cannot-read-h5py-3" and found.ignore[0][1]
    assert found.targets[-1].told("gpu") == "GeForce RTX 3080"
    assert envdoctor("check", "--targets", cwd=tmp_path)[0] in (0, 1)


def test_nothing_that_is_there_is_touched(tmp_path):
    assert envdoctor("init", cwd=tmp_path)[0] == 0
    for name in ("envdoctor.toml", WORKFLOW):
        (tmp_path / name).write_text("# mine\n")
    before = content(tmp_path)
    code, out, err = envdoctor("init", cwd=tmp_path)
    assert code == 0 and not err and content(tmp_path) == before
    assert out.count("left as it is") == 2


def test_settings_that_stand_elsewhere_are_enough(tmp_path):
    text = '[tool.envdoctor]\nstrict = true\n[tool.envdoctor.targets.lab]\npython = "3.10"\n'
    repository(tmp_path, pyproject__toml=text)
    code, out, _ = envdoctor("init", cwd=tmp_path)
    assert code == 0 and set(content(tmp_path)) == {"pyproject.toml", WORKFLOW} and "pyproject.toml" in out


@pytest.mark.parametrize("own", [True, False])
def test_gitlab(tmp_path, own):
    if own:
        (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    code, out, _ = envdoctor("init", *([] if own else ["--ci", "gitlab"]), cwd=tmp_path)
    files = content(tmp_path)
    assert code == 0 and ".gitlab/envdoctor.yml" in files
    assert ("local: .gitlab/envdoctor.yml" in out) == own
    assert files[".gitlab-ci.yml"] == "stages: [test]\n" if own else "include" in files[".gitlab-ci.yml"]


@pytest.mark.parametrize(
    "arguments, words", [(["--project", "nowhere"], "nowhere"), (["--ci", "jenkins"], "github"), (["x"], "x")]
)
def test_misuse(tmp_path, arguments, words):
    code, out, err = envdoctor("init", *arguments, cwd=tmp_path)
    assert (code, out) == (2, "") and words in err and err.count("\n") == 1 and not content(tmp_path)


def test_another_folder(tmp_path):
    (tmp_path / "repo").mkdir()
    assert envdoctor("init", "--project", "repo", "--ci", "none", cwd=tmp_path)[0] == 0
    assert set(content(tmp_path)) == {"repo/envdoctor.toml"}


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / ".github").write_text("x")
    code, out, err = envdoctor("init", cwd=tmp_path)
    assert code == 2 and "workflows" in err and err.count("\n") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_files_are_valid(tmp_path, lang):
    checker = shutil.which("check-jsonschema", path=os.path.dirname(sys.executable)) or shutil.which("check-jsonschema")
    if not checker:
        pytest.skip("check-jsonschema is not installed")
    for ci in ("github", "gitlab"):
        envdoctor("init", "--ci", ci, "--lang", lang, cwd=tmp_path)
    for schema, files in (
        ("vendor.github-workflows", [WORKFLOW]),
        ("vendor.gitlab-ci", [".gitlab/envdoctor.yml", ".gitlab-ci.yml"]),
    ):
        subprocess.run([checker, "--builtin-schema", schema, *files], cwd=str(tmp_path), check=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("everything", [False, True])
def test_the_workflow_has_no_hole(tmp_path, lang, everything):
    zizmor = shutil.which("zizmor", path=os.path.dirname(sys.executable)) or shutil.which("zizmor")
    if not zizmor:
        pytest.skip("zizmor is not installed")
    envdoctor("init", "--lang", lang, cwd=tmp_path)
    path = tmp_path / WORKFLOW
    if everything:  # with the lines about SARIF, which are comments at first
        lines = path.read_text(encoding="utf-8").splitlines()
        start = next(number for number, line in enumerate(lines) if line.strip() == "# - name: SARIF")
        lines[start:] = [line.replace("# ", "", 1) for line in lines[start:]]
        lines = [line.replace("# security-events", "security-events") for line in lines]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--format", "json", str(path)], stdout=subprocess.PIPE, check=True
    )
    assert json.loads(done.stdout.decode("utf-8")) == []
