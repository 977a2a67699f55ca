"""What has happened when a player comes: honest traffic of a victim, and what was stolen, leaked or seen of it.

A scene gives away what an attacker would have, and nothing that the missing defence guards. Each is set by the same
pages, phones and SDK as a scenario; the victim is a customer whom nobody else plays.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.sdk.protocol.assertions import make_assertion
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from scenarios.frame import FrameVisit
from scenarios.range.detecting import AGREED_CALLS, MONTHLY_FEN, SHOWN_FEN
from scenarios.staff_desk import at_work
from scenarios.wire import Replay, calls
from user_sim.persona import HASTY
from user_sim.second_factors import add_authenticator

if TYPE_CHECKING:
    from scenarios.partner import Partner
    from scenarios.stage import Stage
    from user_sim.driver import HeadlessUser

_BETWEEN_CODES_S, _STEP_S = 61, 30
_SHORT_FEN = 500
_OVERDRAWN_BY_FEN = 100


@dataclass(frozen=True, slots=True)
class Scene:
    """What a player holds.

    ``app``    the application whose credentials are theirs, None where the attacker is no application
    ``keys``   whether its private keys are theirs too, or only what else is known of it
    ``stolen`` name -> value
    ``ask``    what the victim says on the telephone when asked for the newest code; None where nobody would answer
    """

    app: Partner | None
    stolen: dict[str, str] = field(default_factory=dict)
    keys: bool = True
    ask: Callable[[], str] | None = None


def _leaked_secret(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    return Scene(shop, {"access_token": token}, keys=False)


def _stolen_password(stage: Stage) -> Scene:
    return Scene(stage.partner("rival"), _login(stage))


def _leaked_token(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    return Scene(stage.partner("rival"), {"access_token": token, "account_ref": _first(shop, token)})


def _leaked_reference(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    theirs = _first(shop, shop.linked(stage.customer_of(shop, stage.user)))
    stage.advance(_BETWEEN_CODES_S)
    own = shop.linked(stage.customer_of(shop, stage.stranger))
    return Scene(shop, {"own_access_token": own, "victims_account_ref": theirs})


def _captured_order(stage: Stage) -> Scene:
    """A payment to the attacker was refused for lack of funds; since then a friend has paid the victim back."""
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user, HASTY)
    number = stage.numbers(stage.user)["III"]
    too_much = format_fen(stage.bank.balance_fen(number) + _OVERDRAWN_BY_FEN)
    wire = Replay(stage.wire.record, calls("POST", "/execute"))
    with stage.wire.interfering(wire):
        try:
            _paid(stage, shop, user, "III", too_much)
        except Problem as problem:
            if problem.code != "INSUFFICIENT_FUNDS":
                raise
    stage.advance(_BETWEEN_CODES_S)
    friend = stage.customer_of(shop, stage.payee, HASTY)
    _paid(stage, shop, friend, "I", format_fen(_SHORT_FEN), (number, stage.user.name))
    sent = wire.captured[0]
    return Scene(
        None,
        {
            "method": sent.method,
            "path": sent.url.raw_path.decode(),
            "body_base64": base64.b64encode(sent.content).decode(),
            **{f"header {name.decode().lower()}": value.decode() for name, value in sent.headers.raw},
        },
    )


def _agreement(stage: Stage) -> Scene:
    club, tokens, ref = _agreed(stage)
    return Scene(club, {"agreement_token": tokens, "account_ref": ref, "agreed": format_fen(MONTHLY_FEN)})


def _agreement_and_account(stage: Stage) -> Scene:
    club, agreement, ref = _agreed(stage)
    stage.advance(_BETWEEN_CODES_S)
    linked = club.linked(stage.customer_of(club, stage.user))
    known = {"agreement_token": agreement, "account_ref": ref, "access_token": linked}
    return Scene(club, known | {"agreed": format_fen(MONTHLY_FEN)} | _own_account(stage))


def _small_quota(stage: Stage) -> Scene:
    loud = stage.partner("loud")
    desk = at_work(stage, "operator")
    desk.act("set_quota", f"{loud.app_id}:app:minute", "drill: as agreed", amount=str(AGREED_CALLS))
    return Scene(loud, {"agreed_calls_a_minute": str(AGREED_CALLS)})


def _wallets_door(stage: Stage) -> Scene:
    stage.linked_user().see_balances()
    known = {
        "wallet_app_id": stage.bank.wallet_app_id(),
        "consent_id": stage.bank.accounts_consent(stage.user.login_name),
        "events_url": f"{stage.world.addresses.wallet}/events",
    }
    return Scene(None, known)


def _revoked_consent(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    ref = _first(shop, token)
    user.revoke_consent()
    return Scene(shop, {"access_token": token, "account_ref": ref})


def _public_key(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    signing = shop.keys.signing
    known = {
        "access_token": token,
        "keyid": f"{shop.app_id}.{signing.kid}",
        "public_key": json.dumps(signing.public.jwk()),
    }
    return Scene(shop, known, keys=False)


def _revoked_key(stage: Stage) -> Scene:
    """The shop has noticed, registered another key and revoked the one that the attacker holds."""
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    fresh = generate(stage.world.plan.suite, "sig")
    shop.client.own_keys.register(fresh)
    present = shop.with_keys(replace(shop.keys, signing=fresh, secret=None))
    present.own_keys.revoke(f"{shop.app_id}.{shop.keys.signing.kid}", "drill: somebody else holds it")
    return Scene(shop, {"access_token": token})


def _code_on_the_telephone(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    token = shop.linked(user)
    stage.advance(_BETWEEN_CODES_S)
    user.phone.put_aside()
    known = _login(stage) | _own_account(stage) | {"access_token": token}
    return Scene(shop, known, ask=lambda: user.phone.wait_for_code().code)


def _code_of_the_authenticator(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user)
    add_authenticator(user)
    stage.advance(_STEP_S)
    token = shop.linked(user)
    stage.advance(_STEP_S)
    known = _login(stage) | _own_account(stage) | {"access_token": token}
    return Scene(shop, known, ask=user.phone.code_shown)


def _seen_over_the_shoulder(stage: Stage) -> Scene:
    rival = stage.partner("rival")
    user = stage.plays(stage.user)
    add_authenticator(user)
    stage.advance(_STEP_S)
    user.log_in_at_bank("/consents")
    return Scene(rival, _login(stage) | {"code_seen": user.phone.code_shown()})


def _leaked_assertions(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    token = shop.linked(stage.customer_of(shop, stage.user))
    known = {"access_token": token}
    for number in (1, 2):
        now_s = int(shop.now_s())
        known[f"assertion_{number}"] = make_assertion(
            shop.keys.signing, shop.app_id, shop.client.oauth.issuer, now_s, secrets.token_urlsafe(18)
        )
    return Scene(shop, known, keys=False)


def _sealed_password(stage: Stage) -> Scene:
    shop = stage.partner("shop")
    user = stage.customer_of(shop, stage.user, HASTY)
    token = shop.linked(user)
    payer = shop.paying_account(token)
    own = _own_account(stage)
    small = shop.order_transfer(token, payer, format_fen(SHOWN_FEN), own["own_account"], own["own_name"]).data[
        "transfer_id"
    ]
    _, shown = shop.embed_payment(small)
    with FrameVisit(stage.world.authority, shown.frame_url) as frame:
        sealed = frame.look().sealed(stage.user.password)
    stage.advance(_BETWEEN_CODES_S)
    user.phone.put_aside()
    known = own | {"access_token": token, "sealed_password": sealed}
    return Scene(shop, known, ask=lambda: user.phone.wait_for_code().code)


SCENES: dict[str, Callable[[Stage], Scene]] = {
    "leaked_secret": _leaked_secret,
    "stolen_password": _stolen_password,
    "leaked_token": _leaked_token,
    "leaked_reference": _leaked_reference,
    "captured_order": _captured_order,
    "agreement": _agreement,
    "agreement_and_account": _agreement_and_account,
    "small_quota": _small_quota,
    "wallets_door": _wallets_door,
    "revoked_consent": _revoked_consent,
    "public_key": _public_key,
    "revoked_key": _revoked_key,
    "code_on_the_telephone": _code_on_the_telephone,
    "code_of_the_authenticator": _code_of_the_authenticator,
    "seen_over_the_shoulder": _seen_over_the_shoulder,
    "leaked_assertions": _leaked_assertions,
    "sealed_password": _sealed_password,
}


def _login(stage: Stage) -> dict[str, str]:
    return {"login_name": stage.user.login_name, "password": stage.user.password}


def _own_account(stage: Stage) -> dict[str, str]:
    return {"own_account": stage.numbers(stage.stranger)["I"], "own_name": stage.stranger.name}


def _first(app: Partner, token: str) -> str:
    return str(app.accounts(token)[0]["account_ref"])


def _agreed(stage: Stage) -> tuple[Partner, str, str]:
    """The victim has agreed to a monthly debit by a club, in favour of somebody third."""
    club = stage.partner("club")
    user = stage.customer_of(club, stage.user)
    monthly = format_fen(MONTHLY_FEN)
    flow = club.ask_for_agreement(
        stage.numbers(stage.payee)["I"], stage.payee.name, monthly, format_fen(12 * MONTHLY_FEN)
    )
    tokens = club.tokens(flow, user.at_bank(flow.url, (stage.numbers(stage.user)["I"][-4:],)).location.query)
    return club, tokens.access_token, tokens.authorization_details[0]["account_refs"][0]


def _paid(
    stage: Stage, shop: Partner, user: HeadlessUser, account_class: str, amount: str, to: tuple[str, str] | None = None
) -> None:
    """A customer of the shop pays, to the attacker if to nobody else, and confirms it at the bank."""
    token = shop.linked(user)
    ref = next(each["account_ref"] for each in shop.accounts(token) if each["account_class"] == account_class)
    number, name = to or (stage.numbers(stage.stranger)["I"], stage.stranger.name)
    transfer_id = shop.order_transfer(token, ref, amount, number, name).data["transfer_id"]
    stage.advance(_BETWEEN_CODES_S)
    payment = shop.ask_for_payment(transfer_id)
    page = user.at_bank(payment.url)
    shop.execute_transfer(shop.tokens(payment, page.location.query).access_token, transfer_id, amount)
