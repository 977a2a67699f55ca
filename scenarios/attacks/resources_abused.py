"""Messages that are made to cost the bank more than their sender: failures in a flood, bodies without end or in drops.

The attacker comes from a network of their own and is registered nowhere; they know the name of somebody's key.
"""

from __future__ import annotations

import re
import secrets
import socket
import ssl
from contextlib import ExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from bank_sim.config import Config
from bank_sim.sdk.protocol import keypairs, strict_json
from bank_sim.sdk.protocol.signature_base import Request
from bank_sim.sdk.protocol.signatures import sign_request
from scenarios.networks import Elsewhere
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

if TYPE_CHECKING:
    from bank_sim.policy import Policy

ELSEWHERE = "127.7.2.1"
# As many refusals from one address as the bank's watch takes for abuse, and some more.
NOTICED = 12
BODY_BYTES = 8_000_000
_PATIENCE_S, _GRACE_S = 5.0, 0.4
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


@scenario(
    "forged-signatures-in-a-flood",
    kind="attack",
    clauses=("7.3.2-1", "10.1.2-1.0"),
    summary_en="Somebody sends forged signatures without a pause, so that the bank spends its time on verifying them;"
    " after a hundred their address is refused unread.",
    summary_zh="攻击者不间断发送伪造签名，企图耗尽银行的验签能力；百次之后，其来源地址不经验签即被拒绝。",
    defence=Defence("source_gate", "ATK-AVA-02", 429, "RATE_LIMITED", "service", alarm="RESOURCE_ABUSE"),
)
def forged_signatures_in_a_flood(stage: Stage) -> Attempt:
    """The signature names the key of an honest application; each copy is as invalid as the first, and as dear."""
    honest, limit = stage.partner("honest"), _policy(stage).source_failures_max
    attacker = Elsewhere(stage, ELSEWHERE)
    forged = _forged(stage, f"{honest.app_id}.{honest.keys.signing.kid}")
    stage.attack_begins()
    answers = [attacker.handle_request(forged) for _ in range(limit + NOTICED)]
    codes = [strict_json.parse_object(each.content)["code"] for each in answers]
    if codes[-1] != "RATE_LIMITED":
        return Attempt(answers[-1].status_code, str(codes[-1]), read=f"the time that {len(codes)} verifications take")
    first = codes.index("RATE_LIMITED")
    verified = Text(f"{limit} signatures were verified, and no more", f"仅验签{limit}次，此后不再验签")
    stage.require(codes == ["SIGNATURE_INVALID"] * limit + ["RATE_LIMITED"] * NOTICED, verified, first)
    served = honest.client.call("rates.list", "GET", "/api/rates", with_secret=True).status
    stage.require(served == 200, Text("everybody else is served", "其他来源照常受理"), served)
    return Attempt(429, "RATE_LIMITED")


@scenario(
    "body-without-end",
    kind="attack",
    clauses=("7.3.2-1",),
    summary_en="Somebody announces a body of 8 MB where 64 KiB are the most; it is refused on its announcement.",
    summary_zh="报文体上限为64KiB，攻击者声明将发送8MB；银行依声明即予拒绝，不接收正文。",
    defence=Defence("body_size", "ATK-AVA-02", 413, "BODY_TOO_LARGE", "service", alarm="RESOURCE_ABUSE"),
)
def body_without_end(stage: Stage) -> Attempt:
    """Nothing of it is signed: what counts is how much the bank takes in before it says no."""
    stage.attack_begins()
    for _ in range(NOTICED):
        with _Line(stage) as line:
            line.begin(BODY_BYTES, "expect: 100-continue\r\n")
            status, code = line.answer(_PATIENCE_S)
            if status == HTTPStatus.CONTINUE:
                line.send(bytes(BODY_BYTES))
                return Attempt(*line.answer(_PATIENCE_S), read=f"{BODY_BYTES} bytes of the bank's memory")
    everybody = Text(f"all {NOTICED} are refused before a byte of them is sent", f"{NOTICED}次均在发送正文前被拒绝")
    stage.require(status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE, everybody, status)
    return Attempt(status, code)


@scenario(
    "body-in-drops",
    kind="attack",
    clauses=("7.3.2-1",),
    summary_en="Somebody opens many connections and sends the first byte of a message on each, and no second one.",
    summary_zh="攻击者打开大量连接，每个连接只发送报文体的第一个字节，随后不再发送。",
    defence=Defence("body_pace", "ATK-AVA-02", 408, "BODY_TIMEOUT", "service", alarm="RESOURCE_ABUSE"),
)
def body_in_drops(stage: Stage) -> Attempt:
    """Each holds a place of the bank's for as long as it is let: a second here, ten in a bank with its own numbers."""
    waits_s = _policy(stage).body_timeout_s + _GRACE_S
    stage.attack_begins()
    with ExitStack() as held:
        lines = [held.enter_context(_Line(stage)) for _ in range(NOTICED)]
        for each in lines:
            each.begin(2, "")
            each.send(b"{")
        try:
            met = {each.answer(waits_s) for each in lines}
        except TimeoutError:
            lines[0].send(b"}")
            return Attempt(*lines[0].answer(_PATIENCE_S), read=f"{NOTICED} places, for as long as they please")
    ended = Text(f"all {NOTICED} are ended", f"{NOTICED}个连接均被终止")
    stage.require(len(met) == 1, ended, met)
    return Attempt(*met.pop())


class _Line:
    """A connection to the gateway from elsewhere, on which nothing is sent but what is said here."""

    def __init__(self, stage: Stage) -> None:
        self._gateway, self._host = stage.wire.upstream, httpx.URL(stage.world.addresses.gateway).netloc.decode()
        self._trust = ssl.create_default_context(cafile=stage.world.authority)

    def __enter__(self) -> _Line:
        there = (self._gateway.host, self._gateway.port or 443)
        plain = socket.create_connection(there, _PATIENCE_S, source_address=(ELSEWHERE, 0))
        self._socket = self._trust.wrap_socket(plain, server_hostname=self._gateway.host)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def begin(self, length: int, more: str) -> None:
        """The head of a call that announces a body of this length."""
        head = f"POST /api/transfers HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: application/json\r\n"
        self.send(f"{head}content-length: {length}\r\n{more}\r\n".encode())

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def answer(self, patience_s: float) -> tuple[int, str | None]:
        """Status and code of the next answer; ``TimeoutError`` where none comes in time."""
        self._socket.settimeout(patience_s)
        text = self._socket.recv(1)
        self._socket.settimeout(_PATIENCE_S)
        while b"\r\n\r\n" not in text:
            text += self._socket.recv(65_536)
        head, _, body = text.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        while length is not None and len(body) < int(length[1]):
            body += self._socket.recv(65_536)
        code = str(strict_json.parse_object(body)["code"]) if length is not None else None
        return int(head.split(b" ", 2)[1]), code


def _policy(stage: Stage) -> Policy:
    """The numbers that this bank goes by."""
    return Config.from_file(stage.world.home.party("bank") / "config.json").policy


def _forged(stage: Stage, keyid: str) -> httpx.Request:
    """A look at the products under this key's name, signed with another."""
    url = httpx.URL(f"{stage.world.addresses.gateway}/api/products")
    headers = {"host": url.netloc.decode(), "x-api-version": "1"}
    now_s = int(stage.world.control.clock()["now_ms"]) // 1000
    key = keypairs.generate(stage.world.plan.suite, "sig")
    request = Request("GET", headers["host"], url.path, "", headers)
    signature = sign_request(request, key, keyid, now_s, secrets.token_urlsafe(18))
    return httpx.Request("GET", url, headers=headers | signature)
