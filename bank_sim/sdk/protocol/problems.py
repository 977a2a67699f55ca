"""The catalogue of refusals: RFC 9457 problem details, one line each.

    Problem                 raised anywhere, rendered in one place per party
    └─ Kind                 a line of the catalogue: code, HTTP status, meaning, whether a retry is safe

Every party raises ``KIND.problem(...)`` and nothing else for input it refuses. The public ``detail``
may say what to mend; ``reason`` is for the party's own log and never leaves it (JR/T 0185 7.1-7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CATALOGUE: dict[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the catalogue. ``retry_safe``: the same intent may be sent again without risk to money."""

    code: str
    status: int
    title: str
    title_zh: str
    retry_safe: bool

    def problem(self, detail: str | None = None, *, reason: str | None = None, **members: Any) -> Problem:
        """A refusal of this kind; ``members`` become RFC 9457 extension members (or header hints)."""
        return Problem(self, detail, reason, members)


class Problem(Exception):
    """A refusal. Carries its catalogue line, a public detail, a private reason and extension members."""

    def __init__(self, kind: Kind, detail: str | None, reason: str | None, members: dict[str, Any]) -> None:
        super().__init__(f"{kind.code}: {reason or detail or kind.title}")
        self.kind = kind
        self.detail = detail
        self.reason = reason
        self.members = members

    @property
    def code(self) -> str:
        return self.kind.code

    def document(self, trace_id: str) -> dict[str, Any]:
        """The ``application/problem+json`` object (RFC 9457 section 3)."""
        return {
            "type": f"urn:bank-api-sandbox:problem:{self.kind.code}",
            "title": self.kind.title,
            "title_zh": self.kind.title_zh,
            "status": self.kind.status,
            "code": self.kind.code,
            "detail": self.detail or self.kind.title,
            "trace_id": trace_id,
            "retry_safe": self.kind.retry_safe,
            **self.members,
        }


def _kind(code: str, status: int, title: str, title_zh: str, *, retry_safe: bool = False) -> Kind:
    kind = Kind(code, status, title, title_zh, retry_safe)
    if code in CATALOGUE:
        raise ValueError(f"{code} stands in the catalogue twice")
    CATALOGUE[code] = kind
    return kind


# The shape of a message
BODY_TOO_LARGE = _kind("BODY_TOO_LARGE", 413, "The body is larger than 64 KiB.", "报文超过64 KiB。")
BODY_TIMEOUT = _kind(
    "BODY_TIMEOUT", 408, "The body did not arrive in time.", "报文未在规定时间内到达。", retry_safe=True
)
MALFORMED_HTTP = _kind("MALFORMED_HTTP", 400, "This is not well-formed HTTP.", "HTTP报文格式错误。")
HEADER_DUPLICATED = _kind(
    "HEADER_DUPLICATED", 400, "A header that may stand once stands twice.", "不可重复的报文头重复出现。"
)
HEADER_FOLDED = _kind("HEADER_FOLDED", 400, "A header continues on a second line.", "报文头折行。")
HEADER_INVALID = _kind("HEADER_INVALID", 400, "A header is malformed.", "报文头格式错误。")
AUTHORITY_MISMATCH = _kind(
    "AUTHORITY_MISMATCH", 421, "The message is addressed to another host.", "报文的目标主机不是本银行。"
)
MEDIA_TYPE_UNSUPPORTED = _kind(
    "MEDIA_TYPE_UNSUPPORTED", 415, "The body must be application/json.", "报文类型须为application/json。"
)
JSON_INVALID = _kind("JSON_INVALID", 400, "The body is not valid JSON.", "报文不是合法的JSON。")
JSON_DUPLICATE_MEMBER = _kind("JSON_DUPLICATE_MEMBER", 400, "A JSON member stands twice.", "JSON成员重复。")
JSON_TOO_DEEP = _kind("JSON_TOO_DEEP", 400, "The JSON is nested deeper than 16 levels.", "JSON嵌套超过16层。")
JSON_FLOAT = _kind(
    "JSON_FLOAT",
    400,
    "Amounts are strings with two decimals; JSON fractions are refused.",
    "金额须为两位小数的字符串，不接受JSON小数。",
)
PARAM_INVALID = _kind(
    "PARAM_INVALID", 400, "A parameter does not match the interface's schema.", "参数与接口定义不符。"
)
UNKNOWN_MEMBER = _kind("UNKNOWN_MEMBER", 400, "The interface takes no such JSON member.", "接口不含该JSON成员。")
AMOUNT_INVALID = _kind(
    "AMOUNT_INVALID",
    400,
    "The amount is not a positive decimal string with two places.",
    "金额须为两位小数的正数字符串。",
)
PLAINTEXT_SENSITIVE_FIELD = _kind(
    "PLAINTEXT_SENSITIVE_FIELD", 400, "A sensitive field travels unsealed.", "敏感字段未加密。"
)
API_VERSION_REQUIRED = _kind("API_VERSION_REQUIRED", 400, "X-API-Version is missing.", "缺少接口版本。")
API_VERSION_UNKNOWN = _kind("API_VERSION_UNKNOWN", 400, "This interface has no such version.", "接口版本不存在。")
API_NOT_FOUND = _kind("API_NOT_FOUND", 404, "There is no such interface.", "接口不存在。")
METHOD_NOT_ALLOWED = _kind("METHOD_NOT_ALLOWED", 405, "The interface does not take this method.", "接口不支持该方法。")

# Who calls, and with which proof
SIGNATURE_REQUIRED = _kind("SIGNATURE_REQUIRED", 401, "The message carries no signature.", "报文未签名。")
SIGNATURE_MALFORMED = _kind(
    "SIGNATURE_MALFORMED",
    400,
    "The signature headers do not follow the profile of RFC 9421.",
    "签名报文头不符合RFC 9421约定。",
)
SIGNATURE_AMBIGUOUS = _kind(
    "SIGNATURE_AMBIGUOUS", 400, "The message carries more than one signature.", "报文含多个签名。"
)
SIGNATURE_COVERAGE = _kind(
    "SIGNATURE_COVERAGE",
    401,
    "The signature does not cover every component that the profile asks for.",
    "签名未覆盖必需的报文要素。",
)
SIGNATURE_INVALID = _kind("SIGNATURE_INVALID", 401, "The signature does not hold.", "验签失败。")
DIGEST_REQUIRED = _kind("DIGEST_REQUIRED", 400, "Content-Digest is missing.", "缺少报文摘要。")
DIGEST_MISMATCH = _kind("DIGEST_MISMATCH", 400, "Content-Digest does not match the body.", "报文摘要不符。")
TIMESTAMP_EXPIRED = _kind(
    "TIMESTAMP_EXPIRED",
    401,
    "The message was signed outside the time window.",
    "报文签名时间超出有效窗口。",
    retry_safe=True,
)
NONCE_REPLAYED = _kind("NONCE_REPLAYED", 409, "The nonce was used before.", "随机数已被使用，疑似重放。")
ALG_NOT_ALLOWED = _kind("ALG_NOT_ALLOWED", 400, "The algorithm is not the registered key's.", "算法与登记密钥不符。")
APP_AUTH_FAILED = _kind(
    "APP_AUTH_FAILED", 401, "The application party could not be authenticated.", "应用方身份认证失败。"
)
APP_SUSPENDED = _kind("APP_SUSPENDED", 403, "The application party is suspended.", "应用方已被暂停。")
APP_BLACKLISTED = _kind("APP_BLACKLISTED", 403, "The application party is blacklisted.", "应用方已列入黑名单。")
SOURCE_BLACKLISTED = _kind("SOURCE_BLACKLISTED", 403, "This address is blacklisted.", "该地址已列入黑名单。")
KEY_UNKNOWN = _kind("KEY_UNKNOWN", 401, "The key is not registered.", "密钥未登记。")
KEY_EXPIRED = _kind("KEY_EXPIRED", 401, "The key is past its validity.", "密钥已过期。")
KEY_NOT_YET_VALID = _kind("KEY_NOT_YET_VALID", 401, "The key is not valid yet.", "密钥尚未生效。")
KEY_REVOKED = _kind("KEY_REVOKED", 401, "The key is revoked.", "密钥已吊销。")
KEY_USAGE_MISMATCH = _kind("KEY_USAGE_MISMATCH", 400, "The key is registered for another purpose.", "密钥用途不符。")
KEY_INVALID = _kind("KEY_INVALID", 400, "This is not a usable key.", "密钥无效。")
CREDENTIAL_TOO_WEAK = _kind(
    "CREDENTIAL_TOO_WEAK",
    401,
    "An A2 interface takes only a certificate or key pair.",
    "A2级接口须使用数字证书或公私钥对认证。",
)
CERT_REQUIRED = _kind(
    "CERT_REQUIRED", 401, "This application party must present its client certificate.", "须出示客户端证书。"
)
CERT_APP_MISMATCH = _kind(
    "CERT_APP_MISMATCH", 401, "The client certificate is bound to another App_ID.", "客户端证书与App_ID不匹配。"
)

# What the caller may do
API_NOT_GRANTED = _kind(
    "API_NOT_GRANTED", 403, "This App_ID is not granted this interface.", "该App_ID未获此接口授权。"
)
LEVEL_NOT_ALLOWED = _kind(
    "LEVEL_NOT_ALLOWED", 403, "The integration mode does not allow this level.", "接入方式不允许该安全级别。"
)
TOKEN_REQUIRED = _kind("TOKEN_REQUIRED", 401, "An access token is missing.", "缺少访问令牌。")
TOKEN_INVALID = _kind("TOKEN_INVALID", 401, "The access token is not valid.", "访问令牌无效。")
TOKEN_EXPIRED = _kind("TOKEN_EXPIRED", 401, "The access token has expired.", "访问令牌已过期。", retry_safe=True)
TOKEN_REVOKED = _kind("TOKEN_REVOKED", 401, "The access token is revoked.", "访问令牌已撤销。")
TOKEN_APP_MISMATCH = _kind(
    "TOKEN_APP_MISMATCH",
    403,
    "The access token belongs to another application party or key.",
    "访问令牌不属于该应用方或密钥。",
)
CONSENT_REQUIRED = _kind("CONSENT_REQUIRED", 403, "The user has not consented to this.", "缺少用户授权。")
CONSENT_EXPIRED = _kind("CONSENT_EXPIRED", 403, "The user's consent has expired.", "用户授权已到期。")
CONSENT_REVOKED = _kind("CONSENT_REVOKED", 403, "The user's consent is revoked.", "用户授权已撤销。")
CONSENT_PERIOD_REQUIRED = _kind(
    "CONSENT_PERIOD_REQUIRED", 400, "The consent asked for names no validity.", "授权请求缺少有效期。"
)
GRANT_CONSUMED = _kind("GRANT_CONSUMED", 403, "A consent for a single use was used.", "单次授权已被使用。")
CONSENT_LIMIT_EXCEEDED = _kind(
    "CONSENT_LIMIT_EXCEEDED",
    403,
    "The payment is beyond the limits that the user consented to.",
    "超出用户授权的支付限额。",
)
SCOPE_INSUFFICIENT = _kind(
    "SCOPE_INSUFFICIENT", 403, "The consent does not cover this interface.", "授权范围不含此接口。"
)
RESOURCE_NOT_AUTHORIZED = _kind(
    "RESOURCE_NOT_AUTHORIZED", 404, "There is no such resource under this consent.", "该授权下无此资源。"
)
RESOURCE_NOT_FOUND = _kind("RESOURCE_NOT_FOUND", 404, "There is no such resource.", "资源不存在。")
API_SERVICES_CLOSED = _kind(
    "API_SERVICES_CLOSED",
    403,
    "The user has closed API services; they can reopen them in the bank's authorization centre.",
    "用户已关闭接口服务，可在本行“授权管理”中重新开通。",
)
TRANSACTION_NOT_CONFIRMED = _kind(
    "TRANSACTION_NOT_CONFIRMED", 403, "The user has not confirmed this very transaction.", "用户未确认该笔交易。"
)
SECOND_FACTOR_REQUIRED = _kind(
    "SECOND_FACTOR_REQUIRED", 401, "A second factor of another category is needed.", "须使用第二类认证要素。"
)

# Sealing
SEALED_REQUIRED = _kind("SEALED_REQUIRED", 400, "The sensitive fields must be sealed.", "敏感字段须加密传输。")
SEALED_MALFORMED = _kind(
    "SEALED_MALFORMED", 400, "The sealed value is not a JWE compact string of this profile.", "密文格式错误。"
)
DECRYPT_FAILED = _kind("DECRYPT_FAILED", 400, "The sealed value cannot be opened.", "解密失败。")

# Idempotency and money
IDEMPOTENCY_KEY_REQUIRED = _kind("IDEMPOTENCY_KEY_REQUIRED", 400, "Idempotency-Key is missing.", "缺少幂等键。")
IDEMPOTENCY_KEY_REUSED = _kind(
    "IDEMPOTENCY_KEY_REUSED", 422, "The Idempotency-Key was used with another request.", "幂等键已用于其他请求。"
)
DUPLICATE_BUSINESS_KEY = _kind(
    "DUPLICATE_BUSINESS_KEY", 409, "There is an order with this number already.", "订单号重复。"
)
INSUFFICIENT_FUNDS = _kind("INSUFFICIENT_FUNDS", 422, "The available balance does not suffice.", "可用余额不足。")
ACCOUNT_CLASS_LIMIT = _kind(
    "ACCOUNT_CLASS_LIMIT", 422, "The account class does not allow this amount.", "超出该类账户限额。"
)
DAILY_LIMIT_EXCEEDED = _kind("DAILY_LIMIT_EXCEEDED", 422, "The day's limit is exceeded.", "超出日累计限额。")
ACCOUNT_NOT_USABLE = _kind(
    "ACCOUNT_NOT_USABLE", 422, "The account cannot take part in this transfer.", "账户不可用于该交易。"
)
PAYEE_MISMATCH = _kind("PAYEE_MISMATCH", 422, "Payee's account and name do not go together.", "收款人账号与户名不符。")
TRANSFER_STATE = _kind("TRANSFER_STATE", 409, "The transfer's state does not allow this.", "转账状态不允许该操作。")
TRANSFER_EXPIRED = _kind("TRANSFER_EXPIRED", 409, "The transfer was not executed in time.", "转账已过期。")

# The user at the bank
LOGIN_FAILED = _kind("LOGIN_FAILED", 401, "Login name or password is wrong.", "登录名或密码错误。")
LOGIN_LOCKED = _kind(
    "LOGIN_LOCKED", 429, "Too many failed logins; this login rests for a while.", "登录失败次数过多，请稍后再试。"
)
OTP_INVALID = _kind("OTP_INVALID", 401, "The code is wrong.", "验证码错误。")
OTP_EXPIRED = _kind("OTP_EXPIRED", 401, "The code has expired.", "验证码已过期。")
OTP_LOCKED = _kind("OTP_LOCKED", 429, "Too many wrong codes; ask for a new one.", "验证码错误次数过多，请重新获取。")
OTP_TOO_FREQUENT = _kind("OTP_TOO_FREQUENT", 429, "A code was sent moments ago.", "验证码获取过于频繁。")
SESSION_REQUIRED = _kind("SESSION_REQUIRED", 401, "Please log in.", "请先登录。")
SESSION_EXPIRED = _kind(
    "SESSION_EXPIRED", 401, "The session has ended; please log in again.", "会话已结束，请重新登录。"
)
STEP_OUT_OF_ORDER = _kind("STEP_OUT_OF_ORDER", 409, "This step is not due yet.", "步骤顺序错误。")
NOTICE_REQUIRED = _kind("NOTICE_REQUIRED", 409, "The risk notice has not been read.", "尚未阅读风险提示。")
CONFIRMATION_MISMATCH = _kind(
    "CONFIRMATION_MISMATCH", 409, "This was confirmed for another payee or amount.", "所确认的内容与收款人或金额不符。"
)
OTP_REPLAYED = _kind(
    "OTP_REPLAYED", 401, "The code was used before; wait for the next one.", "动态码已使用，请等待下一个。"
)
FACTOR_NOT_SUITED = _kind(
    "FACTOR_NOT_SUITED",
    403,
    "This way of verifying shows neither payee nor amount, so it confirms no payment.",
    "该验证方式无法显示收款人和金额，不能用于确认付款。",
)
FACTOR_NOT_ENROLLED = _kind("FACTOR_NOT_ENROLLED", 409, "This way of verifying is not set up.", "尚未开通该验证方式。")
FACTOR_LIMIT = _kind("FACTOR_LIMIT", 409, "No more of this kind can be added.", "该验证方式的数量已达上限。")
ACTIVATION_INVALID = _kind(
    "ACTIVATION_INVALID", 401, "The activation code is wrong, used or too old.", "激活码错误、已使用或已过期。"
)
DEVICE_UNKNOWN = _kind(
    "DEVICE_UNKNOWN", 401, "The device is not known, or its signature does not hold.", "设备未绑定或签名无效。"
)
APPROVAL_PENDING = _kind("APPROVAL_PENDING", 409, "The phone has not confirmed yet.", "手机尚未确认。")
APPROVAL_DECLINED = _kind("APPROVAL_DECLINED", 403, "This was declined on the phone.", "已在手机上拒绝。")
APPROVAL_EXPIRED = _kind(
    "APPROVAL_EXPIRED", 409, "The request to the phone is over; send a new one.", "手机确认请求已失效，请重新发送。"
)
APPROVAL_TOO_FREQUENT = _kind(
    "APPROVAL_TOO_FREQUENT", 429, "Too many requests were sent to the phone.", "手机确认请求过于频繁。"
)
SECURITY_KEY_INVALID = _kind(
    "SECURITY_KEY_INVALID", 401, "The security key's answer does not hold.", "安全密钥验证未通过。"
)
SECURITY_KEY_CLONED = _kind(
    "SECURITY_KEY_CLONED",
    401,
    "The security key's counter stands still: it may have been copied.",
    "安全密钥的计数器没有递增，密钥可能已被复制。",
)
FORM_FORGED = _kind("FORM_FORGED", 403, "The form did not come from this page.", "表单校验失败。")
KEYPAD_INVALID = _kind(
    "KEYPAD_INVALID",
    409,
    "The keypad was used before or has expired; please type again.",
    "安全键盘已使用或已过期，请重新输入。",
)

# What the operator console refuses to the bank's own staff
STAFF_ROLE_REQUIRED = _kind("STAFF_ROLE_REQUIRED", 403, "Your role does not allow this.", "您的角色无此权限。")
REASON_REQUIRED = _kind("REASON_REQUIRED", 400, "Please say why, in a few words.", "请填写操作原因。")
FOUR_EYES_REQUIRED = _kind(
    "FOUR_EYES_REQUIRED", 403, "Somebody other than its proposer must decide this.", "须由申请人以外的人员复核。"
)
STATE_CHANGED = _kind(
    "STATE_CHANGED", 409, "Somebody has changed this meanwhile; please look again.", "状态已发生变化，请刷新后再操作。"
)

# OAuth (the wire carries RFC 6749's error codes; these name them in the access log)
OAUTH_INVALID_REQUEST = _kind("invalid_request", 400, "The authorization request is malformed.", "授权请求格式错误。")
OAUTH_INVALID_CLIENT = _kind("invalid_client", 401, "The client could not be authenticated.", "客户端认证失败。")
OAUTH_INVALID_GRANT = _kind("invalid_grant", 400, "The grant is not valid.", "授权凭据无效。")
OAUTH_UNAUTHORIZED_CLIENT = _kind("unauthorized_client", 403, "The client may not do this.", "客户端无此权限。")
OAUTH_UNSUPPORTED_GRANT_TYPE = _kind(
    "unsupported_grant_type", 400, "There is no such grant type here.", "不支持的授权类型。"
)
OAUTH_UNSUPPORTED_RESPONSE_TYPE = _kind("unsupported_response_type", 400, "Only code is supported.", "仅支持授权码。")
OAUTH_INVALID_SCOPE = _kind("invalid_scope", 400, "The scope is not valid.", "授权范围无效。")
OAUTH_INVALID_AUTHORIZATION_DETAILS = _kind(
    "invalid_authorization_details", 400, "The authorization details are not valid.", "授权明细无效。"
)
OAUTH_ACCESS_DENIED = _kind("access_denied", 403, "The user declined.", "用户拒绝授权。")

# What the application refuses from a bank
BANK_IDENTITY_INVALID = _kind("BANK_IDENTITY_INVALID", 502, "The answer is not the bank's.", "应答方不是银行。")
ANSWER_UNSIGNED = _kind("ANSWER_UNSIGNED", 502, "The answer carries no signature.", "应答未签名。")
RESPONSE_BINDING_FAILED = _kind(
    "RESPONSE_BINDING_FAILED", 502, "The answer belongs to another request.", "应答与请求不对应。"
)
SDK_INTEGRITY_FAILED = _kind(
    "SDK_INTEGRITY_FAILED", 500, "The SDK is not as the bank published it.", "SDK与银行发布的不一致。"
)
ISS_MISMATCH = _kind(
    "ISS_MISMATCH", 400, "The authorization answer comes from another issuer.", "授权应答的签发方不符。"
)
STATE_MISMATCH = _kind(
    "STATE_MISMATCH", 400, "The authorization answer belongs to another session.", "授权应答与会话不符。"
)
RESULT_UNKNOWN = _kind(
    "RESULT_UNKNOWN", 504, "No answer came; the result is unknown and must be queried.", "结果未知，须查询确认。"
)

# Identifiers and the rest
U_API_ID_INVALID = _kind(
    "U_API_ID_INVALID", 422, "This is not a uniform API identifier of Appendix B.", "统一识别码不符合附录B。"
)
RATE_LIMITED = _kind("RATE_LIMITED", 429, "Too many calls.", "调用过于频繁。", retry_safe=True)
INTERNAL_ERROR = _kind("INTERNAL_ERROR", 500, "Something failed at the bank.", "银行内部错误。")
SERVICE_UNAVAILABLE = _kind(
    "SERVICE_UNAVAILABLE", 503, "The bank cannot answer now.", "服务暂不可用。", retry_safe=True
)
