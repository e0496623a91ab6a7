"""Arrays from a shape, a range or another library: against NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import ALL
from chainrule.build.convert import asarray
from chainrule.build.functions.creation import (
    arange,
    empty,
    empty_like,
    eye,
    from_dlpack,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from chainrule.build.functions.reduction import sum as total
from chainrule.build.record import record
from chainrule.build.variable import Variable
from chainrule.derive.grad import grad
from chainrule.errors import ChainruleError, DTypeError, OptionError, ShapeError
from tests.build.agreement import assert_same
from tests.build.samples.draw import shapes

TYPES = [None, *(dtype.name for dtype in ALL)]


@pytest.mark.parametrize("dtype", TYPES)
@given(shapes())
def test_a_shape_is_filled(dtype: str | None, shape: tuple[int, ...]) -> None:
    kind = dtype or "float32"
    assert_same(zeros(shape, dtype=dtype), np.zeros(shape, kind))
    assert_same(ones(shape, dtype=dtype), np.ones(shape, kind))
    assert_same(empty(shape, dtype=dtype), np.zeros(shape, kind))
    assert_same(full(shape, 1, dtype=kind), np.full(shape, 1, kind))


@pytest.mark.parametrize("dtype", TYPES)
def test_an_array_is_imitated(dtype: str | None) -> None:
    x = np.array([[1, 2]], np.int16)
    kind = dtype or "int16"
    assert_same(zeros_like(x, dtype=dtype), np.zeros_like(x, kind))
    assert_same(ones_like(x, dtype=dtype), np.ones_like(x, kind))
    assert_same(empty_like(x, dtype=dtype), np.zeros_like(x, kind))
    assert_same(full_like(x, 1, dtype=dtype), np.full_like(x, 1, kind))


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (True, "bool"),
        (7, "int64"),
        (0.5, "float32"),
        (np.float64(0.5), "float64"),
        (np.int8(3), "int8"),
        ([1.5, 2.5], "float32"),
    ],
)
def test_a_value_keeps_its_type(value: Any, dtype: str) -> None:
    assert_same(full((3, 2), value), np.full((3, 2), value, dtype))


def test_a_shape_may_be_a_number() -> None:
    assert zeros(3).shape == ones(3).shape == full(3, 1).shape == (3,)
    assert zeros(()).shape == ()


def test_a_tensor_as_value_has_a_gradient() -> None:
    assert float(grad(lambda x: total(full((2, 3), x)))(5.0)) == 6.0


def test_imitating_a_variable_does_not_read_it() -> None:
    cell = Variable([1.0, 2.0])
    recording = record(lambda: [zeros_like(cell), ones_like(cell), full_like(cell, 2)], [])
    assert recording.reads == ()


def test_what_is_made_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        zeros(2).known()[0] = 1


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (300, "uint8"),
        (-1, "uint32"),
        (0.5, "int64"),
        (float("nan"), "int32"),
        (2**63, "int64"),
        (float("inf"), "bool"),
    ],
)
def test_a_value_that_does_not_fit_is_named(value: float, dtype: str) -> None:
    with pytest.raises(DTypeError, match=f"does not fit into {dtype}"):
        full((2,), value, dtype=dtype)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: zeros((2, -1)), ShapeError, r"no negative length, got \(2, -1\)"),
        (lambda: zeros((2, 1.5)), ShapeError, "made of integers"),  # type: ignore[arg-type]
        (lambda: zeros(2, dtype="complex64"), DTypeError, "no data type complex64"),
        (lambda: ones(2, device="gpu"), DTypeError, "the only device is 'cpu'"),
        (lambda: full((2,), [1, 2, 3]), ShapeError, "broadcast"),
        (lambda: arange(3, device="tpu"), DTypeError, "the only device is 'cpu', got 'tpu'"),
        (lambda: arange(0, 3, 0), OptionError, "step other than 0"),
        (lambda: linspace(0, 1, -1), OptionError, "not negative, got -1"),
        (lambda: eye(-1), ShapeError, "no negative length"),
        (lambda: from_dlpack([1]), DTypeError, "list does not speak DLPack"),
    ],
)
def test_a_wrong_call_is_named(call: Any, error: type[ChainruleError], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-3, 3).filter(bool))
def test_arange_is_that_of_numpy(start: int, stop: int, step: int) -> None:
    assert_same(arange(start, stop, step), np.arange(start, stop, step))
    assert_same(arange(stop), np.arange(stop))
    kind = np.dtype(np.float32)
    assert_same(arange(start, stop, step / 4), np.arange(start, stop, step / 4).astype(kind))
    assert_same(arange(start, stop, dtype="int8"), np.arange(start, stop, dtype="int8"))


def test_ranges_take_tensors_that_are_known() -> None:
    assert_same(arange(asarray(3)), np.arange(3))
    assert_same(linspace(np.float32(0), asarray(1.0), 3), np.array([0, 0.5, 1], np.float32))
    with pytest.raises(DTypeError, match="a range has no gradient"):
        grad(lambda x: total(linspace(0.0, x, 3)))(1.0)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.integers(0, 9), st.booleans())
def test_linspace_is_that_of_numpy(start: float, stop: float, num: int, endpoint: bool) -> None:
    for dtype in ("float32", "float64", "int32"):
        expected = np.linspace(start, stop, num, endpoint, dtype=dtype)
        assert_same(linspace(start, stop, num, dtype=dtype, endpoint=endpoint), expected)


@given(st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6, width=32), st.integers(2, 50))
def test_linspace_ends_exactly(start: float, stop: float, num: int) -> None:
    line = linspace(start, stop, num)
    assert (float(line[0]), float(line[-1])) == (start, stop)


@given(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 4)), st.integers(-4, 4))
def test_eye_is_that_of_numpy(rows: int, columns: int | None, k: int) -> None:
    assert_same(eye(rows, columns, k=k), np.eye(rows, columns, k, np.float32))
    assert_same(eye(rows, columns, k=k, dtype="int8"), np.eye(rows, columns, k, np.int8))


def test_dlpack_goes_both_ways_without_a_copy() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert np.shares_memory(from_dlpack(x).known(), x)
    assert not np.shares_memory(from_dlpack(x, copy=True).known(), x)
    assert_same(from_dlpack(x), x)
    assert_same(from_dlpack(asarray(x)), x)
