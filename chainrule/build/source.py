"""Where a tensor comes from: the user's file and line, and the layer that was running."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

PACKAGE = str(Path(__file__).parents[1]) + os.sep

_layers: ContextVar[tuple[str, ...]] = ContextVar("layers", default=())


class Source(NamedTuple):
    """The line of the user's code that made a tensor, and the path of layers around it."""

    file: str
    line: int
    layers: tuple[str, ...]

    def __str__(self) -> str:
        place = f"{Path(self.file).name}:{self.line}"
        return f"{place}, in {' > '.join(self.layers)}" if self.layers else place


def caller() -> Source:
    """Return the innermost line outside chainrule that is running now."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Source(frame.f_code.co_filename, frame.f_lineno, _layers.get())


@contextmanager
def inside_layer(name: str) -> Iterator[None]:
    """Mark what is computed in the `with` block as the work of the layer `name`."""
    token = _layers.set((*_layers.get(), name))
    try:
        yield
    finally:
        _layers.reset(token)
