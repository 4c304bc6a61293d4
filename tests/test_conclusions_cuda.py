"""Do the judgements about cards, drivers and CUDA libraries find what is wrong, and leave working machines alone?

Every machine here is looked at completely: what a test does not name is absent, as the probes would say.
"""

import pytest

from envdoctor import probes, rulebook
from envdoctor.chart import (
    ABSENT,
    DISTRIBUTIONS,
    KNOWN,
    UNKNOWN,
    VARIABLES,
    Chart,
    absent,
    is_distribution,
    known,
    unknown,
)
from envdoctor.conclusions import cuda, derive, host
from envdoctor.diagnose import diagnose

BOOK = rulebook.load()
#: The rules of this room, by folder.
MINE = ("torch/", "tensorflow/", "jax/", "cuda/", "cudnn/", "driver/", "gpu/", "host/", "wsl/", "container/")

V100, ADA, AMPERE = "Tesla V100-SXM2-32GB", "NVIDIA GeForce RTX 4060 Laptop GPU", "NVIDIA GeForce RTX 3060"
TURING, PASCAL, KEPLER = "GeForce RTX 2080 Ti", "GeForce GTX 1080", "GeForce GTX 760"


def wheel(library, version, file, distribution):
    folder = "/env/lib/python3.10/site-packages/nvidia/" + library + "/lib/"
    return {"library": library, "version": version, "path": folder + file, "from": distribution}


def offered(file, version, folder="/usr/local/cuda/lib64/"):
    return {"library": file, "version": version, "path": folder + file}


def toolkit(version, path="/usr/local/cuda"):
    return {
        "cuda.toolkits": [{"version": version, "path": path, "found_by": "/usr/local/cuda"}],
        "cuda.toolkit": version,
        "cuda.toolkit.path": path,
    }


def cudnn(version, path="/usr/lib/x86_64-linux-gnu/libcudnn.so"):
    return {"cudnn": version, "cudnn.found": [{"version": version, "path": path, "found_by": "/usr"}]}


def cards(*names, **more):
    facts = {
        "gpu": list(names),
        "gpu.count": len(names),
        "gpu.vendors": ["nvidia"],
        "gpu.found_by": "NVML",
        "gpu.mig": "no",
        "driver": "535.104.05",
        **more,
    }
    if "os" not in more and "os.wsl" not in more:
        facts = {"driver.kernel": facts["driver"], "gpu.kernel_driver": ["nvidia"], **facts}
    return facts


def conda(**versions):
    return {"conda.packages": {name: {"version": one, "build": "0", "channel": "x"} for name, one in versions.items()}}


DLLS = [
    offered(name, version, "C:\\CUDA\\v11.2\\bin\\")
    for name, version in [("cudart64_110.dll", "11.0"), ("cublas64_11.dll", "11"), ("cufft64_10.dll", "10")]
    + [("curand64_10.dll", "10"), ("cusolver64_11.dll", "11"), ("cusparse64_11.dll", "11"), ("cudnn64_8.dll", "8")]
]
AND_CUDA = {
    "frameworks.cuda_libraries": [
        wheel("cudart", "12.2.140", "libcudart.so.12", "nvidia-cuda-runtime-cu12"),
        wheel("cudnn", "8.9.4.25", "libcudnn.so.8", "nvidia-cudnn-cu12"),
    ]
}
TORCH_WHEELS = [
    wheel("cudnn", "8.9.2.26", "libcudnn.so.8", "nvidia-cudnn-cu12"),
    wheel("cublas", "12.1.3.1", "libcublas.so.12", "nvidia-cublas-cu12"),
    wheel("nvjitlink", "12.3.101", "libnvJitLink.so.12", "nvidia-nvjitlink-cu12"),
]


def machine(given, doubt=()):
    """A chart in which every fact of a probe is there: as given, in doubt, or absent."""
    facts = {name: absent() for name in probes.facts() if "*" not in name}
    facts.update(
        {"os": known("linux"), "os.name": known("Linux"), "gpu.tegra": known("no"), "python": known("3.10.13")}
    )
    facts["nvml.error"] = absent("NVML") if "gpu" in given else known("library-not-found", "NVML")
    if "gpu" in given:  # drivers before R510 do not tell it: the name does
        facts["gpu.capability"] = unknown("nvml-not-supported")
    facts.update({name: known(value) for name, value in given.items()})
    facts.update({name: unknown("nobody-looked") for name in doubt})
    for name, value in given.items():  # what the probe of frameworks would find of a distribution
        if is_distribution(name) and name in ("torch", "jax", "jaxlib"):
            facts[name + ".version"] = known(value)
            local = str(value).partition("+")[2]
            if name == "torch" and "torch.cuda" not in given and local.startswith("cu"):
                facts["torch.cuda"] = known(local[2:-1] + "." + local[-1])
    for name in ("tensorflow.version", "tensorflow.gpu_build", "tensorflow.cuda", "tensorflow.cudnn"):
        if name not in given and any("tensorflow" in key and is_distribution(key) for key in given):
            facts[name] = unknown("tensorflow-build-not-recorded")
    if "torch" in given and "torch.cudnn" not in given:
        facts["torch.cudnn"] = unknown("torch-cudnn-inside")
    return derive(Chart({"kind": "venv"}, facts, frozenset([DISTRIBUTIONS, VARIABLES])), BOOK.tables)


def found(chart, expect="any"):
    """Rule -> severity of all that is found in this room, consequences included."""
    heap, told = list(diagnose(chart, BOOK, expect)[0]), {}
    while heap:
        finding = heap.pop()
        told[finding.rule] = finding.severity
        heap.extend(finding.consequences)
    return {rule: severity for rule, severity in told.items() if rule.startswith(MINE)}


HEALTHY = {
    "four cards": (cards(V100, V100, V100, V100, torch="2.1.0+cu121"), "gpu"),
    "a job of a cluster": (cards(V100, V100, **{"torch": "2.1.0+cu121", "env.CUDA_VISIBLE_DEVICES": "1,0"}), "gpu"),
    "a laptop with Intel and NVIDIA": (
        cards(ADA, **{"gpu.vendors": ["intel", "nvidia"], "os": "windows", "torch": "2.5.1+cu121", "driver": "560.94"}),
        "gpu",
    ),
    "ROCm": ({"gpu.vendors": ["amd"], "torch": "2.1.0+rocm5.6", "torch.hip": "5.6.31061"}, "gpu"),
    "Jetson": (
        {
            **cards(
                "NVIDIA Jetson Orin NX", **{"gpu.tegra": "yes", "gpu.found_by": "device-tree", "cpu.arch": "aarch64"}
            ),
            **{"torch": "2.3.0a0+6ddf5cf85e.nv24.04", "torch.cuda": "12.2", "torch.source_build": "yes"},
            **{"tensorflow": "2.16.1+nv24.08", "tensorflow.version": "2.16.1", "tensorflow.gpu_build": "yes"},
            **{"tensorflow.cuda": "12.6", "tensorflow.cudnn": "9", **cudnn("9.3.0"), **toolkit("12.6")},
        },
        "gpu",
    ),
    "a Mac": ({"os": "macos", "gpu.vendors": ["apple"], "torch": "2.3.0", "tensorflow": "2.16.2"}, "gpu"),
    "a share of a card": (
        cards("GRID T4-8Q", **{"gpu.capability": ["7.5"], "torch": "2.4.0+cu121"}),
        "gpu",
    ),
    "a driver newer than the table": (
        cards(AMPERE, **{"driver": "700.10", "driver.cuda": "14.1", "torch": "2.7.1+cu126"}),
        "gpu",
    ),
    "a laptop without a card": ({"gpu.vendors": ["intel"], "torch": "2.1.0+cpu", "tensorflow": "2.15.0"}, "any"),
    "a plain torch without a card": ({"gpu.vendors": ["intel"], "torch": "2.1.0+cu121"}, "any"),
    "a container for the CPU": ({"os.container": "docker", "torch": "2.1.0+cu121", "tensorflow": "2.15.0"}, "any"),
    "a pod without a card on a node with cards": (
        {
            **{
                "gpu": [V100],
                "gpu.count": 1,
                "gpu.found_by": "/proc",
                "driver": "535.104.05",
                "os.container": "kubernetes",
            },
            **{"env.NVIDIA_VISIBLE_DEVICES": "void", "nvml.error": "library-not-found", "torch": "2.1.0+cu121"},
        },
        "any",
    ),
    "a container with a card": (
        cards(V100, **{"os.container": "docker", "env.NVIDIA_VISIBLE_DEVICES": "all", "torch": "2.1.0+cu121"}),
        "gpu",
    ),
    "WSL 2": (
        cards(ADA, **{"os.wsl": "2", "driver": "560.94", "torch": "2.5.1+cu121"}),
        "gpu",
    ),
    "a newer CUDA on the search path": (
        cards(
            AMPERE,
            **{"torch": "2.1.2+cu121", "frameworks.cuda_libraries": TORCH_WHEELS, **toolkit("12.4"), **cudnn("9.1.0")},
            **{"cuda.library_path": [offered("libcublas.so.12", "12.4.5.8"), offered("libcudnn.so.9", "9.1.0")]},
        ),
        "gpu",
    ),
    "another toolkit beside torch": (cards(AMPERE, torch="2.1.2+cu121", **toolkit("11.2"), **cudnn("8.1.0")), "gpu"),
    "conda's torch with conda's toolkit": (
        cards(
            AMPERE,
            **{"torch": "1.12.1", "torch.cuda": "11.3", "torch.conda_build": "py3.9_cuda11.3_cudnn8.3.2_0"},
            **conda(pytorch="1.12.1", cudatoolkit="11.3.1"),
        ),
        "gpu",
    ),
    "TensorFlow 2.10 on Windows": (
        cards(
            AMPERE,
            **{"os": "windows", "driver": "536.23", "tensorflow": "2.10.1", "cuda.library_path": DLLS},
            **toolkit("11.2", "C:\\CUDA\\v11.2"),
            **cudnn("8.1.1", "C:\\CUDA\\v11.2\\include\\cudnn_version.h"),
        ),
        "any",
    ),
    "TensorFlow 1.13 with the cudatoolkit of conda": (
        cards(TURING, **{"tensorflow-gpu": "1.13.2", **conda(cudatoolkit="10.0.130", cudnn="7.6.5"), **cudnn("7.6.5")}),
        "any",
    ),
    "TensorFlow 2.2 with the cudatoolkit of conda": (
        cards(TURING, **{"tensorflow": "2.2.0", **conda(cudatoolkit="10.1.243", cudnn="7.6.5"), **cudnn("7.6.5")}),
        "any",
    ),
    "tensorflow[and-cuda]": (cards(AMPERE, tensorflow="2.15.1", **AND_CUDA), "any"),
    "TensorFlow of conda-forge": (
        cards(AMPERE, **{"tensorflow": "2.15.0", **conda(**{"tensorflow-base": "2.15.0", "cuda-cudart": "12.0.107"})}),
        "any",
    ),
    "TensorFlow 2.13 with the toolkit of the system": (
        cards(AMPERE, tensorflow="2.13.0", **toolkit("11.8.0"), **cudnn("8.6.0")),
        "any",
    ),
    "JAX with its plugin": (
        cards(AMPERE, **{"jax": "0.4.30", "jaxlib": "0.4.30", "jax-cuda12-plugin": "0.4.30", "jax.cuda": "12"}),
        "any",
    ),
    "a slice of a card": (
        cards(
            "NVIDIA A100-SXM4-40GB",
            **{"gpu.mig": "yes", "env.CUDA_VISIBLE_DEVICES": "MIG-7f0d8f2c-1111", "torch": "2.1.0+cu121"},
        ),
        "gpu",
    ),
    "a card by the beginning of its UUID": (
        cards(
            AMPERE,
            **{"gpu.uuid": ["GPU-8932f937-d72c"], "env.CUDA_VISIBLE_DEVICES": "GPU-8932", "torch": "2.1.0+cu121"},
        ),
        "gpu",
    ),
    "hidden cards, and the CPU is meant": (
        cards(AMPERE, **{"env.CUDA_VISIBLE_DEVICES": "", "torch": "2.1.0+cu121"}),
        "cpu",
    ),
    "a card lent to a virtual machine": (
        {"gpu": [AMPERE], "gpu.vendors": ["nvidia"], "gpu.kernel_driver": ["vfio-pci"], "torch": "2.1.0+cu121"},
        "any",
    ),
    "a cuDNN that fits beside one that does not": (
        cards(
            AMPERE,
            **{"tensorflow": "2.10.0", **toolkit("11.2"), **cudnn("9.1.0")},
            **{"cuda.library_path": [offered("libcudnn.so.8", "8.1.1")]},
        ),
        "any",
    ),
    "a card that the table thinks is dropped, and the driver shows": (
        cards("GeForce GTX 780 Ti", torch="1.2.0+cu100"),
        "any",
    ),
    "conda's TensorFlow on an old processor": (
        {"cpu.avx": "no", "tensorflow": "2.15.0", **conda(**{"tensorflow-base": "2.15.0"})},
        "any",
    ),
    "an old TensorFlow on an old processor": ({"cpu.avx": "no", "tensorflow": "1.5.0"}, "any"),
}


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_a_working_machine_is_left_alone(name):
    given, expect = HEALTHY[name]
    loud = {rule: severity for rule, severity in found(machine(given), expect).items() if severity != "info"}
    assert loud == {}


NOUVEAU = {"gpu": ["TU106 [GeForce RTX 2060]"], "gpu.vendors": ["nvidia"], "gpu.kernel_driver": ["nouveau"]}
SICK = [
    (cards(KEPLER, **{"tensorflow": "2.4.0", **toolkit("11.0"), **cudnn("8.0.5")}), "tensorflow/card-dropped-by-build"),
    (cards(PASCAL, tensorflow="1.13.2"), "tensorflow/cpu-build-beside-nvidia-gpu"),
    (cards(PASCAL, **{"tensorflow-cpu": "2.10.0"}), "tensorflow/cpu-package-beside-nvidia-gpu"),
    (cards(AMPERE, tensorflow="2.12.0", os="windows"), "tensorflow/no-gpu-on-native-windows"),
    (
        {**cards(AMPERE, os="windows"), "tensorflow": "2.15.0", "tensorflow-intel": "2.15.0"},
        "tensorflow/no-gpu-on-native-windows",
    ),
    (cards(TURING, tensorflow="2.1.0", **toolkit("10.2"), **cudnn("7.6.5")), "tensorflow/cuda-libraries-missing"),
    (cards(AMPERE, tensorflow="2.4.1", **toolkit("11.2"), **cudnn("8.1.1")), "tensorflow/cuda-libraries-missing"),
    (cards(AMPERE, tensorflow="2.15.0"), "tensorflow/cuda-libraries-missing"),
    (cards(AMPERE, tensorflow="2.10.0", **toolkit("11.2"), **cudnn("8.0.5")), "tensorflow/cudnn-does-not-fit"),
    (cards(AMPERE, tensorflow="2.10.0", **toolkit("11.2"), **cudnn("9.1.0")), "tensorflow/cudnn-does-not-fit"),
    (
        cards(
            AMPERE,
            **{"torch": "2.1.2+cu121", "frameworks.cuda_libraries": TORCH_WHEELS},
            **{"cuda.library_path": [offered("libnvJitLink.so.12", "12.1.105")]},
        ),
        "torch/older-cuda-library-goes-first",
    ),
    (
        cards(
            AMPERE,
            **{"torch": "1.13.1", "torch.cuda": "11.7", **conda(cudatoolkit="11.3.1")},
            **{"frameworks.cuda_libraries": [wheel("cublas", "11.10.3.66", "libcublas.so.11", "nvidia-cublas-cu11")]},
        ),
        "torch/conda-cuda-beside-wheels",
    ),
    (
        cards(
            AMPERE,
            **{"torch": "2.1.2+cu121", "nvidia-cudnn-cu12": "8.7.0.84"},
            **{"packages.requires": {"torch": ["nvidia-cudnn-cu12 (==8.9.2.26) ; platform_system == 'Linux'"]}},
        ),
        "torch/nvidia-wheels-of-another-version",
    ),
    (
        cards(
            AMPERE, **{"torch": "2.1.2+cu121", "project.requires": {"flash-attn": {"specifier": ""}}, **toolkit("11.8")}
        ),
        "torch/toolkit-of-another-major",
    ),
    (cards(AMPERE, jax="0.4.30", jaxlib="0.4.30"), "jax/cpu-build-beside-nvidia-gpu"),
    (
        cards(AMPERE, **{"jax": "0.8.0", "jaxlib": "0.8.0", "jax.cuda": "13", "jax-cuda13-plugin": "0.8.0"}),
        "jax/driver-too-old",
    ),
    ({**cards(AMPERE), "driver.kernel": "535.86.05"}, "driver/kernel-module-of-another-version"),
    ({**NOUVEAU, "torch": "2.1.0+cu121"}, "driver/not-installed"),
    (
        {**NOUVEAU, "gpu.kernel_driver": [], "nvml.error": "driver-not-loaded", "torch": "2.1.0+cu121"},
        "driver/not-loaded",
    ),
    (
        {**NOUVEAU, "gpu": [PASCAL], "gpu.found_by": "sysfs", "driver": "616.10", "torch": "2.7.1+cu126"},
        "driver/card-no-longer-supported",
    ),
    ({**cards(V100, V100), "nvml.error": "gpu-lost"}, "gpu/lost"),
    (cards(AMPERE, **{"env.CUDA_VISIBLE_DEVICES": "-1", "torch": "2.1.0+cu121"}), "gpu/hidden-by-variable"),
    (cards(AMPERE, **{"env.CUDA_VISIBLE_DEVICES": "1", "torch": "2.1.0+cu121"}), "gpu/no-such-device"),
    (cards(V100, V100, **{"env.CUDA_VISIBLE_DEVICES": "0,2,1"}), "gpu/device-list-too-long"),
    ({"python.bits": 32, "project.imports": {"torch": ["train.py:1"]}}, "host/32-bit-python-with-a-framework-wanted"),
    ({"cpu.avx": "no", "tensorflow": "2.2.0"}, "host/cpu-without-avx"),
    ({"os.wsl": "1", "torch": "2.1.0+cu121"}, "wsl/version-1"),
    (
        {"os.container": "docker", "env.NVIDIA_VISIBLE_DEVICES": "all", "torch": "2.1.0+cu121"},
        "container/gpu-not-passed-on",
    ),
]


@pytest.mark.parametrize("given, rule", SICK, ids=[rule for _, rule in SICK])
def test_a_fault_is_found_alone(given, rule):
    """One fault, one finding: 32-bit Python has a second, which is folded under the first."""
    chart = machine(given)
    loud = [one.rule for one in diagnose(chart, BOOK, "any")[0] if one.severity != "info" and one.rule.startswith(MINE)]
    assert loud == [rule]


@pytest.mark.parametrize(
    "given, rule",
    [
        (cards(AMPERE, **{"env.CUDA_VISIBLE_DEVICES": "", "torch": "2.1.0+cu121"}), "gpu/hidden-although-expected"),
        ({"os.container": "docker", "torch": "2.1.0+cu121"}, "container/gpu-expected"),
        ({"gpu.vendors": ["intel"], "torch": "2.1.0+cu121"}, "gpu/none-usable"),
        (cards(AMPERE, torch="2.1.0+cpu"), "torch/cpu-build-beside-nvidia-gpu"),
        (cards(PASCAL, torch="2.11.0+cu130", driver="580.65.06"), "torch/card-dropped-by-build"),
        ({**NOUVEAU, "torch": "2.1.0+cpu"}, "driver/not-installed"),
    ],
)
def test_where_a_gpu_is_expected_the_reason_comes_first(given, rule):
    top = [one for one in diagnose(machine(given), BOOK, "gpu")[0] if one.rule.startswith(MINE)]
    assert top[0].rule == rule and top[0].severity == "error"
    assert rule == "gpu/none-usable" or "gpu/none-usable" not in [one.rule for one in top]


@pytest.mark.parametrize("name", sorted(cuda.FACTS) + sorted(host.FACTS))
def test_where_nobody_looked_nothing_is_concluded(name):
    assert derive(Chart({}, {}), BOOK.tables).fact(name).state == UNKNOWN


@pytest.mark.parametrize(
    "variable, hidden, wrong, left",
    [
        ("", '""', None, None),
        ("-1", "-1", None, None),
        ("NoDevFiles", "NoDevFiles", None, None),
        ("0,1", None, None, None),
        ("1, 0", None, None, None),
        ("0,-1,1", None, None, None),
        ("2", None, "2", 0),
        ("0,5,1", None, "5", 1),
        ("GPU-aaaa", None, None, None),
        ("GPU-cccc", None, "GPU-cccc", 0),
        ("MIG-aaaa", None, "MIG-aaaa", 0),
    ],
)
def test_what_cuda_makes_of_its_variable(variable, hidden, wrong, left):
    chart = machine(
        cards(V100, V100, **{"gpu.uuid": ["GPU-aaaa-1", "GPU-bbbb-2"], "env.CUDA_VISIBLE_DEVICES": variable})
    )
    told = [chart.value(name) for name in ("gpu.hidden", "gpu.wrong_device", "gpu.devices_left")]
    assert told == [hidden, wrong, left]


def test_an_entry_that_cannot_be_read_is_a_doubt():
    chart = machine(cards(V100, **{"env.CUDA_VISIBLE_DEVICES": "first"}))
    assert chart.fact("gpu.wrong_device").why == "device-not-understood"
    assert chart.fact("gpu.hidden").state == ABSENT


@pytest.mark.parametrize(
    "tensorflow, cuda_seen, missing",
    [
        ("2.1.0", "10.1.243", None),
        ("2.1.0", "10.2", ["libcudart.so.10.1"]),
        ("2.4.0", "11.2", ["libcusolver.so.10"]),
        ("2.5.0", "11.0", ["libcusolver.so.11"]),
        ("2.12.0", "11.2", None),
        ("1.15.0", "10.1", [f"lib{one}.so.10.0" for one in "cudart cublas cufft curand cusolver cusparse".split()]),
    ],
)
def test_the_files_that_tensorflow_misses(tensorflow, cuda_seen, missing):
    chart = machine(cards(TURING, tensorflow=tensorflow, **toolkit(cuda_seen), **cudnn("7.6.5")))
    assert chart.value("tensorflow.missing_libraries") == missing


def test_without_a_look_at_the_toolkits_no_file_is_missed():
    chart = machine(cards(TURING, tensorflow="2.1.0"), doubt=["cuda.toolkits", "cuda.library_path"])
    assert chart.fact("tensorflow.missing_libraries").state == UNKNOWN


def test_wheels_of_an_older_tensorflow_leave_a_doubt():
    inside = [wheel("cudart", "11.8.89", "libcudart.so.11.0", "nvidia-cuda-runtime-cu11")]
    chart = machine(cards(TURING, **{"tensorflow": "2.12.0", "frameworks.cuda_libraries": inside}))
    assert chart.fact("tensorflow.missing_libraries").why == "libraries-in-wheels"


@pytest.mark.parametrize("system", ["linux", "windows"])
@pytest.mark.parametrize("row", BOOK.tables["tensorflow-releases"], ids=lambda row: row["tensorflow"])
def test_file_names_agree_with_those_that_wheels_record(row, system):
    """2.5 to 2.10 record cudart64_112.dll and load cudart64_110.dll (tensorflow issue 57103)."""
    names = cuda.library_names(row["cuda"], system)
    assert len(names) == 6
    if system == "windows" and "cudart_dll" in row:
        recorded = row["cudart_dll"]
        assert names[0] == ("cudart64_110.dll" if recorded.startswith("cudart64_11") else recorded)


def test_the_origin_of_a_stray_driver_inside_wsl():
    path = "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.535.104.05"
    given = {"os.wsl": known("2"), "os": known("linux"), "driver.kernel": absent()}
    for origin, state in ((path, KNOWN), ("/usr/lib/wsl/lib/libnvidia-ml.so.1", ABSENT)):
        chart = Chart({}, {**given, "nvml.error": known("driver-not-loaded", origin), "driver": absent()})
        assert derive(chart, BOOK.tables).fact("wsl.linux_driver").state == state
