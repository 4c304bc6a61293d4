"""Do recipes really work: is what `plan --create` makes an environment in which the repositories train one step?

By hand: `python tools/prove_recipes.py [FOLDER] [NAME...]`.  Downloads some GB; the suite proves the recipes themselves
with recorded answers.  Prints one row for each repository of tests/repositories, as Markdown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORIES = os.path.join(ROOT, "tests", "repositories")
SCRIPTS = ("train.py", "predict.py")


def main(arguments: list[str]) -> int:
    folder = arguments[0] if arguments else tempfile.mkdtemp(prefix="recipes-")
    names = arguments[1:] or sorted(entry.name for entry in os.scandir(REPOSITORIES) if entry.is_dir())
    print("| repository | Python | build | distributions | proof | plan | made and tried | train.py | predict.py |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    failed = 0
    for name in names:
        row, works = proven(name, os.path.join(folder, name))
        print("| " + " | ".join(row) + " |", flush=True)
        failed += not works
    return 1 if failed else 0


def proven(name: str, place: str) -> tuple[list[str], bool]:
    """A row of the table, and whether all of it worked."""
    project = os.path.join(REPOSITORIES, name)
    doctor = [sys.executable, "-m", "envdoctor", "plan", "--project", project, "--expect", "cpu", "--format", "json"]
    planned, planning, _ = run(doctor)
    made, making, said = run([*doctor, "--create", place])
    if planned.returncode or made.returncode:
        return [name, "-", "-", "-", "-", f"{planning:.1f} s", "failed: " + said.replace("\n", " "), "-", "-"], False
    recipe = json.loads(made.stdout)
    python = os.path.join(place, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    row = [name, recipe["python"], recipe["build"], str(len(recipe["pins"])), recipe["solver"] or recipe["verified"]]
    row += [f"{planning:.1f} s", f"{making:.1f} s"]
    works = True
    for script in SCRIPTS:
        ran, seconds, said = run([python, os.path.join(project, script)])
        works = works and ran.returncode == 0
        last = (ran.stdout.strip().splitlines() or [said])[-1]
        row.append(f"{last} ({seconds:.1f} s)" if ran.returncode == 0 else "failed: " + said.replace("\n", " "))
    return row, works


def run(command: list[str]) -> tuple[subprocess.CompletedProcess[str], float, str]:
    """What came of it, how many seconds it took, and the end of what it said."""
    begun = time.monotonic()
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    return ran, time.monotonic() - begun, ran.stderr.strip()[-400:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
