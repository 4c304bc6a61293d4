"""Is envdoctor silent on what the registry gave people in the weeks after each release, but for famous exceptions?"""

from fnmatch import fnmatch

import pytest

from envdoctor import rulebook
from tools import dated_environments as dated

BOOK = rulebook.load()
STORED = dated.read()


def test_every_list_of_the_table_is_stored_as_it_was_asked_for():
    assert [{k: v for k, v in one.items() if k != "installed"} for one in STORED.values()] == list(dated.requests())


@pytest.mark.parametrize("name", STORED)
def test_nothing_is_found_but_the_exceptions(name):
    loud = {rule for severity, rule, _ in dated.findings(STORED[name], BOOK) if severity != "info"}
    assert loud == {rule for pattern, rule, _ in dated.EXCEPTIONS if fnmatch(name, pattern)}
