"""Where is the fake pdh.dll, ready to be loaded on Linux?  (What it can play is told at the top of pdh.c.)"""

import os
import shutil
import subprocess

import pytest

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pdh.c")


def build(folder: str, name: str = "libpdh.so") -> str:
    """Compile the library into `folder` and return its path.  Skips without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if os.name != "posix" or not compiler:
        pytest.skip("a C compiler for Linux is needed to build the fake PDH")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", path, SOURCE], check=True)
    return path
