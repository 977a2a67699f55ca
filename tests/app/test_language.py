"""The wallet's language: the visitor's choice, then the browser's; and the way back to where they were."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app_sim import bank
from app_sim.pages.texts import EN


def _lang(page: Any) -> str:
    found = re.search(r'<html lang="([\w-]+)">', page.text)
    assert found is not None
    return found[1]


def _switch(page: Any) -> str:
    found = re.search(r'<a class="language" href="([^"]+)"', page.text)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("zh-CN,zh;q=0.9", "zh-CN"), ("zh-TW", "zh-CN"), ("en-GB", "en"), ("de,zh;q=0.5", "en"), ("", "en"), ("*", "en")],
)
def test_a_browser_gets_the_language_it_prefers(wallet: Any, visitor_of: Any, accepted: str, lang: str) -> None:
    assert _lang(visitor_of(wallet, **{"Accept-Language": accepted}).get("/")) == lang


def test_a_choice_is_remembered_and_leads_back_to_the_page(wallet: Any, visitor: Any) -> None:
    page = visitor.get("/products", sort="rate")
    path, _, query = _switch(page).partition("?")
    answer = visitor.get(path, **dict(parse_qsl(query)))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/products?sort=rate")
    assert _lang(visitor.get("/")) == "zh-CN"
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("language="))
    assert {"language=zh", "Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= set(
        cookie.split("; ")
    )


def test_after_a_form_the_switch_leads_to_a_page_that_can_be_opened(visitor: Any, town: Any) -> None:
    assert _switch(visitor.sign_in().link(town).order(town, payee_name="张三")).endswith("to=/pay")
    assert _switch(visitor.submit(visitor.get("/"), "/sign-out", csrf="forged")).endswith("to=/")


def test_the_way_back_from_the_bank_is_not_gone_again(visitor: Any) -> None:
    assert _switch(visitor.sign_in().get("/callback", code="c", state="s")).endswith("to=/")


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a//b",
        "\\\\evil",
        "",
        "x",
        "/a\r\nSet-Cookie: a=b",
    ],
)
def test_the_switch_leads_nowhere_else(visitor: Any, to: str) -> None:
    assert visitor.get("/language", lang="zh", to=to).headers["Location"] == "/"


def test_a_language_that_the_wallet_does_not_speak_is_refused(visitor: Any) -> None:
    page = visitor.get("/language", lang="fr", to="/")
    assert page.status_code == 400
    assert "PARAM_INVALID" in page.text


def test_a_cookie_that_says_something_else_is_passed_over(visitor: Any) -> None:
    visitor._client.set_cookie("language", "<b>", domain="wallet.localhost")
    assert _lang(visitor.get("/")) == "en"


def test_whatever_the_wallet_asks_of_the_bank_has_a_name_on_the_page_of_the_connection() -> None:
    """Names are read off the door to the bank, where each call says under which it is counted."""
    door = "".join(path.read_text(encoding="utf-8") for path in Path(bank.__file__).parent.glob("*.py"))
    asked = set(re.findall(r'(?:_ask|_call|_order)\(\s*"([a-z]+(?:\.[a-z_]+)+)"', door))
    assert {"oauth.keys", "oauth.token"} <= asked
    assert sorted(name for name in asked if "api_" + name.replace(".", "_") not in EN) == []
