"""Does a paste never say what stands nowhere in it, however it was quoted, cut or shuffled?"""

import io
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import consult, pasted, rulebook
from envdoctor.chart import KNOWN, UNKNOWN, canonical, is_distribution
from envdoctor.intake import issue_form, prose, variables
from envdoctor.intake.lines import LONGEST, lines
from envdoctor.intake.paste import read
from envdoctor.intake.told import IntakeError, chart_of
from envdoctor.probes.variables import WATCHED
from tests.test_cli import envdoctor
from tests.test_intake_pastes import NAMES, sample

BOOK = rulebook.load()
TABLES = BOOK.tables
#: One environment each, and nothing in them that contradicts itself: there the whole says all that a part can say.
PLAIN = [name for name in NAMES if not {"ENVIRONMENTS", "CONTRADICTIONS"} & set(sample(name)[1])]


def told(text):
    """What a text itself says, without what is taken for granted: fact -> value."""
    chart = read(text, TABLES).chart
    return {
        name: fact.value
        for name, fact in chart.facts.items()
        if fact.state != UNKNOWN and fact.origin.startswith(("line ", "the table of cards"))
    }


def is_part(name, value, whole):
    """Is it what the whole says, or less of the same?"""
    if name not in whole:
        return False
    full = whole[name]
    if isinstance(value, list) and isinstance(full, list):
        return len(value) <= len(full) and all(one in full for one in value)
    if isinstance(value, dict) and isinstance(full, dict):
        return all(full.get(key) == one for key, one in value.items())
    return value == full or (isinstance(value, str) and isinstance(full, str) and full.startswith(value))


LOOSE = "the model 3080 1.2.0 epoch batch of loss step python gpu 12 driver update with 0.52 issue #460".split()
DRESS = {
    "quoted": lambda text: "\n".join("> " + line for line in text.split("\n")),
    "quoted twice": lambda text: "\n".join("> > " + line for line in text.split("\n")),
    "indented": lambda text: "\n".join("    " + line for line in text.split("\n")),
    "carriage returns": lambda text: text.replace("\r", "").replace("\n", "\r\n"),
    "in details and a fence": lambda text: "<details><summary>env</summary>\n\n```text\n" + text + "\n```\n</details>",
    "with a mark": lambda text: "\ufeff" + text,
    "padded": lambda text: "\n".join(line.rstrip("\r").ljust(120) for line in text.split("\n")),
    "coloured": lambda text: "\n".join("\x1b[32m" + line.rstrip("\r") + "\x1b[0m" for line in text.split("\n")),
    "zero bytes between": lambda text: "\x00".join(text) if text.isascii() else text,
}


@pytest.mark.parametrize("dress", sorted(DRESS))
def test_dress_takes_nothing_away_and_adds_nothing(dress):
    for name in PLAIN:
        text = sample(name)[0]
        assert told(DRESS[dress](text)) == told(text), name


def test_one_blank_instead_of_many_invents_nothing():
    for name in PLAIN:
        text = sample(name)[0]
        whole = told(text)
        for fact, value in told("\n".join(" ".join(line.split(" ")) for line in text.split("\n"))).items():
            assert is_part(fact, value, whole), (name, fact, value)
        collapsed = "\n".join(" ".join(line.split()) for line in text.split("\n"))
        for fact, value in told(collapsed).items():
            assert is_part(fact, value, whole), (name, fact, value)


@settings(max_examples=60)
@given(st.sampled_from(PLAIN), st.integers(0, 40), st.integers(0, 40))
def test_a_cut_paste_says_no_more_than_the_whole(name, head, tail):
    text = sample(name)[0]
    rows = text.split("\n")
    whole = told(text)
    for fact, value in told("\n".join(rows[head : max(head, len(rows) - tail)])).items():
        if fact != "gpu.capability" or "gpu" not in whole:  # it stands for whatever cards are left
            assert is_part(fact, value, whole) or fact == "gpu.capability", (fact, value)


@settings(max_examples=40)
@given(st.sampled_from([name for name in PLAIN if name.startswith("collect-env")]), st.randoms())
def test_shuffled_sections_say_the_same_or_less(name, random):
    blocks = [block for block in sample(name)[0].replace("\r", "").split("\n\n") if block.strip()]
    whole = told(sample(name)[0])
    random.shuffle(blocks)
    for fact, value in told("\n\n".join(blocks)).items():
        assert is_part(fact, value, whole), (fact, value)


@settings(max_examples=150)
@given(st.text(max_size=400))
def test_any_text_is_read(text):
    read(text, TABLES)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030", "utf-16-le", "latin-1"]))
def test_any_bytes_are_read(data, encoding):
    read(data.decode(encoding, "replace"), TABLES)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(LOOSE), max_size=12))
def test_loose_words_name_no_package(words):
    said = told(" ".join(words))
    assert not [name for name in said if is_distribution(name) and canonical(name) not in ("python",)]


WANTED = [
    "pip install torch==1.2.0",
    "conda install pytorch=1.7 cudatoolkit=11.0",
    "This code requires torch 1.2 and python 3.6.",
    "Please upgrade to torch 2.0.",
    "It was tested with PyTorch 1.4.",
    "I tried torch 1.5, too.",
    "Does this support CUDA toolkit 12.1?",
    "works with python 3.8 but not here",
    "torch>=1.7",
    "需要 torch 1.2",
    "建议升级到 tensorflow 2.4",
    "Epoch 12/100 loss 1.2.3 acc 0.9",
    "see issue #1080 and PR #3090",
    "We have 3090 images of 1080 pixels",
    "you have to install numpy 1.16 first",
    "https://example.org/torch-1.2.0/python3.6/ubuntu-18.04",
]


@pytest.mark.parametrize("text", WANTED)
def test_what_is_wanted_or_means_something_else_is_no_fact(text):
    assert told(text) == {}


def test_the_variables_are_those_that_a_live_patient_is_asked_for():
    assert variables.WATCHED <= set(WATCHED)
    assert set(WATCHED) - variables.WATCHED <= {"PATH", "CONDA_SHLVL", "CONDA_EXE", "CONDA_PYTHON_EXE"} | {
        name for name in WATCHED if name.endswith("_PROXY")
    }


def test_every_fact_is_one_that_a_live_patient_has():
    from envdoctor import conclusions, probes

    allowed = {*probes.facts(), *conclusions.facts()}
    for name in NAMES:
        for fact in read(sample(name)[0], TABLES).chart.facts:
            assert is_distribution(fact) or fact in allowed or fact in ("python", "os", "gpu", "driver", "cudnn"), fact


# ---------------------------------------------------------------- long, hostile, empty


def test_of_a_long_text_the_beginning_and_the_end_are_read():
    text = "first\n" + "\n".join(f"step {number}" for number in range(1000)) + "\nlast"
    kept = lines(text, 2000)
    assert kept[0].text == "first" and kept[-1].text == "last"
    assert len(kept) < 300 and kept[-1].number == text.count("\n") + 1
    assert [line.number for line in kept if line.text == "step 999"] == [1001]
    assert lines(text, LONGEST)[500].text == "step 499"


@pytest.mark.parametrize(
    "unit", ["> ", "RTX 3080 ", "torch 1.2 ", "a=", "| ", "GPU 0: ", "1.", "(", "python", "，", "\x1b[", "-"]
)
def test_long_lines_do_not_run_away(unit):
    read(unit * (60_000 // len(unit)) + "\n" + "\n".join([unit * 40] * 300), TABLES)


@pytest.mark.parametrize("text", ["", " \r\n\t", "\ufeff", "\x00\x00"])
def test_nothing_is_said_to_be_nothing(text):
    with pytest.raises(IntakeError) as complaint:
        chart_of(text)
    assert complaint.value.why == "empty"


# ---------------------------------------------------------------- judged


def judged(text, **words):
    request = consult.Request(chart_text=text, **words)
    return pasted.judge(consult.see(request, None), BOOK, request)


def test_a_paste_is_judged_like_a_live_patient():
    text = "GPU: RTX 3090\nUbuntu 20.04\ntorch==1.7.1+cu101"
    assert [one.rule for one in judged(text).findings] == ["torch/cuda-older-than-the-card"]


def test_facts_and_error_of_one_fault_are_one_finding():
    text = (
        "Python 3.7.10\nh5py==3.1.0\nKeras==2.2.4\ntensorflow==1.15.0\n"
        "Traceback (most recent call last):\n"
        '  File "/opt/e/lib/python3.7/site-packages/keras/engine/saving.py", line 1004, in load_weights\n'
        "    original_keras_version = f.attrs['keras_version'].decode('utf8')\n"
        "AttributeError: 'str' object has no attribute 'decode'\n"
    )
    first = judged(text).findings[0]
    assert first.cause == "h5py-too-new-for-keras" and first.packages == ("h5py",)


def test_what_holds_on_every_system_needs_no_system():
    found = judged("RTX 3090, tensorflow 1.15.0").findings
    assert [one.cause for one in found] == ["cuda-build-too-old-for-gpu"]
    assert "Linux" in found[0].detail["en"]


def test_a_healthy_report_is_left_alone():
    assert judged(sample("vllm-env-2025")[0]).findings == ()


@pytest.mark.parametrize("text", ["hello there", "we lost the game\n" * 40])
def test_a_text_about_something_else_is_a_mistake_of_the_user(text):
    with pytest.raises(IntakeError) as complaint:
        judged(text)
    assert complaint.value.why == "nothing-told"


def test_one_of_several_environments_can_be_chosen():
    text = sample("collect-env-broken-first")[0]
    assert judged(text).chart.value("torch") == "1.9.0"
    assert judged(text, environment=2).chart.value("torch") == "1.8.0+cu111"
    with pytest.raises(IntakeError):
        judged(text, environment=3)


def test_a_chart_stays_a_chart_and_a_report_holds_one():
    chart = read("torch==1.2.0", TABLES).chart
    data = chart.as_json()
    assert consult.read_chart(json.dumps(data)).value("torch") == "1.2.0"
    assert consult.read_chart(json.dumps({"schema": 1, "findings": [], "chart": data})).value("torch") == "1.2.0"


# ---------------------------------------------------------------- as a shell sees it


def test_the_command_line(tmp_path):
    paste = sample("collect-env-two-reports")[0]
    code, out, err = envdoctor("check", "--from", "-", "--lang", "en", stdin=paste.encode())
    assert code in (0, 1) and "2.0.0+cu118" in out and "2 environments" in err
    code, out, err = envdoctor("check", "--from", "-", "--environment", "1", "--format", "json", stdin=paste.encode())
    report = json.loads(out)
    assert report["patient"]["kind"] == "paste" and not err
    assert report["chart"]["facts"]["torch"]["value"] == "1.12.1+cu113"
    assert report["chart"]["patient"]["environments"][1]["line"] == 9
    for text in ("", "nothing to see here"):
        code, out, err = envdoctor("check", "--from", "-", "--lang", "zh", stdin=text.encode())
        assert code == 2 and not out and "文本" in err
    code, out, err = envdoctor("check", "--environment", "1")
    assert code == 2 and not out and err


def test_what_a_paste_holds_never_steers_the_terminal():
    text = "torch==1.2.0\nGPU: RTX 3090 \x1b[2J\x1b]0;title\x07\u202e\nOS: Ubuntu 20.04\x1b[31m"
    code, out, _ = envdoctor("check", "--from", "-", stdin=text.encode())
    assert code == 1 and "\x1b" not in out and "\u202e" not in out


def test_prose_reads_no_code():
    assert not list(prose.read(_page("import torch  # 1.2.0 on Ubuntu 18.04\n$ python 3.7")))


def _page(text):
    from envdoctor.intake.page import page

    return page(lines(text))


def test_names_are_whole():
    assert not [name for name in issue_form.KNOWN if name != canonical(name) or name.endswith("-")]


def test_the_samples_are_utf_8():
    for name in NAMES:
        with io.open(os.path.join(os.path.dirname(__file__), "pastes", name + ".txt"), encoding="utf-8") as file:
            assert file.read()


def test_known_states_only():
    for name in PLAIN:
        chart = read(sample(name)[0], TABLES).chart
        assert all(fact.value is not None for fact in chart.facts.values() if fact.state == KNOWN)
