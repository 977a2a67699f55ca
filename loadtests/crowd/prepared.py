"""What is made ready before a crowd comes: applications that are registered, users who have consented, the plan.

The document holds keys and tokens of a sandbox that ends with the run. It is written for its owner alone and is as
secret as what it holds. Only a bank on this machine is ever named in it: anything else is refused when it is read.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bank_sim.sdk.protocol.keypairs import PrivateKey, load_private
from loadtests.application import Membership
from loadtests.profiles import Plan
from scenarios.failures import WrongUsage

_HERE = frozenset({"localhost", "127.0.0.1"})
# The document itself is the secret: stretching a passphrase that lies beside the key would guard nothing.
_ROUNDS = 1_000


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """One application's membership in writing; keys as PEM under ``passphrase``."""

    app_id: str
    suite: str
    signing_pem: str
    opening_pem: str
    passphrase: str
    app_secret: str
    bank_jwks: dict[str, Any]

    @classmethod
    def of(cls, membership: Membership) -> Credentials:
        passphrase = secrets.token_urlsafe(16)

        def sealed(key: PrivateKey) -> str:
            return key.to_pem(passphrase.encode(), _ROUNDS).decode()

        return cls(
            app_id=membership.app_id,
            suite=membership.suite,
            signing_pem=sealed(membership.signing),
            opening_pem=sealed(membership.opening),
            passphrase=passphrase,
            app_secret=membership.app_secret,
            bank_jwks=dict(membership.bank_jwks),
        )

    def membership(self) -> Membership:
        passphrase = self.passphrase.encode()
        return Membership(
            app_id=self.app_id,
            suite=self.suite,
            signing=load_private(self.signing_pem.encode(), passphrase, "sig"),
            opening=load_private(self.opening_pem.encode(), passphrase, "enc"),
            app_secret=self.app_secret,
            bank_jwks=self.bank_jwks,
        )


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one consent; ``until_s``: when the access token ends, in seconds since 1970 of the bank's clock."""

    access_token: str
    refresh_token: str
    until_s: float


class Consented(msgspec.Struct, frozen=True, kw_only=True):
    """What one user agreed to: a look at their accounts, and payments to the payee where they pay at all."""

    account_ref: str
    accounts: Grant
    payments: Grant | None


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """``offset_s``: how far the bank's clock is ahead. ``loud`` floods and storms, ``rogue`` must be refused."""

    issuer: str
    ca_certificate: str
    offset_s: float
    plan: Plan
    crowd: Credentials
    loud: Credentials
    rogue: Credentials
    rogue_consent: Consented
    consented: list[Consented]
    products: list[str]
    payee_number: str
    payee_name: str

    def write(self, path: Path) -> None:
        """For the owner's eyes alone."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self))

    @property
    def port(self) -> int:
        return urlsplit(self.issuer).port or 443


def read(path: Path) -> Prepared:
    """``WrongUsage`` for what is no such document, or names a bank that is not on this machine."""
    try:
        prepared = msgspec.json.decode(path.read_bytes(), type=Prepared)
    except (OSError, msgspec.DecodeError) as error:
        raise WrongUsage(f"{path} was not written by bank-sandbox load: {error}") from error
    require_here(prepared.issuer)
    return prepared


def require_here(issuer: str) -> None:
    """Load is for banks on this machine."""
    host = urlsplit(issuer).hostname
    if host not in _HERE:
        raise WrongUsage(f"{host} is not this machine: load is only ever put on a sandbox on loopback.")
