"""A program: one recording made executable. It reads and writes its variables by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from chainrule.array.structure import count, unflatten
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import Constant, constant
from chainrule.build.record import Recording
from chainrule.build.source import Source
from chainrule.build.tensor import Array, Spec, Tensor, frozen
from chainrule.build.turns import turn
from chainrule.fuse.group import NotNativeError
from chainrule.run.native import Native


class Steps(Protocol):
    """Consecutive steps over data in memory."""

    def run(self, first: int, last: int) -> list[Array]:
        """Do the steps from `first` up to `last`; return each result with an axis for the steps."""


class Repeated:
    """Steps by one call each."""

    def __init__(
        self, call: Callable[[Sequence[Array]], list[Array]], data: Sequence[Array], order: Array
    ) -> None:
        self._call, self._data, self._order = call, data, order

    def run(self, first: int, last: int) -> list[Array]:
        """Do the steps from `first` up to `last`; return each result with an axis for the steps."""
        taken = [
            self._call([array[rows] for array in self._data]) for rows in self._order[first:last]
        ]
        return [np.stack(column) for column in zip(*taken, strict=True)]


class Executor(Protocol):
    """What runs a recording: it computes the results and writes the variables."""

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        """Return the results for the arguments."""

    def over(self, data: Sequence[Array], order: Array) -> Steps:
        """Return steps over `data`, where step n takes the rows in `order[n]`."""

    def describe(self) -> str:
        """Return what runs, in lines for a person."""


class Interpreted:
    """A recording executed by NumPy, node by node."""

    def __init__(self, recording: Recording, reason: str) -> None:
        self._recording, self._reason = recording, reason
        self._run = Interpreter(recording.graph)

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        views = [frozen(array.view()) for array in arguments]
        with turn:
            contents = [variable.content().known() for variable in self._recording.reads]
            outputs = [_apart(value, views) for value in self._run([*views, *contents])]
            count = len(outputs) - len(self._recording.writes)
            for variable, value in zip(self._recording.writes, outputs[count:], strict=True):
                variable.assign(constant(value))
        return outputs[:count]

    def over(self, data: Sequence[Array], order: Array) -> Steps:
        """Return steps over `data`, one by one."""
        return Repeated(self, data, order)

    def describe(self) -> str:
        """Return how many operations there are, and why they are interpreted."""
        return f"interpreted by NumPy, {len(self._run.instructions)} operations ({self._reason})"


def _apart(value: Array, arguments: Sequence[Array]) -> Array:
    """`value`, a copy where it may lie in an argument, which its owner can write to later."""
    shared = any(np.may_share_memory(value, array) for array in arguments)
    return frozen(value.copy()) if shared else value


class Program:
    """A recorded function, ready to run on a device."""

    def __init__(self, recording: Recording, device: str) -> None:
        self.recording = recording
        self.executor = _executor(recording, device)
        outputs = recording.graph.outputs[: count(recording.results)]
        self._results = [(node.spec, node.source) for node in outputs]

    @property
    def graph(self) -> Graph:
        """The recorded graph: forward pass, loss, backward pass and update."""
        return self.recording.graph

    def __call__(self, arguments: Sequence[Array]) -> Any:
        """Return the function's results; variables are written after everything is computed.

        `arguments` are only looked at: what is returned, or written, shares no memory with them.
        """
        values = self.executor(arguments)
        results = [_result(*made, value) for made, value in zip(self._results, values, strict=True)]
        return unflatten(self.recording.results, results)

    def over(self, data: Sequence[Array], order: Array) -> Steps:
        """Return steps over `data`, where step n takes the rows in `order[n]`."""
        return self.executor.over(data, order)

    def joined(self, results: Sequence[Array]) -> Any:
        """Return the results of some steps together: numbers stacked, arrays joined."""
        along = [
            x if x.ndim == 1 else x.reshape(x.shape[0] * x.shape[1], *x.shape[2:]) for x in results
        ]
        return unflatten(self.recording.results, [constant(x) for x in along])


def _result(spec: Spec, source: Source, value: Array) -> Tensor:
    """The tensor for a result: it comes from the line of the function that made it."""
    value.flags.writeable = False
    return Tensor(spec, Constant(), (), value, False, source)


def _executor(recording: Recording, device: str) -> Executor:
    if device == "numpy":
        return Interpreted(recording, "device numpy")
    try:
        return Native(recording, Interpreted(recording, "an index lay outside its axis"))
    except NotNativeError as error:
        return Interpreted(recording, str(error))
