"""Does tools/refresh find what is new on the index?  It hears recorded answers only (index_answers/)."""

import json
import os

import pytest

from tools.refresh import index, refresh, tables

ANSWERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "index_answers")

HEAD = 'checked = 2026-06-01\nsource = ["read: the index"]\nrows = [\n%s\n]\n'
TORCH = (
    '{ torch = "2.14.1", date = "2026-09-30", python_linux = "3.10 3.11 3.12 3.13 3.14 3.14t", '
    'python_windows = "3.10 3.11 3.12 3.13 3.14 3.14t", python_aarch64 = "3.10 3.11 3.12 3.13 3.14 3.14t", '
    'torchvision = "0.29.1", numpy_abi_linux = "2", default_tag = "cu130" },'
)
BUILD = (
    '{ torch = "2.14.1", tag = "cu130", cuda = "13.0", os = "linux windows", default = "linux", cudnn = "9.24.0.43" },'
)
TENSORFLOW = (
    '{ tensorflow = "2.20.0", date = "2025-08-13", python_linux = "3.9 3.10 3.11 3.12 3.13", '
    'python_windows = "3.9 3.10 3.11 3.12 3.13", python_mac_arm = "3.9 3.10 3.11 3.12 3.13", '
    'python_aarch64 = "3.9 3.10 3.11 3.12 3.13", cuda = "12.5" },'
)
KERAS = (
    '{ package = "keras", versions = ">=3.10.0", tensorflow = ">=2.20,<2.21", asks = ">=3.10.0" },\n'
    '{ package = "tf-keras", versions = "==2.20.1", tensorflow = ">=2.20,<2.21", family = "tf-keras", '
    'declared = "keras" },'
)
H5PY = (
    '{ package = "h5py", releases = "3.14.0", all = "3.9-3.13", needs = ">=3.9" },\n'
    '{ package = "h5py", releases = "3.15.0 3.15.1", all = "3.10-3.14", needs = ">=3.10" },'
)


@pytest.fixture
def rules(tmp_path):
    """A folder of rules whose tables end one release ago."""

    def write(**changes):
        rows = {"torch_releases": TORCH, "torch_builds": BUILD, "tensorflow_releases": TENSORFLOW}
        rows.update(keras_pairs=KERAS, wheels=H5PY)
        rows.update(changes)
        os.makedirs(str(tmp_path / "matrix"))
        for name, text in rows.items():
            path = tmp_path / "matrix" / (name.replace("_", "-") + ".toml")
            path.write_text(HEAD % text, encoding="utf-8")
        return str(tmp_path)

    return write


def ask(capsys, rules, *arguments):
    """(exit status, rows on offer, what was said to people)."""
    status = refresh.main([*arguments, "--offline", "--answers", ANSWERS, "--rules", rules])
    said = capsys.readouterr()
    lines = said.out.splitlines()
    return status, [line.strip() for line in lines if line.startswith("  ")], said.out + said.err


def test_a_new_torch(capsys, rules):
    status, rows, _ = ask(capsys, rules(), "torch")
    assert status == 1
    assert rows == [
        '{ torch = "2.15.0", date = "2026-10-28", python_linux = "3.11 3.12 3.13 3.14 3.14t 3.15 3.15t", '
        'python_windows = "3.11 3.12 3.13 3.14 3.14t 3.15 3.15t", '
        'python_aarch64 = "3.11 3.12 3.13 3.14 3.14t 3.15 3.15t", triton = "~=3.9.0", default_tag = "cu132", '
        'default_windows = "cpu" },  # new; not read: numpy_abi_linux, numpy_abi_windows, torchvision',
        '{ torch = "2.15.0", tag = "cu132", cuda = "13.2", os = "linux", default = "linux", cudnn = "9.26.0.51" },'
        "  # new; not read: os, sm_linux, ptx_linux, basis",
    ]


def test_a_new_tensorflow_and_its_keras(capsys, rules):
    status, rows, _ = ask(capsys, rules(), "tensorflow")
    assert status == 1
    assert rows == [
        '{ tensorflow = "2.21.0", date = "2026-03-06", python_linux = "3.10 3.11 3.12 3.13", '
        'python_windows = "3.10 3.11 3.12 3.13", python_mac_arm = "3.10 3.11 3.12 3.13", '
        'python_aarch64 = "3.10 3.11 3.12 3.13", gpu_linux = "yes", gpu_windows = "no", cuda = "12.5", cudnn = "9.3", '
        'sm = "6.0 7.0 8.0 8.9 9.0", ptx = "9.0", basis = "recorded", numpy = ">=1.26.0", '
        'protobuf = ">=6.31.1,<8.0.0", '
        'h5py = ">=3.11.0,<3.15.0", keras = ">=3.12.0", gast = ">=0.2.1,!=0.5.0,!=0.5.1,!=0.5.2", '
        'wrapt = ">=1.11.0", typing-extensions = ">=3.6.6", ml-dtypes = ">=0.5.1,<1.0.0" },  # new',
        '{ package = "keras", versions = ">=3.12.0", tensorflow = ">=2.21,<2.22", family = "keras-3", '
        'declared = "tensorflow", asks = ">=3.12.0" },  # new; not read: family',
        '{ package = "tf-keras", versions = "==2.21.0", tensorflow = ">=2.21,<2.22", family = "tf-keras", '
        'declared = "keras" },  # new',
    ]


def test_new_wheels(capsys, rules):
    assert ask(capsys, rules(), "h5py")[:2] == (
        1,
        ['{ package = "h5py", releases = "3.16.0", all = "3.10-3.14 3.14t", needs = ">=3.10" },  # new'],
    )


def test_what_was_pasted_is_no_longer_different(capsys, rules):
    pasted = H5PY + '\n{ package = "h5py", releases = "3.16.0", all = "3.10-3.14 3.14t", needs = ">=3.10" },'
    folder = rules(wheels=pasted)
    assert ask(capsys, folder, "h5py")[:2] == (0, [])


def test_a_release_with_the_wheels_of_the_last_row_joins_it(capsys, rules):
    only = '{ package = "h5py", releases = "3.15.0", all = "3.10-3.14", needs = ">=3.10" },'
    _, rows, _ = ask(capsys, rules(wheels=only), "h5py")
    assert rows[0] == (
        '{ package = "h5py", releases = "3.15.0 3.15.1", all = "3.10-3.14", needs = ">=3.10" },  # releases was 3.15.0'
    )


def test_wheels_that_came_later(capsys, rules):
    """Wheels for a new Python are added to a release that is there already."""
    _, rows, _ = ask(capsys, rules(wheels=H5PY.replace("3.10-3.14", "3.10-3.13")), "h5py")
    assert rows[0] == (
        '{ package = "h5py", releases = "3.15.0 3.15.1", all = "3.10-3.14", needs = ">=3.10" },'
        "  # changed: 3.15.0 3.15.1"
    )


def test_pythons_that_came_later(capsys, rules):
    _, rows, _ = ask(capsys, rules(torch_releases=TORCH.replace("3.14 3.14t", "3.14")), "torch")
    assert rows[0].startswith(
        '{ torch = "2.14.1", date = "2026-09-30", python_linux = "3.10 3.11 3.12 3.13 3.14 3.14t",'
    )
    assert "# python_linux was 3.10 3.11 3.12 3.13 3.14; python_windows was" in rows[0]


def test_a_row_that_vanished(capsys, rules):
    row = H5PY.replace("3.15.0 3.15.1", "3.15.0 3.15.1 3.15.2")
    assert "# no longer on the index: h5py 3.15.2" in ask(capsys, rules(wheels=row), "h5py")[1]


def test_one_table_of_several(capsys, rules):
    _, rows, said = ask(capsys, rules(), "torch", "--table", "torch-builds")
    assert len(rows) == 1 and "torch-releases" not in said
    assert "last checked 2026-06-01" in said


def test_what_cannot_be_read_is_said(capsys, rules):
    status, rows, said = ask(capsys, rules(), "tensorflow", "torch", "--releases", "==2.20.0")
    assert status == 2
    assert "tensorflow-2.20.0-cp313-cp313-" in said and "not among the kept answers" in said


def test_a_package_that_no_table_has(capsys, rules):
    status, _, said = ask(capsys, rules(), "torch", "no-such-package")
    assert (status, said) == (2, "no-such-package: no row of the known tables comes from it\n")


@pytest.mark.parametrize(
    "filename, pythons, systems",
    [
        ("a-1-cp27-cp27mu-manylinux1_x86_64.whl", ("2.7",), ("linux",)),
        ("a-1-cp312-cp312-win32.whl", ("3.12",), ("win32",)),
        ("a-1-cp310-abi3-win_amd64.whl", ("3.10+",), ("windows",)),
        ("a-1-cp314-cp314t-manylinux2014_aarch64.manylinux_2_17_aarch64.whl", ("3.14t",), ("aarch64",)),
        ("a-1-cp311-cp311-musllinux_1_1_x86_64.whl", ("3.11",), ()),
        ("a-1-pp39-pypy39_pp73-manylinux_2_17_x86_64.whl", (), ("linux",)),
        ("a-1-py3-none-manylinux_2_28_x86_64.whl", ("py3",), ("linux",)),
    ],
)
def test_names_of_wheels(filename, pythons, systems):
    (release,) = tables.releases({"files": [{"filename": filename}]})
    assert release.wheels[0][1:] == (pythons, systems)


def test_prereleases_and_names_that_follow_no_rule_are_no_releases():
    files = ["a-2.0rc1-py3-none-any.whl", "a-1.0.win32-py2.7.exe", "a.whl", "a-1.0.tar.gz"]
    (release,) = tables.releases({"files": [{"filename": name} for name in files]})
    assert (release.version, release.sdist, release.wheels) == ("1.0", True, ())


def test_answers_are_kept_and_not_asked_for_again(tmp_path):
    (tmp_path / "alpha.json").write_text(json.dumps({"files": []}), encoding="utf-8")
    with index.Index(str(tmp_path), online=False) as asked:
        assert asked.project("alpha") == {"files": []}
        with pytest.raises(index.NoAnswer, match="beta.json"):
            asked.project("beta")


def test_no_registry_is_named():
    """pip knows which index to ask; recorded answers need no addresses either."""
    for folder in (ANSWERS, os.path.dirname(refresh.__file__)):
        for name in os.listdir(folder):
            if not name.startswith("__"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    assert "://" not in file.read(), name
