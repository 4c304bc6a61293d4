"""envdoctor init: which files does a repository need to have its dependencies judged in CI?"""

from __future__ import annotations

import os
import pkgutil
from string import Template
from typing import TYPE_CHECKING

import click

from ..complaint import Complaint
from ..words import say, wrap
from . import HEALTHY, Command, sentence, speak, spoken

if TYPE_CHECKING:
    from ..chart import Chart
    from ..rulebook import Rulebook

#: The Python of a repository that shows no wish (our choice: what most packages have wheels for), and that of code for
#: TensorFlow 1, which has none for a newer one.
_USUAL, _OF_TENSORFLOW_1 = "3.10", "3.7"
_COLUMNS = 100


@click.command("init", cls=Command, help=sentence("help-init"))
@click.option("--project", metavar="DIR", help=sentence("help-init-project"))
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), help=sentence("help-ci"))
@click.option("--lang", type=click.Choice(["en", "zh"]), help=sentence("help-init-lang"))
def command(project: str | None, ci: str | None, lang: str | None) -> int:
    from .. import config, rulebook, targets
    from ..ask import Ask

    folder = os.path.abspath(project or ".")
    if not os.path.isdir(folder):
        raise Complaint("no-such-folder", folder=project)
    there = config.load(folder, Ask())
    if there is not None:
        speak(there.lang)
    write = _Writer(folder)
    if there is not None and there.file != config.FILES[0]:
        click.echo(say("config.settings-elsewhere", spoken(), file=there.file))
    else:
        book = rulebook.load()
        chart, _ = targets.look(folder, Ask())
        write.file(config.FILES[0], "envdoctor.toml", _targets(chart, book))
    ci = ci or ("gitlab" if os.path.exists(os.path.join(folder, ".gitlab-ci.yml")) else "github")
    if ci == "github":
        write.file(".github/workflows/envdoctor.yml", "github-workflow.yml")
    elif ci == "gitlab":
        write.file(".gitlab/envdoctor.yml", "gitlab-ci.yml")
        if not os.path.lexists(os.path.join(folder, ".gitlab-ci.yml")):
            write.file(".gitlab-ci.yml", "gitlab-root.yml")
    _what_next(write, there.file if there is not None else config.FILES[0], ci)
    return HEALTHY


class _Writer:
    """Writes new files and touches none that is there."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.written: list[str] = []

    def file(self, name: str, template: str, words: dict[str, str] | None = None) -> None:
        path = os.path.join(self.folder, *name.split("/"))
        if os.path.lexists(path):
            click.echo(say("config.kept", spoken(), file=name))
            return
        text = _filled(template, words or {})
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:  # another program was quicker, or a file stands where a folder is wanted
            raise Complaint("cannot-write", file=path, problem="File exists") from None
        except OSError as error:
            raise Complaint("cannot-write", file=path, problem=error.strerror or str(error)) from None
        self.written.append(name)
        click.echo(say("config.wrote", spoken(), file=name))


def _filled(name: str, words: dict[str, str]) -> str:
    """A file of templates/, its comments in the language of this run.  It is read as package data: also from a zip."""
    data = pkgutil.get_data("envdoctor", "templates/" + name)
    assert data is not None, name
    lang = spoken()
    text = data.decode("utf-8").replace("\r\n", "\n")
    for word in _words_of(text):
        if word.startswith("about_"):
            sentence_ = say("config." + word.replace("_", "-"), lang)
            alone = f"\n${word}\n" in "\n" + text
            indent = "      " if name == "github-workflow.yml" and word == "about_sarif" else ""
            lines = wrap(sentence_, _COLUMNS, indent + "# ", indent + "# ") if alone else [sentence_]
            words[word] = "\n".join(lines)
    return Template(text).substitute({"lang": lang, **words})


def _words_of(text: str) -> list[str]:
    return [match.group("named") for match in Template.pattern.finditer(text) if match.group("named")]


def _targets(chart: Chart, book: Rulebook) -> dict[str, str]:
    """A target for each of the two systems that students have, with the Python that the repository seems to want."""
    parts = []
    python = ""
    for system in ("linux", "windows"):
        python = _python(chart, system, book)
        parts.append(f'[targets.{system}]\nos = "{system}"\npython = "{python}"\n')
    return {"targets": "\n".join(parts), "python": python}


def _python(chart: Chart, system: str, book: Rulebook) -> str:
    from .. import targets
    from ..conclusions import derive

    asked = targets.python_for(chart, system, book)
    if asked:
        return asked
    fitting = targets.pythons_of(chart, system, book)
    stack = derive(chart, book.tables).value("project.stack", "")
    for wanted in ([_OF_TENSORFLOW_1] if stack in ("tf1", "keras-tf1") else []) + [_USUAL]:
        if wanted in fitting or not fitting:
            return wanted
    return fitting[-1]


def _what_next(write: _Writer, settings: str, ci: str) -> None:
    lang = spoken()
    steps = [say("config.next-targets", lang, file=settings), say("config.next-check", lang)]
    if ci == "gitlab" and ".gitlab-ci.yml" not in write.written:
        steps.append(say("config.next-include", lang) + "\n     include:\n       - local: .gitlab/envdoctor.yml")
    if write.written and ci != "none":
        steps.append(say("config.next-commit", lang))
    click.echo("\n" + say("config.next", lang))
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}")
