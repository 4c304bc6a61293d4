"""What can this terminal show, and how does text reach it?"""

from __future__ import annotations

import os
import shutil
import sys

import click

from ..complaint import Complaint
from ..renderers import Console
from ..words import encodable


def console(no_color: bool, to_file: bool) -> Console:
    """The console as the renderers need to know it: width, colour, encoding.

    NO_COLOR and FORCE_COLOR as their conventions say (no-color.org, force-color.org): any text but an empty one.
    """
    terminal = sys.stdout.isatty() and not to_file
    color = terminal and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        color = not to_file
    if no_color or os.environ.get("NO_COLOR"):
        color = False
    columns = shutil.get_terminal_size((80, 24)).columns if terminal else 80
    return Console(
        columns=max(40, min(100, columns)),
        color=color,
        encoding="utf-8" if to_file else (getattr(sys.stdout, "encoding", None) or "utf-8"),
    )


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
