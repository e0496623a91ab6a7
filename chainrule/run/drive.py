"""A native program driven over rows of data: where the data, the order and the results lie."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from chainrule.array.shape import size_of
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.plan.kernel import Buffer
from chainrule.render.epoch import DONE_AT, FIRST_AT, LAST_AT, ORDER_AT, PLACES_AT, TABLE_AT, Border

Table = ctypes.Array[ctypes.c_void_p]


def border_of(
    inputs: Sequence[tuple[Buffer, Tensor]],
    results: Sequence[tuple[Buffer, Tensor]],
    fault: int,
    barrier: int,
) -> Border | None:
    """Return what goes in and out in a step; None where the arguments have no rows in common."""
    lengths = {node.shape[:1] for _, node in inputs}
    if len(lengths) != 1 or lengths == {()}:
        return None
    ((rows,),) = lengths
    given = [(buffer.index, _bytes(node.shape[1:], node)) for buffer, node in inputs]
    made = [(buffer.index, _bytes(node.shape, node)) for buffer, node in results]
    return Border(rows, given, made, fault, barrier)


def _bytes(shape: tuple[int, ...], node: Tensor) -> int:
    return size_of(shape) * node.dtype.itemsize


class Drive:
    """Steps over `data`, whose rows stay where they are; step n takes the rows in `order[n]`.

    The program gets a table of its own, in which the arguments are room for the rows of one step.
    """

    def __init__(
        self,
        table: Table,
        border: Border,
        data: Sequence[Array],
        order: Array,
        results: Sequence[Spec],
    ) -> None:
        self._border, self._specs = border, results
        self.data = [np.require(array, None, ["C", "A"]) for array in data]
        self._order = np.require(order, np.int64, ["C", "A"])
        self._table = type(table).from_buffer_copy(table)
        self._rooms = [np.empty(max(border.rows * size, 1), np.uint8) for _, size in border.inputs]
        for (slot, _), room in zip(border.inputs, self._rooms, strict=True):
            self._table[slot] = room.ctypes.data
        self._words = np.zeros(PLACES_AT + len(data) + len(results), np.int64)
        self._words[TABLE_AT] = ctypes.addressof(self._table)
        self._words[ORDER_AT] = self._order.ctypes.data
        for number, array in enumerate(self.data):
            self._words[PLACES_AT + number] = array.ctypes.data
        self.address = self._words.ctypes.data

    def enter(self, first: int, last: int) -> list[Array]:
        """Prepare the steps from `first` up to `last`; return where their results will be."""
        self._words[[FIRST_AT, LAST_AT, DONE_AT]] = first, last, 0
        made: list[Array] = [
            np.empty((last - first, *spec.shape), spec.dtype) for spec in self._specs
        ]
        places = PLACES_AT + len(self.data)
        self._words[places:] = [array.ctypes.data for array in made]
        return made

    @property
    def done(self) -> int:
        """How many steps were done since the last `enter`."""
        return int(self._words[DONE_AT])

    def rows(self, step: int) -> list[Array]:
        """Return the arguments of one step."""
        return [array[self._order[step]] for array in self.data]
