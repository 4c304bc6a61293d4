"""What does the whole house say of saved charts of real environments?

Beside each chart lies what must be found, one `severity rule` a line, the first one first.  A bug report becomes a test
when its chart is put here; `pytest --accept` writes the file beside it, to be read before it is believed.
"""

import json
from pathlib import Path

import pytest

from envdoctor import consult, rulebook
from envdoctor.chart import from_json

from .golden import check

FOLDER = Path(__file__).parent / "patients"
BOOK = rulebook.load()
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def judged(name):
    chart = json.loads((FOLDER / (name + ".json")).read_text(encoding="utf-8"))
    return consult.judge(from_json(chart), BOOK, consult.Request())


@pytest.mark.parametrize("name", NAMES)
def test_findings(name, accept):
    lines = [f"{found.severity} {found.rule}\n" for found in judged(name).findings]
    check("".join(lines), name + ".findings.txt", accept, FOLDER)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-healthy")])
def test_the_healthy_have_no_error(name):
    assert judged(name).verdict != "problems"
