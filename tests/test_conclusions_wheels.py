"""Are wheels, pairs, pins and copies judged as the tables have it, and unknown where nobody knows?"""

import re

import pytest

from envdoctor import rulebook
from envdoctor.chart import ABSENT, DISTRIBUTIONS, KNOWN, UNKNOWN, Chart, absent, known
from envdoctor.conclusions import copies, derive, pairs, pins, wheels

TABLES = rulebook.load().tables
LINUX, WINDOWS, MAC_ARM = ("linux", "x86_64"), ("windows", "x86_64"), ("macos", "arm64")


def concluded(given, none=(), kind="venv", complete=True):
    named = {name: known(value) for name, value in given.items()}
    named.update({name: absent() for name in ("conda.packages", *none)})
    return derive(Chart({"kind": kind}, named, frozenset([DISTRIBUTIONS] if complete else [])), TABLES)


def asking(tool="pip", **specifiers):
    return {
        name.replace("_", "-"): {"specifier": one, "where": "requirements.txt:1", "marker": "", "tool": tool}
        for name, one in specifiers.items()
    }


# ---------------------------------------------------------------- the table


# Each was read in the registry's list of files.
@pytest.mark.parametrize(
    "package, version, python, place, exists",
    [
        ("h5py", "2.10.0", "3.8", LINUX, True),
        ("h5py", "2.10.0", "3.4", LINUX, True),
        ("h5py", "2.10.0", "3.4", WINDOWS, False),  # the cell of Windows differs from that of the others
        ("h5py", "2.10.0", "3.9.18", LINUX, False),
        ("numpy", "1.19.5", "3.9", LINUX, True),
        ("numpy", "1.19.5", "3.10", LINUX, False),
        ("numpy", "1.19.5", "3.9", MAC_ARM, False),
        ("numpy", "2.1.3", "3.13t", LINUX, True),
        ("numpy", "2.0.2", "3.13t", LINUX, False),
        ("Pillow", "8.4.0", "3.10", MAC_ARM, True),  # one wheel for both processors
        ("opencv-python", "4.8.0.76", "3.12", LINUX, True),  # stable ABI
        ("opencv-python", "4.8.0.76", "3.13t", LINUX, False),
        ("protobuf", "3.20.3", "3.12", LINUX, True),  # pure Python beside compiled ones
        ("protobuf", "3.20.3", "3.6", WINDOWS, False),  # the release asks for 3.7
        ("typing_extensions", "4.7.1", "3.7", LINUX, True),
        ("typing_extensions", "4.7.1", "3.6", LINUX, False),
        ("keras", "2.1.5", "3.11", WINDOWS, True),
        ("torch", "1.2.0", "3.7", LINUX, True),
        ("torch", "1.2", "3.7.16", LINUX, True),
        ("torch", "1.2.0", "3.8", LINUX, False),
        ("torch", "1.2.0", "3.7", WINDOWS, False),  # on the index of PyTorch only
        ("torch", "2.1.2+cu118", "3.11", WINDOWS, True),
        ("torch", "2.1.2", "3.11", MAC_ARM, True),
        ("torch", "2.15.0", "3.10", LINUX, False),
        ("torch", "2.15.0", "3.14t", LINUX, True),
        ("tensorflow", "1.13.2", "3.7", WINDOWS, True),
        ("tensorflow", "1.13.2", "3.8", WINDOWS, False),
        ("tensorflow-gpu", "2.10.0", "3.10", WINDOWS, True),
        ("tensorflow-gpu", "2.11.0", "3.10", WINDOWS, False),
        ("tensorflow-cpu", "2.4.2", "3.8", WINDOWS, False),
        ("tensorflow", "2.16.1", "3.11", MAC_ARM, True),
        ("torch", "2.1.2", "3.11", ("windows", "x86"), False),
        ("torch", "99.0", "3.11", LINUX, None),
        ("torch", "2.7.0rc1", "3.11", LINUX, None),
        ("flask", "2.0", "3.11", LINUX, None),
        ("numpy", "1.19.5", "3.9", ("linux", "ppc64le"), None),
        ("keras", "2.1.5", "3.9", ("linux", "ppc64le"), True),
        ("numpy", "no version", "3.9", LINUX, None),
    ],
)
def test_a_release_has_a_wheel_or_not_or_nobody_knows(package, version, python, place, exists):
    assert wheels.wheel_exists(package, version, python, *place, TABLES) is exists


def test_the_pythons_of_a_release():
    assert wheels.pythons_for("tensorflow", ["1.13.2"], *WINDOWS, TABLES) == ["3.5", "3.6", "3.7"]
    assert wheels.spell(wheels.pythons_for("h5py", ["2.10.0", "3.1.0"], *WINDOWS, TABLES)) == "2.7, 3.5-3.9"
    assert wheels.pythons_for("torch", ["99.0"], *LINUX, TABLES) == []


def test_the_source_of_a_release_is_refused_by_a_python_that_it_does_not_want():
    assert wheels.has_source("numpy", "1.19.5", "3.10", TABLES) is True
    assert wheels.has_source("numpy", "2.3.0", "3.10", TABLES) is False
    assert wheels.has_source("torch", "1.2.0", "3.10", TABLES) is False
    assert wheels.has_source("torchvision", "0.9.0", "3.10", TABLES) is False
    assert wheels.has_source("flask", "2.0", "3.10", TABLES) is None


def test_withdrawn_releases_are_taken_only_by_name():
    assert "3.12.0" not in wheels.releases("h5py", TABLES)
    assert "3.12.0" in wheels.releases("h5py", TABLES, yanked=True)
    assert wheels.candidates("h5py", "==3.12.0", TABLES) == ["3.12.0"]
    assert wheels.candidates("h5py", ">=3.12,<3.13", TABLES) == ["3.12.1"]


def test_releases_are_in_order_and_in_one_row_only():
    for package in {row["package"] for row in TABLES["wheels"]}:
        rows = [row for row in TABLES["wheels"] if row["package"] == package]
        every = [one for row in rows for one in wheels.expand(row["releases"])]
        assert len(every) == len(set(every)), package
        for row in rows:
            assert set(wheels.expand(row.get("yanked", ""))) <= set(wheels.expand(row["releases"]))


def test_no_wheel_is_for_a_python_that_the_list_of_pythons_lacks():
    cells = [
        cell
        for name in ("wheels", "torch-releases", "tensorflow-releases")
        for row in TABLES[name]
        for column, cell in row.items()
        if column.startswith("python_") or (name == "wheels" and column not in ("package", "releases", "yanked"))
    ]
    seen = {
        one.rstrip("t+")
        for cell in cells
        for one in wheels.expand(" ".join(re.findall(r"(?<![.\d<>=!])[23]\.\d+(?:-[23]\.\d+)?[t+]?(?!\S)", cell)))
    }
    assert {one for one in seen if one > "3.3" or one.startswith("3.1")} - {"3.1", "3.2"} <= set(wheels.PYTHONS)
    assert max(seen, key=lambda one: int(one.split(".")[1])) == wheels.PYTHONS[-1]


# ---------------------------------------------------------------- what is wanted here


def test_a_project_that_pins_tensorflow_1_on_python_3_10():
    chart = concluded(
        {"python": "3.10.13", "os": "linux", "project.requires": asking(tensorflow="==1.13.2", h5py="==2.10.0")}
    )
    assert chart.value("project.no_wheel_blocking") == {"tensorflow": ["==1.13.2"]}
    assert chart.value("project.no_wheel_building") == {"h5py": ["==2.10.0"]}
    assert chart.value("project.python_fitting") == "3.7"
    assert chart.value("project.no_wheel")["tensorflow"]["pythons"] == "2.7, 3.4-3.7"


@pytest.mark.parametrize(
    "given, requires",
    [
        ({"python": "3.7.16"}, asking(tensorflow="==1.13.2")),
        ({"python": "3.10.13"}, asking(torch=">=1.2")),
        ({"python": "3.10.13"}, asking(torch="")),
        ({"python": "3.10.13"}, asking(flask="==0.1")),
        ({"python": "3.10.13"}, asking(tool="conda", tensorflow="==1.13.2")),
        ({"python": "3.10.13", "tensorflow": "1.13.2"}, asking(tensorflow="==1.13.2")),  # conda's or one's own
        ({"python": "3.10.13", "tensorflow-cpu": "1.13.2"}, asking(tensorflow="==1.13.2")),
        ({"python": "3.99.0"}, asking(torch=">=2.0")),  # a later release may serve it
        ({"python": "3.7.16", "os": "windows"}, asking(torch="==1.2.0")),  # on the index of PyTorch
        ({"python": "3.7.16", "os": "windows", "python.bits": 32}, asking(torch="==1.7.1")),  # not the Python's age
        ({"python": "3.10.13"}, {"torch": {**asking(torch="==1.2.0")["torch"], "marker": "python_version < '3.8'"}}),
    ],
)
def test_no_alarm_about_wheels(given, requires):
    chart = concluded({"os": "linux", "project.requires": requires, **given})
    assert [chart.fact(name).state for name in ("project.no_wheel_blocking", "project.no_wheel_building")] == [
        ABSENT
    ] * 2


def test_another_version_in_its_place_is_a_milder_matter():
    chart = concluded(
        {"python": "3.10.13", "os": "linux", "torch": "2.1.0", "project.requires": asking(torch="==1.2.0")}
    )
    assert chart.fact("project.no_wheel_blocking").state == ABSENT
    assert chart.value("project.no_wheel_replaced")["torch"]["installed"] == "2.1.0"


@pytest.mark.parametrize("lost", ["python", "os", "torch"])
def test_nobody_knows_whether_a_wheel_is_missed(lost):
    given = {"python": "3.10.13", "os": "linux", "project.requires": asking(torch="==1.2.0")}
    given.pop(lost, None)
    chart = concluded(given, none=() if lost == "torch" else ["torch"], complete=False)
    assert chart.fact("project.no_wheel_blocking").state == UNKNOWN


def test_only_what_is_imagined_is_impossible():
    given = {"python": "3.10", "os": "linux", "torch": "2.15.0", "numpy": "1.19.5"}
    assert list(concluded(given, kind="assumed").value("assumed.no_wheel")) == ["torch"]
    assert concluded(given, kind="conda").fact("assumed.no_wheel").state == ABSENT


# ---------------------------------------------------------------- torchvision and torchaudio


@pytest.mark.parametrize(
    "torch, partner, version, fits",
    [
        ("1.2.0", "torchvision", "0.4.0", "yes"),
        ("1.2.0", "torchvision", "0.6.1", "no"),
        ("1.3.1", "torchvision", "0.4.1", "yes"),  # another patch
        ("1.3.1", "torchvision", "0.4.0", "no"),  # one minor of torchvision, two of torch
        ("2.1.0+cu118", "torchvision", "0.16.2+cu118", "yes"),
        ("2.15.0", "torchvision", "0.29.1", "yes"),
        ("99.0.0", "torchvision", "0.16.2", None),  # nobody knows what goes with that torch
        ("1.2.0", "torchvision", "0.2.2", None),  # pure Python
        ("2.1.0a0+32f93b1", "torchvision", "0.15.2", None),
        ("2.1.0", "torchvision", "0.99.0", None),
        ("2.1.2", "torchaudio", "2.1.2", "yes"),
        ("2.1.2", "torchaudio", "2.0.2", "no"),
        ("2.13.0", "torchaudio", "2.11.0", None),
    ],
)
def test_partners_of_torch(torch, partner, version, fits):
    chart = concluded({"python": "3.8.18", "os": "linux", "torch": torch, partner: version})
    assert chart.value(partner + ".fits_torch") == fits


@pytest.mark.parametrize(
    "given, pair, source",
    [
        ({"torch": "1.2.0", "python": "3.7.16", "os": "linux"}, "0.4.0", "registry"),
        ({"torch": "1.2.0", "python": "3.7.16", "os": "windows"}, "0.4.0", "index"),
        ({"torch": "2.1.0+cu118", "python": "3.10.13", "os": "linux"}, "0.16.0", "index"),
    ],
)
def test_where_the_right_partner_comes_from(given, pair, source):
    chart = concluded({"torchvision": "0.6.1", **given})
    assert (chart.value("torchvision.pair"), chart.value("torchvision.pair_from")) == (pair, source)


def test_builds_for_different_cuda():
    def verdict(partner, torch, version):
        return concluded({"torch": torch, partner: version, "os": "linux"}).value(partner + ".cuda_fits")

    assert verdict("torchvision", "2.0.1+cu118", "0.15.2+cpu") == "no"
    assert verdict("torchvision", "2.1.0+cpu", "0.16.0+cu121") == "no"
    assert verdict("torchvision", "2.5.1+cu124", "0.20.1+cu121") == "yes"  # it compares majors
    assert verdict("torchaudio", "2.5.1+cu124", "2.5.1+cu121") == "no"
    assert verdict("torchvision", "2.1.0+cu118", "0.16.0") is None


# ---------------------------------------------------------------- pins against the machine

RTX = {"gpu": ["NVIDIA GeForce RTX 3060"], "os": "linux", "python": "3.7.16"}


def test_a_pinned_torch_that_has_no_code_for_the_card():
    chart = concluded({**RTX, "project.requires": asking(torch="==1.2.0")})
    entry = chart.value("project.pinned_lacks_card")["torch"]
    assert (entry["version"], entry["cuda"], entry["cards_are"]) == ("1.2.0", "10.0", "newer")
    assert chart.fact("torch.version").state == ABSENT  # what was imagined is forgotten


@pytest.mark.parametrize(
    "given, requires, finds",
    [
        ({}, asking(torch="<1.8,>=1.2"), True),  # 1.7.1 as the registry has it: CUDA 10.2
        ({}, asking(torch="==1.7.1+cu110"), False),
        ({}, asking(torch=">=1.2"), False),
        ({}, asking(torch="==1.13.1"), False),
        ({}, asking(tensorflow_gpu="==1.13.2"), True),
        ({}, asking(tensorflow="==1.13.2"), False),  # a CPU build, by intention
        ({}, asking(tensorflow="==2.2.0"), True),
        ({}, asking(tensorflow="==2.4.0"), False),
        ({}, {**asking(tool="conda", torch="==1.7.1"), **asking(tool="conda", cudatoolkit="==10.2")}, True),
        ({}, {**asking(tool="conda", torch="==1.7.1"), **asking(tool="conda", cudatoolkit="==11.0")}, False),
        ({}, asking(tool="conda", torch="==1.7.1"), False),
        ({"torch": "1.2.0"}, asking(torch="==1.2.0"), False),  # the rule about what is installed says it
        ({"torch": "1.7.1+cu110"}, asking(torch="==1.2.0"), False),
        ({"os": "windows"}, asking(torch="==1.7.1"), False),  # the CPU build is another matter
        ({"gpu": ["GeForce GTX 1080"]}, asking(torch="==1.2.0"), False),
        ({"python": "3.10.13"}, asking(torch="==1.2.0"), False),  # cannot be installed at all
    ],
)
def test_pins_and_cards(given, requires, finds):
    chart = concluded({**RTX, "project.requires": requires, **given})
    assert (chart.fact("project.pinned_lacks_card").state == KNOWN) is finds


def test_a_pin_that_somebody_rightly_left():
    chart = concluded({**RTX, "torch": "1.7.1+cu110", "project.requires": asking(torch="==1.2.0")})
    assert chart.value("project.pin_outlived")["torch"]["installed"] == "1.7.1+cu110"


def test_a_pin_and_the_driver_and_windows():
    chart = concluded({**RTX, "driver": "440.33.01", "project.requires": asking(torch="==1.13.1")})
    assert chart.value("project.pinned_lacks_driver")["torch"]["cuda"] == "11.7"
    chart = concluded({**RTX, "os": "windows", "python": "3.10.13", "project.requires": asking(tensorflow="==2.12.0")})
    assert list(chart.value("project.pinned_without_gpu")) == ["tensorflow"]


# ---------------------------------------------------------------- copies and look-alikes


def records(*homes):
    return [{"version": one, "path": home + "/numpy-" + one + ".dist-info/METADATA"} for one, home in homes]


def test_a_copy_in_the_user_site_wins():
    twice = {"numpy": records(("1.21.6", "/home/x/.local/lib"), ("1.19.5", "/env/lib"))}
    chart = concluded({"packages.duplicates": twice, "packages.user_site": ["numpy"]}, none=["env.PYTHONPATH"])
    assert chart.value("packages.overshadowed") == {"numpy": ["1.21.6 ≠ 1.19.5"]}
    assert chart.value("packages.overshadowed_from") == ["/home/x/.local/lib"]
    chart = concluded({"packages.duplicates": twice}, none=["env.PYTHONPATH", "packages.user_site"])
    assert chart.fact("packages.overshadowed").state == ABSENT


def test_a_folder_of_pythonpath_on_windows():
    twice = {
        "numpy": [
            {"version": "1.21.6", "path": r"C:\Old\numpy-1.21.6.dist-info\METADATA"},
            {"version": "1.19.5", "path": r"D:\env\Lib\site-packages\numpy-1.19.5.dist-info\METADATA"},
        ]
    }
    given = {"packages.duplicates": twice, "env.PYTHONPATH": "c:\\old\\"}
    assert concluded(given, none=["packages.user_site"]).value("packages.overshadowed_from") == ["C:\\Old"]


def test_two_records_in_one_folder():
    chart = concluded({"packages.duplicates": {"numpy": records(("1.21.6", "/env/lib"), ("1.19.5", "/env/lib"))}})
    assert chart.value("packages.recorded_twice") == {"numpy": ["1.21.6", "1.19.5"]}


def test_a_look_alike_is_found_in_place_of_the_wanted():
    given = {"project.imports": {"docx": ["report.py:1"]}, "packages.modules": ["docx"], "docx": "0.2.4"}
    entry = {"module": "docx", "wanted": "python-docx", "where": "report.py:1"}
    assert concluded(given).value("project.look_alikes") == {"docx": entry}
    assert concluded({**given, "python-docx": "1.1.2"}).fact("project.look_alikes").state == ABSENT
    assert concluded(given, complete=False).fact("project.look_alikes").state == UNKNOWN


def test_every_fact_is_filled_whatever_is_known():
    for module in (wheels, pairs, pins, copies):
        assert set(module.conclude(Chart({}, {}), TABLES)) == set(module.FACTS)
