"""The steps of random programs that look elements up, and change them in places."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

import chainrule as cr
from tests.run.drawing import Drawing


def gather(drawing: Drawing) -> None:
    """Elements along an axis, at places that an array names."""
    places = drawing.places(lambda x: x.ndim > 0 and 0 not in x.shape)
    if not places:
        return
    place = drawing.one(places)
    axis = drawing.draw(st.integers(0, drawing.array(place).ndim - 1))
    length = drawing.array(place).shape[axis]
    listed = drawing.draw(st.lists(st.integers(-length, length - 1), max_size=6))
    indices = np.array(
        listed,
        drawing.one([np.int64, np.int16, np.uint32 if min(listed, default=0) >= 0 else np.int32]),
    )
    drawing.take("take", lambda x: cr.take(x, indices, axis=axis), place)


def scatter(drawing: Drawing) -> None:
    """Elements changed at places that an array names, some several times."""
    places = drawing.places(lambda x: x.ndim > 0 and 0 not in x.shape)
    if not places:
        return
    place = drawing.one(places)
    x = drawing.array(place)
    axis = drawing.draw(st.integers(0, x.ndim - 1))
    length = x.shape[axis]
    indices = np.array(drawing.draw(st.lists(st.integers(-length, length - 1), max_size=6)), int)
    way = "set" if x.dtype == np.bool_ else drawing.one(("set", "add", "multiply", "min", "max"))
    key = (*(slice(None),) * axis, indices)

    def changed(x: Any) -> Any:
        values = cr.flip(cr.take(x, indices, axis=axis), axis=axis)
        return getattr(cr.asarray(x).at[key], way)(values)

    drawing.take(
        f"at {way}", changed, place, jumps=way in ("min", "max"), rounded=way == "multiply"
    )


def along(drawing: Drawing) -> None:
    """Elements of one value at places that another one names."""
    lines = drawing.places(lambda x: x.ndim > 0 and x.size > 0)
    if lines:
        place = drawing.one(lines)
        indices = np.argsort(drawing.array(place).astype(np.float64), axis=-1, kind="stable")
        drawing.take("take along", lambda x: cr.take_along_axis(x, indices, axis=-1), place)
