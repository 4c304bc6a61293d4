"""Which build of torch, JAX or TensorFlow would use the card of this machine, in place of the one that does not?

The smallest change wins: the installed release with another tag, else the nearest newer release, else the nearest older
one.  Of several tags, one with machine code for the card goes before one that the driver must compile for, one for
whose CUDA the driver was made before one that it runs as well, then the usual build of the release, then the newest.
Only builds of the tables are named, with wheels for this Python, system and processor.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Tuple

from packaging.version import InvalidVersion, Version

from .. import versions
from ..chart import ABSENT, KNOWN, Chart, Fact, absent, known, unknown
from . import Tables, Undecided, need
from .frameworks import same_cuda
from .kernels import has_cubin, runs
from .wheels import Place, doubt_of, wheel_exists

FACTS = {
    "torch.cure": "the requirements that put a build in place which uses the card, torch first",
    "torch.cure_index": "the page that they come from",
    "torch.cure_option": "how pip is told of it",
    "torch.cure_named": "yes when they are known; what is not known has no command",
    "torchvision.cure": "torchvision's partner of the installed torch, with its tag, as a requirement",
    "torchvision.cure_index": "as for torch",
    "torchvision.cure_option": "as for torch",
    "torchvision.cure_named": "as for torch",
    "torchaudio.cure": "as for torchvision",
    "torchaudio.cure_index": "as for torch",
    "torchaudio.cure_option": "as for torch",
    "torchaudio.cure_named": "as for torch",
    "jax.cure": "the requirements that add the CUDA part to the installed JAX",
    "jax.cure_named": "as for torch",
    "tensorflow.cure": "the requirements that put the CUDA build of the installed release in place",
    "tensorflow.cure_named": "as for torch",
}

#: A build as far as it is judged: release, row of the table, what speaks for it (smaller is better).
Choice = Tuple[str, Mapping[str, Any], Tuple[Any, ...]]


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    judges: dict[str, Callable[[], dict[str, Fact]]] = {
        "torch": lambda: _torch(chart, tables),
        "torchvision": lambda: _beside(chart, tables, "torchvision"),
        "torchaudio": lambda: _beside(chart, tables, "torchaudio"),
        "jax": lambda: _jax(chart, tables),
        "tensorflow": lambda: _tensorflow(chart, tables),
    }
    for name, judge in judges.items():
        names = [one for one in FACTS if one.startswith(name + ".")]
        try:
            found = judge()
        except Undecided as stop:
            found = dict.fromkeys(names, stop.fact)
        facts.update({one: found.get(one, absent()) for one in names})
        # A remedy depends on what is known and not only on what is so: this fact is about the first.
        facts[f"{name}.cure_named"] = known("yes" if facts[f"{name}.cure"].state == KNOWN else "no")
    return facts


# ---------------------------------------------------------------- torch


def _torch(chart: Chart, tables: Tables) -> dict[str, Fact]:
    version = need(chart, "torch.version")
    if version is None or need(chart, "gpu.nvidia") != "yes" or not _is_useless(chart, "torch"):
        return {}
    if need(chart, "packages.by_conda", {}).get("torch") is not None:
        return {}  # pip would lay its files over those of conda
    release = _release(str(version))
    doubt = doubt_of(chart)
    if doubt or release is None:
        raise Undecided(doubt or unknown("torch-not-in-table", str(version)))
    choices, doubts = [], 0
    for one, row in _builds(tables):
        fits = _fit(chart, tables, one, row)
        doubts += fits is None
        if fits:
            choices.append((one, row, fits))
    if not choices:
        raise Undecided(unknown("torch-not-in-table", str(version))) if doubts else Undecided(absent())
    _, row, _ = min(choices, key=lambda choice: (_distance(release, Version(choice[0])), choice[2]))
    return _requirements(chart, tables, row)


def _is_useless(chart: Chart, framework: str) -> bool:
    """Can the build that is installed not use any card here?"""
    if chart.fact(f"{framework}.hip").state == KNOWN:
        return False
    if chart.fact(f"{framework}.cuda").state == ABSENT:
        return True
    return "no" in (chart.value(f"{framework}.runs_on_gpu"), chart.value(f"{framework}.driver_ok"))


def _distance(own: Version, other: Version) -> tuple[Any, ...]:
    """The same release, then newer ones, the nearest first, then older ones."""
    if other == own:
        return (0,)
    number = [part if other > own else -part for part in (*other.release, 0, 0)[:3]]
    return (1 if other > own else 2, *number)


def _release(text: str) -> Version | None:
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    return None if version.is_prerelease else Version(version.public)


def _builds(tables: Tables) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every build that pip can be told to take."""
    for row in tables.get("torch-builds", ()):
        page = _page(tables, row["torch"])
        if page and page.get("plain", "") != row.get("default", "none"):
            yield row["torch"], row


def _page(tables: Tables, release: str) -> Mapping[str, str] | None:
    """Where the builds of a release lie: the last row that it has come to."""
    rows = [row for row in tables.get("package-indexes", ()) if versions.compare(release, ">=", row["since"])]
    return rows[-1] if rows else None


def _fit(chart: Chart, tables: Tables, release: str, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What speaks for a build, smaller is better; () where it does not do here, None where the tables are silent."""
    system = str(chart.value("os"))
    if system not in row["os"].split() or not _has_wheel(chart, tables, release):
        return ()
    if any(partner in chart.distributions() and not _partner(tables, release, partner) for partner in _PARTNERS):
        return ()
    toolkit = next((one for one in tables.get("cuda-toolkits", ()) if same_cuda(row["cuda"], one["cuda"])), None)
    if toolkit is None or f"sm_{system}" not in row:
        return None
    cubins, ptx = row[f"sm_{system}"].split(), row.get(f"ptx_{system}", "").split()
    cards = [str(one) for one in need(chart, "gpu.capability", ())]
    made = _driver(chart, toolkit, row["cuda"])
    if made is None or not cards or not all(runs(one, cubins, ptx, toolkit["sm_max"]) for one in cards):
        return ()
    compiled = not all(has_cubin(one, cubins) for one in cards)
    if compiled and not made:
        return ()  # a driver that is older than the toolkit cannot compile its PTX
    number = [-int(part) for part in row["cuda"].split(".")[:2]]
    return (compiled, not made, row.get("default") != "linux", *number)


_PARTNERS = ("torchvision", "torchaudio")


def _has_wheel(chart: Chart, tables: Tables, release: str) -> bool:
    """The pages have the builds of x86_64 for the Pythons of the registry; for old releases on Windows, of Linux."""
    place = Place(chart)
    if "x86_64" not in (str(machine).lower().replace("amd64", "x86_64") for machine in place.machines):
        return False
    if place.system == "linux" and not chart.value("cpu.arch"):
        raise Undecided(unknown("nobody-looked"))
    systems = [system for system, machine in place.systems("torch") if machine.lower() in ("x86_64", "amd64")]
    own = wheel_exists("torch", release, place.python, place.system, "x86_64", tables)
    if own or place.system != "windows" or versions.compare(release, ">=", "1.7"):
        return bool(own)
    return any(wheel_exists("torch", release, place.python, one, "x86_64", tables) for one in systems)


def _driver(chart: Chart, toolkit: Mapping[str, str], cuda: str) -> bool | None:
    """Was the driver made for this toolkit?  False: it runs its programs all the same.  None: it does not."""
    system = "windows" if chart.fact("os.wsl").state == KNOWN else str(chart.value("os"))
    driver, newest = chart.fact("driver"), chart.fact("driver.cuda")
    if driver.state == KNOWN:
        for key, made in ((f"driver_{system}", True), (f"minor_{system}", False)):
            if key in toolkit and versions.compare(str(driver.value), ">=", toolkit[key]):
                return made
        return None
    if newest.state == KNOWN:
        if versions.compare(str(newest.value), ">=", ".".join(cuda.split(".")[:2])):
            return True
        same = str(newest.value).split(".")[0] == cuda.split(".")[0]
        return False if same and int(cuda.split(".")[0]) >= 11 else None
    raise Undecided(driver if driver.state != ABSENT else absent())


def _partner(tables: Tables, release: str, partner: str, own: str = "") -> str:
    """The release of torchvision or torchaudio for a torch: the installed one where it is one of several."""
    for row in tables.get("torch-releases", ()):
        if row["torch"] == release and partner in row:
            made: list[str] = row[partner].split()
            return own if own in made else made[-1]
    return ""


def _requirements(chart: Chart, tables: Tables, row: Mapping[str, Any]) -> dict[str, Fact]:
    release, tag = row["torch"], row["tag"]
    page = _page(tables, release)
    assert page is not None, "only builds with a page are chosen"
    wanted = {"torch": release}
    for partner in _PARTNERS:
        own = chart.distributions().get(partner)
        if own is not None:
            wanted[partner] = _partner(tables, release, partner, own.partition("+")[0])
    tagged = page["tagged"].split()
    pins = [f"{name}=={version}" + (f"+{tag}" if name in tagged else "") for name, version in wanted.items()]
    origin = "the tables of torch builds and releases"
    return {
        "torch.cure": known(pins, origin),
        "torch.cure_index": known(page["page"].replace("{tag}", tag), origin),
        "torch.cure_option": known(page["option"], origin),
    }


def _beside(chart: Chart, tables: Tables, partner: str) -> dict[str, Fact]:
    """The partner that lies on the same page as the installed torch, with the same tag."""
    pair = need(chart, f"{partner}.pair")
    version = str(need(chart, "torch.version", ""))
    if pair is None or need(chart, f"{partner}.pair_from") != "index":
        return {}
    release, _, tag = version.partition("+")
    page = _page(tables, release)
    if page is None or partner not in page["tagged"].split() or not _is_tag(tables, release, tag):
        return {}
    place = Place(chart)
    if place.machines != ["x86_64"] and [one.lower() for one in place.machines] != ["amd64"]:
        return {}
    if not wheel_exists(partner, pair, place.python, place.system, "x86_64", tables):
        return {}
    origin = "the tables of torch builds and releases"
    return {
        f"{partner}.cure": known([f"{partner}=={pair}+{tag}"], origin),
        f"{partner}.cure_index": known(page["page"].replace("{tag}", tag), origin),
        f"{partner}.cure_option": known(page["option"], origin),
    }


def _is_tag(tables: Tables, release: str, tag: str) -> bool:
    """Is it the tag of a build of that release, or that of its CPU build?"""
    rows = [row for row in tables.get("torch-builds", ()) if row["torch"] == release]
    return bool(rows) and (tag == "cpu" or any(row["tag"] == tag for row in rows))


# ---------------------------------------------------------------- JAX and TensorFlow: from the registry


def _jax(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """From 0.4.30 on the GPU part is a plugin of the same version, on Linux."""
    version, cuda = need(chart, "jax.version"), chart.fact("jax.cuda")
    if version is None or cuda.state != ABSENT or need(chart, "gpu.nvidia") != "yes" or need(chart, "os") != "linux":
        return {}
    if need(chart, "packages.by_conda", {}).get("jax") is not None or not versions.compare(version, ">=", "0.4.30"):
        return {}
    python = ".".join(str(need(chart, "python", "")).split(".")[:2])
    rows = [
        row
        for row in tables.get("jax", ())
        if row.get("variant") == "cuda12" and versions.compare(version, ">=", row["jax"])
    ]
    newest = max((Version(row["jax"]) for row in tables.get("jax", ())), default=Version("0"))
    if not rows or Version(version) > newest:
        raise Undecided(unknown("jax-newer-than-known", getattr(tables.get("jax"), "checked", "")))
    row = rows[-1]
    floor, oldest = row.get("driver_linux", "525.60.13"), row.get("cc_min", "5.2")
    cards = need(chart, "gpu.capability", ())
    if python not in row["python"].split() or not all(versions.compare(str(one), ">=", oldest) for one in cards):
        return {}
    if not _drives(chart, floor, "12.0"):
        return {}
    if need(chart, "jaxlib") != version:
        return {}  # the plugin must be that of jaxlib, and the extra asks for that of jax
    # The plugin is what the extra asks for; named as well, it can be seen without knowing the extra.
    return {"jax.cure": known([f"jax[cuda12]=={version}", f"jax-cuda12-plugin=={version}"], "the table of JAX")}


def _tensorflow(chart: Chart, tables: Tables) -> dict[str, Fact]:
    """From 2.14 on `tensorflow[and-cuda]` brings the CUDA build and its libraries, on Linux."""
    version = need(chart, "tensorflow.version")
    if version is None or need(chart, "gpu.nvidia") != "yes" or need(chart, "os") != "linux":
        return {}
    name = str(need(chart, "tensorflow.distribution", ""))
    if chart.value("tensorflow.gpu_build") != "no" or name not in ("tensorflow-cpu", "tensorflow"):
        return {}
    if need(chart, "packages.by_conda", {}).get(name) is not None:
        return {}
    if not versions.compare(str(version), ">=", "2.14"):
        return {}
    row = next((one for one in tables.get("tensorflow-releases", ()) if one["tensorflow"] == version), None)
    if row is None or "cuda" not in row:
        raise Undecided(unknown("tensorflow-not-in-table", str(version)))
    python, machine = need(chart, "python"), need(chart, "cpu.arch")
    if machine is None or machine.lower() not in ("x86_64", "amd64"):
        return {}
    if not wheel_exists("tensorflow", str(version), str(python), "linux", "x86_64", tables):
        return {}
    major = row["cuda"].split(".")[0]
    toolkit = next((one for one in tables.get("cuda-toolkits", ()) if one["cuda"].split(".")[0] == major), None)
    if toolkit is None or not _drives(chart, toolkit.get("minor_linux", toolkit["driver_linux"]), major + ".0"):
        return {}
    return {"tensorflow.cure": known([f"tensorflow[and-cuda]=={version}"], "the table of TensorFlow releases")}


def _drives(chart: Chart, floor: str, cuda: str) -> bool:
    driver, newest = chart.fact("driver"), chart.fact("driver.cuda")
    if driver.state == KNOWN and chart.fact("os.wsl").state != KNOWN:
        return bool(versions.compare(str(driver.value), ">=", floor))
    if newest.state == KNOWN:
        return bool(versions.compare(str(newest.value), ">=", cuda))
    raise Undecided(driver if driver.state not in (ABSENT, KNOWN) else unknown("nobody-looked"))
