"""What users are told of their consents and their money without asking: each debit, and an end that draws near.

Duty to inform (JR/T 0185 10.2.2-3.2): a message for every debit that an application causes, written in the transaction
that moves the money. Words and facts only; when something falls due is for ``duties`` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bank_sim.bank import Bank
from bank_sim.consent import Consent
from bank_sim.messages import note_debit
from bank_sim.registry.parties import Application
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.store import Transaction
from bank_sim.web import Language
from bank_sim.web.moments import moment

_ZH = {
    "debit": (
        "【沙箱银行】您尾号{payer}的账户{time}经“{app}”向{payee}（尾号{account}）付款{amount}元。{standing}"
        "如有疑问，请立即登录网银查看并联系我行。"
    ),
    "standing": "本次按您同意的协议扣款，{period}累计{used}元。您可随时在网银“授权管理”中取消。",
    "day": "今日",
    "month": "本月",
    "all": "协议期内",
    "ending": (
        "【沙箱银行】您给“{app}”的授权将于{until}到期，届时自动失效。如需继续使用，请在该应用中续期；不需要则无需操作。"
    ),
}
_EN = {
    "debit": (
        "Sandbox Bank: CNY {amount} was paid from your account ending {payer} to {payee} (ending {account}) through"
        " “{app}”, {time}. {standing}If this was not agreed with you, log in and contact us now."
    ),
    "standing": "Debited under your agreement; {period}: CNY {used}. You can cancel it under “Consents” at any time. ",
    "day": "today",
    "month": "this month",
    "all": "so far",
    "ending": (
        "Sandbox Bank: your consent for “{app}” ends on {until}. To go on using it, renew it in that application;"
        " otherwise you need do nothing."
    ),
}
_WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}


def announce_debit(
    bank: Bank, db: Transaction, application: Application, consent: Consent | None, transfer: Mapping[str, Any]
) -> None:
    """Tell the payer of a transfer that was just executed, as the core answers it; in the caller's transaction."""
    if consent is None or consent.customer_id is None:
        return
    language = bank.consents.language_of(db, consent.consent_id)
    words = _WORDS[language]
    text = words["debit"].format(
        app=application.name_in(language),
        payer=transfer["debtor_account_masked"][-4:],
        payee=transfer["creditor_name_masked"],
        account=transfer["creditor_account_masked"][-4:],
        amount=grouped(transfer["amount_fen"]),
        time=moment(transfer["executed_at_ms"] // 1000),
        standing=_standing(bank, db, consent, words),
    )
    note_debit(db, transfer["transfer_id"], transfer["executed_at_ms"])
    bank.identity.notify(db, consent.customer_id, text)


def ending_text(language: Language, app: str, valid_to_s: int) -> str:
    """That a consent ends soon, and what the user can do."""
    return _WORDS[language]["ending"].format(app=app, until=moment(valid_to_s))


def _standing(bank: Bank, db: Transaction, consent: Consent, words: Mapping[str, str]) -> str:
    """What a standing payment has taken so far, this debit included; nothing of a single payment."""
    terms = consent.payment
    if consent.validity == "once" or terms is None:
        return ""
    now = bank.consents.get(consent.consent_id, db) or consent
    used_fen = bank.consents.used_in_period(now) if terms.period else now.used_fen
    return words["standing"].format(period=words[terms.period or "all"], used=grouped(used_fen))


def grouped(amount_fen: int) -> str:
    """``1,234,567.80``: grouped, so that no amount looks like a six-digit code."""
    whole, _, places = format_fen(amount_fen).partition(".")
    return f"{int(whole):,}.{places}"
