"""What does it cost to watch a process?

    python benchmarks/watch.py [--seconds 60] [--children 8]

Watches a process with so many busy children on a played RTX 3080 (the fake NVML of the tests, driven by the real
pynvml), then prints the CPU time of the watcher as a share of one core, its memory, and the looks per second.  On a
real GPU the calls of NVML cost what the driver makes them cost; the watcher then looks less often, as it keeps to a
share of its own (envdoctor/gpu/watch.py, SHARE).
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from tests import fake_nvml  # noqa: E402

CHILD = """
import subprocess, sys
idle = "import time; time.sleep(100000)"
children = [subprocess.Popen([sys.executable, "-c", idle]) for _ in range(int(sys.argv[1]))]
print("ready", flush=True)
sys.stdin.read()
for child in children:
    child.kill()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--children", type=int, default=8)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scenario = fake_nvml.Scenario(folder)
        library = fake_nvml.build(os.path.join(folder, "lib"), "libnvidia-ml.so.535.104.05")
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(words.children)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        pid = scenario.pids("child.pid", child.pid)
        scenario.play(fake_nvml.machine(fake_nvml.card(processes=pid + ":2048", sm=pid + ":80", utilization=85)))
        environ = scenario.environ(library)
        environ.pop("FAKE_NVML_TRACE")
        for seconds in (1.0, 1.0 + words.seconds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [sys.executable, "-m", "envdoctor", "gpu", "--pid", str(child.pid), "--seconds", str(seconds),
                 "--format", "json"], stdout=subprocess.PIPE, env=environ, cwd=ROOT, check=True,
            )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            looks = json.loads(done.stdout)["summary"]["samples"]
            if seconds == 1.0:
                start, first_looks = spent, looks
        child.communicate()
    processes = len(os.listdir("/proc")) if os.path.isdir("/proc") else 0
    print(f"start and report: {start:.2f} s of CPU")
    print(f"watching: {100 * (spent - start) / words.seconds:.2f} % of one core, "
          f"{(looks - first_looks) / words.seconds:.2f} looks a second, {1 + words.children} processes watched, "
          f"about {processes} on the machine")  # fmt: skip
    print(f"peak memory: {after.ru_maxrss / 1024:.0f} MiB, no GPU memory (no context is made)")


if __name__ == "__main__":
    main()
