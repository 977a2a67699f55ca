"""The published description, OpenAPI 3.1, made from the catalogue and the very shapes that validate.

It cannot drift from what the gateway does, since nothing in it is written twice. Extensions carry the standard's facts:
``x-api-id``, ``x-u-api-id``, ``x-level``, ``x-version``, and ``x-sealed-fields`` for what the member ``sealed`` holds.
OpenAPI knows one operation a path and method: where versions stand side by side it is the one to build on,
``x-versions`` lists all of them, and the document can be made for an elder one too.
"""

from __future__ import annotations

import msgspec

from bank_sim.clock import rfc3339
from bank_sim.config import Config
from bank_sim.gateway.openapi_components import ANSWER_HEADERS, REF, Json, components
from bank_sim.gateway.pipeline import PIPELINE
from bank_sim.registry import fields
from bank_sim.registry.api import PATH_PARAMETERS, Api, Shape
from bank_sim.registry.lives import Offer


def document(offer: Offer, config: Config, version: str | None = None) -> Json:
    """The whole description of what is offered, at the addresses of ``config``.

    ``version``: each interface is described as of this version where it is in service, else as by default.
    """
    shown = {(each.api_id, each.version): each for each in offer.catalogue.apis}
    apis = [shown.get((each.api_id, version or ""), each) for each in offer.catalogue]
    paths: Json = {}
    for api in apis:
        paths.setdefault(api.path, {})[api.method.lower()] = _operation(api) | _standing(api, offer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "bank-api-sandbox",
            "version": "1",
            "description": "Interfaces of the sandbox bank (JR/T 0185-2020). All data are invented.",
        },
        "servers": [{"url": config.gateway_url}],
        "paths": paths,
        "components": components(apis, config),
    }


_HELD = "Taken, and not executed yet: the bank looks at it first. State held."


def _operation(api: Api) -> Json:
    operation: Json = {
        "operationId": api.api_id,
        "summary": api.summary,
        "x-summary-zh": api.summary_zh,
        "x-api-id": api.api_id,
        "x-u-api-id": api.u_api_id,
        "x-level": api.level,
        "x-checks": [each.name for each in PIPELINE.path(api.column)],
        "tags": [api.api_id.partition(".")[0]],
        "parameters": [*_parameters(api), *_signature_headers(api)],
        "responses": {
            str(api.status): _success(api),
            "429": {"$ref": "#/components/responses/Throttled"},
            **({"202": _success(api, _HELD)} if api.confirmed else {}),
            "default": {"$ref": "#/components/responses/Problem"},
        },
        "security": _security(api),
    }
    if api.request is not None:
        content = {"schema": _ref(api.request)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
        if api.sealed_request is not None:
            operation["x-sealed-fields"] = _ref(api.sealed_request)
    return operation


def _standing(api: Api, offer: Offer) -> Json:
    """How the version stands, and which others there are."""
    versions = [offer.lives[api.api_id, version] for version in api.versions]
    standing: Json = {
        "x-version": api.version,
        "x-versions": [{"version": each.version, "state": each.state, "u_api_id": each.u_api_id} for each in versions],
    }
    life = offer.life_of(api)
    if life.state == "deprecated":
        standing["deprecated"] = True
        standing["x-sunset"] = rfc3339((life.sunset_ms or life.changed_ms) / 1000)
    return standing


def _parameters(api: Api) -> list[Json]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(PATH_PARAMETERS[name])}
        for name in api.parameters
    ]
    if api.query is not None:
        properties = msgspec.json.schema_components([api.query])[1][api.query.__name__]["properties"]
        found += [{"name": name, "in": "query", "schema": _given(schema)} for name, schema in properties.items()]
    return found


def _given(schema: Json) -> Json:
    """The schema of an optional parameter where it is given: without the null that stands for its absence."""
    return next((each for each in schema.get("anyOf", ()) if each != {"type": "null"}), schema)


def _signature_headers(api: Api) -> list[Json]:
    names = ["X-API-Version", "Signature-Input", "Signature"]
    names += ["Content-Digest"] if api.request is not None else []
    names += ["Idempotency-Key"] if api.idempotent else []
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _success(api: Api, description: str | None = None) -> Json:
    schema: Json = _ref(api.answer)
    if api.sealed_answer is not None:
        sealed = {**msgspec.json.schema(fields.SealedAnswer), "x-sealed-fields": _ref(api.sealed_answer)}
        schema = {
            "allOf": [schema],
            "properties": {"sealed": sealed},
            "required": ["sealed"],
            "unevaluatedProperties": False,
        }
    return {
        "description": description or api.summary,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ANSWER_HEADERS},
        "content": {"application/json": {"schema": schema}},
    }


def _security(api: Api) -> list[Json]:
    if api.level == "A1":
        return [{"messageMac": []}, {"messageSignature": []}]
    return [{"messageSignature": [], "userToken": [api.api_id]}]


def _ref(shape: Shape) -> Json:
    return {"$ref": REF.format(name=shape.__name__)}
