"""Is a repository judged for its machines before anything is installed, and without false alarms?"""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from packaging.specifiers import SpecifierSet

from envdoctor import arrivals, config, consult, dependencies, renderers, rulebook, targetreport, targets
from envdoctor.arrivals import More
from envdoctor.ask import Ask
from envdoctor.assume import PRESUMED
from envdoctor.chart import KNOWN, UNKNOWN, Chart, known
from envdoctor.config import Target
from envdoctor.overview import every
from envdoctor.renderers import Console

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOOK = rulebook.load()
TABLES = BOOK.tables
RTX_3080 = ("gpu=GeForce RTX 3080", "driver=560.35.03")


def repository(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return str(folder)


def judged(folder, files, *words, expect="any", ignore=()):
    """The report on one target with these facts."""
    root = repository(folder, {"requirements.txt": files} if isinstance(files, str) else files)
    target = Target("lab", tuple(words), expect, "envdoctor.toml")
    (one,) = targets.judge([target], targets.look(root, Ask()), BOOK, consult.Request(ignore=ignore))
    return one.report


def found(report, severity=None):
    """rule -> certainty, those that follow included."""
    return {one.rule: one.certainty for one in every(report.findings) if severity in (None, one.severity)}


def coming(requirements, python, system="linux", more=None):
    """What would be installed: name -> (version, whether it is pinned)."""
    from envdoctor.requirements import from_requirements

    wanted = {}
    for need in from_requirements(requirements).needs:
        entry = {"specifier": need.specifier, "where": f"requirements.txt:{need.line}", "marker": need.marker}
        entry.update(tool=need.tool, **({"url": need.url} if need.url else {}))
        first = wanted.setdefault(need.name, entry)
        if first is not entry:
            first.setdefault("also", []).append(entry)
    facts = {**PRESUMED, "python": known(python), "os": known(system), "project.requires": known(wanted)}
    result = arrivals.arrivals(Chart({"kind": "target"}, facts), TABLES, more)
    told = {name: (fact.value, True) for name, fact in result.pinned.items() if fact.state == KNOWN}
    told.update({name: (fact.value, False) for name, fact in result.newest.items()})
    return told


# ---------------------------------------------------------------- which versions would come

# What pip chose on 2026-11-26 for the same text and Python (pip install --dry-run).
PIP_CHOSE = [
    (
        "tensorflow==1.13.2\nkeras==2.1.5",
        "3.7",
        {"protobuf": "4.24.4", "h5py": "3.8.0", "numpy": "1.21.6", "gast": "0.7.0"},
    ),
    ("tensorflow==1.15.5\nkeras==2.3.1", "3.7", {"protobuf": "4.24.4", "h5py": "2.10.0", "numpy": "1.18.5"}),
    ("tensorflow==2.0.0", "3.7", {"protobuf": "4.24.4", "h5py": "3.8.0"}),
    ("tensorflow-cpu==2.2.0", "3.8", {"protobuf": "5.29.6", "h5py": "2.10.0", "numpy": "1.24.4"}),
    ("tensorflow-cpu==2.3.0", "3.8", {"protobuf": "5.29.6", "numpy": "1.18.5"}),
    ("tensorflow-cpu==2.6.0", "3.9", {"protobuf": "6.33.6", "keras": "2.15.0"}),
    ("tensorflow-cpu==2.7.0", "3.9", {"protobuf": "6.33.6", "numpy": "2.0.2"}),
    ("tensorflow-cpu==2.8.0", "3.10", {"protobuf": "7.36.2", "numpy": "2.2.6"}),
    ("tensorflow-cpu==2.9.0", "3.10", {"protobuf": "3.19.6", "numpy": "2.2.6"}),
    ("tensorflow-cpu==2.12.0", "3.11", {"protobuf": "4.25.9", "numpy": "1.23.5"}),
    ("tensorflow-cpu==2.15.0", "3.11", {"numpy": "1.26.4", "keras": "2.15.0"}),
    ("tensorflow-cpu==2.21.0", "3.13", {"numpy": "2.5.5", "protobuf": "7.36.2", "keras": "3.15.1"}),
    ("torch==1.13.1\nopencv-python==4.5.5.64", "3.10", {"numpy": "2.2.6"}),
    ("torch==2.0.1\nscipy==1.10.1\nnumpy\nmatplotlib==3.7.5", "3.9", {"numpy": "1.26.4"}),
    ("torch==2.2.2\ntransformers==4.42.3\nnumpy\nscipy\nscikit-learn==1.4.0", "3.11", {"numpy": "1.26.4"}),
    (
        "torch==1.8.1\ntorchvision==0.9.1\nnumpy==1.19.5\nscikit-image\npandas",
        "3.8",
        {"scikit-image": "0.19.3", "pandas": "1.4.4"},
    ),
    (
        "torch==2.5.1\ntorchvision==0.20.1\nopencv-python-headless\nnumpy<2",
        "3.10",
        {"opencv-python-headless": "4.11.0.86"},
    ),
    ("torch==1.7.1\ntorchvision", "3.8", {"torchvision": "0.8.2"}),
    ("tensorflow==2.17.0\ntf-keras\nopencv-python", "3.12", {"tf-keras": "2.17.0", "numpy": "1.26.4"}),
    ("numpy<2\npandas\nopencv-python", "3.12", {"pandas": "3.0.6", "opencv-python": "4.11.0.86"}),
    (
        "numpy==1.18.5\npandas\nscikit-image\nh5py",
        "3.8",
        {"pandas": "1.4.4", "scikit-image": "0.19.3", "h5py": "3.11.0"},
    ),
]


@pytest.mark.parametrize("requirements, python, chosen", PIP_CHOSE)
def test_the_tables_choose_what_pip_chooses(requirements, python, chosen):
    told = coming(requirements, python)
    assert {name: told[name][0] for name in chosen} == chosen


@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_what_is_pinned_is_told_apart(system):
    told = coming("keras==2.1.5\ntensorflow==1.13.2\nh5py", "3.7", system)
    assert told["tensorflow"] == ("1.13.2", True) and told["keras"] == ("2.1.5", True)
    assert told["h5py"] == ("3.8.0", False) and told["protobuf"] == ("4.24.4", False)


@pytest.mark.parametrize(
    "requirements, python, name",
    [
        ("tensorflow==2.4.1", "3.8", "protobuf"),  # pip and uv choose differently
        ("tensorflow==2.3.0", "3.7", "protobuf"),  # the newest tensorboard for 3.7 limits it, older ones do not
        ("torch==1.13.1\nnumpy\nultralytics", "3.10", "numpy"),  # a distribution that sets limits of its own
        ("torch==1.13.1\nnumpy\nnumba", "3.10", "numpy"),
        ("setuptools", "3.10", "setuptools"),  # an environment has one, and an installer leaves it alone
        ("requests", "3.10", "requests"),  # no table
        ("numpy @ git+https://example.org/numpy", "3.10", "numpy"),
        ("numpy; python_version < '3'", "3.10", "numpy"),
        ("torch==1.2.0", "3.10", "torch"),  # nothing to install
        ("numpy==99", "3.10", "scipy"),
    ],
)
def test_what_nobody_knows_stays_unknown(requirements, python, name):
    assert name not in coming(requirements, python)


def test_markers_choose_among_lines_of_a_file():
    text = "numpy==1.19.5; python_version < '3.8'\nnumpy==1.24.4; python_version >= '3.8'\n"
    assert coming(text, "3.7")["numpy"] == ("1.19.5", True)
    assert coming(text, "3.8")["numpy"] == ("1.24.4", True)


def test_a_pinned_partner_brings_its_torch():
    assert coming("torchvision==0.15.2", "3.10")["torch"] == ("2.0.1", True)
    assert coming("torch\ntorchvision==0.15.2", "3.10")["torch"] == ("2.0.1", False)


def test_constraints_and_locks():
    limited = More(constraints={"numpy": (("<2", "limits.txt:1"),)})
    assert coming("torch==1.13.1\nnumpy", "3.10", more=limited)["numpy"][0] == "1.26.4"


@pytest.mark.parametrize("python", ["3.6", "3.8", "3.10", "3.12", "3.14", "3.13t"])
@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_what_is_chosen_can_be_installed_and_fits(python, system):
    """For every distribution of the table of wheels at once: it ends, and every choice is one for this Python."""
    from envdoctor.conclusions import wheels

    names = sorted({row["package"] for row in TABLES["wheels"]})
    told = coming("\n".join(names), python, system)
    place = wheels.Place(Chart({}, {"python": known(python), "os": known(system)}))
    for name, (version, pinned) in told.items():
        assert not pinned
        assert place.served(name, [version], TABLES) or wheels.has_source(name, version, python, TABLES), name


def test_the_table_of_what_comes_along():
    for row in TABLES["pulled-in"]:
        assert ("wants" in row) != ("unsure" in row), row
        SpecifierSet(row["versions"])
        SpecifierSet(row.get("for_python", ""))
        for word in row.get("wants", "").split():
            name, specifier = re.match(r"([a-z0-9-]+)(.*)$", word).groups()
            SpecifierSet(specifier)
            assert name in ("torch", "tensorflow") or any(one["package"] == name for one in TABLES["wheels"]), word
        for name in row.get("unsure", "").split():
            assert any(one["package"] == name for one in TABLES["wheels"]), name


# ---------------------------------------------------------------- the seed's faults

SEED = {
    "unpinned h5py": ("keras==2.1.5\ntensorflow==1.13.2\nh5py\nprotobuf==3.20.3", ["python=3.7"]),
    "h5py 3": ("keras==2.1.5\ntensorflow==1.13.2\nh5py==3.8.0\nprotobuf==3.20.3", ["python=3.7"]),
    "h5py of its own accord": ("tensorflow==1.13.2\nprotobuf==3.20.3", ["python=3.7"]),
    "unpinned protobuf": ("tensorflow==1.13.2\nh5py==2.10.0", ["python=3.7"]),
    "protobuf named": ("tensorflow==1.13.2\nh5py==2.10.0\nprotobuf", ["python=3.7"]),
    "torch 1.2 on an RTX 3080": (
        "torch==1.2.0\ntorchvision==0.4.0\npillow<7\nnumpy==1.17.0",
        ["python=3.7", *RTX_3080],
    ),
    "TensorFlow 1 for 3.10": ("tensorflow==1.13.2", ["python=3.10"]),
    "GPU TensorFlow 1 on an RTX 3080": (
        "tensorflow-gpu==1.13.2\nh5py==2.10.0\nprotobuf==3.20.3\nnumpy==1.17.0",
        ["python=3.7", *RTX_3080],
    ),
    "pillow 7 with torchvision 0.4": ("torch==1.2.0\ntorchvision==0.4.0\npillow==9.5.0", ["python=3.7"]),
    "pillow unpinned": ("torch==1.2.0\ntorchvision==0.4.0", ["python=3.7"]),
    "numpy 2 with an old torch": ("torch==1.13.1\nopencv-python", ["python=3.10"]),
    "keras of another minor": ("tensorflow==2.6.0\nprotobuf==3.20.3", ["python=3.9"]),
}
EXPECTED = {
    "unpinned h5py": {"h5py/old-keras-cannot-read-h5py-3": "likely"},
    "h5py 3": {"h5py/old-keras-cannot-read-h5py-3": "certain"},
    "h5py of its own accord": {"h5py/old-keras-cannot-read-h5py-3": "likely"},
    "unpinned protobuf": {"protobuf/too-new-for-old-tensorflow": "likely"},
    "protobuf named": {"protobuf/too-new-for-old-tensorflow": "likely"},
    "torch 1.2 on an RTX 3080": {"torch/cuda-older-than-the-card": "certain"},
    "TensorFlow 1 for 3.10": {"project/no-wheel-for-this-python": "certain"},
    "GPU TensorFlow 1 on an RTX 3080": {"tensorflow/cuda-older-than-the-card": "certain"},
    "pillow 7 with torchvision 0.4": {"pillow/version-name-gone-for-torchvision": "certain"},
    "pillow unpinned": {"pillow/version-name-gone-for-torchvision": "likely"},
    "numpy 2 with an old torch": {"numpy/2-is-unusable-for-torch": "likely"},
    "keras of another minor": {"matrix/keras-for-tensorflow": "likely"},
}


@pytest.mark.parametrize("system", ["linux", "windows"])
@pytest.mark.parametrize("name", sorted(SEED))
def test_the_faults_of_the_seed_are_found_before_anything_is_installed(tmp_path, name, system):
    requirements, words = SEED[name]
    report = judged(tmp_path, requirements, f"os={system}", *words)
    assert found(report, "error") == EXPECTED[name]
    assert report.verdict == "problems"


HEALTHY_SEED = """scipy==1.2.1
numpy==1.17.0
matplotlib==3.1.2
opencv_python==4.1.2.30
tensorflow==1.13.2
keras==2.1.5
tqdm==4.60.0
Pillow==8.2.0
h5py==2.10.0
protobuf==3.20.3
"""


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_the_healthy_stack_of_the_seed_is_silent(tmp_path, system):
    report = judged(tmp_path, HEALTHY_SEED, f"os={system}", "python=3.7")
    assert found(report) == {} and report.verdict == "healthy"


def test_a_driver_that_is_too_old(tmp_path):
    pins = "torch==2.1.2\ntorchvision==0.16.2\nnumpy==1.26.4\n"
    words = ("os=linux", "python=3.10", "gpu=GeForce RTX 2080 Ti")
    assert found(judged(tmp_path, pins, *words, "driver=418.87.00"), "error") == {"torch/driver-too-old": "certain"}
    assert found(judged(tmp_path, pins, *words, "driver=535.104.05")) == {}
    assert found(judged(tmp_path, pins, *words)) == {}  # nobody said which driver
    assert found(judged(tmp_path, pins, "os=windows", *words[1:], "driver=566.36"), "error") == {
        "torch/cpu-build-beside-nvidia-gpu": "likely"
    }


def test_what_the_code_uses_is_judged_with_what_would_come(tmp_path):
    code = "import numpy as np\nx = np.int(3)\n"
    assert found(
        judged(tmp_path, {"requirements.txt": "numpy\n", "train.py": code}, "os=linux", "python=3.11"), "error"
    ) == {"numpy/aliases-the-code-uses-are-gone": "likely"}
    assert found(judged(tmp_path, {"requirements.txt": "numpy==1.26.4\n"}, "os=linux", "python=3.11"), "error")
    assert not found(judged(tmp_path, {"requirements.txt": "numpy==1.23.5\n"}, "os=linux", "python=3.10"), "error")


def test_pins_that_refuse_each_other(tmp_path):
    report = judged(tmp_path, "tensorflow==2.15.0\nwrapt==1.16.0\n", "os=linux", "python=3.11")
    (one,) = report.findings
    assert one.rule == "project/pins-that-refuse-each-other" and one.certainty == "certain"
    assert "requirements.txt:2" in one.title["en"] and "tensorflow 2.15.0" in one.title["en"]


def test_a_curated_finding_stands_before_the_general_one(tmp_path):
    report = judged(tmp_path, "torch==2.1.0\ntorchvision==0.15.2\nnumpy==1.26.4\n", "os=linux", "python=3.10")
    assert found(report) == {"torchvision/made-for-another-torch": "certain"}


def test_nothing_is_said_of_what_would_come_where_nothing_can_be_installed(tmp_path):
    report = judged(tmp_path, "keras==2.1.5\ntensorflow==1.13.2\nh5py\n", "os=linux", "python=3.10")
    assert found(report) == {"project/no-wheel-for-this-python": "certain"}


def test_the_cure_is_written_into_a_file(tmp_path):
    (one,) = judged(tmp_path, "keras==2.1.5\nh5py==3.8.0\n", "os=linux", "python=3.7").findings
    assert one.remedy.commands == () and "h5py==2.10.0" in one.remedy.constraints
    assert "`h5py==2.10.0`" in one.remedy.note["en"] and "`h5py==2.10.0`" in one.remedy.note["zh"]


def test_where_a_version_comes_from_is_told(tmp_path):
    report = judged(tmp_path, "keras==2.1.5\ntensorflow==1.13.2\nh5py\n", "os=linux", "python=3.7")
    facts = report.chart.facts
    assert facts["h5py"].origin == "requirements.txt:3, newest for Python 3.7"
    assert facts["protobuf"].origin == "asked for by tensorflow 1.13.2, newest for Python 3.7"
    assert facts["keras"].origin == "requirements.txt:1"
    assert report.chart.patient["kind"] == "target" and report.chart.patient["name"] == "lab"


# ---------------------------------------------------------------- builds, conda, locks, constraints

CU = "https://download.pytorch.org/whl/"
PROJECT = '[project]\nname = "a"\nrequires-python = ">=3.10"\ndependencies = ["torch", "numpy"]\n'


def locked(**versions):
    return "".join(f'[[package]]\nname = "{name}"\nversion = "{one}"\n' for name, one in versions.items())


@pytest.mark.parametrize(
    "files, words, rules",
    [
        ({"requirements.txt": f"--extra-index-url {CU}cu110\ntorch==1.7.1\n"}, ["python=3.8", *RTX_3080], set()),
        ({"requirements.txt": f"-f {CU}torch_stable.html\ntorch==1.7.1\n"}, ["python=3.8", *RTX_3080], set()),
        ({"requirements.txt": "torch==1.7.1\n"}, ["python=3.8", *RTX_3080], {"torch/cuda-older-than-the-card"}),
        (
            {"requirements.txt": f"-f {CU}torch_stable.html\ntorch==1.2.0\n"},
            ["python=3.7", *RTX_3080],
            {"torch/cuda-older-than-the-card"},
        ),
        (
            {"requirements.txt": f"--index-url {CU}cu118\ntorch==2.1.2\n"},
            ["os=windows", "python=3.10", *RTX_3080],
            set(),
        ),
        (
            {"requirements.txt": f"{CU}cu100/torch-1.2.0-cp37-cp37m-manylinux1_x86_64.whl\n"},
            ["python=3.7", *RTX_3080],
            {"torch/cuda-older-than-the-card"},
        ),
        (
            {"environment.yml": "dependencies:\n  - python=3.7\n  - pytorch=1.7.1\n  - cudatoolkit=10.2\n"},
            list(RTX_3080),
            {"torch/cuda-older-than-the-card"},
        ),
        (
            {"environment.yml": "dependencies:\n  - python=3.8\n  - pytorch=1.7.1\n  - cudatoolkit=11.0\n"},
            list(RTX_3080),
            set(),
        ),
        (
            {"environment.yml": "dependencies:\n  - python=3.7\n  - tensorflow=1.13.1\n  - keras=2.1.5\n  - h5py\n"},
            [],
            set(),
        ),
        (
            {"environment.yml": "dependencies:\n  - python=3.7\n  - keras=2.1.5\n  - h5py=3.8\n"},
            [],
            {"h5py/old-keras-cannot-read-h5py-3"},
        ),
        (
            {"requirements.txt": "-c limits.txt\ntorch==1.13.1\nnumpy\n", "limits.txt": "numpy<2\n"},
            ["python=3.10"],
            set(),
        ),
        (
            {"requirements.txt": "-r requirements/base.txt\nnumpy\n", "requirements/base.txt": "torch==1.13.1\n"},
            ["python=3.10"],
            {"numpy/2-is-unusable-for-torch"},
        ),
        ({"requirements.txt": "-r ../secret.txt\n-r gone.txt\n-r requirements.txt\nnumpy\n"}, ["python=3.10"], set()),
        (
            {
                "pyproject.toml": PROJECT,
                "uv.lock": locked(torch="1.13.1", numpy="1.26.4"),
            },
            [],
            set(),
        ),
        (
            {
                "pyproject.toml": PROJECT,
                "uv.lock": locked(torch="1.13.1", numpy="2.1.0"),
            },
            [],
            {"numpy/2-is-unusable-for-torch"},
        ),
        (
            {
                "setup.py": "from setuptools import setup\n"
                "setup(python_requires='>=3.6', install_requires=['tensorflow==1.13.2'])\n"
            },
            [],
            {"protobuf/too-new-for-old-tensorflow", "h5py/old-keras-cannot-read-h5py-3"},
        ),
        ({"train.py": "import torch\n"}, ["python=3.10", *RTX_3080], set()),
    ],
)
def test_what_other_files_and_lines_change(tmp_path, files, words, rules):
    words = words if any(word.startswith("os=") for word in words) else ["os=linux", *words]
    assert set(found(judged(tmp_path, files, *words), "error")) == rules


def test_a_project_s_own_python_and_a_target_without_one(tmp_path):
    report = judged(tmp_path, {"setup.cfg": "[options]\npython_requires = >=3.6,<3.9\n"}, "os=linux")
    assert report.chart.value("python") == "3.8" and report.chart.facts["python"].origin == "setup.cfg"
    (tmp_path / "other").mkdir()
    with pytest.raises(config.ConfigError) as error:
        judged(tmp_path / "other", "numpy\n", "os=linux")
    assert error.value.why == "target-python"


def test_a_machine_without_a_word_about_a_gpu_has_none(tmp_path):
    report = judged(tmp_path, "torch==2.5.1\nnumpy==1.26.4\n", "os=linux", "python=3.10", expect="gpu")
    assert set(found(report, "error")) == {"gpu/none-usable"}
    assert found(judged(tmp_path, "torch==2.5.1\nnumpy==1.26.4\n", "os=linux", "python=3.10", expect="cpu")) == {}


def test_nothing_of_this_machine_is_seen(tmp_path):
    report = judged(tmp_path, HEALTHY_SEED, "os=windows", "python=3.7")
    text = json.dumps(report.chart.as_json())
    assert sys.executable not in text and not report.chart.probes
    seen = {
        name for name, fact in report.chart.facts.items() if fact.state == KNOWN and not name.startswith("project.")
    }
    assert "host.ram" not in seen and report.chart.value("os") == "windows"


def test_ignored_rules(tmp_path):
    assert found(judged(tmp_path, "keras==2.1.5\nh5py==3.8.0\n", "os=linux", "python=3.7", ignore=("h5py/",))) == {}


# ---------------------------------------------------------------- no false alarms

MODERN = {
    "torch": ("3.11", "torch\ntorchvision\nnumpy\nmatplotlib\nopencv-python\npillow\ntqdm\nscipy\n"),
    "transformers": ("3.12", "torch>=2.4\ntransformers>=4.44\ndatasets\naccelerate\nnumpy\nhuggingface-hub\n"),
    "tensorflow": ("3.12", "tensorflow>=2.16\nnumpy\npandas\nscikit-learn\nmatplotlib\n"),
    "tensorflow 2.19": ("3.12", "tensorflow==2.19.0\nkeras\nh5py\nprotobuf\nnumpy\n"),
    "tensorflow with CUDA": ("3.12", "tensorflow[and-cuda]\ntf-keras\ntransformers\nnumpy\n"),
    "tensorflow 2.15": ("3.10", "tensorflow==2.15.1\nnumpy\nopencv-python\nmatplotlib\npandas\ntensorflow-hub\n"),
    "keras 3": ("3.12", "keras>=3\ntensorflow\nnumpy\nopencv-python\n"),
    "jax": ("3.11", "jax\nflax\noptax\nnumpy\nscipy\n"),
    "jax with CUDA": ("3.12", "jax[cuda12]\njaxlib\nflax\nnumpy\n"),
    "lightning": ("3.11", "lightning\ntorch\ntorchmetrics\ntensorboard\n"),
    "pytorch-lightning": ("3.10", "pytorch-lightning==2.4.0\ntorch==2.4.1\nnumpy\npandas\nscikit-learn\nmatplotlib\n"),
    "numpy below 2": (
        "3.10",
        "torch==2.5.1\ntorchvision==0.20.1\ntimm\nalbumentations\nopencv-python-headless\nnumpy<2\n",
    ),
    "audio": ("3.11", "torch==2.6.0\ntorchaudio==2.6.0\nlibrosa\nnumpy\nscipy\nsoundfile\n"),
    "ultralytics": ("3.12", "ultralytics\nopencv-python\nnumpy\n"),
    "yolo of 2023": ("3.10", "ultralytics==8.0.200\ntorch==2.1.0\ntorchvision==0.16.0\nopencv-python\nnumpy\npandas\n"),
    "diffusers": ("3.11", "diffusers\ntransformers\naccelerate\nsafetensors\ntorch\npillow\n"),
    "numba": ("3.11", "numba\nnumpy\npandas\nscikit-image\nmatplotlib\n"),
    "monai": ("3.11", "torch==2.3.1\ntorchvision==0.18.1\nmonai\nnibabel\nnumpy\n"),
    "classic": ("3.12", "scikit-learn\nxgboost\nlightgbm\npandas\nnumpy\nscipy\nmatplotlib\nseaborn\njupyter\n"),
    "gradio": ("3.11", "gradio\ntransformers\ntorch\nnumpy\npillow\npandas\n"),
    "pinned of 2024": ("3.11", "torch==2.2.2\ntransformers==4.42.3\nnumpy\nscipy\nscikit-learn==1.4.0\n"),
    "onnx": ("3.11", "onnx\nonnxruntime\nnumpy\nprotobuf\nopencv-python\n"),
    "frozen": (
        "3.11",
        "numpy==1.26.4\npillow==10.4.0\ntorch==2.4.1\ntorchvision==0.19.1\ntriton==3.0.0\nopencv-python==4.10.0.84\n"
        "typing-extensions==4.12.2\nnetworkx==3.3\nsympy==1.13.2\nfilelock==3.16.0\n",
    ),
    "old torch, numpy 1": (
        "3.8",
        "torch==1.7.1\ntorchvision==0.8.2\nnumpy==1.19.5\nopencv-python==4.5.1.48\nmatplotlib\n",
    ),
    "old torch, nothing named": ("3.8", "torch==1.8.1\ntorchvision==0.9.1\nscikit-image\nscikit-learn\ntensorboard\n"),
}


@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
@pytest.mark.parametrize("name", sorted(MODERN))
def test_modern_dependency_files_raise_no_alarm(tmp_path, name, system):
    python, requirements = MODERN[name]
    assert found(judged(tmp_path, requirements, f"os={system}", f"python={python}")) == {}


@pytest.mark.parametrize("name", sorted(set(MODERN) - {"old torch, numpy 1", "old torch, nothing named"}))
def test_nor_on_a_machine_with_a_card_and_a_driver_of_today(tmp_path, name):
    python, requirements = MODERN[name]
    words = ("os=linux", f"python={python}", "gpu=GeForce RTX 4090", "driver=595.45.04")
    assert found(judged(tmp_path, requirements, *words)) == {}


# ---------------------------------------------------------------- several targets


def three(folder, requirements="keras==2.1.5\ntensorflow==1.13.2\nh5py==3.8.0\nprotobuf==3.20.3\n"):
    root = repository(folder, {"requirements.txt": requirements})
    machines = [
        Target("lab", ("os=linux", "python=3.7", "gpu=GeForce GTX 1080", "driver=460.32")),
        Target("laptop", ("os=windows", "python=3.7")),
        Target("new", ("os=linux", "python=3.10")),
    ]
    return targets.judge(machines, targets.look(root, Ask()), BOOK, consult.Request())


def test_a_shared_finding_is_told_once_with_the_names(tmp_path):
    report = targets.merged(three(tmp_path))
    by_rule = {one.rule: one for one in report.findings}
    assert len(report.findings) == len(by_rule)
    shared = by_rule["h5py/old-keras-cannot-read-h5py-3"]
    assert shared.title["en"].endswith("[lab, laptop, new]") and shared.title["zh"].endswith("[lab, laptop, new]")
    assert by_rule["project/no-wheel-for-this-python"].title["en"].endswith("[new]")
    assert report.verdict == targets.worst(one.report for one in three(tmp_path)) == "problems"


def test_the_merged_chart_holds_what_is_the_same_everywhere(tmp_path):
    chart = targets.merged(three(tmp_path)).chart
    assert chart.value("keras") == "2.1.5" and chart.fact("python").state == UNKNOWN
    assert chart.fact("gpu").state == UNKNOWN and chart.value("project.requires")


@pytest.mark.parametrize("name", [name for name in renderers.names() if name not in ("text", "json")])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_format_shows_the_names(tmp_path, name, lang):
    report = targets.merged(three(tmp_path))
    text = renderers.renderer(name).render(report, lang, Console())
    assert "lab" in text and "laptop" in text and "h5py" in text
    healthy = targets.merged(three(tmp_path, "requests\n"))
    assert renderers.renderer(name).render(healthy, lang, Console()) is not None


def test_json(tmp_path):
    data = json.loads(targetreport.as_data(three(tmp_path), "en"))
    assert data["schema"] == 1 and data["verdict"] == "problems"
    assert [one["name"] for one in data["targets"]] == ["lab", "laptop", "new"]
    assert data["targets"][0]["findings"] and data["targets"][0]["patient"]["kind"] == "target"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns, encoding", [(80, "utf-8"), (60, "utf-8"), (100, "ascii"), (80, "gbk")])
def test_text(tmp_path, lang, columns, encoding):
    text = targetreport.as_text(three(tmp_path), lang, Console(columns, False, encoding), "2026-11-23")
    text.encode(encoding)
    for word in ("lab", "laptop", "new", "GeForce GTX 1080", "[lab, laptop, new]"):
        assert word in " ".join(text.split())
    verbose = [
        targets.Judged(one.target, one.report.__class__(**{**vars(one.report), "verbose": True}))
        for one in three(tmp_path)
    ]
    assert "tensorflow\u00a01.13.2" in targetreport.as_text(verbose, lang, Console(), "") or "tensorflow 1.13.2" in (
        targetreport.as_text(verbose, lang, Console(), "")
    )


def test_a_card_that_no_table_knows_is_named(tmp_path):
    root = repository(tmp_path, {"requirements.txt": "torch==1.2.0\n"})
    machines = [
        Target("a", ("os=linux", "python=3.7", "gpu=GeForce RTX 3080x")),
        Target("b", ("os=linux", "python=3.7", "gpu=NVIDIA GeForce RTX 3080")),
        Target("c", ("os=linux", "python=3.7", "gpu=GeForce RTX 3080x", "gpu.capability=8.6")),
    ]
    told = targets.judge(machines, targets.look(root, Ask()), BOOK, consult.Request())
    assert [targets.strange_cards(one) for one in told] == ["GeForce RTX 3080x", "", ""]
    assert "torch/cuda-older-than-the-card" in found(told[2].report)


# ---------------------------------------------------------------- the command


def envdoctor(*arguments, cwd):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NO_COLOR"))}
    environ.update(PYTHONPATH=ROOT, PYTHONIOENCODING="utf-8", LC_ALL="C.UTF-8")
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=str(cwd),
        env=environ,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


CONFIG = """\
[targets.old]
python = "3.7"
[targets.lab]
python = "3.7"
gpu = "GeForce RTX 3080"
"""


@pytest.fixture
def repo(tmp_path):
    repository(tmp_path, {"requirements.txt": HEALTHY_SEED, "envdoctor.toml": CONFIG})
    return tmp_path


def test_exit_codes(repo):
    assert envdoctor("check", "--targets", cwd=repo)[0] == 1  # a CPU build beside the GPU of lab
    code, out, err = envdoctor("check", "--target", "old", cwd=repo)
    assert code == 0 and "old" in out and "lab" not in out and not err
    assert envdoctor("check", "--target", "old", "--expect", "gpu", cwd=repo)[0] == 1
    assert envdoctor("check", "--targets", "--expect", "cpu", cwd=repo)[0] == 0
    assert envdoctor("check", "--target", "old", "--assume", "h5py=3.8.0", cwd=repo)[0] == 1


def test_formats(repo):
    data = json.loads(envdoctor("check", "--targets", "--format", "json", cwd=repo)[1])
    assert [one["verdict"] for one in data["targets"]] == ["healthy", "problems"]
    file = str(repo / "report.sarif")
    if "sarif" in renderers.names():
        assert envdoctor("check", "--targets", "--format", "sarif", "--output", file, cwd=repo)[0] == 1
        with open(file, encoding="utf-8") as text:
            assert json.load(text)["runs"][0]["results"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--targets", "--python", "x"], ["--python"]),
        (["--targets", "--from", "x", "--name", "y"], ["--from", "--name"]),
        (["--targets", "--no-project"], ["--no-project"]),
        (["--targets", "--no-probe", "--assume", "python=3.7"], ["--no-probe"]),
        (["--target", "labb"], ["labb", "lab", "envdoctor.toml"]),
        (["--targets", "--ignore", "h5py/x"], ["h5py/"]),
        (["--targets", "--assume", "os=beos"], ["beos"]),
    ],
)
def test_a_mistake_is_one_sentence(repo, arguments, words):
    code, out, err = envdoctor("check", *arguments, cwd=repo)
    assert (code, out) == (2, "") and err.count("\n") == 1 and err.startswith("envdoctor: ")
    assert all(word in err for word in words)


def test_without_targets_the_lines_to_add_are_shown_or_one_is_made_from_assumptions(tmp_path):
    repository(tmp_path, {"requirements.txt": "keras==2.1.5\nh5py\n"})
    code, out, err = envdoctor("check", "--targets", cwd=tmp_path)
    assert (code, out) == (2, "") and "[targets.lab]" in err and "envdoctor init" in err
    code, out, err = envdoctor("check", "--targets", "--assume", "python=3.7", cwd=tmp_path)
    assert code == 1 and "h5py 3.8.0" in out and not err


def test_assumptions_without_a_python(tmp_path):
    repository(tmp_path, {"requirements.txt": "keras==2.1.5\nh5py\n"})
    code, out, err = envdoctor("check", "--targets", "--assume", "os=windows", cwd=tmp_path)
    assert (code, out) == (2, "") and "--assume python=" in err and err.count("\n") == 1


def test_what_must_be_built_is_a_warning_and_counts_with_its_version(tmp_path):
    report = judged(tmp_path, "numpy==1.19.5\n", "os=linux", "python=3.10")
    assert found(report) == {"project/only-source-for-this-python": "likely"}
    assert report.chart.value("numpy") == "1.19.5"


def test_a_folder_that_is_no_project(tmp_path):
    code, out, err = envdoctor("check", "--targets", "--assume", "python=3.7", cwd=tmp_path)
    assert (code, out) == (2, "") and "--project" in err


def test_a_huge_dependency_file(tmp_path):
    lines = [f"distribution-{number}=={number}.0 ; python_version > '3'" for number in range(15000)]
    lines[7000] = "keras==2.1.5"
    lines[7001] = "h5py"
    start = time.time()
    report = judged(tmp_path, "\r\n".join(lines), "os=linux", "python=3.7")
    assert found(report, "error") == {"h5py/old-keras-cannot-read-h5py-3": "likely"}
    assert time.time() - start < 60


def test_options_and_locks_of_dependency_files():
    text = "-c a.txt # no\n--constraint=b.txt\n-i https://x/whl\r\n-f https://y\n#-c c.txt\ntorch --hash=sha256:1\n"
    assert list(dependencies.options_of(text)) == [
        ("constraint", "a.txt"),
        ("constraint", "b.txt"),
        ("only", "https://x/whl"),
        ("also", "https://y"),
    ]
    assert dependencies.packages_of("") == {} and dependencies.packages_of("[[package]]\nname = 1\n") == {}
