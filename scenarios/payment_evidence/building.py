"""Puts the evidence of one payment together from what both parties keep: offline, read-only, without any key.

The wallet keeps the order that it signed and the bank's signed answer; the bank keeps the payer's word and its log;
each keeps the other's checkpoints. Nothing is signed here: what is missing cannot be made up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bank_sim.sdk.protocol import strict_json
from bank_sim.sdk.protocol.checkpoints import read_checkpoint
from bank_sim.sdk.protocol.merkle import path_to
from bank_sim.sdk.protocol.strict_base64 import to_base64
from bank_sim.sdk.protocol.suites import digest
from scenarios.failures import BrokenSurroundings, WrongUsage
from scenarios.payment_evidence.package import (
    FORMAT,
    BankKey,
    Confirmation,
    Exchange,
    Keys,
    LogProof,
    Package,
    PhoneWord,
)

if TYPE_CHECKING:
    from scenarios.home import Home


def build(home: Home, name: str) -> Package:
    """The evidence of an executed payment of the wallet's, by its order number or the bank's transfer id.

    ``WrongUsage`` where there is no such payment, its receipt or the payer's consent is missing, or no countersigned
    checkpoint covers it yet.
    """
    with _reading(home.party("app") / "wallet.db") as wallet, _reading(home.party("bank") / "bank.db") as bank:
        order_no, transfer_id = _payment(wallet, name)
        exchange = _receipt(wallet, transfer_id)
        record, previous = _record(bank, exchange)
        app_id = record["app_id"]
        return Package(
            format=FORMAT,
            app_id=app_id,
            order_no=order_no,
            transfer_id=transfer_id,
            exchange=exchange,
            keys=_keys(bank, app_id, f"https://{exchange.request.authority}"),
            confirmation=_confirmation(bank, record["consent_id"]),
            log=_proof(bank, record, previous),
        )


def _payment(wallet: sqlite3.Connection, name: str) -> tuple[str, str]:
    row = wallet.execute(
        "SELECT order_no, transfer_id, state FROM payments WHERE order_no = ?1 OR transfer_id = ?1", (name,)
    ).fetchone()
    if row is None:
        raise WrongUsage(f"The wallet knows no payment {name}; its order number or transfer id is needed.")
    if row["state"] != "executed":
        raise WrongUsage(f"Payment {name} is {row['state']}: there is evidence of executed payments only.")
    return row["order_no"], row["transfer_id"]


def _receipt(wallet: sqlite3.Connection, transfer_id: str) -> Exchange:
    row = wallet.execute(
        "SELECT receipt FROM receipts WHERE path = ?", (f"/api/transfers/{transfer_id}/execute",)
    ).fetchone()
    if row is None:
        raise WrongUsage("The wallet has no receipt of it: it came to its end without an answer to the order.")
    return msgspec.json.decode(row["receipt"], type=Exchange)


def _record(bank: sqlite3.Connection, exchange: Exchange) -> tuple[dict[str, Any], bytes]:
    """The record of this very sending, found by the signature that both have, and the hash of the one before it."""
    headers = exchange.request.headers
    row = bank.execute(
        "SELECT * FROM access_log WHERE api_id = 'transfers.execute' AND signature = ?",
        (f"{headers['signature-input']} {headers['signature']}",),
    ).fetchone()
    if row is None:
        raise WrongUsage("The bank's log has no record of the order; it may have moved to an archive.")
    record = {name: row[name] for name in row.keys() if name != "hash"}  # noqa: SIM118
    before = bank.execute(
        "SELECT hash FROM access_log WHERE serial = ?1 UNION ALL"
        " SELECT hash FROM chain_anchors WHERE chain = 'access_log' AND through_serial = ?1",
        (row["serial"] - 1,),
    ).fetchone()
    return record, bytes(before["hash"]) if before else bytes(32)


def _keys(bank: sqlite3.Connection, app_id: str, issuer: str) -> Keys:
    (suite,) = bank.execute("SELECT suite FROM applications WHERE app_id = ?", (app_id,)).fetchone()
    own = bank.execute("SELECT jwk, voucher FROM bank_keys WHERE use = 'sig' AND suite = ? ORDER BY since_ms", (suite,))
    theirs = bank.execute("SELECT material FROM application_keys WHERE use = 'sig' AND app_id = ?", (app_id,))
    return Keys(
        issuer,
        [BankKey(json.loads(row["jwk"]), row["voucher"]) for row in own],
        [json.loads(row["material"]) for row in theirs],
    )


def _confirmation(bank: sqlite3.Connection, consent_id: str) -> Confirmation:
    """What one payment was confirmed as: its transfer, payee and amount, in the form that is digested."""
    consent = bank.execute("SELECT * FROM consents WHERE consent_id = ?", (consent_id,)).fetchone()
    if consent is None or consent["confirmed_sm3"] is None:
        raise WrongUsage("The bank has no confirmation of the payer's for it.")
    if consent["state"] in ("requested", "authorised"):
        raise WrongUsage("The payment's consent still serves, and the order bears its token: wait until it is used.")
    transfer = bank.execute(
        "SELECT creditor_account_id, amount_fen FROM transfers WHERE transfer_id = ?", (consent["transfer_id"],)
    ).fetchone()
    bound = {
        "transfer_id": consent["transfer_id"],
        "payee_account_id": transfer["creditor_account_id"],
        "per_payment_fen": transfer["amount_fen"],
        "total_fen": transfer["amount_fen"],
        "per_period_fen": None,
        "period": None,
        "until_s": None,
    }
    return Confirmation(
        consent_id=consent_id,
        factors=consent["factors"].split(),
        authorised_ms=consent["authorised_at_ms"],
        bound=bound,
        confirmed_sm3=bytes(consent["confirmed_sm3"]).hex(),
        phone=_phone(bank, consent["customer_id"], bytes(consent["confirmed_sm3"])),
    )


def _phone(bank: sqlite3.Connection, customer_id: str, confirmed_sm3: bytes) -> PhoneWord | None:
    """The phone's word for this very confirmation, which its visit and digest name."""
    rows = bank.execute(
        "SELECT visit_id, purpose_sm3, signed, signature, signed_with FROM approvals"
        " WHERE customer_id = ? AND state = 'approve'",
        (customer_id,),
    )
    for row in rows:
        if digest("gm", strict_json.dump([row["visit_id"], confirmed_sm3.hex()])) == bytes(row["purpose_sm3"]):
            return PhoneWord(
                row["signed"], to_base64(row["signature"]), json.loads(row["signed_with"]), row["visit_id"]
            )
    return None


def _proof(bank: sqlite3.Connection, record: dict[str, Any], previous: bytes) -> LogProof:
    row = bank.execute(
        "SELECT checkpoint, countersignature FROM log_checkpoints WHERE app_id = ? AND log = 'access_log'"
        " AND serial >= ? AND countersignature IS NOT NULL ORDER BY serial",
        (record["app_id"], record["serial"]),
    ).fetchone()
    if row is None:
        raise WrongUsage(
            "No checkpoint of the bank's log that the wallet has countersigned covers it yet; they are exchanged once"
            " a day. In a running sandbox: bank-sandbox clock advance 1d, and a few seconds of patience."
        )
    said = read_checkpoint(row["checkpoint"])
    if said.first is None or said.first > record["serial"]:
        raise WrongUsage("The checkpoint that covers it has no tree over its record.")
    rows = bank.execute(
        "SELECT hash FROM access_log WHERE serial BETWEEN ? AND ? ORDER BY serial", (said.first, said.serial)
    )
    path = path_to([bytes(each["hash"]) for each in rows], record["serial"] - said.first)
    return LogProof(record, previous.hex(), [each.hex() for each in path], row["checkpoint"], row["countersignature"])


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise BrokenSurroundings(f"There is no sandbox here: {path} is missing.")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        yield db
