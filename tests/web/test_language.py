"""The language of a page: chosen, remembered, and never a way to another site."""

from __future__ import annotations

import pytest
from flask import Flask, request

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.web import choose_language, frame, language_of, local_target

_APP = Flask(__name__, static_folder=None)


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "zh-TW", "zh"),
        ("", "en-GB,zh;q=0.5", "en"),
        ("", "fr", "en"),
        ("", "", "en"),
        ("language=zh", "en", "zh"),
        ("language=en", "zh-CN", "en"),
        ("language=fr", "zh-CN", "zh"),
        ("language=", "zh-CN", "zh"),
    ],
)
def test_the_choice_comes_before_the_browsers_wish(cookie: str, accepted: str, language: str) -> None:
    with _APP.test_request_context("/", headers={"Cookie": cookie, "Accept-Language": accepted}):
        assert language_of(request) == language


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/\\/evil.example", "\\\\evil.example",
        "/login\r\nSet-Cookie: a=b", "/ /evil.example", "/\t/evil.example", "javascript:alert(1)", "login", "",
        "/a//b", "/\u200b/evil.example", "/登录", "/" + "a" * 2000,
    ],
)  # fmt: skip
def test_the_way_back_never_leads_elsewhere(to: str) -> None:
    assert local_target(to) == "/"


@pytest.mark.parametrize("to", ["/", "/login", "/authorize/step", "/consents/cns_A-b_1?page=2&x=%E4%B8%AD"])
def test_the_way_back_keeps_a_path_of_this_site(to: str) -> None:
    assert local_target(to) == to


def test_a_choice_is_remembered_for_a_year_and_the_page_shown_again() -> None:
    with _APP.test_request_context("/language?lang=zh&to=/consents%3Fpage%3D2"):
        answer = choose_language(request)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/consents?page=2")
    cookie = set(answer.headers["Set-Cookie"].split("; "))
    assert cookie >= {"language=zh", "Secure", "SameSite=Lax", "Path=/", "Max-Age=31536000"}
    assert not any(part.startswith("Domain") for part in cookie)


@pytest.mark.parametrize("query", ["", "?lang=fr", "?lang=zh%0d%0aX: y", "?lang=ZH"])
def test_there_are_two_languages(query: str) -> None:
    with _APP.test_request_context(f"/language{query}"), pytest.raises(Problem, match="PARAM_INVALID"):
        choose_language(request)


def test_a_page_names_the_other_language_and_leads_back_to_itself() -> None:
    framed = frame("bank", "zh", "/login?x=1&y=2", {"second_factor"})
    assert (framed.html_language, framed.other_html_language, framed.other_name) == ("zh-CN", "en", "English")
    assert framed.switch_url == "/language?lang=en&to=%2Flogin%3Fx%3D1%26y%3D2"
    assert framed.weakened == ("second_factor",)
    assert frame("bank", "en", "https://evil.example/").switch_url == "/language?lang=zh&to=%2F"
