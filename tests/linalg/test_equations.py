"""Linear equations, inverses and determinants against NumPy; derivatives; refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from chainrule.build.tensor import Array
from tests.linalg.matrices import definite, distance, drawn, regular, transposed

CLOSE = 100  # units of rounding

SIDES = [
    ((4, 4), (4,)),
    ((4, 4), (4, 2)),
    ((2, 3, 3), (3,)),
    ((2, 3, 3), (2, 3, 1)),
    ((2, 1, 3, 3), (4, 3, 2)),
    ((3, 3), (2, 3, 2)),
    ((0, 0), (0, 2)),
    ((0, 2, 2), (2, 1)),
]


@pytest.mark.parametrize(("a_shape", "b_shape"), SIDES)
def test_solve(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    a, b = regular(*a_shape), drawn(*b_shape, seed=1)
    found, expected = linalg.solve(a, b), np.linalg.solve(a, b)
    assert distance(found, expected) < CLOSE
    assert distance(linalg.lu_solve(linalg.lu_factor(a), b), expected) < CLOSE
    turned = linalg.lu_solve(linalg.lu_factor(a), b, adjoint=True)
    assert distance(turned, np.linalg.solve(transposed(a), b)) < CLOSE


@pytest.mark.parametrize(("a_shape", "b_shape"), SIDES)
def test_cholesky_solve(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    a, b = definite(*a_shape), drawn(*b_shape, seed=1)
    expected = np.linalg.solve(a, b)
    assert distance(linalg.cholesky_solve(linalg.cholesky(a), b), expected) < CLOSE
    factor = linalg.cholesky(a, upper=True)
    assert distance(linalg.cholesky_solve(factor, b, upper=True), expected) < CLOSE


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("unit", [False, True])
def test_solve_triangular(lower: bool, adjoint: bool, unit: bool) -> None:
    a, b = regular(2, 4, 4), drawn(4, 3)
    options = {"lower": lower, "adjoint": adjoint, "unit_diagonal": unit}
    triangle = np.tril(a) if lower else np.triu(a)
    if unit:
        triangle = triangle * (1 - np.eye(4)) + np.eye(4)
    expected = np.linalg.solve(transposed(triangle) if adjoint else triangle, b)
    assert distance(linalg.solve_triangular(a, b, **options), expected) < CLOSE
    cr.check_gradients(lambda t, x: linalg.solve_triangular(t, x, **options), a, b)


@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (1, 1), (0, 0), (0, 2, 2)])
def test_inverses_and_determinants(shape: tuple[int, ...]) -> None:
    a = regular(*shape)
    a = a[..., ::-1, :]  # so that rows have to be exchanged
    assert distance(linalg.inv(a), np.linalg.inv(a)) < CLOSE
    assert distance(linalg.det(a), np.linalg.det(a)) < CLOSE
    sign, size = linalg.slogdet(a)
    expected = np.linalg.slogdet(a)
    np.testing.assert_array_equal(sign, expected.sign)
    assert distance(size, expected.logabsdet) < CLOSE


def test_results_have_names() -> None:
    a = regular(2, 2)
    assert linalg.slogdet(a)._fields == ("sign", "logabsdet")
    assert linalg.svd(a)._fields == ("U", "S", "Vh")
    assert linalg.eigh(a)._fields == ("eigenvalues", "eigenvectors")
    assert linalg.qr(a)._fields == ("Q", "R")


def test_gradients() -> None:
    a, b = regular(2, 3, 3), drawn(3, 2)
    cr.check_gradients(linalg.solve, a, b, order=2)
    cr.check_gradients(linalg.solve, a, b[:, 0])
    cr.check_gradients(linalg.inv, a, order=2)
    cr.check_gradients(linalg.det, a, order=2)
    cr.check_gradients(lambda x: linalg.slogdet(x).logabsdet, a, order=2)
    cr.check_gradients(
        lambda x, y: linalg.cholesky_solve(linalg.cholesky(x), y), definite(2, 3, 3), b, order=2
    )
    cr.check_gradients(lambda x, y: linalg.lu_solve(linalg.lu_factor(x), y), a, b, order=2)


def cofactors(a: Array) -> Array:
    """By minors: the definition."""
    n = a.shape[-1]
    return np.array(
        [
            [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(n)]
            for i in range(n)
        ]
    )


@pytest.mark.parametrize(
    "a",
    [
        [[1.0, 2.0], [2.0, 4.0]],
        [[0.0, 0.0], [0.0, 3.0]],
        [[0.0, 0.0], [0.0, 0.0]],
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
        [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
        np.diag([1e8, 1.0, 0.0]),
    ],
)
def test_the_determinant_of_a_singular_matrix_has_a_gradient(a: Any) -> None:
    a = np.asarray(a, np.float64)
    found, expected = np.asarray(cr.grad(linalg.det)(a)), cofactors(a)
    scale = max(1.0, np.abs(a).max() ** (len(a) - 1))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14 * scale)


def test_the_logarithm_of_a_zero_determinant() -> None:
    sign, size = linalg.slogdet(np.zeros((2, 2)))
    assert (float(sign), float(size)) == (0.0, -np.inf)


def test_a_masked_singular_matrix_leaves_no_trace() -> None:
    a = np.stack([2 * np.eye(2), np.zeros((2, 2))])

    def masked(x: Any) -> Any:
        return cr.sum(cr.where(linalg.det(x) > 0, linalg.slogdet(x).logabsdet, 0.0))

    np.testing.assert_allclose(cr.grad(masked)(a), [np.eye(2) / 2, np.zeros((2, 2))])


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (2, 4, 2)])
def test_least_squares(shape: tuple[int, ...]) -> None:
    a, b = drawn(*shape), drawn(shape[-2], 2, seed=1)
    found = linalg.lstsq(a, b)
    expected = np.linalg.pinv(a) @ b
    assert distance(found.solution, expected) < CLOSE
    left = ((a @ expected - b) ** 2).sum(-2)
    np.testing.assert_allclose(found.residuals, left, atol=1e-12)
    assert np.unique(found.rank).tolist() == [min(shape[-2:])]
    assert distance(found.singular_values, np.linalg.svd(a)[1]) < CLOSE
    cr.check_gradients(lambda x, y: linalg.lstsq(x, y).solution, a, b)


def test_least_squares_of_a_vector() -> None:
    a, b = drawn(5, 2), drawn(5)
    expected = np.linalg.lstsq(a, b)
    found = linalg.lstsq(a, b)
    assert distance(found.solution, expected[0]) < CLOSE
    assert float(found.residuals) == pytest.approx(float(expected[1][0]))


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5), (2, 3, 2), (0, 3)])
def test_pseudo_inverse(shape: tuple[int, ...]) -> None:
    a = drawn(*shape)
    assert distance(linalg.pinv(a), np.linalg.pinv(a)) < CLOSE
    if a.size:
        cr.check_gradients(linalg.pinv, a, order=2)


def test_pseudo_inverse_of_equal_singular_values() -> None:
    cr.check_gradients(linalg.pinv, np.eye(3)[:, :2], order=2)


def test_pseudo_inverse_of_a_matrix_without_rank() -> None:
    a = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    assert distance(linalg.pinv(a), np.linalg.pinv(a)) < CLOSE
    assert np.isfinite(np.asarray(cr.grad(lambda x: cr.sum(linalg.pinv(x)))(a))).all()
    assert distance(linalg.pinv(np.diag([1.0, 0.1]), rtol=0.5), np.diag([1.0, 0.0])) < CLOSE


SINGULAR = np.stack([np.eye(2), np.ones((2, 2))])


@pytest.mark.parametrize(
    "call",
    [
        linalg.inv,
        lambda a: linalg.solve(a, np.ones(2)),
        lambda a: linalg.lu_solve(linalg.lu_factor(a), np.ones(2)),
        lambda a: linalg.solve_triangular(a * np.array([[1, 1], [0, 0]]), np.ones(2)),
    ],
    ids=["inv", "solve", "lu_solve", "solve_triangular"],
)
def test_singular_matrices(call: Callable[[Array], Any]) -> None:
    with pytest.raises(cr.MatrixError, match=r"^the matrix is singular"):
        call(np.ones((2, 2)))
    with pytest.raises(cr.MatrixError, match=r"^matrix \d of a batch of shape \(2,\) is singular"):
        call(SINGULAR)


def test_shapes_that_do_not_fit() -> None:
    for function in (linalg.inv, linalg.det, linalg.slogdet):
        with pytest.raises(cr.ShapeError, match=r"square matrices are needed.*\(2, 3\)"):
            function(np.ones((2, 3)))
    with pytest.raises(cr.ShapeError, match=r"\(2, 2\) do not fit right sides of shape \(3,\)"):
        linalg.solve(np.eye(2), np.ones(3))
    with pytest.raises(cr.ShapeError, match=r"\(3, 2\) do not fit right sides of shape \(2,\)"):
        linalg.lstsq(np.ones((3, 2)), np.ones(2))
    with pytest.raises(cr.ShapeError, match="do not broadcast"):
        linalg.solve(np.ones((2, 2, 2)), np.ones((3, 2, 1)))
