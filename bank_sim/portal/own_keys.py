"""An application's credentials on the portal: how long they last, a new App_Secret, an emergency revocation.

GET  /application/keys           what there is, what ends soon, what was done
POST /application/keys/secret    a new App_Secret, shown once
POST /application/keys/revoke    one credential, at once

New key pairs are not taken here: whoever has no more than App_Secret must not make a key the application's.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from bank_sim.keys import custody
from bank_sim.keys.custody import Change
from bank_sim.portal.checks import secret_mark
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.registry.parties import Application, Credential
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import MacKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.staff.journal import masked
from bank_sim.web import see

_PAGE = "/application/keys"
_LINES = 30
_DAY_MS = 86_400_000
_REASON_CHARS = range(4, 301)


def show_keys(visit: Visit, problem: Problem | None = None) -> Response:
    """A fresh App_Secret is shown by the first page after it was made, and by no other."""
    bank, session = visit.premises.bank, visit.entered
    fresh, session.fresh_secret = session.fresh_secret, ""
    now_ms, keys = bank.clock.now_ms(), _credentials(visit)
    return page(
        visit,
        "own_keys",
        problem.kind.status if problem else 200,
        problem=problem,
        keys=keys,
        now_ms=now_ms,
        soon=[(each, (each.not_after_ms - now_ms) // _DAY_MS) for each in keys if _ends_soon(visit, each, now_ms)],
        fresh=fresh,
        revoked="revoked" in visit.request.args,
        deeds=custody.newest(bank.store, session.party.app_id, _LINES),
        has_secret=any(each.use == "mac" for each in keys),
    )


def renew_secret(visit: Visit) -> Response:
    """ILLEGAL_TRANSITION where the application has none."""
    bank, session = visit.premises.bank, visit.entered
    with bank.store.write() as db:
        secret, _ = bank.application_keys.renew_secret(db, _application(visit), _change(visit, "renewed at the portal"))
    session.fresh_secret, session.secret_mark = secret, secret_mark(bank, session.party.app_id)
    session.party = replace(session.party, secret=MacKey(session.party.suite, secret.encode()))
    return see(_PAGE)


def revoke(visit: Visit) -> Response:
    """RESOURCE_NOT_FOUND for what is none of its own; REASON_REQUIRED; STATE_CHANGED where it is revoked already."""
    visit.here = _PAGE
    bank, keyid, reason = visit.premises.bank, visit.form("keyid"), " ".join(visit.form("reason").split())
    try:
        if keyid not in {each.keyid for each in _credentials(visit)}:
            raise problems.RESOURCE_NOT_FOUND.problem()
        if len(reason) not in _REASON_CHARS:
            raise problems.REASON_REQUIRED.problem()
        with bank.store.write() as db:
            bank.application_keys.revoke(db, keyid, _change(visit, masked(reason)))
        if keyid == f"{visit.entered.party.app_id}.secret":
            # Every other session ends with App_Secret; who reported it lost may have a new one here.
            visit.entered.secret_mark = None
    except Problem as problem:
        visit.refusal = problem
        return show_keys(visit, problem)
    return see(f"{_PAGE}?revoked=1")


def _credentials(visit: Visit) -> list[Credential]:
    registry, app_id = visit.premises.bank.registry, visit.entered.party.app_id
    secret = registry.credential(f"{app_id}.secret")
    return [*registry.credentials(app_id, "sig", "enc", "assertion"), *([secret] if secret else [])]


def _ends_soon(visit: Visit, credential: Credential, now_ms: int) -> bool:
    within_ms = max(visit.premises.bank.config.policy.key_warnings_days) * _DAY_MS
    return credential.status == "active" and 0 < credential.not_after_ms - now_ms <= within_ms


def _application(visit: Visit) -> Application:
    application = visit.premises.bank.registry.application(visit.entered.party.app_id)
    if application is None:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return application


def _change(visit: Visit, reason: str) -> Change:
    return Change(visit.entered.party.app_id, reason, visit.premises.bank.clock.now_ms())
