"""What is refused of a message, of whoever sent it, and of what they ask: the gateway's lines of the catalogue."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems.kinds import kind

# The shape of a message
BODY_TOO_LARGE = kind("BODY_TOO_LARGE", 413, "The body is larger than 64 KiB.", "报文超过64 KiB。")
TLS_POLICY = kind(
    "TLS_POLICY",
    426,
    "Connections here are TLS 1.2 or newer; nothing is answered in clear.",
    "连接须使用TLS 1.2及以上版本，不接受明文。",
)
BODY_TIMEOUT = kind(
    "BODY_TIMEOUT", 408, "The body did not arrive in time.", "报文未在规定时间内到达。", retry_safe=True
)
MALFORMED_HTTP = kind("MALFORMED_HTTP", 400, "This is not well-formed HTTP.", "HTTP报文格式错误。")
HEADER_DUPLICATED = kind(
    "HEADER_DUPLICATED", 400, "A header that may stand once stands twice.", "不可重复的报文头重复出现。"
)
HEADER_FOLDED = kind("HEADER_FOLDED", 400, "A header continues on a second line.", "报文头折行。")
HEADER_INVALID = kind("HEADER_INVALID", 400, "A header is malformed.", "报文头格式错误。")
AUTHORITY_MISMATCH = kind(
    "AUTHORITY_MISMATCH", 421, "The message is addressed to another host.", "报文的目标主机不是本银行。"
)
MEDIA_TYPE_UNSUPPORTED = kind(
    "MEDIA_TYPE_UNSUPPORTED", 415, "The body must be application/json.", "报文类型须为application/json。"
)
JSON_INVALID = kind("JSON_INVALID", 400, "The body is not valid JSON.", "报文不是合法的JSON。")
JSON_DUPLICATE_MEMBER = kind("JSON_DUPLICATE_MEMBER", 400, "A JSON member stands twice.", "JSON成员重复。")
JSON_TOO_DEEP = kind("JSON_TOO_DEEP", 400, "The JSON is nested deeper than 16 levels.", "JSON嵌套超过16层。")
JSON_FLOAT = kind(
    "JSON_FLOAT",
    400,
    "Amounts are strings with two decimals; JSON fractions are refused.",
    "金额须为两位小数的字符串，不接受JSON小数。",
)
PARAM_INVALID = kind("PARAM_INVALID", 400, "A parameter does not match the interface's schema.", "参数与接口定义不符。")
UNKNOWN_MEMBER = kind("UNKNOWN_MEMBER", 400, "The interface takes no such JSON member.", "接口不含该JSON成员。")
AMOUNT_INVALID = kind(
    "AMOUNT_INVALID",
    400,
    "The amount is not a positive decimal string with two places.",
    "金额须为两位小数的正数字符串。",
)
PLAINTEXT_SENSITIVE_FIELD = kind(
    "PLAINTEXT_SENSITIVE_FIELD", 400, "A sensitive field travels unsealed.", "敏感字段未加密。"
)
API_VERSION_REQUIRED = kind("API_VERSION_REQUIRED", 400, "X-API-Version is missing.", "缺少接口版本。")
API_VERSION_UNKNOWN = kind("API_VERSION_UNKNOWN", 400, "This interface has no such version.", "接口版本不存在。")
API_NOT_FOUND = kind("API_NOT_FOUND", 404, "There is no such interface.", "接口不存在。")
METHOD_NOT_ALLOWED = kind("METHOD_NOT_ALLOWED", 405, "The interface does not take this method.", "接口不支持该方法。")

# Who calls, and with which proof
SIGNATURE_REQUIRED = kind("SIGNATURE_REQUIRED", 401, "The message carries no signature.", "报文未签名。")
SIGNATURE_MALFORMED = kind(
    "SIGNATURE_MALFORMED",
    400,
    "The signature headers do not follow the profile of RFC 9421.",
    "签名报文头不符合RFC 9421约定。",
)
SIGNATURE_AMBIGUOUS = kind(
    "SIGNATURE_AMBIGUOUS", 400, "The message carries more than one signature.", "报文含多个签名。"
)
SIGNATURE_COVERAGE = kind(
    "SIGNATURE_COVERAGE",
    401,
    "The signature does not cover every component that the profile asks for.",
    "签名未覆盖必需的报文要素。",
)
SIGNATURE_INVALID = kind("SIGNATURE_INVALID", 401, "The signature does not hold.", "验签失败。")
DIGEST_REQUIRED = kind("DIGEST_REQUIRED", 400, "Content-Digest is missing.", "缺少报文摘要。")
DIGEST_MISMATCH = kind("DIGEST_MISMATCH", 400, "Content-Digest does not match the body.", "报文摘要不符。")
TIMESTAMP_EXPIRED = kind(
    "TIMESTAMP_EXPIRED",
    401,
    "The message was signed outside the time window.",
    "报文签名时间超出有效窗口。",
    retry_safe=True,
)
NONCE_REPLAYED = kind("NONCE_REPLAYED", 409, "The nonce was used before.", "随机数已被使用，疑似重放。")
ALG_NOT_ALLOWED = kind("ALG_NOT_ALLOWED", 400, "The algorithm is not the registered key's.", "算法与登记密钥不符。")
APP_AUTH_FAILED = kind(
    "APP_AUTH_FAILED", 401, "The application party could not be authenticated.", "应用方身份认证失败。"
)
APP_LOCKED = kind(
    "APP_LOCKED",
    429,
    "Too many wrong App_Secrets came from this address under this App_ID.",
    "该来源以此App_ID提交错误鉴别密文的次数过多，已暂时锁定。",
    retry_safe=True,
)
APP_SUSPENDED = kind("APP_SUSPENDED", 403, "The application party is suspended.", "应用方已被暂停。")
APP_EXITED = kind(
    "APP_EXITED", 403, "The application party has left; it is served no more.", "应用方已退出合作，不再提供服务。"
)
APP_BLACKLISTED = kind("APP_BLACKLISTED", 403, "The application party is blacklisted.", "应用方已列入黑名单。")
SOURCE_BLACKLISTED = kind("SOURCE_BLACKLISTED", 403, "This address is blacklisted.", "该地址已列入黑名单。")
KEY_UNKNOWN = kind("KEY_UNKNOWN", 401, "The key is not registered.", "密钥未登记。")
KEY_EXPIRED = kind("KEY_EXPIRED", 401, "The key is past its validity.", "密钥已过期。")
KEY_NOT_YET_VALID = kind("KEY_NOT_YET_VALID", 401, "The key is not valid yet.", "密钥尚未生效。")
KEY_REVOKED = kind("KEY_REVOKED", 401, "The key is revoked.", "密钥已吊销。")
KEY_USAGE_MISMATCH = kind("KEY_USAGE_MISMATCH", 400, "The key is registered for another purpose.", "密钥用途不符。")
KEY_INVALID = kind("KEY_INVALID", 400, "This is not a usable key.", "密钥无效。")
KEY_SUPERSEDED = kind(
    "KEY_SUPERSEDED", 403, "A key that has a successor orders no new credential.", "已有后继的密钥不得办理新凭证。"
)
CREDENTIAL_TOO_WEAK = kind(
    "CREDENTIAL_TOO_WEAK",
    401,
    "An A2 interface takes only a certificate or key pair.",
    "A2级接口须使用数字证书或公私钥对认证。",
)
CERT_REQUIRED = kind(
    "CERT_REQUIRED", 401, "This application party must present its client certificate.", "须出示客户端证书。"
)
CERT_REVOKED = kind("CERT_REVOKED", 401, "The client certificate is revoked.", "客户端证书已吊销。")
CERT_EXPIRED = kind("CERT_EXPIRED", 401, "The client certificate is past its validity.", "客户端证书已过期。")
CERT_APP_MISMATCH = kind(
    "CERT_APP_MISMATCH", 401, "The client certificate is bound to another App_ID.", "客户端证书与App_ID不匹配。"
)
CERT_REQUEST_INVALID = kind(
    "CERT_REQUEST_INVALID", 400, "This certificate request cannot be signed.", "该证书申请不符合签发要求。"
)

# What the caller may do
API_NOT_GRANTED = kind("API_NOT_GRANTED", 403, "This App_ID is not granted this interface.", "该App_ID未获此接口授权。")
TEST_ENVIRONMENT_ONLY = kind(
    "TEST_ENVIRONMENT_ONLY",
    403,
    "The application is not live yet: it moves no money and serves the bank's test customers only.",
    "应用尚未上线：不能发起资金交易，且仅限测试客户使用。",
)
LEVEL_NOT_ALLOWED = kind(
    "LEVEL_NOT_ALLOWED", 403, "The integration mode does not allow this level.", "接入方式不允许该安全级别。"
)
TOKEN_REQUIRED = kind("TOKEN_REQUIRED", 401, "An access token is missing.", "缺少访问令牌。")
TOKEN_INVALID = kind("TOKEN_INVALID", 401, "The access token is not valid.", "访问令牌无效。")
TOKEN_EXPIRED = kind("TOKEN_EXPIRED", 401, "The access token has expired.", "访问令牌已过期。", retry_safe=True)
TOKEN_REVOKED = kind("TOKEN_REVOKED", 401, "The access token is revoked.", "访问令牌已撤销。")
TOKEN_APP_MISMATCH = kind(
    "TOKEN_APP_MISMATCH",
    403,
    "The access token belongs to another application party or key.",
    "访问令牌不属于该应用方或密钥。",
)
CONSENT_REQUIRED = kind("CONSENT_REQUIRED", 403, "The user has not consented to this.", "缺少用户授权。")
CONSENT_EXPIRED = kind("CONSENT_EXPIRED", 403, "The user's consent has expired.", "用户授权已到期。")
CONSENT_REVOKED = kind("CONSENT_REVOKED", 403, "The user's consent is revoked.", "用户授权已撤销。")
CONSENT_PERIOD_REQUIRED = kind(
    "CONSENT_PERIOD_REQUIRED", 400, "The consent asked for names no validity.", "授权请求缺少有效期。"
)
GRANT_CONSUMED = kind("GRANT_CONSUMED", 403, "A consent for a single use was used.", "单次授权已被使用。")
CONSENT_LIMIT_EXCEEDED = kind(
    "CONSENT_LIMIT_EXCEEDED",
    403,
    "The payment is beyond the limits that the user consented to.",
    "超出用户授权的支付限额。",
)
SCOPE_INSUFFICIENT = kind(
    "SCOPE_INSUFFICIENT", 403, "The consent does not cover this interface.", "授权范围不含此接口。"
)
RESOURCE_NOT_AUTHORIZED = kind(
    "RESOURCE_NOT_AUTHORIZED", 404, "There is no such resource under this consent.", "该授权下无此资源。"
)
RESOURCE_NOT_FOUND = kind("RESOURCE_NOT_FOUND", 404, "There is no such resource.", "资源不存在。")
API_SERVICES_CLOSED = kind(
    "API_SERVICES_CLOSED",
    403,
    "The user has closed API services; they can reopen them in the bank's authorization centre.",
    "用户已关闭接口服务，可在本行“授权管理”中重新开通。",
)

# Sealing
SEALED_REQUIRED = kind("SEALED_REQUIRED", 400, "The sensitive fields must be sealed.", "敏感字段须加密传输。")
SEALED_MALFORMED = kind(
    "SEALED_MALFORMED", 400, "The sealed value is not a JWE compact string of this profile.", "密文格式错误。"
)
DECRYPT_FAILED = kind("DECRYPT_FAILED", 400, "The sealed value cannot be opened.", "解密失败。")

# Idempotency and money
IDEMPOTENCY_KEY_REQUIRED = kind("IDEMPOTENCY_KEY_REQUIRED", 400, "Idempotency-Key is missing.", "缺少幂等键。")
IDEMPOTENCY_KEY_REUSED = kind(
    "IDEMPOTENCY_KEY_REUSED", 422, "The Idempotency-Key was used with another request.", "幂等键已用于其他请求。"
)
DUPLICATE_BUSINESS_KEY = kind(
    "DUPLICATE_BUSINESS_KEY", 409, "There is an order with this number already.", "订单号重复。"
)
INSUFFICIENT_FUNDS = kind("INSUFFICIENT_FUNDS", 422, "The available balance does not suffice.", "可用余额不足。")
ACCOUNT_CLASS_LIMIT = kind(
    "ACCOUNT_CLASS_LIMIT", 422, "The account class does not allow this amount.", "超出该类账户限额。"
)
DAILY_LIMIT_EXCEEDED = kind("DAILY_LIMIT_EXCEEDED", 422, "The day's limit is exceeded.", "超出日累计限额。")
ACCOUNT_NOT_USABLE = kind(
    "ACCOUNT_NOT_USABLE", 422, "The account cannot take part in this transfer.", "账户不可用于该交易。"
)
PAYEE_MISMATCH = kind("PAYEE_MISMATCH", 422, "Payee's account and name do not go together.", "收款人账号与户名不符。")
TRANSFER_STATE = kind("TRANSFER_STATE", 409, "The transfer's state does not allow this.", "转账状态不允许该操作。")
TRANSFER_EXPIRED = kind("TRANSFER_EXPIRED", 409, "The transfer was not executed in time.", "转账已过期。")

# Risk, judged before money moves
STEP_UP_REQUIRED = kind(
    "STEP_UP_REQUIRED",
    403,
    "This payment must be confirmed with the phone's key or a security key.",
    "该笔付款须使用手机密钥或安全密钥确认。",
)
RISK_REJECTED = kind(
    "RISK_REJECTED", 403, "The bank does not carry this payment out.", "出于风险控制，本行不予办理该笔付款。"
)
CLEARING_PROHIBITED = kind(
    "CLEARING_PROHIBITED",
    403,
    "An application must not pass money of others through an account, as a clearing house would.",
    "应用方不得借某一账户归集、划转他人资金，变相从事清算。",
)

# The reconciliation file of a day
PURPOSE_NOT_GRANTED = kind(
    "PURPOSE_NOT_GRANTED",
    403,
    "Full account numbers are given out for a purpose that the bank has granted only.",
    "仅在银行已批准相应用途时，方可提供完整账号。",
)
DAY_NOT_CLOSED = kind(
    "DAY_NOT_CLOSED", 409, "The day's file is not made yet.", "该日对账文件尚未生成。", retry_safe=True
)

# Identifiers and the rest
U_API_ID_INVALID = kind(
    "U_API_ID_INVALID", 422, "This is not a uniform API identifier of Appendix B.", "统一识别码不符合附录B。"
)
RATE_LIMITED = kind("RATE_LIMITED", 429, "Too many calls.", "调用过于频繁。", retry_safe=True)

# How much may be called, for those who have proven who they are
QUOTA_SUSPENDED = kind(
    "QUOTA_SUSPENDED",
    429,
    "Calls of this App_ID rest for a while.",
    "该App_ID的调用已被暂停一段时间。",
    retry_safe=True,
)
QUOTA_EXCEEDED = kind("QUOTA_EXCEEDED", 429, "The limit of calls is reached.", "已达到调用量上限。", retry_safe=True)
CONCURRENCY_LIMIT = kind(
    "CONCURRENCY_LIMIT", 429, "Too many calls at the same time.", "并发调用数已达上限。", retry_safe=True
)
USER_ABSENT_LIMIT = kind(
    "USER_ABSENT_LIMIT",
    429,
    "This user's data was asked for too often without the user.",
    "用户不在场时查询过于频繁。",
    retry_safe=True,
)

INTERNAL_ERROR = kind("INTERNAL_ERROR", 500, "Something failed at the bank.", "银行内部错误。")
SERVICE_UNAVAILABLE = kind("SERVICE_UNAVAILABLE", 503, "The bank cannot answer now.", "服务暂不可用。", retry_safe=True)
