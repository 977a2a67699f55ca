"""What stays on record of an application that has left, for later inquiry (JR/T 0185 9.4-1.4).

One document an exit: who it was, every credential with its fingerprint, its dates and the end it came to, and which
duties survive. It holds public keys only, so that old signatures can still be verified, and no customer's data. It is
written once; its SM3 shows whether it still is what was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlite_utils import Database

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.keypairs import PublicKey, public_from_jwk
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Store, append_only
from bank_sim.supervision.states import Exit

SCHEMA = """
CREATE TABLE IF NOT EXISTS exit_archives (
    exit_id TEXT PRIMARY KEY REFERENCES exits,
    app_id TEXT NOT NULL,
    document BLOB NOT NULL,
    sm3 TEXT NOT NULL,
    archived_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
""" + append_only("exit_archives")

SURVIVING: dict[str, tuple[str, str]] = {
    "confidentiality": (
        "What it learned about users stays confidential.",
        "对用户信息的保密义务继续有效。",
    ),
    "logs": (
        "It keeps its access logs for as long as the agreement says, and lets the bank look at them.",
        "按约定期限留存访问日志，并配合银行查询。",
    ),
    "complaints": (
        "It answers users' questions about payments made before the end.",
        "继续受理终止前交易的用户咨询与投诉。",
    ),
}
"""The duties that outlast the cooperation (JR/T 0185 9.4 b, 12.2), in English and Chinese."""

_LISTS: Mapping[str, tuple[str, str]] = {
    "application": (
        "app_id, name, name_zh, suite, integration_mode, direct_assessment, redirect_uris, sdk_attested,"
        " certificate_sha256, certificate_pem, registered_at_ms",
        "applications WHERE app_id = :app_id",
    ),
    "certificates": ("sha256, state, until_ms", "ended_certificates WHERE app_id = :app_id ORDER BY until_ms, sha256"),
    "grants": ("api_id", "application_grants WHERE app_id = :app_id ORDER BY api_id"),
    "ratings": ("grade, at_ms, by, evidence", "application_ratings WHERE app_id = :app_id ORDER BY serial"),
    "standing": (
        "at_ms, from_status, to_status, by, reason",
        "application_history WHERE app_id = :app_id ORDER BY serial",
    ),
    "exit": ("at_ms, by, step, to_state, reason", "exit_history WHERE exit_id = :exit_id ORDER BY serial"),
    "custody": ("key_name, at_ms, deed, by, reason", "key_custody WHERE holder = :app_id ORDER BY serial"),
    "consents": ("state, consents", "(SELECT state, count(*) AS consents FROM consents WHERE app_id = :app_id"
                 " GROUP BY state)"),
    "users_told": ("users", "(SELECT count(*) AS users FROM exit_notices WHERE exit_id = :exit_id)"),
}  # fmt: skip
"""What goes on record besides the credentials: by name, the columns and where they are read from."""
_MAC = "mac"


@dataclass(frozen=True, slots=True)
class Archived:
    """One document. ``document``: the bytes whose SM3 is ``sm3`` (hex)."""

    exit_id: str
    app_id: str
    document: bytes
    sm3: str
    archived_ms: int

    @property
    def is_whole(self) -> bool:
        return digest("gm", self.document).hex() == self.sm3

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = msgspec.json.decode(self.document)
        return content


def write(db: Database, found: Exit, confidential_until_ms: int, now_ms: int) -> str:
    """Put everything on record, within the caller's write transaction; the document's SM3 in hex."""
    document = msgspec.json.encode(_content(db, found, confidential_until_ms), order="sorted")
    sm3 = digest("gm", document).hex()
    db.execute("INSERT INTO exit_archives VALUES (?, ?, ?, ?, ?)", (found.exit_id, found.app_id, document, sm3, now_ms))
    return sm3


def find(store: Store, exit_id: str) -> Archived | None:
    rows = store.read(
        "SELECT exit_id, app_id, document, sm3, archived_ms FROM exit_archives WHERE exit_id = ?", (exit_id,)
    )
    return Archived(*rows[0]) if rows else None


def search(store: Store, sought: str) -> list[Archived]:
    """The documents in which a text stands: a name, an App_ID, a key's name or fingerprint. The newest first."""
    rows = store.read(
        "SELECT exit_id, app_id, document, sm3, archived_ms FROM exit_archives"
        " WHERE instr(lower(CAST(document AS TEXT)), lower(?)) > 0 ORDER BY archived_ms DESC LIMIT 50",
        (sought,),
    )
    return [Archived(*row) for row in rows]


def require_whole(store: Store, found: Exit) -> None:
    """ARCHIVE_BROKEN: it is not there, not as it was written, or leaves out a credential."""
    archived = find(store, found.exit_id)
    if archived is None or not archived.is_whole:
        raise problems.ARCHIVE_BROKEN.problem()
    recorded = {each["keyid"] for each in archived.content["credentials"]}
    held = {row[0] for row in store.read("SELECT keyid FROM application_keys WHERE app_id = ?", (found.app_id,))}
    if not held <= recorded:
        raise problems.ARCHIVE_BROKEN.problem("A credential is missing from it.")


def signing_keys(store: Store, found: Exit) -> list[PublicKey]:
    """The application's signing keys that were good until the exit took effect: its word of that time is theirs."""
    archived = find(store, found.exit_id)
    if archived is None:
        return []
    mine = [each for each in archived.content["credentials"] if each["use"] == "sig" and each["ended_by"] == "exit"]
    return [key for each in mine if isinstance(key := _read(each["jwk"]), PublicKey)]


def _read(jwk: dict[str, Any]) -> PublicKey | None:
    try:
        return public_from_jwk(jwk)
    except Problem:
        return None


def _content(db: Database, found: Exit, confidential_until_ms: int) -> dict[str, Any]:
    lists = {name: _rows(db, found, columns, source) for name, (columns, source) in _LISTS.items()}
    return {
        "exit_id": found.exit_id,
        "announced_ms": found.announced_ms,
        "voided_ms": found.voided_ms,
        "credentials": _credentials(db, found),
        "surviving": {"duties": list(SURVIVING), "confidential_until_ms": confidential_until_ms},
        **lists,
    }


def _credentials(db: Database, found: Exit) -> list[dict[str, Any]]:
    """Each key by name, fingerprint and dates; App_Secret by name and dates only, for it is a secret."""
    ended_here = {
        row[0]
        for row in db.execute(
            "SELECT key_name FROM key_custody WHERE holder = ? AND deed = 'revoked' AND reason = ?",
            (found.app_id, found.exit_id),
        ).fetchall()
    }
    listed = []
    for keyid, use, material, status, from_ms, until_ms in db.execute(
        "SELECT keyid, use, material, status, not_before_ms, not_after_ms FROM application_keys WHERE app_id = ?"
        " ORDER BY not_before_ms, keyid",
        (found.app_id,),
    ).fetchall():
        key = {} if use == _MAC else {"jwk": msgspec.json.decode(material), "sm3": digest("gm", material).hex()}
        ended_by = "exit" if keyid in ended_here else status
        facts = {"status": status, "ended_by": ended_by, "not_before_ms": from_ms, "not_after_ms": until_ms}
        listed.append({"keyid": keyid, "use": use, **facts, **key})
    return listed


def _rows(db: Database, found: Exit, columns: str, source: str) -> list[dict[str, Any]]:
    rows = db.execute(
        f"SELECT {columns} FROM {source}",  # noqa: S608 - constant parts
        {"app_id": found.app_id, "exit_id": found.exit_id},
    )
    return [dict(zip(columns.split(", "), row, strict=True)) for row in rows.fetchall()]
