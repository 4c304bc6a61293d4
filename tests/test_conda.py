"""Is a conda environment read from its records, cheaply and truthfully?"""

import json

import pytest

from envdoctor.chart import ABSENT, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes.conda import FACTS, HEAD, channel_in, channel_name, probe
from envdoctor.texts.reason import TEXTS

from .tape import Tape

ENV = "/opt/conda/envs/tf1"


def record(channel, **more):
    """A record as conda writes it: sorted keys, and a list of files that makes it long."""
    data = dict(
        {"build": "0", "channel": channel, "depends": ["a >=1"], "files": ["lib/x%d" % n for n in range(3000)]}, **more
    )
    return json.dumps(data, indent=2, sort_keys=True)


META = {
    "history": "==> 2021-03-01 <==\n",
    "python-3.7.16-h7a1cb2a_0.json": record("https://example.org/pkgs/main/linux-64"),
    "tensorflow-gpu-1.13.1-h0d30ee6_0.json": record("https://example.org/anaconda/pkgs/main/linux-64"),
    "cudatoolkit-10.0.130-0.json": record("https://example.org/t/SECRET/anaconda/cloud/conda-forge/linux-64"),
    "numpy-1.16.6-py37hbc911f0_3.json": record("conda-forge"),
    "zlib-1.2.13-h5eee18b_0.json": None,
    "ca-certificates-2023.01.10-h06a4308_0.json": "",
}


def machine(meta=None, prefix=ENV, environ=None, **more):
    files = {prefix + "/conda-meta/" + name: text for name, text in (META if meta is None else meta).items()}
    files.update({"/opt/conda/conda-meta/history": "", "/opt/conda/bin/conda": ""})
    files.update(more)
    return Tape(files=files, environ=environ)


def facts(tape, prefix=ENV, kind="conda"):
    seen = probe(Patient(kind, prefix + "/bin/python", prefix, "--python"), tape).facts
    assert set(seen) == set(FACTS)
    assert all(fact.why in TEXTS for fact in seen.values() if fact.state == UNKNOWN)
    return seen


def test_a_full_environment():
    seen = facts(machine())
    packages = seen["conda.packages"].value
    assert packages["tensorflow-gpu"] == {"version": "1.13.1", "build": "h0d30ee6_0", "channel": "pkgs/main"}
    assert packages["numpy"]["channel"] == "conda-forge"
    assert packages["zlib"] == {"version": "1.2.13", "build": "h5eee18b_0", "channel": None}  # never opened
    assert len(packages) == 6
    assert seen["conda.channels"].value == ["conda-forge", "pkgs/main"]
    assert "SECRET" not in json.dumps([fact.value for fact in seen.values()])
    assert (seen["conda.prefix"].value, seen["conda.name"].value, seen["conda.base"].value) == (ENV, "tf1", "no")
    assert (seen["conda.stacked"].value, seen["conda.unreadable"].state) == ("no", ABSENT)


def test_no_conda_no_facts():
    assert {fact.state for fact in facts(machine(), kind="venv").values()} == {ABSENT}


def test_records_that_cannot_be_read():
    seen = facts(
        machine({"python-3.7.16-h_0.json": "", "numpy-1.16.6-0.json": None, "odd.json": "{}", "b-1-0.json": ""})
    )
    assert seen["conda.unreadable"].value == ["numpy-1.16.6-0.json", "odd.json", "python-3.7.16-h_0.json"]
    assert sorted(seen["conda.packages"].value) == ["b", "numpy", "python"]  # the names still tell


def test_a_closed_folder_is_not_an_empty_one():
    class Closed(Tape):
        def trouble(self, path):
            return "denied"

    seen = facts(Closed(files={ENV + "/conda-meta/history": ""}))
    assert (seen["conda.packages"].why, seen["conda.packages"].detail) == ("conda-meta-unreadable", "denied")
    assert seen["conda.prefix"].value == ENV


def test_the_base_and_an_environment_without_a_name():
    base = facts(machine(prefix="/opt/conda", meta={"conda-4.12.0-py39_0.json": "{}"}), "/opt/conda")
    assert (base["conda.base"].value, base["conda.name"].value) == ("yes", "base")
    other = facts(machine(prefix="/work/env"), "/work/env")
    assert (other["conda.base"].value, other["conda.name"].state) == ("no", ABSENT)


def test_only_the_head_of_a_record_is_read_when_it_tells():
    class Counting(Tape):
        limits = []

        def read(self, path, limit=1000000):
            self.limits.append((path.rsplit("/", 1)[-1], limit))
            return super().read(path, limit)

    late = json.dumps({"depends": ["x" * HEAD], "url": "u", "channel": "late"})
    tape = Counting(files={ENV + "/conda-meta/" + name: text for name, text in
                           dict(META, **{"mkl-2023.1.0-0.json": late}).items()})  # fmt: skip
    seen = facts(tape)
    assert seen["conda.packages"].value["mkl"]["channel"] == "late"
    reads = [(name, limit) for name, limit in tape.limits if name.endswith(".json")]
    assert sorted(name for name, _ in reads if not name.startswith("mkl")) == [
        "cudatoolkit-10.0.130-0.json",
        "numpy-1.16.6-py37hbc911f0_3.json",
        "python-3.7.16-h7a1cb2a_0.json",
        "tensorflow-gpu-1.13.1-h0d30ee6_0.json",
    ]
    assert {limit for name, limit in reads if not name.startswith("mkl")} == {HEAD}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conda-forge", "conda-forge"),
        ("https://example.org/conda-forge/noarch", "conda-forge"),
        ("https://user:pw@example.org/pkgs/r/win-64", "pkgs/r"),
        ("https://example.org/t/TOKEN/pytorch/win-64", "pytorch"),
        ("https://example.org/anaconda/cloud/nvidia/label/cuda-11.8.0/linux-64", "nvidia/label/cuda-11.8.0"),
        ("file:///home/mei/conda-bld/linux-64", "conda-bld"),
        ("https://example.org", "https://example.org"),
    ],
)
def test_channel_names(text, expected):
    assert channel_name(text) == expected
    assert channel_in('{"channel" : "%s"' % text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (ENV + "/bin:/opt/conda/condabin:/usr/bin", "no"),
        (ENV + "/bin:" + ENV + "/bin:/usr/bin", "no"),
        (ENV + "/bin:/opt/conda/bin:/usr/bin", "yes"),
        ("/usr/bin:bin:", "no"),
    ],
)
def test_two_environments_on_path(path, expected):
    environ = {"PATH": path, "CONDA_SHLVL": "3", "CONDA_PREFIX_2": "/opt/conda/envs/other"}
    assert facts(machine(environ=environ))["conda.stacked"].value == expected


def test_windows():
    root, env = "C:\\Users\\张 梅\\anaconda3", "C:\\Users\\张 梅\\anaconda3\\envs\\dl"
    files = {
        root + "\\conda-meta\\conda-23.1.0-py310_0.json": "{}",
        env + "\\conda-meta\\pytorch-1.2.0-py3.7_cuda100_cudnn7_1.json": record("pytorch"),
    }
    own = [env, env + "\\Library\\mingw-w64\\bin", env + "\\Library\\bin", env + "\\Scripts", root + "\\condabin"]

    def look(entries):
        tape = Tape(os="windows", files=files, environ={"Path": ";".join(entries)})
        patient = Patient("conda", env + "\\python.exe", env, "--name")
        return probe(patient, tape).facts

    seen = look(own)
    assert (seen["conda.name"].value, seen["conda.base"].value, seen["conda.stacked"].value) == ("dl", "no", "no")
    assert seen["conda.channels"].value == ["pytorch"]
    assert seen["conda.packages"].value["pytorch"]["build"] == "py3.7_cuda100_cudnn7_1"
    assert look([*own, root + "\\Library\\bin"])["conda.stacked"].value == "yes"
