"""The words of the sandbox's aids, and what becomes of what each form sends."""

from __future__ import annotations

from bank_sim.web import Language

WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "fill": "自动填写",
        "fill_lead": "以下是沙箱里的虚构客户。真实的银行不会提供这个功能。",
        "fill_load": "显示可用的登录账号",
        "fill_press": "密码是 {password}，请在键盘上依次按出。",
        "fill_done": "已填好登录名和密码。",
        "fill_failed": "暂时取不到账号，请刷新页面再试。",
        "seen": "银行此刻看到了什么",
        "seen_lead": "此刻已经到达银行的，和按下按钮后将会到达的，都列在这里。",
        "request": "这次访问",
        "request_seen": "{method} 请求，来自 {source}，经 TLS 加密送达",
        "cookie": "会话标识",
        "cookie_seen": "{name}：银行只保存它的 SHA-256，登录成功后换成新的",
        "proven": "已经证明",
        "by_password": "登录密码",
        "by_notice": "已读风险提示",
        "by_factor": "第二要素",
        "and": "、",
        "nothing": "还没有",
        "application": "应用此刻看到",
        "application_seen": "什么也看不到；结束后只会收到一个一次性授权码",
        "record": "访问记录",
        "record_seen": "{api_id}，跟踪号 {trace_id}",
    },
    "en": {
        "fill": "Fill in for somebody",
        "fill_lead": "These are the sandbox's made-up customers. No real bank has this.",
        "fill_load": "Show logins to try",
        "fill_press": "The password is {password}. Press it on the keypad.",
        "fill_done": "Login name and password are filled in.",
        "fill_failed": "The logins could not be fetched; reload the page and try again.",
        "seen": "What does the bank see now?",
        "seen_lead": "What has reached the bank by now, and what will reach it when you press the button.",
        "request": "This visit",
        "request_seen": "{method} from {source}, encrypted by TLS on its way",
        "cookie": "Session",
        "cookie_seen": "{name}: the bank keeps only its SHA-256, and a new one is given at login",
        "proven": "Shown so far",
        "by_password": "password",
        "by_notice": "risk notice read",
        "by_factor": "second factor",
        "and": ", ",
        "nothing": "nothing yet",
        "application": "The application sees",
        "application_seen": "nothing; at the end it gets a code that works once",
        "record": "Access record",
        "record_seen": "{api_id}, trace id {trace_id}",
    },
}

# By template: the fields of its form in the order of the page.
FIELDS: dict[Language, dict[str, tuple[tuple[str, str], ...]]] = {
    "zh": {
        "login": (
            ("将收到：登录名", "原文；用来查找客户和计算失败次数"),
            ("将收到：登录密码", "使用键盘时是密文，只有银行的私钥能解开；核对用 Argon2id 摘要，核对完即清除"),
        ),
        "factor": (("将收到：第二要素", "验证码、签名或确认结果；只核对，不保存原文，用过即作废"),),
        "notice": (("将收到：已读标记", "您读过的风险提示版本号，随授权一起留证"),),
        "consent": (
            ("将收到：勾选的账户", "只在本次会话有效的代号，不是账号"),
            ("将收到：同意或拒绝", "连同页面文字的版本号一起留证"),
        ),
        "payment": (
            ("将收到：第二要素", "与这一收款人、这一金额绑定；换一个字都对不上"),
            ("将收到：同意或拒绝", "连同收款人与金额的摘要一起留证"),
        ),
    },
    "en": {
        "login": (
            ("Will get: login name", "as typed; to find the customer and to count failures"),
            (
                "Will get: password",
                "from the keypad only as a ciphertext that the bank's key opens; compared by Argon2id, then wiped",
            ),
        ),
        "factor": (("Will get: second factor", "a code, a signature or a tap; checked, never kept, good for one use"),),
        "notice": (("Will get: notice read", "the version that you read, kept as evidence with your consent"),),
        "consent": (
            ("Will get: accounts you tick", "as names that mean nothing outside this session, not as numbers"),
            ("Will get: agree or decline", "kept as evidence, with the version of the words you were shown"),
        ),
        "payment": (
            ("Will get: second factor", "bound to this payee and this amount; it fits nothing else"),
            ("Will get: agree or decline", "kept as evidence, with a digest of payee and amount"),
        ),
    },
}
