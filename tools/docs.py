#!/usr/bin/env python3
"""What do the generated pages of docs/ say?  The rules, the errors that are known, and the facts that probes can fill.

python tools/docs.py            write them
python tools/docs.py --check    say which are not current; exit status 1 if one is not
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import sys
from typing import Any, Iterable, Iterator, Mapping

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from envdoctor import conclusions, probes, rulebook, symptoms  # noqa: E402
from envdoctor.rulebook import Rule, Rulebook, Table  # noqa: E402
from envdoctor.rulepage import cures, title_and_detail  # noqa: E402
from envdoctor.symptoms import Signatures, Symptom  # noqa: E402
from envdoctor.words import say  # noqa: E402

DOCS = os.path.join(ROOT, "docs")

#: What these pages say beside the words of the rules themselves: (English, Chinese).
_WORDS = {
    "title": ("What envdoctor knows", "envdoctor 知道的问题"),
    "other": ("[中文](rules.zh.md)", "[English](rules.md)"),
    "made": (
        "Made from `rules/` by `python tools/docs.py`. A wrong word is corrected there, not here.",
        "由 `python tools/docs.py` 根据 `rules/` 生成。发现错误请改 `rules/`，不要改这个页面。",
    ),
    "count": (
        "{rules} kinds of faults and {tables} tables of facts. The title and the text of each are those of an example.",
        "共 {rules} 种问题、{tables} 张资料表。每一条的标题和说明都取自一个例子。",
    ),
    "always": ("It is judged for every entry of `{each}`.", "对 `{each}` 的每一项分别判断。"),
    "row": (
        "It is reported where {subject} of a row holds and another of its cells does not:",
        "某一行的 {subject} 成立，而同一行的其他格有一个不成立时报告：",
    ),
    "any": ("and one of:", "并满足其中之一："),
    "none": ("and none of:", "并且以下都不成立："),
    "follows": ("A consequence of, where they are found too: {rules}", "同时发现下列问题时，它只是后果：{rules}"),
    "tables": ("Tables of facts", "资料表"),
    "errors-title": ("Errors that envdoctor explains", "envdoctor 能解释的报错"),
    "errors-other": ("[中文](errors.zh.md)", "[English](errors.md)"),
    "errors-count": (
        "{symptoms} error texts, {causes} causes. Paste an error into `envdoctor explain`; each cause has a page.",
        "共 {symptoms} 种报错、{causes} 种原因。把报错粘贴给 `envdoctor explain` 即可；给出原因编号可查看它的说明。",
    ),
    "errors-printed": ("Printed as, for example:", "报错示例："),
    "table-head": ("| table | its question | rows | last checked |", "| 表 | 回答的问题 | 行数 | 最近核对 |"),
}


def word(name: str, lang: str, **words: Any) -> str:
    return _WORDS[name][lang == "zh"].format(**words)


def pages(folder: str | None = None) -> dict[str, str]:
    """File name below docs/ -> what it must hold, for the rules of a folder (default: this checkout's)."""
    folder = folder or os.path.join(ROOT, "rules")
    compiled = rulebook.compile_folder(folder)
    book = rulebook.read(compiled)
    subjects = {name: data.get("subject", []) for name, data in compiled["matrix"].items()}
    return {
        "rules.md": rules_page(book, subjects, folder, "en"),
        "rules.zh.md": rules_page(book, subjects, folder, "zh"),
        "errors.md": errors_page(symptoms.load(folder), "en"),
        "errors.zh.md": errors_page(symptoms.load(folder), "zh"),
        "facts.md": facts_page(),
    }


# ---------------------------------------------------------------- the rules


def rules_page(book: Rulebook, subjects: Mapping[str, Any], folder: str, lang: str) -> str:
    """subjects: judged table -> the columns that say whether a row applies, as its file has them."""
    data = {name: table for name, table in book.tables.items() if not table.judged}
    sections: dict[str, list[str]] = {}
    for rule_id in book.ids():
        sections.setdefault(rule_id.partition("/")[0], []).append(rule_id)
    lines = [
        f"# {word('title', lang)}",
        "",
        word("other", lang),
        "",
        word("made", lang) + " " * (lang == "en") + word("count", lang, rules=len(book.ids()), tables=len(data)),
        "",
        " · ".join(f"[{name}](#{name})" for name in sections),
        "",
    ]
    for name, rule_ids in sections.items():
        lines += [f"## {name}", ""]
        for rule_id in rule_ids:
            subject = subjects.get(rule_id.partition("/")[2], []) if name == "matrix" else []
            lines += [*_rule(rule_id, book, [subject] if isinstance(subject, str) else subject, lang), ""]
    lines += [f"## {word('tables', lang)}", "", word("table-head", lang), "| --- | --- | ---: | --- |"]
    lines += [_table(name, table, folder) for name, table in sorted(data.items())]
    return "\n".join(lines) + "\n"


def _rule(rule_id: str, book: Rulebook, subject: list[str], lang: str) -> Iterator[str]:
    first = book.get(rule_id)[0]
    title, detail = title_and_detail(rule_id, book)
    yield from [f"### {rule_id}", "", f"**{markdown(title[lang])}**", "", markdown(detail[lang]), ""]
    severity = say("report." + first.severity, lang)
    yield from [markdown(say("page.severity", lang, severity=severity, cause=f"`{first.cause}`")), ""]
    if subject:
        yield from _rows(book.tables[rule_id.partition("/")[2]], subject, lang)
    else:
        yield from _conditions(first, lang)
    for name, texts in (("any", first.any), ("none", first.none)):
        if texts:
            yield from ["", word(name, lang), "", *(f"- `{text}`" for text in texts)]
    if first.follows:
        links = ", ".join(f"[{cause}](#{_anchor(cause)})" for cause in first.follows)
        yield from ["", word("follows", lang, rules=links)]
    for cure in cures(first, lang):
        clauses = " · ".join(f"`{text}`" for text in cure.when)
        yield from ["", say("page.cure-when", lang, clauses=clauses) if clauses else say("page.cure", lang)]
        if cure.commands:
            yield from ["", "```sh", *cure.commands, "```"]
        if cure.note:
            yield from ["", markdown(cure.note)]
    yield from ["", say("page.sources", lang, checked=first.checked), ""]
    yield from (f"- {markdown(source)}" for source in first.sources)


def _conditions(rule: Rule, lang: str) -> Iterator[str]:
    if rule.each:
        yield from [word("always", lang, each=rule.each), ""]
    if rule.when:
        yield from [say("page.when", lang), "", *(f"- `{text}`" for text in rule.when)]


def _rows(table: Table, subject: list[str], lang: str) -> Iterator[str]:
    """The rows as they stand in the file, which are easier to read than the rules that are made of them."""
    columns = list(dict.fromkeys([*subject, *(column for row in table for column in row)]))
    yield from [word("row", lang, subject=" · ".join(f"`{name}`" for name in subject)), ""]
    yield from [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    for row in table:
        yield "| " + " | ".join(_cell(row[column]) if column in row else "" for column in columns) + " |"


def _table(name: str, table: Table, folder: str) -> str:
    with open(os.path.join(folder, "matrix", name + ".toml"), encoding="utf-8") as file:
        question = file.readline().lstrip("# ").strip()
    return f"| [{name}](../rules/matrix/{name}.toml) | {markdown(question)} | {len(table)} | {table.checked} |"


# ---------------------------------------------------------------- the errors


def errors_page(known: Signatures, lang: str) -> str:
    """The causes by field, each with a line of every text that it may be behind."""
    by_cause: dict[str, dict[str, Symptom]] = {}
    for symptom in known.symptoms:
        for candidate in symptom.candidates:
            by_cause.setdefault(candidate.cause, {})[symptom.id] = symptom
    areas: dict[str, list[str]] = {}
    for cause in known.causes.values():
        areas.setdefault(cause.area, []).append(cause.id)
    count = word("errors-count", lang, symptoms=len(known.symptoms), causes=len(known.causes))
    lines = [f"# {word('errors-title', lang)}", "", word("errors-other", lang), "", word("made", lang), "", count, ""]
    for area, ids in areas.items():
        lines += [f"## {area}", ""]
        for cause_id in ids:
            lines += [f"### {cause_id}", "", markdown(known.causes[cause_id].name[lang]), ""]
            printed = list(filter(None, map(printed_line, by_cause.get(cause_id, {}).values())))
            if printed:
                lines += [word("errors-printed", lang), "", "```text", *dict.fromkeys(printed), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def printed_line(symptom: Symptom) -> str:
    """The line of its first case that it knows, cut to a width that a page can show."""
    for case in symptom.cases:
        for line in case.log.split("\n"):
            if case.expect != "silent" and any(re.search(pattern, line.strip()) for pattern in symptom.match):
                return line.strip() if len(line.strip()) <= 160 else line.strip()[:159] + "…"
    return ""


# ---------------------------------------------------------------- the facts


def facts_page() -> str:
    lines = [
        "# What envdoctor can know of an environment",
        "",
        "Made from `envdoctor/probes/` and `envdoctor/conclusions/` by `python tools/docs.py`.",
        "",
        "Each of these is known, absent, or unknown with a reason. Conditions, texts and `--assume` use this name.",
        "A name without a dot that is not here is a distribution; its value is the version that is installed.",
    ]
    for title, package, every in (
        ("What probes see", probes, probes.facts()),
        ("What follows from it", conclusions, conclusions.facts()),
    ):
        lines += ["", f"## {title}"]
        for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            mine = {name: text for name, text in getattr(module, "FACTS", {}).items() if every.get(name) == text}
            if mine:
                question = " ".join((module.__doc__ or "").split("\n\n")[0].split())
                lines += ["", f"### {found.name}", "", markdown(question), "", "| fact | meaning |", "| --- | --- |"]
                lines += [f"| `{name}` | {_cell(text, code=False)} |" for name, text in sorted(mine.items())]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- Markdown


def markdown(text: str) -> str:
    """Plain text so that Markdown shows it as it is; addresses and what stands between backticks are left alone.

    >>> markdown("<h5py> and `a*b` in __init__")
    '\\\\<h5py> and `a*b` in \\\\_\\\\_init\\\\_\\\\_'
    """
    parts = re.split(r"(`[^`]*`|https?://\S+)", text)
    return "".join(part if number % 2 else re.sub(r"([*_<])", r"\\\1", part) for number, part in enumerate(parts))


def _cell(cell: Any, code: bool = True) -> str:
    text = str(cell).replace("|", r"\|")
    return f"`{text}`" if code else markdown(text)


def _anchor(heading: str) -> str:
    """What a link to a heading is called.

    >>> _anchor("numpy/2-is-too-new")
    'numpy2-is-too-new'
    """
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


# ---------------------------------------------------------------- the command


def stale(folder: str = DOCS) -> list[str]:
    """The pages that do not say what they should."""
    return [name for name, text in pages().items() if _read(os.path.join(folder, name)) != text]


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="docs.py", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if a page is not current")
    options = parser.parse_args(None if arguments is None else list(arguments))
    names = stale()
    if options.check:
        for name in names:
            print(f"docs/{name} is not current; run: python tools/docs.py")
        return 1 if names else 0
    every = pages()
    for name in names:
        with open(os.path.join(DOCS, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(every[name])
        print(f"docs/{name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
