"""Lookups in machine code: on lanes and by columns, the bits of the interpreter on any threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.primitives.indexing import Gather, ScatterAdd
from chainrule.build.primitives.scatter import ScatterMax, ScatterMin, ScatterMultiply
from chainrule.plan.kernel import Lookup
from chainrule.plan.units import split
from chainrule.run.machine_code import host
from chainrule.run.native import Native
from tests.build.checks import same_bits
from tests.run.compared import exactly, least_work

RNG = np.random.default_rng(0)
SCATTERS = [ScatterAdd, ScatterMultiply, ScatterMax, ScatterMin]


def on_threads(function: Any, *inputs: Any) -> list[np.ndarray]:
    """What 1, 2, 3 and 5 threads compute; every plan is checked for races on the way."""
    found = []
    compiled = cr.compile(function, device="native")
    for threads in (1, 2, 3, 5):
        with exactly(threads):
            found.append(np.array(compiled(*inputs)))
    assert isinstance(compiled.program.executor, Native)
    return found


def units_of(function: Any, *inputs: Any) -> list[int]:
    compiled = cr.compile(function, device="native")
    compiled(*inputs)
    executor = compiled.program.executor
    assert isinstance(executor, Native)
    return [split(k, host()).count for k in executor.kernels if isinstance(k, Lookup)]


@pytest.mark.parametrize("columns", [1, 31, 32, 33, 300])
@pytest.mark.parametrize("scatter", SCATTERS)
def test_rows_are_scattered_by_columns(scatter: Any, columns: int) -> None:
    index = RNG.integers(-7, 7, 50)
    x = RNG.normal(size=(50, columns)).astype(np.float32)
    function = scatter((7, columns), Gather((0,)))
    with least_work(1), np.errstate(all="ignore"):
        for found in on_threads(function, x, index):
            assert same_bits(found, function.evaluate(x, index))
        assert units_of(function, x, index) == [-(-columns // 32) if columns < 256 else 5]


@pytest.mark.parametrize("scatter", SCATTERS)
def test_each_row_has_places_of_its_own(scatter: Any) -> None:
    index = RNG.integers(0, 9, (6, 20))
    x = RNG.normal(size=(6, 20))
    function = scatter((6, 9), Gather((1,), 1))
    with least_work(1):
        for found in on_threads(function, x, index):
            assert same_bits(found, function.evaluate(x, index))
        assert units_of(function, x, index) == [6]


@pytest.mark.parametrize(
    ("axes", "dtype"),
    [
        ((0,), "bool"),
        ((1,), "int8"),
        ((2,), "uint16"),
        ((0, 2), "int64"),
        ((2, 0), "float64"),
        ((0, 1), "bool"),
        ((1, 0), "int8"),
    ],
)
def test_gathered_and_scattered_along_any_axes(axes: tuple[int, ...], dtype: str) -> None:
    shape = (4, 5, 33)
    data = RNG.integers(0, 2 if dtype == "bool" else 100, shape).astype(dtype)
    indices = [RNG.integers(-shape[axis], shape[axis], (3, 2)) for axis in axes]
    gather = Gather(axes)
    values = gather.evaluate(data, *indices)
    with least_work(1):
        for found in on_threads(gather, data, *indices):
            assert same_bits(found, values)
        for scatter in (ScatterAdd, ScatterMax):
            back = scatter(shape, gather)
            for found in on_threads(back, values, *indices):
                assert same_bits(found, back.evaluate(values, *indices))


def test_the_gradient_of_an_embedding_is_shared_by_threads() -> None:
    words = RNG.integers(0, 50, (8, 32))
    table = RNG.normal(size=(50, 96)).astype(np.float32)

    def gradient(table: Any, words: Any) -> Any:
        return cr.grad(lambda t: cr.sum(cr.take(t, words, axis=0) ** 2))(table)

    first, *others = on_threads(gradient, table, words)
    assert all(same_bits(first, other) for other in others)
    assert max(units_of(gradient, table, words)) > 1
    expected = np.zeros_like(table)
    np.add.at(expected, words, 2 * table[words])
    np.testing.assert_allclose(first, expected, rtol=1e-5)
