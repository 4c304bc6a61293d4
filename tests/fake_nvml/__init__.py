"""Where is the fake NVML, ready to be loaded, and what shall it play?  (All that it can play is told in nvml.c.)"""

import os
import shutil
import subprocess
import time
from typing import Any, Dict, List, Mapping, Sequence

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


def lines(prefix: str = "", **keys: Any) -> str:
    """Lines of a scenario.  A mapping is a value over time: {0: 5, 2.5: 90}; None leaves the key out."""
    text = ""
    for key, value in keys.items():
        over_time = value if isinstance(value, Mapping) else {None: value}
        for moment, then in over_time.items():
            if then is not None:
                text += "{}{}{} = {}\n".format(prefix, key, "" if moment is None else "@%s" % moment, then)
    return text


def card(index: int = 0, **keys: Any) -> str:
    """An RTX 3080 on which nothing runs, where `keys` do not say otherwise.  (A key with dots: **{"error.CALL": 3}.)"""
    known = {
        "name": "NVIDIA GeForce RTX 3080",
        "uuid": "GPU-1f2e3d4c-0000-0000-0000-%012d" % index,
        "pci": "00000000:%02x:00.0" % (index + 1),
        "memory": 10240,
        "used": 0,
        "capability": "8.6",
        "utilization": 0,
        "processes": "",
        "graphics": "",
        "sm": "",
    }
    known.update(keys)
    return lines("device.%d." % index, **known)


def machine(*cards: str, **keys: Any) -> str:
    """A machine with these cards: the whole text of a scenario."""
    known = {"driver": "535.104.05", "nvml": "12.535.104.05", "cuda": 12020, "devices": len(cards)}
    known.update(keys)
    return lines(**known) + "".join(cards)


class Scenario:
    """The files of one play, in a folder of its own."""

    def __init__(self, folder: Any) -> None:
        self.folder = str(folder)
        self.path = os.path.join(self.folder, "scenario.txt")
        self.clock = os.path.join(self.folder, "clock.txt")
        self.trace = os.path.join(self.folder, "trace.txt")

    def play(self, text: str) -> None:
        """Play this from now on, also in processes that are running.  They never see half of it."""
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write("start = {}\n{}".format(self.clock, text))
        os.replace(self.path + ".new", self.path)

    def at(self, seconds: float) -> None:
        """It is so many seconds after the beginning now.  (When never called, time begins with nvmlInit.)"""
        moment = time.time() - seconds
        with open(self.clock, "a"):
            os.utime(self.clock, (moment, moment))

    def pids(self, name: str, *pids: int) -> str:
        """Write a file of PIDs (without pids only its name is told); returns what stands for them: @/path/of/it."""
        path = os.path.join(self.folder, name)
        if pids:
            with open(path + ".new", "w") as file:
                file.write(" ".join(map(str, pids)) + "\n")
            os.replace(path + ".new", path)
        return "@" + path

    def environ(self, library: str) -> Dict[str, str]:
        """The environment for a process that shall load the library in this folder."""
        environ = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
        environ.update(LD_LIBRARY_PATH=library, FAKE_NVML=self.path, FAKE_NVML_TRACE=self.trace)
        return environ

    def calls(self) -> List[str]:
        """The calls that were made so far."""
        if not os.path.exists(self.trace):
            return []
        with open(self.trace) as file:
            return file.read().split()
