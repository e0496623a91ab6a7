"""Containers of arrays taken apart and put together again."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from chainrule.array.structure import LEAF, count, flatten, map_leaves, unflatten
from chainrule.errors import ShapeError


class Pair(NamedTuple):
    a: Any
    b: Any


X = np.ones(2)

TREES: list[tuple[Any, int]] = [
    (X, 1),
    (1.0, 1),
    ("text", 1),
    (None, 0),
    ((), 0),
    ([], 0),
    ({}, 0),
    ((X, 1), 2),
    ([X, (1, {"a": X})], 3),
    ({"b": X, "a": [X, X]}, 3),
    ([1.0, 2.0], 1),
    ([[1, 2], [3, 4]], 1),
    ([[1, 2], X], 2),
    (Pair(X, Pair(1, None)), 2),
    ({1: X, "x": None}, 1),
]


@pytest.mark.parametrize(("tree", "leaves"), TREES, ids=[str(index) for index in range(len(TREES))])
def test_what_is_taken_apart_is_put_together_again(tree: Any, leaves: int) -> None:
    found, structure = flatten(tree)
    assert len(found) == count(structure) == leaves
    assert repr(unflatten(structure, found)) == repr(tree)


def test_leaves_come_from_left_to_right() -> None:
    assert flatten({"b": 1, "a": (2, [3, "x"], Pair(4, 5))})[0] == [1, 2, 3, "x", 4, 5]


def test_a_list_of_numbers_is_an_array_and_a_tuple_is_not() -> None:
    assert flatten([1, 2])[1] == LEAF
    assert len(flatten((1, 2))[0]) == 2


def test_kinds_keys_and_places_tell_structures_apart() -> None:
    trees = [(1, 2), [1, "x"], {"a": 1, "b": 2}, {"a": 1, "c": 2}, Pair(1, 2), (1, None), (1,)]
    structures = [flatten(tree)[1] for tree in trees]
    assert len(set(structures)) == len(trees)


@pytest.mark.parametrize("leaves", [[], [1], [1, 2, 3]])
def test_other_numbers_of_leaves_are_refused(leaves: list[int]) -> None:
    with pytest.raises(ShapeError, match=f"{len(leaves)} values for a structure of 2 places"):
        unflatten(flatten((1, {"a": 2}))[1], leaves)


def test_a_function_of_every_leaf() -> None:
    assert map_leaves(lambda x: 2 * x, {"a": 1, "b": (2, None)}) == {"a": 2, "b": (4, None)}
