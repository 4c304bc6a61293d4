"""Which environment variables does a paste show (`NAME=value`, `export NAME=value`, `set NAME=value`)?"""

from __future__ import annotations

import re
from typing import Iterator

from ..chart import VARIABLES
from .observation import FILLED_IN, Observation
from .page import Page

SOURCE = "variables"
#: The variables of probes/variables.py that people paste; a test holds the two together.
WATCHED = frozenset(
    "LD_LIBRARY_PATH LD_PRELOAD CUDA_HOME CUDA_PATH CUDA_ROOT CUDNN_PATH CUDA_VISIBLE_DEVICES CUDA_DEVICE_ORDER "
    "NVIDIA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES CUDA_LAUNCH_BLOCKING CUDA_MODULE_LOADING CUDA_CACHE_DISABLE "
    "CUDA_CACHE_MAXSIZE CUDA_CACHE_PATH PYTORCH_CUDA_ALLOC_CONF PYTORCH_NVML_BASED_CUDA_CHECK TORCH_CUDA_ARCH_LIST "
    "TF_FORCE_GPU_ALLOW_GROWTH TF_USE_LEGACY_KERAS TF_CPP_MIN_LOG_LEVEL TF_ENABLE_ONEDNN_OPTS KERAS_BACKEND XLA_FLAGS "
    "XLA_PYTHON_CLIENT_PREALLOCATE JAX_PLATFORMS PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION PYTHONPATH PYTHONHOME "
    "PYTHONNOUSERSITE PYTHONUSERBASE PYTHONUTF8 PYTHONIOENCODING KMP_DUPLICATE_LIB_OK OMP_NUM_THREADS CONDA_PREFIX "
    "CONDA_DEFAULT_ENV VIRTUAL_ENV PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_NO_INDEX PIP_TARGET PIP_USER PIP_PREFIX "
    "PIP_REQUIRE_VIRTUALENV SETUPTOOLS_USE_DISTUTILS LANG LC_ALL LC_CTYPE WSL_DISTRO_NAME".split()
)
_SET = re.compile(r"^(?:export |set |setenv |\$env:|declare -x |ENV |-e )?([A-Z][A-Z0-9_]{2,50})\s?=\s?(.*)$")
_IN_LOG = re.compile(r"LD_LIBRARY_PATH: (\S{3,400})$")
_IN_CODE = re.compile(r"os\.environ\[[\"']([A-Z][A-Z0-9_]{2,50})[\"']\]\s*=\s*[\"']([^\"']{0,200})[\"']")


def read(page: Page) -> Iterator[Observation]:
    for line in page.lines:
        text = line.text
        if "=" in text:
            found = _SET.match(text) or _IN_CODE.search(text)
            if found and found.group(1) in WATCHED:
                name, value = found.group(1), found.group(2).strip()
                command = re.match(r"^(\S*)\s+(?:python\S*|torchrun|accelerate|bash|sh|\./\S+|[A-Z_]{3,40}=)", value)
                value = command.group(1) if command else value
                if "$" in value or "%" in value or len(value) > 1000:  # what it became is not told
                    continue
                yield Observation(f"{VARIABLES}.{name}", value.strip("\"'"), FILLED_IN, line.number, SOURCE, name)
        elif "LD_LIBRARY_PATH: " in text:
            found = _IN_LOG.search(text)
            if found:
                yield Observation(
                    "env.LD_LIBRARY_PATH", found.group(1), FILLED_IN, line.number, SOURCE, "LD_LIBRARY_PATH"
                )
