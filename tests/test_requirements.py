"""Are dependency files understood as their own tools understand them?"""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import requirements
from envdoctor.requirements import (
    conda_spec,
    from_environment,
    from_pyproject,
    from_requirements,
    from_setup_cfg,
    from_setup_py,
    plain_toml,
    poetry_specifier,
)


def short(wants):
    return [(need.name, need.specifier, need.line) for need in wants.needs]


def test_examples():
    assert doctest.testmod(requirements).failed == 0


LINES = [
    ("torch==1.2.0", [("torch", "==1.2.0", 1)]),
    ("torch == 1.2.0+cu92  # CUDA", [("torch", "==1.2.0+cu92", 1)]),
    ("Opencv_Python>=4.2,<5", [("opencv-python", ">=4.2,<5", 1)]),
    ("numpy==1.17.*", [("numpy", "==1.17.*", 1)]),
    ("tqdm", [("tqdm", "", 1)]),
    ("ray[tune, rllib] ~= 1.2", [("ray", "~=1.2", 1)]),
    ("scipy (>=1.2)", [("scipy", ">=1.2", 1)]),
    ("h5py<3 --hash=sha256:00 --hash=sha256:11", [("h5py", "<3", 1)]),
    ("h5py \\\n  <3\ntqdm", [("h5py", "<3", 1), ("tqdm", "", 3)]),
    ("# comment\n\n  tqdm  \n", [("tqdm", "", 3)]),
    ("--index-url https://example.org/simple\n-f wheels\n--pre\ntqdm", [("tqdm", "", 4)]),
    ("-e git+https://example.org/a.git#egg=Some_Thing", [("some-thing", "", 1)]),
    ("./wheels/torch-1.2.0%2Bcu92-cp36-cp36m-win_amd64.whl", [("torch", "==1.2.0+cu92", 1)]),
    ("https://example.org/a.zip\n-e .\n./local\n", []),
    ("torch==1.2.0\r\ntqdm\r\n", [("torch", "==1.2.0", 1), ("tqdm", "", 2)]),
]


@pytest.mark.parametrize("text, needs", LINES, ids=[text[:30] for text, _ in LINES])
def test_requirements_txt(text, needs):
    found = from_requirements(text)
    assert short(found) == needs and found.unreadable == ()


@pytest.mark.parametrize(
    "line",
    [
        "torch=1.2.0",
        "torch 1.2.0",
        "torch==1.2.0 torchvision==0.4.0",
        "numpy=1.19.2=py37h54aff64_0",
        "torch>=1.2\uff0c<2",
    ]
    + ["------- -----", "\u4f9d\u8d56", "name: env"],
)
def test_what_pip_would_refuse(line):
    assert from_requirements("tqdm\n" + line).unreadable == ((2, line),)


def test_markers_addresses_and_other_files():
    found = from_requirements(
        "torch==1.2; python_version<'3.8'\ncertifi @ file:///tmp/build/certifi\n-r more.txt\n-rother.txt\npython==3.6\n"
    )
    assert found.needs[0].marker == "python_version<'3.8'"
    assert found.needs[1].url == "file:///tmp/build/certifi" and found.needs[1].name == "certifi"
    assert found.includes == ((3, "more.txt"), (4, "other.txt"))
    assert found.python == "==3.6"


CONDA = [
    ("numpy", "numpy", ""),
    ("numpy=1.19", "numpy", "==1.19.*"),
    ("numpy=1.19.*", "numpy", "==1.19.*"),
    ("numpy==1.19.2", "numpy", "==1.19.2"),
    ("numpy=1.19.2=py37_0", "numpy", "==1.19.2"),
    ("numpy 1.19.2 py37_0", "numpy", "==1.19.2"),
    ("numpy 1.19.*", "numpy", "==1.19.*"),
    ("numpy >=1.19,<2", "numpy", ">=1.19,<2"),
    ("conda-forge::opencv=4.2", "opencv-python", "==4.2.*"),
    ("pytorch::pytorch=1.2.0=py3.7_cuda10.0.130_cudnn7.6.2_0", "torch", "==1.2.0"),
    ("_libgcc_mutex=0.1=main", "-libgcc-mutex", "==0.1"),
    ("numpy 1.19|1.20", "numpy", ""),
    ("\u4f9d\u8d56", "", None),
]


@pytest.mark.parametrize("text, name, specifier", CONDA, ids=[one[0] for one in CONDA])
def test_conda_specs(text, name, specifier):
    need = conda_spec(text)
    assert (need and need.name or "", need and need.specifier) == (name, specifier)


def test_environment_yml():
    found = from_environment(
        """\
name: yolo  # mine
channels:
  - pytorch
dependencies:
  - python=3.7
  - pytorch=1.2.0
  - cudatoolkit=10.0
  - "h5py<3"
  - pip:
      - opencv-python==4.2.0.34
      - -r more.txt
      - torch=1
  - tqdm
prefix: /opt/yolo
"""
    )
    assert [(need.name, need.specifier, need.line, need.tool) for need in found.needs] == [
        ("torch", "==1.2.0.*", 6, "conda"),
        ("cudatoolkit", "==10.0.*", 7, "conda"),
        ("h5py", "<3", 8, "conda"),
        ("opencv-python", "==4.2.0.34", 10, "pip"),
        ("tqdm", "", 13, "conda"),
    ]
    assert (found.python, found.name, found.unreadable) == ("==3.7.*", "yolo", ((12, "torch=1"),))
    assert short(from_environment("dependencies: [python=3.8, numpy]")) == [("numpy", "", 1)]


PYPROJECT = """\
[project]
name = "My_Net"
requires-python = ">=3.8"
dependencies = [
  "torch>=1.13",  # a comment
  'numpy<2; python_version < "3.9"',
  "bad==",
]
[project.optional-dependencies]
dev = ["pytest"]
"""
POETRY = """\
[tool.poetry]
name = "net"
[tool.poetry.dependencies]
python = "^3.8"
torch = "^1.13"
numpy = {version = "~1.21", markers = "python_version < '3.9'"}
wandb = {version = "*", optional = true}
mine = {git = "https://example.org/mine.git"}
"""


def test_toml_without_a_toml_library():
    needs = ["torch>=1.13", 'numpy<2; python_version < "3.9"', "bad=="]
    assert plain_toml(PYPROJECT)["project"]["dependencies"] == needs
    assert plain_toml(POETRY)["tool"]["poetry"]["dependencies"]["wandb"] == {"version": "*", "optional": True}


def test_pyproject():
    found = from_pyproject(PYPROJECT)
    assert short(found) == [("torch", ">=1.13", 5), ("numpy", "<2", 6)]
    assert (found.python, found.name, found.unreadable) == (">=3.8", "my-net", ((7, "bad=="),))
    assert found.needs[1].marker == 'python_version < "3.9"'
    found = from_pyproject(POETRY)
    assert short(found) == [("torch", ">=1.13,<2", 5), ("numpy", ">=1.21,<1.22", 6), ("mine", "", 8)]
    assert (found.python, found.name, found.needs[2].url) == (">=3.8,<4", "net", "https://example.org/mine.git")


def test_a_damaged_pyproject_is_told_and_read_as_far_as_it_goes():
    found = from_pyproject("[project]\nname = 'net'\ndependencies = ['torch']\nx = = 3\n")
    assert found.name == "net" and short(found) == [("torch", "", 3)]


@pytest.mark.parametrize(
    "text, specifier",
    [
        ("*", ""),
        (">=1,<2", ">=1,<2"),
        ("~1", ">=1,<2"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~=1.2", "~=1.2"),
        ("1.*", "==1.*"),
    ],
)
def test_poetry(text, specifier):
    assert poetry_specifier(text) == specifier


def test_setup_cfg():
    found = from_setup_cfg(
        "[metadata]\nname = net\n[options]\npython_requires = >=3.6\ninstall_requires =\n    torch>=1.2\n"
        "    # no\n    numpy\n"
        "packages = find:\n[options.extras_require]\ndev =\n    pytest\n"
    )
    assert short(found) == [("torch", ">=1.2", 6), ("numpy", "", 8)]
    assert (found.python, found.name) == (">=3.6", "net")


def test_setup_py():
    found = from_setup_py(
        "from setuptools import setup\nneeds = [\n  'torch>=1.2',\n  'numpy',\n]\n"
        "setup(name='Net', python_requires='>=3.6', install_requires=needs, packages=find_packages())\n"
    )
    assert short(found) == [("torch", ">=1.2", 3), ("numpy", "", 4)]
    assert (found.python, found.name) == (">=3.6", "net")
    assert from_setup_py("setup(name=name(), install_requires=open('requirements.txt').read())") == requirements.Wants()
    assert from_setup_py("print 'x'") == requirements.Wants()


TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "[project]",
                "dependencies",
                "= [",
                "]",
                "'a'",
                '"b==1"',
                "- pip:",
                "  - x=1",
                "name:",
                "\n",
                "#",
                "setup(",
                ")",
            ]
            + [
                "install_requires=",
                "-r",
                "\\",
                "==",
                "{",
                "}",
                "^",
                "~",
                "0",
                ".",
                ",",
                "x",
                "[options]",
                "git+",
                "#egg=",
            ]
        ),
        max_size=30,
    ).map(" ".join),
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_never_raises(text):
    for reader in (from_requirements, from_environment, from_pyproject, from_setup_cfg, from_setup_py, plain_toml):
        reader(text)
    poetry_specifier(text)
    conda_spec(text)
