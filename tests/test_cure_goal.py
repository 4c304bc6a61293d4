"""Does a plan silence what it is for, and bring nothing new?"""

import pytest

from envdoctor import cases, rulebook
from envdoctor.conclusions import derive
from envdoctor.cure import goal as goals
from envdoctor.diagnose import diagnose

BOOK = rulebook.load()


def curable():
    for rule in {rule.id: rule for rule in BOOK.rules}.values():
        for number, case in enumerate(rule.cases, 1):
            if case.expect == "fires":
                chart = cases.described(case)
                found = cases.finding_of(rule.id, derive(chart, BOOK.tables), BOOK)
                if found is not None and goals.changes_something(found.remedy):
                    yield pytest.param(rule.id, chart, id=f"{rule.id}[{number}]")


@pytest.mark.parametrize("rule_id, chart", list(curable()))
def test_the_plan_of_every_rule_silences_it_and_brings_nothing_new(rule_id, chart):
    """Over every case of every rule that has an automatic remedy: all of what the chart shows is planned together."""
    before, _ = diagnose(derive(chart, BOOK.tables), BOOK)
    found = [one for one in before if one.rule == rule_id] or list(before)
    goal = goals.settle(chart, BOOK, found, "any")
    later = goals.foretold(chart, BOOK, goal, "any", ())
    mended = {goals.key(one) for one in goal.mended}
    assert not [one.rule for one in later if goals.key(one) in mended]
    assert not [(one.rule, one.title["en"]) for one in later if goals.key(one) not in {goals.key(o) for o in before}]
