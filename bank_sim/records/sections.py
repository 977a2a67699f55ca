"""The kinds of data that the bank holds about a user beside the core's, as data: where they lie, and what keeps them.

Every table that knows customers is either a ``Section`` or in ``WITHHELD``; a test holds this to the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal["contract", "law", "security"]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data. ``sql`` and ``goes`` know the customer as ``?``.

    ``goes``: the condition of what is deleted on request; None where all of it must stay, for the reason ``why``.
    """

    name: str
    table: str
    sql: str
    why: Why
    goes: str | None = None


SECTIONS = (
    Section("login", "credentials", "SELECT login_name FROM credentials WHERE customer_id = ?", "contract"),
    Section(
        "factors",
        "factors",
        "SELECT kind, label, active, added_s, used_s FROM factors WHERE customer_id = ? ORDER BY added_s, factor_id",
        "contract",
        "customer_id = ? AND active = 0",
    ),
    Section(
        "consents",
        "consents",
        "SELECT consent_id, app_id, type, validity, state, apis, requested_at_ms, authorised_at_ms, valid_to_s,"
        " ended_at_ms, payee_account_masked, payee_name_masked, per_payment_fen, per_period_fen, period, total_fen,"
        " used_fen FROM consents WHERE customer_id = ? ORDER BY requested_at_ms, consent_id",
        "law",
    ),
    Section(
        "consent_history",
        "consent_history",
        "SELECT h.consent_id, h.at_ms, h.actor, h.step, h.from_state, h.to_state, h.reason FROM consent_history h"
        " JOIN consents c ON c.consent_id = h.consent_id WHERE c.customer_id = ? ORDER BY h.seq",
        "law",
    ),
    Section(
        "closings",
        "service_closings",
        "SELECT closed_at_ms, consents_ended, reopened_at_ms FROM service_closings WHERE customer_id = ? ORDER BY 1",
        "law",
    ),
    Section(
        "approvals",
        "approvals",
        "SELECT statement, state, expires_s FROM approvals WHERE customer_id = ? ORDER BY rowid",
        "law",
        "customer_id = ? AND state IN ('decline', 'expired')",
    ),
    Section(
        "notices",
        "interface_user_notices",
        "SELECT api_id, version, sent_ms FROM interface_user_notices WHERE customer_id = ? ORDER BY sent_ms",
        "law",
    ),
    Section(
        "exit_notices",
        "exit_notices",
        "SELECT x.app_id, n.sent_ms FROM exit_notices n JOIN exits x ON x.exit_id = n.exit_id"
        " WHERE n.customer_id = ? ORDER BY n.sent_ms",
        "law",
    ),
    Section(
        "calls",
        "access_log",
        "SELECT api_id, app_id, result, count(*) AS times, min(at_ms) AS first_ms, max(at_ms) AS last_ms"
        " FROM access_log WHERE customer_ref = ? GROUP BY api_id, app_id, result ORDER BY first_ms",
        "law",
    ),
    Section(
        "requests",
        "data_requests",
        "SELECT at_ms, kind FROM data_requests WHERE customer_id = ? ORDER BY request_id",
        "law",
    ),
    Section(
        "visits",
        "sessions",
        "SELECT step_column, opened_s, seen_s FROM sessions WHERE customer_id = ? ORDER BY opened_s",
        "security",
        "customer_id = ?",
    ),
    Section(
        "codes",
        "one_time_codes",
        "SELECT sent_s, expires_s FROM one_time_codes WHERE customer_id = ?",
        "security",
        "customer_id = ?",
    ),
    Section(
        "activation",
        "activations",
        "SELECT expires_s FROM activations WHERE customer_id = ?",
        "security",
        "customer_id = ?",
    ),
)

WITHHELD: dict[str, str] = {
    "tokens": "hashes of what applications hold; what they may do with it is said by the consents",
    "codes": "hashes that live for a minute",
    "removed_factors": "a moment for the risk rules: when the newest key that was removed had been set up",
    "risk_decisions": "a rule that is known is evaded; the outcome is told by text message",
    "risk_cases": "the Anti-Money Laundering Law of 2024, article 7, keeps them confidential",
    "risk_reports": "the Anti-Money Laundering Law of 2024, article 7, keeps them confidential",
    **dict.fromkeys(("customers", "accounts", "holdings", "points", "transfers"), "the core's, by customers.export"),
}
"""Tables that know customers and are no section, each with the reason."""
