"""How do all remedies become one plan, and how is a command written for the user's shell?"""

from __future__ import annotations

import re
from typing import Iterable

from .chart import Chart
from .cure.installer import order, wish_of
from .report import Finding, Plan, Remedy
from .versions import meets, name_of


def prescribe(chart: Chart, findings: Iterable[Finding]) -> Plan:
    """Merge the remedies of all findings: removals first, then installations, then repairs, each by who installs here.

    Where two remedies want different versions of one distribution, the pin that meets every constraint is kept; if
    none does, neither is prescribed and both rules are listed in `left_out`.
    """
    wanted: dict[str, dict[str, str]] = {}  # name -> pin -> rule
    pages: dict[str, str] = {}  # pin -> index
    limits: list[str] = []
    gone: list[str] = []
    again: list[str] = []
    new_environment = False
    for found in findings:
        remedy = found.remedy
        if remedy is None:
            continue
        new_environment = new_environment or remedy.new_environment
        limits += remedy.constraints
        gone += remedy.uninstall
        again += remedy.reinstall
        for pin in remedy.pins:
            wanted.setdefault(name_of(pin), {}).setdefault(pin, found.rule)
            pages.setdefault(pin, remedy.index)
            if not any(name_of(limit) == name_of(pin) for limit in remedy.constraints):
                limits.append(pin)
    pins, left_out = [], []
    for choices in wanted.values():
        fitting = [pin for pin in choices if all(meets(pin, limit) for limit in limits)]
        if fitting:
            pins.append(fitting[0])
        else:
            left_out += list(dict.fromkeys(choices.values()))
    wishes = [
        wish_of(Remedy(pins=tuple(pin for pin in pins if pages[pin] == page), index=page), chart)
        for page in dict.fromkeys(pages.values())
    ]
    whole = wish_of(Remedy(uninstall=tuple(dict.fromkeys(gone)), reinstall=tuple(dict.fromkeys(again))), chart)
    orders = order(chart, whole, *wishes)
    return Plan(orders.commands, orders.verified, new_environment, tuple(dict.fromkeys(left_out)))


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
