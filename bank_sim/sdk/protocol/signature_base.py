"""The signature base of RFC 9421 section 2.5: what exactly is signed. It knows neither keys nor profiles.

A component is written as its name, followed by its parameters if any: ``content-digest``, ``@path``,
``signature;req;key="sig1"``. Field values come from mappings with lower-case names, one line for each name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bank_sim.sdk.protocol.problems import HEADER_INVALID, SIGNATURE_INVALID, SIGNATURE_MALFORMED


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands on the wire: ``path`` and ``query`` still percent-encoded, ``query`` without ``?``."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]

    def value(self, component: str) -> str | None:
        """The component's value (RFC 9421 section 2); None when the request does not have it."""
        derived = _DERIVED.get(component)
        return derived(self) if derived else self.headers.get(component)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, with the member of the request's Signature header that it answers: its component and its value."""

    status: int
    headers: Mapping[str, str]
    bound_component: str | None = None
    bound_value: str | None = None

    def value(self, component: str) -> str | None:
        """The component's value; None when the answer does not have it."""
        if component == "@status":
            return str(self.status)
        return self.bound_value if component == self.bound_component else self.headers.get(component)


def signature_base(components: Sequence[str], message: Request | Answer, params_text: str) -> bytes:
    """The lines that are signed, in the order of ``components``, closed by ``@signature-params``.

    ``SIGNATURE_INVALID`` names a covered component that the message does not carry. ``HEADER_INVALID`` when a value
    holds a line break (it could forge a line of the base) or is not ASCII.
    """
    lines = [f"{quoted(name)}: {_required(name, message)}" for name in components]
    lines.append(f'"@signature-params": {params_text}')
    base = "\n".join(lines)
    if base.count("\n") != len(components) or not base.isascii():
        raise HEADER_INVALID.problem("A covered value holds a line break or is not ASCII.")
    return base.encode("ascii")


def quoted(component: str) -> str:
    """The component identifier as RFC 9421 writes it: the name in quotes, its parameters behind."""
    name, semicolon, parameters = component.partition(";")
    return f'"{name}"{semicolon}{parameters}'


def _required(component: str, message: Request | Answer) -> str:
    value = message.value(component)
    if value is not None:
        return value.strip(" \t")
    if component.startswith("@"):
        raise SIGNATURE_MALFORMED.problem(f"The profile has no component {quoted(component)}.")
    raise SIGNATURE_INVALID.problem(f"The signature covers {quoted(component)}, which the message does not carry.")


_DERIVED: dict[str, Callable[[Request], str]] = {
    "@method": lambda request: request.method,
    "@authority": lambda request: request.authority.lower().removesuffix(":443"),
    "@path": lambda request: request.path or "/",
    "@query": lambda request: f"?{request.query}",
}
