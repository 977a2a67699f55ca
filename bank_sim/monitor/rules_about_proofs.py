"""What is worth an alarm about passwords, codes, sessions and tokens in the wrong hands (JR/T 0185 7.2.1 b, 9.3.1).

Part of ``rules``, which says where the numbers come from.
"""

from __future__ import annotations

from bank_sim.monitor.rule import Rule
from bank_sim.policy import Policy


def rules_about_proofs(policy: Policy) -> tuple[Rule, ...]:
    """What users prove themselves with, and what applications are given for it."""
    return (
        Rule(
            "LOGINS_GUESSED", "major", "source", "signs", 10, 15,
            "Logins of customers are being guessed", "有人猜测客户登录密码",
            "Locks hold by themselves. Look from which address it comes and whether it spreads.",
            "锁定机制自动生效。请关注来源地址及是否扩散。",
            ("LOGIN_FAILED", "LOGIN_LOCKED"),
        ),
        Rule(
            "CREDENTIAL_STUFFING", "major", "bank", "signs", policy.stuffed_logins, 15,
            "Logins fail all over the bank", "全行登录失败次数异常",
            "A list of passwords from elsewhere is being tried. Look from where, and which customers got in meanwhile.",
            "疑似有人用外部泄露的口令批量尝试。请查看来源地址，并核查同期登录成功的客户。",
            ("LOGIN_FAILED", "LOGIN_LOCKED"),
        ),
        Rule(
            "CODES_GUESSED", "major", "source", "signs", 5, 15,
            "One-time codes are being guessed or asked for without end", "有人猜测验证码或反复索取验证码",
            "Whoever does it knows the customer's password. Call the customer, and have the password changed.",
            "对方已掌握该客户的登录密码。请联系客户并要求更换密码。",
            ("OTP_INVALID", "OTP_LOCKED", "OTP_TOO_FREQUENT"),
        ),
        Rule(
            "SESSION_ANOMALY", "major", "source", "reported", 1, 1,
            "A customer's session turned up in another browser", "客户会话出现在另一浏览器中",
            "The session is ended. Ask the customer about programs in their browser, or a machine that others use.",
            "会话已终止。请询问客户其浏览器插件或是否使用了公用电脑。",
        ),
        Rule(
            "TOKEN_REUSE", "major", "application", "reported", 1, 1,
            "A code or refresh token was presented for a second time", "授权码或刷新令牌被重复使用",
            "All tokens of that authorization are void. Two hold the same secret: ask which of them is the partner.",
            "该次授权的令牌已全部作废。同一凭据有两方持有，请向应用方核实。",
        ),
        Rule(
            "CODE_INJECTION", "major", "application", "reported", 1, 1,
            "A code was brought back by a session that never asked for it", "授权码由并非发起授权的会话带回",
            "Somebody puts other people's codes into sessions of this application. Ask how codes leave its pages.",
            "有人将他人的授权码注入该应用的会话。请应用方排查授权码如何泄露。",
        ),
        Rule(
            "CREDENTIAL_RELAY", "critical", "application", "reported", 1, 1,
            "An application collects its users' passwords", "应用方代收用户登录密码",
            "It asks for tokens with them. The bank suspends by itself where it is set to; have those users warned.",
            "其以用户密码换取令牌。按设置可由系统自动暂停；请通知相关用户修改密码。",
        ),
        Rule(
            "PROBING", "major", "application", "signs", policy.payee_tries, 15,
            "Names are being tried on account numbers", "有人逐一试探账号对应的户名",
            "The answers tell who holds an account. Look whose consent it is done under, and inquire.",
            "应答可被用来推断账户持有人。请查看所用授权属于哪位客户，并向应用方问询。",
            ("PAYEE_MISMATCH",),
        ),
    )  # fmt: skip
