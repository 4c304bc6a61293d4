"""What does `envdoctor plan` say: the recipe, why it is this one, and why there is none?"""

TEXTS = {
    # ---- help
    "help": (
        "Find a complete environment for a project on a machine: Python, framework build, all pins.\n\n"
        "The machine is this one, or one that --assume describes (os, gpu, driver). Nothing is installed unless "
        "--create or --name says where.",
        "为项目找出一套完整的环境：Python、框架版本和全部依赖的版本。\n\n"
        "默认针对本机，也可以用 --assume 描述另一台机器（os、gpu、driver）。只有写了 --create 或 --name 才会真正安装。",
    ),
    "help-examples": (
        "\b\nExit code: 0 there is a recipe, 1 there is none (the reasons are told), 2 wrong usage,\n"
        "3 the recipe could not be made or the environment could not be created.\n\n"
        "\b\nExamples:\n"
        "  envdoctor plan                                   for the repository in this folder, on this machine\n"
        '  envdoctor plan --assume os=windows --assume "gpu=GeForce RTX 3080"\n'
        "  envdoctor plan --format requirements --output pins.txt\n"
        "  envdoctor plan --create ../env                   make a virtual environment of it\n"
        "  envdoctor plan -n yolo                           make a conda environment of it",
        "\b\n退出码：0 有方案，1 没有可行方案（会说明原因），2 用法有误，3 方案没能算出来或环境没能建成。\n\n"
        "\b\n示例：\n"
        "  envdoctor plan                                   当前文件夹的仓库，在本机上\n"
        '  envdoctor plan --assume os=windows --assume "gpu=GeForce RTX 3080"\n'
        "  envdoctor plan --format requirements --output pins.txt\n"
        "  envdoctor plan --create ../env                   按方案新建虚拟环境\n"
        "  envdoctor plan -n yolo                           按方案新建 conda 环境",
    ),
    "help-assume": (
        "A fact in place of what was seen: python=3.8, torch=1.7.1, and for another machine os=, gpu=, driver=.",
        "用给定的事实代替看到的：python=3.8、torch=1.7.1；描述另一台机器用 os=、gpu=、driver=。",
    ),
    "help-no-probe": (
        "Look at nothing of this machine; only what --assume says counts.",
        "不看本机的任何情况，只按 --assume 的描述来。",
    ),
    "help-format": (
        "text; json; venv or conda: shell commands; requirements: requirements.txt; environment: environment.yml.",
        "text 文字；json；venv、conda 为命令行；requirements 即 requirements.txt；environment 即 environment.yml。",
    ),
    "help-create": (
        "Make a virtual environment in this new or empty folder, and try it.",
        "在这个新的（或空的）文件夹里建虚拟环境，并试用一遍。",
    ),
    "help-name": ("Make a conda environment of this name, and try it.", "新建这个名字的 conda 环境，并试用一遍。"),
    # ---- a user's mistakes
    "need-project": (
        "there is no repository in this folder; name one: envdoctor plan --project DIR",
        "当前文件夹里没有仓库，请指定：envdoctor plan --project DIR",
    ),
    "two-places": (
        "--create makes a virtual environment and --name a conda environment: give one of them",
        "--create 建的是虚拟环境，--name 建的是 conda 环境，请只写一个",
    ),
    "create-elsewhere": (
        "an environment for {system} cannot be made on this machine; take the commands (--format venv or conda) there",
        "不能在本机建 {system} 的环境；请把命令（--format venv 或 conda）拿到那台机器上执行",
    ),
    "no-folder-named": ("--create wants the name of a folder", "--create 后面要写文件夹的名字"),
    "folder-not-empty": (
        "{folder} is not empty, and nothing in it will be touched; name a new folder",
        "{folder} 不是空文件夹，里面的内容不会改动；请换一个新的文件夹",
    ),
    "folder-cannot-be-made": (
        "{folder} cannot be made there: {problem}",
        "无法在那里建立 {folder}：{problem}",
    ),
    "name-taken": (
        "there is a conda environment {name} already ({prefix}), and it will not be touched; choose another name",
        "已经有名为 {name} 的 conda 环境（{prefix}），不会改动它；请换一个名字",
    ),
    "not-a-name": (
        "`{name}` is no name for a conda environment; for a folder use --create",
        "`{name}` 不能作为 conda 环境的名字；要指定文件夹请用 --create",
    ),
    "not-a-python": (
        "--assume python= wants a version, such as 3.7, not `{value}`",
        "--assume python= 后面要写版本号，例如 3.7，而不是 `{value}`",
    ),
    "no-python-here": (
        "there is no Python {python} on this machine, and no uv that could bring it. One of these does:\n  {ways}",
        "本机没有 Python {python}，也没有能下载它的 uv。可以用下面任一条命令得到它：\n  {ways}",
    ),
    "no-conda-here": (
        "there is no conda, mamba or micromamba on this machine; --create FOLDER makes a virtual environment",
        "本机没有 conda、mamba 或 micromamba；可以用 --create 文件夹 建虚拟环境",
    ),
    "create-failed": (
        "the environment could not be made ({step}): {cause}\n  Everything that was said: {log}",
        "环境没能建成（{step}）：{cause}\n  完整输出：{log}",
    ),
    "create-failed-kept": (
        "the environment was made, but it does not work ({step}): {cause}\n"
        "  It is left as it is: {place}\n  Everything that was said: {log}",
        "环境已经建好，但用不了（{step}）：{cause}\n  环境保留在：{place}\n  完整输出：{log}",
    ),
    # ---- progress
    "asking": ("asking for all versions that fit together ({question})", "正在求解能配在一起的全部版本（{question}）"),
    "looking": ("looking at the repository and the machine", "正在查看仓库和机器"),
    "waiting": ("{what} … {seconds} s", "{what}……{seconds} 秒"),
    "step-environment": ("making the environment with Python {python}", "用 Python {python} 建立环境"),
    "step-install": ("installing {number} distributions", "安装 {number} 个软件包"),
    "step-verify": ("trying what the repository imports", "试着导入仓库用到的模块"),
    "step-examine": ("examining the new environment", "检查新环境"),
    "cause-imports": ("these imports fail: {modules}", "这些模块导入失败：{modules}"),
    "cause-findings": ("the examination finds: {titles}", "检查发现：{titles}"),
    "cause-timeout": ("it took longer than {minutes} minutes", "超过了 {minutes} 分钟"),
    "made": (
        "Made and tried: {place} (Python {python}, {number} distributions). {tried}",
        "已建好并试过：{place}（Python {python}，{number} 个软件包）。{tried}",
    ),
    "made-activate": ("Enter it with: {command}", "进入环境：{command}"),
    "tried-imports": (
        "These imports of the repository work in it: {modules}.",
        "仓库用到的这些模块都能导入：{modules}。",
    ),
    # ---- the recipe as text
    "headline": ("envdoctor {doctor} · plan for {project}", "envdoctor {doctor} · {project} 的环境方案"),
    "machine": ("Machine", "机器"),
    "machine-line": ("{system}, {gpu}", "{system}，{gpu}"),
    "gpu-none": ("no NVIDIA GPU", "没有 NVIDIA 显卡"),
    "gpu-unused": ("for the CPU", "用 CPU"),
    "gpu-driver": ("{cards}, driver {driver}", "{cards}，驱动 {driver}"),
    "code": ("Code", "代码"),
    "python": ("Python", "Python"),
    "framework": ("Framework", "框架"),
    "uses-gpu": ("runs on the GPU (CUDA {cuda})", "能用 GPU（CUDA {cuda}）"),
    "uses-cpu": ("for the CPU", "用 CPU"),
    "may-use-gpu": ("may run on the GPU (CUDA {cuda})", "可能能用 GPU（CUDA {cuda}）"),
    "needs": ("What the project needs", "项目需要的软件包"),
    "brought-one": ("and 1 that they bring along: {names}", "另有 1 个由它们带来：{names}"),
    "brought-many": ("and {number} that they bring along: {names}", "另有 {number} 个由它们带来：{names}"),
    "asked-by-stack": ("belongs to the stack", "属于这套组合"),
    "limits": ("Held back by rules: {limits}", "按规则限制：{limits}"),
    "given-up": ("Not kept as written", "没能照原样保留"),
    "given-up-line": ("{name}{wanted} ({where}) → {instead}: {why}", "{name}{wanted}（{where}）→ {instead}：{why}"),
    "given-up-nothing": ("left out", "不装"),
    "given-up-free": ("{name}{limit}", "{name}{limit}"),
    "why": ("Why this one", "为什么是它"),
    "first": ("To be mended on the machine first", "先要在机器上解决"),
    "still": ("Good to know", "还要知道"),
    "commands-venv": ("As a virtual environment", "建成虚拟环境"),
    "commands-conda": ("With conda", "用 conda"),
    "commands-or": (
        "If there is no Python {python} here, `{uv}` brings one, as does conda below.",
        "如果没有 Python {python}，`{uv}` 会自动下载，下面的 conda 也会。",
    ),
    "files": (
        "As files: --format requirements (every pin), environment, json. Made and tried at once: --create FOLDER.",
        "存成文件：--format requirements（全部版本）、environment、json。直接建好并试用：--create 文件夹。",
    ),
    "verified-resolved": (
        "Confirmed by {solver}: all of it (versions: {number}) can be installed together on this Python and system.",
        "已由 {solver} 确认：这 {number} 个版本能在该 Python 和系统上一起安装。",
    ),
    "verified-known": (
        "From the rules alone: no resolver has confirmed it as a whole.",
        "仅根据规则得出：整体上还没有求解器确认过。",
    ),
    "no-recipe": ("No environment for this project on this machine", "在这台机器上没有适合这个项目的环境"),
    "tried": ("What was tried", "试过的版本"),
    "tried-more": ("and {number} more builds, for reasons of the same kind", "另外 {number} 个版本，原因相同"),
    "instead": ("Instead", "可以改为"),
    # ---- why this build
    "why-pinned": (
        "{build} is what the project asks for ({where}), and nothing speaks against it here.",
        "{build} 正是项目要求的版本（{where}），在这里也没有问题。",
    ),
    "why-recommended": (
        "{build} is what code of this kind ({stack}) was written for, or the nearest to it that works here.",
        "{build} 是这类代码（{stack}）编写时所用的版本，或者是这台机器上能用的最接近的版本。",
    ),
    "why-table": (
        "{build} is the first of the published builds without a known fault for this code on {cards}.",
        "在已发布的版本中，{build} 是第一个对这份代码和 {cards} 没有已知问题的。",
    ),
    "why-table-cpu": (
        "{build} is the first of the published builds without a known fault for this code.",
        "在已发布的版本中，{build} 是第一个对这份代码没有已知问题的。",
    ),
    "why-no-framework": (
        "The project uses neither torch nor TensorFlow; its other needs decide.",
        "项目没有用到 torch 或 TensorFlow，由其他依赖决定。",
    ),
    "code-may-change": (
        "The code was written for an older release than {build}: small changes may be needed.",
        "这份代码是为比 {build} 更早的版本写的，可能要改少量代码。",
    ),
    "needs-cuda": (
        "{build} brings no CUDA of its own: CUDA {cuda} and cuDNN {cudnn} must be installed on the machine.",
        "{build} 本身不带 CUDA：机器上需要装好 CUDA {cuda} 和 cuDNN {cudnn}。",
    ),
    "other-page": (
        "The build with this CUDA lies on PyTorch's own page. Which versions go with it was asked for the build of the "
        "same release on the registry; that the page has it is known from the tables, not tried.",
        "这个 CUDA 版本在 PyTorch 自己的页面上。其余版本是按注册源上同一版本的安装包求解的；页面上有它，依据的是表格，没有实际下载。",
    ),
    "card-unknown": (
        "Whether this build holds code for {cards} is not in the tables.",
        "表格里没有说明这个版本是否含有适用于 {cards} 的代码。",
    ),
    "unresolved-no-resolver": (
        "There is no resolver here that can plan for another Python. With uv installed (`pip install uv`), all "
        "versions are found and checked together.",
        "这里没有能为其他 Python 求解的工具。装上 uv（`pip install uv`）后，就能找出并核对全部版本。",
    ),
    "unresolved-timeout": (
        "The resolver took too long; what it would have chosen for the rest is open.",
        "求解超时，其余软件包的版本没有确定。",
    ),
    "unresolved-failed": (
        "The resolver could not be asked (no network?); what it would have chosen for the rest is open.",
        "求解没能进行（没有网络？），其余软件包的版本没有确定。",
    ),
    "from-an-address": (
        "{name} comes from an address ({where}) and is not part of this recipe: install it by hand afterwards.",
        "{name} 来自一个网址（{where}），不在本方案之内，请随后自行安装。",
    ),
    "unknown-module": (
        "Nobody here knows which distribution brings the module {module} ({where}).",
        "不清楚模块 {module} 由哪个软件包提供（{where}）。",
    ),
    # ---- why not
    "no-card": (
        "A GPU is expected, and this machine has no NVIDIA GPU.",
        "要求使用 GPU，但这台机器没有 NVIDIA 显卡。",
    ),
    "tensorflow-1-lacks-card": (
        "This code cannot use {cards}, because it is written for TensorFlow 1, and none of its {number} builds that "
        "come into question holds code for this card.",
        "这份代码用不了 {cards}：它是为 TensorFlow 1 写的，而可考虑的 {number} 个版本都没有适用于这块显卡的代码。",
    ),
    "no-build-for-card": (
        "No published build of {framework} for this system can use {cards} ({number} builds were looked at).",
        "在这个系统上，{framework} 已发布的版本都用不了 {cards}（查了 {number} 个）。",
    ),
    "driver-too-old": (
        "The driver {driver} is too old for every build that has code for this card. The least that is needed is "
        "driver {needed} (for {build}); drivers are installed from NVIDIA's page or by the system.",
        "驱动 {driver} 太旧，凡是支持这块显卡的版本都用不了。最低需要驱动 {needed}（对应 {build}），可从 NVIDIA 官网或系统更新中安装。",
    ),
    "no-set": (
        "No set of versions works. Nearest was {build}: {why}.",
        "没有任何一组版本可行。最接近的是 {build}：{why}。",
    ),
    "no-set-plain": ("No set of versions works: {why}.", "没有任何一组版本可行：{why}。"),
    "no-candidate": (
        "No build of {framework} comes into question for what the project asks for.",
        "没有符合项目要求的 {framework} 版本。",
    ),
    "build-lacks-card": (
        "{build} (CUDA {cuda}) holds no code for {cards}",
        "{build}（CUDA {cuda}）没有适用于 {cards} 的代码",
    ),
    "build-for-cpu": (
        "{build} has no build with GPU support on this system",
        "{build} 在这个系统上没有支持 GPU 的安装包",
    ),
    "build-needs-driver": (
        "{build} (CUDA {cuda}) needs driver {driver}",
        "{build}（CUDA {cuda}）需要驱动 {driver}",
    ),
    "no-python": (
        "{build} has no wheels for the Python that is asked for ({python}) on this system",
        "{build} 在这个系统上没有适用于所要求的 Python（{python}）的安装包",
    ),
    "no-python-plain": (
        "there is no Python that is asked for ({python}) with wheels for this system",
        "在这个系统上没有所要求的 Python（{python}）可用的安装包",
    ),
    "conflict-plain": (
        "on Python {python}, the resolver finds no versions that fit together",
        "在 Python {python} 上，求解器找不到能配在一起的版本",
    ),
    "because": ("{why}: {said}", "{why}：{said}"),
    "conflict": (
        "{build} on Python {python}: the resolver finds no versions that fit together",
        "{build}（Python {python}）：求解器找不到能配在一起的版本",
    ),
    "no-end": ("the rules' demands never came to rest", "规则的要求始终无法同时满足"),
    "no-gpu-package": (
        "there is no GPU to use here, and the same release under this name does without CUDA",
        "这里不用 GPU，同一版本用这个名字安装就不需要 CUDA",
    ),
    "belongs-to-build": ("it does not go with {build}", "与 {build} 不配套"),
    "pin-conflicts": (
        "the resolver finds no set of versions with it",
        "保留它就找不到能配在一起的版本",
    ),
    "way-cpu": (
        "Train on the CPU: `envdoctor plan --expect cpu` gives {build} on Python {python}.",
        "用 CPU 训练：`envdoctor plan --expect cpu` 给出的方案是 {build}、Python {python}。",
    ),
    "way-cpu-plain": (
        "Without a GPU: `envdoctor plan --expect cpu` gives a recipe on Python {python}.",
        "不用 GPU：`envdoctor plan --expect cpu` 能给出 Python {python} 的方案。",
    ),
}
