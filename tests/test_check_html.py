"""Does the page of a check say all that there is to say, and is it harmless?"""

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import __version__, consult, rulebook
from envdoctor.chart import Chart, from_json, known, unknown
from envdoctor.consult import Request
from envdoctor.overview import every, overview
from envdoctor.renderers import names, renderer
from envdoctor.renderers.html import finding_card, render
from envdoctor.renderers.markdown import examined, facts, verdict
from envdoctor.report import Doubt, Evidence, Report
from envdoctor.share import spelled
from envdoctor.words import origin_text, say

from .reports import REPORTS, chinese_path, sick, too_new_gpu
from .test_page import LANGUAGES, Reader, Whole, check_safe, evil, plain

PATIENTS = Path(__file__).parent / "patients"
REAL = sorted(path.stem for path in PATIENTS.glob("*.json"))
EVERY = pytest.mark.parametrize("lang", LANGUAGES)
EVERYONE = pytest.mark.parametrize("name", [*sorted(REPORTS), *REAL])


@lru_cache(maxsize=None)
def report_of(name):
    if name in REPORTS:
        return REPORTS[name]()
    chart = from_json(json.loads((PATIENTS / f"{name}.json").read_text(encoding="utf-8")))
    return consult.judge(chart, rulebook.load(), Request())


def words_of(text):
    return plain(Whole(text).text)


def banner_of(text):
    (found,) = re.findall('<section class="banner is-([a-z]+)">', text)
    return found


def with_cards(names, memory=None, capability=None, **more):
    gpus = {"gpu": known(names)}
    if memory is not None:
        gpus["gpu.memory"] = known(memory)
    if capability is not None:
        gpus["gpu.capability"] = known(capability)
    named = {name.replace("__", "."): known(value) for name, value in more.items()}
    return Report(Chart({}, {**gpus, **named}))


def test_the_format_is_found_by_being_there():
    assert "html" in names() and renderer("html").SUFFIX == "html"


@EVERYONE
@EVERY
def test_it_is_a_whole_page_that_loads_nothing(name, lang):
    check_safe(render(report_of(name), lang))


@EVERYONE
@EVERY
def test_everything_that_is_known_is_in_it(name, lang):
    report = report_of(name)
    text = words_of(render(report, lang))
    assert f"envdoctor {__version__}" in text and plain(verdict(report, lang)) in text
    assert plain(examined(report.chart, lang)) in text
    for key in ("python", "project"):
        assert str(report.chart.patient.get(key) or "") in text
    for line in overview(report, lang):
        assert plain(line.label) in text and plain(line.text) in text
    for found in report.findings:
        assert plain(found.title[lang]) in text and found.rule in text
        assert all(plain(part) in text for part in found.detail[lang].split("\n\n"))
        assert all(plain(one.value)[:80] in text for one in found.evidence)
        assert all(plain(origin_text(one.origin, lang)) in text for one in found.evidence)
        assert all(plain(source) in text for source in found.sources) and found.checked in text
        assert found.remedy is None or not found.remedy.note or plain(found.remedy.note[lang]) in text
        assert all(plain(child.title[lang]) in text for child in every(found.consequences))
    for name, version in report.chart.distributions().items():
        assert f"{name}=={version}" in text
    for name, value, origin in facts(report.chart, lang):
        assert name in text and plain(value) in text and plain(origin) in text
    for doubt in report.doubts:
        assert doubt.rule in text and all(missing in text for missing in doubt.missing)
    assert all(rule in text for rule in report.ignored)


@EVERYONE
@EVERY
def test_every_command_can_be_copied_whole(name, lang):
    report = report_of(name)
    blocks = re.findall('<div class="command">.*?</div>', render(report, lang), re.S)
    shown = [Whole(re.sub("<button.*?</button>", "", block)).text for block in blocks]
    commands = [command for found in report.findings if found.remedy for command in found.remedy.commands]
    cures = sum(bool(found.remedy and found.remedy.commands) for found in report.findings)
    commands += report.plan.commands if cures > 1 else ()
    assert shown == [spelled(command, report.chart) for command in commands]


@EVERY
@pytest.mark.parametrize(
    "name, mark",
    [
        ("sick", "error"), ("too-new-gpu", "error"), ("assumed", "error"), ("healthy", "ok"),
        ("unknown-gpu", "unknown"), ("chinese-path", "error"),
    ],
)  # fmt: skip
def test_the_verdict_has_a_mark(name, mark, lang):
    text = render(report_of(name), lang)
    assert banner_of(text) == mark
    assert f'role="img" aria-label="{say("page.mark-" + mark, lang)}"' in text


def test_warnings_and_notes():
    report = too_new_gpu()
    assert banner_of(render(replace(report, findings=report.findings[2:]), "en")) == "warning"
    notes = render(replace(report, findings=report.findings[3:]), "en")
    assert banner_of(notes) == "ok" and say("share.notes", "en") in words_of(notes)


def test_silence_is_not_health():
    healthy = REPORTS["healthy"]()
    blind = healthy.chart.with_facts({"gpu": unknown("probe-failed", "x")})
    text = render(replace(healthy, chart=blind), "en")
    assert banner_of(text) == "unknown" and "that is not everything" in words_of(text)


def test_a_plan_needs_two_cures():
    report = too_new_gpu()
    assert say("share.plan", "en") in words_of(render(report, "en"))
    assert say("share.plan", "en") not in words_of(render(replace(report, findings=report.findings[:1]), "en"))


def test_a_chart_that_says_nothing_can_be_reported():
    text = render(Report(Chart({}, {})), "en")
    check_safe(text)
    assert "not examined: GPU, driver" in words_of(text) and "None" not in words_of(text)


def test_what_could_not_be_asked_is_said():
    facts = {"python.trouble": known("probe-failed")}
    report = sick()
    text = words_of(render(replace(report, chart=report.chart.with_facts(facts)), "en"))
    assert "this Python could not be questioned" in text


def test_a_cure_of_windows_is_written_for_windows():
    assert "C:\\Users\\张 三丰\\anaconda3\\envs\\tf113\\python.exe" in words_of(render(chinese_path(), "zh"))


def test_a_card_of_its_own():
    """What the page about a GPU can use, too."""
    found = too_new_gpu().findings[0]
    assert words_of(finding_card(found, too_new_gpu().chart, "en")).startswith("error torch 1.2.0")


# ---------------------------------------------------------------- the cards


def gauges(text):
    """(share of the bar, texts of the scale, where the need is marked)."""
    found = []
    for picture in re.findall('<svg class="gauge".*?</svg>', text, re.S):
        (share,) = re.findall('class="value" width="([\\d.]+)%"', picture)
        found.append(
            (float(share), re.findall(">([^<>]+)</text>", picture), re.findall('class="need" x1="([\\d.]+)%"', picture))
        )
    return found


def test_cards_that_are_alike_are_shown_once():
    text = render(with_cards(["A", "B", "B"], [6144, 24576, 24576], ["7.5", "8.6", "8.6"]), "en")
    assert [share for share, _, _ in gauges(text)] == [25.0, 100.0]
    assert all(word in words_of(text) for word in ("GPU 0", "GPU 1, 2", "6 GiB of memory, compute capability 7.5"))


@pytest.mark.parametrize("memory, end", [(6144, "24 GiB"), (24564, "24 GiB"), (40960, "48 GiB"), (81920, "96 GiB"),
                                         (1024000, "1000 GiB")])  # fmt: skip
def test_a_scale_holds_the_card(memory, end):
    ((share, scale, need),) = gauges(render(with_cards(["A"], [memory]), "en"))
    assert scale[0] == "0" and scale[-1] == end and 0 < share <= 100 and not need


def test_what_the_network_needs_is_marked():
    report = with_cards(["A"], [6144], None, project__network="U-Net", project__memory="8")
    text = render(report, "en")
    ((_, _, need),) = gauges(text)
    assert need == ["33.33"] and "Training U-Net takes about 8 GB" in words_of(text)


@pytest.mark.parametrize("memory", [None, ["?"], [0], [-5], [float("nan")], [float("inf")], ["6 GB"], [[1]], [None]])
def test_a_card_without_a_size(memory):
    text = render(with_cards(["A"], memory), "en")
    check_safe(text)
    assert gauges(text) == [] and "memory not known" in words_of(text)


def test_no_card_no_section():
    assert 'class="gauge"' not in render(REPORTS["healthy"](), "en")
    assert ">GPUs<" not in render(REPORTS["healthy"](), "en")


# ---------------------------------------------------------------- whatever comes from outside


@settings(max_examples=50)
@given(evil)
@EVERY
def test_nothing_planted_runs(lang, text):
    report = sick()
    found = replace(
        report.findings[0], title={lang: text}, detail={lang: text}, rule=text, sources=(text, "https://" + text),
        evidence=(Evidence(text, text, text),), remedy=replace(
            report.findings[0].remedy, commands=((text, text), (text,)), note={lang: text}
        ),
    )  # fmt: skip
    facts = {name: known(text, text) for name in ("gpu", "driver", "os.name", "project.root", "torch.version", "x.y")}
    facts.update({"x.z": known({text: [text, {text: text}]}), text or "x.w": unknown(text, text, text)})
    patient = {name: text for name in ("kind", "name", "python", "version", "chosen_by", "project")}
    chart = report.chart._replace(patient={**patient, "passed_over": [text]}).with_facts(facts)
    planted = Report(chart, (found, replace(found, consequences=(found,))), (Doubt(text, (text,), text, text),),
                     replace(report.plan, left_out=(text,)), (text,))  # fmt: skip
    check_safe(render(planted, lang))


_FACTS = ["gpu", "gpu.memory", "gpu.capability", "project.memory", "project.network", "env.X", "cpu.count"]
_VALUES = st.recursive(st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=3)), st.lists, max_leaves=6)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(_FACTS), _VALUES))
def test_any_fact_can_be_shown(values):
    report = sick()
    Reader(render(replace(report, chart=report.chart.with_facts({name: known(v) for name, v in values.items()})), "en"))
