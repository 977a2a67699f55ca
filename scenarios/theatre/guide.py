"""The guide for newcomers: who the parties are, a walk of ten minutes, and how to read the diagram."""

from __future__ import annotations

from scenarios.texts import Text

GUIDE: dict[str, Text] = {
    "lead": Text(
        "A bank opens its services to other companies. JR/T 0185-2020 says how that is done safely. "
        "Here a bank, a company and a user do it, and you can look over their shoulders.",
        "银行把服务开放给其他机构，JR/T 0185-2020规定了怎样做才安全。这里有一家银行、一个应用方和一位用户正在这样做，"
        "您可以从旁观看全过程。",
    ),
    "wallet": Text("Lumen Wallet, the application", "微光钱包（应用方）"),
    "wallet_what": Text(
        "A company that shows your accounts and pays for you. It holds no password of the bank.",
        "为您展示账户、代您付款的机构。它不掌握您的银行密码。",
    ),
    "bank": Text("Sandbox Bank", "沙箱银行"),
    "bank_what": Text(
        "Your bank's own pages: log in, agree, confirm, withdraw.", "银行自己的页面：登录、授权、确认、撤销。"
    ),
    "phone": Text("Your phone", "您的手机"),
    "phone_what": Text(
        "The other channel: the bank's messages arrive here, whatever becomes of the browser.",
        "独立的另一条通道：无论浏览器怎样，银行的短信都会到达这里。",
    ),
    "portal": Text("Developer portal", "开放平台"),
    "portal_what": Text(
        "What the bank tells those who build applications, and where a company asks to be admitted.",
        "银行为应用开发者提供的文档与工具，机构也在此申请成为应用方。",
    ),
    "console": Text("Operator console", "运营控制台"),
    "console_what": Text(
        "Where the bank's staff watch, step in, and lead applications, interfaces and keys through their lives.",
        "银行员工在此监控与处置，并办理应用方、接口与密钥从产生到终止的各项手续。",
    ),
    "who": Text("Who you are here", "您在这里的身份"),
    "login": Text("Login name", "登录名"),
    "password": Text("Password at the bank", "登录密码"),
    "phone_number": Text("Your phone", "您的手机"),
    "payee": Text("Somebody to pay", "可以付款给"),
    "staff": Text("The bank's staff, for the console", "银行员工（用于控制台）"),
    "without_aids": Text(
        "Login names and passwords stand in the terminal in which this sandbox was started.",
        "登录名和密码显示在启动沙箱的终端中。",
    ),
    "operator": Text("operator", "运营员"),
    "reviewer": Text("reviewer", "复核员"),
    "auditor": Text("auditor", "审计员"),
    "walk": Text("Ten minutes through everything", "十分钟走一遍"),
    "glossary": Text("Words you will meet", "常见词语"),
    "read_diagram": Text("How to read the diagram", "如何看时序图"),
    "bad": Text(
        "The bank said no, or a fault befell its answer; the code says which.",
        "银行拒绝了请求，或应答遭遇故障；代码说明原因。",
    ),
}

WALK: tuple[Text, ...] = (
    Text(
        "Put this window on one half of the screen, and the wallet on the other.",
        "把本窗口放在屏幕一侧，钱包放在另一侧。",
    ),
    Text(
        "In the wallet, choose “Link a bank account”. The wallet sends you to the bank: look where the arrows go.",
        "在钱包里点“关联银行账户”。钱包会把您引到银行：留意箭头走向哪里、不走向哪里。",
    ),
    Text(
        "Log in at the bank. The code comes to the phone. Choose the accounts, agree.",
        "在银行登录，验证码发送到手机。选择账户并同意授权。",
    ),
    Text(
        "Look at the balances, then click the arrow “What is the balance?”: who can read it, and who cannot?",
        "查看余额，然后点击“查询余额”的箭头：谁能读到，谁读不到？",
    ),
    Text(
        "Pay somebody. The message on the phone names payee and amount: the code is good for nothing else.",
        "付款给某人。短信中写明收款人和金额：验证码只对这一笔有效。",
    ),
    Text(
        "Under Plays, let an attack be tried. Then take its defence out, and see it succeed.",
        "在“剧目”中演一次攻击；再关闭对应的防护，看它如何得逞。",
    ),
    Text(
        "Below the stage, let the next payment’s answer be lost, and pay again: the wallet sends the same order once "
        "more, and the money moves once.",
        "在实况下方选择让下一笔付款的应答丢失，再付一次款：钱包以同一幂等键重发，资金只划转一次。",
    ),
    Text(
        "At the bank, withdraw the consent. Then ask the wallet for your accounts: the bank refuses at once.",
        "在银行撤销授权，再回到钱包查看账户：银行立即拒绝。",
    ),
    Text(
        "Under Plays, let a life cycle pass: months go by in seconds, and every step taken too early is refused.",
        "在“剧目”中演一段生命周期：几秒钟走过数月，凡是抢先的步骤都会被拒绝。",
    ),
)

GLOSSARY: tuple[tuple[Text, Text], ...] = (
    (
        Text("Application", "应用方"),
        Text(
            "The company that calls the bank for its users. It has an App_ID as its name, and keys of its own.",
            "代用户调用银行接口的机构。以App_ID标识自己，并持有自己的密钥。",
        ),
    ),
    (
        Text("Level A1, A2", "A1、A2级接口"),
        Text(
            "A1 gives out public information, such as rates. A2 touches accounts or money, and is guarded better.",
            "A1级提供利率等公开信息；A2级涉及账户或资金，保护要求更高。",
        ),
    ),
    (
        Text("Consent", "授权"),
        Text(
            "What the user allowed one application, for some accounts and some time. It can be withdrawn at the bank.",
            "用户允许某个应用方在一定期限内使用哪些账户、做哪些事。可随时在银行撤销。",
        ),
    ),
    (
        Text("Access token", "访问令牌"),
        Text(
            "The proof of a consent that the application shows with each call. Stolen by another one, it is worthless.",
            "应用方每次调用时出示的授权凭证。他人盗取后也无法使用。",
        ),
    ),
    (
        Text("Second factor", "第二重验证"),
        Text(
            "Beside the password, something only the user has: a code on the phone, a tap, a security key.",
            "密码之外，只有用户本人才有的东西：手机验证码、手机确认、安全密钥。",
        ),
    ),
    (
        Text("SM2, SM3, SM4", "SM2、SM3、SM4"),
        Text(
            "China's own algorithms for signatures, digests and encryption. The international ones work here as well.",
            "国家商用密码算法，分别用于签名、摘要和加密。本沙箱同时支持国际算法。",
        ),
    ),
    (
        Text("Event", "事件通知"),
        Text(
            "What the bank tells an application unasked, signed and in order: a consent withdrawn, a key that changes.",
            "银行主动、按顺序发给应用方并签名的通知，例如授权已撤销、密钥将更换。",
        ),
    ),
    (
        Text("Four eyes", "双人复核"),
        Text(
            "One of the staff proposes, another decides. Nobody lets an application in, or throws it out, alone.",
            "一名员工提请，另一名员工决定。应用方的准入与退出，任何人都不能独自决定。",
        ),
    ),
    (
        Text("Defence, check", "防护、检查项"),
        Text(
            "One question the bank asks before it answers. Take it out, and you see which attack it was there for.",
            "银行应答之前要核对的一个问题。将其关闭，就能看到它原本防住了哪种攻击。",
        ),
    ),
)

MARKS: tuple[tuple[str, Text], ...] = (
    (
        "signed",
        Text(
            "Signed with a private key: nobody else can have written it, and no byte was changed.",
            "以私钥签名：只能出自签名者，且一个字节都没有改动。",
        ),
    ),
    (
        "mac",
        Text(
            "Fingerprint made with a shared secret: enough for public information, not for accounts.",
            "以共享密钥生成的鉴别码：足以用于公开信息，不足以访问账户。",
        ),
    ),
    (
        "sealed",
        Text(
            "Part of it only the receiver can open, even if TLS is broken.",
            "部分内容仅接收方能解开，即使TLS被攻破。",
        ),
    ),
    (
        "token",
        Text("Carries what the user's consent turned into: an access token.", "携带由用户授权换得的访问令牌。"),
    ),
)
