"""Which words tell what an error means?"""

TEXTS = {
    "help": (
        "What an error means: a traceback, a log or any pasted text, or the id of a rule, a cause or a symptom.",
        "解释报错：可以是 traceback、日志或任意粘贴的文字，也可以是规则、原因或症状的编号。",
    ),
    "help-examples": (
        "\b\nExit code: 0 no error found, 1 at least one, 2 wrong usage, 3 it could not be completed.\n\n"
        "\b\nExamples:\n"
        "  envdoctor explain train.log          a log, with the facts of the active environment\n"
        "  python train.py 2>&1 | envdoctor explain\n"
        "  envdoctor explain --no-probe -       paste it; nothing of this machine is looked at\n"
        "  envdoctor explain numpy2-abi         the page of a cause",
        "\b\n退出码：0 没有发现错误，1 至少一个，2 用法有误，3 未能完成。\n\n"
        "\b\n示例：\n"
        "  envdoctor explain train.log          解释日志，并参考当前环境的情况\n"
        "  python train.py 2>&1 | envdoctor explain\n"
        "  envdoctor explain --no-probe -       直接粘贴；不查看本机\n"
        "  envdoctor explain numpy2-abi         查看某个原因的说明",
    ),
    "paste-now": (
        "Paste the error, then press Enter and Ctrl-D (Windows: Ctrl-Z and Enter).",
        "请粘贴报错内容，然后按回车和 Ctrl-D（Windows 按 Ctrl-Z 再回车）。",
    ),
    "empty": (
        "there is no text; paste the error, or name a file that holds it",
        "没有内容；请粘贴报错，或给出保存报错的文件",
    ),
    "binary": (
        "this is no text but binary data; hand in the log or the error as text",
        "这不是文本，而是二进制数据；请提供文本形式的日志或报错",
    ),
    "folder": ("{folder} is a folder; name the log in it", "{folder} 是文件夹；请给出其中的日志文件"),
    "unreadable": ("{file} cannot be read: {problem}", "无法读取 {file}：{problem}"),
    "two-inputs": (
        "the chart and the error cannot both come from standard input; put one of them into a file",
        "体检单和报错不能都从标准输入读取；请把其中一个存成文件",
    ),
    "no-such": (
        "{name} is neither a file nor the id of a rule, a cause or a symptom",
        "{name} 既不是文件，也不是规则、原因或症状的编号",
    ),
    "no-such-near": (
        "{name} is neither a file nor the id of a rule, a cause or a symptom; near: {near}",
        "{name} 既不是文件，也不是规则、原因或症状的编号；相近的有：{near}",
    ),
    # ---- pages
    "page-symptoms": ("What programs print because of it:", "由它引起的报错："),
    "page-rules": ("What `envdoctor check` finds of it:", "`envdoctor check` 能发现的情况："),
    "page-alone": (
        "It is told where the text of an error itself says so.",
        "报错内容本身足以说明时，会给出这个原因。",
    ),
    "page-example": ("For example:", "例如："),
    "page-causes": ("What may be behind it, the usual cause first:", "可能的原因（最常见的在前）："),
    "page-when": ("where {clauses}", "条件：{clauses}"),
    # ---- around the findings
    "by-patient": ("Judged by the facts of {who}{because}.", "参考的环境：{who}{because}。"),
    "by-log": ("Judged by the facts that the text itself holds.", "只参考文本本身提供的信息。"),
    "more": ("more: envdoctor explain {cause}", "详情：envdoctor explain {cause}"),
    "times": ("seen {times} times", "共出现 {times} 次"),
    "look": ("To be sure: {look}", "确认方法：{look}"),
    "possibilities": ("It may also be:", "也可能是："),
    # ---- a module that is not there
    "missing-module-title": (
        "The module {module} is not installed in the Python that ran",
        "运行所用的 Python 里没有模块 {module}",
    ),
    "missing-module-detail": (
        "`import {module}` needs the distribution {package}, and the Python that printed this error has none. It may be another Python than the one for which pip installs.",
        "`import {module}` 需要安装 {package}，而报错的这个 Python 里没有它。也可能 pip 是给另一个 Python 安装的。",
    ),
    "missing-module-look": (
        "run `python -m pip show {package}` with the very `python` that printed the error.",
        "用报错的那个 `python` 运行 `python -m pip show {package}`。",
    ),
    "missing-build-title": (
        "{package} is not installed in the Python that ran",
        "运行所用的 Python 里没有安装 {package}",
    ),
    "missing-build-detail": (
        "`import {module}` needs {package}, which comes in several builds; which one is right depends on the card and the driver. `envdoctor plan` and `envdoctor check --project .` know more.",
        "`import {module}` 需要 {package}，而它有多种构建，该装哪一种取决于显卡和驱动。可用 `envdoctor plan` 和 `envdoctor check --project .` 进一步确认。",
    ),
    "other-environment-title": (
        "{package} is installed in another environment than the one that ran",
        "{package} 装在另一个环境里，而不是运行所用的环境",
    ),
    "other-environment-detail": (
        "Where several Pythons or environments exist, pip may serve another one than `python`.",
        "有多个 Python 或环境时，pip 和 `python` 可能不属于同一个环境。",
    ),
    "other-environment-look": (
        'compare `python -c "import sys; print(sys.executable)"` with the path that `pip --version` prints.',
        '比较 `python -c "import sys; print(sys.executable)"` 的输出与 `pip --version` 里的路径。',
    ),
    "installed-elsewhere-title": (
        "{package} {version} is installed here, but another Python printed this error",
        "这里装有 {package} {version}，报错的却是另一个 Python",
    ),
    "installed-elsewhere-detail": (
        "The environment that was looked at has {package} {version}, which brings the module {module}. The error must come from another Python: another environment was active, or an editor or a notebook starts another interpreter.",
        "所检查的环境装有 {package} {version}，其中就有模块 {module}。报错的应该是另一个 Python：当时激活的是别的环境，或者编辑器、笔记本用了别的解释器。",
    ),
    "own-folder-title": (
        "{module} is a folder or file of the project itself, and Python does not find it",
        "{module} 是项目自己的文件夹或文件，Python 没有找到它",
    ),
    "own-folder-detail": (
        "Python looks in the folder of the script that is started and, for `python -m`, in the current folder. {top} is not there: the script was started from another folder, or {top} is missing from the copy of the project.",
        "Python 会在所启动脚本的目录里查找（用 `python -m` 时则在当前目录）。那里没有 {top}：脚本是从别的目录启动的，或者这份项目缺少 {top}。",
    ),
    "own-folder-look": (
        "is there a folder or file named {top} in the project? Start the script in the folder that holds it. Never install a package of that name.",
        "项目里有没有名为 {top} 的文件夹或文件？请在它所在的目录里启动脚本，不要用 pip 安装同名的包。",
    ),
    "hidden-folder-title": ("Another module named {top} is found first", "先找到了另一个名为 {top} 的模块"),
    "hidden-folder-detail": (
        "An installed package or a file with the name {top} is found before the folder of the project.",
        "某个已安装的包或文件也叫 {top}，抢在项目的文件夹之前被找到。",
    ),
    "hidden-folder-look": (
        'run `python -c "import {top}; print({top}.__file__)"` in the folder of the project.',
        '在项目目录里运行 `python -c "import {top}; print({top}.__file__)"`。',
    ),
    "unknown-module-title": ("Python does not find the module {module}", "Python 找不到模块 {module}"),
    "unknown-module-detail": (
        "It is either a package that is not installed in this Python, or a file or folder of the project. The name is not among those that are known here, so no distribution is named: one with an equal name may be something else.",
        "它要么是这个 Python 里没有安装的包，要么是项目自己的文件或文件夹。这里没有收录这个名字，所以不指明该装什么：同名的包可能是别的东西。",
    ),
    "unknown-module-look": (
        "look for {top} in the project's folders and in its requirements or README.",
        "在项目的目录、依赖文件和 README 里查找 {top}。",
    ),
    "submodule-title": ("{of} has no module {module}", "{of} 里没有模块 {module}"),
    "submodule-detail": (
        "{package} is installed, but the module {module} is not in it: it belongs to an older or newer release, or the installation is incomplete. The code was written for another release of {package}.",
        "{package} 已安装，但其中没有模块 {module}：它属于更旧或更新的版本，或者安装不完整。代码是为另一个版本的 {package} 写的。",
    ),
    "version-look": (
        "compare `python -m pip show {package}` with the version that the project asks for.",
        "比较 `python -m pip show {package}` 的结果与项目要求的版本。",
    ),
    "removed-module-title": (
        "Python {python} and newer have no module {module}",
        "Python {python} 起不再有模块 {module}",
    ),
    "removed-module-detail": (
        "The standard library lost {module} in Python {python}. The code is older than that; it runs on an older Python.",
        "标准库从 Python {python} 起移除了 {module}。这份代码比它更早，需要用更旧的 Python 运行。",
    ),
    "removed-module-in-title": (
        "This {package} needs the module {module}, which Python {python} and newer do not have",
        "这个 {package} 需要模块 {module}，而 Python {python} 起已没有它",
    ),
    "removed-module-in-detail": (
        "The standard library lost {module} in Python {python}, and the installed {package} still imports it. A newer {package} may not, or an older Python has it.",
        "标准库从 Python {python} 起移除了 {module}，而已安装的 {package} 仍要导入它。较新的 {package} 也许不再需要；更旧的 Python 则带有它。",
    ),
    "python-2-title": ("The module {module} exists only in Python 2", "模块 {module} 只存在于 Python 2"),
    "python-2-detail": (
        "Python 3 calls it {now}. The code that imports it was written for Python 2 and has to be ported.",
        "Python 3 里叫做 {now}。导入它的代码是为 Python 2 写的，需要改写。",
    ),
    # ---- a name that is not there
    "shadowed-title": (
        "A file of your own named like {top} hides the real {top}",
        "你自己的文件与 {top} 同名，遮住了真正的 {top}",
    ),
    "shadowed-detail": (
        "{file} is imported instead of the library {top}, so {name} is not found in it. Rename the file and delete the .pyc file and the __pycache__ folder beside it.",
        "导入的是 {file} 而不是 {top} 本身，所以找不到 {name}。请给这个文件改名，并删除旁边的 .pyc 文件和 __pycache__ 文件夹。",
    ),
    "name-gone-title": ("{of} has no {module}.{name}", "{of} 里没有 {module}.{name}"),
    "name-gone-detail": (
        "The code uses {module}.{name}, and the installed {package} does not have it: it was removed, moved, or comes only with a newer release, or its name is misspelt.",
        "代码用到 {module}.{name}，而已安装的 {package} 里没有：它被移除、改了位置，或者更新的版本才有，也可能是名字写错了。",
    ),
    "name-between-title": ("The installed {user} and {of} do not fit each other", "已安装的 {user} 与 {of} 不配套"),
    "name-between-detail": (
        "{user} imports {module}.{name}, and the installed {package} does not have it. One of the two is too new or too old for the other; their release notes name the pairs that fit.",
        "{user} 要使用 {module}.{name}，而已安装的 {package} 里没有。两者之一对另一个来说太新或太旧，发行说明里写有配套的版本。",
    ),
    "gone-since-title": ("{name} does not exist in {package} {range}", "{package} {range} 里没有 {name}"),
    "gone-since-detail": (
        "The traceback shows that {name} is not there, so the installed {package} is one of {range}. The code was written for another release.",
        "从报错看没有 {name}，可见已安装的 {package} 属于 {range}。代码是为另一个版本写的。",
    ),
    "gone-since-in-title": (
        "The installed {library} uses {name}, which does not exist in {package} {range}",
        "已安装的 {library} 用到 {name}，而 {package} {range} 里没有它",
    ),
    "gone-since-in-detail": (
        "The traceback ends in {library}, which asks for {name}; {package} {range} does not have it. One of the two is too new or too old for the other.",
        "报错发生在 {library} 里，它要用 {name}，而 {package} {range} 没有。两者之一对另一个来说太新或太旧。",
    ),
    # ---- an argument
    "argument-title": (
        "{function} of the installed {package} does not take the argument {argument}",
        "已安装的 {package} 的 {function} 不接受参数 {argument}",
    ),
    "argument-detail": (
        "The call passes {argument}, which {function} does not know. If the code is right for its own release of {package}, another release is installed; otherwise the call is mistaken.",
        "调用时传入了 {argument}，而 {function} 没有这个参数。如果代码对它所写的那个 {package} 版本是对的，那就是装了别的版本；否则是调用写错了。",
    ),
    "argument-in-title": (
        "{package} passes the argument {argument} to {function}, which does not take it",
        "{package} 向 {function} 传入了它不接受的参数 {argument}",
    ),
    "argument-in-detail": (
        "The call stands inside of {package}, so two installed packages do not fit each other: {package} was written for another release of the one that {function} belongs to.",
        "这个调用在 {package} 内部，说明两个已安装的包不配套：{package} 是为 {function} 所在包的另一个版本写的。",
    ),
    # ---- the program's own
    "user-code-title": (
        "This is in the program itself: {file}, line {line}",
        "这是程序自身的错误：{file} 第 {line} 行",
    ),
    "user-code-detail": (
        "The {kind} is raised in a file of the project, not in a library: the environment is not at fault. Look at that line and at the values that reach it.",
        "{kind} 出自项目自己的文件而不是库，与环境无关。请查看这一行以及传到这里的值。",
    ),
    "usage-title": ("{program} was started with options that it does not take", "启动 {program} 时给的选项不对"),
    "usage-detail": (
        "The program itself refuses its command line: {problem}. `python {program} --help` lists what it takes.",
        "程序自己拒绝了这个命令行：{problem}。用 `python {program} --help` 查看可用的选项。",
    ),
    # ---- commands
    "no-command-title": ("The shell does not find {command}", "终端找不到 {command}"),
    "no-command-detail": (
        "{command} is not installed, or its folder is not on PATH in this shell.",
        "没有安装 {command}，或者它所在的目录不在当前终端的 PATH 里。",
    ),
    "no-python-title": ("The shell does not find {command}", "终端找不到 {command}"),
    "no-python-detail": (
        "No environment is active in which {command} lies, or it has another name here (python3, py). `python -m pip` reaches the pip that belongs to a Python.",
        "没有激活带有 {command} 的环境，或者它在这里叫别的名字（python3、py）。用 `python -m pip` 可以调用与该 Python 对应的 pip。",
    ),
    "no-conda-title": ("This shell does not know conda", "当前终端还不认识 conda"),
    "no-conda-detail": (
        "conda is not installed, or this shell was not set up for it. Where it is installed, `conda init` with its full path sets it up for the shells that are opened afterwards; on Windows, Anaconda Prompt knows it already.",
        "没有安装 conda，或者当前终端没有为它初始化。若已安装，用完整路径运行 `conda init`，之后新开的终端就能用；Windows 上可以直接用 Anaconda Prompt。",
    ),
    "no-activate-title": ("This shell does not know `activate`", "当前终端不认识 `activate`"),
    "no-activate-detail": (
        "An environment of conda is activated by `conda activate NAME` in a shell that knows conda, a venv by the script in its own folder.",
        "conda 环境要在已初始化的终端里用 `conda activate 环境名` 激活；venv 则运行它自己目录里的激活脚本。",
    ),
    "no-nvcc-title": ("There is no nvcc on PATH", "PATH 里没有 nvcc"),
    "no-nvcc-detail": (
        "nvcc belongs to the CUDA toolkit. It is only needed to compile CUDA code; PyTorch and TensorFlow run on the GPU without it.",
        "nvcc 属于 CUDA 工具包，只有编译 CUDA 代码时才需要；PyTorch 和 TensorFlow 在 GPU 上运行并不需要它。",
    ),
    "no-nvidia-smi-title": ("There is no nvidia-smi on PATH", "PATH 里没有 nvidia-smi"),
    "no-nvidia-smi-detail": (
        "nvidia-smi comes with the NVIDIA driver. The driver is not installed, or this is a container that was started without access to the GPU.",
        "nvidia-smi 随 NVIDIA 驱动一起安装。要么没有装驱动，要么这是一个启动时没有开放 GPU 的容器。",
    ),
    "install-title": ("The installation failed", "安装失败"),
    "install-detail": ("The log of the installer tells why.", "安装日志说明了原因。"),
    # ---- what nobody knows
    "unknown-error-title": ("This error is not known here", "这个错误还没有收录"),
    "unknown-error-detail": (
        "Nothing is said about its cause, as that would be a guess. The whole text from the first `Traceback` on may tell more, and `envdoctor check` looks at the environment itself.",
        "不作猜测，所以不说明原因。从第一个 `Traceback` 开始的完整内容也许能说明更多；也可以用 `envdoctor check` 检查环境本身。",
    ),
    "unknown-error-at-title": ("This error is not known here", "这个错误还没有收录"),
    "unknown-error-at-detail": (
        "Nothing is said about its cause, as that would be a guess. The last line of your own that led to it is {file}, line {line}. `envdoctor check` looks at the environment itself.",
        "不作猜测，所以不说明原因。引发它的最后一行自己的代码是 {file} 第 {line} 行。也可以用 `envdoctor check` 检查环境本身。",
    ),
    "unknown-line-title": ("There is an error in this text that is not known here", "这段文字里有一个还没有收录的错误"),
    "unknown-line-detail": (
        "Nothing is said about its cause, as that would be a guess. More lines from before the error may tell more, and `envdoctor check` looks at the environment itself.",
        "不作猜测，所以不说明原因。错误之前的更多内容也许能说明问题；也可以用 `envdoctor check` 检查环境本身。",
    ),
    "cut-traceback-title": ("The traceback is cut: its last line is missing", "traceback 不完整：缺少最后一行"),
    "cut-traceback-detail": (
        "What went wrong stands in the last line of a traceback, below the lines with `File`. Hand in the text to its end.",
        "出了什么错写在 traceback 的最后一行，即各个 `File` 行的下面。请把内容完整地粘贴到结尾。",
    ),
    "interrupted-title": (
        "The program was stopped from outside, by Ctrl-C or its own exit",
        "程序是被 Ctrl-C 或自身退出终止的",
    ),
    "interrupted-detail": (
        "That is no fault. If it was stopped because it seemed to hang, the lines above show where it was.",
        "这不是故障。如果是因为看起来卡住才终止的，上面的内容会显示它停在哪里。",
    ),
    "no-error-title": ("No error was found in this text", "这段文字里没有发现错误"),
    "no-error-detail": (
        "Nothing in it is known as the text of an error. If the program failed all the same, hand in what it printed at its end.",
        "其中没有已知的报错内容。如果程序确实失败了，请提供它最后输出的部分。",
    ),
}
