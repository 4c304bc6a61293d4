"""Are the few judgements that need more than a comparison right, and unknown where they must be?"""

import pytest

from envdoctor import rulebook
from envdoctor.chart import ABSENT, DISTRIBUTIONS, KNOWN, UNKNOWN, Chart, absent, known, unknown
from envdoctor.conclusions import derive, facts, kernels

TABLES = rulebook.load().tables


def concluded(given, none=(), complete=False):
    named = {name: known(value) for name, value in given.items()}
    named.update({name: absent() for name in none})
    return derive(Chart({}, named, frozenset([DISTRIBUTIONS] if complete else [])), TABLES)


def test_every_declared_fact_is_concluded_whatever_is_known():
    assert set(facts()) <= set(derive(Chart({}, {}), TABLES).facts)


# The rules are those of the CUDA programming guide; the cards and builds are real ones.
@pytest.mark.parametrize(
    "gpu, torch, cuda, os, runs, gpu_is",
    [
        ("GeForce RTX 3080", "1.2.0", "10.0.130", "linux", "no", "newer"),  # PTX 5.0, but the toolkit ends at 7.5
        ("NVIDIA GeForce RTX 3080", "1.7.1", "11.0", "linux", "yes", None),  # 8.0 code on an 8.6 card
        ("GeForce RTX 2080 Ti", "1.2.0", "10.0", "linux", "yes", None),
        ("NVIDIA GeForce RTX 5090", "2.6.0", "12.4", "linux", "no", "newer"),
        ("NVIDIA GeForce RTX 5090", "2.7.1", "12.8", "linux", "yes", None),
        ("GeForce GTX 1080", "2.11.0", "13.0", "linux", "no", "older"),
        ("GeForce GTX 1080", "2.7.1", "12.6", "linux", "yes", None),
        ("GeForce GTX 1050 Ti", "1.2.0", "10.0", "windows", "yes", None),
        ("NVIDIA H100 80GB HBM3", "1.12.1", "11.3", "linux", "no", "newer"),
    ],
)
def test_torch_on_a_card(gpu, torch, cuda, os, runs, gpu_is):
    chart = concluded({"gpu": [gpu], "torch": torch, "torch.cuda": cuda, "os": os})
    assert chart.value("torch.runs_on_gpu") == runs
    assert chart.value("torch.gpu_is") == gpu_is
    assert chart.fact("torch.gpus_without_code").state == (ABSENT if runs == "yes" else KNOWN)


@pytest.mark.parametrize(
    "gpu, given, runs",
    [
        ("GeForce RTX 3070", {"tensorflow-gpu": "2.2.0"}, "no"),
        ("GeForce RTX 3070", {"tensorflow": "2.4.0"}, "yes"),
        ("GeForce RTX 3070", {"tensorflow-gpu": "1.13.2"}, "no"),
        ("GeForce GTX 1080", {"tensorflow-gpu": "1.13.2"}, "yes"),
        ("Tesla V100-SXM2-16GB", {"tensorflow": "2.1.0"}, "yes"),
    ],
)
def test_tensorflow_on_a_card(gpu, given, runs):
    assert concluded({"gpu": [gpu], "os": "linux", **given}).value("tensorflow.runs_on_gpu") == runs


@pytest.mark.parametrize(
    "given",
    [
        {"gpu": ["Some Card of 2030"], "torch": "1.2.0", "torch.cuda": "10.0", "os": "linux"},
        {"gpu": ["GeForce RTX 3080"], "torch": "99.0", "torch.cuda": "10.0", "os": "linux"},
        {"gpu": ["GeForce RTX 3080"], "torch": "1.2.0", "torch.cuda": "42.0", "os": "linux"},
        {"gpu": ["GeForce RTX 3080"], "torch": "1.2.0", "torch.cuda": "10.0"},
        {"torch": "1.2.0", "torch.cuda": "10.0", "os": "linux"},
    ],
)
def test_past_the_edge_of_the_tables_it_is_unknown(given):
    assert concluded(given).fact("torch.runs_on_gpu").state == UNKNOWN


@pytest.mark.parametrize(
    "given, ok",
    [
        ({"torch": "1.2.0+cu100", "driver": "410.48"}, "yes"),
        ({"torch": "1.2.0+cu100", "driver": "410.47"}, "no"),
        ({"torch": "1.13.1+cu117", "driver": "450.80.02"}, "yes"),  # minor-version compatibility
        ({"torch": "1.8.1+cu111", "driver": "450.51.06"}, "no"),
        ({"torch": "1.7.1+cu110", "driver": "450.51.06"}, "yes"),  # the toolkit's own driver
        ({"torch": "1.8.1+cu111", "driver.cuda": "11.0"}, "yes"),
        ({"torch": "1.8.1+cu111", "driver.cuda": "10.2"}, "no"),
        ({"torch": "1.2.0+cu100", "driver.cuda": "9.1"}, "no"),
        ({"torch": "1.2.0+cu100"}, None),
    ],
)
def test_driver(given, ok):
    assert concluded({"os": "linux", **given}).value("torch.driver_ok") == ok


def test_in_wsl_the_driver_is_that_of_windows():
    assert concluded({"os": "linux", "os.wsl": "2", "torch": "1.2.0+cu100"}).value("torch.driver_min") == "411.31"


@pytest.mark.parametrize(
    "torch, os, cuda",
    [
        ("2.1.0+cu118", "linux", "11.8"),
        ("2.1.0+cpu", "linux", ABSENT),
        ("1.2.0", "linux", "10.0"),
        ("1.13.1", "windows", ABSENT),
        ("1.13.1", None, UNKNOWN),
        ("99.0", "linux", UNKNOWN),
    ],
)
def test_the_cuda_of_torch_from_its_version(torch, os, cuda):
    fact = concluded({"torch": torch, **({"os": os} if os else {})}).fact("torch.cuda")
    assert cuda == (fact.value if fact.state == KNOWN else fact.state)


def test_what_was_seen_is_not_replaced():
    chart = concluded({"torch": "2.1.0+cpu", "torch.cuda": "11.8", "os": "linux"})
    assert chart.value("torch.cuda") == "11.8"


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow-gpu", "tensorflow-cpu", "intel-tensorflow"])
def test_tensorflow_under_any_name(name):
    chart = concluded({name: "2.3.0"}, complete=True)
    assert chart.value("tensorflow.version") == "2.3.0" and chart.value("tensorflow.distribution") == name
    assert concluded({}, complete=True).fact("tensorflow.version").state == ABSENT
    assert concluded({}).fact("tensorflow.version").state == UNKNOWN


def test_kernels_of_suffixed_targets():
    assert kernels.runs("9.0", ["9.0a"], [], "9.0") and not kernels.runs("9.1", ["9.0a"], [], "9.0")


# ---------------------------------------------------------------- the project

PROJECT = {
    "project.imports": {
        "cv2": ["nets/a.py:1"],
        "numpy": ["train.py:1"],
        "ours_only": ["train.py:2"],
        "onnx": ["export.py:1"],
    },
    "project.entries": ["train.py", "predict.py", "export.py"],
    "project.needed_by": {"cv2": ["train.py"], "numpy": ["train.py"], "ours_only": ["train.py"], "onnx": ["export.py"]},
    "project.modules": {"nets": "package", "utils": "folder"},
    "packages.modules": ["numpy", "os"],
}


def test_missing_modules_by_their_distributions():
    chart = concluded(PROJECT, none=["neighbours"], complete=True)
    assert chart.value("project.missing_known") == {"opencv-python": ["nets/a.py:1"]}
    assert chart.value("project.missing_unknown") == {"ours_only": ["train.py:2"]}
    assert chart.value("project.missing_some") == {"onnx": ["export.py:1"]}
    assert chart.fact("project.missing_elsewhere").state == ABSENT


def test_installed_but_not_importable_is_not_called_missing():
    chart = concluded({**PROJECT, "opencv-python-headless": "4.9"}, none=["neighbours"], complete=True)
    assert chart.fact("project.missing_known").state == ABSENT


def test_another_environment_has_it():
    neighbours = {"/other": {"name": "other", "found_by": "conda", "modules": ["cv2"]}}
    chart = concluded({**PROJECT, "neighbours": neighbours}, complete=True)
    assert chart.value("project.missing_elsewhere") == {"opencv-python": ["/other"]}


def test_when_nobody_knows_what_can_be_imported():
    chart = concluded({name: value for name, value in PROJECT.items() if name != "packages.modules"})
    assert chart.fact("project.missing_known").state == UNKNOWN
    assert (
        derive(Chart({}, {"project.imports": unknown("project-unreadable")}), TABLES).fact("project.missing_known").why
        == "project-unreadable"
    )


@pytest.mark.parametrize(
    "imports, uses, stack",
    [
        (["keras", "tensorflow"], ["tensorflow.Session"], "keras-tf1"),
        (["keras"], ["keras.backend.tensorflow_backend"], "keras-tf1"),
        (["tensorflow"], ["tensorflow.placeholder"], "tf1"),
        (["tensorflow"], [], "tf2"),
        (["keras", "tensorflow"], [], None),
        (["torch"], [], "torch"),
        (["numpy"], [], None),
    ],
)
def test_what_the_code_is_written_for(imports, uses, stack):
    given = {
        "project.imports": {name: ["a.py:1"] for name in imports},
        "project.uses": {name: ["a.py:2"] for name in uses},
    }
    assert concluded(given).value("project.stack") == stack
