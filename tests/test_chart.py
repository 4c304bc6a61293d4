"""Does a chart survive its journey through JSON, and keep its secrets?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.chart import Chart, ChartError, absent, canonical, from_json, known, unknown
from envdoctor.redact import redacted, redaction

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
facts = st.one_of(
    st.builds(known, values, st.text()),
    st.builds(absent, st.text()),
    st.builds(unknown, st.text(min_size=1), st.text(), st.text()),
)
charts = st.builds(
    Chart,
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.dictionaries(st.text(), facts, max_size=5),
    st.frozensets(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
    st.text(),
)


@given(charts)
def test_there_and_back(chart):
    assert from_json(json.loads(json.dumps(chart.as_json()))) == chart


@pytest.mark.parametrize(
    "data, why",
    [
        ([], "not-a-chart"),
        ({"kind": "something"}, "not-a-chart"),
        ({"kind": "envdoctor-chart"}, "not-a-chart"),
        ({"kind": "envdoctor-chart", "schema": 99, "envdoctor": "7"}, "too-new"),
        ({"kind": "envdoctor-chart", "schema": 1}, "damaged"),
        ({"kind": "envdoctor-chart", "schema": 1, "patient": {}, "facts": {"a": 1}}, "damaged"),
        ({"kind": "envdoctor-chart", "schema": 1, "patient": {}, "facts": {"a": {}}}, "damaged"),
        ({"kind": "envdoctor-chart", "schema": 1, "patient": {}, "facts": {}, "complete": 3}, "damaged"),
    ],
)
def test_what_is_no_chart_is_said(data, why):
    with pytest.raises(ChartError) as error:
        from_json(data)
    assert error.value.why == why


def test_canonical_names():
    assert canonical("Typing_Extensions") == canonical("typing.extensions") == "typing-extensions"


COVER = redaction(["/home/gui", "C:\\Users\\Gui"], ["gui", "root"], ["lab-pc7"])


@pytest.mark.parametrize(
    "text, covered",
    [
        ("/home/gui/envs/x/bin/python", "~/envs/x/bin/python"),
        ("C:\\Users\\Gui\\envs", "~\\envs"),
        ("C:/Users/Gui/envs", "~/envs"),
        ("/data/gui/x", "/data/<user>/x"),
        ("lab-pc7", "<host>"),
        ("http://me:secret@proxy:3128", "http://***@proxy:3128"),
        ("GPU-6e1f5b7a-1c8d-7d0b-5a3b-3f0e4d9f1a2b", "GPU-***"),
        ("hf_abcdefgh12345678", "***"),
        ("/root/x", "/root/x"),
    ],
)
def test_redaction(text, covered):
    assert COVER.text(text) == covered


secrets = st.sampled_from(["/home/gui", "lab-pc7", "http://tok3n:x@host/", "ghp_0123456789abcdef"])


@given(st.text(), secrets, st.text())
def test_no_secret_survives_anywhere(before, secret, after):
    text = before + " " + secret + " " + after
    chart = Chart({"python": text}, {"a": known([{"b": text}], text), "c": unknown("x", text)}, probes={"p": text})
    written = json.dumps(redacted(chart, COVER).as_json(), ensure_ascii=False)
    for bare in ("/home/gui", "lab-pc7", "tok3n", "ghp_0123456789abcdef"):
        assert bare not in written
