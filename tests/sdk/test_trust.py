"""A client follows the bank's keys by what it trusts already, and is not driven by whoever forges answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bank_sim.clock import ManualClock
from bank_sim.sdk.credentials import BankSettings
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.sdk.protocol.keysets import KeySet, make_key_set, make_voucher
from bank_sim.sdk.trust import PAUSE_S, BankTrust
from tests.bank_in_process import MORNING_S

ISSUER, SUITE = "https://bank.example", "gm"
DAY_S = 86_400


def jwks(*keys: PrivateKey) -> tuple[dict[str, Any], ...]:
    return tuple(dict(each.public.jwk()) for each in keys)


@dataclass
class Watched:
    """A client's trust in a bank whose key set the test writes; ``asked`` counts how often it was fetched."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(MORNING_S))
    first: PrivateKey = field(default_factory=lambda: generate(SUITE, "sig"))
    second: PrivateKey = field(default_factory=lambda: generate(SUITE, "sig"))
    sealing: PrivateKey = field(default_factory=lambda: generate(SUITE, "enc"))
    asked: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published = self.said_by(self.first, 1, self.first, self.second, self.sealing)
        settings = BankSettings(
            "app_1", ISSUER, "", "", SUITE, {"keys": jwks(self.first, self.second, self.sealing)}, Path("ca.crt")
        )
        self.trust = BankTrust(settings, self.clock, self._fetch, self.kept.append)

    def said_by(self, signer: PrivateKey, serial: int, *keys: PrivateKey, revoked: tuple[str, ...] = ()) -> str:
        now_s = int(self.clock.now_s())
        voucher = make_voucher(self.first, ISSUER, self.second.public, now_s)
        return make_key_set(signer, ISSUER, now_s, KeySet(serial, jwks(*keys), frozenset(revoked)), [voucher])

    def loses_its_first_key(self) -> None:
        self.published = self.said_by(self.second, 2, self.second, self.sealing, revoked=(self.first.kid,))

    def _fetch(self, target: str) -> str:
        self.asked += 1
        return self.published


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.clause("7.3.4-3.2", "9.3.3-3")
def test_after_an_emergency_the_client_asks_by_itself_and_drops_the_lost_key(watched: Watched) -> None:
    watched.loses_its_first_key()
    assert watched.trust.verifying(watched.second.kid).keys() == {watched.second.kid}
    assert watched.kept[-1]["revoked"] == [watched.first.kid]


def test_whoever_names_unknown_keys_makes_the_client_ask_once_in_a_while_only(watched: Watched) -> None:
    for number in range(50):
        watched.trust.verifying(f"forged {number}")
    assert watched.asked == 1
    watched.clock.advance(PAUSE_S)
    watched.trust.verifying("forged again")
    assert watched.asked == 2


@pytest.mark.clause("7.3.4-3.2")
def test_an_older_set_takes_nothing_back(watched: Watched) -> None:
    old = watched.published
    watched.loses_its_first_key()
    watched.trust.verifying(watched.second.kid)
    watched.published = old
    watched.clock.advance(PAUSE_S)
    assert watched.trust.verifying(watched.first.kid).keys() == {watched.second.kid}
    assert watched.asked == 2


@pytest.mark.clause("7.3.4-3.2")
def test_a_clock_that_was_set_back_does_not_keep_the_client_from_asking(watched: Watched) -> None:
    watched.clock.advance(90 * DAY_S)
    watched.published = watched.said_by(watched.first, 1, watched.first, watched.second, watched.sealing)
    watched.trust.keep_fresh()
    watched.clock.advance(-90 * DAY_S)
    watched.loses_its_first_key()
    assert watched.trust.verifying(watched.second.kid).keys() == {watched.second.kid}
    watched.clock.advance(-DAY_S)
    watched.trust.keep_fresh()
    assert watched.asked == 3
