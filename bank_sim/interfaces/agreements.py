"""What bank and application agree on for the time after a service has ended, signed by both (JR/T 0185 11-2.1).

The bank lays down the text with its notice and signs it with its key of the application's suite. The application signs
the same bytes with a registered signing key of its own: neither can later say that it was something else.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bank_sim.interfaces import notices
from bank_sim.interfaces.description import canonical
from bank_sim.registry.lives import Life
from bank_sim.registry.parties import Credential
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PrivateKey, PublicKey
from bank_sim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_agreements (
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    app_id TEXT NOT NULL,
    document BLOB NOT NULL,
    bank_kid TEXT NOT NULL,
    bank_signature BLOB NOT NULL,
    offered_ms INTEGER NOT NULL,
    app_kid TEXT,
    app_signature BLOB,
    signed_ms INTEGER,
    PRIMARY KEY (api_id, version, app_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS interface_agreements_stand_as_signed BEFORE UPDATE ON interface_agreements
WHEN OLD.signed_ms IS NOT NULL OR NEW.document IS NOT OLD.document
BEGIN SELECT RAISE(ABORT, 'an agreement stands as it was signed'); END;
"""

TERMS: dict[str, tuple[str, str]] = {
    "archiving": (
        "Both sides keep what law and contract ask them to keep, and nothing beyond it.",
        "双方依法依约归档应留存的资料，不超范围留存。",
    ),
    "deletion": (
        "The application deletes what it got through this version and no longer needs, and can show it.",
        "应用方删除经由该版本取得且不再需要的数据，并能提供证明。",
    ),
    "information_protection": (
        "Users' information stays protected as before for as long as anybody holds it.",
        "在任何一方仍持有用户信息期间，保护要求不降低。",
    ),
    "funds_safety": (
        "Orders that are under way are settled or returned before the service ends.",
        "服务终止前，在途交易全部完成清算或退回。",
    ),
    "consumer_rights": (
        "Users are told in time and find somebody to complain to on both sides.",
        "及时告知用户，双方均保留投诉受理渠道。",
    ),
}
"""The five matters of the clause, in English and Chinese."""

_COLUMNS = "api_id, version, app_id, document, bank_kid, bank_signature, offered_ms, app_kid, app_signature, signed_ms"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement. ``document`` is what both sign, byte for byte; ``signed_ms`` None: the application has not."""

    api_id: str
    version: str
    app_id: str
    document: bytes
    bank_kid: str
    bank_signature: bytes
    offered_ms: int
    app_kid: str | None
    app_signature: bytes | None
    signed_ms: int | None

    def as_file(self) -> dict[str, Any]:
        """The agreement with its signatures, as an archive or a developer keeps it."""
        return {
            "document": base64.b64encode(self.document).decode(),
            "bank": {"kid": self.bank_kid, "signature": base64.b64encode(self.bank_signature).decode()},
            "application": {
                "kid": self.app_kid,
                "signature": base64.b64encode(self.app_signature).decode() if self.app_signature else None,
            },
        }


def offer(db: Database, life: Life, app_id: str, key: PrivateKey, now_ms: int) -> None:
    """Lay the text before one application, signed by the bank."""
    document = canonical(
        {
            "agreement": "end of service",
            "api_id": life.api_id,
            "version": life.version,
            "u_api_id": life.u_api_id,
            "app_id": app_id,
            "sunset_at": life.sunset_ms // 1000 if life.sunset_ms else None,
            "terms": {name: {"en": en, "zh": zh} for name, (en, zh) in TERMS.items()},
        }
    )
    db.execute(
        "INSERT INTO interface_agreements (api_id, version, app_id, document, bank_kid, bank_signature, offered_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (life.api_id, life.version, app_id, document, key.kid, key.sign(document), now_ms),
    )


def sign(db: Database, agreement: Agreement, credential: Credential | None, signature: bytes, now_ms: int) -> None:
    """The application's signature.

    KEY_UNKNOWN, KEY_USAGE_MISMATCH, KEY_REVOKED, KEY_EXPIRED for the key; SIGNATURE_INVALID; STATE_CHANGED where it
    has signed already.
    """
    if credential is None or credential.app_id != agreement.app_id:
        raise problems.KEY_UNKNOWN.problem()
    if credential.use != "sig" or not isinstance(credential.key, PublicKey):
        raise problems.KEY_USAGE_MISMATCH.problem()
    credential.require_valid(now_ms)
    if not credential.key.verify(signature, agreement.document):
        raise problems.SIGNATURE_INVALID.problem()
    signed = db.execute(
        "UPDATE interface_agreements SET app_kid = ?, app_signature = ?, signed_ms = ?"
        " WHERE api_id = ? AND version = ? AND app_id = ? AND signed_ms IS NULL",
        (credential.kid, signature, now_ms, agreement.api_id, agreement.version, agreement.app_id),
    ).rowcount
    if signed != 1:
        raise problems.STATE_CHANGED.problem()


def sign_with_one_of(
    db: Database, agreement: Agreement, keys: Sequence[Credential], signature: bytes, now_ms: int
) -> None:
    """As ``sign``, with that of an application's keys that made the signature; who signs has also read the notice.

    Where none made it, the refusal speaks of the first, which is the newest.
    """
    made = (each for each in keys if isinstance(each.key, PublicKey) and each.key.verify(signature, agreement.document))
    sign(db, agreement, next(made, keys[0] if keys else None), signature, now_ms)
    notices.acknowledge_if_new(db, agreement.api_id, agreement.version, agreement.app_id, now_ms)


def take_back(db: Database, life: Life) -> None:
    """The end was called off, and with it what was agreed for the time after it."""
    db.execute("DELETE FROM interface_agreements WHERE api_id = ? AND version = ?", (life.api_id, life.version))


def agreements_of(store: Store, life: Life) -> list[Agreement]:
    """By App_ID."""
    sql = f"SELECT {_COLUMNS} FROM interface_agreements WHERE api_id = ? AND version = ? ORDER BY app_id"  # noqa: S608
    return [Agreement(*row) for row in store.read(sql, (life.api_id, life.version))]


def agreement_with(store: Store, life: Life, app_id: str) -> Agreement:
    """RESOURCE_NOT_FOUND where the bank laid none before this application."""
    found = [each for each in agreements_of(store, life) if each.app_id == app_id]
    if not found:
        raise problems.RESOURCE_NOT_FOUND.problem()
    return found[0]
