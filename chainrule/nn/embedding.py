"""Embeddings: rows of a learnt table, looked up by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import as_dtype, float32, is_integer
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.arithmetic import minimum, multiply
from chainrule.build.functions.comparison import not_equal, where
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.functions.norm import norm
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.indexing import Gather, check_indices
from chainrule.build.random import Generator, default_generator
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import DTypeError, OptionError, ShapeError
from chainrule.nn.initializers.distribution import normal
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.module import Module
from chainrule.nn.size import checked_size


def embedding(
    indices: ArrayLike,
    weight: ArrayLike,
    *,
    padding_index: int | None = None,
    max_norm: float | None = None,
) -> Tensor:
    """Return y_(…k) = W_(n k) with n = indices_(…): the rows of W that the indices name.

    Row `padding_index` gets no gradient. Rows longer than `max_norm` are returned with that length;
    W itself stays as it is, and the gradient is that of the row times the shortening. Shapes:
    indices (…), W (count, features), y (…, features).

    Errors: `DataError` for an index that is not one of 0 … count − 1; `DTypeError` for indices that
    are no integers; `ShapeError` for W without two axes; `OptionError` for a padding index that W
    lacks.

    >>> embedding([1, 0, 1], [[0.5, 0.0], [1.0, 2.0]])
    Tensor([[1. , 2. ],
            [0.5, 0. ],
            [1. , 2. ]], float32)
    """
    table = table_of("embedding", weight)
    held = rows_of("embedding", indices)
    found = looked_up(table, held)
    if padding_index is not None:
        padding = checked_padding("embedding", padding_index, table.shape[0])
        found = where(expand_dims(not_equal(held, padding), axis=-1), found, detach(found))
    return found if max_norm is None else shortened(found, max_norm)


def table_of(name: str, weight: ArrayLike) -> Tensor:
    """Return the table; raise `ShapeError` unless it has two axes."""
    table = asarray(weight)
    if table.ndim != 2:
        raise ShapeError(
            f"{name}: the table needs shape (count, features), got {table.shape} (at {caller()})"
        )
    return table


def rows_of(name: str, indices: ArrayLike) -> Tensor:
    """Return the indices; raise `DTypeError` unless they are integers."""
    held = asarray(indices)
    if not is_integer(held.dtype):
        raise DTypeError(
            f"{name}: indices are the numbers of rows and must be integers, got {held.spec}; write "
            f"indices.astype('int64') (at {caller()})"
        )
    return held


def looked_up(table: Tensor, indices: Tensor) -> Tensor:
    """Return the rows; a negative index is a mistake."""
    if indices.value is not None:
        check_indices(indices.value, table.shape[0], 0, from_end=False)
    return Gather((0,), from_end=False)(table, indices)


def shortened(rows: Tensor, longest: float) -> Tensor:
    """Return the rows, those longer than `longest` with that length."""
    if not longest > 0:
        raise OptionError(f"embedding: max_norm must be positive, got {longest}")
    lengths = norm(detach(rows), axis=-1, keepdims=True)
    return multiply(rows, minimum(longest / (lengths + 1e-7), 1.0))


def checked_padding(name: str, padding: int | None, count: int) -> int | None:
    """Return the row that is padding, counted from 0; raise `OptionError` for none of the table."""
    if padding is None or -count <= padding < count:
        return None if padding is None else padding % count
    raise OptionError(f"{name}: padding_index {padding} is none of {count} rows")


class Table(Module):
    """What `Embedding` and `EmbeddingBag` have in common: the table of rows."""

    def __init__(
        self,
        count: int,
        features: int,
        padding_index: int | None,
        max_norm: float | None,
        initializer: Initializer | None,
        dtype: Any,
    ) -> None:
        name = type(self).__name__
        self.count = checked_size(name, "count", count)
        self.features = checked_size(name, "features", features)
        self.padding_index = checked_padding(name, padding_index, count)
        self.max_norm = max_norm
        chosen, generator = initializer or normal(std=1.0), default_generator().split()
        spec = Spec((self.count, self.features), as_dtype(dtype))
        self.weight = Variable(
            lambda: self._drawn(chosen, generator, spec),
            spec=spec,
            trainable=True,
            name=f"{self.title()}.weight",
        )

    def _drawn(self, chosen: Initializer, generator: Generator, spec: Spec) -> Array:
        """The rows as they start; that of the padding is 0."""
        drawn = np.array(chosen(generator, *spec))
        if self.padding_index is not None:
            drawn[self.padding_index] = 0.0
        return drawn

    def features_after(self, features: int | None) -> int:
        """Return the length of a row."""
        return self.features

    def arguments(self) -> str:
        """Return count and features."""
        return f"{self.count}, {self.features}"


class Embedding(Table):
    """A learnt table of `count` rows, looked up by number: y_(…k) = W_(n k), n = indices_(…).

    Row `padding_index` starts at 0 and stays as it is; rows longer than `max_norm` are shortened.
    W is drawn from N(0, 1) unless an `initializer` is given. Bengio, Ducharme, Vincent & Jauvin, A
    neural probabilistic language model (JMLR 2003).

    Shapes: indices (…), W = `weight` (count, features), y (…, features).

    Errors: `OptionError` for sizes that are not positive integers, or a padding index that is no
    row; called, as `embedding`.

    >>> from chainrule import nn
    >>> layer = nn.Embedding(10, 3)
    >>> layer([[1, 2], [4, 9]]).shape
    (2, 2, 3)
    >>> layer.parameters()
    [Variable(Embedding(10, 3).weight: float32[10, 3])]
    """

    def __init__(
        self,
        count: int,
        features: int,
        padding_index: int | None = None,
        max_norm: float | None = None,
        initializer: Initializer | None = None,
        dtype: Any = float32,
    ) -> None:
        super().__init__(count, features, padding_index, max_norm, initializer, dtype)

    def forward(self, indices: ArrayLike) -> Tensor:
        """Return the rows that the indices (…) name."""
        return embedding(
            indices, self.weight, padding_index=self.padding_index, max_norm=self.max_norm
        )
