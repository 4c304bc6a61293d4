"""Does the probe of frameworks read what real wheels hold, in every form that they have had?"""

import doctest

import pytest

from envdoctor.ask import Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes import frameworks
from envdoctor.texts import reason
from tests.tape import Tape

SITE = "/env/lib/python3.7/site-packages"
WINDOWS_SITE = r"C:\env\Lib\site-packages"

TORCH_120 = "__version__ = '1.2.0'\ndebug = False\ncuda = '10.0.130'\ngit_version = '8554416a'\n"
TORCH_CPU_OLD = "__version__ = '1.2.0+cpu'\ndebug = False\ncuda = None\ngit_version = '8554416a'\n"
TORCH_170 = "__version__ = '1.7.0'\ndebug = False\ncuda = '11.0'\ngit_version = 'e85d494'\nhip = None\n"
TORCH_TYPED = (
    "from typing import Optional\n\n__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'rocm', 'xpu']\n"
    "__version__ = '{}'\ndebug = False\ncuda: Optional[str] = {}\ngit_version = 'cf30153c'\n"
    "hip: Optional[str] = {}\nrocm: Optional[str] = None\nxpu: Optional[str] = None\n"
)
TORCHVISION = (
    "__version__ = '{}'\ngit_version = '6b959eef'\nfrom torchvision.extension import _check_cuda_version\n"
    "if _check_cuda_version() > 0:\n    cuda = _check_cuda_version()\n"
)
TF_HEADER = "// numbers\n#define TF_MAJOR_VERSION {}\n#define TF_MINOR_VERSION {}\n#define TF_PATCH_VERSION {}\n\n" + (
    '// e.g. "-rc0"\n#define TF_VERSION_SUFFIX "{}"\n\n#define TF_STR_HELPER(x) #x\n'
)
TF_HEADER_WITHOUT = '#ifndef TF_MAJOR_VERSION\n#error "TF_MAJOR_VERSION is not defined!"\n#endif\n'
JAX = (
    'from __future__ import annotations\nimport os\n\n_version = "{0}"\n# overwritten by build scripts\n'
    "_release_version: str = '{0}'\n\ndef _get_version_string() -> str:\n  return _release_version\n\n"
    "__version__ = _get_version_string()\n"
)
CUDNN_HEADER = "#define CUDNN_MAJOR {}\n#define CUDNN_MINOR {}\n#define CUDNN_PATCHLEVEL {}\n"


def seen(files, os="linux", path=None, prefix="", folders=()):
    """The facts of a machine that has these files; names without a root lie in its site-packages."""
    site = WINDOWS_SITE if os == "windows" else SITE
    separator = "\\" if os == "windows" else "/"
    rooted = {}
    for name, text in files.items():
        whole = name if name[:1] == "/" or name[1:2] == ":" else site + separator + name.replace("/", separator)
        rooted[whole] = text
    tape = Tape(os=os, files=rooted, folders=folders)
    patient = Patient("venv", "", prefix, "own", inside={"path": path or [site]})
    found = frameworks.probe(patient, tape)
    assert set(found.facts) == set(frameworks.FACTS)
    assert not tape.asked, "no command is run"
    for fact in found.facts.values():
        assert fact.state in (KNOWN, ABSENT, UNKNOWN)
        assert fact.state != UNKNOWN or fact.why in reason.TEXTS or fact.why == "no-answer"
        assert fact.state == UNKNOWN or fact.origin
    return found.facts


def values(facts, *names):
    """Values of facts: None for absent, "?why" for unknown."""
    return tuple("?" + facts[name].why if facts[name].state == UNKNOWN else facts[name].value for name in names)


def torch(version, **more):
    files = {"torch/__init__.py": "", "torch/version.py": version}
    files.update({name.replace("__", "/"): "" for name in more})
    return files


def test_examples():
    assert doctest.testmod(frameworks).failed == 0


# ---------------------------------------------------------------- nothing to read


def test_without_a_search_path_nothing_is_known():
    patient = Patient("venv", "", "/env", "own", trouble="no-answer", trouble_detail="exit 1")
    facts = frameworks.probe(patient, Tape()).facts
    assert set(facts) == set(frameworks.FACTS)
    assert {(fact.state, fact.why, fact.detail) for fact in facts.values()} == {(UNKNOWN, "no-answer", "exit 1")}


def test_an_empty_environment_has_none_of_them():
    facts = seen({"six.py": ""}, path=["/usr/lib/python37.zip", SITE])
    assert {fact.state for fact in facts.values()} == {ABSENT}


def test_a_folder_that_may_not_be_opened_is_not_an_empty_one():
    facts = seen({"/closed": None, "six.py": ""}, path=["/closed", SITE])
    assert {fact.why for fact in facts.values()} == {"framework-path-closed"}
    assert "/closed" in facts["torch.version"].detail


# ---------------------------------------------------------------- torch

TORCHES = [
    # version.py, version, cuda, hip, build_tag, source_build
    (TORCH_120, "1.2.0", "10.0.130", None, None, "no"),
    (TORCH_CPU_OLD, "1.2.0+cpu", None, None, "cpu", "no"),
    (TORCH_170, "1.7.0", "11.0", None, None, "no"),
    (TORCH_TYPED.format("1.13.1+cu117", "'11.7'", "None"), "1.13.1+cu117", "11.7", None, "cu117", "no"),
    (TORCH_TYPED.format("2.13.0+cpu", "None", "None"), "2.13.0+cpu", None, None, "cpu", "no"),
    (TORCH_TYPED.format("2.1.0+rocm5.6", "None", "'5.6.31061'"), "2.1.0+rocm5.6", None, "5.6.31061", "rocm5.6", "no"),
    (TORCH_TYPED.format("2.1.0a0+git7bcf7da", "'12.1'", "None"), "2.1.0a0+git7bcf7da", "12.1", None, None, "yes"),
    (TORCH_TYPED.format("2.1.0a0+32f93b1", "'12.2'", "None"), "2.1.0a0+32f93b1", "12.2", None, None, "yes"),
    (
        TORCH_TYPED.format("2.11.0.dev20260107+cu130", "'13.0'", "None"),
        "2.11.0.dev20260107+cu130",
        "13.0",
        None,
        "cu130",
        "no",
    ),
    ('__version__ = "2.1.0+cu118"\n', "2.1.0+cu118", "11.8", None, "cu118", "no"),
    ("__version__ = '2.1.0+cpu'\n", "2.1.0+cpu", None, None, "cpu", "no"),
    ("__version__ = '0.3.1'\n", "0.3.1", "?framework-build-not-recorded", None, None, "no"),
]


@pytest.mark.parametrize("text, version, cuda, hip, tag, source", TORCHES, ids=[row[1] for row in TORCHES])
def test_torch_is_told_by_its_version_file(text, version, cuda, hip, tag, source):
    facts = seen(torch(text))
    names = ("torch.version", "torch.cuda", "torch.hip", "torch.build_tag", "torch.source_build", "torch.path")
    assert values(facts, *names) == (version, cuda, hip, tag, source, SITE + "/torch")
    assert facts["torch.cuda"].origin == SITE + "/torch/version.py"
    assert facts["torch.conda_build"].state == ABSENT
    expected = {"?": "?framework-build-not-recorded"}.get(str(cuda)[:1], "?torch-cudnn-inside" if cuda else None)
    assert values(facts, "torch.cudnn") == (expected,)


def test_torch_debug():
    assert values(seen(torch(TORCH_120)), "torch.debug") == ("no",)
    assert values(seen(torch(TORCH_120.replace("False", "True"))), "torch.debug") == ("yes",)
    assert values(seen(torch("__version__ = '0.3.1'\n")), "torch.debug") == ("?framework-build-not-recorded",)


@pytest.mark.parametrize(
    "files, why",
    [
        ({"torch/lib/libtorch.so": ""}, "framework-half-removed"),
        ({"torch/__init__.py": ""}, "framework-half-removed"),
        ({"torch/__init__.py": "", "torch/version.py": None}, "framework-file-closed"),
        ({"torch/__init__.py": "", "torch/version.py": "\0" * 200}, "framework-version-not-recorded"),
    ],
)
def test_a_torch_that_cannot_be_read_is_unknown(files, why):
    facts = seen(files)
    assert values(facts, "torch.version", "torch.cuda", "torch.cudnn") == ("?" + why,) * 3
    assert values(facts, "torch.path") == (SITE + "/torch",)
    assert values(facts, "frameworks.half_removed") == ((["torch"] if why == "framework-half-removed" else None),)


def test_the_first_real_package_on_the_path_wins():
    files = {
        "/user/torch/lib/left.so": "",  # remains without __init__.py yield to a whole package, as they do for Python
        "/second/torch/__init__.py": "",
        "/second/torch/version.py": TORCH_120,
    }
    files.update(torch(TORCH_170))
    facts = seen(files, path=["/user", "/second", SITE])
    assert values(facts, "torch.version", "torch.path") == ("1.2.0", "/second/torch")


def test_an_egg_is_an_entry_of_the_path():
    egg = SITE + "/torch-1.2.0-py3.7-linux-x86_64.egg"
    facts = seen({egg + "/torch/__init__.py": "", egg + "/torch/version.py": TORCH_120}, path=[egg, SITE])
    assert values(facts, "torch.version", "torch.path") == ("1.2.0", egg + "/torch")


def test_a_file_named_torch_is_no_folder():
    assert seen({"torch": "not a package"})["torch.version"].state == ABSENT


# ---------------------------------------------------------------- cuDNN and the CUDA libraries


def libraries(facts):
    return [
        (entry["library"], entry["version"], entry["from"]) for entry in facts["frameworks.cuda_libraries"].value or ()
    ]


@pytest.mark.parametrize(
    "name, entry",
    [
        ("libcudart-1581fefa.so.10.0", ("cudart", "10.0")),
        ("libcudart-f7fdd8d7.so.9.0", ("cudart", "9.0")),
        ("libcudart-45da57e3.so.11.0", ("cudart", "11")),  # every CUDA 11 has this name
        ("libcudart.faf08d9a.so.13", ("cudart", "13")),
        ("libcudart.so.11.3.109", ("cudart", "11.3.109")),
        ("libnvrtc-a0b34244.so.10.0", ("nvrtc", "10.0")),
        ("libnvrtc-4dd39364.so.11.2", ("nvrtc", "11")),  # 11.2 to 11.8 have this name
        ("libcublas.so.11", ("cublas", "11")),
        ("libcudnn.so.8", ("cudnn", "8")),
        ("libcudnn.so.7.6.5", ("cudnn", "7.6.5")),
        ("libcudnn_ops_infer.so.8", None),
        ("libcublasLt.so.11", None),
        ("libnvrtc-builtins.so.11.6", None),
        ("libtorch_cuda.so", None),
        ("libgomp-a34b3233.so.1", None),
        ("cudart64_101.dll", ("cudart", "10.1")),
        ("cudart64_92.dll", ("cudart", "9.2")),
        ("cudart64_110.dll", ("cudart", "11")),
        ("cudart64_12.dll", ("cudart", "12")),
        ("cublas64_10.dll", ("cublas", "10")),
        ("nvrtc64_112_0.dll", ("nvrtc", "11")),
        ("cudnn64_7.dll", ("cudnn", "7")),
        ("cudnn64_8.dll", ("cudnn", "8")),
        ("cudnn_cnn_infer64_8.dll", None),
        ("c10_cuda.dll", None),
    ],
)
def test_libraries_beside_torch_are_told_by_their_names(name, entry):
    files = torch(TORCH_170)
    files["torch/lib/" + name] = ""
    facts = seen(files, os="windows" if name.endswith(".dll") else "linux")
    assert libraries(facts) == ([entry + ("torch/lib",)] if entry else [])
    if entry:
        assert facts["frameworks.cuda_libraries"].value[0]["path"].endswith(name)
    cudnn = entry[1] if entry and entry[0] == "cudnn" else "?torch-cudnn-inside"
    assert values(facts, "torch.cudnn") == (cudnn,)


def nvidia(*wheels):
    """Files of NVIDIA's wheels: (metadata folder's stem, library)."""
    files = {}
    for stem, library in wheels:
        files[stem + ".dist-info/METADATA"] = ""
        if library:
            files["nvidia/" + library] = ""
    return files


CUDA_12 = nvidia(
    ("nvidia_cublas_cu12-12.1.3.1", "cublas/lib/libcublas.so.12"),
    ("nvidia_cublas_cu12-12.1.3.1", "cublas/lib/libcublasLt.so.12"),
    ("nvidia_cuda_runtime_cu12-12.1.105", "cuda_runtime/lib/libcudart.so.12"),
    ("nvidia_cudnn_cu12-8.9.2.26", "cudnn/lib/libcudnn.so.8"),
    ("nvidia_cudnn_cu12-8.9.2.26", "cudnn/lib/libcudnn_adv_infer.so.8"),
    ("nvidia_ml_py-12.535.77", ""),
)
CUDA_13 = nvidia(
    ("nvidia_cublas-13.1.1.3", "cu13/lib/libcublas.so.13"),
    ("nvidia_cuda_runtime-13.0.96", "cu13/lib/libcudart.so.13"),
    ("nvidia_cuda_runtime-13.0.96", "cu13/lib/libcudart_static.a"),
    ("nvidia_cufft-12.0.0.61", "cu13/lib/libcufft.so.12"),
    ("nvidia_cuda_nvrtc-13.0.88", "cu13/lib/libnvrtc-builtins.so.13.0"),
    ("nvidia_cuda_nvrtc-13.0.88", "cu13/lib/libnvrtc.so.13"),
    ("nvidia_cudnn_cu13-9.24.0.43", "cudnn/lib/libcudnn.so.9"),
    ("nvidia_nvjitlink-13.4.92", "cu13/lib/libnvJitLink.so.13"),
)


def test_wheels_for_cuda_12():
    files = dict(torch(TORCH_TYPED.format("2.1.0+cu121", "'12.1'", "None")), **CUDA_12)
    facts = seen(files)
    assert sorted(libraries(facts)) == [
        ("cublas", "12.1.3.1", "nvidia-cublas-cu12"),
        ("cudart", "12.1.105", "nvidia-cuda-runtime-cu12"),
        ("cudnn", "8.9.2.26", "nvidia-cudnn-cu12"),
    ]
    assert values(facts, "torch.cudnn") == ("8.9.2.26",)
    assert facts["torch.cudnn"].origin == SITE + "/nvidia/cudnn/lib/libcudnn.so.8"


def test_wheels_for_cuda_13():
    files = dict(torch(TORCH_TYPED.format("2.14.1+cu130", "'13.0'", "None")), **CUDA_13)
    facts = seen(files)
    assert sorted(libraries(facts)) == [
        ("cublas", "13.1.1.3", "nvidia-cublas"),
        ("cudart", "13.0.96", "nvidia-cuda-runtime"),
        ("cudnn", "9.24.0.43", "nvidia-cudnn-cu13"),
        ("cufft", "12.0.0.61", "nvidia-cufft"),
        ("nvjitlink", "13.4.92", "nvidia-nvjitlink"),
        ("nvrtc", "13.0.88", "nvidia-cuda-nvrtc"),
    ]
    paths = {entry["library"]: entry["path"] for entry in facts["frameworks.cuda_libraries"].value}
    assert paths["nvrtc"] == SITE + "/nvidia/cu13/lib/libnvrtc.so.13"
    assert values(facts, "torch.cudnn") == ("9.24.0.43",)


def test_wheels_on_windows():
    files = nvidia(
        ("nvidia_cudnn_cu12-9.1.0.70", "cudnn/bin/cudnn_adv64_9.dll"),
        ("nvidia_cudnn_cu12-9.1.0.70", "cudnn/bin/cudnn64_9.dll"),
        ("nvidia_cuda_runtime-13.0.96", "cu13/bin/x86_64/cudart64_13.dll"),
    )
    facts = seen(files, os="windows")
    assert [(entry["library"], entry["path"]) for entry in facts["frameworks.cuda_libraries"].value] == [
        ("cudart", WINDOWS_SITE + r"\nvidia\cu13\bin\x86_64\cudart64_13.dll"),
        ("cudnn", WINDOWS_SITE + r"\nvidia\cudnn\bin\cudnn64_9.dll"),
    ]


def test_metadata_without_its_library_is_no_library():
    facts = seen(nvidia(("nvidia_cudnn_cu12-9.1.0.70", "cudnn/lib/libcudnn.so.8")))
    assert facts["frameworks.cuda_libraries"].state == ABSENT


def test_a_wheel_for_another_cuda_is_not_the_one_that_torch_uses():
    files = dict(torch(TORCH_TYPED.format("2.4.0+cu118", "'11.8'", "None")), **CUDA_12)
    assert values(seen(files), "torch.cudnn") == ("?torch-cudnn-inside",)


def test_the_header_tells_whose_cudnn_lies_in_a_shared_folder():
    files = torch(TORCH_TYPED.format("2.4.0+cu121", "'12.1'", "None"))
    files.update(CUDA_12)
    files["nvidia_cudnn_cu11-8.9.6.50.dist-info/METADATA"] = ""
    files["nvidia/cudnn/include/cudnn_version.h"] = CUDNN_HEADER.format(8, 9, 6)
    facts = seen(files)
    assert values(facts, "torch.cudnn") == ("8.9.6",)
    assert facts["torch.cudnn"].origin.endswith("cudnn_version.h")
    files["nvidia/cudnn/include/cudnn_version.h"] = CUDNN_HEADER.format(8, 9, 2)
    assert values(seen(files), "torch.cudnn") == ("8.9.2.26",)


# ---------------------------------------------------------------- conda


def conda(*packages):
    return {"/env/conda-meta/" + package + ".json": "{}" for package in packages}


@pytest.mark.parametrize(
    "text, package, cuda, cudnn",
    [
        (TORCH_170, "pytorch-1.7.0-py3.7_cuda11.0.221_cudnn8.0.3_0", "11.0", "8.0.3"),
        ("__version__ = '1.7.0'\n", "pytorch-1.7.0-py3.7_cuda11.0.221_cudnn8.0.3_0", "11.0.221", "8.0.3"),
        ("__version__ = '1.7.0'\n", "pytorch-1.7.0-py3.7_cpu_0", None, None),
        ("__version__ = '1.0.1'\n", "pytorch-1.0.1-cuda100py37he554f03_0", "10.0", "?torch-cudnn-inside"),
        ("__version__ = '1.12.1'\n", "pytorch-1.12.1-gpu_cuda113py310h19bbc1c_1", "11.3", "?torch-cudnn-inside"),
        ("__version__ = '1.12.1'\n", "pytorch-1.12.1-cuda112py39hb0b7ed5_200", "11.2", "?torch-cudnn-inside"),
        # pip laid another version over conda's: what conda says of its own is of no use
        (
            "__version__ = '1.2.0'\n",
            "pytorch-1.7.0-py3.7_cuda11.0.221_cudnn8.0.3_0",
            "?framework-build-not-recorded",
            0,
        ),
    ],
)
def test_conda_builds_of_torch(text, package, cuda, cudnn):
    facts = seen(dict(torch(text), **conda(package)), prefix="/env")
    cudnn = cuda if cudnn == 0 else cudnn
    assert values(facts, "torch.cuda", "torch.cudnn") == (cuda, cudnn)
    mine = package.split("-")[1] in text
    assert values(facts, "torch.conda_build") == (package.split("-", 2)[2] if mine else None,)


def test_a_torch_outside_the_prefix_is_not_condas():
    user = "/home/me/.local/lib/python3.7/site-packages"
    files = {user + "/torch/__init__.py": "", user + "/torch/version.py": TORCH_170}
    files.update(torch(TORCH_170), **conda("pytorch-1.7.0-py3.7_cuda11.0.221_cudnn8.0.3_0"))
    facts = seen(files, path=[user, SITE], prefix="/env")
    assert values(facts, "torch.conda_build", "torch.cudnn") == (None, "?torch-cudnn-inside")
    assert values(seen(files, prefix="/env"), "torch.cudnn") == ("8.0.3",)


def test_conda_libraries():
    packages = ("cudatoolkit-11.2.2-he111cf0_8", "cudnn-8.1.0.77-h90431f1_0", "numpy-1.21.6-py39h18676bf_0")
    files = dict(torch("__version__ = '1.12.1'\n"), **conda("pytorch-1.12.1-cuda112py39hb0b7ed5_200", *packages))
    facts = seen(files, prefix="/env")
    assert libraries(facts) == [("cudatoolkit", "11.2.2", "conda"), ("cudnn", "8.1.0.77", "conda")]
    assert values(facts, "torch.cudnn") == ("8.1.0.77",)


# ---------------------------------------------------------------- torchvision, torchaudio


@pytest.mark.parametrize(
    "version, more, cuda",
    [
        ("0.15.2+cu118", {}, "11.8"),
        ("0.29.1+cu130", {}, "13.0"),
        ("0.9.1+cpu", {}, None),
        ("0.4.0", {}, "?framework-build-not-recorded"),
        ("0.8.1", {"/env/conda-meta/torchvision-0.8.1-py37_cu110.json": ""}, "11.0"),
        ("0.8.1", {"/env/conda-meta/torchvision-0.8.1-py37_cpu.json": ""}, None),
        ("0.15.2", {"torchvision.libs/libcudart.7ec1eba6.so.12": ""}, "12"),
        ("0.8.2", {"torchvision.libs/libcudart.9a2d1d6c.so.10.2": ""}, "10.2"),
    ],
)
def test_torchvision(version, more, cuda):
    files = {"torchvision/__init__.py": "", "torchvision/version.py": TORCHVISION.format(version)}
    facts = seen(dict(files, **more), prefix="/env")
    assert values(facts, "torchvision.version", "torchvision.cuda") == (version, cuda)
    assert values(facts, "torchvision.path") == (SITE + "/torchvision",)


def test_torchaudio_before_it_had_a_version_file():
    files = {"torchaudio/__init__.py": "import os\n", "torchaudio-0.3.0.dist-info/METADATA": ""}
    facts = seen(files)
    assert values(facts, "torchaudio.version") == ("0.3.0",)
    assert facts["torchaudio.version"].origin == SITE + "/torchaudio-0.3.0.dist-info"
    files.pop("torchaudio-0.3.0.dist-info/METADATA")
    assert values(seen(files), "torchaudio.version") == ("?framework-version-not-recorded",)


# ---------------------------------------------------------------- TensorFlow


def tensorflow(build, header=None, home="tensorflow", **more):
    files = {"tensorflow/__init__.py": "", home + "/__init__.py": "", home + "/python/__init__.py": ""}
    if build is not None:
        files[home + "/python/platform/build_info.py"] = build
    if header is not None:
        files[home + "/include/tensorflow/core/public/version.h"] = header
    return files


BUILD = "tensorflow.gpu_build", "tensorflow.cuda", "tensorflow.cudnn"
RECORDED = "?tensorflow-build-not-recorded"
OLD = "from __future__ import print_function\n\n"
DICT = "import collections\n\nbuild_info = collections.OrderedDict([{}])\n"
CAPABILITIES = ["sm_35", "sm_50", "sm_60", "sm_70", "sm_75", "compute_80"]
TENSORFLOWS = [
    # build_info.py; gpu_build, cuda, cudnn; compute capabilities; DLLs
    ("1.13 CPU", OLD + "is_cuda_build = False\n\n", "no", None, None, None, None),
    ("1.15 CPU", OLD + "is_rocm_build = False\nis_cuda_build = False\n\n", "no", None, None, None, None),
    ("1.13 GPU", OLD + "is_cuda_build = True\n\n", "yes", RECORDED, RECORDED, RECORDED, None),
    (
        "1.14 GPU, Windows",
        OLD + "is_cuda_build = True\n\ncuda_version_number = '10.0'\ncudnn_version_number = '7'\n"
        "msvcp_dll_name = 'msvcp140.dll'\nnvcuda_dll_name = 'nvcuda.dll'\ncudart_dll_name = 'cudart64_100.dll'\n"
        "cudnn_dll_name = 'cudnn64_7.dll'\n",
        "yes",
        "10.0",
        "7",
        RECORDED,
        ["cudart64_100.dll", "cudnn64_7.dll", "msvcp140.dll", "nvcuda.dll"],
    ),
    (
        "2.2 GPU, Windows, which records the major version alone",
        OLD + "is_rocm_build = False\nis_cuda_build = True\n\ncuda_version_number = '10'\ncudnn_version_number = '7'\n"
        "msvcp_dll_names = 'msvcp140.dll,msvcp140_1.dll'\ncudart_dll_name = 'cudart64_101.dll'\n",
        "yes",
        "10.1",
        "7",
        RECORDED,
        ["cudart64_101.dll", "msvcp140.dll", "msvcp140_1.dll"],
    ),
    (
        "1.x CPU, Windows",
        OLD + "is_cuda_build = False\n\nmsvcp_dll_name = 'msvcp140.dll'\n",
        "no",
        None,
        None,
        None,
        ["msvcp140.dll"],
    ),
    (
        "between 2.2 and 2.3",
        "from collections import namedtuple\n\nbuild_info = {'is_rocm_build': False, 'is_cuda_build': True, "
        "'cuda_version': '10.1', 'cudnn_version': '7', 'tensorrt_version': None, 'nccl_version': None}\n",
        "yes",
        "10.1",
        "7",
        RECORDED,
        None,
    ),
    (
        "cuda_build_info",
        "is_cuda_build = True\ncuda_build_info = {'cuda_version': '10.1', 'cudnn_version': '7'}\n",
        "yes",
        "10.1",
        "7",
        RECORDED,
        None,
    ),
    (
        "2.10 GPU",
        DICT.format(
            "('cpu_compiler', '/usr/bin/gcc'), ('cuda_compute_capabilities', {!r}), ('cuda_version', '11.2'), "
            "('cudnn_version', '8'), ('is_cuda_build', True), ('is_rocm_build', False)".format(CAPABILITIES)
        ),
        "yes",
        "11.2",
        "8",
        CAPABILITIES,
        None,
    ),
    (
        "2.10 GPU, Windows",
        DICT.format(
            "('cuda_compute_capabilities', {!r}), ('cuda_version', '64_112'), ('cudart_dll_name', 'cudart64_112.dll'), "
            "('cudnn_dll_name', 'cudnn64_8.dll'), ('cudnn_version', '64_8'), ('is_cuda_build', True), "
            "('msvcp_dll_names', 'msvcp140.dll,msvcp140_1.dll'), ('nvcuda_dll_name', 'nvcuda.dll')".format(CAPABILITIES)
        ),
        "yes",
        "11.2",
        "8",
        CAPABILITIES,
        ["cudart64_110.dll", "cudnn64_8.dll", "msvcp140.dll", "msvcp140_1.dll", "nvcuda.dll"],
    ),
    (
        "2.18 GPU",
        DICT.format("('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)"),
        "yes",
        "12.5.1",
        "9",
        RECORDED,
        None,
    ),
    ("2.21 CPU", DICT.format("('is_cuda_build', False), ('is_rocm_build', False)"), "no", None, None, None, None),
    ("ROCm", DICT.format("('is_cuda_build', False), ('is_rocm_build', True)"), "yes", None, None, None, None),
    ("not recorded", None, RECORDED, RECORDED, RECORDED, RECORDED, RECORDED),
    ("cut off", "build_info = collections.OrderedDict([('is_cuda", RECORDED, RECORDED, RECORDED, RECORDED, RECORDED),
    ("code", "is_cuda_build = compute()\n", RECORDED, RECORDED, RECORDED, RECORDED, RECORDED),
]


@pytest.mark.parametrize("row", TENSORFLOWS, ids=[row[0] for row in TENSORFLOWS])
def test_tensorflow_is_told_by_its_build_info(row):
    _, build, gpu, cuda, cudnn, capabilities, wanted = row
    facts = seen(tensorflow(build), os="windows" if "Windows" in row[0] else "linux")
    assert values(facts, *BUILD) == (gpu, cuda, cudnn)
    assert values(facts, "tensorflow.compute_capabilities") == (capabilities,)
    assert values(facts, "tensorflow.wanted_libraries") == (wanted,)
    assert values(facts, "tensorflow.rocm_build") == ({"ROCm": "yes"}.get(row[0], gpu if gpu == RECORDED else "no"),)


def test_tensorflow_before_build_info_shows_its_links_to_cuda():
    files = tensorflow(None)
    files["_solib_local/_U@local_Uconfig_Ucuda_S_Scuda_Ccudart___Uexternal/libcudart.so.8.0"] = ""
    assert values(seen(files), *BUILD) == ("yes", RECORDED, RECORDED)


def test_tensorflow_build_info_that_may_not_be_read():
    files = tensorflow("")
    files["tensorflow/python/platform/build_info.py"] = None
    assert values(seen(files), *BUILD) == ("?framework-file-closed",) * 3


@pytest.mark.parametrize(
    "numbers, version",
    [((1, 13, 2, ""), "1.13.2"), ((2, 0, 0, "-rc1"), "2.0.0rc1"), ((2, 10, 1, ""), "2.10.1")],
)
def test_tensorflow_version_from_its_header(numbers, version):
    files = tensorflow("is_cuda_build = False\n", TF_HEADER.format(*numbers))
    files["tensorflow-9.9.9.dist-info/METADATA"] = ""  # files tell more truly than metadata what lies there
    facts = seen(files)
    assert values(facts, "tensorflow.version", "tensorflow.path") == (version, SITE + "/tensorflow")
    release = {name.replace("version.h", "release_version.h"): text for name, text in files.items()}
    assert values(seen(release), "tensorflow.version") == (version,)


def test_tensorflow_core():
    files = tensorflow("is_cuda_build = False\n", TF_HEADER.format(1, 15, 5, ""), home="tensorflow_core")
    facts = seen(files)
    assert values(facts, "tensorflow.version", "tensorflow.gpu_build") == ("1.15.5", "no")
    assert values(facts, "tensorflow.path") == (SITE + "/tensorflow_core",)


@pytest.mark.parametrize(
    "metadata, version",
    [
        (["tensorflow_cpu-2.21.0.dist-info"], "2.21.0"),
        (["tensorflow-2.20.0.dist-info", "tensorflow_intel-2.20.0.dist-info"], "2.20.0"),
        (["tensorflow_gpu-1.4.0-py3.6.egg-info"], "1.4.0"),
        (["tensorflow-2.20.0.dist-info", "tensorflow_cpu-2.21.0.dist-info"], "?framework-several-versions"),
        (["tensorflow_estimator-2.15.0.dist-info"], "?framework-version-not-recorded"),
        (["~ensorflow-2.20.0.dist-info"], "?framework-version-not-recorded"),
    ],
)
def test_tensorflow_version_without_numbers_in_its_header(metadata, version):
    files = tensorflow(DICT.format("('is_cuda_build', False)"), TF_HEADER_WITHOUT)
    files.update({name + "/METADATA": "" for name in metadata})
    assert values(seen(files), "tensorflow.version") == (version,)
    files["tensorflow/tools/pip_package/setup.py"] = "import os\n\n_VERSION = '2.21.0-rc0'\n\ncuda_version = 12\n"
    assert values(seen(files), "tensorflow.version") == ("2.21.0rc0",)


@pytest.mark.parametrize(
    "files",
    [
        {"tensorflow/__init__.py": ""},
        {"tensorflow/python/keras/__pycache__/x.pyc": ""},
        {"tensorflow_core/__init__.py": "", "tensorflow_core/python/__init__.py": ""},
    ],
)
def test_remains_of_tensorflow(files):
    facts = seen(files)
    assert values(facts, "tensorflow.version", *BUILD) == ("?framework-half-removed",) * 4
    assert values(facts, "frameworks.half_removed") == (["tensorflow"],)
    assert facts["tensorflow.path"].state == KNOWN


# ---------------------------------------------------------------- Keras, JAX, onnxruntime, paddle, mxnet


@pytest.mark.parametrize(
    "files, version",
    [
        ({"keras/__init__.py": "from .layers import Input\n\n__version__ = '2.1.5'\n"}, "2.1.5"),
        ({"keras/__init__.py": '__version__ = "2.13.1"\n', "keras/src/__init__.py": ""}, "2.13.1"),
        (
            {
                "keras/__init__.py": "from keras.src.version import __version__ as __version__\n",
                "keras/src/version.py": 'from keras.src.api_export import keras_export\n\n__version__ = "3.15.1"\n',
            },
            "3.15.1",
        ),
        ({"keras/__init__.py": "", "Keras-2.3.1.dist-info/METADATA": ""}, "2.3.1"),
        ({"keras/__init__.py": ""}, "?framework-version-not-recorded"),
        ({"keras/api/x.py": ""}, "?framework-half-removed"),
        ({"keras_applications/__init__.py": ""}, None),
    ],
)
def test_keras(files, version):
    assert values(seen(files), "keras.version") == (version,)


def jax(version, jaxlib, *metadata):
    files = {"jax/__init__.py": "", "jax/version.py": JAX.format(version)}
    files.update({"jaxlib/__init__.py": "", "jaxlib/version.py": JAX.format(jaxlib)})
    files.update({name + "/METADATA": "" for name in metadata})
    return files


JAX_FACTS = "jax.version", "jaxlib.version", "jax.cuda", "jax.cudnn"


@pytest.mark.parametrize(
    "files, expected",
    [
        (jax("0.10.2", "0.10.2", "jaxlib-0.10.2.dist-info"), ("0.10.2", "0.10.2", None, None)),
        (
            jax("0.4.7", "0.4.7", "jaxlib-0.4.7+cuda11.cudnn86.dist-info"),
            ("0.4.7", "0.4.7", "11", "8.6"),
        ),
        (jax("0.2.9", "0.1.61", "jaxlib-0.1.61+cuda110.dist-info"), ("0.2.9", "0.1.61", "11.0", None)),
        (jax("0.2.9", "0.1.59", "jaxlib-0.1.59+cuda11.cudnn805.dist-info"), ("0.2.9", "0.1.59", "11", "8.0.5")),
        (
            dict(jax("0.4.35", "0.4.35"), **{"jax_cuda12_plugin/__init__.py": ""}),
            ("0.4.35", "0.4.35", "12", None),
        ),
        (
            dict(
                jax("0.8.0", "0.8.0"), **{"jax_plugins/xla_cuda13/__init__.py": "", "jax_cuda13_plugin/__init__.py": ""}
            ),
            ("0.8.0", "0.8.0", "13", None),
        ),
        (
            dict(
                jax("0.8.0", "0.8.0"), **{"jax_cuda12_plugin/__init__.py": "", "jax_plugins/xla_cuda13/__init__.py": ""}
            ),
            ("0.8.0", "0.8.0", "?jax-two-plugins", None),
        ),
        (dict(jax("0.8.0", "0.8.0"), **{"jax_cuda12_plugin/__pycache__/x.pyc": ""}), ("0.8.0", "0.8.0", None, None)),
        (
            dict(jax("0.4.7", "0.4.7"), **{"jaxlib/cuda/_solver.so": ""}),
            ("0.4.7", "0.4.7", "?framework-build-not-recorded", "?framework-build-not-recorded"),
        ),
        (
            {"jax/__init__.py": "", "jax/version.py": '__version__ = "0.2.9"\n'},
            ("0.2.9", None, None, None),
        ),
    ],
)
def test_jax(files, expected):
    assert values(seen(files), *JAX_FACTS) == expected


def test_jax_from_conda():
    files = dict(jax("0.4.23", "0.4.23"), **conda("jaxlib-0.4.23-cuda118py39hb4b4ac1_200"))
    assert values(seen(files, prefix="/env"), "jax.cuda") == ("11.8",)


@pytest.mark.parametrize(
    "info, more, expected",
    [
        ("package_name = 'onnxruntime'\n__version__ = '1.30.0'\n", (), ("1.30.0", "onnxruntime", "no", None)),
        (
            "package_name = 'onnxruntime-gpu'\n__version__ = '1.16.3'\ncuda_version = '11.8'\n\ncudart_version = 1\n",
            (),
            ("1.16.3", "onnxruntime-gpu", "yes", "11.8"),
        ),
        (
            "package_name = 'onnxruntime-gpu'\n__version__ = '1.2.0'\n",
            ("onnxruntime_providers_cuda.dll",),
            ("1.2.0", "onnxruntime-gpu", "yes", "?framework-build-not-recorded"),
        ),
        (
            "package_name = 'onnxruntime-directml'\n__version__ = '1.16.0'\n",
            (),
            ("1.16.0", "onnxruntime-directml", "no", None),
        ),
        (None, (), ("1.0.0",) + ("?framework-build-not-recorded",) * 3),
    ],
)
def test_onnxruntime(info, more, expected):
    files = {"onnxruntime/__init__.py": '__version__ = "1.0.0"\n'}
    if info:
        files["onnxruntime/capi/build_and_package_info.py"] = info
    files.update({"onnxruntime/capi/" + name: "" for name in more})
    names = "onnxruntime.version", "onnxruntime.package", "onnxruntime.gpu", "onnxruntime.cuda"
    assert values(seen(files), *names) == expected


def test_paddle_and_mxnet():
    text = "#\nfull_version     = '2.5.2'\nmajor            = '2'\ncuda_version     = '{}'\ncudnn_version    = '{}'\n"
    files = {"paddle/__init__.py": "", "paddle/version/__init__.py": text.format("11.7", "8.4.1")}
    files.update({"mxnet/__init__.py": "", "mxnet/libinfo.py": 'import os\n\n__version__ = "1.9.1"\n'})
    assert values(seen(files), "paddle.version", "paddle.cuda", "mxnet.version") == ("2.5.2", "11.7", "1.9.1")
    files["paddle/version/__init__.py"] = text.format("False", "False")
    assert values(seen(files), "paddle.version", "paddle.cuda") == ("2.5.2", None)


# ---------------------------------------------------------------- real files


def test_real_files(tmp_path):
    """The same with the hands that real machines get."""
    for name, text in dict(torch(TORCH_120), **CUDA_12).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    patient = Patient("venv", "", str(tmp_path), "own", inside={"path": [str(tmp_path / "gone.zip"), str(tmp_path)]})
    facts = frameworks.probe(patient, Ask({})).facts
    assert values(facts, "torch.version", "torch.cuda", "torch.path") == ("1.2.0", "10.0.130", str(tmp_path / "torch"))
    assert len(libraries(facts)) == 3 and facts["keras.version"].state == ABSENT
