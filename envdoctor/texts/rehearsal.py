"""What is said about a rehearsal, its checks, and why there can be none?"""

TEXTS = {
    # ---- checks
    "check-import": ("import of {names}", "导入 {names}"),
    "check-timeout": ("no end after {seconds} s", "{seconds} 秒后仍未结束"),
    "check-crashed": ("the interpreter crashed (signal or status {number})", "解释器崩溃（信号或退出码 {number}）"),
    # ---- progress
    "cloning": ("cloning the environment", "正在克隆环境"),
    "step-uninstall": ("removing {names}", "正在移除 {names}"),
    "step-install": ("installing {names}", "正在安装 {names}"),
    "step-reinstall": ("putting back the files of {names}", "正在重新安装 {names} 的文件"),
    "checking": ("trying: {title}", "正在试验：{title}"),
    "cleaning": ("removing the clone", "正在删除克隆"),
    # ---- results
    "rehearsed": (
        "Rehearsed: the plan was carried out in a clone of the environment, and {count} checks passed.",
        "已预演：在环境的克隆里执行了整个方案，{count} 项检查全部通过。",
    ),
    "failed-clone": ("The plan could not be rehearsed: {cause}", "方案无法预演：{cause}"),
    "failed-step": (
        "The rehearsal failed while {what}: {cause}",
        "预演失败，停在这一步：{what}。原因：{cause}",
    ),
    "failed-check": (
        "The plan can be installed, but then this does not work: {what}. {cause}",
        "方案可以安装，但装好后这一项不能用：{what}。{cause}",
    ),
    "log-kept": ("All that was printed: {path}", "完整输出保存在：{path}"),
    "step-elsewhere": (
        "the command `{command}` names no environment that could be exchanged for the clone",
        "命令 `{command}` 没有指明环境，无法换成克隆来执行",
    ),
    "step-timeout": ("no end after {seconds} s", "{seconds} 秒后仍未结束"),
    "step-cannot-start": ("`{command}` cannot be started", "无法启动 `{command}`"),
    "step-missing": (
        "the command ended without an error, but {name} is {found} afterwards and not {wanted}",
        "命令没有报错，但执行后 {name} 是 {found}，而不是 {wanted}",
    ),
    "step-not-removed": (
        "the command ended without an error, but {name} is still there",
        "命令没有报错，但 {name} 仍然存在",
    ),
    "nothing": ("not installed", "未安装"),
    # ---- why there is no clone
    "no-folder": ("there is no folder to put a clone into ({problem})", "没有可以存放克隆的文件夹（{problem}）"),
    "clone-failed": ("the environment cannot be cloned ({problem})", "无法克隆这个环境（{problem}）"),
    "clone-too-large": (
        "the environment holds more than {count} files, too many to be cloned",
        "这个环境的文件超过 {count} 个，太多，无法克隆",
    ),
    "clone-without-python": (
        "there is no interpreter in the clone of {prefix}",
        "{prefix} 的克隆里找不到解释器",
    ),
    "clone-no-venv": (
        "{python} is no environment of its own, and no venv can be made with it ({problem})",
        "{python} 不属于独立的环境，也无法用它创建 venv（{problem}）",
    ),
    "clone-no-space": (
        "the environment must be copied for that, which takes {need} MiB, and {free} MiB are free",
        "预演需要复制整个环境，要 {need} MiB 空间，而现在只剩 {free} MiB",
    ),
}
