"""Is a real process on a played GPU judged right, from its first look to the exit code?"""

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import psutil
import pytest

from envdoctor.ask import Ask
from envdoctor.gpu.evidence import Card, Sample
from envdoctor.gpu.meter import Gauge, Meter
from envdoctor.gpu.processes import Activity, Tree, witness_of
from envdoctor.gpu.search import fits
from envdoctor.gpu.watch import KEPT, Film, Watch, watch_for

from . import fake_nvml
from .fake_nvml import card, machine
from .tape import Tape

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: What a child does until it is told to stop, or its parent is gone: it reads its stdin.
BURN = """
import select, sys
while not select.select([sys.stdin], [], [], 0)[0]:
    sum(range(20000))
"""
IDLE = "import sys; sys.stdin.read()"
FORKS = (
    """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", %r], stdin=sys.stdin)
print(child.pid, flush=True)
child.wait()
"""
    % BURN
)
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fake NVML is a library for Linux")


@pytest.fixture(scope="session")
def libraries(tmp_path_factory):
    """The fake library as a driver of today and as one of the 450 branch."""
    if importlib.util.find_spec("pynvml") is None:
        pytest.skip("pynvml (nvidia-ml-py) is not installed")
    root = tmp_path_factory.mktemp("nvml-of-watch")
    return {
        "today": fake_nvml.build(str(root / "today"), "libnvidia-ml.so.535.104.05"),
        "450": fake_nvml.build(str(root / "old"), "libnvidia-ml.so.450.80.02", ["-DFAKE_NVML_OLD"]),
    }


@pytest.fixture
def stage(libraries, tmp_path):
    return Stage(libraries, fake_nvml.Scenario(tmp_path))


class Stage:
    """A played machine with real processes on it."""

    def __init__(self, libraries, scenario):
        self.libraries, self.scenario = libraries, scenario

    def environ(self, library="today", **more):
        return {**self.scenario.environ(self.libraries[library]), "LC_ALL": "C.UTF-8", **more}

    def judged(self, play, program, seconds=0.9, library="today", variables=None, arguments=()):
        """(answer as JSON, exit code) of `envdoctor gpu --pid` on a child that runs the program."""
        environ = {**self.environ(library), **(variables or {})}
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
        )
        try:
            pids = [child.pid] + ([int(child.stdout.readline())] if program == FORKS else [])
            self.scenario.play(play(self.scenario.pids("child.pid", pids[-1])))
            done = self.envdoctor("--pid", str(child.pid), "--seconds", str(seconds), *arguments, library=library)
        finally:
            child.communicate()
        return json.loads(done.stdout.decode("utf-8")), done.returncode

    def envdoctor(self, *arguments, library="today", form="json", **more):
        command = [sys.executable, "-m", "envdoctor", "gpu", *(["--format", form] if form else []), *arguments]
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environ(library), cwd=ROOT, **more
        )


def training(pid, sm=90, **keys):
    return card(utilization=sm, processes=pid + ":2048", sm="%s:%s" % (pid, sm), used=2100, **keys)


SCENES = [
    # name, scenario for the child's PID, program, verdict, exit code
    ("used", lambda pid: machine(training(pid)), BURN, "used", 0),
    ("used by a worker", lambda pid: machine(training(pid)), FORKS, "used", 0),
    ("underfed", lambda pid: machine(training(pid, 30)), BURN, "underfed", 0),
    ("input-bound", lambda pid: machine(training(pid, 4)), BURN, "input-bound", 0),
    ("little to do", lambda pid: machine(training(pid, 4)), IDLE, "underfed", 0),
    ("idle", lambda pid: machine(card(processes=pid + ":2048")), IDLE, "idle", 1),
    ("an empty success instead of not found", lambda pid: machine(card(processes=pid + ":9", sm_empty=0)), IDLE, "idle", 1),
    ("cpu-only", lambda pid: machine(card()), BURN, "cpu-only", 1),
    ("cpu-only beside another's load", lambda pid: machine(card(utilization=95, processes="1:4000", sm="1:95")), BURN,
     "cpu-only", 1),
    ("other-process", lambda pid: machine(card(utilization=95, processes="1:4000", sm="1:95")), IDLE, "other-process", 1),
    ("does nothing", lambda pid: machine(card()), IDLE, "not-yet", 1),
    ("the driver does not say whose", lambda pid: machine(training(pid) + "device.0.error.nvmlDeviceGetProcessUtilization = 3\n"),
     BURN, "used", 0),
    ("memory is not told (Windows' way)", lambda pid: machine(card(processes=pid + ":na", sm=pid + ":80", utilization=80)), BURN,
     "used", 0),
    ("one of eight", lambda pid: machine(*[card(i) for i in range(7)], training(pid).replace("device.0", "device.7")
                                         .replace("000000000000", "000000000007")), BURN, "used", 0),
    ("lost", lambda pid: machine(training(pid, error=15)), IDLE, "cannot-tell", 3),
    ("MIG", lambda pid: machine(card(mig=1, utilization=None, sm=None)), BURN, "cpu-only", 1),
    ("no card", lambda pid: machine(), BURN, "cpu-only", 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("play", "program", "verdict", "status"), [row[1:] for row in SCENES], ids=[row[0] for row in SCENES]
)
def test_a_running_process(stage, play, program, verdict, status):
    answer, code = stage.judged(play, program)
    assert (answer["verdict"], code) == (verdict, status), answer["reasons"]
    assert answer["reasons"] and answer["summary"]["samples"] >= 2
    assert {"t", "gpu_util", "sm_util", "memory_mib", "cpu"} <= set(answer["samples"][0])


def test_a_driver_of_the_450_branch(stage):
    answer, _ = stage.judged(lambda pid: machine(training(pid)), BURN, library="450")
    assert answer["verdict"] == "used"
    assert answer["gpu"]["cards"][0]["used"] is True


@pytest.mark.parametrize("code", [4, 9, 12, 15, 16, 17, 18, 999, 12345])
def test_a_library_that_does_not_start(stage, code):
    """Whatever the error, the burner has no CUDA loaded, which is seen without NVML; the error is named."""
    answer, status = stage.judged(lambda pid: "init = %d\n" % code, BURN, seconds=0.8)
    assert (answer["verdict"], status) in (("cpu-only", 1), ("cannot-tell", 3)), answer["reasons"]
    if answer["evidence"]["process_lists"] != "trusted" and answer["reason_ids"][0] != "no-card":
        assert answer["evidence"]["process_lists"].startswith("nvml-")


@pytest.mark.parametrize("code", [4, 18])
def test_with_cuda_loaded_and_no_nvml_nobody_can_tell(stage, tmp_path, code):
    fake = tmp_path / "libcuda.so.1"
    source = tmp_path / "cuda.c"
    source.write_text("int cuInit(unsigned flags) { return flags ? 1 : 0; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(fake), str(source)], check=True)
    program = "import ctypes; ctypes.CDLL(%r)\n%s" % (str(fake), BURN)
    answer, status = stage.judged(lambda pid: "init = %d\n" % code, program)
    assert (answer["verdict"], status) == ("cannot-tell", 3), answer["reasons"]
    answer, status = stage.judged(lambda pid: machine(card()), program)
    assert (answer["verdict"], answer["confidence"]) == ("not-yet", "low"), answer["reasons"]  # a short look
    assert answer["evidence"]["cuda_library_loaded"] is True


@pytest.mark.parametrize(
    ("variables", "verdict"),
    [
        ({"CUDA_VISIBLE_DEVICES": "1"}, "wrong-gpu"),
        ({"CUDA_VISIBLE_DEVICES": "0"}, "used"),
        ({"CUDA_VISIBLE_DEVICES": "GPU-1f2e3d4c-0000-0000-0000-000000000001"}, "wrong-gpu"),
        ({"CUDA_VISIBLE_DEVICES": "0,5"}, "used"),
        ({}, "used"),
    ],
)
def test_the_card_that_was_asked_for(stage, variables, verdict):
    answer, _ = stage.judged(lambda pid: machine(training(pid), card(1)), BURN, variables=variables)
    assert answer["verdict"] == verdict, answer["reasons"]


def test_every_card_hidden(stage):
    answer, _ = stage.judged(lambda pid: machine(card()), BURN, variables={"CUDA_VISIBLE_DEVICES": "-1"})
    assert (answer["verdict"], answer["reason_ids"]) == ("cpu-only", ["hidden"])


def test_a_sawtooth(stage):
    """Its kernels run in every other half of 1.2 s."""

    def play(pid):
        return machine(card(processes=pid + ":2048", sm={0: pid + ":90", 0.6: ""}), period=1.2)

    answer, _ = stage.judged(play, BURN, seconds=2.5)
    assert (answer["verdict"], answer["reason_ids"][0]) == ("input-bound", "sawtooth"), answer["samples"]


# ---------------------------------------------------------------- a command


CHILD = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(%d)"


@pytest.mark.parametrize("status", [0, 1, 7])
def test_a_command_keeps_its_streams_and_its_exit_code(stage, status):
    stage.scenario.play(machine(card()))
    done = stage.envdoctor("--", sys.executable, "-c", CHILD % status, form=None)
    assert (done.returncode, done.stdout) == (status, b"out\n")
    assert done.stderr.startswith(b"err\n") and b"envdoctor" in done.stderr


def test_a_command_reads_our_stdin(stage):
    stage.scenario.play(machine(card()))
    echo = "import sys; sys.stdout.write(sys.stdin.read().upper())"
    done = stage.envdoctor("--", sys.executable, "-c", echo, form=None, input=b"training data")
    assert done.stdout == b"TRAINING DATA"


def test_a_command_that_crashes(stage):
    stage.scenario.play(machine(card()))
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    assert stage.envdoctor("--", sys.executable, "-c", crash).returncode == 128 + signal.SIGSEGV


@pytest.mark.parametrize(
    ("arguments", "sm", "status"),
    [((), "", 0), (("--require-gpu",), "", 1), (("--require-gpu",), "90", 0)],
)
def test_success_counts_only_with_the_gpu_when_it_is_required(stage, arguments, sm, status):
    pid = stage.scenario.pids("child.pid")
    stage.scenario.play(machine(training(pid) if sm else card()))
    program = (
        "import os, time\nopen({0!r} + '.new', 'w').write(str(os.getpid()))\nos.replace({0!r} + '.new', {0!r})\n"
        "end = time.monotonic() + 1.3\nwhile time.monotonic() < end: pass"
    ).format(pid[1:])
    done = stage.envdoctor(*arguments, "--", sys.executable, "-c", program)
    answer = json.loads(done.stdout.decode("utf-8"))
    assert (done.returncode, answer["verdict"]) == (status, "used" if sm else "cpu-only"), answer["reasons"]
    assert answer["process"]["python"] == sys.executable
    assert answer["process"]["exit_code"] == 0


def test_ctrl_c_reaches_the_command_and_not_us(stage, tmp_path):
    stage.scenario.play(machine(card()))
    program = (
        "import signal, sys\nsignal.signal(signal.SIGINT, lambda *a: sys.exit(42))\nprint('ready', flush=True)\n"
        "signal.pause()"
    )
    ours = subprocess.Popen(
        [sys.executable, "-m", "envdoctor", "gpu", "--", sys.executable, "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=stage.environ(), cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    assert ours.stdout.readline() == b"ready\n"
    os.killpg(ours.pid, signal.SIGINT)
    _, said = ours.communicate()
    assert ours.returncode == 42
    assert b"Traceback" not in said and b"42" in said


def test_a_signal_that_only_we_get_is_passed_on(stage):
    stage.scenario.play(machine(card()))
    program = (
        "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(43))\nprint('ready', flush=True)\n"
        "signal.pause()"
    )
    ours = subprocess.Popen(
        [sys.executable, "-m", "envdoctor", "gpu", "--", sys.executable, "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=stage.environ(), cwd=ROOT,
    )  # fmt: skip
    assert ours.stdout.readline() == b"ready\n"
    ours.send_signal(signal.SIGTERM)
    ours.communicate()
    assert ours.returncode == 43


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--pid", "999999999"), "999999999"),
        (("--pid", "0"), "--pid"),
        (("--pid", "abc"), "--pid"),
        (("--pid", "1", "--", "python"), "one thing"),
        (("--seconds", "5"), "--pid"),
        (("--seconds", "0", "--pid", "1"), "above 0"),
        (("--seconds", "-3", "--pid", "1"), "above 0"),
        (("--seconds", "nan", "--pid", "1"), "above 0"),
        (("--seconds", "inf", "--pid", "1"), "above 0"),
        (("--process", "no-such-script.py"), "no-such-script.py"),
        (("--name", "no-such-script.py"), "no-such-script.py"),
        (("--", "no-such-program-anywhere"), "no-such-program-anywhere"),
        (("--watch", "--", "python"), "terminal"),
        (("--from", "chart.json"), "--from"),
        (("--assume", "torch=1.2.0"), "--assume"),
        (("--framework", "caffe"), "torch"),
    ],
)
def test_mistakes_end_in_one_sentence(arguments, says):
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "gpu", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8"}, cwd=ROOT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (2, b""), said
    assert says in said and len(said.splitlines()) == 1


def test_a_process_by_the_name_of_its_script(stage, tmp_path):
    script = tmp_path / "train_seldom_so_called.py"
    script.write_text(BURN)
    stage.scenario.play(machine(card()))
    twin = [subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE) for _ in range(2)]
    try:
        done = stage.envdoctor("--process", script.name, "--seconds", "0.5")
        assert done.returncode == 2 and str(twin[0].pid).encode() in done.stderr
        twin.pop().communicate()
        done = stage.envdoctor("--name", script.name, "--seconds", "0.6")
        assert json.loads(done.stdout.decode("utf-8"))["process"]["pid"] == twin[0].pid
    finally:
        for one in twin:
            one.communicate()


def test_names_of_processes():
    assert fits("train.py", "python3.7", ["python", "C:\\yolo\\train.py"])
    assert not fits("train.py", "python", ["python", "my_train.py"])


# ---------------------------------------------------------------- one look


def test_a_tree_with_a_child_that_works():
    child = subprocess.Popen([sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        worker = int(child.stdout.readline())
        seconds = iter(range(100))
        tree = Tree(child.pid, Ask(), lambda: float(next(seconds)))
        before = psutil.Process(worker).cpu_times()
        tree.look()
        while sum(psutil.Process(worker).cpu_times()[:2]) - sum(before[:2]) < 0.3:
            pass
        seen = tree.look()
        assert seen.pids == {child.pid, worker}
        assert seen.cpu >= 20.0 and seen.worker_cpu >= 20.0  # 0.3 s of work within a second of this clock
        assert seen.mapped is False
        chief = tree.chief()
        assert (chief.pid, chief.python) == (worker, sys.executable)
    finally:
        child.communicate()
    assert tree.look().pids == frozenset() and not tree.alive


def test_a_process_that_is_gone_tells_nothing():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert witness_of(child.pid, Ask()).command == ()


# ---------------------------------------------------------------- a day


class PlayedMeter:
    """A card whose tenants come and go; the same methods as Meter."""

    error = detail = driver = ""
    lost = divided = virtual = wddm = False
    cards = (Card("NVIDIA GeForce RTX 3080", "GPU-a", "", 10240),)

    def __init__(self):
        self.looks = 0

    def read(self):
        self.looks += 1
        foreign = 100000 + self.looks  # somebody new at every look
        return (Gauge(self.cards[0], 95.0, 2048, 8000, {1: 2000, foreign: 10}, {1: 90.0}),)

    def slowed(self):
        return frozenset(["heat"])

    def sm_active(self, uuid):
        return 50.0

    def close(self):
        return


class PlayedTree:
    """A process that never ends."""

    alive, mapped, amd, started_s_ago = True, True, False, 0.0
    root = SimpleNamespace(pid=1)

    def look(self):
        return Activity(frozenset([1]), 100.0, mapped=True)

    def chief(self):
        return None

    def pids(self):
        return frozenset([1])


def test_a_day_stays_in_bounded_memory():
    """24 hours at a look a second, on a clock that runs as fast as the loop."""
    moment = [0.0]
    machine_of_tape = Tape(folders=["/sys/bus/pci/devices", "/proc"])
    watch = Watch(machine_of_tape, PlayedMeter(), "pid", lambda: moment[0])
    watch.tree = PlayedTree()
    watch._first = watch._first or witness_of(os.getpid(), Ask())

    def wait(seconds):
        moment[0] += max(seconds, 1.0)
        return False

    day = 24 * 3600.0
    watch_for(watch, day, wait, lambda: moment[0])
    assert watch.meter.looks >= 0.9 * day
    samples = watch.film.samples
    assert KEPT / 2 <= len(samples) <= KEPT
    assert samples[0].t == 0.0 and samples[-1].t > 0.99 * day
    gaps = [after.t - before.t for before, after in zip(samples, samples[1:])]
    assert max(gaps) < 2.5 * min(gaps)
    assert len(watch.scene().others) <= 2 and len(watch._names) <= 2 and len(watch._sm_active) <= KEPT + 1


def test_thinning_keeps_the_share_of_zeros():
    film = Film(most=200)
    chance = random.Random(1)
    for place in range(100000):
        film.add(Sample(float(place), sm_util=0.0 if chance.random() < 0.3 else 80.0))
    zeros = sum(one.sm_util == 0.0 for one in film.samples) / len(film.samples)
    assert 0.15 <= zeros <= 0.45


def test_the_machine_as_it_is():
    """Whatever this machine has, a meter opens and tells it or says why not."""
    meter = Meter(Ask())
    try:
        assert meter.error or meter.read() is not None
    finally:
        meter.close()


# ---------------------------------------------------------------- the live view


def on_a_terminal(stage, *arguments, keys=b"\x03", after=b"RTX 3080"):
    """(what a terminal got, exit code) of a live view; the keys are typed once `after` was seen."""
    import pty

    leader, follower = pty.openpty()
    ours = subprocess.Popen(
        [sys.executable, "-m", "envdoctor", "gpu", "--watch", *arguments], stdin=follower, stdout=follower,
        stderr=follower, env=stage.environ(TERM="xterm"), cwd=ROOT, start_new_session=True,
        preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(follower)
    guard = threading.Timer(60.0, ours.kill)  # a hang is a failure, not a test that never ends
    guard.start()
    seen = b""
    typed = False
    while True:
        try:
            block = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        seen += block
        if after in seen and not typed:
            os.write(leader, keys)
            typed = True
    os.close(leader)
    status = ours.wait()
    guard.cancel()
    return seen, status


def test_ctrl_c_leaves_the_terminal_clean(stage):
    stage.scenario.play(machine(card(utilization=42)))
    seen, code = on_a_terminal(stage)
    assert code == 0 and b"Traceback" not in seen
    assert seen.count(b"\x1b[?25l") == seen.count(b"\x1b[?25h") == 1, "the cursor is hidden, and shown again"
    assert seen.rindex(b"\x1b[?25h") > seen.rindex(b"RTX 3080")


def test_the_verdict_stays_when_the_live_view_ends(stage):
    child = subprocess.Popen([sys.executable, "-c", IDLE], stdin=subprocess.PIPE)
    try:
        stage.scenario.play(machine(training(str(child.pid))))
        seen, code = on_a_terminal(stage, "--pid", str(child.pid))
    finally:
        child.communicate()
    assert code == 0 and seen.rindex(b"The GPU is used") > seen.rindex(b"\x1b[J")


def test_the_live_view_is_plain_lines_in_a_pipe(stage):
    stage.scenario.play(machine(card(utilization=42)))
    done = stage.envdoctor("--watch", "--seconds", "0.3", form=None)
    assert (done.returncode, done.stdout) == (0, b"0 s  GPU 0 42 % 0 MiB\n")
    stage.scenario.play("init = 9\n")
    done = stage.envdoctor("--watch", "--seconds", "0.1", form=None)
    assert done.returncode == 0 and b"not loaded" in done.stdout
