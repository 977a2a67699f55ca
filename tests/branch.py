"""A branch of the bank: real parts, a clock that tests turn, no network.

Clients and browsers hand their requests to its WSGI applications exactly as the edge does.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from flask import Flask

from bank_sim import audit, authorization, ebank, identity, tokens
from bank_sim.authserver import DEFENCES, blueprint
from bank_sim.corelink import OperationRequest
from bank_sim.ebank import create_app
from bank_sim.messages import Message
from bank_sim.tokens import Grant
from tests.bank_in_process import PAYEE, PAYER, PEOPLE, Founded, OpenedBank, hand_over


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
    return Reply(*hand_over(app, method, parts.path, parts.query, headers, body, certificate, source))


def browse(
    app: Flask, method: str, target: str, headers: list[tuple[str, str]], body: bytes, cookies: dict[str, str],
    source: str,
) -> Reply:  # fmt: skip
    """Hand one request over as a browser sends it, with its cookies; ``cookies`` then holds what the answer sets."""
    headers = list(headers)
    if cookies:
        headers.append(("cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    if method == "POST":
        headers.append(("content-type", "application/x-www-form-urlencoded"))
    reply = deliver(app, method, target, headers, body, source=source)
    for name, value in reply.headers:
        if name.lower() == "set-cookie":
            cookie, _, secret = value.partition(";")[0].partition("=")
            cookies[cookie] = secret
            if not secret:
                del cookies[cookie]
    return reply


class Branch:
    """The bank. ``machines`` is the authorization server's application, ``pages`` the users'."""

    def __init__(self, founded: Founded) -> None:
        self.config = founded.config
        self.accounts = founded.accounts
        self._founded = founded
        self.secrets = founded.opened
        known = DEFENCES | identity.DEFENCES | authorization.DEFENCES | tokens.DEFENCES | ebank.DEFENCES
        self._opened = OpenedBank(founded, known)
        self.bank, self.clock, self.switches = self._opened.bank, self._opened.clock, self._opened.switches
        self.machines = Flask("machines", static_folder=None)
        self.machines.register_blueprint(blueprint(self.bank))
        self.pages = create_app(self.bank)

    def customer_id(self, person: int) -> str:
        return self._founded.accounts_of(person)[0].customer_id

    def account_ids(self, person: int) -> list[str]:
        return [each.account_id for each in self._founded.accounts_of(person)]

    def transfer(self, app_id: str, payer: int = PAYER, payee: int = PAYEE, amount_fen: int = 10_000) -> str:
        """An order that an application placed, as ``transfers.create`` does."""
        body = {
            "order_no": secrets.token_hex(8),
            "amount_fen": amount_fen,
            "currency": "CNY",
            "creditor_account": self._founded.accounts_of(payee)[0].account_number,
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
        self._opened.close()
