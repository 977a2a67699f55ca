"""Shapes say what is wrong with a body, and repeat nothing that could be somebody's number."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from bank_sim.gateway.shapes import require_members, require_parameters
from bank_sim.sdk.protocol.problems import Problem


class Inner(Struct, forbid_unknown_fields=True):
    size: int = 0


class Outer(Struct, forbid_unknown_fields=True):
    inner: Inner | None = None
    rows: list[Inner] = []


@pytest.mark.parametrize(
    ("members", "code", "detail"),
    [
        ({"colour": 1}, "UNKNOWN_MEMBER", "body: unknown member colour"),
        ({"inner": {"colour": 1}}, "UNKNOWN_MEMBER", "body: unknown member colour - at `$.inner`"),
        ({"rows": [{}, {"colour": 1}]}, "UNKNOWN_MEMBER", "body: unknown member colour - at `$.rows[1]`"),
        ({"6225880137006863": 1}, "UNKNOWN_MEMBER", "body: unknown member"),
        ({"a` - at `$6225880137006863": 1}, "UNKNOWN_MEMBER", "body: unknown member"),
        ({"inner": {"size": "x"}}, "PARAM_INVALID", "body: Expected `int`, got `str` - at `$.inner.size`"),
    ],
    ids=str,
)
def test_a_member_that_does_not_belong_is_named_with_its_place(members: dict[str, Any], code: str, detail: str) -> None:
    with pytest.raises(Problem) as refused:
        require_members(members, Outer, "body")
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_an_unknown_parameter_is_one_that_is_invalid() -> None:
    with pytest.raises(Problem, match="PARAM_INVALID: query: unknown member colour"):
        require_parameters({"colour": "red"}, Outer, "query")
