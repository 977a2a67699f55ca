"""What is refused on the way to a user's consent and in its life: authorization server, logins, second factors."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems.kinds import kind

# OAuth (the wire carries RFC 6749's error codes; these name them in the access log)
OAUTH_INVALID_REQUEST = kind("invalid_request", 400, "The authorization request is malformed.", "授权请求格式错误。")
OAUTH_INVALID_CLIENT = kind("invalid_client", 401, "The client could not be authenticated.", "客户端认证失败。")
OAUTH_INVALID_GRANT = kind("invalid_grant", 400, "The grant is not valid.", "授权凭据无效。")
OAUTH_UNAUTHORIZED_CLIENT = kind("unauthorized_client", 403, "The client may not do this.", "客户端无此权限。")
OAUTH_UNSUPPORTED_GRANT_TYPE = kind(
    "unsupported_grant_type", 400, "There is no such grant type here.", "不支持的授权类型。"
)
OAUTH_UNSUPPORTED_RESPONSE_TYPE = kind("unsupported_response_type", 400, "Only code is supported.", "仅支持授权码。")
OAUTH_INVALID_SCOPE = kind("invalid_scope", 400, "The scope is not valid.", "授权范围无效。")
OAUTH_INVALID_AUTHORIZATION_DETAILS = kind(
    "invalid_authorization_details", 400, "The authorization details are not valid.", "授权明细无效。"
)
OAUTH_ACCESS_DENIED = kind("access_denied", 403, "The user declined.", "用户拒绝授权。")

# Changing a consent
RECONSENT_REQUIRED = kind(
    "RECONSENT_REQUIRED",
    403,
    "This is more than the user has seen and agreed to; ask for their consent anew.",
    "超出用户已确认的授权内容，须重新取得用户授权。",
)
TRANSACTION_NOT_CONFIRMED = kind(
    "TRANSACTION_NOT_CONFIRMED", 403, "The user has not confirmed this very transaction.", "用户未确认该笔交易。"
)
SECOND_FACTOR_REQUIRED = kind(
    "SECOND_FACTOR_REQUIRED", 401, "A second factor of another category is needed.", "须使用第二类认证要素。"
)

# The user at the bank
LOGIN_FAILED = kind("LOGIN_FAILED", 401, "Login name or password is wrong.", "登录名或密码错误。")
LOGIN_LOCKED = kind(
    "LOGIN_LOCKED", 429, "Too many failed logins; this login rests for a while.", "登录失败次数过多，请稍后再试。"
)
OTP_INVALID = kind("OTP_INVALID", 401, "The code is wrong.", "验证码错误。")
OTP_EXPIRED = kind("OTP_EXPIRED", 401, "The code has expired.", "验证码已过期。")
OTP_LOCKED = kind("OTP_LOCKED", 429, "Too many wrong codes; ask for a new one.", "验证码错误次数过多，请重新获取。")
OTP_TOO_FREQUENT = kind("OTP_TOO_FREQUENT", 429, "A code was sent moments ago.", "验证码获取过于频繁。")
SESSION_REQUIRED = kind("SESSION_REQUIRED", 401, "Please log in.", "请先登录。")
SESSION_EXPIRED = kind(
    "SESSION_EXPIRED", 401, "The session has ended; please log in again.", "会话已结束，请重新登录。"
)
STEP_OUT_OF_ORDER = kind("STEP_OUT_OF_ORDER", 409, "This step is not due yet.", "步骤顺序错误。")
NOTICE_REQUIRED = kind("NOTICE_REQUIRED", 409, "The risk notice has not been read.", "尚未阅读风险提示。")
CONFIRMATION_MISMATCH = kind(
    "CONFIRMATION_MISMATCH", 409, "This was confirmed for another payee or amount.", "所确认的内容与收款人或金额不符。"
)
OTP_REPLAYED = kind(
    "OTP_REPLAYED", 401, "The code was used before; wait for the next one.", "动态码已使用，请等待下一个。"
)
FACTOR_NOT_SUITED = kind(
    "FACTOR_NOT_SUITED",
    403,
    "This way of verifying shows neither payee nor amount, so it confirms no payment.",
    "该验证方式无法显示收款人和金额，不能用于确认付款。",
)
FACTOR_NOT_ENROLLED = kind("FACTOR_NOT_ENROLLED", 409, "This way of verifying is not set up.", "尚未开通该验证方式。")
FACTOR_LIMIT = kind("FACTOR_LIMIT", 409, "No more of this kind can be added.", "该验证方式的数量已达上限。")
ACTIVATION_INVALID = kind(
    "ACTIVATION_INVALID", 401, "The activation code is wrong, used or too old.", "激活码错误、已使用或已过期。"
)
DEVICE_UNKNOWN = kind(
    "DEVICE_UNKNOWN", 401, "The device is not known, or its signature does not hold.", "设备未绑定或签名无效。"
)
APPROVAL_PENDING = kind("APPROVAL_PENDING", 409, "The phone has not confirmed yet.", "手机尚未确认。")
APPROVAL_DECLINED = kind("APPROVAL_DECLINED", 403, "This was declined on the phone.", "已在手机上拒绝。")
APPROVAL_EXPIRED = kind(
    "APPROVAL_EXPIRED", 409, "The request to the phone is over; send a new one.", "手机确认请求已失效，请重新发送。"
)
APPROVAL_TOO_FREQUENT = kind(
    "APPROVAL_TOO_FREQUENT", 429, "Too many requests were sent to the phone.", "手机确认请求过于频繁。"
)
SECURITY_KEY_INVALID = kind(
    "SECURITY_KEY_INVALID", 401, "The security key's answer does not hold.", "安全密钥验证未通过。"
)
SECURITY_KEY_CLONED = kind(
    "SECURITY_KEY_CLONED",
    401,
    "The security key's counter stands still: it may have been copied.",
    "安全密钥的计数器没有递增，密钥可能已被复制。",
)
CONSENT_WOULD_BE_EMPTY = kind(
    "CONSENT_WOULD_BE_EMPTY",
    409,
    "Nothing would be left of this consent; revoke it instead.",
    "收回后该授权将不再包含任何内容，请直接撤销整项授权。",
)
FORM_FORGED = kind("FORM_FORGED", 403, "The form did not come from this page.", "表单校验失败。")
FRAMING_BLOCKED = kind(
    "FRAMING_BLOCKED",
    403,
    "A browser kept this page out of another site's frame.",
    "浏览器已阻止其他网站以框架嵌入本页面。",
)
KEYPAD_INVALID = kind(
    "KEYPAD_INVALID",
    409,
    "The keypad was used before or has expired; please type again.",
    "安全键盘已使用或已过期，请重新输入。",
)

# Records and what is kept of a user
RETENTION_NOT_OVER = kind("RETENTION_NOT_OVER", 409, "This must be kept for longer.", "保存期限未满，不得删除或销毁。")
