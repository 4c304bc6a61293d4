"""What does a report look like that a renderer may be given?  A few made by hand, each by name in REPORTS."""

from dataclasses import replace
from typing import Any, Dict, Mapping

from envdoctor.chart import DISTRIBUTIONS, Chart, Fact, absent, known, unknown
from envdoctor.finding import text_of
from envdoctor.report import Doubt, Evidence, Finding, Plan, Remedy, Report, Words


def chart(patient: Mapping[str, Any], packages: Mapping[str, str], site: str, facts: Mapping[str, Fact]) -> Chart:
    """A chart whose distributions have their metadata below `site`."""
    sep = "\\" if "\\" in site else "/"
    installed = {
        name: known(version, sep.join([site, f"{name.replace('-', '_')}-{version}.dist-info", "METADATA"]))
        for name, version in packages.items()
    }
    every = {**installed, "packages.count": known(len(installed)), **facts}
    return Chart(patient, every, frozenset([DISTRIBUTIONS]), {"packages": {"ms": 3.2, "trouble": ""}}, "0.1.0")


def evidence(seen: Chart, *names: str) -> Any:
    return tuple(Evidence(name, text_of(seen.fact(name)), seen.fact(name).origin) for name in names)


def finding(rule: str, title: Words, detail: Words, **changes: Any) -> Finding:
    plain = Finding(
        rule=rule, cause=rule.split("/")[-1], area="packages", stage="run", severity="error", certainty="certain",
        title=title, detail=detail, packages=(), evidence=(), sources=("https://example.org/why",),
        checked="2026-11-23",
    )  # fmt: skip
    return replace(plain, **changes)


def pip(seen: Chart, *requirements: str, **changes: Any) -> Remedy:
    return Remedy(commands=((str(seen.patient["python"]), "-m", "pip", "install", *requirements),), **changes)


# ---------------------------------------------------------------- one conda environment with old Keras


def _old_keras(home: str, windows: bool = False) -> Chart:
    sep = "\\" if windows else "/"
    prefix = sep.join([home, "anaconda3", "envs", "tf113"])
    python = prefix + ("\\python.exe" if windows else "/bin/python")
    site = sep.join([prefix] + (["Lib", "site-packages"] if windows else ["lib", "python3.7", "site-packages"]))
    packages = {
        "tensorflow": "1.13.2", "keras": "2.1.5", "h5py": "3.8.0", "numpy": "1.21.6", "protobuf": "3.20.3",
        "pillow": "8.2.0", "scipy": "1.4.1", "tqdm": "4.60.0", "six": "1.16.0",
    }  # fmt: skip
    facts = {
        "python": known("3.7.16", python),
        "python.bits": known(64),
        "os": known("windows" if windows else "linux"),
        "os.version": known("10.0.19045" if windows else "20.04"),
        **({} if windows else {"os.name": known("Ubuntu 20.04.6 LTS")}),
        "cpu.avx": known("yes"),
        "cpu.avx2": known("yes"),
        "ram.total_mib": known(15890),
        "gpu": known(["NVIDIA GeForce GTX 1660 Ti"], "NVML"),
        "gpu.memory": known([6144], "NVML"),
        "gpu.capability": known(["7.5"], "NVML"),
        "driver": known("460.91.03", "NVML"),
        "driver.cuda": known("11.2", "NVML"),
        "cuda.toolkit": absent(),
        "cudnn": absent(),
        "tensorflow.version": known("1.13.2"),
        "tensorflow.gpu_build": known("no"),
        "torch.cuda": absent(),
        "shell.pip.python": known(python),
        "shell.pip.serves_patient": known("yes"),
    }
    patient = {
        "kind": "conda", "name": "tf113", "python": python, "prefix": prefix, "chosen_by": "CONDA_PREFIX",
        "version": "3.7.16", "project": "", "passed_over": [],
    }  # fmt: skip
    return chart(patient, packages, site, facts)


def _h5py(seen: Chart) -> Finding:
    return finding(
        "h5py/old-keras-cannot-read-h5py-3",
        {"en": "h5py 3.8.0 returns text where keras 2.1.5 expects bytes",
         "zh": "h5py 3.8.0 返回字符串，而 keras 2.1.5 需要的是字节"},
        {"en": "Since version 3 h5py reads text attributes as `str`. The saving code of Keras before 2.4 still calls "
               "`.decode('utf-8')` on them, so `load_model` and `load_weights` of any .h5 file stop with "
               "\"AttributeError: 'str' object has no attribute 'decode'\". Saving works, so the fault shows only "
               "when weights are read.",
         "zh": "h5py 从 3.0 起把文本属性读成 `str`，而 Keras 2.4 以前的读权重代码仍会对它调用 `.decode('utf-8')`，"
               "所以 `load_model`、`load_weights` 读取任何 .h5 文件都会报 \"AttributeError: 'str' object has no "
               "attribute 'decode'\"。保存不受影响，读权重时才会出错。"},
        evidence=evidence(seen, "h5py", "keras"),
        packages=("h5py",),
        remedy=pip(seen, "h5py==2.10.0", constraints=("h5py<3",), verified="resolved"),
    )  # fmt: skip


def sick() -> Report:
    """The patient that most questions are about: one error, one command."""
    seen = _old_keras("/home/li")
    found = _h5py(seen)
    doubts = (Doubt("driver/kernel-mismatch", ("driver.kernel",), "nobody-looked"),)
    plan = Plan(found.remedy.commands if found.remedy else (), "resolved")
    return Report(seen, (found,), doubts, plan)


def chinese_path() -> Report:
    """The same on Windows, under a Chinese user name with a blank, from a shell that runs another Python."""
    seen = _old_keras("C:\\Users\\张 三丰", windows=True)
    facts = {"shell.pip.serves_patient": known("no"), "shell.python.serves_patient": known("no")}
    seen = seen.with_facts(facts)
    seen = seen._replace(patient={**seen.patient, "chosen_by": "--name", "project": "D:\\代码\\keras-yolo3"})
    return Report(seen, (_h5py(seen),), (), Plan())


def healthy() -> Report:
    """A machine without a GPU, and nothing to complain of."""
    packages = {"torch": "2.1.2+cpu", "torchvision": "0.16.2+cpu", "numpy": "1.26.4", "pillow": "10.2.0"}
    facts = {
        "python": known("3.11.7"), "python.bits": known(64), "os": known("linux"),
        "os.name": known("Debian GNU/Linux 12"),
        "os.container": known("docker"), "cpu.avx": known("yes"), "cpu.avx2": known("yes"), "gpu": absent("NVML"),
        "driver": absent(), "cuda.toolkit": absent(), "cudnn": absent(), "torch.version": known("2.1.2+cpu"),
        "torch.cuda": absent(),
    }  # fmt: skip
    patient = {
        "kind": "venv", "name": "", "python": "/srv/app/.venv/bin/python", "prefix": "/srv/app/.venv",
        "chosen_by": "VIRTUAL_ENV", "version": "3.11.7", "project": "/srv/app", "passed_over": [],
    }  # fmt: skip
    return Report(chart(patient, packages, "/srv/app/.venv/lib/python3.11/site-packages", facts))


def too_new_gpu() -> Report:
    """An RTX 3080 with a torch of CUDA 10.0: a root cause with a consequence, a second error, warnings, a plan."""
    site = "/opt/conda/lib/python3.7/site-packages"
    packages = {
        "torch": "1.2.0", "torchvision": "0.4.0", "pillow": "9.5.0", "numpy": "1.21.6", "tqdm": "4.66.1",
        "opencv-python": "4.1.2.30",
    }  # fmt: skip
    facts = {
        "python": known("3.7.16"), "python.bits": known(64), "os": known("linux"),
        "os.name": known("Ubuntu 22.04.4 LTS"), "os.wsl": known("2"), "cpu.avx": known("yes"),
        "gpu": known(["NVIDIA GeForce RTX 3080"] * 2, "NVML"), "gpu.memory": known([10240, 10240], "NVML"),
        "gpu.capability": known(["8.6", "8.6"], "NVML"), "driver": known("535.183.01", "NVML"),
        "driver.cuda": known("12.2", "NVML"), "driver.kernel": known("535.161.07", "/proc/driver/nvidia/version"),
        "cuda.toolkit": known("11.8", "/usr/local/cuda/version.json"),
        "cuda.toolkits": known([{"version": "11.8", "path": "/usr/local/cuda"},
                                {"version": "10.0", "path": "/usr/local/cuda-10.0"}]),
        "cudnn": known("8.6.0", "/usr/include/cudnn_version.h"), "torch.version": known("1.2.0", site),
        "torch.cuda": known("10.0.130", site + "/torch/version.py"), "torch.cudnn": known("7.6.2"),
    }  # fmt: skip
    patient = {
        "kind": "system", "name": "", "python": "/opt/conda/bin/python", "prefix": "/opt/conda", "chosen_by": "PATH",
        "version": "3.7.16", "project": "/home/li/yolo", "passed_over": ["CONDA_PREFIX=/opt/conda/envs/old"],
    }  # fmt: skip
    seen = chart(patient, packages, site, facts)
    consequence = finding(
        "torch/no-kernel-image",
        {"en": "every CUDA call of torch 1.2.0 on this card stops with \"no kernel image is available\"",
         "zh": "torch 1.2.0 在这块显卡上的任何 CUDA 调用都会报 \"no kernel image is available\""},
        {"en": "-", "zh": "—"}, area="gpu",
    )  # fmt: skip
    build = finding(
        "torch/build-older-than-card",
        {"en": "torch 1.2.0 (CUDA 10.0) holds no code for the RTX 3080",
         "zh": "torch 1.2.0（CUDA 10.0）不包含 RTX 3080 能运行的代码"},
        {"en": "The card has compute capability 8.6; this build ends at 7.5. Builds for CUDA 11.1 and newer know it.",
         "zh": "这块显卡的算力是 8.6，而这个版本的 torch 最高只支持 7.5。CUDA 11.1 及以上的版本才支持它。"},
        area="frameworks", evidence=evidence(seen, "gpu", "gpu.capability", "torch.cuda"),
        remedy=pip(seen, "torch==1.13.1", "torchvision==0.14.1", risk="env"), consequences=(consequence,),
    )  # fmt: skip
    pillow = finding(
        "pillow/no-antialias",
        {"en": "torchvision 0.4.0 cannot be imported with pillow 9.5.0",
         "zh": "pillow 9.5.0 下无法导入 torchvision 0.4.0"},
        {"en": "It asks for `PILLOW_VERSION`, which pillow 7 no longer has.",
         "zh": "它要用 `PILLOW_VERSION`，pillow 7 起已经没有了。"},
        certainty="likely", stage="import", evidence=evidence(seen, "pillow", "torchvision"),
        remedy=pip(seen, "pillow==6.2.2"),
    )  # fmt: skip
    driver = finding(
        "driver/kernel-mismatch",
        {"en": "the loaded driver is not the installed one", "zh": "正在使用的驱动与已安装的驱动版本不同"},
        {"en": "The driver was updated without a restart. Until the machine restarts, some programs see no GPU.",
         "zh": "驱动更新后没有重启。重启之前，有些程序会找不到显卡。"},
        area="driver", stage="machine", severity="warning", certainty="possible",
        evidence=evidence(seen, "driver", "driver.kernel"),
        remedy=Remedy(risk="machine", verified=None, note={"en": "Restart the computer.", "zh": "重启电脑。"}),
    )  # fmt: skip
    note = finding(
        "project/no-pins",
        {"en": "requirements.txt pins nothing", "zh": "requirements.txt 没有写明版本"},
        {"en": "The next installation may bring other versions.", "zh": "下次安装可能得到不同的版本。"},
        area="project", severity="info",
    )  # fmt: skip
    python = str(patient["python"])
    plan = Plan(
        ((python, "-m", "pip", "install", "torch==1.13.1", "torchvision==0.14.1", "pillow==6.2.2"),), "resolved"
    )
    return Report(seen, (build, pillow, driver, note), (), plan)


def unknown_gpu() -> Report:
    """NVML gave no answer: nothing to complain of, and much that is not known."""
    seen = healthy().chart
    lost = {name: unknown("probe-too-slow", "gpu") for name in ("gpu", "gpu.memory", "gpu.capability", "driver")}
    torch = {"torch": known("2.1.2"), "torch.version": known("2.1.2"), "torch.cuda": known("12.1")}
    seen = seen.with_facts({**lost, **torch, "numpy": unknown("recorded-twice", "1.26.4, 2.0.1", "/srv/app")})
    doubts = tuple(
        Doubt(rule, ("gpu", "driver"), "probe-too-slow", "gpu") for rule in ("driver/too-old-for-cuda", "torch/no-gpu")
    )
    return Report(seen, (), doubts)


def assumed() -> Report:
    """Facts by --assume alone, with an error for which nobody knows a cure."""
    facts: Dict[str, Fact] = {"tensorflow": known("2.16.1", "assumed"), "python": known("3.6", "assumed")}
    seen = Chart({"kind": "assumed", "chosen_by": "--assume"}, facts, frozenset(), {}, "0.1.0")
    found = finding(
        "tensorflow/no-such-build",
        {"en": "there is no TensorFlow 2.16.1 for Python 3.6", "zh": "TensorFlow 2.16.1 不支持 Python 3.6"},
        {"en": "It needs Python 3.9 or newer.", "zh": "它需要 Python 3.9 以上。"},
        area="environment", evidence=evidence(seen, "tensorflow", "python"),
    )  # fmt: skip
    return Report(seen, (found,), (), expect="gpu")


def verbose() -> Report:
    report = sick()
    facts = {
        "packages.modules": known([f"module_{number}" for number in range(200)]),
        "gpu.uuid": unknown("probe-failed", "OSError: 5"),
    }
    return replace(report, chart=report.chart.with_facts(facts), verbose=True, ignored=("numpy/2-breaks-old-wheels",))


REPORTS = {
    "sick": sick,
    "chinese-path": chinese_path,
    "healthy": healthy,
    "too-new-gpu": too_new_gpu,
    "unknown-gpu": unknown_gpu,
    "assumed": assumed,
    "verbose": verbose,
}
