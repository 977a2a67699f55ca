"""Archived records by their facts: what the console shows of a time that is over, read from the archives themselves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from bank_sim.audit import anchors
from bank_sim.records import files
from bank_sim.records.archives import Archives
from bank_sim.records.chains import ACCESS_LOG, Chain, walk
from bank_sim.sdk.protocol import problems
from bank_sim.store import Store

SHOWN_MAX = 50


def search(archives: Archives, store: Store, chain: Chain, facts: dict[str, str]) -> list[dict[str, Any]]:
    """The newest archived records with these facts (of ``chain.sought``), at most ``SHOWN_MAX``."""
    if unknown := facts.keys() - set(chain.sought):
        raise problems.PARAM_INVALID.problem(f"There is no such fact: {', '.join(sorted(unknown))}.")
    condition = "".join(f" AND {name} = ?" for name in facts)
    listed = ", ".join(chain.columns)
    found: list[dict[str, Any]] = []
    for archive in archives.listed(store):
        if archive.anchor.chain != chain.name or not archive.bytes or len(found) >= SHOWN_MAX:
            continue
        with closing(files.reading(archives.folder / archive.anchor.file)) as db:
            rows = db.execute(
                f"SELECT {listed} FROM {chain.name} WHERE 1{condition} ORDER BY serial DESC LIMIT ?",  # noqa: S608
                (*facts.values(), SHOWN_MAX - len(found)),
            )
            found += [dict(zip(chain.columns, row, strict=True)) | {"archive": archive.anchor.file} for row in rows]
    return found


def record(archives: Archives, store: Store, serial: int) -> dict[str, Any]:
    """An archived record of the access log, with its hash in hex. RESOURCE_NOT_FOUND."""
    for anchor in anchors.of_chain(store, ACCESS_LOG.name):
        path = archives.folder / anchor.file
        if anchor.first_serial <= serial <= anchor.through_serial and path.is_file():
            with closing(files.reading(path)) as db:
                for _, record, record_hash in walk(db, ACCESS_LOG, serial, serial):
                    return record | {"hash": record_hash.hex().upper()}
    raise problems.RESOURCE_NOT_FOUND.problem()


def archived_calls(store: Store, folder: Path, api_id: str) -> list[tuple[str, int, str]]:
    """App_ID, time and path of all archived calls of an interface that were served: for whoever judges log and books
    together."""
    found: list[tuple[str, int, str]] = []
    for anchor in anchors.of_chain(store, ACCESS_LOG.name):
        if (folder / anchor.file).is_file():
            with closing(files.reading(folder / anchor.file)) as db:
                sql = "SELECT app_id, at_ms, path FROM access_log WHERE api_id = ? AND result = 'success'"
                found += db.execute(sql, (api_id,)).fetchall()
    return found
