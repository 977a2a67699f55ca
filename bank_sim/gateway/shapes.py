"""Whether what came is of a published shape. The shapes themselves stand in ``registry.schemas``."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bank_sim.sdk.protocol import problems
from bank_sim.sdk.protocol.problems import Kind

_DETAIL_CHARS_MAX = 300
# msgspec's words; the member's place follows where it is not at the top.
_UNKNOWN = re.compile(
    r"Object contains unknown field `(.*?)`(?P<place> - at `\$(?:\.[A-Za-z_]{1,64}|\[(?:\.{3}|[0-9]{1,4})\])*`)?",
    re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_]{1,64}")


def require_members(members: Any, shape: Any, where: str) -> None:
    """The members of a body, or sealed in it: UNKNOWN_MEMBER, else PARAM_INVALID; both name ``where`` and the member.

    A name that could be anything, an account number even, is not repeated.
    """
    _require(members, shape, where, problems.UNKNOWN_MEMBER)


def require_parameters(parameters: Any, shape: Any, where: str) -> None:
    """The parameters of a path or query: PARAM_INVALID."""
    _require(parameters, shape, where, problems.PARAM_INVALID)


def _require(value: Any, shape: Any, where: str, unknown: Kind) -> None:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        if found := _UNKNOWN.fullmatch(str(error)):
            named = f"unknown member {found[1]}" if _NAME.fullmatch(found[1]) else "unknown member"
            raise unknown.problem(f"{where}: {named}{found['place'] or ''}") from error
        raise problems.PARAM_INVALID.problem(f"{where}: {error}"[:_DETAIL_CHARS_MAX]) from error
