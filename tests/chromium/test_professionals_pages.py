"""What developers and the bank's staff see, in both languages, is held to the same as what customers see."""

from __future__ import annotations

import pytest

from tests.chromium.tour import Walk, developers_path, staffs_path


def test_the_developer_portals_pages_have_nothing_wrong(walk: Walk) -> None:
    assert developers_path(walk) == 200
    assert "\n".join(walk.book.of("portal")) == ""


@pytest.mark.parametrize("role", ["operator", "reviewer", "auditor"])
def test_the_consoles_pages_have_nothing_wrong(walk: Walk, role: str) -> None:
    staffs_path(walk, role)
    assert [each for each in walk.book.seen if each.startswith("console.localhost/ ")]
    assert "\n".join(walk.book.of("console")) == ""
