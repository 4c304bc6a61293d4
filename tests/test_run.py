"""Does `run` leave the command alone, and tell why it crashed?"""

import json
import os
import select
import signal
import subprocess
import sys

import pytest

from envdoctor import crash
from envdoctor.ask import Reading
from envdoctor.cli._tail import KEPT_BYTES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="terminals and signals of POSIX")


def command(*words, options=()):
    own = [sys.executable, "-m", "envdoctor", "run", "--no-check", "--no-project", "--python", sys.executable]
    return [*own, *options, "--", *words]


def environ(**more):
    kept = {name: text for name, text in os.environ.items() if name not in ("FORCE_COLOR", "LANGUAGE", "COLUMNS")}
    return {**kept, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **more}


def run(*words, options=(), stdin=b"", **more):
    done = subprocess.run(
        command(*words, options=options),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environ(**more),
    )
    return done.returncode, done.stdout, done.stderr


def plain(err):
    """The text without its line breaks."""
    return " ".join(err.decode("utf-8").split())


def python(code, **options):
    return run(sys.executable, "-c", code, **options)


def test_streams_and_exit_code_are_the_command_s_own():
    code = "import sys; data = sys.stdin.read(); print(data.upper(), end=''); sys.stderr.write('seen\\n'); sys.exit(7)"
    status, out, err = python(code, stdin=b"abc\n")
    assert (status, out) == (7, b"ABC\n")
    assert err.startswith(b"seen\n") and "exit code 7" in plain(err)


def test_a_command_that_ends_well_is_followed_by_one_line():
    status, out, err = python("print('fine')")
    assert (status, out) == (0, b"fine\n")
    assert len(err.decode().strip().splitlines()) <= 2 and b"GPU" in err


@pytest.mark.parametrize("name, told", [("SIGSEGV", "SIGSEGV"), ("SIGKILL", "SIGKILL"), ("SIGBUS", "SIGBUS")])
def test_a_signal_is_recognised(name, told):
    status, _, err = python(f"import os, signal; os.kill(os.getpid(), signal.{name})")
    assert status == 128 + getattr(signal, name)
    assert told in plain(err) and "error" in plain(err)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGPIPE"])
def test_who_was_asked_to_end_has_not_crashed(name):
    code = f"import os, signal; signal.signal(signal.{name}, signal.SIG_DFL); os.kill(os.getpid(), signal.{name})"
    status, _, err = python(code)
    assert status == 128 + getattr(signal, name)
    assert "ended with" not in plain(err)


def test_a_crash_is_explained_with_its_own_words():
    status, _, err = python(
        "raise RuntimeError('CUDA error: no kernel image is available for execution on the device')"
    )
    text = plain(err)
    end = text.index("ended with exit code 1")
    assert status == 1 and text.index("Traceback") < end < text.index("no kernel image is available", end)
    assert err.decode().rstrip().splitlines()[-1].startswith(("?", "–", "✗", "✓", "!"))


def test_a_fault_of_the_user_s_own_code_is_called_that(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("total = 0\nprint(totl)\n")
    status, _, err = run(sys.executable, str(script))
    assert status == 1 and "train.py" in plain(err).split("exit code 1")[1]


def test_no_words_no_explanation():
    status, _, err = python("import sys; sys.exit(3)")
    assert status == 3 and "no known fault" in plain(err)


def test_the_answer_is_chinese_where_the_reader_is():
    _, _, err = python("import sys; sys.exit(3)", options=("--lang", "zh"))
    assert "退出码 3" in plain(err)


def test_what_is_written_comes_at_once():
    """The command writes half a line and waits: the half line is here before it goes on."""
    code = (
        "import sys; sys.stderr.write('half'); sys.stderr.flush(); sys.stdin.readline(); sys.stderr.write(' whole\\n')"
    )
    child = subprocess.Popen(
        command(sys.executable, "-c", code),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environ(),
    )
    try:
        assert select.select([child.stderr], [], [], 60)[0]
        assert os.read(child.stderr.fileno(), 100) == b"half"
        _, rest = child.communicate(b"go\n", timeout=60)
        assert rest.startswith(b" whole\n") and child.returncode == 0
    finally:
        child.kill()


def test_any_bytes_pass_and_memory_is_bounded():
    """40 times of what is kept, no text in any encoding, and every byte arrives."""
    size = 40 * KEPT_BYTES
    code = f"import os\nfor _ in range(40): os.write(2, bytes(range(256)) * {KEPT_BYTES // 256})\nos._exit(1)"
    status, _, err = python(code)
    assert status == 1
    block = bytes(range(256))
    assert err[:size] == block * (size // 256)


def test_only_the_end_is_kept():
    from envdoctor.cli._tail import Tail

    tail = Tail.__new__(Tail)
    tail._kept = bytearray()
    for number in range(3 * KEPT_BYTES // 10):
        tail._keep(b"%09d\n" % number)
        assert len(tail._kept) <= 2 * KEPT_BYTES
    lines = tail.text().splitlines()
    assert all(len(line) == 9 for line in lines) and int(lines[-1]) == 3 * KEPT_BYTES // 10 - 1


def test_in_a_terminal_the_command_has_one_too():
    """Colours, progress bars and their width: stderr is a terminal of the same size."""
    import fcntl
    import pty
    import struct
    import termios

    code = (
        "import os, sys; size = os.get_terminal_size(2); "
        "sys.stderr.write('tty %s %s %s %s\\n' % (os.isatty(2), size.columns, size.lines, os.isatty(0)))"
    )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    child = subprocess.Popen(
        command(sys.executable, "-c", code), stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environ()
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:
            break
        if not block:
            break
        seen += block
    os.close(ours)
    assert child.wait() == 0
    assert b"tty True 77 33 True\r\n" in seen and b"\r\r\n" not in seen


def test_what_a_child_of_the_command_holds_does_not_hold_us():
    """A process in the background keeps stderr open for ever; the command itself has ended."""
    code = "import subprocess, sys; subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL); print('started')"
    child = subprocess.Popen(
        command(sys.executable, "-c", code),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environ(),
        start_new_session=True,
    )
    try:
        out, _ = child.communicate(timeout=60)
        assert out == b"started\n" and child.returncode == 0
    finally:
        os.killpg(child.pid, signal.SIGKILL)


def test_errors_that_are_known_before_are_one_line_each():
    words = command("true")
    words.remove("--no-check")
    words[-2:-2] = ["--expect", "gpu"]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environ())
    text = done.stderr.decode()
    assert done.returncode == 0 and not done.stdout
    if "before it runs" in text:  # a machine without a GPU, as nearly all that run this
        assert "envdoctor check tells more" in text


def test_the_answer_as_data(tmp_path):
    file = tmp_path / "run.json"
    status, out, _ = python("import sys; sys.exit(5)", options=("--format", "json", "--output", str(file)))
    told = json.loads(file.read_text(encoding="utf-8"))
    assert (status, out, told["exit_code"], told["signal"]) == (5, b"", 5, None)
    assert told["command"][0] == sys.executable and told["gpu"]["schema"] == 1


@pytest.mark.parametrize(
    "words, sentence",
    [
        ([], "Say what to run"),
        (["--assume", "python=3.7", "--", "true"], "looks at this machine"),
        (["--format", "json", "--", "true"], "--output"),
        (["--", "no-such-program-anywhere"], "no-such-program-anywhere"),
    ],
)
def test_mistakes_of_the_user_are_one_sentence(words, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", "run", "--no-check", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environ(),
    )
    assert done.returncode == 2 and not done.stdout and sentence in done.stderr.decode()


# ---------------------------------------------------------------- lack of memory


class Counts:
    """Files that the system writes."""

    def __init__(self, **files):
        self.files = files

    def read(self, path, limit=0):
        name = os.path.basename(path).replace(".", "_")
        return Reading(self.files.get(name, ""), "" if name in self.files else "missing")


def test_the_system_s_own_count_tells_of_lack_of_memory():
    before = Counts(memory_events="low 0\noom 3\noom_kill 2\n", vmstat="nr_free_pages 1\noom_kill 2\n")
    after = Counts(memory_events="low 0\noom 4\noom_kill 3\n", vmstat="nr_free_pages 1\noom_kill 3\n")
    assert crash.starvations(after) > crash.starvations(before)
    assert crash.starvations(Counts()) == 0
    assert crash.crash(137, True).starved and not crash.crash(137).starved and not crash.crash(1, True).starved


@pytest.mark.parametrize(
    "status, name", [(0, ""), (1, ""), (137, "SIGKILL"), (139, "SIGSEGV"), (255, ""), (130, "SIGINT")]
)
def test_codes_as_a_shell_tells_them(status, name):
    assert crash.crash(status).name == name
