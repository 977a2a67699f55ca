"""What the theatre tells people is what they find on the other parties' pages, word for word."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app_sim.pages import kept_texts, texts
from scenarios.theatre.app import create_app
from scenarios.theatre.guide import GLOSSARY, WALK
from scenarios.theatre.house import House
from scenarios.theatre.texts import TEXTS
from scenarios.theatre.words import _PAGES

_NOTE = re.compile(r'<aside class="sandbox-note">([^<]+)</aside>')
_QUOTED = re.compile(r"“([^”]+)”")


def _wallet_says() -> str:
    return "\n".join(Path(module.__file__).read_text(encoding="utf-8") for module in (texts, kept_texts))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_parties_say_in_the_same_words_that_this_is_a_sandbox(house: House, visitor, language: str) -> None:
    urls = house.world.addresses.urls()
    pages = [house.origin, *(urls[each] for each in ("wallet", "pages", "phone", "portal", "console"))]
    notes = [
        found[1]
        for url in pages
        if (found := _NOTE.search(visitor.get(url, headers={"Accept-Language": language}, follow_redirects=True).text))
    ]

    assert notes == [TEXTS["sandbox"].in_(language)] * len(pages)


def test_a_button_of_the_wallet_is_quoted_as_it_is_labelled() -> None:
    said = _wallet_says()
    quoted = [
        label
        for party, _, _, text in _PAGES
        if party == "application"
        for language in ("en", "zh")
        for label in _QUOTED.findall(text.in_(language))
    ]

    assert len(quoted) >= 12
    assert [label for label in quoted if f'"{label}' not in said] == []


def test_the_walk_names_the_button_that_links_a_bank() -> None:
    said = _wallet_says()

    assert [label for lang in ("en", "zh") for label in _QUOTED.findall(WALK[1].in_(lang)) if label not in said] == []


def test_the_guide_explains_the_words_that_newcomers_meet(visitor: httpx.Client) -> None:
    page = visitor.get("/guide", headers={"Accept-Language": "zh"}).text

    assert [word.zh for word, meaning in GLOSSARY if word.zh not in page or meaning.zh not in page] == []
    assert all(not meaning.zh.isascii() for _, meaning in GLOSSARY)


def test_an_empty_stage_leads_to_the_guide_the_wallet_and_the_plays(house: House, visitor: httpx.Client) -> None:
    page = visitor.get("/").text
    empty = page[page.index('class="empty nothing"') : page.index('id="panel"')]

    assert [each for each in ("/guide", house.world.addresses.wallet, "/plays") if f'href="{each}"' not in empty] == []


def test_without_aids_the_guide_shows_no_secret_and_says_where_they_are(house: House) -> None:
    bare = replace(house, world=replace(house.world, plan=replace(house.world.plan, aids=False)))
    page = create_app(bare).test_client().get("/guide", base_url=house.origin, headers={"Accept-Language": "en"}).text

    assert "in the terminal in which this sandbox was started" in page
    assert house.world.people[0].password not in page
