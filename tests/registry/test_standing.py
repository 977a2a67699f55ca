"""How an application stands: by one writer, along the ways there are, with a history that nobody rewrites."""

from __future__ import annotations

import itertools
import sqlite3
from typing import get_args

import pytest

from bank_sim.registry.parties import ApplicationStatus
from bank_sim.registry.registration import Registration
from bank_sim.registry.standing import TRANSITIONS
from bank_sim.sdk.protocol.problems import Problem
from tests.registry.conftest import Office

STATUSES: tuple[ApplicationStatus, ...] = get_args(ApplicationStatus)
WAY_TO: dict[str, tuple[ApplicationStatus, ...]] = {
    "testing": (), "active": ("active",), "suspended": ("active", "suspended"), "exited": ("active", "exited"),
}  # fmt: skip


def registered(office: Office, status: ApplicationStatus = "testing") -> str:
    with office.store.write() as db:
        return office.registry.register_as(
            db, Registration(name="party"), status, by="case_x", reason="admitted"
        ).app_id


def moved(office: Office, app_id: str, *statuses: ApplicationStatus) -> None:
    for status in statuses:
        with office.store.write() as db:
            office.standings.move(db, app_id, status, by="chen", reason=f"to {status}")


@pytest.mark.parametrize(("now", "to"), list(itertools.product(STATUSES, STATUSES)))
@pytest.mark.clause("9.2.1-a-2.2")
def test_there_is_a_way_or_a_refusal_that_changes_nothing(office: Office, now: str, to: ApplicationStatus) -> None:
    app_id = registered(office)
    moved(office, app_id, *WAY_TO[now])
    before = list(office.store.db.conn.iterdump())
    goes = (now, to) in TRANSITIONS and (now, to) != ("suspended", "testing")
    if goes:
        moved(office, app_id, to)
        assert office.standings.history(app_id)[-1].to_status == to
        return
    with pytest.raises(Problem) as refused:
        moved(office, app_id, to)
    assert refused.value.code == ("STATE_CHANGED" if now == to else "ILLEGAL_TRANSITION")
    assert list(office.store.db.conn.iterdump()) == before


@pytest.mark.clause("9.1.1-2.3")
def test_who_was_suspended_in_the_test_environment_comes_back_to_it_and_not_live(office: Office) -> None:
    app_id = registered(office)
    moved(office, app_id, "suspended")
    with pytest.raises(Problem, match="ILLEGAL_TRANSITION"):
        moved(office, app_id, "active")
    with office.store.write() as db:
        office.standings.resume(db, app_id, by="lin", reason="mended")
    assert office.standings.history(app_id)[-1].to_status == "testing"
    with pytest.raises(Problem, match="STATE_CHANGED"), office.store.write() as db:
        office.standings.resume(db, app_id, by="lin", reason="again")


@pytest.mark.clause("9.2.1-a-2.1")
def test_the_history_tells_who_and_why_and_is_not_rewritten(office: Office) -> None:
    app_id = registered(office)
    office.clock.advance(60)
    moved(office, app_id, "active")
    told = [
        (each.at_ms, each.from_status, each.to_status, each.by, each.reason)
        for each in office.standings.history(app_id)
    ]
    now_ms = office.clock.now_ms()
    assert told == [
        (now_ms - 60_000, None, "testing", "case_x", "admitted"),
        (now_ms, "testing", "active", "chen", "to active"),
    ]
    for statement in ("UPDATE application_history SET by = 'me'", "DELETE FROM application_history"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), office.store.write() as db:
            db.execute(statement)


def test_nobody_stands_who_is_not_registered(office: Office) -> None:
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"):
        moved(office, "app_nobody", "suspended")
    assert office.standings.history("app_nobody") == []


@pytest.mark.clause("9.2.1-a-2.2")
def test_who_has_left_is_told_so(office: Office) -> None:
    app_id = registered(office, "active")
    moved(office, app_id, "exited")
    application = office.registry.application(app_id)
    assert application is not None
    with pytest.raises(Problem, match="APP_EXITED"):
        application.require_active()
