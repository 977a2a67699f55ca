"""The real browser behaves to those who use it as the plain one does: same pages, same fields, same refusals."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from scenarios.authority import Authority
from scenarios.world import World
from user_sim.browser import NavigationBlocked, Visit
from user_sim.chromium import Chromium, ChromiumBrowser
from user_sim.forms import CannotFill
from user_sim.http_browser import HttpBrowser, LoopbackTransport

BANK, SHOP = "https://bank.localhost:9", "https://shop.localhost:9"
FORM = """<!doctype html><html lang="en"><title>Form</title><body>
<noscript>Scripts are off.</noscript><p hidden>Not for eyes.</p><p id="late"></p>
<form method="get" action="/echo">
  <input type="hidden" name="csrf" value="token">
  <label>Name <input name="name" required pattern="[a-z]+"></label>
  <label><input type="checkbox" name="box" value="one" checked> One</label>
  <label><input type="checkbox" name="box" value="two"> Two</label>
  <label><input type="radio" name="way" value="by sea"> Sea</label>
  <label><input type="radio" name="way" value="by air"> Air</label>
  <select name="place"><option value="a">A</option><option value="b">B</option></select>
  <details><summary>More</summary><label>Note <textarea name="note"></textarea></label></details>
  <button name="go" value="first">First</button>
  <button name="go" value="second">Second</button>
</form>
<script>document.getElementById('late').textContent = 'Written by a script.'</script>
<a href="/echo?followed=1">Follow</a></body></html>"""
LEAVING = '<!doctype html><title>Leave</title><form method="post" action="/leave"><button>Leave</button></form>'
Serve = Callable[[str, str, dict[str, str]], None]


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[ChromiumBrowser]:
    browser = chromium.opened("computer", "en-GB,en;q=0.9")
    yield browser
    browser.close()


@pytest.fixture
def serve(browser: ChromiumBrowser) -> Serve:
    """``serve(address, html, headers)``: what this browser finds there."""

    def serve(address: str, html: str, headers: dict[str, str]) -> None:
        told = {"content-type": "text/html; charset=utf-8"} | headers
        browser.tab.route(
            lambda url: url.partition("?")[0] == address, lambda each: each.fulfill(body=html, headers=told)
        )

    return serve


@pytest.fixture
def form_page(browser: ChromiumBrowser, serve: Serve) -> ChromiumBrowser:
    serve(f"{BANK}/form", FORM, {})
    serve(f"{BANK}/echo", "<!doctype html><title>Echo</title><p>heard</p>", {})
    browser.open(f"{BANK}/form")
    return browser


def test_the_page_is_read_as_scripts_left_it_and_eyes_see_it(form_page: ChromiumBrowser) -> None:
    page = form_page.page
    assert page is not None
    assert (page.document.title, page.document.lang, page.status) == ("Form", "en", 200)
    assert "Written by a script." in page.document.lines
    assert "Scripts are off." not in page.text
    assert "Not for eyes." not in page.text


def test_a_form_is_filled_in_and_sent_with_the_button_that_was_meant(form_page: ChromiumBrowser) -> None:
    assert form_page.page is not None
    form = form_page.page.document.forms[0]
    answers = {"name": "abc", "box": ["two"], "way": "by air", "place": "b", "note": "unfolded"}
    page = form_page.submit(form, answers, form.button("go", "second"))
    assert page.location.path == "/echo"
    assert page.location.query == "csrf=token&name=abc&box=two&way=by+air&place=b&note=unfolded&go=second"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"name": "ABC"}, "does not match"),
        ({"name": ""}, "must be filled in"),
        ({"name": "abc", "place": "c"}, "does not offer"),
        ({"name": "abc", "other": "x"}, "no field other"),
        ({"name": "abc", "csrf": "forged"}, "not by a person"),
    ],
)
def test_what_the_form_does_not_take_is_not_sent(
    form_page: ChromiumBrowser, answers: dict[str, str], reason: str
) -> None:
    assert form_page.page is not None
    with pytest.raises(CannotFill, match=reason):
        form_page.submit(form_page.page.document.forms[0], answers)
    assert form_page.tab.url == f"{BANK}/form"


def test_a_link_is_clicked(form_page: ChromiumBrowser) -> None:
    assert form_page.follow("/echo?followed=1").location.query == "followed=1"


def test_a_page_that_moved_on_by_itself_is_looked_at_anew(form_page: ChromiumBrowser) -> None:
    assert form_page.page is not None
    form = form_page.page.document.forms[0]
    form_page.tab.goto(f"{BANK}/echo")
    assert form_page.submit(form, {"name": "abc"}).text == "heard"


def test_a_form_that_the_pages_policy_keeps_in_is_blocked(browser: ChromiumBrowser, serve: Serve) -> None:
    serve(f"{BANK}/leaving", LEAVING.replace("/leave", f"{SHOP}/"), {"content-security-policy": "form-action 'self'"})
    page = browser.open(f"{BANK}/leaving")
    with pytest.raises(NavigationBlocked, match="form-action"):
        browser.submit(page.document.forms[0], {})


def test_where_nobody_listens_nothing_is_shown(browser: ChromiumBrowser) -> None:
    with pytest.raises(NavigationBlocked, match=r"ERR_CONNECTION_REFUSED|ERR_UNSAFE_PORT"):
        browser.open(f"{BANK}/nobody")


def test_visits_are_told_oldest_first_without_query_or_body(chromium: Chromium, world: World) -> None:
    told: dict[str, list[Visit]] = {"real": [], "plain": []}
    real = chromium.opened("computer", "en", told["real"].append)
    plain = HttpBrowser(LoopbackTransport(world.authority), "en", told["plain"].append)
    for browser in (real, plain):
        page = browser.open(f"{world.addresses.wallet}/?secret=1")
        form = page.form_with("nickname")
        assert form is not None
        browser.submit(form, {"nickname": "twin"})
        browser.close()
    assert told["real"] == told["plain"]
    assert [visit.method for visit in told["real"]] == ["GET", "POST", "GET"]


def test_two_browsers_share_nothing(chromium: Chromium, world: World) -> None:
    one, other = (chromium.opened("computer", "en") for _ in range(2))
    form = one.open(f"{world.addresses.wallet}/").form_with("nickname")
    assert form is not None
    one.submit(form, {"nickname": "first"})
    assert other.open(f"{world.addresses.wallet}/").form_with("nickname") is not None
    one.close()
    other.close()


def test_a_certificate_that_was_not_named_is_refused(browser: ChromiumBrowser, stranger: int) -> None:
    """Trust is in keys, one by one, whatever authority stands behind a certificate and whatever name it bears."""
    with pytest.raises(NavigationBlocked, match="ERR_CERT_AUTHORITY_INVALID"):
        browser.open(f"https://bank.localhost:{stranger}/")


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[int]:
    """The port of somebody who shows a certificate for the bank's host, signed by an authority of their own."""
    authority, passphrase, now = tmp_path / "authority", b"passphrase", datetime.now(UTC)
    authority.mkdir()
    Authority.mint(authority, passphrase, now).issue_server(tmp_path, "tls", ["bank.localhost"], passphrase, now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key", passphrase)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Thread(target=_shake_hands, args=(listener, context))
        serving.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        serving.join()


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Until the listener is closed; whoever does not trust the certificate goes away."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()
