"""Linear algebra under the transforms: Jacobians, Hessians, forward mode, checkpoints, training."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import linalg, optim
from tests.linalg.matrices import distance, drawn, regular

CLOSE = 100  # units of rounding
A = regular(3, 3)


def test_the_jacobian_of_a_solution_is_the_inverse() -> None:
    found = cr.jacobian(lambda b: linalg.solve(A, b))(drawn(3))
    assert distance(found, np.linalg.inv(A)) < CLOSE


def test_the_hessian_of_a_determinant() -> None:
    """∂² det / ∂a_ij ∂a_kl = det A (c_ji c_lk − c_jk c_li), with c the inverse."""
    c = np.linalg.inv(A)
    products = np.einsum("ji,lk->ijkl", c, c) - np.einsum("li,jk->ijkl", c, c)
    expected = np.linalg.det(A) * products
    assert distance(cr.hessian(linalg.det)(A), expected) < CLOSE
    assert distance(cr.compile(cr.hessian(linalg.det), device="native")(A), expected) < CLOSE


def test_forward_mode() -> None:
    inverse, pushed = cr.jvp(linalg.inv, (A,), (np.eye(3),))
    assert distance(pushed, -np.asarray(inverse) @ np.asarray(inverse)) < CLOSE


def test_right_sides_mapped_over_one_matrix() -> None:
    b = drawn(5, 3)
    found = cr.vmap(linalg.solve, in_axes=(None, 0))(A, b)
    assert distance(found, np.linalg.solve(A, b.T).T) < CLOSE


def test_within_a_checkpoint() -> None:
    def loss(a: Any) -> Any:
        return cr.sum(linalg.svd(linalg.solve(a, A @ A)).U[:, 0] ** 3)

    expected = cr.grad(loss)(A)
    remembered = cr.grad(cr.checkpoint(loss))
    assert distance(remembered(A), expected) == 0
    assert distance(cr.compile(remembered, device="native")(A), expected) < 10 * CLOSE


def test_a_trained_whitening() -> None:
    """The least ‖W A‖²/2 − log |det W| has orthonormal W A."""
    w = cr.Variable(np.eye(3), trainable=True)
    optimizer = optim.SGD([w], learning_rate=0.05)

    def step() -> Any:
        loss = cr.sum(cr.square(w @ A)) / 2 - linalg.slogdet(w).logabsdet
        optimizer.step(loss.backward())
        return loss

    compiled = cr.compile(step, device="native")
    for _ in range(200):
        compiled()
    white = np.asarray(w) @ A
    np.testing.assert_allclose(white @ white.T, np.eye(3), atol=1e-6)
