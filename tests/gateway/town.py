"""A bank of real parts on a folder of its own, with a clock that tests turn, and the wire to it.

Only the network is left out: messages go to the WSGI application as the edge would hand them over.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.clock import ManualClock
from bank_sim.consent import Authorisation, ConsentRequest, PaymentTerms, confirmation_digest
from bank_sim.consent.model import one_payment
from bank_sim.corelink import CoreLink, Operation
from bank_sim.gateway import DEFENCES, create_app
from bank_sim.registry.applications import Registry
from bank_sim.sdk.protocol.signatures import Request, sign_request
from bank_sim.store import Store
from bank_sim.tokens import AuthorizationCode, Binding
from tests.bank_in_process import MORNING_S, PAYEE, PAYER, Founded, OpenedBank, hand_over
from tests.gateway.party import AUTHORITY, Party, User
from tests.gateway.wire import Message, Reply

ACCOUNT_APIS = (
    "accounts.list",
    "accounts.balance",
    "accounts.balances",
    "accounts.transactions",
    "accounts.limits",
    "wealth.holdings",
    "points.get",
    "transfers.create",
    "transfers.get",
)
STANDING_APIS = ("transfers.execute", "transfers.get", "debits.create")
PAYMENT = {"type": "payment", "apis": ("transfers.execute", "transfers.get"), "lifetime_s": 300}


class Town:
    """The bank and what surrounds it."""

    def __init__(self, founded: Founded, clock: ManualClock | None = None, known: frozenset[str] = DEFENCES) -> None:
        self.numbers = itertools.count(1)
        self.held: list[Any] | None = None
        self._founded = founded
        self._opened = OpenedBank(founded, known, clock)
        self.bank, self.clock, self.switches = self._opened.bank, self._opened.clock, self._opened.switches
        self.app = create_app(self.bank)

    @property
    def store(self) -> Store:
        return self.bank.store

    @property
    def registry(self) -> Registry:
        return self.bank.registry

    def reopened(self) -> Town:
        """The same bank in another process; its clock stands where this one stands now."""
        return Town(self._founded, ManualClock(self.clock.now_s()))

    def with_operation(self, name: str, operation: Operation) -> None:
        """One operation of the core behaves otherwise from now on."""
        self.with_corelink(CoreLink(self._opened.operations | {name: operation}))

    def with_corelink(self, corelink: CoreLink) -> None:
        self.bank = replace(self.bank, corelink=corelink)
        self.app = create_app(self.bank)

    def operation_names(self) -> set[str]:
        return set(self._opened.operations)

    def with_policy(self, **changes: Any) -> None:
        """The bank chose other numbers."""
        policy = msgspec.structs.replace(self._founded.config.policy, **changes)
        self.bank = replace(self.bank, config=msgspec.structs.replace(self._founded.config, policy=policy))
        self.app = create_app(self.bank)

    def fresh(self, message: Message) -> Message:
        """The same message with a nonce of its own."""
        return replace(message, nonce=secrets.token_urlsafe(18))

    def account_number(self, person: int) -> str:
        return self._founded.accounts_of(person)[0].account_number

    def consent(self, party: Party, person: int = PAYER, **changes: Any) -> User:
        """A user links all accounts to a party, as the bank's pages would record it."""
        lifetime_s = changes.pop("lifetime_s", 1800)
        binding = changes.pop("binding", Binding(party.signing.kid))
        now_s = int(self.clock.now_s())
        facts: dict[str, Any] = {
            "app_id": party.app_id,
            "type": "account_information",
            "validity": "period",
            "valid_to_s": now_s + 86_400,
            "apis": ACCOUNT_APIS,
        }
        asked = ConsentRequest(**(facts | changes))
        mine = self._founded.accounts_of(person)
        terms = asked.payment
        customer_id = mine[0].customer_id
        with self.store.write() as db:
            consent_id = self.bank.consents.request(db, asked)
            confirmed = confirmation_digest(terms) if terms is not None else None
            account_ids = [each.account_id for each in mine]
            self.bank.consents.authorise(
                db,
                consent_id,
                Authorisation(customer_id, account_ids, ("password", "sms_code"), {"page": "test"}, confirmed),
            )
            code = AuthorizationCode(party.app_id, consent_id, customer_id, "https://a", "c", asked.valid_to_s)
            issued = self.bank.tokens.issue_for_user(
                db, code, "family", binding, " ".join(asked.apis), lifetime_s, refreshable=False
            )
        refs = self.bank.consents.account_refs(consent_id)
        return User(customer_id, consent_id, issued.access_token, tuple(refs[each] for each in account_ids))

    def payment(self, party: Party, transfer_id: str, **changes: Any) -> User:
        """The user confirms one transfer with a second factor."""
        payee_account_id, amount_fen = self.store.read(
            "SELECT creditor_account_id, amount_fen FROM transfers WHERE transfer_id = ?", (transfer_id,)
        )[0]
        facts = {"payment": one_payment(transfer_id, payee_account_id, amount_fen), "validity": "once"}
        return self.consent(party, **(PAYMENT | facts | changes))

    def standing_order(self, party: Party, per_payment_fen: int, total_fen: int, **limits: Any) -> User:
        """The user confirms payments to the payee up to these limits, for a year."""
        payee = self._founded.accounts_of(PAYEE)[0].account_id
        until_s = int(self.clock.now_s()) + 365 * 86_400
        terms = PaymentTerms(
            payee_account_id=payee, per_payment_fen=per_payment_fen, total_fen=total_fen, until_s=until_s, **limits
        )
        facts = {"apis": STANDING_APIS, "valid_to_s": until_s, "lifetime_s": 300 * 86_400}
        return self.consent(party, **(PAYMENT | facts), payment=terms, validity="agreement")

    def binding(self, party: Party) -> Binding:
        return Binding(party.signing.kid)

    def certificate(self) -> tuple[bytes, str]:
        """A client certificate as DER and PEM; who issued it is TLS's business."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "party")])
        start = datetime.fromtimestamp(MORNING_S, UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), next(self.numbers), start, start + timedelta(9))
        certificate = builder.sign(key, hashes.SHA256())
        return certificate.public_bytes(Encoding.DER), certificate.public_bytes(Encoding.PEM).decode()

    def signed_headers(self, message: Message) -> dict[str, str]:
        """The headers of a message as its sender sends them."""
        headers = dict(message.headers)
        if message.key is None:
            return headers
        covered = {name: value for name, value in headers.items() if name not in message.unsigned}
        request = Request(message.method, headers.get("host", AUTHORITY), message.path, message.query, covered)
        return headers | sign_request(request, message.key, message.keyid, message.created_s, message.nonce)

    def send(self, message: Message) -> Reply:
        headers = self.signed_headers(message)
        for name, value in message.extra.items():
            headers.pop(name, None)
            if value is not None:
                headers[name] = value
        body = message.body if message.sent_body is None else message.sent_body
        status, answer_headers, answer_body = self.deliver(message, [*headers.items(), *message.repeated], body)
        return Reply(status, answer_headers, answer_body, headers, message.nonce)

    def deliver(
        self, message: Message, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Hand raw bytes over as the edge does."""
        status, answered, content = hand_over(
            self.app, message.method, message.path, message.query, headers, body, message.certificate, message.source,
            message.connection, self.held,
        )  # fmt: skip
        return status, {name.lower(): value for name, value in answered}, content

    def records(self) -> list[dict[str, Any]]:
        """The access log, oldest first."""
        return list(self.store.db.query("SELECT * FROM access_log ORDER BY serial"))

    def orders(self) -> int:
        """How many transfers applications have ordered; those of the seeded past are not theirs."""
        return self.store.read("SELECT count(*) FROM transfers WHERE app_id LIKE 'app_%'")[0][0]

    def balance_fen(self, person: int) -> int:
        account_id = self._founded.accounts_of(person)[0].account_id
        return self.store.read("SELECT balance_fen FROM ledger_accounts WHERE account_id = ?", (account_id,))[0][0]

    def close(self) -> None:
        self._opened.close()
