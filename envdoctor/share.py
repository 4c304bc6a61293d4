"""What of a report may leave this machine?

Pure.  On a terminal of one's own everything stays as it is, for commands are to be pasted there and scripts read paths;
what is sent to somebody or kept where others read it loses names, homes, hosts, tokens and ids.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Sequence

from .report import Doubt, Evidence, Finding, Plan, Remedy, Report, Words

if TYPE_CHECKING:
    from .chart import Chart
    from .gpu.answer import Answer
    from .gpu.evidence import Card, Reason, Scene, Tenant, Trial, Verdict, Witness
    from .redact import Redaction

#: The formats that are read where they are written.
KEPT = ("text", "json")


def for_format(name: str) -> bool:
    """Whether what is written in this format is redacted: every format is, unless it stays on the user's terminal."""
    return name not in KEPT


# ---------------------------------------------------------------- a report


def redacted_report(report: Report, cover: Redaction) -> Report:
    """The report without the words that `cover` knows, and without secrets; twice is as good as once."""
    from .redact import for_chart, redacted  # a report for one's own terminal needs none of it

    cover = for_chart(report.chart, cover)
    return replace(
        report,
        chart=redacted(report.chart, cover),
        findings=tuple(_finding(found, cover) for found in report.findings),
        doubts=tuple(_doubt(doubt, cover) for doubt in report.doubts),
        plan=_plan(report.plan, cover),
        ignored=tuple(map(cover.text, report.ignored)),
        ignored_reasons={rule: cover.text(reason) for rule, reason in report.ignored_reasons.items()},
    )


def _finding(found: Finding, cover: Redaction) -> Finding:
    return replace(
        found,
        title=_words(found.title, cover),
        detail=_words(found.detail, cover),
        packages=tuple(map(cover.text, found.packages)),
        evidence=tuple(_evidence(one, cover) for one in found.evidence),
        sources=tuple(map(cover.text, found.sources)),
        remedy=_remedy(found.remedy, cover) if found.remedy is not None else None,
        consequences=tuple(_finding(child, cover) for child in found.consequences),
    )


def _words(words: Words, cover: Redaction) -> Words:
    return {lang: cover.text(text) for lang, text in words.items()}


def _evidence(one: Evidence, cover: Redaction) -> Evidence:
    from .redact import HIDDEN, says_secret

    secret = one.fact.startswith("env.") and says_secret(one.fact[len("env.") :])
    return Evidence(cover.text(one.fact), HIDDEN if secret else cover.text(one.value), cover.text(one.origin))


def _remedy(remedy: Remedy, cover: Redaction) -> Remedy:
    return replace(
        remedy,
        commands=tuple(map(cover.command, remedy.commands)),
        constraints=tuple(map(cover.text, remedy.constraints)),
        note=_words(remedy.note, cover) if remedy.note else remedy.note,
    )


def _doubt(doubt: Doubt, cover: Redaction) -> Doubt:
    return replace(
        doubt,
        missing=tuple(map(cover.text, doubt.missing)),
        why=cover.text(doubt.why),
        detail=cover.text(doubt.detail),
    )


def _plan(plan: Plan, cover: Redaction) -> Plan:
    return replace(plan, commands=tuple(map(cover.command, plan.commands)))


# ---------------------------------------------------------------- an answer about the GPU

#: Words of a sentence that are ids of ours.
_IDS = ("why", "verdict", "stage")


def redacted_answer(answer: Answer, cover: Redaction) -> Answer:
    """The same for an answer about the GPU.  Cards keep ids by which they can be told apart, but not their own."""
    if answer.report is not None:
        from .redact import for_chart

        cover = for_chart(answer.report.chart, cover)
    cover = _knowing(answer, cover)
    return replace(
        answer,
        verdict=_verdict(answer.verdict, cover),
        command=cover.command(answer.command),
        cards=tuple(_card(card, cover) for card in answer.cards),
        report=redacted_report(answer.report, cover) if answer.report is not None else None,
        causes=tuple(_finding(found, cover) for found in answer.causes),
        scene=_scene(answer.scene, cover) if answer.scene is not None else None,
        process=_witness(answer.process, cover) if answer.process is not None else None,
        trials=tuple(_trial(trial, cover) for trial in answer.trials),
        driver=cover.text(answer.driver),
    )


def _knowing(answer: Answer, cover: Redaction) -> Redaction:
    """The cards' ids, and the users whom the answer names."""
    from .redact import HIDDEN, redaction

    scene, process = answer.scene, answer.process
    cards = list(answer.cards) + [
        card for card in (scene.cards if scene is not None else ()) if card not in answer.cards
    ]
    ids = list(dict.fromkeys(card.uuid for card in cards if card.uuid))
    pairs = [(uuid, f"GPU-{HIDDEN}-{number}") for number, uuid in enumerate(ids)]
    users = [one.user for one in (scene.others if scene is not None else ())]
    seen: list[Any] = [list(answer.command), [one.command for one in (scene.others if scene is not None else ())]]
    if process is not None:
        users.append(process.user)
        seen += [list(process.command), process.folder, process.python]
    users = [re.split(r"[\\/]", user)[-1] for user in users]  # Windows puts the computer before it
    people = redaction((), users, ())
    cover = cover._replace(
        pairs=tuple(dict.fromkeys([*cover.pairs, *sorted(pairs, key=lambda pair: -len(pair[0]))])),
        users=tuple(sorted({*cover.users, *people.users})),
        folders=tuple(sorted({*cover.folders, *people.folders})),
    )
    names = [name for name in (answer.report.chart.facts if answer.report is not None else ()) if "." not in name]
    return cover.knowing(names, seen)


def _verdict(verdict: Verdict, cover: Redaction) -> Verdict:
    return replace(verdict, reasons=tuple(_reason(one, cover) for one in verdict.reasons))


def _reason(one: Reason, cover: Redaction) -> Reason:
    return replace(one, words={name: _word(name, word, cover) for name, word in one.words.items()})


def _word(name: str, word: Any, cover: Redaction) -> Any:
    from .redact import USER

    if name in _IDS:
        return word
    return USER if name == "user" and word not in ("", "?", None) else cover.data(word)


def _card(card: Card, cover: Redaction) -> Card:
    return replace(card, name=cover.text(card.name), uuid=cover.text(card.uuid), pci=cover.text(card.pci))


def _scene(scene: Scene, cover: Redaction) -> Scene:
    return replace(
        scene,
        cards=tuple(_card(card, cover) for card in scene.cards),
        doubt_detail=cover.text(scene.doubt_detail),
        used=tuple(map(cover.text, scene.used)),
        wanted=tuple(map(cover.text, scene.wanted)) if scene.wanted is not None else None,
        wanted_by=cover.text(scene.wanted_by),
        hidden=cover.text(scene.hidden),
        others=tuple(_tenant(one, cover) for one in scene.others),
    )


def _tenant(one: Tenant, cover: Redaction) -> Tenant:
    from .redact import USER

    return replace(one, card=cover.text(one.card), user=USER if one.user else "", command=cover.text(one.command))


def _witness(seen: Witness, cover: Redaction) -> Witness:
    """The process without its environment: nothing that is shown of it comes from there."""
    from .redact import USER

    return replace(
        seen,
        name=cover.text(seen.name),
        command=cover.command(seen.command),
        user=USER if seen.user else "",
        folder=cover.text(seen.folder),
        python=cover.text(seen.python),
        environ={},
    )


def _trial(trial: Trial, cover: Redaction) -> Trial:
    stages = tuple(
        replace(stage, found=cover.data(dict(stage.found)), error=cover.text(stage.error)) for stage in trial.stages
    )
    return replace(trial, stages=stages, words=cover.text(trial.words))


# ---------------------------------------------------------------- commands


def spelled(command: Sequence[str], chart: Chart) -> str:
    """A command as it is typed.  `~/` stands before the quotes: in them, no shell takes it for the home folder.

    >>> from envdoctor.chart import Chart, known
    >>> spelled(["~/my envs/x/bin/python", "-m", "pip", "install", "h5py<3"], Chart({}, {}))
    '~/"my envs/x/bin/python" -m pip install "h5py<3"'
    >>> spelled(["~/envs/x/bin/python", "-V"], Chart({}, {}))
    '~/envs/x/bin/python -V'
    """
    from .prescribe import quote, spell  # rules and versions come with it; a healthy patient needs none of them

    text = spell(tuple(command), chart)
    for word in {word for word in command if word.startswith("~/")}:
        text = text.replace(quote(word), "~/" + quote(word[2:]))
    return text
