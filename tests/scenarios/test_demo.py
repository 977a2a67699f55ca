"""The demo as a newcomer sees it: it ends well, in both languages, in plain text without a terminal."""

import csv
import re
from pathlib import Path

import pytest

from scenarios.narration import clauses
from scenarios.registry import scenarios
from scenarios.story import WORDS, chapters
from tests.scenarios.sandbox_process import run

STANDARD = Path(__file__).parents[2] / "scenarios" / "standard"


@pytest.fixture(scope="module")
def told() -> str:
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_story_is_whole_and_verified(told: str) -> None:
    assert [chapter.title.en for chapter in chapters("gm") if chapter.title.en not in told] == []
    # The bank's event ends the wallet's link by itself; where it is the faster one, nothing is asked that is refused.
    refused, told_first = (
        "refused: 403 CONSENT_REVOKED" in told,
        "the bank's event was faster than the next call" in told,
    )
    assert refused != told_first
    assert "Everything holds" in told
    assert len(re.findall(r"^ +\+ (?:access log|books|wallet journal|residue): ", told, re.MULTILINE)) == 4


def test_each_message_tells_its_signature_and_what_is_sealed(told: str) -> None:
    assert re.search(
        r"POST /api/transfers   201 · A2\n +signed +sm2-sm3 with key \S{16}, over method authority path", told
    )
    assert re.search(r"sealed +creditor_account, creditor_name: \d{3} characters, eyJ", told)
    assert re.search(r"hmac-sm3 with App_Secret", told)
    assert "and this very request" in told


def test_every_requirement_is_told_with_its_words(told: str) -> None:
    for chapter in chapters("gm"):
        for clause in scenarios()[chapter.scenario].clauses:
            assert f"{clause:<13} {clauses()[clause]['en']}" in told


def test_without_a_terminal_it_is_plain_text(told: str) -> None:
    assert "\x1b" not in told
    assert not set(told) & set("─━│┃╭╮")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asked-for") / "home"


@pytest.fixture(scope="module")
def told_in_chinese(home: Path) -> str:
    """In the other suite, and in a home that was asked for."""
    done = run("demo", "--suite", "intl", "--home", str(home), LANG="zh_CN.UTF-8")
    assert done.returncode == 0
    return done.stdout


def test_a_chinese_locale_is_told_in_chinese(told_in_chinese: str) -> None:
    assert "全部成立" in told_in_chinese
    assert "条款依据" in told_in_chinese
    assert "ecdsa-p256-sha256" in told_in_chinese
    assert not re.search(r"verified|who reads what|what happens", told_in_chinese)


def test_a_home_that_is_asked_for_stays(told_in_chinese: str, home: Path) -> None:
    assert told_in_chinese
    assert run("audit", "verify", "--home", str(home)).returncode == 0


def test_every_word_is_there_in_both_languages() -> None:
    assert [name for name, text in WORDS.items() if not (text.en and re.search(r"[\u4e00-\u9fff]", text.zh))] == []


def test_every_clause_of_the_standard_has_its_words() -> None:
    ids = [row["id"] for row in csv.DictReader((STANDARD / "clauses.csv").read_text().splitlines())]

    assert len(ids) == 232
    assert all(clauses()[each]["en"] and clauses()[each]["zh"] for each in ids)
