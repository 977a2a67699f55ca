"""Every table of the bank with what becomes of its rows in time, as data (JR/T 0185 11-4.2, 12.3; 7.3.3).

A test holds this to the schema: a table that belongs to no class, or to two, fails it. What a class says is enforced by
whom ``by`` names; the numbers are the policy's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from bank_sim.policy import Policy

Fate = Literal["archived", "stays", "passes", "derived"]
"""``archived`` after its time in the live database; ``stays`` for as long as the bank; ``passes`` when it is used up;
``derived`` from other records, and can be made anew."""


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """``tables``: names or patterns. ``least_s``: how long a row is there at least, where a number says so."""

    name: str
    tables: tuple[str, ...]
    fate: Fate
    by: str
    least_s: Callable[[Policy], int] | None = None


CLASSES = (
    RetentionClass(
        "logs",
        ("access_log", "staff_journal"),
        "archived",
        "records.moving, triggers of audit.anchors",
        lambda policy: policy.archive_kept_s,
    ),
    RetentionClass(
        "books",
        (
            "customers", "accounts", "cards", "ledger_*", "transfers", "transfer_usage", "holds", "holdings", "points",
            "debit_notices",
        ),
        "stays",
        "triggers of core.schema; nothing deletes",
        lambda policy: policy.archive_kept_s,
    ),
    RetentionClass(
        "risk",
        ("risk_*",),
        "stays",
        "decisions by a trigger; nothing deletes cases, reports and listings",
        lambda policy: policy.archive_kept_s,
    ),
    RetentionClass(
        "reconciliation",
        ("reconciliation_*",),
        "stays",
        "nothing deletes a day's file or what was found in it",
        lambda policy: policy.archive_kept_s,
    ),
    RetentionClass(
        "agreements",
        ("consents", "consent_*", "service_closings", "approvals", "data_requests", "interface_user_notices"),
        "stays",
        "triggers of consent.states; records.personal deletes declined approvals on request",
    ),
    RetentionClass(
        "partners",
        (
            "applications", "application_*", "admission_*", "supervision_*", "exits", "exit_*", "operating_*",
            "former_secrets", "issued_certificates", "ended_certificates", "event_endpoints", "event_probes",
            "event_probe_*",
        ),
        "stays",
        "append-only histories; an exit archives, and deletes nothing",
    ),
    RetentionClass(
        "governance",
        (
            "interface_versions", "interface_history", "interface_audits", "interface_plans", "interface_notices",
            "interface_agreements", "interface_archives", "platform_register", "sdk_*", "bank_keys", "key_custody",
            "staff", "staff_proposals", "blacklist", "alarms", "incidents", "incident_lines", "verifications",
            "evidence_requests", "log_checkpoints",
            "quotas", "purpose_grants",
            "chain_anchors", "archive_destructions",
        ),
        "stays",
        "triggers of their own; nothing deletes",
    ),
    RetentionClass(
        "events",
        ("events", "event_attempts"),
        "stays",
        "nothing deletes: an application may have them replayed",
    ),
    RetentionClass(
        "access",
        ("credentials", "factors", "removed_factors", "activations"),
        "passes",
        "identity, when its user removes or replaces it",
    ),
    RetentionClass(
        "passing",
        (
            "sessions", "staff_sessions", "one_time_codes", "attempts", "tokens", "codes", "request_uris", "outbox",
            "idempotency", "source_failures", "quota_suspensions", "quota_strikes", "key_challenges", "key_warnings",
        ),
        "passes",
        "each by its own package, at the end of its lifetime",
    ),
    RetentionClass("figures", ("traffic", "traffic_*"), "derived", "monitor.traffic, from the access log"),
    RetentionClass("offers", ("products", "rates"), "passes", "core.products, when replaced by newer ones"),
)  # fmt: skip


def classes_of(table: str) -> list[RetentionClass]:
    """The classes that name a table: one, if all is well."""
    return [each for each in CLASSES if any(fnmatchcase(table, pattern) for pattern in each.tables)]
