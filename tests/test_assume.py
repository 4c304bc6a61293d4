"""Does --assume put facts in place, and refuse what it does not know?"""

import pytest

from envdoctor import consult, rulebook
from envdoctor.assume import assume
from envdoctor.chart import ABSENT, Chart, known
from envdoctor.complaint import Complaint

SEEN = Chart(
    {},
    {
        "torch": known("2.1"),
        "torch.cuda": known("12.1"),
        "gpu": known(["A"]),
        "gpu.memory": known([1]),
        "os": known("linux"),
    },
)


@pytest.mark.parametrize(
    "words, name, value",
    [
        (["torch=1.2.0+cu100"], "torch", "1.2.0+cu100"),
        (["Typing_Extensions=4"], "typing-extensions", "4"),
        (["python=3.7"], "python", "3.7"),
        (["os=windows"], "os", "windows"),
        (["os=wsl"], "os.wsl", "2"),
        (["gpu=A", "gpu=B"], "gpu", ["A", "B"]),
        (["gpu.memory=10GiB"], "gpu.memory", [10240]),
        (["gpu.capability=8.6"], "gpu.capability", ["8.6"]),
        (["driver=460.32"], "driver", "460.32"),
        (["cpu.avx=no"], "cpu.avx", "no"),
        (["env.CUDA_VISIBLE_DEVICES=1,2"], "env.CUDA_VISIBLE_DEVICES", "1,2"),
    ],
)
def test_facts(words, name, value):
    assert assume(Chart({}, {}), words).value(name) == value


def test_none_means_not_there():
    assert assume(SEEN, ["torch.cuda=none"]).fact("torch.cuda").state == ABSENT


def test_what_was_seen_of_the_same_thing_is_dropped():
    chart = assume(SEEN, ["torch=1.2.0", "gpu=GeForce RTX 3080"])
    assert chart.value("torch") == "1.2.0" and "torch.cuda" not in chart.facts
    assert chart.value("gpu") == ["GeForce RTX 3080"] and "gpu.memory" not in chart.facts
    assert chart.value("os") == "linux"


def judged(*words):
    """The causes that an imagined machine shows."""
    book = rulebook.load()
    request = consult.Request(assumptions=words, probe=False)
    return [found.cause for found in consult.judge(consult.see(request, None), book, request).findings]


@pytest.mark.parametrize(
    "words, causes",
    [
        (["torch=1.7.1", "torch.cuda=none", "os=linux", "gpu=GeForce RTX 3060"], ["torch-cpu-build"]),
        (["torch=1.7.1+rocm3.8", "torch.cuda=none", "os=linux", "gpu=GeForce RTX 3060"], []),
        (["tensorflow=2.10.0", "cudnn=8.0.5", "os=linux", "gpu=GeForce RTX 3060"], ["cudnn-version-mismatch"]),
        (["tensorflow=2.10.0", "cudnn=8.1.0", "cuda.toolkit=11.2", "os=linux", "gpu=GeForce RTX 3060"], []),
        (["xformers=0.0.22", "torch=2.2.0", "torch.cuda=12.1", "os=linux"], ["extension-abi-mismatch"]),
        (["flash-attn=2.5.8", "torch=2.3.0", "os=linux", "gpu=GeForce RTX 2080"], ["gpu-arch-not-in-build"]),
    ],
)
def test_what_if_questions(words, causes):
    assert judged(*words) == causes


@pytest.mark.parametrize(
    "word, why",
    [
        ("torch", "assume-shape"),
        ("=1", "assume-shape"),
        ("torch=", "assume-shape"),
        ("no.such.fact=1", "assume-unknown"),
        ("os=beos", "assume-os"),
        ("gpu.memory=much", "assume-size"),
    ],
)
def test_mistakes(word, why):
    with pytest.raises(Complaint) as error:
        assume(SEEN, [word])
    assert error.value.why == why
