"""Which words frame the page of a rule?"""

TEXTS = {
    "severity": ("Severity: {severity}. Cause: {cause}", "级别：{severity}。原因编号：{cause}"),
    "when": ("It is reported when all of these hold:", "满足以下全部条件时报告："),
    "any": ("    and one of: {clauses}", "    并满足其中之一：{clauses}"),
    "none": ("    and none of: {clauses}", "    并且以下都不成立：{clauses}"),
    "unless": ("    but not: {clauses}", "    而不满足：{clauses}"),
    "cure": ("The cure:", "解决办法："),
    "cure-when": ("The cure where {clauses}:", "解决办法（{clauses} 时）："),
    "sources": ("Sources, last checked on {checked}:", "依据（最近核对 {checked}）："),
}
