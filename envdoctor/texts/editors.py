"""What does the doctor say where it is a guest: in pytest, in a notebook, at a shell's TAB?"""

TEXTS = {
    # ---- both
    "too-old": (
        "that needs Python 3.7 or newer in this environment; from elsewhere `envdoctor check --python PATH` examines it",
        "需要这个环境里的 Python 不低于 3.7；可以在别处用 `envdoctor check --python 路径` 检查它",
    ),
    # ---- pytest
    "pytest-help": (
        "examine the environment that runs the tests: off, warn (findings in the summary), fail (an error ends the "
        "session before its first test); default: off",
        "检查运行测试的环境：off 不检查，warn 在结尾列出发现的问题，fail 有错误就不再运行测试；默认 off",
    ),
    "pytest-marker": (
        "requires_gpu(min_cc=None, framework=None): skip the test where no NVIDIA GPU (of this compute capability) can "
        "be used (by torch, tensorflow or jax), and say why",
        "requires_gpu(min_cc=None, framework=None): 没有可用的（达到该算力的）NVIDIA 显卡，或框架（torch、tensorflow、jax）"
        "用不了它时跳过测试，并说明原因",
    ),
    "pytest-header": ("envdoctor: {counts} in {python}", "envdoctor：{python} 里有 {counts}"),
    "pytest-healthy": ("envdoctor: no problem found in {python}", "envdoctor：{python} 没有发现问题"),
    "pytest-healthy-doubts": (
        "envdoctor: no problem found in what could be seen of {python}",
        "envdoctor：{python} 能看到的部分没有发现问题",
    ),
    "pytest-trouble": (
        "envdoctor could not examine this environment: {problem}",
        "envdoctor 没能检查这个环境：{problem}",
    ),
    "pytest-stop": (
        "envdoctor: {counts} in {python}, so no test was run (--envdoctor=fail):",
        "envdoctor：{python} 里有 {counts}，因此没有运行任何测试（--envdoctor=fail）：",
    ),
    "pytest-cure": ("cure: {command}", "解决办法：{command}"),
    "pytest-again": (
        "More: {python} -m envdoctor check --python {python}",
        "详情：{python} -m envdoctor check --python {python}",
    ),
    "pytest-no-such-word": (
        "requires_gpu knows min_cc and framework, not {words}",
        "requires_gpu 只认识 min_cc 和 framework，不认识 {words}",
    ),
    "pytest-no-such-framework": (
        "requires_gpu: framework is one of {names}, not {framework}",
        "requires_gpu：framework 只能是 {names} 之一，而不是 {framework}",
    ),
    "pytest-no-capability": (
        'requires_gpu: min_cc is a compute capability such as "8.0", not {min_cc}',
        'requires_gpu：min_cc 要写成 "8.0" 这样的算力，而不是 {min_cc}',
    ),
    # ---- why a test is skipped
    "skip-no-gpu": ("no NVIDIA GPU here", "这台机器没有 NVIDIA 显卡"),
    "skip-macos": ("no NVIDIA GPU: macOS has no CUDA", "没有 NVIDIA 显卡：macOS 不支持 CUDA"),
    "skip-gpu-unknown": (
        "cannot tell whether there is an NVIDIA GPU: {reason}",
        "无法判断有没有 NVIDIA 显卡：{reason}",
    ),
    "skip-hidden": (
        "CUDA_VISIBLE_DEVICES={value} hides every GPU",
        "CUDA_VISIBLE_DEVICES={value} 屏蔽了所有显卡",
    ),
    "skip-no-driver": ("there is an NVIDIA GPU, but no driver", "有 NVIDIA 显卡，但没有驱动"),
    "skip-finding": ("the GPU cannot be used: {title}", "显卡无法使用：{title}"),
    "skip-capability": (
        "needs compute capability {wanted}, and this GPU has {there}",
        "需要算力 {wanted}，而这里的显卡是 {there}",
    ),
    "skip-capability-unknown": (
        "needs compute capability {wanted}; cannot tell what this GPU has: {reason}",
        "需要算力 {wanted}，但无法得知显卡的算力：{reason}",
    ),
    "skip-no-framework": ("{framework} is not installed", "没有安装 {framework}"),
    "skip-framework-unknown": (
        "cannot tell whether {framework} is installed: {reason}",
        "无法判断有没有安装 {framework}：{reason}",
    ),
    "skip-cpu-build": (
        "{framework} {version} is a CPU build",
        "{framework} {version} 是 CPU 版",
    ),
    "skip-no-code": (
        "{framework} {version} (CUDA {cuda}) holds no code for {cards}",
        "{framework} {version}（CUDA {cuda}）不含 {cards} 能运行的代码",
    ),
    "skip-driver-old": (
        "the driver {driver} is too old for {framework} {version} (CUDA {cuda})",
        "驱动 {driver} 对 {framework} {version}（CUDA {cuda}）来说太旧",
    ),
    "skip-libraries": (
        "{framework} {version} cannot load its GPU libraries: {libraries}",
        "{framework} {version} 加载不了 GPU 库：{libraries}",
    ),
    "skip-cudnn": (
        "{framework} {version} does not fit the cuDNN that it would load",
        "{framework} {version} 与会加载到的 cuDNN 不匹配",
    ),
    # ---- notebook
    "notebook-only-check": (
        "%envdoctor examines the kernel's environment as `envdoctor check` does and knows its options; for `{word}` use "
        "a terminal",
        "%envdoctor 相当于对内核环境执行 `envdoctor check`，选项也相同；`{word}` 请在终端里运行",
    ),
    "notebook-quoting": ("the quotes do not match: {problem}", "引号不配对：{problem}"),
    "notebook-pip-elsewhere": (
        "Careful: `pip install` in a terminal, or behind an exclamation mark, installs into another environment "
        "({there}), not into the one that this notebook runs in ({here}). In a notebook write `%pip install`.",
        "注意：在终端里或用感叹号执行 `pip install`，会装到另一个环境（{there}），而不是这个 notebook 所用的环境（{here}）。"
        "在 notebook 里请用 `%pip install`。",
    ),
    "notebook-server-elsewhere": (
        "The notebook server runs in another environment ({there}); what is installed there is not in this kernel's "
        "({here}).",
        "notebook 服务运行在另一个环境（{there}）；装在那里的包，这个内核（{here}）里没有。",
    ),
    "notebook-restart": (
        "After installing, restart the kernel: a package that is loaded already stays the old one.",
        "安装后请重启内核：已经加载的包仍是旧版本。",
    ),
    "notebook-frame": ("Report of envdoctor", "envdoctor 报告"),
    "notebook-text": ("The same as text", "纯文本版"),
    # ---- completion
    "help-completion": (
        "Print what makes TAB complete envdoctor's commands, options and values.\n\n"
        "SHELL is bash, zsh, fish or powershell.",
        "输出补全脚本，让 TAB 键能补全 envdoctor 的命令、选项和取值。\n\nSHELL 是 bash、zsh、fish 或 powershell。",
    ),
    "help-completion-examples": (
        "\b\nOnce, in a terminal:\n"
        "  envdoctor completion bash >> ~/.bashrc\n"
        "  envdoctor completion zsh >> ~/.zshrc\n"
        "  envdoctor completion fish > ~/.config/fish/completions/envdoctor.fish\n"
        "  envdoctor completion powershell | Add-Content $PROFILE\n\n"
        "Then open a new terminal. (In ~/.zshrc it must come after `compinit`.)",
        "\b\n在终端里执行一次：\n"
        "  envdoctor completion bash >> ~/.bashrc\n"
        "  envdoctor completion zsh >> ~/.zshrc\n"
        "  envdoctor completion fish > ~/.config/fish/completions/envdoctor.fish\n"
        "  envdoctor completion powershell | Add-Content $PROFILE\n\n"
        "然后新开一个终端。（在 ~/.zshrc 里要放在 `compinit` 之后。）",
    ),
}
