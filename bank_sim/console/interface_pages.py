"""The interfaces through their lives: how each version stands, what its next step still lacks, who is concerned."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.interfaces import agreements, archive, audits, concerned, notices, plans, platform, states
from bank_sim.interfaces.description import changed_in_place
from bank_sim.interfaces.states import Step
from bank_sim.registry import lives
from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import journal, proposals
from bank_sim.staff.proposals import ProposalKind

_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Way:
    """From a state onwards: the next step, the action that takes it, the proposal it needs, what may be done before."""

    step: Step
    action: str
    proposal: ProposalKind | None = None
    before: tuple[str, ...] = ()


WAYS: dict[str, Way] = {
    "designed": Way("register", "register_interface", before=("audit_interface",)),
    "registered": Way(
        "publish", "propose_publication", "publish_interface", before=("audit_interface", "plan_interface")
    ),
    "published": Way("deprecate", "deprecate_interface", before=("plan_interface",)),
    "deprecated": Way(
        "terminate", "propose_termination", "terminate_interface", before=("notify_interface", "reinstate_interface")
    ),
    "terminated": Way("take_off", "propose_retirement", "retire_interface"),
    "offline": Way("archive", "archive_interface"),
}
"""Of an archived version there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An application that the end of a version concerns, and how far it is told and bound."""

    app_id: str
    calls: int
    last_ms: int
    told_ms: int | None
    acknowledged_ms: int | None
    signed_ms: int | None


def show_interfaces(visit: Visit) -> Response:
    """Every version that there is or was."""
    return page(
        visit,
        "interfaces",
        lives=lives.all_lives(visit.store),
        designs=visit.bank.lives.designs,
        states=lives.STATES,
        changed=set(changed_in_place(visit.store, visit.bank.lives)),
    )


def show_interface(visit: Visit, api_id: str, version: str) -> Response:
    """One version. RESOURCE_NOT_FOUND."""
    life = lives.find(visit.store, f"{api_id}:{version}")
    way = WAYS.get(life.state)
    return page(
        visit,
        "interface",
        life=life,
        api=visit.bank.lives.design(api_id, version),
        states=lives.STATES,
        way=way,
        lacks=_lacks(visit, life, way),
        waiting=proposals.open_for(visit.store, way.proposal, life.subject) if way and way.proposal else None,
        partners=_partners(visit, life),
        users=(
            len(concerned.customers(visit.store, life, visit.now_ms / 1000)),
            len(notices.customers_told(visit.store, life)),
        ),
        entry=platform.query(visit.store, life.u_api_id or ""),
        audits=audits.audits_of(visit.store, api_id, version),
        plans=plans.plans_of(visit.store, life),
        moves=states.history(visit.store, life),
        history=journal.newest(visit.store, subject=life.subject, limit=_ENTRIES),
        names=visit.premises.names(visit.language),
        changed=life.subject in changed_in_place(visit.store, visit.bank.lives),
    )


def download_archive(visit: Visit, api_id: str, version: str) -> Response:
    """The bundle of an archived version, a ZIP file. RESOURCE_NOT_FOUND."""
    content = archive.kept(visit.store, lives.find(visit.store, f"{api_id}:{version}"))
    headers = {"Content-Disposition": f'attachment; filename="{api_id}-{version}.zip"'}
    return Response(content, content_type="application/zip", headers=headers)


def _lacks(visit: Visit, life: Life, way: Way | None) -> Problem | None:
    return visit.bank.interfaces.missing(way.step, life.subject) if way else None


def _partners(visit: Visit, life: Life) -> list[Partner]:
    """Those concerned, and those who were told, by App_ID."""
    told = {each.app_id: each for each in notices.notices_of(visit.store, life)}
    signed = {each.app_id: each.signed_ms for each in agreements.agreements_of(visit.store, life)}
    calling = {each.app_id: each for each in visit.bank.interfaces.concerned(life)}
    return [
        Partner(
            app_id,
            calling[app_id].calls if app_id in calling else 0,
            calling[app_id].last_ms if app_id in calling else 0,
            told[app_id].sent_ms if app_id in told else None,
            told[app_id].acknowledged_ms if app_id in told else None,
            signed.get(app_id),
        )
        for app_id in sorted(told.keys() | calling.keys())
    ]
