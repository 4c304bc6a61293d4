"""What do the formats for CI say besides the words of the report?"""

TEXTS = {
    "stop": (".", "。"),
    # annotations and summary of GitHub
    "more": (
        "Not shown one by one: {counts}. The summary of this run lists them all.",
        "没有逐条显示：{counts}。本次运行的摘要里有完整列表。",
    ),
    "result": ("envdoctor: {verdict}", "envdoctor 的检查结果：{verdict}"),
    "column-severity": ("severity", "级别"),
    "column-finding": ("finding", "问题"),
    "column-place": ("place", "位置"),
    "column-cure": ("cure", "解决办法"),
    "cut": ("Left out for lack of room: {counts}.", "篇幅所限，未列出：{counts}。"),
    # SARIF
    "repository": ("The repository that was checked.", "被检查的仓库。"),
    # JUnit
    "nothing-found": ("every check of this area", "这一类的所有检查"),
    "lacks": ("lacks {missing} ({reason})", "缺少 {missing}（{reason}）"),
    "follows-from": ("follows from {rule}", "由 {rule} 引起"),
    "place": ("place: {place}", "位置：{place}"),
}
