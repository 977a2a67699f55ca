"""What follows when every check holds: the core's operation, the record, the answer (JR/T 0185 figure 1).

A payment that the bank refuses for its risk is refused after the commit: that it ends, and why, is an effect too.

A call that changes something runs in one write transaction: the idempotency row, the use of the user's consent, the
core's effect and the access record are all there or none is. Sealing and signing come after it, so that nobody waits
for our cryptography with the write lock held; by then the answer has been composed, and cannot fail for its content.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from bank_sim import audit, idempotency
from bank_sim.authorization import outcomes
from bank_sim.authorization.probing import Naming, require_few_wrong
from bank_sim.corelink import OperationRequest, Result
from bank_sim.gateway import answers, mishaps, opening, records
from bank_sim.gateway.answers import Answer
from bank_sim.gateway.call import Call
from bank_sim.gateway.composing import Composed, compose, from_wire
from bank_sim.gateway.pipeline import judge_users_word_anew
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
        composed = _within_transaction(call)
        if _refused_for_risk(call, composed):
            raise call.bank.risk.refusal(call.bank.store, composed.clear["transfer_id"])
        return answers.success(call, _sealed(call, composed, recipient), _status(call, composed))
    api = call.known_api
    composed = compose(api, _done_by_the_core(call, _operation_request(call)))
    answer = answers.success(call, _sealed(call, composed, recipient))
    mishaps.fill_the_disk(call)
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
            composed = _answered_before(call, Composed(msgspec.json.decode(earlier)))
        else:
            judge_users_word_anew(call)
            if _uses_consent(call) and call.consent is not None:
                limited = "agreement_limits" not in call.weakened
                bank.consents.use(db, call.consent.consent_id, request.body.get("amount_fen", 0), limited=limited)
            if api.confirmed and "application_limits" not in call.weakened:
                bank.app_limits.claim_day(db, request.app_id, request.body.get("amount_fen", 0), call.now_ms)
            result = _done_by_the_core(call, request)
            if api.confirmed:
                outcomes.announce(bank, db, call.known_application, call.consent, result, call.now_ms)
            composed = compose(api, result)
            if intent is not None:
                idempotency.remember(db, intent, msgspec.json.encode(composed.clear), call.now_ms)
        mishaps.fill_the_disk(call)
        if not _refused_for_risk(call, composed):
            audit.append(db, records.record_of(call, _status(call, composed)))
    return composed


def _refused_for_risk(call: Call, composed: Composed) -> bool:
    return call.known_api.confirmed and composed.clear.get("rejected_by") == "bank"


def _status(call: Call, composed: Composed) -> int:
    """The interface's own; 202 for a payment that is taken and not executed yet (RFC 9110 section 15.3.3)."""
    held = call.known_api.confirmed and composed.clear.get("state") == "held"
    return HTTPStatus.ACCEPTED if held else call.known_api.status


def _answered_before(call: Call, answered: Composed) -> Composed:
    """The earlier answer; of a payment that was held then, how it stands now, for that answer was no end."""
    if not call.known_api.confirmed or answered.clear.get("state") != "held":
        return answered
    request = OperationRequest(
        call.known_application.app_id, call.now_ms, params={"transfer_id": answered.clear["transfer_id"]}
    )
    return compose(call.known_api, call.bank.corelink.call("transfers.get", call.bank.store.db.conn, request))


def _done_by_the_core(call: Call, request: OperationRequest) -> Result:
    mishaps.slow_down(call)
    if call.known_api.names_payee:
        require_few_wrong(naming(call), call.weakened)
    return call.bank.corelink.call(call.known_api.operation, call.bank.store.db.conn, request)


def naming(call: Call) -> Naming:
    """Who names a payee with this call, and for whom."""
    return Naming(call.bank, call.known_application.app_id, call.customer_id)


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
        factors=consent.factors if consent is not None else (),
        standing=consent is not None and consent.validity != "once",
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
