"""Which build of torch and TensorFlow is this, where their own files do not say?"""

from __future__ import annotations

from typing import Any

from .. import versions
from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, canonical, known, unknown
from . import Tables

FACTS = {
    "tensorflow.version": "TensorFlow's version, whichever distribution brings it",
    "tensorflow.distribution": "the distribution that brings TensorFlow",
    "tensorflow.distributions": "all installed distributions that bring TensorFlow",
    "tensorflow.gpu_build": "yes when it is a CUDA build",
    "tensorflow.cuda": "the CUDA that it was built with",
    "tensorflow.cudnn": "the cuDNN that it was built with",
    "torch.version": "torch's version with its local part",
    "torch.cuda": "the CUDA that torch was built with; absent in a CPU build",
    "torch.cudnn": "the cuDNN that torch was built with",
    "torch.hip": "the ROCm that torch was built with",
}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {**_tensorflow(chart, tables), **_torch(chart, tables)}


def _tensorflow(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """TensorFlow under any of its names."""
    family = _family(tables, "tensorflow")
    seen = [(name, chart.fact(name)) for name in family]
    installed = [(name, fact) for name, fact in seen if fact.state == KNOWN]
    if installed:
        name, fact = installed[0]
        return {
            "tensorflow.version": fact,
            "tensorflow.distribution": known(name, fact.origin),
            "tensorflow.distributions": known([name for name, _ in installed]),
            **_tensorflow_build(chart, tables, name, str(fact.value)),
        }
    missing = _first_unknown(fact for _, fact in seen)
    names = [name for name in FACTS if name.startswith("tensorflow.")]
    return {name: missing or absent() for name in names}


def _tensorflow_build(chart: Chart, tables: Tables, distribution: str, version: str) -> dict[str, Fact]:
    """Is it a CUDA build, and for which CUDA: what the table of releases tells of the registry's wheels."""
    system = chart.value("os")
    rows = [row for row in tables.get("tensorflow-releases", ()) if _same_release(version, row["tensorflow"])]
    if system not in ("linux", "windows"):
        return {}
    if not rows:
        doubt = past_the_table(tables, "tensorflow-releases", "tensorflow", version)
        return {f"tensorflow.{name}": doubt for name in ("gpu_build", "cuda", "cudnn")}
    row = rows[0]
    if distribution == "tensorflow-gpu":
        gpu = "yes" if system in row.get("tensorflow_gpu", "").split() else "no"
    elif distribution == "tensorflow":
        gpu = row.get(f"gpu_{system}", "")
    else:
        gpu = "no" if distribution in ("tensorflow-cpu", "tensorflow-intel", "intel-tensorflow") else ""
    if not gpu:
        return {}
    origin = "the table of TensorFlow releases"
    facts = {"tensorflow.gpu_build": known(gpu, origin)}
    for name in ("cuda", "cudnn"):
        if gpu == "no":
            facts[f"tensorflow.{name}"] = absent(origin)
        elif name in row:
            facts[f"tensorflow.{name}"] = known(row.get(f"{name}_{system}", row[name]), origin)
    return facts


def _family(tables: Tables, module: str) -> list[str]:
    """The distributions that provide a module, the usual one first."""
    for row in tables.get("providers", ()):
        if row.get("module") == module:
            return [canonical(name) for name in row["distributions"].split()]
    return [module]


def _first_unknown(facts: Any) -> Fact | None:
    return next((fact for fact in facts if fact.state == UNKNOWN), None)


def _torch(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """What torch's version tells of its build: `+cu118`, `+cpu`, or the build that the registry ships."""
    version = chart.fact("torch.version") if "torch.version" in chart.facts else chart.fact("torch")
    if version.state != KNOWN:
        return {name: version for name in ("torch.version", "torch.cuda", "torch.cudnn", "torch.hip")}
    facts = {"torch.version": version}
    local = str(version.value).partition("+")[2]
    facts["torch.hip"] = known(local[4:], version.origin) if local.startswith("rocm") else absent(version.origin)
    system = chart.value("os")
    rows = [row for row in tables.get("torch-builds", ()) if _same_release(str(version.value), row["torch"])]
    if local.startswith("cpu"):
        facts["torch.cuda"] = absent(version.origin)
    elif local.startswith("cu") and local[2:].isdigit():
        facts["torch.cuda"] = known(f"{local[2:-1]}.{local[-1]}", version.origin)
    elif not local and rows and system == "windows":
        facts["torch.cuda"] = absent("the registry's build for Windows")
    elif not local and rows and system == "linux":
        shipped = [row["cuda"] for row in rows if row.get("default") == "linux"]
        if shipped:
            facts["torch.cuda"] = known(shipped[0], "the registry's build for Linux")
    elif not local and not rows and system in ("linux", "windows"):
        facts["torch.cuda"] = past_the_table(tables, "torch-builds", "torch", str(version.value))
    cuda = (
        chart.fact("torch.cuda") if "torch.cuda" in chart.facts else facts.get("torch.cuda", unknown("nobody-looked"))
    )
    if cuda.state == ABSENT:
        facts["torch.cudnn"] = absent(cuda.origin)
    elif cuda.state == KNOWN:
        built = [row["cudnn"] for row in rows if same_cuda(str(cuda.value), row["cuda"]) and "cudnn" in row]
        if built:
            facts["torch.cudnn"] = known(built[0], "the table of torch builds")
    return facts


def _same_release(version: str, release: str) -> bool:
    return bool(versions.compare(version, "==", release))


def past_the_table(tables: Tables, table: str, column: str, version: str) -> Fact:
    """Why a release is not in a table: newer than its newest row, or left out; with the day the table was checked."""
    rows = tables.get(table, ())
    newer = bool(rows) and all(versions.compare(version, ">", row[column]) for row in rows)
    return unknown(f"{column}-newer-than-known" if newer else f"{column}-not-in-table", getattr(rows, "checked", ""))


def same_cuda(left: str, right: str) -> bool:
    """10.0.130 and 10.0 are the same toolkit."""
    return left.split(".")[:2] == right.split(".")[:2]
