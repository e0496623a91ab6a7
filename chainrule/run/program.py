"""A program: one recording made executable. It reads and writes its variables by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.array.structure import unflatten
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.record import Recording
from chainrule.build.tensor import Array


class Program:
    """A recorded function, executed by the NumPy interpreter."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._interpreter = Interpreter(recording.graph)

    @property
    def graph(self) -> Graph:
        """The recorded graph: forward pass, loss, backward pass and update."""
        return self.recording.graph

    def __call__(self, arguments: Sequence[Array]) -> Any:
        """Return the function's results; variables are written after everything is computed."""
        contents = [variable.content().known() for variable in self.recording.reads]
        outputs = self._interpreter([*arguments, *contents])
        count = len(outputs) - len(self.recording.writes)
        for variable, value in zip(self.recording.writes, outputs[count:], strict=True):
            variable.assign(constant(value))
        return unflatten(self.recording.results, [constant(value) for value in outputs[:count]])
