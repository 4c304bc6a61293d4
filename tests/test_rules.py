"""Does every rule keep its word: its own cases, the linter, and the law that knowing more never turns yes into no?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import cases, diagnose, lint, rulebook
from envdoctor.chart import DISTRIBUTIONS, unknown
from envdoctor.clause import Verdict

BOOK = rulebook.load()
CASES = [
    pytest.param(rule_id, case, id=f"{rule_id}[{number}]")
    for rule_id in BOOK.ids()
    for number, case in enumerate(BOOK.get(rule_id)[0].cases, 1)
]


@pytest.mark.parametrize("rule_id, case", CASES)
def test_case(rule_id, case):
    chart = cases.chart_of(case, BOOK)
    assert cases.verdict_of(rule_id, chart, BOOK) is cases.EXPECTED[case.expect]


def test_the_linter_has_nothing_to_say():
    assert lint.lint() == []


@given(st.data())
def test_knowing_less_never_turns_a_verdict_round(data):
    """Forgetting facts of a case may turn yes or no into unknown, never into the other."""
    rule_id, case = data.draw(st.sampled_from([param.values for param in CASES]))
    chart = cases.chart_of(case, BOOK)
    forgotten = data.draw(st.sets(st.sampled_from(sorted(chart.facts))))
    less = chart.with_facts({name: unknown("nobody-looked") for name in forgotten})
    for rule in BOOK.get(rule_id):
        before, after = diagnose.judge(rule, chart), diagnose.judge(rule, less)
        assert after in (before, Verdict.UNKNOWN)


@pytest.mark.parametrize("rule_id, case", CASES)
def test_looking_at_less_never_turns_a_verdict_round(rule_id, case):
    """The same one floor lower: a fact that nobody looked at may leave conclusions open, and never reverse them."""
    verdict = cases.verdict_of(rule_id, cases.chart_of(case, BOOK), BOOK)
    for name in [*case.facts, *case.absent]:
        less = cases.verdict_of(rule_id, cases.chart_of(case, BOOK, [name]), BOOK)
        assert less in (verdict, Verdict.UNKNOWN), name


@given(st.data())
def test_looking_everywhere_never_turns_a_verdict_round(data):
    """Nor may learning that everything else is absent."""
    rule_id, case = data.draw(st.sampled_from([param.values for param in CASES]))
    chart = cases.chart_of(case, BOOK)
    more = chart.with_facts({}, complete=[DISTRIBUTIONS])
    for rule in BOOK.get(rule_id):
        before, after = diagnose.judge(rule, chart), diagnose.judge(rule, more)
        assert before in (after, Verdict.UNKNOWN)
