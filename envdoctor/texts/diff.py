"""In what do two environments differ, in words?"""

TEXTS = {
    "help": (
        "Compare two environments: what differs, and which of the differences matters. A and B are charts, pasted texts "
        "(FILE#2 means the second environment in it), `-`, interpreters, folders or names of environments; `.` is the "
        "active environment. Exit code 0: no difference that matters, 1: at least one.",
        "比较两个环境：有哪些不同，其中哪些要紧。A 和 B 可以是体检单、粘贴的文本（FILE#2 表示其中的第二个环境）、`-`、解释器、"
        "环境所在的文件夹或环境名；`.` 表示当前激活的环境。退出码 0：没有要紧的不同；1：至少有一处。",
    ),
    "help-examples": (
        "Examples:\n\n  envdoctor diff teacher.json .\n  envdoctor diff working.txt broken.txt\n"
        "  envdoctor diff tf113 tf115 -v",
        "例：\n\n  envdoctor diff teacher.json .\n  envdoctor diff working.txt broken.txt\n  envdoctor diff tf113 tf115 -v",
    ),
    "two-inputs": (
        "only one of the two can be read from standard input",
        "两个环境里只能有一个从标准输入读取",
    ),
    "no-such-side": (
        "{what} is no file, no folder with a Python, and no name of an environment here",
        "{what} 既不是文件，也不是带 Python 的文件夹，也不是这里某个环境的名字",
    ),
    "unreadable": ("cannot read {file}: {problem}", "读不了 {file}：{problem}"),
    "side": ("{letter}: {name} ({who})", "{letter}：{name}（{who}）"),
    "only": ("only {letter} has this {severity}: ", "只有 {letter} 有这个{severity}："),
    "others": ("Other differences, of which no rule speaks:", "其余的不同，没有规则提到："),
    "others-only": ("Differences, of which no rule speaks:", "有这些不同，没有规则提到："),
    "hidden": ("and {count} more; -v lists them", "另有 {count} 处；-v 会全部列出"),
    "unseen": ("Told of one side only: {names}", "只有一边提到：{names}"),
    "unseen-more": ("Told of one side only: {names} and {count} more", "只有一边提到：{names}，另有 {count} 项"),
    "comma": (", ", "、"),
    "none": ("none", "无"),
    "end-matters": ("Differences that matter: {count}.", "要紧的不同：{count} 处。"),
    "end-differs": ("Nothing that differs is known to matter.", "没有发现要紧的不同。"),
    "end-same": ("Nothing that both sides tell differs.", "两边都提到的内容没有不同。"),
}
