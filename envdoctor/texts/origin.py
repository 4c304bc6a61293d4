"""Where does a fact come from, where that is no file and no command?  The English is what charts hold."""

TEXTS = {
    "card-table": ("the table of cards", "显卡表"),
    "toolkit-table": ("the table of CUDA toolkits", "CUDA 工具包表"),
    "jax-table": ("the table of JAX", "JAX 版本表"),
    "tensorflow-table": ("the table of TensorFlow releases", "TensorFlow 版本表"),
    "torch-table": ("the table of torch releases", "torch 版本表"),
    "torch-build-table": ("the table of torch builds", "torch 构建表"),
    "torch-tables": ("the tables of torch builds and releases", "torch 版本表和构建表"),
    "wheel-table": ("the table of wheels", "安装包表"),
    "memory-guide": ("the memory guide", "显存指南"),
    "linux-build": ("the registry's build for Linux", "软件源的 Linux 版"),
    "windows-build": ("the registry's build for Windows", "软件源的 Windows 版"),
    "assumed": ("assumed", "假设"),
    "presumed": ("presumed", "默认"),
    "plan": ("plan", "方案"),
    "line": ("line {number}: {what}", "第 {number} 行：{what}"),
    "newest": ("{origin}, newest for Python {python}", "{origin}，适用于 Python {python} 的最新版"),
}
