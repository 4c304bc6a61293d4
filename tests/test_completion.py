"""Does TAB complete in real shells, and does it load little?"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from envdoctor.cli import completion

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: (what was typed, something that must be offered, something that must not be)
CASES = [
    ("envdoctor ", "check", "--lang"),
    ("envdoctor ch", "chart", "gpu"),
    ("envdoctor --l", "--lang", "--version"),
    ("envdoctor rules ", "lint", "check"),
    ("envdoctor check --f", "--format", "--expect"),
    ("envdoctor check --format ", "json", "--format"),
    ("envdoctor check --expect g", "gpu", "cpu"),
    ("envdoctor completion ", "powershell", "bsh"),
]
cases = pytest.mark.parametrize("line, offered, withheld", CASES)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder with an `envdoctor` that runs this checkout on this Python, and the scripts of all shells."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "bin").mkdir()
    program = folder / "bin" / "envdoctor"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m envdoctor "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    for shell in completion.SHELLS:
        (folder / shell).write_text(completion.script(shell), encoding="utf-8")
    return folder


def environ(shelf, **variables):
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG", "COV"))}
    path = str(shelf / "bin") + os.pathsep + os.environ.get("PATH", "")
    return {**kept, "PATH": path, "PYTHONPATH": ROOT, "HOME": str(shelf), **variables}


def shell(name):
    found = shutil.which(name)
    if not found or os.name != "posix":
        pytest.skip(f"no {name} on this machine")
    return found


def run(command, shelf, **variables):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ(shelf, **variables), timeout=60
    )
    assert not done.stderr, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")


def words_of(line):
    """The words before the cursor; the last one is the one that is being completed."""
    words = line.split()
    return words + [""] if line.endswith(" ") else words


@cases
def test_bash(line, offered, withheld, shelf):
    words = words_of(line)
    typed = " ".join(f"'{word}'" for word in words)
    script = (
        f"source {shelf}/bash; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; "
        "_envdoctor_completion envdoctor; printf '%s\\n' \"${COMPREPLY[@]}\"; complete -p envdoctor"
    )
    answer = run([shell("bash"), "--norc", "-c", script], shelf).split("\n")
    assert offered in answer and withheld not in answer
    assert any(re.match("complete .*-F _envdoctor_completion envdoctor", entry) for entry in answer)


@cases
def test_zsh(line, offered, withheld, shelf):
    """Zsh completes in its line editor only, so the two functions that offer words are replaced by echoes."""
    words = words_of(line)
    script = f"""
        compdef() {{ }}
        _describe() {{ print -l -- "${{completions_with_descriptions[@]}}" }}
        compadd() {{ print -l -- "${{completions[@]}}" }}
        source {shelf}/zsh
        words=({" ".join(f"'{word}'" for word in words)}); CURRENT={len(words)}
        _envdoctor_completion
    """
    answer = [entry.partition(":")[0] for entry in run([shell("zsh"), "-f", "-c", script], shelf).split("\n")]
    assert offered in answer and withheld not in answer


@cases
def test_fish(line, offered, withheld, shelf):
    script = f"source {shelf}/fish; complete --do-complete '{line}'"
    told = run([shell("fish"), "--no-config", "-c", script], shelf, XDG_CONFIG_HOME=str(shelf), TERM="dumb")
    answer = [entry.partition("\t")[0] for entry in told.split("\n")]
    assert offered in answer and withheld not in answer


@cases
def test_what_powershell_asks(line, offered, withheld, shelf):
    """The same variables that the PowerShell script sets; PowerShell itself is on few machines that run tests."""
    typed = line.split()  # the elements of a PowerShell command: an empty word is none
    place = len(typed) if line.endswith(" ") else len(typed) - 1
    asked = dict(re.findall(r"\$env:(\w+) = (.+)", completion.POWERSHELL))
    assert asked == {
        "_ENVDOCTOR_COMPLETE": "'bash_complete'",
        "COMP_WORDS": "$words -join ' '",
        "COMP_CWORD": '"$place"',
    }
    variables = {"_ENVDOCTOR_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(typed), "COMP_CWORD": str(place)}
    answer = run([sys.executable, "-m", "envdoctor"], shelf, **variables).split()
    assert "plain," + offered in answer and "plain," + withheld not in answer


@cases
def test_powershell(line, offered, withheld, shelf):
    program = shutil.which("pwsh") or shutil.which("powershell")
    if not program:
        pytest.skip("no PowerShell on this machine")
    script = (
        completion.POWERSHELL
        + f"$line = '{line}'\n(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | "
        "ForEach-Object { $_.CompletionText }"
    )
    done = subprocess.run(
        [program, "-NoProfile", "-NonInteractive", "-Command", script], stdout=subprocess.PIPE, env=environ(shelf)
    )
    answer = done.stdout.decode("utf-8").split()
    assert offered in answer and withheld not in answer


def test_the_script_of_every_shell_is_printed(shelf):
    for name in completion.SHELLS:
        printed = run([sys.executable, "-m", "envdoctor", "completion", name], shelf, PYTHONIOENCODING="utf-8")
        assert printed == completion.script(name).rstrip("\n") + "\n"
        assert "_ENVDOCTOR_COMPLETE" in printed and printed.isascii()


def test_tab_loads_no_more_than_the_command_line(shelf):
    program = (
        "import atexit, sys\n"
        "from envdoctor.cli import main\n"
        "atexit.register(lambda: print('LOADED', *sorted(sys.modules)))\n"
        "main()\n"
    )
    variables = {"_ENVDOCTOR_COMPLETE": "bash_complete", "COMP_WORDS": "envdoctor ", "COMP_CWORD": "1"}
    loaded = run([sys.executable, "-c", program], shelf, **variables).partition("LOADED")[2].split()
    assert "envdoctor.cli.check" in loaded  # its help is offered beside its name
    heavy = ("envdoctor.consult", "envdoctor.rulebook", "packaging", "psutil", "pynvml", "numpy", "torch", "subprocess")
    assert not set(heavy) & set(loaded)


def test_a_wrong_command_is_no_reason_to_talk(shelf):
    variables = {"_ENVDOCTOR_COMPLETE": "bash_complete", "COMP_WORDS": "envdoctor chekc --f", "COMP_CWORD": "2"}
    assert run([sys.executable, "-m", "envdoctor"], shelf, **variables).strip() == ""
