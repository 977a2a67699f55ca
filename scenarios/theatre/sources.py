"""Reads the parties' traces from outside, each time what is new: the bank's exchanges, the visits of wallet and phone.

Read-only, and content with files that are not there yet or are being written. It must not ask the parties anything.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bank_sim.sandbox.trace import Exchange
from bank_sim.sdk.protocol.checktable import Verdict
from scenarios.home import Home

_EXCHANGES = """
SELECT serial, door, at_ms, started_ns, method, target, elapsed_ns, client_certificate, request_headers, request_body,
 request_bytes, status, answer_headers, answer_body, answer_bytes, title, verdicts, opened
FROM messages WHERE serial > ? ORDER BY serial
"""
_VISITS = """
SELECT serial, at_ms, started_ns, elapsed_ns, method, rule, fields, status, title, leads_to
FROM visits WHERE serial > ? ORDER BY serial
"""
_APPLICATIONS = "SELECT app_id, name, coalesce(name_zh, name) FROM applications"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page of the wallet or the phone as its owner asked for it: names, no values. Times as in ``Exchange``."""

    party: Literal["application", "phone"]
    at_ms: int
    started_ns: int
    elapsed_ns: int
    method: str
    rule: str
    fields: tuple[str, ...]
    status: int
    title: str
    leads_to: str


Seen = tuple[str, Exchange | Visit]
"""A key that is unique in its home, and what was seen."""


class Sources:
    """The traces of one home, read on from where the last reading ended."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._read_up_to = {"bank": 0, "app": 0, "user": 0}

    def new(self) -> list[Seen]:
        """Whatever was written since the last call, party by party."""
        seen: list[Seen] = []
        for party, sql in (("bank", _EXCHANGES), ("app", _VISITS), ("user", _VISITS)):
            for serial, *row in self._rows(party, sql):
                self._read_up_to[party] = serial
                what = _exchange(row) if party == "bank" else _visit("application" if party == "app" else "phone", row)
                seen.append((f"{party}-{serial}", what))
        return seen

    def applications(self) -> dict[str, tuple[str, str]]:
        """App_ID -> (name, Chinese name) of every registered application."""
        path = self._home.party("bank") / "bank.db"
        return {app_id: (name, name_zh) for app_id, name, name_zh in _select(path, _APPLICATIONS, ())}

    def _rows(self, party: str, sql: str) -> Iterator[Any]:
        return _select(self._home.party(party) / "trace.db", sql, (self._read_up_to[party],))


def _select(path: Path, sql: str, parameters: tuple[Any, ...]) -> Iterator[Any]:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            yield from db.execute(sql, parameters).fetchall()
    except sqlite3.OperationalError:
        # Not there yet, or just being made: the next look finds it.
        return


def _exchange(row: list[Any]) -> Exchange:
    *facts, verdicts, opened = row
    exchange = Exchange(*facts)
    exchange.client_certificate = bool(exchange.client_certificate)
    exchange.request_headers = [(name, value) for name, value in json.loads(row[7])]
    exchange.answer_headers = [(name, value) for name, value in json.loads(row[11])]
    exchange.verdicts = [Verdict(name, tuple(ids), *rest) for name, ids, *rest in json.loads(verdicts)]
    exchange.opened = json.loads(opened)
    return exchange


def _visit(party: Literal["application", "phone"], row: list[Any]) -> Visit:
    at_ms, started_ns, elapsed_ns, method, rule, fields, status, title, leads_to = row
    names = tuple(json.loads(fields))
    return Visit(party, at_ms, started_ns, elapsed_ns, method, rule, names, status, title, leads_to)
