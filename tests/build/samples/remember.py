"""Samplers of `chainrule.derive.remember`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from chainrule.build.functions.reduction import sum as total
from chainrule.build.functions.trigonometry import sin
from chainrule.build.record import trace
from chainrule.build.tensor import Spec, Tensor
from chainrule.derive.remember import Remember
from tests.build.samples.draw import broadcastable, integers, reals
from tests.build.samples.sampler import Call, Sampler


def several(a: Tensor, b: Tensor, count: Tensor) -> Any:
    """Results that depend on all inputs, on some, and on integers alone."""
    return sin(a) * b + count.astype(a.dtype), total(a * a), count * 2


@st.composite
def remembered(draw: st.DrawFn) -> Call:
    a, b, count = draw(broadcastable(3))
    inputs = draw(reals(a)), draw(reals(b)), draw(integers(count, -5, 5))
    graph, _ = trace(several, [Spec(x.shape, x.dtype) for x in inputs])
    return Call(Remember(graph), inputs, single=False)


SAMPLERS = [Sampler(Remember, remembered())]
