"""Does the page about a GPU say all that there is to say, and is it harmless?"""

import re
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import __version__
from envdoctor.gpu.answer import Answer
from envdoctor.gpu.evidence import VERDICTS, Reason, Verdict
from envdoctor.gpu.renderers import names, renderer
from envdoctor.gpu.renderers.html import render
from envdoctor.gpu.sentences import card_line, figures, headline, sentence
from envdoctor.prescribe import spell
from envdoctor.report import Evidence
from envdoctor.words import say

from .gpu_answers import ANSWERS
from .test_page import LANGUAGES, Reader, Whole, check_safe, evil, plain

EVERY = pytest.mark.parametrize("lang", LANGUAGES)
EVERYONE = pytest.mark.parametrize("name", sorted(ANSWERS))


@lru_cache(maxsize=None)
def answer_of(name):
    return ANSWERS[name]()


def safe(text):
    return check_safe(text, styles=1 + text.count('class="timeline"'))


def words_of(text):
    return plain(Whole(text).text)


def test_the_format_is_found_by_being_there():
    assert "html" in names() and renderer("html").SUFFIX == "html"


@EVERYONE
@EVERY
def test_it_is_a_whole_page_that_loads_nothing(name, lang):
    safe(render(answer_of(name), lang))


@EVERYONE
@EVERY
def test_everything_that_is_known_is_in_it(name, lang):
    answer = answer_of(name)
    text = words_of(render(answer, lang))
    assert plain(headline(answer.verdict, answer.how, lang)) in text
    assert f"envdoctor {__version__}" in text
    for reason in answer.verdict.reasons:
        assert plain(sentence(reason, lang)) in text
    for number, card in enumerate(answer.cards):
        assert plain(card_line(number, card, lang)) in text
    for found in answer.causes:
        assert plain(found.title[lang]) in text and found.rule in text
        assert all(plain(part) in text for part in found.detail[lang].split("\n\n"))
        assert all(plain(one.value)[:80] in text and one.origin in text for one in found.evidence)
        assert all(source in text for source in found.sources)
        assert found.remedy is None or not found.remedy.note or plain(found.remedy.note[lang]) in text
    for other in answer.scene.others if answer.scene else ():
        assert str(other.pid) in text and other.command in text
    if answer.status:
        assert say("gpu.exit", lang, status=answer.status) in text
    if len(answer.samples) > 1 and answer.how != "test":
        assert all(plain(told) in text for _, told, _ in figures(answer, lang))


@EVERYONE
@EVERY
def test_every_command_can_be_copied_whole(name, lang):
    answer = answer_of(name)
    blocks = re.findall('<div class="command">.*?</div>', render(answer, lang), re.S)
    shown = [Whole(re.sub("<button.*?</button>", "", block)).text for block in blocks]
    commands = [command for found in answer.causes if found.remedy for command in found.remedy.commands]
    assert shown == [spell(command, answer.report.chart) for command in commands]


def test_the_made_up_answers_are_worth_looking_at():
    assert {answer_of(name).verdict.verdict for name in ANSWERS} >= {
        "used", "underfed", "input-bound", "idle", "cpu-only", "wrong-gpu", "other-process", "cannot-tell",
    }  # fmt: skip
    assert any(found.remedy and found.remedy.commands for found in answer_of("cpu-only").causes)


@EVERY
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_mark(verdict, lang):
    text = render(Answer("pid", Verdict(verdict, "low")), lang)
    (banner,) = re.findall('<section class="banner is-([a-z]+)">', text)
    expected = {"used": "ok", "underfed": "warning", "input-bound": "warning"}
    assert banner == expected.get(verdict, "unknown" if verdict in ("compiling", "cannot-tell") else "error")
    assert f'role="img" aria-label="{say("page.mark-" + banner, lang)}"' in text


@EVERY
def test_stages_have_marks_and_seconds(lang):
    text = render(answer_of("failed-test"), lang)
    rows = re.findall("<tr>(.*?)</tr>", text, re.S)
    assert len(rows) == 4
    assert [re.search('class="mark is-([a-z]+)"', row).group(1) for row in rows] == ["ok", "ok", "ok", "error"]
    assert say("gpu.stage-failed", lang, seconds="0.1") in rows[3]
    assert "sm_86 is not compatible" in text  # what it printed
    good = answer_of("good-test")
    assert "<details>" not in render(replace(good, trials=(replace(good.trials[0], words="a warning"),)), lang)


def test_a_picture_needs_two_samples_and_a_test_that_worked():
    used = answer_of("used")
    assert 'class="timeline"' in render(used, "en")
    assert 'class="timeline"' not in render(replace(used, samples=used.samples[:1]), "en")
    assert 'class="timeline"' in render(answer_of("good-test"), "en")
    assert 'class="timeline"' not in render(replace(answer_of("failed-test"), samples=used.samples), "en")


def test_a_framework_that_the_verdict_does_not_speak_of_is_explained_all_the_same():
    answer = answer_of("cpu-test")
    tensorflow = answer.verdict.reasons[:1]
    told = replace(answer, verdict=replace(answer.verdict, reasons=tensorflow))
    text = words_of(render(told, "en"))
    assert "torch 1.13.1+cpu is a CPU build" in text
    assert text.count("tensorflow 1.13.2 is a CPU build") == 1


def test_what_the_card_has_room_for():
    text = words_of(render(answer_of("good-test"), "en"))
    assert "ResNet-50" in text and "BERT-large" in text


def test_nothing_known_is_a_page_as_well():
    for how in ("test", "pid", "command"):
        safe(render(Answer(how, Verdict("cannot-tell", "high")), "en"))


# ---------------------------------------------------------------- whatever is planted


def planted(answer, text):
    """The answer with this text in every place that is told by the machine, a framework or a rule."""
    witness = answer.process
    if witness is not None:
        answer = replace(answer, process=replace(witness, command=(text, text), python=text, user=text, name=text))
    if answer.scene is not None:
        others = tuple(replace(one, user=text, command=text) for one in answer.scene.others)
        answer = replace(answer, scene=replace(answer.scene, others=others, wanted_by=text))
    if answer.report is not None:
        chart = answer.report.chart
        chart = chart._replace(patient={**chart.patient, "name": text, "python": text, "version": text, "kind": text})
        answer = replace(answer, report=replace(answer.report, chart=chart))
    reasons = (*answer.verdict.reasons, Reason("trial-says", {"words": text}))
    return replace(
        answer,
        verdict=replace(answer.verdict, reasons=reasons),
        command=(text,) if answer.command else (),
        cards=tuple(replace(card, name=text) for card in answer.cards),
        driver=text,
        fits=(text,),
        too_large=(text,),
        causes=tuple(planted_in_finding(found, text) for found in answer.causes),
        trials=tuple(replace(trial, framework=text, words=text) for trial in answer.trials),
    )


def planted_in_finding(found, text):
    words = {"en": text, "zh": text}
    remedy = found.remedy
    if remedy is not None:
        remedy = replace(remedy, commands=(("pip", text), (text,)), note=words)
    child = replace(found, title=words, consequences=())
    return replace(
        found, rule=text, title=words, detail=words, evidence=(Evidence(text, text, text),), sources=(text, text),
        checked=text, remedy=remedy, consequences=(replace(child, consequences=(child,)),),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ANSWERS)), evil, st.sampled_from(LANGUAGES))
def test_what_is_planted_is_shown_and_never_obeyed(name, text, lang):
    page = render(planted(answer_of(name), text), lang)
    safe(page)
    assert "alert(1)" not in re.search("<script>(.*?)</script>", page, re.S).group(1)
    assert Reader(page).tags.count("h1") == 1
