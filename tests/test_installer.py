"""Do the printed commands belong to whoever installs here, and do they really do it?"""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import probes, rulebook, versions
from envdoctor.ask import Ask
from envdoctor.chart import DISTRIBUTIONS, Chart, absent, known, unknown
from envdoctor.conclusions import additions, derive, owners
from envdoctor.conclusions.wheels import wheel_exists
from envdoctor.cure import installer
from envdoctor.cure.installer import Wish, order
from envdoctor.finding import finding
from envdoctor.patient import Patient, find
from envdoctor.probes import installers
from envdoctor.rulebook import Rule, Treatment

from .tape import MISSING, Answer, Tape

PY = "/env/bin/python"
BOOK = rulebook.load()
WORDS = {"en": "x", "zh": "某"}


def chart(kind="venv", python=PY, complete=True, **facts):
    """A patient; `a__b` stands for the fact a.b, and None for one that was looked for and is not there."""
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return Chart(
        {"kind": kind, "python": python, "prefix": "/env"},
        {name: absent() if value is None else known(value) for name, value in named.items()},
        frozenset([DISTRIBUTIONS] if complete else []),
    )


def lines(seen, *wishes):
    return [" ".join(command) for command in order(seen, *wishes).commands]


ALL = Wish(pins=("h5py==2.10.0",), uninstall=("clip",), reinstall=("six==1.16.0",))
PIP = [
    f"{PY} -m pip uninstall -y clip",
    f"{PY} -m pip install h5py==2.10.0",
    f"{PY} -m pip install --force-reinstall --no-deps six==1.16.0",
]
UV = [
    f"uv pip uninstall --python {PY} clip",
    f"uv pip install --python {PY} h5py==2.10.0",
    f"uv pip install --python {PY} --reinstall --no-deps six==1.16.0",
]
CONDA = {
    "conda__name": "work",
    "conda__prefix": "/env",
    "pip": "23.0",
    "clip": "1.0",
    "packages__by_conda": {"h5py": ["h5py"], "six": ["six"], "clip": ["clip"], "tables": ["pytables"], "odd": []},
    "conda__packages": {"h5py": {"version": "3.8.0", "channel": None}, "pytables": {"channel": "conda-forge"}},
}


@pytest.mark.parametrize(
    "seen, commands",
    [
        (chart(pip="23.0"), PIP),
        (chart(complete=False), PIP),  # nobody looked: as most environments are
        (chart(kind="assumed", python=""), [line.replace(PY, "python") for line in PIP]),
        (chart(installers__uv="/bin/uv"), UV),
        (chart(installers__uv=None, installers__ensurepip="yes"), [f"{PY} -m ensurepip", *PIP]),
        (chart(kind="conda", **{**CONDA, "packages__by_conda": {}}), PIP),
        (
            chart(kind="conda", **CONDA),
            [
                "conda remove -n work --force clip",
                "conda install -n work h5py=2.10.0",
                "conda install -n work --force-reinstall six=1.16.0",
            ],
        ),
        (
            chart(kind="conda", **{**CONDA, "conda__name": None, "installers__conda": "C:\\x\\Scripts\\mamba.exe"}),
            [
                "mamba remove -p /env --force clip",
                "mamba install -p /env h5py=2.10.0",
                "mamba install -p /env --force-reinstall six=1.16.0",
            ],
        ),
        (
            chart(
                installers__uv_project="/home/me/net",
                installers__uv="/bin/uv",
                project__requires={"clip": {"where": "pyproject.toml:4"}},
            ),
            [
                "uv remove --project /home/me/net --no-sync clip",
                f"uv pip uninstall --python {PY} clip",
                "uv add --project /home/me/net h5py==2.10.0",
                "uv sync --project /home/me/net --inexact --reinstall-package six",
            ],
        ),
    ],
)
def test_who_installs(seen, commands):
    orders = order(seen, ALL)
    assert lines(seen, ALL) == commands and not orders.notes and not orders.closed


@pytest.mark.parametrize(
    "pins, commands, notes",
    [
        (("tables==3.8.0",), ["conda install -n work -c conda-forge pytables=3.8.0"], 0),
        (("h5py>=2,<3",), ["conda install -n work h5py>=2,<3"], 0),
        (("odd==1",), [], 1),  # conda's name for it is not known
        (("h5py==2.10.0+local",), [], 1),
        (("h5py[mpi]==2.10.0",), [], 1),
        (("six==1.0", "tqdm==4.0"), ["conda install -n work six=1.0", f"{PY} -m pip install tqdm==4.0"], 0),
    ],
)
def test_what_conda_installed_and_what_pip_installed_beside_it(pins, commands, notes):
    seen = chart(kind="conda", **CONDA)
    orders = order(seen, Wish(pins=pins))
    assert lines(seen, Wish(pins=pins)) == commands and len(orders.notes) == notes
    assert orders.verified is None or all("conda" not in line for line in commands)


def test_nothing_is_laid_over_what_conda_may_own():
    seen = chart(kind="conda", pip="23.0", h5py="3.8.0").with_facts(
        {"packages.by_conda": unknown("conda-meta-unreadable")}
    )
    orders = order(seen, Wish(pins=("h5py==2.10.0", "tqdm==4.0")))
    assert [step.names for step in orders.steps] == [("tqdm",)] and "h5py==2.10.0" in orders.notes[0]["en"]


def test_pip_comes_first_into_a_conda_environment_without_it():
    facts = {name: fact for name, fact in CONDA.items() if name != "pip"}
    assert lines(chart(kind="conda", **facts), Wish(pins=("tqdm==4.0",))) == [
        "conda install -n work pip",
        f"{PY} -m pip install tqdm==4.0",
    ]


@pytest.mark.parametrize(
    "facts, sentence, closed",
    [
        ({"python__externally_managed": "yes", "pip": "22.0"}, "/env/bin/python -m venv .venv", True),
        ({"python__externally_managed": "yes", "installers__ensurepip": "no", "os": "linux"}, "python3-venv", True),
        ({"installers__writable": "no", "pip": "22.0"}, "no right", True),
        ({"installers__uv": None, "installers__ensurepip": "no"}, "no pip", False),
        ({"installers__uv": None, "installers__uv_project": "/p"}, "uv project /p", False),
    ],
)
def test_where_nobody_can_be_told_there_is_a_sentence_and_no_command(facts, sentence, closed):
    orders = order(chart(kind="system", **facts), ALL)
    assert not orders.steps and orders.closed is closed and len(orders.notes) == 1
    assert sentence in orders.notes[0]["en"]
    assert all("?" not in text.replace("？", "") for text in orders.notes[0].values())


def test_a_closed_environment_names_the_pins_for_the_new_one():
    seen = chart(kind="system", os="windows", installers__writable="no", pip="22")
    note = order(seen, Wish(pins=("h5py==2.10.0", "jax[cuda12]==0.4.30"))).notes[0]
    assert '`.venv\\Scripts\\python.exe -m pip install h5py==2.10.0 "jax[cuda12]==0.4.30"`' in note["zh"]


@pytest.mark.parametrize(
    "pins, facts, guard",
    [
        (("tqdm",), {"numpy": "1.21.6"}, "numpy==1.21.6"),
        (("scipy>=1.4",), {"numpy": "1.21.6"}, "numpy==1.21.6"),
        (("h5py==2.10.0",), {"numpy": "1.21.6"}, ""),  # chosen with care already
        (("tqdm", "numpy<2"), {"numpy": "1.21.6"}, ""),
        (("tqdm",), {}, ""),
        (("tqdm",), {"numpy": "1.21.6+mkl"}, ""),  # on no registry
    ],
)
def test_an_open_requirement_must_not_move_numpy(pins, facts, guard):
    line = lines(chart(pip="23.0", **facts), Wish(pins=pins))[0]
    assert line == f"{PY} -m pip install " + " ".join([*pins, *([guard] if guard else [])])


@pytest.mark.parametrize(
    "seen, end",
    [
        (chart(pip="23.0"), f"{PY} -m pip install torch==2.1.0+cu118 --index-url https://x/cu118"),
        (chart(installers__uv="u"), f"uv pip install --python {PY} torch==2.1.0+cu118 --index-url https://x/cu118"),
    ],
)
def test_a_page_is_named_in_a_command_of_its_own(seen, end):
    page = Wish(pins=("torch==2.1.0+cu118",), index="https://x/cu118")
    assert lines(seen, Wish(pins=("h5py==2.10.0",)), page)[0] == end
    assert "index" not in lines(seen, Wish(pins=("h5py==2.10.0",)), page)[1]


def test_a_uv_project_takes_a_page_into_its_own_file():
    seen = chart(installers__uv_project="/p", installers__uv="/bin/uv")
    orders = order(seen, Wish(pins=("torch==2.1.0+cu118",), index="https://x/cu118"))
    assert not orders.steps and "[[tool.uv.index]]" in orders.notes[0]["en"]


NAMES = st.sampled_from(["h5py", "six", "tables", "odd", "tqdm", "keras"])
PINS = st.lists(NAMES.map(lambda name: name + "==1.0"), unique=True, max_size=4).map(tuple)


@given(PINS, PINS, st.lists(NAMES, unique=True, max_size=3).map(tuple), st.booleans())
def test_everything_is_ordered_or_told_and_conda_goes_before_pip(pins, again, gone, conda):
    seen = chart(kind="conda", **CONDA) if conda else chart(pip="23.0")
    orders = order(seen, Wish(pins=pins, uninstall=gone, reinstall=again))
    named = [name for step in orders.steps for name in step.names]
    told = " ".join(note["en"] for note in orders.notes)
    wanted = [installer.name_of(word) for word in (*gone, *pins, *again)]
    assert all(name in named or name in told for name in wanted)
    assert sorted(named) == sorted(name for name in wanted if not (conda and name == "odd"))
    ranks = ["uninstall", "install", "reinstall"]
    places = [(ranks.index(step.action), step.tool != "conda") for step in orders.steps]
    assert places == sorted(places)


def test_a_finding_says_what_it_changes_in_fields_and_in_commands():
    rule = Rule(
        "a/b", "error", "certain", "c", "packages", "run", WORDS, WORDS, (), "", when=("h5py >=3",),
        treatments=(Treatment(pip=("h5py==2.10.0",), uninstall=("clip",), reinstall=("six==1",), note=WORDS),),
    )  # fmt: skip
    remedy = finding(rule, chart(pip="23.0", h5py="3.8.0")).remedy
    assert (remedy.pins, remedy.uninstall, remedy.reinstall) == (("h5py==2.10.0",), ("clip",), ("six==1",))
    assert len(remedy.commands) == 3 and remedy.verified == "known" and remedy.note == WORDS
    closed = finding(rule, chart(h5py="3.8.0", python__externally_managed="yes")).remedy
    assert closed.pins and not closed.commands and closed.new_environment and closed.verified is None
    assert closed.note["en"].endswith(". x") or closed.note["en"].endswith("` x")


# ---------------------------------------------------------------- who is there


def seen_by(tape, prefix="/p/.venv", kind="venv", stdlib="/py/lib/python3.9"):
    inside = {"stdlib": stdlib, "path": [stdlib, prefix + "/lib/python3.9/site-packages"]}
    return installers.probe(Patient(kind, prefix + "/bin/python", prefix, "--python", inside=inside), tape).facts


def test_the_probe_on_a_recorded_machine():
    tape = Tape(
        files={
            "/bin/uv": "",
            "/bin/test": "",
            "/opt/mm/micromamba": "",
            "/p/uv.lock": "",
            "/py/lib/python3.9/ensurepip/__main__.py": "",
            "/py/lib/python3.9/ensurepip/_bundled/pip-23.0-py3-none-any.whl": "",
        },
        environ={"PATH": "/bin", "MAMBA_EXE": "/opt/mm/micromamba"},
        commands={"test": Answer(1, "", "")},
    )
    facts = seen_by(tape)
    assert {name: fact.value for name, fact in facts.items()} == {
        "installers.uv": "/bin/uv",
        "installers.conda": "/opt/mm/micromamba",
        "installers.ensurepip": "yes",
        "installers.uv_project": "/p",
        "installers.writable": "no",
    }
    assert sorted(facts) == sorted(installers.FACTS)


def test_the_probe_where_nothing_is_there():
    facts = seen_by(
        Tape(environ={"PATH": "/bin"}, files={"/bin/test": ""}, commands={"test": Answer(None, "", "", MISSING)})
    )
    assert facts["installers.uv"] == absent("PATH") and facts["installers.conda"] == absent("PATH")
    assert facts["installers.ensurepip"].value == "no" and facts["installers.uv_project"].state == "absent"
    assert facts["installers.writable"].state == "unknown"


def test_a_venv_of_another_name_is_no_project_of_uv():
    assert seen_by(Tape(files={"/p/uv.lock": ""}), prefix="/p/env")["installers.uv_project"].state == "absent"


# ---------------------------------------------------------------- whose it is


@pytest.mark.parametrize(
    "name, version, records, told, found",
    [
        ("h5py", "3.8.0", {"h5py": "3.8.0"}, None, ["h5py"]),
        ("h5py", "3.8.0", {"h5py": "3.8.0"}, "conda", ["h5py"]),
        ("h5py", "2.10.0", {"h5py": "3.8.0"}, "pip", None),  # pip went over it
        ("h5py", "2.10.0", {"h5py": "3.8.0"}, None, None),
        ("torch", "2.0.1", {"pytorch": "2.0.1"}, None, ["pytorch"]),
        ("torch", "2.0.1+cu118", {"libtorch": "2.0.1"}, None, None),
        ("opencv-python", "4.6.0", {"py-opencv": "4.6.0", "libopencv": "4.6.0"}, "conda", ["py-opencv"]),
        ("typing-extensions", "4.9.0", {"typing_extensions": "4.9.0"}, "conda", ["typing_extensions"]),
        ("tzdata", "2024.1", {"tzdata": "2024a", "python-tzdata": "2024.1"}, "conda", ["python-tzdata"]),
        ("odd", "1.0", {"other": "1.0"}, "conda", []),
    ],
)
def test_what_conda_owns(name, version, records, told, found):
    facts = {
        name: known(version),
        "conda.packages": known({one: {"version": number} for one, number in records.items()}),
        "packages.installers": known({told: [name]}) if told else absent(),
    }
    fact = owners.conclude(Chart({}, facts), BOOK.tables)["packages.by_conda"]
    assert (fact.value or {}).get(name) == found


# ---------------------------------------------------------------- which build of torch


MACHINE = {"os": "linux", "cpu.arch": "x86_64", "python": "3.10.13", "driver": "535.183.01"}
RTX30, RTX50, PASCAL = "NVIDIA GeForce RTX 3060", "NVIDIA GeForce RTX 5090", "GeForce GTX 1080"


def cure(gone=(), **given):
    facts = {**MACHINE, **{name.replace("__", "."): value for name, value in given.items()}}
    told = {name: known(value) for name, value in facts.items() if name not in gone}
    told.update({"conda.packages": absent(), "gpu.tegra": known("no")})
    if isinstance(facts.get("gpu"), str):
        told["gpu"] = known([facts["gpu"]])
    return derive(Chart({"kind": "assumed"}, told, frozenset([DISTRIBUTIONS])), BOOK.tables)


@pytest.mark.parametrize(
    "given, pins, end",
    [
        # the same release, the usual CUDA build of it
        ({"torch": "2.1.0+cpu", "gpu": RTX30}, "torch==2.1.0+cu121", "--index-url {}/cu121"),
        ({"torch": "2.1.0", "os": "windows", "gpu": RTX30}, "torch==2.1.0+cu121", "--index-url {}/cu121"),
        (
            {"torch": "2.1.0+cpu", "torchvision": "0.16.0+cpu", "torchaudio": "2.1.0+cpu", "gpu": RTX30},
            "torch==2.1.0+cu121 torchvision==0.16.0+cu121 torchaudio==2.1.0+cu121",
            "--index-url {}/cu121",
        ),
        # the driver decides between the builds of a release
        ({"torch": "2.1.0+cpu", "gpu": RTX30, "driver": "520.61.05"}, "torch==2.1.0+cu118", "--index-url {}/cu118"),
        ({"torch": "2.11.0", "gpu": RTX30, "python": "3.12"}, "torch==2.11.0+cu128", "--index-url {}/cu128"),
        # the card does
        (
            {"torch": "2.11.0", "gpu": PASCAL, "python": "3.12", "driver": "580.82.07"},
            "torch==2.11.0+cu126",
            "--index-url {}/cu126",
        ),
        # a card that is newer than the release: the nearest newer one
        ({"torch": "2.1.0+cu118", "gpu": RTX50, "driver": "575.64"}, "torch==2.7.0+cu128", "--index-url {}/cu128"),
        (
            {"torch": "1.2.0", "torch__cuda": "10.0.130", "torchvision": "0.4.0", "gpu": RTX30, "python": "3.7.16"},
            "torch==1.7.0+cu110 torchvision==0.8.1+cu110",
            "-f {}/torch_stable.html",
        ),
        (
            {"torch": "1.12.1+cpu", "torchaudio": "0.12.1", "gpu": RTX30},
            "torch==1.12.1+cu116 torchaudio==0.12.1",
            "--extra-index-url {}/cu116",
        ),
        (
            {"torch": "1.10.1+cpu", "gpu": RTX30, "python": "3.9"},
            "torch==1.10.1+cu113",
            "-f {}/cu113/torch_stable.html",
        ),
        # the installed partner stays, where it is one of several
        (
            {"torch": "1.7.0+cpu", "torchvision": "0.8.0", "gpu": RTX30, "python": "3.8"},
            "torch==1.7.0+cu110 torchvision==0.8.0+cu110",
            "-f {}/torch_stable.html",
        ),
    ],
)  # fmt: skip
def test_the_build_that_uses_the_card(given, pins, end):
    seen = cure(**given)
    assert " ".join(seen.value("torch.cure")) == pins and seen.value("torch.cure_named") == "yes"
    page = seen.value("torch.cure_option") + " " + seen.value("torch.cure_index")
    assert page == end.format("https://download.pytorch.org/whl")


@pytest.mark.parametrize(
    "given, gone, state",
    [
        ({"torch": "2.1.0+cu118", "gpu": RTX30}, (), "absent"),  # it works
        ({"torch": "2.1.0+cpu", "gpu": None}, ("gpu",), "unknown"),
        ({"torch": "2.1.0+cpu", "gpu": RTX30}, ("driver",), "unknown"),
        ({"torch": "2.1.0+cpu", "gpu": RTX30}, ("python",), "unknown"),
        ({"torch": "2.1.0+cpu", "gpu": RTX30}, ("cpu.arch",), "unknown"),
        ({"torch": "2.1.0+cpu", "gpu": RTX30, "cpu__arch": "aarch64"}, (), "absent"),  # the pages have none for it
        ({"torch": "1.2.0+cpu", "gpu": RTX30, "python": "3.7.16", "driver": "390.48"}, (), "absent"),
        ({"torch": "2.1.0.dev20230801+cpu", "gpu": RTX30}, (), "unknown"),
        ({"torch": "1.2.0", "torch__cuda": "10.0", "gpu": RTX30, "python": "2.7.18"}, (), "absent"),
    ],
)  # fmt: skip
def test_where_no_build_can_be_named(given, gone, state):
    seen = cure(gone, **{name: value for name, value in given.items() if value is not None})
    assert seen.fact("torch.cure").state == state and seen.value("torch.cure_named") == "no"


@pytest.mark.parametrize(
    "given, name, pins",
    [
        ({"jax": "0.4.30", "jaxlib": "0.4.30", "gpu": RTX30}, "jax", "jax[cuda12]==0.4.30 jax-cuda12-plugin==0.4.30"),
        ({"jax": "0.4.30", "jaxlib": "0.4.30", "gpu": RTX30, "driver": "470.82"}, "jax", ""),
        ({"jax": "0.4.13", "jaxlib": "0.4.13", "gpu": RTX30}, "jax", ""),  # its builds lie elsewhere
        ({"tensorflow-cpu": "2.15.0", "gpu": RTX30}, "tensorflow", "tensorflow[and-cuda]==2.15.0"),
        ({"tensorflow-cpu": "2.15.0", "gpu": RTX30, "os": "windows"}, "tensorflow", ""),
        ({"tensorflow-cpu": "2.10.0", "gpu": RTX30}, "tensorflow", ""),  # it needs a CUDA of the machine
        (
            {"torch": "2.1.0+cu118", "torchvision": "0.15.2+cu118", "gpu": RTX30},
            "torchvision",
            "torchvision==0.16.0+cu118",
        ),
        ({"torch": "2.1.0+cpu", "torchvision": "0.15.2+cpu"}, "torchvision", "torchvision==0.16.0+cpu"),
        ({"torch": "2.1.0", "torchvision": "0.15.2"}, "torchvision", ""),  # the registry has it
    ],
)  # fmt: skip
def test_the_partners_and_the_other_frameworks(given, name, pins):
    assert " ".join(cure(**given).value(name + ".cure", ())) == pins


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_named_build_serves_the_card_and_the_driver(data):
    """Whatever is prescribed is, put in place of what is there, a build that the doctor finds nothing wrong with."""
    row = data.draw(st.sampled_from(list(BOOK.tables["torch-releases"])))
    driver = data.draw(st.sampled_from(["418.40", "450.80.02", "470.82", "525.60.13", "550.54.14", "580.82.07"]))
    card = data.draw(st.sampled_from([PASCAL, "GeForce RTX 2080", RTX30, "NVIDIA GeForce RTX 4090", RTX50]))
    python = data.draw(st.sampled_from(row["python_linux"].split()))
    system = data.draw(st.sampled_from(["linux", "windows"]))
    if python.endswith("t"):
        return
    given_ = {"torch": row["torch"] + "+cpu", "gpu": card, "driver": driver, "python": python, "os": system}
    pins = cure(**given_).value("torch.cure")
    if not pins:
        return
    after = cure(**{**given_, "torch": pins[0].partition("==")[2]})
    assert (after.value("torch.runs_on_gpu"), after.value("torch.driver_ok")) == ("yes", "yes")
    assert after.fact("torch.cure").state == "absent"
    # and torch has a wheel of that release for this Python (Windows: older ones lie on the pages alone)
    release = pins[0].partition("==")[2].partition("+")[0]
    if system == "linux" or versions.compare(release, ">=", "1.7"):
        assert wheel_exists("torch", release, python, system, "x86_64", BOOK.tables)


# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize(
    "name, facts, pin",
    [
        ("opencv-python", {"numpy": "1.26.4"}, "opencv-python==4.11.0.86"),
        ("opencv-python", {}, "opencv-python"),
        ("opencv-python", {"numpy": "1.19.5", "python": "3.6.15"}, "opencv-python==4.6.0.66"),
        ("h5py", {"numpy": "1.16.6", "python": "3.7.16", "keras": "2.1.5"}, "h5py==2.10.0"),
        ("h5py", {"numpy": "1.19.5", "python": "3.8.18", "tensorflow.version": "2.4.0"}, "h5py==2.10.0"),
        ("tqdm", {"numpy": "1.26.4"}, "tqdm"),
        ("numpy", {}, "numpy"),
    ],
)
def test_a_missing_module_comes_in_a_release_that_takes_the_installed_numpy(name, facts, pin):
    told = {key: known(value) for key, value in {**MACHINE, **facts}.items()}
    told["project.missing_known"] = known({name: ["train.py:1"]})
    fact = additions.conclude(Chart({}, told), BOOK.tables)["project.missing_known_pins"]
    assert fact.value == [pin]


def test_what_is_not_known_to_be_missing_has_no_requirement():
    fact = additions.conclude(Chart({}, {"project.missing_known": unknown("x")}), {})["project.missing_known_pins"]
    assert fact == unknown("x")


# ---------------------------------------------------------------- do they run?


def wheel(folder, name, version, requires=()):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    with zipfile.ZipFile(str(folder / f"{module}-{version}-py3-none-any.whl"), "w") as file:
        file.writestr(f"{module}/__init__.py", f"__version__ = {version!r}\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n")
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file.writestr(f"{info}/WHEEL", tag)
        file.writestr(f"{info}/RECORD", "".join(f"{one},,\n" for one in file.namelist()))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for name, version, requires in (
        ("tiny-data", "1.0", ()), ("tiny-data", "2.0", ()), ("tiny-net", "1.0", ["tiny-data"]),
        ("tiny-net", "2.0", ["tiny-data>=2"]), ("tiny-extra", "1.0", ()),
    ):  # fmt: skip
        wheel(folder, name, version, requires)
    return folder


def environment(wheels):
    """The machine's own settings of pip and uv count for nothing here: all there is are these wheels."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "VIRTUAL_ENV"))}
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    own = {"UV_OFFLINE": "1", "UV_FIND_LINKS": str(wheels), "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(wheels / "cache")}
    return {**kept, **offline, **own, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(command, environ, cwd=None):
    done = subprocess.run(
        [str(word) for word in command], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")


def examined(python):
    """The chart of a real environment, as far as installing goes, with what follows from it."""
    return derive(probes.examine(find(Ask(), python=str(python)), Ask()), BOOK.tables)


def installed(python):
    seen = examined(python)
    return {name: version for name, version in seen.distributions().items() if name.startswith("tiny-")}


def carry_out(python, environ, wish, cwd):
    for command in order(examined(python), wish).commands:
        run(command, environ, cwd)


def python_of(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


WISH = Wish(pins=("tiny-data==1.0",), uninstall=("tiny-net",), reinstall=("tiny-extra==1.0",))


def begin(python):
    """Data too new, a net that must go, and an extra whose files are gone."""
    assert installed(python) == {"tiny-data": "2.0", "tiny-net": "2.0", "tiny-extra": "1.0"}
    (path,) = python.parent.parent.glob("lib/*/site-packages/tiny_extra") or (None,)
    shutil.rmtree(str(path))
    return path


@pytest.mark.skipif(os.name == "nt", reason="the folders of a venv have other names there")
def test_the_commands_of_pip_do_it_and_bring_pip_first_where_there_is_none(wheels, tmp_path):
    environ = environment(wheels)
    run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], environ)
    python = python_of(tmp_path / "env")
    seen = examined(python).with_facts({"installers.uv": absent("PATH")})
    commands = order(seen, Wish(pins=("tiny-net==2.0", "tiny-extra==1.0"))).commands
    assert [command[2] for command in commands] == ["ensurepip", "pip"]
    for command in commands:
        run(command, environ, str(tmp_path))
    extra = begin(python)
    carry_out(python, environ, WISH, str(tmp_path))
    assert installed(python) == {"tiny-data": "1.0", "tiny-extra": "1.0"} and extra.is_dir()


needs_uv = pytest.mark.skipif(os.name == "nt" or not shutil.which("uv"), reason="no uv on PATH")


@needs_uv
def test_the_commands_of_uv_do_it(wheels, tmp_path):
    environ = environment(wheels)
    run(["uv", "venv", "-q", "--python", sys.executable, tmp_path / "env"], environ)
    python = python_of(tmp_path / "env")
    run(["uv", "pip", "install", "-q", "--python", python, "tiny-net==2.0", "tiny-extra==1.0"], environ)
    extra = begin(python)
    assert installer.tool_of(examined(python)) == "uv"
    carry_out(python, environ, WISH, str(tmp_path))
    assert installed(python) == {"tiny-data": "1.0", "tiny-extra": "1.0"} and extra.is_dir()


@needs_uv
def test_the_commands_in_a_uv_project_do_it_and_a_sync_does_not_undo_it(wheels, tmp_path):
    environ = environment(wheels)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "0"\nrequires-python = ">=3.7"\n'
        'dependencies = ["tiny-net>=1", "tiny-extra", "tiny-data"]\n[tool.uv]\npackage = false\n',
        encoding="utf-8",
    )
    run(["uv", "sync", "-q", "--python", sys.executable], environ, str(tmp_path))
    python = python_of(tmp_path / ".venv")
    extra = begin(python)
    seen = examined(python)
    assert installer.tool_of(seen) == installer.PROJECT
    seen = seen.with_facts({"project.requires": known({"tiny-net": {"where": "pyproject.toml:5"}})})
    for command in order(seen, WISH).commands:
        run(command, environ, os.path.dirname(str(tmp_path)))
    wanted = {"tiny-data": "1.0", "tiny-extra": "1.0"}
    assert installed(python) == wanted and extra.is_dir()
    run(["uv", "sync", "-q"], environ, str(tmp_path))
    assert installed(python) == wanted
