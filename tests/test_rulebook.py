"""Does a broken rule file say which file and which key; do tables become rules?"""

import json
import sys

import pytest

from envdoctor import rulebook
from envdoctor.cases import chart_of, verdict_of
from envdoctor.clause import Verdict
from envdoctor.lint import lint
from envdoctor.rulebook import Case, RulebookError

GOOD = """
severity = "error"
cause = "made-up"
area = "packages"
stage = "run"
when = ["alpha >=2"]
packages = ["alpha"]
source = ["https://example.org/alpha"]
checked = 2026-11-23
title.en = "alpha {alpha} is too new"
title.zh = "alpha {alpha} 太新"
detail.en = "It breaks."
detail.zh = "会出错。"
[[remedy]]
pip = ["alpha==1.9"]
constraints = ["alpha<2"]
risk = "env"
[[case]]
facts = { alpha = "2.0" }
expect = "fires"
[[case]]
facts = { alpha = "1.0" }
expect = "silent"
"""

#: What is added to GOOD for a probe.
VERIFY = """
[verify]
title.en = "counting with alpha"
title.zh = "用 alpha 计数"
code = '''
import alpha

assert alpha.count() == 1
'''
"""

TABLE = """
severity = "error"
cause = "made-up"
area = "driver"
stage = "machine"
subject = "cuda"
packages = ["beta"]
source = ["https://example.org/table"]
checked = 2026-11-23
title.en = "beta {beta} wants {wanted}"
title.zh = "beta {beta} 需要 {wanted}"
detail.en = "It breaks."
detail.zh = "会出错。"
rows = [
  { cuda = "==10.0.*", linux = ">=410.48", windows = ">=411.31" },
  { cuda = "==10.1.*", linux = ">=418.39", source = "https://example.org/row" },
]
[columns]
cuda = "beta"
linux = { fact = "driver", when = "os is linux" }
windows = { fact = "driver", when = "os is windows" }
[[case]]
facts = { beta = "10.0.130", os = "linux", driver = "390.116" }
expect = "fires"
[[case]]
facts = { beta = "10.0.130", os = "linux", driver = "418.87.00" }
expect = "silent"
[[case]]
facts = { beta = "10.0.130", os = "linux" }
expect = "unknown"
"""


def folder_with(tmp_path, text, name="issues/alpha/too-new.toml"):
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_a_good_file_is_a_rule_and_the_linter_is_content(tmp_path):
    folder = folder_with(tmp_path, GOOD)
    assert rulebook.load(folder).ids() == ["alpha/too-new"]
    assert lint(folder) == []


def test_compiled_rules_are_plain_json(tmp_path):
    compiled = rulebook.compile_folder(folder_with(tmp_path, GOOD))
    assert rulebook.read(json.loads(json.dumps(compiled))) == rulebook.load(str(tmp_path))


@pytest.mark.parametrize(
    "old, new, key",
    [
        ('severity = "error"', 'severity = "bad"', "severity"),
        ('severity = "error"', "", "severity"),
        ('area = "packages"', 'area = "kitchen"', "area"),
        ('stage = "run"', "stage = 3", "stage"),
        ('title.zh = "alpha {alpha} 太新"', "", "title"),
        ('when = ["alpha >=2"]', "", "when"),
        ('when = ["alpha >=2"]', "when = [2]", "when"),
        ('source = ["https://example.org/alpha"]', "", "source"),
        ('risk = "env"', 'risk = "huge"', "remedy[1].risk"),
        ('risk = "env"', 'risk = "env"\nsudo = true', "remedy[1].sudo"),
        ('expect = "silent"', 'expect = "quiet"', "case[2].expect"),
        ('cause = "made-up"', 'cause = "made-up"\nextra = 1', "extra"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path, old, new, key):
    folder = folder_with(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RulebookError) as error:
        rulebook.load(folder)
    assert error.value.file.endswith("alpha/too-new.toml")
    assert error.value.key == key
    assert [found.key for found in lint(folder)] == [key]


def test_a_probe_belongs_to_its_rule(tmp_path):
    folder = folder_with(tmp_path, GOOD + VERIFY)
    (rule,) = rulebook.load(folder).rules
    assert lint(folder) == []
    assert rule.verify.title == {"en": "counting with alpha", "zh": "用 alpha 计数"}
    assert rule.verify.code == "import alpha\n\nassert alpha.count() == 1\n"
    compiled = json.loads(json.dumps(rulebook.compile_folder(folder)))
    assert rulebook.read(compiled) == rulebook.load(folder)


def test_a_table_has_one_probe_for_all_its_rows(tmp_path):
    remedy = '[[remedy]]\npip = ["beta==10.0"]\nconstraints = []\nrisk = "env"\n'
    book = rulebook.load(folder_with(tmp_path, TABLE + remedy + VERIFY, "matrix/beta-driver.toml"))
    assert {rule.verify.title["en"] for rule in book.rules} == {"counting with alpha"}


@pytest.mark.parametrize(
    "old, new, key, problem",
    [
        ("import alpha\n", "", "verify.code", "imports no module"),
        ("assert alpha.count() == 1", "assert (n := alpha.count())", "verify.code", "no Python 3.6"),
        ("assert alpha.count() == 1", "assert alpha.count( == 1", "verify.code", "no Python 3.6"),
        ("用 alpha 计数", "alpha", "verify.title.zh", "no Chinese"),
        ("counting with alpha", "counting with alpha!", "verify.title", "exclamation mark"),
        ("counting with alpha", "counting with {alpha}", "verify.title", "no placeholders"),
        ('title.zh = "用 alpha 计数"', "", "verify.title", "needs the texts"),
        ("code = ", "text = ", "verify.text", "unknown key"),
        ('pip = ["alpha==1.9"]', "", "verify", "no remedy"),
    ],
)
def test_the_linter_finds_in_a_probe(tmp_path, old, new, key, problem):
    if "Python 3.6" in problem and ":=" in new and sys.version_info < (3, 8):
        pytest.skip("ast.parse has no feature_version before 3.8; there the syntax is unknown anyway")
    found = lint(folder_with(tmp_path, (GOOD + VERIFY).replace(old, new)))
    assert [entry for entry in found if entry.key == key and problem in entry.problem], found


def test_text_that_is_no_toml(tmp_path):
    with pytest.raises(RulebookError, match="no valid TOML"):
        rulebook.load(folder_with(tmp_path, "severity = "))


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ('when = ["alpha >=2"]', 'when = ["alpha >=2.x"]', "Invalid specifier"),
        ('when = ["alpha >=2"]', 'when = ["alpha >=2", "some.fact is yes"]', "no probe"),
        ("{alpha} 太新", "{beta} 太新", "placeholders differ"),
        ('"alpha {alpha} is too new"', '"alpha {alpha} is {new}"', "placeholders differ"),
        ("会出错。", "broken", "no Chinese"),
        ("It breaks.", "It breaks!", "exclamation mark"),
        ("alpha==1.9", "alpha==2.1", "its own remedy does not silence it"),
        ("checked = 2026-11-23", "checked = 2020-01-01", "last compared"),
        ('facts = { alpha = "1.0" }', 'facts = { alpha = "3.0" }', "expected: silent; judged: yes"),
        ('cause = "made-up"', 'cause = "made-up"\nfollows = ["alpha/none"]', "no rule 'alpha/none'"),
        ('cause = "made-up"', 'cause = "made-up"\ncertainty = "possible"', "only a certain or likely"),
    ],
)
def test_the_linter_finds(tmp_path, old, new, problem):
    found = lint(folder_with(tmp_path, GOOD.replace(old, new)))
    assert any(problem in entry.problem for entry in found), found


def test_a_table_gives_a_rule_for_each_row_and_system(tmp_path):
    book = rulebook.load(folder_with(tmp_path, TABLE, "matrix/beta-driver.toml"))
    assert {rule.id for rule in book.rules} == {"matrix/beta-driver"}
    assert lint(str(tmp_path)) == []
    for facts, verdict in [
        ({"beta": "10.1", "os": "linux", "driver": "410.48"}, Verdict.YES),
        ({"beta": "10.0", "os": "windows", "driver": "411.31"}, Verdict.NO),
        ({"beta": "9.0", "os": "linux", "driver": "1.0"}, Verdict.NO),
        ({"os": "linux", "driver": "1.0"}, Verdict.UNKNOWN),
    ]:
        assert verdict_of("matrix/beta-driver", chart_of(Case(facts, "fires"), book), book) is verdict
    assert book.rules[-1].sources == ("https://example.org/row",)


def test_a_column_that_is_not_declared(tmp_path):
    with pytest.raises(RulebookError) as error:
        rulebook.load(folder_with(tmp_path, TABLE.replace('linux = ">=418.39"', 'mac = ">=1"'), "matrix/beta.toml"))
    assert error.value.key == "rows[2].mac"
