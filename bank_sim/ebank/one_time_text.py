"""The text message around a one-time code: it names what the code is for, so that no other use passes unnoticed."""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.ebank.asking import Asking
from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import Visit


def code_text(visit: Visit, asked: Asking | None) -> Callable[[str], str]:
    """The wording for this session: logging in, consenting, or paying this payee this amount (10.2.2)."""
    words = TEXTS[visit.language]
    minutes = visit.bank.config.policy.otp_lifetime_s // 60
    app = asked.application.name if asked else ""
    if asked is None or asked.payment is None:
        purpose = words["sms_for"].format(app=app) if asked else ""
        return lambda code: words["sms_login"].format(code=code, minutes=minutes, app=purpose)
    payment = asked.payment
    template = words["sms_standing" if payment.total else "sms_payment"]
    return lambda code: template.format(
        code=code,
        minutes=minutes,
        app=app,
        payee=payment.payee_name,
        account=payment.payee_account,
        amount=payment.amount,
        total=payment.total,
    )
