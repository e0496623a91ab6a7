"""What the reference calls its indexing and ordering, and how they are called here."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from tests.golden.reference import Call, numbers_too


def rank(x: Any) -> int:
    return cr.asarray(x).ndim


def gathered(x: Any, dim: int, index: Any) -> Any:
    """The index may be shorter than `x` along the other axes."""
    if rank(x) <= 1 or index.size == 0:
        return cr.take(cr.reshape(x, (-1,)), index)
    along = dim % rank(x)
    front = tuple(
        slice(None) if axis == along else slice(length) for axis, length in enumerate(index.shape)
    )
    return cr.take_along_axis(cr.asarray(x)[front], index, axis=dim)


def scattered(x: Any, dim: int, index: Any, source: Any) -> Any:
    """The index and what is added may be shorter than `x` along the other axes."""
    if rank(x) == 0:
        return cr.add(x, cr.sum(source))
    part = cr.asarray(source)[tuple(slice(length) for length in index.shape)]
    key = tuple(
        slice(None) if axis == dim % rank(x) else slice(n) for axis, n in enumerate(index.shape)
    )
    changed = cr.put_along_axis(cr.asarray(x)[key], index, part, axis=dim, way="add")
    return cr.asarray(x).at[key].set(changed)


@numbers_too
def selected(x: Any, dim: int, index: Any) -> Any:
    return cr.take(x, np.atleast_1d(index), axis=dim)


def masked(x: Any, mask: Any) -> Any:
    same, chosen = cr.broadcast_arrays(x, mask)
    return cr.reshape(same, (-1,))[np.asarray(chosen).ravel()]


def taken_along(x: Any, index: Any, dim: int | None = None) -> Any:
    if dim is None:
        return cr.take(cr.reshape(x, (-1,)), cr.reshape(index, (-1,)))
    lengths = [1 if axis == dim % rank(x) else n for axis, n in enumerate(x.shape)]
    others = [1 if axis == dim % rank(x) else n for axis, n in enumerate(index.shape)]
    common = np.broadcast_shapes(lengths, others)

    def stretched(y: Any) -> Any:
        return cr.broadcast_to(
            y, [y.shape[axis] if axis == dim % rank(x) else n for axis, n in enumerate(common)]
        )

    return cr.take_along_axis(stretched(cr.asarray(x)), stretched(cr.asarray(index)), axis=dim)


@numbers_too
def sort(x: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    options: dict[str, Any] = {"axis": dim, "descending": descending, "stable": stable}
    return cr.sort(x, **options), cr.argsort(x, **options)


@numbers_too
def topk(x: Any, k: int, dim: int = -1, largest: bool = True, *_: bool) -> Any:
    if largest:
        return cr.topk(x, k, axis=dim)
    values, places = cr.topk(cr.negative(x), k, axis=dim)
    return -values, places


def embedding(weight: Any, index: Any) -> Any:
    return cr.take(weight, index, axis=0)


def bags(weight: Any, index: Any, **options: Any) -> Any:
    renamed = {"padding_idx": "padding_index", "per_sample_weights": "weights"}
    return nn.embedding_bag(
        index, weight, **{renamed.get(key, key): value for key, value in options.items()}
    )


CALLS: dict[str, Call] = {
    "__getitem__": lambda x, key: cr.asarray(x)[key],
    "gather": gathered,
    "index_select": selected,
    "masked_select": masked,
    "nn.functional.embedding": embedding,
    "nn.functional.embedding_bag": bags,
    "scatter_add": scattered,
    "sort": sort,
    "take": lambda x, index: cr.take(cr.reshape(x, (-1,)), index),
    "take_along_dim": taken_along,
    "topk": topk,
}
