"""Are a repository's settings read from each of the three files, and is every mistake in them one clear sentence?"""

import json
import os
import subprocess
import sys

import pytest

from envdoctor import config
from envdoctor.ask import Ask
from envdoctor.config import Config, ConfigError, Target
from envdoctor.words import say

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RULE = "h5py/old-keras-cannot-read-h5py-3"
TOML = """\
expect = "gpu"
strict = true
lang = "zh"
ignore = ["numpy/", {rule = "h5py/old-keras-cannot-read-h5py-3", reason = "no old weights"}]

[targets.lab]
python = "3.7"
gpu = "GeForce RTX 3080"
driver = "460.32"
"gpu.memory" = "10GiB"

[targets."two cards"]
os = "windows"
python = "3.10"
expect = "gpu"
gpu = ["GeForce GTX 1080", "GeForce RTX 3080"]
torch = "2.1.2+cu118"
env = {CUDA_VISIBLE_DEVICES = "1"}
"""
INI = """\
[tool:envdoctor]
expect = gpu
strict = yes
lang = zh
ignore =
    numpy/
    h5py/old-keras-cannot-read-h5py-3: no old weights

[envdoctor:target:lab]
python = 3.7
gpu = GeForce RTX 3080
driver = 460.32
gpu.memory = 10GiB

[envdoctor:target:two cards]
os = windows
python = 3.10
expect = gpu
gpu =
    GeForce GTX 1080
    GeForce RTX 3080
torch = 2.1.2+cu118
env.CUDA_VISIBLE_DEVICES = 1
"""
EXPECTED = {
    "lab": {"os=linux", "python=3.7", "gpu=GeForce RTX 3080", "driver=460.32", "gpu.memory=10GiB"},
    "two cards": {
        "os=windows",
        "python=3.10",
        "gpu=GeForce GTX 1080",
        "gpu=GeForce RTX 3080",
        "torch=2.1.2+cu118",
        "env.CUDA_VISIBLE_DEVICES=1",
    },
}


def in_pyproject(text):
    head, targets = text.split("\n\n", 1)
    return "[tool.envdoctor]\n" + head + "\n\n" + targets.replace("[targets", "[tool.envdoctor.targets")


FORMS = {"envdoctor.toml": TOML, "pyproject.toml": in_pyproject(TOML), "setup.cfg": INI}


def loaded(folder, **files):
    for name, text in files.items():
        write(folder, name, text)
    return config.load(str(folder), Ask())


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize("name", sorted(FORMS))
def test_all_three_files_say_the_same(tmp_path, name):
    write(tmp_path, name, FORMS[name])
    found = config.load(str(tmp_path), Ask())
    assert (found.file, found.expect, found.strict, found.lang) == (name, "gpu", True, "zh")
    assert found.ignore == (("numpy/", ""), (RULE, "no old weights"))
    assert {target.name: set(target.words) for target in found.targets} == EXPECTED
    assert [target.expect for target in found.targets] == ["", "gpu"]


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.parametrize("change", ["bom", "crlf", "both"])
def test_marks_and_line_ends_of_windows_editors(tmp_path, name, change):
    text = FORMS[name].replace("no old weights", "只读新权重")
    if change != "bom":
        text = text.replace("\n", "\r\n")
    if change != "crlf":
        text = "\ufeff" + text
    write(tmp_path, name, text)
    found = config.load(str(tmp_path), Ask())
    assert found.reasons()[RULE] == "只读新权重" and len(found.targets) == 2


def test_no_settings(tmp_path):
    assert config.load(str(tmp_path), Ask()) is None
    write(tmp_path, "pyproject.toml", '[project]\nname = "x"\ndependencies = ["envdoctor"]\n')
    write(tmp_path, "setup.cfg", "[metadata]\nname = envdoctor\n")
    assert config.load(str(tmp_path), Ask()) is None


def test_a_pyproject_that_is_not_toml_is_none_of_our_business_without_settings(tmp_path):
    write(tmp_path, "pyproject.toml", "[project\nname = x")
    assert config.load(str(tmp_path), Ask()) is None


def test_the_more_particular_file_wins_and_the_others_are_named(tmp_path):
    for name, text in FORMS.items():
        write(tmp_path, name, text)
    found = config.load(str(tmp_path), Ask())
    assert found.file == "envdoctor.toml" and found.passed_over == ("pyproject.toml", "setup.cfg")
    (tmp_path / "envdoctor.toml").unlink()
    found = config.load(str(tmp_path), Ask())
    assert found.file == "pyproject.toml" and found.passed_over == ("setup.cfg",)


def test_an_empty_file_is_an_empty_configuration(tmp_path):
    write(tmp_path, "envdoctor.toml", "# nothing yet\n")
    assert config.load(str(tmp_path), Ask()) == Config("envdoctor.toml")


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\nenvdoctor = {strict = true}\n",
        "tool.envdoctor.strict = true\n",
        '[tool."envdoctor"]\nstrict = true\n',
        "[ tool . envdoctor ]\nstrict = true\n",
    ],
)
def test_every_spelling_of_the_table_is_found(tmp_path, text):
    write(tmp_path, "pyproject.toml", text)
    assert config.load(str(tmp_path), Ask()).strict is True


# ---------------------------------------------------------------- mistakes

MISTAKES = [
    ('expcet = "gpu"', "unknown-key-near", ["envdoctor.toml", "expcet", "expect"]),
    ("colour = 1", "unknown-key", ["colour", "targets"]),
    ('expect = "GPU"', "not-a-choice", ["expect", "GPU", "gpu, cpu, any"]),
    ("expect = 1", "not-a-choice", ["expect"]),
    ('strict = "yes"', "not-yes-or-no", ["strict", "yes"]),
    ("strict = 1", "not-yes-or-no", ["strict"]),
    ('lang = "fr"', "not-a-choice", ["lang", "en, zh"]),
    ('ignore = "h5py/"', "ignore-shape", ["ignore"]),
    ("ignore = [1]", "ignore-shape", ["ignore[1]"]),
    ('ignore = ["a/", {reason = "x"}]', "ignore-shape", ["ignore[2]"]),
    ('ignore = [{rule = "h5py/", why = "x"}]', "unknown-key", ["ignore[1].why", "reason"]),
    ('targets = ["lab"]', "targets-shape", ["targets"]),
    ('targets = {lab = "x"}', "not-a-table", ["targets.lab"]),
    ('[targets." "]\npython = "3.7"', "target-name", ["targets."]),
    ('[targets.lab]\ngpus = "GeForce RTX 3080"', "unknown-fact-near", ["targets.lab.gpus", "gpu"]),
    ('[targets.lab]\npyhton = "3.7"', "unknown-fact-near", ["pyhton", "python"]),
    ('[targets.lab]\n"gpu.colour" = "red"', "unknown-fact-near", ["gpu.colour", "gpu.memory"]),
    ('[targets.lab]\n"x.y" = "red"', "unknown-fact", ["x.y", "gpu.memory"]),
    ('[targets.lab]\nflavour = "sweet"', "unknown-fact", ["flavour"]),
    ("[targets.lab]\npython = 3.10", "not-text", ["targets.lab.python", "3.1", "quotes"]),
    ("[targets.lab]\ndriver = 535", "not-text", ["targets.lab.driver"]),
    ('[targets.lab]\npython = "newest"', "not-a-python", ["newest"]),
    ('[targets.lab]\npython = ["3.7"]', "not-text", ["targets.lab.python"]),
    ('[targets.lab]\nos = "win10"', "not-a-choice", ["targets.lab.os", "windows"]),
    ("[targets.lab]\ngpu = []", "not-text", ["targets.lab.gpu"]),
    ('[targets.lab]\n"gpu.memory" = "big"', "not-a-size", ["targets.lab.gpu.memory", "big"]),
    ('[targets.lab]\nexpect = "tpu"', "not-a-choice", ["targets.lab.expect"]),
    ('expect = "gpu\n', "broken", ["envdoctor.toml", "line 1"]),
    ('[targets.lab]\ngpu = "a"\ngpu.memory = "1GiB"', "broken", ["TOML"]),
    ('expect = "gpu"\nexpect = "cpu"', "broken", ["TOML"]),
]


@pytest.mark.parametrize("text, why, words", MISTAKES)
def test_a_mistake_names_file_and_key(tmp_path, text, why, words):
    write(tmp_path, "envdoctor.toml", text)
    with pytest.raises(ConfigError) as error:
        config.load(str(tmp_path), Ask())
    assert error.value.why == why and error.value.status == 2
    for lang in ("en", "zh"):
        sentence = say("config." + why, lang, **error.value.words)
        assert "envdoctor.toml" in sentence and "\n" not in sentence
    english = say("config." + why, "en", **error.value.words)
    assert all(word in english for word in words), english


@pytest.mark.parametrize(
    "text, why",
    [
        ("[tool:envdoctor]\nstrict = perhaps\n", "not-yes-or-no"),
        ("[tool:envdoctor]\nstrct = yes\n", "unknown-key-near"),
        ("[tool:envdoctor]\nstrict = yes\nstrict = no\n", "broken-ini"),
        ("[tool:envdoctor]\n[envdoctor:target:lab]\npython = x\n", "not-a-python"),
        ("[tool:envdoctor]\nno sign of equality\n", "broken-ini"),
    ],
)
def test_mistakes_in_setup_cfg(tmp_path, text, why):
    write(tmp_path, "setup.cfg", text)
    with pytest.raises(ConfigError) as error:
        config.load(str(tmp_path), Ask())
    assert error.value.why == why
    assert "setup.cfg" in say("config." + why, "en", **error.value.words)


def test_a_file_that_is_not_utf8(tmp_path):
    write(tmp_path, "envdoctor.toml", 'ignore = [{rule = "h5py/", reason = "只读新权重"}]\n', "gbk")
    with pytest.raises(ConfigError) as error:
        config.load(str(tmp_path), Ask())
    assert error.value.why == "not-utf8"


def test_pyproject_with_no_table(tmp_path):
    write(tmp_path, "pyproject.toml", "[tool]\nenvdoctor = 1\n")
    with pytest.raises(ConfigError) as error:
        config.load(str(tmp_path), Ask())
    assert error.value.why == "not-a-table"


@pytest.mark.parametrize("rule, near", [("h5py/old-keras", RULE), ("nothing/like-it-at-all-anywhere", "")])
def test_rules_that_there_are_not(rule, near):
    with pytest.raises(ConfigError) as error:
        config.check_rules(Config("setup.cfg", ignore=((rule, ""),)), [RULE, "numpy/x"])
    assert near in error.value.words["near"]
    config.check_rules(Config("setup.cfg", ignore=((RULE, ""), ("numpy/", ""))), [RULE, "numpy/x"])


def test_targets_are_chosen_by_name():
    targets = (Target("a", ()), Target("b", ()), Target("c", ()))
    assert [one.name for one in config.choose(targets, ("c", "a"), lambda: "f")] == ["a", "c"]
    assert config.choose(targets, (), lambda: "f") == targets
    with pytest.raises(ConfigError):
        config.choose(targets, ("d",), lambda: "f")


# ---------------------------------------------------------------- what a shell sees


def envdoctor(*arguments, cwd, **variables):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "NO_COLOR"))}
    environ.update(PYTHONPATH=ROOT, PYTHONIOENCODING="utf-8", LC_ALL="C.UTF-8", **variables)
    done = subprocess.run(
        [sys.executable, "-m", "envdoctor", *arguments], capture_output=True, cwd=str(cwd), env=environ
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def repository(folder, settings=None, name="envdoctor.toml"):
    write(folder, "requirements.txt", "keras==2.1.5\nh5py==3.8.0\n")
    if settings is not None:
        write(folder, name, settings)
    return folder


LAB = '\n[targets.lab]\npython = "3.7"\n'


def test_settings_hold_for_check_and_the_command_line_wins(tmp_path):
    repository(tmp_path, f'ignore = [{{rule = "{RULE}", reason = "no old weights"}}]\nstrict = true\nexpect = "cpu"\n')
    code, out, err = envdoctor("check", "--format", "json", cwd=tmp_path)
    report = json.loads(out)
    assert not err and report["expect"] == "cpu"
    assert report["ignored"] == [RULE] and report["ignored_reasons"] == {RULE: "no old weights"}
    report = json.loads(
        envdoctor("check", "--expect", "gpu", "--ignore", "numpy/", "--format", "json", cwd=tmp_path)[1]
    )
    assert report["expect"] == "gpu" and report["ignored"] == ["numpy/", RULE]


def test_the_reasons_stand_in_the_report(tmp_path):
    repository(tmp_path, f'ignore = ["numpy/", {{rule = "{RULE}", reason = "no old weights"}}]\n')
    out = " ".join(envdoctor("check", cwd=tmp_path)[1].split())
    assert "numpy/ (no reason given)" in out and f"{RULE} (no old weights)" in out
    assert "Ignored as told" not in envdoctor("check", "--no-project", "--ignore", "numpy/", cwd=tmp_path)[1]


@pytest.mark.parametrize(
    "strict, option, code", [("true", [], 1), ("true", ["--no-strict"], 0), ("false", ["--strict"], 1)]
)
def test_strict(tmp_path, strict, option, code):
    write(
        tmp_path, "requirements.txt", "tensorflow==2.4.1\nkeras==2.4.3\nh5py==2.10.0\nnumpy==1.19.5\nprotobuf==3.20.3\n"
    )
    write(tmp_path, "random.py", "x = 1\n")  # hides the module of the standard library: a warning
    write(tmp_path, "train.py", "import random\n")
    write(tmp_path, "envdoctor.toml", f"strict = {strict}\n{LAB}")
    assert envdoctor("check", "--targets", *option, cwd=tmp_path)[0] == code


@pytest.mark.parametrize("arguments, chinese", [([], True), (["--lang", "en"], False)])
def test_language(tmp_path, arguments, chinese):
    repository(tmp_path, 'lang = "zh"\n' + LAB)
    for command in (["check"], ["check", "--targets"]):
        assert ("检查" in envdoctor(*command, *arguments, cwd=tmp_path)[1]) == chinese
    repository(tmp_path, 'lang = "zh"\nexpect = "GPU"\n')
    assert envdoctor("check", cwd=tmp_path)[2].startswith("envdoctor: envdoctor.toml")


@pytest.mark.parametrize(
    "arguments", [["--no-project"], ["--no-probe", "--assume", "h5py=3.8.0"], ["--from", "c.json"]]
)
def test_settings_need_a_project(tmp_path, arguments):
    repository(tmp_path, 'expect = "nonsense"\n')
    assert envdoctor("chart", "--no-project", "--output", "c.json", cwd=tmp_path)[0] == 0
    assert envdoctor("check", *arguments, cwd=tmp_path)[0] in (0, 1)
    code, out, err = envdoctor("check", cwd=tmp_path)
    assert (code, out) == (2, "") and "nonsense" in err and err.count("\n") == 1


def test_another_folder_s_settings(tmp_path):
    repository(tmp_path / "repo", 'expect = "nonsense"\n')
    (tmp_path / "here").mkdir()
    assert envdoctor("check", cwd=tmp_path / "here")[0] in (0, 1)
    assert envdoctor("check", "--project", "../repo", cwd=tmp_path / "here")[0] == 2


def test_a_second_file_is_named_once(tmp_path):
    repository(tmp_path, "strict = false\n")
    write(tmp_path, "setup.cfg", "[tool:envdoctor]\nstrict = yes\n")
    code, out, err = envdoctor("check", "--format", "json", cwd=tmp_path)
    assert err.count("\n") == 1 and "envdoctor.toml" in err and "setup.cfg" in err and json.loads(out)


def test_a_rule_that_there_is_not_is_a_mistake_of_the_file(tmp_path):
    repository(tmp_path, 'ignore = ["h5py/old-keras"]\n' + LAB)
    for arguments in (["check"], ["check", "--targets"]):
        code, out, err = envdoctor(*arguments, cwd=tmp_path)
        assert (code, out) == (2, "") and err.count("\n") == 1
        assert "envdoctor.toml" in err and RULE in err


def test_a_folder_with_settings_is_a_project(tmp_path):
    write(tmp_path, "envdoctor.toml", 'expect = "nonsense"\n')
    assert envdoctor("check", cwd=tmp_path)[0] == 2


def test_no_toml_is_read_without_settings(tmp_path):
    """A check of a project whose pyproject.toml says nothing of us loads no reader of settings."""
    program = (
        "import sys; sys.argv = ['envdoctor', 'check', '--format', 'json']; from envdoctor.cli import main; main();"
        "print([n for n in ('configparser', 'envdoctor.targets', 'envdoctor.arrivals') if n in sys.modules])"
    )
    write(tmp_path, "requirements.txt", "numpy\n")
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert done.stdout.decode("utf-8").strip().endswith("[]")
