"""An application that may only list accounts calls everything else that the bank has, and asks its user for more."""

from __future__ import annotations

import ssl

import httpx

from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.sdk.protocol.problems import Problem
from scenarios.attacks.code_of_another_session import balance_shown
from scenarios.partner import Admitted, Partner
from scenarios.registry import Defence, scenario
from scenarios.stage import Attempt, Stage, refused
from scenarios.texts import Text

GRANTED = ("accounts.list",)
# Each needs a grant that the reader has not. Ten refusals within five minutes are an alarm.
_CALLS = (
    ("transfers.create", "POST", "/api/transfers"),
    ("debits.create", "POST", "/api/debits"),
    ("accounts.balance", "GET", "/api/accounts/{ref}/balance"),
    ("accounts.transactions", "GET", "/api/accounts/{ref}/transactions"),
    ("accounts.limits", "GET", "/api/accounts/{ref}/limits"),
)
_ROUNDS = 2
_OPERATORS_PATHS = ("/console", "/act/suspend_application/x", "/clock", "/weakened", "/applications")


@scenario(
    "beyond-its-grants",
    kind="attack",
    clauses=("7.3.1-1", "9.3.2-1.1.2"),
    summary_en="An application granted a single query calls the interfaces of payments, other queries and the"
    " operators' paths, and asks its user for a balance.",
    summary_zh="仅获一项查询权限的应用越权调用支付、其他查询及运维接口，并向用户索取余额权限。",
    defence=Defence("api_grant", "ATK-CON-03", 403, "API_NOT_GRANTED", "data", alarm="OUT_OF_BOUNDS"),
)
def beyond_its_grants(stage: Stage) -> Attempt:
    """The reader is admitted and its user trusts it; what it may do, the bank alone says."""
    reader = _reader(stage)
    user = stage.customer_of(reader, stage.user)
    token = reader.linked(user, GRANTED)
    ref = reader.accounts(token)[0]["account_ref"]
    stage.attack_begins()
    _require_no_operators_path(stage)
    refusals = [_refusal(reader, token, *call, ref) for _ in range(_ROUNDS) for call in _CALLS]
    if {each.code for each in refusals} == {"API_NOT_GRANTED"}:
        return refused(refusals[-1])
    stage.say(Text("The bank lets the reader ask for more", "银行允许该应用索取更多权限"))
    stage.advance(61)
    return balance_shown(reader, reader.linked(user, (*GRANTED, "accounts.balance")))


def _reader(stage: Stage) -> Partner:
    world, name = stage.world, f"reader-{stage.user.person_id}"
    suite = world.plan.suite
    signing, opening = generate(suite, "sig"), generate(suite, "enc")
    keys = {"keys": [signing.public.jwk(), opening.public.jwk()]}
    facts = {"name": name, "suite": suite, "redirect_uris": [f"https://{name}.localhost/callback"], "jwks": keys}
    registered = world.control.register({**facts, "apis": list(GRANTED)})
    admitted = Admitted(registered, signing, opening)
    reader = Partner(name, suite, world.addresses, world.control, world.authority, admitted)
    stage.closing.callback(reader.close)
    return reader


def _refusal(reader: Partner, token: str, api_id: str, method: str, path: str, ref: str) -> Problem:
    try:
        reader.client.call(api_id, method, path.format(ref=ref), token=token)
    except Problem as problem:
        return problem
    raise AssertionError(f"{api_id} answered")


def _require_no_operators_path(stage: Stage) -> None:
    """What runs the bank listens elsewhere: on the interfaces' listener there is no such path."""
    trust = ssl.create_default_context(cafile=stage.world.authority)
    gateway = stage.world.addresses.gateway
    with httpx.Client(verify=trust, trust_env=False) as anybody:
        answers = [anybody.get(f"{gateway}{path}") for path in _OPERATORS_PATHS]
    found = {(each.status_code, each.json()["code"]) for each in answers}
    stage.require(found == {(404, "API_NOT_FOUND")}, Text("no path of the operators is there", "不存在运维路径"), found)
