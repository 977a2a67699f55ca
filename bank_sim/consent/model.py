"""What a consent is, as values: what an application asks for, what the user gave, and what that covers.

Pure: no store and no clock. Money is integer fen, instants are seconds since the epoch on the virtual clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.suites import digest

ConsentType = Literal["account_information", "payment"]
Validity = Literal["once", "period", "agreement"]
State = Literal["requested", "authorised", "used", "expired", "revoked", "declined"]

ACCOUNT_INFORMATION: ConsentType = "account_information"
PAYMENT: ConsentType = "payment"

# A payment consent carries a payment out and tells its outcome; nothing else can be asked of it.
PAYMENT_APIS = ("transfers.execute", "transfers.get")


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What may be paid. ``once``: one existing transfer, by id. Otherwise a payee with limits a payment and in total.

    The payee is the core's account id, with masked texts for pages: the full number is the core's to keep.
    """

    transfer_id: str | None = None
    payee_account_id: str | None = None
    payee_account_masked: str | None = None
    payee_name_masked: str | None = None
    per_payment_fen: int | None = None
    total_fen: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What an application asks the user for. ``valid_to_s`` always stands: no consent is without an end."""

    app_id: str
    type: ConsentType
    validity: Validity
    valid_to_s: int
    apis: tuple[str, ...]
    payment: PaymentTerms | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as it stands at the moment of reading; ``state`` is already judged by the virtual clock.

    ``factors``        what proved the user, in order: ``("password", "sms_code")``
    ``confirmed_sm3``  digest of the payee and amount that the second factor confirmed; None when it confirmed none
    ``used_fen``       what payments under it have taken so far; how often it was used, the access log says
    """

    consent_id: str
    app_id: str
    type: ConsentType
    validity: Validity
    state: State
    apis: frozenset[str]
    customer_id: str | None
    valid_to_s: int
    requested_at_ms: int
    authorised_at_ms: int | None
    ended_at_ms: int | None
    payment: PaymentTerms | None
    factors: tuple[str, ...]
    confirmed_sm3: bytes | None
    used_fen: int

    def covers(self, api_id: str) -> bool:
        return api_id in self.apis

    def require_live(self) -> None:
        """The user's word stands: CONSENT_REQUIRED, CONSENT_REVOKED or CONSENT_EXPIRED otherwise.

        A consent for one use is still live after it, so that the outcome of that use can be asked for.
        """
        if self.state == "revoked":
            raise problems.CONSENT_REVOKED.problem()
        if self.state == "expired":
            raise problems.CONSENT_EXPIRED.problem()
        if self.state not in ("authorised", "used"):
            raise problems.CONSENT_REQUIRED.problem(reason=f"consent is {self.state}")

    def require_usable(self) -> None:
        """Live, and if given for one use then not used yet (GRANT_CONSUMED)."""
        self.require_live()
        if self.state == "used":
            raise problems.GRANT_CONSUMED.problem()

    def require_confirmed(self, transfer_id: str, payee_account_id: str, amount_fen: int) -> None:
        """The user confirmed this very payment, or a standing order that covers it.

        1. A consent of another type, for another transfer or payee confirms nothing: TRANSACTION_NOT_CONFIRMED.
        2. Payee and amount are those that the second factor was bound to: CONFIRMATION_MISMATCH.
        3. A standing order's limits hold: CONSENT_LIMIT_EXCEEDED. Its running total is claimed by ``Consents.use``.
        """
        terms = self.payment
        if terms is None or self.confirmed_sm3 is None:
            raise problems.TRANSACTION_NOT_CONFIRMED.problem()
        if self.validity == "once":
            if terms.transfer_id != transfer_id:
                raise problems.TRANSACTION_NOT_CONFIRMED.problem()
            terms = one_payment(transfer_id, payee_account_id, amount_fen)
        elif terms.payee_account_id != payee_account_id:
            raise problems.TRANSACTION_NOT_CONFIRMED.problem()
        if confirmation_digest(terms) != self.confirmed_sm3:
            raise problems.CONFIRMATION_MISMATCH.problem()
        # What earlier payments took is not looked at: this one may be the repetition of a payment that was made.
        if amount_fen > min(terms.per_payment_fen or 0, terms.total_fen or 0):
            raise problems.CONSENT_LIMIT_EXCEEDED.problem()


def one_payment(transfer_id: str, payee_account_id: str, amount_fen: int) -> PaymentTerms:
    """The terms of a single transfer, as they are confirmed and checked."""
    return PaymentTerms(transfer_id, payee_account_id, per_payment_fen=amount_fen, total_fen=amount_fen)


def confirmation_digest(terms: PaymentTerms) -> bytes:
    """What a confirmation code is bound to: SM3 over transfer, payee's account and amounts (JR/T 0185 10.2.2)."""
    bound = {
        "transfer_id": terms.transfer_id,
        "payee_account_id": terms.payee_account_id,
        "per_payment_fen": terms.per_payment_fen,
        "total_fen": terms.total_fen,
    }
    return digest("gm", strict_json.dump(bound))
