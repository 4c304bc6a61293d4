"""What is said where an installer cannot simply be told to do it?"""

TEXTS = {
    "system": (
        "This Python belongs to the operating system, whose package manager alone may change it. "
        "Make an environment for the project and install there: `{venv}`, then `{install}`",
        "这个 Python 属于操作系统，只能由系统的软件包管理器改动。请为项目新建环境，在里面安装：`{venv}`，然后 `{install}`",
    ),
    "system-no-venv": (
        "This Python belongs to the operating system, whose package manager alone may change it. Make an environment "
        "for the project and install there: `{venv}`, then `{install}` (on Debian and Ubuntu the package python3-venv is needed first)",
        "这个 Python 属于操作系统，只能由系统的软件包管理器改动。请为项目新建环境，在里面安装：`{venv}`，然后 `{install}`"
        "（Debian 和 Ubuntu 上要先装系统软件包 python3-venv）",
    ),
    "read-only": (
        "You have no right to change this environment. Make one of your own for the project and install there: "
        "`{venv}`, then `{install}`",
        "你没有改动这个环境的权限。请为项目新建自己的环境，在里面安装：`{venv}`，然后 `{install}`",
    ),
    "no-pip": (
        "This environment has no pip, and its Python cannot install one ({python}). Install uv or pip for it first.",
        "这个环境里没有 pip，它的 Python 也无法自行安装 pip（{python}）。请先为它装上 uv 或 pip。",
    ),
    "no-uv": (
        "This environment belongs to the uv project {folder}, and uv was not found on PATH. Anything but uv would be "
        "undone at the next `uv sync`.",
        "这个环境属于 uv 项目 {folder}，但在 PATH 里找不到 uv。用别的工具做的改动会在下次 `uv sync` 时被撤销。",
    ),
    "uv-index": (
        "In a uv project these come from an index of their own: add the page {page} as [[tool.uv.index]] and name it "
        "in [tool.uv.sources] of pyproject.toml for {pins}, then run `uv sync`.",
        "在 uv 项目里，这些包要用单独的索引：在 pyproject.toml 里把 {page} 写成 [[tool.uv.index]]，"
        "在 [tool.uv.sources] 里让 {pins} 使用它，然后运行 `uv sync`。",
    ),
    "uv-not-direct": (
        "The project does not ask for {names} itself, another package of it does; so uv has no command that removes it. "
        "Exclude it in pyproject.toml with [tool.uv] override-dependencies.",
        "{names} 不是项目自己要求的，而是别的包带来的，所以 uv 没有删除它的命令。"
        "可以在 pyproject.toml 的 [tool.uv] override-dependencies 里排除它。",
    ),
    "conda-unknown": (
        "conda installed this, and its package for {pins} is not known here. Look it up with `conda search`, and "
        "change it with conda, not with pip.",
        "它是 conda 装的，而这里不知道 conda 里 {pins} 对应哪个包。请用 `conda search` 查到后用 conda 改动，不要用 pip。",
    ),
}
