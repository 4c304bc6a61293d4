"""Which environment is to be examined, and why this one?

Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
"""

import os
import re
import sys
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

from .ask import CRASHED, DENIED, MISSING, TIMEOUT, TOO_LONG, UNREADABLE
from .inside import MARK, describe

#: One try to question an interpreter is stopped after this many seconds (our choice; a cold start from a network
#: disk takes 1 to 3 s).
PYTHON_SECONDS = 10.0
#: So many .pth files of one folder are read, and so many bytes of each, when no interpreter answers (our choice).
PTH_FILES, PTH_BYTES = 200, 100000

HANGS, CRASHES, SILENT, CANNOT_START = "python-hangs", "python-crashes", "python-silent", "python-cannot-start"


class Patient(NamedTuple):
    """An environment that may be questioned but never entered.

    kind: "conda", "venv" or "system".  python: the interpreter's path as its user would type it.
    chosen_by: "--python", "--name", "CONDA_PREFIX", "VIRTUAL_ENV", "PATH" or "own".
    inside: what the interpreter said of itself (see inside.py); where it could not be asked, the same keys as far
    as files tell, and `trouble` says why ("" when it answered).
    project: the folder of the repository that will be run there, or "".
    """

    kind: str
    python: str
    prefix: str
    chosen_by: str
    name: str = ""
    inside: Dict[str, Any] = {}
    trouble: str = ""
    trouble_detail: str = ""
    project: str = ""
    passed_over: Tuple[str, ...] = ()


class PatientError(ValueError):
    """There is no such patient; `why` is the id of a sentence in texts/patient.py, `words` fill its placeholders."""

    def __init__(self, why: str, **words: Any) -> None:
        super().__init__(why)
        self.why = why
        self.words = words


def find(
    ask: Any,
    python: Optional[str] = None,
    name: Optional[str] = None,
    project: str = "",
    own: Optional[str] = sys.executable,
    seconds: float = PYTHON_SECONDS,
) -> Patient:
    """The environment that the user means.  Raises PatientError for a mistake of the user's.

    python: an interpreter, the folder of an environment, or a command on PATH.  name: a conda environment.
    Neither: CONDA_PREFIX, VIRTUAL_ENV, the `python` of PATH, the doctor's own interpreter `own`, in this order.
    seconds: the time limit of one try to question the interpreter; there are at most two.
    """
    if python is not None and name is not None:
        raise PatientError("python-and-name")
    questions = _Questions(ask, own or "", seconds, project)
    if python is not None:
        return questions.put(_interpreter(ask, python), "--python")
    if name is not None:
        prefix, others = _environment(ask, name)
        found = python_in(ask, prefix)
        if not found:
            raise _no_python(ask, prefix)
        return questions.put(found, "--name", tuple("--name=" + other for other in others))
    passed_over: List[str] = []
    for chosen_by, shown, found in _candidates(ask, own or ""):
        if found:
            try:
                return questions.put(found, chosen_by, tuple(passed_over))
            except PatientError:
                pass
        passed_over.append("{}={}".format(chosen_by, shown))
    raise PatientError("nothing-found", tried=", ".join(passed_over) or "-")


def _candidates(ask: Any, own: str) -> Iterator[Tuple[str, str, str]]:
    """(chosen_by, what was named, the interpreter or "") in the order of preference."""
    for variable_name in ("CONDA_PREFIX", "VIRTUAL_ENV"):
        prefix = variable(ask, variable_name)
        if prefix:
            yield variable_name, prefix, python_in(ask, prefix)
    for command in ("python", "python3"):
        for program in programs(ask, command):
            if is_store_alias(ask, program):
                yield "PATH", program, ""
                continue
            yield "PATH", program, program
            break
    if own:
        yield "own", own, own


# ---------------------------------------------------------------- words of the user and of the shell


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


def _expanded(ask: Any, path: str) -> str:
    """With `~` written out, and joined to the current folder."""
    if path == "~" or path.startswith(("~/", "~\\")):
        path = home(ask) + path[1:]
    if not ask.path.isabs(path):
        path = ask.path.normpath(ask.path.join(ask.here(), path))
    return path


def _is_path(ask: Any, text: str) -> bool:
    return "/" in text or text.startswith(("~", ".")) or bool(ask.os == "windows" and ("\\" in text or ":" in text))


def _interpreter(ask: Any, text: str) -> str:
    """The interpreter that `--python TEXT` means."""
    path = _expanded(ask, text) if text else ""
    is_folder = bool(path) and ask.is_dir(path)
    if is_folder:
        found = python_in(ask, path)
        if found:
            return found
    bare = not _is_path(ask, text)
    if bare and text:
        for program in programs(ask, text):
            if not is_store_alias(ask, program):
                return program
    if is_folder:
        raise _no_python(ask, path)
    for candidate in [path, path + ".exe"] if ask.os == "windows" else [path]:
        if path and ask.is_file(candidate):
            return candidate
    if path and ask.link(path):
        raise PatientError("python-link-broken", path=path, target=ask.link(path))
    if ask.trouble(path) == DENIED:
        raise PatientError("python-denied", path=path)
    raise PatientError("python-command-missing" if bare else "python-missing", path=text)


# ---------------------------------------------------------------- the shape of environments on disk


def _python_places(ask: Any) -> Tuple[str, ...]:
    """Where an environment keeps its interpreter: conda on Windows has it in the root."""
    if ask.os == "windows":
        return ("python.exe", "Scripts\\python.exe", "bin\\python.exe")
    return ("bin/python", "bin/python3")


def python_in(ask: Any, prefix: str) -> str:
    """The interpreter of the environment in this folder, or "".  Its `bin` or `Scripts` will do, too."""
    places = list(_python_places(ask))
    if ask.path.basename(prefix.rstrip("/\\")).lower() in ("bin", "scripts"):
        places = [ask.path.basename(place) for place in places]
    for place in places:
        path = ask.path.join(prefix, place)
        if ask.is_file(path):
            return str(path)
    return ""


def _no_python(ask: Any, prefix: str) -> PatientError:
    for place in _python_places(ask):
        path = ask.path.join(prefix, place)
        if ask.link(path):
            return PatientError("python-link-broken", path=path, target=ask.link(path))
    if ask.trouble(prefix) == DENIED:
        return PatientError("python-denied", path=prefix)
    return PatientError("folder-without-python", path=prefix, looked=", ".join(_python_places(ask)))


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


def _key(ask: Any, path: str) -> str:
    return str(ask.path.normcase(ask.real(path)))


# ---------------------------------------------------------------- conda environments, without conda


def is_conda_base(ask: Any, prefix: str) -> bool:
    """Is this conda environment the root in which conda itself lives?"""
    if ask.path.basename(ask.path.dirname(prefix)).lower() == "envs":
        return False
    if _key(ask, prefix) in [_key(ask, root) for root in _told_roots(ask)]:
        return True
    if ask.is_dir(ask.path.join(prefix, "condabin")):
        return True
    return any(re.match(r"conda-\d[^-]*-[^-]+\.json$", name) for name in ask.names(ask.path.join(prefix, "conda-meta")))


def conda_name(ask: Any, prefix: str) -> str:
    """The name by which `conda activate` knows this environment; "" for one that is known by its path only."""
    if is_conda_base(ask, prefix):
        return "base"
    parent, name = ask.path.split(prefix.rstrip("/\\"))
    if ask.path.basename(parent).lower() == "envs" or _key(ask, parent) in [_key(ask, f) for f in _named_folders(ask)]:
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
    return [_expanded(ask, folder.strip()) for folder in folders if folder.strip()]


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
        if ask.is_dir(join(prefix, "conda-meta")) and _key(ask, prefix) not in seen:
            seen.add(_key(ask, prefix))
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


def _environment(ask: Any, name: str) -> Tuple[str, List[str]]:
    """The prefix that `--name NAME` means, and the others of the same name."""
    if _is_path(ask, name):
        prefix = _expanded(ask, name)
        if not ask.is_dir(prefix):
            raise PatientError("python-missing", path=name)
        return prefix, []
    every = conda_environments(ask)
    wanted = "base" if name == "root" else name
    fits = [prefix for known, prefix in every if ask.path.normcase(known) == ask.path.normcase(wanted)]
    if fits:
        return fits[0], fits[1:]
    if not every:
        raise PatientError("no-environments", name=name)
    import difflib

    names = list(dict.fromkeys(known for known, _ in every))
    folded = {known.lower(): known for known in names}
    near = [folded[match] for match in difflib.get_close_matches(name.lower(), list(folded), 3)]
    if near:
        raise PatientError("environment-unknown-near", name=name, count=len(every), near=", ".join(near))
    raise PatientError("environment-unknown", name=name, count=len(every))


# ---------------------------------------------------------------- what the interpreter says


class _Questions(NamedTuple):
    """How interpreters are questioned in this call."""

    ask: Any
    own: str
    seconds: float
    project: str

    def put(self, python: str, chosen_by: str, passed_over: Tuple[str, ...] = ()) -> Patient:
        """The patient behind an interpreter.  Raises PatientError when it neither answers nor is known by its files."""
        ask = self.ask
        if not _PYTHON_NAME.search(ask.path.basename(python)) and not _PYTHON_NAME.search(
            ask.path.basename(ask.real(python))
        ):
            raise PatientError("not-a-python", path=python)  # text for Python must not be handed to just any program
        account, trouble, detail = self.account(python)
        if not account:
            raise PatientError(_NO_ACCOUNT[trouble], path=python, detail=detail or "-")
        if not trouble and account.get("executable") and _is_wrapper(ask, python):
            python = account["executable"]
        base = account.get("base_prefix", "")
        prefix = marked_prefix(ask, python) or account.get("prefix") or prefix_of(ask, python)
        kind, name = "system", ""
        if ask.is_dir(ask.path.join(prefix, "conda-meta")):
            kind, name = "conda", conda_name(ask, prefix)
        elif ask.is_file(ask.path.join(prefix, "pyvenv.cfg")) or _is_old_virtualenv(ask, prefix, base, account):
            kind, name = "venv", ask.path.basename(prefix.rstrip("/\\"))
        return Patient(kind, python, prefix, chosen_by, name, account, trouble, detail, self.project, passed_over)

    def account(self, python: str) -> Tuple[Dict[str, Any], str, str]:
        """What is known of an interpreter (empty: nothing), the id of the trouble with it, and its own words."""
        ask = self.ask
        if _is_own(ask, python, self.own):
            return own_account(ask), "", ""
        answer = self.start(python, ["-B"])
        account = read_account(ask, answer.out)
        if account:
            return account, "", ""
        trouble = _trouble(answer)
        lines = [line.strip() for line in answer.err.splitlines() if line.strip()]
        detail = lines[-1][:300] if lines else ""
        files = account_from_files(ask, python)
        bare: Dict[str, Any] = {}
        if trouble != CANNOT_START:
            newer = files.get("version", "2").split(".")[0] != "2"
            # -X utf8: the only way to have paths with Chinese characters whole, as -I ignores PYTHONIOENCODING
            flags = ["-B", "-I", "-S", "-X", "utf8"] if newer else ["-B", "-E", "-s", "-S"]
            bare = read_account(ask, self.start(python, flags).out)
        if bare:
            return _completed(ask, bare, files), trouble, detail
        named_so = re.match(r"(?:python|pypy)[\d.]*t?w?(?:\.exe)?$", ask.path.basename(python).lower())
        return (files if named_so else {}), trouble, detail

    def start(self, python: str, flags: List[str]) -> Any:
        source = inside_text()
        if python.lower().endswith((".bat", ".cmd")):  # cmd.exe stops at a line end and replaces % and ^
            import base64

            text = base64.b64encode(source.encode("utf-8")).decode("ascii")
            source = "import binascii; exec(binascii.a2b_base64('{}'))".format(text)
        return self.ask.run([python] + flags + ["-c", source], seconds=self.seconds, environ=_child_environ(self.ask))


_PYTHON_NAME = re.compile(r"(?i)py|ython")
_NO_ACCOUNT = {
    HANGS: "python-hangs",
    CRASHES: "python-crashes",
    SILENT: "not-a-python",
    CANNOT_START: "python-cannot-start",
}


def inside_text() -> str:
    """The text of inside.py, from a folder or from a zip."""
    import pkgutil

    data = pkgutil.get_data(__package__, "inside.py")
    return (data or b"").decode("utf-8")


def _child_environ(ask: Any) -> Dict[str, str]:
    environ = dict(ask.environ)
    environ["PYTHONIOENCODING"] = "utf-8"  # else a Windows pipe carries the code page, and C locales only ASCII
    environ.pop("__PYVENV_LAUNCHER__", None)  # the doctor's own venv, which the child would take for its own
    return environ


def _trouble(answer: Any) -> str:
    if answer.trouble in (MISSING, DENIED, UNREADABLE):
        return CANNOT_START
    if answer.trouble == TIMEOUT:
        return HANGS
    if answer.trouble == TOO_LONG:
        return SILENT
    return CRASHES if answer.trouble == CRASHED or answer.status else SILENT


def read_account(ask: Any, out: str) -> Dict[str, Any]:
    """The account among whatever else a start-up file may print; empty when there is none."""
    for line in out.splitlines():
        if not line.startswith(MARK):
            continue
        import ast

        try:
            account = ast.literal_eval(line[len(MARK) :].strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(account, dict) and isinstance(account.get("version"), str):
            legacy = account["version"].startswith("2.")
            return {str(key): _text(value, legacy) for key, value in account.items()}
    return {}


def _text(value: Any, legacy: bool) -> Any:
    """Names as the disk spells them: Python 2 prints bytes, and Python 3 in the C locale prints surrogates."""
    if isinstance(value, (list, tuple)):
        return [_text(item, legacy) for item in value]
    if not isinstance(value, str):
        return value
    try:
        if legacy:
            return value.encode("latin-1").decode("mbcs" if sys.platform == "win32" else "utf-8", "replace")
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except (UnicodeError, LookupError):
        return value


def _is_wrapper(ask: Any, python: str) -> bool:
    """Is this a script or launcher that starts an interpreter elsewhere, rather than an interpreter?"""
    name = ask.path.basename(python).lower()
    if name in ("py", "py.exe", "pyw.exe") or name.endswith((".bat", ".cmd")) or is_shim(ask, python):
        return True
    return bool(ask.read(python, 2).text == "#!")


def _is_old_virtualenv(ask: Any, prefix: str, base: str, account: Mapping[str, Any]) -> bool:
    if base and ask.path.normcase(base) != ask.path.normcase(prefix):
        return True
    stdlib = account.get("stdlib", "")
    return bool(stdlib) and ask.is_file(ask.path.join(stdlib, "orig-prefix.txt"))


# ---------------------------------------------------------------- the doctor's own interpreter


def _is_own(ask: Any, python: str, own: str) -> bool:
    """May the doctor answer for this interpreter, because a plain start of it would look just like the doctor's?"""
    if not own or own != sys.executable or _key(ask, python) != _key(ask, own):
        return False
    mine = prefix_of(ask, python)
    if mine != prefix_of(ask, own) or ask.path.normcase(mine) != ask.path.normcase(sys.prefix):
        return False
    flags = sys.flags
    if flags.ignore_environment or flags.no_site or getattr(flags, "isolated", 0):
        return False
    for flag, name in (
        ("no_user_site", "PYTHONNOUSERSITE"),
        ("safe_path", "PYTHONSAFEPATH"),
        ("utf8_mode", "PYTHONUTF8"),
    ):
        if getattr(flags, flag, 0) and not os.environ.get(name):
            return False
    return _python_variables(ask.environ) == _python_variables(os.environ)


def _python_variables(environ: Mapping[str, str]) -> Dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith("PYTHON")}


def own_account(ask: Any) -> Dict[str, Any]:
    """What this very process says of its interpreter, without the folder that starting the doctor has put first."""
    saved = list(sys.path)
    try:
        if not getattr(sys.flags, "safe_path", False):
            sys.path[:] = without_start_folder(saved, sys.argv[0] if sys.argv else "", ask.here())
        return {key: _text(value, False) for key, value in describe().items()}  # type: ignore[no-untyped-call]
    finally:
        sys.path[:] = saved  # describe() drops the entry '', from which the doctor may have been started


def without_start_folder(path: List[str], command: str, here: str) -> List[str]:
    """sys.path as a plain `python -c` sees it: the interpreter puts one entry before all others.

    That is the current folder for `-m`, the script's folder for a script, the file itself for a zip; the launchers
    of Windows are a zip with .exe cut off argv[0].  The same folder further behind came from PYTHONPATH or a .pth
    file and stays.
    """
    command = command or "-c"
    real = os.path.realpath(command)
    first = {"", here, command, command + ".exe", real, real + ".exe", os.path.dirname(command), os.path.dirname(real)}
    if path and os.path.normcase(path[0]) in {os.path.normcase(entry) for entry in first}:
        path = path[1:]
    return [entry for entry in path if entry]


# ---------------------------------------------------------------- what files tell when the interpreter does not


def pyvenv_settings(ask: Any, prefix: str) -> Dict[str, str]:
    """The settings in pyvenv.cfg, with keys in lower case."""
    settings = {}
    for line in ask.read(ask.path.join(prefix, "pyvenv.cfg"), 20000).text.splitlines():
        key, sign, value = line.partition("=")
        if sign:
            settings[key.strip().lower()] = value.strip()
    return settings


def account_from_files(ask: Any, python: str) -> Dict[str, Any]:
    """What the files around an interpreter tell: version, executable, prefix, base_prefix, stdlib, path, user_site,
    user_site_enabled; keys that they do not tell are missing.  Empty when they tell of no Python at all.
    """
    join = ask.path.join
    prefix = prefix_of(ask, python)
    if not prefix:
        return {}
    settings = pyvenv_settings(ask, prefix)
    base = prefix
    if settings.get("home"):
        base = settings["home"].rstrip("/\\")
        if ask.path.basename(base).lower() in ("bin", "scripts"):
            base = ask.path.dirname(base)
    version = ".".join(re.findall(r"\d+", settings.get("version_info") or settings.get("version", ""))[:3])
    for name in ask.names(join(prefix, "conda-meta")):
        match = re.match(r"python-(\d+\.\d+\.\d+)[^-]*-[^-]+\.json$", name)
        version = match.group(1) if match and not version else version
    if not version:
        match = re.search(r"(\d\.\d+)", ask.path.basename(python)) or re.search(
            r"(\d\.\d+)t?$", ask.path.basename(ask.real(python))
        )
        version = match.group(1) if match else ""
    library = ""  # "python3.7": the folder below lib
    if ask.os == "windows":
        version = version or _version_of_dll(ask, (prefix, base))
        stdlib = join(base, "Lib")
        header = join(base, "include", "patchlevel.h")
    else:
        library = _library(ask, (prefix, base), version)
        match = re.search(r"\d\.\d+", library)
        version = version or (match.group(0) if match else "")
        stdlib = join(base, "lib", library)
        header = join(base, "include", library, "patchlevel.h")
        if library and not ask.is_file(header):
            header = join(base, "include", library + "m", "patchlevel.h")
    if version.count(".") < 2:
        match = re.search(r'#define\s+PY_VERSION\s+"(\d+\.\d+\.\d+)', ask.read(header, 20000).text)
        version = match.group(1) if match else version
    standard: List[str] = []
    if ask.is_file(join(stdlib, "os.py")):
        extra = join(base, "DLLs") if ask.os == "windows" else join(stdlib, "lib-dynload")
        standard = [stdlib, extra] + ([base] if ask.os == "windows" else [])
    if not version and not standard:
        return {}
    account: Dict[str, Any] = {"executable": python, "prefix": prefix}
    if version:
        account["version"] = version
    if standard:
        account["stdlib"] = stdlib
    if base != prefix or standard:
        account["base_prefix"] = base
    account.update(_paths(ask, prefix, base, version, library, standard, settings))
    return account


def _version_of_dll(ask: Any, folders: Iterable[str]) -> str:
    """The version in the name of python37.dll, or ""."""
    for folder in folders:
        for name in ask.names(folder):
            match = re.match(r"python(\d)(\d+)t?\.dll$", name.lower())
            if match:
                return ".".join(match.groups())
    return ""


def _library(ask: Any, prefixes: Iterable[str], version: str) -> str:
    """The folder below lib that belongs to this version; of a version unknown, only if there is but one."""
    short = ".".join(version.split(".")[:2])
    for prefix in prefixes:
        names = [name for name in ask.names(ask.path.join(prefix, "lib")) if re.match(r"(python|pypy)\d\.\d+t?$", name)]
        fits = [name for name in names if re.sub(r"^[a-z]+|t$", "", name) == short] if short else names
        if len(fits) == 1 or (fits and short):
            return str(fits[0])
    return ""


def _paths(
    ask: Any, prefix: str, base: str, version: str, library: str, standard: List[str], settings: Mapping[str, str]
) -> Dict[str, Any]:
    """path, user_site and user_site_enabled as site.py would have set them."""
    join, short = ask.path.join, version.split(".")[:2]
    windows = ask.os == "windows"
    outer = base == prefix or settings.get("include-system-site-packages", "").lower() == "true"
    sites: List[str] = []
    for root in [prefix] + ([base] if outer and base != prefix else []):
        if windows:
            sites.append(join(root, "Lib", "site-packages"))
        elif library:
            sites += [join(root, lib, library, "site-packages") for lib in ("lib", "lib64")]
            sites.append(join(root, "local", "lib", library, "dist-packages"))  # Debian
            sites.append(join(root, "lib", "python3", "dist-packages"))
    user = _user_site(ask, base, short) if len(short) == 2 else ""
    enabled = outer and not variable(ask, "PYTHONNOUSERSITE")
    entries = [
        _expanded(ask, entry) for entry in variable(ask, "PYTHONPATH").split(";" if windows else ":") if entry
    ] + standard
    for folder in ([user] if user and enabled else []) + sites:
        entries += _site_entries(ask, folder)
    unique: Dict[str, str] = {}
    for entry in entries:
        unique.setdefault(_key(ask, entry), entry)  # lib64 is often a link to lib
    return {"path": list(unique.values()), "user_site": user, "user_site_enabled": enabled}


def _user_site(ask: Any, base: str, short: List[str]) -> str:
    join, own = ask.path.join, variable(ask, "PYTHONUSERBASE")
    if ask.os == "windows":
        own = own or (join(variable(ask, "APPDATA"), "Python") if variable(ask, "APPDATA") else "")
        return join(own, "Python" + "".join(short), "site-packages") if own else ""
    if ask.os == "macos" and not own and "Python.framework" in base and home(ask):
        return str(join(home(ask), "Library", "Python", ".".join(short), "lib", "python", "site-packages"))
    own = own or (join(home(ask), ".local") if home(ask) else "")
    return join(own, "lib", "python" + ".".join(short), "site-packages") if own else ""


def _site_entries(ask: Any, folder: str) -> List[str]:
    """A site folder and the folders that its .pth files name; lines that are code are not run."""
    if not ask.is_dir(folder):
        return []
    entries = [folder]
    files = [name for name in ask.names(folder) if name.endswith(".pth") and not name.startswith(".")]
    for name in files[:PTH_FILES]:
        for line in ask.read(ask.path.join(folder, name), PTH_BYTES).text.splitlines():
            line = line.strip().lstrip("\ufeff")
            if line and not line.startswith(("#", "import ", "import\t")):
                entry = ask.path.normpath(ask.path.join(folder, line))
                if ask.is_dir(entry) or ask.is_file(entry):
                    entries.append(entry)
    return entries


def _completed(ask: Any, bare: Mapping[str, Any], files: Mapping[str, Any]) -> Dict[str, Any]:
    """The account of an interpreter that starts only without its start-up files, completed from files.

    Without site.py a venv takes itself for its base, and the flags of that start are not those of a plain one.
    """
    told = ("file_system_encoding", "ignores_environment", "utf8_mode", "user_site", "user_site_enabled")
    account = {key: value for key, value in bare.items() if key not in told}
    python, prefix = bare.get("executable", ""), files.get("prefix") or bare.get("prefix", "")
    account["prefix"] = prefix
    account["executable"] = files.get("executable") or python
    base = bare.get("base_prefix", prefix)
    match = re.search(r"(?:^|[/\\])((?:python|pypy)\d\.\d+t?)$", bare.get("stdlib", ""))
    standard = [entry for entry in bare.get("path", []) if "\ufffd" not in entry]
    account.update(
        _paths(
            ask,
            prefix,
            base,
            bare["version"],
            match.group(1) if match else "",
            standard or list(files.get("path", [])),
            pyvenv_settings(ask, prefix),
        )
    )
    return account
