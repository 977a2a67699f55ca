"""One published interface as a value: what the gateway must know in order to judge a call of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import msgspec

from bank_sim.registry import fields

Level = Literal["A1", "A2"]
Column = Literal["unknown", "A1", "A2", "A2-application", "A2-funds"]
Shape = type[msgspec.Struct]

PATH_PARAMETERS: Mapping[str, Any] = {
    "product_id": fields.ProductId,
    "account_ref": fields.AccountRef,
    "transfer_id": fields.TransferId,
    "day": fields.Day,
}
"""The shapes of the names that may stand in a path template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """``u_api_id`` is the identifier of Appendix B; ``path`` a template with ``{names}``.

    ``version``         of the interface; each has an entry, an identifier and a life of its own. A version that the
                        bank has not registered yet has ``""`` for an identifier
    ``versions``        all that are in service side by side, oldest first; the catalogue fills it in
    ``consent_types``   a user token of one of these consents is needed; empty for A1
    ``own_dealings``    it tells an application of what itself has ordered, for all its users: A2 for what is in it, but
                        no user's consent stands behind it, and no token
    ``direct_allowed``  an application without the bank's SDK may call it (7.2.2: read-only shares and points)
    ``idempotent``      it moves money, so that Idempotency-Key is required
    ``confirmed``       the user must have confirmed this very transaction at the bank
    ``sealed_request``  the members that must come sealed; ``sealed_answer`` those that leave sealed
    """

    api_id: str
    u_api_id: str
    level: Level
    funds: bool = False
    method: str = "GET"
    path: str
    summary: str
    summary_zh: str
    answer: Shape
    consent_types: frozenset[str] = frozenset()
    query: Shape | None = None
    request: Shape | None = None
    sealed_request: Shape | None = None
    sealed_answer: Shape | None = None
    status: int = 200
    own_dealings: bool = False
    direct_allowed: bool = False
    idempotent: bool = False
    confirmed: bool = False
    version: str = "1"
    versions: tuple[str, ...] = ("1",)

    @property
    def column(self) -> Column:
        """The column of the gateway's pipeline that a call of this interface runs through."""
        if self.own_dealings:
            return "A2-application"
        return "A2-funds" if self.funds else self.level

    @property
    def operation(self) -> str:
        """The core's operation behind it: it bears the same name, and from version 2 on the version."""
        return self.api_id if self.version == "1" else f"{self.api_id}.v{self.version}"

    @property
    def names_payee(self) -> bool:
        """A call of it holds a name against an account number."""
        return self.sealed_request is not None and "creditor_name" in self.sealed_request.__struct_fields__

    @property
    def consumes(self) -> bool:
        """A call of it is a use of the user's consent. Asking how a payment ended is not: it must stay possible."""
        return not (self.funds and self.method == "GET")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names in the path, in order."""
        return _names_of(self.path)

    @property
    def path_parameters(self) -> Shape:
        """The shape of the values of those names."""
        return _path_shape(self.parameters)


@cache
def _names_of(path: str) -> tuple[str, ...]:
    return tuple(re.findall(r"{(\w+)}", path))


@cache
def _path_shape(names: tuple[str, ...]) -> Shape:
    return msgspec.defstruct("PathParameters", [(name, PATH_PARAMETERS[name]) for name in names])
