"""Before the wallet can start: it makes its keys, asks to be registered, and takes what registration hands out.

Keys are made on this machine and only their public halves leave it (JR/T 0185 7.3.4). Nothing here talks to a bank:
whoever founds a sandbox, or fills in a bank's form, carries the documents to and fro.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app_sim import certificate
from app_sim.bank import EVENTS_PATH, PrivateKey, generate, load_private
from app_sim.config import AppConfig
from app_sim.vault import Vault, write_private


@dataclass(frozen=True, slots=True)
class Application:
    """What the wallet hands in: the registration document (JSON-ready) and, for TLS, a certificate request (PEM).

    The document has no ``certificate_request_pem``: put the request there where the channel shall show a certificate.
    """

    registration: dict[str, Any]
    certificate_request: bytes


def found_app(config: AppConfig, passphrase: bytes) -> Application:
    """Make the wallet's folder and keys, or find them made, and write the application for membership."""
    config.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault(config.keys, passphrase)
    signing, sealing = _own_key(config, vault, "sig"), _own_key(config, vault, "enc")
    registration = {
        "name": config.name,
        "name_zh": config.name_zh,
        "suite": config.suite,
        "integration_mode": "server-sdk",
        "redirect_uris": [config.redirect_uri],
        "events_url": config.external_url + EVENTS_PATH,
        "jwks": {"keys": [signing.public.jwk(), sealing.public.jwk()]},
        "secret": True,
        "sdk_attested": True,
        "apis": list(config.apis),
    }
    return Application(registration, certificate.request(config.keys, vault.passphrase, config.name))


def accept(
    config: AppConfig,
    passphrase: bytes,
    credentials: Mapping[str, Any],
    bank_jwks: Mapping[str, Any],
) -> None:
    """Keep what registration gave: ``credentials`` with ``app_id``, ``app_secret``, ``certificate_pem``; public keys.

    App_Secret goes into the vault, the rest is public. A request that was not handed in is worth nothing any more.
    """
    vault = Vault(config.keys, passphrase)
    if credentials.get("app_secret"):
        vault.keep("app-secret", str(credentials["app_secret"]).encode())
    if credentials.get("certificate_pem"):
        certificate.put_in_place(config.keys, passphrase, str(credentials["certificate_pem"]).encode())
    membership = {"app_id": credentials["app_id"], "bank_jwks": bank_jwks}
    write_private(config.membership, json.dumps(membership, indent=2).encode())


def _own_key(config: AppConfig, vault: Vault, use: Literal["sig", "enc"]) -> PrivateKey:
    path = config.keys / f"{use}.pem"
    if not path.exists():
        write_private(path, generate(config.suite, use).to_pem(vault.passphrase))
    return load_private(path.read_bytes(), vault.passphrase, use)
