"""From a pushed request to a code: what carries an authorization through the browser and back, each good for one use.

A refused redemption must still be remembered: ``redeem`` writes before it raises, and the caller catches its
``Problem`` *inside* its write transaction, so that the revocation commits together with the record.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.tokens.model import AuthorizationCode, PushedRequest, new_secret, revoke_family, secret_sha256

SCHEMA = """
CREATE TABLE IF NOT EXISTS request_uris (
  request_uri_sha256 BLOB PRIMARY KEY, app_id TEXT NOT NULL, consent_id TEXT NOT NULL, consent_type TEXT NOT NULL,
  redirect_uri TEXT NOT NULL, code_challenge TEXT NOT NULL, state TEXT, expires_s INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
  code_sha256 BLOB PRIMARY KEY, app_id TEXT NOT NULL, consent_id TEXT NOT NULL, customer_id TEXT NOT NULL,
  redirect_uri TEXT NOT NULL, code_challenge TEXT NOT NULL, not_after_s INTEGER NOT NULL,
  expires_s INTEGER NOT NULL, family_id TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""

# How long an expired reference is kept, so that a clock set back by a little revives nothing half-forgotten.
_REMEMBERED_S = 3600
_REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"


class Codes:
    """Every method takes the caller's ``db``, the connection of its write transaction."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy

    def push(self, db: Database, request: PushedRequest) -> tuple[str, int]:
        """Keep an authorization request; returns its URI and its seconds to live (RFC 9126 section 2.2)."""
        secret = new_secret()
        db.execute("DELETE FROM request_uris WHERE expires_s < ?", (self._now_s() - _REMEMBERED_S,))
        db.execute(
            "INSERT INTO request_uris (request_uri_sha256, app_id, consent_id, consent_type, redirect_uri,"
            " code_challenge, state, expires_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                secret_sha256(secret), request.app_id, request.consent_id, request.consent_type,
                request.redirect_uri, request.code_challenge, request.state,
                self._now_s() + self._policy.request_uri_s,
            ),
        )  # fmt: skip
        return _REQUEST_URI_PREFIX + secret, self._policy.request_uri_s

    def take_request(self, db: Database, request_uri: str, client_id: str) -> PushedRequest:
        """Open a pushed request, once. Unknown, used, expired or another client's: invalid_request, without telling."""
        rows = db.execute(
            "UPDATE request_uris SET used = 1"
            " WHERE request_uri_sha256 = ? AND app_id = ? AND used = 0 AND expires_s > ?"
            " RETURNING app_id, consent_id, consent_type, redirect_uri, code_challenge, state",
            (secret_sha256(request_uri.removeprefix(_REQUEST_URI_PREFIX)), client_id, self._now_s()),
        ).fetchall()
        if not rows or not request_uri.startswith(_REQUEST_URI_PREFIX):
            raise problems.OAUTH_INVALID_REQUEST.problem("request_uri is unknown, used or expired")
        return PushedRequest(*rows[0])

    def issue(self, db: Database, code: AuthorizationCode) -> str:
        """A code for the redirect back, good for one exchange within a minute."""
        secret = new_secret()
        db.execute(
            "INSERT INTO codes (code_sha256, app_id, consent_id, customer_id, redirect_uri, code_challenge,"
            " not_after_s, expires_s, family_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                secret_sha256(secret), code.app_id, code.consent_id, code.customer_id, code.redirect_uri,
                code.code_challenge, code.not_after_s, self._now_s() + self._policy.code_s, new_secret(),
            ),
        )  # fmt: skip
        return secret

    def redeem(
        self, db: Database, code: str, app_id: str, redirect_uri: str, code_verifier: str
    ) -> tuple[AuthorizationCode, str]:
        """Consume a code; returns what it stands for and the family its tokens shall belong to.

        1. The code is this application's, or nothing happens: nobody can burn another's code.
        2. It is consumed before anything else is looked at: one attempt, right or wrong.
        3. Reuse revokes every token that came of the first use (RFC 6749 section 4.1.2).
        4. Time, redirect URI and PKCE verifier hold (RFC 7636 section 4.6). Any failure is ``invalid_grant``.
        """
        code_sha256 = secret_sha256(code)
        taken = db.execute(
            "UPDATE codes SET used = 1 WHERE code_sha256 = ? AND app_id = ? AND used = 0 RETURNING app_id, consent_id,"
            " customer_id, redirect_uri, code_challenge, not_after_s, expires_s, family_id",
            (code_sha256, app_id),
        ).fetchall()
        if not taken:
            self._punish_reuse(db, code_sha256, app_id)
            raise problems.OAUTH_INVALID_GRANT.problem("The code is unknown or was used.")
        *facts, expires_s, family_id = taken[0]
        granted = AuthorizationCode(*facts)
        if expires_s <= self._now_s():
            raise problems.OAUTH_INVALID_GRANT.problem("The code has expired.")
        if granted.redirect_uri != redirect_uri:
            raise problems.OAUTH_INVALID_GRANT.problem("redirect_uri is not the one of the request.")
        if not hmac.compare_digest(_s256(code_verifier), granted.code_challenge):
            raise problems.OAUTH_INVALID_GRANT.problem("Code challenge failed.")
        return granted, family_id

    def _punish_reuse(self, db: Database, code_sha256: bytes, app_id: str) -> None:
        query = "SELECT family_id FROM codes WHERE code_sha256 = ? AND app_id = ?"
        for (family_id,) in db.execute(query, (code_sha256, app_id)).fetchall():
            revoke_family(db, family_id)

    def _now_s(self) -> int:
        return int(self._clock.now_s())


def _s256(code_verifier: str) -> str:
    return urlsafe_b64encode(sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
