"""A branch of the bank: real parts, a clock that tests turn, no network.

Clients and browsers hand their requests to its WSGI applications exactly as the edge does.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from flask import Flask

from bank_sim import audit
from bank_sim.authserver import DEFENCES, blueprint
from bank_sim.bank import Secrets, open_bank
from bank_sim.clock import ManualClock
from bank_sim.config import Config
from bank_sim.core.operations import core_operations
from bank_sim.core.seeding import IssuedAccount
from bank_sim.corelink import OperationRequest
from bank_sim.ebank import create_app
from bank_sim.edge.environ import environ_of
from bank_sim.identity import STEPS
from bank_sim.messages import Message
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.tokens import Grant

# 2026-01-31 10:00 in Beijing.
MORNING_S = 1_769_824_800


@dataclass(frozen=True, slots=True)
class Somebody:
    name: str
    id_number: str
    phone: str
    login_name: str
    password: str


PEOPLE = (
    Somebody("王小明", "990101198001010014", "15400000001", "xiaoming", "correct horse battery"),
    Somebody("李四光", "990101198102020023", "15400000002", "siguang", "another fine password"),
)


@dataclass(slots=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def form_code(self) -> str | None:
        """The code that a page shows as its alert; None where there is none."""
        found = re.search(r'role="alert">.*?<code>(\w+)</code>', self.text, re.DOTALL)
        return found[1] if found else None


def deliver(
    app: Flask, method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"",
    certificate: bytes | None = None, source: str = "127.0.0.1",
) -> Reply:  # fmt: skip
    """Hand one request over as the edge does."""
    parts = urlsplit(target)
    scope = {
        "method": method,
        "raw_path": parts.path.encode("latin-1"),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (source, 4711),
        "server": ("127.0.0.1", 8440),
        "http_version": "1.1",
        "scheme": "https",
        "state": {"peer_certificate": certificate, "received_ns": time.perf_counter_ns()},
    }
    started: list[Any] = []
    parts = app.wsgi_app(environ_of(scope, body), lambda *given: started.extend(given))  # type: ignore[arg-type]
    content = b"".join(parts)
    if close := getattr(parts, "close", None):
        close()
    return Reply(int(started[0][:3]), started[1], content)


class Branch:
    """The bank. ``machines`` is the authorization server's application, ``pages`` the users'."""

    def __init__(self, config: Config, opened: Secrets, accounts: list[IssuedAccount]) -> None:
        self.config = config
        self.accounts = accounts
        self.clock = ManualClock(MORNING_S)
        self._block = ControlBlock(config.control_file)
        known = DEFENCES | {each.name for each in STEPS.rows}
        self.switches = Switches(self._block, config.weakened_file, known)
        operations = core_operations(config.policy, secrets.token_bytes)
        self.bank = open_bank(config, self.clock, self.switches, opened, operations)
        self.machines = Flask("machines", static_folder=None)
        self.machines.register_blueprint(blueprint(self.bank))
        self.pages = create_app(self.bank)

    def customer_id(self, person: int) -> str:
        return next(each.customer_id for each in self.accounts if each.person_index == person)

    def account_ids(self, person: int) -> list[str]:
        return [each.account_id for each in self.accounts if each.person_index == person]

    def transfer(self, app_id: str, payer: int = 0, payee: int = 1, amount_fen: int = 10_000) -> str:
        """An order that an application placed, as ``transfers.create`` does."""
        target = next(each for each in self.accounts if each.person_index == payee)
        body = {
            "order_no": secrets.token_hex(8),
            "amount_fen": amount_fen,
            "currency": "CNY",
            "creditor_account": target.account_number,
            "creditor_name": PEOPLE[payee].name,
        }
        request = OperationRequest(
            app_id, self.clock.now_ms(), self.customer_id(payer), account_id=self.account_ids(payer)[0], body=body
        )
        with self.bank.store.write() as db:
            return self.bank.corelink.call("transfers.create", db.conn, request)["transfer_id"]

    def grant(self, token: str) -> Grant:
        """What an access token stands for, judged as an API does: TOKEN_INVALID, TOKEN_REVOKED, TOKEN_EXPIRED."""
        return self.bank.tokens.require_active(self.bank.tokens.find(token))

    def messages(self) -> list[Message]:
        """What waits in the outbox, oldest first, opened."""
        rows = self.bank.store.read("SELECT sealed FROM outbox ORDER BY id")
        return [msgspec.json.decode(self.bank.vault.unseal(sealed), type=Message) for (sealed,) in rows]

    def code(self) -> str:
        """The code of the newest message."""
        return re.findall(r"(?<!\d)\d{6}(?!\d)", self.messages()[-1].text)[0]

    def records(self) -> list[dict[str, Any]]:
        return list(self.bank.store.db.query("SELECT * FROM access_log ORDER BY serial"))

    def last_record(self) -> dict[str, Any]:
        return self.records()[-1]

    def close(self) -> None:
        assert audit.verify(self.bank.store).holds
        self.bank.close()
        self._block.close()
