"""A record is proven to be under a root by a path, and nothing else is."""

from __future__ import annotations

import pytest

from bank_sim.sdk.protocol.merkle import leads_to, path_to, root_of

LEAVES = [bytes([number]) * 32 for number in range(1, 14)]


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_every_leaf_of_a_tree_of_any_size_has_a_path_to_its_root(size: int) -> None:
    leaves = LEAVES[:size]
    root = root_of(leaves)
    for index, leaf in enumerate(leaves):
        path = path_to(leaves, index)
        assert leads_to(leaf, index, size, path, root)
        assert not leads_to(bytes(32), index, size, path, root)
        assert not leads_to(leaf, index, size, [*path, bytes(32)], root)
        if path:
            assert not leads_to(leaf, index, size, path[:-1], root)
            assert not leads_to(leaf, index, size, [bytes(32), *path[1:]], root)


def test_a_path_is_of_one_place_in_the_tree() -> None:
    root, path = root_of(LEAVES), path_to(LEAVES, 4)
    places = range(-1, len(LEAVES) + 1)
    assert [index for index in places if leads_to(LEAVES[4], index, len(LEAVES), path, root)] == [4]


def test_two_leaves_in_another_order_have_another_root() -> None:
    assert root_of(LEAVES[:2]) != root_of(LEAVES[1::-1])


def test_a_node_is_no_leaf() -> None:
    """The second preimage of RFC 9162 section 2.1.1: the children of a node, handed in as one leaf."""
    level = LEAVES[0] + LEAVES[1]
    assert root_of([level]) != root_of(LEAVES[:2])


def test_there_is_no_tree_without_a_leaf() -> None:
    with pytest.raises(ValueError, match="leaf"):
        root_of([])
    with pytest.raises(ValueError, match="no such leaf"):
        path_to(LEAVES, len(LEAVES))
