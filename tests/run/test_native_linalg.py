"""Linear algebra in machine code: as the interpreter, as exact as NumPy, the same bits anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from chainrule.array.structure import flatten
from chainrule.build.tensor import Array
from chainrule.run.native import Native
from tests.linalg.matrices import definite, distance, drawn, regular, transposed
from tests.run.compared import exactly

Function = Callable[..., Any]

CALLS: dict[str, tuple[Function, list[Array]]] = {
    "cholesky": (linalg.cholesky, [definite(3, 4, 4)]),
    "cholesky_solve": (
        lambda a, b: linalg.cholesky_solve(linalg.cholesky(a), b),
        [definite(3, 4, 4), drawn(4)],
    ),
    "cond": (lambda a: linalg.cond(a, p=1), [regular(3, 4, 4)]),
    "cross": (linalg.cross, [drawn(4, 3), drawn(3)]),
    "det": (linalg.det, [regular(3, 4, 4)]),
    "det of a singular matrix": (linalg.det, [np.ones((3, 3))]),
    "eigh": (linalg.eigh, [definite(3, 4, 4)]),
    "expm": (linalg.expm, [3 * drawn(2, 3, 3)]),
    "inv": (linalg.inv, [regular(3, 4, 4)]),
    "kron": (linalg.kron, [drawn(2, 3), drawn(3, 2)]),
    "lstsq": (lambda a, b: linalg.lstsq(a, b).solution, [drawn(5, 3), drawn(5)]),
    "lu": (linalg.lu, [regular(3, 4, 4)]),
    "lu_solve": (
        lambda a, b: linalg.lu_solve(linalg.lu_factor(a), b),
        [regular(3, 4, 4), drawn(4, 2)],
    ),
    "matrix_norm": (lambda a: linalg.matrix_norm(a, ord="nuc"), [drawn(3, 4, 2)]),
    "matrix_power": (lambda a: linalg.matrix_power(a, -3), [regular(3, 3)]),
    "matrix_rank": (linalg.matrix_rank, [drawn(2, 4, 3)]),
    "multi_dot": (
        lambda a, b, c: linalg.multi_dot([a, b, c]),
        [drawn(2, 3), drawn(3, 4), drawn(4)],
    ),
    "pinv": (linalg.pinv, [drawn(2, 4, 3)]),
    "qr": (lambda a: linalg.qr(a, mode="complete"), [drawn(2, 4, 3)]),
    "slogdet": (linalg.slogdet, [regular(3, 4, 4)[..., ::-1, :]]),
    "solve": (linalg.solve, [regular(2, 4, 4), drawn(4)]),
    "svd": (linalg.svd, [drawn(2, 3, 5)]),
    "nothing": (linalg.solve, [np.zeros((0, 2, 2)), np.zeros((2, 1))]),
}

# In units of rounding of the largest number; derivatives divide by differences of eigenvalues.
VALUES, GRADIENTS = 200, 5000


def with_gradients(function: Function) -> Function:
    """The results, and the gradients for cotangents of many values."""

    def whole(*inputs: Any) -> Any:
        results, pull_back = cr.vjp(lambda *given: flatten(function(*given))[0], *inputs)
        cotangents = [np.linspace(1, 2, y.size).reshape(y.shape).astype(y.dtype) for y in results]
        return results, pull_back(cotangents)

    return whole


def native(function: Function, inputs: list[Array]) -> Any:
    compiled = cr.compile(function, device="native")
    result = compiled(*inputs)
    assert isinstance(compiled.program.executor, Native)
    return result


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_as_the_interpreter(name: str, dtype: str) -> None:
    function, inputs = CALLS[name]
    given = [x.astype(dtype) for x in inputs]
    values, gradients = native(with_gradients(function), given)
    expected_values, expected = with_gradients(function)(*given)
    for a, b in zip(values, expected_values, strict=True):
        assert distance(a, b) < VALUES if b.dtype.kind == "f" else (a.known() == b.known()).all()
    for a, b in zip(gradients, expected, strict=True):
        assert distance(a, b) < GRADIENTS


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("m", "n"), [(60, 60), (70, 33), (33, 70)])
def test_as_exact_as_lapack(m: int, n: int, dtype: str) -> None:
    a = drawn(m, n).astype(dtype)
    q, r = map(np.asarray, native(linalg.qr, [a]))
    u, values, vt = map(np.asarray, native(lambda x: linalg.svd(x, full_matrices=False), [a]))
    exact = np.linalg.svd(a.astype(np.float64))[1].astype(dtype)
    assert distance(q @ r, a) < 20
    assert distance(u * values @ vt, a) < 40
    assert distance(values, exact) < 10
    for vectors in (q, u, vt.T):
        assert distance(vectors.T @ vectors, np.eye(vectors.shape[1])) < 20


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_as_exact_as_lapack_on_symmetric_matrices(dtype: str) -> None:
    a = (drawn(60, 60) + transposed(drawn(60, 60))).astype(dtype)
    values, vectors = map(np.asarray, native(linalg.eigh, [a]))
    exact = np.linalg.eigvalsh(a.astype(np.float64)).astype(dtype)
    assert distance(values, exact) < 10
    assert distance(vectors * values @ vectors.T, a) < 20 * np.abs(values).max() / np.abs(a).max()
    assert distance(vectors.T @ vectors, np.eye(60)) < 20
    s = definite(60, 60).astype(dtype)
    factor = np.asarray(native(linalg.cholesky, [s]))
    assert distance(factor @ factor.T, s) < 10
    b = drawn(60, 5).astype(dtype)
    assert distance(s @ np.asarray(native(linalg.solve, [s, b])), b) < 100


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_numbers_whose_squares_do_not_exist(scale: float) -> None:
    a = drawn(5, 4) * scale
    q, r = map(np.asarray, native(linalg.qr, [a]))
    assert distance(q @ r, a) < 50
    assert distance(native(linalg.svdvals, [a]), np.linalg.svd(a)[1]) < 50
    s = (drawn(4, 4) + drawn(4, 4).T) * scale
    assert distance(native(linalg.eigvalsh, [s]), np.linalg.eigvalsh(s)) < 50


@pytest.mark.parametrize("name", ["svd", "qr", "eigh"])
def test_a_matrix_that_is_not_finite_loses_its_results_alone(name: str) -> None:
    a = np.stack([definite(3, 3), np.full((3, 3), np.nan), np.diag([np.inf, 1.0, 2.0])])
    found, _ = flatten(native(getattr(linalg, name), [a]))
    expected, _ = flatten(getattr(linalg, name)(a))
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-12)
        assert np.isnan(np.asarray(x)[1:]).all()
        assert np.isfinite(np.asarray(x)[0]).all()


@pytest.mark.parametrize("a", [np.zeros((3, 4)), np.ones((4, 3)), np.eye(3)[:, :2]])
def test_matrices_without_rank_have_orthonormal_vectors(a: Array) -> None:
    u, values, vt = map(np.asarray, native(linalg.svd, [a]))
    assert distance(values + 1, np.linalg.svd(a)[1] + 1) < 20
    for vectors in (u, vt):
        assert distance(vectors @ vectors.T, np.eye(len(vectors))) < 20


@pytest.mark.parametrize("name", ["eigh", "svd", "qr", "cholesky", "lu"])
def test_the_same_bits_on_any_number_of_threads_and_in_any_batch(name: str) -> None:
    a = definite(7, 5, 5)
    compiled = cr.compile(getattr(linalg, name), device="native")
    found = [np.asarray(x) for x in flatten(compiled(a))[0]]
    for threads in (1, 2, 3):
        with exactly(threads):
            again = flatten(compiled(a))[0]
        assert [np.asarray(x).tobytes() for x in again] == [x.tobytes() for x in found]
    alone = flatten(compiled(a[2]))[0]
    assert [np.asarray(x).tobytes() for x in alone] == [x[2].tobytes() for x in found]


def test_what_is_refused_is_refused_alike() -> None:
    batch = np.stack([np.eye(2), -np.eye(2)])
    with pytest.raises(cr.MatrixError, match=r"matrix 1 of a batch .* not positive definite.*at "):
        native(linalg.cholesky, [batch])
    with pytest.raises(cr.MatrixError, match=r"the matrix is singular.*at "):
        native(linalg.inv, [np.ones((2, 2))])


def test_nothing_is_written_where_a_matrix_is_refused() -> None:
    cell = cr.Variable(np.ones(2))

    def assigned(a: Any) -> None:
        cell.assign(linalg.solve(a, np.array([2.0, 4.0])))

    step = cr.compile(assigned, device="native")
    step(2 * np.eye(2))
    with pytest.raises(cr.MatrixError, match="singular"):
        step(np.zeros((2, 2)))
    assert np.asarray(cell).tolist() == [1.0, 2.0]
