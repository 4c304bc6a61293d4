"""How does GitHub show the report?  As annotations, one workflow command a line; the step's summary is Markdown.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Match

from ..places import Outside
from ..report import SEVERITIES, Finding, Report
from ..words import readable

SUFFIX = "txt"

#: GitHub shows ten annotations of each severity and step and drops the others in silence; the tenth says so instead.
SHOWN = 9
#: The runner cuts a message of 4096 characters; the cure, which comes last, must be in it.
_DETAIL, _MESSAGE, _TITLE = 2000, 4000, 250
#: A summary of more than 1024 kB is dropped whole.
ROOM = 900 * 1000

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, lang: str, console: Any = None) -> str:
    """Annotations, the worst first, and the verdict as the last line of the log."""
    outside = Outside(report, readable(lang, getattr(console, "encoding", "utf-8")), console)
    lines = []
    for severity in SEVERITIES:
        findings = [found for found in report.findings if found.severity == severity]
        lines += [_annotation(outside, found) for found in findings[:SHOWN]]
        if findings[SHOWN:]:
            more = outside.say("ci.more", counts=outside.counts(findings[SHOWN:]))
            lines.append(command(_COMMANDS[severity], more, title="envdoctor"))
    return "\n".join([*lines, outside.verdict()]) + "\n"


def command(name: str, message: str, **properties: Any) -> str:
    """One workflow command.

    >>> command("error", "50 %\\nof it", file="a,b.py", line=3)
    '::error file=a%2Cb.py,line=3::50 %25%0Aof it'
    """
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _annotation(outside: Outside, found: Finding) -> str:
    place = outside.place(found)
    lines = [_cut(outside.detail(found), _DETAIL)]
    if found.certainty != "certain":
        lines.insert(0, outside.severity(found))
    lines += [outside.say("report.consequence", title=outside.title(child)) for child in outside.consequences(found)]
    lines += [*outside.cure(found).lines(), outside.say("report.more", rule=found.rule)]
    title = _cut(outside.title(found).replace("\n", " "), _TITLE)
    message = _cut("\n".join(lines), _MESSAGE)
    return command(_COMMANDS[found.severity], message, file=place.file, line=place.line, title=title)


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


# ---------------------------------------------------------------- the summary of the step


def summary(report: Report, lang: str, console: Any = None) -> str:
    """The report as GitHub's Markdown, to be added to the file that GITHUB_STEP_SUMMARY names."""
    outside = Outside(report, lang, console)
    lines = ["### " + markdown(outside.say("ci.result", verdict=outside.verdict())), ""]
    if report.findings:
        names = [outside.say(f"ci.column-{name}") for name in ("severity", "finding", "place", "cure")]
        lines += [_row(names), _row(["---"] * len(names))]
    end = _end(outside)
    room = ROOM - _size([*lines, *end]) - 500  # for the line about those that are left out
    rows = []
    for found in report.findings:
        row = _finding(outside, found)
        room -= _size([row])
        if room < 0:
            break
        rows.append(row)
    left = report.findings[len(rows) :]
    if left:
        end = ["", markdown(outside.say("ci.cut", counts=outside.counts(left)))]
    return "\n".join([*lines, *rows, *end]) + "\n"


def _finding(outside: Outside, found: Finding) -> str:
    place, cure = outside.place(found), outside.cure(found)
    title = ["**" + markdown(outside.title(found)) + "**", code(found.rule)]
    title += [
        markdown(outside.say("report.consequence", title=outside.title(child))) for child in outside.consequences(found)
    ]
    todo = [markdown(cure.heading), *map(code, cure.commands), markdown(cure.note)]
    return _row(
        [
            markdown(outside.severity(found)),
            "<br>".join(title),
            code(f"{place.file}:{place.line}"),
            "<br>".join(filter(None, todo)),
        ]
    )


def _end(outside: Outside) -> list[str]:
    """All cures in one, and what could not be judged."""
    report, lines = outside.report, []
    curable = [found for found in report.findings if found.remedy is not None and found.remedy.commands]
    if len(curable) > 1 and report.plan.commands:
        heading = "together-new-environment" if report.plan.new_environment else "together"
        lines += ["", markdown(outside.say(f"report.{heading}")), ""]
        lines += [code(one) + "<br>" for one in outside.commands(report.plan.commands)]
    if report.plan.left_out:
        rules = outside.say("report.and").join(report.plan.left_out)
        lines += ["", markdown(outside.say("report.left-out", rules=rules))]
    number = len(report.doubts)
    if number:
        text_id = "report.doubts-one" if number == 1 else "report.doubts-many"
        lines += ["", markdown(outside.say(text_id, number=number))]
    return lines


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


#: What means something to GitHub's Markdown or to HTML, in a line or a cell; within a word an underscore does not.
_MARK = re.compile(r"[\\`*\[\]|~#$@&<>]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown(text: str) -> str:
    """A text as Markdown that shows just this text; what stands between backticks is code.

    >>> markdown("a|b <i> `x_y`")
    'a&#124;b &#60;i&#62; <code>x_y</code>'
    """
    parts = re.split(r"`([^`\n]+)`", text)
    return "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    return _MARK.sub(_entity, text).replace("\n", " ")


def _entity(mark: Match[str]) -> str:
    return f"&#{ord(mark.group())};"


def code(text: str) -> str:
    """The same for a command or a name, which stays as it is."""
    return f"<code>{_plain(text)}</code>"
