"""The machine endpoints of the authorization server, for the gateway's listener: one path for all of them.

    receive → CHECKS of the endpoint's column → one write transaction: act, access record → answer, signed

Every call leaves an access record, refused or not (JR/T 0185 7.3.3). A refusal raised by the act is caught inside the
transaction, so that what was consumed or revoked on the way to it stays so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, request

from bank_sim.audit import AccessRecord, append
from bank_sim.authorization.probing import Naming, note_wrong
from bank_sim.authserver import (
    answers,
    checkpoints,
    embedded,
    end_notices,
    evidence,
    grants,
    mishaps,
    misuse,
    own_events,
    own_keys,
    own_tokens,
    pushed,
    reconciliation,
)
from bank_sim.authserver.call import Endpoint, OAuthCall, receive
from bank_sim.authserver.metadata import metadata
from bank_sim.authserver.table import CHECKS
from bank_sim.bank import Bank
from bank_sim.edge.failures import whereabouts
from bank_sim.edge.mishaps import NAME, mishap_of
from bank_sim.sandbox.faults import HEADER
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.keysets import KEY_SET_TYP
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import SUITES
from bank_sim.sdk.protocol.trace_context import HEADER as TRACEPARENT
from bank_sim.sdk.protocol.trace_context import read_traceparent
from bank_sim.store import Transaction
from bank_sim.throttle import FailureGate

Act = Callable[[OAuthCall, Transaction], dict[str, Any] | None]
Outcome = dict[str, Any] | Problem | None

_ENDPOINTS: tuple[tuple[Endpoint, Act, int], ...] = (
    ("par", pushed.push, 201),
    ("token", grants.issue, 200),
    ("revoke", own_tokens.revoke, 200),
    ("introspect", own_tokens.introspect, 200),
    ("embedded", embedded.open_form, 201),
    ("embedded.proof", embedded.advance, 200),
    ("keys", own_keys.offer, 201),
    ("keys.proof", own_keys.prove, 200),
    ("keys.revoke", own_keys.revoke, 200),
    ("keys.secret", own_keys.renew_secret, 200),
    ("keys.certificate", own_keys.renew_certificate, 200),
    ("events", own_events.listed, 200),
    ("notices", end_notices.listed, 200),
    ("notices.sign", end_notices.sign, 200),
    ("evidence", evidence.hand_in, 200),
    ("checkpoints", checkpoints.exchange, 200),
    ("checkpoints.sign", checkpoints.sign, 200),
    ("reconciliation", reconciliation.hand_in, 200),
)
# Whatever touches a user's consent is A2 (JR/T 0185 6.2), and each of these endpoints may.
_LEVEL = "A2"

_PEM = "application/x-pem-file"

_log = logging.getLogger("bank.authserver")


def blueprint(bank: Bank) -> Blueprint:
    """``/oauth/par``, ``token``, …, the embedded form, the metadata document and the bank's public keys."""
    routes = Blueprint("authserver", __name__)
    failures = FailureGate(bank.store, bank.config.policy)
    published = {"oauth-authorization-server": lambda: metadata(bank), "jwks.json": bank.keys.jwks}

    for name, document in published.items():
        routes.add_url_rule(f"/.well-known/{name}", name.replace(".", "-"), _publishing(document))
    routes.add_url_rule("/.well-known/jwks.jwt", "jwks-jwt", lambda: _signed_keys(bank))
    routes.add_url_rule("/oauth/crl", "crl", lambda: _revocation_list(bank))
    routes.add_url_rule("/oauth/client-ca", "client-ca", lambda: _client_authority(bank))
    for endpoint, act, status in _ENDPOINTS:
        routes.add_url_rule(
            f"/oauth/{endpoint.replace('.', '/')}",
            endpoint.replace(".", "-"),
            _endpoint(bank, failures, endpoint, act, status),
            methods=["POST"],
            provide_automatic_options=False,
        )
    return routes


def _publishing(document: Callable[[], dict[str, Any]]) -> Callable[[], Response]:
    """What every client may know; it changes with the bank's keys and interfaces at most."""
    headers = {"cache-control": "public, max-age=300"}
    return lambda: Response(strict_json.dump(document()), content_type="application/json", headers=headers)


def _signed_keys(bank: Bank) -> Response:
    """The keys of one suite as a signed set; ``suite`` in the query, else the suite that this bank prefers."""
    asked = request.args.get("suite", bank.config.suite)
    suite = asked if asked in SUITES else bank.config.suite
    text = bank.keys.signed_set(suite, bank.config.gateway_url, int(bank.clock.now_s()))
    # Asked for when something has changed: what a cache has kept would be of no use.
    return Response(text, content_type=f"application/{KEY_SET_TYP}", headers={"cache-control": "no-store"})


def _revocation_list(bank: Bank) -> Response:
    """The revoked client certificates, for whoever sees one: DER as RFC 2585 has it, or PEM with ``form=pem``."""
    found, kept = bank.certificates.revocation_list(), {"cache-control": "no-store"}
    if request.args.get("form") == "pem":
        return Response(found.public_bytes(Encoding.PEM), content_type=_PEM, headers=kept)
    return Response(found.public_bytes(Encoding.DER), content_type="application/pkix-crl", headers=kept)


def _client_authority(bank: Bank) -> Response:
    """The certificate of the authority that signs them, and that list."""
    headers = {"cache-control": "public, max-age=300"}
    return Response(bank.certificates.authority_pem, content_type=_PEM, headers=headers)


def _endpoint(bank: Bank, failures: FailureGate, endpoint: Endpoint, act: Act, status: int) -> Callable[[], Response]:
    def serve() -> Response:
        call = receive(bank, failures, endpoint, request)
        try:
            outcome = _settle(call, act, status)
        except Exception as error:
            # A defect, not the caller's fault: recorded and answered like any refusal, without a word on its insides.
            _log.error("%s %s", call.trace_id, whereabouts(error))
            outcome = problems.INTERNAL_ERROR.problem()
            bank.access_log.record(_record(call, status, outcome))
        if isinstance(outcome, Problem):
            answer = answers.refusal(call, outcome)
        else:
            answer = answers.success(call, status, outcome)
        if call.strikes:
            request.environ[NAME] = mishap_of(call.strikes)
            answer.headers[HEADER] = ", ".join(each.shown for each in call.strikes)
        return answer

    return serve


def _settle(call: OAuthCall, act: Act, status: int) -> Outcome:
    """Judge, act, record; the act and the record of it are committed together."""
    refusal = _outcome(lambda: _judge(call))
    with call.bank.store.write() as db:
        outcome: Outcome = refusal if isinstance(refusal, Problem) else _outcome(lambda: act(call, db))
        append(db, _record(call, status, outcome if isinstance(outcome, Problem) else None))
        if isinstance(outcome, Problem):
            misuse.sound(call, db, outcome)
            if outcome.kind is problems.PAYEE_MISMATCH:
                note_wrong(db, Naming(call.bank, call.client.app_id))
        if isinstance(outcome, Problem) and answers.oauth_error(outcome.kind) == "invalid_client":
            call.failures.count(db, call.source, call.bank.clock.now_s())
    return outcome


def _judge(call: OAuthCall) -> None:
    CHECKS.run(call, call.endpoint, call.weakened)
    mishaps.befall(call)


def _outcome(step: Callable[[], dict[str, Any] | None]) -> Outcome:
    """What the step returns, or the ``Problem`` that it raises, as a value."""
    try:
        return step()
    except Problem as problem:
        return problem


def _record(call: OAuthCall, status: int, refusal: Problem | None) -> AccessRecord:
    headers = call.message.headers
    proof = call.signature.keyid if call.signature else call.credential.keyid if call.credential else None
    return AccessRecord(
        trace_id=call.trace_id,
        at_ms=call.bank.clock.now_ms(),
        method=call.message.method,
        path=call.message.path,
        source=call.source,
        elapsed_us=(time.perf_counter_ns() - call.received_ns) // 1000,
        status=answers.oauth_status(refusal.kind) if refusal else status,
        result="failure" if refusal else "success",
        app_id=call.application.app_id if call.application else None,
        api_id=f"oauth.{call.endpoint}",
        level=_LEVEL,
        code=refusal.code if refusal else None,
        consent_id=call.consent_id,
        customer_ref=call.customer_id,
        key_id=proof,
        nonce=call.signature.nonce if call.signature else None,
        content_digest=headers.get("content-digest") if call.signature else None,
        signature=f"{headers['signature-input']}\n{headers['signature']}" if call.signature else None,
        weakened=" ".join(sorted(call.weakened)),
        traceparent=context.header() if (context := read_traceparent(headers.get(TRACEPARENT))) else None,
        fault=" ".join(each.name for each in call.strikes),
    )
