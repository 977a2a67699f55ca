"""Who was told of the end of a version, when, and that they have seen it (JR/T 0185 7.1-6.3, 10.3-1, 11-1.1, 11-2.2).

A notice to an application is an event, signed by the bank, and a line on its page of the portal, where it acknowledges
it. A notice to a user is a text message. Both are written in one transaction with their records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.events import Events
from bank_sim.events.model import Fact
from bank_sim.registry.api import Api
from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_notices (
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    app_id TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    acknowledged_ms INTEGER,
    reminded_days INTEGER,
    PRIMARY KEY (api_id, version, app_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS interface_user_notices (
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    PRIMARY KEY (api_id, version, customer_id)
) STRICT, WITHOUT ROWID;
"""

Tell = Callable[[Database, str, str], None]
"""Sends a text message to a customer, within the caller's write transaction: ``Identity.notify``."""
_COLUMNS = "api_id, version, app_id, sent_ms, event_id, acknowledged_ms"

_UNREMINDED = (
    "SELECT app_id FROM interface_notices WHERE api_id = ? AND version = ? AND ifnull(reminded_days, ?) > ?"
    " ORDER BY app_id"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One application was told. ``acknowledged_ms`` None: nobody there has said so yet."""

    api_id: str
    version: str
    app_id: str
    sent_ms: int
    event_id: str
    acknowledged_ms: int | None


def tell_applications(db: Database, events: Events, life: Life, app_ids: Iterable[str], now_ms: int) -> None:
    """Tell each of them, as an event of type ``interface.deprecated``."""
    for app_id in app_ids:
        event_id = events.publish(db, app_id, "interface.deprecated", life.subject, _facts(life))
        db.execute(
            "INSERT INTO interface_notices (api_id, version, app_id, sent_ms, event_id) VALUES (?, ?, ?, ?, ?)",
            (life.api_id, life.version, app_id, now_ms, event_id),
        )


def tell_customers(
    db: Database, tell: Tell, life: Life, api: Api, customer_ids: Iterable[str], date: str, now_ms: int
) -> None:
    """A text message to each of them: which service ends, and on which day of Beijing's calendar (``2026-04-30``)."""
    text = (
        f"【沙箱银行】您授权第三方应用使用的“{api.summary_zh}”服务将于{date}停止，您的账户与资金不受影响。"
        f" Sandbox Bank: the service “{api.summary}” that you let apps use ends on {date}."
        " Your accounts and money are not affected."
    )
    for customer_id in customer_ids:
        tell(db, customer_id, text)
        db.execute(
            "INSERT INTO interface_user_notices (api_id, version, customer_id, sent_ms) VALUES (?, ?, ?, ?)",
            (life.api_id, life.version, customer_id, now_ms),
        )


def await_reminder(store: Store, life: Life, days: int) -> bool:
    """Whether anybody who was told has not been reminded that ``days`` are left."""
    return bool(store.read(_UNREMINDED, (life.api_id, life.version, days + 1, days)))


def remind(db: Database, events: Events, life: Life, days: int) -> None:
    """Tell those who were told once more that ``days`` are left; at most once for each number of days."""
    for (app_id,) in db.execute(_UNREMINDED, (life.api_id, life.version, days + 1, days)).fetchall():
        events.publish(db, app_id, "interface.deprecated", life.subject, _facts(life) | {"days_left": days})
        db.execute(
            "UPDATE interface_notices SET reminded_days = ? WHERE api_id = ? AND version = ? AND app_id = ?",
            (days, life.api_id, life.version, app_id),
        )


def take_back(db: Database, life: Life) -> None:
    """The end was called off: whoever is told again later is told anew. The events stand in their log."""
    for table in ("interface_notices", "interface_user_notices"):
        db.execute(f"DELETE FROM {table} WHERE api_id = ? AND version = ?", (life.api_id, life.version))  # noqa: S608


def acknowledge(db: Database, life: Life, app_id: str, now_ms: int) -> None:
    """The application has read it. STATE_CHANGED where it was not told, or has said so already."""
    if not acknowledge_if_new(db, life.api_id, life.version, app_id, now_ms):
        raise problems.STATE_CHANGED.problem()


def acknowledge_if_new(db: Database, api_id: str, version: str, app_id: str, now_ms: int) -> bool:
    """Whether there was something left to acknowledge."""
    seen = db.execute(
        "UPDATE interface_notices SET acknowledged_ms = ? WHERE api_id = ? AND version = ? AND app_id = ?"
        " AND acknowledged_ms IS NULL",
        (now_ms, api_id, version, app_id),
    ).rowcount
    return seen == 1


def notices_of(store: Store, life: Life) -> list[Notice]:
    """Who was told of this version, by App_ID."""
    sql = f"SELECT {_COLUMNS} FROM interface_notices WHERE api_id = ? AND version = ? ORDER BY app_id"  # noqa: S608
    return [Notice(*row) for row in store.read(sql, (life.api_id, life.version))]


def notices_to(store: Store, app_id: str) -> list[Notice]:
    """What an application was told, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM interface_notices WHERE app_id = ? ORDER BY sent_ms DESC, api_id"  # noqa: S608
    return [Notice(*row) for row in store.read(sql, (app_id,))]


def customers_told(store: Store, life: Life) -> dict[str, int]:
    """When each user was told, by customer."""
    rows = store.read(
        "SELECT customer_id, sent_ms FROM interface_user_notices WHERE api_id = ? AND version = ?",
        (life.api_id, life.version),
    )
    return dict(rows)


def _facts(life: Life) -> dict[str, Fact]:
    """What an event says of a version; instants in seconds."""
    return {
        "api_id": life.api_id,
        "version": life.version,
        "u_api_id": life.u_api_id,
        "deprecated_at": _seconds(life.deprecated_ms),
        "sunset_at": _seconds(life.sunset_ms),
        "successor": life.successor,
    }


def _seconds(instant_ms: int | None) -> int | None:
    return None if instant_ms is None else instant_ms // 1000
