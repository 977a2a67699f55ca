"""From a pushed request to a code: what carries an authorization through the browser and back, each good for one use.

A refused redemption must still be remembered: ``redeem`` writes before it raises, and the caller catches its
``Problem`` *inside* its write transaction, so that the revocation commits together with the record.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.tokens.model import AuthorizationCode, PushedRequest, new_secret, revoke_family, secret_sha256
from bank_sim.tokens.redemption import REDEMPTIONS, REUSED, Redemption

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
    """Every method takes the caller's ``db``, the connection of its write transaction.

    ``weakened`` is read at each redemption: the names of the rows that a weakened bank leaves out.
    """

    def __init__(self, clock: Clock, policy: Policy, weakened: Callable[[], frozenset[str]] = frozenset) -> None:
        self._clock = clock
        self._policy = policy
        self._weakened = weakened

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
        taken = db.execute(
            "UPDATE codes SET used = used + 1 WHERE code_sha256 = ? AND app_id = ? RETURNING app_id, consent_id,"
            " customer_id, redirect_uri, code_challenge, not_after_s, expires_s, family_id, used",
            (secret_sha256(code), app_id),
        ).fetchall()
        if not taken:
            raise problems.OAUTH_INVALID_GRANT.problem("The code is unknown or was used.")
        *facts, expires_s, family_id, uses = taken[0]
        granted = AuthorizationCode(*facts)
        presented = Redemption(
            "code", uses, revoked=False, expires_s=expires_s, now_s=self._now_s(), code=granted,
            redirect_uri=redirect_uri, code_verifier=code_verifier,
        )  # fmt: skip
        redeem_or_punish(db, presented, "code", family_id, self._weakened())
        return granted, family_id

    def _now_s(self) -> int:
        return int(self._clock.now_s())


def redeem_or_punish(
    db: Database, presented: Redemption, column: str, family_id: str | None, weakened: frozenset[str]
) -> None:
    """Run the rows; where it was presented before, every token that came of the first time is worthless too."""
    try:
        REDEMPTIONS.run(presented, column, weakened)
    except problems.Problem as problem:
        if problem.reason == REUSED and family_id is not None:
            revoke_family(db, family_id)
        raise
