"""How is the rulebook compiled into what gets built?  (Everything else stands in setup.cfg.)

A wheel carries envdoctor/rulebook.json beside rulebook.py: TOML is what people write, JSON is what a start-up can
afford to read.  An sdist carries it too, so that building from it needs no TOML reader.  Nothing is written into the
source tree, and an editable install reads rules/ as it is.  Runs on Python 3.6 and setuptools 40.6.
"""

import importlib
import json
import os
import sys

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = os.path.dirname(os.path.abspath(__file__))
COMPILED = os.path.join("envdoctor", "rulebook.json")
NO_READER = """\
envdoctor: the rules cannot be compiled: this Python has neither tomllib (Python 3.11 and newer) nor tomli.
Run `python -m pip install tomli` and build again, or build from an sdist, which carries the compiled rules."""
PORCH_ONLY = "envdoctor: built without compiled rules: Python 3.6 runs the porch only, which reads none."


def rulebook_text():
    """The compiled rules as JSON text: from rules/, else the copy that an sdist carries; None on Python 3.6 without it.

    The order is that of the files (their columns have one), so the same rules always give the same bytes.
    """
    if can_read_toml():
        compiled = compiler()(os.path.join(ROOT, "rules"))
        return json.dumps(compiled, ensure_ascii=False, separators=(",", ":")) + "\n"
    carried = os.path.join(ROOT, COMPILED)
    if os.path.isfile(carried):
        with open(carried, encoding="utf-8") as file:
            return file.read()
    if sys.version_info < (3, 7):
        return None
    raise SystemExit(NO_READER)


def can_read_toml():
    """Whether this interpreter can compile: the house starts at 3.7, and tomllib or tomli must be there."""
    if sys.version_info < (3, 7):
        return False
    for name in ("tomllib", "tomli"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return True
    return False


def compiler():
    """rulebook.compile_folder of this tree, whatever envdoctor is installed here."""
    sys.path.insert(0, ROOT)
    try:
        return importlib.import_module("envdoctor.rulebook").compile_folder
    finally:
        sys.path.remove(ROOT)


def write_rulebook(folder):
    """Write envdoctor/rulebook.json below `folder`, in UTF-8 with Unix line ends on every system."""
    text = rulebook_text()
    if text is None:
        sys.stderr.write(PORCH_ONLY + "\n")
        return
    path = os.path.join(folder, COMPILED)
    if os.path.lexists(path):  # sdist may have linked the file of the source tree here
        os.remove(path)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


class BuildWithRulebook(build_py):
    def run(self):
        super().run()
        if not getattr(self, "editable_mode", False):
            write_rulebook(self.build_lib)

    def get_outputs(self, include_bytecode=1):
        outputs = super().get_outputs(include_bytecode)
        path = os.path.join(self.build_lib, COMPILED)
        return outputs + [path] if os.path.isfile(path) else outputs


class SdistWithRulebook(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        write_rulebook(base_dir)


setup(
    packages=find_packages(ROOT, include=["envdoctor", "envdoctor.*"]) + ["envdoctor.rules"],
    cmdclass={"build_py": BuildWithRulebook, "sdist": SdistWithRulebook},
)
