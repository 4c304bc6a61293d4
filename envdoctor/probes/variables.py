"""Which variables of the user's shell change what a deep-learning program does?"""

import re
from typing import Any, List, Optional

from ..chart import VARIABLES, Fact, Seen, absent, known, unknown
from ..environments import is_shim, is_store_alias, marked_prefix, prefix_of, programs, variable
from ..patient import Patient

#: The variables that change what a deep-learning program does, in the order of the report.
WATCHED = (
    "PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "CUDA_HOME",
    "CUDA_PATH",
    "CUDA_ROOT",
    "CUDNN_PATH",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER",
    "NVIDIA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "CUDA_LAUNCH_BLOCKING",
    "CUDA_MODULE_LOADING",
    "CUDA_CACHE_DISABLE",
    "CUDA_CACHE_MAXSIZE",
    "CUDA_CACHE_PATH",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_NVML_BASED_CUDA_CHECK",
    "TORCH_CUDA_ARCH_LIST",
    "TF_FORCE_GPU_ALLOW_GROWTH",
    "TF_USE_LEGACY_KERAS",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "KERAS_BACKEND",
    "XLA_FLAGS",
    "XLA_PYTHON_CLIENT_PREALLOCATE",
    "JAX_PLATFORMS",
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONUSERBASE",
    "PYTHONUTF8",
    "PYTHONIOENCODING",
    "KMP_DUPLICATE_LIB_OK",
    "OMP_NUM_THREADS",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "CONDA_SHLVL",
    "CONDA_EXE",
    "CONDA_PYTHON_EXE",
    "VIRTUAL_ENV",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_TARGET",
    "PIP_USER",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "SETUPTOOLS_USE_DISTUTILS",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "WSL_DISTRO_NAME",
)
#: Programs read these in lower case first (curl and Python's urllib do), so the small spelling wins.
FOLDED = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

FACTS = {"env." + name: "value of the environment variable " + name for name in WATCHED}


def probe(patient: Patient, ask: Any) -> Seen:
    facts = {"env." + name: _variable(ask, name) for name in WATCHED}
    return Seen(facts, frozenset([VARIABLES]))


def _variable(ask: Any, name: str) -> Fact:
    """An empty value is a value: CUDA_VISIBLE_DEVICES="" hides every GPU."""
    spellings = [name.lower(), name] if name in FOLDED else [name]
    for spelling in spellings:
        for key in [spelling] if spelling in ask.environ else _folded(ask, spelling):
            return known(ask.environ[key].encode("utf-8", "surrogateescape").decode("utf-8", "replace"), key)
    return absent()


def _folded(ask: Any, name: str) -> List[str]:
    return [key for key in ask.environ if key.upper() == name.upper()] if ask.os == "windows" else []
