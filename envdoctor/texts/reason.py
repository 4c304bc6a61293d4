"""Why could a fact not be learnt?"""

TEXTS = {
    "nobody-looked": ("nobody looked", "没有检查过"),
    "probe-failed": ("the probe failed ({detail})", "检查程序出错（{detail}）"),
    "probe-too-slow": ("no answer in time ({detail})", "超时没有结果（{detail}）"),
}
