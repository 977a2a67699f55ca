"""The console's words by language. Templates name a text; nothing else of a page differs by language."""

from __future__ import annotations

from typing import Any

from bank_sim.console import action_texts_en, action_texts_zh, texts_en, texts_zh


def _whole(words: dict[str, Any], actions: dict[str, dict[str, str]]) -> dict[str, Any]:
    """``act``: an action's texts; ``actions``: the names of all that the journal tells of; ``done``: what to report."""
    titles = {name: each["title"] for name, each in actions.items()}
    done = {name: each["done"] for name, each in actions.items()}
    return {**words, "act": actions, "done": done, "actions": titles | words["other_actions"]}


TEXTS: dict[str, dict[str, Any]] = {
    "en": _whole(texts_en.WORDS, action_texts_en.ACTIONS),
    "zh": _whole(texts_zh.WORDS, action_texts_zh.ACTIONS),
}
"""By language: ``en``, ``zh``."""
