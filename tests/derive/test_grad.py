"""`grad`, `value_and_grad` and `vjp` against derivatives worked out by hand."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from chainrule.build.functions.exponential import exp, log
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.trigonometry import cos, sin
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.derive.grad import grad, value_and_grad, vjp
from chainrule.errors import DTypeError, OptionError, ShapeError

GENERATOR = np.random.default_rng(0)
X = GENERATOR.uniform(0.5, 2.0, (3,))
A = GENERATOR.standard_normal((4, 3))


class Pair(NamedTuple):
    scale: Any
    rest: Any


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12, atol=1e-14)


def test_the_gradient_of_a_composition() -> None:
    close(grad(lambda x: sin(x * x).sum())(X), 2 * X * np.cos(X * X))


def test_the_gradient_of_a_quadratic_form() -> None:
    m = A.T @ A + np.diag([1.0, 2.0, 3.0]) @ A[:3]
    close(grad(lambda x: (x * matmul(m, x)).sum())(X), (m + m.T) @ X)


def test_a_value_used_twice_gets_both_contributions() -> None:
    def function(x: Tensor) -> Any:
        y = exp(x)
        return (y * y + y).sum()

    close(grad(function)(X), 2 * np.exp(2 * X) + np.exp(X))


def test_value_and_gradient_come_together() -> None:
    value, gradient = value_and_grad(lambda x: log(x).sum())(X)
    close(value, np.log(X).sum())
    close(gradient, 1 / X)


def test_the_first_argument_is_differentiated_by_default() -> None:
    close(grad(lambda x, y: x * y)(2.0, 3.0), 3.0)


@pytest.mark.parametrize("argnums", [1, -1])
def test_one_argument_by_number(argnums: int) -> None:
    close(grad(lambda x, y: x * x * y, argnums)(2.0, 3.0), 4.0)


def test_several_arguments_by_number() -> None:
    found = grad(lambda x, y, z: x * y + z, (2, 0))(2.0, 3.0, 5.0)
    assert isinstance(found, tuple)
    close(found, [1.0, 3.0])


def test_a_sequence_of_one_gives_a_tuple_of_one() -> None:
    (found,) = grad(lambda x: x * x, [0])(3.0)
    close(found, 6.0)


def test_the_gradient_has_the_structure_of_the_argument() -> None:
    def function(parameters: dict[str, Any]) -> Any:
        w, (b, c) = parameters["w"], parameters["rest"]
        return (w * w).sum() + 3.0 * b + c[0] * b

    found = grad(function)({"w": X, "rest": (2.0, [np.array(5.0)])})
    close(found["w"], 2 * X)
    close(found["rest"][0], 8.0)
    close(found["rest"][1][0], 2.0)
    assert isinstance(found["rest"], tuple)


def test_what_is_not_reached_has_a_gradient_of_zeros() -> None:
    found = grad(lambda x, y: (x * x).sum(), (0, 1))(X, A)
    close(found[1], np.zeros_like(A))


def test_a_constant_function_has_a_gradient_of_zeros() -> None:
    close(grad(lambda x: 1.0)(X), np.zeros(3))


def test_a_broadcast_argument_gets_the_sum() -> None:
    close(grad(lambda x: (x * A).sum())(np.array(2.0)), A.sum())
    close(grad(lambda x: (x * A).sum())(X), A.sum(0))
    close(grad(lambda x: (x * A).sum())(np.ones((4, 1))), A.sum(1, keepdims=True))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_has_the_type_of_the_argument(dtype: type) -> None:
    found = grad(lambda x: (x * A).sum())(X.astype(dtype))
    assert found.dtype == dtype


def test_a_conversion_passes_the_gradient_through() -> None:
    found = grad(lambda x: (x.astype(np.float64) * X).sum())(X.astype(np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.asarray(found), X, rtol=1e-6)


def test_integers_on_the_way_stop_the_gradient() -> None:
    close(grad(lambda x: (x.astype(np.int64).astype(np.float64) + x).sum())(X), np.ones(3))


def test_a_variable_is_held_fixed() -> None:
    weight = Variable(3.0, trainable=True)
    close(grad(lambda x: x * x * weight)(2.0), 12.0)


def test_other_arguments_pass_unchanged() -> None:
    def function(x: Tensor, mode: str, count: int) -> Any:
        return x * count if mode == "many" else x

    close(grad(function)(2.0, "many", 7), 7.0)


def test_arguments_by_keyword_are_held_fixed() -> None:
    value, gradient = value_and_grad(lambda x, *, scale=1.0: x * scale)(2.0, scale=5.0)
    close(value, 10.0)
    close(gradient, 5.0)
    close(grad(lambda x, scale: x * scale)(2.0, scale=3.0), 3.0)


def test_named_tuples_and_nothing_keep_their_places() -> None:
    found = grad(lambda p: p.scale * p.rest["w"])(Pair(2.0, {"w": 3.0, "bias": None}))
    assert isinstance(found, Pair)
    close(found.scale, 3.0)
    close(found.rest["w"], 2.0)
    assert found.rest["bias"] is None


def test_the_pull_back_of_a_vector_function() -> None:
    y, pull_back = vjp(lambda x: matmul(A, sin(x)), X)
    close(y, A @ np.sin(X))
    g = GENERATOR.standard_normal(4)
    (found,) = pull_back(g)
    close(found, (g @ A) * np.cos(X))


def test_the_pull_back_can_be_called_again() -> None:
    _, pull_back = vjp(lambda x: x * x, X)
    close(pull_back(np.ones(3))[0], 2 * X)
    close(pull_back(X)[0], 2 * X * X)
    close(pull_back(np.ones(3))[0], 2 * X)


def test_the_pull_back_of_several_arguments_and_results() -> None:
    y, pull_back = vjp(lambda x, y: {"product": x * y, "rest": [cos(x), 1.0]}, X, 2.0)
    assert set(y) == {"product", "rest"}
    dx, dy = pull_back({"product": np.ones(3), "rest": [X, 5.0]})
    close(dx, 2.0 - X * np.sin(X))
    np.testing.assert_allclose(float(dy), X.sum(), rtol=1e-6)


@pytest.mark.parametrize("shape", [(2,), (3, 1), ()])
def test_a_cotangent_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    _, pull_back = vjp(lambda x: x * x, X)
    with pytest.raises(ShapeError, match=r"expected \(3,\)"):
        pull_back(np.ones(shape))


def test_a_cotangent_of_another_structure_is_refused() -> None:
    _, pull_back = vjp(lambda x: (x, x), X)
    with pytest.raises(ShapeError, match="structure"):
        pull_back([X, X, X])


def test_a_result_that_is_no_number_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"got shape \(3,\) made at test_grad.py:\d+; take its"):
        grad(lambda x: x * x)(X)


def test_an_integer_result_is_refused() -> None:
    with pytest.raises(DTypeError, match="int64 has no gradient"):
        grad(lambda x: x.astype(np.int64))(2.0)


@pytest.mark.parametrize("argument", [3, True, np.array([1, 2])])
def test_an_integer_argument_is_refused(argument: object) -> None:
    with pytest.raises(DTypeError, match="only float32 and float64 have gradients"):
        grad(lambda x: x)(argument)


@pytest.mark.parametrize("argnums", [2, -3, (0, 5)])
def test_an_argument_that_is_not_there_is_refused(argnums: Any) -> None:
    with pytest.raises(OptionError, match="called with 2 positional arguments"):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)


@pytest.mark.parametrize("argnums", ["x", 1.0, (0, None)])
def test_arguments_are_named_by_number(argnums: Any) -> None:
    with pytest.raises(OptionError, match="numbers of arguments"):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)


@pytest.mark.parametrize("argnums", [(0, 0), (1, -1)])
def test_an_argument_named_twice_is_refused(argnums: Any) -> None:
    with pytest.raises(OptionError, match="twice"):
        grad(lambda x, y: x * y, argnums)(1.0, 2.0)
