"""How do scripts read an answer about the GPU?  As JSON; its fields only ever grow (see docs for the shape)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ... import __version__
from ...renderers.json import finding_as_json
from ..answer import Answer
from ..evidence import Card, Trial
from ..sentences import headline, sentence, summary
from ..verdict import of_trial

SUFFIX = "json"
SCHEMA = 1


def render(answer: Answer, lang: str, console: Any = None) -> str:
    scene = answer.scene
    used = set(scene.used) if scene is not None else set()
    cards = [_card(number, card, used) for number, card in enumerate(answer.cards)]
    return json.dumps(
        {
            "schema": SCHEMA,
            "envdoctor": __version__,
            "how": answer.how,
            "verdict": answer.verdict.verdict,
            "confidence": answer.verdict.confidence,
            "headline": headline(answer.verdict, answer.how, lang),
            "reasons": [sentence(one, lang) for one in answer.verdict.reasons],
            "reason_ids": [one.text for one in answer.verdict.reasons],
            "gpu": {"driver": answer.driver or None, "cards": cards},
            "process": _process(answer),
            "samples": [
                {
                    "t": one.t,
                    "gpu_util": one.gpu_util,
                    "sm_util": one.sm_util,
                    "memory_mib": one.memory_mib,
                    "cpu": one.cpu,
                    "context": one.context,
                }
                for one in answer.samples
            ],
            "summary": summary(answer),
            "evidence": None if scene is None else _scene(answer),
            "memory_guide": {"fits": list(answer.fits), "too_large": list(answer.too_large)},
            "frameworks": [_trial(trial, lang) for trial in answer.trials],
            "findings": [finding_as_json(found, lang) for found in answer.causes],
        },
        ensure_ascii=False,
        indent=1,
    )


def _card(number: int, card: Card, used: set[str]) -> dict[str, Any]:
    return {
        "index": number,
        "name": card.name,
        "uuid": card.uuid,
        "pci": card.pci or None,
        "memory_mib": card.memory_mib or None,
        "used": card.uuid in used,
    }


def _process(answer: Answer) -> dict[str, Any]:
    """The process that the verdict speaks of; of a self-test, the interpreter."""
    seen = answer.process
    if seen is not None:
        return {
            "pid": seen.pid,
            "command": list(seen.command),
            "user": seen.user or None,
            "python": seen.python or None,
            "exit_code": answer.status,
        }
    patient = answer.report.chart.patient if answer.report is not None else {}
    return {
        "pid": None,
        "command": [],
        "user": None,
        "python": patient.get("python") or None,
        "exit_code": answer.status,
    }


def _scene(answer: Answer) -> dict[str, Any]:
    scene = answer.scene
    assert scene is not None
    return {
        "process_lists": scene.doubt or "trusted",
        "cuda_library_loaded": scene.mapped,
        "cards_used": list(scene.used),
        "cards_wanted": None if scene.wanted is None else list(scene.wanted),
        "wanted_by": scene.wanted_by or None,
        "others": [asdict(one) for one in scene.others],
        "sm_active": scene.sm_active,
        "throttled": list(scene.throttled),
        "ended": scene.ended,
    }


def _trial(trial: Trial, lang: str) -> dict[str, Any]:
    verdict = of_trial(trial)
    return {
        "framework": trial.framework,
        "version": trial.found("version"),
        "outcome": trial.outcome,
        "verdict": verdict.verdict,
        "reasons": [sentence(one, lang) for one in verdict.reasons],
        "stages": [
            {
                "name": stage.name,
                "state": stage.state,
                "seconds": stage.seconds,
                "found": dict(stage.found),
                "error": stage.error or None,
            }
            for stage in trial.stages
        ],
        "signal": trial.signal or None,
        "words": trial.words or None,
    }
