"""What is known of a rule, a cause or a symptom, for somebody who reads its id?"""

from __future__ import annotations

from difflib import get_close_matches

from ..cases import example
from ..rulebook import Rulebook, Treatment
from ..rulepage import COLUMNS
from ..rulepage import page as rule_page
from ..symptoms import PREFIX, Candidate, Cause, Signatures, Symptom
from ..words import say, wrap


def page(name: str, book: Rulebook, known: Signatures, lang: str) -> str | None:
    """The page of this id; None where nothing has it.  A symptom is found without its "symptoms/", too."""
    if book.get(name):
        return rule_page(name, book, lang)
    if name in known.causes:
        return _cause(known.causes[name], book, known, lang)
    symptom = known.get(name) or known.get(PREFIX + name)
    return _symptom(symptom, known, lang) if symptom else None


def near(name: str, book: Rulebook, known: Signatures) -> list[str]:
    """Ids that look like it."""
    every = [*book.ids(), *known.causes, *(symptom.id for symptom in known.symptoms)]
    return get_close_matches(name, every, 3, 0.6)


def _headed(title: str) -> list[str]:
    return [title, "=" * len(title), ""]


def _cause(cause: Cause, book: Rulebook, known: Signatures, lang: str) -> str:
    """Its name, what leads to it, and the cures that its rules and symptoms have."""
    rules = sorted({rule.id for rule in book.rules if rule.cause == cause.id})
    ways = [
        (symptom, candidate)
        for symptom in known.symptoms
        for candidate in symptom.candidates
        if candidate.cause == cause.id
    ]
    lines = [*_headed(cause.id), *wrap(cause.name[lang], COLUMNS), ""]
    if ways:
        lines.append(say("explain.page-symptoms", lang))
        for symptom, candidate in ways:
            lines += wrap(_open(candidate.title[lang]), COLUMNS, "  - ", "    ")
            lines += [f"      envdoctor explain {symptom.id}"]
            for treatment in candidate.treatments:
                lines += _cure(treatment, lang, "      ")
        lines.append("")
    if rules:
        lines.append(say("explain.page-rules", lang))
        for rule_id in rules:
            shown = example(rule_id, book)  # with the versions of a case, as a report would say it
            title = shown.title if shown is not None else book.get(rule_id)[0].title
            lines += wrap(_open(title[lang]), COLUMNS, "  - ", "    ")
            lines += [f"      envdoctor explain {rule_id}"]
        lines.append("")
    if not ways and not rules:
        lines += wrap(say("explain.page-alone", lang), COLUMNS)
    return "\n".join(lines).rstrip()


def _symptom(symptom: Symptom, known: Signatures, lang: str) -> str:
    lines = _headed(symptom.id)
    shown = next((case for case in symptom.cases if case.expect != "silent"), None)
    if shown:
        lines += [say("explain.page-example", lang), *("    " + line for line in shown.log.strip("\n").split("\n")), ""]
    lines.append(say("explain.page-causes", lang))
    for candidate in symptom.candidates:
        lines += _candidate(candidate, lang)
    lines += [say("page.sources", lang, checked=symptom.checked), *(f"  - {source}" for source in symptom.sources)]
    return "\n".join(lines)


def _candidate(candidate: Candidate, lang: str) -> list[str]:
    lines = [f"  {candidate.cause}", *wrap(_open(candidate.title[lang]), COLUMNS, "    ", "    ")]
    lines += wrap(_open(candidate.detail[lang]), COLUMNS, "    ", "    ")
    if candidate.when:
        lines += wrap(say("explain.page-when", lang, clauses=" · ".join(candidate.when)), COLUMNS, "    ", "      ")
    if candidate.look:
        lines += wrap(say("explain.look", lang, look=_open(candidate.look[lang])), COLUMNS, "    ", "      ")
    for treatment in candidate.treatments:
        lines += _cure(treatment, lang, "    ")
    return [*lines, ""]


def _cure(treatment: Treatment, lang: str, indent: str) -> list[str]:
    commands = [f"pip uninstall -y {_open(name)}" for name in treatment.uninstall]
    commands += [f"pip install {' '.join(map(_open, treatment.pip))}"] if treatment.pip else []
    again = " ".join(map(_open, treatment.reinstall))
    commands += [f"pip install --force-reinstall --no-deps {again}"] if again else []
    note = _open(treatment.note[lang]) if treatment.note else ""
    lines = [indent + say("page.cure", lang), *(f"{indent}    {command}" for command in commands)]
    lines += wrap(note, COLUMNS, indent + "    ", indent + "    ") if note else []
    return lines if commands or note else []


def _open(template: str) -> str:
    """Placeholders as a reader understands them: {h5py} → <h5py>."""
    return template.replace("{", "<").replace("}", ">")
