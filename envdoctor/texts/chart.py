"""What can be wrong with a chart that somebody hands in?"""

TEXTS = {
    "unreadable": (
        "cannot read {file}: {problem}",
        "读不了 {file}：{problem}",
    ),
    "not-a-chart": (
        "this is no envdoctor chart; `envdoctor chart --output chart.json` writes one",
        "这不是 envdoctor 的体检单；可以用 `envdoctor chart --output chart.json` 生成",
    ),
    "too-new": (
        "this chart was written by envdoctor {doctor} in format {schema}, and this version reads formats up to {known}; "
        "update envdoctor to read it",
        "这份体检单由 envdoctor {doctor} 以格式 {schema} 写成，当前版本最多读到格式 {known}；请先升级 envdoctor",
    ),
    "damaged": (
        "this chart is damaged at `{key}`; write it again with `envdoctor chart`",
        "这份体检单在 `{key}` 处损坏；请用 `envdoctor chart` 重新生成",
    ),
}
