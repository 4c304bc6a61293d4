"""Where are environments on this machine, and which interpreter is in each?

Runs on Python 3.6.  Nothing is started; conda is not called.
"""

import re
from typing import Any, Iterator, List, Set, Tuple


def variable(ask: Any, name: str) -> str:
    """An environment variable, or "".  Windows does not tell `Path` from `PATH`."""
    value = ask.environ.get(name)
    if value is None and ask.os == "windows":
        for key in ask.environ:
            if key.upper() == name.upper():
                value = ask.environ[key]
    return value or ""


def programs(ask: Any, name: str) -> Iterator[str]:
    """Every program on PATH that answers to `name`, the one that a shell would run first.

    The current folder is left out, although cmd.exe would look there: a file of the user's is no tool of the system.
    """
    windows = ask.os == "windows"
    endings = [""]
    if windows and not name.lower().endswith((".exe", ".bat", ".cmd", ".com")):
        endings = (variable(ask, "PATHEXT") or ".COM;.EXE;.BAT;.CMD").lower().split(";")
    for folder in variable(ask, "PATH").split(";" if windows else ":"):
        folder = folder.strip().strip('"') if windows else folder
        if not folder or not ask.path.isabs(folder):
            continue
        if windows:
            for ending in endings:
                if ask.is_file(ask.path.join(folder, name + ending)):
                    yield ask.path.join(folder, name + ending)
                    break
        else:
            found = ask.which(name, path=folder)
            if found:
                yield found


def is_store_alias(ask: Any, program: str) -> bool:
    """Is this the python.exe of Windows that only opens the Microsoft Store?

    A Python that was really installed from the Store has a folder PythonSoftwareFoundation.… beside its alias.
    """
    folder = ask.path.dirname(program)
    if ask.os != "windows" or ask.path.basename(folder).lower() != "windowsapps":
        return False
    return not any(name.lower().startswith("pythonsoftwarefoundation.") for name in ask.names(folder))


def is_shim(ask: Any, program: str) -> bool:
    """Is this a program of a version manager (pyenv, asdf, mise …) that chooses an interpreter when it is started?"""
    return bool(ask.path.basename(ask.path.dirname(program)).lower() == "shims")


def home(ask: Any) -> str:
    return variable(ask, "USERPROFILE" if ask.os == "windows" else "HOME")


def expanded(ask: Any, path: str) -> str:
    """With `~` written out, and joined to the current folder."""
    if path == "~" or path.startswith(("~/", "~\\")):
        path = home(ask) + path[1:]
    if not ask.path.isabs(path):
        path = ask.path.normpath(ask.path.join(ask.here(), path))
    return path


def is_path(ask: Any, text: str) -> bool:
    return "/" in text or text.startswith(("~", ".")) or bool(ask.os == "windows" and ("\\" in text or ":" in text))


def python_places(ask: Any) -> Tuple[str, ...]:
    """Where an environment keeps its interpreter: conda on Windows has it in the root."""
    if ask.os == "windows":
        return ("python.exe", "Scripts\\python.exe", "bin\\python.exe")
    return ("bin/python", "bin/python3")


def python_in(ask: Any, prefix: str) -> str:
    """The interpreter of the environment in this folder, or "".  Its `bin` or `Scripts` will do, too."""
    places = list(python_places(ask))
    if ask.path.basename(prefix.rstrip("/\\")).lower() in ("bin", "scripts"):
        places = [ask.path.basename(place) for place in places]
    for place in places:
        path = ask.path.join(prefix, place)
        if ask.is_file(path):
            return str(path)
    return ""


def marked_prefix(ask: Any, program: str) -> str:
    """The folder of the conda environment or venv to which a program belongs, or ""."""
    folder = ask.path.dirname(program)
    for candidate in (folder, ask.path.dirname(folder)):
        if ask.is_dir(ask.path.join(candidate, "conda-meta")) or ask.is_file(ask.path.join(candidate, "pyvenv.cfg")):
            return str(candidate)
    return ""


def prefix_of(ask: Any, program: str) -> str:
    """The environment of an interpreter, as far as its place in the tree tells, or "".

    A venv is recognised beside the link, everything else behind it: so does CPython itself.
    """
    real = ask.real(program)
    marked = marked_prefix(ask, program) or marked_prefix(ask, real)
    if marked:
        return marked
    folder = ask.path.dirname(real)
    if ask.path.basename(folder).lower() in ("bin", "scripts"):
        return str(ask.path.dirname(folder))
    return str(folder) if ask.os == "windows" else ""


def same_key(ask: Any, path: str) -> str:
    return str(ask.path.normcase(ask.real(path)))


# ---------------------------------------------------------------- conda


def is_conda_base(ask: Any, prefix: str) -> bool:
    """Is this conda environment the root in which conda itself lives?"""
    if ask.path.basename(ask.path.dirname(prefix)).lower() == "envs":
        return False
    if same_key(ask, prefix) in [same_key(ask, root) for root in _told_roots(ask)]:
        return True
    if ask.is_dir(ask.path.join(prefix, "condabin")):
        return True
    return any(re.match(r"conda-\d[^-]*-[^-]+\.json$", name) for name in ask.names(ask.path.join(prefix, "conda-meta")))


def conda_name(ask: Any, prefix: str) -> str:
    """The name by which `conda activate` knows this environment; "" for one that is known by its path only."""
    if is_conda_base(ask, prefix):
        return "base"
    parent, name = ask.path.split(prefix.rstrip("/\\"))
    if ask.path.basename(parent).lower() == "envs" or same_key(ask, parent) in [
        same_key(ask, f) for f in _named_folders(ask)
    ]:
        return str(name)
    return ""


def _told_roots(ask: Any) -> List[str]:
    """The roots of conda that the environment variables name."""
    up, roots = ask.path.dirname, []
    if variable(ask, "CONDA_EXE"):
        roots.append(up(up(variable(ask, "CONDA_EXE"))))  # ROOT/bin/conda, ROOT\Scripts\conda.exe
    if variable(ask, "CONDA_PYTHON_EXE"):  # ROOT/bin/python, ROOT\python.exe
        folder = up(variable(ask, "CONDA_PYTHON_EXE"))
        roots.append(folder if ask.os == "windows" else up(folder))
    if variable(ask, "MAMBA_ROOT_PREFIX"):
        roots.append(variable(ask, "MAMBA_ROOT_PREFIX"))
    return [root for root in roots if root]


def _usual_roots(ask: Any) -> List[str]:
    """Where the installers put conda when nobody tells them otherwise."""
    join, mine = ask.path.join, home(ask)
    names = ["anaconda3", "miniconda3", "miniforge3", "mambaforge", "micromamba"]
    if ask.os == "windows":
        local = variable(ask, "LOCALAPPDATA") or (join(mine, "AppData", "Local") if mine else "")
        shared = variable(ask, "PROGRAMDATA") or "C:\\ProgramData"
        drive = variable(ask, "SYSTEMDRIVE") or "C:"
        folders = [mine, local, join(local, "Continuum") if local else "", shared, drive + "\\"]
        return [join(folder, name) for folder in folders if folder for name in names]
    own = [join(mine, name) for name in names + [".local/share/mamba"]] if mine else []
    return own + [join("/opt", name) for name in ["conda"] + names]


def _listed(ask: Any) -> List[str]:
    """The prefixes that conda itself has written down."""
    if not home(ask):
        return []
    text = ask.read(ask.path.join(home(ask), ".conda", "environments.txt")).text
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _named_folders(ask: Any) -> List[str]:
    """The folders of environments that the user has set up: CONDA_ENVS_PATH, CONDA_ENVS_DIRS, envs_dirs of .condarc."""
    separator = ";" if ask.os == "windows" else ":"
    folders = variable(ask, "CONDA_ENVS_PATH").split(separator) + variable(ask, "CONDA_ENVS_DIRS").split(separator)
    if home(ask):
        folders += _envs_dirs(ask.read(ask.path.join(home(ask), ".condarc"), 100000).text)
    return [expanded(ask, folder.strip()) for folder in folders if folder.strip()]


def _envs_dirs(condarc: str) -> List[str]:
    """The list `envs_dirs` of a .condarc, where it is written in one of the two plain ways.

    >>> _envs_dirs("channels:\\n  - a\\nenvs_dirs:\\n  - /data/envs  # big disk\\n  - '~/e'\\nauto: no\\n")
    ['/data/envs', '~/e']
    >>> _envs_dirs("envs_dirs: [/data/envs, ~/e]")
    ['/data/envs', '~/e']
    """
    found: List[str] = []
    within = False
    for line in condarc.splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        head = re.match(r"envs_(?:dirs|path):\s*(.*)$", line)
        item = re.match(r"\s*-\s+(.+)$", line)
        if head:
            within = True
            found += head.group(1).strip("[]").split(",")
        elif within and item:
            found.append(item.group(1))
        elif line:
            within = False
    return [text for text in (entry.strip().strip("'\"") for entry in found) if text]


def conda_environments(ask: Any) -> List[Tuple[str, str]]:
    """Every conda environment that can be found: (name, prefix), "base" for a root, the likelier ones first.

    The order is conda's own (set-up folders, the active root, the user's folder), then what it has written down,
    then the usual places of installers.
    """
    join, up = ask.path.join, ask.path.dirname
    listed, told, usual = _listed(ask), _told_roots(ask), _usual_roots(ask)
    active = variable(ask, "CONDA_PREFIX")
    if active:
        inner = ask.path.basename(up(active)).lower() == "envs"
        told = told + [up(up(active)) if inner else active]
    roots = told + [prefix for prefix in listed if is_conda_base(ask, prefix)] + usual
    mine = [join(home(ask), ".conda", "envs")] if home(ask) else []
    folders = _named_folders(ask) + [join(root, "envs") for root in told] + mine
    seen: Set[str] = set()
    found: List[Tuple[str, str]] = []

    def add(prefix: str, name: str) -> None:
        if ask.is_dir(join(prefix, "conda-meta")) and same_key(ask, prefix) not in seen:
            seen.add(same_key(ask, prefix))
            found.append((name, prefix))

    for root in roots:
        if is_conda_base(ask, root):
            add(root, "base")
    for folder in folders + [join(root, "envs") for root in roots]:
        for name in ask.names(folder):
            add(join(folder, name), name)
    for prefix in listed + ([active] if active else []):
        add(prefix, ask.path.basename(prefix.rstrip("/\\")))
    return found
