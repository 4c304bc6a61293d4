"""Does a report read well in an issue and in a forum, and does nothing in it become something else there?"""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import __version__
from envdoctor.chart import DISTRIBUTIONS, Chart, known, unknown
from envdoctor.renderers import Console, markdown, renderer
from envdoctor.renderers.markdown import ROOM, code, fenced, inline, render, table
from envdoctor.report import Doubt, Report
from envdoctor.words import harmless

from . import golden
from .reports import REPORTS, sick, too_new_gpu

LANGUAGES = ("en", "zh")
EVERY = pytest.mark.parametrize("lang", LANGUAGES)
EVERYONE = pytest.mark.parametrize("name", sorted(REPORTS))
#: What means something to Markdown, to HTML or to GitHub, alone and in company.
PIECES = [
    *"ab1_*`~|<>[]()!#@&;:\\/.-+=$ \n\"'", "文", "，", "http://a.b/c", "www.a.b", "&amp;", "<b>", "](x)", "1. ", "- ",
    "# ", "```", "~~", "@li", "#12", "GH-7", ":bug:", "</details>", "<!--", "  ", "~/x", "C:\\Users\\", "__init__",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
#: What GitHub makes a link or a picture of.
LINKED = re.compile(r"(?<![A-Za-z0-9])@[A-Za-z0-9]|#\d|(?i:\bGH-)\d|:[a-z][a-z0-9_+-]*:|https?://|www\.")


def blocks(text):
    """(The text outside of fences, the fences' content)."""
    outside, inside, fence = [], [], ""
    for line in text.splitlines():
        marks = re.match("`{3,}", line)
        if fence:
            if line == fence:
                fence = ""
            else:
                inside.append(line)
        elif marks:
            fence = marks.group()
        else:
            outside.append(line)
    assert not fence
    return outside, inside


def without_code(line):
    """A line without its code spans: a run of backticks up to the next one of the same length."""
    return re.sub(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", line)


def cells(row):
    return re.split(r"(?<!\\)\|", row.strip().strip("|"))


def test_the_format_is_found_by_being_there():
    assert renderer("markdown") is markdown and markdown.SUFFIX == "md"


@EVERYONE
@EVERY
def test_golden(name, lang, accept):
    text = render(REPORTS[name](), lang).replace(f"envdoctor {__version__}", "envdoctor 0.1.0")
    golden.check(text, f"markdown/{name}.{lang}.md", accept)


@EVERYONE
@EVERY
def test_what_a_helper_asks_for_is_in_it(name, lang):
    from envdoctor.share import spelled

    report = REPORTS[name]()
    text = render(report, lang)
    outside, inside = blocks(text)
    for found in report.findings:
        assert found.title[lang] in text and found.rule in text
        assert not found.remedy or not found.remedy.note or found.remedy.note[lang] in text
        for command in found.remedy.commands if found.remedy else ():
            assert spelled(command, report.chart) in inside
    for name, version in report.chart.distributions().items():
        assert f"{name}=={version}" in inside
    assert all(doubt.rule in text for doubt in report.doubts)
    assert all(rule in text for rule in report.ignored)
    for fact in (
        "gpu",
        "driver",
        "driver.cuda",
        "cuda.toolkit",
        "cudnn",
        "torch.version",
        "tensorflow.version",
        "os.name",
    ):
        value = report.chart.value(fact)
        assert value is None or str(value[0] if isinstance(value, list) else value) in "\n".join(outside)


@EVERYONE
@EVERY
def test_its_shape(name, lang):
    text = render(REPORTS[name](), lang)
    outside, _ = blocks(text)
    assert text.startswith("## ") and text.endswith("\n") and "\n\n\n" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip() and not line.endswith(": ")]
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")
    tags = re.findall(r"(?<!\\)<[^>]*>", "\n".join(map(without_code, outside)))
    assert set(tags) <= {"<details>", "</details>", "<summary>", "</summary>"}
    rows = [line for line in outside if line.startswith("|")]
    assert len(rows) > 3 and {len(cells(row)) for row in rows} == {2}
    assert not LINKED.search("\n".join(map(without_code, outside)))
    for place, line in enumerate(outside):
        if line == "</details>":
            assert outside[place - 1] == ""  # Markdown begins again behind an empty line only


def test_an_ascii_console_gets_english():
    assert "The environment" in render(sick(), "zh", Console(encoding="ascii"))
    assert "环境信息" in render(sick(), "zh", Console(encoding="gbk"))


def test_a_plan_needs_two_cures():
    report = too_new_gpu()
    assert "### Everything at once" in render(report, "en")
    assert "Everything at once" not in render(replace(report, findings=report.findings[:1]), "en")


def test_silence_is_not_health():
    healthy = REPORTS["healthy"]()
    assert render(healthy, "en").startswith(f"## envdoctor {__version__}: No problem found\n")
    blind = healthy.chart.with_facts({"gpu": unknown("probe-failed", "x")})
    assert "that is not everything" in render(replace(healthy, chart=blind), "en").splitlines()[0]


def test_a_chart_that_says_nothing_can_be_reported():
    assert "not examined: GPU, driver" in render(Report(Chart({}, {})), "en")


@EVERY
def test_an_issue_has_room_for_it(lang):
    """Whatever there is: the findings stay whole, and what is folded away is cut with a word about it."""
    report = sick()
    facts = {f"distribution-{number}": known("1.0", "x" * 90) for number in range(900)}
    facts.update({f"project.fact{number}": known(["y" * 90] * 99, "x" * 90) for number in range(900)})
    doubts = tuple(Doubt(f"project/rule-{number}", ("driver",), "nobody-looked") for number in range(900))
    chart = report.chart.with_facts(facts, [DISTRIBUTIONS])
    text = render(replace(report, chart=chart, doubts=doubts), lang)
    assert len(text) < 65536 and "distribution-899==1.0" in text
    assert re.search("and [0-9]+ more|还有 [0-9]+ 项", text)
    assert max(map(len, text.splitlines())) < 2000
    assert len(text) < ROOM + 2000 and text.count("<details>") == text.count("</details>")


@EVERY
@given(texts)
def test_whatever_stands_in_a_report_it_stays_text(lang, text):
    report = sick()
    facts = {"gpu": known([text]), "project.root": known(text), "env.LD_PRELOAD": known(text), "os.name": known(text)}
    chart = report.chart.with_facts({**facts, "tensorflow.version": known(text), "x.y": known({text: [text]}, text)})
    found = replace(
        report.findings[0], title={lang: text}, detail={lang: text}, remedy=replace(
            report.findings[0].remedy, commands=(("sh", "-c", text),), note={lang: text}
        ),
        evidence=tuple(replace(one, value=text) for one in report.findings[0].evidence),
    )  # fmt: skip
    written = render(replace(report, chart=chart, findings=(found,), doubts=(Doubt(text, (text,), text, text),)), lang)
    outside, _ = blocks(written)
    assert written.count("<details>\n<summary>") == len(re.findall("\n`{3,}\n\n</details>", written)) >= 3
    rows = [line for line in outside if line.startswith("| ")]
    assert {len(cells(row)) for row in rows} == {2}


# ---------------------------------------------------------------- the parts


@pytest.mark.parametrize(
    "text, expected",
    [
        ("run `pip list` & look", "run `pip list` & look"),
        ("numpy 1.26.4 and torch_x", "numpy 1.26.4 and torch_x"),  # as little as possible is marked
        ("__init__.py", "\\_\\_init\\_\\_.py"),
        ("a*b <b> [x](y) a|b", "a\\*b \\<b> [x\\](y) a|b"),
        ("@li, a@b.c, #12, GH-3", "@\u200bli, a@b.c, #\u200b12, GH-\u200b3"),
        ("x.cu:3:warning: y", "x.cu:3:\u200bwarning: y"),
        ("see https://github.com/a/b/issues/1.", "see `https://github.com/a/b/issues/1`."),
        ("C:\\Users\\li\\.venv \\\\x", "C:\\Users\\li\\\\.venv \\\\\\x"),
        ("~/x and PROGRA~1", "\\~/x and PROGRA\\~1"),
        ("in ~/x", "in ~/x"),
        ("$HOME and $PATH", "\\$HOME and \\$PATH"),
        ("# title", "\\# title"),
        ("12. x", "12\u200b. x"),
        ("535.183.01, up", "535.183.01, up"),
        ("- x\n\n  y", "\\- x y"),
        ("--- ", "\\---"),
        ("`a``b`", "`a`\u200b`b`"),
        ("a`b", "a\\`b"),
        ("\x1b[2J\u202e", "?[2J?"),
    ],
)
def test_inline(text, expected):
    assert inline(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [("a|b", "`a|b`"), ("x`y", "``x`y``"), ("`x`", "`` `x` ``"), ("a\nb", "`a b`"), ("", ""), ("``", "``` `` ```")],
)
def test_code(text, expected):
    assert code(text) == expected


def test_a_fence_is_longer_than_what_is_in_it():
    assert fenced(["a", "````"], "sh") == "`````sh\na\n````\n`````"


def test_a_table_is_not_torn():
    assert table([("a|b", code("c|d"))], ("x", "y")) == "| x | y |\n| --- | --- |\n| a\\|b | `c\\|d` |"


@given(texts)
def test_github_shows_just_the_text(text):
    """As GitHub's own parser reads it, where it is installed."""
    cmarkgfm = pytest.importorskip("cmarkgfm")
    from html.parser import HTMLParser

    words, tags = [], []

    class Reader(HTMLParser):
        handle_data = words.append

        def handle_starttag(self, tag, attrs):
            tags.append(tag)

    Reader().feed(cmarkgfm.github_flavored_markdown_to_html(inline(text)))
    wanted = re.sub(r"\s+", " ", harmless(text)).strip()
    shown = re.sub(r"`([^`]+)`", r"\1", wanted)
    assert re.sub(r"\s", "", "".join(words).replace("\u200b", "")) == re.sub(r"\s", "", shown)
    assert set(tags) <= {"p", "code"}
