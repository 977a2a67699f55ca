"""What users allow the wallet at the bank: asked for, fetched as tokens, looked up, and given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_sim import asking
from app_sim.bank.line import Line
from app_sim.orders import AgreementTerms, Payee
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.sdk.server import EmbeddedForm, EmbeddedStep, Pkce, Tokens

_DAY_S = 86_400


class Authorization(Line):
    """Addresses to send users to, forms for a frame, and tokens."""

    def ask_for_accounts(self, state: str, pkce: Pkce) -> str:
        """The address to send the user to, who there chooses accounts and says yes or no."""
        return self._address(asking.accounts(self._until_s()), state, pkce)

    def ask_to_renew(self, consent: Mapping[str, Any], state: str, pkce: Pkce) -> str:
        """The same for keeping what a consent gives, for longer. ``consent``: as ``consent_behind`` tells."""
        return self._address(asking.renewal(consent, self._until_s()), state, pkce)

    def ask_to_amend(self, consent: Mapping[str, Any], state: str, pkce: Pkce) -> str:
        """The same for choosing accounts anew, and giving all that the wallet has a use for."""
        return self._address(asking.amendment(consent, self._until_s()), state, pkce)

    def ask_for_agreement(self, terms: AgreementTerms, payee: Payee, state: str, pkce: Pkce) -> str:
        """The address where the user agrees to payments to one payee, within limits, without being asked each time."""
        amount, total = format_fen(terms.amount_fen), format_fen(terms.amount_fen * terms.times)
        return self._address(asking.agreement(terms, amount, total), state, pkce, payee.sealed())

    def ask_for_payment(self, transfer_id: str, state: str, pkce: Pkce) -> str:
        """The address where the user confirms this one transfer with two factors."""
        return self._address(asking.one_payment(transfer_id), state, pkce)

    def open_form(self, transfer_id: str, state: str, pkce: Pkce, language: str) -> EmbeddedForm:
        """The same as a form of the bank for a frame of the wallet's page, in ``en`` or ``zh``."""
        request_uri = self._pushed(asking.one_payment(transfer_id), state, pkce)
        return self._ask("oauth.embedded", lambda: self._client.embedded.open(request_uri, language))

    def hand_over(self, session: str, sealed: str) -> EmbeddedStep:
        """Relay what the bank's form has sealed in the user's browser."""
        return self._ask("oauth.embedded.proof", lambda: self._client.embedded.hand_over(session, sealed))

    def send_code_again(self, session: str, language: str) -> EmbeddedStep:
        return self._ask("oauth.embedded.proof", lambda: self._client.embedded.send_again(session, language))

    def consent_behind(self, token: str) -> dict[str, Any] | None:
        """What the user's consent is at the bank at this moment; None when it is over."""
        oauth = self._client.oauth
        state = self._ask("oauth.introspect", lambda: oauth.introspect(token), who=token)
        details: list[dict[str, Any]] = state.get("authorization_details", [])
        return details[0] if state.get("active") and details else None

    def tokens_of_return(self, parameters: Mapping[str, str], pkce: Pkce) -> Tokens:
        """Tokens for what the user's browser brought back; ISS_MISMATCH, or the refusal that it brought."""
        return self.tokens_of_code(self._client.oauth.code_of_return(parameters), pkce)

    def tokens_of_code(self, code: str, pkce: Pkce) -> Tokens:
        return self._ask("oauth.token", lambda: self._client.oauth.exchange_code(code, pkce))

    def refresh(self, refresh_token: str) -> Tokens:
        return self._ask("oauth.token", lambda: self._client.oauth.refresh(refresh_token))

    def revoke(self, refresh_token: str) -> None:
        self._ask("oauth.revoke", lambda: self._client.oauth.revoke(refresh_token))

    def _address(self, details: dict[str, Any], state: str, pkce: Pkce, sealed: Mapping[str, str] | None = None) -> str:
        return self._client.oauth.authorization_url(self._pushed(details, state, pkce, sealed))

    def _pushed(self, details: dict[str, Any], state: str, pkce: Pkce, sealed: Mapping[str, str] | None = None) -> str:
        oauth = self._client.oauth
        return self._ask("oauth.par", lambda: oauth.push_authorization_request([details], state, pkce, sealed))

    def _until_s(self) -> float:
        return self._clock.now_s() + self._config.consent_days * _DAY_S
