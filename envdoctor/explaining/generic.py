"""What can be said of an error that no symptom knows?

A missing module, a missing name, a program's own bug and a command that is not there say much by themselves.  Whatever
else is there is quoted and called unknown: a wrong cause would be worse.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Callable, Iterable, Mapping, NamedTuple, Optional, Sequence

from .. import clause, diagnose
from ..chart import KNOWN, Chart, canonical, known
from ..clause import Verdict
from ..cure.installer import Wish, order
from ..finding import finding
from ..report import Finding, Remedy
from ..rulebook import Rule, Rulebook
from ..words import both
from .modules import PYTHON_2, REMOVED, lookup
from .tracebacks import Frame, Trace

#: Findings that say that nothing is known.
NOTHING = frozenset(["explain/unknown-error", "explain/no-error", "explain/interrupted"])
#: The day on which this file was last compared with what Python prints.
_CHECKED = "2026-11-27"


class Told(NamedTuple):
    """A finding, the line that it is about, and the chain of tracebacks (0: none)."""

    finding: Finding
    number: int
    chain: int


class Case(NamedTuple):
    """One traceback with everything that may be asked about it."""

    trace: Trace
    line: str
    chart: Chart
    book: Rulebook


def explain(
    lines: Sequence[str],
    chains: Mapping[int, Sequence[Trace]],
    explained: Iterable[int],
    understood: bool,
    chart: Chart,
    book: Rulebook,
) -> list[Told]:
    """Findings about the tracebacks that nobody has explained yet, and about lines outside of them."""
    told: list[Told] = []
    unknown: list[Told] = []
    done = set(explained)
    # Forty workers that fail alike need one explanation, whoever has given it.
    seen = {_alike(trace) for trace in (_root(chains[chain]) for chain in done if chain in chains) if trace}
    for chain, traces in chains.items():
        trace = _root(traces)
        if chain in done or trace is None:
            continue
        if _alike(trace) in seen:
            continue
        seen.add(_alike(trace))
        trace = _inner(_with_own_frames(trace, traces), lines)
        line = lines[trace.end].strip()
        case = Case(trace, line, chart, book)
        found = next((one for one in (handler(case) for handler in _HANDLERS) if one), None)
        if found is not None:
            told.append(Told(replace(found, quote=found.quote or (line,)), trace.end, chain))
        elif trace.kind and not trace.kind.endswith("Warning"):
            unknown.append(Told(_unknown(line, trace), trace.end, chain))
    if not understood:
        told += _outside(lines, chart)
    if told or understood:
        return told
    installing = _installation(lines)
    if installing is not None:
        return [installing]
    return unknown[:1] or [_nothing(lines, chains)]


def _root(traces: Sequence[Trace]) -> Trace | None:
    """The first of a chain that is no mere wrapper; None where the chain tells nothing."""
    speaking = [trace for trace in traces if trace.kind]
    inner = [trace for trace in speaking if trace.kind not in WRAPPERS]
    if not inner and speaking and not any(trace.frames for trace in speaking):
        return None
    return inner[0] if inner else speaking[0] if speaking else None


#: What a lazy loader says; the reason follows on the next line.
_LOOK_BELOW = re.compile(r"because of the following error \(look up to see its traceback\):\s*$")
_MESSAGES = (
    ("ModuleNotFoundError", re.compile(r"^No module named ")),
    ("ImportError", re.compile(r"^cannot import name ")),
    ("AttributeError", re.compile(r"^(?:partially initialized )?module '")),
)


def _inner(trace: Trace, lines: Sequence[str]) -> Trace:
    """The error that a lazy loader (transformers, diffusers) has caught and tells on the line below its own."""
    end = trace.end
    while end + 1 < len(lines) and _LOOK_BELOW.search(lines[end]):
        end += 1
    message = lines[end].strip()
    kind = next((kind for kind, pattern in _MESSAGES if pattern.match(message)), "")
    return replace(trace, end=end, kind=kind, message=message) if kind and end > trace.end else trace


def _with_own_frames(trace: Trace, traces: Sequence[Trace]) -> Trace:
    """A library that raises its own error anew leaves the frames of who called it to the second traceback."""
    if trace.own is not None:
        return trace
    for other in traces:
        if other is not trace and other.own is not None and _alike(other) == _alike(trace):
            return other
    return trace


#: What a parent says of its child, or a library of the error that it caught: never a cause.
WRAPPERS = frozenset(
    "ChildFailedError CalledProcessError ProcessRaisedException ProcessExitedException BrokenPipeError EOFError "
    "BrokenProcessPool RemoteTraceback RayTaskError RayActorError TuneError WorkerCrashedError SubprocessError".split()
)
_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+")


def _alike(trace: Trace) -> tuple[str, str]:
    return trace.kind, _NUMBERS.sub("#", trace.message)


_NO_WORDS: Mapping[str, object] = {}


def _finding(
    slug: str,
    cause: str,
    words: Mapping[str, object] = _NO_WORDS,
    severity: str = "error",
    certainty: str = "likely",
    area: str = "packages",
    stage: str = "import",
    packages: Sequence[str] = (),
    remedy: Remedy | None = None,
    look: str = "",
    possibilities: Sequence[Finding] = (),
) -> Finding:
    """texts/explain.py has its words: <slug>-title and <slug>-detail."""
    return Finding(
        rule="explain/" + slug,
        cause=cause,
        area=area,
        stage=stage,
        severity=severity,
        certainty=certainty,
        title=both(f"explain.{slug}-title", **words),
        detail=both(f"explain.{slug}-detail", **words),
        packages=tuple(packages),
        evidence=(),
        sources=(),
        checked=_CHECKED,
        remedy=remedy,
        look=both("explain." + look, **words) if look else None,
        possibilities=tuple(possibilities),
    )


def _possible(slug: str, cause: str, words: Mapping[str, object], area: str = "packages") -> Finding:
    return _finding(slug, cause, words, severity="info", certainty="possible", area=area, look=slug + "-look")


# ---------------------------------------------------------------- a module that is not there

_NO_MODULE = re.compile(r"^No module named '?(?P<module>[\w.]+)'?(?:;.*)?$")
_IMPORTS = frozenset(["ModuleNotFoundError", "ImportError"])
#: Frameworks come in builds; which one is right here is not for a fallback to say.
_BUILDS = frozenset(
    "torch torchvision torchaudio tensorflow tensorflow-gpu jax jaxlib mmcv detectron2 paddlepaddle".split()
)


def _missing_module(case: Case) -> Optional[Finding]:
    found = _NO_MODULE.match(case.trace.message) if case.trace.kind in _IMPORTS else None
    if not found:
        return None
    name = found.group("module")
    top = name.split(".")[0]
    words = {"module": name, "top": top}
    known_here = lookup(name, case.book.tables)
    if name in PYTHON_2:
        return _python_2(case, name, PYTHON_2[name])
    if top in REMOVED:
        return _removed_module(case, top)
    ruled = _by_rules(case, name)
    if ruled is not None:
        return ruled
    distribution = canonical(known_here.distribution) if known_here.distribution else ""
    if "." in name and distribution and not known_here.warn:
        return _submodule(case, name, distribution)
    if known_here.warn == "folder-of-the-project" or (not distribution and "." in name and not known_here.warn):
        return _finding(
            "own-folder",
            "wrong-working-directory",
            words,
            area="project",
            look="own-folder-look",
            possibilities=[_possible("hidden-folder", "name-shadowed", words, area="project")],
        )
    if distribution:
        return _missing_distribution(case, name, distribution)
    return _finding(
        "unknown-module",
        "package-missing",
        packages=[canonical(top)],
        words=words,
        look="unknown-module-look",
        possibilities=[_possible("own-folder", "wrong-working-directory", words, area="project")],
    )


def _missing_distribution(case: Case, name: str, distribution: str) -> Finding:
    words = {"module": name, "package": distribution}
    if case.chart.fact(distribution).state == KNOWN:
        version = case.chart.value(distribution)
        return _finding(
            "installed-elsewhere",
            "wrong-environment-active",
            area="environment",
            packages=[distribution],
            words={**words, "version": version},
        )
    elsewhere = _possible("other-environment", "wrong-environment-active", words, area="environment")
    remedy = None if distribution in _BUILDS else _install(case.chart, distribution)
    text = "missing-build" if distribution in _BUILDS else "missing-module"
    return _finding(
        text,
        "package-missing",
        packages=[distribution],
        remedy=remedy,
        look="missing-module-look",
        possibilities=[elsewhere],
        words=words,
    )


def _install(chart: Chart, distribution: str) -> Remedy | None:
    orders = order(chart, Wish((distribution,)))
    return Remedy(orders.commands, pins=(distribution,)) if orders.commands else None


def _submodule(case: Case, name: str, distribution: str) -> Finding:
    version = case.chart.value(distribution, "")
    words = {"module": name, "package": distribution, "version": version, "of": _with(distribution, version)}
    return _finding("submodule", "package-version-mismatch", packages=[distribution], look="version-look", words=words)


def _with(name: str, version: object) -> str:
    return f"{name} {version}" if version else name


def _removed_module(case: Case, module: str) -> Finding:
    frame = case.trace.last
    package = _package_of(frame, case) if frame else ""
    words = {"module": module, "python": REMOVED[module], "package": package}
    name = "removed-module-in" if package else "removed-module"
    return _finding(
        name, "python-too-new-for-package", packages=[package] if package else [], certainty="certain", words=words
    )


def _python_2(case: Case, module: str, now: str) -> Finding:
    frame = case.trace.last
    package = _package_of(frame, case) if frame else ""
    return _finding(
        "python-2",
        "python2-code",
        packages=[package] if package else [],
        certainty="certain",
        area="project",
        words={"module": module, "now": now},
    )


def _package_of(frame: Frame, case: Case) -> str:
    """The distribution that a frame lies in, "" for a file of the user's own or of Python itself."""
    if not frame.module:
        return ""
    found = lookup(frame.module, case.book.tables)
    return canonical(found.distribution or frame.module)


# ---------------------------------------------------------------- a name that is not there

_NO_NAME = re.compile(
    r"^cannot import name '?(?P<name>\w+)'?"
    r"(?: from (?:partially initialized module )?'(?P<module>[\w.]+)'(?P<rest>.*))?"
)
_NO_ATTRIBUTE = re.compile(
    r"^(?P<partial>partially initialized )?module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'(?P<rest>.*)"
)
_OWN_PATH = re.compile(r"\((?!unknown location|most likely|consider)(?P<path>[^()]{1,400})\)")
_RENAME = re.compile(r"consider renaming '(?P<path>[^']{1,400})'")


def _missing_name(case: Case) -> Optional[Finding]:
    if case.trace.kind in _IMPORTS:
        found = _NO_NAME.match(case.trace.message)
    elif case.trace.kind == "AttributeError":
        found = _NO_ATTRIBUTE.match(case.trace.message)
    else:
        return None
    if not found:
        return None
    module, name, rest = found.group("module") or "", found.group("name"), found.group("rest") or ""
    if not module:
        module = _imported_from(case.trace, name)
    top = module.split(".")[0]
    words = {"module": module, "name": name, "top": top}
    shadow = _shadow(case.trace, top, rest)
    if shadow and _is_library(top, case):
        return _finding("shadowed", "name-shadowed", area="project", words={**words, "file": shadow})
    path = _OWN_PATH.search(rest)
    if "circular import" in rest or "partially initialized" in case.trace.message:
        if path and not Frame(path.group("path"), 0, "").is_library:
            return _user_code(case)
    if not module:
        return None
    ruled = _by_rules(case, f"{module}.{name}")
    if ruled is not None:
        return ruled
    if path and not Frame(path.group("path"), 0, "").is_library:
        return _user_code(case)
    installed = bool(path and Frame(path.group("path"), 0, "").is_library)
    if not installed and not _is_library(top, case):
        return None
    package = canonical(lookup(module, case.book.tables).distribution or top)
    user = _package_of(case.trace.last, case) if case.trace.last else ""
    version = case.chart.value(package, "")
    words.update(package=package, of=_with(package, version), user=user)
    if user and user != package:
        packages = [package, user]
        return _finding("name-between", "package-version-mismatch", packages=packages, look="version-look", words=words)
    told = _finding("name-gone", "package-version-mismatch", words, packages=[package], look="version-look")
    if case.trace.kind == "AttributeError":  # it may as well be misspelt
        return replace(told, severity="warning", certainty="possible")
    return told


def _imported_from(trace: Trace, name: str) -> str:
    """Python before 3.7 does not say from where; the line of code does."""
    code = trace.last.code if trace.last else ""
    found = re.match(r"from (?P<module>[\w.]+) import\b", code)
    return found.group("module") if found and name in code else ""


def _shadow(trace: Trace, top: str, rest: str) -> str:
    """The user's own file that has the name of the library, "" where none is seen."""
    renaming = _RENAME.search(rest)
    if renaming:
        return renaming.group("path")
    told = _OWN_PATH.search(rest)
    files = [told.group("path")] if told else []
    files += [frame.file for frame in trace.frames]
    for file in files:
        last = re.split(r"[\\/]", file)[-1]
        if last in (top + ".py", top + ".pyc") and not Frame(file, 0, "").is_library:
            return file
    return ""


def _is_library(top: str, case: Case) -> bool:
    found = lookup(top, case.book.tables)
    return bool(found.distribution) or top in _STANDARD


#: Modules of Python itself that people hide by files of their own.
_STANDARD = frozenset(
    "calendar cmd code collections copy email enum fractions glob html http inspect io json logging math numbers "
    "operator os parser pickle platform profile queue random re secrets select signal site socket ssl statistics "
    "string subprocess sys tempfile test threading time timeit token tokenize trace turtle types typing uuid "
    "warnings xml zipfile".split()
)


# ---------------------------------------------------------------- what the rules know of a name


def _by_rules(case: Case, name: str) -> Optional[Finding]:
    """A rule that knows since when a name is gone: its finding, or, while the version is unknown, what it knows."""
    place = f"{case.trace.own.file}:{case.trace.own.line}" if case.trace.own else "traceback"
    parts = name.split(".")
    names = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
    library = _package_of(case.trace.last, case) if case.trace.last else ""
    chart = case.chart.with_facts({"project.uses": known({one: [place] for one in names}, "traceback")})
    for one in names:
        wanted = f"project.uses has {one}"
        for rule in case.book.rules:
            if wanted not in rule.any + rule.when:
                continue
            verdict = diagnose.judge(rule, chart)
            if verdict is Verdict.YES:
                return finding(rule, chart)
            if verdict is Verdict.UNKNOWN:
                told = _still_open(rule, name, library, case)
                if told is not None:
                    return told
    return None


def _still_open(rule: Rule, name: str, library: str, case: Case) -> Optional[Finding]:
    """The rule fits but for versions that nobody knows: the traceback shows that they are those."""
    sets = [one for one in map(clause.parse, rule.when) if one.operator == "set"]
    if len(sets) != 1:
        return None
    one = sets[0]
    package = one.fact.partition(".version")[0]
    asked = canonical(lookup(name, case.book.tables).distribution or name.split(".")[0])
    if package not in ("python", asked) and package not in rule.packages:
        return None
    words = {"name": name, "package": package, "range": one.operand, "library": library}
    packages = rule.packages if "{" not in "".join(rule.packages) else (package,)
    told = _finding(
        "gone-since-in" if library and library != package else "gone-since",
        rule.cause,
        severity=rule.severity if rule.severity != "info" else "warning",
        packages=([library] if library and package == "python" else []) + list(packages),
        words=words,
    )
    return replace(told, sources=rule.sources, checked=rule.checked)


# ---------------------------------------------------------------- an argument that a function does not take

_ARGUMENT = re.compile(
    r"^(?P<function>[\w.<>]+)\(\) (?:got an unexpected keyword argument '(?P<name>\w+)'"
    r"|missing \d+ required (?:keyword-only|positional) arguments?)"
)
_CALL = re.compile(r"(?P<root>[A-Za-z_]\w*)(?:\.\w+)*\(")


def _argument(case: Case) -> Optional[Finding]:
    found = _ARGUMENT.match(case.trace.message) if case.trace.kind == "TypeError" else None
    if not found or not found.group("name"):
        return None
    frame = case.trace.last
    function = found.group("function").split(".")[-1]
    function = found.group("function") if function == "__init__" else function
    words = {"function": function, "argument": found.group("name")}
    package = _package_of(frame, case) if frame else ""
    if package:
        return _finding(
            "argument-in",
            "package-version-mismatch",
            packages=[package],
            stage="run",
            words={**words, "package": package},
        )
    root = _CALL.search(frame.code) if frame else None
    known_here = lookup(_ALIASES.get(root.group("root"), root.group("root")), case.book.tables) if root else None
    if known_here is not None and known_here.distribution and "." in root.group():  # type: ignore[union-attr]
        package = canonical(known_here.distribution)
        return _finding(
            "argument",
            "package-version-mismatch",
            severity="warning",
            certainty="possible",
            packages=[package],
            stage="run",
            look="version-look",
            words={**words, "package": package, "of": _with(package, case.chart.value(package, ""))},
        )
    return None


_ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib",
    "tf": "tensorflow",
    "nn": "torch",
    "F": "torch",
    "K": "keras",
}


# ---------------------------------------------------------------- the program's own bugs

_OWN_KINDS = frozenset(
    "NameError UnboundLocalError KeyError IndexError ZeroDivisionError TypeError ValueError SyntaxError TabError "
    "IndentationError AssertionError RecursionError NotImplementedError AttributeError OverflowError "
    "StopIteration".split()
)
_BUILTIN = re.compile(
    r"^'(?:NoneType|dict|list|tuple|int|float|bool|set|function|method|builtin_function_or_method|type|bytes|generator)'"
    r" object has no attribute"
)
_NOT_OWN = re.compile(r"^(?:module|type object) '|unexpected keyword argument|size changed, may|Descriptors cannot")
#: Errors of an index deep inside these are errors of who indexed.
_INDEXED = frozenset(["pandas", "numpy", "h5py", "torch"])


def _user_code(case: Case) -> Optional[Finding]:
    trace = case.trace
    frame = trace.own
    if frame is None:
        return None
    return _finding(
        "user-code",
        "user-code",
        area="project",
        stage="run",
        words={"file": frame.file, "line": frame.line or "?", "kind": trace.kind},
    )


def _own_bug(case: Case) -> Optional[Finding]:
    trace = case.trace
    if trace.kind not in _OWN_KINDS or trace.own is None or trace.last is None:
        return None
    if _NOT_OWN.search(trace.message) and trace.kind != "ValueError":
        return None
    if trace.kind == "AttributeError":
        if _is_defined_here(trace):
            return _user_code(case)
        if not _BUILTIN.match(trace.message):
            return None
    indexed = trace.kind in ("KeyError", "IndexError") and trace.last.module in _INDEXED
    if trace.last.is_library and not indexed:
        return None
    return _user_code(case)


def _is_defined_here(trace: Trace) -> bool:
    """`'Net' object has no attribute 'fc3'` at `self.fc3`: the class is the file's own.

    torch asks `__getattr__` of its own first, which adds a frame.
    """
    found = re.match(r"^'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'", trace.message)
    frames = [frame for frame in trace.frames if frame.name != "__getattr__"]
    code = frames[-1].code if frames and not frames[-1].is_library else ""
    return bool(found and f"self.{found.group('name')}" in code)


_HANDLERS: tuple[Callable[[Case], Optional[Finding]], ...] = (_missing_module, _missing_name, _argument, _own_bug)


# ---------------------------------------------------------------- lines outside of tracebacks

_NOT_FOUND = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:-?(?:ba|z|da|k)?sh|fish|/bin/\w+|[\w./-]{1,60}\.sh): (?:line \d+: |\d+: )?(?:command not found: )?"
        r"(?P<name>[\w.+-]{1,40})(?:: (?:command )?not found)?$",
        r"^(?P<name>[\w.+-]{1,40}): command not found$",
        r"^'\"?(?P<name>[\w.+-]{1,40})\"?' (?:is not recognized as an internal or external command|不是内部或外部命令)",
        r"^(?P<name>[\w.+-]{1,40}) ?: (?:The term '|无法将“)[\w.+-]{1,40}(?:' is not recognized|”项识别为)",
        r"^Command '(?P<name>[\w.+-]{1,40})' not found, (?:but can be installed|did you mean)",
    )
)
_SAYS_NOT_FOUND = re.compile(r"not found|not recognized|不是内部或外部命令|无法将|项识别为")
#: What is missing where a program is: (cause, area).
_PROGRAMS = {
    "conda": ("conda-shell-not-initialised", "environment"),
    "activate": ("conda-shell-not-initialised", "environment"),
    "nvcc": ("cuda-toolkit-missing", "cuda"),
    "nvidia-smi": ("nvidia-driver-missing", "driver"),
}
_USAGE = re.compile(r"^(?P<program>[\w.-]{1,80}\.py|__main__\.py): error: (?P<problem>.+)$")


def _outside(lines: Sequence[str], chart: Chart) -> list[Told]:
    told: list[Told] = []
    for number, line in enumerate(lines):
        if len(line) > 400:
            continue
        found: Optional[Finding] = None
        if _SAYS_NOT_FOUND.search(line):
            found = _command(line.strip())
        elif ".py: error: " in line:
            usage = _USAGE.match(line.strip())
            if usage:
                found = _finding("usage", "user-code", area="project", stage="run", words=usage.groupdict())
        if found is not None and all(found.title != one.finding.title for one in told):
            told.append(Told(replace(found, quote=(line.strip(),)), number, 0))
    return told


def _command(line: str) -> Optional[Finding]:
    match = next((one for one in (pattern.match(line) for pattern in _NOT_FOUND) if one), None)
    if match is None or "not found" not in line and match.re is _NOT_FOUND[0]:
        return None
    name = match.group("name")
    cause, area = _PROGRAMS.get(name, ("command-not-found", "environment"))
    text = "no-" + name if name in _PROGRAMS else "no-python" if name.startswith(("python", "pip")) else "no-command"
    return _finding(text, cause, area=area, stage="environment", words={"command": name})


# ---------------------------------------------------------------- an installation that failed

_INSTALLS = re.compile(
    r"^(?:Collecting |Building wheels? for |Installing collected packages|Solving environment|Looking in indexes)"
    r"|^Resolved \d|\b(?:pip|uv|conda|mamba) (?:install|create|sync|add|env)\b"
    r"|No solution found when resolving|Could not find a version that"
)
_FAILED = re.compile(r"^\s*(?:ERROR|error|\u00d7|\w*Error)\b|\u00d7 |failed with|Killed", re.M)
#: Kinds of install_log.py -> causes; the others are what nobody can say more of.
_CAUSES = {
    "disk-full": "disk-full",
    "killed": "host-out-of-memory",
    "long-path": "windows-long-path",
    "file-in-use": "file-in-use-or-permission",
    "read-only": "file-in-use-or-permission",
    "not-permitted": "file-in-use-or-permission",
    "not-removable": "file-in-use-or-permission",
    "externally-managed": "externally-managed-python",
    "conflict": "dependency-conflict",
    "conflict-unnamed": "dependency-conflict",
    "no-package": "no-wheel-for-python",
    "no-version": "no-wheel-for-python",
    "no-version-plain": "no-wheel-for-python",
    "other-python": "no-wheel-for-python",
    "python-required": "no-wheel-for-python",
    "package-needs-python": "no-wheel-for-python",
    "no-wheel": "no-wheel-for-python",
    "wrong-platform": "wheel-tag-mismatch",
    "hash-mismatch": "download-corrupt",
    "cut-download": "download-corrupt",
    "invalid-wheel": "download-corrupt",
    "conda-no-package": "conda-unsatisfiable",
    "conda-conflict": "conda-unsatisfiable",
    "network-proxy": "proxy-misconfigured",
    "network-certificate": "ssl-certificate",
    "network-tls": "ssl-certificate",
    "network-no-ssl": "ssl-certificate",
    "network-name": "index-unreachable",
    "network-refused": "index-unreachable",
    "network-timeout": "network-timeout",
    "network-broken": "network-timeout",
    "network-unauthorized": "index-unreachable",
    "network-forbidden": "index-unreachable",
    "network-not-found": "index-unreachable",
    "network-status": "index-unreachable",
    "needs-git": "command-not-found",
    "build-cuda-mismatch": "cuda-toolkit-version-mismatch",
    "build-cuda": "cuda-toolkit-missing",
    "build-compiler": "compiler-missing",
    "build-tool": "compiler-missing",
    "build-python-headers": "compiler-missing",
    "build-header": "compiler-missing",
    "build-distutils": "python-too-new-for-package",
    "build-old-for-python": "python-too-new-for-package",
    "build-old-setuptools": "setuptools-too-new",
    "build-pkg-resources": "setuptools-too-new",
    "build-new-cython": "build-from-source-failed",
    "build-sklearn-name": "package-confusion",
    "build-invalid-version": "build-from-source-failed",
    "build-module": "build-from-source-failed",
    "build-compile": "build-from-source-failed",
    "build-failed": "build-from-source-failed",
    "no-pip": "broken-install",
    "broken-installer": "broken-install",
}


def _installation(lines: Sequence[str]) -> Optional[Told]:
    """What stopped pip, uv or conda, as far as the reader of their logs knows."""
    text = "\n".join(lines)
    if not _FAILED.search(text) or not any(_INSTALLS.search(line) for line in lines if len(line) < 1000):
        return None
    from ..cure.install_log import condense

    found = condense(text)
    cause = _CAUSES.get(found.kind)
    if cause is None:
        return None
    number = next((number for number, line in enumerate(lines) if found.line and found.line in line), 0)
    told = _finding("install", cause, area="environment", stage="install")
    return Told(replace(told, detail=found.words, quote=(found.line.strip(),) if found.line else ()), number, 0)


# ---------------------------------------------------------------- what nobody knows

_SPEAKS = re.compile(
    r"^(?:\w+: )?(?:error|fatal|critical)\b.{0,3}\S|\b(?:[A-Za-z]+Error|Exception)\b: ?\S"
    r"|\bFATAL\b|\bfailed\b|ERROR\b|ERR!|\*\*\* .{1,200}Stop\.|^Exception in|错误|失败",
    re.I,
)
_CALM = re.compile(
    r"\b(?:0 errors?|no errors?|error rate|errors?[=:]? ?[\d.]+(?:e-?\d+)?\b|0 failed|if .{0,60}fail)|WARN|warning",
    re.I,
)


def _unknown(line: str, trace: Trace) -> Finding:
    if trace.kind in ("KeyboardInterrupt", "SystemExit"):
        return _finding(
            "interrupted", "unknown-error", severity="info", certainty="certain", area="project", stage="run"
        )
    frame = trace.own
    name = "unknown-error" if frame is None else "unknown-error-at"
    told = _finding(
        name,
        "unknown-error",
        severity="info",
        certainty="possible",
        area="project",
        stage="run",
        words={"file": frame.file, "line": frame.line} if frame else _NO_WORDS,
    )
    return replace(told, rule="explain/unknown-error", quote=(line,))


def _nothing(lines: Sequence[str], chains: Mapping[int, Sequence[Trace]]) -> Told:
    cut = next((trace for traces in chains.values() for trace in traces if trace.frames and not trace.kind), None)
    common = {"severity": "info", "certainty": "possible", "area": "project", "stage": "run"}
    if cut is not None:
        told = _finding("cut-traceback", "unknown-error", **common)  # type: ignore[arg-type]
        return Told(replace(told, rule="explain/unknown-error", quote=(lines[cut.end].strip(),)), cut.end, 0)
    speaking = [
        n for n, line in enumerate(lines) if len(line) < 2000 and _SPEAKS.search(line) and not _CALM.search(line)
    ]
    if speaking:
        told = _finding("unknown-line", "unknown-error", **common)  # type: ignore[arg-type]
        line = lines[speaking[-1]].strip()
        return Told(replace(told, rule="explain/unknown-error", quote=(line,)), speaking[-1], 0)
    return Told(_finding("no-error", "unknown-error", **common), 0, 0)  # type: ignore[arg-type]
