#!/usr/bin/env python3
"""Does envdoctor cry wolf on what the registry gave people in the weeks after each release?

What was installed on the day it was new was made and tested to work together, with few, famous exceptions. So every
finding on such a list is either one of the exceptions, named below with its source, or a false alarm of ours.

    python tools/dated_environments.py                 judge the stored lists (offline, seconds)
    python tools/dated_environments.py --resolve       resolve the lists that are missing from the store (needs uv)
    python tools/dated_environments.py --resolve torch-2.4 tf-2.16       resolve these again
    python tools/dated_environments.py --charts DIR    write the charts too, for `envdoctor check --from`

Nothing is installed: `uv pip compile --exclude-newer DAY` reads metadata only, one list at a time, with uv's cache.
Exit status: 1 when there is a finding (error or warning) that no exception explains, or an exception that explains
nothing any more.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
from typing import Any, Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from envdoctor import consult, rulebook  # noqa: E402
from envdoctor.chart import DISTRIBUTIONS, VARIABLES, Chart, absent, canonical, known  # noqa: E402

STORE = os.path.join(ROOT, "tests", "dated_environments.json")

PLATFORMS = {"linux": "x86_64-unknown-linux-gnu", "windows": "x86_64-pc-windows-msvc"}

#: What people install together; our choice, after the first cells of notebooks and the READMEs of repositories.
BUNDLES = {
    "TORCH": "torch torchvision numpy pillow tqdm matplotlib opencv-python",
    "TORCH+": "torch torchvision torchaudio numpy pillow tqdm matplotlib opencv-python tensorboard pandas scikit-learn",
    "TF": "tensorflow keras h5py pillow tqdm matplotlib opencv-python pandas scikit-learn",
    "TF-alone": "tensorflow numpy matplotlib pandas",
    "JAX": "jax jaxlib flax optax numpy matplotlib tqdm",
    "HF": "transformers datasets accelerate torch sentencepiece tokenizers scikit-learn tqdm",
    "LIGHTNING": "pytorch-lightning torch torchvision torchmetrics tensorboard pandas",
    "DATA": "scikit-learn pandas scipy matplotlib seaborn statsmodels scikit-image jupyter",
    "DETECTRON": "torch torchvision fvcore iopath omegaconf hydra-core yacs tabulate cloudpickle termcolor tensorboard",
}

#: name, Python, day (2 to 6 weeks after the release that it is named for), what was asked for.  `name:version` was not
#: asked for but added: the registry has no jaxlib of those years any more.  famous: days of known breakage; win: for
#: Windows.
LISTS = """
torch-1.1        3.6  2019-05-28  TORCH
torch-1.2        3.7  2019-09-12  TORCH
torch-1.3        3.7  2019-12-05  TORCH+
torch-1.4        3.7  2020-02-18  TORCH
torch-1.5        3.7  2020-05-25  TORCH+
torch-1.6        3.8  2020-08-28  TORCH
torch-1.7        3.8  2020-11-25  TORCH+
torch-1.8        3.8  2021-04-15  TORCH
torch-1.9        3.9  2021-07-15  TORCH+
torch-1.10       3.9  2021-11-25  TORCH
torch-1.11       3.9  2022-04-10  TORCH+
torch-1.12       3.10 2022-07-30  TORCH
torch-1.13       3.10 2022-11-28  TORCH+
torch-2.0        3.10 2023-04-18  TORCH+
torch-2.1        3.11 2023-11-05  TORCH
torch-2.2        3.11 2024-02-25  TORCH+
torch-2.3        3.11 2024-05-25  TORCH
torch-2.3.1      3.12 2024-07-05  TORCH+
torch-2.4        3.12 2024-08-25  TORCH
torch-2.5        3.12 2024-11-20  TORCH+
torch-2.6        3.12 2025-02-25  TORCH
torch-2.7        3.12 2025-05-25  TORCH+
torch-2.8        3.13 2025-09-05  TORCH
torch-2.9        3.13 2025-11-10  TORCH+
torch-2.10       3.13 2026-02-18  TORCH
torch-2.11       3.12 2026-04-20  TORCH+
torch-2.12       3.13 2026-06-10  TORCH
torch-2.13       3.14 2026-08-05  TORCH
torch-2.14       3.13 2026-09-25  TORCH+
torch-2.15       3.13 2026-11-18  TORCH

tf-1.13          3.6  2019-03-25  TF
tf-1.14          3.7  2019-07-20  TF
tf-2.0           3.7  2019-11-10  TF
tf-1.15          3.7  2019-11-14  tensorflow==1.15.* keras==2.3.* h5py pillow matplotlib opencv-python
tf-2.1           3.7  2020-02-10  TF
tf-2.2           3.7  2020-06-10  TF
tf-2.3           3.8  2020-09-01  TF
tf-2.4           3.8  2021-01-20  TF
tf-2.5           3.9  2021-06-15  TF
tf-2.6           3.9  2021-09-15  TF-alone
tf-2.7           3.9  2021-12-05  TF
tf-2.8           3.10 2022-03-05  TF
tf-2.9           3.10 2022-06-20  TF
tf-2.10          3.10 2022-10-10  TF
tf-2.11          3.10 2022-12-20  TF
tf-2.12          3.11 2023-04-25  TF
tf-2.13          3.11 2023-08-10  TF
tf-2.14          3.11 2023-10-25  TF
tf-2.15          3.11 2023-12-20  TF
tf-2.16          3.12 2024-04-10  TF
tf-2.17          3.12 2024-08-20  TF
tf-2.18          3.12 2024-11-25  TF
tf-2.19          3.12 2025-04-15  TF
tf-2.20          3.13 2025-09-20  TF
tf-2.21          3.13 2026-04-05  TF

jax-0.2          3.8  2021-04-20  jax numpy scipy matplotlib jaxlib:0.1.65
jax-0.3          3.9  2022-03-20  jax numpy scipy matplotlib jaxlib:0.3.2
jax-0.4          3.10 2023-02-20  jax numpy scipy matplotlib jaxlib:0.4.4
jax-0.4.30       3.12 2024-07-15  JAX
jax-0.6          3.12 2025-05-20  JAX
jax-0.8          3.13 2025-11-10  JAX
jax-2026         3.13 2026-10-25  JAX

keras-3.0-torch  3.11 2024-01-10  keras torch torchvision matplotlib
keras-3.10-jax   3.12 2025-06-10  keras jax jaxlib matplotlib pandas
keras-3-tf-2026  3.12 2026-10-10  keras tensorflow keras-hub matplotlib

hf-4.8           3.8  2021-07-15  HF
hf-4.20          3.9  2022-07-05  HF
hf-4.35          3.10 2023-11-20  HF
hf-4.46          3.11 2024-11-10  HF
hf-4.53          3.12 2025-07-10  HF
hf-5             3.13 2026-08-15  HF peft trl evaluate
diffusers-2023   3.10 2023-06-10  diffusers transformers accelerate torch torchvision xformers gradio
diffusers-2025   3.12 2025-10-10  diffusers transformers accelerate torch torchvision gradio

lightning-1.3    3.8  2021-06-10  LIGHTNING
lightning-2.0    3.10 2023-05-10  LIGHTNING
lightning-2.4    3.11 2024-09-01  lightning torch torchvision torchmetrics tensorboard wandb
yolov5-2021      3.8  2021-10-20  TORCH+ seaborn pyyaml thop
ultralytics-8.0  3.10 2023-03-01  ultralytics
ultralytics-8.2  3.11 2024-05-20  ultralytics
ultralytics-8.3  3.12 2025-08-10  ultralytics onnx onnxruntime
mmlab-2023       3.8  2023-06-20  mmengine mmcv-lite mmdet torch torchvision
detectron-2022   3.8  2022-01-20  DETECTRON
detectron-2024   3.11 2024-03-20  DETECTRON
timm-smp-2022    3.9  2022-10-20  timm segmentation-models-pytorch albumentations torch torchvision
timm-smp-2025    3.12 2025-05-10  timm segmentation-models-pytorch albumentations torch torchvision kornia
fastai-2023      3.10 2023-08-10  fastai
rl-2023          3.10 2023-07-25  stable-baselines3 gymnasium torch tensorboard opencv-python
audio-2024       3.11 2024-06-10  librosa torch torchaudio soundfile numba

data-2019        3.7  2019-07-15  DATA
data-2020        3.8  2020-08-01  DATA
data-2021        3.9  2021-08-01  DATA
data-2022        3.10 2022-08-01  DATA xgboost lightgbm
data-2023        3.11 2023-08-01  DATA numba
data-2024        3.12 2024-09-01  DATA xgboost
data-2025        3.13 2025-08-01  DATA lightgbm
data-2026        3.14 2026-08-01  DATA polars

tf-gpu-2019      3.7  2019-06-20  tensorflow-gpu keras h5py pillow opencv-python
tf-gpu-2021      3.8  2021-03-20  tensorflow-gpu keras h5py pillow opencv-python
tf-addons-2022   3.9  2022-09-25  tensorflow tensorflow-addons tensorflow-datasets tensorflow-hub opencv-python
tf-models-2023   3.10 2023-09-01  tensorflow tensorflow-hub tensorflow-datasets keras-cv keras-tuner gradio
tf-streamlit     3.9  2023-01-15  tensorflow streamlit opencv-python-headless pandas
mediapipe-2025   3.11 2025-03-20  mediapipe opencv-python numpy matplotlib
onnx-2022        3.8  2022-05-10  torch onnx onnxruntime opencv-python-headless tqdm
onnx-2026        3.13 2026-07-20  torch onnx onnxruntime-gpu onnxscript
torchtext-2021   3.8  2021-08-01  torch torchtext spacy pandas
torchtext-2023   3.10 2023-11-20  torch torchtext torchdata portalocker
imgaug-2021      3.8  2021-02-15  imgaug torch torchvision scikit-image
esrgan-2022      3.9  2022-08-10  torch torchvision opencv-python lmdb addict future yapf tb-nightly facexlib
video-2022       3.9  2022-04-20  moviepy imageio-ffmpeg librosa torch
graph-2024       3.11 2024-04-25  torch torch-geometric networkx pandas
spacy-2024       3.11 2024-06-10  spacy gensim nltk pandas
monai-2024       3.11 2024-10-25  monai nibabel torch tensorboard simpleitk
mlflow-2024      3.10 2024-05-15  mlflow optuna xgboost lightgbm catboost torch
bnb-2025         3.12 2025-06-20  bitsandbytes transformers accelerate peft datasets trl
vllm-2025        3.12 2025-09-20  vllm
llm-2024         3.11 2024-02-10  langchain openai sentence-transformers faiss-cpu transformers
easyocr-2024     3.11 2024-11-15  easyocr ultralytics
keras-2020       3.7  2020-01-20  tensorflow==1.15.* keras==2.2.* h5py pillow scikit-image imgaug
rcnn-2019        3.6  2019-08-20  tensorflow==1.14.* keras==2.2.* h5py scikit-image imgaug opencv-python
kaggle-2023      3.10 2023-12-10  TF torch torchvision xgboost lightgbm optuna albumentations
both-2026        3.13 2026-09-20  torch torchvision tensorflow jax keras transformers opencv-python

famous-pillow-7       3.7  2020-01-10  torch==1.3.* torchvision==0.4.* tqdm matplotlib
famous-setuptools-59  3.8  2021-12-10  torch==1.10.0 torchvision tensorboard
famous-keras-2.7      3.8  2021-11-20  tensorflow==2.6.0
famous-protobuf-4     3.9  2022-06-10  tensorflow==2.8.0
famous-numpy-1.24     3.9  2023-01-10  mxnet scikit-image matplotlib
famous-numpy-2        3.11 2024-07-05  torch==2.2.* torchvision opencv-python matplotlib
famous-importlib-5    3.7  2022-10-20  tensorflow==1.15.* protobuf==3.20.* markdown==3.2.*

win-torch-1.8    3.8  2021-04-25  TORCH
win-torch-1.9    3.9  2021-08-05  TORCH+
win-torch-1.11   3.9  2022-04-20  TORCH
win-torch-1.13   3.10 2022-12-01  TORCH+
win-torch-2.1    3.11 2023-11-10  TORCH
win-torch-2.2    3.11 2024-03-05  TORCH+
win-torch-2.5    3.12 2024-11-20  TORCH
win-torch-2.8    3.13 2025-09-05  TORCH+
win-torch-2.15   3.13 2026-11-18  TORCH
win-tf-1.14      3.7  2019-07-20  tensorflow-gpu keras h5py pillow matplotlib opencv-python
win-tf-2.1       3.7  2020-02-10  TF
win-tf-2.3       3.8  2020-09-01  TF
win-tf-2.6       3.9  2021-10-01  TF
win-tf-2.10      3.10 2022-10-15  TF
win-tf-2.15      3.11 2023-12-20  TF
win-tf-2.20      3.12 2025-09-25  TF
win-hf-4.46      3.11 2024-11-10  HF
win-yolo-2025    3.12 2025-08-10  ultralytics onnx onnxruntime
win-data-2021    3.9  2021-08-01  DATA
win-data-2026    3.14 2026-08-01  DATA
famous-win-numpy-2    3.12 2024-08-20  torch==2.3.* torchvision opencv-python
"""

#: Computers of the time, all healthy: since, card, a driver of that season on Linux and on Windows (our choice).
#: The card is always one for which the registry's own builds of the time have kernels.
COMPUTERS = (
    ("2019-01-01", "GeForce RTX 2080 Ti", "418.56", "419.35"),
    ("2020-01-01", "GeForce RTX 2080 Ti", "440.100", "441.66"),
    ("2020-10-01", "GeForce RTX 2080 Ti", "455.38", "456.71"),
    ("2021-04-01", "GeForce RTX 2080 Ti", "460.73.01", "461.92"),
    ("2021-08-01", "GeForce RTX 2080 Ti", "470.57.02", "471.41"),
    ("2022-06-01", "GeForce RTX 2080 Ti", "515.65.01", "516.94"),
    ("2022-11-15", "GeForce RTX 3090", "525.60.11", "527.41"),
    ("2023-07-01", "NVIDIA GeForce RTX 4090", "535.54.03", "536.23"),
    ("2024-03-01", "NVIDIA GeForce RTX 4090", "550.54.14", "551.61"),
    ("2025-02-01", "NVIDIA GeForce RTX 4090", "570.86.16", "571.96"),
    ("2025-09-01", "NVIDIA GeForce RTX 4090", "580.76.05", "580.88"),
)

#: Looked for and not there, as in a fresh venv on a plain Linux.
ABSENT = (
    "conda.prefix conda.name conda.channels conda.packages os.wsl os.container packages.duplicates packages.leftovers "
    "packages.unreadable packages.user_site packages.hollow packages.other_python gpu driver cudnn cuda.toolkit"
).split()

#: Lists (`*` stands for anything), rule, why its finding is true there. Nothing else may be found.
EXCEPTIONS = (
    ("tf-1.1[34]", "tensorflow/cpu-build-beside-nvidia-gpu", "`tensorflow` held no GPU code up to 1.14"),
    ("rcnn-2019", "tensorflow/cpu-build-beside-nvidia-gpu", "TensorFlow 1.14, as above"),
    ("tf-2.0", "tensorflow/cpu-build-beside-nvidia-gpu", "nor in 2.0: the GPU build was tensorflow-gpu"),
    ("famous-importlib-5", "tensorflow/cpu-build-beside-nvidia-gpu", "nor in 1.15.5, unlike 1.15.0"),
    ("jax-*", "jax/cpu-build-beside-nvidia-gpu", "`pip install jax` gives the CPU build, and JAX itself says so"),
    ("keras-3.10-jax", "jax/cpu-build-beside-nvidia-gpu", "as above: jax was asked for without an extra"),
    ("both-2026", "jax/cpu-build-beside-nvidia-gpu", "as above: jax was asked for without an extra"),
    ("win-tf-2.1[1-9]", "tensorflow/no-gpu-on-native-windows", "the last one with a GPU on Windows was 2.10"),
    ("win-tf-2.20", "tensorflow/no-gpu-on-native-windows", "the last one with a GPU on Windows was 2.10"),
    ("win-torch-*", "torch/cpu-build-beside-nvidia-gpu", "on Windows `pip install torch` gives the CPU build"),
    ("win-hf-4.46", "torch/cpu-build-beside-nvidia-gpu", "on Windows `pip install torch` gives the CPU build"),
    ("win-yolo-2025", "torch/cpu-build-beside-nvidia-gpu", "on Windows `pip install torch` gives the CPU build"),
    ("famous-win-numpy-2", "torch/cpu-build-beside-nvidia-gpu", "on Windows `pip install torch` gives the CPU build"),
    ("tf-2.5", "keras/overwrites-keras-nightly", "installed: `import keras` raises AttributeError"),
    ("kaggle-2023", "opencv-python/two-packages-in-one-folder", "albumentations asks for the headless one"),
    ("easyocr-2024", "opencv-python/two-packages-in-one-folder", "easyocr and ultralytics ask for one each"),
    ("mediapipe-2025", "opencv-python/two-packages-in-one-folder", "mediapipe asks for the contrib one"),
    ("famous-pillow-7", "pillow/version-name-gone-for-torchvision", "torchvision issue 1712: Pillow 7 on 2020-01-02"),
    ("famous-keras-2.7", "matrix/keras-for-tensorflow", "TensorFlow 2.6.0 admits keras 2.7 (2021-11-03)"),
    ("famous-protobuf-4", "protobuf/too-new-for-old-tensorflow", "TensorFlow issue 56266: protobuf 4 on 2022-05-25"),
    ("famous-protobuf-4", "protobuf/too-new-for-tensorboard", "the same for its TensorBoard"),
    ("famous-numpy-1.24", "numpy/aliases-gone-for-older-packages", "installed: `import mxnet` raises AttributeError"),
    ("famous-numpy-2", "numpy/2-is-unusable-for-torch", "NumPy 2 on 2024-06-16; torch for it since 2.3"),
    ("famous-importlib-5", "importlib-metadata/5-breaks-old-markdown", "importlib-metadata 5 on 2022-10-01"),
    ("famous-win-numpy-2", "numpy/2-is-unusable-for-torch-on-windows", "PyTorch issue 131668: on Windows since 2.4.1"),
)


def requests() -> Iterator[dict[str, Any]]:
    """The table above as records: name, os, python, day, asked."""
    for line in LISTS.splitlines():
        if line.strip():
            name, python, day, *asked = line.split()
            words = " ".join(BUNDLES.get(word, word) for word in asked).split()
            if tuple(map(int, python.split("."))) < (3, 12):
                words.append("setuptools")  # venv and conda put it there up to Python 3.11
            system = "windows" if "win" in name.split("-") else "linux"
            yield {"name": name, "os": system, "python": python, "day": day, "asked": list(dict.fromkeys(words))}


def resolve(request: dict[str, Any]) -> dict[str, str]:
    """What the registry gave on that day: distribution -> version.  Raises RuntimeError with uv's own words."""
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", request["python"], "--python-platform", PLATFORMS[request["os"]]]
    command += ["--exclude-newer", request["day"]]
    asked = [word for word in request["asked"] if ":" not in word]
    done = subprocess.run(command, input="\n".join(asked), capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    pins = (line.partition(" ")[0] for line in done.stdout.splitlines())
    found = {canonical(name): version for name, equals, version in (pin.partition("==") for pin in pins) if equals}
    return {**found, **dict(word.split(":") for word in request["asked"] if ":" in word)}


def chart(entry: dict[str, Any], computer: bool = False) -> Chart:
    """The environment as it would be seen; with `computer` also a healthy card and driver of the time."""
    facts = {canonical(name): known(version, "resolved") for name, version in entry["installed"].items()}
    seen = {"python": entry["python"], "os": entry["os"], "python.bits": 64, "cpu.arch": "x86_64"}
    seen["python.implementation"] = "cpython"
    if computer:
        _, card, linux, windows = [one for one in COMPUTERS if one[0] <= entry["day"]][-1]
        driver = windows if entry["os"] == "windows" else linux
        seen.update({"gpu": [card], "gpu.count": 1, "gpu.vendors": ["nvidia"], "driver": driver})
    facts.update({name: absent("resolved") for name in ABSENT})
    facts.update({name: known(value, "resolved") for name, value in seen.items()})
    patient = {"kind": "resolved", "name": entry["name"], "day": entry["day"], "asked": " ".join(entry["asked"])}
    return Chart(patient, facts, frozenset([DISTRIBUTIONS, VARIABLES]))


def findings(entry: dict[str, Any], book: rulebook.Rulebook) -> Iterator[tuple[str, str, str]]:
    """(severity, rule, title) of each distinct finding, consequences too, with and without a card."""
    told = set()
    for computer in (False, True):
        report = consult.judge(chart(entry, computer), book, consult.Request())
        todo = list(report.findings)
        while todo:
            one = todo.pop(0)
            todo += one.consequences
            if (one.rule, one.title["en"]) not in told:
                told.add((one.rule, one.title["en"]))
                yield one.severity, one.rule, one.title["en"]


def read() -> dict[str, dict[str, Any]]:
    """The stored lists: name -> {name, os, python, day, asked, installed}."""
    if not os.path.exists(STORE):
        return {}
    with open(STORE, encoding="utf-8") as file:
        return {entry["name"]: entry for entry in json.load(file)}


def write(stored: dict[str, dict[str, Any]]) -> None:
    """One list per line, in the order of the table."""
    order = [request["name"] for request in requests()]
    lines = [json.dumps(stored[name]) for name in order if name in stored]
    with open(STORE, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


def refresh(names: list[str]) -> None:
    """Resolve what is missing, or asked otherwise than it is stored, or named; keep the rest."""
    stored = read()
    for request in requests():
        name = request["name"]
        same = name in stored and all(stored[name].get(key) == value for key, value in request.items())
        if same and name not in names or (names and name not in names):
            continue
        try:
            stored[name] = {**request, "installed": resolve(request)}
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"{name}: not resolved\n{error}", file=sys.stderr)
            continue
        print(f"{name}: {len(stored[name]['installed'])} distributions", flush=True)
        write(stored)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--resolve", nargs="*", metavar="LIST", help="ask the registry, through uv")
    parser.add_argument("--charts", metavar="DIR", help="write the charts there")
    words = parser.parse_args()
    if words.resolve is not None:
        refresh(words.resolve)
    book, stored = rulebook.load(), read()
    used, explained, unexplained, silent = set(), 0, 0, 0
    for name, entry in stored.items():
        loud = [one for one in findings(entry, book) if one[0] != "info"]
        silent += not loud
        for severity, rule, title in loud:
            why = next((one for one in EXCEPTIONS if one[1] == rule and fnmatch.fnmatch(name, one[0])), None)
            used.add(why)
            explained, unexplained = explained + (why is not None), unexplained + (why is None)
            print(f"{name:18} {severity:7} {rule}: {title}\n    " + (why[2] if why else "NOT EXPLAINED"))
        if words.charts:
            os.makedirs(words.charts, exist_ok=True)
            with open(os.path.join(words.charts, name + ".json"), "w", encoding="utf-8") as file:
                json.dump(chart(entry, computer=True).as_json(), file, indent=1)
    stale = [one for one in EXCEPTIONS if one not in used]
    for name, rule, _ in stale:
        print(f"{name:18} no longer found: {rule}")
    count = sum(len(entry["installed"]) for entry in stored.values())
    print(
        f"{len(stored)} lists of {count} distributions: {silent} without error or warning, "
        f"{explained} true findings on the others, {unexplained} not explained"
    )
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
