"""Does a report read well on every console, in both languages?"""

import re
from dataclasses import replace

import pytest

from envdoctor import __version__
from envdoctor.chart import Chart, absent, known, unknown
from envdoctor.overview import gib, overview, reason, short
from envdoctor.renderers import Console, names, renderer
from envdoctor.renderers.text import render
from envdoctor.report import Report
from envdoctor.sheet import cut, shorten
from envdoctor.words import width

from . import golden
from .reports import REPORTS, sick, too_new_gpu

LANGUAGES = ("en", "zh")
ANSI = re.compile("\x1b\\[[0-9;]*m")
HAN = re.compile("[\u4e00-\u9fff]")
EVERY = pytest.mark.parametrize("lang", LANGUAGES)
EVERYONE = pytest.mark.parametrize("name", sorted(REPORTS))


def test_formats_are_found_by_being_there():
    assert "text" in names()
    assert renderer("text").SUFFIX == "txt"
    with pytest.raises(KeyError):
        renderer("no-such-format")


@EVERYONE
@EVERY
def test_golden(name, lang, accept):
    text = render(REPORTS[name](), lang, Console())
    golden.check(text.replace(f"envdoctor {__version__} ", "envdoctor 0.1.0 "), f"text/{name}.{lang}.txt", accept)


@EVERYONE
@EVERY
@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252", "utf-8"])
def test_every_console_can_show_it(name, lang, encoding):
    text = render(REPORTS[name](), lang, Console(encoding=encoding))
    text.encode(encoding)
    if encoding == "gbk":
        assert HAN.findall(text) == HAN.findall(render(REPORTS[name](), lang, Console()))


def test_an_ascii_console_gets_english_and_readable_marks():
    text = render(sick(), "zh", Console(encoding="ascii"))
    assert "\nXX packages     9 installed" in text
    assert "\n-- CUDA         none" in text
    assert "\n1. error: h5py 3.8.0" in text


@EVERYONE
@EVERY
def test_colour_adds_nothing_but_colour(name, lang):
    plain, coloured = (render(REPORTS[name](), lang, Console(color=color)) for color in (False, True))
    assert "\x1b" not in plain
    assert coloured != plain
    assert ANSI.sub("", coloured) == plain
    for line in coloured.splitlines():  # no style runs on into the next line
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")


@EVERYONE
@EVERY
@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_nothing_is_too_wide_but_what_must_not_be_torn(name, lang, columns):
    for line in render(REPORTS[name](), lang, Console(columns)).splitlines():
        if width(line) > min(columns, 100):
            assert re.search(r"[\w~…]?[/\\]\w|`|pip |==", line), line


@EVERYONE
def test_lines_end_cleanly(name):
    text = render(REPORTS[name](), "en", Console())
    assert text.endswith("\n") and not text.endswith("\n\n") and "\n\n\n" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


@EVERY
def test_one_error_fits_on_a_screen(lang):
    assert len(render(sick(), lang, Console()).splitlines()) <= 30


@EVERYONE
@EVERY
def test_commands_stand_alone_on_their_line(name, lang):
    from envdoctor.prescribe import spell

    report = REPORTS[name]()
    lines = [line.strip() for line in render(report, lang, Console()).splitlines()]
    for found in report.findings:
        for command in found.remedy.commands if found.remedy else ():
            assert spell(command, report.chart) in lines


def test_one_remedy_needs_no_plan():
    report = too_new_gpu()
    assert "Everything at once" in render(report, "en", Console())
    assert "Everything at once" not in render(replace(report, findings=report.findings[:1]), "en", Console())


def test_a_name_cannot_steer_the_terminal():
    report = sick()
    facts = {"gpu": known(["RTX \x1b]0;title\x07 3080"])}
    text = render(replace(report, chart=report.chart.with_facts(facts)), "en", Console())
    assert "\x1b" not in text and "\x07" not in text


def test_silence_is_not_health():
    healthy = REPORTS["healthy"]()
    assert render(healthy, "en", Console()).endswith("\nNo problem found.\n")
    blind = healthy.chart.with_facts({"gpu": unknown("probe-failed", "x")})
    assert "that is not everything" in render(replace(healthy, chart=blind), "en", Console()).replace("\n", " ")


def test_a_chart_that_says_nothing_can_be_reported():
    text = render(Report(Chart({}, {})), "en", Console())
    assert "not examined: GPU, driver, CUDA, cuDNN, frameworks, packages, environment" in text


# ---------------------------------------------------------------- the parts


def lines(lang="en", **facts):
    named = {name.replace("__", "."): fact for name, fact in facts.items()}
    report = Report(Chart({}, named))
    return {line.area: (line.mark, line.text.replace("\u00a0", " ")) for line in overview(report, lang) if line.area}


@pytest.mark.parametrize(
    "area, facts, expected",
    [
        ("gpu", {"gpu": absent()}, ("nothing", "none")),
        ("gpu", {"gpu": unknown("probe-too-slow", "gpu")}, ("unknown", "unknown: no answer in time (gpu)")),
        ("gpu", {"gpu": unknown("of-a-newer-doctor")}, ("unknown", "unknown: of-a-newer-doctor")),
        ("gpu", {"gpu": known(["A", "A", "B"])}, ("ok", "2 × A; B")),
        ("gpu", {"gpu": known(["A"]), "gpu__memory": known([8116])}, ("ok", "A (7.9 GiB)")),
        ("gpu", {"gpu": known("A"), "gpu__memory": known([8192, 1])}, ("ok", "A (8 GiB)")),
        ("driver", {"driver": known("390.116")}, ("ok", "390.116")),
        ("driver", {"driver": known("460.32"), "driver__kernel": known("460.32")}, ("ok", "460.32")),
        ("cuda", {"cuda__toolkit": known("11.2")}, ("ok", "toolkit 11.2")),
        ("cuda", {"cuda__toolkit": absent(), "tensorflow__cuda": known("10.0")},
         ("ok", "TensorFlow is built for 10.0; no toolkit installed")),
        ("cuda", {"cuda__toolkit": unknown("probe-failed", "x"), "torch__cuda": known("11.7")},
         ("ok", "torch brings its own 11.7; toolkit unknown (the probe failed (x))")),
        ("cudnn", {"cudnn": absent()}, ("nothing", "none")),
        ("frameworks", {"torch": known("2.0.1"), "torch__version": known("2.0.1+cu117"), "torch__cuda": known("11.7")},
         ("ok", "torch 2.0.1+cu117 (CUDA 11.7)")),
        ("frameworks", {"torch": known("1.8.0"), "torch__hip": known("4.0.20"), "torch__cuda": absent()},
         ("ok", "torch 1.8.0 (ROCm 4.0)")),
        ("frameworks", {"tensorflow-gpu": known("1.13.2"), "tensorflow__version": known("1.13.2"),
                        "tensorflow__gpu_build": known("yes")}, ("ok", "tensorflow-gpu 1.13.2 (GPU build)")),
        ("frameworks", {"tensorflow": known("2.1.0"), "tensorflow-gpu": known("1.13.2"),
                        "tensorflow__version": known("2.1.0"), "tensorflow__gpu_build": known("no")},
         ("ok", "tensorflow 2.1.0 (CPU build), tensorflow-gpu 1.13.2 (CPU build)")),
        ("frameworks", {"torch": unknown("probe-failed", "x")}, ("ok", "torch ?")),
        ("frameworks", {"torch": absent(), "tensorflow": absent(), "keras": absent(), "jax": absent()},
         ("nothing", "no PyTorch, TensorFlow, Keras or JAX")),
        ("packages", {"h5py": known("2.10.0")}, ("ok", "h5py 2.10.0")),
        ("packages", {"packages__count": known(1), "numpy": known("1.9")}, ("ok", "1 installed, among them numpy 1.9")),
        ("packages", {"packages__count": known(0)}, ("ok", "0 installed")),
        ("environment", {"os": known("windows"), "os__version": known("10.0.19045"), "cpu__avx": known("no")},
         ("ok", "Windows 10.0.19045, CPU without AVX")),
        ("environment", {"os": known("macos"), "python": known("3.8.1"), "cpu__avx": known("yes")},
         ("ok", "macOS, Python 3.8.1, AVX")),
        ("project", {"project__root": known("/work")}, ("ok", "/work")),
    ],
)  # fmt: skip
def test_an_area_in_one_line(area, facts, expected):
    assert lines(**facts)[area] == expected


def test_marks_are_those_of_the_worst_finding():
    marks = {line.area: line.mark for line in overview(too_new_gpu(), "en")}
    assert marks == {
        "gpu": "error",  # by a consequence
        "driver": "warning",
        "cuda": "ok",
        "cudnn": "ok",
        "frameworks": "error",
        "packages": "error",
        "environment": "ok",
        "project": "ok",  # a note is no complaint
    }


def test_a_reason_without_its_detail():
    assert reason("probe-failed", "OSError", "en") == "the probe failed (OSError)"
    assert reason("probe-failed", "", "en") == "the probe failed"
    assert reason("probe-failed", "", "zh") == "检查程序出错"
    assert reason("of-a-newer-doctor", "x", "en") == "of-a-newer-doctor: x"


def test_small_words():
    assert [gib(10240), gib(8116), gib(24564), gib("?")] == ["10", "7.9", "24", "?"]
    assert [short("10.0.130"), short("12.1"), short(12)] == ["10.0", "12.1", "12"]


@pytest.mark.parametrize(
    "path, columns, expected",
    [
        ("/a/b", 10, "/a/b"),
        ("/home/li/envs/tf/lib/x.dist-info/METADATA", 34, "/home/li/…/x.dist-info/METADATA"),
        ("C:\\Users\\张三\\envs\\x.dist-info\\METADATA", 28, "C:\\…\\x.dist-info\\METADATA"),
        ("/home/li/envs/averylongname.dist-info/METADATA", 20, "/home/li/…/METADATA"),
        ("nvidia-smi --query-gpu=name", 10, "nvidia-smi --query-gpu=name"),
    ],
)
def test_shorten(path, columns, expected):
    assert shorten(path, columns) == expected


def test_cut():
    assert [cut("显卡显卡", 8), cut("显卡显卡", 7), cut("abc", 2)] == ["显卡显卡", "显卡显…", "a…"]
