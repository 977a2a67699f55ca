"""The access log is searched by its facts, in steps whose cost is bounded, and nothing is missed between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bank_sim.monitor import search
from bank_sim.monitor.search import Sought
from bank_sim.sdk.protocol.problems import Problem

if TYPE_CHECKING:
    from tests.monitor.conftest import Post


def serials(post: Post, sought: Sought) -> list[int]:
    return [each["serial"] for each in search.search(post.store, sought).records]


def test_records_are_found_by_their_facts_the_newest_first(post: Post) -> None:
    post.call(2)
    post.call(1, code="NONCE_REPLAYED", status=401, trace_id="a" * 32)
    post.call(1, app_id="app_y")
    assert serials(post, Sought()) == [4, 3, 2, 1]
    assert serials(post, Sought({"app_id": "app_x", "result": "success"})) == [2, 1]
    assert serials(post, Sought({"trace_id": "a" * 32})) == [3]
    assert serials(post, Sought({"code": "NONCE_REPLAYED"})) == [3]


def test_records_are_found_by_the_face_that_they_came_through(post: Post) -> None:
    faces = {"calls": "accounts.list", "pages": "ebank.login", "portal": "portal.front", "console": "console.overview"}
    for api_id in faces.values():
        post.call(api_id=api_id, u_api_id="-" if "." in api_id and api_id != "accounts.list" else "C99999-1")
    for number, face in enumerate(faces, 1):
        assert serials(post, Sought(face=face)) == [number]


def test_a_stretch_of_time_is_found_to_the_minute(post: Post) -> None:
    for _ in range(3):
        post.call(1)
        post.clock.advance(600)
    post.look()
    noon_ms = int(post.clock.now_ms()) - 1_800_000
    assert serials(post, Sought(from_ms=noon_ms + 600_000)) == [3, 2]
    assert serials(post, Sought(to_ms=noon_ms + 600_000)) == [2, 1]
    assert serials(post, Sought(from_ms=noon_ms + 3_600_000)) == []


def test_steps_are_bounded_and_miss_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "READ_MAX", 40)
    post.call(1, trace_id="b" * 32)
    post.call(99)
    below, found, steps = None, [], 0
    while True:
        step = search.search(post.store, Sought({"trace_id": "b" * 32}, below=below))
        found += [each["serial"] for each in step.records]
        steps += 1
        below = step.below
        if below is None:
            break
    assert (found, steps) == ([1], 3)


def test_a_page_is_full_and_the_next_goes_on_where_it_stopped(post: Post) -> None:
    post.call(search.SHOWN_MAX + 10)
    first = search.search(post.store, Sought())
    assert len(first.records) == search.SHOWN_MAX
    rest = search.search(post.store, Sought(below=first.below))
    assert [each["serial"] for each in rest.records] == list(range(10, 0, -1))
    assert rest.below is None


def test_what_is_no_fact_cannot_be_asked_for(post: Post) -> None:
    with pytest.raises(Problem, match="PARAM_INVALID"):
        search.search(post.store, Sought({"serial = 1 OR 1": "x"}))
    with pytest.raises(Problem, match="RESOURCE_NOT_FOUND"):
        search.record(post.store, 1)
