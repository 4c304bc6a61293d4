"""Does `envdoctor fix` plan, ask, rehearse, apply and undo, on a real environment and through the command line?"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.cure_patients import Patient, bundled_pip, make_venv, wheel

if os.name == "nt":
    pytest.skip("paths and prompts of POSIX", allow_module_level=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A venv with pip, a folder of wheels, and alpha, whose module will be lost."""
    folder = tmp_path_factory.mktemp("shop")
    pip = bundled_pip(folder / "pip")
    if not pip:
        pytest.skip("this Python comes without pip")
    links = folder / "links"
    for version in ("1.0", "2.0"):
        wheel(links, "alpha", version, files={"alpha/extra.py": "x = 1\n"})
    wheel(links, "beta", "1.0")
    patient = make_venv(folder / "env", pip=pip)
    patient.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(links))
    patient.pip("install", "alpha==1.0", "beta==1.0")
    return patient


@pytest.fixture
def broken(shop, tmp_path):
    """alpha is recorded as installed, and its files are gone."""
    shutil.copytree(shop.prefix, str(tmp_path / "env"), symlinks=True)
    patient = Patient(tmp_path / "env")
    patient.environ.update(shop.environ)
    shutil.rmtree(os.path.join(patient.site, "alpha"))
    return patient


def doctor(patient, *words, **options):
    """Run envdoctor on it, without uv, so that every machine gives the same answer."""
    environ = {**patient.environ, "PATH": "/usr/bin:/bin", "HOME": patient.prefix, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "envdoctor", words[0], "--python", patient.python, *words[1:]]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def test_the_plan_is_shown_and_nothing_is_changed(broken):
    before = broken.state()
    status, out, err = doctor(broken, "fix", "--no-project", "--dry-run")
    assert status == 1, err
    assert "alpha" in out and "1.0 again" in out and "Nothing was changed" in out
    assert "--force-reinstall --no-deps alpha==1.0" in out
    assert broken.state() == before


@pytest.mark.parametrize("lang, asked", [("en", "Nobody can be asked"), ("zh", "这里无法询问")])
def test_without_a_terminal_somebody_has_to_say_yes(broken, lang, asked):
    before = broken.state()
    status, _, err = doctor(broken, "fix", "--no-project", "--lang", lang)
    assert status == 2 and asked in err
    assert broken.state() == before


def test_it_is_rehearsed_applied_and_undone(broken):
    before = broken.state()
    status, out, err = doctor(broken, "fix", "--no-project", "--yes", "--rehearse", "--format", "json")
    told = json.loads(out)
    assert status == 0, (out, err)
    assert told["status"] == "done" and told["verified"] == "rehearsed" and told["errors_left"] == 0
    assert told["changes"] == [
        {
            "name": "alpha",
            "from": "1.0",
            "to": "1.0",
            "rules": ["packages/files-are-gone"],
            "by": [],
            "tool": "pip",
        }
    ]
    assert os.path.exists(os.path.join(broken.site, "alpha", "extra.py"))
    assert doctor(broken, "check", "--no-project")[0] == 0
    assert doctor(broken, "fix", "--no-project", "--yes")[:2][0] == 0
    status, out, err = doctor(broken, "undo")
    assert status == 0, (out, err)
    assert broken.state() == before
    status, _, err = doctor(broken, "undo", "--lang", "zh")
    assert status == 3


def test_what_cannot_be_fetched_changes_nothing(broken):
    broken.environ["PIP_FIND_LINKS"] = broken.prefix
    before = broken.state()
    status, out, err = doctor(broken, "fix", "--no-project", "--yes")
    assert status == 3, (out, err)
    assert "log" in out
    assert broken.state() == before


def test_one_rule_can_be_chosen_and_has_to_be_found(broken):
    status, _, err = doctor(broken, "fix", "--no-project", "--dry-run", "--only", "numpy/2-breaks-modules-built-for-1")
    assert status == 2 and "packages/files-are-gone" in err
    status, _, err = doctor(broken, "fix", "--no-project", "--dry-run", "--only", "no/such-rule")
    assert status == 2
    assert doctor(broken, "fix", "--no-project", "--dry-run", "--only", "packages/files-are-gone")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("fix", "--no-project", "--yes", "--dry-run"),
        ("fix", "--no-project", "--resume"),
        ("fix", "--no-project", "--roll-back"),
        ("undo", "--resume", "--roll-back"),
        ("fix", "--no-project", "--yes", "--output", "{prefix}/none/file"),
        ("fix", "--no-project", "--yes", "--output", "{prefix}"),
        ("undo", "--output", "{prefix}"),
    ],
)
def test_mistakes_of_the_user_are_one_sentence(broken, words):
    before = broken.state()
    status, out, err = doctor(broken, *(word.format(prefix=broken.prefix) for word in words))
    assert status == 2 and not out and len(err.strip().splitlines()) <= 2, (out, err)
    assert broken.state() == before


def test_a_description_is_no_environment(tmp_path):
    command = [sys.executable, "-m", "envdoctor", "fix", "--no-probe", "--assume", "python=3.7"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 2 and not done.stdout and len(done.stderr.decode().strip().splitlines()) == 1


def test_whoever_is_asked_sees_the_plan(broken, tmp_path):
    """The answer goes into a file, the plan before the question to the terminal."""
    file = tmp_path / "answer.txt"
    status, shown = typing(broken, b"n\n", "fix", "--no-project", "--output", str(file))
    assert status == 1 and "--force-reinstall --no-deps alpha==1.0" in shown
    assert "Nothing was changed" in file.read_text(encoding="utf-8")


def typing(patient, typed, *words):
    """Run envdoctor in a terminal, and type when it asks: (exit code, what the terminal shows)."""
    import pty

    environ = {**patient.environ, "PATH": "/usr/bin:/bin", "HOME": patient.prefix, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "envdoctor", words[0], "--python", patient.python, *words[1:]]
    child, terminal = pty.fork()
    if not child:
        os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        os.execve(sys.executable, command, environ)
    shown, asked = b"", False
    while True:
        try:
            new = os.read(terminal, 4096)
        except OSError:  # Linux: the other end is closed
            break
        if not new:
            break
        shown += new
        if b"[y/N]" in shown and not asked:
            asked = True
            os.write(terminal, typed)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status), shown.decode("utf-8")


def test_the_hints_lead_to_this_very_environment(shop, tmp_path):
    shutil.copytree(shop.prefix, str(tmp_path / "环境 1"), symlinks=True)
    patient = Patient(tmp_path / "环境 1")
    patient.environ.update(shop.environ)
    shutil.rmtree(os.path.join(patient.site, "alpha"))
    _, out, err = doctor(patient, "fix", "--no-project", "--dry-run")
    assert '`envdoctor fix --python "{}"`'.format(patient.python) in out, err


def test_a_folder_that_holds_no_journal_of_ours_is_passed_over(broken):
    folder = os.path.join(broken.prefix, ".envdoctor", "0001-x")
    os.makedirs(folder)
    for text in ("[", "[]", json.dumps({"schema": 1, "prefix": os.path.realpath(broken.prefix)})):
        with open(os.path.join(folder, "journal.json"), "w") as file:
            file.write(text)
        assert doctor(broken, "undo")[0] == 3
        assert "Traceback" not in doctor(broken, "undo")[2]


def test_a_healthy_environment_is_left_alone(shop):
    before = shop.state()
    status, out, _ = doctor(shop, "fix", "--no-project", "--yes")
    assert status == 0 and "no fault" in out.lower()
    assert shop.state() == before
