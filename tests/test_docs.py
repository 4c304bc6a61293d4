"""Are the generated pages of docs/ current, complete, and the same in both languages?"""

import os
import re

import pytest

from envdoctor import conclusions, probes, rulebook
from tools import docs

BOOK = rulebook.load()
PAGES = docs.pages()


def headings(text):
    return re.findall(r"^(#+) (.*)$", text, re.M)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_current(name):
    """To renew it: python tools/docs.py"""
    with open(os.path.join(docs.DOCS, name), encoding="utf-8") as file:
        current = file.read() == PAGES[name]
    assert current, "run: python tools/docs.py"


@pytest.mark.parametrize("name", ["rules.md", "rules.zh.md"])
def test_every_rule_and_every_table_is_there(name):
    assert [text for marks, text in headings(PAGES[name]) if marks == "###"] == BOOK.ids()
    for table in BOOK.tables:
        assert re.search(rf"^(### matrix/{table}|\| \[{table}\]\(.*\) \|.*)$", PAGES[name], re.M), table


def test_both_languages_have_the_same_pages():
    english, chinese = headings(PAGES["rules.md"]), headings(PAGES["rules.zh.md"])
    assert english[1:-1] == chinese[1:-1]  # between the title and the last section only names of folders and rules
    assert PAGES["rules.md"].count("\n```sh\n") == PAGES["rules.zh.md"].count("\n```sh\n")


def test_every_fact_is_there():
    named = set(re.findall(r"^\| `([^`]+)` \|", PAGES["facts.md"], re.M))
    assert named == set(probes.facts()) | set(conclusions.facts())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_links_lead_somewhere(name):
    anchors = {docs._anchor(text) for _, text in headings(PAGES[name])}
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert os.path.exists(os.path.join(docs.DOCS, target)), target


RULE = r"""
severity = "error"
cause    = "made-up"
area     = "packages"
stage    = "import"
when     = ["alpha >=2,<3 | >=4"]
any      = ["beta <1", "project.uses has alpha.load"]
none     = ["gamma present"]
source   = ["https://example.org/some_page_", "run: alpha_1 * 2"]
checked  = 2026-11-23
title.en = "alpha {alpha} is too new"
title.zh = "alpha {alpha} 太新"
detail.en = "It calls `alpha.__init__` and <breaks> __here__."
detail.zh = "它会调用 `alpha.__init__`，然后出错。"

[[remedy]]
when = ["python <3.8"]
pip  = ["alpha=={alpha.old}"]
risk = "env"

[[case]]
facts  = { alpha = "2.0", beta = "0.9" }
absent = ["gamma"]
expect = "fires"
"""


def test_the_page_of_a_rule(tmp_path):
    (tmp_path / "issues" / "alpha").mkdir(parents=True)
    (tmp_path / "issues" / "alpha" / "too-new.toml").write_text(RULE, encoding="utf-8")
    page = docs.pages(str(tmp_path))["rules.md"]
    assert page[page.index("### alpha/too-new") : page.index("## Tables of facts")].strip() == (
        """
### alpha/too-new

**alpha 2.0 is too new**

It calls `alpha.__init__` and \\<breaks> \\_\\_here\\_\\_.

Severity: error. Cause: `made-up`

It is reported when all of these hold:

- `alpha >=2,<3 | >=4`

and one of:

- `beta <1`
- `project.uses has alpha.load`

and none of:

- `gamma present`

The cure where `python <3.8`:

```sh
pip install alpha==<alpha.old>
```

Sources, last checked on 2026-11-23:

- https://example.org/some_page_
- run: alpha\\_1 \\* 2
""".strip()
    )


def test_an_old_page_is_noticed(tmp_path):
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert docs.stale(str(tmp_path)) == []
    (tmp_path / "facts.md").write_text("old", encoding="utf-8")
    (tmp_path / "rules.md").unlink()
    assert sorted(docs.stale(str(tmp_path))) == ["facts.md", "rules.md"]
