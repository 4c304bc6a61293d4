"""Where does an interpreter keep what is installed for it, and may that be changed?"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

from .checks import last_words
from .outcome import CureError

#: An interpreter that does not say where its folders are within this time is broken (ours; as in patient.py).
SECONDS = 30.0
MARK = "envdoctor ground "
#: Runs inside the patient's interpreter, from Python 3.6 on; imports the standard library alone (-I).
_PROGRAM = (
    r"""
import json, os, site, sys, sysconfig
paths = sysconfig.get_paths()
sites = getattr(site, "getsitepackages", lambda: [])()
print("\n"""
    + MARK
    + r"""" + json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "prefix": sys.prefix,
    "base_prefix": getattr(sys, "base_prefix", sys.prefix),
    "sites": [paths["purelib"], paths["platlib"]] + sites,
    "scripts": paths["scripts"],
    "include": paths["include"],
    "managed": os.path.exists(os.path.join(paths["stdlib"], "EXTERNALLY-MANAGED")),
}))
"""
)


@dataclass(frozen=True)
class Ground:
    """sites: the folders of installed packages, as the interpreter spells them (lib64 is often a link to lib).
    trees: where the folders that are saved and put back as a whole really are: sites, and the scripts where they are
    those of this environment alone.  scripts, include: where wheels put theirs.
    """

    version: str
    prefix: str
    sites: Tuple[str, ...]
    trees: Tuple[str, ...]
    scripts: str
    include: str
    managed: bool


def survey(python: str, ask: Any) -> Ground:
    """Ask the interpreter.  Raises CureError where it does not answer."""
    answer = ask.run([python, "-I", "-B", "-c", _PROGRAM], seconds=SECONDS)
    told = _told(answer.out)
    if not told:
        raise CureError("python-silent", path=python, detail=last_words(answer.err) or answer.trouble or "?")
    prefix = told["prefix"]
    alone = any(os.path.exists(os.path.join(prefix, name)) for name in ("pyvenv.cfg", "conda-meta"))
    # A venv with access to the system's packages lists their folder as well; that is not this environment's.
    listed = told["sites"][:2] + [site for site in told["sites"][2:] if _within(site, prefix)]
    sites = tuple({os.path.realpath(site): site for site in reversed(listed)}.values())
    return Ground(
        version=told["version"],
        prefix=prefix,
        sites=sites,
        trees=_outermost([*sites, told["scripts"]] if alone else list(sites)),
        scripts=told["scripts"],
        include=told["include"],
        managed=bool(told["managed"]) and os.path.realpath(prefix) == os.path.realpath(told["base_prefix"]),
    )


def ground_of(data: Mapping[str, Any]) -> Ground:
    """What `vars` made of it, read from JSON."""
    return Ground(
        data["version"],
        data["prefix"],
        tuple(data["sites"]),
        tuple(data["trees"]),
        data["scripts"],
        data["include"],
        data["managed"],
    )


def _told(out: str) -> Any:
    for line in out.splitlines():
        if line.startswith(MARK):
            return json.loads(line[len(MARK) :])
    return None


def _within(path: str, folder: str) -> bool:
    inner, outer = (os.path.normcase(os.path.realpath(one)) for one in (path, folder))
    return inner.startswith(os.path.join(outer, ""))


def _outermost(folders: list[str]) -> Tuple[str, ...]:
    """Where the folders really are, each once, without those that lie in another one."""
    real = list(dict.fromkeys(os.path.realpath(folder) for folder in folders))
    return tuple(one for one in real if not any(_within(one, other) for other in real))


def refuse_if_closed(ground: Ground) -> None:
    """Raises CureError where the folders may not be changed."""
    if ground.managed:
        raise CureError("managed", path=ground.prefix)
    for folder in ground.trees:
        problem = _closed(folder) if os.path.isdir(folder) else ""
        if problem:
            raise CureError("not-writable", path=folder, problem=problem)


def _closed(folder: str) -> str:
    """Why nothing can be written there, or "".  POSIX is asked (it knows of read-only disks as well, and leaves nothing
    behind when we are killed); Windows answers such questions wrongly, so there it is tried.
    """
    if os.name == "posix":
        if os.access(folder, os.W_OK | os.X_OK):
            return ""
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
        return os.strerror(errno.EROFS if read_only else errno.EACCES)
    probe = os.path.join(folder, "envdoctor-probe")
    try:
        with open(probe, "wb"):
            pass
        os.remove(probe)
    except OSError as error:
        return error.strerror or str(error)
    return ""
