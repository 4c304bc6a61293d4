"""Is the GPU used, judging by what was seen?  Pure: samples and what is known around them in, verdict and reasons out.

The order of the questions is that of the strength of evidence: a context and kernels of our own processes, then what
is loaded in them, then the cards as a whole; where the lists of processes cannot be believed, only a change that comes
and goes with the program counts, and counts little.
"""

from __future__ import annotations

import re
from statistics import median
from typing import Iterable, Sequence

from .evidence import CONFIDENCES, STAGES, Reason, Sample, Scene, Tenant, Trial, Verdict

# ---------------------------------------------------------------- thresholds

#: % of kernel time: target and "low" mark of Princeton's job statistics (PrincetonUniversity/job_defense_shield).
BUSY, LOW = 50.0, 15.0
#: Share of samples without any kernel that makes a sawtooth (ours, not yet tuned on a real GPU).
SAWTOOTH = 0.3
#: % of one core: "one core busy", a worker at its limit, and a process that works at all (ours).
CORE, WORKER, WORKS = 90.0, 80.0, 20.0
#: On a machine with too much to do nobody gets a core: ready to run in this share of the looks counts as much (ours).
READY = 0.8
#: Share of samples in which somebody waits for the disk that counts as high (ours).
DISK = 0.3
#: % of engine time on Windows from which it counts as use; below it is noise of the desktop (ours).
ENGINE = 5.0
#: A card that did less than this before our start was free (%); and what counts as a rise: %, and MiB of a context
#: (ours).
QUIET, RISE, RISE_MIB = 5.0, 15.0, 100.0
#: Seconds of observation below which one is less sure (ours); seconds of age in which a program may still be importing
#: its framework, or the driver compiling kernels for it (pytorch/pytorch #45822: more than 400 s).
SHORT_S, IMPORT_S, COMPILE_S = 4.0, 10.0, 900.0
#: A program that ends sooner has not shown what it would do (seconds; ours).
TOO_SHORT_S = 0.9

#: GPU use that counts as success; of the others "compiling" and "cannot-tell" leave the question open.
USED = ("used", "underfed", "input-bound")
OPEN = ("compiling", "cannot-tell")
#: Without a driver nothing can have run on a GPU, whatever else is unknown.
_NO_DRIVER = ("nvml-driver-not-loaded", "nvml-library-not-found")


def of_samples(samples: Sequence[Sample], scene: Scene) -> Verdict:
    """The verdict on processes that were watched."""
    if not samples:
        return Verdict("cannot-tell", "high", (Reason("no-samples"),))
    if scene.ended and samples[-1].t < TOO_SHORT_S and not any(one.context for one in samples):
        return Verdict("cannot-tell", "high", (Reason("ended-soon", {"seconds": round(samples[-1].t, 1)}),))
    verdict = _with_context(samples, scene) if any(one.context for one in samples) else _without_context(samples, scene)
    if scene.doubt == "nvml-gpu-lost":
        before = (Reason("lost-before", {"verdict": verdict.verdict}), *verdict.reasons) if scene.cards else ()
        return Verdict("cannot-tell", "high", (Reason("gpu-lost"), *before))
    by_share = verdict.verdict in (*USED, "idle", "not-yet", "other-process")
    if by_share and _seconds(samples) < SHORT_S and not scene.ended:
        verdict = _less_sure(verdict, Reason("short", {"seconds": round(_seconds(samples), 1)}))
    return verdict


def _less_sure(verdict: Verdict, why: Reason) -> Verdict:
    step = min(CONFIDENCES.index(verdict.confidence) + 1, len(CONFIDENCES) - 1)
    return Verdict(verdict.verdict, CONFIDENCES[step], (*verdict.reasons, why))


# ---------------------------------------------------------------- numbers out of samples


def _seconds(samples: Sequence[Sample]) -> float:
    return samples[-1].t - samples[0].t if samples else 0.0


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _middle(values: Iterable[float | None]) -> float:
    known = _known(values)
    return float(median(known)) if known else 0.0


def zero_share(values: Sequence[float]) -> float:
    """The share of zeros, 0 to 1."""
    return sum(value <= 0 for value in values) / len(values) if values else 0.0


def at_work(samples: Sequence[Sample]) -> Sequence[Sample]:
    """The samples without the warm-up: from the first kernel on, else from the first context on, else all."""
    works = next((place for place, one in enumerate(samples) if (one.sm_util or 0) > 0), None)
    holds = next((place for place, one in enumerate(samples) if one.context), 0)
    return samples[holds if works is None else works :]


# ---------------------------------------------------------------- our processes hold a context


def _with_context(samples: Sequence[Sample], scene: Scene) -> Verdict:
    wrong = _wrong_card(scene)
    if wrong is not None:
        return wrong
    window = at_work(samples)
    ours = _known(one.sm_util for one in window)
    if scene.doubt == "wddm":
        return _by_engines(window, scene)
    # Kernels run on a card that nobody but us is on, and are not told as ours: in a container, they are told of the
    # process by its number outside (NVIDIA/open-gpu-kernel-modules, pull request 614).
    not_told = bool(ours) and max(ours) <= 0 and _alone(scene) and _middle(one.gpu_util for one in window) >= LOW
    if ours and not not_told:
        return _by_kernels(window, ours, scene)
    return _by_the_card(window, scene)


def _alone(scene: Scene) -> bool:
    """Whether no other program is listed on the cards that we use."""
    return not any(one.card in scene.used for one in scene.others)


def _wrong_card(scene: Scene) -> Verdict | None:
    if scene.wanted is None or not scene.used or set(scene.used) & set(scene.wanted):
        return None
    words = {
        "used": _names(scene, scene.used),
        "wanted": _names(scene, scene.wanted) or "-",
        "by": scene.wanted_by,
    }
    if scene.wanted_surely:
        return Verdict("wrong-gpu", "high", (Reason("wrong-card", words),))
    return Verdict("wrong-gpu", "medium", (Reason("wrong-card", words), Reason("numbered-by-speed", words)))


def _names(scene: Scene, uuids: Iterable[str]) -> str:
    """`1 (NVIDIA GeForce RTX 3080)`: the number is that of nvidia-smi."""
    wanted = set(uuids)
    return ", ".join(f"{number} ({card.name})" for number, card in enumerate(scene.cards) if card.uuid in wanted)


def _by_kernels(window: Sequence[Sample], ours: list[float], scene: Scene) -> Verdict:
    """The driver tells which share of the time our own kernels ran."""
    share, middle = zero_share(ours), float(median(ours))
    words = {"percent": round(middle), "zeros": round(100 * share)}
    if share == 1.0:
        return _silent_context(window, scene)
    hungry = _waits_for_data(window)
    if hungry and (share >= SAWTOOTH or middle < LOW):
        return Verdict("input-bound", "medium", (Reason("sawtooth" if share >= SAWTOOTH else "low", words), *hungry))
    if middle >= BUSY:
        return Verdict("used", "high", (Reason("kernels", words), *_footnotes(scene)))
    if middle >= LOW:
        return Verdict("underfed", "high", (Reason("kernels", words), Reason("underfed-hint"), *_footnotes(scene)))
    return Verdict("underfed", "medium", (Reason("low", words), Reason("underfed-hint"), *_footnotes(scene)))


def _waits_for_data(window: Sequence[Sample]) -> tuple[Reason, ...]:
    """What shows that the processor or the disk is the bottleneck."""
    cpu, worker = _middle(one.cpu for one in window), _middle(one.worker_cpu for one in window)
    disk = sum(one.disk_wait for one in window) / len(window)
    reasons = []
    if worker >= WORKER:
        reasons.append(Reason("workers-busy", {"percent": round(worker)}))
    elif _keeps_a_core_busy(window):
        reasons.append(Reason("cpu-busy", {"percent": round(cpu)}))
    if disk >= DISK:
        reasons.append(Reason("disk-wait", {"percent": round(100 * disk)}))
    return tuple(reasons)


def _keeps_a_core_busy(samples: Sequence[Sample]) -> bool:
    ready = sum(one.runnable for one in samples) / len(samples) if samples else 0.0
    return _middle(one.cpu for one in samples) >= CORE or ready >= READY


def _silent_context(window: Sequence[Sample], scene: Scene) -> Verdict:
    """A context, and no kernel in all that time: compiling, or waiting?"""
    cpu = _middle(one.cpu for one in window)
    memory = _known(one.memory_mib for one in window)
    holds = Reason("context-idle", {"mib": round(memory[-1])}) if memory else Reason("context-idle-no-size")
    works = Reason("cpu-busy", {"percent": round(cpu)})
    if not _keeps_a_core_busy(window):
        return Verdict("idle", "high", (holds, Reason("idle-hint")))
    young = scene.age_s + window[-1].t <= COMPILE_S
    if young and len(memory) > 1 and memory[-1] > memory[0]:
        return Verdict("compiling", "medium", (Reason("compiling"), works))
    return Verdict("idle", "medium", (holds, works, Reason("idle-but-cpu")))


def _by_the_card(window: Sequence[Sample], scene: Scene) -> Verdict:
    """We hold a context, and the driver does not tell who ran the kernels: the card as a whole, if it is ours alone."""
    whole = _known(one.gpu_util for one in window)
    holds = Reason("context")
    if not whole:
        if scene.sm_active:
            return Verdict("used", "medium", (holds, *_footnotes(scene)))
        return Verdict("cannot-tell", "low", (holds, Reason("no-utilization"), *_doubt(scene)))
    middle = round(median(whole))
    if max(whole) <= 0:
        return Verdict("idle", "medium", (holds, Reason("card-idle"), Reason("idle-hint")))
    if not _alone(scene):
        return Verdict("cannot-tell", "low", (holds, Reason("card-shared", {"percent": middle}), *_tenants(scene)))
    card = Reason("card-ours-alone", {"percent": middle, "zeros": round(100 * zero_share(whole))})
    hungry = _waits_for_data(window)
    if hungry and (zero_share(whole) >= SAWTOOTH or middle < LOW):
        return Verdict("input-bound", "medium", (card, *hungry))
    if middle >= BUSY:
        return Verdict("used", "medium", (card, *_footnotes(scene)))
    return Verdict("underfed", "medium", (card, Reason("underfed-hint"), *_footnotes(scene)))


def _footnotes(scene: Scene) -> tuple[Reason, ...]:
    """What a figure of use means, and what slows the card down."""
    notes = [Reason("duty-cycle")]
    if scene.sm_active is not None:
        notes.append(Reason("sm-active", {"percent": round(scene.sm_active)}))
    notes += [Reason("throttled-" + why) for why in scene.throttled]
    return tuple(notes)


# ---------------------------------------------------------------- they hold none


def _without_context(samples: Sequence[Sample], scene: Scene) -> Verdict:
    if scene.no_card:
        return Verdict("cpu-only", "high", (Reason("no-card"),))
    if scene.hidden:
        return Verdict("cpu-only", "high", (Reason("hidden", {"variable": scene.hidden}),))
    if scene.doubt == "wddm":
        return _by_engines(samples, scene)
    if scene.mapped is False:
        return _nothing_loaded(samples, scene)
    if scene.doubt in _NO_DRIVER and scene.mapped is not True:
        return Verdict("cpu-only", "medium", _doubt(scene))
    if scene.doubt:
        return _by_coming_and_going(samples, scene)
    return _nothing_listed(samples, scene)


def _nothing_loaded(samples: Sequence[Sample], scene: Scene) -> Verdict:
    """The CUDA driver's library is in none of our processes: near proof, once they are past their start."""
    cpu = _middle(one.cpu for one in samples)
    loaded = Reason("not-loaded")
    works = Reason("cpu-works", {"percent": round(cpu)})
    if scene.doubt in _NO_DRIVER:
        return Verdict("cpu-only", "high", (*_doubt(scene), loaded))
    if cpu >= WORKS or _keeps_a_core_busy(samples) or scene.ended:
        sure = "medium" if scene.doubt else "high"
        verdict = Verdict("cpu-only", sure, (loaded, works, *_load_of_others(samples, scene)))
        if not scene.ended and scene.age_s + samples[-1].t < IMPORT_S:
            return _less_sure(verdict, Reason("may-import"))
        return verdict
    others = _load_of_others(samples, scene)
    if others:
        return Verdict("other-process", "high", (*others, loaded))
    return Verdict("not-yet", "medium", (loaded, Reason("does-nothing", {"percent": round(cpu)})))


def _nothing_listed(samples: Sequence[Sample], scene: Scene) -> Verdict:
    """NVML can be believed and lists none of our processes."""
    cpu = _middle(one.cpu for one in samples)
    others = _load_of_others(samples, scene)
    if others:
        return Verdict("other-process", "high", others)
    if scene.mapped:
        hint = (Reason("not-moved"),) if _keeps_a_core_busy(samples) else ()
        return Verdict("not-yet", "medium", (Reason("loaded-unused"), *hint))
    works = Reason("cpu-works", {"percent": round(cpu)})
    if cpu >= WORKS or _keeps_a_core_busy(samples):
        return Verdict("cpu-only", "medium", (Reason("not-listed"), works))
    return Verdict("not-yet", "low", (Reason("not-listed"), Reason("does-nothing", {"percent": round(cpu)})))


def _load_of_others(samples: Sequence[Sample], scene: Scene) -> tuple[Reason, ...]:
    """Somebody else works on the card, so its load is no sign of ours."""
    middle = _middle(one.gpu_util for one in samples)
    return (Reason("load-of-others", {"percent": round(middle)}), *_tenants(scene)) if middle >= LOW else ()


def _tenants(scene: Scene) -> tuple[Reason, ...]:
    return tuple(map(tenant, scene.others[:3]))


def tenant(one: Tenant) -> Reason:
    """Who holds memory of a card, in one sentence."""
    words = {"pid": one.pid, "user": one.user or "?", "command": one.command or "?"}
    if one.memory_mib is None:
        return Reason("tenant", words)
    return Reason("tenant-memory", {**words, "mib": one.memory_mib})


def _doubt(scene: Scene) -> tuple[Reason, ...]:
    if not scene.doubt:
        return ()
    if scene.doubt.startswith("nvml-"):
        return (Reason("doubt-nvml", {"why": scene.doubt, "detail": scene.doubt_detail}),)
    return (Reason("doubt-" + scene.doubt),)


def _by_coming_and_going(samples: Sequence[Sample], scene: Scene) -> Verdict:
    """The lists prove nothing: did the card's load come with our command, and go with it?"""
    doubt = _doubt(scene)
    if scene.before is None or not _known(one.gpu_util for one in samples):
        return Verdict("cannot-tell", "low", (*doubt, Reason("use-self-test")))
    quiet = (scene.before.gpu_util or 0.0) <= QUIET
    during = max(_known(one.gpu_util for one in samples))
    memory = _known(one.memory_mib for one in samples)
    came = during >= (scene.before.gpu_util or 0.0) + RISE or (
        bool(memory) and max(memory) >= (scene.before.memory_mib or 0.0) + RISE_MIB
    )
    went = scene.after is not None and (
        (scene.after.gpu_util or 0.0) <= during - RISE
        or (bool(memory) and (scene.after.memory_mib or 0.0) <= max(memory) - RISE_MIB)
    )
    if quiet and came and (went or not scene.ended):
        text = "came-and-went" if went else "came"
        return Verdict("used", "low", (Reason(text, {"percent": round(during)}), *doubt))
    return Verdict("cannot-tell", "low", (*doubt, Reason("nothing-came" if not came else "not-only-ours"),
                                          Reason("use-self-test")))  # fmt: skip


def _by_engines(samples: Sequence[Sample], scene: Scene) -> Verdict:
    """Windows with a display driver: its counters of engine time prove use; their silence proves nothing."""
    compute, copies = (_known(getattr(one, name) for one in samples) for name in ("sm_util", "copy_util"))
    middle = float(median(compute)) if compute else 0.0
    words = {"percent": round(max(compute, default=0.0)), "middle": round(middle)}
    if max(compute, default=0.0) > ENGINE:
        return Verdict("used", "medium", (Reason("engines", words), Reason("duty-cycle")))
    if copies and max(copies) > ENGINE:
        return Verdict("idle", "medium", (Reason("only-copies", {"percent": round(max(copies))}),))
    if any(one.context for one in samples):
        return Verdict("cannot-tell", "low", (Reason("context"), Reason("engines-silent"), Reason("use-self-test")))
    if scene.mapped is False:
        return _nothing_loaded(samples, scene)
    return Verdict("cannot-tell", "low", (*_doubt(scene), Reason("engines-silent"), Reason("use-self-test")))


# ---------------------------------------------------------------- the self-test

#: What became of a trial -> (verdict, confidence).
_OF_TRIAL = {
    "gpu": ("used", "high"),
    "cpu": ("cpu-only", "high"),
    "wrong-values": ("wrong-gpu", "high"),
    "failed": ("cpu-only", "high"),
    "full": ("cannot-tell", "high"),
    "not-imported": ("cannot-tell", "high"),
    "crashed": ("cannot-tell", "medium"),
    "cut": ("cannot-tell", "medium"),
}
#: How good the news is; the best one speaks for the environment: people train with the framework that works.
_GOOD_NEWS = (*USED, "compiling", "wrong-gpu", "cpu-only", "idle", "not-yet", "other-process", "cannot-tell")


def of_trial(trial: Trial) -> Verdict:
    """The verdict on one framework's self-test."""
    verdict, confidence = _OF_TRIAL[trial.outcome]
    stage = next((one for one in trial.stages if one.state in ("failed", "cut", "crashed")), None)
    name = stage.name if stage is not None else ""
    # A limit as long as that was given because the build has no machine code for the card; some frameworks make their
    # context, and compile, while they look for devices.
    compiles = name in ("context", "first") or (name == "devices" and trial.limit_s >= COMPILE_S)
    if trial.outcome == "cut" and compiles:
        verdict, confidence = "compiling", "low"
    elif trial.outcome == "crashed" and name in STAGES[2:]:
        verdict = "cpu-only"
    return Verdict(verdict, confidence, tuple(_reasons_of(trial)))


def _reasons_of(trial: Trial) -> Iterable[Reason]:
    version = str(trial.found("version") or "")
    words = {"framework": f"{trial.framework} {version}".strip()}
    broken = next((one for one in trial.stages if one.state in ("failed", "cut", "crashed")), None)
    if broken is not None:
        words.update(stage=broken.name, error=broken.error or "?", seconds=f"{broken.seconds or 0.0:.0f}")
    if trial.outcome == "gpu":
        names = trial.found("names") or ["?"]
        yield Reason("trial-gpu", {**words, "device": trial.found("device") or "?", "card": names[0]})
        if trial.found("ratio") is not None:
            ratio = float(trial.found("ratio"))
            yield Reason("trial-speed" if ratio >= SLOW else "trial-slow", {"ratio": f"{ratio:.1f}"})
    elif trial.outcome == "cpu":
        yield Reason("trial-cpu-build" if trial.found("is_cuda_build") is False else "trial-no-device", words)
        said = [str(trial.found("why"))] if trial.found("why") else []
        if trial.found("is_cuda_build") is not False:
            said += telling(trial.words)
        yield from (Reason("trial-says", {"words": words}) for words in said[:3])
    elif trial.outcome == "wrong-values":
        worst = [one for one in trial.found("check") or () if not _right(one)]
        for one in worst[:1]:
            words.update(op=one.get("op", "?"), value=f"{one.get('error') or float('nan'):.2g}", limit=one.get("limit"))
        yield Reason("trial-wrong-values", {"op": "?", "value": "?", "limit": "?", **words})
    elif trial.outcome == "crashed":
        yield Reason("trial-signal" if trial.signal else "trial-exit", {**words, "signal": trial.signal})
    else:
        yield Reason("trial-" + trial.outcome, words)


#: What the lines say with which a framework gives up a GPU; they hold the library or the error that is to blame.
_TELLING = re.compile(
    r"(Could not load dynamic library .*?;|Could not find cuda drivers.*|Cannot dlopen .*|failed call to cuInit: .*"
    r"|Unable to load CUDA.*|Error loading CUDA libraries.*|kernel driver does not appear to be running.*"
    r"|CUDA_ERROR_\w+.*|libcud\w+\.so[\w.]*: cannot open shared object file.*)"
)


def telling(words: str) -> list[str]:
    """What a framework's log says of the reason why there is no GPU, each only once.

    >>> telling("W dso_loader.cc:55] Could not load dynamic library 'libcuda.so.1'; dlerror: libcuda.so.1: no\\n" * 2)
    ["Could not load dynamic library 'libcuda.so.1'"]
    """
    found = (match.group(1).rstrip(";.") for match in map(_TELLING.search, words.splitlines()) if match)
    return list(dict.fromkeys(found))


#: A GPU that is not even this many times as fast as the processor is suspicious, not wrong (ours).
SLOW = 1.5


def _right(check: dict[str, object]) -> bool:
    error, limit = check.get("error"), check.get("limit")
    return isinstance(error, float) and isinstance(limit, float) and error <= limit


def of_trials(trials: Sequence[Trial], needed: Sequence[str] = ()) -> Verdict:
    """The verdict on an environment.  needed: the frameworks that the project uses; they decide if they were tried."""
    deciding = [trial for trial in trials if trial.framework in needed] or list(trials)
    if not deciding:
        return Verdict("cannot-tell", "high", (Reason("no-framework"),))
    verdicts = sorted(map(of_trial, deciding), key=lambda one: _GOOD_NEWS.index(one.verdict))
    best = verdicts[0]
    return Verdict(best.verdict, best.confidence, tuple(reason for one in verdicts for reason in one.reasons))
