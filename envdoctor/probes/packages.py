"""What is installed in the patient, as its own metadata files say?"""

import re
from typing import Any, Dict, FrozenSet, List, NamedTuple, Tuple

from ..ask import DENIED, MISSING
from ..chart import DISTRIBUTIONS, Fact, Seen, absent, canonical, known, unknown
from ..patient import Patient

FACTS = {
    "packages.count": "number of installed distributions",
    "packages.duplicates": "distributions recorded more than once: name -> [{version, path}], the winner first",
    "packages.leftovers": "folders of interrupted installations (their names begin with ~)",
    "packages.unreadable": "metadata that could not be read: path -> what is wrong",
    "packages.installers": "who installed what: installer -> [names]",
    "packages.user_site": "distributions that come from the user's own site-packages, outside the environment",
    "packages.modules": "names that `import` would find, the standard library included",
    "packages.hollow": "distributions whose modules are gone: name -> [the file that should be there]",
    "packages.other_python": "compiled for another Python and before the environment's own: name -> [tag, where]",
    "packages.requires": "what each distribution asks for: name -> [requirement], as its metadata spells them",
}

#: Most headers end well before this many bytes; the description that follows is of no use here.
_HEAD_BYTES = 16384
_DIST_INFO = re.compile(r"^(?P<name>.+?)-(?P<version>[^-]+)\.dist-info$")
_EGG_INFO = re.compile(r"^(?P<name>[^-]+)(-(?P<version>[^-]+))?(-py\d[^-]*)?(-.+)?\.(egg-info|egg)$")
_MODULE = re.compile(r"^([A-Za-z_]\w*)(\.py|\.pyc|(\.[\w-]+)?\.(so|pyd))?$")
_TOP_MODULE = re.compile(r"^([A-Za-z_]\w*)(/__init__)?\.py,", re.M)
_RECORD_BYTES = 262144
_TAG = re.compile(r"^Tag:\s*(cp\d+)-(?:cp\w+)-", re.M)
_EDITABLE = re.compile(r"^__editable__.*finder\.py$")
_MAPPING = re.compile(r"^MAPPING[^=]*=\s*\{(.*?)\}", re.S | re.M)


class Record(NamedTuple):
    """One distribution as one folder or file of metadata tells it."""

    name: str
    version: str
    path: str
    installer: str = ""
    requires: Tuple[str, ...] = ()
    lost: str = ""
    tag: str = ""


def headers(text: str) -> Dict[str, List[str]]:
    """The header of a METADATA or PKG-INFO file: lower-case field -> its values, in order.

    >>> headers("Name: a\\nVersion: 1\\nRequires-Dist: b\\nRequires-Dist: c; extra == 'x'\\n\\nName: not a header")
    {'name': ['a'], 'version': ['1'], 'requires-dist': ['b', "c; extra == 'x'"]}
    """
    fields: Dict[str, List[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            continue  # a folded value: none of the fields that we read is ever folded
        field, colon, value = line.partition(":")
        if colon:
            fields.setdefault(field.strip().lower(), []).append(value.strip())
    return fields


def probe(patient: Patient, ask: Any) -> Seen:
    entries = patient.inside.get("path") or []
    if not entries:
        why, detail = patient.trouble or "nobody-looked", patient.trouble_detail
        return Seen({name: unknown(why, detail) for name in FACTS})
    own_tag = "cp" + "".join(str(patient.inside.get("version", "")).split(".")[:2])
    records: List[Record] = []
    unreadable: Dict[str, str] = {}
    leftovers: List[str] = []
    modules = set(patient.inside.get("builtin_modules") or ())
    closed = False
    visited = set()
    for folder in entries:
        real = ask.path.normcase(ask.real(folder))
        if real in visited:
            continue
        visited.add(real)
        names = ask.names(folder)
        if not names:
            trouble = ask.trouble(folder)
            if trouble and trouble != MISSING and not ask.is_file(folder):
                unreadable[folder], closed = trouble, True
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info", ".egg")):
                found, trouble = _record(ask, folder, name)
                if found:
                    lost = _lost_module(ask, folder, names, name)
                    tag = "" if _is_below(ask, folder, patient.prefix) else _other_tag(ask, folder, name, own_tag)
                    records.append(found._replace(lost=lost, tag=tag))
                if trouble:
                    unreadable[ask.path.join(folder, name)] = trouble
            elif name.startswith("~"):
                leftovers.append(ask.path.join(folder, name))
            else:
                module = _MODULE.match(name)
                if module:
                    modules.add(module.group(1))
                    if _EDITABLE.match(name):
                        modules.update(_editable_modules(ask.read(ask.path.join(folder, name)).text))
    facts = _distributions(records, unreadable)
    facts.update(_summary(patient, ask, records, unreadable, leftovers, modules))
    complete: FrozenSet[str] = frozenset() if closed else frozenset([DISTRIBUTIONS])
    return Seen(facts, complete)


def _record(ask: Any, folder: str, name: str) -> Tuple[Any, str]:
    """The record of one metadata folder or file, or None and what is wrong with it."""
    path = ask.path.join(folder, name)
    if name.endswith(".dist-info"):
        spelled, files = _DIST_INFO.match(name), [ask.path.join(path, "METADATA")]
    else:
        spelled = _EGG_INFO.match(name)
        inner = (
            ask.path.join(path, "EGG-INFO", "PKG-INFO") if name.endswith(".egg") else ask.path.join(path, "PKG-INFO")
        )
        files = [inner, path]
    if spelled is None:
        return None, ""
    text = trouble = origin = ""
    for origin in files:
        reading = ask.read(origin, _HEAD_BYTES)
        text, trouble = reading.text, reading.trouble
        if not trouble:
            break
    if trouble == "" and "\n\n" not in text and "\r\n\r\n" not in text and len(text) >= _HEAD_BYTES // 4:
        text = ask.read(origin).text  # an unusually long header
    if text.startswith("PK\x03\x04"):  # a zipped egg: its name says all that we need
        text = ""
    fields = headers(text)
    stated_name = fields.get("name", [""])[0] or spelled.group("name")
    stated_version = fields.get("version", [""])[0]
    if trouble == DENIED and spelled.group("version"):  # the folder's name tells as much
        return Record(canonical(spelled.group("name")), spelled.group("version"), path), trouble
    if trouble or "\ufffd" in stated_name + stated_version or (text and not stated_version):
        return None, trouble or "no-version"
    version = stated_version or spelled.group("version") or ""
    if not version:
        return None, "no-version"
    installer = ask.read(ask.path.join(path, "INSTALLER"), 100).text.strip() if name.endswith(".dist-info") else ""
    requires = tuple(one for one in fields.get("requires-dist", ()) if "extra ==" not in one)
    return Record(canonical(stated_name), version, origin, installer, requires), ""


def _lost_module(ask: Any, folder: str, names: List[str], info: str) -> str:
    """The module file that RECORD promises and that is gone, or "".

    An uninstalled twin takes the other's files along, and an interrupted upgrade moves them aside: the metadata stays.
    Most distributions hold a module of their own name, so RECORD is read only where that is not to be seen.
    """
    guess = info.partition("-")[0].lower().replace(".", "_")
    if guess + ".py" in names or (guess in names and ask.is_file(ask.path.join(folder, guess, "__init__.py"))):
        return ""
    record = ask.read(ask.path.join(folder, info, "RECORD"), _RECORD_BYTES)
    for module in _TOP_MODULE.finditer(record.text):
        file = module.group(0)[:-1]
        if not ask.is_file(ask.path.join(folder, *file.split("/"))):
            return file
    return ""


def _other_tag(ask: Any, folder: str, info: str, own: str) -> str:
    """The tag of the CPython that a compiled distribution was made for, when it is another one."""
    wheel = ask.read(ask.path.join(folder, info, "WHEEL"), 4096).text
    tags = [] if "-abi3-" in wheel else _TAG.findall(wheel)
    return tags[0] if tags and own not in tags else ""


def _distributions(records: List[Record], unreadable: Dict[str, str]) -> Dict[str, Fact]:
    """One fact per distribution: the record that stands first on the path wins, as it does for `import`."""
    facts: Dict[str, Fact] = {}
    by_name: Dict[str, List[Record]] = {}
    for record in records:
        by_name.setdefault(record.name, []).append(record)
    for name, found in by_name.items():
        first = found[0]
        beside = [r.version for r in found if _home(r.path) == _home(first.path) and r.version != first.version]
        if beside:  # two metadata folders side by side: which of them tells the truth cannot be seen from here
            facts[name] = unknown("recorded-twice", ", ".join([first.version] + beside), first.path)
        else:
            facts[name] = known(first.version, first.path)
    for path, trouble in unreadable.items():
        spelled = _DIST_INFO.match(re.split(r"[\\/]", path)[-1])
        name = canonical(spelled.group("name")) if spelled else ""
        if name and name not in facts:
            facts[name] = unknown("metadata-unreadable", trouble, path)
    return facts


def _home(path: str) -> str:
    """The site-packages folder in which a metadata file lies (`…/name.dist-info/METADATA` or `…/name.egg-info`)."""
    parts = re.split(r"[\\/]", path)
    while parts and not parts[-1].endswith((".dist-info", ".egg-info", ".egg")):
        parts.pop()
    return "/".join(parts[:-1])


def _summary(
    patient: Patient,
    ask: Any,
    records: List[Record],
    unreadable: Dict[str, str],
    leftovers: List[str],
    modules: Any,
) -> Dict[str, Fact]:
    by_name: Dict[str, List[Record]] = {}
    installers: Dict[str, List[str]] = {}
    for record in records:
        by_name.setdefault(record.name, []).append(record)
        if record.installer:
            installers.setdefault(record.installer, []).append(record.name)
    twice = {
        name: [{"version": record.version, "path": record.path} for record in found]
        for name, found in by_name.items()
        if len(found) > 1
    }
    user_site = patient.inside.get("user_site") or ""
    from_user = sorted(
        {name for name, found in by_name.items() if user_site and _is_below(ask, found[0].path, user_site)}
    )

    first = {name: found[0] for name, found in by_name.items()}

    def some(value: Any) -> Fact:
        return known(value) if value else absent()

    return {
        "packages.count": known(len(by_name)),
        "packages.duplicates": some(twice),
        "packages.leftovers": some(leftovers),
        "packages.unreadable": some(unreadable),
        "packages.installers": some({who: sorted(names) for who, names in sorted(installers.items())}),
        "packages.user_site": some(from_user),
        "packages.modules": known(sorted(modules)),
        "packages.hollow": some({name: [record.lost] for name, record in first.items() if record.lost}),
        "packages.other_python": some({name: [r.tag, r.path] for name, r in first.items() if r.tag}),
        "packages.requires": some({name: list(record.requires) for name, record in first.items() if record.requires}),
    }


def _is_below(ask: Any, path: str, folder: str) -> bool:
    norm = ask.path.normcase
    return str(norm(path)).startswith(norm(folder).rstrip("/\\") + ask.path.sep)


def _editable_modules(text: str) -> List[str]:
    """Names that setuptools' finder of an editable installation adds.

    >>> _editable_modules("MAPPING: dict[str, str] = {'mine': '/home/x/mine'}")
    ['mine']
    """
    found = _MAPPING.search(text)
    return re.findall(r"['\"](\w+)['\"]\s*:", found.group(1)) if found else []
