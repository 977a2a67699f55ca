"""A founded bank, opened in the process of the test: real parts, a clock that tests turn, and no network.

Branch and both Towns are built on it. It knows no application of the bank and no party that calls one.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask

from bank_sim.bank import Bank, Secrets, open_bank, unlock
from bank_sim.clock import ManualClock
from bank_sim.config import Config
from bank_sim.core.operations import core_operations
from bank_sim.core.seeding import IssuedAccount
from bank_sim.edge.connection import Connection
from bank_sim.edge.environ import environ_of
from bank_sim.founding import found_bank
from bank_sim.policy import Policy
from bank_sim.risk import Risk
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.store import Store

# 2026-01-31 10:00 in Beijing.
MORNING_S = 1_769_824_800.0
PASSPHRASE = b"a passphrase"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person at the bank's counter."""

    name: str
    id_number: str
    phone: str
    login_name: str
    password: str


PEOPLE = (
    Somebody("王小明", "990101198001010014", "15400000001", "xiaoming", "40917265"),
    Somebody("李四光", "990101198102020023", "15400000002", "siguang", "58203614"),
)
PAYER, PAYEE = 0, 1


@dataclass(frozen=True, slots=True)
class Founded:
    """A bank as it lies in a home, what its passphrase opens there, and the accounts of ``PEOPLE``."""

    home: Path
    opened: Secrets
    accounts: list[IssuedAccount]

    @classmethod
    def new(cls, home: Path) -> Founded:
        config = _config(home)
        accounts = found_bank(config, PASSPHRASE, PEOPLE, 7, MORNING_S)
        _log_in_quickly(config)
        return cls(home, unlock(config, PASSPHRASE), accounts)

    @property
    def config(self) -> Config:
        return _config(self.home)

    def copied_to(self, home: Path) -> Founded:
        """The same bank in another home, with whatever else lies in this one."""
        shutil.copytree(self.home, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.shared", "*.flights"))
        return replace(self, home=home)

    def accounts_of(self, person: int) -> list[IssuedAccount]:
        return [each for each in self.accounts if each.person_index == person]


class OpenedBank:
    """``bank`` as a worker process opens it, with a clock and control block of its own."""

    def __init__(self, founded: Founded, known: Iterable[str], clock: ManualClock | None = None) -> None:
        """``known``: the defences that may be weakened."""
        config = founded.config
        self.clock = clock or ManualClock(MORNING_S)
        self._block = ControlBlock(config.control_file)
        self.switches = Switches(self._block, config.weakened_file, known)
        self.operations = core_operations(
            config.policy, secrets.token_bytes, Risk(config.policy, self.switches.weakened).judge
        )
        self.bank = open_bank(config, self.clock, self.switches, founded.opened, self.operations)
        self.operations |= self.bank.reconciliation.operations()

    def close(self) -> None:
        self.bank.close()
        self._block.close()


def suspend(bank: Bank, app_id: str) -> None:
    """As a member of the staff does on the console."""
    with bank.store.write() as db:
        bank.standings.move(db, app_id, "suspended", by="chen", reason="a drill")


def hand_over(
    app: Flask, method: str, path: str, query: str, headers: Iterable[tuple[str, str]], body: bytes,
    certificate: bytes | None = None, source: str = "127.0.0.1", connection: Connection | None = None,
    held: list[Any] | None = None,
) -> tuple[int, list[tuple[str, str]], bytes]:  # fmt: skip
    """Hand a request over as the edge does: the status, headers and body of what the application answers.

    It comes on a connection of its own where none is given. ``held`` takes what the edge does once the answer has left;
    where there is none, it has left at once.
    """
    scope = {
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode(),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (source, 4711),
        "server": ("127.0.0.1", 8440),
        "http_version": "1.1",
        "scheme": "https",
        "state": {
            "peer_certificate": certificate,
            "received_ns": time.perf_counter_ns(),
            "connection": connection or Connection.begun(source, certificate),
        },
    }
    afterwards: list[Any] = []
    started: list[Any] = []
    parts = app.wsgi_app(environ_of(scope, body, afterwards), lambda *given: started.extend(given))  # type: ignore[arg-type]
    content = b"".join(parts)
    if close := getattr(parts, "close", None):
        close()
    if held is not None:
        held += afterwards
        return int(started[0][:3]), started[1], content
    for each in afterwards:
        each()
    return int(started[0][:3]), started[1], content


def _log_in_quickly(config: Config) -> None:
    """The passwords of ``PEOPLE`` stay argon2id, at the least cost: hundreds of tests log in, and what a login costs at
    the bank, tests/identity shows."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with closing(Store(config.database)) as store, store.write() as db:
        for each in PEOPLE:
            argon2 = quick.hash(each.password)
            db.execute("UPDATE credentials SET password_argon2 = ? WHERE login_name = ?", (argon2, each.login_name))


def _config(home: Path) -> Config:
    nothing = home / "no-listener-runs-here"
    return Config(
        home=home,
        ca_certificate=nothing,
        tls_certificate=nothing,
        tls_key=nothing,
        policy=Policy(app_unrated_as="low", counted_keys_max=4096),
    )
