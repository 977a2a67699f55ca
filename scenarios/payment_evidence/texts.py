"""What each part of an evidence package says when it holds, for people who do not know how it is made."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.payment_evidence.verifying import Part, PartName
from scenarios.texts import Text

NAMES: dict[PartName, Text] = {
    "keys": Text("keys", "密钥"),
    "order": Text("order", "支付指令"),
    "answer": Text("answer", "银行应答"),
    "agreement": Text("agreement", "要素一致"),
    "confirmation": Text("confirmation", "付款人确认"),
    "record": Text("access record", "访问记录"),
    "log": Text("log", "日志证明"),
    "countersigned": Text("countersignature", "会签"),
}
HOLDS: dict[PartName, Text] = {
    "keys": Text("the bank's keys are vouched for, back to its first one", "银行各签名密钥逐级背书，直至首个密钥"),
    "order": Text(
        "the application signed this order, token and body included", "应用方对该指令（含令牌与报文体）签名有效"
    ),
    "answer": Text("the bank signed that it executed this very order", "银行对该指令的应答签名有效，载明已执行"),
    "agreement": Text("transfer, order number and amount agree everywhere", "转账编号、订单号、金额处处一致"),
    "confirmation": Text("the payer's phone signed payee and amount", "付款人手机对收款人与金额的签名有效"),
    "record": Text("the bank's log tells of the same order and outcome", "银行访问日志记载了同一指令与结果"),
    "log": Text("the record lies below the checkpoint, unaltered", "该记录位于检查点之下，未被改动"),
    "countersigned": Text("both parties signed that checkpoint", "检查点由银行签发、应用方会签"),
}
BY_CODE = Text(
    "two factors were bound to payee and amount; for the code there is the bank's word, no signature",
    "双因素确认与收款人、金额绑定；验证码方式仅有银行记载，无付款人签名",
)


def sentence(part: Part) -> Text:
    """What came of a part. Why one does not hold is said in English only: it names members of the document."""
    if part.why is not None:
        return Text(part.why, part.why)
    return HOLDS[part.name] if part.signed else BY_CODE


def named(signers: Mapping[str, str]) -> Text:
    """Whose keys to compare with what was handed over at registration."""
    bank, application = signers["bank_key"], signers["application_key"]
    return Text(
        f"Compare: the bank's first key {bank}, the application's key {application}.",
        f"请核对：银行首个签名密钥{bank}，应用方签名密钥{application}。",
    )
