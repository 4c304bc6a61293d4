"""In which language, and how wide?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors"); knows no console and no machine: both are arguments.
"""

import importlib
import re
import unicodedata
from typing import Any, Dict, List, Mapping, Optional, Tuple

LANGUAGES = ("en", "zh")

#: Columns between tab stops: every terminal's default.
_TAB = 8


# ---------------------------------------------------------------- language


def language(option: Optional[str], environ: Mapping[str, str], ui_language: str = "") -> str:
    """The language to speak, "en" or "zh".

    `option` is what --lang says ("" or None: nothing), `environ` the environment variables, `ui_language` the
    system's own answer where there is one, as Windows spells it ("zh-CN", "Chinese (Simplified)_China").
    The first that is set decides, in the order of gettext; LANGUAGE counts for nothing beside the locale C.
    """
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    plain = locale.split(".")[0] in ("C", "POSIX")
    preferred = "" if plain else environ.get("LANGUAGE", "").split(":")[0]
    specific = environ.get("LC_ALL") or environ.get("LC_MESSAGES")
    spelled = option or specific or preferred or locale or ui_language
    return "zh" if spelled.lower().startswith(("zh", "chinese")) else "en"


def readable(lang: str, encoding: str) -> str:
    """The language itself, or "en" where the encoding has no Chinese characters: a page of "?" helps nobody."""
    return lang if lang == "en" or _fits("中文", encoding) else "en"


class _Words(Dict[str, Any]):
    """A text that misses one of its words is still worth reading."""

    def __missing__(self, key: str) -> str:
        return "?"


def say(text_id: str, lang: str, **words: Any) -> str:
    """The text "area.name" of envdoctor/texts/<area>.py with its placeholders filled; a missing one becomes "?".

    Raises KeyError for an id that is not there (a mistake of ours, which a test finds).
    """
    area, _, name = text_id.partition(".")
    try:
        texts = importlib.import_module("envdoctor.texts." + area).TEXTS
    except ImportError:
        raise KeyError(text_id) from None
    return str(texts[name][LANGUAGES.index(lang)].format_map(_Words(words)))


def both(text_id: str, **words: Any) -> Dict[str, str]:
    """The text in every language of the house: {"en": …, "zh": …}."""
    return {lang: say(text_id, lang, **words) for lang in LANGUAGES}


def fact_name(name: str, lang: str) -> str:
    """What a fact is called in a sentence (texts/fact.py); others go by their own names.

    >>> fact_name("torch.cuda", "en"), fact_name("h5py", "zh")
    ('CUDA of torch', 'h5py')
    """
    try:
        return say("fact." + name, lang)
    except KeyError:
        return name


def origin_text(origin: str, lang: str) -> str:
    """Where a fact comes from, in words; paths, commands and options stand for themselves.

    >>> origin_text("the table of cards", "zh"), origin_text("line 3: GPU", "zh"), origin_text("/x/METADATA", "zh")
    ('显卡表', '第 3 行：GPU', '/x/METADATA')
    """
    if lang == "en":
        return origin
    line = re.match(r"line (\d+): (.*)$", origin, re.S)
    if line:
        return say("origin.line", lang, number=line.group(1), what=line.group(2))
    newest = re.match(r"(.*), newest for Python ([\d.]+)$", origin, re.S)
    if newest:
        return say("origin.newest", lang, origin=newest.group(1), python=newest.group(2))
    texts = importlib.import_module("envdoctor.texts.origin").TEXTS
    known = {english: chinese for english, chinese in texts.values()}
    return str(known.get(origin, origin))


# ---------------------------------------------------------------- what a console can show

#: What stands in for a character that the console's encoding lacks.
_INSTEAD = {
    "✓": "OK", "✗": "XX", "–": "-", "—": "--", "…": "...", "→": "->", "≥": ">=", "≤": "<=", "×": "x", "·": "-",
    "•": "*", "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "《": '"', "》": '"', "\u00a0": " ",
    "，": ", ", "。": ". ", "；": "; ", "：": ": ", "、": ", ", "（": " (", "）": ")", "？": "?", "！": ".",
}  # fmt: skip
#: Characters that turn the direction of what follows; a pasted text could hide a command behind them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmless(text: str) -> str:
    """The text with nothing in it that would steer the terminal: names and pasted reports come from anywhere.

    >>> harmless("torch\\x1b[2J 1.2.0")
    'torch?[2J 1.2.0'
    """
    return "".join("?" if _steers(character) else character for character in text.replace("\r", ""))


def _steers(character: str) -> bool:
    return character in _TURNING or (unicodedata.category(character) == "Cc" and character not in "\n\t")


def encodable(text: str, encoding: str) -> str:
    """The text with nothing in it that this encoding cannot hold.

    Marks and punctuation get a stand-in ("✓" becomes "OK"), everything else "?"; an unknown encoding counts as ASCII.

    >>> encodable("✓ 2 × RTX 3080 — 显卡", "ascii")
    'OK 2 x RTX 3080 -- ??'
    """
    if _fits(text, encoding):
        return text
    return "".join(character if _fits(character, encoding) else _INSTEAD.get(character, "?") for character in text)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except LookupError:
        return all(ord(character) < 128 for character in text)
    except UnicodeError:
        return False
    return True


# ---------------------------------------------------------------- width


def width(text: str) -> int:
    """Columns that the text takes in a terminal; of several lines, the widest.

    Chinese characters take two, combining and invisible ones none, a tab goes on to the next multiple of 8.
    Characters that Unicode calls ambiguous count as one (our choice: what terminals do in UTF-8).
    """
    widest = columns = 0
    for character in text:
        if character == "\n":
            columns = 0
        elif character == "\t":
            columns += _TAB - columns % _TAB
        else:
            columns += _columns(character)
        widest = max(widest, columns)
    return widest


def _columns(character: str) -> int:
    if character < "\x7f":
        return 0 if character < " " else 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc", "Cs") or "\u1160" <= character <= "\u11ff":
        return 0  # the last range: vowels and final consonants that Hangul draws into the first one
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """The text with blanks behind it up to this many columns; a longer text as it is."""
    return text + " " * (columns - width(text))


# ---------------------------------------------------------------- breaking lines

_NO_BREAK = "\u00a0"
_BLANK = " \t\n\r\f\v\u3000"
#: No line begins with a closing sign or ends with an opening one; the Chinese ones hold even across a blank.
_CJK_CLOSING, _CJK_OPENING = frozenset("，。；：！？、）》」』】〕〉％～"), frozenset("（《「『【〔〈")
_CLOSING = _CJK_CLOSING | frozenset(",.;:!?)]}%\"'”’…—·")
_OPENING = _CJK_OPENING | frozenset("([{\"'“‘")

_STOP = "\\s`\"'<>|，。；：！？、（）《》「」『』【】〔〕〈〉“”‘’"
_TOKEN = re.compile(
    rf"(?P<blank>[{_BLANK}]+)"
    r"|(?P<whole>`[^`\n]*`"  # a command or a name in a text
    rf"|[A-Za-z][A-Za-z0-9+.-]*://[^{_STOP}]+"
    rf"|(?<![A-Za-z0-9])[A-Za-z]:[\\/][^{_STOP}]*"
    rf"|(?<![A-Za-z0-9_./\\~-])(?:~|\.{{1,2}}|…)?[\\/](?=[A-Za-z0-9_.~])[^{_STOP}]*"
    rf"|(?<!\S)(?:~|\.{{1,2}}|…)?[\\/][^{_STOP}]+)"
    r"|(?P<one>.)",
    re.S,
)


def pieces(text: str) -> List[Tuple[str, str]]:
    """What may not be torn apart: [(the blank before it, "" or " "; the piece)].

    >>> pieces("运行 `pip list`，再看")
    [('', '运'), ('', '行'), (' ', '`pip list`，'), ('', '再'), ('', '看')]
    """
    found: List[Tuple[str, str]] = []
    gap = ""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "blank":
            gap = token
            continue
        last = found[-1][1] if found else ""
        if gap and "\n" in gap and last and _columns(last[-1]) == _columns(token[0]) == 2:
            gap = ""  # a line end in the source of a Chinese text is no blank
        if last and not _may_break(last, gap, token):
            found[-1] = (found[-1][0], last + (" " if gap else "") + token)
        else:
            found.append((" " if gap and last else "", token))
        gap = ""
    return found


def _may_break(last: str, gap: str, token: str) -> bool:
    if gap:
        return last[-1] not in _CJK_OPENING and token[0] not in _CJK_CLOSING
    if last[-1] in _OPENING or token[0] in _CLOSING or _columns(token[0]) == 0:
        return False
    return _columns(last[-1]) == 2 or _columns(token[0]) == 2


def wrap(text: str, columns: int, indent: str = "", hang: str = "") -> List[str]:
    """The text in lines of at most `columns` columns: `indent` before the first, `hang` before the others.

    Latin text breaks at blanks, Chinese between characters; a `command`, a path, a URL or a long word is never torn
    and may stand out on the right.  A no-break space holds its neighbours together and comes out as a blank.  An
    empty line in the text stays one.
    """
    lines: List[str] = []
    for number, paragraph in enumerate(re.split(r"\n[ \t]*\n\s*", text.strip(_BLANK))):
        start = hang if number else indent
        if number:
            lines.append("")
        line = ""
        for gap, piece in pieces(paragraph):
            longer = line + gap + piece if line else piece
            if line and width(start + longer) > columns:
                lines.append(start + line.replace(_NO_BREAK, " "))
                start, line = hang, piece
            else:
                line = longer
        if line:
            lines.append(start + line.replace(_NO_BREAK, " "))
    return lines
