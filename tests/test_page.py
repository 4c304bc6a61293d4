"""Is a page whole, readable in the light and in the dark, and deaf to whatever is planted in it?"""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import page
from envdoctor.page import Markup, markup

LANGUAGES = ("en", "zh")
EVERY = pytest.mark.parametrize("lang", LANGUAGES)
#: Elements without an end.
VOID = {"meta", "wbr", "br"}
#: What would end an element, an attribute, a comment or a script, or steer the reader.
PLANTS = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><style>*{display:none}", "]]>", "-->",
    "<!--", "<![CDATA[", "\"'><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&lt;b&gt;", "&#x3c;", "\x00",
    "\x1b[2J", "\x9b", "\u202e", "\udc80", "javascript:alert(1)", 'https://x.org/"onclick="alert(1)', "`<b>`",
    "${body}", "$body", "{0}", "\r\n\r\n", "https://x.org/<b>",
]  # fmt: skip
evil = st.lists(st.one_of(st.sampled_from(PLANTS), st.text(max_size=8)), max_size=5).map("".join)


class Reader(HTMLParser):
    """Reads a page strictly: every element that is opened is closed, in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()


class Whole(HTMLParser):
    """All text outside script and style."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.parts, self.silent = [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(data)

    @property
    def text(self):
        return "".join(self.parts)


def plain(text):
    """A text as it can be looked for in a page: without backticks, and whatever blank stands in it."""
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def check_safe(text, styles=1):
    """Nothing in it loads or runs but what is ours."""
    text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    reader = Reader(text)
    assert text.startswith("<!DOCTYPE html>\n")
    assert reader.tags.count("script") == 1 and reader.tags.count("style") == styles
    forbidden = {"img", "iframe", "object", "embed", "link", "base", "form", "input", "audio", "video", "image", "use"}
    assert not forbidden & set(reader.tags)
    for tag, name, value in reader.attributes:
        assert not name.startswith("on") and name not in ("src", "srcset", "style", "action", "xlink:href"), name
        if name == "href":
            assert tag == "a" and value.startswith("https://") and not re.search(r"[\s\"'<>]", value)
    assert all(("a", "rel", "noopener noreferrer") in reader.attributes for tag in reader.tags if tag == "a")
    return reader


def everything(text, lang):
    """A page with this text in every place that takes one."""
    blocks = [
        page.header(text, text, [(text, text), ("path", page.path(text)), ("command", page.command(text))]),
        page.banner("warning", text, text, lang),
        page.section(text, page.joined([page.paragraphs(text), page.bullets([text, text])])),
        page.card(page.joined([page.badge(text, "error"), page.link(text), page.command_block(text, lang)]), "error"),
        page.table([(text, text)], (text, text), text, numbers=(1,)),
        page.fold(text, page.printed(text)),
        page.card(text),
    ]
    return page.page(text, page.joined(blocks), lang)


# ---------------------------------------------------------------- whatever comes from outside


@given(evil)
def test_text_is_shown_and_never_obeyed(text):
    check_safe(everything(text, "zh"))


@given(evil)
def test_text_comes_out_as_it_went_in(text):
    shown = Whole(markup(text) + "<i></i>").text  # the end of an unfinished text is held back otherwise
    steered = "".join("?" if "\ud800" <= one <= "\udfff" else one for one in page.harmless(text))
    assert shown == steered


def test_markup_is_left_alone_and_what_is_added_to_it_is_not_trusted():
    assert markup(Markup("<b>")) == "<b>"
    assert markup(Markup("<b>") + "x") == "&lt;b&gt;x"
    assert page.joined([Markup("<br>"), "<br>"], "<") == "<br><&lt;br&gt;"
    assert page.element("a", "<", title='"', class_="") == '<a title="&quot;">&lt;</a>'


@pytest.mark.parametrize(
    "source, address",
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("https://github.com/a/b/blob/main/c.py (_d)", "https://github.com/a/b/blob/main/c.py"),
        ("https://example.org/常见问题.md", "https://example.org/常见问题.md"),
        ('https://example.org/"onclick="alert(1)', "https://example.org/"),
        ("javascript:alert(1)", None),
        ("http://example.org/", None),
        ("read: https://example.org/", None),
        ("the table torch-builds of this rulebook", None),
    ],
)
def test_only_what_begins_with_https_becomes_a_link(source, address):
    reader = Reader(page.link(source))
    assert [value for _, name, value in reader.attributes if name == "href"] == ([address] if address else [])
    assert Whole(page.link(source)).text == source


def test_prose():
    assert page.prose("`a < b` at 5 %, 10 GiB") == "<code>a &lt; b</code> at 5\u00a0%, 10\u00a0GiB"
    assert page.prose("`5 %` is code") == "<code>5 %</code> is code"  # it may be copied
    assert page.paragraphs("one\n\n two\nlines ") == "<p>one</p>\n<p>two\nlines</p>"
    assert page.paragraphs(" ") == page.bullets([]) == page.pairs([]) == ""


# ---------------------------------------------------------------- the page


@EVERY
def test_the_page_is_whole(lang):
    text = page.page("GPU", page.section("A", "b"), lang)
    reader = check_safe(text)
    assert ("html", "lang", {"en": "en", "zh": "zh-CN"}[lang]) in reader.attributes
    assert ("meta", "content", "width=device-width, initial-scale=1") in reader.attributes
    assert "$" not in text


def test_its_policy_lets_in_its_own_script_and_nothing_else():
    text = page.page("t", "b", "en")
    script = re.search("<script>(.*?)</script>", text, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    reader = Reader(text)
    (policy,) = [value for tag, _, value in reader.attributes if value and value.startswith("default-src")]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'", "style-src": "'unsafe-inline'", "script-src": f"'sha256-{digest}'",
        "img-src": "data:", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    # a policy counts from where it stands, so nothing that it is for may stand before it
    assert text.index("Content-Security-Policy") < min(text.index("<style"), text.index("<script"))


def test_nothing_is_loaded():
    text = page.page("t", "", "en")
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text


@EVERY
def test_a_command_and_its_button(lang):
    reader = Reader(page.command_block("pip install 'a<2' --no-deps\npython x.py", lang))
    assert Whole(page.command_block("pip  install 'a<2'", lang)).text.startswith("pip  install 'a<2'")
    attributes = {name: value for tag, name, value in reader.attributes if tag == "button"}
    assert attributes["type"] == "button" and "hidden" in attributes  # without JavaScript it would do nothing
    assert attributes["data-done"] and attributes["data-failed"]
    assert 'aria-live="polite"' in page.page("t", "", lang)


@EVERY
def test_marks_say_what_they_mean_and_differ_in_shape(lang):
    marks = [page.mark(name, lang) for name in page.MARKS]
    labels = [value for one in marks for _, name, value in Reader(one).attributes if name == "aria-label"]
    assert len(set(labels)) == len(page.MARKS)
    assert len({re.sub('class="mark.*?>', "", one) for one in marks}) == len(page.MARKS)


def test_a_table_can_be_scrolled_by_who_has_no_mouse():
    reader = Reader(page.table([("a", "1")], (), "the table", numbers=(1,)))
    attributes = {name: value for tag, name, value in reader.attributes if tag == "div"}
    assert attributes == {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": "the table"}
    assert "thead" not in reader.tags and ("td", "class", "number") in reader.attributes


# ---------------------------------------------------------------- colours


def luminance(color):
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """As WCAG 2.1 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TONES = ("ok", "warning", "error", "unknown")
#: Which text stands on which ground.
ON = [
    *((tone, f"{tone}-ground") for tone in TONES),
    *((tone, "card") for tone in (*TONES, "nothing", "accent", "text", "soft")),
    *((text, ground) for text in ("text", "soft", "accent") for ground in ("ground", "card", "code")),
    *(("text", f"{tone}-ground") for tone in TONES),
]


@pytest.mark.parametrize("theme", ["LIGHT", "DARK"])
@pytest.mark.parametrize("text, ground", ON)
def test_contrast_is_that_of_wcag_aa(theme, text, ground):
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", getattr(page, theme)))
    assert contrast(colors[text], colors[ground]) >= 4.5


def test_both_themes_know_the_same_colours():
    names = [re.findall(r"--([\w-]+):", theme) for theme in (page.LIGHT, page.DARK)]
    assert names[0] == names[1]
    used = set(re.findall(r"var\(--([\w-]+)\)", page.page("t", "", "en")))
    assert used - {"tone", "tone-ground"} <= set(names[0])
