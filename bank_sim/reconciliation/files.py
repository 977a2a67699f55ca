"""The reconciliation file of one application's day: made when the day is over, and never made differently.

What is kept is the day as it was, with full account numbers, sealed by the bank's vault; whoever may not see them gets
the same lines with the numbers masked. It is signed when it is given, with the key that serves then: a key that has
ended must not make a file worthless that somebody asks for again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import msgspec

from bank_sim.clock import Clock, rfc3339
from bank_sim.corelink import CoreLink, Operation, OperationRequest, Result
from bank_sim.keys import BankKeys, Vault
from bank_sim.policy import Policy
from bank_sim.reconciliation.days import day_before, day_of, days_after, end_ms
from bank_sim.registry.parties import Application
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.amounts import format_fen
from bank_sim.sdk.protocol.masking import mask_account
from bank_sim.sdk.reconciliation import Accounts, Line, parts_of, state_file, totals_of, write_file
from bank_sim.store import Store, Transaction, append_only

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS reconciliation_files (
    app_id TEXT NOT NULL REFERENCES applications,
    day TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    executed INTEGER NOT NULL,
    executed_amount TEXT NOT NULL,
    content_sealed BLOB NOT NULL,
    PRIMARY KEY (app_id, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reconciliation_days (day TEXT PRIMARY KEY, made_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reconciliation_files_by_day ON reconciliation_files (day);
{append_only("reconciliation_files")}
"""

GET = "reconciliation.get"
_SHOWN_MAX = 4


@dataclass(frozen=True, slots=True)
class Made:
    """That a file was made, and what its totals are; the lines are not shown to people."""

    app_id: str
    day: str
    made_ms: int
    lines: int
    executed: int
    executed_amount: str


class Shown(NamedTuple):
    """A file in the pieces in which it travels, and the bank's statement on the whole of it."""

    parts: tuple[bytes, ...]
    statement: str


class Reconciliation:
    """Makes files and gives them out. ``application``: who an App_ID is."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        vault: Vault,
        keys: BankKeys,
        core: CoreLink,
        application: Callable[[str], Application | None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._vault = vault
        self._keys = keys
        self._core = core
        self._application = application
        self._shown: dict[tuple[str, ...], Shown] = {}

    def operations(self) -> dict[str, Operation]:
        """What the gateway calls by name. Giving a file may be making it, so it is a write."""
        return {GET: Operation(lambda _, request: self.give(request), writes=True)}

    def give(self, request: OperationRequest) -> Result:
        """app_id, params ``day``, ``accounts``?, ``part``? -> one part of the file, sealed, with its statement.

        Within a write transaction. DAY_NOT_CLOSED; RESOURCE_NOT_FOUND for a day before the application was registered,
        and for a part that there is not. That full numbers may be given is settled before.
        """
        application, day = self._known(request.app_id), request.params["day"]
        accounts: Accounts = request.params.get("accounts", "masked")
        self._require_over(application, day, request.now_ms)
        made_ms, sealed = self._kept(self._store.db, application.app_id, day, request.now_ms)
        shown, part = self._as_shown(application, day, accounts, sealed), int(request.params.get("part", "1"))
        if part > len(shown.parts):
            raise problems.RESOURCE_NOT_FOUND.problem(f"The file has {len(shown.parts)} parts.")
        return {
            "day": day,
            "accounts": accounts,
            "part": part,
            "parts": len(shown.parts),
            "made_at_ms": made_ms,
            "sealed": {"content": shown.parts[part - 1].decode(), "statement": shown.statement},
        }

    def close_days(self, store: Store, now_ms: int) -> None:
        """A duty: the files of every day that is over by now, one transaction for each day that has any."""
        newest = day_before(day_of(now_ms - self._policy.reconciliation_after_s * 1000))
        rows = store.read("SELECT max(day) FROM reconciliation_days")
        for day in days_after(rows[0][0] or day_before(newest), newest):
            asked = OperationRequest("", now_ms, params={"day": day})
            touched = self._core.call("transfers.applications_of_day", store.db.conn, asked)["app_ids"]
            if touched or day == newest:
                self._close_day(store, day, touched, now_ms)

    def _close_day(self, store: Store, day: str, app_ids: list[str], now_ms: int) -> None:
        with store.write() as db:
            for app_id in app_ids:
                # The bank's own counters order too, and want no file.
                if db.execute("SELECT 1 FROM applications WHERE app_id = ?", (app_id,)).fetchone():
                    self._kept(db, app_id, day, now_ms)
            db.execute("INSERT OR IGNORE INTO reconciliation_days (day, made_ms) VALUES (?, ?)", (day, now_ms))

    def made(self, app_id: str, limit: int = 31) -> list[Made]:
        """The files of an application, those of the newest days first."""
        rows = self._store.read(
            "SELECT app_id, day, made_ms, lines, executed, executed_amount FROM reconciliation_files"
            " WHERE app_id = ? ORDER BY day DESC LIMIT ?",
            (app_id, limit),
        )
        return [Made(*row) for row in rows]

    def has(self, db: Transaction, app_id: str, day: str) -> bool:
        """Whether the file of that day was made."""
        sql = "SELECT 1 FROM reconciliation_files WHERE app_id = ? AND day = ?"
        return db.execute(sql, (app_id, day)).fetchone() is not None

    def newest_of_each(self) -> list[Made]:
        """The newest file of each application that has one."""
        rows = self._store.read(
            "SELECT app_id, max(day), made_ms, lines, executed, executed_amount FROM reconciliation_files"
            " GROUP BY app_id ORDER BY app_id"
        )
        return [Made(*row) for row in rows]

    def _known(self, app_id: str) -> Application:
        application = self._application(app_id)
        if application is None:
            raise LookupError("a call names an application that is not registered")
        return application

    def _as_shown(self, application: Application, day: str, accounts: Accounts, sealed: bytes) -> Shown:
        """The file as one application is shown it. The parts of one file are asked for in a row, so it is kept.

        Under what was sealed, no two of which are alike: a bank that was put back to a snapshot makes its files anew.
        """
        signing = self._keys.signing(application.suite)
        key = (application.app_id, day, accounts, signing.kid, sha256(sealed).hexdigest())
        if key not in self._shown:
            lines = msgspec.json.decode(self._vault.unseal(sealed), type=list[Line])
            lines = lines if accounts == "full" else [_masked(each) for each in lines]
            content = write_file(application.app_id, day, accounts, lines)
            statement = state_file(signing, application.app_id, day, accounts, content, totals_of(lines))
            while len(self._shown) >= _SHOWN_MAX:
                self._shown.pop(next(iter(self._shown)))
            self._shown[key] = Shown(tuple(parts_of(content)), statement)
        return self._shown[key]

    def _kept(self, db: Transaction, app_id: str, day: str, now_ms: int) -> tuple[int, bytes]:
        """When the file was made, and its lines with full numbers, sealed; made now if it never was."""
        key = (app_id, day)
        row = db.execute(
            "SELECT made_ms, content_sealed FROM reconciliation_files WHERE app_id = ? AND day = ?", key
        ).fetchone()
        if row is not None:
            return row[0], row[1]
        asked = OperationRequest(app_id, now_ms, params={"day": day})
        lines = [_line(each) for each in self._core.call("transfers.of_day", db.conn, asked)["lines"]]
        sealed = self._vault.seal(msgspec.json.encode(lines))
        db.execute(
            "INSERT INTO reconciliation_files (app_id, day, made_ms, lines, executed, executed_amount, content_sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, now_ms, *totals_of(lines), sealed),
        )
        return now_ms, sealed

    def _require_over(self, application: Application, day: str, now_ms: int) -> None:
        try:
            ends_ms = end_ms(day)
        except ValueError as error:
            raise problems.PARAM_INVALID.problem("There is no such day.") from error
        over_ms = ends_ms + self._policy.reconciliation_after_s * 1000
        if now_ms < over_ms:
            raise problems.DAY_NOT_CLOSED.problem(retry_after_s=(over_ms - now_ms + 999) // 1000)
        if ends_ms <= application.registered_at_ms:
            raise problems.RESOURCE_NOT_FOUND.problem("The application was not registered yet.")


def _line(told: Result) -> Line:
    ended_ms = told.get("ended_at_ms")
    return Line(
        order_no=told["order_no"],
        transfer_id=told["transfer_id"],
        state=told["state"],
        amount=format_fen(told["amount_fen"]),
        debtor_account=told["debtor_account"],
        creditor_account=told["creditor_account"],
        created_at=rfc3339(told["created_at_ms"] // 1000),
        ended_at=rfc3339(ended_ms // 1000) if ended_ms is not None else None,
        serial=told.get("serial"),
    )


def _masked(line: Line) -> Line:
    return msgspec.structs.replace(
        line, debtor_account=mask_account(line.debtor_account), creditor_account=mask_account(line.creditor_account)
    )
