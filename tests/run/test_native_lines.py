"""What works on whole lines, in machine code: the bits of the interpreter, whatever the numbers.

But for one thing: a sum or a product that is denormal is zero in native code, and goes on as zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.dtype import ALL, DType, bool_, is_floating
from chainrule.build.primitives.broadcast import Sum
from chainrule.build.primitives.elementwise import absorbed
from chainrule.build.primitives.reduction import Prod
from chainrule.build.primitives.scan import (
    ChainRecurrence,
    CumulativeArgMax,
    CumulativeArgMin,
    CumulativeProd,
    CumulativeSum,
)
from chainrule.errors import DTypeError
from chainrule.run.native import Native
from tests.build.checks import same_bits
from tests.render.flushed import flushed

Function = Callable[..., Any]

FUNCTIONS: dict[str, Function] = {
    "sort": lambda x: cr.sort(x, axis=0),
    "sort down": lambda x: cr.sort(x, axis=0, descending=True),
    "argsort": lambda x: cr.argsort(x, axis=0),
    "argsort down": lambda x: cr.argsort(x, axis=0, descending=True),
    "argmax": lambda x: cr.argmax(x, axis=0),
    "argmin": lambda x: cr.argmin(x, axis=0),
    "running place": CumulativeArgMax(0),
    "running place down": CumulativeArgMin(0),
    "running sum": CumulativeSum(0),
    "running product": CumulativeProd(0),
}


def native(function: Function, *inputs: Any) -> np.ndarray:
    compiled = cr.compile(function, device="native")
    found = np.asarray(compiled(*inputs))
    assert isinstance(compiled.program.executor, Native), compiled.kernels
    return found


def numbers(dtype: DType, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Numbers many of which are equal, with all that is special about the type among them."""
    rng = np.random.default_rng(seed)
    if dtype == bool_:
        return rng.random(shape) < 0.5
    if not is_floating(dtype):
        limits = np.iinfo(dtype)
        chosen = np.array([limits.min, limits.max, 0, 1, 2, 3], dtype)
        return rng.choice(chosen, shape)
    special = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, 1e-42]
    return rng.choice(np.array(special, dtype), shape)


def step_by_step(step: Function, first: np.ndarray, *rest: np.ndarray) -> np.ndarray:
    """y_0 = first_0, then y_k = step(y_(k−1), rest_k …), along the first axis."""
    y = first.copy()
    with np.errstate(all="ignore"):
        for k in range(1, len(y)):
            y[k] = step(y[k - 1], *(x[k] for x in rest))
    return y


# What the interpreter computes, in native arithmetic.
STEPS: dict[str, Function] = {
    "running sum": lambda y, x: flushed(y + x),
    "running product": lambda y, x: flushed(y * x),
}


def reference(name: str, x: np.ndarray) -> np.ndarray:
    if name in STEPS and is_floating(x.dtype):
        return step_by_step(STEPS[name], x, x)
    with np.errstate(all="ignore"):
        return np.asarray(FUNCTIONS[name](cr.asarray(x)))


def absorbing_step(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return flushed(b + absorbed(flushed(a * y), a, y))


@pytest.mark.parametrize("name", STEPS)
def test_without_denormal_numbers_the_reference_is_the_interpreter(name: str) -> None:
    x = numbers(np.dtype(np.float32), (9, 50), seed=0)
    x[np.abs(x) == np.float32(1e-42)] = 2
    with np.errstate(all="ignore"):
        assert same_bits(reference(name, x), np.asarray(FUNCTIONS[name](cr.asarray(x))))


@pytest.mark.parametrize("dtype", ALL, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_numbers(name: str, dtype: DType) -> None:
    for shape in ((37, 1), (5, 19), (4, 2, 16)):
        x = numbers(dtype, shape, seed=shape[0])
        assert same_bits(native(FUNCTIONS[name], x), reference(name, x))


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 8, 9, 63, 64, 65, 1000])
def test_sorting_lines_of_any_length(length: int) -> None:
    x = np.random.default_rng(length).integers(0, max(length // 2, 1), (2, length))
    down = native(lambda x: cr.argsort(x, descending=True), x)
    np.testing.assert_array_equal(native(cr.sort, x), np.sort(x))
    np.testing.assert_array_equal(native(cr.argsort, x), np.argsort(x, kind="stable"))
    np.testing.assert_array_equal(down, np.argsort(-x, kind="stable"))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0,), (2, 0, 17)])
@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {"argmax", "argmin"}))
def test_no_elements(name: str, shape: tuple[int, ...]) -> None:
    x = np.zeros(shape, np.float32)
    found = native(FUNCTIONS[name], x)
    assert found.shape == shape


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", ["sort", "argsort", "argmax", "cumulative_sum"])
def test_lines_of_a_view(name: str, axis: int) -> None:
    x = np.random.default_rng(0).normal(size=(4, 33, 18)).astype(np.float32)

    def function(x: Any) -> Any:
        moved = cr.flip(cr.permute_dims(x[1:, ::2], (2, 0, 1)), axis=1)
        return getattr(cr, name)(moved, axis=axis)

    assert same_bits(native(function, x), np.asarray(function(cr.asarray(x))))


@pytest.mark.parametrize("axis", [0, 1])
def test_a_recurrence_absorbs_zeros(axis: int) -> None:
    recurrence = ChainRecurrence(axis)
    for dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        a, b = numbers(dtype, (7, 35), seed=0), numbers(dtype, (7, 35), seed=1)
        along = (np.moveaxis(x, axis, 0) for x in (b, a, b))
        expected = np.moveaxis(step_by_step(absorbing_step, *along), 0, axis)
        assert same_bits(native(recurrence, a, b), expected)


def test_without_denormal_numbers_the_absorbing_reference_is_the_interpreter() -> None:
    a, b = (numbers(np.dtype(np.float64), (7, 35), seed=seed) for seed in (0, 1))
    with np.errstate(all="ignore"):
        assert same_bits(step_by_step(absorbing_step, b, a, b), ChainRecurrence(0).evaluate(a, b))


@pytest.mark.parametrize("reduction", [Sum((0,)), Sum((0, 1)), Prod(0), Prod(1)], ids=str)
def test_bools_are_not_counted(reduction: Any) -> None:
    for x in (np.ones((3, 40), bool), np.arange(120).reshape(3, 40) % 7 != 3):
        np.testing.assert_array_equal(native(reduction, x), reduction.evaluate(x))


@pytest.mark.parametrize("dtype", [d for d in ALL if d.kind in "iu"], ids=str)
def test_powers_of_integers_wrap_around(dtype: DType) -> None:
    limits = np.iinfo(dtype)
    a = np.array([0, 1, 2, 3, 5, 7, limits.min, limits.max, limits.max // 2], dtype)[:, None]
    b = np.array([0, 1, 2, 3, 5, 8, 31, 64, limits.max], dtype)
    np.testing.assert_array_equal(native(lambda a, b: a**b, a, b), a**b)


def test_a_negative_power_of_an_integer_is_refused_and_nothing_is_written() -> None:
    cell = cr.Variable(np.arange(3), trainable=False)

    def function(b: Any) -> Any:
        cell.assign(cell + 1)
        return cell**b

    compiled = cr.compile(function, device="native")
    np.testing.assert_array_equal(compiled(np.array([2, 1, 0])), [1, 2, 1])
    with pytest.raises(DTypeError, match="integers have no negative powers"):
        compiled(np.array([2, -1, 0]))
    np.testing.assert_array_equal(cell, [1, 2, 3])
    assert isinstance(compiled.program.executor, Native)


@pytest.mark.parametrize("shapes", [((3, 4), (4, 17)), ((2, 3, 5), (5, 1)), ((1, 0), (0, 2))])
def test_a_product_of_bools(shapes: Any) -> None:
    a, b = (np.random.default_rng(0).random(shape) < 0.3 for shape in shapes)
    np.testing.assert_array_equal(native(lambda a, b: a @ b, a, b), a @ b)
    found = native(lambda a, b: cr.matrix_transpose(a @ b), a, b)
    np.testing.assert_array_equal(found, np.swapaxes(a @ b, -1, -2))
