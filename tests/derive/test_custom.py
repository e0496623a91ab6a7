"""`custom_vjp`: the derivative is the rule's, wherever the function is used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.derive.batch import vmap
from chainrule.derive.custom import custom_vjp
from chainrule.derive.forward import jvp
from chainrule.derive.grad import grad
from chainrule.errors import GradientError


def cube(x: Any) -> Any:
    return x * x * x


def tripled(g: Any, y: Any, x: Any) -> list[Any]:
    """Three times the derivative, to be told from it, by way of the result."""
    return [g * 9.0 * y / x]


STEEP = custom_vjp(cube, tripled)


def test_the_value_is_that_of_the_function() -> None:
    assert float(STEEP(2.0)) == 8.0


def test_the_gradient_is_that_of_the_rule() -> None:
    assert float(grad(STEEP)(2.0)) == 36.0


def test_the_rule_is_differentiated_again() -> None:
    # d/dx 9 y/x, in which y has the derivative that the rule says: 9 (9x² · x − x³)/x²
    assert float(grad(grad(STEEP))(2.0)) == pytest.approx(9.0 * (9.0 * 8.0 - 8.0) / 4.0)


def test_what_arrives_at_a_result_twice_is_added() -> None:
    def rule(g: Any, y: Any, x: Any) -> list[Any]:
        del x
        return [g[0] * (1.0 - y[0] * y[0])]

    bent = custom_vjp(lambda x: (cr.tanh(x), x), rule)

    def slope(x: Any) -> Any:
        return grad(lambda v: bent(v)[0] * bent(v)[0])(x)

    x, y = 0.5, np.tanh(0.5)
    expected = 2.0 * (1.0 - y * y) * (1.0 - 3.0 * y * y)
    assert float(grad(slope)(x)) == pytest.approx(expected, rel=1e-5)


def test_the_derivative_along_a_direction() -> None:
    assert float(jvp(STEEP, (2.0,), (0.5,))[1]) == 18.0


def test_many_examples_take_the_function_itself() -> None:
    np.testing.assert_allclose(vmap(grad(STEEP))(np.array([1.0, 2.0])), [9.0, 36.0])


@pytest.mark.parametrize("device", ["numpy", "native"])
def test_a_program_takes_the_rule(device: str) -> None:
    found = cr.compile(grad(lambda x: cr.sum(STEEP(x))), device=device)(np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, [9.0, 36.0])


def test_a_result_that_nothing_depends_on_has_no_cotangent() -> None:
    seen = []

    def rule(g: Any, y: Any, x: Any) -> list[Any]:
        del y, x
        seen.append([part is None for part in g])
        return [g[0]]

    both = custom_vjp(lambda x: (x, x * 2.0), rule)
    assert float(grad(lambda x: both(x)[0])(1.0)) == 1.0
    assert seen == [[False, True]]


def test_a_tensor_from_outside_must_be_an_argument() -> None:
    weight = cr.Variable(2.0, trainable=True)
    with pytest.raises(GradientError, match="make it an argument"):
        custom_vjp(lambda x: x * weight, lambda g, y, x: [g])(1.0)


def test_numbers_from_outside_may_be_used() -> None:
    scale = cr.asarray(3.0)
    assert float(grad(custom_vjp(lambda x: x * scale, lambda g, y, x: [g * scale]))(1.0)) == 3.0


def test_a_rule_returns_a_cotangent_for_each_argument() -> None:
    wrong = custom_vjp(lambda x, y: x * y, lambda g, z, x, y: [g])
    with pytest.raises(GradientError, match="returned 1 cotangents for 2 arguments"):
        grad(wrong)(1.0, 2.0)
