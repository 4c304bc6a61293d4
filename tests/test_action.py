"""Do the GitHub action and the CI files of docs/ci do what they promise, step by step as a runner would do it?"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envdoctor.cli import check

from .test_packaging import LENDERS, copy_tree

yaml = pytest.importorskip("yaml", reason="reading action.yml needs PyYAML (pip install -e '.[test]')")
ROOT = Path(__file__).parent.parent
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(not BASH or os.name != "posix", reason="the steps are written for bash")

OPTIONS = {word: option for option in check.command.params for word in option.opts}
FORMATS = list(OPTIONS["--format"].type.choices)
needs_formats = pytest.mark.skipif(
    not {"github", "markdown"} <= set(FORMATS), reason="`check` does not write the formats github and markdown"
)
needs_targets = pytest.mark.skipif("--targets" not in OPTIONS, reason="`check` does not know --targets")


def read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


ACTION = read("action.yml")
STEPS = {step.get("id"): step for step in ACTION["runs"]["steps"]}


# ---------------------------------------------------------------- a runner, as far as this action needs one


class Runner:
    """Runs steps of action.yml as GitHub does: inputs, outputs and summary as files, one bash for each step."""

    def __init__(self, folder, action=ROOT, **variables):
        self.workspace, self.temp, self.action = folder / "work space", folder / "_temp", action
        for path in (self.workspace, self.temp):
            path.mkdir()
        self.outputs, self.summary, self.log = {}, "", ""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("GITHUB_", "LC_", "LANG"))}
        for name in ("CONDA_PREFIX", "VIRTUAL_ENV", "PYTHONPATH", "PIP_REQUIRE_VIRTUALENV"):
            kept.pop(name, None)
        self.environ = {
            **kept,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_ACTION_PATH": str(action),
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_TOOL_CACHE": str(folder / "tools"),
            "COVERAGE_PROCESS_START": "",
            **variables,
        }

    def step(self, name, **inputs):
        """The exit code of one step."""
        step = STEPS[name]
        assert step["shell"] == "bash" and "${{" not in step["run"]
        script, output, summary = (self.temp / (name + suffix) for suffix in (".sh", ".output", ".summary"))
        script.write_text(step["run"], encoding="utf-8")
        for file in (output, summary):
            file.write_text("", encoding="utf-8")
        values = {name: str(about.get("default", "")) for name, about in ACTION["inputs"].items()}
        values.update({name.replace("_", "-"): text for name, text in inputs.items()})
        given = {key: self._expression(text, values) for key, text in step["env"].items()}
        done = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=str(self.workspace),
            env={**self.environ, **given, "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=500,
        )
        self.log = done.stdout.decode("utf-8")
        self.summary = summary.read_text(encoding="utf-8")
        self.outputs[name] = outputs_of(output.read_text(encoding="utf-8"))
        return done.returncode

    def _expression(self, text, values):
        (expression,) = re.fullmatch(r"\$\{\{ ([\w.-]+) \}\}", text).groups()
        kind, _, name = expression.partition(".")
        if kind == "inputs":
            return values[name]
        step, _, output = name.partition(".outputs.")
        return self.outputs[step][output]

    def result(self):
        """The outputs of the action."""
        return {name: self._expression(about["value"], {}) for name, about in ACTION["outputs"].items()}


def outputs_of(text):
    """What a runner makes of the file GITHUB_OUTPUT."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        name, marked, end = line.partition("<<")
        if marked:
            found[name] = "\n".join(iter(lambda: next(lines), end))  # noqa: B023 (used up at once)
        elif line:
            name, _, found[name.partition("=")[0]] = line.partition("=")
    return found


def test_the_runner_reads_outputs():
    assert outputs_of("a=b=c\nd<<X\n1\n2\nX\ne<<Y\n\nY\n") == {"a": "b=c", "d": "1\n2", "e": ""}


@pytest.fixture(scope="module")
def doctor(tmp_path_factory):
    """The Python of an environment that holds this checkout, as the step "install" makes one."""
    folder = tmp_path_factory.mktemp("doctor") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    (site / "borrowed.pth").write_text("\n".join([str(ROOT), *LENDERS]) + "\n", encoding="utf-8")
    return str(folder / "bin" / "python")


@pytest.fixture
def runner(tmp_path, doctor):
    """A runner that has installed the doctor."""
    ready = Runner(tmp_path)
    ready.outputs["install"] = {"python": doctor}
    return ready


def environment(folder, **distributions):
    """An environment with these distributions, as far as their metadata goes."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    for name, version in distributions.items():
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n", encoding="utf-8")
        (site / name).mkdir()
        (site / name / "__init__.py").write_text(f"__version__ = {version!r}\n", encoding="utf-8")
    return folder


STUDENT = {
    "requirements.txt": "tensorflow==1.13.2\nkeras==2.1.5\nh5py\nnumpy\n",
    "train.py": "import h5py\nimport keras\n\nif __name__ == '__main__':\n    keras.models.load_model('a.h5')\n",
    # A file of the student's that must not become part of the doctor.
    "json.py": "raise SystemExit('the json.py of the repository was imported')\n",
}


def student(runner):
    for name, text in STUDENT.items():
        (runner.workspace / name).write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- the step "check"


@needs_formats
def test_a_sick_environment_fails_the_step(runner, tmp_path):
    student(runner)
    sick = environment(tmp_path / "sick", keras="2.1.5", h5py="3.8.0")
    assert runner.step("check", python=str(sick)) == 1, runner.log
    told = runner.result()
    assert told["verdict"] == "problems" and int(told["errors"]) >= 1 and told["exit-code"] == "1"
    report = json.loads(Path(told["report"]).read_text(encoding="utf-8"))
    assert "h5py/old-keras-cannot-read-h5py-3" in [found["rule"] for found in report["findings"]]
    assert sum(found["severity"] == "error" for found in report["findings"]) == int(told["errors"])
    assert re.search(r"^::error .*h5py", runner.log, re.M) and "h5py" in runner.summary
    assert runner.summary.count("h5py/old-keras-cannot-read-h5py-3") == 1


@needs_formats
def test_findings_need_not_fail_it(runner, tmp_path):
    sick = environment(tmp_path / "sick", keras="2.1.5", h5py="3.8.0")
    assert runner.step("check", python=str(sick), fail="false") == 0
    assert runner.result()["exit-code"] == "1"


@needs_formats
def test_a_healthy_environment(runner, tmp_path):
    healthy = environment(tmp_path / "healthy", keras="2.1.5", h5py="2.10.0")
    assert runner.step("check", python=str(healthy), strict="true", expect="cpu") == 0, runner.log
    told = runner.result()
    assert (told["verdict"], told["errors"], told["warnings"], told["exit-code"]) == ("healthy", "0", "0", "0")
    assert "::error" not in runner.log and runner.summary


@needs_formats
def test_the_active_environment_is_the_patient_and_not_the_doctors_own(runner, tmp_path):
    active = environment(tmp_path / "active", h5py="2.10.0")
    runner.environ["VIRTUAL_ENV"] = str(active)
    runner.environ["PYTHONPATH"] = str(runner.workspace)
    student(runner)
    runner.step("check", fail="false")
    report = json.loads(Path(runner.result()["report"]).read_text(encoding="utf-8"))
    assert report["patient"]["prefix"] == str(active) and report["patient"]["chosen_by"] == "VIRTUAL_ENV"


@needs_formats
def test_further_options_are_lines_and_nothing_else(runner, tmp_path):
    healthy = environment(tmp_path / "healthy", keras="2.1.5", h5py="3.8.0")
    trap = tmp_path / "trap"
    lines = f"--ignore=h5py/\n\n  --assume\n  gpu=none\n--assume=env.X=$(touch {trap})`touch {trap}`; touch {trap}\n"
    assert runner.step("check", python=str(healthy), args=lines) == 0, runner.log
    assert not trap.exists()


@needs_formats
@pytest.mark.parametrize("form", [form for form in ("sarif", "junit", "gitlab", "html", "text") if form in FORMATS])
def test_the_report_in_another_format(form, runner, tmp_path):
    sick = environment(tmp_path / "sick", keras="2.1.5", h5py="3.8.0")
    assert runner.step("check", python=str(sick), format=form, output="kept report.txt", fail="false") == 0, runner.log
    assert runner.result()["report"] == "kept report.txt"
    assert "h5py" in (runner.workspace / "kept report.txt").read_text(encoding="utf-8")


@needs_formats
def test_an_output_of_several_lines_stays_one(runner, tmp_path):
    name = "a\nverdict=healthy\nb.json"
    healthy = environment(tmp_path / "sick", keras="2.1.5", h5py="3.8.0")
    assert runner.step("check", python=str(healthy), output=name) == 1
    assert runner.result()["report"] == name and runner.result()["verdict"] == "problems"


@pytest.mark.parametrize(
    "inputs, words",
    [
        ({"python": "/nowhere/python"}, "/nowhere/python"),
        ({"expect": "tpu"}, "gpu, cpu, any"),
        ({"args": "--formt"}, "--formt"),
        ({"args": "--formt", "fail": "false"}, "--formt"),
    ],
)
def test_what_cannot_be_examined_always_fails(inputs, words, runner):
    assert runner.step("check", **inputs) == 2
    assert words in runner.log and "::error title=envdoctor::" in runner.log and "Traceback" not in runner.log
    told = runner.result()
    assert (told["verdict"], told["errors"], told["report"], told["exit-code"]) == ("", "0", "", "2")


@needs_formats
@needs_targets
def test_the_dependency_files_are_judged_for_the_machines_of_the_configuration(runner):
    student(runner)
    machine = '[tool.envdoctor.targets.lab]\nos = "linux"\npython = "3.7"\ngpu = "GeForce RTX 3080"\n'
    (runner.workspace / "pyproject.toml").write_text(machine, encoding="utf-8")
    assert runner.step("check", targets="true") == 1, runner.log
    told = runner.result()
    assert told["verdict"] == "problems" and int(told["errors"]) >= 1
    assert re.search(r"^::error .*file=requirements\.txt", runner.log, re.M) and runner.summary


@needs_targets
@pytest.mark.parametrize("h5py", ["h5py", "h5py==3.8.0"])
def test_the_fault_is_shown_on_its_line_and_gone_once_it_is_mended(h5py, runner):
    """Keras 2.1.5 with an h5py that nobody pinned, or pinned too new."""
    (runner.workspace / "train.py").write_text("from keras.models import load_model\nload_model('a.h5')\n")
    (runner.workspace / "envdoctor.toml").write_text('[targets.lab]\nos = "linux"\npython = "3.7"\n')
    pins = ["tensorflow==1.13.2", "keras==2.1.5", "protobuf==3.20.3", "numpy==1.19.5", h5py]
    (runner.workspace / "requirements.txt").write_text("\n".join(pins) + "\n")
    assert runner.step("check", targets="true") == 1, runner.log
    assert re.search(r"^::error file=requirements\.txt,line=5,title=h5py 3\.8\.0 returns text", runner.log, re.M)
    (runner.workspace / "requirements.txt").write_text("\n".join([*pins[:-1], "h5py==2.10.0"]) + "\n")
    assert runner.step("check", targets="true") == 0, runner.log
    assert runner.result()["verdict"] == "healthy"


# ---------------------------------------------------------------- the step "install"

#: What pip says where there is no index; everything else is a fault of ours.
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ProxyError|Temporary failure in name resolution|No route to"
)


@needs_formats
def test_from_the_checkout_to_the_outputs(tmp_path):
    """Both steps, with pip and an index: nothing of the job's own settings reaches the doctor's environment."""
    tree = copy_tree(tmp_path / "action")
    trap = {"PIP_TARGET": str(tmp_path / "wrong"), "PYTHONPATH": str(tmp_path / "work space")}
    runner = Runner(tmp_path, action=tree, **trap)
    student(runner)
    code = runner.step("install")
    if code and UNREACHABLE.search(runner.log):
        pytest.skip("no index can be reached from here")
    assert code == 0, runner.log
    assert not (tmp_path / "wrong").exists()
    sick = environment(tmp_path / "sick", keras="2.1.5", h5py="3.8.0")
    before = sorted(path.name for path in sick.rglob("*"))
    assert runner.step("check", python=str(sick)) == 1, runner.log
    assert runner.result()["verdict"] == "problems"
    assert sorted(path.name for path in sick.rglob("*")) == before


def test_a_runner_without_a_newer_python_says_so(tmp_path):
    runner = Runner(tmp_path, PATH=str(tmp_path / "empty"))
    runner.environ["RUNNER_TOOL_CACHE"] = str(tmp_path)
    if subprocess.run(["/usr/bin/python3", "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL).returncode == 0:
        pytest.skip("/usr/bin/python3 would do")
    assert runner.step("install") == 3
    assert "::error::envdoctor needs a Python of 3.7 or newer" in runner.log


def test_a_python_of_the_tool_cache_will_do(tmp_path):
    """Where the active one is too old; and a release can be asked for in place of the checkout."""
    tools = tmp_path / "tools" / "Python" / "3.12.1" / "x64" / "bin"
    tools.mkdir(parents=True)
    asked = tmp_path / "asked.txt"
    (tools / "python3").write_text(
        "#!/bin/sh\n"
        'case "$*" in *" -m venv"*|"-m venv"*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; exit 0;; esac\n'
        f'case "$*" in *"pip install"*) echo "$*" >>"{asked}";; esac\n',
        encoding="utf-8",
    )
    (tools / "python3").chmod(0o755)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("python3", "python"):
        (old / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (old / name).chmod(0o755)
    runner = Runner(tmp_path, PATH=str(old) + os.pathsep + "/bin")
    assert runner.step("install", version="0.1.0") == 0, runner.log
    assert runner.outputs["install"] == {"python": str(runner.temp / "envdoctor" / "bin" / "python")}
    assert asked.read_text(encoding="utf-8").split()[-1] == "envdoctor==0.1.0"


# ---------------------------------------------------------------- what the files look like


def test_the_action_reads_inputs_from_the_environment_only():
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash" and "${{" not in step["run"] and "uses" not in step
    named = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert named == set(ACTION["inputs"])


@pytest.mark.parametrize(
    "schema, file",
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", "docs/ci/github-workflow.yml"),
        ("vendor.gitlab-ci", "docs/ci/gitlab-ci.yml"),
    ],
)
def test_the_schema_of_its_reader(schema, file):
    program = beside("check-jsonschema")
    done = subprocess.run([program, "--builtin-schema", schema, str(ROOT / file)], stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stdout.decode("utf-8")


@pytest.mark.parametrize("file", ["action.yml", "docs/ci/github-workflow.yml"])
def test_zizmor_has_nothing_to_say(file):
    words = [beside("zizmor"), "--offline", "--persona", "auditor", "--format", "json", str(ROOT / file)]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert json.loads(done.stdout.decode("utf-8")) == [], done.stdout.decode("utf-8")


def beside(name):
    """A program of this Python's own environment, or of the PATH."""
    found = shutil.which(name, path=os.path.dirname(sys.executable)) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed (pip install -e '.[test]')")
    return found


# ---------------------------------------------------------------- the snippets


def commands(node):
    """Every `envdoctor check …` of a CI file, as words."""
    if isinstance(node, str):
        for line in node.split("\n"):
            if line.strip().startswith("envdoctor check"):
                yield re.split(r"\s(?:\|\||>>)", line.strip())[0].split()[2:]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from commands(child)


@pytest.mark.parametrize("file, number", [("docs/ci/github-workflow.yml", 2), ("docs/ci/gitlab-ci.yml", 3)])
def test_the_snippets_call_what_there_is(file, number):
    every = list(commands(read(file)))
    assert len(every) == number
    for words in every:
        forms = [form for before, form in zip(words, words[1:]) if before == "--format"]
        if "--targets" not in OPTIONS or set(forms) - set(FORMATS):
            pytest.skip("`check` does not know " + " ".join(words))
        check.command.make_context("check", list(words))


def test_the_gitlab_reports_are_the_files_that_are_written():
    job = read("docs/ci/gitlab-ci.yml")["envdoctor"]
    written = {
        words[words.index("--format") + 1]: words[words.index("--output") + 1]
        for words in commands(job)
        if "--output" in words
    }
    assert job["artifacts"]["reports"] == {"codequality": written["gitlab"], "junit": written["junit"]}
