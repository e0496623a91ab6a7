"""Linear algebra against NumPy; the errors of mismatched shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.convert import asarray
from chainrule.build.functions import linear_algebra as linear
from chainrule.build.tensor import Array, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.numeric import check_gradients
from chainrule.errors import ShapeError
from tests.build.samples.draw import broadcastable, integers, lengths, reals, shapes

LAYOUT = {"C": np.ascontiguousarray, "F": np.asfortranarray}


@st.composite
def products(draw: st.DrawFn) -> tuple[Array, Array]:
    """Two arrays whose matrix product exists: vectors, matrices and batches of them."""
    front, back = draw(broadcastable(2))
    m, k, n = draw(lengths), draw(lengths), draw(lengths)
    left: Shape = draw(st.sampled_from(((k,), (*front[-2:], m, k))))
    right: Shape = draw(st.sampled_from(((k,), (*back[-2:], k, n))))
    kind = draw(st.booleans())
    drawn = [reals(shape) if kind else integers(shape, -9, 9) for shape in (left, right)]
    return draw(drawn[0]), draw(drawn[1])


@given(products())
def test_matmul_is_numpys(pair: tuple[Array, Array]) -> None:
    found, right = np.asarray(linear.matmul(*pair)), np.matmul(*pair)
    assert (found.shape, found.dtype) == (right.shape, right.dtype)
    np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12)


@given(products())
def test_the_gradient_of_matmul(pair: tuple[Array, Array]) -> None:
    a, b = (x.astype("float64") for x in pair)
    check_gradients(linear.matmul, a, b)


def test_matmul_of_mixed_types() -> None:
    assert linear.matmul(np.ones((2, 3), "int64"), np.ones((3, 2), "float32")).dtype == "float32"
    assert (asarray([[1.0, 2.0]]) @ np.ones((2, 1), "float64")).dtype == "float64"


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ((2, 3), (2, 3), r"\(2, 3\) and \(2, 3\).*of length 3, .* of length 2"),
        ((3,), (2,), r"\(3,\) and \(2,\).*of length 3, .* of length 2"),
        ((5, 2, 3), (4,), r"\(5, 2, 3\) and \(4,\).*must be equal"),
        ((5, 2, 3), (4, 3, 2), r"\(5, 2, 3\) and \(4, 3, 2\).*do not broadcast"),
        ((), (2, 3), r"\(\) and \(2, 3\).*use \* to multiply"),
        ((2, 3), (), r"\(2, 3\) and \(\).*use \* to multiply"),
    ],
)
def test_shapes_that_have_no_product(left: Shape, right: Shape, message: str) -> None:
    with pytest.raises(ShapeError, match=f"{message}|{message}") as caught:
        linear.matmul(np.ones(left), np.ones(right))
    assert "test_linear_algebra.py:" in str(caught.value)


def test_a_product_does_not_depend_on_the_layout() -> None:
    generator = np.random.default_rng(0)
    for m, k, n in ((32, 100, 10), (7, 33, 5), (1, 100, 10), (3, 1, 4)):
        a = generator.standard_normal((m, k)).astype("float32")
        b = generator.standard_normal((k, n)).astype("float32")
        right = np.asarray(linear.matmul(a, b)).tobytes()
        for order in ("CF", "FC", "FF"):
            left, columns = (LAYOUT[each](x) for each, x in zip(order, (a, b), strict=True))
            assert np.asarray(linear.matmul(left, columns)).tobytes() == right


@given(shapes(least=2), st.data())
def test_matrix_transpose(shape: Shape, data: st.DataObject) -> None:
    x = data.draw(reals(shape))
    np.testing.assert_array_equal(np.asarray(linear.matrix_transpose(x)), np.swapaxes(x, -1, -2))
    check_gradients(linear.matrix_transpose, x)


@given(shapes(least=2), st.integers(-8, 8), st.data())
def test_diagonal_and_trace(shape: Shape, offset: int, data: st.DataObject) -> None:
    x = data.draw(reals(shape))
    found = np.asarray(linear.diagonal(x, offset=offset))
    np.testing.assert_array_equal(found, np.diagonal(x, offset, -2, -1))
    traced = np.asarray(linear.trace(x, offset=offset))
    np.testing.assert_allclose(traced, np.trace(x, offset, -2, -1), rtol=1e-12, atol=1e-12)
    check_gradients(lambda z: (linear.diagonal(z, offset=offset), linear.trace(z)), x)


def test_trace_adds_small_integers_in_64_bits() -> None:
    assert linear.trace(np.eye(3, dtype="int8") * np.int8(100)).tolist() == 300
    assert linear.trace(np.eye(3, dtype="float32"), dtype="float64").dtype == "float64"


@pytest.mark.parametrize("name", ["matrix_transpose", "diagonal", "trace"])
def test_a_vector_is_no_matrix(name: str) -> None:
    with pytest.raises(ShapeError, match=r"shape \(3,\) has 1"):
        getattr(linear, name)(np.ones(3))


@given(st.data())
def test_vecdot(data: st.DataObject) -> None:
    front, back = data.draw(broadcastable(2))
    k = data.draw(lengths)
    a, b = data.draw(reals((*front, k))), data.draw(reals((*back, k)))
    right = (a * b).sum(-1)
    np.testing.assert_allclose(np.asarray(linear.vecdot(a, b)), right, rtol=1e-12, atol=1e-12)
    check_gradients(linear.vecdot, a, b)


def test_vecdot_along_another_axis() -> None:
    a, b = np.arange(24.0).reshape(2, 3, 4), np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(np.asarray(linear.vecdot(a, b, axis=-2)), (a * b).sum(-2))
    assert linear.vecdot(np.ones(3, "int8"), np.ones(3, "int8")).dtype == "int8"


@pytest.mark.parametrize(
    ("left", "right", "axis"),
    [((3,), (4,), -1), ((3,), (1,), -1), ((2, 3), (3,), -2), ((3,), (3,), 0), ((), (3,), -1)],
)
def test_vecdot_of_shapes_that_do_not_fit(left: Shape, right: Shape, axis: int) -> None:
    with pytest.raises(ShapeError, match="counted from the last"):
        linear.vecdot(np.ones(left), np.ones(right), axis=axis)


@given(lengths, lengths, st.data())
def test_outer(m: int, n: int, data: st.DataObject) -> None:
    a, b = data.draw(reals((m,))), data.draw(reals((n,)))
    np.testing.assert_array_equal(np.asarray(linear.outer(a, b)), np.outer(a, b))
    check_gradients(linear.outer, a, b)


def test_outer_takes_vectors() -> None:
    with pytest.raises(ShapeError, match=r"two vectors, got shapes \(2, 2\) and \(2,\)"):
        linear.outer(np.ones((2, 2)), np.ones(2))


@st.composite
def pairings(draw: st.DrawFn) -> tuple[Array, Array, tuple[list[int], list[int]]]:
    """Two arrays and axes of both, in any order, that have equal lengths."""
    a = draw(shapes())
    left = draw(st.lists(st.integers(0, len(a) - 1), unique=True)) if a else []
    inner = [a[axis] for axis in left]
    order = draw(st.permutations(range(len(inner) + draw(st.integers(0, 2)))))
    right = list(order[: len(inner)])
    b = [draw(lengths) for _ in order]
    for axis, length in zip(right, inner, strict=True):
        b[axis] = length
    return draw(reals(a)), draw(reals(tuple(b))), (left, right)


@given(pairings())
def test_tensordot(case: tuple[Array, Array, tuple[list[int], list[int]]]) -> None:
    a, b, axes = case
    right = np.tensordot(a, b, axes)
    found = np.asarray(linear.tensordot(a, b, axes=axes))
    np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12)
    check_gradients(lambda x, y: linear.tensordot(x, y, axes=axes), a, b)


@pytest.mark.parametrize("axes", [0, 1, 2])
def test_tensordot_over_a_number_of_axes(axes: int) -> None:
    a, b = np.arange(12.0).reshape(3, 2, 2), np.arange(8.0).reshape(2, 2, 2)
    found = np.asarray(linear.tensordot(a, b, axes=axes))
    np.testing.assert_array_equal(found, np.tensordot(a, b, axes))


@pytest.mark.parametrize("axes", [2, ([0], [1]), ([0, 1], [0])])
def test_tensordot_of_axes_that_do_not_pair_up(axes: int | tuple[list[int], list[int]]) -> None:
    with pytest.raises(ShapeError, match="must pair up"):
        linear.tensordot(np.ones((2, 3)), np.ones((2, 4)), axes=axes)


def test_tensordot_over_fewer_axes_than_none() -> None:
    with pytest.raises(ShapeError, match="0 or more, got -1"):
        linear.tensordot(np.ones((2, 2)), np.ones((2, 2)), axes=-1)


def test_tensordot_over_an_axis_twice() -> None:
    with pytest.raises(ShapeError, match="each axis once"):
        linear.tensordot(np.ones((2, 2)), np.ones((2, 2)), axes=([0, 0], [0, 1]))


@pytest.mark.parametrize("in_axes", [(0, None), (None, 0), (0, 0)])
def test_batched_it_is_a_loop(in_axes: tuple[int | None, int | None]) -> None:
    generator = np.random.default_rng(0)
    stack = [generator.standard_normal((3, 4, 4)) for _ in in_axes]
    pair = [x if axis == 0 else x[0] for x, axis in zip(stack, in_axes, strict=True)]

    def function(a: Array, b: Array) -> tuple[Tensor, ...]:
        return linear.matmul(a, b[0]), linear.tensordot(a, b, axes=1), linear.vecdot(a, b)

    found = vmap(function, in_axes)(*pair)
    for index in range(3):
        one = [x[index] if axis == 0 else x for x, axis in zip(pair, in_axes, strict=True)]
        for batched, alone in zip(found, function(*one), strict=True):
            np.testing.assert_allclose(np.asarray(batched)[index], np.asarray(alone), rtol=1e-12)
