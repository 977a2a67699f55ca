"""Records of code security audits: with which tool, what was found, what was mended (JR/T 0185 7.1-5).

An audit stands for the description that it looked at. Whoever changes the interface afterwards needs another.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_audits (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    description_sm3 TEXT NOT NULL,
    tool TEXT NOT NULL,
    findings INTEGER NOT NULL CHECK (findings >= 0),
    mended INTEGER NOT NULL CHECK (mended BETWEEN 0 AND findings),
    by TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
""" + append_only("interface_audits")
_COLUMNS = "api_id, version, description_sm3, tool, findings, mended, by, at_ms"


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit of one version. ``findings`` and ``mended`` are counts."""

    api_id: str
    version: str
    description_sm3: str
    tool: str
    findings: int
    mended: int
    by: str
    at_ms: int

    @property
    def passed(self) -> bool:
        """Whatever was found is mended."""
        return self.findings == self.mended


def keep(db: Database, audit: Audit) -> None:
    """Write one record, within the caller's write transaction."""
    db.execute(
        f"INSERT INTO interface_audits ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            audit.api_id, audit.version, audit.description_sm3, audit.tool, audit.findings, audit.mended, audit.by,
            audit.at_ms,
        ),
    )  # fmt: skip


def audits_of(store: Store, api_id: str, version: str) -> list[Audit]:
    """The newest first."""
    rows = store.read(
        f"SELECT {_COLUMNS} FROM interface_audits WHERE api_id = ? AND version = ? ORDER BY serial DESC",  # noqa: S608
        (api_id, version),
    )
    return [Audit(*row) for row in rows]
