# ruff: noqa: E501 (a row of a table stays on one line)
"""Does the probe of a rule fail with the rule's fault, and work after the rule's own remedy?  Proven with real wheels.

    python -m tools.prove_checks [--work FOLDER] [--json FILE] [RULE…]

Builds each environment of PATIENTS with uv (in the folder of --work, removed afterwards), lets the doctor find the
rule, runs its `verify` code as `fix --rehearse` does, carries out the remedy, and runs the code again.  Needs uv, a
package index and the interpreters (PYENV_ROOT, else PATH); each environment takes seconds to minutes.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Iterator, Tuple

from envdoctor.ask import Ask
from envdoctor.consult import Request, judge, see
from envdoctor.cure.checks import run_check
from envdoctor.cure.plan import Check
from envdoctor.report import Finding
from envdoctor.rulebook import Rulebook, load


@dataclass(frozen=True)
class Patient:
    """install: what is installed, one list for each run.  code: a file of the project, for rules that look at one.
    no_deps: the last run installs nothing else.  remove: what is uninstalled afterwards."""

    rule: str
    python: str
    install: Tuple[Tuple[str, ...], ...]
    code: str = ""
    no_deps: bool = False
    remove: Tuple[str, ...] = ()


def _of(
    rule: str,
    python: str,
    *install: str,
    code: str = "",
    no_deps: bool = False,
    remove: str = "",
) -> Patient:
    runs = tuple(tuple(one.split()) for one in install)
    return Patient(rule, python, runs, code, no_deps, tuple(remove.split()))


PATIENTS = (
    _of("h5py/old-keras-cannot-read-h5py-3", "3.7", "tensorflow==1.13.2 keras==2.1.5 protobuf==3.20.3 h5py==3.8.0"),
    _of("h5py/old-keras-cannot-read-h5py-3", "3.8", "tensorflow-cpu==2.3.0 protobuf==3.20.3", "h5py==3.1.0"),
    _of("pillow/8-3-0-arrays-take-no-dtype", "3.8", "numpy==1.21.6 pillow==8.3.0"),
    _of("tqdm/bars-meet-half-built-bars", "3.7", "tqdm==4.28.1"),
    _of("tqdm/bars-meet-half-built-bars", "3.11", "tqdm==4.19.9"),
    _of(
        "torch/no-bool-tensors-before-1-2",
        "3.7",
        "torch==1.1.0 numpy==1.19.5",
        code="import torch\nmask = (torch.ones(3) > 0.5).bool()\n",
    ),
    _of("protobuf/too-new-for-old-tensorflow", "3.7", "tensorflow==1.13.2 protobuf==4.24.4"),
    _of("protobuf/too-new-for-old-tensorflow", "3.8", "tensorflow-cpu==2.8.0", "protobuf==4.21.12"),
    _of("protobuf/too-new-for-tensorboard", "3.8", "tensorboard==2.8.0 protobuf==4.25.3"),
    _of(
        "torchvision/made-for-another-torch",
        "3.7",
        "torch==1.2.0 numpy==1.19.5 pillow==6.2.2 six==1.16.0",
        "torchvision==0.6.1",
        no_deps=True,
    ),
    _of("pillow/version-name-gone-for-torchvision", "3.7", "torch==1.2.0 torchvision==0.4.0 numpy==1.19.5 pillow==9.5.0"),
    _of(
        "pillow/10-lacks-names-the-code-uses",
        "3.10",
        "numpy==1.26.4 pillow==10.4.0",
        code="from PIL import Image\nprint(Image.ANTIALIAS)\n",
    ),
    _of(
        "scipy/image-functions-gone-since-1-3",
        "3.7",
        "scipy==1.7.3 pillow==9.5.0 numpy==1.21.6",
        code="from scipy.misc import imread\n",
    ),
    _of(
        "importlib-metadata/5-breaks-old-markdown",
        "3.7",
        "markdown==3.3.4 importlib-metadata==5.2.0",
    ),
    _of("python/entry-points-have-no-get-for-old-markdown", "3.12", "markdown==3.3.4"),
    _of(
        "matrix/keras-for-tensorflow",
        "3.8",
        "tensorflow-cpu==2.6.0 protobuf==3.20.3 numpy==1.19.5",
        "keras==2.11.0",
    ),
    _of("matrix/numpy-for-numba", "3.10", "numba==0.57.1", "numpy==1.26.4"),
    _of("setuptools/pkg-resources-gone-for-tensorboard", "3.10", "tensorboard==2.15.2 numpy==1.26.4 protobuf==4.23.4 setuptools==82.0.0"),
    _of("setuptools/pkg-resources-gone-for-the-code", "3.11", "setuptools==82.0.0", code="import pkg_resources\n"),
    _of("typing-extensions/too-old-for-pydantic-2", "3.9", "pydantic==2.6.4", "typing_extensions==4.5.0"),
    _of("huggingface-hub/1-refused-by-transformers-4", "3.10", "transformers==4.44.2 numpy==1.26.4", "huggingface_hub==1.0.1"),
    _of("huggingface-hub/1-lacks-names-for-old-transformers", "3.10", "transformers==4.20.1 numpy==1.26.4", "huggingface_hub==1.0.1"),
    _of("numpy/aliases-the-code-uses-are-gone", "3.8", "numpy==1.24.4", code="import numpy as np\nx = np.zeros(2, np.int)\n"),
    _of("numpy/bool-alias-the-code-uses-is-gone", "3.11", "numpy==1.26.4", code="import numpy as np\nx = np.zeros(2, np.bool)\n"),
    _of("numpy/aliases-gone-for-scikit-image", "3.8", "scikit-image==0.17.2 numpy==1.24.4"),
    _of(
        "pandas/2-lacks-names-the-code-uses",
        "3.9",
        "pandas==2.2.3 numpy==1.26.4",
        code="import pandas as pd\nframe = pd.DataFrame()\nframe = frame.append({'a': 1}, ignore_index=True)\n",
    ),
    _of("keras/knows-only-tensorflow-1", "3.7", "tensorflow==2.0.0 keras==2.1.5 protobuf==3.20.3 h5py==2.10.0"),
    _of("keras/too-new-for-tensorflow-1", "3.7", "tensorflow==1.15.5 protobuf==3.20.3 h5py==2.10.0", "keras==2.11.0"),
    _of("keras/too-new-for-tensorflow-below-2-6", "3.8", "tensorflow-cpu==2.3.0 protobuf==3.20.3", "keras==2.9.0"),
    _of("keras/imported-but-too-new-for-tensorflow", "3.8", "tensorflow-cpu==2.3.0 protobuf==3.20.3", "keras==2.9.0", code="import keras\n"),
    _of("keras/2-4-needs-tensorflow-2-2", "3.7", "tensorflow-cpu==2.1.0 protobuf==3.20.3 h5py==2.10.0", "keras==2.4.3"),
    _of("keras/2-3-is-too-old-for-tensorflow", "3.8", "tensorflow-cpu==2.4.0 protobuf==3.20.3", "keras==2.3.1"),
    _of("pyyaml/load-needs-a-loader-since-6", "3.9", "pyyaml==6.0.2", code="import yaml\nx = yaml.load(open('a'))\n"),
    _of("scipy/integration-names-gone-since-1-14", "3.11", "scipy==1.14.1 numpy==1.26.4", code="from scipy.integrate import simps\n"),
    _of("scipy/windows-not-in-signal-since-1-13", "3.11", "scipy==1.13.1 numpy==1.26.4", code="from scipy.signal import gaussian\n"),
    _of("matplotlib/get-cmap-gone", "3.11", "matplotlib==3.9.0 numpy==1.26.4", code="from matplotlib import cm\nx = cm.get_cmap('jet')\n"),
    _of(
        "scikit-learn/names-gone-since-1-2",
        "3.9",
        "scikit-learn==1.2.2 numpy==1.23.5 scipy==1.10.1",
        code="from sklearn.datasets import load_boston\n",
    ),
    _of("urllib3/2-breaks-old-requests-toolbelt", "3.11", "requests-toolbelt==0.10.1 urllib3==2.0.7"),
    _of("numpy/2-breaks-modules-built-for-1", "3.11", "opencv-python-headless==4.8.1.78 numpy==2.1.3"),
    _of("numpy/2-breaks-modules-built-for-1", "3.11", "numpy==2.0.2 python-dateutil pytz tzdata", "pandas==2.2.1", no_deps=True),
    _of("numpy/2-is-unusable-for-torch", "3.10", "torch==1.12.1 numpy==2.1.3"),
    _of("numpy/2-is-too-new-for-tensorflow", "3.11", "tensorflow-cpu==2.14.0", "numpy==2.1.3"),
    _of(
        "numpy/1-20-breaks-recurrent-layers",
        "3.8",
        "tensorflow-cpu==2.4.0 protobuf==3.20.3",
        "numpy==1.20.3",
        code="from tensorflow.keras.layers import LSTM\nx = LSTM(3)\n",
    ),
    _of("python/distutils-gone-for-packages", "3.12", "GPUtil==1.4.0 numpy==1.26.4", remove="setuptools"),
    _of("networkx/3-lacks-names-the-code-uses", "3.11", "networkx==3.2.1 numpy==1.26.4 scipy==1.11.4", code="import networkx as nx\nx = nx.to_numpy_matrix(None)\n"),
    _of("moviepy/editor-gone-since-2", "3.11", "moviepy==2.1.1", code="from moviepy.editor import VideoFileClip\n"),
    _of("imgaug/needs-names-that-numpy-2-removed", "3.11", "imgaug==0.4.0", "numpy==2.0.2"),
    _of("gast/too-new-for-autograph", "3.7", "tensorflow-cpu==2.1.0 protobuf==3.20.3 h5py==2.10.0", "gast==0.4.0"),
    _of(
        "setuptools/too-new-for-the-tensorboard-writer-of-torch",
        "3.8",
        "torch==1.10.2 tensorboard==2.8.0 six==1.16.0 protobuf==3.20.3 numpy==1.23.5 setuptools==65.5.0",
        code="from torch.utils.tensorboard import SummaryWriter\n",
    ),
    _of("torch/tensorboard-writer-without-tensorboard", "3.9", "torch==1.12.1 numpy==1.26.4 setuptools==65.5.0", code="from torch.utils.tensorboard import SummaryWriter\n"),
)  # fmt: skip


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("rules", nargs="*", help="only these")
    arguments.add_argument("--work", help="where environments are built")
    arguments.add_argument("--json", help="write the results there")
    options = arguments.parse_args()
    uv = shutil.which("uv")
    if uv is None:
        arguments.error("uv is not on PATH")
    book = load()
    results = []
    for patient in PATIENTS:
        if options.rules and not any(patient.rule.startswith(rule) for rule in options.rules):
            continue
        folder = tempfile.mkdtemp(prefix="prove-", dir=options.work)
        try:
            result = _prove(patient, folder, uv, book)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        results.append(result)
        print(f"{result['outcome']:<9} {patient.rule} (Python {patient.python}): {result['why']}", flush=True)
    proven = sum(1 for result in results if result["outcome"] == "proven")
    print(
        f"{proven} of {len(results)} proven, {len({one['rule'] for one in results if one['outcome'] == 'proven'})} rules"
    )
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1, ensure_ascii=False)
    return 0 if proven == len(results) else 1


def _prove(patient: Patient, folder: str, uv: str, book: Rulebook) -> dict[str, str]:
    told = {"rule": patient.rule, "python": patient.python, "outcome": "failed", "why": ""}
    verify = next((rule.verify for rule in book.get(patient.rule) if rule.verify), None)
    if verify is None:
        return {**told, "why": "the rule has no probe"}
    python = os.path.join(folder, "env", "Scripts" if os.name == "nt" else "bin", "python")
    base = _interpreter(patient.python)
    if not base:
        return {**told, "outcome": "skipped", "why": "no such interpreter"}
    runs = [[uv, "venv", "-q", "-p", base, os.path.join(folder, "env")]]
    for number, requirements in enumerate(patient.install, 1):
        deps = ["--no-deps"] if patient.no_deps and number == len(patient.install) else []
        runs.append([uv, "pip", "install", "-q", "--python", python, *deps, *requirements])
    if patient.remove:
        runs.append([uv, "pip", "uninstall", "-q", "--python", python, *patient.remove])
    for run in runs:
        problem = _run(run)
        if problem:
            return {**told, "outcome": "skipped", "why": problem}
    project = os.path.join(folder, "project")
    os.mkdir(project)
    if patient.code:
        with open(os.path.join(project, "train.py"), "w", encoding="utf-8") as file:
            file.write(patient.code)
    ask = Ask({name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))})
    request = Request(python=python, project=project)
    found = [one for one in _all(judge(see(request, ask), book, request).findings) if one.rule == patient.rule]
    if not found:
        return {**told, "why": "the doctor does not find the fault"}
    check = Check(verify.title, verify.code, patient.rule)
    before = run_check(python, check, ask)
    if before.cause is None:
        return {**told, "why": "the probe works in the faulty environment"}
    remedy = found[0].remedy
    if remedy is None or not (remedy.pins or remedy.uninstall or remedy.reinstall):
        return {**told, "why": "no remedy for this environment"}
    index = ["--index", remedy.index] if remedy.index else []
    for words, names in (
        (["uninstall"], remedy.uninstall),
        (["install", *index], remedy.pins),
        (["install", "--reinstall", "--no-deps"], remedy.reinstall),
    ):
        problem = _run([uv, "pip", words[0], "-q", "--python", python, *words[1:], *names]) if names else ""
        if problem:
            return {**told, "why": f"remedy: {problem}"}
    after = run_check(python, check, ask)
    if after.cause is not None:
        return {**told, "why": f"after the remedy: {after.cause['en']}"}
    return {**told, "outcome": "proven", "why": before.cause["en"]}


def _all(findings: Tuple[Finding, ...]) -> Iterator[Finding]:
    for finding in findings:
        yield finding
        yield from _all(finding.consequences)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return "" if done.returncode == 0 else done.stdout.decode("utf-8", "replace").strip()[-300:]


def _interpreter(version: str) -> str:
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for path in [
        *sorted(glob.glob(os.path.join(root, "versions", version + ".*", "bin", "python"))),
        f"python{version}",
    ]:
        found = shutil.which(path)
        if found:
            return found
    return ""


if __name__ == "__main__":
    sys.exit(main())
