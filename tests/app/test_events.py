"""The wallet believes the bank's events only, acts upon each once, and keeps a record of what it refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.test import Client

from app_sim.pages.app import create_app
from app_sim.pages.texts import EN, ZH
from app_sim.wallet import Wallet
from bank_sim.events import Event, endpoint_of
from bank_sim.events.message import Message, body_of, signed
from bank_sim.sdk.protocol import keypairs
from tests.app.conftest import WALLET, Town, Visitor

TEXTS = {"en": EN, "zh": ZH}
ADDRESS = f"{WALLET}/events"


def app_id_of(wallet: Wallet) -> str:
    return str(json.loads(wallet.config.membership.read_bytes())["app_id"])


class Post:
    """The bank's events on their way to the wallet, in any order and shape that a test wants."""

    def __init__(self, town: Town, wallet: Wallet) -> None:
        self.town, self.wallet = town, wallet
        self.visitor = Visitor(wallet)
        self.app_id = app_id_of(wallet)
        self.machine = Client(create_app(wallet))

    def message(self, kind: str, subject: str, sequence: int = 1, event_id: str = "evt_1", **data: str) -> Message:
        now_ms = self.town.clock.now_ms()
        event = Event(event_id, self.app_id, sequence, kind, subject, data, now_ms, "pending", 0, now_ms)
        key = self.town.bank.keys.signing(self.wallet.config.suite)
        return signed(ADDRESS, body_of(event), key, self.town.clock.now_s())

    def send(self, message: Message) -> tuple[int, str]:
        answer = self.machine.post("/events", base_url=WALLET, headers=message.headers, data=message.body)
        assert "Set-Cookie" not in answer.headers
        return answer.status_code, answer.text

    def journal(self) -> list[tuple[str, str, str | None]]:
        rows = self.wallet.store.read("SELECT event, result, code FROM journal WHERE kind = 'event' ORDER BY seq")
        return [(row["event"], row["result"], row["code"]) for row in rows]

    def kept(self) -> list[str]:
        return [each.type for each in self.wallet.events.newest(10)]


@pytest.fixture
def post(town: Town, wallet: Wallet) -> Post:
    return Post(town, wallet)


def test_the_wallet_registers_its_address_with_the_bank(town: Town, wallet: Wallet) -> None:
    endpoint = endpoint_of(town.bank.store, app_id_of(wallet))
    assert endpoint is not None
    assert endpoint.url == ADDRESS


@pytest.mark.clause("7.1-6.3")
def test_an_event_of_the_bank_is_taken_kept_and_journalled(post: Post) -> None:
    assert post.send(post.message("interface.deprecated", "rates.list 1", sunset="2026-06-01")) == (204, "")
    assert post.kept() == ["interface.deprecated"]
    assert post.journal() == [("interface.deprecated", "success", None)]
    assert post.wallet.journal.verify().first_bad_seq is None


def forged(message: Message) -> Message:
    return signed(ADDRESS, message.body, keypairs.generate("gm", "sig"), 1.0)


@pytest.mark.clause("9.3.3-1.1", "10.4-1.3")
@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda message: replace(message, headers={}), 401, "SIGNATURE_REQUIRED"),
        (forged, 401, "EVENT_NOT_BY_BANK"),
        (lambda message: message.altered(message.body + b" "), 400, "DIGEST_MISMATCH"),
    ],
)
def test_what_is_not_the_banks_is_refused_with_a_record_and_nothing_else(
    post: Post, spoil: Callable[[Message], Message], status: int, code: str
) -> None:
    assert post.send(spoil(post.message("consent.revoked", "con_1"))) == (status, code)
    assert post.kept() == []
    assert post.journal() == [("refused", "failure", code)]


def test_the_same_message_a_second_time_is_refused_as_a_replay(post: Post) -> None:
    message = post.message("probe", post.app_id, sequence=0)
    assert post.send(message)[0] == 204
    assert post.send(message) == (409, "NONCE_REPLAYED")
    post.town.clock.advance(3600)
    assert post.send(message) == (401, "TIMESTAMP_EXPIRED")


def test_an_event_that_comes_again_is_taken_and_acted_upon_once(post: Post) -> None:
    for _ in range(2):
        assert post.send(post.message("interface.changed", "rates.list"))[0] == 204
    assert post.kept() == ["interface.changed"]


@pytest.mark.clause("9.3.2-1.2.2")
@pytest.mark.parametrize("kind", ["consent.revoked", "consent.expired"])
def test_a_consent_that_the_bank_tells_is_over_ends_the_link_at_once(post: Post, kind: str) -> None:
    visitor = post.visitor
    visitor.sign_in()
    visitor.link(post.town)
    [row] = post.wallet.store.read("SELECT consent_id, state FROM links")
    assert row["state"] == "linked"
    assert post.send(post.message(kind, "con_of_somebody_else", event_id="evt_0"))[0] == 204
    assert post.wallet.store.read("SELECT 1 FROM links WHERE state = 'linked'")
    assert post.send(post.message(kind, row["consent_id"], sequence=2))[0] == 204
    [row] = post.wallet.store.read("SELECT state, access_sealed, refresh_sealed FROM links")
    assert tuple(row) == ("ended", None, None)


def test_gaps_in_the_sequence_are_known(post: Post) -> None:
    for sequence in (2, 3, 6):
        post.send(post.message("interface.changed", "x", sequence=sequence, event_id=f"evt_{sequence}"))
    assert post.wallet.events.missing() == [1, 4, 5]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_connection_page_shows_what_the_bank_told_but_nobodys_consents(post: Post, language: str) -> None:
    post.send(post.message("interface.deprecated", "rates.list 1", sequence=2, event_id="evt_2"))
    post.send(post.message("consent.revoked", "con_of_somebody", sequence=3, event_id="evt_3"))
    post.send(post.message("consent.revoked", "con_x").altered(b"{}"))
    page = Visitor(post.wallet, **{"Accept-Language": language}).get("/connection").text
    assert 'data-event="interface.deprecated"' in page
    assert "con_of_somebody" not in page
    assert TEXTS[language]["told_missing"].format(numbers="1") in page
    assert TEXTS[language]["told_refused"].format(count=1) in page


def test_what_was_given_up_while_the_wallet_was_away_is_fetched_when_the_next_event_comes(post: Post) -> None:
    bank = post.town.bank
    with bank.store.write() as db:
        for number in range(3):
            bank.events.publish(db, post.app_id, "interface.changed", f"rates.list {number}", {})
    [*_, last] = bank.events.after(post.app_id, 0, 10)
    key = bank.keys.signing(post.wallet.config.suite)
    assert post.send(signed(ADDRESS, body_of(last), key, post.town.clock.now_s()))[0] == 204
    assert post.wallet.events.missing() == []
    assert sorted(each.subject for each in post.wallet.events.newest(10)) == [f"rates.list {n}" for n in range(3)]


@pytest.mark.clause("7.3.2-1", "9.3.3-1.1")
def test_what_is_larger_than_any_event_is_refused_as_such_and_recorded(post: Post) -> None:
    sound = post.message("probe", post.app_id)
    assert post.send(replace(sound, body=sound.body + b" " * 20_000)) == (413, "BODY_TOO_LARGE")
    assert post.journal() == [("refused", "failure", "BODY_TOO_LARGE")]
