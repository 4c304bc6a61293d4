"""What differs between two environments, and which difference matters?"""

import json
import sys

import pytest

from envdoctor import comparison, comparisonpage, consult, pasted, rulebook
from envdoctor.chart import Chart, absent, known
from envdoctor.renderers import Console
from tests.test_cli import envdoctor

BOOK = rulebook.load()
CONSOLE = Console(columns=80, color=False, below="", encoding="utf-8")
GOOD = "Ubuntu 20.04\nGPU: RTX 3090\nPython 3.8.10\ntorch==1.7.1+cu110\nnumpy==1.19.5\nh5py==2.10.0\n"
BAD = GOOD.replace("cu110", "cu101").replace("3.8.10", "3.7.5").replace("2.10.0", "3.1.0")


def report(text):
    request = consult.Request(chart_text=text)
    return pasted.judge(consult.see(request, None), BOOK, request)


def compared(left, right):
    return comparison.compare(report(left), report(right))


def test_a_difference_behind_a_finding_comes_first():
    found = compared(GOOD, BAD)
    (matter,) = found.matters
    assert (matter.side, matter.finding.rule) == ("right", "torch/cuda-older-than-the-card")
    assert {one.fact for one in matter.differences} == {"torch", "torch.cuda"}
    assert [(one.fact, one.kind, one.left, one.right) for one in found.others] == [
        ("python", "fact", "3.8.10", "3.7.5"),
        ("h5py", "distribution", "2.10.0", "3.1.0"),
    ]


def test_it_is_the_same_from_the_other_side():
    here, there = compared(GOOD, BAD), compared(BAD, GOOD)
    assert [one.side for one in there.matters] == ["left"] and [one.side for one in here.matters] == ["right"]
    assert {(one.fact, one.left, one.right) for one in here.differences} == {
        (one.fact, one.right, one.left) for one in there.differences
    }


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_nothing_differs_from_itself(text):
    found = compared(text, text)
    assert not found.matters and not found.others and not found.unseen


def test_what_only_one_side_was_asked_is_no_difference():
    found = compared(GOOD, GOOD + "Driver version: 515.65.01\nscipy==1.7.3\n")
    assert not found.differences and set(found.unseen) == {"driver", "scipy"}


def test_less_exact_words_and_another_spelling_are_no_difference():
    other = GOOD.replace("RTX 3090", "NVIDIA GeForce RTX 3090").replace("3.8.10", "3.8")
    assert not compared(GOOD, other).differences


@pytest.mark.parametrize(
    "left, right, differs",
    [
        (known("3"), known("0"), True),
        (known("3"), absent(), True),
        (absent(), absent(), False),
    ],
)
def test_variables_are_compared(left, right, differs):
    charts = [Chart({}, {"env.CUDA_VISIBLE_DEVICES": fact}, frozenset(["env"])) for fact in (left, right)]
    differences, unseen = comparison.differences_of(*charts)
    assert bool(differences) == differs and not unseen


def test_where_somebody_stands_is_no_difference():
    charts = [Chart({}, {"env.PATH": known(path), "env.CONDA_PREFIX": known(path)}) for path in ("/a", "/b")]
    assert comparison.differences_of(*charts) == ((), ())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_text(lang):
    found = compared(GOOD, BAD)
    text = comparisonpage.as_text(found, ("good.txt", "bad.txt"), lang, CONSOLE)
    assert text.index("cu101") < text.index("h5py")
    assert "torch/cuda-older-than-the-card" in text and "good.txt" in text
    same = comparisonpage.as_text(compared(GOOD, GOOD), ("a", "b"), lang, CONSOLE)
    assert len(same.splitlines()) == 4


def test_the_rest_is_folded():
    many = "\n".join(f"package-{number}==1.{number}" for number in range(30))
    found = compared(GOOD + many, GOOD + many.replace("==1.", "==2."))
    short = comparisonpage.as_text(found, ("a", "b"), "en", CONSOLE)
    long = comparisonpage.as_text(found, ("a", "b"), "en", CONSOLE, verbose=True)
    assert len(found.others) == 30 and "18 more" in short and "package-29" in long and "package-29" not in short


# ---------------------------------------------------------------- as a shell sees it


def test_the_command_line(tmp_path):
    good, bad, chart = (tmp_path / name for name in ("good.txt", "bad.log", "chart.json"))
    good.write_text(GOOD, encoding="utf-8")
    bad.write_bytes(BAD.encode("utf-16"))
    chart.write_text(json.dumps(report(GOOD).chart.as_json()), encoding="utf-8")
    code, out, err = envdoctor("diff", str(good), str(bad), "--format", "json")
    data = json.loads(out)
    assert code == 1 and not err and data["verdict"] == "matters"
    assert data["matters"][0]["side"] == "right" and data["others"][0]["fact"] == "python"
    code, out, err = envdoctor("diff", str(chart), "-", "--lang", "en", stdin=GOOD.encode())
    assert code == 0 and not err and "differs" in out
    code, out, err = envdoctor("diff", str(good), sys.executable, "--format", "json")
    data = json.loads(out)
    assert code in (0, 1) and not err and data["right"]["python"]


def test_one_of_several_environments(tmp_path):
    both = tmp_path / "both.txt"
    both.write_text(f"Working environment:\n{GOOD}\nBroken environment:\n{BAD}", encoding="utf-8")
    code, out, err = envdoctor("diff", f"{both}#1", f"{both}#2", "--format", "json")
    assert code == 1 and not err and json.loads(out)["matters"][0]["side"] == "right"


@pytest.mark.parametrize(
    "arguments",
    [["-", "-"], ["no/such/file.txt", "-"], ["."], ["nobody.json", "nobody.json"], ["a", "b", "c"]],
)
def test_mistakes(arguments):
    code, out, err = envdoctor("diff", *arguments, stdin=b"")
    assert code == 2 and not out and len(err.strip().splitlines()) == 1
