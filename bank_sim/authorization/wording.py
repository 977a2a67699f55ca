"""What is said of an authorization wherever it is given: the message around a code, the question to a phone.

The message names what the code is for, so that no other use passes unnoticed (JR/T 0185 10.2.2). Words only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bank_sim.authorization.asking import Asking
from bank_sim.bank import Bank
from bank_sim.web import Language
from bank_sim.web.moments import moment

_ZH = {
    "login": "验证码{code}，{minutes}分钟内有效。您正在登录网上银行{app}。切勿告知他人。【沙箱银行】",
    "for": "以授权“{app}”",
    "payment": (
        "验证码{code}，{minutes}分钟内有效。您正通过“{app}”向{payee}（{account}）付款{amount}元。"
        "切勿告知他人。【沙箱银行】"
    ),
    "standing": (
        "验证码{code}，{minutes}分钟内有效。您正允许“{app}”向{payee}（{account}）付款，"
        "单笔最高{amount}元，{period}累计最高{total}元，至{until}止，期间不再逐笔确认。切勿告知他人。【沙箱银行】"
    ),
    "day": "每日最高{per_period}元，",
    "month": "每月最高{per_period}元，",
}
_EN = {
    "login": "Code {code}, valid {minutes} min. You are logging in to Sandbox Bank{app}. Never tell it to anyone.",
    "for": " to give “{app}” your consent",
    "payment": (
        "Code {code}, valid {minutes} min. You are paying CNY {amount} to {payee} ({account}) through “{app}”."
        " Never tell it to anyone. Sandbox Bank"
    ),
    "standing": (
        "Code {code}, valid {minutes} min. You are allowing “{app}” to pay {payee} ({account}), at most CNY {amount}"
        " a payment{period} and CNY {total} in total, until {until}, without asking you each time."
        " Never tell it to anyone. Sandbox Bank"
    ),
    "day": ", CNY {per_period} a day",
    "month": ", CNY {per_period} a month",
}
_WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}


def question_to_phone(language: Language, asked: Asking | None) -> dict[str, Any]:
    """What the phone shows and signs: logging in, consenting, or paying this payee this amount."""
    app = asked.application.name_in(language) if asked else ""
    if asked is None or asked.payment is None:
        return {"for": "consent" if asked else "login", "app": app}
    payment = asked.payment
    return {
        "for": "standing" if payment.total else "payment",
        "app": app,
        "payee_name": payment.payee_name,
        "payee_account": payment.payee_account,
        "amount": payment.amount,
        "total": payment.total or "",
        "period": payment.period or "",
        "per_period": payment.per_period or "",
        "until": moment(payment.until_s) if payment.until_s else "",
    }


def code_message(bank: Bank, language: Language, asked: Asking | None) -> Callable[[str], str]:
    """The wording around a code: for logging in, for consenting, or for paying this payee this amount."""
    words = _WORDS[language]
    minutes = bank.config.policy.otp_lifetime_s // 60
    app = asked.application.name_in(language) if asked else ""
    if asked is None or asked.payment is None:
        purpose = words["for"].format(app=app) if asked else ""
        return lambda code: words["login"].format(code=code, minutes=minutes, app=purpose)
    payment = asked.payment
    template = words["standing" if payment.total else "payment"]
    period = words[payment.period].format(per_period=payment.per_period) if payment.period else ""
    return lambda code: template.format(
        code=code,
        minutes=minutes,
        app=app,
        payee=payment.payee_name,
        account=payment.payee_account,
        amount=payment.amount,
        total=payment.total,
        period=period,
        until=moment(payment.until_s) if payment.until_s else "",
    )
