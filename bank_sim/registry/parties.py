"""An application party and its credentials as values, and what registration hands out. No store, no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.rsa_keys import RsaPublicKey

ApplicationStatus = Literal["testing", "active", "suspended", "exited"]
Key = PublicKey | MacKey | RsaPublicKey


@dataclass(frozen=True, slots=True)
class Application:
    """One application party as it stands. ``certificate_sha256``: its calls must present that client certificate.

    ``sdk_attested``: its A2 calls must come from a build of the bank's SDK that may be used, and say so.
    """

    app_id: str
    name: str
    suite: str
    integration_mode: str
    status: str
    certificate_sha256: str | None
    direct_assessment: str | None
    redirect_uris_json: str = field(repr=False)
    name_zh: str | None
    registered_at_ms: int
    sdk_attested: bool = False

    def name_in(self, language: str) -> str:
        """The name for readers of ``zh`` or ``en``: the Chinese one where they read Chinese and there is one."""
        return self.name_zh if language == "zh" and self.name_zh else self.name

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """To be compared as whole strings (RFC 9700 section 2.1)."""
        return tuple(json.loads(self.redirect_uris_json))

    def require_active(self) -> None:
        """It is served at all, in the test environment or live: APP_SUSPENDED, APP_EXITED."""
        if self.status == "exited":
            raise problems.APP_EXITED.problem()
        if self.status == "suspended":
            raise problems.APP_SUSPENDED.problem()

    @property
    def is_testing(self) -> bool:
        """Agreed with, but not live yet: it moves no money, and serves only the bank's test customers."""
        return self.status == "testing"


@dataclass(frozen=True, slots=True)
class Credential:
    """One key of an application. ``keyid`` is what messages name; times are on the virtual clock."""

    keyid: str
    app_id: str
    kid: str
    use: str
    status: str
    not_before_ms: int
    not_after_ms: int
    key: Key = field(repr=False)

    def require_valid(self, now_ms: int) -> None:
        """KEY_REVOKED, KEY_NOT_YET_VALID or KEY_EXPIRED. A superseded key holds until its shortened validity ends."""
        if self.status == "revoked":
            raise problems.KEY_REVOKED.problem()
        if now_ms < self.not_before_ms:
            raise problems.KEY_NOT_YET_VALID.problem()
        if now_ms >= self.not_after_ms:
            raise problems.KEY_EXPIRED.problem()


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What registration hands out.

    ``app_secret`` is shown this once, the bank keeps it sealed; its ASCII text is the HMAC key.
    ``keyids`` name the credentials in messages: ``<App_ID>.<kid>``, and ``<App_ID>.secret``.
    ``certificate_pem``: the TLS client certificate, where a request for one was handed in.
    """

    app_id: str
    app_secret: str | None
    keyids: list[str]
    certificate_pem: str | None = None
