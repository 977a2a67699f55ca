"""Accounts of the bank's staff: a login name, a person's name, one role, and the argon2id hash of a password.

One person, one account, one role: whoever changes roles is enrolled anew, so that the journal keeps its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, cast

from sqlite_utils import Database

from bank_sim.identity.passwords import password_argon2
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS staff (
    login_name TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('operator', 'reviewer', 'auditor')),
    password_argon2 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

Role = Literal["operator", "reviewer", "auditor"]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff, without what proves it."""

    login_name: str
    name: str
    role: Role


class Newcomer(Protocol):
    """Somebody who is enrolled: what the bank takes down about them, and the password it agrees with them."""

    @property
    def login_name(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def password(self) -> str: ...


def enrol(db: Database, newcomer: Newcomer) -> None:
    """Give somebody an account, within the caller's transaction.

    ``sqlite3.IntegrityError`` where the login name is taken or there is no such role.
    """
    db.execute(
        "INSERT INTO staff VALUES (?, ?, ?, ?)",
        (newcomer.login_name, newcomer.name, newcomer.role, password_argon2(newcomer.password)),
    )


def find(store: Store, login_name: str) -> tuple[Colleague, str] | None:
    """The account and its password's hash."""
    rows = store.read("SELECT login_name, name, role, password_argon2 FROM staff WHERE login_name = ?", (login_name,))
    if not rows:
        return None
    login_name, name, role, argon2 = rows[0]
    return Colleague(login_name, name, cast(Role, role)), argon2


def everybody(store: Store) -> list[Colleague]:
    """All accounts, by role and name."""
    rows = store.read("SELECT login_name, name, role FROM staff ORDER BY role, login_name")
    return [Colleague(*row) for row in rows]
