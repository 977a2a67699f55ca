"""Codes sent to the user's phone: six digits, three minutes, five tries, for one purpose (JR/T 0185 7.2.1 b, 10.2.2).

A customer has at most one code, the newest; it is kept as an HMAC together with the digest of what it may confirm,
and wiped as soon as it has done so (7.2.2: sensitive data is cleared promptly). It must not know what purposes mean.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace

from sqlite_utils import Database

from bank_sim.clock import Clock
from bank_sim.identity.attempts import Attempts
from bank_sim.identity.tries import CODE_CHECKS, TRIES, CodeCase, Try
from bank_sim.keys import Vault
from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Problem

SCHEMA = """
CREATE TABLE IF NOT EXISTS one_time_codes (
  customer_id TEXT PRIMARY KEY, purpose_sm3 BLOB NOT NULL, code_hmac BLOB NOT NULL,
  sent_s INTEGER NOT NULL, expires_s INTEGER NOT NULL, tries_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_DAY_S = 86_400


class OneTimeCodes:
    """``vault`` holds the key of the HMAC: six digits under a plain hash are found by counting to a million."""

    def __init__(
        self, clock: Clock, policy: Policy, attempts: Attempts, vault: Vault,
        weakened: Callable[[], frozenset[str]] = frozenset,
    ) -> None:  # fmt: skip
        self._clock = clock
        self._policy = policy
        self._attempts = attempts
        self._vault = vault
        self._weakened = weakened

    def issue(self, db: Database, customer_id: str, purpose_sm3: bytes, deliver: Callable[[str], None]) -> None:
        """Make a code for one purpose, in place of any earlier one, and hand it to ``deliver`` (the only plain copy).

        OTP_TOO_FREQUENT within a minute of the last unused code and after a day's quota, with ``retry_after_s``.
        """
        now_s = int(self._clock.now_s())
        self._require_pause(db, customer_id, now_s)
        code = f"{secrets.randbelow(10**self._policy.otp_digits):0{self._policy.otp_digits}}"
        db.execute(
            "INSERT OR REPLACE INTO one_time_codes VALUES (?, ?, ?, ?, ?, ?)",
            (
                customer_id, purpose_sm3, self._hmac(customer_id, code), now_s, now_s + self._policy.otp_lifetime_s,
                self._policy.otp_tries,
            ),
        )  # fmt: skip
        deliver(code)

    def judge(self, db: Database, customer_id: str, purpose_sm3: bytes, code: str) -> Problem | None:
        """Try a code; None when it holds, and then it is gone. The caller commits before it raises the refusal,
        so that a failed try stays counted.

        1. There is a code, and it was issued for this very purpose: OTP_INVALID, CONFIRMATION_MISMATCH.
        2. It has tries left: OTP_LOCKED. It has time left: OTP_EXPIRED.
        3. It is the right one: OTP_INVALID with ``tries_left``, the last wrong try OTP_LOCKED.
        """
        found = db.execute(
            "SELECT purpose_sm3, code_hmac, expires_s, tries_left FROM one_time_codes WHERE customer_id = ?",
            (customer_id,),
        ).fetchone()
        if found is None:
            return problems.OTP_INVALID.problem()
        issued_for_sm3, code_hmac, expires_s, tries_left = found
        case = CodeCase(issued_for_sm3, purpose_sm3, tries_left, expires_s, self._clock.now_s())
        if refusal := self._refusal(case, "code"):
            return refusal
        if hmac.compare_digest(code_hmac, self._hmac(customer_id, code)):
            db.execute("DELETE FROM one_time_codes WHERE customer_id = ?", (customer_id,))
            return None
        left = max(0, tries_left - 1)
        db.execute("UPDATE one_time_codes SET tries_left = ? WHERE customer_id = ?", (left, customer_id))
        return self._refusal(replace(case, tries_left=left), "tried") or problems.OTP_INVALID.problem(tries_left=left)

    def _refusal(self, case: CodeCase, column: str) -> Problem | None:
        try:
            CODE_CHECKS.run(case, column, self._weakened())
        except Problem as problem:
            return problem
        return None

    def _require_pause(self, db: Database, customer_id: str, now_s: int) -> None:
        found = db.execute("SELECT sent_s FROM one_time_codes WHERE customer_id = ?", (customer_id,)).fetchone()
        if found:
            TRIES.run(Try(0, found[0] + self._policy.otp_interval_s - now_s), "interval", self._weakened())
        subject = f"sms:{customer_id}"
        left = self._attempts.claim(db, subject, self._policy.otp_sends_day_max, _DAY_S)
        TRIES.run(Try(left, self._attempts.rest_s(db, subject)), "day", self._weakened())

    def _hmac(self, customer_id: str, code: str) -> bytes:
        return self._vault.mac(f"one-time code {customer_id} {code}".encode())
