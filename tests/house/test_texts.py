"""Whoever reads a page in one language reads as much as in the other: the same texts, with the same blanks to fill."""

import pkgutil
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

from app_sim.pages import (
    consent_texts,
    diagnosing_texts,
    event_texts,
    kept_texts,
    keys_texts,
    operations_texts,
    reconciling_texts,
)
from app_sim.pages import texts as wallet
from bank_sim.console import action_texts_en, action_texts_zh, texts_en, texts_zh
from bank_sim.console import texts as console
from bank_sim.ebank import centre_texts, changing_texts, own_data_texts
from bank_sim.ebank import texts as ebank
from bank_sim.portal import applicant_texts, key_texts, notice_texts, supervision_texts, texts_trying
from bank_sim.portal import event_texts as portal_event_texts
from bank_sim.portal import texts as portal

PARTIES = ("bank_sim", "app_sim", "user_sim", "scenarios")
LANGUAGES = {"zh", "en"}
BLANK = re.compile(r"\{(\w*)[^{}]*\}")


def tables() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every module's dictionary by language, by name. Modules that run when imported are left alone."""
    for party in PARTIES:
        for module in pkgutil.walk_packages(import_module(party).__path__, f"{party}."):
            if not module.name.endswith("__main__"):
                for name, value in vars(import_module(module.name)).items():
                    if isinstance(value, dict) and set(value) == LANGUAGES:
                        yield f"{module.name}.{name}", value


def differences(zh: Any, en: Any, at: str) -> Iterator[str]:
    if isinstance(zh, dict) and isinstance(en, dict):
        yield from (f"{at}.{name} in one language only" for name in sorted(zh.keys() ^ en.keys(), key=str))
        for name in zh.keys() & en.keys():
            yield from differences(zh[name], en[name], f"{at}.{name}")
    elif isinstance(zh, str) and isinstance(en, str):
        if sorted(BLANK.findall(zh)) != sorted(BLANK.findall(en)):
            yield f"{at}: other blanks"
        if bool(zh.strip()) != bool(en.strip()):
            yield f"{at}: said in one language only"


def test_both_languages_say_the_same_things_with_the_same_blanks() -> None:
    found = dict(tables())

    assert len(found) > 20
    assert [each for name, table in found.items() for each in differences(table["zh"], table["en"], name)] == []


def test_a_text_that_one_language_lacks_is_found() -> None:
    zh, en = {"a": "甲{x}", "b": {"c": "丙"}}, {"a": "A {y}", "b": {}, "d": "D"}

    assert set(differences(zh, en, "t")) == {
        "t.a: other blanks",
        "t.b.c in one language only",
        "t.d in one language only",
    }


Part = Mapping[str, Any]
FACES: dict[str, tuple[list[Part], Part]] = {
    "console": ([texts_en.WORDS, *(each.WORDS["en"] for each in console._PARTS)], console.TEXTS["en"]),
    "console, zh": ([texts_zh.WORDS, *(each.WORDS["zh"] for each in console._PARTS)], console.TEXTS["zh"]),
    "acts": ([action_texts_en.ACTIONS, *(each.ACTIONS["en"] for each in console._PARTS)], console.TEXTS["en"]["act"]),
    "acts, zh": (
        [action_texts_zh.ACTIONS, *(each.ACTIONS["zh"] for each in console._PARTS)], console.TEXTS["zh"]["act"]
    ),
    "e-bank": ([ebank._EN, centre_texts.EN, changing_texts.EN, own_data_texts.EN], ebank.TEXTS["en"]),
    "portal": (
        [
            portal._OWN, texts_trying.SAID, notice_texts.SAID, portal_event_texts.SAID, key_texts.SAID,
            applicant_texts.SAID, supervision_texts.SAID,
        ],
        portal.TEXTS["en"],
    ),
    "wallet": (
        [
            wallet._TEXTS, consent_texts.CONSENTS, keys_texts.KEYS, event_texts.EVENTS, kept_texts.KEPT,
            operations_texts.OPERATIONS, diagnosing_texts.DIAGNOSTICS, reconciling_texts.RECONCILIATION,
        ],
        wallet.EN,
    ),
}  # fmt: skip
"""A face's parts, and the whole that its pages read."""

MADE = {"act", "actions", "done"}
"""What the console makes of its parts."""


@pytest.mark.parametrize("face", FACES)
def test_no_part_of_a_face_speaks_over_another(face: str) -> None:
    parts, whole = FACES[face]
    named = Counter(name for part in parts for name in part)

    assert [name for name, times in named.items() if times > 1] == []
    assert named.keys() | (MADE & whole.keys()) == whole.keys(), "a part is missing here"
