"""One of an application's two banks is a crook: it sends the user to the other one, and waits for the code."""

from __future__ import annotations

from urllib.parse import parse_qsl

import httpx

from bank_sim.sdk.pkce import Pkce
from bank_sim.sdk.protocol import keypairs, strict_json
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signatures import sign_answer
from bank_sim.sdk.server import BankClient
from scenarios.partner import Flow, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

CROOKED = "https://crooked-bank.localhost"


@scenario(
    "issuer-mixed-up",
    kind="attack",
    clauses=("9.3.1-1.1", "10.2.2-1"),
    summary_en="A crooked second bank redirects the user to the honest one; the code would be brought to the crook.",
    summary_zh="应用方接入的第二家银行将用户转至诚信银行，企图骗取其授权码。",
    defence=Defence("return_issuer", "ATK-ID-06", 400, "ISS_MISMATCH", "data", witness="partner"),
)
def issuer_mixed_up(stage: Stage) -> Attempt:
    """RFC 9700 section 4.4, with pushed requests: the crook is a user of the application too.

    1. As a user the crook lets the application prepare a way to the honest bank, and does not go.
    2. The victim chooses the crooked bank; it answers with that way, and calls the honest bank's page its own.
    3. The victim agrees at the honest bank and comes back. Who brings the code to the crook has lost it: the crook puts
       it into their own way, whose verifier it fits.
    The application ties its ways to sessions by PKCE, as FAPI 2.0 lets it, and asks for no ``state``.
    """
    aggregator = stage.partner("aggregator")
    victim = stage.customer_of(aggregator, stage.user)
    stage.attack_begins()
    crooks_way = aggregator.ask_for_accounts()
    crook = _CrookedBank(stage.world.plan.suite, stage, dict(parse_qsl(httpx.URL(crooks_way.url).query.decode())))
    client = aggregator.at_another_bank(
        CROOKED, stage.world.addresses.authorization_endpoint, {"keys": crook.published}, crook
    )
    url = _sent_to(client, pkce := Pkce.fresh())
    page = victim.at_bank(url)
    stage.say(Text("The user comes back from the other bank", "用户自另一家银行返回"))
    try:
        code = client.oauth.code_of_return(dict(parse_qsl(page.location.query)))
    except Problem as problem:
        aggregator.note("callback", problem)
        stage.require(crook.codes == [], Text("the code never came to the crook", "授权码未落入其手"))
        return refused(problem)
    return _redeemed(aggregator, client, crook, code, pkce, crooks_way)


def _sent_to(client: BankClient, pkce: Pkce) -> str:
    details = [{"type": "account_information", "validity": "period", "apis": ["accounts.list", "accounts.balance"]}]
    return client.oauth.authorization_url(client.oauth.push_authorization_request(details, "", pkce))


def _redeemed(
    aggregator: Partner, client: BankClient, crook: _CrookedBank, code: str, pkce: Pkce, way: Flow
) -> Attempt:
    """The application brings the code where it believes it is from; the crook spends it in a session of their own."""
    try:
        client.oauth.exchange_code(code, pkce)
    except Problem as problem:
        aggregator.note("oauth.token", problem)
    if crook.codes != [code]:
        return Attempt(400)
    tokens = aggregator.client.oauth.exchange_code(crook.codes[0], way.pkce)
    account = aggregator.accounts(tokens.access_token)[0]
    balance = aggregator.balance(tokens.access_token, account["account_ref"])
    return Attempt(200, read=f"in a session of their own, the balance of {account['account_masked']}: {balance}")


class _CrookedBank(httpx.BaseTransport):
    """A bank with proper keys and no good intentions. ``way``: the parameters that it sends users off with."""

    def __init__(self, suite: str, stage: Stage, way: dict[str, str]) -> None:
        self._key = keypairs.generate(suite, "sig")
        self._stage = stage
        self._way = way
        self.published = [self._key.public.jwk(), keypairs.generate(suite, "enc").public.jwk()]
        self.codes: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.read().decode()))
        if request.url.path == "/oauth/token":
            self.codes.append(form["code"])
        return self._signed(request, {"request_uri": self._way["request_uri"], "expires_in": 90})

    def _signed(self, request: httpx.Request, answer: dict[str, object]) -> httpx.Response:
        body = strict_json.dump(answer)
        headers = {"content-type": "application/json", "content-digest": content_digest(self._key.suite, body)}
        now_s = int(self._stage.world.control.clock()["now_ms"]) // 1000
        signed = sign_answer(200, headers, request.headers["signature"], self._key, self._key.kid, now_s)
        return httpx.Response(200, headers=headers | signed, content=body)
