"""What a refusal is: a line of the catalogue, raised (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CATALOGUE: dict[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the catalogue. ``retry_safe``: the same intent may be sent again without risk to money."""

    code: str
    status: int
    title: str
    title_zh: str
    retry_safe: bool

    def problem(self, detail: str | None = None, *, reason: str | None = None, **members: Any) -> Problem:
        """A refusal of this kind; ``members`` become RFC 9457 extension members (or header hints)."""
        return Problem(self, detail, reason, members)


class Problem(Exception):
    """A refusal. Carries its catalogue line, a public detail, a private reason and extension members."""

    def __init__(self, kind: Kind, detail: str | None, reason: str | None, members: dict[str, Any]) -> None:
        super().__init__(f"{kind.code}: {reason or detail or kind.title}")
        self.kind = kind
        self.detail = detail
        self.reason = reason
        self.members = members

    @property
    def code(self) -> str:
        return self.kind.code

    def document(self, trace_id: str) -> dict[str, Any]:
        """The ``application/problem+json`` object (RFC 9457 section 3)."""
        return {
            "type": f"urn:bank-api-sandbox:problem:{self.kind.code}",
            "title": self.kind.title,
            "title_zh": self.kind.title_zh,
            "status": self.kind.status,
            "code": self.kind.code,
            "detail": self.detail or self.kind.title,
            "trace_id": trace_id,
            "retry_safe": self.kind.retry_safe,
            **self.members,
        }


def kind(code: str, status: int, title: str, title_zh: str, *, retry_safe: bool = False) -> Kind:
    """A new line of the catalogue; ``ValueError`` for a code that stands there."""
    line = Kind(code, status, title, title_zh, retry_safe)
    if code in CATALOGUE:
        raise ValueError(f"{code} stands in the catalogue twice")
    CATALOGUE[code] = line
    return line
