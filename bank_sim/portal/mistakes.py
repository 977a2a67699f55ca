"""Mistakes to make on purpose: each spoils one step of a good message and names the refusal that must follow.

A test sends every one of them, so the table cannot promise what the gateway does not do. What to mend stands in the
handbook's catalogue of problems, by code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from bank_sim.portal.composing import Message, Order, Party, Step
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import (
    ALG_NOT_ALLOWED,
    AMOUNT_INVALID,
    API_NOT_FOUND,
    API_VERSION_REQUIRED,
    API_VERSION_UNKNOWN,
    APP_AUTH_FAILED,
    AUTHORITY_MISMATCH,
    BODY_TOO_LARGE,
    CREDENTIAL_TOO_WEAK,
    DECRYPT_FAILED,
    DIGEST_MISMATCH,
    HEADER_DUPLICATED,
    HEADER_INVALID,
    IDEMPOTENCY_KEY_REQUIRED,
    JSON_DUPLICATE_MEMBER,
    JSON_FLOAT,
    JSON_INVALID,
    JSON_TOO_DEEP,
    KEY_UNKNOWN,
    KEY_USAGE_MISMATCH,
    MEDIA_TYPE_UNSUPPORTED,
    METHOD_NOT_ALLOWED,
    NONCE_REPLAYED,
    PARAM_INVALID,
    PLAINTEXT_SENSITIVE_FIELD,
    SEALED_MALFORMED,
    SEALED_REQUIRED,
    SIGNATURE_AMBIGUOUS,
    SIGNATURE_COVERAGE,
    SIGNATURE_INVALID,
    SIGNATURE_MALFORMED,
    SIGNATURE_REQUIRED,
    TIMESTAMP_EXPIRED,
    TOKEN_INVALID,
    TOKEN_REQUIRED,
    UNKNOWN_MEMBER,
    Kind,
)
from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64

_FIELD_BYTES = 32
_TOO_LATE_S = 600
_TOO_LARGE_BYTES = 66_000
_NESTED = 20

Fits = Callable[[Order, Party], bool]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``before`` a step, ``spoil`` changes the message; ``kind`` is the refusal to expect; ``fits``: where it applies.

    ``twice``: the message is sent a second time as it is, and the second answer counts.
    """

    name: str
    kind: Kind
    en: str
    zh: str
    fits: Fits
    before: Step = "sending"
    spoil: Callable[[Message], None] = lambda message: None
    twice: bool = False

    @property
    def shown_at(self) -> str:
        """The API_ID of an interface at which it can be tried."""
        return _SHOWN_AT.get(self.fits, "rates.list")

    def said(self, language: str) -> str:
        """What is done wrong, in one line."""
        return self.zh if language == "zh" else self.en


def _always(order: Order, party: Party) -> bool:
    return True


def _by_key(order: Order, party: Party) -> bool:
    return not order.with_secret


def _by_secret(order: Order, party: Party) -> bool:
    return order.with_secret


def _with_body(order: Order, party: Party) -> bool:
    return order.members is not None


def _with_amount(order: Order, party: Party) -> bool:
    return order.members is not None and "amount" in order.members


def _with_sealed(order: Order, party: Party) -> bool:
    return bool(order.sealed)


def _with_token(order: Order, party: Party) -> bool:
    return order.token is not None


def _idempotent(order: Order, party: Party) -> bool:
    return order.idempotency_key is not None


def _a2_and_secret(order: Order, party: Party) -> bool:
    return order.token is not None and party.secret is not None


def _two_keys(order: Order, party: Party) -> bool:
    return not order.with_secret and party.opening is not None


_SHOWN_AT: dict[Fits, str] = {
    **dict.fromkeys((_with_body, _with_amount, _with_sealed, _idempotent), "transfers.create"),
    **dict.fromkeys((_by_key, _two_keys, _with_token, _a2_and_secret), "accounts.list"),
}


def _header(name: str, value: str) -> Callable[[Message], None]:
    def spoil(message: Message) -> None:
        message.headers[name] = value

    return spoil


def _without(*names: str) -> Callable[[Message], None]:
    def spoil(message: Message) -> None:
        for name in names:
            del message.headers[name]

    return spoil


def _line(text: str) -> Callable[[Message], None]:
    return lambda message: message.extra_lines.append(text)


def _members(**changed: object) -> Callable[[Message], None]:
    def spoil(message: Message) -> None:
        message.order = replace(message.order, members={**(message.order.members or {}), **changed})

    return spoil


def _body(change: Callable[[bytes], bytes]) -> Callable[[Message], None]:
    def spoil(message: Message) -> None:
        message.body = change(message.body)

    return spoil


def _input(pattern: str, replacement: str) -> Callable[[Message], None]:
    """Signature-Input after it was signed."""

    def spoil(message: Message) -> None:
        message.headers["Signature-Input"] = re.sub(pattern, replacement, message.headers["Signature-Input"])

    return spoil


def _late(message: Message) -> None:
    message.created_s -= _TOO_LATE_S


def _other_keyid(message: Message) -> None:
    message.keyid = f"{message.party.app_id}.AAAAAAAAAAAAAAAA"


def _unknown_application(message: Message) -> None:
    message.keyid = "app_nobodyatall2.secret"


def _sealing_keyid(message: Message) -> None:
    if message.party.opening is not None:
        message.keyid = f"{message.party.app_id}.{message.party.opening.kid}"


def _secret_signs(message: Message) -> None:
    message.key, message.keyid = message.party.signer(with_secret=True)


def _elsewhere(message: Message) -> None:
    message.path = "/api/nowhere"


def _delete(message: Message) -> None:
    message.method = "DELETE"


def _uncovered(message: Message) -> None:
    message.unsigned = frozenset({"x-api-version"})


def _second_signature(message: Message) -> None:
    for name in ("Signature-Input", "Signature"):
        value = message.headers[name]
        message.headers[name] = f"{value}, sig2{value[len('sig1') :]}"


def _other_encoding(message: Message) -> None:
    """DER where raw r ‖ s is due, and the other way round: what an integrator most often has wrong."""
    value = from_base64(message.headers["Signature"].partition("=")[2].strip(":"))
    if message.party.suite == "gm":
        r, s = decode_dss_signature(value)
        value = r.to_bytes(_FIELD_BYTES, "big") + s.to_bytes(_FIELD_BYTES, "big")
    else:
        r, s = (int.from_bytes(half, "big") for half in (value[:_FIELD_BYTES], value[_FIELD_BYTES:]))
        value = encode_dss_signature(r, s)
    message.headers["Signature"] = f"sig1=:{to_base64(value)}:"


def _other_query(message: Message) -> None:
    message.query = "&".join(filter(None, (message.query, "colour=red")))


def _in_clear(message: Message) -> None:
    _members(**dict(message.order.sealed or {}))(message)
    message.sealed = ""


def _not_sealed(message: Message) -> None:
    message.sealed = ""


def _no_jwe(message: Message) -> None:
    message.sealed = "c2VhbGVk"


def _other_context(message: Message) -> None:
    message.seal_context = replace(message.seal_context, nonce="another-message-s-nonce")


def _twice_a_member(body: bytes) -> bytes:
    first, *_ = strict_json.parse_object(body)
    return b'{"' + first.encode() + b'":"",' + body[1:]


def _fraction(body: bytes) -> bytes:
    return re.sub(rb'"amount":"([0-9.]*)"', rb'"amount":100.5', body)


def _deep(body: bytes) -> bytes:
    return b'{"a":' * _NESTED + b"1" + b"}" * _NESTED


MISTAKES: tuple[Mistake, ...] = (
    # The message as such
    Mistake("header_twice", HEADER_DUPLICATED, "Send X-API-Version twice", "X-API-Version 发送两次", _always,
            "sending", _line("X-API-Version: 1")),
    Mistake("header_not_ascii", HEADER_INVALID, "Put Chinese text into a header", "报文头里放中文", _always,
            "sending", _line("X-Note: 你好")),
    Mistake("host_other", AUTHORITY_MISMATCH, "Address another host", "Host 写成别的主机", _always,
            "sending", _header("Host", "elsewhere.example")),
    Mistake("body_too_large", BODY_TOO_LARGE, "Send a body of 66 kB", "报文体超过 64 KiB", _with_body,
            "headers", _body(lambda body: body + b" " * _TOO_LARGE_BYTES)),
    Mistake("media_type", MEDIA_TYPE_UNSUPPORTED, "Call the JSON text/plain", "把 JSON 标成 text/plain", _with_body,
            "sending", _header("Content-Type", "text/plain")),
    Mistake("path_unknown", API_NOT_FOUND, "Call a path that does not exist", "调用不存在的路径", _always,
            "signing", _elsewhere),
    Mistake("method_other", METHOD_NOT_ALLOWED, "Use DELETE", "改用 DELETE 方法", _always, "signing", _delete),
    Mistake("version_missing", API_VERSION_REQUIRED, "Leave X-API-Version out", "不带 X-API-Version", _always,
            "signing", _without("X-API-Version")),
    Mistake("version_unknown", API_VERSION_UNKNOWN, "Ask for version 9", "请求版本 9", _always,
            "signing", _header("X-API-Version", "9")),
    # Who calls, and the proof
    Mistake("signature_missing", SIGNATURE_REQUIRED, "Do not sign at all", "完全不签名", _always,
            "sending", _without("Signature-Input", "Signature")),
    Mistake("created_quoted", SIGNATURE_MALFORMED, "Put created into quotes", "给 created 加上引号", _always,
            "sending", _input(r"created=(\d+)", r'created="\1"')),
    Mistake("signature_twice", SIGNATURE_AMBIGUOUS, "Add a second signature", "附上第二个签名", _always,
            "sending", _second_signature),
    Mistake("not_covered", SIGNATURE_COVERAGE, "Leave x-api-version out of the signature",
            "签名不覆盖 x-api-version", _always, "signing", _uncovered),
    Mistake("signature_altered", SIGNATURE_INVALID, "Change the nonce after signing", "签名之后再改 nonce", _by_key,
            "sending", _input('nonce="..', 'nonce="__')),
    Mistake("encoding_other", SIGNATURE_INVALID, "Encode the signature the other way (DER or raw)",
            "签名换一种编码（DER 与裸 r‖s 互换）", _by_key, "sending", _other_encoding),
    Mistake("mac_altered", APP_AUTH_FAILED, "Change the nonce after computing the MAC", "算完 MAC 再改 nonce",
            _by_secret, "sending", _input('nonce="..', 'nonce="__')),
    Mistake("app_id_unknown", APP_AUTH_FAILED, "Use an App_ID that nobody has", "使用不存在的 App_ID", _by_secret,
            "signing", _unknown_application),
    Mistake("key_unknown", KEY_UNKNOWN, "Name a key that is not registered", "keyid 指向未登记的密钥", _by_key,
            "signing", _other_keyid),
    Mistake("sealing_key", KEY_USAGE_MISMATCH, "Name the sealing key in keyid", "keyid 写成加密密钥", _two_keys,
            "signing", _sealing_keyid),
    Mistake("alg_other", ALG_NOT_ALLOWED, "Claim another algorithm in alg", "在 alg 里声称别的算法", _by_key,
            "sending", _input("$", ';alg="rsa-pss-sha512"')),
    Mistake("secret_on_a2", CREDENTIAL_TOO_WEAK, "Sign an A2 call with App_Secret", "用 App_Secret 签 A2 级调用",
            _a2_and_secret, "signing", _secret_signs),
    Mistake("created_late", TIMESTAMP_EXPIRED, "Let your clock run ten minutes late", "本地时钟慢十分钟", _always,
            "signing", _late),
    Mistake("body_altered", DIGEST_MISMATCH, "Append a blank to the body after signing", "签名后在报文体末尾加空格",
            _with_body, "sending", _body(lambda body: body + b" ")),
    Mistake("replayed", NONCE_REPLAYED, "Send the same message twice", "同一报文发送两次", _always, twice=True),
    # What the caller may do
    Mistake("token_missing", TOKEN_REQUIRED, "Leave the access token out", "不带访问令牌", _with_token,
            "signing", _without("Authorization")),
    Mistake("token_unknown", TOKEN_INVALID, "Make an access token up", "编造访问令牌", _with_token,
            "signing", _header("Authorization", f"Bearer {'A' * 43}")),
    # What the message says
    Mistake("query_unknown", PARAM_INVALID, "Add ?colour=red", "加上 ?colour=red", _always, "signing", _other_query),
    Mistake("json_broken", JSON_INVALID, "Cut the last bracket off", "去掉最后一个花括号", _with_body,
            "headers", _body(lambda body: body[:-1])),
    Mistake("json_twice", JSON_DUPLICATE_MEMBER, "Write a member twice", "同一成员写两遍", _with_body,
            "headers", _body(_twice_a_member)),
    Mistake("json_deep", JSON_TOO_DEEP, "Nest the JSON 20 levels deep", "JSON 嵌套 20 层", _with_body,
            "headers", _body(_deep)),
    Mistake("amount_number", JSON_FLOAT, "Write the amount as a JSON number", "金额写成 JSON 数字", _with_amount,
            "headers", _body(_fraction)),
    Mistake("amount_whole", AMOUNT_INVALID, 'Write the amount as "100"', "金额写成 \"100\"", _with_amount,
            "body", _members(amount="100")),
    Mistake("member_unknown", UNKNOWN_MEMBER, "Add a member that the interface lacks", "多出一个接口没有的成员",
            _with_body, "body", _members(colour="red")),
    Mistake("in_clear", PLAINTEXT_SENSITIVE_FIELD, "Send the sensitive members in clear", "敏感字段明文发送",
            _with_sealed, "body", _in_clear),
    Mistake("not_sealed", SEALED_REQUIRED, "Leave sealed out", "不带 sealed", _with_sealed, "body", _not_sealed),
    Mistake("no_jwe", SEALED_MALFORMED, "Put something else into sealed", "sealed 里不是 JWE", _with_sealed,
            "body", _no_jwe),
    Mistake("sealed_elsewhere", DECRYPT_FAILED, "Seal for another message's nonce", "密文绑定了别的报文的 nonce",
            _with_sealed, "sealing", _other_context),
    Mistake("no_idempotency", IDEMPOTENCY_KEY_REQUIRED, "Leave Idempotency-Key out", "不带 Idempotency-Key",
            _idempotent, "signing", _without("Idempotency-Key")),
)  # fmt: skip


def mistake_named(name: str) -> Mistake | None:
    """None for "" and for names that there are not."""
    return next((each for each in MISTAKES if each.name == name), None)


def fitting(order: Order, party: Party) -> list[Mistake]:
    """Those that can be made with this very call; none where somebody else signs it."""
    if party.signer(order.with_secret)[0] is None:
        return []
    return [each for each in MISTAKES if each.fits(order, party)]
