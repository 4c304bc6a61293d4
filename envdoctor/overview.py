"""What does a report say of each area of the patient in one line?  Pure functions from a report to words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Callable, Iterable, Iterator

from .chart import ABSENT, DISTRIBUTIONS, KNOWN, UNKNOWN, Chart, Fact
from .report import AREAS, SEVERITIES, Finding, Report
from .words import say

#: What a line may be marked with, worst first.
MARKS = ("error", "warning", "ok", "nothing", "unknown")

#: Distributions that people ask for by name when something does not work (our choice).
KEY_PACKAGES = ("h5py", "numpy", "pillow", "protobuf", "scipy", "tqdm", "opencv-python", "opencv-python-headless")
#: The module that people import -> the distributions that bring it.
_FRAMEWORKS = {
    "torch": ("torch",),
    "torchvision": ("torchvision",),
    "torchaudio": ("torchaudio",),
    "tensorflow": ("tensorflow", "tensorflow-gpu", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "keras": ("keras",),
    "jax": ("jax",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml"),
    "paddle": ("paddlepaddle", "paddlepaddle-gpu"),
    "mxnet": ("mxnet",),
}
_SYSTEMS = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}


@dataclass(frozen=True)
class Line:
    """One area.  mark: one of MARKS.  label and text are words of one language; names and versions in the text are
    held together by no-break spaces."""

    area: str
    mark: str
    label: str
    text: str


def overview(report: Report, lang: str) -> tuple[Line, ...]:
    """A line for every area; those at which nobody looked share the last one (its area is "")."""
    chart = report.chart
    worst = _worst(report.findings)
    lines, unseen = [], []
    for area in AREAS:
        label = say(f"report.area-{area}", lang)
        seen = _SUMMARIES[area](chart, lang)
        if area == "project" and seen is None and area not in worst:
            continue  # most patients are examined without one
        if seen is None and area not in worst:
            unseen.append(label)
        else:
            state, text = seen or ("unknown", say("report.unknown", lang, reason=reason("nobody-looked", "", lang)))
            lines.append(Line(area, worst.get(area, state), label, text))
    if unseen:
        text = say("report.not-examined", lang, areas=say("report.and", lang).join(unseen))
        lines.append(Line("", "unknown", "", text))
    return tuple(lines)


def every(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with all their consequences."""
    for found in findings:
        yield found
        yield from every(found.consequences)


def _worst(findings: Iterable[Finding]) -> dict[str, str]:
    worst: dict[str, str] = {}
    for found in sorted(every(findings), key=lambda found: SEVERITIES.index(found.severity)):
        if found.severity != "info":
            worst.setdefault(found.area, found.severity)
    return worst


def ignored(report: Report, lang: str) -> list[str]:
    """The rules that are left out, each with the reason that the settings give; who typed --ignore gave none."""
    told = []
    for rule in report.ignored:
        given = report.ignored_reasons.get(rule)
        inner = given or say("config.reasonless", lang)
        told.append(rule if given is None else say("report.in-brackets", lang, text=rule, inner=inner))
    return told


def reason(why: str, detail: str, lang: str) -> str:
    """Why a fact is unknown; a reason that only a newer envdoctor has is quoted by its id."""
    try:
        text = say(f"reason.{why}", lang, detail=detail)
        return text if detail else text.replace(" ()", "").replace("（）", "")
    except KeyError:
        return f"{why}: {detail}" if detail else why


# ---------------------------------------------------------------- one area each


def _gpu(chart: Chart, lang: str) -> tuple[str, str] | None:
    names = [str(name) for name in _list(chart.fact("gpu"))]
    if not names:
        return _nothing(chart.fact("gpu"), lang)
    cards: dict[str, int] = {}
    memory, capability = _list(chart.fact("gpu.memory")), _list(chart.fact("gpu.capability"))
    for name, mib, generation in list(zip_longest(names, memory, capability))[: len(names)]:
        about = []
        if mib is not None:
            about.append(say("report.gpu-memory", lang, gib=gib(mib)))
        if generation is not None:
            about.append(say("report.gpu-capability", lang, capability=generation))
        card = _with(name, about, lang)
        cards[card] = cards.get(card, 0) + 1
    return "ok", _then([card if count == 1 else f"{count} × {card}" for card, count in cards.items()], lang)


def _driver(chart: Chart, lang: str) -> tuple[str, str] | None:
    driver, cuda, kernel = chart.fact("driver"), chart.value("driver.cuda"), chart.value("driver.kernel")
    if driver.state != KNOWN:
        return _nothing(driver, lang)
    text = say("report.driver-cuda", lang, driver=driver.value, cuda=cuda) if cuda else str(driver.value)
    if kernel and kernel != driver.value:
        text = _then([text, say("report.driver-kernel", lang, kernel=kernel)], lang)
    return "ok", text


def _cuda(chart: Chart, lang: str) -> tuple[str, str] | None:
    built = _built(chart, "cuda", lang)
    toolkit = chart.fact("cuda.toolkit")
    if toolkit.state == KNOWN:
        text = say("report.toolkit", lang, version=toolkit.value)
        found = [str(one["version"]) for one in _list(chart.fact("cuda.toolkits")) if isinstance(one, dict)]
        also = [version for version in dict.fromkeys(found) if version and version != toolkit.value]
        if also:
            text = _with(text, [say("report.toolkit-also", lang, versions=_and(also, lang))], lang)
        return "ok", _then([text, *built], lang)
    if not built:
        return _nothing(toolkit, lang)
    if toolkit.state == ABSENT:
        built.append(say("report.toolkit-none", lang))
    elif toolkit.why != "nobody-looked":
        built.append(say("report.toolkit-unknown", lang, reason=reason(toolkit.why, toolkit.detail, lang)))
    return "ok", _then(built, lang)


def _cudnn(chart: Chart, lang: str) -> tuple[str, str] | None:
    own = chart.fact("cudnn")
    brought = _built(chart, "cudnn", lang)
    if own.state == KNOWN:
        return "ok", _then([str(own.value), *brought], lang)
    if not brought:
        return _nothing(own, lang)
    return "ok", _then(brought + ([say("report.cudnn-none", lang)] if own.state == ABSENT else []), lang)


def _built(chart: Chart, what: str, lang: str) -> list[str]:
    """Which `what` ("cuda" or "cudnn") the installed frameworks need; torch has it in its own package."""
    texts = []
    for framework, area in (("torch", "torch"), ("TensorFlow", "tensorflow"), ("JAX", "jax")):
        version = chart.value(f"{area}.{what}")
        if version:
            version = short(version) if what == "cuda" else version
            text_id = "report.brings" if area == "torch" else "report.built-for"
            texts.append(say(text_id, lang, framework=framework, version=version))
    return texts


def _frameworks(chart: Chart, lang: str) -> tuple[str, str] | None:
    texts = []
    for module, distributions in _FRAMEWORKS.items():
        recorded = {name: chart.facts[name] for name in distributions if name in chart.facts}
        versions = {name: str(fact.value) for name, fact in recorded.items() if fact.state == KNOWN}
        found = chart.value(f"{module}.version")  # what `import` finds; it knows the local part (+cu117), too
        if found and len(versions) < 2:
            versions = {next(iter(versions), module): str(found)}
        elif not versions:
            versions = {name: "?" for name, fact in recorded.items() if fact.state == UNKNOWN}
        build = _build(chart, module, lang) + _past_the_tables(chart, module, lang)
        texts += [_with(_version(name, version), build, lang) for name, version in versions.items()]
    if texts:
        return "ok", _and(texts, lang)
    missing = [chart.fact(module) for module in ("torch", "tensorflow", "keras", "jax")]
    if all(fact.state == ABSENT for fact in missing):
        return "nothing", say("report.no-framework", lang)
    return _nothing(next(fact for fact in missing if fact.state != ABSENT), lang)


def _build(chart: Chart, module: str, lang: str) -> list[str]:
    """What a framework was built for as far as it is known: CUDA 10.0, ROCm 5.6, CPU."""
    if module in ("torchvision", "torchaudio", "keras"):
        return []
    hip, cuda = chart.value(f"{module}.hip"), chart.fact(f"{module}.cuda")
    for_gpu = chart.value("tensorflow.gpu_build") if module == "tensorflow" else None
    if hip:
        return [f"ROCm {short(hip)}"]
    if module == "tensorflow" and chart.value("tensorflow.rocm_build") == "yes":
        return ["ROCm"]
    if cuda.state == KNOWN:
        return [f"CUDA {short(cuda.value)}"]
    if for_gpu == "no" or (cuda.state == ABSENT and for_gpu is None):
        return [say("report.cpu-build", lang)]
    return [say("report.gpu-build", lang)] if for_gpu == "yes" else []


def _past_the_tables(chart: Chart, module: str, lang: str) -> list[str]:
    """Silence about a release that is newer than every table must not read like health."""
    facts = (chart.fact(f"{module}.cuda"), chart.fact(f"{module}.runs_on_gpu"))
    newer = [fact for fact in facts if fact.state == UNKNOWN and fact.why.endswith("-newer-than-known")]
    return [reason(fact.why, fact.detail, lang) for fact in newer[:1]]


def _packages(chart: Chart, lang: str) -> tuple[str, str] | None:
    installed = chart.distributions()
    count = chart.fact("packages.count")
    names = [
        _version(name, fact.value if fact.state == KNOWN else "?")
        for name, fact in ((name, chart.facts.get(name)) for name in KEY_PACKAGES)
        if fact is not None and fact.state != ABSENT
    ]
    if count.state != KNOWN and DISTRIBUTIONS not in chart.complete:  # a few names that somebody told
        return ("ok", _and(names, lang)) if names else _nothing(count, lang)
    text = say("report.packages-count", lang, count=count.value if count.state == KNOWN else len(installed))
    return "ok", say("report.packages-key", lang, count=text, names=_and(names, lang)) if names else text


def _environment(chart: Chart, lang: str) -> tuple[str, str] | None:
    parts = []
    system = str(chart.value("os", ""))
    if system:
        spelled = f"{_SYSTEMS.get(system, system)} {chart.value('os.version', '')}".strip()
        text = str(chart.value("os.name") or spelled)
        wsl = chart.value("os.wsl")
        parts.append(_with(text, [f"WSL {wsl}"] if wsl else [], lang))
    if chart.value("os.container"):
        parts.append(say("report.in-container", lang, container=chart.value("os.container")))
    python, bits = chart.value("python"), chart.value("python.bits")
    if python:
        parts.append(say("report.python-bits" if bits else "report.python", lang, version=python, bits=bits))
    avx, avx2 = chart.value("cpu.avx"), chart.value("cpu.avx2")
    if avx == "no":
        parts.append(say("report.no-avx", lang))
    elif avx2 == "yes":
        parts.append(say("report.avx2", lang))
    elif avx == "yes":
        parts.append(say("report.no-avx2" if avx2 == "no" else "report.avx", lang))
    return ("ok", _beside(parts, lang)) if parts else _nothing(chart.fact("os"), lang)


def _project(chart: Chart, lang: str) -> tuple[str, str] | None:
    root = chart.patient.get("project") or chart.value("project.root")
    return ("ok", str(root)) if root else None


_SUMMARIES: dict[str, Callable[[Chart, str], Any]] = {
    "gpu": _gpu,
    "driver": _driver,
    "cuda": _cuda,
    "cudnn": _cudnn,
    "frameworks": _frameworks,
    "packages": _packages,
    "environment": _environment,
    "project": _project,
}


# ---------------------------------------------------------------- small words


def gib(mib: Any) -> str:
    """MiB as GiB, one digit behind the point where it says something: 10240 → "10", 8116 → "7.9"."""
    if not isinstance(mib, (int, float)):
        return str(mib)
    return f"{mib / 1024:.1f}".replace(".0", "")


def short(version: Any) -> str:
    """The first two numbers of a CUDA version, which are all that people call it by: 10.0.130 → 10.0."""
    return ".".join(str(version).split(".")[:2])


def _nothing(fact: Fact, lang: str) -> tuple[str, str] | None:
    if fact.state != UNKNOWN:
        return "nothing", say("report.none", lang)
    if fact.why == "nobody-looked":
        return None
    return "unknown", say("report.unknown", lang, reason=reason(fact.why, fact.detail, lang))


def _list(fact: Fact) -> list[Any]:
    if fact.state != KNOWN:
        return []
    return list(fact.value) if isinstance(fact.value, (list, tuple)) else [fact.value]


def _with(text: str, inner: list[str], lang: str) -> str:
    return say("report.in-brackets", lang, text=text, inner=_beside(inner, lang)) if inner else text


def _version(name: str, version: Any) -> str:
    return f"{name}\u00a0{version}"  # a line must not end between the two


def _beside(texts: Iterable[str], lang: str) -> str:
    return say("report.beside", lang).join(texts)


def _and(texts: Iterable[str], lang: str) -> str:
    return say("report.and", lang).join(texts)


def _then(texts: Iterable[str], lang: str) -> str:
    return say("report.then", lang).join(texts)


__all__ = ["KEY_PACKAGES", "MARKS", "Line", "every", "gib", "overview", "reason", "short"]
