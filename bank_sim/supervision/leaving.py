"""How an application leaves the bank, step by step, each in the caller's one write transaction (JR/T 0185 9.4).

    announce   users hear from the bank on which day it ends     stop      nothing new begins
    settle     no order is under way any more                    void      every credential, token and consent, at once
    archive    what it was goes on record                        prove     its signed statement that it has deleted
    close      the bank posts it nothing any more                call_off  before anything is lost, everybody stays
    ask        the application would like to leave               withdraw  it takes that back, the bank has not begun

A refused step changes nothing. Who may order one, and with whose agreement, is the staff's rule.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.clock import Clock, rfc3339
from bank_sim.consent import Endings
from bank_sim.events import Events, unsubscribe
from bank_sim.events.model import Fact
from bank_sim.keys.custody import Change
from bank_sim.policy import Policy
from bank_sim.registry import directory
from bank_sim.registry.certificates import Certificates
from bank_sim.registry.rotation import ApplicationKeys
from bank_sim.registry.standing import Standings
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from bank_sim.store import Store, Transaction
from bank_sim.supervision import archive, guards, notices, states, tasks
from bank_sim.supervision.guards import ExitCase
from bank_sim.supervision.notices import Tell
from bank_sim.supervision.states import Exit, ExitStep, Taken
from bank_sim.supervision.voiding import VOIDING, Voiding
from bank_sim.tokens import Tokens

DELETION_STATED, WITHDRAWN = "deletion stated", "taken back by the application"
"""What the history says of the application's own steps."""
ASKED = "ask"
_REASON_CHARS_MIN = 4
# A day is a day of Beijing, eight hours ahead of UTC.
_BEIJING_S = 8 * 3600


@dataclass(frozen=True, slots=True)
class Means:
    """What of the bank an exit works with."""

    store: Store
    clock: Clock
    policy: Policy
    standings: Standings
    keys: ApplicationKeys
    certificates: Certificates
    tokens: Tokens
    endings: Endings
    events: Events
    tell: Tell
    weakened: Callable[[], frozenset[str]] = frozenset


class Exits:
    """The exits of all applications. ``by``: a login name of the staff."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def require(self, step: ExitStep, app_id: str, statement: str = "") -> Exit:
        """The step may be taken now; otherwise what it lacks first is raised. Changes nothing."""
        means = self._means
        found = states.required(means.store, app_id)
        case = ExitCase(step, found, means.store, means.clock.now_ms(), statement)
        guards.EXIT.run(case, step, means.weakened())
        return found

    def is_leaving(self, app_id: str) -> bool:
        """New business is refused, while what is under way is brought to its end."""
        found = states.current(self._means.store, app_id)
        return found is not None and found.is_leaving

    def ends_s(self, app_id: str) -> int | None:
        """On which moment (seconds since 1970) an application leaves, for its users to see; None while it does not."""
        found = states.current(self._means.store, app_id)
        return (
            found.ends_ms // 1000 if found is not None and found.state in ("announced", "closing", "settled") else None
        )

    def missing(self, step: ExitStep, app_id: str) -> Problem | None:
        """What the step lacks first, for pages that show it."""
        try:
            self.require(step, app_id)
        except Problem as problem:
            return problem
        return None

    def announce(self, db: Transaction, app_id: str, *, by: str, reason: str) -> Exit:
        """Begin, asked or unasked: users and the application are told that it ends, no sooner than the policy's lead
        time from now.

        STATE_CHANGED where an exit is under way or over; RESOURCE_NOT_FOUND.
        """
        means, now_ms = self._means, self._means.clock.now_ms()
        directory.application(means.store, app_id)
        asked = states.current(db, app_id)
        if asked is not None and asked.state == "requested":
            ends_ms = self._soonest_end_ms(now_ms)
            states.move(
                db, asked, "announce", by=by, reason=reason, now_ms=now_ms, announced_ms=now_ms, ends_ms=ends_ms
            )
            found = states.required(db, app_id)
        else:
            found = self._begin(db, app_id, "announced", Taken(now_ms, by, "announce", "announced", reason))
        self._tell_users(db, found)
        self._tell_application(db, found, "announced")
        return found

    def ask(self, db: Transaction, app_id: str, reason: str) -> Exit:
        """The application would like to leave: the staff sees it, users hear nothing yet.

        PARAM_INVALID without a reason, STATE_CHANGED where an exit is asked for, under way or over.
        """
        said = tasks.masked(reason)
        if len(said) < _REASON_CHARS_MIN:
            raise problems.PARAM_INVALID.problem("Say why the application leaves.", missing=["reason"])
        taken = Taken(self._means.clock.now_ms(), app_id, ASKED, "requested", said)
        found = self._begin(db, app_id, "requested", taken)
        self._tell_application(db, found, "requested")
        return found

    def withdraw(self, db: Transaction, app_id: str) -> None:
        """It stays after all. ILLEGAL_TRANSITION once the bank has begun; what the staff proposed because it was asked
        for falls with it, what it proposed before stands."""
        means = self._means
        found = self._take(db, "withdraw", app_id, app_id, WITHDRAWN)
        proposed = proposals.open_for(means.store, "exit_application", app_id)
        if proposed is not None and proposed.proposed_at_ms >= found.announced_ms:
            proposals.settle(db, proposed.proposal_id, "withdrawn", WITHDRAWN, app_id, means.clock.now_ms())
        self._tell_application(db, found, "called_off")

    def stop(self, db: Transaction, app_id: str, *, by: str, reason: str) -> None:
        """No new consent and no new order from the commit on; who agreed to something since then is told as well."""
        found = self._take(db, "stop", app_id, by, reason)
        self._tell_users(db, found)
        self._tell_application(db, found, "closing")

    def settle(self, db: Transaction, app_id: str, *, by: str, reason: str) -> None:
        """Everything that was under way has ended: TRANSFERS_PENDING. Whoever agreed to something meanwhile is told."""
        self._tell_users(db, self._take(db, "settle", app_id, by, reason))

    def void(self, db: Transaction, app_id: str, *, by: str, reason: str) -> None:
        """Everything at once, from the commit on: credentials, certificates, tokens, codes, consents, the standing.

        NOTICE_MISSING, LEAD_TIME_RUNNING, TRANSFERS_PENDING. The application still gets its events, so that it learns
        whose data it has to delete; ``close`` ends that too.
        """
        means, now_ms = self._means, self._means.clock.now_ms()
        due_ms = now_ms + means.policy.exit_statement_s * 1000
        found = self._take(db, "void", app_id, by, reason, voided_ms=now_ms, statement_due_ms=due_ms)
        case = Voiding(means, db, app_id, Change(by, found.exit_id, now_ms), reason)
        VOIDING.run(case, "void", means.weakened())
        self._tell_application(db, found, "voided")

    def archive(self, db: Transaction, app_id: str, *, by: str, reason: str) -> str:
        """The SM3 of what went on record, in hex."""
        found = self._take(db, "archive", app_id, by, reason)
        means, now_ms = self._means, self._means.clock.now_ms()
        self._tell_application(db, found, "archived")
        return archive.write(db, found, now_ms + means.policy.confidentiality_s * 1000, now_ms)

    def prove(self, db: Transaction, app_id: str, statement: str) -> None:
        """The application's statement that it has deleted what it held: DELETION_UNPROVEN, ARCHIVE_BROKEN."""
        self._take(db, "prove", app_id, app_id, DELETION_STATED, carried=statement, statement=statement)

    def close(self, db: Transaction, app_id: str, *, by: str, reason: str) -> None:
        """The file is closed, what survives of the duties stands in the archive: ARCHIVE_BROKEN."""
        self._take(db, "close", app_id, by, reason)
        unsubscribe(db, app_id)

    def call_off(self, db: Transaction, app_id: str, *, by: str, reason: str) -> None:
        """It stays after all; users who were told hear so."""
        found = self._take(db, "call_off", app_id, by, reason)
        notices.call_off(db, self._means.tell, found, self._names(found))
        self._tell_application(db, found, "called_off")

    def _take(
        self, db: Transaction, step: ExitStep, app_id: str, by: str, reason: str, *, carried: str = "",
        **facts: int | str,
    ) -> Exit:  # fmt: skip
        """Judged, then taken, with a line of history. ``carried``: the statement that the step brings."""
        found = self.require(step, app_id, carried)
        states.move(db, found, step, by=by, reason=reason, now_ms=self._means.clock.now_ms(), **facts)
        return found if step in ("call_off", "withdraw") else states.required(db, app_id)

    def _begin(self, db: Transaction, app_id: str, state: states.ExitState, taken: Taken) -> Exit:
        ends_ms = self._soonest_end_ms(taken.at_ms)
        found = Exit(f"exit_{secrets.token_hex(6)}", app_id, state, taken.at_ms, ends_ms, None, None, None)
        states.begin(db, found, taken)
        return found

    def _soonest_end_ms(self, now_ms: int) -> int:
        return now_ms + self._means.policy.exit_lead_s * 1000

    def _tell_users(self, db: Transaction, found: Exit) -> None:
        means = self._means
        date = rfc3339(found.ends_ms / 1000 + _BEIJING_S)[:10]
        notices.tell_users(db, means.tell, found, self._names(found), date, means.clock.now_ms())

    def _tell_application(self, db: Transaction, found: Exit, stage: str) -> None:
        due_s = found.statement_due_ms // 1000 if found.statement_due_ms else None
        facts: dict[str, Fact] = {
            "notice": "exit",
            "stage": stage,
            "ends_at": found.ends_ms // 1000,
            "statement_due_at": due_s,
        }
        self._means.events.publish(db, found.app_id, "application.notice", found.exit_id, facts)

    def _names(self, found: Exit) -> tuple[str, str]:
        listed = directory.application(self._means.store, found.app_id)
        return listed.called("en"), listed.called("zh")
