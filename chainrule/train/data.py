"""Training data: checked once, then cut into batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.array.dtype import DType, is_floating
from chainrule.build.convert import asarray
from chainrule.build.random import Generator
from chainrule.errors import DataError, OptionError, ShapeError

Array = NDArray[Any]


@dataclass(frozen=True)
class Data:
    """Examples `x` and what they should give, `y`, along the first axis of both."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def batches(self, size: int, order: Array | None = None) -> Iterator[tuple[Array, Array]]:
        """Yield batches of `size` examples in `order`; the last may be smaller."""
        for start in range(0, len(self), size):
            if order is None:
                rows: Any = slice(start, start + size)
            else:
                rows = order[start : start + size]
            yield self.x[rows], self.y[rows]

    def split(self, fraction: float, generator: Generator) -> tuple[Data, Data]:
        """Return the data without a random `fraction`, and that fraction."""
        if not 0.0 < fraction < 1.0:
            raise OptionError(f"a validation fraction lies between 0 and 1, got {fraction}")
        order = np.asarray(generator.permutation(len(self)))
        count = max(1, round(fraction * len(self)))
        if count >= len(self):
            raise DataError(f"{len(self)} examples cannot be split into training and validation")
        held, rest = np.sort(order[:count]), np.sort(order[count:])
        return Data(self.x[rest], self.y[rest]), Data(self.x[held], self.y[held])


def as_data(pair: Any, name: str, dtype: DType) -> Data:
    """Return `(x, y)` checked and converted; floating numbers become `dtype`.

    Errors: `ShapeError` for unequal lengths, `DataError` for no examples or for a number that is not
    finite, named by row and column.
    """
    if isinstance(pair, Data):
        return pair
    try:
        x, y = pair
    except (TypeError, ValueError):
        raise OptionError(f"{name} data is a pair (x, y) of arrays, got {type(pair)}") from None
    inputs, targets = _converted(x, dtype), _converted(y, dtype)
    if inputs.ndim == 0 or targets.ndim == 0:
        raise ShapeError(f"{name} data needs a first axis over examples, got a single number")
    if len(inputs) != len(targets):
        raise ShapeError(f"{name} data has {len(inputs)} inputs but {len(targets)} targets")
    if len(inputs) == 0:
        raise DataError(f"{name} data is empty: there is nothing to learn from")
    check_finite(inputs, f"{name} inputs")
    check_finite(targets, f"{name} targets")
    return Data(inputs, targets)


def _converted(values: Any, dtype: DType) -> Array:
    array = np.asarray(asarray(values))
    return array.astype(dtype, copy=False) if is_floating(array.dtype) else array


def check_finite(values: Array, name: str) -> None:
    """Raise `DataError` naming the first place at which `values` is NaN or infinite."""
    if not is_floating(values.dtype) or np.isfinite(values).all():
        return
    bad = np.argwhere(~np.isfinite(values))
    first = tuple(int(index) for index in bad[0])
    column = f", column {', '.join(map(str, first[1:]))}" if len(first) > 1 else ""
    raise DataError(
        f"{name}: row {first[0]}{column} is {values[first]} ({len(bad)} such numbers in all); "
        "remove the rows, or fill in the numbers"
    )
