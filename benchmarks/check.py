"""How much CPU time, wall time and memory does `envdoctor check` take, compared with `pip check` and a bare Python?

    python benchmarks/check.py [--work DIR] [--rounds N]

Builds once, and keeps in --work: an environment of the distributions in environment.txt (no GPU package among them)
and one of envdoctor's own.  Then measures whole processes with all their children, taking turns round by round, so
that a busy machine is busy for all of them.  Linux and macOS, Python 3.11.  Always exits with 0: it reports, it does
not judge.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PINS = os.path.join(HERE, "environment.txt")
#: The goal for `envdoctor check` on about 120 distributions without a GPU (our choice).
CPU_SECONDS, PEAK_MIB = 0.25, 40.0
#: What ru_maxrss counts in: KiB on Linux, bytes on macOS (man getrusage).
RSS_UNIT = 1024.0 if sys.platform == "darwin" else 1.0


def build(work):
    """Make the environments that are not there yet; (Python of the patient, Python of the doctor, Python of both).

    `both` is a second patient in which envdoctor is installed, too, as students do it.
    """
    with open(PINS, "rb") as file:
        key = "{}.{}-{}".format(*sys.version_info[:2], hashlib.sha256(file.read()).hexdigest()[:8])
    pins = ["--no-deps", "--only-binary", ":all:", "-r", PINS]
    patient, both = (environment(os.path.join(work, f"{name}-{key}"), pins) for name in ("patient", "both"))
    wheel = build_wheel(os.path.join(work, "wheel"))
    doctor = environment(os.path.join(work, "doctor"), [])
    for python in (doctor, both):  # its dependencies once, itself anew each time: the tree may have changed
        pip(python, ["--upgrade-strategy", "only-if-needed", wheel])
        pip(python, ["--force-reinstall", "--no-deps", wheel])
    return patient, doctor, both


def environment(folder, requirements):
    """The Python of the environment in `folder`, which is built unless an earlier run has finished it."""
    python = os.path.join(folder, "bin", "python")
    done = os.path.join(folder, "built")
    if not os.path.exists(done):
        print(f"building {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.check_call([sys.executable, "-m", "venv", folder])
        if requirements:
            pip(python, requirements)
        open(done, "w").close()
    return python


def pip(python, words):
    subprocess.check_call([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *words])


def build_wheel(folder):
    """The wheel of this tree, built in a copy so that nothing is left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = os.path.join(folder, "tree")
    litter = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "tests")
    shutil.copytree(os.path.dirname(HERE), tree, ignore=litter)
    subprocess.check_call([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, tree])
    (name,) = [name for name in os.listdir(folder) if name.endswith(".whl")]
    return os.path.join(folder, name)


#: Starts one process and prints what it took.  A program of its own, because a child's ru_maxrss begins at the size of
#: the process that started it: this one is as small as a Python can be.
LAUNCH = """\
import os, sys, time
null, command = os.open(os.devnull, os.O_RDWR), sys.argv[1:]
begin = time.perf_counter()
pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, n) for n in (0, 1, 2)])
_, status, used = os.wait4(pid, 0)
print(used.ru_utime + used.ru_stime, time.perf_counter() - begin, used.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def measure(command, folder):
    """(CPU seconds, wall seconds, peak MiB of the largest process, exit status) of one process and its children."""
    clean = {key: text for key, text in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX")}
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCH, *command]
    cpu, wall, peak, status = subprocess.check_output(launcher, cwd=folder, env=clean).split()
    return float(cpu), float(wall), float(peak) / RSS_UNIT / 1024, int(status)


def count(python):
    code = "import importlib.metadata as m; print(len(list(m.distributions())))"
    return int(subprocess.check_output([python, "-I", "-c", code]))


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "envdoctor-benchmark"), metavar="DIR")
    words.add_argument("--rounds", type=int, default=15, metavar="N")
    given = words.parse_args()
    work = os.path.abspath(given.work)
    os.makedirs(work, exist_ok=True)
    patient, doctor, both = build(work)

    check = ["-m", "envdoctor", "check", "--no-project", "--format", "json"]
    commands = {
        "bare: python -c pass": [patient, "-c", "pass"],
        "envdoctor check, outside": [doctor, *check, "--python", patient],
        "envdoctor check, inside": [both, *check, "--python", both],
        "pip check": [patient, "-m", "pip", "check"],
    }
    empty = os.path.join(work, "empty")
    os.makedirs(empty, exist_ok=True)
    seen = {name: [] for name in commands}
    for round_ in range(given.rounds + 1):
        for name, command in commands.items():
            figures = measure(command, empty)
            if round_:  # the first warms the disk cache and writes .pyc files
                seen[name].append(figures)
    report(seen, count(patient), count(both), given.rounds)


def report(seen, distributions, with_doctor, rounds):
    middle = {name: [statistics.median(column) for column in zip(*figures)] for name, figures in seen.items()}
    bare, pip_check = (middle[name][0] for name in ("bare: python -c pass", "pip check"))
    version = "{}.{}.{}".format(*sys.version_info[:3])
    print(f"Python {version}, {sys.platform}, {os.cpu_count()} CPUs; {distributions} distributions outside, ", end="")
    print(f"{with_doctor} inside; median (least) of {rounds} rounds\n")
    print("| process | CPU s | wall s | peak MiB | CPU ÷ bare | CPU ÷ pip check | exit |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, (cpu, wall, peak, _) in middle.items():
        least = min(figures[0] for figures in seen[name])
        ends = "/".join(str(code) for code in sorted({figures[3] for figures in seen[name]}))
        ratios = f"{cpu / bare:.1f} | {cpu / pip_check:.2f}"
        print(f"| {name} | {cpu:.3f} ({least:.3f}) | {wall:.3f} | {peak:.1f} | {ratios} | {ends} |")
    print(f"\nThe goal for `envdoctor check`: at most {CPU_SECONDS} s of CPU and {PEAK_MIB:.0f} MiB.")
    for name, (cpu, _, peak, _) in middle.items():
        if name.startswith("envdoctor"):
            met = cpu <= CPU_SECONDS and peak <= PEAK_MIB
            print(f"{name}: {cpu:.3f} s, {peak:.1f} MiB: {'met' if met else 'not met'}")


if __name__ == "__main__":
    main()
