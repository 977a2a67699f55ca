"""Security keys by WebAuthn, and what is checked before an assertion counts.

A challenge is bound to the step's purpose, payee and amount among it, so an assertion made for one step opens no
other (JR/T 0185 10.2.2). Nothing is kept of a challenge: it carries a salt, its end, and a MAC over both and the
purpose. Authenticators speak ES256 and the like; none speaks SM2. CBOR, COSE and client data are ``fido2``'s business.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bank_sim.clock import Clock
from bank_sim.identity.factors import Factor
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import Problem

# Importing fido2 takes as long as Flask; only whoever uses a security key shall wait for it.
if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

_SALT_BYTES, _END_BYTES = 16, 8


class Challenges:
    """Challenges that are good for one purpose, and for ``lifetime_s``."""

    def __init__(self, vault: Vault, clock: Clock, lifetime_s: int) -> None:
        self._vault = vault
        self._clock = clock
        self._lifetime_s = lifetime_s

    def fresh(self, purpose_sm3: bytes) -> bytes:
        until_s = int(self._clock.now_s()) + self._lifetime_s
        body = secrets.token_bytes(_SALT_BYTES) + until_s.to_bytes(_END_BYTES, "big")
        return body + self._mac(body, purpose_sm3)

    def hold(self, challenge: bytes, purpose_sm3: bytes) -> bool:
        """Whether this challenge was given out for this purpose, and lately enough."""
        body, mac = challenge[: _SALT_BYTES + _END_BYTES], challenge[_SALT_BYTES + _END_BYTES :]
        in_time = int.from_bytes(body[_SALT_BYTES:], "big") > self._clock.now_s()
        return hmac.compare_digest(mac, self._mac(body, purpose_sm3)) and in_time

    def _mac(self, body: bytes, purpose_sm3: bytes) -> bytes:
        return self._vault.mac(b"security key challenge" + body + purpose_sm3)


@dataclass(frozen=True, slots=True)
class AssertionCase:
    """An assertion as it came, beside what it is judged against. ``last_count``: the counter of its last use."""

    server: Fido2Server
    response: AuthenticationResponse
    credential: AttestedCredentialData
    challenge_holds: bool
    last_count: int

    @property
    def count(self) -> int:
        return int(self.response.response.authenticator_data.counter)


def challenge_is_for_this(case: AssertionCase) -> None:
    if not case.challenge_holds:
        raise problems.CONFIRMATION_MISMATCH.problem()


def assertion_is_signed(case: AssertionCase) -> None:
    """Type, origin, relying party, presence and signature, by the library."""
    state = _state(case.response.response.client_data.challenge)
    try:
        case.server.authenticate_complete(state, [case.credential], case.response)
    except ValueError as error:
        raise problems.SECURITY_KEY_INVALID.problem(reason=str(error)) from error


def counter_has_grown(case: AssertionCase) -> None:
    """WebAuthn section 6.1.1: a counter that stands still or goes back says that two devices hold the key.

    Authenticators without a counter always say 0.
    """
    if (case.count or case.last_count) and case.count <= case.last_count:
        raise problems.SECURITY_KEY_CLONED.problem()


ASSERTION_CHECKS: CheckTable[AssertionCase] = CheckTable(
    [
        row("security_key_challenge", challenge_is_for_this, "assertion", "10.2.2-2.2"),
        row("security_key_signature", assertion_is_signed, "assertion", "7.2.1-b-2.2"),
        row("security_key_counter", counter_has_grown, "assertion", "7.2.1-b-2.2 10.2.2-1"),
    ]
)


class SecurityKeys:
    """The relying party: ``origin`` is the address of the bank's pages, the host of which keys are bound to."""

    def __init__(self, origin: str, name: str, challenges: Challenges) -> None:
        self._origin = origin
        self._name = name
        self._challenges = challenges

    @cached_property
    def _server(self) -> Fido2Server:
        from fido2.server import Fido2Server
        from fido2.webauthn import PublicKeyCredentialRpEntity

        return Fido2Server(
            PublicKeyCredentialRpEntity(id=urlsplit(self._origin).hostname or "", name=self._name),
            verify_origin=lambda given: given == self._origin,
        )

    def creation_options(self, purpose_sm3: bytes, user: bytes, user_name: str, known: Sequence[Factor]) -> str:
        """What ``navigator.credentials.create`` takes, as JSON. ``user``: an opaque handle; no name leaves the bank."""
        from fido2.webauthn import (
            AttestedCredentialData,
            PublicKeyCredentialUserEntity,
            ResidentKeyRequirement,
            UserVerificationRequirement,
        )

        options, _ = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=user, name=user_name, display_name=user_name),
            credentials=[AttestedCredentialData(each.material) for each in known],
            resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
            challenge=self._challenges.fresh(purpose_sm3),
        )
        return strict_json.dump(dict(options.public_key)).decode()

    def registered(self, purpose_sm3: bytes, text: str) -> tuple[bytes, int]:
        """A new credential and its counter, from the browser's answer: SECURITY_KEY_INVALID, CONFIRMATION_MISMATCH."""
        from fido2.webauthn import RegistrationResponse

        response = _read(text, RegistrationResponse)
        challenge = response.response.client_data.challenge
        if not self._challenges.hold(challenge, purpose_sm3):
            raise problems.CONFIRMATION_MISMATCH.problem()
        try:
            data = self._server.register_complete(_state(challenge), response)
        except ValueError as error:
            raise problems.SECURITY_KEY_INVALID.problem(reason=str(error)) from error
        if data.credential_data is None:
            raise problems.SECURITY_KEY_INVALID.problem(reason="no credential")
        return bytes(data.credential_data), int(data.counter)

    def request_options(self, purpose_sm3: bytes, known: Sequence[Factor]) -> str:
        """What ``navigator.credentials.get`` takes, as JSON."""
        from fido2.webauthn import AttestedCredentialData, UserVerificationRequirement

        options, _ = self._server.authenticate_begin(
            credentials=[AttestedCredentialData(each.material) for each in known],
            user_verification=UserVerificationRequirement.DISCOURAGED,
            challenge=self._challenges.fresh(purpose_sm3),
        )
        return strict_json.dump(dict(options.public_key)).decode()

    def case(self, purpose_sm3: bytes, text: str, known: Sequence[Factor]) -> tuple[Factor, AssertionCase]:
        """The browser's answer beside the credential that it names. SECURITY_KEY_INVALID where it is none of those."""
        from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

        response = _read(text, AuthenticationResponse)
        for factor in known:
            credential = AttestedCredentialData(factor.material)
            if credential.credential_id == response.raw_id:
                holds = self._challenges.hold(response.response.client_data.challenge, purpose_sm3)
                return factor, AssertionCase(self._server, response, credential, holds, factor.counter)
        raise problems.SECURITY_KEY_INVALID.problem(reason="an unknown credential")


def _state(challenge: bytes) -> dict[str, Any]:
    """What the library wants to have kept of its question: the challenge, which was judged by its MAC before."""
    from fido2.utils import websafe_encode

    return {"challenge": websafe_encode(challenge), "user_verification": None}


def _read(text: str, kind: Any) -> Any:
    """The JSON of a ``PublicKeyCredential`` (WebAuthn section 5.1, ``toJSON``). SECURITY_KEY_INVALID for all else."""
    try:
        return kind.from_dict(strict_json.parse_object(text.encode()))
    except Problem as problem:
        raise problems.SECURITY_KEY_INVALID.problem(reason=problem.code) from problem
    except Exception as error:
        # Whatever a parser of foreign bytes raises says the same: this came from no authenticator.
        raise problems.SECURITY_KEY_INVALID.problem(reason=type(error).__name__) from error
