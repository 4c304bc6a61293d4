"""Does `envdoctor check` name the fault in environments made of real wheels, and stay calm in healthy ones?

Each environment is built with venv and pip; a sick one must first show its symptom, a healthy one must not.
The two marked `smoke` are a few MB and always run; the others take minutes: python -m pytest -m real
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
from typing import List, NamedTuple

import pytest

from ..test_packaging import build as build_wheel
from ..test_packaging import copy_tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Real(NamedTuple):
    """An environment: Pythons that can hold it (first found wins), what pip installs (step by step), a program, and
    either the distributions of which one must be named together with the end of the program, or nothing (healthy)."""

    name: str
    pythons: List[str]
    install: List[List[str]]
    program: str
    named: List[str] = []
    error: str = ""
    smoke: bool = False


READ_IMAGE = (
    "import numpy\nfrom PIL import Image\nassert numpy.array(Image.new('RGB', (3, 2)), 'uint8').shape == (2, 3, 3)"
)
#: A bar is born, and before it has a position another one ends; with slow disks and threads this happens by itself.
TWO_BARS = (
    "from tqdm import tqdm\n"
    "class Images:\n"
    "    def __len__(self):\n"
    "        try: return sum(tqdm([1, 2]))\n"
    "        except AttributeError as error: raise SystemExit(str(error))\n"  # tqdm would swallow it here
    "    def __iter__(self): return iter([1, 2, 3])\n"
    "print(sum(tqdm(Images())))"
)
LOAD_MODEL = (
    "import keras, os, tempfile\n"
    "model = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,))])\n"
    "model.compile('sgd', 'mse')\n"
    "file = os.path.join(tempfile.mkdtemp(), 'model.h5')\n"
    "model.save(file); keras.models.load_model(file)"
)
BOOL = "import torch\nprint((torch.tensor([0.2, 0.9]) > 0.5).bool())\n"
TF_STACK = ["tensorflow==1.13.2", "keras==2.1.5", "numpy==1.19.5"]

PATIENTS = [
    Real(
        "pillow-8.3.0",
        ["3.8", "3.9", "3.7"],
        [["numpy==1.21.6", "pillow==8.3.0"]],
        READ_IMAGE,
        named=["pillow"],
        error="__array__() takes 1 positional argument but 2 were given",
        smoke=True,
    ),
    Real("pillow-8.2.0", ["3.8", "3.9", "3.7"], [["numpy==1.21.6", "pillow==8.2.0"]], READ_IMAGE, smoke=True),
    Real(
        "tqdm-4.28.1",
        ["3.7", "3.8", "3.9", "3.6"],
        [["tqdm==4.28.1"]],
        TWO_BARS,
        named=["tqdm"],
        error="'tqdm' object has no attribute 'pos'",
        smoke=True,
    ),
    Real("tqdm-4.64.1", ["3.7", "3.8", "3.9", "3.6"], [["tqdm==4.64.1"]], TWO_BARS, smoke=True),
    Real(
        "h5py-3-keras-2.1.5",
        ["3.7"],
        [TF_STACK + ["protobuf==3.20.3", "h5py==3.8.0"]],
        LOAD_MODEL,
        named=["h5py"],
        error="'str' object has no attribute 'decode'",
    ),
    Real(
        "protobuf-4-tensorflow-1.13",
        ["3.7"],
        [TF_STACK + ["protobuf==4.24.4", "h5py==2.10.0"]],
        "import tensorflow",
        named=["protobuf"],
        error="be created directly",
    ),
    Real(
        "keras-2.1.5-healthy",
        ["3.7"],
        [TF_STACK + ["protobuf==3.20.3", "h5py==2.10.0", "pillow==8.2.0"]],
        LOAD_MODEL,
    ),
    Real(
        "torch-1.1-bool",
        ["3.7"],
        [["torch==1.1.0", "numpy==1.19.5"]],
        BOOL,
        named=["torch"],
        error="'Tensor' object has no attribute 'bool'",
    ),
    Real(
        "torchvision-0.4-pillow-9",
        ["3.7"],
        [["torch==1.2.0", "torchvision==0.4.0", "numpy==1.19.5", "pillow==9.5.0"]],
        "import torchvision",
        named=["pillow", "torchvision"],
        error="cannot import name 'PILLOW_VERSION'",
    ),
    Real(
        "torch-1.2-healthy",
        ["3.7"],
        [["torch==1.2.0", "torchvision==0.4.0", "numpy==1.19.5", "pillow==6.2.2"]],
        "import torchvision\n" + BOOL,
    ),
]


def interpreter(versions):
    """The first of these Python versions that this machine has, by pyenv or on PATH; None without any."""
    root = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    for version in versions:
        for candidate in glob.glob(os.path.join(root, "versions", version + ".*", "bin", "python")) + [
            shutil.which("python" + version)
        ]:
            # A pyenv shim stands on PATH for versions that are not selected, too; it only fails when it is run.
            if candidate and run([candidate, "-c", "import venv, ensurepip"]).returncode == 0:
                return candidate
    return None


def run(command, cwd=None, **environ):
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environ or None, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def text(done):
    return done.stdout.decode("utf-8", "replace")


def build(patient, folder):
    """The Python of a new environment with these distributions; skips where the machine or the index cannot give it."""
    base = interpreter(patient.pythons)
    if base is None:
        pytest.skip("no Python {} on this machine".format(" or ".join(patient.pythons)))
    made = run([base, "-m", "venv", folder])
    assert made.returncode == 0, text(made)
    python = os.path.join(str(folder), "Scripts" if os.name == "nt" else "bin", "python")
    pip = [python, "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "60", "--only-binary", ":all:"]
    # An outer pip configuration may hold options that an old pip refuses; where the index is, it must still say.
    for step in patient.install:
        done = run(pip + step)
        if done.returncode != 0:
            done = run(pip + step, **dict(os.environ, PIP_CONFIG_FILE=os.devnull))
        if done.returncode != 0:
            errors = [line for line in text(done).splitlines() if "ERROR" in line] or text(done).splitlines()[-1:]
            pytest.skip("pip could not install {}: {}".format(" ".join(step), " ".join(errors)[:300]))
    return python


def check(python, project):
    """The JSON report on this environment and project, by the Python that runs the tests; and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", "--python", python, "--project", str(project), "--format", "json"],
        env=dict(os.environ, PYTHONPATH=ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.returncode in (0, 1), done.stderr.decode("utf-8", "replace")
    return json.loads(done.stdout.decode("utf-8")), done.returncode


@pytest.fixture
def place(tmp_path):
    """A folder that is gone after the test: an environment with torch takes 2 GB, and pytest keeps three runs."""
    yield tmp_path
    shutil.rmtree(str(tmp_path), ignore_errors=True)


def marked(patient):
    marks = [pytest.mark.real] + ([pytest.mark.smoke] if patient.smoke else [])
    return pytest.param(patient, id=patient.name, marks=marks)


@pytest.mark.parametrize("patient", [marked(patient) for patient in PATIENTS])
def test_patient(patient, place):
    python = build(patient, place / "env")
    project = place / "project"
    project.mkdir()
    (project / "train.py").write_text(patient.program, encoding="utf-8")

    shown = run([python, "train.py"], cwd=str(project))
    assert (shown.returncode == 0) != bool(patient.error), text(shown)
    assert patient.error in text(shown)

    report, status = check(python, project)
    errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
    if not patient.error:
        assert errors == [] and status == 0
        return
    blamed = {name for finding in report["findings"] if finding["severity"] != "info" for name in finding["packages"]}
    assert blamed & set(patient.named), report["findings"]
    assert all(re.search(r"\S", finding["title"]) for finding in report["findings"])


OLD = Real(
    "old-dependencies",
    ["3.8", "3.7", "3.9"],
    [["numpy==1.21.6", "click==8.0.4", "packaging==21.3", "psutil==5.9.0", "importlib-metadata==4.8.3"]],
    "",
)


@pytest.mark.real
@pytest.mark.smoke
def test_the_doctor_changes_nothing_of_the_patient_that_it_is_installed_into(place):
    python = build(OLD, place / "env")
    wheel = build_wheel("wheel", copy_tree(place / "tree"), place / "dist")
    before = versions(python)
    done = run([python, "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "60", wheel])
    if done.returncode != 0:
        pytest.skip("pip could not install what envdoctor needs: " + text(done)[-300:])
    after = versions(python)
    assert {name: after.get(name) for name in before} == before
    check = run([python, "-m", "envdoctor", "check", "--no-project"], cwd=str(place / "dist"))
    assert check.returncode == 0, text(check)


def versions(python):
    listed = subprocess.check_output([python, "-m", "pip", "list", "--format", "json"], stderr=subprocess.DEVNULL)
    return {found["name"]: found["version"] for found in json.loads(listed.decode("utf-8"))}
