"""The console's words by language. Templates name a text; nothing else of a page differs by language."""

from __future__ import annotations

from typing import Any, get_args

from bank_sim.console import (
    action_texts_en,
    action_texts_zh,
    admission_texts,
    archive_texts,
    disclosure_texts,
    event_texts,
    incident_texts,
    interface_texts,
    key_texts,
    quota_texts,
    reconciliation_texts,
    risk_texts,
    supervision_texts,
    texts_en,
    texts_zh,
)
from bank_sim.staff.proposals import ProposalKind

_PARTS = (
    incident_texts,
    admission_texts,
    interface_texts,
    key_texts,
    event_texts,
    supervision_texts,
    archive_texts,
    quota_texts,
    risk_texts,
    reconciliation_texts,
    disclosure_texts,
)
"""Modules with the words of one part of the console: WORDS and ACTIONS, by language."""


def _whole(language: str, words: dict[str, Any], actions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """``act``: an action's texts; ``actions``: the names of all that the journal tells of; ``done``: what to report."""
    for part in _PARTS:
        words, actions = words | part.WORDS[language], actions | part.ACTIONS[language]
    titles = {name: each["title"] for name, each in actions.items()}
    titles |= {kind: words[f"proposal_{kind}"] for kind in get_args(ProposalKind)}
    done = {name: each["done"] for name, each in actions.items()}
    return {**words, "act": actions, "done": done, "actions": titles | words["other_actions"]}


TEXTS: dict[str, dict[str, Any]] = {
    "en": _whole("en", texts_en.WORDS, action_texts_en.ACTIONS),
    "zh": _whole("zh", texts_zh.WORDS, action_texts_zh.ACTIONS),
}
"""By language: ``en``, ``zh``."""
