"""What are torch, TensorFlow, JAX and their like built for, as their own files say?

Nothing is imported: the heads of a few small files and the names in a few folders along the patient's search path tell
all of it.  Runs on Python 3.6.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ..ask import MISSING
from ..chart import Fact, Seen, absent, canonical, known, unknown
from ..patient import Patient

FACTS = {
    "torch.version": "version of the torch that `import` finds, with its local part (1.13.1+cu117)",
    "torch.path": "folder of that torch",
    "torch.cuda": "CUDA that torch was built with (10.0.130, 12.1); absent: a build without CUDA",
    "torch.hip": "ROCm/HIP that torch was built with; absent: a build without it",
    "torch.cudnn": "cuDNN that torch uses, from libraries beside it; the major version alone where names tell no more",
    "torch.debug": "yes/no: a debug build of torch",
    "torch.build_tag": "local part of the version that names the build (cu118, cpu, rocm5.6)",
    "torch.conda_build": "build string of the conda package that torch comes from",
    "torch.source_build": "yes/no: the version is that of a build from source (+git..., a0)",
    "torchvision.version": "version of the torchvision that `import` finds",
    "torchvision.path": "folder of that torchvision",
    "torchvision.cuda": "CUDA that torchvision was built with; the major version alone where names tell no more",
    "torchaudio.version": "version of the torchaudio that `import` finds",
    "torchaudio.path": "folder of that torchaudio",
    "tensorflow.version": "version of the TensorFlow that `import` finds",
    "tensorflow.path": "folder of that TensorFlow (the one that holds its code: tensorflow_core in 1.15 and 2.0)",
    "tensorflow.gpu_build": "yes/no: TensorFlow was built for CUDA or ROCm",
    "tensorflow.rocm_build": "yes/no: TensorFlow was built for ROCm",
    "tensorflow.cuda": "CUDA that TensorFlow was built with; absent: a build without CUDA",
    "tensorflow.cudnn": "cuDNN that TensorFlow was built with, mostly the major version alone",
    "tensorflow.compute_capabilities": "GPU code in this TensorFlow (sm_70, compute_80), recorded from 2.3 on",
    "tensorflow.wanted_libraries": "DLL names that TensorFlow loads, recorded on Windows only",
    "keras.version": "version of the keras that `import` finds (not tf.keras)",
    "keras.path": "folder of that keras",
    "jax.version": "version of the jax that `import` finds",
    "jax.path": "folder of that jax",
    "jax.cuda": "CUDA that JAX's plugin or jaxlib was built for (12); absent: CPU only",
    "jax.cudnn": "cuDNN named by a jaxlib build (8.6); absent where a plugin brings its own, and on CPU",
    "jaxlib.version": "version of the jaxlib that `import` finds",
    "onnxruntime.version": "version of the onnxruntime that `import` finds",
    "onnxruntime.package": "distribution that onnxruntime says it was built as (onnxruntime-gpu, onnxruntime-directml)",
    "onnxruntime.gpu": "yes/no: onnxruntime holds the CUDA provider",
    "onnxruntime.cuda": "CUDA that onnxruntime was built with; absent: a build without CUDA",
    "paddle.version": "version of the paddle that `import` finds",
    "paddle.cuda": "CUDA that paddle was built with; absent: a build without CUDA",
    "mxnet.version": "version of the mxnet that `import` finds",
    "frameworks.cuda_libraries": "CUDA libraries inside the environment: [{library, version, path, from}]",
    "frameworks.half_removed": "frameworks of which `import` would find only remains: module names",
}

#: Version files are below 5 KB, release_version.h has its numbers in the first 2 KB (our choice, with room to spare).
_HEAD_BYTES = 20000

#: Distributions that own a `tensorflow` folder.
_TENSORFLOW = re.compile(
    r"^((intel-)?tensorflow|tf-nightly)(-(gpu|cpu|intel|rocm|macos|aarch64|base|cpu-aws|avx512))?$"
)
_DISTRIBUTION = re.compile(
    r"^([A-Za-z0-9][\w.]*(?:-[A-Za-z][\w.]*)*)-(\d[^-]*)(?:-py\d.*)?\.(?:dist-info|egg-info|egg)$"
)

#: A library inside a wheel: libcudart-1581fefa.so.10.0, libcudart.faf08d9a.so.13, libcudnn.so.8; cudart64_101.dll.
_SHARED = re.compile(r"^lib(cudart|cudnn|cublas|nvrtc|nccl)(?:[-.][0-9a-f]{8})?\.so\.(\d+(?:\.\d+)*)$")
_DLL = re.compile(r"^(cudart|cudnn|cublas|nvrtc)64_(\d+)(?:_\d+)?\.dll$", re.I)

#: NVIDIA's wheels: distribution without nvidia- and -cuNN -> library, as its file is named in lower case.
_WHEELS = {
    "cudnn": "cudnn",
    "cuda-runtime": "cudart",
    "cuda-nvrtc": "nvrtc",
    "cuda-cupti": "cupti",
    "cublas": "cublas",
    "cufft": "cufft",
    "curand": "curand",
    "cusolver": "cusolver",
    "cusparse": "cusparse",
    "cusparselt": "cusparselt",
    "nccl": "nccl",
    "nvjitlink": "nvjitlink",
}
_WHEEL = re.compile(r"^nvidia-([a-z-]+?)(?:-cu(\d+))?$")

#: Conda packages that bring a CUDA library -> its name.
_CONDA = {
    "cudatoolkit": "cudatoolkit",
    "cuda-cudart": "cudart",
    "cuda-nvrtc": "nvrtc",
    "libcublas": "cublas",
    "cudnn": "cudnn",
    "nccl": "nccl",
}


class _Record(NamedTuple):
    """One package as the name of its file in conda-meta tells it."""

    version: str
    build: str
    path: str


class _Shelf:
    """The patient's search path: one look into each folder, the first folder that holds a package wins."""

    def __init__(self, path: List[str], prefix: str, ask: Any) -> None:
        self.ask = ask
        self.folders = []  # type: List[Tuple[str, List[str]]]
        self.closed = ""
        seen = set()
        for folder in path:
            key = ask.path.normcase(ask.path.normpath(folder))
            if key in seen:
                continue
            seen.add(key)
            names = ask.names(folder)
            trouble = "" if names else ask.trouble(folder)
            if trouble and trouble != MISSING and not self.closed:
                self.closed = "{}: {}".format(folder, trouble)
            self.folders.append((folder, names))
        self.owners = self._distributions()
        self.prefix = prefix
        self.conda = _conda(prefix, ask)

    def find(self, module: str) -> Tuple[str, bool]:
        """(folder of a package, whether `import` finds a package in it); ("", False) when there is none.

        A folder without __init__.py yields to a later one that has it, as it does for Python.
        """
        remains = ""
        for folder, names in self.folders:
            if module not in names:
                continue
            found = self.ask.path.join(folder, module)
            if self.ask.is_file(self.ask.path.join(found, "__init__.py")):
                return found, True
            if not remains and self.ask.is_dir(found):
                remains = found
        return remains, False

    def nowhere(self) -> Fact:
        """What a package is that no folder holds: absent, unless a folder could not be opened."""
        return unknown("framework-path-closed", self.closed) if self.closed else absent("sys.path")

    def _distributions(self) -> List[Tuple[str, str, str]]:
        """(canonical name, version, path) of all metadata folders, by their names alone."""
        found = []
        for folder, names in self.folders:
            places = [(name, self.ask.path.join(folder, name)) for name in names if name.endswith("-info")]
            places.append((self.ask.path.basename(folder), folder))  # an egg is an entry of the search path by itself
            for name, path in places:
                match = _DISTRIBUTION.match(name)
                if match:
                    found.append((canonical(match.group(1)), match.group(2), path))
        return found

    def text(self, *parts: str) -> Tuple[str, str, str]:
        """(path, text, trouble) of the head of a file."""
        path = self.ask.path.join(*parts)
        text, trouble = self.ask.read(path, _HEAD_BYTES)
        return path, text, trouble


def assignments(text: str) -> Dict[str, Any]:
    """The plain values that a module gives to names at its left margin: name -> value.  Nothing is executed.

    >>> assignments("cuda: Optional[str] = '11.3'\\ndebug = False\\nif x:\\n    cuda = f()\\nhip = g()\\n")
    {'cuda': '11.3', 'debug': False}
    """
    from ast import literal_eval

    found = {}
    for name, value in re.findall(r"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=[ \t]*([^=\s].*)$", text, re.M):
        try:
            found[name] = literal_eval(value.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return found


def build_info(text: str) -> Dict[str, Any]:
    """What TensorFlow's build_info.py records, in each form that releases have had: key -> value.

    Names of their own until 2.2 (`is_cuda_build = True`), one dict (`build_info = {...}`) or one OrderedDict after.
    """
    from ast import literal_eval

    found = assignments(text)
    for literal in re.findall(r"^\w*build_info\s*=[^\[{\n]*([\[{].*[\]}])", text, re.M):
        try:
            found.update(dict(literal_eval(literal)))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return found


def dotted(text: str) -> str:
    """A CUDA version written without dots, as tags and DLL names have it.

    >>> [dotted(text) for text in ("118", "92", "12", "64_112", "64_8", "10.0.130")]
    ['11.8', '9.2', '12', '11.2', '8', '10.0.130']
    """
    text = text[3:] if text.startswith("64_") else text
    # there has been no CUDA 20 or newer: two digits from 20 on are a major and a minor version
    return text[:-1] + "." + text[-1] if text.isdigit() and int(text) >= 20 else text


def _of_library(library: str, text: str) -> str:
    """The version that a library's file name tells: from CUDA 11 on, 11.0 in a name stands for all of 11."""
    text = dotted(text)
    major = text.split(".")[0]
    return major if library not in ("cudnn", "nccl") and int(major) >= 11 and text.count(".") == 1 else text


def _cuda_of_build(build: str) -> str:
    """The CUDA version in a conda build string or a local version: py3.7_cuda11.0.221_..., cuda112py39h..., cu110."""
    match = re.search(r"cu(?:da)?[-_]?(\d+(?:\.\d+)*)", build)
    return dotted(match.group(1)) if match else ""


def probe(patient: Patient, ask: Any) -> Seen:
    path = patient.inside.get("path") or []
    if not path:
        why, detail = patient.trouble or "nobody-looked", patient.trouble_detail
        return Seen({name: unknown(why, detail) for name in FACTS})
    shelf = _Shelf(path, patient.prefix, ask)
    libraries = _libraries(shelf)
    facts = {}  # type: Dict[str, Fact]
    facts.update(_torch(shelf, libraries))
    facts.update(_torchvision(shelf))
    facts.update(_plain(shelf, "torchaudio", [("version.py",), ("__init__.py",)]))
    facts.update(_tensorflow(shelf))
    facts.update(_plain(shelf, "keras", [("src", "version.py"), ("version.py",), ("__init__.py",)]))
    facts.update(_jax(shelf))
    facts.update(_onnxruntime(shelf))
    facts.update(_paddle(shelf))
    facts.update(_plain(shelf, "mxnet", [("libinfo.py",)]))
    halves = sorted(
        name.split(".")[0]
        for name, fact in facts.items()
        if name.endswith(".version") and fact.why == "framework-half-removed"
    )
    facts["frameworks.half_removed"] = known(halves, "sys.path") if halves else shelf.nowhere()
    facts["frameworks.cuda_libraries"] = known(libraries, "sys.path") if libraries else shelf.nowhere()
    return Seen({name: facts[name] for name in FACTS})


# ---------------------------------------------------------------- what several of them need


def _group(module: str) -> List[str]:
    return [name for name in FACTS if name.startswith(module + ".")]


def _place(shelf: _Shelf, module: str) -> Tuple[str, Dict[str, Fact]]:
    """(folder, {}) of a package that `import` finds, or ("", all its facts) when there is nothing to read."""
    folder, whole = shelf.find(module)
    if whole:
        return folder, {}
    fact = unknown("framework-half-removed", folder, folder) if folder else shelf.nowhere()
    return "", _all(module, fact, folder)


def _all(module: str, fact: Fact, folder: str = "") -> Dict[str, Fact]:
    facts = {name: fact for name in _group(module)}
    if folder and module + ".path" in facts:
        facts[module + ".path"] = known(folder, folder)
    return facts


def _owner_version(shelf: _Shelf, folder: str, names: Any) -> Fact:
    """The version of the distribution that put a package where it is; `names` matches the names it may have."""
    parent = shelf.ask.path.dirname(folder)
    mine = [
        owner for owner in shelf.owners if names(owner[0]) and parent in (shelf.ask.path.dirname(owner[2]), owner[2])
    ]
    versions = sorted({version for _, version, _ in mine})
    if len(versions) == 1:
        return known(versions[0], mine[0][2])
    if versions:
        detail = ", ".join("{} {}".format(name, version) for name, version, _ in mine)
        return unknown("framework-several-versions", detail, folder)
    return unknown("framework-version-not-recorded", "", folder)


def _version(shelf: _Shelf, module: str, folder: str, files: List[Tuple[str, ...]]) -> Fact:
    """A package's own `__version__`, or else the version of its distribution."""
    for parts in files:
        path, text, trouble = shelf.text(folder, *parts)
        if trouble and trouble != MISSING:
            return unknown("framework-file-closed", "{}: {}".format(path, trouble), path)
        values = assignments(text)
        for name in ("__version__", "_release_version", "_version", "full_version"):
            if isinstance(values.get(name), str) and values[name]:
                return known(values[name], path)
    return _owner_version(shelf, folder, re.compile("^" + module + "(-nightly|-gpu|-cu.*)?$").match)


def _plain(shelf: _Shelf, module: str, files: List[Tuple[str, ...]]) -> Dict[str, Fact]:
    """The facts of a package of which only version and folder are of interest."""
    folder, facts = _place(shelf, module)
    if not folder:
        return facts
    found = {module + ".version": _version(shelf, module, folder, files)}
    if module + ".path" in FACTS:
        found[module + ".path"] = known(folder, folder)
    return found


def _conda(prefix: str, ask: Any) -> Dict[str, _Record]:
    """What conda installed in a prefix, from the file names of conda-meta alone: name -> record."""
    folder = ask.path.join(prefix, "conda-meta") if prefix else ""
    found = {}
    for name in ask.names(folder) if folder else []:
        parts = name[:-5].rsplit("-", 2) if name.endswith(".json") else []
        if len(parts) == 3:
            found[parts[0]] = _Record(parts[1], parts[2], ask.path.join(folder, name))
    return found


def _conda_record(shelf: _Shelf, names: Tuple[str, ...], folder: str, version: str) -> Optional[_Record]:
    """The conda package that a package's folder comes from, as far as place and version tell.

    A wheel may have been laid over it since, or lie in the user's own site-packages.
    """
    real, join = shelf.ask.real, shelf.ask.path.join
    for name in names:
        record = shelf.conda.get(name)
        if record and record.version == version.split("+")[0]:
            home = join(real(shelf.prefix), "")
            return record if real(folder).startswith(home) else None
    return None


# ---------------------------------------------------------------- CUDA libraries inside the environment


def _libraries(shelf: _Shelf) -> List[Dict[str, str]]:
    found = []
    ask, join = shelf.ask, shelf.ask.path.join
    torch, _ = shelf.find("torch")
    folder = join(torch, "lib") if torch else ""
    for name in ask.names(folder) if folder else []:
        match = _SHARED.match(name) or _DLL.match(name)
        if match:
            library = match.group(1).lower()
            found.append(_library(library, _of_library(library, match.group(2)), join(folder, name), "torch/lib"))
    for owner, version, path in shelf.owners:
        match = _WHEEL.match(owner)
        if match and match.group(1) in _WHEELS:
            library = _WHEELS[match.group(1)]
            home = join(ask.path.dirname(path), "nvidia")
            file = _wheel_library(ask, home, match.group(1).replace("-", "_"), library, version)
            if file:
                found.append(_library(library, version, file, owner))
    for name in sorted(_CONDA):
        if name in shelf.conda:
            found.append(_library(_CONDA[name], shelf.conda[name].version, shelf.conda[name].path, "conda"))
    return found


def _library(library: str, version: str, path: str, source: str) -> Dict[str, str]:
    return {"library": library, "version": version, "path": path, "from": source}


def _wheel_library(ask: Any, home: str, own: str, library: str, version: str) -> str:
    """The library that one of NVIDIA's wheels put below `home`; "" when only the wheel's metadata is left.

    Since CUDA 13 most of them share one folder, cu13; cuDNN, NCCL and all older ones have their own.
    """
    major = version.split(".")[0]
    shared = [name for name in ask.names(home) if re.match(r"cu\d+$", name)]
    places = [("bin",), ("bin", "x86_64")] if ask.os == "windows" else [("lib",)]
    for below in [own] + shared:
        for place in places:
            folder = ask.path.join(home, below, *place)
            found = [
                name
                for name in ask.names(folder)
                if name.lower().startswith(("lib" + library, library)) and re.search(r"\.so\.|\.dll$", name.lower())
            ]
            if library == "cudnn":  # cuDNN 8 and 9 can lie in one folder, of which only one belongs to this wheel
                found = [name for name in found if re.search(r"(\.so\.|64_)%s\b" % re.escape(major), name.lower())]
            if found:
                return str(ask.path.join(folder, min(found, key=len)))  # libcudnn.so.9, not libcudnn_adv.so.9
    return ""


# ---------------------------------------------------------------- torch


def _torch(shelf: _Shelf, libraries: List[Dict[str, str]]) -> Dict[str, Fact]:
    folder, facts = _place(shelf, "torch")
    if not folder:
        return facts
    path, text, trouble = shelf.text(folder, "version.py")
    if trouble:
        why = "framework-half-removed" if trouble == MISSING else "framework-file-closed"
        return _all("torch", unknown(why, path if trouble == MISSING else "{}: {}".format(path, trouble), path), folder)
    values = assignments(text)
    version = values.get("__version__")
    if not isinstance(version, str):
        return _all("torch", unknown("framework-version-not-recorded", "", path), folder)
    facts = {"torch.version": known(version, path), "torch.path": known(folder, path)}
    local = version.partition("+")[2]
    tag = local if re.match(r"(cu\d|cpu|rocm|xpu)", local) else ""
    facts["torch.build_tag"] = known(tag, path) if tag else absent(path)
    source = re.search(r"\+git|\da0\b", version)
    facts["torch.source_build"] = known("yes" if source else "no", path)
    record = _conda_record(shelf, ("pytorch", "pytorch-gpu", "libtorch"), folder, version)
    facts["torch.conda_build"] = known(record.build, record.path) if record else absent(path)
    facts["torch.debug"] = _yes_or_no(values, "debug", path)
    facts["torch.hip"] = known(values["hip"], path) if values.get("hip") else absent(path)
    facts["torch.cuda"] = _torch_cuda(values, tag, record, path)
    facts["torch.cudnn"] = _torch_cudnn(shelf, facts["torch.cuda"], record, libraries)
    return facts


def _yes_or_no(values: Dict[str, Any], name: str, path: str) -> Fact:
    if isinstance(values.get(name), bool):
        return known("yes" if values[name] else "no", path)
    return unknown("framework-build-not-recorded", "", path)


def _torch_cuda(values: Dict[str, Any], tag: str, record: Optional[_Record], path: str) -> Fact:
    if "cuda" in values:
        return known(str(values["cuda"]), path) if values["cuda"] else absent(path)
    if record and _cuda_of_build(record.build):
        return known(_cuda_of_build(record.build), record.path)
    if record and "cpu" in record.build:
        return absent(record.path)
    if tag:
        return known(_cuda_of_build(tag), path) if _cuda_of_build(tag) else absent(path)
    return unknown("framework-build-not-recorded", "", path)


def _torch_cudnn(shelf: _Shelf, cuda: Fact, record: Optional[_Record], libraries: List[Dict[str, str]]) -> Fact:
    """The cuDNN that torch uses: named by conda, beside torch, or in NVIDIA's wheel for the same CUDA."""
    if cuda.state != "known":
        return cuda
    match = re.search(r"cudnn(\d+(?:\.\d+)*)", record.build) if record else None
    if record and match:
        return known(match.group(1), record.path)
    found = [entry for entry in libraries if entry["library"] == "cudnn"]
    wheel = "nvidia-cudnn-cu" + str(cuda.value).split(".")[0]
    for source in ("torch/lib", wheel):
        for entry in found:
            if entry["from"] == source:
                if source == "torch/lib":
                    return known(entry["version"], entry["path"])
                return _cudnn_of_wheel(shelf, entry)
    if record and "cudnn" in shelf.conda:
        return known(shelf.conda["cudnn"].version, shelf.conda["cudnn"].path)
    # most wheels before 1.9 have it inside libtorch itself
    return unknown("torch-cudnn-inside", "", cuda.origin)


def _cudnn_of_wheel(shelf: _Shelf, entry: Dict[str, str]) -> Fact:
    """Two of NVIDIA's wheels (cu11 and cu12) write to one folder; its header tells whose files lie there now."""
    up = shelf.ask.path.dirname
    path, text, _ = shelf.text(up(up(entry["path"])), "include", "cudnn_version.h")
    numbers = dict(re.findall(r"^#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) (\d+)", text, re.M))
    there = ".".join(numbers[name] for name in ("MAJOR", "MINOR", "PATCHLEVEL")) if len(numbers) == 3 else ""
    if there and not (entry["version"] + ".").startswith(there + "."):
        return known(there, path)
    return known(entry["version"], entry["path"])


def _torchvision(shelf: _Shelf) -> Dict[str, Fact]:
    facts = _plain(shelf, "torchvision", [("version.py",)])
    if facts["torchvision.version"].state != "known":
        facts.setdefault("torchvision.cuda", facts["torchvision.version"])
        return facts
    version = facts["torchvision.version"]
    folder = str(facts["torchvision.path"].value)
    local = str(version.value).partition("+")[2]
    record = _conda_record(shelf, ("torchvision",), folder, str(version.value))
    for build, origin in ((local, version.origin), (record.build if record else "", record.path if record else "")):
        if _cuda_of_build(build):
            facts["torchvision.cuda"] = known(_cuda_of_build(build), origin)
            return facts
        if "cpu" in build:
            facts["torchvision.cuda"] = absent(origin)
            return facts
    bundled = shelf.ask.path.join(shelf.ask.path.dirname(folder), "torchvision.libs")
    for name in shelf.ask.names(bundled):
        match = _SHARED.match(name)
        if match and match.group(1) == "cudart":
            facts["torchvision.cuda"] = known(_of_library("cudart", match.group(2)), bundled)
            return facts
    # version.py would ask the loaded library, which is none of ours to do
    facts["torchvision.cuda"] = unknown("framework-build-not-recorded", "", version.origin)
    return facts


# ---------------------------------------------------------------- TensorFlow


def _tensorflow(shelf: _Shelf) -> Dict[str, Fact]:
    ask, join = shelf.ask, shelf.ask.path.join
    folder, facts = _place(shelf, "tensorflow")
    core, _ = shelf.find("tensorflow_core")
    if not folder:
        # 1.15 and 2.0 keep their code in tensorflow_core; its door alone may have been removed
        return _all("tensorflow", unknown("framework-half-removed", core, core), core) if core else facts
    homes = [home for home in (folder, join(ask.path.dirname(folder), "tensorflow_core"))]
    homes = [home for home in homes if ask.is_file(join(home, "python", "__init__.py"))]
    if not homes:
        return _all("tensorflow", unknown("framework-half-removed", folder, folder), folder)
    home = homes[0]
    facts = _tensorflow_build(shelf, home)
    facts["tensorflow.version"] = _tensorflow_version(shelf, home)
    facts["tensorflow.path"] = known(home, home)
    return facts


def _tensorflow_version(shelf: _Shelf, home: str) -> Fact:
    for name in ("release_version.h", "version.h"):
        path, text, _ = shelf.text(home, "include", "tensorflow", "core", "public", name)
        numbers = dict(re.findall(r"^#define TF_(MAJOR|MINOR|PATCH)_VERSION\s+(\w+)", text, re.M))
        if len(numbers) == 3:
            suffix = re.search(r'^#define TF_VERSION_SUFFIX\s+"([^"]*)"', text, re.M)
            ending = suffix.group(1).replace("-", "") if suffix else ""
            return known(".".join(numbers[part] for part in ("MAJOR", "MINOR", "PATCH")) + ending, path)
    # since 2.20 or so the header has no numbers, but the wheel carries the script that made it
    path, text, _ = shelf.text(home, "tools", "pip_package", "setup.py")
    version = assignments(text).get("_VERSION")
    if isinstance(version, str) and version:
        return known(version.replace("-", ""), path)
    return _owner_version(shelf, home, _TENSORFLOW.match)


def _tensorflow_build(shelf: _Shelf, home: str) -> Dict[str, Fact]:
    path, text, trouble = shelf.text(home, "python", "platform", "build_info.py")
    names = [name for name in _group("tensorflow") if name not in ("tensorflow.version", "tensorflow.path")]
    if trouble and trouble != MISSING:
        fact = unknown("framework-file-closed", "{}: {}".format(path, trouble), path)
        return {name: fact for name in names}
    values = build_info(text)
    facts = {name: unknown("tensorflow-build-not-recorded", "", path) for name in names}
    cuda_build = values.get("is_cuda_build")
    if not isinstance(cuda_build, bool):
        # releases before build_info: a CUDA build carries the links to the libraries that it was linked with
        parent = shelf.ask.path.dirname(home)
        for name in shelf.ask.names(parent):
            local = shelf.ask.path.join(parent, name)
            if name.startswith("_solib_") and any("cuda" in inside for inside in shelf.ask.names(local)):
                facts["tensorflow.gpu_build"] = known("yes", local)
        return facts
    rocm = values.get("is_rocm_build") is True
    facts["tensorflow.gpu_build"] = known("yes" if cuda_build or rocm else "no", path)
    facts["tensorflow.rocm_build"] = known("yes" if rocm else "no", path)
    wanted = _wanted(values)
    facts["tensorflow.wanted_libraries"] = known(wanted, path) if wanted else absent(path)
    if not cuda_build:
        for name in ("tensorflow.cuda", "tensorflow.cudnn", "tensorflow.compute_capabilities"):
            facts[name] = absent(path)
        return facts
    for library, dll in (("cuda", "cudart_dll_name"), ("cudnn", "cudnn_dll_name")):
        version = dotted(str(values.get(library + "_version") or values.get(library + "_version_number") or ""))
        # some Windows builds record "10", and have 10.1 in the name of the DLL
        match = re.match(r"\w+?64_(\d+)\.dll$", str(values.get(dll, "")), re.I)
        if match and "." not in version:
            version = dotted(match.group(1))
        if version:
            facts["tensorflow." + library] = known(version, path)
    capabilities = values.get("cuda_compute_capabilities")
    if isinstance(capabilities, (list, tuple)) and capabilities:
        facts["tensorflow.compute_capabilities"] = known([str(item) for item in capabilities], path)
    return facts


def _wanted(values: Dict[str, Any]) -> List[str]:
    """The DLL names of build_info, as files have them.

    2.5 to 2.10 record cudart64_112.dll, and load cudart64_110.dll, which is what every CUDA 11 calls it
    (https://github.com/tensorflow/tensorflow/issues/57103).
    """
    wanted = [
        name.strip()
        for key, value in values.items()
        if re.search(r"_dll_names?$", key)
        for name in str(value).split(",")
    ]
    return sorted({re.sub(r"(?i)^cudart64_11\d\.dll$", "cudart64_110.dll", name) for name in wanted if name})


# ---------------------------------------------------------------- JAX, onnxruntime, paddle


def _jax(shelf: _Shelf) -> Dict[str, Fact]:
    facts = _plain(shelf, "jax", [("version.py",)])
    facts["jaxlib.version"] = _plain(shelf, "jaxlib", [("version.py",)])["jaxlib.version"]
    facts["jax.cuda"] = facts["jax.cudnn"] = _jax_without_cuda(shelf, facts["jaxlib.version"])
    version = str(facts["jaxlib.version"].value)
    record = _conda_record(shelf, ("jaxlib",), shelf.find("jaxlib")[0], version)
    builds = [(record.build, record.path)] if record else []
    # jaxlib/version.py leaves out the local part that names the CUDA build
    builds += [(tag.partition("+")[2], path) for name, tag, path in shelf.owners if name == "jaxlib"]
    for build, origin in builds:
        if _cuda_of_build(build) and facts["jaxlib.version"].state == "known":
            facts["jax.cuda"] = known(_cuda_of_build(build), origin)
            match = re.search(r"cudnn(\d+)", build)
            facts["jax.cudnn"] = known(".".join(match.group(1)), origin) if match else absent(origin)
            return facts
    plugins = _jax_plugins(shelf)
    majors = sorted({major for major, _ in plugins})
    if len(majors) == 1:
        facts["jax.cuda"], facts["jax.cudnn"] = known(majors[0], plugins[0][1]), absent(plugins[0][1])
    elif majors:
        facts["jax.cuda"] = unknown("jax-two-plugins", ", ".join(path for _, path in plugins))
    return facts


def _jax_without_cuda(shelf: _Shelf, jaxlib: Fact) -> Fact:
    """What is to be said of JAX's CUDA when neither a plugin nor a name tells of it."""
    folder, whole = shelf.find("jaxlib")
    if not whole:
        return jaxlib
    # before the plugins a CUDA build of jaxlib held its kernels itself; the registry's own was CPU only
    if "_solver.so" in shelf.ask.names(shelf.ask.path.join(folder, "cuda")):
        return unknown("framework-build-not-recorded", "", folder)
    return absent(folder)


def _jax_plugins(shelf: _Shelf) -> List[Tuple[str, str]]:
    """(CUDA major version, folder) of JAX's CUDA plugins: jax_cuda12_plugin, jax_plugins/xla_cuda12."""
    found = []
    for folder, names in shelf.folders:
        places = [(folder, names)]
        if "jax_plugins" in names:
            inner = shelf.ask.path.join(folder, "jax_plugins")
            places.append((inner, shelf.ask.names(inner)))
        for place, inside in places:
            for name in inside:
                match = re.match(r"^(?:jax_cuda(\d+)_plugin|xla_cuda(\d+))$", name)
                plugin = shelf.ask.path.join(place, name)
                if match and shelf.ask.is_file(shelf.ask.path.join(plugin, "__init__.py")):
                    found.append((match.group(1) or match.group(2), plugin))
    return found


def _onnxruntime(shelf: _Shelf) -> Dict[str, Fact]:
    folder, facts = _place(shelf, "onnxruntime")
    if not folder:
        return facts
    facts = {}
    files = [("capi", "build_and_package_info.py"), ("__init__.py",)]
    facts["onnxruntime.version"] = _version(shelf, "onnxruntime", folder, files)
    path, text, _ = shelf.text(folder, "capi", "build_and_package_info.py")
    values = assignments(text)
    package, cuda = values.get("package_name"), values.get("cuda_version")
    recorded = unknown("framework-build-not-recorded", "", path)
    facts["onnxruntime.package"] = known(str(package), path) if package else recorded
    provider = [name for name in shelf.ask.names(shelf.ask.path.join(folder, "capi")) if "providers_cuda" in name]
    if cuda or provider:
        facts["onnxruntime.gpu"] = known("yes", path)
        facts["onnxruntime.cuda"] = known(str(cuda), path) if cuda else recorded
    elif package:
        facts["onnxruntime.gpu"], facts["onnxruntime.cuda"] = known("no", path), absent(path)
    else:
        facts["onnxruntime.gpu"] = facts["onnxruntime.cuda"] = recorded
    return facts


def _paddle(shelf: _Shelf) -> Dict[str, Fact]:
    folder, facts = _place(shelf, "paddle")
    if not folder:
        return facts
    files = [("version", "__init__.py"), ("version.py",)]
    facts = {"paddle.version": _version(shelf, "paddlepaddle", folder, files)}
    for parts in files:
        path, text, _ = shelf.text(folder, *parts)
        cuda = assignments(text).get("cuda_version")
        if cuda is not None:
            facts["paddle.cuda"] = absent(path) if str(cuda) == "False" else known(str(cuda), path)
            return facts
    facts["paddle.cuda"] = unknown("framework-build-not-recorded", "", folder)
    return facts
