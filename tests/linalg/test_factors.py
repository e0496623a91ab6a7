"""Factors of matrices: what defines them, their signs, their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from chainrule.build.tensor import Array
from tests.linalg.matrices import definite, distance, drawn, transposed

SHAPES = [(4, 4), (5, 3), (3, 5), (2, 3, 3), (2, 1, 4, 2), (1, 1), (0, 3), (3, 0), (0, 2, 2)]
CLOSE = 100  # units of rounding


def is_orthonormal(q: Array) -> bool:
    k = q.shape[-1]
    return distance(transposed(q) @ q, np.broadcast_to(np.eye(k), (*q.shape[:-2], k, k))) < CLOSE


@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (0, 0), (0, 2, 2)])
@pytest.mark.parametrize("upper", [False, True])
def test_cholesky(shape: tuple[int, ...], upper: bool) -> None:
    a = definite(*shape)
    factor = np.asarray(linalg.cholesky(a, upper=upper))
    left, right = (transposed(factor), factor) if upper else (factor, transposed(factor))
    assert distance(left @ right, a) < CLOSE
    assert not np.triu(left, 1).any()
    assert (np.diagonal(left, axis1=-2, axis2=-1) > 0).all()


def test_cholesky_takes_the_symmetric_part() -> None:
    a, crooked = definite(3, 3), np.triu(drawn(3, 3), 1)
    found = linalg.cholesky(a + crooked - crooked.T)
    assert distance(found, np.linalg.cholesky(a)) < CLOSE


@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (0, 0), (0, 2, 2)])
def test_lu(shape: tuple[int, ...]) -> None:
    a = drawn(*shape)
    p, lower, upper = (np.asarray(x) for x in linalg.lu(a))
    assert distance(p @ lower @ upper, a) < CLOSE
    assert (np.abs(np.tril(lower, -1)) <= 1).all(), "the largest of a column is the pivot"
    assert not np.tril(upper, -1).any()
    factors = linalg.lu_factor(a)
    rows = np.take_along_axis(a, np.asarray(factors.order)[..., None], -2)
    assert distance(lower @ upper, rows) < CLOSE


def test_lu_of_a_singular_matrix() -> None:
    a = [[0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.0, 4.0]]
    p, lower, upper = linalg.lu(a)
    np.testing.assert_array_equal(p @ lower @ upper, a)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", ["reduced", "complete"])
def test_qr(shape: tuple[int, ...], mode: Literal["reduced", "complete"]) -> None:
    a = drawn(*shape)
    q, r = (np.asarray(x) for x in linalg.qr(a, mode=mode))
    expected = np.linalg.qr(a, mode=mode)
    assert (q.shape, r.shape) == (expected[0].shape, expected[1].shape)
    assert distance(q @ r, a) < CLOSE
    assert is_orthonormal(q)
    assert not np.tril(r, -1).any()
    assert (np.diagonal(r, axis1=-2, axis2=-1) >= 0).all()


@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (1, 1), (0, 0), (0, 2, 2)])
def test_eigh(shape: tuple[int, ...]) -> None:
    a = drawn(*shape) + transposed(drawn(*shape))
    values, vectors = (np.asarray(x) for x in linalg.eigh(a))
    assert distance(vectors * values[..., None, :] @ transposed(vectors), a) < CLOSE
    assert is_orthonormal(vectors)
    assert distance(values, np.linalg.eigvalsh(a)) < CLOSE
    assert distance(linalg.eigvalsh(a), values) == 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("full", [False, True])
def test_svd(shape: tuple[int, ...], full: bool) -> None:
    a = drawn(*shape)
    u, values, vt = (np.asarray(x) for x in linalg.svd(a, full_matrices=full))
    expected = np.linalg.svd(a, full_matrices=full)
    assert (u.shape, vt.shape) == (expected[0].shape, expected[2].shape)
    assert distance(values, expected[1]) < CLOSE
    assert is_orthonormal(u)
    assert is_orthonormal(transposed(vt))
    k = values.shape[-1]
    assert distance(u[..., :k] * values[..., None, :] @ vt[..., :k, :], a) < CLOSE


def test_svd_of_a_matrix_without_rank() -> None:
    u, values, vt = (np.asarray(x) for x in linalg.svd(np.ones((4, 3))))
    assert values[0] == pytest.approx(np.sqrt(12))
    assert is_orthonormal(u)
    assert is_orthonormal(vt.T)


def test_the_signs_of_vectors() -> None:
    vectors = np.asarray(linalg.eigh([[0.0, 1.0], [1.0, 0.0]]).eigenvectors)
    assert (vectors[0] > 0).all()
    u = np.asarray(linalg.svd(-np.eye(2)).U)
    assert u.max(0).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("function", [linalg.eigvalsh, linalg.svdvals])
def test_a_matrix_that_is_not_finite_gives_nan(function: Callable[[Array], object]) -> None:
    a = np.stack([np.eye(2), [[1.0, np.nan], [np.nan, 1.0]], [[np.inf, 0.0], [0.0, 1.0]]])
    np.testing.assert_array_equal(function(a), [[1, 1], [np.nan, np.nan], [np.nan, np.nan]])


def test_integers_are_taken_as_numbers() -> None:
    assert linalg.cholesky([[4, 2], [2, 5]]).dtype == cr.float32
    assert linalg.svdvals(np.eye(2, dtype=np.int64)).dtype == cr.float32


def test_gradients() -> None:
    a, s = drawn(2, 3, 3), definite(2, 3, 3)
    cr.check_gradients(linalg.cholesky, s, order=2)
    cr.check_gradients(lambda x: linalg.cholesky(x, upper=True), s)
    cr.check_gradients(lambda x: list(linalg.lu(x)[1:]), a, order=2)
    cr.check_gradients(lambda x: list(linalg.eigh(x)), s, order=2)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_gradients_of_orthogonal_factors(shape: tuple[int, ...]) -> None:
    a = drawn(*shape)
    cr.check_gradients(lambda x: list(linalg.qr(x)), a, order=2)
    cr.check_gradients(lambda x: list(linalg.qr(x, mode="complete")), a)
    cr.check_gradients(lambda x: list(linalg.svd(x, full_matrices=False)), a, order=2)
    cr.check_gradients(lambda x: list(linalg.svd(x)), a)


def test_forward_mode() -> None:
    a, v = definite(3, 3), drawn(3, 3, seed=1)
    _, pushed = cr.jvp(linalg.cholesky, (a,), (v,))
    step = 1e-6
    both = v + v.T
    near = [np.linalg.cholesky(a + sign * step * both / 2) for sign in (1, -1)]
    np.testing.assert_allclose(pushed, (near[0] - near[1]) / (2 * step), rtol=1e-7, atol=1e-9)


def test_mapped() -> None:
    a = definite(3, 2, 2)
    found = cr.vmap(linalg.cholesky)(a)
    assert distance(found, np.linalg.cholesky(a)) < CLOSE
    slope = cr.grad(lambda x: linalg.eigvalsh(x)[0])
    assert distance(cr.vmap(slope)(a), cr.stack([slope(x) for x in a])) < CLOSE


def test_refusals() -> None:
    square: list[Callable[[Any], Any]]
    square = [linalg.cholesky, linalg.lu, linalg.lu_factor, linalg.eigh, linalg.eigvalsh]
    for function in square:
        with pytest.raises(cr.ShapeError, match=r"square matrix is needed, got shape \(2, 3\)"):
            function(np.ones((2, 3)))
    anything: list[Callable[[Any], Any]] = [linalg.qr, linalg.svd, linalg.svdvals]
    for function in anything:
        with pytest.raises(cr.ShapeError, match=r"two axes, got shape \(3,\)"):
            function(np.ones(3))
    with pytest.raises(cr.OptionError, match="'reduced' and 'complete', got 'raw'"):
        linalg.qr(np.eye(2), mode="raw")
    with pytest.raises(cr.MatrixError, match="the matrix is not positive definite"):
        linalg.cholesky([[1.0, 2.0], [2.0, 1.0]])
    batch = np.stack([np.eye(2), -np.eye(2), np.eye(2)])
    with pytest.raises(cr.MatrixError, match=r"matrix 1 of a batch of shape \(3,\)"):
        linalg.cholesky(batch)
    with pytest.raises(cr.MatrixError, match=r"matrix \(1, 0\) of a batch of shape \(3, 1\)"):
        linalg.cholesky(batch[:, None])
