"""Does a consultation end in a report or in a sentence, whatever chart is handed in?"""

import json

from hypothesis import given
from hypothesis import strategies as st

from envdoctor import conclusions, consult, probes, rulebook
from envdoctor.chart import KIND, SCHEMA, ChartError
from envdoctor.renderers import Console, names, renderer

BOOK = rulebook.load()
FACTS = sorted(name for name in {**probes.facts(), **conclusions.facts()} if "*" not in name)
DISTRIBUTIONS = ["torch", "tensorflow", "keras", "h5py", "numpy", "pillow", "xformers", "jax", "opencv-python"]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 99) | st.text(max_size=6) | st.sampled_from(["1.2.0", "yes", "linux"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["torch", "numpy", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)
entries = st.one_of(
    st.builds(lambda value: {"value": value}, values), st.just({"absent": True}), st.just({"unknown": "nobody-looked"})
)
charts = st.dictionaries(st.sampled_from(FACTS + DISTRIBUTIONS), entries, max_size=8)


@given(charts)
def test_any_chart_is_judged_or_refused(facts):
    text = json.dumps({"kind": KIND, "schema": SCHEMA, "patient": {}, "complete": ["distributions"], "facts": facts})
    request = consult.Request(chart_text=text)
    try:
        report = consult.judge(consult.see(request, None), BOOK, request)
    except ChartError as error:
        assert error.why == "damaged"
        return
    for name in names():
        for lang in ("en", "zh"):
            assert renderer(name).render(report, lang, Console(80, False, "utf-8"))
