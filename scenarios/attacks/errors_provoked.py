"""Somebody feeds the bank what nobody meant to send, and reads what its refusals tell of the inside."""

from __future__ import annotations

import re
import secrets

import httpx

from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import CATALOGUE
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from scenarios.partner import Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.http_browser import LoopbackTransport

_PATH = "/api/transfers"
_SOUND = '{"order_no":"%s","debtor_account_ref":"%s","amount":"1.00","currency":"CNY","sealed":"x"}'
_ORDER = _SOUND % ("P1", "acc_1")
_ODD_BODIES: tuple[bytes, ...] = (
    b"{",
    b"[]",
    b'"text"',
    b"\xff\xfe\x00{}",
    b'{"amount":"1.00","amount":"2.00"}',
    b'{"amount":1e400}',
    b'{"amount":' + b"9" * 400 + b"}",
    b'{"order_no":["a"],"amount":{"a":null}}',
    b"[" * 200 + b"]" * 200,
    b'{"order_no":"\\ud800"}',
    _ORDER.encode("utf-16"),
    _ORDER.replace("P1", "' OR 1=1 --").encode(),
    _ORDER.replace("acc_1", "../../etc/passwd").encode(),
    _ORDER.replace("1.00", "-1.00").encode(),
)
_ODD_HEADERS = (
    {"content-type": "application/json; charset=shift_jis"},
    {"content-type": "application/xml"},
    {"x-api-version": "9" * 200},
    {"authorization": "Bearer \x7f"},
    {"idempotency-key": "k" * 4000},
)
_ODD_QUERIES = ("a=%ff%fe", "limit=" + "9" * 300, "a=1&a=2", "%")
# What stacks, files, statements, programs and private addresses look like.
_INSIDE = re.compile(
    r"traceback|\.py\b|line \d+|sqlite|\bselect\b.+\bfrom\b|insert into|/(?:home|usr|root|tmp|var|work)/|site-packages"
    r"|werkzeug|flask|uvicorn|httptools|python/|\b127\.0\.0\.1\b|\b10\.\d+\.\d+\.\d+\b|\b192\.168\.",
    re.IGNORECASE | re.DOTALL,
)


@scenario(
    "errors-provoked",
    kind="attack",
    clauses=("7.1-7",),
    summary_en="Broken JSON, wrong types and charsets, huge numbers, and at last a failure inside the bank: every"
    " answer is one shape with a trace id, and tells of no program, path, statement or address.",
    summary_zh="残缺JSON、错误类型与字符集、超大数值，直至银行内部异常：所有应答格式统一，仅含追踪号，不泄露程序、路径、语句、地址。",
    defence=Defence("opaque_failures", "ATK-DAT-03", 500, "INTERNAL_ERROR", "data"),
)
def errors_provoked(stage: Stage) -> Attempt:
    """Everything is signed by a proper application, so that it gets as far as odd things can. The failure inside is the
    sandbox's: no message is known that causes one."""
    prober = stage.partner("prober")
    token = prober.linked(stage.customer_of(prober, stage.user))
    stage.attack_begins()
    with httpx.Client(transport=LoopbackTransport(stage.world.authority)) as line:
        answers = [_sent(stage, prober, line, each, {"authorization": f"Bearer {token}"}) for each in _ODD_BODIES]
        answers += [_sent(stage, prober, line, _ORDER.encode(), each) for each in _ODD_HEADERS]
        answers += [_sent(stage, prober, line, query=each) for each in _ODD_QUERIES]
        with stage.fault("server_error", api_id="products.list", parameters={"status": 500}):
            broken = _sent(stage, prober, line)
    told = [found for each in [*answers, broken] if (found := _inside(each)) is not None]
    if told:
        return Attempt(broken.status_code, read=f"the bank's inside: {told[-1]}")
    _are_one_shape(stage, answers)
    codes = {each.json()["code"] for each in answers}
    deep = Text("they got as far as the reading of the body", "异常报文已到达正文解析环节")
    stage.require({"JSON_INVALID", "JSON_DUPLICATE_MEMBER", "JSON_TOO_DEEP", "PARAM_INVALID"} <= codes, deep, codes)
    return Attempt(broken.status_code, broken.json()["code"])


def _inside(answer: httpx.Response) -> str | None:
    lines = answer.text.replace("\\n", "\n").splitlines() + [
        f"{name}: {value}" for name, value in answer.headers.items()
    ]
    return next((each.strip()[:100] for each in lines if _INSIDE.search(each)), None)


def _are_one_shape(stage: Stage, answers: list[httpx.Response]) -> None:
    """problem+json with a code of the catalogue and a trace id, and a status of the client's making."""
    odd = [
        (each.status_code, each.text[:80])
        for each in answers
        if each.headers["content-type"] != "application/problem+json"
        or not 400 <= each.status_code < 500
        or each.json()["code"] not in CATALOGUE
        or not each.json()["trace_id"]
    ]
    claim = Text(
        f"{len(answers)} odd messages get one shape of refusal, with a trace id",
        f"{len(answers)}种异常报文均得到统一格式、含追踪号的拒绝",
    )
    stage.require(not odd, claim, odd)


def _sent(
    stage: Stage,
    prober: Partner,
    line: httpx.Client,
    body: bytes = b"",
    odd: dict[str, str] | None = None,
    query: str = "",
) -> httpx.Response:
    """A message of the prober's own making, signed as it is: an order with a body, a look at products without one."""
    url = httpx.URL(stage.world.addresses.gateway)
    host, method, path = url.netloc.decode(), "POST" if body else "GET", _PATH if body else "/api/products"
    headers = {"host": host, "x-api-version": "1", **({"idempotency-key": "k"} if body else {}), **(odd or {})}
    if body:
        headers = {"content-type": "application/json", "content-digest": content_digest("gm", body)} | headers
    keyid = f"{prober.app_id}.{prober.keys.signing.kid}"
    request = Request(method, host, path, query, headers)
    signature = sign_request(request, prober.keys.signing, keyid, int(prober.now_s()), secrets.token_urlsafe(18))
    target = url.copy_with(raw_path=f"{path}?{query}".encode() if query else path.encode())
    return line.request(method, target, headers=headers | signature, content=body or None)
