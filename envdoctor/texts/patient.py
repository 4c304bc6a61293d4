"""Why is there no patient?"""

TEXTS = {
    "python-and-name": (
        "give --python or --name, not both",
        "--python 和 --name 只能给一个",
    ),
    "python-missing": (
        "{path} does not exist",
        "{path} 不存在",
    ),
    "python-command-missing": (
        "{path} is neither a command on PATH nor a file or folder here",
        "PATH 中没有命令 {path}，当前文件夹中也没有这个文件或文件夹",
    ),
    "python-denied": (
        "{path} may not be read (no permission)",
        "没有权限读取 {path}",
    ),
    "python-link-broken": (
        "{path} points to {target}, which no longer exists; the environment has to be made anew",
        "{path} 指向 {target}，但后者已不存在；需要重新创建这个环境",
    ),
    "folder-without-python": (
        "there is no Python in {path} (looked for {looked})",
        "{path} 中没有 Python（查找过 {looked}）",
    ),
    "not-a-python": (
        "{path} is not a Python interpreter",
        "{path} 不是 Python 解释器",
    ),
    "python-cannot-start": (
        "{path} cannot be started ({detail})",
        "{path} 无法启动（{detail}）",
    ),
    "python-crashes": (
        "{path} ends with an error ({detail}), and the files around it do not tell which Python it is",
        "{path} 启动后出错退出（{detail}），从周围的文件也看不出是哪个 Python",
    ),
    "python-hangs": (
        "{path} does not answer in time, and the files around it do not tell which Python it is",
        "{path} 超时没有回应，从周围的文件也看不出是哪个 Python",
    ),
    "no-environments": (
        "no conda environment was found at all, so none named {name}; use --python PATH instead",
        "没有找到任何 conda 环境，因此也没有名为 {name} 的环境；请改用 --python 路径",
    ),
    "environment-unknown": (
        "there is no conda environment named {name} among the {count} that were found",
        "找到了 {count} 个 conda 环境，其中没有名为 {name} 的环境",
    ),
    "environment-unknown-near": (
        "there is no conda environment named {name} among the {count} that were found; similar names: {near}",
        "找到了 {count} 个 conda 环境，其中没有名为 {name} 的环境；相近的名字：{near}",
    ),
    "nothing-found": (
        "no Python was found; name one with --python (passed over: {tried})",
        "没有找到 Python；请用 --python 指定一个（已跳过：{tried}）",
    ),
}
