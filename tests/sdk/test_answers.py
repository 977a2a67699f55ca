"""What the application checks before it believes an answer; each refusal is the good answer with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_sim.sdk.answers import ANSWER_CHECKS, Received, require_answer
from bank_sim.sdk.credentials import BankSettings
from bank_sim.sdk.protocol import keypairs, strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey
from bank_sim.sdk.protocol.problems import INSUFFICIENT_FUNDS, Problem
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_answer, sign_request

NOW_S = 1_769_824_800
BODY = b'{"available_balance":"100.00"}'


class Exchange:
    """One signed request and the bank's answers to it."""

    def __init__(self, suite: str) -> None:
        self.suite = suite
        self.application, self.bank = keypairs.generate(suite, "sig"), keypairs.generate(suite, "sig")
        self.request_headers = self.request()

    def request(self, nonce: str = "first") -> dict[str, str]:
        message = Request("GET", "localhost:8440", "/api/accounts", "", {"x-api-version": "1"})
        return sign_request(message, self.application, "app.key", NOW_S, nonce)

    def answer(
        self,
        status: int = 200,
        body: bytes = BODY,
        key: PrivateKey | None = None,
        created_s: int = NOW_S,
        request_headers: dict[str, str] | None = None,
    ) -> Received:
        key = key or self.bank
        headers = {"content-type": "application/json", "content-digest": content_digest(self.suite, body)}
        answered = (request_headers or self.request_headers)["signature"]
        headers |= sign_answer(status, headers, answered, key, key.kid, created_s)
        return Received(status, headers, body, "first")

    def judge(self, received: Received, *weakened: str, keys: dict[str, PublicKey | MacKey] | None = None) -> None:
        settings = BankSettings(
            "app_a", "https://localhost:8440", "https://b/a", "https://w/c", self.suite, {}, Path("ca.crt"),
            weakened=frozenset(weakened),
        )  # fmt: skip
        require_answer(received, self.request_headers, keys or {self.bank.kid: self.bank.public}, NOW_S, settings)


@pytest.fixture
def exchange(suite: str) -> Exchange:
    return Exchange(suite)


@pytest.fixture(scope="session", params=["gm", "intl"])
def suite(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _without_signature(exchange: Exchange) -> Received:
    good = exchange.answer()
    return replace(good, headers={name: value for name, value in good.headers.items() if "signature" not in name})


PROPERTY = Exchange("intl")

FORGERIES: dict[str, tuple[Callable[[Exchange], Received], str, str]] = {
    "unsigned": (_without_signature, "ANSWER_UNSIGNED", "answer_signed"),
    "signed by a stranger": (
        lambda exchange: exchange.answer(key=keypairs.generate(exchange.suite, "sig")),
        "BANK_IDENTITY_INVALID",
        "answer_by_the_bank",
    ),
    "too old": (lambda exchange: exchange.answer(created_s=NOW_S - 301), "TIMESTAMP_EXPIRED", "answer_fresh"),
    "from the future": (lambda exchange: exchange.answer(created_s=NOW_S + 301), "TIMESTAMP_EXPIRED", "answer_fresh"),
    "with another body": (
        lambda exchange: replace(exchange.answer(), body=BODY.replace(b"1", b"9")),
        "DIGEST_MISMATCH",
        "answer_intact",
    ),
    "with another status": (
        lambda exchange: replace(exchange.answer(), status=201),
        "SIGNATURE_INVALID",
        "answer_intact",
    ),
    "to another request": (
        lambda exchange: exchange.answer(request_headers=exchange.request("second")),
        "RESPONSE_BINDING_FAILED",
        "answer_intact",
    ),
}


@pytest.mark.clause("7.2.2-2.1", "7.2.2-2.3", "9.3.3-1.1")
def test_the_banks_answer_to_this_request_is_believed(exchange: Exchange) -> None:
    received = exchange.answer()
    exchange.judge(received)
    assert received.document() == {"available_balance": "100.00"}


@pytest.mark.clause("7.2.2-2.1", "7.2.2-2.3", "9.3.3-1.1", "7.2.1-a-2.2")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_answer_is_not_believed(exchange: Exchange, forgery: str) -> None:
    forge, code, _ = FORGERIES[forgery]
    with pytest.raises(Problem) as refused:
        exchange.judge(forge(exchange))
    assert refused.value.code == code


@pytest.mark.parametrize("forgery", ["too old", "with another body", "to another request"])
def test_without_its_check_the_forgery_passes(exchange: Exchange, forgery: str) -> None:
    forge, code, row = FORGERIES[forgery]
    exchange.judge(forge(exchange), row)
    with pytest.raises(Problem) as refused:
        exchange.judge(forge(exchange))
    assert refused.value.code == code


def test_every_check_of_the_table_refuses_some_forgery() -> None:
    assert {row for _, _, row in FORGERIES.values()} == {row.name for row in ANSWER_CHECKS.rows}


@pytest.mark.clause("9.3.3-1.2")
def test_a_refusal_signed_by_the_bank_is_trusted_and_an_unsigned_one_is_not(exchange: Exchange) -> None:
    body = strict_json.dump(INSUFFICIENT_FUNDS.problem("Not enough.").document("trace-1"))
    signed = exchange.answer(status=422, body=body)
    unsigned = replace(signed, headers={"content-type": "application/problem+json"})
    for received, trusted in ((signed, True), (unsigned, False)):
        with pytest.raises(Problem) as refused:
            exchange.judge(received)
        assert refused.value.kind is INSUFFICIENT_FUNDS
        assert refused.value.detail == "Not enough."
        assert refused.value.members["trusted"] is trusted
        assert refused.value.members["trace_id"] == "trace-1"


def test_a_refusal_with_an_altered_reason_is_not_the_banks(exchange: Exchange) -> None:
    body = strict_json.dump(INSUFFICIENT_FUNDS.problem().document("trace-1"))
    altered = replace(
        exchange.answer(status=422, body=body), body=body.replace(b"INSUFFICIENT_FUNDS", b"PAYEE_MISMATCH")
    )
    with pytest.raises(Problem) as refused:
        exchange.judge(altered)
    assert refused.value.code == "DIGEST_MISMATCH"


def test_an_oauth_error_and_an_unknown_code_become_problems(exchange: Exchange) -> None:
    oauth = b'{"error":"invalid_grant","error_description":"The code was used.","code":"invalid_grant","trace_id":"t"}'
    unheard_of = b'{"code":"MOON_PHASE_WRONG","title":"Wait for the moon.","status":418}'
    for body, status, code, detail in (
        (oauth, 400, "invalid_grant", "The code was used."),
        (unheard_of, 418, "MOON_PHASE_WRONG", None),
        (b"<html>", 502, "HTTP_502", None),
    ):
        with pytest.raises(Problem) as refused:
            exchange.judge(exchange.answer(status=status, body=body))
        assert (refused.value.code, refused.value.detail) == (code, detail)
        assert refused.value.kind.status == status


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=200) | st.just(b'{"code":7,"detail":[],"trace_id":{}}'),
    headers=st.dictionaries(st.sampled_from(["signature", "signature-input", "content-digest"]), st.text(max_size=80)),
)
def test_whatever_comes_back_is_refused_with_a_code(status: int, body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as refused:
        PROPERTY.judge(Received(status, headers, body, "first"))
    assert refused.value.code


@pytest.mark.clause("7.2.2-2.1")
def test_an_answer_by_hmac_is_believed_only_under_app_secret(exchange: Exchange) -> None:
    secret, other = MacKey(exchange.suite, b"s" * 32), MacKey(exchange.suite, b"o" * 32)
    headers = {"content-digest": content_digest(exchange.suite, BODY)}
    headers |= sign_answer(200, headers, exchange.request_headers["signature"], secret, "app_a.secret", NOW_S)
    received = Received(200, headers, BODY, "first")
    exchange.judge(received, keys={"app_a.secret": secret})
    for keys in ({"app_a.secret": other}, {exchange.bank.kid: exchange.bank.public}):
        with pytest.raises(Problem) as refused:
            exchange.judge(received, keys=keys)
        assert refused.value.code in ("SIGNATURE_INVALID", "BANK_IDENTITY_INVALID")
