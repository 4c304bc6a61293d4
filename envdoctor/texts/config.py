"""What does the doctor say of a repository's settings, and of the machines that are named there?"""

TEXTS = {
    # ---- mistakes in the file
    "unreadable": ("{file} cannot be read: {problem}", "无法读取 {file}：{problem}"),
    "not-utf8": ("{file} is not UTF-8; please save it as UTF-8", "{file} 不是 UTF-8 编码；请另存为 UTF-8"),
    "no-reader": (
        "{file} cannot be read, because this Python has no TOML reader; `python -m pip install tomli` adds one",
        "这个 Python 没有 TOML 读取功能，读不了 {file}；运行 `python -m pip install tomli` 即可",
    ),
    "broken": ("{file} is no valid TOML: {problem}", "{file} 不是合法的 TOML：{problem}"),
    "broken-ini": ("{file} cannot be read: {problem}", "无法解析 {file}：{problem}"),
    "not-a-table": ("{file}: {key} must be a table", "{file}：{key} 应该是一个表（table）"),
    "unknown-key": (
        "{file}: there is no setting `{key}`; there are: {names}",
        "{file}：没有 `{key}` 这个设置；可用的有：{names}",
    ),
    "unknown-key-near": (
        "{file}: there is no setting `{key}`; did you mean {near}? There are: {names}",
        "{file}：没有 `{key}` 这个设置；你是想写 {near} 吗？可用的有：{names}",
    ),
    "not-a-choice": (
        "{file}: {key} is one of {choices}, not `{value}`",
        "{file}：{key} 只能是 {choices} 之一，而不是 `{value}`",
    ),
    "not-yes-or-no": (
        "{file}: {key} is true or false (without quotes), not `{value}`",
        "{file}：{key} 只能是 true 或 false（不加引号），而不是 `{value}`",
    ),
    "ignore-shape": (
        '{file}: {key} must be a list of rules, such as ["h5py/"] or [{{rule = "h5py/", reason = "…"}}]',
        '{file}：{key} 应该是规则列表，例如 ["h5py/"] 或 [{{rule = "h5py/", reason = "原因"}}]',
    ),
    "no-such-rule": (
        "{file}: {key}: there is no rule `{rule}`; `envdoctor rules list` shows all",
        "{file}：{key}：没有 `{rule}` 这条规则；用 `envdoctor rules list` 查看全部",
    ),
    "no-such-rule-near": (
        "{file}: {key}: there is no rule `{rule}`; near ones: {near}",
        "{file}：{key}：没有 `{rule}` 这条规则；相近的有：{near}",
    ),
    "targets-shape": (
        '{file}: targets must be tables with a name, such as [targets.lab] with python = "3.10" below it',
        '{file}：targets 应该是带名字的表，例如先写 [targets.lab]，下面写 python = "3.10"',
    ),
    "target-name": (
        "{file}: {key}: a target needs a name without commas",
        "{file}：{key}：目标的名字不能为空，也不能含逗号",
    ),
    "unknown-fact": (
        "{file}: {place}: a target has no `{key}`; besides versions of packages there are: {names}",
        "{file}：{place}：目标里不能写 `{key}`；除了各个包的版本号，可以写：{names}",
    ),
    "unknown-fact-near": (
        "{file}: {place}: a target has no `{key}`; did you mean {near}? Besides versions of packages there are: {names}",
        "{file}：{place}：目标里不能写 `{key}`；你是想写 {near} 吗？除了各个包的版本号，可以写：{names}",
    ),
    "not-text": (
        '{file}: {key} must be text in quotes, such as {fact} = "…", not `{value}`',
        '{file}：{key} 应该是带引号的文字，例如 {fact} = "…"，而不是 `{value}`',
    ),
    "not-a-python": (
        '{file}: {key} is a version such as "3.10", not `{value}`',
        '{file}：{key} 应该是版本号，例如 "3.10"，而不是 `{value}`',
    ),
    "not-a-size": (
        '{file}: {key} is an amount of memory such as "10GiB", not `{value}`',
        '{file}：{key} 应该是显存大小，例如 "10GiB"，而不是 `{value}`',
    ),
    "no-such-target": (
        "there is no target `{key}` in {file}; there are: {names}",
        "{file} 里没有 `{key}` 这个目标；已有的是：{names}",
    ),
    "no-such-target-near": (
        "there is no target `{key}` in {file}; did you mean {near}? There are: {names}",
        "{file} 里没有 `{key}` 这个目标；你是想用 {near} 吗？已有的是：{names}",
    ),
    "target-python": (
        '{file}: targets.{target} names no python, and the project does not say which it needs; add python = "3.10" or the like',
        '{file}：targets.{target} 没有写 python，项目里也看不出需要哪个版本；请加上一行，例如 python = "3.10"',
    ),
    "assume-python": (
        "nothing says for which Python to judge; add --assume python=3.10 or the like",
        "没有说明针对哪个 Python 检查；请加上 --assume python=3.10 之类的选项",
    ),
    # ---- remarks
    "passed-over": (
        "envdoctor: note: the settings are those of {file}; those in {others} are not used",
        "envdoctor：提示：使用的是 {file} 里的设置；{others} 里的设置没有用到",
    ),
    "unknown-card": (
        "envdoctor: note: target {target}: no card called {cards} is known, so GPUs are not judged for it; "
        'write the name as nvidia-smi prints it, or add "gpu.capability"',
        "envdoctor：提示：目标 {target}：不认识 {cards} 这块显卡，因此没有判断 GPU；请按 nvidia-smi 显示的名称填写，"
        '或者加上 "gpu.capability"',
    ),
    # ---- targets on the command line
    "targets-need-project": (
        "--targets judges a repository; start it in one, or name it with --project",
        "--targets 检查的是一个仓库；请在仓库里运行，或用 --project 指定",
    ),
    "targets-with-patient": (
        "--targets judges what a repository asks for, before anything is installed; it cannot be combined with {options}",
        "--targets 是在安装之前检查仓库的依赖，不能和 {options} 一起用",
    ),
    "no-targets": (
        "no target is configured; add one to envdoctor.toml (`envdoctor init` writes that file):\n\n"
        '    [targets.lab]\n    python = "3.10"\n    gpu = "GeForce RTX 3080"\n',
        "还没有配置目标；请在 envdoctor.toml 里加一个（`envdoctor init` 会生成这个文件）：\n\n"
        '    [targets.lab]\n    python = "3.10"\n    gpu = "GeForce RTX 3080"\n',
    ),
    # ---- the report on targets
    "headline-one": (
        "envdoctor {doctor} — judged before anything is installed: {project}, for 1 target",
        "envdoctor {doctor} — 安装前检查：{project}，共 1 个目标",
    ),
    "headline-many": (
        "envdoctor {doctor} — judged before anything is installed: {project}, for {number} targets",
        "envdoctor {doctor} — 安装前检查：{project}，共 {number} 个目标",
    ),
    "column-target": ("target", "目标"),
    "column-python": ("Python", "Python"),
    "column-os": ("system", "系统"),
    "column-gpu": ("GPU", "显卡"),
    "column-verdict": ("verdict", "结论"),
    "column-first": ("first", "首要问题"),
    "no-gpu": ("none", "无"),
    "healthy": ("no problem", "没有问题"),
    "no-requirements": (
        "No dependency file was found, so only the code could be judged.",
        "没有找到依赖文件，只检查了代码。",
    ),
    "titled": ("{title} [{names}]", "{title} [{names}]"),
    "not-pinned": (
        "What is not pinned was taken as the newest release that fits, as far as is known ({checked}); a finding that "
        "rests on it is likely, not certain.",
        "没有锁定版本的包按已知（{checked}）能装上的最新版本来判断；以此为依据的问题只算“很可能”。",
    ),
    "only-files": (
        "Only dependency files and code were judged; `envdoctor check` in the finished environment sees more.",
        "这里只检查了依赖文件和代码；环境装好之后再运行 `envdoctor check`，能看到更多。",
    ),
    "versions": ("Versions for {target}:", "{target} 的各个版本："),
    "write-down": ("Write {pins} into the dependency file.", "在依赖文件里写上 {pins}。"),
    "take-out": ("Take {names} out of the dependency file.", "从依赖文件里去掉 {names}。"),
    "reasonless": ("no reason given", "没有写原因"),
    # ---- envdoctor init
    "wrote": ("written: {file}", "已写入：{file}"),
    "kept": ("already there, left as it is: {file}", "已存在，没有改动：{file}"),
    "settings-elsewhere": (
        "{file} has settings for envdoctor already, so no envdoctor.toml was written",
        "{file} 里已有 envdoctor 的设置，因此没有再写 envdoctor.toml",
    ),
    "next": ("What to do next:", "接下来："),
    "next-targets": (
        "Name your machines in {file}: system, Python, GPU.",
        "在 {file} 里写上你的机器：系统、Python、显卡。",
    ),
    "next-check": ("Try it here: envdoctor check --targets", "在这里试一下：envdoctor check --targets"),
    "next-commit": ("Commit the new files; the check then runs in CI.", "提交这些新文件，之后 CI 会自动检查。"),
    "next-include": (
        "Add to .gitlab-ci.yml, or to the list `include` that it has:",
        "在 .gitlab-ci.yml 里加上（已有 include 列表的话加进去）：",
    ),
    # ---- comments in the files that init writes
    "about-file": ("Settings of envdoctor for this repository.", "envdoctor 在这个仓库里的设置。"),
    "about-help": (
        "Options of the command line win over what stands here.",
        "命令行选项优先于这里的设置。",
    ),
    "about-expect": (
        "what the code is trained on: gpu, cpu or any (default)",
        "打算用什么训练：gpu、cpu 或 any（默认）",
    ),
    "about-strict": ("true: warnings count for the exit code, too", "true：警告也算失败"),
    "about-lang": ("language of the report: en or zh", "报告的语言：en 或 zh"),
    "about-ignore": ("Rules to leave out, each with a reason:", "要忽略的规则，每条写明原因："),
    "about-reason": ("we never read old weight files", "我们不读旧的权重文件"),
    "about-targets": (
        "The machines on which this repository is meant to run: `envdoctor check --targets` judges the dependency files "
        "and the code for each of them, before anything is installed.",
        "这个仓库要在哪些机器上运行：`envdoctor check --targets` 会在安装之前，针对每台机器检查依赖文件和代码。",
    ),
    "about-gpu": (
        "A machine with a GPU: its name as nvidia-smi prints it, and its driver.",
        "带显卡的机器：显卡名按 nvidia-smi 显示的写，再写上驱动版本。",
    ),
    "about-workflow": (
        "Judges the dependency files for the machines named in envdoctor.toml; no GPU is needed, nothing is installed.",
        "针对 envdoctor.toml 里写的机器检查依赖文件；不需要 GPU，也不安装这些依赖。",
    ),
    "about-checkout": ("to check the repository out", "用于检出仓库"),
    "about-install": ("Install envdoctor, apart from everything else", "单独安装 envdoctor"),
    "about-check": ("Judge the dependency files", "检查依赖文件"),
    "about-sarif": (
        "For Security > Code scanning: take the # off these lines, and off security-events above.",
        "想在 Security > Code scanning 里查看：去掉下面几行和上面 security-events 开头的 #。",
    ),
    "about-include": ("It is included by .gitlab-ci.yml.", "由 .gitlab-ci.yml 引入。"),
    "about-root": (
        "Jobs of this repository; those of envdoctor stand in the included file.",
        "这个仓库的 CI 任务；envdoctor 的任务在引入的文件里。",
    ),
    "about-status": (
        "Exit code 1 means findings. The report is written before the last line decides.",
        "退出码 1 表示发现了问题。先写好报告，再由最后一行决定成败。",
    ),
}
