"""What did the user type?  One file per command, found by being in this folder; each calls one verb."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from typing import Any

import click

from .. import __version__
from ..complaint import Complaint
from ..words import language, say

HEALTHY, PROBLEMS, USAGE, INCOMPLETE = 0, 1, 2, 3


def spoken() -> str:
    """The language of this run: `--lang` wherever it stands on the command line, else the locale."""
    option = None
    for before, word in zip(["", *sys.argv], [*sys.argv, ""]):
        if before == "--lang":
            option = word
        elif word.startswith("--lang="):
            option = word[len("--lang=") :]
    return language(option, os.environ, _ui_language())


def _ui_language() -> str:
    """Windows keeps the language of its user in no variable."""
    if os.name != "nt":
        return ""
    import locale

    return locale.getlocale()[0] or ""


def sentence(name: str, **words: Any) -> str:
    """A sentence of the command line, in the language of this run."""
    return say("cli." + name, spoken(), **words)


class _Commands(click.Group):
    """Commands are the modules of this folder; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.list_commands(ctx):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 2)
            raise Complaint(
                "no-such-command-near" if near else "no-such-command",
                command=args[0],
                near=" / ".join(near),
                names=", ".join(self.list_commands(ctx)),
            )
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"envdoctor {__version__}")
        ctx.exit()


def build() -> click.Group:
    """The command line, spoken in the language of this run."""
    return _Commands(
        "envdoctor",
        help=sentence("help"),
        epilog=sentence("help-examples"),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        params=[
            click.Option(["--lang"], type=click.Choice(["en", "zh"]), expose_value=False, help=sentence("help-lang")),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_version,
                help=sentence("help-version"),
            )
        ],
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is the same for every format (see CONTRACT in docs/)."""
    try:
        words = sys.argv[1:] if arguments is None else arguments
        status = build().main(words or ["--help"], prog_name="envdoctor", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else HEALTHY
    except Complaint as complaint:
        problem = say(f"{complaint.area}.{complaint.why}", spoken(), **complaint.words)
    except click.ClickException as error:
        problem = error.format_message()
    except click.Abort:
        return 130
    except BrokenPipeError:  # `envdoctor check | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return HEALTHY
    except Exception:  # a fault of the doctor's own: say so, with everything that helps to mend it
        import traceback

        traceback.print_exc()
        click.echo(sentence("doctor-failed", version=__version__), err=True)
        return INCOMPLETE
    click.echo(f"envdoctor: {problem}", err=True)
    return USAGE
