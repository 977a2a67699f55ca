"""The body of an OAuth request: a form, each parameter once (RFC 6749 section 3.2)."""

from __future__ import annotations

from urllib.parse import parse_qsl

from bank_sim.authserver.call import OAuthCall
from bank_sim.sdk.protocol import problems

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_FIELDS_MAX = 32
_VALUE_CHARS_MAX = 16_384


def form_is_well_formed(call: OAuthCall) -> None:
    """Establishes ``form``.

    Unknown parameters are ignored (RFC 6749 section 3.2), repeated ones refused: which of the two would be meant?
    A parameter without a value counts as left out.
    """
    if call.headers_fault is not None:
        raise call.headers_fault
    media_type = call.message.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise problems.OAUTH_INVALID_REQUEST.problem(f"The body must be {_MEDIA_TYPE}.")
    try:
        pairs = parse_qsl(
            call.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX
        )
    except ValueError as error:
        raise problems.OAUTH_INVALID_REQUEST.problem("The form cannot be read.") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise problems.OAUTH_INVALID_REQUEST.problem("A parameter stands twice.")
    if any(len(value) > _VALUE_CHARS_MAX for value in form.values()):
        raise problems.OAUTH_INVALID_REQUEST.problem(f"A parameter is longer than {_VALUE_CHARS_MAX} characters.")
    call.form = {name: value for name, value in form.items() if value}


def required(call: OAuthCall, name: str) -> str:
    """The parameter, or ``invalid_request`` that names it."""
    if name not in call.form:
        raise problems.OAUTH_INVALID_REQUEST.problem(f"{name} is missing.")
    return call.form[name]
