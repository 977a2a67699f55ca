"""The words of *try it*, of an exchange and of tokens: English, then Chinese, side by side."""

from __future__ import annotations

from typing import Any

SAID: dict[str, tuple[Any, Any]] = {
    # The form
    "try_it": ("Try it", "在线调试"),
    "try_needs_app": (
        "To call an interface you need an application. A test application with keys takes half a minute.",
        "调用接口需要一个应用。创建一个带密钥的测试应用只需半分钟。",
    ),
    "needs_token": (
        "This interface needs an access token that came of a user's consent, and you hold none yet.",
        "该接口需要用户授权后换得的访问令牌，您目前还没有。",
    ),
    "get_token": ("Get one", "去获取"),
    "key_elsewhere": (
        "Your private key is not here, and it should not be: sign with it on your own machine. A test application made"
        " in this portal has keys that can be used here.",
        "您的私钥不在这里，也不应该在这里，请在自己的环境里签名。若要在门户里完成全部调试，可另建一个测试应用。",
    ),
    "what_to_send": ("What to send", "发送内容"),
    "nothing_to_fill": ("This call takes no parameters.", "该接口没有参数。"),
    "optional": ("optional", "选填"),
    "aid_payee": (
        "Somebody to pay: the wallet's payment form fills one in, and bank-sandbox up prints one. Name and number must"
        " both be right.",
        "收款人从哪里来：钱包的付款页可以代填一位，bank-sandbox up 启动时也会显示一位。户名与账号须同时正确。",
    ),
    "aid_customer": (
        "The bank's login page fills in a test customer; the code arrives on the sandbox's phone.",
        "银行登录页可以代填测试客户，验证码会发到沙箱里的手机。",
    ),
    "sign_there": (
        "Compose the message here, sign its base there, and bring the signature back.",
        "可在这里生成报文，在您那里对签名原文签名，再把签名值带回来。",
    ),
    "how_to_prove": ("Who calls", "调用方身份"),
    "by_secret": ("HMAC with App_Secret (A1 only)", "用 App_Secret 计算 HMAC（仅限 A1 级）"),
    "by_key": ("Signature with the registered private key", "用已登记的私钥签名"),
    "access_token": ("Access token", "访问令牌"),
    "no_token": ("none", "不带"),
    "mistake": ("Make a mistake on purpose", "故意犯一个错"),
    "no_mistake": ("none, send it as it should be", "不犯错，按规范发送"),
    "mistake_hint": (
        "See each refusal once before it happens to you. What to mend is shown with it.",
        "提前见识每一种拒绝，页面会告诉您该改什么。",
    ),
    "send": ("Sign and send", "签名并发送"),
    "compose_only": ("Compose only", "只生成报文"),
    # The exchange: how it went
    "again": ("Change it and send again", "修改后再发一次"),
    "only_composed": (
        "Composed and signed, not sent. Send it yourself with curl below, within five minutes of its signing.",
        "报文已生成并签名，尚未发送。可用页面下方的 curl 命令自行发送，签名后五分钟内有效。",
    ),
    "awaits": (
        "Everything is there but your signature. Sign the base with your private key on your own machine, within five"
        " minutes, and bring the signature here.",
        "报文已就绪，只差您的签名。请在五分钟内用您自己机器上的私钥对签名原文签名，再把签名值填到这里。",
    ),
    "step_own": ("Sign it on your own machine", "在自己的机器上签名"),
    "step_own_text": (
        "Save the block above as base.txt, without a line break at its end. Any library will do, for instance:",
        "把上面的内容存为 base.txt，末尾不留换行。用任何密码库都可以，例如：",
    ),
    "signature": ("Signature, in base64", "签名值（base64）"),
    "send_signed": ("Send it with this signature", "带上签名发送"),
    "answered_well": (
        "The bank answered, and the answer is proven to be the bank's.",
        "银行已应答，且应答经验证确为银行所发。",
    ),
    "not_believed": ("An answer came, but it cannot be believed.", "收到应答，但应答不可信。"),
    "bank_says": ("The bank says:", "银行返回的说明："),
    "mend": ("What to mend:", "怎么改："),
    "retry_yes": ("The same intent may be sent again, signed and sealed anew.", "可以重试：重新签名、加密后再发。"),
    "retry_no": ("Sending it again as it is will not help.", "原样重发无济于事。"),
    "trace": ("Trace", "跟踪号"),
    "on_purpose": ("Made on purpose:", "故意犯的错："),
    "expected": (". The refusal to expect is", "。应当得到的拒绝是"),
    "now_the_user": ("Now ask the user", "接下来请用户授权"),
    "now_the_user_lead": (
        "The bank keeps what you asked for and handed you a reference. Send the user's browser there with it; you act"
        " as the user now. It serves once, within 90 seconds.",
        "银行保存了授权请求，只给您一个引用。请带着它把用户的浏览器引到银行——现在由您扮演用户。"
        "引用只能用一次，90 秒内有效。",
    ),
    "go_to_bank": ("Go to the bank as the user", "以用户身份前往银行"),
    "token_kept": ("The token is kept in this session", "令牌已存入本次会话"),
    "what_it_says": ("What the answer says", "应答内容"),
    "opened": ("Sealed members, opened with your key", "用您的私钥解开的敏感字段"),
    # The exchange: how it came about
    "how_made": ("How the message was made", "请求报文是怎样生成的"),
    "step_assertion": ("Prove the client", "证明客户端身份"),
    "step_assertion_text": (
        "OAuth requests carry a JWT, signed with your key. Its header and claims:",
        "OAuth 请求带有用您的私钥签名的 JWT，其头部与声明如下：",
    ),
    "step_seal": ("Seal the sensitive members", "加密敏感字段"),
    "step_seal_text": (
        "Sensitive members leave the body and travel as one JWE that only the bank can open. Its header binds them to"
        " this very message.",
        "敏感字段不出现在报文明文里，而是合成一个只有银行能解开的 JWE；其头部把密文与这条报文绑定。",
    ),
    "sealed_plain": ("Before sealing", "加密前"),
    "sealed_header": ("Protected header", "受保护头部"),
    "sealed_text": ("On the wire", "线上密文"),
    "cannot_open": ("Sealed to a key that is not here.", "该密文对应的私钥不在这里。"),
    "step_digest": ("Digest the body", "计算报文摘要"),
    "step_digest_text": (
        "{hash} of the {count} bytes of the body, as it is sent:",
        "对实际发送的 {count} 字节报文体做 {hash}：",
    ),
    "step_base": ("Sign the signature base", "对签名原文签名"),
    "step_base_text": (
        "These lines are signed, byte for byte, by {alg} under the keyid {keyid}. The last one ends without line"
        " break.",
        "以下各行逐字节参与签名，算法为 {alg}，keyid 为 {keyid}；末行之后没有换行。",
    ),
    "unsigned": ("The message is not signed.", "该报文未签名。"),
    "step_bytes": ("Send these bytes", "发送这些字节"),
    "step_bytes_text": ("The request as it stands on the wire, inside TLS.", "TLS 通道内的请求原文。"),
    "sent_twice": ("It was sent twice; the second answer is shown.", "该报文发送了两次，下面是第二次的应答。"),
    "answer_came": ("What came back", "收到的应答"),
    "step_answer": ("The answer on the wire", "应答原文"),
    "step_verify": ("Verify it before you believe it", "先验证，后采信"),
    "step_verify_text": (
        "In this order; the first that fails ends it. An answer that moves money and does not verify means: unknown.",
        "按此顺序逐项检查，任何一项不通过即止。资金类调用的应答若验证不过，结果应视为未知。",
    ),
    "check": ("Check", "检查项"),
    "verdict": ("Verdict", "结论"),
    "holds": ("holds", "通过"),
    "fails": ("fails", "不通过"),
    "not_reached": ("not reached", "未执行"),
    "answer_checks": (
        {
            "answer_signed": "It is signed",
            "answer_by_the_bank": "By a key of the bank",
            "answer_fresh": "Just now",
            "answer_intact": "Over this status, this body and this very request",
        },
        {
            "answer_signed": "应答有签名",
            "answer_by_the_bank": "签名密钥属于银行",
            "answer_fresh": "签名时间在有效窗口内",
            "answer_intact": "签名覆盖状态码、报文体，并绑定这一次请求",
        },
    ),
    "answer_unsigned": (
        "The answer is not signed: the bank does not yet know to whom it speaks. Take it as a hint, not as the bank's"
        " word.",
        "应答未签名：银行此时还不能确认对方是谁。只可当作提示，不能当作银行的正式答复。",
    ),
    "step_answer_base": ("What the bank signed", "银行的签名原文"),
    "step_answer_base_text": (
        "It repeats the signature of your request, so that an answer to another request cannot pass for this one.",
        "其中包含您的请求签名，别的请求的应答无法冒充。",
    ),
    "step_open": ("Open the sealed members", "解开敏感字段"),
    "step_open_text": (
        "Compare App_ID, API_ID, direction and nonce in the header with your request, then open it with your key.",
        "先核对头部里的 App_ID、API_ID、方向和 nonce 与请求一致，再用您的私钥解密。",
    ),
    "take_away": ("Take it with you", "带走这次调用"),
    "curl_text": (
        "This very message. Its nonce serves once: sent a second time it is refused as a replay. You need",
        "就是这条报文。nonce 只能用一次，再发会被当作重放拒绝。需要先下载",
    ),
    "python_text": (
        "The last lines of a program on the bank's SDK, which signs, seals and verifies. Its beginning:",
        "使用银行 SDK 的程序结尾，签名、加密、验签由 SDK 完成。程序开头见",
    ),
    # Check a message
    "check_title": ("Check a message", "报文自查"),
    "check_lead": (
        "Paste the request that your program makes, with all its headers. You read what the bank makes of it; nothing"
        " is sent, and no nonce is spent.",
        "粘贴您的程序生成的请求，连同全部报文头。页面告诉您银行会怎样解读；不会真正发送，也不会用掉 nonce。",
    ),
    "check_message": ("Request", "请求报文"),
    "check_message_hint": (
        "Request line, headers, an empty line, the body, as on the wire.",
        "请求行、报文头、空行、报文体，与线上一致。",
    ),
    "check_it": ("Check", "检查"),
    "check_good": (
        "The gateway would take this message as yours. Whether the call is allowed is another matter.",
        "网关会认可这条报文出自您的应用。至于调用是否被允许，另当别论。",
    ),
    "check_bad": ("The gateway would refuse this message.", "网关会拒绝这条报文。"),
    "check_base": ("The signature base as the bank builds it", "银行构造的签名原文"),
    "check_base_text": (
        "Compare it with yours, byte for byte: that is where most signatures fail.",
        "请与您的签名原文逐字节比对，多数验签失败都源于此。",
    ),
    "check_digest": ("The digest of this body", "该报文体的摘要"),
    "check_own": ("Check a message of your own", "检查自己的报文"),
    "questions": (
        {
            "readable": "It is one HTTP request",
            "addressed": "It is addressed to the gateway",
            "body_described": "The body is what its headers say",
            "interface": "The interface, method and version exist",
            "signature_read": "There is one signature, written as the profile wants it",
            "key_named": "keyid names a key of yours that may sign this",
            "covered": "The signature covers what it must",
            "signature": "The signature holds",
            "fresh": "It was signed just now, by the bank's clock",
            "digest": "Content-Digest is that of the body",
            "key_valid": "The key is valid today",
        },
        {
            "readable": "是一条完整的 HTTP 请求",
            "addressed": "发往本行网关",
            "body_described": "报文体与其头部的描述一致",
            "interface": "接口、方法、版本存在",
            "signature_read": "恰有一个签名，书写符合约定",
            "key_named": "keyid 指向您的密钥，且可用于签名",
            "covered": "签名覆盖了必需的要素",
            "signature": "签名成立",
            "fresh": "签名时间在银行时钟的窗口内",
            "digest": "Content-Digest 与报文体相符",
            "key_valid": "密钥目前有效",
        },
    ),
    "suspicions": (
        {
            "trailing_newline": "Your base ends with a line break. The last line ends without one.",
            "crlf": "Your base has CRLF line ends. Use LF alone.",
            "no_port": "Your @authority lacks the port.",
            "scheme": "Your @authority begins with https://. It is host and port alone.",
            "query_mark": "Your @query lacks the question mark.",
            "decoded_path": "You signed the decoded path. Sign it as it is sent, still encoded.",
            "lower_method": "You signed the method in lower case.",
            "bare_names": "The names in your base lack their quotation marks.",
            "no_params_line": 'Your base lacks its last line, "@signature-params".',
            "labelled_params": "Your last line repeats the label: it begins with the bracket.",
            "hashed_first": "You hashed the base before signing. The algorithm hashes it itself.",
            "hex_hash": "You signed the hexadecimal text of a hash. Sign the base itself.",
            "encoding": "The signature is right, its encoding is not: DER for gm, 64 raw bytes for intl.",
            "hex_value": "You encoded the hexadecimal text of the signature. Encode its bytes.",
            "secret_for_key": "You made a MAC with App_Secret, but keyid names your key pair.",
            "decoded_secret": "You decoded App_Secret. Its text is the key.",
            "other_suite": "You used the hash of the other suite.",
        },
        {
            "trailing_newline": "您的签名原文以换行结尾；末行之后不应有换行。",
            "crlf": "您的签名原文用了 CRLF 换行；只应使用 LF。",
            "no_port": "您的 @authority 缺少端口。",
            "scheme": "您的 @authority 以 https:// 开头；只应写主机名和端口。",
            "query_mark": "您的 @query 缺少开头的问号。",
            "decoded_path": "您对解码后的路径签了名；应按发送时的编码形式签名。",
            "lower_method": "您把方法名写成小写签了名。",
            "bare_names": "您的签名原文中，各要素名缺少双引号。",
            "no_params_line": '您的签名原文缺少最后一行 "@signature-params"。',
            "labelled_params": "您的最后一行带上了标签；它应从括号开始。",
            "hashed_first": "您先做了摘要再签名；算法自身会计算摘要。",
            "hex_hash": "您对摘要的十六进制文本签了名；应对签名原文签名。",
            "encoding": "签名正确，编码不对：gm 用 DER，intl 用 64 字节裸值。",
            "hex_value": "您对签名的十六进制文本做了 Base64；应对签名的字节编码。",
            "secret_for_key": "您用 App_Secret 计算了 MAC，但 keyid 指向的是您的密钥对。",
            "decoded_secret": "您对 App_Secret 做了解码；其文本本身就是密钥。",
            "other_suite": "您用了另一套件的摘要算法。",
        },
    ),
    # Tokens
    "tokens": ("Tokens", "令牌"),
    "tokens_lead": (
        "A user's data needs the user's consent, given at the bank. Here you play both: you ask as the application,"
        " then agree as the user.",
        "访问用户数据须经用户在银行授权。在这里您同时扮演两方：先以应用身份申请，再以用户身份同意。",
    ),
    "held": ("Held in this session", "本次会话持有的令牌"),
    "token": ("Token", "令牌"),
    "covers": ("Covers", "可调用接口"),
    "lasts": ("Until", "有效至"),
    "over": ("over", "已过期"),
    "acts": ("Do", "操作"),
    "act_refresh": ("Refresh", "刷新"),
    "act_introspect": ("Introspect", "查询状态"),
    "act_revoke": ("Revoke", "撤销"),
    "bring": ("Bring a token of your own", "带来您自己的令牌"),
    "bring_text": (
        "Your own program obtained it with your own key; here it is held in memory until you sign out.",
        "由您的程序用您的私钥换得；在这里只保存在内存中，退出即清除。",
    ),
    "keep_it": ("Keep it", "保存"),
    "ask_accounts": ("Ask for account information", "申请账户信息授权"),
    "ask_accounts_text": (
        "The user chooses at the bank which accounts you may see.",
        "用户在银行页面选择开放哪些账户。",
    ),
    "which_apis": ("Which interfaces", "哪些接口"),
    "how_long": ("For how long", "授权期限"),
    "thirty_days": ("30 days", "30 天"),
    "once": ("one call", "仅一次调用"),
    "push": ("Push the request", "推送授权请求"),
    "ask_payment": ("Have a transfer confirmed", "请用户确认转账"),
    "ask_payment_text": (
        "First order a transfer with transfers.create. The user confirms payee and amount at the bank with a second"
        " factor; then call transfers.execute.",
        "先用 transfers.create 下单；用户在银行核对收款人与金额并通过第二要素确认；再调用 transfers.execute。",
    ),
    "ask_application": ("Without a user", "不涉及用户"),
    "ask_application_text": (
        "Client credentials for A1. Level A1 does not need it.",
        "A1 级的客户端凭据令牌；A1 级接口并不要求令牌。",
    ),
    "get_it": ("Get it", "获取"),
    "not_redirecting": (
        "This application does not list the portal's redirect URI, so a user cannot come back here:",
        "该应用没有登记门户的回调地址，用户授权后无法回到这里：",
    ),
}
