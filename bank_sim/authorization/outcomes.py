"""What follows when a payment was judged: who is told, and what becomes of one that was held.

Executed, held or refused, the payer hears of it by text message; of what becomes of a held payment later, the
application does by event (JR/T 0185 10.2.2-3.2, 10.2.3-4). Each in the transaction that does it. Who may decide, staff
knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from bank_sim.authorization.announcing import announce_debit, grouped
from bank_sim.bank import Bank
from bank_sim.consent import Consent
from bank_sim.corelink import OperationRequest, Result
from bank_sim.identity.credentials import Credentials
from bank_sim.registry.directory import application as listed_application
from bank_sim.registry.parties import Application
from bank_sim.risk import cases
from bank_sim.risk.cases import RiskCase
from bank_sim.store import Store, Transaction
from bank_sim.web import Language

_ZH = {
    "held": (
        "【沙箱银行】您尾号{payer}的账户经“{app}”向{payee}（尾号{account}）付款{amount}元，我行正在核实，款项尚未付出。"
        "通常{hours}小时内办结，结果将短信告知。如非本人操作，请立即联系我行。"
    ),
    "rejected": (
        "【沙箱银行】您尾号{payer}的账户经“{app}”向{payee}（尾号{account}）付款{amount}元未予办理，款项仍在您的账户中。"
        "谨防诈骗；如有疑问，请联系我行。"
    ),
}
_EN = {
    "held": (
        "Sandbox Bank: we are checking your payment of CNY {amount} to {payee} (ending {account}) from your account"
        " ending {payer} through “{app}”. The money has not left. You will hear from us, usually within {hours} hours."
        " If it was not you, contact us now."
    ),
    "rejected": (
        "Sandbox Bank: we did not carry out your payment of CNY {amount} to {payee} (ending {account}) from your"
        " account ending {payer} through “{app}”. The money is still yours. Beware of fraud, and contact us with any"
        " question."
    ),
}
_WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}


def announce(
    bank: Bank, db: Transaction, application: Application, consent: Consent | None, transfer: Result, claimed_at_ms: int
) -> None:
    """Tell the payer of a payment that was just judged, as the core answers it; what was refused counts no limit.

    ``claimed_at_ms``: when its part of the limits was claimed, which may have been on the day before.
    """
    if transfer["state"] == "executed":
        announce_debit(bank, db, application, consent, transfer)
    elif consent is not None and consent.customer_id is not None:
        _tell(bank, bank.store, db, consent.consent_id, consent.customer_id, application.app_id, transfer)
    if transfer["state"] == "rejected":
        consent_id = consent.consent_id if consent is not None else None
        _give_back(bank, db, application.app_id, consent_id, transfer["amount_fen"], claimed_at_ms)


def release(bank: Bank, db: Transaction, case: RiskCase, by: str, text: str) -> None:
    """Carry a held payment out: whatever refuses any other refuses it too, and then it stays held.

    CONSENT_REVOKED, CONSENT_EXPIRED where the payer has taken back the agreement that it was to be taken under;
    RISK_REJECTED where one of the accounts was listed meanwhile.
    """
    bank.risk.require_releasable(db, case.transfer_id)
    consent = bank.consents.get(case.consent_id, db) if case.consent_id else None
    if consent is not None and consent.validity != "once":
        consent.require_live()
    cases.end(db, case, "release", by, text, bank.clock.now_ms())
    transfer = _ask(bank, db, "transfers.release", case)
    application = bank.registry.application(case.app_id)
    if application is not None:
        announce_debit(bank, db, application, consent, transfer)
    _publish(bank, db, "transfer.executed", case, transfer)


def refuse(bank: Bank, store: Store, db: Transaction, case: RiskCase, by: str, text: str) -> None:
    """Do not carry a held payment out; the money is free again. ``store``: of the thread that asks."""
    cases.end(db, case, "refuse", by, text, bank.clock.now_ms())
    transfer = _ask(bank, db, "transfers.refuse", case)
    if case.consent_id is not None:
        _tell(bank, store, db, case.consent_id, case.customer_id, case.app_id, transfer)
    _give_back(bank, db, case.app_id, case.consent_id, case.amount_fen, case.opened_ms)
    _publish(bank, db, "transfer.rejected", case, transfer)


def _ask(bank: Bank, db: Transaction, operation: str, case: RiskCase) -> Result:
    params = {"transfer_id": case.transfer_id}
    return bank.corelink.call(operation, db.conn, OperationRequest(case.app_id, bank.clock.now_ms(), params=params))


def _publish(
    bank: Bank,
    db: Transaction,
    kind: Literal["transfer.executed", "transfer.rejected"],
    case: RiskCase,
    transfer: Mapping[str, Any],
) -> None:
    bank.events.publish(db, case.app_id, kind, case.transfer_id, {"order_no": transfer["order_no"]})


def _give_back(
    bank: Bank, db: Transaction, app_id: str, consent_id: str | None, amount_fen: int, claimed_at_ms: int
) -> None:
    """A payment that was not carried out counts towards no limit."""
    bank.app_limits.give_back_day(db, app_id, amount_fen, claimed_at_ms)
    if consent_id is not None:
        bank.consents.give_back(db, consent_id, amount_fen, claimed_at_ms)


def _tell(
    bank: Bank,
    store: Store,
    db: Transaction,
    consent_id: str,
    customer_id: str,
    app_id: str,
    transfer: Mapping[str, Any],
) -> None:
    language = bank.consents.language_of(db, consent_id)
    text = _WORDS[language][transfer["state"]].format(
        app=listed_application(store, app_id).called(language),
        payer=transfer["debtor_account_masked"][-4:],
        payee=transfer["creditor_name_masked"],
        account=transfer["creditor_account_masked"][-4:],
        amount=grouped(transfer["amount_fen"]),
        hours=bank.config.policy.risk_case_s // 3600,
    )
    bank.outbox.enqueue(db, Credentials(store, bank.vault).phone(customer_id), text)
