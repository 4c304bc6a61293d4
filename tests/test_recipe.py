"""Is a recipe whole, free of known faults, made for the machine that is meant, and honest where there is none?

The resolver's answers are recorded (tests/repositories/answers.json; `--accept` asks uv again).  What a limit of the
rules changes in them is looked up in the table of wheels, so that a new row does not make them stale.
"""

import json
import os
import re
import stat
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from envdoctor import rulebook, targets, versions
from envdoctor.ask import Ask
from envdoctor.chart import canonical
from envdoctor.cli import main
from envdoctor.complaint import Complaint
from envdoctor.conclusions import wheels
from envdoctor.config import Target
from envdoctor.cure import candidates, create, recipe, recipe_files
from envdoctor.cure.resolver import Resolution, resolve
from envdoctor.overview import every
from envdoctor.renderers import Console
from envdoctor.words import LANGUAGES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORIES = os.path.join(ROOT, "tests", "repositories")
ANSWERS = os.path.join(REPOSITORIES, "answers.json")
BOOK = rulebook.load()
TABLES = BOOK.tables
NAMES = ("keras_tf1", "torch12", "tf2")
PROJECTS = {name: targets.look(os.path.join(REPOSITORIES, name), Ask())[0] for name in NAMES}

GTX_1080, RTX_2080, RTX_3080 = "GeForce GTX 1080", "GeForce RTX 2080", "GeForce RTX 3080"
RTX_4090, RTX_5090, H100 = "GeForce RTX 4090", "GeForce RTX 5090", "NVIDIA H100 PCIe"


def machine(project, system="linux", card="", driver="560.94", *words):
    """The chart of a machine that is only described, with the project and no distribution on it."""
    told = [f"os={system}", "python=3", *words]
    told += [f"gpu={card}", f"driver={driver}"] if card else []
    chart = targets.machine_of(Target("plan", tuple(told), "", "--assume"), project, BOOK)
    facts = {name: fact for name, fact in chart.facts.items() if name != "python"}
    return chart._replace(facts=facts)


def look(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return targets.look(str(folder), Ask())[0]


# ---------------------------------------------------------------- the resolver


def load_answers():
    with open(ANSWERS, encoding="utf-8") as file:
        return json.load(file)


class Recorded:
    """What uv once answered; what a limit takes away is replaced by the newest release that fits."""

    def __init__(self, accept=False):
        self.answers, self.accept, self.asked = load_answers(), accept, []

    def __call__(self, question):
        self.asked.append(question)
        if any("download.pytorch.org" in page for page in question.indexes):
            return Resolution({}, "uv 0", "failed", "no network in tests")
        key = self._key(question)
        if self.accept:
            answer = resolve(question, Ask())
            assert answer.trouble in ("", "conflict"), answer.log
            self.answers[key] = None if answer.trouble else dict(sorted(answer.pins.items()))
        if self.answers.get(key, {}) is None:
            return Resolution({}, "uv 0", "conflict", "No solution found")
        pins = dict(self.answers.get(key, {}))
        limits = {}
        for text in (*question.requirements, *question.constraints):
            wanted = Requirement(text)
            limits.setdefault(canonical(wanted.name), []).append(str(wanted.specifier))
        for text in question.requirements:
            pins.setdefault(canonical(Requirement(text).name), "")
        for name, version in pins.items():
            wanted = [one for one in limits.get(name, ()) if one]
            if not version or not all(versions.within(version, one) for one in wanted):
                pins[name] = self._newest(name, wanted, question) or self._exact(wanted) or "1.0"
                if not all(versions.within(pins[name], one) for one in wanted):
                    return Resolution({}, "uv 0", "conflict", f"No solution found: {name} {wanted}")
        return Resolution(pins, "uv 0")

    @staticmethod
    def _key(question):
        frameworks = [text for text in question.requirements if re.match(r"(torch|tensorflow\S*|keras)==", text)]
        return " ".join([question.platform, question.version, *sorted(frameworks)])

    @staticmethod
    def _exact(wanted):
        return next((one[2:] for one in wanted if re.match(r"==[\d.]+$", one)), "")

    @staticmethod
    def _newest(name, wanted, question):
        for version in reversed(wheels.releases(name, TABLES)):
            if all(versions.within(version, one) for one in wanted):
                if wheels.wheel_exists(name, version, question.version, question.platform, "x86_64", TABLES):
                    return version
        return ""

    def save(self):
        with open(ANSWERS, "w", encoding="utf-8", newline="\n") as file:
            json.dump(dict(sorted(self.answers.items())), file, indent=1)
            file.write("\n")


def plan(name, *place, expect="any", python="", solve=None, words=()):
    return recipe.find(
        machine(PROJECTS[name], *place, *words), BOOK, expect, Recorded() if solve is None else solve, python
    )


def test_answers_are_recorded(accept):
    """With --accept: uv answers again for what the table below asks."""
    solve = Recorded(accept)
    for name in NAMES:
        for system in ("linux", "windows"):
            found = recipe.find(machine(PROJECTS[name], system), BOOK, "any", solve)
            assert found.possible
    if accept:
        solve.save()
    assert len(solve.answers) >= 5


# ---------------------------------------------------------------- which recipe for which machine

CASES = [
    # repository, machine, Python, build, gpu, pins
    ("keras_tf1", ("linux",), "3.7", "tensorflow 1.13.2", "no", "keras==2.1.5 h5py==2.10.0 protobuf==3.20.3"),
    ("keras_tf1", ("windows",), "3.7", "tensorflow 1.13.2", "no", "keras==2.1.5 h5py==2.10.0 protobuf==3.20.3"),
    ("keras_tf1", ("macos",), "3.7", "tensorflow 1.13.2", "no", "keras==2.1.5 h5py==2.10.0 protobuf==3.20.3"),
    ("keras_tf1", ("linux", GTX_1080, "470.57.02"), "3.7", "tensorflow-gpu 1.13.2", "yes", "h5py==2.10.0"),
    ("keras_tf1", ("windows", RTX_2080), "3.7", "tensorflow-gpu 1.13.2", "yes", "protobuf==3.20.3"),
    ("torch12", ("linux",), "3.7", "torch 1.2.0", "no", "torchvision==0.4.0"),
    ("torch12", ("windows",), "3.7", "torch 1.2.0+cpu", "no", "torchvision==0.4.0+cpu"),
    ("torch12", ("linux", GTX_1080, "470.57.02"), "3.7", "torch 1.2.0", "yes", "torchvision==0.4.0"),
    ("torch12", ("linux", RTX_3080, "460.32.03"), "3.8", "torch 1.7.0+cu110", "yes", "torchvision==0.8.1+cu110"),
    ("torch12", ("windows", RTX_3080), "3.8", "torch 1.7.0+cu110", "yes", "torchvision==0.8.1+cu110"),
    # for Windows the build for CUDA 10.0 cannot be told from that for the CPU, so the next of the recommended ones
    ("torch12", ("windows", GTX_1080), "3.8", "torch 1.7.0+cu110", "yes", "torchvision==0.8.1+cu110"),
    ("tf2", ("linux",), "3.8", "tensorflow 2.2.0", "no", "h5py==2.10.0 numpy==1.19.5 protobuf==3.20.3"),
    ("tf2", ("linux", GTX_1080, "470.57.02"), "3.8", "tensorflow 2.2.0", "yes", "h5py==2.10.0"),
    ("tf2", ("linux", RTX_3080, "460.32.03"), "3.8", "tensorflow 2.4.0", "yes", "h5py==2.10.0"),
    ("tf2", ("windows", RTX_3080), "3.8", "tensorflow 2.4.0", "yes", "h5py==2.10.0"),
]


@pytest.mark.parametrize("name, place, python, build, gpu, pins", CASES)
def test_the_courses_repositories_get_their_stacks(name, place, python, build, gpu, pins):
    found = plan(name, *place)
    assert (found.python, found.build.label, found.gpu) == (python, build, gpu), found.obstacle
    for pin in pins.split():
        wanted, version = pin.split("==")
        assert found.pins[wanted] == version


def test_a_newer_card_gets_a_newer_torch_that_its_driver_runs():
    """RTX 50: code for compute capability 12.0 from torch 2.7 with CUDA 12.8 on."""
    found = plan("torch12", "linux", RTX_5090, "570.86.16")
    assert found.gpu == "yes" and found.build.cuda.startswith("12.")
    assert versions.compare(found.build.pins["torch"], ">=", "2.7")
    assert "small changes may be needed" in " ".join(note["en"] for note in found.notes)
    newer = plan("torch12", "linux", RTX_5090, "610.43.02")
    assert versions.compare(newer.build.pins["torch"], ">", found.build.pins["torch"])


NO_RECIPE = [
    ("keras_tf1", ("linux", RTX_3080, "460.32.03"), "cannot use GeForce RTX 3080", "nvidia-tensorflow"),
    ("keras_tf1", ("windows", RTX_3080), "written for TensorFlow 1", "No TensorFlow 1 for Windows"),
    ("keras_tf1", ("linux", RTX_5090), "cannot use GeForce RTX 5090", "envdoctor plan --expect cpu"),
    ("tf2", ("linux", RTX_5090), "No published build of tensorflow", "envdoctor plan --expect cpu"),
    ("tf2", ("linux", RTX_3080, "390.48"), "driver 450.51.05", "envdoctor plan --expect cpu"),
    ("torch12", ("linux", RTX_3080, "390.48"), "driver 450.51.05", "envdoctor plan --expect cpu"),
]


@pytest.mark.parametrize("name, place, obstacle, way", NO_RECIPE)
def test_where_there_is_none_it_says_why_and_what_instead(name, place, obstacle, way):
    found = plan(name, *place)
    assert not found.possible and not found.pins
    assert obstacle in found.obstacle["en"]
    assert any(way in one["en"] for one in found.ways), found.ways
    assert found.rejected


def test_the_cpu_way_out_is_a_recipe():
    assert plan("keras_tf1", "linux", RTX_3080, "460.32.03", expect="cpu").build.label == "tensorflow 1.13.2"


def test_a_gpu_that_is_expected_and_not_there():
    found = plan("torch12", "linux", expect="gpu")
    assert "no NVIDIA GPU" in found.obstacle["en"]
    assert "torch 1.2.0" in found.ways[-1]["en"]


def test_a_card_that_no_table_knows():
    found = plan("torch12", "linux", "GeForce RTX 9999", "570.86.16")
    assert found.gpu == "unknown"
    assert "not in the tables" in found.notes[-1]["en"]


# ---------------------------------------------------------------- what holds for every recipe

CARDS = ("", GTX_1080, RTX_2080, RTX_3080, RTX_4090, RTX_5090, H100)
MATRIX = [
    (name, system, card, driver)
    for name in NAMES
    for system in ("linux", "windows", "macos")
    for card in (("", GTX_1080, RTX_3080, RTX_5090) if system != "macos" else ("",))
    for driver in (("390.48", "580.95.05") if card else ("",))
]


def check(found, python_requires=""):
    """No error but what the machine lacks, a wheel for every pin that the table knows, all limits kept."""
    errors = [one for one in every(found.findings) if one.severity == "error"]
    assert all(one.area in ("cuda", "cudnn") for one in errors), [one.rule for one in errors]
    for name, version in found.pins.items():
        served = wheels.Place(found.chart).served(name, [version.partition("+")[0]], TABLES)
        built = wheels.has_source(name, version, found.python, TABLES)
        assert served is not False or built, (name, version, found.python)
    for limit in found.limits:
        wanted = Requirement(limit)
        if wanted.name in found.pins:
            assert versions.within(found.pins[wanted.name], str(wanted.specifier)), limit
    if found.gpu == "yes":
        assert found.chart.value(f"{found.framework}.runs_on_gpu") == "yes"
        assert found.chart.value(f"{found.framework}.driver_ok") != "no"


@pytest.mark.parametrize("name, system, card, driver", MATRIX)
def test_no_recipe_has_a_known_fault(name, system, card, driver):
    found = plan(name, system, card, driver)
    if found.possible:
        check(found)
        assert found.gpu == ("yes" if card else "no") or found.gpu == "unknown"
    else:
        assert card and found.rejected


WANTED = st.dictionaries(
    st.sampled_from(["numpy", "h5py", "protobuf", "pillow", "scipy", "matplotlib", "keras", "opencv-python", "pandas"]),
    st.sampled_from(["", "==1.19.5", ">=1.0", "<2", "==3.1.0", "==2.1.5", ">=3", "==9.9.9", "~=1.4"]),
    max_size=4,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=WANTED,
    framework=st.sampled_from(
        ["torch==1.2.0", "torch>=2", "tensorflow==2.2.0", "tensorflow", "tensorflow_gpu==1.13.2", ""]
    ),
    card=st.sampled_from(CARDS),
    system=st.sampled_from(["linux", "windows"]),
    python=st.sampled_from(["", "3.6", "3.8", "3.12"]),
)
def test_whatever_is_asked_for(tmp_path, wanted, framework, card, system, python):
    lines = [*(name + specifier for name, specifier in wanted.items()), framework]
    module = re.split("[_=>]", framework)[0]
    project = look(
        tmp_path, {"requirements.txt": "\n".join(lines) + "\n", "train.py": f"import {module}\n" if module else ""}
    )
    chart = machine(project, system, card)
    found = recipe.find(chart, BOOK, "any", Recorded(), python)
    if found.possible:
        check(found)
        assert not python or found.python == python
    else:
        assert found.obstacle["en"] and found.obstacle["zh"]
    for lang in LANGUAGES:
        data = json.loads(recipe_files.render(found, "json", lang, Console()))
        assert data["possible"] is found.possible
        text = recipe_files.render(found, "text", lang, Console())
        assert "?}" not in text and "{" not in text


# ---------------------------------------------------------------- what the project asks for


def test_a_pin_that_cannot_be_kept_is_told_with_its_reason(tmp_path):
    files = {
        "requirements.txt": "tensorflow==1.13.2\nkeras==2.1.5\nh5py==3.1.0\nnumpy==1.16.4\n",
        "train.py": "import keras\nimport tensorflow as tf\ntf.Session()\n",
    }
    found = recipe.find(machine(look(tmp_path, files)), BOOK, "any", Recorded())
    (gone,) = found.given_up
    assert (gone.name, gone.wanted, gone.where) == ("h5py", "==3.1.0", "requirements.txt:3")
    assert "bytes" in gone.why["en"]
    assert found.pins["h5py"] == "2.10.0" and found.pins["numpy"] == "1.16.4"


def test_the_name_of_the_gpu_package_is_changed_without_a_gpu():
    (gone,) = plan("keras_tf1", "linux").given_up
    assert (gone.name, gone.instead) == ("tensorflow-gpu", "tensorflow==1.13.2")
    assert not plan("keras_tf1", "linux", GTX_1080, "470.57.02").given_up


def test_what_is_only_imported_is_part_of_the_recipe(tmp_path):
    code = "import torch\nimport cv2\nfrom PIL import Image\nimport yaml\nimport nets\nimport nobody_knows_this\n"
    found = recipe.find(machine(look(tmp_path, {"train.py": code, "nets.py": ""})), BOOK, "any", Recorded())
    assert {"torch", "opencv-python", "pillow", "pyyaml"} <= set(found.direct)
    assert any("nobody_knows_this" in note["en"] for note in found.notes)
    assert "nets" not in found.pins


def test_pins_become_preferences_after_a_conflict(tmp_path):
    project = look(tmp_path, {"requirements.txt": "torch==1.7.1\nsome-thing==1.0\n", "train.py": "import torch\n"})
    asked = []

    def solve(question):
        asked.append(question)
        if "some-thing==1.0" in question.requirements:
            return Resolution({}, "uv 0", "conflict", "No solution found")
        return Resolution({"torch": "1.7.1", "some-thing": "1.1", "numpy": "1.19.5"}, "uv 0")

    found = recipe.find(machine(project), BOOK, "any", solve)
    assert asked[-1].prefer == {"some-thing": "1.0"}
    assert [(gone.name, gone.instead) for gone in found.given_up] == [("some-thing", "==1.1")]


def test_the_python_that_the_project_demands(tmp_path):
    files = {"pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.9"\ndependencies = ["torch"]\n'}
    found = recipe.find(machine(look(tmp_path, {**files, "train.py": "import torch\n"})), BOOK, "any", Recorded())
    assert versions.compare(found.python, ">=", "3.9") and versions.compare(found.pins["torch"], ">=", "1.7.1")


def test_a_finding_about_all_pins_becomes_a_limit():
    """What the resolver brings is judged again."""
    asked = []

    def solve(question):
        asked.append(question)
        pins = {Requirement(text).name: "" for text in question.requirements}
        pins = {**Recorded()(question).pins, **{name: v for name, v in pins.items() if v}}
        if not any(text.startswith("gast") for text in question.constraints):
            pins["importlib-metadata"] = "6.7.0"
            pins["markdown"] = "3.4.4"
        pins["protobuf"] = "3.20.3"
        return Resolution(pins, "uv 0")

    found = plan("keras_tf1", "linux", solve=solve)
    assert found.possible and found.verified == "resolved"


def test_without_a_resolver_the_tables_tell_what_they_know():
    found = plan("keras_tf1", "linux", solve=lambda question: Resolution({}, trouble="no-resolver"))
    assert (found.verified, found.solver) == ("known", "")
    assert found.pins["protobuf"] == "3.20.3" and found.pins["h5py"] == "2.10.0"
    check(found)


def test_a_build_from_another_page_is_not_called_resolved():
    found = plan("torch12", "linux", RTX_3080, "460.32.03")
    assert found.verified == "known"
    assert any("tables, not tried" in note["en"] for note in found.notes)


# ---------------------------------------------------------------- the files


def test_requirements_txt_is_what_pip_takes():
    found = plan("torch12", "linux", RTX_3080, "460.32.03")
    lines = recipe_files.requirements(found).splitlines()
    assert lines[1] == "--find-links https://download.pytorch.org/whl/torch_stable.html"
    pins = {Requirement(text).name for text in lines[2:]}
    assert pins == set(found.pins)


def test_environment_yml_is_what_conda_takes():
    yaml = pytest.importorskip("yaml")
    found = plan("keras_tf1", "linux")
    data = yaml.safe_load(recipe_files.environment(found))
    assert data["dependencies"][:2] == ["python=3.7", "pip"]
    assert sorted(data["dependencies"][2]["pip"]) == sorted(f"{name}=={pin}" for name, pin in found.pins.items())
    assert "channels" not in data


def test_commands_are_those_of_the_system():
    windows, linux = plan("tf2", "windows"), plan("tf2", "linux")
    assert recipe_files.venv(windows)[0] == ("py", "-3.8", "-m", "venv", "env")
    assert recipe_files.venv(windows)[1][0] == "env\\Scripts\\python.exe"
    assert recipe_files.venv(linux)[0] == ("python3.8", "-m", "venv", "env")
    assert recipe_files.conda(linux)[0][:5] == ("conda", "create", "-y", "-n", "env")
    for command in [*recipe_files.venv(linux), *recipe_files.conda(linux)]:
        assert "\n" not in recipe_files.line(command, "linux")


def test_cuda_comes_as_wheels_where_tensorflow_has_them(tmp_path):
    project = look(tmp_path, {"requirements.txt": "tensorflow==2.15.1\n", "train.py": "import tensorflow\n"})
    found = recipe.find(machine(project, "linux", RTX_4090), BOOK, "any", None)
    assert "tensorflow[and-cuda]==2.15.1" in recipe_files.pinned(found)
    assert not any("must be installed on the machine" in note["en"] for note in found.notes)
    old = plan("tf2", "linux", RTX_3080)
    assert any("CUDA 11.0 and cuDNN 8.0" in note["en"] for note in old.notes)


# ---------------------------------------------------------------- the command


def run(capsys, *words):
    status = main(["plan", *words])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def no_resolver(monkeypatch, tmp_path):
    """No uv on this machine, as far as the command can see."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("envdoctor.cure.resolver.find_uv", lambda ask: "")
    monkeypatch.setattr("envdoctor.cure.create.find_uv", lambda ask: "")


def test_json_for_a_machine_that_is_described(capsys, no_resolver):
    project = os.path.join(REPOSITORIES, "torch12")
    words = ["--assume", "os=linux", "--assume", f"gpu={RTX_3080}", "--assume", "driver=460.32.03"]
    status, out, _ = run(capsys, "--project", project, *words, "--format", "json")
    data = json.loads(out)
    assert status == 0 and data["schema"] == 1
    assert data["build"] == "torch 1.7.0+cu110" and data["gpu"]["used"] is True
    assert data["verified"] == "known" and data["indexes"][0]["option"] == "--find-links"


def test_no_recipe_is_exit_code_1_and_no_file(capsys, no_resolver, tmp_path):
    project, file = os.path.join(REPOSITORIES, "keras_tf1"), tmp_path / "out" / "pins.txt"
    file.parent.mkdir()
    words = ["--assume", "os=linux", "--assume", f"gpu={RTX_3080}", "--format", "requirements", "--output", str(file)]
    status, out, err = run(capsys, "--project", project, *words)
    assert status == 1 and out == "" and not file.exists()
    assert "written for TensorFlow 1" in err


def test_a_demand_of_the_command_line(capsys, no_resolver):
    words = ["--assume", "torch=1.7.1", "--assume", "python=3.8", "--assume", "os=linux", "--format", "json"]
    status, out, _ = run(capsys, "--project", os.path.join(REPOSITORIES, "torch12"), *words)
    data = json.loads(out)
    assert (status, data["build"], data["python"]) == (0, "torch 1.7.1", "3.8")


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--create", "a", "-n", "b"], "give one of them"),
        (["--assume", "os=windows", "--create", "{new}"], "cannot be made on this machine"),
        (["--create", "{full}"], "is not empty"),
        (["-n", "a/b"], "no name for a conda environment"),
        (["-n", ""], "no name for a conda environment"),
        (["--create", ""], "the name of a folder"),
        (["--create", "{full}/mine.txt/new"], "Not a directory"),
        (["--create", "{new}", "--output", "{full}"], "cannot write"),
        (["--output", "{full}/none/file"], "cannot write"),
        (["--assume", "python=newest"], "wants a version"),
    ],
)
def test_a_user_s_mistakes(capsys, no_resolver, tmp_path, words, sentence):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    words = [word.format(new=tmp_path / "new", full=full) for word in words]
    status, out, err = run(capsys, "--project", os.path.join(REPOSITORIES, "tf2"), *words)
    assert (status, out) == (2, "") and sentence in err
    assert (full / "mine.txt").read_text() == "mine" and not (tmp_path / "new").exists()


def test_without_a_project(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(capsys)
    assert status == 2 and "--project DIR" in err


# ---------------------------------------------------------------- making it


def wheel(folder, name, version, code):
    """A wheel of one module."""
    import zipfile

    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(str(path), "w") as archive:
        archive.writestr(f"{name}.py", code)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A page with two wheels and no other: one that works, and one that cannot be imported."""
    folder = tmp_path / "shop"
    folder.mkdir()
    wheel(folder, "tqdm", "4.0", "tqdm = iter\n")
    wheel(folder, "requests", "2.0", "raise ImportError('libGL.so.1: cannot open shared object file')\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # logs are kept
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr("envdoctor.cure.create.find_uv", lambda ask: "")
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A virtual environment, to be copied."""
    path = tmp_path_factory.mktemp("template") / "env"
    subprocess.check_call([sys.executable, "-m", "venv", str(path)])
    return path


def script(path, text):
    """A program of a shell script."""
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def small(tmp_path, modules):
    """A recipe of this Python without a framework."""
    project = look(tmp_path / "project", {"train.py": "".join(f"import {name}\n" for name in modules)})
    own = "{}.{}".format(*sys.version_info[:2])
    pins = {"tqdm": "4.0", "requests": "2.0"}
    chosen = {name: pins[name] for name in modules}
    return recipe.find(machine(project, Ask.os), BOOK, "any", lambda question: Resolution(chosen, "uv 0"), own)


def make(found, folder, ask=None, errors=()):
    steps = []
    made = create.create_venv(
        found, str(folder), ask or Ask(), lambda step, **more: steps.append(step), "en", lambda python: errors
    )
    return made, steps


def test_an_environment_is_made_and_tried(shop, tmp_path):
    made, steps = make(small(tmp_path, ["tqdm"]), tmp_path / "new")
    assert steps == ["environment", "install", "verify", "examine"]
    assert made.modules == ("tqdm",)
    said = subprocess.check_output([made.python, "-c", "import tqdm; print(tqdm.__file__)"], universal_newlines=True)
    assert str(tmp_path / "new") in said


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_what_cannot_be_installed_leaves_nothing_behind(shop, template, tmp_path, monkeypatch):
    copies = script(tmp_path / "python", f'cp -R {template}/. "$3"\n')
    monkeypatch.setattr("envdoctor.cure.create.interpreter", lambda version, ask: copies)
    os.unlink(str(shop / "tqdm-4.0-py3-none-any.whl"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Complaint) as told:
        make(small(tmp_path, ["tqdm"]), empty)
    assert told.value.why == "create-failed" and "tqdm" in told.value.words["cause"]
    assert empty.is_dir() and not os.listdir(str(empty))
    with open(told.value.words["log"], encoding="utf-8") as file:
        assert "tqdm==4.0" in file.read()


def test_a_folder_that_was_not_there_is_gone_again(shop, tmp_path, monkeypatch):
    def begun(work, step, command, *more, **words):
        os.mkdir(command[-1])
        raise work.failed(step, "the disk is full", **words)

    monkeypatch.setattr(create._Work, "run", begun)
    with pytest.raises(Complaint):
        make(small(tmp_path, ["tqdm"]), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_python_that_is_not_here(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("envdoctor.cure.create.interpreter", lambda version, ask: "")
    with pytest.raises(Complaint) as told:
        make(small(tmp_path, ["tqdm"]), tmp_path / "new")
    assert told.value.status == 3 and "conda create" in told.value.words["ways"]
    assert not (tmp_path / "new").exists()


@pytest.fixture
def conda(shop, template, tmp_path, monkeypatch):
    """The hands on a machine with a stand-in for conda, which makes its environments by copying."""
    if os.name == "nt":
        pytest.skip("the stand-in is a shell script")
    home, tools = tmp_path / "home", tmp_path / "tools"
    root = home / "miniconda3"
    (root / "conda-meta").mkdir(parents=True)
    (root / "envs").mkdir()
    tools.mkdir()
    script(
        tools / "conda",
        f'if [ "$1" = create ]; then cp -R {template} {root}/envs/$4 && mkdir {root}/envs/$4/conda-meta '
        f"&& touch {root}/envs/$4/conda-meta/history; fi\n"
        f'if [ "$2" = remove ]; then rm -r {root}/envs/$5; fi\n',
    )
    monkeypatch.setenv("HOME", str(home))
    environ = {**os.environ, "PATH": str(tools) + os.pathsep + os.environ["PATH"]}
    for name in ("CONDA_EXE", "CONDA_PREFIX", "CONDA_ENVS_PATH", "MAMBA_ROOT_PREFIX"):
        environ.pop(name, None)
    return Ask(environ)


def made_by_conda(found, name, ask):
    return create.create_conda(found, name, ask, lambda step, **more: None, "en", lambda python: ())


def test_a_conda_environment_by_the_program_that_is_there(conda, tmp_path):
    made = made_by_conda(small(tmp_path, ["tqdm"]), "yolo", conda)
    assert (made.place, made.activate, made.modules) == ("yolo", "conda activate yolo", ("tqdm",))
    with pytest.raises(Complaint) as told:
        create.check_name("yolo", conda)
    assert told.value.why == "name-taken"


def test_an_import_that_fails_is_told_and_the_environment_kept(conda, tmp_path):
    with pytest.raises(Complaint) as told:
        made_by_conda(small(tmp_path, ["requests"]), "yolo", conda)
    assert told.value.status == 3 and "libGL" in told.value.words["cause"]
    assert os.path.isfile(told.value.words["log"]) and told.value.words["place"] == "yolo"
    assert (tmp_path / "home" / "miniconda3" / "envs" / "yolo").is_dir()


def test_what_conda_has_begun_is_removed(conda, shop, tmp_path):
    os.unlink(str(shop / "tqdm-4.0-py3-none-any.whl"))
    with pytest.raises(Complaint):
        made_by_conda(small(tmp_path, ["tqdm"]), "yolo", conda)
    assert not (tmp_path / "home" / "miniconda3" / "envs" / "yolo").exists()


# ---------------------------------------------------------------- small things


def test_candidates_come_in_the_order_of_preference():
    from envdoctor.conclusions import derive

    told = derive(machine(PROJECTS["keras_tf1"], "linux", GTX_1080), TABLES)
    origins = [build.origin for build in candidates.builds(told, TABLES, True)]
    assert origins[0] == candidates.PINNED and origins[-1] == candidates.TABLE
    torches = list(candidates.builds(derive(machine(PROJECTS["torch12"], "linux", RTX_3080), TABLES), TABLES, True))
    assert torches[0].label == "torch 1.7.0"  # the registry's, which the rules refuse for its CUDA 10.2
    assert all(build.page is None or "download.pytorch.org" in build.page.address for build in torches)
    # never one that a requirement could not tell from the build for the CPU
    plain = {row["torch"]: row["default_tag"] for row in TABLES["torch-releases"] if "default_tag" in row}
    for build in torches:
        if build.page is not None and versions.compare(build.pins["torch"], "<", "1.8"):
            assert "+" in build.pins["torch"], plain
