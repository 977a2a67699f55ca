"""What the bank holds about the user: to look at, to take along as a file, to have deleted as far as nothing keeps it.

    GET  /data            kind by kind: how much, and what would go or why it stays
    POST /data/export     the file
    POST /data/delete     understood=yes; ends every session of the user, this one included

All take a login with two factors (PIPL articles 45 and 47; JR/T 0185 9.3.3). What is held and what keeps it says
``records.personal``; this module must not decide that.
"""

from __future__ import annotations

import msgspec
from flask import Response

from bank_sim.ebank.centre import due_before, proven_customer
from bank_sim.ebank.rendering import page
from bank_sim.ebank.texts import TEXTS
from bank_sim.ebank.visit import Visit
from bank_sim.records import personal
from bank_sim.sdk.protocol import problems

DATA = "/data"


def show_data(visit: Visit) -> Response:
    visit.enter()
    return due_before(visit) or _data_page(visit)


def export_data(visit: Visit) -> Response:
    """A JSON file that people can read. That it was taken is noted, and told to the user's phone."""
    bank, customer_id, words = visit.bank, proven_customer(visit), TEXTS[visit.language]
    content = personal.export(bank.store, bank.corelink, customer_id, bank.clock.now_ms())
    with bank.store.write() as db:
        personal.note(db, customer_id, "export", {"bytes": len(content)}, bank.clock.now_ms())
        bank.identity.notify(db, customer_id, words["sms_data_exported"])
    headers = {"Content-Disposition": 'attachment; filename="my-data-at-the-bank.json"'}
    return Response(content, content_type="application/json; charset=utf-8", headers=headers)


def delete_data(visit: Visit) -> Response:
    """What nothing keeps is gone; the page says what was kept, and why. PARAM_INVALID unless it was ticked."""
    bank, customer_id, words = visit.bank, proven_customer(visit), TEXTS[visit.language]
    if visit.form("understood") != "yes":
        visit.refusal = problems.PARAM_INVALID.problem(reason="not ticked")
        return _data_page(visit, unticked=True)
    with bank.store.write() as db:
        done = personal.delete(db, customer_id)
        personal.note(db, customer_id, "deletion", msgspec.to_builtins(done), bank.clock.now_ms())
        bank.identity.notify(db, customer_id, words["sms_data_deleted"])
    # The session went with the rest; the record still says whose visit it was.
    visit.session, visit.secret, visit.customer_id = None, None, customer_id
    visit.shown_at = "/login"
    response = page(visit, "data_deleted", done=done)
    visit.set_cookie(response, None)
    return response


def _data_page(visit: Visit, *, unticked: bool = False) -> Response:
    visit.shown_at = DATA
    found = personal.held(visit.bank.store, visit.entered.customer_id or "")
    return page(
        visit,
        "data",
        problems.PARAM_INVALID.status if unticked else 200,
        here_is=DATA,
        held=[each for each in found if each.count],
        going=sum(each.going for each in found),
        unticked=unticked,
    )
