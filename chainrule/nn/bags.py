"""Bags of embeddings: the sum, mean or maximum of several rows of a table."""

from __future__ import annotations

import math
from typing import Any

from chainrule.array.dtype import float32, int64
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import divide, maximum
from chainrule.build.functions.comparison import greater_equal, logical_and, not_equal, where
from chainrule.build.functions.creation import arange
from chainrule.build.functions.manipulation import concat, expand_dims
from chainrule.build.functions.reduction import any as some, max as largest, sum as total
from chainrule.build.primitives.elementwise import chain
from chainrule.build.primitives.indexing import Gather, ScatterAdd
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.embedding import Table, checked_padding, looked_up, rows_of, shortened, table_of
from chainrule.nn.initializers.initializer import Initializer

NAME = "embedding_bag"
MODES = ("sum", "mean", "max")


def embedding_bag(
    indices: ArrayLike,
    weight: ArrayLike,
    offsets: ArrayLike | None = None,
    *,
    mode: str = "mean",
    weights: ArrayLike | None = None,
    padding_index: int | None = None,
    max_norm: float | None = None,
    include_last_offset: bool = False,
) -> Tensor:
    """Return for each bag the sum, mean or maximum of the rows of W that its indices name.

    A bag is a row of `indices`; or, where these are one line, what lies between an offset and the
    next, the last bag going to the end (or, with `include_last_offset`, the last offset being the
    end). Index `padding_index` belongs to no bag. `weights`, one for each index, are factors of the
    rows, for a sum. A bag without rows gives 0. Equal largest numbers share the gradient equally.

    Shapes: indices (bags, k) or (n,) with offsets (bags,), weights as indices, W (count, features),
    y (bags, features).

    Errors: `DataError` for an index that is not one of 0 … count − 1; `DTypeError` for indices that
    are no integers; `ShapeError` where shapes do not fit; `OptionError` for another mode, for
    weights in another mode than the sum, or a padding index that W lacks.

    >>> table = [[1.0, 0.0], [0.0, 2.0], [5.0, 5.0]]
    >>> embedding_bag([[0, 1], [2, 2]], table, mode="sum")
    Tensor([[ 1.,  2.],
            [10., 10.]], float32)
    >>> embedding_bag([0, 1, 2], table, offsets=[0, 2])
    Tensor([[0.5, 1. ],
            [5. , 5. ]], float32)
    """
    table, held = table_of(NAME, weight), rows_of(NAME, indices)
    _check(held, offsets, weights, mode)
    rows = looked_up(table, held)
    rows = rows if max_norm is None else shortened(rows, max_norm)
    padding = checked_padding(NAME, padding_index, table.shape[0])
    counted = None if padding is None else not_equal(held, padding)
    if weights is not None:
        rows = rows * expand_dims(as_type(asarray(weights), rows.dtype), axis=-1)
    if offsets is None:
        return _of_rows(rows, counted, mode)
    starts = as_type(rows_of(NAME, offsets), int64)
    return _of_line(rows, counted, starts[:-1] if include_last_offset else starts, mode)


def _check(
    indices: Tensor, offsets: ArrayLike | None, weights: ArrayLike | None, mode: str
) -> None:
    if mode not in MODES:
        raise OptionError(f"{NAME}: mode must be one of {', '.join(MODES)}, got {mode!r}")
    if weights is not None and mode != "sum":
        raise OptionError(f"{NAME}: weights belong to a sum, not to mode={mode!r}")
    if indices.ndim != (2 if offsets is None else 1):
        raise ShapeError(
            f"{NAME}: indices of shape {indices.shape}; give a row for each bag, or one line of "
            f"indices and the offsets where bags begin (at {caller()})"
        )
    if weights is not None and asarray(weights).shape != indices.shape:
        raise ShapeError(
            f"{NAME}: weights of shape {asarray(weights).shape} for indices of shape "
            f"{indices.shape} (at {caller()})"
        )


def _of_rows(rows: Tensor, counted: Tensor | None, mode: str) -> Tensor:
    """Each row of indices is a bag."""
    if counted is None:
        counted = asarray(True)
    present = expand_dims(counted, axis=-1) if counted.ndim else counted
    if mode == "max":
        return _largest(where(present, rows, -math.inf), axis=1)
    summed = total(where(present, rows, 0.0), axis=1)
    if mode == "sum":
        return summed
    count = total(as_type(present, rows.dtype), axis=1) if counted.ndim else float(rows.shape[1])
    return divide(summed, maximum(count, 1.0))


def _of_line(rows: Tensor, counted: Tensor | None, starts: Tensor, mode: str) -> Tensor:
    """Bags lie one behind the other."""
    begun = greater_equal(arange(rows.shape[0]), expand_dims(starts, axis=1))
    if mode == "max":
        return _largest(where(*_members(rows, begun, counted), -math.inf), axis=1)
    # The number of bags begun, but one, is the bag that an index lies in.
    place = total(as_type(begun, int64), axis=0) - 1
    inside = place >= 0 if counted is None else logical_and(place >= 0, counted)
    present = as_type(inside, rows.dtype)
    bags = starts.shape[0]
    add = ScatterAdd((bags, rows.shape[1]), Gather((0,)))
    summed = add(chain(expand_dims(present, axis=1), rows), place)
    if mode == "sum":
        return summed
    count = ScatterAdd((bags,), Gather((0,)))(present, place)
    return divide(summed, maximum(expand_dims(count, axis=1), 1.0))


def _members(rows: Tensor, begun: Tensor, counted: Tensor | None) -> tuple[Tensor, Tensor]:
    """Which rows lie in which bag, (bags, n, 1), and the rows for each bag, (1, n, features)."""
    later = concat([begun[1:], asarray([[False] * rows.shape[0]])], axis=0)
    inside = not_equal(begun, later)
    inside = inside if counted is None else logical_and(inside, counted)
    return expand_dims(inside, axis=2), expand_dims(rows, axis=0)


def _largest(rows: Tensor, axis: int) -> Tensor:
    """The maximum, 0 where nothing is above −∞."""
    return where(some(rows > -math.inf, axis=axis), largest(rows, axis=axis), 0.0)


class EmbeddingBag(Table):
    """A learnt table whose rows are summed, averaged or compared, bag by bag; see `embedding_bag`.

    W is drawn from N(0, 1) unless an `initializer` is given. Joulin, Grave, Bojanowski & Mikolov,
    Bag of tricks for efficient text classification (EACL 2017).

    Shapes: indices (bags, k) or (n,) with offsets (bags,), W = `weight` (count, features), y (bags,
    features).

    Errors: `OptionError` for sizes that are not positive integers, another mode, or a padding index
    that is no row; called, as `embedding_bag`.

    >>> from chainrule import nn
    >>> nn.EmbeddingBag(10, 3, mode="sum")([1, 2, 4, 9], offsets=[0, 3]).shape
    (2, 3)
    """

    def __init__(
        self,
        count: int,
        features: int,
        mode: str = "mean",
        *,
        padding_index: int | None = None,
        max_norm: float | None = None,
        include_last_offset: bool = False,
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        super().__init__(count, features, padding_index, max_norm, initializer, dtype)
        if mode not in MODES:
            raise OptionError(f"EmbeddingBag: mode must be one of {', '.join(MODES)}, got {mode!r}")
        self.mode, self.include_last_offset = mode, include_last_offset

    def forward(
        self,
        indices: ArrayLike,
        offsets: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Tensor:
        """Return y for the indices, and where bags begin if these are one line."""
        return embedding_bag(
            indices,
            self.weight,
            offsets,
            mode=self.mode,
            weights=weights,
            padding_index=self.padding_index,
            max_norm=self.max_norm,
            include_last_offset=self.include_last_offset,
        )
