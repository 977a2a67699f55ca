"""The published interfaces as pages show them: read from the gateway's own OpenAPI document, and from nothing else.

A developer reads here what a generator of clients would read. Facts of the standard come from the document's ``x-``
members. Must not know the shapes behind it: a page could then promise what the document does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bank_sim.clock import from_rfc3339
from bank_sim.portal.line import Line, read_answer
from bank_sim.sdk.protocol.problems import SERVICE_UNAVAILABLE

Json = Mapping[str, Any]

_BODY = ("requestBody", "content", "application/json", "schema")
_NESTED_MAX = 4


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a message. ``path`` names it from the outside in: ``items[].name``. ``sealed``: travels sealed."""

    path: str
    type: str
    required: bool
    pattern: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    description: str = ""
    sealed: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2].removesuffix("[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One interface as of one version. ``answer`` and ``request`` list members, the sealed ones among them marked.

    ``versions``: all that are in service. ``sunset``: when this one ends (RFC 3339), "" for one that stays.
    """

    api_id: str
    u_api_id: str
    level: str
    method: str
    path: str
    summary: str
    summary_zh: str
    status: int
    needs_user: bool
    takes_secret: bool
    idempotent: bool
    version: str
    versions: tuple[str, ...]
    sunset: str
    checks: tuple[str, ...]
    in_path: tuple[Member, ...]
    in_query: tuple[Member, ...]
    request: tuple[Member, ...]
    answer: tuple[Member, ...]

    @property
    def sunset_s(self) -> float:
        """The same in seconds since 1970, of a version that ends."""
        return from_rfc3339(self.sunset)

    def titled(self, language: str) -> str:
        return self.summary_zh if language == "zh" else self.summary

    @property
    def sealed_in(self) -> tuple[Member, ...]:
        return tuple(each for each in self.request if each.sealed)

    @property
    def sealed_out(self) -> tuple[Member, ...]:
        return tuple(each for each in self.answer if each.sealed)

    @property
    def with_body(self) -> bool:
        return bool(self.request)


class Description:
    """The document, once read: its ``text``, and ``operations`` by API_ID in the order of the document."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._document: Json = msgspec.json.decode(text)
        self.operations = {each.api_id: each for each in self._read()}

    def _read(self) -> Iterator[Operation]:
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                yield self._operation(path, method, operation)

    def _operation(self, path: str, method: str, found: Json) -> Operation:
        parameters = [self._resolved(each) for each in found["parameters"]]
        status, answer = next((code, each) for code, each in found["responses"].items() if code != "default")
        schemes = [scheme for either in found["security"] for scheme in either]
        body = self._members(_dig(found, _BODY), leave="sealed")
        sealed_in = self._members(found.get("x-sealed-fields", {}), sealed=True)
        return Operation(
            api_id=found["x-api-id"],
            u_api_id=found["x-u-api-id"],
            level=found["x-level"],
            method=method.upper(),
            path=path,
            summary=found["summary"],
            summary_zh=found["x-summary-zh"],
            status=int(status),
            needs_user="userToken" in schemes,
            takes_secret="messageMac" in schemes,
            idempotent=any(each["name"] == "Idempotency-Key" for each in parameters),
            version=found["x-version"],
            versions=tuple(each["version"] for each in found["x-versions"]),
            sunset=found.get("x-sunset", ""),
            checks=tuple(found["x-checks"]),
            in_path=tuple(self._parameter(each) for each in parameters if each["in"] == "path"),
            in_query=tuple(self._parameter(each) for each in parameters if each["in"] == "query"),
            request=(*body, *sealed_in),
            answer=self._answer(answer["content"]["application/json"]["schema"]),
        )

    def _answer(self, schema: Json) -> tuple[Member, ...]:
        parts = [*schema.get("allOf", ()), *([] if "allOf" in schema else [schema])]
        clear = tuple(each for part in parts for each in self._members(part))
        inside = _dig(schema, ("properties", "sealed", "x-sealed-fields"))
        return (*clear, *self._members(inside, sealed=True))

    def _parameter(self, found: Json) -> Member:
        return self._member(found["name"], found["schema"], bool(found.get("required")), sealed=False)

    def _members(
        self, schema: Json, prefix: str = "", *, sealed: bool = False, leave: str = "", depth: int = 0
    ) -> tuple[Member, ...]:
        """The members of an object's schema, those of nested objects and lists behind their own."""
        shape = self._resolved(schema)
        required = shape.get("required", ())
        members: list[Member] = []
        for name, given in shape.get("properties", {}).items():
            if name == leave:
                continue
            inner = self._resolved(_given(given))
            many = inner.get("type") == "array"
            path = f"{prefix}{name}{'[]' if many else ''}"
            members.append(self._member(path, given, name in required, sealed=sealed))
            if depth < _NESTED_MAX:
                nested = inner.get("items", {}) if many else inner
                members += self._members(nested, f"{path}.", sealed=sealed, depth=depth + 1)
        return tuple(members)

    def _member(self, path: str, given: Json, required: bool, *, sealed: bool) -> Member:
        schema = self._resolved(_given(given))
        choices = tuple(map(str, schema.get("enum", ())))
        kind = schema.get("type") or ("string" if choices else "object")
        example = next(iter(schema.get("examples", ())), choices[0] if choices else "")
        return Member(
            path=path,
            type=str(kind),
            required=required,
            pattern=schema.get("pattern", ""),
            choices=choices,
            example=str(example),
            description=schema.get("description", ""),
            sealed=sealed,
        )

    def _resolved(self, schema: Json) -> Json:
        """What a reference within the document stands for."""
        if "$ref" not in schema:
            return schema
        return _dig(self._document, re.sub("^#/", "", schema["$ref"]).split("/"))


def fetch(line: Line, authority: str, version: str = "") -> Description:
    """The gateway's description, as anybody may read it; SERVICE_UNAVAILABLE where there is none."""
    target = f"/openapi.json?version={version}" if version else "/openapi.json"
    request = f"GET {target} HTTP/1.1\r\nHost: {authority}\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
    answer = read_answer(line(request.encode("ascii")))
    if answer.status != 200:
        raise SERVICE_UNAVAILABLE.problem("The gateway does not describe its interfaces.")
    return Description(answer.body)


def _given(schema: Json) -> Json:
    """The schema of an optional member where it is given: without the null that stands for its absence."""
    return next((each for each in schema.get("anyOf", ()) if each != {"type": "null"}), schema)


def _dig(value: Json, path: tuple[str, ...] | list[str]) -> Json:
    for name in path:
        value = value.get(name, {})
    return value
