"""What an equation defines: handed on as it is, differentiated by the equation, then gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.convert import asarray
from chainrule.build.functions.equations import pinv
from chainrule.build.interpret import Interpreter
from chainrule.build.primitives.implicit import (
    Implicit,
    LogDeterminant,
    determinant,
    diagonal,
    factors_of,
    solution,
)
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.fuse.simplify import simplify

A = np.array([[[2.0, 1.0, 0.5], [1.0, -3.0, 1.0], [0.0, 1.0, 4.0]], np.eye(3) + 0.5])
B = np.arange(12.0).reshape(2, 3, 2) / 6


def logarithm(a: Tensor) -> Tensor:
    factors = factors_of(a)
    size = cr.sum(cr.log(cr.abs(diagonal(factors.lu))), axis=-1)
    return LogDeterminant()(size, a, *factors)


CALLS: dict[str, tuple[Callable[..., Tensor], list[Array]]] = {
    "Solution": (lambda a, b: solution(a, b, factors_of(a)), [A, B]),
    "adjoint Solution": (lambda a, b: solution(a, b, factors_of(a), adjoint=True), [A, B]),
    "one matrix": (lambda a, b: solution(a, b, factors_of(a)), [A[0], B]),
    "one right side": (lambda a, b: solution(a, b, factors_of(a)), [A, B[0]]),
    "Determinant": (lambda a: determinant(a, factors_of(a)), [A]),
    "LogDeterminant": (logarithm, [A]),
    "PseudoInverse": (pinv, [A[:, :, :2]]),
}


@pytest.mark.parametrize("name", CALLS)
def test_derivatives(name: str) -> None:
    function, inputs = CALLS[name]
    cr.check_gradients(lambda *given: function(*map(asarray, given)), *inputs, order=2)


@pytest.mark.parametrize("name", CALLS)
def test_mapped(name: str) -> None:
    function, inputs = CALLS[name]
    batches = [np.stack([x, x + 0.25 * x[::-1]]) for x in inputs]

    def slope(*given: Any) -> Any:
        return cr.grad(lambda *x: cr.sum(function(*x)), range(len(given)))(*given)

    for f in (function, slope):
        found = cr.vmap(f)(*batches)
        looped = [f(*(asarray(x[row]) for x in batches)) for row in range(2)]
        pairs = (
            [(found, looped)]
            if isinstance(found, Tensor)
            else zip(found, zip(*looped, strict=True), strict=True)
        )
        for y, rows in pairs:
            np.testing.assert_allclose(y, [np.asarray(row) for row in rows], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", CALLS)
def test_nothing_of_it_is_left_in_a_program(name: str) -> None:
    function, inputs = CALLS[name]
    graph = record(function, [Spec(x.shape, x.dtype) for x in inputs]).graph
    assert any(isinstance(node.primitive, Implicit) for node in graph.nodes)
    simple = simplify(graph)
    assert not any(isinstance(node.primitive, Implicit) for node in simple.nodes)
    (found,), expected = Interpreter(simple)(inputs), function(*map(asarray, inputs))
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_it_costs_nothing() -> None:
    spec = Spec((2, 2), cr.float64)
    assert LogDeterminant().cost(spec, spec) == (0, 0)
