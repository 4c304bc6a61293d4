"""What does a repository train, and with which batch size?

Pure: what `reach` has read in, facts out.  Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
Only what a training script loads counts: a repository that merely mentions a network does not train it.
"""

import re
from typing import Dict, List, Set, Tuple

from . import networks
from .chart import Fact
from .reach import Places, Reach, note, some

#: How many places are quoted for each entry (our choice).
_PLACES = 3
#: A step of training, whatever the framework; the second kind counts beside a framework only, for others fit, too.
_STEP = re.compile(r"\.backward\(|\.train_on_batch\(|\.fit_generator\(|\.apply_gradients\(")
_FIT = re.compile(r"\.(?:fit|minimize)\(")
_FITTING = frozenset("keras tensorflow tf_keras pytorch_lightning lightning".split())
_TRAINING_NAME = re.compile(r"(?i)^train|[-_](train|training|trainval|finetune)(?![a-z])|^(finetune|fit)(?![a-z])")
_OTHER_NAME = re.compile(
    r"(?i)^(pred|test|eval|val|infer|demo|detect|export|convert|summar|visual|get_map|kmeans|profile|bench|lr_find"
    r"|attack)"
)
#: Folders in which a repository keeps scripts of its own; others may hold somebody else's repository.
_OWN_FOLDERS = frozenset("tools scripts script bin src train training code".split())
_NOT_OWN = frozenset(
    "third_party thirdparty 3rdparty vendor vendored external externals extern submodules deps".split()
)
_WEIGHTS = re.compile(r"\.(?:pth|pt|h5|hdf5|weights|ckpt|cfg|pkl|npz|pb)(?:\.tar)?['\"]")

#: Batch normalisation, and torchvision's backbones that have some, by the module that they come from.
_NORMS = (
    ("torch", "BatchNorm", re.compile(r"BatchNorm[123]d\b")),
    (
        "torchvision",
        "models.",
        re.compile(
            r"models\.(?:segmentation\.(?:deeplabv3|fcn|lraspp)_|(?:wide_)?resne[tx]|densenet|mobilenet_v|mnasnet"
            r"|shufflenet_v|googlenet|inception_v3|efficientnet_b|regnet_|vgg\d+_bn)\w*"
        ),
    ),
    ("keras", "BatchNormalization", re.compile(r"BatchNormalization\b")),
    ("tensorflow", "BatchNormalization", re.compile(r"BatchNormalization\b")),
    ("tensorflow", "batch_normalization", re.compile(r"batch_normalization\b")),
)
_KIND = {"torch": "torch", "torchvision": "torch", "keras": "keras", "tensorflow": "keras"}
_HANDED_ON = re.compile(r"(?:[^=!]=|partial\()[ \t]*[\w.]*$")  # norm_layer=nn.BatchNorm2d
#: Layers that keep their statistics do not mind the size of a batch.
_FROZEN = re.compile(
    r"(?i)(freeze|frozen|fix|fixed|eval|set)_?(bn|batch_?norm)|(bn|norm)_(eval|fix|frozen|freeze)|frozen_?bn"
    r"|BatchNorm.{0,200}?\.eval\(\)|training ?= ?False|trainable ?= ?False",
    re.S,
)


def facts(reach: Reach, folder: str) -> Dict[str, Fact]:
    """What the training scripts of a project tell; `folder` is the name of the project's own folder."""
    scripts = _scripts(reach)
    sizes, norms, of_one = {}, {}, {}  # type: Places, Places, Places
    for script, loaded in scripts.items():
        found = {}  # type: Places
        for path in loaded:
            for kind, line in _norms(reach.tree.texts.get(path, ""), _modules(reach, path)):
                note(found, kind, path + ":" + str(line), _PLACES)
        for kind, places in found.items():
            for where in places:
                note(norms, kind, where, _PLACES)
        for size, line in reach.read[script].batches:
            where = script + ":" + str(line)
            note(sizes, str(size), where, _PLACES)
            if size == 1 and not any(_FROZEN.search(reach.tree.texts.get(path, "")) for path in loaded):
                for kind in found:
                    note(of_one, kind, where, _PLACES)
    return {
        "project.networks": some(_networks(reach, scripts, folder)),
        "project.batch_size": some(sizes),
        "project.batchnorm": some(norms),
        "project.batch_of_one": some(of_one),
    }


# ---------------------------------------------------------------- scripts that train


def _scripts(reach: Reach) -> Dict[str, List[str]]:
    """Script that trains -> all own files that it loads.

    A training script further down counts where the root has no script, or in a folder for scripts: what lies beside
    somebody's own main script may be a copy of another repository, there for its predictions.
    """
    entries = [path for path in reach.entries if path in reach.tree.texts]
    rooted = any("/" not in path for path in entries)
    found = {}  # type: Dict[str, List[str]]
    for path in entries:
        folders = path.lower().split("/")[:-1]
        near = not folders or not rooted or (len(folders) == 1 and folders[0] in _OWN_FOLDERS)
        if near and not _NOT_OWN & set(folders):
            loaded = reach.loaded_by(path)
            if _trains(reach, path, loaded):
                found[path] = loaded
    return found


def _trains(reach: Reach, path: str, loaded: List[str]) -> bool:
    name = path.rpartition("/")[2]
    if _TRAINING_NAME.search(name[: -len(".py")]):
        return any(_steps(reach, one) for one in loaded)
    return not _OTHER_NAME.search(name) and _steps(reach, path)


def _steps(reach: Reach, path: str) -> bool:
    text = reach.tree.texts.get(path, "")
    if _STEP.search(text):
        return True
    return bool(_modules(reach, path) & _FITTING) and _FIT.search(text) is not None


def _modules(reach: Reach, path: str) -> Set[str]:
    """The modules whose names a file may use; "*" where it takes whatever another file has."""
    imports = reach.read[path].imports
    return set("*" if "*" in found.names else found.module.partition(".")[0] for found in imports)


# ---------------------------------------------------------------- networks


def _networks(reach: Reach, scripts: Dict[str, List[str]], folder: str) -> Places:
    """The one network that all training scripts speak of."""
    own, built = [], []  # type: List[networks.Name], List[networks.Name]
    stems = set()  # type: Set[str]
    seen = set()  # type: Set[str]
    for path in dict.fromkeys(path for loaded in scripts.values() for path in loaded):
        parts = path[: -len(".py")].split("/")
        stems.add(parts[-1])
        for depth, part in enumerate(parts):
            above = "/".join(parts[: depth + 1])
            if above not in seen:
                seen.add(above)
                own.append((part, path if depth == len(parts) - 1 else above + "/"))
        own += [(name, path + ":" + str(line)) for name, line in reach.read[path].defined]
        if "torchvision" in _modules(reach, path) and "detection" in reach.tree.texts[path]:
            built += [(network, path) for network in sorted(networks.constructed(reach.tree.texts[path]))]
    if not scripts:
        return {}
    hints = [(name, path + ":" + str(line)) for path in scripts for name, line in _weights(reach.tree.texts[path])]
    if folder.lower() != "ssd":  # as likely the disk
        hints.append((folder, "../" + folder))
    told = networks.agreed(own, hints, built, stems)
    return {network: places[:_PLACES] for network, places in told.items()}


def _weights(text: str) -> List[Tuple[str, int]]:
    """Names of weight files in a script's strings, with their lines."""
    found = []
    for match in _WEIGHTS.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        line = text[start : match.start()]
        if "#" not in line:
            found.append((re.split(r"[\s'\"/\\]", line)[-1], text.count("\n", 0, start) + 1))
    return found


# ---------------------------------------------------------------- batch normalisation


def _norms(text: str, modules: Set[str]) -> List[Tuple[str, int]]:
    """The first place of each framework's batch normalisation: (torch or keras, line)."""
    found = {}  # type: Dict[str, int]
    for module, word, pattern in _NORMS:
        at = text.find(word) if module in modules or "*" in modules else -1
        while at >= 0 and _KIND[module] not in found:
            match = pattern.match(text, at)
            start = text.rfind("\n", 0, at) + 1
            if match and _is_made(text[start:at], text[match.end() : match.end() + 1]):
                found[_KIND[module]] = text.count("\n", 0, start) + 1
            at = text.find(word, at + 1)
    return sorted(found.items())


def _is_made(before: str, after: str) -> bool:
    """Is a layer made of the name, or is it handed on to be made?  Imports, isinstance and comments do neither."""
    return "#" not in before and ">>>" not in before and (after == "(" or _HANDED_ON.search(before) is not None)
