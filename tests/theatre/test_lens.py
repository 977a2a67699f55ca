"""The lens shows for each requirement what answers it, and nothing that is not in the sources."""

import httpx
import pytest

from bank_sim.authserver.table import CHECKS as OAUTH
from bank_sim.gateway.pipeline import PIPELINE
from bank_sim.sdk.answers import ANSWER_CHECKS
from scenarios.registry import scenarios
from scenarios.standard.answers import answers
from scenarios.standard.clauses import clauses
from scenarios.standard.sources import ROOT
from scenarios.theatre.check_words import CHECKS
from scenarios.theatre.recording import Recording


def test_every_requirement_of_the_standard_is_there() -> None:
    assert len(clauses()) == 232


def test_every_row_of_the_pipeline_answers_the_requirements_that_it_names() -> None:
    missing = [
        (row.name, each) for row in PIPELINE.rows for each in row.clauses if row.name not in answers()[each].checks
    ]
    assert missing == []


def test_every_play_stands_at_the_requirements_that_it_shows() -> None:
    missing = [
        (play.name, each) for play in scenarios().values() for each in play.clauses if play not in answers()[each].plays
    ]
    assert missing == []


def test_a_test_is_listed_where_its_mark_says(pytestconfig: pytest.Config) -> None:
    listed = {each for answered in answers().values() for each in answered.tests}

    assert len(listed) > 50
    assert all((ROOT / each.partition("::")[0]).exists() for each in listed)


def test_every_check_of_a_call_is_asked_in_words_of_both_languages() -> None:
    assert [
        row.name for table in (PIPELINE, OAUTH, ANSWER_CHECKS) for row in table.rows if row.name not in CHECKS
    ] == []
    assert [name for name, text in CHECKS.items() if not text.zh or text.zh.isascii()] == []


def test_there_are_no_words_for_checks_that_are_no_more() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bank_sim").rglob("*.py"))

    assert [name for name in CHECKS if f'"{name}"' not in sources] == []


def test_a_requirement_s_page_links_the_messages_that_were_judged_by_it(
    visitor: httpx.Client, house, tampered: Recording
) -> None:
    house.plays._recordings[tampered.name] = tampered
    page = visitor.get("/lens/7.2.2-2.1", headers={"Accept-Language": "zh"}).text

    assert f"/runs/{tampered.name}/messages/" in page
    assert "签名是否正确？" in page
    assert 'value="amount-tampered"' in page


def test_the_page_of_all_requirements_is_written_once_and_stays_whole_in_both_languages(visitor: httpx.Client) -> None:
    for language, word in (("zh", "第7章"), ("en", "Chapter 7")):
        first, again = (visitor.get("/lens", headers={"Accept-Language": language}).text for _ in range(2))
        assert first == again
        assert word in first
        assert [each for each in clauses() if f'href="/lens/{each}"' not in first] == []
