"""Customers: who the bank knows, with the personal values sealed at rest and masked beside them.

Names are compared without being opened, through a salted digest. Credentials are not here: they belong to identity.
"""

from __future__ import annotations

import hmac
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.masking import mask_id_number, mask_name, mask_phone
from bank_sim.sdk.protocol.suites import digest

Seal = Callable[[bytes], bytes]


# Without a generated repr, which would carry the values into logs and tracebacks.
@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A person at the counter, with the values that the bank takes down and never shows in full again."""

    name: str
    id_number: str
    phone: str


class Customer(NamedTuple):
    """A customer as the bank's own pages may show one."""

    customer_id: str
    name_masked: str
    phone_masked: str


def register_customer(
    db: sqlite3.Connection, customer_id: str, person: Person, seal: Seal, name_salt: bytes, since_ms: int
) -> None:
    db.execute(
        "INSERT INTO customers VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            customer_id,
            seal(person.name.encode()),
            mask_name(person.name),
            name_salt,
            _salted_sm3(person.name, name_salt),
            seal(person.id_number.encode()),
            mask_id_number(person.id_number),
            seal(person.phone.encode()),
            mask_phone(person.phone),
            since_ms,
        ),
    )


def customer(db: sqlite3.Connection, customer_id: str) -> Customer:
    """RESOURCE_NOT_AUTHORIZED when there is none."""
    row = db.execute(
        "SELECT customer_id, name_masked, phone_masked FROM customers WHERE customer_id = ?", (customer_id,)
    ).fetchone()
    if row is None:
        raise problems.RESOURCE_NOT_AUTHORIZED.problem(reason="no such customer")
    return Customer(*row)


def bears_name(db: sqlite3.Connection, customer_id: str | None, name: str) -> bool:
    """Whether the customer bears this name. For None the same work is done in vain, so that time tells nothing."""
    row = db.execute(
        "SELECT name_salt, name_salted_sm3 FROM customers WHERE customer_id = ?", (customer_id,)
    ).fetchone()
    salt, expected = row or (bytes(16), bytes(32))
    return hmac.compare_digest(_salted_sm3(name, salt), expected)


def _salted_sm3(name: str, salt: bytes) -> bytes:
    # NFKC folds full-width letters; people type Latin names in any case and with stray blanks.
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return digest("gm", salt + plain.encode())
