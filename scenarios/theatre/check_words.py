"""What each check asks, in a sentence for people; the name of the row is for those who look it up.

A check without words here is called by its name: a new row of a table needs none to be shown.
"""

from __future__ import annotations

from scenarios.texts import Text

CHECKS: dict[str, Text] = {
    # The gateway's path of a call
    "message_shape": Text("Is it one plain, unambiguous message?", "报文是否规范、无歧义？"),
    "authority": Text("Is it addressed to this bank?", "报文是否发给本行？"),
    "body_size": Text("Is it of a reasonable size?", "报文长度是否合理？"),
    "media_type": Text("Is the body of the right kind?", "报文体类型是否正确？"),
    "blacklist": Text("Is the caller not on the blacklist?", "调用方是否不在黑名单中？"),
    "source_gate": Text("Has this source not failed too often?", "该来源的失败次数是否过多？"),
    "interface": Text("Is there such an interface?", "接口是否存在？"),
    "version": Text("Is this version in service?", "接口版本是否可用？"),
    "signature_presence": Text("Is it signed at all?", "是否带有签名？"),
    "credential_strength": Text("Is the proof strong enough for this level?", "认证强度是否满足接口等级？"),
    "application_identity": Text("Is the key that of a registered application?", "密钥是否属于已注册的应用方？"),
    "key_usage": Text("Is the key meant for signing?", "该密钥是否用于签名？"),
    "signature_coverage": Text("Does the signature cover everything that counts?", "签名是否覆盖全部关键内容？"),
    "message_signature": Text("Does the signature hold?", "签名是否正确？"),
    "freshness": Text("Was it signed within these minutes?", "是否在时间窗内签名？"),
    "content_digest": Text("Is the body the one that was signed?", "报文体与签名时是否一致？"),
    "application_status": Text("Is the application in good standing?", "应用方状态是否正常？"),
    "certificate_binding": Text("Is the TLS certificate the application's own?", "TLS证书是否为该应用方所有？"),
    "key_state": Text("Is the key valid today?", "密钥当前是否有效？"),
    "replay": Text("Is this message here for the first time?", "该报文是否首次出现？"),
    "api_grant": Text("May this application use the interface?", "该应用方是否获准使用此接口？"),
    "integration_mode": Text("May it be called in this way?", "接入方式是否符合要求？"),
    "token_state": Text("Is the token alive?", "令牌是否有效？"),
    "token_binding": Text("Does the token belong to this application?", "令牌是否属于该应用方？"),
    "consent_state": Text("Does the user's consent still stand?", "用户授权是否仍然有效？"),
    "consent_scope": Text("Does the consent cover this?", "用户授权是否包含此操作？"),
    "parameters": Text("Are the parameters known ones?", "参数是否合法？"),
    "strict_json": Text("Can the body be read in one way only?", "报文体是否只有一种解读？"),
    "plaintext_fields": Text("Is nothing in clear that must be sealed?", "应加密的字段是否没有明文出现？"),
    "schema": Text("Is it of the published shape?", "内容是否符合接口定义？"),
    "sealing_context": Text("Was it sealed for this very message?", "密文是否专为本报文加密？"),
    "object_authorization": Text("Is the account one that the user opened?", "账户是否在用户授权范围内？"),
    "transaction_confirmation": Text("Did the user confirm this payee and amount?", "用户是否确认了此收款人与金额？"),
    "idempotency_key": Text("Does it carry a key against double execution?", "是否带有防重复执行的幂等键？"),
    # The authorization server
    "oauth_form": Text("Is it a well-formed form?", "表单是否规范？"),
    "oauth_authority": Text("Is it addressed to this server?", "报文是否发给本服务器？"),
    "client_proof": Text("Is there exactly one kind of proof?", "是否只使用一种认证方式？"),
    "client_name": Text("Does the application say who it is?", "应用方是否表明身份？"),
    "client_assertion": Text("Is the application's signed identity right?", "应用方的签名身份断言是否正确？"),
    "client_certificate": Text("Is the TLS certificate the application's own?", "TLS证书是否为该应用方所有？"),
    "assertion_once": Text("Is this proof used for the first time?", "身份断言是否首次使用？"),
    "client_status": Text("Is the application in good standing?", "应用方状态是否正常？"),
    "oauth_signature": Text("Does the message's signature hold?", "报文签名是否正确？"),
    "oauth_nonce": Text("Is this message here for the first time?", "该报文是否首次出现？"),
    "response_type": Text("Does it ask for a one-time code?", "是否请求一次性授权码？"),
    "redirect_uri": Text("Is the way back a registered one?", "回调地址是否已登记？"),
    "pkce": Text("Is the code bound to who asked for it?", "授权码是否与请求方绑定？"),
    "authorization_details": Text("Is it said exactly what is asked for?", "请求的授权内容是否明确？"),
    "scope": Text("Does it ask for no more than it says?", "是否没有超出所述范围？"),
    "grant_type": Text("Is this a known way to a token?", "换取令牌的方式是否受支持？"),
    "token_parameter": Text("Is the token named?", "是否指明令牌？"),
    # The user's steps
    "password": Text("Did the user log in?", "用户是否已登录？"),
    "own_payment": Text("Is it the user's own money?", "付款账户是否属于该用户？"),
    "risk_notice": Text("Was the risk notice read?", "是否已阅读风险提示？"),
    "second_factor": Text("Was the second factor given for this very purpose?", "是否就本操作完成第二重验证？"),
    "agreement": Text("Did the user agree, account by account?", "用户是否逐一选择账户并同意？"),
    "own_accounts": Text("Are these the user's own accounts?", "所选账户是否属于该用户？"),
    "services_open": Text("Did the user leave API services open?", "用户是否仍开通接口服务？"),
    # The keypad, and the bank's form in the application's page
    "keypad_issued": Text("Is it a keypad that the bank handed out?", "键盘是否由银行下发？"),
    "keypad_session": Text("Is it this session's keypad?", "键盘是否属于本次会话？"),
    "keypad_once": Text("Is this keypad used for the first time?", "键盘是否首次使用？"),
    "keypad_seal": Text("Can the sealed entry be opened, and for this alone?", "密文能否解开，且仅用于此处？"),
    "embedded_signed": Text("Is the request signed?", "请求是否带有签名？"),
    "embedded_session": Text("Is it this application's own form?", "嵌入页面是否属于该应用方？"),
    "embedded_entry": Text("Can what the user typed be read?", "能否读取用户的输入？"),
    "embedded_step": Text("Is this the step that is due?", "是否为当前应完成的步骤？"),
    "relay_attempts": Text("Has the application tries left?", "应用方的尝试次数是否未用尽？"),
    # Second factors
    "approval_signature": Text("Did the user's phone sign it?", "是否由用户的手机签名？"),
    "approval_open": Text("Is the question still open?", "待确认事项是否仍然有效？"),
    "approval_statement": Text("Is what was signed what the bank asked?", "签名内容与银行所问是否一致？"),
    "listing_signature": Text("Did the user's phone ask?", "是否由用户的手机发起查询？"),
    "listing_freshness": Text("Just now?", "是否刚刚发起？"),
    "security_key_challenge": Text("Is the answer to this very question?", "应答是否针对本次挑战？"),
    "security_key_signature": Text("Did the security key sign it?", "是否由安全密钥签名？"),
    "security_key_counter": Text("Is there no copy of the security key?", "安全密钥是否未被复制？"),
    "totp_purpose": Text("Is it no payment? Such a code names no payee", "是否并非付款？动态码不含收款人信息"),
    "totp_code": Text("Is the code right?", "动态码是否正确？"),
    "totp_once": Text("Is the code used for the first time?", "动态码是否首次使用？"),
    # Offices
    "source_blacklist": Text("Is the source not on the blacklist?", "来源是否不在黑名单中？"),
    "portal_form_origin": Text("Did the form come from the portal?", "表单是否来自门户页面？"),
    "portal_session": Text("Is the developer signed in?", "开发者是否已登录？"),
    "portal_form_token": Text("Is it a form of this session?", "表单是否属于本次会话？"),
    "portal_attempts": Text("Are there tries left?", "尝试次数是否未用尽？"),
    "portal_pace": Text("Are the tries not too fast?", "请求是否没有过于频繁？"),
    "portal_secret": Text("Is App_Secret right?", "App_Secret是否正确？"),
    "portal_key_state": Text("Is App_Secret valid today?", "App_Secret当前是否有效？"),
    "portal_registrations": Text("May another application be made?", "是否还可新建应用？"),
    "staff_role": Text("May this role do that?", "该角色是否有此权限？"),
    "staff_reason": Text("Is a reason given?", "是否填写了理由？"),
    "four_eyes": Text("Does somebody else decide?", "是否由他人复核？"),
    # The application's checks of an answer
    "answer_signed": Text("Is the answer signed?", "应答是否带有签名？"),
    "answer_by_the_bank": Text("By the bank's own key?", "是否由银行密钥签名？"),
    "answer_fresh": Text("Just now?", "是否刚刚签名？"),
    "answer_intact": Text("Unchanged, and for this very request?", "是否未被改动，且对应本次请求？"),
}


def check_text(name: str) -> Text:
    """The sentence of a check, or its name where there is none."""
    return CHECKS.get(name) or Text(name.replace("_", " "), name)
