"""Does the house speak both languages, and does it know how wide its words are?"""

import importlib
import pkgutil
import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import texts
from envdoctor.words import both, encodable, harmless, language, pad, pieces, readable, say, width, wrap

# ---------------------------------------------------------------- language


@pytest.mark.parametrize(
    "option, environ, ui_language, expected",
    [
        ("", {}, "", "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "", "zh"),
        ("", {"LANG": "zh_TW"}, "", "zh"),
        ("", {"LANG": "zh_CN.GBK"}, "en-US", "zh"),
        ("", {"LANG": "en_US.UTF-8"}, "zh-CN", "en"),
        ("", {"LANG": "de_DE.UTF-8"}, "", "en"),
        ("", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "", "zh"),
        ("", {"LC_ALL": "en_US.UTF-8", "LANGUAGE": "zh_CN:zh", "LANG": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LANGUAGE": "zh_CN:zh:en", "LANG": "en_US.UTF-8"}, "", "zh"),
        ("", {"LANGUAGE": "zh_CN:zh:en", "LANG": "C.UTF-8"}, "", "en"),
        ("", {"LANGUAGE": "zh_CN:zh:en", "LC_ALL": "POSIX"}, "", "en"),
        ("", {}, "zh-CN", "zh"),
        ("", {}, "Chinese (Simplified)_China", "zh"),
        ("", {}, "English_United States", "en"),
        ("en", {"LC_ALL": "zh_CN.UTF-8"}, "zh-CN", "en"),
        ("zh", {"LC_ALL": "C"}, "", "zh"),
    ],
)
def test_language(option, environ, ui_language, expected):
    assert language(option, environ, ui_language) == expected


def test_an_ascii_console_gets_english():
    assert [readable("zh", encoding) for encoding in ("utf-8", "gbk", "ascii", "cp1252", "no-such-thing")] == [
        "zh", "zh", "en", "en", "en",
    ]  # fmt: skip


# ---------------------------------------------------------------- texts

AREAS = sorted(found.name for found in pkgutil.iter_modules(texts.__path__))
TEXTS = [
    pytest.param(english, chinese, id=f"{area}.{name}")
    for area in AREAS
    for name, (english, chinese) in importlib.import_module("envdoctor.texts." + area).TEXTS.items()
]
CHINESE = re.compile("[\u4e00-\u9fff]")
#: Words that are the same in both languages.
NAMES = {"Python", "CUDA", "cuDNN", "AVX", "CPU", "GPU", "Keras", "TensorFlow", "torch"}


def placeholders(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("english, chinese", TEXTS)
def test_every_text_is_there_in_both_languages(english, chinese):
    assert placeholders(english) == placeholders(chinese)
    bare = re.sub(r"\{\w+\}", "", english)
    if set(re.findall(r"[A-Za-z]{2,}", bare)) - NAMES:
        assert CHINESE.search(chinese)
    assert not CHINESE.search(english)
    assert "!" not in english.replace("!=", "") + chinese.replace("!=", "") and "！" not in chinese


def test_say():
    assert say("report.in-brackets", "en", text="torch", inner="CPU") == "torch (CPU)"
    assert both("report.none") == {"en": "none", "zh": "没有"}
    assert say("report.in-brackets", "en", text="torch") == "torch (?)"  # better than a traceback before a student
    for unknown in ("report.no-such-text", "no-such-area.none"):
        with pytest.raises(KeyError):
            say(unknown, "en")


# ---------------------------------------------------------------- what a console can show


@pytest.mark.parametrize(
    "text, encoding, expected",
    [
        ("✓ 显卡", "utf-8", "✓ 显卡"),
        ("✓ 显卡 — ✗", "gbk", "OK 显卡 — XX"),
        ("✓ “显卡”…", "ascii", 'OK "??"...'),
        ("\u00a0\U0001f600", "gbk", " ?"),
        ("\udc80", "utf-8", "?"),  # a file name that is not UTF-8
        ("显卡 ✗", "no-such-encoding", "?? XX"),
    ],
)
def test_encodable(text, encoding, expected):
    assert encodable(text, encoding) == expected


@given(st.text(), st.sampled_from(["ascii", "gbk", "cp1252", "utf-8", "utf-16"]))
def test_encodable_can_be_encoded(text, encoding):
    encodable(text, encoding).encode(encoding)


def test_harmless():
    assert harmless("a\x1b[31m\tb\r\n\x07\u202e中") == "a?[31m\tb\n??中"


# ---------------------------------------------------------------- width


@pytest.mark.parametrize(
    "text, columns",
    [
        ("", 0), ("GPU", 3), ("显卡", 4), ("显卡 GPU", 8), ("，。", 4), ("ＧＰＵ", 6), ("e\u0301", 1), ("…", 1),
        ("✓", 1), ("a\u200bb", 2), ("a\tb", 9), ("a\nbcd\ne", 3), ("한국", 4),
        ("\u1112\u1161\u11ab", 2), ("\U0001f600", 2),
    ],
)  # fmt: skip
def test_width(text, columns):
    assert width(text) == columns


def test_pad():
    assert [pad("驱动", 6), pad("GPU", 2)] == ["驱动  ", "GPU"]


# ---------------------------------------------------------------- breaking lines


@pytest.mark.parametrize(
    "text, columns, expected",
    [
        ("one two three", 8, ["one two", "three"]),
        ("显卡驱动太旧", 8, ["显卡驱动", "太旧"]),
        ("显卡驱动，太旧", 8, ["显卡驱", "动，太旧"]),
        ("显卡（驱动）", 6, ["显卡", "（驱", "动）"]),
        ("升级 numpy，再运行", 10, ["升级", "numpy，再", "运行"]),
        ("运行 `pip install x` 再看", 10, ["运行", "`pip install x`", "再看"]),
        ("see https://example.org/a/b/c now", 8, ["see", "https://example.org/a/b/c", "now"]),
        ("打开 C:\\用户\\张三\\文件 再看", 8, ["打开", "C:\\用户\\张三\\文件", "再看"]),
        ("在/home/张三/代码里，再看", 8, ["在", "/home/张三/代码里，", "再看"]),
        ("输入/输出不同", 8, ["输入/输", "出不同"]),
        ("numpy\u00a01.21.6 and more", 10, ["numpy 1.21.6", "and more"]),
        ("第一行\n第二行", 20, ["第一行第二行"]),
        ("first\nsecond", 20, ["first second"]),
        ("one\n\ntwo", 20, ["one", "", "two"]),
        ("", 20, []),
    ],
)
def test_wrap(text, columns, expected):
    assert wrap(text, columns) == expected


def test_wrap_indents():
    assert wrap("one two three", 10, "1. ", "   ") == ["1. one two", "   three"]


WORDS = st.lists(
    st.one_of(
        st.text("ab显卡，。（）；“”、.:() \n", max_size=12),
        st.sampled_from(
            ["`pip install x`", "https://example.org/张", "C:\\用户\\x", "/home/李/x", " ", "numpy\u00a01.2"]
        ),
    ),
    max_size=25,
).map("".join)


def squeezed(text):
    return "".join(text.split())


@given(WORDS, st.integers(8, 60))
def test_wrap_keeps_every_character(text, columns):
    assert squeezed("".join(wrap(text, columns))) == squeezed(text)


@given(WORDS, st.integers(8, 60), st.sampled_from(["", "  ", "1. "]))
def test_wrap_is_never_too_wide_unless_one_piece_is(text, columns, indent):
    widest = max([width(piece) for _, piece in pieces(text)], default=0)
    for line in wrap(text, columns, indent, indent):
        assert width(line) <= max(columns, width(indent) + widest)
        if width(line) > columns:
            whole = [piece for paragraph in re.split(r"\n[ \t]*\n", text) for _, piece in pieces(paragraph)]
            assert line[len(indent) :] in [piece.replace("\u00a0", " ") for piece in whole]


@given(WORDS, st.integers(8, 60))
def test_no_line_begins_with_closing_or_ends_with_opening_punctuation(text, columns):
    lines = [line for line in wrap(text, columns) if line]
    assert not [line for line in lines[1:] if line[0] in "，。；：！？、）》」"] or "\n\n" in re.sub("[ \t]", "", text)
    assert not [line for line in lines[:-1] if line[-1] in "（《「"] or "\n\n" in re.sub("[ \t]", "", text)


WHOLE = ["`pip install x`", "C:\\用户\\张三", "https://e.org/a,b"]


@given(st.lists(st.sampled_from([*WHOLE, "显卡", "word", "，"]), max_size=20))
def test_commands_paths_and_urls_are_never_torn(words):
    lines = wrap(" ".join(words), 12)
    for word in words:
        if word in WHOLE:
            assert any(word in line for line in lines)
