"""A store with an access log and its watch, and a hand that writes records into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bank_sim import audit, monitor
from bank_sim.audit import AccessRecord, append
from bank_sim.clock import ManualClock
from bank_sim.monitor import Watch, alarms
from bank_sim.policy import Policy
from bank_sim.store import Store

NOON_S = 1_769_832_000


class Post:
    """Where the watch sits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store(path)
        self.store.prepare(audit.SCHEMA, monitor.SCHEMA)
        self.clock = ManualClock(NOON_S)
        self.watch = Watch(self.clock, Policy())

    def call(self, count: int = 1, **facts: Any) -> None:
        """Records of calls as they are now."""
        record: dict[str, Any] = {
            "trace_id": "0" * 32, "at_ms": self.clock.now_ms(), "app_id": "app_x", "api_id": "accounts.list",
            "u_api_id": "C99999-1", "level": "A2", "method": "GET", "path": "/api/accounts", "source": "192.0.2.7",
            "elapsed_us": 900, "result": "success", "status": 200,
        }  # fmt: skip
        record |= facts
        if record.get("code"):
            record["result"] = "failure"
        with self.store.write() as db:
            for _ in range(count):
                append(db, AccessRecord(**record))

    def look(self) -> None:
        self.watch.look(self.store)

    def alarms(self) -> dict[tuple[str, str], alarms.Alarm]:
        return {(each.rule, each.subject): each for each in alarms.standing(self.store)}

    def acknowledge(self, rule: str, subject: str) -> None:
        with self.store.write() as db:
            alarms.acknowledge(db, self.alarms()[(rule, subject)].alarm_id, "chen", "on it", self.clock.now_ms())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path / "bank.db")
    yield post
    post.store.close()
