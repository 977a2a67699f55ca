"""A request that a developer's own program made, looked at before it is sent: the gateway's questions, in its order.

The bank's own view of the message is computed (signature base, digest) and compared with what the message claims. No
nonce is burnt and nothing is sent. Only keys of the developer's own application take part, so that nobody can have
guesses at other people's secrets judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bank_sim.edge.headers import read_headers
from bank_sim.portal.suspicions import suspicion
from bank_sim.registry.catalogue import Catalogue
from bank_sim.registry.parties import Credential
from bank_sim.sdk.protocol import problems, strict_json
from bank_sim.sdk.protocol.digests import content_digest, require_digest
from bank_sim.sdk.protocol.keypairs import MacKey, PublicKey
from bank_sim.sdk.protocol.problems import Problem
from bank_sim.sdk.protocol.signature_base import Request, signature_base
from bank_sim.sdk.protocol.signature_headers import ReceivedSignature, read_signature
from bank_sim.sdk.protocol.signatures import require_coverage, require_fresh, verify_request

TEXT_CHARS_MAX = 60_000
_START = re.compile(r"([A-Z]+) (/[^ ]*)(?: HTTP/1\.1)?")
_SIGNING = frozenset({"sig", "mac"})
_ALWAYS = frozenset({"@method", "@authority", "@path"})
_JSON_TYPES = frozenset({"application/json", "application/json;charset=utf-8"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What the gateway holds messages against. ``wrong_keys``: App_Secret as it is often misread, by the misreading."""

    authority: str
    suite: str
    catalogue: Catalogue
    credential: Callable[[str], Credential | None]
    now_s: float
    window_s: int
    wrong_keys: Mapping[str, MacKey]


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and its answer. ``holds`` None: it could not be asked."""

    name: str
    holds: bool | None
    problem: Problem | None = None


@dataclass(slots=True)
class Examination:
    """``base`` and ``digest`` are the bank's own; ``suspicion`` names the usual mistake that explains a signature."""

    findings: list[Finding] = field(default_factory=list)
    base: str = ""
    digest: str = ""
    suspicion: str = ""

    @property
    def holds(self) -> bool:
        return all(each.holds for each in self.findings)


@dataclass(slots=True)
class _Subject:
    """The message as read so far."""

    expected: Expected
    text: str
    method: str = ""
    path: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    signature: ReceivedSignature | None = None
    credential: Credential | None = None

    @property
    def request(self) -> Request:
        return Request(self.method, self.headers.get("host", ""), self.path, self.query, self.headers)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    def signed(self) -> ReceivedSignature:
        if self.signature is None:
            raise problems.SIGNATURE_REQUIRED.problem()
        return self.signature

    def key(self) -> PublicKey | MacKey:
        key = self.credential.key if self.credential else None
        if not isinstance(key, PublicKey | MacKey):
            raise problems.KEY_UNKNOWN.problem("keyid names no key of this application.")
        return key


def examine(text: str, expected: Expected) -> Examination:
    """Ask every question that can be asked, the later ones too where an earlier one is answered badly."""
    subject, result = _Subject(expected, text[:TEXT_CHARS_MAX]), Examination()
    for name, question in _QUESTIONS:
        try:
            question(subject)
        except Problem as problem:
            result.findings.append(Finding(name, False, problem))
            if name in _FOUNDATIONS:
                break
        else:
            result.findings.append(Finding(name, True))
    asked = {each.name for each in result.findings}
    result.findings += [Finding(name, None) for name, _ in _QUESTIONS if name not in asked]
    if subject.body:
        result.digest = content_digest(expected.suite, subject.body)
    if subject.signature is not None:
        result.base = _base(subject, subject.signature)
        if _failed(result, "signature") and not _failed(result, "key_named"):
            result.suspicion = suspicion(subject.signature, subject.request, subject.key(), expected.wrong_keys)
    return result


def _read(subject: _Subject) -> None:
    head, _, body = subject.text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    start, *lines = head.split("\n")
    found = _START.fullmatch(start.strip())
    if found is None:
        raise problems.MALFORMED_HTTP.problem("The first line must be METHOD /path?query HTTP/1.1.")
    subject.method = found[1]
    subject.path, _, subject.query = found[2].partition("?")
    if without := next((line for line in lines if ":" not in line), None):
        raise problems.MALFORMED_HTTP.problem(f"A header line without a colon: {without[:40]}")
    pairs = [tuple(part.encode("utf-8") for part in line.split(":", 1)) for line in lines]
    subject.headers, fault = read_headers((name.strip().lower(), value) for name, value in pairs)
    subject.body = _body(body, subject.headers, subject.expected.suite)
    if fault is not None:
        raise fault


def _body(text: str, headers: Mapping[str, str], suite: str) -> bytes:
    """A text field does not tell CRLF from LF, nor whether the body ends with one: what the headers fit is meant.

    Where they fit no reading, it is the one without a line break at its end.
    """
    bare = text.strip("\n")
    breaks = (each.replace("\n", "\r\n") for each in (bare, text))
    readings = [each.encode("utf-8") for each in (bare, f"{bare}\n", text, *breaks)] if bare else [b""]
    claimed, length = headers.get("content-digest"), headers.get("content-length")
    counted = next((each for each in readings if str(len(each)) == length), readings[0])
    return next((each for each in readings if content_digest(suite, each) == claimed), counted)


def _addressed(subject: _Subject) -> None:
    host = subject.headers.get("host", "")
    if host.lower() != subject.expected.authority:
        raise problems.AUTHORITY_MISMATCH.problem(f"Host must be {subject.expected.authority}.")


def _body_described(subject: _Subject) -> None:
    """Content-Length counts bytes; whoever counts characters keeps the bank waiting, or has the body cut."""
    body, length = subject.body, subject.headers.get("content-length")
    if length is not None and length != str(len(body)):
        longer = length.isascii() and length.isdigit() and len(length) < 10 and int(length) > len(body)
        kind = problems.BODY_TIMEOUT if longer else problems.MALFORMED_HTTP
        raise kind.problem(f"Content-Length says {length[:20]}, the body has {len(body)} bytes.")
    if body and subject.is_api:
        if subject.headers.get("content-type", "").replace(" ", "").lower() not in _JSON_TYPES:
            raise problems.MEDIA_TYPE_UNSUPPORTED.problem()
        strict_json.parse_object(body)


def _interface(subject: _Subject) -> None:
    if not subject.is_api:
        return
    route = subject.expected.catalogue.find(subject.path)
    if route is None:
        raise problems.API_NOT_FOUND.problem()
    if subject.method not in route.methods:
        raise problems.METHOD_NOT_ALLOWED.problem(f"It takes {', '.join(route.methods)}.")
    if "x-api-version" not in subject.headers:
        raise problems.API_VERSION_REQUIRED.problem()
    if subject.headers["x-api-version"] not in route.methods[subject.method].versions:
        raise problems.API_VERSION_UNKNOWN.problem()


def _signature_read(subject: _Subject) -> None:
    subject.signature = read_signature(subject.headers)


def _key_named(subject: _Subject) -> None:
    subject.credential = subject.expected.credential(subject.signed().keyid)
    subject.key()
    if subject.credential is not None and subject.credential.use not in _SIGNING:
        raise problems.KEY_USAGE_MISMATCH.problem()
    route = subject.expected.catalogue.find(subject.path)
    api = route.methods.get(subject.method) if route else None
    if api is not None and api.level == "A2" and isinstance(subject.key(), MacKey):
        raise problems.CREDENTIAL_TOO_WEAK.problem("Sign with the registered private key; App_Secret serves A1 only.")


def _key_valid(subject: _Subject) -> None:
    if subject.credential is None:
        raise problems.KEY_UNKNOWN.problem()
    subject.credential.require_valid(int(subject.expected.now_s * 1000))


def _covered(subject: _Subject) -> None:
    required = _ALWAYS | ({"x-api-version"} if subject.is_api else set())
    require_coverage(subject.signed(), subject.request, required | ({"content-digest"} if subject.body else set()))


def _signature_holds(subject: _Subject) -> None:
    verify_request(subject.signed(), subject.request, subject.key())


def _fresh(subject: _Subject) -> None:
    require_fresh(subject.signed(), subject.expected.now_s, subject.expected.window_s)


def _digested(subject: _Subject) -> None:
    if subject.body:
        require_digest(subject.headers.get("content-digest"), subject.body, subject.expected.suite)


_QUESTIONS: tuple[tuple[str, Callable[[_Subject], None]], ...] = (
    ("readable", _read),
    ("addressed", _addressed),
    ("body_described", _body_described),
    ("interface", _interface),
    ("signature_read", _signature_read),
    ("key_named", _key_named),
    ("covered", _covered),
    ("signature", _signature_holds),
    ("fresh", _fresh),
    ("digest", _digested),
    ("key_valid", _key_valid),
)
_FOUNDATIONS = frozenset({"readable", "signature_read"})


def _base(subject: _Subject, signature: ReceivedSignature) -> str:
    try:
        return signature_base(signature.components, subject.request, signature.params_text).decode("ascii")
    except Problem:
        return ""


def _failed(result: Examination, name: str) -> bool:
    return any(each.name == name and each.holds is False for each in result.findings)
