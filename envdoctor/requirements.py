"""What do dependency files ask for?

Pure: text in, data out.  A specifier stays text; who compares versions is versions.py.
Runs on Python 3.6 (see docs/ARCHITECTURE.md, "Two floors").
"""

import ast
import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .chart import canonical


class Need(NamedTuple):
    """One wanted distribution.  `specifier` is PEP 440 text; `tool` is "pip" or "conda"; `url` where one is named."""

    name: str
    specifier: str
    line: int
    marker: str = ""
    tool: str = "pip"
    url: str = ""


class Wants(NamedTuple):
    """What one file asks for.

    unreadable: (line, text) that the file's own tool would refuse.  includes: files it refers to with -r.
    python: the wanted Python as a PEP 440 specifier.  name: the distribution that the project itself is.
    """

    needs: Tuple[Need, ...] = ()
    unreadable: Tuple[Tuple[int, str], ...] = ()
    includes: Tuple[Tuple[int, str], ...] = ()
    python: str = ""
    name: str = ""


_NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+"
_REQUIREMENT = re.compile(
    r"^(?P<name>" + _NAME + r")\s*(?:\[[^\]]*\])?\s*"
    r"(?:@\s*(?P<url>[^\s;]\S*)|\(?\s*(?P<clauses>" + _CLAUSE + r"(?:\s*,\s*" + _CLAUSE + r")*\s*,?)?\s*\)?)\s*"
    r"(?:;(?P<marker>.*))?$",
    re.A,
)
_WHEEL = re.compile(r"(?:^|[/\\])(?P<name>[A-Za-z0-9_.]+)-(?P<version>\d[^-/\\]*)(?:-[^/\\]*)?\.whl\b", re.A)
_ADDRESS = re.compile(r"^(?:\w+\+)?\w+://|^\.{0,2}[/\\]|^[A-Za-z]:[/\\]|\.(?:whl|zip|tar\.gz)(?:$|[#\s])|^\.$")

#: Names that conda has for what the registry calls otherwise.
CONDA_NAMES = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "tensorflow-base": "tensorflow",
    "tensorflow-mkl": "tensorflow",
    "tensorflow-eigen": "tensorflow",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "matplotlib-base": "matplotlib",
    "numpy-base": "numpy",
    "pytables": "tables",
    "keras-gpu": "keras",
}


def requirement(text: str, line: int = 0) -> Optional[Need]:
    """One requirement as PEP 508 writes it, or None.

    >>> requirement("Torch [all] >=1.2, <2 ; python_version < '3.8'")
    Need(name='torch', specifier='>=1.2,<2', line=0, marker="python_version < '3.8'", tool='pip', url='')
    >>> requirement("torch=1.2") is None
    True
    """
    found = _REQUIREMENT.match(text.strip())
    if found is None:
        return None
    clauses = re.sub(r"\s+", "", found.group("clauses") or "").rstrip(",")
    url = found.group("url") or ""
    return Need(canonical(found.group("name")), clauses, line, (found.group("marker") or "").strip(), "pip", url)


def _address(text: str, line: int) -> Optional[Need]:
    """The distribution behind an address or a path, when its text names one."""
    egg = re.search(r"[#&]egg=([\w.-]+)", text)
    if egg:
        return Need(canonical(egg.group(1)), "", line, "", "pip", text)
    wheel = _WHEEL.search(text)
    if wheel:
        version = wheel.group("version").replace("%2B", "+")
        return Need(canonical(wheel.group("name")), "==" + version, line, "", "pip", text)
    return None


def from_requirements(text: str) -> Wants:
    """requirements.txt."""
    needs, unreadable, includes, python = [], [], [], ""
    held, start = "", 0
    for number, raw in enumerate(_lines(text), 1):
        start = start if held else number
        if raw.rstrip().endswith("\\") and not raw.lstrip().startswith("#"):
            held += raw.rstrip()[:-1] + " "
            continue
        line, held = re.sub(r"(^|\s)#.*$", "", held + raw).strip(), ""
        if not line:
            continue
        option = re.match(r"^(-r|--requirement)[\s=]*(\S.*)$", line)
        if option:
            includes.append((start, option.group(2).strip()))
            continue
        edit = re.match(r"^(-e|--editable)[\s=]*(\S+)", line)
        if edit:
            line = edit.group(2)
        elif re.match(r"^--?[A-Za-z]", line):
            continue
        line = re.sub(r"\s--?[a-z][\w-]*([\s=].*)?$", "", line)
        need = requirement(line, start) or _address(line, start)
        if need and need.name == "python" and not need.url:
            python = python or need.specifier
        elif need:
            needs.append(need)
        elif not _ADDRESS.search(line):
            unreadable.append((start, line))
    return Wants(tuple(needs), tuple(unreadable), tuple(includes), python)


def from_environment(text: str) -> Wants:
    """environment.yml.  Not a YAML reader: the two lists that conda writes, and nothing else."""
    needs, unreadable, python, name = [], [], "", ""
    inside, pip_indent = False, -1
    for number, raw in enumerate(_lines(text), 1):
        line = re.sub(r"(^|\s)#.*$", "", raw.replace("\t", "    ")).rstrip()
        if not line.strip():
            continue
        key = re.match(r"^(\w+)\s*:\s*(.*)$", line)
        if key:
            inside, pip_indent = key.group(1) == "dependencies", -1
            if key.group(1) == "name":
                name = key.group(2).strip("'\" ")
            items = [(item, False) for item in key.group(2).strip("[] ").split(",")] if inside and key.group(2) else []
        else:
            item = re.match(r"^(\s*)-\s+(.*)$", line)
            if not inside or not item:
                continue
            indent, word = len(item.group(1)), item.group(2).strip()
            if re.match(r"^pip\s*:$", word):
                pip_indent = indent
                continue
            if indent <= pip_indent:
                pip_indent = -1
            items = [(word, pip_indent >= 0)]
        for word, by_pip in items:
            word = word.strip().strip("'\"")
            if not word or (by_pip and word.startswith("-")):
                continue
            need = (requirement(word, number) or _address(word, number)) if by_pip else conda_spec(word, number)
            if need is None:
                if not by_pip or not _ADDRESS.search(word):
                    unreadable.append((number, word))
            elif need.name == "python":
                python = need.specifier
            else:
                needs.append(need)
    return Wants(tuple(needs), tuple(unreadable), (), python, name)


def conda_spec(text: str, line: int = 0) -> Optional[Need]:
    """One dependency in conda's spelling, its specifier in ours.

    >>> conda_spec("pytorch::pytorch=1.2.0=py3.7_cuda10.0").specifier, conda_spec("numpy=1.19").specifier
    ('==1.2.0', '==1.19.*')
    """
    found = re.match(r"^(?:[\w./:-]+::)?(_?" + _NAME + r")\s*(?:\[.*\])?\s*(.*)$", text.strip(), re.A)
    if not found:
        return None
    name, rest = canonical(found.group(1)), found.group(2).strip()
    build = re.match(r"^=?=?\s*([\w.!+*]+)(?:=|\s+)[\w.*]+$", rest, re.A)
    # What conda can say and PEP 440 cannot ("1.2|1.3") is left out: no claim is better than a wrong one.
    specifier = _conda_version("==" + build.group(1) if build else rest) or ""
    return Need(CONDA_NAMES.get(name, name), specifier, line, "", "conda")


def _conda_version(rest: str) -> Optional[str]:
    if rest in ("", "*"):
        return ""
    clauses = []
    for part in rest.split(","):
        part = part.strip()
        fuzzy = re.match(r"^=\s*([\w.!+]+?)(\.?\*)?$", part, re.A)
        bare = re.match(r"^([\w.!+]+?)(\.?\*)?$", part, re.A)
        exact = re.match(r"^(==|!=|<=|>=|<|>|~=)\s*([\w.!+]+(?:\.?\*)?)$", part, re.A)
        if fuzzy:
            clauses.append("==" + fuzzy.group(1) + ".*")
        elif bare:
            clauses.append("==" + bare.group(1) + (".*" if bare.group(2) else ""))
        elif exact:
            clauses.append(exact.group(1) + re.sub(r"(?<=\d)\*$", ".*", exact.group(2)))
        else:
            return None
    return ",".join(clauses)


def from_pyproject(text: str) -> Wants:
    """pyproject.toml: the [project] table, and Poetry's."""
    unreadable = []  # type: List[Tuple[int, str]]
    data, trouble = _toml(text)
    if trouble:
        unreadable.append((1, trouble))
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    needs, python = [], str(project.get("requires-python") or "")
    wanted = project.get("dependencies")
    for item in wanted if isinstance(wanted, list) else []:
        line = _line_of(text, str(item))
        need = requirement(str(item), line)
        if need:
            needs.append(need)
        else:
            unreadable.append((line, str(item)))
    for name, value in _table(poetry, "dependencies").items():
        value = value[0] if isinstance(value, list) and value else value
        detail = value if isinstance(value, dict) else {"version": value}
        if detail.get("optional"):
            continue
        specifier = poetry_specifier(str(detail.get("version") or "*"))
        if canonical(name) == "python":
            python = python or specifier
            continue
        url = str(detail.get("url") or detail.get("git") or detail.get("path") or "")
        line = _line_of(text, name)
        needs.append(Need(canonical(name), specifier, line, str(detail.get("markers") or ""), "pip", url))
    name = str(project.get("name") or poetry.get("name") or "")
    return Wants(tuple(needs), tuple(unreadable), (), python, canonical(name))


def poetry_specifier(text: str) -> str:
    """Poetry's caret and tilde as PEP 440.

    >>> poetry_specifier("^1.2"), poetry_specifier("~0.3.1"), poetry_specifier("^0.2"), poetry_specifier("1.4")
    ('>=1.2,<2', '>=0.3.1,<0.4', '>=0.2,<0.3', '==1.4')
    """
    clauses = []
    for part in text.replace(" ", "").split(","):
        found = re.match(r"^(\^|~)(\d+(?:\.\d+)*)", part)
        if not found or part.startswith("~="):
            if part and part != "*":
                clauses.append(part if part[0] in "=!<>~" else "==" + part)
            continue
        numbers = [int(number) for number in found.group(2).split(".")]
        if found.group(1) == "~":
            keep = min(2, len(numbers))
        else:
            keep = next((index + 1 for index, number in enumerate(numbers) if number), len(numbers))
        upper = numbers[: keep - 1] + [numbers[keep - 1] + 1]
        clauses += [">=" + found.group(2), "<" + ".".join(map(str, upper))]
    return ",".join(clauses)


def from_setup_cfg(text: str) -> Wants:
    """setup.cfg."""
    needs, unreadable, python, name = [], [], "", ""
    section = key = ""
    for number, raw in enumerate(_lines(text), 1):
        if not raw.strip() or raw.lstrip().startswith(("#", ";")):
            continue
        head = re.match(r"^\[(.+)\]\s*$", raw)
        pair = re.match(r"^([\w.-]+)\s*[=:]\s*(.*)$", raw)
        if head:
            section, key = head.group(1).strip(), ""
            continue
        value = raw.strip()
        if pair:
            key, value = pair.group(1).replace("-", "_"), pair.group(2).strip()
        if section == "metadata" and key == "name" and pair:
            name = value
        elif section == "options" and key == "python_requires" and pair:
            python = value
        elif section == "options" and key == "install_requires" and value and not value.startswith("file:"):
            need = requirement(re.sub(r"\s#.*$", "", value), number)
            if need:
                needs.append(need)
            else:
                unreadable.append((number, value))
    return Wants(tuple(needs), tuple(unreadable), (), python, canonical(name))


def from_setup_py(text: str) -> Wants:
    """setup.py, as far as it is written with literals: it is read, never run."""
    from .source import parse

    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return Wants()
    named = {}  # type: Dict[str, Any]
    found = {}  # type: Dict[str, Any]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = node.value
        elif isinstance(node, ast.Call) and _called(node) in ("setup", "dict"):
            words = {word.arg: word.value for word in node.keywords if word.arg}
            if _called(node) == "setup" or "install_requires" in words:
                found.update(words)
    needs, unreadable = [], []
    for item, line in _texts(found.get("install_requires"), named):
        need = requirement(item, line)
        if need:
            needs.append(need)
        else:
            unreadable.append((line, item))
    name = "".join(text for text, _ in _texts(found.get("name"), named)[:1])
    python = "".join(text for text, _ in _texts(found.get("python_requires"), named)[:1])
    return Wants(tuple(needs), tuple(unreadable), (), python, canonical(name))


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))


def _texts(node: Any, named: Dict[str, Any]) -> List[Tuple[str, int]]:
    """The literal texts of an expression: one text, a list of them, or a name that stands for either."""
    if isinstance(node, ast.Name):
        node = named.get(node.id)
    found = []
    for item in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        kind = type(item).__name__
        value = getattr(item, "value" if kind == "Constant" else "s", None)
        if isinstance(value, str):
            found.append((value, item.lineno))
    return found


def _lines(text: str) -> List[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")


def _line_of(text: str, word: str) -> int:
    at = text.find(word)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


# ---------------------------------------------------------------- TOML


def _table(data: Any, *keys: str) -> Dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _toml(text: str) -> Tuple[Dict[str, Any], str]:
    """The file's data, and what is wrong with it ("" when nothing is known to be)."""
    for module in ("tomllib", "tomli"):
        try:
            loads = __import__(module).loads
        except ImportError:
            continue
        try:
            return loads(text), ""
        except (ValueError, RecursionError) as error:
            return plain_toml(text), str(error)
    return plain_toml(text), ""


_TEXT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")


def plain_toml(text: str) -> Dict[str, Any]:
    """Tables, texts, lists of texts and one-line tables of texts: enough for dependencies, for Pythons without TOML.

    >>> plain_toml('[a.b]\\nc = ["x",\\n  "y"]  # z\\nd = {e = "1"}')
    {'a': {'b': {'c': ['x', 'y'], 'd': {'e': '1'}}}}
    """
    data = {}  # type: Dict[str, Any]
    table = data
    held = ""
    for raw in _lines(text):
        line = held + " " + _uncommented(raw) if held else _uncommented(raw)
        head = re.match(r"^\s*\[\[?([\w.\" '-]+)\]\]?\s*$", line)
        if not held and head:
            table = data
            for key in head.group(1).split("."):
                inner = table.setdefault(key.strip(" \"'"), {})
                table = inner if isinstance(inner, dict) else {}
            continue
        pair = re.match(r"^\s*[\"']?([\w.-]+)[\"']?\s*=\s*(.*)$", line, re.S)
        if not pair:
            held = ""
            continue
        value = pair.group(2).strip()
        bare = _TEXT.sub("", value)
        if bare.count("[") > bare.count("]") and len(line) < 100000:
            held = line
            continue
        held = ""
        texts = [first or second for first, second in _TEXT.findall(value)]
        if value.startswith("["):
            table[pair.group(1)] = texts
        elif value.startswith("{"):
            items = re.findall(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(true|false))", value)
            table[pair.group(1)] = {key: one or two or word == "true" for key, one, two, word in items}
        elif texts:
            table[pair.group(1)] = texts[0]
    return data


def _uncommented(line: str) -> str:
    bare = _TEXT.sub(lambda found: "x" * len(found.group()), line)
    at = bare.find("#")
    return line if at < 0 else line[:at]
