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
State = Literal["requested", "authorised", "used", "expired", "revoked", "declined", "replaced"]
Change = Literal["amends", "renews"]
"""What a request for consent does to one that stands: ask for something else, or for the same for longer."""
Period = Literal["day", "month"]
"""The stretch of time by which a standing payment may be limited: calendar days or months of Beijing."""

ACCOUNT_INFORMATION: ConsentType = "account_information"
PAYMENT: ConsentType = "payment"

# A payment consent carries a payment out and tells its outcome; nothing else can be asked of it.
PAYMENT_APIS = ("transfers.execute", "transfers.get")
# Under a standing one the bank also takes orders that name no payee: it is the one that the user agreed to.
DEBIT_API = "debits.create"


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What may be paid. ``once``: one existing transfer, by id. Otherwise a payee with limits a payment and in total.

    The payee is the core's account id, with masked texts for pages: the full number is the core's to keep.
    ``per_period_fen`` limits what is paid in a calendar ``period``; both None: no such limit. ``until_s``: the end of a
    standing payment, which the user's second factor confirms with the rest.
    """

    transfer_id: str | None = None
    payee_account_id: str | None = None
    payee_account_masked: str | None = None
    payee_name_masked: str | None = None
    per_payment_fen: int | None = None
    total_fen: int | None = None
    per_period_fen: int | None = None
    period: Period | None = None
    until_s: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What an application asks the user for. ``valid_to_s`` always stands: no consent is without an end.

    ``replaces``: the consent whose place this one takes once the user agrees, and ``change`` in which way.
    """

    app_id: str
    type: ConsentType
    validity: Validity
    valid_to_s: int
    apis: tuple[str, ...]
    payment: PaymentTerms | None = None
    replaces: str | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as it stands at the moment of reading; ``state`` is already judged by the virtual clock.

    ``factors``        what proved the user, in order: ``("password", "sms_code")``
    ``confirmed_sm3``  digest of the payee and amount that the second factor confirmed; None when it confirmed none
    ``used_fen``       what payments under it have taken so far; how often it was used, the access log says
    ``replaces``       the consent whose place it takes, or took; ``change`` says in which way
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
    replaces: str | None = None
    change: Change | None = None

    @property
    def stands(self) -> bool:
        """The user's word is in force and may be used: what a user, or an application, calls a live consent."""
        return self.state == "authorised"

    def covers(self, api_id: str) -> bool:
        return api_id in self.apis

    def require_live(self) -> None:
        """The user's word stands: CONSENT_REQUIRED, CONSENT_REVOKED or CONSENT_EXPIRED otherwise.

        A consent for one use is still live after it, so that the outcome of that use can be asked for.
        """
        if self.state in ("revoked", "replaced"):
            raise problems.CONSENT_REVOKED.problem(
                "Another consent has taken its place." if self.state == "replaced" else None
            )
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
        """The user confirmed this very payment, or payments to this payee.

        1. A consent of another type, for another transfer or payee confirms nothing: TRANSACTION_NOT_CONFIRMED.
        2. Payee and amount are those that the second factor was bound to: CONFIRMATION_MISMATCH.
        """
        terms = self._confirmed_terms()
        if self.validity == "once":
            if terms.transfer_id != transfer_id:
                raise problems.TRANSACTION_NOT_CONFIRMED.problem()
            terms = one_payment(transfer_id, payee_account_id, amount_fen)
        elif terms.payee_account_id != payee_account_id:
            raise problems.TRANSACTION_NOT_CONFIRMED.problem()
        self._require_bound(terms)

    def require_agreement(self) -> None:
        """A standing payment whose terms the second factor was bound to: TRANSACTION_NOT_CONFIRMED or _MISMATCH."""
        terms = self._confirmed_terms()
        if self.validity == "once" or terms.payee_account_id is None:
            raise problems.TRANSACTION_NOT_CONFIRMED.problem()
        self._require_bound(terms)

    def require_within_limits(self, amount_fen: int) -> None:
        """No limit of a standing payment is below this one amount: CONSENT_LIMIT_EXCEEDED.

        What earlier payments took is not looked at: this one may be the repetition of a payment that was made. The
        running totals are claimed by ``Consents.use``.
        """
        terms = self.payment
        if terms is None or terms.payee_account_id is None:
            return
        limits = (terms.per_payment_fen, terms.per_period_fen, terms.total_fen)
        if any(limit is not None and amount_fen > limit for limit in limits):
            raise problems.CONSENT_LIMIT_EXCEEDED.problem()

    def _confirmed_terms(self) -> PaymentTerms:
        if self.payment is None or self.confirmed_sm3 is None:
            raise problems.TRANSACTION_NOT_CONFIRMED.problem()
        return self.payment

    def _require_bound(self, terms: PaymentTerms) -> None:
        if confirmation_digest(terms) != self.confirmed_sm3:
            raise problems.CONFIRMATION_MISMATCH.problem()


def one_payment(transfer_id: str, payee_account_id: str, amount_fen: int) -> PaymentTerms:
    """The terms of a single transfer, as they are confirmed and checked."""
    return PaymentTerms(transfer_id, payee_account_id, per_payment_fen=amount_fen, total_fen=amount_fen)


def confirmation_digest(terms: PaymentTerms) -> bytes:
    """What a confirmation code is bound to: SM3 over transfer, payee's account, amounts and end (JR/T 0185 10.2.2)."""
    bound = {
        "transfer_id": terms.transfer_id,
        "payee_account_id": terms.payee_account_id,
        "per_payment_fen": terms.per_payment_fen,
        "total_fen": terms.total_fen,
        "per_period_fen": terms.per_period_fen,
        "period": terms.period,
        "until_s": terms.until_s,
    }
    return digest("gm", strict_json.dump(bound))
