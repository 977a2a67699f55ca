"""What becomes of the interfaces, for everybody, and what an application has to read and to sign about it.

GET  /notices                                      ends and new versions, public
GET  /interfaces.json                              every published version as data, with Last-Modified
GET  /application/notices                          what this application was told
POST /application/notices/<subject>/seen           it has read it
GET  /application/notices/<subject>/agreement      the text for the time after the end, byte for byte as it is signed
POST /application/notices/<subject>/sign           its signature under that text
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

import msgspec
from flask import Response

from bank_sim.clock import rfc3339
from bank_sim.interfaces import agreements, notices
from bank_sim.interfaces.agreements import TERMS, Agreement
from bank_sim.interfaces.notices import Notice
from bank_sim.portal.rendering import page
from bank_sim.portal.visit import Visit
from bank_sim.registry import lives
from bank_sim.registry.lives import Life, Offer
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.strict_base64 import from_base64
from bank_sim.web import see

_MINE = "/application/notices"
_SIGNATURE_CHARS_MAX = 400


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, the version that it is about, and the agreement that came with it."""

    notice: Notice
    life: Life
    title: str
    agreement: Agreement | None


def show_public(visit: Visit) -> Response:
    """What ends, what has ended, what is new: the newest first, for everybody."""
    bank = visit.premises.bank
    known = [each for each in bank.lives.offer().lives.values() if each.published_ms is not None]
    return page(
        visit,
        "notices",
        ending=sorted((each for each in known if each.state == "deprecated"), key=lambda each: each.sunset_ms or 0),
        ended=sorted((each for each in known if not each.in_service), key=_newest_first),
        current=sorted((each for each in known if each.state == "published"), key=_newest_first),
        title=lambda life: _title(visit, life),
    )


def show_list(visit: Visit) -> Response:
    """The list for programs. 304 for whoever has it as it is (RFC 9110 section 13.1.3)."""
    bank = visit.premises.bank
    offer = bank.lives.offer()
    changed_s = offer.changed_ms // 1000
    headers = {"Last-Modified": formatdate(changed_s, usegmt=True)}
    if _has_it(visit.request.headers.get("If-Modified-Since"), changed_s):
        return Response(status=304, headers=headers)
    document = {
        "institution": bank.config.institution_code,
        "updated_at": rfc3339(changed_s),
        "interfaces": _listed(visit, offer),
    }
    return Response(msgspec.json.encode(document), content_type="application/json", headers=headers)


def show_mine(visit: Visit, problem: Problem | None = None) -> Response:
    """Everything that this application was told, with what is left to do about it."""
    visit.here = _MINE
    bank, app_id = visit.premises.bank, visit.entered.party.app_id
    told = [_told(visit, each) for each in notices.notices_to(bank.store, app_id)]
    return page(
        visit,
        "my_notices",
        problem.kind.status if problem else 200,
        problem=problem,
        told=told,
        terms=[text[1 if visit.language == "zh" else 0] for text in TERMS.values()],
        key_is_here=visit.entered.party.signing is not None,
    )


def seen(visit: Visit, subject: str) -> Response:
    """STATE_CHANGED where it was not told, or has said so already."""
    bank = visit.premises.bank
    life = lives.find(bank.store, subject)
    with bank.store.write() as db:
        notices.acknowledge(db, life, visit.entered.party.app_id, bank.clock.now_ms())
    return see(_MINE)


def download_agreement(visit: Visit, subject: str) -> Response:
    """The bytes to sign."""
    agreement = _agreement(visit, subject)
    name = f"agreement-{agreement.api_id}-{agreement.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(agreement.document, content_type="application/json", headers=headers)


def sign(visit: Visit, subject: str) -> Response:
    """Signed with the key that the portal holds for a test application, or with a signature made elsewhere."""
    bank, party = visit.premises.bank, visit.entered.party
    agreement = _agreement(visit, subject)
    try:
        held = party.signing if visit.form("act") == "here" else None
        signature = held.sign(agreement.document) if held is not None else _typed(visit)
        with bank.store.write() as db:
            keys = bank.registry.credentials(party.app_id, "sig")
            agreements.sign_with_one_of(db, agreement, keys, signature, bank.clock.now_ms())
    except Problem as problem:
        visit.refusal = problem
        return show_mine(visit, problem)
    return see(_MINE)


def _agreement(visit: Visit, subject: str) -> Agreement:
    store = visit.premises.bank.store
    return agreements.agreement_with(store, lives.find(store, subject), visit.entered.party.app_id)


def _typed(visit: Visit) -> bytes:
    """PARAM_INVALID for what is no base64."""
    try:
        return from_base64("".join(visit.form("signature")[:_SIGNATURE_CHARS_MAX].split()))
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("The signature must be base64, padded.") from error


def _told(visit: Visit, notice: Notice) -> Told:
    store = visit.premises.bank.store
    life = lives.find(store, f"{notice.api_id}:{notice.version}")
    found = [each for each in agreements.agreements_of(store, life) if each.app_id == notice.app_id]
    return Told(notice, life, _title(visit, life), found[0] if found else None)


def _title(visit: Visit, life: Life) -> str:
    design = visit.premises.bank.lives.design(life.api_id, life.version)
    return design.summary_zh if visit.language == "zh" else design.summary


def _listed(visit: Visit, offer: Offer) -> list[dict[str, Any]]:
    """Every version that was ever published; absent instants are left out."""
    designs = visit.premises.bank.lives.designs
    listed = []
    for version, life in offer.lives.items():
        if life.published_ms is None:
            continue
        api = designs[version]
        facts: dict[str, Any] = {
            "api_id": life.api_id,
            "version": life.version,
            "u_api_id": life.u_api_id,
            "state": life.state,
            "level": api.level,
            "method": api.method,
            "path": api.path,
            "summary": api.summary,
            "summary_zh": api.summary_zh,
            "description_sm3": life.description_sm3,
            "successor": life.successor,
            "published_at": _instant(life.published_ms),
            "deprecated_at": _instant(life.deprecated_ms),
            "sunset_at": _instant(life.sunset_ms),
            "terminated_at": _instant(life.terminated_ms),
        }
        listed.append({name: value for name, value in facts.items() if value is not None})
    return listed


def _instant(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339(at_ms / 1000)


def _newest_first(life: Life) -> tuple[int, str]:
    return -life.changed_ms, life.subject


def _has_it(since: str | None, changed_s: int) -> bool:
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= changed_s
    except (ValueError, OverflowError):
        return False
