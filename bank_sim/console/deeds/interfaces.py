"""The life of an interface version: each deed is a step of ``bank_sim.interfaces``, or proposes one that takes two."""

from __future__ import annotations

from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.interfaces.states import Step
from bank_sim.registry import lives
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.staff.journal import masked
from bank_sim.staff.proposals import ProposalKind
from bank_sim.store import Transaction

_COUNT_DIGITS_MAX = 6
AGREED = "proposed by one, agreed by another"


def facts(visit: Visit, subject: str) -> Shown:
    """Which version, how it stands, how many applications it concerns. RESOURCE_NOT_FOUND."""
    life = lives.find(visit.store, subject)
    design = visit.bank.lives.design(life.api_id, life.version)
    title = design.summary_zh if visit.language == "zh" else design.summary
    return Shown(
        (
            ("interface", f"{life.api_id} · {title}"),
            ("version", life.version),
            ("life_state", f"life_{life.state}"),
            ("u_api_id", life.u_api_id or "–"),
            ("concerned", str(len(visit.bank.interfaces.concerned(life)))),
        )
    )


def page_of(subject: str) -> str:
    """Where a version's own page is."""
    api_id, _, version = subject.partition(":")
    return f"/interfaces/{api_id}/{version}"


def announce(visit: Visit) -> None:
    """After the commit: every process reads the lives anew at its next call."""
    visit.bank.lives.announce()


def register(visit: Visit, db: Transaction, order: Order) -> None:
    by, reason = _ordered(visit, order)
    visit.bank.interfaces.register(db, order.subject, order.fields["wished"], by=by, reason=reason)


def audit(visit: Visit, db: Transaction, order: Order) -> None:
    """PARAM_INVALID for what are no counts."""
    counts = (_count(order.fields["findings"]), _count(order.fields["mended"]))
    visit.bank.interfaces.audit(db, order.subject, masked(order.fields["tool"]), *counts, by=visit.who.login_name)


def plan(visit: Visit, db: Transaction, order: Order) -> None:
    what, rollback = masked(order.fields["plan"]), masked(order.fields["rollback"])
    visit.bank.interfaces.plan(db, order.subject, what, rollback, by=visit.who.login_name)


def propose_publication(visit: Visit, db: Transaction, order: Order) -> None:
    _propose(visit, db, order, "publish", "publish_interface")


def deprecate(visit: Visit, db: Transaction, order: Order) -> None:
    by, reason = _ordered(visit, order)
    typed = order.fields["days"]
    visit.bank.interfaces.deprecate(db, order.subject, _count(typed) if typed else None, by=by, reason=reason)


def notify(visit: Visit, db: Transaction, order: Order) -> None:
    """STATE_CHANGED where everybody has been told."""
    if visit.bank.interfaces.notify(db, order.subject) == (0, 0):
        raise problems.STATE_CHANGED.problem("Everybody concerned has been told already.")


def reinstate(visit: Visit, db: Transaction, order: Order) -> None:
    by, reason = _ordered(visit, order)
    visit.bank.interfaces.reinstate(db, order.subject, by=by, reason=reason)


def propose_termination(visit: Visit, db: Transaction, order: Order) -> None:
    _propose(visit, db, order, "terminate", "terminate_interface")


def propose_retirement(visit: Visit, db: Transaction, order: Order) -> None:
    _propose(visit, db, order, "take_off", "retire_interface")


def archive(visit: Visit, db: Transaction, order: Order) -> None:
    by, reason = _ordered(visit, order)
    visit.bank.interfaces.archive(db, order.subject, by=by, reason=reason)


def publish(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does."""
    visit.bank.interfaces.publish(db, subject, by=visit.who.login_name, reason=AGREED)


def terminate(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does."""
    visit.bank.interfaces.terminate(db, subject, by=visit.who.login_name, reason=AGREED)


def take_off(visit: Visit, db: Transaction, subject: str) -> None:
    """What an approved proposal does: whoever agrees confirms that the service has ended (11-3.1)."""
    visit.bank.interfaces.take_off(db, subject, by=visit.who.login_name, reason=AGREED)


def _propose(visit: Visit, db: Transaction, order: Order, step: Step, kind: ProposalKind) -> None:
    """The step must be possible now, and is judged again when somebody agrees."""
    visit.bank.interfaces.require(step, order.subject)
    proposals.propose(db, kind, order.subject, order.reason, visit.who.login_name, visit.now_ms)


def _ordered(visit: Visit, order: Order) -> tuple[str, str]:
    return visit.who.login_name, masked(order.reason)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _COUNT_DIGITS_MAX:
        raise problems.PARAM_INVALID.problem("Type a whole number.")
    return int(text)
