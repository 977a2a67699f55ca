"""That an applicant's keys are its own: a nonce signed by one, a challenge opened by the other (JR/T 0185 9.2.1 a).

A sealing key signs nothing (7.3.4), so that it proves itself by opening what only it can open. Both proofs travel in
one statement; nonce and challenge serve the keys that they were made for.
"""

from __future__ import annotations

import hmac
import secrets

import msgspec

from bank_sim.sdk.admission import POSSESSION_TYP, seal_context
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.sealing import seal
from bank_sim.sdk.protocol.statements import read_statement

_NONCE_BYTES = 24
_CLAIMS = {"case_id", "nonce", "opened"}


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """Keys that were handed in. ``sealed``: the challenge for the sealing key; ``opened``: what is inside it."""

    signing: dict[str, str]
    sealing: dict[str, str]
    nonce: str
    sealed: str
    opened: str
    proven: bool = False

    @property
    def signing_key(self) -> PublicKey:
        return public_from_jwk(self.signing)

    @property
    def sealing_key(self) -> PublicKey:
        return public_from_jwk(self.sealing)


def challenge(case_id: str, signing: PublicKey, sealing: PublicKey) -> Offered:
    """Ask for the proof of both keys."""
    nonce, opened = secrets.token_urlsafe(_NONCE_BYTES), secrets.token_urlsafe(_NONCE_BYTES)
    sealed = seal({"challenge": opened}, sealing, seal_context(case_id, nonce))
    return Offered(signing=dict(signing.jwk()), sealing=dict(sealing.jwk()), nonce=nonce, sealed=sealed, opened=opened)


def require_proof(case_id: str, offered: Offered, text: str) -> None:
    """The statement proves both keys: KEY_NOT_PROVEN, without saying which of them failed.

    1. It is a statement of this kind, signed by the signing key. 2. It names this case and this nonce. 3. It tells what
    only the sealing key could read.
    """
    try:
        statement = read_statement(text)
    except ValueError as error:
        raise problems.KEY_NOT_PROVEN.problem(f"The proof cannot be read: {error}.") from error
    claims = statement.claims
    named = claims.keys() == _CLAIMS and claims["case_id"] == case_id and claims["nonce"] == offered.nonce
    opened = hmac.compare_digest(str(claims.get("opened", "")).encode(), offered.opened.encode())
    if not (statement.typ == POSSESSION_TYP and named and opened and statement.is_by(offered.signing_key)):
        raise problems.KEY_NOT_PROVEN.problem()
