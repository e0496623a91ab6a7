"""Training data: checked once, then cut into batches."""

from __future__ import annotations

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
    """Examples `x` (n, …) and what they should give, `y` (n, …)."""

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def split(self, fraction: float, generator: Generator) -> tuple[Data, Data]:
        """Return the data without a random `fraction` of the examples, and that fraction.

        Errors: `OptionError` for a fraction outside 0 to 1, `DataError` for too few examples.
        """
        if not 0.0 < fraction < 1.0:
            raise OptionError(f"a validation fraction lies between 0 and 1, got {fraction}")
        order = np.asarray(generator.permutation(len(self)))
        count = max(1, round(fraction * len(self)))
        if count >= len(self):
            raise DataError(
                f"of {len(self)} examples the fraction {fraction} leaves none to train on; give "
                "more, or a smaller fraction"
            )
        held, rest = np.sort(order[:count]), np.sort(order[count:])
        return Data(self.x[rest], self.y[rest]), Data(self.x[held], self.y[held])


def as_data(pair: Any, name: str, dtype: DType) -> Data:
    """Return `pair`, a `Data` or (x, y), checked and converted; floating numbers become `dtype`.

    Errors: `OptionError` for what is no pair, `ShapeError` for unequal lengths, `DataError` for no
    examples or for a number that is not finite, named by its place.

    >>> len(as_data(([1.0, 2.0], [0, 1]), "training", np.dtype(np.float32)))
    2
    """
    x, y = (pair.x, pair.y) if isinstance(pair, Data) else _unpacked(pair, name)
    data = Data(as_inputs(x, dtype), as_inputs(y, dtype))
    if data.x.ndim == 0 or data.y.ndim == 0:
        raise ShapeError(f"{name} data needs a first axis over examples, got a single number")
    if len(data.x) != len(data.y):
        raise ShapeError(f"{name} data has {len(data.x)} inputs but {len(data.y)} targets")
    if len(data) == 0:
        raise DataError(f"{name} data is empty: there is nothing to learn from")
    check_finite(data.x, f"{name} inputs")
    check_finite(data.y, f"{name} targets")
    return data


def _unpacked(pair: Any, name: str) -> tuple[Any, Any]:
    if isinstance(pair, tuple | list) and len(pair) == 2:
        return pair[0], pair[1]
    raise OptionError(f"{name} data is a pair (x, y) of arrays, got {type(pair).__name__}")


def as_inputs(values: Any, dtype: DType) -> Array:
    """Return `values` as an array of a data type that chainrule has; floating ones as `dtype`."""
    # Through NumPy first: it reads Python's numbers in float64, which the model may be made of.
    array = np.asarray(asarray(np.asarray(values)))
    with np.errstate(over="ignore"):  # what float32 cannot hold is found as an infinity
        return array.astype(dtype, copy=False) if is_floating(array.dtype) else array


def check_finite(values: Array, name: str) -> None:
    """Raise `DataError` naming the first place at which `values` is NaN or infinite."""
    if not is_floating(values.dtype) or np.isfinite(values).all():
        return
    bad = np.argwhere(~np.isfinite(values))
    place = ", ".join(map(str, bad[0]))
    raise DataError(
        f"{name}[{place}] is {values[tuple(bad[0])]} ({len(bad)} such numbers in all); remove "
        "these examples, or fill in the numbers"
    )
