"""How is everything checked on one machine?  `nox` runs all; `nox -s tests-3.9 -- -k clause` one part."""

import glob
import os
import shutil

import nox

HOUSE = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]
nox.options.sessions = ["tests", "porch", "lint", "rules", "docs", "site"]
nox.options.default_venv_backend = "venv"  # virtualenv has left 3.7 behind
nox.options.error_on_missing_interpreters = False

# Interpreters that pyenv keeps need not be selected; behind everything else, so that PATH decides first.
_PYENV = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
os.environ["PATH"] = os.pathsep.join(
    [os.environ.get("PATH", "")] + sorted(glob.glob(os.path.join(_PYENV, "versions", "3.*", "bin")))
)


@nox.session(python=HOUSE)
def tests(session: nox.Session) -> None:
    """The suite."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def porch(session: nox.Session) -> None:
    """The 3.6 floor: pytest runs here, and its tests start a Python 3.6 (and others) themselves."""
    if not shutil.which("python3.6"):
        session.skip("no Python 3.6 on this machine")
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "tests", "-k", "porch or inside or python_36", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and types."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("mypy")


@nox.session
def rules(session: nox.Session) -> None:
    """Every rule file."""
    session.install("-e", ".[test]")
    session.run("envdoctor", "rules", "lint")
    session.run("python", "-m", "pytest", "tests/test_rules.py")


@nox.session
def docs(session: nox.Session) -> None:
    """READMEs and generated pages in step with the program."""
    session.install("-e", ".[test]")
    session.run("python", "tools/docs.py", "--check")
    session.run("python", "tools/pictures.py", "--check")
    session.run("python", "-m", "pytest", "tests/test_readme.py", "tests/test_docs.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """The figures of docs/PERFORMANCE.md."""
    session.run("python", "benchmarks/check.py", *session.posargs)


@nox.session
def site(session: nox.Session) -> None:
    """The documentation site, into build/site."""
    session.install("-e", ".[test,docs]")
    session.run("mkdocs", "build", "--strict", env={"NO_MKDOCS_2_WARNING": "1"})
    session.run("python", "-m", "pytest", "tests/test_site.py", *session.posargs)
