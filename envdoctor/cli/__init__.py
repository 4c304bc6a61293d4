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


#: What the settings of the repository say, once they are read: [language] or [].
_configured: list[str] = []


def speak(lang: str | None) -> None:
    """From here on this language, unless `--lang` says otherwise."""
    _configured[:] = [lang] if lang else []


def spoken() -> str:
    """The language of this run: `--lang` wherever it stands, else what the settings say, else the locale."""
    option = None
    for before, word in zip(["", *sys.argv], [*sys.argv, ""]):
        if before == "--lang":
            option = word
        elif word.startswith("--lang="):
            option = word[len("--lang=") :]
    return language(option or "".join(_configured), os.environ, _ui_language())


def _ui_language() -> str:
    """Windows keeps the language of its user in no variable."""
    if os.name != "nt":
        return ""
    import locale

    return locale.getlocale()[0] or ""


def sentence(name: str, **words: Any) -> str:
    """A sentence of the command line, in the language of this run."""
    return say("cli." + name, spoken(), **words)


class _Spoken(click.Command):
    """Also the line about --help is in the language of this run."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = sentence("help-help")
        return option


class Command(_Spoken):
    """One command."""


class Group(_Spoken, click.Group):
    """Commands with names; alone it prints its help, and for a wrong name it offers the near ones."""

    command_class = Command

    def __init__(self, name: str, **words: Any) -> None:
        common = {"invoke_without_command": True, "subcommand_metavar": "COMMAND [ARGS]...", "callback": _help_if_alone}
        super().__init__(name, **{**common, **words})

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in names and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = " / ".join(get_close_matches(args[0], names, 2))
            why = "no-such-command-near" if near else "no-such-command"
            raise Complaint(why, command=args[0], near=near, names=", ".join(names))
        return super().resolve_command(ctx, args)


@click.pass_context
def _help_if_alone(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


class _Commands(Group):
    """Commands are the modules of this folder; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command


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
            ),
        ],
    )


def _of_click(error: click.ClickException) -> str:
    """Click's own complaints in the language of this run."""
    if isinstance(error, click.NoSuchOption):
        near = " / ".join(error.possibilities or ())
        return sentence("no-such-option-near" if near else "no-such-option", option=error.option_name, near=near)
    if isinstance(error, click.BadParameter) and error.param is not None:
        choices = getattr(error.param.type, "choices", ())
        name = " / ".join(error.param.opts)
        if isinstance(error, click.MissingParameter):
            return sentence("word-missing", word=error.param.metavar or name)
        if choices:
            return sentence("bad-choice", option=name, choices=", ".join(map(str, choices)))
    if isinstance(error, click.BadOptionUsage):
        return sentence("option-needs-value", option=error.option_name)
    return error.format_message()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is the same for every format (see CONTRACT in docs/)."""
    speak(None)
    try:
        status = build().main(arguments, prog_name="envdoctor", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else HEALTHY
    except Complaint as complaint:
        text = say(f"{complaint.area}.{complaint.why}", spoken(), **complaint.words)
        click.echo(f"envdoctor: {text}", err=True)
        return complaint.status
    except click.ClickException as error:
        problem = _of_click(error)
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
