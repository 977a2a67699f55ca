"""Who the application is and whom it talks to: everything a client of the bank is set up with.

Values only. Secrets come in as objects that the application's own key custody opened; nothing is read from files here
but by the TLS library, and nothing is read from the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, PublicKey, public_from_jwk
from bank_sim.sdk.protocol.sealing import recipient_of


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The application's TLS certificate and its encrypted key, as files, and the passphrase of the key."""

    certificate: Path
    key: Path
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BankSettings:
    """The bank as handed over at registration, and how the client behaves towards it.

    ``issuer``       the API gateway's URL, without a trailing slash; also the OAuth issuer (RFC 8414)
    ``bank_jwks``    the bank's public keys as registration gave them, or as the client last handed them to be kept:
                     an answer signed by a key that these do not vouch for is not the bank's
    ``bank_keys_age_s_max``  how long they are believed without asking whether the bank has changed them
    ``timeout_s``    how long an answer is waited for
    ``window_s``     how old or how far ahead an answer's signature may be (``created`` of RFC 9421)
    ``attempts``     how often a message is sent at most when the connection breaks and a repetition is safe
    ``weakened``     names of ``checks.APPLICATION_CHECKS`` left out, in training runs that show what they are for
    """

    app_id: str
    issuer: str
    authorization_endpoint: str
    redirect_uri: str
    suite: str
    bank_jwks: Mapping[str, Any]
    ca_certificate: Path
    client_certificate: ClientCertificate | None = None
    timeout_s: float = 10.0
    window_s: int = 300
    attempts: int = 2
    weakened: frozenset[str] = frozenset()
    bank_keys_age_s_max: int = 86_400

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` header and RFC 9421's ``@authority`` carry them."""
        return urlsplit(self.issuer).netloc.lower()


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """The application's private keys: one signs, another opens sealed answers (JR/T 0185 7.3.4-1).

    ``secret`` is App_Secret, which authenticates A1 calls only; an application may do without. ``former`` open what
    the bank sealed before it knew of the present sealing key, while a rotation is under way.
    """

    signing: PrivateKey = field(repr=False)
    opening: PrivateKey = field(repr=False)
    secret: MacKey | None = field(default=None, repr=False)
    former: tuple[PrivateKey, ...] = field(default=(), repr=False)

    def opener_of(self, sealed: str) -> PrivateKey:
        """The key that a sealed value says it is for, where it is held."""
        kid = recipient_of(sealed)
        return next((each for each in self.former if each.kid == kid), self.opening)


class BankKeys:
    """The bank's public keys of one suite, by use and keyid."""

    def __init__(self, bank_jwks: Mapping[str, Any], suite: str) -> None:
        keys = [public_from_jwk(jwk) for jwk in bank_jwks["keys"]]
        of_suite = [key for key in keys if isinstance(key, PublicKey) and key.suite == suite]
        self.verifying = {key.kid: key for key in of_suite if key.use == "sig"}
        sealing = [key for key in of_suite if key.use == "enc"]
        if not self.verifying or not sealing:
            raise ValueError(f"the bank's key set has no signing and sealing key of the suite {suite}")
        # Of each kind the bank lists the key in force first.
        self.sealing = sealing[0]
        """The key that sensitive fields of requests are sealed to."""
        self.signing_kid = next(iter(self.verifying))
        """The key that the bank signs with, as far as is known."""
