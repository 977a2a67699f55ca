"""What the bank's check tables said during a play, read from its trace: for each row how often it held, and refused.

There is nothing to read where the world does not trace.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from scenarios.home import Home

REFUSALS_KEPT = 5
_NEWEST = "SELECT coalesce(max(serial), 0) FROM messages"
_SINCE = "SELECT method, target, status, answer_body, verdicts FROM messages WHERE serial > ? ORDER BY serial"


def newest(home: Home) -> int:
    """The serial of the newest traced message, 0 where there is none."""
    return next((serial for (serial,) in _select(home, _NEWEST, ())), 0)


def since(home: Home, serial: int) -> dict[str, dict[str, Any]]:
    """Row -> ``clauses``, ``held`` and ``refused`` (how often), ``refusals`` (the first few: what, code, trace_id)."""
    judged: dict[str, dict[str, Any]] = {}
    for method, target, status, body, verdicts in _select(home, _SINCE, (serial,)):
        for name, clauses, state, _, code in json.loads(verdicts):
            if state not in ("held", "refused"):
                continue
            row = judged.setdefault(name, {"clauses": clauses, "held": 0, "refused": 0, "refusals": []})
            row[state] += 1
            if state == "refused" and len(row["refusals"]) < REFUSALS_KEPT:
                asked = f"{method} {target.partition('?')[0]}"
                row["refusals"].append({"asked": asked, "status": status, "code": code, "trace_id": _trace_id(body)})
    return judged


def _trace_id(body: str) -> str | None:
    """Of a problem document; None for a page or anything else."""
    try:
        problem = json.loads(body)
    except ValueError:
        return None
    return problem.get("trace_id") if isinstance(problem, dict) else None


def _select(home: Home, sql: str, parameters: tuple[Any, ...]) -> Iterator[Any]:
    path = home.party("bank") / "trace.db"
    if not path.exists():
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        yield from db.execute(sql, parameters).fetchall()
