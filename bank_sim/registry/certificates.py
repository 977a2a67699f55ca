"""Applications' TLS client certificates: signed by the bank's authority, renewed with an overlap, revoked at once.

Which certificate is bound to an App_ID now stands with the application; here stand those that were issued, those that
were superseded, and those that no longer hold, whoever presents them (JR/T 0185 7.3.4). A key is certified once.
Changes run in the caller's write transaction, with a line of the custody log and an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bank_sim.clock import Clock
from bank_sim.events import Events
from bank_sim.events.model import Fact
from bank_sim.keys import ClientAuthority, Ended, custody
from bank_sim.keys.custody import Change
from bank_sim.policy import Policy
from bank_sim.registry.certificate_requests import key_sha256
from bank_sim.registry.parties import Application
from bank_sim.registry.registration import certificate_sha256
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS issued_certificates (
    sha256 TEXT PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    key_sha256 TEXT NOT NULL UNIQUE,
    app_id TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    not_after_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended_certificates (
    sha256 TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('superseded', 'revoked')),
    until_ms INTEGER NOT NULL,
    successor_sha256 TEXT
) STRICT, WITHOUT ROWID;
"""

# Ours: what signing costs grows with the list, and no proof stands before it.
_LIST_KEPT_S = 60


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that is bound now. Times are ms since 1970; ``former_until_ms`` None: there was none before."""

    pem: str
    sha256: str
    not_after_ms: int
    former_until_ms: int | None


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list of revoked certificates as it was signed: of these rows, at this time of the machine's."""

    rows: list[Any]
    at_s: float
    signed: x509.CertificateRevocationList


class Certificates:
    """The client certificates of all applications. ``list_url``: where the list of revoked ones is published."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, events: Events, authority: ClientAuthority, list_url: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._events = events
        self._authority = authority
        self._list_url = list_url
        self._listed: _Listed | None = None

    @property
    def authority_pem(self) -> bytes:
        """The certificate of the authority that signs them."""
        return self._authority.pem

    def require_standing(self, presented: str, now_ms: int) -> None:
        """CERT_REVOKED, CERT_EXPIRED: seen by every worker at its next call, also on a connection that was open before.

        ``presented``: the fingerprint (SHA-256, hex). TLS judges validity by the machine's clock; this by the bank's.
        """
        revoked, not_after_ms = self._store.read(
            "SELECT EXISTS (SELECT 1 FROM ended_certificates WHERE sha256 = ?1 AND state = 'revoked'),"
            " (SELECT not_after_ms FROM issued_certificates WHERE sha256 = ?1)",
            (presented,),
        )[0]
        if revoked:
            raise problems.CERT_REVOKED.problem()
        if not_after_ms is not None and not_after_ms <= now_ms:
            raise problems.CERT_EXPIRED.problem()

    def is_over(self, sha256: str, now_ms: int) -> bool:
        """Whether a certificate that is bound proves nothing any more."""
        try:
            self.require_standing(sha256, now_ms)
        except Problem:
            return True
        return False

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

    def issue(self, db: Transaction, app_id: str, request: x509.CertificateSigningRequest, change: Change) -> Issued:
        """Sign a request that was judged, and bind the certificate; the one before it serves for the overlap.

        Whoever lost the answer gets the same certificate again. KEY_INVALID for a key that was certified before.
        """
        old = db.execute("SELECT certificate_sha256, certificate_pem FROM applications WHERE app_id = ?", (app_id,))
        old_sha256, old_pem = old.fetchone()
        again = self._certified(db, app_id, request)
        if again is not None:
            if again[0] != old_sha256:
                raise problems.KEY_INVALID.problem("The key of the request was certified before; make a fresh one.")
            return Issued(old_pem, old_sha256, again[1], self._former_until_ms(db, old_sha256))
        certificate = self._signed(request)
        sha256 = certificate_sha256(certificate.public_bytes(Encoding.DER))
        pem = certificate.public_bytes(Encoding.PEM).decode()
        not_after_ms = int(certificate.not_valid_after_utc.timestamp() * 1000)
        db.execute(
            "INSERT INTO issued_certificates (sha256, serial, key_sha256, app_id, issued_ms, not_after_ms)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (sha256, f"{certificate.serial_number:x}", key_sha256(request), app_id, change.at_ms, not_after_ms),
        )
        former_until_ms = self._supersede(db, app_id, old_sha256, sha256, change) if old_sha256 is not None else None
        db.execute(
            "UPDATE applications SET certificate_sha256 = ?, certificate_pem = ? WHERE app_id = ?",
            (sha256, pem, app_id),
        )
        custody.note(db, app_id, _name(sha256), "registered", change)
        if old_sha256 is not None:
            facts: dict[str, Fact] = {"holder": "application", "use": "certificate", "not_after_ms": not_after_ms}
            self._events.publish(db, app_id, "key.announced", sha256, facts)
        return Issued(pem, sha256, not_after_ms, former_until_ms)

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
        self._events.publish(
            db, app_id, "certificate.revoked", sha256, {"by": "application" if change.by == app_id else "bank"}
        )

    def revocation_list(self) -> x509.CertificateRevocationList:
        """The signed list of all that were issued here and revoked, as it is at this moment.

        Others check it by their own clocks, so that it is dated by the machine's. Anybody may ask for it: one that says
        the same is signed once a minute, however often it is asked for.
        """
        rows = self._store.read(
            "SELECT serial, until_ms FROM ended_certificates JOIN issued_certificates USING (sha256)"
            " WHERE state = 'revoked' ORDER BY until_ms, sha256"
        )
        now_s, kept_s = self._clock.machine_now_s, min(_LIST_KEPT_S, self._policy.revocation_list_s / 2)
        if self._listed is None or self._listed.rows != rows or not 0 <= now_s - self._listed.at_s < kept_s:
            ended = [Ended(int(serial, 16), min(at_ms / 1000, now_s)) for serial, at_ms in rows]
            until_s = now_s + self._policy.revocation_list_s
            signed = self._authority.revocation_list(ended, int(now_s * 1000), now_s, until_s)
            self._listed = _Listed(rows, now_s, signed)
        return self._listed.signed

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

    def is_of(self, app_id: str, sha256: str) -> bool:
        """Whether it is or was this application's."""
        try:
            return self.owner(sha256) == app_id
        except Problem:
            return False

    def is_certified(self, request: x509.CertificateSigningRequest) -> bool:
        """Whether the key of a request is or was anybody's certificate's."""
        return bool(self._store.read("SELECT 1 FROM issued_certificates WHERE key_sha256 = ?", (key_sha256(request),)))

    def pem_of(self, app_id: str) -> str | None:
        """The certificate that is bound to an App_ID now."""
        rows = self._store.read("SELECT certificate_pem FROM applications WHERE app_id = ?", (app_id,))
        return rows[0][0] if rows else None

    def _certified(
        self, db: Transaction, app_id: str, request: x509.CertificateSigningRequest
    ) -> tuple[str, int] | None:
        """The certificate of the request's key and its end; one of another application's has no fingerprint here."""
        row = db.execute(
            "SELECT CASE app_id WHEN ? THEN sha256 ELSE '' END, not_after_ms FROM issued_certificates"
            " WHERE key_sha256 = ?",
            (app_id, key_sha256(request)),
        ).fetchone()
        return None if row is None else (str(row[0]), int(row[1]))

    def _signed(self, request: x509.CertificateSigningRequest) -> x509.Certificate:
        """From now by the machine's clock, by which TLS judges, for the policy's time by the bank's."""
        until_s = self._clock.now_s() + self._policy.certificate_validity_s
        return self._authority.issue(request, self._clock.machine_now_s, until_s, self._list_url)

    def _supersede(self, db: Transaction, app_id: str, old_sha256: str, sha256: str, change: Change) -> int:
        """Until when the old one serves; one that was revoked stays so."""
        until_ms = change.at_ms + self._policy.key_overlap_s * 1000
        db.execute(
            "INSERT INTO ended_certificates (sha256, app_id, state, until_ms, successor_sha256)"
            " VALUES (?, ?, 'superseded', ?, ?) ON CONFLICT DO NOTHING",
            (old_sha256, app_id, until_ms, sha256),
        )
        custody.note(db, app_id, _name(old_sha256), "superseded", change)
        return until_ms

    def _former_until_ms(self, db: Transaction, sha256: str) -> int | None:
        row: Any = db.execute(
            "SELECT until_ms FROM ended_certificates WHERE successor_sha256 = ? AND state = 'superseded'", (sha256,)
        ).fetchone()
        return None if row is None else int(row[0])


def _name(sha256: str) -> str:
    """How the custody log names a certificate: enough of its fingerprint to know it by."""
    return f"certificate {sha256[:16]}"
