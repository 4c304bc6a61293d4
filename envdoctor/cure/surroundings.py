"""Which of the user's variables may pip, uv and conda see, and what are they told beside?

Where to look (index pages, proxies, certificates, caches) is the user's choice and stays.  What would lead an
installation elsewhere, make it none at all, or ask for more than the plan says, goes.
"""

from __future__ import annotations

from typing import Any, Mapping

_ASTRAY = frozenset(
    """PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_EDITABLE PIP_REQUIREMENT PIP_PYTHON PIP_IGNORE_INSTALLED
    PIP_NO_DEPS PIP_LOG PIP_REPORT PIP_QUIET UV_PYTHON UV_TARGET UV_PREFIX UV_SYSTEM_PYTHON UV_PROJECT_ENVIRONMENT
    PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS __PYVENV_LAUNCHER__ FORCE_COLOR""".split()
)
#: The resolver has listened to these; a plan that has come of it is complete.
_LIMITS = frozenset(["PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_OVERRIDE"])
#: Plain words, no questions; and the interpreter that a command names, whatever pip.conf says.
_TOLD = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "UV_NO_PROGRESS": "1",
    "NO_COLOR": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUNBUFFERED": "1",
    "CONDA_ALWAYS_YES": "true",
}


def for_solving(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for somebody who looks for versions."""
    return {**{name: text for name, text in environ.items() if name not in _ASTRAY}, **_TOLD}


def for_installing(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for somebody who installs what a plan names.

    The user's own site-packages are hidden: pip in a conda environment would remove from there, too, and nobody keeps
    what lies there.
    """
    variables = {name: text for name, text in for_solving(environ).items() if name not in _LIMITS}
    return {**variables, "PYTHONNOUSERSITE": "1"}


# ---------------------------------------------------------------- pip's settings, for uv

_PIP_TO_UV = {"index-url": "UV_INDEX_URL", "extra-index-url": "UV_EXTRA_INDEX_URL", "find-links": "UV_FIND_LINKS"}
_OWN = ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_EXTRA_INDEX_URL")


def places_for_uv(ask: Any, python: str) -> dict[str, str]:
    """The index pages that the interpreter's pip is set to use (a mirror, mostly), as uv's variables: uv does not read
    pip's settings.  None where uv has settings of its own.

    python: for an environment that is still to be made, the doctor's own: its user's settings are the same.
    """
    if any(name in ask.environ for name in _OWN) or not python or not ask.is_file(python):
        return {}
    environ = for_solving(ask.environ)
    settings = _pip_settings(ask.run([python, "-m", "pip", "config", "list"], environ=environ).out)
    places = {}
    for name, variable in _PIP_TO_UV.items():
        value = environ.get("PIP_" + name.upper().replace("-", "_")) or settings.get(name)
        if value:
            places[variable] = value if name == "index-url" else _reachable(value, ask)
    if "UV_EXTRA_INDEX_URL" in places:
        places["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # what pip does: the best version of all pages
    return places


def _reachable(value: str, ask: Any) -> str:
    """pip passes over a folder that is gone; uv stops."""

    def there(place: str) -> bool:
        path = place[len("file://") :] if place.startswith("file://") else place
        return "://" in path or bool(ask.is_dir(path))

    return " ".join(place for place in value.split() if there(place))


def _pip_settings(text: str) -> dict[str, str]:
    r"""What `pip config list` prints; a later level of pip's settings stands later and wins.

    >>> _pip_settings("global.index-url='https://mirror/simple'\ninstall.find-links='/a\\n/b'\n")
    {'index-url': 'https://mirror/simple', 'find-links': '/a /b'}
    """
    settings = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        level, _, name = key.partition(".")
        if equals and level in ("global", "install", ":env:"):
            settings[name] = " ".join(value.strip().strip("'\"").replace("\\n", "\n").split())
    return settings
