"""How long does `envdoctor fix --dry-run` plan for an environment of 200 distributions, compared with uv alone?

    python benchmarks/plan.py --uv PATH [--work DIR] [--rounds N]

Builds once, and keeps in --work: an environment of more than 200 distributions with an OpenCV that does not bear its
NumPy.  Measures whole processes, taking turns, with a warm cache of uv; needs a package index.  Linux and macOS, Python
3.11.  Always exits with 0: it reports, it does not judge.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

#: What people install; with what these ask for it is more than 200 distributions.
WANTED = """jupyterlab pandas scikit-learn matplotlib transformers datasets sphinx mkdocs-material dask distributed
bokeh plotly seaborn statsmodels sqlalchemy fastapi uvicorn httpx redis black isort flake8 pylint pytest hypothesis nox
tox django flask gunicorn numpy==2.1.3 opencv-python==4.8.1.78""".split()
#: The goal for the whole command (our choice), in seconds.
SECONDS = 5.0


def build(uv, folder):
    """The Python of the environment, which is built unless an earlier run has finished it."""
    python, done = os.path.join(folder, "bin", "python"), os.path.join(folder, "built")
    if not os.path.exists(done):
        print("building " + folder, file=sys.stderr)
        subprocess.check_call([uv, "venv", "--quiet", "--seed", "--clear", "--python", sys.executable, folder])
        subprocess.check_call([uv, "pip", "install", "--quiet", "--python", python, *WANTED])
        open(done, "w").close()
    return python


def wall(command, environ):
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--uv", required=True, metavar="PATH")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "envdoctor-benchmark"), metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    options = parser.parse_args()
    python = build(options.uv, os.path.join(options.work, "plan"))
    listed = subprocess.run([options.uv, "pip", "freeze", "--python", python], stdout=subprocess.PIPE, check=True)
    installed = listed.stdout.decode().split()
    environ = {**os.environ, "PATH": os.path.dirname(options.uv) + os.pathsep + os.environ.get("PATH", "")}
    own = [sys.executable, "-m", "envdoctor", "fix", "--dry-run", "--no-project", "--python", python]
    pins = [pin for pin in installed if not pin.startswith("opencv")]
    alone = [options.uv, "pip", "install", "--dry-run", "--python", python, *pins, "opencv-python==4.10.0.84"]
    times = {"envdoctor fix --dry-run": [], "uv pip install --dry-run": []}
    for _ in range(options.rounds + 1):  # the first warms the caches
        for name, command in zip(times, (own, alone)):
            times[name].append(wall(command, environ))
    print(f"{len(installed)} distributions, {options.rounds} rounds after one that is not counted")
    for name, seconds in times.items():
        seconds = seconds[1:]
        print(f"{name:26} median {statistics.median(seconds):.2f} s, least {min(seconds):.2f} s")
    ours, theirs = (statistics.median(seconds[1:]) for seconds in times.values())
    print(f"ratio {ours / theirs:.1f}; goal: at most {SECONDS} s: {'met' if ours <= SECONDS else 'not met'}")


if __name__ == "__main__":
    main()
