"""What does `run` say around the command that it runs?"""

TEXTS = {
    "help": (
        "Check, run a command as if it were typed alone, and explain its crash if there is one.",
        "先检查，再像直接输入一样运行命令；如果崩溃，解释原因。",
    ),
    "help-examples": (
        "\b\nThe command keeps its terminal, its signals and its exit code; all that envdoctor says is on stderr.\n\n"
        "\b\nExamples:\n"
        "  envdoctor run -- python train.py\n"
        "  envdoctor run --no-check -- torchrun --nproc_per_node 2 train.py",
        "\b\n命令的终端、信号和退出码都不受影响；envdoctor 自己的话都写到 stderr。\n\n"
        "\b\n示例：\n"
        "  envdoctor run -- python train.py\n"
        "  envdoctor run --no-check -- torchrun --nproc_per_node 2 train.py",
    ),
    "help-no-check": ("Start at once, without the check before.", "不先检查，直接开始。"),
    "no-command": (
        "Say what to run, behind two dashes: envdoctor run -- python train.py",
        "请在两个短横线之后写出要运行的命令：envdoctor run -- python train.py",
    ),
    "looks-now": (
        "run looks at this machine: --from, --assume and --no-probe have no place here.",
        "run 要看的是本机：不能与 --from、--assume、--no-probe 一起用。",
    ),
    "json-needs-file": (
        "stdout and stderr belong to the command: add --output FILE to --format json.",
        "stdout 和 stderr 属于被运行的命令：使用 --format json 时请加 --output 文件。",
    ),
    "before": ("envdoctor, before it runs: {title}", "envdoctor 运行前检查：{title}"),
    "before-cure": ("cure: {command}", "解决：{command}"),
    "before-more": ("envdoctor check tells more about it.", "详情请运行 envdoctor check。"),
    "crashed": ("envdoctor: `{command}` ended with {how}.", "envdoctor：`{command}` 结束，{how}。"),
    "by-code": ("exit code {code}", "退出码 {code}"),
    "by-signal": ("signal {signal}", "信号 {signal}"),
    "unexplained": (
        "Its last words tell of no known fault of the environment.",
        "从最后的输出看不出已知的环境问题。",
    ),
    "no-words": (
        "It wrote nothing on stderr that could be explained.",
        "它没有在 stderr 上写下可以解释的内容。",
    ),
    "killed-by-system": (
        "The system's own count of processes ended for lack of memory went up meanwhile.",
        "在此期间，系统记录的因内存不足而结束进程的次数增加了。",
    ),
}
