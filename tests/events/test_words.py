"""The types of events, in words."""

from __future__ import annotations

from bank_sim.events.model import TYPES
from bank_sim.events.words import WORDS


def test_every_type_of_event_has_words_in_both_languages() -> None:
    assert {language: set(words) for language, words in WORDS.items()} == {"en": set(TYPES), "zh": set(TYPES)}
    assert all(words for said in WORDS.values() for words in said.values())
