"""Why could a fact not be learnt?"""

TEXTS = {
    "nobody-looked": ("nobody looked", "没有检查过"),
    "told-differently": ("it is told differently ({detail})", "说法不一（{detail}）"),
    "not-installed-yet": ("not installed yet", "还没有安装"),
    # targets.py: judged before anything is installed
    "not-pinned": ("its version is not pinned ({detail})", "没有锁定版本（{detail}）"),
    "from-an-address": ("it comes from an address ({detail})", "它从一个地址安装（{detail}）"),
    "chosen-by-conda": ("conda chooses its version ({detail})", "版本由 conda 决定（{detail}）"),
    "nothing-to-install": (
        "there is nothing to install for this Python ({detail})",
        "这个 Python 没有可用的安装包（{detail}）",
    ),
    "build-not-told": ("nothing tells which build it will be", "看不出会是哪个构建"),
    "probe-failed": ("the probe failed ({detail})", "检查程序出错（{detail}）"),
    "probe-too-slow": ("no answer in time ({detail})", "超时没有结果（{detail}）"),
    # probes/frameworks.py
    "framework-half-removed": (
        "only remains of it are left, and Python cannot import them ({detail})",
        "只剩下不完整的文件，Python 无法导入（{detail}）",
    ),
    "framework-file-closed": ("its file cannot be read ({detail})", "无法读取它的文件（{detail}）"),
    "framework-path-closed": (
        "a folder in which Python looks for packages cannot be opened ({detail})",
        "Python 查找包的一个文件夹打不开（{detail}）",
    ),
    "framework-version-not-recorded": ("its files do not tell its version", "它的文件里没有写明版本"),
    "framework-several-versions": (
        "several installed distributions claim its folder ({detail})",
        "有多个已安装的发行包都说这个文件夹是自己的（{detail}）",
    ),
    "framework-build-not-recorded": (
        "its files do not tell what it was built for",
        "它的文件里没有写明编译时的配置",
    ),
    "tensorflow-build-not-recorded": (
        "this TensorFlow release does not record what it was built for",
        "这个版本的 TensorFlow 没有记录编译时的配置",
    ),
    "torch-cudnn-inside": (
        "no file beside torch names its cuDNN, which may be part of torch's own library",
        "torch 旁边没有文件写明 cuDNN 的版本，它可能已经编译进 torch 自己的库里",
    ),
    "jax-two-plugins": (
        "JAX has CUDA plugins for more than one CUDA version ({detail})",
        "JAX 装了针对不同 CUDA 版本的多个插件（{detail}）",
    ),
    # patient.py, probes/interpreter.py
    "python-hangs": ("the interpreter did not answer in time", "解释器超时没有回应"),
    "python-crashes": ("the interpreter ended with an error ({detail})", "解释器启动后出错退出（{detail}）"),
    "python-silent": ("the interpreter ended without an answer", "解释器退出了，但没有给出回答"),
    "python-cannot-start": ("the interpreter cannot be started ({detail})", "解释器无法启动（{detail}）"),
    # probes/variables.py
    "python-is-a-shim": (
        "this python belongs to a version manager, which chooses an interpreter at each start",
        "这个 python 属于版本管理工具，每次启动时才决定用哪个解释器",
    ),
    "python-is-a-store-alias": (
        "this python.exe is a placeholder that opens the Microsoft Store",
        "这个 python.exe 只是占位程序，会打开 Microsoft Store",
    ),
    "python-is-a-script": (
        "this python is a script that starts an interpreter elsewhere",
        "这个 python 是脚本，会启动别处的解释器",
    ),
    "python-place-unknown": (
        "the files around this python do not tell where its packages are",
        "从周围的文件看不出这个 python 的包放在哪里",
    ),
    "pip-is-a-shim": (
        "this pip belongs to a version manager, which chooses an interpreter at each start",
        "这个 pip 属于版本管理工具，每次启动时才决定用哪个解释器",
    ),
    "pip-says-nothing": (
        "this pip does not tell which interpreter it serves",
        "从这个 pip 看不出它属于哪个解释器",
    ),
    # probes/conda.py
    "conda-meta-unreadable": (
        "the folder conda-meta cannot be read ({detail})",
        "无法读取 conda-meta 文件夹（{detail}）",
    ),
    # probes/project.py
    "project-unreadable": ("the project folder cannot be read ({detail})", "无法读取项目文件夹（{detail}）"),
    "project-truncated": (
        "the project is too large to be read completely",
        "项目太大，没有全部读完",
    ),
    "stdlib-unknown": (
        "the modules of this Python's standard library could not be listed",
        "无法列出这个 Python 的标准库模块",
    ),
    # probes/gpu.py: the answers of NVML (nvml.error), each with the prefix "nvml-"
    "nvml-uninitialized": ("NVML could not be started ({detail})", "NVML 没能启动（{detail}）"),
    "nvml-invalid-argument": ("NVML did not understand the question ({detail})", "NVML 不认识这个查询（{detail}）"),
    "nvml-not-supported": ("this card does not tell it ({detail})", "这块显卡不提供这项信息（{detail}）"),
    "nvml-no-permission": (
        "this user may not ask the NVIDIA driver ({detail})",
        "当前用户没有权限访问 NVIDIA 驱动（{detail}）",
    ),
    "nvml-not-found": ("NVML does not know this card ({detail})", "NVML 找不到这块显卡（{detail}）"),
    "nvml-insufficient-size": ("NVML needed more room for its answer ({detail})", "NVML 的返回空间不够（{detail}）"),
    "nvml-insufficient-power": (
        "a power cable of the card is not connected ({detail})",
        "显卡的外接供电线没有接好（{detail}）",
    ),
    "nvml-driver-not-loaded": (
        "the NVIDIA driver is installed, but not loaded ({detail})",
        "装了 NVIDIA 驱动，但驱动没有加载（{detail}）",
    ),
    "nvml-timeout": ("the NVIDIA driver did not answer in time ({detail})", "NVIDIA 驱动超时没有回应（{detail}）"),
    "nvml-irq-issue": (
        "the NVIDIA driver reports a problem with the interrupts of the card ({detail})",
        "NVIDIA 驱动报告显卡的中断有问题（{detail}）",
    ),
    "nvml-library-not-found": (
        "there is no NVML library, which is part of the NVIDIA driver ({detail})",
        "没有 NVML 库，它是 NVIDIA 驱动的一部分（{detail}）",
    ),
    "nvml-function-not-found": (
        "the installed NVIDIA driver is too old for this question ({detail})",
        "装的 NVIDIA 驱动太旧，不支持这个查询（{detail}）",
    ),
    "nvml-corrupted-inforom": (
        "the card's own memory of its settings is damaged ({detail})",
        "显卡自带的配置存储（infoROM）损坏了（{detail}）",
    ),
    "nvml-gpu-lost": (
        "the card has stopped answering; the machine has to be restarted ({detail})",
        "显卡已经掉线，需要重启机器（{detail}）",
    ),
    "nvml-reset-required": ("the card has to be reset ({detail})", "显卡需要重置（{detail}）"),
    "nvml-blocked-by-system": (
        "the operating system, or the container, does not let programs reach the card ({detail})",
        "操作系统或容器不让程序访问显卡（{detail}）",
    ),
    "nvml-version-mismatch": (
        "the files of the NVIDIA driver were updated while an older one is still loaded ({detail})",
        "NVIDIA 驱动的文件已经更新，但内存里运行的还是旧驱动（{detail}）",
    ),
    "nvml-out-of-memory": ("NVML had too little memory ({detail})", "NVML 可用的内存不足（{detail}）"),
    "nvml-unknown-error": (
        "the NVIDIA driver reports an unknown error ({detail})",
        "NVIDIA 驱动报告了未知错误（{detail}）",
    ),
    "nvml-other-error": ("NVML answered with an error ({detail})", "NVML 返回了错误（{detail}）"),
    "nvml-stub-library": (
        "a placeholder of the CUDA toolkit (a stub) is loaded in place of the driver's library ({detail})",
        "加载到的是 CUDA 工具包里的占位库（stub），不是驱动自带的库（{detail}）",
    ),
    "nvml-library-broken": ("the NVML library cannot be loaded ({detail})", "NVML 库加载失败（{detail}）"),
    "nvml-no-binding": (
        "the package nvidia-ml-py is needed to ask the driver, and cannot be imported ({detail})",
        "查询驱动需要 nvidia-ml-py 这个包，但它导入不了（{detail}）",
    ),
    "nvml-binding-broken": (
        "the installed pynvml is another package, or too old ({detail})",
        "装的 pynvml 是另一个包，或者版本太旧（{detail}）",
    ),
    "gpu-not-listed": ("the driver does not list this card", "驱动没有列出这块显卡"),
    "gpu-driver-needed": ("only a driver can tell", "只有驱动才能给出这项信息"),
    "gpu-behind-wsl": (
        "WSL does not show the cards of Windows unless their driver answers",
        "驱动没有回应时，在 WSL 里看不到 Windows 的显卡",
    ),
    "gpu-bus-hidden": (
        "this system does not let us list its cards ({detail})",
        "在这个系统上无法列出显卡（{detail}）",
    ),
    "gpu-tegra-driver": (
        "the driver of a Jetson is part of its system image and has no number of its own ({detail})",
        "Jetson 的驱动是系统镜像的一部分，没有单独的版本号（{detail}）",
    ),
    "gpu-file-closed": ("the driver's file cannot be read ({detail})", "无法读取驱动的文件（{detail}）"),
    "gpu-file-not-understood": (
        "the driver's file has an unknown form ({detail})",
        "驱动的文件格式无法识别（{detail}）",
    ),
    # probes/toolkit.py
    "toolkit-version-not-told": (
        "the files of this CUDA toolkit do not tell its version",
        "从这个 CUDA 工具包的文件里看不出版本",
    ),
    "cudnn-version-not-told": (
        "the files of this cuDNN do not tell its version",
        "从这个 cuDNN 的文件里看不出版本",
    ),
    # probes/host.py
    "host-file-closed": ("a file of the system cannot be read ({detail})", "无法读取一个系统文件（{detail}）"),
    "host-does-not-tell": ("this system does not tell", "这个系统不提供这项信息"),
    "cpu-question-too-new": (
        "this Windows is too old to be asked about it",
        "这个版本的 Windows 太旧，查不到这项信息",
    ),
    # conclusions/kernels.py, conclusions/frameworks.py: past the edge of a table, with the day it was checked
    "torch-newer-than-known": (
        "this torch is newer than what I know ({detail})",
        "这个 torch 比我所知道的更新（{detail}）",
    ),
    "tensorflow-newer-than-known": (
        "this TensorFlow is newer than what I know ({detail})",
        "这个 TensorFlow 比我所知道的更新（{detail}）",
    ),
    "cuda-newer-than-known": (
        "its CUDA is newer than what I know ({detail})",
        "它的 CUDA 比我所知道的更新（{detail}）",
    ),
    "torch-not-in-table": (
        "my tables do not have this build of torch ({detail})",
        "我的资料表里没有这个 torch 构建（{detail}）",
    ),
    "tensorflow-not-in-table": (
        "my tables do not have this build of TensorFlow ({detail})",
        "我的资料表里没有这个 TensorFlow 构建（{detail}）",
    ),
    "cuda-not-in-table": (
        "my tables do not have its CUDA ({detail})",
        "我的资料表里没有它的 CUDA 版本（{detail}）",
    ),
    "card-not-in-table": (
        "my tables do not tell the compute capability of this card ({detail})",
        "我的资料表里没有这块显卡的算力（{detail}）",
    ),
    # conclusions/cuda.py, conclusions/host.py
    "not-a-version": ("{detail} cannot be read as a version", "{detail} 不是能识别的版本号"),
    "tensorflow-of-another-builder": (
        "this TensorFlow ({detail}) does not come from the package registry and may bring libraries of its own",
        "这个 TensorFlow（{detail}）不是软件源里的官方安装包，可能自带 CUDA 库",
    ),
    "libraries-in-wheels": (
        "NVIDIA's wheels hold these libraries; whether they are found depends on LD_LIBRARY_PATH in the training shell",
        "这些库在 NVIDIA 的 pip 包里，能否找到取决于训练时的 LD_LIBRARY_PATH",
    ),
    "device-not-understood": (
        "CUDA_VISIBLE_DEVICES has an entry that I cannot read ({detail})",
        "CUDA_VISIBLE_DEVICES 里有看不懂的内容（{detail}）",
    ),
    "other-maker": (
        "this build uses GPUs of another maker, which I do not judge",
        "这个版本使用的不是 NVIDIA 的 GPU，这里不作判断",
    ),
}
