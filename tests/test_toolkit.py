"""Is the toolkit found that would be used, and every other one?"""

import os
import sys

import pytest

from envdoctor.ask import Answer, Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes.toolkit import FACTS, probe
from envdoctor.texts.reason import TEXTS

from .tape import Tape

SYSTEM = Patient("system", "/usr/bin/python3", "/usr", "PATH")
CONDA = Patient("conda", "/opt/conda/envs/a/bin/python", "/opt/conda/envs/a", "CONDA_PREFIX")
WINDOWS_CONDA = Patient("conda", "C:\\conda\\envs\\a\\python.exe", "C:\\conda\\envs\\a", "CONDA_PREFIX")
SHELF = "C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\"
JSON = '{\n   "cuda" : {\n      "name" : "CUDA SDK",\n      "version" : "%s"\n   },\n   "nvcc" : {"version" : "0"}\n}'


def facts(machine, patient=SYSTEM):
    seen = probe(patient, machine)
    assert set(seen.facts) == set(FACTS)
    assert all(fact.why in TEXTS for fact in seen.facts.values() if fact.state == UNKNOWN)
    return seen.facts


def toolkit(folder, version="11.2.0"):
    """The files of a complete toolkit for Linux."""
    return {
        folder + "/bin/nvcc": "\x7fELF",
        folder + "/version.json": JSON % version,
        folder + "/include/cuda.h": "#define CUDA_VERSION 99990\n",
    }


def cudnn_header(version):
    return "".join("#define CUDNN_%s %s\n" % pair for pair in zip(("MAJOR", "MINOR", "PATCHLEVEL"), version.split(".")))


def versions(fact):
    return [one["version"] for one in fact.value]


# ---------------------------------------------------------------- which toolkit


def test_nothing_was_found():
    seen = facts(Tape())
    assert {fact.state for fact in seen.values()} == {ABSENT}


@pytest.mark.parametrize(
    ("environ", "version", "found_by"),
    [
        ({"PATH": "/usr/bin:/usr/local/cuda-10.0/bin", "CUDA_HOME": "/usr/local/cuda-11.2"}, "10.0.130", "PATH"),
        ({"CUDA_HOME": "/usr/local/cuda-10.0", "CUDA_PATH": "/usr/local/cuda-11.2"}, "10.0.130", "CUDA_HOME"),
        ({"CUDA_PATH": "/usr/local/cuda-10.0"}, "10.0.130", "CUDA_PATH"),
        ({}, "11.2.0", "/usr/local/cuda"),
    ],
)
def test_the_order_of_toolkits(environ, version, found_by):
    files = dict(toolkit("/usr/local/cuda-11.2"), **toolkit("/usr/local/cuda-9.2", "9.2.1"))
    files["/usr/local/cuda-10.0/bin/nvcc"] = "\x7fELF"
    files["/usr/local/cuda-10.0/version.txt"] = "CUDA Version 10.0.130\n"
    machine = Tape(files=files, links={"/usr/local/cuda": "/usr/local/cuda-11.2"}, environ=environ)
    seen = facts(machine)
    assert (seen["cuda.toolkit"].value, seen["cuda.toolkit.path"].origin) == (version, found_by)
    assert sorted(versions(seen["cuda.toolkits"])) == ["10.0.130", "11.2.0", "9.2.1"]
    assert machine.asked == []


def test_without_any_preference_the_newest_counts():
    files = dict(toolkit("/usr/local/cuda-9.2", "9.2.1"), **toolkit("/usr/local/cuda-11.2", "11.2.0"))
    assert facts(Tape(files=files))["cuda.toolkit"].value == "11.2.0"


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"include/cuda.h": "/* Copyright */\n#define CUDA_VERSION 10000\n"}, "10.0"),
        ({"targets/x86_64-linux/include/cuda.h": "#define CUDA_VERSION 12040\n"}, "12.4"),
        ({"lib64/libcudart.so.11.2.152": "", "lib64/libcudart.so.11.0": ""}, "11.2.152"),
        ({"version.txt": "CUDA Version 10.0.130\nCUDA Patch Version 10.0.130.1\n", "include/cuda.h": "x"}, "10.0.130"),
        ({"version.json": JSON % "12.4.1"}, "12.4.1"),
    ],
)
def test_where_a_version_is_written(files, version):
    machine = Tape(files={"/usr/local/cuda/" + name: text for name, text in files.items()})
    assert facts(machine)["cuda.toolkit"].value == version


def test_a_folder_that_is_left_over_is_no_toolkit():
    seen = facts(
        Tape(files={"/usr/local/cuda-10.1/doc/EULA.txt": "", "/usr/local/cuda-10.1/lib64/stubs/libcuda.so": ""})
    )
    assert seen["cuda.toolkits"].state == ABSENT


NVCC = Answer(0, "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 10.1, V10.1.243\n", "")


def test_nvcc_is_asked_last():
    compiler = "/usr/lib/nvidia-cuda-toolkit/bin/nvcc"
    links = {"/usr/bin/nvcc": compiler}
    machine = Tape(files={compiler: "\x7fELF"}, links=links, commands={"nvcc": NVCC}, environ={"PATH": "/usr/bin"})
    seen = facts(machine)
    assert (seen["cuda.toolkit"].value, seen["cuda.toolkit.path"].value) == ("10.1.243", "/usr/lib/nvidia-cuda-toolkit")
    assert len(machine.asked) == 1


def test_a_script_that_starts_the_compiler():
    files = dict(toolkit("/usr/local/cuda-13.0", "13.0.1"))
    files["/usr/local/bin/nvcc"] = '#!/bin/sh\nexec /usr/local/cuda-13.0/bin/nvcc "$@"\n'
    seen = facts(Tape(files=files, environ={"PATH": "/usr/local/bin"}))
    assert (seen["cuda.toolkit"].value, seen["cuda.nvcc"].value) == ("13.0.1", "/usr/local/bin/nvcc")
    assert len(seen["cuda.toolkits"].value) == 1


def test_a_compiler_that_does_not_tell():
    seen = facts(Tape(files={"/usr/local/cuda/bin/nvcc": "\x7fELF"}))
    assert (seen["cuda.toolkit"].state, seen["cuda.toolkit"].why) == (UNKNOWN, "toolkit-version-not-told")
    assert seen["cuda.toolkit.path"].value == "/usr/local/cuda"
    assert versions(seen["cuda.toolkits"]) == [""]


def test_the_distributions_own_toolkit():
    files = {"/usr/include/cuda.h": "#define CUDA_VERSION 11050\n", "/usr/version.txt": "CUDA Version 1.0\n"}
    assert facts(Tape(files=files))["cuda.toolkit"].value == "11.5"


@pytest.mark.parametrize("home", ["/usr/local/cuda-12.1", ":/usr/local/cuda", "/usr/local/cuda/bin"])
def test_a_home_that_is_not_there(home):
    seen = facts(Tape(files=toolkit("/usr/local/cuda"), environ={"CUDA_HOME": home}))
    assert (seen["cuda.home_missing"].value, seen["cuda.home_missing"].origin) == (home, "CUDA_HOME")
    assert seen["cuda.toolkit.home_version"].state == ABSENT
    assert seen["cuda.toolkit"].value == "11.2.0"


def test_a_home_that_is_there():
    files = dict(toolkit("/usr/local/cuda-11.2"), **toolkit("/usr/local/cuda-12.1", "12.1.0"))
    environ = {"CUDA_HOME": "/usr/local/cuda", "PATH": "/usr/local/cuda-12.1/bin"}
    seen = facts(Tape(files=files, links={"/usr/local/cuda": "/usr/local/cuda-11.2"}, environ=environ))
    assert (seen["cuda.toolkit"].value, seen["cuda.toolkit.home_version"].value) == ("12.1.0", "11.2.0")
    assert seen["cuda.home_missing"].state == ABSENT


def test_a_toolkit_of_conda():
    files = {
        "/opt/conda/envs/a/bin/nvcc": "\x7fELF",
        "/opt/conda/envs/a/targets/x86_64-linux/include/cuda.h": "#define CUDA_VERSION 12010\n",
    }
    seen = facts(Tape(files=files), CONDA)
    assert seen["cuda.toolkits"].value == [{"version": "12.1", "path": "/opt/conda/envs/a", "found_by": "conda"}]
    assert facts(Tape(files=files), SYSTEM)["cuda.toolkits"].state == ABSENT


def test_windows():
    files = {}
    for version in ("10.0", "11.2"):
        files[SHELF + "v" + version + "\\bin\\nvcc.exe"] = "MZ"
    files[SHELF + "v10.0\\version.txt"] = "CUDA Version 10.0.130"
    files[SHELF + "v11.2\\version.json"] = JSON % "11.2.0"
    environ = {
        "Path": "",
        "CUDA_PATH": SHELF + "v11.2",
        "CUDA_PATH_V10_0": SHELF + "v10.0",
        "CUDA_PATH_V11_2": SHELF + "v11.2",
    }
    seen = facts(Tape(os="windows", files=files, environ=environ))
    assert seen["cuda.toolkit"].value == "11.2.0"
    assert [one["found_by"] for one in seen["cuda.toolkits"].value] == ["CUDA_PATH", "CUDA_PATH_V10_0"]
    environ = {"PATH": SHELF + "v10.0\\bin"}
    seen = facts(Tape(os="windows", files=files, environ=environ))
    assert (seen["cuda.toolkit"].value, len(seen["cuda.toolkits"].value)) == ("10.0.130", 2)


# ---------------------------------------------------------------- cuDNN


def test_cudnn_of_the_toolkit():
    files = dict(toolkit("/usr/local/cuda-10.0", "10.0.130"))
    files["/usr/local/cuda-10.0/lib64/libcudnn.so.7.6.5"] = ""
    files["/usr/local/cuda-10.0/include/cudnn.h"] = "/* Copyright */\n" + cudnn_header("7.6.5")
    links = {
        "/usr/local/cuda-10.0/lib64/libcudnn.so": "/usr/local/cuda-10.0/lib64/libcudnn.so.7",
        "/usr/local/cuda-10.0/lib64/libcudnn.so.7": "/usr/local/cuda-10.0/lib64/libcudnn.so.7.6.5",
    }
    seen = facts(Tape(files=files, links=links))
    assert (seen["cudnn"].value, seen["cudnn"].origin) == ("7.6.5", "/usr/local/cuda-10.0/lib64/libcudnn.so.7.6.5")
    assert [(one["version"], os.path.basename(one["path"])) for one in seen["cudnn.found"].value] == [
        ("7.6.5", "libcudnn.so.7.6.5"),
        ("7.6.5", "cudnn.h"),
    ]


def test_cudnn_of_debian_packages():
    files = {
        "/usr/lib/x86_64-linux-gnu/libcudnn.so.8.0.5": "",
        "/usr/include/x86_64-linux-gnu/cudnn_version_v8.h": cudnn_header("8.0.5"),
    }
    links = {"/usr/include/cudnn_version.h": "/usr/include/x86_64-linux-gnu/cudnn_version_v8.h",
             "/usr/lib/x86_64-linux-gnu/libcudnn.so.8": "/usr/lib/x86_64-linux-gnu/libcudnn.so.8.0.5"}  # fmt: skip
    seen = facts(Tape(files=files, links=links))
    assert seen["cudnn"].value == "8.0.5"
    assert len(seen["cudnn.found"].value) == 2


@pytest.mark.parametrize("folder", ["/usr/lib/x86_64-linux-gnu", "/usr/lib64"])
def test_a_runtime_from_packages_of_the_distribution_without_compiler_and_headers(folder):
    seen = facts(Tape(files={folder + "/libcudart.so.10.1.243": "", folder + "/libcublas.so.10.2.1.243": ""}))
    assert seen["cuda.toolkits"].value == [{"version": "10.1.243", "path": "/usr", "found_by": "/usr"}]


def test_a_newer_runtime_does_not_stand_before_a_toolkit_with_a_compiler():
    files = {
        "/usr/lib/x86_64-linux-gnu/libcudart.so.11.5.117": "",
        "/usr/local/cuda-11.0/bin/nvcc": "",
        "/usr/local/cuda-11.0/version.txt": "CUDA Version 11.0.228\n",
    }
    seen = facts(Tape(files=files))
    assert seen["cuda.toolkit"].value == "11.0.228"
    assert [one["version"] for one in seen["cuda.toolkits"].value] == ["11.0.228", "11.5.117"]


def test_a_usr_without_cuda_is_no_toolkit():
    assert facts(Tape(files={"/usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05": ""}))["cuda.toolkits"].state == "absent"


def test_the_environments_cudnn_comes_first():
    files = {"/opt/conda/envs/a/lib/libcudnn.so.8.9.7": "", "/usr/lib/x86_64-linux-gnu/libcudnn.so.7.6.5": ""}
    seen = facts(Tape(files=files), CONDA)
    assert seen["cudnn"].value == "8.9.7"
    assert [(one["version"], one["found_by"]) for one in seen["cudnn.found"].value] == [
        ("8.9.7", "conda"),
        ("7.6.5", "/usr"),
    ]


def test_a_library_that_tells_only_its_major_and_a_header_that_tells_more():
    files = {SHELF + "v11.2\\bin\\cudnn64_8.dll": "MZ", SHELF + "v11.2\\bin\\cudnn_ops_infer64_8.dll": "MZ"}
    files[SHELF + "v11.2\\bin\\nvcc.exe"] = "MZ"
    files[SHELF + "v11.2\\version.json"] = JSON % "11.2.0"
    assert facts(Tape(os="windows", files=files))["cudnn"].value == "8"
    files[SHELF + "v11.2\\include\\cudnn_version.h"] = cudnn_header("8.1.0")
    assert facts(Tape(os="windows", files=files))["cudnn"].value == "8.1.0"


def test_cudnn_of_conda_on_windows():
    files = {"C:\\conda\\envs\\a\\Library\\bin\\cudnn64_7.dll": "MZ"}
    files["C:\\conda\\envs\\a\\Library\\include\\cudnn.h"] = cudnn_header("7.6.5")
    seen = facts(Tape(os="windows", files=files), WINDOWS_CONDA)
    assert (seen["cudnn"].value, seen["cudnn.found"].value[0]["found_by"]) == ("7.6.5", "conda")


def test_a_link_into_nothing_is_no_library():
    links = {"/usr/lib/x86_64-linux-gnu/libcudnn.so.8": "/usr/lib/x86_64-linux-gnu/libcudnn.so.8.0.5"}
    assert facts(Tape(links=links))["cudnn"].state == ABSENT


# ---------------------------------------------------------------- the library path


def test_what_ld_library_path_offers():
    ten = "/usr/local/cuda-10.0/lib64/"
    files = {
        ten + "libcudart.so.10.0.130": "",
        ten + "libcublas.so.10.0.130": "",
        ten + "libcufoo.so.1": "",
        ten + "libcudnn.so": "",
        "/opt/mine/libcudart.so.10.0": "",
        "/opt/mine/libcudart.so.9.0": "",
    }
    links = {
        ten + "libcudart.so": ten + "libcudart.so.10.0",
        ten + "libcudart.so.10.0": ten + "libcudart.so.10.0.130",
        ten + "libcublas.so.10.0": ten + "libcublas.so.10.0.130",
    }
    environ = {"LD_LIBRARY_PATH": ":relative:/nowhere:" + ten + "::/opt/mine"}
    seen = facts(Tape(files=files, links=links, environ=environ))["cuda.library_path"]
    assert sorted((one["library"], one["version"], os.path.dirname(one["path"])) for one in seen.value) == [
        ("libcublas.so.10.0", "10.0.130", ten[:-1]),
        ("libcudart.so.10.0", "10.0.130", ten[:-1]),
        ("libcudart.so.9.0", "9.0", "/opt/mine"),
        ("libcudnn.so", "", ten[:-1]),
    ]


def test_what_the_path_of_windows_offers():
    files = {}
    for name in (
        "cudart64_100.dll",
        "cublas64_11.dll",
        "cudnn64_7.dll",
        "nvrtc64_112_0.dll",
        "cudnn_adv_infer64_8.dll",
    ):
        files["C:\\cuda\\bin\\" + name] = "MZ"
    files["D:\\other\\CUDART64_100.DLL"] = "MZ"
    seen = facts(Tape(os="windows", files=files, environ={"Path": '"C:\\cuda\\bin";D:\\other'}))["cuda.library_path"]
    assert sorted((one["library"], one["version"]) for one in seen.value) == [
        ("cublas64_11.dll", "11"),
        ("cudart64_100.dll", "10.0"),
        ("cudnn64_7.dll", "7"),
        ("nvrtc64_112_0.dll", "11.2"),
    ]


def test_a_mac_has_none():
    assert facts(Tape(os="macos"))["cuda.library_path"].state == ABSENT


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege on Windows")
def test_real_files(tmp_path):
    root = tmp_path / "cuda-10.0"
    (root / "bin").mkdir(parents=True)
    (root / "lib64").mkdir()
    (root / "version.txt").write_text("CUDA Version 10.0.130\n")
    (root / "bin" / "nvcc").write_text("#!/bin/sh\nexit 1\n")
    (root / "bin" / "nvcc").chmod(0o755)
    (root / "lib64" / "libcudnn.so.7.6.5").write_text("")
    (root / "lib64" / "libcudnn.so.7").symlink_to("libcudnn.so.7.6.5")
    (tmp_path / "cuda").symlink_to("cuda-10.0")
    environ = {"PATH": str(tmp_path / "cuda" / "bin"), "LD_LIBRARY_PATH": str(tmp_path / "cuda" / "lib64")}
    seen = facts(Ask(environ))
    assert (seen["cuda.toolkit"].value, seen["cuda.toolkit.path"].value) == ("10.0.130", str(root.resolve()))
    assert [one["library"] for one in seen["cuda.library_path"].value] == ["libcudnn.so.7"]
    assert "7.6.5" in versions(seen["cudnn.found"])


def test_this_machine_whatever_it_has():
    seen = facts(Ask())
    assert seen["cuda.nvcc"].state in (KNOWN, ABSENT)
