"""What does the live view show at one moment?  Pure: one look in, lines out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Sequence, Tuple

from .. import __version__
from ..overview import reason
from ..renderers import Console
from ..sheet import BOLD, DIM, STYLES, Sheet
from ..words import readable, say
from .evidence import Tenant, Verdict
from .meter import Gauge
from .renderers.text import mark_of, sparkline
from .sentences import headline

#: Looks that the sparkline of a card goes back (ours): half a minute at four looks a second.
HISTORY = 120
#: Processes shown per card (ours).
_TENANTS = 6


@dataclass(frozen=True)
class View:
    """gauges: the cards now.  history: UUID -> utilization, % (None: not told), newest last.  ours: our PIDs.

    tenants: who is on the cards.  seconds: how long it has been watched.  verdict: on the process that was named, None
    where none was.  error: why NVML does not answer (nvidia.ERRORS), "" when it does.
    """

    gauges: Tuple[Gauge, ...]
    history: Mapping[str, Sequence[float | None]]
    tenants: Tuple[Tenant, ...]
    ours: frozenset[int]
    seconds: float
    verdict: Verdict | None = None
    error: str = ""


def frame(view: View, lang: str, console: Console) -> list[str]:
    """The lines of the view, coloured and as wide as the console."""
    sheet = Sheet(console, readable(lang, console.encoding), "gpu")
    sheet.add(sheet.say("title-live", doctor=__version__, seconds=f"{view.seconds:.0f}"), style=DIM)
    for number, gauge in enumerate(view.gauges):
        _write_card(sheet, view, number, gauge, console)
    if not view.gauges:
        sheet.add(_silence(view, sheet.lang), "  ", style=STYLES["unknown"])
    if view.verdict is not None:
        mark = mark_of(view.verdict.verdict)
        sheet.add(headline(view.verdict, "pid", sheet.lang), style=STYLES[mark], head=sheet.mark(mark) + " ")
    sheet.add(sheet.say("live-ends" if view.verdict is not None else "live-hint"), style=DIM)
    return sheet.text().splitlines()


def _write_card(sheet: Sheet, view: View, number: int, gauge: Gauge, console: Console) -> None:
    memory = f"{_number(gauge.used_mib)} / {gauge.card.memory_mib} MiB"
    sheet.add_whole(sheet.cut(f"GPU {number}: {gauge.card.name}"), BOLD)
    known = [value or 0.0 for value in view.history.get(gauge.card.uuid, ())]
    load = _number(gauge.util)
    line = sparkline(known, 100.0, min(30, sheet.columns - 34), console.encoding)
    sheet.add_whole(f"  {line:<{min(30, sheet.columns - 34)}}  {load:>3} %  {memory}")
    here = [one for one in view.tenants if one.card == gauge.card.uuid]
    for one in sorted(here, key=lambda one: (one.pid not in view.ours, -(one.memory_mib or 0)))[:_TENANTS]:
        sheet.add_whole(sheet.cut("    " + _tenant(sheet, view, gauge, one)), "" if one.pid in view.ours else DIM)
    if len(here) > _TENANTS:
        sheet.add_whole(f"    ... +{len(here) - _TENANTS}", DIM)
    if gauge.tenants is not None and not here:
        sheet.add_whole("    " + sheet.say("live-nobody"), DIM)


def _tenant(sheet: Sheet, view: View, gauge: Gauge, one: Tenant) -> str:
    memory = "" if one.memory_mib is None else f"{one.memory_mib} MiB  "
    load = "" if gauge.sm is None else f"{gauge.sm.get(one.pid, 0.0):.0f} %  "
    whose = sheet.say("live-ours") if one.pid in view.ours else one.user or "?"
    return f"PID {one.pid}  {whose}  {memory}{load}{one.command}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f}"


def _silence(view: View, lang: str) -> str:
    """Why there is nothing to see."""
    return reason("nvml-" + view.error, "", lang) if view.error else say("gpu.no-cards", lang)


def line(view: View, lang: str) -> str:
    """The same in one line, for a log."""
    cards = [
        f"GPU {number} {_number(one.util)} % {_number(one.used_mib)} MiB" for number, one in enumerate(view.gauges)
    ]
    words = [f"{view.seconds:.0f} s", *cards]
    if view.verdict is not None:
        words.append(headline(view.verdict, "pid", lang))
    elif not cards:
        words.append(_silence(view, lang))
    return "  ".join(words)
