"""What does an interpreter say of itself, and what do the files around it tell when it says nothing?

Runs on Python 3.6.
"""

import os
import re
import sys
from typing import Any, Callable, Dict, Iterable, List, Mapping, Tuple

from .ask import CRASHED, DENIED, MISSING, TIMEOUT, TOO_LONG, UNREADABLE
from .environments import expanded, home, prefix_of, same_key, variable
from .inside import MARK, describe

#: So many .pth files of one folder are read, and so many bytes of each, when no interpreter answers (our choice).
PTH_FILES, PTH_BYTES = 200, 100000

HANGS, CRASHES, SILENT, CANNOT_START = "python-hangs", "python-crashes", "python-silent", "python-cannot-start"


def account_of(ask: Any, python: str, own: str, seconds: float) -> Tuple[Dict[str, Any], str, str]:
    """What is known of an interpreter (empty: nothing), the id of the trouble with it, and its own words."""
    if _is_own(ask, python, own):
        return own_account(ask), "", ""
    answer = _start(ask, python, seconds, ["-B"])
    told = read_account(ask, answer.out)
    if told:
        return told, "", ""
    trouble = _trouble(answer)
    detail = _last_words(answer.err)
    files = account_from_files(ask, python)
    bare: Dict[str, Any] = {}
    if trouble != CANNOT_START:
        newer = files.get("version", "2").split(".")[0] != "2"
        # -X utf8: the only way to have paths with Chinese characters whole, as -I ignores PYTHONIOENCODING
        flags = ["-B", "-I", "-S", "-X", "utf8"] if newer else ["-B", "-E", "-s", "-S"]
        bare = read_account(ask, _start(ask, python, seconds, flags).out)
    if bare:
        return _completed(ask, bare, files), trouble, detail
    named_so = re.match(r"(?:python|pypy)[\d.]*t?w?(?:\.exe)?$", ask.path.basename(python).lower())
    return (files if named_so else {}), trouble, detail


def _start(ask: Any, python: str, seconds: float, flags: List[str]) -> Any:
    source = inside_text()
    if python.lower().endswith((".bat", ".cmd")):  # cmd.exe stops at a line end and replaces % and ^
        import base64

        text = base64.b64encode(source.encode("utf-8")).decode("ascii")
        source = "import binascii; exec(binascii.a2b_base64('{}'))".format(text)
    return ask.run([python] + flags + ["-c", source], seconds=seconds, environ=_child_environ(ask))


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


def _last_words(err: str) -> str:
    """The last line of stderr that names an error (a crash of CPython ends with a list of frames), else the last.

    >>> _last_words("Fatal Python error\\nModuleNotFoundError: No module named 'encodings'\\n\\nCurrent thread:\\n")
    "ModuleNotFoundError: No module named 'encodings'"
    """
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"(?i)error|not found|exception", line)]
    return (named or lines or [""])[-1][:300]


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


# ---------------------------------------------------------------- the doctor's own interpreter


def _is_own(ask: Any, python: str, own: str) -> bool:
    """May the doctor answer for this interpreter, because a plain start of it would look just like the doctor's?"""
    if not own or own != sys.executable or same_key(ask, python) != same_key(ask, own):
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
            sys.path[:] = without_start_folder(saved, sys.argv[0] if sys.argv else "", ask.here(), ask.real)
        return {key: _text(value, False) for key, value in describe().items()}  # type: ignore[no-untyped-call]
    finally:
        sys.path[:] = saved  # describe() drops the entry '', from which the doctor may have been started


def without_start_folder(path: List[str], command: str, here: str, real_path: Callable[[str], str]) -> List[str]:
    """sys.path as a plain `python -c` sees it: the interpreter puts one entry before all others.

    That is the current folder for `-m`, the script's folder for a script, the file itself for a zip; the launchers
    of Windows are a zip with .exe cut off argv[0].  The same folder further behind came from PYTHONPATH or a .pth
    file and stays.
    """
    command = command or "-c"
    real = real_path(command)
    first = {"", here, command, command + ".exe", real, real + ".exe", os.path.dirname(command), os.path.dirname(real)}
    if path and os.path.normcase(path[0]) in {os.path.normcase(entry) for entry in first}:
        path = path[1:]
    return [entry for entry in path if entry]


# ---------------------------------------------------------------- from files alone


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
        expanded(ask, entry) for entry in variable(ask, "PYTHONPATH").split(";" if windows else ":") if entry
    ] + standard
    for folder in ([user] if user and enabled else []) + sites:
        entries += _site_entries(ask, folder)
    unique: Dict[str, str] = {}
    for entry in entries:
        unique.setdefault(same_key(ask, entry), entry)  # lib64 is often a link to lib
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
