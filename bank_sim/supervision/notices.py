"""Which users were told that an application leaves, and who still has to be (JR/T 0185 9.4-1.2).

The message is the bank's own, to the phone that the bank knows; what the application tells its users is its business.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from bank_sim.store import Store
from bank_sim.supervision.states import Exit

SCHEMA = """
CREATE TABLE IF NOT EXISTS exit_notices (
    exit_id TEXT NOT NULL REFERENCES exits,
    customer_id TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    PRIMARY KEY (exit_id, customer_id)
) STRICT, WITHOUT ROWID;
"""

Tell = Callable[[Database, str, str], None]
"""Sends a text message to a customer, within the caller's write transaction: ``Identity.notify``."""

# A consent that is used up still shows the user its application; one that has run out does not.
_UNTOLD = """
SELECT DISTINCT customer_id FROM consents
WHERE app_id = ? AND state IN ('authorised', 'used') AND valid_to_s > ? AND customer_id IS NOT NULL
  AND customer_id NOT IN (SELECT customer_id FROM exit_notices WHERE exit_id = ?)
ORDER BY customer_id
"""


def untold(store: Store, found: Exit, now_ms: int) -> list[str]:
    """The customers whose consents end with the exit and who have had no message."""
    return [row[0] for row in store.read(_UNTOLD, (found.app_id, now_ms / 1000, found.exit_id))]


def tell_users(db: Database, tell: Tell, found: Exit, names: tuple[str, str], date: str, now_ms: int) -> int:
    """A message to each of them; how many. ``names``: English and Chinese; ``date``: the day of the end."""
    name, name_zh = names
    text = (
        f"【沙箱银行】您授权的第三方应用“{name_zh}”将于{date}终止与我行合作，届时授权自动失效，您的账户与资金不受影响。"
        f"如有待处理的付款，请提前完成。 Sandbox Bank: “{name}”, which you let see your accounts, stops working"
        f" with us on {date}. Your consent ends that day; your accounts and money are not affected."
    )
    customers = [row[0] for row in db.execute(_UNTOLD, (found.app_id, now_ms / 1000, found.exit_id)).fetchall()]
    for customer_id in customers:
        tell(db, customer_id, text)
        db.execute("INSERT INTO exit_notices VALUES (?, ?, ?)", (found.exit_id, customer_id, now_ms))
    return len(customers)


def call_off(db: Database, tell: Tell, found: Exit, names: tuple[str, str]) -> None:
    """Whoever was told that it ends is told that it does not."""
    name, name_zh = names
    text = (
        f"【沙箱银行】此前告知的“{name_zh}”终止合作已取消，您的授权继续有效。"
        f" Sandbox Bank: “{name}” goes on working with us after all; your consent stays as it was."
    )
    for (customer_id,) in db.execute(
        "SELECT customer_id FROM exit_notices WHERE exit_id = ?", (found.exit_id,)
    ).fetchall():
        tell(db, customer_id, text)


def told(store: Store, exit_id: str) -> int:
    """How many users were told."""
    return int(store.read("SELECT count(*) FROM exit_notices WHERE exit_id = ?", (exit_id,))[0][0])
