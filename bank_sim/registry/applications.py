"""Application parties: who they are, which credentials prove it, which interfaces they hold (JR/T 0185 9.2.1).

Statuses are read from the store at each call, so that a suspension or a revoked key takes effect at once in every
worker; only parsed keys are cached, by their stored material. Judging a message is the gateway's business.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.events import subscribe
from bank_sim.keys import Vault
from bank_sim.keys.custody import Change
from bank_sim.policy import Policy
from bank_sim.registry import identifiers
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.certificates import Certificates
from bank_sim.registry.parties import Application, ApplicationStatus, Credential, Credentials, Key
from bank_sim.registry.registration import Accepted, OfferedKey, Registration, accept
from bank_sim.registry.standing import THE_BANK, enter
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.rsa_keys import assertion_key_from_jwk
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS applications (
    app_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_zh TEXT,
    suite TEXT NOT NULL,
    integration_mode TEXT NOT NULL,
    direct_assessment TEXT,
    redirect_uris TEXT NOT NULL,
    sdk_attested INTEGER NOT NULL,
    certificate_sha256 TEXT UNIQUE,
    certificate_pem TEXT,
    status TEXT NOT NULL CHECK (status IN ('testing', 'active', 'suspended', 'exited')),
    registered_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS application_keys (
    keyid TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES applications,
    kid TEXT NOT NULL,
    use TEXT NOT NULL CHECK (use IN ('sig', 'enc', 'assertion', 'mac')),
    material BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'superseded', 'revoked')),
    not_before_ms INTEGER NOT NULL,
    not_after_ms INTEGER NOT NULL,
    successor_kid TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS application_keys_by_use ON application_keys (app_id, use);
CREATE UNIQUE INDEX IF NOT EXISTS application_keys_one_owner ON application_keys (kid) WHERE use <> 'mac';
CREATE TABLE IF NOT EXISTS former_secrets (
    app_id TEXT PRIMARY KEY REFERENCES applications,
    material BLOB NOT NULL,
    not_after_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS application_grants (
    app_id TEXT NOT NULL REFERENCES applications,
    api_id TEXT NOT NULL,
    PRIMARY KEY (app_id, api_id)
) STRICT, WITHOUT ROWID;
"""

SECRET = "secret"  # noqa: S105 - the kid of every App_Secret, not a secret
MAC = "mac"
_SECRET_BYTES = 32
_KEYS_CACHED = 4096
_APPLICATION = (
    "a.app_id, a.name, a.suite, a.integration_mode, a.status, a.certificate_sha256, a.direct_assessment,"
    " a.redirect_uris, a.name_zh, a.registered_at_ms, a.sdk_attested"
)
_CREDENTIAL = "k.keyid, k.app_id, k.kid, k.use, k.material, k.status, k.not_before_ms, k.not_after_ms"


class Registry:
    """Reads see every committed change; changes run in a write transaction of their own."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        policy: Policy,
        catalogue: Catalogue,
        certificates: Certificates,
        identifier_seed: int | None = None,
    ) -> None:
        """``identifier_seed``: what App_IDs follow from; None draws them."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._policy = policy
        self._catalogue = catalogue
        self._certificates = certificates
        self._seed = identifier_seed
        self._parsed = lru_cache(maxsize=_KEYS_CACHED)(self._parse)

    @property
    def store(self) -> Store:
        """Where the applications stand, for those who change a part of them."""
        return self._store

    # Registration and its changes

    def register(self, document: Registration) -> Credentials:
        """Register an application at once, active: the sandbox's short path. ``accept`` says what is refused."""
        with self._store.write() as db:
            return self.register_as(db, document, "active", by=THE_BANK, reason="registered by the sandbox")

    def register_as(
        self, db: Database, document: Registration, status: ApplicationStatus, *, by: str, reason: str
    ) -> Credentials:
        """Register an application with its credentials and grants, within the caller's write transaction.

        ``accept`` says what is refused. ``by`` and ``reason`` begin its history.
        """
        accepted = accept(document, self._catalogue)
        app_id = identifiers.app_id(db.execute("SELECT count(*) FROM applications").fetchone()[0], self._seed)
        secret = secrets.token_urlsafe(_SECRET_BYTES) if document.secret else None
        if accepted.certificate_sha256 and self._is_certificate_taken(accepted.certificate_sha256):
            raise problems.PARAM_INVALID.problem("The certificate is or was registered for another application.")
        db.execute(
            "INSERT INTO applications (app_id, name, name_zh, suite, integration_mode, direct_assessment,"
            " redirect_uris, sdk_attested, certificate_sha256, certificate_pem, status, registered_at_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (app_id, *_application_values(accepted), status, self._clock.now_ms()),
        )
        enter(db, app_id, status, self._clock.now_ms(), by=by, reason=reason)
        certificate_pem = None
        if accepted.certificate_request is not None:
            change = Change(by, reason, self._clock.now_ms())
            certificate_pem = self._certificates.issue(db, app_id, accepted.certificate_request, change).pem
        validity_s = self._key_validity_s(accepted.apis)
        keyids = [self._insert_public_key(db, app_id, each, validity_s) for each in accepted.keys]
        if secret is not None:
            keyids.append(self._insert_secret(db, app_id, document.suite, secret))
        _insert_grants(db, app_id, accepted.apis)
        if document.events_url is not None:
            subscribe(db, app_id, document.events_url, document.suite)
        return Credentials(app_id=app_id, app_secret=secret, keyids=keyids, certificate_pem=certificate_pem)

    def withdraw_grant(self, db: Database, app_id: str, api_id: str) -> None:
        """One interface less, since the need for it is over (7.3.1): the next call is refused, in every worker.

        STATE_CHANGED where it was not granted.
        """
        withdrawn = db.execute(
            "DELETE FROM application_grants WHERE app_id = ? AND api_id = ?", (app_id, api_id)
        ).rowcount
        if withdrawn != 1:
            raise problems.STATE_CHANGED.problem()

    def insert_key(self, db: Database, app_id: str, offered: OfferedKey) -> str:
        """Register one more key of a proven holder within the caller's write transaction, so that old and new overlap
        during a rotation (7.3.4). Its keyid; KEY_INVALID if taken."""
        return self._insert_public_key(db, app_id, offered, self._key_validity_s(self.grants(app_id)))

    def insert_secret(self, db: Database, app_id: str, suite: str) -> str:
        """A fresh App_Secret within the caller's write transaction: told this once, kept sealed."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        self._insert_secret(db, app_id, suite, secret)
        return secret

    # What a call needs to know

    def caller(self, app_id: str, keyid: str) -> tuple[Application | None, Credential | None]:
        """Application and credential that a message names, in one read; None for what is not registered."""
        rows = self._store.read(
            f"SELECT {_APPLICATION}, {_CREDENTIAL} FROM applications a"  # noqa: S608 - constant columns
            " LEFT JOIN application_keys k ON k.keyid = ? AND k.app_id = a.app_id WHERE a.app_id = ?",
            (keyid, app_id),
        )
        if not rows:
            return None, None
        row = rows[0]
        application, credential = Application(*row[:11]), row[11:]
        return application, self._credential(credential) if credential[0] is not None else None

    def application(self, app_id: str) -> Application | None:
        return self.caller(app_id, "")[0]

    def credential(self, keyid: str) -> Credential | None:
        """By the keyid that messages name: ``<App_ID>.<kid>``, or ``<App_ID>.secret``."""
        return self.caller(keyid.partition(".")[0], keyid)[1]

    def credentials(self, app_id: str, *uses: str) -> list[Credential]:
        """All keys of the given uses (``sig``, ``enc``, ``assertion``), the newest first, in whatever state."""
        marks = ", ".join("?" * len(uses))
        rows = self._store.read(
            f"SELECT {_CREDENTIAL} FROM application_keys k WHERE app_id = ? AND use IN ({marks})"  # noqa: S608
            " ORDER BY not_before_ms DESC, keyid",
            (app_id, *uses),
        )
        return [self._credential(row) for row in rows]

    def sealing_key(self, app_id: str) -> PublicKey | None:
        """The key that answers are sealed to: the newest sealing key that is valid now."""
        rows = self._store.read(
            "SELECT material FROM application_keys WHERE app_id = ? AND use = 'enc' AND status = 'active'"
            " AND not_before_ms <= ?2 AND not_after_ms > ?2 ORDER BY not_before_ms DESC LIMIT 1",
            (app_id, self._clock.now_ms()),
        )
        key = self._parsed("enc", rows[0][0]) if rows else None
        return key if isinstance(key, PublicKey) else None

    def former_secret(self, app_id: str, now_ms: int) -> MacKey | None:
        """The App_Secret before the present one, while it still serves beside it."""
        rows = self._store.read(
            "SELECT material FROM former_secrets WHERE app_id = ? AND not_after_ms > ?", (app_id, now_ms)
        )
        key = self._parsed(MAC, rows[0][0]) if rows else None
        return key if isinstance(key, MacKey) else None

    def is_taken(self, kid: str) -> bool:
        """Whether a key of this thumbprint is or was anybody's, an application's or the bank's own."""
        applications = "SELECT 1 FROM application_keys WHERE kid = ?1 AND use <> ?2"
        return bool(
            self._store.read(f"{applications} UNION ALL SELECT 1 FROM bank_keys WHERE kid = ?1", (kid, MAC))  # noqa: S608
        )

    def succeeds(self, app_id: str, kid: str, former_kid: str) -> bool:
        """Whether this key of the application took the place of that one, which was not revoked."""
        return bool(
            self._store.read(
                "SELECT 1 FROM application_keys WHERE app_id = ? AND kid = ? AND successor_kid = ?"
                " AND status = 'superseded'",
                (app_id, former_kid, kid),
            )
        )

    def granted(self, app_id: str, api_id: str) -> bool:
        """Default deny: only what stands in the matrix App_ID x API_ID is granted (7.3.1)."""
        return bool(
            self._store.read("SELECT 1 FROM application_grants WHERE app_id = ? AND api_id = ?", (app_id, api_id))
        )

    def grants(self, app_id: str) -> frozenset[str]:
        rows = self._store.read("SELECT api_id FROM application_grants WHERE app_id = ?", (app_id,))
        return frozenset(row[0] for row in rows)

    def certificate_owner(self, sha256_hex: str) -> str | None:
        """The App_ID that a client certificate is bound to, by its fingerprint."""
        rows = self._store.read("SELECT app_id FROM applications WHERE certificate_sha256 = ?", (sha256_hex,))
        return rows[0][0] if rows else None

    def _is_certificate_taken(self, sha256_hex: str) -> bool:
        """Also one that was: during the overlap it is its holder's still, and a revoked one is nobody's."""
        rows = self._store.read(
            "SELECT 1 FROM applications WHERE certificate_sha256 = ?1"
            " UNION ALL SELECT 1 FROM ended_certificates WHERE sha256 = ?1",
            (sha256_hex,),
        )
        return bool(rows)

    def _credential(self, row: Sequence[Any]) -> Credential:
        keyid, app_id, kid, use, material, status, not_before_ms, not_after_ms = row
        return Credential(keyid, app_id, kid, use, status, not_before_ms, not_after_ms, self._parsed(use, material))

    def _parse(self, use: str, material: bytes) -> Key:
        if use != MAC:
            return assertion_key_from_jwk(json.loads(material))
        suite, _, secret = self._vault.unseal(material).partition(b":")
        return MacKey(suite.decode(), secret)

    def _key_validity_s(self, api_ids: Iterable[str]) -> int:
        """How long key pairs serve, by level (7.3.4): longer only where all that is granted is public information."""
        granted = frozenset(api_ids)
        levels = {each.level for each in self._catalogue if each.api_id in granted}
        return self._policy.key_validity_a1_s if levels == {"A1"} else self._policy.key_validity_a2_s

    def _insert_public_key(self, db: Database, app_id: str, offered: OfferedKey, validity_s: int) -> str:
        """KEY_INVALID for a key that is registered already, whoever has it: else a signature would name two senders."""
        if db.execute("SELECT 1 FROM application_keys WHERE kid = ? AND use <> ?", (offered.key.kid, MAC)).fetchone():
            raise problems.KEY_INVALID.problem("This key is already registered; every application has its own.")
        material = json.dumps(offered.key.jwk()).encode()
        return self._insert(db, (app_id, offered.key.kid, offered.use, material), validity_s)

    def _insert_secret(self, db: Database, app_id: str, suite: str, secret: str) -> str:
        material = self._vault.seal(f"{suite}:{secret}".encode())
        return self._insert(db, (app_id, SECRET, MAC, material), self._policy.secret_validity_s)

    def _insert(self, db: Database, facts: tuple[str, str, str, bytes], validity_s: int) -> str:
        app_id, kid, _, _ = facts
        keyid, now_ms = f"{app_id}.{kid}", self._clock.now_ms()
        db.execute(
            "INSERT INTO application_keys (keyid, app_id, kid, use, material, status, not_before_ms, not_after_ms)"
            " VALUES (?, ?, ?, ?, ?, 'active', ?, ?)",
            (keyid, *facts, now_ms, now_ms + validity_s * 1000),
        )
        return keyid


def _insert_grants(db: Database, app_id: str, api_ids: Iterable[str]) -> None:
    for api_id in api_ids:
        db.execute("INSERT INTO application_grants (app_id, api_id) VALUES (?, ?)", (app_id, api_id))


def _application_values(accepted: Accepted) -> tuple[str | int | None, ...]:
    document = accepted.document
    return (
        document.name,
        document.name_zh,
        document.suite,
        document.integration_mode,
        document.direct_assessment,
        json.dumps(document.redirect_uris),
        int(document.sdk_attested),
        accepted.certificate_sha256,
        document.certificate_pem,
    )
