"""What are torch, TensorFlow, JAX and their like built for, as their own files say?

Nothing is imported: the heads of a few small files and the names in a few folders along the patient's search path tell
all of it.  Runs on Python 3.6.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ..ask import MISSING
from ..chart import Fact, Seen, absent, canonical, known, unknown
from ..patient import Patient
from ..shelf import (
    Record,
    Shelf,
    assignments,
    build_info,
    conda_record,
    cuda_of_build,
    dotted,
    owner_version,
    version_of,
)

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


#: Distributions that own a `tensorflow` folder.
_TENSORFLOW = re.compile(
    r"^((intel-)?tensorflow|tf-nightly)(-(gpu|cpu|intel|rocm|macos|aarch64|base|cpu-aws|avx512))?$"
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


def _of_library(library: str, text: str) -> str:
    """The version that a library's file name tells: from CUDA 11 on, 11.0 in a name stands for all of 11."""
    text = dotted(text)
    major = text.split(".")[0]
    return major if library not in ("cudnn", "nccl") and int(major) >= 11 and text.count(".") == 1 else text


def probe(patient: Patient, ask: Any) -> Seen:
    path = patient.inside.get("path") or []
    if not path:
        why, detail = patient.trouble or "nobody-looked", patient.trouble_detail
        return Seen({name: unknown(why, detail) for name in FACTS})
    shelf = Shelf(path, patient.prefix, ask)
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


def _place(shelf: Shelf, module: str) -> Tuple[str, Dict[str, Fact]]:
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


def _plain(shelf: Shelf, module: str, files: List[Tuple[str, ...]]) -> Dict[str, Fact]:
    """The facts of a package of which only version and folder are of interest."""
    folder, facts = _place(shelf, module)
    if not folder:
        return facts
    found = {module + ".version": version_of(shelf, module, folder, files)}
    if module + ".path" in FACTS:
        found[module + ".path"] = known(folder, folder)
    return found


# ---------------------------------------------------------------- CUDA libraries inside the environment


def _libraries(shelf: Shelf) -> List[Dict[str, str]]:
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


def _torch(shelf: Shelf, libraries: List[Dict[str, str]]) -> Dict[str, Fact]:
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
    record = conda_record(shelf, ("pytorch", "pytorch-gpu", "libtorch"), folder, version)
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


def _torch_cuda(values: Dict[str, Any], tag: str, record: Optional[Record], path: str) -> Fact:
    if "cuda" in values:
        return known(str(values["cuda"]), path) if values["cuda"] else absent(path)
    if record and cuda_of_build(record.build):
        return known(cuda_of_build(record.build), record.path)
    if record and "cpu" in record.build:
        return absent(record.path)
    if tag:
        return known(cuda_of_build(tag), path) if cuda_of_build(tag) else absent(path)
    return unknown("framework-build-not-recorded", "", path)


def _torch_cudnn(shelf: Shelf, cuda: Fact, record: Optional[Record], libraries: List[Dict[str, str]]) -> Fact:
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


def _cudnn_of_wheel(shelf: Shelf, entry: Dict[str, str]) -> Fact:
    """Two of NVIDIA's wheels (cu11 and cu12) write to one folder; its header tells whose files lie there now."""
    up = shelf.ask.path.dirname
    path, text, _ = shelf.text(up(up(entry["path"])), "include", "cudnn_version.h")
    numbers = dict(re.findall(r"^#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) (\d+)", text, re.M))
    there = ".".join(numbers[name] for name in ("MAJOR", "MINOR", "PATCHLEVEL")) if len(numbers) == 3 else ""
    if there and not (entry["version"] + ".").startswith(there + "."):
        return known(there, path)
    return known(entry["version"], entry["path"])


def _torchvision(shelf: Shelf) -> Dict[str, Fact]:
    facts = _plain(shelf, "torchvision", [("version.py",)])
    if facts["torchvision.version"].state != "known":
        facts.setdefault("torchvision.cuda", facts["torchvision.version"])
        return facts
    version = facts["torchvision.version"]
    folder = str(facts["torchvision.path"].value)
    local = str(version.value).partition("+")[2]
    record = conda_record(shelf, ("torchvision",), folder, str(version.value))
    for build, origin in ((local, version.origin), (record.build if record else "", record.path if record else "")):
        if cuda_of_build(build):
            facts["torchvision.cuda"] = known(cuda_of_build(build), origin)
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


def _tensorflow(shelf: Shelf) -> Dict[str, Fact]:
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


def _tensorflow_version(shelf: Shelf, home: str) -> Fact:
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
    return owner_version(shelf, home, _TENSORFLOW.match)


def _tensorflow_build(shelf: Shelf, home: str) -> Dict[str, Fact]:
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


def _jax(shelf: Shelf) -> Dict[str, Fact]:
    facts = _plain(shelf, "jax", [("version.py",)])
    facts["jaxlib.version"] = _plain(shelf, "jaxlib", [("version.py",)])["jaxlib.version"]
    facts["jax.cuda"] = facts["jax.cudnn"] = _jax_without_cuda(shelf, facts["jaxlib.version"])
    version = str(facts["jaxlib.version"].value)
    record = conda_record(shelf, ("jaxlib",), shelf.find("jaxlib")[0], version)
    builds = [(record.build, record.path)] if record else []
    # jaxlib/version.py leaves out the local part that names the CUDA build
    builds += [(tag.partition("+")[2], path) for name, tag, path in shelf.owners if name == "jaxlib"]
    for build, origin in builds:
        if cuda_of_build(build) and facts["jaxlib.version"].state == "known":
            facts["jax.cuda"] = known(cuda_of_build(build), origin)
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


def _jax_without_cuda(shelf: Shelf, jaxlib: Fact) -> Fact:
    """What is to be said of JAX's CUDA when neither a plugin nor a name tells of it."""
    folder, whole = shelf.find("jaxlib")
    if not whole:
        return jaxlib
    # before the plugins a CUDA build of jaxlib held its kernels itself; the registry's own was CPU only
    if "_solver.so" in shelf.ask.names(shelf.ask.path.join(folder, "cuda")):
        return unknown("framework-build-not-recorded", "", folder)
    return absent(folder)


def _jax_plugins(shelf: Shelf) -> List[Tuple[str, str]]:
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


def _onnxruntime(shelf: Shelf) -> Dict[str, Fact]:
    folder, facts = _place(shelf, "onnxruntime")
    if not folder:
        return facts
    facts = {}
    files = [("capi", "build_and_package_info.py"), ("__init__.py",)]
    facts["onnxruntime.version"] = version_of(shelf, "onnxruntime", folder, files)
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


def _paddle(shelf: Shelf) -> Dict[str, Fact]:
    folder, facts = _place(shelf, "paddle")
    if not folder:
        return facts
    files = [("version", "__init__.py"), ("version.py",)]
    facts = {"paddle.version": version_of(shelf, "paddlepaddle", folder, files)}
    for parts in files:
        path, text, _ = shelf.text(folder, *parts)
        cuda = assignments(text).get("cuda_version")
        if cuda is not None:
            facts["paddle.cuda"] = absent(path) if str(cuda) == "False" else known(str(cuda), path)
            return facts
    facts["paddle.cuda"] = unknown("framework-build-not-recorded", "", folder)
    return facts
