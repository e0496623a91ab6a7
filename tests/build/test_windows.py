"""Windows against NumPy's sliding view; their transpose against what a transpose is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import chainrule as cr
from chainrule.build.leaf import constant
from chainrule.build.primitives.window import Interleave, Unwindow, Window
from chainrule.errors import ChainruleError, OptionError, ShapeError
from tests.build.samples.window import fitted


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.sampled_from([0, 1, -1]))
def test_windows_are_those_of_numpy(size: int, step: int, dilation: int, axis: int) -> None:
    x = np.arange(10 * 11.0).reshape(10, 11)
    wide = sliding_window_view(x, (size - 1) * dilation + 1, axis)
    starts = [slice(None)] * 2
    starts[axis] = slice(None, None, step)
    expected = wide[(*starts, slice(None, None, dilation))]
    found = cr.unfold(x, size, axis=axis, step=step, dilation=dilation)
    np.testing.assert_array_equal(np.asarray(found), expected)


@given(fitted(), st.integers(0, 99))
def test_unwindow_is_the_transpose(drawn: Any, seed: int) -> None:
    shape, window = drawn
    generator = np.random.default_rng(seed)
    x = generator.integers(-9, 9, shape)
    u = np.asarray(window(constant(x)))
    v = generator.integers(-9, 9, u.shape)
    assert (u * v).sum() == (x * np.asarray(Unwindow(shape, window)(constant(v)))).sum()


def test_interleaving_puts_each_phase_in_its_place() -> None:
    parts = [constant(np.full((2, 1), r)) for r in range(6)]
    found = np.asarray(Interleave((0, 1), (2, 3))(*parts))
    np.testing.assert_array_equal(found, [[0, 1, 2], [3, 4, 5]] * 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cr.unfold([1, 2], 3), ShapeError, r"no window over 3 elements .* shape \(2,\)"),
        (lambda: cr.unfold([1, 2, 3], 2, dilation=3), ShapeError, "over 4 elements"),
        (lambda: cr.unfold([1, 2], 1, axis=1), ShapeError, "axis 1"),
        (lambda: cr.unfold([1, 2], 2, step=0), OptionError, "step 0"),
        (lambda: Window((0,), (3,), (1,), (1,))(constant(np.ones(2))), ShapeError, "does not fit"),
        (
            lambda: Unwindow((4,), Window((0,), (2,), (1,), (1,)))(constant(np.ones((2, 2)))),
            ShapeError,
            "are not the windows",
        ),
        (lambda: Interleave((0,), (2,))(constant(np.ones(2))), ShapeError, "2 arrays alike"),
    ],
)
def test_what_does_not_fit_is_named(call: Any, error: type[ChainruleError], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
