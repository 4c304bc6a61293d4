"""Does the probe read the user's shell as that shell would behave?"""

import os
import subprocess
import sys

import pytest

from envdoctor.ask import Ask
from envdoctor.chart import ABSENT, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes import shell, variables
from envdoctor.probes.shell import launcher_target, pip_python, shebang
from envdoctor.texts.reason import TEXTS

from .tape import Tape

PATIENT = Patient("system", "/usr/bin/python3", "/usr", "PATH")


def facts(machine):
    found = {}
    for module in (variables, shell):
        seen = module.probe(PATIENT, machine)
        assert set(seen.facts) == set(module.FACTS)
        assert seen.complete == ({"env"} if module is variables else frozenset())
        assert all(fact.why in TEXTS for fact in seen.facts.values() if fact.state == UNKNOWN)
        found.update(seen.facts)
    return found


def test_an_empty_value_is_a_value():
    seen = facts(Tape(environ={"CUDA_VISIBLE_DEVICES": "", "LANG": "zh_CN.UTF-8"}))
    assert (seen["env.CUDA_VISIBLE_DEVICES"].state, seen["env.CUDA_VISIBLE_DEVICES"].value) == (KNOWN, "")
    assert seen["env.LANG"].value == "zh_CN.UTF-8"
    assert seen["env.LD_PRELOAD"].state == ABSENT


@pytest.mark.parametrize(
    ("environ", "value", "origin"),
    [
        ({"HTTPS_PROXY": "a"}, "a", "HTTPS_PROXY"),
        ({"https_proxy": "b"}, "b", "https_proxy"),
        ({"HTTPS_PROXY": "a", "https_proxy": "b"}, "b", "https_proxy"),
        ({"HTTPS_PROXY": "a", "https_proxy": ""}, "", "https_proxy"),
    ],
)
def test_proxies_in_either_spelling(environ, value, origin):
    seen = facts(Tape(environ=environ))["env.HTTPS_PROXY"]
    assert (seen.value, seen.origin) == (value, origin)


def test_windows_does_not_care_for_case_and_linux_does():
    assert facts(Tape(os="windows", environ={"Path": "C:\\x"}))["env.PATH"].value == "C:\\x"
    assert facts(Tape(environ={"Path": "/x"}))["env.PATH"].state == ABSENT


def test_bytes_that_are_no_text_can_still_be_written_down():
    value = facts(Tape(environ={"PYTHONPATH": "/\udce5\udcae\udcb6/\udcff"}))["env.PYTHONPATH"].value
    assert value == "/家/\ufffd"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, []),
        ({"VIRTUAL_ENV": "/v", "CONDA_PREFIX": ""}, ["/v"]),
        ({"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, ["/c", "/v"]),
    ],
)
def test_active_environments(environ, expected):
    assert facts(Tape(environ=environ))["shell.environments"].value == expected


# ---------------------------------------------------------------- python and pip of the shell

FILES = {
    "/v/bin/python": "ELF",
    "/v/bin/pip": "#!/v/bin/python3.9\n# -*- coding: utf-8 -*-\n",
    "/v/pyvenv.cfg": "",
    "/usr/bin/python3": "ELF",
    "/usr/bin/pip3": "#!/usr/bin/python3\n",
    "/usr/lib/python3.11/os.py": "",
    "/s/shims/python": "#!/usr/bin/env bash\n",
    "/s/shims/pip": "#!/usr/bin/env bash\n",
    "/w/python": "#!/bin/sh\nexec other\n",
    "/w/pip": "ELF",
    "/e/pip": "#!/usr/bin/env python3\n",
    "/odd/python": "ELF",
}


@pytest.mark.parametrize(
    ("path", "python", "prefix", "pip", "serves"),
    [
        ("/v/bin:/usr/bin", "/v/bin/python", "/v", "/v/bin/pip", "/v/bin/python3.9"),
        ("/nowhere:/usr/bin", "/usr/bin/python3", "/usr", "/usr/bin/pip3", "/usr/bin/python3"),
        ("/s/shims:/usr/bin", "/s/shims/python", "python-is-a-shim", "/s/shims/pip", "pip-is-a-shim"),
        ("/w", "/w/python", "python-is-a-script", "/w/pip", "pip-says-nothing"),
        ("/e:/usr/bin", "/usr/bin/python3", "/usr", "/e/pip", "/usr/bin/python3"),
        ("/e:/w", "/w/python", "python-is-a-script", "/e/pip", "pip-says-nothing"),
        ("/odd", "/odd/python", "python-place-unknown", None, None),
        ("", None, None, None, None),
    ],
)
def test_what_the_shell_would_run(path, python, prefix, pip, serves):
    seen = facts(Tape(files=FILES, environ={"PATH": path}))
    names = ("shell.python", "shell.python.prefix", "shell.pip", "shell.pip.python")
    assert tuple(seen[name].why or seen[name].value for name in names) == (python, prefix, pip, serves)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#!/opt/conda/bin/python\n", ["/opt/conda/bin/python"]),
        ("#! /usr/bin/python3 -Es\n", ["/usr/bin/python3"]),
        ("#!/usr/bin/env python\r\n", ["python"]),
        ("#!/usr/bin/env -S A=b python3 -I\n", ["python3"]),
        ("#!/bin/sh\n'''exec' /long/家/bin/python \"$0\" \"$@\"\n' '''\n", ["/long/家/bin/python"]),
        ('#!/bin/sh\n\'\'\'exec\' "/my work/bin/python" "$0" "$@"\n\' \'\'\'\n', ["/my work/bin/python"]),
        ('#!/bin/sh\n"exec" "/x/python" "$0" "$@"\n', ["/x/python"]),
        ("#!/bin/sh\nexec /x/python -m pip \"$@\"\n", ["/x/python"]),
        ('#!/bin/sh\n"exec" "`dirname $0`/python" "$0" "$@"\n', ["", "python"]),
        ("#!/usr/bin/env bash\nset -e\n", ["bash"]),
        ("#!/bin/bash\nset -e\n", None),
        ("#!\n", None),
        ("", None),
        ("\x7fELF", None),
    ],
)  # fmt: skip
def test_shebang(text, expected):
    assert shebang(text) == expected


def test_a_relocatable_pip_serves_its_neighbour():
    pip = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python3' \"$0\" \"$@\"\n' '''\n"
    assert pip_python(Tape(files={"/v/bin/pip": pip}), "/v/bin/pip").value == "/v/bin/python3"


SCRIPTS = "C:\\Users\\张 梅\\anaconda3\\Scripts"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {SCRIPTS + "\\pip.exe": "MZ" + "\0" * 70000 + "#!C:\\Users\\张 梅\\v\\Scripts\\python.exe\r\nPK\x03\x04"},
            "C:\\Users\\张 梅\\v\\Scripts\\python.exe",
        ),
        ({SCRIPTS + "\\pip.exe": b'MZ#!"D:\\my env\\python.exe"\r\nPK\x03\x04'}, "D:\\my env\\python.exe"),
        ({SCRIPTS + "\\pip.exe": b"MZ#!<launcher_dir>\\python.exe\nPK\x03\x04"}, SCRIPTS + "\\python.exe"),
        (
            {SCRIPTS + "\\pip.exe": b"MZ", SCRIPTS + "\\pip-script.py": "#!C:\\Users\\张 梅\\anaconda3\\python.exe\n"},
            "C:\\Users\\张 梅\\anaconda3\\python.exe",
        ),
        ({SCRIPTS + "\\pip.exe": b"MZ", SCRIPTS + "\\..\\python.exe": ""}, "C:\\Users\\张 梅\\anaconda3\\python.exe"),
        ({SCRIPTS + "\\pip.exe": b"MZ", SCRIPTS + "\\python.exe": ""}, SCRIPTS + "\\python.exe"),
        ({SCRIPTS + "\\pip.exe": b"MZ#!/bin/sh\n"}, "pip-says-nothing"),
    ],
)  # fmt: skip
def test_pip_of_windows(files, expected):
    seen = facts(Tape(os="windows", files=files, environ={"PATH": SCRIPTS}))
    assert seen["shell.pip"].value == SCRIPTS + "\\pip.exe"
    assert (seen["shell.pip.python"].why or seen["shell.pip.python"].value) == expected


def test_python_of_windows():
    files = {SCRIPTS + "\\..\\python.exe": "", SCRIPTS + "\\..\\conda-meta\\history": "", "C:\\P\\python.exe": "",
             "C:\\P\\Lib\\os.py": "", "C:\\U\\WindowsApps\\python.exe": ""}  # fmt: skip

    def prefix(path):
        fact = facts(Tape(os="windows", files=files, environ={"Path": path}))["shell.python.prefix"]
        return fact.why or fact.value

    assert prefix(SCRIPTS[:-8]) == SCRIPTS[:-8]
    assert prefix("C:\\P") == "C:\\P"
    assert prefix("C:\\U\\WindowsApps") == "python-is-a-store-alias"


def test_a_launcher_without_a_python_says_nothing():
    assert launcher_target("#!/usr/bin/perl\nPK") == ""


@pytest.mark.skipif(os.name != "posix", reason="looks at the scripts that pip writes on Linux and macOS")
@pytest.mark.parametrize("folder", ["v", "a blank and 汉字", "x" * 140])
def test_the_scripts_that_installers_really_write(tmp_path, folder):
    home = tmp_path / folder
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = str(home / "bin" / "python")
    pip = pytest.importorskip("pip")
    text = "import sys; from pip._vendor.distlib.scripts import ScriptMaker; maker = ScriptMaker(None, sys.argv[1]); "
    text += "maker.variants = {''}; maker.make('pip = pip._internal:main')"
    environ = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.dirname(pip.__file__)))
    subprocess.run([python, "-c", text, str(home / "bin")], env=environ, check=True)
    ask = Ask({"PATH": str(home / "bin")})
    seen = facts(ask)
    assert seen["shell.pip.python"].value == python
    assert seen["shell.python.prefix"].value == str(home)
