"""`jvp`, `jacobian` and `hessian` against derivatives worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.build.functions.exponential import exp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import prod
from chainrule.build.functions.trigonometry import cos, sin
from chainrule.build.interpret import Interpreter
from chainrule.build.record import record
from chainrule.build.tensor import Spec, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import hessian, jacobian, jvp
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError, OptionError, ShapeError

GENERATOR = np.random.default_rng(1)
X = GENERATOR.uniform(0.5, 2.0, (3,))
V = GENERATOR.standard_normal(3)
A = GENERATOR.standard_normal((4, 3))


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12, atol=1e-14)


def rotation(x: Tensor) -> Tensor:
    return matmul(A, sin(x))


def test_the_derivative_along_a_direction() -> None:
    y, dy = jvp(rotation, (X,), (V,))
    close(y, A @ np.sin(X))
    close(dy, A @ (np.cos(X) * V))


def test_several_arguments_and_results() -> None:
    ys, dys = jvp(lambda x, y: [x * y, {"a": exp(y)}], (X, 2.0 * X), (V, X))
    close(ys[0], 2 * X * X)
    close(dys[0], 2 * X * V + X * X)
    close(dys[1]["a"], np.exp(2 * X) * X)


def test_nested_arguments() -> None:
    _, dy = jvp(lambda p: p["a"] * p["b"][0], ({"a": X, "b": [X]},), ({"a": V, "b": [V]},))
    close(dy, 2 * X * V)


def test_what_does_not_depend_has_no_derivative() -> None:
    _, (first, second) = jvp(lambda x: (x + 1.0, np.ones(2)), (X,), (V,))
    close(first, V)
    close(second, np.zeros(2))


def test_a_direction_of_a_nested_derivative() -> None:
    _, dy = jvp(lambda x: jvp(lambda y: sin(y * x), (X,), (V,))[1], (X,), (V,))
    close(dy, V * V * (np.cos(X * X) - X * X * np.sin(X * X)))


def test_the_derivative_along_a_direction_can_be_differentiated() -> None:
    found = grad(lambda x: jvp(lambda y: (y * y * y).sum(), (x,), (V,))[1])(X)
    close(found, 6 * X * V)


def test_the_derivative_with_respect_to_the_direction() -> None:
    close(grad(lambda v: jvp(lambda x: sin(x).sum(), (X,), (v,))[1])(V), np.cos(X))


def test_forward_over_reverse_is_a_hessian_times_a_vector() -> None:
    _, found = jvp(grad(prod), (X,), (V,))
    h = np.prod(X) / np.outer(X, X) * (1 - np.eye(3))
    close(found, h @ V)


def test_the_matrix_of_derivatives() -> None:
    close(jacobian(rotation)(X), A * np.cos(X))


@pytest.mark.parametrize("shape", [(), (2, 1, 3), (0,)])
def test_the_shape_of_the_derivatives(shape: tuple[int, ...]) -> None:
    x = np.ones(shape)
    assert jacobian(lambda x: x * 2.0)(x).shape == shape + shape
    assert jacobian(lambda x: x.sum())(x).shape == shape
    assert jacobian(lambda x: np.ones(2))(x).shape == (2, *shape)


def test_the_derivatives_of_matrices() -> None:
    x = A[:2]
    found = np.asarray(jacobian(lambda x: matmul(x, A.T))(x))
    expected = np.einsum("ik,jl->ijkl", np.eye(2), A)
    close(found, expected)


def test_second_derivatives() -> None:
    h = np.prod(X) / np.outer(X, X) * (1 - np.eye(3))
    close(hessian(prod)(X), h)


def test_the_hessian_of_a_quadratic_form_is_its_matrix() -> None:
    m = A.T @ A
    close(hessian(lambda x: 0.5 * (x * matmul(m, x)).sum())(X), m)


def test_third_derivatives() -> None:
    found = np.asarray(jacobian(hessian(lambda x: (x * x * x * x).sum()))(X))
    close(found, np.einsum("ij,jk,k->ijk", np.eye(3), np.eye(3), 24 * X))


def test_a_jacobian_of_each_example() -> None:
    xs = GENERATOR.standard_normal((5, 3))
    close(vmap(jacobian(rotation))(xs), A * np.cos(xs)[:, None, :])


def test_a_recorded_jacobian_can_be_differentiated() -> None:
    def function(x: Tensor) -> Any:
        return grad(lambda x: (jacobian(rotation)(x) * A).sum())(x)

    graph = record(function, [Spec(X.shape, X.dtype)]).graph
    close(Interpreter(graph)([X])[0], -(A * A).sum(0) * np.sin(X))


def test_one_tangent_for_each_primal() -> None:
    with pytest.raises(OptionError, match="2 primals but 1 tangents"):
        jvp(lambda x, y: x * y, (X, X), (V,))


def test_a_tangent_of_another_shape_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected \(3,\)"):
        jvp(lambda x: x, (X,), (np.ones((3, 1)),))


def test_an_integer_primal_is_refused() -> None:
    with pytest.raises(DTypeError, match="only float32 and float64"):
        jvp(lambda x: x, (3,), (1,))


def test_an_integer_result_has_no_jacobian() -> None:
    with pytest.raises(DTypeError, match="int64 has no gradient"):
        jacobian(lambda x: x.astype(np.int64))(X)


@pytest.mark.parametrize("transform", [jacobian, hessian])
def test_a_container_has_no_jacobian(transform: Any) -> None:
    with pytest.raises(OptionError, match="one array"):
        transform(lambda p: cos(p[0]).sum())((X, V))


def test_a_container_of_results_has_no_jacobian() -> None:
    with pytest.raises(OptionError, match="one array"):
        jacobian(lambda x: (x, x))(X)
