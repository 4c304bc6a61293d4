"""What does the repository that will be run import, use and ask for?

It is read, never run.  A file counts when an entry point reaches it: a script in the root, or one with an
`if __name__ == "__main__"` block, and what these import whenever they are loaded.  Everything that may not run
(functions, guarded imports, tests, examples, flags) is kept apart, because a false alarm is worse than silence.
Paths in values are relative to the project, with "/"; in a notebook "file:3" means its third code cell.
"""

import re
from typing import Any, Dict, List, Optional, Set, Tuple

from .. import requirements, source, training
from ..chart import ABSENT, Fact, Seen, absent, canonical, known, unknown
from ..patient import Patient
from ..reach import MAYBE, MODULE, SKIPPED, Reach, Tree, some

FACTS = {
    "project.root": "the folder of the project",
    "project.files": "number of Python files and notebooks that were read",
    "project.truncated": "yes when the project is larger than what is read",
    "project.entries": "scripts that can be started: [file]",
    "project.unparsable": "files that are no Python 3: [file:line]",
    "project.python2": "yes when that is so because they are Python 2",
    "project.notebook": "yes when there is a notebook",
    "project.imports": "modules from outside that are needed as soon as a script starts: name -> [file:line]",
    "project.needed_by": "scripts that cannot start without them: name -> [file]",
    "project.optional_imports": "modules from outside that only some uses need: name -> [file:line]",
    "project.modules": "the project's own top-level modules: name -> file, package or folder (no __init__.py)",
    "project.local_imports": "own modules that are imported: dotted name -> [file:line]",
    "project.local_missing": "own modules that are imported and are not in the project: dotted name -> [file:line]",
    "project.elsewhere": "imported names that only a folder above or below has (wrong folder): name -> relative path",
    "project.uses": "uses of interfaces that some versions lack: id -> [file:line]",
    "project.startup_uses": "those of them that run as soon as the file is loaded: id -> [file:line]",
    "project.guarded_uses": "those for whose absence the code is prepared: id -> [file:line]",
    "project.unreached_uses": "those in files that no script loads: id -> [file:line]",
    "project.cuda_flags": "switches that ask for the GPU: [{where, name}]",
    "project.networks": "the network of the memory guide that its training scripts are about: id -> [place]",
    "project.batch_size": "literal batch sizes of scripts that train: size -> [file:line]",
    "project.batchnorm": "batch normalisation in what these scripts load: torch or keras -> [file:line]",
    "project.batch_of_one": "batch size 1 of a script that loads it, not frozen: torch or keras -> [file:line]",
    "project.requires": "wanted distributions: name -> {specifier, where, marker, tool, url?, also?}",
    "project.requires_unreadable": "lines of dependency files that their tool would refuse: [file:line: text]",
    "project.python_requires": "the Python that the project asks for, as a specifier",
    "project.shadows": "own files that hide a module of the standard library or a library: name -> {path, kind, of}",
}

#: Limits of what is looked at (our choice; a student's repository is a hundred times smaller).
_FILES, _ALL_BYTES, _FILE_BYTES, _DEPTH, _FOLDERS, _NAMES = 2000, 8000000, 1000000, 8, 1000, 100000
_PACKAGE_LISTS = ("base.txt", "requirements.txt", "runtime.txt", "main.txt", "core.txt", "default.txt", "install.txt")

#: Those that a file of the same name would hide from others, too; and those that nobody keeps a copy of in a folder.
_HIDDEN_BY_FILE = frozenset(
    """torch torchvision torchaudio tensorflow keras numpy scipy matplotlib cv2 PIL sklearn skimage pandas yaml tqdm
    h5py requests six tensorboard tensorboardX jax flax onnx onnxruntime seaborn albumentations numba cupy sympy
    imageio einops timm transformers tokenizers pydantic attr packaging setuptools networkx joblib psutil pynvml click
    jinja2 markdown absl gast wrapt typing_extensions wandb thop torchsummary pytorch_lightning lxml
    """.split()
)
_HIDDEN_BY_FOLDER = frozenset(
    """torch torchvision torchaudio tensorflow keras numpy scipy matplotlib cv2 PIL sklearn skimage pandas yaml h5py
    requests jax transformers""".split()
)
#: The distributions behind modules that are called otherwise (for "this repository is that distribution").
_DISTRIBUTION = {
    "cv2": "opencv-python",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "attr": "attrs",
    "absl": "absl-py",
    "pynvml": "nvidia-ml-py",
}
#: Loaded before a script's folder is on the path, or loaded by nothing that a script needs.
_NEVER_HIDDEN = frozenset(
    """os io abc codecs encodings site stat posixpath ntpath genericpath zipimport sitecustomize usercustomize runpy
    test this antigravity turtle turtledemo idlelib lib2to3 ensurepip parser symbol formatter pydoc_data msilib
    """.split()
)


def probe(patient: Patient, ask: Any) -> Seen:
    root = patient.project
    if not root:
        return Seen({name: absent() for name in FACTS})
    trouble = ask.trouble(root)
    if trouble or not ask.is_dir(root):
        return Seen({name: unknown("project-unreadable", trouble or "no folder", root) for name in FACTS})
    tree = _walk(root, ask)
    facts = _requirements(tree, root, ask)
    own_name = facts.pop("name").value
    standard = _standard_library(patient, ask)
    reach = Reach(tree, standard, lambda name: _above(name, root, ask))
    reach.follow()
    found = reach.facts()
    found.update(training.facts(reach, ask.path.basename(root.rstrip("/\\"))))
    if tree.truncated:
        lost = unknown("project-truncated", "", root)
        found = {name: lost if fact.state == ABSENT else fact for name, fact in found.items()}
        found["project.networks"] = lost  # the part that was not read may speak of another one
    facts.update(found)
    facts.update(
        {
            "project.root": known(root),
            "project.files": known(len(tree.texts) + len(tree.cells)),
            "project.truncated": known("yes" if tree.truncated else "no"),
            "project.notebook": known("yes" if tree.cells else "no"),
            "project.shadows": _shadows(reach.modules, own_name, standard, patient),
        }
    )
    return Seen(facts)


# ---------------------------------------------------------------- the tree


def _walk(root: str, ask: Any) -> Tree:
    """Folder after folder, the nearest first; folders of data are left as soon as they show what they are."""
    names, texts, cells = {}, {}, {}  # type: Dict[str, Set[str]], Dict[str, str], Dict[str, List[str]]
    waiting, truncated, seen, size = [""], False, 0, 0
    for folder in waiting:
        path = _join(ask, root, folder)
        found = ask.names(path)
        if folder and ("pyvenv.cfg" in found or "conda-meta" in found):
            names[folder.rpartition("/")[0]].discard(folder.rpartition("/")[2])
            continue
        seen += len(found)
        names[folder] = set(name for name in found if "." not in name or name.endswith((".py",) + MAYBE))
        data = len(found) > 200 and not any(name.endswith(".py") for name in found)
        depth = folder.count("/") + 1 if folder else 0
        for name in found:
            inner = folder + "/" + name if folder else name
            full = ask.path.join(path, name)
            if name.endswith((".py", ".ipynb")):
                if len(texts) + len(cells) >= _FILES or size >= _ALL_BYTES:
                    truncated = True
                    continue
                if not name.endswith(".py") and (depth > 1 or not ask.is_file(full)):
                    continue
                reading = ask.read(full, _FILE_BYTES)
                if reading.trouble:
                    truncated = truncated or name.endswith(".py")
                    continue
                if len(reading.text) >= _FILE_BYTES:
                    truncated = truncated or name.endswith(".py")
                    continue
                size += len(reading.text)
                if name.endswith(".py"):
                    texts[inner] = source.tidy(reading.text)
                else:
                    cells[inner] = notebook(reading.text)
            elif "." not in name and name not in SKIPPED and not data:
                if ask.is_dir(full) and not ask.link(full):
                    if depth >= _DEPTH or len(waiting) >= _FOLDERS or seen > _NAMES:
                        truncated = True
                    else:
                        waiting.append(inner)
    return Tree(names, texts, cells, truncated)


def _join(ask: Any, root: str, relative: str) -> str:
    return str(ask.path.join(root, *relative.split("/"))) if relative else root


def notebook(text: str) -> List[str]:
    """The code cells of a notebook, without magics and shell lines."""
    import json

    try:
        cells = json.loads(text.lstrip("\ufeff")).get("cells") or []
        found = []
        for cell in cells:
            if cell.get("cell_type") == "code":
                code = cell.get("source") or ""
                found.append(_without_magics(code if isinstance(code, str) else "".join(map(str, code))))
        return found
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []


def _without_magics(code: str) -> str:
    code = source.tidy(code)
    if re.match(r"\s*%%(?!time|capture)", code):
        return ""  # a cell in another language
    return re.sub(r"(?m)^([ \t]*)(?:[%!?].*|[\w.]+\?+[ \t]*)$", r"\1pass", code)


def _standard_library(patient: Patient, ask: Any) -> Set[str]:
    """Module names of the patient's standard library; empty when it could not be asked."""
    found = set(patient.inside.get("stdlib_modules") or ())
    folder = patient.inside.get("stdlib") or ""
    if not found and folder:
        for name in list(ask.names(folder)) + list(ask.names(ask.path.join(folder, "lib-dynload"))):
            module = MODULE.match(name)
            if module:
                found.add(module.group(1))
            elif name.isidentifier() and name not in ("site-packages", "test", "__pycache__"):
                found.add(name)
        prefix = patient.inside.get("base_prefix") or ""
        for name in ask.names(ask.path.join(prefix, "DLLs")) if ask.os == "windows" and prefix else []:
            found.add(name.partition(".")[0])
    if found:
        found.update(patient.inside.get("builtin_modules") or ())
    return found


def _above(name: str, root: str, ask: Any) -> str:
    """Where one of the two folders above the project has a module of this name, or ""."""
    here, up = root, ""
    for _ in range(2):
        above = ask.path.dirname(here.rstrip("/\\"))
        if not above or above == here:
            break
        up += "../"
        if ask.is_file(ask.path.join(above, name + ".py")):
            return up + name + ".py"
        folder = ask.path.join(above, name)
        inside = set(ask.names(folder)) if ask.is_dir(folder) else set()
        if "__init__.py" in inside:
            return up + name
        # A folder that is a repository itself is somebody's clone, not the place to start from.
        repository = inside & set([".git", "setup.py", "pyproject.toml"])
        if not repository and any(file.endswith(".py") for file in inside):
            return up + name
        here = above
    return ""


# ---------------------------------------------------------------- what it asks for


def _requirements(tree: Tree, root: str, ask: Any) -> Dict[str, Fact]:
    """Dependency files, the most binding first; what a later one says of the same distribution goes under "also"."""
    wants = []  # type: List[Tuple[str, requirements.Wants]]
    refused = []  # type: List[str]
    lists = [name for name in ("requirements.txt", "requirement.txt") if ask.is_file(ask.path.join(root, name))][:1]
    if not lists and "requirements" in tree.names.get("", ()):
        folder = ask.names(ask.path.join(root, "requirements"))
        lists = ["requirements/" + name for name in _PACKAGE_LISTS if name in folder]
    seen = set(lists)
    for path in lists:
        reading = ask.read(_join(ask, root, path), _FILE_BYTES)
        if reading.trouble:
            refused.append(path + ": " + reading.trouble)
            continue
        found = requirements.from_requirements(reading.text)
        wants.append((path, found))
        for line, name in found.includes:
            parts = (path.rpartition("/")[0].split("/") if "/" in path else []) + re.split(r"[\\/]", name)
            inner = _flat(parts)
            if inner is None or not ask.is_file(_join(ask, root, inner)):
                refused.append("{}:{}: -r {}".format(path, line, name))
            elif inner not in seen and len(seen) < 20:
                seen.add(inner)
                lists.append(inner)
    readers = (
        ("environment.yml", requirements.from_environment),
        ("environment.yaml", requirements.from_environment),
        ("pyproject.toml", requirements.from_pyproject),
        ("setup.cfg", requirements.from_setup_cfg),
        ("setup.py", requirements.from_setup_py),
    )
    for path, reader in readers:
        full = ask.path.join(root, path)
        if not ask.is_file(full):
            continue
        reading = ask.read(full, _FILE_BYTES)
        if reading.trouble:
            refused.append(path + ": " + reading.trouble)
        else:
            wants.append((path, reader(source.tidy(reading.text))))
    needs = {}  # type: Dict[str, Dict[str, Any]]
    for path, found in wants:
        refused += ["{}:{}: {}".format(path, line, text[:200]) for line, text in found.unreadable]
        for need in found.needs:
            entry = {"specifier": need.specifier, "where": path + ":" + str(need.line), "marker": need.marker}
            entry["tool"] = need.tool
            if need.url:
                entry["url"] = need.url
            first = needs.setdefault(need.name, entry)  # type: Dict[str, Any]
            if first is not entry:
                first.setdefault("also", []).append(entry)
    pythons = [(found.python, path) for path, found in wants if found.python]
    named = [found.name for path, found in wants if found.name and not path.startswith("environment")]
    return {
        "name": known(canonical(named[0]) if named else ""),
        "project.requires": some(needs),
        "project.requires_unreadable": some(refused),
        "project.python_requires": known(*pythons[0]) if pythons else absent(),
    }


def _flat(parts: List[str]) -> Optional[str]:
    """A relative path without "." and "..", or None when it leaves the project."""
    flat = []  # type: List[str]
    for part in parts:
        if part == "..":
            if not flat:
                return None
            flat.pop()
        elif part not in ("", "."):
            flat.append(part)
    return "/".join(flat)


# ---------------------------------------------------------------- what it hides


def _shadows(modules: Dict[str, str], own_name: str, standard: Set[str], patient: Patient) -> Fact:
    """Own modules that win over the module that others mean.  A folder without __init__.py wins over nobody."""
    built_in = set(patient.inside.get("builtin_modules") or ())
    found = {}  # type: Dict[str, Dict[str, str]]
    for name, kind in sorted(modules.items()):
        if kind == "folder" or own_name in (canonical(name), _DISTRIBUTION.get(name)):
            continue
        entry = {"path": name + ".py" if kind == "file" else name, "kind": kind}
        if name in standard and name not in built_in and name not in _NEVER_HIDDEN:
            found[name] = dict(entry, of="standard library")
        elif name in (_HIDDEN_BY_FILE if kind == "file" else _HIDDEN_BY_FOLDER):
            found[name] = dict(entry, of="distribution")
    if not found and not standard:
        return unknown(patient.trouble or "stdlib-unknown", patient.trouble_detail)
    return some(found)
