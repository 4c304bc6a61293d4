"""Who may import whom, what may a command load, and which files must run on which Python?"""

import ast
import glob
import json
import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOUSE = os.path.join(ROOT, "envdoctor")


def modules(*patterns):
    found = [path for pattern in patterns for path in glob.glob(os.path.join(HOUSE, pattern), recursive=True)]
    return sorted({os.path.relpath(path, HOUSE) for path in found})


EVERY = modules("**/*.py")
#: All that looks at a machine, and what it needs: see docs/ARCHITECTURE.md, "Two floors".
LOOKING = modules(
    "__init__.py",
    "__main__.py",
    "porch.py",
    "inside.py",
    "ask.py",
    "chart.py",
    "complaint.py",
    "redact.py",
    "patient*.py",
    "environments.py",
    "account.py",
    "words.py",
    "source.py",
    "interfaces.py",
    "nvidia.py",
    "shelf.py",
    "requirements.py",
    "reach.py",
    "networks.py",
    "training.py",
    "probes/*.py",
    "texts/*.py",
    "gpu/selftest.py",
)
#: From the chart on everything is pure.
PURE = modules(
    "chart.py",
    "complaint.py",
    "versions.py",
    "clause.py",
    "diagnose.py",
    "finding.py",
    "prescribe.py",
    "report.py",
    "words.py",
    "overview.py",
    "sheet.py",
    "rulepage.py",
    "conclusions/*.py",
    "renderers/*.py",
    "texts/*.py",
    "cure/__init__.py",
    "cure/after.py",
    "cure/candidates.py",
    "cure/goal.py",
    "cure/install_log.py",
    "cure/installer.py",
    "cure/plan.py",
    "cure/planpage.py",
    "cure/recipe.py",
    "cure/recipe_files.py",
    "cure/solve.py",
    "gpu/__init__.py",
    "gpu/answer.py",
    "gpu/devices.py",
    "gpu/evidence.py",
    "gpu/sentences.py",
    "gpu/timeline.py",
    "gpu/verdict.py",
    "gpu/renderers/*.py",
    "page.py",
    "places.py",
    "share.py",
    "comparison.py",
    "comparisonpage.py",
    "explain.py",
    "explaining/decide.py",
    "explaining/generic.py",
    "explaining/match.py",
    "explaining/modules.py",
    "explaining/pages.py",
    "explaining/patterns.py",
    "explaining/tracebacks.py",
    "intake/*.py",
    "pasted.py",
    "runpage.py",
)
IMPURE = {"os", "subprocess", "psutil", "pynvml", "click", "platform", "shutil", "tempfile", "socket", "ctypes"}


def tree_of(path):
    with open(os.path.join(HOUSE, path), encoding="utf-8") as file:
        return ast.parse(file.read())


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", PURE)
def test_the_pure_half_touches_no_machine(path):
    assert not IMPURE & set(imported(tree_of(path)))


@pytest.mark.parametrize("path", EVERY)
def test_a_file_answers_a_question(path):
    """Its first line says which.  (A command's first line is what it is called and what it answers.)"""
    docstring = ast.get_docstring(tree_of(path)) or ""
    assert "?" in docstring.split("\n\n")[0] or path == "__init__.py", docstring[:80]


@pytest.mark.parametrize("path", LOOKING)
def test_the_looking_half_has_the_syntax_of_3_6(path):
    if sys.version_info < (3, 8):
        pytest.skip("ast.parse has no feature_version before 3.8")
    with open(os.path.join(HOUSE, path), encoding="utf-8") as file:
        text = file.read()
    ast.parse(text, feature_version=(3, 6))
    assert "from __future__ import annotations" not in text
    assert "dataclasses" not in set(imported(ast.parse(text)))


@pytest.mark.parametrize("path", LOOKING)
def test_the_looking_half_needs_only_the_standard_library(path):
    outside = {"click", "packaging", "tomli", "importlib_metadata", "rich"}
    assert not outside & set(imported(tree_of(path)))


# ---------------------------------------------------------------- what a command may load

#: Each is slow, and none is needed to say what is wrong.  (packaging itself loads logging.)
HEAVY = {
    "asyncio", "concurrent", "email", "http", "importlib_metadata", "jsonschema", "multiprocessing", "numpy",
    "packaging.requirements", "pkg_resources", "psutil", "pynvml", "rich", "setuptools", "socket",
    "sqlite3", "ssl", "tempfile", "tensorflow", "torch", "unittest", "urllib.request", "xml", "yaml", "zipfile",
}  # fmt: skip
THIRD_PARTY = {"click", "packaging"}
PROGRAM = """
import json, sys
before = set(sys.modules)
sys.argv = ["envdoctor"] + sys.argv[1:]
from envdoctor.cli import main
status = main()
print("\\nLOADED" + json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )
    return set(json.loads(done.stdout.decode("utf-8").rpartition("LOADED")[2]))


def own(names):
    return {name[len("envdoctor.") :] for name in names if name.startswith("envdoctor.")}


def foreign(names):
    standard = getattr(sys, "stdlib_module_names", None)
    tops = {name.partition(".")[0] for name in names}
    return tops - standard - {"envdoctor"} if standard else tops & {"packaging", "psutil", "pynvml", "tomli", "rich"}


def test_help_loads_little():
    names = loaded("--help")
    assert not HEAVY & names
    # (The package `renderers` alone lists its folder: those are the choices of --format.)
    assert not {name for name in own(names) if name.startswith(("probes", "conclusions", "renderers.", "patient"))}
    assert "packaging" not in names and "json" not in own(names)


def test_check_loads_what_it_needs_and_no_more():
    names = loaded("check", "--no-project", "--format", "json")
    assert not HEAVY & names
    assert foreign(names) <= THIRD_PARTY | {"tomli", "colorama"} | {n for n in foreign(names) if n.startswith("__")}
    assert not {"renderers.text", "lint", "rulepage", "porch"} & own(names)
