"""The path of an OAuth call as a table: rows are checks in order, columns the endpoints.

The order is a security decision: what is cheap and tells nothing comes first, what tells of the client comes behind its
proof, a ``jti`` or nonce burns only once the proof that carries it holds, and what a client asks for is read only when
it is known who asks. What follows the last row happens inside one write transaction.
"""

from __future__ import annotations

from bank_sim.authserver import client_checks, details, embedded, form, grants, own_keys, own_tokens, pushed
from bank_sim.authserver.call import OAuthCall
from bank_sim.authserver.misuse import DEFENCES as MISUSE_DEFENCES
from bank_sim.sdk.protocol.checktable import CheckTable, row

_KEYS = "keys keys.proof keys.revoke keys.secret keys.certificate"
_ORDERS = "keys keys.proof keys.secret keys.certificate"
_SERVED = f"par token revoke introspect embedded embedded.proof events notices notices.sign reconciliation {_KEYS}"
# Who is suspended may still, and must, help to find out what happened.
_ALL = f"{_SERVED} evidence checkpoints checkpoints.sign"

CHECKS: CheckTable[OAuthCall] = CheckTable(
    [
        row("oauth_form", form.form_is_well_formed, _ALL, "7.2.2-1"),
        row("oauth_authority", client_checks.message_is_for_this_server, _ALL, "7.2.2-1 7.3.2-1"),
        row("source_blacklist", client_checks.source_is_welcome, _ALL, "9.2.1-b-4.2 10.1.2-1.0"),
        row("source_gate", client_checks.source_is_no_guesser, _ALL, "7.3.2-1 9.2.1-b-4.2"),
        row("source_rate", client_checks.source_calls_in_measure, _ALL, "7.3.2-1 10.1.2-1.1.2"),
        row("client_proof", client_checks.one_kind_of_proof, _ALL, "9.2.1-b-1 9.3.1-1.1"),
        row("client_name", client_checks.client_is_named, _ALL, "9.2.1-a-2.2"),
        row("client_assertion", client_checks.assertion_holds, _ALL, "7.2.1-a-1 7.2.1-a-2.1 7.3.4-3.1"),
        row("client_certificate_state", client_checks.certificate_stands, _ALL, "7.3.4-3.2 9.2.1-a-2.2"),
        row("client_certificate", client_checks.certificate_is_the_clients, _ALL, "7.2.1-a-1 7.2.1-a-2.1"),
        row("assertion_once", client_checks.assertion_is_fresh, _ALL, "9.2.1-b-3.1"),
        row("client_status", client_checks.client_is_active, _SERVED, "9.2.1-a-2.2"),
        row("blacklist", client_checks.client_is_not_blacklisted, _ALL, "10.1.2-1.0 10.1.2-1.4"),
        row("oauth_signature", client_checks.signature_holds, _ALL, "7.2.2-2.1 7.2.2-2.2"),
        row("oauth_nonce", client_checks.nonce_is_fresh, _ALL, "7.3.2-1"),
        row("quota", client_checks.client_calls_in_measure, _ALL, "8-3 10.1.2-1.1.2"),
        row("response_type", pushed.response_is_a_code, "par", "7.2.2-1"),
        row("redirect_uri", pushed.redirect_uri_is_registered, "par", "9.3.1-1.1"),
        row("pkce", pushed.code_challenge_is_s256, "par", "7.3.2-1 9.3.1-1.1"),
        row("authorization_details", details.details_are_valid, "par", "9.3.2-1.1.1 9.3.2-1.2.2 9.3.2-1.3"),
        row("api_grant", details.interfaces_are_granted, "par", "9.3.2-1.1.1 7.3.1-1"),
        row("leaving", pushed.application_stays, "par", "9.4-1.1"),
        row("scope", pushed.scope_is_within_the_details, "par", "9.3.2-1.1.1"),
        row("grant_type", grants.grant_type_is_known, "token", "7.2.1-b-2.1"),
        row("token_parameter", own_tokens.token_is_given, "revoke introspect", "7.2.2-1"),
        row("rotation_signed", own_keys.order_is_signed, _KEYS, "7.3.4-3.2 9.2.1-a-1.2"),
        row("new_key", own_keys.key_is_offerable, "keys", "7.3.4-1 9.2.1-a-1.2"),
        row("new_key_possession", own_keys.possession_is_proven, "keys.proof", "9.2.1-a-1.2"),
        row("rotation_in_force", own_keys.key_has_no_successor, _ORDERS, "7.3.4-3.2"),
        row("revocation_in_force", own_keys.superseded_key_ends_itself_only, "keys.revoke", "7.3.4-3.2"),
        row("certificate_request", own_keys.request_is_signable, "keys.certificate", "9.2.1-a-1.2 7.3.4-1"),
        row("embedded_signed", embedded.request_is_signed, "embedded embedded.proof", "7.2.2-2.1 9.2.2-2"),
        row("embedded_session", embedded.session_is_the_applications, "embedded.proof", "9.3.1-1.1 9.3.3-2.2.1"),
        row("embedded_entry", embedded.entry_is_read, "embedded.proof", "7.2.2-3.1.1 9.3.3-2.2.2"),
        row("relay_attempts", embedded.application_may_try, "embedded.proof", "7.3.2-1 9.2.1-b-4.2"),
        row("embedded_step", embedded.step_is_taken, "embedded.proof", "7.2.1-b-2.1 7.2.1-b-2.2 10.2.2-2.2"),
    ]
)

FOUNDATIONS = frozenset(
    {
        "oauth_form",
        "client_name",
        "authorization_details",
        "grant_type",
        "token_parameter",
        "embedded_session",
        "embedded_entry",
        "embedded_step",
    }
)
"""Rows that later steps stand on: without them a call cannot be understood at all."""

DEFENCES = frozenset(each.name for each in CHECKS.rows) - FOUNDATIONS | MISUSE_DEFENCES
"""The rows that a training run may leave out."""
