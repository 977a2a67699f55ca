"""A client, or somebody who lies between, offers the gateway no more than TLS 1.1, and then no TLS at all."""

from __future__ import annotations

import socket
import ssl
import warnings

import httpx

from bank_sim.sdk.protocol.problems import TLS_POLICY
from scenarios.attacks.outsiders import Outsider
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text

_PATIENCE_S = 5.0


@scenario(
    "tls-downgraded",
    kind="attack",
    clauses=("9.2.2-3.1", "9.2.2-3.2"),
    summary_en="Somebody who can read TLS 1.1 has a client and the bank agree on it, or on no encryption at all.",
    summary_zh="攻击者诱使客户端与银行协商TLS 1.1，或直接以明文通信。",
    defence=Defence("tls_version", "ATK-MSG-09", 426, "TLS_POLICY", "data"),
)
def tls_downgraded(stage: Stage) -> Attempt:
    """The call itself is honest, and signed; what the attacker is after is to be able to read and bend the channel."""
    shop = stage.partner("shop")
    if shop.keys.secret is None:
        raise LookupError("the shop has no App_Secret")
    request = Outsider(stage).signed("GET", "/api/products", shop.keys.secret, f"{shop.app_id}.secret")
    stage.attack_begins()
    in_clear = _in_clear(stage, request)
    stage.require(b"HTTP/1." not in in_clear, Text("nothing is answered in clear", "明文请求得不到任何应答"), in_clear)
    try:
        with httpx.Client(verify=_old(stage), trust_env=False, timeout=_PATIENCE_S) as client:
            request.url = stage.wire.upstream.copy_with(path=request.url.path)
            answer = client.send(request)
    except httpx.ConnectError as refusal:
        told = Text("the handshake ends with the alert protocol_version", "握手以protocol_version告警终止")
        stage.require("protocol version" in str(refusal).replace("_", " ").lower(), told, str(refusal))
        return Attempt(TLS_POLICY.status, TLS_POLICY.code)
    return Attempt(answer.status_code, read=f"over TLS 1.1, {len(answer.json()['items'])} products")


def _in_clear(stage: Stage, request: httpx.Request) -> bytes:
    """What comes back for the same call without TLS, at the very port."""
    address = ("127.0.0.1", stage.wire.upstream.port or 443)
    with socket.create_connection(address, timeout=_PATIENCE_S) as connection:
        lines = [f"GET {request.url.path} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        try:
            return connection.recv(4096)
        except ConnectionResetError:
            return b""


def _old(stage: Stage) -> ssl.SSLContext:
    """A client of many years ago."""
    context = ssl.create_default_context(cafile=stage.world.authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return context
