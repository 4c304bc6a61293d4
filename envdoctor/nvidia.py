"""What do NVML, and nvidia-smi in its place, say of the cards and the driver?

Runs on Python 3.6.  Every call is guarded by itself: one metric that is not supported, or one lost card, must not hide
the others.
"""

import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .ask import MISSING, TIMEOUT
from .chart import KNOWN, UNKNOWN, Fact, known, unknown

#: NVML's return codes (nvml.h, nvmlReturn_t) -> `nvml.error`; texts/reason.py has "nvml-" + each of them.
ERRORS = {
    1: "uninitialized",
    2: "invalid-argument",
    3: "not-supported",
    4: "no-permission",
    6: "not-found",
    7: "insufficient-size",
    8: "insufficient-power",
    9: "driver-not-loaded",
    10: "timeout",
    11: "irq-issue",
    12: "library-not-found",
    13: "function-not-found",
    14: "corrupted-inforom",
    15: "gpu-lost",
    16: "reset-required",
    17: "blocked-by-system",
    18: "version-mismatch",
    20: "out-of-memory",
    999: "unknown-error",
}
_OTHER_ERROR = "other-error"
#: What tells that a card is broken, whichever question it was that failed.
_CARD_FAILURES = ("gpu-lost", "reset-required")
#: NVML was not really asked, so nvidia-smi may know more.
NOT_ASKED = (
    "library-not-found",
    "library-broken",
    "stub-library",
    "no-binding",
    "function-not-found",
    "binding-broken",
)
#: What nvidia-smi prints instead of a table -> `nvml.error`.
_COMPLAINTS = (
    ("version mismatch", "version-mismatch"),
    ("couldn't communicate with the nvidia driver", "driver-not-loaded"),
    ("driver not loaded", "driver-not-loaded"),
    ("insufficient permissions", "no-permission"),
    ("blocked by the operating system", "blocked-by-system"),
    ("couldn't find libnvidia-ml", "library-not-found"),
    ("couldn't find the nvml", "library-not-found"),
    ("gpu is lost", "gpu-lost"),
    ("requires reset", "reset-required"),
    ("requires restart", "reset-required"),
    ("unknown error", "unknown-error"),
)
#: nvidia-smi needs 1 to 5 s on a cold driver and is asked up to three times within a probe's 20 s (our choice).
_SMI_SECONDS = 6.0
_STUB_SAYS = "You should always run with"
#: One card: what was learnt of it.  Every column is a Fact, with a text or a number.
Card = Dict[str, Fact]


class Nvidia(NamedTuple):
    """What NVML, or nvidia-smi in its place, says.  `error` is "" when it answered; `number` includes lost cards."""

    found_by: str
    cards: List[Card]
    number: int
    driver: Fact
    cuda: Fact
    error: str = ""
    detail: str = ""
    origin: str = ""
    mig: Optional[Fact] = None
    model: Optional[Fact] = None


def silent(nvidia: Nvidia) -> Fact:
    """What only NVML could have told."""
    if not nvidia.error:
        return unknown("gpu-not-listed", "", nvidia.origin)
    return unknown("nvml-" + nvidia.error, nvidia.detail, nvidia.origin)


# ---------------------------------------------------------------- NVML


def nvml(ask: Any) -> Nvidia:
    """Everything that NVML says of the driver and the cards; each call is guarded by itself."""
    opened = begin(ask)
    driver = known(opened.driver, opened.path) if opened.driver else None
    if opened.error:
        reason = unknown("nvml-" + opened.error, opened.detail, opened.path or "NVML")
        origin = opened.path or "NVML"
        return Nvidia("NVML", [], 0, driver or reason, reason, opened.error, opened.detail, origin)
    try:
        return _answers(opened.module, driver, ask.os)
    finally:
        call(opened.module, "nvmlShutdown")


class Opened(NamedTuple):
    """NVML, ready to be asked: `module` is an initialized pynvml (end it with nvmlShutdown), or `error` says why not.

    path: the library's file.  driver: the version in its name, "" when there is none.
    """

    module: Any
    error: str = ""
    detail: str = ""
    path: str = ""
    driver: str = ""


def begin(ask: Any) -> Opened:
    """Load and initialize NVML; the toolkit's stub of it is not even initialized."""
    native = ask.nvml()
    from_name = re.search(r"libnvidia-ml\.so\.(\d+\.\d+(?:\.\d+)?)$", native.path)
    driver = from_name.group(1) if from_name else ""
    if native.path and _is_stub(ask, native.path, bool(from_name)):
        return Opened(None, "stub-library", native.path, native.path, driver)
    if native.trouble:
        named = {MISSING: "library-not-found", "no-binding": "no-binding"}
        return Opened(None, named.get(native.trouble, "library-broken"), native.detail, native.path, driver)
    try:
        native.module.nvmlInit()
    except Exception as error:  # NVMLError, and what another package of this name may raise
        return Opened(None, *_why(error), path=native.path, driver=driver)
    return Opened(native.module, path=native.path, driver=driver)


def _is_stub(ask: Any, path: str, versioned: bool) -> bool:
    """The toolkit's stub of the library finds no GPU and prints a long warning: it must not even be initialized."""
    if re.search(r"[\\/]stubs[\\/]", path):
        return True
    return not versioned and ask.os == "linux" and _STUB_SAYS in ask.read(path).text


def _why(error: Exception) -> Tuple[str, str]:
    """(id, words) of what a call of pynvml raised.  NVMLLibraryMismatchError is no NVMLError and has no code."""
    code = getattr(error, "value", None)
    words = "{}: {}".format(type(error).__name__, error)
    if isinstance(code, int):
        return ERRORS.get(code, _OTHER_ERROR), "{} ({})".format(words, code)
    if type(error).__name__ == "NVMLLibraryMismatchError":
        return "function-not-found", words
    return "binding-broken", words


def call(pynvml: Any, name: str, *arguments: Any) -> Tuple[Any, Optional[Fact]]:
    """What a function of pynvml answers: (answer, None) or (None, unknown)."""
    try:
        return getattr(pynvml, name)(*arguments), None
    except Exception as error:
        why, detail = _why(error)
        return None, unknown("nvml-" + why, detail, "NVML")


def _ask_one(pynvml: Any, name: str, read: Callable[[Any], Any], *arguments: Any) -> Fact:
    """One call as a fact; an answer that cannot be read, or says nothing, is no answer."""
    answer, doubt = call(pynvml, name, *arguments)
    if doubt is not None:
        return doubt
    try:
        value = read(answer)
    except Exception as error:
        return unknown("nvml-binding-broken", "{}: {}".format(type(error).__name__, error), "NVML")
    return unknown("nvml-not-supported", name, "NVML") if value in (None, "", 0) else known(value, "NVML")


def text_of(value: Any) -> str:
    """pynvml returned bytes until 2021."""
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()


def _answers(pynvml: Any, named: Optional[Fact], system: str) -> Nvidia:
    driver = _ask_one(pynvml, "nvmlSystemGetDriverVersion", text_of)
    if driver.state != KNOWN and named is not None:
        driver = named
    cuda = _ask_one(pynvml, "nvmlSystemGetCudaDriverVersion_v2", _cuda_version)
    count, doubt = call(pynvml, "nvmlDeviceGetCount")
    if doubt is not None:
        return Nvidia("NVML", [], 0, driver, cuda, doubt.why[len("nvml-") :], doubt.detail, "NVML")
    cards, modes, models = [], [], []
    error = detail = ""
    for index in range(count):
        handle, doubt = call(pynvml, "nvmlDeviceGetHandleByIndex", index)
        if doubt is None:
            card = _card(pynvml, handle)
            broken = [fact for fact in card.values() if fact.why[len("nvml-") :] in _CARD_FAILURES]
            if card["name"].state == KNOWN:
                cards.append(card)
                modes.append(
                    _ask_one(pynvml, "nvmlDeviceGetMigMode", lambda modes: "yes" if modes[0] else "no", handle)
                )
                if system == "windows":
                    models.append(driver_model(pynvml, handle))
            doubt = broken[0] if broken else card["name"] if card["name"].state == UNKNOWN else None
        if doubt is not None and not error:
            error, detail = doubt.why[len("nvml-") :], "GPU {}: {}".format(index, doubt.detail)
    origin = "NVML, " + detail if error else "NVML"
    return Nvidia("NVML", cards, count, driver, cuda, error, detail, origin, _mig(modes), _model(models))


def _card(pynvml: Any, handle: Any) -> Card:
    return {
        "name": _ask_one(pynvml, "nvmlDeviceGetName", text_of, handle),
        "uuid": _ask_one(pynvml, "nvmlDeviceGetUUID", text_of, handle),
        "memory": _ask_one(pynvml, "nvmlDeviceGetMemoryInfo", lambda info: int(info.total) // 2**20, handle),
        "capability": _ask_one(
            pynvml, "nvmlDeviceGetCudaComputeCapability", lambda pair: "%d.%d" % tuple(pair), handle
        ),
        "pci": _ask_one(pynvml, "nvmlDeviceGetPciInfo", lambda info: pci_place(text_of(info.busId)), handle),
    }


def _cuda_version(number: int) -> str:
    """
    >>> _cuda_version(12040), _cuda_version(9010)
    ('12.4', '9.1')
    """
    return "{}.{}".format(number // 1000, number % 1000 // 10) if number else ""


def pci_place(bus_id: str) -> str:
    """NVML pads the domain to eight digits, Linux to four.

    >>> pci_place("00000000:0A:00.0"), pci_place("10000:01:00.0")
    ('0000:0a:00.0', '10000:01:00.0')
    """
    domain, _, rest = bus_id.strip().lower().partition(":")
    return "{}:{}".format(domain.lstrip("0").rjust(4, "0"), rest) if rest else ""


def driver_model(pynvml: Any, handle: Any) -> Fact:
    """pynvml 13 asks for `_v2` only, which older drivers lack."""
    words = {0: "WDDM", 1: "TCC", 2: "MCDM"}
    fact = unknown("nvml-function-not-found")
    for name in ("nvmlDeviceGetDriverModel", "nvmlDeviceGetDriverModel_v1"):
        fact = _ask_one(pynvml, name, lambda models: words.get(models[0]), handle)
        if fact.state == KNOWN:
            break
    return fact


def _mig(modes: List[Fact]) -> Optional[Fact]:
    """A card, or a driver, that does not know the question has no MIG instances."""
    if not modes:
        return None
    answers = ["no" if fact.why in ("nvml-not-supported", "nvml-function-not-found") else fact.value for fact in modes]
    if "yes" in answers:
        return known("yes", "NVML")
    return next((fact for fact, answer in zip(modes, answers) if answer is None), known("no", "NVML"))


def _model(models: List[Fact]) -> Optional[Fact]:
    names = sorted({fact.value for fact in models if fact.state == KNOWN})
    return known("+".join(names), "NVML") if names else models[0] if models else None


# ---------------------------------------------------------------- nvidia-smi


def with_nvidia_smi(ask: Any, nvml: Nvidia) -> Nvidia:
    """The same from nvidia-smi, which is slow: it is started only where it is installed."""
    program = nvidia_smi(ask)
    if not program:
        return nvml
    rows = []  # type: List[List[str]]
    answer, columns = None, []  # type: Any, List[str]
    for extra in (["compute_cap"], []):  # drivers before R510 refuse the whole query when they do not know a column
        columns = ["name", "uuid", "memory.total", "driver_version"] + extra
        query = [program, "--query-gpu=" + ",".join(columns), "--format=csv,noheader,nounits"]
        answer = ask.run(query, seconds=_SMI_SECONDS)
        said = answer.out + answer.err
        if "not a valid field" not in said:
            break
    if answer.trouble == TIMEOUT:
        return nvml._replace(detail=nvml.detail or "nvidia-smi: " + TIMEOUT)
    if answer.status == 0:
        rows = [[cell.strip() for cell in line.split(",")] for line in answer.out.splitlines()]
        rows = [row for row in rows if len(row) == len(columns)]
    if not rows and "no devices" not in said.lower():
        return _complained(nvml, said, program)
    cards = [_row(dict(zip(columns, row)), program, nvml) for row in rows]
    driver = _cell(rows[0][3], str, program, nvml) if rows else nvml.driver
    cuda = nvml.cuda
    banner = ask.run([program], seconds=_SMI_SECONDS).out
    # From driver 610 on: "KMD Version: ...  CUDA UMD Version: ..."
    drives = re.search(r"(?:Driver|KMD) Version:\s*(\d[\d.]*)", banner)
    supports = re.search(r"CUDA (?:UMD )?Version:\s*(\d[\d.]*)", banner)
    if drives and driver.state != KNOWN:
        driver = known(drives.group(1), program)
    if supports:
        cuda = known(supports.group(1), program)
    error = "" if nvml.error in ("no-binding", "binding-broken") else nvml.error
    origin, doubt = nvml.origin if error else program, silent(nvml)
    model = doubt if ask.os == "windows" else None
    return Nvidia("nvidia-smi", cards, len(cards), driver, cuda, error, nvml.detail, origin, doubt, model)


def _complained(nvml: Nvidia, said: str, program: str) -> Nvidia:
    """nvidia-smi met an error; it stands for NVML's own where pynvml is missing."""
    error = next((error for words, error in _COMPLAINTS if words in said.lower()), "")
    named = re.search(r"NVML library version:\s*([\d.]+)", said)
    if error and nvml.error in ("no-binding", "binding-broken"):
        doubt = unknown("nvml-" + error, first_line(said), program)
        driver = nvml.driver if nvml.driver.state == KNOWN else doubt
        nvml = nvml._replace(error=error, detail=first_line(said), origin=program, driver=driver, cuda=doubt)
    if named and nvml.driver.state != KNOWN:
        nvml = nvml._replace(driver=known(named.group(1), program))
    return nvml


def nvidia_smi(ask: Any) -> str:
    """Its own places before PATH, where a file of this name may be anybody's."""
    if ask.os == "windows":
        windows = ask.environ.get("SystemRoot", "C:\\Windows")
        programs = ask.environ.get("ProgramFiles", "C:\\Program Files")
        places = [
            ask.path.join(windows, "System32", "nvidia-smi.exe"),
            ask.path.join(programs, "NVIDIA Corporation", "NVSMI", "nvidia-smi.exe"),
        ]
    else:
        places = ["/usr/bin/nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"]
    return next((place for place in places if ask.is_file(place)), "") or str(ask.which("nvidia-smi"))


def _row(row: Dict[str, str], program: str, nvml: Nvidia) -> Card:
    return {
        "name": _cell(row["name"], str, program, nvml),
        "uuid": _cell(row["uuid"], str, program, nvml),
        "memory": _cell(row["memory.total"], lambda text: int(float(text)), program, nvml),
        "capability": _cell(row.get("compute_cap", ""), lambda text: re.sub(r"[^\d.]", "", text), program, nvml),
        "pci": silent(nvml),
    }


def _cell(text: str, read: Callable[[str], Any], program: str, nvml: Nvidia) -> Fact:
    """A cell of nvidia-smi's table; "[N/A]", "[Not Supported]" and "[Unknown Error]" are no answers."""
    if not text or text.startswith("[") or text.upper() == "N/A":
        return unknown("nvml-not-supported", text, program) if text else silent(nvml)
    try:
        return known(read(text), program)
    except ValueError:
        return unknown("nvml-not-supported", text, program)


def first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]
