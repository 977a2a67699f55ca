"""An application believes an event only if the bank signed it, for this address, just now, and it came once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bank_sim.events.message import Message, body_of, signed
from bank_sim.events.model import Event
from bank_sim.sdk.events import CHECK_NAMES, EVENT_CHECKS, EventCase, ReceivedEvent, require_event
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import Problem

URL, NOW_S, WINDOW_S = "https://shop.example/events", 1_769_824_800.0, 300
BANK = {suite: keypairs.generate(suite, "sig") for suite in ("gm", "intl")}
EVENT = Event("evt_1", "app_shop", 7, "consent.revoked", "con_1", {"n": 1}, int(NOW_S * 1000), "pending", 0, 0)


def sent(suite: str = "gm", event: Event = EVENT, url: str = URL, at_s: float = NOW_S) -> Message:
    return signed(url, body_of(event), BANK[suite], at_s)


def taken(message: Message, *, weakened: frozenset[str] = frozenset(), seen: set[str] | None = None) -> ReceivedEvent:
    noted = seen if seen is not None else set()

    def is_new(nonce: str) -> bool:
        new = nonce not in noted
        noted.add(nonce)
        return new

    keys = {key.kid: key.public for key in BANK.values()}
    case = EventCase(URL, "app_shop", message.headers, message.body, keys.get, NOW_S, WINDOW_S, is_new)
    return require_event(case, weakened)


def refusal(message: Message, **how: object) -> str:
    with pytest.raises(Problem) as refused:
        taken(message, **how)  # type: ignore[arg-type]
    return refused.value.code


@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_an_event_of_the_bank_is_taken_in_either_suite(suite: str) -> None:
    event = taken(sent(suite))
    assert (event.event_id, event.sequence, event.type, event.data) == ("evt_1", 7, "consent.revoked", {"n": 1})


def unsigned(message: Message) -> Message:
    return replace(message, headers={"host": message.headers["host"]})


def by_a_stranger(message: Message) -> Message:
    return signed(URL, message.body, keypairs.generate("gm", "sig"), NOW_S)


def in_the_banks_name(message: Message) -> Message:
    stranger = keypairs.generate("gm", "sig")
    forged = signed(URL, message.body, stranger, NOW_S)
    renamed = forged.headers["signature-input"].replace(stranger.kid, BANK["gm"].kid)
    return replace(forged, headers=forged.headers | {"signature-input": renamed})


def with_another_body(message: Message) -> Message:
    return message.altered(message.body.replace(b"con_1", b"con_2"))


def with_another_body_and_its_digest(message: Message) -> Message:
    body = message.body.replace(b"con_1", b"con_2")
    return Message(URL, message.headers | {"content-digest": content_digest("gm", body)}, body)


def without_digest_covered(message: Message) -> Message:
    params = message.headers["signature-input"].replace(' "content-digest"', "")
    return replace(message, headers=message.headers | {"signature-input": params})


@pytest.mark.clause("9.3.3-1.1", "7.2.2-2.3")
@pytest.mark.parametrize(
    ("made", "code"),
    [
        (unsigned, "SIGNATURE_REQUIRED"),
        (by_a_stranger, "EVENT_NOT_BY_BANK"),
        (in_the_banks_name, "SIGNATURE_INVALID"),
        (with_another_body, "DIGEST_MISMATCH"),
        (with_another_body_and_its_digest, "SIGNATURE_INVALID"),
        (without_digest_covered, "SIGNATURE_COVERAGE"),
    ],
)
def test_a_forged_event_is_refused(made: Callable[[Message], Message], code: str) -> None:
    assert refusal(made(sent())) == code


def test_an_event_posted_to_another_address_proves_nothing_here() -> None:
    assert refusal(sent(url="https://rival.example/events")) == "SIGNATURE_INVALID"


def test_an_event_for_another_application_at_the_same_address_is_refused() -> None:
    assert refusal(sent(event=replace(EVENT, app_id="app_rival"))) == "AUTHORITY_MISMATCH"


@pytest.mark.parametrize("off_s", [-WINDOW_S - 1, WINDOW_S + 1])
def test_a_stale_event_is_refused(off_s: int) -> None:
    assert refusal(sent(at_s=NOW_S + off_s)) == "TIMESTAMP_EXPIRED"


def test_the_same_message_counts_once_and_a_forged_one_burns_no_nonce() -> None:
    seen: set[str] = set()
    message = sent()
    assert refusal(with_another_body(message), seen=seen) == "DIGEST_MISMATCH"
    assert taken(message, seen=seen).event_id == "evt_1"
    assert refusal(message, seen=seen) == "NONCE_REPLAYED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "JSON_INVALID"),
        (b"[]", "JSON_INVALID"),
        (b"{}", "PARAM_INVALID"),
        (b" " * 17_000, "PARAM_INVALID"),
    ],
)
def test_what_is_no_event_is_refused_though_the_bank_signed_it(body: bytes, code: str) -> None:
    assert refusal(signed(URL, body, BANK["gm"], NOW_S)) == code


def test_members_that_come_one_day_are_ignored() -> None:
    body = body_of(EVENT).replace(b'"data"', b'"new":[1],"data"')
    assert taken(signed(URL, body, BANK["gm"], NOW_S)).event_id == "evt_1"


@pytest.mark.parametrize(
    ("left_out", "attack"),
    [
        ("event_intact", in_the_banks_name(sent())),
        ("event_fresh", sent(at_s=NOW_S - 2 * WINDOW_S)),
        ("event_ours", sent(event=replace(EVENT, app_id="app_rival"))),
    ],
)
def test_each_check_stops_an_attack_that_succeeds_without_it(left_out: str, attack: Message) -> None:
    refusal(attack)
    assert taken(attack, weakened=frozenset({left_out})).event_id == "evt_1"


def test_without_its_check_a_replayed_event_is_taken_again() -> None:
    seen: set[str] = set()
    message = sent()
    for _ in range(2):
        assert taken(message, weakened=frozenset({"event_once"}), seen=seen).event_id == "evt_1"


def test_the_order_of_the_checks_is_a_security_decision() -> None:
    assert [each.name for each in EVENT_CHECKS.rows] == [
        "event_signed", "event_by_the_bank", "event_intact", "event_fresh", "event_readable", "event_ours",
        "event_once",
    ]  # fmt: skip
    assert {"event_intact", "event_fresh", "event_ours", "event_once"} == CHECK_NAMES
