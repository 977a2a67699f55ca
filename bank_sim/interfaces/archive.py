"""What is kept for good of a version that is no more: one ZIP file with a manifest of digests (JR/T 0185 11-4.1).

It can be read without the bank: JSON files, and ``manifest.json`` with the SM3 of each. It holds no personal data:
users stand in it as numbers of notices, never by name or reference.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import msgspec
from sqlite_utils import Database

from bank_sim.interfaces import agreements, audits, concerned, notices, plans, platform, states
from bank_sim.interfaces.description import canonical, described
from bank_sim.registry.api import Api
from bank_sim.registry.lives import Life
from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Store, append_only

SCHEMA = """
CREATE TABLE IF NOT EXISTS interface_archives (
    api_id TEXT NOT NULL,
    version TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    PRIMARY KEY (api_id, version)
) STRICT, WITHOUT ROWID;
""" + append_only("interface_archives")

MANIFEST = "manifest.json"
# ZIP counts time from 1980; the instants that matter stand inside.
_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def bundle(store: Store, life: Life, api: Api) -> bytes:
    """Everything that the bank knows of a version's life, as a ZIP file. Equal lives make equal bytes."""
    told = notices.notices_of(store, life)
    entry = platform.query(store, life.u_api_id or "")
    files: dict[str, Any] = {
        "description.json": described(api),
        "life.json": msgspec.to_builtins(life),
        "register.json": msgspec.to_builtins(entry),
        "history.json": msgspec.to_builtins(states.history(store, life)),
        "audits.json": msgspec.to_builtins(audits.audits_of(store, life.api_id, life.version)),
        "plans.json": msgspec.to_builtins(plans.plans_of(store, life)),
        "notices.json": {
            "applications": msgspec.to_builtins(told),
            "users_told": len(notices.customers_told(store, life)),
        },
        "agreements.json": [each.as_file() for each in agreements.agreements_of(store, life)],
        "calls.json": msgspec.to_builtins(concerned.applications(store, life, 0)),
    }
    contents = {name: canonical({"content": content}) for name, content in files.items()}
    manifest = {
        "subject": life.subject,
        "algorithm": "sm3",
        "files": {name: digest("gm", content).hex() for name, content in contents.items()},
    }
    return _zipped({**contents, MANIFEST: canonical(manifest)})


def keep(db: Database, life: Life, content: bytes, now_ms: int) -> None:
    """Put a bundle away, within the caller's write transaction."""
    db.execute("INSERT INTO interface_archives VALUES (?, ?, ?, ?)", (life.api_id, life.version, now_ms, content))


def kept(store: Store, life: Life) -> bytes:
    """The bundle of an archived version. RESOURCE_NOT_FOUND where there is none."""
    rows = store.read(
        "SELECT bundle FROM interface_archives WHERE api_id = ? AND version = ?", (life.api_id, life.version)
    )
    if not rows:
        raise problems.RESOURCE_NOT_FOUND.problem()
    content: bytes = rows[0][0]
    return content


def holds(content: bytes) -> bool:
    """Whether a bundle is whole: just the files of its manifest, each with its digest."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        listed = msgspec.json.decode(files.pop(MANIFEST))["files"]
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError, TypeError):
        return False
    return bool(listed == {name: digest("gm", each).hex() for name, each in files.items()})


def _zipped(contents: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _SAME_DAY), content)
    return file.getvalue()
