"""Applications' TLS client certificates as they change: renewed with an overlap, revoked at once (JR/T 0185 7.3.4).

Which certificate is bound to an App_ID now stands with the application; here stand those that were, and those that no
longer hold, whoever presents them. TLS judges issuer and validity in the handshake; the sandbox's authority issues.
Changes run in the caller's write transaction, with a line of the custody log and an event.
"""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from bank_sim.config import Policy
from bank_sim.events import Events
from bank_sim.keys import custody
from bank_sim.keys.custody import Change
from bank_sim.registry.parties import Application
from bank_sim.registry.registration import certificate_of, certificate_sha256
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS ended_certificates (
    sha256 TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('superseded', 'revoked')),
    until_ms INTEGER NOT NULL,
    successor_sha256 TEXT
) STRICT, WITHOUT ROWID;
"""


class Certificates:
    """The client certificates of all applications. ``authority``: the file of the CA that issues them."""

    def __init__(self, store: Store, policy: Policy, events: Events, authority: Path) -> None:
        self._store = store
        self._policy = policy
        self._events = events
        self._authority = authority

    def require_unrevoked(self, presented: str) -> None:
        """CERT_REVOKED, seen by every worker at its next call. ``presented``: the fingerprint (SHA-256, hex)."""
        if self._store.read("SELECT 1 FROM ended_certificates WHERE sha256 = ? AND state = 'revoked'", (presented,)):
            raise problems.CERT_REVOKED.problem()

    def serves(self, application: Application, presented: str | None, now_ms: int) -> bool:
        """Whether it is the application's: the one bound now, or the one before it during the overlap."""
        if presented is None or application.certificate_sha256 is None:
            return presented == application.certificate_sha256
        return presented == application.certificate_sha256 or bool(
            self._store.read(
                "SELECT 1 FROM ended_certificates WHERE sha256 = ? AND app_id = ? AND state = 'superseded'"
                " AND until_ms > ?",
                (presented, application.app_id, now_ms),
            )
        )

    def succeeds(self, presented: str | None, former: str) -> bool:
        """Whether this certificate took the place of that one, which was not revoked."""
        return presented is not None and bool(
            self._store.read(
                "SELECT 1 FROM ended_certificates WHERE sha256 = ? AND successor_sha256 = ? AND state = 'superseded'",
                (former, presented),
            )
        )

    def renew(self, db: Transaction, application: Application, pem: str, change: Change) -> tuple[str, int]:
        """Bind a new certificate; the one before it serves for the overlap. Its fingerprint, and until when (ms).

        PARAM_INVALID for what is no certificate of the authority, or is or was somebody's already.
        """
        sha256 = self._fresh(pem)
        until_ms = change.at_ms + self._policy.key_overlap_s * 1000
        old, app_id = application.certificate_sha256, application.app_id
        if old is not None:
            db.execute(
                "INSERT INTO ended_certificates (sha256, app_id, state, until_ms, successor_sha256)"
                " VALUES (?, ?, 'superseded', ?, ?) ON CONFLICT DO NOTHING",
                (old, app_id, until_ms, sha256),
            )
        db.execute(
            "UPDATE applications SET certificate_sha256 = ?, certificate_pem = ? WHERE app_id = ?",
            (sha256, pem, app_id),
        )
        custody.note(db, app_id, _name(sha256), "registered", change)
        self._events.publish(db, app_id, "key.announced", sha256, {"holder": "application", "use": "certificate"})
        return sha256, until_ms

    def revoke(self, db: Transaction, sha256: str, change: Change) -> None:
        """Nobody proves anything with it from now on. RESOURCE_NOT_FOUND; STATE_CHANGED if it is revoked already."""
        app_id = self.owner(sha256)
        if not db.execute(
            "INSERT INTO ended_certificates (sha256, app_id, state, until_ms) VALUES (?1, ?2, 'revoked', ?3)"
            " ON CONFLICT (sha256) DO UPDATE SET state = 'revoked', until_ms = ?3, successor_sha256 = NULL"
            " WHERE state <> 'revoked'",
            (sha256, app_id, change.at_ms),
        ).rowcount:
            raise problems.STATE_CHANGED.problem()
        custody.note(db, app_id, _name(sha256), "revoked", change)
        self._events.publish(db, app_id, "certificate.revoked", sha256, {"by": "bank"})

    def unrevoked_of(self, app_id: str) -> list[str]:
        """The fingerprints with which an application may still prove something."""
        rows = self._store.read(
            "SELECT certificate_sha256 FROM applications WHERE app_id = ?1 AND certificate_sha256 IS NOT NULL"
            " AND certificate_sha256 NOT IN (SELECT sha256 FROM ended_certificates WHERE state = 'revoked')"
            " UNION SELECT sha256 FROM ended_certificates WHERE app_id = ?1 AND state = 'superseded'",
            (app_id,),
        )
        return [row[0] for row in rows]

    def owner(self, sha256: str) -> str:
        """Whose it is or was. RESOURCE_NOT_FOUND."""
        rows = self._store.read(
            "SELECT app_id FROM applications WHERE certificate_sha256 = ?1"
            " UNION SELECT app_id FROM ended_certificates WHERE sha256 = ?1",
            (sha256,),
        )
        if not rows:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return str(rows[0][0])

    def _fresh(self, pem: str) -> str:
        certificate = certificate_of(pem)
        if not self._is_issued_here(certificate):
            raise problems.PARAM_INVALID.problem("The certificate is not issued by this bank's authority.")
        sha256 = certificate_sha256(certificate.public_bytes(Encoding.DER))
        taken = self._store.read(
            "SELECT 1 FROM applications WHERE certificate_sha256 = ?1"
            " UNION ALL SELECT 1 FROM ended_certificates WHERE sha256 = ?1",
            (sha256,),
        )
        if taken:
            raise problems.PARAM_INVALID.problem("The certificate is or was bound already; have a fresh one issued.")
        return sha256

    def _is_issued_here(self, certificate: x509.Certificate) -> bool:
        authority = x509.load_pem_x509_certificate(self._authority.read_bytes())
        try:
            certificate.verify_directly_issued_by(authority)
            purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
            return False
        return ExtendedKeyUsageOID.CLIENT_AUTH in purposes


def _name(sha256: str) -> str:
    """How the custody log names a certificate: enough of its fingerprint to know it by."""
    return f"certificate {sha256[:16]}"
