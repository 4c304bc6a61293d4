"""How does a self-contained HTML page of ours look?

Pure.  One file that loads nothing: style, script and pictures are in it, and its own policy forbids the rest.  Whatever
is not Markup is text from outside and is escaped, so what forgets to say that it is HTML is shown, never obeyed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from string import Template
from typing import Iterable, Sequence, Tuple

from .words import harmless, say

#: Our languages, as HTML names them.
_LANGUAGES = {"en": "en", "zh": "zh-CN"}
MARKS = ("ok", "warning", "error", "unknown", "nothing")


class Markup(str):
    """Text that is HTML already."""


def markup(content: str) -> Markup:
    """The content as HTML: Markup as it is, text escaped and without what steers or cannot be encoded.

    >>> markup("a < b"), markup(Markup("a<br>b"))
    ('a &lt; b', 'a<br>b')
    """
    if isinstance(content, Markup):
        return content
    encodable = harmless(content).encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
    return Markup(html.escape(encodable))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    return Markup(between.join(map(markup, parts)))


def element(tag: str, content: str = "", **attributes: str) -> Markup:
    """One element; `class_` stands for class, and `aria_label` for aria-label.  Those that are empty are left out.

    >>> element("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    written = "".join(f' {names[name]}="{markup(value)}"' for name, value in attributes.items() if value)
    return Markup(f"<{tag}{written}>{markup(content)}</{tag}>")


# ---------------------------------------------------------------- words


def prose(text: str) -> Markup:
    """A sentence; what stands between backticks is code, and a number stays with its unit.

    >>> prose("run `pip list` & look")
    'run <code>pip list</code> &amp; look'
    """
    if isinstance(text, Markup):
        return text
    parts = re.split(r"`([^`\n]+)`", text)
    parts[0::2] = [markup(_UNIT.sub("\u00a0", part)) for part in parts[0::2]]
    parts[1::2] = [element("code", part) for part in parts[1::2]]
    return joined(parts)


_UNIT = re.compile(r"(?<=\d) (?=%|[KMG]iB)")


def paragraphs(text: str, class_: str = "") -> Markup:
    """A text whose empty lines divide paragraphs."""
    parts = re.split(r"\n[ \t]*\n\s*", text.strip())
    return joined((element("p", prose(part), class_=class_) for part in parts if part), "\n")


def link(source: str) -> Markup:
    """Where something can be read: a link if it begins with an https address, otherwise the words themselves.

    >>> link("https://a.org/b (page 3)")
    '<a href="https://a.org/b" rel="noopener noreferrer">https://a.org/<wbr>b</a> (page 3)'
    """
    found = re.match(r"(https://[^\s\"'`<>\\]+)(.*)$", harmless(source), re.S)
    if not found:
        return prose(source)
    address, rest = found.groups()
    return joined([element("a", _slashed(address), href=address, rel="noopener noreferrer"), prose(rest)])


def path(text: str) -> Markup:
    """A path as it is; a line breaks after its slashes, if it must."""
    return element("code", _slashed(text), class_="path")


def _slashed(text: str) -> Markup:
    return Markup(re.sub(r"(?<=[^/\\])([/\\])(?=[^/\\])", r"\1<wbr>", markup(text)))


def torn(text: str) -> Markup:
    """A name, a path or a list in a narrow cell; it may break after its marks.

    >>> torn("shell.pip_python")
    '<span class="torn">shell.<wbr>pip_<wbr>python</span>'
    """
    return element(
        "span", Markup(re.sub(r"(?<=[^\W_])([._/\\\\-])(?=[^\W_])", r"\1<wbr>", markup(text))), class_="torn"
    )


def command(text: str) -> Markup:
    """A command of which no word is torn (at the hyphens of --batch-size) unless it is wider than the screen."""
    return Markup(re.sub(r"[^ \n]+", r'<span class="word">\g<0></span>', markup(text)))


# ---------------------------------------------------------------- marks

#: The outline of a mark and the sign in it, in a square of 20: no two look alike without their colour.
_SHAPES = {
    "ok": ('<circle cx="10" cy="10" r="9"/>', "M5.8 10.4l2.9 2.9 5.5-6.2"),
    "warning": (
        '<path d="M8.7 2.3a1.5 1.5 0 0 1 2.6 0l7.3 13.2a1.5 1.5 0 0 1-1.3 2.2H2.7a1.5 1.5 0 0 1-1.3-2.2z"/>',
        "M10 7v4.6M10 14.6v.1",
    ),
    "error": ('<path d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z"/>', "M6.9 6.9l6.2 6.2M13.1 6.9l-6.2 6.2"),
    "unknown": ('<rect x="1" y="1" width="18" height="18" rx="5"/>', "M7.4 7.6a2.6 2.6 0 1 1 2.6 2.9v1.2M10 14.6v.1"),
    "nothing": ('<circle cx="10" cy="10" r="9"/>', "M6.5 10h7"),
}


def mark(name: str, lang: str) -> Markup:
    """One of MARKS as a small picture that also says what it means."""
    outline, sign = _SHAPES[name]
    drawn = Markup(f'{outline}<path class="sign" d="{sign}"/>')
    label = say("page.mark-" + name, lang)
    return element("svg", drawn, class_=f"mark is-{name}", viewBox="0 0 20 20", role="img", aria_label=label)


def badge(text: str, name: str) -> Markup:
    """A word on a coloured ground, such as the severity of a finding."""
    return element("span", text, class_=f"badge is-{name}")


# ---------------------------------------------------------------- blocks


def header(title: str, above: str = "", about: Sequence[Tuple[str, str]] = ()) -> Markup:
    """The head of the page: a small line above, its title, and (label, value) pairs about who was examined."""
    parts = [element("p", above, class_="above")] if above else []
    return element("header", joined([*parts, element("h1", prose(title)), pairs(about)], "\n"))


def banner(name: str, headline: str, detail: str, lang: str) -> Markup:
    """The verdict: a mark, one sentence, and what else is to be said of it."""
    head = element("h2", joined([mark(name, lang), element("span", prose(headline))]))
    return element("section", joined([head, prose(detail)], "\n"), class_=f"banner is-{name}")


def section(title: str, body: str) -> Markup:
    return element("section", joined([element("h2", prose(title)), prose(body)], "\n"))


def card(body: str, name: str = "") -> Markup:
    """A box for one of several things of a kind, with the colour of its mark at the edge."""
    return element("article", body, class_=f"card is-{name}" if name else "card")


def bullets(items: Iterable[str], class_: str = "") -> Markup:
    listed = joined((element("li", prose(item)) for item in items), "\n")
    return element("ul", listed, class_=class_) if listed else Markup()


def pairs(rows: Iterable[Tuple[str, str]]) -> Markup:
    """Facts by name: (label, value)."""
    listed = joined((joined([element("dt", label), element("dd", value)]) for label, value in rows), "\n")
    return element("dl", listed) if listed else Markup()


def table(rows: Iterable[Sequence[str]], head: Sequence[str], label: str, numbers: Sequence[int] = ()) -> Markup:
    """A table that scrolls by itself where the screen is narrow.

    head: the titles of the columns (none: they need none).  label: what the table shows, for who cannot see it.
    numbers: the columns that are set flush right.
    """

    def cell(tag: str, place: int, content: str) -> Markup:
        return element(tag, prose(content), class_="number" if place in numbers else "")

    def row(tag: str, cells: Sequence[str]) -> Markup:
        return element("tr", joined(cell(tag, place, content) for place, content in enumerate(cells)))

    top = element("thead", row("th", head)) if head else Markup()
    body = element("tbody", joined((row("td", cells) for cells in rows), "\n"))
    inner = element("table", joined([top, body], "\n"))
    return element("div", inner, class_="scroll", role="region", tabindex="0", aria_label=label)


def gauge(share: float, ticks: Sequence[Tuple[float, str]], label: str, need: float | None = None) -> Markup:
    """A bar that is filled to its share (0 to 1) above a scale.

    ticks: (share, text) on the scale.  need: a share that is marked on the bar.  label: what it shows, in words.
    """
    drawn = [element("rect", class_="track", width="100%", height="12", rx="6")]
    drawn.append(element("rect", class_="value", width=_percent(share), height="12", rx="6"))
    for place, text in ticks:
        anchor = "start" if place <= 0 else "end" if place >= 1 else "middle"
        drawn.append(element("text", text, x=_percent(place), y="30", text_anchor=anchor))
    if need is not None:
        drawn.append(element("line", class_="need", x1=_percent(need), x2=_percent(need), y1="-3", y2="15"))
    return element("svg", joined(drawn), class_="gauge", height="36", role="img", aria_label=label)


def _percent(share: float) -> str:
    return f"{100 * min(1.0, max(0.0, share)):.4g}%"


def fold(summary: str, body: str) -> Markup:
    """Something long that only some want to see."""
    return element("details", joined([element("summary", prose(summary)), markup(body)], "\n"))


def printed(text: str) -> Markup:
    """What a program printed, line by line."""
    return element("pre", element("code", text), class_="printed", tabindex="0")


def command_block(text: str, lang: str) -> Markup:
    """A command with a button that copies it; without JavaScript the button stays hidden."""
    words = {name: say("page." + name, lang) for name in ("copy", "copied", "copy-failed")}
    button = Markup(
        f'<button type="button" class="copy" hidden data-done="{markup(words["copied"])}" '
        f'data-failed="{markup(words["copy-failed"])}">{markup(words["copy"])}</button>'
    )
    return element("div", joined([element("pre", element("code", command(text))), button]), class_="command")


# ---------------------------------------------------------------- the page

_FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC", "Hiragino Sans GB", '
    '"Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", '
    '"WenQuanYi Micro Hei", sans-serif'
)
_MONO = (
    'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Cascadia Mono", "DejaVu Sans Mono", '
    '"Liberation Mono", "PingFang SC", "Microsoft YaHei", "Noto Sans Mono CJK SC", "Noto Sans CJK SC", monospace'
)

#: Every colour is here, twice.  Text on its ground keeps to WCAG AA in both (4.5 : 1); a test holds them to it.
LIGHT = """
  --ground: #f5f6f8; --card: #ffffff; --text: #1b2330; --soft: #566173; --line: #dde1e7; --code: #eef0f4;
  --accent: #0a5fbf; --ok: #176f37; --warning: #865300; --error: #b3261e; --unknown: #4a5a86; --nothing: #646f80;
  --ok-ground: #e9f6ed; --warning-ground: #fdf3df; --error-ground: #fdecea; --unknown-ground: #edf0f8;
"""
DARK = """
  --ground: #12151a; --card: #1b2027; --text: #e5e9ef; --soft: #a3adbb; --line: #323a45; --code: #262d36;
  --accent: #79b6ff; --ok: #5fd38d; --warning: #f0b84c; --error: #ff8f85; --unknown: #adbbe0; --nothing: #98a2b0;
  --ok-ground: #15281d; --warning-ground: #2d2412; --error-ground: #331c1b; --unknown-ground: #202738;
"""

_STYLE = Template("""
:root { color-scheme: light dark; $light }
@media screen and (prefers-color-scheme: dark) { :root { $dark } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: break-word;
  font: 1rem/1.6 $font; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1, h2, h3, h4, p, ul, dl, pre { margin: 0; }
h1, h2, h3, h4 { line-height: 1.3; font-weight: 650; text-wrap: balance; }
p, li, dd { text-wrap: pretty; }
h1 { font-size: 1.7rem; letter-spacing: -0.01em; }
h2 { font-size: 1.2rem; }
h3 { font-size: 1.05rem; }
h4 { font-size: 0.95rem; margin-top: 1.1rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
code, pre { font-family: $mono; font-size: 0.875em; }
code { display: inline-block; max-width: 100%; background: var(--code); border-radius: 0.25rem; padding: 0 0.3em; }
pre code { display: inline; background: none; padding: 0; font-size: inherit; }
.soft, .above, dt, th { color: var(--soft); }
.above { font-size: 0.875rem; margin-bottom: 0.25rem; }
.path { display: inline; background: none; padding: 0; overflow-wrap: anywhere; }
.small { font-size: 0.875rem; }
td + td .torn { overflow-wrap: anywhere; }
.word { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.whole { white-space: nowrap; }
header dl { margin-top: 0.75rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1rem; font-size: 0.925rem; }
dd { margin: 0; min-width: 0; }
section { margin-top: 2.25rem; }
section > h2 { margin-bottom: 0.75rem; }
section > h3 { margin: 1.5rem 0 0.5rem; }
section > h2 + h3 { margin-top: 0; }
ul { padding-left: 1.2rem; }
li + li { margin-top: 0.3rem; }
section > ul + p, section > .scroll + ul { margin-top: 0.6rem; }
li::marker { color: var(--soft); }
.is-ok { --tone: var(--ok); --tone-ground: var(--ok-ground); }
.is-warning { --tone: var(--warning); --tone-ground: var(--warning-ground); }
.is-error { --tone: var(--error); --tone-ground: var(--error-ground); }
.is-unknown, .is-info { --tone: var(--unknown); --tone-ground: var(--unknown-ground); }
.is-nothing { --tone: var(--nothing); --tone-ground: var(--code); }
.mark { width: 1.1em; height: 1.1em; flex: none; vertical-align: -0.19em; fill: var(--tone); }
.mark .sign { fill: none; stroke: var(--card); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.banner { margin-top: 1.5rem; padding: 1.1rem 1.25rem; border-radius: 0.75rem; background: var(--tone-ground);
  border: 1px solid var(--tone); }
.banner h2 { display: flex; gap: 0.6rem; margin: 0; font-size: 1.3rem; color: var(--tone); }
.banner h2 .mark { width: 1.3em; height: 1.3em; }
.banner h2 span { min-width: 0; }
.banner ul, .banner h2 + p { margin-top: 0.7rem; }
.banner code { background: var(--card); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.1rem 1.25rem; }
.card[class*=is-] { border-left: 0.3rem solid var(--tone); }
.card + .card { margin-top: 1rem; }
.card + p { margin-top: 0.75rem; }
.card > * + p, .card > * + ul, .card > * + dl, .card > * + .command { margin-top: 0.6rem; }
.card > .small { margin-top: 1rem; color: var(--soft); }
.card > .small + .small { margin-top: 0.25rem; }
.card > ul.small + .small { margin-top: 1rem; }
.badge { display: inline-block; font-size: 0.8rem; font-weight: 650; line-height: 1.5; padding: 0.05rem 0.55rem;
  border-radius: 1rem; margin-bottom: 0.35rem; color: var(--tone); background: var(--tone-ground); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.925rem; }
th, td { padding: 0.45rem 1rem; text-align: left; vertical-align: top; }
th { font-weight: 500; font-size: 0.85rem; white-space: nowrap; border-bottom: 1px solid var(--line); }
tbody tr + tr td { border-top: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .path { display: inline-block; min-width: 12rem; }
.mark + .label { margin-left: 0.5rem; }
.command { display: flex; align-items: flex-start; gap: 0.5rem; background: var(--code); border-radius: 0.5rem;
  padding: 0.5rem 0.5rem 0.5rem 0.8rem; }
.command pre { flex: 1; min-width: 0; padding: 0.2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.command + .command { margin-top: 0.5rem; }
.copy { flex: none; font: inherit; font-size: 0.85rem; line-height: 1.5; padding: 0.2rem 0.7rem; cursor: pointer;
  color: var(--accent); background: var(--card); border: 1px solid var(--line); border-radius: 0.4rem; }
.copy:hover { border-color: var(--accent); }
.copy[hidden] { display: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
details { margin-top: 0.75rem; }
details > .scroll { margin-top: 0.5rem; }
summary { cursor: pointer; color: var(--accent); font-size: 0.925rem; }
.printed { margin-top: 0.5rem; padding: 0.7rem 0.8rem; background: var(--code); border-radius: 0.5rem;
  max-height: 24rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.picture { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1rem 1.25rem;
  margin-bottom: 1rem; }
.gauge { display: block; width: 100%; margin-top: 0.8rem; overflow: visible; }
.gauge .track { fill: var(--code); }
.gauge .value { fill: var(--accent); }
.gauge .need { stroke: var(--text); stroke-width: 3; }
.gauge text { font-size: 0.75rem; fill: var(--soft); font-variant-numeric: tabular-nums; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.aside { position: fixed; top: 0; left: 0; opacity: 0; }
@media (max-width: 30rem) {
  main { padding-top: 1.25rem; }
  h1 { font-size: 1.4rem; }
  .banner, .card { padding: 0.9rem 1rem; }
  .banner h2 { font-size: 1.15rem; }
  .picture { padding: 0.9rem 0.75rem; }
  th, td { padding: 0.45rem 0.75rem; }
}
@media print {
  body { background: none; font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .copy { display: none; }
  .command { border: 1px solid var(--line); }
  .banner, .card, .picture, .command, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .scroll, .printed { overflow: visible; max-height: none; }
}
""").substitute(light=LIGHT.strip(), dark=DARK.strip(), font=_FONT, mono=_MONO)

# navigator.clipboard is missing where a page counts as unsafe, which for some browsers is every page read from a file.
_SCRIPT = """
(function () {
  "use strict";
  var spoken = document.getElementById("spoken");
  function copiedTheOldWay(text) {
    var area = document.createElement("textarea"), done = false;
    area.value = text;
    area.readOnly = true;
    area.className = "aside";
    document.body.appendChild(area);
    area.select();
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    document.body.removeChild(area);
    return done;
  }
  function serve(button) {
    var code = button.parentNode.querySelector("code"), label = button.textContent, timer = 0;
    function tell(done) {
      var said = button.getAttribute(done ? "data-done" : "data-failed");
      if (done) { button.focus(); } else { window.getSelection().selectAllChildren(code); }
      button.textContent = spoken.textContent = said;
      clearTimeout(timer);
      timer = setTimeout(function () { button.textContent = label; spoken.textContent = ""; }, done ? 2000 : 6000);
    }
    function oldWay() { tell(copiedTheOldWay(code.textContent)); }
    button.hidden = false;
    button.addEventListener("click", function () {
      if (navigator.clipboard && navigator.clipboard.writeText) {
        navigator.clipboard.writeText(code.textContent).then(function () { tell(true); }, oldWay);
      } else {
        oldWay();
      }
    });
  }
  Array.prototype.forEach.call(document.querySelectorAll("button.copy"), serve);
})();
"""

_PAGE = Template("""<!DOCTYPE html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
$body
</main>
<p id="spoken" class="unseen" role="status" aria-live="polite"></p>
<script>$script</script>
</body>
</html>
""")


def policy() -> str:
    """What the page may load: nothing.  Its own script is let in by its hash, so no other that slips in would run."""
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def page(title: str, body: str, lang: str) -> str:
    """The whole page.  lang: "en" or "zh"."""
    return _PAGE.substitute(
        lang=_LANGUAGES[lang],
        policy=policy(),
        title=markup(title),
        style=_STYLE,
        body=markup(body),
        script=_SCRIPT,
    )
