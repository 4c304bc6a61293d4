"""What does an answer about the GPU look like that a renderer may be given?  A few made up, each by name in ANSWERS."""

import math
from dataclasses import replace
from typing import Any, Dict, Iterable, Optional, Sequence, Tuple

from envdoctor import consult, rulebook
from envdoctor.consult import Request
from envdoctor.gpu import verdict as judge
from envdoctor.gpu.answer import Answer
from envdoctor.gpu.evidence import STAGES, Card, Sample, Scene, Stage, Tenant, Trial, Witness
from envdoctor.report import Finding, Report

from .reports import REPORTS

RTX_3080 = Card("NVIDIA GeForce RTX 3080", "GPU-0a1b2c3d-0000-0000-0000-000000000001", "0000:01:00.0", 10240)
RTX_2080 = Card("NVIDIA GeForce RTX 2080 Ti", "GPU-0a1b2c3d-0000-0000-0000-000000000002", "0000:02:00.0", 11264)
GTX_1660 = Card("NVIDIA GeForce GTX 1660 Ti", "GPU-0a1b2c3d-0000-0000-0000-000000000003", "0000:01:00.0", 6144)

_AREAS = ("gpu", "driver", "cuda", "cudnn", "frameworks", "environment")


def diagnosed(name: str) -> Tuple[Report, Tuple[Finding, ...]]:
    """What a real diagnosis of one of the made-up charts finds, and what of it can explain that no GPU is used."""
    report = consult.judge(REPORTS[name]().chart, rulebook.load(), Request())
    return report, tuple(one for one in report.findings if one.area in _AREAS and one.severity != "info")


def train(python: str, *words: str, pid: int = 48213) -> Witness:
    return Witness(pid, "python", (python, *(words or ("train.py",))), "li", "/home/li/yolo", python, {}, 212.0)


def film(number: int, each_s: float = 0.5, **series: Any) -> Tuple[Sample, ...]:
    """Samples whose fields are functions of the time."""
    return tuple(
        Sample(number * each_s, **{name: value(number * each_s) for name, value in series.items()})
        for number in range(number)
    )


def rough(seconds: float, about: float, by: float) -> float:
    """A value that wanders, always the same way."""
    return round(about + by * (math.sin(2.1 * seconds) + math.sin(5.3 * seconds + 1) + math.sin(0.7 * seconds)) / 3, 1)


def after(start: float, value: Any, before: Any = None) -> Any:
    """A function that is `value` from `start` on."""
    return lambda t: before if t < start else value(t) if callable(value) else value


def watched(samples: Sequence[Sample], scene: Scene, process: Optional[Witness], **more: Any) -> Answer:
    return Answer(
        how=scene.how,
        verdict=judge.of_samples(samples, scene),
        cards=scene.cards,
        samples=tuple(samples),
        scene=scene,
        process=process,
        took_s=samples[-1].t if samples else 0.0,
        driver="" if scene.no_card else "535.183.01",
        **more,
    )


# ---------------------------------------------------------------- watched


def used() -> Answer:
    samples = film(
        40,
        gpu_util=after(3, lambda t: rough(t, 94, 5), 0.0),
        sm_util=after(3, lambda t: rough(t, 91, 7), 0.0),
        memory_mib=lambda t: None if t < 1.5 else min(6822.0, 400 + 1900 * (t - 1.5)),
        cpu=lambda t: rough(t, 104, 8) if t < 3 else rough(t, 86, 20),
        context=lambda t: t >= 1.5,
    )
    scene = Scene("pid", (RTX_3080,), mapped=True, used=(RTX_3080.uuid,), age_s=300.0, sm_active=61.0)
    return watched(samples, scene, train("/home/li/anaconda3/envs/yolo/bin/python"))


def underfed() -> Answer:
    samples = film(
        60,
        gpu_util=lambda t: rough(t, 33, 9),
        sm_util=lambda t: rough(t, 28, 9),
        memory_mib=lambda t: 2318.0,
        cpu=lambda t: rough(t, 74, 12),
        context=lambda t: True,
    )
    scene = Scene("pid", (RTX_3080, RTX_2080), mapped=True, used=(RTX_3080.uuid,), age_s=900.0, throttled=("heat",))
    return watched(samples, scene, train("/opt/conda/bin/python", "train.py", "--batch-size", "2"))


def input_bound() -> Answer:
    """A long watch, in bursts, with a hole in which the driver did not answer."""

    def burst(t: float) -> float:
        return rough(t, 88, 10) if t % 8 < 2.5 else 0.0

    def ours(t: float) -> Optional[float]:
        return None if 300 < t < 380 else burst(t)

    samples = film(
        2400,
        gpu_util=ours,
        sm_util=ours,
        memory_mib=lambda t: 8120.0,
        cpu=lambda t: rough(t, 412, 90),
        worker_cpu=lambda t: 97.0,
        disk_wait=lambda t: t % 3 < 1.5,
        context=lambda t: True,
    )
    scene = Scene("command", (RTX_3080,), mapped=True, used=(RTX_3080.uuid,), ended=True)
    command = ("python", "-u", "tools/train.py", "--data", "/mnt/nas/coco2017", "--workers", "4", "--epochs", "300")
    return watched(samples, scene, train("/opt/conda/bin/python", *command[1:]), command=command, status=1)


def idle() -> Answer:
    samples = film(
        40, gpu_util=lambda t: 0.0, sm_util=lambda t: 0.0, memory_mib=lambda t: 912.0, cpu=lambda t: rough(t, 2, 2),
        context=lambda t: True,
    )  # fmt: skip
    scene = Scene("pid", (RTX_3080,), mapped=True, used=(RTX_3080.uuid,), age_s=8000.0)
    report, causes = diagnosed("healthy")
    return watched(samples, scene, train("/srv/app/.venv/bin/python"), report=report, causes=causes)


def cpu_only() -> Answer:
    samples = film(40, gpu_util=lambda t: 0.0, cpu=lambda t: rough(t, 388, 20), context=lambda t: False)
    report, causes = diagnosed("sick")
    scene = Scene("pid", (GTX_1660,), mapped=False, age_s=120.0)
    return watched(samples, scene, train(str(report.chart.patient["python"])), report=report, causes=causes)


def cpu_only_torch() -> Answer:
    """A driver that was updated without a restart, and a build that is too old for the card."""
    samples = film(40, gpu_util=lambda t: 0.0, cpu=lambda t: rough(t, 795, 12), context=lambda t: False)
    report, causes = diagnosed("too-new-gpu")
    scene = Scene("command", (RTX_3080, RTX_3080), mapped=False, ended=True)
    command = ("python", "train.py")
    return watched(
        samples, scene, train("/opt/conda/bin/python"), report=report, causes=causes, command=command, status=1
    )


def wrong_gpu() -> Answer:
    samples = film(
        30, gpu_util=lambda t: rough(t, 92, 6), sm_util=lambda t: rough(t, 92, 6), memory_mib=lambda t: 5110.0,
        cpu=lambda t: rough(t, 99, 4), context=lambda t: True,
    )  # fmt: skip
    scene = Scene(
        "pid", (RTX_3080, RTX_2080), mapped=True, used=(RTX_2080.uuid,), wanted=(RTX_3080.uuid,),
        wanted_by="CUDA_VISIBLE_DEVICES=0", wanted_surely=False, age_s=60.0,
    )  # fmt: skip
    return watched(samples, scene, train("/opt/conda/bin/python"))


def other_process() -> Answer:
    samples = film(40, gpu_util=lambda t: rough(t, 97, 3), cpu=lambda t: rough(t, 3, 2), context=lambda t: False)
    others = (
        Tenant(3127, RTX_3080.uuid, 8914, "wang", "/home/wang/miniconda3/envs/llm/bin/python finetune.py"),
        Tenant(3390, RTX_3080.uuid, 412, "chen", "jupyter-lab"),
        Tenant(4021, RTX_2080.uuid, None, "", ""),
    )
    scene = Scene("pid", (RTX_3080, RTX_2080), mapped=False, others=others, age_s=400.0)
    return watched(samples, scene, train("/opt/conda/bin/python"))


def container() -> Answer:
    samples = film(40, gpu_util=lambda t: rough(t, 55, 20), cpu=lambda t: rough(t, 100, 3))
    scene = Scene("pid", (RTX_3080,), doubt="container", age_s=90.0)
    return watched(samples, scene, train("/usr/bin/python3", "-m", "trainer", pid=17))


def nobody() -> Answer:
    """It ended before anything could be seen, on a machine without a GPU."""
    return watched((), Scene("command", no_card=True, ended=True), None, command=("python", "-c", "print(1)"))


# ---------------------------------------------------------------- tested


def stages(*seconds: float, end: str = "done", error: str = "", **found: Dict[str, Any]) -> Tuple[Stage, ...]:
    """Stages that took so long; the last one ended as told."""
    last = len(seconds) - 1
    return tuple(
        Stage(name, end if place == last else "done", took, found.get(name + "_", {}), error if place == last else "")
        for place, (name, took) in enumerate(zip(STAGES, seconds))
    )


def tested(trials: Iterable[Trial], name: str, cards: Tuple[Card, ...], samples: Sequence[Sample] = ()) -> Answer:
    trials = tuple(trials)
    report, causes = diagnosed(name)
    verdict = judge.of_trials(trials)
    return Answer(
        how="test", verdict=verdict, cards=cards, report=report, causes=() if verdict.verdict == "used" else causes,
        samples=tuple(samples), trials=trials, took_s=samples[-1].t if samples else 0.0,
        driver="535.183.01" if cards else "",
    )  # fmt: skip


def good_test() -> Answer:
    found = {
        "import_": {"version": "2.1.2+cu121", "is_cuda_build": True},
        "devices_": {"count": 1, "names": [RTX_3080.name]},
        "first_": {"device": "cuda:0"},
        "speed_": {"ratio": 21.4},
    }
    trial = Trial("torch", "gpu", stages(2.4, 0.1, 0.6, 0.3, 0.8, 0.4, 1.9, **found))
    samples = film(
        14, gpu_util=after(4.5, lambda t: rough(t, 60, 30), 0.0), sm_util=after(4.5, lambda t: rough(t, 58, 30), 0.0),
        memory_mib=after(3, 612.0), cpu=lambda t: rough(t, 101, 4), context=lambda t: t >= 3,
    )  # fmt: skip
    answer = tested([trial], "healthy", (RTX_3080,), samples)
    return replace(answer, fits=("ResNet-50", "YOLOv3", "U-Net"), too_large=("DeepLabv3+ (Xception)", "BERT-large"))


def cpu_test() -> Answer:
    tensorflow = Trial(
        "tensorflow",
        "cpu",
        stages(3.1, 0.2, import_={"version": "1.13.2", "is_cuda_build": False}, devices_={"count": 0}),
    )
    why = "Torch not compiled with CUDA enabled"
    torch = Trial(
        "torch",
        "cpu",
        stages(1.2, 0.1, import_={"version": "1.13.1+cpu", "is_cuda_build": False}, devices_={"why": why}),
        words="UserWarning: Failed to initialize NumPy: _ARRAY_API not found\n  (Triggered internally)\n",
    )
    return tested([tensorflow, torch], "sick", (GTX_1660,))


def failed_test() -> Answer:
    error = "RuntimeError: CUDA error: no kernel image is available for execution on the device"
    words = (
        "/opt/conda/lib/python3.7/site-packages/torch/cuda/__init__.py:146: UserWarning:\nNVIDIA GeForce RTX 3080 with "
        "CUDA capability sm_86 is not compatible with the current PyTorch installation.\nTraceback (most recent call "
        'last):\n  File "<string>", line 1, in <module>\n' + error + "\n"
    )
    found = {"import_": {"version": "1.2.0"}, "devices_": {"count": 1, "names": [RTX_3080.name]}}
    trial = Trial("torch", "failed", stages(1.9, 0.2, 3.4, 0.1, end="failed", error=error, **found), words=words)
    return tested([trial], "too-new-gpu", (RTX_3080, RTX_3080))


def full_test() -> Answer:
    return tested([Trial("torch", "full")], "healthy", (RTX_3080,))


ANSWERS = {
    "used": used,
    "underfed": underfed,
    "input-bound": input_bound,
    "idle": idle,
    "cpu-only": cpu_only,
    "cpu-only-torch": cpu_only_torch,
    "wrong-gpu": wrong_gpu,
    "other-process": other_process,
    "container": container,
    "nobody": nobody,
    "good-test": good_test,
    "cpu-test": cpu_test,
    "failed-test": failed_test,
    "full-test": full_test,
}
