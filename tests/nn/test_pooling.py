"""Pooling: what a plain loop over windows gives, ties, indices, layers, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError, DataError, DTypeError, OptionError, ShapeError

X = np.random.default_rng(0).normal(size=(2, 3, 7, 9))


def looped(x: Array, size: int, step: int, border: int, pool: Callable[[Array], Any]) -> Array:
    """Pooling of images with square windows, one window at a time, taps outside left out."""
    n, c, height, width = x.shape
    rows, columns = ((length + 2 * border - size) // step + 1 for length in (height, width))
    y = np.empty((n, c, rows, columns))
    for image, channel, i, j in np.ndindex(*y.shape):
        low = [max(k * step - border, 0) for k in (i, j)]
        high = [k * step - border + size for k in (i, j)]
        y[image, channel, i, j] = pool(x[image, channel, low[0] : high[0], low[1] : high[1]])
    return y


@pytest.mark.parametrize(("size", "step", "border"), [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0)])
def test_a_loop_over_windows(size: int, step: int, border: int) -> None:
    largest = nn.max_pool2d(X, size, step, border)
    np.testing.assert_array_equal(largest, looped(X, size, step, border, np.max))
    mean = nn.avg_pool2d(X, size, step, border, count_include_pad=False)
    np.testing.assert_allclose(mean, looped(X, size, step, border, np.mean))


@pytest.mark.parametrize("function", [nn.max_pool2d, nn.avg_pool2d])
def test_gradients_against_finite_differences(function: Callable[..., Any]) -> None:
    cr.check_gradients(lambda x: function(x, 3, 2, 1), X[:1, :2])


def test_elements_that_tie_share_the_gradient() -> None:
    x = np.array([[[3.0, 3.0, 1.0, 2.0], [0.0, 3.0, 2.0, 2.0]]])
    found = cr.grad(lambda t: cr.sum(nn.max_pool2d(t, 2)))(x)
    third = 1 / 3
    np.testing.assert_allclose(found, [[[third, third, 0.0, third], [0.0, third, third, third]]])


def test_an_index_names_the_first_of_those_that_tie() -> None:
    y, indices = nn.max_pool1d([[5.0, 5.0, 2.0, 7.0]], 2, return_indices=True)
    assert y.tolist() == [[5.0, 7.0]]
    assert indices.tolist() == [[0, 3]]


def test_indices_point_at_what_was_chosen() -> None:
    for options in ({}, {"stride": 1, "padding": 1, "dilation": 2}, {"ceil_mode": True}):
        y, indices = nn.max_pool2d(X, 3, **options, return_indices=True)
        flat = X.reshape(2, 3, -1)
        chosen = np.take_along_axis(flat, np.asarray(indices).reshape(2, 3, -1), -1)
        np.testing.assert_array_equal(chosen.reshape(y.shape), y)


def test_indices_of_adaptive_windows_point_at_what_was_chosen() -> None:
    y, indices = nn.adaptive_max_pool2d(X, (3, 4), return_indices=True)
    chosen = np.take_along_axis(X.reshape(2, 3, -1), np.asarray(indices).reshape(2, 3, -1), -1)
    np.testing.assert_array_equal(chosen.reshape(y.shape), y)


def test_nan_is_the_largest_and_integers_pool_as_well() -> None:
    assert math.isnan(nn.max_pool1d([[1.0, math.nan]], 2).tolist()[0][0])
    assert nn.max_pool1d([[-5, -3, -2]], 3, 1, 1).tolist() == [[-3, -2, -2]]


def test_whole_images() -> None:
    np.testing.assert_allclose(nn.global_avg_pool(X), X.mean((2, 3)))
    np.testing.assert_array_equal(nn.global_max_pool(X), X.max((2, 3)))
    np.testing.assert_allclose(nn.adaptive_avg_pool2d(X, 1), X.mean((2, 3), keepdims=True))


def test_an_infinite_power_is_the_largest_and_power_1_the_sum() -> None:
    np.testing.assert_array_equal(nn.lp_pool2d(X, math.inf, 2), nn.max_pool2d(X, 2))
    np.testing.assert_allclose(nn.lp_pool2d(abs(X), 1, 2), 4 * nn.avg_pool2d(abs(X), 2))


def test_unpooling_puts_back_what_pooling_took() -> None:
    y, indices = nn.max_pool2d(X, 2, return_indices=True)
    back = np.asarray(nn.max_unpool2d(y, indices, 2, output_size=X.shape))
    np.testing.assert_array_equal(np.sort(back[back != 0]), np.sort(np.ravel(y)))
    np.testing.assert_array_equal(back[back != 0], X[back != 0])


def test_numbers_that_meet_are_averaged() -> None:
    found = nn.max_unpool1d([[2.0, 4.0]], [[1, 1]], 2, 1)
    assert found.tolist() == [[0.0, 3.0, 0.0]]


LAYERS: dict[str, tuple[nn.Module, Callable[[Any], Any]]] = {
    "MaxPool2d(kernel_size=2, stride=1)": (nn.MaxPool2d(2, 1), lambda x: nn.max_pool2d(x, 2, 1)),
    "AvgPool2d(kernel_size=3, ceil_mode=True)": (
        nn.AvgPool2d(3, ceil_mode=True),
        lambda x: nn.avg_pool2d(x, 3, ceil_mode=True),
    ),
    "LPPool2d(norm_type=2, kernel_size=2)": (
        nn.LPPool2d(2, 2),
        lambda x: nn.lp_pool2d(x, 2, 2),
    ),
    "AdaptiveAvgPool2d(output_size=(3, 4))": (
        nn.AdaptiveAvgPool2d((3, 4)),
        lambda x: nn.adaptive_avg_pool2d(x, (3, 4)),
    ),
    "AdaptiveMaxPool2d(output_size=2)": (
        nn.AdaptiveMaxPool2d(2),
        lambda x: nn.adaptive_max_pool2d(x, 2),
    ),
    "GlobalMaxPool()": (nn.GlobalMaxPool(), nn.global_max_pool),
}


@pytest.mark.parametrize("title", LAYERS)
def test_a_layer_is_its_function(title: str) -> None:
    layer, function = LAYERS[title]
    assert layer.title() == title
    np.testing.assert_array_equal(layer(X), function(X))


def test_a_model_with_pooling_learns() -> None:
    model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3 * 3 * 4, 2))
    gradients = cr.sum(model(X.astype(np.float32)) ** 2).backward()
    assert all(np.abs(np.asarray(gradients[p])).sum() > 0 for p in model.parameters())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.max_pool2d(X[0, 0], 2), ShapeError, r"max_pool2d takes \(n, channels, height"),
        (lambda: nn.max_pool2d(X, 10), ShapeError, r"no window of \(10, 10\) places"),
        (lambda: nn.max_pool2d(X, (2, 2, 2)), OptionError, "kernel_size is an integer"),
        (lambda: nn.max_pool2d(X, 2, 0), OptionError, "stride is an integer of at least 1"),
        (lambda: nn.max_pool2d(X, 2, padding=2), OptionError, "at most half as wide"),
        (lambda: nn.MaxPool2d(1.5), OptionError, "MaxPool2d: kernel_size"),  # type: ignore[arg-type]
        (lambda: nn.avg_pool2d(X, 2, divisor_override=0), OptionError, "divisor_override"),
        (lambda: nn.lp_pool2d(X, -1, 2), OptionError, "norm_type is above 0, got -1"),
        (lambda: nn.adaptive_avg_pool2d(X, (2, 0)), OptionError, "at least 1, or 2 of them"),
        (lambda: nn.adaptive_max_pool2d(X, (1, 2, 3)), OptionError, "got .1, 2, 3."),
        (lambda: nn.adaptive_avg_pool2d(X[:, :, :0], 2), ShapeError, "nothing to pool"),
        (lambda: nn.global_avg_pool(X[0, 0]), ShapeError, "global_avg_pool takes"),
        (lambda: nn.max_unpool1d([[1.0]], [[0, 1]], 2), ShapeError, "each number needs an index"),
        (lambda: nn.max_unpool1d([[1.0]], [[0.0]], 2), DTypeError, "indices are integers"),
        (lambda: nn.max_unpool1d([[1.0]], [[2]], 2), DataError, "index 2"),
        (
            lambda: nn.max_unpool1d([[1.0]], [[0]], 2, output_size=(1, 1, 1, 4)),
            ShapeError,
            "output_size is 1 lengths",
        ),
    ],
)
def test_a_wrong_call_is_named(
    call: Callable[[], Any], error: type[ChainruleError], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()
