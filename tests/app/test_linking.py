"""To the bank and back: what the callback refuses, how a link lives and ends."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bank_sim.sdk.protocol.problems import CONSENT_REVOKED, Problem


def _unreachable(request: httpx.Request, _: Any) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _away(visitor: Any) -> str:
    return str(visitor.submit(visitor.get("/"), "/link").location)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "another"}, "STATE_MISMATCH"),
        ({"state": ""}, "STATE_MISMATCH"),
        ({"iss": "https://evil.example"}, "ISS_MISMATCH"),
        ({"iss": ""}, "ISS_MISMATCH"),
        ({"code": "stolen"}, "invalid_grant"),
    ],
)
def test_a_callback_with_one_thing_wrong_links_nothing(
    town: Any, visitor: Any, wallet: Any, change: dict[str, str], code: str
) -> None:
    visitor.sign_in()
    page = visitor.get("/callback", **(town.user_agrees(_away(visitor)) | change))
    assert page.status_code == 400
    assert code in page.text
    assert wallet.store.read("SELECT * FROM links") == []
    assert code in visitor.get("/history").text


def test_a_callback_is_good_once(town: Any, visitor: Any) -> None:
    back = town.user_agrees(_away(visitor.sign_in()))
    assert visitor.get("/callback", **back).status_code == 303
    assert "STATE_MISMATCH" in visitor.get("/callback", **back).text


def test_a_callback_in_another_session_is_refused(town: Any, wallet: Any, visitor: Any, visitor_of: Any) -> None:
    back = town.user_agrees(_away(visitor.sign_in()))
    victim = visitor_of(wallet).sign_in("Vera")
    assert "STATE_MISMATCH" in victim.get("/callback", **back).text
    assert wallet.store.read("SELECT * FROM links") == []


def test_a_callback_after_too_long_is_refused(town: Any, visitor: Any, wallet: Any) -> None:
    address = _away(visitor.sign_in())
    back = town.user_agrees(address)
    town.clock.advance(wallet.config.flow_s + 1)
    assert "STATE_MISMATCH" in visitor.get("/callback", **back).text


def test_a_declined_consent_links_nothing(town: Any, visitor: Any, wallet: Any) -> None:
    page = visitor.get("/callback", **town.user_declines(_away(visitor.sign_in())))
    assert "access_denied" in page.text
    assert wallet.store.read("SELECT * FROM links") == []


@pytest.mark.clause("9.3.3-4")
def test_unlinking_gives_the_tokens_back_and_forgets_them(town: Any, visitor: Any, wallet: Any) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    token = wallet.links.token(user_id)
    visitor.submit(visitor.get("/accounts"), "/unlink")
    assert visitor.get("/accounts").location == "/"
    row = wallet.store.read("SELECT * FROM links")[0]
    assert (row["state"], row["access_sealed"], row["refresh_sealed"]) == ("ended", None, None)
    with pytest.raises(Problem) as refused:
        town.bank.tokens.require_active(town.bank.tokens.find(token))
    assert refused.value.code == "TOKEN_REVOKED"


def test_when_the_bank_cannot_be_told_the_link_stays(town: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    page = visitor.get("/accounts")
    town.wire.bend = _unreachable
    assert "SERVICE_UNAVAILABLE" in visitor.submit(page, "/unlink").text
    town.wire.bend = None
    assert visitor.get("/accounts").status_code == 200


def test_an_expired_access_token_is_refreshed_without_the_user(town: Any, visitor: Any, wallet: Any) -> None:
    visitor.sign_in().link(town)
    before = wallet.store.read("SELECT refresh_sealed FROM links")[0]["refresh_sealed"]
    for _ in range(3):
        town.clock.advance(1700)
        assert visitor.get("/accounts").status_code == 200
    assert wallet.store.read("SELECT refresh_sealed FROM links")[0]["refresh_sealed"] != before


@pytest.mark.clause("9.3.2-2", "9.3.2-1.3")
@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_when_the_consent_ends_at_the_bank_so_does_the_link(town: Any, visitor: Any, wallet: Any, end: str) -> None:
    visitor.sign_in().link(town)
    if end == "revoked":
        consent_id, customer_id = town.bank.store.read("SELECT consent_id, customer_id FROM consents")[0]
        with town.bank.store.write() as db:
            town.bank.consents.revoke(db, consent_id, customer_id)
    else:
        town.clock.advance(wallet.config.consent_days * 86_400)
        visitor.sign_in()
    page = visitor.get("/accounts")
    assert page.status_code >= 400
    assert wallet.store.read("SELECT state FROM links")[0]["state"] == "ended"
    assert visitor.get("/accounts").location == "/"


def test_linking_anew_ends_the_older_link(town: Any, visitor: Any, wallet: Any) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    first = wallet.links.token(user_id)
    state, pkce = wallet.flows.leave("s", user_id, None)
    back = town.user_agrees(wallet.bank.ask_for_accounts(state, pkce))
    wallet.links.link(user_id, wallet.bank.tokens_of_return(back, pkce))
    assert [row["state"] for row in wallet.store.read("SELECT state FROM links ORDER BY rowid")] == ["ended", "linked"]
    with pytest.raises(Problem) as refused:
        town.bank.tokens.require_active(town.bank.tokens.find(first))
    assert refused.value.code == "TOKEN_REVOKED"


def test_a_fresh_link_is_kept_though_the_older_one_could_not_be_given_back(
    town: Any, visitor: Any, wallet: Any
) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    state, pkce = wallet.flows.leave("s", user_id, None)
    tokens = wallet.bank.tokens_of_return(town.user_agrees(wallet.bank.ask_for_accounts(state, pkce)), pkce)
    town.wire.bend = _unreachable
    wallet.links.link(user_id, tokens)
    assert wallet.links.token(user_id) == tokens.access_token


def _refreshes(request: httpx.Request) -> bool:
    return request.url.path == "/oauth/token" and b"grant_type=refresh_token" in request.content


@pytest.mark.clause("9.3.2-2")
@pytest.mark.parametrize("end", ["unlink", "heed"])
def test_tokens_that_arrive_after_the_link_has_ended_are_given_back_and_not_kept(
    town: Any, visitor: Any, wallet: Any, end: str
) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    town.clock.advance(1800)

    def end_meanwhile(request: httpx.Request, deliver: Any) -> httpx.Response:
        response: httpx.Response = deliver(request)
        if _refreshes(request):
            if end == "unlink":
                wallet.links.unlink(user_id)
            else:
                wallet.links.heed(user_id, CONSENT_REVOKED.problem(trusted=True))
        return response

    town.wire.bend = end_meanwhile
    with pytest.raises(Problem) as refused:
        wallet.links.token(user_id)
    assert refused.value.code == "CONSENT_REQUIRED"
    row = wallet.store.read("SELECT state, access_sealed, refresh_sealed FROM links")[0]
    assert tuple(row) == ("ended", None, None)
    assert town.count("tokens WHERE revoked = 0 AND consent_id IS NOT NULL AND used = 0") == 0


def test_a_refresh_that_fails_after_the_user_has_linked_anew_leaves_the_new_link(
    town: Any, visitor: Any, wallet: Any
) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    town.clock.advance(1800)
    state, pkce = wallet.flows.leave("s", user_id, None)
    tokens = wallet.bank.tokens_of_return(town.user_agrees(wallet.bank.ask_for_accounts(state, pkce)), pkce)

    def link_meanwhile(request: httpx.Request, deliver: Any) -> httpx.Response:
        if _refreshes(request):
            wallet.links.link(user_id, tokens)
        return deliver(request)  # type: ignore[no-any-return]

    town.wire.bend = link_meanwhile
    with pytest.raises(Problem) as refused:
        wallet.links.token(user_id)
    assert refused.value.code == "invalid_grant"
    assert wallet.links.token(user_id) == tokens.access_token


def test_nobody_waits_for_the_refresh_of_another_user(town: Any, wallet: Any, visitor: Any, visitor_of: Any) -> None:
    visitor.sign_in("Lux").link(town)
    visitor_of(wallet).sign_in("Nyx").link(town)
    lux, nyx = (row["user_id"] for row in wallet.store.read("SELECT user_id FROM links ORDER BY rowid"))
    nyx_token = wallet.links.token(nyx)
    with wallet.store.write() as db:
        db.execute("UPDATE links SET access_expires_ms = 0 WHERE user_id = ?", (lux,))
    seen: list[str] = []
    with ThreadPoolExecutor(1) as others:

        def ask_meanwhile(request: httpx.Request, deliver: Any) -> httpx.Response:
            if _refreshes(request):
                seen.append(others.submit(wallet.links.token, nyx).result(timeout=5))
            return deliver(request)  # type: ignore[no-any-return]

        town.wire.bend = ask_meanwhile
        wallet.links.token(lux)
    assert seen == [nyx_token]


def test_two_pages_of_one_user_refresh_once(town: Any, wallet: Any, visitor: Any) -> None:
    visitor.sign_in().link(town)
    user_id = wallet.store.read("SELECT user_id FROM links")[0]["user_id"]
    town.clock.advance(1800)
    second: list[Future[str]] = []
    with ThreadPoolExecutor(1) as other_page:

        def ask_meanwhile(request: httpx.Request, deliver: Any) -> httpx.Response:
            if _refreshes(request):
                second.append(other_page.submit(wallet.links.token, user_id))
                with pytest.raises(TimeoutError):
                    second[0].result(timeout=0.2)
            return deliver(request)  # type: ignore[no-any-return]

        town.wire.bend = ask_meanwhile
        first = wallet.links.token(user_id)
        assert [each.result(timeout=5) for each in second] == [first]


@pytest.mark.clause("9.3.2-1.2.2")
@pytest.mark.parametrize(("state", "words"), [("expired", "has run out"), ("revoked", "have revoked")])
def test_a_user_whose_link_the_bank_ended_is_told_why_on_the_first_page(
    town: Any, wallet: Any, visitor: Any, state: str, words: str
) -> None:
    visitor.sign_in().link(town)
    assert 'id="link-ended"' not in visitor.get("/").text
    (row,) = wallet.store.read("SELECT consent_id FROM links")
    wallet.links.end_by_bank(row["consent_id"], f"consent.{state}")
    assert words in visitor.get("/").text
    visitor.link(town)
    assert 'id="link-ended"' not in visitor.get("/").text
