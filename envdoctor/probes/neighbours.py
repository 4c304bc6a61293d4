"""Which other environments does this user have, and what could be imported there?

A student whose `import cv2` fails has often installed it, next door.  Only folders are listed; nothing is started.
"""

import re
from typing import Any, Dict, List, Tuple

from ..chart import Seen, absent, known
from ..environments import conda_environments, prefix_of
from ..patient import Patient
from .shell import pip_python

FACTS = {
    "neighbours": "other environments: prefix -> {name, found_by, modules: names that can be imported there}",
}

#: So many environments are listed at most, and so many names of each (our choice: 20 envs cost about 2 ms).
ENVIRONMENTS, NAMES = 20, 2000

_MODULE = re.compile(r"^([A-Za-z]\w*)(\.py|(\.[\w-]+)?\.(so|pyd))?$")


def probe(patient: Patient, ask: Any) -> Seen:
    found: Dict[str, Dict[str, Any]] = {}
    own = {_key(ask, patient.prefix), _key(ask, str(patient.inside.get("base_prefix", "")))}
    for name, prefix, found_by in _candidates(ask):
        key = _key(ask, prefix)
        if key in own or len(found) >= ENVIRONMENTS:
            continue
        own.add(key)
        modules = _modules(ask, prefix)
        if modules:
            found[prefix] = {"name": name, "found_by": found_by, "modules": modules}
    return Seen({"neighbours": known(found) if found else absent()})


def _key(ask: Any, prefix: str) -> str:
    return str(ask.path.normcase(ask.real(prefix))) if prefix else ""


def _candidates(ask: Any) -> List[Tuple[str, str, str]]:
    """(name, prefix, found by): the one whose pip or python the shell would run first, then the conda ones."""
    found: List[Tuple[str, str, str]] = []
    pip = ask.which("pip")
    for command, python in (("pip", pip_python(ask, pip).value if pip else ""), ("python", ask.which("python"))):
        prefix = prefix_of(ask, python) if python else ""
        if prefix:
            found.append((ask.path.basename(prefix), prefix, "PATH: " + command))
    return found + [(name, prefix, "conda") for name, prefix in conda_environments(ask)]


def _modules(ask: Any, prefix: str) -> List[str]:
    folders = [ask.path.join(prefix, "Lib", "site-packages")]
    for lib in ("lib", "lib64"):
        folders += [
            ask.path.join(prefix, lib, name, "site-packages")
            for name in ask.names(ask.path.join(prefix, lib))
            if name.startswith("python")
        ]
    names = {found.group(1) for folder in folders for found in map(_MODULE.match, ask.names(folder)) if found}
    return sorted(names)[:NAMES]
