"""The steps of random programs that slide windows over a value, or interleave several."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

import chainrule as cr
from chainrule.build.primitives.window import Interleave
from tests.run.drawing import Drawing
from tests.run.programs import Function


def slide(drawing: Drawing) -> None:
    """Windows along an axis, what is in them made one, or a value between its own elements."""
    places = drawing.places(lambda x: x.ndim > 0 and 0 not in x.shape)
    if not places:
        return
    place = drawing.one(places)
    x = drawing.array(place)
    axis = drawing.draw(st.integers(0, x.ndim - 1))
    step, dilation = drawing.one((1, 2, 3)), drawing.one((1, 1, 2))
    size = drawing.one(range(1, min((x.shape[axis] - 1) // dilation + 1, 4) + 1))

    def windows(x: cr.Tensor) -> cr.Tensor:
        return cr.unfold(x, size, axis=axis, step=step, dilation=dilation)

    ways: dict[str, Function] = {
        "windows": windows,
        "largest": lambda x: cr.max(windows(x), axis=-1),
        "interleave": lambda x: Interleave((axis,), (2,))(*(cr.asarray(x), cr.asarray(x))),
    }
    if x.dtype != np.bool_:
        ways["total"] = lambda x: cr.sum(windows(x), axis=-1)
    name = drawing.one(ways)
    drawing.take(name, ways[name], place, rounded=name == "total")
