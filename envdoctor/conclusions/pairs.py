"""Were torchvision and torchaudio made for the torch beside them?

Their compiled parts are linked against one minor release of torch and, in CUDA builds, against one CUDA.  Builds that
are not the makers' own (from source, nightly, conda-forge's rebuilds for a later torch) are not judged.
"""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from ..chart import ABSENT, KNOWN, UNKNOWN, Chart, Fact, absent, known, unknown
from . import Tables, need, undecided
from .wheels import Place, doubt_of

PARTNERS = ("torchvision", "torchaudio")
_MEANINGS = {
    "torch": "the torch releases that this {} was made for",
    "fits_torch": "yes when that is the minor release that is installed",
    "pair": "the {} release made for the installed torch",
    "pair_from": "where that lies: registry, index (of PyTorch, by CUDA) or conda, as torch itself does",
    "cuda_fits": "yes when the CUDA of {}'s build is that of torch's",
}
FACTS = {f"{one}.{key}": text.format(one) for one in PARTNERS for key, text in _MEANINGS.items()}


def conclude(chart: Chart, tables: Tables) -> dict[str, Fact]:
    return {name: fact for partner in PARTNERS for name, fact in _partner(chart, tables, partner).items()}


def _partner(chart: Chart, tables: Tables, partner: str) -> dict[str, Fact]:
    names = [f"{partner}.{key}" for key in _MEANINGS]
    return undecided(names, lambda: _pair(chart, tables, partner, names))


def _pair(chart: Chart, tables: Tables, partner: str, names: list[str]) -> dict[str, Fact]:
    torch, own = chart.fact("torch.version"), chart.fact(partner)
    if torch.state != KNOWN or own.state != KNOWN:
        lacking = torch if torch.state == ABSENT or own.state == KNOWN else own
        return {name: lacking for name in names}
    strange = unknown("torch-not-in-table", f"{torch.value}, {partner} {own.value}")
    if chart.value("torch.source_build") == "yes" or not _is_makers_own(chart, partner):
        return {name: strange for name in names}
    its, mine = _release(str(torch.value)), _release(str(own.value))
    made_for = _made_for(tables, partner, mine) if its and mine else []
    if not its or not made_for:
        return {name: strange for name in names}
    fits = _minor(its) in [_minor(Version(one)) for one in made_for]
    pair = _partner_of(tables, partner, its)
    return {
        f"{partner}.torch": known(made_for, "the table of torch releases"),
        f"{partner}.fits_torch": known("yes" if fits else "no") if pair or fits else strange,
        f"{partner}.pair": known(pair, "the table of torch releases") if pair else strange,
        f"{partner}.pair_from": _source(chart, tables, partner, pair),
        f"{partner}.cuda_fits": _cuda_fits(chart, partner, str(own.value)),
    }


def _is_makers_own(chart: Chart, partner: str) -> bool:
    """conda-forge and others build a torchvision again for later releases of torch."""
    record = need(chart, "conda.packages", {}).get(partner) or {}
    return not record or "pytorch" in str(record.get("channel"))


def _release(text: str) -> Version | None:
    """The final release; None for nightlies, source builds (0.15.0a0+1b2c3d4) and what is no version."""
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    return None if version.is_prerelease else version


def _minor(version: Version) -> tuple[int, ...]:
    return version.release[:2]


def _rows(tables: Tables, partner: str) -> list[tuple[str, list[str]]]:
    """(torch, releases of the partner), from torch 1.1 on: before, torchvision was pure Python and fitted any."""
    return [
        (row["torch"], row[partner].split())
        for row in tables.get("torch-releases", ())
        if partner in row and Version(row["torch"]) >= Version("1.1")
    ]


def _made_for(tables: Tables, partner: str, version: Version) -> list[str]:
    """The torch releases that this one was made for; of one that is not listed, those of its minor, if all agree."""
    public = Version(version.public)
    exact = [torch for torch, ones in _rows(tables, partner) if any(Version(one) == public for one in ones)]
    if exact:
        return exact
    near = [
        torch for torch, ones in _rows(tables, partner) if any(_minor(Version(one)) == _minor(version) for one in ones)
    ]
    return near if len({_minor(Version(torch)) for torch in near}) == 1 else []


def _partner_of(tables: Tables, partner: str, torch: Version) -> str:
    rows = _rows(tables, partner)
    exact = [ones for one, ones in rows if Version(one) == Version(torch.public)]
    near = [ones for one, ones in rows if _minor(Version(one)) == _minor(torch)]
    return (exact or near)[-1][-1] if exact or near else ""


def _source(chart: Chart, tables: Tables, partner: str, pair: str) -> Fact:
    """Where a partner of the same kind as the installed torch comes from."""
    if not pair:
        return absent()
    if {"pytorch", "torch"} & set(need(chart, "conda.packages", {})):
        return known("conda")
    doubt = doubt_of(chart)
    if doubt:
        return doubt
    place = Place(chart)
    by_tag = "+" in str(chart.value("torch.version"))
    here = place.served_by_registry(partner, pair, tables)
    return known("registry" if here and not by_tag else "index")


def _cuda_fits(chart: Chart, partner: str, version: str) -> Fact:
    """torchvision refuses another major of CUDA, torchaudio another minor, too (their _check_cuda_version)."""
    tag = version.partition("+")[2]
    torch_cuda = chart.fact("torch.cuda")
    if not (tag == "cpu" or (tag.startswith("cu") and tag[2:].isdigit())) or chart.fact("torch.hip").state == KNOWN:
        return absent()
    if torch_cuda.state == UNKNOWN:
        return torch_cuda
    if tag == "cpu" or torch_cuda.state == ABSENT:
        return known("yes" if tag == "cpu" and torch_cuda.state == ABSENT else "no")
    own, its = [tag[2:-1], tag[-1]], str(torch_cuda.value).split(".")[:2]
    return known("yes" if (own[:1] == its[:1] if partner == "torchvision" else own == its) else "no")
