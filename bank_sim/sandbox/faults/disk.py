"""A disk that is full, as SQLite meets it: the database may not grow by a single page, and something needs one.

It is SQLite itself that refuses, with SQLITE_FULL, in the middle of the transaction at hand; nothing is pretended, so
that what is shown is what the bank does about it.
"""

from __future__ import annotations

import sqlite3
from typing import NoReturn

_ROW_BYTES = 2_000


def run_full(connection: sqlite3.Connection) -> NoReturn:
    """Use up what room there is, within the transaction under way: always ends in ``sqlite3.OperationalError``.

    The limit is lifted again, so that the refusal can be recorded: as at a bank that keeps a reserve for just that.
    """
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    before = connection.execute("PRAGMA max_page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    try:
        connection.execute("CREATE TABLE ballast (content BLOB NOT NULL)")
        while True:
            connection.execute("INSERT INTO ballast VALUES (zeroblob(?))", (_ROW_BYTES,))
    finally:
        connection.execute(f"PRAGMA max_page_count={before}")
