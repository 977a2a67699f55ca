"""Proposals: approving one does what it asks for, in the same transaction; rejecting and withdrawing only end it."""

from __future__ import annotations

from collections.abc import Callable

from bank_sim.console.deeds import (
    admitting,
    applications,
    destroying,
    exporting,
    interfaces,
    keys,
    leaving,
    purposes,
    risky_payments,
    sdk_builds,
    shutting_out,
    supervising,
)
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.sdk.protocol import problems
from bank_sim.staff import proposals
from bank_sim.store import Transaction

EFFECTS: dict[str, Callable[[Visit, Transaction, str], None]] = {
    "resume_application": applications.resume,
    "remove_from_blacklist": shutting_out.let_in,
    "admit_sdk": sdk_builds.admit_again,
    "admit_application": admitting.admit,
    "go_live": admitting.let_go_live,
    "publish_interface": interfaces.publish,
    "terminate_interface": interfaces.terminate,
    "retire_interface": interfaces.take_off,
    "rotate_bank_key": keys.rotate,
    "destroy_archive": destroying.destroy,
    "rate_application": supervising.rate,
    "withdraw_grant": supervising.withdraw_grant,
    "exit_application": leaving.announce,
    "void_application": leaving.void,
    "release_payment": risky_payments.release,
    "grant_purpose": purposes.grant,
    "delist_account": risky_payments.delist,
    "export_log": exporting.allow,
}
"""What each kind of proposal does once somebody else has agreed."""


def facts(visit: Visit, proposal_id: str) -> Shown:
    proposal = proposals.find(visit.store, proposal_id)
    return Shown(
        (
            ("proposal", f"proposal_{proposal.kind}"),
            ("about", _named(visit, proposal.subject)),
            ("reason", proposal.reason),
            ("proposer", proposal.proposed_by),
        )
    )


def proposed_by(visit: Visit, proposal_id: str) -> str | None:
    return proposals.find(visit.store, proposal_id).proposed_by


def approve(visit: Visit, db: Transaction, order: Order) -> None:
    """The effect has a journal entry of its own, under the name of what it was done to."""
    proposal = proposals.find(visit.store, order.subject)
    proposals.settle(db, order.subject, "approved", order.reason, visit.who.login_name, visit.now_ms)
    EFFECTS[proposal.kind](visit, db, proposal.subject)
    visit.note(db, proposal.kind, proposal.subject, f"{proposal.proposed_by}: {proposal.reason}")


def reject(visit: Visit, db: Transaction, order: Order) -> None:
    proposals.settle(db, order.subject, "rejected", order.reason, visit.who.login_name, visit.now_ms)


def withdraw(visit: Visit, db: Transaction, order: Order) -> None:
    """RESOURCE_NOT_FOUND for a proposal of somebody else's."""
    if proposed_by(visit, order.subject) != visit.who.login_name:
        raise problems.RESOURCE_NOT_FOUND.problem()
    proposals.settle(db, order.subject, "withdrawn", order.reason, visit.who.login_name, visit.now_ms)


def announce(visit: Visit) -> None:
    """After the commit: what processes keep in memory is read anew, whatever kind of proposal it was."""
    shutting_out.announce(visit)
    interfaces.announce(visit)
    keys.announce(visit)
    destroying.announce(visit)


def _named(visit: Visit, subject: str) -> str:
    app_id = subject.removeprefix("application:")
    name = (visit.premises.names(visit.language) | visit.bank.admissions.dossiers.companies()).get(app_id)
    return f"{name} ({app_id})" if name else subject.removeprefix("source:")
