"""A step of random programs: a convolution with weights of its own, either way round."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from chainrule.array.dtype import is_floating
from tests.run.drawing import Drawing
from tests.run.programs import Function


def convolution(drawing: Drawing) -> None:
    """A convolution along the last axis of a value, or its transpose."""
    places = drawing.places(lambda x: is_floating(x.dtype) and x.ndim in (2, 3) and x.size > 0)
    if not places:
        return
    place = drawing.one(places)
    x = drawing.array(place)
    taps, dilation, outputs = (drawing.one(options) for options in ((1, 2, 3), (1, 2), (1, 3, 17)))
    options = {
        "stride": drawing.one((1, 2)),
        "padding": dilation * (taps - 1),
        "dilation": dilation,
    }
    channels, turned = x.shape[1] if x.ndim == 3 else 1, drawing.one((False, True))
    shape = (channels, outputs, taps) if turned else (outputs, channels, taps)
    given = (np.random.default_rng(taps).integers(-2, 3, shape) / 2).astype(x.dtype)
    # The transpose would cut off what is padded, so it is padded by nothing.
    options |= {"padding": 0} if turned else {}
    function = nn.conv_transpose1d if turned else nn.conv1d
    drawing.take("convolution", _over(function, given, options), place)


def _over(function: Any, weight: np.ndarray, options: dict[str, Any]) -> Function:
    def convolved(x: Any) -> Any:
        examples = x if x.ndim == 3 else cr.expand_dims(x, axis=1)
        return function(examples, weight, **options)

    return convolved
