"""Does a trial end, in time and with nothing left of it, whatever the framework does?"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import uuid

import pytest

from envdoctor.gpu import trial
from envdoctor.gpu.trial import Moment, run

from .fake_frameworks import lay_out

psutil = pytest.importorskip("psutil")
posix = pytest.mark.skipif(os.name != "posix", reason="forks or signals")

#: Seconds that a stage may take where it is meant to hang; a slow machine needs some to start Python in.
SHORT_S = 2.0


class Stand:
    """An environment with frameworks that pretend, and all that its trials told."""

    def __init__(self, folder):
        self.folder, self.sign = folder, uuid.uuid4().hex
        self.moments = []
        lay_out(folder, "torch", "tensorflow", "jax", "numpy")

    def try_out(self, play="", framework="torch", python=sys.executable, **options):
        environ = dict(os.environ, PYTHONPATH=str(self.folder), FAKE_PLAY=play, FAKE_SIGN=self.sign)
        environ.update(FAKE_PIDS=str(self.folder / "pids"), **options.pop("variables", {}))
        options.setdefault("tell", self.moments.append)
        return run(python, framework, environ, **options)

    def leftovers(self):
        """Processes that inherited our sign and still run."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("FAKE_SIGN") == self.sign and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def stand(tmp_path):
    stand = Stand(tmp_path)
    yield stand
    assert stand.leftovers() == []
    assert psutil.Process().children() == []  # nor one that nobody has waited for


def states(done):
    return [(stage.name, stage.state) for stage in done.stages]


GOOD = ("import", "devices", "context", "first", "warm", "check", "speed")


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "jax"])
def test_a_good_gpu(stand, framework):
    done = stand.try_out(framework=framework)
    assert (done.outcome, done.signal, done.limit_s) == ("gpu", 0, 120.0)
    assert states(done) == [(name, "done") for name in GOOD]
    assert [(moment.event, moment.stage, moment.state) for moment in stand.moments] == [
        one for name in GOOD for one in (("start", name, ""), ("end", name, "done"))
    ]
    assert done.found("names")[0] == "NVIDIA GeForce RTX 3080" and done.found("ratio") is not None


ENDS = [
    ("cpu-build", "cpu", "devices", "done", ""),
    ("no-driver", "cpu", "devices", "done", ""),
    ("no-kernel", "failed", "first", "failed", "RuntimeError: CUDA error: no kernel image is available for execution"),
    ("wrong", "wrong-values", "check", "done", ""),
    ("full", "full", "first", "failed", "RuntimeError: CUDA out of memory."),
    ("little-memory", "full", "context", "done", ""),
    ("tight", "gpu", "speed", "skipped", ""),
    ("quits", "not-imported", "import", "failed", "SystemExit: a licence is needed"),
    ("garbage", "gpu", "speed", "done", ""),
    ("exit", "crashed", "context", "crashed", "exit status 3"),
]


@pytest.mark.parametrize("play, outcome, stage, state, error", ENDS)
def test_how_it_ends(stand, play, outcome, stage, state, error):
    done = stand.try_out(play)
    assert (done.outcome, done.signal) == (outcome, 0)
    last = done.stages[-1]
    assert (last.name, last.state) == (stage, state) and last.error.startswith(error)
    assert bool(error) == bool(last.error)
    assert all(one.state == "done" and one.seconds is not None for one in done.stages[:-1])


@posix
def test_a_crash(stand):
    done = stand.try_out("crash")
    assert (done.outcome, done.signal) == ("crashed", signal.SIGSEGV)
    assert states(done) == [("import", "done"), ("devices", "done"), ("context", "crashed")]
    assert stand.moments[-1].state == "crashed" and done.stage("first").state == "skipped"


@pytest.mark.parametrize("play, stage", [("hang-import", "import"), ("hang-first", "first")])
def test_a_hang_is_cut_where_it_hangs(stand, play, stage):
    done = stand.try_out(play, soft_s=SHORT_S / 4, hard_s=SHORT_S)
    assert (done.outcome, done.signal, done.limit_s) == ("cut", 0, SHORT_S)
    assert (done.stages[-1].name, done.stages[-1].state) == (stage, "cut")
    assert SHORT_S <= done.stages[-1].seconds < SHORT_S + 5
    slow = [moment.stage for moment in stand.moments if moment.event == "slow"]
    assert slow.count(stage) == 1


@posix
def test_what_has_left_the_session_is_found_as_well(stand):
    done = stand.try_out("orphan")
    assert done.outcome == "gpu"
    (pid,) = (stand.folder / "pids").read_text().split()
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE


@posix
def test_a_hang_and_what_has_left(stand):
    assert stand.try_out("orphan hang-first", hard_s=SHORT_S).outcome == "cut"


def test_only_the_end_of_the_words_is_kept(stand):
    done = stand.try_out("flood")
    assert done.outcome == "gpu" and len(done.words) == trial.WORDS_BYTES and done.words.endswith("the last words\n")


def test_the_words_of_an_error_are_kept(stand):
    assert "TORCH_USE_CUDA_DSA" in stand.try_out("no-kernel").words


WRONG = [{"outcome": "splendid"}, [1], 7, None, {"stage": "lunch"}, {"done": []}, {"failed": {}}, {"stage": ["import"]}]
STARTUP = {
    "half a message": "import os; os.write(1, b'{\"outcome\": ')",
    "wrong messages": "print({!r})".format("\n".join(json.dumps(message) for message in WRONG)),
    "a long line": "import os; [os.write(1, b'x' * 50000) for _ in range(9)]; os.write(1, b'\\n')",
    "very many": "print('{}\\n' * 9999)",
}


@pytest.mark.parametrize("text", STARTUP.values(), ids=list(STARTUP))
def test_what_a_start_up_file_prints_does_no_harm(stand, text):
    (stand.folder / "sitecustomize.py").write_text(text)
    done = stand.try_out("cpu-build")
    assert (done.outcome, states(done)) == ("cpu", [("import", "done"), ("devices", "done")])


def test_an_interpreter_that_ends_at_once(stand):
    (stand.folder / "sitecustomize.py").write_text("import os; os._exit(7)")
    done = stand.try_out()
    assert (done.outcome, states(done)) == ("crashed", [("import", "crashed")])
    assert done.stages[0].error == "exit status 7"


@pytest.mark.parametrize("python", ["/nowhere/python", "a\0b", ""])
def test_an_interpreter_that_cannot_be_started(stand, python):
    done = stand.try_out(python=python)
    assert (done.outcome, states(done)) == ("crashed", [("import", "crashed")])
    assert done.stages[0].error and not stand.moments


def test_messages_that_come_after_the_end_count():
    """The end of the child and its last messages travel on two ways."""
    mail = queue.Queue()
    course = trial._Course(30.0, 60.0, lambda moment: None)
    course.begin()
    messages = [{"done": "import", "seconds": 1, "found": {"version": "2"}}, {"stage": "devices"}, {"outcome": "cpu"}]
    for heard in [messages[0], 0, *messages[1:]]:
        mail.put(heard)
    assert course.follow(mail) == 0
    course.read_the_rest(mail)
    assert course.close(0) == ("cpu", 0) and [stage.name for stage in course.stages] == ["import"]


# ---------------------------------------------------------------- what may go wrong on our side


def hang_at(stand, **options):
    return stand.try_out("orphan hang-first" if os.name == "posix" else "hang-first", **options)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_exception_of_ours_ends_the_trial_and_goes_on(stand, error):
    def tell(moment):
        if (moment.event, moment.stage) == ("start", "first"):
            raise error("ours")

    with pytest.raises(error):
        hang_at(stand, tell=tell)


def test_an_exception_at_the_start(stand):
    def started(pid):
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError):
        hang_at(stand, started=started)


@posix
def test_control_c(stand):
    def tell(moment):
        if (moment.event, moment.stage) == ("start", "first"):
            threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        hang_at(stand, tell=tell)


def test_the_child_can_be_watched(stand):
    pids = []
    stand.try_out("cpu-build", started=pids.append)
    assert len(pids) == 1 and not psutil.pid_exists(pids[0])


# ---------------------------------------------------------------- the child's variables and its command


def test_the_variables_of_the_child():
    given = {"TF_CPP_MIN_LOG_LEVEL": "3", "__PYVENV_LAUNCHER__": "x", "CUDA_VISIBLE_DEVICES": "1"}
    command, variables = trial._launch("python", "jax", given, windows=False)
    assert variables == {
        "CUDA_VISIBLE_DEVICES": "1",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "PYTHONIOENCODING": "utf-8",
    }
    assert command[:4] == ["python", "-B", "-u", "-c"] and command[5:] == ["jax", "--least-mib", "500"]
    assert len(given) == 3


def test_the_command_for_windows_is_short_and_does_the_same(tmp_path):
    environ = dict(os.environ, PYTHONPATH=lay_out(tmp_path, "torch"))
    command, variables = trial._launch(sys.executable, "torch", environ, windows=True)
    assert len(" ".join(command)) < 2000 and not set('%^&<>|"\n') & set(command[4])
    assert len(variables[trial.PROGRAM]) < 32000
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("zlib", "binascii", "json"):
        (folder / (name + ".py")).write_text("raise SystemExit")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables, cwd=str(folder))
    assert b'"outcome": "gpu"' in done.stdout, done.stderr


def test_a_moment_is_a_record():
    assert Moment("slow", "first", 30.0) == Moment(event="slow", stage="first", seconds=30.0, state="")
