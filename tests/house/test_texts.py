"""Whoever reads a page in one language reads as much as in the other: the same texts, with the same blanks to fill."""

import pkgutil
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

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
