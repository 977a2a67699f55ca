"""Where the passphrase that opens the keys at rest comes from, and what each party gets of it.

From the environment, the OS keyring, or a prompt; without any of these one is made for this run and lives in memory
only. It never comes from, and never goes into, a configuration file (JR/T 0185 7.3.4-2.2). A party receives its own
passphrase on its standard input: derived, so that no party can open another's keys.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from scenarios.failures import BrokenSurroundings
from scenarios.surroundings import PASSPHRASE_NAME

KEYRING_SERVICE = "bank-api-sandbox"
LENGTH_MIN = 12


@dataclass(frozen=True, slots=True)
class Passphrase:
    """The one secret of a home. ``kept``: it will be there on the next start, so the keys stay of use."""

    secret: str = field(repr=False)
    kept: bool

    def opener(self, salt: bytes) -> PartyPassphrases:
        """Stretch what a person chose (scrypt); what was drawn from 256 random bits needs no stretching."""
        if not self.kept:
            return PartyPassphrases(self.secret.encode())
        stretched = Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(self.secret.encode())
        return PartyPassphrases(stretched)


class PartyPassphrases:
    """One derived passphrase a party (HKDF-Expand); knowing one tells nothing about another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, party: str) -> str:
        """The passphrase of ``bank``, ``app``, ``user`` or ``ca``: 43 base64url characters."""
        expand = HKDFExpand(algorithm=hashes.SHA256(), length=32, info=f"bank-api-sandbox/{party}".encode())
        return base64.urlsafe_b64encode(expand.derive(self._key)).rstrip(b"=").decode()


def ephemeral() -> Passphrase:
    """A passphrase of this run: when the run ends, what it sealed can never be opened again."""
    return Passphrase(secrets.token_urlsafe(32), kept=False)


def from_text(text: str) -> Passphrase:
    """A passphrase that a person chose, from the environment or a prompt."""
    if len(text) < LENGTH_MIN:
        raise BrokenSurroundings(f"The passphrase is too short: at least {LENGTH_MIN} characters, please.")
    return Passphrase(text, kept=True)


def from_keyring(account: str) -> Passphrase:
    """The passphrase that the OS keyring holds for ``account`` (the home's path); made and stored if it holds none."""
    import keyring
    import keyring.errors

    try:
        text = keyring.get_password(KEYRING_SERVICE, account)
        if text is None:
            text = secrets.token_urlsafe(32)
            keyring.set_password(KEYRING_SERVICE, account, text)
    except keyring.errors.KeyringError as error:
        raise BrokenSurroundings(
            f"The OS keyring cannot be used ({error}). Set {PASSPHRASE_NAME} or use --ask-passphrase."
        ) from error
    return from_text(text)


def choose(
    environment_value: str | None, *, use_keyring: bool, prompt: Callable[[], str] | None, account: str
) -> Passphrase:
    """The passphrase by order of explicitness: prompt asked for, keyring asked for, environment, else of this run."""
    if prompt is not None:
        return from_text(prompt())
    if use_keyring:
        return from_keyring(account)
    if environment_value:
        return from_text(environment_value)
    return ephemeral()
