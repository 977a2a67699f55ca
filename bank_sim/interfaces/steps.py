"""Each step of a version's life, as one act inside the caller's write transaction.

1. The guards judge it: a refusal changes nothing.
2. What belongs to the step is done: an identifier, a notice, a signature, a bundle.
3. The version moves, with a line of history; who is concerned gets an event.

After the caller's commit comes ``Lives.announce``. Who may order a step, and with whose agreement, is the staff's rule.
"""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.clock import Clock
from bank_sim.events import Events
from bank_sim.interfaces import agreements, archive, audits, concerned, notices, plans, platform, states
from bank_sim.interfaces.audits import Audit
from bank_sim.interfaces.concerned import Concerned
from bank_sim.interfaces.description import description_sm3
from bank_sim.interfaces.guards import GUARDS, StepCase
from bank_sim.interfaces.notices import Tell
from bank_sim.interfaces.states import Step
from bank_sim.keys import BankKeys
from bank_sim.policy import Policy
from bank_sim.registry import lives
from bank_sim.registry.applications import Registry
from bank_sim.registry.lives import Life, Lives
from bank_sim.sdk.protocol import problems, u_api_id
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.u_api_id import UApiId
from bank_sim.store import Store, Transaction
from bank_sim.web import moment

_DAY_S = 86_400
_AUDITABLE = frozenset({"designed", "registered"})
_PLANNED = frozenset({"registered", "published"})


class Interfaces:
    """The lives of all versions, for those who change them. ``subject``: ``rates.list:1``; ``by``: who orders it."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, lives: Lives, registry: Registry, events: Events,
        keys: BankKeys, tell: Tell, weakened: Callable[[], frozenset[str]] = frozenset,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._policy = policy
        self._lives = lives
        self._registry = registry
        self._events = events
        self._keys = keys
        self._tell = tell
        self._weakened = weakened

    def require(self, step: Step, subject: str) -> Life:
        """The step may be taken now; otherwise what it lacks first is raised. Changes nothing."""
        case = self._case(step, subject)
        GUARDS.run(case, step, self._weakened())
        return case.life

    def missing(self, step: Step, subject: str) -> Problem | None:
        """What the step lacks first, for pages that show it."""
        try:
            self.require(step, subject)
        except Problem as problem:
            return problem
        return None

    def concerned(self, life: Life) -> list[Concerned]:
        """The applications that the end of this version concerns."""
        return concerned.applications(self._store, life, self._case("terminate", life.subject).usage_since_ms)

    def register(self, db: Transaction, subject: str, wished: str, *, by: str, reason: str) -> str:
        """Give it its identifier and enter it at the platform; returns the receipt. CODE_RETIRED, U_API_ID_INVALID."""
        life, now_ms = self.require("register", subject), self._clock.now_ms()
        entry = platform.register(db, self._category(life), life.api_id, life.version, now_ms, wished)
        states.move(db, life, "register", by=by, reason=reason, now_ms=now_ms, facts={"u_api_id": entry.u_api_id})
        return entry.receipt

    def audit(self, db: Transaction, subject: str, tool: str, findings: int, mended: int, *, by: str) -> None:
        """Keep a code audit of the version as it is programmed now. PARAM_INVALID, ILLEGAL_TRANSITION."""
        life = lives.find(self._store, subject)
        if life.state not in _AUDITABLE:
            raise problems.ILLEGAL_TRANSITION.problem(f"{subject} is {life.state}; it is audited before publication.")
        if not tool or not 0 <= mended <= findings:
            raise problems.PARAM_INVALID.problem("Name the tool; no more findings can be mended than were found.")
        sm3 = description_sm3(self._lives.design(life.api_id, life.version))
        record = Audit(life.api_id, life.version, sm3, tool, findings, mended, by, self._clock.now_ms())
        audits.keep(db, record)

    def plan(self, db: Transaction, subject: str, plan: str, rollback: str, *, by: str) -> None:
        """Keep a change plan, with who is concerned as of now. CHANGE_PLAN_REQUIRED, ILLEGAL_TRANSITION."""
        life = lives.find(self._store, subject)
        if life.state not in _PLANNED:
            raise problems.ILLEGAL_TRANSITION.problem(f"{subject} is {life.state}; publication and end are planned.")
        impact = [each.app_id for each in self.concerned(life)]
        plans.make(db, life, plan, rollback, impact, by=by, now_ms=self._clock.now_ms())

    def publish(self, db: Transaction, subject: str, *, by: str, reason: str) -> None:
        """Put it into service beside its elders; holders of the grant get an event."""
        life, now_ms = self.require("publish", subject), self._clock.now_ms()
        sm3 = description_sm3(self._lives.design(life.api_id, life.version))
        facts = {"description_sm3": sm3, "published_ms": now_ms}
        states.move(db, life, "publish", by=by, reason=reason, now_ms=now_ms, facts=facts)
        told = {"api_id": life.api_id, "version": life.version, "u_api_id": life.u_api_id}
        for app_id in concerned.holders(self._store, life.api_id):
            self._events.publish(db, app_id, "interface.published", subject, told)

    def deprecate(self, db: Transaction, subject: str, days: int | None, *, by: str, reason: str) -> None:
        """Announce its end in ``days`` (None: the lead time). LEAD_TIME_RUNNING where that is too soon."""
        life, now_ms = self.require("deprecate", subject), self._clock.now_ms()
        lasts_s = self._policy.interface_lead_s if days is None else days * _DAY_S
        if lasts_s < self._policy.interface_lead_s:
            raise problems.LEAD_TIME_RUNNING.problem(f"At least {self._policy.interface_lead_s // _DAY_S} days.")
        facts = {
            "deprecated_ms": now_ms,
            "sunset_ms": now_ms + lasts_s * 1000,
            "successor": self._successor(life),
        }
        states.move(db, life, "deprecate", by=by, reason=reason, now_ms=now_ms, facts=facts)

    def notify(self, db: Transaction, subject: str) -> tuple[int, int]:
        """Tell whoever is concerned and has not been told; the numbers of applications and users told now.

        Each application gets the agreement for the time after the end with it, signed by the bank.
        """
        life, now_ms = lives.find(self._store, subject), self._clock.now_ms()
        states.require_due("terminate", life)
        known = {each.app_id for each in notices.notices_of(self._store, life)}
        app_ids = [each.app_id for each in self.concerned(life) if each.app_id not in known]
        notices.tell_applications(db, self._events, life, app_ids, now_ms)
        for app_id in app_ids:
            application = self._registry.application(app_id)
            if application is not None:
                agreements.offer(db, life, app_id, self._keys.signing(application.suite), now_ms)
        told = notices.customers_told(self._store, life)
        users = [each for each in concerned.customers(self._store, life, now_ms / 1000) if each not in told]
        date = moment((life.sunset_ms or now_ms) / 1000)[:10]
        api = self._lives.design(life.api_id, life.version)
        notices.tell_customers(db, self._tell, life, api, users, date, now_ms)
        return len(app_ids), len(users)

    def reinstate(self, db: Transaction, subject: str, *, by: str, reason: str) -> None:
        """Call the end off: the way back of every plan. Those who were told are told so."""
        life, now_ms = self.require("reinstate", subject), self._clock.now_ms()
        for each in notices.notices_of(self._store, life):
            facts = {"api_id": life.api_id, "version": life.version, "change": "reinstated"}
            self._events.publish(db, each.app_id, "interface.changed", subject, facts)
        notices.take_back(db, life)
        agreements.take_back(db, life)
        nothing = {"deprecated_ms": None, "sunset_ms": None, "successor": None}
        states.move(db, life, "reinstate", by=by, reason=reason, now_ms=now_ms, facts=nothing)

    def terminate(self, db: Transaction, subject: str, *, by: str, reason: str) -> None:
        """End the service: from the next call on there is only the baffle."""
        life, now_ms = self.require("terminate", subject), self._clock.now_ms()
        states.move(db, life, "terminate", by=by, reason=reason, now_ms=now_ms, facts={"terminated_ms": now_ms})
        facts = {"api_id": life.api_id, "version": life.version, "successor": life.successor}
        for each in notices.notices_of(self._store, life):
            self._events.publish(db, each.app_id, "interface.terminated", subject, facts)

    def take_off(self, db: Transaction, subject: str, *, by: str, reason: str) -> str:
        """Take the baffle away and give the identifier back; returns the platform's receipt."""
        life, now_ms = self.require("take_off", subject), self._clock.now_ms()
        receipt = platform.deregister(db, life.u_api_id or "", now_ms)
        states.move(db, life, "take_off", by=by, reason=reason, now_ms=now_ms)
        return receipt

    def archive(self, db: Transaction, subject: str, *, by: str, reason: str) -> None:
        """Move it to the archive, and put away everything that is known of it, that move included."""
        life, now_ms = self.require("archive", subject), self._clock.now_ms()
        states.move(db, life, "archive", by=by, reason=reason, now_ms=now_ms)
        closed = lives.find(self._store, subject)
        content = archive.bundle(self._store, closed, self._lives.design(life.api_id, life.version))
        archive.keep(db, closed, content, now_ms)

    def _case(self, step: Step, subject: str) -> StepCase:
        life = lives.find(self._store, subject)
        api = self._lives.design(life.api_id, life.version)
        return StepCase(step, life, api, self._store, self._policy, self._clock.now_ms())

    def _category(self, life: Life) -> UApiId:
        """A later version stands in the category of the first."""
        first = self._lives.design(life.api_id, "1")
        return u_api_id.parse(first.u_api_id)

    def _successor(self, life: Life) -> str | None:
        """The newest other version that stays in service."""
        others = [
            each.version
            for each in lives.all_lives(self._store)
            if each.api_id == life.api_id and each.version != life.version and each.state == "published"
        ]
        return max(others, key=int, default=None)
