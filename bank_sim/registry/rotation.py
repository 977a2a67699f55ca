"""Applications' own credentials as they change: a new key beside the old one, an old one ended, App_Secret renewed.

    offer ──challenge──→ prove ──→ registered, and the key before it superseded: both serve for the overlap
    revoke: at once, by the application itself or by the staff

A key is registered only once its holder has shown to have the private half (JR/T 0185 9.2.1 a): a signing key signs
the bank's challenge, a sealing key opens it. Validity, warnings and overlap are the policy's (7.3.4). Everything runs
in the caller's write transaction, with a line of the custody log and an event to the application.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import msgspec

from bank_sim.events import Events
from bank_sim.keys import Vault, custody
from bank_sim.keys.custody import Change
from bank_sim.policy import Policy
from bank_sim.registry.applications import MAC, SECRET, Registry
from bank_sim.registry.parties import Application
from bank_sim.registry.registration import OfferedKey, offered_key
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.strict_base64 import from_base64url
from bank_sim.store import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS key_challenges (
    rotation_id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    jwk TEXT NOT NULL,
    use TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'proven'))
) STRICT, WITHOUT ROWID;
"""

_NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the holder of a new key must do. ``nonce``: for a signing key a text to sign, for a sealing key what it must
    find in a value that is sealed to it; the caller seals."""

    rotation_id: str
    key: PublicKey
    nonce: str


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key that serves from now on, and until when those before it do (ms since 1970)."""

    keyid: str
    use: str
    not_after_ms: int
    superseded: tuple[str, ...]
    superseded_until_ms: int


class ApplicationKeys:
    """The changing of all applications' credentials."""

    def __init__(self, registry: Registry, vault: Vault, policy: Policy, issuer: str, events: Events) -> None:
        self._registry = registry
        self._vault = vault
        self._policy = policy
        self._issuer = issuer
        self._events = events

    def require_offerable(self, application: Application, jwk: Mapping[str, Any]) -> OfferedKey:
        """KEY_INVALID, KEY_USAGE_MISMATCH: no usable key of the application's suite for signing or sealing; registered
        already, by whomever, in whatever state; a key of the bank."""
        offered = offered_key(jwk, application.suite)
        if offered.use == "assertion" or not isinstance(offered.key, PublicKey):
            raise problems.KEY_INVALID.problem(f"Only keys of the suite {application.suite} are rotated here.")
        if self._registry.is_taken(offered.key.kid):
            raise problems.KEY_INVALID.problem("This key is or was registered already; make a fresh one.")
        return offered

    def offer(self, db: Transaction, application: Application, jwk: Mapping[str, Any], now_ms: int) -> Challenge:
        """Lay a new public key before the bank; nothing serves before it is proven."""
        key = self.require_offerable(application, jwk).key
        assert isinstance(key, PublicKey)
        rotation_id, nonce = f"rot_{secrets.token_hex(12)}", secrets.token_urlsafe(_NONCE_BYTES)
        if key.use == "sig":
            nonce = possession_text(self._issuer, application.app_id, key.kid, nonce)
        expected = nonce if key.use == "sig" else _digest(nonce)
        expires_ms = now_ms + self._policy.key_challenge_s * 1000
        # Whoever asks again and again must not fill the bank's disk.
        db.execute("DELETE FROM key_challenges WHERE app_id = ? AND expires_ms <= ?", (application.app_id, now_ms))
        db.execute(
            "INSERT INTO key_challenges (rotation_id, app_id, jwk, use, challenge, expires_ms, state)"
            " VALUES (?, ?, ?, ?, ?, ?, 'open')",
            (rotation_id, application.app_id, msgspec.json.encode(key.jwk()).decode(), key.use, expected, expires_ms),
        )
        return Challenge(rotation_id, key, nonce)

    def require_possession(self, app_id: str, rotation_id: str, proof: str) -> None:
        """The proof answers the challenge: KEY_NOT_PROVEN."""
        rows = self._registry.store.read(
            "SELECT jwk, use, challenge FROM key_challenges WHERE rotation_id = ? AND app_id = ?", (rotation_id, app_id)
        )
        if not rows:
            raise problems.KEY_NOT_PROVEN.problem("There is no such rotation_id.")
        jwk, use, challenge = rows[0]
        if not _answers(jwk, use, challenge, proof):
            raise problems.KEY_NOT_PROVEN.problem("The proof does not answer the challenge of this rotation_id.")

    def prove(self, db: Transaction, application: Application, rotation_id: str, change: Change) -> Rotated:
        """Let a proven key serve, and those of its use before it for the overlap only.

        KEY_NOT_PROVEN for a challenge that is another's, used up or too old; KEY_INVALID for a key that was registered
        meanwhile.
        """
        app_id = application.app_id
        row = db.execute(
            "SELECT jwk FROM key_challenges WHERE rotation_id = ? AND app_id = ? AND state = 'open' AND expires_ms > ?",
            (rotation_id, app_id, change.at_ms),
        ).fetchone()
        if row is None:
            raise problems.KEY_NOT_PROVEN.problem("This challenge is used up or too old; offer the key again.")
        key = public_from_jwk(msgspec.json.decode(row[0]))
        # Where it is refused, as for a key that was offered twice, nothing makes way for it.
        keyid = self._registry.insert_key(db, app_id, OfferedKey(key, key.use))
        db.execute("UPDATE key_challenges SET state = 'proven' WHERE rotation_id = ?", (rotation_id,))
        until_ms = change.at_ms + self._policy.key_overlap_s * 1000
        superseded = self._supersede(db, app_id, key.use, key.kid, until_ms, change)
        custody.note(db, app_id, keyid, "registered", change)
        not_after_ms = db.execute("SELECT not_after_ms FROM application_keys WHERE keyid = ?", (keyid,)).fetchone()[0]
        self._events.publish(
            db, app_id, "key.announced", keyid, {"holder": "application", "use": key.use, "not_after_ms": not_after_ms}
        )
        return Rotated(keyid, key.use, not_after_ms, superseded, until_ms)

    def revoke(self, db: Transaction, keyid: str, change: Change) -> None:
        """A credential serves nobody from now on; what was bound to it is worthless. There is no way back.

        RESOURCE_NOT_FOUND; STATE_CHANGED for one that is revoked already.
        """
        row = db.execute("SELECT app_id, use, status FROM application_keys WHERE keyid = ?", (keyid,)).fetchone()
        if row is None:
            raise problems.RESOURCE_NOT_FOUND.problem()
        app_id, use, before = row
        if not db.execute(
            "UPDATE application_keys SET status = 'revoked', successor_kid = NULL WHERE keyid = ?"
            " AND status <> 'revoked'",
            (keyid,),
        ).rowcount:
            raise problems.STATE_CHANGED.problem()
        if use == MAC:
            db.execute("DELETE FROM former_secrets WHERE app_id = ?", (app_id,))
        custody.note(db, app_id, keyid, "revoked", change)
        by = "application" if change.by == app_id else "bank"
        self._events.publish(
            db, app_id, "key.revoked", keyid, {"holder": "application", "use": use, "state_before": before, "by": by}
        )

    def renew_secret(self, db: Transaction, application: Application, change: Change) -> tuple[str, int]:
        """A new App_Secret, told this once, and until when the old one serves beside it (ms).

        Messages name every App_Secret alike; the old one is tried after the new one. One that is revoked or past its
        validity does not serve on. ILLEGAL_TRANSITION for an application without App_Secret: so it was agreed.
        """
        app_id, keyid = application.app_id, f"{application.app_id}.{SECRET}"
        until_ms = change.at_ms + self._policy.secret_overlap_s * 1000
        db.execute(
            "INSERT OR REPLACE INTO former_secrets (app_id, material, not_after_ms) SELECT app_id, material,"
            " min(not_after_ms, ?) FROM application_keys WHERE keyid = ? AND status <> 'revoked'",
            (until_ms, keyid),
        )
        if not db.execute("DELETE FROM application_keys WHERE keyid = ? AND use = ?", (keyid, MAC)).rowcount:
            raise problems.ILLEGAL_TRANSITION.problem("This application has no App_Secret.")
        db.execute("DELETE FROM key_warnings WHERE keyid = ?", (keyid,))
        secret = self._registry.insert_secret(db, app_id, application.suite)
        custody.note(db, app_id, keyid, "renewed", change)
        self._events.publish(
            db, app_id, "key.announced", keyid, {"holder": "application", "use": MAC, "former_until_ms": until_ms}
        )
        return secret, until_ms

    def _supersede(
        self, db: Transaction, app_id: str, use: str, successor: str, until_ms: int, change: Change
    ) -> tuple[str, ...]:
        """The keys that made way this time; those that had before point to the newest one as well."""
        keyids = [
            row[0]
            for row in db.execute(
                "SELECT keyid FROM application_keys WHERE app_id = ? AND use = ? AND status = 'active' AND kid <> ?",
                (app_id, use, successor),
            ).fetchall()
        ]
        db.execute(
            "UPDATE application_keys"
            " SET status = 'superseded', successor_kid = ?1, not_after_ms = min(not_after_ms, ?2)"
            " WHERE app_id = ?3 AND use = ?4 AND status IN ('active', 'superseded') AND kid <> ?1",
            (successor, until_ms, app_id, use),
        )
        for keyid in keyids:
            custody.note(db, app_id, keyid, "superseded", change)
        return tuple(keyids)


def possession_text(issuer: str, app_id: str, kid: str, nonce: str) -> str:
    """What a new signing key signs: it can be taken for no other message of this wire."""
    return f"key-possession:{issuer}:{app_id}:{kid}:{nonce}"


def _digest(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _answers(jwk: str, use: str, challenge: str, proof: str) -> bool:
    if use == "enc":
        return compare_digest(challenge, _digest(proof))
    try:
        signature = from_base64url(proof)
    except ValueError:
        return False
    return public_from_jwk(msgspec.json.decode(jwk)).verify(signature, challenge.encode())
