"""What can be done for a patient whose own Python is too old for the house?

Runs on Python 3.6 with the standard library alone.
"""

import json
import os
import sys
from typing import Any, List, Optional, Tuple

from . import __version__
from .ask import Ask
from .environments import programs
from .words import language, say

#: Newest first; a Python that does not exist yet costs one look along PATH.
_NEWER = ["python3.%d" % minor for minor in range(15, 6, -1)] + ["python3", "python"]
#: Does this Python have a house to enter?  (The current folder must not lend it one.)
_HAS_HOUSE = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; import envdoctor.cli; print(sys.version_info >= (3, 7))"
)
_ENTER = "import sys; sys.path[:] = [p for p in sys.path if p]; from envdoctor.cli import main; sys.exit(main())"
_WITH_PATIENT = ("check", "chart", "explain", "fix", "gpu", "run", "undo")
#: What can be done here, without a newer Python.
_ALONE = ("check", "chart")
CHART_FILE = "envdoctor-chart.json"


def receive(arguments: List[str], ask: Any = None, own: Optional[str] = None) -> int:
    """Hand the command over to a newer Python, or take the chart; the exit code."""
    ask = ask or Ask()
    own = own or sys.executable
    command = next((word for word in arguments if not word.startswith("-")), "")
    newer = find_newer(ask, own)
    if newer:
        return hand_over(newer, with_patient(arguments, command, own), ask)
    lang = language(_value(arguments, "--lang"), ask.environ)
    if "--version" in arguments:
        print("envdoctor " + __version__)
        return 0
    if command not in _ALONE:
        sys.stderr.write("envdoctor: " + say("cli.porch-only-check", lang, version=_version()) + "\n")
        return 2
    return take_chart(arguments, command, lang, ask, own)


def _version() -> str:
    return "%d.%d.%d" % tuple(sys.version_info[:3])


def find_newer(ask: Any, own: str) -> List[str]:
    """The command that starts a newer Python with envdoctor, or []."""
    candidates: List[List[str]] = []
    if ask.environ.get("CONDA_PYTHON_EXE"):
        candidates.append([ask.environ["CONDA_PYTHON_EXE"]])
    if ask.os == "windows" and ask.which("py"):
        candidates.append([ask.which("py"), "-3"])
    candidates += [[found] for name in _NEWER for found in programs(ask, name)]
    tried = {ask.path.normcase(ask.real(own))}
    for candidate in candidates:
        key = " ".join([ask.path.normcase(ask.real(candidate[0]))] + candidate[1:])
        if key in tried:
            continue
        tried.add(key)
        answer = ask.run(candidate + ["-E", "-c", _HAS_HOUSE], seconds=20.0)
        if answer.status == 0 and answer.out.strip().endswith("True"):
            return candidate
    return []


def with_patient(arguments: List[str], command: str, own: str) -> List[str]:
    """The arguments with the patient named, unless the user has named one.

    A user who types `envdoctor` in an activated environment means this environment.
    """
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments  # behind it stands another command
    named = any(
        word in ("--from", "--no-probe", "--python", "--name")
        or word.startswith(("--from=", "--python=", "--name=", "-n"))
        for word in ours
    )
    if command not in _WITH_PATIENT or named:
        return list(arguments)
    place = arguments.index(command) + 1
    return arguments[:place] + ["--python", own] + arguments[place:]


def hand_over(newer: List[str], arguments: List[str], ask: Any) -> int:
    """Run the command in the newer Python, with this terminal, and pass its exit code on.

    It takes the place of this process where the system can do that, so that signals reach it.  With -E, because the
    patient's PYTHONPATH would lead another Python astray; it stays in the environment, where the examination finds it.
    """
    command = list(newer) + ["-E", "-c", _ENTER] + list(arguments)
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, ask.environ)
    import subprocess

    return subprocess.call(command, env=ask.environ)


def take_chart(arguments: List[str], command: str, lang: str, ask: Any, own: str) -> int:
    """Examine the patient with what runs here, write the chart, and say how to read it."""
    from . import probes
    from .complaint import Complaint
    from .patient import find, project_here
    from .redact import of_this_machine, redacted

    project = _value(arguments, "--project") or ("" if "--no-project" in arguments else project_here(ask))
    try:
        python, name = _patient_words(arguments)
        patient = find(ask, python=python or (None if name else own), name=name, project=project, own=own)
    except Complaint as complaint:
        sys.stderr.write("envdoctor: " + say(complaint.area + "." + complaint.why, lang, **complaint.words) + "\n")
        return 2
    chart = redacted(probes.examine(patient, ask), of_this_machine(ask))
    file = _value(arguments, "--output") if command == "chart" else ""
    file = file or CHART_FILE
    text = json.dumps(chart.as_json(), ensure_ascii=False, indent=1)
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except OSError as error:
        problem = say("cli.cannot-write", lang, file=file, problem=error.strerror or str(error))
        sys.stderr.write("envdoctor: " + problem + "\n")
        return 2
    sys.stderr.write(say("cli.porch-chart", lang, version=_version(), file=os.path.abspath(file)) + "\n")
    sys.stderr.write("\n    pipx run envdoctor check --from {0}\n    uvx envdoctor check --from {0}\n".format(file))
    return 0 if command == "chart" else 3


def _value(arguments: List[str], option: str) -> str:
    """The value of an option, in both of its spellings."""
    for place, word in enumerate(arguments):
        if word == option and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith(option + "="):
            return word[len(option) + 1 :]
    return ""


def _patient_words(arguments: List[str]) -> Tuple[Optional[str], Optional[str]]:
    return _value(arguments, "--python") or None, _value(arguments, "--name") or _value(arguments, "-n") or None
