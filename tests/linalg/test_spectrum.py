"""Norms, condition and rank against NumPy, and where their derivatives are delicate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from tests.linalg.matrices import distance, drawn, regular

CLOSE = 100  # units of rounding
ORDERS = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


@pytest.mark.parametrize("ord", ORDERS)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 5), (5, 3)])
def test_matrix_norm(ord: Any, keepdims: bool, shape: tuple[int, ...]) -> None:  # noqa: A002
    a = drawn(*shape)
    expected = np.linalg.matrix_norm(a, ord=ord, keepdims=keepdims)
    assert distance(linalg.matrix_norm(a, ord=ord, keepdims=keepdims), expected) < CLOSE
    cr.check_gradients(lambda x: linalg.matrix_norm(x, ord=ord), a)


@pytest.mark.parametrize("ord", ORDERS)
def test_the_norm_of_a_zero_matrix_has_a_gradient(ord: Any) -> None:  # noqa: A002
    gradient = cr.grad(lambda x: linalg.matrix_norm(x, ord=ord))(np.zeros((3, 3)))
    assert np.isfinite(np.asarray(gradient)).all()


@pytest.mark.parametrize("p", [None, *ORDERS])
def test_cond(p: Any) -> None:
    a = regular(4, 4)
    assert distance(linalg.cond(a, p=p), np.linalg.cond(a, p)) < CLOSE
    cr.check_gradients(lambda x: linalg.cond(x, p=p), a)


def test_the_condition_of_a_singular_matrix() -> None:
    assert float(linalg.cond(np.diag([1.0, 0.0]))) == np.inf


def test_matrix_rank() -> None:
    a = np.stack([np.eye(3), np.diag([1.0, 1e-3, 0.0]), np.zeros((3, 3))])
    np.testing.assert_array_equal(linalg.matrix_rank(a), [3, 2, 0])
    np.testing.assert_array_equal(linalg.matrix_rank(a, rtol=0.1), [3, 1, 0])
    np.testing.assert_array_equal(linalg.matrix_rank(a, rtol=np.array([0.1, 0, 0])), [3, 2, 0])
    assert int(linalg.matrix_rank(np.zeros((0, 3)))) == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: cr.sum(linalg.eigvalsh(x) ** 2),
        lambda x: cr.sum(cr.exp(linalg.eigvalsh(x))),
        lambda x: linalg.matrix_norm(x, ord="nuc"),
        lambda x: cr.sum(cr.log(linalg.svdvals(x))),
    ],
    ids=["squares", "exponentials", "nuclear", "logarithms"],
)
def test_functions_of_equal_values_alone_have_gradients(function: Any) -> None:
    cr.check_gradients(function, np.eye(3))


def test_a_cotangent_that_cancels_between_equal_eigenvalues() -> None:
    def rebuilt(x: Any) -> Any:
        values, vectors = linalg.eigh(x)
        return cr.sum(vectors * (values * values)[..., None, :] * vectors)

    assert np.isfinite(np.asarray(cr.grad(rebuilt)(np.eye(3)))).all()


def test_refusals() -> None:
    with pytest.raises(cr.OptionError, match="'fro', 'nuc', ±1, ±2 and ±inf, got 3"):
        linalg.matrix_norm(np.eye(2), ord=3)
    with pytest.raises(cr.ShapeError, match=r"two axes, got shape \(2,\)"):
        linalg.matrix_norm(np.ones(2))
