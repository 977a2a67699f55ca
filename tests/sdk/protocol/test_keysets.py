"""The bank's signed key set: who may say which keys are the bank's, and what nobody can make its reader believe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey, generate
from bank_sim.sdk.protocol.keysets import (
    AGE_S_MAX,
    KEY_SET_CHECK_NAMES,
    KEY_SET_TYP,
    KeySet,
    KeySetCase,
    make_key_set,
    make_voucher,
    require_key_set,
)
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.statements import read_statement, state

ISSUER, NOW_S = "https://localhost:8440", 1_790_000_000


class Bank:
    """Signing keys in the order in which they were in force, each vouched for by the one before it."""

    def __init__(self, suite: str = "intl", generations: int = 4) -> None:
        self.suite = suite
        self.signing = [generate(suite, "sig") for _ in range(generations)]
        self.sealing = generate(suite, "enc")
        self.vouchers = [
            make_voucher(old, ISSUER, new.public, NOW_S - 9_999_999)
            for old, new in zip(self.signing, self.signing[1:], strict=False)
        ]

    def content(self, now: int = 2, serial: int = 40, revoked: tuple[int, ...] = ()) -> KeySet:
        """What is published while the signing key ``now`` is in force."""
        listed = [(self.signing[now], "active"), (self.signing[now + 1], "next"), (self.sealing, "active")]
        keys = tuple({**key.public.jwk(), "status": status} for key, status in listed)
        return KeySet(serial, keys, frozenset(self.signing[each].kid for each in revoked))

    def published(self, now: int = 2, **changes: Any) -> str:
        return make_key_set(self.signing[now], ISSUER, NOW_S, self.content(now, **changes), self.vouchers)

    def pins(self, *generations: int) -> dict[str, PublicKey]:
        return {self.signing[each].kid: self.signing[each].public for each in generations}

    def case(self, text: str, *pinned: int, **changes: Any) -> KeySetCase:
        facts: dict[str, Any] = {
            "text": text, "issuer": ISSUER, "suite": self.suite, "trusted": self.pins(*(pinned or (0, 1))),
            "revoked": frozenset(), "serial_min": 0, "now_s": float(NOW_S),
        }  # fmt: skip
        return KeySetCase(**(facts | changes))


BANK = Bank()


@pytest.mark.clause("7.3.4-3.2")
@pytest.mark.parametrize("suite", ["gm", "intl"])
def test_a_reader_walks_from_the_key_it_pinned_to_the_one_that_signs_today(suite: str) -> None:
    bank = Bank(suite)
    said = require_key_set(bank.case(bank.published(), 0))
    assert said.kids == {bank.signing[2].kid, bank.signing[3].kid, bank.sealing.kid}
    assert said.serial == 40
    assert read_statement(bank.published()).typ == KEY_SET_TYP


def forged(claims: Callable[[dict[str, Any]], None], signer: PrivateKey | None = None) -> str:
    """The bank's set with changed claims, signed by somebody."""
    changed = dict(read_statement(BANK.published()).claims)
    claims(changed)
    return state(signer or BANK.signing[2], KEY_SET_TYP, changed)


THIEF = generate("intl", "sig")
FOREIGN = generate("gm", "sig")


@pytest.mark.clause("7.3.4-3.2")
@pytest.mark.parametrize(
    ("case", "why"),
    [
        (lambda: BANK.case(forged(lambda claims: None, THIEF)), "vouches for its signer"),
        (lambda: BANK.case(BANK.published() + "A"), "signature does not hold|not canonical|base64"),
        (lambda: BANK.case(BANK.published().replace(".", ".A", 1)), "base64|JSON|signature|UTF-8"),
        (lambda: BANK.case(forged(lambda claims: claims.update(iss="https://evil.example"))), "another issuer"),
        (lambda: BANK.case(forged(lambda claims: claims.update(keys=[FOREIGN.public.jwk()]))), "another suite"),
        (lambda: BANK.case(forged(lambda claims: claims.update(iat=NOW_S - AGE_S_MAX - 301))), "just now"),
        (lambda: BANK.case(forged(lambda claims: claims.update(iat=True))), "just now"),
        (lambda: BANK.case(forged(lambda claims: claims.pop("serial"))), "serial"),
        (lambda: BANK.case(BANK.published(), serial_min=41), "older than what is known"),
        (lambda: BANK.case(BANK.published(), revoked=frozenset({BANK.signing[3].kid})), "older than what is known"),
        (lambda: BANK.case(BANK.published(), revoked=frozenset({BANK.signing[2].kid})), "vouches for its signer"),
        (lambda: BANK.case(BANK.published(), 0, revoked=frozenset({BANK.signing[1].kid})), "vouches for its signer"),
        (lambda: BANK.case(BANK.published(revoked=(1,)), 0), "vouches for its signer"),
        (lambda: BANK.case(BANK.vouchers[0]), "it is no jwk-set"),
        (lambda: BANK.case("not a statement"), "compact"),
        (lambda: BANK.case(forged(lambda claims: claims.update(vouchers=["x.y.z"]))), "base64|vouches|JSON"),
    ],
)  # fmt: skip
def test_a_set_that_is_not_vouched_for_is_not_believed(case: Callable[[], KeySetCase], why: str) -> None:
    with pytest.raises(Problem, match=why) as raised:
        require_key_set(case())
    assert raised.value.code == "KEY_SET_UNTRUSTED"


def test_a_voucher_of_a_stranger_opens_no_way() -> None:
    stolen = replace(BANK.content(), keys=({**THIEF.public.jwk(), "status": "active"},))
    text = make_key_set(THIEF, ISSUER, NOW_S, stolen, [make_voucher(THIEF, ISSUER, THIEF.public, NOW_S)])
    with pytest.raises(Problem, match="vouches for its signer"):
        require_key_set(BANK.case(text))


def test_a_voucher_for_another_issuer_opens_no_way() -> None:
    elsewhere = make_voucher(BANK.signing[0], "https://other.example", THIEF.public, NOW_S)
    text = make_key_set(THIEF, ISSUER, NOW_S, BANK.content(), [elsewhere])
    with pytest.raises(Problem, match="vouches for its signer"):
        require_key_set(BANK.case(text, 0))


def test_a_sealing_key_is_vouched_into_nothing() -> None:
    sealing = make_voucher(BANK.signing[0], ISSUER, generate("intl", "enc").public, NOW_S)
    text = make_key_set(THIEF, ISSUER, NOW_S, BANK.content(), [sealing])
    with pytest.raises(Problem, match="does not sign"):
        require_key_set(BANK.case(text, 0))


@pytest.mark.parametrize(
    ("row", "case"),
    [
        ("key_set_issuer", lambda: BANK.case(forged(lambda claims: claims.update(iss="https://evil.example")))),
        ("key_set_chain", lambda: BANK.case(forged(lambda claims: None, THIEF))),
        ("key_set_fresh", lambda: BANK.case(forged(lambda claims: claims.update(iat=1)))),
        ("key_set_serial", lambda: BANK.case(BANK.published(), serial_min=41)),
    ],
)
def test_without_its_row_each_forgery_is_believed(row: str, case: Callable[[], KeySetCase]) -> None:
    assert row in KEY_SET_CHECK_NAMES
    with pytest.raises(Problem, match=r"^KEY_SET_UNTRUSTED"):
        require_key_set(case())
    assert require_key_set(case(), frozenset({row})).serial == 40
