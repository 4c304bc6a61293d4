"""Why could a fact not be learnt?"""

TEXTS = {
    "nobody-looked": ("nobody looked", "没有检查过"),
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
}
