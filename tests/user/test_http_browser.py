"""The browser behaves as a browser where it matters: redirects, cookies, provenance, and a page's own policy."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from flask import Flask, Response, redirect, request

from user_sim.browser import NavigationBlocked, Visit
from user_sim.http_browser import HttpBrowser

BANK, SHOP = "https://bank.localhost:8441", "https://shop.localhost:8442"


heard: list[str] = []


def _bank(policies: dict[str, str]) -> Flask:
    """A bank that shows a form, takes it, and sends the user back to the shop."""
    app = Flask("bank")

    @app.get("/ask")
    def ask() -> Response:
        form = '<form method="post" action="/take"><input name="note"><button name="go" value="on">Go</button></form>'
        response = Response(form, headers=policies, content_type="text/html")
        response.set_cookie("__Host-visit", "one", secure=True, path="/", samesite="Lax")
        return response

    @app.post("/take")
    def take() -> Response:
        response = redirect(f"{SHOP}/back?note={request.form['note']}&go={request.form['go']}", 303)
        response.set_cookie("__Host-visit", "", secure=True, path="/", max_age=0)
        return response

    @app.get("/round")
    def round_and_round() -> Response:
        return redirect("/round", 302)

    @app.post("/moved")
    def moved() -> Response:
        return redirect("/echo", 307)

    @app.post("/reports")
    def report() -> Response:
        heard.append(request.get_json(force=True)["csp-report"]["violated-directive"])
        return Response(status=204)

    @app.route("/echo", methods=["GET", "POST"])
    def echo() -> Response:
        seen = "".join(f"<p>{name}: {value}</p>" for name, value in request.headers.items())
        form = '<form method="post" action="/moved"><input name="kept" value="1"></form><a href="/echo?x=1">again</a>'
        return Response(f"{seen}<p>form: {dict(request.form)}</p>{form}", content_type="text/html", headers=policies)

    return app


def _shop() -> Flask:
    app = Flask("shop")

    @app.get("/back")
    def back() -> str:
        heard = f"{request.args['note']} {request.args['go']}"
        return f"<title>Shop</title><p>{heard}</p><a href='{BANK}/echo'>to the bank</a>"

    @app.get("/form")
    def form() -> str:
        return f'<form method="post" action="{BANK}/echo"><input name="a" value="b"></form>'

    return app


class Town(httpx.BaseTransport):
    """The hosts, each a real WSGI application: the bank, a shop, and a subdomain of the bank that shows the same."""

    def __init__(self, policies: dict[str, str]) -> None:
        self._hosts = {
            "bank.localhost": httpx.WSGITransport(_bank(policies)),
            "offers.bank.localhost": httpx.WSGITransport(_bank(policies)),
            "shop.localhost": httpx.WSGITransport(_shop()),
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._hosts[request.url.host].handle_request(request)


def browser_in(policies: dict[str, str], on_visit: Callable[[Visit], None] | None = None) -> HttpBrowser:
    return HttpBrowser(Town(policies), "en", on_visit)


def test_a_form_is_sent_and_its_redirect_followed_to_another_host() -> None:
    visits: list[Visit] = []
    browser = browser_in({}, visits.append)
    page = browser.open(f"{BANK}/ask")
    page = browser.submit(page.document.forms[0], {"note": "hello"})
    assert page.text == "hello on\nto the bank"
    assert page.location.origin == SHOP
    assert [(visit.method, visit.host, visit.path, visit.status) for visit in visits] == [
        ("GET", "bank.localhost", "/ask", 200),
        ("POST", "bank.localhost", "/take", 303),
        ("GET", "shop.localhost", "/back", 200),
    ]


def test_what_is_told_of_a_visit_has_neither_query_nor_body() -> None:
    visits: list[Visit] = []
    browser = browser_in({}, visits.append)
    browser.submit(browser.open(f"{BANK}/ask").document.forms[0], {"note": "a-secret"})
    assert "a-secret" not in repr(visits)


def test_cookies_are_kept_until_they_are_ended() -> None:
    browser = browser_in({})
    page = browser.open(f"{BANK}/ask")
    assert browser.cookies.names("bank.localhost") == {"__Host-visit"}
    browser.submit(page.document.forms[0], {"note": "x"})
    assert browser.cookies.names("bank.localhost") == frozenset()


def test_a_form_action_policy_stops_the_redirect_to_where_it_does_not_lead() -> None:
    browser = browser_in({"content-security-policy": "form-action 'self'"})
    page = browser.open(f"{BANK}/ask")
    with pytest.raises(NavigationBlocked, match=r"does not let its forms go to https://shop\.localhost:8442"):
        browser.submit(page.document.forms[0], {"note": "x"})


def test_a_form_action_policy_that_names_the_way_back_lets_it_pass() -> None:
    browser = browser_in({"content-security-policy": f"default-src 'none'; form-action 'self' {SHOP}"})
    page = browser.open(f"{BANK}/ask")
    assert browser.submit(page.document.forms[0], {"note": "x"}).location.host == "shop.localhost"


def test_redirects_without_end_are_given_up() -> None:
    with pytest.raises(NavigationBlocked, match="redirects"):
        browser_in({}).open(f"{BANK}/round")


def test_a_temporary_redirect_keeps_the_form() -> None:
    browser = browser_in({})
    page = browser.open(f"{BANK}/echo")
    assert "form: {'kept': '1'}" in browser.submit(page.document.forms[0], {}).text


def test_a_typed_address_tells_nobody_where_the_user_was() -> None:
    text = browser_in({}).open(f"{BANK}/echo").text
    assert "Sec-Fetch-Site: none" in text
    assert "Referer" not in text
    assert "Origin" not in text


def test_a_link_within_a_site_tells_the_whole_address() -> None:
    browser = browser_in({})
    browser.open(f"{BANK}/echo")
    text = browser.follow("/echo?x=1").text
    assert f"Referer: {BANK}/echo" in text
    assert "Sec-Fetch-Site: same-origin" in text


def test_a_form_of_another_site_is_recognised_and_brings_no_session() -> None:
    browser = browser_in({})
    browser.open(f"{BANK}/ask")
    page = browser.open(f"{SHOP}/form")
    text = browser.submit(page.document.forms[0], {}).text
    assert f"Origin: {SHOP}" in text
    assert "Sec-Fetch-Site: cross-site" in text
    assert "Cookie" not in text


def test_a_page_may_hide_where_it_was() -> None:
    browser = browser_in({"referrer-policy": "no-referrer"})
    page = browser.open(f"{BANK}/echo")
    text = browser.submit(page.document.forms[0], {}).text
    assert "Origin: null" in text
    assert "Referer" not in text


@pytest.mark.parametrize(
    "policies",
    [
        {"content-security-policy": "frame-ancestors 'none'; report-uri /reports"},
        {"content-security-policy": "frame-ancestors https://bank.localhost:8441"},
        {"x-frame-options": "DENY"},
        {"x-frame-options": "SAMEORIGIN"},
    ],
    ids=str,
)
def test_a_page_stays_out_of_frames_that_it_does_not_allow_and_that_is_reported(policies: dict[str, str]) -> None:
    heard.clear()
    browser = browser_in(policies)
    shop = browser.open(f"{SHOP}/form")
    with pytest.raises(NavigationBlocked, match="does not let"):
        browser.show_in_frame(f"{BANK}/echo")
    assert browser.page is shop
    assert heard == (["frame-ancestors"] if "reports" in str(policies) else [])


def test_a_page_that_says_nothing_of_frames_is_shown_and_a_policy_outweighs_the_older_header() -> None:
    for policies in ({}, {"content-security-policy": f"frame-ancestors {SHOP}", "x-frame-options": "DENY"}):
        browser = browser_in(policies)
        browser.open(f"{SHOP}/form")
        assert "Sec-Fetch-Dest: iframe" in browser.show_in_frame(f"{BANK}/echo").text


def test_a_lax_session_goes_into_the_frames_of_its_own_site_only() -> None:
    browser = browser_in({})
    browser.open(f"{BANK}/ask")
    browser.open("https://offers.bank.localhost:8441/echo")
    assert "__Host-visit" in browser.show_in_frame(f"{BANK}/echo").text
    browser.open(f"{SHOP}/form")
    assert "__Host-visit" not in browser.show_in_frame(f"{BANK}/echo").text
