"""How an application's business goes: a report each month, and an eye on each day's volume (JR/T 0185 10.2.1 b).

All of it is read off the counters that the access log leaves (``monitor.traffic``): what was called and refused, the
busiest day, what the agreement expects. A report is written once, by the clock, for the month that is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bank_sim.monitor import alarms, figures
from bank_sim.monitor.alarms import Finding
from bank_sim.monitor.figures import Figures, Window
from bank_sim.monitor.rules import Rule
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS operating_reports (
    app_id TEXT NOT NULL REFERENCES applications,
    month TEXT NOT NULL,
    calls INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    fault INTEGER NOT NULL,
    busiest_day INTEGER NOT NULL,
    agreed_day INTEGER,
    stale TEXT NOT NULL,
    written_ms INTEGER NOT NULL,
    PRIMARY KEY (app_id, month)
) STRICT, WITHOUT ROWID;
""" + append_only("operating_reports")

Agreed = Callable[[Store, str], int | None]
"""How many calls a day the agreement with an application expects; None where nothing is agreed."""

BASE_DAYS = 28
"""Ours: what is usual is the average of four weeks, so that weekends even out."""
JUMP_FACTOR, JUMP_CALLS_MIN = 10, 100
"""Ours: ten times the usual day, and a hundred calls at least, is a change that somebody should have announced."""
_SPAN, _DAY_MIN, _HOUR_MS = 15, 1440, 3_600_000
_BEIJING = timedelta(hours=8)
_NOBODY = "-"
_COLUMNS = "app_id, month, calls, refused, fault, busiest_day, agreed_day, stale, written_ms"
_USED = "SELECT DISTINCT app_id, api_id FROM access_log WHERE at_ms >= ? AND result = 'success'"
_GRANTED = """
SELECT g.app_id, g.api_id FROM application_grants g JOIN applications a USING (app_id)
WHERE a.registered_at_ms < ? ORDER BY g.api_id
"""
_WITHOUT = """
SELECT app_id FROM applications WHERE status IN ('active', 'suspended') AND registered_at_ms < ?
  AND app_id NOT IN (SELECT app_id FROM operating_reports WHERE month = ?) ORDER BY app_id
"""
# A change that the bank has been told of, and has not turned down long ago.
_DECLARED = "SELECT 1 FROM supervision_tasks WHERE app_id = ? AND kind = 'change' AND opened_ms > ?"


@dataclass(frozen=True, slots=True)
class OperatingReport:
    """One month of one application. ``busiest_day``: calls; ``agreed_day``: None where nothing is agreed."""

    app_id: str
    month: str
    calls: int
    refused: int
    fault: int
    busiest_day: int
    agreed_day: int | None
    stale_apis: str
    written_ms: int

    @property
    def stale(self) -> tuple[str, ...]:
        """API_IDs that were granted and that nobody had called for the policy's days when it was written (7.3.1)."""
        return tuple(self.stale_apis.split())

    @property
    def is_beyond_agreement(self) -> bool:
        return self.agreed_day is not None and self.busiest_day > self.agreed_day


class Reports:
    """The reports of all applications, and the watch on each day's volume."""

    def __init__(self, rules: Mapping[str, Rule], agreed: Agreed, grant_unused_s: int) -> None:
        self._volume, self._undeclared = rules["VOLUME_ANOMALY"], rules["UNDECLARED_CHANGE"]
        self._agreed = agreed
        self._unused_ms = grant_unused_s * 1000
        self._looked_hour = -1

    def write_due(self, store: Store, now_ms: int) -> None:
        """Write the report of the month before this one for whom there is none yet, and those of earlier months that a
        jump in time has passed over."""
        month, before_ms = last_month(now_ms), now_ms + 1
        while due := [row[0] for row in store.read(_WITHOUT, (before_ms, month[0]))]:
            self._write(store, month, due, now_ms)
            month = last_month(month[1] + 1)
            before_ms = month[2]

    def _write(self, store: Store, month: tuple[str, int, int], due: list[str], now_ms: int) -> None:
        name, start_ms, end_ms = month
        stale = _stale(store, now_ms - self._unused_ms)
        days = [_of_day(store, day_ms) for day_ms in range(start_ms, end_ms, _DAY_MIN * 60_000)]
        with store.write() as db:
            for app_id in due:
                mine = [each[app_id] for each in days if app_id in each]
                db.execute(
                    f"INSERT INTO operating_reports ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
                    " ON CONFLICT DO NOTHING",
                    (
                        app_id, name, sum(each.calls for each in mine), sum(each.refused for each in mine),
                        sum(each.fault for each in mine), max((each.calls for each in mine), default=0),
                        self._agreed(store, app_id), " ".join(stale.get(app_id, ())), now_ms,
                    ),
                )  # fmt: skip

    def watch_volumes(self, store: Store, now_ms: int) -> None:
        """Once an hour: a day beyond the agreement, or far beyond what is usual without a word, is an alarm."""
        if now_ms // _HOUR_MS == self._looked_hour:
            return
        self._looked_hour = now_ms // _HOUR_MS
        today = _of_day(store, day_start(now_ms))
        base = figures.by("app_id", store, Window(day_start(now_ms) - 1, BASE_DAYS * _DAY_MIN, _SPAN))
        with store.write() as db:
            for app_id, each in today.items():
                if app_id == _NOBODY:
                    continue
                agreed = self._agreed(store, app_id)
                if agreed is not None and each.calls > agreed:
                    alarms.strike(db, Finding(self._volume, app_id, each.calls), now_ms)
                usual = base.get(app_id, Figures()).calls // BASE_DAYS
                if is_jump(each.calls, usual) and not _declared(store, app_id, now_ms):
                    alarms.strike(db, Finding(self._undeclared, app_id, each.calls), now_ms)


def is_jump(calls: int, usual: int) -> bool:
    """Whether a day's calls are more than an application's history explains; one without a history cannot jump."""
    return usual > 0 and calls >= max(JUMP_CALLS_MIN, JUMP_FACTOR * usual)


def reports_of(store: Store, app_id: str, limit: int = 12) -> list[OperatingReport]:
    """The newest first."""
    rows = store.read(
        f"SELECT {_COLUMNS} FROM operating_reports WHERE app_id = ? ORDER BY month DESC LIMIT ?",  # noqa: S608
        (app_id, limit),
    )
    return [OperatingReport(*row) for row in rows]


def last_month(now_ms: int) -> tuple[str, int, int]:
    """The Beijing month before this one: its name (``2026-01``), its beginning and its end (ms since 1970)."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC) + _BEIJING
    end = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (end - timedelta(days=1)).replace(day=1)
    return start.strftime("%Y-%m"), _ms(start), _ms(end)


def day_start(now_ms: int) -> int:
    """When the Beijing day began that an instant lies in (ms since 1970)."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC) + _BEIJING
    return _ms(now.replace(hour=0, minute=0, second=0, microsecond=0))


def _ms(beijing: datetime) -> int:
    return int((beijing - _BEIJING).timestamp() * 1000)


def _of_day(store: Store, day_ms: int) -> dict[str, Figures]:
    """The figures of one Beijing day by application."""
    return figures.by("app_id", store, Window(day_ms + _DAY_MIN * 60_000 - 1, _DAY_MIN, _SPAN))


def _stale(store: Store, since_ms: int) -> dict[str, list[str]]:
    """The grants that were not used since then, of applications that were there before."""
    used = set(store.read(_USED, (since_ms,)))
    found: dict[str, list[str]] = {}
    for app_id, api_id in store.read(_GRANTED, (since_ms,)):
        if (app_id, api_id) not in used:
            found.setdefault(app_id, []).append(api_id)
    return found


def _declared(store: Store, app_id: str, now_ms: int) -> bool:
    return bool(store.read(_DECLARED, (app_id, now_ms - BASE_DAYS * _DAY_MIN * 60_000)))
