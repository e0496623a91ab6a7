"""What must hold of a function made of primitives: derivatives, mapping, and the same natively."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.build.tensor import Array
from chainrule.run.native import Native

Function = Callable[..., Any]

TOLERANCE = 1e-11


def check_like(function: Function, reference: Function, *inputs: Array) -> None:
    """Values and types are those of `reference`; at once, mapped, and in machine code."""
    check_values(function, reference, *inputs)
    check_native(function, *inputs)
    check_mapped(function, *inputs)


def check_values(function: Function, reference: Function, *inputs: Array) -> None:
    """Values and types are those of `reference`, but for rounding."""
    found = arrays(function(*map(cr.asarray, inputs)))
    for y, expected in zip(found, arrays(reference(*inputs)), strict=True):
        assert y.dtype == expected.dtype
        np.testing.assert_allclose(y, expected, rtol=TOLERANCE, atol=TOLERANCE)


def check_native(function: Function, *inputs: Array) -> None:
    """Machine code gives what the interpreter gives, and so does the gradient's."""
    for each in (function, *gradients(function, *inputs)):
        compiled = cr.compile(each, device="native")
        found = arrays(compiled(*inputs))
        assert isinstance(compiled.program.executor, Native), compiled.kernels
        for y, expected in zip(found, arrays(each(*map(cr.asarray, inputs))), strict=True):
            assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
            np.testing.assert_allclose(y, expected, rtol=TOLERANCE, atol=TOLERANCE)


def gradients(function: Function, *inputs: Array) -> list[Function]:
    """The gradient of the squares of the results, where some input can have one."""
    places = [place for place, x in enumerate(inputs) if is_floating(x.dtype)]

    def loss(*given: Any) -> Any:
        results = flatten(function(*given))[0]
        squares = [cr.sum(y * y) for y in results if is_floating(y.dtype) and y.tracked]
        return sum(squares[1:], squares[0]) if squares else cr.sum(given[places[0]]) * 0.0

    return [cr.grad(loss, places)] if places else []


def check_mapped(function: Function, *inputs: Array) -> None:
    """Mapped over two examples alike, it gives each what it gives one."""
    mapped = arrays(cr.vmap(function)(*(np.stack([x, x]) for x in inputs)))
    for both, y in zip(mapped, arrays(function(*map(cr.asarray, inputs))), strict=True):
        for one in both:
            np.testing.assert_allclose(one, y, rtol=TOLERANCE, atol=TOLERANCE)


def check_derivatives(function: Function, *points: Array) -> None:
    """First and second derivatives are those that finite differences measure."""
    for order in (1, 2):
        cr.check_gradients(function, *points, order=order)


def arrays(result: Any) -> list[Array]:
    return [np.asarray(y) for y in flatten(result)[0]]
