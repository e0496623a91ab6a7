"""Nested containers of arrays: taken apart into a flat list, put together again.

Tuples (named ones too), lists and dictionaries are containers, and `None` is an empty one;
everything else is a leaf, and so is a list of plain numbers, which stands for an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from chainrule.errors import ShapeError


class Structure(NamedTuple):
    """How a container is built: its kind, its keys, and the structures of its items.

    A leaf has the kind `None`.
    """

    kind: type | None
    keys: tuple[Any, ...] = ()
    items: tuple[Structure, ...] = ()


LEAF = Structure(None)
NOTHING = Structure(type(None))


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """Return the leaves of `tree` from left to right, and how to put them together again."""
    leaves: list[Any] = []
    return leaves, _collect(tree, leaves)


def _collect(tree: Any, leaves: list[Any]) -> Structure:
    kind = type(tree)
    if kind is dict:
        items = tuple([_collect(item, leaves) for item in tree.values()])
        return Structure(dict, tuple(tree), items)
    if kind is tuple or (kind is list and not _is_array(tree)) or _has_names(tree):
        return Structure(kind, (), tuple([_collect(item, leaves) for item in tree]))
    if tree is None:
        return NOTHING
    leaves.append(tree)
    return LEAF


def _has_names(tree: Any) -> bool:
    """Tell whether `tree` is a tuple with names for its items."""
    return isinstance(tree, tuple) and hasattr(tree, "_fields")


def _is_array(tree: Any) -> bool:
    """Tell whether `tree` is nested lists of plain numbers."""
    if type(tree) is list:
        return bool(tree) and all(map(_is_array, tree))
    return isinstance(tree, bool | int | float)


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:
    """Return the container that `structure` describes, filled with `leaves`."""
    places = count(structure)
    if len(leaves) != places:
        raise ShapeError(f"{len(leaves)} values for a structure of {places} places")
    return _build(structure, iter(leaves))


def count(structure: Structure) -> int:
    """Return how many leaves `structure` has."""
    return 1 if structure == LEAF else sum(map(count, structure.items))


def _build(structure: Structure, leaves: Iterator[Any]) -> Any:
    if structure.kind is None:
        return next(leaves)
    items = [_build(item, leaves) for item in structure.items]
    if structure == NOTHING:
        return None
    if structure.kind is dict:
        return dict(zip(structure.keys, items, strict=True))
    return structure.kind(items) if structure.kind in (tuple, list) else structure.kind(*items)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return `tree` with `function` applied to every leaf."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [function(leaf) for leaf in leaves])
