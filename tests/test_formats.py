"""Do the formats for CI hold what their readers ask for, whatever the report, and nothing that must not be told?

The official validators are in test_validators.py; this needs nothing but the standard library.
"""

import html
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import cases, consult, rulebook
from envdoctor.chart import Chart, absent, from_json, known
from envdoctor.overview import every
from envdoctor.places import ANCHOR, Outside, Place, fingerprints, place, public
from envdoctor.renderers import Console, github, gitlab, junit, renderer, sarif
from envdoctor.report import AREAS, SEVERITIES, Doubt, Evidence, Plan, Remedy, Report

from .reports import REPORTS, finding

PATIENTS = {path.stem: path for path in (Path(__file__).parent / "patients").glob("*.json")}
#: Everything that there is to render, the findings of all rules in one report among it.
NAMES = [*sorted(REPORTS), *sorted(PATIENTS), "every-rule"]
FORMATS = ("github", "gitlab", "junit", "sarif")
LANGUAGES = ("en", "zh")
EVERYONE = pytest.mark.parametrize("name", NAMES)
EVERY = pytest.mark.parametrize("lang", LANGUAGES)


@lru_cache(maxsize=None)
def book():
    return rulebook.load()


@lru_cache(maxsize=None)
def report_of(name):
    if name in REPORTS:
        return REPORTS[name]()
    if name in PATIENTS:
        chart = from_json(json.loads(PATIENTS[name].read_text(encoding="utf-8")))
        return consult.judge(chart, book(), consult.Request())
    examples = filter(None, (cases.example(rule, book()) for rule in book().ids()))
    worst_first = sorted(examples, key=lambda found: SEVERITIES.index(found.severity))
    return Report(REPORTS["sick"]().chart, tuple(worst_first))


def render(form, report, lang="en", console=None):
    return renderer(form).render(report, lang, console or Console())


# ---------------------------------------------------------------- how their readers read them

COMMAND = re.compile(r"^::(error|warning|notice) ([^:]*)::(.*)$")


def unescaped(text):
    for code, mark in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, mark)
    return text


def annotations(text):
    """(severity, properties, message) of every workflow command, as the runner reads it."""
    found = []
    for line in text.split("\n"):
        if line.startswith("::"):
            kind, properties, message = COMMAND.match(line).groups()
            pairs = (pair.partition("=") for pair in properties.split(","))
            found.append((kind, {key: unescaped(value) for key, _, value in pairs}, unescaped(message)))
    return found


def cells(text):
    """The rows of the summary's table, without its head, as somebody reads them."""
    rows = [re.split(r" \| ", line[2:-2]) for line in text.split("\n") if line.startswith("| ")]
    return [[html.unescape(re.sub(r"</?code>|\*\*", "", cell)) for cell in row] for row in rows[2:]]


def strings(value):
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def told(form, text):
    """Every text that a reader of the format gets to see."""
    if form in ("sarif", "gitlab"):
        return strings(json.loads(text))
    if form == "junit":
        return [one for node in ET.fromstring(text).iter() for one in (node.text or "", *node.attrib.values())]
    return [html.unescape(text), unescaped(text)]


def relative(path):
    assert path and not path.startswith(("/", "./", "~")) and "\\" not in path
    assert not re.match("[A-Za-z]:", path) and ".." not in path.split("/")
    return True


# ---------------------------------------------------------------- all formats


@EVERYONE
@EVERY
@pytest.mark.parametrize("form", (*FORMATS, "summary"))
def test_nothing_of_the_machine_is_told(form, name, lang):
    report = report_of(name)
    text = github.summary(report, lang) if form == "summary" else render(form, report, lang)
    patient = report.chart.patient
    private = [str(patient.get(key) or "no such text") for key in ("python", "prefix", "project")]
    for one in told(form, text):
        assert not [secret for secret in private if secret in one]
        assert not re.search(r"(?<![\w./…~*-])/(home|root|Users|opt|srv|usr|etc|dev|tmp|venv|conda)\b", one), one
        assert not re.search(r"(?<![A-Za-z])[A-Za-z]:[\\/](?!/)|\\\\\w", one), one
        assert "张 三" not in one and "/li/" not in one and "student/" not in one


@EVERYONE
@pytest.mark.parametrize("form", ("gitlab", "junit", "sarif"))
def test_files_are_ascii(form, name):
    """No console and no redirection of any system can spoil them."""
    render(form, report_of(name), "zh").encode("ascii")


def shape(value):
    """What is the same in both languages."""
    if isinstance(value, dict):
        kept = ("ruleId", "id", "level", "uri", "fingerprint", "envdoctor/v1", "check_name", "severity", "path")
        return {key: one if key in kept else shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


@EVERYONE
def test_the_languages_differ_in_words_only(name):
    report = report_of(name)
    for form in ("gitlab", "sarif"):
        english, chinese = (shape(json.loads(render(form, report, lang))) for lang in LANGUAGES)
        assert english == chinese
    english, chinese = (
        [(kind, properties.get("file"), properties.get("line")) for kind, properties, _ in annotations(text)]
        for text in (render("github", report, lang) for lang in LANGUAGES)
    )
    assert english == chinese
    english, chinese = ([one.tag for one in ET.fromstring(render("junit", report, lang)).iter()] for lang in LANGUAGES)
    assert english == chinese


@pytest.mark.parametrize("form", FORMATS)
def test_they_need_no_console(form):
    assert renderer(form).render(report_of("sick"), "en")


# ---------------------------------------------------------------- GitHub


@EVERYONE
@EVERY
def test_annotations(name, lang):
    report = report_of(name)
    text = render("github", report, lang)
    lines = annotations(text)
    assert len(lines) == sum(line.startswith("::") for line in text.split("\n")) == len(text.split("\n")) - 2
    kinds = [kind for kind, _, _ in lines]
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    outside = Outside(report, lang)
    for kind, severity in zip(["error", "warning", "notice"], SEVERITIES):
        findings = [found for found in report.findings if found.severity == severity]
        own = [(properties, message) for one, properties, message in lines if one == kind]
        assert len(own) == min(len(findings), 10)
        for found, (properties, message) in zip(findings[:9], own):
            here = outside.place(found)
            assert (properties["file"], int(properties["line"])) == (here.file, here.line)
            assert relative(properties["file"])
            title = outside.title(found)
            assert properties["title"] == (title if len(title) <= 250 else title[:249] + "…")
            assert found.rule in message and len(message) <= 4000


def test_ten_annotations_are_shown_and_the_tenth_speaks_of_the_others():
    found = report_of("sick").findings[0]
    report = replace(report_of("sick"), findings=(found,) * 12 + (replace(found, severity="warning"),) * 10)
    lines = annotations(render("github", report))
    assert [kind for kind, _, _ in lines] == ["error"] * 10 + ["warning"] * 10
    assert lines[9] == (
        "error",
        {"title": "envdoctor"},
        "Not shown one by one: 3 errors. The summary of this run lists them all.",
    )
    assert lines[19][2].startswith("Not shown one by one: 1 warning.")
    assert render("github", report, "zh").count("没有逐条显示") == 2


def test_a_healthy_patient_has_no_annotation():
    assert render("github", report_of("healthy")) == "No problem found.\n"
    assert "not everything" in render("github", report_of("unknown-gpu"))


def test_a_console_without_chinese_gets_english():
    assert "Cure:" in render("github", report_of("sick"), "zh", Console(encoding="cp1252"))


@given(st.text(), st.text(), st.text())
def test_any_text_is_one_command(message, title, file):
    line = github.command("error", message, file=file, title=title)
    assert not re.search("[\r\n]", line)
    assert annotations(line) == [("error", {"file": file, "title": title}, message)]


@EVERYONE
@EVERY
def test_the_summary_has_a_row_for_each_finding(name, lang):
    report, text = report_of(name), github.summary(report_of(name), lang)
    assert text.startswith("### envdoctor") and len(text.encode("utf-8")) < github.ROOM
    rows = cells(text)
    assert len(rows) == len(report.findings) and all(len(row) == 4 for row in rows)
    for row, found in zip(rows, report.findings):
        assert found.rule in row[1]
        assert re.match(r".+:\d+$", row[2])


def test_the_summary_is_cut_before_github_drops_it():
    found = report_of("sick").findings[0]
    long = replace(found, title={lang: "标题 " * 300 for lang in LANGUAGES})
    text = github.summary(replace(report_of("sick"), findings=(long,) * 3000), "en")
    assert 0.9 * github.ROOM < len(text.encode("utf-8")) <= github.ROOM
    rows = len(cells(text))
    assert f"Left out for lack of room: {3000 - rows} errors." in text


def test_the_summary_of_all():
    text = github.summary(report_of("too-new-gpu"), "en")
    assert text.splitlines() == [
        "### envdoctor: 2 errors, 1 warning, 1 note.",
        "",
        "| severity | finding | place | cure |",
        "| --- | --- | --- | --- |",
        "| error | **torch 1.2.0 (CUDA 10.0) holds no code for the RTX 3080**<br>"
        "<code>torch/build-older-than-card</code>"
        '<br>follows from it: every CUDA call of torch 1.2.0 on this card stops with "no kernel image is available" '
        "| <code>requirements.txt:1</code> "
        "| Cure:<br><code>python -m pip install torch==1.13.1 torchvision==0.14.1</code> |",
        "| error (likely) | **torchvision 0.4.0 cannot be imported with pillow 9.5.0**<br>"
        "<code>pillow/no-antialias</code> | <code>requirements.txt:1</code> "
        "| Cure:<br><code>python -m pip install pillow==6.2.2</code> |",
        "| warning (possible) | **the loaded driver is not the installed one**<br>"
        "<code>driver/kernel-mismatch</code> | <code>requirements.txt:1</code> "
        "| Cure (changes this machine, needs administrator rights):<br>Restart the computer. |",
        "| note | **requirements.txt pins nothing**<br><code>project/no-pins</code> | <code>requirements.txt:1</code> "
        "|  |",
        "",
        "Everything at once:",
        "",
        "<code>python -m pip install torch==1.13.1 torchvision==0.14.1 pillow==6.2.2</code><br>",
    ]


@given(st.text())
def test_markdown_shows_the_text_and_nothing_else(text):
    written = github.markdown(text)
    assert "\n" not in written
    bare = re.sub(r"</?code>|&#\d+;", "", written)
    assert not re.search(r"[\\`*\[\]|~#$@&<>]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", bare.replace("__", "x"))
    shown = html.unescape(re.sub(r"</?code>", "`", written)).replace("`", "")
    assert shown == html.unescape(re.sub("&", "&amp;", text)).replace("`", "").replace("\n", " ")


# ---------------------------------------------------------------- SARIF


@EVERYONE
@EVERY
def test_sarif(name, lang):
    report = report_of(name)
    document = json.loads(render("sarif", report, lang))
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert document["version"] == "2.1.0" and run["automationDetails"]["id"].endswith("/")
    assert [rule["id"] for rule in rules] == list(dict.fromkeys(found.rule for found in report.findings))
    for rule in rules:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
        assert rule["help"]["text"] and rule["help"]["markdown"]
        about = rule["properties"]
        assert len(set(about["tags"])) == len(about["tags"]) <= 10
        assert about["precision"] in ("very-high", "high", "medium")
        assert about["problem.severity"] in ("error", "warning", "recommendation")
        assert re.match("https?://", rule.get("helpUri", "https://"))
    assert len(run["results"]) == len(report.findings)
    keys = [json.dumps(result["partialFingerprints"]) for result in run["results"]]
    assert len(set(keys)) == len(keys)
    for found, result in zip(report.findings, run["results"]):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == found.rule
        assert result["level"] == {"error": "error", "warning": "warning", "info": "note"}[found.severity]
        related = result.get("relatedLocations", [])
        assert [one["id"] for one in related] == list(range(1, len(list(every(found.consequences))) + 1))
        assert re.findall(r"\]\((\d+)\)", result["message"]["text"]) == [str(one["id"]) for one in related]
        for location in [*result["locations"], *related]:
            where = location["physicalLocation"]
            assert where["region"]["startLine"] >= 1
            assert where["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
            assert relative(unquote(where["artifactLocation"]["uri"]))
            assert re.match(r"[\w.~!$&'()*+,;=@%/-]+$", where["artifactLocation"]["uri"], re.A)


def test_a_title_is_no_reference_to_a_location():
    found = finding("a/b", {"en": "x[0](1) is bad"}, {"en": "-"})
    child = replace(found, title={"en": "y[0] is worse"})
    report = Report(Chart({}, {}), (replace(found, consequences=(child,)),))
    (result,) = json.loads(render("sarif", report))["runs"][0]["results"]
    assert result["message"]["text"].splitlines()[:2] == [
        "x[0] (1) is bad.",
        "follows from it: [y\\[0\\] is worse](1).",
    ]


# ---------------------------------------------------------------- JUnit


@EVERYONE
@EVERY
def test_junit(name, lang):
    report = report_of(name)
    top = ET.fromstring(render("junit", report, lang))
    assert [suite.get("name") for suite in top] == [f"envdoctor.{area}" for area in AREAS]
    assert set(top.attrib) == {"name", "tests", "failures", "errors"}
    for suite in top:
        names = [case.get("name") for case in suite]
        assert len(set(names)) == len(names) == int(suite.get("tests")) > 0
        for tag in ("failure", "skipped"):
            assert len(suite.findall("testcase/" + tag)) == int(suite.get({"failure": "failures"}.get(tag, tag)))
        assert not suite.get("hostname") and not suite.get("timestamp")
    serious = [found for found in report.findings if found.severity != "info"]
    assert len(top.findall("testsuite/testcase/failure")) == int(top.get("failures")) == len(serious)
    assert sum(len(suite) for suite in top) == int(top.get("tests")) and top.get("errors") == "0"
    skipped = {case.get("name") for case in top.iter("testcase") if case.find("skipped") is not None}
    assert {doubt.rule for doubt in report.doubts} <= skipped


def test_what_nobody_saw_has_not_passed():
    def suites(report):
        return {suite.get("name")[10:]: suite for suite in ET.fromstring(render("junit", report))}

    nothing = suites(Report(Chart({}, {})))
    assert all(suite.get("skipped") == "1" for suite in nothing.values())
    blind = suites(report_of("unknown-gpu"))["gpu"]
    assert blind[0].find("skipped").get("message").startswith("unknown: no answer in time")
    healthy = suites(report_of("healthy"))
    assert [area for area, suite in healthy.items() if suite.get("skipped") == "0"] == list(AREAS)
    consequence = suites(report_of("too-new-gpu"))["gpu"]
    assert [case.get("name") for case in consequence] == ["torch/no-kernel-image"]
    assert consequence[0].find("skipped").get("message") == "follows from torch/build-older-than-card"


@pytest.mark.parametrize(
    "missing, area",
    [
        ("driver.kernel", "driver"), ("torch.cuda", "frameworks"), ("numpy", "packages"), ("project.uses", "project"),
        ("env.PATH", "environment"), ("python", "environment"), ("packages.modules", "packages"), ("gpu", "gpu"),
    ],
)  # fmt: skip
def test_a_doubt_stands_in_the_area_of_what_is_missing(missing, area):
    report = Report(Chart({}, {}), (), (Doubt("a/b", (missing,), "nobody-looked"),))
    (suite,) = [suite for suite in ET.fromstring(render("junit", report)) if "a/b" in [c.get("name") for c in suite]]
    assert suite.get("name") == f"envdoctor.{area}"


# ---------------------------------------------------------------- GitLab


@EVERYONE
@EVERY
def test_gitlab(name, lang):
    report = report_of(name)
    text = render("gitlab", report, lang)
    entries = json.loads(text)
    assert text.startswith("[") and len(entries) == len(report.findings)
    keys = [entry["fingerprint"] for entry in entries]
    assert len(set(keys)) == len(keys) and all(re.match("[0-9a-f]{32}$", key) for key in keys)
    for found, entry in zip(report.findings, entries):
        assert entry["check_name"] == found.rule and "\n" not in entry["description"]
        assert entry["severity"] in {"error": ("critical", "major"), "warning": ("minor",)}.get(found.severity, "info")
        assert relative(entry["location"]["path"]) and entry["location"]["lines"]["begin"] >= 1


def test_a_clean_report_is_an_empty_list():
    assert render("gitlab", report_of("healthy")) == "[]\n"


def test_commands_in_one_line_have_their_ends():
    remedy = Remedy((("python", "-m", "pip", "uninstall", "-y", "a"), ("python", "-m", "pip", "install", "b<2")))
    found = finding("a/b", {"en": "a is bad"}, {"en": "-"}, remedy=replace(remedy, note={"en": "Then restart."}))
    (entry,) = json.loads(render("gitlab", Report(Chart({}, {}), (found,))))
    assert entry["description"] == (
        'a is bad. Cure: `python -m pip uninstall -y a` `python -m pip install "b<2"` Then restart.'
    )


# ---------------------------------------------------------------- fingerprints


def test_a_fingerprint_outlives_versions_lines_and_language():
    old, new = report_of("sick").findings[0], finding("h5py/old-keras-cannot-read-h5py-3", {}, {}, packages=("H5py",))
    assert fingerprints([old]) == fingerprints([new]) == fingerprints(report_of("keras-stack-with-h5py-3").findings)
    other = replace(new, packages=("keras",))
    assert len({*fingerprints([new, other, new])}) == 3
    assert fingerprints([new, other])[0] == fingerprints([new])[0]


# ---------------------------------------------------------------- places

REQUIRES = known(
    {
        "torch": {"specifier": "==1.2.0", "where": "requirements.txt:4", "also": [{"where": "setup.py:9"}]},
        "tensorflow-gpu": {"specifier": "==1.13.2", "where": "requirements/base.txt:2"},
        "pillow": {"specifier": "", "where": "environment.yml:12", "tool": "conda"},
        "h5py": {"specifier": "", "where": "pyproject.toml:0"},
    }
)
USES = known({"numpy.int": ["tools/gen.py:3"], "numpy.bool": ["nets\\yolo.py:20", "b.py:1"]})


def asks(where):
    return {"project.requires": known({"torch": {"where": where}})}


def found_at(facts, **changes):
    packages, title = changes.pop("packages", ()), changes.pop("title", "-")
    evidence = tuple(Evidence(name, "-") for name in changes.pop("evidence", ()))
    named = finding("a/b", {"en": title}, {"en": changes.pop("detail", "-")}, packages=packages, evidence=evidence)
    here = place(replace(named, **changes), Chart({}, facts))
    return f"{here.file}:{here.line}"


@pytest.mark.parametrize(
    "expected, facts, about",
    [
        # what its own words name
        ("b.py:1", {"project.uses": USES}, {"title": "numpy 2 has no bool, used in b.py:1"}),
        ("nets/yolo.py:20", {"project.uses": USES}, {"title": "in nets\\yolo.py:20", "evidence": ["project.uses"]}),
        ("a b.py:3", {"project.cuda_flags": known([{"where": "a b.py:3", "name": "x"}])}, {"title": "at a b.py:3 (x)"}),
        ("代码/训练.py:7", {"project.uses": known({"x": ["代码/训练.py:7"]})}, {"title": "代码在代码/训练.py:7使用"}),
        ("requirements.txt:1", {}, {"title": "port localhost:80 and 12:30"}),
        # what it shows
        ("nets/yolo.py:20", {"project.uses": known({"y": ["nets\\yolo.py:20"]})}, {"evidence": ["project.uses"]}),
        ("t.py:5", {"project.cuda_flag": known("t.py:5 (Cuda)")}, {"evidence": ["project.cuda_flag"]}),
        ("c.py:2", {"project.missing_known": known({"a": ["b.py:9"], "cv2": ["c.py:2"]})},
         {"evidence": ["project.missing_known"], "packages": ("cv2",)}),
        ("nets/yolo4.py:1", {"project.networks": known({"yolov4": ["../yolov4", "nets/yolo4.py"]})},
         {"evidence": ["project.networks"]}),
        ("requirements.txt:1", {"project.stack": known("tf2"), "project.root": known("/home/li/x.py")},
         {"evidence": ["project.stack", "project.root"]}),
        ("train.py:1", {"project.unparsable": known(["train.py:0"])}, {"evidence": ["project.unparsable"]}),
        ("x.ipynb:1", {"project.uses": known({"x": ["x.ipynb:3"]})}, {"evidence": ["project.uses"]}),
        ("x.ipynb:1", {"project.uses": known({"x": ["x.ipynb:cell 3:2"]})}, {"evidence": ["project.uses"]}),
        ("random.py:1", {"project.shadows": known({"random": {"path": "random.py", "kind": "file"}})},
         {"cause": "name-shadowed", "packages": ("random",), "evidence": ["project.root"]}),
        ("numpy/__init__.py:1", {"project.shadows": known({"numpy": {"path": "numpy", "kind": "package"}})},
         {"cause": "name-shadowed", "packages": ("numpy",)}),
        ("main.py:3", {"project.hidden": known({"utils": ["utils/"]}),
                       "project.local_imports": known({"nets.x": ["main.py:2"], "utils.y": ["main.py:3"]})},
         {"evidence": ["project.hidden"], "packages": ("utils",)}),
        # what the project asks for
        ("requirements.txt:4", {"project.requires": REQUIRES}, {"packages": ("torch", "pillow")}),
        ("environment.yml:12", {"project.requires": REQUIRES}, {"packages": ("Pillow",)}),
        ("requirements/base.txt:2", {"project.requires": REQUIRES}, {"packages": ("tensorflow",)}),
        ("pyproject.toml:1", {"project.requires": REQUIRES}, {"packages": ("h5py",)}),
        ("requirements.txt:4", {"project.requires": REQUIRES}, {"evidence": ["driver", "torch.cuda"]}),
        ("environment.yml:12", {"project.requires": REQUIRES, "project.extensions": known(["pillow"])},
         {"evidence": ["project.extensions"]}),
        # the dependency file, where none of this is known
        ("requirements.txt:1", {"project.requires": REQUIRES}, {"packages": ("scipy",)}),
        ("env/base.txt:1", {"project.requires": known({"a": {"where": "env/base.txt:7"}})}, {"evidence": ["driver"]}),
        ("req.txt:1", {"project.requires_unreadable": known(["req.txt:3: torch=1.2"])}, {}),
        ("setup.cfg:1", {"project.python_requires": known(">=3.6", "setup.cfg")}, {}),
        ("train.py:2", {"project.imports": known({"keras": ["train.py:2"]}), "project.requires": absent()},
         {"packages": ("keras",)}),
        # nothing at all, or nothing that is in the project
        ("requirements.txt:1", {}, {"packages": ("torch",)}),
        ("requirements.txt:1", asks("../base.txt:3"), {"packages": ("torch",)}),
        ("requirements.txt:1", asks("/abs/r.txt:3"), {"packages": ("torch",)}),
        ("requirements.txt:1", asks("C:\\r.txt:3"), {"packages": ("torch",)}),
        ("a/r.txt:3", asks(".\\a\\.\\r.txt:3"), {"packages": ("torch",)}),
        ("r.txt:1", asks("r.txt:99999999999999999999"), {"packages": ("torch",)}),
        # a chart that somebody else wrote
        ("requirements.txt:1", {"project.requires": known(["torch"]), "project.uses": known(3)},
         {"packages": ("torch",), "evidence": ["project.uses", "project.requires"]}),
        ("requirements.txt:1", {"project.requires": known({"torch": None, "x": {"where": 3}}),
                                "project.shadows": known({"x": 1}), "project.imports": known({"torch": 4})},
         {"packages": ("torch", "x"), "cause": "name-shadowed"}),
    ],
)  # fmt: skip
def test_where_a_finding_points(expected, facts, about):
    assert found_at(facts, **about) == expected


@pytest.mark.parametrize(
    "below, file", [("", "r.txt"), ("sub\\p/", "sub/p/r.txt"), ("../up", "r.txt"), ("/a", "r.txt")]
)
def test_a_project_in_a_folder_of_its_repository(below, file):
    seen = Chart({}, {"project.requires": known({"torch": {"where": "r.txt:3"}})})
    found = finding("a/b", {"en": "-"}, {"en": "-"}, packages=("torch",))
    assert place(found, seen, below) == Place(file, 3)
    (entry,) = json.loads(render("gitlab", Report(seen, (found,)), console=SimpleNamespace(below=below)))
    assert entry["location"]["path"] == file


@pytest.mark.parametrize("name", sorted(PATIENTS))
def test_real_charts_point_into_their_project(name):
    report = report_of(name)
    files = {"symptom.py", "nets/draw.py", "utils/draw.py", ANCHOR.file}
    assert {place(found, report.chart).file for found in every(report.findings)} <= files


# ---------------------------------------------------------------- what must not be told


@pytest.mark.parametrize(
    "text, expected",
    [
        ("/home/li/anaconda3/envs/tf113/bin/python", "…/tf113/bin/python"),
        ("/home/li/anaconda3/envs/tf113", "…/tf113"),
        ("/home/li/anaconda3/envs/tf113-old/x", "~/anaconda3/envs/tf113-old/x"),
        ("/home/li/yolo/train.py:3 and /home/li/yolo", "train.py:3 and ."),
        ("in /home/li/notes, and /home/li", "in ~/notes, and ~"),
        ("PATH=/home/li/bin:/data/shared/bin", "PATH=~/bin:…/bin"),
        ("/data/projects/yolo/", "…/yolo"),
        ("/data/li", "…"),
        ("/scratch/li", "…"),
        ("look at /etc/ld.so.conf.d.", "look at …/etc/ld.so.conf.d."),
        ("file:///data/secret/x", "…/x"),
        ("\\\\fileserver\\share\\x", "…"),
        ("D:\\work\\x.py and C:/Windows/System32/nvcuda.dll", "…/x.py and …/nvcuda.dll"),
        ("https://example.org/data/x and and/or 3/4 CPU/GPU", "https://example.org/data/x and and/or 3/4 CPU/GPU"),
        ("在/opt/x/y里，再看", "在…/y里，再看"),
        ("https://me:secret@host.example/simple", "https://***@host.example/simple"),
        ("token hf_abcdefghij0123456789", "token ***"),
        ("a\x1b[31m\u2028b\ud800", "a?[31m b?"),
    ],
)
def test_public(text, expected):
    seen = REPORTS["sick"]().chart
    seen = seen._replace(patient={**seen.patient, "project": "/home/li/yolo"})
    assert public(seen)(text) == expected


def test_public_knows_a_windows_home_with_blanks():
    covered = public(REPORTS["chinese-path"]().chart)
    assert covered("C:\\Users\\张 三丰\\anaconda3\\envs\\tf113\\python.exe") == "…/tf113\\python.exe"
    assert covered("c:/users/张 三丰/x, D:\\代码\\keras-yolo3\\train.py") == "~/x, train.py"


# ---------------------------------------------------------------- whatever a report holds

ANYTHING = st.text(st.characters(), max_size=60)
#: Paths as somebody's files may be called, and worse.
PATHS = st.one_of(
    ANYTHING,
    st.lists(
        st.sampled_from(["a", "..", ".", "", "~", "C:", "100%", "a b", "数据", "x,y", "#", "a:b", "\n"]), max_size=6
    ).map("/".join),
)


@settings(deadline=None)
@given(ANYTHING, ANYTHING, PATHS, PATHS)
def test_any_report_can_be_written(title, detail, file, project):
    words = {lang: title for lang in LANGUAGES}
    child = finding("c/d", words, words, packages=(title,))
    found = finding(
        "a/b", words, {lang: detail for lang in LANGUAGES}, packages=("torch",), consequences=(child,),
        evidence=(Evidence("project.uses", detail), Evidence(title, file)), sources=(title, "https://e.org/" + title),
        remedy=Remedy((("python", file),), note=words),
    )  # fmt: skip
    facts = {"project.requires": known({"torch": {"where": f"{file}:3"}}), "project.uses": known({"x": [file, title]})}
    seen = Chart({"project": project, "prefix": file, "python": title}, facts)
    doubt = Doubt("e/f", (title,), "probe-failed", detail)
    report = Report(seen, (found, replace(found, severity="info")), (doubt,), Plan((("python", file),)))
    for lang in LANGUAGES:
        text = render("github", report, lang)
        assert len(text.split("\n")) == 4
        for _, properties, _ in annotations(text):
            assert relative(properties["file"]) and int(properties["line"]) > 0
        assert len(cells(github.summary(report, lang))) == 2
        assert all(relative(entry["location"]["path"]) for entry in json.loads(render("gitlab", report, lang)))
        ET.fromstring(render("junit", report, lang))
        for result in json.loads(render("sarif", report, lang))["runs"][0]["results"]:
            for location in result["locations"] + result["relatedLocations"]:
                assert relative(unquote(location["physicalLocation"]["artifactLocation"]["uri"]))


def test_modules_are_formats():
    assert [module.SUFFIX for module in (github, gitlab, junit, sarif)] == ["txt", "json", "xml", "sarif"]
