"""A test application made at the portal: its keys are made here, registered, handed out once, forgotten on demand.

A real bank's portal never sees a private key; this one makes them so that a first call takes a minute, and keeps them
in the session's memory for *try it*. Registration itself is the registry's, with the same document as everybody's.
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from bank_sim.bank import Bank
from bank_sim.portal.composing import Party
from bank_sim.portal.sessions import Issued
from bank_sim.registry.registration import read_registration
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate

_PASSPHRASE_BYTES = 12


def admit(
    bank: Bank, names: tuple[str, str | None], suite: str, profile: str, redirect_uris: list[str]
) -> tuple[Party, Issued]:
    """Register a test application. ``Problem`` says what is refused about it.

    ``names``: its name, and the same in Chinese where it has one. ``profile``: ``public``, ``accounts`` or
    ``payments``, as in the registration document.
    """
    keys_suite = suite if suite in ("gm", "intl") else "gm"
    signing, opening = generate(keys_suite, "sig"), generate(keys_suite, "enc")
    registration = {
        "name": names[0],
        "name_zh": names[1],
        "suite": suite,
        "redirect_uris": redirect_uris,
        "jwks": {"keys": [signing.public.jwk(), opening.public.jwk()]},
        "apis": profile,
    }
    document = read_registration(strict_json.dump(registration))
    credentials = bank.registry.register(document)
    app_secret = credentials.app_secret or ""
    passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
    pems = {name: key.to_pem(passphrase.encode()).decode() for name, key in (("sig", signing), ("enc", opening))}
    given = _document(bank, msgspec.to_builtins(credentials), suite, redirect_uris, (signing, opening))
    given |= {"signing_key": pems["sig"], "opening_key": pems["enc"], "key_passphrase": passphrase}
    text = msgspec.json.format(strict_json.dump(given), indent=2).decode()
    party = Party(credentials.app_id, suite, MacKey(suite, app_secret.encode()), signing, opening)
    return party, Issued(app_secret, pems["sig"], pems["enc"], passphrase, text)


def _document(
    bank: Bank, credentials: dict[str, Any], suite: str, redirect_uris: list[str], keys: tuple[PrivateKey, PrivateKey]
) -> dict[str, Any]:
    """What ``bank-sandbox app register --json`` prints, so that the same programs read it."""
    signing, opening = keys
    uses = {signing.kid: "sig", opening.kid: "enc", "secret": "mac"}
    config = bank.config
    return {
        **credentials,
        "keys": [{"keyid": each, "use": uses[each.partition(".")[2]]} for each in credentials["keyids"]],
        "suite": suite,
        "redirect_uris": redirect_uris,
        "gateway_url": config.gateway_url,
        "authorization_endpoint": f"{config.pages_url}/authorize",
        "bank_jwks": bank.keys.jwks(),
        "ca_certificate": str(config.ca_certificate.absolute()),
    }
