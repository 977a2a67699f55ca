"""What every run begins with: a founded bank with its customers, a founded wallet, and an application of an attacker.

It is made once in a process, from a seed of its own, and copied for each run: founding is slow by design.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from argon2 import PasswordHasher

from app_sim.config import AppConfig
from app_sim.founding import accept, found_app
from bank_sim.bank import Secrets, unlock
from bank_sim.config import Config
from bank_sim.founding import found_bank, register_application
from bank_sim.policy import Policy
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.server import ClientKeys
from bank_sim.store import Store
from scenarios.simulation.chance import seeded
from scenarios.simulation.instants import BEGINNING_S
from user_sim.people import Person, people

GATEWAY, PAGES = "https://localhost:8440", "https://bank.localhost:8441"
WALLET, PHONE, ROGUE = "https://wallet.localhost:8442", "https://phone.localhost:8443", "https://rogue.localhost"
PARTIES = {GATEWAY: "gateway", PAGES: "pages", WALLET: "wallet", PHONE: "phone", ROGUE: "rogue"}
PASSPHRASE = b"one passphrase for all that is simulated"
PEOPLE, FOUNDING_SEED = 4, 20_200_213

SuiteName = Literal["gm", "intl"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account as its owner knows it. ``person``: the owner's place among the people."""

    person: int
    account_id: str
    account_number: str
    account_class: str


@dataclass(frozen=True, slots=True)
class Foundation:
    """A home as it lies on the first day, and what its passphrase opens. ``rogue``: App_ID and keys of the attacker's
    application; the last of the people is its accomplice."""

    home: Path
    suite: SuiteName
    people: list[Person]
    accounts: list[Account]
    opened: Secrets
    rogue_app_id: str
    rogue_keys: ClientKeys
    bank_jwks: Mapping[str, Any]
    wallet_app_id: str

    @classmethod
    def new(cls, home: Path, suite: SuiteName) -> Foundation:
        """Found everything in an empty ``home``; the same each time."""
        with seeded(FOUNDING_SEED):
            return cls._founded(home, suite)

    @classmethod
    def _founded(cls, home: Path, suite: SuiteName) -> Foundation:
        folk, config, app = people(FOUNDING_SEED, PEOPLE), bank_config(home, suite), app_config(home, suite)
        issued = found_bank(config, PASSPHRASE, folk, FOUNDING_SEED, BEGINNING_S)
        accounts = [
            Account(each.person_index, each.account_id, each.account_number, each.account_class) for each in issued
        ]
        _log_in_quickly(config, folk)
        application = found_app(app, PASSPHRASE)
        credentials = register_application(config, PASSPHRASE, application.registration, BEGINNING_S)
        accept(app, PASSPHRASE, credentials, credentials["bank_jwks"])
        keys = ClientKeys(generate(suite, "sig"), generate(suite, "enc"))
        asked = {
            "name": "rogue",
            "suite": suite,
            "redirect_uris": [f"{ROGUE}/callback"],
            "apis": "payments",
            "jwks": {"keys": [keys.signing.public.jwk(), keys.opening.public.jwk()]},
        }
        rogue = register_application(config, PASSPHRASE, asked, BEGINNING_S)
        opened = unlock(config, PASSPHRASE)
        return cls(
            home, suite, folk, accounts, opened, rogue["app_id"], keys, rogue["bank_jwks"], credentials["app_id"]
        )

    def copied_to(self, home: Path) -> Foundation:
        shutil.copytree(self.home, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.shared", "*.flights"))
        return replace(self, home=home)

    def accounts_of(self, person: int) -> list[Account]:
        return [each for each in self.accounts if each.person == person]

    def secrets_of_people(self) -> dict[str, str]:
        """What must never be readable between application and bank: name of the value -> value."""
        told = {f"{each.person_id} {name}": value for each in self.people for name, value in each.canaries().items()}
        return told | {f"account {number}": each.account_number for number, each in enumerate(self.accounts)}


@lru_cache(maxsize=2)
def foundation(suite: SuiteName, folder: Path) -> Foundation:
    """The foundation of this process for a suite, made below ``folder`` at the first call."""
    return Foundation.new(folder / suite, suite)


def bank_config(home: Path, suite: SuiteName) -> Config:
    nothing = home / "no-listener-runs-here"
    return Config(
        home=home,
        ca_certificate=nothing,
        tls_certificate=nothing,
        tls_key=nothing,
        suite=suite,
        gateway_url=GATEWAY,
        pages_url=PAGES,
        policy=Policy(app_unrated_as="low", counted_keys_max=4096),
    )


def app_config(home: Path, suite: SuiteName) -> AppConfig:
    nothing = home / "no-listener-runs-here"
    return AppConfig(
        home=home / "app",
        external_url=WALLET,
        gateway_url=GATEWAY,
        authorization_endpoint=f"{PAGES}/authorize",
        ca_certificate=nothing,
        certificate=nothing,
        certificate_key=nothing,
        suite=suite,
    )


def _log_in_quickly(config: Config, folk: list[Person]) -> None:
    """Passwords stay argon2id, at the least cost: what a login costs is not what is simulated."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with closing(Store(config.database)) as store, store.write() as db:
        for each in folk:
            argon2 = quick.hash(each.password)
            db.execute("UPDATE credentials SET password_argon2 = ? WHERE login_name = ?", (argon2, each.login_name))
