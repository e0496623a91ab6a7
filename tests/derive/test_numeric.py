"""The judge of derivatives: it accepts right ones and says where a wrong one is worst."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.build.functions.arithmetic import maximum, square
from chainrule.build.functions.detach import stop_gradient
from chainrule.build.functions.exponential import exp
from chainrule.build.leaf import constant
from chainrule.build.primitives.elementwise import Real, chain
from chainrule.build.tensor import Array, Cotangents, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.numeric import check_gradients, difference, projected
from chainrule.errors import ChainruleError, GradientError, OptionError, ValueUnknownError

X = np.array([0.5, -1.5, 2.0])


class WrongAtTheLast(Real, abstract=True):
    """y = x², with a derivative that is wrong where x > 1."""

    def evaluate(self, x: Array) -> Array:
        return np.multiply(x, x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 2.0 * maximum(x, -2.0) + 0.01 * (x > 1.0).astype(x.dtype)),)


def wrong(x: Tensor) -> Any:
    return WrongAtTheLast()(x)


RIGHT: dict[str, Callable[[Tensor], Any]] = {
    "array": lambda x: x * x * x,
    "number": lambda x: exp(x).sum(),
    "container": lambda x: {"a": [x * x, exp(x)], "b": (x > 0)},
    "constant": lambda x: constant(np.ones(3)),
    "elements": lambda x: x[0] * x[1] * x[2],
}


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("order", [1, 2])
def test_right_derivatives_pass(function: Callable[[Tensor], Any], order: int) -> None:
    check_gradients(function, X, order=order)


def test_a_wrong_derivative_is_found_with_its_worst_place() -> None:
    with pytest.raises(GradientError, match=r"worst in argument 1\[2\]: 2\.58\d* derived, 2\.57"):
        check_gradients(lambda x, y: x.sum() * wrong(y), 1.0, X)


def test_the_error_is_an_assertion_and_one_of_ours() -> None:
    with pytest.raises(AssertionError) as raised:
        check_gradients(wrong, X)
    assert isinstance(raised.value, ChainruleError)


def test_a_wrong_second_derivative_is_found() -> None:
    def half(x: Tensor) -> Any:
        return x * stop_gradient(x)

    check_gradients(lambda x: x * 3.0 + stop_gradient(x) * 0.0, X, order=2)
    with pytest.raises(GradientError, match="the gradient is wrong"):
        check_gradients(half, X)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_derivative_that_is_no_number_is_found(value: float) -> None:
    with pytest.raises(GradientError, match=r"worst in argument 0\[1\]"):
        check_gradients(lambda x: x * np.array([1.0, value, 1.0]), X)


def test_a_kink_is_found() -> None:
    check_gradients(lambda x: maximum(x, 0.0), X)
    with pytest.raises(GradientError, match="smooth there"):
        check_gradients(lambda x: maximum(x, 0.0), np.array([1.0, 0.0]))


def test_nested_arguments_are_all_checked() -> None:
    def function(parameters: dict[str, Tensor], pair: tuple[Tensor, Tensor]) -> Any:
        return parameters["w"] * pair[0] + wrong(pair[1])

    with pytest.raises(GradientError, match=r"argument 2: "):
        check_gradients(function, {"w": 2.0}, (3.0, 4.0))


def test_integers_are_held_fixed() -> None:
    check_gradients(lambda x, index: x[index] * x[0], X, np.array([2, 1]))


def test_single_numbers_are_taken_as_double() -> None:
    check_gradients(square, X.astype(np.float32), tolerance=1e-10)


def test_an_empty_argument_passes() -> None:
    check_gradients(square, np.zeros((0, 3)), order=2)


@pytest.mark.parametrize("arguments", [(), (np.array([1, 2]),), (True,)])
def test_without_real_arguments_there_is_nothing_to_check(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(OptionError, match="no argument is floating"):
        check_gradients(lambda *x: 1.0, *arguments)


@pytest.mark.parametrize("order", [0, 3, -1])
def test_other_orders_are_refused(order: int) -> None:
    with pytest.raises(OptionError, match=f"got {order}"):
        check_gradients(square, X, order=order)


def test_it_needs_numbers() -> None:
    def checked(x: Tensor) -> Any:
        check_gradients(square, x)
        return x

    with pytest.raises(ValueUnknownError, match="not known"):
        vmap(checked)(X)


def test_a_difference_is_exact_for_polynomials_of_degree_four() -> None:
    slope = difference(lambda x: x * x * x * x, [np.array(1.5)], [np.array(1.0)], 0.1)
    assert slope == pytest.approx(4 * 1.5**3, rel=1e-13)


def test_a_projection_weighs_every_element_differently() -> None:
    ones = [float(projected(np.eye(5)[index], seed=1)) for index in range(5)]
    assert len(set(ones)) == 5
    assert float(projected([np.ones(2), np.ones(3)], seed=1)) == pytest.approx(
        sum(float(projected([row[:2], row[2:]], seed=1)) for row in np.eye(5))
    )
