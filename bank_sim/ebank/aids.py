"""The sandbox's aids on the bank's pages: filling in for somebody, and what the bank sees at this point.

They exist only where the settings say so (``Config.aids``), are marked as the sandbox's on every page, and are no way
around anything: who is filled in for still passes every step. Nothing personal stands in a page; it is fetched by a
click.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from flask import Response

from bank_sim.ebank.aid_texts import FIELDS, WORDS
from bank_sim.ebank.visit import AUTHORIZE, Visit
from bank_sim.sdk.protocol import problems
from bank_sim.web import is_own_page

SCRIPT = "/ebank/aids.js"
_FRONT = "front"
_LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Aids:
    """What a page shows. ``people``: somebody can be filled in for here; ``seen``: what, and what the bank has."""

    words: dict[str, str]
    people: bool
    seen: tuple[tuple[str, str], ...]


def aids_for(visit: Visit, template: str) -> Aids | None:
    """The aids of a page; None where there are none, as in every bank that is no sandbox."""
    if not visit.bank.config.aids or template == _FRONT:
        return None
    terms = WORDS[visit.language]
    return Aids(terms, template == _LOGIN, (*_session(visit, terms), *_fields(visit, template)))


def people(visit: Visit) -> Response:
    """``GET /aids/people``: who may be filled in for, ``{"people": [{name, login_name, password}]}``; no staff.

    API_NOT_FOUND without aids, and for the scripts of other sites.
    """
    config = visit.bank.config
    if not is_own_page(visit.request, config.pages_url) or not config.aids or not config.aids_file.exists():
        raise problems.API_NOT_FOUND.problem()
    listed = msgspec.json.decode(config.aids_file.read_bytes()).get("people", [])
    return Response(msgspec.json.encode({"people": listed}), mimetype="application/json")


def _session(visit: Visit, terms: dict[str, str]) -> list[tuple[str, str]]:
    """What the bank knows by now, from its session; never the secrets themselves."""
    session = visit.session
    seen = [(terms["request"], terms["request_seen"].format(method=visit.request.method, source=visit.source))]
    if session is not None:
        shown = (
            ("by_password", session.customer_id),
            ("by_notice", session.notice_version),
            ("by_factor", session.factor_sm3),
        )
        proven = [terms[name] for name, fact in shown if fact]
        seen.append((terms["cookie"], terms["cookie_seen"].format(name=visit.door)))
        seen.append((terms["proven"], terms["and"].join(proven) or terms["nothing"]))
    if visit.door == AUTHORIZE:
        seen.append((terms["application"], terms["application_seen"]))
    seen.append((terms["record"], terms["record_seen"].format(api_id=visit.api_id, trace_id=visit.trace_id)))
    return seen


def _fields(visit: Visit, template: str) -> list[tuple[str, str]]:
    """What pressing the page's button will send, and what becomes of it."""
    return list(FIELDS[visit.language].get(template, ()))
