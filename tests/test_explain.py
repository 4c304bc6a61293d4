"""Does `explain` name the cause of an error, quote it, and stay silent where nothing is wrong?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor import explain, rulebook, symptoms
from envdoctor.chart import Chart, known
from envdoctor.conclusions import derive
from envdoctor.explaining import generic, pages, tracebacks
from envdoctor.report import CERTAINTIES, SEVERITIES
from envdoctor.rulebook import _parse

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(os.path.dirname(HERE), "rules")
BOOK, KNOWN = rulebook.load(RULES), symptoms.load(RULES)
LOGS = _parse(os.path.join(HERE, "silent_logs.toml"))["log"]
PACKAGES = "/home/u/envs/x/lib/python3.9/site-packages/"


def chart_of(**facts):
    chart = Chart({"kind": "paste"}, {name: known(value, "test") for name, value in facts.items()})
    return derive(chart, BOOK.tables)


NOTHING_KNOWN = chart_of()


def findings(text, chart=NOTHING_KNOWN, known_symptoms=KNOWN):
    return explain.findings(text, chart, BOOK, signatures=known_symptoms)


def unaided(text, chart=NOTHING_KNOWN):
    """What is said where no symptom is known."""
    return findings(text, chart, symptoms.Signatures())


def loud(found):
    return [one for one in found if one.severity != "info"]


def trace(last, *frames, code="x = f(y)"):
    """A traceback whose frames are files, the last line below them."""
    lines = ["Traceback (most recent call last):"]
    for file in frames or ("train.py",):
        lines += [f'  File "{file}", line 12, in f', "    " + code]
    return "\n".join([*lines, last, ""])


# ---------------------------------------------------------------- silence


@pytest.mark.parametrize("log", LOGS, ids=[log["name"] for log in LOGS])
def test_where_nothing_is_wrong_nothing_is_told(log):
    told = loud(findings(log["text"]))
    assert [one.cause for one in told] == (["user-code"] if log.get("user") else [])


def test_there_are_enough_of_them():
    assert len(LOGS) >= 40


@pytest.mark.parametrize("log", LOGS, ids=[log["name"] for log in LOGS])
def test_a_prefix_and_a_quote_change_nothing(log):
    quoted = "\n".join("> " + line for line in log["text"].split("\n"))
    assert [one.cause for one in loud(findings(quoted))] == [one.cause for one in loud(findings(log["text"]))]


# ---------------------------------------------------------------- what can be said without a symptom


TIMM, OLD = PACKAGES + "timm/a.py", PACKAGES + "oldpkg/net.py"
NO_NAME = f"cannot import name 'A' from 'einops' ({PACKAGES}einops/__init__.py)"
PARTIAL = "partially initialized module 'random' has no attribute 'randint' (most likely due to a circular import)"


@pytest.mark.parametrize(
    "last, frames, code, cause, named",
    [
        ("ModuleNotFoundError: No module named 'skimage'", (), "import skimage", "package-missing", "scikit-image"),
        ("ImportError: No module named yaml", (), "import yaml", "package-missing", "pyyaml"),
        ("ModuleNotFoundError: No module named 'cPickle'", (), "", "python2-code", ""),
        ("ModuleNotFoundError: No module named 'telnetlib'", (), "", "python-too-new-for-package", ""),
        ("ModuleNotFoundError: No module named 'asyncore'", (OLD,), "", "python-too-new-for-package", "oldpkg"),
        ("ModuleNotFoundError: No module named 'networks.vgg'", (), "", "wrong-working-directory", ""),
        ("ModuleNotFoundError: No module named 'einops.gone'", (), "", "package-version-mismatch", "einops"),
        ("AttributeError: module 'numpy' has no attribute 'msort'", (), "np.msort(x)", "numpy-removed-alias", "numpy"),
        ("ImportError: " + NO_NAME, (), "", "package-version-mismatch", "einops"),
        (
            "ImportError: " + NO_NAME,
            (TIMM,),
            "",
            "package-version-mismatch",
            "timm",
        ),
        ("ImportError: cannot import name 'Net' from 'model' (/home/u/model.py)", (), "", "user-code", ""),
        ("AttributeError: " + PARTIAL, ("/home/u/random.py",), "", "name-shadowed", ""),
        ("TypeError: f() got an unexpected keyword argument 'x'", (TIMM,), "", "package-version-mismatch", "timm"),
    ],
)
def test_fallbacks_for_tracebacks(last, frames, code, cause, named):
    told = unaided(trace(last, "train.py", *frames, code=code or "x = f(y)"))
    assert told[0].cause == cause, told[0]
    assert not named or named in told[0].packages
    assert told[0].quote == (last,)


LOADER = (
    "RuntimeError: Failed to import transformers.trainer because of the following error (look up to see its traceback):"
)


@pytest.mark.parametrize(
    "message, cause, named",
    [
        ("No module named 'einops'", "package-missing", "einops"),
        (NO_NAME, "package-version-mismatch", "einops"),
        ("module 'numpy' has no attribute 'msort'", "numpy-removed-alias", "numpy"),
    ],
)
@pytest.mark.parametrize("before", ["", trace("", PACKAGES + "transformers/utils/import_utils.py").rstrip() + "\n"])
def test_what_a_lazy_loader_has_caught_stands_below_its_own_line(before, message, cause, named):
    told = unaided(before + LOADER + "\n" + message + "\n")
    assert (told[0].cause, told[0].quote) == (cause, (message,)) and named in told[0].packages


def test_a_path_of_installed_packages_shows_that_an_unheard_of_name_is_a_library():
    text = f"ImportError: cannot import name 'A' from 'frobnitz' ({PACKAGES}frobnitz/__init__.py)\n"
    assert (unaided(text)[0].cause, unaided(text)[0].packages) == ("package-version-mismatch", ("frobnitz",))


def test_an_error_that_a_library_raises_anew_is_told_where_the_user_called_it():
    text = trace("KeyError: 'label'", PACKAGES + "pandas/core/indexes/base.py")
    text += "\nThe above exception was the direct cause of the following exception:\n\n"
    text += trace("KeyError: 'label'", "/home/u/project/data.py", PACKAGES + "pandas/core/indexes/base.py")
    assert (findings(text)[0].cause, "data.py" in findings(text)[0].title["en"]) == ("user-code", True)


def test_a_layer_that_the_class_does_not_have_is_a_bug_of_the_class():
    text = (
        'Traceback (most recent call last):\n  File "net.py", line 20, in forward\n    x = self.fc3(x)\n'
        f'  File "{PACKAGES}torch/nn/modules/module.py", line 1614, in __getattr__\n    raise AttributeError(\n'
        "AttributeError: 'Net' object has no attribute 'fc3'\n"
    )
    assert findings(text)[0].cause == "user-code"


@pytest.mark.parametrize(
    "text, cause",
    [
        ("bash: git: command not found\n", "command-not-found"),
        ("/bin/sh: 1: cmake: not found\n", "command-not-found"),
        ("zsh: command not found: python\n", "command-not-found"),
        ("'nvcc' 不是内部或外部命令，也不是可运行的程序\n", "cuda-toolkit-missing"),
        ("conda : 无法将“conda”项识别为 cmdlet、函数、脚本文件或可运行程序的名称。\n", "conda-shell-not-initialised"),
    ],
)
def test_fallbacks_for_commands(text, cause):
    told = unaided(text)
    assert told[0].cause == cause and told[0].quote == (text.strip(),)


def test_a_module_that_is_installed_here_was_missing_elsewhere():
    text = trace("ModuleNotFoundError: No module named 'einops'")
    for judge in (findings, unaided):
        assert judge(text)[0].cause == "package-missing"
        assert judge(text, chart_of(einops="0.6.0"))[0].cause == "wrong-environment-active"


@pytest.mark.parametrize("last", ["frob.FrobError: the lattice is not coherent", "RuntimeError: the moon is full"])
def test_an_unknown_error_is_called_so(last):
    (told,) = findings(trace(last, "train.py", PACKAGES + "frob/core.py"))
    assert told.rule == "explain/unknown-error" and told.severity == "info" and told.quote == (last,)
    assert "train.py" in told.detail["en"]


def test_a_bug_is_told_with_file_and_line():
    (told,) = findings(trace("KeyError: 'lr'", "/home/u/project/train.py"))
    assert told.cause == "user-code" and "/home/u/project/train.py" in told.title["en"] and "12" in told.title["zh"]


def test_forty_failing_workers_are_one_finding():
    one = trace("ModuleNotFoundError: No module named 'einops'")
    text = "".join("\n".join(f"[rank{rank}]: {line}" for line in one.split("\n")) + "\n" for rank in range(40))
    assert len(loud(findings(text))) == 1


CHILD = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: "


@pytest.mark.parametrize("outer", [CHILD, "subprocess.CalledProcessError: Command"])
def test_wrappers_are_never_the_cause(outer):
    text = trace("ModuleNotFoundError: No module named 'einops'") + trace(outer, PACKAGES + "torch/distributed/run.py")
    assert [one.cause for one in loud(findings(text))] == ["package-missing"]
    assert not loud(findings(trace(outer, PACKAGES + "torch/distributed/run.py")))


# ---------------------------------------------------------------- tracebacks


def test_the_first_of_a_chain_is_the_root():
    text = trace("KeyError: 'a'", "a.py") + "\nDuring handling of the above exception, another exception occurred:\n\n"
    found = tracebacks.find(explain.lines_of(text + trace("ValueError: b", "b.py")))
    assert [(one.kind, one.chain) for one in found] == [("KeyError", 1), ("ValueError", 1)]
    assert findings(text + trace("ValueError: b", "b.py"))[0].title["en"].count("a.py")


def test_what_a_worker_saw_comes_before_what_its_parent_says():
    text = trace("KeyError: Caught KeyError in DataLoader worker process 0.", PACKAGES + "torch/_utils.py")
    text += "Original " + trace("KeyError: 'lable'", "/home/u/project/data.py")
    found = tracebacks.find(explain.lines_of(text))
    assert [one.message for one in found] == ["'lable'", "Caught KeyError in DataLoader worker process 0."]
    assert findings(text)[0].cause == "user-code"


@pytest.mark.parametrize(
    "lines, file, number",
    [
        (['File "a.py", line 3', "    for x in", "           ^", "SyntaxError: invalid syntax"], "a.py", 3),
        (["Cell In[4], line 2", "----> 2 print(y)", "", "NameError: name 'y' is not defined"], "<cell 4>", 2),
        (["<ipython-input-3-0a> in <module>", "      1 a", "----> 2 b", "", "NameError: b"], "<ipython-input-3-0a>", 2),
        (["File ~/p/x.py:12, in f(a)", "     11 a", "---> 12 b", "", "NameError: b"], "~/p/x.py", 12),
    ],
)
def test_frames_of_every_kind(lines, file, number):
    (found,) = tracebacks.find(lines)
    assert (found.last.file, found.last.line, found.kind) == (file, number, lines[-1].split(":")[0])


def test_files_of_libraries_are_no_files_of_the_user():
    frames = {
        PACKAGES + "torch/nn/modules.py": True,
        r"C:\Users\u\Anaconda3\envs\x\lib\imp.py": True,
        r"C:\Python39\lib\site-packages\cv2\__init__.py": True,
        "/usr/lib/python3.8/runpy.py": True,
        "<frozen importlib._bootstrap>": True,
        "train.py": False,
        "/home/u/lib/utils.py": False,
        r"D:\yolo\lib\train.py": False,
        "<stdin>": False,
    }
    assert {file: tracebacks.Frame(file, 1, "f").is_library for file in frames} == frames


# ---------------------------------------------------------------- symptoms and facts


def symptom_case(expect_rule=None):
    for symptom in KNOWN.symptoms:
        for case in symptom.cases:
            if case.expect != "silent":
                yield symptom, case


def test_facts_that_contradict_a_candidate_take_it_away():
    told = [one for symptom, case in symptom_case() for one in findings(case.log) if one.possibilities]
    assert told, "some texts have several causes"
    for one in told:
        assert one.certainty != "certain", one.rule
        causes = [one.cause, *(other.cause for other in one.possibilities)]
        assert len(set(causes)) == len(causes)
        assert all(other.severity == "info" for other in one.possibilities)


TOY = """
match = ['''AlphaError: gate (?P<gate>\\w+) is shut''']
severity = "error"
stage = "run"
area = "packages"
source = ["x"]
checked = 2026-11-27
"""
CANDIDATE = """
[[candidate]]
cause = "{cause}"
title.en = "Gate {{gate}} {cause}"
title.zh = "门 {{gate}} {cause}"
detail.en = "d"
detail.zh = "说明"
look.en = "l"
look.zh = "看"
packages = ["{{gate}}"]
"""


def toy(tmp_path, *candidates, head=TOY):
    text = head + "".join(CANDIDATE.format(cause=cause) + more + "\n" for cause, more in candidates)
    place = tmp_path / "symptoms" / "alpha"
    place.mkdir(parents=True)
    (place / "gate.toml").write_text(text, encoding="utf-8")
    return symptoms.load(str(tmp_path))


LINE = "AlphaError: gate {north} is shut".replace("{north}", "north")


def judged(known_symptoms, text=LINE, **facts):
    return explain.findings(text, chart_of(**facts), BOOK, signatures=known_symptoms)


def test_candidates_stand_in_their_order_while_nothing_decides(tmp_path):
    (told,) = judged(toy(tmp_path, ("first", ""), ("second", "")))
    assert (told.cause, told.certainty, told.look["en"]) == ("first", "likely", "l")
    assert [one.cause for one in told.possibilities] == ["second"]
    assert told.title == {"en": "Gate north first", "zh": "门 north first"}
    assert told.packages == ("north",) and told.quote == (LINE,)


@pytest.mark.parametrize("version, first", [("1.0", "second"), ("3.0", "first")])
def test_conditions_choose(tmp_path, version, first):
    (told,) = judged(toy(tmp_path, ("first", ""), ("second", 'when = ["h5py <2"]')), h5py=version)
    assert told.cause == first
    assert len(told.possibilities) == (1 if version == "1.0" else 0)


def test_text_nearby_raises_and_text_that_is_needed_admits(tmp_path):
    known_symptoms = toy(
        tmp_path, ("first", ""), ("second", "nearby = ['''frosty''']"), ("third", "needs = ['''windy''']")
    )
    assert judged(known_symptoms)[0].cause == "first"
    (told,) = judged(known_symptoms, "frosty\n" + LINE)
    assert [told.cause, *(one.cause for one in told.possibilities)] == ["second", "first"]
    (told,) = judged(known_symptoms, "windy\n" + LINE)
    assert [told.cause, *(one.cause for one in told.possibilities)] == ["first", "second", "third"]


def test_a_rule_that_fires_is_told_with_its_own_words(tmp_path):
    rule = "h5py/old-keras-cannot-read-h5py-3"
    known_symptoms = toy(tmp_path, ("first", ""), ("second", f'rules = ["{rule}"]'))
    (told,) = judged(known_symptoms, h5py="3.1.0", keras="2.1.5", python="3.7")
    assert told.rule == rule and told.quote == (LINE,) and not told.possibilities
    assert told.remedy is not None


def test_where_facts_refute_all_candidates_nothing_is_told(tmp_path):
    assert not loud(judged(toy(tmp_path, ("first", 'when = ["h5py <2"]')), h5py="3.0"))


def test_a_possible_cause_is_no_error(tmp_path):
    assert judged(toy(tmp_path, ("first", 'certainty = "possible"')))[0].severity == "warning"


def test_words_of_a_log_are_no_placeholders(tmp_path):
    head = TOY.replace(r"\\w+", r"\\S+").replace(r"\w+", r"\S+")
    (told,) = judged(toy(tmp_path, ("first", ""), head=head), "AlphaError: gate {os} is shut", os="linux")
    assert told.title["en"] == "Gate {os} first"


def test_none_and_nearby_of_a_symptom(tmp_path):
    head = TOY + "nearby = ['''frosty''']\nnone = ['''sunny''']\n"
    known_symptoms = toy(tmp_path, ("first", ""), head=head)
    assert not loud(judged(known_symptoms))
    assert loud(judged(known_symptoms, LINE + "\nfrosty"))
    assert not loud(judged(known_symptoms, "sunny\n" + LINE + "\nfrosty"))


def test_a_hundred_times_the_same_is_counted(tmp_path):
    text = "\n".join(f"step {number}\n{LINE}" for number in range(100))
    (told,) = judged(toy(tmp_path, ("first", "")), text)
    assert told.times == 100 and len(told.quote) == 1


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=300))
@settings(deadline=None, max_examples=60)
def test_any_text_can_be_explained(text):
    told = findings(text)
    assert all(one.severity in SEVERITIES and one.certainty in CERTAINTIES for one in told)


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_a_known_error_is_found_between_other_lines(data):
    """Calm lines above and below, quotes, colours and Windows line ends change nothing."""
    symptom, case = data.draw(st.sampled_from([one for one in symptom_case() if not one[1].facts]))
    calm = "\n".join(f"Epoch {number}: loss 0.1" for number in range(data.draw(st.integers(0, 30))))
    text = calm + "\n\n" + case.log.strip("\n") + "\n"
    dress = data.draw(st.sampled_from(["\n", "\r\n"]))
    prefix = data.draw(st.sampled_from(["", "> ", "\x1b[31m", "2024-05-01T12:34:56.1234567Z "]))
    dressed = dress.join(prefix + line for line in text.split("\n"))
    plain = [one.cause for one in findings(case.log)][:1]
    assert [one.cause for one in findings(dressed)][:1] == plain, (symptom.id, prefix)


# ---------------------------------------------------------------- beside a chart


def toy_finding(rule, cause, packages=(), severity="error", **more):
    words = {"en": rule, "zh": rule}
    found = generic._finding("no-error", cause, severity=severity, packages=packages)
    return replace(found, rule=rule, title=words, detail=words, **more)


def test_one_fault_is_one_finding_and_what_was_printed_comes_first():
    seen = [toy_finding("a/one", "c1", ("a",)), toy_finding("b/two", "c2", ("b",)), toy_finding("c/three", "c3")]
    printed = [
        toy_finding("symptoms/x/two", "c2", ("b",), quote=("l",)),
        toy_finding("symptoms/x/new", "c9", quote=("m",)),
    ]
    told = explain.merge(seen, printed)
    assert [one.rule for one in told] == ["b/two", "symptoms/x/new", "a/one", "c/three"]
    assert told[0].quote == ("l",)


def test_the_same_cause_of_another_package_is_another_fault():
    told = explain.merge([toy_finding("a/one", "c1", ("a",))], [toy_finding("symptoms/x/y", "c1", ("b",))])
    assert len(told) == 2


def test_a_printed_consequence_confirms_its_root():
    root = toy_finding("a/root", "c1", consequences=(toy_finding("a/leaf", "c2", ("p",)),))
    told = explain.merge(
        [toy_finding("z/other", "c7"), root], [toy_finding("symptoms/x/y", "c2", ("p",), quote=("l",))]
    )
    assert [one.rule for one in told] == ["a/root", "z/other"] and told[0].quote == ("l",)


def test_what_nobody_knows_is_not_merged():
    assert explain.merge([], findings("nothing here")) == ()


CAUSES = st.sampled_from(["c1", "c2", "c3"])
FOUND = st.builds(
    toy_finding, st.sampled_from(["r/1", "r/2", "s/3", "s/4"]), CAUSES, st.sampled_from([(), ("p",), ("q",)])
)


@given(st.lists(FOUND, max_size=4), st.lists(FOUND, max_size=4))
def test_merging_loses_no_cause_and_invents_none(seen, printed):
    told = explain.merge(seen, printed)
    assert {one.cause for one in seen} <= {one.cause for one in told} | {one.cause for one in printed}
    assert {one.rule for one in told} <= {one.rule for one in seen + printed}
    assert len(told) <= len(seen) + len(printed)
    assert explain.merge(told, ()) == told


# ---------------------------------------------------------------- pages


def test_every_cause_has_a_page_in_both_languages():
    for cause in KNOWN.causes:
        for lang in ("en", "zh"):
            assert KNOWN.causes[cause].name[lang][:8] in pages.page(cause, BOOK, KNOWN, lang).replace("\n", " ")


def test_pages_of_rules_and_symptoms():
    for name in ("h5py/old-keras-cannot-read-h5py-3", KNOWN.symptoms[0].id, KNOWN.symptoms[0].id[len("symptoms/") :]):
        assert pages.page(name, BOOK, KNOWN, "en")
    assert pages.page("no-such-thing", BOOK, KNOWN, "en") is None
    assert "numpy2-abi" in pages.near("numpy2-abj", BOOK, KNOWN)


# ---------------------------------------------------------------- the command


def command(*arguments, data=b"", lang="C.UTF-8"):
    environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": lang, "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-m", "envdoctor", "explain", *arguments]
    done = subprocess.run(words, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


MISSING = trace("ModuleNotFoundError: No module named 'einops'").encode()


def test_a_log_from_standard_input_and_from_a_file(tmp_path):
    status, out, _ = command("--no-probe", data=MISSING)
    assert status == 1 and "einops" in out and "> ModuleNotFoundError" in out
    file = tmp_path / "log.txt"
    file.write_bytes(MISSING.decode().encode("utf-16"))
    assert command(str(file), "--no-probe") == (status, out, "")


def test_the_json_is_that_of_a_check():
    status, out, _ = command("-", "--no-probe", "--format", "json", data=MISSING)
    report = json.loads(out)
    assert status == 1 and report["verdict"] == "problems"
    first = report["findings"][0]
    assert first["cause"] == "package-missing" and first["quote"] == ["ModuleNotFoundError: No module named 'einops'"]
    assert first["possibilities"] == [] and first["look"] is None or first["look"]
    assert {"unknown", "plan", "chart"} <= set(report)


def test_a_healthy_log_is_no_error():
    status, out, _ = command("-", "--no-probe", data=b"Epoch 1: loss 0.3\n")
    assert status == 0 and "No error was found" in out
    assert "没有发现错误" in command("-", "--no-probe", "--lang", "zh", data=b"Epoch 1\n")[1]


def test_the_facts_of_a_machine_decide():
    text = trace("AttributeError: module 'numpy' has no attribute 'msort'", "train.py", code="np.msort(x)").encode()
    options = ("-", "--no-probe", "--format", "json", "--assume")
    new = json.loads(command(*options, "numpy=2.0.0", data=text)[1])["findings"][0]
    assert new["cause"] == "numpy-removed-alias"


def test_an_id_has_a_page():
    assert command("numpy2-abi")[0] == 0
    status, out, _ = command("h5py/old-keras-cannot-read-h5py-3")
    assert status == 0 and "h5py" in out


@pytest.mark.parametrize(
    "arguments, data, said",
    [
        (("-", "--no-probe"), b"", "there is no text"),
        (("-", "--no-probe"), b"  \n \n", "there is no text"),
        (("-", "--no-probe"), bytes(range(256)) * 10, "binary"),
        (("numpy2-abj",), b"", "near: numpy2-abi"),
        (("nothing-like-it-at-all-qq",), b"", "neither a file nor the id"),
        ((".", "--no-probe"), b"", "is a folder"),
        (("-", "--from", "-"), b"x", "cannot both come from standard input"),
        (("-", "--no-probe", "-n", "x"), b"x", ""),
    ],
)
def test_mistakes_are_one_sentence(arguments, data, said):
    status, out, err = command(*arguments, data=data)
    assert status == 2 and out == "" and said in err and err.count("\n") == 1


def test_nothing_of_a_paste_steers_the_terminal():
    text = trace("KeyError: '\x1b[2J\x1b]0;evil\x07\u202e'", "\x1b[31mtrain.py").encode()
    for form in ("text", "json"):
        out = command("-", "--no-probe", "--format", form, data=text)[1]
        assert not any(sign in out for sign in ("\x1b", "\x07", "\u202e"))
