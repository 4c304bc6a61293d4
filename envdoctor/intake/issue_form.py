"""What do the fields of an issue form say, in English and Chinese, as bullets, headings or a table?"""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import values
from .observation import FILLED_IN, LISTED, Observation, Pairs, told
from .packages import distribution, installed
from .page import Field, Page

SOURCE = "form"
_SYSTEM = re.compile(
    r"^(?:os|os platform and distribution|operating system|operation system|system|platform|os platform|os version|"
    r"linux distribution|distribution|distro|environment os|操作系统|操作系统版本|系统|系统版本|系统环境|"
    r"运行系统|平台|system version|os/platform|"
    r"windows version|os name|host os)$"
)
_PYTHON = re.compile(r"^(?:python|python version|python3|python ?版本|py version|python 版本号|python环境)$")
_CARDS = re.compile(
    r"^(?:gpu|gpus|gpu model|gpu models?|gpu model and memory|gpu models? and (?:memory|configuration)|"
    r"gpu type|gpu name|"
    r"graphics card|video card|graphics|device|gpu info|gpu 型号|gpu型号|显卡|显卡型号|显卡信息|gpu device|"
    r"gpu device name|gpu card|"
    r"hardware|accelerator|gpu/cpu|gpu 0|gpu hardware)$"
)
_DRIVER = re.compile(
    r"^(?:nvidia )?(?:gpu |graphics |cuda )?driver(?: version)?$|^nvidia driver(?: version)?$|^驱动$|"
    r"^驱动版本$|^显卡驱动(?:版本)?$|"
    r"^nvidia ?驱动(?:版本)?$|^driver ?版本$|^gpu ?驱动(?:版本)?$|^nvidia$"
)
_TOOLKIT = re.compile(
    r"^(?:cuda|nvidia cuda)[ -]?toolkit(?: version)?$|^nvcc(?: version| --version)?$|^cuda runtime version$|"
    r"^cuda compiler$|"
    r"^system cuda(?: version)?$|^cuda toolkit ?版本$|^installed cuda$|^local cuda$|^cuda sdk$"
)
_CUDNN = re.compile(r"^cudnn(?: version)?$|^cudnn ?版本(?:号)?$|^system cudnn$")
_BOTH = re.compile(r"^cuda ?/ ?cudnn(?: version)?$|^cuda (?:and|&) cudnn(?: version)?s?$|^cuda ?/ ?cudnn ?版本$")
_DRIVERS_CUDA = re.compile(r"cuda.*(?:nvidia[- ]smi|driver|驱动)|(?:nvidia[- ]smi|driver|驱动).*cuda")
_TORCHS_CUDA = re.compile(
    r"^cuda used to build pytorch$|^torch\.version\.cuda$|^pytorch cuda(?: version)?$|"
    r"^torch cuda(?: version)?$|^pytorch built with cuda$"
)
_MEMORY = re.compile(r"^(?:gpu memory|gpu memory size|vram|video memory|显存|显存大小|gpu ram|gpu 显存|gpu显存)$")
_PACKAGE = re.compile(r"^([a-z0-9][a-z0-9._/ -]{1,40}?)(?: ?version| ?版本(?:号)?| ?lib version)?$")
#: Names that a form may give a version for; any other label ("batch size", "version") is none of a package.
KNOWN = frozenset(
    "torch torchvision torchaudio torchtext tensorflow tensorflow-gpu tensorflow-cpu tensorflow-intel "
    "tensorflow-macos tensorflow-directml keras tf-keras jax jaxlib numpy scipy pandas h5py protobuf pillow "
    "opencv-python opencv-python-headless opencv-contrib-python onnx onnxruntime onnxruntime-gpu "
    "onnxruntime-directml matplotlib scikit-learn scikit-image xformers flash-attn triton bitsandbytes "
    "transformers tokenizers diffusers accelerate datasets peft timm mmcv mmcv-full mmdet mmengine mmsegmentation "
    "detectron2 ultralytics lightning pytorch-lightning huggingface-hub safetensors sentence-transformers vllm "
    "deepspeed apex fairseq tensorboard tensorboardx tensorrt albumentations imgaug networkx numba librosa gradio "
    "spacy mxnet paddlepaddle paddlepaddle-gpu cupy tensorflow-addons tensorflow-hub tensorflow-probability "
    "tensorflow-datasets torch-geometric dgl gensim nltk pyyaml tqdm typing-extensions markdown setuptools pip "
    "wheel cython pydantic fsspec sentencepiece sympy urllib3 requests scikit-video moviepy segmentation-models "
    "segmentation-models-pytorch efficientnet torchmetrics faiss faiss-gpu nvidia-cudnn-cu11 nvidia-cudnn-cu12 "
    "nvidia-cublas-cu11 nvidia-cublas-cu12 mediapipe dlib tables gast astunparse gym gymnasium stable-baselines3 "
    "monai kornia einops wandb optuna ray xgboost lightgbm statsmodels seaborn easyocr paddleocr insightface "
    "basicsr gfpgan realesrgan clip open-clip-torch pycocotools cython-bbox lap filterpy".split()
)


def read(page: Page) -> Iterator[Observation]:
    memory: list[tuple[Field, int]] = []
    carded = False
    for field in page.fields:
        value, number = field.value, field.line.number
        if not value or len(value) > 200 or number in page.wanted or values.says_nothing(value):
            continue
        pairs = list(_facts(field))
        carded = carded or any(name == "gpu" and value is not None for name, value in pairs)
        strength = LISTED if _TORCHS_CUDA.match(field.key) else FILLED_IN
        yield from told(pairs, strength, number, SOURCE, field.label)
        if _MEMORY.match(field.key):
            memory.append((field, values.mib(value)))
        if field.key in (
            "installed with",
            "installation method",
            "install method",
            "installed using",
            "installed from",
        ):
            yield from _how(field)
    for field, size in memory if carded and len(memory) == 1 else ():
        if size:
            yield Observation("gpu.memory", [size], FILLED_IN, field.line.number, SOURCE, field.label)


def _facts(field: Field) -> Pairs:
    key, value = field.key, field.value
    if _SYSTEM.match(key):
        return values.system(value)
    if _PYTHON.match(key):
        return values.python(value if len(value) < 60 or "(" in value else "")
    if _CARDS.match(key):
        return _cards(key, value)
    if _DRIVER.match(key):
        found = re.search(r"(?<![\w.])(\d{3}(?:\.\d{1,3}){0,2})(?![\w.]*\w)", value)
        return [("driver", found.group(1))] if found else []
    if _TORCHS_CUDA.match(key):
        return values.torch_build(value)
    if _BOTH.match(key):
        return values.cuda_and_cudnn(value)
    if "cuda" in key and _DRIVERS_CUDA.search(field.label.lower()):
        found = re.search(r"(?<![\w.])(\d{1,2}\.\d)(?![\w.]*\d)", value)
        return [("driver.cuda", found.group(1))] if found else []
    if _TOOLKIT.match(key):
        return values.toolkit(value)
    if _CUDNN.match(key):
        return values.cudnn(value)
    if key in ("cpu", "cpu model", "processor", "处理器"):
        return values.processor(value)
    if key in ("avx", "cpu avx", "avx support"):
        return [("cpu.avx", "no" if re.match(r"(?i)no|false|否|不", value) else "yes")]
    if key in ("compute capability", "cuda compute capability", "算力"):
        stated = re.findall(r"(?<![\w.])(\d{1,2}\.\d)(?![\w.])", value)
        return [("gpu.capability", stated)] if stated else []
    return _package(key, value)


def _cards(key: str, value: str) -> list[tuple[str, Any]]:
    facts = values.card_facts(value, loose=True)
    if key in ("device", "hardware", "platform", "gpu/cpu"):  # "cuda:0", "a laptop": no card is not "none there"
        return [fact for fact in facts if fact[0] != "gpu" or fact[1] is not None]
    return facts


def _package(key: str, value: str) -> Pairs:
    """`TensorFlow version: 2.1.0`, `- torch: 1.4.0`, `- pytorch: 1.4.0 py3.7_cpu_0`."""
    found = _PACKAGE.match(key)
    if not found:
        return []
    name = distribution(found.group(1).replace(" ", "-"))
    if name not in KNOWN or re.search(r"[<>]=?|~=", value):
        return []
    parts = value.split()
    raw = parts[0].strip("v,;") if parts else ""
    build = parts[1] if len(parts) > 1 and re.match(r"^py\d|^cuda|^cpu|^gpu_|^mkl_", parts[1]) else ""
    if re.match(r"^\d+(?:\.\d+)+-py", raw):
        return installed(found.group(1).replace(" ", "-"), raw)
    version = values.version(value)
    if not version or (version != raw and not _is_plain(value, version)):
        return []
    tag = (
        re.search(r"^\s*v?[\d.]+\s*\(?\+?\s*(cu\d{2,3}|cpu)\b", value)
        if name == "torch" and "+" not in version
        else None
    )
    if tag:
        version += "+" + tag.group(1)
    if build:
        return installed(found.group(1).replace(" ", "-"), version, build)
    gpu = "-gpu" if name == "tensorflow" and re.search(r"(?i)(?:tensorflow|tf)[- ]gpu", value) else ""
    return installed(name + gpu, version)


def _is_plain(value: str, version: str) -> bool:
    """May stand around the version: its name, "pip", brackets; not a sentence about several versions."""
    if values.GIT_AND_RELEASE.match(value):
        return True
    rest = value.replace(version, " ", 1)
    return not values.VERSION.search(rest) and len(re.findall(r"[A-Za-z\u4e00-\u9fff]+", rest)) <= 6


def _how(field: Field) -> Iterator[Observation]:
    low = field.value.lower()
    for word, fact in (("conda", "conda"), ("docker", "os.container")):
        if re.search(rf"\b\w*{word}\w*\b", low) and not re.search(rf"(?:no|not|without|non)[ -]\w*{word}", low):
            value = "seen" if fact == "conda" else "docker"
            yield Observation(fact, value, FILLED_IN, field.line.number, SOURCE, field.label)
