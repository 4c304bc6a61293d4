"""Which options do the tests have?"""

import hypothesis
import pytest

collect_ignore = ["index_answers"]  # recorded files of wheels, no modules

# A busy machine is slow; how fast something is, is measured in benchmarks/.
hypothesis.settings.register_profile("envdoctor", deadline=None)
hypothesis.settings.load_profile("envdoctor")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the golden files from what the program says now")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))
