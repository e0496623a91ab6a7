"""Samplers of `chainrule.derive.custom`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from chainrule.array.structure import flatten
from chainrule.build.functions.trigonometry import cos, sin, tanh
from chainrule.build.record import trace
from chainrule.build.tensor import Spec, Tensor
from chainrule.derive.custom import Ruled
from tests.build.samples.draw import reals
from tests.build.samples.sampler import Call, Sampler


def several(a: Tensor, b: Tensor) -> Any:
    return sin(a) * b, tanh(a)


def rule(g: Any, y: Any, a: Tensor, b: Tensor) -> list[Any]:
    """The derivative by hand, one half of it from the result; a cotangent may be missing."""
    product, bent = g
    parts = [
        None if product is None else product * cos(a) * b,
        None if bent is None else bent * (1.0 - y[1] * y[1]),
    ]
    found = [part for part in parts if part is not None]
    return [sum(found[1:], found[0]), None if product is None else product * sin(a)]


@st.composite
def ruled(draw: st.DrawFn) -> Call:
    shape = draw(st.sampled_from([(), (3,), (2, 3)]))
    inputs = draw(reals(shape)), draw(reals(shape))
    graph, results = trace(several, [Spec(x.shape, x.dtype) for x in inputs])
    assert flatten((0, 0))[1] == results
    return Call(Ruled(graph, rule, results, 2), inputs, single=False)


SAMPLERS = [Sampler(Ruled, ruled())]
