"""Access and refresh tokens: issue, look up, consume, revoke. Reuse of a refresh token revokes its family.

Like ``Codes.redeem``, ``take_refresh`` writes before it raises: the caller catches its ``Problem`` *inside* its write
transaction, so that the revocation commits together with the record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store
from bank_sim.tokens import codes
from bank_sim.tokens.codes import Codes, redeem_or_punish
from bank_sim.tokens.model import AuthorizationCode, Binding, Grant, Issued, new_secret, revoke_family, secret_sha256
from bank_sim.tokens.redemption import Redemption

# The order of columns is the order in which rows are read below.
SCHEMA = (
    codes.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS tokens (
  token_sha256 BLOB PRIMARY KEY, kind TEXT NOT NULL, app_id TEXT NOT NULL, kid TEXT, certificate_sha256 TEXT,
  customer_id TEXT, consent_id TEXT, scope TEXT NOT NULL, issued_at_s INTEGER NOT NULL, expires_s INTEGER NOT NULL,
  family_id TEXT, revoked INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of_family ON tokens (family_id) WHERE family_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS tokens_by_expiry ON tokens (expires_s);
"""
)

# Forgetting costs a delete a row; doing it in batches keeps the common call at one insert.
_FORGET_EVERY = 256
_REMEMBERED_S = 86_400


class Tokens:
    """Everything that changes takes the caller's ``db``, the connection of its write transaction."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, weakened: Callable[[], frozenset[str]] = frozenset
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._weakened = weakened
        self._issued = 0
        self.codes = Codes(clock, policy, weakened)

    def issue_for_user(
        self, db: Database, granted: AuthorizationCode, family_id: str, binding: Binding, scope: str,
        lifetime_s: int, *, refreshable: bool,
    ) -> Issued:  # fmt: skip
        """Tokens for a user's consent; neither outlives it."""
        left_s = granted.not_after_s - self._now_s()
        access_s = min(lifetime_s, left_s)
        facts = (granted.app_id, binding, granted.customer_id, granted.consent_id, scope)
        access_token = self._insert(db, "access", *facts, access_s, family_id)
        refresh_token = None
        if refreshable:
            refresh_s = min(self._policy.refresh_token_s, left_s)
            refresh_token = self._insert(db, "refresh", *facts, refresh_s, family_id)
        return Issued(access_token, access_s, refresh_token, scope)

    def issue_for_application(self, db: Database, app_id: str, binding: Binding, scope: str, lifetime_s: int) -> Issued:
        """A token without a user, for A1 (client_credentials)."""
        token = self._insert(db, "access", app_id, binding, None, None, scope, lifetime_s, None)
        return Issued(token, lifetime_s, None, scope)

    def take_refresh(self, db: Database, refresh_token: str, app_id: str) -> Grant:
        """Consume a refresh token for its successor (RFC 9700 section 4.14.2); reuse revokes the family."""
        taken = db.execute(
            "UPDATE tokens SET used = used + 1 WHERE token_sha256 = ? AND app_id = ? AND kind = 'refresh' RETURNING *",
            (secret_sha256(refresh_token), app_id),
        ).fetchall()
        if not taken:
            raise problems.OAUTH_INVALID_GRANT.problem("The refresh token is unknown or was used.")
        grant, uses = _grant(taken[0]), taken[0][-1]
        presented = Redemption("refresh token", uses, grant.revoked, grant.expires_s, self._now_s())
        redeem_or_punish(db, presented, "refresh", grant.family_id, self._weakened())
        return grant

    def require_active(self, grant: Grant | None) -> Grant:
        """What ``find`` told of an access token, as an API judges it: TOKEN_INVALID, TOKEN_REVOKED, TOKEN_EXPIRED."""
        if grant is None or grant.kind != "access":
            raise problems.TOKEN_INVALID.problem()
        if grant.revoked:
            raise problems.TOKEN_REVOKED.problem()
        if grant.expires_s <= self._now_s():
            raise problems.TOKEN_EXPIRED.problem()
        return grant

    def find(self, token: str) -> Grant | None:
        """A token of either kind as it stands, active or not; None when it was never issued."""
        rows = self._store.read("SELECT * FROM tokens WHERE token_sha256 = ?", (secret_sha256(token),))
        return _grant(rows[0]) if rows else None

    def is_active(self, grant: Grant) -> bool:
        return not grant.revoked and not grant.used and grant.expires_s > self._now_s()

    def revoke(self, db: Database, token: str, app_id: str) -> None:
        """The application gives a token back; a refresh token takes its family along (RFC 7009 section 2.1)."""
        rows = db.execute(
            "UPDATE tokens SET revoked = 1 WHERE token_sha256 = ? AND app_id = ? RETURNING kind, family_id",
            (secret_sha256(token), app_id),
        ).fetchall()
        if rows and rows[0][0] == "refresh":
            revoke_family(db, rows[0][1])

    def void_application(self, db: Database, app_id: str) -> None:
        """Nothing that was issued to an application, or waits to become a token, is worth anything (9.4)."""
        db.execute("UPDATE tokens SET revoked = 1 WHERE app_id = ?", (app_id,))
        db.execute("UPDATE codes SET used = 1 WHERE app_id = ?", (app_id,))
        db.execute("UPDATE request_uris SET used = 1 WHERE app_id = ?", (app_id,))

    def _insert(
        self, db: Database, kind: str, app_id: str, binding: Binding, customer_id: str | None,
        consent_id: str | None, scope: str, lifetime_s: int, family_id: str | None,
    ) -> str:  # fmt: skip
        secret = new_secret()
        now_s = self._now_s()
        self._issued += 1
        if self._issued % _FORGET_EVERY == 0:
            # A day after its end a token is as unknown as one that was never issued.
            db.execute("DELETE FROM tokens WHERE expires_s < ?", (now_s - _REMEMBERED_S,))
        db.execute(
            "INSERT INTO tokens (token_sha256, kind, app_id, kid, certificate_sha256, customer_id, consent_id, scope,"
            " issued_at_s, expires_s, family_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                secret_sha256(secret), kind, app_id, binding.kid, binding.certificate_sha256, customer_id, consent_id,
                scope, now_s, now_s + lifetime_s, family_id,
            ),
        )  # fmt: skip
        return secret

    def _now_s(self) -> int:
        return int(self._clock.now_s())


def _grant(row: Any) -> Grant:
    _sha256, kind, app_id, kid, certificate_sha256, customer_id, consent_id, scope, *rest = row
    issued_at_s, expires_s, family_id, revoked, used = rest
    return Grant(
        kind, app_id, Binding(kid, certificate_sha256), customer_id, consent_id, scope, issued_at_s, expires_s,
        family_id, bool(revoked), bool(used),
    )  # fmt: skip
