"""Do the official validators accept what we write, on real reports?

Each is skipped, with its reason, where it is not there: pip install -e ".[test]"; SARIF's own comes from npm.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envdoctor.gpu.renderers import json as gpu_json
from envdoctor.renderers import Console, renderer

from .gpu_answers import ANSWERS
from .test_formats import LANGUAGES, NAMES, render, report_of

ROOT = Path(__file__).parent.parent
SCHEMAS = Path(__file__).parent / "schemas"
MULTITOOL = "@microsoft/sarif-multitool-linux"
VERSION = "5.7.0"
#: GitHub takes so many runs in one file.
RUNS = 20

REAL = [name for name in NAMES if name != "every-rule"]
EVERYONE = pytest.mark.parametrize("name", NAMES)
EVERY = pytest.mark.parametrize("lang", LANGUAGES)


def test_there_are_enough_of_them():
    assert len(REAL) >= 20
    assert sum(bool(report_of(name).findings) for name in REAL) >= 14


# ---------------------------------------------------------------- SARIF


@pytest.fixture(scope="session")
def multitool(request, tmp_path_factory):
    """The folder of SARIF's own validator and schema, kept from one run of the tests to the next."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip(MULTITOOL + " is for Linux on x86-64")
    cache = getattr(request.config, "cache", None)
    home = Path(str(cache.mkdir("sarif-multitool"))) if cache else tmp_path_factory.mktemp("sarif-multitool")
    folder = home / "node_modules" / MULTITOOL
    if not (folder / "sarif-2.1.0.json").exists():
        npm = shutil.which("npm")
        if not npm:
            pytest.skip("npm is not installed, and SARIF's validator comes from there")
        words = [npm, "install", "--prefix", str(home), "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"]
        limits = {"npm_config_fetch_retries": "0", "npm_config_fetch_timeout": "60000"}
        try:
            done = subprocess.run(
                [*words, f"{MULTITOOL}@{VERSION}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                env={**os.environ, **limits},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not get SARIF's validator in time")
        if done.returncode:
            pytest.skip("npm cannot get SARIF's validator: " + done.stdout.decode("utf-8", "replace")[-300:])
    program = folder / "Sarif.Multitool"
    program.chmod(program.stat().st_mode | 0o700)
    return folder


def complaints(multitool, files, folder):
    """What the validator has to say of these files, GitHub's rules included; its exit code says nothing."""
    output = folder / "complaints.sarif"
    # It would look whether every address that is named can be reached: slow, and no business of a test.
    nowhere = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    subprocess.run(
        [str(multitool / "Sarif.Multitool"), "validate", *map(str, files), "--rule-kind", "Sarif;Gh",
         "--output", str(output), "--log", "ForceOverwrite", "--quiet"],
        env={**os.environ, **nowhere, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, stdout=subprocess.DEVNULL,
        timeout=300,
    )  # fmt: skip
    (run,) = json.loads(output.read_text(encoding="utf-8-sig"))["runs"]
    assert run["invocations"][0]["executionSuccessful"]
    return [f"{one['ruleId']} {one['locations'][0]['physicalLocation']}"[:300] for one in run.get("results", [])]


@pytest.fixture(scope="module")
def documents():
    return {(name, lang): json.loads(render("sarif", report_of(name), lang)) for name in NAMES for lang in LANGUAGES}


def test_sarif_for_github(multitool, documents, tmp_path):
    files = []
    whole = list(documents.values())
    for start in range(0, len(whole), RUNS):  # it needs half a second a file
        runs = [document["runs"][0] for document in whole[start : start + RUNS]]
        files.append(tmp_path / f"{start}.sarif")
        files[-1].write_text(json.dumps({**whole[0], "runs": runs}), encoding="utf-8")
    files.append(tmp_path / "one.sarif")
    files[-1].write_text(render("sarif", report_of("too-new-gpu"), "zh"), encoding="utf-8")
    assert complaints(multitool, files, tmp_path) == []


def test_the_validator_of_sarif_does_complain(multitool, documents, tmp_path):
    document = json.loads(json.dumps(documents["sick", "en"]))
    del document["runs"][0]["results"][0]["locations"]
    bad = tmp_path / "bad.sarif"
    bad.write_text(json.dumps(document), encoding="utf-8")
    assert [one for one in complaints(multitool, [bad], tmp_path) if one.startswith("GH")]


def test_the_schema_of_sarif(multitool, tmp_path):
    pytest.importorskip("check_jsonschema", reason='needs check-jsonschema: pip install -e ".[test]"')
    for name in NAMES:
        for lang in LANGUAGES:
            (tmp_path / f"{name}.{lang}.sarif").write_text(render("sarif", report_of(name), lang), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", str(multitool / "sarif-2.1.0.json")]
        + sorted(map(str, tmp_path.glob("*.sarif"))),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")


# ---------------------------------------------------------------- JUnit


@pytest.fixture(scope="module")
def junit_schema():
    xmlschema = pytest.importorskip("xmlschema", reason='needs xmlschema: pip install -e ".[test]"')
    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


@EVERYONE
@EVERY
def test_junit(junit_schema, name, lang):
    assert list(junit_schema.iter_errors(render("junit", report_of(name), lang))) == []


@pytest.mark.parametrize(
    "bad",
    [
        '<testsuites skipped="1"/>',
        '<testsuites><testsuite name="a" tests="1" errors="0"/></testsuites>',
        '<testsuite name="a" tests="1" failures="0" errors="0"><testcase classname="b"/></testsuite>',
    ],
)
def test_the_schema_of_junit_does_complain(junit_schema, bad):
    assert list(junit_schema.iter_errors(bad))


# ---------------------------------------------------------------- JSON


def schema(path):
    """(validator, the schema), once the schema itself has been found good."""
    jsonschema = pytest.importorskip("jsonschema", reason='needs jsonschema: pip install -e ".[test]"')
    if not hasattr(jsonschema, "Draft202012Validator"):
        pytest.skip("this jsonschema does not know draft 2020-12")
    loaded = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def errors(validator, data):
    return [f"{error.json_path}: {error.message}"[:300] for error in validator.iter_errors(data)]


@pytest.fixture(scope="module")
def gitlab_schema():
    return schema(SCHEMAS / "gitlab-code-quality.schema.json")


@EVERYONE
@EVERY
def test_gitlab(gitlab_schema, name, lang):
    assert errors(gitlab_schema, json.loads(render("gitlab", report_of(name), lang))) == []


def test_what_ruff_writes_for_gitlab_fits_too(gitlab_schema, tmp_path):
    """A program that GitLab's documentation names."""
    ruff = shutil.which("ruff", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if not ruff:
        pytest.skip("ruff is not installed")
    (tmp_path / "bad.py").write_text("import os\n", encoding="utf-8")
    words = [ruff, "check", "--isolated", "--output-format", "gitlab", "bad.py"]
    done = subprocess.run(words, cwd=str(tmp_path), stdout=subprocess.PIPE)
    written = json.loads(done.stdout.decode("utf-8"))
    assert written and errors(gitlab_schema, written) == []


@pytest.mark.parametrize("change", [{"severity": "error"}, {"location": {"path": "/a", "lines": {"begin": 1}}}])
def test_the_schema_of_gitlab_does_complain(gitlab_schema, change):
    entry = json.loads(render("gitlab", report_of("sick")))[0]
    assert errors(gitlab_schema, [{**entry, **change}])


@pytest.fixture(scope="module")
def report_schema():
    return schema(ROOT / "docs" / "report.schema.json")


@EVERYONE
@EVERY
def test_the_json_of_check(report_schema, name, lang):
    assert errors(report_schema, json.loads(renderer("json").render(report_of(name), lang, Console()))) == []


@pytest.fixture(scope="module")
def gpu_schema():
    return schema(ROOT / "docs" / "gpu.schema.json")


@pytest.mark.parametrize("name", sorted(ANSWERS))
@EVERY
def test_the_json_of_gpu(gpu_schema, name, lang):
    assert errors(gpu_schema, json.loads(gpu_json.render(ANSWERS[name](), lang))) == []


def changed(data, path, value):
    data = json.loads(json.dumps(data))
    *way, last = path
    inner = data
    for key in way:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return data


@pytest.mark.parametrize(
    "path, value",
    [
        (["schema"], 2),
        (["verdict"], "fine"),
        (["verdict"], "healthy"),  # with an error among its findings
        (["findings", 0, "severity"], "fatal"),
        (["findings", 0, "certainty"], "possible"),  # no ground for an error
        (["findings", 0, "fix"], None),
        (["findings", 0, "fix", "commands"], [["pip", 3]]),
        (["findings", 0, "evidence", 0, "fact"], ""),
        (["findings", 0, "consequences"], [{"rule": "a/b"}]),
        (["plan", "verified"], "surely"),
        (["chart", "facts", "numpy"], {"value": "1.2", "absent": True}),
        (["unknown", 0, "why"], None),
        (["patient", "chosen_by"], None),
    ],
)
def test_the_schema_of_check_does_complain(report_schema, path, value):
    data = json.loads(render("json", report_of("sick")))
    assert errors(report_schema, data) == []
    assert errors(report_schema, changed(data, path, value))


@pytest.mark.parametrize(
    "path, value",
    [
        (["verdict"], "busy"),
        (["confidence"], "sure"),
        (["samples", 0, "gpu_util"], "12"),
        (["summary", "gpu_util", "zero_share"], 3),
        (["gpu", "cards", 0, "used"], None),
        (["process"], None),
    ],
)
def test_the_schema_of_gpu_does_complain(gpu_schema, path, value):
    data = json.loads(gpu_json.render(ANSWERS["used"](), "en"))
    assert errors(gpu_schema, data) == []
    assert errors(gpu_schema, changed(data, path, value))


def test_fields_may_grow(report_schema, gpu_schema):
    data = json.loads(render("json", report_of("sick")))
    data["findings"][0]["new"] = data["new"] = 1
    assert errors(report_schema, data) == []
    assert errors(gpu_schema, {**json.loads(gpu_json.render(ANSWERS["used"](), "en")), "new": 1}) == []


def test_both_schemas_mean_the_same_finding():
    one, other = (
        json.loads((ROOT / "docs" / name).read_text(encoding="utf-8"))["$defs"]
        for name in ("report.schema.json", "gpu.schema.json")
    )
    for name in ("rule", "finding", "evidence", "fix", "verified"):
        assert one[name] == other[name]


@pytest.mark.parametrize("name", ["report.schema.json", "gpu.schema.json"])
def test_the_enumerations_are_those_of_the_program(name):
    from envdoctor.gpu.evidence import CONFIDENCES, STAGES, VERDICTS
    from envdoctor.report import AREAS, CERTAINTIES, SEVERITIES

    loaded = json.loads((ROOT / "docs" / name).read_text(encoding="utf-8"))
    about = loaded["$defs"]["finding"]["properties"]
    assert [about[key]["enum"] for key in ("severity", "certainty", "area")] == [
        list(SEVERITIES), list(CERTAINTIES), list(AREAS)
    ]  # fmt: skip
    if name == "gpu.schema.json":
        assert loaded["$defs"]["verdict"]["enum"] == list(VERDICTS)
        assert loaded["properties"]["confidence"]["enum"] == list(CONFIDENCES)
        stage = loaded["$defs"]["trial"]["properties"]["stages"]["items"]["properties"]
        assert stage["name"]["enum"] == list(STAGES)
