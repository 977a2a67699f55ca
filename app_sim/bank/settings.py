"""The bank as registration described it, the wallet's keys out of its custody, and the time that both go by."""

from __future__ import annotations

import json
from collections.abc import Callable

from app_sim import certificate
from app_sim.config import AppConfig
from app_sim.vault import Vault
from bank_sim.sdk.clock import Clock, FollowingClock, SystemClock
from bank_sim.sdk.protocol.keypairs import MacKey, load_private
from bank_sim.sdk.server import BankSettings, ClientCertificate, ClientKeys
from bank_sim.sdk.transport import open_channel


def bank_settings(config: AppConfig, vault: Vault) -> BankSettings:
    """The bank, and the wallet's way to it."""
    membership = json.loads(config.membership.read_bytes())
    path = certificate.file_of(config.keys)
    return BankSettings(
        app_id=membership["app_id"],
        issuer=config.gateway_url,
        authorization_endpoint=config.authorization_endpoint,
        redirect_uri=config.redirect_uri,
        suite=config.suite,
        bank_jwks=membership["bank_jwks"],
        ca_certificate=config.ca_certificate,
        client_certificate=ClientCertificate(path, path, vault.passphrase) if path.exists() else None,
        timeout_s=config.bank_timeout_s,
        weakened=config.weakened,
    )


def client_keys(config: AppConfig, vault: Vault) -> ClientKeys:
    """The wallet's keys, out of its custody."""
    return ClientKeys(
        signing=load_private((config.keys / "sig.pem").read_bytes(), vault.passphrase, "sig"),
        opening=load_private((config.keys / "enc.pem").read_bytes(), vault.passphrase, "enc"),
        secret=MacKey(config.suite, vault.fetch("app-secret")) if vault.holds("app-secret") else None,
        former=tuple(
            load_private(path.read_bytes(), vault.passphrase, "enc") for path in config.keys.glob("enc.former.pem")
        ),
    )


def open_clock(config: AppConfig) -> tuple[Clock, Callable[[], None]]:
    """The sandbox's virtual time where there is one, else the machine's; and what closes it."""
    if config.control_url is None:
        return SystemClock(), lambda: None
    # Long: who missed a return to a snapshot would go on with keys of another past. A dead listener refuses at once.
    channel = open_channel(config.ca_certificate, None, timeout_s=15.0)
    clock = FollowingClock(config.control_url, channel.get)
    clock.refresh()
    return clock, channel.close
