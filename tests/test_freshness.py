"""Does the doctor know how old its knowledge is, and say so instead of guessing?"""

import datetime

import pytest

from envdoctor import rulebook
from envdoctor.chart import UNKNOWN, Chart, known
from envdoctor.conclusions import derive
from envdoctor.lint import STALE_DAYS, lint
from envdoctor.overview import overview, reason
from envdoctor.report import Report

DATA = """
checked = 2026-11-23
source = ["read: metadata"]
rows = [{ alpha = "1.0", beta = "2.0" }]
"""
TABLES = rulebook.load().tables


def with_table(tmp_path, text):
    (tmp_path / "matrix").mkdir()
    (tmp_path / "matrix" / "alpha.toml").write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_a_table_is_the_list_of_its_rows_and_knows_its_age(tmp_path):
    table = rulebook.load(with_table(tmp_path, DATA)).tables["alpha"]
    assert table == [{"alpha": "1.0", "beta": "2.0"}]
    assert (table.checked, table.sources, table.judged) == ("2026-11-23", ("read: metadata",), False)


@pytest.mark.parametrize(
    "old, new, problems",
    [
        ("", "", []),
        ("checked = 2026-11-23", "", [("error", "checked", "missing")]),
        ("2026-11-23", '"today"', [("error", "checked", "'today' is no date")]),
        ('source = ["read: metadata"]', "", [("error", "source", "missing")]),
        ('{ alpha = "1.0", beta = "2.0" }', "", [("error", "rows", "missing")]),
        ("rows = [{", "extra = 1\nrows = [{", [("error", "extra", "unknown key")]),
        ('[{ alpha = "1.0", beta = "2.0" }]', '["1.0"]', [("error", "rows", "list of tables expected")]),
        ("2026-11-23", "2024-01-01", [("warning", "checked", "last compared with its source on 2024-01-01")]),
    ],
)
def test_the_linter_looks_at_tables_of_facts(tmp_path, old, new, problems):
    found = lint(with_table(tmp_path, DATA.replace(old, new)), today=datetime.date(2026, 11, 23))
    assert [(one.level, one.key, one.problem) for one in found] == problems
    assert {one.file for one in found} <= {"matrix/alpha.toml"}


def test_a_table_grows_old(tmp_path):
    folder, day = with_table(tmp_path, DATA), datetime.date(2026, 11, 23)
    assert lint(folder, today=day + datetime.timedelta(days=STALE_DAYS)) == []
    assert len(lint(folder, today=day + datetime.timedelta(days=STALE_DAYS + 1))) == 1


# ---------------------------------------------------------------- past the edge of a table


def concluded(given):
    facts = {"os": "linux", "gpu": ["GeForce RTX 3080"], **given}
    return derive(Chart({}, {name: known(value) for name, value in facts.items()}), TABLES)


@pytest.mark.parametrize(
    "given, fact, table, sentence",
    [
        ({"torch": "99.0"}, "torch.cuda", "torch-builds", "this torch is newer than what I know"),
        ({"torch": "99.0"}, "torch.runs_on_gpu", "torch-builds", "this torch is newer than what I know"),
        (
            {"torch": "99.0.dev20300101+cu118"},
            "torch.runs_on_gpu",
            "torch-builds",
            "this torch is newer than what I know",
        ),
        ({"torch": "1.13.1+cu118"}, "torch.runs_on_gpu", "torch-builds", "my tables do not have this build of torch"),
        ({"torch": "2.0.7"}, "torch.cuda", "torch-builds", "my tables do not have this build of torch"),
        ({"torch": "2.1.0+cu990"}, "torch.driver_ok", "cuda-toolkits", "its CUDA is newer than what I know"),
        ({"torch": "1.0.0+cu80"}, "torch.driver_ok", "cuda-toolkits", "my tables do not have its CUDA"),
        (
            {"tensorflow": "99.0"},
            "tensorflow.gpu_build",
            "tensorflow-releases",
            "this TensorFlow is newer than what I know",
        ),
        (
            {"tensorflow": "2.4.99"},
            "tensorflow.cuda",
            "tensorflow-releases",
            "my tables do not have this build of TensorFlow",
        ),
    ],
)
def test_past_the_edge_it_says_how_old_the_table_is(given, fact, table, sentence):
    found = concluded(given).fact(fact)
    assert found.state == UNKNOWN
    assert reason(found.why, found.detail, "en") == f"{sentence} ({TABLES[table].checked})"
    assert f"（{TABLES[table].checked}）" in reason(found.why, found.detail, "zh")


def test_a_card_that_nobody_has_listed():
    found = concluded({"gpu": ["GeForce RTX 3080", "GeForce RTX 9090"]}).fact("gpu.capability")
    assert reason(found.why, found.detail, "en").endswith(f"this card (GeForce RTX 9090, {TABLES['gpus'].checked})")


@pytest.mark.parametrize("version, says_so", [("99.0", True), ("2.1.0", False)])
def test_the_overview_does_not_pass_it_over(version, says_so):
    (line,) = [line for line in overview(Report(concluded({"torch": version})), "en") if line.area == "frameworks"]
    assert ("newer than what I know" in line.text) is says_so
