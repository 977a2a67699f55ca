"""Somebody becomes an application party: from the enquiry until it is live, and every shortcut on the way refused."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bank_sim.admission.registers import REGISTER
from bank_sim.sdk.protocol.keypairs import generate
from scenarios.outcome import SERVED, outcome
from scenarios.partner import Partner
from scenarios.portal_desk import APIS, UNTIL, WHY, Applicant, applicant, partner_of, proposal_about
from scenarios.registry import scenario
from scenarios.staff_desk import StaffDesk, at_work
from scenarios.stage import Stage
from scenarios.texts import Text
from scenarios.tls_identity import TlsIdentity

_OVER = "2020-12-31"


@scenario(
    "application-admitted",
    kind="lifecycle",
    clauses=(
        "9.1.1-0", "9.1.1-1", "9.1.1-2.1", "9.1.1-2.2", "9.1.1-2.3", "9.1.1-3", "9.1.2-0", "9.1.2-1", "9.1.2-2.1",
        "9.1.2-2.2", "9.2.1-a-1.1", "9.2.1-a-1.2", "9.3.4-2.2", "12.2-0", "7.3.1-1",
    ),
    summary_en="An applicant is assessed, verified, signs an agreement, proves its keys, is inspected, goes live with"
    " four eyes; each step that is skipped or forged is refused and changes nothing.",
    summary_zh="申请方经评估、核验、签约、密钥验证、上线检查，双人复核后上线；跳步或伪造的每一步均被拒绝且不产生任何变更。",
)  # fmt: skip
def application_admitted(stage: Stage) -> None:
    """1. Questionnaire and papers, then what the bank makes of them. 2. Keys and agreement. 3. The test environment and
    its inspection. 4. Live. On the way: what must not pass.
    """
    operator, reviewer = at_work(stage, "operator"), at_work(stage, "reviewer")
    someone = applicant(stage)
    tls = TlsIdentity(Path(stage.closing.enter_context(TemporaryDirectory())), "clearbook")
    _papers_and_assessment(stage, someone, operator, reviewer)
    _keys_and_agreement(stage, someone, tls, operator, reviewer)
    partner = _in_the_test_environment(stage, someone, tls, operator)
    _live(stage, someone, partner, operator, reviewer)
    _one_who_is_on_the_list(stage, operator)


def _papers_and_assessment(stage: Stage, someone: Applicant, operator: StaffDesk, reviewer: StaffDesk) -> None:
    someone.enquire()
    incomplete = someone.answer(**{"described.market": ""})
    claim = Text("a self-assessment that leaves out the market is incomplete", "缺少市场份额的自评视为不完整")
    stage.require("ASSESSMENT_INCOMPLETE" in incomplete.text, claim, incomplete.text[:200])
    someone.answer()
    skipped = operator.act("verify_materials", someone.case_id, WHY)
    claim = Text("papers that are not there cannot be verified", "未提交材料不能核验")
    stage.require("ILLEGAL_TRANSITION" in skipped.text, claim, skipped.text[:200])
    for fault, changes in {
        "MATERIAL_MISSING": dict.fromkeys(_fields("developer"), ""),
        "MATERIAL_INVALID": {"business_licence.number": "91990101MA00000010"},
    }.items():
        refused = someone.hand_in_papers(UNTIL, **changes)
        claim = Text(f"papers with a fault are refused ({fault})", f"有问题的材料被退回（{fault}）")
        stage.require(fault in refused.text, claim, refused.text[:200])
    expired = someone.hand_in_papers(_OVER)
    claim = Text("an expired licence is refused", "过期证照被拒绝")
    stage.require("MATERIAL_INVALID" in expired.text, claim, expired.text[:200])
    someone.hand_in_papers(UNTIL)
    claim = Text("nobody gets credentials before the approval", "获批之前无从领取凭据")
    stage.require(someone.collect() is None, claim)

    operator.act("verify_materials", someone.case_id, WHY)
    unreviewed = operator.act("propose_admission", someone.case_id, WHY)
    claim = Text("skipping the assessment is refused", "跳过评估被拒绝")
    stage.require("ILLEGAL_TRANSITION" in unreviewed.text, claim, unreviewed.text[:200])
    operator.act("assess_case", someone.case_id, "sound: six years, own risk team, keys in custody")
    operator.act("propose_admission", someone.case_id, WHY)
    proposal = proposal_about(reviewer, someone.case_id)
    alone = operator.act("approve_proposal", proposal, WHY)
    claim = Text("who proposes the admission cannot approve it", "提请准入者不能自行批准")
    stage.require("STAFF_ROLE_REQUIRED" in alone.text, claim, alone.text[:200])
    reviewer.act("approve_proposal", proposal, WHY)


def _keys_and_agreement(
    stage: Stage, someone: Applicant, tls: TlsIdentity, operator: StaffDesk, reviewer: StaffDesk
) -> None:
    copied = someone.hand_in_keys(tls.forged())
    claim = Text(
        "a certificate request that its own key has not signed is refused", "未由其自身密钥签名的证书申请被拒绝"
    )
    stage.require("KEY_NOT_PROVEN" in copied.text, claim, copied.text[:200])
    someone.hand_in_keys(tls.request())
    forged = someone.prove_keys(signing=generate(someone.suite, "sig"))
    claim = Text("a key that its bearer cannot use is not registered", "不能证明持有私钥的公钥不予登记")
    stage.require("KEY_NOT_PROVEN" in forged.text, claim, forged.text[:200])
    someone.prove_keys()
    operator.act("draw_up_agreement", someone.case_id, WHY)
    early = reviewer.act("countersign_agreement", someone.case_id, WHY)
    claim = Text("the bank does not sign before the applicant", "申请方未签署，银行不先签")
    stage.require("ILLEGAL_TRANSITION" in early.text, claim, early.text[:200])
    other = someone.sign(signing=generate(someone.suite, "sig"))
    claim = Text("a signature with another key does not hold", "用其他密钥的签名无效")
    stage.require("AGREEMENT_UNSIGNED" in other.text, claim, other.text[:200])
    someone.sign()
    reviewer.act("countersign_agreement", someone.case_id, WHY)


def _in_the_test_environment(stage: Stage, someone: Applicant, tls: TlsIdentity, operator: StaffDesk) -> Partner:
    credentials = someone.collect()
    claim = Text(
        "App_ID and App_Secret are shown once the agreement is in force", "协议生效后显示 App_ID 与 App_Secret"
    )
    stage.require(credentials is not None and bool(credentials["app_secret"]), claim)
    again = someone.see().text
    claim = Text("and never again", "此后不再显示")
    stage.require(credentials is not None and credentials["app_secret"] not in again, claim)
    certificate = tls.keep(someone.certificate())
    stage.wire.entrusted.give(tls.path, tls.passphrase)
    partner = partner_of(stage, someone, credentials or {}, certificate)
    found = outcome(lambda: partner.without_certificate().call("products.list", "GET", "/api/products"))
    claim = Text("who shows no certificate is not taken for the applicant", "未出示证书者不视为该应用方")
    stage.require(found == "CERT_REQUIRED", claim, found)
    _overreach(stage, partner)
    operator.act("inspect_case", someone.case_id, WHY)
    premature = operator.act("propose_going_live", someone.case_id, WHY)
    claim = Text("an inspection with open findings keeps it from going live", "检查有未通过项即不得上线")
    stage.require("INSPECTION_OPEN" in premature.text, claim, premature.text[:200])
    return partner


def _overreach(stage: Stage, partner: Partner) -> None:
    """What an application must not try before it is live; the inspection finds it in the log."""
    token = partner.linked(stage.customer_of(partner, stage.user), APIS[1:])
    found = outcome(lambda: partner.client.call("points.get", "GET", "/api/points", token=token))
    claim = Text("what the agreement does not name is not granted", "协议未列的接口未开通")
    stage.require(found == "API_NOT_GRANTED", claim, found)
    found = outcome(lambda: _order(stage, partner, token))
    claim = Text("no money moves in the test environment", "测试环境不能发起资金交易")
    stage.require(found == "TEST_ENVIRONMENT_ONLY", claim, found)


def _live(stage: Stage, someone: Applicant, partner: Partner, operator: StaffDesk, reviewer: StaffDesk) -> None:
    token = partner.linked(stage.customer_of(partner, stage.user), APIS[1:])
    outcome(lambda: partner.client.call("products.list", "GET", "/api/products", query={"category": "gold"}))
    partner.client.call("products.list", "GET", "/api/products")
    partner.balance(token, partner.paying_account(token))
    operator.act("inspect_case", someone.case_id, WHY)
    operator.act("propose_going_live", someone.case_id, WHY)
    claim = Text("until a second person agrees, nothing changes", "第二人批准之前，状态不变")
    stage.require(outcome(lambda: _order(stage, partner, token)) == "TEST_ENVIRONMENT_ONLY", claim)
    reviewer.act("approve_proposal", proposal_about(reviewer, someone.case_id), WHY)
    claim = Text("live, its payment orders are taken", "上线后，付款指令正常受理")
    stage.require(outcome(lambda: _order(stage, partner, token)) == SERVED, claim)


def _one_who_is_on_the_list(stage: Stage, operator: StaffDesk) -> None:
    listed = applicant(stage, next(each for each in REGISTER.values() if each.listed))
    listed.enquire()
    listed.answer()
    listed.hand_in_papers(UNTIL)
    refused = operator.act("verify_materials", listed.case_id, WHY)
    claim = Text("an applicant on the screening list does not pass", "合规名单中的申请方不能通过核验")
    stage.require("APPLICANT_SCREENED" in refused.text, claim, refused.text[:200])


def _fields(kind: str) -> tuple[str, ...]:
    return tuple(f"{kind}.{name}" for name in ("holder", "number", "until", "document_sm3"))


def _order(stage: Stage, partner: Partner, token: str) -> None:
    payee = stage.numbers(stage.payee)["I"]
    partner.order_transfer(token, partner.paying_account(token), "1.00", payee, stage.payee.name)
