"""What is said of a text that somebody pasted?"""

TEXTS = {
    "empty": (
        "there is nothing in this text; paste a report such as `python -m torch.utils.collect_env`, `nvidia-smi`, "
        "`pip list`, or the error with the lines above it",
        "文本是空的；请粘贴 `python -m torch.utils.collect_env`、`nvidia-smi`、`pip list` 等的输出，或者报错及其上方的内容",
    ),
    "nothing-told": (
        "nothing in this text tells about an environment, and no error in it is known; paste a report such as "
        "`python -m torch.utils.collect_env`, `nvidia-smi` or `pip list`, or the whole error with the lines above it",
        "从这段文本里看不出任何环境信息，也没有认得的报错；请粘贴 `python -m torch.utils.collect_env`、`nvidia-smi` 或 "
        "`pip list` 的输出，或者完整的报错及其上方的内容",
    ),
    "no-such-environment": (
        "this text speaks of {count} environments, so there is no number {number}",
        "这段文本里有 {count} 个环境，没有第 {number} 个",
    ),
    "environment-without-paste": (
        "--environment chooses among the environments of a pasted text; give the text with --from",
        "--environment 用来在粘贴的文本里选择环境；请用 --from 指定文本",
    ),
    "help-environment": (
        "Which environment of a pasted text that tells of several (default: the broken one, else the last).",
        "粘贴的文本里有多个环境时选第几个（默认：出问题的那个，否则是最后一个）。",
    ),
    "judged-one": (
        "the text tells of {count} environments; this is number {number}{named}. The others: {others} "
        "(choose one with --environment N)",
        "文本里有 {count} 个环境，这里检查的是第 {number} 个{named}。其余：{others}（可用 --environment N 选择）",
    ),
    "named": (" ({name})", "（{name}）"),
    "other": ("{number} (line {line})", "第 {number} 个（第 {line} 行）"),
    "other-named": ("{number} ({name}, line {line})", "第 {number} 个（{name}，第 {line} 行）"),
    "contradiction": (
        "{fact} is told differently: {values}; counted: {chosen}",
        "{fact} 前后说法不一：{values}；采用：{chosen}",
    ),
    "contradiction-open": (
        "{fact} is told differently: {values}; neither is counted",
        "{fact} 前后说法不一：{values}；都没有采用",
    ),
    "either-system": (
        "The text does not say which system it is; this holds on Linux and on Windows.",
        "文本没有写明是什么系统；这一条在 Linux 和 Windows 上都成立。",
    ),
}
