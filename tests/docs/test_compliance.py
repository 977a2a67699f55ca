"""The documents that the standard asks for: both languages say the same, and what they name exists."""

import re
from functools import cache
from pathlib import Path

import pytest

from bank_sim.monitor.rules import rules_of
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.problems import CATALOGUE
from scenarios.cli import COMMANDS
from scenarios.registry import scenarios
from scenarios.standard import sources
from scenarios.standard.clauses import clauses

NAMES = sorted(each.file for each in sources.documents())
LANGUAGES = ("en", "zh")
NAMED = re.compile(r"`([^`]+)`")


def text_of(name: str, language: str) -> str:
    return (sources.DOCUMENTS / language / name).read_text(encoding="utf-8")


def named(name: str, language: str) -> set[str]:
    return set(NAMED.findall(text_of(name, language)))


def test_there_are_documents_at_all_and_each_in_both_languages() -> None:
    assert len(NAMES) >= 6
    assert {path.name for path in (sources.DOCUMENTS / "zh").iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_answers_requirements_and_says_the_same_in_both_languages(name: str) -> None:
    english, chinese = (text_of(name, language) for language in LANGUAGES)

    assert sources.answered_by(english)
    assert set(sources.answered_by(english)) <= set(clauses())
    assert sources.answered_by(chinese) == sources.answered_by(english)
    assert named(name, "zh") == named(name, "en")
    assert _shape(chinese) == _shape(english)
    assert re.search(r"^# [^\n]*[\u4e00-\u9fff]", chinese)
    assert english.isascii()


def _shape(text: str) -> dict[str, int]:
    """Headings, rows of tables and items of lists: what a translation has as many of."""
    return {kind: len(re.findall(rf"^{kind}", text, re.MULTILINE)) for kind in (r"#+ ", r"\|", r"- ")}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_document_names_exists(name: str) -> None:
    assert [each for each in sorted(named(name, "en")) if not _exists(each)] == []


def _exists(each: str) -> bool:
    if each.startswith("bank-sandbox "):
        return _is_command(each.split()[1:])
    if each.startswith("make "):
        makefile = (sources.ROOT / "Makefile").read_text(encoding="utf-8")
        return re.search(rf"^{each.split()[1]}:", makefile, re.MULTILINE) is not None
    file, _, test = each.partition("::")
    path = sources.ROOT / file
    if path.is_file() and test:
        return f"def {test}(" in path.read_text(encoding="utf-8")
    return path.exists() or _is_known(each.removeprefix("Policy.").removeprefix("410 "))


def _is_known(each: str) -> bool:
    """A code of a refusal, an alarm, a setting, a rule of the linter; else a text that the bank's programs contain."""
    known = {*CATALOGUE, *(rule.name for rule in rules_of(Policy())), *Policy.__struct_fields__, "major.minor.patch"}
    return each in known or re.fullmatch(r"(S|DTZ)\d{3}", each) is not None or f'"{each.lower()}"' in _programs()


@cache
def _programs() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (sources.ROOT / "bank_sim").rglob("*.py")).lower()


def _is_command(words: list[str]) -> bool:
    command, names = words[0], [each for each in words[1:] if not each.startswith("-")]
    return command in COMMANDS and (command != "run" or all(each in scenarios() for each in names))


def test_the_reading_of_names_would_notice_a_wrong_one() -> None:
    wrong = ("NO_SUCH_CODE", "bank-sandbox run nix", "bank-sandbox nix", "tests/nix.py", "Policy.nix", "make nix")

    assert [each for each in wrong if _exists(each)] == []
    assert not _exists("tests/docs/test_compliance.py::test_that_is_not_here")


def test_a_document_stays_short_enough_to_be_read() -> None:
    long = {name: len(text_of(name, "en").split()) for name in NAMES}

    assert {name: words for name, words in long.items() if words > 700} == {}


def test_the_folder_holds_nothing_else() -> None:
    assert {path.name for path in Path(sources.DOCUMENTS).iterdir()} == set(LANGUAGES)
