"""Who looks over whose shoulder: proposals, the staff's journal, and the verification of the records."""

from __future__ import annotations

from flask import Response

from bank_sim.console.deeds.verifying import ALL
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor import verification
from bank_sim.staff import journal, proposals

_ENTRIES = 50


def show_proposals(visit: Visit) -> Response:
    """The open ones first."""
    listed = proposals.listed(visit.store)
    names = visit.premises.names(visit.language) | visit.bank.admissions.dossiers.companies()
    return page(visit, "proposals", proposals=listed, names=names)


def show_journal(visit: Visit) -> Response:
    """``subject`` narrows it down; ``below`` goes on with older entries."""
    below = visit.asked_number("below")
    subject = visit.asked("subject") or None
    entries = journal.newest(visit.store, before=below, subject=subject, limit=_ENTRIES)
    older = entries[-1].serial if len(entries) == _ENTRIES and entries[-1].serial > 1 else None
    return page(visit, "journal", entries=entries, older=older, subject=subject or "")


def show_audit(visit: Visit) -> Response:
    """How the records stood when they were last verified. The journal is short enough to be verified for the page."""
    return page(
        visit,
        "audit",
        outcomes=verification.outcomes(visit.store),
        is_running=visit.premises.verifier.is_running,
        journal=journal.verify(visit.store),
        subject=ALL,
    )
