"""How is one rule explained to somebody who reads its id?"""

from __future__ import annotations

from .cases import example
from .report import Words
from .rulebook import Rule, Rulebook
from .words import say, wrap

COLUMNS = 80


def page(rule_id: str, book: Rulebook, lang: str) -> str:
    """The page of a rule (a table's rows come as several rules that share their words).

    Its title and text are those of the rule's first case, as an example.
    """
    rules = book.get(rule_id)
    first, shown = rules[0], example(rule_id, book)
    lines = [
        first.id,
        "=" * len(first.id),
        "",
        *wrap(shown.title[lang] if shown else _open(first.title[lang]), COLUMNS),
        "",
        *wrap(shown.detail[lang] if shown else _open(first.detail[lang]), COLUMNS),
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


def _cures(rule: Rule, lang: str) -> list[str]:
    lines = []
    for treatment in rule.treatments:
        head = say("page.cure-when", lang, clauses=" · ".join(treatment.when)) if treatment.when else ""
        lines.append(head or say("page.cure", lang))
        lines += [f"    pip uninstall -y {_open(name)}" for name in treatment.uninstall]
        lines += [f"    pip install {' '.join(map(_open, treatment.pip))}"] if treatment.pip else []
        again = " ".join(map(_open, treatment.reinstall))
        lines += [f"    pip install --force-reinstall --no-deps {again}"] if again else []
        lines += wrap(_open(_words(treatment.note, lang)), COLUMNS, "    ", "    ") if treatment.note else []
    return [*lines, ""] if lines else []


def _words(words: Words | None, lang: str) -> str:
    return words[lang] if words else ""


def _open(template: str) -> str:
    """Placeholders as a reader understands them: {h5py} → <h5py>."""
    return template.replace("{", "<").replace("}", ">")
