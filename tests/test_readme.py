"""Do the English and the Chinese README say the same, and what the program really does?"""

import os
import re
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LANGUAGES = {"README.md": "C.UTF-8", "README.zh.md": "zh_CN.UTF-8"}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def read(name):
    with open(os.path.join(ROOT, *name.split("/")), encoding="utf-8") as file:
        return file.read()


def headings(text):
    """The levels of the headings, in order: [1, 2, 2, …]."""
    return [len(marks) for marks in re.findall(r"^(#+) ", _FENCE.sub("", text), re.M)]


def blocks(text, language):
    return [body for kind, body in _FENCE.findall(text) if kind == language]


def tables(text):
    """The first cells of all table rows that hold code or a number: what is named, not how it is described."""
    return re.findall(r"^\| (`[^|]*`|\d+) \|", text, re.M)


def help_text(arguments, lang):
    environ = {key: value for key, value in os.environ.items() if key not in ("LANGUAGE", "LC_MESSAGES", "FORCE_COLOR")}
    environ.update(LANG=lang, LC_ALL=lang, COLUMNS="80", PYTHONIOENCODING="utf-8", PYTHONPATH=ROOT)
    done = subprocess.run([sys.executable, "-m", "envdoctor"] + arguments, env=environ, stdout=subprocess.PIPE)
    assert done.returncode == 0
    return done.stdout.decode("utf-8").replace("\r\n", "\n").strip("\n") + "\n"


def test_headings_stand_one_to_one():
    assert headings(read("README.md")) == headings(read("README.zh.md"))


def test_commands_are_the_same():
    english, chinese = read("README.md"), read("README.zh.md")
    assert blocks(english, "sh") == blocks(chinese, "sh")
    assert tables(english) == tables(chinese)
    assert len(re.findall(r"^\d+\. ", english, re.M)) == len(re.findall(r"^\d+\. ", chinese, re.M))


@pytest.mark.parametrize("name", sorted(LANGUAGES))
def test_help_block_is_the_real_help(name):
    """To renew it, paste what `envdoctor --help` prints on a terminal of 80 columns."""
    (shown,) = re.findall(r"^<!-- envdoctor --help -->\n```text\n(.*?)^```$", read(name), re.M | re.S)
    assert shown == help_text(["--help"], LANGUAGES[name])


def test_every_command_of_the_table_exists():
    named = [cell.strip("`").split()[1:] for cell in tables(read("README.md")) if cell.startswith("`envdoctor ")]
    assert named
    for words in named:
        help_text([word for word in words if word.islower()] + ["--help"], "C.UTF-8")


def test_ci_runs_the_test_command_of_the_readme():
    (command,) = [block.strip() for block in blocks(read("README.md"), "sh") if "pytest" in block]
    assert re.search("^" + re.escape(command) + r"\b", read(".ci/run"), re.M)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
        assert os.path.exists(os.path.join(ROOT, target)), target
