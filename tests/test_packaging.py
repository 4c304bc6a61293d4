"""Do the wheel, the sdist, an editable install and a zip on sys.path each carry the whole house?

Everything is built in a copy of the tree, without build isolation, so no index is needed.
"""

import ast
import email
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from envdoctor import __version__, rulebook

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
pytest.importorskip("setuptools", reason="building needs setuptools (pip install -e '.[test]')")
pytest.importorskip("wheel", reason="building needs wheel (pip install -e '.[test]')")

SHIPPED = (
    "envdoctor rules tests docs benchmarks tools .ci setup.cfg setup.py pyproject.toml MANIFEST.in noxfile.py "
    "LICENSE README.md README.zh.md CHANGELOG.md CONTRIBUTING.md action.yml .pre-commit-hooks.yaml mkdocs.yml"
).split()
#: The folders of this Python's own environment, where pip, setuptools and our dependencies are.
LENDERS = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
#: What an installation says of itself: where it lies, and how many rules it knows.
ACCOUNT = (
    "import json, sys, envdoctor\n"
    "sys.path += {!r}\n"
    "import envdoctor.rulebook as book\n"
    "print(json.dumps([envdoctor.__file__, len(book.load().ids()), envdoctor.__version__]))"
).format(LENDERS)


def run(command, cwd, **environ):
    """Standard output of a command that must succeed, in an environment without the test run's own PYTHONPATH."""
    clean = {key: text for key, text in os.environ.items() if not key.startswith(("PYTHONPATH", "PIP_", "VIRTUAL_ENV"))}
    clean.update({"PYTHONIOENCODING": "utf-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}, **environ)
    done = subprocess.run(
        [str(word) for word in command], cwd=str(cwd), env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")


def copy_tree(target):
    """The files of the project, without what earlier builds and runs left lying about."""
    target.mkdir(parents=True)
    litter = shutil.ignore_patterns("__pycache__", "*.pyc", "rulebook.json", "*.egg-info", ".*cache")
    for name in SHIPPED:
        source = os.path.join(ROOT, name)
        if os.path.isdir(source):
            shutil.copytree(source, str(target / name), ignore=litter)
        elif os.path.exists(source):
            shutil.copy2(source, str(target / name))
    return target


def build(kind, tree, target, python=sys.executable):
    """Build a wheel or an sdist as pip would, through the hooks that a front end calls."""
    target.mkdir(parents=True, exist_ok=True)
    hook = "from setuptools import build_meta; build_meta.build_{}({!r})".format(kind, str(target))
    run([python, "-c", hook], tree, PYTHONDONTWRITEBYTECODE="1")
    (built,) = target.iterdir()
    return built


def account(tmp_path, path="", python=sys.executable):
    """(file of the package, number of rules, version) of the envdoctor that this Python finds with `path` in front."""
    return json.loads(run([python, "-c", ACCOUNT], tmp_path, **({"PYTHONPATH": str(path)} if path else {})))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    top = tmp_path_factory.mktemp("wheel")
    return build("wheel", copy_tree(top / "tree"), top / "dist")


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    top = tmp_path_factory.mktemp("sdist")
    return build("sdist", copy_tree(top / "tree"), top / "dist")


@pytest.fixture
def unpacked(sdist, tmp_path):
    with tarfile.open(str(sdist)) as archive:
        archive.extractall(str(tmp_path), **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (tree,) = tmp_path.iterdir()
    return tree


def rule_files():
    return sorted(
        os.path.relpath(path, os.path.join(ROOT, "rules")).replace(os.sep, "/")
        for path in glob.glob(os.path.join(ROOT, "rules", "**", "*.toml"), recursive=True)
    )


def modules():
    return sorted(
        os.path.relpath(path, ROOT).replace(os.sep, "/")
        for path in glob.glob(os.path.join(ROOT, "envdoctor", "**", "*.py"), recursive=True)
    )


def expected_rules():
    return len(rulebook.read(rulebook.compile_folder(os.path.join(ROOT, "rules"))).ids())


# ---------------------------------------------------------------- the wheel


def test_wheel_holds_every_module_and_every_rule(wheel):
    names = set(zipfile.ZipFile(str(wheel)).namelist())
    assert [name for name in modules() if name not in names] == []
    assert [name for name in rule_files() if "envdoctor/rules/" + name not in names] == []
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "rules/"))]


def test_wheel_holds_the_rules_compiled(wheel):
    compiled = json.loads(zipfile.ZipFile(str(wheel)).read("envdoctor/rulebook.json").decode("utf-8"))
    assert compiled == rulebook.compile_folder(os.path.join(ROOT, "rules"))
    assert list(compiled["issues"]) == list(rulebook.compile_folder(os.path.join(ROOT, "rules"))["issues"])


def test_wheel_describes_itself(wheel):
    archive = zipfile.ZipFile(str(wheel))
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    headers = email.message_from_string(archive.read(metadata).decode("utf-8"))
    assert (headers["Name"], headers["Version"], headers["Requires-Python"]) == ("envdoctor", __version__, ">=3.6")
    needed = [entry for entry in headers.get_all("Requires-Dist") if "extra ==" not in entry]
    names = sorted(re.match(r"[A-Za-z0-9._-]+", entry).group() for entry in needed)
    assert names == ["click", "importlib-metadata", "nvidia-ml-py", "packaging", "psutil", "tomli"]
    assert [entry for entry in needed if not re.search(r"""python_version\s*>=\s*["']3\.7["']""", entry)] == []
    entry_points = archive.read(metadata.replace("METADATA", "entry_points.txt")).decode("utf-8")
    assert re.search(r"^envdoctor\s*=\s*envdoctor\.__main__:main$", entry_points, re.M)
    assert re.search(r"^envdoctor\s*=\s*envdoctor\.pytest_plugin$", entry_points, re.M)


def test_same_rules_give_the_same_bytes(wheel, tmp_path):
    again = build("wheel", copy_tree(tmp_path / "tree"), tmp_path / "dist")
    first, second = (zipfile.ZipFile(str(path)).read("envdoctor/rulebook.json") for path in (wheel, again))
    assert first == second


def test_building_leaves_no_compiled_rules_in_the_source(tmp_path):
    tree = copy_tree(tmp_path / "tree")
    build("wheel", tree, tmp_path / "dist")
    assert not (tree / "envdoctor" / "rulebook.json").exists()


def test_wheel_installs_and_runs(wheel, tmp_path):
    python, _ = environment(tmp_path / "env")
    run([python, "-m", "pip", "install", "-q", "-I", "--no-deps", wheel], tmp_path)
    where, rules, version = account(tmp_path, python=python)
    assert where.startswith(str(tmp_path)) and version == __version__ and rules == expected_rules()
    script = os.path.join(os.path.dirname(str(python)), "envdoctor")
    assert run([script, "--version"], tmp_path).strip() == "envdoctor " + __version__


def test_wheel_works_as_a_zip_on_the_path(wheel, tmp_path):
    where, rules, version = account(tmp_path, path=wheel)
    assert where.startswith(str(wheel)) and version == __version__ and rules == expected_rules()
    report = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", "--python", sys.executable, "--no-project", "--format", "json"],
        cwd=str(tmp_path),
        env=dict(os.environ, PYTHONPATH=str(wheel)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert report.returncode in (0, 1), report.stderr.decode("utf-8", "replace")
    assert json.loads(report.stdout.decode("utf-8"))["patient"]["python"]


# ---------------------------------------------------------------- the sdist


def test_sdist_carries_sources_and_compiled_rules(sdist):
    with tarfile.open(str(sdist)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = modules() + ["rules/" + name for name in rule_files()]
    wanted += ["envdoctor/rulebook.json", "setup.py", "LICENSE", "tests/test_packaging.py", "README.zh.md", ".ci/run"]
    assert [name for name in wanted if name not in names] == []
    assert not [name for name in names if name.endswith(".pyc")]


def test_wheel_from_the_sdist_is_the_wheel_from_the_checkout(unpacked, wheel, tmp_path):
    second = zipfile.ZipFile(str(build("wheel", unpacked, tmp_path / "dist")))
    first = zipfile.ZipFile(str(wheel))
    ours = [name for name in first.namelist() if name.startswith("envdoctor/")]
    assert ours == [name for name in second.namelist() if name.startswith("envdoctor/")]
    assert [name for name in ours if first.read(name) != second.read(name)] == []


#: From 3.11 on there is no Python without tomllib (and setuptools itself wants it).
can_lack_toml = pytest.mark.skipif(sys.version_info >= (3, 11), reason="this Python always has tomllib")
NO_TOML = "import sys; sys.modules.update(tomllib=None, tomli=None); "


@can_lack_toml
def test_sdist_builds_without_a_toml_reader(unpacked, tmp_path):
    build_py = "import setuptools; sys.argv = ['setup.py', '-q', 'build', '-b', {!r}]; exec(open('setup.py').read())"
    script = NO_TOML + "__file__ = 'setup.py'; " + build_py.format(str(tmp_path / "build"))
    run([sys.executable, "-c", script], unpacked)
    built = tmp_path / "build" / "lib" / "envdoctor" / "rulebook.json"
    assert built.read_bytes() == (unpacked / "envdoctor" / "rulebook.json").read_bytes()


@can_lack_toml
def test_checkout_without_a_toml_reader_says_what_to_do(tmp_path):
    tree = copy_tree(tmp_path / "tree")
    script = NO_TOML + "import setuptools; __file__ = 'setup.py'; sys.argv = ['setup.py', '-q', 'build']; "
    done = subprocess.run(
        [sys.executable, "-c", script + "exec(open('setup.py').read())"],
        cwd=str(tree),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.returncode != 0
    assert "pip install tomli" in done.stderr.decode("utf-8")


def old_python():
    """A Python 3.6, or None."""
    root = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    for found in [shutil.which("python3.6")] + glob.glob(os.path.join(root, "versions", "3.6.*", "bin", "python")):
        # A pyenv shim stands on PATH for versions that are not selected, too; it only fails when it is run.
        if found and subprocess.run([found, "-c", "import setuptools"], stderr=subprocess.DEVNULL).returncode == 0:
            return found
    return None


def test_sdist_builds_on_python_36(unpacked, tmp_path):
    python = old_python()
    if not python:
        pytest.skip("no Python 3.6 with setuptools on this machine")
    run([python, "setup.py", "-q", "build", "-b", tmp_path / "build"], unpacked, LC_ALL="C")
    lib = tmp_path / "build" / "lib"
    assert [name for name in modules() if not (lib / name).is_file()] == []
    assert [name for name in rule_files() if not (lib / "envdoctor" / "rules" / name).is_file()] == []
    carried = (unpacked / "envdoctor" / "rulebook.json").read_bytes()
    assert (lib / "envdoctor" / "rulebook.json").read_bytes() == carried
    assert run([python, "-c", "import envdoctor; print(envdoctor.__version__)"], lib).strip() == __version__


# ---------------------------------------------------------------- checkout and editable install


def environment(folder):
    """(Python, .pth file) of a fresh environment that borrows what pip and envdoctor need through this .pth file.

    A .pth file makes folders visible without running what they start up; its name sorts last.
    """
    run([sys.executable, "-m", "venv", "--without-pip", folder], folder.parent)
    (scripts,) = [name for name in ("bin", "Scripts") if (folder / name).is_dir()]
    python = folder / scripts / "python"
    purelib = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    borrowed = os.path.join(purelib, "zz-borrowed.pth")
    with open(borrowed, "w") as file:
        file.write("\n".join(LENDERS) + "\n")
    return python, borrowed


def test_checkout_runs_without_being_installed(tmp_path):
    tree = copy_tree(tmp_path / "tree")
    where, rules, _ = account(tmp_path, path=tree)
    assert where.startswith(str(tree)) and rules == expected_rules()
    assert not (tree / "envdoctor" / "rulebook.json").exists()


def test_editable_install_reads_the_rules_of_the_checkout(tmp_path):
    tree = copy_tree(tmp_path / "tree")
    python, borrowed = environment(tmp_path / "env")
    run([python, "-m", "pip", "install", "-q", "-I", "--no-deps", "--no-build-isolation", "-e", tree], tmp_path)
    os.remove(borrowed)  # an envdoctor among the borrowed would go before an editable one
    assert not (tree / "envdoctor" / "rulebook.json").exists()
    where, rules, _ = account(tmp_path, python=python)
    assert where.startswith(str(tree)) and rules == expected_rules()
    shutil.rmtree(str(tree / "rules" / "issues"))
    assert account(tmp_path, python=python)[1] < rules, "rules must be read from the checkout, not from a copy"


# ---------------------------------------------------------------- the shim itself


def test_setup_py_is_readable_for_python_36():
    with open(os.path.join(ROOT, "setup.py"), encoding="utf-8") as file:
        source = file.read()
    ast.parse(source, **({"feature_version": (3, 6)} if sys.version_info >= (3, 8) else {}))
    assert "from __future__ import annotations" not in source
