"""Arrays made longer: against NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.functions.extension import BORDERS, pad, repeat, tile
from chainrule.build.functions.reduction import sum as total
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.errors import (
    ChainruleError,
    DTypeError,
    OptionError,
    ShapeError,
    ValueUnknownError,
)
from tests.build.agreement import assert_same, check_all
from tests.build.samples.draw import shapes


def numbers(shape: Shape) -> Any:
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@given(shapes(), st.one_of(st.integers(0, 3), st.lists(st.integers(0, 3), max_size=4)))
def test_tile_is_that_of_numpy(shape: Shape, repetitions: Any) -> None:
    check_all(lambda t: tile(t, repetitions), lambda x: np.tile(x, repetitions), numbers(shape))


@given(st.data(), shapes(least=1))
def test_repeat_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axis = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    length = int(np.prod(shape)) if axis is None else shape[axis]
    each = st.lists(st.integers(0, 3), min_size=length, max_size=length)
    repeats = data.draw(st.one_of(st.integers(0, 3), each.map(lambda n: np.array(n, np.int64))))
    check_all(
        lambda t: repeat(t, repeats, axis=axis),
        lambda x: np.repeat(x, repeats, axis),
        numbers(shape),
    )


@st.composite
def bordered(draw: st.DrawFn, least: int) -> tuple[Any, list[tuple[int, int]]]:
    """An array whose axes have `least` elements or more, and widths for each."""
    lengths = st.sampled_from([length for length in (0, 1, 2, 3, 5) if length >= least])
    shape = tuple(draw(st.lists(lengths, min_size=1, max_size=3)))
    return numbers(shape), [draw(st.tuples(*[st.integers(0, 7)] * 2)) for _ in shape]


@given(bordered(least=0), st.sampled_from((0, -1.5)))
def test_a_constant_border_is_that_of_numpy(drawn: Any, value: float) -> None:
    x, widths = drawn
    check_all(
        lambda t: pad(t, widths, value=value), lambda x: np.pad(x, widths, constant_values=value), x
    )


def test_a_border_may_be_infinite() -> None:
    assert pad([1.0], 1, value=-np.inf).tolist() == [-np.inf, 1.0, -np.inf]


@pytest.mark.parametrize("mode", BORDERS)
@given(drawn=bordered(least=1))
def test_a_border_of_elements_is_that_of_numpy(mode: str, drawn: Any) -> None:
    x, widths = drawn
    check_all(lambda t: pad(t, widths, mode=mode), lambda x: np.pad(x, widths, BORDERS[mode]), x)


@pytest.mark.parametrize("widths", [2, (1, 2), [(1, 2), (0, 3)], ((2, 2),)])
def test_widths_are_one_or_a_pair_or_pairs(widths: Any) -> None:
    x = numbers((2, 3))
    assert_same(pad(x, widths), np.pad(x, widths))


def test_a_border_keeps_the_type_and_the_signs_of_zero() -> None:
    for dtype in ("bool", "int8", "uint64", "float32"):
        x = np.ones((2, 2), dtype)
        assert_same(pad(x, 1), np.pad(x, 1))
    assert np.signbit(pad([-0.0], 1, value=1.0).known()).tolist() == [False, True, False]


def test_a_value_has_a_gradient() -> None:
    assert float(grad(lambda v: total(pad([1.0, 2.0], (1, 2), value=v)))(0.5)) == 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tile([1], -1), ShapeError, "no negative length"),
        (lambda: repeat([1, 2], [1, -1]), OptionError, "not negative, got -1"),
        (lambda: repeat([1, 2], [1, 1, 1]), ShapeError, r"\(3,\) repeats for axis 0 .* \(2,\)"),
        (lambda: repeat([1, 2], 1.5), DTypeError, "repeats are integers, got float32"),
        (lambda: pad([1, 2], 1, mode="mirror"), OptionError, "constant, reflect, .* got 'mirror'"),
        (lambda: pad([1, 2], -1), ShapeError, "not negative, got -1"),
        (lambda: pad([1, 2], (1, 2, 3)), ShapeError, "no pair .* for 1 axes"),
        (lambda: pad([1, 2], 0.5), ShapeError, "widths are integers"),  # type: ignore[arg-type]
        (lambda: pad([1, 2], 1, value=0.5), DTypeError, "0.5 does not fit into int64"),
        (lambda: pad([], 1, mode="reflect"), ShapeError, r"no elements to reflect along axis 0"),
    ],
)
def test_a_wrong_call_is_named(call: Any, error: type[ChainruleError], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_repeats_must_be_known() -> None:
    with pytest.raises(ValueUnknownError):
        vmap(lambda n: repeat([1, 2], n))([1, 2])
