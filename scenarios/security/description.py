"""The published OpenAPI document, as one sees it who need not sign and seal: what a fuzzer is given.

What the signing proxy adds is taken out (signature, digest, version, credentials); the member ``sealed`` shows what it
holds. Everything else stays as it is published, so that a drift between document and bank is found.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

ADDED = frozenset({"X-API-Version", "Signature-Input", "Signature", "Content-Digest"})
"""Headers of the wire that the proxy puts in."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What the proxy must know of one operation. ``path`` is the template's segments."""

    api_id: str
    method: str
    path: tuple[str, ...]
    level: str
    seals: bool

    def matches(self, method: str, path: str) -> bool:
        segments = path.split("/")
        return (
            method == self.method
            and len(segments) == len(self.path)
            and all(mine.startswith("{") or mine == given for mine, given in zip(self.path, segments, strict=True))
        )


def operations(document: Json) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(each["x-api-id"], method.upper(), tuple(path.split("/")), each["x-level"], "x-sealed-fields" in each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]


def unsealed(document: Json, server: str, examples: Mapping[str, list[str]]) -> Json:
    """The document for callers of the proxy at ``server``.

    ``examples``: values of path parameters that exist, so that tests reach what lies behind them.
    """
    made = copy.deepcopy(document)
    made["servers"] = [{"url": server}]
    made["components"].pop("securitySchemes")
    for path in made["paths"].values():
        for operation in path.values():
            _open(operation, made["components"]["schemas"], examples)
    return made


def _open(operation: Json, schemas: Json, examples: Mapping[str, list[str]]) -> None:
    operation.pop("security", None)
    operation["parameters"] = [
        _exemplified(each, examples)
        for each in operation["parameters"]
        if each.get("$ref", "").rpartition("/")[2] not in ADDED
    ]
    if "x-sealed-fields" in operation:
        media = operation["requestBody"]["content"]["application/json"]
        name = media["schema"]["$ref"].rpartition("/")[2]
        shape = copy.deepcopy(schemas[name])
        shape["properties"]["sealed"] = operation["x-sealed-fields"]
        media["schema"] = shape
    for answer in operation["responses"].values():
        for media in answer.get("content", {}).values():
            sealed = media["schema"].get("properties", {}).get("sealed", {})
            if "x-sealed-fields" in sealed:
                media["schema"]["properties"]["sealed"] = sealed["x-sealed-fields"]


def _exemplified(parameter: Json, examples: Mapping[str, list[str]]) -> Json:
    values = examples.get(parameter.get("name", ""))
    if not values:
        return parameter
    return parameter | {"examples": {f"of this run, {at}": {"value": each} for at, each in enumerate(values, 1)}}
