"""Does `envdoctor gpu` without a process test the patient's frameworks, and say what became of them?"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys

import pytest

from . import fake_frameworks, fake_nvml
from .fake_nvml import card, machine

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fake NVML is a library for Linux")


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    """A venv with a torch that pretends: a package of this name, with the files in which the check looks for its build."""
    folder = str(tmp_path_factory.mktemp("patient") / "env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = os.path.join(folder, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    os.makedirs(os.path.join(site, "torch"))
    shutil.copy(os.path.join(fake_frameworks.HERE, "torch.py"), os.path.join(site, "torch", "__init__.py"))
    with open(os.path.join(site, "torch", "version.py"), "w") as file:
        file.write(
            "__version__ = '2.13.0+cu130'\ndebug = False\ncuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n"
        )
    os.makedirs(os.path.join(site, "torch-2.13.0+cu130.dist-info"))
    with open(os.path.join(site, "torch-2.13.0+cu130.dist-info", "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0+cu130\n")
    return folder


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    if importlib.util.find_spec("pynvml") is None:
        pytest.skip("pynvml (nvidia-ml-py) is not installed")
    return fake_nvml.build(str(tmp_path_factory.mktemp("nvml-of-session")), "libnvidia-ml.so.580.65.06")


@pytest.fixture
def test(patient, library, tmp_path):
    scenario = fake_nvml.Scenario(tmp_path)

    def test(play, text, *arguments, form="json"):
        scenario.play(text)
        environ = {**scenario.environ(library), "FAKE_PLAY": play, "LC_ALL": "C.UTF-8"}
        environ["FAKE_PIDS"] = str(tmp_path / "pids")
        done = subprocess.run(
            [sys.executable, "-m", "envdoctor", "gpu", "--python", patient, "--no-project", "--format", form, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, cwd=ROOT,
        )  # fmt: skip
        text = done.stdout.decode("utf-8")
        return (json.loads(text) if form == "json" else text), done.returncode, done.stderr.decode("utf-8")

    return test


GOOD = machine(card(), driver="580.65.06", cuda=13000)


@pytest.mark.parametrize(
    ("play", "scenario", "verdict", "status", "reason"),
    [
        ("", GOOD, "used", 0, "trial-gpu"),
        ("cpu-build", machine(), "cpu-only", 1, "trial-cpu-build"),
        ("no-driver", machine(card(), driver="470.57.02", cuda=11040), "cpu-only", 1, "trial-says"),
        ("no-kernel", GOOD, "cpu-only", 1, "trial-failed"),
        ("wrong", GOOD, "wrong-gpu", 1, "trial-wrong-values"),
        ("nan", GOOD, "wrong-gpu", 1, "trial-wrong-values"),
        ("full", GOOD, "cannot-tell", 3, "trial-full"),
        ("", machine(card(used=10000, processes="1:9500")), "cannot-tell", 3, "tenant-memory"),
        ("crash", GOOD, "cpu-only", 1, "trial-signal"),
        ("quits", GOOD, "cannot-tell", 3, "trial-not-imported"),
        ("broken", GOOD, "cannot-tell", 3, "trial-not-imported"),
    ],
)
def test_what_becomes_of_a_framework(test, play, scenario, verdict, status, reason):
    answer, code, _ = test(play, scenario)
    assert (answer["verdict"], code) == (verdict, status), answer["reasons"]
    assert reason in answer["reason_ids"]
    assert answer["frameworks"][0]["framework"] == "torch"


def test_a_driver_that_is_too_old_is_named_as_the_cause(test):
    answer, _, _ = test("no-driver", machine(card(), driver="470.57.02", cuda=11040))
    assert "torch/driver-too-old" in [found["rule"] for found in answer["findings"]]


def test_the_stages_are_told_as_they_begin(test):
    text, code, said = test("", GOOD, form="text")
    assert code == 0 and "The GPU works" in text and "torch: import" in said and "RTX 3080" in text
    assert "YOLOv4" in text, "what fits into the card's memory"
    text, _, said = test("", GOOD, "--lang", "zh", form="text")
    assert "GPU 可以正常使用" in text and "torch：导入" in said


def test_a_framework_that_is_not_there(test):
    done = test("", GOOD, "--framework", "jax", form="text")
    assert done[1] == 2 and done[0] == "" and "torch" in done[2]


def test_an_environment_without_frameworks(tmp_path, library):
    folder = str(tmp_path / "empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "gpu", "--python", folder, "--format", "json"],
        stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    answer = json.loads(done.stdout.decode("utf-8"))
    assert (answer["verdict"], done.returncode) == ("cannot-tell", 3)
    assert "no-framework" in answer["reason_ids"]
