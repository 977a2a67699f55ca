"""What a version promises, in one canonical form, and its SM3: who builds on it must find it unchanged (7.1-6.2).

Everything that a caller can notice is in it: level, path, method, consent, shapes. The digest is kept when a version is
published; the programs are compared with it ever after.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from bank_sim.registry.api import Api, Shape
from bank_sim.registry.lives import Lives, all_lives
from bank_sim.sdk.protocol.suites import digest
from bank_sim.store import Store

_CANONICAL = msgspec.json.Encoder(order="deterministic")


def described(api: Api) -> dict[str, Any]:
    """The promise of one version as plain values."""
    return {
        "api_id": api.api_id,
        "version": api.version,
        "level": api.level,
        "funds": api.funds,
        "method": api.method,
        "path": api.path,
        "consent_types": sorted(api.consent_types),
        "status": api.status,
        "direct_allowed": api.direct_allowed,
        "idempotent": api.idempotent,
        "confirmed": api.confirmed,
        "path_parameters": _schema(api.path_parameters),
        "query": _schema(api.query),
        "request": _schema(api.request),
        "sealed_request": _schema(api.sealed_request),
        "answer": _schema(api.answer),
        "sealed_answer": _schema(api.sealed_answer),
    }


def canonical(document: dict[str, Any]) -> bytes:
    """The one spelling of a document: members sorted, no blanks."""
    return _CANONICAL.encode(document)


@cache
def description_sm3(api: Api) -> str:
    """SM3 in hex of the canonical description."""
    return digest("gm", canonical(described(api))).hex()


def changed_in_place(store: Store, lives: Lives) -> list[str]:
    """The published versions (``rates.list:1``) that the programs no longer serve as they were published."""
    return [
        life.subject
        for life in all_lives(store)
        if life.published_ms is not None
        and life.in_service
        and life.description_sm3 != _now(lives, life.api_id, life.version)
    ]


def _now(lives: Lives, api_id: str, version: str) -> str | None:
    design = lives.designs.get((api_id, version))
    return None if design is None else description_sm3(design)


def _schema(shape: Shape | None) -> Any:
    return None if shape is None else msgspec.json.schema(shape)
