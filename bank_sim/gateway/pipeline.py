"""The path of one call, read from top to bottom. The order is a security decision, and a test guards it:

- the shape of the message comes first, for later rows believe that each header has one value;
- the gate for failing sources comes before cryptography, and before anything that costs the bank a search;
- who calls is settled before what the message says, and nothing of the body is parsed before its signature holds;
- whoever proves nothing learns nothing of an application, not even whether there is one. So what is answered before
  the signature holds follows from the message alone, or from a key that only its owner and the bank can name; status,
  certificate, suite and validity of keys come behind it. App_Secret has a name that anybody can guess: where it serves
  at all is read off the keyid, and an unknown App_ID, one without a secret and a wrong MAC are one refusal;
- a nonce burns only once the signature holds, else strangers could burn it;
- calls are counted for an application behind its nonce, else copies of its messages would use up its share;
- that a service has ended is told to whoever has proven themselves, grant or no grant: they called it once;
- what the caller may do is judged from the outside in: interface, token, consent, content, object, confirmation.

Columns are the levels of JR/T 0185 6.2: ``A1`` public information, ``A2`` a user's account, ``A2-funds`` money,
``A2-application`` what the application itself has ordered; and ``unknown`` for a path or method that no interface has.
A weakened bank is this table with rows left out.
"""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.gateway.checks import application, content, device, edge, grant, lifecycle, message, sdk, throttle
from bank_sim.gateway.ladder import LADDER_STEPS
from bank_sim.sdk.protocol.checktable import CheckTable, row

ALL = "unknown A1 A2 A2-application A2-funds"
KNOWN = "A1 A2 A2-application A2-funds"
SENSITIVE = "A2 A2-application A2-funds"
USER = "A2 A2-funds"
FUNDS = "A2-funds"
APPLICATION = "A2-application"

# fmt: off
PIPELINE: CheckTable[Call] = CheckTable([
    # The message as such
    row("message_shape",            edge.message_shape,      ALL,   "7.2.2-1 7.3.2-1"),
    row("authority",                edge.authority,          ALL,   "7.2.2-1 7.3.2-1"),
    row("body_size",                edge.body_size,          ALL,   "7.3.2-1"),
    row("media_type",               edge.media_type,         ALL,   "7.2.2-1"),
    row("source_blacklist",         throttle.source_blacklist, ALL, "9.2.1-b-4.2 10.1.2-1.0"),
    row("source_gate",              throttle.source_gate,    ALL,   "7.3.2-1 9.2.1-b-4.2"),
    row("source_rate",              throttle.source_rate,    ALL,   "7.3.2-1 10.1.2-1.1.2"),
    row("interface",                lifecycle.interface,     ALL,   "7.2.2-1 9.3.2-1.1.2"),
    row("version",                  lifecycle.version,       KNOWN, "7.2.2-1 7.1-6.2"),
    # Who claims to call, and the proof
    row("signature_presence",       message.presence,        KNOWN, "9.2.1-b-1 7.2.2-2.1"),
    row("connection_pause",         throttle.connection_pause, KNOWN, "7.3.2-1 10.1.2-1.1.3"),
    row("credential_strength",      application.strength,    SENSITIVE, "7.2.1-a-2.1 7.2.2-2.2 9.2.1-b-2 9.2.2-2"),
    row("secret_guesses",           throttle.secret_guesses, "A1",  "7.2.1-a-1 9.2.1-b-4.2 10.1.2-1.2.1"),
    row("application_identity",     application.identity,    KNOWN, "7.2.1-a-1 9.2.1-a-1.2 9.2.1-a-2.2 9.2.1-b-1"),
    row("key_usage",                application.key_usage,   KNOWN, "7.3.4-1"),
    row("signature_coverage",       message.coverage,        KNOWN, "7.2.2-2.1"),
    row("message_signature",        message.holds,           KNOWN, "7.1-1 7.2.2-2.1 7.2.2-2.2 9.2.2-1.1 9.2.2-1.2"),
    # Who calls, now that it is proven, and this very message
    row("freshness",                message.freshness,       KNOWN, "7.3.2-1 9.2.1-b-3.1"),
    row("content_digest",           message.digest,          KNOWN, "7.2.2-2.1 9.2.2-1.1"),
    row("application_status",       application.status,      KNOWN, "9.2.1-a-2.2"),
    row("blacklist",                application.blacklist,   KNOWN, "10.1.2-1.0 10.1.2-1.4"),
    row("certificate_state",        application.certificate_state, KNOWN, "7.3.4-3.2 9.2.1-a-2.2"),
    row("certificate_binding",      application.certificate, KNOWN, "7.2.1-a-1 7.2.1-a-2.1"),
    row("key_state",                application.key_state,   KNOWN, "7.3.4-3.1 7.3.4-3.2"),
    row("replay",                   message.replay,          KNOWN, "7.3.2-1 9.2.1-b-3.1"),
    # How much it may call
    row("quota_suspension",         throttle.quota_suspension, KNOWN, "10.1.2-1.1.3"),
    row("quota",                    throttle.quota,          KNOWN, "8-3 10.1.2-1.1.2 10.1.2-1.1.3 10.2.1-2.3"),
    row("concurrency",              throttle.concurrency,    KNOWN, "8-3 10.1.2-1.1.1"),
    # What the caller may do
    row("interface_life",           lifecycle.in_service,    KNOWN, "11-3.2 7.1-6.2"),
    row("api_grant",                grant.api_grant,         KNOWN, "7.3.1-1 7.3.1-2 9.3.2-1.1.2"),
    row("integration_mode",         grant.integration_mode,  SENSITIVE, "6.1-1 6.2-2 6.2-3 7.2.2-3.3.1"),
    row("test_environment",         grant.test_environment,  FUNDS, "9.1.1-2.3 9.3.4-2.2"),
    row("leaving",                  grant.leaving,           FUNDS, "9.4-1.1 9.4-1.2"),
    row("sdk_attestation",          sdk.attestation,         SENSITIVE, "9.3.5-3.1 9.3.5-3.2 7.3.2-3.2"),
    row("token_state",              grant.token_state,       KNOWN, "9.2.1-b-3.1 9.2.1-b-3.2 9.2.1-b-4.1"),
    row("token_binding",            grant.token_binding,     KNOWN, "9.3.2-1.1.1"),
    row("consent_state",            grant.consent_state,     USER,  "9.3.2-1.2.1 9.3.2-1.2.2 9.3.2-1.3 9.3.2-2"),
    row("consent_scope",            grant.consent_scope,     USER,  "9.3.2-1.1.1 9.3.2-1.2.1"),
    row("device_risk",              device.risk,             USER,  "7.3.2-3.1 7.2.2-3.1.1"),
    row("user_absent",              throttle.user_absent,    "A2",  "9.3.5-1 10.2.1-2.3 12.2-3"),
    # What the message says, and about whose things
    row("parameters",               content.parameters,      KNOWN, "7.2.2-1"),
    row("strict_json",              content.strict_json,     KNOWN, "7.2.2-1 7.3.2-1"),
    row("plaintext_fields",         content.plaintext_fields, KNOWN, "7.2.2-3.2.1"),
    row("schema",                   content.schema,          KNOWN, "7.2.2-1"),
    row("sealing_context",          content.sealing_context, FUNDS, "7.2.2-3.2.1 7.2.2-3.1.2"),
    row("purpose_grant",            grant.purpose,           APPLICATION, "7.2.2-3.2.3"),
    row("object_authorization",     grant.object_owner,      USER,  "9.3.2-1.1.1 9.3.2-1.1.2"),
    row("transaction_confirmation", grant.confirmation,      FUNDS, "7.2.1-b-1 7.2.1-b-2.2"),
    row("application_limits",       grant.application_limits, FUNDS, "10.2.1-3.2"),
    row("agreement_limits",         grant.agreement_limits,  FUNDS, "9.3.2-1.3 10.2.2-2.1"),
    row("idempotency_key",          content.idempotency_key, FUNDS, "7.2.2-1"),
])
# fmt: on

FOUNDATIONS = frozenset({"message_shape", "interface", "signature_presence", "application_identity", "strict_json"})
"""Rows that later ones stand on: without them a call cannot be understood at all, so that nothing would be shown."""

DEFENCES = frozenset(each.name for each in PIPELINE.rows) - FOUNDATIONS | LADDER_STEPS
"""The rows that a training run may leave out."""

_USERS_WORD = frozenset({"consent_state", "consent_scope", "object_authorization", "transaction_confirmation"})


def judge_users_word_anew(call: Call) -> None:
    """What its user may have taken back while the call was judged, read afresh: to be asked with the write lock held.

    A consent that is narrowed or revoked in the same moment is so before the effect, or after it; never in between.
    """
    call.read_users_word_anew()
    for each in PIPELINE.path(call.column, call.weakened):
        if each.name in _USERS_WORD:
            each.check(call)
