"""Is the right environment found, on each system, and is it questioned without being entered?"""

import glob
import os
import string
import subprocess
import sys
import zipfile

import pytest

import envdoctor
from envdoctor import inside
from envdoctor.account import account_from_files, inside_text, read_account, without_start_folder
from envdoctor.ask import DENIED, TIMEOUT, Answer, Ask
from envdoctor.environments import conda_environments, conda_name, prefix_of, programs
from envdoctor.patient import PatientError, find, project_here
from envdoctor.texts.patient import TEXTS

from .tape import Tape

HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(envdoctor.__file__)))


def account(**more):
    """What an interpreter prints of itself."""
    told = {"version": "3.7.16", "prefix": "/usr", "base_prefix": "/usr", "path": [], "executable": ""}
    return Answer(0, "\n" + inside.MARK + ascii(dict(told, **more)) + "\n", "")


def conda(prefix, *packages):
    """The files of a conda environment on Linux."""
    files = {prefix + "/bin/python": "ELF", prefix + "/conda-meta/history": ""}
    files.update({"{}/conda-meta/{}.json".format(prefix, name): "{}" for name in packages})
    return files


def conda_windows(prefix, *packages):
    files = {prefix + "\\python.exe": "MZ", prefix + "\\conda-meta\\history": ""}
    files.update({"{}\\conda-meta\\{}.json".format(prefix, name): "{}" for name in packages})
    return files


def why(*args, **words):
    with pytest.raises(PatientError) as caught:
        find(*args, **words)
    for text in TEXTS[caught.value.why]:
        text.format(**caught.value.words)
    return caught.value


def test_sentences_have_the_same_placeholders_in_both_languages():
    for english, chinese in TEXTS.values():
        names = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (english, chinese)]
        assert names[0] == names[1]


# ---------------------------------------------------------------- nothing given

TREE = dict(
    **conda("/opt/conda", "conda-4.12.0-py39_0", "python-3.9.12-h12debd9_0"),
    **conda("/opt/conda/envs/tf1", "python-3.7.16-h7a1cb2a_0"),
    **{
        "/opt/conda/envs/r/conda-meta/history": "",
        "/home/mei/v/bin/python": "ELF",
        "/home/mei/v/pyvenv.cfg": "home = /usr/bin\nversion = 3.7.16\n",
        "/usr/bin/python3": "ELF",
        "/usr/local/bin/python": "ELF",
    },
)
BOTH = {"CONDA_PREFIX": "/opt/conda/envs/tf1", "VIRTUAL_ENV": "/home/mei/v", "PATH": "/usr/local/bin:/usr/bin"}


@pytest.mark.parametrize(
    ("environ", "python", "chosen_by", "kind", "name", "passed_over"),
    [
        (BOTH, "/opt/conda/envs/tf1/bin/python", "CONDA_PREFIX", "conda", "tf1", ()),
        (dict(BOTH, CONDA_PREFIX="/opt/conda"), "/opt/conda/bin/python", "CONDA_PREFIX", "conda", "base", ()),
        (
            dict(BOTH, CONDA_PREFIX="/opt/conda/envs/r"),
            "/home/mei/v/bin/python",
            "VIRTUAL_ENV",
            "venv",
            "v",
            ("CONDA_PREFIX=/opt/conda/envs/r",),
        ),
        (dict(BOTH, CONDA_PREFIX=""), "/home/mei/v/bin/python", "VIRTUAL_ENV", "venv", "v", ()),
        (
            {"VIRTUAL_ENV": "/home/mei/deleted", "PATH": "/usr/local/bin:/usr/bin"},
            "/usr/local/bin/python",
            "PATH",
            "system",
            "",
            ("VIRTUAL_ENV=/home/mei/deleted",),
        ),
        ({"PATH": "/usr/bin"}, "/usr/bin/python3", "PATH", "system", "", ()),
        ({"PATH": "/empty"}, "/opt/doctor/bin/python3", "own", "system", "", ()),
        ({}, "/opt/doctor/bin/python3", "own", "system", "", ()),
    ],
)
def test_the_active_environment_comes_first(environ, python, chosen_by, kind, name, passed_over):
    machine = Tape(files=TREE, environ=environ, commands={"python": account(), "python3": account()})
    patient = find(machine, own="/opt/doctor/bin/python3", project="/p")
    assert (patient.python, patient.chosen_by, patient.kind, patient.name) == (python, chosen_by, kind, name)
    assert (patient.passed_over, patient.project, patient.trouble) == (passed_over, "/p", "")


def test_a_python_on_path_that_says_nothing_is_passed_over():
    shim = "/home/mei/.pyenv/shims/python"
    broken = Answer(127, "", "pyenv: python: command not found\n")
    machine = Tape(
        files={shim: "#!/usr/bin/env bash\n", "/usr/bin/python3": "ELF"},
        environ={"PATH": "/home/mei/.pyenv/shims:/usr/bin"},
        commands={shim: broken, "python3": account()},
    )
    patient = find(machine, own="")
    assert (patient.python, patient.passed_over) == ("/usr/bin/python3", ("PATH=" + shim,))
    assert why(machine, python=shim).words["detail"] == "pyenv: python: command not found"


def test_no_python_at_all():
    machine = Tape(environ={"PATH": "/bin", "VIRTUAL_ENV": "/gone"})
    error = why(machine, own="")
    assert (error.why, error.words) == ("nothing-found", {"tried": "VIRTUAL_ENV=/gone"})


def test_a_shim_stands_for_the_interpreter_that_it_starts():
    shim, real = "/home/mei/.pyenv/shims/python", "/home/mei/.pyenv/versions/3.7.16/bin/python"
    machine = Tape(
        files={shim: "#!/usr/bin/env bash\n", real: "ELF"},
        environ={"PATH": "/home/mei/.pyenv/shims"},
        commands={shim: account(executable=real, prefix="/home/mei/.pyenv/versions/3.7.16")},
    )
    patient = find(machine)
    assert (patient.python, patient.prefix) == (real, "/home/mei/.pyenv/versions/3.7.16")


# ---------------------------------------------------------------- --python


def test_python_by_path_folder_command_and_home():
    machine = Tape(
        files=dict(TREE, **{"/home/mei/work/.venv/bin/python3": "ELF", "/home/mei/work/.venv/pyvenv.cfg": "home=/usr"}),
        environ={"PATH": "/usr/bin", "HOME": "/home/mei"},
        here="/home/mei/work",
        commands={"python": account(), "python3": account()},
    )
    for given, expected in [
        ("/opt/conda/envs/tf1", "/opt/conda/envs/tf1/bin/python"),
        ("/opt/conda/envs/tf1/", "/opt/conda/envs/tf1/bin/python"),
        ("/opt/conda/envs/tf1/bin", "/opt/conda/envs/tf1/bin/python"),
        ("/usr/local/bin/python", "/usr/local/bin/python"),
        ("~/v", "/home/mei/v/bin/python"),
        ("../v/bin/python", "/home/mei/v/bin/python"),
        (".venv", "/home/mei/work/.venv/bin/python3"),
        ("python3", "/usr/bin/python3"),
    ]:
        patient = find(machine, python=given)
        assert (patient.python, patient.chosen_by) == (expected, "--python"), given


@pytest.mark.parametrize(
    ("given", "reason", "words"),
    [
        ("/nowhere/python", "python-missing", {"path": "/nowhere/python"}),
        ("", "python-missing", {"path": ""}),
        ("python9", "python-command-missing", {"path": "python9"}),
        ("/opt/conda/envs/r", "folder-without-python", {"looked": "bin/python, bin/python3"}),
        ("/old", "python-link-broken", {"path": "/old/bin/python", "target": "/usr/bin/python3.6"}),
        ("/old/bin/python", "python-link-broken", {"target": "/usr/bin/python3.6"}),
        ("/notes.txt", "not-a-python", {}),
        ("/bin/rm", "not-a-python", {}),
        ("/tmp/python", "python-cannot-start", {"detail": "Permission denied"}),
        ("/usr/bin/copy", "not-a-python", {}),
    ],
)
def test_mistakes_are_named(given, reason, words):
    machine = Tape(
        files=dict(TREE, **{"/notes.txt": "", "/bin/rm": "ELF", "/tmp/python": "x", "/usr/bin/copy": "ELF"}),
        links={"/old/bin/python": "/usr/bin/python3.6"},
        environ={"PATH": "/bin"},
        commands={"/tmp/python": Answer(None, "", "Permission denied", DENIED), "/usr/bin/copy": Answer(0, "", "")},
    )
    error = why(machine, python=given)
    assert error.why == reason if given else error.why.startswith("python-")
    for key, value in words.items():
        assert error.words[key] == value
    assert not any(argv[0] in ("/bin/rm", "/notes.txt") for argv in machine.asked)  # never handed Python text


def test_python_and_name_together():
    assert why(Tape(), python="python3", name="tf1").why == "python-and-name"


def test_a_venv_is_not_resolved_to_its_base():
    machine = Tape(
        files={"/v/pyvenv.cfg": "home = /usr/bin", "/usr/bin/python3.9": "ELF"},
        links={"/v/bin/python": "/usr/bin/python3.9"},
        commands={"/v/bin/python": account(version="3.9.18", prefix="/v", executable="/v/bin/python")},
    )
    patient = find(machine, python="/v")
    assert (patient.python, patient.prefix, patient.kind, patient.name) == ("/v/bin/python", "/v", "venv", "v")


def test_an_old_virtualenv_is_a_venv():
    machine = Tape(files={"/v/bin/python": "ELF"}, commands={"python": account(prefix="/v", base_prefix="/usr")})
    assert find(machine, python="/v").kind == "venv"
    machine = Tape(
        files={"/v/bin/python": "ELF", "/v/lib/python3.6/orig-prefix.txt": "/usr"},
        commands={"python": account(prefix="/v", base_prefix="/v", stdlib="/v/lib/python3.6")},
    )
    assert find(machine, python="/v").kind == "venv"


# ---------------------------------------------------------------- --name


def test_conda_environments_are_found_without_conda():
    home = {"HOME": "/home/mei"}
    files = dict(
        TREE,
        **conda("/home/mei/miniconda3", "conda-23.1.0-py310_0"),
        **conda("/home/mei/miniconda3/envs/tf1"),
        **conda("/data/envs/big"),
        **conda("/work/project/env"),
        **{
            "/home/mei/.conda/environments.txt": "/work/project/env\n/home/mei/gone\n",
            "/home/mei/.condarc": "channels:\n  - defaults\nenvs_dirs:\n  - /data/envs\n",
        },
    )
    machine = Tape(files=files, environ=home, commands={"python": account()})
    assert conda_environments(machine) == [
        ("base", "/home/mei/miniconda3"),
        ("base", "/opt/conda"),
        ("big", "/data/envs/big"),
        ("tf1", "/home/mei/miniconda3/envs/tf1"),
        ("r", "/opt/conda/envs/r"),
        ("tf1", "/opt/conda/envs/tf1"),
        ("env", "/work/project/env"),
    ]
    patient = find(machine, name="tf1")
    assert (patient.prefix, patient.chosen_by, patient.name) == ("/home/mei/miniconda3/envs/tf1", "--name", "tf1")
    assert patient.passed_over == ("--name=/opt/conda/envs/tf1",)
    active = Tape(files=files, environ=dict(home, CONDA_EXE="/opt/conda/bin/conda"), commands={"python": account()})
    assert find(active, name="tf1").prefix == "/opt/conda/envs/tf1"
    assert find(active, name="root").prefix == "/opt/conda"
    assert find(active, name="base").name == "base"
    assert find(active, name="/work/project/env").name == ""  # known by its path only
    assert find(active, name="env").prefix == "/work/project/env"
    near = why(machine, name="tf")
    assert (near.why, near.words) == ("environment-unknown-near", {"name": "tf", "count": 7, "near": "tf1"})
    assert why(machine, name="zzzz").words == {"name": "zzzz", "count": 7}
    assert why(machine, name="r").why == "folder-without-python"
    assert why(machine, name="./nowhere").why == "python-missing"
    assert why(Tape(environ=home), name="tf1").why == "no-environments"


@pytest.mark.parametrize(
    "environ",
    [
        {"CONDA_ENVS_PATH": "/a:/data/e"},
        {"CONDA_ENVS_DIRS": "/data/e"},
        {"MAMBA_ROOT_PREFIX": "/data", "HOME": ""},
        {"CONDA_PYTHON_EXE": "/data/bin/python"},
        {"CONDA_PREFIX": "/data/envs/other"},
    ],
)
def test_each_way_to_a_named_environment(environ):
    files = dict(conda("/data/e/x"), **conda("/data/envs/x"))
    machine = Tape(files=files, environ=environ, commands={"python": account()})
    assert find(machine, name="x").prefix in ("/data/e/x", "/data/envs/x")


def test_the_base_is_told_from_an_environment_with_conda_in_it():
    machine = Tape(files=conda("/o/envs/dev", "conda-4.12.0-py39_0"), environ={"CONDA_EXE": "/o/bin/conda"})
    assert conda_name(machine, "/o/envs/dev") == "dev"
    assert conda_name(machine, "/o") == "base"


# ---------------------------------------------------------------- Windows

MEI = "C:\\Users\\张 梅"


def windows(**more):
    files = dict(
        **conda_windows(MEI + "\\anaconda3", "conda-4.12.0-py39_0", "python-3.9.12-h6244533_0"),
        **conda_windows(MEI + "\\anaconda3\\envs\\TF1", "python-3.7.16-h6244533_0"),
        **{
            MEI + "\\论文\\venv\\Scripts\\python.exe": "MZ",
            MEI + "\\论文\\venv\\pyvenv.cfg": "home = C:\\Python37\r\nversion = 3.7.9\r\n",
            MEI + "\\论文\\venv\\Lib\\site-packages\\numpy\\__init__.py": "",
            "C:\\Python37\\python.exe": "MZ",
            "C:\\Python37\\python37.dll": "MZ",
            "C:\\Python37\\Lib\\os.py": "",
            MEI + "\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe": "",
        },
    )
    files.update(more.pop("files", {}))
    environ = {"USERPROFILE": MEI, "APPDATA": MEI + "\\AppData\\Roaming"}
    environ.update(more.pop("environ", {}))
    return Tape(os="windows", files=files, environ=environ, **more)


def test_windows_environments():
    prefix = MEI + "\\anaconda3\\envs\\TF1"
    machine = windows(
        environ={"CONDA_PREFIX": prefix},
        commands={prefix + "\\python.exe": account(prefix=prefix, base_prefix=prefix)},
    )
    for patient in (find(machine), find(machine, name="tf1"), find(machine, python=prefix)):
        assert (patient.kind, patient.python, patient.prefix) == ("conda", prefix + "\\python.exe", prefix)
        assert patient.name == "TF1"
    venv = MEI + "\\论文\\venv"
    machine = windows(commands={"python.exe": account(prefix=venv, base_prefix="C:\\Python37")}, here=MEI + "\\论文")
    for given in (venv, venv + "\\Scripts", "venv", "~\\论文\\venv", venv + "\\Scripts\\python", "./venv"):
        patient = find(machine, python=given)
        assert (patient.kind, patient.name) == ("venv", "venv"), given
        assert os.path.normpath(patient.python) == venv + "\\Scripts\\python.exe"
    assert "Scripts\\python.exe" in why(machine, python=MEI).words["looked"]


def test_the_store_alias_is_no_python():
    apps = MEI + "\\AppData\\Local\\Microsoft\\WindowsApps"
    environ = {"Path": apps + ';"C:\\Python37"'}
    machine = windows(environ=environ, commands={"python.exe": account()})
    patient = find(machine)
    assert patient.python == "C:\\Python37\\python.exe"
    assert patient.passed_over == ("PATH=" + apps + "\\python.exe",)
    assert find(machine, python="python").python == "C:\\Python37\\python.exe"
    store = apps + "\\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0\\python.exe"
    machine = windows(environ=environ, files={store: ""}, commands={"python.exe": account()})
    assert find(machine).python == apps + "\\python.exe"


def test_a_batch_file_gets_text_that_cmd_leaves_alone():
    shim, real = "C:\\pyenv\\shims\\python.bat", "C:\\pyenv\\versions\\3.7.9\\python.exe"
    machine = windows(environ={"PATH": "C:\\pyenv\\shims"}, files={shim: "@echo off"},
                      commands={shim: account(executable=real, prefix="C:\\pyenv\\versions\\3.7.9")})  # fmt: skip
    assert find(machine).python == real
    text = machine.asked[0][-1]
    assert not set(text) & set('\n\r%^&|<>"!')
    done = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, check=True)
    assert read_account(Ask(), done.stdout.decode("utf-8"))["version"] == "%d.%d.%d" % sys.version_info[:3]


def test_windows_without_an_answer():
    machine = windows(
        commands={"python.exe": Answer(3221225781, "", "")},
        environ={"PYTHONPATH": "D:\\lib;rel"},
        here="D:\\work",
        files={
            MEI + "\\论文\\venv\\Lib\\site-packages\\a.pth": "\ufeffC:\\src\\耳\r\nimport os\r\n# no\r\nnowhere\r\n",
            "C:\\src\\耳\\m.py": "",
            MEI + "\\AppData\\Roaming\\Python\\Python37\\site-packages\\x.py": "",
        },
    )
    venv = MEI + "\\论文\\venv"
    patient = find(machine, python=venv)
    assert (patient.kind, patient.trouble, patient.prefix) == ("venv", "python-crashes", venv)
    told = patient.inside
    assert (told["version"], told["base_prefix"], told["user_site_enabled"]) == ("3.7.9", "C:\\Python37", False)
    assert told["path"] == [
        "D:\\lib", "D:\\work\\rel", "C:\\Python37\\Lib", "C:\\Python37\\DLLs", "C:\\Python37",
        venv + "\\Lib\\site-packages", "C:\\src\\耳",
    ]  # fmt: skip
    system = find(machine, python="C:\\Python37\\python.exe").inside
    assert (system["version"], system["user_site_enabled"]) == ("3.7", True)
    assert system["path"][-1] == MEI + "\\AppData\\Roaming\\Python\\Python37\\site-packages"
    assert account_from_files(machine, MEI + "\\anaconda3\\envs\\TF1\\python.exe")["version"] == "3.7.16"


# ---------------------------------------------------------------- what files tell


def test_files_of_a_venv_in_conda_and_of_a_system():
    base = "/opt/conda/lib/python3.9"
    machine = Tape(
        files=dict(
            TREE,
            **{
                base + "/os.py": "",
                base + "/site-packages/six.py": "",
                "/w/v/bin/python": "ELF",
                "/w/v/pyvenv.cfg": "home = /opt/conda/bin\ninclude-system-site-packages = true\n"
                "version_info = 3.9.12.final.0",
                "/w/v/lib/python3.9/site-packages/x.py": "",
                "/usr/lib/python2.7/os.py": "",
                "/usr/lib/python3/dist-packages/apt.py": "",
                "/usr/lib/python3.10/os.py": "",
                "/usr/local/lib/python3.10/dist-packages/y.py": "",
                "/usr/bin/python3.10": "ELF",
                "/usr/include/python3.10/patchlevel.h": '#define PY_VERSION          "3.10.12"\n',
                "/home/mei/.local/lib/python3.10/site-packages/z.py": "",
            },
        ),
        links={"/usr/bin/python": "/usr/bin/python3.10"},
        environ={"HOME": "/home/mei"},
    )
    told = account_from_files(machine, "/w/v/bin/python")
    assert told["version"] == "3.9.12"
    assert (told["prefix"], told["base_prefix"], told["stdlib"]) == ("/w/v", "/opt/conda", base)
    assert told["path"] == [
        base, base + "/lib-dynload", "/w/v/lib/python3.9/site-packages", base + "/site-packages"
    ]  # fmt: skip
    told = account_from_files(machine, "/usr/bin/python")
    assert told["version"] == "3.10.12"
    assert told["path"] == [
        "/usr/lib/python3.10",
        "/usr/lib/python3.10/lib-dynload",
        "/home/mei/.local/lib/python3.10/site-packages",
        "/usr/local/lib/python3.10/dist-packages",
        "/usr/lib/python3/dist-packages",
    ]
    assert account_from_files(machine, "/home/mei/python") == {}


def test_the_second_try_tells_what_files_cannot():
    bare = account(version="3.7.16", prefix="/opt/py", base_prefix="/opt/py", bits=64, utf8_mode=True,
                   stdlib="/opt/py/lib/python3.7", path=["/opt/py/lib/python3.7"])  # fmt: skip
    files = {
        "/v/bin/python": "ELF",
        "/v/pyvenv.cfg": "home = /opt/py/bin\nversion = 3.7.16",
        "/v/lib/python3.7/site-packages/evil.pth": "import evil",
    }

    class Picky(Tape):
        def run(self, argv, seconds=10.0, limit=0, environ=None):
            self.asked.append(tuple(argv))
            return bare if "-S" in argv else Answer(None, "", "", TIMEOUT)

    machine = Picky(files=files)
    patient = find(machine, python="/v")
    assert (patient.trouble, patient.prefix, patient.kind) == ("python-hangs", "/v", "venv")
    assert (patient.inside["bits"], patient.inside["base_prefix"]) == (64, "/opt/py")
    assert "utf8_mode" not in patient.inside  # an answer about that start, not about a plain one
    assert patient.inside["path"] == ["/opt/py/lib/python3.7", "/v/lib/python3.7/site-packages"]
    assert "-I" in machine.asked[1]
    files["/v/pyvenv.cfg"] = "home = /opt/py/bin"
    del files["/v/lib/python3.7/site-packages/evil.pth"]
    machine = Picky(files=files)
    find(machine, python="/v")
    assert "-E" in machine.asked[1] and "-I" not in machine.asked[1]


def test_prefix_of_follows_links_as_cpython_does():
    machine = Tape(
        files=dict(TREE),
        links={"/home/mei/bin/python": "/opt/conda/envs/tf1/bin/python", "/home/mei/v/bin/py": "/usr/local/bin/python"},
    )
    assert prefix_of(machine, "/home/mei/bin/python") == "/opt/conda/envs/tf1"
    assert prefix_of(machine, "/home/mei/v/bin/py") == "/home/mei/v"
    assert prefix_of(machine, "/usr/bin/python3") == "/usr"


# ---------------------------------------------------------------- reading the account


@pytest.mark.parametrize("noise", ["", "hello\n", "no line end", inside.MARK + "{broken\n", inside.MARK + "[1]\n"])
def test_the_account_is_found_among_noise(noise):
    out = noise + account(version="3.8.1").out.replace("\n", "\r\n") + noise
    assert read_account(Tape(), out)["version"] == "3.8.1"


def test_names_are_spelt_as_on_disk():
    python2 = inside.MARK + repr({"version": "2.7.18", "prefix": "/家".encode("utf-8").decode("latin-1")})
    locale_c = inside.MARK + ascii(
        {"version": "3.6.1", "prefix": "/家".encode("utf-8").decode("ascii", "surrogateescape")}
    )
    for line in (python2, locale_c):
        assert read_account(Tape(), line)["prefix"] == "/家"


@pytest.mark.parametrize(
    ("path", "command", "here", "expected"),
    [
        (["/w", "/lib"], "/w/envdoctor/__main__.py", "/w", ["/lib"]),
        (["/w", "/w", "/lib"], "/w/envdoctor/__main__.py", "/w", ["/w", "/lib"]),
        (["/v/bin", "/lib"], "/v/bin/envdoctor", "/w", ["/lib"]),
        (["/x.pyz", "/lib"], "/x.pyz", "/w", ["/lib"]),
        (["", "/lib", ""], "-c", "/w", ["/lib"]),
        (["/src", "/lib"], "/v/bin/envdoctor", "/w", ["/src", "/lib"]),
    ],
)
def test_the_start_folder_is_not_the_patients(path, command, here, expected):
    assert without_start_folder(path, command, here, os.path.realpath) == expected


# ---------------------------------------------------------------- real processes


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return str(path)


posix = pytest.mark.skipif(os.name != "posix", reason="needs a shell script as interpreter")


@posix
@pytest.mark.parametrize(
    ("text", "trouble", "detail"),
    [
        ("sleep 60", "python-hangs", ""),
        ("kill -SEGV $$", "python-crashes", ""),
        ("echo oh >&2; echo 'ImportError: no os' >&2; exit 1", "python-crashes", "ImportError: no os"),
        (
            "echo 'Fatal Python error: x' >&2; echo '<no Python frame>' >&2; kill -ABRT $$",
            "python-crashes",
            "Fatal Python error: x",
        ),
        ("exit 0", "python-silent", ""),
    ],
)
def test_a_python_in_trouble_is_known_by_its_files(tmp_path, text, trouble, detail):
    python = script(tmp_path / "v" / "bin" / "python", text)
    assert why(Ask(), python=python, seconds=0.3).why in TEXTS
    (tmp_path / "v" / "pyvenv.cfg").write_text("home = /nowhere/bin\nversion = 3.7.16\n")
    site = tmp_path / "v" / "lib" / "python3.7" / "site-packages"
    site.mkdir(parents=True)
    patient = find(Ask({"PATH": os.defpath}), python=str(tmp_path / "v"), seconds=0.3)
    assert (patient.trouble, patient.trouble_detail, patient.kind) == (trouble, detail, "venv")
    assert patient.inside["version"] == "3.7.16"
    assert patient.inside["path"] == [str(site)]


@posix
def test_a_file_that_may_not_be_run(tmp_path):
    python = tmp_path / "python"
    python.write_text("no program")
    assert why(Ask(), python=str(python)).why == "python-cannot-start"


@posix
def test_a_wrapper_that_prints_before_and_after(tmp_path):
    wrapper = script(tmp_path / "python", 'echo "loading modules"; "{}" "$@"; echo bye'.format(sys.executable))
    patient = find(Ask(), python=wrapper)
    assert patient.trouble == ""
    assert os.path.samefile(patient.python, sys.executable)


@posix
@pytest.mark.parametrize("version", ["2.7", "3.6", "3.13"])
def test_real_interpreters(version):
    found = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/{}.*/bin/python".format(version))))
    if not found:
        pytest.skip("no Python {} in ~/.pyenv/versions".format(version))
    patient = find(Ask(), python=found[0])
    assert patient.inside["version"].startswith(version + ".")
    assert (patient.kind, patient.python, patient.trouble) == ("system", found[0], "")
    assert any(entry.endswith("python" + version) for entry in patient.inside["path"])


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    """A real venv, in a folder with a blank and Chinese characters."""
    folder = tmp_path_factory.mktemp("毕业 设计") / "环境"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


def site_packages(folder):
    return next(iter([*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-packages")]))


def test_a_real_venv_whose_pth_file_prints(venv, tmp_path):
    noisy = site_packages(venv) / "noisy.pth"
    noisy.write_text("import sys; sys.stdout.write('hello from a pth file')\n")
    try:
        for environ in (os.environ, dict(os.environ, LC_ALL="C"), dict(os.environ, PYTHONPATH=str(tmp_path))):
            patient = find(Ask(environ), python=str(venv))
            assert (patient.kind, patient.name, patient.trouble) == ("venv", venv.name, "")
            assert patient.prefix == str(venv)
            assert patient.python.startswith(str(venv))
            assert str(site_packages(venv)) in patient.inside["path"]
        assert str(tmp_path) in patient.inside["path"]
        assert not any(name == "__pycache__" for name in os.listdir(str(site_packages(venv))))
    finally:
        noisy.unlink()


def test_a_pythonhome_that_stops_every_start(venv):
    patient = find(Ask(dict(os.environ, PYTHONHOME=str(venv / "nowhere"))), python=str(venv))
    assert (patient.trouble, patient.prefix, patient.kind) == ("python-crashes", str(venv), "venv")
    assert patient.inside["version"] == "%d.%d.%d" % sys.version_info[:3]
    assert patient.inside["path"][-1] == str(site_packages(venv))


def test_a_real_venv_whose_start_file_kills_it(venv, tmp_path):
    start = site_packages(venv) / "sitecustomize.py"
    start.write_text("import os, sys\nsys.stderr.write('broken start\\n')\nsys.stderr.flush()\nos._exit(9)\n")
    extra = site_packages(venv) / "extra.pth"
    extra.write_text("{}\nnowhere\n".format(tmp_path))
    try:
        patient = find(Ask(), python=str(venv))
        assert (patient.trouble, patient.trouble_detail) == ("python-crashes", "broken start")
        told = patient.inside
        assert told["version"] == "%d.%d.%d" % sys.version_info[:3]
        assert (patient.prefix, told["prefix"]) == (str(venv), str(venv))
        plain = [os.path.realpath(entry) for entry in told["path"]]
        assert os.path.realpath(os.path.dirname(os.__file__)) in plain
        assert plain[-2:] == [os.path.realpath(str(site_packages(venv))), os.path.realpath(str(tmp_path))]
    finally:
        start.unlink()
        extra.unlink()


@pytest.mark.parametrize("how", ["module", "script", "zip", "command"])
def test_the_doctor_answers_for_itself_like_a_child(how, tmp_path):
    ask = (
        "from envdoctor.patient import find; from envdoctor.ask import Ask; import sys, json; a = Ask(); run = a.run; "
    )
    ask += "calls = []; a.run = lambda *x, **y: calls.append(x) or run(*x, **y); p = find(a, python=sys.executable); "
    ask += "assert len(sys.path) == before; print(json.dumps([len(calls), p.inside['path'], p.kind]))"
    text = "import sys; before = len(sys.path); " + ask
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environ["PYTHONPATH"] = HOUSE
    (tmp_path / "ask_itself.py").write_text(text)
    if how == "zip":
        with zipfile.ZipFile(str(tmp_path / "a.pyz"), "w") as archive:
            archive.writestr("__main__.py", text)
    argv = {
        "module": ["-m", "ask_itself"],
        "script": ["ask_itself.py"],
        "zip": ["a.pyz"],
        "command": ["-c", text],
    }[how]
    import json

    done = subprocess.run([sys.executable] + argv, cwd=str(tmp_path), env=environ, stdout=subprocess.PIPE, check=True)
    children, path, _ = json.loads(done.stdout.decode("utf-8"))
    child = subprocess.run(
        [sys.executable, "-c", "import sys, json; print(json.dumps([p for p in sys.path if p]))"],
        cwd=str(tmp_path), env=environ, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    assert children == 0
    assert path == json.loads(child.stdout.decode("utf-8"))


def test_a_doctor_started_with_other_flags_asks_a_child():
    text = (
        "import sys; sys.path.insert(0, {!r}); from envdoctor.patient import find; from envdoctor.ask import Ask; "
        "p = find(Ask(), python=sys.executable); print(p.inside['ignores_environment'])"
    ).format(HOUSE)
    done = subprocess.run([sys.executable, "-E", "-c", text], stdout=subprocess.PIPE, check=True)
    assert done.stdout.split() == [b"False"]


def test_the_text_for_the_child_can_come_from_a_zip(tmp_path):
    archive = str(tmp_path / "house.zip")
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("__init__", "inside", "account", "environments", "ask"):
            file.write(os.path.join(HOUSE, "envdoctor", name + ".py"), "envdoctor/" + name + ".py")
    text = "import sys; sys.path.insert(0, {!r}); from envdoctor.account import inside_text; print(len(inside_text()))"
    done = subprocess.run([sys.executable, "-c", text.format(archive)], stdout=subprocess.PIPE, check=True)
    assert int(done.stdout) == len(inside_text())


def test_programs_skip_the_current_folder():
    machine = Tape(
        os="windows", files={"C:\\w\\pip.bat": "", "C:\\b\\pip.exe": ""}, environ={"Path": '.;;"C:\\w";C:\\b'}
    )
    assert list(programs(machine, "pip")) == ["C:\\w\\pip.bat", "C:\\b\\pip.exe"]


@pytest.mark.parametrize(
    "files, project",
    [
        (["/home/me/repo/train.py"], "/home/me/repo"),
        (["/home/me/repo/requirements.txt"], "/home/me/repo"),
        (["/home/me/repo/a.ipynb"], "/home/me/repo"),
        (["/home/me/repo/photo.jpg"], ""),
        (["/home/me/repo/train.py", "/home/me/repo/pyvenv.cfg"], ""),
        (["/home/me/repo/nets/a.py"], ""),
    ],
)
def test_the_current_folder_as_a_project(files, project):
    machine = Tape(files=dict.fromkeys(files, ""), environ={"HOME": "/home/me"}, here="/home/me/repo")
    assert project_here(machine) == project


@pytest.mark.parametrize("here", ["/", "/home/me"])
def test_home_is_no_project(here):
    machine = Tape(files={"/setup.py": "", "/home/me/scratch.py": ""}, environ={"HOME": "/home/me"}, here=here)
    assert project_here(machine) == ""
