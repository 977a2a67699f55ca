"""The words of the portal's pages: English, then Chinese, side by side, so that neither is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bank_sim.portal import applicant_texts, event_texts, key_texts, notice_texts, supervision_texts, texts_trying

_OWN: dict[str, tuple[Any, Any]] = {
    "brand": ("Sandbox Bank Developers", "沙箱银行开放平台"),
    "nav": ("Main", "主导航"),
    "handbook": ("Handbook", "开发手册"),
    "apis": ("Interfaces", "接口目录"),
    "problems": ("Refusals", "错误码"),
    "application": ("My application", "我的应用"),
    "sign_in": ("Sign in", "登录"),
    "sign_out": ("Sign out", "退出"),
    "register": ("Test application", "创建测试应用"),
    # Front page
    "front_title": ("Build on the bank's open APIs", "接入银行开放接口"),
    "front_lead": (
        "Make a test application, send a signed call, and see every byte of it: what was signed, what was sealed, how"
        " the answer is verified. Money and people are invented, the rules are those of JR/T 0185-2020.",
        "创建测试应用，发出第一笔签名调用，逐字节看清签了什么、加密了什么、应答如何验证。人和钱是虚构的，"
        "规则依据 JR/T 0185-2020。",
    ),
    "first_call": ("Send a first call", "发起第一次调用"),
    "make_one": ("Make a test application", "创建测试应用"),
    "have_one": ("I have an App_ID", "我已有 App_ID"),
    "way": ("Ten minutes to a verified answer", "十分钟拿到第一个可信应答"),
    "way_steps": (
        [
            ("Make an application", "App_ID, App_Secret and two key pairs, shown once.", "/register"),
            ("Call public data", "Level A1, signed by HMAC. One click, every step shown.", "/try/rates.list"),
            ("Ask a user", "Consent at the bank, a code, a token of your own.", "/tokens"),
            ("Call a user's data", "Level A2, signed with your key; balances arrive sealed.", "/try/accounts.balance"),
        ],
        [
            ("创建应用", "App_ID、App_Secret 和两对密钥，只展示一次。", "/register"),
            ("调用公开信息", "A1 级，HMAC 签名，点一下即可看到每一步。", "/try/rates.list"),
            ("请用户授权", "用户在银行页面同意，换取您自己的令牌。", "/tokens"),
            ("访问用户数据", "A2 级，用私钥签名，余额以密文返回。", "/try/accounts.balance"),
        ],
    ),
    "find": ("Find your way", "快速入口"),
    "find_cards": (
        [
            ("Interfaces", "Level, identifier, members, what travels sealed.", "/apis"),
            ("Refusals", "Every code, what to mend, and how to provoke it.", "/problems"),
            ("The wire", "Signatures, sealing and OAuth, exactly, for any language.", "/handbook/wire"),
            ("Going live", "What to settle before real users come.", "/handbook/going-live"),
        ],
        [
            ("接口目录", "安全级别、统一识别码、字段，以及哪些须加密传输。", "/apis"),
            ("错误码", "每个错误码的含义、改法，以及怎样触发它。", "/problems"),
            ("报文规范", "签名、加密与 OAuth 的精确约定，适用于任何语言。", "/handbook/wire"),
            ("上线清单", "面向真实用户之前要确认的事项。", "/handbook/going-live"),
        ],
    ),
    "facts": ("Addresses", "环境地址"),
    "what": ("What", "用途"),
    "where": ("Where", "地址"),
    "gateway": ("Gateway, for programs", "接口网关（程序调用）"),
    "consent_pages": ("The user's consent, for browsers", "用户授权页（浏览器）"),
    "openapi": ("OpenAPI document", "OpenAPI 文档"),
    "metadata": ("OAuth metadata", "OAuth 元数据"),
    "jwks": ("The bank's public keys", "银行公钥"),
    "ca": ("Certificate authority of this sandbox", "沙箱根证书"),
    "bank_clock": ("The bank's clock (Beijing time)", "银行时钟（北京时间）"),
    # Sign in, register
    "sign_in_lead": ("With the App_ID and App_Secret of your application.", "使用应用的 App_ID 与 App_Secret。"),
    "secret_hint": ("It is compared, and held in memory until you sign out.", "仅用于比对，退出前只保存在内存中。"),
    "by_command": ("From a terminal:", "也可在终端注册："),
    "register_lead": (
        "It takes effect at once. At a real bank an examination and a contract come first.",
        "立即生效。真实银行会先做准入审核并签订合作协议。",
    ),
    "app_name": ("Name", "应用名称"),
    "app_name_hint": ("Users read it when they are asked for consent.", "用户授权时会看到这个名称。"),
    "app_name_zh": ("Name in Chinese", "中文名称"),
    "suite": ("Cryptography", "密码算法"),
    "suite_gm": ("SM2, SM3, SM4, as China's authority prescribes", "SM2、SM3、SM4 国密算法（默认）"),
    "suite_intl": ("P-256, SHA-256, AES, for ordinary tools", "P-256、SHA-256、AES，便于使用通用工具"),
    "profile": ("Interfaces", "申请的接口"),
    "profile_payments": ("All: public data, accounts, transfers", "全部：公开信息、账户信息、转账"),
    "profile_accounts": ("Public data and accounts", "公开信息与账户信息"),
    "profile_public": ("Public data only (A1)", "仅公开信息（A1）"),
    "own_redirect": ("I have a redirect URI of my own", "我有自己的回调地址"),
    "redirect_uri": ("Redirect URI", "回调地址"),
    "redirect_hint": (
        "https, or http on 127.0.0.1. It is compared as a whole. The portal's own is added in any case.",
        "须为 https，本机可用 http://127.0.0.1；按整串比对。门户自己的回调地址总会一并登记。",
    ),
    "make_it": ("Make it", "创建"),
    "keys_made_here": (
        "This sandbox makes the private keys for you, so that you can start at once. At a real bank you make them"
        " yourself, and the private halves never leave your key custody.",
        "为了让您马上开始，沙箱替您生成私钥。对接真实银行时，密钥须由您自己生成，私钥绝不离开您的密钥管理系统。",
    ),
    "issued": ("Your credentials", "应用凭据"),
    "issued_lead": ("One file holds everything that a program of yours needs.", "一个文件包含您的程序所需的全部信息。"),
    "shown_once": (
        "Save it now: App_Secret and the private keys are shown only until you say that you have them. The bank keeps"
        " App_Secret sealed, and no private key at all.",
        "请立即保存：App_Secret 与私钥只展示到您确认保存为止。银行仅以密文保存 App_Secret，不保存任何私钥。",
    ),
    "credentials": ("Credentials", "凭据"),
    "signing_key": ("Signing key", "签名密钥"),
    "opening_key": ("Sealing key", "加密密钥"),
    "passphrase": ("Passphrase of the key files", "私钥文件口令"),
    "download": ("Download", "下载"),
    "saved": ("I have saved them", "我已保存"),
    "whole_document": ("As one document", "完整文件"),
    # Catalogue
    "apis_lead": (
        "Each with its level and its uniform identifier (JR/T 0185, appendix B). Open to everybody, made from what the"
        " gateway describes itself.",
        "每个接口都标明安全级别与统一识别码（JR/T 0185 附录 B）。目录对所有人公开，由网关自身的描述生成。",
    ),
    "level": ("Level", "级别"),
    "request": ("Request", "请求"),
    "user": ("User's consent", "用户授权"),
    "sealed": ("Sealed", "加密传输"),
    "funds": ("funds", "资金"),
    "direct": ("direct access possible", "可直连"),
    "or": ("or", "或"),
    "no_user": ("not needed", "不需要"),
    "no_user_long": ("Not needed: it concerns no person.", "不需要：不涉及个人信息。"),
    "sealed_request": ("in the request", "请求中"),
    "sealed_answer": ("in the answer", "应答中"),
    "levels_hint": (
        "A1: public information, App_Secret suffices. A2: a user's accounts and money, key pair and consent.",
        "A1：公开信息，用 App_Secret 即可；A2：用户账户与资金，须用公私钥对签名并取得用户授权。",
    ),
    "granted": ("granted", "已开通"),
    "not_granted": ("not granted", "未开通"),
    "how_to_call": ("How to call it", "如何调用"),
    "proof": ("Proof", "身份认证"),
    "proof_a1": ("HMAC with App_Secret, or a signature with your key", "App_Secret 计算 HMAC，或用私钥签名"),
    "proof_a2": ("A signature with your registered key", "用已登记的私钥签名"),
    "token_of": ("An access token of a consent of the type", "须持有以下类型授权的访问令牌："),
    "headers": ("Headers", "报文头"),
    "success": ("Success", "成功状态码"),
    "u_fixed": ("fixed", "固定"),
    "u_institution": ("institution (invented)", "机构代码（虚构）"),
    "u_level": ("type: level ", "类型：级别 "),
    "u_category": ("category: ", "一级类别："),
    "u_subcategory": ("subcategory", "二级类别"),
    "u_sequence": ("sequence number", "顺序号"),
    "u_reserved": ("reserved", "保留位"),
    "parameters": ("Parameters", "参数"),
    "request_body": ("Request body", "请求报文体"),
    "sealed_in_hint": (
        "Members marked as sealed never stand in the body: they travel together as the JWE in sealed.",
        "标为加密的字段不得以明文出现，须合并为 sealed 中的一个 JWE。",
    ),
    "answer": ("Answer", "应答"),
    "sealed_out_hint": (
        "Members marked as sealed come inside sealed, encrypted to your sealing key.",
        "标为加密的字段在 sealed 之内返回，用您登记的加密公钥加密。",
    ),
    "member": ("Member", "字段"),
    "type": ("Type", "类型"),
    "meaning": ("Meaning", "含义"),
    "required": ("required", "必填"),
    "sealed_badge": ("sealed", "加密"),
    "checks": ("What the gateway checks", "网关检查项"),
    "checks_lead": (
        "In this order. The first that fails answers, and later ones are not looked at.",
        "按序执行，第一个不通过的检查决定应答。",
    ),
    "checks_of": ("{count} checks", "共 {count} 项"),
    # My application
    "status": (
        {"testing": "in the test environment", "active": "active", "suspended": "suspended", "exited": "has left"},
        {"testing": "测试环境", "active": "正常", "suspended": "已暂停", "exited": "已退出"},
    ),
    "modes": (
        {"server-sdk": "server, with the bank's SDK", "server-direct": "server, direct"},
        {"server-sdk": "服务端 SDK 接入", "server-direct": "服务端直连"},
    ),
    "key_list": ("Keys", "密钥"),
    "key_list_lead": (
        "Times are the bank's, which the sandbox's clock may have moved. Rotate before the end: register the new key,"
        " use it, then let the old one lapse.",
        "时间以银行时钟为准，沙箱时钟可能被调快。请在到期前轮换：先登记新密钥并启用，再停用旧密钥。",
    ),
    "use": ("Use", "用途"),
    "uses": (
        {"sig": "signs messages", "enc": "opens sealed answers", "assertion": "client assertions", "mac": "App_Secret"},
        {"sig": "报文签名", "enc": "解密应答", "assertion": "客户端断言", "mac": "App_Secret"},
    ),
    "valid_from": ("From", "生效"),
    "valid_to": ("Until", "失效"),
    "state": ("State", "状态"),
    "key_active": ("valid", "有效"),
    "key_superseded": ("being replaced", "轮换中"),
    "key_revoked": ("revoked", "已吊销"),
    "key_expired": ("expired", "已过期"),
    "redirect_uris": ("Redirect URIs", "回调地址"),
    "permissions": ("Permissions", "接口权限"),
    "permissions_lead": ("What is not granted is refused: API_NOT_GRANTED.", "未开通的接口一律拒绝：API_NOT_GRANTED。"),
    "limits": ("Limits of calls", "调用限额"),
    "limits_lead": (
        "Beyond them the bank answers 429 with Retry-After. Each interface has limits of its own: see the headers"
        " RateLimit-Policy and RateLimit of its answers.",
        "超出后银行以429和Retry-After应答。各接口另有限额，见应答头RateLimit-Policy与RateLimit。",
    ),
    "limit_of": ("Of what", "范围"),
    "limit_used": ("Used now", "当前用量"),
    "limit_amount": ("At most", "上限"),
    "limit_origin": ("By whose word", "依据"),
    "limit_each_user": ("counted for each user", "按用户分别计"),
    "limit_origins": (
        {"policy": "the bank's default", "agreement": "the agreement", "staff": "the bank's staff"},
        {"policy": "银行默认值", "agreement": "合作协议", "staff": "银行人工设定"},
    ),
    "limit_scopes": (
        {"app": "all calls", "api": "an interface", "user": "one user"},
        {"app": "全部接口", "api": "单个接口", "user": "单个用户"},
    ),
    "limit_pers": (
        {"second": "a second", "minute": "a minute", "day": "a day", "concurrent": "at the same time"},
        {"second": "每秒", "minute": "每分钟", "day": "每日", "concurrent": "并发"},
    ),
    "limit_rests": (
        "Your calls rest until {at}: {quota} was exceeded again and again. Wait as Retry-After says.",
        "因持续超出{quota}，调用暂停至{at}。请按Retry-After等待。",
    ),
    "last_calls": ("Newest calls", "最近调用"),
    "all_calls": ("All calls", "全部调用记录"),
    "calls": ("Calls", "调用记录"),
    "calls_lead": (
        "As the bank recorded them: the last 50,000 calls of all applications are looked through. A call whose"
        " application could not be established is not here.",
        "以银行的访问日志为准，在全行最近五万笔调用中查找。无法确认应用身份的调用不在此列。",
    ),
    "no_calls": ("No calls yet.", "暂无调用记录。"),
    "show": ("Show", "显示"),
    "show_all": ("all", "全部"),
    "show_refused": ("refused only", "仅被拒绝的"),
    "filter": ("Show", "筛选"),
    "older": ("Older calls", "更早的记录"),
    "call": ("One call", "调用详情"),
    "when": ("When", "时间"),
    "outcome": ("Outcome", "结果"),
    "took": ("Took", "耗时"),
    "went_well": ("The call succeeded.", "调用成功。"),
    "consent": ("Consent", "授权编号"),
    "weakened_then": ("Defences that were out", "当时关闭的防护"),
    "fault_then": ("Fault that the sandbox played", "沙箱注入的故障"),
    "evidence": ("Evidence", "签名证据"),
    "evidence_text": (
        "The signature headers as they came: with the digest, what their sender cannot deny.",
        "收到的签名报文头原文，与摘要一起构成不可否认的证据。",
    ),
    # Problems, handbook, errors
    "problems_lead": (
        "Every refusal: what it means, what to mend, and a click that provokes it.",
        "每种拒绝的含义、改法，以及一键触发的办法。",
    ),
    "find_code": ("Code", "错误码"),
    "refusal": ("Refusal", "错误码与含义"),
    "mend_title": ("What to mend", "怎么改"),
    "provoke": ("Provoke it", "触发它"),
    "retry_badge": ("retry", "可重试"),
    "no_code": ("No code contains that.", "没有匹配的错误码。"),
    "handbook_lead": (
        "Written for people who build. Its programs are run as tests.",
        "写给动手的人；手册中的程序都作为测试运行。",
    ),
    "chapters": (
        {
            "quick-start": "From nothing to a verified answer, on this portal and in your own code.",
            "security": "What you must do with keys, users' data and answers, and why.",
            "wire": "Signatures, sealing, OAuth, refusals: the exact rules.",
            "testing": "Test data, provoked refusals, travelling in time, running it in CI.",
            "consents": "Renew, amend, be taken back; payments under an agreement.",
            "versions": "Which there are, how one ends, what is agreed for the time after.",
            "keys": "How the bank's keys change, and how to change yours.",
            "events": "What the bank posts to you, how to verify it, and how to have it again.",
            "risk": "Payments that need a stronger word, are held, or are not carried out.",
            "admission": "From the enquiry to going live: papers, keys, agreement, inspection.",
            "supervision": "Once live: what is due when, limits, changes of your own, and how to leave.",
            "going-live": "The list to go through before real users come.",
        },
        {
            "quick-start": "从零到一个可信应答：先在门户上，再用自己的代码。",
            "security": "密钥、用户数据和应答该怎么处理，为什么。",
            "wire": "签名、加密、OAuth 与错误码的精确规则。",
            "testing": "测试数据、触发错误、时间旅行、接入 CI。",
            "consents": "续期、变更、收回，以及按协议付款。",
            "versions": "有哪些版本、怎样终止、终止之后怎么办。",
            "keys": "银行密钥如何更换，以及如何更换您自己的密钥。",
            "events": "银行会推送什么、如何验证、如何补发。",
            "risk": "加强验证、暂缓核查与不予办理的付款。",
            "admission": "从咨询到上线：材料、密钥、协议、检查。",
            "supervision": "上线之后：限期事项、限额、变更报备与退出。",
            "going-live": "面向真实用户之前逐项确认。",
        },
    ),
    "error_title": ("This did not work", "操作未完成"),
    "to_front": ("To the front page", "回到首页"),
    "retry_after": (" Try again in {seconds} s.", "请在 {seconds} 秒后重试。"),
}

_SAID = (
    _OWN
    | texts_trying.SAID
    | notice_texts.SAID
    | event_texts.SAID
    | key_texts.SAID
    | applicant_texts.SAID
    | supervision_texts.SAID
)

TEXTS: Mapping[str, Mapping[str, Any]] = {
    "en": {name: said[0] for name, said in _SAID.items()},
    "zh": {name: said[1] for name, said in _SAID.items()},
}
"""By language, then by the name that templates use."""
