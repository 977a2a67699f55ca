"""What an application was told about the end of interfaces, and its signature for the time after it, by program.

    notices       → notices: what ends when, what replaces it, and the agreement that the bank has signed
    notices/sign  subject, signature → subject, signed_at

The same stands on the application's page of the portal, for people (JR/T 0185 7.1-6.3, 11-2.1).
"""

from __future__ import annotations

from typing import Any

from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.form import required
from bank_sim.clock import rfc3339
from bank_sim.interfaces import agreements, notices
from bank_sim.interfaces.agreements import Agreement
from bank_sim.interfaces.notices import Notice
from bank_sim.registry import lives
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.strict_base64 import from_base64, to_base64
from bank_sim.store import Transaction

_SIGNATURE_CHARS_MAX = 400


def listed(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """The application's own notices, newest first."""
    told = notices.notices_to(call.bank.store, call.client.app_id)
    return {"notices": [_told(call, each) for each in told]}


def sign(call: OAuthCall, db: Transaction) -> dict[str, Any]:
    """RESOURCE_NOT_FOUND for what it was not told; PARAM_INVALID; otherwise as ``agreements.sign``."""
    app_id, now_ms = call.client.app_id, call.bank.clock.now_ms()
    life = lives.find(call.bank.store, required(call, "subject"))
    agreement = agreements.agreement_with(call.bank.store, life, app_id)
    try:
        signature = from_base64(required(call, "signature")[:_SIGNATURE_CHARS_MAX])
    except ValueError as error:
        raise problems.PARAM_INVALID.problem("The signature must be base64, padded.") from error
    agreements.sign_with_one_of(db, agreement, call.bank.registry.credentials(app_id, "sig"), signature, now_ms)
    return {"subject": life.subject, "signed_at": rfc3339(now_ms // 1000)}


def _told(call: OAuthCall, notice: Notice) -> dict[str, Any]:
    store = call.bank.store
    life = lives.find(store, f"{notice.api_id}:{notice.version}")
    facts: dict[str, Any] = {
        "subject": life.subject,
        "state": life.state,
        "u_api_id": life.u_api_id,
        "sunset_at": rfc3339(life.sunset_ms // 1000) if life.sunset_ms else None,
        "successor": life.successor,
        "told_at": rfc3339(notice.sent_ms // 1000),
    }
    found = [each for each in agreements.agreements_of(store, life) if each.app_id == notice.app_id]
    return facts | {"agreement": _offered(found[0]) if found else None}


def _offered(agreement: Agreement) -> dict[str, Any]:
    return {
        "document": to_base64(agreement.document),
        "bank_kid": agreement.bank_kid,
        "bank_signature": to_base64(agreement.bank_signature),
        "signed_at": rfc3339(agreement.signed_ms // 1000) if agreement.signed_ms else None,
    }
