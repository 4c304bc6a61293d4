"""What do people's own sentences say: "RTX 3080, driver 460.32, torch 1.7.1 cu110"?

A number counts only beside the word that it belongs to, and only in a clause that speaks of what is there, not of what
is wanted, tried, compared or advised.  "CUDA 11.2" alone may be the driver's, the toolkit's or the build's: no fact.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import values
from .issue_form import KNOWN
from .observation import WRITTEN, Observation, told
from .packages import distribution, installed
from .page import Page

SOURCE = "words"
#: Longer lines are text of a page or a log, not somebody's words about a machine (our choice).
_LONGEST = 400
_NAMES = (
    "pytorch|torchvision|torchaudio|torch|tensorflow[-_ ]?gpu|tensorflow-(?:macos|intel|cpu|directml)|"
    "tensorflow|tf[-_ ]?gpu|tf|keras|numpy|h5py|protobuf|jaxlib|jax|xformers|flash[-_]attn|transformers|"
    "onnxruntime-gpu|onnxruntime|opencv-python|scipy|pandas|mmcv-full|mmcv|mmdet|mmengine|detectron2|"
    "ultralytics|pillow|matplotlib|scikit-learn|bitsandbytes|triton|diffusers|accelerate"
)
_PACKAGE = re.compile(
    r"(?<![\w./-])(" + _NAMES + r")\s*(?:version|版本(?:号)?|is|为|是|用的是)?\s*[:=]{0,2}\s*(?:version\s*)?[vV]?"
    r"(\d+(?:\.\d+)+(?:\.?(?:rc|a|b|dev|post)\d*)?(?:\+[a-z0-9.]{2,30})?)(?![\w.%]*\w)"
    r"(?:\s*[+(,]?\s*(cu\d{2,3}|cpu)\b)?",
    re.I | re.A,
)
_PYTHON = re.compile(
    r"(?<![\w./-])(?:python|py)\s*(?:version|版本|is|为|"
    r"是)?\s*[:=]?\s*[vV]?([23]\.\d{1,2}(?:\.\d{1,2})?)(?![\w.]*\w)",
    re.I | re.A,
)
_DRIVER = re.compile(
    r"(?:(?:nvidia|gpu|graphics|显卡)?\s*(?<![a-z])driver(?:s)?|驱动)(?:\s*(?:version|版本(?:号)?))?\s*(?:is|"
    r"为|是|:|=)?\s*[vV]?(\d{3}(?:\.\d{2,3}(?:\.\d{2})?)?)(?![\w.]*\w)",
    re.I | re.A,
)
_DRIVERS_CUDA = re.compile(
    r"(?:nvidia[- ]smi|driver)\W{0,3}(?:\s?(?:shows?|says?|reports?|displays?|supports?|显示|"
    r"支持))(?:\s(?:up to))?\s*(?:the )?cuda(?:\s*version)?\s*[:=]?\s*(\d{1,2}\.\d)(?![\w.]*\w)",
    re.I | re.A,
)
_TOOLKIT = re.compile(
    r"cuda[ -]tool ?kit\s*(?:version|版本)?\s*(?:is|为|是|:|=)?\s*[vV]?(\d{1,2}\.\d(?:\.\d{1,3})?)(?![\w.]*\w)",
    re.I | re.A,
)
_CUDNN = re.compile(
    r"(?<![\w/&-])(?<!/ )(?<!and )cudnn\s*(?:version|版本)?\s*(?:is|为|是|:|=)?\s*[vV]?"  # not "CUDA/cuDNN: 11.2"
    r"(\d{1,2}(?:\.\d{1,3}){1,3})(?![\w.]*\w)",
    re.I | re.A,
)
_SYSTEM = re.compile(
    r"(?<![\w-])(?:ubuntu|debian|centos|fedora|arch linux|rhel|rocky|windows\s*(?:10|11|7|8|server)|"
    r"win\s?(?:10|11|7)|macos|wsl\s?[12]?|"
    r"linux mint|manjaro|opensuse|linux|windows|mac os)(?![a-z])(?:\s*\d{1,2}(?:\.\d{1,2}){0,2})?",
    re.I | re.A,
)
#: "Ubuntu 20.04 on WSL", "Ubuntu app WSL": somebody's Linux is the one inside Windows.
_INSIDE_WINDOWS = re.compile(
    r"\b(?:ubuntu|debian|kali)\s?(?:\d\d\.\d\d)?,?\s?(?:app|lts)?\s?(?:on|in|under|with|via)?\s?\(?wsl\s?([12])?(?![\w])",
    re.I,
)
_CONTAINER = re.compile(
    r"\b(?:inside|within|in|using|via|with|from) (?:a |the |my )?(?:docker|podman)(?: container| image)?\b|"
    r"^container image\b|docker ?容器",
    re.I | re.A,
)
_CUT = re.compile(
    r"[;!?\n]|\.\s|\.$|,\s(?=but|and then|so |which|while|然后|但)|\s(?:but|whereas|although|然而)\s|但是|但"
)
#: What a clause with one of these says is wanted, compared, tried or advised.
_NOT_HERE = re.compile(
    r"\b(?:requires?d?|requirements?|needs?|needed|should|must|try|tried|trying|upgrad\w*|downgrad\w*|instead|"
    r"recommend\w*|support\w*|"
    r"compatib\w*|works? (?:with|on|in|fine)|worked|working (?:with|on|in)|tested|unless|if you|you can|could|"
    r"would|want\w*|please|latest|"
    r"newer|older|later|earlier|before|previous\w*|until|since|prior|above|below|at least|minimum|maximum|"
    r"up to|between|versus|vs|"
    r"change[ds]? (?:to|from)|switch\w*|install(?!ed)\w*|reinstall\w*|uninstall\w*|buil[td] (?:for|against|"
    r"with|pytorch)|compiled|colleague|friend|"
    r"other (?:machine|computer|pc|server)|another (?:machine|computer|pc|server)|also (?:happens|tried)|"
    r"same (?:error|problem|issue)|paper|"
    r"according|documentation|docs|readme|releas\w*|download\w*|example|e\.g|such as|deprecated|"
    r"chang(?:es|ed)|api|breaking|migrat\w*|as of|starting with|removed|introduced|added|fixed|plan\w*|expect\w*|"
    r"does not|doesn't|do not|don't|not)\b|[<>≥≤~^]|==\s*\d[^\s]*\*|需要|要求|应该|建议|推荐|尝试|试过|换成|"
    r"升级|降级|改成|支持|兼容|安装不|如果|以上|以下|最新|不支持|测试过",
    re.I | re.A,
)
_QUESTION = re.compile(r"(?:(?!\.\s|,\s)[^;!?]){0,200}\?")
_NOT_PROSE = re.compile(
    r"^(?:\$|%|#\s|>>>|\(\w+\)\s*[$#]|In \[\d|Out\[\d|pip3? |conda (?:install|create|activate|list|env|info)|"
    r"python3? +(?:-|\S+\.py)|import |from \w+ import|File \"|Traceback|sudo |apt|docker |wget |curl |git |"
    r"ERROR|WARNING|INFO|Collecting|Downloading|Using cached|Requirement|Successfully|Building|Installing|"
    r"Found existing|\[pip|\[conda|\w*Error\b|"
    r"\d{4}-\d\d-\d\d|[IWEF]\d{4} |Epoch|epoch|https?:|name:|dependencies:|FROM |RUN )|"
    r"\b(?:pip3?|conda|mamba|uv|poetry) (?:install|add|create|uninstall)\b|site-packages|\.whl\b|Error: |"
    r"Warning: |\bat line\b|://"
)


#: A line that is nothing but the name of a system.
_BARE_SYSTEM = re.compile(
    r"^(?:microsoft )?(?:windows|linux|macos|ubuntu|debian|centos|fedora|wsl|linux \(WSL[12]?\)).{0,40}$", re.I | re.A
)


def read(page: Page) -> Iterator[Observation]:
    for line in page.lines:
        text = line.text
        if (
            not text
            or len(text) > _LONGEST
            or line.number in page.wanted
            or _NOT_PROSE.search(text)
            or "|" in text
            or text[0] in "[{<"
        ):
            continue
        if len(text) < 40 and _BARE_SYSTEM.match(text) and not _NOT_HERE.search(text):
            yield from told(values.system(text), WRITTEN, line.number, SOURCE, text)
        for clause in _CUT.split(_QUESTION.sub(" ", text) if "?" in text else text):
            if clause and any(character.isdigit() for character in clause) or "WSL" in (clause or ""):
                yield from _clause(clause, line.number)
        found = _CONTAINER.search(text)
        if found:
            yield Observation("os.container", "docker", WRITTEN, line.number, SOURCE, found.group(0).strip())


def _clause(clause: str, number: int) -> Iterator[Observation]:
    drivers = _DRIVERS_CUDA.search(clause)
    if drivers:
        yield Observation("driver.cuda", drivers.group(1), WRITTEN, number, SOURCE, drivers.group(0)[:60])
    if _NOT_HERE.search(clause):
        return
    facts: list[tuple[str, Any]] = []
    for name, version, tag in _PACKAGE.findall(clause):
        facts += _package(name, version, tag)
    python = _PYTHON.search(clause)
    if python:
        facts.append(("python", python.group(1)))
    driver = _DRIVER.search(clause)
    if driver:
        facts.append(("driver", driver.group(1)))
    kit = _TOOLKIT.search(clause)
    if kit:
        facts += values.toolkit(kit.group(1))
    dnn = _CUDNN.search(clause)
    if dnn:
        facts += values.cudnn(dnn.group(1))
    cards = [fact for fact in values.card_facts(clause) if fact[1] is not None and fact[0] != "gpu.vendors"]
    system = _SYSTEM.search(clause) if facts or cards or len(clause) < 60 else None
    if system:
        facts += [fact for fact in values.system(system.group(0)) if fact[0] not in ("cpu.arch",)]
        kernel = re.search(r"microsoft-standard|WSL ?2", clause)
        if kernel and not any(name == "os.wsl" for name, _ in facts):
            facts += [("os", "linux"), ("os.wsl", "2")]
    inside = _INSIDE_WINDOWS.search(clause)
    if inside and not any(name == "os.wsl" for name, _ in facts):
        facts += [("os", "linux"), ("os.wsl", inside.group(1) or "2")]
    yield from told([*facts, *cards], WRITTEN, number, SOURCE, " ".join(clause.split())[:60])


def _package(name: str, version: str, tag: str) -> list[tuple[str, Any]]:
    short = distribution(name.replace(" ", "-").replace("_", "-"))
    if short not in KNOWN:
        return []
    if tag and short in ("torch", "torchvision", "torchaudio") and "+" not in version:
        version += "+" + tag.lower()
    return installed(short, version)
