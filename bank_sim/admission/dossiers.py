"""A case as it lies in the store: who asks, how far it has come, and everything that was handed in.

Whom papers and keys belong to lies sealed by the vault. The applicant enters with a case number and an access code, of
which the bank keeps a digest. Reading and writing only: what may be written when is ``admissions``' business.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlite_utils import Database

from bank_sim.admission import stages
from bank_sim.admission.inspection import Inspection
from bank_sim.admission.materials import Material
from bank_sim.admission.possession import Offered
from bank_sim.admission.questionnaire import Questionnaire
from bank_sim.keys import Vault
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store
from bank_sim.tokens.model import new_secret, secret_sha256

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS admission_cases (
    case_id TEXT PRIMARY KEY,
    code_sha256 BLOB NOT NULL,
    company TEXT NOT NULL,
    purpose TEXT NOT NULL,
    stage TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    form TEXT,
    papers_sealed BLOB,
    keys_sealed BLOB,
    certificate_request_pem TEXT,
    agreement BLOB,
    signature TEXT,
    countersignature TEXT,
    app_id TEXT UNIQUE REFERENCES applications
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS admission_inspections (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES admission_cases,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS admission_inspections_of ON admission_inspections (case_id, serial);
"""
    + stages.SCHEMA
)

_COLUMNS = (
    "case_id, company, purpose, stage, opened_ms, form, papers_sealed, keys_sealed, certificate_request_pem, agreement,"
    " signature, countersignature, app_id"
)
_WRITABLE = frozenset(
    {
        "form",
        "papers_sealed",
        "keys_sealed",
        "certificate_request_pem",
        "agreement",
        "signature",
        "countersignature",
        "app_id",
    }
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case, opened. ``agreement``: the bytes that are signed; ``countersignature``: the bank's, which ends it."""

    case_id: str
    company: str
    purpose: str
    stage: str
    opened_ms: int
    form: Questionnaire | None
    papers: tuple[Material, ...]
    keys: Offered | None
    certificate_request_pem: str | None
    agreement: bytes | None
    signature: str | None
    countersignature: str | None
    app_id: str | None
    inspections: tuple[Inspection, ...] = ()

    @property
    def inspection(self) -> Inspection | None:
        """The newest."""
        return self.inspections[-1] if self.inspections else None


@dataclass(frozen=True, slots=True)
class Queued:
    """A case in the staff's list. ``since_ms``: how long it has stood where it stands."""

    case_id: str
    company: str
    stage: str
    opened_ms: int
    since_ms: int


class Dossiers:
    """All cases. Writes run in the caller's transaction."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def open(self, db: Database, company: str, purpose: str, now_ms: int) -> tuple[str, str]:
        """Begin a case; returns its number and the access code, which is known to nobody else from now on."""
        case_id = "case_" + b32encode(secrets.token_bytes(5)).decode().lower()
        code = new_secret()
        db.execute(
            "INSERT INTO admission_cases (case_id, code_sha256, company, purpose, stage, opened_ms)"
            " VALUES (?, ?, ?, ?, 'enquired', ?)",
            (case_id, secret_sha256(code), company, purpose, now_ms),
        )
        stages.note(db, case_id, stages.Taken(now_ms, "enquire", None, "enquired", "applicant", purpose))
        return case_id, code

    def knows(self, case_id: str, code: str) -> bool:
        """Whether the access code is this case's."""
        rows = self._store.read("SELECT code_sha256 FROM admission_cases WHERE case_id = ?", (case_id,))
        return bool(rows) and secrets.compare_digest(rows[0][0], secret_sha256(code))

    def find(self, case_id: str) -> Dossier:
        """RESOURCE_NOT_FOUND."""
        rows = self._store.read(f"SELECT {_COLUMNS} FROM admission_cases WHERE case_id = ?", (case_id,))  # noqa: S608
        if not rows:
            raise problems.RESOURCE_NOT_FOUND.problem()
        return self._dossier(rows[0])

    def of_application(self, app_id: str) -> Dossier | None:
        """The case that an application came from; None where it was registered without one."""
        rows = self._store.read(f"SELECT {_COLUMNS} FROM admission_cases WHERE app_id = ?", (app_id,))  # noqa: S608
        return self._dossier(rows[0]) if rows else None

    def companies(self) -> dict[str, str]:
        """Who applies, by case number."""
        return dict(self._store.read("SELECT case_id, company FROM admission_cases"))

    def queue(self) -> list[Queued]:
        """Every case, those that have waited longest first."""
        rows = self._store.read(
            "SELECT c.case_id, c.company, c.stage, c.opened_ms, max(h.at_ms) AS since_ms FROM admission_cases c"
            " JOIN admission_history h USING (case_id) GROUP BY c.case_id ORDER BY since_ms, c.case_id"
        )
        return [Queued(*row) for row in rows]

    def write(self, db: Database, case_id: str, **columns: Any) -> None:
        """Set what was handed in."""
        if unknown := columns.keys() - _WRITABLE:
            raise ValueError(f"no such columns: {unknown}")
        marks = ", ".join(f"{name} = ?" for name in columns)
        db.execute(
            f"UPDATE admission_cases SET {marks} WHERE case_id = ?",  # noqa: S608 - constant names
            (*columns.values(), case_id),
        )

    def write_papers(self, db: Database, case_id: str, papers: tuple[Material, ...]) -> None:
        self.write(db, case_id, papers_sealed=self._vault.seal(msgspec.json.encode(papers)))

    def write_keys(self, db: Database, case_id: str, keys: Offered) -> None:
        self.write(db, case_id, keys_sealed=self._vault.seal(msgspec.json.encode(keys)))

    def write_inspection(self, db: Database, case_id: str, inspection: Inspection) -> None:
        text = msgspec.json.encode(inspection).decode()
        db.execute("INSERT INTO admission_inspections (case_id, document) VALUES (?, ?)", (case_id, text))

    def _dossier(self, row: tuple[Any, ...]) -> Dossier:
        (case_id, company, purpose, stage, opened_ms, form, papers, keys) = row[:8]
        certificate_request_pem, text, signature, countersignature, app_id = row[8:]
        inspections = self._store.read(
            "SELECT document FROM admission_inspections WHERE case_id = ? ORDER BY serial", (case_id,)
        )
        return Dossier(
            case_id=case_id,
            company=company,
            purpose=purpose,
            stage=stage,
            opened_ms=opened_ms,
            form=msgspec.json.decode(form, type=Questionnaire) if form else None,
            papers=msgspec.json.decode(self._vault.unseal(papers), type=tuple[Material, ...]) if papers else (),
            keys=msgspec.json.decode(self._vault.unseal(keys), type=Offered) if keys else None,
            certificate_request_pem=certificate_request_pem,
            agreement=text,
            signature=signature,
            countersignature=countersignature,
            app_id=app_id,
            inspections=tuple(msgspec.json.decode(each[0], type=Inspection) for each in inspections),
        )


def agreed_calls_day(store: Store, app_id: str) -> int | None:
    """How many calls a day the agreement with an application expects; None where nothing is agreed with it."""
    rows = store.read(
        "SELECT json_extract(CAST(agreement AS TEXT), '$.calls_day') FROM admission_cases WHERE app_id = ?"
        " AND agreement IS NOT NULL",
        (app_id,),
    )
    return int(rows[0][0]) if rows else None
