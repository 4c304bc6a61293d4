"""How does a consultation about the GPU go, from the words of a command line to an answer?"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import Any, Callable, Sequence

from .. import consult
from ..ask import Ask
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart
from ..complaint import Complaint
from ..consult import Request
from ..overview import every
from ..report import Finding, Report
from ..rulebook import Rulebook
from . import verdict as judge
from .answer import Answer
from .evidence import Reason, Sample, Tenant, Trial, Verdict, short_command
from .live import HISTORY, View
from .meter import Gauge, Meter
from .processes import witness_of
from .watch import Watch, watch_for

FRAMEWORKS = ("torch", "tensorflow", "jax")
#: Seconds of a stage before somebody is told why it takes so long (ONNX Runtime warns after 30, its PR 10781); seconds
#: after which it is ended; the same where the driver must compile kernels (400 s and more were seen, pytorch #45822).
SOFT_S, HARD_S, COMPILE_S = 30.0, 120.0, 900.0
#: The self-test is not begun with less room than this on every card, MiB (ours).
LEAST_MIB = 500
#: Areas of findings that can explain why a GPU is not used.
_AREAS = ("gpu", "driver", "cuda", "cudnn", "frameworks", "environment")
#: What this says our own reasons say already, and better.
_SAID = ("gpu/none-usable",)


# ---------------------------------------------------------------- why not?


def explained(answer: Answer, book: Rulebook, request: Request, ask: Any) -> Answer:
    """The answer with the findings of a check that explain it; an environment that works needs none."""
    if answer.verdict.verdict in judge.USED:
        return answer
    process = answer.process
    if process is not None and process.python:
        request = replace(request, python=process.python, name=None)
        ask = Ask({**process.environ} or ask.environ)
    elif process is not None:
        return answer  # no Python: nothing that a check could speak of
    try:
        report = answer.report or consult.judge(consult.see(request, ask), book, request)
    except Complaint:
        return answer  # its interpreter is gone, or closed to us
    return replace(answer, report=report, causes=_causes(report))


def _causes(report: Report) -> tuple[Finding, ...]:
    found = [one for one in report.findings if one.area in _AREAS and one.severity != "info"]
    return tuple(
        child
        for one in found
        for child in (every(one.consequences) if one.rule in _SAID else [one])
        if child.rule not in _SAID
    )


# ---------------------------------------------------------------- a process that runs


def watch_process(
    pid: int, seconds: float, ask: Any, wait: Callable[[float], bool], each: Callable[[Watch], None] | None = None
) -> Answer:
    """Watch a process that is running already.  Raises Complaint where there is none."""
    watch = Watch(ask, Meter(ask), "pid")
    _follow(watch, pid)
    try:
        watch_for(watch, seconds, wait, each=each)
        return of_watch(watch)
    finally:
        watch.close()


def _follow(watch: Watch, pid: int) -> None:
    import psutil

    try:
        watch.follow(pid)
    except psutil.NoSuchProcess:
        watch.close()
        raise Complaint("gpu-no-such-process", pid=pid) from None


def of_watch(watch: Watch, status: int | None = None) -> Answer:
    """The answer that a watch gives so far."""
    samples, scene = tuple(watch.film.samples), watch.scene()
    return Answer(
        how=watch.how,
        verdict=judge.of_samples(samples, scene),
        cards=scene.cards,
        samples=samples,
        scene=scene,
        process=watch.process(),
        status=status,
        took_s=samples[-1].t if samples else 0.0,
        driver=watch.meter.driver,
    )


# ---------------------------------------------------------------- live


class Looking:
    """A watch with what the live view shows of it.  pid: the process that is judged, None: only the cards are shown.

    Raises Complaint where there is no such process.
    """

    def __init__(self, pid: int | None, ask: Any) -> None:
        self.watch = Watch(ask, Meter(ask), "pid")
        self.pid = pid
        self._history: dict[str, deque[float | None]] = {}
        self._told = -1
        if pid is not None:
            _follow(self.watch, pid)

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *error: object) -> None:
        self.watch.close()

    def view(self) -> View:
        """What there is to see after the latest look."""
        watch = self.watch
        for gauge in watch.gauges:
            self._history.setdefault(gauge.card.uuid, deque(maxlen=HISTORY)).append(gauge.util)
        error = watch.meter.error
        return View(
            gauges=watch.gauges,
            history={uuid: tuple(values) for uuid, values in self._history.items()},
            tenants=watch.tenants(),
            ours=watch.pids(),
            seconds=watch.seconds(),
            verdict=of_watch(watch).verdict if self.pid is not None else None,
            error=error,
        )

    def new_second(self) -> bool:
        """Whether another second has begun since the last call."""
        before, self._told = self._told, int(self.watch.seconds())
        return self._told != before


# ---------------------------------------------------------------- a command


def watch_command(
    start: Callable[[], Any], end: Callable[[Any], int], seconds: float | None, ask: Any
) -> tuple[Answer, int]:
    """Run a command and watch it in a second thread, so that nothing of it waits for us; (answer, its exit code).

    start: starts it and returns a Popen.  end: waits for its end and returns its exit code.
    """
    import psutil

    watch = Watch(ask, Meter(ask), "command")
    stop = threading.Event()
    trouble: list[BaseException] = []

    def look() -> None:
        try:
            watch_for(watch, seconds, stop.wait)
        except Exception as error:  # a fault of ours must not end with the thread, unseen
            trouble.append(error)

    try:
        watch.look_before()
        child = start()
        try:
            watch.follow(child.pid)
        except psutil.NoSuchProcess:  # it has ended already
            status = end(child)
            return replace(of_watch(watch, status), status=status), status
        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        status = end(child)
        watch.end()
        stop.set()
        watcher.join()
        if trouble:
            raise trouble[0]
        if watch.around.doubt:  # only then does it matter what the cards do without it
            stop.clear()
            stop.wait(1.0)
            watch.look_after()
        return of_watch(watch, status), status
    finally:
        watch.close()


# ---------------------------------------------------------------- the self-test


def frameworks_of(chart: Chart) -> tuple[str, ...]:
    """The frameworks in the patient that can compute on a GPU."""
    return tuple(name for name in FRAMEWORKS if chart.fact(name + ".version").state == KNOWN)


def needed_by_project(chart: Chart) -> tuple[str, ...]:
    """Those that the project imports; Keras computes with what carries it, which for old code is TensorFlow."""
    imports = chart.value("project.imports") or {}
    names = [name for name in FRAMEWORKS if name in imports]
    return tuple(names) if names or "keras" not in imports else ("tensorflow",)


def self_test(
    request: Request, book: Rulebook, ask: Any, only: Sequence[str], tell: Callable[[str, Any], None]
) -> Answer:
    """Give every framework of the patient a small work, watch it, and say what became of it.  Raises Complaint.

    only: the frameworks to try (none: all that are there).  tell: called with a framework and each moment of its trial.
    """
    report = consult.judge(consult.see(request, ask), book, request)
    chart = report.chart
    there = frameworks_of(chart)
    missing = [name for name in only if name not in there]
    if missing:
        raise Complaint("gpu-no-such-framework", name=missing[0], there=", ".join(there) or "-")
    meter = Meter(ask)
    try:
        looks = meter.read()
        trials, films = [], {}
        for name in only or there:
            trial, samples = _try(name, chart, ask, looks, tell)
            trials.append(trial)
            films[name] = samples
        needed = only or needed_by_project(chart)
        verdict = judge.of_trials(trials, needed)
        best = max(films.values(), key=lambda film: max((one.gpu_util or 0.0 for one in film), default=0.0), default=())
        fits, too_large = _guide(meter, book)
        answer = Answer(
            how="test",
            verdict=_with_room(_with_card(verdict, chart), trials, looks, ask),
            cards=meter.cards,
            report=report,
            samples=tuple(best),
            trials=tuple(trials),
            took_s=best[-1].t if best else 0.0,
            driver=meter.driver,
            fits=fits,
            too_large=too_large,
        )
        return explained(answer, book, request, ask)
    finally:
        meter.close()


def _guide(meter: Meter, book: Rulebook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the memory guide says of the largest card."""
    from ..conclusions.memory import networks_that_fit

    largest = max((card.memory_mib for card in meter.cards), default=0)
    fits, too_large = networks_that_fit(largest, book.tables) if largest else ([], [])
    return tuple(fits), tuple(too_large)


def _with_card(verdict: Verdict, chart: Chart) -> Verdict:
    """That there is no card at all, said before everything else; a card of another maker may serve its own builds."""
    vendors = set(chart.value("gpu.vendors") or ()) & {"amd", "apple"}
    if verdict.verdict in judge.USED or vendors or chart.fact("gpu").state != ABSENT:
        return verdict
    return replace(verdict, reasons=(Reason("no-card"), *verdict.reasons))


def _with_room(verdict: Verdict, trials: Sequence[Trial], looks: Sequence[Gauge], ask: Any) -> Verdict:
    """Who fills the cards, where the test found no room."""
    if not any(trial.outcome == "full" for trial in trials):
        return verdict
    owners = []
    for gauge in looks:
        for pid, mib in sorted((gauge.tenants or {}).items(), key=lambda one: -(one[1] or 0))[:3]:
            seen = witness_of(pid, ask)
            owners.append(judge.tenant(Tenant(pid, gauge.card.uuid, mib, seen.user, short_command(seen))))
    free = [Reason("free-memory", {"card": one.card.name, "mib": one.free_mib}) for one in looks if one.free_mib]
    return replace(verdict, reasons=(*verdict.reasons, *free, *owners[:5]))


def _may_use_gpu(name: str, chart: Chart) -> bool:
    """Whether it is no CPU build, as far as is known."""
    facts = [chart.fact(f"{name}.{what}") for what in ("cuda", "hip", "gpu_build")]
    return any(fact.state == KNOWN and fact.value != "no" for fact in facts) or facts[0].state == UNKNOWN


def _try(
    name: str, chart: Chart, ask: Any, looks: Sequence[Gauge], tell: Callable[[str, Any], None]
) -> tuple[Trial, tuple[Sample, ...]]:
    from .trial import run

    free = [gauge.free_mib for gauge in looks if gauge.free_mib is not None]
    if free and max(free) < LEAST_MIB and _may_use_gpu(name, chart):  # a context alone could end others' training
        return Trial(name, "full"), ()
    watch = Watch(ask, Meter(ask), "pid")
    stop = threading.Event()
    watchers: list[threading.Thread] = []

    def started(pid: int) -> None:
        import psutil

        try:
            watch.follow(pid)
        except psutil.NoSuchProcess:  # it has ended already, and its trial says how
            return
        watchers.append(threading.Thread(target=watch_for, args=(watch, None, stop.wait), daemon=True))
        watchers[0].start()

    compiles = chart.fact(f"{name}.gpus_by_ptx").state == KNOWN
    try:
        trial = run(
            str(chart.patient["python"]),
            name,
            ask.environ,
            soft_s=SOFT_S,
            hard_s=COMPILE_S if compiles else HARD_S,
            tell=lambda moment: tell(name, moment),
            started=started,
        )
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()
        watch.close()
    return trial, tuple(watch.film.samples)
