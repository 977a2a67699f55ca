"""What befalls a call where a sandbox was told to let it: which faults, and what they do to the work and to the answer.

A call is struck once every check has let it through, by name of the application that has proven itself. What happens to
the line is left to the edge, in the environment of the call; everything else happens here. Without a fault in force a
call pays for one look at a shared number.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from bank_sim.edge.mishaps import NAME, mishap_of
from bank_sim.gateway import answers
from bank_sim.gateway.answers import Answer, Signer
from bank_sim.gateway.call import Call
from bank_sim.sandbox.faults import HEADER, Strike, asked_for, magic
from bank_sim.sandbox.faults.disk import run_full
from bank_sim.sandbox.faults.refusing import refusal_of
from bank_sim.sdk.protocol.keypairs import MacKey, PrivateKey, generate

_IN_BETWEEN = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
_FORGING = frozenset({"wrong_signature", "expired_key"})
_SPOILING = _FORGING | {"bad_json", "clock_skew"}


def befall(call: Call, environ: dict[str, Any]) -> None:
    """Settle what strikes this call. Raises the ``Problem`` of a fault that strikes instead of the work."""
    bank = call.bank
    call.strikes = bank.faults.strikes(call.known_application.app_id, call.known_api.api_id, call.now_ms)
    if bank.config.aids:
        call.strikes += _asked(call)
    if not call.strikes:
        return
    environ[NAME] = mishap_of(call.strikes)
    if (refusal := refusal_of(call.strikes)) is not None:
        raise refusal


def _asked(call: Call) -> tuple[Strike, ...]:
    """What the caller asks for, by header or by the values that the call bears."""
    text = call.headers.get(HEADER)
    by_header = asked_for(text) if text else ()
    return by_header + magic(call.known_api.api_id, call.document.get("amount"), call.opened or {})


def slow_down(call: Call) -> None:
    """The core takes its time, and with it whoever waits for this process or for the lock that it holds."""
    for each in call.strikes:
        if each.name == "slow_core":
            time.sleep(each.parameters["ms"] / 1000)


def fill_the_disk(call: Call) -> None:
    """Where the disk is full nothing can be written, not even a record of having looked: SERVICE_UNAVAILABLE."""
    if all(each.name != "disk_full" for each in call.strikes):
        return
    store = call.bank.store
    if store.db.conn.in_transaction:
        run_full(store.db.conn)
    with store.write() as db:
        run_full(db.conn)


def told(call: Call, answer: Answer) -> Answer:
    """The answer as the faults leave it, and with a header that says so: nobody shall hunt ghosts."""
    if not call.strikes:
        return answer
    struck = {each.name: each for each in call.strikes}
    between = struck["server_error"].parameters["status"] if "server_error" in struck else 0
    if between in _IN_BETWEEN:
        answer = _by_a_machine_in_between(between)
    elif call.credential is not None and not _SPOILING.isdisjoint(struck):
        answer = _spoilt(call, answer, struck)
    return replace(answer, headers=answer.headers | {HEADER: ", ".join(each.shown for each in call.strikes)})


def _by_a_machine_in_between(status: int) -> Answer:
    """What stands in front of a bank holds none of its keys, and knows nothing of its problems."""
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
    return Answer(status, headers, f"<html><body><h1>{status} {HTTPStatus(status).phrase}</h1></body></html>".encode())


def _spoilt(call: Call, answer: Answer, struck: Mapping[str, Strike]) -> Answer:
    """The answer signed anew: what broke off, when it claims to be of, and by whose key."""
    body = answer.body[: len(answer.body) // 2] if "bad_json" in struck else answer.body
    skew_s = struck["clock_skew"].parameters["s"] if "clock_skew" in struck else 0
    signer = _stranger(call, "expired_key" in struck) if not _FORGING.isdisjoint(struck) else None
    return answers.signed(call, answer.status, dict(answer.headers), body, signer, skew_s)


def _stranger(call: Call, is_named: bool) -> Signer:
    """A key that stands in no set that the bank publishes, under its own name or under that of the bank's.

    For App_Secret, whose name never changes, another secret.
    """
    key, (_, keyid) = _key_of_nobody(call.known_application.suite), answers.signer_of(call)
    if call.claims_secret:
        return MacKey(key.suite, key.kid.encode()), keyid
    return key, key.kid if is_named else keyid


@cache
def _key_of_nobody(suite: str) -> PrivateKey:
    return generate(suite, "sig")
