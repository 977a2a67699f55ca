"""The bank's signed key set: which keys are the bank's now, said by a key that the reader trusts already.

A JWT of typ ``jwk-set+jwt`` (OpenID Federation 1.0 section 5.2.1) with ``iss sub iat keys`` and, ours, ``serial``,
``revoked`` and ``vouchers``. Each signing key is vouched for by the one before it, so that a reader who slept through
several rotations walks from the key that it pinned to the one that signs today (JR/T 0185 7.3.4). A set never brings
back what an earlier one took away. Pure: fetching and keeping are the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey, public_from_jwk
from bank_sim.sdk.protocol.problems import KEY_SET_UNTRUSTED, Problem
from bank_sim.sdk.protocol.statements import Statement, read_statement, state

KEY_SET_TYP = "jwk-set+jwt"
VOUCHER_TYP = "key-voucher+jwt"
# A set is signed when it is asked for, and kept for minutes at most.
AGE_S_MAX = 900
_LEEWAY_S = 300


class _Said(msgspec.Struct):
    serial: int
    keys: list[dict[str, Any]]
    revoked: list[str]
    vouchers: list[str]


@dataclass(frozen=True, slots=True)
class KeySet:
    """What a set says. ``keys``: public JWKs of one suite, each with ``status``: active, next or retiring.

    ``serial`` grows with every change; ``revoked``: kids that are not the bank's any more, whoever has them.
    """

    serial: int
    keys: tuple[Mapping[str, Any], ...]
    revoked: frozenset[str]

    @property
    def kids(self) -> frozenset[str]:
        return frozenset(str(each.get("kid")) for each in self.keys)


def make_key_set(signer: PrivateKey, issuer: str, issued_at_s: int, content: KeySet, vouchers: Iterable[str]) -> str:
    """The set as the bank publishes it, signed by its active signing key of the suite."""
    claims = {
        "iss": issuer,
        "sub": issuer,
        "iat": issued_at_s,
        "serial": content.serial,
        "keys": [dict(each) for each in content.keys],
        "revoked": sorted(content.revoked),
        "vouchers": list(vouchers),
    }
    return state(signer, KEY_SET_TYP, claims)


def make_voucher(signer: PrivateKey, issuer: str, key: PublicKey, issued_at_s: int) -> str:
    """``signer`` says that ``key`` is the bank's next signing key."""
    return state(signer, VOUCHER_TYP, {"iss": issuer, "iat": issued_at_s, "jwk": key.jwk()})


@dataclass(slots=True)
class KeySetCase:
    """One set on its way through the checks, and what its reader holds it against.

    ``trusted``: the signing keys that the reader believes, by kid; ``revoked``: those that it never believes again.
    """

    text: str
    issuer: str
    suite: str
    trusted: Mapping[str, PublicKey]
    revoked: frozenset[str]
    serial_min: int
    now_s: float
    statement: Statement | None = None
    content: KeySet | None = None
    vouchers: tuple[str, ...] = ()
    chain: list[str] = field(default_factory=list)

    def read(self) -> Statement:
        if self.statement is None:
            self.statement = _read(self.text, KEY_SET_TYP)
        return self.statement

    def said(self) -> KeySet:
        if self.content is None:
            claims = self.read().claims
            self.content, self.vouchers = _content(claims)
        return self.content


def _is_of_this_bank(case: KeySetCase) -> None:
    """It is a key set, of this issuer, and its keys are of the reader's suite."""
    claims = case.read().claims
    if claims.get("iss") != case.issuer or claims.get("sub") != case.issuer:
        raise _untrusted("it is another issuer's")
    keys = case.said().keys
    try:
        suites = {public_from_jwk(each).suite for each in keys}
    except Problem as problem:
        raise _untrusted("a key in it cannot be read") from problem
    if suites != {case.suite}:
        raise _untrusted("its keys are of another suite")


def _is_vouched_for(case: KeySetCase) -> None:
    """Its signer is trusted, or vouched for along a chain that begins at a trusted key and passes no revoked one."""
    case.said()
    signer = _vouched(case, case.read().kid)
    if signer is None or case.read().kid in case.revoked | case.said().revoked:
        raise _untrusted("no key that is trusted here vouches for its signer")
    if not case.read().is_by(signer):
        raise _untrusted("its signature does not hold")


def _is_fresh(case: KeySetCase) -> None:
    issued_at_s = case.read().claims.get("iat")
    if type(issued_at_s) is not int or not -_LEEWAY_S <= case.now_s - issued_at_s <= AGE_S_MAX + _LEEWAY_S:
        raise _untrusted("it was not issued just now")


def _is_no_older(case: KeySetCase) -> None:
    """No set takes its reader back to before a rotation or a revocation that it knows of."""
    if case.said().serial < case.serial_min or case.said().kids & case.revoked:
        raise _untrusted("it is older than what is known here")


KEY_SET_CHECKS: CheckTable[KeySetCase] = CheckTable(
    [
        row("key_set_issuer", _is_of_this_bank, "key_set", "7.3.4-1 9.3.3-3"),
        row("key_set_chain", _is_vouched_for, "key_set", "7.3.4-3.2 9.3.3-3"),
        row("key_set_fresh", _is_fresh, "key_set", "7.3.4-3.2"),
        row("key_set_serial", _is_no_older, "key_set", "7.3.4-3.2"),
    ]
)

KEY_SET_CHECK_NAMES = frozenset(each.name for each in KEY_SET_CHECKS.rows)


def require_key_set(case: KeySetCase, weakened: frozenset[str] = frozenset()) -> KeySet:
    """What the set says, once it is believed: ``KEY_SET_CHECKS``; KEY_SET_UNTRUSTED says which fails."""
    KEY_SET_CHECKS.run(case, "key_set", weakened)
    return case.said()


def _vouched(case: KeySetCase, wanted: str) -> PublicKey | None:
    """The key ``wanted``, reached from a trusted one by vouchers; each voucher is signed by a key reached before."""
    reached = {kid: key for kid, key in case.trusted.items() if kid not in case.revoked}
    pending = [_read(text, VOUCHER_TYP) for text in case.vouchers]
    barred = case.revoked | case.said().revoked
    progress = True
    while wanted not in reached and progress:
        progress = False
        for voucher in list(pending):
            signer = reached.get(voucher.kid)
            if signer is None or voucher.kid in barred:
                continue
            pending.remove(voucher)
            if voucher.claims.get("iss") == case.issuer and voucher.is_by(signer):
                key = _key(voucher.claims.get("jwk"))
                reached[key.kid] = key
                progress = True
    return reached.get(wanted)


def _key(jwk: object) -> PublicKey:
    if not isinstance(jwk, dict):
        raise _untrusted("a voucher names no key")
    try:
        key = public_from_jwk(jwk)
    except Problem as problem:
        raise _untrusted("a voucher's key cannot be read") from problem
    if key.use != "sig":
        raise _untrusted("a voucher's key does not sign")
    return key


def _read(text: str, typ: str) -> Statement:
    try:
        statement = read_statement(text)
    except ValueError as error:
        raise _untrusted(str(error)) from error
    if statement.typ != typ:
        raise _untrusted(f"it is no {typ}")
    return statement


def _content(claims: Mapping[str, Any]) -> tuple[KeySet, tuple[str, ...]]:
    try:
        said = msgspec.convert(claims, _Said)
    except msgspec.ValidationError as error:
        raise _untrusted(str(error)) from error
    return KeySet(said.serial, tuple(said.keys), frozenset(said.revoked)), tuple(said.vouchers)


def _untrusted(why: str) -> Problem:
    return KEY_SET_UNTRUSTED.problem(f"The bank's key set is not believed: {why.rstrip('.')}.")
