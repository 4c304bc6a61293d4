"""Where is the fake NVML, ready to be loaded?  (What it can play is told at the top of nvml.c.)"""

import os
import shutil
import subprocess
from typing import Sequence

import pytest

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nvml.c")
SONAME = "libnvidia-ml.so.1"


def build(folder: str, name: str = SONAME, options: Sequence[str] = ()) -> str:
    """Compile the library into `folder` as `name`, with its soname beside it; returns the folder.  Skips without cc."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if os.name != "posix" or not compiler:
        pytest.skip("a C compiler for Linux is needed to build the fake NVML")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wl,-soname," + SONAME, *options, "-o", path, SOURCE]
    subprocess.run(command, check=True)
    if name != SONAME:
        os.symlink(name, os.path.join(folder, SONAME))
    return folder
