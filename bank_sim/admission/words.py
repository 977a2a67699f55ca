"""What the things of an admission are called, in English and Chinese, for every face that shows them. Texts only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SAID: dict[str, tuple[Any, Any]] = {
    "stages": (
        {
            "enquired": "enquiry", "applied": "self-assessment in", "submitted": "papers in",
            "verified": "papers verified", "assessed": "assessed", "approved": "approved",
            "offered": "agreement offered",
            "signed": "signed by applicant", "agreed": "agreement in force", "testing": "in test",
            "inspected": "inspected", "live": "live", "rejected": "rejected", "withdrawn": "withdrawn",
        },
        {
            "enquired": "已咨询", "applied": "自评已提交", "submitted": "材料已提交", "verified": "材料已核验",
            "assessed": "已评估", "approved": "已批准", "offered": "协议待签", "signed": "申请方已签署",
            "agreed": "协议生效", "testing": "测试中", "inspected": "已通过检查", "live": "已上线",
            "rejected": "未通过", "withdrawn": "已撤回",
        },
    ),
    "case_steps": (
        {
            "enquire": "enquired", "apply": "handed in the self-assessment", "submit": "handed in papers",
            "return": "papers returned", "verify": "papers verified", "assess": "assessed", "approve": "approved",
            "prove": "keys proven", "draw_up": "agreement drawn up", "sign": "signed by the applicant",
            "countersign": "signed by the bank", "issue": "credentials issued", "inspect": "inspection passed",
            "go_live": "went live", "reject": "rejected", "withdraw": "withdrawn",
        },
        {
            "enquire": "提出咨询", "apply": "提交自评问卷", "submit": "提交材料", "return": "材料退回",
            "verify": "材料核验通过", "assess": "完成评估", "approve": "批准准入", "prove": "密钥验证通过",
            "draw_up": "拟定协议", "sign": "申请方签署", "countersign": "银行签署", "issue": "发放凭据",
            "inspect": "上线检查通过", "go_live": "正式上线",
            "reject": "不予通过", "withdraw": "撤回申请",
        },
    ),
    "dimensions": (
        {
            "customers": "Customers", "scene": "Scene", "market": "Market share", "operation": "Operation",
            "risk_control": "Risk control", "user_information": "Users' information", "security": "Security",
        },
        {
            "customers": "客户群体", "scene": "业务场景", "market": "市场份额", "operation": "经营情况",
            "risk_control": "风险控制", "user_information": "用户信息保护", "security": "安全能力",
        },
    ),
    "measures": (
        {
            "user_information": {
                "own_consent": "Consent of its own for what it collects itself",
                "least_data": "Only what a named purpose needs", "sealed_at_rest": "Encrypted at rest",
                "access_limited": "Access limited and logged", "deleted_on_request": "Deleted when its user asks",
            },
            "security": {
                "keys_in_custody": "Private keys in custody, never in code", "patched": "Weaknesses mended in time",
                "logs_half_a_year": "Logs kept for six months at least", "abuse_limited": "Limits against abuse",
                "emergency_plan": "Emergency plan, rehearsed",
            },
        },
        {
            "user_information": {
                "own_consent": "自行收集信息时另行取得用户同意",
                "least_data": "只收集业务必需的信息", "sealed_at_rest": "存储加密",
                "access_limited": "访问受限并留痕", "deleted_on_request": "应用户要求删除",
            },
            "security": {
                "keys_in_custody": "私钥专人专管，不写入代码", "patched": "漏洞及时修复",
                "logs_half_a_year": "日志留存不少于六个月", "abuse_limited": "具备防滥用限流措施",
                "emergency_plan": "有应急预案并定期演练",
            },
        },
    ),
    "paper_kinds": (
        {
            "business_licence": "Business licence", "qualification": "Operating qualification",
            "legal_person": "Legal person's identity card", "developer": "Main developer's identity card",
        },
        {
            "business_licence": "营业执照", "qualification": "经营资质", "legal_person": "法定代表人身份证",
            "developer": "主要开发人员身份证",
        },
    ),
    "checklist_items": (
        {
            "public_call": "A call of public information succeeded",
            "signed_user_call": "A signed call for a user's data succeeded",
            "refusal_mended": "A refused call was mended and then succeeded",
            "no_overreach": "Nothing was asked for that was not agreed",
            "nothing_unsafe": "Nothing sensitive in clear, no weak credential",
            "no_storm": "No refused call repeated over and over",
            "callbacks": "The bank's events are taken, false ones refused",
        },
        {
            "public_call": "公开信息接口调用成功", "signed_user_call": "带签名的用户信息接口调用成功",
            "refusal_mended": "被拒绝的调用改正后成功", "no_overreach": "没有超出协议约定的访问",
            "nothing_unsafe": "没有明文传输敏感信息，没有使用弱凭据", "no_storm": "没有反复发送同一被拒调用",
            "callbacks": "接收银行的事件通知，拒绝伪造的通知",
        },
    ),
}  # fmt: skip

WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {name: said[0] for name, said in _SAID.items()},
    "zh": {name: said[1] for name, said in _SAID.items()},
}
"""By language, then by kind of thing, then by its name."""
