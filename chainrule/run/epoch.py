"""An epoch: a program over batches of rows, many steps in one call, and its results in parts.

Results of the steps are put together: numbers are stacked, one a step; arrays are joined along
their first axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.structure import flatten, unflatten
from chainrule.build.leaf import constant
from chainrule.build.tensor import Array
from chainrule.errors import DataError, OptionError
from chainrule.run.program import Program
from chainrule.run.threads import is_count

# So long native code runs before Python has a look: Ctrl-C and progress wait no longer.
SECONDS = 0.05


class Part(NamedTuple):
    """Some steps that were done together: how many, on how many rows, and their results."""

    steps: int
    rows: int
    results: Any


@dataclass(frozen=True)
class Batches:
    """Rows of `data` in batches: `whole` ones of `size` rows each by `order`, then the `rest`."""

    data: Sequence[Array]
    order: Array
    size: int

    @property
    def whole(self) -> int:
        """How many batches have all their rows."""
        return len(self.order) // self.size

    @property
    def sizes(self) -> list[int]:
        """The numbers of rows that batches have: of whole ones, and of the last if it has fewer."""
        rest = len(self.order) % self.size
        return [*([self.size] if self.whole else []), *([rest] if rest else [])]


def batches_of(data: Sequence[Array], batch_size: object, order: Any) -> Batches:
    """Return `data` in batches.

    Errors: `DataError` where the arrays differ in their number of rows, or `order` names no row, or
    one that there is not; `OptionError` for a batch size below 1.
    """
    if not is_count(batch_size):
        raise OptionError(f"batch_size is a whole number from 1 up, got {batch_size!r}")
    if not data:
        raise DataError("an epoch takes arrays with rows, got nothing")
    lengths = {array.shape[0] if array.ndim else None for array in data}
    if len(lengths) != 1 or None in lengths:
        shapes = ", ".join(str(array.shape) for array in data)
        raise DataError(f"an epoch takes arrays with the same number of rows, got shapes {shapes}")
    (count,) = lengths
    if not count:
        raise DataError("an epoch takes at least one row, got none")
    rows = np.arange(count) if order is None else np.asarray(order)
    if not rows.size:
        raise DataError("order names no row, so there is no step to do")
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise DataError(f"order is a line of row numbers, got {rows.dtype} of shape {rows.shape}")
    outside = rows[(rows < 0) | (rows >= count)]
    if outside.size:
        raise DataError(f"order names row {outside[0]}, but there are rows 0 to {count - 1}")
    return Batches(data, rows.astype(np.int64), int(batch_size))


def in_parts(
    program_for: Callable[[int], Program], batches: Batches, longest: int | None = None
) -> Iterator[Part]:
    """Do the steps and yield them in parts, each of at most `longest` steps.

    `program_for(rows)` is asked anew for each part: what it depends on may have changed.
    """
    whole = batches.whole * batches.size
    for order in (batches.order[:whole], batches.order[whole:]):
        if len(order):
            rows = min(batches.size, len(order))
            yield from _steps(program_for, batches.data, order.reshape(-1, rows), longest)


def _steps(
    program_for: Callable[[int], Program], data: Sequence[Array], order: Array, longest: int | None
) -> Iterator[Part]:
    """Steps of as many rows each, in parts that grow until they take long enough."""
    done, at_once = 0, 1
    program: Program | None = None
    while done < len(order):
        rows = order.shape[1]
        if program is not program_for(rows):
            program = program_for(rows)
            steps = program.over(data, order)
        last = min(done + at_once, len(order))
        begun = perf_counter()
        results = steps.run(done, last)
        each = max(perf_counter() - begun, 1e-9) / (last - done)
        yield Part(last - done, (last - done) * rows, program.joined(results))
        done, fitting = last, int(SECONDS / each)
        at_once = min(max(1, min(2 * at_once, fitting)), longest or len(order))


def put_together(parts: Sequence[Part]) -> Any:
    """Return the results of all parts as those of one."""
    taken = [flatten(part.results) for part in parts]
    columns = zip(*(leaves for leaves, _ in taken), strict=True)
    joined = [constant(np.concatenate([np.asarray(x) for x in column])) for column in columns]
    return unflatten(taken[0][1], joined)
