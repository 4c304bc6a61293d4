"""What did somebody's own Python, or a shell, answer: `torch.__version__`, `python --version`, `uname -a`?"""

from __future__ import annotations

import re
from typing import Iterator

from . import values
from .observation import IMPORTED, LISTED, LOGGED, Observation, told
from .packages import distribution, installed
from .page import Page

SOURCE = "Python"
_ASKED = re.compile(r"(?<![\w.])([A-Za-z_]\w{0,30})\.(?:__version__|VERSION|version\.VERSION)\)?$")
_ANSWERED = re.compile(
    r"(?<![\w.])([A-Za-z_]\w{0,30})\.(?:__version__|VERSION)\)?\s*(?:==|=|:|->|=>|is)\s*[\"']?(\d[\w.+]*)[\"']?"
)
_ASKED_CUDA = re.compile(r"(?<![\w.])torch\.version\.cuda\)?$")
_ANSWERED_CUDA = re.compile(
    r"(?<![\w.])torch\.version\.cuda\)?\s*(?:==|=|:|->|=>|is)\s*[\"']?(\d+\.\d[\d.]*|None|Could not collect)[\"']?$"
)
_VALUE = re.compile(r"^[\"']?v?(\d+\.\d[\w.+]*|None)[\"']?$")
_STARTED = re.compile(r"^Python (?!.*you have)([23]\.\d{1,2}\.\d{1,2})(?:\+|rc\d)?(?:\s*(?:\(|\||:: )(.*))?$")
_UNAME = re.compile(r"^Linux \S+ (\d+\.\d+\.\S+) .*\b(x86_64|aarch64)\b")
_NAME_OF_CARD = re.compile(r"get_device_name\([^()]{0,20}\)\)?\s*(?:(?:==|=|:|->|=>)\s*)?[\"']?([^\"']{3,60})?[\"']?$")
_CAPABILITY = re.compile(r"get_device_capability\([^()]{0,20}\)\)?\s*(?:(?:=|:|->)\s*)?\(?(\d{1,2}), ?(\d)\)?$")
_SYS_VERSION = re.compile(r"sys\.version\)?\s*(?:=|:|->)\s*[\"']?([23]\.\d{1,2}\.\d{1,2})")
_AVAILABLE = re.compile(r"torch\.cuda\.is_available\(\)\)?\s*(?:==|=|:|->|=>|is)?\s*(True|Yes)\b", re.I)
_RELEASE = re.compile(r'^(?:PRETTY_NAME|Description)\s*[=:]\s*"?([^"]{3,60})"?$')
#: As people import it -> what they have installed; "" for modules whose version is none of a distribution.
_NAMES = {
    "tf": "tensorflow",
    "np": "numpy",
    "pd": "pandas",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "ort": "onnxruntime",
    **dict.fromkeys(("google", "sys", "platform"), ""),
}


def read(page: Page) -> Iterator[Observation]:
    lines = page.lines
    for place, line in enumerate(lines):
        text, number = line.text, line.number
        if not text:
            continue
        following = _answer(page, place)
        if "ersion" in text or "VERSION" in text:
            yield from _version(text, following, number)
        if text.startswith("Python "):
            found = _STARTED.match(text)
            if found:
                yield from told(
                    values.python(f"{found.group(1)} ({found.group(2) or ''}"), LISTED, number, SOURCE, "Python"
                )
        elif text.startswith("Linux "):
            found = _UNAME.match(text)
            if found:
                system = values.system(f"Linux-{found.group(1)}-{found.group(2)}")
                yield from told(system, LISTED, number, "uname", "uname -a")
        elif text.lstrip("# ").startswith("Microsoft Windows ["):
            yield Observation("os", "windows", LISTED, number, "ver", "Microsoft Windows")
            release = re.search(r"10\.0\.\d{5}(?:\.\d{1,5})?", text[:80])
            if release:
                yield Observation("os.version", release.group(0), LISTED, number, "ver", "Microsoft Windows")
        elif "is_available" in text or text.startswith("Is CUDA available"):
            works = _AVAILABLE.search(text) or re.match(r"^Is CUDA available\s*:\s*(?:True|Yes)$", text)
            if works or (
                text.endswith(("is_available()", "is_available())")) and following == "True" and "torch.cuda" in text
            ):
                # It asks the driver: a driver that is too old, or none, or a CPU build would have said no.
                yield Observation("torch.driver_ok", "yes", IMPORTED, number, SOURCE, "is_available")
        elif "get_device" in text:
            yield from _card(text, following, number)
        release = _RELEASE.match(text)
        if release:
            yield from told(values.system(release.group(1)), LISTED, number, "lsb_release", "Description")


def _answer(page: Page, place: int) -> str:
    """The line below, when it can be an answer."""
    return page.lines[place + 1].text if place + 1 < len(page.lines) else ""


def _version(text: str, following: str, number: int) -> Iterator[Observation]:
    found = _ANSWERED_CUDA.search(text)
    if found:
        yield from told(values.torch_build(found.group(1)), IMPORTED, number, SOURCE, "torch.version.cuda")
        return
    if _ASKED_CUDA.search(text) and _VALUE.match(following):
        yield from told(values.torch_build(following.strip("\"'")), IMPORTED, number + 1, SOURCE, "torch.version.cuda")
        return
    for name, version in _ANSWERED.findall(text):
        yield from _told(name, version, number)
    own = _SYS_VERSION.search(text)
    if own:
        yield from told(values.python(own.group(1)), LISTED, number, SOURCE, "sys.version")
    asked = _ASKED.search(text)
    answer = _VALUE.match(following) if asked else None
    if asked and answer:
        yield from _told(asked.group(1), answer.group(1), number + 1)


def _told(module: str, version: str, number: int) -> Iterator[Observation]:
    name = distribution(_NAMES.get(module, module.replace("_", "-")))
    if name:
        yield from told(installed(name, version), IMPORTED, number, SOURCE, f"{module}.__version__")


def _card(text: str, following: str, number: int) -> Iterator[Observation]:
    found = _NAME_OF_CARD.search(text)
    if found:
        name = (found.group(1) or following.strip("\"'")).strip()
        cards = values.cards(name, loose=True)
        if len(cards) == 1 and len(name) <= 60:
            yield from told([("gpu", [name])], LOGGED, number, SOURCE, "get_device_name")
    capability = _CAPABILITY.search(text)
    if capability:
        value = [f"{capability.group(1)}.{capability.group(2)}"]
        yield Observation("gpu.capability", value, LOGGED, number, SOURCE, "get_device_capability")
