"""An application party with credentials of its own and no good intentions.

It signs what it likes with its own keys, presents tokens that its wiretap heard, orders one payment and executes
another. What it sends so bears the reason why nobody may be served for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import parse_qsl

from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.server import BankClient, BankSettings, Pkce, Tokens
from scenarios.simulation.foundation import GATEWAY, PAGES, ROGUE, Foundation
from scenarios.simulation.instants import PartyClock
from scenarios.simulation.townsfolk import SIGHED_AT, Townsman
from scenarios.simulation.wire import Answer, Letter, Wire
from scenarios.simulation.wiretap import Wiretap

_APIS = ("accounts.list", "accounts.balance", "transfers.create", "transfers.get")
_DAYS = 30
_STALE_S = 400


@dataclass(slots=True)
class _Order:
    transfer_id: str
    amount: str
    tokens: Tokens | None = None
    is_spent: bool = False


class Rogue:
    """The application. Each act is work that waits for answers; refusals are its daily bread."""

    def __init__(
        self, founded: Foundation, clock: PartyClock, wire: Wire, accomplice: Townsman, wiretap: Wiretap, lots: Random
    ) -> None:
        self._founded, self._accomplice, self._wiretap, self._lots = founded, accomplice, wiretap, lots
        self._clock = clock
        settings = BankSettings(
            app_id=founded.rogue_app_id, issuer=GATEWAY, authorization_endpoint=f"{PAGES}/authorize",
            redirect_uri=f"{ROGUE}/callback", suite=founded.suite, bank_jwks=founded.bank_jwks,
            ca_certificate=Path("no-authority"),
        )  # fmt: skip
        self._client = BankClient(settings, founded.rogue_keys, clock, wire.line_of("rogue"))
        self.sends_as = ""
        self.is_busy = False
        self._token: Tokens | None = None
        self._account_ref = ""
        self._orders: list[_Order] = []

    def next_act(self) -> tuple[str, Callable[[], object]]:
        """What it tries next: its name, and the doing."""
        if self._token is None or self._token.expires_s <= self._clock.now_s():
            return "linked", self._linked
        return self._lots.choice(self._possible())

    def _possible(self) -> list[tuple[str, Callable[[], object]]]:
        """What it can try with what it has and has heard."""
        unconfirmed, confirmed = self._unconfirmed(), self._confirmed()
        acts: list[tuple[str, Callable[[], object], object]] = [
            ("order", self._order, True),
            ("stale", self._stale, True),
            ("confirm", self._confirm, unconfirmed),
            ("execute", self._execute, confirmed),
            ("execute_another", self._execute_another, confirmed and unconfirmed),
            ("execute_without_key", self._execute_without_key, confirmed),
            ("stolen_token", self._stolen_token, self._wiretap.token()),
            ("foreign_transfer", self._foreign_transfer, self._wiretap.transfer_id()),
            ("foreign_account", self._foreign_account, self._wiretap.account_ref()),
        ]
        return [(name, do) for name, do, can in acts if can]

    def close(self) -> None:
        self._client.close()

    def _linked(self) -> None:
        until = datetime.fromtimestamp(self._clock.now_s(), UTC) + timedelta(days=_DAYS)
        asked: dict[str, object] = {
            "type": "account_information",
            "validity": "period",
            "valid_to": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "apis": list(_APIS),
        }
        self._token = self._agreed(asked)
        items = self._client.call("accounts.list", "GET", "/api/accounts", token=self._token.access_token).data["items"]
        self._account_ref = next(each["account_ref"] for each in items if each["account_class"] == "I")

    def _agreed(self, asked: dict[str, object]) -> Tokens:
        """The accomplice agrees to what the rogue asks for."""
        state, pkce = secrets.token_urlsafe(18), Pkce.fresh()
        request_uri = self._client.oauth.push_authorization_request([asked], state, pkce, None)
        page = self._accomplice.user.at_bank(self._client.oauth.authorization_url(request_uri))
        brought = dict(parse_qsl(page.location.query))
        return self._client.oauth.exchange_code(self._client.oauth.code_of_return(brought), pkce)

    def _order(self) -> None:
        payee = self._founded.accounts_of(0)[0]
        amount, order_no = f"{self._lots.randint(1, 9)}.00", f"P{secrets.token_hex(10)}"
        ordered = self._client.call(
            "transfers.create", "POST", "/api/transfers",
            body={"order_no": order_no, "debtor_account_ref": self._account_ref, "amount": amount, "currency": "CNY"},
            sealed={"creditor_account": payee.account_number, "creditor_name": self._founded.people[0].name},
            token=self._own_token(), idempotency_key=f"create-{order_no}",
        )  # fmt: skip
        self._orders.append(_Order(str(ordered.data["transfer_id"]), amount))

    def _confirm(self) -> None:
        if order := self._unconfirmed():
            order.tokens = self._agreed({"type": "payment", "validity": "once", "transfer_id": order.transfer_id})

    def _execute(self) -> None:
        if order := self._confirmed():
            self._executed(order.transfer_id, order.amount, order, f"execute-{order.transfer_id}")
            order.is_spent = True

    def _execute_another(self) -> None:
        """One payment confirmed, another one executed under its token."""
        if (order := self._confirmed()) and (other := self._unconfirmed()):
            self.sends_as = "a payment that its payer has not confirmed"
            self._executed(other.transfer_id, other.amount, order, f"execute-{other.transfer_id}")

    def _execute_without_key(self) -> None:
        if order := self._confirmed():
            self.sends_as = "a payment without an idempotency key"
            self._executed(order.transfer_id, order.amount, order, None)

    def _executed(self, transfer_id: str, amount: str, order: _Order, key: str | None) -> None:
        assert order.tokens is not None
        self._client.call(
            "transfers.execute", "POST", f"/api/transfers/{transfer_id}/execute", body={"amount": amount},
            token=order.tokens.access_token, idempotency_key=key,
        )  # fmt: skip

    def _stolen_token(self) -> None:
        if token := self._wiretap.token():
            self.sends_as = "a token that belongs to another application"
            self._client.call("accounts.list", "GET", "/api/accounts", token=token)

    def _foreign_transfer(self) -> None:
        if transfer_id := self._wiretap.transfer_id():
            self.sends_as = "somebody else's transfer"
            self._client.call("transfers.get", "GET", f"/api/transfers/{transfer_id}", token=self._own_token())

    def _foreign_account(self) -> None:
        if account_ref := self._wiretap.account_ref():
            self.sends_as = "somebody else's account"
            path = f"/api/accounts/{account_ref}/balance"
            self._client.call("accounts.balance", "GET", path, token=self._own_token())

    def _stale(self) -> None:
        self.sends_as = "a message signed long ago"
        self._clock.wrong_by_s = -_STALE_S
        try:
            self._client.call("accounts.list", "GET", "/api/accounts", token=self._own_token())
        finally:
            self._clock.wrong_by_s = 0.0

    def _confirmed(self) -> _Order | None:
        """The newest order whose confirmation is still good."""
        now_s = self._clock.now_s()
        for each in reversed(self._orders):
            if each.tokens is not None and each.tokens.expires_s > now_s and not each.is_spent:
                return each
        return None

    def _unconfirmed(self) -> _Order | None:
        """The newest order that nobody has confirmed; one that is old has expired."""
        return next((each for each in self._orders[-2:] if each.tokens is None), None)

    def _own_token(self) -> str:
        assert self._token is not None
        return self._token.access_token


DAILY_BREAD = (Problem, *SIGHED_AT)
"""How an act of the rogue's may end."""


def rogue_page(_: Letter) -> Answer:
    """The rogue's web server, to which the accomplice comes back."""
    page = b"<!doctype html><html><head><title>Rogue</title></head><body><p>Welcome back.</p></body></html>"
    return Answer(200, [("content-type", "text/html; charset=utf-8")], page)
