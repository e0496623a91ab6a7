"""Ordering: sorted elements, the permutation that sorts, the largest few."""

from __future__ import annotations

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.primitives.indexing import gather_along
from chainrule.build.primitives.movement import part
from chainrule.build.primitives.ordering import Argsort, Sort
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError


def sort(
    x: ArrayLike,
    /,
    *,
    axis: int = -1,
    descending: bool = False,
    stable: bool = True,  # noqa: ARG001 - the standard's name; ours always is
) -> Tensor:
    """Return the elements of `x` in order along `axis`, NaN last in either direction.

    Each gradient goes back to the place its element came from; equal elements keep their order.

    Errors: `ShapeError` where there is no such axis.

    >>> sort([3.0, 1.0, 2.0])
    Tensor([1., 2., 3.], float32)
    """
    held = asarray(x)
    return Sort(normalize_axis(axis, held.ndim), descending)(held)


def argsort(
    x: ArrayLike,
    /,
    *,
    axis: int = -1,
    descending: bool = False,
    stable: bool = True,  # noqa: ARG001 - the standard's name; ours always is
) -> Tensor:
    """Return the int64 indices that put `x` in order along `axis`, NaN last in either direction.

    Equal elements keep their order. `take_along_axis(x, argsort(x))` is `sort(x)`.

    Errors: `ShapeError` where there is no such axis.

    >>> argsort([3.0, 1.0, 2.0])
    Tensor([1, 2, 0], int64)
    """
    held = asarray(x)
    return Argsort(normalize_axis(axis, held.ndim), descending)(held)


def topk(x: ArrayLike, k: int, /, *, axis: int = -1) -> tuple[Tensor, Tensor]:
    """Return the `k` largest elements along `axis`, largest first, and their indices.

    Of equal elements the earlier comes first; NaN counts as smallest. Both results have the shape
    of `x` with length `k` along `axis`.

    Errors: `OptionError` where `k` is negative or longer than the axis; `ShapeError` where there is
    no such axis.

    >>> topk([3.0, 1.0, 2.0], 2)
    (Tensor([3., 2.], float32), Tensor([0, 2], int64))
    """
    held = asarray(x)
    along = normalize_axis(axis, held.ndim)
    if not 0 <= k <= held.shape[along]:
        raise OptionError(f"topk of k = {k} from an axis of length {held.shape[along]}")
    indices = part(Argsort(along, descending=True)(held), along, range(k))
    return gather_along(held, indices, along), indices
