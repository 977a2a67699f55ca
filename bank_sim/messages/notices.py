"""Which debits their users were told of: a line for each, in the transaction that moved the money (10.2.2-3.2).

The message itself is gone once it is delivered. This is what stays, so that a debit of which nobody was told is found.
"""

from __future__ import annotations

from sqlite_utils import Database

from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS debit_notices (
    transfer_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

# Orders of the bank's own channels have their own receipts.
_UNTOLD = """
SELECT t.transfer_id FROM transfers t LEFT JOIN debit_notices n ON n.transfer_id = t.transfer_id
WHERE t.state = 'executed' AND t.app_id LIKE 'app\\_%' ESCAPE '\\' AND n.transfer_id IS NULL ORDER BY t.transfer_id
"""


def note_debit(db: Database, transfer_id: str, at_ms: int) -> None:
    """The payer is being told of this transfer, once."""
    db.execute("INSERT INTO debit_notices (transfer_id, at_ms) VALUES (?, ?)", (transfer_id, at_ms))


def untold_debits(store: Store) -> list[str]:
    """Executed transfers of applications that no notice went out for; a sound bank has none."""
    return [row[0] for row in store.read(_UNTOLD)]
