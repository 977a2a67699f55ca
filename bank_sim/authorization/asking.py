"""What an application asks a user for, read afresh each time: nothing is remembered from before.

So a confirmation is checked against the payee and amount as they stand now, and whatever changed in between shows as a
mismatch. It reads; the steps themselves are identity's, the consent is the consent package's.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bank_sim.admission.testing import beyond_test
from bank_sim.authorization.versions import RISK_NOTICE_VERSION
from bank_sim.bank import Bank
from bank_sim.consent import ACCOUNT_INFORMATION, Consent, PaymentTerms, confirmation_digest, one_payment
from bank_sim.consent.model import Period
from bank_sim.corelink import NOTHING, OperationRequest, ProposedPayment, Result
from bank_sim.identity import Session, StepCase
from bank_sim.registry.parties import Application
from bank_sim.risk.rules import Rule
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the customer's accounts as a page offers it. ``value`` stands for it in this session's forms only."""

    value: str
    account_id: str
    masked: str
    account_class: str
    available_fen: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the user confirms it: masked texts and amounts to show, the terms that a code is bound to.

    ``transfer_id`` None: a standing order, ``amount`` is the most a payment may take, and ``total`` all of them;
    ``per_period`` those of a calendar ``period``, where that is limited, and ``until_s`` its end.
    """

    terms: PaymentTerms
    payee_name: str
    payee_account: str
    amount: str
    total: str | None = None
    per_period: str | None = None
    period: Period | None = None
    until_s: int | None = None
    transfer_id: str | None = None
    payer_account: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything that one authorization request asks, and what its steps are judged against.

    ``risks``: the rules for which a payment must be confirmed with the user's own key.
    """

    application: Application
    consent: Consent
    payment: Payment | None
    choices: tuple[Choice, ...]
    case: StepCase
    replaced: Consent | None = None
    risks: tuple[Rule, ...] = ()

    @property
    def chooses_accounts(self) -> bool:
        """A single transfer names its account, a renewal keeps those it has; everything else lets the user choose."""
        return self.consent.change != "renews" and (self.payment is None or self.payment.transfer_id is None)

    @property
    def kept(self) -> tuple[Choice, ...]:
        """The accounts that a renewal keeps."""
        return tuple(each for each in self.choices if each.account_id in self.case.account_ids)


def asked_of(bank: Bank, session: Session, *, agreed: bool = False, ticked: Iterable[str] = ()) -> Asking:
    """What the session's request asks; ``ticked``: values of its choices. Refusals end the authorization.

    1. The application is still served: APP_SUSPENDED, APP_EXITED, APP_BLACKLISTED. 2. The consent still waits, and one
    that it would replace still stands: CONSENT_EXPIRED, CONSENT_REVOKED, STEP_OUT_OF_ORDER. 3. A transfer still waits:
    TRANSFER_STATE, TRANSFER_EXPIRED.
    """
    consent = _consent(bank, session)
    application = bank.registry.application(consent.app_id)
    if application is None:
        raise problems.OAUTH_INVALID_REQUEST.problem(reason="the application is gone")
    application.require_active()
    bank.blacklist.require_application(application.app_id, bank.clock.now_ms())
    choices = _choices(bank, session)
    transfer = _transfer(bank, consent)
    payment = _payment(consent, transfer)
    replaced = _replaced(bank, consent)
    risks = _risks(bank, session, consent, transfer) if _is_covered(transfer, choices) else ()
    case = StepCase(
        session=session,
        confirms_sm3=confirmation_digest(payment.terms) if payment else None,
        payer_id=transfer["customer_id"] if transfer else None,
        holder_id=replaced.customer_id if replaced else None,
        notice_version=RISK_NOTICE_VERSION,
        owned=frozenset(each.account_id for each in choices),
        agreed=agreed,
        account_ids=_accounts(bank, consent, transfer, ticked, choices),
        services_closed=session.customer_id is not None and bank.services.closed(session.customer_id),
        tests_enough=application.is_testing
        and beyond_test(bank.store, application.app_id, session.customer_id, bank.config.policy),
        needs_key=bool(risks),
    )
    return Asking(application, consent, payment, choices, case, replaced, risks)


def _is_covered(transfer: Result | None, choices: tuple[Choice, ...]) -> bool:
    """Whether the money is there. Where it is not, execution will be refused, whatever the payer confirms with."""
    if transfer is None:
        return True
    payer = (each for each in choices if each.account_id == transfer["debtor_account_id"])
    return all(each.available_fen >= transfer["amount_fen"] for each in payer)


def _risks(bank: Bank, session: Session, consent: Consent, transfer: Result | None) -> tuple[Rule, ...]:
    """Why this payment, or the largest that a standing order allows, asks for more than a code (10.2.3)."""
    terms, payer_id = consent.payment, transfer["customer_id"] if transfer else session.customer_id
    payee = transfer["creditor_account_id"] if transfer else terms.payee_account_id if terms else None
    amount_fen = transfer["amount_fen"] if transfer else terms.per_payment_fen if terms else None
    if payer_id is None or payee is None or amount_fen is None:
        return ()
    payment = ProposedPayment(
        transfer_id=None,
        app_id=consent.app_id,
        customer_id=payer_id,
        debtor_account_id=None,
        creditor_account_id=payee,
        creditor_customer_id=core(bank, "accounts.holder", consent.app_id, None, {"account_id": payee})["customer_id"],
        amount_fen=amount_fen,
        at_ms=bank.clock.now_ms(),
    )
    return bank.risk.foresee(bank.store.db.conn, payment)


def core(
    bank: Bank, operation: str, app_id: str, customer_id: str | None, params: Mapping[str, str] = NOTHING
) -> Result:
    """Ask the core; in a write transaction, within it."""
    request = OperationRequest(app_id, bank.clock.now_ms(), customer_id=customer_id, params=params)
    return bank.corelink.call(operation, bank.store.db.conn, request)


def _consent(bank: Bank, session: Session) -> Consent:
    consent = bank.consents.get(session.request.consent_id) if session.request else None
    if consent is None:
        raise problems.STEP_OUT_OF_ORDER.problem()
    if consent.state == "expired":
        raise problems.CONSENT_EXPIRED.problem()
    if consent.state != "requested":
        raise problems.STEP_OUT_OF_ORDER.problem()
    return consent


def _replaced(bank: Bank, consent: Consent) -> Consent | None:
    """The consent whose place the asked one would take: CONSENT_REVOKED, CONSENT_EXPIRED where it stands no more.

    RECONSENT_REQUIRED where its user has narrowed it since a renewal was asked for: renewing gives nothing back.
    """
    replaced = bank.consents.get(consent.replaces) if consent.replaces else None
    if replaced is not None:
        replaced.require_usable()
        if consent.change == "renews" and consent.apis - replaced.apis:
            raise problems.RECONSENT_REQUIRED.problem()
    return replaced


def _accounts(
    bank: Bank, consent: Consent, transfer: Result | None, ticked: Iterable[str], choices: tuple[Choice, ...]
) -> tuple[str, ...]:
    """The accounts that the user's word is about; those of a transfer or a renewal are settled."""
    if transfer is not None:
        return (transfer["debtor_account_id"],)
    if consent.change == "renews" and consent.replaces is not None:
        return tuple(bank.consents.account_refs(consent.replaces))
    return _ticked(ticked, choices)


def _transfer(bank: Bank, consent: Consent) -> Result | None:
    """The one transfer that a payment for once names, with its payer, whoever is logged in."""
    if consent.payment is None or consent.payment.transfer_id is None:
        return None
    transfer = core(
        bank, "transfers.describe", consent.app_id, None, params={"transfer_id": consent.payment.transfer_id}
    )
    if transfer["state"] == "expired":
        raise problems.TRANSFER_EXPIRED.problem()
    if transfer["state"] != "created":
        raise problems.TRANSFER_STATE.problem()
    return transfer


def _payment(consent: Consent, transfer: Mapping[str, Any] | None) -> Payment | None:
    if consent.type == ACCOUNT_INFORMATION or consent.payment is None:
        return None
    terms = consent.payment
    if transfer is None:
        return Payment(
            terms=terms,
            payee_name=terms.payee_name_masked or "",
            payee_account=terms.payee_account_masked or "",
            amount=format_fen(terms.per_payment_fen or 0),
            total=format_fen(terms.total_fen or 0),
            per_period=format_fen(terms.per_period_fen) if terms.per_period_fen else None,
            period=terms.period,
            until_s=terms.until_s,
        )
    return Payment(
        terms=one_payment(transfer["transfer_id"], transfer["creditor_account_id"], transfer["amount_fen"]),
        payee_name=transfer["creditor_name_masked"],
        payee_account=transfer["creditor_account_masked"],
        amount=format_fen(transfer["amount_fen"]),
        transfer_id=transfer["transfer_id"],
        payer_account=transfer["debtor_account_masked"],
        purpose=transfer.get("purpose"),
    )


def _choices(bank: Bank, session: Session) -> tuple[Choice, ...]:
    if session.customer_id is None:
        return ()
    listed = core(bank, "accounts.of_customer", "", session.customer_id)["accounts"]
    return tuple(
        Choice(
            _opaque(bank, session, each["account_id"]),
            each["account_id"],
            each["account_masked"],
            each["account_class"],
            each["available_balance_fen"],
        )
        for each in listed
    )


def _opaque(bank: Bank, session: Session, account_id: str) -> str:
    """Account ids never leave the bank, not even into its own pages."""
    return urlsafe_b64encode(bank.vault.mac(f"choice {session.visit_id} {account_id}".encode())[:15]).decode()


def _ticked(ticked: Iterable[str], choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """The accounts chosen. What is no choice of this session passes as it came, for the steps to refuse."""
    known = {each.value: each.account_id for each in choices}
    return tuple(known.get(value, value) for value in dict.fromkeys(ticked))
