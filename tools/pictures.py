#!/usr/bin/env python3
"""What does envdoctor's output look like?  Renews the pictures and the shown output in docs/ from real runs.

python tools/pictures.py            write what is not current: pictures of terminals (SVG), and in the pages every block
                                    ```text behind a line <!-- output: envdoctor check --from tests/patients/… -->
python tools/pictures.py --html     photograph the HTML reports, too (PNG); needs Chromium
python tools/pictures.py --check    write nothing; exit status 1 if one of the first kind is not current

Everything comes from saved charts (tests/patients/) and from the played GPU of the tests, so it is the same on every
machine.  Photographs are not compared: another Chromium draws other pixels.
"""

from __future__ import annotations

import argparse
import glob
import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from typing import Iterable, Iterator, NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from envdoctor.words import width  # noqa: E402

DOCS = os.path.join(ROOT, "docs")
LANGUAGES = {"en": "en", "zh": "zh-CN"}
COLUMNS = 80

#: name of the picture -> the command that is shown on its first line, and run.
CHECKS = {
    "check-keras": "envdoctor check --from tests/patients/keras-stack-with-h5py-3.json",
    "check-rtx3080": "envdoctor check --from tests/patients/torch-1-2-on-rtx-3080.json",
}
#: A small repository, in which commands with --targets are run.  Its first two files are shown in docs/ci.md.
REPOSITORY = {
    "requirements.txt": "torch==1.2.0\ntorchvision==0.4.0\npillow\n",
    "envdoctor.toml": """\
[targets.laptop]
os = "windows"
python = "3.7"

[targets.lab]
python = "3.7"
gpu = "GeForce RTX 3080"
driver = "535.104.05"
""",
    "train.py": "import torch\nimport torchvision\n",
}
#: The same for answers about a GPU, of which the tests play a few: name -> (command as it would be typed, answer).
PLAYED = {
    "gpu-cpu-only": ("envdoctor gpu --process train.py", "cpu-only"),
}
#: Photographs: name -> (command that writes a page, size of the window in pixels).
PAGES = {
    "page-check": ("envdoctor check --from tests/patients/torch-1-2-on-rtx-3080.json --format html", (860, 1000)),
}


def suffix(lang: str) -> str:
    """How a file in a language is called, as the pages are: name.svg, name.zh.svg."""
    return "" if lang == "en" else "." + lang


# ---------------------------------------------------------------- real output


def output(command: str, lang: str, color: bool = False) -> str:
    """What a command of envdoctor prints on a terminal of 80 columns."""
    words = shlex.split(command)
    assert words[0] == "envdoctor", command
    gone = ("LANGUAGE", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "PYTHONWARNINGS")
    environ = {key: value for key, value in os.environ.items() if key not in gone}
    locale = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}[lang]
    environ.update(LANG=locale, LC_ALL=locale, COLUMNS=str(COLUMNS), PYTHONIOENCODING="utf-8", PYTHONPATH=ROOT)
    if color:
        environ["FORCE_COLOR"] = "1"
    run = [sys.executable, "-m", "envdoctor", *words[1:]]
    with tempfile.TemporaryDirectory() as folder:
        where = ROOT
        if "--targets" in words:
            where = os.path.join(folder, "course")
            os.mkdir(where)
            for name, text in REPOSITORY.items():
                _write(os.path.join(where, name), text)
        done = subprocess.run(run, cwd=where, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode not in (0, 1):  # found nothing, found something
        raise SystemExit(f"{command}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def played(answer: str, lang: str) -> str:
    """What `envdoctor gpu` says of a program that the tests have made up (nobody's home is in it)."""
    from envdoctor.gpu.renderers import renderer
    from envdoctor.renderers import Console
    from tests.gpu_answers import ANSWERS

    text: str = renderer("text").render(ANSWERS[answer](), lang, Console(COLUMNS, color=True))
    return text.replace("/home/li/", "/home/student/")


# ---------------------------------------------------------------- a terminal as SVG

CELL, LINE, SIZE, WIDE_SIZE, MARGIN, BAR = 8.4, 20, 14, 15.5, 18, 34
#: Whatever the reader has; nothing is fetched.  The widths are told piece by piece, so that columns stay columns.
FONTS = (
    "ui-monospace,'Cascadia Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',"
    "'Noto Sans Mono CJK SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',monospace"
)
BACKGROUND, FRAME, TEXT = "#0d1117", "#30363d", "#d7dde4"
#: ANSI code -> class in the picture, and how the class looks
CODES = {"1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "36": "c"}
LOOKS = {
    "b": "font-weight:700",
    "d": "fill:#8b949e",
    "r": "fill:#ff7b72",
    "g": "fill:#56d364",
    "y": "fill:#e3b341",
    "c": "fill:#79c0ff",
}
_ESCAPE = re.compile(r"\x1b\[([\d;]*)m")


class Piece(NamedTuple):
    """Neighbouring characters of one style and one kind (see `kind`), and the column where they begin."""

    text: str
    style: str
    column: int


def kind(character: str) -> str:
    """Which characters may be drawn in one go: their widths agree whatever the fonts are."""
    if width(character) == 2:
        return "wide"
    return "plain" if character < "\x7f" else "sign"


def pieces(text: str) -> Iterator[list[Piece]]:
    """The lines of a text with ANSI codes.

    >>> list(pieces("\\x1b[1;31m错\\x1b[0m no"))
    [[Piece(text='错', style='b r', column=0), Piece(text='no', style='', column=3)]]
    """
    style = ""
    for line in text.rstrip("\n").split("\n"):
        row: list[Piece] = []
        column, place = 0, 0
        while place < len(line):
            escape = _ESCAPE.match(line, place)
            if escape:
                style = " ".join(CODES[code] for code in escape.group(1).split(";") if code.strip("0"))
                place = escape.end()
                continue
            character = line[place]
            place += 1
            if column + width(character) > COLUMNS:  # as a terminal does
                yield [piece._replace(text=piece.text.rstrip(" ")) for piece in row]
                row, column = [], 0
            last = row[-1] if row else None
            ends_here = last is not None and last.column + width(last.text) == column
            if last and ends_here and last.style == style and kind(last.text[-1]) == kind(character):
                row[-1] = last._replace(text=last.text + character)
            elif character != " ":
                row.append(Piece(character, style, column))
            column += width(character)
        yield [piece._replace(text=piece.text.rstrip(" ")) for piece in row]


def terminal(text: str, command: str, lang: str) -> str:
    """A picture of a terminal window in which a command was typed and has printed a text with ANSI codes."""
    lines = list(pieces(f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m\n{text}"))
    across = round(COLUMNS * CELL + 2 * MARGIN)
    down = BAR + len(lines) * LINE + MARGIN
    looks = "".join(f".{name}{{{look}}}" for name, look in LOOKS.items())
    picture = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}" '
        f'role="img" xml:lang="{LANGUAGES[lang]}">',
        f"<title>{html.escape(command)}</title>",
        f"<style>text{{font-family:{FONTS};font-size:{SIZE}px;fill:{TEXT};white-space:pre}}"
        f".w{{font-size:{WIDE_SIZE}px}}{looks}</style>",
        f'<rect x=".5" y=".5" width="{across - 1}" height="{down - 1}" rx="9" fill="{BACKGROUND}" stroke="{FRAME}"/>',
        *(
            f'<circle cx="{MARGIN + 4 + 20 * number}" cy="18" r="6" fill="{color}"/>'
            for number, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        ),
    ]
    for number, row in enumerate(lines):
        y = BAR + (number + 1) * LINE - 5
        picture += [_drawn(piece, y) for piece in row]
    return "\n".join(picture + ["</svg>"]) + "\n"


def _drawn(piece: Piece, y: int) -> str:
    """Ideographs get a place each, in cells of double width; signs come from any font and are squeezed into theirs."""
    what, words = kind(piece.text[0]), html.escape(piece.text, quote=False)
    left = MARGIN + piece.column * CELL
    style = " ".join(filter(None, [piece.style, "w" if what == "wide" else ""]))
    style = f' class="{style}"' if style else ""
    if what == "wide":
        places = " ".join(_number(left + 2 * CELL * number) for number in range(len(piece.text)))
        return f'<text x="{places}" y="{y}"{style}>{words}</text>'
    adjust = ' lengthAdjust="spacingAndGlyphs"' if what == "sign" else ""
    long = _number(width(piece.text) * CELL)
    return f'<text x="{_number(left)}" y="{y}" textLength="{long}"{adjust}{style}>{words}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def pictures() -> dict[str, str]:
    """File name below docs/pictures/ -> what it must hold."""
    drawn = {}
    for lang in LANGUAGES:
        for name, command in CHECKS.items():
            drawn[name + suffix(lang) + ".svg"] = terminal(output(command, lang, color=True), command, lang)
        for name, (command, answer) in PLAYED.items():
            drawn[name + suffix(lang) + ".svg"] = terminal(played(answer, lang), command, lang)
    return drawn


# ---------------------------------------------------------------- output inside the pages

_SHOWN = re.compile(r"^(<!-- output: (.+?) -->\n```text\n)(.*?)^```$", re.M | re.S)


def page(text: str, lang: str) -> str:
    """The page with every shown output as it is today."""
    return _SHOWN.sub(lambda found: found.group(1) + output(found.group(2), lang) + "```", text)


def pages() -> dict[str, str]:
    """File name below docs/ -> what it must hold, for the pages that show output."""
    current = {}
    for path in sorted(glob.glob(os.path.join(DOCS, "*.md"))):
        name, text = os.path.basename(path), _read(path) or ""
        if _SHOWN.search(text):
            current[name] = page(text, "zh" if name.endswith(".zh.md") else "en")
    return current


# ---------------------------------------------------------------- photographs of HTML pages

#: It asks nobody anything: no updates, no profile, no second protocol.
CHROMIUM = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1"
).split()


def browser() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def photograph(file: str, picture: str, size: tuple[int, int]) -> None:
    """The upper part of a page, as a reader with a window of this size sees it.  Raises SystemExit."""
    chromium = browser()
    assert chromium
    with tempfile.TemporaryDirectory() as profile:
        options = [f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--screenshot={picture}"]
        run = [chromium, *CHROMIUM, *options, "file://" + file]
        done = subprocess.run(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if done.returncode or not os.path.exists(picture):
        raise SystemExit(f"{chromium}: {done.stdout.decode('utf-8', 'replace')[-500:]}")


def photographs() -> None:
    if not browser():
        print("the HTML reports were not photographed: there is no Chromium on PATH")
        return
    for name, (command, size) in PAGES.items():
        for lang in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                file = os.path.join(folder, "page.html")
                _write(file, output(command, lang))
                photograph(file, os.path.join(DOCS, "pictures", name + suffix(lang) + ".png"), size)
            print(f"docs/pictures/{name}{suffix(lang)}.png written")


# ---------------------------------------------------------------- the command


def wanted() -> dict[str, str]:
    """Path below docs/ -> what it must hold."""
    return {**{"pictures/" + name: text for name, text in pictures().items()}, **pages()}


def stale(every: dict[str, str] | None = None) -> list[str]:
    """What does not show the output of today."""
    every = wanted() if every is None else every
    return [name for name, text in every.items() if _read(os.path.join(DOCS, *name.split("/"))) != text]


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="pictures.py", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--html", action="store_true", help="photograph the HTML reports, too")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if something is not current")
    options = parser.parse_args(None if arguments is None else list(arguments))
    every = wanted()
    names = stale(every)
    if options.check:
        for name in names:
            print(f"docs/{name} is not current; run: python tools/pictures.py")
        return 1 if names else 0
    os.makedirs(os.path.join(DOCS, "pictures"), exist_ok=True)
    for name in names:
        _write(os.path.join(DOCS, *name.split("/")), every[name])
        print(f"docs/{name} written")
    if options.html:
        photographs()
    return 0


if __name__ == "__main__":
    sys.exit(main())
