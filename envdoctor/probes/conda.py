"""What has conda installed in this environment, from which channels, and is its activation in order?"""

import re
from typing import Any, Dict, List, Set, Tuple

from ..chart import Fact, Seen, absent, known, unknown
from ..environments import conda_name, is_conda_base, marked_prefix, variable
from ..patient import Patient

FACTS = {
    "conda.prefix": "folder of the conda environment; absent when the patient is none, like all facts of conda",
    "conda.name": "its name; absent when it is known by its path only",
    "conda.base": "yes if conda itself lives here",
    "conda.packages": "name -> version, build, channel (null where nobody looked)",
    "conda.channels": "channels that the weighty packages come from, as a list",
    "conda.unreadable": "records in conda-meta that could not be read, as a list",
    "conda.stacked": "yes if PATH leads to more than one conda environment",
}

#: Packages whose channel matters for a GPU: mixing the channels of these is what breaks environments.
WEIGHTY = re.compile(
    r"(python|pytorch.*|torch.*|libtorch.*|tensorflow.*|cuda.*|libcu.*|cudnn|nccl|jax.*|mkl|numpy.*|scipy|h5py|hdf5"
    r"|keras.*|opencv|py-opencv|libopencv|openblas|libopenblas|llvm-openmp|intel-openmp|libgcc-ng|libstdcxx-ng)$"
)
#: The channel stands near the head of a record (conda and mamba sort the keys); how much is read, in bytes, before
#: and after giving up hope for a short look (our choice; a record with its list of files has up to several MB).
HEAD, LONG_HEAD = 4096, 262144


def probe(patient: Patient, ask: Any) -> Seen:
    if patient.kind != "conda":
        return Seen({name: absent(patient.prefix) for name in FACTS})
    meta = ask.path.join(patient.prefix, "conda-meta")
    name = conda_name(ask, patient.prefix)
    facts: Dict[str, Fact] = {
        "conda.prefix": known(patient.prefix, meta),
        "conda.name": known(name, patient.prefix) if name else absent(patient.prefix),
        "conda.base": known("yes" if is_conda_base(ask, patient.prefix) else "no", meta),
        "conda.stacked": _stacked(ask),
    }
    trouble = ask.trouble(meta)
    if trouble:
        for closed in ("conda.packages", "conda.channels", "conda.unreadable"):
            facts[closed] = unknown("conda-meta-unreadable", trouble, meta)
        return Seen(facts)
    packages, unreadable = records(ask, meta)
    channels = sorted({str(record["channel"]) for record in packages.values() if record["channel"]})
    facts["conda.packages"] = known(packages, meta)
    facts["conda.channels"] = known(channels, meta)
    facts["conda.unreadable"] = known(unreadable, meta) if unreadable else absent(meta)
    return Seen(facts)


def records(ask: Any, meta: str) -> Tuple[Dict[str, Dict[str, Any]], List[str]]:
    """({package: {"version", "build", "channel"}}, [files that could not be read]) of a conda-meta folder.

    The name of a record tells name, version and build; its content is read for weighty packages only.
    """
    packages: Dict[str, Dict[str, Any]] = {}
    unreadable: List[str] = []
    for file in ask.names(meta):
        if not file.endswith(".json"):
            continue
        parts = file[: -len(".json")].rsplit("-", 2)
        if len(parts) != 3 or not all(parts):
            unreadable.append(file)
            continue
        channel = None
        if WEIGHTY.match(parts[0]):
            path = ask.path.join(meta, file)
            for limit in (HEAD, LONG_HEAD):
                reading = ask.read(path, limit)
                channel = channel_in(reading.text)
                if channel or reading.trouble or len(reading.text.encode("utf-8", "replace")) < limit:
                    break
            if reading.trouble or not reading.text.lstrip().startswith("{"):
                unreadable.append(file)
        packages[parts[0]] = {"version": parts[1], "build": parts[2], "channel": channel}
    return packages, unreadable


def channel_in(head: str) -> Any:
    """The channel named in the beginning of a record, or None.

    >>> channel_in('{"build": "0", "channel": "https://example.org/t/SECRET/pkgs/main/linux-64", "depends"')
    'pkgs/main'
    """
    match = re.search(r'"channel"\s*:\s*"([^"]{1,500})"', head)
    return channel_name(match.group(1)) if match else None


def channel_name(text: str) -> str:
    """The short name of a channel: mirrors and tokens in its address do not matter, labels do.

    >>> [channel_name(t) for t in ("pytorch", "https://example.org/pytorch/linux-64", "defaults")]
    ['pytorch', 'pytorch', 'defaults']
    >>> channel_name("https://example.edu/anaconda/cloud/conda-forge/label/cuda-10/noarch")
    'conda-forge/label/cuda-10'
    """
    parts = [part for part in re.sub(r"^[a-z+]+://[^/]*", "", text).split("/") if part]
    if parts and re.match(r"(noarch|(linux|win|osx|emscripten|zos|freebsd)-\w+)$", parts[-1]):
        parts.pop()
    for word, before in (("pkgs", 0), ("label", 1)):
        if word in parts[before:]:
            return "/".join(parts[parts.index(word) - before :])
    return parts[-1] if parts else text


def _stacked(ask: Any) -> Fact:
    """Activating one environment after the other is harmless: conda takes the first off PATH again.  Two on PATH is
    what `--stack`, a hand-written PATH or a broken activation leaves, and there programs and libraries mix.
    """
    windows = ask.os == "windows"
    seen: Set[str] = set()
    prefixes: List[str] = []
    for entry in variable(ask, "PATH").split(";" if windows else ":"):
        entry = entry.strip().strip('"')
        if not entry or not ask.path.isabs(entry):
            continue
        prefix = marked_prefix(ask, ask.path.join(entry, "python"))
        name = ask.path.basename(entry.rstrip("/\\")).lower()
        if windows and name == "bin" and not prefix:  # PREFIX\Library\bin
            prefix = marked_prefix(ask, ask.path.join(ask.path.dirname(entry), "python"))
        if not prefix or name == "condabin" or not ask.is_dir(ask.path.join(prefix, "conda-meta")):
            continue
        key = ask.path.normcase(ask.real(prefix))
        if key not in seen:
            seen.add(key)
            prefixes.append(prefix)
    return known("yes" if len(prefixes) > 1 else "no", "PATH: " + ", ".join(prefixes) if prefixes else "PATH")
