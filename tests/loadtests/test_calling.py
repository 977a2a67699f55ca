"""One call of the crowd is counted as what it was: served, rightly refused, rightly throttled, lost, or wrong."""

from __future__ import annotations

import json
import random
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from bank_sim.sdk.credentials import BankSettings
from bank_sim.sdk.protocol.keypairs import generate
from loadtests.application import Membership
from loadtests.crowd.calling import Line, Result, Voice
from loadtests.crowd.connection import Connection
from loadtests.crowd.customers import Customer, Customers, NoToken
from loadtests.crowd.pacing import Pace, pause_s
from loadtests.crowd.prepared import Consented, Credentials, Grant
from loadtests.crowd.tally import Meter
from loadtests.volley import Job
from tests.loadtests.test_volley import Serve, answer, serve

__all__ = ["serve"]
NOW_S = 1_800_000_000.0
REFUSED = frozenset({"NONCE_REPLAYED"})


@pytest.fixture(scope="module")
def membership() -> Membership:
    bank = {"keys": [generate("intl", use).public.jwk() for use in ("sig", "enc")]}
    return Membership("app_x", "intl", generate("intl", "sig"), generate("intl", "enc"), "s" * 32, bank)


@pytest.fixture
def line(membership: Membership, serve: Serve) -> Callable[[bytes], Line]:
    """``line(reply)``: a line to a server that gives this answer to everything."""

    def connected(reply: bytes) -> Line:
        job: Job = serve(lambda _: reply)
        issuer = f"https://localhost:{job.port}"
        settings = BankSettings("app_x", issuer, "", "", "intl", membership.bank_jwks, Path(job.ca_certificate))
        trust = ssl.create_default_context(cafile=job.ca_certificate)
        voice = Voice(membership, settings, lambda: NOW_S)
        return Line("saving", voice, Connection(job.port, trust, 1.0), Meter("g"), lambda *_: None)

    return connected


def call(line: Line, refusals: frozenset[str] = frozenset()) -> Result:
    try:
        return line.call("rates", line.voice.presigner.signed_query("/api/rates"), refusals)
    finally:
        line.connection.close()


def problem(status: int, code: str, *headers: str) -> bytes:
    body = json.dumps({"code": code}).encode()
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


Lines = Callable[[bytes], Line]


@pytest.mark.parametrize("code", ["RATE_LIMITED", "QUOTA_EXCEEDED", "CONCURRENCY_LIMIT", "QUOTA_SUSPENDED"])
def test_a_429_that_says_when_to_come_again_is_no_failure(line: Lines, code: str) -> None:
    result = call(line(problem(429, code, "Retry-After: 3")))
    assert (result.outcome, result.wait_s) == ("throttled", 3)


@pytest.mark.parametrize(
    "reply",
    [
        problem(429, "RATE_LIMITED"),
        problem(429, "RATE_LIMITED", "Retry-After: 0"),
        problem(429, "LOGIN_LOCKED", "Retry-After: 3"),
        problem(503, "SERVICE_UNAVAILABLE", "Retry-After: 3"),
        answer(b"<html>", 502),
    ],
)
def test_any_other_refusal_of_who_did_nothing_wrong_is_a_failure(line: Lines, reply: bytes) -> None:
    assert call(line(reply)).outcome == "failed"


def test_a_success_that_the_bank_did_not_sign_is_a_failure(line: Lines) -> None:
    result = call(line(answer(b'{"items": []}')))
    assert (result.outcome, result.code) == ("failed", "UNBELIEVABLE_ANSWER_UNSIGNED")


@pytest.mark.parametrize(("reply", "outcome"), [
    (problem(409, "NONCE_REPLAYED"), "refused"),
    (problem(401, "TOKEN_INVALID"), "failed"),
    (answer(b"{}"), "let_through"),
])  # fmt: skip
def test_an_offence_must_be_refused_for_what_it_is(line: Lines, reply: bytes, outcome: str) -> None:
    assert call(line(reply), REFUSED).outcome == outcome


def test_a_call_without_an_answer_is_lost_and_the_next_has_a_new_connection(line: Lines) -> None:
    lost = line(b"")
    assert call(lost).code == "LOST_ConnectionError"
    assert call(lost).outcome == "failed"
    assert lost.meter.close(0, 1, 0.0).cells["saving/rates"].outcomes == {"failed": 2}


def test_a_user_who_is_behind_has_the_delay_counted_once(line: Lines) -> None:
    late = line(problem(409, "NONCE_REPLAYED"))
    late.behind_us = 5_000_000
    told: list[float] = []
    late.tell = lambda kind, name, ms, *_: told.append(ms)
    call(late, REFUSED)
    call(late, REFUSED)
    assert told[0] > 5000 > 1000 > told[1]


def test_who_waited_is_not_late_and_who_was_held_up_is() -> None:
    pace = Pace(2.0, 100.0, random.Random(1))
    due_s = 100.0 + pace.wait_s(100.0)
    assert pace.begin(due_s + 0.3) == 0
    assert pace.wait_s(1000.0) == 0
    assert pace.begin(1000.0) > 800
    pace.forget(1000.0)
    assert pace.wait_s(1000.0) == 0
    assert pace.begin(1000.0) == 0


def test_intents_come_at_random_with_the_distance_that_was_asked_for() -> None:
    pace, now_s, gaps = Pace(0.5, 0.0, random.Random(7)), 0.0, []
    for _ in range(4000):
        gaps.append(pace.wait_s(now_s))
        now_s += gaps[-1]
        pace.begin(now_s)
    assert sum(gaps) / len(gaps) == pytest.approx(0.5, rel=0.05)
    assert min(gaps) < 0.05 < 1.0 < max(gaps)


def test_a_pause_honours_retry_after_and_spreads_those_who_wait() -> None:
    dice = random.Random(3)
    pauses = [pause_s(attempt, 2.0, dice) for attempt in (1, 2, 3, 9) for _ in range(50)]
    assert min(pauses) >= 2.0
    assert max(pauses[:50]) <= 2.4 < max(pauses[150:]) <= 7.0
    assert len(set(pauses)) == 200


def test_generators_share_the_customers_and_none_twice() -> None:
    grant = Grant(access_token="t", refresh_token="r", until_s=NOW_S)
    everybody = [Consented(account_ref=str(number), accounts=grant, payments=None) for number in range(5)]
    shares = [Customers(everybody, first, 3) for first in range(3)]
    assert sorted(each.account_ref for share in shares for each in share.all) == ["0", "1", "2", "3", "4"]
    assert [shares[0].next().account_ref for _ in range(3)] == ["0", "3", "0"]
    with pytest.raises(NoToken):
        Customers(everybody, 6, 7).next()


def test_a_token_near_its_end_is_renewed_once_and_kept(line: Lines) -> None:
    tokens = answer(b'{"access_token": "new", "refresh_token": "next", "expires_in": 600}')
    old = Grant(access_token="old", refresh_token="r", until_s=NOW_S + 10)
    customer = Customer("ref", old, None)
    speaking = line(tokens)
    # The answer is unsigned, which only every twentieth call would notice: this one is not sampled.
    speaking._served = 1
    try:
        assert [customer.accounts_token(speaking) for _ in range(2)] == ["new", "new"]
    finally:
        speaking.connection.close()
    assert speaking.meter.close(0, 1, 0.0).cells["saving/token"].calls == 1
    assert customer.accounts == Grant(access_token="new", refresh_token="next", until_s=NOW_S + 600)


def test_credentials_survive_being_written_down(membership: Membership) -> None:
    again = Credentials.of(membership).membership()
    assert again.signing.kid == membership.signing.kid
    assert again.opening.kid == membership.opening.kid
    assert membership.secret.verify(again.secret.mac(b"x"), b"x")
