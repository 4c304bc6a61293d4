"""What must work after a change, and does it?

A check is a few lines of Python for a child of the patient's interpreter.  It sees no GPU and no display, writes into
a folder that is gone afterwards, and finds neither the user's own files nor the network of model hubs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence, Tuple

from .. import words
from ..ask import TIMEOUT
from ..chart import Chart, canonical
from ..report import Finding, Words
from ..rulebook import Rulebook
from .plan import Change, Check

#: A check is stopped after this many seconds (ours; the first import of TensorFlow from a cold disk takes up to 60).
CHECK_SECONDS = 300.0

#: Distributions whose import is tried where they are at fault, are changed, or have been looked at by a finding.
FRAMEWORKS: Mapping[str, Tuple[str, ...]] = {
    "torch": ("torch",),
    "torchvision": ("torchvision",),
    "torchaudio": ("torchaudio",),
    "tensorflow": ("tensorflow",),
    "tensorflow-gpu": ("tensorflow",),
    "tensorflow-cpu": ("tensorflow",),
    "tf-nightly": ("tensorflow",),
    "keras": ("keras",),
    "jax": ("jax",),
}
#: Modules that no file list tells: the folder is shared by several distributions.
_MODULES: Mapping[str, Tuple[str, ...]] = {
    "protobuf": ("google.protobuf",),
    "jaxlib": ("jaxlib",),
    "setuptools": ("setuptools",),
}
#: To load one of these, a display, a GPU or an input device is needed, or something is started.
NOT_IMPORTED = frozenset(
    """apex bitsandbytes cupy deepspeed faiss-gpu flash-attn glfw gputil horovod keyboard mayavi mouseinfo mpi4py
    nvidia-dali nvidia-tensorrt pip pyautogui pycuda pyglet pynput pyscreeze pysimplegui pyside2 pyside6 pyqt5 pyqt6
    pywin32 screeninfo tensorrt triton turtle vispy wheel xformers""".split()
)
_NOT_IMPORTED_FAMILIES = ("cupy-", "nvidia-", "types-", "pyqt", "pyside", "tensorrt-", "triton-")

#: The current folder is taken from the search path before anything else is loaded: a file of the user's that is called
#: random.py is another fault than the one that is tried here.
_PRELUDE = """\
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import os
os.chdir(os.environ.get("ENVDOCTOR_CHECK", "."))
"""
_IMPORT = """\
import importlib
for name in {modules!r}:
    importlib.import_module(name)
"""
#: Which modules a distribution provides is told by its own files, which are there only after the change.
_IMPORT_ALL = """\
import importlib, re
WANTED = {names!r}
SKIPPED = {{"test", "tests", "testing", "example", "examples", "doc", "docs", "setup", "benchmarks", "scripts", "bin"}}


def canonical(name):
    return re.sub("[-_.]+", "-", name).lower()


def lines(*parts):
    try:
        with open(os.path.join(*parts), "rb") as file:
            return file.read().decode("utf-8", "replace").splitlines()
    except (IOError, OSError):
        return []


def modules_of(folder, info):
    found = [line.strip() for line in lines(folder, info, "top_level.txt") if line.strip()]
    for line in [] if found else lines(folder, info, "RECORD"):
        path = line.strip('"').split(",")[0]
        first, slash, rest = path.partition("/")
        if rest == "__init__.py":
            found.append(first)
        elif not slash and first.endswith((".py", ".so", ".pyd")):
            found.append(first.split(".")[0])
    names = [name for name in found if re.match(r"[A-Za-z]\\w*$", name) and name not in SKIPPED]
    return [name for name in names if is_there(folder, name)]


def is_there(folder, name):
    return os.path.exists(os.path.join(folder, name, "__init__.py")) or os.path.exists(
        os.path.join(folder, name + ".py")
    )


def installed():
    for folder in list(sys.path):
        for info in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            match = re.match(r"([A-Za-z0-9][\\w.-]*?)-\\d.*\\.(?:dist|egg)-info$", info)
            if match and canonical(match.group(1)) in WANTED:
                for name in modules_of(folder, info):
                    yield name


for name in dict.fromkeys(installed()):
    importlib.import_module(name)
"""


@dataclass(frozen=True)
class Tried:
    """What became of a check.  cause: why it failed, None when it works.  log: what the child printed."""

    check: Check
    cause: Words | None = None
    log: str = ""

    @property
    def works(self) -> bool:
        return self.cause is None


# ---------------------------------------------------------------- which checks


def checks_for(
    changes: Iterable[Change], findings: Iterable[Finding], book: Rulebook, chart: Chart
) -> Tuple[Check, ...]:
    """Imports of what is at fault or changed, then the own probe of every rule that is mended.

    findings: those that the changes mend.
    """
    changes, findings = list(changes), list(findings)
    present = _present_after(changes, chart)
    table = _modules_by_distribution(book)
    alone: dict[str, tuple[str, ...]] = {}  # distribution -> its modules
    along: list[str] = []
    for change in changes:
        name = canonical(change.name)
        if not change.after or not is_imported(name):
            continue
        if name in FRAMEWORKS or change.rules:
            alone[name] = table.get(name, ())
        else:
            along.append(name)
    for finding in findings:
        # what a finding speaks of: {tensorflow.version} is a fact of every distribution that brings tensorflow
        spoken = {canonical(name) for name in finding.packages}
        spoken |= {evidence.fact.partition(".")[0] for evidence in finding.evidence}
        for name, modules in FRAMEWORKS.items():
            if name in present and (name in spoken or modules[0] in spoken):
                alone.setdefault(name, modules)
    checks = []
    done: set[tuple[str, ...]] = set()
    for name in sorted(alone, key=lambda name: name not in FRAMEWORKS):
        modules = alone[name]
        if not modules or modules not in done:
            done.add(modules)
            checks.append(_import_check([name], modules))
    if along:
        checks.append(_import_check(sorted(along), ()))
    return tuple(checks) + _probes(findings, book)


def is_imported(name: str) -> bool:
    """May this distribution's modules be loaded without a display, a GPU or a consequence?"""
    return name not in NOT_IMPORTED and not name.startswith(_NOT_IMPORTED_FAMILIES)


def _present_after(changes: Sequence[Change], chart: Chart) -> set[str]:
    present = {name for name in FRAMEWORKS if chart.value(name)}
    present |= {canonical(change.name) for change in changes if change.after}
    return present - {canonical(change.name) for change in changes if not change.after}


def _modules_by_distribution(book: Rulebook) -> dict[str, tuple[str, ...]]:
    """From the table of import names; of several modules the first, which is the one that programs import."""
    found: dict[str, tuple[str, ...]] = {}
    for row in book.tables.get("import-names", ()):
        if row.get("warn") or "." in str(row.get("module", "")):
            continue
        for name in (row.get("distribution"), *str(row.get("also", "")).split()):
            if name:
                found.setdefault(canonical(str(name)), (str(row["module"]),))
    return {**found, **_MODULES, **FRAMEWORKS}


def _import_check(names: Sequence[str], modules: Sequence[str]) -> Check:
    code = _IMPORT.format(modules=list(modules)) if modules else _IMPORT_ALL.format(names=sorted(names))
    shown = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
    return Check(words.both("rehearsal.check-import", names=shown), code)


def _probes(findings: Iterable[Finding], book: Rulebook) -> tuple[Check, ...]:
    probes: dict[str, Check] = {}
    for finding in findings:
        for rule_id in (finding.rule, *(one.rule for one in finding.consequences)):
            for rule in book.get(rule_id):
                if rule.verify is not None:
                    probes.setdefault(rule.verify.code, Check(rule.verify.title, rule.verify.code, rule_id))
    return tuple(probes.values())


# ---------------------------------------------------------------- trying one


def run_check(python: str, check: Check, ask: Any, environ: Mapping[str, str] | None = None) -> Tried:
    """Try a check in a child of this interpreter.

    environ: the variables of the user's shell (default: those of `ask`).
    """
    folder = tempfile.mkdtemp(prefix="envdoctor-check-")
    try:
        variables = check_environ(ask.environ if environ is None else environ, folder, ask.os)
        answer = ask.run(
            [python, "-B", "-c", _PRELUDE + check.code], seconds=CHECK_SECONDS, limit=5000000, environ=variables
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    log = answer.out + answer.err
    if not answer.trouble and answer.status == 0:
        return Tried(check, None, log)
    if answer.trouble == TIMEOUT:
        cause = words.both("rehearsal.check-timeout", seconds=int(CHECK_SECONDS))
    elif answer.status is not None and (answer.status < 0 or answer.status > 255):
        number = -answer.status if answer.status < 0 else f"0x{answer.status:08X}"
        cause = words.both("rehearsal.check-crashed", number=number)
    else:
        line = last_words(answer.err) or last_words(answer.out) or answer.trouble or f"exit status {answer.status}"
        cause = {lang: line for lang in words.LANGUAGES}
    return Tried(check, cause, log)


def check_environ(environ: Mapping[str, str], folder: str, system: str) -> dict[str, str]:
    """The user's variables, without what would reach a GPU, a display, a network or the user's own settings."""
    variables = dict(environ)
    for name in ("__PYVENV_LAUNCHER__", "PYTHONSTARTUP", "PYTHONINSPECT", "COVERAGE_PROCESS_START"):
        variables.pop(name, None)
    variables.update(
        ENVDOCTOR_CHECK=folder,
        CUDA_VISIBLE_DEVICES="",
        JAX_PLATFORMS="cpu",
        TF_CPP_MIN_LOG_LEVEL="3",
        MPLBACKEND="Agg",
        MPLCONFIGDIR=folder,
        QT_QPA_PLATFORM="offscreen",
        SDL_VIDEODRIVER="dummy",
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONIOENCODING="utf-8",
        XDG_CACHE_HOME=folder,
        NUMBA_CACHE_DIR=folder,
    )
    name = "USERPROFILE" if system == "windows" else "HOME"
    home = variables.get(name, "")
    if home and system in ("linux", "windows"):  # elsewhere the user's own site-packages cannot be named beforehand
        if system == "linux":
            variables.setdefault("PYTHONUSERBASE", os.path.join(home, ".local"))
        variables[name] = folder
        settings = os.path.join(home, ".keras", "keras.json")
        if "KERAS_HOME" not in variables and os.path.isfile(settings):  # which backend the user has chosen
            os.mkdir(os.path.join(folder, ".keras"))
            shutil.copy(settings, os.path.join(folder, ".keras"))
    return variables


def last_words(text: str) -> str:
    """The line that names the error, else the last one.

    >>> last_words("Traceback:\\n  File x\\nImportError: no _ctypes\\n\\nnote: see y\\n")
    'ImportError: no _ctypes'
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if _names_an_error(line)]
    return (named or [line.strip() for line in lines] or [""])[-1][:400]


def _names_an_error(line: str) -> bool:
    kind = line.partition(":")[0]
    return kind[:1].isalpha() and " " not in kind and kind.endswith(("Error", "Exception", "Exit", "Interrupt"))
