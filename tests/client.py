"""An application party that speaks OAuth with the branch: every request as it should be, and with changes."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode

from bank_sim.registry.registration import Registration
from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from tests.branch import Branch, Reply, deliver
from tests.browser import CALLBACK, Browser

ISSUER = "https://localhost:8440"


class Client:
    """An application party with its keys, speaking OAuth."""

    def __init__(self, branch: Branch, suite: str = "intl", **changes: Any) -> None:
        self.branch = branch
        self.suite = suite
        self.signing = keypairs.generate(suite, "sig")
        self.opening = keypairs.generate(suite, "enc")
        document = {
            "name": "钱包 Wallet",
            "suite": suite,
            "redirect_uris": [CALLBACK],
            "jwks": {"keys": [self.signing.public.jwk(), self.opening.public.jwk()]},
            "apis": "payments",
        } | changes
        self.app_id = branch.bank.registry.register(Registration(**document)).app_id
        self.verifier = secrets.token_urlsafe(32)

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def assertion(self, audience: str = ISSUER, **changes: Any) -> str:
        facts: dict[str, Any] = {
            "key": self.signing,
            "client_id": self.app_id,
            "audience": audience,
            "issued_at_s": int(self.branch.clock.now_s()),
            "jti": secrets.token_urlsafe(12),
        }
        return make_assertion(**(facts | changes))

    def proof(self) -> dict[str, str]:
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}

    def post(
        self, endpoint: str, form: dict[str, str], *, proven: bool = True, signed: bool = False,
        headers: tuple[tuple[str, str], ...] = (), **given: Any,
    ) -> Reply:  # fmt: skip
        """A form to an endpoint; ``signed``: under an RFC 9421 signature by the client's signing key."""
        body = urlencode((self.proof() if proven else {}) | form).encode()
        return self.send(endpoint, body, signed=signed, headers=headers, **given)

    def send(
        self, endpoint: str, body: bytes, *, signed: bool = False, headers: tuple[tuple[str, str], ...] = (),
        media_type: str = "application/x-www-form-urlencoded", **given: Any,
    ) -> Reply:  # fmt: skip
        path = f"/oauth/{endpoint}"
        sent = {"host": "localhost:8440", "content-type": media_type}
        if signed:
            sent["content-digest"] = content_digest(self.suite, body)
            message = Request("POST", sent["host"], path, "", sent)
            keyid, now_s = f"{self.app_id}.{self.signing.kid}", int(self.branch.clock.now_s())
            sent |= sign_request(message, self.signing, keyid, now_s, secrets.token_urlsafe(18))
        self.sent = sent
        return deliver(self.branch.machines, "POST", path, [*sent.items(), *headers], body, **given)

    def ask(self, detail: dict[str, Any] | str | None = None, **changes: Any) -> Reply:
        """A pushed request; ``changes`` with None take a parameter away."""
        form: dict[str, Any] = {
            "client_id": self.app_id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "state": "a state",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "authorization_details": detail if isinstance(detail, str) else json.dumps([detail or self.accounts()]),
        } | changes
        signed = form.pop("signed", False)
        return self.post("par", {name: value for name, value in form.items() if value is not None}, signed=signed)

    def accounts(self, **changes: Any) -> dict[str, Any]:
        """Authorization details: balances for a month."""
        valid_to = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.branch.clock.now_s() + 30 * 86_400))
        detail = {
            "type": "account_information",
            "validity": "period",
            "valid_to": valid_to,
            "apis": ["accounts.list", "accounts.balance"],
        } | changes
        return {name: value for name, value in detail.items() if value is not None}

    def location(self, detail: dict[str, Any] | None = None, **changes: Any) -> str:
        """Where the browser is sent after a push."""
        pushed = self.ask(detail, **changes)
        assert pushed.status == 201, pushed.text
        return "/authorize?" + urlencode({"client_id": self.app_id, "request_uri": pushed.json["request_uri"]})

    def redeem(self, code: str, /, **changes: Any) -> Reply:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | changes
        return self.post("token", {name: value for name, value in form.items() if value is not None})

    def refresh(self, refresh_token: str) -> Reply:
        return self.post("token", {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def linked(self, person: int = 0, detail: dict[str, Any] | None = None) -> dict[str, Any]:
        """The token response after a user has agreed."""
        answer = Browser(self.branch).agree(self.location(detail), person)
        return self.redeem(answer["code"]).json
