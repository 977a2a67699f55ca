"""Somebody on the wire plays the bank to the wallet: with a certificate of their own, then with keys of their own."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bank_sim.sdk.protocol import keypairs
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import PrivateKey
from bank_sim.sdk.protocol.keysets import KeySet, make_key_set
from bank_sim.sdk.protocol.signatures import sign_answer
from bank_sim.sdk.trust import KEY_SET_PATH
from scenarios.attacks.wallet_refusals import refusal_shown
from scenarios.authority import Authority
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage
from scenarios.texts import Text
from user_sim.driver import HeadlessUser, TurnedAway

FORGED_HOLDER = "*盗"
_ACCOUNTS = "/api/accounts"
_SECRET = b"the impostor's own"


@scenario(
    "bank-with-own-certificate",
    kind="attack",
    clauses=("7.2.1-a-2.2", "9.2.2-3.1"),
    summary_en="Somebody diverts the wallet's line to a server of theirs; its certificate is from no known authority.",
    summary_zh="攻击者将钱包的线路引向自建服务器，其TLS证书并非受信机构签发。",
    defence=Defence("bank_certificate", "ATK-ID-03", 502, "BANK_IDENTITY_INVALID", "data", witness="wallet"),
)
def bank_with_own_certificate(stage: Stage) -> Attempt:
    """The impostor wants what is sent to a bank; answers that anybody would believe they cannot give."""
    user = stage.linked_user()
    stage.attack_begins()
    impostor = _Listener()
    with _own_certificate() as context, stage.wire.showing(context), stage.wire.interfering(impostor):
        attempt = _asked(user)
    if impostor.tokens:
        return Attempt(200, read=f"{len(impostor.tokens)} access token of the user, sent to the impostor")
    stage.require(impostor.heard == 0, Text("not a byte of a message was sent", "未发送任何报文字节"))
    ticket = Text("the wallet's watch opened a ticket", "钱包监测生成了工单")
    stage.require(("proof_failed", "accounts.balances") in stage.wallet.tickets(), ticket)
    return attempt


@scenario(
    "bank-with-own-keys",
    kind="attack",
    clauses=("7.2.1-a-2.2", "9.3.3-1.1"),
    summary_en="Behind a valid TLS certificate somebody signs answers with keys of their own, and publishes them.",
    summary_zh="攻击者持有有效TLS证书，以自有密钥对应答签名，并公布该密钥。",
    defence=Defence("key_set_chain", "ATK-ID-03", 502, "BANK_IDENTITY_INVALID", "trust", witness="wallet"),
    ages=True,
)
def bank_with_own_keys(stage: Stage) -> Attempt:
    """First under the name of the bank's key, which is no secret; then under a new name, with a key set to match."""
    user = stage.linked_user()
    user.see_balances()
    suite, issuer = stage.world.plan.suite, stage.world.addresses.gateway
    key = keypairs.generate(suite, "sig")
    stage.attack_begins()
    bank_kid = next(each["kid"] for each in _published(stage) if (each["use"], each["alg"]) == ("sig", _alg(key)))
    under_its_name = _Impostor(stage, key, issuer, bank_kid)
    with stage.wire.interfering(under_its_name):
        first = _asked(user)
    # Another try within seconds would find the wallet with the keys that it has just asked for.
    stage.advance(60)
    stage.require(
        first.code == "SIGNATURE_INVALID", Text("the bank's name helps nothing", "冒用银行密钥编号无效"), first.code
    )
    mark = stage.wallet.newest_record()
    with stage.wire.interfering(_Impostor(stage, key, issuer, key.kid)):
        attempt = _asked(user)
    stage.wallet_mark = mark
    return attempt


def _asked(user: HeadlessUser) -> Attempt:
    """The user looks at their balances, and believes what the wallet believes."""
    try:
        shown = user.see_balances()
    except TurnedAway as refusal:
        return refusal_shown(refusal)
    forged = FORGED_HOLDER in user.browser.page.text if user.browser.page else False
    believed = f"the wallet's belief: {len(shown)} accounts of the user are {FORGED_HOLDER}'s" if forged else None
    return Attempt(200, read=believed)


def _alg(key: PrivateKey) -> str:
    return str(key.public.jwk()["alg"])


def _published(stage: Stage) -> list[dict[str, str]]:
    answer = stage.wire.pass_on("GET", "/.well-known/jwks.json", [("host", _authority(stage))], b"")
    keys: list[dict[str, str]] = answer.json()["keys"]
    return keys


def _authority(stage: Stage) -> str:
    return httpx.URL(stage.world.addresses.gateway).netloc.decode()


@contextmanager
def _own_certificate() -> Iterator[ssl.SSLContext]:
    """A listener's context with a certificate for the bank's own name, by an authority that the impostor has made."""
    with TemporaryDirectory(prefix="impostor-") as name:
        folder, now = Path(name), datetime.now(UTC)
        Authority.mint(folder, _SECRET, now).issue_server(folder, "own", ("localhost",), _SECRET, now)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "own.crt", folder / "own.key", password=_SECRET)
        yield context


class _Listener(httpx.BaseTransport):
    """Takes what it is sent, and answers nothing that anybody would believe."""

    def __init__(self) -> None:
        self.heard = 0
        self.tokens: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.heard += 1
        if (token := request.headers.get("authorization")) is not None:
            self.tokens.add(token)
        return httpx.Response(503)


class _Impostor(httpx.BaseTransport):
    """Passes everything on, and has the user's accounts belong to somebody else: that answer is signed anew.

    It publishes a key set in which its own key is the first of the bank's, signed by that key. What is sealed stays
    the bank's: to alter it takes more than a signature.
    """

    def __init__(self, stage: Stage, key: PrivateKey, issuer: str, kid: str) -> None:
        self._onward, self._stage = stage.wire.record, stage
        self._key, self._issuer, self._kid = key, issuer, kid

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path == KEY_SET_PATH:
            return httpx.Response(200, text=self._key_set())
        answer = self._onward.handle_request(request)
        return self._altered(request, answer) if request.url.path == _ACCOUNTS else answer

    def _altered(self, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        name = f'"holder_name_masked":"{FORGED_HOLDER}"'.encode()
        body = re.sub(rb'"holder_name_masked":"[^"]+"', name, answer.read())
        headers = {"content-type": "application/json", "content-digest": content_digest(self._key.suite, body)}
        signed = sign_answer(200, headers, request.headers["signature"], self._key, self._kid, self._now_s())
        return httpx.Response(200, headers=headers | signed, content=body)

    def _key_set(self) -> str:
        own = {**self._key.public.jwk(), "status": "active"}
        suite = [each for each in _published(self._stage) if keypairs.public_from_jwk(each).suite == self._key.suite]
        keys = (own, *({**each, "status": "active"} for each in suite))
        return make_key_set(self._key, self._issuer, self._now_s(), KeySet(9_999, keys, frozenset()), ())

    def _now_s(self) -> int:
        return int(self._stage.world.control.clock()["now_ms"]) // 1000
