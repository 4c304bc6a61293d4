"""How is one rule explained to somebody who reads its id?"""

from __future__ import annotations

from typing import NamedTuple, Tuple

from .cases import example
from .report import Words
from .rulebook import Rule, Rulebook
from .words import LANGUAGES, say, wrap

COLUMNS = 80


def title_and_detail(rule_id: str, book: Rulebook) -> tuple[Words, Words]:
    """What a rule says of its first case that fires; with open placeholders where there is none."""
    first, shown = book.get(rule_id)[0], example(rule_id, book)
    if shown:
        return shown.title, shown.detail
    return {lang: _open(first.title[lang]) for lang in LANGUAGES}, {
        lang: _open(first.detail[lang]) for lang in LANGUAGES
    }


def page(rule_id: str, book: Rulebook, lang: str) -> str:
    """The page of a rule (a table's rows come as several rules that share their words).

    Its title and text are those of the rule's first case, as an example.
    """
    rules = book.get(rule_id)
    first = rules[0]
    title, detail = title_and_detail(rule_id, book)
    lines = [
        first.id,
        "=" * len(first.id),
        "",
        *wrap(title[lang], COLUMNS),
        "",
        *wrap(detail[lang], COLUMNS),
        "",
        say("page.severity", lang, severity=say("report." + first.severity, lang), cause=first.cause),
        "",
        say("page.when", lang),
    ]
    for rule in rules:
        lines.append("  - " + " · ".join(rule.when) if len(rules) > 1 else "")
        if len(rules) == 1:
            lines[-1:] = [f"  - {text}" for text in rule.when]
        lines += [say("page.any", lang, clauses=" · ".join(rule.any))] if rule.any else []
        lines += [say("page.none", lang, clauses=" · ".join(rule.none))] if rule.none else []
        lines += [say("page.unless", lang, clauses=" · ".join(rule.unless))] if rule.unless else []
    lines += ["", *_cures(first, lang)]
    lines += [say("page.sources", lang, checked=first.checked), *(f"  - {source}" for source in first.sources)]
    return "\n".join(lines)


class Cure(NamedTuple):
    """One way to mend a fault, for readers: its conditions, what to type, and what else to know ("": nothing)."""

    when: Tuple[str, ...]
    commands: Tuple[str, ...]
    note: str


def cures(rule: Rule, lang: str) -> list[Cure]:
    """All treatments of a rule, the first that fits is used."""
    found = []
    for treatment in rule.treatments:
        commands = [f"pip uninstall -y {_open(name)}" for name in treatment.uninstall]
        commands += [f"pip install {' '.join(map(_open, treatment.pip))}"] if treatment.pip else []
        again = " ".join(map(_open, treatment.reinstall))
        commands += [f"pip install --force-reinstall --no-deps {again}"] if again else []
        note = _open(treatment.note[lang]) if treatment.note else ""
        found.append(Cure(treatment.when, tuple(commands), note))
    return found


def _cures(rule: Rule, lang: str) -> list[str]:
    lines = []
    for cure in cures(rule, lang):
        head = say("page.cure-when", lang, clauses=" · ".join(cure.when)) if cure.when else say("page.cure", lang)
        lines += [head, *(f"    {command}" for command in cure.commands)]
        lines += wrap(cure.note, COLUMNS, "    ", "    ") if cure.note else []
    return [*lines, ""] if lines else []


def _open(template: str) -> str:
    """Placeholders as a reader understands them: {h5py} → <h5py>."""
    return template.replace("{", "<").replace("}", ">")
