"""An application changes its own credentials over the wire: proven, overlapping, ended; and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app_sim.bank import bank_settings, client_keys
from app_sim.vault import Vault
from bank_sim.keys import custody
from bank_sim.registry.key_warnings import KeyWarnings
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import to_base64url
from bank_sim.sdk.server import BankClient, BankSettings, ClientKeys, Pkce, Tokens
from tests.certificates import request_pem

DAY_S = 86_400
SUITE = "gm"


@pytest.fixture
def keys(town: Any) -> ClientKeys:
    config = town.wallet_config(SUITE)
    return client_keys(config, Vault(config.keys, b"a passphrase"))


@pytest.fixture
def settings(town: Any) -> BankSettings:
    config = town.wallet_config(SUITE)
    return bank_settings(config, Vault(config.keys, b"a passphrase"))


@pytest.fixture
def opened(town: Any, settings: BankSettings) -> Iterator[Callable[[ClientKeys], BankClient]]:
    clients: list[BankClient] = []

    def open_client(keys: ClientKeys) -> BankClient:
        clients.append(BankClient(settings, keys, town.clock, town.wire))
        return clients[-1]

    yield open_client
    for each in clients:
        each.close()


@pytest.fixture
def client(opened: Callable[[ClientKeys], BankClient], keys: ClientKeys) -> BankClient:
    return opened(keys)


@pytest.fixture
def linked(town: Any, client: BankClient) -> Tokens:
    pkce = Pkce.fresh()
    details = {
        "type": "account_information",
        "validity": "period",
        "valid_to": "2026-04-01T00:00:00Z",
        "apis": ["accounts.list", "accounts.balances"],
    }
    request_uri = client.oauth.push_authorization_request([details], "a state", pkce)
    back = town.user_agrees(client.oauth.authorization_url(request_uri))
    return client.oauth.exchange_code(client.oauth.code_of_return(back), pkce)


def outcome(act: Callable[[], Any]) -> str:
    """``done``, or the code of the refusal."""
    try:
        act()
    except Problem as problem:
        return str(problem.members.get("answer_code", problem.code))
    return "done"


def accounts(client: BankClient, tokens: Tokens) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.call("accounts.list", "GET", "/api/accounts", token=tokens.access_token).data[
        "items"
    ]
    return items


def balance(client: BankClient, tokens: Tokens) -> str:
    first = client.call("accounts.balances", "GET", "/api/balances", token=tokens.access_token).data["items"][0]
    return str(first["ledger_balance"])


def registered(town: Any) -> list[tuple[Any, ...]]:
    """Every credential of every application, as it stands."""
    rows: list[tuple[Any, ...]] = town.bank.store.read("SELECT * FROM application_keys ORDER BY keyid")
    return rows


def public(client: BankClient) -> str:
    return outcome(lambda: client.call("products.list", "GET", "/api/products"))


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-1.2")
def test_old_and_new_key_serve_side_by_side_and_then_the_new_one_alone(
    town: Any, settings: BankSettings, keys: ClientKeys, client: BankClient, linked: Tokens,
    opened: Callable[[ClientKeys], BankClient],
) -> None:  # fmt: skip
    new = generate(SUITE, "sig")
    rotated = client.own_keys.register(new)
    assert rotated.keyid == f"{settings.app_id}.{new.kid}"
    renewed = opened(replace(keys, signing=new))
    # The token was bound to the key before it: no user has to come back because of a rotation.
    assert [len(accounts(each, linked)) for each in (client, renewed)] == [3, 3]
    town.clock.advance(14 * DAY_S)
    assert (public(client), public(renewed)) == ("KEY_EXPIRED", "done")
    deeds = [(each.key_name, each.deed) for each in custody.newest(town.bank.store, settings.app_id, 2)]
    assert deeds == [(rotated.keyid, "registered"), (rotated.superseded[0], "superseded")]


@pytest.mark.clause("7.3.4-1", "7.3.4-3.2")
def test_a_sealing_key_proves_itself_by_opening_and_both_open_what_comes(
    keys: ClientKeys, client: BankClient, linked: Tokens, opened: Callable[[ClientKeys], BankClient]
) -> None:
    new = generate(SUITE, "enc")
    before = balance(client, linked)
    client.own_keys.register(new)
    renewed = opened(replace(keys, opening=new, former=(keys.opening,)))
    assert balance(renewed, linked) == before
    assert outcome(lambda: balance(client, linked)) == "DECRYPT_FAILED"


def _offer(client: BankClient, new: PrivateKey, **changes: str) -> dict[str, Any]:
    return client.oauth.post("keys", **({"jwk": strict_json.dump(new.public.jwk()).decode()} | changes))


@pytest.mark.clause("9.2.1-a-1.2", "7.3.4-1")
@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (lambda keys: keys.signing.public.jwk(), "KEY_INVALID"),
        (lambda keys: keys.signing.public.jwk() | {"use": "enc"}, "KEY_INVALID"),
        (lambda keys: generate("intl", "sig").public.jwk(), "KEY_INVALID"),
        (lambda keys: generate(SUITE, "sig").public.jwk() | {"d": "AA"}, "KEY_INVALID"),
        (lambda keys: {"kty": "EC"}, "KEY_INVALID"),
    ],
    ids=["registered already", "registered for another use", "another suite", "a private key", "no key"],
)
def test_an_unusable_key_is_refused_and_changes_nothing(
    town: Any, keys: ClientKeys, client: BankClient, jwk: Callable[[ClientKeys], dict[str, Any]], code: str
) -> None:
    before = registered(town)
    text = strict_json.dump(jwk(keys)).decode()
    assert outcome(lambda: client.oauth.post("keys", jwk=text)) == code
    assert registered(town) == before
    assert town.count("key_challenges") == 0
    assert town.bank.store.read("SELECT code FROM access_log ORDER BY serial DESC LIMIT 1") == [(code,)]


@pytest.mark.clause("9.2.1-a-1.2")
def test_a_key_that_was_offered_twice_is_registered_once_and_does_not_supersede_itself(
    town: Any, keys: ClientKeys, client: BankClient, opened: Callable[[ClientKeys], BankClient]
) -> None:
    new = generate(SUITE, "sig")
    first, second = (_offer(client, new) for _ in range(2))
    proofs = [
        {"rotation_id": each["rotation_id"], "proof": to_base64url(new.sign(each["challenge"].encode()))}
        for each in (first, second)
    ]
    client.oauth.post("keys/proof", **proofs[0])
    before = registered(town)
    renewed = opened(replace(keys, signing=new))
    assert outcome(lambda: renewed.oauth.post("keys/proof", **proofs[1])) == "KEY_INVALID"
    assert registered(town) == before
    serving = town.bank.store.read("SELECT status FROM application_keys WHERE kid = ?", (new.kid,))
    assert serving == [("active",)]


@pytest.mark.clause("9.2.1-a-1.2")
def test_a_key_of_the_bank_is_nobody_elses(town: Any, client: BankClient) -> None:
    text = strict_json.dump(town.bank.keys.signing(SUITE).public.jwk()).decode()
    assert outcome(lambda: client.oauth.post("keys", jwk=text)) == "KEY_INVALID"


@pytest.mark.clause("9.2.1-a-1.2")
@pytest.mark.parametrize("proof", ["another's signature", "no signature", "another's challenge", "too late", "twice"])
def test_an_unproved_key_is_refused_and_changes_nothing(
    town: Any, keys: ClientKeys, client: BankClient, opened: Callable[[ClientKeys], BankClient], proof: str
) -> None:
    new, other = generate(SUITE, "sig"), generate(SUITE, "sig")
    offered = _offer(client, new)
    signed = {
        "another's signature": lambda: other.sign(offered["challenge"].encode()),
        "no signature": lambda: b"\0" * 64,
        "another's challenge": lambda: new.sign(_offer(client, other)["challenge"].encode()),
        "too late": lambda: new.sign(offered["challenge"].encode()),
        "twice": lambda: new.sign(offered["challenge"].encode()),
    }[proof]()
    if proof == "too late":
        town.clock.advance(301)
    if proof == "twice":
        client.oauth.post("keys/proof", rotation_id=offered["rotation_id"], proof=to_base64url(signed))
        client = opened(replace(keys, signing=new))
    before = registered(town)
    sent = {"rotation_id": offered["rotation_id"], "proof": to_base64url(signed)}
    assert outcome(lambda: client.oauth.post("keys/proof", **sent)) == "KEY_NOT_PROVEN"
    assert registered(town) == before


def test_without_its_row_an_unproved_key_becomes_the_applications(town: Any, client: BankClient) -> None:
    offered = _offer(client, generate(SUITE, "sig"))
    town.bank.switches.weaken(["new_key_possession"])
    try:
        client.oauth.post("keys/proof", rotation_id=offered["rotation_id"], proof="AA")
    finally:
        town.bank.switches.weaken([])
    assert town.bank.store.read("SELECT state FROM key_challenges") == [("proven",)]


@pytest.mark.clause("7.3.4-3.2")
def test_an_order_without_a_present_keys_signature_is_refused(town: Any, client: BankClient) -> None:
    """An assertion alone proves the client for OAuth, and may have leaked; it must not make a key."""
    body = strict_json.dump(generate(SUITE, "sig").public.jwk()).decode()

    def unsigned(request: httpx.Request, deliver: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
        bare = {name: value for name, value in request.headers.items() if not name.startswith("signature")}
        return deliver(httpx.Request(request.method, request.url, headers=bare, content=request.content))

    town.wire.bend = unsigned
    assert outcome(lambda: client.oauth.post("keys", jwk=body)) == "SIGNATURE_REQUIRED"
    assert town.count("key_challenges") == 0


@pytest.mark.clause("7.3.4-3.2", "9.2.1-a-2.2")
def test_a_key_that_its_owner_revokes_is_worthless_at_once_with_all_bound_to_it(
    town: Any, settings: BankSettings, keys: ClientKeys, client: BankClient, linked: Tokens,
    opened: Callable[[ClientKeys], BankClient],
) -> None:  # fmt: skip
    new = generate(SUITE, "sig")
    client.own_keys.register(new)
    renewed = opened(replace(keys, signing=new))
    old = f"{settings.app_id}.{keys.signing.kid}"
    renewed.own_keys.revoke(old, "a laptop was stolen, call 15400000001")
    assert public(client) == "KEY_REVOKED"
    assert outcome(lambda: accounts(renewed, linked)) == "TOKEN_APP_MISMATCH"
    assert outcome(lambda: renewed.own_keys.revoke(old, "a laptop was stolen")) == "STATE_CHANGED"
    assert outcome(lambda: renewed.own_keys.register(keys.signing)) == "KEY_INVALID"
    events = town.bank.store.read("SELECT type, subject FROM events WHERE type = 'key.revoked'")
    assert events == [("key.revoked", old)]
    assert custody.newest(town.bank.store, settings.app_id, 1)[0].reason == "a laptop was stolen, call **********1"


@pytest.mark.clause("7.3.4-3.2")
def test_a_key_that_was_replaced_signs_calls_but_orders_no_credential_and_ends_at_most_itself(
    town: Any, settings: BankSettings, keys: ClientKeys, client: BankClient
) -> None:
    new = generate(SUITE, "sig")
    waiting = _offer(client, generate(SUITE, "enc"))
    rotated = client.own_keys.register(new)
    before = registered(town), town.count("issued_certificates")
    orders: tuple[Callable[[], Any], ...] = (
        lambda: client.own_keys.register(generate(SUITE, "sig")),
        lambda: client.oauth.post("keys/proof", rotation_id=waiting["rotation_id"], proof="AA"),
        client.own_keys.renew_secret,
        lambda: client.own_keys.renew_certificate(request_pem()),
        lambda: client.own_keys.revoke(rotated.keyid, "says a thief"),
    )
    assert [outcome(each) for each in orders] == ["KEY_SUPERSEDED", "KEY_NOT_PROVEN"] + ["KEY_SUPERSEDED"] * 3
    assert (registered(town), town.count("issued_certificates")) == before
    assert public(client) == "done"
    client.own_keys.revoke(f"{settings.app_id}.{keys.signing.kid}", "found on a lost laptop")
    assert public(client) == "KEY_REVOKED"


def test_without_their_rows_a_replaced_key_orders_and_ends_what_it_likes(town: Any, client: BankClient) -> None:
    rotated = client.own_keys.register(generate(SUITE, "sig"))
    town.bank.switches.weaken(["rotation_in_force", "revocation_in_force"])
    try:
        client.own_keys.register(generate(SUITE, "enc"))
        client.own_keys.revoke(rotated.keyid, "says a thief")
    finally:
        town.bank.switches.weaken([])
    assert town.bank.registry.credential(rotated.keyid).status == "revoked"


def test_nobody_revokes_the_key_of_somebody_else(town: Any, client: BankClient) -> None:
    other = town.bank.store.read(
        "SELECT keyid FROM application_keys WHERE app_id <> ? LIMIT 1", (client.oauth.app_id,)
    )[0][0]
    before = registered(town)
    assert outcome(lambda: client.own_keys.revoke(other, "not mine at all")) == "RESOURCE_NOT_AUTHORIZED"
    assert registered(town) == before


@pytest.mark.clause("9.2.1-a-1.1", "7.3.4-3.2")
def test_app_secret_is_renewed_sealed_and_the_former_one_serves_for_a_day(
    town: Any, keys: ClientKeys, client: BankClient, opened: Callable[[ClientKeys], BankClient]
) -> None:
    def calls(with_client: BankClient) -> str:
        return outcome(lambda: with_client.call("products.list", "GET", "/api/products", with_secret=True))

    answers: list[bytes] = []

    def listen(request: httpx.Request, deliver: Callable[[httpx.Request], httpx.Response]) -> httpx.Response:
        answer = deliver(request)
        answers.append(answer.content)
        return answer

    town.wire.bend = listen
    secret = client.own_keys.renew_secret()
    assert secret.encode() not in b"".join(answers)
    renewed = opened(replace(keys, secret=MacKey(SUITE, secret.encode())))
    assert (calls(client), calls(renewed)) == ("done", "done")
    town.clock.advance(DAY_S)
    assert (calls(client), calls(renewed)) == ("APP_AUTH_FAILED", "done")


@pytest.mark.clause("7.3.4-3.1", "7.3.4-3.2")
def test_the_application_is_warned_once_at_each_mark_and_then_its_key_ends(town: Any, client: BankClient) -> None:
    warnings = KeyWarnings(town.bank.config.policy, town.bank.events)
    told: list[tuple[int, int]] = []
    for day in (100, 149, 151, 152, 174, 179, 180):
        town.clock.advance(day * DAY_S - (town.clock.now_s() - 1_769_824_800.0))
        for _ in range(2):
            warnings.perform(town.bank.store, town.clock.now_ms())
        told.append((day, town.count("events")))
    of_each = town.bank.store.read(
        "SELECT data FROM events WHERE type = 'application.notice' AND subject = ? ORDER BY sequence",
        (f"{client.oauth.app_id}.{client._keys.signing.kid}",),
    )
    days = [strict_json.parse_object(row[0].encode())["days"] for row in of_each]
    assert days == [30, 7, 1], told
    assert public(client) == "KEY_EXPIRED"
