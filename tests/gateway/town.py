"""A bank of real parts on a folder of its own, with a clock that tests turn, and the wire to it.

Only the network is left out: messages go to the WSGI application as the edge would hand them over.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bank_sim.bank import Secrets, open_bank
from bank_sim.clock import ManualClock
from bank_sim.config import Config
from bank_sim.consent import Authorisation, ConsentRequest, PaymentTerms, confirmation_digest
from bank_sim.consent.model import one_payment
from bank_sim.core.operations import core_operations
from bank_sim.core.seeding import IssuedAccount
from bank_sim.corelink import CoreLink, Operation
from bank_sim.edge.environ import environ_of
from bank_sim.gateway import DEFENCES, create_app
from bank_sim.registry.applications import Registry
from bank_sim.sandbox import ControlBlock, Switches
from bank_sim.sdk.protocol.signatures import Request, sign_request
from bank_sim.store import Store
from bank_sim.tokens import AuthorizationCode, Binding
from tests.gateway.party import AUTHORITY, PAYEE, PAYER, Party, User
from tests.gateway.wire import Message, Reply

# 2026-01-31 10:00 in Beijing.
MORNING_S = 1_769_824_800.0
ACCOUNT_APIS = (
    "accounts.list",
    "accounts.balance",
    "accounts.transactions",
    "accounts.limits",
    "wealth.holdings",
    "points.get",
    "transfers.create",
    "transfers.get",
)
PAYMENT = {"type": "payment", "apis": ("transfers.execute", "transfers.get"), "lifetime_s": 300}


class Town:
    """The bank and what surrounds it."""

    def __init__(self, config: Config, opened: Secrets, accounts: Sequence[IssuedAccount]) -> None:
        self.clock = ManualClock(MORNING_S)
        self.numbers = itertools.count(1)
        self.config = config
        self.opened = opened
        self.accounts = accounts
        self._block = ControlBlock(config.control_file)
        self.switches = Switches(self._block, config.weakened_file, DEFENCES)
        self._operations = core_operations(config.policy, secrets.token_bytes)
        self.bank = open_bank(config, self.clock, self.switches, opened, self._operations)
        self.app = create_app(self.bank)

    @property
    def store(self) -> Store:
        return self.bank.store

    @property
    def registry(self) -> Registry:
        return self.bank.registry

    def reopened(self) -> Town:
        """The same bank in another process; its clock stands where this one stands now."""
        other = Town(self.config, self.opened, self.accounts)
        other.clock.advance(self.clock.now_s() - MORNING_S)
        return other

    def with_operation(self, name: str, operation: Operation) -> None:
        """One operation of the core behaves otherwise from now on."""
        self.with_corelink(CoreLink(self._operations | {name: operation}))

    def with_corelink(self, corelink: CoreLink) -> None:
        self.bank = replace(self.bank, corelink=corelink)
        self.app = create_app(self.bank)

    def operation_names(self) -> set[str]:
        return set(self._operations)

    def with_policy(self, **changes: Any) -> None:
        """The bank chose other numbers."""
        policy = msgspec.structs.replace(self.config.policy, **changes)
        self.bank = replace(self.bank, config=msgspec.structs.replace(self.config, policy=policy))
        self.app = create_app(self.bank)

    def fresh(self, message: Message) -> Message:
        """The same message with a nonce of its own."""
        return replace(message, nonce=secrets.token_urlsafe(18))

    def account_number(self, person: int) -> str:
        return next(each.account_number for each in self.accounts if each.person_index == person)

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
        mine = [each for each in self.accounts if each.person_index == person]
        terms = asked.payment
        confirmed = confirmation_digest(terms) if terms is not None else None
        customer_id = mine[0].customer_id
        with self.store.write() as db:
            consent_id = self.bank.consents.request(db, asked)
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

    def standing_order(self, party: Party, per_payment_fen: int, total_fen: int) -> User:
        """The user confirms payments to the payee up to these limits."""
        payee = next(each.account_id for each in self.accounts if each.person_index == PAYEE)
        terms = PaymentTerms(payee_account_id=payee, per_payment_fen=per_payment_fen, total_fen=total_fen)
        return self.consent(party, **PAYMENT, payment=terms, validity="agreement")

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
        scope = {
            "method": message.method,
            "raw_path": message.path.encode("latin-1"),
            "query_string": message.query.encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            "client": (message.source, 4711),
            "server": ("127.0.0.1", 8440),
            "http_version": "1.1",
            "scheme": "https",
            "state": {"peer_certificate": message.certificate, "received_ns": time.perf_counter_ns()},
        }
        started: list[Any] = []
        parts = self.app.wsgi_app(environ_of(scope, body), lambda *given: started.extend(given))  # type: ignore[arg-type]
        content = b"".join(parts)
        return int(started[0][:3]), {name.lower(): value for name, value in started[1]}, content

    def records(self) -> list[dict[str, Any]]:
        """The access log, oldest first."""
        return list(self.store.db.query("SELECT * FROM access_log ORDER BY serial"))

    def orders(self) -> int:
        """How many transfers applications have ordered; those of the seeded past are not theirs."""
        return self.store.read("SELECT count(*) FROM transfers WHERE app_id LIKE 'app_%'")[0][0]

    def balance_fen(self, person: int) -> int:
        account_id = next(each.account_id for each in self.accounts if each.person_index == person)
        return self.store.read("SELECT balance_fen FROM ledger_accounts WHERE account_id = ?", (account_id,))[0][0]

    def close(self) -> None:
        self.bank.close()
        self._block.close()
