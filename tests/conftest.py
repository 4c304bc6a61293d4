"""Which options do the tests have?"""

import pytest

collect_ignore = ["index_answers"]  # recorded files of wheels, no modules


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden files from what the program says now")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))
