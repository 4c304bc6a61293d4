"""Which CUDA toolkits and which cuDNN lie on this machine, and which of them would be used?

Only file names, small headers and version files are read.  What frameworks bring along is not looked at here
(frameworks.py does that), and nvcc is started only where no file tells the version.
"""

import re
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from ..chart import Fact, Seen, absent, known, unknown
from ..patient import Patient

FACTS = {
    "cuda.toolkit": "version of the CUDA toolkit that would be used: nvcc on PATH, CUDA_HOME, /usr/local/cuda, newest",
    "cuda.toolkit.path": "folder of that toolkit",
    "cuda.toolkit.home_version": "version of the toolkit that CUDA_HOME (else CUDA_PATH) points to",
    "cuda.toolkits": "every CUDA toolkit that was found: [{version, path, found_by}]; a version may be empty",
    "cuda.home_missing": "the folder that CUDA_HOME (else CUDA_PATH) points to, when there is no toolkit in it",
    "cuda.nvcc": "the nvcc that a shell would start",
    "cuda.library_path": "CUDA libraries that LD_LIBRARY_PATH (Windows: PATH) offers: [{library, version, path}]",
    "cudnn": "version of the cuDNN of the conda environment or the system",
    "cudnn.found": "every such cuDNN that was found: [{version, path, found_by}]; path is a library or a header",
}

#: cuda.h and cudnn.h keep their version behind a licence and many defines; 200 kB holds all that were seen.
_HEADER_BYTES = 200000

_LIBRARIES = "|".join(
    ["cuda", "cudart", "cublas", "cublasLt", "cudnn", "cufft", "cupti", "curand", "cusolver", "cusparse"]
    + ["nccl", "nvinfer", "nvjpeg", "nvJitLink", "nvrtc", "nvToolsExt"]
)
_SHARED = re.compile(r"^lib(" + _LIBRARIES + r")\.so((?:\.\d+)*)$")
_DLL = re.compile(r"^(" + _LIBRARIES + r")64_(\d+)(?:_\d+)*\.dll$", re.I)


class Toolkit(NamedTuple):
    path: str
    found_by: str
    version: str
    compiler: bool


class Cudnn(NamedTuple):
    version: str
    path: str
    found_by: str


def probe(patient: Patient, ask: Any) -> Seen:
    nvcc = str(ask.which("nvcc"))
    home_name, home = _home(ask)
    toolkits = list(_toolkits(patient, ask, nvcc, home_name, home))
    facts = _toolkit_facts(ask, toolkits)
    facts["cuda.nvcc"] = known(nvcc, "PATH") if nvcc else absent("PATH")
    facts.update(_home_facts(ask, toolkits, home_name, home))
    facts.update(_cudnn_facts(patient, ask, toolkits))
    facts["cuda.library_path"] = _library_path(ask)
    return Seen(facts)


# ---------------------------------------------------------------- CUDA


def _variable(ask: Any, name: str) -> str:
    """Windows does not care for the case of a name."""
    found = ask.environ.get(name, "")
    if not found and ask.os == "windows":
        found = next((ask.environ[key] for key in ask.environ if key.upper() == name.upper()), "")
    return str(found).strip().strip('"')


def _home(ask: Any) -> Tuple[str, str]:
    """(variable, folder), in the order of torch.utils.cpp_extension."""
    for name in ("CUDA_HOME", "CUDA_PATH"):
        folder = _variable(ask, name)
        if folder:
            return name, folder
    return "", ""


def _places(patient: Patient, ask: Any, nvcc: str, home_name: str, home: str) -> Iterator[Tuple[str, str]]:
    """(folder, how it was found), the one that would be used first."""
    join = ask.path.join
    if nvcc:
        yield _above(ask, _program(ask, nvcc)), "PATH"
    if home:
        yield home, home_name
    for name in ("CUDA_PATH", "CUDA_ROOT", "CUDA_TOOLKIT_ROOT_DIR", "CUDADIR"):
        if _variable(ask, name):
            yield _variable(ask, name), name
    if ask.os == "windows":
        programs = _variable(ask, "ProgramFiles") or "C:\\Program Files"
        shelf = join(programs, "NVIDIA GPU Computing Toolkit", "CUDA")
        numbered = [(name, _variable(ask, name)) for name in ask.environ if name.upper().startswith("CUDA_PATH_V")]
        places = sorted(numbered, reverse=True)
        places += [(shelf, join(shelf, name)) for name in reversed(ask.names(shelf)) if name.lower().startswith("v")]
    else:
        folders = ["/usr/local/cuda"]
        folders += [join("/usr/local", name) for name in ask.names("/usr/local") if name.startswith("cuda-")]
        places = [("", folder) for folder in folders + ["/opt/cuda", "/usr/lib/cuda"]]
    for found_by, folder in places:
        yield folder, found_by or folder
    if patient.kind == "conda" and patient.prefix:
        yield _conda_root(patient, ask), "conda"
    if ask.os == "linux":
        yield "/usr", "/usr"


def _program(ask: Any, nvcc: str) -> str:
    """The compiler behind a link, or behind a script of one line that starts it."""
    real = str(ask.real(nvcc))
    script = ask.read(real, 2000).text
    if script.startswith("#!"):
        for path in re.findall(r"(/[^\s\"']+/bin/nvcc)\b", script):
            if path != real and ask.is_file(path):
                return str(ask.real(path))
    return real


def _above(ask: Any, program: str) -> str:
    return str(ask.path.dirname(ask.path.dirname(program)))


def _conda_root(patient: Patient, ask: Any) -> str:
    return str(ask.path.join(patient.prefix, "Library")) if ask.os == "windows" else patient.prefix


def _toolkits(patient: Patient, ask: Any, nvcc: str, home_name: str, home: str) -> Iterator[Toolkit]:
    seen = set()
    for folder, found_by in _places(patient, ask, nvcc, home_name, home):
        real = ask.real(folder)
        key = ask.path.normcase(real)
        if key in seen or not ask.is_dir(real):
            continue
        seen.add(key)
        program = ask.path.join(real, "bin", "nvcc.exe" if ask.os == "windows" else "nvcc")
        compiler = ask.is_file(program) and ask.real(program) not in seen  # /usr/bin/nvcc may be a link to one we have
        version = _version_of(ask, real)
        if compiler and not version:
            version = _version_of_nvcc(ask, program)
        elif found_by == "PATH" and not compiler and not version:  # a wrapper that lies elsewhere (ccache, HPC SDK)
            compiler, version = True, _version_of_nvcc(ask, nvcc)
        if compiler or version:
            seen.add(ask.real(program))
            yield Toolkit(real, found_by, version, compiler)


def _includes(ask: Any, folder: str) -> List[str]:
    """Where a toolkit keeps its headers; conda-forge's of CUDA 12 and later lie below targets/."""
    join = ask.path.join
    targets = join(folder, "targets")
    return [join(folder, "include")] + [join(targets, name, "include") for name in ask.names(targets)]


def _libraries(ask: Any, folder: str) -> List[str]:
    join = ask.path.join
    if ask.os == "windows":
        return [join(folder, "bin"), join(folder, "bin", "x64")]
    targets = join(folder, "targets")
    return [join(folder, "lib64"), join(folder, "lib")] + [join(targets, name, "lib") for name in ask.names(targets)]


def _triplets(ask: Any) -> List[str]:
    """The folders that Debian's family keeps apart by processor: "x86_64-linux-gnu"."""
    return [name for name in ask.names("/usr/lib") if name.endswith("-linux-gnu")]


def _system_libraries(ask: Any) -> List[str]:
    return ["/usr/lib/" + name for name in _triplets(ask)] + ["/usr/lib64", "/usr/lib", "/usr/local/lib"]


def _version_of(ask: Any, folder: str) -> str:
    """The version of a toolkit, as full as its files tell it; "" where none does."""
    join = ask.path.join
    if not folder.rstrip("/").endswith("/usr"):  # a version.txt there would be somebody else's
        found = json_version(ask.read(join(folder, "version.json"), 20000).text)
        found = found or text_version(ask.read(join(folder, "version.txt"), 1000).text)
        if found:
            return found
    for include in _includes(ask, folder):
        found = header_version(ask.read(join(include, "cuda.h"), _HEADER_BYTES).text)
        if found:
            return found
    if ask.os != "windows":  # a runtime without compiler and headers, as packages of Debian and Ubuntu install it
        of_system = folder.rstrip("/") == "/usr"
        for library in _system_libraries(ask) if of_system else _libraries(ask, folder):
            for name in ask.names(library):
                runtime = re.match(r"^libcudart\.so\.(\d+\.\d+\.\d+)$", name)
                if runtime:
                    return runtime.group(1)
    return ""


def json_version(text: str) -> str:
    """
    >>> json_version('{"cuda" : {"name" : "CUDA SDK", "version" : "11.2.0"}, "nvcc": {"version": "11.2.67"}}')
    '11.2.0'
    """
    found = re.search(r'"cuda"\s*:\s*\{[^{}]*?"version"\s*:\s*"(\d[\d.]*)"', text)
    return found.group(1) if found else ""


def text_version(text: str) -> str:
    """
    >>> text_version("CUDA Version 10.0.130\\nCUDA Patch Version 10.0.130.1\\n")
    '10.0.130'
    """
    found = re.search(r"CUDA Version (\d[\d.]*)", text)
    return found.group(1) if found else ""


def header_version(text: str) -> str:
    """
    >>> header_version("#define CUDA_VERSION 10000\\n"), header_version("# define CUDA_VERSION 12040")
    ('10.0', '12.4')
    """
    found = re.search(r"^\s*#\s*define\s+CUDA_VERSION\s+(\d{4,5})\b", text, re.M)
    return "{}.{}".format(int(found.group(1)) // 1000, int(found.group(1)) % 1000 // 10) if found else ""


def nvcc_version(text: str) -> str:
    """
    >>> nvcc_version("Cuda compilation tools, release 10.0, V10.0.130")
    '10.0.130'
    """
    found = re.search(r"release (\d+\.\d+)(?:, V(\d+\.\d+\.\d+))?", text)
    return (found.group(2) or found.group(1)) if found else ""


def _version_of_nvcc(ask: Any, program: str) -> str:
    return nvcc_version(ask.run([program, "--version"]).out)


def _rank(version: str) -> Tuple[int, ...]:
    """
    >>> sorted(["9.2", "11.0.1", "10.0.130", ""], key=_rank)
    ['', '9.2', '10.0.130', '11.0.1']
    """
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _toolkit_facts(ask: Any, toolkits: List[Toolkit]) -> Dict[str, Fact]:
    if not toolkits:
        nothing = absent("PATH, CUDA_HOME, CUDA_PATH and the usual folders")
        return dict.fromkeys(("cuda.toolkit", "cuda.toolkit.path", "cuda.toolkits"), nothing)
    used = _used(toolkits)
    doubt = unknown("toolkit-version-not-told", "", used.path)
    listed = [{"version": one.version, "path": one.path, "found_by": one.found_by} for one in toolkits]
    return {
        "cuda.toolkit": known(used.version, used.path) if used.version else doubt,
        "cuda.toolkit.path": known(used.path, used.found_by),
        "cuda.toolkits": known(listed, used.found_by),
    }


def _used(toolkits: List[Toolkit]) -> Toolkit:
    for one in toolkits:
        if one.found_by in ("PATH", "CUDA_HOME", "CUDA_PATH", "/usr/local/cuda"):
            return one
    # A runtime alone compiles nothing: it never stands before a toolkit that could.
    return max(toolkits, key=lambda one: (one.compiler, _rank(one.version)))


def _home_facts(ask: Any, toolkits: List[Toolkit], name: str, home: str) -> Dict[str, Fact]:
    if not home:
        nothing = absent("CUDA_HOME, CUDA_PATH")
        return {"cuda.toolkit.home_version": nothing, "cuda.home_missing": nothing}
    real = ask.path.normcase(ask.real(home))
    for one in toolkits:
        if ask.path.normcase(one.path) == real:
            version = known(one.version, one.path) if one.version else unknown("toolkit-version-not-told", "", one.path)
            return {"cuda.toolkit.home_version": version, "cuda.home_missing": absent(name)}
    return {"cuda.toolkit.home_version": absent(home), "cuda.home_missing": known(home, name)}


# ---------------------------------------------------------------- cuDNN


def _cudnn_facts(patient: Patient, ask: Any, toolkits: List[Toolkit]) -> Dict[str, Fact]:
    found = list(_cudnn(patient, ask, toolkits))
    if not found:
        nothing = absent("the environment, the CUDA toolkits and the system's folders")
        return {"cudnn": nothing, "cudnn.found": nothing}
    best = found[0]
    for one in found:  # the first place counts; the fullest version there is the best
        if one.found_by == found[0].found_by and len(_rank(one.version)) > len(_rank(best.version)):
            best = one
    version = known(best.version, best.path) if best.version else unknown("cudnn-version-not-told", "", best.path)
    listed = [{"version": one.version, "path": one.path, "found_by": one.found_by} for one in found]
    return {"cudnn": version, "cudnn.found": known(listed, found[0].found_by)}


def _cudnn(patient: Patient, ask: Any, toolkits: List[Toolkit]) -> Iterator[Cudnn]:
    """Every cuDNN, the environment's before that of the toolkit in use, that before all others."""
    places = []  # type: List[Tuple[str, List[str], List[str]]]
    if patient.kind == "conda" and patient.prefix:
        root = _conda_root(patient, ask)
        places.append(("conda", _libraries(ask, root), _includes(ask, root)))
    ordered = [_used(toolkits)] + toolkits if toolkits else []
    for toolkit in ordered:
        places.append((toolkit.path, _libraries(ask, toolkit.path), _includes(ask, toolkit.path)))
    if ask.os == "linux":
        includes = ["/usr/include/" + name for name in _triplets(ask)] + ["/usr/include", "/usr/local/include"]
        places.append(("/usr", _system_libraries(ask), includes))
    elif ask.os == "windows":
        programs = _variable(ask, "ProgramFiles") or "C:\\Program Files"
        shelf = ask.path.join(programs, "NVIDIA", "CUDNN")
        for name in reversed(ask.names(shelf)):
            root = ask.path.join(shelf, name)
            places.append((root, [ask.path.join(root, "bin")], [ask.path.join(root, "include")]))
    seen = set()
    for found_by, libraries, includes in places:
        for folder in libraries:
            for one in _cudnn_libraries(ask, folder, found_by):
                if one.path not in seen:
                    seen.add(one.path)
                    yield one
        for folder in includes:
            for header in ("cudnn_version.h", "cudnn.h"):  # from 8.0 on, and before
                path = ask.path.join(folder, header)
                version = cudnn_header_version(ask.read(path, _HEADER_BYTES).text)
                real = ask.real(path)
                if version and real not in seen:
                    seen.add(real)
                    yield Cudnn(version, real, found_by)


def _cudnn_libraries(ask: Any, folder: str, found_by: str) -> Iterator[Cudnn]:
    for name in ask.names(folder):
        if ask.os == "windows":
            dll = re.match(r"^cudnn64_(\d+)\.dll$", name, re.I)
            if dll:
                yield Cudnn(dll.group(1), ask.path.join(folder, name), found_by)
        elif name.startswith("libcudnn.so"):
            real = ask.real(ask.path.join(folder, name))
            shared = _SHARED.match(ask.path.basename(real))
            if shared and ask.is_file(real):  # a link into nothing is no library
                yield Cudnn(shared.group(2).lstrip("."), real, found_by)


def cudnn_header_version(text: str) -> str:
    """
    >>> cudnn_header_version("#define CUDNN_MAJOR 7\\n#define CUDNN_MINOR 6\\n#define CUDNN_PATCHLEVEL 5\\n")
    '7.6.5'
    """
    parts = [
        re.search(r"^\s*#\s*define\s+CUDNN_" + name + r"\s+(\d+)", text, re.M)
        for name in ("MAJOR", "MINOR", "PATCHLEVEL")
    ]
    return ".".join(part.group(1) for part in parts if part) if all(parts) else ""


# ---------------------------------------------------------------- what the loader would be offered


def _library_path(ask: Any) -> Fact:
    """The first file of each name on the search path, as the loader would choose it."""
    variable, separator = ("PATH", ";") if ask.os == "windows" else ("LD_LIBRARY_PATH", ":")
    if ask.os == "macos":
        return absent()
    found = {}  # type: Dict[str, Dict[str, str]]
    for folder in _variable(ask, variable).split(separator):
        folder = folder.strip('"')
        if not folder or not ask.path.isabs(folder):
            continue
        for name, version, path in _offered(ask, folder):
            found.setdefault(name.lower(), {"library": name, "version": version, "path": path})
    return known(list(found.values()), variable) if found else absent(variable)


def _offered(ask: Any, folder: str) -> Iterator[Tuple[str, str, str]]:
    """(name, version, path) of a folder's CUDA libraries; of several links to one file, the one programs ask for."""
    if ask.os == "windows":
        for name in ask.names(folder):
            dll = _DLL.match(name)
            if dll:
                yield name, dll_version(dll.group(2)), ask.path.join(folder, name)
        return
    by_file = {}  # type: Dict[str, List[str]]
    for name in ask.names(folder):
        if _SHARED.match(name):
            real = ask.real(ask.path.join(folder, name))
            if ask.is_file(real):
                by_file.setdefault(real, []).append(name)
    for real, names in by_file.items():
        # libx.so is for the linker only, libx.so.10.0.130 is the file: programs ask for the shortest with a number.
        numbered = [name for name in names if not name.endswith(".so")]
        name = min(numbered or names, key=len)
        file = _SHARED.match(ask.path.basename(real))
        own = _SHARED.match(name)
        version = (file.group(2) if file else "") or (own.group(2) if own else "")
        yield name, version.lstrip("."), ask.path.join(folder, name)


def dll_version(digits: str) -> str:
    """cudart64_100.dll is of 10.0, cudart64_110.dll of every 11.x, cublas64_11.dll of 11.

    >>> dll_version("100"), dll_version("92"), dll_version("12"), dll_version("8"), dll_version("110")
    ('10.0', '9.2', '12', '8', '11.0')
    """
    return "{}.{}".format(digits[:-1], digits[-1]) if int(digits) >= 55 else digits
