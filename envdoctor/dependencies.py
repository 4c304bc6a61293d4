"""What do dependency files say besides their demands: constraints, locked versions, another index?

Only asked where it is judged what an installer would bring (arrivals.py); an environment shows what it has brought.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping

from . import requirements
from .arrivals import More
from .chart import KNOWN, Chart, canonical

#: Lock files whose packages are a list of TOML tables, the most binding first.
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
#: What is read of one, in bytes (our choice; a lock file of a large project has 1 MB).
_LOCK_BYTES = 8000000
_OPTION = re.compile(
    r"^(?:(?P<constraint>-c|--constraint)|(?P<only>-i|--index-url)|(?P<also>--extra-index-url|-f|--find-links))"
    r"[\s=]*(?P<value>\S.*)$"
)
_INDEX = re.compile(r"download\.pytorch\.org/whl(?:/(?:nightly|test))?(?:/(?P<tag>cu\d+|cpu|rocm[\d.]+|xpu)\b)?")


def more_of(chart: Chart, root: str, ask: Any) -> More:
    """Read once more, for what was not asked for, the files from which the demands on the chart come."""
    requires = chart.fact("project.requires")
    files = list(dict.fromkeys(_files(requires.value))) if requires.state == KNOWN else []
    constraints: dict[str, list[tuple[str, str]]] = {}
    indexes: list[tuple[str, str]] = []
    seen: set[str] = set()
    for file in files:
        text = ask.read(_join(ask, root, file)).text
        if not file.endswith(".txt"):
            indexes += [("also", tag) for tag in _tags(text)]
            continue
        for kind, value in options_of(text):
            if kind == "constraint":
                path = _beside(file, value)
                if path and path not in seen and ask.is_file(_join(ask, root, path)):
                    seen.add(path)
                    for need in requirements.from_requirements(ask.read(_join(ask, root, path)).text).needs:
                        if need.specifier and not need.marker:
                            constraints.setdefault(need.name, []).append((need.specifier, f"{path}:{need.line}"))
            else:
                indexes += [(kind, tag) for tag in _tags(value)]
    lock = next((name for name in _LOCKS if ask.is_file(_join(ask, root, name))), "")
    locked = packages_of(ask.read(_join(ask, root, lock), _LOCK_BYTES).text) if lock else {}
    return More(
        {name: tuple(limits) for name, limits in constraints.items()},
        {"pyproject.toml": lock} if lock else {},
        locked,
        tuple(dict.fromkeys(indexes)),
    )


def _files(requires: Mapping[str, Any]) -> Iterator[str]:
    for want in requires.values():
        for entry in (want, *(want.get("also") or ())):
            yield str(entry.get("where", "")).rpartition(":")[0]


def options_of(text: str) -> Iterator[tuple[str, str]]:
    """("constraint", file), ("only" or "also", address) of a requirements file.

    >>> list(options_of("-c limits.txt\\n--extra-index-url=https://x/whl/cu118\\n-r a.txt\\ntorch"))
    [('constraint', 'limits.txt'), ('also', 'https://x/whl/cu118')]
    """
    for line in text.replace("\r", "\n").split("\n"):
        match = _OPTION.match(re.sub(r"(^|\s)#.*$", "", line).strip())
        if match:
            kind = next(name for name in ("constraint", "only", "also") if match.group(name))
            yield kind, match.group("value").strip()


def _tags(text: str) -> list[str]:
    """The folders of PyTorch's index that a text names; "" for its page with all builds.

    >>> _tags("https://download.pytorch.org/whl/cu118"), _tags("https://download.pytorch.org/whl/torch_stable.html")
    (['cu118'], [''])
    """
    return [match.group("tag") or "" for match in _INDEX.finditer(text)]


def packages_of(text: str) -> dict[str, str]:
    """name -> version of a lock file; "" where it holds several versions for different machines.

    >>> packages_of('[[package]]\\nname = "numpy"\\nversion = "1.26.4"\\n\\n[[package]]\\nname = "a"\\nversion = "1"\\n'
    ...             '[[package]]\\nname = "a"\\nversion = "2"\\n')
    {'numpy': '1.26.4', 'a': ''}
    """
    found: dict[str, str] = {}
    for block in re.split(r"(?m)^\[\[package\]\]\s*$", text.replace("\r\n", "\n"))[1:]:
        name = re.search(r'(?m)^name = "([^"]+)"', block)
        version = re.search(r'(?m)^version = "([^"]+)"', block)
        if name and version:
            key = canonical(name.group(1))
            found[key] = version.group(1) if found.get(key, version.group(1)) == version.group(1) else ""
    return found


def _beside(file: str, value: str) -> str:
    """The path of a file that another one names; "" where it leaves the project."""
    parts: list[str] = file.split("/")[:-1]
    for part in re.split(r"[\\/]", value):
        if part == ".." and not parts:
            return ""
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _join(ask: Any, root: str, relative: str) -> str:
    return str(ask.path.join(root, *relative.split("/")))
