"""Costs against counts that are taken one by one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.primitives.random import RandomBits
from chainrule.errors import OptionError
from chainrule.plan.cost import CALL, TYPICAL, Peak, estimate, flops, peak_of, products, traffic
from chainrule.plan.kernel import Buffer, Load, Map, Pack, Product, Role, Store, View, contiguous
from chainrule.plan.machine import aarch64
from chainrule.run.native import Native
from tests.plan.kernels import FLOAT, LINE, buffer, copy

PEAK = Peak(100e9, 50e9, 10e9)


def kernels(function: Any, *arguments: Any) -> list[Any]:
    compiled = cr.compile(function, device="native")
    compiled(*arguments)
    executor = compiled.program.executor
    assert isinstance(executor, Native)
    return list(executor.kernels)


def elements(view: View) -> set[int]:
    """The elements of its buffer that a view reaches, one by one."""
    places = itertools.product(*map(range, view.shape))
    return {
        view.offset + sum(i * s for i, s in zip(place, view.strides, strict=True))
        for place in places
    }


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=4),
    st.sampled_from([np.float32, np.float64, np.bool_]),
)
def test_bytes_are_those_of_the_elements_that_are_reached(
    axes: list[tuple[int, bool]], dtype: Any
) -> None:
    shape = tuple(length for length, _ in axes)
    kept = tuple(1 if repeats else length for length, repeats in axes)
    size = int(np.prod(kept))
    source = contiguous(Buffer(0, np.dtype(dtype), size, Role.ARGUMENT), kept).broadcast(shape)
    target = contiguous(Buffer(1, FLOAT, int(np.prod(shape)), Role.TEMPORARY), shape)
    kernel = Map(shape, (), (Load(0, source), Store(target, 0)), LINE)
    counted = len(elements(source)) * np.dtype(dtype).itemsize + len(elements(target)) * 4
    assert traffic(kernel) == counted


def test_a_product_multiplies_and_adds_for_every_place_and_depth() -> None:
    x, w = np.ones((3, 4), np.float32), np.ones((4, 16), np.float32)
    (found,) = (k for k in kernels(lambda x, w: cr.exp(x @ w), x, w) if isinstance(k, Product))
    assert products(found) == 2 * 3 * 4 * 16
    assert flops(found) == 2 * 3 * 4 * 16 + 3 * 16
    assert traffic(found) == 4 * (3 * 4 + 4 * 16 + 3 * 16)


def test_a_map_counts_every_operation_of_every_place() -> None:
    (found,) = kernels(lambda x: cr.sum(x * x, axis=1), np.ones((3, 4), np.float32))
    assert flops(found) == 24
    assert traffic(found) == 4 * (12 + 3)


def test_lookups_and_lines_and_words() -> None:
    x, i = np.ones((30, 4), np.float32), np.array([2, 0])
    (gather,) = kernels(lambda x, i: cr.take(x, i, axis=0), x, i)
    assert flops(gather) == 0
    assert traffic(gather) == 2 * 2 * 4 * 4 + 2 * 8
    (sort,) = kernels(lambda x: cr.sort(x, axis=0), x)
    assert flops(sort) == 120
    (words,) = kernels(RandomBits((3, 4)), np.array([0, 1], np.uint64))
    assert flops(words) > 12


def test_packing_moves_and_computes_nothing() -> None:
    source, target = buffer(0, size=12), buffer(1, size=16)
    pack = Pack(contiguous(source, (4, 3)), contiguous(target, (1, 4, 4)), LINE)
    assert flops(pack) == 0
    assert traffic(pack) == 4 * (12 + 16)


def test_a_copy_takes_as_long_as_its_bytes() -> None:
    small, large = (copy(buffer(0, size=n), buffer(1, size=n)) for n in (1000, 1_000_000))
    assert estimate(small, PEAK) == pytest.approx(CALL + 8000 / PEAK.near)
    assert estimate(large, PEAK) == pytest.approx(CALL + 8_000_000 / PEAK.far)


def test_a_large_product_takes_as_long_as_its_arithmetic() -> None:
    x = np.ones((256, 256), np.float32)
    (found,) = (k for k in kernels(lambda x, y: x @ y, x, x) if isinstance(k, Product))
    assert estimate(found, PEAK) == pytest.approx(CALL + 2 * 256**3 / PEAK.flops)
    wide = kernels(lambda x, y: x @ y, x.astype(np.float64), x.astype(np.float64))
    (double,) = (k for k in wide if isinstance(k, Product))
    assert estimate(double, PEAK) == pytest.approx(CALL + 4 * 256**3 / PEAK.flops)


def test_functions_of_real_numbers_take_longer_than_sums() -> None:
    x = np.ones(4096, np.float32)
    (sums,) = kernels(lambda x: x + 1.0, x)
    (exponentials,) = kernels(cr.exp, x)
    (logarithms,) = kernels(cr.lgamma, x)
    near = Peak(1e9, 1e15, 1e15)
    assert estimate(sums, near) < estimate(exponentials, near) < estimate(logarithms, near)


def test_every_kernel_of_a_step_has_a_cost_and_a_faster_machine_is_faster() -> None:
    model = nn.Sequential(nn.Linear(20, 16), nn.Dropout(0.5), nn.Linear(16, 3))
    optimizer = optim.Adam(model)

    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    found = kernels(step, np.ones((8, 20), np.float32), np.arange(8) % 3)
    assert all(traffic(kernel) > 0 for kernel in found)
    faster = Peak(2 * TYPICAL.flops, 2 * TYPICAL.near, 2 * TYPICAL.far)
    assert all(CALL < estimate(kernel, faster) <= estimate(kernel) for kernel in found)


def test_wider_vectors_have_a_higher_peak() -> None:
    assert peak_of(aarch64()).flops == 4 * 4 * 2.7e9


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_peak_is_a_number_above_zero(value: float) -> None:
    with pytest.raises(OptionError, match="near of a peak"):
        Peak(1e9, value, 1e9)
