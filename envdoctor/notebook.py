"""What is wrong with the environment of this notebook's kernel?  (`%load_ext envdoctor`, then `%envdoctor`)

The patient is the interpreter of the kernel, wherever the notebook server and the `pip` of a terminal are, and where
they are elsewhere the answer says so.  It installs nothing: it prints the `%pip` lines that do.  Python 3.6 can load
this file, too.
"""

import html
import os
import re
import shlex
import shutil
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .complaint import Complaint
from .words import language, say

if TYPE_CHECKING:
    from .report import Remedy, Report


class NotHere(Complaint):
    """What the magic cannot do (sentences: texts/editors.py)."""

    area = "editors"


def load_ipython_extension(ipython: Any) -> None:
    """What `%load_ext envdoctor` does."""
    ipython.register_magic_function(magic, "line", "envdoctor")


def magic(line: str = "") -> "Optional[Answer]":
    """Examine the environment of this kernel, as `envdoctor check` does: %envdoctor [OPTIONS] (-h shows them)."""
    from IPython.core.error import UsageError

    try:
        return examine(_words(line))
    except Complaint as complaint:
        named = re.search(r"--lang[= ]*(\w+)", line)
        lang = language(named.group(1) if named else None, os.environ)
        sentence = say("{}.{}".format(complaint.area, complaint.why), lang, **complaint.words)
    except ValueError as error:  # of click, already a sentence
        sentence = str(error)
    raise UsageError("envdoctor: " + sentence)


def _words(line: str) -> List[str]:
    """The words of a line.  Windows has its backslashes in paths, so there they quote nothing."""
    windows = os.name == "nt"
    try:
        words = shlex.split(line, posix=not windows)
    except ValueError as error:
        raise NotHere("notebook-quoting", problem=str(error)) from None
    if windows:
        words = [re.sub(r"""^(["'])(.*)\1$""", r"\2", word) for word in words]
    if words[:1] == ["check"]:
        del words[0]
    if words and not words[0].startswith("-"):
        raise NotHere("notebook-only-check", word=words[0])
    return words


def examine(words: List[str]) -> "Optional[Answer]":
    """The answer; None where another format or a file was asked for, which is then written or printed.

    Raises Complaint, and ValueError with a sentence.
    """
    if sys.version_info < (3, 7):
        raise NotHere("too-old")
    import click

    from .cli import _of_click, check

    argv = sys.argv
    sys.argv = ["envdoctor", "check", *words]  # the language is looked for there
    try:
        names = ["-h", "--help"]
        with check.command.make_context("%envdoctor", list(words), help_option_names=names) as context:
            options = context.params
            if options["source"] == "-":
                raise NotHere("notebook-only-check", word="--from -")
            own = not any(options.get(name) for name in ("python", "name", "source", "no_probe", "targets"))
            if own:
                options["python"] = sys.executable
            if options["form"] != "text" or options["output"] or options.get("targets"):
                check.command.invoke(context)
                return None
            return _answer(options, own)
    except click.exceptions.Exit:  # --help has been printed
        return None
    except click.ClickException as error:
        raise ValueError(_of_click(error)) from None
    finally:
        sys.argv = argv


def _answer(options: Mapping[str, Any], own: bool) -> "Answer":
    from . import consult, rulebook
    from .ask import Ask
    from .cli import _console, _options, spoken

    request, book = _options.request(dict(options)), rulebook.load()
    _options.known_rules(book, request.ignore)
    chart = consult.see(request, Ask())
    if own:
        chart = chart._replace(patient={**chart.patient, "chosen_by": "kernel"})
    report = consult.judge(chart, book, request)
    return Answer(report, spoken(), _console.console(options["no_color"], False), own)


class Answer:
    """A report as a notebook shows it; `report` is the report itself."""

    def __init__(self, report: "Report", lang: str, console: Any, own: bool) -> None:
        from .words import readable

        self.report = report
        self._lang, self._console, self._own = readable(lang, console.encoding), console, own

    @property
    def verdict(self) -> str:
        """ "problems", "warnings" or "healthy"."""
        return self.report.verdict

    def __repr__(self) -> str:
        from .renderers import renderer
        from .words import encodable, wrap

        shown, after = self._shown()
        text = str(renderer("text").render(shown, self._lang, self._console)).rstrip("\n")
        before, behind = (
            ["\n".join(wrap(note, self._console.columns)) for note in notes] for notes in (self._before(), after)
        )
        return encodable("\n\n".join([*before, text, *behind]), self._console.encoding)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Dict[str, str]:
        text = repr(self)
        return {"text/plain": text, "text/html": self._html(re.sub(r"\x1b\[[\d;]*m", "", text))}

    def _html(self, text: str) -> str:
        """The page in a frame of its own, lest its style become the notebook's; where frames are taken out (GitHub's
        view of a notebook), the text is left."""
        from .renderers import Console, names, renderer

        printed = '<pre style="white-space: pre-wrap">{}</pre>'.format(html.escape(text))
        if "html" not in names():
            return printed
        shown, after = self._shown()
        page = str(renderer("html").render(shown, self._lang, Console(encoding="utf-8")))
        frame = (
            '<iframe title="{}" srcdoc="{}" sandbox="allow-scripts" allow="clipboard-write" '
            'style="width: 100%; height: 36rem; border: 0; resize: vertical"></iframe>'
        ).format(html.escape(self._say("frame")), html.escape(page))
        paragraph = "<p>{}</p>".format
        before, behind = (map(paragraph, map(html.escape, notes)) for notes in (self._before(), after))
        details = "<details><summary>{}</summary>{}</details>".format(html.escape(self._say("text")), printed)
        return "\n".join([*before, frame, *behind, details])

    def _say(self, name: str, **words: Any) -> str:
        return say("editors.notebook-" + name, self._lang, **words)

    def _before(self) -> List[str]:
        """The classic trap: a package was installed, and not where this kernel looks."""
        notes = []
        for name, there in (("pip", pip_environment()), ("server", server_environment())) if self._own else ():
            if there and not _same(there, sys.prefix):
                notes.append(self._say(name + "-elsewhere", there=there, here=sys.prefix))
        return notes

    def _shown(self) -> "Tuple[Report, List[str]]":
        """The report with the commands of a notebook, and what to say after it."""
        from .ask import Ask
        from .redact import of_this_machine
        from .share import redacted_report

        shown = for_notebook(self.report) if self._own else self.report
        changed = shown.plan.commands != self.report.plan.commands
        # A notebook is saved with what its cells have shown, and handed on.
        return redacted_report(shown, of_this_machine(Ask())), [self._say("restart")] if changed else []


def for_notebook(report: "Report") -> "Report":
    """The report with `%pip` where it has the kernel's own `python -m pip`."""
    from dataclasses import replace

    python = str(report.chart.patient.get("python") or "")

    def magical(commands: Tuple[Tuple[str, ...], ...]) -> Tuple[Tuple[str, ...], ...]:
        return tuple(
            ("%pip", *words[3:]) if words[0] in (python, "python") and words[1:3] == ("-m", "pip") else words
            for words in commands
        )

    def treated(remedy: "Optional[Remedy]") -> "Optional[Remedy]":
        if remedy is None or remedy.new_environment:
            return remedy
        return replace(remedy, commands=magical(remedy.commands))

    findings = tuple(replace(found, remedy=treated(found.remedy)) for found in report.findings)
    plan = report.plan
    return replace(
        report,
        findings=findings,
        plan=plan if plan.new_environment else replace(plan, commands=magical(plan.commands)),
    )


# ---------------------------------------------------------------- where pip and the server are


def environment_of(python: str) -> str:
    """The folder of the environment that an interpreter or a script lies in.

    >>> environment_of("/opt/envs/tf/bin/python").replace("\\\\", "/")
    '/opt/envs/tf'
    """
    folder = os.path.dirname(python)
    return os.path.dirname(folder) if os.path.basename(folder).lower() in ("bin", "scripts") else folder


def pip_environment() -> str:
    """Where `!pip install` would install, as far as the script itself says: "" for a shim and where there is none."""
    pip = shutil.which("pip")
    if not pip:
        return ""
    if pip.lower().endswith(".exe"):
        return environment_of(pip)
    try:
        with open(pip, "rb") as file:
            head = file.read(1000).decode("utf-8", "replace")
    except OSError:
        return ""
    # A path that is too long for a first line of its own stands in the second, after "exec".
    named = re.match(r"""#!(?:/bin/sh\n'''exec' )?"?(/[^\n"]*/python[\w.]*)["\s]""", head)
    return environment_of(named.group(1)) if named else ""


def server_environment() -> str:
    """Where the notebook server runs that started this kernel; "" where none did, or nobody can tell."""
    try:
        import psutil

        parents = [parent.cmdline() for parent in psutil.Process().parents()]
    except Exception:  # no psutil, a process that has ended, no permission: no reason to say anything
        return ""
    return next(iter(servers(parents)), "")


def servers(commands: List[List[str]]) -> Iterator[str]:
    """The environments of the notebook servers among these command lines.

    >>> list(servers([["bash"], ["/opt/base/bin/python", "/opt/base/bin/jupyter-lab", "--no-browser"]]))
    ['/opt/base']
    """
    for words in commands:
        first = words[0] if words else ""
        named = [os.path.basename(word).lower() for word in words[:3]]
        if os.path.isabs(first) and any(name.startswith(("jupyter", "ipython-notebook")) for name in named):
            yield environment_of(first)


def _same(one: str, other: str) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
