"""Do the shell's `python` and `pip` serve the patient, and is the patient the active environment?"""

import pytest

from envdoctor.chart import ABSENT, UNKNOWN
from envdoctor.patient import Patient
from envdoctor.probes.shell import FACTS, probe

from .tape import Tape

VENV = {"/venv/pyvenv.cfg": "", "/venv/bin/python": "", "/venv/bin/pip": "#!/venv/bin/python\n"}
CONDA = {"/conda/conda-meta/history": "", "/conda/bin/python": "", "/conda/bin/pip": "#!/conda/bin/python\n"}
SYSTEM = {"/usr/bin/python": "", "/usr/bin/pip": "#!/usr/bin/python\n", "/usr/lib/python3.9/os.py": ""}


def seen(environ, files=(), links=None, prefix="/venv", kind="venv"):
    machine = Tape(files={**VENV, **CONDA, **SYSTEM, **dict(files)}, environ=environ, links=links)
    facts = probe(Patient(kind, prefix + "/bin/python", prefix, "--python"), machine).facts
    assert set(facts) == set(FACTS)
    return facts


@pytest.mark.parametrize(
    "environ, active, python, pip, also",
    [
        ({"VIRTUAL_ENV": "/venv", "PATH": "/venv/bin:/usr/bin"}, "yes", "yes", "yes", None),
        ({"VIRTUAL_ENV": "/venv", "PATH": "/usr/bin:/venv/bin"}, "yes", "no", "no", None),
        ({"PATH": "/venv/bin"}, "yes", "yes", "yes", None),
        ({"PATH": "/usr/bin"}, "no", "no", "no", None),
        (
            {"CONDA_PREFIX": "/conda", "VIRTUAL_ENV": "/venv", "PATH": "/venv/bin:/conda/bin"},
            "yes",
            "yes",
            "yes",
            "/conda",
        ),
        ({"CONDA_PREFIX": "/conda", "PATH": "/conda/bin"}, "no", "no", "no", None),
    ],
)
def test_active_and_served(environ, active, python, pip, also):
    facts = seen(environ)
    assert facts["patient.active"].value == active
    assert facts["shell.python.serves_patient"].value == python
    assert facts["shell.pip.serves_patient"].value == pip
    assert facts["shell.also_active"].value == also


def test_an_environment_that_is_reached_through_a_link():
    facts = seen({"VIRTUAL_ENV": "/short", "PATH": "/short/bin"}, links={"/short": "/venv"})
    assert facts["patient.active"].value == "yes"
    assert facts["shell.pip.serves_patient"].value == "yes" and facts["shell.also_active"].state == ABSENT


def test_two_venvs_of_one_base_are_two():
    files = {"/other/pyvenv.cfg": "", "/other/bin/pip": "#!/other/bin/python\n"}
    links = {"/venv/bin/python": "/usr/bin/python", "/other/bin/python": "/usr/bin/python"}
    facts = seen({"VIRTUAL_ENV": "/venv", "PATH": "/other/bin:/venv/bin"}, files, links)
    assert facts["shell.pip.serves_patient"].value == "no" and facts["shell.python.serves_patient"].value == "no"


def test_a_shim_does_not_tell():
    files = {
        "/home/me/.pyenv/shims/python": "#!/usr/bin/env bash\n",
        "/home/me/.pyenv/shims/pip": "#!/usr/bin/env bash\n",
    }
    facts = seen({"VIRTUAL_ENV": "/venv", "PATH": "/home/me/.pyenv/shims"}, files)
    assert facts["shell.python.serves_patient"].state == facts["shell.pip.serves_patient"].state == UNKNOWN


def test_no_pip_at_all():
    assert seen({"PATH": "/nowhere"})["shell.pip.serves_patient"].state == ABSENT
