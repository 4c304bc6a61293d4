"""What does the self-test say of frameworks that pretend, on every Python that it may meet?"""

import glob
import json
import os
import subprocess
import sys

import pytest

from envdoctor.gpu import selftest
from envdoctor.gpu.evidence import STAGES

from .fake_frameworks import lay_out

with open(selftest.__file__, encoding="utf-8") as file:
    TEXT = file.read()


def pythons(pattern):
    return sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/" + pattern + "/bin/python")))


OWN = pytest.param(sys.executable, id="own")
OLD = [
    pytest.param((pythons(name) or [""])[-1], id=name,
                 marks=pytest.mark.skipif(not pythons(name), reason="no Python " + name + " on this machine"))
    for name in ("3.6.*", "3.7.*")
]  # fmt: skip


@pytest.fixture
def tell(tmp_path):
    """A function that runs one framework's self-test and returns (messages, stderr)."""
    lay_out(tmp_path, "torch", "tensorflow", "jax", "numpy")

    def told(framework, play="", python=sys.executable, arguments=("--least-mib", "500"), **variables):
        environ = dict(os.environ, PYTHONPATH=str(tmp_path), FAKE_PLAY=play, **variables)
        done = subprocess.run(
            [python, "-B", "-u", "-c", TEXT, framework, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
            cwd=variables.get("FAKE_CWD", str(tmp_path)),
            timeout=60,
        )
        lines = done.stdout.decode("ascii").splitlines()
        return [json.loads(line) for line in lines if line], done.stderr.decode("utf-8", "replace")

    return told


def course(messages):
    """(the outcome, the last stage that ended, all that was found); asserts that the protocol was kept."""
    begun, ended, found = [], [], {}
    for message in messages[:-1]:
        if "stage" in message:
            begun.append(message["stage"])
        else:
            ended.append(message.get("done") or message["failed"])
            assert message["seconds"] >= 0
            assert not set(found) & set(message["found"]) or "skipped" in message["found"]
            found.update(message["found"], error=message.get("error", ""))
    assert begun == ended == list(STAGES[: len(begun)])
    assert set(messages[-1]) == {"outcome"}
    return messages[-1]["outcome"], ended[-1], found


# ---------------------------------------------------------------- the outcome, and where it was decided

CASES = [
    ("torch", "", "gpu", "speed"),
    ("torch", "old", "gpu", "speed"),
    ("torch", "rocm", "gpu", "speed"),
    ("torch", "mps", "gpu", "speed"),
    ("torch", "cudnn-mismatch", "gpu", "speed"),
    ("torch", "tight", "gpu", "speed"),
    ("torch", "cpu-build", "cpu", "devices"),
    ("torch", "no-driver", "cpu", "devices"),
    ("torch", "no-kernel", "failed", "first"),
    ("torch", "leave", "failed", "context"),
    ("torch", "wrong", "wrong-values", "check"),
    ("torch", "wrong-sum", "wrong-values", "first"),
    ("torch", "nan", "wrong-values", "check"),
    ("torch", "full", "full", "first"),
    ("torch", "full-late", "gpu", "speed"),
    ("torch", "little-memory", "full", "context"),
    ("torch", "quits", "not-imported", "import"),
    ("torch", "broken", "not-imported", "import"),
    ("torch", "nameless", "not-imported", "import"),
    ("torch", "garbage", "gpu", "speed"),
    ("tensorflow", "", "gpu", "speed"),
    ("tensorflow", "no-bfloat16", "gpu", "speed"),
    ("tensorflow", "cpu-build", "cpu", "devices"),
    ("tensorflow", "no-driver", "cpu", "devices"),
    ("tensorflow", "refused", "cpu", "context"),
    ("tensorflow", "elsewhere", "cpu", "first"),
    ("tensorflow", "wrong", "wrong-values", "check"),
    ("tensorflow", "full", "full", "warm"),
    ("tensorflow", "broken", "not-imported", "import"),
    ("tensorflow 1.15.0", "", "gpu", "speed"),
    ("tensorflow 1.15.0", "cpu-build", "cpu", "devices"),
    ("tensorflow 1.15.0", "no-driver", "cpu", "devices"),
    ("tensorflow 1.15.0", "elsewhere", "cpu", "first"),
    ("tensorflow 1.15.0", "wrong", "wrong-values", "check"),
    ("tensorflow 1.15.0", "full", "full", "devices"),
    ("tensorflow 1.15.0", "broken", "not-imported", "import"),
    ("jax", "", "gpu", "speed"),
    ("jax", "old", "gpu", "speed"),
    ("jax", "no-cpu", "gpu", "speed"),
    ("jax", "cpu-build", "cpu", "devices"),
    ("jax", "no-driver", "cpu", "devices"),
    ("jax", "no-platform", "cpu", "devices"),
    ("jax", "no-backend", "cpu", "devices"),
    ("jax", "wrong", "wrong-values", "check"),
    ("jax", "full", "full", "warm"),
]


def named(framework):
    name, _, version = framework.partition(" ")
    return name, ({"FAKE_VERSION": version} if version else {})


@pytest.mark.parametrize("framework, play, outcome, stage", CASES)
def test_the_outcome_and_the_stage_that_decided_it(tell, framework, play, outcome, stage):
    name, variables = named(framework)
    messages, words = tell(name, play, **variables)
    assert course(messages)[:2] == (outcome, stage), words


@pytest.mark.parametrize("python", OLD)
@pytest.mark.parametrize("framework", ["torch", "tensorflow", "tensorflow 1.15.0", "jax"])
def test_it_runs_on_old_pythons(tell, framework, python):
    name, variables = named(framework)
    every = [course(tell(name, play, python, **variables)[0])[0] for play in ("", "no-driver", "wrong", "full")]
    assert every == ["gpu", "cpu", "wrong-values", "full"]


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "jax"])
def test_a_framework_that_is_not_there(tmp_path, framework):
    done = subprocess.run([sys.executable, "-I", "-c", TEXT, framework], stdout=subprocess.PIPE, cwd=str(tmp_path))
    if b'"not-imported"' not in done.stdout:
        pytest.skip(framework + " is installed where the tests run")
    outcome, stage, found = course([json.loads(line) for line in done.stdout.decode("ascii").splitlines() if line])
    assert found["error"] == "ModuleNotFoundError: No module named '{}'".format(framework)


# ---------------------------------------------------------------- what is found


def test_a_good_card_with_torch(tell):
    found = course(tell("torch")[0])[2]
    assert found.pop("gpu_ms") == 0.5 and found.pop("cpu_ms") >= 0 and found.pop("ratio") >= 0
    warm = found.pop("warm")
    assert [(one["op"], one["dtype"], one["ms"]) for one in warm] == [
        ("matmul", "float32", 0.05), ("conv2d", "float32", 0.05), ("matmul", "bfloat16", 0.05)
    ]  # fmt: skip
    assert found == {
        "version": "2.13.0+cu130",
        "build_cuda": "13.0",
        "build_cudnn": "9.10.2",
        "build_hip": None,
        "is_cuda_build": True,
        "count": 2,
        "names": ["NVIDIA GeForce RTX 3080", "NVIDIA GeForce GT 710"],
        "capabilities": ["8.6", "3.5"],
        "architectures": ["sm_75", "sm_86", "compute_90"],
        "platform": "cuda",
        "free_mib": 9000,
        "total_mib": 10240,
        "op": "add",
        "device": "cuda:0",
        "value": 2.0,
        "check": [
            {"op": "matmul", "dtype": "float32", "error": 0.0, "limit": 1e-3},
            {"op": "conv2d", "dtype": "float32", "error": 0.0, "limit": 1e-3},
            {"op": "matmul", "dtype": "bfloat16", "error": 0.0, "limit": 2e-2},
        ],
        "size": 4096,
        "error": "",
    }


FOUND = [
    ("torch", "old", {"build_cudnn": "7.4.2", "architectures": ["sm_75", "sm_86", "compute_90"], "total_mib": 10240}),
    ("torch", "rocm", {"platform": "rocm", "is_cuda_build": None, "build_hip": "7.1.52802", "build_cuda": None}),
    ("torch", "mps", {"platform": "mps", "device": "mps", "count": 1, "why": "", "is_cuda_build": False}),
    ("torch", "cpu-build", {"is_cuda_build": False, "count": 0, "names": [], "why": ""}),
    (
        "torch",
        "no-driver",
        {
            "why": "Found no NVIDIA driver on your system.\nPlease check that you have an NVIDIA GPU",
            "architectures": ["sm_75", "sm_86", "compute_90"],
            "is_cuda_build": True,
        },
    ),
    (
        "torch",
        "cudnn-mismatch",
        {
            "build_cudnn": None,
            "cudnn_error": "RuntimeError: cuDNN version incompatibility: built for (9, 1, 0), found (8, 9, 2)",
        },
    ),
    (
        "torch",
        "no-kernel",
        {"error": "RuntimeError: CUDA error: no kernel image is available for execution on the device", "op": "add"},
    ),
    ("torch", "wrong-sum", {"value": 14.0}),
    ("torch", "tight", {"skipped": "memory", "free_mib": 600}),
    ("torch", "full-late", {"skipped": "memory"}),
    ("torch", "little-memory", {"free_mib": 300}),
    ("torch", "slow-cpu", {"size": 2048}),
    ("torch", "quits", {"error": "SystemExit: a licence is needed"}),
    ("torch", "leave", {"error": "SystemExit: 0"}),
    (
        "torch",
        "broken",
        {"error": "ImportError: libcudart.so.10.0: cannot open shared object file: No such file or directory"},
    ),
    ("torch", "nameless", {"error": "AttributeError: module 'torch' has no attribute '__version__'"}),
    (
        "tensorflow",
        "",
        {
            "build_cuda": "11.2",
            "build_cudnn": "8",
            "platform": "cuda",
            "count": 2,
            "capabilities": ["8.6", "8.6"],
            "architectures": ["sm_80", "compute_90"],
            "device": "/job:localhost/replica:0/task:0/device:GPU:0",
        },
    ),
    ("tensorflow", "cpu-build", {"is_cuda_build": False, "build_cuda": None, "count": 0}),
    ("tensorflow", "elsewhere", {"device": "/job:localhost/replica:0/task:0/device:CPU:0"}),
    (
        "tensorflow",
        "broken",
        {"error": "ImportError: libcublas.so.10.0: cannot open shared object file: No such file or directory"},
    ),
    (
        "tensorflow 1.15.0",
        "",
        {
            "version": "1.15.0",
            "build_cuda": "10.0",
            "build_cudnn": "7",
            "is_cuda_build": True,
            "free_mib": 9000,
            "device": "/job:localhost/replica:0/task:0/device:GPU:0",
        },
    ),
    (
        "jax",
        "",
        {"platform": "cuda", "backend": "gpu", "device": "cuda:0", "capabilities": ["8.6"], "is_cuda_build": False},
    ),
    ("jax", "old", {"jaxlib": "0.3.25+cuda11.cudnn82", "build_cuda": "11", "build_cudnn": "82", "is_cuda_build": True}),
    (
        "jax",
        "no-driver",
        {
            "why": "Unknown backend: 'gpu' requested, but no such platforms are present\n"
            "cuda: INTERNAL: no supported devices found for platform CUDA",
            "backend": "cpu",
        },
    ),
    ("jax", "no-backend", {"why": 'AssertionError: assert not plays("no-backend")', "backend": ""}),
    (
        "jax",
        "no-platform",
        {"why": "Unable to initialize backend 'cuda': no GPU\n(set JAX_PLATFORMS='' to choose another)", "backend": ""},
    ),
]


@pytest.mark.parametrize("framework, play, expected", FOUND)
def test_what_is_found(tell, framework, play, expected):
    name, variables = named(framework)
    found = course(tell(name, play, **variables)[0])[2]
    assert {key: found.get(key, "nothing") for key in expected} == expected


def test_wrong_and_infinite_values_have_numbers_that_json_knows(tell):
    for play, error in (("wrong", 0.5), ("nan", None)):
        checks = course(tell("torch", play)[0])[2]["check"]
        assert [check["error"] for check in checks] == [error, 0.0, error]


def test_bfloat16_that_tensorflow_has_not_is_said_and_not_checked(tell):
    found = course(tell("tensorflow", "no-bfloat16")[0])[2]
    assert found["warm"][-1] == {
        "op": "matmul", "dtype": "bfloat16", "unsupported": "NotFoundError: Could not find device for node: MatMul"
    }  # fmt: skip
    assert [(check["op"], check["dtype"]) for check in found["check"]] == [("matmul", "float32"), ("conv2d", "float32")]


def test_a_plug_in_makes_jax_a_cuda_build(tell, tmp_path):
    (tmp_path / "jax_cuda13_plugin").mkdir()
    (tmp_path / "jax_cuda13_plugin" / "__init__.py").write_text("raise SystemExit")
    found = course(tell("jax", "no-driver")[0])[2]
    assert (found["build_cuda"], found["is_cuda_build"]) == ("13", True)


def test_a_device_can_stand_in_for_the_gpu(tell):
    outcome, stage, found = course(tell("torch", "cpu-build", ENVDOCTOR_SELFTEST_DEVICE="cpu")[0])
    assert (outcome, stage, found["device"], found["platform"]) == ("gpu", "speed", "cpu", "cpu")


# ---------------------------------------------------------------- how it behaves in somebody else's process


def test_the_text_fits_a_command_line():
    """Linux takes 128 KiB, and an old Python in the C locale takes ASCII only."""
    assert len(TEXT.encode("ascii")) < 100000


@pytest.mark.parametrize("python", [OWN, *OLD])
def test_stdout_is_for_messages_and_whatever_else_is_printed_goes_to_stderr(tell, python):
    messages, words = tell("torch", "garbage", python)
    assert course(messages)[0] == "gpu"
    assert words.count('{"outcome": "gpu"') == 4


@pytest.mark.parametrize("python", [OWN, *OLD])
def test_the_current_folder_is_not_searched(tell, tmp_path, python):
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("json", "typing", "torch", "time", "traceback"):
        (folder / (name + ".py")).write_text("raise SystemExit('from the current folder')")
    assert course(tell("torch", "", python, FAKE_CWD=str(folder))[0])[0] == "gpu"


def test_the_whole_error_stands_on_stderr(tell):
    words = tell("torch", "no-kernel")[1]
    assert "Traceback" in words and "TORCH_USE_CUDA_DSA" in words


def test_no_limit_for_memory_unless_one_is_given(tell):
    assert course(tell("torch", "little-memory", arguments=())[0])[0] == "gpu"


@pytest.mark.parametrize(
    "error, full",
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("failed call to cuDevicePrimaryCtxRetain: CUDA_ERROR_OUT_OF_MEMORY: out of memory"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Failed to allocate request for 2.0KiB"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (type("ResourceExhaustedError", (Exception,), {})("OOM when allocating tensor"), True),
        (RuntimeError("CUDA error: no kernel image is available for execution on the device"), False),
        (RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"), False),
    ],
)
def test_how_frameworks_say_that_the_memory_is_used_up(error, full):
    assert selftest.is_full(error) is full


def test_an_exception_that_cannot_be_printed():
    class Mute(Exception):
        def __str__(self):
            raise ValueError

    assert selftest.line_of(Mute()) == "Mute: "


def test_a_long_line_is_cut():
    assert len(selftest.line_of(ValueError("x" * 9999))) == selftest.LINE


def test_the_convolution_in_numpy_is_one():
    numpy = pytest.importorskip("numpy")
    jax = selftest.Jax()
    jax.numpy = numpy
    images, weights = numpy.zeros((1, 2, 4, 5)), numpy.zeros((3, 2, 3, 3))
    images[0, 1, 2, 3], weights[2, 1, 0, 1] = 5, 7
    result = jax._conv2d_in_numpy(images, weights)
    assert result.shape == (1, 3, 4, 5) and result.sum() == result[0, 2, 3, 3] == 35
