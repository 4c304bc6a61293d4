"""envdoctor gpu: is the GPU really used?"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Iterator, Sequence

import click

from ..complaint import Complaint
from . import HEALTHY, INCOMPLETE, PROBLEMS, Command, _options, sentence, spoken

if TYPE_CHECKING:
    from ..gpu.answer import Answer

#: Seconds for which a running process is watched unless the user says otherwise.
SECONDS = 20.0
#: Ctrl-C is noticed after this many seconds at the latest.
_SLICE_S = 0.05
_FRAMEWORKS = ("torch", "tensorflow", "jax")


@click.command("gpu", cls=Command, help=sentence("help-gpu"), epilog=sentence("help-gpu-examples"))
@click.option("--pid", type=click.IntRange(min=1), metavar="PID", help=sentence("help-pid"))
@click.option("--process", metavar="SCRIPT", help=sentence("help-process"))
@click.option("--seconds", type=float, metavar="N", help=sentence("help-seconds"))
@click.option("--watch", "live", is_flag=True, help=sentence("help-watch"))
@click.option("--require-gpu", is_flag=True, help=sentence("help-require-gpu"))
@click.option("--framework", multiple=True, type=click.Choice(_FRAMEWORKS), help=sentence("help-framework"))
@_options.patient
@_options.output("text", "json", "html")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(words: tuple[str, ...], **options: Any) -> int:
    _refuse(options, words)
    if options["name"] and options["name"].endswith(".py"):  # `--name train.py`: no environment is called so
        options["process"], options["name"] = options["name"], None
    request = _options.request(options)
    pid = _pid(options)

    from .. import rulebook
    from ..ask import Ask
    from ..gpu import session

    ask = Ask()
    if options["live"]:
        return _live(pid, options, ask)
    book = rulebook.load()
    status = 0
    if words:
        from . import _foreground

        with _foreground.shielded():
            answer, status = session.watch_command(
                lambda: _foreground.start(words), _foreground.wait, options["seconds"], ask
            )
        answer = session.explained(replace(answer, command=words), book, request, ask)
    elif pid is not None:
        with _until_ctrl_c() as wait:
            answer = session.watch_process(pid, options["seconds"] or SECONDS, ask, wait)
        answer = session.explained(answer, book, request, ask)
    else:
        answer = session.self_test(request, book, ask, options["framework"], _teller())
    _deliver(
        replace(answer, verbose=options["verbose"]), options, ask, to_stderr=bool(words) and options["form"] == "text"
    )
    return status or _status(answer, bool(words), options["require_gpu"])


def _status(answer: Answer, wrapped: bool, require_gpu: bool) -> int:
    """0 used, 1 not used or the wrong one, 3 cannot tell; a command's own success is only questioned when asked to."""
    from ..gpu.verdict import OPEN, USED

    if answer.verdict.verdict in USED or (wrapped and not require_gpu):
        return HEALTHY
    return INCOMPLETE if answer.verdict.verdict in OPEN else PROBLEMS


# ---------------------------------------------------------------- what was asked


def _refuse(options: dict[str, Any], words: Sequence[str]) -> None:
    """Raises Complaint for words that contradict each other."""
    if options["source"] is not None or options["no_probe"] or options["assumptions"]:
        raise Complaint("gpu-looks-now")
    watched = [name for name, there in (("--pid", options["pid"]), ("--process", options["process"])) if there]
    watched += ["-- COMMAND"] if words else []
    if len(watched) > 1:
        raise Complaint("gpu-two-subjects", subjects=" / ".join(watched))
    if options["seconds"] is not None:
        if not 0 < options["seconds"] < 1e9:  # not for infinity, nor for what is no number
            raise Complaint("gpu-seconds", value=options["seconds"])
        named = options["name"] and options["name"].endswith(".py")
        if not (watched or named or options["live"]):
            raise Complaint("gpu-seconds-alone")
    if options["live"] and words:
        raise Complaint("gpu-watch-command")
    if options["live"] and options["form"] != "text":
        raise Complaint("gpu-watch-format")


def _pid(options: dict[str, Any]) -> int | None:
    if not options["process"]:
        pid: int | None = options["pid"]
        return pid
    from ..gpu.search import running

    return running(options["process"])


# ---------------------------------------------------------------- what is told meanwhile


@contextmanager
def _until_ctrl_c() -> Iterator[Callable[[float], bool]]:
    """What a watch waits with: Ctrl-C ends it with what it has seen so far, wherever it is.

    The handler only leaves a note: it runs in the thread that waits, and whatever takes a lock (an Event does) could
    wait there for itself.
    """
    told: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, frame: told.append(number))

    def wait(seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not told and time.monotonic() < end:
            time.sleep(min(_SLICE_S, max(0.0, end - time.monotonic())))
        return bool(told)

    try:
        yield wait
    finally:
        signal.signal(signal.SIGINT, former)


def _teller() -> Any:
    """Says on stderr which stage begins and how long it took."""
    from ..words import say

    lang = spoken()

    def tell(framework: str, moment: Any) -> None:
        stage = say("gpu.stage-" + moment.stage, lang)
        if moment.event == "start":
            click.echo(say("gpu.stage-begins", lang, framework=framework, stage=stage) + " ", nl=False, err=True)
        elif moment.event == "end":
            seconds = f"{moment.seconds:.1f}"
            click.echo(say("gpu.stage-" + moment.state, lang, seconds=seconds), err=True)
        else:
            at_gpu = moment.stage in ("context", "first")
            click.echo("\n  " + say("gpu.slow-compiling" if at_gpu else "gpu.slow", lang) + " ", nl=False, err=True)

    return tell


def _live(pid: int | None, options: dict[str, Any], ask: Any) -> int:
    """Show the cards, and the verdict on a process as it firms up; the exit code."""
    import shutil

    from ..gpu import session
    from ..gpu.live import frame, line
    from ..gpu.watch import watch_for
    from . import _console
    from ._live import Live

    lang, console = spoken(), _console.console(options["no_color"], False)
    lines = shutil.get_terminal_size((80, 24)).lines
    with session.Looking(pid, ask) as looking, _until_ctrl_c() as wait, Live(lines) as live:

        def show(watch: Any) -> None:
            view = looking.view()
            live.show(frame(view, lang, console))
            if not live.moves and looking.new_second():
                click.echo(line(view, lang))

        watch_for(looking.watch, options["seconds"], wait, each=show)
        if pid is None:
            return HEALTHY
        answer = session.of_watch(looking.watch)
        from ..gpu.renderers import renderer

        live.final(renderer("text").render(answer, lang, console))
    return _status(answer, False, options["require_gpu"])


# ---------------------------------------------------------------- the answer


def _deliver(answer: Answer, options: dict[str, Any], ask: Any, to_stderr: bool) -> None:
    from .. import share
    from ..gpu.renderers import renderer
    from . import _console

    if share.for_format(options["form"]) and not options["no_redact"]:
        from ..redact import of_this_machine

        answer = share.redacted_answer(answer, of_this_machine(ask))
    console = _console.console(options["no_color"], bool(options["output"]))
    text = renderer(options["form"]).render(answer, spoken(), console)
    _console.deliver(text, options["output"], to_stderr)
