"""An application party with its keys, and the users who consented to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.sealing import SealContext, open_sealed, seal
from bank_sim.sdk.protocol.signatures import verify_answer
from tests.bank_in_process import PAYEE, PEOPLE
from tests.gateway.wire import Message, Reply

if TYPE_CHECKING:
    from bank_sim.registry.parties import Credentials
    from tests.gateway.town import Town

AUTHORITY = "localhost:8440"


@dataclass(frozen=True, slots=True)
class User:
    """A user's consent to one party, with the token that came of it."""

    customer_id: str
    consent_id: str
    token: str
    account_refs: tuple[str, ...]


class Party:
    """An application party with its keys, as it would keep them."""

    def __init__(self, town: Town, suite: str, **changes: Any) -> None:
        self.town = town
        self.suite = suite
        self.signing = keypairs.generate(suite, "sig")
        self.opening = keypairs.generate(suite, "enc")
        document = {
            "name": "party",
            "suite": suite,
            "jwks": {"keys": [self.signing.public.jwk(), self.opening.public.jwk()]},
            "apis": "payments",
        } | changes
        self.credentials: Credentials = town.registry.register(Registration(**document))
        self.app_id = self.credentials.app_id
        self.secret = MacKey(suite, (self.credentials.app_secret or "x" * 32).encode())
        self.keyid = f"{self.app_id}.{self.signing.kid}"

    def wrong_secret(self) -> MacKey:
        """A guess at App_Secret."""
        return MacKey(self.suite, secrets.token_bytes(32))

    def message(self, method: str, path: str, **changes: Any) -> Message:
        """A message as it should be; ``token`` and ``idempotency_key`` become headers, ``json`` the body."""
        headers = {"host": AUTHORITY, "x-api-version": "1", **changes.pop("headers", {})}
        if token := changes.pop("token", None):
            headers["authorization"] = f"Bearer {token}"
        if idempotency_key := changes.pop("idempotency_key", None):
            headers["idempotency-key"] = idempotency_key
        body = changes.pop("body", b"")
        if (document := changes.pop("json", None)) is not None:
            body = msgspec.json.encode(document)
        if body:
            headers |= {"content-type": "application/json", "content-digest": content_digest(self.suite, body)}
        facts = {
            "headers": headers,
            "body": body,
            "key": self.signing,
            "keyid": self.keyid,
            "created_s": int(self.town.clock.now_s()),
            "nonce": secrets.token_urlsafe(18),
        }
        return Message(method, path, **(facts | changes))

    def with_secret(self, message: Message) -> Message:
        """The same message, to be authenticated by App_Secret."""
        return replace(message, key=self.secret, keyid=f"{self.app_id}.secret")

    def sealed(self, fields: Mapping[str, object], **context: str) -> str:
        """Sensitive members for the bank. ``context`` says where they belong: the nonce, and what differs."""
        facts = {"app_id": self.app_id, "api_id": "transfers.create", "direction": "request"} | context
        return seal(fields, self.town.bank.keys.opening(self.suite).public, SealContext(**facts))  # type: ignore[arg-type]

    def open(self, reply: Reply, api_id: str) -> dict[str, Any]:
        """The sealed members of an answer."""
        return open_sealed(
            reply.data["sealed"], self.opening, SealContext(self.app_id, api_id, "response", reply.nonce)
        )

    def require_signed(self, reply: Reply, key: Any = None) -> None:
        """The answer is signed, by the bank's key of the party's suite or the one given, and bound to its request."""
        expected = key or self.town.bank.keys.signing(self.suite).public
        verify_answer(reply.status, reply.headers, reply.body, reply.request_headers, expected)

    def get(self, path: str, **changes: Any) -> Reply:
        return self.town.send(self.message("GET", path, **changes))

    def order(self, user: User, **changes: Any) -> Message:
        """A transfer order of 100.00 from the user's first account to the other user's."""
        nonce = secrets.token_urlsafe(18)
        payee = {"creditor_account": self.town.account_number(PAYEE), "creditor_name": PEOPLE[PAYEE].name}
        document = {
            "order_no": f"order-{next(self.town.numbers)}",
            "debtor_account_ref": user.account_refs[0],
            "amount": "100.00",
            "currency": "CNY",
            "sealed": self.sealed(payee, nonce=nonce),
        } | changes.pop("document", {})
        facts = {"token": user.token, "idempotency_key": secrets.token_hex(8), "json": document, "nonce": nonce}
        return self.message("POST", "/api/transfers", **(facts | changes))

    def execution(self, transfer_id: str, token: str, **changes: Any) -> Message:
        facts = {"token": token, "idempotency_key": secrets.token_hex(8), "json": {"amount": "100.00"}}
        return self.message("POST", f"/api/transfers/{transfer_id}/execute", **(facts | changes))
