"""Does every row of the decision table give its verdict, and does nothing else?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.gpu.devices import wish
from envdoctor.gpu.evidence import (
    CONFIDENCES,
    STAGES,
    VERDICTS,
    Card,
    Sample,
    Scene,
    Stage,
    Tenant,
    Trial,
)
from envdoctor.gpu.sentences import headline, sentence
from envdoctor.gpu.verdict import USED, at_work, of_samples, of_trial, of_trials, zero_share

A, B = "GPU-aaaa", "GPU-bbbb"
CARDS = (Card("NVIDIA GeForce RTX 3080", A, "0000:01:00.0", 10240), Card("NVIDIA GeForce RTX 3080", B, "", 10240))
SCENE = Scene("pid", CARDS, age_s=600.0)
OURS = replace(SCENE, used=(A,))
OTHER = Tenant(4711, A, 3000, "li", "python other.py")


def film(seconds=20, every=0.25, **fields):
    """Samples with these values; a list is gone through again and again."""
    number = int(seconds / every)
    return [
        Sample(
            t=round(place * every, 2),
            **{name: value[place % len(value)] if isinstance(value, list) else value for name, value in fields.items()},
        )
        for place in range(number + 1)
    ]


def growing(**fields):
    return [replace(one, memory_mib=100.0 + 5 * one.t) for one in film(**fields)]


HELD = {"context": True, "memory_mib": 2048.0}
NOT_HELD = {"context": False, "memory_mib": 0.0}

TABLE = [
    # name, samples, scene, verdict, confidence, ids of reasons that must be there
    ("1 busy", film(sm_util=87.0, gpu_util=90.0, cpu=100.0, **HELD), OURS, "used", "high", ["kernels", "duty-cycle"]),
    ("1 at the target", film(sm_util=50.0, cpu=5.0, **HELD), OURS, "used", "high", ["kernels"]),
    ("1 with a lazy processor", film(sm_util=95.0, cpu=2.0, **HELD), OURS, "used", "high", ["kernels"]),
    ("2 underfed", film(sm_util=49.0, cpu=30.0, **HELD), OURS, "underfed", "high", ["underfed-hint"]),
    ("2 whatever the processor does", film(sm_util=15.0, cpu=400.0, **HELD), OURS, "underfed", "high", []),
    ("3 low, a core busy", film(sm_util=5.0, cpu=100.0, **HELD), OURS, "input-bound", "medium", ["low", "cpu-busy"]),
    ("3 low, a worker busy", film(sm_util=5.0, cpu=85.0, worker_cpu=82.0, **HELD), OURS, "input-bound", "medium",
     ["workers-busy"]),
    ("3 low, waiting for the disk", film(sm_util=5.0, cpu=10.0, disk_wait=True, **HELD), OURS, "input-bound", "medium",
     ["disk-wait"]),
    ("3 sawtooth", film(sm_util=[90.0, 90.0, 0.0, 0.0], cpu=150.0, **HELD), OURS, "input-bound", "medium",
     ["sawtooth"]),
    ("3 bursts without a reason to see", film(sm_util=[90.0, 90.0, 0.0], cpu=20.0, **HELD), OURS, "used", "high", []),
    ("3 low without a reason to see", film(sm_util=5.0, cpu=10.0, **HELD), OURS, "underfed", "medium", ["low"]),
    ("4 idle", film(sm_util=0.0, gpu_util=0.0, cpu=0.0, **HELD), OURS, "idle", "high", ["context-idle"]),
    ("4 idle, while somebody else works", film(sm_util=0.0, gpu_util=99.0, cpu=1.0, **HELD), replace(OURS, others=(OTHER,)),
     "idle", "high", ["context-idle"]),
    ("5 compiling", growing(sm_util=0.0, cpu=100.0, context=True), replace(OURS, age_s=5.0), "compiling", "medium",
     ["compiling"]),
    ("5 too old for that", growing(sm_util=0.0, cpu=100.0, context=True), replace(OURS, age_s=5000.0), "idle", "medium",
     ["idle-but-cpu"]),
    ("5 memory does not grow", film(sm_util=0.0, cpu=100.0, **HELD), replace(OURS, age_s=5.0), "idle", "medium", []),
    ("6 CPU only", film(sm_util=0.0, gpu_util=0.0, cpu=380.0, **NOT_HELD), replace(SCENE, mapped=False), "cpu-only", "high",
     ["not-loaded", "cpu-works"]),
    ("6 while somebody else works", film(sm_util=0.0, gpu_util=97.0, cpu=100.0, **NOT_HELD),
     replace(SCENE, mapped=False, others=(OTHER,)), "cpu-only", "high", ["load-of-others"]),
    ("6 just started", film(seconds=5, sm_util=0.0, cpu=100.0, **NOT_HELD), replace(SCENE, mapped=False, age_s=0.5),
     "cpu-only", "medium", ["may-import"]),
    ("6 on a machine with too much to do", film(sm_util=0.0, gpu_util=0.0, cpu=15.0, runnable=True, **NOT_HELD),
     replace(SCENE, mapped=False), "cpu-only", "high", ["cpu-works"]),
    ("3 on a machine with too much to do", film(sm_util=5.0, cpu=40.0, runnable=True, **HELD), OURS, "input-bound",
     "medium", ["cpu-busy"]),
    ("6 nobody may look into it", film(sm_util=0.0, gpu_util=0.0, cpu=100.0, **NOT_HELD), SCENE, "cpu-only", "medium",
     ["not-listed"]),
    ("6 ended without it", film(sm_util=0.0, cpu=30.0, **NOT_HELD), replace(SCENE, mapped=False, ended=True), "cpu-only",
     "high", []),
    ("6 no card at all", film(cpu=3.0), replace(SCENE, cards=(), no_card=True), "cpu-only", "high", ["no-card"]),
    ("6 hidden", film(cpu=100.0, **NOT_HELD), replace(SCENE, mapped=True, hidden="CUDA_VISIBLE_DEVICES=-1"), "cpu-only",
     "high", ["hidden"]),
    ("7 loaded, not used", film(sm_util=0.0, gpu_util=0.0, cpu=3.0, **NOT_HELD), replace(SCENE, mapped=True), "not-yet",
     "medium", ["loaded-unused"]),
    ("7 and never moved to the GPU", film(sm_util=0.0, gpu_util=0.0, cpu=300.0, **NOT_HELD), replace(SCENE, mapped=True),
     "not-yet", "medium", ["not-moved"]),
    ("7 does nothing yet", film(sm_util=0.0, gpu_util=0.0, cpu=0.0, **NOT_HELD), replace(SCENE, mapped=False), "not-yet",
     "medium", ["does-nothing"]),
    ("8 wrong card", film(sm_util=95.0, cpu=100.0, **HELD), replace(OURS, wanted=(B,), wanted_by="CUDA_VISIBLE_DEVICES=1"),
     "wrong-gpu", "high", ["wrong-card"]),
    ("8 perhaps by another count", film(sm_util=95.0, cpu=100.0, **HELD),
     replace(OURS, wanted=(B,), wanted_surely=False), "wrong-gpu", "medium", ["numbered-by-speed"]),
    ("8 the right one among two", film(sm_util=95.0, cpu=100.0, **HELD), replace(OURS, wanted=(B, A)), "used", "high", []),
    ("9 another's load", film(sm_util=0.0, gpu_util=95.0, cpu=2.0, **NOT_HELD), replace(SCENE, others=(OTHER,)),
     "other-process", "high", ["load-of-others", "tenant-memory"]),
    ("9 CUDA loaded, another's load", film(sm_util=0.0, gpu_util=95.0, cpu=200.0, **NOT_HELD),
     replace(SCENE, mapped=True, others=(OTHER,)), "other-process", "high", []),
    ("10 came and went", film(gpu_util=80.0, cpu=100.0, **NOT_HELD),
     Scene("command", CARDS, doubt="container", before=Sample(0, 0.0, memory_mib=0.0), after=Sample(0, 0.0), ended=True),
     "used", "low", ["came-and-went", "doubt-container"]),
    ("10 memory came and went", film(gpu_util=3.0, cpu=100.0, context=False, memory_mib=900.0),
     Scene("command", CARDS, doubt="mig", before=Sample(0, 0.0, memory_mib=10.0), after=Sample(0, 0.0, memory_mib=10.0),
           ended=True), "used", "low", ["came-and-went"]),
    ("11 flat", film(gpu_util=0.0, cpu=100.0, **NOT_HELD),
     Scene("command", CARDS, doubt="container", before=Sample(0, 0.0), after=Sample(0, 0.0), ended=True),
     "cannot-tell", "low", ["nothing-came", "use-self-test"]),
    ("11 busy before", film(gpu_util=95.0, cpu=100.0, **NOT_HELD),
     Scene("command", CARDS, doubt="container", before=Sample(0, 60.0), after=Sample(0, 60.0), ended=True),
     "cannot-tell", "low", ["not-only-ours"]),
    ("11 a running one in a container", film(gpu_util=95.0, cpu=100.0, **NOT_HELD), replace(SCENE, doubt="container"),
     "cannot-tell", "low", ["doubt-container", "use-self-test"]),
    ("11 WSL2", film(cpu=100.0), replace(SCENE, doubt="wsl", mapped=True), "cannot-tell", "low", ["doubt-wsl"]),
    ("11 in a container nothing is loaded", film(gpu_util=95.0, cpu=100.0, **NOT_HELD),
     replace(SCENE, doubt="container", mapped=False), "cpu-only", "medium", ["not-loaded"]),
    ("11 a container that lists us", film(sm_util=70.0, gpu_util=95.0, cpu=100.0, **HELD), replace(OURS, doubt="container"),
     "used", "high", ["kernels"]),
    ("12 engines", film(sm_util=[60.0, 64.0], cpu=100.0, context=True), replace(OURS, doubt="wddm"), "used", "medium",
     ["engines"]),
    ("12 only copies", film(sm_util=0.0, copy_util=30.0, cpu=100.0, context=True), replace(OURS, doubt="wddm"), "idle",
     "medium", ["only-copies"]),
    ("12 silence proves nothing", film(sm_util=0.0, copy_util=0.0, cpu=100.0, context=True), replace(OURS, doubt="wddm"),
     "cannot-tell", "low", ["engines-silent"]),
    ("12 no context, nothing loaded", film(sm_util=0.0, cpu=100.0, context=False), replace(SCENE, doubt="wddm", mapped=False),
     "cpu-only", "medium", []),
    ("the card is ours alone", film(gpu_util=88.0, cpu=100.0, **HELD), OURS, "used", "medium", ["card-ours-alone"]),
    ("its kernels are told of another number", film(sm_util=0.0, gpu_util=88.0, cpu=100.0, **HELD),
     replace(OURS, doubt="container"), "used", "medium", ["card-ours-alone"]),
    ("the card is shared", film(gpu_util=88.0, cpu=100.0, **HELD), replace(OURS, others=(OTHER,)), "cannot-tell", "low",
     ["card-shared"]),
    ("another card's tenant does not share it", film(gpu_util=88.0, cpu=100.0, **HELD),
     replace(OURS, others=(replace(OTHER, card=B),)), "used", "medium", []),
    ("the card rests", film(gpu_util=0.0, cpu=0.0, **HELD), OURS, "idle", "medium", ["card-idle"]),
    ("no utilization at all", film(cpu=10.0, **HELD), replace(OURS, doubt="mig"), "cannot-tell", "low", ["no-utilization"]),
    ("MIG on a Hopper", film(cpu=10.0, **HELD), replace(OURS, doubt="mig", sm_active=40.0), "used", "medium", ["sm-active"]),
    ("lost in the middle", film(sm_util=90.0, **HELD), replace(OURS, doubt="nvml-gpu-lost"), "cannot-tell", "high",
     ["gpu-lost", "lost-before"]),
    ("no driver", film(cpu=100.0), Scene("pid", doubt="nvml-driver-not-loaded", mapped=False), "cpu-only", "high",
     ["doubt-nvml"]),
    ("no permission", film(cpu=100.0), Scene("pid", doubt="nvml-no-permission", mapped=True), "cannot-tell", "low",
     ["doubt-nvml"]),
    ("hot", film(sm_util=90.0, **HELD), replace(OURS, throttled=("heat",)), "used", "high", ["throttled-heat"]),
    ("nothing seen", [], SCENE, "cannot-tell", "high", ["no-samples"]),
    ("gone at once", film(seconds=0.25, cpu=100.0), replace(SCENE, mapped=False, ended=True), "cannot-tell", "high",
     ["ended-soon"]),
    ("a short look", film(seconds=2, sm_util=90.0, **HELD), OURS, "used", "medium", ["short"]),
]  # fmt: skip


@pytest.mark.parametrize(("samples", "scene", "verdict", "confidence", "reasons"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])  # fmt: skip
def test_decision_table(samples, scene, verdict, confidence, reasons):
    judged = of_samples(samples, scene)
    assert (judged.verdict, judged.confidence) == (verdict, confidence), judged.reasons
    assert set(reasons) <= {one.text for one in judged.reasons}, judged.reasons


def test_the_warm_up_does_not_count():
    importing = film(seconds=10, sm_util=0.0, cpu=100.0, **NOT_HELD)
    waiting = [replace(one, t=one.t + 10) for one in film(seconds=5, sm_util=0.0, cpu=100.0, **HELD)]
    training = [replace(one, t=one.t + 15) for one in film(seconds=10, sm_util=92.0, cpu=100.0, **HELD)]
    assert of_samples(importing + waiting + training, OURS).verdict == "used"
    assert at_work(importing + waiting + training) == training
    assert at_work(importing) == importing


def test_a_small_share_of_zeros_is_no_sawtooth():
    assert zero_share([0.0, 1.0, 2.0, 3.0]) == 0.25
    assert of_samples(film(sm_util=[0.0, 80.0, 80.0, 80.0], cpu=100.0, **HELD), OURS).verdict == "used"


# ---------------------------------------------------------------- whatever is seen

PERCENT = st.one_of(st.none(), st.floats(0, 100))
SAMPLES = st.lists(
    st.builds(
        Sample,
        t=st.floats(0, 1e5),
        gpu_util=PERCENT,
        sm_util=PERCENT,
        memory_mib=st.one_of(st.none(), st.floats(0, 1e6)),
        cpu=st.one_of(st.none(), st.floats(0, 6400)),
        context=st.sampled_from([None, True, False]),
        worker_cpu=PERCENT,
        runnable=st.booleans(),
        disk_wait=st.booleans(),
        copy_util=PERCENT,
    ),
    max_size=30,
).map(lambda samples: sorted(samples, key=lambda one: one.t))
DOUBTS = ["", "container", "wsl", "mig", "wddm", "vgpu", "tegra", "amd", "nvml-gpu-lost", "nvml-no-permission",
          "nvml-driver-not-loaded", "nvml-library-not-found", "nvml-unknown-error"]  # fmt: skip
UUIDS = st.lists(st.sampled_from([A, B]), unique=True, max_size=2).map(tuple)
SCENES = st.builds(
    Scene,
    how=st.sampled_from(["pid", "command"]),
    cards=st.sampled_from([(), CARDS[:1], CARDS]),
    no_card=st.booleans(),
    doubt=st.sampled_from(DOUBTS),
    mapped=st.sampled_from([None, True, False]),
    used=UUIDS,
    wanted=st.one_of(st.none(), UUIDS),
    wanted_surely=st.booleans(),
    hidden=st.sampled_from(["", "CUDA_VISIBLE_DEVICES=-1"]),
    others=st.sampled_from([(), (OTHER,), (replace(OTHER, memory_mib=None),)]),
    before=st.one_of(st.none(), st.builds(Sample, t=st.just(0.0), gpu_util=PERCENT)),
    after=st.one_of(st.none(), st.builds(Sample, t=st.just(0.0), gpu_util=PERCENT)),
    age_s=st.floats(0, 1e6),
    ended=st.booleans(),
    throttled=st.sampled_from([(), ("heat",), ("brake", "heat")]),
    sm_active=PERCENT,
)


@given(SAMPLES, SCENES)
def test_any_evidence_gives_a_verdict_that_can_be_said(samples, scene):
    judged = of_samples(samples, scene)
    assert judged.verdict in VERDICTS and judged.confidence in CONFIDENCES and judged.reasons
    for lang in ("en", "zh"):
        assert headline(judged, scene.how, lang)
        for one in judged.reasons:
            text = sentence(one, lang)
            assert text and "?" not in text.replace("{?}", "") and "{" not in text, text


@given(SAMPLES, SCENES)
def test_success_needs_a_sign_of_use(samples, scene):
    """Without a context and without a kernel of ours nothing but a change with the command may count, and little."""
    judged = of_samples([replace(one, context=False, sm_util=0.0) for one in samples], scene)
    assert judged.verdict not in USED or judged.confidence == "low"


# ---------------------------------------------------------------- the self-test


def trial(outcome, *done, broken=None, framework="torch", **found):
    stages = [Stage(name, "done", 1.0, dict(found) if name == "import" else {}) for name in done]
    if broken:
        stages.append(Stage(broken[0], broken[1], 120.0, {}, "RuntimeError: CUDA error: no kernel image"))
    return Trial(framework, outcome, tuple(stages))


GOOD = trial("gpu", *STAGES, version="2.1.0+cu121", names=["NVIDIA GeForce RTX 3080"], device="cuda:0", ratio=31.0)
CPU = trial("cpu", "import", "devices", version="2.1.0+cpu", is_cuda_build=False)
TRIALS = [
    (GOOD, "used", "trial-gpu"),
    (replace(GOOD, stages=(*GOOD.stages[:-1], Stage("speed", "done", 1.0, {"ratio": 1.1}))), "used", "trial-gpu"),
    (CPU, "cpu-only", "trial-cpu-build"),
    (trial("cpu", "import", "devices", version="2.1.0+cu121", is_cuda_build=True, why="Found no NVIDIA driver"), "cpu-only",
     "trial-says"),
    (trial("wrong-values", *STAGES[:5], broken=("check", "failed"), check=[{"op": "matmul", "error": 0.5, "limit": 1e-3}]),
     "wrong-gpu", "trial-wrong-values"),
    (trial("wrong-values", *STAGES[:5], check=[{"op": "matmul", "error": None, "limit": 1e-3}]), "wrong-gpu",
     "trial-wrong-values"),
    (trial("failed", "import", "devices", "context", broken=("first", "failed")), "cpu-only", "trial-failed"),
    (trial("full", "import", "devices"), "cannot-tell", "trial-full"),
    (Trial("torch", "full"), "cannot-tell", "trial-full"),
    (trial("not-imported", broken=("import", "failed")), "cannot-tell", "trial-not-imported"),
    (trial("crashed", broken=("import", "crashed")), "cannot-tell", "trial-exit"),
    (replace(trial("crashed", "import", "devices", broken=("context", "crashed")), signal=11), "cpu-only", "trial-signal"),
    (trial("cut", "import", "devices", broken=("first", "cut")), "compiling", "trial-cut"),
    (trial("cut", broken=("import", "cut")), "cannot-tell", "trial-cut"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "verdict", "reason"), TRIALS)
def test_a_trial(one, verdict, reason):
    judged = of_trial(one)
    assert judged.verdict == verdict
    assert reason in {said.text for said in judged.reasons}
    for lang in ("en", "zh"):
        for said in judged.reasons:
            assert "{" not in sentence(said, lang)


def test_several_frameworks():
    tf = replace(CPU, framework="tensorflow")
    assert of_trials([GOOD, tf]).verdict == "used"
    assert of_trials([GOOD, tf], ["tensorflow"]).verdict == "cpu-only", "the project's own framework decides"
    assert of_trials([GOOD, tf], ["jax"]).verdict == "used", "it was not tried"
    assert of_trials([]).verdict == "cannot-tell"
    assert len(of_trials([CPU, tf]).reasons) == 2


# ---------------------------------------------------------------- which card was asked for

MIXED = (CARDS[0], replace(CARDS[1], name="NVIDIA GeForce GTX 1080 Ti"))


@pytest.mark.parametrize(
    ("environ", "cards", "uuids", "surely", "hides"),
    [
        ({}, CARDS, None, True, False),
        ({"CUDA_VISIBLE_DEVICES": "1"}, CARDS, (B,), True, False),
        ({"CUDA_VISIBLE_DEVICES": "1,0"}, CARDS, (B, A), True, False),
        ({"CUDA_VISIBLE_DEVICES": " 1 , 0 "}, CARDS, (B, A), True, False),
        ({"CUDA_VISIBLE_DEVICES": "1"}, MIXED, (B,), False, False),
        ({"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, MIXED, (B,), True, False),
        ({"CUDA_VISIBLE_DEVICES": "GPU-bb"}, MIXED, (B,), True, False),
        ({"CUDA_VISIBLE_DEVICES": "0,9,1"}, CARDS, (A,), True, False),
        ({"CUDA_VISIBLE_DEVICES": "9,1"}, CARDS, (), True, True),
        ({"CUDA_VISIBLE_DEVICES": ""}, CARDS, (), True, True),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, CARDS, (), True, True),
        ({"CUDA_VISIBLE_DEVICES": "NoDevFiles"}, CARDS, (), True, True),
        ({"CUDA_VISIBLE_DEVICES": "GPU-cc"}, CARDS, (), True, True),
        ({"CUDA_VISIBLE_DEVICES": "MIG-7f0d"}, CARDS, None, True, False),
        ({"CUDA_VISIBLE_DEVICES": "٣"}, CARDS, (), True, True),
    ],
)
def test_wish(environ, cards, uuids, surely, hides):
    asked = wish(environ, cards)
    assert (asked.uuids, asked.surely, asked.hides) == (uuids, surely, hides)
