"""Which tests need a GPU that cannot be used here, and what is wrong with the environment that runs them?

Every pytest run of an environment that holds envdoctor loads this file, so it brings nothing along but sentences, and
Python 3.6 can load it, too.  The examination is made once, when the first test with the marker is about to start, or
where --envdoctor asks for it.
"""

import os
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple

import pytest

from .chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact
from .complaint import Complaint
from .words import language, readable, say

if TYPE_CHECKING:
    from .report import Report  # noqa: F401 (in a type comment)

MARKER = "requires_gpu"
FRAMEWORKS = ("torch", "tensorflow", "jax")


class TooOld(Complaint):
    """The judging half of the house needs Python 3.7."""

    area = "editors"


def _sentence(name: str, **words: Any) -> str:
    return say("editors.pytest-" + name, _lang(), **words)


def _lang() -> str:
    return readable(language(None, os.environ), getattr(sys.stdout, "encoding", None) or "utf-8")


def pytest_addoption(parser: Any) -> None:
    parser.getgroup("envdoctor").addoption(
        "--envdoctor", choices=("off", "warn", "fail"), default="off", help=_sentence("help")
    )


def pytest_configure(config: Any) -> None:
    config.addinivalue_line("markers", _sentence("marker"))
    config.pluginmanager.register(Doctor(config), "envdoctor-session")


class Doctor:
    """What pytest calls during one session."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._looked = False
        self._report = None  # type: Optional[Report]
        self._trouble = ""

    @property
    def _mode(self) -> str:
        """A worker of pytest-xdist only runs tests; its controller says the rest."""
        return "off" if hasattr(self._config, "workerinput") else str(self._config.getoption("--envdoctor"))

    def report(self) -> "Optional[Report]":
        """The examination of this interpreter; None where it did not succeed, and `_trouble` says why."""
        if not self._looked:
            self._looked = True
            try:
                project = "" if self._mode == "off" else str(self._config.rootpath)
                self._report = _examine(project)
            except Complaint as complaint:
                self._trouble = say(f"{complaint.area}.{complaint.why}", _lang(), **complaint.words)
            except Exception as error:  # somebody's tests are not to fail because of the doctor
                self._trouble = f"{type(error).__name__}: {error}"
        return self._report

    # ---- the session

    def pytest_sessionstart(self) -> None:
        if self._mode != "fail":
            return
        report = self.report()
        if report is None:
            pytest.exit(_sentence("trouble", problem=self._trouble), returncode=3)
        elif report.verdict == "problems":
            lines = [_sentence("stop", counts=_counts(report), python=sys.executable), *_findings(report, ("error",))]
            pytest.exit("\n".join(lines + [_sentence("again", python=sys.executable)]), returncode=1)

    def pytest_report_header(self) -> List[str]:
        """Without the option pytest's own list of plugins is enough."""
        if self._mode == "off":
            return []
        report = self.report()
        if report is None:
            return [_sentence("trouble", problem=self._trouble)]
        counts = _counts(report)
        name = "header" if counts else "healthy-doubts" if report.doubts else "healthy"  # silence is not health
        return [_sentence(name, counts=counts, python=sys.executable)]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        report = None if self._mode == "off" else self.report()
        if report is None or report.verdict == "healthy":
            return
        from .ask import Ask
        from .redact import of_this_machine
        from .share import redacted_report

        cover = of_this_machine(Ask())  # logs of CI are read by everybody
        terminalreporter.section("envdoctor", "=", yellow=True)
        told = _findings(redacted_report(report, cover), ("error", "warning"))
        for line in [*told, _sentence("again", python=cover.text(sys.executable))]:
            terminalreporter.write_line(line)

    # ---- the marker

    @pytest.hookimpl(tryfirst=True)  # type: ignore[misc,untyped-decorator,unused-ignore]
    def pytest_runtest_setup(self, item: Any) -> None:
        """Before pytest looks at the marks itself and before any fixture; so the skip counts as the test's own."""
        for marker in item.iter_markers(MARKER):
            words = _understood(marker)
            report = self.report()
            if report is None:
                why = _sentence("trouble", problem=self._trouble)
            else:
                why = why_not(report, lang=_lang(), **words)
            if why:
                item.add_marker(pytest.mark.skip(reason=why))
                return


def _examine(project: str) -> "Report":
    if sys.version_info < (3, 7):
        raise TooOld("too-old")
    from . import config, consult, rulebook
    from .ask import Ask

    ask = Ask()
    settings = config.load(project, ask) if project else None
    request = consult.Request(python=sys.executable, project=project)
    if settings is not None:
        reasons = settings.reasons()
        request = consult.Request(
            python=sys.executable,
            project=project,
            expect=settings.expect or "any",
            ignore=tuple(reasons),
            ignored_reasons=reasons,
        )
    return consult.judge(consult.see(request, ask), rulebook.load(), request)


def _counts(report: "Report") -> str:
    """ "1 error, 2 warnings"; "" where there is neither."""
    texts = []
    for severity in ("error", "warning"):
        number = sum(found.severity == severity for found in report.findings)
        if number:
            name = f"report.{severity}s-one" if number == 1 else f"report.{severity}s-many"
            texts.append(say(name, _lang(), number=number))
    return say("report.and", _lang()).join(texts)


def _findings(report: "Report", severities: Tuple[str, ...]) -> Iterator[str]:
    from .prescribe import spell
    from .words import harmless

    lang = _lang()
    for found in report.findings:
        if found.severity not in severities:
            continue
        severity = say("report." + found.severity, lang)
        yield harmless(say("report.finding", lang, severity=severity, title=found.title[lang]))
        for command in found.remedy.commands if found.remedy else ():
            yield harmless("  " + _sentence("cure", command=spell(command, report.chart)))


# ---------------------------------------------------------------- the marker


def _understood(marker: Any) -> Dict[str, str]:
    """The marker's words; a mistake in them is the test's, so the test fails with one sentence."""
    unknown = [repr(word) for word in marker.args] + [name for name in marker.kwargs if name not in _WORDS]
    if unknown:
        pytest.fail(_sentence("no-such-word", words=", ".join(unknown)), pytrace=False)
    framework = marker.kwargs.get("framework")
    if framework is not None and framework not in FRAMEWORKS:
        names = ", ".join(FRAMEWORKS)
        pytest.fail(_sentence("no-such-framework", names=names, framework=framework), pytrace=False)
    capability = marker.kwargs.get("min_cc")
    if isinstance(capability, (tuple, list)):  # as torch.cuda.get_device_capability() gives it
        capability = ".".join(map(str, capability))
    wanted = "" if capability is None else str(capability)
    if wanted and not all(part.isdigit() for part in wanted.split(".")):
        pytest.fail(_sentence("no-capability", min_cc=capability), pytrace=False)
    return {"min_cc": wanted, "framework": framework or ""}


_WORDS = ("min_cc", "framework")


def why_not(report: "Report", min_cc: str = "", framework: str = "", lang: str = "en") -> str:
    """Why a GPU (of this compute capability) cannot be used here (by this framework), in words; "" where it can.

    Without a framework, one that can use it is enough; where none is installed, the card and its driver decide.  What a
    table does not know yet is given the benefit of the doubt: the test itself will tell.
    """
    chart = report.chart
    why = _no_card(report, lang) or (_no_capability(chart, min_cc, lang) if min_cc else "")
    if why or framework:
        return why or _no_framework(chart, framework, lang)
    there = [name for name in FRAMEWORKS if chart.fact(f"{name}.version").state == KNOWN]
    whys = [_no_framework(chart, name, lang) for name in there]
    return "" if "" in whys else say("report.then", lang).join(whys)


def _no_card(report: "Report", lang: str) -> str:
    chart = report.chart
    cards, makers, usable = chart.fact("gpu.nvidia"), chart.value("gpu.vendors") or (), chart.fact("gpu.usable")
    if chart.value("os") == "macos":
        return _skip("macos", lang)
    if usable.why == "other-maker" and (chart.value("gpu.tegra") == "yes" or set(makers) - {"nvidia"}):
        return ""  # a build for another maker's card, which no table here knows
    if cards.state == UNKNOWN:
        return _skip("gpu-unknown", lang, reason=_reason(cards, lang))
    if cards.value != "yes":
        return _skip("no-gpu", lang)
    if chart.fact("gpu.hidden").state == KNOWN:
        return _skip("hidden", lang, value=chart.value("gpu.hidden"))
    for found in report.findings:
        if found.area in ("gpu", "driver") and found.severity == "error" and not found.packages:
            return _skip("finding", lang, title=found.title[lang])
    return _skip("no-driver", lang) if chart.fact("driver").state == ABSENT else ""


def _no_capability(chart: Chart, wanted: str, lang: str) -> str:
    from . import versions

    there = chart.fact("gpu.capability")
    if there.state != KNOWN:
        return _skip("capability-unknown", lang, wanted=wanted, reason=_reason(there, lang))
    if any(versions.compare(str(capability), ">=", wanted) for capability in there.value):
        return ""
    return _skip("capability", lang, wanted=wanted, there=", ".join(map(str, there.value)))


def _no_framework(chart: Chart, name: str, lang: str) -> str:
    version, cuda = chart.fact(f"{name}.version"), chart.fact(f"{name}.cuda")
    if version.state != KNOWN:
        if version.state == ABSENT:
            return _skip("no-framework", lang, framework=name)
        return _skip("framework-unknown", lang, framework=name, reason=_reason(version, lang))
    if chart.fact("gpu.usable").why == "other-maker":
        return ""
    words = {"framework": name, "version": version.value, "cuda": cuda.value}
    if cuda.state == ABSENT:
        return _skip("cpu-build", lang, **words)
    if chart.value(f"{name}.driver_ok") == "no":
        return _skip("driver-old", lang, driver=chart.value("driver.label", "?"), **words)
    if chart.value(f"{name}.runs_on_gpu") == "no":
        cards = say("report.and", lang).join(map(str, chart.value(f"{name}.gpus_without_code") or ["GPU"]))
        return _skip("no-code", lang, cards=cards, **words)
    if chart.fact(f"{name}.missing_libraries").state == KNOWN:
        libraries = say("report.and", lang).join(map(str, chart.value(f"{name}.missing_libraries")))
        return _skip("libraries", lang, libraries=libraries, **words)
    if chart.value(f"{name}.cudnn_ok") == "no":
        return _skip("cudnn", lang, **words)
    return ""


def _skip(name: str, lang: str, **words: Any) -> str:
    return say("editors.skip-" + name, lang, **words)


def _reason(fact: Fact, lang: str) -> str:
    from .overview import reason

    return reason(fact.why, fact.detail, lang) if fact.why else say("report.none", lang)
