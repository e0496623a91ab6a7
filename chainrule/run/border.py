"""The border of a native program: how arrays get in and results get out.

A small array is copied through memory of the program's own, at an address known for good: that
takes less time than asking for its address, and any layout will do. A large one stays where it is.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from chainrule.array.shape import size_of
from chainrule.build.tensor import Array, Tensor
from chainrule.plan.kernel import Buffer

SMALL = 1 << 14  # bytes that are copied in the time that it takes to ask for an address

Table = ctypes.Array[ctypes.c_void_p]


class Arguments:
    """The way in."""

    def __init__(self, table: Table, given: Sequence[tuple[Buffer, Tensor]]) -> None:
        self._table = table
        self._indices = [buffer.index for buffer, _ in given]
        self._windows = _windows(table, self._indices, [node for _, node in given])

    def enter(self, arrays: Sequence[Array]) -> list[Array]:
        """Show `arrays` to the program; what is returned must live until it has run."""
        borrowed: list[Array] = []
        for window, index, array in zip(self._windows, self._indices, arrays, strict=True):
            if window is None:
                borrowed.append(np.require(array, None, ["C", "A"]))
                self._table[index] = borrowed[-1].ctypes.data
            else:
                window[...] = array
        return borrowed


class Results:
    """The way out."""

    def __init__(self, table: Table, made: Sequence[tuple[Buffer, Tensor]]) -> None:
        self._table = table
        self._indices = [buffer.index for buffer, _ in made]
        self._specs = [node.spec for _, node in made]
        self._windows = _windows(table, self._indices, [node for _, node in made])

    def prepare(self) -> list[Array]:
        """Return the arrays that the program will write to: of large results new ones."""
        return [
            self._new(place) if window is None else window
            for place, window in enumerate(self._windows)
        ]

    def _new(self, place: int) -> Array:
        array: Array = np.empty(*self._specs[place])
        self._table[self._indices[place]] = array.ctypes.data
        return array

    def leave(self, written: Sequence[Array]) -> list[Array]:
        """Return the results in `written`, none of them in the program's own memory."""
        return [
            array.copy() if array is window else array
            for array, window in zip(written, self._windows, strict=True)
        ]


def _windows(table: Table, indices: Sequence[int], nodes: Sequence[Tensor]) -> list[Array | None]:
    """The program's own memory for each array that is small, entered into the table."""
    windows: list[Array | None] = [
        np.empty(*node.spec) if size_of(node.shape) * node.dtype.itemsize <= SMALL else None
        for node in nodes
    ]
    for index, window in zip(indices, windows, strict=True):
        if window is not None:
            table[index] = window.ctypes.data
    return windows
