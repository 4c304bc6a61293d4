"""Is an environment, whatever happens on the way, afterwards the planned one or exactly the former one?"""

import errno
import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.cure import conda, fetch, journal, snapshot, surroundings
from envdoctor.cure.apply import apply, finish, pending, roll_back
from envdoctor.cure.ground import survey
from envdoctor.cure.inventory import inventory
from envdoctor.cure.lock import held
from envdoctor.cure.outcome import Moment, sentence
from envdoctor.cure.plan import Step
from envdoctor.cure.undo import undo, undoable
from envdoctor.patient import PatientError
from envdoctor.texts.cure import TEXTS

from . import cure_patients as patients
from .cure_patients import check, clone, plan, wheel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills processes, mounts disks")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

ONE, TWO = "1.0", "2.0"


def wheels(folder):
    """alpha has data files, a script, and in its two versions different files; beta is new; old goes."""
    old = {"alpha/core.py": "VALUE = 1\n", "alpha/old.py": "", "alpha/deep/__init__.py": "", "alpha/notes.txt": "1"}
    new = {"alpha/core.py": "VALUE = 2\n", "alpha/new/__init__.py": "", "alpha/notes.txt": "two"}
    run = {"alpha-run": "#!python\nprint('{}')\n"}
    wheel(folder, "alpha", ONE, old, {"share/alpha/a.txt": "1", "share/alpha/gone.txt": "1"}, run)
    wheel(folder, "alpha", TWO, new, {"share/alpha/a.txt": "2", "etc/alpha/new.cfg": "2"}, run)
    wheel(folder, "beta", ONE, {"beta/mod.py": "import alpha.core\n"})
    wheel(folder, "beta", TWO)
    wheel(folder, "old", ONE, {"old/mod.py": ""}, {"share/old.txt": "old"})
    wheel(folder, "kept", ONE)
    wheel(folder, "kept", TWO)
    wheel(folder, "broken", ONE, {"broken/__init__.py": "raise RuntimeError('no such thing')\n"})
    return str(folder)


@pytest.fixture(scope="session")
def links(tmp_path_factory):
    return wheels(tmp_path_factory.mktemp("links"))


@pytest.fixture(scope="session")
def template(tmp_path_factory, links):
    """A venv whose pip is the stand-in, with alpha 1.0, old 1.0 and kept 1.0."""
    folder = tmp_path_factory.mktemp("template")
    patient = patients.make_venv(folder / "venv", pip=patients.tiny_pip(folder / "pip"))
    patient.pip("install", "--find-links", links, "alpha==1.0", "old==1.0", "kept==1.0")
    return patient


@pytest.fixture
def patient(template, tmp_path):
    return clone(template, tmp_path / "venv")


@pytest.fixture(scope="session")
def real_pip(tmp_path_factory, links):
    """A venv with the pip that comes with this Python."""
    folder = tmp_path_factory.mktemp("real")
    pip = patients.bundled_pip(folder / "pip")
    if not pip:
        pytest.skip("this Python comes without pip")
    patient = patients.make_venv(folder / "venv", pip=pip)
    patient.pip("install", "--no-index", "--find-links", links, "--no-deps", "alpha==1.0", "old==1.0", "kept==1.0")
    return patient


def cure(patient, links, **more):
    """The plan of most tests: old goes, alpha moves up, beta comes."""
    checks = more.pop("checks", (check("alpha.core, beta.mod"),))
    return plan(patient, links, (("alpha", ONE, TWO), ("beta", "", ONE)), (("old", ONE),), checks, **more)


def do(patient, a_plan, **more):
    return apply(a_plan, patient.python, patient.prefix, patient.ask, **more)


def have(patient):
    return {one.name: one.version for one in inventory([patient.site])}


BEFORE = {"alpha": ONE, "old": ONE, "kept": ONE}
AFTER = {"alpha": TWO, "beta": ONE, "kept": ONE}


@pytest.fixture(scope="session")
def planned(template, links, tmp_path_factory):
    """The state that a fix without trouble leads to."""
    patient = clone(template, tmp_path_factory.mktemp("planned") / "venv")
    assert do(patient, cure(patient, links)).status == "done"
    return patient.state()


# ---------------------------------------------------------------- all goes well


def test_a_plan_is_carried_out_and_undone(patient, links):
    before = patient.state()
    seen = []
    outcome = do(patient, cure(patient, links), tell=seen.append, diagnose=frozenset)
    assert (outcome.status, outcome.why, outcome.failing) == ("done", "", ()), outcome
    assert have(patient) == AFTER
    assert [(moment.event, moment.stage, moment.number, moment.count) for moment in seen if moment.event != "slow"] == [
        ("start", "fetch", 2, 2), ("end", "fetch", 2, 2), ("start", "save", 0, 0), ("end", "save", 0, 0),
        ("start", "step", 1, 2), ("end", "step", 1, 2), ("start", "step", 2, 2), ("end", "step", 2, 2),
        ("start", "check", 1, 1), ("end", "check", 1, 1), ("start", "diagnose", 0, 0), ("end", "diagnose", 0, 0),
    ]  # fmt: skip
    with open(outcome.log, encoding="utf-8") as file:
        assert "-m pip uninstall -y old" in file.read()
    assert os.path.exists(os.path.join(patient.prefix, "etc", "alpha", "new.cfg"))
    assert not os.path.exists(os.path.join(patient.prefix, "share", "old.txt"))
    assert pending(patient.prefix) is None and len(undoable(patient.prefix)) == 1
    outcome = undo(patient.prefix, patient.ask)
    assert outcome.status == "done", outcome
    assert patient.state() == before
    again = undo(patient.prefix, patient.ask)
    assert (again.status, again.why) == ("refused", "nothing-to-undo")


def test_a_package_is_put_back_in_its_own_version(patient, links):
    shutil.rmtree(os.path.join(patient.site, "alpha", "deep"))
    before = patient.state()
    a_plan = plan(patient, links, (("alpha", ONE, ONE),), checks=(check("alpha.deep", rule="packages/hollow"),))
    assert do(patient, a_plan).status == "done"
    assert have(patient) == BEFORE and patient.state() != before
    assert undo(patient.prefix, patient.ask).status == "done" and patient.state() == before


def test_undo_goes_back_one_fix_at_a_time_and_keeps_the_last_three(patient, links):
    states = [patient.state()]
    for number in range(5):
        wanted = (("kept", ONE, TWO),) if number % 2 == 0 else (("kept", TWO, ONE),)
        assert do(patient, plan(patient, links, wanted)).status == "done"
        states.append(patient.state())
    assert len(undoable(patient.prefix)) == len(journal.journals(patient.prefix)) == journal.KEPT
    for number in (4, 3, 2):
        assert undo(patient.prefix, patient.ask).status == "done"
        assert patient.state() == states[number]
    assert undo(patient.prefix, patient.ask).why == "nothing-to-undo"


def test_the_journal_keeps_only_what_undo_needs(patient, links):
    assert do(patient, cure(patient, links)).status == "done"
    (record,) = journal.journals(patient.prefix)
    kept, change = snapshot.load_change(record.store)
    assert not [path for path in (*change.added, *change.gone) if "kept" in path]
    files = [name for _, _, names in os.walk(record.folder) for name in names]
    assert len(files) < 25 and "reserve" not in files and "manifest.json" not in files
    assert sorted(os.listdir(record.folder)) == ["journal.json", "log.txt", "snapshot"]


# ---------------------------------------------------------------- something goes wrong on the way


def put_back(patient, before, outcome, why):
    assert (outcome.status, outcome.why) == ("rolled-back", why), outcome
    assert outcome.said["en"].endswith("as it was before") and outcome.said["zh"].endswith("恢复原状")
    assert patient.state() == before
    assert pending(patient.prefix) is None and not undoable(patient.prefix)


def test_a_step_that_fails_half_done(patient, links):
    before = patient.state()
    patient.environ["TINY_PIP_FAILS"] = "install"
    outcome = do(patient, cure(patient, links))
    put_back(patient, before, outcome, "step-failed")
    assert "2" in outcome.said["en"] and "alpha" in outcome.said["en"] and "something went wrong" in outcome.cause["en"]
    with open(outcome.log, encoding="utf-8") as file:
        assert "ERROR: something went wrong" in file.read()


def test_what_cannot_be_fetched_changes_nothing(patient, links):
    before = patient.state()
    patient.environ["TINY_PIP_FAILS"] = "wheel"
    outcome = do(patient, cure(patient, links))
    assert (outcome.status, outcome.why) == ("refused", "fetch-failed"), outcome
    assert os.path.exists(outcome.log) and patient.state() == before and pending(patient.prefix) is None


@pytest.mark.parametrize("rule", ["", "h5py/some-rule"])
def test_a_check_that_fails(patient, links, rule):
    before = patient.state()
    outcome = do(patient, cure(patient, links, checks=(check("alpha.old", rule=rule),)))  # alpha 2.0 has none
    put_back(patient, before, outcome, "check-failed")
    assert "import alpha.old" in outcome.said["en"] and "No module named" in outcome.said["en"]


def test_an_import_that_failed_before_is_not_the_fault_of_the_fix(patient, links):
    outcome = do(patient, cure(patient, links, checks=(check("no_such_module"),)))
    assert (outcome.status, outcome.failing) == ("done", (patients.words("import no_such_module"),))


def test_a_check_does_not_see_the_current_folder(patient, links, tmp_path, monkeypatch):
    (tmp_path / "alpha.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert do(patient, cure(patient, links, checks=(check("alpha.core"),))).status == "done"


OLD_FAULT, NEW_FAULT = ("keras/old", ("keras",)), ("h5py/new", ("h5py",))


def test_a_diagnosis_that_is_worse(patient, links):
    before = patient.state()
    found = frozenset([OLD_FAULT])
    outcome = do(patient, cure(patient, links), found=found, diagnose=lambda: frozenset([OLD_FAULT, NEW_FAULT]))
    put_back(patient, before, outcome, "worse")
    assert "h5py/new" in outcome.said["zh"] and "keras/old" not in outcome.said["zh"]


def test_a_diagnosis_that_is_no_worse(patient, links):
    found = frozenset([OLD_FAULT, NEW_FAULT])
    assert do(patient, cure(patient, links), found=found, diagnose=lambda: frozenset([NEW_FAULT])).status == "done"


def test_a_diagnosis_that_raises(patient, links):
    before = patient.state()

    def diagnose():
        raise PatientError("python-silent", path="x", detail="y")

    with pytest.raises(PatientError):
        do(patient, cure(patient, links), diagnose=diagnose)
    assert patient.state() == before and pending(patient.prefix) is None


@pytest.mark.parametrize(
    ("install", "uninstall", "why"),
    [
        ((("alpha", ONE, "3.0"),), (), "other-version"),
        ((("gamma", "", ONE),), (), "not-there"),
        ((), (("old", ONE),), "still-there"),
    ],
)
def test_an_installer_that_does_not_do_what_it_says(patient, tmp_path, install, uninstall, why):
    liar = tmp_path / "liar"
    liar.write_text("#!/bin/sh\nexit 0\n")
    liar.chmod(0o755)
    before = patient.state()
    a_plan = plan(patient, "", install, uninstall, tool="conda", installer=(str(liar),))
    put_back(patient, before, do(patient, a_plan), why)


@pytest.mark.parametrize(
    ("stage", "number"),
    [(stage, "SIGINT") for stage in ("fetch", "save", "step", "check", "diagnose")]
    + [("step", "SIGTERM"), ("step", "SIGHUP")],
)
def test_stopped_by_a_signal_on_the_way(patient, links, stage, number, tmp_path):
    """And a second time while everything is being put back, by an impatient user."""
    before = patient.state()
    note = tmp_path / "note"

    def tell(moment):
        if moment.event == "start" and moment.stage in (stage, "restore"):
            os.kill(os.getpid(), getattr(signal, number))

    def stopping():
        outcome = do(patient, cure(patient, links), tell=tell, diagnose=frozenset)
        note.write_text(outcome.status + " " + outcome.why)

    assert in_child(stopping) == 0
    early = stage in ("fetch", "save")
    assert note.read_text() == ("refused stopped-before" if early else "rolled-back stopped")
    assert patient.state() == before and pending(patient.prefix) is None


def test_a_terminal_that_is_gone_does_not_keep_the_files_from_coming_back(patient, links):
    before = patient.state()

    def tell(moment):
        if moment.stage == "restore":
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        do(patient, cure(patient, links, checks=(check("alpha.old"),)), tell=tell)
    assert patient.state() == before and pending(patient.prefix) is None


def test_ctrl_c_ends_the_installer_with_its_children(patient, links, tmp_path):
    """The command runs on for ever; nothing of it is left."""
    pids = tmp_path / "pids"
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nsleep 1000 &\necho $$ $! > {0}.new; mv {0}.new {0}\nwait\n".format(pids))
    slow.chmod(0o755)
    before = patient.state()

    def tell(moment):
        if moment.event == "slow" and pids.exists():
            os.kill(os.getpid(), signal.SIGINT)

    a_plan = plan(patient, "", (("gamma", "", ONE),), tool="conda", installer=(str(slow),))
    assert in_child(lambda: os._exit(0 if do(patient, a_plan, tell=tell).why == "stopped" else 1)) == 0
    for pid in pids.read_text().split():
        with pytest.raises(ProcessLookupError):
            gone_or_zombie(int(pid))
    assert patient.state() == before


def gone_or_zombie(pid):
    """Raises ProcessLookupError where the process no longer runs (its parent may not have fetched its end yet)."""
    os.kill(pid, 0)
    with open("/proc/{}/stat".format(pid)) as file:
        if file.read().rpartition(")")[2].split()[0] in "ZX":
            raise ProcessLookupError


def test_a_file_that_is_written_in_place_is_told(patient, links):
    """Nothing that installs does that; if somebody does, we do not claim that all is as before."""
    path = os.path.join(patient.site, "kept", "__init__.py")

    def tell(moment):
        if (moment.event, moment.stage) == ("start", "check"):
            with open(path, "a") as file:
                file.write("# hm\n")

    outcome = do(patient, cure(patient, links, checks=(check("alpha.old"),)), tell=tell)
    assert (outcome.status, outcome.why) == ("unfinished", "snapshot-spoiled"), outcome
    assert os.path.join("kept", "__init__.py") in outcome.said["en"]


# ---------------------------------------------------------------- refused


def test_a_second_one_at_the_same_time(patient, links):
    os.makedirs(journal.home(patient.prefix))
    before = patient.state()
    with held(journal.home(patient.prefix)):
        outcome = []
        for work in (
            lambda: do(patient, cure(patient, links)),
            lambda: apply(cure(patient, links), patient.python, patient.prefix, patient.ask),
        ):
            outcome.append(work())
    assert {(one.status, one.why) for one in outcome} == {("refused", "busy")}
    assert str(os.getpid()) in outcome[0].said["en"]
    assert patient.state() == before
    assert do(patient, cure(patient, links)).status == "done"  # a lock that was let go is no obstacle
    with held(journal.home(patient.prefix)):
        assert undo(patient.prefix, patient.ask).why == "busy"


def test_two_at_the_same_time(patient, links):
    """Really two processes: the second starts while the first is in its last step."""
    gate, done = os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:

        def tell(moment):
            if (moment.event, moment.stage) == ("start", "check"):
                os.write(gate[1], b"x")
                os.read(done[0], 1)

        try:
            os._exit(0 if do(patient, cure(patient, links), tell=tell).status == "done" else 1)
        finally:
            os._exit(70)
    os.read(gate[0], 1)
    second = do(patient, plan(patient, links, (("kept", ONE, TWO),)))
    os.write(done[1], b"x")
    assert os.waitpid(pid, 0)[1] == 0
    assert (second.status, second.why) == ("refused", "busy") and str(pid) in second.said["en"]
    assert have(patient) == AFTER


def test_the_pip_of_a_killed_doctor_holds_the_lock(patient, links, tmp_path):
    """Files are never put back under the hands of an installer that is still at work."""
    fifo, slow = str(tmp_path / "fifo"), tmp_path / "slow"
    os.mkfifo(fifo)
    slow.write_text("#!/bin/sh\nread line < {}\n".format(fifo))
    slow.chmod(0o755)

    def tell(moment):
        if moment.event == "slow":
            die()

    a_plan = plan(patient, "", (("gamma", "", ONE),), tool="conda", installer=(str(slow),))
    assert in_child(lambda: do(patient, a_plan, tell=tell)) == -signal.SIGKILL
    refused = roll_back(patient.prefix, patient.ask)
    assert (refused.status, refused.why) == ("refused", "busy") and "?" not in refused.said["en"]
    with open(fifo, "w") as file:
        file.write("go on\n")
    wait_for_orphans(patient)
    assert roll_back(patient.prefix, patient.ask).status == "rolled-back"


def test_an_open_journal_comes_first(patient, links):
    interrupted(patient, links)
    for work in (lambda: do(patient, cure(patient, links)), lambda: undo(patient.prefix, patient.ask)):
        outcome = work()
        assert (outcome.status, outcome.why) == ("refused", "pending-first")
    told = pending(patient.prefix)
    assert (told.what, told.state, told.step, told.count) == ("fix", "applying", 2, 2)
    assert "alpha" in told.said["en"] and roll_back(patient.prefix, patient.ask).status == "rolled-back"
    for work in (finish, roll_back):
        assert work(patient.prefix, patient.ask).why == "nothing-pending"


def test_a_system_python_is_left_alone(patient, links):
    told = json.dumps(dict(vars(survey(patient.python, patient.ask)), managed=True))
    machine = patient.ask
    answer = machine.run([patient.python, "-c", ""])._replace(
        out="envdoctor ground "
        + json.dumps(dict(json.loads(told), sites=[patient.site], base_prefix=patient.prefix, prefix=patient.prefix))
    )
    machine.run = lambda *args, **more: answer
    outcome = apply(cure(patient, links), patient.python, patient.prefix, machine)
    assert (outcome.status, outcome.why) == ("refused", "managed")
    assert not os.path.exists(journal.home(patient.prefix))


def test_an_interpreter_that_does_not_answer(patient, links):
    os.remove(os.path.join(patient.prefix, "pyvenv.cfg"))
    outcome = apply(cure(patient, links), os.path.join(patient.prefix, "bin", "no-python"), patient.prefix, patient.ask)
    assert (outcome.status, outcome.why) == ("refused", "python-silent")


def test_nothing_to_do(patient):
    assert do(patient, plan(patient, "")).why == "nothing-to-do"


def test_the_journals_of_a_copied_environment_are_not_its_own(patient, links, tmp_path):
    assert do(patient, cure(patient, links)).status == "done"
    copy = clone(patient, tmp_path / "copy")
    assert undo(copy.prefix, copy.ask).why == "nothing-to-undo" and pending(copy.prefix) is None


# ---------------------------------------------------------------- disks


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, if we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if not ROOT or subprocess.call(["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(place)]) != 0:
        pytest.skip("may not mount a disk")
    yield str(place)
    subprocess.check_call(["umount", str(place)])


def fill(folder, leave=0):
    """Until no byte is free, and then give some back."""
    path = os.path.join(folder, "filling")
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) - leave)


def test_a_full_disk_is_noticed_before(template, links, disk):
    patient = clone(template, os.path.join(disk, "venv"))
    fill(disk, leave=1 << 20)
    before = patient.state()
    outcome = do(patient, cure(patient, links))
    assert (outcome.status, outcome.why) == ("refused", "disk-too-full")
    assert "17" in outcome.said["en"] and patient.state() == before


@pytest.mark.parametrize("stage", ["fetch", "save", "step", "check"])
def test_a_disk_that_fills_up_on_the_way(template, links, disk, stage):
    """Somebody else writes onto it at the worst moment; then not even the journal can be written."""
    patient = clone(template, os.path.join(disk, "venv"))
    before = patient.state()

    def tell(moment):
        if (moment.event, moment.stage) == ("start", stage) and moment.number in (0, 1, 2):
            fill(disk)

    outcome = do(patient, cure(patient, links), tell=tell)
    early = stage in ("fetch", "save")
    assert outcome.status == ("refused" if early else "rolled-back"), outcome
    assert patient.state() == before and pending(patient.prefix) is None
    os.remove(os.path.join(disk, "filling"))
    assert do(patient, cure(patient, links)).status == "done"


def test_a_read_only_disk(template, links, disk):
    patient = clone(template, os.path.join(disk, "venv"))
    before = patient.state()
    subprocess.check_call(["mount", "-o", "remount,ro", disk])
    outcome = do(patient, cure(patient, links))
    assert (outcome.status, outcome.why) == ("refused", "not-writable") and "venv" in outcome.said["zh"]
    assert patient.state() == before


def test_a_disk_that_becomes_read_only_on_the_way(template, links, disk):
    """Nothing can be put back then; once it can, the next call does."""
    patient = clone(template, os.path.join(disk, "venv"))
    before = patient.state()

    def tell(moment):
        if (moment.event, moment.stage, moment.number) == ("end", "step", 1):
            subprocess.check_call(["mount", "--bind", disk, disk])
            subprocess.check_call(["mount", "-o", "remount,ro,bind", disk])

    outcome = do(patient, cure(patient, links), tell=tell)
    assert pending(patient.prefix) is not None
    refused = roll_back(patient.prefix, patient.ask)
    subprocess.check_call(["umount", disk])
    assert (outcome.status, outcome.why) == ("unfinished", "not-put-back"), outcome
    assert (refused.status, refused.why) == ("refused", "not-writable"), refused
    assert roll_back(patient.prefix, patient.ask).status == "rolled-back"
    assert patient.state() == before


def test_an_environment_over_two_disks(template, links, disk, tmp_path):
    """Where files cannot be linked they are copied."""
    patient = clone(template, tmp_path / "venv")
    site = patient.site
    shutil.move(site, os.path.join(disk, "site"))
    os.symlink(os.path.join(disk, "site"), site)
    before, site = patient.state(), tree(os.path.join(disk, "site"))
    outcome = do(patient, cure(patient, links, checks=(check("alpha.old"),)))
    assert outcome.why == "check-failed", outcome
    assert (patient.state(), tree(os.path.join(disk, "site"))) == (before, site)
    assert do(patient, cure(patient, links)).status == "done"
    assert undo(patient.prefix, patient.ask).status == "done"
    assert (patient.state(), tree(os.path.join(disk, "site"))) == (before, site)


def tree(folder):
    return patients.Patient(folder).state()


# ---------------------------------------------------------------- what somebody else did meanwhile


def test_undo_leaves_alone_what_was_installed_since(patient, links):
    assert do(patient, cure(patient, links)).status == "done"
    patient.pip("install", "--find-links", links, "kept==2.0")
    assert undo(patient.prefix, patient.ask).status == "done"
    assert have(patient) == dict(BEFORE, kept=TWO)


def test_undo_does_not_overwrite_what_was_changed_since(patient, links):
    before = patient.state()
    assert do(patient, cure(patient, links)).status == "done"
    patient.pip("install", "--find-links", links, "beta==2.0")
    since = patient.state()
    outcome = undo(patient.prefix, patient.ask)
    assert (outcome.status, outcome.why) == ("refused", "changed-since") and "beta" in outcome.said["en"]
    assert patient.state() == since
    assert undo(patient.prefix, patient.ask, force=True).status == "done"
    assert patient.state() == before


def test_undo_does_not_overwrite_an_edited_file(patient, links):
    assert do(patient, cure(patient, links)).status == "done"
    path = os.path.join(patient.site, "alpha", "core.py")
    with open(path, "a") as file:
        file.write("MINE = 1\n")
    outcome = undo(patient.prefix, patient.ask)
    assert outcome.why == "changed-since" and os.path.join("alpha", "core.py") in outcome.said["en"]
    assert undo(patient.prefix, patient.ask, force=True).status == "done"


def test_undo_removes_what_python_has_compiled_since(patient, links):
    before = patient.state()
    assert do(patient, cure(patient, links)).status == "done"
    subprocess.check_call([patient.python, "-c", "import alpha.core, alpha.new, beta.mod"])
    assert undo(patient.prefix, patient.ask).status == "done"
    assert patient.state() == before and not os.path.exists(os.path.join(patient.site, "beta"))


def test_rolling_back_spares_what_somebody_else_has_installed_since(patient, links):
    interrupted(patient, links)
    patient.pip("install", "--find-links", links, "kept==2.0", "broken==1.0")
    outcome = roll_back(patient.prefix, patient.ask)
    assert outcome.status == "rolled-back", outcome
    assert have(patient) == dict(BEFORE, kept=TWO, broken=ONE)
    assert sorted(name for name in os.listdir(patient.site) if name.startswith("kept")) == [
        "kept",
        "kept-2.0.dist-info",
    ]


# ---------------------------------------------------------------- a kill at any moment


def in_child(work):
    """Do it in a process of its own; how that ended (negative: the signal)."""
    pid = os.fork()
    if not pid:
        status = 70
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at_event(number):
    left = [number]

    def tell(moment):
        left[0] -= 1
        if left[0] == 0:
            die()

    return tell


CHANGING = ("link", "replace", "remove", "rmdir", "mkdir", "fsync", "chmod")


def counted(stop_before=0):
    """Count what this process does to files; at the `stop_before`-th, kill it.  For a child only."""
    done = [0]

    def counting(function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            done[0] += 1
            if done[0] == stop_before:
                die()
            return function(*args, **kwargs)

        return wrapped

    for name in CHANGING:
        setattr(os, name, counting(getattr(os, name)))
    return done


def changes_in(work, tmp_path):
    """How many changes of files a piece of work makes, from a first to a last one."""
    note = tmp_path / "count"

    def counting():
        done = counted()
        work()
        note.write_text(str(done[0]))

    assert in_child(counting) == 0
    return int(note.read_text())


def wait_for_orphans(patient):
    """A pip whose doctor was killed goes on, and holds the lock until it is done."""
    import fcntl

    if not os.path.exists(os.path.join(journal.home(patient.prefix), "lock")):
        return
    with open(os.path.join(journal.home(patient.prefix), "lock"), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


def recover(patient, way, before, planned):
    """Close what is open; the state must be one of two."""
    wait_for_orphans(patient)
    told = pending(patient.prefix)
    if told is None:  # killed before the first change, or after the last
        state = patient.state()
        assert state in (before, planned)
        return "before" if state == before else "planned"
    assert told.said["en"] and told.said["zh"] and "?" not in told.said["en"]
    outcome = (finish if way == "finish" else roll_back)(patient.prefix, patient.ask)
    forward = way == "finish" and planned != before
    assert outcome.status == ("done" if forward else "rolled-back"), outcome
    assert patient.state() == (planned if forward else before)
    assert pending(patient.prefix) is None
    return way


EVENTS = 12  # see test_a_plan_is_carried_out_and_undone


@pytest.mark.parametrize(
    ("event", "way"),
    [(event, "finish") for event in (1, 4)]  # nothing has been changed: there is no way to choose
    + [(event, way) for event in range(5, EVENTS + 1) for way in ("finish", "roll back")],
)
def test_killed_at_an_event(patient, links, planned, event, way):
    before = patient.state()
    a_plan = cure(patient, links)
    work = functools.partial(do, patient, a_plan, tell=dying_at_event(event), diagnose=frozenset)
    assert in_child(work) == -signal.SIGKILL
    ended = recover(patient, way, before, planned)
    assert ended == ("before" if event <= 4 else way)
    if event == 6:  # and afterwards all goes on as ever
        if way != "finish":
            assert do(patient, a_plan).status == "done"
            assert patient.state() == planned
        assert undo(patient.prefix, patient.ask).status == "done"
        assert patient.state() == before


@pytest.mark.parametrize("way", ["finish", "roll back"])
@pytest.mark.parametrize("stop", [1, 6, 21, 33])
def test_killed_in_the_middle_of_pip(patient, links, planned, stop, way):
    """The doctor and its pip die together, as in a power cut."""
    before = patient.state()
    patient.environ["TINY_PIP_STOPS"] = str(stop)
    ended = in_child(lambda: os._exit(0 if do(patient, cure(patient, links)).status == "done" else 1))
    del patient.environ["TINY_PIP_STOPS"]
    assert ended == -signal.SIGKILL
    assert recover(patient, way, before, planned) == way


def good(patient, links):
    return lambda: do(patient, cure(patient, links))


def failing(patient, links):
    return lambda: do(patient, cure(patient, links, checks=(check("no_such_module", rule="some/rule"),)))


def undoing(patient, links):
    return lambda: undo(patient.prefix, patient.ask)


def closing(way):
    return lambda patient, links: lambda: way(patient.prefix, patient.ask)


def interrupted(patient, links):
    """A fix whose doctor and pip were killed together in the second step."""
    patient.environ["TINY_PIP_STOPS"] = "21"
    assert in_child(lambda: do(patient, cure(patient, links))) == -signal.SIGKILL
    del patient.environ["TINY_PIP_STOPS"]
    wait_for_orphans(patient)


#: What is killed, and what happens before it.
SCENES = {
    "fix": (good, None),
    "fix that fails": (failing, None),
    "undo": (undoing, "fixed"),
    "finish": (closing(finish), "interrupted"),
    "roll back": (closing(roll_back), "interrupted"),
}


def arrange(patient, links, scene):
    first = SCENES[scene][1]
    if first == "fixed":
        assert do(patient, cure(patient, links)).status == "done"
    elif first == "interrupted":
        interrupted(patient, links)


def killed_at_changes(template, links, planned, tmp_path, scene, numbers):
    """Kill the doctor at its n-th change of a file, then close what is open, forwards and backwards in turn."""
    sample = clone(template, tmp_path / "sample")
    former = sample.state()
    arrange(sample, links, scene)
    total = changes_in(SCENES[scene][0](sample, links), tmp_path)
    ends = []
    for number in numbers(total):
        patient = clone(template, tmp_path / "venv")
        arrange(patient, links, scene)
        start = patient.state()
        work = SCENES[scene][0](patient, links)

        def dying(number=number, work=work):
            counted(number)
            work()

        assert in_child(dying) == -signal.SIGKILL
        wait_for_orphans(patient)
        way = ("finish", "roll back")[number % 2]
        if scene == "undo":
            told = pending(patient.prefix)
            if told is not None:
                outcome = (finish if way == "finish" else roll_back)(patient.prefix, patient.ask)
                assert outcome.status in ("done", "rolled-back"), (number, outcome)
                assert patient.state() == (former if outcome.status == "done" else start), number
                ends.append(way)
            state = patient.state()
            assert state in (start, former), number
            # What was not undone can still be undone, and what was undone cannot be undone again.
            assert undo(patient.prefix, patient.ask).status == ("done" if state == start else "refused"), number
            assert patient.state() == former, number
        else:
            # What fails once fails again.
            ends.append(recover(patient, way, former, former if scene == "fix that fails" else planned))
        shutil.rmtree(patient.prefix)
    return total, ends


@pytest.mark.parametrize("scene", SCENES)
def test_killed_at_some_changes(template, links, planned, tmp_path, scene):
    total, _ = killed_at_changes(
        template, links, planned, tmp_path, scene, lambda total: range(1, total + 1, max(1, total // 4))
    )
    assert total > 20


@pytest.mark.real
@pytest.mark.parametrize("scene", SCENES)
def test_killed_at_every_change(template, links, planned, tmp_path, scene):
    total, ends = killed_at_changes(template, links, planned, tmp_path, scene, lambda total: range(1, total + 1))
    print(scene, total, {end: ends.count(end) for end in sorted(set(ends))})


# ---------------------------------------------------------------- commands

PIP, UV = ("py", "-m", "pip"), ("uv", "pip")


def step(tool, *command):
    action = "uninstall" if "uninstall" in command else "install"
    return Step(tool, action, command, ("a",))


@pytest.mark.parametrize(
    ("one", "fetched_by", "then"),
    [
        (
            step("pip", *PIP, "install", "--no-deps", "a==1"),
            [(*PIP, "wheel", "-w", "F", "--no-deps", "a==1"), (*PIP, "download", "-d", "F", "--no-deps", "a==1")],
            (*PIP, "install", "--no-index", "--find-links", "F", "--no-deps", "a==1"),
        ),
        (  # where to look is for fetching, how to install is for installing
            step("pip", *PIP, "install", "--force-reinstall", "--index-url", "https://i", "-f", "L", "torch==1+cu118"),
            [
                (*PIP, "wheel", "-w", "F", "--index-url", "https://i", "-f", "L", "torch==1+cu118"),
                (*PIP, "download", "-d", "F", "--index-url", "https://i", "-f", "L", "torch==1+cu118"),
            ],
            (*PIP, "install", "--no-index", "--find-links", "F", "--force-reinstall", "torch==1+cu118"),
        ),
        (
            step("pip", *PIP, "install", "--extra-index-url=https://i", "-c", "limits.txt", "a[x]>=1,<2"),
            [
                (*PIP, "wheel", "-w", "F", "--extra-index-url=https://i", "-c", "limits.txt", "a[x]>=1,<2"),
                (*PIP, "download", "-d", "F", "--extra-index-url=https://i", "-c", "limits.txt", "a[x]>=1,<2"),
            ],
            (*PIP, "install", "--no-index", "--find-links", "F", "-c", "limits.txt", "a[x]>=1,<2"),
        ),
        (
            step("uv", *UV, "install", "--python", "py", "--no-deps", "a==1"),
            [(*UV, "install", "--python", "py", "--no-deps", "a==1", "--prefix", "S")],
            (*UV, "install", "--python", "py", "--no-deps", "a==1", "--offline"),
        ),
        (step("pip", *PIP, "install", "./folder"), [], None),
        (step("pip", *PIP, "install", "-e", "here"), [], None),
        (step("pip", *PIP, "install", "a @ https://host/a.whl"), [], None),
        (step("pip", *PIP, "uninstall", "-y", "a"), [], None),
        (step("conda", "conda", "install", "-y", "a=1"), [], None),
    ],
)
def test_what_is_run_to_fetch_and_then_to_install(tmp_path, one, fetched_by, then):
    folder = str(tmp_path)
    ways = fetch.fetching(one, folder, "S")
    told = [] if ways is None else [ways.command, *([ways.second] if ways.second else [])]
    assert [tuple("F" if word == folder else word for word in command) for command in told] == fetched_by
    if ways is not None:
        assert tuple("F" if word == folder else word for word in fetch.installing(one, folder)) == then


def test_a_source_may_ask_for_more_while_it_is_built(tmp_path):
    (tmp_path / "a-1.tar.gz").write_text("")
    one = step("pip", *PIP, "install", "--index-url", "https://i", "a==1")
    assert fetch.installing(one, str(tmp_path)) == (
        *PIP, "install", "--find-links", str(tmp_path), "--index-url", "https://i", "a==1"
    )  # fmt: skip


def test_the_variables_of_the_user_do_not_lead_pip_astray():
    mine = {
        "PIP_TARGET": "/x",
        "PIP_USER": "1",
        "PYTHONPATH": "/y",
        "PIP_INDEX_URL": "i",
        "PIP_CONSTRAINT": "/c",
    }
    told = surroundings.for_installing(mine)
    assert told["PIP_USER"] == "0" and told["PIP_INDEX_URL"] == "i"
    assert told["PYTHONNOUSERSITE"] == "1"  # what lies there is not kept, so nothing may be removed from there
    assert not {"PIP_TARGET", "PYTHONPATH", "PIP_CONSTRAINT"} & set(told)
    assert surroundings.for_solving(mine)["PIP_CONSTRAINT"] == "/c"


# ---------------------------------------------------------------- files

NAMES = st.sampled_from(["a", "b.py", "c.pth", "d"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
DEEDS = st.lists(
    st.tuples(st.sampled_from(["write", "append", "remove", "link", "folder", "mode", "move"]), PATHS, PATHS),
    max_size=12,
)


def act(root, deed, path, other):
    """Do something to a tree as an installer would: a file is replaced, never written into (but for lists)."""
    path, other = os.path.join(root, path), os.path.join(root, other)
    try:
        if deed == "remove":
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
        elif deed == "mode":
            os.chmod(path, 0o700)
        elif deed == "move":
            os.rename(path, other)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if deed == "link":
                os.symlink("a", path)
            elif deed == "folder":
                os.mkdir(path)
            elif deed == "append" and path.endswith(".pth"):
                with open(path, "a") as file:
                    file.write(other)
            else:
                if os.path.lexists(path):
                    os.remove(path)
                with open(path, "w") as file:
                    file.write(other)
    except OSError:
        return  # not possible here


@given(first=DEEDS, then=DEEDS)
@settings(max_examples=40)
def test_whatever_happens_to_a_tree_is_put_back(tmp_path_factory, first, then):
    top = str(tmp_path_factory.mktemp("tree"))
    root, store = os.path.join(top, "root"), os.path.join(top, "store")
    os.mkdir(root)
    for deed in first:
        act(root, *deed)
    before = tree(root)
    saved = snapshot.take((root,), (), store, top)
    for deed in then:
        act(root, *deed)
    after, change = tree(root), snapshot.difference(saved)
    assert before == after or change.added or change.gone
    assert snapshot.restore(snapshot.load(store)) == ()
    assert tree(root) == before
    shutil.rmtree(top)


def test_what_a_kill_leaves_beside_the_trees_goes_as_well(tmp_path):
    """A file that was about to be put back, and a folder that pip had moved aside."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "there.txt").write_text("1")
    (tmp_path / "share" / "~mine").write_text("")
    outside = [str(tmp_path / "share" / name) for name in ("there.txt", "absent.txt")]
    before = tree(str(tmp_path / "share"))
    saved = snapshot.take((str(tmp_path / "tree"),), outside, str(tmp_path / "store"), str(tmp_path))
    for path in outside:
        with open(path + ".envdoctor-new", "w") as file:
            file.write("half")
    os.mkdir(str(tmp_path / "share" / "~lpha"))
    assert snapshot.restore(saved) == () and tree(str(tmp_path / "share")) == before


# ---------------------------------------------------------------- the real installers


def index_page(folder, name, link):
    """An index of one project on disk, as pip and uv take it."""
    place = os.path.join(str(folder), name)
    os.makedirs(place)
    with open(os.path.join(place, "index.html"), "w") as file:
        file.write('<!DOCTYPE html><html><body><a href="{}">{}</a></body></html>'.format(link, os.path.basename(link)))
    return "file://" + str(folder)


def address(path, digest=""):
    return "file://" + path + ("#sha256=" + digest if digest else "")


def test_the_real_pip(real_pip, links, tmp_path):
    """A fix and its undo with the pip that comes with this Python, without any network."""
    patient = clone(real_pip, tmp_path / "venv")
    before = patient.state()
    assert do(patient, cure(patient, links)).status == "done"
    assert have(patient) == AFTER
    assert os.path.exists(os.path.join(patient.prefix, "etc", "alpha", "new.cfg"))
    assert undo(patient.prefix, patient.ask).status == "done"
    assert patient.state() == before


def bad_index(tmp_path, links, trouble):
    """Options that lead to an index with this trouble."""
    path = os.path.join(links, "alpha-2.0-py3-none-any.whl")
    if trouble == "no network":
        return ("--index-url", "http://127.0.0.1:9/simple", "--retries", "0", "--timeout", "2")
    if trouble == "wrong hash":
        return ("--index-url", index_page(tmp_path / "index", "alpha", address(path, "0" * 64)))
    if trouble == "torn wheel":
        torn = str(tmp_path / os.path.basename(path))
        with open(path, "rb") as whole, open(torn, "wb") as file:
            file.write(whole.read()[:200])
        return ("--index-url", index_page(tmp_path / "index", "alpha", address(torn)))
    return ("--index-url", index_page(tmp_path / "index", "other", address(path)))


@pytest.mark.parametrize("trouble", ["no network", "wrong hash", "torn wheel", "no such version"])
def test_what_pip_cannot_fetch(real_pip, links, tmp_path, trouble):
    patient = clone(real_pip, tmp_path / "venv")
    before = patient.state()
    options = bad_index(tmp_path, links, trouble)
    outcome = do(patient, plan(patient, "", (("alpha", ONE, TWO),), (("old", ONE),), options=options))
    assert (outcome.status, outcome.why) == ("refused", "fetch-failed"), outcome
    assert outcome.cause["en"] and outcome.cause["zh"]
    assert patient.state() == before


def test_a_build_that_fails(real_pip, tmp_path):
    """A source is built before anything is changed."""
    project = tmp_path / "gamma-1.0"
    project.mkdir()
    (project / "setup.py").write_text("raise SystemExit('no compiler here')")
    (project / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: gamma\nVersion: 1.0\n")
    (tmp_path / "links").mkdir()
    shutil.make_archive(str(tmp_path / "links" / "gamma-1.0"), "gztar", str(tmp_path), "gamma-1.0")
    patient = clone(real_pip, tmp_path / "venv")
    before = patient.state()
    links = ("--no-index", "--no-build-isolation", "--find-links", str(tmp_path / "links"))
    outcome = do(patient, plan(patient, "", (("gamma", "", ONE),), (("old", ONE),), options=links))
    assert (outcome.status, outcome.why) == ("refused", "fetch-failed"), outcome
    assert patient.state() == before


#: Where the real pip is killed: when this is there (~: it has moved the old version away, and installs the new one).
MOMENTS = ["lib/python*/site-packages/~lpha*", "lib/python*/site-packages/alpha/new", "etc/alpha/new.cfg"]


@pytest.mark.parametrize(
    ("moment", "way"),
    [(MOMENTS[1], "roll back")]
    + [
        pytest.param(moment, way, marks=pytest.mark.real)
        for moment, way in [(MOMENTS[0], "finish"), (MOMENTS[0], "roll back")]
        + [(MOMENTS[1], "finish"), (MOMENTS[2], "roll back"), (MOMENTS[2], "finish")]
    ],
)
def test_the_real_pip_killed_in_the_middle(real_pip, links, tmp_path, moment, way):
    """pip stops at the first call that opens a file after `moment` is there: its own audit hook kills it."""
    if sys.version_info < (3, 8):
        pytest.skip("audit hooks came with Python 3.8")
    patient = clone(real_pip, tmp_path / "venv")
    before = patient.state()
    armed, hook = tmp_path / "armed", os.path.join(patient.site, "sitecustomize.py")
    armed.write_text("")
    with open(hook, "w") as file:
        file.write(KILLER.format(armed=str(armed), pattern=os.path.join(patient.prefix, moment)))
    assert in_child(lambda: do(patient, cure(patient, links))) == -signal.SIGKILL
    wait_for_orphans(patient)
    armed.unlink()
    told = pending(patient.prefix)
    assert told is not None and told.state == "applying" and told.step == 2
    if way == "finish":
        assert finish(patient.prefix, patient.ask).status == "done"
        assert have(patient) == AFTER and not [name for name in os.listdir(patient.site) if name.startswith("~")]
        assert undo(patient.prefix, patient.ask).status == "done"
    else:
        assert roll_back(patient.prefix, patient.ask).status == "rolled-back"
    os.remove(hook)
    assert patient.state() == before


KILLER = """
import glob, os, signal, sys
def hook(event, args):
    if event in ("open", "os.rename", "os.remove") and "install" in getattr(sys, "argv", ()) and not hook.busy:
        hook.busy = True
        if os.path.exists({armed!r}) and glob.glob({pattern!r}):
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        hook.busy = False
hook.busy = False
sys.addaudithook(hook)
"""


@pytest.mark.parametrize(
    "version", ["3.6"] + [pytest.param(version, marks=pytest.mark.real) for version in ("3.7", "3.8", "3.12", "3.13")]
)
def test_other_pythons_with_their_own_pip(links, tmp_path, version):
    """3.6 comes with pip 18.1 and without the package `wheel`."""
    python = patients.interpreter(version)
    if not python:
        pytest.skip("no Python " + version)
    pip = patients.bundled_pip(tmp_path / "pip", python)
    if not pip:
        pytest.skip("it comes without pip")
    patient = patients.make_venv(tmp_path / "venv", python, pip)
    patient.pip("install", "--no-index", "--find-links", links, "--no-deps", "alpha==1.0", "old==1.0", "kept==1.0")
    before = patient.state()
    options = ("--no-index",)
    if version != "3.6":  # it is the slowest
        failed = do(patient, cure(patient, links, options=options, checks=(check("alpha.old"),)))
        put_back(patient, before, failed, "check-failed")
    outcome = do(patient, cure(patient, links, options=options))
    assert outcome.status == "done", outcome
    assert have(patient) == AFTER
    assert undo(patient.prefix, patient.ask).status == "done"
    assert patient.state() == before


@pytest.fixture
def uv(tmp_path):
    found = shutil.which("uv")
    if not found:
        pytest.skip("no uv")
    return found


class Index:
    """A web server with the wheels, that can be switched off."""

    def __init__(self, folder):
        names = sorted(os.listdir(folder))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rstrip("/").rpartition("/")[2]
                kind, body = "text/html", b""
                if name.endswith(".whl"):
                    kind = "application/octet-stream"
                    with open(os.path.join(folder, name), "rb") as file:
                        body = file.read()
                else:
                    links = ['<a href="/files/{0}">{0}</a>'.format(one) for one in names if one.startswith(name + "-")]
                    body = ("<!DOCTYPE html><html><body>" + "".join(links) + "</body></html>").encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                return

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:{}/simple".format(self.server.server_address[1])
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


@pytest.fixture
def index(links):
    server = Index(links)
    yield server
    server.close()


@pytest.mark.parametrize("off", ["never", "before", "after fetching"])
def test_uv(patient, uv, index, tmp_path, off):
    """Once everything is in uv's cache, the network may go."""
    patient.environ.update(UV_CACHE_DIR=str(tmp_path / "cache"), UV_HTTP_TIMEOUT="2", UV_HTTP_RETRIES="0")
    before = patient.state()
    patient.environ["UV_DEFAULT_INDEX"] = index.url
    if off == "before":
        index.close()

    def tell(moment):
        if (moment.event, moment.stage) == ("start", "save") and off == "after fetching":
            index.close()

    made = cure(patient, "", tool="uv", installer=(uv, "pip"), options=("--python", patient.python))
    outcome = do(patient, made, tell=tell)
    if off == "before":
        assert (outcome.status, outcome.why) == ("refused", "fetch-failed"), outcome
    else:
        assert outcome.status == "done", outcome
        assert have(patient) == AFTER
        assert undo(patient.prefix, patient.ask).status == "done"
    assert patient.state() == before


# ---------------------------------------------------------------- conda, as a stand-in plays it

CONDA = """#!{python}
import json, os, sys
prefix = {prefix!r}
words = sys.argv[1:]
with open(os.path.join(prefix, "..", "calls"), "a") as file:
    file.write(json.dumps(words) + "\\n")
site, meta = {site!r}, os.path.join(prefix, "conda-meta")
def version(text):
    for name in os.listdir(site):
        if name.startswith("zeta-"):
            import shutil
            shutil.rmtree(os.path.join(site, name))
    info = os.path.join(site, "zeta-" + text + ".dist-info")
    os.mkdir(info)
    with open(os.path.join(info, "METADATA"), "w") as file:
        file.write("Name: zeta\\nVersion: " + text + "\\n")
    with open(os.path.join(prefix, "lib", "libzeta.so"), "w") as file:
        file.write(text)
    with open(os.path.join(meta, "history"), "a") as file:
        file.write("==> 2024-01-01 00:00:00 <==\\n")
if "--revision" in words:
    version({{"0": "1.0", "1": "2.0"}}[words[words.index("--revision") + 1]])
else:
    version([word for word in words if word.startswith("zeta")][0].split("==")[1])
    sys.exit({status})
"""


def make_conda(patient, status=0):
    meta = os.path.join(patient.prefix, "conda-meta")
    if not os.path.exists(meta):
        os.mkdir(meta)
        os.remove(os.path.join(patient.prefix, "pyvenv.cfg"))
        with open(os.path.join(meta, "history"), "w") as file:
            file.write("==> 2023-01-01 00:00:00 <==\n+defaults::zeta-1.0\n")
        info = os.path.join(patient.site, "zeta-1.0.dist-info")
        os.mkdir(info)
        with open(os.path.join(info, "METADATA"), "w") as file:
            file.write("Name: zeta\nVersion: 1.0\n")
        with open(os.path.join(patient.prefix, "lib", "libzeta.so"), "w") as file:
            file.write("1.0")
    tool = os.path.join(patient.prefix, "..", "conda")
    with open(tool, "w") as file:
        file.write(CONDA.format(python=sys.executable, prefix=patient.prefix, site=patient.site, status=status))
    os.chmod(tool, 0o755)
    return tool


def without_history(state):
    return {path: found for path, found in state.items() if path != os.path.join("conda-meta", "history")}


@pytest.mark.parametrize("fails", ["nothing", "the step", "a check"])
def test_conda(patient, fails):
    told = survey(patient.python, patient.ask)  # a stand-in for conda's Python, which has no pyvenv.cfg
    tool = make_conda(patient, status=1 if fails == "the step" else 0)
    with open(os.path.join(patient.prefix, "pyvenv.cfg"), "w") as file:
        file.write("home = {}\n".format(os.path.dirname(os.path.realpath(patient.python))))
    assert told.sites and conda.revision(patient.prefix) == 0
    before = patient.state()
    checks = (check("no_such", rule="some/rule"),) if fails == "a check" else ()
    a_plan = plan(
        patient, "", (("zeta", ONE, TWO),), checks=checks, tool="conda", installer=(tool,), options=("-p", "x")
    )
    outcome = do(patient, a_plan)
    with open(os.path.join(patient.prefix, "..", "calls")) as file:
        calls = [json.loads(line) for line in file]
    back = ["install", "-y", "-p", patient.prefix, "--revision", "0"]
    if fails == "nothing":
        assert outcome.status == "done" and len(calls) == 1 and have(patient)["zeta"] == TWO
        assert undo(patient.prefix, patient.ask).status == "done"
        with open(os.path.join(patient.prefix, "..", "calls")) as file:
            assert json.loads(file.read().splitlines()[-1]) == back
    else:
        assert outcome.status == "rolled-back" and calls[-1] == back, outcome
    assert without_history(patient.state()) == without_history(before)


# ---------------------------------------------------------------- words


def test_every_reason_has_its_sentence():
    """Whatever the code can say is there, and whatever is there can be said."""
    import ast

    folder = os.path.dirname(os.path.abspath(journal.__file__))
    said = {"stage-" + stage for stage in ("fetch", "save", "step", "check", "diagnose", "restore")} | {"log-at"}
    said |= {"pending-{}-{}".format(what, state) for what in ("fix", "undo") for state in journal.OPEN}
    for name in ("apply", "ground", "journal", "lock", "undo", "work"):
        with open(os.path.join(folder, name + ".py"), encoding="utf-8") as file:
            source = ast.parse(file.read())
        for node in ast.walk(source):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("CureError", "Failure") and node.args:
                said |= {text_in(one) for one in ast.walk(node.args[0])}
    assert said - {None} == set(TEXTS)


def text_in(node):
    """The text that a node is, if it is one (until Python 3.7 in a node of its own kind)."""
    value = node.s if type(node).__name__ == "Str" else getattr(node, "value", None)
    return value if isinstance(value, str) else None


def test_a_sentence_takes_words_of_both_languages():
    title = {"en": "importing keras", "zh": "导入 keras"}
    told = sentence("check-failed", {"title": title, "complaint": "no"})
    assert "importing keras (no)" in told["en"] and "导入 keras（no）" in told["zh"]


def test_moments_are_silent_by_default():
    from envdoctor.cure.outcome import silent

    assert silent(Moment("start", "save")) is None
