"""Layers of convolution: options, shapes, weights, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError

RANDOM = np.random.default_rng(0)


def drawn(*shape: int) -> Any:
    return RANDOM.standard_normal(shape)


def test_the_formula() -> None:
    x, w, b = drawn(2, 3, 5, 6), drawn(4, 3, 2, 3), drawn(4)
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (2, 3))
    expected = np.einsum("nchwij,ocij->nohw", windows, w) + b[:, None, None]
    np.testing.assert_allclose(nn.conv2d(x, w, b), expected)
    np.testing.assert_allclose(nn.conv2d(x, w, b, (2, 1)), expected[:, :, ::2])
    np.testing.assert_allclose(nn.conv2d(x[1], w, b), expected[1])


@pytest.mark.parametrize("order", [1, 2])
def test_the_derivatives(order: int) -> None:
    x, w, b = drawn(2, 4, 5), drawn(2, 2, 3), drawn(2)
    check_gradients(lambda x, w, b: nn.conv1d(x, w, b, 2, 1, groups=2), x, w, b, order=order)
    w = drawn(4, 1, 2)
    check_gradients(lambda x, w: nn.conv_transpose1d(x, w, None, 2), x, w, order=order)


def test_transposed_it_is_the_adjoint() -> None:
    x, w, y = drawn(2, 3, 7, 6), drawn(4, 3, 3, 2), drawn(2, 4, 4, 4)
    options: dict[str, Any] = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}
    forward = np.sum(np.asarray(nn.conv2d(x, w, **options)) * y)
    back = np.sum(np.asarray(nn.conv_transpose2d(y, w, **options)) * x)
    np.testing.assert_allclose(forward, back)


def test_output_padding_makes_the_result_longer() -> None:
    x, w = drawn(1, 2, 4), drawn(2, 3, 3)
    short, long = (nn.conv_transpose1d(x, w, stride=2, output_padding=n) for n in (0, 1))
    assert (short.shape, long.shape) == ((1, 3, 9), (1, 3, 10))
    np.testing.assert_array_equal(np.asarray(long)[..., :-1], short)


@pytest.mark.parametrize("taps", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_keeps_the_size(taps: int, dilation: int) -> None:
    layer = nn.Conv2d(1, 1, taps, padding="same", dilation=dilation)
    assert layer(np.ones((1, 1, 9, 8))).shape == (1, 1, 9, 8)
    assert nn.Conv2d(1, 1, 2, padding="valid")(np.ones((1, 1, 9, 8))).shape == (1, 1, 8, 7)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_padding_modes(mode: str) -> None:
    layer = nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode=mode)
    x = drawn(2, 2, 4, 5).astype(np.float32)
    wide = cr.pad(x, ((0, 0), (0, 0), (1, 1), (2, 2)), mode=mode)
    np.testing.assert_array_equal(layer(x), nn.conv2d(wide, layer.weight, layer.bias))
    np.testing.assert_array_equal(layer(x[0]), np.asarray(layer(x))[0])


def test_groups_are_convolutions_side_by_side() -> None:
    x, w = drawn(2, 6, 5), drawn(4, 3, 2)
    halves = [nn.conv1d(x[:, 3 * g : 3 * g + 3], w[2 * g : 2 * g + 2]) for g in (0, 1)]
    np.testing.assert_allclose(nn.conv1d(x, w, groups=2), np.concatenate(halves, 1))


def test_parameters_and_their_names() -> None:
    layer = nn.Conv2d(4, 6, (3, 5), groups=2)
    assert [(p.name, p.shape) for p in layer.parameters()] == [
        ("Conv2d(4, 6, (3, 5), groups=2).weight", (6, 2, 3, 5)),
        ("Conv2d(4, 6, (3, 5), groups=2).bias", (6,)),
    ]
    assert nn.ConvTranspose3d(4, 6, 2, groups=2, bias=False).weight.shape == (4, 3, 2, 2, 2)


def test_weights_suit_the_activation_behind() -> None:
    cr.seed(0)
    layer = nn.Conv2d(50, 100, 3)
    nn.Sequential(layer, nn.ReLU())
    np.testing.assert_allclose(np.std(np.asarray(layer.weight)), (2 / 450) ** 0.5, rtol=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Conv2d(3, 4, 0), "kernel_size is an integer of at least 1"),
        (lambda: nn.Conv2d(3, 4, (3, 3, 3)), "a tuple of 2 such"),
        (lambda: nn.Conv2d(3, 4, 3, stride=0), "stride is an integer of at least 1"),
        (lambda: nn.Conv2d(3, 4, 3, padding=-1), "padding is an integer of at least 0"),
        (lambda: nn.Conv2d(3, 4, 3, padding="full"), "'same' or 'valid', got 'full'"),
        (lambda: nn.Conv2d(3, 4, 3, 2, "same"), "goes with a stride of 1"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "in_channels must be a multiple of the 2 groups"),
        (lambda: nn.Conv2d(3, 4, 3, padding_mode="wrap"), "padding_mode is one of zeros, reflect"),
        (lambda: nn.Conv2d(3, 4, 3, initializer=nn.relu), "Conv2d: .* is no initializer"),  # type: ignore[arg-type]
        (lambda: nn.ConvTranspose1d(3, 4, 3, 2, output_padding=2), "must be less than the stride"),
    ],
)
def test_options_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 4, 8, 8), r"Conv2d\(3, 4, 3\) takes 3 channels .* is 4 long"),
        ((8, 8), r"takes \(examples, channels, height, width\)"),
        ((1, 3, 2, 8), "span 3 places along spatial axis 0, the image has 2"),
    ],
)
def test_inputs_that_do_not_fit(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        nn.Conv2d(3, 4, 3)(np.ones(shape))


def test_functions_refuse_what_does_not_fit() -> None:
    with pytest.raises(ShapeError, match="the weights have 4 axes"):
        nn.conv2d(drawn(1, 1, 3, 3), drawn(1, 1, 3))
    with pytest.raises(ShapeError, match="no multiple of 2 groups"):
        nn.conv1d(drawn(1, 2, 3), drawn(3, 1, 1), groups=2)
    with pytest.raises(ShapeError, match="a bias of shape"):
        nn.conv1d(drawn(1, 2, 3), drawn(3, 2, 1), drawn(2))
    with pytest.raises(ShapeError, match="nothing is left"):
        nn.conv_transpose1d(drawn(1, 2, 1), drawn(2, 2, 1), padding=2)
