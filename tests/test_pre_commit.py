"""Do the hooks of .pre-commit-hooks.yaml run in a student's repository, as pre-commit runs them?"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envdoctor.cli import check

from .test_packaging import copy_tree

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ProxyError|Temporary failure in name resolution|No route to"
)
needs_targets = pytest.mark.skipif(
    not any("--targets" in option.opts for option in check.command.params), reason="`check` does not know --targets"
)


def pre_commit():
    found = shutil.which("pre-commit", path=os.path.dirname(sys.executable)) or shutil.which("pre-commit")
    if not found:
        pytest.skip("pre-commit is not installed (pip install -e '.[test]')")
    told = subprocess.run([found, "--version"], stdout=subprocess.PIPE).stdout.decode("utf-8")
    if [int(part) for part in re.findall(r"\d+", told)][:2] < [3, 2]:
        pytest.skip("the hooks need pre-commit 3.2, and here is " + told.strip())
    return found


def git(folder, *words):
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    named = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
    named.update({key.replace("AUTHOR", "COMMITTER"): text for key, text in named.items()})
    environ = {**alone(), **named}
    subprocess.run(["git", *words], cwd=str(folder), check=True, stdout=subprocess.DEVNULL, env=environ)


def alone(**variables):
    """The environment without what the user's git and the hook that may be running us have set."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "LC_"))}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **variables}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where pre-commit keeps the environments that it makes."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """This checkout as a repository of hooks."""
    pre_commit()
    tree = copy_tree(tmp_path_factory.mktemp("hooks") / "tree")
    shutil.copy2(str(MANIFEST), str(tree))
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "hooks")
    return tree


@pytest.fixture
def student(tmp_path):
    folder = tmp_path / "student"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "requirements.txt").write_text("tensorflow==1.13.2\nkeras==2.1.5\nh5py\n", encoding="utf-8")
    (folder / "train.py").write_text("import keras\n", encoding="utf-8")
    return folder


def try_repo(hooks, hook, student, home, stage="pre-commit", **variables):
    """(exit code, what was printed)"""
    git(student, "add", "-A")
    done = subprocess.run(
        [pre_commit(), "try-repo", str(hooks), hook, "--all-files", "--verbose", "--hook-stage", stage],
        cwd=str(student),
        env=alone(PRE_COMMIT_HOME=str(home), PYTHONIOENCODING="utf-8", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=500,
    )
    printed = done.stdout.decode("utf-8", "replace")
    if done.returncode and UNREACHABLE.search(printed):
        pytest.skip("no index can be reached from here")
    return done.returncode, printed


def test_the_manifest_is_valid():
    done = subprocess.run([pre_commit(), "validate-manifest", str(MANIFEST)], stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "path, judged",
    [
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("requirement.txt", True),
        ("lab/requirements/base.txt", True),
        ("requirements.in", True),
        ("constraints.txt", True),
        ("environment.yml", True),
        ("env/environment-gpu.yaml", True),
        ("pyproject.toml", True),
        ("setup.cfg", True),
        ("setup.py", True),
        ("my-setup.py", False),
        ("requirements.txt.bak", False),
        ("docs/environment.md", False),
        ("train.py", False),
        ("old-requirements.txt", False),
    ],
)
def test_which_files_start_it(path, judged):
    yaml = pytest.importorskip("yaml", reason="reading the manifest needs PyYAML (pip install -e '.[test]')")
    (pattern,) = [hook["files"] for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8")) if "files" in hook]
    assert bool(re.search(pattern, path)) is judged


@needs_targets
def test_dependency_files_are_judged_in_an_environment_of_its_own(hooks, student, home):
    machine = '[tool.envdoctor.targets.lab]\nos = "linux"\npython = "3.7"\ngpu = "GeForce RTX 3080"\n'
    (student / "pyproject.toml").write_text(machine, encoding="utf-8")
    code, printed = try_repo(hooks, "envdoctor-requirements", student, home)
    assert code == 1 and "h5py" in printed, printed


@needs_targets
def test_without_dependency_files_it_does_not_start(hooks, student, home):
    (student / "requirements.txt").unlink()
    code, printed = try_repo(hooks, "envdoctor-requirements", student, home)
    assert code == 0 and "(no files to check)" in printed


def test_the_active_environment_is_examined(hooks, student, home, tmp_path):
    """`language: system`: the envdoctor of the PATH, on the environment that is active where the commit is made."""
    if os.name != "posix":
        pytest.skip("the stand-in for envdoctor is a shell script")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "envdoctor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m envdoctor "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = str(tmp_path / "bin") + os.pathsep + os.environ.get("PATH", "")
    active = {"PATH": path, "PYTHONPATH": str(ROOT), "VIRTUAL_ENV": sys.prefix, "CONDA_PREFIX": ""}
    code, printed = try_repo(hooks, "envdoctor-environment", student, home, "manual", **active)
    assert code in (0, 1) and "because" in printed and "VIRTUAL_ENV is set" in printed, printed
    assert "tensorflow (==1.13.2)" in printed or sys.version_info < (3, 8), "the repository is examined with it"
