"""Which small environments and wheels do the tests of the cure need, and are two states of one the same?"""

import glob
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import zipfile

from envdoctor.ask import Ask
from envdoctor.cure.plan import Change, Check, CurePlan, Step

HERE = os.path.dirname(os.path.abspath(__file__))


def interpreter(version):
    """An interpreter of this version ("3.6") on PATH or under pyenv, or ""."""
    found = shutil.which("python" + version)
    places = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/{}.*/bin/python".format(version))))
    for python in places + ([found] if found else []):
        if subprocess.call([python, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return python
    return ""


def wheel(folder, name, version, files=(), data=(), scripts=()):
    """A wheel; files: {path: text} in site-packages, data: {path: text} below the prefix."""
    project = "{}-{}".format(name.replace("-", "_"), version)
    path = os.path.join(str(folder), project + "-py3-none-any.whl")
    texts = {name.replace("-", "_") + "/__init__.py": "__version__ = {!r}\n".format(version)}
    texts.update(files)
    texts.update(("{}.data/data/{}".format(project, place), text) for place, text in dict(data).items())
    texts.update(("{}.data/scripts/{}".format(project, place), text) for place, text in dict(scripts).items())
    info = project + ".dist-info/"
    texts[info + "METADATA"] = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n".format(name, version)
    texts[info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    texts[info + "RECORD"] = "".join("{},,\n".format(place) for place in [*texts, info + "RECORD"])
    os.makedirs(str(folder), exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for place, text in texts.items():
            archive.writestr(place, text)
    return path


class Patient:
    """One environment on disk."""

    def __init__(self, prefix):
        self.prefix = str(prefix)
        self.python = os.path.join(self.prefix, "Scripts" if os.name == "nt" else "bin", "python")
        self.environ = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("PIP_", "UV_", "TINY_", "PYTHON", "VIRTUAL_ENV", "COV"))
        }
        self.environ["PIP_CONFIG_FILE"] = os.devnull

    @property
    def ask(self):
        return Ask(self.environ)

    @property
    def site(self):
        return glob.glob(os.path.join(self.prefix, "[Ll]ib", "python*", "site-packages"))[0]

    def pip(self, *words):
        done = subprocess.run(
            [self.python, "-m", "pip", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.environ
        )
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")

    def state(self):
        """{path: (mode, what is in it)} of everything but journals and compiled modules."""
        found = {}
        for folder, names, files in os.walk(self.prefix):
            names[:] = [name for name in names if name not in (".envdoctor", "__pycache__")]
            for name in names + files:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                if stat.S_ISLNK(status.st_mode):
                    content = os.readlink(path)
                elif stat.S_ISDIR(status.st_mode):
                    content = ""
                else:
                    with open(path, "rb") as file:
                        content = hashlib.sha256(file.read()).hexdigest()
                found[os.path.relpath(path, self.prefix)] = (stat.S_IMODE(status.st_mode), content)
        return found


def make_venv(prefix, python=sys.executable, pip=""):
    """A venv without pip; `pip` is a folder that holds one, and is put on its search path."""
    base = os.path.realpath(python)
    subprocess.check_call([base, "-m", "venv", "--without-pip", str(prefix)])
    patient = Patient(prefix)
    if pip:
        with open(os.path.join(patient.site, "a_pip.pth"), "w") as file:
            file.write(str(pip) + "\n")
    return patient


def clone(patient, prefix):
    shutil.copytree(patient.prefix, str(prefix), symlinks=True)
    return Patient(prefix)


def bundled_pip(folder, python=sys.executable):
    """The pip that comes with an interpreter, unpacked."""
    code = "import ensurepip, os; print(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled'))"
    place = subprocess.check_output([os.path.realpath(python), "-c", code]).decode().strip()
    found = glob.glob(os.path.join(place, "pip-*.whl"))
    if not found:
        return ""
    with zipfile.ZipFile(found[0]) as archive:
        archive.extractall(str(folder))
    return str(folder)


def tiny_pip(folder):
    os.makedirs(os.path.join(str(folder), "pip"))
    shutil.copy(os.path.join(HERE, "tiny_pip.py"), os.path.join(str(folder), "pip", "__main__.py"))
    open(os.path.join(str(folder), "pip", "__init__.py"), "w").close()
    return str(folder)


# ---------------------------------------------------------------- plans


def words(text):
    return {"en": text, "zh": text}


def check(module, code="", rule=""):
    return Check(words("import " + module), code or "import " + module, rule)


def plan(patient, links, install=(), uninstall=(), checks=(), options=(), tool="pip", installer=()):
    """install: ("name", before, after); uninstall: ("name", before)."""
    pip = (patient.python, "-m", "pip")
    steps, changes = [], []
    if uninstall:
        names = tuple(name for name, _ in uninstall)
        changes += [Change(name, before, "", tool=tool) for name, before in uninstall]
        command = ("uninstall", "-y", *names) if tool == "pip" else ("uninstall", *names, *options)
        steps.append(Step(tool, "uninstall", (*(installer or pip), *command), names))
    if install:
        names = tuple(name for name, _, _ in install)
        changes += [Change(name, before, after, tool=tool) for name, before, after in install]
        pins = ["{}=={}".format(name, after) for name, _, after in install]
        again = () if all(before != after for _, before, after in install) else ("--force-reinstall",)
        places = ("--find-links", str(links)) if links else ()
        command = (*(installer or pip), "install", "--no-deps", *again, *places, *options, *pins)
        steps.append(Step(tool, "reinstall" if again else "install", command, names))
    return CurePlan(changes=tuple(changes), steps=tuple(steps), checks=tuple(checks), solver="test")
