"""The bank in the process of the test, with one application that users have agreed to and that moves their money."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bank_sim.consent import ACCOUNT_INFORMATION, Authorisation, ConsentRequest
from bank_sim.corelink import OperationRequest
from bank_sim.registry.registration import Registration
from bank_sim.sdk.deletion import state_deletion
from bank_sim.sdk.protocol.keypairs import PrivateKey, generate
from bank_sim.supervision import DEFENCES, duties, notices, states, tasks
from bank_sim.supervision.states import Exit
from bank_sim.tokens import Binding
from tests.bank_in_process import PAYEE, PAYER, PEOPLE, Founded, OpenedBank

DAY_S = 86_400
WORKER, DECIDER = "chen", "lin"


@dataclass
class Desk:
    """``bank`` with a clock that tests turn; each deed in one transaction, as the faces do it."""

    opened: OpenedBank
    founded: Founded
    signing: PrivateKey = field(default_factory=lambda: generate("gm", "sig"))
    app_id: str = ""

    def __post_init__(self) -> None:
        self.bank = self.opened.bank
        opening = generate("gm", "enc")
        registered = self.bank.registry.register(
            Registration(
                name="Clearbook",
                name_zh="晴川记账",
                redirect_uris=["https://clearbook.example/callback"],
                events_url="https://clearbook.example/events",
                jwks={"keys": [self.signing.public.jwk(), opening.public.jwk()]},
                apis="payments",
            )
        )
        self.app_id = registered.app_id
        self.duties = duties(
            self.bank.config.policy, self.bank.events, self.bank.standings, lambda store, app_id: 1_000
        )

    @property
    def now_ms(self) -> int:
        return self.bank.clock.now_ms()

    @property
    def status(self) -> str:
        application = self.bank.registry.application(self.app_id)
        assert application is not None
        return application.status

    def exits(self, step: str, *given: Any) -> Any:
        """One step of its exit."""
        named = {} if step == "prove" else {"by": WORKER, "reason": "a drill"}
        with self.bank.store.write() as db:
            return getattr(self.bank.exits, step)(db, self.app_id, *given, **named)

    def inspection(self) -> str:
        """An inspection that the clock began."""
        self.passes(self.bank.config.policy.inspection_interval_s)
        return next(each.task_id for each in tasks.standing(self.bank.store) if each.kind == "inspection")

    def asks(self, reason: str) -> Exit:
        """The application asks to leave."""
        with self.bank.store.write() as db:
            return self.bank.exits.ask(db, self.app_id, reason)

    def stays(self) -> None:
        """It takes that back."""
        with self.bank.store.write() as db:
            self.bank.exits.withdraw(db, self.app_id)

    def notices_sent(self) -> int:
        """How many users were told that it leaves."""
        found = states.current(self.bank.store, self.app_id)
        return notices.told(self.bank.store, found.exit_id) if found is not None else 0

    def does(self, act: str, *given: Any, **named: Any) -> Any:
        """Something that the bank or the application does about the other."""
        with self.bank.store.write() as db:
            return getattr(self.bank.supervisor, act)(db, *given, **named)

    def passes(self, seconds: float) -> None:
        """Time passes, and what falls due is done."""
        self.opened.clock.advance(seconds)
        for each in self.duties:
            each.perform(self.bank.store, self.now_ms)

    def consented(self, person: int = PAYER) -> str:
        """A user lets the application see their accounts. The consent."""
        bank, accounts = self.bank, self.accounts(person)
        until_s = int(bank.clock.now_s()) + 90 * DAY_S
        asked = ConsentRequest(self.app_id, ACCOUNT_INFORMATION, "period", until_s, ("accounts.list",))
        with bank.store.write() as db:
            consent_id = bank.consents.request(db, asked)
            given = Authorisation(accounts[0][1], (accounts[0][0],), ("password", "sms_code"), {"language": "zh"})
            bank.consents.authorise(db, consent_id, given)
        return consent_id

    def token(self) -> str:
        with self.bank.store.write() as db:
            issued = self.bank.tokens.issue_for_application(db, self.app_id, Binding(), "rates.list", 3600)
        return issued.access_token

    def orders(self, amount_fen: int = 100) -> str:
        """An order of the payer's that nobody has confirmed yet. The transfer."""
        payer, payee = self.accounts(PAYER)[0], self.opened_accounts(PAYEE)[0]
        body = {
            "order_no": secrets.token_hex(8), "amount_fen": amount_fen, "currency": "CNY",
            "creditor_account": payee.account_number, "creditor_name": PEOPLE[PAYEE].name,
        }  # fmt: skip
        request = OperationRequest(self.app_id, self.now_ms, payer[1], account_id=payer[0], body=body)
        with self.bank.store.write() as db:
            return str(self.bank.corelink.call("transfers.create", db.conn, request)["transfer_id"])

    def accounts(self, person: int) -> list[tuple[str, str]]:
        """Account and customer of each account of a person."""
        return [(each.account_id, each.customer_id) for each in self.opened_accounts(person)]

    def opened_accounts(self, person: int) -> Any:
        return [each for each in self.founded.accounts if each.person_index == person]

    def until(self, state: str) -> None:
        """Everything in order, as far as ``state``."""
        way: list[tuple[str, str, float]] = [
            ("announce", "announced", 0), ("stop", "closing", 0), ("settle", "settled", 0),
            ("void", "voided", self.bank.config.policy.exit_lead_s), ("archive", "archived", 0),
        ]  # fmt: skip
        for step, to, after_s in way:
            self.passes(after_s)
            self.exits(step)
            if to == state:
                return
        self.exits("prove", self.statement())
        if state == "closed":
            self.exits("close")

    def statement(self, key: PrivateKey | None = None, **changes: Any) -> str:
        said: dict[str, Any] = {
            "app_id": self.app_id, "deleted": {"tokens": 3}, "kept": {"journal": "six months"},
            "stated_at_s": int(self.bank.clock.now_s()),
        }  # fmt: skip
        return state_deletion(key or self.signing, **(said | changes))

    def events(self) -> list[tuple[str, Any]]:
        return [(each.type, dict(each.data)) for each in self.bank.events.of_application(self.app_id, 100)]

    def dump(self) -> list[str]:
        """Everything in the store, to compare before and after."""
        return list(self.bank.store.db.conn.iterdump())


@pytest.fixture
def desk(founded: Founded) -> Iterator[Desk]:
    opened = OpenedBank(founded, DEFENCES)
    yield Desk(opened, founded)
    opened.close()
