"""To the bank and back: what the callback refuses, how a link lives and ends."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bank_sim.sdk.protocol.problems import Problem


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
        town.bank.tokens.active(token)
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
        town.bank.tokens.active(first)
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
