"""Does --assume put facts in place, and refuse what it does not know?"""

import pytest

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
