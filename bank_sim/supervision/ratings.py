"""How much risk the bank lets an application carry: its grade, with the evidence, and the limits that follow from it.

Limits are for one payment, for a Beijing day, and for how many accounts may be linked (JR/T 0185 10.2.1 c). The day's
total is claimed by a conditional update inside the transaction that moves the money, so that it is exact whatever runs
beside it. An application that nobody has rated is just that, ``unrated``: it counts as what ``Policy.app_unrated_as``
says, by default as of the highest risk.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from sqlite_utils import Database

from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS application_ratings (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id TEXT NOT NULL REFERENCES applications,
    grade TEXT NOT NULL CHECK (grade IN ('low', 'medium', 'high')),
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    evidence TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS application_ratings_of ON application_ratings (app_id, serial);
CREATE TABLE IF NOT EXISTS application_day_totals (
    app_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    PRIMARY KEY (app_id, day)
) STRICT, WITHOUT ROWID;
""" + append_only("application_ratings")

Grade = Literal["low", "medium", "high"]
GRADES: tuple[Grade, ...] = get_args(Grade)
UNRATED: Literal["unrated"] = "unrated"
_BEIJING_MS, _DAY_MS = 8 * 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating. ``evidence``: what it rests on, in words; ``by``: who agreed to it."""

    grade: Grade
    at_ms: int
    by: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Limits:
    """In fen, and in accounts under consents that stand."""

    payment_fen: int
    day_fen: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Marks:
    """How an applicant scored at its admission, of how much."""

    total: int
    most: int

    @property
    def grade(self) -> Grade:
        """Ours: from four fifths on a newcomer counts as of low risk; nobody who was admitted begins at high."""
        return "low" if 5 * self.total >= 4 * self.most else "medium"


def grade_of(text: str) -> Grade:
    """PARAM_INVALID for what is no grade."""
    for grade in GRADES:
        if text == grade:
            return grade
    raise problems.PARAM_INVALID.problem(f"grade is one of {', '.join(GRADES)}.")


def rate(db: Database, app_id: str, rating: Rating) -> None:
    """In force from the caller's commit on, in every worker."""
    db.execute(
        "INSERT INTO application_ratings (app_id, grade, at_ms, by, evidence) VALUES (?, ?, ?, ?, ?)",
        (app_id, rating.grade, rating.at_ms, rating.by, rating.evidence),
    )


def ratings_of(store: Store, app_id: str) -> list[Rating]:
    """The newest first."""
    rows = store.read(
        "SELECT grade, at_ms, by, evidence FROM application_ratings WHERE app_id = ? ORDER BY serial DESC", (app_id,)
    )
    return [Rating(*row) for row in rows]


def standing_of(store: Store, app_id: str) -> Grade | Literal["unrated"]:
    """The grade that is in force."""
    rated = ratings_of(store, app_id)
    return rated[0].grade if rated else UNRATED


class AppLimits:
    """The limits of all applications."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def of(self, app_id: str) -> Limits:
        """What this application's grade allows; of one without a grade, what the policy takes it for."""
        rows = self._store.read(
            "SELECT grade FROM application_ratings WHERE app_id = ? ORDER BY serial DESC LIMIT 1", (app_id,)
        )
        return self.of_grade(rows[0][0] if rows else self._policy.app_unrated_as)

    def of_grade(self, grade: Grade) -> Limits:
        number = GRADES.index(grade)
        policy = self._policy
        return Limits(
            policy.app_payment_fen_max[number], policy.app_day_fen_max[number], policy.app_accounts_max[number]
        )

    def require_payment(self, app_id: str, amount_fen: int) -> None:
        """APP_LIMIT_EXCEEDED for one payment that is too large for this application."""
        if amount_fen > self.of(app_id).payment_fen:
            raise problems.APP_LIMIT_EXCEEDED.problem("The amount is above what this application may move at once.")

    def claim_day(self, db: Database, app_id: str, amount_fen: int, now_ms: int) -> None:
        """Add a payment to the day's total, in the transaction that moves the money. APP_LIMIT_EXCEEDED."""
        limit = self.of(app_id).day_fen
        claimed = db.execute(
            "INSERT INTO application_day_totals (app_id, day, total_fen) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4"
            " ON CONFLICT (app_id, day) DO UPDATE SET total_fen = total_fen + ?3 WHERE total_fen + ?3 <= ?4",
            (app_id, beijing_day(now_ms), amount_fen, limit),
        ).rowcount
        if claimed != 1:
            raise problems.APP_LIMIT_EXCEEDED.problem("The day's total of this application would be exceeded.")

    def give_back_day(self, db: Database, app_id: str, amount_fen: int, claimed_at_ms: int) -> None:
        """Take a payment that the bank did not carry out after all off the total of the day that it was claimed on."""
        db.execute(
            "UPDATE application_day_totals SET total_fen = max(0, total_fen - ?) WHERE app_id = ? AND day = ?",
            (amount_fen, app_id, beijing_day(claimed_at_ms)),
        )

    def day_total(self, app_id: str, now_ms: int) -> int:
        """What this Beijing day has taken so far, in fen."""
        rows = self._store.read(
            "SELECT total_fen FROM application_day_totals WHERE app_id = ? AND day = ?", (app_id, beijing_day(now_ms))
        )
        return int(rows[0][0]) if rows else 0

    def require_room(
        self, app_id: str, account_ids: Collection[str], now_s: float, *, in_place_of: str | None = None
    ) -> None:
        """APP_LIMIT_EXCEEDED where these accounts would be more than the application may have linked in all.

        One that it has linked already is none more; the accounts of the consent ``in_place_of`` which these are given
        make room for them, as many as they are and no more.
        """
        linked = {*account_ids, *self._linked(app_id, now_s, in_place_of)}
        if len(linked) > self.of(app_id).accounts:
            raise problems.APP_LIMIT_EXCEEDED.problem("This application may link no more accounts.")

    def linked(self, app_id: str, now_s: float) -> int:
        """The accounts under consents of this application that stand."""
        return len(self._linked(app_id, now_s, None))

    def _linked(self, app_id: str, now_s: float, except_consent: str | None) -> list[str]:
        rows = self._store.read(
            "SELECT DISTINCT a.account_id FROM consent_accounts a JOIN consents c USING (consent_id)"
            " WHERE c.app_id = ? AND c.state = 'authorised' AND c.valid_to_s > ? AND a.ended_at_ms IS NULL"
            " AND c.consent_id IS NOT ?",
            (app_id, now_s, except_consent),
        )
        return [row[0] for row in rows]


def beijing_day(now_ms: int) -> int:
    """The Beijing day that an instant lies in, counted from 1970."""
    return (now_ms + _BEIJING_MS) // _DAY_MS
