"""What can this terminal show, and how does text reach it?"""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import click

from ..complaint import Complaint
from ..renderers import Console
from ..words import encodable


def console(no_color: bool, to_file: bool, project: str = "", stream: Any = None) -> Console:
    """The console as the renderers need to know it: width, colour, encoding, and where the project lies.

    stream: where the text will go, stdout unless it is named.
    NO_COLOR and FORCE_COLOR as their conventions say (no-color.org, force-color.org): any text but an empty one.
    """
    stream = stream or sys.stdout
    terminal = stream.isatty() and not to_file
    color = terminal and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        color = not to_file
    if no_color or os.environ.get("NO_COLOR"):
        color = False
    columns = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    return Console(
        columns=max(40, min(100, columns)),
        color=color,
        below=_below(project),
        encoding="utf-8" if to_file else (getattr(stream, "encoding", None) or "utf-8"),
    )


def _below(project: str) -> str:
    """The folder of the project in its repository; "" where they are the same, or where there is none."""
    if not project:
        return ""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or _checkout(project)
    if not root:
        return ""
    try:
        below = os.path.relpath(os.path.realpath(project), os.path.realpath(root))
    except ValueError:  # on another drive
        return ""
    return "" if below == "." or below.startswith("..") else below.replace(os.sep, "/")


def _checkout(folder: str) -> str:
    """The next folder above that git made."""
    folder = os.path.abspath(folder)
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, former = os.path.dirname(folder), folder
        if folder == former:
            return ""
    return folder


def summarize(text: str) -> None:
    """Add to the summary of a step of GitHub, where there is one.  Raises Complaint."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise Complaint("cannot-write", file=file, problem=error.strerror or str(error)) from None


def deliver(text: str, output: str | None, to_stderr: bool = False) -> None:
    """Write the text to a file or to the terminal, in what the terminal can show.  Raises Complaint.

    to_stderr: where stdout belongs to somebody else's output.
    """
    if not text.endswith("\n"):
        text += "\n"
    if output and output != "-":
        try:
            with open(output, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise Complaint("cannot-write", file=output, problem=error.strerror or str(error)) from None
        return
    stream = sys.stderr if to_stderr else sys.stdout
    click.echo(encodable(text, getattr(stream, "encoding", None) or "utf-8"), nl=False, err=to_stderr, color=True)
