"""How do two versions compare?  Every comparison in the house happens here.

Versions of packages, drivers (450.80.02), toolkits (10.0.130) and GPUs (8.6) are all compared field by field.
"""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from .chart import canonical


@lru_cache(maxsize=1024)
def parse(text: str) -> Version | None:
    """The version in `text`, or None where there is none.

    A pre-release counts as the release it leads to: a nightly of torch 2.6 has the interfaces of 2.6, so for a
    rule about ">=2.6" it must not pass for 2.5.  The local part (+cu118) is kept.

    >>> str(parse("2.6.0.dev20240901+cu124")), str(parse("450.80.02")), parse("unknown")
    ('2.6.0+cu124', '450.80.2', None)
    """
    try:
        found = Version(text.strip())
    except InvalidVersion:
        leading = re.match(r"\s*v?([0-9]+(?:\.[0-9]+)*)", text)  # \d holds the digits of all scripts
        if not leading:
            return None
        return Version(leading.group(1))
    local = f"+{found.local}" if found.local else ""
    return Version(found.base_version + local)


@lru_cache(maxsize=1024)
def _sets(text: str) -> tuple[SpecifierSet, ...]:
    """The alternatives of `>=7.0,<7.1 | >=9.0`.  Raises ValueError."""
    try:
        return tuple(SpecifierSet(part.strip()) for part in text.split("|"))
    except InvalidSpecifier as error:
        raise ValueError(str(error)) from None


def check(specifier: str) -> None:
    """Raises ValueError if `specifier` is no set of versions."""
    _sets(specifier)


def within(version: str, specifier: str) -> bool | None:
    """Is the version in the set?  None where `version` is no version.  Raises ValueError for a bad specifier.

    packaging changed its mind about pre-releases between 24 and 26, so that is always decided here.

    >>> within("1.2.0+cu100", "==1.2.0"), within("8.3.0", ">=7,<7.1 | >=9"), within("?", ">=1")
    (True, False, None)
    """
    sets = _sets(specifier)
    parsed = parse(version)
    if parsed is None:
        return None
    return any(alternative.contains(parsed, prereleases=True) for alternative in sets)


def accepted(version: str, specifier: str) -> bool | None:
    """Does a demand of a distribution or of a project take this version?  None and errors as in `within`.

    A demand may name a pre-release, so here it is enough when either it or the release it leads to is taken.

    >>> accepted("2.8.0.dev2021122109", "==2.8.0.dev2021122109"), accepted("2.6.0.dev20240901", ">=2.6")
    (True, True)
    >>> accepted("2.1.0", "<2.1"), accepted("2.1.0.dev1", "==2.1.0.dev2")
    (False, False)
    """
    if within(version, specifier) is not False:
        return within(version, specifier)
    try:
        exact = Version(version.strip())
    except InvalidVersion:
        return False
    return any(alternative.contains(exact, prereleases=True) for alternative in _sets(specifier))


_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def compare(left: str, operator: str, right: str) -> bool | None:
    """Compare two versions, local parts aside; None where either is none.

    >>> compare("450.80.02", "<", "450.119.03"), compare("1.2.0+cu100", "==", "1.2")
    (True, True)
    """
    a, b = parse(left), parse(right)
    if a is None or b is None:
        return None
    return bool(_COMPARE[operator](Version(a.public), Version(b.public)))


# ---------------------------------------------------------------- requirements

_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?(?P<specifier>.*)$")


def name_of(requirement: str) -> str:
    """
    >>> name_of("Jax[cuda12] >=0.4"), name_of("h5py==2.10.0")
    ('jax', 'h5py')
    """
    match = _REQUIREMENT.match(requirement)
    return canonical(match.group("name")) if match else requirement


def specifier_of(requirement: str) -> str:
    """
    >>> specifier_of("jax[cuda12] >=0.4"), specifier_of("h5py==2.10.0"), specifier_of("h5py")
    ('>=0.4', '==2.10.0', '')
    """
    match = _REQUIREMENT.match(requirement)
    return match.group("specifier").strip() if match else ""


def exact(specifier: str) -> str:
    """The one version that a specifier lets in, "" where there may be several.

    >>> exact("==2.10.0"), exact("==1.21.*"), exact(">=2")
    ('2.10.0', '', '')
    """
    return specifier.lstrip("=").strip() if re.match(r"^===?[^*,=]+$", specifier) else ""


def go_together(one: str, other: str) -> bool:
    """Can one version meet both requirements?  Those of different distributions always go together.

    >>> go_together("numpy>=2.0.2", "numpy<2"), go_together("numpy==1.26.4", "numpy<2"), go_together("six", "numpy<2")
    (False, True, True)
    """
    if name_of(one) != name_of(other) or one == other:
        return True
    both = [specifier for specifier in (specifier_of(one), specifier_of(other)) if specifier]
    ends = {version for specifier in both for version in re.findall(r"\d[\w.+!-]*", specifier.replace(".*", ""))}
    tried = {"0", *ends, *(f"{version}.0.1" for version in ends if "+" not in version)}
    return any(all(within(version, specifier) for specifier in both) for version in sorted(tried))


def meets(pin: str, limit: str) -> bool:
    """Does whatever a pin lets in meet a limit?  Of a pin that lets several versions in, one is enough.

    >>> meets("v==0.16.0", "v==0.16.0+cu118"), meets("v==0.16.0+cu118", "v==0.16.0")
    (False, True)
    """
    version, allowed = exact(specifier_of(pin)), specifier_of(limit)
    if name_of(pin) != name_of(limit) or not version or not allowed:
        return go_together(pin, limit)
    return bool(within(version, allowed))
