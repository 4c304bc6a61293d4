# ruff: noqa: E501 (a row of a table stays on one line)
"""Is the cause found in what installers print, and is nothing made up where it is not known?

install_logs/ holds what pip 9.0.3, 18.1, 21.3.1, 23.2.1 and 26.3 and uv 0.13.9 really printed, one file for each
case and tool, shortened, with paths and hosts exchanged.  Texts of conda, mamba and Windows below are as their users
posted them.
"""

import glob
import os
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.cure.install_log import LINE_CHARACTERS, condense
from envdoctor.texts.install_log import TEXTS

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "install_logs")

#: The case of a recorded file -> its kind, and by tool where they tell different things.
KINDS = {
    "broken-wheel": "invalid-wheel",
    "build-badsyntax": "build-python-2",
    "build-cerror": "build-compile",
    "build-isolated-neednumpy": "build-module",
    "build-meson": {"pip18": "package-needs-python", "pip21": "no-version", "": "build-compiler"},
    "build-missingheader": "build-header",
    "build-needcmake": "build-tool",
    "build-needcython": "build-module",
    "build-neednumpy": "build-module",
    "build-neednvcc": "build-cuda",
    "build-needpkgres": "build-pkg-resources",
    "build-nocompiler": "build-compiler",
    "build-numpydistutils": "build-distutils",
    "build-raises": "build-failed",
    "build-sklearn": "build-sklearn-name",
    "build-use2to3": "build-2to3",
    "conflict": "conflict",
    "conflict-pin": "conflict",
    "cut": {"pip26": "cut-download", "": "invalid-wheel"},
    "denied": "not-permitted",
    "dns": "network-name",
    "full": "disk-full",
    "hash": "hash-mismatch",
    "hash-index": "hash-mismatch",
    # pip itself does not say that the index has refused to answer
    "index-401": {"uv": "network-unauthorized", "": "no-package"},
    "index-403": {"uv": "network-forbidden", "": "no-package"},
    "managed": "externally-managed",
    "no-package": "no-package",
    "no-version": {"uv": "no-version-plain", "": "no-version"},
    "proxy": {"pip26": "network-refused", "": "network-proxy"},
    "read-only": "read-only",
    "refused": "network-refused",
    "timeout": "network-timeout",
    "tls": "network-certificate",
    "wrong-platform": {"uv": "no-wheel", "": "wrong-platform"},
    "wrong-platform-index": {"uv": "no-wheel", "": "no-package"},
    "yanked": {"pip21": "network-not-found", "pip26": "other-python", "uv": "yanked"},
}
RECORDED = sorted(os.path.basename(path)[: -len(".txt")] for path in glob.glob(os.path.join(FOLDER, "*.txt")))


def recorded(name):
    with open(os.path.join(FOLDER, name + ".txt"), encoding="utf-8") as file:
        return file.read()


@pytest.mark.parametrize("name", RECORDED)
def test_recorded(name):
    case, _, tool = name.rpartition(".")
    kind = KINDS[case]
    found = condense(recorded(name), tool.rstrip("0123456789"))
    assert found.kind == (kind if isinstance(kind, str) else kind.get(tool, kind.get("")))
    assert "?" not in found.words["en"].replace(found.line, ""), found
    assert found.line and found.line in recorded(name).replace("\n", " ") or found.kind in ("conflict", "yanked")


def test_every_case_is_recorded():
    assert {name.rpartition(".")[0] for name in RECORDED} == set(KINDS)


@pytest.mark.parametrize(
    "name, words",
    [
        ("conflict.pip26", "two demands exclude each other: beta 1.0 depends on alpha<2; gamma 1.0 depends on alpha>=3"),
        ("conflict-pin.pip21", "two demands exclude each other: The user requested alpha==2.0; beta 1.0 depends on alpha<2"),
        ("conflict-pin.uv", "two demands exclude each other: all versions of beta depend on alpha<2; you require alpha==2.0"),
        ("no-version.pip9", "alpha==9.9 is not among the versions that are offered for this Python and system (1.0, 2.0, 3.0)"),
        ("no-version.uv", "the index has no alpha==9.9"),
        ("build-neednumpy.pip18", "the build of neednumpy needs the module numpy, which is not there while it is built"),
        ("build-isolated-neednumpy.pip26", "the build of neednumpy needs the module numpy, which is not there while it is built"),
        ("yanked.pip26", "alpha needs another Python (>=3.99)"),
        ("yanked.uv", "alpha==1.0 was withdrawn by its authors"),
        ("read-only.uv", "the file system is read-only (/work/ro/lib/python3.13/site-packages/alpha)"),
        ("timeout.uv", "127.0.0.1:18533 did not answer in time"),
    ],
)  # fmt: skip
def test_the_words(name, words):
    assert condense(recorded(name)).words["en"] == words


POSTED = [
    (
        "conda-no-package",
        "tensorflow-gpu==1.13.2",
        """
Collecting package metadata (current_repodata.json): done
Solving environment: failed with initial frozen solve. Retrying with flexible solve.

PackagesNotFoundError: The following packages are not available from current channels:

  - tensorflow-gpu==1.13.2

Current channels:

  - https://repo.example/pkgs/main/win-64
  - https://repo.example/pkgs/r/win-64

To search for alternate channels that may provide the conda package you're
looking for, navigate to
""",
    ),
    ("conda-no-package", "cudatoolkit=10.0", "Solving environment: failed\n\nResolvePackageNotFound: \n  - cudatoolkit=10.0\n\n"),
    (
        "conflict",
        "tensorflow==1.13.1 -> python[version='>=2.7,<2.8.0a0|>=3.6,<3.7.0a0|>=3.7,<3.8.0a0']",
        """
UnsatisfiableError: The following specifications were found
to be incompatible with the existing python installation in your environment:

Specifications:

  - tensorflow==1.13.1 -> python[version='>=2.7,<2.8.0a0|>=3.6,<3.7.0a0|>=3.7,<3.8.0a0']

Your python: python=3.9

If python is on the left-most side of the chain, that's the version you've asked for.
""",
    ),
    (
        "conflict",
        "python 3.9**  is requested and can be installed",
        """
LibMambaUnsatisfiableError: Encountered problems while solving:
  - package tensorflow-1.13.1-eigen_py36h9d4e2b7_0 requires python >=3.6,<3.7.0a0, but none of the providers can be installed

Could not solve for environment specs
The following packages are incompatible
├─ python 3.9**  is requested and can be installed;
└─ tensorflow 1.13**  is not installable because there are no viable options
""",
    ),
    (
        "conda-no-package",
        "pytorch 1.2.0**",
        "Could not solve for environment specs\nThe following package could not be found:\n  - nothing provides requested pytorch 1.2.0**\n",
    ),
    (
        "network-broken",
        "repo.example",
        "CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://repo.example/pkgs/main/win-64/current_repodata.json>\nElapsed: -\n\nAn HTTP error occurred when trying to retrieve this URL.\n",
    ),
    (
        "network-not-found",
        "repo.example",
        "UnavailableInvalidChannel: HTTP 404 NOT FOUND for channel simple <https://repo.example/simple>\nCondaHTTPError: HTTP 404 NOT FOUND for url <https://repo.example/simple/noarch/repodata.json>\n",
    ),
    (
        "not-permitted",
        "(C:\\ProgramData\\Anaconda3)",
        "EnvironmentNotWritableError: The current user does not have write permissions to the target environment.\n  environment location: C:\\ProgramData\\Anaconda3\n",
    ),
    (
        "file-in-use",
        "C:\\envs\\py37\\Lib\\site-packages\\~umpy",
        "Installing collected packages: numpy\nERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'C:\\\\envs\\\\py37\\\\Lib\\\\site-packages\\\\~umpy\\\\core\\\\_multiarray_umath.pyd'\nConsider using the `--user` option or check the permissions.\n",
    ),
    (
        "long-path",
        "Windows",
        "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\a\\\\b'\nHINT: This error might have occurred since this system does not have Windows Long Path support enabled.\n",
    ),
    (
        "package-needs-python",
        "numpy needs Python >=3.5, and this is 2.7.18",
        "numpy requires Python '>=3.5' but the running Python is 2.7.18\n",
    ),
    (
        "package-needs-python",
        "torchx needs Python >=3.7, and this is 3.6.15",
        "ERROR: Package 'torchx' requires a different Python: 3.6.15 not in '>=3.7'\n",
    ),
    (
        "build-compiler",
        "pycocotools",
        "  Building wheel for pycocotools (setup.py) ... error\n  error: Microsoft Visual C++ 14.0 or greater is required. Get it with \"Microsoft C++ Build Tools\"\n  ERROR: Failed building wheel for pycocotools\n",
    ),
    (
        "build-python-headers",
        "psutil",
        "  psutil/_psutil_common.c:9:10: fatal error: Python.h: No such file or directory\n  error: command 'x86_64-linux-gnu-gcc' failed with exit status 1\n  ERROR: Failed building wheel for psutil\n",
    ),
    (
        "build-cuda-mismatch",
        "mmcv-full",
        "RuntimeError: The detected CUDA version (11.8) mismatches the version that was used to compile\nPyTorch (10.2). Please make sure to use the same CUDA versions.\nERROR: Failed building wheel for mmcv-full\n",
    ),
    ("killed", "memory", "Collecting torch\n  Downloading torch-2.1.0.whl (670.2 MB)\nKilled\n"),
    ("killed", "memory", "cc1plus: fatal error: Killed signal terminated program cc1plus\nERROR: Failed building wheel for mmcv-full\n"),
    ("network-no-ssl", "ssl", "WARNING: pip is configured with locations that require TLS/SSL, however the ssl module in Python is not available.\nCould not fetch URL https://index.example/simple/numpy/: There was a problem confirming the ssl certificate: (Caused by SSLError(\"Can't connect to HTTPS URL because the SSL module is not available.\")) - skipping\nERROR: Could not find a version that satisfies the requirement numpy (from versions: none)\n"),
    ("network-proxy", "index.example", "ValueError: check_hostname requires server_hostname\nERROR: Could not install from https://index.example/simple\n"),
    ("network-timeout", "files.example", "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example', port=443): Read timed out.\n"),
    ("no-pip", "pip", "/usr/bin/python3: No module named pip\n"),
    ("not-removable", "PyYAML", "ERROR: Cannot uninstall 'PyYAML'. It is a distutils installed project and thus we cannot accurately determine which files belong to it.\n"),
    ("needs-git", "git", "ERROR: Error [WinError 2] The system cannot find the file specified while executing command git clone\nERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?\n"),
    ("build-old-setuptools", "numpy", "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?\nERROR: Failed to build 'numpy' when getting requirements to build wheel\n"),
    ("other-python", "tensorflow==2.21.0", "ERROR: Ignored the following versions that require a different python version: 2.21.0 Requires-Python >=3.10\nERROR: Could not find a version that satisfies the requirement tensorflow==2.21.0 (from versions: 2.5.0, 2.6.0)\nERROR: No matching distribution found for tensorflow==2.21.0\n"),
    # an older version of another Python is no reason for one that does not exist
    ("no-version", "tensorflow==9.9", "ERROR: Ignored the following versions that require a different python version: 2.21.0 Requires-Python >=3.10\nERROR: Could not find a version that satisfies the requirement tensorflow==9.9 (from versions: 2.5.0, 2.6.0)\n"),
    # uv of 2024, wrapped by its frame
    ("conflict", "numpy", "  × No solution found when resolving dependencies:\n  ╰─▶ Because pandas==2.2.3 depends on\n      numpy>=1.22.4 and you require numpy==1.19.5, we can conclude\n      that your requirements are unsatisfiable.\n"),
    ("python-required", ">=3.9", "  × No solution found when resolving dependencies:\n  ╰─▶ Because the current Python version (3.7.16) does not satisfy Python>=3.9 and pandas==2.2.3 depends on Python>=3.9, we can conclude that pandas==2.2.3 cannot be used.\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    "kind, part, output", POSTED, ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(POSTED)]
)
def test_posted(kind, part, output):
    found = condense(output)
    assert found.kind == kind, found
    assert part in found.words["en"] + found.line


@pytest.mark.parametrize(
    "output, line",
    [
        ("Collecting x\nsomething nobody has seen\n[notice] A new release of pip\n", "something nobody has seen"),
        ("Traceback (most recent call last):\n  File 'x'\nZeroDivisionError: division by zero\n", "ZeroDivisionError: division by zero"),
        # words of causes in what is no failure of the installer
        ("WARNING: Retrying after connection broken by 'ReadTimeoutError(x)'\nERROR: strange\n", "ERROR: strange"),
        ("Downloading Permission-denied-1.0.tar.gz\nERROR: strange\n", "ERROR: strange"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_guessed(output, line):
    found = condense(output)
    assert (found.kind, found.line, found.words["en"]) == ("unknown", line, line)


def test_nothing_printed():
    assert condense("", "uv").words == {"en": "uv failed and said nothing", "zh": "uv 失败了，但没有输出任何信息"}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(sorted({line for name in RECORDED for line in recorded(name).split("\n")})), max_size=30)
)
def test_any_mixture_has_an_answer(lines):
    found = condense("\n".join(lines))
    assert found.kind in TEXTS and set(found.words) == {"en", "zh"} and "{" not in found.kind


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_has_an_answer(text):
    assert condense(text).kind in TEXTS


LONG = 200000


def steps(output):
    """How many lines of our own are executed: a measure that no busy machine changes."""
    count = [0]

    def trace(frame, event, argument):
        count[0] += 1
        return trace if frame.f_code.co_filename.endswith("install_log.py") else None

    sys.settrace(trace)
    try:
        condense(output)
    finally:
        sys.settrace(None)
    return count[0]


@pytest.mark.parametrize(
    "piece",
    ["a", "(", "'", " ", "a ", "a.", "- ", "│ ", "\r", "://", "Error: ", "satisfies the requirement ", " depends on a and ",
     "No module named ", "a/", "a-", "Because a depends on b and ", "(from versions: ", "HTTP 4", "`a' ", "a[", "1.0, "],
)  # fmt: skip
def test_hostile_lines_are_harmless(piece):
    """One endless line, and endlessly many; the suite's own timeout is the judge of a pattern that runs away."""
    for start in ("", "ERROR: ", "No solution found when resolving\n  cause: Because ", "The conflict is caused by:\n"):
        condense(start + piece * (LONG // len(piece)))
        condense(start + (piece + "\n") * (LONG // len(piece) // 10))


def test_the_work_grows_no_faster_than_the_output():
    unit = recorded("build-neednumpy.pip26")
    few, many = steps(unit * 5), steps(unit * 40)
    assert many < few * 8 * 2


def test_a_long_line_is_cut():
    found = condense("ERROR: " + "x" * 10 * LINE_CHARACTERS)
    assert len(found.words["en"]) <= LINE_CHARACTERS


def test_every_kind_has_its_words():
    """The ids in the code are those of the table, and the other way round."""
    with open(condense.__code__.co_filename, encoding="utf-8") as file:
        code = file.read()
    named = set(
        re.findall(
            r'"((?:build|conda|network|no|not|old|other|package|python|wrong|hash|cut|invalid|disk|read|long|file|externally|needs|broken|conflict|killed|yanked|unknown|nothing|the)[a-z0-9-]*)"',
            code,
        )
    )
    named |= {
        "network-" + word
        for word in (
            "no-ssl",
            "proxy",
            "certificate",
            "tls",
            "name",
            "refused",
            "timeout",
            "broken",
            "unauthorized",
            "forbidden",
            "not-found",
            "status",
        )
    }
    for kind in TEXTS:
        assert kind in named or kind in code, kind
