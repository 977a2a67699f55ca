"""The catalogue for everybody, without login (JR/T 0185 12.1), and the reference page of each interface.

GET /apis                list: level, identifier, what needs a user, what travels sealed
GET /apis/<api_id>       members of request and answer, checks, refusals, a way to try it; ``version`` for an elder one
GET /apis.json           the gateway's OpenAPI document
GET /ca.crt              the certificate authority that a client must trust here
"""

from __future__ import annotations

from email.utils import formatdate

from flask import Response

from bank_sim.portal.meanings import MEANINGS
from bank_sim.portal.rendering import page
from bank_sim.portal.trying import operation_named
from bank_sim.portal.visit import Visit
from bank_sim.sdk.protocol.u_api_id import parse


def show_list(visit: Visit) -> Response:
    """Every published interface, in the document's order."""
    operations = list(visit.premises.description().operations.values())
    return page(visit, "apis", operations=operations, apis=visit.premises.bank.catalogue.by_id)


def show_one(visit: Visit, api_id: str) -> Response:
    """One interface in full."""
    operation = operation_named(visit, api_id)
    bank = visit.premises.bank
    granted = visit.session is not None and bank.registry.granted(visit.session.party.app_id, api_id)
    return page(
        visit,
        "api",
        operation=operation,
        api=bank.catalogue.by_id[api_id],
        identifier=parse(operation.u_api_id),
        granted=granted,
        meaning=lambda member: MEANINGS[visit.language].get(member.name, member.description),
    )


def show_document(visit: Visit) -> Response:
    """What the gateway describes, for generators of clients."""
    headers = {"Last-Modified": formatdate(visit.premises.bank.lives.offer().changed_ms // 1000, usegmt=True)}
    return Response(visit.premises.description().text, content_type="application/json", headers=headers)


def authority_certificate(visit: Visit) -> Response:
    """The sandbox's own certificate authority, public by nature."""
    content = visit.premises.bank.config.ca_certificate.read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="ca.crt"'}
    return Response(content, content_type="application/x-pem-file", headers=headers)
