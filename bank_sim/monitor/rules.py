"""What is worth an alarm, as data: who or what it is about, what is measured, from which number on, within how long.

A number that no norm gives is ours, and stands here in the open with the reason. Changing a rule is changing a line.

Sources: JR/T 0185 10.1.1 b (time, volume and success of interfaces, with alarms), 10.1.2 a 2 (use without authority or
under a false name), 9.2.1 b 4 (malicious connections), 12.3 a 3 (records that were changed).
"""

from __future__ import annotations

from bank_sim.monitor.rule import About, Measure, Rule, Severity
from bank_sim.monitor.rules_about_proofs import rules_about_proofs
from bank_sim.monitor.traffic import WEAKENED_SIGN
from bank_sim.policy import Policy

__all__ = ["About", "Measure", "Rule", "Severity", "rules_of"]


def rules_of(policy: Policy) -> tuple[Rule, ...]:
    """The rules in force, the gravest first."""
    return (
        Rule(
            "LOG_TAMPERED", "critical", "bank", "reported", 1, 1,
            "The access log's chain is broken", "访问日志链断裂",
            "Stop changing anything, secure the database file, and find out who could write to it.",
            "立即停止变更、封存数据库文件，并排查谁具有写入权限。",
        ),
        Rule(
            "DEFENCE_OFF", "critical", "bank", "signs", 1, 5,
            "Calls are served with a defence left out", "部分防护被关闭，调用仍在进行",
            "Only a training does this on purpose. If no training runs, restore the bank at once.",
            "仅训练时才会关闭防护；若无训练安排，请立即恢复。",
            (WEAKENED_SIGN,),
        ),
        Rule(
            "FAULTS", "critical", "interface", "fault_permille", 10, 5,
            "The bank fails at an interface", "接口出现银行侧故障",
            "One call in a hundred failed for the bank's own reasons: read the trace ids in the bank's log.",
            "每百次调用至少一次因银行侧原因失败，请按追踪号查阅银行日志。",
            calls_min=20,
        ),
        Rule(
            "PROCESS_LOST", "critical", "bank", "reported", 1, 1,
            "A process of the bank died and was replaced", "银行进程异常退出，已自动重启",
            "Calls that it was serving got no answer. Read the bank's log, and expect applications to query results.",
            "其正在处理的调用未得到应答。请查阅银行日志，应用方可能会查询交易结果。",
        ),
        Rule(
            "EVENTS_UNDELIVERED", "major", "application", "reported", 1, 1,
            "An application no longer takes the bank's events", "应用方长时间未接收事件通知",
            "Its users may have revoked without it knowing. Call them, then have the dead letters replayed.",
            "其用户可能已撤销授权而应用方不知情。请联系对方，恢复后重放死信。",
        ),
        Rule(
            "INTERFACE_CHANGED", "critical", "interface", "reported", 1, 1,
            "A published interface is not served as it was published", "已发布接口与发布时的定义不一致",
            "A change needs a version of its own. Restore the programs, or publish a new version beside the old one.",
            "接口变更须另发新版本。请恢复原程序，或将变更作为新版本并行发布。",
        ),
        Rule(
            "SLOW_INTERFACE", "major", "interface", "p99_ms", 500, 5,
            "An interface answers slowly", "接口响应缓慢",
            "Half a second is what users notice. Compare with the traffic: is it load, or one expensive query?",
            "半秒即可被用户察觉。请对照流量判断是负载所致还是个别查询过慢。",
            calls_min=20,
        ),
        Rule(
            "SUCCESS_RATE_LOW", "minor", "application", "refused_percent", 50, 5,
            "Half of an application's calls are refused", "应用方半数调用被拒绝",
            "Usually a broken release of theirs. Look which codes they get, and tell them.",
            "通常是应用方新版本有误。请查看其收到的错误码并告知对方。",
            calls_min=20,
        ),
        Rule(
            "FORGED_SIGNATURES", "major", "source", "signs", 20, 5,
            "Somebody calls without a valid proof, again and again", "某来源反复以无效凭证调用",
            "Either a misconfigured client or somebody guessing. Ask whose address it is; blacklist it if nobody's.",
            "可能是客户端配置错误，也可能是猜测凭证。请确认地址归属，无主则列入黑名单。",
            ("SIGNATURE_INVALID", "KEY_UNKNOWN", "APP_AUTH_FAILED", "invalid_client", "CERT_APP_MISMATCH"),
        ),
        Rule(
            "TAMPERING", "major", "application", "signs", 3, 5,
            "Messages of an application arrive altered", "应用方报文到达时已被篡改",
            "Somebody between the two of you changes them, or signs in its name. Compare its log with yours.",
            "双方之间有人篡改报文，或冒名签名。请将对方日志与本行日志比对。",
            ("SIGNATURE_INVALID", "DIGEST_MISMATCH"),
        ),
        Rule(
            "AUTH_BRUTE_FORCE", "major", "source", "signs", 1, 5,
            "An App_Secret is being guessed", "有人暴力猜测应用方鉴别密文",
            "The address is locked out for this App_ID. Ask whose it is; have the secret renewed if it leaked.",
            "该来源对此App_ID已被锁定。请确认地址归属；若密文可能已泄露，请要求应用方更换。",
            ("APP_LOCKED",),
        ),
        Rule(
            "ASSERTION_REPLAY", "major", "application", "reported", 1, 1,
            "A client assertion was presented for a second time", "客户端断言被重复使用",
            "An assertion is made anew for each call; a copy means that somebody reads the application's messages.",
            "断言每次调用须重新签发；出现副本说明有人截获了应用方的报文。",
        ),
        Rule(
            "DECRYPTION_PROBED", "major", "application", "signs", 20, 5,
            "Sealed values that cannot be opened come again and again", "反复提交无法解密的密文",
            "Somebody tries what the bank makes of altered or foreign ciphertexts. Ask the application what it sends.",
            "有人以篡改或他人密文试探解密结果。请向应用方核实其提交的内容。",
            ("DECRYPT_FAILED",),
        ),
        Rule(
            "RESOURCE_ABUSE", "major", "source", "signs", 10, 5,
            "Somebody sends what is made to cost: huge, deep or endless bodies, or failures in a flood",
            "某来源发送超大、超深、迟迟不完的报文，或大量失败请求，蓄意消耗资源",
            "Each was refused before it cost much. Ask whose address it is; blacklist it if nobody's.",
            "均已在消耗资源前拒绝。请确认地址归属，无主则列入黑名单。",
            ("BODY_TOO_LARGE", "BODY_TIMEOUT", "JSON_TOO_DEEP", "RATE_LIMITED"),
        ),
        Rule(
            "REPLAYED_MESSAGES", "major", "application", "signs", 3, 5,
            "Messages are sent again word for word", "报文被原样重放",
            "A retry must be signed anew; a copy means that somebody else holds the message.",
            "正常重试须重新签名；原样重发说明报文可能落入他人之手。",
            ("NONCE_REPLAYED",),
        ),
        Rule(
            "CREDENTIAL_SHARING", "critical", "application", "networks", policy.shared_networks, 15,
            "One application's credentials are used from many networks at once", "同一应用方凭证同时在多个网络使用",
            "They were passed on or stolen. The bank suspends by itself where it is set to; ask who calls from where.",
            "凭证可能被转借或窃取。按设置可由系统自动暂停；请核实各来源的调用主体。",
        ),
        Rule(
            "IMPERSONATION_SUSPECTED", "critical", "application", "two_places", 1, 15,
            "An application calls from a new network while it goes on calling from its own",
            "应用方在原网络持续调用的同时出现新网络来源",
            "Either it added a server, or somebody else holds its keys. Ask at once; revoke the key if it did not.",
            "可能是新增服务器，也可能是密钥被冒用。请立即核实，对方不知情则吊销密钥。",
        ),
        Rule(
            "NEW_NETWORK", "minor", "application", "new_network", 1, 15,
            "An application calls from a network that it never used", "应用方从未使用过的网络发起调用",
            "Did it announce a move? If not, ask.",
            "请核对其是否报备过部署变更；未报备的应予问询。",
        ),
        Rule(
            "CERTIFICATE_BORROWED", "critical", "application", "signs", 1, 5,
            "An application's key signs over another's client certificate", "以他方客户端证书使用应用方密钥",
            "Key and certificate belong to different holders: one of them has leaked. Revoke the key, then ask.",
            "密钥与证书分属不同主体，其一已泄露。请先吊销密钥再问询。",
            ("CERT_APP_MISMATCH",),
        ),
        Rule(
            "PATHS_PROBED", "minor", "source", "signs", 30, 5,
            "Somebody tries paths that no interface has", "某来源逐一尝试不存在的接口地址",
            "Somebody looks for what is not published. Nothing is there; see what else comes from this address.",
            "有人在探测未公开的接口。地址均不存在；请留意该来源的其他行为。",
            ("API_NOT_FOUND",),
        ),
        Rule(
            "SCRAPING", "major", "application", "customers", policy.scraped_customers, 60,
            "An application reads far more customers' data than it usually does", "应用方读取的客户数量远超其惯常水平",
            "Its users may not be sitting there. Compare with its logins, and inquire.",
            "可能并非用户本人操作。请与其登录量比对并问询。",
            factor=3,
        ),
        Rule(
            "ABSENT_USERS_POLLED", "major", "application", "signs", 3, 60,
            "An application keeps asking for data of users who are not there", "应用方在用户不在场时持续轮询其数据",
            "It copies what it may only show. Inquire, and compare its claims that users were there with its logins.",
            "对方可能在批量留存数据。请发起问询，并将其“用户在场”声明与登录记录比对。",
            ("USER_ABSENT_LIMIT",),
        ),
        Rule(
            "VOLUME_SURGE", "minor", "application", "surge", 1_000, 15,
            "An application calls far more than in its busiest quarter of an hour", "应用方调用量远超其历史峰值",
            "A campaign, a loop in its program, or somebody else. The limits hold; ask if it goes on.",
            "可能是营销活动、程序死循环或他人冒用。限流持续有效；如不缓解请问询。",
            factor=5,
        ),
        Rule(
            "UNUSUAL_HOURS", "minor", "application", "odd_hour", 20, 60,
            "An application calls at an hour at which it never does", "应用方在其从不调用的时段发起调用",
            "A new nightly job, or somebody who hopes that nobody is looking. Ask in the morning.",
            "可能是新增夜间任务，也可能是有人趁无人值守。请次日核实。",
            calls_min=500,
        ),
        Rule(
            "STOLEN_TOKEN", "major", "application", "signs", 1, 5,
            "A token was used by an application that it was not issued to", "令牌被非所属应用方使用",
            "Find out how it left the application it belongs to; revoke the user's consent there if in doubt.",
            "请查明令牌如何泄露；如有疑问，撤销相应用户授权。",
            ("TOKEN_APP_MISMATCH",),
        ),
        Rule(
            "FOREIGN_RESOURCES", "major", "application", "signs", policy.enumeration_alarm,
            -(-policy.enumeration_window_s // 60) + 1,
            "An application asks for other people's accounts", "应用方尝试访问他人账户",
            "Guessing references is no accident. Suspend it, then ask.",
            "枚举账户引用绝非偶然。请先暂停该应用方，再行询问。",
            ("RESOURCE_NOT_AUTHORIZED",),
        ),
        Rule(
            "SDK_ALTERED", "major", "application", "signs", 1, 5,
            "An application calls with an SDK that was changed", "应用方使用被篡改的SDK调用",
            "Somebody patched or wrapped the SDK, or built their own. Ask for its files, and inspect the application.",
            "SDK可能被篡改、二次封装或自行编译。请索取其文件并对应用方开展检查。",
            ("SDK_INTEGRITY_FAILED",),
        ),
        Rule(
            "DEVICE_RISK", "minor", "application", "signs", 1, 5,
            "A user's device is rooted, simulated, overlaid or debugged", "用户设备存在越权、模拟器、悬浮窗或调试风险",
            "No money moved. Many at one application mean that somebody attacks its users, or wraps its app.",
            "资金交易已被阻断。同一应用方大量出现，说明其用户正受攻击或其客户端被二次封装。",
            ("DEVICE_RISK",),
        ),
        Rule(
            "OUT_OF_BOUNDS", "minor", "application", "signs", 10, 5,
            "An application calls what it was not granted", "应用方调用未获授权的接口",
            "Read the agreement: is a grant missing, or does it try what it may not do?",
            "请对照协议：是漏配权限，还是越权尝试？",
            ("API_NOT_GRANTED", "SCOPE_INSUFFICIENT", "LEVEL_NOT_ALLOWED", "CREDENTIAL_TOO_WEAK", "CONSENT_REQUIRED"),
        ),
        Rule(
            "APPLICANT_SCREENED", "major", "bank", "signs", 1, 5,
            "An applicant stands on the screening list", "申请方在合规筛查名单中",
            "Do not admit it. Look who else at the bank deals with it, and tell them.",
            "不得准入。请排查本行其他条线是否与其有往来，并予通报。",
            ("APPLICANT_SCREENED",),
        ),
        Rule(
            "SHUT_OUT_STILL_CALLS", "minor", "application", "signs", 20, 5,
            "A suspended or blacklisted application goes on calling", "已暂停或列入黑名单的应用方仍在调用",
            "Nothing gets through. Make sure that they know, and that their users are told.",
            "调用均已拒绝。请确认对方知情，并已告知其用户。",
            ("APP_SUSPENDED", "APP_BLACKLISTED"),
        ),
        Rule(
            "EXITED_STILL_CALLS", "major", "application", "signs", 1, 5,
            "An application that has left goes on calling", "已退出的应用方仍在调用",
            "Its credentials are void. Somebody kept them: ask for the statement of deletion once more.",
            "其凭证已作废，仍在使用说明未按要求清除。请再次核对数据删除声明。",
            ("APP_EXITED",),
        ),
        Rule(
            "QUOTA_NEAR", "minor", "application", "reported", 1, 1,
            "An application comes near a limit of its calls", "应用方调用量接近上限",
            "Look at its quotas. If its business grew, agree on more before its users are refused.",
            "请查看其限额；如业务增长，请在其用户被拒之前变更协议。",
        ),
        Rule(
            "QUOTA_SUSPENDED", "major", "application", "reported", 1, 1,
            "Calls of an application rest: it went on beyond its limit", "应用方持续超限，调用已暂停",
            "It ends by itself. Ask what runs there that does not wait; release it once that is mended.",
            "到期自动恢复。请核实对方为何未按要求等待，整改后可提前解除。",
        ),
        Rule(
            "VOLUME_ANOMALY", "major", "application", "reported", 1, 1,
            "An application calls more than was agreed", "应用方日调用量超出协议约定",
            "Ask whether its business grew; then the agreement must follow, or the calls must go down.",
            "请核实业务是否增长：或相应变更协议，或压降调用量。",
        ),
        Rule(
            "UNDECLARED_CHANGE", "minor", "application", "reported", 1, 1,
            "An application's volume jumped without a word from it", "应用方未报备而调用量突增",
            "Inquire: a release, a campaign, or somebody else with its credentials?",
            "请发起问询：是版本发布、营销活动，还是凭证被他人使用？",
        ),
        Rule(
            "LOGS_CONTRADICT", "major", "application", "reported", 1, 1,
            "An application's log and the bank's contradict each other", "应用方日志与本行日志不一致",
            "One of them was changed, or somebody else calls under its name. Look at the incident, call by call.",
            "日志被改动，或有人以其名义调用。请在事件页逐笔核对。",
        ),
        Rule(
            "APP_RETENTION", "critical", "application", "reported", 1, 1,
            "An inspection found personal data that an application must not keep",
            "检查发现应用方违规留存个人金融信息",
            "Have it deleted and the deletion proved; look how long it lay there, and whether users must be told.",
            "责令删除并提供证明；查明留存时间，并评估是否须告知用户。",
        ),
        Rule(
            "TASK_OVERDUE", "major", "application", "reported", 1, 1,
            "Something is overdue between bank and application", "与应用方之间有事项逾期",
            "Look at the supervision page: whose turn it is, and what follows.",
            "请在监督管理页查看责任方及后续处置。",
        ),
        Rule(
            "DELETION_OVERDUE", "critical", "application", "reported", 1, 1,
            "An application that has left has not stated that it deleted users' data",
            "退出的应用方逾期未提交数据删除声明",
            "Call them, and consider whether users must be told.",
            "请立即联系对方，并评估是否须告知用户。",
        ),
        Rule(
            "PAYMENT_HELD", "major", "application", "reported", 1, 1,
            "Payments are held until somebody has looked", "有付款待核查，暂缓入账",
            "Open the case, ask the customer, and decide: the payer waits, and so does the payee.",
            "请打开案件、联系客户核实后处置：付款人与收款人都在等待。",
        ),
        Rule(
            "PAYMENT_REFUSED", "major", "application", "reported", 1, 1,
            "A payment was refused for its risk", "有付款因风险被拒绝",
            "Look at the case: is somebody pressing the customer, or has somebody taken the account over?",
            "请查看案件：客户是否受骗，或其账户是否被他人利用。",
        ),
        Rule(
            "LARGE_VALUE", "minor", "application", "reported", 1, 1,
            "A customer's payments of a day are to be reported", "客户当日付款达到大额报告标准",
            "The report is drawn up. Look at the payments one by one before it is sent.",
            "报告已生成，报送前请逐笔核查。",
        ),
        Rule(
            "RISK_CASE_OVERDUE", "critical", "application", "reported", 1, 1,
            "A risky payment has waited too long for a decision", "风险案件逾期未处置",
            "Decide it now, or have somebody who can. A payment that nobody decides on is refused after three days.",
            "请立即处置或转交有权人员。三日内无人处置的付款将不予办理。",
        ),
        *rules_about_proofs(policy),
    )  # fmt: skip
