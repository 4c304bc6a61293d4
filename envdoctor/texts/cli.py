"""What does the command line itself say: help, and the sentences about a user's mistake?"""

TEXTS = {
    # ---- help
    "help": (
        "Finds what is wrong with a deep-learning environment, and says what mends it.\n\n"
        "It looks from outside: nothing of the environment is imported, and nothing is changed unless you say so.",
        "检查深度学习环境哪里有问题，并告诉你怎么解决。\n\n只从外部查看：不导入环境里的任何包，未经你同意不改动任何东西。",
    ),
    "help-examples": (
        "\b\nExamples:\n"
        "  envdoctor check                      the active environment\n"
        "  envdoctor check -n tf113             a conda environment by name\n"
        "  envdoctor fix                        one plan for all that was found; asks first\n"
        "  envdoctor explain error.log          a traceback or a log: what it means\n"
        "  envdoctor run -- python train.py     run it, and explain a crash",
        "\b\n示例：\n"
        "  envdoctor check                      检查当前激活的环境\n"
        "  envdoctor check -n tf113             按名字检查某个 conda 环境\n"
        "  envdoctor fix                        为发现的问题给出一个方案，先询问再执行\n"
        "  envdoctor explain error.log          解释报错或日志\n"
        "  envdoctor run -- python train.py     运行命令，崩溃时解释原因",
    ),
    "help-help": ("Show this text and leave.", "显示这段说明后退出。"),
    "help-version": ("Print the version and leave.", "显示版本号后退出。"),
    "help-check": (
        "Examine an environment, name what is wrong, and print the cure.",
        "检查一个环境，指出问题并给出解决办法。",
    ),
    "help-check-examples": (
        "\b\nExit code: 0 no error found, 1 at least one, 2 wrong usage, 3 the check could not be completed.\n\n"
        "\b\nExamples:\n"
        "  envdoctor check --expect gpu         no usable GPU is an error\n"
        "  envdoctor check --format json        for scripts\n"
        "  envdoctor check --from chart.json    a chart from another machine\n"
        "  envdoctor check --targets            what the repository asks for, on the machines of envdoctor.toml",
        "\b\n退出码：0 没有发现错误，1 至少有一个错误，2 用法有误，3 检查没能完成。\n\n"
        "\b\n示例：\n"
        "  envdoctor check --expect gpu         没有可用的 GPU 就算错误\n"
        "  envdoctor check --format json        供脚本读取\n"
        "  envdoctor check --from chart.json    读取另一台机器的体检单\n"
        "  envdoctor check --targets            针对 envdoctor.toml 里的机器检查仓库的依赖",
    ),
    "help-chart": (
        "Write what was seen as one JSON file, without user names, home folders, tokens or GPU ids.",
        "把看到的情况写成一个 JSON 文件，其中不含用户名、主目录、令牌和显卡编号。",
    ),
    "help-gpu": (
        "Find out whether the GPU is really used.\n\n"
        "By a test in the environment, by watching a running process, or by running a command and watching it.",
        "弄清 GPU 是否真的在用。\n\n可以在环境里做自检、观察正在运行的进程，或运行一条命令并观察它。",
    ),
    "help-gpu-examples": (
        "\b\nExit code: 0 used, 1 not used or the wrong GPU, 2 wrong usage, 3 cannot tell.\n"
        "With a command it is the command's own; with --require-gpu a success counts only if the GPU was used.\n\n"
        "\b\nExamples:\n"
        "  envdoctor gpu                        test what the active environment can do\n"
        "  envdoctor gpu --pid 4711             watch a running training for 20 s\n"
        "  envdoctor gpu --process train.py     the same by the name of its script\n"
        "  envdoctor gpu -- python train.py     run a command and watch it to its end\n"
        "  envdoctor gpu --watch                all GPUs, live",
        "\b\n退出码：0 用到了，1 没用到或用错了 GPU，2 用法有误，3 无法判断。\n"
        "运行命令时沿用命令自己的退出码；加 --require-gpu 后，只有用到 GPU 才算成功。\n\n"
        "\b\n示例：\n"
        "  envdoctor gpu                        测试当前环境能不能用 GPU\n"
        "  envdoctor gpu --pid 4711             观察正在运行的训练 20 秒\n"
        "  envdoctor gpu --process train.py     同上，按脚本名查找\n"
        "  envdoctor gpu -- python train.py     运行命令并一直观察到结束\n"
        "  envdoctor gpu --watch                实时查看所有 GPU",
    ),
    "help-pid": ("Watch this running process and its children.", "观察这个正在运行的进程及其子进程。"),
    "help-process": (
        "The same by the name of its script or program, e.g. train.py (--name train.py does it, too).",
        "同上，用脚本名或程序名指定，例如 train.py（也可以写 --name train.py）。",
    ),
    "help-seconds": (
        "How long to watch (default: 20 for a running process; a command to its end).",
        "观察多少秒（默认：正在运行的进程 20 秒，命令则一直到结束）。",
    ),
    "help-watch": ("Show it live until Ctrl-C.", "实时显示，直到按 Ctrl-C。"),
    "help-require-gpu": (
        "For CI: a command that succeeds without using the GPU ends with 1, or 3 where that cannot be told.",
        "用于 CI：命令成功但没用到 GPU 时以 1 结束，无法判断时以 3 结束。",
    ),
    "help-framework": ("Test only this framework; may be repeated.", "只测试指定的框架；可重复使用。"),
    "help-init": (
        "Write a configuration and a CI workflow for this repository.\n\n"
        "Files that are already there are left as they are.",
        "为这个仓库生成配置文件和 CI 工作流。\n\n已有的文件不会改动。",
    ),
    "help-init-project": ("The repository (default: the current folder).", "仓库所在的文件夹（默认：当前文件夹）。"),
    "help-ci": (
        "For which CI (default: what the repository uses; github where that does not show).",
        "用于哪种 CI（默认按仓库现有的配置；看不出时用 github）。",
    ),
    "help-init-lang": ("Language of the comments (default: from the locale).", "注释的语言（默认按系统语言）。"),
    "help-rules": ("What the doctor knows, and from where.", "envdoctor 知道哪些问题，依据是什么。"),
    "help-rules-list": ("All rules, a line each.", "列出全部规则，每条一行。"),
    "help-rules-show": ("The page of one rule.", "查看一条规则的说明。"),
    "help-rules-lint": ("Check rule files (default: the own ones).", "检查规则文件（默认检查自带的规则）。"),
    "help-python": ("An interpreter, or the folder of an environment.", "要检查的解释器，或环境所在的文件夹。"),
    "help-name": ("A conda environment by its name.", "按名字指定 conda 环境。"),
    "help-from": (
        "A chart written earlier, or any text that people paste (- reads standard input); nothing of this machine is "
        "looked at.",
        "读取之前生成的体检单，或任意粘贴的文字（- 表示标准输入）；此时不查看本机。",
    ),
    "help-assume": (
        "Put a fact in place of what was seen, e.g. torch=1.2.0+cu100, python=3.7, 'gpu=GeForce RTX 3080', os=windows. "
        "May be repeated; FACT=none means that it is not there.",
        "用假设的情况代替实际看到的，例如 torch=1.2.0+cu100、python=3.7、'gpu=GeForce RTX 3080'、os=windows。"
        "可重复使用；FACT=none 表示没有。",
    ),
    "help-no-probe": ("Look at nothing; judge only what is assumed.", "什么都不查看，只判断假设的情况。"),
    "help-project": (
        "The repository that will be run there (default: the current folder when it looks like one).",
        "将在该环境里运行的仓库（默认：当前文件夹，如果它像一个仓库）。",
    ),
    "help-no-project": ("Leave the repository out.", "不检查仓库代码。"),
    "help-expect": (
        "What you want to train on. `any` (default): a machine without GPU is fine, an unusable NVIDIA GPU is an error; "
        "`gpu`: no usable GPU is an error; `cpu`: GPUs do not matter.",
        "打算用什么训练。`any`（默认）：没有 GPU 不算问题，但有 NVIDIA 显卡却用不上算错误；"
        "`gpu`：没有可用 GPU 就算错误；`cpu`：不关心 GPU。",
    ),
    "help-ignore": (
        "Leave a rule out (an id, or `folder/` for all of them); may be repeated.",
        "忽略某条规则（编号，或用 `文件夹/` 表示其中全部）；可重复使用。",
    ),
    "help-targets": (
        "Judge the dependency files and the code for the machines that the settings name, before anything is installed.",
        "在安装之前，针对设置里写的各台机器检查依赖文件和代码。",
    ),
    "help-target": (
        "The same for this one of them only; may be repeated.",
        "同上，但只检查其中这一台；可重复使用。",
    ),
    "help-strict": ("Warnings count for the exit code, too.", "警告也计入退出码。"),
    "help-format": ("How the report is written.", "报告的格式。"),
    "help-output": ("Write to a file instead of the terminal.", "写入文件，而不是显示在终端。"),
    "help-lang": ("Language of the report (default: from the locale).", "报告的语言（默认按系统语言）。"),
    "help-verbose": (
        "Also show what is fine, where each fact comes from, and times.",
        "同时显示正常的项目、每项信息的来源和耗时。",
    ),
    "help-no-color": (
        "No colours (NO_COLOR and FORCE_COLOR are heeded, too).",
        "不使用颜色（也遵守 NO_COLOR 和 FORCE_COLOR）。",
    ),
    "help-no-redact-formats": (
        "Keep names, paths and ids also in formats that others read (all but text and json).",
        "在给别人看的格式里（text 和 json 以外）也保留用户名、路径和编号的原样。",
    ),
    "help-no-redact": ("Keep names, paths and ids as they are.", "保留用户名、路径和编号的原样。"),
    # ---- mistakes
    "no-such-command": (
        "there is no command `{command}`; the commands are: {names}",
        "没有 `{command}` 这个命令；可用的命令有：{names}",
    ),
    "no-such-command-near": (
        "there is no command `{command}`; did you mean {near}? The commands are: {names}",
        "没有 `{command}` 这个命令；你是想用 {near} 吗？可用的命令有：{names}",
    ),
    "no-such-option": ("there is no option {option}", "没有 {option} 这个选项"),
    "no-such-option-near": (
        "there is no option {option}; did you mean {near}?",
        "没有 {option} 这个选项；你是想用 {near} 吗？",
    ),
    "option-needs-value": ("{option} needs a value", "{option} 后面要跟一个值"),
    "bad-choice": ("{option} is one of: {choices}", "{option} 只能是：{choices}"),
    "word-missing": ("{word} is missing", "缺少 {word}"),
    "two-patients": (
        "--python, --name and --from each name a patient; give only one of them",
        "--python、--name、--from 都是指定检查对象，只能给一个",
    ),
    "no-probe-with-patient": (
        "--no-probe looks at nothing, so it cannot be combined with --python, --name or --from",
        "--no-probe 表示什么都不查看，不能和 --python、--name、--from 一起用",
    ),
    "no-probe-without-assume": (
        "--no-probe needs at least one --assume FACT=VALUE to judge",
        "使用 --no-probe 时至少要给一个 --assume FACT=VALUE",
    ),
    "project-and-none": (
        "--project cannot be combined with --no-project, --from or --no-probe",
        "--project 不能和 --no-project、--from、--no-probe 一起用",
    ),
    "no-such-folder": ("there is no folder {folder}", "没有 {folder} 这个文件夹"),
    "no-such-rule": (
        "there is no rule `{rule}`; `envdoctor rules list` shows all",
        "没有 `{rule}` 这条规则；用 `envdoctor rules list` 查看全部",
    ),
    "no-such-rule-near": ("there is no rule `{rule}`; near ones: {near}", "没有 `{rule}` 这条规则；相近的有：{near}"),
    "no-such-program": ("there is no program `{program}`", "没有 `{program}` 这个程序"),
    "program-cannot-start": ("`{program}` cannot be started: {problem}", "`{program}` 无法启动：{problem}"),
    "gpu-looks-now": (
        "`gpu` looks at what this machine does now, so it cannot be combined with --from, --assume or --no-probe",
        "`gpu` 看的是这台机器此刻的情况，不能和 --from、--assume、--no-probe 一起用",
    ),
    "gpu-two-subjects": ("watch one thing at a time, not {subjects}", "一次只能观察一个对象，而不是 {subjects}"),
    "gpu-seconds": (
        "--seconds is a number of seconds above 0, not {value}",
        "--seconds 要大于 0，而不是 {value}",
    ),
    "gpu-seconds-alone": (
        "--seconds says how long to watch; it needs --pid, --process, --watch or a command",
        "--seconds 表示观察多久，要和 --pid、--process、--watch 或一条命令一起用",
    ),
    "gpu-watch-command": (
        "--watch needs the terminal that the command would write to; start it as usual, and watch it with --pid",
        "--watch 和命令会争用同一个终端；请照常启动命令，再用 --pid 观察",
    ),
    "gpu-watch-format": (
        "--watch is for people; for scripts use --pid with --format json",
        "--watch 是给人看的；脚本请用 --pid 加 --format json",
    ),
    "gpu-no-such-process": ("there is no process {pid}", "没有编号为 {pid} 的进程"),
    "gpu-nothing-runs": ("nothing called `{name}` is running", "没有正在运行的 `{name}`"),
    "gpu-several-run": (
        "{number} processes run `{name}`: {pids}; choose one with --pid",
        "有 {number} 个进程在运行 `{name}`：{pids}；请用 --pid 指定一个",
    ),
    "gpu-no-such-framework": (
        "{name} is not installed in this environment; there are: {there}",
        "这个环境里没有安装 {name}；已安装的有：{there}",
    ),
    "cannot-write": ("cannot write {file}: {problem}", "写不了 {file}：{problem}"),
    "assume-shape": (
        "--assume wants FACT=VALUE, such as torch=1.2.0, not `{word}`",
        "--assume 的写法是 FACT=VALUE，例如 torch=1.2.0，而不是 `{word}`",
    ),
    "assume-unknown": (
        "`{name}` cannot be assumed; besides distributions, python, os, gpu, driver, cudnn and env.NAME there are: {names}",
        "不能假设 `{name}`；除了各个包名、python、os、gpu、driver、cudnn 和 env.NAME 之外，还可以用：{names}",
    ),
    "assume-os": (
        "os is one of linux, windows, macos, wsl, not `{value}`",
        "os 只能是 linux、windows、macos、wsl 之一，而不是 `{value}`",
    ),
    "assume-size": (
        "`{value}` is no amount of memory; write 10GiB or 6144MiB",
        "`{value}` 不是内存大小；请写成 10GiB 或 6144MiB",
    ),
    "rules-broken": (
        "the rules cannot be used: {problem}",
        "规则文件有问题：{problem}",
    ),
    "doctor-failed": (
        "envdoctor {version} itself has failed; that is a fault of ours, not of your environment. Please report the lines above.",
        "envdoctor {version} 自身出错了；这是我们的问题，不是你的环境的问题。请把上面的内容反馈给我们。",
    ),
    "lint-sum": ("{errors} errors, {warnings} warnings", "{errors} 个错误，{warnings} 个警告"),
    # ---- the porch
    "porch-chart": (
        "Python {version} is older than what envdoctor's judging half needs (3.7), and no newer Python with envdoctor was "
        "found. What was seen is in {file}. Read it with envdoctor on any newer Python, here or elsewhere:",
        "envdoctor 的判断部分需要 Python 3.7 以上，而当前是 {version}，也没有找到装有 envdoctor 的新版 Python。"
        "看到的情况已写入 {file}。在任意装有新版 Python 的地方用 envdoctor 读取即可：",
    ),
    "porch-only-check": (
        "on Python {version} only `check` and `chart` work; other commands need Python 3.7 or newer with envdoctor",
        "在 Python {version} 上只能用 `check` 和 `chart`；其他命令需要装有 envdoctor 的 Python 3.7 以上",
    ),
    # ---- fix, undo
    "help-fix": (
        "Turn the findings into one plan that goes together, and apply it once you agree.",
        "把发现的问题汇成一个互相兼容的方案，经你同意后执行。",
    ),
    "help-fix-examples": (
        "\b\nThe former state is kept first; if a step fails, or the result is worse, it comes back by itself.\n\n"
        "\b\nExit code: 0 no error is left, 1 at least one, 2 wrong usage, 3 not carried out; nothing has changed then.\n\n"
        "\b\nExamples:\n"
        "  envdoctor fix                        shows the plan, and asks\n"
        "  envdoctor fix --dry-run              only shows it\n"
        "  envdoctor fix --rehearse --yes       tries it in a scratch copy first, then applies it\n"
        "  envdoctor undo                       brings back what was there before",
        "\b\n会先保存当前状态；某一步失败或结果更糟时，自动恢复原状。\n\n"
        "\b\n退出码：0 没有遗留错误，1 至少有一个，2 用法有误，3 没能执行，此时没有改动任何东西。\n\n"
        "\b\n示例：\n"
        "  envdoctor fix                        显示方案，然后询问\n"
        "  envdoctor fix --dry-run              只看方案\n"
        "  envdoctor fix --rehearse --yes       先在临时副本里试，再执行\n"
        "  envdoctor undo                       恢复原状",
    ),
    "help-yes": ("Apply the plan without asking.", "不询问，直接执行方案。"),
    "help-dry-run": ("Show the plan and change nothing.", "只显示方案，不做任何改动。"),
    "help-rehearse": (
        "First try the plan in a scratch copy of the environment.",
        "先在环境的临时副本里试一遍。",
    ),
    "help-only": (
        "Mend the findings of this rule alone; may be given several times.",
        "只修这条规则的问题；可以多次给出。",
    ),
    "help-resume": ("Bring a change that was cut off to its end.", "把中断的改动继续完成。"),
    "help-roll-back": ("Undo a change that was cut off.", "把中断的改动恢复原状。"),
    "help-undo": (
        "Bring back exactly what was there before the last fix; it needs no network.",
        "恢复到上一次 fix 之前的状态；不需要联网。",
    ),
    "help-undo-examples": (
        "\b\nCalled again, it undoes the fix before that. What was changed since by others stays as it is.\n\n"
        "\b\nExit code: 0 undone, 2 wrong usage, 3 not carried out; nothing has changed then.",
        "\b\n再次执行会撤销更早的一次 fix。此后由别的操作改动的包保持不变。\n\n"
        "\b\n退出码：0 已撤销，2 用法有误，3 没能执行，此时没有改动任何东西。",
    ),
    "help-force": (
        "Also put back what somebody else has changed since.",
        "即使之后又被别的操作改过，也恢复原状。",
    ),
}
