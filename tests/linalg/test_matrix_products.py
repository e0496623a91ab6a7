"""Powers, chains, Kronecker and cross products against NumPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from tests.linalg.matrices import distance, drawn, regular

CLOSE = 100  # units of rounding


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 10, -1, -3])
def test_matrix_power(n: int) -> None:
    a = regular(2, 3, 3)
    assert distance(linalg.matrix_power(a, n), np.linalg.matrix_power(a, n)) < CLOSE
    cr.check_gradients(lambda x: linalg.matrix_power(x, n), a)


def test_matrix_power_of_integers() -> None:
    found = linalg.matrix_power([[1, 1], [1, 0]], 30)
    np.testing.assert_array_equal(found, [[1346269, 832040], [832040, 514229]])


@pytest.mark.parametrize("lengths", [(2, 3, 4), (10, 2, 10, 1, 10), (3, 3), (1, 5, 2, 5, 1)])
def test_multi_dot(lengths: tuple[int, ...]) -> None:
    factors = [drawn(*pair, seed=seed) for seed, pair in enumerate(pairwise(lengths))]
    if len(factors) == 1:
        factors = [*factors, np.eye(3)]
    assert distance(linalg.multi_dot(factors), np.linalg.multi_dot(factors)) < CLOSE


def test_multi_dot_of_vectors() -> None:
    a, b = drawn(3), drawn(3, 4)
    assert distance(linalg.multi_dot([a, b]), a @ b) < CLOSE
    assert distance(linalg.multi_dot([a, b, drawn(4)]), a @ b @ drawn(4)) < CLOSE


def test_multi_dot_takes_the_order_of_the_least_work() -> None:
    tall, wide = cr.Variable(drawn(50, 2)), drawn(2, 50)
    graph = cr.compile(lambda x: linalg.multi_dot([tall, wide, x]), device="numpy")
    graph(drawn(50))
    shapes = [node.shape for node in graph.graph.nodes if isinstance(node, cr.Tensor)]
    assert (50, 50) not in shapes


@pytest.mark.parametrize(
    ("first", "second"),
    [((2, 3), (4, 5)), ((2,), (3,)), ((2, 3), (4,)), ((), (2, 2)), ((0,), (2,))],
)
def test_kron(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    a, b = drawn(*first), drawn(*second, seed=1)
    np.testing.assert_array_equal(linalg.kron(a, b), np.kron(a, b))
    cr.check_gradients(linalg.kron, a, b)


@pytest.mark.parametrize(
    ("first", "second", "axis"),
    [((3,), (3,), -1), ((2, 3), (3,), -1), ((3, 2), (3, 2), 0), ((4, 1, 3), (5, 3), -1)],
)
def test_cross(first: tuple[int, ...], second: tuple[int, ...], axis: int) -> None:
    a, b = drawn(*first), drawn(*second, seed=1)
    np.testing.assert_allclose(linalg.cross(a, b, axis=axis), np.cross(a, b, axis=axis))
    cr.check_gradients(lambda x, y: linalg.cross(x, y, axis=axis), a, b, order=2)


def test_refusals() -> None:
    with pytest.raises(cr.ShapeError, match=r"square matrices.*\(2, 3\)"):
        linalg.matrix_power(np.ones((2, 3)), 2)
    with pytest.raises(cr.ShapeError, match="two or more matrices"):
        linalg.multi_dot([np.eye(2)])
    with pytest.raises(
        cr.ShapeError, match=r"3 elements along axis -1, got shapes \(2,\) and \(2,"
    ):
        linalg.cross([1.0, 2.0], [1.0, 2.0])


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_expm(scale: float) -> None:
    a = scale * drawn(2, 4, 4)
    values, vectors = np.linalg.eig(a)
    inverse = np.linalg.inv(vectors)
    expected = (vectors * np.exp(values)[..., None, :] @ inverse).real
    assert distance(linalg.expm(a), expected) < CLOSE * max(1.0, scale) * 10
    if scale <= 1:
        cr.check_gradients(linalg.expm, a, order=2)


def test_expm_of_a_rotation_of_any_size() -> None:
    angle = 1000.0
    found = linalg.expm(np.array([[0.0, -angle], [angle, 0.0]]))
    c, s = np.cos(angle), np.sin(angle)
    np.testing.assert_allclose(found, [[c, -s], [s, c]], atol=1e-11)
    assert np.isnan(np.asarray(linalg.expm(1e9 * np.eye(2)))).all()
    with pytest.raises(cr.ShapeError, match=r"square matrices.*\(2, 3\)"):
        linalg.expm(np.ones((2, 3)))
    assert linalg.expm(np.zeros((0, 0))).shape == (0, 0)
