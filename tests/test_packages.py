"""Is what lies in site-packages read as pip and import would find it?"""

import pytest

from envdoctor.chart import ABSENT, DISTRIBUTIONS, KNOWN, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes import packages

from .tape import Tape

SITE = "/env/lib/python3.7/site-packages"


def metadata(name, version, more=""):
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}\nA description.\n"


def seen(files, path=(SITE,), os="linux", user_site="", folders=()):
    tape = Tape(os=os, files=files, folders=folders)
    inside = {"path": list(path), "builtin_modules": ["sys"], "user_site": user_site}
    return packages.probe(Patient("venv", "/env/bin/python", "/env", "--python", inside=inside), tape)


def test_every_declared_fact_is_filled():
    assert set(packages.FACTS) <= set(seen({}).facts)
    nowhere = packages.probe(Patient("venv", "", "", "--python", trouble="python-hangs"), Tape())
    assert {fact.why for fact in nowhere.facts.values()} == {"python-hangs"} and not nowhere.complete


@pytest.mark.parametrize(
    "files, name, version",
    [
        ({SITE + "/numpy-1.21.6.dist-info/METADATA": metadata("numpy", "1.21.6")}, "numpy", "1.21.6"),
        ({SITE + "/Keras-2.1.5.dist-info/METADATA": metadata("Keras", "2.1.5")}, "keras", "2.1.5"),
        ({SITE + "/torch-1.7.0.egg-info/PKG-INFO": metadata("torch", "1.7.0")}, "torch", "1.7.0"),
        ({SITE + "/six-1.12.0-py3.7.egg-info": metadata("six", "1.12.0")}, "six", "1.12.0"),
        ({SITE + "/apex-0.1-py3.7-linux-x86_64.egg/EGG-INFO/PKG-INFO": metadata("apex", "0.1")}, "apex", "0.1"),
        ({SITE + "/zipped-2.0-py3.7.egg": b"PK\x03\x04\x00\x00"}, "zipped", "2.0"),
        ({SITE + "/crlf-1.0.dist-info/METADATA": "Name: crlf\r\nVersion: 1.0\r\n\r\nVersion: 9\r\n"}, "crlf", "1.0"),
        (
            {SITE + "/long-1.0.dist-info/METADATA": "License: " + "x" * 40000 + "\nName: long\nVersion: 1.0\n\n"},
            "long",
            "1.0",
        ),
        ({SITE + "/odd-1.0.dist-info/METADATA": b"Name: odd\nVersion: 1.0\nAuthor: \xff\xfe\n\n"}, "odd", "1.0"),
    ],
)
def test_each_kind_of_metadata(files, name, version):
    found = seen(files)
    assert found.facts[name].value == version
    assert found.facts[name].origin in files
    assert found.complete == {DISTRIBUTIONS}


def test_the_first_on_the_path_wins_and_the_second_is_told():
    user = "/home/me/.local/lib/python3.7/site-packages"
    files = {
        user + "/h5py-3.8.0.dist-info/METADATA": metadata("h5py", "3.8.0"),
        SITE + "/h5py-2.10.0.dist-info/METADATA": metadata("h5py", "2.10.0"),
    }
    facts = seen(files, path=(user, SITE), user_site=user).facts
    assert facts["h5py"].value == "3.8.0"
    assert [copy["version"] for copy in facts["packages.duplicates"].value["h5py"]] == ["3.8.0", "2.10.0"]
    assert facts["packages.user_site"].value == ["h5py"]


def test_two_records_side_by_side_are_unknown_not_guessed():
    files = {
        SITE + "/numpy-1.19.5.dist-info/METADATA": metadata("numpy", "1.19.5"),
        SITE + "/numpy-1.21.6.dist-info/METADATA": metadata("numpy", "1.21.6"),
    }
    fact = seen(files).facts["numpy"]
    assert (fact.state, fact.why, fact.detail) == (UNKNOWN, "recorded-twice", "1.19.5, 1.21.6")


def test_unreadable_metadata_is_a_fact():
    files = {
        SITE + "/closed-1.0.dist-info/METADATA": None,
        SITE + "/half-2.0.dist-info/RECORD": "",
        SITE + "/mute-3.0.dist-info/METADATA": "Name: mute\n\n",
    }
    facts = seen(files).facts
    assert facts["closed"].value == "1.0"  # the name of the folder tells as much
    assert {facts[name].state for name in ("half", "mute")} == {UNKNOWN}
    assert len(facts["packages.unreadable"].value) == 3


def test_leftovers_and_modules():
    files = {
        SITE + "/~umpy/__init__.py": "",
        SITE + "/cv2/__init__.py": "",
        SITE + "/six.py": "",
        SITE + "/_cffi_backend.cpython-37m-x86_64-linux-gnu.so": b"",
        SITE + "/__editable___mine_1_0_finder.py": "MAPPING: dict[str, str] = {'mine': '/src/mine'}\n",
        "/env/lib/python3.7/random.py": "",
    }
    facts = seen(files, path=("/env/lib/python3.7", SITE)).facts
    assert facts["packages.leftovers"].value == [SITE + "/~umpy"]
    assert {"cv2", "six", "_cffi_backend", "mine", "random", "sys"} <= set(facts["packages.modules"].value)


def test_one_folder_under_two_names_is_read_once():
    files = {SITE + "/numpy-1.21.6.dist-info/METADATA": metadata("numpy", "1.21.6")}
    tape = Tape(files=files, links={"/env/lib64": "/env/lib"})
    inside = {"path": [SITE, SITE.replace("lib/", "lib64/")]}
    facts = packages.probe(Patient("venv", "", "/env", "--python", inside=inside), tape).facts
    assert facts["packages.duplicates"].state == ABSENT


def test_installers():
    files = {
        SITE + "/a-1.dist-info/METADATA": metadata("a", "1"),
        SITE + "/a-1.dist-info/INSTALLER": "pip\n",
        SITE + "/b-1.dist-info/METADATA": metadata("b", "1"),
        SITE + "/b-1.dist-info/INSTALLER": "conda",
    }
    assert seen(files).facts["packages.installers"].value == {"conda": ["b"], "pip": ["a"]}


def test_windows_layout():
    site = "C:\\Users\\小明\\envs\\tf 1\\Lib\\site-packages"
    found = seen({site + "\\h5py-3.8.0.dist-info\\METADATA": metadata("h5py", "3.8.0")}, path=(site,), os="windows")
    assert found.facts["h5py"].value == "3.8.0"
    assert found.facts["packages.count"] == (KNOWN, 1, "", "", "")


def test_a_closed_folder_keeps_the_area_open():
    tape = Tape(folders=[SITE])
    tape.trouble = lambda path: "denied"  # type: ignore[method-assign]
    found = packages.probe(Patient("venv", "", "/env", "--python", inside={"path": [SITE]}), tape)
    assert not found.complete and found.facts["packages.unreadable"].value == {SITE: "denied"}
