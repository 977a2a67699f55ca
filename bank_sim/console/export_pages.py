"""Records of the access log to take along: what was agreed to, for whoever asked for it, on the day it was agreed."""

from __future__ import annotations

from flask import Response

from bank_sim.console.deeds.exporting import stretch_of
from bank_sim.console.rendering import page
from bank_sim.console.visit import Visit
from bank_sim.monitor.search import newest_serial, stretch
from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff import proposals
from bank_sim.staff.disclosure import DISCLOSURE, Disclosure

_AGREED_FOR_MS = 86_400_000


def show_exports(visit: Visit) -> Response:
    """What was asked for, and where it stands."""
    return page(
        visit,
        "exports",
        asked_for=proposals.of_kind(visit.store, "export_log"),
        newest=newest_serial(visit.store),
        first=visit.asked_number("first"),
        last=visit.asked_number("last"),
    )


def download(visit: Visit, subject: str) -> Response:
    """The records as lines of JSON, with their hashes. EXPORT_NOT_APPROVED, RESOURCE_NOT_FOUND."""
    found = stretch_of(visit, subject)
    agreed = proposals.approved_for(
        visit.store, "export_log", subject, visit.who.login_name, visit.now_ms - _AGREED_FOR_MS
    )
    try:
        DISCLOSURE.run(Disclosure(agreed=agreed), "export", visit.weakened)
    except Problem as problem:
        with visit.store.write() as db:
            visit.note(db, "export_log", subject, result=problem.code)
        raise
    with visit.store.write() as db:
        visit.note(db, "export_log", subject)
    lines = b"".join(strict_json.dump(each) + b"\n" for each in stretch(visit.store, *found))
    headers = {"Content-Disposition": f'attachment; filename="access-log-{subject}.jsonl"'}
    return Response(lines, content_type="application/jsonl", headers=headers)
