"""The chapters beside docs/wire.md: what they name exists, and both languages show the same messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bank_sim.authserver.table import CHECKS
from bank_sim.events.model import TYPES
from bank_sim.interfaces.watching import REMINDED_DAYS
from bank_sim.registry import lives
from bank_sim.registry.published import published_apis
from bank_sim.sandbox.faults import KINDS
from bank_sim.sandbox.faults.asking import amounts, payees
from bank_sim.sdk.protocol.problems import CATALOGUE

ROOT = Path(__file__).parents[2]
BESIDE = ("consents", "versions", "keys", "events", "faults", "risk", "throttling")
ENDPOINTS = {column.replace(".", "/") for row in CHECKS.rows for column in row.columns}
YES_NO = {"en": ("yes", "no"), "zh": ("是", "否")}
CODE = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)`")


def page(name: str, language: str) -> str:
    return (ROOT / f"bank_sim/portal/docs/{language}/{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BESIDE)
def test_the_english_chapter_is_the_projects_own_document(name: str) -> None:
    assert (ROOT / f"bank_sim/portal/docs/en/{name}.md").resolve() == ROOT / f"docs/{name}.md"


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", BESIDE)
def test_codes_events_and_endpoints_that_a_chapter_names_exist(name: str, language: str) -> None:
    text = page(name, language)
    paths = {each.path for each in published_apis()}

    assert set(CODE.findall(text)) <= CATALOGUE.keys()
    assert (
        set(re.findall(r"`((?:consent|interface|key|api_services|application|sdk|transfer)\.[a-z_]+)`", text)) <= TYPES
    )
    assert set(re.findall(r"POST /oauth/([a-z/]+)", text)) <= ENDPOINTS
    assert set(re.findall(r"POST (/api/[a-z/]+)", text)) <= paths


@pytest.mark.parametrize("name", BESIDE)
def test_both_languages_show_the_same_messages_and_name_the_same_codes(name: str) -> None:
    block = re.compile(r"^```(?:http|json)\n.*?^```$", re.MULTILINE | re.DOTALL)
    english, chinese = page(name, "en"), page(name, "zh")

    assert block.findall(chinese) == block.findall(english)
    assert set(CODE.findall(chinese)) == set(CODE.findall(english))


@pytest.mark.clause("12.1-5", "11-1.1")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_chapter_on_versions_has_every_state_that_a_caller_meets_and_the_days_of_the_reminders(
    language: str,
) -> None:
    text = page("versions", language)
    met = [each for each in lives.STATES if each not in ("designed", "registered", "archived")]

    assert re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE) == met
    days = [str(each) for each in REMINDED_DAYS]
    assert (", ".join(days[:-1]) + f" and {days[-1]} days" if language == "en" else "、".join(days)) in text


@pytest.mark.clause("12.1-5")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_chapter_on_faults_has_every_kind_with_its_numbers_and_every_magic_value(language: str) -> None:
    text = page("faults", language)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    kinds = {row[0].strip("`"): row for row in rows if len(row) == 5 and row[0].startswith("`")}

    assert list(kinds) == list(KINDS)
    for name, row in kinds.items():
        told = dict(re.findall(r"`([a-z_]+)` ([0-9]+)", row[1]))
        assert told == {each.name: str(each.default) for each in KINDS[name].parameters}
        assert row[3] == YES_NO[language][not KINDS[name].done]
    assert {row[0].strip("`"): row[1].strip("`") for row in rows if row[0].startswith("`66.")} == amounts()
    told_payees = [tuple(cell.strip("`") for cell in row) for row in rows if row[0].startswith("测试")]
    assert told_payees == [tuple(each) for each in payees()]
