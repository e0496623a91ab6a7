"""Promotion of types against the tables of the Array API standard (2024.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import DType, promote, promote_scalar
from chainrule.build.functions.arithmetic import add, divide, multiply
from chainrule.build.functions.comparison import equal, where
from chainrule.build.functions.exponential import exp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import concat
from chainrule.errors import DTypeError

# Rows and columns in the order of the heading; one table a kind, and the mixture of the integers.
SIGNED = """
        int8   int16  int32  int64
int8    int8   int16  int32  int64
int16   int16  int16  int32  int64
int32   int32  int32  int32  int64
int64   int64  int64  int64  int64
"""
UNSIGNED = """
        uint8   uint16  uint32  uint64
uint8   uint8   uint16  uint32  uint64
uint16  uint16  uint16  uint32  uint64
uint32  uint32  uint32  uint32  uint64
uint64  uint64  uint64  uint64  uint64
"""
MIXED = """
        uint8   uint16  uint32
int8    int16   int32   int64
int16   int16   int32   int64
int32   int32   int32   int64
int64   int64   int64   int64
"""
FLOATING = """
         float32  float64
float32  float32  float64
float64  float64  float64
"""
BOOL = """
      bool
bool  bool
"""


def entries(table: str) -> list[tuple[str, str, str]]:
    heading, *rows = (line.split() for line in table.strip().splitlines())
    return [
        (row[0], column, cell)
        for row in rows
        for column, cell in zip(heading, row[1:], strict=True)
    ]


STANDARD = [
    entry for table in (SIGNED, UNSIGNED, MIXED, FLOATING, BOOL) for entry in entries(table)
]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
SHAPED: dict[str, Callable[[Any, Any], Any]] = {
    "add": add,
    "multiply": multiply,
    "matmul": matmul,
    "where": lambda a, b: where(np.ones((2, 2), bool), a, b),
    "concat": lambda a, b: concat([a, b]),
}


def test_the_tables_are_whole() -> None:
    assert len(STANDARD) == 16 + 16 + 12 + 4 + 1


@pytest.mark.parametrize(("a", "b", "expected"), STANDARD)
def test_types_combine_as_the_standard_says(a: str, b: str, expected: str) -> None:
    assert promote(np.dtype(a), np.dtype(b)) == expected
    assert promote(np.dtype(b), np.dtype(a)) == expected


# The standard has no arithmetic of bools, the table of which comes last.
@pytest.mark.parametrize(("a", "b", "expected"), STANDARD[:-1])
@pytest.mark.parametrize("name", SHAPED)
def test_functions_combine_their_operands_so(name: str, a: str, b: str, expected: str) -> None:
    ones = np.ones((2, 2))
    assert SHAPED[name](ones.astype(a), ones.astype(b)).dtype == expected
    assert SHAPED[name](ones.astype(b), ones.astype(a)).dtype == expected


@pytest.mark.parametrize("signed", ["int8", "int16", "int32", "int64"])
def test_the_largest_unsigned_and_a_signed_have_no_common_type(signed: str) -> None:
    with pytest.raises(DTypeError, match="no common integer type"):
        promote(np.dtype("uint64"), np.dtype(signed))


@pytest.mark.parametrize("whole", [*INTEGERS, "bool"])
@pytest.mark.parametrize("real", ["float32", "float64"])
def test_a_mixture_of_kinds_takes_the_real_type(whole: str, real: str) -> None:
    """The standard leaves it open; a silent float64 would double a model's memory."""
    assert promote(np.dtype(whole), np.dtype(real)) == real
    assert promote(np.dtype(real), np.dtype(whole)) == real
    assert add(np.ones(2, whole), np.ones(2, real)).dtype == real


@pytest.mark.parametrize("whole", INTEGERS)
def test_a_bool_takes_the_type_of_an_integer(whole: str) -> None:
    assert promote(np.dtype("bool"), np.dtype(whole)) == whole


@pytest.mark.parametrize(
    ("dtype", "scalar", "expected"),
    [
        ("bool", True, "bool"),
        ("bool", 2, "int64"),
        ("bool", 2.5, "float32"),
        ("int8", True, "int8"),
        ("uint16", 2, "uint16"),
        ("int64", 2.5, "float32"),
        ("float32", True, "float32"),
        ("float32", 2, "float32"),
        ("float32", 2.5, "float32"),
        ("float64", 2.5, "float64"),
    ],
)
def test_a_python_number_is_weak(dtype: str, scalar: Any, expected: str) -> None:
    assert promote_scalar(np.dtype(dtype), scalar) == expected
    assert where([True, False], np.ones(2, dtype), scalar).dtype == expected
    assert where([True, False], scalar, np.ones(2, dtype)).dtype == expected


def test_promotion_is_associative_where_it_is_defined() -> None:
    names = [*INTEGERS[:7], "bool", "float32", "float64"]
    types = [np.dtype(name) for name in names]
    for a in types:
        for b in types:
            for c in types:
                assert promote(promote(a, b), c) == promote(a, promote(b, c))


@pytest.mark.parametrize(("a", "b", "expected"), entries(MIXED) + entries(FLOATING))
def test_functions_of_real_numbers_give_real_types(a: str, b: str, expected: str) -> None:
    real = expected if expected.startswith("float") else "float32"
    assert divide(np.ones(2, a), np.ones(2, b)).dtype == real
    assert exp(np.ones(2, a)).dtype == (a if a.startswith("float") else "float32")


@pytest.mark.parametrize("dtype", [*INTEGERS, "bool", "float32", "float64"])
def test_comparisons_give_bools(dtype: str) -> None:
    found: DType = equal(np.ones(2, dtype), np.ones(2, dtype)).dtype
    assert found == "bool"
