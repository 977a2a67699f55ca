"""How much each application may call: the bank's defaults, what was agreed with it, what the staff has set.

    scope   ``app``   all calls of one App_ID        ``api``   its calls of one interface
            ``user``  its calls for one customer
    per     ``second``, ``minute``, ``day`` (sliding windows), ``concurrent`` (calls under way)

The staff's word goes before the agreement, the agreement before the defaults. It says what holds, and counts nothing;
what the staff changes is read anew by every worker at its next call (JR/T 0185 10.1.2 a 1, 10.2.1 b).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from bank_sim.policy import Policy
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store, Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS quotas (
    app_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    per TEXT NOT NULL CHECK (per IN ('second', 'minute', 'day', 'concurrent')),
    amount INTEGER NOT NULL CHECK (amount > 0),
    by TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (app_id, scope, per)
) STRICT, WITHOUT ROWID;
"""

Scope = Literal["app", "api", "user"]
Per = Literal["second", "minute", "day", "concurrent"]
Origin = Literal["policy", "agreement", "staff"]
PERS: tuple[Per, ...] = get_args(Per)
WINDOW_S: Mapping[Per, int] = {"second": 1, "minute": 60, "day": 86_400}
AMOUNT_MAX = 1_000_000_000
# An agreement that is signed while its application calls holds after this.
_KEPT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` calls ``per`` window, or at the same time; ``origin``: whose word it is."""

    scope: Scope
    per: Per
    amount: int
    origin: Origin

    @property
    def name(self) -> str:
        """As it stands in headers and alarms: ``app-second``."""
        return f"{self.scope}-{self.per}"

    @property
    def window_ms(self) -> int:
        return WINDOW_S[self.per] * 1000


@dataclass(frozen=True, eq=False)
class Limits:
    """Those for the calls of one application at one interface, of its users last: the same object while they hold."""

    all: tuple[Limit, ...]


class Agreed(NamedTuple):
    """The volumes of a cooperation agreement; None where it is silent."""

    second: int | None
    minute: int | None
    day: int | None
    concurrent: int | None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the staff has set. ``scope``: ``app``, ``user`` or an API_ID."""

    app_id: str
    scope: str
    per: Per
    amount: int
    by: str
    at_ms: int
    reason: str


def set_quota(db: Transaction, setting: Setting) -> None:
    """Set a limit in the caller's transaction, whose commit a new generation follows. PARAM_INVALID."""
    if not 0 < setting.amount <= AMOUNT_MAX:
        raise problems.PARAM_INVALID.problem(f"A limit is a number from 1 to {AMOUNT_MAX}.")
    db.execute(
        "INSERT INTO quotas VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET"
        " amount = ?4, by = ?5, at_ms = ?6, reason = ?7",
        (
            setting.app_id, setting.scope, setting.per, setting.amount,
            setting.by, setting.at_ms, setting.reason,
        ),
    )  # fmt: skip


def lift_quota(db: Transaction, app_id: str, scope: str, per: str) -> None:
    """Back to the agreement, or the default. STATE_CHANGED where nothing is set."""
    lifted = db.execute("DELETE FROM quotas WHERE app_id = ? AND scope = ? AND per = ?", (app_id, scope, per))
    if lifted.rowcount != 1:
        raise problems.STATE_CHANGED.problem()


class Quotas:
    """The limits of all applications, kept in memory under the number that ``generation`` says."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        agreed: Callable[[Store, str], Agreed | None],
        generation: Callable[[], int],
    ) -> None:
        self._store = store
        self._policy = policy
        self._agreed = agreed
        self._generation = generation
        self._kept: dict[tuple[str, str], Limits] = {}
        self._kept_under = (-1, -1)

    def of(self, app_id: str, api_id: str, now_ms: int) -> Limits:
        """Every limit for a call of one interface by one application."""
        under = (self._generation(), now_ms // _KEPT_MS)
        if under != self._kept_under:
            self._kept.clear()
            self._kept_under = under
        found = self._kept.get((app_id, api_id))
        if found is None:
            found = self._kept[app_id, api_id] = self._resolve(app_id, api_id)
        return found

    def settings(self, app_id: str | None = None) -> list[Setting]:
        """What the staff has set, for one application or for all."""
        rows = self._store.read(
            "SELECT app_id, scope, per, amount, by, at_ms, reason FROM quotas WHERE ?1 IS NULL OR app_id = ?1"
            " ORDER BY app_id, scope, per",
            (app_id,),
        )
        return [Setting(*row) for row in rows]

    def _resolve(self, app_id: str, api_id: str) -> Limits:
        set_by_staff = {(each.scope, each.per): each.amount for each in self.settings(app_id)}
        agreed = self._agreed(self._store, app_id)
        found = []
        for (scope, per), default in defaults(self._policy).items():
            amount = set_by_staff.get((api_id if scope == "api" else scope, per))
            said = getattr(agreed, per) if agreed is not None and scope == "app" else None
            if amount is not None:
                found.append(Limit(scope, per, amount, "staff"))
            elif said is not None:
                found.append(Limit(scope, per, said, "agreement"))
            elif default is not None:
                found.append(Limit(scope, per, default, "policy"))
        return Limits(tuple(found))


def defaults(policy: Policy) -> dict[tuple[Scope, Per], int | None]:
    """Every limit that there can be, with the bank's default; None: there is none until somebody sets one."""
    return {
        ("app", "second"): policy.app_calls_second_max,
        ("app", "minute"): policy.app_calls_minute_max,
        ("app", "day"): policy.app_calls_day_max,
        ("app", "concurrent"): policy.app_calls_concurrent_max,
        ("api", "second"): None,
        ("api", "minute"): None,
        ("api", "day"): None,
        ("api", "concurrent"): None,
        ("user", "second"): policy.user_calls_second_max,
        ("user", "minute"): policy.user_calls_minute_max,
        ("user", "day"): policy.user_calls_day_max,
    }
