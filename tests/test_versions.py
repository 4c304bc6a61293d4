"""Do versions of packages, drivers and cards compare as people expect?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import versions


@pytest.mark.parametrize(
    "version, specifier, answer",
    [
        ("2.10.0", "<3", True),
        ("3.0.0", ">=3", True),
        ("1.2.0+cu100", "==1.2.0", True),
        ("1.2.0+cu100", "<1.2", False),
        ("2.6.0.dev20240901+cu124", ">=2.6", True),
        ("2.6.0.dev20240901+cu124", "<2.6", False),
        ("2.1.0a0+fe05266", ">=2.1,<2.2", True),
        ("3.0.0rc1", ">=3.0", True),
        ("450.80.02", ">=450.80", True),
        ("450.51.06", ">=450.80.02", False),
        ("10.0.130", "==10.0.*", True),
        ("8.6", ">=8.0", True),
        ("1.0.0-cuda", ">=1", True),
        ("7.0.0", ">=7,<7.1 | >=9", True),
        ("8.2.0", ">=7,<7.1 | >=9", False),
        ("latest", ">=1", None),
        ("", ">=1", None),
        ("\u1810", ">=1", None),  # a digit, but of no version
    ],
)
def test_within(version, specifier, answer):
    assert versions.within(version, specifier) is answer


@pytest.mark.parametrize(
    "version, specifier, answer",
    [
        ("2.8.0.dev2021122109", "==2.8.0.dev2021122109", True),  # TensorFlow 2.8.0 names a nightly in its metadata
        ("2.8.0.dev2021122109", "==2.8.0.dev2021122108", False),
        ("2.6.0.dev20240901+cu124", ">=2.6", True),
        ("2.6.0.dev20240901+cu124", "==2.6.0.dev20240901", True),
        ("3.0.0rc1", "<3", False),
        ("2.1.0", "<2.1 | >=3", False),
        ("1.0.0-cuda", "==2", False),
        ("latest", "==1", None),
    ],
)
def test_accepted(version, specifier, answer):
    assert versions.accepted(version, specifier) is answer


@pytest.mark.parametrize("specifier", [">=x", "1.0", ">=1 |"])
def test_a_bad_set_is_a_value_error(specifier):
    if specifier == ">=1 |":
        versions.check(specifier)  # an empty alternative holds everything: packaging's own reading
    else:
        with pytest.raises(ValueError):
            versions.check(specifier)


def test_compare():
    assert versions.compare("450.80.02", "<", "450.119.03") is True
    assert versions.compare("1.2.0+cu100", "==", "1.2") is True
    assert versions.compare("x", "<", "1") is None


release = st.lists(st.integers(0, 999), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@given(release, release)
def test_order_is_that_of_the_fields(left, right):
    fields = [[int(part) for part in text.split(".")] + [0] * (4 - text.count(".") - 1) for text in (left, right)]
    assert versions.compare(left, "<", right) is (fields[0] < fields[1])


@given(st.text())
def test_no_text_is_too_odd(text):
    versions.within(text, ">=1")
    versions.compare(text, "<", "1")


@pytest.mark.parametrize(
    "one, other, together",
    [
        ("numpy==1.26.4", "numpy<2", True),
        ("numpy>=2.0.2", "numpy<2", False),
        ("numpy>=1.20", "numpy<2,!=1.20", True),
        ("numpy~=1.21.0", "numpy>=1.22", False),
        ("numpy==1.21.*", "numpy>1.21.0", True),
        ("numpy>2", "numpy<=2", False),
        ("numpy", "numpy<2", True),
        ("numpy<2", "scipy>=3", True),
        ("torch==2.1.0+cu118", "torch>=2,<2.2", True),
    ],
)
def test_limits_that_no_version_meets_together_are_seen(one, other, together):
    assert versions.go_together(one, other) is together and versions.go_together(other, one) is together
