"""What the pages of second factors say, in Chinese and English. Words only; ``{…}`` is filled in by the page."""

from __future__ import annotations

from bank_sim.web import Language

_ZH = {
    "ways": "验证方式",
    "stronger": "这笔付款不能用短信验证码确认",
    "stronger_how": "请在已绑定的手机上核对收款人和金额并确认，或使用安全密钥。验证码可能被骗走，您手里的密钥骗不走。",
    "stronger_none": "您还没有绑定手机或安全密钥。请到网银“安全设置”中绑定，再刷新本页；若已超时，请在应用中重新下单。",
    "stronger_set_up": "去绑定",
    "way_sms_code": "短信验证码",
    "way_totp": "动态口令",
    "way_device_key": "手机确认",
    "way_security_key": "安全密钥",
    "tab_sms_code": "短信验证码",
    "tab_totp": "动态口令",
    "tab_device_key": "手机确认",
    "tab_security_key": "安全密钥",
    "named": "{kind}（{label}）",
    "title": "身份核验",
    "why": "密码之外，还需再确认一次是您本人。即使密码泄露，他人也无法通过这一步。",
    "totp": "动态口令",
    "totp_hint": "打开身份验证器，输入当前显示的 6 位数字。",
    "number": "确认号",
    "look": "请在手机上确认。两边显示的确认号一致，才是您发起的这一笔。",
    "waiting": "正在等待手机确认……",
    "approve": "手机已确认。",
    "decline": "已在手机上拒绝。如需重试，请重新发送。",
    "expired": "请求已失效，请重新发送。",
    "send_phone": "发送到手机",
    "send_phone_again": "重新发送到手机",
    "ready": "点击下方按钮，确认请求会发送到您绑定的手机。",
    "i_confirmed": "我已在手机上确认",
    "touch": "请插入安全密钥或将其靠近设备，点击下方按钮后触碰密钥。",
    "touch_button": "使用安全密钥",
    "touch_failed": "安全密钥没有应答，请重试，或换一种验证方式。",
    "needs_script": "安全密钥需要浏览器启用 JavaScript。请换一种验证方式。",
    "security_lead": (
        "登录和付款时，除密码外再验证一次的方式。短信验证码始终可用；新增或移除其他方式后，我行会发送短信通知您。"
    ),
    "mine": "已开通",
    "always": "始终可用",
    "login_and_pay": "登录和付款",
    "login_only": "仅限登录和授权",
    "added": "{moment} 开通",
    "used": "最近使用：{moment}",
    "never_used": "尚未使用",
    "remove": "移除",
    "more": "可以添加",
    "add_device_key": "绑定手机",
    "about_device_key": "手机显示收款人和金额，您点一下确认，手机用自己的密钥签名。私钥不离开手机，骗不走、抄不走。",
    "add_totp": "添加身份验证器",
    "about_totp": "手机上的身份验证器每 30 秒生成一个新口令，没有信号也能用。口令不含收款人和金额，不能确认付款。",
    "add_security_key": "添加安全密钥",
    "about_security_key": "一个插在电脑上或靠近手机的小硬件，只认本行网址，钓鱼网站骗不到它的应答。",
    "scan": "用身份验证器扫描二维码，或手动输入密钥。",
    "qr": "身份验证器二维码",
    "secret": "密钥",
    "secret_hint": "密钥只显示这一次，请勿截图或告诉他人。",
    "first_code": "身份验证器当前显示的口令",
    "finish": "完成",
    "cancel": "取消",
    "now_added": "已开通：{kind}。下次需要验证时即可选用。",
    "try_now": "口令每 30 秒更换一次，请输入身份验证器此刻显示的 6 位数字。",
    "activation": "激活码",
    "activation_lead": "在手机的“手机银行”页面输入下面的激活码，{minutes} 分钟内有效，只能使用一次。",
    "activation_warning": "谁输入激活码，谁的手机就能替您确认付款。本行工作人员不会向您索要。",
    "done": "我已在手机上完成",
    "removing": "移除验证方式",
    "removing_lead": "移除后，“{kind}”将不能再用于登录和付款。",
    "device": "设备：{label}",
    "sms_added": "【沙箱银行】您已开通新的验证方式：{kind}。若非本人操作，请立即登录网银移除并联系我行。",
    "sms_removed": "【沙箱银行】您已移除验证方式：{kind}。若非本人操作，请立即联系我行。",
}

_EN = {
    "ways": "Ways to verify",
    "stronger": "A code by text message does not suffice for this payment",
    "stronger_how": (
        "Please check payee and amount on the phone that you have bound and confirm there, or use your security key."
        " People can be talked out of a code, but not out of a key that they hold."
    ),
    "stronger_none": (
        "You have bound neither a phone nor a security key. Bind one under “Security” in online banking, then reload"
        " this page; if it has timed out, order the payment again in the application."
    ),
    "stronger_set_up": "Bind one now",
    "way_sms_code": "Text message",
    "way_totp": "Authenticator",
    "way_device_key": "Your phone",
    "way_security_key": "Security key",
    "tab_sms_code": "Text",
    "tab_totp": "App code",
    "tab_device_key": "Phone",
    "tab_security_key": "Security key",
    "named": "{kind} ({label})",
    "title": "Is it really you?",
    "why": "A second proof besides the password. Whoever steals your password does not get past this step.",
    "totp": "Code from your authenticator",
    "totp_hint": "Open your authenticator and type the 6 digits that it shows now.",
    "number": "Number",
    "look": "Confirm on your phone. It shows the same number, or it is not about this request.",
    "waiting": "Waiting for your phone…",
    "approve": "Confirmed on your phone.",
    "decline": "Declined on your phone. Send it again if you want to retry.",
    "expired": "The request is over. Send it again.",
    "send_phone": "Send to my phone",
    "send_phone_again": "Send to my phone again",
    "ready": "The button below sends the request to the phone that you have bound.",
    "i_confirmed": "I have confirmed on my phone",
    "touch": "Plug in your security key or hold it near, press the button below, then touch the key.",
    "touch_button": "Use my security key",
    "touch_failed": "The security key did not answer. Try again, or verify in another way.",
    "needs_script": "A security key needs JavaScript in the browser. Please verify in another way.",
    "security_lead": (
        "How you prove that it is you, besides the password, when you log in or pay. Text messages always work. When"
        " you add or remove another way, we tell you by text message."
    ),
    "mine": "Set up",
    "always": "always there",
    "login_and_pay": "login and payments",
    "login_only": "login and consents only",
    "added": "Added {moment}",
    "used": "Last used {moment}",
    "never_used": "Not used yet",
    "remove": "Remove",
    "more": "You can add",
    "add_device_key": "Bind a phone",
    "about_device_key": (
        "Your phone shows payee and amount, you tap, and the phone signs with a key of its own, which never leaves it."
    ),
    "add_totp": "Add an authenticator",
    "about_totp": (
        "An app that makes a new code every 30 seconds, even without a network. A code does not say what it is for, so"
        " it confirms no payment."
    ),
    "add_security_key": "Add a security key",
    "about_security_key": (
        "A small device that you plug in or hold near. It answers this bank's address only; phishing sites get nothing."
    ),
    "scan": "Scan this with your authenticator, or type the key.",
    "qr": "QR code for an authenticator",
    "secret": "Key",
    "secret_hint": "It is shown this once. Take no picture of it, and tell it to nobody.",
    "first_code": "The code that your authenticator shows now",
    "finish": "Finish",
    "cancel": "Cancel",
    "now_added": "Added: {kind}. You can choose it the next time you are asked.",
    "try_now": "Codes change every 30 seconds. Type the 6 digits that your authenticator shows at this moment.",
    "activation": "Activation code",
    "activation_lead": "Type this into “Bank app” on your phone. It works once, within {minutes} minutes.",
    "activation_warning": (
        "Whoever types it in has a phone that confirms your payments. Nobody at the bank will ask you for it."
    ),
    "done": "Done on my phone",
    "removing": "Remove a way to verify",
    "removing_lead": "“{kind}” will no longer work for logging in or paying.",
    "device": "Device: {label}",
    "sms_added": (
        "Sandbox Bank: a new way to verify was added: {kind}. If this was not you, log in, remove it, and contact us."
    ),
    "sms_removed": "Sandbox Bank: a way to verify was removed: {kind}. If this was not you, contact us now.",
}

FACTOR_WORDS: dict[Language, dict[str, str]] = {"zh": _ZH, "en": _EN}
