"""`vmap` against a loop over the examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.array.structure import flatten
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import exp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import concat, permute_dims, stack
from chainrule.build.functions.ordering import sort
from chainrule.build.functions.reduction import max, mean
from chainrule.build.functions.scan import cumulative_sum
from chainrule.build.functions.softmax import softmax
from chainrule.build.functions.trigonometry import sin
from chainrule.build.functions.turning import flip
from chainrule.build.random import Generator
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad, value_and_grad, vjp
from chainrule.derive.remember import checkpoint
from chainrule.errors import OptionError, ShapeError, ValueUnknownError
from chainrule.run.compile import compile

GENERATOR = np.random.default_rng(2)
XS = GENERATOR.standard_normal((5, 3))
A = GENERATOR.standard_normal((3, 3))


def same(found: Any, expected: Any) -> None:
    for one, other in zip(flatten(found)[0], flatten(expected)[0], strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-12, atol=1e-14)


def stacked(function: Callable[[Any], Any], xs: Any) -> Any:
    return np.stack([np.asarray(function(x)) for x in xs])


def mixture(x: Tensor) -> Any:
    """A function whose batching meets most kinds of primitive."""
    h = softmax(matmul(A, x)) + where(x > 0, sin(x), x * 0.5)
    return (concat([h, flip(x)]) * 2.0).reshape((2, 3))[1] - mean(x) + max(x) + cumulative_sum(x)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "mixture": mixture,
    "exp": exp,
    "sort": sort,
    "slice": lambda x: x[::2],
    "sum": lambda x: x.sum(),
    "stack": lambda x: stack([x, x]),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_it_is_a_loop_over_the_examples(function: Callable[[Any], Any]) -> None:
    same(vmap(function)(XS), stacked(function, XS))


@pytest.mark.parametrize("count", [1, 5, 0])
def test_batches_of_any_length(count: int) -> None:
    assert vmap(mixture)(np.ones((count, 3))).shape == (count, 3)


def test_axes_are_chosen_for_each_argument() -> None:
    ys = GENERATOR.standard_normal((3, 5))
    found = vmap(lambda x, y, z: x * y + z, in_axes=(0, 1, None))(XS, ys, A[0])
    same(found, XS * ys.T + A[0])


def test_axes_count_from_the_end_as_well() -> None:
    found = vmap(lambda x: x.sum(), in_axes=-1)(XS)
    same(found, XS.sum(0))


def test_one_axis_for_a_whole_container() -> None:
    arguments = {"a": XS, "b": [XS[:, 0]]}
    same(vmap(lambda p: p["a"] * p["b"][0])(arguments), XS * XS[:, :1])


def test_results_keep_their_structure() -> None:
    found = vmap(lambda x: {"sum": x.sum(), "rest": (x, 1.0)})(XS)
    same(found["sum"], XS.sum(1))
    same(found["rest"][1], np.ones(5))


def test_a_result_that_does_not_depend_is_repeated() -> None:
    same(vmap(lambda x: A[0])(XS), np.tile(A[0], (5, 1)))


def test_maps_nest() -> None:
    ys = GENERATOR.standard_normal((4, 3))
    table = vmap(lambda x: vmap(lambda y: (x * y).sum())(ys))(XS)
    same(table, XS @ ys.T)


def test_maps_nest_three_deep() -> None:
    cube = vmap(lambda x: vmap(lambda y: vmap(lambda z: x * y + z)(XS[:2, 0]))(XS[:3, 1]))(XS[:, 2])
    expected = XS[:, 2][:, None, None] * XS[:3, 1][None, :, None] + XS[:2, 0]
    same(cube, expected)


def test_gradients_of_each_example() -> None:
    def loss(w: Any, x: Any) -> Any:
        return (sin(matmul(w, x)) * x).sum()

    found = vmap(grad(loss), in_axes=(None, 0))(A, XS)
    same(found, stacked(lambda x: grad(loss)(A, x), XS))


def test_the_gradient_of_a_map() -> None:
    found = grad(lambda w: vmap(lambda x: (mixture(x * w)).sum())(XS).sum())(A[0])
    expected = sum(np.asarray(grad(lambda w, x=x: mixture(x * w).sum())(A[0])) for x in XS)
    same(found, expected)


def test_the_gradient_of_a_map_of_gradients() -> None:
    def penalty(w: Any) -> Any:
        return (vmap(grad(lambda x: (sin(x * w)).sum()))(XS) ** 2).sum()

    w = A[0]
    inner = XS * w
    expected = (2 * w * np.cos(inner) * (np.cos(inner) - inner * np.sin(inner))).sum(0)
    same(grad(penalty)(w), expected)


def test_an_inner_gradient_with_respect_to_what_the_map_closes_over() -> None:
    def function(y: Any) -> Any:
        return vmap(lambda row: row * y)(XS[:, 0]).sum()

    same(vmap(grad(function))(XS[:, 1]), np.full(5, XS[:, 0].sum()))


def test_a_map_inside_a_compiled_gradient() -> None:
    step = compile(grad(lambda y: vmap(lambda x: (x * exp(y)).sum())(XS).sum()))
    same(step(0.5), np.float32(XS.sum() * np.exp(0.5)).astype(np.float32))


def test_a_map_of_a_checkpoint_and_the_other_way_round() -> None:
    expected = stacked(grad(lambda x: mixture(x).sum()), XS)
    same(vmap(grad(checkpoint(lambda x: mixture(x).sum())))(XS), expected)
    same(grad(lambda xs: checkpoint(vmap(mixture))(xs).sum())(XS), expected)


def test_a_pull_back_is_mapped_over_cotangents() -> None:
    _, pull_back = vjp(lambda x: matmul(A, x), XS[0])
    same(vmap(lambda g: pull_back(g)[0])(np.eye(3)), A)


def test_a_variable_is_shared_by_the_examples() -> None:
    weight = Variable(A, trainable=True)
    loss = vmap(lambda x: matmul(weight, x).sum())(XS).sum()
    same(loss.backward()[weight], np.tile(XS.sum(0), (3, 1)))


def test_a_random_draw_is_shared_by_the_examples() -> None:
    generator = Generator(seed=3)
    found = vmap(lambda x: x * 0.0 + generator.uniform((3,)))(XS)
    expected = np.asarray(Generator(seed=3).uniform((3,)))
    np.testing.assert_allclose(np.asarray(found), np.tile(expected, (5, 1)), rtol=1e-6)


def test_values_and_gradients_together() -> None:
    values, gradients = vmap(value_and_grad(lambda x: (x * x).sum()))(XS)
    same(values, (XS * XS).sum(1))
    same(gradients, 2 * XS)


def test_matrices_transposed_inside() -> None:
    stack_of = GENERATOR.standard_normal((4, 2, 3))
    same(vmap(lambda m: permute_dims(m, (1, 0)))(stack_of), stack_of.transpose(0, 2, 1))


def test_asking_for_a_number_says_what_to_do() -> None:
    with pytest.raises(ValueUnknownError, match=r"use cr\.where"):
        vmap(lambda x: x if x.sum() > 0 else -x)(XS)


def test_writing_one_example_into_a_variable_is_refused() -> None:
    cell = Variable(np.zeros(3))

    def function(x: Tensor) -> Any:
        cell.assign(x)
        return x

    with pytest.raises(ValueUnknownError):
        vmap(function)(XS)
    assert not np.asarray(cell).any()


@pytest.mark.parametrize(
    ("in_axes", "arguments", "message"),
    [
        (0, (XS, XS[:4]), "one batch length .* got 4, 5"),
        (None, (XS,), "got none"),
        (2, (XS,), "axis 2 does not exist"),
        (0, (1.0,), "axis 0 does not exist"),
    ],
)
def test_wrong_axes_are_refused(in_axes: Any, arguments: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        vmap(lambda *x: x[0], in_axes)(*arguments)


def test_one_entry_of_in_axes_for_each_argument() -> None:
    with pytest.raises(OptionError, match="names 1 arguments, the call has 2"):
        vmap(lambda x, y: x * y, in_axes=(0,))(XS, XS)
