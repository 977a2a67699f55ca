"""What follows when every check holds: the core's operation, the record, the answer (JR/T 0185 figure 1).

A call that changes something runs in one write transaction: the idempotency row, the use of the user's consent, the
core's effect and the access record are all there or none is. Sealing and signing come after it, so that nobody waits
for our cryptography with the write lock held; by then the answer has been composed, and cannot fail for its content.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bank_sim import audit, idempotency
from bank_sim.authorization import announce_debit
from bank_sim.corelink import OperationRequest
from bank_sim.gateway import answers, opening, records
from bank_sim.gateway.answers import Answer
from bank_sim.gateway.call import Call
from bank_sim.gateway.composing import Composed, compose, from_wire
from bank_sim.idempotency import Intent
from bank_sim.sandbox.watching import note_opened
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey
from bank_sim.sdk.protocol.sealing import seal

SEALED = "sealed"


def respond(call: Call) -> Answer:
    """Do what the call asks for and answer it. Where business refuses, its ``Problem`` is raised, nothing is left."""
    recipient = _recipient(call)
    if _changes_something(call):
        return answers.success(call, _sealed(call, _within_transaction(call), recipient))
    api = call.known_api
    composed = compose(api, call.bank.corelink.call(api.operation, call.bank.store.db.conn, _operation_request(call)))
    answer = answers.success(call, _sealed(call, composed, recipient))
    call.bank.access_log.record(records.record_of(call, answer.status))
    return answer


def _changes_something(call: Call) -> bool:
    return call.bank.corelink.writes(call.known_api.operation) or _uses_consent(call)


def _uses_consent(call: Call) -> bool:
    """A consent for one use is used up by the call, and a payment claims its part of what was consented to."""
    once = call.consent is not None and call.consent.validity == "once" and call.known_api.consumes
    return once or call.known_api.confirmed


def _within_transaction(call: Call) -> Composed:
    api, bank = call.known_api, call.bank
    request = _operation_request(call)
    intent = _intent(call, request) if api.idempotent and request.idempotency_key else None
    with bank.store.write() as db:
        earlier = idempotency.earlier_answer(db, intent) if intent is not None else None
        if earlier is not None:
            composed = Composed(msgspec.json.decode(earlier))
        else:
            if _uses_consent(call) and call.consent is not None:
                limited = "agreement_limits" not in call.weakened
                bank.consents.use(db, call.consent.consent_id, request.body.get("amount_fen", 0), limited=limited)
            if api.confirmed and "application_limits" not in call.weakened:
                bank.app_limits.claim_day(db, request.app_id, request.body.get("amount_fen", 0), call.now_ms)
            result = bank.corelink.call(api.operation, db.conn, request)
            if api.confirmed:
                announce_debit(bank, db, call.known_application, call.consent, result)
            composed = compose(api, result)
            if intent is not None:
                idempotency.remember(db, intent, msgspec.json.encode(composed.clear), call.now_ms)
        audit.append(db, records.record_of(call, api.status))
    return composed


def _operation_request(call: Call) -> OperationRequest:
    consent = call.consent
    return OperationRequest(
        app_id=call.known_application.app_id,
        now_ms=call.now_ms,
        customer_id=call.customer_id,
        consent_id=consent.consent_id if consent is not None else None,
        account_id=call.account[1] if call.account is not None else None,
        account_refs=_account_refs(call),
        params=call.parameters,
        body=_body(call),
        idempotency_key=call.headers.get("idempotency-key"),
    )


def _body(call: Call) -> dict[str, Any]:
    """The members of the request, the opened ones merged in, in the units of the inside."""
    api, document = call.known_api, call.document
    if api.sealed_request is None:
        return from_wire(document) | _payee_agreed(call)
    opened = call.opened
    if opened is None:
        opened = opening.open_fields(call, opening.claimed_context(document[SEALED]))
    return from_wire({name: value for name, value in document.items() if name != SEALED} | opened)


def _payee_agreed(call: Call) -> dict[str, Any]:
    """The payee of a debit, which stands in the agreement and not in the call."""
    terms = call.consent.payment if call.consent is not None else None
    if not call.known_api.confirmed or call.names_transfer or terms is None:
        return {}
    return {"creditor_account_id": terms.payee_account_id}


def _account_refs(call: Call) -> dict[str, str]:
    """The accounts under the consent, for interfaces that list what is the user's."""
    if call.consent is None or call.known_api.funds or call.account_ref is not None:
        return {}
    return call.bank.consents.account_refs(call.consent.consent_id)


def _intent(call: Call, request: OperationRequest) -> Intent:
    what = {"consent_id": request.consent_id, "parameters": dict(request.params), "body": dict(request.body)}
    key = request.idempotency_key or ""
    return idempotency.intent_of(call.bank.vault, request.app_id, call.known_api.api_id, key, what)


def _recipient(call: Call) -> PublicKey | None:
    """The key to seal the answer to, asked for before anything is done: KEY_UNKNOWN where one is needed and missing."""
    if call.known_api.sealed_answer is None:
        return None
    recipient = call.bank.registry.sealing_key(call.known_application.app_id)
    if recipient is None:
        raise problems.KEY_UNKNOWN.problem("No valid sealing key is registered for this application (use: enc).")
    return recipient


def _sealed(call: Call, composed: Composed, recipient: PublicKey | None) -> dict[str, Any]:
    """The members of the answer, those that are sensitive sealed to the application."""
    if composed.sealed is None or recipient is None:
        return composed.clear
    note_opened("answer", composed.sealed)
    return composed.clear | {SEALED: seal(composed.sealed, recipient, call.seal_context("response"))}
