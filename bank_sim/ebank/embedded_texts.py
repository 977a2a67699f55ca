"""What the embedded form says, in Chinese and English. Words only; ``{…}`` is filled in by the page."""

from __future__ import annotations

from bank_sim.web import Language

_ZH = {
    "title": "在本行安全控件中确认付款",
    "sealed": "此框由沙箱银行提供。您在框内输入的内容已加密，“{app}”只负责传递，无法解读。",
    "warn": "转账到账后通常无法撤回。陌生人要求的“安全账户”“刷单返利”都可能是诈骗，验证码不要告诉任何人。",
    "read_notice": "我已阅读并了解上述风险",
    "password_for": "登录密码",
    "continue": "继续",
    "code_sent": "验证码已发送至 {phone}，请核对短信中的收款人和金额。",
    "confirm": "确认付款",
    "or_phone": "您已绑定手机密钥，也可以不输入验证码，改在手机上确认。",
    "on_phone": "改在手机上确认",
    "phone_waits": "请在手机上核对编号 {number}、收款人和金额并确认，然后回到这里继续。",
    "i_confirmed": "我已在手机上确认",
    "stronger": "这笔付款不能用短信验证码确认",
    "stronger_phone": "请在您绑定的手机上核对收款人和金额并确认。",
    "on_phone_only": "发送到我的手机",
    "stronger_elsewhere": "您还没有绑定手机。请先到网银“安全设置”中绑定，再返回应用，选择到银行页面确认。",
    "once_more": "验证码已通过，请勾选后确认付款。",
    "needs_script": "此框需要启用脚本。您也可以返回应用，选择到银行页面确认。",
    "not_built": "本行未部署安全键盘组件，此框无法使用。请返回应用，选择到银行页面确认。",
    "end": "此次确认已结束",
    "end_hint": "请返回应用查看付款结果，或重新发起。",
}
_EN = {
    "title": "Confirm with your bank",
    "sealed": (
        "This box belongs to Sandbox Bank. What you enter in it is encrypted; “{app}” passes it on and cannot read it."
    ),
    "warn": (
        "Money that has left usually cannot be called back. “Safe accounts” and paid clicks are common frauds."
        " Never tell anybody your code."
    ),
    "read_notice": "I have read and understood these risks",
    "password_for": "Online banking password",
    "continue": "Continue",
    "code_sent": "A code was sent to {phone}. Check that its message names this payee and amount.",
    "confirm": "Confirm and pay",
    "or_phone": "Your phone holds a key of yours: you can confirm there instead of entering a code.",
    "on_phone": "Confirm on my phone instead",
    "phone_waits": "Look at your phone: check number {number}, payee and amount, confirm there, then go on here.",
    "i_confirmed": "I have confirmed on my phone",
    "stronger": "A code by text message does not suffice for this payment",
    "stronger_phone": "Please check payee and amount on the phone that you have bound, and confirm there.",
    "on_phone_only": "Send it to my phone",
    "stronger_elsewhere": (
        "You have not bound a phone. Bind a phone or a security key under “Security” in online banking, then go back"
        " and confirm on the bank's own page."
    ),
    "once_more": "Your code was right. Tick the box and confirm.",
    "needs_script": "This box needs scripts. You can also go back and confirm on the bank's own page.",
    "not_built": "The keypad is not installed at this bank. Please go back and confirm on the bank's own page.",
    "end": "This confirmation is over",
    "end_hint": "Go back to the application to see what became of the payment, or start again.",
}

WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}
