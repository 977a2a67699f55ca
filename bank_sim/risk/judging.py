"""What becomes of a payment once its risk is known, as a table: rows in order, strongest refusal first (10.2.3).

    step 1  the rules are asked, and what they say is on record with a case for each hit
    step 2  what must not be carried out is not; what needs a stronger word waits for it; what is doubtful is held

A weakened bank is this table with rows left out: without the first it posts what nobody has judged, and the auditor
finds it; without another it knows better and pays all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from bank_sim.corelink import Judgement, ProposedPayment
from bank_sim.identity import KEY_KINDS
from bank_sim.policy import Policy
from bank_sim.risk import cases, decisions, listing, reports
from bank_sim.risk.measures import measure
from bank_sim.risk.rules import Rule, Verdict, strongest, the_rules
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.checktable import CheckTable, row
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store


class Held(Exception):
    """The payment waits for somebody of the bank; no refusal, and so none of the catalogue's."""


@dataclass(slots=True)
class Weighing:
    """A payment on the scales. ``hits``: the rules that struck, and the ``verdict`` that follows; set by the first row.

    A payment under an agreement cannot be stepped up, for nobody is there: without a strong word it is held instead.
    """

    db: sqlite3.Connection
    payment: ProposedPayment
    policy: Policy
    rules: Sequence[Rule]
    hits: tuple[Rule, ...] = ()
    verdict: Verdict = "pass"

    @property
    def strong(self) -> bool:
        return not KEY_KINDS.isdisjoint(self.payment.factors)

    @property
    def asks_more(self) -> bool:
        """A rule asks for a stronger word than was given."""
        return not self.strong and any(each.verdict == "step_up" for each in self.hits)


def is_decided(case: Weighing) -> None:
    """Ask the rules and write down what they say; refuses nothing itself."""
    case.hits = hits_of(case.db, case.payment, case.rules)
    case.verdict = strongest([each.verdict for each in case.hits])
    if case.verdict == "step_up" and case.asks_more and case.payment.standing:
        case.verdict = "hold"
    rules = tuple(each.id for each in case.hits)
    decisions.decide(case.db, case.payment, case.verdict, rules)
    reported = any(each.report for each in case.hits)
    if case.verdict in ("hold", "reject") or reported:
        cases.open_case(case.db, case.payment, case.verdict, case.policy)
    if reported:
        reports.add_large_value(case.db, case.payment, case.policy)


def is_no_clearing(case: Weighing) -> None:
    """CLEARING_PROHIBITED: what the rule says that is about the application, and not about payer or payee."""
    for each in case.hits:
        if each.code:
            raise problems.CATALOGUE[each.code].problem()


def is_not_rejected(case: Weighing) -> None:
    """RISK_REJECTED."""
    if any(each.verdict == "reject" and not each.code for each in case.hits):
        raise problems.RISK_REJECTED.problem()


def word_is_strong_enough(case: Weighing) -> None:
    """STEP_UP_REQUIRED."""
    if case.asks_more and not case.payment.standing:
        raise problems.STEP_UP_REQUIRED.problem()


def is_not_doubtful(case: Weighing) -> None:
    if case.verdict == "hold":
        raise Held


RISK: CheckTable[Weighing] = CheckTable(
    [
        row("risk_decision", is_decided, "payment", "10.2.3-1 10.2.3-2 10.2.3-3.1"),
        row("clearing", is_no_clearing, "payment", "9.1.1-4"),
        row("risk_rejection", is_not_rejected, "payment", "10.2.3-2 10.2.3-3.2"),
        row("step_up", word_is_strong_enough, "payment", "10.2.3-3.2 10.2.2-2.2"),
        row("risk_hold", is_not_doubtful, "payment", "10.2.3-3.1 10.2.3-3.2"),
    ]
)

DEFENCES = frozenset(each.name for each in RISK.rows)
"""The rows that a training run may leave out."""


class Risk:
    """The engine. ``weakened``: the rows that are left out at this moment; ``rules``: other than those in force."""

    def __init__(
        self, policy: Policy, weakened: Callable[[], frozenset[str]], rules: Sequence[Rule] | None = None
    ) -> None:
        self._policy = policy
        self._weakened = weakened
        self.rules = the_rules() if rules is None else tuple(rules)

    def judge(self, db: sqlite3.Connection, payment: ProposedPayment) -> Judgement:
        """A ``corelink.Judge``: inside the transaction that would move the money. STEP_UP_REQUIRED undoes all of it."""
        try:
            RISK.run(Weighing(db, payment, self._policy, self.rules), "payment", self._weakened())
        except Held:
            return "hold"
        except Problem as problem:
            if problem.kind in (problems.RISK_REJECTED, problems.CLEARING_PROHIBITED):
                return "reject"
            raise
        return "pass"

    def refusal(self, store: Store, transfer_id: str) -> Problem:
        """What an application is told of a payment that was rejected."""
        decision = decisions.decision_on(store, transfer_id)
        struck = (self.rule(each) for each in decision.rules) if decision is not None else ()
        code = next((each.code for each in struck if each is not None and each.code), problems.RISK_REJECTED.code)
        return problems.CATALOGUE[code].problem()

    def foresee(self, db: sqlite3.Connection, payment: ProposedPayment) -> tuple[Rule, ...]:
        """The rules that will ask the payer for a stronger word, whatever it is confirmed with. Writes nothing."""
        if not self._weakened().isdisjoint({"risk_decision", "step_up"}):
            return ()
        stepping = [each for each in self.rules if each.verdict == "step_up"]
        return hits_of(db, replace(payment, factors=()), stepping)

    def require_releasable(self, db: Database, transfer_id: str) -> None:
        """RISK_REJECTED where an account of a held payment was listed since it was judged."""
        if "risk_rejection" not in self._weakened():
            listing.require_unlisted(db, transfer_id)

    def rule(self, rule_id: str) -> Rule | None:
        return next((each for each in self.rules if each.id == rule_id), None)


def hits_of(db: sqlite3.Connection, payment: ProposedPayment, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that strike. Conditions are asked in order, and none after the first that does not hold."""
    if not payment.to_others:
        return ()
    return tuple(rule for rule in rules if all(each.holds(measure(db, payment, each)) for each in rule.when))
