"""The words of the console's pages on admission: English, then Chinese. What things are called, the admission says."""

from __future__ import annotations

from typing import Any

from bank_sim.admission.words import WORDS as THINGS

_SAID: dict[str, tuple[Any, Any]] = {
    "admission": ("Admission", "准入"),
    "admission_lead": (
        "Who wants to become an application party, and who waits for whom. Every step is recorded; approval and going"
        " live take two people.",
        "申请成为应用方的机构，以及各自等待谁处理。每一步都有记录，批准准入与上线须双人复核。",
    ),
    "queue": (
        {"ours": "Waiting for the bank", "theirs": "Waiting for the applicant", "over": "Finished"},
        {"ours": "待银行处理", "theirs": "待申请方处理", "over": "已办结"},
    ),
    "nobody_waits": (
        {
            "ours": "Nobody waits for the bank.",
            "theirs": "Nobody is on the way. Applicants begin at the developer portal, under Cooperation.",
            "over": "No case has come to its end.",
        },
        {
            "ours": "暂无待银行处理的申请。", "theirs": "暂无办理中的申请。申请方可在开放平台“合作申请”中发起。",
            "over": "暂无已办结的申请。",
        },
    ),
    "company": ("Company", "申请机构"),
    "case": ("Case", "申请编号"),
    "last_used": ("Last used", "最近使用"),
    "not_lately": ("not lately", "近期未使用"),
    "take_away": ("Take away", "收回"),
    "case_card": ("The case", "申请概况"),
    "waits_for_second": ("Proposed; a reviewer must agree.", "已提请，待复核。"),
    "stage": ("Stage", "阶段"),
    "stage_since": ("Since", "进入该阶段"),
    "purpose": ("Purpose", "合作目的"),
    "whose_turn": ("What is next", "下一步"),
    "turn_at": (
        {
            "enquired": "The applicant fills in the self-assessment.", "applied": "The applicant hands in its papers.",
            "submitted": "An operator verifies the papers.", "verified": "An operator writes the assessment.",
            "assessed": "An operator proposes to admit; a reviewer decides.",
            "approved": "The applicant proves its keys, and an operator draws up the agreement.",
            "offered": "The applicant signs the agreement.", "signed": "A reviewer signs for the bank.",
            "agreed": "The applicant collects its credentials.",
            "testing": "The applicant calls the bank from its program; then an operator inspects.",
            "inspected": "An operator proposes to go live; a reviewer decides.",
            "live": "Nothing: it is under supervision from now on.", "rejected": "Nothing: the case is over.",
            "withdrawn": "Nothing: the case is over.",
        },
        {
            "enquired": "由申请方填写自评问卷。", "applied": "由申请方提交材料。", "submitted": "由运营员核验材料。",
            "verified": "由运营员填写评估意见。", "assessed": "由运营员提请准入，复核员决定。",
            "approved": "由申请方证明密钥，运营员拟定协议。", "offered": "由申请方签署协议。",
            "signed": "由复核员代表银行签署。", "agreed": "由申请方领取凭据。",
            "testing": "由申请方用自己的程序联调，随后由运营员检查。", "inspected": "由运营员提请上线，复核员决定。",
            "live": "已办结，转入日常监督管理。", "rejected": "申请已终止。", "withdrawn": "申请已终止。",
        },
    ),
    "said_by_table": ({"four eyes": "agreed by a second person"}, {"four eyes": "双人复核通过"}),
    "foreseen": ("What the next step is judged by", "下一步的检查项"),
    "rows": (
        {
            "materials_complete": "All papers are there", "materials_valid": "Papers are valid",
            "materials_genuine": "The business register knows them", "screening": "Not on the screening list",
            "key_indicator": "Users' information is protected well enough",
            "another_decides": "Decided by somebody other than the assessor",
            "agreement_complete": "The agreement settles everything",
            "applicant_signed": "The applicant's signature holds", "inspection_passed": "The inspection passed lately",
            "callbacks_sound": "It refuses events that are not the bank's, if it takes any",
        },
        {
            "materials_complete": "材料齐全", "materials_valid": "材料在有效期内、号码正确",
            "materials_genuine": "与工商登记一致", "screening": "不在合规筛查名单中",
            "key_indicator": "用户信息保护达到底线", "another_decides": "由评估人以外的人员决定",
            "agreement_complete": "协议条款齐备", "applicant_signed": "申请方签名有效",
            "inspection_passed": "近期已通过上线检查",
            "callbacks_sound": "拒绝伪造的事件通知（接收事件者）",
        },
    ),
    "row_holds": ("holds", "通过"),
    "row_fails": ("fails", "未通过"),
    "row_not_judged": ("not judged: no address for events", "不作判定：未登记事件接收地址"),
    "inspection": ("Inspection before going live", "上线前检查"),
    "passed": ("passed", "通过"),
    "open_findings": ("open findings", "尚有未通过项"),
    "self_assessment": ("Self-assessment", "准入自评"),
    "score": ("Score", "得分"),
    "key_indicator_is": (
        "users' information {marks} / 5, at least {least} needed", "用户信息保护 {marks} / 5，底线 {least} 分"
    ),
    "below": ("below the minimum", "低于底线"),
    "dimension": ("Dimension", "维度"),
    "marks": ("Marks", "得分"),
    "said_of_it": ("What the applicant says", "申请方说明"),
    "asked_for": ("Interfaces asked for, and why", "申请的接口及理由"),
    "volumes": ("Volumes", "业务量"),
    "volumes_are": ("{day} calls a day, {minute} a minute at most", "每日 {day} 笔，峰值每分钟 {minute} 笔"),
    "volumes_second": (", {second} a second", "，每秒 {second} 笔"),
    "volumes_concurrent": (", {concurrent} at the same time", "，并发 {concurrent} 笔"),
    "papers": ("Papers", "身份与资质材料"),
    "paper": ("Paper", "材料"),
    "holder": ("Holder", "持有人"),
    "paper_number": ("Number", "号码"),
    "agreement": ("Cooperation agreement", "合作协议"),
    "agreement_template": ("Template", "协议版本"),
    "scene": ("Scene", "业务场景"),
    "clauses": ("Clauses", "协议条款"),
    "signed_by_applicant": ("Signed by the applicant", "申请方签署"),
    "signed_by_bank": ("Signed by the bank", "银行签署"),
    "yes": ("yes", "已签"),
    "not_yet": ("not yet", "未签"),
    "case_history": ("How it came here", "办理经过"),
    "applicant": ("applicant", "申请方"),
    "proposal_admit_application": ("Admit an application party", "批准准入"),
    "proposal_go_live": ("Let an application go live", "应用上线"),
}  # fmt: skip

_ACTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "verify_materials": {
        "title": ("Verify the papers", "核验材料"),
        "what": (
            "Validity, completeness, check characters, the business register and the screening list are looked at now."
            " One failure refuses the step and changes nothing.",
            "系统即时核对有效期、完整性、校验码、工商登记和合规名单；任一项不符即拒绝，申请状态不变。",
        ),
        "reason": ("What did you look at yourself?", "您本人核对了哪些内容？"),
        "button": ("Verify", "核验通过"),
        "done": ("The papers are verified.", "材料核验通过。"),
    },
    "return_materials": {
        "title": ("Return the papers", "退回材料"),
        "what": ("The applicant hands them in anew and reads your reason.", "申请方将看到退回原因，并须重新提交。"),
        "reason": ("What is to be mended?", "需要补正什么？"),
        "button": ("Return", "退回"),
        "done": ("The papers are returned.", "材料已退回。"),
    },
    "assess_case": {
        "title": ("Write the assessment", "填写评估意见"),
        "what": (
            "Your words on technical ability and management stand beside the scores. Somebody else decides on them.",
            "您对其技术能力与管理水平的意见将与得分一并存档，由另一人决定是否准入。",
        ),
        "reason": ("Your assessment, and the evidence for it", "评估意见及依据"),
        "button": ("Record", "提交评估"),
        "done": ("The assessment is recorded.", "评估意见已记录。"),
    },
    "propose_admission": {
        "title": ("Propose to admit", "提请准入"),
        "what": ("Nothing changes yet. A reviewer must agree.", "暂不生效，须由复核员批准。"),
        "reason": ("Why should they be admitted?", "准入理由"),
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
    "reject_case": {
        "title": ("Reject the applicant", "不予准入"),
        "what": (
            "The case ends. The applicant reads your reason and may begin anew.",
            "本次申请终止，申请方可看到原因，可重新申请。",
        ),
        "reason": ("Why?", "原因"),
        "button": ("Reject", "不予通过"),
        "done": ("The applicant is rejected.", "已不予通过。"),
    },
    "draw_up_agreement": {
        "title": ("Draw up the agreement", "拟定协议"),
        "what": (
            "It names the interfaces that were asked for with a reason and no others, the volumes, the integration mode"
            " and all clauses of the template. The applicant signs first.",
            "协议仅列入说明了理由的接口，并载明业务量、接入方式及全部标准条款；由申请方先行签署。",
        ),
        "reason": ("Anything to remember about it?", "备注"),
        "button": ("Draw up", "拟定"),
        "done": ("The agreement waits for the applicant's signature.", "协议已拟定，待申请方签署。"),
    },
    "countersign_agreement": {
        "title": ("Sign for the bank", "代表银行签署"),
        "what": (
            "The applicant's signature is verified once more, then the bank's key signs the same text. Whoever drew the"
            " agreement up cannot sign it. The applicant may then collect credentials for the test environment.",
            "再次验证申请方签名后，以银行密钥签署同一文本；拟定人不得签署。随后申请方可领取测试环境凭据。",
        ),
        "reason": ("What did you check?", "您核对了什么？"),
        "button": ("Sign", "签署"),
        "done": ("The agreement is in force.", "协议已生效。"),
    },
    "inspect_case": {
        "title": ("Inspect the application", "上线前检查"),
        "what": (
            "Its calls in the test environment are read off the access log and held against the checklist, and so is"
            " the probe of its callbacks, if it takes events. With a finding open it stays in the test environment.",
            "从访问日志读取其测试环境调用，逐项对照检查清单；接收事件的应用还要看回调探测结果。有未通过项则继续留在测试环境。",
        ),
        "reason": ("What did you look at besides?", "另外核查了哪些内容？"),
        "button": ("Inspect", "检查"),
        "done": ("Inspected; the findings stand below.", "检查完成，结果见下。"),
    },
    "propose_going_live": {
        "title": ("Propose to go live", "提请上线"),
        "what": ("Nothing changes yet. A reviewer must agree.", "暂不生效，须由复核员批准。"),
        "reason": ("Why is it ready?", "上线理由"),
        "button": ("Propose", "提请"),
        "done": ("Proposed. A reviewer must agree.", "已提请，待复核。"),
    },
}


def _in(number: int, language: str) -> dict[str, Any]:
    words = {name: said[number] for name, said in _SAID.items()}
    return {**THINGS[language], **words, **{f"stage_{k}": v for k, v in THINGS[language]["stages"].items()}}


WORDS: dict[str, dict[str, Any]] = {"en": _in(0, "en"), "zh": _in(1, "zh")}
ACTIONS: dict[str, dict[str, dict[str, str]]] = {
    language: {name: {key: said[number] for key, said in each.items()} for name, each in _ACTIONS.items()}
    for number, language in enumerate(("en", "zh"))
}
"""By language."""
