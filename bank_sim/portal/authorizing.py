"""Tokens of the developer's own: ask a user at the bank, come back, exchange the code; refresh, revoke, ask about one.

    GET  /tokens                 what is held, and what can be asked for
    POST /tokens/accounts        push a request for account information
    POST /tokens/payment         push one for a transfer that was ordered
    POST /tokens/application     a token without a user
    POST /tokens/own             a token that the developer's own program obtained
    GET  /callback               the user's browser comes back from the bank
    POST /tokens/<name>/<act>    refresh, revoke, introspect

Every message is an exchange like those of *try it*, shown in full. The redirect URI is the portal's own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response

from bank_sim.portal import oauth
from bank_sim.portal.composing import Order
from bank_sim.portal.exchange import Exchange
from bank_sim.portal.rendering import page
from bank_sim.portal.sessions import Flow, HeldToken, Tried
from bank_sim.portal.trying import keep, perform
from bank_sim.portal.visit import Visit
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.web import see

ACCOUNTS, PAYMENT, APPLICATION, OWN = "account_information", "payment", "A1", "own"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")
_STATE_BYTES = 18
_NAME_BYTES = 3


def show_tokens(visit: Visit) -> Response:
    """Tokens held in this session, and the forms to get more."""
    session, bank = visit.entered, visit.premises.bank
    granted = bank.registry.grants(session.party.app_id)
    return page(
        visit,
        "tokens",
        tokens=session.tokens,
        now_s=bank.clock.now_s(),
        apis=[each for each in bank.catalogue if ACCOUNTS in each.consent_types and each.api_id in granted],
        pays=any(each.consent_types == {PAYMENT} and each.api_id in granted for each in bank.catalogue),
        transfers=session.seen.get("transfer_id", []),
        callback=visit.premises.callback,
        redirects=_may_return_here(visit),
    )


def ask_for_accounts(visit: Visit) -> Response:
    """Push the user's consent to be asked for: which interfaces, and for how long."""
    apis = visit.request.form.getlist("api")
    details = oauth.account_details(apis, visit.form("validity") == "once", visit.premises.bank.clock.now_s())
    return _push(visit, ACCOUNTS, details)


def ask_for_payment(visit: Visit) -> Response:
    """Push the confirmation of one transfer."""
    return _push(visit, PAYMENT, oauth.payment_details(visit.form("transfer_id")))


def ask_for_application(visit: Visit) -> Response:
    """A token without a user."""
    order = oauth.client_credentials(visit.entered.party, *_issuer_and_now(visit))
    exchange = _perform(visit, order)
    _keep_token(visit, exchange, APPLICATION)
    return see(f"/exchange/{exchange.serial}")


def bring(visit: Visit) -> Response:
    """A token that the developer's own program obtained. What it is good for is for the gateway to say."""
    token = visit.form("access_token")
    if not _TOKEN.fullmatch(token):
        raise problems.PARAM_INVALID.problem("This does not look like an access token.")
    every = " ".join(each.api_id for each in visit.premises.bank.catalogue if each.level != APPLICATION)
    name = f"own-{secrets.token_hex(_NAME_BYTES)}"
    visit.entered.keep_token(HeldToken(name, OWN, token, None, None, every, None, ()))
    return see("/tokens")


def come_back(visit: Visit) -> Response:
    """The redirect from the bank: STATE_MISMATCH and ISS_MISMATCH before anything else is believed (RFC 9207)."""
    session, brought = visit.entered, visit.request.args
    flow, session.flow = session.flow, None
    if flow is None or not secrets.compare_digest(brought.get("state", "").encode(), flow.state.encode()):
        raise problems.STATE_MISMATCH.problem()
    if brought.get("iss") != visit.premises.bank.config.gateway_url:
        raise problems.ISS_MISMATCH.problem()
    if "error" in brought:
        raise CATALOGUE.get(brought["error"], problems.OAUTH_ACCESS_DENIED).problem()
    order = oauth.redeem(
        session.party, *_issuer_and_now(visit), brought.get("code", ""), visit.premises.callback, flow.pkce
    )
    exchange = _perform(visit, order)
    _keep_token(visit, exchange, flow.what)
    return see(f"/exchange/{exchange.serial}")


def act(visit: Visit, name: str, act: str) -> Response:
    """Refresh, revoke or introspect a held token."""
    held = visit.entered.token(name)
    if held is None or act not in ("refresh", "revoke", "introspect"):
        raise problems.RESOURCE_NOT_FOUND.problem()
    party, (issuer, now_s) = visit.entered.party, _issuer_and_now(visit)
    if act == "refresh":
        exchange = _perform(visit, oauth.refresh(party, issuer, now_s, held.refresh_token or ""))
        _keep_token(visit, exchange, held.what, name)
    else:
        make = oauth.revoke if act == "revoke" else oauth.introspect
        exchange = _perform(visit, make(party, issuer, now_s, held.access_token))
    return see(f"/exchange/{exchange.serial}")


def _push(visit: Visit, what: str, details: list[dict[str, Any]]) -> Response:
    session = visit.entered
    state, pkce = secrets.token_urlsafe(_STATE_BYTES), Pkce.fresh()
    issuer, now_s = _issuer_and_now(visit)
    order = oauth.push(session.party, issuer, now_s, details, visit.premises.callback, state, pkce)
    exchange = _perform(visit, order)
    if exchange.succeeded and exchange.trusted:
        asked = {"client_id": session.party.app_id, "request_uri": str(exchange.document.get("request_uri", ""))}
        url = f"{visit.premises.bank.config.pages_url}/authorize?{urlencode(asked)}"
        session.flow = Flow(what, state, pkce, url)
    return see(f"/exchange/{exchange.serial}")


def _perform(visit: Visit, order: Order) -> Exchange:
    exchange = perform(visit, order)
    keep(visit.entered, Tried(exchange, "", {}))
    return exchange


def _keep_token(visit: Visit, exchange: Exchange, what: str, name: str = "") -> None:
    """What the token endpoint gave, if its answer is verified. ``name``: of the token that it replaces."""
    found = exchange.document
    if not (exchange.succeeded and exchange.trusted and "access_token" in found):
        return
    detail: Mapping[str, Any] = next(iter(found.get("authorization_details", ())), {})
    refs = tuple(detail.get("account_refs", ()))
    visit.entered.keep_token(
        HeldToken(
            name=name or f"{what}-{secrets.token_hex(_NAME_BYTES)}",
            what=what,
            access_token=str(found["access_token"]),
            refresh_token=found.get("refresh_token"),
            expires_s=exchange.at_s + int(found.get("expires_in", 0)),
            scope=str(found.get("scope", "")),
            consent_id=detail.get("consent_id"),
            account_refs=refs,
        )
    )
    visit.entered.remember(("account_ref", each) for each in reversed(refs))


def _issuer_and_now(visit: Visit) -> tuple[str, float]:
    bank = visit.premises.bank
    return bank.config.gateway_url, bank.clock.now_s()


def _may_return_here(visit: Visit) -> bool:
    application = visit.premises.bank.registry.application(visit.entered.party.app_id)
    return application is not None and visit.premises.callback in application.redirect_uris
