"""Does the condition language say yes, no and unknown where it should?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor import clause
from envdoctor.chart import DISTRIBUTIONS, VARIABLES, Chart, absent, known, unknown
from envdoctor.clause import Verdict, all_of, any_of

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN

CHART = Chart(
    {},
    {
        "h5py": known("3.8.0"),
        "torch": known("1.2.0+cu100"),
        "odd": known("banana"),
        "keras": absent(),
        "os": known("linux"),
        "os.wsl": absent(),
        "driver": known("450.80.02"),
        "cuda.driver_min": known("450.119.03"),
        "gpu.capability": known(["6.1", "8.6"]),
        "torch.archs": known(["6.1", "7.0", "8.6"]),
        "few": known(["6.1"]),
        "nvml.error": unknown("denied"),
        "project.uses": known({"torch.Tensor.bool": ["a.py:1"]}),
        "python.bits": known(64),
        "flag": known(True),
    },
    frozenset([VARIABLES]),
)


@pytest.mark.parametrize(
    "text, verdict",
    [
        ("h5py >=3.0", YES),
        ("h5py <3", NO),
        ("h5py ==2.* | ==3.8.*", YES),
        ("torch ==1.2.0", YES),
        ("odd >=1", UNKNOWN),
        ("keras <2.4", NO),
        ("keras absent", YES),
        ("keras present", NO),
        ("h5py present", YES),
        ("nobody.looked present", UNKNOWN),
        ("numpy absent", UNKNOWN),
        ("env.PYTHONPATH absent", YES),
        ("os is linux", YES),
        ("os is windows|linux", YES),
        ("os is not windows", YES),
        ("os.wsl is 1", NO),
        ("os.wsl is not 1", YES),
        ("python.bits is 64", YES),
        ("flag is yes", YES),
        ("nvml.error is not denied", UNKNOWN),
        ("driver < cuda.driver_min", YES),
        ("driver >= cuda.driver_min", NO),
        ("driver >= os.wsl", NO),
        ("driver >= nvml.error", UNKNOWN),
        ("gpu.capability >=8.0", YES),
        ("gpu.capability >=9.0", NO),
        ("gpu.capability within torch.archs", YES),
        ("gpu.capability within few", NO),
        ("project.uses has torch.Tensor.bool", YES),
        ("project.uses has numpy.int", NO),
        ("os has linux", UNKNOWN),
    ],
)
def test_meets(text, verdict):
    assert clause.check(text).meets(CHART) is verdict


def test_a_complete_area_makes_missing_names_absent():
    complete = CHART.with_facts({}, complete=[DISTRIBUTIONS])
    assert clause.parse("numpy absent").meets(complete) is YES
    assert clause.parse("nobody.looked absent").meets(complete) is UNKNOWN


@pytest.mark.parametrize(
    "text", ["", "h5py", "h5py maybe", "h5py is", "h5py is a b", "h5py >=3.x", "a within 3.0", "-x present"]
)
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(ValueError):
        clause.check(text)


@pytest.mark.parametrize("text", ["h5py >=3.0", "os is not windows", "keras absent", "a <= b", "a within b", "a has b"])
def test_it_reads_back_as_it_was_written(text):
    assert str(clause.parse(text)) == text


verdicts = st.lists(st.sampled_from(list(Verdict)))


@given(verdicts)
def test_kleene_laws(several):
    assert any_of(several) is ~all_of(~one for one in several)
    assert all_of([*several, NO]) is NO
    assert any_of([*several, YES]) is YES
    for place, one in enumerate(several):
        if one is UNKNOWN:
            for better in (YES, NO):
                decided = all_of([*several[:place], better, *several[place + 1 :]])
                assert all_of(several) in (decided, UNKNOWN)


@given(st.text())
def test_any_text_is_a_condition_or_a_value_error(text):
    try:
        clause.check(text).meets(CHART)
    except ValueError:
        pass
