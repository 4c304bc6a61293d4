"""How does a watch look as a picture?

Pure: samples in, one inline SVG out.  Only the curves are stretched to the width that there is; words and lines keep
their size, so the picture can be read on a phone and on a wide screen alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from statistics import median
from typing import List, Optional, Sequence, Tuple

from ..page import Markup, element, joined
from ..words import say
from .evidence import Sample
from .sentences import FIGURES

#: A watch of more than twice so many samples is drawn in so many columns, each with its mean (the line) and its highest
#: value (the shade below): drawn as they are, bursts would fill the chart like a GPU that is always busy.
COLUMNS = 150
#: Sizes in pixels of the screen: room for the labels on the left, a title, a legend, a chart, and the gap after it.
_LEFT, _TITLE, _LEGEND, _HEIGHT, _GAP, _AXIS = 56, 24, 20, 84, 20, 22
#: The curves are drawn in a field of this size, which is stretched.
_WIDE, _HIGH = 1000.0, 100.0
#: Where a scale may end, times a power of ten: half of it is still a short number.
_ROUND = (1.0, 1.2, 1.6, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
#: Seconds between two ticks, and how many of them are enough.
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_TICKS = 5
_MIB = 1024.0
#: No machine measures this; a driver that is broken may say it.
_ABSURD = 1e12

_STYLE = f"""
.timeline {{ display: block; width: 100%; box-sizing: border-box; padding-left: {_LEFT}px; overflow: visible; }}
.timeline text {{ font: 12px system-ui, sans-serif; font-family: inherit; fill: var(--soft, currentColor); }}
.timeline .name {{ font-size: 13px; font-weight: 650; fill: var(--text, currentColor); }}
.timeline .grid {{ stroke: var(--line, currentColor); stroke-width: 1; shape-rendering: crispEdges; }}
.timeline .ours {{ fill: none; stroke: var(--accent, currentColor); stroke-width: 2.25; }}
.timeline .all {{ fill: none; stroke: var(--soft, currentColor); stroke-width: 1.5; }}
.timeline .ours, .timeline .all {{ vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; }}
.timeline .below {{ stroke: none; fill: var(--accent, currentColor); fill-opacity: 0.13; }}
.timeline .below.all {{ fill: var(--soft, currentColor); }}
"""

#: A moment of a curve: seconds, its value (None: not known), and the highest value around that moment.
Moment = Tuple[float, Optional[float], Optional[float]]
#: A curve without its gaps, in the coordinates of the field: the pieces that hang together, each of (x, y, highest y).
Pieces = List[List[Tuple[float, float, float]]]


@dataclass(frozen=True)
class _Line:
    """One curve.  field: of a Sample.  look: its class in the style.  legend: id of its text ("": it needs none)."""

    field: str
    look: str
    legend: str = ""


@dataclass(frozen=True)
class _Chart:
    """title: id of its text.  unit: of its scale.  least: where the scale ends at least."""

    title: str
    unit: str
    least: float
    lines: Tuple[_Line, ...]


_CHARTS = (
    _Chart("watch-gpu", "%", 100.0, (_Line("gpu_util", "all", "watch-all"), _Line("sm_util", "ours", "watch-ours"))),
    _Chart("watch-memory", "MiB", 100.0, (_Line("memory_mib", "ours"),)),
    _Chart("watch-cpu", "%", 100.0, (_Line("cpu", "ours"),)),
)


def timeline(samples: Sequence[Sample], lang: str, name: str = "timeline") -> Markup:
    """The picture, or nothing where nothing was measured.  name: makes the ids in it unique on a page."""
    samples = [one for one in samples if isfinite(one.t)]
    charts = [chart for chart in _CHARTS if _lines_of(chart, samples)]
    if not charts:
        return Markup()
    start = min(0.0, min(one.t for one in samples))
    span = max(one.t for one in samples) - start or 1.0
    drawn, top = [], 0
    for chart in charts:
        piece, height = _draw(chart, samples, start, span, lang)
        drawn.append(element("svg", piece, y=str(top), width="100%", height=str(height), overflow="visible"))
        top += height + _GAP
    top -= _GAP
    drawn.append(_axis(span, top, lang))
    top += _AXIS
    if dense(len(samples)):
        drawn.append(_footnote(span / COLUMNS, top, lang))
        top += _LEGEND
    about = element("title", say("page.watch", lang), id=name + "-title")
    about = joined([about, element("desc", described(samples, lang), id=name + "-desc")])
    # Not an element of its own: "<style>" must not be escaped, and nothing from outside is in it.
    style = Markup(f"<style>{_STYLE}</style>")
    return element(
        "svg",
        joined([about, style, *drawn], "\n"),
        class_="timeline",
        width="100%",
        height=str(top),
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
    )


def described(samples: Sequence[Sample], lang: str) -> str:
    """The same in one sentence, for who cannot see it."""
    told = []
    for field, label, text in FIGURES:
        values = [value for one in samples for value in [_value(one, field)] if value is not None]
        if values:
            words = {"middle": round(median(values)), "most": round(max(values)), "last": round(values[-1])}
            text = say("gpu." + text, lang, **words)
            told.append(say("page.watch-figure", lang, label=say("gpu." + label, lang), text=text))
    return say("report.then", lang).join(told)


# ---------------------------------------------------------------- one chart


def _value(sample: Sample, field: str) -> float | None:
    value = getattr(sample, field)
    return value if value is not None and abs(value) < _ABSURD else None  # nor is NaN


def _lines_of(chart: _Chart, samples: Sequence[Sample]) -> list[_Line]:
    return [line for line in chart.lines if any(_value(one, line.field) is not None for one in samples)]


def _draw(chart: _Chart, samples: Sequence[Sample], start: float, span: float, lang: str) -> tuple[Markup, int]:
    """A chart with title, legend and scale; and how high it is."""
    lines = _lines_of(chart, samples)
    most = max(value for line in lines for one in samples for value in [_value(one, line.field)] if value is not None)
    unit, scale = chart.unit, 1.0
    if unit == "MiB" and most >= 1000:
        unit, scale = "GiB", 1 / _MIB
    end = nice_end(most * scale) if most > chart.least else chart.least * scale
    legend = [line for line in lines if line.legend]
    top = _TITLE + (_LEGEND if legend else 0)
    parts = [element("text", say("page." + chart.title, lang), class_="name", y="13")]
    if legend:
        parts += [_legend(line, place, lang) for place, line in enumerate(legend)]
    for share in (0.0, 0.5, 1.0):
        y = top + _HEIGHT * (1 - share)
        parts.append(_rule(f"{y:g}"))
        label = f"{end * share:g} {unit}" if share else "0"
        parts.append(element("text", label, x="-8", y=f"{y + 4:g}", text_anchor="end"))
    curves = []
    for line in lines:
        pieces = _pieces(samples, line.field, start, span, end / scale)
        below = _areas(pieces) if line is lines[0] else ""
        if below:
            curves.append(element("path", class_=f"below {line.look}", d=below))
        curves.append(element("path", class_=line.look, d=_strokes(pieces)))
    field = element(
        "svg",
        joined(curves, "\n"),
        y=str(top),
        width="100%",
        height=str(_HEIGHT),
        viewBox=f"0 0 {_WIDE:g} {_HIGH:g}",
        preserveAspectRatio="none",
        overflow="visible",
    )
    return joined([*parts, field], "\n"), top + _HEIGHT


def _rule(y: str) -> Markup:
    return Markup(f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>')


def _legend(line: _Line, place: int, lang: str) -> Markup:
    look = line.look
    swatch = Markup(f'<line class="{look}" x1="1" x2="17" y1="{_TITLE + 6}" y2="{_TITLE + 6}"/>')
    words = element("text", say("page." + line.legend, lang), x="24", y=str(_TITLE + 10))
    return element("svg", joined([swatch, words]), x=f"{50 * place}%", overflow="visible")


def _footnote(seconds: float, top: int, lang: str) -> Markup:
    """What line and shade mean where a column stands for many samples."""
    mean = say("page.watch-mean", lang, time=say("page.time-s", lang, number=f"{seconds:.3g}"))
    peak = say("page.watch-peak", lang)
    y = str(top + 15)
    return joined([element("text", mean, x="0", y=y), element("text", peak, x="50%", y=y)], "\n")


def _axis(span: float, top: int, lang: str) -> Markup:
    """The times below all charts."""
    labels = []
    for seconds, label in time_ticks(span, lang):
        share = seconds / span
        anchor = "start" if share < 0.02 else "end" if share > 0.95 else "middle"
        labels.append(element("text", label, x=f"{100 * share:.2f}%", y=str(top + 17), text_anchor=anchor))
    return joined(labels, "\n")


def time_ticks(span: float, lang: str) -> list[tuple[float, str]]:
    """(seconds, label) of the ticks of a watch that took so long.

    >>> [label for _, label in time_ticks(130.0, "en")]
    ['0', '30 s', '60 s', '90 s', '120 s']
    """
    step = next((step for step in _STEPS if span / step <= _TICKS), 86400.0 * ceil(span / 86400.0 / _TICKS))
    unit, length = ("s", 1.0) if step < 60 else ("min", 60.0) if step < 3600 else ("h", 3600.0)
    places = [place * step for place in range(int(span / step + 1e-9) + 1)]
    return [(at, say("page.time-" + unit, lang, number=f"{at / length:.6g}") if at else "0") for at in places]


def nice_end(most: float) -> float:
    """Where a scale ends that this value is to fit in.

    >>> [nice_end(value) for value in (93, 340, 1590, 10.1, 0.7)]
    [100.0, 400.0, 1600.0, 12.0, 0.8]
    """
    power = 10.0 ** floor(log10(most))
    end = next((end * power for end in _ROUND if end * power >= most), 10 * power)
    return float(f"{end:.6g}")


# ---------------------------------------------------------------- curves


def _pieces(samples: Sequence[Sample], field: str, start: float, span: float, end: float) -> Pieces:
    """The curve; where nothing was measured it is torn, not drawn as zero."""
    pieces: Pieces = [[]]
    for t, value, most in thinned([(one.t, _value(one, field)) for one in samples]):
        if value is None or most is None:
            pieces.append([])
        else:
            heights = [(1 - min(1.0, max(0.0, one / end))) * _HIGH for one in (value, most)]
            pieces[-1].append(((t - start) / span * _WIDE, heights[0], heights[1]))
    return [piece for piece in pieces if piece]


def dense(number: int) -> bool:
    """Whether so many samples are too many to be drawn one by one."""
    return number > 2 * COLUMNS


def thinned(values: Sequence[tuple[float, float | None]]) -> list[Moment]:
    """The values themselves, or COLUMNS moments that stand for them.

    >>> thinned([(0.0, 5.0), (0.5, None)])
    [(0.0, 5.0, 5.0), (0.5, None, None)]
    """
    if not dense(len(values)):
        return [(t, value, value) for t, value in values]
    moments: list[Moment] = []
    for column in range(COLUMNS):
        part = values[column * len(values) // COLUMNS : (column + 1) * len(values) // COLUMNS]
        known = [value for _, value in part if value is not None]
        # the first and the last column reach to the ends of the axis
        t = part[0][0] if column == 0 else part[-1][0] if column == COLUMNS - 1 else (part[0][0] + part[-1][0]) / 2
        moments.append((t, sum(known) / len(known), max(known)) if known else (t, None, None))
    return moments


def _strokes(pieces: Pieces) -> str:
    """The lines; a value alone is a round dot, drawn as a line that leads nowhere."""
    return " ".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in piece) + ("" if len(piece) > 1 else "h0") for piece in pieces
    )


def _areas(pieces: Pieces) -> str:
    """All that lies below the highest values."""
    return " ".join(
        f"M{piece[0][0]:.1f} {_HIGH:g}L"
        + "L".join(f"{x:.1f} {highest:.1f}" for x, _, highest in piece)
        + f"L{piece[-1][0]:.1f} {_HIGH:g}Z"
        for piece in pieces
        if len(piece) > 1
    )
