"""The bank's own key pairs as a process uses them: one that signs answers, those that open sealed fields.

Signing and sealing never share a key (JR/T 0185 7.3.4-1). Private keys are parsed once and again when the ring has
changed, which a shared number tells at the price of a memory read; so a rotation takes effect in every process at its
next call. It changes nothing: that is ``rotation``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bank_sim.keys import ring
from bank_sim.keys.custodian import Custodian
from bank_sim.keys.ring import LIVING, RingKey
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.keysets import KeySet, make_key_set
from bank_sim.sdk.protocol.sealing import recipient_of
from bank_sim.store import Store

_VOUCHERS_MAX = 40
# A set is signed anew each minute at most, however often it is asked for.
_SIGNED_FOR_S = 60


def _never() -> int:
    return 0


class BankKeys:
    """The keys of one bank. ``changes``: a number that grows when the ring has changed."""

    def __init__(
        self,
        custodian: Custodian,
        read: ring.Read,
        changes: Callable[[], int] = _never,
        loaded: dict[str, PrivateKey] | None = None,
    ) -> None:
        self.custodian = custodian
        self._read = read
        self._changes = changes
        self._private = dict(loaded or {})
        self._active: dict[tuple[str, str], PrivateKey] = {}
        self._ring: list[RingKey] = []
        self._serial = 0
        self._signed: dict[str, tuple[int, str]] = {}
        self._seen: int | None = None

    @classmethod
    def load(cls, database: Path, custodian: Custodian) -> BankKeys:
        """Open the living keys of a founded bank. ``SealBroken`` if one is damaged or belongs to another vault."""
        with closing(Store(database)) as store:
            keys = cls(custodian, store.read)
            keys._look()
        return keys

    def following(self, custodian: Custodian, store: Store, changes: Callable[[], int]) -> BankKeys:
        """The same keys, for a process of its own that follows their changes in ``store``."""
        return BankKeys(custodian, store.read, changes, self._private)

    def signing(self, suite: str) -> PrivateKey:
        """The key that signs the bank's answers in this suite."""
        self._look()
        return self._active[suite, "sig"]

    def opening(self, suite: str) -> PrivateKey:
        """The key that applications seal to in this suite now."""
        self._look()
        return self._active[suite, "enc"]

    def opener_of(self, suite: str, sealed: str) -> PrivateKey:
        """The key that a sealed value says it is for, if the bank has it still; else the one in force, which fails."""
        kid = recipient_of(sealed)
        found = [each for each in self._living(suite) if each.use == "enc" and each.kid == kid]
        return self._private[found[0].kid] if found else self.opening(suite)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """All living public keys as a JWK Set (RFC 7517 section 5); of each kind the one in force comes first."""
        return {"keys": [each.public() for each in self._living()]}

    def signed_set(self, suite: str, issuer: str, now_s: int) -> str:
        """The keys of one suite, said by the one that signs (``sdk.protocol.keysets``)."""
        living = self._living(suite)
        signed_s, text = self._signed.get(suite, (0, ""))
        if not 0 <= now_s - signed_s < _SIGNED_FOR_S:
            content = KeySet(
                self._serial,
                tuple(each.public() | {"status": each.state} for each in living),
                frozenset(each.kid for each in self._ring if each.suite == suite and each.state == "revoked"),
            )
            vouchers = [each.voucher for each in self._ring if each.suite == suite and each.voucher is not None]
            text = make_key_set(self.signing(suite), issuer, now_s, content, vouchers[:_VOUCHERS_MAX])
            self._signed[suite] = now_s, text
        return text

    def _living(self, suite: str | None = None) -> list[RingKey]:
        self._look()
        return [each for each in self._ring if each.state in LIVING and suite in (None, each.suite)]

    def _look(self) -> None:
        """Read the ring again if it has changed. The number is read first: nothing old is kept under a new one."""
        changes = self._changes()
        if changes == self._seen:
            return
        found, serial = ring.keys_of(self._read), ring.serial(self._read)
        living = [each for each in found if each.state in LIVING]
        self._private = {
            each.kid: self._private.get(each.kid) or self.custodian.open(each.kid, each.use) for each in living
        }
        self._active = {(each.suite, each.use): self._private[each.kid] for each in living if each.state == "active"}
        self._ring, self._serial, self._signed = found, serial, {}
        self._seen = changes
