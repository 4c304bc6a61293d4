"""Does the picture of a watch show what was measured, and nothing that was not?"""

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.gpu.evidence import Sample
from envdoctor.gpu.timeline import COLUMNS, nice_end, thinned, time_ticks, timeline

from .test_page import LANGUAGES, Reader

EVERY = pytest.mark.parametrize("lang", LANGUAGES)


def film(*values, field="gpu_util", step=1.0):
    return [Sample(place * step, **{field: value}) for place, value in enumerate(values)]


def tree(samples, lang="en"):
    return ET.fromstring(timeline(samples, lang))


def paths(root, look):
    return [one.get("d") for one in root.iter("path") if one.get("class") == look]


def names(root):
    return [one.text for one in root.iter("text") if one.get("class") == "name"]


def labels(root):
    return [one.text for one in root.iter("text") if one.get("class") is None]


@EVERY
@pytest.mark.parametrize("samples", [[], film(None, None), [Sample(0.0), Sample(1.0)], [Sample(float("nan"), 50.0)]])
def test_nothing_measured_is_no_picture(samples, lang):
    assert timeline(samples, lang) == ""


@EVERY
def test_one_and_two_samples(lang):
    assert paths(tree(film(50.0), lang), "all") == ["M0.0 50.0h0"]
    assert paths(tree(film(0.0, 100.0), lang), "all") == ["M0.0 100.0L1000.0 0.0"]


def test_a_gap_is_a_gap():
    root = tree(film(100.0, None, 50.0, 50.0, None))
    assert paths(root, "all") == ["M0.0 0.0h0 M500.0 50.0L750.0 50.0"]
    assert paths(root, "below all") == ["M500.0 100L500.0 50.0L750.0 50.0L750.0 100Z"]


def test_only_what_was_measured_has_a_chart():
    assert names(tree(film(1.0, field="cpu"))) == ["CPU (100 % is one core)"]
    every = tree([Sample(0.0, 1.0, 1.0, 1.0, 1.0)])
    assert names(every) == ["GPU utilization", "GPU memory", "CPU (100 % is one core)"]
    assert names(tree([Sample(0.0, sm_util=5.0)], "zh")) == ["GPU 利用率"]


def test_both_lines_and_their_legend():
    root = tree([Sample(0.0, 90.0, 40.0), Sample(1.0, 80.0, 30.0)])
    assert paths(root, "all") == ["M0.0 10.0L1000.0 20.0"] and paths(root, "ours") == ["M0.0 60.0L1000.0 70.0"]
    assert {"all programs", "this program"} <= set(labels(root))
    assert "this program" not in labels(tree([Sample(0.0, 90.0)]))


@pytest.mark.parametrize(
    "field, value, expected",
    [
        ("gpu_util", 3.0, ["100 %", "50 %", "0"]),
        ("gpu_util", 101.0, ["120 %", "60 %", "0"]),
        ("cpu", 340.0, ["400 %", "200 %", "0"]),
        ("cpu", 0.0, ["100 %", "50 %", "0"]),
        ("memory_mib", 0.0, ["100 MiB", "50 MiB", "0"]),
        ("memory_mib", 612.0, ["800 MiB", "400 MiB", "0"]),
        ("memory_mib", 1024.0, ["1 GiB", "0.5 GiB", "0"]),
        ("memory_mib", 6822.0, ["8 GiB", "4 GiB", "0"]),
        ("memory_mib", 80000.0, ["80 GiB", "40 GiB", "0"]),
    ],
)
def test_scales_end_at_round_numbers(field, value, expected):
    told = [label for label in labels(tree(film(value, field=field))) if re.match(r"\d", label)]
    assert told[:3] == expected[::-1]  # the times come after them


@pytest.mark.parametrize(
    "span, lang, expected",
    [
        (0.4, "en", ["0", "0.1 s", "0.2 s", "0.3 s", "0.4 s"]),
        (20.0, "en", ["0", "5 s", "10 s", "15 s", "20 s"]),
        (19.5, "zh", ["0", "5 秒", "10 秒", "15 秒"]),
        (1200.0, "en", ["0", "5 min", "10 min", "15 min", "20 min"]),
        (7000.0, "zh", ["0", "30 分钟", "60 分钟", "90 分钟"]),
        (30000.0, "en", ["0", "2 h", "4 h", "6 h", "8 h"]),
        (3e6, "en", ["0", "168 h", "336 h", "504 h", "672 h"]),
    ],
)
def test_ticks_of_time(span, lang, expected):
    assert [label for _, label in time_ticks(span, lang)] == expected


@given(st.floats(min_value=1e-3, max_value=1e9))
def test_a_scale_is_neither_too_short_nor_mostly_empty(value):
    assert value <= nice_end(value) * (1 + 1e-6) and nice_end(value) <= 1.5 * value * (1 + 1e-6)


@given(st.floats(min_value=0.01, max_value=1e7))
def test_there_are_a_few_ticks_and_all_lie_within(span):
    ticks = [at for at, _ in time_ticks(span, "en")]
    assert 1 <= len(ticks) <= 6 and max(ticks) <= span * (1 + 1e-6)


def test_of_a_long_watch_the_peaks_stay():
    values = [0.0] * 5000
    values[3777] = 97.0
    values[1000:1300] = [None] * 300
    moments = thinned([(float(t), value) for t, value in enumerate(values)])
    assert len(moments) == COLUMNS and moments[0][0] == 0.0 and moments[-1][0] == 4999.0
    assert max(most for _, _, most in moments if most is not None) == 97.0
    assert sum(value is None for _, value, _ in moments) == 9  # the hole is still one
    text = timeline(film(*values), "en")
    assert len(text) < 20000 and "mean of 33.3 s" in text
    assert "mean of" not in timeline(film(*values[:300]), "en")


@EVERY
def test_it_can_be_read_aloud(lang):
    root = tree([Sample(0.0, 90.0, 40.0, 512.0, 100.0), Sample(1.0, 80.0, 30.0, 600.0, 104.0)], lang)
    ids = {one.get("id"): "".join(one.itertext()) for one in root.iter() if one.get("id")}
    assert root.get("role") == "img" and ids[root.get("aria-labelledby")]
    told = ids[root.get("aria-describedby")]
    assert all(number in told for number in ("85", "35", "600", "102"))


def test_two_pictures_on_a_page_share_no_id():
    one, other = (set(re.findall(r'id="([^"]*)"', timeline(film(1.0), "en", name))) for name in ("a", "b"))
    assert one and other and not one & other


def test_colours_follow_the_page_and_have_a_stand_in():
    text = timeline(film(1.0, 2.0), "en")
    assert "var(--accent, currentColor)" in text and not re.search(r"#[0-9a-f]{3,6}\b|rgb", text)


numbers = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(min_value=0, max_value=1e6))


times = st.one_of(st.floats(min_value=-1e9, max_value=1e9), st.sampled_from([math.nan, math.inf]))


@given(st.lists(st.builds(Sample, times, numbers, numbers, numbers, numbers), max_size=12))
def test_whatever_was_measured_it_is_a_picture(samples):
    text = timeline(samples, "en")
    if not text:
        return
    Reader(text)
    root = ET.fromstring(text)
    for one in root.iter("path"):
        for number in re.findall(r"-?[\d.]+|nan|inf", one.get("d")):
            assert math.isfinite(float(number)) and -0.1 <= float(number) <= 1000.1
