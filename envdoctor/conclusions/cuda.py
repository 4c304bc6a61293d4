"""Are the CUDA and cuDNN libraries that the frameworks here will load there, and of a version that fits?

TensorFlow loads NVIDIA's libraries by exact file names from the system, or from wheels beside it; torch and today's
JAX bring their own, so for them only a second copy that is found first can do harm.
"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, Mapping

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known, unknown
from . import Tables, decided, need, undecided
from .frameworks import past_the_table, same_cuda

FACTS = {
    "gpu.implied": "yes when there is an NVIDIA card or, where nobody looked, its driver, a CUDA toolkit or cuDNN",
    "jax.version": "JAX's version",
    "jax.cuda": "the CUDA that its plugin or jaxlib was built for; absent: CPU only",
    "jax.cudnn": "the cuDNN that its jaxlib was built for, where that is named",
    "jax.driver_min": "the oldest NVIDIA driver for the CUDA of JAX",
    "jax.driver_ok": "yes when the driver is new enough for it",
    "jax.cudnn_ok": "yes when the cuDNN of this machine serves this jaxlib",
    "frameworks.cuda_builds": "frameworks here that were built for CUDA, with that CUDA",
    "tensorflow.native_windows_ended": "yes for a TensorFlow from 2.11 on that runs on Windows itself",
    "tensorflow.missing_libraries": "CUDA files that this TensorFlow will look for and nobody found",
    "tensorflow.missing_library": "the first of them",
    "tensorflow.cudnn_built": "cuDNN that this TensorFlow was built with, as fully as its table tells",
    "tensorflow.cudnn_found": "cuDNN of this machine that comes nearest to it",
    "tensorflow.cudnn_ok": "yes when that is of the same major and not of an older minor version",
    "tensorflow.wheels_unseen": "yes when NVIDIA's wheels hold its libraries and the search path does not lead to them",
    "torch.libraries_shadowed": "older CUDA libraries that the search path offers before those of torch",
    "torch.conda_libraries": "older CUDA packages of conda beside a torch from wheels",
    "torch.wheels_refused": "NVIDIA's wheels of another version than torch pins",
    "torch.gpus_without_cudnn": "cards that torch's cuDNN no longer serves, or does not yet know",
    "torch.toolkit_ok": "yes when the CUDA toolkit is of the same major version as the CUDA of torch",
    "project.extensions": "packages with CUDA code that the project wants, that are not there, and that are compiled",
}

#: Distribution -> module, of what is published as source and compiled against torch while it is installed (as
#: generally known; those with ready wheels on an index of their own, as mmcv has, are left out).
_COMPILED = {
    "apex": "apex",
    "causal-conv1d": "causal_conv1d",
    "dcnv2": "DCNv2",
    "detectron2": "detectron2",
    "diff-gaussian-rasterization": "diff_gaussian_rasterization",
    "flash-attn": "flash_attn",
    "inplace-abn": "inplace_abn",
    "mamba-ssm": "mamba_ssm",
    "minkowskiengine": "MinkowskiEngine",
    "multiscaledeformableattention": "MultiScaleDeformableAttention",
    "pointnet2-ops": "pointnet2_ops",
    "pytorch3d": "pytorch3d",
    "simple-knn": "simple_knn",
    "tinycudann": "tinycudann",
    "torchsparse": "torchsparse",
}

#: Where frameworks.py has a cuDNN from that nobody saw.
OF_THE_TABLE = "the table of torch builds"

#: From here on TensorFlow for Linux knows the way to NVIDIA's wheels (the extra `and-cuda`).
_KNOWS_WHEELS = ">=2.14"


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"gpu.implied": _implied(chart), **_jax(chart)}
    chart = chart.with_facts({name: fact for name, fact in facts.items() if chart.fact(name).state == UNKNOWN})
    seen = chart
    facts.update(undecided(["jax.driver_min", "jax.driver_ok", "jax.cudnn_ok"], lambda: _jax_fits(seen, tables)))
    facts["frameworks.cuda_builds"] = _cuda_builds(chart)
    facts["tensorflow.native_windows_ended"] = _native_windows_ended(chart)
    ours = [name for name in FACTS if name.startswith("tensorflow.") and name not in facts]
    facts.update(undecided(ours, lambda: _tensorflow(chart, tables)))
    facts["torch.libraries_shadowed"] = _shadowed(chart)
    facts["torch.conda_libraries"] = _conda_libraries(chart)
    facts["torch.wheels_refused"] = decided(lambda: _wheels_refused(chart))
    facts["torch.gpus_without_cudnn"] = decided(lambda: _gpus_without_cudnn(chart, tables))
    facts["torch.toolkit_ok"] = _toolkit_ok(chart)
    facts["project.extensions"] = decided(lambda: _extensions(chart))
    return facts


def pair(version: str) -> tuple[int, int] | None:
    """Major and minor version, or None where the minor is not told.

    >>> pair("8.9.2.26"), pair("8")
    ((8, 9), None)
    """
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found.group(1)), int(found.group(2))) if found else None


def _major(version: str) -> str:
    return version.split(".")[0]


def _yes(answer: bool) -> Fact:
    return known("yes" if answer else "no")


def _list(items: Iterable[str], origin: str = "") -> Fact:
    found = list(dict.fromkeys(items))
    return known(found, origin) if found else absent(origin)


def _entries(fact: Fact) -> list[Mapping[str, str]]:
    return list(fact.value) if fact.state == KNOWN else []


def _implied(chart: Chart) -> Fact:
    """Reports that people paste often leave the card out; nobody installs a CUDA toolkit without one."""
    nvidia = chart.fact("gpu.nvidia")
    if nvidia.state == UNKNOWN and nvidia.why == "nobody-looked":
        for name in ("driver", "driver.cuda", "cuda.toolkit", "cudnn"):
            if chart.fact(name).state == KNOWN:
                return known("yes", chart.fact(name).origin)
    return nvidia


# ---------------------------------------------------------------- JAX


def _jax(chart: Chart) -> dict[str, Fact]:
    """What the names of its distributions tell, where its folders were not looked into."""
    jaxlib, facts = chart.fact("jaxlib"), {"jax.version": chart.fact("jax")}
    if jaxlib.state != KNOWN:
        return {**facts, "jax.cuda": jaxlib, "jax.cudnn": jaxlib}
    local = re.search(r"\+cuda(\d+)(?:\.?cudnn(\d+))?", str(jaxlib.value))
    if local:
        facts["jax.cuda"] = known(_dotted(local.group(1)), jaxlib.origin)
        facts["jax.cudnn"] = known(".".join(local.group(2)), jaxlib.origin) if local.group(2) else absent(jaxlib.origin)
        return facts
    plugins = {major: chart.fact(f"jax-cuda{major}-plugin") for major in ("12", "13")}
    there = [(major, fact) for major, fact in plugins.items() if fact.state == KNOWN]
    doubt = next((fact for fact in plugins.values() if fact.state == UNKNOWN), None)
    if len(there) == 1:
        facts["jax.cuda"] = known(there[0][0], there[0][1].origin)
    else:
        facts["jax.cuda"] = unknown("jax-two-plugins") if there else doubt or absent(jaxlib.origin)
    facts["jax.cudnn"] = doubt or absent(jaxlib.origin)
    return facts


def _dotted(digits: str) -> str:
    """
    >>> _dotted("112"), _dotted("12"), _dotted("92")
    ('11.2', '12', '9.2')
    """
    return f"{digits[:-1]}.{digits[-1]}" if int(digits) >= 20 else digits


def _jax_fits(chart: Chart, tables: Tables) -> dict[str, Fact]:
    names = ("jax.driver_min", "jax.driver_ok", "jax.cudnn_ok")
    cuda = chart.fact("jax.cuda")
    if cuda.state != KNOWN:
        return dict.fromkeys(names, cuda)
    text = str(cuda.value)
    rows = [row for row in tables.get("cuda-toolkits", ()) if _major(row["cuda"]) == _major(text)]
    exact = [row for row in rows if "." in text and same_cuda(row["cuda"], text)]
    floors = [row[key] for row in rows for key in ("minor_linux",) if key in row]
    floors += [row["driver_linux"] for row in exact if "driver_linux" in row]
    facts: dict[str, Fact] = dict.fromkeys(names[:2], past_the_table(tables, "cuda-toolkits", "cuda", text))
    if floors:
        lowest = min(floors, key=lambda floor: [int(part) for part in floor.split(".")])
        facts["jax.driver_min"] = known(lowest, "the table of CUDA toolkits")
        facts["jax.driver_ok"] = _driver_ok(chart, lowest, text)
    built, candidates = chart.fact("jax.cudnn"), [version for version, _ in _cudnns(chart)]
    if built.state != KNOWN:
        facts["jax.cudnn_ok"] = built
    else:
        facts["jax.cudnn_ok"] = _serves(candidates, str(built.value), chart.fact("cudnn"))
    return facts


def _driver_ok(chart: Chart, lowest: str, cuda: str) -> Fact:
    driver, newest = chart.fact("driver"), chart.fact("driver.cuda")
    if driver.state == KNOWN:
        enough = versions.compare(str(driver.value), ">=", lowest)
        return unknown("not-a-version", str(driver.value)) if enough is None else _yes(enough)
    if newest.state == KNOWN and int(_major(cuda)) >= 11:
        return _yes(int(_major(str(newest.value))) >= int(_major(cuda)))
    return driver


# ---------------------------------------------------------------- which builds are there?


def _cuda_builds(chart: Chart) -> Fact:
    built, doubt = [], None
    for name, title in (("torch", "torch"), ("tensorflow", "TensorFlow"), ("jax", "JAX")):
        cuda = chart.fact(f"{name}.cuda")
        if cuda.state == KNOWN:
            built.append(f"{title} {chart.value(name + '.version', '')} (CUDA {cuda.value})")
        elif cuda.state == UNKNOWN:
            doubt = doubt or cuda
    return known(built) if built else doubt or absent()


# ---------------------------------------------------------------- what TensorFlow will look for


def library_names(cuda: str, system: str) -> list[str]:
    """The files of a CUDA toolkit that TensorFlow loads, as they are called there.

    From 10.1 on every library counts for itself; within 11 and 12 the names stay (CUDA release notes; the messages
    "Could not load dynamic library" of TensorFlow 1.14 to 2.18).

    >>> library_names("10.0", "linux")[:2], library_names("11.2", "linux")[4], library_names("11.0", "linux")[4]
    (['libcudart.so.10.0', 'libcublas.so.10.0'], 'libcusolver.so.11', 'libcusolver.so.10')
    >>> library_names("10.1.243", "windows")[:2], library_names("11.2", "windows")[0], library_names("12.2", "linux")[2]
    (['cudart64_101.dll', 'cublas64_10.dll'], 'cudart64_110.dll', 'libcufft.so.11')
    >>> library_names("next", "linux")
    []
    """
    number = pair(cuda)
    if number is None or number[0] > 13:
        return []
    short = f"{number[0]}.{number[1]}"
    if number < (10, 1):
        by_library = dict.fromkeys(("cudart", "cublas", "cufft", "curand", "cusolver", "cusparse"), short)
    else:
        major = str(number[0])
        by_library = {
            "cudart": short if number[0] == 10 else "11.0" if number[0] == 11 else major,
            "cublas": major,
            "cufft": {"12": "11", "13": "12"}.get(major, "10"),
            "curand": "10",
            "cusolver": "10" if number < (11, 1) else {"13": "12"}.get(major, "11"),
            "cusparse": major,
        }
    if system == "windows":
        return [f"{library}64_{version.replace('.', '')}.dll" for library, version in by_library.items()]
    return [f"lib{library}.so.{version}" for library, version in by_library.items()]


def _tensorflow(chart: Chart, tables: Tables) -> dict[str, Fact]:
    names = [name for name in FACTS if name.startswith("tensorflow.") and name != "tensorflow.native_windows_ended"]
    version, cuda = chart.fact("tensorflow.version"), chart.fact("tensorflow.cuda")
    if version.state != KNOWN or cuda.state != KNOWN:  # not there, a CPU build, or nobody knows
        return dict.fromkeys(names, version if version.state != KNOWN else cuda)
    if not _is_of_registry(chart):
        return dict.fromkeys(names, unknown("tensorflow-of-another-builder", str(version.value)))
    if chart.value("os") not in ("linux", "windows"):
        return dict.fromkeys(names, absent() if chart.value("os") else chart.fact("os"))
    built = _cudnn_built(chart, tables)
    found = sorted(_cudnns_of_tensorflow(chart), key=lambda version: pair(version) or (0, 0))
    near = [one for one in found if built and _major(one) == _major(built)] or found
    no_table = unknown("tensorflow-not-in-table", str(version.value))
    everywhere = chart.fact("cudnn.found")  # another cuDNN, where nobody looked, may be the one that fits
    doubt = everywhere if everywhere.state == UNKNOWN else None
    facts = {
        "tensorflow.cudnn_built": known(built, "the table of TensorFlow releases") if built else no_table,
        "tensorflow.cudnn_found": doubt or (known(near[-1]) if near else chart.fact("cudnn")),
        "tensorflow.cudnn_ok": doubt or (_serves(found, built, chart.fact("cudnn")) if built else no_table),
        "tensorflow.wheels_unseen": _wheels_unseen(chart),
    }
    missing = _missing(chart, str(cuda.value), _major(built) if built and not found else "")
    facts["tensorflow.missing_libraries"] = missing
    facts["tensorflow.missing_library"] = known(missing.value[0]) if missing.state == KNOWN else missing
    return facts


def _native_windows_ended(chart: Chart) -> Fact:
    system, version = chart.fact("os"), chart.fact("tensorflow.version")
    for fact in (system, version):
        if fact.state != KNOWN:
            return fact
    newer = versions.within(str(version.value), ">=2.11")
    if newer is None:
        return unknown("not-a-version", str(version.value))
    return _yes(newer and system.value == "windows")


def _is_of_registry(chart: Chart) -> bool:
    """Builds of others (conda, NVIDIA, Jetson, one's own) come with, or lead to, libraries of their own."""
    packages = need(chart, "conda.packages", {})
    if any(name in packages for name in ("tensorflow", "tensorflow-base", "tensorflow-gpu")):
        return False
    mine = str(chart.value("tensorflow.distribution", "tensorflow")) in ("tensorflow", "tensorflow-gpu")
    return mine and "+" not in str(chart.value("tensorflow.version")) and need(chart, "gpu.tegra") != "yes"


def _of_wheels(chart: Chart, library: str) -> list[Mapping[str, str]]:
    entries = _entries(chart.fact("frameworks.cuda_libraries"))
    return [one for one in entries if one["library"] == library and one["from"].startswith("nvidia-")]


def _missing(chart: Chart, cuda: str, cudnn: str) -> Fact:
    """The files that neither a toolkit, nor the search path, nor conda, nor a wheel has.

    cudnn: the major version that is to be reported, too, because no cuDNN at all was found; or "".
    """
    system = str(chart.value("os"))
    wanted = library_names(cuda, system)
    toolkits, path, inside = (
        chart.fact(name) for name in ("cuda.toolkits", "cuda.library_path", "frameworks.cuda_libraries")
    )
    here = [one["version"] for one in _entries(toolkits)]
    here += [str(chart.value(name)) for name in ("cuda.toolkit", "cudatoolkit") if chart.fact(name).state == KNOWN]
    for name in ("cudatoolkit", "cuda-cudart"):
        here += [record["version"] for key, record in need(chart, "conda.packages", {}).items() if key == name]
    wheels = [one["version"] for one in _of_wheels(chart, "cudart")]
    if versions.within(str(chart.value("tensorflow.version")), _KNOWS_WHEELS):
        here += wheels
    elif any(_major(one) == _major(cuda) for one in wheels):
        return unknown("libraries-in-wheels")  # they serve where LD_LIBRARY_PATH of the training shell leads to them
    if "" in here or not wanted:
        return unknown("toolkit-version-not-told")
    have = {name for one in here for name in library_names(one, system)}
    have |= {one["library"].lower() if system == "windows" else one["library"] for one in _entries(path)}
    missing = [name for name in wanted if name not in have]
    doubt = next((fact for fact in (toolkits, path, inside) if fact.state == UNKNOWN), None)
    if cudnn and doubt is None and chart.fact("cudnn.found").state == ABSENT:
        missing.append(f"cudnn64_{cudnn}.dll" if system == "windows" else f"libcudnn.so.{cudnn}")
    if missing and doubt is not None:
        return doubt
    return _list(missing)


# ---------------------------------------------------------------- cuDNN


def _cudnn_built(chart: Chart, tables: Tables) -> str:
    """The build's own note tells the major version alone; the table of releases tells the minor as well."""
    noted, version = str(chart.value("tensorflow.cudnn", "")), str(chart.value("tensorflow.version"))
    for row in tables.get("tensorflow-releases", ()):
        if versions.compare(version, "==", row["tensorflow"]) and "cudnn" in row:
            listed = str(row.get(f"cudnn_{chart.value('os')}", row["cudnn"]))
            if not noted or _major(noted) == _major(listed):
                return listed
    return noted


def _cudnns(chart: Chart) -> Iterator[tuple[str, str]]:
    """(version, path) of every cuDNN outside of torch and NVIDIA's wheels."""
    if chart.fact("cudnn").state == KNOWN:
        yield str(chart.value("cudnn")), chart.fact("cudnn").origin
    for one in _entries(chart.fact("cudnn.found")):
        yield one["version"], one["path"]
    for one in _entries(chart.fact("cuda.library_path")):
        if re.match(r"(lib)?cudnn(64_|\.so)", one["library"], re.I):
            yield one["version"], one["path"]
    for one in _entries(chart.fact("frameworks.cuda_libraries")):
        if one["library"] == "cudnn" and one["from"] == "conda":
            yield one["version"], one["path"]
    record = need(chart, "conda.packages", {}).get("cudnn")
    if record:
        yield record["version"], "conda"


def _cudnns_of_tensorflow(chart: Chart) -> list[str]:
    return [version for version, _ in _cudnns(chart)] + [one["version"] for one in _of_wheels(chart, "cudnn")]


def _serves(found: Iterable[str], built: str, fact: Fact) -> Fact:
    """Is one of them of the same major and not of an older minor version than what was compiled against?

    "CuDNN library needs to have matching major version and equal or higher minor version" (TensorFlow and XLA).
    """
    verdicts: list[bool | None] = []
    for version in found:
        if not version:
            verdicts.append(None)
        elif _major(version) != _major(built):
            verdicts.append(False)
        else:
            mine, theirs = pair(version), pair(built)
            verdicts.append(None if mine is None or theirs is None else mine >= theirs)
    if True in verdicts:
        return known("yes")
    if None in verdicts:
        return unknown("cudnn-version-not-told")
    return known("no") if verdicts else fact


def _gpus_without_cudnn(chart: Chart, tables: Tables) -> Fact:
    """Cards whose major version torch's cuDNN does not reach, or that it has dropped.

    Support only moves on: what a release does not know yet none before it knew, and what it dropped stays dropped.
    """
    cudnn, cuda, capabilities = (chart.fact(name) for name in ("torch.cudnn", "torch.cuda", "gpu.capability"))
    for fact in (cudnn, cuda, capabilities):
        if fact.state != KNOWN:
            return fact
    mine = pair(str(cudnn.value)) if cudnn.origin != OF_THE_TABLE else None
    if mine is None:  # what the table tells is what was published, not what is there
        return unknown("cudnn-version-not-told")
    newest, oldest = 99, (0, 0)
    for row in tables.get("cudnn", ()):
        its = pair(row["version"])
        toolkits = row["cuda"].split()
        if its is None or its[0] != mine[0]:
            continue
        if its >= mine and "cc_max" in row and ".".join(str(cuda.value).split(".")[:2]) in toolkits:
            newest = min(newest, int(_major(row["cc_max"])))
        if its <= mine and "cc_min" in row and any(_major(one) == _major(str(cuda.value)) for one in toolkits):
            oldest = max(oldest, pair(row["cc_min"]) or (0, 0))
    names = chart.value("gpu") or ["GPU"] * len(capabilities.value)
    lost = [
        f"{name} ({capability})"
        for name, capability in zip(names, capabilities.value)
        if int(_major(str(capability))) > newest or (pair(str(capability)) or (99, 0)) < oldest
    ]
    return _list(lost, cudnn.origin)


# ---------------------------------------------------------------- a second copy beside torch


def _shadowed(chart: Chart) -> Fact:
    """Files of LD_LIBRARY_PATH that carry the name of one of torch's own and an older minor version.

    A newer minor version serves as well, and a file of another name is not loaded at all; on Windows torch goes to
    its own folder first.
    """
    path, inside = chart.fact("cuda.library_path"), chart.fact("frameworks.cuda_libraries")
    cuda = chart.fact("torch.cuda")
    if cuda.state != KNOWN:
        return cuda
    if chart.value("os") == "windows":
        return absent()
    for fact in (path, inside):
        if fact.state != KNOWN:
            return fact
    own: dict[str, str] = {}
    for one in inside.value:
        if one["from"] == "torch/lib" or _is_wheel_for(one["from"], str(cuda.value)):
            version = one["version"]
            if one["library"] == "cudnn" and pair(version) is None:
                version = str(chart.value("torch.cudnn", version))
            own[re.split(r"[\\/]", one["path"])[-1]] = version
    return _list(
        [
            f"{one['path']} ({one['version']} < {own[one['library']]})"
            for one in path.value
            if one["library"] in own and _is_older(one["version"], own[one["library"]])
        ],
        path.origin,
    )


def _is_wheel_for(distribution: str, cuda: str) -> bool:
    """
    >>> [_is_wheel_for(name, "12.1") for name in ("nvidia-cublas-cu12", "nvidia-cublas-cu11", "nvidia-cublas", "conda")]
    [True, False, True, False]
    """
    suffix = re.search(r"-cu(\d+)$", distribution)
    return distribution.startswith("nvidia-") and (suffix is None or suffix.group(1) == _major(cuda))


def _is_older(version: str, than: str) -> bool:
    """The same major and an older minor version."""
    mine, theirs = pair(version), pair(than)
    return mine is not None and theirs is not None and mine[0] == theirs[0] and mine < theirs


def _conda_libraries(chart: Chart) -> Fact:
    """conda's python looks into the lib folder of its environment, so an older cudatoolkit there comes first."""
    packages, cuda, build = (chart.fact(name) for name in ("conda.packages", "torch.cuda", "torch.conda_build"))
    for fact in (cuda, packages, chart.fact("frameworks.cuda_libraries")):
        if fact.state != KNOWN:
            return fact
    if build.state != ABSENT or chart.value("os") == "windows":
        return build if build.state == UNKNOWN else absent()
    own = {"cudatoolkit": str(cuda.value)} if _of_wheels(chart, "cublas") else {}
    for library, package in (("cudnn", "cudnn"), ("cublas", "libcublas"), ("nvjitlink", "libnvjitlink")):
        for one in _of_wheels(chart, library):
            if _is_wheel_for(one["from"], str(cuda.value)):
                own[package] = one["version"]
    return _list(
        f"{name} {packages.value[name]['version']}"
        for name, version in own.items()
        if name in packages.value and _is_older(packages.value[name]["version"], version)
    )


def _wheels_refused(chart: Chart) -> Fact:
    requires, system = chart.fact("packages.requires"), chart.value("os")
    if requires.state != KNOWN or chart.fact("torch.cuda").state != KNOWN:
        return requires if requires.state != KNOWN else chart.fact("torch.cuda")
    if system != "linux":
        return absent() if system else chart.fact("os")
    refused, doubt = [], None
    for demand in requires.value.get("torch", ()):
        pin = re.match(r"(nvidia-[\w-]+)\s*\(?==\s*([\d.]+)", demand)
        if pin:
            installed = chart.fact(pin.group(1))
            if installed.state == UNKNOWN:
                doubt = installed
            elif installed.state == KNOWN and not versions.compare(str(installed.value), "==", pin.group(2)):
                refused.append(f"{pin.group(1)} {installed.value} (torch: {pin.group(2)})")
    return _list(refused, requires.origin) if refused or doubt is None else doubt


def _wheels_unseen(chart: Chart) -> Fact:
    inside, path = chart.fact("frameworks.cuda_libraries"), chart.fact("cuda.library_path")
    if inside.state == UNKNOWN or path.state == UNKNOWN:
        return inside if inside.state == UNKNOWN else path
    leads = any("/nvidia/" in one["path"].replace("\\", "/") for one in _entries(path))
    return _yes(bool(_of_wheels(chart, "cudnn")) and not leads)


# ---------------------------------------------------------------- what is still to be compiled


def _toolkit_ok(chart: Chart) -> Fact:
    cuda, toolkit = chart.fact("torch.cuda"), chart.fact("cuda.toolkit")
    for fact in (cuda, toolkit):
        if fact.state != KNOWN:
            return fact
    return _yes(_major(str(cuda.value)) == _major(str(toolkit.value)))


def _extensions(chart: Chart) -> Fact:
    """Wanted by the project's own lists or imports, and not there: somebody will have to compile them."""
    wants, imports = chart.fact("project.requires"), chart.fact("project.imports")
    own = chart.fact("project.modules")
    wanted, doubt = [], None
    for distribution, module in _COMPILED.items():
        listed = wants.state == KNOWN and distribution in wants.value and not wants.value[distribution].get("url")
        imported = imports.state == KNOWN and module in imports.value and module not in (own.value or {})
        if listed or imported:
            there = chart.fact(distribution)
            if there.state == UNKNOWN or (own.state == UNKNOWN and not listed):
                doubt = there if there.state == UNKNOWN else own
            elif there.state == ABSENT:
                wanted.append(distribution)
    if wanted:
        return known(wanted)
    return doubt or next((fact for fact in (wants, imports) if fact.state == UNKNOWN), absent())
