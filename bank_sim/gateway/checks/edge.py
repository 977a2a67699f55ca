"""The shape of the message, before anything in it is believed: what two readers could read in two ways is refused."""

from __future__ import annotations

from bank_sim.gateway.call import Call
from bank_sim.sdk.protocol import problems

_MEDIA_TYPES = frozenset({"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"})


def message_shape(call: Call) -> None:
    """Each header once and on one line, printable ASCII: HEADER_DUPLICATED, _FOLDED, _INVALID, SIGNATURE_AMBIGUOUS."""
    if call.headers_fault is not None:
        raise call.headers_fault


def authority(call: Call) -> None:
    """The message is for this bank: AUTHORITY_MISMATCH (RFC 9110 section 15.5.20).

    A signature covers whatever host its sender addressed. Were that not compared with our own, a message for one
    bank could be handed on, signature and all, to another that knows the same key.
    """
    own = call.gateway.authority
    if call.headers.get("host", "").lower().removesuffix(":443") != own:
        raise problems.AUTHORITY_MISMATCH.problem(f"This gateway is {own}.")


def body_size(call: Call) -> None:
    """BODY_TOO_LARGE."""
    if len(call.body) > call.bank.config.policy.body_bytes_max:
        raise problems.BODY_TOO_LARGE.problem()


def media_type(call: Call) -> None:
    """A body is JSON and not compressed: MEDIA_TYPE_UNSUPPORTED."""
    if not call.body:
        return
    if call.headers.get("content-type", "").strip().lower() not in _MEDIA_TYPES:
        raise problems.MEDIA_TYPE_UNSUPPORTED.problem()
    if call.headers.get("content-encoding", "identity").lower() != "identity":
        raise problems.MEDIA_TYPE_UNSUPPORTED.problem("The body must not be compressed.")
