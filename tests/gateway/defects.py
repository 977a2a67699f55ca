"""What can be wrong with a transfer order, one thing at a time, in the order in which the pipeline notices it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bank_sim.edge.connection import Connection
from bank_sim.registry.blacklist import BlacklistEntry, BlacklistKind
from bank_sim.sdk.manifest import VERSION, attest
from bank_sim.sdk.protocol.digests import content_digest
from bank_sim.sdk.protocol.keypairs import generate
from bank_sim.throttle.counters import Flight, Rate, SharedCounters

if TYPE_CHECKING:
    from tests.gateway.party import Party, User
    from tests.gateway.town import Town
    from tests.gateway.wire import Message, Reply


@dataclass
class Draft:
    """A transfer order in the making. Defects change what it is made of, or the message once it is made."""

    town: Town
    party: Party
    user: User
    document: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    sealed_for: str = "transfers.create"
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    changes: list[Callable[[Message], Message]] = field(default_factory=list)

    def send(self) -> Reply:
        payee = {"creditor_account": self.town.account_number(1), "creditor_name": "李四光"}
        sealed = self.party.sealed(payee, api_id=self.sealed_for, nonce=self.nonce)
        document = {"debtor_account_ref": self.user.account_refs[0], "sealed": sealed} | self.document
        message = self.party.order(self.user, document=document, nonce=self.nonce)
        if self.body is not None:
            digest = {"content-digest": content_digest(self.party.suite, self.body)}
            message = replace(message, body=self.body, headers={**message.headers, **digest})
        for change in self.changes:
            message = change(message)
        return self.town.send(message)


@dataclass(frozen=True)
class Defect:
    """What is wrong, which row finds it, with which code, and whether the call succeeds where that row is left out."""

    row: str
    code: str
    spoil: Callable[[Draft], object]
    passes: bool = True

    def __str__(self) -> str:
        return f"{self.row}-{self.code}"


def revoked_certificate(draft: Draft) -> None:
    """The application's own client certificate, which the bank has revoked."""
    der = b"the application's certificate"
    with draft.town.store.write() as db:
        facts = (hashlib.sha256(der).hexdigest(), draft.party.app_id)
        db.execute("UPDATE applications SET certificate_sha256 = ? WHERE app_id = ?", facts)
        db.execute(
            "INSERT OR IGNORE INTO ended_certificates (sha256, app_id, state, until_ms) VALUES (?, ?, 'revoked', 0)",
            facts,
        )
    draft.changes.append(lambda message: replace(message, certificate=der))


def changed(**facts: Any) -> Callable[[Draft], object]:
    """The message differs in these facts."""
    return lambda draft: draft.changes.append(lambda message: replace(message, **facts))


def header(name: str, value: str | None) -> Callable[[Draft], object]:
    """A header is changed or taken away before the message is signed."""

    def change(message: Message) -> Message:
        headers = {**message.headers, name: value}
        return replace(message, headers={each: text for each, text in headers.items() if text is not None})

    return lambda draft: draft.changes.append(change)


def tampered(name: str, value: str | None) -> Callable[[Draft], object]:
    """A header is changed or taken away after the message was signed."""
    return lambda draft: draft.changes.append(
        lambda message: replace(message, extra={**message.extra, name: value}, repeated=message.repeated)
    )


def sql(statement: str, *params: object) -> Callable[[Draft], object]:
    """Something is otherwise at the bank."""

    def change(draft: Draft) -> None:
        with draft.town.store.write() as db:
            db.execute(statement, params)

    return change


def shut_out(kind: BlacklistKind, subject: Callable[[Draft], str]) -> Callable[[Draft], object]:
    """The bank's staff has put somebody on the blacklist."""

    def change(draft: Draft) -> None:
        blacklist = draft.town.bank.blacklist
        with draft.town.store.write() as db:
            blacklist.add(db, BlacklistEntry(kind, subject(draft), "a drill", "operator", 0, None))
        blacklist.announce()

    return change


def leaving(draft: Draft) -> None:
    """The application's exit has come so far that nothing new begins."""
    facts = ("exit_1", draft.party.app_id, "closing", 0, 0)
    sql("INSERT INTO exits (exit_id, app_id, state, announced_ms, ends_ms) VALUES (?, ?, ?, ?, ?)", *facts)(draft)


def too_much_for_a_high_risk(draft: Draft) -> None:
    """The application carries a high risk, and the amount is above what follows from it."""
    facts = (draft.party.app_id, "high", 0, "lin", "a drill")
    sql("INSERT INTO application_ratings (app_id, grade, at_ms, by, evidence) VALUES (?, ?, ?, ?, ?)", *facts)(draft)
    says(amount="1000.01")(draft)


def ended(draft: Draft) -> None:
    """The service has ended; the baffle answers for it."""
    with draft.town.store.write() as db:
        db.execute("UPDATE interface_versions SET state = 'terminated' WHERE api_id = 'transfers.create'")
    draft.town.bank.lives.announce()


def unsigned(draft: Draft) -> None:
    tampered("signature", None)(draft)
    tampered("signature-input", None)(draft)


def signed_by_a_stranger(draft: Draft) -> None:
    changed(key=generate(draft.party.suite, "sig"))(draft)


def signed_with_secret(draft: Draft) -> None:
    draft.changes.append(draft.party.with_secret)


def names_key(kid: Callable[[Draft], str]) -> Callable[[Draft], object]:
    return lambda draft: changed(keyid=kid(draft))(draft)


def replayed(draft: Draft) -> None:
    until_s = draft.town.clock.now_s() + 300
    for keyid in (draft.party.keyid, f"{draft.party.app_id}.secret"):
        assert draft.town.bank.replay.burn(f"nonce:{keyid}", draft.nonce, until_s, draft.town.clock.now_s())


def of_another_party(draft: Draft) -> None:
    draft.user = draft.town.consent(type(draft.party)(draft.town, "intl"))


def of_narrow_scope(draft: Draft) -> None:
    draft.user = draft.town.consent(draft.party, apis=("accounts.list",))


def of_the_application_alone(draft: Draft) -> None:
    with draft.town.store.write() as db:
        binding = draft.town.binding(draft.party)
        issued = draft.town.bank.tokens.issue_for_application(db, draft.party.app_id, binding, "transfers.create", 300)
    draft.user = replace(draft.user, token=issued.access_token)


def of_somebody_else(draft: Draft) -> None:
    draft.document["debtor_account_ref"] = draft.town.consent(draft.party, person=1).account_refs[0]


def says(**members: Any) -> Callable[[Draft], object]:
    return lambda draft: draft.document.update(members)


def has_body(body: bytes) -> Callable[[Draft], object]:
    def change(draft: Draft) -> None:
        draft.body = body

    return change


def sealed_elsewhere(draft: Draft) -> None:
    draft.sealed_for = "transfers.execute"


def attesting(build: str | None, *statements: str) -> Callable[[Draft], object]:
    """The application is held to its SDK, and the message says that it comes from this build of it (None: of none)."""

    def change(draft: Draft) -> None:
        for statement in ("UPDATE applications SET sdk_attested = 1", *statements):
            sql(statement)(draft)
        if build is not None:
            header("x-sdk-build", build)(draft)

    return change


def counters_of(town: Town) -> SharedCounters:
    """The bank's counters, as another worker has them."""
    config = town.bank.config
    return SharedCounters(config.counters_file, town.clock.now_ms, 1, keys_max=config.policy.counted_keys_max)


def count(town: Town, key: str, calls: int) -> None:
    """So many calls of this second are counted under a key, by another worker."""
    with closing(counters_of(town)) as counters:
        for _ in range(calls):
            counters.take([Rate(key, calls, 1_000)])


def used_up(key: Callable[[Draft], str], calls: int) -> Callable[[Draft], object]:
    return lambda draft: count(draft.town, key(draft), calls)


def told_to_wait(draft: Draft) -> None:
    """The connection that it comes on has been told so three times, for whichever key it names."""
    connection = Connection("source:127.0.0.1")
    for name in ("secret", "unknown", draft.party.keyid.partition(".")[2]) * 3:
        keyid = f"{draft.party.app_id}.{name}"
        now_ms = int(draft.town.clock.now_s() * 1000)
        connection.told_to_wait(keyid, now_ms, now_ms + 1_000, draft.town.bank.throttle_generation.now())
    changed(connection=connection)(draft)


def made_to_rest(draft: Draft) -> None:
    now_ms = int(draft.town.clock.now_s() * 1000)
    facts = (draft.party.app_id, now_ms, now_ms + 300_000, "app-second")
    sql("INSERT INTO quota_suspensions VALUES (?, ?, ?, ?)", *facts)(draft)
    draft.town.bank.throttle_generation.announce()


def crowded(draft: Draft) -> None:
    """As many of its calls are under way as it may have."""
    with closing(counters_of(draft.town)) as counters:
        for _ in range(400):
            counters.take([], [Flight(f"app:{draft.party.app_id}:concurrent", 400)])


failed_often = sql("INSERT INTO source_failures VALUES ('127.0.0.1', ?, 1000)", 1_769_824_800 // 60)

DEFECTS = [
    Defect("message_shape", "HEADER_DUPLICATED", changed(repeated=(("x-note", "1"), ("x-note", "2"))), passes=False),
    Defect("message_shape", "HEADER_FOLDED", tampered("x-note", "folded\r\n line"), passes=False),
    Defect("message_shape", "HEADER_INVALID", tampered("x-note", "caf\xe9"), passes=False),
    Defect("authority", "AUTHORITY_MISMATCH", header("host", "another-bank.example")),
    Defect("body_size", "BODY_TOO_LARGE", has_body(b" " * 70_000), passes=False),
    Defect("media_type", "MEDIA_TYPE_UNSUPPORTED", tampered("content-type", "text/plain")),
    Defect("source_blacklist", "SOURCE_BLACKLISTED", shut_out("source", lambda draft: "127.0.0.0/8")),
    Defect("source_gate", "RATE_LIMITED", failed_often),
    Defect("source_rate", "RATE_LIMITED", used_up(lambda draft: "source:127.0.0.1", 6000)),
    Defect("interface", "API_NOT_FOUND", changed(path="/api/nothing"), passes=False),
    Defect("interface", "METHOD_NOT_ALLOWED", changed(method="PUT"), passes=False),
    Defect("version", "API_VERSION_UNKNOWN", header("x-api-version", "9")),
    Defect("version", "API_VERSION_REQUIRED", header("x-api-version", None), passes=False),
    Defect("signature_presence", "SIGNATURE_REQUIRED", unsigned, passes=False),
    Defect("signature_presence", "SIGNATURE_MALFORMED", tampered("signature", "sig1=:no base64:"), passes=False),
    Defect("connection_pause", "RATE_LIMITED", told_to_wait),
    Defect("credential_strength", "CREDENTIAL_TOO_WEAK", signed_with_secret),
    Defect("application_identity", "KEY_UNKNOWN", changed(keyid="app_unknown.abc"), passes=False),
    Defect(
        "application_identity", "KEY_UNKNOWN", names_key(lambda draft: f"{draft.party.app_id}.unknown"), passes=False
    ),
    Defect("key_usage", "KEY_USAGE_MISMATCH", sql("UPDATE application_keys SET use = 'assertion' WHERE use = 'sig'")),
    Defect("signature_coverage", "SIGNATURE_COVERAGE", changed(unsigned=frozenset({"x-api-version"}))),
    Defect("message_signature", "SIGNATURE_INVALID", signed_by_a_stranger),
    Defect("freshness", "TIMESTAMP_EXPIRED", changed(created_s=1_769_824_800 - 301)),
    Defect("content_digest", "DIGEST_MISMATCH", changed(sent_body=b'{"amount":"10000.00"}'), passes=False),
    Defect("application_status", "APP_SUSPENDED", sql("UPDATE applications SET status = 'suspended'")),
    Defect("application_status", "APP_EXITED", sql("UPDATE applications SET status = 'exited'")),
    Defect("blacklist", "APP_BLACKLISTED", shut_out("application", lambda draft: draft.party.app_id)),
    Defect("certificate_state", "CERT_REVOKED", revoked_certificate),
    Defect("certificate_binding", "CERT_APP_MISMATCH", changed(certificate=b"somebody's certificate")),
    Defect("certificate_binding", "CERT_REQUIRED", sql("UPDATE applications SET certificate_sha256 = app_id")),
    Defect("key_state", "KEY_REVOKED", sql("UPDATE application_keys SET status = 'revoked'")),
    Defect("key_state", "KEY_NOT_YET_VALID", sql("UPDATE application_keys SET not_before_ms = not_before_ms + 1")),
    Defect("key_state", "KEY_EXPIRED", sql("UPDATE application_keys SET not_after_ms = not_before_ms")),
    Defect("replay", "NONCE_REPLAYED", replayed),
    Defect("quota_suspension", "QUOTA_SUSPENDED", made_to_rest),
    Defect("quota", "QUOTA_EXCEEDED", used_up(lambda draft: f"app:{draft.party.app_id}:second", 4000)),
    Defect("concurrency", "CONCURRENCY_LIMIT", crowded),
    Defect("interface_life", "SERVICE_TERMINATED", ended),
    Defect("api_grant", "API_NOT_GRANTED", sql("DELETE FROM application_grants WHERE api_id = 'transfers.create'")),
    Defect("integration_mode", "LEVEL_NOT_ALLOWED", sql("UPDATE applications SET integration_mode = 'server-direct'")),
    Defect("test_environment", "TEST_ENVIRONMENT_ONLY", sql("UPDATE applications SET status = 'testing'")),
    Defect("leaving", "APP_LEAVING", leaving),
    Defect("sdk_attestation", "SDK_REQUIRED", attesting(None)),
    Defect("sdk_attestation", "SDK_INTEGRITY_FAILED", attesting(f"{VERSION};sm3={'0' * 64}")),
    Defect("sdk_attestation", "SDK_INTEGRITY_FAILED", attesting(f"0.9.0;sm3={attest().fingerprint}")),
    Defect("sdk_attestation", "SDK_INTEGRITY_FAILED", attesting("patched")),
    Defect(
        "sdk_attestation",
        "SDK_VERSION_WITHDRAWN",
        attesting(attest().header(), "UPDATE sdk_releases SET state = 'withdrawn'"),
    ),
    Defect(
        "sdk_attestation",
        "SDK_VERSION_WITHDRAWN",
        attesting(attest().header(), "INSERT INTO sdk_minimum VALUES (1, '9.0.0')"),
    ),
    Defect("token_state", "TOKEN_REQUIRED", header("authorization", None), passes=False),
    Defect("token_state", "TOKEN_INVALID", header("authorization", "Bearer never-issued"), passes=False),
    Defect("token_state", "TOKEN_REVOKED", sql("UPDATE tokens SET revoked = 1")),
    Defect("token_state", "TOKEN_EXPIRED", sql("UPDATE tokens SET expires_s = issued_at_s")),
    Defect("token_binding", "TOKEN_APP_MISMATCH", of_another_party),
    Defect("token_binding", "TOKEN_APP_MISMATCH", sql("UPDATE tokens SET kid = 'another'")),
    Defect("token_binding", "TOKEN_APP_MISMATCH", sql("UPDATE tokens SET certificate_sha256 = 'another'")),
    Defect("consent_state", "CONSENT_REQUIRED", of_the_application_alone, passes=False),
    Defect("consent_state", "CONSENT_REVOKED", sql("UPDATE consents SET state = 'revoked'")),
    Defect("consent_state", "CONSENT_EXPIRED", sql("UPDATE consents SET valid_to_s = 0")),
    Defect("consent_scope", "SCOPE_INSUFFICIENT", of_narrow_scope),
    Defect("consent_scope", "SCOPE_INSUFFICIENT", sql("UPDATE consents SET type = 'payment'")),
    Defect("device_risk", "DEVICE_RISK", header("x-sdk-build", attest().found(frozenset({"root"})).header())),
    Defect("parameters", "PARAM_INVALID", changed(query="limit=1")),
    Defect("strict_json", "JSON_DUPLICATE_MEMBER", has_body(b'{"amount":"1.00","amount":"2.00"}'), passes=False),
    Defect("strict_json", "JSON_FLOAT", has_body(b'{"amount":1.5}'), passes=False),
    Defect("strict_json", "JSON_TOO_DEEP", has_body(b'{"a":' + b"[" * 17 + b"]" * 17 + b"}"), passes=False),
    Defect("strict_json", "JSON_INVALID", has_body(b"{"), passes=False),
    Defect("plaintext_fields", "PLAINTEXT_SENSITIVE_FIELD", says(creditor_name="李四光"), passes=False),
    Defect("plaintext_fields", "PLAINTEXT_SENSITIVE_FIELD", says(purpose="to 15400000002")),
    Defect("schema", "UNKNOWN_MEMBER", says(colour="red")),
    Defect("schema", "PARAM_INVALID", says(purpose="rent\u202e")),
    Defect("schema", "SEALED_REQUIRED", lambda draft: has_body(b"{}")(draft), passes=False),
    Defect("schema", "AMOUNT_INVALID", says(amount="1.5"), passes=False),
    Defect("sealing_context", "DECRYPT_FAILED", sealed_elsewhere),
    Defect("sealing_context", "SEALED_MALFORMED", says(sealed="a.b.c.d.e"), passes=False),
    Defect("object_authorization", "RESOURCE_NOT_AUTHORIZED", of_somebody_else, passes=False),
    Defect("object_authorization", "RESOURCE_NOT_AUTHORIZED", says(debtor_account_ref="a" * 20), passes=False),
    Defect("application_limits", "APP_LIMIT_EXCEEDED", too_much_for_a_high_risk),
    Defect("idempotency_key", "IDEMPOTENCY_KEY_REQUIRED", header("idempotency-key", None)),
]
