"""Promotion against the tables of the Array API standard, and NumPy where the two agree."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from chainrule.array.dtype import (
    ALL,
    FLOATING,
    SIGNED,
    UNSIGNED,
    DType,
    as_dtype,
    bool_,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    is_floating,
    promote,
    promote_scalar,
    uint8,
    uint64,
)
from chainrule.errors import DTypeError


@pytest.mark.parametrize("family", [SIGNED, UNSIGNED, FLOATING])
def test_within_a_kind_the_wider_type_wins(family: tuple[DType, ...]) -> None:
    for a, b in itertools.product(family, repeat=2):
        assert promote(a, b) == max(a, b, key=lambda dtype: dtype.itemsize)


@pytest.mark.parametrize(
    ("signed", "unsigned", "joined"),
    [(int8, uint8, int16), (int16, uint8, int16), (int32, uint8, int32), (int64, uint8, int64)],
)
def test_mixed_signs_take_the_type_that_holds_both(
    signed: DType, unsigned: DType, joined: DType
) -> None:
    assert promote(signed, unsigned) == promote(unsigned, signed) == joined


def test_uint64_and_a_signed_type_have_no_common_one() -> None:
    with pytest.raises(DTypeError, match="uint64 and int8 have no common integer type"):
        promote(uint64, int8)


@pytest.mark.parametrize("integer", [*SIGNED, *UNSIGNED, bool_])
def test_an_integer_takes_the_floating_type_that_it_meets(integer: DType) -> None:
    assert promote(integer, float32) == float32
    assert promote(float64, integer) == float64


def test_promotion_is_symmetric_and_idempotent() -> None:
    for a, b in itertools.product(ALL, repeat=2):
        if {a, b} & {uint64} and {a, b} & set(SIGNED):
            continue
        assert promote(a, b) == promote(b, a)
        assert promote(promote(a, b), b) == promote(a, b)


@pytest.mark.parametrize(
    ("dtype", "scalar", "expected"),
    [
        (float32, 2.5, float32),
        (float32, 2, float32),
        (int8, 2, int8),
        (int8, 2.5, float32),
        (bool_, 2, int64),
        (bool_, True, bool_),
        (float64, True, float64),
    ],
)
def test_a_python_number_is_weak(dtype: DType, scalar: float, expected: DType) -> None:
    assert promote_scalar(dtype, scalar) == expected


def test_names_and_foreign_byte_order_are_understood() -> None:
    assert as_dtype("float32") == float32
    assert as_dtype(np.dtype(">f8")) == float64
    assert as_dtype(np.dtype(">f8")).isnative


@pytest.mark.parametrize("foreign", ["complex64", "float16", "U3", "nonsense", object])
def test_a_type_that_is_not_there_is_refused_with_the_list(foreign: object) -> None:
    with pytest.raises(DTypeError, match="use one of bool, int8"):
        as_dtype(foreign)


def test_only_two_types_have_gradients() -> None:
    assert [dtype for dtype in ALL if is_floating(dtype)] == [float32, float64]
