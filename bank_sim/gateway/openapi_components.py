"""The components of the published description: schemas, headers, credentials, the one shape of every refusal."""

from __future__ import annotations

from typing import Any

import msgspec

from bank_sim.config import Config
from bank_sim.registry.api import Api
from bank_sim.sdk.protocol.problems import CATALOGUE

Json = dict[str, Any]

REF = "#/components/schemas/{name}"
_HEADERS = {
    "X-API-Version": (
        "Version of the interface. Covered by the signature.",
        {"type": "string", "pattern": "^[1-9][0-9]*$"},
        True,
    ),
    "Signature-Input": (
        'RFC 9421: sig1=("@method" "@authority" "@path" …);created=…;nonce="…";keyid="<App_ID>.<kid>".',
        {"type": "string"},
        True,
    ),
    "Signature": ("RFC 9421: sig1=:base64:.", {"type": "string"}, True),
    "Content-Digest": ("RFC 9530: sm3=:…: or sha-256=:…: of the body.", {"type": "string"}, True),
    "Idempotency-Key": (
        "Makes a repetition of the same request have one effect.",
        {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        True,
    ),
}
ANSWER_HEADERS = {
    "X-Trace-Id": "Identifies the call in the bank's access log.",
    "X-API-Version": "The version that answered.",
    "Content-Digest": "RFC 9530.",
    "Signature-Input": 'RFC 9421: covers "@status", "content-digest" and the request\'s signature ("signature";req).',
    "Signature": "RFC 9421.",
    "RateLimit-Policy": 'The limits that it met (draft-ietf-httpapi-ratelimit-headers): "app-minute";q=1000;w=60.',
    "RateLimit": 'How much of the tightest is left, and when there is more: "app-minute";r=12;t=31.',
}
_REFUSED_HEADERS = ("X-Trace-Id", "RateLimit-Policy", "RateLimit")


def components(apis: list[Api], config: Config) -> Json:
    """Everything that the operations refer to."""
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in ANSWER_HEADERS.items()}
    return {
        "schemas": _schemas(apis),
        "securitySchemes": _security_schemes(config),
        "parameters": {name: _header_parameter(name) for name in _HEADERS},
        "headers": headers,
        "responses": {"Problem": _problem_response(), "Throttled": _throttled_response()},
    }


def _header_parameter(name: str) -> Json:
    description, schema, required = _HEADERS[name]
    return {"name": name, "in": "header", "description": description, "required": required, "schema": schema}


def _problem_response() -> Json:
    return {
        "description": "Refused. Signed as soon as the caller's key is known.",
        "headers": {"X-Trace-Id": {"$ref": "#/components/headers/X-Trace-Id"}},
        "content": {
            "application/problem+json": {
                "schema": {"$ref": REF.format(name="Problem")},
                "examples": {
                    code: {"value": kind.problem().document("0" * 32)}
                    for code, kind in CATALOGUE.items()
                    if code in ("SIGNATURE_INVALID", "PARAM_INVALID", "NONCE_REPLAYED")
                },
            }
        },
    }


def _throttled_response() -> Json:
    headers: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in _REFUSED_HEADERS}
    headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}, "required": True}
    codes = ("QUOTA_EXCEEDED", "CONCURRENCY_LIMIT", "QUOTA_SUSPENDED", "RATE_LIMITED")
    return {
        "description": "Too many calls. Nothing was done; the limits and what follows: docs/throttling.md.",
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": {"$ref": REF.format(name="Problem")},
                "examples": {code: {"value": CATALOGUE[code].problem().document("0" * 32)} for code in codes},
            }
        },
    }


def _schemas(apis: list[Api]) -> Json:
    shapes = [
        shape
        for api in apis
        for shape in (api.request, api.sealed_request, api.answer, api.sealed_answer)
        if shape is not None
    ]
    _, components = msgspec.json.schema_components(shapes, ref_template=REF)
    open_to_sealed = {api.answer.__name__ for api in apis if api.sealed_answer is not None}
    for name in open_to_sealed:
        # ``allOf`` adds the member ``sealed`` beside this shape, which therefore may not forbid others.
        components[name].pop("additionalProperties", None)
    return {**components, "Problem": _problem_schema()}


def _problem_schema() -> Json:
    """RFC 9457, with the catalogue's codes."""
    return {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "trace_id", "retry_safe"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "title_zh": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(CATALOGUE)},
            "detail": {"type": "string"},
            "trace_id": {"type": "string"},
            "retry_safe": {
                "type": "boolean",
                "description": "The same intent may be sent again without risk to money.",
            },
        },
    }


def _security_schemes(config: Config) -> Json:
    keyed = {"type": "apiKey", "in": "header", "name": "Signature"}
    flow = {
        "authorizationUrl": f"{config.pages_url}/authorize",
        "tokenUrl": f"{config.gateway_url}/oauth/token",
        "refreshUrl": f"{config.gateway_url}/oauth/token",
        "scopes": {},
    }
    return {
        "messageSignature": {**keyed, "description": "RFC 9421 with a registered key: sm2-sm3 or ecdsa-p256-sha256."},
        "messageMac": {**keyed, "description": "RFC 9421 with App_Secret: hmac-sm3 or hmac-sha256. A1 only."},
        "userToken": {
            "type": "oauth2",
            "description": "Pushed authorization request (RFC 9126) with PKCE and authorization_details (RFC 9396); "
            "the token is bound to the application's signing key.",
            "flows": {"authorizationCode": flow},
        },
    }
