# ruff: noqa: E501 (a row of a table stays on one line)
"""Does a rehearsal find out whether a plan works, and does it leave the environment exactly as it was?

Real interpreters, real pip, real uv where it is on PATH; the wheels are made here.
"""

import base64
import glob
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile

import pytest

from envdoctor.ask import Ask
from envdoctor.cure import rehearse as rehearsal
from envdoctor.cure import scratch
from envdoctor.cure.inventory import inventory, versions
from envdoctor.cure.plan import ANY, CONDA, INSTALL, PIP, REINSTALL, UNINSTALL, UV, Change, Check, CurePlan, Step
from envdoctor.cure.rehearse import for_clone, rehearse

WINDOWS = os.name == "nt"
UV_PROGRAM = shutil.which("uv") or ""
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
needs_uv = pytest.mark.skipif(not UV_PROGRAM, reason="no uv on PATH")
posix = pytest.mark.skipif(WINDOWS, reason="symbolic links, signals")


def quiet():
    """The machine, without what its user has set for pip: nothing here needs an index."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
    return Ask({**environ, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"})


def wheel(folder, name, version, files):
    info = f"{name}-{version}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(text.encode())}")
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(os.path.join(str(folder), f"{name}-{version}-py3-none-any.whl"), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "alpha", "1.0", {"alpha/__init__.py": "VALUE = 1\n", "both/shared.py": "OWNER = 'alpha'\n"})
    wheel(folder, "alpha", "2.0", {"alpha/__init__.py": "VALUE = 2\n", "both/shared.py": "OWNER = 'alpha'\n"})
    wheel(folder, "alpha", "3.0", {"alpha/__init__.py": "raise RuntimeError('alpha 3 is broken')\n"})
    wheel(folder, "beta", "1.0", {"beta.py": "NAME = 'beta'\n", "both/shared.py": "OWNER = 'beta'\n"})
    wheel(folder, "gamma", "1.0", {"__editable__.gamma.pth": "/nowhere/gamma\n"})
    return str(folder)


def run(*command):
    done = subprocess.run(command, env=quiet().environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace")


def python_of(prefix):
    return os.path.join(str(prefix), "Scripts", "python.exe") if WINDOWS else os.path.join(str(prefix), "bin", "python")


def site_of(prefix):
    return scratch.sites(str(prefix))[0]


#: Puts the pip that comes with an interpreter into a folder: ten times as fast as ensurepip, which starts that pip.
UNPACK = """
import ensurepip, glob, os, sys, zipfile
for name in glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "*.whl")):
    zipfile.ZipFile(name).extractall(sys.argv[1])
"""


def make(prefix, wheels, base=sys.executable):
    """A venv with pip, alpha 1.0, gamma 1.0, and an old kind of editable installation."""
    run(base, "-m", "venv", "--without-pip", str(prefix))
    run(base, "-c", UNPACK, site_of(prefix))
    if not os.path.isdir(os.path.join(site_of(prefix), "pip")):  # systems that keep these wheels elsewhere
        run(base, "-m", "venv", "--clear", str(prefix))
    run(python_of(prefix), "-m", "pip", "install", "-q", "--find-links", wheels, "alpha==1.0", "gamma==1.0")
    with open(os.path.join(site_of(prefix), "easy-install.pth"), "w") as file:
        file.write("/nowhere/old\n")
    if not WINDOWS:
        script = os.path.join(str(prefix), "bin", "of-pip")
        with open(script, "w") as file:
            file.write("#!%s\nimport pip, sys\nprint(sys.prefix)\n" % python_of(prefix))
        os.chmod(script, 0o755)
    return str(prefix)


@pytest.fixture(scope="module")
def original(tmp_path_factory, wheels):
    return make(tmp_path_factory.mktemp("patient") / "an env", wheels)


def tree(prefix):
    """Everything that can be told of a folder's content: types, modes, links, times, bytes."""
    found = {}
    for parent, folders, names in os.walk(prefix):
        if parent == prefix and scratch.HOME in folders:
            folders.remove(scratch.HOME)
        for name in [*folders, *names]:
            path = os.path.join(parent, name)
            about = os.lstat(path)
            told = [stat.S_IFMT(about.st_mode), about.st_mode]
            if stat.S_ISLNK(about.st_mode):
                told.append(os.readlink(path))
            elif stat.S_ISREG(about.st_mode):
                with open(path, "rb") as file:
                    told += [about.st_mtime_ns, hashlib.sha256(file.read()).hexdigest()]
            found[os.path.relpath(path, prefix)] = tuple(told)
    return found


def steps_with(tool, python, wheels):
    """Remove gamma, change alpha, add beta (which writes over a file of alpha's), put alpha back."""
    pip = (python, "-m", "pip")
    if tool == PIP:
        return (
            Step(PIP, UNINSTALL, (*pip, "uninstall", "-y", "gamma"), ("gamma",)),
            Step(PIP, INSTALL, (*pip, "install", "--no-deps", "--find-links", wheels, "alpha==2.0", "beta==1.0"), ("alpha", "beta")),
            Step(PIP, REINSTALL, (*pip, "install", "--force-reinstall", "--no-deps", "--find-links", wheels, "alpha==2.0"), ("alpha",)),
        )  # fmt: skip
    uv = (UV_PROGRAM, "pip")
    return (
        Step(UV, UNINSTALL, (*uv, "uninstall", "--python", python, "gamma"), ("gamma",)),
        Step(UV, INSTALL, (*uv, "install", "--python", python, "--no-index", "--no-deps", "--find-links", wheels, "alpha==2.0", "beta==1.0"), ("alpha", "beta")),
        Step(UV, REINSTALL, (*uv, "install", "--python", python, "--no-index", "--reinstall", "--no-deps", "--find-links", wheels, "alpha==2.0"), ("alpha",)),
    )  # fmt: skip


CHANGES = (
    Change("alpha", "1.0", "2.0", ("alpha/too-old",)),
    Change("beta", "", "1.0"),
    Change("gamma", "1.0", ""),
)


def check(code, title="it works", rule=""):
    return Check({"en": title, "zh": title}, code, rule)


WORKS = check("import alpha, beta\nassert (alpha.VALUE, beta.NAME) == (2, 'beta')\n")


# ---------------------------------------------------------------- the clone


def test_a_clone_is_an_environment_of_its_own_and_shares_the_files(original, tmp_path):
    python = scratch.clone(python_of(original), original, str(tmp_path), Ask())
    assert os.path.relpath(python, str(tmp_path)) == os.path.relpath(python_of(original), original)
    told = run(python, "-c", "import alpha, pip, sys; print(sys.prefix); print(alpha.__file__); print(pip.__file__)")
    assert [os.path.realpath(line).startswith(os.path.realpath(str(tmp_path))) for line in told.split("\n")[:3]] == [
        True
    ] * 3
    mine, its = site_of(tmp_path), site_of(original)
    for name, shared in (
        ("alpha/__init__.py", True),
        ("pip/__init__.py", True),
        ("easy-install.pth", False),
        ("__editable__.gamma.pth", False),
        ("alpha-1.0.dist-info/RECORD", False),
    ):
        assert os.path.samefile(os.path.join(mine, name), os.path.join(its, name)) is shared, name
    assert not os.path.samefile(str(tmp_path / "pyvenv.cfg"), os.path.join(original, "pyvenv.cfg"))


@posix
def test_scripts_start_the_clones_interpreter(original, tmp_path):
    """(A shebang with a blank in it, as in the original's folder, is what the kernel cannot start: the text counts.)"""
    scratch.clone(python_of(original), original, str(tmp_path), Ask())
    script = tmp_path / "bin" / "of-pip"
    assert script.read_text().startswith("#!%s\nimport" % python_of(tmp_path))
    assert run(str(script)).strip() == str(tmp_path) and os.access(str(script), os.X_OK)


def test_what_is_edited_in_place_is_not_shared(original, tmp_path):
    before = tree(original)
    scratch.clone(python_of(original), original, str(tmp_path), Ask())
    for name in ("easy-install.pth", "__editable__.gamma.pth", "alpha-1.0.dist-info/RECORD"):
        with open(os.path.join(site_of(tmp_path), name), "a") as file:
            file.write("/elsewhere\n")
    with open(str(tmp_path / "pyvenv.cfg"), "a") as file:
        file.write("more = true\n")
    scratch.remove(str(tmp_path))
    assert not tmp_path.exists() and tree(original) == before


@posix
def test_links_lead_into_the_clone(tmp_path):
    """Absolute and relative links within; a folder of packages that lies elsewhere; one that goes in circles."""
    prefix, outside, folder = tmp_path / "env", tmp_path / "outside", tmp_path / "scratch"
    site = prefix / "lib" / "python3.7" / "site-packages"
    for one in (site / "pkg", prefix / "bin", outside / "far", folder):
        one.mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (site / "pkg" / "a.py").write_text("a")
    (outside / "far" / "b.py").write_text("b")
    (outside / "python3.7").write_text("")
    (prefix / "lib64").symlink_to("lib")
    (prefix / "bin" / "python").symlink_to(outside / "python3.7")
    (prefix / "bin" / "python3").symlink_to(prefix / "bin" / "python")
    (site / "far").symlink_to(outside / "far")
    (site / "near").symlink_to(site / "pkg")
    (site / "round").symlink_to(site / "..")
    (site / "gone").symlink_to("nowhere")
    scratch.clone(str(prefix / "bin" / "python"), str(prefix), str(folder), Ask())
    mine = folder / "lib" / "python3.7" / "site-packages"
    assert os.readlink(str(folder / "lib64")) == "lib"
    assert os.readlink(str(folder / "bin" / "python3")) == str(folder / "bin" / "python")
    assert os.readlink(str(folder / "bin" / "python")) == str(outside / "python3.7")
    assert not (mine / "far").is_symlink() and (mine / "far" / "b.py").read_text() == "b"
    assert os.path.realpath(str(mine / "near")) == os.path.realpath(str(mine / "pkg"))
    (mine / "far" / "b.py").unlink()  # what an installer would do
    scratch.remove(str(folder))
    assert (outside / "far" / "b.py").read_text() == "b" and (site / "pkg" / "a.py").exists()


@posix
def test_a_conda_prefix(tmp_path):
    """A made-up tree; there is no conda here."""
    prefix, folder = tmp_path / "base", tmp_path / "scratch"
    site = prefix / "lib" / "python3.7" / "site-packages"
    for one in (
        prefix / "conda-meta",
        prefix / "bin",
        prefix / "envs" / "other",
        prefix / "pkgs" / "big",
        site / "numpy",
        folder,
    ):
        one.mkdir(parents=True)
    files = {
        prefix / "conda-meta" / "history": "==> 2020 <==\n",
        prefix / "conda-meta" / "numpy-1.19.5-py37.json": "{}",
        prefix / "bin" / "python3.7": "\x7fELF",
        prefix / "bin" / "tool": "#!" + str(prefix / "bin" / "python3.7") + "\nimport x\n",
        prefix / "envs" / "other" / "x": "",
        prefix / "pkgs" / "big" / "y": "",
        site / "numpy" / "core.py": "core",
    }
    for path, text in files.items():
        path.write_text(text)
    (prefix / "bin" / "python").symlink_to("python3.7")
    before = tree(str(prefix))
    assert scratch.clone(str(prefix / "bin" / "python"), str(prefix), str(folder), Ask()) == str(
        folder / "bin" / "python"
    )
    assert sorted(os.listdir(str(folder))) == ["bin", "conda-meta", "lib"]
    assert (folder / "bin" / "tool").read_text().startswith("#!" + str(folder / "bin" / "python3.7") + "\n")
    assert os.path.samefile(str(folder / "bin" / "python3.7"), str(prefix / "bin" / "python3.7"))
    with open(str(folder / "conda-meta" / "history"), "a") as file:
        file.write("==> now <==\n")
    (folder / "lib" / "python3.7" / "site-packages" / "numpy" / "core.py").unlink()
    assert tree(str(prefix)) == before


@pytest.mark.parametrize("version, links", [("9.0.3", False), ("10.0.1", True), ("18.1", True), ("26.3", True)])
def test_an_environment_of_an_old_pip_is_copied(tmp_path, version, links):
    (tmp_path / ("pip-%s.dist-info" % version)).mkdir()
    assert scratch._links_are_safe_in([str(tmp_path)]) is links


def test_where_nothing_can_be_linked_space_is_asked_for(original, tmp_path, monkeypatch):
    """Another disk: os.link says so."""

    def other_disk(*arguments, **options):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)

    class Full(Ask):
        def free_mib(self, path):
            return 10

    with pytest.raises(scratch.CannotClone) as error:
        scratch.clone(python_of(original), original, str(tmp_path / "a"), Full())
    assert error.value.why == "clone-no-space" and error.value.words["free"] == 10
    (tmp_path / "b").mkdir()
    python = scratch.clone(python_of(original), original, str(tmp_path / "b"), Ask())
    assert run(python, "-c", "import alpha; print(alpha.VALUE)").strip() == "1"
    assert not os.path.samefile(os.path.join(site_of(tmp_path / "b"), "alpha", "__init__.py"), os.path.join(site_of(original), "alpha", "__init__.py"))  # fmt: skip


def interpreters(*versions):
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for version in versions:
        found = sorted(glob.glob(os.path.join(root, "versions", version + ".*", "bin", "python")))
        yield (found or [path for path in [shutil.which("python" + version)] if path] or [""])[0]


def system_interpreter():
    """One that has a pip and little else: (interpreter, prefix)."""
    own = os.path.realpath(getattr(sys, "_base_executable", sys.executable) or sys.executable)
    for python in filter(None, [own, *interpreters("3.8", "3.9", "3.7", "3.10", "3.12")]):
        prefix = os.path.dirname(os.path.dirname(os.path.realpath(python)))
        sites = scratch.sites(prefix)
        if sites and not scratch.is_environment(prefix) and os.path.isdir(os.path.join(sites[0], "pip")):
            if sum(len(names) for _, _, names in os.walk(sites[0])) < 5000:
                return os.path.realpath(python), prefix
    pytest.skip("no small system interpreter")


def installed(prefix):
    return versions(inventory(scratch.sites(str(prefix))))


def test_a_system_interpreter_is_rehearsed_in_a_venv(tmp_path):
    base, prefix = system_interpreter()
    sites = scratch.sites(prefix)
    before = {path: tree(path) for path in sites}
    python = scratch.clone(base, prefix, str(tmp_path), quiet())
    assert python != base and str(tmp_path) in python
    assert run(python, "-c", "import sys; print(sys.prefix != sys.base_prefix)").strip() == "True"
    found = installed(tmp_path)
    assert found and found == installed(prefix)
    run(python, "-m", "pip", "uninstall", "-y", "pip")
    assert "pip" not in installed(tmp_path)
    assert {path: tree(path) for path in sites} == before


# ---------------------------------------------------------------- a rehearsal


@pytest.mark.parametrize("tool", [PIP, pytest.param(UV, marks=needs_uv)])
def test_a_plan_that_works(tool, original, wheels, tmp_path):
    """Also where variables would lead an installer elsewhere."""
    python, before, moments = python_of(original), tree(original), []
    plan = CurePlan(CHANGES, steps_with(tool, python, wheels), (WORKS,))
    ask = quiet()
    away = str(tmp_path / "away")
    ask.environ.update(PIP_TARGET=away, PYTHONPATH=str(tmp_path), VIRTUAL_ENV=original, PIP_USER="1", UV_TARGET=away)
    told = rehearse(plan, python, original, ask, moments.append)
    assert not os.path.exists(away)
    assert told.works, (told.cause, told.log and open(told.log).read())
    assert [moment.event for moment in moments] == ["clone", "step", "step", "step", "check", "clean"]
    assert moments[1].what["en"] == "removing gamma" and (moments[2].number, moments[2].of) == (2, 3)
    assert tree(original) == before and not glob.glob(os.path.join(glob.escape(original), scratch.HOME, "scratch-*"))


def test_a_version_that_only_the_installer_chooses(original, wheels):
    python = python_of(original)
    step = Step(PIP, INSTALL, (python, "-m", "pip", "install", "--find-links", wheels, "alpha<3", "-U"), ("alpha",))
    told = rehearse(CurePlan((Change("alpha", "1.0", ANY),), (step,), (WORKS,)), python, original, quiet())
    assert told.works, told.cause


def test_a_step_that_fails(original, wheels):
    python, before = python_of(original), tree(original)
    step = Step(PIP, INSTALL, (python, "-m", "pip", "install", "--find-links", wheels, "alpha==9.9"), ("alpha",))
    told = rehearse(CurePlan((Change("alpha", "1.0", "9.9"),), (step,), (WORKS,)), python, original, quiet())
    assert (told.works, told.failed, told.what["en"]) == (False, "step", "installing alpha")
    assert "alpha==9.9" in told.cause["en"] and "alpha==9.9" in told.cause["zh"] and "2.0" in told.cause["en"]
    with open(told.log, encoding="utf-8") as file:
        assert "No matching distribution" in file.read()
    assert os.path.dirname(told.log) == os.path.join(original, scratch.HOME, "logs")
    assert os.listdir(os.path.join(original, scratch.HOME)) == ["logs"] and tree(original) == before


def test_a_check_that_fails(original, wheels):
    python, before = python_of(original), tree(original)
    step = Step(PIP, INSTALL, (python, "-m", "pip", "install", "--find-links", wheels, "alpha==3.0"), ("alpha",))
    checks = (
        check("import pip"),
        check("import alpha", "import of alpha", "alpha/too-old"),
        check("raise SystemExit(1)"),
    )
    told = rehearse(CurePlan((Change("alpha", "1.0", "3.0"),), (step,), checks), python, original, quiet())
    assert (told.works, told.failed, told.what["en"]) == (False, "check", "import of alpha")
    assert told.cause["en"] == "RuntimeError: alpha 3 is broken"
    assert [one.works for one in told.tried] == [True, False] and tree(original) == before


def test_a_check_that_fails_before_and_after_is_no_fault_of_the_plan(original):
    plan = CurePlan((), (), (check("import no_such_module_anywhere"),))
    told = rehearse(plan, python_of(original), original, quiet())
    assert told.works and [one.cause["en"] for one in told.known] == ["ModuleNotFoundError: No module named 'no_such_module_anywhere'"]  # fmt: skip
    told = rehearse(
        CurePlan((), (), (check("import no_such_module_anywhere", rule="a/b"),)), python_of(original), original, quiet()
    )
    assert not told.works


def test_a_command_that_does_nothing_is_found_out(original):
    python = python_of(original)
    step = Step(PIP, INSTALL, (python, "-m", "pip", "--version"), ("alpha",))
    told = rehearse(CurePlan((Change("alpha", "1.0", "2.0"),), (step,)), python, original, quiet())
    assert (told.failed, told.cause["en"]) == (
        "step",
        "the command ended without an error, but alpha is 1.0 afterwards and not 2.0",
    )
    step = Step(PIP, UNINSTALL, (python, "-m", "pip", "uninstall", "-y", "delta"), ("alpha",))
    told = rehearse(CurePlan((Change("alpha", "1.0", ""),), (step,)), python, original, quiet())
    assert told.cause["en"] == "the command ended without an error, but alpha is still there"


def test_a_command_for_another_place_is_not_run(original, tmp_path):
    mark = tmp_path / "mark"
    step = Step(PIP, INSTALL, (sys.executable, "-c", "open(%r, 'w')" % str(mark)), ())
    told = rehearse(CurePlan((), (step,)), python_of(original), original, quiet())
    assert not told.works and told.failed == "step" and not mark.exists()


@pytest.mark.parametrize("version", ["3.6", "3.7"])
def test_old_interpreters_with_their_own_pip(version, wheels, tmp_path):
    [base] = interpreters(version)
    if not base:
        pytest.skip("no Python " + version)
    original = make(tmp_path / "env", wheels, base)
    python, before = python_of(original), tree(original)
    told = rehearse(CurePlan(CHANGES, steps_with(PIP, python, wheels), (WORKS,)), python, original, quiet())
    assert told.works, (told.cause, told.log and open(told.log).read())
    assert tree(original) == before


# ---------------------------------------------------------------- leftovers


def dead_process():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_leftovers_of_the_dead_are_removed_and_those_of_the_living_are_not(original):
    home = os.path.join(original, scratch.HOME)
    shutil.rmtree(home, ignore_errors=True)
    mine = scratch.make_folder(original)
    pid, born, host, rest = mine.rpartition("scratch-")[2].split("-", 3)
    names = ["scratch-%d-1-%s-xyz" % (dead_process(), host), "scratch-%s-1-%s-reused" % (pid, host), "scratch-1-1-elsewhere-xyz"]  # fmt: skip
    for name in [*names, "journal"]:
        os.makedirs(os.path.join(home, name, "env"))
    assert scratch.sweep(original) == 2
    assert sorted(os.listdir(home)) == sorted(["journal", os.path.basename(mine), names[2]])
    shutil.rmtree(home)


KILLED = """
import sys
sys.path.insert(0, sys.argv[1])
from envdoctor.ask import Ask
from envdoctor.cure.plan import Check, CurePlan
from envdoctor.cure.rehearse import rehearse
python, prefix, pipe = sys.argv[2:]
code = "open(%r).read()" % pipe
rehearse(CurePlan((), (), (Check({"en": "x", "zh": "x"}, code),)), python, prefix, Ask())
"""


@posix
def test_killed_in_the_middle(original, tmp_path):
    """SIGKILL while a check runs: the original is as it was, and the next call removes the clone."""
    shutil.rmtree(os.path.join(original, scratch.HOME), ignore_errors=True)
    before, pipe = tree(original), str(tmp_path / "pipe")
    os.mkfifo(pipe)
    child = subprocess.Popen([sys.executable, "-c", KILLED, ROOT, python_of(original), original, pipe])
    with open(pipe, "w"):  # the check has opened the other end
        home = os.path.join(original, scratch.HOME)
        assert [name.startswith("scratch-%d-" % child.pid) for name in os.listdir(home)] == [True]
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert tree(original) == before
    assert scratch.sweep(original) == 1
    assert not os.path.exists(home) and tree(original) == before


# ---------------------------------------------------------------- commands

P, E, MINE, FOLDER = "/e/bin/python", "/e", "/e/.envdoctor/s/env/bin/python", "/e/.envdoctor/s/env"


@pytest.mark.parametrize(
    "tool, command, expected",
    [
        (PIP, (P, "-m", "pip", "install", "x==1"), (MINE, "-m", "pip", "install", "x==1")),
        (UV, ("/u/uv", "pip", "install", "--python", P, "x"), ("/u/uv", "pip", "install", "--python", MINE, "x")),
        (UV, ("/u/uv", "pip", "install", "--python=" + P, "x"), ("/u/uv", "pip", "install", "--python=" + MINE, "x")),
        (CONDA, ("/c/conda", "install", "-n", "seed", "x"), ("/c/conda", "install", "-p", FOLDER, "x")),
        (CONDA, ("/c/conda", "install", "-p", E + "/", "x"), ("/c/conda", "install", "-p", FOLDER, "x")),
        (CONDA, ("/c/conda", "install", "--prefix=/e", "x"), ("/c/conda", "install", "--prefix=" + FOLDER, "x")),
        # never a command that could reach something else
        (CONDA, ("/c/conda", "install", "-n", "other", "x"), ()),
        (CONDA, ("/c/conda", "install", "x"), ()),
        (PIP, ("pip", "install", "x"), ()),
        (PIP, ("/e/bin/pip", "install", "x"), ()),
        (PIP, (P, "-m", "pip", "install", "--target", "/e/lib", "x"), ()),
        (UV, ("/u/uv", "pip", "install", "x"), ()),
    ],
)  # fmt: skip
@posix
def test_commands_for_the_clone(tool, command, expected):
    assert for_clone(Step(tool, INSTALL, command, ()), P, E, "seed", MINE, FOLDER) == expected


def test_only_some_logs_are_kept(tmp_path):
    for number in range(rehearsal.LOGS + 3):
        logs = tmp_path / "logs"
        logs.mkdir(exist_ok=True)
        (logs / ("rehearsal-20200101-00000%d-1.log" % number)).write_text("")
    rehearsal._keep(str(tmp_path), ["new"])
    assert len(list(logs.iterdir())) == rehearsal.LOGS
