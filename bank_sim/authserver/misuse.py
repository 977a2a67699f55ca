"""Alarms for secrets in the wrong hands: raised in the transaction that refuses them, so that none is lost.

    grant_misuse      a code, refresh token or assertion that somebody else holds too
    credential_relay  an application that collects its users' passwords, and asks for tokens with them

A refusal alone would drown among those of careless clients; what is told apart here is no carelessness. It refuses
nothing itself (RFC 9700 sections 2.4, 4.5 and 4.14, JR/T 0185 7.2.1 b and 10.1.2 a 2).
"""

from __future__ import annotations

from dataclasses import dataclass

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.client_checks import ASSERTION_REPLAYED
from bank_sim.identity.attempts import Attempts
from bank_sim.monitor import alarms
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.rules import rules_of
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Transaction
from bank_sim.tokens import INJECTED, REUSED

_RULE_OF = {REUSED: "TOKEN_REUSE", INJECTED: "CODE_INJECTION", ASSERTION_REPLAYED: "ASSERTION_REPLAY"}
_WINDOW_S = 900


@dataclass(frozen=True, slots=True)
class Misuse:
    """A refused call, in the transaction that records it."""

    call: OAuthCall
    db: Transaction
    refusal: Problem


def grant_is_nobody_elses(case: Misuse) -> None:
    name = _RULE_OF.get(case.refusal.reason or "")
    if name is not None:
        _strike(case, name)


def passwords_stay_at_the_bank(case: Misuse) -> None:
    """Whoever asks a first time has read another bank's manual; whoever goes on has users' passwords in hand."""
    call, policy = case.call, case.call.bank.config.policy
    if case.refusal.kind is not problems.OAUTH_UNSUPPORTED_GRANT_TYPE or "password" not in call.form:
        return
    subject = f"relay-grant:{call.client.app_id}"
    if Attempts(call.bank.clock).claim(case.db, subject, policy.password_grants, _WINDOW_S) <= 0:
        _strike(case, "CREDENTIAL_RELAY")


def _strike(case: Misuse, name: str) -> None:
    rule = next(each for each in rules_of(case.call.bank.config.policy) if each.name == name)
    alarms.strike(case.db, Finding(rule, case.call.client.app_id, 1), case.call.bank.clock.now_ms())


MISUSE: CheckTable[Misuse] = CheckTable(
    [
        row("grant_misuse", grant_is_nobody_elses, "refused", "9.2.1-b-3.1 9.2.1-b-4.1"),
        row("credential_relay", passwords_stay_at_the_bank, "refused", "7.2.1-b-2.1 9.3.1-1.1"),
    ]
)

DEFENCES = frozenset(each.name for each in MISUSE.rows)
"""The rows that a training run may leave out."""


def sound(call: OAuthCall, db: Transaction, refusal: Problem) -> None:
    """An alarm about the application, where the refusal calls for one."""
    if call.application is not None:
        MISUSE.run(Misuse(call, db, refusal), "refused", call.weakened)
