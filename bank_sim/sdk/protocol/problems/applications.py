"""What an application refuses: an answer, an event or a build that is not the bank's."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems.kinds import kind

# What the application refuses from a bank
BANK_IDENTITY_INVALID = kind("BANK_IDENTITY_INVALID", 502, "The answer is not the bank's.", "应答方不是银行。")
ANSWER_UNSIGNED = kind("ANSWER_UNSIGNED", 502, "The answer carries no signature.", "应答未签名。")
KEY_SET_UNTRUSTED = kind(
    "KEY_SET_UNTRUSTED", 502, "The bank's key set is not vouched for.", "银行公钥集未通过信任链验证。"
)
RESPONSE_BINDING_FAILED = kind(
    "RESPONSE_BINDING_FAILED", 502, "The answer belongs to another request.", "应答与请求不对应。"
)
ISS_MISMATCH = kind(
    "ISS_MISMATCH", 400, "The authorization answer comes from another issuer.", "授权应答的签发方不符。"
)
STATE_MISMATCH = kind(
    "STATE_MISMATCH", 400, "The authorization answer belongs to another session.", "授权应答与会话不符。"
)
RESULT_UNKNOWN = kind(
    "RESULT_UNKNOWN", 504, "No answer came; the result is unknown and must be queried.", "结果未知，须查询确认。"
)

# A reconciliation file that the application was handed
FILE_OF_ANOTHER = kind(
    "FILE_OF_ANOTHER", 409, "The file is another application's, or another day's.", "该文件属于其他应用方或其他日期。"
)
FILE_TOTALS_WRONG = kind(
    "FILE_TOTALS_WRONG", 422, "The file's lines and its totals do not go together.", "对账文件明细与汇总不符。"
)

# What an application must not keep
RETENTION_FORBIDDEN = kind(
    "RETENTION_FORBIDDEN", 422, "This must not be kept: it tells of a person.", "涉及个人金融信息，不得留存。"
)
SECRET_IN_CONFIG = kind(
    "SECRET_IN_CONFIG", 409, "A key or secret lies in settings or code.", "配置或代码中存有密钥或鉴别密文。"
)
