"""Whole matrices: what the primitives that factor them and solve with them have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.array.dtype import is_floating
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import raised
from chainrule.build.primitives.contraction import ChainMatMul
from chainrule.build.primitives.elementwise import Where
from chainrule.build.primitives.movement import swap_last
from chainrule.build.tensor import Array, Primitive, Spec, Tensor
from chainrule.errors import DTypeError, ShapeError


class OfMatrices(Primitive, abstract=True):
    """A primitive whose inputs are matrices of real numbers, in the last two axes."""

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Any:
        return self(*raised(batched, inputs))


def check_matrix(x: Spec) -> None:
    """Raise unless `x` are matrices of real numbers."""
    if not is_floating(x.dtype):
        raise DTypeError(f"a matrix of floating numbers is needed, got {x.dtype}; use astype")
    if len(x.shape) < 2:
        raise ShapeError(f"a matrix has two axes, got shape {x.shape}")


def check_square(x: Spec) -> None:
    """Raise unless `x` are square matrices of real numbers."""
    check_matrix(x)
    if x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"a square matrix is needed, got shape {x.shape}")


def first_of(wrong: Array) -> str:
    """Say which matrix of a batch is the first that is `wrong`."""
    if wrong.ndim == 0:
        return "the matrix"
    place = tuple(int(index) for index in np.argwhere(wrong)[0])
    return f"matrix {place if len(place) > 1 else place[0]} of a batch of shape {wrong.shape}"


def symmetric(a: Array) -> Array:
    """Return the symmetric part (A + Aᵀ)/2 by NumPy; halved first, no number is too large."""
    half = a.dtype.type(0.5)
    return np.asarray(half * a + half * np.swapaxes(a, -1, -2))


def symmetric_part(x: Tensor) -> Tensor:
    """Return the symmetric part (X + Xᵀ)/2."""
    both: Tensor = 0.5 * (x + swap_last(x))
    return both


def lower(x: Tensor, diagonal: int = 0) -> Tensor:
    """Return `x` with zeros above its `diagonal`-th diagonal."""
    mask = constant(np.tri(x.shape[-2], x.shape[-1], diagonal, np.bool_))
    return Where()(mask, x, constant(np.zeros((), x.dtype)))


def upper(x: Tensor, diagonal: int = 0) -> Tensor:
    """Return `x` with zeros below its `diagonal`-th diagonal."""
    mask = constant(np.tri(x.shape[-2], x.shape[-1], diagonal - 1, np.bool_))
    return Where()(mask, constant(np.zeros((), x.dtype)), x)


def identity(n: int, like: Tensor) -> Tensor:
    """Return the unit matrix in the data type of `like`."""
    return constant(np.eye(n, dtype=like.dtype))


def product(*factors: Tensor) -> Tensor:
    """Return the product of matrices from left to right, in which zeros absorb."""
    made, *others = factors
    for factor in others:
        made = ChainMatMul()(made, factor)
    return made
