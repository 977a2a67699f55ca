"""Everything that can be done on the console, as a table: to what, with what effect; its name is the permission.

Each action has one page that asks before it acts; its texts stand under its name in ``texts``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bank_sim.console.deeds import applications, deciding, releasing, shutting_out, verifying, watching
from bank_sim.console.deeds.order import Order, Shown
from bank_sim.console.visit import Visit
from bank_sim.staff.permissions import Kind
from bank_sim.store import Transaction


def _nobody(visit: Visit, subject: str) -> str | None:
    return None


def _nothing(visit: Visit) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``back``: where it leads afterwards, from its subject. ``after``: what follows the commit.

    ``grave``: it takes something away from somebody at once. ``lasts``: it may end by itself.
    """

    kind: Kind
    facts: Callable[[Visit, str], Shown]
    act: Callable[[Visit, Transaction, Order], None]
    back: Callable[[str], str]
    proposed_by: Callable[[Visit, str], str | None] = _nobody
    after: Callable[[Visit], None] = _nothing
    grave: bool = False
    lasts: bool = False


def _to(path: str) -> Callable[[str], str]:
    return lambda subject: path


def _application(subject: str) -> str:
    return f"/applications/{subject.partition('.')[0]}"


ACTIONS: dict[str, Action] = {
    "suspend_application": Action(
        kind="act", facts=applications.facts, act=applications.suspend, back=_application, grave=True
    ),
    "revoke_key": Action(
        kind="act", facts=applications.key_facts, act=applications.revoke_key, back=_application, grave=True
    ),
    "propose_resumption": Action(
        kind="propose", facts=applications.facts, act=applications.propose_resumption, back=_application
    ),
    "blacklist_source": Action(
        kind="act", facts=shutting_out.source_facts, act=shutting_out.shut_out_source, back=_to("/blacklist"),
        after=shutting_out.announce, grave=True, lasts=True,
    ),
    "blacklist_application": Action(
        kind="act", facts=shutting_out.application_facts, act=shutting_out.shut_out_application,
        back=_to("/blacklist"), after=shutting_out.announce, grave=True, lasts=True,
    ),
    "propose_removal": Action(
        kind="propose", facts=shutting_out.entry_facts, act=shutting_out.propose_removal, back=_to("/blacklist")
    ),
    "approve_proposal": Action(
        kind="decide", facts=deciding.facts, act=deciding.approve, back=_to("/proposals"),
        proposed_by=deciding.proposed_by, after=shutting_out.announce,
    ),
    "reject_proposal": Action(
        kind="decide", facts=deciding.facts, act=deciding.reject, back=_to("/proposals"),
        proposed_by=deciding.proposed_by,
    ),
    "withdraw_proposal": Action(kind="act", facts=deciding.facts, act=deciding.withdraw, back=_to("/proposals")),
    "release_throttle": Action(kind="act", facts=releasing.facts, act=releasing.release, back=_to("/throttles")),
    "acknowledge_alarm": Action(
        kind="act", facts=watching.alarm_facts, act=watching.acknowledge, back=lambda subject: f"/alarms/{subject}"
    ),
    "open_incident": Action(kind="act", facts=watching.alarm_facts, act=watching.open_incident, back=_to("/incidents")),
    "note_incident": Action(
        kind="act", facts=watching.incident_facts, act=watching.note, back=lambda subject: f"/incidents/{subject}"
    ),
    "close_incident": Action(
        kind="act", facts=watching.incident_facts, act=watching.close, back=lambda subject: f"/incidents/{subject}"
    ),
    "verify_records": Action(
        kind="verify", facts=verifying.facts, act=verifying.note_only, back=_to("/audit"), after=verifying.start
    ),
}  # fmt: skip
"""By name: that of the permission, of the journal's action, of the texts."""
