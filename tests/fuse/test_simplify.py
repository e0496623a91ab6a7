"""Each rewrite makes the graph smaller and leaves its values alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import alias
from chainrule.build.primitives.comparison import Less
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.exponential import Exp
from chainrule.build.primitives.extremum import Maximum
from chainrule.build.record import record
from chainrule.build.tensor import Spec
from chainrule.fuse.simplify import simplify

X = np.arange(12, dtype=np.float64).reshape(3, 4) / 4


def recorded(function: Callable[..., Any]) -> Graph:
    return record(function, [Spec(X.shape, X.dtype)]).graph


steep = cr.custom_vjp(cr.exp, lambda g, y, x: [g])

REWRITES: dict[str, tuple[Callable[..., Any], int]] = {
    "alias": (lambda x: alias(x) + 1, 1),
    "detach": (lambda x: detach(x) + 1, 1),
    "the same twice": (lambda x: cr.exp(x) + cr.exp(x), 2),
    "the same number twice": (lambda x: (x * 2.0) + (x * 2.0), 2),
    "different numbers": (lambda x: x * 2.0 + x * 3.0, 3),
    "transposed back": (lambda x: x.T.T + 1, 1),
    "transposed twice": (lambda x: cr.permute_dims(x[None], (2, 0, 1)).mT, 2),
    "reshaped twice": (lambda x: cr.reshape(cr.reshape(x, (12,)), (2, 6)), 1),
    "reshaped back": (lambda x: cr.reshape(cr.reshape(x, (12,)), (3, 4)) + 1, 1),
    "a product transposed": (lambda x: (x @ x.T).T, 2),
    "a product of bools": (lambda x: (x > 1) @ (x.T > 2), 7),
    "a mask of the larger": (lambda x: (cr.maximum(x.T, 2.0), x.T > 2.0), 3),
    "a checkpoint": (lambda x: cr.checkpoint(lambda v: cr.exp(v) * 2)(x) + 1, 3),
    "a checkpoint in a checkpoint": (cr.checkpoint(cr.checkpoint(cr.exp)), 1),
    "a derivative by hand": (lambda x: steep(x) + cr.exp(x), 2),
    "a product of a transposed one": (lambda x: (x.T @ x).T + 1, 3),
}


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite(name: str) -> None:
    function, count = REWRITES[name]
    graph = recorded(function)
    smaller = simplify(graph)
    assert len(smaller.nodes) == count
    for found, expected in zip(Interpreter(smaller)([X]), Interpreter(graph)([X]), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_function_that_returns_what_it_got() -> None:
    graph = simplify(recorded(lambda x: (x, x.T.T, 3.0)))
    assert graph.outputs[0] is graph.inputs[0] is graph.outputs[1]
    assert graph.nodes == ()


def test_what_a_checkpoint_computes_again_is_not_kept() -> None:
    def loss(x: Any) -> Any:
        return cr.sum(cr.checkpoint(lambda v: cr.sin(cr.exp(v)))(x))

    graph = simplify(recorded(cr.value_and_grad(loss)))
    exponentials = [node for node in graph.nodes if isinstance(node.primitive, Exp)]
    assert len(exponentials) == 2
    plain = Interpreter(recorded(cr.value_and_grad(loss)))([X])
    for found, expected in zip(Interpreter(graph)([X]), plain, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_mask_is_read_off_the_larger_of_two() -> None:
    loss = cr.value_and_grad(lambda x: cr.sum(cr.maximum(cr.exp(x), 2.0)))
    graph = simplify(recorded(loss))
    (mask,) = [node for node in graph.nodes if isinstance(node.primitive, Less)]
    assert isinstance(mask.inputs[1].primitive, Maximum)
    odd = np.full(X.shape, np.nan)
    assert np.isnan(Interpreter(graph)([odd])[0])
    assert not Interpreter(graph)([odd])[1].any()


def test_nodes_keep_the_line_of_the_user() -> None:
    before = recorded(lambda x: cr.exp(alias(x)))
    after = simplify(before)
    assert after.outputs[0].source == before.outputs[0].source
