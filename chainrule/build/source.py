"""Where a tensor comes from: the user's file and line, the layer, and the step of training."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

PACKAGE = str(Path(__file__).parents[1]) + os.sep


class Step(StrEnum):
    """One of the four steps of training."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


_layers: ContextVar[tuple[str, ...]] = ContextVar("layers", default=())
_step: ContextVar[Step] = ContextVar("step", default=Step.FORWARD)


class Source(NamedTuple):
    """The line of the user's code that made a tensor, the path of layers around it, and its step.

    Which tensors are the loss turns out later: see `build/steps.py`.
    """

    file: str
    line: int
    layers: tuple[str, ...]
    step: Step = Step.FORWARD

    def __str__(self) -> str:
        place = f"{Path(self.file).name}:{self.line}"
        return f"{place}, in {' > '.join(self.layers)}" if self.layers else place


def caller() -> Source:
    """Return the innermost line outside chainrule that is running now."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Source(frame.f_code.co_filename, frame.f_lineno, _layers.get(), _step.get())


@contextmanager
def inside_layer(name: str) -> Iterator[None]:
    """Mark what is computed in the `with` block as the work of the layer `name`."""
    token = _layers.set((*_layers.get(), name))
    try:
        yield
    finally:
        _layers.reset(token)


@contextmanager
def during(step: Step) -> Iterator[None]:
    """Mark what is computed in the `with` block as part of `step`."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)


def current_step() -> Step:
    """Return the step that is marked now."""
    return _step.get()
