"""Many axes as one: what works on each row of features alike, on one matrix of all rows.

A chain of such layers then stays one matrix in a compiled program, where bias, activation and sum
are computed with the product in front of them.
"""

from __future__ import annotations

from chainrule.array.shape import size_of
from chainrule.build.functions.manipulation import reshape
from chainrule.build.tensor import Tensor


def rows_of(x: Tensor) -> Tensor:
    """Return `x` (…, features) as one matrix of rows; `x` itself where it has up to two axes.

    >>> from chainrule.build.functions.creation import ones
    >>> rows_of(ones((2, 3, 4))).shape
    (6, 4)
    """
    if x.ndim < 3:
        return x
    return reshape(x, (size_of(x.shape[:-1]), x.shape[-1]))


def shaped_like(rows: Tensor, x: Tensor) -> Tensor:
    """Return the rows with the axes in front that `x` has.

    >>> from chainrule.build.functions.creation import ones
    >>> shaped_like(ones((6, 5)), ones((2, 3, 4))).shape
    (2, 3, 5)
    """
    return rows if x.ndim < 3 else reshape(rows, (*x.shape[:-1], rows.shape[-1]))
