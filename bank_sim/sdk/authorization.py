"""The application's side of OAuth 2.0: authorization code with PAR, PKCE and RAR, refresh, revocation.

RFC 6749, 7009, 7523 (private_key_jwt), 7636, 9126, 9207, 9396. Every request is signed like any other message and
every answer verified. Keeping tokens, states and verifiers is the application's business.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from bank_sim.sdk.answers import Received
from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.assertions import ASSERTION_TYPE, make_assertion
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.problems import (
    CATALOGUE,
    JSON_INVALID,
    OAUTH_ACCESS_DENIED,
    OAUTH_INVALID_REQUEST,
)
from bank_sim.sdk.protocol.sealing import SealContext, seal
from bank_sim.sdk.returning import require_return
from bank_sim.sdk.wire import Outgoing, Wire

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave. ``expires_s``: when the access token ends, in seconds since the epoch."""

    access_token: str = field(repr=False)
    expires_s: float
    refresh_token: str | None = field(default=None, repr=False)
    authorization_details: Sequence[Mapping[str, Any]] = ()


class AuthorizationClient:
    """The OAuth endpoints of one bank, for one application."""

    def __init__(self, wire: Wire, signing: PrivateKey) -> None:
        self._wire = wire
        self._signing = signing

    def push_authorization_request(
        self,
        authorization_details: Sequence[Mapping[str, Any]],
        state: str,
        pkce: Pkce,
        sealed: Mapping[str, str] | None = None,
    ) -> str:
        """Hand over what the user shall be asked (RFC 9126, 9396). The ``request_uri`` to send the user with.

        ``sealed``: the payee of a standing payment, ``creditor_account`` and ``creditor_name``, which only the bank can
        open, and only within this request.
        """
        if sealed is not None:
            context = SealContext(self._wire.settings.app_id, "oauth.par", "request", pkce.challenge)
            text = seal(dict(sealed), self._wire.bank.sealing, context)
            authorization_details = [{**each, "sealed": text} for each in authorization_details]
        answer = self.post(
            "par",
            response_type="code",
            redirect_uri=self._wire.settings.redirect_uri,
            state=state,
            code_challenge=pkce.challenge,
            code_challenge_method="S256",
            authorization_details=strict_json.dump(list(authorization_details)).decode(),
        )
        return _text(answer, "request_uri")

    def authorization_url(self, request_uri: str) -> str:
        """Where to send the user's browser; only the reference travels through it."""
        parameters = urlencode({"client_id": self._wire.settings.app_id, "request_uri": request_uri})
        return f"{self._wire.settings.authorization_endpoint}?{parameters}"

    def code_of_return(self, parameters: Mapping[str, str]) -> str:
        """The code that the user's browser brought back. The caller has matched ``state`` to the session already.

        ISS_MISMATCH (RFC 9207) before anything else is believed; the user's or bank's refusal as its own code.
        """
        require_return(parameters, self._wire.settings.issuer, self._wire.left_out())
        if "error" in parameters:
            kind = CATALOGUE.get(parameters["error"], OAUTH_ACCESS_DENIED)
            raise kind.problem(reason=parameters.get("error_description"))
        if not parameters.get("code"):
            raise OAUTH_INVALID_REQUEST.problem("The bank sent neither a code nor an error.")
        return parameters["code"]

    def exchange_code(self, code: str, pkce: Pkce) -> Tokens:
        """Tokens for a code, once."""
        answer = self.post(
            "token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=self._wire.settings.redirect_uri,
            code_verifier=pkce.verifier,
        )
        return self._tokens(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        """Fresh tokens. The bank rotates refresh tokens: the old one is spent, and using it again ends the consent's
        tokens, so callers must not refresh twice at the same time."""
        return self._tokens(self.post("token", grant_type="refresh_token", refresh_token=refresh_token))

    def client_credentials(self, scope: str | None = None) -> Tokens:
        """A token for the application itself (RFC 6749 section 4.4). ``scope``: API_IDs; None for all it may have."""
        asked = {"scope": scope} if scope else {}
        return self._tokens(self.post("token", grant_type="client_credentials", **asked))

    def revoke(self, token: str, token_type_hint: str = "refresh_token") -> None:  # noqa: S107 - a hint, no password
        """Give a token back (RFC 7009); with a refresh token go all tokens of its authorization."""
        self.post("revoke", token=token, token_type_hint=token_type_hint)

    def introspect(self, token: str) -> dict[str, Any]:
        """How one of the application's own tokens stands (RFC 7662): ``active``, and the authorization behind it."""
        return self.post("introspect", token=token)

    @property
    def issuer(self) -> str:
        return self._wire.settings.issuer

    def now_s(self) -> float:
        return self._wire.clock.now_s()

    @property
    def app_id(self) -> str:
        return self._wire.settings.app_id

    def post(self, endpoint: str, **parameters: str) -> dict[str, Any]:
        """Any endpoint below ``/oauth/``, by its path there: authenticated, signed, the answer verified."""
        return self.ask(endpoint, Received.document, **parameters)

    def ask(self, endpoint: str, read: Callable[[Received], Result], **parameters: str) -> Result:
        """The same, with the answer read by the caller, who may need its nonce to open what is sealed in it."""

        def compose(_nonce: str) -> Outgoing:
            return Outgoing(
                name=f"oauth.{endpoint.replace('/', '.')}",
                method="POST",
                path=f"/oauth/{endpoint}",
                headers={"content-type": "application/x-www-form-urlencoded"},
                body=urlencode(parameters | self._authentication()).encode(),
            )

        return self._wire.exchange(compose, read)

    def _authentication(self) -> dict[str, str]:
        settings = self._wire.settings
        assertion = make_assertion(
            self._signing, settings.app_id, settings.issuer, int(self._wire.clock.now_s()), secrets.token_urlsafe(18)
        )
        return {"client_id": settings.app_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}

    def _tokens(self, answer: Mapping[str, Any]) -> Tokens:
        expires_in_s = answer.get("expires_in")
        if not isinstance(expires_in_s, int):
            raise JSON_INVALID.problem("The bank's answer lacks expires_in.")
        return Tokens(
            access_token=_text(answer, "access_token"),
            expires_s=self._wire.clock.now_s() + expires_in_s,
            refresh_token=answer.get("refresh_token"),
            authorization_details=answer.get("authorization_details", ()),
        )


def _text(answer: Mapping[str, Any], member: str) -> str:
    value = answer.get(member)
    if not isinstance(value, str):
        raise JSON_INVALID.problem(f"The bank's answer lacks {member}.")
    return value
