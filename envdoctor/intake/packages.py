"""Which distribution does a name in a list of packages stand for, and what does its version tell?"""

from __future__ import annotations

import re
from typing import Any, List, Tuple

from ..chart import BARE_FACTS, canonical, is_distribution
from . import values

#: What conda calls these frameworks, and what people call them -> the distribution.
_SPELLINGS = {
    "pytorch": "torch", "pytorch-gpu": "torch", "pytorch-cpu": "torch", "libtorch": "", "tensorflow-base": "tensorflow",
    "tf": "tensorflow", "tf-gpu": "tensorflow-gpu", "tensorflowgpu": "tensorflow-gpu", "py-opencv": "opencv-python",
    "opencv": "opencv-python", "cv2": "opencv-python", "sklearn": "scikit-learn", "skimage": "scikit-image",
    "pil": "pillow", "hf-hub": "huggingface-hub", "lightning-ai": "lightning", "protoc": "",
}  # fmt: skip
#: Packages of conda that are no Python distributions.
CONDA_ONLY = frozenset(
    "cudatoolkit cudnn mkl pytorch-cuda pytorch-mutex magma-cuda102 magma-cuda113 cuda-toolkit cuda-runtime libgcc-ng "
    "libstdcxx-ng openssl sqlite zlib xz tk readline ncurses blas libblas ca-certificates cpuonly intel-openmp nccl "
    "cuda-cudart cuda-libraries cuda-nvcc cuda llvm-openmp vs2015-runtime vc ffmpeg numpy-base hdf5 libcublas".split()
)
_VERSION = re.compile(r"^[vV]?(\d+(?:!\d+)?(?:[._-]?[A-Za-z0-9]+){0,12}(?:\+[A-Za-z0-9._-]{1,60})?)$")


def distribution(name: str) -> str:
    """The distribution that a name means, or "" where it means none.

    >>> distribution("PyTorch"), distribution("huggingface_hub"), distribution("cudatoolkit"), distribution("python")
    ('torch', 'huggingface-hub', '', '')
    """
    if not re.match(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$", name):
        return ""
    short = canonical(name)
    short = _SPELLINGS.get(short, short)
    return "" if short in BARE_FACTS or short in CONDA_ONLY or not is_distribution(short) else short


def installed(name: str, version: str, build: str = "") -> List[Tuple[str, Any]]:
    """What it tells that a package of this name and version is there; with conda's build string.

    >>> installed("torch", "2.0.1+cu117")
    [('torch', '2.0.1+cu117')]
    >>> installed("pytorch", "1.4.0", "py3.7_cpu_0")
    [('torch', '1.4.0'), ('torch.cuda', None)]
    >>> installed("mkl", "2024.1"), installed("python", "3.7.6")
    ([], [('python', '3.7.6')])
    """
    found = _VERSION.match(version.strip())
    if not found:
        return []
    if canonical(name) == "python":
        return values.python(version)
    short = distribution(name)
    attached = re.match(r"^(\d+(?:\.\d+)+)-(py\S+)$", version)  # "0.1.11-py27_2", as conda writes it
    if attached:
        version, build = attached.groups()
    if not short:
        return values.build(canonical(name), build) if build else []
    version = found.group(1) if not attached else version
    return [(short, version), *(values.build(canonical(name), build) if build else [])]
