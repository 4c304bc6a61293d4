"""How do all remedies become one plan, and how is a command written for the user's shell?"""

from __future__ import annotations

import re
from typing import Iterable

from . import versions
from .chart import Chart, canonical
from .report import Finding, Plan

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?(?P<specifier>.*)$")
_ORDER = ("uninstall", "install", "reinstall")


def prescribe(chart: Chart, findings: Iterable[Finding]) -> Plan:
    """Merge the remedies of all findings: removals first, then one installation, then repairs.

    Where two remedies want different versions of one distribution, the pin that meets every constraint is kept; if
    none does, neither is prescribed and both rules are listed in `left_out`.
    """
    python = str(chart.patient.get("python") or "python")
    wanted: dict[str, dict[str, str]] = {}  # name -> pin -> rule
    limits: list[str] = []
    gone: dict[str, None] = {}
    again: dict[str, None] = {}
    new_environment = False
    for found in findings:
        remedy = found.remedy
        if remedy is None:
            continue
        new_environment = new_environment or remedy.new_environment
        limits += remedy.constraints
        for command in remedy.commands:
            kind, arguments = _kind(command)
            if kind == "uninstall":
                gone.update(dict.fromkeys(arguments))
            elif kind == "reinstall":
                again.update(dict.fromkeys(arguments))
            else:
                for pin in arguments:
                    wanted.setdefault(_name(pin), {}).setdefault(pin, found.rule)
                    if not any(_name(limit) == _name(pin) for limit in remedy.constraints):
                        limits.append(pin)
    pins, left_out = [], []
    for choices in wanted.values():
        fitting = [pin for pin in choices if all(_fits(pin, limit) for limit in limits)]
        if fitting:
            pins.append(fitting[0])
        else:
            left_out += list(dict.fromkeys(choices.values()))
    commands = []
    if gone:
        commands.append((python, "-m", "pip", "uninstall", "-y", *gone))
    if pins:
        commands.append((python, "-m", "pip", "install", *pins))
    if again:
        commands.append((python, "-m", "pip", "install", "--force-reinstall", "--no-deps", *again))
    return Plan(tuple(commands), "known" if commands else None, new_environment, tuple(left_out))


def _kind(command: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """What a pip command does, and its arguments that are no options."""
    action = command[3] if command[1:3] == ("-m", "pip") else ""
    arguments = tuple(word for word in command[4:] if not word.startswith("-"))
    return ("reinstall" if "--force-reinstall" in command else action), arguments


def _name(requirement: str) -> str:
    match = _PINNED.match(requirement)
    return canonical(match.group("name")) if match else requirement


def _fits(pin: str, limit: str) -> bool:
    """Does an exact pin meet a constraint?  A limit for another distribution is met by anything."""
    one, other = _PINNED.match(pin), _PINNED.match(limit)
    if not one or not other or canonical(one.group("name")) != canonical(other.group("name")) or pin == limit:
        return True
    if not one.group("specifier").startswith("=="):
        return one.group("specifier") == other.group("specifier")
    return bool(versions.within(one.group("specifier")[2:], other.group("specifier")))


# ---------------------------------------------------------------- a command for the shell


def spell(command: tuple[str, ...], chart: Chart) -> str:
    """The shortest spelling that reaches the patient and no other environment.

    Plain `pip` where the shell's pip serves the patient; `python -m pip` where its python is the patient's;
    otherwise the interpreter's full path.
    """
    windows = chart.value("os") == "windows"
    python = str(chart.patient.get("python") or "")
    words = list(command)
    if words[:1] == [python] and python:
        if words[1:3] == ["-m", "pip"] and chart.value("shell.pip.serves_patient") == "yes":
            words = words[2:]
        elif chart.value("shell.python.serves_patient") == "yes":
            words[0] = "python"
    return " ".join(quote(word, windows) for word in words)


def quote(word: str, windows: bool = False) -> str:
    """One word of a command line, quoted for POSIX shells or for cmd and PowerShell alike.

    >>> quote("~/my envs/x/bin/python"), quote("h5py<3")
    ('~/"my envs/x/bin/python"', '"h5py<3"')
    """
    if not windows and word.startswith("~/"):  # a shell knows a home only outside of quotes
        return "~/" + (quote(word[2:]) if word[2:] else "")
    if word and not re.search(r"[^\w@%+=:,./\\~-]" if windows else r"[^\w@%+=:,./-]", word, re.ASCII):
        return word
    if windows or not re.search(r'["$`\\!]', word):
        return f'"{word}"'
    return "'" + word.replace("'", "'\"'\"'") + "'"
