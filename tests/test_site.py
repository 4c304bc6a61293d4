"""Is the documentation site whole: two languages in step, links, commands, shown output, nothing from elsewhere?"""

import doctest
import glob
import importlib.util
import os
import re
import shlex
import subprocess
import sys

import click
import pytest

from envdoctor import cli, config, lint, rulebook
from envdoctor.cli import check
from tools import pictures, site_pages

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCS = os.path.join(ROOT, "docs")
_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.M | re.S)
#: Programs other than envdoctor that the pages may tell people to run.
PROGRAMS = {
    "[", "Add-Content", "conda", "mkdocs", "pip", "pipx", "py", "pytest", "python", "python3.7", "source", "uv", "uvx",
}  # fmt: skip


def read(name):
    with open(os.path.join(ROOT, *name.split("/")), encoding="utf-8") as file:
        return file.read()


SETTINGS = read("mkdocs.yml")
#: The pages of the site, as mkdocs.yml names them, and those of them that are not translated.
PAGES = re.findall(r"^ *- (?:[^:\n]+: )?([\w.-]+\.md)$", SETTINGS.partition("\nnav:\n")[2], re.M)
(_LISTED,) = re.findall(r"^  english_only: \[(.*)\]$", SETTINGS, re.M)
ENGLISH_ONLY = re.findall(r"[\w.-]+\.md", _LISTED)
#: These are made by tools/docs.py, which has tests of its own.
GENERATED = {"rules.md", "facts.md"}
BILINGUAL = [name for name in PAGES if name not in ENGLISH_ONLY]
WRITTEN = [name for name in BILINGUAL if name not in GENERATED]


def chinese(name):
    return name[: -len(".md")] + ".zh.md"


EVERY = PAGES + [chinese(name) for name in BILINGUAL]


def page(name):
    return read("docs/" + name)


def blocks(text, *languages):
    return [body for _, kind, body in _FENCE.findall(text) if kind in languages]


def prose(text):
    """The text without its blocks of code and what is only for tools."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", text), flags=re.S)


def headings(text):
    return re.findall(r"^(#+) (.*)$", prose(text), re.M)


def anchor(heading):
    """As MkDocs and GitHub name a heading, for what is used in headings here."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


# ---------------------------------------------------------------- pages and languages


def test_every_page_is_on_the_site():
    there = {os.path.basename(path) for path in glob.glob(os.path.join(DOCS, "*.md"))}
    assert there == set(EVERY)
    assert set(ENGLISH_ONLY) <= set(PAGES) and len(PAGES) == len(set(PAGES))


@pytest.mark.parametrize("name", WRITTEN)
def test_both_languages_have_the_same_build(name):
    english, translated = page(name), page(chinese(name))
    assert [len(marks) for marks, _ in headings(english)] == [len(marks) for marks, _ in headings(translated)]
    assert blocks(english, "sh") == blocks(translated, "sh")
    assert [kind for _, kind, _ in _FENCE.findall(english)] == [kind for _, kind, _ in _FENCE.findall(translated)]
    for shape in (r"^\|.*\|$", r"^- ", r"^\d+\. ", r"^!\["):
        assert len(re.findall(shape, english, re.M)) == len(re.findall(shape, translated, re.M)), shape


@pytest.mark.parametrize("name", BILINGUAL)
def test_each_language_leads_to_the_other(name):
    assert page(name).split("\n")[2] == f"[中文]({chinese(name)})"
    assert page(chinese(name)).split("\n")[2] == f"[English]({name})"
    assert "中文" not in site_pages.site_markdown(page(name), name).split("\n", 3)[2]


def test_the_sections_have_chinese_names():
    nav = SETTINGS.partition("\nnav:\n")[2]
    for name in re.findall(r"^ *- ([^:\n]+):", nav, re.M):
        assert re.search(rf"^ +{re.escape(name)}: .*[\u4e00-\u9fff]", SETTINGS, re.M), name


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("name", EVERY)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page(name))):
        if re.match(r"https?://", target):
            continue
        file, _, place = target.partition("#")
        file = file or name
        assert os.path.exists(os.path.join(DOCS, file)), target
        if place:
            assert place in [anchor(heading) for _, heading in headings(page(file))], target
        if name.endswith(".zh.md") and file in BILINGUAL and page(name).split("\n")[2] != f"[English]({file})":
            raise AssertionError(f"{target}: there is {chinese(file)}")


@pytest.mark.parametrize("name", [*WRITTEN, *map(chinese, WRITTEN)])
def test_pictures_are_of_the_language(name):
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page(name))
    for words, picture in shown:
        assert words and name.endswith(".zh.md") == (".zh." in picture), picture


# ---------------------------------------------------------------- commands


def understood(words):
    """Raises click's exceptions for words that the command line would refuse; runs nothing."""
    command, name = cli.build(), "envdoctor"
    context = click.Context(command, info_name=name)
    words = list(words)
    while isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(words)
        if not rest:
            return
        name, words = rest[0], rest[1:]
        command = command.get_command(context, name)
        assert command is not None, f"there is no command {name}"
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name, parent=context)
    try:
        command.make_context(name, words, parent=context)
    except click.exceptions.Exit:  # --help
        pass


def commands(line):
    """The commands of one line of a shell, as lists of words.

    >>> commands("X=1 envdoctor check -n 'a b' | more  # and so on")
    [['envdoctor', 'check', '-n', 'a b'], ['more']]
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", "#"
    found = [[]]
    for word in lexer:
        if set(word) <= set("|&;"):
            found.append([])
        elif found[-1] or not re.match(r"\w+=", word):
            found[-1].append(word)
    return [words for words in found if words]


def ours(words):
    """The words behind `envdoctor` where a command runs it, however; None where it does not.

    >>> ours(["py", "-m", "envdoctor", "check", ">", "report.txt"])
    ['check']
    """
    program = re.split(r"[\\/]", words[0])[-1]
    assert program == "envdoctor" or program in PROGRAMS, words[0]
    words = words[: next((n for n, word in enumerate(words) if set(word) <= set("<>")), len(words))]
    if program == "envdoctor":
        return words[1:]
    if program == "uvx" or words[1:3] == ["-m", "envdoctor"]:
        return words[words.index("envdoctor") + 1 :]
    return None


def lines_of(text):
    for block in blocks(text, "sh"):
        for line in re.sub(r"\\\n\s*", "", block).split("\n"):
            if line.strip():
                yield line


@pytest.mark.parametrize("name", EVERY)
def test_every_command_exists(name):
    for line in lines_of(page(name)):
        for words in commands(line):
            behind = ours(words)
            if behind is not None:
                assert behind, line
                understood(behind)
    # Also in a sentence, in a workflow, and as a magic of a notebook (which takes the options of `check`).
    text = re.sub(r"`\n?([^`]*)`", lambda code: f"\n`{code.group(1)}`\n", prose(page(name)))
    for line in re.findall(r"^`(%?envdoctor [^`\n]+)`$", text, re.M) + [
        found
        for block in blocks(page(name), "yaml", "ini", "toml", "python")
        for found in re.findall(r"(?:^|run: |entry: |- )\s*(%?envdoctor (?!:|=)[^\n`\"]+)$", block, re.M)
    ]:
        words = commands(re.sub(r"<[^>]+>", "something", re.sub(r"\bPID\b", "1", line)))[0]
        understood(words[1:] if words[0] == "envdoctor" else ["check", *words[1:]])


def test_a_wrong_command_is_noticed():
    with pytest.raises(click.NoSuchOption):
        understood(["check", "--no-such-option"])
    with pytest.raises(click.BadParameter):
        understood(["check", "--expect", "tpu"])
    with pytest.raises(Exception, match="chek"):
        understood(["chek"])
    with pytest.raises(AssertionError):
        ours(["curl", "https://example.org"])


# ---------------------------------------------------------------- what is shown is what happens


def test_output_and_pictures_are_those_of_today():
    """To renew them: python tools/pictures.py"""
    assert pictures.stale() == []


def test_pictures_are_small_and_load_nothing():
    files = sorted(os.listdir(os.path.join(DOCS, "pictures")))
    assert len(files) <= 10
    text = "".join(page(name) for name in EVERY)
    for file in files:
        limit = {"svg": 60_000, "png": 150_000}[file.rpartition(".")[2]]
        assert os.path.getsize(os.path.join(DOCS, "pictures", file)) < limit, file
        assert f"(pictures/{file})" in text, f"{file} is on no page"
        if file.endswith(".svg"):
            drawing = page("pictures/" + file)
            loaded = re.sub(r">[^<]*<", "><", drawing)  # an address that a report prints is only text
            assert loaded.count("http") == 1 and 'xmlns="http://www.w3.org/2000/svg"' in drawing
            assert not re.search(r"url\(|href|<script|<image|@import", drawing)


@pytest.mark.parametrize("tool", [pictures, site_pages])
def test_examples_in_the_tools(tool):
    done = doctest.testmod(tool)
    assert done.attempted and not done.failed


def test_columns_of_a_drawn_terminal_stay_columns():
    drawing = pictures.terminal("\x1b[31m显卡\x1b[0m    a\nCUDA    b\n", "$", "zh")
    places = dict(re.findall(r'<text x="([\d.]+)"[^>]*>([ab])</text>', drawing))
    assert len(places) == 1 and set(places.values()) <= {"a", "b"}  # both begin at one place
    assert re.search(r'<text x="18 34.8" y="\d+" class="r w">显卡</text>', drawing)


def test_the_messages_on_the_page_of_questions_are_those_of_the_rules():
    rules = page("rules.md")
    rows = re.findall(r"^\| `([^`]+)` \| .*?\]\(rules\.md#([^)]+)\)", page("questions.md"), re.M)
    assert len(rows) > 10
    for message, place in rows:
        text = next(part for part in rules.split("\n### ") if anchor(part.split("\n")[0]) == place)
        if place.startswith("matrix"):  # the page of a table shows its rows
            continue
        # The example of a rule may be about another name of the same kind.
        words = re.sub(r"'[^']*'$", "", message) if message not in _plain(text) else message
        assert words in _plain(text), (message, place)


@pytest.mark.parametrize("name", ["ci.md", "ci.zh.md"])
def test_the_page_on_ci_names_what_there_is(name):
    text = page(name)
    form = next(option for option in check.command.params if option.name == "form")
    cells = re.findall(r"^\| `(\w[\w-]*)` \|", text, re.M)
    formats = [cell for cell in cells if cell in form.type.choices]
    assert sorted(formats) == sorted(form.type.choices)
    hooks = re.findall(r"^- id: (.*)$", read(".pre-commit-hooks.yaml"), re.M)
    assert [cell for cell in cells if cell not in formats] == [*config.KEYS, *hooks]
    github = re.split(r"^## ", text, flags=re.M)[4]
    assert github.startswith("GitHub\n")
    action = read("action.yml")
    inputs, outputs = (
        set(re.findall(r"^  ([\w-]+):$", re.split(rf"^{part}:$", action, flags=re.M)[1].split("\n\n", 1)[0], re.M))
        for part in ("inputs", "outputs")
    )
    assert inputs - set(re.findall(r"`([\w-]+)`", github)) == {"version"}  # for releases
    assert outputs <= set(re.findall(r"`([\w-]+)`", github))
    for file in ("requirements.txt", "envdoctor.toml"):
        assert pictures.REPOSITORY[file] in blocks(text, "text", "toml"), file


def _plain(markdown):
    return re.sub(r"\\([*_<])", r"\1", markdown)


@pytest.mark.parametrize("name", ["adding-a-rule.md", "adding-a-rule.zh.md"])
def test_the_shown_rule_is_a_good_one(name, tmp_path):
    (rule,) = blocks(page(name), "toml")
    (tmp_path / "issues" / "h5py").mkdir(parents=True)
    (tmp_path / "issues" / "h5py" / "shown.toml").write_text(rule, encoding="utf-8")
    assert [problem for problem in lint.lint(str(tmp_path)) if problem.level == "error"] == []
    assert rulebook.load(str(tmp_path)).ids() == ["h5py/shown"]


# ---------------------------------------------------------------- the site itself


def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path):
    for module in ("mkdocs", "material", "mkdocs_static_i18n"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: python -m pip install -e '.[docs]'")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    environ = dict(os.environ, NO_MKDOCS_2_WARNING="1", PYTHONWARNINGS="ignore")
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")
    pages = glob.glob(str(tmp_path / "site" / "**" / "*.html"), recursive=True)
    assert len(pages) > len(EVERY)
    loading = "script|link|img|iframe|source|object|embed|video|audio"
    outside = rf"<(?:{loading})\b[^>]*?(?:src|href|data)=\"(?:https?:)?//[^>]*>"
    for path in pages:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert re.findall(outside, text) == [], path
        assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", text), path
    for path in glob.glob(str(tmp_path / "site" / "**" / "*.css"), recursive=True):
        with open(path, encoding="utf-8") as file:
            assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", file.read()), path
    for name in BILINGUAL:
        folder = "" if name == "index.md" else name[: -len(".md")]
        assert (tmp_path / "site" / folder / "index.html").exists() and (tmp_path / "site" / "zh" / folder).exists()
