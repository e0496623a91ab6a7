"""A program: one recording made executable. It reads and writes its variables by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from chainrule.array.structure import unflatten
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.record import Recording
from chainrule.build.tensor import Array
from chainrule.fuse.group import NotNativeError
from chainrule.run.native import Native


class Executor(Protocol):
    """What runs a recording: it computes the results and writes the variables."""

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        """Return the results for the arguments."""

    def describe(self) -> str:
        """Return what runs, in lines for a person."""


class Interpreted:
    """A recording executed by NumPy, node by node."""

    def __init__(self, recording: Recording, reason: str) -> None:
        self._recording, self._reason = recording, reason
        self._run = Interpreter(recording.graph)

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        contents = [variable.content().known() for variable in self._recording.reads]
        outputs = self._run([*arguments, *contents])
        count = len(outputs) - len(self._recording.writes)
        for variable, value in zip(self._recording.writes, outputs[count:], strict=True):
            variable.assign(constant(value))
        return outputs[:count]

    def describe(self) -> str:
        """Return how many operations there are, and why they are interpreted."""
        return f"interpreted by NumPy, {len(self._run.instructions)} operations ({self._reason})"


class Program:
    """A recorded function, ready to run on a device."""

    def __init__(self, recording: Recording, device: str) -> None:
        self.recording = recording
        self.executor = _executor(recording, device)

    @property
    def graph(self) -> Graph:
        """The recorded graph: forward pass, loss, backward pass and update."""
        return self.recording.graph

    def __call__(self, arguments: Sequence[Array]) -> Any:
        """Return the function's results; variables are written after everything is computed."""
        results = self.executor(arguments)
        return unflatten(self.recording.results, [constant(value) for value in results])


def _executor(recording: Recording, device: str) -> Executor:
    if device == "numpy":
        return Interpreted(recording, "device numpy")
    try:
        return Native(recording, Interpreted(recording, "an index lay outside its axis"))
    except NotNativeError as error:
        return Interpreted(recording, str(error))
