"""What the bank refuses to staff and partners in the lives of applications, interfaces, keys, events and builds."""

from __future__ import annotations

from bank_sim.sdk.protocol.problems.kinds import kind

# What the operator console refuses to the bank's own staff
STAFF_ROLE_REQUIRED = kind("STAFF_ROLE_REQUIRED", 403, "Your role does not allow this.", "您的角色无此权限。")
REASON_REQUIRED = kind("REASON_REQUIRED", 400, "Please say why, in a few words.", "请填写操作原因。")
FOUR_EYES_REQUIRED = kind(
    "FOUR_EYES_REQUIRED", 403, "Somebody other than its proposer must decide this.", "须由申请人以外的人员复核。"
)
CASE_REQUIRED = kind(
    "CASE_REQUIRED", 403, "Name the case that you are working on.", "须注明正在处理的案件，方可查看客户信息。"
)
EXPORT_NOT_APPROVED = kind(
    "EXPORT_NOT_APPROVED", 403, "Somebody else must agree to this export first.", "日志导出须先经另一人复核同意。"
)
STATE_CHANGED = kind(
    "STATE_CHANGED", 409, "Somebody has changed this meanwhile; please look again.", "状态已发生变化，请刷新后再操作。"
)

# What a running process of the bank refuses: an application's admission, an interface's or a key's life
ILLEGAL_TRANSITION = kind(
    "ILLEGAL_TRANSITION", 409, "This step does not follow from the present state.", "当前状态下不能执行此步骤。"
)

# Admission of an application party, from its enquiry until it is live
ADMISSION_CODE_WRONG = kind(
    "ADMISSION_CODE_WRONG", 401, "Case number and access code do not go together.", "申请编号与访问码不匹配。"
)
ASSESSMENT_INCOMPLETE = kind(
    "ASSESSMENT_INCOMPLETE", 422, "A question of the self-assessment has no answer.", "准入自评问卷未填写完整。"
)
KEY_INDICATOR_LOW = kind(
    "KEY_INDICATOR_LOW",
    422,
    "The protection of user information is rated below the minimum, whatever the total.",
    "用户信息保护得分低于准入底线，总分再高也不予通过。",
)
MATERIAL_MISSING = kind("MATERIAL_MISSING", 422, "A material that is required is missing.", "缺少必须提交的材料。")
MATERIAL_INVALID = kind(
    "MATERIAL_INVALID",
    422,
    "A material is expired, wrong in its number, or not genuine.",
    "材料已过期、号码有误或不真实。",
)
APPLICANT_SCREENED = kind(
    "APPLICANT_SCREENED", 422, "The applicant stands on a screening list.", "申请方在合规筛查名单中。"
)
AGREEMENT_INCOMPLETE = kind(
    "AGREEMENT_INCOMPLETE", 422, "The agreement lacks something that it must settle.", "协议缺少必备条款或约定。"
)
AGREEMENT_UNSIGNED = kind(
    "AGREEMENT_UNSIGNED", 409, "The agreement is not signed by both sides.", "协议尚未由双方签署。"
)
KEY_NOT_PROVEN = kind("KEY_NOT_PROVEN", 422, "Possession of the private key is not proven.", "未能证明持有私钥。")
NOT_APPROVED = kind("NOT_APPROVED", 409, "The admission is not approved yet.", "准入申请尚未获批。")
INSPECTION_OPEN = kind(
    "INSPECTION_OPEN", 409, "The inspection before going live has open findings.", "上线前检查尚有未通过项。"
)

# Logs that two parties vouch for
LOG_TAMPERED = kind(
    "LOG_TAMPERED",
    409,
    "A log is not what it was when the other party countersigned it.",
    "日志与对方此前会签的检查点不符，疑遭篡改。",
)

# Events to applications
EVENTS_NOT_WANTED = kind(
    "EVENTS_NOT_WANTED", 409, "The application has given no address for events.", "应用方未登记事件接收地址。"
)

EVENT_NOT_BY_BANK = kind("EVENT_NOT_BY_BANK", 401, "The event is not the bank's.", "该事件通知并非银行发出。")

# Builds of the bank's SDK
SDK_REQUIRED = kind(
    "SDK_REQUIRED",
    403,
    "This application calls through the bank's SDK, and this call did not.",
    "该应用须通过银行SDK调用。",
)
SDK_INTEGRITY_FAILED = kind(
    "SDK_INTEGRITY_FAILED", 403, "The SDK is not as the bank published it.", "SDK与银行发布的不一致。"
)
SDK_VERSION_WITHDRAWN = kind(
    "SDK_VERSION_WITHDRAWN",
    403,
    "This build of the SDK may no longer be used; update it.",
    "该版本SDK已停用，请升级。",
)
DEVICE_RISK = kind(
    "DEVICE_RISK", 403, "The user's device is not in a state to move money.", "用户设备环境存在风险，不能办理资金交易。"
)

# The life of an interface: what its next step still lacks, and what callers of one that has ended are told
SERVICE_TERMINATED = kind(
    "SERVICE_TERMINATED", 410, "The service of this interface version has ended.", "该版本接口已终止服务。"
)
AUDIT_REQUIRED = kind(
    "AUDIT_REQUIRED",
    409,
    "A code security audit of exactly this version must have passed first.",
    "须先通过针对该版本的代码安全审计。",
)
CHANGE_PLAN_REQUIRED = kind(
    "CHANGE_PLAN_REQUIRED", 409, "A change plan with the way back must stand first.", "须先制定变更方案与回退预案。"
)
CODE_RETIRED = kind(
    "CODE_RETIRED", 409, "This identifier was given back and is never used again.", "该识别码已注销，不得再次使用。"
)
LEAD_TIME_RUNNING = kind("LEAD_TIME_RUNNING", 409, "The announced time has not passed yet.", "告知的提前期尚未届满。")
NOTICE_MISSING = kind("NOTICE_MISSING", 409, "Not everybody concerned has been told.", "尚有相关方未被告知。")
TRAFFIC_IN_FLIGHT = kind("TRAFFIC_IN_FLIGHT", 409, "Applications still call it.", "仍有应用方在调用。")

# An application party from its going live to its exit
EXIT_STEPS_PENDING = kind(
    "EXIT_STEPS_PENDING", 409, "Steps of the exit that come first are not done.", "退出流程的前置步骤尚未完成。"
)
TRANSFERS_PENDING = kind("TRANSFERS_PENDING", 409, "Transfers are still under way.", "尚有在途交易未完结。")
DELETION_UNPROVEN = kind(
    "DELETION_UNPROVEN",
    422,
    "This is no valid statement of the application that it has deleted what it held.",
    "未提供应用方签署的有效数据删除声明。",
)
ARCHIVE_BROKEN = kind(
    "ARCHIVE_BROKEN", 409, "The archived record is missing or not as it was written.", "归档记录缺失或与归档时不一致。"
)
APP_LEAVING = kind(
    "APP_LEAVING",
    403,
    "The application party is leaving: it brings what is under way to its end and begins nothing new.",
    "应用方正在退出，只能办结在途业务，不得新发起。",
)
APP_LIMIT_EXCEEDED = kind(
    "APP_LIMIT_EXCEEDED", 422, "A limit of this application party would be exceeded.", "超出该应用方的限额。"
)
EVIDENCE_MISSING = kind(
    "EVIDENCE_MISSING", 409, "The evidence that this decision rests on is missing.", "缺少作出该决定所需的依据。"
)
