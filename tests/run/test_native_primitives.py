"""Every primitive there is, in machine code against the interpreter: values and gradients.

The calls are those that its sampler draws, in float32 and in float64. What rounds nothing, or
rounds in the same order, has the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import chainrule as cr
from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.build.primitives import (
    broadcast,
    comparison,
    elementwise,
    extremum,
    indexing,
    movement,
    ordering,
    power,
    random,
    reduction,
    rounding,
    scan,
    scatter,
    window,
)
from chainrule.build.tensor import REGISTRY, Array
from chainrule.derive.grad import vjp
from chainrule.plan.check import check as check_plan
from chainrule.run.native import Native
from tests.build.checks import differentiable, results, same_bits
from tests.build.samples.sampler import Call, Sampler, is_real, samplers

# Primitives without a native kernel, each with the reason; a program with one is interpreted.
INTERPRETED: dict[str, str] = {}

# Primitives that give the bits of the interpreter, whatever their inputs.
EXACT = {
    *(elementwise.Add, elementwise.Subtract, elementwise.Multiply, elementwise.Divide),
    *(elementwise.Negative, elementwise.Where, elementwise.Astype, elementwise.Chain),
    *(comparison.Equal, comparison.Less, comparison.LessEqual, comparison.IsNan),
    *(comparison.SignBit, comparison.And, comparison.Or, comparison.Xor, comparison.Invert),
    *(comparison.ShiftLeft, comparison.ShiftRight),
    *(extremum.Abs, extremum.Maximum, extremum.Minimum, power.Square, power.Sqrt),
    *(rounding.Floor, rounding.Ceil, rounding.Trunc, rounding.Round, rounding.Sign),
    *(rounding.NextAfter, scatter.ScatterMax, scatter.ScatterMin),
    *(movement.Transpose, movement.Flip, movement.Slice, movement.Place, movement.Concatenate),
    *(broadcast.Reshape, broadcast.Broadcast, indexing.Gather),
    *(ordering.Sort, ordering.Argsort, random.RandomBits),
    *(reduction.ReduceMax, reduction.ReduceMin, reduction.ArgMax, reduction.ArgMin),
    *(window.Window, window.Interleave),
    *(scan.CumulativeSum, scan.CumulativeProd, scan.ChainRecurrence),
    *(scan.CumulativeArgMax, scan.CumulativeArgMin),
}

TOLERANCE = {np.dtype(np.float32): 2e-6, np.dtype(np.float64): 1e-13}

Function = Callable[..., Any]

KNOWN = samplers()
DRAWN = {
    primitive.__name__: entry
    for primitive, entry in KNOWN.items()
    if isinstance(entry, Sampler) and primitive.__name__ not in INTERPRETED
}


def executed(function: Function, inputs: Sequence[Array], device: str) -> list[Array]:
    compiled = cr.compile(function, device=device)
    leaves, _ = flatten(compiled(*inputs))
    executor = compiled.program.executor
    assert isinstance(executor, Native) == (device == "native"), compiled.kernels
    if isinstance(executor, Native):
        check_plan(executor.kernels)
    return [np.asarray(leaf) for leaf in leaves]


def check(function: Function, inputs: Sequence[Array], exact: bool, scale: float) -> None:
    """Both executors give the same: bit for bit, or to the tolerance of the type.

    It is relative to the largest number of the result, and to `scale` where that is larger.
    """
    expected = executed(function, inputs, "numpy")
    found = executed(function, inputs, "native")
    for a, b in zip(expected, found, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        if exact or not is_real(a):
            assert same_bits(a, b), f"{a} natively is {b}"
        else:
            size = float(np.abs(a[np.isfinite(a)]).max(initial=scale))
            tolerance = TOLERANCE[a.dtype]
            np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance * size)


def called(call: Call) -> Function:
    return lambda *inputs: results(call.primitive, inputs)


def pulled_back(sampler: Sampler, call: Call) -> Function | None:
    """The gradients of the call for a cotangent of many values, where it has any."""
    places = differentiable(sampler, call)
    if not places or sampler.orders == 0:
        return None

    def function(*inputs: Any) -> Any:
        def at_places(*given: Any) -> Any:
            filled = list(inputs)
            for place, x in zip(places, given, strict=True):
                filled[place] = x
            return [y for y in results(call.primitive, filled) if is_floating(y.dtype)]

        ys, pull_back = vjp(at_places, *(inputs[place] for place in places))
        return [*ys, *pull_back([weights(y) for y in ys])] if ys else []

    return function


def weights(y: Any) -> Array:
    """A cotangent for `y` in which the numbers differ."""
    drawn: Array = np.random.default_rng(0).uniform(0.5, 1.5, y.shape)
    return drawn.astype(y.dtype)


def test_no_primitive_is_left_out() -> None:
    structural = {p.__name__ for p, entry in KNOWN.items() if not isinstance(entry, Sampler)}
    assert {*REGISTRY} == {*DRAWN, *structural, *INTERPRETED}
    assert all(INTERPRETED.values())


@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_primitive(name: str, data: st.DataObject) -> None:
    sampler = DRAWN[name]
    call = data.draw(sampler.calls)
    for inputs in call.variants:
        check(called(call), inputs, sampler.primitive in EXACT, scale=0.0)
        gradient = pulled_back(sampler, call)
        if gradient is not None:
            # A difference of numbers near 1 (tanh′ = 1 − tanh²) is as right as these are.
            check(gradient, inputs, exact=False, scale=1.0)
