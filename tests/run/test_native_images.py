"""Pooling, resizing, folding and borders in machine code: values and gradients, as interpreted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import chainrule as cr
from chainrule import nn
from chainrule.array.structure import flatten
from chainrule.build.tensor import Array
from chainrule.plan.check import check as check_plan
from chainrule.plan.races import check as check_races
from chainrule.run.native import Native
from tests.run.compared import exactly, least_work

Function = Callable[[Any], Any]

SIGNAL, IMAGE, VOLUME = (2, 3, 11), (2, 3, 7, 9), (1, 2, 5, 4, 6)
WHOLE, ONE, BARE = (2, 3, 8, 6), (1, 1, 5, 5), (3, 6, 7)

POOLING: list[tuple[tuple[int, ...], Function]] = [
    (SIGNAL, lambda x: nn.max_pool1d(x, 3, 2, 1)),
    (IMAGE, lambda x: nn.max_pool2d(x, 2)),
    (WHOLE, lambda x: nn.max_pool2d(x, 2)),
    (BARE, lambda x: nn.max_pool2d(x, 3, 2, 1)),
    (IMAGE, lambda x: nn.max_pool2d(x, 3, 1, 1, 2)),
    (ONE, lambda x: nn.max_pool2d(x, 2, 3, ceil_mode=True)),
    (IMAGE, lambda x: nn.max_pool2d(x, (2, 3), (3, 1), (1, 0), ceil_mode=True)),
    (WHOLE, lambda x: nn.max_pool2d(x, 2, return_indices=True)),
    (VOLUME, lambda x: nn.max_pool3d(x, (2, 1, 3), 2)),
    (SIGNAL, lambda x: nn.avg_pool1d(x, 4, 3, 2, ceil_mode=True)),
    (WHOLE, lambda x: nn.avg_pool2d(x, 2)),
    (IMAGE, lambda x: nn.avg_pool2d(x, 3, 2, 1, count_include_pad=False)),
    (VOLUME, lambda x: nn.avg_pool3d(x, 2, 1, divisor_override=3)),
    (IMAGE, lambda x: nn.lp_pool2d(cr.abs(x) + 0.5, 3, 2)),
    (IMAGE, lambda x: nn.adaptive_avg_pool2d(x, (3, 4))),
    (WHOLE, lambda x: nn.adaptive_avg_pool2d(x, (4, 3))),
    (WHOLE, lambda x: nn.adaptive_avg_pool2d(x, 1)),
    (IMAGE, lambda x: nn.adaptive_max_pool2d(x, (3, 4), return_indices=True)),
    (WHOLE, lambda x: nn.adaptive_max_pool2d(x, (2, None))),
    (WHOLE, nn.global_max_pool),
    (WHOLE, lambda x: unpooled(x, 3)),
    # More taps than are written out: a view, and its transpose over a skewed one.
    ((2, 90), lambda x: nn.max_pool1d(x, 70, 3)),
    ((2, 90), lambda x: nn.avg_pool1d(x, 66, 1)),
    ((1, 11, 12), lambda x: nn.avg_pool2d(x, (9, 8), (1, 2))),
    ((2, 150), lambda x: nn.max_pool1d(x, 2, 70, dilation=3)),
    ((1, 21, 22), lambda x: nn.max_pool2d(x, 2, (10, 9))),
]

RESIZING: list[tuple[tuple[int, ...], Function]] = [
    (IMAGE, lambda x: nn.interpolate(x, scale_factor=2)),
    (IMAGE, lambda x: nn.interpolate(x, size=(5, 12))),
    (IMAGE, lambda x: nn.interpolate(x, scale_factor=1.5, mode="nearest-exact")),
    (SIGNAL, lambda x: nn.interpolate(x, size=7, mode="linear")),
    (IMAGE, lambda x: nn.interpolate(x, scale_factor=2, mode="bilinear")),
    (IMAGE, lambda x: nn.interpolate(x, size=(4, 13), mode="bilinear", align_corners=True)),
    (VOLUME, lambda x: nn.interpolate(x, scale_factor=2, mode="trilinear")),
    (IMAGE, lambda x: nn.interpolate(x, scale_factor=3, mode="bicubic")),
    (IMAGE, lambda x: nn.interpolate(x, size=(3, 4), mode="area")),
    (WHOLE, lambda x: nn.pixel_shuffle(nn.pixel_unshuffle(x, 2) * 2.0, 2)),
    (WHOLE, lambda x: nn.channel_shuffle(x, 3)),
    (IMAGE, lambda x: nn.unfold(x, 3, 1, 1, 2)),
    (WHOLE, lambda x: nn.fold(nn.unfold(x, 3), (8, 6), 3)),
    (SIGNAL, lambda x: cr.unfold(x, 4, step=3)),
    (IMAGE, lambda x: cr.pad(x, [(0, 0), (0, 0), (1, 2), (0, 3)], value=-np.inf)[..., 1:-2, :-3]),
    *((IMAGE, lambda x, m=m: cr.pad(x, [(0, 0), (0, 0), (2, 1), (9, 12)], mode=m)) for m in
      ("reflect", "symmetric", "edge", "wrap")),
]  # fmt: skip


def unpooled(x: Any, size: int) -> Any:
    y, indices = nn.max_pool2d(x, size, 2, return_indices=True)
    return nn.max_unpool2d(y, indices, size, 2, output_size=x.shape)


GRID = np.random.default_rng(1).uniform(-1.3, 1.3, (2, 4, 5, 2))


def drawn(shape: tuple[int, ...]) -> Array:
    """Numbers with ties."""
    return np.random.default_rng(0).integers(-4, 5, shape) / 2


def with_gradient(function: Function) -> Function:
    """The results of a function, and the gradient of a sum of them in which weights differ."""

    def loss(x: Any) -> Any:
        y = flatten(function(x))[0][0]
        weights = np.random.default_rng(2).uniform(0.5, 1.5, y.shape).astype(y.dtype)
        return cr.sum(y * weights)

    return lambda x: (*flatten(function(x))[0], cr.grad(loss)(x))


def check(function: Function, x: Array) -> Native:
    both = with_gradient(function)
    expected = cr.compile(both, device="numpy")(x)
    compiled = cr.compile(both, device="native")
    with least_work(1):
        found = compiled(x)
    executor = compiled.program.executor
    assert isinstance(executor, Native), compiled.kernels
    check_plan(executor.kernels)
    check_races(executor.plan.schedule, executor.plan.arena, executor.plan.machine)
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(np.asarray(b), np.asarray(a), rtol=1e-12, atol=1e-12)
    with exactly(3):
        for a, b in zip(found, compiled(x), strict=True):
            assert np.asarray(a).tobytes() == np.asarray(b).tobytes()
    return executor


@pytest.mark.parametrize("place", range(len(POOLING)))
def test_pooling(place: int) -> None:
    shape, function = POOLING[place]
    check(function, drawn(shape))


@pytest.mark.parametrize("place", range(len(RESIZING)))
def test_resizing(place: int) -> None:
    shape, function = RESIZING[place]
    check(function, drawn(shape))


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("border", ["zeros", "border", "reflection"])
def test_a_grid(mode: str, border: str) -> None:
    x = drawn(IMAGE)
    check(lambda grid: nn.grid_sample(x, grid, mode, border), GRID)
    check(lambda given: nn.grid_sample(given, GRID, mode, border), x)


@settings(max_examples=12)
@given(st.data())
def test_windows_of_any_kind(data: st.DataObject) -> None:
    """Sizes, steps, gaps and borders at random; the kind of pooling as well."""
    rank = data.draw(st.integers(1, 2))
    sizes, steps, dilations, borders, lengths = [], [], [], [], []
    for _ in range(rank):
        size, dilation = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 2))
        span = (size - 1) * dilation + 1
        sizes.append(size)
        dilations.append(dilation)
        steps.append(data.draw(st.integers(1, 4)))
        borders.append(data.draw(st.integers(0, span // 2)))
        lengths.append(data.draw(st.integers(max(span - 2 * borders[-1], 1), 11)))
    shape = (data.draw(st.integers(1, 2)), 2, *lengths)
    ceil = data.draw(st.booleans())
    kinds: dict[str, Function] = {
        "max": lambda x: getattr(nn, f"max_pool{rank}d")(
            x, sizes, steps, borders, dilations, ceil_mode=ceil
        ),
        "avg": lambda x: getattr(nn, f"avg_pool{rank}d")(
            x, sizes, steps, [min(b, k // 2) for b, k in zip(borders, sizes, strict=True)], ceil
        ),
    }
    kind = data.draw(st.sampled_from(["max", "avg"]))
    if kind == "avg" and any(n < k for n, k in zip(lengths, sizes, strict=True)):
        kind = "max"
    check(kinds[kind], drawn(shape))


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_forward_mode_and_batches(name: str) -> None:
    """A derivative in a direction, and one axis more in front, compiled as well."""
    x = np.random.default_rng(5).normal(size=(3, 2, 6, 7))

    def pooled(image: Any) -> Any:
        return getattr(nn, name)(image, 3, 2, 1)

    def both(images: Any) -> Any:
        direction = images * 0.5
        return cr.vmap(pooled)(images), cr.jvp(pooled, (images,), (direction,))[1]

    with least_work(1):
        found = cr.compile(both, device="native")(x)
    np.testing.assert_allclose(found[0], pooled(x))
    np.testing.assert_allclose(found[1], np.asarray(pooled(x)) * 0.5, rtol=1e-12)


@pytest.mark.parametrize("size", [3, 70])
def test_a_variable_is_not_written_where_its_windows_are_still_read(size: int) -> None:
    initial = np.random.default_rng(6).normal(size=100)
    found = []
    for device in ("numpy", "native"):
        cell = cr.Variable(initial)

        def smooth(cell: cr.Variable = cell) -> None:
            windows = cr.unfold(cr.pad(cell, (size - 1, 0), mode="wrap"), size)
            inside = cr.unfold(cell, size)
            cell.assign(cr.mean(windows, axis=-1) + cr.sum(cr.max(inside, axis=-1)))

        step = cr.compile(smooth, device=device)
        for _ in range(2):
            step()
        found.append(np.asarray(cell))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-12)


def test_windows_of_a_variable_that_is_written_in_place() -> None:
    """Windows of one tap are all of it, and are read backwards while it is written."""
    initial = np.arange(9.0)
    cell = cr.Variable(initial)
    step = cr.compile(lambda: cell.assign(cr.flip(cr.unfold(cell, 1)[:, 0]) * 2.0), device="native")
    step()
    np.testing.assert_array_equal(np.asarray(cell), initial[::-1] * 2)
