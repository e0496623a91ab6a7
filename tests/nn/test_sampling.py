"""Images resized, read by grids, in patches, shuffled and framed: against what must hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.errors import ChainruleError, OptionError, ShapeError

X = np.random.default_rng(0).normal(size=(2, 3, 5, 6))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "area", "nearest", "nearest-exact"])
@pytest.mark.parametrize("size", [(10, 12), (7, 4), (15, 3), (1, 1)])
def test_a_flat_image_stays_flat(mode: str, size: tuple[int, int]) -> None:
    found = nn.interpolate(np.full((1, 1, 5, 6), 2.5), size, mode=mode)
    assert found.shape == (1, 1, *size)
    np.testing.assert_allclose(found, 2.5, rtol=1e-14)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "area", "nearest", "nearest-exact"])
def test_the_same_size_changes_nothing(mode: str) -> None:
    np.testing.assert_allclose(nn.interpolate(X, (5, 6), mode=mode), X, rtol=1e-14)


def test_a_straight_line_stays_straight_between_its_ends() -> None:
    found = nn.interpolate(np.arange(4.0)[None, None], 10, mode="linear", align_corners=True)
    np.testing.assert_allclose(np.asarray(found)[0, 0], np.linspace(0, 3, 10), atol=1e-15)


@pytest.mark.parametrize("target", [(10, 12), (15, 18), (8, 9)])
def test_simple_ratios_and_others_agree(target: tuple[int, int]) -> None:
    """The ratio 2 slides windows; with a scale that is hardly off, elements are looked up."""
    scale = [(m + 1e-9) / n for m, n in zip(target, X.shape[2:], strict=True)]
    for mode in ("bilinear", "bicubic"):
        near = nn.interpolate(X, scale_factor=scale, mode=mode)
        np.testing.assert_allclose(nn.interpolate(X, target, mode=mode), near, atol=1e-7)


def test_an_infinity_stays_with_its_neighbors() -> None:
    x = np.zeros((1, 1, 8))
    x[0, 0, 3] = np.inf
    found = np.asarray(nn.interpolate(x, scale_factor=2, mode="linear"))[0, 0]
    assert np.isinf(found[5:9]).all()
    assert not found[:5].any()
    assert not found[9:].any()


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_gradients_against_finite_differences(mode: str) -> None:
    cr.check_gradients(lambda x: nn.interpolate(x, (10, 9), mode=mode), X[:1, :1])
    grid = np.random.default_rng(1).uniform(-0.9, 0.9, (1, 2, 3, 2))
    cr.check_gradients(lambda x, g: nn.grid_sample(x, g, mode), X[:1, :1], grid)


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_the_grid_of_the_identity_changes_nothing(mode: str, aligned: bool) -> None:
    theta = np.tile(np.eye(2, 3), (2, 1, 1))
    grid = nn.affine_grid(theta, X.shape, aligned)
    found = nn.grid_sample(X, grid, mode, align_corners=aligned)
    np.testing.assert_allclose(found, X, atol=1e-12)


def test_a_grid_that_mirrors_a_volume() -> None:
    volume = np.random.default_rng(2).normal(size=(1, 2, 3, 4, 5))
    theta = np.eye(3, 4)[None] * [[-1.0], [1.0], [-1.0]]
    found = nn.grid_sample(volume, nn.affine_grid(theta, volume.shape))
    np.testing.assert_allclose(found, volume[:, :, ::-1, :, ::-1], atol=1e-12)


def test_beyond_its_border_an_image_is_as_asked() -> None:
    line = np.array([[[[1.0, 2.0, 4.0]]]])
    grid = np.array([[[[-3.0, 0.0], [1.75, 0.0]]]])
    found = [
        np.asarray(nn.grid_sample(line, grid, "nearest", border, align_corners=True)).ravel()
        for border in ("zeros", "border", "reflection")
    ]
    np.testing.assert_array_equal(found, [[0.0, 0.0], [1.0, 4.0], [4.0, 2.0]])


def test_folding_is_the_transpose_of_unfolding() -> None:
    options: dict[str, Any] = {"kernel_size": 3, "dilation": 1, "padding": 1, "stride": 2}
    columns = np.asarray(nn.unfold(X, **options))
    other = np.random.default_rng(3).normal(size=columns.shape)
    back = np.asarray(nn.fold(other, (5, 6), **options))
    np.testing.assert_allclose((columns * other).sum(), (X * back).sum())


def test_patches_that_do_not_overlap_come_back_as_they_were() -> None:
    x = X[:, :, :4]
    np.testing.assert_array_equal(nn.Fold((4, 6), 2, stride=2)(nn.Unfold(2, stride=2)(x)), x)


def test_shuffles_are_undone() -> None:
    x = X[:, :, :4]
    np.testing.assert_array_equal(nn.PixelShuffle(2)(nn.PixelUnshuffle(2)(x)), x)
    many = np.arange(12.0).reshape(1, 12, 1)
    np.testing.assert_array_equal(nn.ChannelShuffle(4)(nn.ChannelShuffle(3)(many)), many)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("ReflectionPad", "reflect"),
        ("ReplicationPad", "edge"),
        ("CircularPad", "wrap"),
        ("ZeroPad", "constant"),
    ],
)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_layers_of_borders(name: str, mode: Any, rank: int) -> None:
    x = np.random.default_rng(4).normal(size=(2, 3, 4, 5, 6)[: rank + 2])
    widths = (1, 2, 3, 0, 0, 1)[: 2 * rank]
    pairs = [widths[i : i + 2] for i in range(0, 2 * rank, 2)][::-1]
    expected = np.pad(x, [(0, 0), (0, 0), *pairs], mode)
    np.testing.assert_array_equal(getattr(nn, f"{name}{rank}d")(widths)(x), expected)


def test_a_border_of_a_value() -> None:
    layer = nn.ConstantPad1d(1, -np.inf)
    assert layer.title() == "ConstantPad1d(padding=1, value=-inf)"
    assert layer([[1.0]]).tolist() == [[-np.inf, 1.0, -np.inf]]


def test_the_layer_of_resizing() -> None:
    layer = nn.Upsample(scale_factor=(2, 1.5), mode="bilinear")
    found = nn.interpolate(X, scale_factor=(2, 1.5), mode="bilinear")
    np.testing.assert_array_equal(layer(X), found)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.interpolate(X, 4, mode="cubic"), OptionError, "knows the modes nearest, "),
        (lambda: nn.interpolate(X, 4, mode="linear"), ShapeError, r"1 axes of places, got shape"),
        (lambda: nn.interpolate(X), OptionError, "either a size or a scale_factor"),
        (lambda: nn.interpolate(X, (1, 2, 3)), OptionError, "size is one positive number"),
        (lambda: nn.interpolate(X, scale_factor=0.1), ShapeError, "nothing is left"),
        (
            lambda: nn.interpolate(X, 4, align_corners=True),
            OptionError,
            "align_corners has no meaning",
        ),
        (lambda: nn.grid_sample(X, X), ShapeError, r"a grid \(n, rows, columns, 2\)"),
        (lambda: nn.grid_sample(X, X, "linear"), OptionError, "knows the modes bilinear"),
        (lambda: nn.affine_grid(X[0], (2, 3, 5, 6)), ShapeError, "affine_grid takes maps"),
        (lambda: nn.unfold(X, 9), ShapeError, "no window"),
        (lambda: nn.fold(X, (5, 6), 2), ShapeError, r"patches for images of \(5, 6\)"),
        (lambda: nn.pixel_shuffle(X, 2), ShapeError, "multiple of 4 channels"),
        (lambda: nn.pixel_unshuffle(X, 2), ShapeError, "multiples of 2"),
        (lambda: nn.channel_shuffle(X, 2), ShapeError, "multiple of 2 channels"),
        (lambda: nn.ZeroPad2d((1, 2, 3)), OptionError, "padding is an integer of at least 0, or 4"),
    ],
)
def test_a_wrong_call_is_named(
    call: Callable[[], Any], error: type[ChainruleError], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()
